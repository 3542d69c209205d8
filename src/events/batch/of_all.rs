//! What is known of all events of a batch, also of those whose cells were let go.

use super::reduced::{ColumnOfAll, KNOWN_OF_ALL};
use super::{Batch, Stored};
use crate::events::identity::Identities;
use crate::events::message::Message;

impl Batch {
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
        let is_void = self
            .shape
            .place(name)
            .is_some_and(|place| self.is_void(place));
        let others = others.filter(|_| !is_void);
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
