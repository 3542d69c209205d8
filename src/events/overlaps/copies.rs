//! The copies of one record in several files, and which of them count.
//!
//! As many as in the file that has most. Where they differ in what the hunt counts, a threat counts before
//! anything else, as an analyst must not miss one, then an outbound email, then the value that is greater
//! by its bytes. Of those that are the same to the hunt the rows of one file count: of the file that has
//! most, then of the one whose rows have more cells filled, then by bytes. So the answer is the same in
//! whatever order the files are named. What the others say in further columns is kept beside: see
//! [`super::differing`].

use super::copy_columns::{COUNTED, CopyColumns, Counted, Weight};
use super::part::{Part, Place, RowWithCopies};
use crate::events::differing_copies;
use crate::events::record::Records;
use crate::events::schema::{names, says_nothing};
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

/// A row of the record.
#[derive(Clone, Copy)]
struct RecordCopy<'s> {
    place: Place,
    file: u32,
    records: &'s Records<'s>,
    columns: &'s CopyColumns<'s>,
    counted: Counted<'s>,
}

impl<'s> RecordCopy<'s> {
    fn row(&self) -> usize {
        usize::from(self.place.1)
    }

    fn counts(&self) -> bool {
        self.counted.weight != Weight::NotCounted
    }

    /// Whether its cells are kept.
    fn has_cells(&self) -> bool {
        self.row() < self.columns.batch.rows()
    }

    /// The columns in which both say something and not the same, as far as the hunt makes something of them.
    fn contradicts(&self, other: &Self) -> BTreeSet<&'s str> {
        let mut columns = BTreeSet::new();
        let both_count = [self, other].map(RecordCopy::counts) == [true; 2];
        if self.counted != other.counted {
            let [cells, others] = [self, other].map(|copy| copy.columns.counted_cells(copy.row()));
            for (name, (cell, other_cell)) in COUNTED.into_iter().zip(cells.into_iter().zip(others))
            {
                // Of what does not count, the domain of the sender need not be known.
                let is_known = both_count || name != names::SENDER_FROM_DOMAIN;
                if is_known && cell != other_cell {
                    columns.insert(name);
                }
            }
        }
        if both_count {
            let differences = self.differences(other);
            let contradictions = differences.filter(|(_, cell)| !says_nothing(cell));
            columns.extend(contradictions.map(|(name, _)| name));
        }
        columns
    }

    /// The columns in which it says something that another copy does not say, with what that one says.
    fn differences<'o>(
        &self,
        other: &Self,
    ) -> impl Iterator<Item = (&'s str, &'s [u8])> + use<'o, 's> {
        let (columns, row) = (other.columns, other.row());
        let cells = self.columns.filled(self.row()).into_iter();
        let cells =
            cells.filter(|(name, cell)| !says_nothing(cell) && !differing_copies::identifies(name));
        let with_others = cells.map(move |(name, cell)| (name, cell, columns.cell(name, row)));
        let differences =
            with_others.filter(|(_, cell, other)| !differing_copies::say_the_same(cell, other));
        differences.map(|(name, _, other)| (name, other))
    }

    /// Whether all cells are the same, as far as that can be told at once.
    fn is_clearly_same(&self, other: &Self) -> bool {
        let have_same_columns = self.columns.batch.names() == other.columns.batch.names();
        let numbers = (self.cells_number(), other.cells_number());
        have_same_columns && numbers.0.is_some() && numbers.0 == numbers.1
    }

    /// Which goes before of two, whatever the files they are in.
    fn compare(&self, other: &Self) -> Ordering {
        if !self.counts() && !other.counts() {
            // Their other cells may have been let go.
            let known = |copy: &Self| {
                let [threat_types, direction, _] = copy.columns.counted_cells(copy.row());
                [threat_types, direction]
            };
            return known(self).cmp(&known(other));
        }
        let by_counted = other.counted.cmp(&self.counted);
        by_counted.then_with(|| self.compare_cells(other))
    }

    /// A number that is the same where the cells are, of copies with the same columns, if it is known.
    fn cells_number(&self) -> Option<u64> {
        self.records.cells_number(self.row())
    }

    /// Which goes before of two that are the same to the hunt.
    fn compare_cells(&self, other: &Self) -> Ordering {
        if self.is_clearly_same(other) {
            return Ordering::Equal;
        }
        let filled = |copy: &Self| copy.columns.filled(copy.row());
        let (cells, others) = (filled(self), filled(other));
        let by_number = others.len().cmp(&cells.len());
        by_number.then_with(|| others.cmp(&cells))
    }
}

/// Rows of a record in one file that an earlier named file has too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shared<'s> {
    pub(super) file: u32,
    pub(super) earlier: u32,
    pub(super) rows: u64,
    pub(super) differing: u64,
    /// The columns in which these differ.
    pub(super) columns: BTreeSet<&'s str>,
}

