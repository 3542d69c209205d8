//! Row groups, read by several threads: each into batches, which are taken in the order of the file. They are
//! read by the column readers of the `parquet` crate; a quicker way, for columns that are only counted, is in
//! `counted.rs`.

use super::counted::Reading;
use super::nested::NestedColumns;
use super::pages::CheckedRowGroup;
use super::source::Source;
use super::values::PlainColumn;
use super::{Columns, Damage, LONGEST_ROW, Origin, ROWS_AT_ONCE, check_row_group, guarded};
use crate::events::batch::{BatchBuilder, FurtherRecipients, MAX_ROWS, Shape};
use crate::events::column::{Column, Texts};
use crate::events::passed::{PassedEvents, Taken};
use crate::events::recipient_lists::{self, RowsOfRecord};
use crate::events::request::{TallyOf, Wanted};
use crate::events::schema::{Table, names};
use crate::events::threat_types::ThreatTypesSeen;
use crate::events::time::EventTime;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::RowGroupReader as _;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// A file whose row groups are read.
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
    /// The column of the messages, where only those of rows are looked at that may repeat one before. It is not among those
    /// that are wanted.
    pub(super) messages: Option<usize>,
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
    pub(super) fn read_group(&self, index: usize, pieces: &SyncSender<Piece>) {
        let mut rows = 0;
        let end = match self.read_rows(index, &mut rows, pieces) {
            Ok(end) => end,
            Err(NotWanted) => return,
        };
        let _ = pieces.send(Piece::End { rows, end });
    }

    /// What is left of no events.
    pub(super) fn no_events(&self) -> PassedEvents {
        match self.messages {
            Some(_) => PassedEvents::without_messages(&self.shape),
            None => PassedEvents::new(&self.shape),
        }
    }

    /// Whether rows are counted and not kept.
    pub(super) fn is_counted(&self) -> bool {
        self.use_of.tally().is_some()
    }

    /// Whether a column may list recipients: then a record becomes a row for each of them.
    pub(super) fn may_list(&self, column: usize) -> bool {
        let is_nested = matches!(self.columns.origins.get(column), Some(Origin::Nested(_)));
        let mut listing = recipient_lists::COLUMNS.iter();
        let is_listing = listing.any(|name| self.shape.place(name) == Some(column));
        is_nested && is_listing && self.table == Table::EmailEvents
    }

    fn read_rows(
        &self,
        index: usize,
        done: &mut u64,
        pieces: &SyncSender<Piece>,
    ) -> Result<Result<(), Damage>, NotWanted> {
        let metadata = self.metadata.row_group(index);
        if let Err(damage) = check_row_group(&self.source, metadata, &self.columns) {
            return Ok(Err(damage));
        }
        let mut handed_on = 0;
        if let Some(tally) = self.use_of.tally() {
            let reading = self.read_counted(index, tally, &mut handed_on, pieces)?;
            if let Reading::Whole = reading {
                *done = handed_on;
                return Ok(Ok(()));
            }
        }
        let group = CheckedRowGroup::new(&self.source, metadata);
        let mut cells = match guarded(|| GroupColumns::open(self, &self.wanted, &group)) {
            Ok(cells) => cells,
            Err(damage) => return Ok(Err(damage)),
        };
        let mut rows = self.begin(&cells);
        let total = metadata.num_rows() as u64;
        let mut damage = Ok(());
        while *done < total {
            let portion = (total - *done).min(ROWS_AT_ONCE as u64) as usize;
            damage = guarded(|| cells.read(portion));
            if damage.is_err() {
                break;
            }
            for row in 0..portion {
                *done += 1;
                if *done <= handed_on {
                    continue;
                }
                let (length, listed) = (cells.length(row), rows.listed(&cells, row));
                let too_long = if length > LONGEST_ROW {
                    Some("longer than 64 MiB")
                } else {
                    let too_long = listed.as_ref().filter(|listed| listed.are_too_long(length));
                    too_long.map(|_| recipient_lists::TOO_LONG)
                };
                if let Some(reason) = too_long {
                    rows.send(pieces)?;
                    let too_long = Piece::TooLong { row: *done, reason };
                    pieces.send(too_long).map_err(|_| NotWanted)?;
                    continue;
                }
                for of_record in 0..listed.as_ref().map_or(1, RowsOfRecord::len) {
                    rows.push(&cells, row, listed.as_ref(), of_record);
                    if rows.is_full() {
                        rows.send(pieces)?;
                    }
                }
            }
            group.release_values();
        }
        rows.send(pieces)?;
        Ok(damage)
    }

    fn begin(&self, cells: &GroupColumns) -> Rows<'_> {
        let threat_types = self.shape.place(names::THREAT_TYPES);
        let threat_types = self
            .wanted
            .iter()
            .position(|&column| Some(column) == threat_types);
        let built = match self.use_of.tally() {
            None => Built::Kept(self.shape.builder()),
            Some(tally) => Built::Counted {
                tally,
                columns: self
                    .wanted
                    .iter()
                    .map(|&column| (column, Texts::default()))
                    .collect(),
                times: cells.moments.is_some().then(Vec::new),
                rows: 0,
                further: FurtherRecipients::default(),
            },
        };
        Rows {
            file: self,
            built,
            threat_types,
            listing: self
                .wanted
                .iter()
                .enumerate()
                .filter(|(_, column)| self.may_list(**column))
                .map(|(index, column)| (self.shape.names()[*column].as_str(), index))
                .collect(),
            seen: ThreatTypesSeen::default(),
        }
    }
}

