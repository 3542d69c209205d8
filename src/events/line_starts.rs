//! On which line of a file a record begins, whatever ends its lines: a line feed, a return or both.
//!
//! The csv crate counts line feeds only, and from the end of the record before: in a file whose lines end
//! with return and line feed, or that has blank lines, it names a line too early.

use std::collections::VecDeque;

/// The lines that have passed and may yet be asked for.
#[derive(Debug, Default)]
pub(super) struct LineStarts {
    /// Lines that are not blank: the offset of the first byte, and the number from zero.
    starts: VecDeque<(u64, u64)>,
    /// Where the record lies that is being read: nobody asks for what was before.
    needed_from: u64,
    bytes: u64,
    line: u64,
    is_within_line: bool,
    is_after_return: bool,
}

impl LineStarts {
    /// Lines before this offset will not be asked for any more.
    pub(super) fn forget_before(&mut self, offset: u64) {
        self.needed_from = offset;
    }

    /// The number, from zero, of the first line that is not blank and begins at the offset or later.
    pub(super) fn line_from(&self, offset: u64) -> u64 {
        let index = self.starts.partition_point(|&(start, _)| start < offset);
        self.starts.get(index).map_or(self.line, |&(_, line)| line)
    }

    /// The offset of the line, not blank, after the one that [`LineStarts::line_from`] names.
    pub(super) fn start_after(&self, offset: u64) -> Option<u64> {
        let index = self.starts.partition_point(|&(start, _)| start < offset);
        self.starts.get(index + 1).map(|&(start, _)| start)
    }

    /// Notes the lines of the bytes that come next.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        let passed = self
            .starts
            .partition_point(|&(start, _)| start < self.needed_from);
        self.starts.drain(..passed);
        let mut from = 0;
        for end in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if end > from {
                self.begin_line(from);
            }
            let ends_a_pair = self.is_after_return && bytes[end] == b'\n';
            if !ends_a_pair {
                self.line += 1;
            }
            self.is_after_return = bytes[end] == b'\r';
            self.is_within_line = false;
            from = end + 1;
        }
        if from < bytes.len() {
            self.begin_line(from);
        }
        self.bytes += bytes.len() as u64;
    }

    fn begin_line(&mut self, at: usize) {
        if !self.is_within_line {
            self.starts.push_back((self.bytes + at as u64, self.line));
        }
        self.is_within_line = true;
        self.is_after_return = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_end_may_be_torn_between_two_reads() {
        let mut lines = LineStarts::default();
        for bytes in [b"a\r".as_slice(), b"\n\r", b"\nb", b"b\r", b"c\n", b"\n"] {
            lines.pass(bytes);
        }
        // a ␍␊ ␍␊ b b ␍ c ␊ ␊
        assert_eq!(
            [0, 1, 5, 6].map(|offset| lines.line_from(offset)),
            [0, 2, 2, 3]
        );
        assert_eq!(lines.line_from(9), 5);
        assert_eq!(lines.start_after(1), Some(8));
        assert_eq!(lines.start_after(6), None);
    }

    #[test]
    fn lines_that_nobody_asks_for_any_more_are_forgotten() {
        let mut lines = LineStarts::default();
        for _ in 0..100 {
            lines.forget_before(lines.bytes);
            lines.pass(b"a\nb\n");
        }
        assert_eq!(lines.line_from(lines.needed_from), 198);
        assert_eq!(lines.starts.len(), 2);
    }
}
