//! Which email each of some rows is about, by numbers, column by column.

use super::batch::Batch;
use super::email_key::{EmailKey, message_number, recipient_number};
use super::schema::names;

/// The emails of some rows of a batch, in the order of the rows.
pub(super) struct EmailNumbers {
    messages: Vec<u64>,
    recipients: Vec<u64>,
}

impl EmailNumbers {
    /// Hashes the messages and recipients of these rows.
    pub(super) fn of(batch: &Batch, rows: &[u16]) -> Self {
        let numbers = |name, number: fn(&[u8]) -> u64| match batch.column(name) {
            Some(column) => column.told_of_rows(rows, number),
            None => vec![number(b""); rows.len()],
        };
        EmailNumbers {
            messages: numbers(names::NETWORK_MESSAGE_ID, message_number),
            recipients: numbers(names::RECIPIENT_EMAIL_ADDRESS, recipient_number),
        }
    }

    /// Selects rows, where all rows of the batch are here.
    pub(super) fn of_rows(&self, rows: &[u16]) -> Self {
        let of_rows = |numbers: &[u64]| rows.iter().map(|&row| numbers[usize::from(row)]).collect();
        EmailNumbers {
            messages: of_rows(&self.messages),
            recipients: of_rows(&self.recipients),
        }
    }

    /// The emails; `None` of a row that does not say its message or recipient.
    pub(super) fn emails(&self) -> impl Iterator<Item = Option<EmailKey>> {
        let numbers = self.messages.iter().zip(&self.recipients);
        numbers.map(|(&message, &recipient)| EmailKey { message, recipient }.told())
    }
}
