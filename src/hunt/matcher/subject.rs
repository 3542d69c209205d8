//! The events on which exclusions are evaluated.

use crate::events::{Batch, EventStore};
use crate::hunt::across_events::AcrossEvents;
use crate::hunt::side::Side;

/// A row of a batch that the hunt counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedRow {
    /// The row.
    pub row: u16,
    /// Where it counts.
    pub side: Side,
    /// The number of the domain it counts for, where it was counted before.
    pub domain: Option<u32>,
}

/// A batch of events, and what else there is to know of them.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The events.
    pub batch: &'a Batch,
    /// The numbers of its file and, in the file, of the batch.
    pub place: (u32, u32),
    /// All that is loaded.
    pub store: &'a EventStore,
    /// What is known of all events together.
    pub across_events: &'a AcrossEvents,
    /// Where the events are copies of others, for each row of the batch the one of `place` that counts.
    pub counting: Option<&'a [u16]>,
}

impl Subject<'_> {
    /// The row of `place` that counts.
    pub(super) fn row_that_counts(&self, row: u16) -> u16 {
        let counting = self.counting.and_then(|rows| rows.get(usize::from(row)));
        counting.copied().unwrap_or(row)
    }
}
