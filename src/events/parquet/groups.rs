//! Row groups, read by several threads: each into batches, which are taken in the order of the file.

use super::int96::Int96Column;
use super::nested::NestedColumns;
use super::pages::CheckedRowGroup;
use super::plain::{PlainColumn, PlainColumns};
use super::read_again::BatchOfGroup;
use super::source::Source;
use super::{Columns, Damage, LONGEST_ROW, Stored, check_row_group, guarded, sentence};
use crate::events::batch::{Batch, BatchBuilder, MAX_BYTES, Shape};
use crate::events::column::Column;
use crate::events::passed::{PassedEvents, Taken};
use crate::events::read_back::Origin;
use crate::events::recipient_lists::{self, RowsOfRecord};
use crate::events::request::Wanted;
use crate::events::schema::{Table, names};
use crate::events::threat_types::ThreatTypesSeen;
use crate::events::time::EventTime;
use parquet::file::metadata::ParquetMetaData;
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// The cells unpacked at once: few enough that they stay in a cache until they are looked at.
const CELLS_AT_ONCE: usize = 1 << 20;

/// The fewest and the most rows unpacked at once.
const ROWS_AT_ONCE: Range<usize> = 256..1 << 14;

/// Rows that are counted and handed on together: more than a row group usually has.
const MOST_PASSED: usize = 1 << 20;

/// A file whose row groups are read.
#[derive(Debug)]
pub(super) struct File {
    pub(super) source: Arc<Source>,
    pub(super) metadata: ParquetMetaData,
    pub(super) columns: Columns,
    pub(super) table: Table,
    pub(super) shape: Arc<Shape>,
    /// The places of the columns that are read, ascending.
    pub(super) wanted: Vec<usize>,
    /// What becomes of the columns.
    pub(super) use_of: Wanted,
}

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

impl File {
    /// Reads one row group.
    pub(super) fn read_group(self: &Arc<Self>, index: usize, pieces: &SyncSender<Piece>) {
        let mut rows = 0;
        let end = match self.read_rows(index, &mut rows, pieces) {
            Ok(end) => end,
            Err(NotWanted) => return,
        };
        let _ = pieces.send(Piece::End { rows, end });
    }

    fn read_rows(
        self: &Arc<Self>,
        index: usize,
        done: &mut u64,
        pieces: &SyncSender<Piece>,
    ) -> Result<Result<(), Damage>, NotWanted> {
        let metadata = self.metadata.row_group(index);
        if let Err(damage) = check_row_group(&self.source, metadata, &self.columns) {
            return Ok(Err(damage));
        }
        let total = metadata.num_rows() as usize;
        let group = CheckedRowGroup::new(&self.source, metadata);
        let opened = guarded(|| GroupColumns::open(self, &self.wanted, &group, 0..total));
        let mut columns = match opened {
            Ok(columns) => columns,
            Err(damage) => return Ok(Err(damage)),
        };
        let mut rows = RowsOfGroup::new(self, index);
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

    /// The columns that may list recipients, by their names: then a record becomes a row for each of them.
    fn listing(&self) -> Vec<(&str, usize)> {
        let may_list = |column: &usize| {
            let is_nested = matches!(self.columns.stored.get(*column), Some(Stored::Nested(_)));
            let mut listing = recipient_lists::COLUMNS.iter();
            let is_listing = listing.any(|name| self.shape.place(name) == Some(*column));
            is_nested && is_listing && self.table == Table::EmailEvents
        };
        let wanted = self.wanted.iter().copied().filter(may_list);
        wanted
            .map(|column| (self.shape.names()[column].as_str(), column))
            .collect()
    }
}

/// The wanted columns of a row group, some rows at a time.
pub(super) struct GroupColumns {
    /// The columns of the file.
    count: usize,
    plain: Option<PlainColumns>,
    /// The places of these among the columns of the file.
    plain_places: Vec<usize>,
    nested: Option<NestedColumns>,
    nested_places: Vec<usize>,
    int96: Vec<(usize, Int96Column)>,
    pub(super) rows_at_once: usize,
}

/// Some rows of a row group.
pub(super) struct Portion {
    rows: usize,
    /// Those that are not wanted are empty.
    columns: Vec<Column>,
    /// The moments of the rows, where they are known without their texts.
    moments: Option<Vec<Option<EventTime>>>,
}

impl GroupColumns {
    /// These columns in some rows of a group.
    pub(super) fn open(
        file: &File,
        wanted: &[usize],
        group: &CheckedRowGroup<'_>,
        rows: Range<usize>,
    ) -> Result<Self, Damage> {
        let mut columns = GroupColumns {
            count: file.shape.names().len(),
            plain: None,
            plain_places: Vec::new(),
            nested: None,
            nested_places: Vec::new(),
            int96: Vec::new(),
            rows_at_once: rows_at_once(wanted.len()),
        };
        let (mut plain, mut nested) = (Vec::new(), Vec::new());
        for &place in wanted {
            match &file.columns.stored[place] {
                Stored::Plain { stored, schema } => {
                    columns.plain_places.push(place);
                    plain.push(PlainColumn {
                        stored: *stored,
                        schema: Arc::clone(schema),
                        gives_moments: file.shape.time_column() == Some(place),
                    });
                }
                Stored::Int96 { stored } => {
                    let column = Int96Column::open(*stored, group);
                    columns
                        .int96
                        .push((place, column.map_err(|error| sentence(&error))?));
                }
                Stored::Nested(schema) => {
                    columns.nested_places.push(place);
                    nested.push(Arc::clone(schema));
                }
            }
        }
        if !plain.is_empty() {
            let at_once = columns.rows_at_once;
            let opened = PlainColumns::open(plain, group, &file.metadata, rows.clone(), at_once);
            columns.plain = Some(opened.map_err(|error| sentence(&error))?);
        }
        if !nested.is_empty() {
            let opened = NestedColumns::open(nested, group);
            columns.nested = Some(opened.map_err(|error| sentence(&error))?);
        }
        columns.skip(rows.start)?;
        Ok(columns)
    }

