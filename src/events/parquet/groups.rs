//! Row groups, read by several threads: each into batches, which are taken in the order of the file.

use super::columns::check_row_group;
use super::damage::{Damage, guarded};
use super::pages::CheckedRowGroup;
use super::portions::{File, GroupColumns, Portion};
use super::read_again::BatchOfGroup;
use crate::events::batch::Batch;
use crate::events::batch::builder::BatchBuilder;
use crate::events::column::Column;
use crate::events::origin::Origin;
use crate::events::passed::{PassedEvents, Taken};
use crate::events::recipient_lists::{self, RowsOfRecord};
use crate::events::schema::names;
use crate::events::threat_types::ThreatTypesSeen;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// The longest row taken, in bytes, as in the other formats.
const LONGEST_ROW: usize = 64 << 20;

/// Rows that are counted and handed on together: more than a row group usually has.
const MOST_PASSED: usize = 1 << 20;

/// What comes of a row group, one after the other.
pub(super) enum Piece {
    Rows {
        taken: Taken,
        /// What their `ThreatTypes` said, counted from the first of them.
        threat_types: ThreatTypesSeen,
    },
    /// The row of that number in its group takes more memory than should be asked for.
    TooLong {
        /// Its number.
        row: u64,
        /// The reason as the end of a sentence: which part is too long.
        reason: &'static str,
    },
    /// The group was read to its end, or to damage.
    End {
        /// How many rows were read.
        rows: u64,
        /// How reading ended.
        end: Result<(), Damage>,
    },
}

/// Nobody wants any more of it.
pub(super) struct NotWanted;

/// Reads one row group.
pub(super) fn read_group(file: &Arc<File>, index: usize, pieces: &SyncSender<Piece>) {
    let mut rows = 0;
    let end = match read_rows(file, index, &mut rows, pieces) {
        Ok(end) => end,
        Err(NotWanted) => return,
    };
    let _ = pieces.send(Piece::End { rows, end });
}

fn read_rows(
    file: &Arc<File>,
    index: usize,
    done: &mut u64,
    pieces: &SyncSender<Piece>,
) -> Result<Result<(), Damage>, NotWanted> {
    let metadata = file.metadata.row_group(index);
    if let Err(damage) = check_row_group(&file.source, metadata, &file.columns) {
        return Ok(Err(damage));
    }
    let total = metadata.num_rows() as usize;
    let group = CheckedRowGroup::new(&file.source, metadata);
    let opened = guarded(|| GroupColumns::open(file, &file.wanted, &group, 0..total));
    let mut columns = match opened {
        Ok(columns) => columns,
        Err(damage) => return Ok(Err(damage)),
    };
    let mut rows = RowsOfGroup::new(file, index);
    let mut damage = Ok(());
    for first in (0..total).step_by(columns.rows_at_once) {
        let length = columns.rows_at_once.min(total - first);
        match guarded(|| columns.read(length)) {
            Ok(portion) => rows.take(portion, first, pieces)?,
            Err(found) => {
                damage = Err(found);
                break;
            }
        }
        *done = (first + length) as u64;
        group.release_values();
    }
    rows.send(pieces)?;
    Ok(damage)
}

/// The rows of a group, as they become batches.
struct RowsOfGroup<'f> {
    file: &'f Arc<File>,
    group: usize,
    /// The columns that may list recipients: name and place.
    listing: Vec<(&'f str, usize)>,
    threat_types: Option<usize>,
    /// Rows that are taken one by one.
    builder: BatchBuilder,
    /// Those that are counted and not kept.
    passed: Option<Box<PassedEvents>>,
    /// What `ThreatTypes` said in the rows that were not sent so far.
    seen: ThreatTypesSeen,
}

impl<'f> RowsOfGroup<'f> {
    fn new(file: &'f Arc<File>, group: usize) -> Self {
        RowsOfGroup {
            file,
            group,
            listing: file.listing(),
            threat_types: file.shape.place(names::THREAT_TYPES),
            builder: file.shape.builder(),
            passed: None,
            seen: ThreatTypesSeen::default(),
        }
    }

    /// The records that were not sent so far.
    fn records(&self) -> usize {
        let passed = self.passed.as_deref().map_or(0, PassedEvents::records);
        passed + self.builder.records()
    }

    /// Takes the rows of the group from this one on.
    fn take(
        &mut self,
        portion: Portion,
        first: usize,
        pieces: &SyncSender<Piece>,
    ) -> Result<(), NotWanted> {
        // A long value that a page repeats takes little memory until it is copied.
        if !self.listing.is_empty() || portion.is_long() {
            return self.take_one_by_one(&portion, first, pieces);
        }
        let Portion {
            rows,
            mut columns,
            moments,
        } = portion;
        let before = self.records() as u64;
        if let Some(place) = self.threat_types {
            let column = std::mem::replace(&mut columns[place], Column::empty());
            let table = self.file.table;
            let mut seen = ThreatTypesSeen::default();
            columns[place] = seen.take_in_column(table, column, rows);
            self.seen.merge(&seen, before);
        }
        let batch = self.file.shape.batch(columns, rows, moments);
        self.take_batch(batch, Some(first), pieces)
    }

