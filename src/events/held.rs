//! Batches that are held back until the answer they are part of is known to be whole: a service that
//! fails halfway says so at the end of its answer, and then none of its rows may count.

use super::batch::Batch;
use super::schema::Table;

/// The memory that held batches may take, in bytes. Several times what the services answer with; a larger
/// answer is handed on before its end is known.
const MOST_HELD: usize = 256 << 20;

/// The batches of an answer that is being read.
#[derive(Debug)]
pub(super) struct Held {
    /// The rows of the file that were read before the answer.
    pub(super) rows_read_before: u64,
    /// Those of them that were kept.
    pub(super) rows_kept_before: u64,
    batches: Vec<(Table, Batch)>,
    bytes: usize,
}

impl Held {
    /// Nothing yet, of an answer that begins after so many rows.
    pub(super) fn new(rows_read_before: u64, rows_kept_before: u64) -> Self {
        Held {
            rows_read_before,
            rows_kept_before,
            batches: Vec::new(),
            bytes: 0,
        }
    }

    /// Whether it has taken all it should.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= MOST_HELD
    }

    pub(super) fn push(&mut self, table: Table, batch: Batch) {
        self.bytes += batch.bytes_held();
        self.batches.push((table, batch));
    }

    /// Gives them back, in their order.
    pub(super) fn into_batches(self) -> impl Iterator<Item = (Table, Batch)> {
        self.batches.into_iter()
    }
}
