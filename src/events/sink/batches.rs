//! Batches of events that come whole: what is wanted of them, what is derived of them, and the account of
//! their rows.

use super::FileSink;
use crate::events::batch::{Batch, Shape};
use crate::events::cells::{Columns, Fate};
use crate::events::counted_as::CountedAs;
use crate::events::load::LoadMessage;
use crate::events::passed::{PassedEvents, Taken};
use crate::events::request::{TallyOf, Wanted};
use crate::events::schema::{Table, names};
use crate::events::sender_domain;
use crate::events::stop::Stop;
use crate::events::threat_types::ThreatTypesSeen;
use crate::events::unreadable_time::UnreadableTime;
use std::sync::Arc;

impl FileSink {
    /// What becomes of the columns of a table.
    pub(in crate::events) fn use_of(&self, table: Table) -> Wanted {
        match table {
            // Rows that are taken apart are compared first, by all their columns.
            Table::EmailEvents if self.joined.is_none() => self.wanted.clone(),
            _ => Wanted::default(),
        }
    }

    /// How the rows of a table are counted, if they are not kept.
    pub(in crate::events) fn tally(&self, table: Table) -> Option<&TallyOf> {
        match table {
            Table::EmailEvents => self.wanted.tally(),
            _ => None,
        }
    }

    /// What the batches of a table have in common, now that its columns are fixed.
    pub(in crate::events) fn shape(&self, table: Table) -> Arc<Shape> {
        self.rows[table as usize].shape()
    }

    /// What is to become of the cells of a table, now that its columns are fixed.
    pub(in crate::events) fn columns(&self, table: Table) -> Columns {
        let shape = self.shape(table);
        let use_of = self.use_of(table);
        let wanted = use_of.places_in(&shape, table);
        let shape = Arc::new(shape.with_only(&wanted));
        Columns {
            wanted,
            fate: match use_of.tally() {
                Some(tally) => Fate::Counted(tally.clone()),
                None if table == Table::EmailEvents && self.joined.is_some() => Fate::LookedAt,
                None => Fate::Kept(use_of),
            },
            shape,
        }
    }

    /// Takes rows of a table that were taken apart elsewhere. `rows_before` are the rows of the file
    /// before them, and `rejected` says before which of them one was rejected, ascending.
    pub(in crate::events) fn push_rows(
        &mut self,
        table: Table,
        rows: Vec<Taken>,
        threat_types: &ThreatTypesSeen,
        rows_before: u64,
        rejected: &[usize],
    ) -> Result<(), Stop> {
        self.threat_types_seen.merge(threat_types, rows_before);
        // What was pushed row by row came before.
        self.send_batches()?;
        let mut first = 0;
        for rows in rows {
            let length = rows.records();
            self.report.rows_kept += length as u64;
            self.progress.count_rows(length as u64);
            let number = |record: usize| {
                let record = first + record;
                let rejected = rejected.partition_point(|before| *before < record);
                rows_before + (record + rejected) as u64
            };
            match rows {
                Taken::Batch(batch) => {
                    let batch = match table {
                        Table::EmailEvents => self.completed(batch, number),
                        _ => batch,
                    };
                    self.hand_on(table, batch)?;
                }
                Taken::Passed(passed) => {
                    self.has_derived_domains |= passed.has_derived_domains();
                    let irregular = &mut self.report.irregular_recipients;
                    irregular.merge(passed.irregular_recipients(), number);
                    self.note_unreadable_time(passed.unreadable_time(), number);
                    self.hand_on_passed(passed)?;
                }
            }
            first += length;
        }
        self.check_cancelled()
    }

    /// A batch of events with what can be derived from it; its records, counted from one, have these numbers in the file.
    pub(super) fn completed(&mut self, batch: Batch, number: impl Fn(usize) -> u64) -> Batch {
        let batch = sender_domain::complete(batch);
        self.has_derived_domains |= batch.has_derived_domains();
        let irregular = &mut self.report.irregular_recipients;
        irregular.look_through(&batch, &number);
        if let Some(directions) = batch.column(names::EMAIL_DIRECTION) {
            let rows = batch.rows();
            directions.each_value(rows, CountedAs::is_sent, |_, _| irregular.note_sent());
        }
        if self.unreadable_time.is_none() {
            let first = batch.first_unreadable_time();
            self.note_unreadable_time(first.as_ref(), number);
        }
        batch
    }

    fn note_unreadable_time(
        &mut self,
        first: Option<&UnreadableTime>,
        number: impl Fn(usize) -> u64,
    ) {
        if self.unreadable_time.is_none() {
            self.unreadable_time = first.map(|time| (time.text.clone(), number(time.record)));
        }
    }

    /// Hands on what is left of events that are not kept.
    pub(in crate::events) fn hand_on_passed(
        &mut self,
        mut events: Box<PassedEvents>,
    ) -> Result<(), Stop> {
        self.report
            .count_kept(Table::EmailEvents, events.records() as u64);
        self.report.recipient_lists.merge(events.recipient_lists());
        self.note_passed(&mut events);
        let file = self.file;
        let message = LoadMessage::Passed { file, events };
        self.sender.send(message).map_err(|_| Stop::Cancelled)
    }

    /// Notes when the rows of a batch were, and what is odd about them.
    pub(super) fn note_batch(&mut self, table: Table, batch: &Batch) {
        self.times.merge(batch.times());
        if table == Table::EmailEvents {
            self.report.unreadable_times += batch.times().unreadable;
            self.report.unknown_directions.add(batch);
        }
    }

    /// Notes the same of events that are not kept.
    pub(super) fn note_passed(&mut self, events: &mut PassedEvents) {
        self.times.merge(events.times());
        self.report.unreadable_times += events.times().unreadable;
        let unknown_directions = std::mem::take(&mut events.unknown_directions);
        self.report.unknown_directions.merge(&unknown_directions);
    }
}
