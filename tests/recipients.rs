//! Recipients that are no plain address: lists of several, names, prefixes, and what else exports write in that column.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::batch::RecipientLists;
use mailhunt::events::input::Input;
use mailhunt::events::recipient_domains::RecipientDomains;
use mailhunt::events::request::{COUNTED_BY, LoadOptions, LoadRequest, TallyOf, Wanted};
use mailhunt::hunt::{Hunt, tally};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::parquet::{self, Column, Values, text_column};
use support::{Folder, Row, answer, load, load_request, row};

fn mailhunt(arguments: &[&str], path: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .args(arguments)
        .arg(path)
        .output()
        .unwrap()
}

/// What a command that succeeds writes to standard output and standard error.
fn said(arguments: &[&str], path: &Path) -> [String; 2] {
    let output = mailhunt(arguments, path);
    let texts = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!(output.status.code(), Some(0), "{texts:?}");
    texts
}

/// The ranking as `rank` prints it, which reads no more than it counts by, and what it says.
fn ranked(arguments: &[&str], path: &Path) -> (Vec<Row>, String) {
    let [ranking, told] = said(&[&["rank"], arguments].concat(), path);
    let rows = ranking.lines().skip(1).map(|line| {
        let mut cells = line.rsplitn(3, ',');
        let (threats, outbound) = (cells.next().unwrap(), cells.next().unwrap());
        let domain = cells
            .next()
            .unwrap()
            .trim_matches('"')
            .replace("\"\"", "\"");
        row(&domain, outbound.parse().unwrap(), threats.parse().unwrap())
    });
    (rows.collect(), told)
}

fn account(path: &Path) -> Value {
    let [account, _] = said(&["check", "--format", "json"], path);
    serde_json::from_str(&account).unwrap()
}

/// An email to these recipients, and threats from three partners.
fn events(recipients: &Value) -> Vec<Value> {
    let event = |time: &str, direction: &str, sender: &str, to: &Value, threat: &str| {
        json!({
            "Timestamp": time, "NetworkMessageId": format!("m-{sender}"), "EmailDirection": direction, "SenderFromDomain": sender,
            "RecipientEmailAddress": to, "ThreatTypes": threat, "Subject": "s",
        })
    };
    let phish = |sender: &str| {
        let to = json!("me@ours.example");
        event("2026-11-02T10:00:00Z", "Inbound", sender, &to, "Phish")
    };
    vec![
        phish("x.example"),
        phish("y.example"),
        phish("z.example"),
        event(
            "2026-11-01T10:00:00Z",
            "Outbound",
            "ours.example",
            recipients,
            "",
        ),
    ]
}

/// Files of these events in which a list is one.
fn json_files(folder: &Folder, events: &[Value]) -> Vec<PathBuf> {
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    let columns = [
        "Timestamp",
        "NetworkMessageId",
        "EmailDirection",
        "SenderFromDomain",
        "RecipientEmailAddress",
        "ThreatTypes",
        "Subject",
    ];
    let rows = events
        .iter()
        .map(|event| columns.map(|column| event[column].clone()));
    let rows: Vec<_> = rows.collect();
    let named = columns.map(|name| json!({ "name": name, "type": "string" }));
    vec![
        folder.write("array.json", json!(events).to_string()),
        folder.write("lines.jsonl", lines.join("\n")),
        folder.write("value.json", json!({ "value": events }).to_string()),
        folder.write(
            "tables.json",
            json!({ "tables": [{ "name": "PrimaryResult", "columns": named, "rows": rows }] })
                .to_string(),
        ),
    ]
}

const LISTED: &str = "1 row lists several recipients: 3 emails, one for each recipient";

