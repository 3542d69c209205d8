//! Columns of plain files that no exclusion looks at are not kept of events that nobody opens. Who asks for them
//! gets what stands in the file, or hears that it cannot be had any more; never something else.

#![allow(
    clippy::unwrap_used,
    reason = "a failed unwrap is a failed test, and says where"
)]

mod support;

use mailhunt::events::request::{LoadOptions, Wanted};
use mailhunt::hunt::exclusion::{self, Exclusion};
use mailhunt::hunt::{Hunt, Query, matcher};
use parquet::basic::Compression;
use proptest::prelude::*;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use support::parquet::{self as writer, Values};
use support::{Folder, load_with};

const COLUMNS: [&str; 8] = [
    "Timestamp",
    "NetworkMessageId",
    "EmailDirection",
    "SenderFromDomain",
    "RecipientEmailAddress",
    "ThreatTypes",
    "Subject",
    "ReportId",
];

const EXCLUSION: &str = r#"
version = 1
[[exclude]]
id = "newsletters"
title = "Newsletters"
match = [{ "Subject|startswith" = "news" }]
"#;

/// An email; what it is about is written in several ways, so that records are quoted, have line ends or escapes
/// in them, or are read line by line.
fn email(number: usize, subject: &str) -> [String; COLUMNS.len()] {
    let partner = format!("partner{}.example", number % 23);
    let (direction, sender, recipient, threats) = match number % 5 {
        0 | 1 => (
            "Outbound",
            "ours.example".to_owned(),
            format!("a@{partner}"),
            "",
        ),
        2 => ("Inbound", partner, "me@ours.example".to_owned(), "Phish"),
        3 => ("Inbound", partner, "me@ours.example".to_owned(), ""),
        _ => (
            "Intra-org",
            "ours.example".to_owned(),
            "me@ours.example".to_owned(),
            "",
        ),
    };
    [
        format!("2026-11-{:02}T09:00:00Z", 1 + number % 28),
        format!("00000000-0000-0000-0000-{number:012}"),
        direction.to_owned(),
        sender,
        recipient,
        threats.to_owned(),
        subject.to_owned(),
        format!("report-{number:0100}"),
    ]
}

fn csv(emails: &[[String; COLUMNS.len()]]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).unwrap();
    for email in emails {
        writer.write_record(email).unwrap();
    }
    writer.into_inner().unwrap()
}

/// Beside the others it has a column of the old times of twelve bytes and one of lists.
fn parquet(emails: &[[String; COLUMNS.len()]], rows_a_group: usize) -> Vec<u8> {
    let texts = COLUMNS.iter().enumerate().map(|(place, name)| {
        let cells = emails.iter().map(|email| email[place].as_str());
        writer::text_column(name, cells)
    });
    let numbers = 0..emails.len() as u64;
    let times = numbers.map(|number| (number % 7 > 0).then_some((number * 1_000_000, 2_460_000)));
    let old_times = (
        "optional int96 OldTime;".to_owned(),
        Values::Int96(times.collect()),
    );
    let lists = emails.iter().map(|email| Some(vec![email[6].clone(); 2]));
    let lists = (
        "optional group Lists (LIST) { repeated group list { optional binary element (UTF8); } }"
            .to_owned(),
        Values::Lists(lists.collect()),
    );
    let columns: Vec<_> = texts.chain([old_times, lists]).collect();
    writer::file(&columns, rows_a_group, writer::packed(Compression::SNAPPY))
}

fn json_lines(emails: &[[String; COLUMNS.len()]]) -> Vec<u8> {
    let mut text = Vec::new();
    for email in emails {
        let row: serde_json::Map<String, serde_json::Value> = COLUMNS
            .iter()
            .zip(email)
            .map(|(name, cell)| ((*name).to_owned(), cell.as_str().into()))
            .collect();
        serde_json::to_writer(&mut text, &row).unwrap();
        text.push(b'\n');
    }
    text
}

/// An export in one of the formats.
type Writer = fn(&[[String; COLUMNS.len()]]) -> Vec<u8>;

const WRITERS: [Writer; 3] = [csv, json_lines, |emails| parquet(emails, 4_000)];

/// Loaded as the program does it: no exclusion looks at `Subject`.
fn loaded(path: &Path) -> Hunt {
    load_with(&[path.to_owned()], Vec::new(), LoadOptions::default()).1
}

/// Loaded so that nothing is let go.
fn loaded_whole(path: &Path) -> Hunt {
    let options = LoadOptions {
        wanted: Wanted::Kept {
            columns: None,
            often: Some(COLUMNS.map(str::to_owned).to_vec()),
            kept: None,
            are_compared: true,
        },
        ..LoadOptions::default()
    };
    load_with(&[path.to_owned()], Vec::new(), options).1
}

fn newsletters() -> Vec<Exclusion> {
    exclusion::parse(EXCLUSION).unwrap()
}

fn subject() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("news of today"),
        3 => Just("offer"),
        1 => Just("news, \"quoted\""),
        1 => Just("two\nlines"),
        1 => Just(""),
        1 => Just("é \u{202e}"),
    ]
    .prop_map(str::to_owned)
}

