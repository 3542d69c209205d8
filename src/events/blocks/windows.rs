//! Blocks of a file that are read window by window, each over the one before, and what blocks were taken apart into.
//!
//! Nothing of such a block is left that stands in its text. Where it turns out that it did not begin where a record does,
//! its text is read once more.

use super::block::{Block, Parsed};
use crate::events::block_text::BlockText;
use crate::events::positional;
use crate::events::read_file::ReadFile;
use std::io;
use std::sync::Arc;

/// Where in a file the text of a block stands.
pub(super) struct Part {
    pub(super) file: Arc<ReadFile>,
    pub(super) start: u64,
    pub(super) length: usize,
}

/// A block that was taken apart.
pub(super) struct Apart<T> {
    /// Into what; of a block that was read window by window with the last window.
    pub(super) parsed: Parsed<T>,
    /// How much of its text was read.
    pub(super) length: usize,
    /// Why it breaks off, where reading it has failed.
    pub(super) error: Option<io::Error>,
    /// Where its text stands, if that is not at hand any more.
    part: Option<Part>,
}

impl<T> Apart<T> {
    /// A block that was taken apart at once; `error` is why its text breaks off.
    pub(super) fn at_once(parsed: Parsed<T>, error: Option<io::Error>) -> Self {
        Apart {
            length: parsed.length,
            parsed,
            error,
            part: None,
        }
    }

    /// Writes the whole text of the block after another one.
    pub(super) fn write_text(&self, text: &mut BlockText) -> io::Result<()> {
        let Some(part) = &self.part else {
            text.extend(&self.parsed.text.bytes()[..self.parsed.length]);
            return Ok(());
        };
        let room = text.room(self.length);
        let (length, error) = positional::read_at(part.file.file(), room, part.start);
        text.length += length;
        match error {
            Some(error) => Err(error),
            None if length < self.length => Err(io::Error::other("the file has become shorter")),
            None => Ok(()),
        }
    }
}

impl Part {
    /// Takes the text apart window by window, each read over the one before. `block` has no text yet.
    pub(super) fn take_windows<T>(
        self,
        block: Block,
        usual: usize,
        mut take: impl FnMut(Block, Option<T>) -> Parsed<T>,
    ) -> Apart<T> {
        let Block {
            mut text,
            is_last,
            is_forced,
            ..
        } = block;
        let buffers = text.buffers.clone();
        let (mut length, mut rows) = (0, None);
        loop {
            // A record that is longer than a window. As windows double, and no usual block is longer than a record may be, one
            // that is too long is met in the last window only.
            let window = usual.max(2 * text.length);
            let wanted = (window - text.length).min(self.length - length);
            let place = self.start + length as u64;
            let (read, error) = positional::read_at(self.file.file(), text.room(wanted), place);
            text.length += read;
            length += read;
            // The file may have become shorter.
            let has_ended = read < wanted;
            let is_whole = has_ended || length == self.length;
            // A line feed that follows belongs to it.
            let has_return = !is_whole && text.bytes().last() == Some(&b'\r');
            text.length -= usize::from(has_return);
            let parsed = take(
                Block {
                    text,
                    is_last: is_whole && (is_last || has_ended) && error.is_none(),
                    is_forced: is_whole && is_forced,
                    goes_on: !is_whole,
                    place: None,
                },
                rows,
            );
            if is_whole {
                return Apart {
                    parsed,
                    length,
                    error,
                    part: Some(self),
                };
            }
            let rest = parsed.rest();
            text = match Arc::try_unwrap(parsed.text) {
                Ok(mut text) => {
                    text.keep(rest);
                    text
                }
                Err(text) => {
                    let mut copied = BlockText::in_one_of(&buffers);
                    copied.extend(&text.bytes()[rest]);
                    copied
                }
            };
            if has_return {
                text.extend(b"\r");
            }
            rows = Some(parsed.rows);
        }
    }
}

/// A block that is the whole text of a file, taken apart window by window.
#[cfg(test)]
pub(in crate::events) fn last_in_windows<T>(
    text: &[u8],
    window: usize,
    take: impl FnMut(Block, Option<T>) -> Parsed<T>,
) -> Parsed<T> {
    let apart = tests::of_file(text, text.len(), window, take);
    assert_eq!((apart.length, apart.error.is_none()), (text.len(), true));
    let mut whole = BlockText::default();
    apart.write_text(&mut whole).expect("the file is there");
    assert_eq!(whole.bytes(), text);
    apart.parsed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::sameness::State;
    use std::io::Write;

    /// The last block of a file with this text, of so many bytes.
    pub(super) fn of_file<T>(
        text: &[u8],
        length: usize,
        window: usize,
        take: impl FnMut(Block, Option<T>) -> Parsed<T>,
    ) -> Apart<T> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(text).expect("written");
        let state = State::of(&file).expect("its state");
        let block = Block {
            text: BlockText::default(),
            is_last: true,
            is_forced: false,
            goes_on: false,
            place: None,
        };
        let part = Part {
            file: Arc::new(ReadFile::new(Arc::new(file), state)),
            start: 0,
            length,
        };
        part.take_windows(block, window, take)
    }

    /// Takes lines, and what follows the last one at the end.
    fn take(block: Block, before: Option<Vec<String>>) -> Parsed<Vec<String>> {
        let (text, length, is_last) = (block.text(), block.text().len(), block.is_last);
        let consumed = if is_last {
            length
        } else {
            memchr::memrchr(b'\n', text).map_or(0, |end| end + 1)
        };
        let mut rows = before.unwrap_or_default();
        let lines = String::from_utf8_lossy(&text[..consumed]);
        rows.extend(lines.lines().map(str::to_owned));
        Parsed {
            rows,
            length,
            consumed,
            is_last,
            text: block.with(b""),
        }
    }

    #[test]
    fn records_go_on_from_window_to_window() {
        let text = b"one\ntwo and three\n\nfour";
        for window in 1..30 {
            let apart = of_file(text, text.len(), window, take);
            assert_eq!(apart.parsed.rows, ["one", "two and three", "", "four"]);
        }
    }

    #[test]
    fn a_file_that_has_become_shorter_ends_there_and_gives_no_text_again() {
        let apart = of_file(b"one\ntwo", 70, 5, take);
        assert_eq!(apart.parsed.rows, ["one", "two"]);
        assert!(apart.parsed.is_last && apart.error.is_none());
        assert_eq!(apart.length, 7);
        let longer = Apart { length: 8, ..apart };
        let error = longer.write_text(&mut BlockText::default());
        assert!(error.is_err_and(|error| error.to_string().contains("shorter")));
    }
}