#[test]
fn a_list_of_json_is_an_email_for_each_recipient() {
    let to = json!([
        "a@x.example",
        "b@y.example",
        null,
        "c@y.example",
        "A@X.example"
    ]);
    let folder = Folder::new();
    for path in json_files(&folder, &events(&to)) {
        let name = path.display();
        let expected = [row("y.example", 2, 1), row("x.example", 1, 1)];
        let (state, hunt) = load(std::slice::from_ref(&path), Vec::new());
        assert_eq!(answer(&hunt), expected, "{name}");
        assert_eq!(hunt.store.events(), 6);
        let report = state.files[0].report.as_deref().unwrap();
        let lists = RecipientLists {
            records: 1,
            emails: 3,
        };
        assert_eq!((report.rows_kept, report.recipient_lists), (4, lists));
        let (rows, told) = ranked(&[], &path);
        assert_eq!(rows, expected, "{name}");
        assert!(
            told.trim_end().ends_with(LISTED) && told.lines().count() == 1,
            "{told}"
        );
        let account = account(&path);
        let numbers = ["rows_read", "rows_kept", "rows_rejected", "events_counted"];
        assert_eq!(
            numbers.map(|key| account[key].as_u64().unwrap()),
            [4, 4, 0, 6]
        );
        assert_eq!(
            account["files"][0]["recipient_lists"],
            json!({ "rows": 1, "emails": 3 })
        );
        let [report, _] = said(&["check"], &path);
        assert!(
            report.starts_with("! 1 warning") && report.contains(LISTED),
            "{report}"
        );
    }
}

#[test]
fn a_list_of_one_recipient_is_that_recipient_and_an_empty_one_is_none() {
    let folder = Folder::new();
    for (to, expected) in [
        (json!(["a@x.example"]), vec![row("x.example", 1, 1)]),
        (
            json!(["a@x.example", "a@X.example"]),
            vec![row("x.example", 1, 1)],
        ),
        (json!([]), vec![]),
        (json!([null]), vec![]),
    ] {
        for path in json_files(&folder, &events(&to)) {
            let (rows, told) = ranked(&[], &path);
            assert_eq!((rows, &*told), (expected.clone(), ""), "{to}");
            let (_, hunt) = load(&[path], Vec::new());
            assert_eq!((answer(&hunt), hunt.store.events()), (expected.clone(), 4));
        }
    }
}

#[test]
fn a_list_that_is_text_is_a_text() {
    let folder = Folder::new();
    let list = r#"["a@x.example","b@y.example"]"#;
    for path in json_files(&folder, &events(&json!(list))) {
        let (_, hunt) = load(&[path], Vec::new());
        assert_eq!(answer(&hunt), []);
        assert_eq!(hunt.store.events(), 4);
    }
}

#[test]
fn rows_are_numbered_as_in_the_file_however_many_recipients_they_list() {
    let folder = Folder::new();
    let mut events = events(&json!(["a@x.example", "b@y.example"]));
    events.rotate_right(1);
    events[2]["Timestamp"] = json!("yesterday");
    for path in json_files(&folder, &events) {
        let (_, told) = ranked(&[], &path);
        assert!(
            told.contains("in row 3 of the file: \"yesterday\""),
            "{told}"
        );
        let warnings = account(&path)["files"][0]["warnings"].to_string();
        assert!(warnings.contains("in row 3 of the file"), "{warnings}");
    }
}

#[test]
fn lists_among_many_lines_are_read_as_the_lines_around_them() {
    let folder = Folder::new();
    let events = events(&json!("a@x.example"));
    let listed = json!(["a@x.example", "b@y.example"]);
    let mut lines: Vec<String> = events.iter().map(Value::to_string).collect();
    let mut sent = events[3].clone();
    for email in 0..5000 {
        sent["NetworkMessageId"] = json!(format!("m-{email}"));
        sent["RecipientEmailAddress"] = if email % 1000 == 7 {
            listed.clone()
        } else {
            json!("c@z.example")
        };
        lines.push(sent.to_string());
    }
    let path = folder.write("lines.jsonl", lines.join("\n"));
    let expected = [
        row("z.example", 4995, 1),
        row("x.example", 6, 1),
        row("y.example", 5, 1),
    ];
    let (_, hunt) = load(std::slice::from_ref(&path), Vec::new());
    assert_eq!(answer(&hunt), expected);
    assert_eq!(ranked(&[], &path).0, expected);
}

