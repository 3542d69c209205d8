//! Text in blocks: read in order by one thread, taken apart by [`Workers`] at the same time, taken in order.
//!
//! A block is cut where a record seems to end. Whether it does is known when the block before has been taken
//! apart to its end; where it does not, what is left over is taken apart once more with what follows. A wrong
//! guess costs time and nothing else.
//!
//! Of a plain file only some bytes before each cut are read by the one thread; the rest is read by who takes
//! the block apart, in whose cache it then is. Where nothing is left that stands in the text, a block is read window by
//! window, each over the one before: so it can be far longer than the cache, and there is less to hand on.

mod cutting;
mod windows;

use super::buffers::Buffers;
use super::in_place::RestOfFile;
use super::read_back::BlockPlace;
use super::sink::Stop;
use super::workers::{Pending, Workers};
use cutting::Blocks;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use windows::Apart;

/// The usual length of a block, in bytes: it fits the cache of a core, with what is made of it.
pub(super) const LENGTH: usize = 1 << 19;

/// The usual length of a block whose rows are kept: values that repeat in it are kept once.
pub(super) const LENGTH_OF_KEPT: usize = 1 << 22;

/// The least and the greatest usual length of a block that is read window by window, in bytes.
const LENGTH_OF_WINDOWS: RangeInclusive<usize> = 1 << 20..=1 << 23;

/// The usual length of a window, in bytes: it fits the cache of a core, with what is made of it.
pub(super) const WINDOW: usize = 1 << 18;

/// Room that is left for what is written out anew, so that the text need not be moved.
const SPARE: usize = 1 << 16;

/// The text of a block. Its memory is used again for another one.
#[derive(Debug, Default)]
pub struct BlockText {
    /// All of it has been written to once, so that reading need not clear it.
    bytes: Vec<u8>,
    /// How much of it is text.
    length: usize,
    buffers: Buffers,
}

impl BlockText {
    /// The text, and what was written out anew after it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// No text yet, to be written to a buffer that was used before.
    fn in_one_of(buffers: &Buffers) -> Self {
        BlockText {
            bytes: Vec::new(),
            length: 0,
            buffers: buffers.clone(),
        }
    }

    /// Room for so many bytes after the text.
    fn room(&mut self, bytes: usize) -> &mut [u8] {
        if self.bytes.capacity() == 0 {
            self.bytes = self.buffers.take();
        }
        let end = self.length + bytes;
        if self.bytes.len() < end {
            self.bytes.resize(end + SPARE, 0);
        }
        &mut self.bytes[self.length..end]
    }

    fn extend(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
        self.length += bytes.len();
    }

    /// Keeps this part of the text only.
    fn keep(&mut self, part: Range<usize>) {
        self.length = part.len();
        self.bytes.copy_within(part, 0);
    }
}

impl Drop for BlockText {
    fn drop(&mut self) {
        if self.bytes.capacity() <= 2 * (LENGTH_OF_KEPT + SPARE) {
            self.buffers.give_back(std::mem::take(&mut self.bytes));
        }
    }
}

/// A block that is to be taken apart. It begins where a record does.
pub(super) struct Block {
    text: BlockText,
    /// Whether the text ends with it: then its last record ends there too.
    pub(super) is_last: bool,
    /// Whether it was cut though no record seems to end there.
    pub(super) is_forced: bool,
    /// Whether it is a window after which another one follows.
    pub(super) goes_on: bool,
    /// Where its text stands, if it can be read once more.
    place: Option<BlockPlace>,
}

