//! Batches that keep the cells of those events only that are looked at after loading. Of the others they know which
//! email each is about, when it was, whether it repeats another one, and where it counts.
//!
//! The events whose cells are kept come first, in the order in which they were loaded; then the others.

use super::elsewhere::Opened;
use super::{Batch, MAX_ROWS, Stored};
use crate::events::column::{Column, ColumnBuilder};
use crate::events::companions::Message;
use crate::events::identity::Identities;
use crate::events::read_back::Origin;
use crate::events::request::{Kept, KeptEvents};
use crate::events::schema::names;
use crate::events::sender_domain;
use crate::events::time::EventTime;
use std::sync::Arc;

/// What is known of all events of a batch, those first whose cells are kept.
#[derive(Debug)]
pub(super) struct Reduced {
    identities: Identities,
    /// Of the other events the columns that say whether and where one counts.
    others: [Option<Column>; KNOWN_OF_ALL.len()],
    /// Those that people open, where cells of the others can be read once more.
    opened: Option<Opened>,
}

/// The columns that are known of all events.
const KNOWN_OF_ALL: [&str; 3] = [
    names::EMAIL_DIRECTION,
    names::THREAT_TYPES,
    names::SENDER_FROM_DOMAIN,
];

/// One of the columns that are known of all events of a batch.
#[derive(Clone, Copy, Debug)]
pub struct ColumnOfAll<'b> {
    column: &'b Column,
    rows: usize,
    others: Option<&'b Column>,
    events: usize,
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

impl Batch {
    /// The same with what is known of all events, those first whose cells are kept, if nothing else must be known
    /// of the others. With an origin of its columns, more may be let go.
    ///
    /// The columns are left to who makes them smaller: of them only those rows are to be kept that are given.
    pub(super) fn reduced(
        self,
        kept_of: KeptEvents,
        compares_cells: bool,
        origin: Option<Arc<dyn Origin>>,
    ) -> (Self, Option<Vec<u16>>) {
        let mut batch = sender_domain::complete(self);
        // Such rows are looked at once more when all is loaded.
        let are_times_certain = batch.moments.is_some() && batch.times.unreadable == 0;
        if !are_times_certain || batch.rows > MAX_ROWS {
            return (batch, None);
        }
        let directions = batch.column_of_all(names::EMAIL_DIRECTION);
        let threat_types = batch.column_of_all(names::THREAT_TYPES);
        let (mut order, mut others, mut opened) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..batch.rows {
            let [direction, threat_types] = [directions, threat_types]
                .map(|column| column.map_or(b"".as_slice(), |column| column.get(row)));
            match kept_of(direction, threat_types) {
                Kept::Nothing => others.push(row as u16),
                Kept::Some => order.push(row as u16),
                Kept::All => {
                    opened.push(order.len() as u16);
                    order.push(row as u16);
                }
            }
        }
        let kept = order.clone();
        order.extend(&others);
        let Some(identities) = Identities::of(&batch, &order, kept.len(), compares_cells) else {
            return (batch, None);
        };
        let of_others = |name| Some(batch.column(name)?.of_rows(&others));
        let [directions, threat_types] = [names::EMAIL_DIRECTION, names::THREAT_TYPES];
        let others = [
            of_others(directions),
            of_others(threat_types),
            batch.senders_of_ours(&others),
        ];
        batch.reduced = Some(Box::new(Reduced {
            identities,
            others,
            opened: origin.map(|origin| Opened::new(opened, origin)),
        }));
        batch.rows = kept.len();
        batch.moments = None;
        (batch, Some(kept))
    }

    /// The domains of the senders of these rows where they may be our own: they are few, those of strangers many.
    fn senders_of_ours(&self, rows: &[u16]) -> Option<Column> {
        let directions = self.column(names::EMAIL_DIRECTION)?;
        let senders = self.column(names::SENDER_FROM_DOMAIN)?;
        let mut domains = ColumnBuilder::starting_with_empty(0);
        for row in rows.iter().map(|&row| usize::from(row)) {
            let is_inbound = directions.get(row) == b"Inbound";
            domains.push(if is_inbound { b"" } else { senders.get(row) });
        }
        Some(domains.finish())
    }

    /// Whether the cells of some events may have been let go.
    #[cfg(test)]
    pub(in crate::events) fn is_reduced(&self) -> bool {
        self.reduced.is_some()
    }

    /// What is known of all events, where only the cells of some are kept: of those first.
    pub(in crate::events) fn identities(&self) -> Option<&Identities> {
        self.reduced.as_deref().map(|reduced| &reduced.identities)
    }

    /// The messages of the events whose cells were let go.
    pub(in crate::events) fn messages_let_go(&self) -> impl Iterator<Item = Message<'_>> {
        let identities = self.identities().into_iter();
        identities.flat_map(|identities| {
            let rows = self.rows..identities.rows();
            let numbers = rows.map(|row| Message::Number(identities.email_parts(row).message));
            let others = identities.other_messages().iter();
            numbers.chain(others.map(|id| Message::Id(id)))
        })
    }

    /// The number of events it stands for, also of those whose cells were let go.
    pub fn events(&self) -> usize {
        self.identities().map_or(self.rows, Identities::rows)
    }

    /// The place of an event among those of its batch, as loaded.
    pub fn place_as_loaded(&self, event: usize) -> usize {
        let identities = self.identities();
        identities.map_or(event, |identities| usize::from(identities.place(event)))
    }

    /// A column of all events: `EmailDirection`, `ThreatTypes` or `SenderFromDomain`, which is empty of inbound
    /// events whose cells were let go.
    pub fn column_of_all(&self, name: &str) -> Option<ColumnOfAll<'_>> {
        let others = self.reduced.as_deref().and_then(|reduced| {
            let place = KNOWN_OF_ALL.iter().position(|known| *known == name)?;
            reduced.others[place].as_ref()
        });
        Some(ColumnOfAll {
            column: self.column(name)?,
            rows: self.rows,
            others,
            events: self.events(),
        })
    }

    /// A cell of any event, in one of those columns; empty when the batch has no such column.
    pub(in crate::events) fn cell_of_any(&self, name: &str, event: usize) -> &[u8] {
        let column = self.column_of_all(name);
        column.map_or(b"", |column| column.get(event))
    }

    /// Why a column could not be read once more, as the end of a sentence.
    pub(in crate::events) fn read_failure(&self, name: &str) -> Option<&str> {
        match self.columns.get(self.shape.place(name)?)? {
            Stored::Elsewhere(elsewhere) => elsewhere.failure(),
            _ => None,
        }
    }

    /// The numbers of all events in the order in which they were loaded.
    pub(in crate::events) fn as_loaded(&self) -> Vec<usize> {
        let mut events: Vec<usize> = (0..self.events()).collect();
        if let Some(identities) = self.identities() {
            events.sort_unstable_by_key(|event| identities.place(*event));
        }
        events
    }
}

#[cfg(test)]
mod tests;