#[test]
fn a_record_whose_rows_would_fill_the_memory_is_rejected() {
    let folder = Folder::new();
    let to: Vec<String> = (0..70_000)
        .map(|number| format!("a{number}@x.example"))
        .collect();
    let mut events = events(&json!(to));
    events[3]["Subject"] = json!("long ".repeat(200));
    let path = folder.write("array.json", json!(events).to_string());
    let output = mailhunt(&["rank"], &path);
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("longer than 64 MiB when split into one row per recipient"),
        "{told}"
    );
    let (state, _) = load(&[path], Vec::new());
    assert_eq!(state.rows_rejected(), 1);
}

fn parquet_columns() -> Vec<Column> {
    let list = "optional group RecipientEmailAddress (LIST) { repeated group list { optional binary element (UTF8); } }";
    let to = |to: &[&str]| Some(to.iter().map(|text| (*text).to_owned()).collect());
    let recipients = [
        to(&["me@ours.example"]),
        to(&["a@x.example", "b@y.example", "c@y.example", "A@x.example"]),
        to(&["me@ours.example"]),
        None,
        to(&[]),
        to(&["d@x.example"]),
    ];
    let directions = [
        "Inbound", "Outbound", "Inbound", "Outbound", "Outbound", "Outbound",
    ];
    vec![
        text_column("EmailDirection", directions),
        text_column(
            "SenderFromDomain",
            ["x.example", "ours.example", "y.example", "o", "o", "o"],
        ),
        text_column("ThreatTypes", ["Phish", "", "Spam", "", "", ""]),
        text_column(
            "NetworkMessageId",
            ["m-1", "m-2", "m-3", "m-4", "m-5", "m-6"],
        ),
        (list.to_owned(), Values::Lists(recipients.into())),
        (
            "optional int64 Timestamp (TIMESTAMP_MICROS);".to_owned(),
            Values::Int64(
                (0..6)
                    .map(|second| Some(1_793_000_000_000_000 + second))
                    .collect(),
            ),
        ),
    ]
}

#[test]
fn a_list_of_parquet_is_an_email_for_each_recipient() {
    let folder = Folder::new();
    for rows_a_group in [1, 2, 6] {
        let bytes = parquet::file(
            &parquet_columns(),
            rows_a_group,
            parquet::packed(::parquet::basic::Compression::SNAPPY),
        );
        let path = folder.write("events.parquet", bytes);
        let expected = [row("x.example", 2, 1), row("y.example", 2, 1)];
        let (state, hunt) = load(std::slice::from_ref(&path), Vec::new());
        assert_eq!(answer(&hunt), expected);
        let report = state.files[0].report.as_deref().unwrap();
        let lists = RecipientLists {
            records: 1,
            emails: 3,
        };
        assert_eq!((report.rows_kept, report.recipient_lists), (6, lists));
        assert_eq!(hunt.store.events(), 8);
        let (rows, told) = ranked(&[], &path);
        assert_eq!(rows, expected);
        assert!(told.trim_end().ends_with(LISTED), "{told}");
        assert_eq!(account(&path)["events_counted"], 8);
    }
}

/// Every format in which a recipient can be that text.
fn files_of_text(folder: &Folder, to: &str) -> Vec<PathBuf> {
    let events = events(&json!(to));
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let columns = [
        "Timestamp",
        "NetworkMessageId",
        "EmailDirection",
        "SenderFromDomain",
        "RecipientEmailAddress",
        "ThreatTypes",
    ];
    let cells = |event: &Value| columns.map(|column| event[column].as_str().unwrap().to_owned());
    let rows = events
        .iter()
        .map(|event| cells(event).map(|cell| quoted(&cell)).join(","));
    let lines: Vec<String> = std::iter::once(columns.join(",")).chain(rows).collect();
    let mut paths = json_files(folder, &events);
    paths.push(folder.write("events.csv", lines.join("\n")));
    let of_column = |index: usize| {
        let texts: Vec<String> = events
            .iter()
            .map(|event| cells(event)[index].clone())
            .collect();
        text_column(columns[index], texts)
    };
    let columns: Vec<Column> = (0..columns.len()).map(of_column).collect();
    let bytes = parquet::file(
        &columns,
        3,
        parquet::packed(::parquet::basic::Compression::SNAPPY),
    );
    paths.push(folder.write("events.parquet", bytes));
    paths
}

