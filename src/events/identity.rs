//! What is left of the rows of a batch whose cells are let go: which email each is about, when it was, and, where
//! several files are compared, whether rows are the same in every cell. Numbers, so that ten million rows fit.
//!
//! Numbers that are the same stand for texts that are the same: they have 64 bits and are other ones in each
//! process, so that nobody can write texts that are taken for each other.

use super::email_key::EmailKey;
use super::time::EventTime;

/// The 100 nanoseconds that Kusto counts, in a second.
pub(super) const TICKS: i64 = 10_000_000;

/// Stands for a time that is not known.
pub(super) const NO_TIME: i64 = i64::MIN;

/// The identities of rows, in an order of their own.
#[derive(Debug)]
pub(super) struct Identities {
    pub(super) emails: Vec<EmailKey>,
    /// In ticks since 1970.
    pub(super) times: Vec<i64>,
    /// The same where all cells are; there are none where nobody asks.
    pub(super) cells: Vec<u64>,
    /// The place among the rows as loaded.
    pub(super) places: Vec<u16>,
    /// The ids of messages that are no GUIDs, of rows whose cells are let go.
    pub(super) other_messages: Vec<Box<[u8]>>,
}

impl Identities {
    /// The number of rows.
    pub(super) fn rows(&self) -> usize {
        self.emails.len()
    }

    /// The email of a row, as far as the row says it.
    pub(super) fn email_parts(&self, row: usize) -> EmailKey {
        self.emails[row]
    }

    /// The time of a row.
    pub(super) fn time(&self, row: usize) -> Option<EventTime> {
        let ticks = *self.times.get(row)?;
        (ticks != NO_TIME).then(|| EventTime::from_seconds(ticks.div_euclid(TICKS)))
    }

    /// What the time of a row says beyond its second, in ticks.
    pub(super) fn fraction_of_second(&self, row: usize) -> u32 {
        match self.times[row] {
            NO_TIME => 0,
            ticks => ticks.rem_euclid(TICKS) as u32,
        }
    }

    /// A number that is the same where all cells are, if it is known.
    pub(super) fn cells_number(&self, row: usize) -> Option<u64> {
        self.cells.get(row).copied()
    }

    /// The place of a row among those of its batch, as loaded.
    pub(super) fn place(&self, row: usize) -> u16 {
        self.places[row]
    }

    /// The places of all rows as loaded.
    pub(super) fn places(&self) -> &[u16] {
        &self.places
    }

    /// The ids of messages that are no GUIDs, of rows whose cells are let go.
    pub(super) fn other_messages(&self) -> &[Box<[u8]>] {
        &self.other_messages
    }

    /// The memory it holds, in bytes.
    pub(super) fn bytes_held(&self) -> usize {
        let of_a_row = size_of::<EmailKey>() + size_of::<i64>() + size_of::<u16>();
        let others = self.other_messages.iter().map(|message| message.len());
        self.rows() * of_a_row + size_of_val(&*self.cells) + others.sum::<usize>()
    }
}
