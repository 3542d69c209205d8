//! Rows that repeat one before of their file, as a retried export leaves them: of the same message to the same
//! recipient at the same time, to the second, in the same direction and with the same verdict. The query counts
//! each, so the analyst must hear of it. A row that does not say its message, recipient or time is taken for itself:
//! of those that say little many are the same by nature.
//!
//! Only columns are looked at by which events are counted and told apart: so `rank`, which reads no others, says the
//! same as the interface and `check`, whatever the format.

use super::batch::Batch;
use super::overlaps::Overlaps;
use super::record::Records;
use super::same_email::{Numbered, SameEmail};
use super::store::EventStore;
use super::time::DateOrder;
use crate::{processors, quantities};
use std::collections::BTreeMap;

/// How many rows repeat, by file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// For each file that has such rows: its number, and how many of its rows repeat one before.
    pub by_file: Vec<(usize, u64)>,
}

impl Repeats {
    /// Counts them among the rows that count: what several files have counts once unless it is to count each
    /// time.
    pub fn of(store: &EventStore, overlaps: &Overlaps, keeps_duplicates: bool) -> Self {
        let none = Overlaps::default();
        let left_out = if keeps_duplicates { &none } else { overlaps };
        let batches = Numbered::all(store);
        Repeats::among(store, &batches, &SameEmail::find(&batches, left_out))
    }

