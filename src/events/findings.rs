//! What in the events themselves would mislead, and takes a look at all of them to find: rows that repeat,
//! emails of which there are several records, rows of companion tables that belong to no email.
//!
//! It costs time by the number of events, so that it is looked for when somebody asks or is idle, never
//! on the way to a ranking. What can be seen in passing is in [`super::report`].

use super::message::Message;
use super::overlaps::Overlaps;
use super::repeats::Repeats;
use super::same_email::{Numbered, Place, SameEmail};
use super::schema::{Table, names};
use super::store::EventStore;
use super::superseded;
use super::time::EventTime;
use crate::quantities::{self, count, number};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Rows that repeat one before of their file.
    pub repeats: Repeats,
    /// Emails of which there are several records.
    pub several: SeveralRecords,
    /// Emails that are in several files at times that cannot be compared, as one lacks them or is in local
    /// time: the same rows, or several records.
    pub undecided: u64,
    /// The companion tables with rows that belong to a message of which no email is loaded, and how many.
    pub orphans: Vec<(Table, u64)>,
}

/// Emails, each of one message and one recipient, of which there are several records: a streaming or
/// Log Analytics export has a new one whenever the verdict or the place of an email changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeveralRecords {
    /// How many emails.
    pub emails: u64,
    /// Those of them whose records are in several files.
    pub in_several_files: u64,
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
        let none = Overlaps::default();
        let left_out = if keeps_duplicates { &none } else { overlaps };
        let batches = Numbered::all(store);
        let same = SameEmail::find(&batches, left_out);
        let mut findings = Findings {
            repeats: Repeats::among(store, &batches, &same),
            orphans: orphans(store),
            ..Findings::default()
        };
        for places in same.emails() {
            if are_comparable(&batches, places) {
                findings.several.add(&batches, places);
            } else {
                findings.undecided += 1;
            }
        }
        findings
    }

    /// What would mislead in all files together: each a sentence.
    pub fn sentences(&self) -> Vec<String> {
        let sentences = [self.several_records(), self.undecided(), self.orphans()];
        sentences.into_iter().flatten().collect()
    }

    /// What the analyst should know of emails with several records, if there are any.
    fn several_records(&self) -> Option<String> {
        let SeveralRecords {
            emails,
            in_several_files,
            earlier_records,
            outbound,
            threats,
        } = self.several;
        if emails == 0 {
            return None;
        }
        let have = if emails == 1 { "has" } else { "have" };
        let files = match in_several_files {
            0 => String::new(),
            all if all == emails => " in several files".to_owned(),
            some => format!(" ({} of them in several files)", number(some)),
        };
        Some(format!(
            "{} {have} several records{files}, after a new verdict or as rows repeat: as in the query, each counts. \
             Keeping only the latest record of each would hide {}, including {} and {}",
            count(emails, "email"),
            count(earlier_records, "row"),
            count(outbound, "outbound email"),
            count(threats, "threat email"),
        ))
    }

    /// What the analyst should know of emails in several files whose times cannot be compared.
    fn undecided(&self) -> Option<String> {
        let is = if self.undecided == 1 { "is" } else { "are" };
        (self.undecided > 0).then(|| {
            format!(
                "{} {is} in several files with times that cannot be compared (missing, or local in one and UTC in \
                 another): they may be the same rows or records after a new verdict, so each counts",
                count(self.undecided, "email")
            )
        })
    }

    /// What the analyst should know of companion rows without an email.
    fn orphans(&self) -> Option<String> {
        let rows = |(table, rows): &(Table, u64)| count(*rows, &format!("{} row", table.name()));
        let tables: Vec<String> = self.orphans.iter().map(rows).collect();
        (!tables.is_empty()).then(|| {
            format!(
                "no email is loaded for {}: emails are missing, or the companion tables cover more time than the emails",
                quantities::listed(&tables)
            )
        })
    }
}

/// The companion tables with rows of which no email is loaded. Without any email that needs no word.
fn orphans(store: &EventStore) -> Vec<(Table, u64)> {
    if store.events() == 0 {
        return Vec::new();
    }
    let messages = store.batches().flat_map(|(_, _, batch)| {
        let column = batch.column(names::NETWORK_MESSAGE_ID);
        let kept = column
            .into_iter()
            .flat_map(|column| (0..batch.rows()).map(|row| column.get(row)));
        let others = batch.messages_let_go();
        kept.map(Message::Id).chain(others)
    });
    store.companions().orphans(messages)
}