impl Block {
    /// Of a text that was read before.
    pub(super) fn of_text(text: Vec<u8>, is_last: bool, is_forced: bool) -> Self {
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
    pub(super) fn place(&self) -> Option<&BlockPlace> {
        self.place.as_ref()
    }

    pub(super) fn text(&self) -> &[u8] {
        self.text.bytes()
    }

    /// The text, with what was written out anew put after it.
    pub(super) fn with(mut self, written: &[u8]) -> Arc<BlockText> {
        self.text.extend(written);
        Arc::new(self.text)
    }
}

/// What a block, or a window of it, was taken apart into.
pub(super) struct Parsed<T> {
    pub(super) rows: T,
    pub(super) text: Arc<BlockText>,
    /// The length of the text.
    pub(super) length: usize,
    /// How much of it was read: what is left is the beginning of a record.
    pub(super) consumed: usize,
    pub(super) is_last: bool,
}

impl<T> Parsed<T> {
    /// The beginning of a record that goes on after the text.
    fn rest(&self) -> Range<usize> {
        self.consumed..self.length
    }
}

/// Takes blocks of one format apart.
pub(super) trait Parser {
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

/// A text that is to be read.
pub(super) enum Source<R> {
    /// As a stream.
    Stream(R),
    /// In place.
    File(RestOfFile),
}

/// Reads a text to its end.
pub(super) fn read<P: Parser>(
    source: Source<impl Read>,
    workers: &Workers,
    parser: &mut P,
) -> Result<(), Stop> {
    let mut blocks = Blocks::new(source);
    let mut waiting = Waiting(VecDeque::new());
    let most_waiting = workers.threads() + 2;
    let mut is_after_forced = false;
    loop {
        if waiting.0.is_empty() {
            is_after_forced = false;
            if parser.passes_over_line() {
                let has_next = blocks.pass_line(|| parser.check_cancelled())?;
                parser.line_passed(has_next)?;
            }
        }
        while waiting.0.len() < most_waiting
            && !is_after_forced
            && let Some(cut) = blocks.next(parser)
        {
            is_after_forced = cut.is_forced();
            let take_apart = parser.job();
            waiting
                .0
                .push_back(workers.submit(move || cut.take_apart(take_apart)));
        }
        let Some(apart) = waiting.next(&mut blocks) else {
            return blocks.end();
        };
        let mut parsed = apart.parsed;
        let mut further = 1;
        while !parsed.rest().is_empty() {
            blocks.note_wrong_cut();
            let mut rest = blocks.empty();
            rest.extend(&parsed.text.bytes()[parsed.rest()]);
            parser.take(parsed.rows)?;
            let mut is_last = false;
            for _ in 0..further {
                // What was made of it is of no use: it did not begin where a record does.
                if let Some(next) = waiting.next(&mut blocks) {
                    is_last = next.parsed.is_last;
                    if let Err(error) = next.write_text(&mut rest) {
                        waiting.fail(&mut blocks, error);
                    }
                } else if let Some(cut) = blocks.next(parser) {
                    let next = blocks.read(cut);
                    is_last = next.is_last;
                    rest.extend(next.text());
                } else if !is_last {
                    // The text broke off: its last record is lost with what follows.
                    return blocks.end();
                }
            }
            // So that a record of very many blocks is not read as many times.
            further *= 2;
            let block = Block {
                text: rest,
                is_last,
                is_forced: false,
                goes_on: false,
                place: None,
            };
            parsed = parser.job()(block, None);
        }
        parser.take(parsed.rows)?;
    }
}

/// The blocks that are being taken apart, in order.
struct Waiting<T>(VecDeque<Pending<Apart<T>>>);

impl<T> Waiting<T> {
    /// The next one, if there is one.
    fn next<R: Read>(&mut self, blocks: &mut Blocks<R>) -> Option<Apart<T>> {
        let mut apart = self.0.pop_front()?.wait();
        blocks.note_read(apart.length);
        if let Some(error) = apart.error.take() {
            self.fail(blocks, error);
        }
        Some(apart)
    }

    /// Reading has failed: nothing that follows is of use.
    fn fail<R: Read>(&mut self, blocks: &mut Blocks<R>, error: io::Error) {
        self.0.clear();
        blocks.fail(error);
    }
}

#[cfg(test)]
pub(super) use windows::last_in_windows;

/// A block that is a whole text.
#[cfg(test)]
pub(super) fn last(text: &[u8]) -> Block {
    let mut block = BlockText::default();
    block.extend(text);
    Block {
        text: block,
        is_last: true,
        is_forced: false,
        goes_on: false,
        place: None,
    }
}
