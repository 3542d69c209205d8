//! `mailhunt check`: what a person and a program are told of the files, and how it ends.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::Folder;

const HEADER: &str = "Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,X-Note";
const SENT: &str = "2026-11-01T09:00:00Z,m-1,Outbound,ours.example,a@partner.example,,";
const PHISH: &str = "2026-11-01T10:00:00Z,m-2,Inbound,partner.example,me@ours.example,Phish,";
const CLEAN_SINCE: &str = "2026-11-03T10:00:00Z,m-2,Inbound,partner.example,me@ours.example,,";

fn csv(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn check(arguments: &[&str], paths: &[PathBuf]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .arg("check")
        .args(arguments)
        .args(paths)
        .output()
        .unwrap()
}

fn text(paths: &[PathBuf]) -> (String, Option<i32>) {
    let output = check(&[], paths);
    (
        String::from_utf8(output.stdout).unwrap(),
        output.status.code(),
    )
}

fn object(paths: &[PathBuf]) -> (Value, Option<i32>) {
    let output = check(&["--format", "json"], paths);
    (
        serde_json::from_slice(&output.stdout).unwrap(),
        output.status.code(),
    )
}

/// The lines of a text without the folder of the files.
fn without_folder(text: &str, folder: &Path) -> String {
    text.replace(&format!("{}/", folder.display()), "")
}

#[test]
fn a_whole_file_is_said_to_be_well_with_what_it_has_and_lacks() {
    let folder = Folder::new();
    let export = csv(&[SENT, PHISH]);
    let bytes = export.len();
    let (text, status) = text(&[folder.write("export.csv", export)]);
    assert_eq!(status, Some(0));
    let text = without_folder(&text, folder.path());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..6],
        [
            "All is well: 1 file read in full, 2 rows, all kept",
            "",
            "export.csv",
            &format!("  EmailEvents, CSV, UTF-8, {bytes} B read"),
            "  2 rows read = 2 kept + 0 rejected",
            "  from 2026-11-01 09:00:00 to 2026-11-01 10:00:00 UTC",
        ]
    );
    assert!(lines[6].starts_with("  7 columns; 13 that mailhunt uses are missing: "));
    assert!(lines[6].contains("AuthenticationDetails"), "{}", lines[6]);
    assert!(lines[7].contains("other products: "), "{}", lines[7]);
    assert!(lines[7].contains("IsFirstContact"), "{}", lines[7]);
    assert!(!lines[7].contains("TimeGenerated"), "{}", lines[7]);
    assert_eq!(lines[8], "  1 not documented, kept for display: X-Note");
    assert_eq!(lines.len(), 9);
}

#[test]
fn what_is_wrong_comes_first_and_every_rejected_row_has_place_and_reason() {
    let folder = Folder::new();
    let good = folder.write("good.csv", csv(&[SENT, PHISH]));
    let bad = folder.write("bad.csv", csv(&["2026-11-01T10:00:00Z,m-9", CLEAN_SINCE]));
    let (text, status) = text(&[good, bad, folder.path().join("gone.csv")]);
    assert_eq!(status, Some(3));
    let text = without_folder(&text, folder.path());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "✗ 1 file not read in full, 1 row rejected, 1 warning"
    );
    assert_eq!(
        lines[1],
        "  ! 1 email has several records in several files, after a new verdict or as rows repeat: as in the query, \
         each counts. Keeping only the latest record of each would hide 1 row, including 0 outbound emails and 1 \
         threat email"
    );
    assert_eq!(
        lines[2],
        "  4 rows read = 3 kept + 1 rejected (3 EmailEvents), events from 2026-11-01 09:00:00 to 2026-11-03 10:00:00 UTC"
    );
    let of_bad = lines.iter().position(|line| *line == "bad.csv").unwrap();
    assert_eq!(lines[of_bad + 1], "  ✗ 1 row rejected, see below");
    let reason = lines.iter().find(|line| line.starts_with("    line 2: "));
    assert!(reason.is_some(), "{text}");
    assert!(
        text.contains("gone.csv\n  ✗ no such file\n") && !text.contains("no known"),
        "{text}"
    );
}

#[test]
fn nothing_that_could_be_read_is_a_failure() {
    let folder = Folder::new();
    let (text, status) = text(&[folder.path().join("gone.csv")]);
    assert_eq!(status, Some(1));
    assert!(text.starts_with("✗ 1 file not read"), "{text}");
    let (whole, status) = object(&[folder.path().join("gone.csv")]);
    assert_eq!(
        (status, &whole["status"]),
        (Some(1), &json!("nothing read"))
    );
}

