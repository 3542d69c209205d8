//! Rows that repeat one before of their file, as a retried export leaves them: of the same message to the same
//! recipient at the same time, to the second, in the same direction and with the same verdict. The query counts
//! each, so the analyst must hear of it; a row that does not count makes no difference to any number. One that does not
//! say its message, recipient or time is taken for itself: of those that say little many are the same by nature.
//!
//! Only columns are looked at by which events are counted and told apart: so `rank`, which reads no others, says the
//! same as the interface and `check`, whatever the format.

pub(super) mod numbers;

use super::overlaps::Overlaps;
use super::same_email::{Numbered, SameEmail};
use super::store::EventStore;
use crate::quantities;
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
        (rows > 0).then(|| sentence(&quantities::count(rows, "counted row"), rows))
    }

    /// What the analyst should know of all files together, in one line.
    pub fn summary(&self, name_of: impl Fn(usize) -> String) -> Option<String> {
        match self.by_file[..] {
            [] => None,
            [(file, rows)] => {
                let sentence = sentence(&quantities::count(rows, "counted row"), rows);
                Some(format!("{}: {sentence}", name_of(file)))
            }
            _ => {
                let rows = self.by_file.iter().map(|(_, rows)| rows).sum();
                let files = quantities::count(self.by_file.len() as u64, "file");
                Some(sentence(
                    &format!("{} in {files}", quantities::count(rows, "counted row")),
                    rows,
                ))
            }
        }
    }
}

fn sentence(what: &str, rows: u64) -> String {
    let repeat = if rows == 1 { "repeats" } else { "repeat" };
    format!(
        "{what} {repeat} an earlier one (same message, recipient, time, direction, verdict), as after a retried \
         export: each counts, as in the query"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::builder::BatchBuilder;
    use std::sync::Arc;

    const COLUMNS: [&str; 5] = [
        "Timestamp",
        "EmailDirection",
        "NetworkMessageId",
        "RecipientEmailAddress",
        "ThreatTypes",
    ];
    const PHISH: &str = "2026-11-01T10:00:00Z,Inbound,m-1,a@ours.example,Phish";
    const CLEAN: &str = "2026-11-01T10:00:00Z,Inbound,m-1,a@ours.example,";
    const SENT: &str = "2026-11-01T10:00:00Z,Outbound,m-1,a@partner.example,";

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
        let rows = [SENT, CLEAN, SENT, CLEAN];
        assert_eq!(repeats(&[&rows], true), [(0, 1)], "the others do not count");
    }

    #[test]
    fn what_says_no_message_or_recipient_is_taken_for_itself() {
        let rows = [
            "2026-11-01T10:00:00Z,Inbound,,a@ours.example,Phish",
            "2026-11-01T10:00:00Z,Inbound,m-1,,Phish",
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
        assert!(
            one.starts_with("file1: 1 counted row repeats an earlier one"),
            "{one}"
        );
        let two = told(vec![(0, 1), (1, 2)]).expect("a line");
        assert!(
            two.starts_with("3 counted rows in 2 files repeat an earlier one"),
            "{two}"
        );
    }
}
