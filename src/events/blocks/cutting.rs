//! Cuts a text into blocks: a stream, which is read here, or a file, whose blocks are read by who takes them
//! apart.

use super::block::{Block, BlockPlace, LENGTH, LENGTH_OF_WINDOWS, Parsed, Parser, Source};
use super::windows::{Apart, Part};
use crate::events::block_text::BlockText;
use crate::events::buffers::Buffers;
use crate::events::in_place::RestOfFile;
use crate::events::positional;
use crate::events::stop::Stop;
use std::io::{self, Read};
use std::time::{Duration, Instant};

/// The length of the first block: something is to be seen soon.
const FIRST_LENGTH: usize = 1 << 18;

/// The least usual length of a block of a stream. Whoever takes it apart finds it in no cache of its own, so that only
/// the threads that wait for each other count.
const LENGTH_IN_STREAM: usize = 2 * LENGTH;

/// The longest text in which the end of a record is looked for, in bytes.
const LONGEST: usize = 65 << 20;

/// How much is read of a file to find where to cut it, in bytes; more, where no record ends there.
const LOOKED_AT: usize = 1 << 12;

/// The time after which even a short block is handed on, so that a slow source fills the screen too.
const LONGEST_WAIT: Duration = Duration::from_millis(150);

/// A block that was cut; its text may have to be read.
pub(super) struct Cut {
    block: Block,
    part: Option<Part>,
    /// The length of a window, if it is read window by window.
    window: Option<usize>,
}

impl Cut {
    /// Whether it was cut though no record seems to end there.
    pub(super) fn is_forced(&self) -> bool {
        self.block.is_forced
    }

    /// Reads it and takes it apart.
    pub(super) fn take_apart<T>(
        self,
        mut take: impl FnMut(Block, Option<T>) -> Parsed<T>,
    ) -> Apart<T> {
        if let Some(window) = self.window
            && let Some(part) = self.part
        {
            return part.take_windows(self.block, window, take);
        }
        let (block, error) = self.read();
        let parsed = take(block, None);
        Apart::at_once(parsed, error)
    }

    /// The block with its text, and why that breaks off, where it could not be read.
    pub(super) fn read(self) -> (Block, Option<io::Error>) {
        let Cut {
            mut block, part, ..
        } = self;
        let Some(part) = part else {
            return (block, None);
        };
        let text = &mut block.text;
        let (length, error) =
            positional::read_at(part.file.file(), text.room(part.length), part.start);
        text.length += length;
        // The file may have become shorter.
        block.is_last |= error.is_none() && length < part.length;
        block.is_last &= error.is_none();
        block.place = error.is_none().then(|| BlockPlace {
            file: part.file,
            start: part.start,
            length,
            is_last: block.is_last,
            is_forced: block.is_forced,
        });
        (block, error)
    }
}

/// The usual length of a block that is read window by window, after so many bytes that were well cut: the more there are, the
/// less it matters that the threads do not end at the same time.
fn length_of_windows(passed: u64) -> usize {
    let (least, most) = LENGTH_OF_WINDOWS.into_inner();
    let part = usize::try_from(passed / 32).unwrap_or(most);
    part.clamp(least, most)
}

/// Cuts a text into blocks.
pub(super) struct Blocks<R> {
    source: Place<R>,
    buffers: Buffers,
    /// How long the next block should be.
    length: usize,
    has_ended: bool,
    error: Option<io::Error>,
}

/// Where the next text comes from.
enum Place<R> {
    Stream {
        stream: R,
        /// What was read after the last cut.
        carried: Vec<u8>,
    },
    File {
        file: RestOfFile,
        /// Where the next block begins.
        next: u64,
        /// Since where all blocks were cut where a record ends, as far as is known.
        well_cut_since: u64,
        /// Up to where blocks were read.
        read: u64,
        /// What was read to find the last cut.
        looked_at: Vec<u8>,
    },
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(source: Source<R>) -> Self {
        Blocks {
            source: match source {
                Source::Stream(stream) => Place::Stream {
                    stream,
                    carried: Vec::new(),
                },
                Source::File(file) => Place::File {
                    next: file.start(),
                    well_cut_since: file.start(),
                    read: file.start(),
                    looked_at: Vec::new(),
                    file,
                },
            },
            buffers: Buffers::default(),
            length: FIRST_LENGTH,
            has_ended: false,
            error: None,
        }
    }

    /// A text that is empty.
    pub(super) fn empty(&self) -> BlockText {
        BlockText::in_one_of(&self.buffers)
    }

    /// The next block, if there is one.
    pub(super) fn next(&mut self, parser: &impl Parser) -> Option<Cut> {
        if self.has_ended {
            return None;
        }
        let window = parser.window();
        let (text, part, is_forced) = match self.source {
            Place::Stream { .. } => {
                let (text, is_forced) = self.next_of_stream(parser);
                (text, None, is_forced)
            }
            Place::File { .. } => {
                let (part, is_forced) = self.next_of_file(parser)?;
                (self.empty(), Some(part), is_forced)
            }
        };
        self.length = match &self.source {
            Place::Stream { .. } => parser.block_length().max(LENGTH_IN_STREAM),
            Place::File {
                next,
                well_cut_since,
                ..
            } if window.is_some() => length_of_windows(next - well_cut_since),
            Place::File { .. } => parser.block_length(),
        };
        let block = Block {
            text,
            is_last: self.has_ended && self.error.is_none(),
            is_forced,
            goes_on: false,
            place: None,
        };
        Some(Cut {
            block,
            part,
            window,
        })
    }

