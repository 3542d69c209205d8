//! Rows of `EmailEvents` that are joined with those of companion tables: they are taken apart before they are handed
//! on.

use super::FileSink;
use crate::events::batch::Batch;
use crate::events::joined::{self, Joined, TakenApart};
use crate::events::load::LoadMessage;
use crate::events::passed::PassedEvents;
use crate::events::report::TableColumns;
use crate::events::schema::{Table, identify, names};
use crate::events::stop::Stop;
use crate::quantities;

impl FileSink {
    /// Notes the columns of rows of a table that come next, which may be joined ones.
    pub(super) fn note_joins(&mut self, table: Table, columns: &[String]) {
        if table != Table::EmailEvents {
            return;
        }
        if self.joined.is_none() && joined::are_joined(columns) {
            self.joined = Some(Joined::new(self.knows_events));
        }
        self.knows_events = true;
    }

    /// Takes the rows of a batch of `EmailEvents` apart, where they are joined ones.
    pub(super) fn take_apart(&mut self, batch: &Batch) -> Option<TakenApart> {
        // Cells are let go only of rows that came before it was known that others are joined.
        let joined = self
            .joined
            .as_mut()
            .filter(|_| batch.identities().is_none())?;
        joined.take_apart(batch)
    }

    /// Hands on what joined rows were taken apart into.
    pub(super) fn hand_on_taken_apart(&mut self, mut taken_apart: TakenApart) -> Result<(), Stop> {
        self.report.note_taken_apart(&taken_apart);
        for (table, batch) in &taken_apart.companions {
            self.note_batch(*table, batch);
        }
        if let Some(batch) = taken_apart.emails.take() {
            if let Some(tally) = self.tally(Table::EmailEvents) {
                let mut passed = PassedEvents::of(batch, tally);
                self.note_passed(&mut passed);
                taken_apart.passed = Some(Box::new(passed));
            } else {
                let batch = batch.compacted(&self.wanted, None);
                self.note_batch(Table::EmailEvents, &batch);
                taken_apart.emails = Some(batch);
            }
        }
        let message = LoadMessage::TakenApart {
            file: self.file,
            rows: Box::new(taken_apart),
        };
        self.sender.send(message).map_err(|_| Stop::Cancelled)
    }

    /// Hands on what was withheld while it was not known whether rows are joined.
    pub(super) fn hand_on_withheld(&mut self) -> Result<(), Stop> {
        let withheld = self.joined.as_mut().map(Joined::withheld);
        let mut withheld = withheld.into_iter().flatten();
        withheld.try_for_each(|emails| self.hand_on_taken_apart(emails))
    }

    /// The columns of each table that the rows of `EmailEvents` have.
    pub(super) fn columns_of_events(&self, names: Vec<String>) -> Vec<TableColumns> {
        let by_table = self
            .joined
            .as_ref()
            .and_then(|_| joined::ColumnsByTable::of(&names));
        let Some(by_table) = by_table else {
            return vec![TableColumns {
                table: Table::EmailEvents,
                found: names,
            }];
        };
        let emails = by_table.emails.into_iter().map(|(_, name)| name);
        let companions = by_table
            .companions
            .into_iter()
            .map(|companion| TableColumns {
                table: companion.table,
                found: companion.names().map(str::to_owned).collect(),
            });
        let emails = TableColumns {
            table: Table::EmailEvents,
            found: emails.collect(),
        };
        [emails].into_iter().chain(companions).collect()
    }

    /// Says what joined rows were taken apart into, where that makes a difference, or why they were not.
    pub(super) fn judge_joins(&mut self) {
        if let Some(joined) = &self.report.joined {
            let sentence = joined.sentence().filter(|_| joined.makes_a_difference());
            if let Some(sentence) = sentence {
                self.report.warn(sentence);
            }
            return;
        }
        let columns = self.rows[Table::EmailEvents as usize].names();
        if columns.iter().any(|name| name == names::NETWORK_MESSAGE_ID) {
            return;
        }
        let tables: Vec<&str> = identify::companions_among(columns)
            .into_iter()
            .map(Table::name)
            .collect();
        if !tables.is_empty() && self.report.holds(Table::EmailEvents) {
            self.report.warn(format!(
                "it has columns of {} but no {}: if it is a join, an email counts once per joined row",
                quantities::listed(&tables),
                names::NETWORK_MESSAGE_ID
            ));
        }
    }
}
