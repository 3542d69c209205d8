//! The copies of one record in several files, and which of them count.
//!
//! As many as in the file that has most. Where they differ in what the hunt counts, a threat counts before
//! anything else, as an analyst must not miss one, then an outbound email, then the value that is greater
//! by its bytes. Of those that are the same to the hunt the rows of one file count: of the file that has
//! most, then of the one whose rows have more cells filled, then by bytes. So the answer is the same in
//! whatever order the files are named.

use super::Place;
use super::reach::Part;
use crate::events::batch::{Batch, ColumnOfAll};
use crate::events::record::Records;
use crate::events::schema::names;
use crate::events::threat_types;
use std::cmp::{Ordering, Reverse};

/// The columns by which the hunt counts an email, beside the recipient, which all copies have in common.
const COUNTED: [&str; 3] = [
    names::THREAT_TYPES,
    names::EMAIL_DIRECTION,
    names::SENDER_FROM_DOMAIN,
];

/// What the hunt makes of a row. The greater goes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    NotCounted,
    Outbound,
    /// `ThreatTypes` is not empty, but says nothing that is known to be a threat.
    UnnamedThreat,
    Threat,
}

/// What counts of a row. The greater goes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Counted<'s> {
    weight: Weight,
    cells: [&'s [u8]; COUNTED.len()],
}

/// The columns of a batch as copies are compared by them.
pub(super) struct CopyColumns<'s> {
    batch: &'s Batch,
    counted: [Option<ColumnOfAll<'s>>; COUNTED.len()],
}

impl<'s> CopyColumns<'s> {
    pub(super) fn of(batch: &'s Batch) -> Self {
        CopyColumns {
            batch,
            counted: COUNTED.map(|name| batch.column_of_all(name)),
        }
    }

    fn counted(&self, row: usize) -> Counted<'s> {
        let cells = self
            .counted
            .map(|column| column.map_or(b"".as_slice(), |column| column.get(row)));
        let [threat_types, direction, _] = cells;
        let weight = match direction {
            b"Outbound" => Weight::Outbound,
            b"Inbound" if threat_types.is_empty() => Weight::NotCounted,
            b"Inbound" if threat_types::names_a_threat(threat_types) => Weight::Threat,
            b"Inbound" => Weight::UnnamedThreat,
            _ => Weight::NotCounted,
        };
        // What counts nowhere is the same to the hunt.
        let cells = if weight == Weight::NotCounted {
            [b"".as_slice(); COUNTED.len()]
        } else {
            cells
        };
        Counted { weight, cells }
    }

    /// The cells that say something, by the names of their columns; none of a row whose cells were let go, as
    /// it counts nowhere.
    fn filled(&self, row: usize) -> Vec<(&'s str, &'s [u8])> {
        let is_kept = row < self.batch.rows();
        let cells = is_kept.then(|| self.batch.cells(row)).into_iter().flatten();
        let mut filled: Vec<_> = cells.filter(|(_, cell)| !cell.is_empty()).collect();
        // Stable: of columns of one name the first stays the first.
        filled.sort_by_key(|(name, _)| *name);
        filled
    }
}

/// A row of the record.
#[derive(Clone, Copy)]
struct RecordCopy<'s> {
    place: Place,
    file: u32,
    records: &'s Records<'s>,
    columns: &'s CopyColumns<'s>,
    counted: Counted<'s>,
}

impl RecordCopy<'_> {
    /// A number that is the same where the cells are, of copies with the same columns, if it is known.
    fn cells_number(&self) -> Option<u64> {
        self.records.cells_number(usize::from(self.place.1))
    }

    /// Which goes before of two that are the same to the hunt.
    fn compare_cells(&self, other: &Self) -> Ordering {
        let have_same_columns = self.columns.batch.names() == other.columns.batch.names();
        let numbers = (self.cells_number(), other.cells_number());
        if have_same_columns && numbers.0.is_some() && numbers.0 == numbers.1 {
            return Ordering::Equal;
        }
        let filled = |copy: &Self| copy.columns.filled(usize::from(copy.place.1));
        let (cells, others) = (filled(self), filled(other));
        let by_number = others.len().cmp(&cells.len());
        by_number.then_with(|| others.cmp(&cells))
    }
}

