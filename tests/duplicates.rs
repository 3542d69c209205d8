//! The same rows in several files: counted once, as those of the file named first, unless asked otherwise.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::hunt::DomainMatching;
use mailhunt::pipeline::LoadState;
use std::path::PathBuf;
use std::process::{Command, Output};
use support::{Folder, Row, answer, keeping_duplicates, load, load_with, row};

const HEADER: &str =
    "Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes";

fn csv(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

const SENT: &str = "2026-11-01T09:00:00Z,m-1,Outbound,ours.example,a@partner.example,";
const PHISH: &str = "2026-11-01T10:00:00Z,m-2,Inbound,partner.example,me@ours.example,Phish";
const SPAM: &str = "2026-11-02T10:00:00Z,m-3,Inbound,partner.example,me@ours.example,Spam";

fn overlaps(state: &LoadState, file: usize) -> Vec<String> {
    let report = state.files[file].report.as_ref().unwrap();
    report.overlaps.iter().map(ToString::to_string).collect()
}

#[test]
fn a_row_of_two_files_counts_once_and_the_report_says_so() {
    let folder = Folder::new();
    let paths = [
        folder.write("first.csv", csv(&[SENT, PHISH])),
        folder.write("second.csv", csv(&[PHISH, SPAM])),
    ];
    let (state, hunt) = load(&paths, Vec::new());
    assert_eq!(answer(&hunt), [row("partner.example", 1, 2)]);
    assert_eq!(
        hunt.emails(DomainMatching::Exact)
            .of_domain(b"partner.example")
            .len(),
        2
    );
    assert_eq!(hunt.store.events(), 4, "they are loaded all the same");
    assert_eq!(overlaps(&state, 0), [""; 0]);
    let said = overlaps(&state, 1);
    assert!(said[0].starts_with("1 row also in "), "{said:?}");
    assert!(said[0].contains("first.csv"), "{said:?}");
    assert!(said[0].ends_with("counted once"), "{said:?}");
    assert!(!state.is_damaged());
}

#[test]
fn asked_to_keep_duplicates_each_counts_and_the_report_says_so() {
    let folder = Folder::new();
    let paths = [
        folder.write("first.csv", csv(&[SENT, PHISH])),
        folder.write("second.csv", csv(&[PHISH, SPAM])),
    ];
    let (state, hunt) = load_with(&paths, Vec::new(), keeping_duplicates());
    assert_eq!(answer(&hunt), [row("partner.example", 1, 3)]);
    assert!(overlaps(&state, 1)[0].ends_with("counted each time, as asked"));
}

#[test]
fn the_file_named_first_says_what_the_email_is() {
    let folder = Folder::new();
    let clean = PHISH.replace("Phish", "");
    let first = folder.write("first.csv", csv(&[SENT, PHISH]));
    let second = folder.write("second.csv", csv(&[&clean]));
    let expected: [Row; 1] = [row("partner.example", 1, 1)];
    // Whichever thread is done first: the answer hangs on the order named.
    for _ in 0..5 {
        let (_, hunt) = load(&[first.clone(), second.clone()], Vec::new());
        assert_eq!(answer(&hunt), expected);
        let (_, hunt) = load(&[second.clone(), first.clone()], Vec::new());
        assert_eq!(answer(&hunt), [], "the clean one is named first");
    }
}

#[test]
fn what_repeats_within_a_file_counts_as_the_query_counts_it() {
    let folder = Folder::new();
    let paths = [
        folder.write("first.csv", csv(&[SENT, PHISH, PHISH])),
        folder.write("second.csv", csv(&[SPAM, SPAM])),
    ];
    let (state, hunt) = load(&paths, Vec::new());
    assert_eq!(answer(&hunt), [row("partner.example", 1, 4)]);
    assert_eq!(overlaps(&state, 1), [""; 0]);
}

#[test]
fn rows_without_message_recipient_or_time_are_never_taken_for_another() {
    let folder = Folder::new();
    for bare in [
        "2026-11-01T10:00:00Z,,Inbound,partner.example,me@ours.example,Phish",
        "2026-11-01T10:00:00Z,m-2,Inbound,partner.example,,Phish",
        ",m-2,Inbound,partner.example,me@ours.example,Phish",
        "some day,m-2,Inbound,partner.example,me@ours.example,Phish",
    ] {
        let paths = [
            folder.write("first.csv", csv(&[SENT, bare])),
            folder.write("second.csv", csv(&[SENT, bare])),
        ];
        let (_, hunt) = load(&paths, Vec::new());
        assert_eq!(answer(&hunt), [row("partner.example", 1, 2)], "{bare}");
    }
}

#[test]
fn the_same_file_named_twice_counts_once() {
    let folder = Folder::new();
    let path = folder.write("export.csv", csv(&[SENT, PHISH, SPAM]));
    let (state, hunt) = load(&[path.clone(), path], Vec::new());
    assert_eq!(answer(&hunt), [row("partner.example", 1, 2)]);
    assert!(overlaps(&state, 1)[0].starts_with("3 rows also in "));
}

#[test]
fn other_spellings_of_one_export_are_the_same_rows() {
    let folder = Folder::new();
    let json = r#"{"Timestamp":"2026-11-01 10:00:00.0000000","NetworkMessageId":"m-2","EmailDirection":"Inbound","SenderFromDomain":"partner.example","RecipientEmailAddress":"me@ours.example","ThreatTypes":"Phish"}"#;
    let paths = [
        folder.write("first.csv", csv(&[SENT, PHISH])),
        folder.write("second.json", format!("[{json}]")),
    ];
    let (_, hunt) = load(&paths, Vec::new());
    assert_eq!(answer(&hunt), [row("partner.example", 1, 1)]);
}

#[test]
fn links_that_come_last_still_mask_what_is_counted_once() {
    let folder = Folder::new();
    let paths = [
        folder.write("first.csv", csv(&[SENT, PHISH])),
        folder.write("second.csv", csv(&[PHISH, SPAM])),
        folder.write(
            "links.csv",
            "NetworkMessageId,Url\nm-3,https://drop.example/a\n",
        ),
    ];
    let definition = r#"
        version = 1
        [[exclude]]
        id = "links"
        title = "Links"
        reason = "a test"
        scope = "inbound"
        [[exclude.match]]
        UrlDomain = "drop.example"
    "#;
    let exclusions = mailhunt::hunt::exclusion::parse(definition).unwrap();
    let (_, hunt) = load(&paths, exclusions);
    assert_eq!(answer(&hunt), [row("partner.example", 1, 2)]);
    let mut query = mailhunt::hunt::Query::default();
    query.active.insert(0);
    assert_eq!(support::rows(&hunt, &query), [row("partner.example", 1, 1)]);
}

fn mailhunt(arguments: &[&str], paths: &[PathBuf]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .args(arguments)
        .args(paths)
        .output()
        .unwrap()
}

#[test]
fn rank_and_emails_tell_of_rows_counted_once_and_end_well() {
    let folder = Folder::new();
    let paths = [
        folder.write("first.csv", csv(&[SENT, PHISH])),
        folder.write("second.csv", csv(&[PHISH, SPAM])),
    ];
    let output = mailhunt(&["rank"], &paths);
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("second.csv: 1 row also in "), "{told}");
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("partner.example,1,2")
    );

    let output = mailhunt(&["rank", "--keep-duplicates"], &paths);
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("partner.example,1,3")
    );

    let columns = ["emails", "partner.example", "--columns", "NetworkMessageId"];
    let output = mailhunt(&columns, &paths);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), ["m-3", "m-2"]);
    let output = mailhunt(&[&columns[..], &["--keep-duplicates"]].concat(), &paths);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 4);
}
