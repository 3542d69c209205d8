//! Bytes of which the last record can be read once more, from its second line on: what a quote that
//! is never closed has swallowed is given back.
//!
//! It holds the bytes of one record and what was read ahead, and refuses a record that is longer than
//! memory should be asked for.

use super::line_starts::LineStarts;
use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

/// The longest record, in bytes: what bounds the memory a hostile file can claim.
const LONGEST_RECORD: usize = 64 << 20;

/// Bytes that nobody will ask for are let go in portions of this size.
const PORTION: usize = 1 << 20;

/// The bytes that have passed and may yet be asked for.
#[derive(Debug, Default)]
pub(super) struct Passed {
    lines: LineStarts,
    /// The bytes from `held_from` on.
    held: Vec<u8>,
    held_from: u64,
    /// The offset at which the record lies that is being read.
    record: u64,
    /// The offset of the next byte to hand out.
    next: u64,
}

impl Passed {
    /// A record begins at this offset: nobody asks for what was before.
    pub(super) fn begin_record(&mut self, offset: u64) {
        self.record = offset;
        self.lines.forget_before(offset);
        let dead = (offset - self.held_from) as usize;
        if dead >= PORTION {
            self.held.drain(..dead);
            self.held_from = offset;
        }
    }

    /// The number, from zero, of the line on which the record begins.
    pub(super) fn line(&self) -> u64 {
        self.lines.line_from(self.record)
    }

    /// The offset of the record's second line, where it has one before `end`.
    pub(super) fn second_line(&self, end: u64) -> Option<u64> {
        self.lines
            .start_after(self.record)
            .filter(|start| *start < end)
    }

    /// The bytes of the record up to `end`.
    pub(super) fn record_until(&self, end: u64) -> &[u8] {
        let start = (self.record - self.held_from) as usize;
        let end = ((end - self.held_from) as usize).min(self.held.len());
        self.held.get(start..end).unwrap_or_default()
    }

    /// The number of bytes that have come.
    fn end(&self) -> u64 {
        self.held_from + self.held.len() as u64
    }

    /// Whether the record has become longer than [`LONGEST_RECORD`].
    pub(super) fn is_too_long(&self) -> bool {
        self.end() - self.record > LONGEST_RECORD as u64
    }

    /// Holds nothing of the record any more, of which bytes that come from now on are passed over until the
    /// next line begins; gives the bytes of that line, if it has begun.
    fn skip_in<'b>(&mut self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let begun = self.end();
        self.held = Vec::new();
        self.held_from = begun;
        self.lines.pass(bytes);
        let Some(start) = self.lines.start_after(self.record) else {
            self.held_from += bytes.len() as u64;
            return None;
        };
        Some(&bytes[(start - begun) as usize..])
    }

    /// Lets the bytes from `offset` on, which must not lie before the record, be read once more.
    pub(super) fn rewind(&mut self, offset: u64) {
        self.next = offset;
        self.begin_record(offset);
    }

    /// Hands out bytes that have come already.
    fn replay(&mut self, buffer: &mut [u8]) -> usize {
        let start = (self.next - self.held_from) as usize;
        let rest = self.held.get(start..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.next += length as u64;
        length
    }

    fn take_in(&mut self, bytes: &[u8]) {
        self.lines.pass(bytes);
        self.held.extend_from_slice(bytes);
        self.next += bytes.len() as u64;
    }
}

/// Hands bytes on and holds those of the record that is being read. A clone goes on where it is.
pub(super) struct Replay<R> {
    source: Rc<RefCell<R>>,
    passed: Rc<RefCell<Passed>>,
}

impl<R> Clone for Replay<R> {
    fn clone(&self) -> Self {
        Replay {
            source: Rc::clone(&self.source),
            passed: Rc::clone(&self.passed),
        }
    }
}

impl<R: Read> Replay<R> {
    /// A reader of the same bytes, and those that have passed it.
    pub(super) fn new(source: R) -> (Self, Rc<RefCell<Passed>>) {
        let passed = Rc::default();
        let reader = Replay {
            source: Rc::new(RefCell::new(source)),
            passed: Rc::clone(&passed),
        };
        (reader, passed)
    }

    /// Passes over the rest of the line on which the record begins, without holding it. Gives the offset of
    /// the next line that is not blank, which is then to be [read next](Passed::rewind).
    ///
    /// # Errors
    /// What the source reports, or `go_on` says.
    pub(super) fn skip_line<E: From<io::Error>>(
        &mut self,
        mut go_on: impl FnMut() -> Result<(), E>,
    ) -> Result<Option<u64>, E> {
        let mut bytes = vec![0; PORTION];
        loop {
            go_on()?;
            let length = match self.source.borrow_mut().read(&mut bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            if length == 0 {
                return Ok(None);
            }
            let mut passed = self.passed.borrow_mut();
            let Some(line) = passed.skip_in(&bytes[..length]) else {
                continue;
            };
            let start = passed.held_from + (length - line.len()) as u64;
            passed.held_from = start;
            passed.held.extend_from_slice(line);
            return Ok(Some(start));
        }
    }
}

impl<R: Read> Read for Replay<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut passed = self.passed.borrow_mut();
        let again = passed.replay(buffer);
        if again > 0 {
            return Ok(again);
        }
        if passed.is_too_long() {
            return Err(io::Error::other("a record is longer than 64 MiB"));
        }
        let length = self.source.borrow_mut().read(buffer)?;
        passed.take_in(&buffer[..length]);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_after_the_first_of_a_record_can_be_read_once_more() {
        let (mut reader, passed) = Replay::new(b"ab\ncd\nef".as_slice());
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("text");
        passed.borrow_mut().begin_record(0);
        assert_eq!(passed.borrow().second_line(2), None);
        assert_eq!(passed.borrow().second_line(8), Some(3));
        assert_eq!(passed.borrow().record_until(5), b"ab\ncd");
        passed.borrow_mut().rewind(3);
        text.clear();
        reader.read_to_string(&mut text).expect("text");
        assert_eq!(text, "cd\nef");
        assert_eq!(passed.borrow().line(), 1);
    }

    #[test]
    fn the_rest_of_a_line_can_be_passed_over_without_being_held() {
        let mut text = vec![b'a'; LONGEST_RECORD + 3 * PORTION];
        text.extend_from_slice(b"\r\n\r\nnext\nlast");
        let (mut reader, passed) = Replay::new(text.as_slice());
        io::copy(&mut reader, &mut io::sink()).expect_err("too long");
        let next = reader.skip_line(|| Ok::<(), io::Error>(())).expect("text");
        let next = next.expect("a line");
        assert!(passed.borrow().held.capacity() <= PORTION);
        passed.borrow_mut().rewind(next);
        let mut rest = String::new();
        reader.read_to_string(&mut rest).expect("text");
        assert_eq!((rest.as_str(), passed.borrow().line()), ("next\nlast", 2));
    }

    #[test]
    fn a_record_without_end_is_refused_and_memory_is_bounded() {
        let (mut reader, passed) = Replay::new(io::repeat(b'a'));
        let error = io::copy(&mut reader, &mut io::sink()).expect_err("too long");
        assert!(error.to_string().contains("64 MiB"));
        assert!(passed.borrow().held.len() <= LONGEST_RECORD + PORTION);
    }
}