    /// Goes on to a row in those columns that are not opened at it.
    fn skip(&mut self, rows: usize) -> Result<(), Damage> {
        let plain = self.plain.take();
        for first in (0..rows).step_by(self.rows_at_once) {
            self.read(self.rows_at_once.min(rows - first))?;
        }
        self.plain = plain;
        Ok(())
    }

    /// Reads the next rows: as many as at once, or those that are left.
    pub(super) fn read(&mut self, rows: usize) -> Result<Portion, Damage> {
        let mut portion = Portion {
            rows,
            columns: vec![Column::empty(); self.count],
            moments: None,
        };
        if let Some(plain) = &mut self.plain {
            for (place, read) in self.plain_places.iter().zip(plain.read(rows)?) {
                portion.columns[*place] = read.column;
                portion.moments = portion.moments.or(read.moments);
            }
        }
        if let Some(nested) = &mut self.nested {
            let read = nested.read(rows).map_err(|error| sentence(&error))?;
            for (place, column) in self.nested_places.iter().zip(read) {
                portion.columns[*place] = column;
            }
        }
        for (place, column) in &mut self.int96 {
            portion.columns[*place] = column.read(rows).map_err(|error| sentence(&error))?;
        }
        Ok(portion)
    }
}

fn rows_at_once(columns: usize) -> usize {
    (CELLS_AT_ONCE / columns.max(1)).clamp(ROWS_AT_ONCE.start, ROWS_AT_ONCE.end)
}

impl Portion {
    /// Whether its cells one after the other would be longer than a batch may be.
    fn is_long(&self) -> bool {
        let length = |of_column: fn(&Column, usize) -> usize| -> usize {
            let columns = self.columns.iter();
            columns.map(|column| of_column(column, self.rows)).sum()
        };
        // What takes longer to find out is asked only where it may matter.
        length(Column::most_length_of_all) > MAX_BYTES && length(Column::length_of_all) > MAX_BYTES
    }

    fn length_of_row(&self, row: usize) -> usize {
        let columns = self.columns.iter();
        columns.map(|column| column.get(row).len()).sum()
    }

    /// A column, and nothing else.
    pub(super) fn into_column(mut self, place: usize) -> Option<Column> {
        (place < self.columns.len()).then(|| self.columns.swap_remove(place))
    }
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
