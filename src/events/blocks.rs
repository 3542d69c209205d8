//! Text in blocks: read in order by one thread, taken apart by [`Workers`] at the same time, taken in order.
//!
//! A block is cut where a record seems to end. Whether it does is known when the block before has been taken
//! apart to its end; where it does not, what is left over is taken apart once more with what follows. A wrong
//! guess costs time and nothing else.

use super::sink::Stop;
use super::workers::{Pending, Workers};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The usual length of a block, in bytes: it fits the cache of a core, with what is made of it.
const LENGTH: usize = 1 << 20;

/// The length of the first block: something is to be seen soon.
const FIRST_LENGTH: usize = 1 << 18;

/// The longest text in which the end of a record is looked for, in bytes.
const LONGEST: usize = 65 << 20;

/// Room that is left for what is written out anew, so that the text need not be moved.
const SPARE: usize = 1 << 16;

/// The time after which even a short block is handed on, so that a slow source fills the screen too.
const LONGEST_WAIT: Duration = Duration::from_millis(150);

/// The most blocks whose memory is kept for the next ones.
const MOST_POOLED: usize = 32;

/// The text of a block. Its memory is used again for another one.
#[derive(Debug, Default)]
pub struct BlockText {
    /// All of it has been written to once, so that reading need not clear it.
    bytes: Vec<u8>,
    /// How much of it is text.
    length: usize,
    pool: Pool,
}

/// Memory of blocks that are done with.
type Pool = Arc<Mutex<Vec<Vec<u8>>>>;

