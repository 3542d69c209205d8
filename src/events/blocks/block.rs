//! A block of text, what it is taken apart into, and who does that.

use crate::events::block_text::BlockText;
use crate::events::buffers::Buffers;
use crate::events::in_place::RestOfFile;
use crate::events::read_file::ReadFile;
use crate::events::stop::Stop;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

/// The usual length of a block, in bytes: it fits the cache of a core, with what is made of it.
pub(in crate::events) const LENGTH: usize = 1 << 19;

/// The least and the greatest usual length of a block that is read window by window, in bytes.
pub(in crate::events) const LENGTH_OF_WINDOWS: RangeInclusive<usize> = 1 << 20..=1 << 23;

/// The usual length of a window, in bytes: it fits the cache of a core, with what is made of it.
pub(in crate::events) const WINDOW: usize = 1 << 18;

/// A block that is to be taken apart. It begins where a record does.
pub(in crate::events) struct Block {
    pub(super) text: BlockText,
    /// Whether the text ends with it: then its last record ends there too.
    pub(in crate::events) is_last: bool,
    /// Whether it was cut though no record seems to end there.
    pub(in crate::events) is_forced: bool,
    /// Whether it is a window after which another one follows.
    pub(in crate::events) goes_on: bool,
    /// Where its text stands, if it can be read once more.
    pub(super) place: Option<BlockPlace>,
}

impl Block {
    /// Of a text that was read before.
    pub(in crate::events) fn of_text(text: Vec<u8>, is_last: bool, is_forced: bool) -> Self {
        Block {
            text: BlockText {
                length: text.len(),
                bytes: text,
                buffers: Buffers::default(),
            },
            is_last,
            is_forced,
            goes_on: false,
            place: None,
        }
    }

    /// Where its text stands, if it can be read once more.
    pub(in crate::events) fn place(&self) -> Option<&BlockPlace> {
        self.place.as_ref()
    }

    pub(in crate::events) fn text(&self) -> &[u8] {
        self.text.bytes()
    }

    /// The text, with what was written out anew put after it.
    pub(in crate::events) fn with(mut self, written: &[u8]) -> Arc<BlockText> {
        self.text.extend(written);
        Arc::new(self.text)
    }
}

/// What a block, or a window of it, was taken apart into.
pub(in crate::events) struct Parsed<T> {
    pub(in crate::events) rows: T,
    pub(in crate::events) text: Arc<BlockText>,
    /// The length of the text.
    pub(in crate::events) length: usize,
    /// How much of it was read: what is left is the beginning of a record.
    pub(in crate::events) consumed: usize,
    pub(in crate::events) is_last: bool,
}

impl<T> Parsed<T> {
    /// The beginning of a record that goes on after the text.
    pub(super) fn rest(&self) -> Range<usize> {
        self.consumed..self.length
    }
}

/// Takes blocks of one format apart.
pub(in crate::events) trait Parser {
    type Rows: Send + 'static;

    /// The end of the last record of a text that goes on, as far as can be told without reading it all.
    fn cut(&self, text: &[u8]) -> Option<usize>;

    /// The job of taking a block apart, by what is known of the file now. Of a block that is read window by window
    /// it is given one after the other, with the rows of those before, to which it adds.
    fn job(&self) -> impl FnMut(Block, Option<Self::Rows>) -> Parsed<Self::Rows> + Send + 'static;

    /// The usual length of a block, in bytes.
    fn block_length(&self) -> usize;

    /// The usual length of a window, if blocks of a file are read window by window by what is known now: then nothing
    /// is left that stands in their text.
    fn window(&self) -> Option<usize> {
        None
    }

    /// Takes the rows of the next block.
    fn take(&mut self, rows: Self::Rows) -> Result<(), Stop>;

    /// Whether nothing is wanted of the text up to the next line feed.
    fn passes_over_line(&mut self) -> bool {
        false
    }

    /// That text was passed over; whether a line follows.
    fn line_passed(&mut self, _has_next: bool) -> Result<(), Stop> {
        Ok(())
    }

    /// Stops where that is asked for.
    fn check_cancelled(&self) -> Result<(), Stop>;
}

/// The text of a block in a file.
#[derive(Clone, Debug)]
pub(in crate::events) struct BlockPlace {
    pub(in crate::events) file: Arc<ReadFile>,
    pub(in crate::events) start: u64,
    pub(in crate::events) length: usize,
    pub(in crate::events) is_last: bool,
    pub(in crate::events) is_forced: bool,
}

/// A text that is to be read.
pub(in crate::events) enum Source<R> {
    /// As a stream.
    Stream(R),
    /// In place.
    File(RestOfFile),
}
