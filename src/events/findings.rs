//! What in the events themselves would mislead, and takes a look at all of them to find: records that
//! repeat, and emails of which there are several records.
//!
//! It costs time by the number of events, so that it is looked for when somebody asks or is idle, never
//! on the way to a ranking. What can be seen in passing is in [`super::report`].

use super::overlaps::Overlaps;
use super::record::{EmailKey, Records};
use super::schema::names;
use super::store::{EventId, EventStore};
use super::time::EventTime;
use crate::quantities::count;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::{BuildHasher, Hash, Hasher};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// For each file that has such rows: its number, and how many of its rows are in every cell as one
    /// before.
    pub repeated: Vec<(usize, u64)>,
    /// Emails of which there are several records.
    pub several: SeveralRecords,
}

/// Emails, each of one message and one recipient, of which there are several records: a streaming or
/// Log Analytics export has a new one whenever the verdict or the place of an email changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeveralRecords {
    /// How many emails.
    pub emails: u64,
    /// Their records but the latest of each.
    pub earlier_records: u64,
    /// Those of them that are outbound.
    pub outbound: u64,
    /// Those of them that are inbound threats.
    pub threats: u64,
}

impl Findings {
    /// Looks through the events that count: those that an earlier file has too are left out unless they
    /// count each time.
    pub fn of(store: &EventStore, overlaps: &Overlaps, keeps_duplicates: bool) -> Self {
        let left_out = |id: EventId| !keeps_duplicates && overlaps.contains(id);
        let batches: Vec<Numbered<'_>> = store
            .batches()
            .map(|(file, number, batch)| Numbered {
                file,
                number,
                records: Records::of(batch, store.date_order(file as usize)),
            })
            .collect();
        let mut groups = Groups::default();
        for (index, batch) in batches.iter().enumerate() {
            for row in 0..batch.records.rows() {
                if !left_out(batch.id(row as u16)) {
                    groups.add(&batches, (index as u32, row as u16));
                }
            }
        }
        groups.findings(&batches)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.repeated.is_empty() && self.several.emails == 0
    }

    /// What the analyst should know of rows that repeat in a file, if there are any.
    pub fn repetition(&self, file: usize) -> Option<String> {
        let (_, rows) = self.repeated.iter().find(|(known, _)| *known == file)?;
        let repeat = if *rows == 1 { "repeats" } else { "repeat" };
        Some(format!(
            "{} {repeat} one before in every cell, as a retried export leaves them: as in the query, each counts",
            count(*rows, "row")
        ))
    }

    /// What the analyst should know of emails with several records, if there are any.
    pub fn several_records(&self) -> Option<String> {
        let SeveralRecords {
            emails,
            earlier_records,
            outbound,
            threats,
        } = self.several;
        if emails == 0 {
            return None;
        }
        let have = if emails == 1 { "has" } else { "have" };
        Some(format!(
            "{} {have} several records, as after a new verdict: as in the query, each counts. Keeping the latest record \
             of each only would hide {}, among them {} and {}",
            count(emails, "email"),
            count(earlier_records, "row"),
            count(outbound, "outbound email"),
            count(threats, "threat email"),
        ))
    }
}

/// A batch with its place.
struct Numbered<'s> {
    file: u32,
    number: u32,
    records: Records<'s>,
}

impl Numbered<'_> {
    fn id(&self, row: u16) -> EventId {
        EventId {
            file: self.file,
            batch: self.number,
            row,
        }
    }
}

/// A row: the index of its batch, and the row in it. They ascend as loaded.
type Place = (u32, u16);

/// A row of an email that has several.
struct Member {
    group: u32,
    place: Place,
}

/// The first row of an email, and its group once there is a second.
struct First {
    place: Place,
    group: Option<u32>,
}

/// Rows by email; those of emails that have only one are not kept.
#[derive(Default)]
struct Groups {
    first: HashTable<First>,
    hasher: DefaultHashBuilder,
    members: Vec<Member>,
    count: u32,
}