impl BlockText {
    /// The text, and what was written out anew after it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Room for so many bytes after the text.
    fn room(&mut self, bytes: usize) -> &mut [u8] {
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
}

impl Drop for BlockText {
    fn drop(&mut self) {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        let is_usual = self.bytes.capacity() <= 2 * (LENGTH + SPARE);
        if pool.len() < MOST_POOLED && is_usual {
            pool.push(std::mem::take(&mut self.bytes));
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
}

impl Block {
    pub(super) fn text(&self) -> &[u8] {
        self.text.bytes()
    }

    /// The text, with what was written out anew put after it.
    pub(super) fn with(mut self, written: &[u8]) -> Arc<BlockText> {
        self.text.extend(written);
        Arc::new(self.text)
    }
}

/// What a block was taken apart into.
pub(super) struct Parsed<T> {
    pub(super) rows: T,
    pub(super) text: Arc<BlockText>,
    /// The length of the text.
    pub(super) length: usize,
    /// How much of it was read: what is left is the beginning of a record.
    pub(super) consumed: usize,
    pub(super) is_last: bool,
}

/// Takes blocks of one format apart.
pub(super) trait Parser {
    type Rows: Send + 'static;

    /// The end of the last record of a text that goes on, as far as can be told without reading it all.
    fn cut(&self, text: &[u8]) -> Option<usize>;

    /// The job of taking a block apart, by what is known of the file now.
    fn job(&self, block: Block) -> impl FnOnce() -> Parsed<Self::Rows> + Send + 'static;

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

/// Reads a text to its end.
pub(super) fn read<P: Parser>(
    source: impl Read,
    workers: &Workers,
    parser: &mut P,
) -> Result<(), Stop> {
    let mut blocks = Blocks::new(source);
    let mut waiting: VecDeque<Pending<Parsed<P::Rows>>> = VecDeque::new();
    let most_waiting = workers.threads() + 2;
    let mut is_after_forced = false;
    loop {
        if waiting.is_empty() {
            is_after_forced = false;
            if parser.passes_over_line() {
                let has_next = blocks.pass_line(|| parser.check_cancelled())?;
                parser.line_passed(has_next)?;
            }
        }
        while waiting.len() < most_waiting
            && !is_after_forced
            && let Some(block) = blocks.next(parser)
        {
            is_after_forced = block.is_forced;
            waiting.push_back(workers.submit(parser.job(block)));
        }
        let Some(next) = waiting.pop_front() else {
            return blocks.end();
        };
        let mut parsed = next.wait();
        let mut further = 1;
        while parsed.consumed < parsed.length {
            let mut rest = blocks.empty();
            rest.extend(&parsed.text.bytes()[parsed.consumed..parsed.length]);
            parser.take(parsed.rows)?;
            let mut is_last = false;
            for _ in 0..further {
                // What was made of it is of no use: it did not begin where a record does.
                if let Some(next) = waiting.pop_front() {
                    let next = next.wait();
                    is_last = next.is_last;
                    rest.extend(&next.text.bytes()[..next.length]);
                } else if let Some(next) = blocks.next(parser) {
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
            };
            parsed = parser.job(block)();
        }
        parser.take(parsed.rows)?;
    }
}

/// Cuts a text into blocks.
struct Blocks<R> {
    source: R,
    pool: Pool,
    /// What was read after the last cut.
    carried: Vec<u8>,
    length: usize,
    has_ended: bool,
    error: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    fn new(source: R) -> Self {
        Blocks {
            source,
            pool: Pool::default(),
            carried: Vec::new(),
            length: FIRST_LENGTH,
            has_ended: false,
            error: None,
        }
    }

    fn empty(&self) -> BlockText {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        BlockText {
            bytes: pool.pop().unwrap_or_default(),
            length: 0,
            pool: Arc::clone(&self.pool),
        }
    }

    /// The next block, if there is one.
    fn next(&mut self, parser: &impl Parser) -> Option<Block> {
        if self.has_ended {
            return None;
        }
        let mut text = self.empty();
        text.extend(&self.carried);
        self.carried.clear();
        let begun = Instant::now();
        let mut wanted = self.length;
        let mut is_forced = false;
        let cut = loop {
            if !self.fill(&mut text, wanted, begun) {
                self.has_ended = true;
                break text.length;
            }
            if let Some(cut) = parser.cut(text.bytes()) {
                break cut;
            }
            // A record that is longer than a block.
            is_forced = text.length >= LONGEST;
            if is_forced {
                break text.length;
            }
            wanted = LONGEST.min(2 * text.length);
        };
        self.carried.extend_from_slice(&text.bytes()[cut..]);
        text.length = cut;
        self.length = LENGTH;
        Some(Block {
            text,
            is_last: self.has_ended && self.error.is_none(),
            is_forced,
        })
    }

    /// Passes over the text up to the next line feed; whether anything follows.
    fn pass_line(&mut self, go_on: impl Fn() -> Result<(), Stop>) -> Result<bool, Stop> {
        let mut text = self.empty();
        while !self.has_ended {
            go_on()?;
            text.extend(&self.carried);
            self.carried.clear();
            if text.length == 0 && !self.fill(&mut text, FIRST_LENGTH, Instant::now()) {
                self.has_ended = text.length == 0;
            }
            if let Some(end) = memchr::memchr(b'\n', text.bytes()) {
                self.carried.extend_from_slice(&text.bytes()[end + 1..]);
                return Ok(true);
            }
            text.length = 0;
        }
        Ok(false)
    }

    /// Reads until the text is that long, or time is up; whether there may be more.
    fn fill(&mut self, text: &mut BlockText, wanted: usize, begun: Instant) -> bool {
        while text.length < wanted {
            let room = text.room(wanted - text.length);
            match self.source.read(room) {
                Ok(0) => return false,
                Ok(length) => {
                    let has_line_end = memchr::memchr(b'\n', &room[..length]).is_some();
                    text.length += length;
                    if has_line_end && begun.elapsed() >= LONGEST_WAIT {
                        return true;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.error = Some(error);
                    return false;
                }
            }
        }
        true
    }

    /// How the text ended.
    fn end(self) -> Result<(), Stop> {
        match self.error {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }
}

/// A block that is a whole text.
#[cfg(test)]
pub(super) fn last(text: &[u8]) -> Block {
    let mut block = BlockText::default();
    block.extend(text);
    Block {
        text: block,
        is_last: true,
        is_forced: false,
    }
}
