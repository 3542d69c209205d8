//! Batches that let cells go know as much of their events as those that keep all.

use super::super::builder::BatchBuilder;
use crate::events::column::Column;
use crate::events::event_id::EventId;
use crate::events::findings::Findings;
use crate::events::message::Message;
use crate::events::origin::Origin;
use crate::events::overlaps::Overlaps;
use crate::events::request::{Kept, Wanted};
use crate::events::store::EventStore;
use crate::events::superseded::Superseded;
use crate::events::{Batch, email_key};
use proptest::prelude::*;
use std::sync::Arc;

const COLUMNS: [&str; 7] = [
    "Timestamp",
    "NetworkMessageId",
    "RecipientEmailAddress",
    "EmailDirection",
    "ThreatTypes",
    "SenderFromDomain",
    "Subject",
];

fn kept(direction: &[u8], threat_types: &[u8]) -> Kept {
    match (direction, threat_types) {
        (b"Outbound", _) => Kept::Some,
        (b"Inbound", [_, ..]) => Kept::All,
        _ => Kept::Nothing,
    }
}

fn wanted() -> Wanted {
    Wanted::Kept {
        columns: None,
        often: Some(Vec::new()),
        kept: Some(kept),
        are_compared: true,
    }
}

type Row = [String; COLUMNS.len()];

fn batch(rows: &[Row]) -> Option<Batch> {
    let mut builder = BatchBuilder::new(COLUMNS.map(str::to_owned).to_vec());
    for row in rows {
        builder.push_row(row.iter().map(String::as_bytes));
    }
    builder.take()
}

/// A row of few values, so that rows are of one email, of one record, or the same.
fn row() -> impl Strategy<Value = Row> {
    let message = prop_oneof![
        Just("25d82f90-4cde-45d6-a15a-ca787d85e022"),
        Just("25D82F90-4CDE-45D6-A15A-CA787D85E022"),
        Just("m-1"),
        Just(""),
    ];
    let time = prop_oneof![
        4 => Just("2026-11-01T10:00:00Z"),
        2 => Just("2026-11-01T10:00:00.25Z"),
        1 => Just("2026-11-02T10:00:00Z"),
        1 => Just(""),
    ];
    let direction = prop_oneof![
        Just("Outbound"),
        Just("Inbound"),
        Just("Intra-org"),
        Just("inbound")
    ];
    let threats = prop_oneof![Just(""), Just("Phish")];
    let domain = prop_oneof![Just("a.example"), Just("b.example")];
    let subject = prop_oneof![Just("x"), Just("y")];
    let recipient = prop_oneof![3 => Just("me@ours.example"), 1 => Just("")];
    (
        time, message, recipient, direction, threats, domain, subject,
    )
        .prop_map(|row| [row.0, row.1, row.2, row.3, row.4, row.5, row.6].map(str::to_owned))
}

/// The same files, kept whole and reduced.
fn stores(files: &[Vec<Vec<Row>>]) -> [EventStore; 2] {
    [false, true].map(|is_reduced| {
        let mut store = EventStore::new(files.len());
        for (file, batches) in files.iter().enumerate() {
            for batch in batches.iter().filter_map(|rows| batch(rows)) {
                store.add_dates(file, &batch.times().dates);
                let batch = if is_reduced {
                    batch.compacted(&wanted(), None)
                } else {
                    batch
                };
                assert_eq!(batch.is_reduced(), is_reduced);
                store.add_events(file, Arc::new(batch));
            }
        }
        store
    })
}

/// The rows that count of those chosen, by file, batch and place as loaded.
fn counted(store: &EventStore, is_chosen: impl Fn(EventId) -> bool) -> Vec<(u32, u32, u16)> {
    let mut chosen = Vec::new();
    for (file, number, batch) in store.batches() {
        for row in 0..batch.rows() {
            let cell = |name| batch.cell(name, row);
            let id = EventId {
                file,
                batch: number,
                row: row as u16,
            };
            if kept(cell("EmailDirection"), cell("ThreatTypes")) != Kept::Nothing && is_chosen(id) {
                let place = batch
                    .identities()
                    .map_or(row as u16, |known| known.place(row));
                chosen.push((file, number, place));
            }
        }
    }
    chosen
}