    /// Counts them among rows of the same email.
    pub(super) fn among(store: &EventStore, batches: &[Numbered<'_>], same: &SameEmail) -> Self {
        let passed = store.passed_repeats();
        let passed: Vec<(usize, u64)> = passed.filter(|(_, rows)| *rows > 0).collect();
        if !passed.is_empty() {
            return Repeats { by_file: passed };
        }
        let mut by_file: BTreeMap<usize, u64> = BTreeMap::new();
        let mut rows: Vec<(u32, u64)> = Vec::new();
        for places in same.emails() {
            rows.clear();
            rows.extend(places.iter().filter_map(|&(batch, row)| {
                let batch = &batches[batch as usize];
                Some((batch.file, batch.records.repeat_number(usize::from(row))?))
            }));
            rows.sort_unstable();
            for pair in rows.windows(2).filter(|pair| pair[0] == pair[1]) {
                *by_file.entry(pair[0].0 as usize).or_default() += 1;
            }
        }
        Repeats {
            by_file: by_file.into_iter().collect(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty()
    }

    /// How many rows of a file repeat.
    pub fn of_file(&self, file: usize) -> u64 {
        let mut files = self.by_file.iter();
        files
            .find(|(known, _)| *known == file)
            .map_or(0, |(_, rows)| *rows)
    }

    /// What the analyst should know of a file that has such rows.
    pub fn sentence(&self, file: usize) -> Option<String> {
        let rows = self.of_file(file);
        (rows > 0).then(|| sentence(&quantities::count(rows, "row"), rows))
    }

    /// What the analyst should know of all files together, in one line.
    pub fn summary(&self, name_of: impl Fn(usize) -> String) -> Option<String> {
        match self.by_file[..] {
            [] => None,
            [(file, rows)] => {
                let sentence = sentence(&quantities::count(rows, "row"), rows);
                Some(format!("{}: {sentence}", name_of(file)))
            }
            _ => {
                let rows = self.by_file.iter().map(|(_, rows)| rows).sum();
                let files = quantities::count(self.by_file.len() as u64, "file");
                Some(sentence(
                    &format!("{} in {files}", quantities::count(rows, "row")),
                    rows,
                ))
            }
        }
    }
}

fn sentence(what: &str, rows: u64) -> String {
    let repeat = if rows == 1 { "repeats" } else { "repeat" };
    format!(
        "{what} {repeat} one before (same message, recipient, time, direction, verdict), as after a retried export: each \
         counts, as in the query"
    )
}

/// What is left of the rows of a batch that is not kept: of those that can repeat others a number, which is the same
/// where they do.
#[derive(Clone, Debug, Default)]
pub(super) struct RepeatNumbers {
    month_first: Vec<u64>,
    /// The same if the file's dates have the other order, where that makes a difference: it is known when all rows
    /// are there.
    day_first: Option<Vec<u64>>,
}

impl RepeatNumbers {
    /// Of the rows of a batch.
    pub(super) fn of(batch: &Batch) -> Self {
        let numbers = |order| {
            let records = Records::of(batch, order);
            let rows = 0..records.rows();
            rows.filter_map(|row| records.repeat_number(row)).collect()
        };
        let is_certain = batch.times().dates.ambiguous == 0;
        RepeatNumbers {
            month_first: numbers(DateOrder::MonthFirst),
            day_first: (!is_certain).then(|| numbers(DateOrder::DayFirst)),
        }
    }

    fn in_order(&self, order: DateOrder) -> &[u64] {
        match (order, &self.day_first) {
            (DateOrder::DayFirst, Some(numbers)) => numbers,
            _ => &self.month_first,
        }
    }
}

/// Numbers are sorted in so many portions, each of which fits a cache.
const PORTIONS: usize = 256;

/// How many rows of a file repeat one before, whose dates have this order.
pub(super) fn count(numbers: &[RepeatNumbers], order: DateOrder) -> u64 {
    let numbers = || numbers.iter().map(|numbers| numbers.in_order(order));
    let rows: usize = numbers().map(<[u64]>::len).sum();
    let room = rows / PORTIONS + rows / PORTIONS / 8 + 8;
    let mut portions: Vec<Vec<u64>> = Vec::new();
    portions.resize_with(PORTIONS, || Vec::with_capacity(room));
    for &number in numbers().flatten() {
        portions[(number >> 56) as usize].push(number);
    }
    let counts = processors::of_each(
        &mut portions,
        || (),
        |(), portion| {
            portion.sort_unstable();
            let pairs = portion.windows(2);
            Some(pairs.filter(|pair| pair[0] == pair[1]).count() as u64)
        },
    );
    counts.into_iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::BatchBuilder;
    use std::sync::Arc;

    const COLUMNS: [&str; 4] = [
        "Timestamp",
        "NetworkMessageId",
        "RecipientEmailAddress",
        "ThreatTypes",
    ];
    const PHISH: &str = "2026-11-01T10:00:00Z,m-1,a@ours.example,Phish";
    const CLEAN: &str = "2026-11-01T10:00:00Z,m-1,a@ours.example,";

    fn store(files: &[&[&str]]) -> EventStore {
        EventStore::of_texts(&COLUMNS, files)
    }

    fn repeats(files: &[&[&str]], keeps_duplicates: bool) -> Vec<(usize, u64)> {
        let store = store(files);
        Repeats::of(&store, &Overlaps::find(&store), keeps_duplicates).by_file
    }

    #[test]
    fn rows_that_repeat_are_counted_by_file() {
        let rows = [PHISH, CLEAN, PHISH, PHISH];
        assert_eq!(repeats(&[&[CLEAN], &rows], true), [(1, 2)]);
        assert_eq!(repeats(&[&[PHISH, CLEAN]], false), []);
    }

    #[test]
    fn what_says_no_message_or_recipient_is_taken_for_itself() {
        let rows = [
            "2026-11-01T10:00:00Z,,a@ours.example,Phish",
            "2026-11-01T10:00:00Z,m-1,,Phish",
        ];
        assert_eq!(
            repeats(&[&rows, &[rows[0], rows[0], rows[1], rows[1]]], false),
            []
        );
    }

    #[test]
    fn rows_of_several_files_repeat_only_where_they_count() {
        assert_eq!(repeats(&[&[PHISH], &[PHISH]], true), []);
        assert_eq!(repeats(&[&[PHISH, PHISH], &[PHISH, PHISH]], true).len(), 2);
        assert_eq!(repeats(&[&[PHISH], &[PHISH, PHISH]], false), [(1, 1)]);
        assert_eq!(repeats(&[&[PHISH, PHISH], &[PHISH]], false), [(0, 1)]);
    }

    #[test]
    fn a_column_that_appears_late_makes_no_difference_while_it_is_empty() {
        let mut store = EventStore::new(1);
        let mut builder = BatchBuilder::new(COLUMNS.map(str::to_owned).to_vec());
        builder.push_row(PHISH.split(',').map(str::as_bytes));
        store.add_events(0, Arc::new(builder.take().expect("a row")));
        builder.column_index("Subject");
        builder.push_row(PHISH.split(',').map(str::as_bytes));
        store.add_events(0, Arc::new(builder.take().expect("a row")));
        let found = Repeats::of(&store, &Overlaps::default(), false);
        assert_eq!(found.by_file, [(0, 1)]);
    }

    #[test]
    fn several_files_are_told_of_in_one_line() {
        let name = |file: usize| format!("file{file}");
        let told = |by_file| Repeats { by_file }.summary(name);
        assert_eq!(told(Vec::new()), None);
        let one = told(vec![(1, 1)]).expect("a line");
        assert!(one.starts_with("file1: 1 row repeats one before"), "{one}");
        let two = told(vec![(0, 1), (1, 2)]).expect("a line");
        assert!(
            two.starts_with("3 rows in 2 files repeat one before"),
            "{two}"
        );
    }
}