/// Whether it can be said which of the rows of one email are later than others. Within a file they are in
/// its order where they lack a time.
fn are_comparable(batches: &[Numbered<'_>], places: &[Place]) -> bool {
    let file = |place: &Place| batches[place.0 as usize].file;
    if places.first().map(file) == places.last().map(file) {
        return true;
    }
    let is_local = |place: &Place| batches[place.0 as usize].records.has_local_times();
    let local = places.iter().filter(|place| is_local(place)).count();
    let have_times = places
        .iter()
        .all(|&place| time_at(batches, place).is_some());
    have_times && (local == 0 || local == places.len())
}

impl SeveralRecords {
    /// Counts an email with its rows, as loaded.
    fn add(&mut self, batches: &[Numbered<'_>], places: &[Place]) {
        let latest = superseded::latest(batches, places);
        let file = |place: &Place| batches[place.0 as usize].file;
        self.emails += 1;
        self.in_several_files += u64::from(places.first().map(file) != places.last().map(file));
        for &place in places.iter().filter(|place| Some(**place) != latest) {
            self.earlier_records += 1;
            let batch = batches[place.0 as usize].records.batch();
            let cell = |name| batch.cell_of_any(name, usize::from(place.1));
            match cell(names::EMAIL_DIRECTION) {
                b"Outbound" => self.outbound += 1,
                b"Inbound" if !cell(names::THREAT_TYPES).is_empty() => self.threats += 1,
                _ => {}
            }
        }
    }
}

fn time_at(batches: &[Numbered<'_>], (batch, row): Place) -> Option<EventTime> {
    batches[batch as usize].records.time(usize::from(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::builder::BatchBuilder;
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
        EventStore::of_texts(&COLUMNS, files)
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
                in_several_files: 0,
                emails: 1,
                earlier_records: 1,
                outbound: 0,
                threats: 1
            }
        );
        assert!(found.repeats.is_empty());
    }

    #[test]
    fn of_two_records_of_one_time_the_threat_would_stay() {
        let clean = PHISH.replace("Phish", "");
        for rows in [[&clean, PHISH], [PHISH, &clean]] {
            let found = findings(&[&rows], false);
            assert_eq!(found.several.threats, 0, "the clean one would be hidden");
            assert_eq!(found.several.earlier_records, 1);
        }
    }

    #[test]
    fn of_two_records_of_one_second_the_one_with_the_later_fraction_would_stay() {
        let clean = LATER_CLEAN.replace("12:00:00Z", "10:00:00.5Z");
        let found = findings(&[&[&clean, PHISH]], false);
        assert_eq!(found.several.threats, 1, "the phish would be hidden");
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
        assert_eq!(findings(&[&rows], false), Findings::default());
    }

    #[test]
    fn it_is_said_how_many_have_their_records_in_several_files() {
        let other = |row: &str| row.replace("m-1", "m-2");
        let both: [&[&str]; 2] = [&[PHISH, &other(PHISH)], &[LATER_CLEAN, &other(LATER_CLEAN)]];
        let said = findings(&both, false).sentences();
        assert!(
            said[0].starts_with("2 emails have several records in several files, after"),
            "{said:?}"
        );
        let one: [&[&str]; 2] = [&[PHISH, &other(PHISH)], &[LATER_CLEAN]];
        let one_more: [&[&str]; 2] = [&[PHISH, &other(PHISH), &other(LATER_CLEAN)], &[LATER_CLEAN]];
        let said = [one, one_more].map(|files| findings(&files, false).sentences().remove(0));
        assert!(said[0].starts_with("1 email has several records in several files"));
        assert!(
            said[1]
                .starts_with("2 emails have several records (1 of them in several files), after"),
            "{said:?}"
        );
    }

    #[test]
    fn rows_that_repeat_in_every_cell_are_counted_by_file() {
        let found = findings(&[&[PHISH, LATER_CLEAN, PHISH, PHISH]], false);
        assert_eq!(found.repeats.of_file(0), 2);
        assert_eq!(found.several.earlier_records, 3);
    }

    #[test]
    fn rows_of_another_file_are_not_said_to_repeat_and_count_as_the_hunt_counts_them() {
        let files: [&[&str]; 2] = [&[PHISH], &[PHISH]];
        assert_eq!(findings(&files, false), Findings::default());
        let kept = findings(&files, true);
        assert!(kept.repeats.is_empty());
        assert_eq!(kept.several.earlier_records, 1);
    }

    #[test]
    fn what_cannot_be_compared_is_not_said_to_be_a_new_verdict() {
        let timeless = PHISH.replace("2026-11-01T10:00:00Z", "");
        for files in [[&[PHISH][..], &[&timeless]], [&[&timeless], &[&timeless]]] {
            let found = findings(&files, false);
            assert_eq!((found.several.emails, found.undecided), (0, 1));
            let said = found.sentences();
            assert!(
                said[0]
                    .starts_with("1 email is in several files with times that cannot be compared")
            );
        }
        let within_a_file = findings(&[&[&timeless, &timeless]], false);
        assert_eq!(
            (within_a_file.several.emails, within_a_file.undecided),
            (1, 0)
        );
    }

    #[test]
    fn local_times_are_comparable_with_each_other_only() {
        let undecided = |are_local: [bool; 2]| {
            let mut store = EventStore::new(2);
            for (file, is_local) in are_local.into_iter().enumerate() {
                let mut builder = BatchBuilder::new(COLUMNS.map(str::to_owned).to_vec());
                if is_local {
                    builder.note_local_times();
                }
                let row = [PHISH, LATER_CLEAN][file];
                builder.push_row(row.split(',').map(str::as_bytes));
                store.add_events(file, Arc::new(builder.take().expect("a row")));
            }
            let found = Findings::of(&store, &Overlaps::default(), false);
            assert_eq!(found.several.emails + found.undecided, 1);
            found.undecided == 1
        };
        assert!(undecided([true, false]) && undecided([false, true]));
        assert!(!undecided([true, true]) && !undecided([false, false]));
    }
}