/// Which rows of a record count.
#[derive(Default)]
pub(super) struct Settled {
    /// The rows that do not.
    pub(super) left_out: Vec<Place>,
    /// Rows that count of which a copy says something else.
    pub(super) with_copies: Vec<RowWithCopies>,
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
        copies.sort_by(|a, b| a.file.cmp(&b.file).then_with(|| a.compare(b)));
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
    pub(super) fn shared(&self) -> Vec<Shared<'s>> {
        let mut files = self.by_file();
        let Some(first) = files.next() else {
            return Vec::new();
        };
        let mut most = first.len();
        // Of earlier files that say the same one is compared.
        let mut unlike_earlier = vec![first];
        let mut all = Vec::new();
        for rows in files {
            let shared = rows.len().min(most);
            most = most.max(rows.len());
            let (mut differing, mut columns) = (0, BTreeSet::new());
            let mut is_known = false;
            for earlier in &unlike_earlier {
                let unlike = unlike(earlier, rows);
                is_known |= unlike.is_empty() && earlier.len() >= rows.len();
                let contradictions = unlike.iter().map(|(copy, other)| copy.contradicts(other));
                let contradictions = contradictions.filter(|columns| !columns.is_empty());
                let contradictions: Vec<BTreeSet<&str>> = contradictions.collect();
                differing = differing.max(contradictions.len() as u64);
                columns.extend(contradictions.into_iter().flatten());
            }
            if !is_known {
                unlike_earlier.push(rows);
            }
            all.push(Shared {
                file: rows[0].file,
                earlier: first[0].file,
                rows: shared as u64,
                differing,
                columns,
            });
        }
        all
    }

    /// Decides which rows count.
    pub(super) fn settled(mut self) -> Settled {
        let mut to_count = self.by_file().map(<[_]>::len).max().unwrap_or_default();
        // Stable: those of a file stay in their order.
        self.copies
            .sort_by_key(|copy| (Reverse(copy.counted), copy.file));
        let (mut counting, mut left_out) = (Vec::new(), Vec::new());
        for same in self.copies.chunk_by(|a, b| a.counted == b.counted) {
            let chosen = rows_of_one_file(same);
            let counts = chosen.len().min(to_count);
            to_count -= counts;
            let chosen_file = chosen.first().map(|copy| copy.file);
            let others = same.iter().filter(|copy| Some(copy.file) != chosen_file);
            left_out.extend(others.chain(&chosen[counts..]).copied());
            counting.extend_from_slice(&chosen[..counts]);
        }
        Settled {
            with_copies: with_copies(&counting, &left_out),
            left_out: left_out.iter().map(|copy| copy.place).collect(),
        }
    }
}

/// Finds the copies of rows that count that say something else. Where several rows of the record count, each copy goes
/// with one of them: as many emails stay visible as there are copies that would.
fn with_copies(counting: &[RecordCopy<'_>], left_out: &[RecordCopy<'_>]) -> Vec<RowWithCopies> {
    let mut with_copies = Vec::new();
    for is_threat in [true, false] {
        let of_side = |copies: &[RecordCopy<'_>]| -> Vec<usize> {
            let is_asked = |copy: &RecordCopy<'_>| {
                copy.counted.weight.is_threat() == Some(is_threat) && copy.has_cells()
            };
            let mut places: Vec<usize> = (0..copies.len()).collect();
            places.retain(|&place| is_asked(&copies[place]));
            places.sort_by(|&a, &b| copies[a].compare(&copies[b]));
            places
        };
        let (rows, mut others) = (of_side(counting), of_side(left_out));
        others.dedup_by(|a, b| left_out[*a].compare(&left_out[*b]).is_eq());
        let mut same = rows.iter().peekable();
        others.retain(|&other| {
            let other = &left_out[other];
            while same
                .next_if(|row| counting[**row].compare(other).is_lt())
                .is_some()
            {}
            let is_same = same
                .peek()
                .is_some_and(|row| counting[**row].compare(other).is_eq());
            !is_same
        });
        let mut of_rows = vec![Vec::new(); rows.len()];
        for (row, other) in (0..rows.len()).cycle().zip(others) {
            let other = &left_out[other];
            if other.differences(&counting[rows[row]]).next().is_some() {
                of_rows[row].push(other.place);
            }
        }
        let of_rows = rows.iter().zip(of_rows);
        with_copies.extend(of_rows.filter(|(_, others)| !others.is_empty()).map(
            |(row, others)| RowWithCopies {
                counts: counting[*row].place,
                others,
            },
        ));
    }
    with_copies
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

/// Pairs of rows of two files, each in the order in which they would count, that are not the same in every cell.
fn unlike<'s>(
    one: &[RecordCopy<'s>],
    other: &[RecordCopy<'s>],
) -> Vec<(RecordCopy<'s>, RecordCopy<'s>)> {
    let (mut first, mut second) = (one.iter().peekable(), other.iter().peekable());
    let (mut alone, mut other_alone) = (Vec::new(), Vec::new());
    while let (Some(a), Some(b)) = (first.peek(), second.peek()) {
        // What does not count is the same to the hunt.
        let order = match [a, b].map(|copy| copy.counts()) {
            [false, false] => Ordering::Equal,
            _ => a.compare(b),
        };
        match order {
            Ordering::Less => alone.extend(first.next().copied()),
            Ordering::Greater => other_alone.extend(second.next().copied()),
            Ordering::Equal => {
                first.next();
                second.next();
            }
        }
    }
    alone.extend(first.copied());
    other_alone.extend(second.copied());
    alone.into_iter().zip(other_alone).collect()
}
