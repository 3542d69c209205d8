//! What says that two rows tell of the same email: message, recipient and time.
//!
//! Not here: what follows from it; overlapping exports and records that repeat have rooms of their own.

use super::batch::Batch;
use super::column::Column;
use super::schema::names;
use super::time::{DateOrder, EventTime};

/// An email of one message to one recipient, whatever its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EmailKey<'b> {
    /// `NetworkMessageId`, byte for byte.
    pub message: &'b [u8],
    /// `RecipientEmailAddress`, byte for byte.
    pub recipient: &'b [u8],
}

/// One record of an email: a row of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordKey<'b> {
    /// The email.
    pub email: EmailKey<'b>,
    /// The moment, to the second: exports differ in how many digits follow.
    pub time: EventTime,
}

/// The keys of the rows of a batch, whose columns are looked up once.
#[derive(Clone, Copy, Debug)]
pub struct Records<'b> {
    batch: &'b Batch,
    messages: Option<&'b Column>,
    recipients: Option<&'b Column>,
    dates: DateOrder,
}

impl<'b> Records<'b> {
    /// Of a batch of `EmailEvents` in a file whose dates have this order.
    pub fn of(batch: &'b Batch, dates: DateOrder) -> Self {
        Records {
            batch,
            dates,
            messages: batch.column(names::NETWORK_MESSAGE_ID),
            recipients: batch.column(names::RECIPIENT_EMAIL_ADDRESS),
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// A cell; empty when there is no such column.
    pub fn cell(&self, name: &str, row: usize) -> &'b [u8] {
        self.batch.cell(name, row)
    }

    /// The cells of a row with the names of their columns.
    pub fn cells(&self, row: usize) -> impl Iterator<Item = (&'b str, &'b [u8])> + use<'b> {
        self.batch.cells(row)
    }

    /// The cell that says the time of a row; empty when there is none.
    pub fn time_cell(&self, row: usize) -> &'b [u8] {
        self.batch.time_cell(row)
    }

    /// Whether the times are, by the header, in the local time of whoever exported them.
    pub fn has_local_times(&self) -> bool {
        self.batch.times().is_local
    }

    /// The time of a row, if it has one that can be read.
    pub fn time(&self, row: usize) -> Option<EventTime> {
        self.batch.event_time(row, self.dates)
    }

    /// The email a row is about. `None` where the row does not say its message or recipient: without
    /// both, rows of different emails would look the same.
    pub fn email(&self, row: usize) -> Option<EmailKey<'b>> {
        Some(EmailKey {
            message: told(self.messages?, row)?,
            recipient: told(self.recipients?, row)?,
        })
    }

    /// Whether a row says its message.
    pub fn has_message(&self, row: usize) -> bool {
        self.messages.and_then(|column| told(column, row)).is_some()
    }

    /// Whether a row says its recipient.
    pub fn has_recipient(&self, row: usize) -> bool {
        self.recipients
            .and_then(|column| told(column, row))
            .is_some()
    }

    /// The record a row is. `None` where it does not say its message, recipient or time.
    pub fn record(&self, row: usize) -> Option<RecordKey<'b>> {
        Some(RecordKey {
            email: self.email(row)?,
            time: self.time(row)?,
        })
    }
}

/// A cell that says something.
fn told(column: &Column, row: usize) -> Option<&[u8]> {
    Some(column.get(row)).filter(|cell| !cell.trim_ascii().is_empty())
}
