//! Overlapping exports: rows that several files have. Such an email would count several times.
//!
//! Two rows are of the same record when message, recipient and time are the same. A record counts as often
//! as in the file that has it most often: rows that repeat within one file count, as in the query. Which
//! rows these are does not hang on the order of the files; [`copies`] says by which rule, and [`differing`] what
//! becomes of copies that say something else. Which rows are looked at at all is in [`reach`]. A row that lacks one
//! of the three is taken for itself.

mod copies;
mod copy_columns;
mod date_orders;
mod differing;
mod part;
mod reach;

use super::differing_copies::DifferingCopies;
use super::event_id::EventId;
use super::record::Records;
use super::store::EventStore;
use copies::{Copies, Settled};
pub use date_orders::decide as decide_date_orders;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use part::{Part, Place};
use reach::Reach;
pub use reach::{Lacking, Unseen};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::num::NonZeroU32;
use std::sync::Arc;

/// Rows that are in two files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The number of the file.
    pub file: usize,
    /// The number of the first file that has the same records; it was named earlier.
    pub earlier: usize,
    /// How many rows of `file` these are: so many rows do not count, of one file or the other.
    pub rows: u64,
    /// How many of these rows count and contradict their copy in a file named earlier.
    pub differing: u64,
    /// The columns in which they do, in alphabetical order.
    pub columns: Vec<String>,
}

/// The rows that do not count, since a record of several files counts once.
#[derive(Clone, Debug, Default)]
pub struct Overlaps {
    /// By file and batch, ascending.
    rows: HashMap<(u32, u32), Vec<u16>>,
    pairs: Vec<Overlap>,
    unseen: Vec<(usize, Unseen)>,
    differing: Arc<DifferingCopies>,
}

impl Overlaps {
    /// Finds them. Files whose times do not meet are not looked at; the answer depends only on what is
    /// loaded, not on the order in which threads loaded it.
    pub fn find(store: &EventStore) -> Self {
        let Reach { parts, mut unseen } = Reach::of(store);
        let mut search = Search::new(&parts);
        for part in 0..parts.len() {
            search.look_through(part);
        }
        let lacking = std::mem::take(&mut search.lacking).into_iter();
        unseen.extend(lacking.map(|(file, lacking)| (file as usize, Unseen::Lacking(lacking))));
        unseen.sort_by_key(|(file, _)| *file);
        let mut overlaps = search.overlaps();
        overlaps.unseen = unseen;
        overlaps
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Which files have rows in common, in the order named.
    pub fn pairs(&self) -> &[Overlap] {
        &self.pairs
    }

    /// Of which files it cannot be seen whether another has rows of it too, in the order named.
    pub fn unseen(&self) -> &[(usize, Unseen)] {
        &self.unseen
    }

    /// The copies of the rows that count, where they do not all say the same.
    pub fn differing_copies(&self) -> &Arc<DifferingCopies> {
        &self.differing
    }

    /// How many rows do not count.
    pub fn rows_left_out(&self) -> u64 {
        self.rows.values().map(|rows| rows.len() as u64).sum()
    }

    /// The rows of a batch that do not count, ascending.
    pub fn of_batch(&self, file: u32, batch: u32) -> &[u16] {
        self.rows.get(&(file, batch)).map_or(&[], Vec::as_slice)
    }

    /// Whether this row does not count.
    pub fn contains(&self, id: EventId) -> bool {
        let rows = self.of_batch(id.file, id.batch);
        rows.binary_search(&id.row).is_ok()
    }
}

/// The first row of a record, and its group once there is a second.
struct First {
    part: u32,
    group: Option<NonZeroU32>,
    row: u16,
}

impl First {
    fn place(&self) -> Place {
        (self.part, self.row)
    }
}

/// A row of a record that has several.
struct Member {
    group: NonZeroU32,
    place: Place,
}

/// The records seen so far, and what was found.
struct Search<'s> {
    parts: &'s [Part<'s>],
    first: HashTable<First>,
    hasher: DefaultHashBuilder,
    members: Vec<Member>,
    next_group: NonZeroU32,
    /// By file.
    lacking: BTreeMap<u32, Lacking>,
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
            first: HashTable::with_capacity(rows),
            hasher: DefaultHashBuilder::default(),
            members: Vec::new(),
            next_group: NonZeroU32::MIN,
            lacking: BTreeMap::new(),
        }
    }

    fn look_through(&mut self, number: usize) {
        let parts = self.parts;
        let part = &parts[number];
        let is_of_last_file = parts.last().is_some_and(|last| last.file == part.file);
        let record_of = |first: &First| {
            let records: &Records<'_> = &parts[first.part as usize].records;
            records.record(usize::from(first.row))
        };
        for row in 0..part.records.rows() {
            let record = part.records.record(row);
            if record.is_none() {
                let lacking = self.lacking.entry(part.file).or_default();
                lacking.add(&part.records, row);
                continue;
            }
            let place = (number as u32, row as u16);
            let hash = self.hasher.hash_one(record);
            let known = self
                .first
                .find_mut(hash, |first| record_of(first) == record);
            if let Some(first) = known {
                let before = first.place();
                let group = *first.group.get_or_insert_with(|| {
                    let group = self.next_group;
                    self.next_group = group.saturating_add(1);
                    self.members.push(Member {
                        group,
                        place: before,
                    });
                    group
                });
                self.members.push(Member { group, place });
            } else if !is_of_last_file {
                let hasher = &self.hasher;
                let first = First {
                    part: place.0,
                    group: None,
                    row: place.1,
                };
                self.first
                    .insert_unique(hash, first, |first| hasher.hash_one(record_of(first)));
            }
        }
    }

    fn overlaps(mut self) -> Overlaps {
        self.first = HashTable::new();
        self.members
            .sort_unstable_by_key(|member| (member.group, member.place));
        let mut found: HashMap<(u32, u32), Vec<u16>> = HashMap::new();
        let mut pairs: BTreeMap<(u32, u32), (u64, u64, BTreeSet<&str>)> = BTreeMap::new();
        let mut rows_with_copies = Vec::new();
        for group in self.members.chunk_by(|a, b| a.group == b.group) {
            let places = group.iter().map(|member| member.place);
            let copies = Copies::of(self.parts, places);
            if !copies.are_of_several_files() {
                continue;
            }
            for shared in copies.shared() {
                let pair = pairs.entry((shared.file, shared.earlier)).or_default();
                let (rows, differing, columns) = pair;
                *rows += shared.rows;
                *differing += shared.differing;
                columns.extend(shared.columns);
            }
            let Settled {
                left_out,
                with_copies,
            } = copies.settled();
            rows_with_copies.extend(with_copies);
            for (part, row) in left_out {
                let Part { file, number, .. } = self.parts[part as usize];
                found.entry((file, number)).or_default().push(row);
            }
        }
        for rows in found.values_mut() {
            rows.sort_unstable();
        }
        let pairs = pairs.into_iter();
        Overlaps {
            rows: found,
            pairs: pairs
                .map(|((file, earlier), (rows, differing, columns))| Overlap {
                    file: file as usize,
                    earlier: earlier as usize,
                    rows,
                    differing,
                    columns: columns.into_iter().map(str::to_owned).collect(),
                })
                .collect(),
            unseen: Vec::new(),
            differing: Arc::new(differing::differing_copies(self.parts, rows_with_copies)),
        }
    }
}

#[cfg(test)]
mod tests;
