//! Reading once more what was read before: the columns of a block of a plain file that nobody was known to look at.
//!
//! Who is asked for them minds that the file may be another by then.

use super::batch::Batch;
use super::blocks::{Block, BlockPlace};
use super::column::Column;
use super::origin::Origin;
use std::fmt;
use std::sync::Arc;

/// Takes a block apart as it was done before.
pub(super) trait TakeApart: fmt::Debug + Send + Sync {
    /// Its batches, portion by portion, of which each row is there.
    fn once_more(&self, block: Block) -> Vec<Vec<Batch>>;
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
