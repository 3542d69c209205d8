//! Reading once more what was read before: the columns of a block of a plain file that nobody was known to look at.
//!
//! Who is asked for them minds that the file may be another by then.

use super::batch::Batch;
use super::blocks::Block;
use super::column::Column;
use super::in_place;
use super::sameness::State;
use std::fmt;
use std::fs::File;
use std::sync::{Arc, OnceLock};

/// Where the columns of a batch can be had once more.
pub(super) trait Origin: fmt::Debug + Send + Sync {
    /// A column by its place, with a cell for each row as loaded; nothing where it cannot be read any more, which
    /// is noted with its file.
    fn column(&self, place: usize) -> Option<Column>;

    /// Why something of its file could not be read once more, as the end of a sentence.
    fn failure(&self) -> Option<&str>;
}

/// Takes a block apart as it was done before.
pub(super) trait TakeApart: fmt::Debug + Send + Sync {
    /// Its batches, portion by portion, of which each row is there.
    fn once_more(&self, block: Block) -> Vec<Vec<Batch>>;
}

/// A file that was read, and is held open to be read once more.
#[derive(Debug)]
pub(super) struct ReadFile {
    file: Arc<File>,
    /// What it was when reading it began.
    state: State,
    failure: OnceLock<String>,
}

impl ReadFile {
    /// Of a file that was in this state when reading it began.
    pub(super) fn new(file: Arc<File>, state: State) -> Self {
        ReadFile {
            file,
            state,
            failure: OnceLock::new(),
        }
    }

    /// The file.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Why something of it could not be read once more, as the end of a sentence.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// Notes why something of it cannot be read once more.
    pub(super) fn fail(&self, why: &str) {
        // The first is told.
        let _ = self.failure.set(why.to_owned());
    }

    /// Whether it is still what it was when reading it began.
    pub(super) fn is_unchanged(&self) -> bool {
        State::of(&self.file).is_some_and(|now| now == self.state)
    }

    /// Bytes of it, if they are still those that were read.
    fn read(&self, start: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        let (read, error) = in_place::read_at(&self.file, &mut bytes, start);
        if let Some(error) = error {
            self.fail(&format!("it can no longer be read ({error})"));
            return None;
        }
        // Looked at after reading: what is written from now on does no harm.
        if read < length || !self.is_unchanged() {
            self.fail("it was modified after it was loaded");
            return None;
        }
        Some(bytes)
    }
}

/// The text of a block in a file.
#[derive(Clone, Debug)]
pub(super) struct BlockPlace {
    pub(super) file: Arc<ReadFile>,
    pub(super) start: u64,
    pub(super) length: usize,
    pub(super) is_last: bool,
    pub(super) is_forced: bool,
}

/// A batch of a block.
#[derive(Debug)]
pub(super) struct BatchOfBlock {
    pub(super) place: BlockPlace,
    pub(super) take_apart: Arc<dyn TakeApart>,
    /// Which of its portions, and which batch of that.
    pub(super) portion: usize,
    pub(super) batch: usize,
    pub(super) rows: usize,
}

impl Origin for BatchOfBlock {
    fn column(&self, place: usize) -> Option<Column> {
        let BlockPlace {
            file,
            start,
            length,
            is_last,
            is_forced,
        } = &self.place;
        let text = file.read(*start, *length)?;
        let block = Block::of_text(text, *is_last, *is_forced);
        let portions = self.take_apart.once_more(block);
        let portion = portions.into_iter().nth(self.portion);
        let batch = portion.and_then(|batches| batches.into_iter().nth(self.batch));
        let batch = batch.filter(|batch| batch.rows() == self.rows);
        if batch.is_none() {
            file.fail("it was replaced after it was loaded");
        }
        batch?.into_column(place)
    }

    fn failure(&self) -> Option<&str> {
        self.place.file.failure()
    }
}