proptest! {
    #[test]
    fn as_much_is_found_of_events_whose_cells_are_let_go(
        files in proptest::collection::vec(
            proptest::collection::vec(proptest::collection::vec(row(), 0..12), 1..3),
            1..4,
        ),
    ) {
        let [whole, reduced] = stores(&files);
        prop_assert_eq!(whole.events(), reduced.events());
        prop_assert_eq!(whole.times(), reduced.times());
        let overlaps = [&whole, &reduced].map(Overlaps::find);
        prop_assert_eq!(overlaps[0].pairs(), overlaps[1].pairs());
        prop_assert_eq!(overlaps[0].unseen(), overlaps[1].unseen());
        prop_assert_eq!(overlaps[0].rows_left_out(), overlaps[1].rows_left_out());
        let left_out = |store, overlaps: &Overlaps| counted(store, |id| overlaps.contains(id));
        prop_assert_eq!(left_out(&whole, &overlaps[0]), left_out(&reduced, &overlaps[1]));
        let none = Overlaps::default();
        let superseded = [&whole, &reduced].map(|store| {
            let found = Superseded::find(store, &none);
            counted(store, |id| found.contains(id.file, id.batch, id.row))
        });
        prop_assert_eq!(&superseded[0], &superseded[1]);
        let found = [&whole, &reduced].map(|store| Findings::of(store, &none, true));
        prop_assert_eq!(&found[0], &found[1]);
    }
}

/// Columns that can be had once more, until they cannot.
#[derive(Debug)]
struct Rows(Vec<Row>, bool);

impl Origin for Rows {
    fn column(&self, place: usize) -> Option<Column> {
        let whole = batch(&self.0)?;
        self.1.then(|| whole.into_column(place)).flatten()
    }

    fn failure(&self) -> Option<&str> {
        (!self.1).then_some("gone")
    }
}

fn reduced(rows: &[Row], can_be_read: bool) -> Batch {
    let origin = Arc::new(Rows(rows.to_vec(), can_be_read));
    let batch = batch(rows).expect("rows");
    batch.compacted(&wanted(), Some(origin))
}

proptest! {
    #[test]
    fn what_was_let_go_is_read_once_more(rows in proptest::collection::vec(row(), 1..40)) {
        let batch = reduced(&rows, true);
        let kept: Vec<&Row> = rows
            .iter()
            .filter(|row| kept(row[3].as_bytes(), row[4].as_bytes()) != Kept::Nothing)
            .collect();
        prop_assert_eq!((batch.rows(), batch.events()), (kept.len(), rows.len()));
        for (index, row) in kept.iter().enumerate() {
            let cells: Vec<(&str, &[u8])> = batch.cells(index).collect();
            let expected: Vec<(&str, &[u8])> =
                COLUMNS.into_iter().zip(row.iter().map(String::as_bytes)).collect();
            prop_assert_eq!(cells, expected);
        }
        let subjects = batch.column("Subject").expect("a column");
        for (index, row) in kept.iter().enumerate() {
            prop_assert_eq!(subjects.get(index), row[6].as_bytes());
        }
    }
}

#[test]
fn what_people_open_is_there_when_nothing_can_be_read_any_more() {
    let row = |direction: &str, subject: &str| {
        [
            "2026-11-01T10:00:00Z",
            "m-1",
            "a@b.example",
            direction,
            "Phish",
            "b.example",
            subject,
        ]
        .map(str::to_owned)
    };
    let rows = [
        row("Outbound", "sent"),
        row("Inbound", "threat"),
        row("Intra-org", "ours"),
    ];
    let batch = reduced(&rows, false);
    assert_eq!(batch.rows(), 2);
    assert_eq!(batch.cell("Subject", 1), b"threat");
    assert!(batch.column("Subject").is_none());
    assert_eq!(batch.read_failure("Subject"), Some("gone"));
    assert_eq!(batch.read_failure("SenderFromDomain"), None);
    assert_eq!(batch.cell("Subject", 1), b"threat");
}

#[test]
fn a_message_that_is_no_guid_is_known_when_its_cells_are_let_go() {
    let row = [
        "2026-11-01T10:00:00Z",
        " m-1",
        "a@ours.example",
        "Intra-org",
        "",
        "",
        "",
    ];
    let batch = reduced(&[row.map(str::to_owned)], true);
    assert_eq!(batch.rows(), 0);
    let messages: Vec<_> = batch.messages_let_go().collect();
    assert_eq!(
        messages,
        [
            Message::Number(email_key::message_number(b" m-1")),
            Message::Id(b" m-1")
        ]
    );
}
