//! What is left of the rows of a batch whose cells are let go: which email each is about, when it was, and, where
//! several files are compared, whether rows are the same in every cell. Numbers, so that ten million rows fit.
//!
//! Numbers that are the same stand for texts that are the same: they have 64 bits and are other ones in each
//! process, so that nobody can write texts that are taken for each other.

use super::batch::Batch;
use super::record::{self, EmailKey, Records};
use super::time::{DateOrder, EventTime};

/// The 100 nanoseconds that Kusto counts, in a second.
const TICKS: i64 = 10_000_000;

/// Stands for a time that is not known.
const NO_TIME: i64 = i64::MIN;

/// The identities of rows, in an order of their own.
#[derive(Debug)]
pub(super) struct Identities {
    emails: Vec<EmailKey>,
    /// In ticks since 1970.
    times: Vec<i64>,
    /// The same where all cells are; there are none where nobody asks.
    cells: Vec<u64>,
    /// The place among the rows as loaded.
    places: Vec<u16>,
    /// The ids of messages that are no GUIDs, of rows whose cells are let go.
    other_messages: Vec<Box<[u8]>>,
}

impl Identities {
    /// Of the rows of a batch, in this order, from the row numbered `kept` on of rows whose cells are let go.
    /// `None` where the numbers could not say all that the cells do. Whether somebody compares all cells is to be
    /// said, as that takes time and memory.
    pub(super) fn of(
        batch: &Batch,
        order: &[u16],
        kept: usize,
        compares_cells: bool,
    ) -> Option<Self> {
        let records = Records::of(batch, DateOrder::default());
        let rows = || order.iter().map(|&row| usize::from(row));
        let times = rows().map(|row| ticks(&records, row));
        let mut other_messages: Vec<Box<[u8]>> = Vec::new();
        for row in rows().skip(kept) {
            let message = records.other_message(row);
            let message = message
                .filter(|message| other_messages.last().map(AsRef::as_ref) != Some(*message));
            other_messages.extend(message.map(Into::into));
        }
        Some(Identities {
            times: times.collect::<Option<_>>()?,
            emails: rows().map(|row| records.email_parts(row)).collect(),
            cells: rows()
                .filter(|_| compares_cells)
                .map(|row| record::cells_number(batch, row))
                .collect(),
            places: order.to_vec(),
            other_messages,
        })
    }

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

/// The moment of a row; `None` of the few that have no number.
fn ticks(records: &Records<'_>, row: usize) -> Option<i64> {
    let Some(time) = records.time(row) else {
        return Some(NO_TIME);
    };
    let fraction = i64::from(records.fraction_of_second(row));
    let ticks = time.seconds().checked_mul(TICKS)?.checked_add(fraction)?;
    (ticks != NO_TIME).then_some(ticks)
}
