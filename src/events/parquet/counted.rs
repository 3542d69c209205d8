//! Row groups of which columns are only counted, read from the pages of these columns: by the codes of their
//! dictionaries, where they have such.

use super::flat::{Cells, FlatColumn};
use super::groups::{File, NotWanted, Piece};
use super::pages::CheckedRowGroup;
use super::text::{self, Unit};
use super::values::PlainColumn;
use super::{LONGEST_ROW, Origin, ROWS_AT_ONCE, guarded};
use crate::events::batch::Batch;
use crate::events::column::{Column, Texts};
use crate::events::counted_as::CountedAs;
use crate::events::passed::{PassedEvents, Taken};
use crate::events::request::TallyOf;
use crate::events::schema::names;
use crate::events::threat_types::ThreatTypesSeen;
use parquet::schema::types::Type;
use std::cell::LazyCell;
use std::sync::mpsc::SyncSender;

/// Rows of a batch: few enough that their cells stay in a cache until they are counted.
const ROWS_COUNTED_AT_ONCE: usize = ROWS_AT_ONCE;

/// The most of them: each value of the dictionaries that say what counts is looked at once a batch, so that there should be
/// as many rows.
const MOST_COUNTED_AT_ONCE: usize = 8 * ROWS_AT_ONCE;

/// The columns that say what counts.
const SAYS_WHAT_COUNTS: [&str; 2] = [names::EMAIL_DIRECTION, names::THREAT_TYPES];

/// Rows that are handed on together: more than a row group usually has.
const ROWS_HANDED_ON: usize = 1 << 20;

/// The columns of which nobody looks at the cells of rows that do not count.
const ONLY_OF_COUNTED: [&str; 4] = [
    names::NETWORK_MESSAGE_ID,
    names::RECIPIENT_EMAIL_ADDRESS,
    names::RECIPIENT_DOMAIN,
    names::SENDER_FROM_DOMAIN,
];

/// How a row group was read.
pub(super) enum Reading {
    /// To its end.
    Whole,
    /// Up to something that is not as usual.
    UpTo,
}

/// A column that is counted by.
struct CountedColumn<'g> {
    /// Its place among the columns of the file.
    place: usize,
    cells: FlatColumn<'g>,
    /// Whether it has the moments of the rows, and how these are counted.
    moments: Option<Unit>,
}

impl File {
    /// Reads a row group from the pages; `done` counts the rows that were handed on.
    pub(super) fn read_counted(
        &self,
        index: usize,
        tally: &TallyOf,
        done: &mut u64,
        pieces: &SyncSender<Piece>,
    ) -> Result<Reading, NotWanted> {
        let metadata = self.metadata.row_group(index);
        let group = CheckedRowGroup::new(&self.source, metadata);
        let Ok(Some(mut columns)) = guarded(|| Ok(self.counted_columns(&group))) else {
            return Ok(Reading::UpTo);
        };
        let total = metadata.num_rows() as u64;
        let mut passed = Passed::new(self);
        let mut reading = Reading::Whole;
        while *done < total {
            let rows = (total - *done).min(self.rows_at_once(&columns) as u64) as usize;
            let portion = guarded(|| Ok(self.portion(&mut columns, rows)));
            let Ok(Some((batch, threat_types))) = portion else {
                reading = Reading::UpTo;
                break;
            };
            passed.take_in(batch, tally, &threat_types);
            *done += rows as u64;
            if passed.is_full() {
                let full = std::mem::replace(&mut passed, Passed::new(self));
                pieces.send(full.into_piece()).map_err(|_| NotWanted)?;
            }
        }
        if passed.events.rows() > 0 {
            pieces.send(passed.into_piece()).map_err(|_| NotWanted)?;
        }
        Ok(reading)
    }