/// The wanted columns of a row group, some rows at a time.
pub(super) struct GroupColumns {
    plain: Vec<PlainColumn>,
    nested: NestedColumns,
    /// Where the cells of each wanted column come from.
    origins: Vec<Origin>,
    /// The plain column that has the moments of the rows, where no text of them is wanted.
    moments: Option<usize>,
}

impl GroupColumns {
    pub(super) fn open(
        file: &File,
        wanted: &[usize],
        group: &CheckedRowGroup<'_>,
    ) -> Result<Self, ParquetError> {
        let mut columns = GroupColumns {
            plain: Vec::new(),
            nested: NestedColumns::new(&[], group)?,
            origins: Vec::new(),
            moments: None,
        };
        let mut nested = Vec::new();
        for &wanted in wanted {
            columns.origins.push(match file.columns.origins[wanted] {
                Origin::Plain(index) => {
                    let (place, column) = &file.columns.plain[index];
                    let reader = group.get_column_reader(*place)?;
                    let mut plain = PlainColumn::new(reader, column);
                    if file.is_counted() && file.moments_of(wanted, column).is_some() {
                        plain.want_moments();
                        columns.moments = Some(columns.plain.len());
                    }
                    columns.plain.push(plain);
                    Origin::Plain(columns.plain.len() - 1)
                }
                Origin::Nested(index) => {
                    nested.push(Arc::clone(&file.columns.nested[index]));
                    Origin::Nested(nested.len() - 1)
                }
            });
        }
        columns.nested = NestedColumns::new(&nested, group)?;
        Ok(columns)
    }

    pub(super) fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        let mut plain = self.plain.iter_mut();
        plain.try_for_each(|column| column.read(rows))?;
        self.nested.read(rows)
    }

    /// The cell of a row in the `index`-th wanted column.
    pub(super) fn cell(&self, index: usize, row: usize) -> &[u8] {
        match self.origins[index] {
            Origin::Plain(place) => self.plain[place].cell(row),
            Origin::Nested(place) => self.nested.cell(place, row),
        }
    }

    fn moment(&self, row: usize) -> Option<EventTime> {
        self.plain[self.moments?].moment(row)
    }

    fn length(&self, row: usize) -> usize {
        (0..self.origins.len())
            .map(|index| self.cell(index, row).len())
            .sum()
    }
}

/// The rows of a batch under construction.
struct Rows<'f> {
    file: &'f File,
    built: Built<'f>,
    /// Which of the wanted columns is `ThreatTypes`.
    threat_types: Option<usize>,
    /// The columns that may list recipients: name and place.
    listing: Vec<(&'f str, usize)>,
    seen: ThreatTypesSeen,
}