    fn next_of_stream(&mut self, parser: &impl Parser) -> (BlockText, bool) {
        let mut text = self.empty();
        self.take_carried(&mut text);
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
        self.put_back(&text.bytes()[cut..]);
        text.length = cut;
        (text, is_forced)
    }

    fn next_of_file(&mut self, parser: &impl Parser) -> Option<(Part, bool)> {
        let Place::File {
            file,
            next,
            looked_at,
            ..
        } = &mut self.source
        else {
            return None;
        };
        let start = *next;
        let (mut wanted, mut window) = (self.length, LOOKED_AT);
        let mut is_forced = false;
        let length = loop {
            let from = wanted.saturating_sub(window);
            looked_at.resize(wanted - from, 0);
            match file.read(looked_at, start + from as u64) {
                Ok(length) if length < looked_at.len() => {
                    self.has_ended = true;
                    break from + length;
                }
                Ok(_) => {}
                Err(error) => {
                    // Who reads the block comes as far as can be read.
                    self.has_ended = true;
                    self.error = Some(error);
                    break wanted;
                }
            }
            if let Some(cut) = parser.cut(looked_at) {
                break from + cut;
            }
            if from > 0 {
                window *= 4;
                continue;
            }
            // A record that is longer than a block.
            is_forced = wanted >= LONGEST;
            if is_forced {
                break wanted;
            }
            wanted = LONGEST.min(2 * wanted);
        };
        if looked_at.len() > LENGTH {
            *looked_at = Vec::new();
        }
        *next = start + length as u64;
        let file = file.file();
        let part = Part {
            file,
            start,
            length,
        };
        Some((part, is_forced))
    }

    /// The text of a block, read here.
    pub(super) fn read(&mut self, cut: Cut) -> Block {
        let (block, error) = cut.read();
        self.note_read(block.text().len());
        if let Some(error) = error {
            self.fail(error);
        }
        block
    }

    /// Notes that the next block was read, and how long it is.
    pub(super) fn note_read(&mut self, length: usize) {
        if let Place::File { file, read, .. } = &mut self.source {
            *read += length as u64;
            file.note_read(*read);
        }
    }

    /// Notes that a block was not cut where a record ends: the fewer bytes are read in vain, the shorter those are that are
    /// cut so.
    pub(super) fn note_wrong_cut(&mut self) {
        if let Place::File {
            next,
            well_cut_since,
            ..
        } = &mut self.source
        {
            *well_cut_since = *next;
        }
    }

    /// Notes that reading has failed: there is no further block.
    pub(super) fn fail(&mut self, error: io::Error) {
        self.has_ended = true;
        self.error.get_or_insert(error);
    }

    /// Passes over the text up to the next line feed; whether anything follows.
    pub(super) fn pass_line(&mut self, go_on: impl Fn() -> Result<(), Stop>) -> Result<bool, Stop> {
        let mut text = self.empty();
        let mut passed = false;
        while !self.has_ended && !passed {
            go_on()?;
            self.take_carried(&mut text);
            if text.length == 0 && !self.fill(&mut text, FIRST_LENGTH, Instant::now()) {
                self.has_ended = text.length == 0;
            }
            if let Some(end) = memchr::memchr(b'\n', text.bytes()) {
                self.put_back(&text.bytes()[end + 1..]);
                passed = true;
            }
            text.length = 0;
        }
        if let Place::File {
            file, next, read, ..
        } = &mut self.source
        {
            *read = *next;
            file.note_read(*read);
        }
        Ok(passed)
    }

    /// Takes what was put back, if it is not to be read once more.
    fn take_carried(&mut self, text: &mut BlockText) {
        if let Place::Stream { carried, .. } = &mut self.source {
            text.extend(carried);
            carried.clear();
        }
    }

    /// Puts back what was read too far.
    fn put_back(&mut self, rest: &[u8]) {
        match &mut self.source {
            Place::Stream { carried, .. } => carried.extend_from_slice(rest),
            Place::File { next, .. } => *next -= rest.len() as u64,
        }
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
    pub(super) fn end(self) -> Result<(), Stop> {
        let Some(error) = self.error else {
            return Ok(());
        };
        if let Place::File { file, .. } = &self.source {
            file.note_damage(&error);
        }
        Err(error.into())
    }
}

impl<R: Read> Place<R> {
    /// Reads some bytes, at least one unless there is none.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Place::Stream { stream, .. } => stream.read(buffer),
            Place::File { file, next, .. } => {
                let length = file.read(buffer, *next)?;
                *next += length as u64;
                Ok(length)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::at_the_beginning(0, 1 << 20)]
    #[case::a_part_of_what_was_read(128 << 20, 4 << 20)]
    #[case::not_ever_longer(u64::MAX, 8 << 20)]
    fn blocks_grow_with_what_was_read(#[case] passed: u64, #[case] expected: usize) {
        assert_eq!(length_of_windows(passed), expected);
    }
}
