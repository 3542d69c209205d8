//! The last gate before a terminal: a writer that lets only safe lines through.
//!
//! Not here: the formats; none of them needs to know that a terminal reads along.

use std::io::{self, Write};

use crate::printable::Printable;

/// Collects lines and passes them on as [`Printable`]. A line feed is the only control character
/// that reaches the output.
pub(super) struct SafeLines<'a> {
    output: &'a mut dyn Write,
    line: Vec<u8>,
}

impl<'a> SafeLines<'a> {
    pub(super) fn new(output: &'a mut dyn Write) -> Self {
        Self {
            output,
            line: Vec::new(),
        }
    }

    /// Writes the last line if it has no line feed, and flushes.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            let last = Printable::new(&self.line).to_string();
            self.line.clear();
            self.output.write_all(last.as_bytes())?;
        }
        self.output.flush()
    }

    fn end_line(&mut self) -> io::Result<()> {
        let mut safe = Printable::new(&self.line).to_string();
        self.line.clear();
        safe.push('\n');
        self.output.write_all(safe.as_bytes())
    }
}

impl Write for SafeLines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(line_feed) = memchr::memchr(b'\n', bytes) else {
            self.line.extend_from_slice(bytes);
            return Ok(bytes.len());
        };
        self.line.extend_from_slice(&bytes[..line_feed]);
        self.end_line()?;
        Ok(line_feed + 1)
    }

    fn flush(&mut self) -> io::Result<()> {
        // The line that is not yet complete stays here: half of it could be half an escape.
        self.output.flush()
    }
}