    /// The columns that are wanted, if all of them can be read so.
    fn counted_columns<'g>(
        &self,
        group: &'g CheckedRowGroup<'g>,
    ) -> Option<Vec<CountedColumn<'g>>> {
        let columns = self.wanted.iter().map(|&wanted| {
            let Origin::Plain(index) = self.columns.origins[wanted] else {
                return None;
            };
            let (place, column) = &self.columns.plain[index];
            let moments = self.moments_of(wanted, column);
            if moments.is_none() && !FlatColumn::is_of_texts(column) {
                return None;
            }
            Some(CountedColumn {
                place: wanted,
                cells: FlatColumn::new(group, *place, column).ok()?,
                moments,
            })
        });
        columns.collect()
    }

    /// How the moments of a column are counted, if it alone says when an event was, and that by moments.
    pub(super) fn moments_of(&self, wanted: usize, column: &Type) -> Option<Unit> {
        let is_only_time = self.shape.time_column() == Some(wanted);
        PlainColumn::unit_of_moments(column).filter(|_| is_only_time)
    }

    /// How many rows are read next, at most.
    fn rows_at_once(&self, columns: &[CountedColumn<'_>]) -> usize {
        let says_what_counts = SAYS_WHAT_COUNTS.map(|name| self.shape.place(name));
        let columns = columns.iter();
        let columns = columns.filter(|column| says_what_counts.contains(&Some(column.place)));
        let values = columns.map(|column| column.cells.values_of_dictionary());
        let values = values.max().unwrap_or_default();
        values.clamp(ROWS_COUNTED_AT_ONCE, MOST_COUNTED_AT_ONCE)
    }

    /// The next rows of a group.
    fn portion(
        &self,
        columns: &mut [CountedColumn<'_>],
        rows: usize,
    ) -> Option<(Batch, ThreatTypesSeen)> {
        let mut threat_types = ThreatTypesSeen::default();
        let mut cells = Vec::with_capacity(columns.len());
        let mut times = None;
        let says_what_counts = SAYS_WHAT_COUNTS.map(|name| self.shape.place(name));
        let (first, others): (Vec<_>, Vec<_>) = columns
            .iter_mut()
            .partition(|column| says_what_counts.contains(&Some(column.place)));
        for column in first {
            let mut texts = column.cells.texts(rows, |_| false)?;
            if self.shape.place(names::THREAT_TYPES) == Some(column.place) {
                texts = self.looked_through(texts, &mut threat_types);
            }
            cells.push((column.place, texts.into()));
        }
        let [directions, threat_types_of_rows] = says_what_counts.map(|place| {
            let mut cells = cells.iter();
            let found = cells.find(|(known, _)| Some(*known) == place);
            found.map(|(_, column): &(usize, Column)| column)
        });
        // Asked for only where texts are copied.
        let counts = LazyCell::new(|| CountedAs::of_rows(directions, threat_types_of_rows, rows));
        let mut others_cells = Vec::with_capacity(others.len());
        for column in others {
            if let Some(unit) = column.moments {
                // One may lie in no calendar, of which something is to be said.
                times = Some(column.cells.longs(rows, |long| text::moment(long, unit))?);
                continue;
            }
            let is_of_counted = ONLY_OF_COUNTED
                .iter()
                .any(|name| self.shape.place(name) == Some(column.place));
            let is_left_out =
                |row: usize| is_of_counted && counts.get(row).is_some_and(Option::is_none);
            let texts = column.cells.texts(rows, is_left_out)?;
            others_cells.push((column.place, texts.into()));
        }
        cells.extend(others_cells);
        let batch = self.shape.batch_of_columns(cells.into_iter(), rows, times);
        Some((batch, threat_types))
    }

    /// The cells of `ThreatTypes` without words for nothing; what is to be told of them is noted.
    fn looked_through(&self, cells: Cells, seen: &mut ThreatTypesSeen) -> Cells {
        match cells {
            Cells::Coded { mut codes, values } => {
                // The last one is that of null.
                let nothing = values.len().saturating_sub(1) as u16;
                // Most rows have none.
                let is_empty: Vec<bool> = (0..values.len())
                    .map(|code| values.get(code).is_empty())
                    .collect();
                for (row, code) in codes.iter_mut().enumerate() {
                    if is_empty[usize::from(*code)] {
                        continue;
                    }
                    let cell = values.get(usize::from(*code));
                    let number = row as u64 + 1;
                    if seen.take_in_of(self.table, cell, number).is_empty() {
                        *code = nothing;
                    }
                }
                Cells::Coded { codes, values }
            }
            Cells::Plain(texts) => {
                let mut kept = Texts::default();
                for row in 0..texts.len() {
                    let number = row as u64 + 1;
                    kept.push(seen.take_in_of(self.table, texts.get(row), number));
                }
                Cells::Plain(kept)
            }
        }
    }
}

/// Rows that were counted and not handed on yet.
struct Passed {
    events: Box<PassedEvents>,
    /// What their `ThreatTypes` said.
    threat_types: ThreatTypesSeen,
}

impl Passed {
    fn new(file: &File) -> Self {
        Passed {
            events: Box::new(file.no_events()),
            threat_types: ThreatTypesSeen::default(),
        }
    }

    fn take_in(&mut self, batch: Batch, tally: &TallyOf, threat_types: &ThreatTypesSeen) {
        let before = self.events.rows() as u64;
        self.threat_types.merge(threat_types, before);
        self.events.take_in(batch, tally);
    }

    /// Whether they should be handed on: then what is left of them takes memory, and progress is to be seen.
    fn is_full(&self) -> bool {
        self.events.rows() >= ROWS_HANDED_ON || self.events.bytes() >= LONGEST_ROW
    }

    fn into_piece(mut self) -> Piece {
        self.events.close();
        Piece::Rows {
            taken: Taken::Passed(self.events),
            threat_types: self.threat_types,
        }
    }
}

impl From<Cells> for Column {
    fn from(cells: Cells) -> Self {
        match cells {
            Cells::Coded { codes, values } => Column::Dictionary { codes, values },
            Cells::Plain(texts) => Column::Plain(texts),
        }
    }
}