#[test]
fn a_file_of_links_alone_is_no_answer_as_for_a_ranking() {
    let folder = Folder::new();
    let links = folder.write(
        "links.csv",
        "NetworkMessageId,Url\nm-1,https://a.example/\n",
    );
    let (whole, status) = object(std::slice::from_ref(&links));
    assert_eq!((status, &whole["status"]), (Some(1), &json!("no events")));
    assert_eq!(whole["tables"], json!({"EmailUrlInfo": 1}));
    let (text, _) = text(&[links]);
    let first = "✗ no events could be loaded, 1 warning\n";
    assert!(text.starts_with(first), "{text}");
}

#[test]
fn times_that_are_not_in_utc_and_the_order_of_dates_are_told() {
    let folder = Folder::new();
    let local = csv(&[SENT, PHISH])
        .replace("Timestamp", "Timestamp Local time")
        .replace("2026-11-01T09:00:00Z", "\"13/03/2026, 3:40:13.988 pm\"");
    let path = folder.write("local.csv", local);
    let (text, _) = text(std::slice::from_ref(&path));
    let told = "from 2026-03-13 15:40:13 to 2026-11-01 10:00:00 as written, not in UTC, dates read day first";
    assert!(text.contains(told), "{text}");
    let (whole, _) = object(&[path]);
    let file = &whole["files"][0];
    assert_eq!(
        (&file["local_times"], &file["date_order"]),
        (&json!(true), &json!("day first"))
    );
    assert_eq!(
        file["first_time"], "2026-03-13T15:40:13",
        "it is not in UTC"
    );
    assert_eq!(whole["last_time"], "2026-11-01T10:00:00");
}

#[test]
fn what_exclusions_read_of_emails_is_not_missing_in_other_tables() {
    let folder = Folder::new();
    let header = "Timestamp,NetworkMessageId,AccountUpn,ActionType,Url,Workload,IsClickedThrough,ThreatTypes";
    let row = "2026-11-01T09:00:00Z,m-1,a@ours.example,ClickAllowed,https://a.example/,Email,1,";
    let clicks = folder.write("clicks.csv", format!("{header}\n{row}\n"));
    let (whole, _) = object(&[clicks]);
    let columns = &whole["files"][0]["columns"][0];
    assert_eq!(columns["table"], "UrlClickEvents");
    assert_eq!(columns["missing_used"], json!([]));
    let others = columns["missing_others"].as_array().unwrap();
    assert!(others.contains(&json!("DetectionMethods")), "{others:?}");
}

