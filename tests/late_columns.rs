//! Records of JSON that leave out what is empty: what a file has is known when all of it is read, and the answer is that
//! for CSV with empty cells, however long the records are.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::recipient_domains::RecipientDomains;
use mailhunt::events::request::{COUNTED_BY, LoadOptions, TallyOf, Wanted};
use mailhunt::hunt::{Hunt, tally};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::path::PathBuf;
use support::{Folder, answer, load_with};

const COLUMNS: [&str; 9] = [
    "Timestamp",
    "NetworkMessageId",
    "EmailDirection",
    "SenderFromAddress",
    "SenderFromDomain",
    "RecipientEmailAddress",
    "RecipientDomain",
    "ThreatTypes",
    "Subject",
];

/// The columns of which the domains are that count, and those that stand in for them.
const OF_DOMAINS: [usize; 4] = [3, 4, 5, 6];

type Row = Vec<String>;

/// Rows of which the first and the last ones are without some columns.
fn rows(
    count: usize,
    length: usize,
    (first, last): (usize, usize),
    left_out: &[usize],
) -> Vec<Row> {
    let row = |number: usize| {
        let is_sent = number.is_multiple_of(3);
        let (direction, threats) = if is_sent {
            ("Outbound", "")
        } else {
            ("Inbound", "Phish")
        };
        let (sender, recipient) = if is_sent {
            ("ours.example", "partner.example")
        } else {
            ("partner.example", "ours.example")
        };
        let mut row = [
            format!("2026-11-01T{:02}:{:02}:00Z", number / 60 % 24, number % 60),
            format!("m-{number}"),
            direction.to_owned(),
            format!("a@mail.{sender}"),
            sender.to_owned(),
            format!("b@{recipient}"),
            format!("in.{recipient}"),
            threats.to_owned(),
            "s".repeat(length),
        ];
        if number < first || number >= count - last {
            for &column in left_out {
                row[column].clear();
            }
        }
        row.to_vec()
    };
    (0..count).map(row).collect()
}

fn csv(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| row.join(","));
    let lines: Vec<String> = [COLUMNS.join(",")].into_iter().chain(lines).collect();
    lines.join("\n")
}

fn json_lines(rows: &[Row]) -> String {
    let record = |row: &Row| {
        let members = COLUMNS.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        let members = members.map(|(name, cell)| ((*name).to_owned(), cell.as_str().into()));
        serde_json::Value::Object(members.collect()).to_string()
    };
    rows.iter().map(record).collect::<Vec<_>>().join("\n")
}

fn hunt(path: &PathBuf, options: LoadOptions) -> Hunt {
    load_with(std::slice::from_ref(path), Vec::new(), options).1
}

/// What is counted, and what taking the column of domains would change.
fn told(hunt: &Hunt) -> impl PartialEq + std::fmt::Debug + Clone + use<> {
    (
        answer(hunt),
        hunt.disagreeing_domains.clone(),
        hunt.without_recipient_domain,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn what_records_leave_out_is_empty_wherever_they_stand(
        // Some are in one block of text, some in several.
        (count, length) in select(vec![(9, 5), (120, 9_000), (40, 40_000), (300, 3_000)]),
        first in 0..9_usize,
        last in 0..9_usize,
        left_out in vec(select(OF_DOMAINS.to_vec()), 0..3),
        from in select(RecipientDomains::ALL.to_vec()),
    ) {
        let (first, last) = (count * first / 9, count * last / 9);
        let rows = rows(count, length, (first, last), &left_out);
        let folder = Folder::new();
        let csv = folder.write("events.csv", csv(&rows));
        let json = folder.write("events.jsonl", json_lines(&rows));
        let options = || LoadOptions { recipient_domains: from, ..LoadOptions::default() };
        let is_there = |column: usize| rows.iter().any(|row| !row[column].is_empty());
        // A column that no record has is none of the file.
        prop_assume!(OF_DOMAINS.into_iter().all(is_there));
        let expected = told(&hunt(&csv, options()));
        prop_assert_eq!(told(&hunt(&json, options())), expected.clone());
        if from == RecipientDomains::Address {
            let wanted = Wanted::Counts {
                columns: COUNTED_BY.map(str::to_owned).into(),
                tally: TallyOf::by(tally::by_domain),
            };
            let counted = hunt(&json, LoadOptions { wanted, ..options() });
            if !counted.store.needs_kept_events() {
                prop_assert_eq!(told(&counted), expected);
            }
        }
    }
}