enum Built<'f> {
    /// All columns, to be kept.
    Kept(BatchBuilder),
    /// Those by which is counted.
    Counted {
        tally: &'f TallyOf,
        columns: Vec<(usize, Texts)>,
        times: Option<Vec<Option<EventTime>>>,
        rows: usize,
        further: FurtherRecipients,
    },
}

impl Rows<'_> {
    /// The rows of a record that lists its recipients.
    fn listed(&self, cells: &GroupColumns, row: usize) -> Option<RowsOfRecord> {
        if self.listing.is_empty() {
            return None;
        }
        let lists = self.listing.iter().filter_map(|(name, index)| {
            let json = std::str::from_utf8(cells.cell(*index, row)).ok()?;
            json.starts_with('[').then_some((*name, *index, json))
        });
        RowsOfRecord::of(&lists.collect::<Vec<_>>(), false)
    }

    /// Adds a row: the so-many-th of its record.
    fn push(
        &mut self,
        cells: &GroupColumns,
        row: usize,
        listed: Option<&RowsOfRecord>,
        of_record: usize,
    ) {
        let number = self.records() as u64 + 1;
        let emptied = self.threat_types.filter(|column| {
            let (table, cell) = (self.file.table, cells.cell(*column, row));
            let kept = match of_record {
                0 if cell.is_empty() => cell,
                0 => self.seen.take_in_of(table, cell, number),
                // What a record says is told once.
                _ => ThreatTypesSeen::kept_of(cell),
            };
            kept.is_empty()
        });
        let cell = |index: usize| {
            if emptied == Some(index) {
                return b"".as_slice();
            }
            let of_row = listed.and_then(|listed| listed.cell(of_record, index));
            of_row.unwrap_or_else(|| cells.cell(index, row))
        };
        match &mut self.built {
            Built::Kept(builder) => {
                let cells = (0..cells.origins.len()).map(cell);
                builder.push_row_of_record(cells, of_record);
            }
            Built::Counted {
                columns,
                times,
                rows,
                further,
                ..
            } => {
                if of_record > 0 {
                    further.note(*rows, of_record == 1);
                }
                for (index, (_, texts)) in columns.iter_mut().enumerate() {
                    texts.push(cell(index));
                }
                if let Some(times) = times {
                    times.push(cells.moment(row));
                }
                *rows += 1;
            }
        }
    }

    /// The records that were begun.
    fn records(&self) -> usize {
        match &self.built {
            Built::Kept(builder) => builder.records(),
            Built::Counted { rows, further, .. } => *rows - further.len(),
        }
    }

    fn is_full(&self) -> bool {
        match &self.built {
            Built::Kept(builder) => builder.is_full(),
            Built::Counted { columns, rows, .. } => {
                *rows >= MAX_ROWS
                    || columns
                        .iter()
                        .any(|(_, texts)| texts.bytes() >= LONGEST_ROW)
            }
        }
    }

    /// Hands the rows on, if there are any.
    fn send(&mut self, pieces: &SyncSender<Piece>) -> Result<(), NotWanted> {
        let taken = match &mut self.built {
            Built::Kept(builder) => {
                let batch = builder.take();
                let batch = batch.map(|batch| batch.compacted(&self.file.use_of, None));
                batch.map(Taken::Batch)
            }
            Built::Counted {
                tally,
                columns,
                times,
                rows,
                further,
            } => {
                let (rows, further) = (std::mem::take(rows), std::mem::take(further));
                let texts = columns
                    .iter_mut()
                    .map(|(column, texts)| (*column, Column::Plain(std::mem::take(texts))));
                (rows > 0).then(|| {
                    let times = times.as_mut().map(std::mem::take);
                    let batch = self.file.shape.batch_of_columns(texts, rows, times);
                    let batch = batch.with_further(further);
                    let mut events = Box::new(self.file.no_events());
                    events.take_in(batch, tally);
                    events.close();
                    Taken::Passed(events)
                })
            }
        };
        let Some(taken) = taken else {
            return Ok(());
        };
        let threat_types = std::mem::take(&mut self.seen);
        let piece = Piece::Rows {
            taken,
            threat_types,
        };
        pieces.send(piece).map_err(|_| NotWanted)
    }
}
