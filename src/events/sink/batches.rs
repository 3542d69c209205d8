//! Batches of events that come whole: what is wanted of them, what is derived of them, and the account of
//! their rows.

use super::{FileSink, Stop};
use crate::events::batch::{Batch, Shape};
use crate::events::cells::Columns;
use crate::events::request::Wanted;
use crate::events::schema::Table;
use crate::events::threat_types::ThreatTypesSeen;
use crate::events::{sender_domain, time};
use std::sync::Arc;

/// The characters shown of a time that could not be read.
const TIME_SHOWN: usize = 40;

impl FileSink {
    /// Which columns of the events are looked at.
    pub(in crate::events) fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// What becomes of the columns of a table.
    pub(in crate::events) fn use_of(&self, table: Table) -> Wanted {
        match table {
            Table::EmailEvents => self.wanted.clone(),
            _ => Wanted::default(),
        }
    }

    /// Whether batches of a table are looked at after loading.
    pub(in crate::events) fn is_kept(&self, table: Table) -> bool {
        table != Table::EmailEvents || self.wanted.are_kept()
    }

    /// What the batches of a table have in common, now that its columns are fixed.
    pub(in crate::events) fn shape(&self, table: Table) -> Arc<Shape> {
        self.rows[table as usize].shape()
    }

    /// What is to become of the cells of a table, now that its columns are fixed.
    pub(in crate::events) fn columns(&self, table: Table) -> Columns {
        let shape = self.shape(table);
        Columns {
            wanted: shape.wanted(self.wanted(), table),
            use_of: self.use_of(table),
            are_kept: self.is_kept(table),
            are_read_back: false,
            shape,
        }
    }

    /// Takes rows of a table that were made into batches elsewhere. `rows_before` are the rows of the file
    /// before them, and `rejected` says before which of them one was rejected, ascending.
    pub(in crate::events) fn push_batches(
        &mut self,
        table: Table,
        batches: Vec<Batch>,
        threat_types: &ThreatTypesSeen,
        rows_before: u64,
        rejected: &[usize],
    ) -> Result<(), Stop> {
        self.threat_types_seen.merge(threat_types, rows_before);
        // What was pushed row by row came before.
        self.send_batches()?;
        let mut first = 0;
        for batch in batches {
            let rows = batch.events();
            self.report.rows_kept += rows as u64;
            self.progress.count_rows(rows as u64);
            let number = |row: usize| {
                let row = first + row;
                let rejected = rejected.partition_point(|before| *before <= row);
                rows_before + (row + rejected) as u64 + 1
            };
            let batch = match table {
                Table::EmailEvents => self.completed(batch, number),
                _ => batch,
            };
            self.hand_on(table, batch)?;
            first += rows;
        }
        self.check_cancelled()
    }

    /// A batch of events with what can be derived from it; its rows have these numbers in the file.
    pub(super) fn completed(&mut self, batch: Batch, number: impl Fn(usize) -> u64) -> Batch {
        let batch = sender_domain::complete(batch);
        self.has_derived_domains |= batch.has_derived_domains();
        self.note_unreadable_time(&batch, number);
        batch
    }

    fn note_unreadable_time(&mut self, batch: &Batch, number: impl Fn(usize) -> u64) {
        if self.unreadable_time.is_some() || batch.times().unreadable == 0 {
            return;
        }
        let is_unreadable = |cell: &[u8]| !cell.is_empty() && time::read(cell).is_none();
        let mut rows = 0..batch.rows();
        let Some(row) = rows.find(|row| is_unreadable(batch.time_cell(*row))) else {
            return;
        };
        let text = String::from_utf8_lossy(batch.time_cell(row));
        let text: String = text.chars().take(TIME_SHOWN).collect();
        self.unreadable_time = Some((text, number(row)));
    }
}