#[test]
fn the_keys_of_the_object_and_their_values_stay_as_they_are() {
    let folder = Folder::new();
    let other = "2026-11-02T10:00:00Z,m-4,outbound,ours.example,x@partner.example,,";
    let another = other.replace("m-4", "m-5");
    let rows = [SENT, SENT, PHISH, CLEAN_SINCE, other, &another];
    let first = folder.write("first.csv", csv(&rows));
    let second = folder.write("second.csv", csv(&[PHISH, "short"]));
    let names = [&first, &second].map(|path| path.display().to_string());
    let (mut whole, status) = object(&[first, second]);
    assert_eq!(status, Some(3));
    let files = whole["files"].take();
    assert_eq!(
        whole,
        json!({
            "mailhunt": env!("CARGO_PKG_VERSION"),
            "status": "damaged",
            "rows_read": 8,
            "rows_kept": 7,
            "rows_rejected": 1,
            "rows_of_other_tables": 0,
            "tables": {"EmailEvents": 7},
            "first_time": "2026-11-01T09:00:00Z",
            "last_time": "2026-11-03T10:00:00Z",
            "duplicates_kept": false,
            "events_counted": 6,
            "several_records": {"emails": 2, "earlier_records": 2, "outbound": 1, "threats": 1, "undecided": 0},
            "orphans": {},
            "unreadable_guards": [],
            "warnings": whole["warnings"],
            "files": null,
        })
    );
    assert_eq!(whole["warnings"].as_array().unwrap().len(), 1);
    let [first, second] = [&files[0], &files[1]];
    assert_eq!(first["name"], names[0]);
    assert_eq!(first["format"], "CSV");
    assert_eq!(first["packing"], Value::Null);
    assert_eq!(first["unreadable_times"], 0);
    assert_eq!(
        (&first["local_times"], &first["date_order"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(
        first["unknown_directions"],
        json!([{"value": "outbound", "rows": 2}])
    );
    assert_eq!(first["repeated_rows"], 1);
    assert_eq!(first["also_in"], json!([]));
    assert_eq!(first["failure"], Value::Null);
    assert_eq!(first["stopped"], false);
    assert_eq!(first["rejections"], json!([]));
    let columns = &first["columns"][0];
    assert_eq!(columns["table"], "EmailEvents");
    assert_eq!(columns["found"].as_array().unwrap().len(), 7);
    assert_eq!(columns["undocumented"], json!(["X-Note"]));
    let has = |key: &str, name: &str| columns[key].as_array().unwrap().contains(&json!(name));
    assert!(has("missing_used", "AuthenticationDetails"));
    assert!(
        has("missing_used", "ForwardingInformation"),
        "an exclusion reads it"
    );
    assert!(has("missing_others", "Topics"));
    assert!(!has("missing_others", "AuthenticationDetails"));
    assert_eq!(
        second["also_in"],
        json!([{"file": names[0], "rows": 1, "differing": 0, "columns": [], "counted_again": false}])
    );
    assert_eq!(second["rejections"][0]["line"], 3);
    assert!(second["rejections"][0].get("record").is_none());
    assert!(second["rejections"][0]["reason"].is_string());
    let warnings = first["warnings"].as_array().unwrap();
    let says = |words: &str| {
        warnings
            .iter()
            .any(|one| one.as_str().unwrap().contains(words))
    };
    assert!(
        says("2 rows with an EmailDirection that is not exactly"),
        "{warnings:?}"
    );
    assert!(says("2 differ only in letter case"), "{warnings:?}");
    assert!(
        says("1 counted row repeats an earlier one (same message"),
        "{warnings:?}"
    );
}

#[test]
fn what_counts_after_overlaps_is_said() {
    let folder = Folder::new();
    let paths = [
        folder.write("first.csv", csv(&[SENT, PHISH])),
        folder.write("second.csv", csv(&[PHISH, SENT, CLEAN_SINCE])),
    ];
    let (told, _) = text(&paths);
    let said =
        "5 rows read = 5 kept + 0 rejected (5 EmailEvents; 3 EmailEvents counted), events from";
    assert!(told.contains(said), "{told}");
    let (whole, _) = object(&paths);
    assert_eq!(whole["events_counted"], 3);
    let output = check(&["--keep-duplicates"], &paths);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("(5 EmailEvents), events from"), "{told}");
}

#[test]
fn rows_that_cannot_be_compared_are_not_explained_as_new_verdicts() {
    let folder = Folder::new();
    let timeless = csv(&[&SENT[21..], &PHISH[21..]]
        .map(|row| format!(",{row}"))
        .each_ref()
        .map(String::as_str));
    let paths = [
        folder.write("first.csv", &timeless),
        folder.write("second.csv", csv(&[SENT, PHISH])),
    ];
    let (told, _) = text(&paths);
    assert!(
        !told.contains("several records, after a new verdict"),
        "{told}"
    );
    let said = "! 2 emails are in several files with times that cannot be compared";
    assert!(told.contains(said), "{told}");
    assert!(
        told.contains("they lack a readable time, so each counts"),
        "{told}"
    );
    let (whole, _) = object(&paths);
    let several = &whole["several_records"];
    assert_eq!(
        (&several["emails"], &several["undecided"]),
        (&json!(0), &json!(2))
    );
}

#[test]
fn companion_rows_without_an_email_are_told() {
    let folder = Folder::new();
    let links = "NetworkMessageId,Url\nM-2,https://a.example/\nm-7,https://b.example/\nm-8,https://c.example/\n";
    let clicks = "NetworkMessageId,Url,AccountUpn,IsClickedThrough,Workload\n,https://b.example/,a@ours.example,0,Teams\n\
                  m-9,https://b.example/,a@ours.example,0,Email\n";
    let mut paths = vec![
        folder.write("links.csv", links),
        folder.write("clicks.csv", clicks),
    ];
    let (told, _) = text(&paths);
    assert!(
        !told.contains("no email is loaded"),
        "there are no events at all: {told}"
    );
    paths.push(folder.write("events.csv", csv(&[SENT, PHISH])));
    let (told, _) = text(&paths);
    let said = "  ! no email is loaded for 2 EmailUrlInfo rows and 1 UrlClickEvents row: ";
    assert!(told.contains(said), "{told}");
    let (whole, _) = object(&paths);
    assert_eq!(
        whole["orphans"],
        json!({"EmailUrlInfo": 2, "UrlClickEvents": 1})
    );
}

#[test]
fn a_directory_without_exports_is_told_of_once() {
    let folder = Folder::new();
    let export = folder.write("export.csv", csv(&[SENT, PHISH]));
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let (told, _) = text(&[export, empty]);
    assert_eq!(told.matches("no export found in it").count(), 1, "{told}");
}

#[test]
fn an_export_of_exactly_a_limit_is_said_to_be_cut_off_also_by_rank() {
    let folder = Folder::new();
    let rows = vec![PHISH; 9_998];
    let export = csv(&[&rows[..], &[SENT, SENT]].concat());
    let path = folder.write("export.csv", export);
    let (text, status) = text(std::slice::from_ref(&path));
    assert_eq!(status, Some(0));
    assert!(text.contains("! exactly 10,000 rows"), "{text}");
    assert!(text.contains("all counts are lower bounds"), "{text}");
    let output = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .arg("rank")
        .arg(&path)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("exactly 10,000 rows"), "{told}");
}

#[test]
fn hostile_names_and_values_are_shown_harmlessly_and_kept_faithfully() {
    let folder = Folder::new();
    let row = "2026-11-01T09:00:00Z,m-1,Out\u{202e}bound\u{7f},ours.example,a@partner.example,,";
    let text_of = csv(&[SENT, PHISH, row]).replace("X-Note", "X-\u{1b}[31mNote");
    let path = folder.write("ex\u{202e}port.csv", text_of);
    let (text, _) = text(std::slice::from_ref(&path));
    assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{7f}']), "{text}");
    assert!(text.contains("X-^[[31mNote"), "{text}");
    assert!(text.contains("Out⟨U+202E⟩bound"), "{text}");
    let output = check(&["--format", "json"], std::slice::from_ref(&path));
    let raw = String::from_utf8(output.stdout).unwrap();
    assert!(!raw.contains(['\u{202e}', '\u{1b}', '\u{7f}']), "{raw}");
    let whole: Value = serde_json::from_str(&raw).unwrap();
    let file = &whole["files"][0];
    assert_eq!(file["name"], path.display().to_string());
    assert_eq!(
        file["unknown_directions"][0]["value"],
        "Out\u{202e}bound\u{7f}"
    );
    assert_eq!(
        file["columns"][0]["undocumented"],
        json!(["X-\u{1b}[31mNote"])
    );
}

#[cfg(unix)]
#[test]
fn a_line_break_in_a_name_is_shown_and_begins_no_line_of_ours() {
    let folder = Folder::new();
    let export = csv(&[SENT, PHISH]).replace("X-Note", "\"X-\n! 9 files not read\"");
    let path = folder.write("a\n! forged\r\n.csv", export);
    let (text, status) = text(std::slice::from_ref(&path));
    assert_eq!(status, Some(0));
    assert!(text.contains("a↵! forged␍↵.csv\n"), "{text}");
    assert!(text.contains("X-↵! 9 files not read\n"), "{text}");
    assert!(
        text.lines().all(|line| !line.trim().starts_with('!')),
        "{text}"
    );
}

#[test]
fn rows_rejected_for_one_reason_are_told_once_with_their_places() {
    let folder = Folder::new();
    let rows = [SENT, "short", "short", PHISH, "a,b", "short"];
    let path = folder.write("export.csv", csv(&rows));
    let (text, _) = text(std::slice::from_ref(&path));
    let told = "  rejected:\n    3 rows (lines 3 to 4 and 7): 1 cells where the header has 7\n    line 6: 2 cells where the \
                header has 7\n";
    assert!(text.contains(told), "{text}");
    let output = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .arg("rank")
        .arg(&path)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let of_rows: Vec<&str> = told
        .lines()
        .filter(|line| line.contains("not counted"))
        .collect();
    assert_eq!(of_rows.len(), 2, "{told}");
    assert!(of_rows[0].ends_with(
        "3 rows (lines 3 to 4 and 7): 1 cells where the header has 7; these rows are not counted"
    ));
}

#[test]
fn the_report_goes_to_a_file_whose_name_says_the_format_and_never_over_another() {
    let folder = Folder::new();
    let export = folder.write("export.csv", csv(&[SENT, PHISH]));
    let report = folder.path().join("report.json");
    let report_name = report.to_str().unwrap();
    let output = check(&["--output", report_name], std::slice::from_ref(&export));
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    let written = std::fs::read(&report).unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&written).unwrap()["status"],
        "fine"
    );
    let output = check(&["--output", report_name], std::slice::from_ref(&export));
    assert_eq!(output.status.code(), Some(1));
    let output = check(
        &["--output", report_name, "--overwrite", "--format", "table"],
        &[export],
    );
    assert_eq!(output.status.code(), Some(0));
    let written = std::fs::read_to_string(&report).unwrap();
    assert!(written.starts_with("All is well"), "{written}");
}