/// Rows of a record in one file that an earlier named file has too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shared {
    pub(super) file: u32,
    pub(super) earlier: u32,
    pub(super) rows: u64,
    pub(super) differing: u64,
}

/// All rows of one record.
pub(super) struct Copies<'s> {
    /// By file in the order named; those of a file in the order in which they would count.
    copies: Vec<RecordCopy<'s>>,
}

impl<'s> Copies<'s> {
    pub(super) fn of(parts: &'s [Part<'s>], places: impl Iterator<Item = Place>) -> Self {
        let copy = |place: Place| {
            let part = &parts[place.0 as usize];
            RecordCopy {
                place,
                file: part.file,
                records: &part.records,
                columns: &part.columns,
                counted: part.columns.counted(usize::from(place.1)),
            }
        };
        let mut copies: Vec<RecordCopy<'_>> = places.map(copy).collect();
        copies.sort_by(|a, b| {
            let by_counted = (a.file, Reverse(a.counted)).cmp(&(b.file, Reverse(b.counted)));
            by_counted.then_with(|| a.compare_cells(b))
        });
        Copies { copies }
    }

    pub(super) fn are_of_several_files(&self) -> bool {
        let files = [self.copies.first(), self.copies.last()];
        files[0].map(|copy| copy.file) != files[1].map(|copy| copy.file)
    }

    fn by_file(&self) -> impl Iterator<Item = &[RecordCopy<'s>]> {
        self.copies.chunk_by(|a, b| a.file == b.file)
    }

    /// What each file but the first has in common with earlier ones. Together these are the rows that do
    /// not count.
    pub(super) fn shared(&self) -> Vec<Shared> {
        let mut files = self.by_file();
        let Some(first) = files.next() else {
            return Vec::new();
        };
        let mut most = first.len();
        let shared_with_earlier = |rows: &[RecordCopy<'s>]| {
            let shared = rows.len().min(most);
            most = most.max(rows.len());
            Shared {
                file: rows[0].file,
                earlier: first[0].file,
                rows: shared as u64,
                differing: (shared - in_common(first, rows)) as u64,
            }
        };
        files.map(shared_with_earlier).collect()
    }

    /// The rows that do not count.
    pub(super) fn left_out(mut self) -> Vec<Place> {
        let mut to_count = self.by_file().map(<[_]>::len).max().unwrap_or_default();
        // Stable: those of a file stay in their order.
        self.copies
            .sort_by_key(|copy| (Reverse(copy.counted), copy.file));
        let mut left_out = Vec::new();
        for same in self.copies.chunk_by(|a, b| a.counted == b.counted) {
            let chosen = rows_of_one_file(same);
            let counts = chosen.len().min(to_count);
            to_count -= counts;
            let chosen_file = chosen.first().map(|copy| copy.file);
            let others = same.iter().filter(|copy| Some(copy.file) != chosen_file);
            let left = others.chain(&chosen[counts..]);
            left_out.extend(left.map(|copy| copy.place));
        }
        left_out
    }
}

/// Of rows that are the same to the hunt, by file, those of one file.
fn rows_of_one_file<'c, 's>(same: &'c [RecordCopy<'s>]) -> &'c [RecordCopy<'s>] {
    let files = same.chunk_by(|a, b| a.file == b.file);
    let best = files.reduce(|best, rows| {
        let by_number = rows.len().cmp(&best.len()).reverse();
        let order = by_number.then_with(|| {
            let each = rows.iter().zip(best);
            let mut differences = each.map(|(row, other)| row.compare_cells(other));
            differences
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        if order.is_lt() { rows } else { best }
    });
    best.unwrap_or_default()
}

/// How many rows of two files, each in the order in which they would count, are the same to the hunt.
fn in_common(one: &[RecordCopy<'_>], other: &[RecordCopy<'_>]) -> usize {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut common = 0;
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        // The greater goes before.
        match a.counted.cmp(&b.counted) {
            Ordering::Greater => {
                one.next();
            }
            Ordering::Less => {
                other.next();
            }
            Ordering::Equal => {
                common += 1;
                one.next();
                other.next();
            }
        }
    }
    common
}
