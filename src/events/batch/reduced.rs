//! Batches that keep the cells of those events only that are looked at after loading. Of the others they know which
//! email each is about, when it was, whether it repeats another one, and where it counts.
//!
//! The events whose cells are kept come first, in the order in which they were loaded; then the others.

use super::elsewhere::Opened;
use crate::events::column::Column;
use crate::events::identity::Identities;
use crate::events::schema::names;
use crate::events::time::EventTime;

/// What is known of all events of a batch, those first whose cells are kept.
#[derive(Debug)]
pub(super) struct Reduced {
    pub(super) identities: Identities,
    /// Of the other events the columns that say whether and where one counts.
    pub(super) others: [Option<Column>; KNOWN_OF_ALL.len()],
    /// Those that people open, where cells of the others can be read once more.
    pub(super) opened: Option<Opened>,
}

/// The columns that are known of all events.
pub(super) const KNOWN_OF_ALL: [&str; 3] = [
    names::EMAIL_DIRECTION,
    names::THREAT_TYPES,
    names::SENDER_FROM_DOMAIN,
];

/// One of the columns that are known of all events of a batch.
#[derive(Clone, Copy, Debug)]
pub struct ColumnOfAll<'b> {
    pub(super) column: &'b Column,
    pub(super) rows: usize,
    pub(super) others: Option<&'b Column>,
    pub(super) events: usize,
}

impl<'b> ColumnOfAll<'b> {
    /// The values that are wanted, each with a number of events that have it; one may come several times.
    pub(in crate::events) fn each_value(
        &self,
        is_wanted: impl Fn(&[u8]) -> bool,
        mut take: impl FnMut(&'b [u8], u64),
    ) {
        self.column.each_value(self.rows, &is_wanted, &mut take);
        if let Some(others) = self.others {
            others.each_value(self.events - self.rows, is_wanted, take);
        }
    }

    /// The value of an event.
    pub fn get(&self, event: usize) -> &'b [u8] {
        match event.checked_sub(self.rows) {
            None => self.column.get(event),
            Some(other) => self.others.map_or(b"", |others| others.get(other)),
        }
    }
}

impl Reduced {
    /// The time of an event.
    pub(super) fn time(&self, event: usize) -> Option<EventTime> {
        self.identities.time(event)
    }

    /// The events that people open, where cells of the others can be read once more.
    pub(super) fn opened(&self) -> Option<&Opened> {
        self.opened.as_ref()
    }

    /// The places of all events as loaded.
    pub(super) fn places(&self) -> &[u16] {
        self.identities.places()
    }

    /// The memory it holds, in bytes.
    pub(super) fn bytes_held(&self) -> usize {
        let others = self.others.iter().flatten();
        self.identities.bytes_held() + others.map(Column::bytes_held).sum::<usize>()
    }
}