#[test]
fn a_recipient_that_is_no_plain_address_counts_as_in_the_query_and_is_told() {
    // To the letter no partner ranks, but where the query happens to take it.
    let x = || vec![row("x.example", 1, 1)];
    for (to, form, letter, folded) in [
        (
            "a@x.example;b@y.example",
            "1 with several recipients in one value",
            vec![],
            vec![row("x.example", 1, 1), row("y.example", 1, 1)],
        ),
        (
            "a@x.example, b@x.example",
            "1 with several recipients in one value",
            vec![],
            vec![row("x.example", 2, 1)],
        ),
        (
            "[\"a@x.example\",\"b@y.example\"]",
            "1 with several recipients in one value",
            vec![],
            vec![row("x.example", 1, 1), row("y.example", 1, 1)],
        ),
        ("Bob <bob@x.example>", "1 with a name", vec![], x()),
        ("mailto:a@x.example", "1 with a prefix", x(), x()),
        ("smtp:a@x.example", "1 with a prefix", x(), x()),
        ("a@x.example\u{a0}", "1 other", vec![], x()),
        ("\"bob@home\"@x.example", "1 other", vec![], x()),
        ("bob@x.example.", "1 other", vec![], x()),
        ("bob@[192.0.2.4]", "1 other", vec![], vec![]),
        ("bob@x .example", "1 other", vec![], vec![]),
        (
            "/O=CONTOSO/OU=FIRST/CN=BOB",
            "1 with an Exchange path",
            vec![],
            vec![],
        ),
        (
            "IMCEAEX-_O=CONTOSO_CN=BOB@x.example",
            "1 with an Exchange path",
            x(),
            x(),
        ),
    ] {
        let folder = Folder::new();
        for path in files_of_text(&folder, to) {
            let name = path.display();
            let (rows, told) = ranked(&[], &path);
            assert_eq!(rows, letter, "{to} in {name}");
            let said =
                format!("1 row of sent email has a recipient that is not a plain address ({form}");
            assert!(
                told.contains(&said) && told.contains("first in row 4"),
                "{told}"
            );
            assert_eq!(told.lines().count(), 1, "{told}");
            assert_eq!(
                ranked(&["--domains", "folded"], &path).0,
                folded,
                "{to} in {name}"
            );
            let registrable = ["--domains", "registrable"];
            assert_eq!(ranked(&registrable, &path).0, folded, "{to} in {name}");
            // With an exclusion every event is kept.
            let kept = ["--exclude", "spam-only", "--domains", "folded"];
            assert_eq!(ranked(&kept, &path).0, folded, "{to} in {name}");
            let [report, _] = said_by_check(&path);
            assert!(
                !report.contains("All is well") && report.contains(&said),
                "{report}"
            );
            let account = account(&path);
            assert_eq!(
                (
                    account["status"].as_str(),
                    account["events_counted"].as_u64()
                ),
                (Some("fine"), Some(4))
            );
            assert_eq!(account["files"][0]["irregular_recipients"], 1);
        }
    }
}

fn said_by_check(path: &Path) -> [String; 2] {
    said(&["check"], path)
}

#[test]
fn plain_recipients_of_others_are_nothing_to_speak_of() {
    let folder = Folder::new();
    let mut events = events(&json!("a@x.example"));
    events[0]["RecipientEmailAddress"] = json!("me@ours.example;you@ours.example");
    for path in json_files(&folder, &events) {
        let (rows, told) = ranked(&[], &path);
        assert_eq!((rows, told.as_str()), (vec![row("x.example", 1, 1)], ""));
    }
}

/// Emails whose addresses were made unreadable, with the domains beside them.
fn redacted(folder: &Folder) -> PathBuf {
    let lines = [
        "EmailDirection,SenderFromDomain,RecipientEmailAddress,RecipientDomain,ThreatTypes",
        "Outbound,ours.example,u1@redacted.local,x.example,",
        "Outbound,ours.example,u2@redacted.local,x.example,",
        "Outbound,ours.example,u3@redacted.local,y.example,",
        "Outbound,ours.example,b@Y.example,y.example,",
        "Outbound,ours.example,u4@redacted.local,,",
        "Inbound,x.example,u5@redacted.local,ours.example,Phish",
        "Inbound,Y.example,u5@redacted.local,ours.example,Phish",
        "Inbound,redacted.local,u5@redacted.local,ours.example,Phish",
    ];
    folder.write("redacted.csv", lines.join("\n"))
}