    /// Takes the rows of a portion as a builder of batches takes them: as many to a batch as memory allows.
    fn take_one_by_one(
        &mut self,
        portion: &Portion,
        first: usize,
        pieces: &SyncSender<Piece>,
    ) -> Result<(), NotWanted> {
        for row in 0..portion.rows {
            let (length, listed) = (portion.length_of_row(row), self.listed(portion, row));
            let too_long = if length > LONGEST_ROW {
                Some("longer than 64 MiB")
            } else {
                let too_long = listed.as_ref().filter(|listed| listed.are_too_long(length));
                too_long.map(|_| recipient_lists::TOO_LONG)
            };
            if let Some(reason) = too_long {
                self.send(pieces)?;
                let row = (first + row + 1) as u64;
                let too_long = Piece::TooLong { row, reason };
                pieces.send(too_long).map_err(|_| NotWanted)?;
                continue;
            }
            for of_record in 0..listed.as_ref().map_or(1, RowsOfRecord::len) {
                self.push(portion, row, listed.as_ref(), of_record);
                if self.builder.is_full() {
                    self.take_built(pieces)?;
                }
            }
        }
        Ok(())
    }

    /// The rows of a record that lists its recipients.
    fn listed(&self, portion: &Portion, row: usize) -> Option<RowsOfRecord> {
        if self.listing.is_empty() {
            return None;
        }
        let lists = self.listing.iter().filter_map(|(name, place)| {
            let json = std::str::from_utf8(portion.columns[*place].get(row)).ok()?;
            json.starts_with('[').then_some((*name, *place, json))
        });
        RowsOfRecord::of(&lists.collect::<Vec<_>>(), false)
    }

    /// Adds a row: the so-many-th of its record.
    fn push(
        &mut self,
        portion: &Portion,
        row: usize,
        listed: Option<&RowsOfRecord>,
        of_record: usize,
    ) {
        let number = self.records() as u64 + 1;
        let (table, threat_types, seen) = (self.file.table, self.threat_types, &mut self.seen);
        let cells = portion.columns.iter().enumerate().map(|(place, column)| {
            let of_row = listed.and_then(|listed| listed.cell(of_record, place));
            let cell = of_row.unwrap_or_else(|| column.get(row));
            match of_record {
                _ if threat_types != Some(place) || cell.is_empty() => cell,
                0 => seen.take_in_of(table, cell, number),
                // What a record says is told once.
                _ => ThreatTypesSeen::kept_of(cell),
            }
        });
        self.builder.push_row_of_record(cells, of_record);
    }

    /// Takes the rows that were taken one by one.
    fn take_built(&mut self, pieces: &SyncSender<Piece>) -> Result<(), NotWanted> {
        match self.builder.take() {
            Some(batch) => self.take_batch(batch, None, pieces),
            None => Ok(()),
        }
    }

    /// Takes a batch, and knows at which row of the group it begins if it can be read once more from there.
    fn take_batch(
        &mut self,
        batch: Batch,
        first: Option<usize>,
        pieces: &SyncSender<Piece>,
    ) -> Result<(), NotWanted> {
        if first.is_some() {
            // What was taken one by one came before.
            self.take_built(pieces)?;
        }
        if let Some(tally) = self.file.use_of.tally() {
            let shape = &self.file.shape;
            let passed = self
                .passed
                .get_or_insert_with(|| Box::new(PassedEvents::new(shape)));
            passed.take_in(batch, tally);
            // They are handed on when the group ends, unless they are very many or of very many texts.
            let is_full = passed.rows() >= MOST_PASSED || passed.bytes() >= LONGEST_ROW;
            return if is_full {
                self.send_passed(pieces)
            } else {
                Ok(())
            };
        }
        let origin = first.and_then(|first| {
            let rows = first..first + batch.rows();
            BatchOfGroup::new(self.file, self.group, rows)
        });
        let origin = origin.map(|origin| Arc::new(origin) as Arc<dyn Origin>);
        let batch = batch.compacted(&self.file.use_of, origin);
        self.send_taken(Taken::Batch(batch), pieces)
    }

    /// Hands on all that was taken.
    fn send(&mut self, pieces: &SyncSender<Piece>) -> Result<(), NotWanted> {
        self.take_built(pieces)?;
        self.send_passed(pieces)
    }

    fn send_passed(&mut self, pieces: &SyncSender<Piece>) -> Result<(), NotWanted> {
        match self.passed.take() {
            Some(mut passed) => {
                passed.close();
                self.send_taken(Taken::Passed(passed), pieces)
            }
            None => Ok(()),
        }
    }

    fn send_taken(&mut self, taken: Taken, pieces: &SyncSender<Piece>) -> Result<(), NotWanted> {
        let piece = Piece::Rows {
            taken,
            threat_types: std::mem::take(&mut self.seen),
        };
        pieces.send(piece).map_err(|_| NotWanted)
    }
}