/// As many emails as make several blocks.
fn emails() -> impl Strategy<Value = Vec<[String; COLUMNS.len()]>> {
    proptest::collection::vec(subject(), 1..40).prop_map(|subjects| {
        let subjects = subjects.iter().cycle().take(9_000).enumerate();
        subjects
            .map(|(number, subject)| email(number, subject))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn an_exclusion_of_what_was_let_go_hides_the_same(
        emails in emails(),
        write in prop::sample::select(WRITERS.to_vec()),
    ) {
        let folder = Folder::new();
        let path = folder.write("export", write(&emails));
        let (hunt, whole) = (loaded(&path), loaded_whole(&path));
        let with = hunt.with_exclusions(newsletters().into());
        let expected = whole.with_exclusions(newsletters().into());
        let columns = matcher::columns_of(&newsletters());
        prop_assert_eq!(with.store.read_failure(&columns), None);
        let mut query = Query::default();
        for _ in 0..2 {
            prop_assert_eq!(with.view(&query), expected.view(&query));
            query.active.toggle(0);
        }
        let hides = with.view(&Query::default()).exclusions[0].by_itself.emails;
        let starts = |email: &&[String; COLUMNS.len()]| {
            email[6].starts_with("news") && (email[2] == "Outbound" || !email[5].is_empty())
        };
        prop_assert_eq!(hides, emails.iter().filter(starts).count() as u64);
    }
}

/// What there is of seldom columns takes no memory but for the threats.
#[test]
fn of_events_that_nobody_opens_less_is_kept() {
    let folder = Folder::new();
    let emails: Vec<_> = (0..20_000).map(|number| email(number, "offer")).collect();
    let path = folder.write("export.csv", csv(&emails));
    let held = |hunt: Hunt| hunt.store.bytes_held();
    assert!(2 * held(loaded(&path)) < held(loaded_whole(&path)));
}

/// Of Parquet in batches that begin in the middle of a row group, whatever the type of the column.
#[test]
fn every_cell_of_parquet_can_be_had() {
    let folder = Folder::new();
    let emails: Vec<_> = (0..45_000)
        .map(|number| email(number, &format!("offer {}", number % 5_000)))
        .collect();
    let path = folder.write("export.parquet", parquet(&emails, 40_000));
    let (hunt, whole) = (loaded(&path), loaded_whole(&path));
    assert!(2 * hunt.store.bytes_held() < whole.store.bytes_held());
    let (mut cells, mut expected) = (cells_of(&hunt), cells_of(&whole));
    cells.sort();
    expected.retain(|cells| cells[2] == "Outbound" || !cells[5].is_empty());
    expected.sort();
    assert_eq!(cells.len(), 27_000);
    assert!(cells == expected, "some cell is another one");
    assert!(cells.iter().any(|cells| cells[8].starts_with("2023-")));
    assert!(cells.iter().any(|cells| cells[9].starts_with("[\"offer ")));
}

/// The cells of the events that are kept, with those that must be read back.
fn cells_of(hunt: &Hunt) -> Vec<Vec<String>> {
    let batches = hunt.store.batches().map(|(_, _, batch)| batch);
    let rows = batches.flat_map(|batch| {
        (0..batch.rows()).map(move |row| {
            let cells = batch.cells(row);
            cells
                .map(|(_, cell)| String::from_utf8_lossy(cell).into_owned())
                .collect()
        })
    });
    rows.collect()
}

/// A file, and what somebody does to it after it was loaded.
fn after(write: Writer, change: impl Fn(&Path)) -> (Hunt, Hunt) {
    let folder = Folder::new();
    let emails: Vec<_> = (0..5_000)
        .map(|number| email(number, ["news", "offer"][number % 2]))
        .collect();
    let path = folder.write("export", write(&emails));
    let before = loaded(&path);
    change(&path);
    let after = before.with_exclusions(newsletters().into());
    (before, after)
}

fn in_each_format<'c>(
    changes: &[&'c dyn Fn(&Path)],
) -> impl Iterator<Item = (&'c dyn Fn(&Path), Writer)> {
    let writers = WRITERS.into_iter();
    writers.flat_map(move |write| changes.iter().map(move |change| (*change, write)))
}

fn failure(hunt: &Hunt) -> Option<(usize, &str)> {
    let columns = matcher::columns_of(&newsletters());
    hunt.store.read_failure(&columns)
}

#[test]
fn a_file_that_was_written_to_is_not_read_back() {
    let appended = |path: &Path| {
        let mut file = OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(b"x").unwrap();
    };
    let emptied = |path: &Path| drop(File::create(path).unwrap());
    let changes: [&dyn Fn(&Path); 2] = [&appended, &emptied];
    for (change, write) in in_each_format(&changes) {
        let (before, hunt) = after(write, change);
        assert_eq!(
            failure(&before),
            Some((0, "it was modified after it was loaded"))
        );
        assert_eq!(failure(&hunt), failure(&before));
    }
}

#[test]
fn what_is_only_renamed_or_deleted_is_read_back() {
    let deleted = |path: &Path| fs::remove_file(path).unwrap();
    let replaced = |path: &Path| {
        fs::remove_file(path).unwrap();
        fs::write(path, "another file").unwrap();
    };
    let changes: [&dyn Fn(&Path); 2] = [&deleted, &replaced];
    for (change, write) in in_each_format(&changes) {
        let (_, hunt) = after(write, change);
        assert_eq!(failure(&hunt), None);
        // Half of the outbound and of the threat emails.
        assert_eq!(
            hunt.view(&Query::default()).exclusions[0].by_itself.emails,
            1_500
        );
    }
}

/// The cells of an email that is opened are in memory whatever becomes of the file.
#[test]
fn threat_emails_are_opened_without_their_file() {
    for write in WRITERS {
        let (hunt, _) = after(write, |path| drop(File::create(path).unwrap()));
        let emails = hunt.listed_emails(b"partner2.example", &Query::default());
        assert!(!emails.is_empty());
        for email in emails.iter() {
            let report = hunt.store.cell(email.id, "ReportId");
            assert!(report.starts_with(b"report-"), "{report:?}");
            let cells: Vec<(&str, &[u8])> = hunt.store.cells(email.id).collect();
            assert_eq!(cells[7], ("ReportId", report));
        }
    }
}