#[test]
fn a_column_that_disagrees_with_addresses_is_told_with_what_taking_it_changes() {
    let folder = Folder::new();
    let path = redacted(&folder);
    let (rows, told) = ranked(&[], &path);
    assert_eq!(rows, [row("redacted.local", 4, 1), row("Y.example", 1, 1)]);
    let expected = "RecipientDomain is not the domain of the address in 3 sent emails (such as \"x.example\" where the \
                    address has \"redacted.local\")";
    assert!(told.contains(expected), "{told}");
    let effect = "would add 1 row and remove 2 rows in the ranking and leave 1 email without a recipient domain";
    assert!(
        told.trim_end().ends_with(effect) && told.lines().count() == 1,
        "{told}"
    );
    // With an exclusion every event is kept.
    assert_eq!(ranked(&["--exclude", "spam-only"], &path).1, told);
    let [report, _] = said_by_check(&path);
    assert!(
        report.starts_with("! 1 warning") && report.contains(expected),
        "{report}"
    );
}

#[test]
fn the_column_is_taken_where_that_is_asked() {
    let folder = Folder::new();
    let path = redacted(&folder);
    let column = ["--recipient-domain", "column"];
    let (rows, told) = ranked(&column, &path);
    assert_eq!(rows, [row("x.example", 2, 1)]);
    let expected = "1 sent email has no RecipientDomain: it counts toward no partner";
    assert!(
        told.trim_end().ends_with(expected) && told.lines().count() == 1,
        "{told}"
    );
    let as_meant = [column.as_slice(), &["--domains", "folded"]].concat();
    assert_eq!(
        ranked(&as_meant, &path).0,
        [row("x.example", 2, 1), row("y.example", 2, 1)]
    );
    let team = folder.write(
        "team.toml",
        "version = 1\n[[exclude]]\nid = \"x\"\ntitle = \"x\"\nscope = \"outbound\"\nmatch = [{ RecipientDomain = \"x.example\" }]\n",
    );
    let excluding = ["--exclusions", team.to_str().unwrap(), "--exclude", "x"];
    assert_eq!(ranked(&[&column[..], &excluding].concat(), &path).0, []);
    assert_eq!(ranked(&excluding, &path).0.len(), 2);
}

#[test]
fn the_query_and_the_exports_say_that_the_column_is_taken() {
    let folder = Folder::new();
    let path = redacted(&folder);
    let column = ["--recipient-domain", "column"];
    let split = "extend RecipientDomain = tostring(split(";
    let without_files = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .arg("kql")
        .args(column)
        .output()
        .unwrap();
    let without_files = String::from_utf8(without_files.stdout).unwrap();
    for query in [
        without_files,
        said(&["kql", column[0], column[1]], &path)[0].clone(),
    ] {
        assert!(
            !query.contains(split) && query.contains("RecipientDomain is the table's column"),
            "{query}"
        );
    }
    assert!(said(&["kql"], &path)[0].contains(split));
    let [ranking, _] = said(
        &[
            &["rank", "--columns", "SenderFromDomain,DomainMatching"],
            &column[..],
        ]
        .concat(),
        &path,
    );
    assert!(
        ranking.contains("x.example,exact (by RecipientDomain)"),
        "{ranking}"
    );
    let [ranking, _] = said(
        &[&["rank", "--format", "markdown"], &column[..]].concat(),
        &path,
    );
    assert!(
        ranking.contains("from the column RecipientDomain"),
        "{ranking}"
    );
}

const ADDRESSES: [&str; 8] = [
    "a@x.example",
    "a@X.example",
    "u1@redacted.local",
    "a@x.example;b@y.example",
    "A <a@y.example>",
    "a@b@x.example",
    "u1",
    "",
];

const DOMAINS: [&str; 8] = [
    "x.example",
    "X.example",
    "y.example",
    "redacted.local",
    "",
    "-",
    "N/A",
    "null",
];

