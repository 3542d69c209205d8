//! Rows that repeat one before of their file in every cell, as a retried export leaves them. The query
//! counts each, so the analyst must hear of it.
//!
//! It takes a look at all events, but a cheap one: by a number for each row, and only at the cells of rows
//! whose numbers are the same.

use super::overlaps::Overlaps;
use super::record::Records;
use super::store::EventStore;
use crate::quantities::count;
use hashbrown::{DefaultHashBuilder, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};

/// How many rows repeat, by file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// For each file that has such rows: its number, and how many of its rows are in every cell as one
    /// before.
    pub by_file: Vec<(usize, u64)>,
}

impl Repeats {
    /// Counts them among the rows that count: what several files have counts once unless it is to count each
    /// time. A row that says no message or recipient is taken for itself: of those that say little many
    /// are the same by nature.
    pub fn of(store: &EventStore, overlaps: &Overlaps, keeps_duplicates: bool) -> Self {
        let passed = store.passed_repeats();
        let passed: Vec<(usize, u64)> = passed
            .filter_map(|(file, rows)| Some((file, rows.filter(|rows| *rows > 0)?)))
            .collect();
        if !passed.is_empty() {
            return Repeats { by_file: passed };
        }
        let mut files: Vec<FileRows<'_>> = Vec::new();
        for (file, number, batch) in store.batches() {
            if files.last().is_none_or(|last| last.file != file) {
                let batches = Vec::new();
                files.push(FileRows { file, batches });
            }
            let left_out = if keeps_duplicates {
                &[]
            } else {
                overlaps.of_batch(file, number)
            };
            let records = Records::of(batch, store.date_order(file as usize));
            if let Some(file) = files.last_mut() {
                file.batches.push((records, left_out));
            }
        }
        let hasher = DefaultHashBuilder::default();
        let repeated = files
            .iter()
            .map(|file| (file.file as usize, file.repeated(&hasher)));
        Repeats {
            by_file: repeated.filter(|(_, rows)| *rows > 0).collect(),
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
        (rows > 0).then(|| sentence(&count(rows, "row"), rows))
    }

    /// What the analyst should know of all files together, in one line.
    pub fn summary(&self, name_of: impl Fn(usize) -> String) -> Option<String> {
        match self.by_file[..] {
            [] => None,
            [(file, rows)] => {
                let sentence = sentence(&count(rows, "row"), rows);
                Some(format!("{}: {sentence}", name_of(file)))
            }
            _ => {
                let rows = self.by_file.iter().map(|(_, rows)| rows).sum();
                let files = count(self.by_file.len() as u64, "file");
                Some(sentence(
                    &format!("{} in {files}", count(rows, "row")),
                    rows,
                ))
            }
        }
    }
}

fn sentence(what: &str, rows: u64) -> String {
    let repeat = if rows == 1 { "repeats" } else { "repeat" };
    format!(
        "{what} {repeat} one before in every cell, as a retried export leaves them: as in the query, each counts"
    )
}

/// The rows of one file.
struct FileRows<'s> {
    file: u32,
    /// With the rows of each that do not count, ascending.
    batches: Vec<(Records<'s>, &'s [u16])>,
}

/// A row: the index of its batch, and the row in it. They ascend as loaded.
type Place = (usize, usize);

impl FileRows<'_> {
    fn repeated(&self, hasher: &DefaultHashBuilder) -> u64 {
        let mut numbers: Vec<u64> = self.rows(hasher).map(|(hash, _)| hash).collect();
        numbers.sort_unstable();
        let same = numbers.windows(2).filter(|pair| pair[0] == pair[1]);
        let several: HashSet<u64> = same.map(|pair| pair[0]).collect();
        drop(numbers);
        if several.is_empty() {
            return 0;
        }
        let candidates = self.rows(hasher).filter(|(hash, _)| several.contains(hash));
        let mut candidates: Vec<(u64, Place)> = candidates.collect();
        candidates.sort_unstable();
        let groups = candidates.chunk_by(|a, b| a.0 == b.0);
        groups.map(|group| self.repeated_of(group, hasher)).sum()
    }

    /// How many of these rows are as another of them.
    fn repeated_of(&self, rows: &[(u64, Place)], hasher: &DefaultHashBuilder) -> u64 {
        let text = |&(_, (batch, row)): &(u64, Place)| self.batches[batch].0.text_number(row);
        let first = rows.first().and_then(text);
        if first.is_some() && rows.iter().all(|row| text(row) == first) {
            // They stand written in the same letters: no cell need be looked at, which may be packed.
            return rows.len() as u64 - 1;
        }
        let mut by_cells: Vec<(u64, Place)> = rows
            .iter()
            .map(|&(_, place)| (self.hash_of_cells(place, hasher), place))
            .collect();
        by_cells.sort_unstable();
        let is_repeated =
            |pair: &&[(u64, Place)]| pair[0].0 == pair[1].0 && self.are_same(pair[0].1, pair[1].1);
        by_cells.windows(2).filter(is_repeated).count() as u64
    }

    /// The rows that count and say which email they are about, each with a number that is the same where the
    /// email and the text of the time are the same.
    fn rows(&self, hasher: &DefaultHashBuilder) -> impl Iterator<Item = (u64, Place)> {
        let batches = self.batches.iter().enumerate();
        batches.flat_map(move |(batch, (records, left_out))| {
            (0..records.rows())
                .filter(|row| {
                    left_out.is_empty() || left_out.binary_search(&(*row as u16)).is_err()
                })
                .filter_map(move |row| {
                    let email = records.email(row)?;
                    let hash = hasher.hash_one((email, records.time_cell(row)));
                    Some((hash, (batch, row)))
                })
        })
    }

    /// The cells that say something, with their columns: a column may appear only later in a file.
    fn told_cells(&self, (batch, row): Place) -> impl Iterator<Item = (&str, &[u8])> {
        let cells = self.batches[batch].0.cells(row);
        cells.filter(|(_, cell)| !cell.is_empty())
    }

    fn hash_of_cells(&self, place: Place, hasher: &DefaultHashBuilder) -> u64 {
        let mut state = hasher.build_hasher();
        for cell in self.told_cells(place) {
            cell.hash(&mut state);
        }
        state.finish()
    }

    fn are_same(&self, one: Place, other: Place) -> bool {
        self.told_cells(one).eq(self.told_cells(other))
    }
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
    fn rows_that_are_the_same_in_every_cell_are_counted_by_file() {
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
