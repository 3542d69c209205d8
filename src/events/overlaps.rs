//! Overlapping exports: rows of one file that an earlier named file has too. Such an email would count
//! twice.
//!
//! Two rows are the same when message, recipient and time are; a row that lacks one of them is taken
//! for itself. Rows that repeat within one file are not looked at here: the query counts them.

use super::batch::Batch;
use super::record::Records;
use super::store::{EventId, EventStore};
use super::time::summary::TimeRange;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::collections::BTreeMap;
use std::hash::BuildHasher;

/// Rows that are in two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The number of the file.
    pub file: usize,
    /// The number of the first file that has the same rows; it was named earlier.
    pub earlier: usize,
    /// How many rows of `file` these are.
    pub rows: u64,
}

/// The rows of all files that an earlier named file has too.
#[derive(Clone, Debug, Default)]
pub struct Overlaps {
    /// By file and batch, ascending.
    rows: HashMap<(u32, u32), Vec<u16>>,
    pairs: Vec<Overlap>,
}

impl Overlaps {
    /// Finds them. Files whose times do not meet are not looked at; the answer depends only on what is
    /// loaded, not on the order in which threads loaded it.
    pub fn find(store: &EventStore) -> Self {
        let parts = parts_in_reach(store);
        let mut search = Search::new(&parts);
        for part in 0..parts.len() {
            search.look_through(part);
        }
        let pairs = search.pairs.into_iter();
        Overlaps {
            rows: search.found,
            pairs: pairs
                .map(|((file, earlier), rows)| Overlap {
                    file: file as usize,
                    earlier: earlier as usize,
                    rows,
                })
                .collect(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Which files have rows in common, in the order named.
    pub fn pairs(&self) -> &[Overlap] {
        &self.pairs
    }

    /// The rows of a batch that an earlier file has too, ascending.
    pub fn of_batch(&self, file: u32, batch: u32) -> &[u16] {
        self.rows.get(&(file, batch)).map_or(&[], Vec::as_slice)
    }

    /// Whether an earlier file has this row too.
    pub fn contains(&self, id: EventId) -> bool {
        let rows = self.of_batch(id.file, id.batch);
        rows.binary_search(&id.row).is_ok()
    }
}

/// A batch that may have rows of another file.
struct Part<'s> {
    file: u32,
    number: u32,
    records: Records<'s>,
}

/// The batches, in the order named, whose times meet those of another file. All others cannot have a
/// row of another file, and most loads have none: exports of one day each, one file only.
fn parts_in_reach(store: &EventStore) -> Vec<Part<'_>> {
    let mut spans: Vec<(u32, TimeRange)> = Vec::new();
    for (file, _, batch) in store.batches() {
        let Some((first, last)) = times_of(store, file, batch) else {
            continue;
        };
        match spans.last_mut() {
            Some((known, span)) if *known == file => {
                *span = (span.0.min(first), span.1.max(last));
            }
            _ => spans.push((file, (first, last))),
        }
    }
    let meets_another = |file: u32, times: Option<TimeRange>| {
        times.is_some_and(|(first, last)| {
            spans
                .iter()
                .any(|(other, span)| *other != file && span.0 <= last && first <= span.1)
        })
    };
    store
        .batches()
        .filter(|(file, _, batch)| meets_another(*file, times_of(store, *file, batch)))
        .map(|(file, number, batch)| Part {
            file,
            number,
            records: Records::of(batch, store.date_order(file as usize)),
        })
        .collect()
}

/// The earliest and the latest time of a batch.
fn times_of(store: &EventStore, file: u32, batch: &Batch) -> Option<TimeRange> {
    batch.times().range(store.date_order(file as usize))
}

/// The records seen so far, and what was found.
struct Search<'s> {
    parts: &'s [Part<'s>],
    /// The first row of each record: its part and row.
    seen: HashTable<(u32, u16)>,
    hasher: DefaultHashBuilder,
    found: HashMap<(u32, u32), Vec<u16>>,
    pairs: BTreeMap<(u32, u32), u64>,
}

