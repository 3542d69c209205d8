//! The rows of the companion tables that belong to one email: an email is a message and one recipient of it.

use crate::events::companions::CompanionRow;
use crate::events::schema::{Table, names};
use crate::events::{EventId, EventStore};
use crate::letter_case::fold_case;

/// The rows of a table that belong to the message of an email.
#[derive(Clone, Debug)]
pub struct RelatedRows<'a> {
    /// The rows of the email, in the order loaded.
    pub own: Vec<CompanionRow<'a>>,
    /// How many there are of other recipients of the message.
    pub of_others: usize,
}

impl<'a> RelatedRows<'a> {
    /// Finds the rows of a table.
    pub fn of(store: &'a EventStore, table: Table, email: EventId) -> Self {
        let message = store.cell(email, names::NETWORK_MESSAGE_ID);
        let recipient = store.cell(email, names::RECIPIENT_EMAIL_ADDRESS);
        let rows = store.companions().of_message(table, message);
        let (own, of_others): (Vec<_>, Vec<_>) =
            rows.partition(|row| !says_recipient(table) || is_for(row, recipient));
        RelatedRows {
            own,
            of_others: of_others.len(),
        }
    }
}

/// Whether the rows of a table say to whom of the message's recipients they belong.
fn says_recipient(table: Table) -> bool {
    matches!(
        table,
        Table::EmailAttachmentInfo | Table::EmailPostDeliveryEvents
    )
}

/// Whether a row belongs to that recipient. A row or an email that says none is not another's.
fn is_for(row: &CompanionRow<'_>, recipient: &[u8]) -> bool {
    let (one, other) = (
        row.cell(names::RECIPIENT_EMAIL_ADDRESS).trim_ascii(),
        recipient.trim_ascii(),
    );
    one.is_empty() || other.is_empty() || fold_case(one) == fold_case(other)
}

/// Whether a click led to the page, at once or past a warning.
pub fn went_through(click: &CompanionRow<'_>) -> bool {
    click
        .cell(names::ACTION_TYPE)
        .eq_ignore_ascii_case(b"ClickAllowed")
        || is_true(click.cell(names::IS_CLICKED_THROUGH))
}

/// Whether a cell says yes, in one of the spellings of exports.
pub fn is_true(cell: &[u8]) -> bool {
    cell == b"1" || cell.eq_ignore_ascii_case(b"true")
}