proptest! {
    /// What is forecast of taking the column is what taking it does, whether events are kept or only counted.
    #[test]
    fn the_forecast_of_taking_the_column_comes_true(
        sent in vec((select(&ADDRESSES[..]), select(&DOMAINS[..])), 1..9),
        senders in vec(select(&["x.example", "X.example", "y.example", "redacted.local", "", "x.example;b"][..]), 1..6),
        is_sparse: bool,
    ) {
        let folder = Folder::new();
        let columns = ["EmailDirection", "SenderFromDomain", "RecipientEmailAddress", "RecipientDomain", "ThreatTypes"];
        let sent_rows = sent.iter().map(|(address, domain)| ["Outbound", "ours.example", *address, *domain, ""]);
        let threats = senders.iter().map(|sender| ["Inbound", *sender, "a@ours.example", "ours.example", "Phish"]);
        let rows: Vec<[&str; 5]> = sent_rows.chain(threats).collect();
        let path = if is_sparse {
            // The column comes with the first record that has a domain in it.
            let record = |row: &[&str; 5]| {
                let members = columns.iter().zip(row);
                let members = members.filter(|(column, cell)| **column != "RecipientDomain" || !cell.is_empty());
                json!(members.map(|(column, cell)| (*column, *cell)).collect::<BTreeMap<_, _>>()).to_string()
            };
            folder.write("events.jsonl", rows.iter().map(record).collect::<Vec<_>>().join("\n"))
        } else {
            let lines = [columns].into_iter().chain(rows).map(|row| row.join(","));
            folder.write("events.csv", lines.collect::<Vec<_>>().join("\n"))
        };
        let (_, kept) = load(std::slice::from_ref(&path), Vec::new());
        let counted = LoadRequest {
            inputs: vec![Input::File(path)],
            options: LoadOptions {
                wanted: Wanted::Counts {
                    columns: COUNTED_BY.map(str::to_owned).to_vec(),
                    tally: TallyOf::by(tally::by_domain),
                },
                ..LoadOptions::default()
            },
        };
        let (_, counted) = load_request(counted, Vec::new());
        let forecast = kept.disagreeing_domains.as_ref();
        prop_assert_eq!(counted.disagreeing_domains.as_ref(), forecast);
        let before: BTreeMap<String, u64> = rows_by_domain(&kept);
        let after = rows_by_domain(&kept.with_recipient_domains(RecipientDomains::Column));
        if let Some(forecast) = forecast {
            let added = after.keys().filter(|domain| !before.contains_key(*domain)).count();
            let removed = before.keys().filter(|domain| !after.contains_key(*domain)).count();
            let changed = before.iter().filter(|(domain, emails)| {
                after.get(*domain).is_some_and(|after| after != *emails)
            });
            prop_assert_eq!(
                (forecast.added_rows, forecast.removed_rows, forecast.changed_rows),
                (added, removed, changed.count())
            );
        } else {
            // Nothing but spellings and empty cells differ.
            let is_same = |(address, domain): &(&str, &str)| {
                DOMAINS[4..].contains(domain) || address.to_lowercase().contains(&domain.to_lowercase())
            };
            prop_assert!(sent.iter().all(is_same));
        }
    }
}

/// The emails sent to each domain of the ranking.
fn rows_by_domain(hunt: &Hunt) -> BTreeMap<String, u64> {
    answer(hunt)
        .into_iter()
        .map(|(domain, sent, _)| (domain, sent))
        .collect()
}