impl<'s> Search<'s> {
    fn new(parts: &'s [Part<'s>]) -> Self {
        // What the last file has is not looked for by any other. With the room taken at once, the
        // table is never built anew.
        let last = parts.last().map(|part| part.file);
        let earlier = parts.iter().filter(|part| Some(part.file) != last);
        let rows: usize = earlier.map(|part| part.records.rows()).sum();
        Search {
            parts,
            seen: HashTable::with_capacity(rows),
            hasher: DefaultHashBuilder::default(),
            found: HashMap::new(),
            pairs: BTreeMap::new(),
        }
    }

    fn look_through(&mut self, number: usize) {
        let parts = self.parts;
        let part = &parts[number];
        let is_of_last_file = parts.last().is_some_and(|last| last.file == part.file);
        let record_of = |&(part, row): &(u32, u16)| {
            let records: &Records<'_> = &parts[part as usize].records;
            records.record(usize::from(row))
        };
        let mut repeated = Vec::new();
        for row in 0..part.records.rows() {
            let record = part.records.record(row);
            if record.is_none() {
                continue;
            }
            let hash = self.hasher.hash_one(record);
            let first = self.seen.find(hash, |place| record_of(place) == record);
            match first {
                Some(&(first, _)) if parts[first as usize].file != part.file => {
                    let earlier = parts[first as usize].file;
                    *self.pairs.entry((part.file, earlier)).or_default() += 1;
                    repeated.push(row as u16);
                }
                // A record that repeats within its file counts as often as it stands there.
                Some(_) => {}
                None if is_of_last_file => {}
                None => {
                    let hasher = &self.hasher;
                    let place = (number as u32, row as u16);
                    self.seen
                        .insert_unique(hash, place, |place| hasher.hash_one(record_of(place)));
                }
            }
        }
        if !repeated.is_empty() {
            self.found.insert((part.file, part.number), repeated);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::BatchBuilder;
    use std::sync::Arc;

    /// A store with these files; a row is a text of time, message and recipient with commas.
    fn store(files: &[&[&str]]) -> EventStore {
        let columns = ["Timestamp", "NetworkMessageId", "RecipientEmailAddress"];
        let mut store = EventStore::new(files.len());
        for (file, rows) in files.iter().enumerate() {
            let mut builder = BatchBuilder::new(columns.map(str::to_owned).to_vec());
            for row in *rows {
                builder.push_row(row.split(',').map(str::as_bytes));
            }
            if let Some(batch) = builder.take() {
                store.add_events(file, Arc::new(batch));
            }
        }
        store
    }

    fn pairs(files: &[&[&str]]) -> Vec<(usize, usize, u64)> {
        let overlaps = Overlaps::find(&store(files));
        let pairs = overlaps.pairs().iter();
        pairs
            .map(|pair| (pair.file, pair.earlier, pair.rows))
            .collect()
    }

    const ONE: &str = "2026-11-01T10:00:00Z,m-1,a@b.example";
    const TWO: &str = "2026-11-01T11:00:00Z,m-2,a@b.example";

    #[test]
    fn rows_of_a_later_file_that_an_earlier_one_has_are_found() {
        let store = store(&[&[ONE], &[TWO, ONE, TWO], &[TWO, ONE]]);
        let overlaps = Overlaps::find(&store);
        assert_eq!(overlaps.of_batch(0, 0), [0_u16; 0]);
        assert_eq!(overlaps.of_batch(1, 0), [1], "its own repeat is not meant");
        assert_eq!(overlaps.of_batch(2, 0), [0, 1]);
        let expected = [(1, 0, 1), (2, 0, 1), (2, 1, 1)];
        assert_eq!(pairs(&[&[ONE], &[TWO, ONE, TWO], &[TWO, ONE]]), expected);
    }

    #[test]
    fn every_repeat_in_the_later_file_is_left_out() {
        assert_eq!(pairs(&[&[ONE], &[ONE, ONE]]), [(1, 0, 2)]);
    }

    #[test]
    fn the_same_moment_may_be_spelled_in_several_ways() {
        let spelled = "2026-11-01 12:00:00.0000000+02:00,m-1,a@b.example";
        assert_eq!(pairs(&[&[ONE], &[spelled]]), [(1, 0, 1)]);
    }

    #[test]
    fn message_recipient_and_time_must_all_be_the_same_and_there() {
        for other in [
            "2026-11-01T10:00:01Z,m-1,a@b.example",
            "2026-11-01T10:00:00Z,M-1,a@b.example",
            "2026-11-01T10:00:00Z,m-1,a@B.example",
        ] {
            assert_eq!(
                pairs(&[&[ONE, TWO], &[other, "2026-11-01T12:00:00Z,,"]]),
                []
            );
        }
        for row in [
            "2026-11-01T10:00:00Z,,a@b.example",
            "2026-11-01T10:00:00Z, ,a@b.example",
            "2026-11-01T10:00:00Z,m-1,",
            "yesterday,m-1,a@b.example",
            ",m-1,a@b.example",
        ] {
            assert_eq!(pairs(&[&[row, TWO], &[row, TWO]]), [(1, 0, 1)], "{row}");
        }
    }

    #[test]
    fn files_whose_times_do_not_meet_are_not_looked_at() {
        let store = store(&[&[ONE], &[TWO]]);
        assert!(parts_in_reach(&store).is_empty());
    }
}