impl Groups {
    fn add(&mut self, batches: &[Numbered<'_>], place: Place) {
        let email = email_at(batches, place);
        if email.is_none() {
            return;
        }
        let hasher = &self.hasher;
        let entry = self.first.entry(
            hasher.hash_one(email),
            |first| email_at(batches, first.place) == email,
            |first| hasher.hash_one(email_at(batches, first.place)),
        );
        let mut entry = match entry {
            hashbrown::hash_table::Entry::Occupied(entry) => entry,
            hashbrown::hash_table::Entry::Vacant(entry) => {
                entry.insert(First { place, group: None });
                return;
            }
        };
        let first = entry.get_mut();
        let group = *first.group.get_or_insert_with(|| {
            let group = self.count;
            self.count += 1;
            let place = first.place;
            self.members.push(Member { group, place });
            group
        });
        self.members.push(Member { group, place });
    }

    fn findings(mut self, batches: &[Numbered<'_>]) -> Findings {
        self.first = HashTable::new();
        self.members
            .sort_unstable_by_key(|member| (member.group, member.place));
        let mut findings = Findings::default();
        for group in self.members.chunk_by(|a, b| a.group == b.group) {
            let places: Vec<Place> = group.iter().map(|member| member.place).collect();
            findings.several.add(batches, &places);
            for file in places.chunk_by(|a, b| file_of(batches, *a) == file_of(batches, *b)) {
                findings.count_repeated(batches, file, &self.hasher);
            }
        }
        findings.repeated.sort_unstable();
        findings
    }
}

impl SeveralRecords {
    /// Counts an email with its rows, as loaded.
    fn add(&mut self, batches: &[Numbered<'_>], places: &[Place]) {
        // Of those of one time `max_by_key` takes the last, which is the one loaded last.
        let latest = places
            .iter()
            .copied()
            .max_by_key(|&place| time_at(batches, place));
        self.emails += 1;
        for &place in places.iter().filter(|place| Some(**place) != latest) {
            self.earlier_records += 1;
            let records = &batches[place.0 as usize].records;
            let cell = |name| records.cell(name, usize::from(place.1));
            match cell(names::EMAIL_DIRECTION) {
                b"Outbound" => self.outbound += 1,
                b"Inbound" if !cell(names::THREAT_TYPES).is_empty() => self.threats += 1,
                _ => {}
            }
        }
    }
}

impl Findings {
    /// Counts those rows of one email in one file that are in every cell as another.
    fn count_repeated(
        &mut self,
        batches: &[Numbered<'_>],
        places: &[Place],
        hasher: &DefaultHashBuilder,
    ) {
        if places.len() < 2 {
            return;
        }
        let mut by_hash: Vec<(u64, Place)> = places
            .iter()
            .map(|&place| (hash_of_cells(batches, place, hasher), place))
            .collect();
        by_hash.sort_unstable();
        let repeated = by_hash
            .windows(2)
            .filter(|pair| pair[0].0 == pair[1].0 && same_cells(batches, pair[0].1, pair[1].1))
            .count() as u64;
        if repeated == 0 {
            return;
        }
        let file = file_of(batches, places[0]) as usize;
        match self.repeated.iter_mut().find(|(known, _)| *known == file) {
            Some((_, rows)) => *rows += repeated,
            None => self.repeated.push((file, repeated)),
        }
    }
}

fn file_of(batches: &[Numbered<'_>], (batch, _): Place) -> u32 {
    batches[batch as usize].file
}

fn email_at<'s>(batches: &[Numbered<'s>], (batch, row): Place) -> Option<EmailKey<'s>> {
    batches[batch as usize].records.email(usize::from(row))
}

fn time_at(batches: &[Numbered<'_>], (batch, row): Place) -> Option<EventTime> {
    batches[batch as usize].records.time(usize::from(row))
}

/// The cells that say something, with their columns: a column may appear only later in a file.
fn told_cells<'s>(
    batches: &[Numbered<'s>],
    (batch, row): Place,
) -> impl Iterator<Item = (&'s str, &'s [u8])> {
    let cells = batches[batch as usize].records.cells(usize::from(row));
    cells.filter(|(_, cell)| !cell.is_empty())
}

fn hash_of_cells(batches: &[Numbered<'_>], place: Place, hasher: &DefaultHashBuilder) -> u64 {
    let mut state = hasher.build_hasher();
    for cell in told_cells(batches, place) {
        cell.hash(&mut state);
    }
    state.finish()
}

fn same_cells(batches: &[Numbered<'_>], one: Place, other: Place) -> bool {
    told_cells(batches, one).eq(told_cells(batches, other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::BatchBuilder;
    use std::sync::Arc;

    const COLUMNS: [&str; 5] = [
        "Timestamp",
        "NetworkMessageId",
        "RecipientEmailAddress",
        "EmailDirection",
        "ThreatTypes",
    ];

    /// A store with these files; a row is a text of cells with commas.
    fn store(files: &[&[&str]]) -> EventStore {
        let mut store = EventStore::new(files.len());
        for (file, rows) in files.iter().enumerate() {
            let mut builder = BatchBuilder::new(COLUMNS.map(str::to_owned).to_vec());
            for row in *rows {
                builder.push_row(row.split(',').map(str::as_bytes));
            }
            let batch = builder.take().expect("rows");
            store.add_events(file, Arc::new(batch));
        }
        store
    }

    fn findings(files: &[&[&str]], keeps_duplicates: bool) -> Findings {
        let store = store(files);
        Findings::of(&store, &Overlaps::find(&store), keeps_duplicates)
    }

    const PHISH: &str = "2026-11-01T10:00:00Z,m-1,a@ours.example,Inbound,Phish";
    const LATER_CLEAN: &str = "2026-11-01T12:00:00Z,m-1,a@ours.example,Inbound,";

    #[test]
    fn only_the_latest_record_of_an_email_would_stay() {
        // The latest by time stands first in the file.
        let found = findings(&[&[LATER_CLEAN, PHISH]], false);
        assert_eq!(
            found.several,
            SeveralRecords {
                emails: 1,
                earlier_records: 1,
                outbound: 0,
                threats: 1
            }
        );
        assert_eq!(found.repeated, []);
    }

    #[test]
    fn of_two_records_of_one_time_the_one_loaded_later_would_stay() {
        let clean = PHISH.replace("Phish", "");
        let found = findings(&[&[&clean, PHISH]], false);
        assert_eq!(found.several.threats, 0, "the clean one would be hidden");
        assert_eq!(found.several.earlier_records, 1);
        let found = findings(&[&[PHISH, &clean]], false);
        assert_eq!(found.several.threats, 1);
    }

    #[test]
    fn another_recipient_or_message_is_another_email_and_none_is_none() {
        let rows = [
            PHISH,
            "2026-11-01T10:00:00Z,m-1,b@ours.example,Inbound,Phish",
            "2026-11-01T10:00:00Z,m-2,a@ours.example,Inbound,Phish",
            "2026-11-01T10:00:00Z,,a@ours.example,Inbound,Phish",
            "2026-11-01T10:00:00Z,,a@ours.example,Inbound,Phish",
            "2026-11-01T10:00:00Z,m-3,,Inbound,Phish",
            "2026-11-01T10:00:00Z,m-3,,Inbound,Phish",
        ];
        assert!(findings(&[&rows], false).is_empty());
    }

    #[test]
    fn rows_that_repeat_in_every_cell_are_counted_by_file() {
        let found = findings(&[&[PHISH, LATER_CLEAN, PHISH, PHISH]], false);
        assert_eq!(found.repeated, [(0, 2)]);
        assert_eq!(found.several.earlier_records, 3);
    }

    #[test]
    fn rows_of_another_file_are_not_said_to_repeat_and_count_as_the_hunt_counts_them() {
        let files: [&[&str]; 2] = [&[PHISH], &[PHISH]];
        assert!(findings(&files, false).is_empty());
        let kept = findings(&files, true);
        assert_eq!((kept.repeated.len(), kept.several.earlier_records), (0, 1));
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
        let found = Findings::of(&store, &Overlaps::default(), false);
        assert_eq!(found.repeated, [(0, 1)]);
    }
}
