//! What says that two rows tell of the same email: message, recipient and time.
//!
//! Not here: what follows from it; overlapping exports and records that repeat have rooms of their own.

use super::batch::{Batch, ColumnOfAll};
use super::column::Column;
use super::counted_as::CountedAs;
use super::email_key::{
    EmailKey, HASHER, MessageId, RecordKey, message_number, number_of, recipient_number,
    repeat_number,
};
use super::identity::Identities;
use super::schema::names;
use super::time::{self, DateOrder, EventTime, Reading, spelling};
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher};

/// The keys of all rows of a batch, also of those whose cells were let go.
#[derive(Clone, Copy, Debug)]
pub struct Records<'b> {
    batch: &'b Batch,
    messages: Option<&'b Column>,
    recipients: Option<&'b Column>,
    /// `EmailDirection`, `ThreatTypes` and `SenderFromDomain`.
    counted_by: [Option<ColumnOfAll<'b>>; 3],
    /// Known where cells were let go; what follows is taken from it then.
    identities: Option<&'b Identities>,
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
            counted_by: [
                names::EMAIL_DIRECTION,
                names::THREAT_TYPES,
                names::SENDER_FROM_DOMAIN,
            ]
            .map(|name| batch.column_of_all(name)),
            identities: batch.identities(),
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.batch.events()
    }

    /// The batch.
    pub fn batch(&self) -> &'b Batch {
        self.batch
    }

    /// The place of a row among those of its batch, as loaded.
    pub fn place(&self, row: usize) -> u16 {
        match self.identities {
            Some(identities) => identities.place(row),
            None => row as u16,
        }
    }

    /// Whether the times are, by the header, in the local time of whoever exported them.
    pub fn has_local_times(&self) -> bool {
        self.batch.times().is_local
    }

    /// Whether the date of a row could have either order.
    pub(super) fn has_ambiguous_date(&self, row: usize) -> bool {
        let read = || time::read(self.batch.time_cell(row));
        // Cells are let go only where no date is.
        self.identities.is_none() && matches!(read(), Some(Reading::Ambiguous { .. }))
    }

    /// A number that is the same where all cells of rows are, if it is known.
    pub(super) fn cells_number(&self, row: usize) -> Option<u64> {
        match self.identities {
            Some(identities) => identities.cells_number(row),
            None => Some(cells_number(self.batch, row)),
        }
    }

    /// A number that is the same where rows that count are of the same record in the same direction with the same
    /// verdict, and count for the same domain. `None` where the row does not count, or does not say its message,
    /// recipient or time.
    pub(super) fn repeat_number(&self, row: usize) -> Option<u64> {
        let [direction, threat_types, sender] = self.counted_by_cells(row);
        let counted_as = CountedAs::of(direction, threat_types)?;
        let email = self.email(row)?;
        let sender = match counted_as {
            CountedAs::Outbound => None,
            CountedAs::Threat => Some(number_of(sender)),
        };
        let verdict = number_of(threat_types);
        Some(repeat_number(email, self.time(row)?, verdict, sender))
    }

    /// Whether a row counts as a threat.
    pub(super) fn is_threat(&self, row: usize) -> bool {
        let [direction, threat_types, _] = self.counted_by_cells(row);
        CountedAs::of(direction, threat_types) == Some(CountedAs::Threat)
    }

    /// The cells of a row by which it counts: `EmailDirection`, `ThreatTypes` and `SenderFromDomain`.
    fn counted_by_cells(&self, row: usize) -> [&'b [u8]; 3] {
        self.counted_by
            .map(|column| column.map_or(b"".as_slice(), |column| column.get(row)))
    }

    /// The time of a row, if it has one that can be read.
    pub fn time(&self, row: usize) -> Option<EventTime> {
        match self.identities {
            Some(identities) => identities.time(row),
            None => self.batch.event_time(row, self.dates),
        }
    }

    /// What the time of a row says beyond its second, in the 100 nanoseconds that Kusto counts.
    pub(super) fn fraction_of_second(&self, row: usize) -> u32 {
        match self.identities {
            Some(identities) => identities.fraction_of_second(row),
            None => spelling::fraction_of_second(self.batch.time_cell(row)),
        }
    }

    /// Whether a row is of an earlier or a later moment than another one, also within a second. One without a
    /// time that can be read is earlier than all that have one.
    pub fn order_in_time(&self, row: usize, other: &Records<'_>, other_row: usize) -> Ordering {
        let time = self.time(row);
        let by_second = time.cmp(&other.time(other_row));
        if by_second.is_ne() || time.is_none() {
            return by_second;
        }
        let fraction = self.fraction_of_second(row);
        fraction.cmp(&other.fraction_of_second(other_row))
    }

    /// The email a row is about, as far as the row says it.
    pub(super) fn email_parts(&self, row: usize) -> EmailKey {
        if let Some(identities) = self.identities {
            return identities.email_parts(row);
        }
        let message = self
            .messages
            .map_or(0, |column| message_number(column.get(row)));
        let recipient = self
            .recipients
            .map_or(0, |column| recipient_number(column.get(row)));
        EmailKey { message, recipient }
    }

    /// The email a row is about. `None` where the row does not say its message or recipient.
    pub fn email(&self, row: usize) -> Option<EmailKey> {
        self.email_parts(row).told()
    }

    /// The id of a row's message where it is no GUID.
    pub(super) fn other_message(&self, row: usize) -> Option<&'b [u8]> {
        let message = told(self.messages?, row)?;
        MessageId(message).guid().is_none().then_some(message)
    }

    /// Whether a row says its message.
    pub fn has_message(&self, row: usize) -> bool {
        self.email_parts(row).message != 0
    }

    /// Whether a row says its recipient.
    pub fn has_recipient(&self, row: usize) -> bool {
        self.email_parts(row).recipient != 0
    }

    /// The record a row is. `None` where it does not say its message, recipient or time.
    pub fn record(&self, row: usize) -> Option<RecordKey> {
        Some(RecordKey {
            email: self.email(row)?,
            time: self.time(row)?,
        })
    }
}

/// A number for the cells of a row that say something: a column may appear only later in a file.
pub(super) fn cells_number(batch: &Batch, row: usize) -> u64 {
    let mut state = HASHER.build_hasher();
    for (column, (_, cell)) in batch.cells(row).enumerate() {
        if !cell.is_empty() {
            (column, cell).hash(&mut state);
        }
    }
    state.finish()
}

/// A cell that says something.
fn told(column: &Column, row: usize) -> Option<&[u8]> {
    Some(column.get(row)).filter(|cell| !cell.trim_ascii().is_empty())
}