#[test]
fn where_the_column_is_taken_only_what_matters_of_recipients_is_told() {
    let folder = Folder::new();
    let column = ["--recipient-domain", "column"];
    let header =
        "EmailDirection,SenderFromDomain,RecipientEmailAddress,RecipientDomain,ThreatTypes";
    let phish = "Inbound,x.example,me@ours.example,ours.example,Phish";
    let file = |name: &str, rows: &[&str]| {
        folder.write(name, format!("{header}\n{phish}\n{}\n", rows.join("\n")))
    };
    // An address that is a list says nothing that counts.
    let listed = file(
        "listed.csv",
        &["Outbound,ours.example,a@x.example;b@y.example,x.example,"],
    );
    let irregular = "not a plain address";
    assert!(ranked(&[], &listed).1.contains(irregular));
    assert_eq!(
        ranked(&column, &listed),
        (vec![row("x.example", 1, 1)], String::new())
    );
    let words = ["-", "N/A", "null", "\\N", "", " "];
    let rows = words.map(|word| format!("Outbound,ours.example,a@x.example,{word},"));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let nothing = file("nothing.csv", &rows);
    let (ranking, told) = ranked(&column, &nothing);
    assert_eq!(ranking, []);
    let expected = "6 sent emails have no RecipientDomain: they count toward no partner";
    assert!(told.contains(expected), "{told}");
    let [report, _] = said(&["check", column[0], column[1]], &nothing);
    assert!(report.contains(expected), "{report}");
    // The same where the column is all there is, also where nothing is kept but numbers.
    let no_addresses = std::fs::read_to_string(&nothing).unwrap();
    let no_addresses = no_addresses
        .replace("RecipientEmailAddress,", "")
        .replace("a@x.example,", "")
        .replace("me@ours.example,", "");
    let no_addresses = folder.write("no-addresses.csv", no_addresses);
    for arguments in [&[][..], &["--exclude", "spam-only"]] {
        let (ranking, told) = ranked(arguments, &no_addresses);
        assert_eq!(ranking, []);
        assert!(told.contains(expected), "{told}");
    }
    // An export of inbound mail has no recipient that counts.
    let inbound = folder.write(
        "inbound.csv",
        "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes\nInbound,x.example,me@ours.example,Phish\n",
    );
    assert_eq!(ranked(&column, &inbound).1, "");
}

#[test]
fn a_record_without_the_column_has_no_domain_wherever_in_its_file_the_column_comes() {
    let sent = |message: &str, domain: Option<&str>| {
        let mut record = json!({
            "Timestamp": "2026-11-02T10:00:00Z", "NetworkMessageId": message, "EmailDirection": "Outbound",
            "SenderFromDomain": "ours.example", "RecipientEmailAddress": "a@x.example", "ThreatTypes": "",
        });
        if let Some(domain) = domain {
            record["RecipientDomain"] = json!(domain);
        }
        record.to_string()
    };
    let threat = events(&json!("a@x.example")).swap_remove(0).to_string();
    let mut records = [
        sent("m-1", None),
        sent("m-2", Some("x.example")),
        sent("m-3", None),
        threat,
    ];
    let folder = Folder::new();
    let team = folder.write(
        "team.toml",
        "version = 1\n[[exclude]]\nid = \"x\"\ntitle = \"x\"\nmatch = [{ RecipientDomain = \"x.example\" }]\n",
    );
    let excluding = ["--exclusions", team.to_str().unwrap(), "--exclude", "x"];
    let column = ["--recipient-domain", "column"];
    for _ in 0..records.len() {
        records.rotate_left(1);
        let path = folder.write("events.jsonl", records.join("\n"));
        let (rows, told) = ranked(&column, &path);
        assert_eq!(rows, [row("x.example", 1, 1)], "{records:?}");
        assert_eq!(
            told.trim_end(),
            "mailhunt: 2 sent emails have no RecipientDomain: they count toward no partner"
        );
        assert_eq!(ranked(&[&column[..], &excluding].concat(), &path).0, []);
        assert_eq!(ranked(&[], &path).0, [row("x.example", 3, 1)]);
        let (_, hunt) = load(std::slice::from_ref(&path), Vec::new());
        let hunt = hunt.with_recipient_domains(RecipientDomains::Column);
        assert_eq!(answer(&hunt), [row("x.example", 1, 1)]);
    }
}

#[test]
fn a_file_without_the_column_is_taken_by_its_addresses() {
    let folder = Folder::new();
    let path = folder.write(
        "events.json",
        json!(events(&json!("a@x.example"))).to_string(),
    );
    let (rows, told) = ranked(&["--recipient-domain", "column"], &path);
    assert_eq!(rows, [row("x.example", 1, 1)]);
    assert!(
        told.contains(
            "there is no RecipientDomain in it: domains are taken from RecipientEmailAddress"
        ),
        "{told}"
    );
}
