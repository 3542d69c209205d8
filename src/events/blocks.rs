//! Text in blocks: read in order by one thread, taken apart by [`Workers`] at the same time, taken in order.
//!
//! A block is cut where a record seems to end. Whether it does is known when the block before has been taken
//! apart to its end; where it does not, what is left over is taken apart once more with what follows. A wrong
//! guess costs time and nothing else.
//!
//! Of a plain file only some bytes before each cut are read by the one thread; the rest is read by who takes
//! the block apart, in whose cache it then is. Where nothing is left that stands in the text, a block is read window by
//! window, each over the one before: so it can be far longer than the cache, and there is less to hand on.

mod block;
mod cutting;
mod windows;

use super::stop::Stop;
use super::workers::{Pending, Workers};
pub(super) use block::{Block, BlockPlace, LENGTH, Parsed, Parser, Source, WINDOW};
use cutting::Blocks;
use std::collections::VecDeque;
use std::io::{self, Read};
use windows::Apart;

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
    let mut block = super::block_text::BlockText::default();
    block.extend(text);
    Block {
        text: block,
        is_last: true,
        is_forced: false,
        goes_on: false,
        place: None,
    }
}
