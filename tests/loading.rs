//! Damaged, strange and hostile files: nothing panics, nothing is lost in silence, and the account
//! (`support::assert_account`: rows read = rows kept + rows rejected) holds for every one.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::account::Account;
use mailhunt::account::text::Extent;
use mailhunt::events::format::Format;
use mailhunt::events::input::Input;
use mailhunt::events::load::CancelToken;
use mailhunt::events::report::{FileReport, Place};
use mailhunt::events::schema::Table;
use mailhunt::hunt::{DomainMatching, Hunt};
use mailhunt::pipeline::{self, Update};
use proptest::prelude::*;
use rstest::rstest;
use std::fmt::Write as _;
use std::path::PathBuf;
use support::writing::gzip;
use support::{Folder, HEADER, answer, assert_account, load, load_bytes, outbound, row, threat};

/// The failure of a file of which nothing could be read.
fn failure_of(bytes: impl AsRef<[u8]>) -> String {
    let (report, hunt) = load_bytes(bytes);
    assert!(report.is_useless(), "{report:?}");
    assert_eq!(hunt.store.events(), 0);
    report.failure.unwrap()
}

/// A CSV of one email we sent to `b.com`, one threat from there and what a test puts in between.
fn around(between: &str) -> String {
    format!(
        "{HEADER}\n{}\n{between}{}\n",
        outbound("a@b.com"),
        threat("b.com")
    )
}

/// Asserts that all but the rows rejected was counted: one email each way.
fn assert_rest_is_counted(report: &FileReport, hunt: &Hunt) {
    assert_eq!(report.rows_kept, 2, "{report:?}");
    assert_eq!(report.failure, None);
    assert_eq!(answer(hunt), [row("b.com", 1, 1)]);
}

fn places(report: &FileReport) -> Vec<Place> {
    report
        .rejections
        .iter()
        .map(|rejection| rejection.place)
        .collect()
}

fn event_line(sender_domain: &str) -> String {
    format!(
        r#"{{"Timestamp":"2026-11-03T10:00:00Z","EmailDirection":"Inbound","SenderFromDomain":"{sender_domain}","RecipientEmailAddress":"me@ours.example","ThreatTypes":"Phish"}}"#
    )
}

const SENT_LINE: &str = r#"{"Timestamp":"2026-11-02T09:00:00Z","EmailDirection":"Outbound","SenderFromDomain":"ours.example","RecipientEmailAddress":"a@b.com","ThreatTypes":""}"#;

// Files that are not there, or hold nothing.

#[test]
fn a_file_that_is_not_there_is_said_to_be_so() {
    let (state, hunt) = load(&[PathBuf::from("/nonexistent/export.csv")], Vec::new());
    let report = state.files[0].report.as_ref().unwrap();
    assert_eq!(report.failure.as_deref(), Some("no such file"));
    assert!(state.is_useless() && hunt.cube(DomainMatching::Exact).is_empty());
}

#[test]
fn a_directory_is_refused_by_name() {
    let folder = Folder::new();
    let (state, _) = load(&[folder.path().to_owned()], Vec::new());
    let report = state.files[0].report.as_ref().unwrap();
    assert!(report.failure.as_ref().unwrap().contains("directory"));
    assert!(report.is_useless());
}

#[cfg(unix)]
#[test]
fn a_device_is_refused_because_it_may_never_end() {
    let (state, _) = load(&["/dev/zero".into()], Vec::new());
    let report = state.files[0].report.as_ref().unwrap();
    assert!(report.failure.as_ref().unwrap().contains("device"));
}

#[rstest]
#[case(b"")]
#[case(b"\xef\xbb\xbf")]
#[case(b"\n\r\n  \t\n")]
#[case(b"\xef\xbb\xbf\n")]
fn an_empty_file_is_said_to_be_empty(#[case] bytes: &[u8]) {
    assert!(failure_of(bytes).contains("empty"));
    assert!(failure_of(gzip(bytes)).contains("empty"));
}

#[test]
fn a_header_alone_is_an_export_without_rows() {
    for text in [
        HEADER.to_owned(),
        format!("\u{feff}{HEADER}\r\n"),
        "[]".to_owned(),
    ] {
        let (report, hunt) = load_bytes(&text);
        assert_eq!((report.rows_read(), report.failure), (0, None), "{text}");
        assert!(answer(&hunt).is_empty());
    }
}

#[rstest]
#[case("[]")]
#[case("{\"value\":[]}")]
#[case("NetworkMessageId,Url\n")]
fn a_file_without_a_row_is_said_to_have_none(#[case] text: &str) {
    let (report, _) = load_bytes(text);
    assert!(!report.is_damaged(), "{report:?}");
    assert_eq!(report.warnings, ["it contains no events"]);
}

#[cfg(unix)]
#[test]
fn the_device_of_nothing_is_empty() {
    let (state, _) = load(&["/dev/null".into()], Vec::new());
    let report = state.files[0].report.as_ref().unwrap();
    let sentence = report.failure.as_ref().unwrap();
    assert!(sentence.contains("it is empty"), "{sentence}");
}

#[test]
fn an_unreadable_file_does_not_cost_the_others() {
    let folder = Folder::new();
    let good = folder.write("good.csv", around(""));
    let paths = [
        folder.path().join("missing.csv"),
        good,
        folder.write("bad.csv", "a,b\n1,2\n"),
    ];
    let (state, hunt) = load(&paths, Vec::new());
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert_eq!(state.files_failed(), 2);
    assert!(state.is_damaged() && !state.is_useless());
}

#[test]
fn nothing_to_load_is_no_answer() {
    let (state, hunt) = load(&[], Vec::new());
    assert!(state.is_useless() && hunt.cube(DomainMatching::Exact).is_empty());
}

// Headers.

#[test]
fn missing_columns_are_named_and_those_found_are_listed() {
    let sentence = failure_of("EmailDirection,Subject,SenderFromDomain\nInbound,x,b.com\n");
    assert!(
        sentence.contains("missing RecipientEmailAddress, ThreatTypes."),
        "{sentence}"
    );
    assert!(
        sentence.contains("EmailDirection, Subject, SenderFromDomain"),
        "{sentence}"
    );
}

#[test]
fn the_domain_of_the_sender_is_taken_from_the_address_where_there_is_no_other() {
    let csv = "EmailDirection,SenderFromAddress,RecipientEmailAddress,ThreatTypes\n\
               Outbound,me@ours.example,a@b.com,\nInbound,\"x@y\"@b.com,me@ours.example,Phish\n";
    let json = r#"{"EmailDirection":"Outbound","SenderFromAddress":"me@ours.example","RecipientEmailAddress":"a@b.com","ThreatTypes":""}
{"EmailDirection":"Inbound","SenderFromAddress":"x@y@b.com","RecipientEmailAddress":"me@ours.example","ThreatTypes":"Phish"}"#;
    for text in [csv, json] {
        let (report, hunt) = load_bytes(text);
        assert_eq!(answer(&hunt), [row("b.com", 1, 1)], "{report:?}");
        let said =
            "there is no SenderFromDomain: it is taken from SenderFromAddress, after the last @";
        assert_eq!(report.warnings, [said]);
    }
}

#[test]
fn a_file_without_a_header_is_not_an_export() {
    let sentence = failure_of(outbound("a@b.com") + "\n");
    assert!(sentence.contains("missing EmailDirection"), "{sentence}");
}

#[test]
fn thousands_of_columns_are_refused_in_a_sentence_one_can_read() {
    let header = |count: u32| {
        let names: Vec<String> = (0..count).map(|number| format!("column{number}")).collect();
        names.join(",") + "\n"
    };
    let sentence = failure_of(header(9_000));
    assert!(sentence.contains("and 8940 more"), "{sentence}");
    let sentence = failure_of(header(200_000));
    assert!(sentence.contains("200000 columns"), "{sentence}");
}

#[test]
fn of_duplicate_headers_the_first_is_taken_and_that_is_said() {
    let text = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,threattypes,\
                EmailDirection,Timestamp\n\
                Outbound,,a@b.com,,Phish,Inbound,2026-11-02T09:00:00Z\n\
                Inbound,b.com,,Phish,,Outbound,2026-11-02T09:00:00Z\n";
    let (report, hunt) = load_bytes(text);
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(report.warnings.len(), 2, "{:?}", report.warnings);
    assert!(report.warnings[0].contains("ThreatTypes appears more than once"));
}

#[rstest]
#[case("")]
#[case("\u{feff}")]
fn a_header_in_the_middle_is_not_an_event(#[case] mark: &str) {
    // As `cat one.csv two.csv` makes it.
    let (report, hunt) = load_bytes(around(&format!("{mark}{HEADER}\n")));
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(places(&report), [Place::Line(3)]);
    assert!(report.rejections[0].reason.contains("header again"));
}

// Rows that do not fit.

#[rstest]
#[case(
    "2026-11-02T09:00:00Z,Outbound,ours.example,a@b.com\n",
    "4 cells where the header has 6"
)]
#[case(
    "2026-11-02T09:00:00Z,Inbound,b.com,,a,b,c\n",
    "7 cells where the header has 6"
)]
#[case(
    "2026-11-02T09:00:00Z,Inbound,b.com,,a,b,,x\n",
    "8 cells where the header has 6"
)]
#[case("\0\0\0\0\0\0\0\0\n", "1 cells where the header has 6")]
#[case("   \n", "1 cells where the header has 6")]
fn rows_that_do_not_fit_are_rejected_with_their_line(#[case] bad: &str, #[case] reason: &str) {
    let (report, hunt) = load_bytes(around(bad));
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(places(&report), [Place::Line(3)]);
    assert_eq!(report.rejections[0].reason, reason);
}

#[test]
fn surplus_cells_that_are_empty_do_no_harm() {
    let text = format!(
        "{HEADER}\n{},,,\n{},\n",
        outbound("a@b.com"),
        threat("b.com")
    );
    let (report, hunt) = load_bytes(text);
    assert_rest_is_counted(&report, &hunt);
    assert!(!report.is_damaged());
}

/// Its cells are those of other columns, though the last one is empty.
#[test]
fn a_row_with_a_separator_too_many_is_rejected_where_the_first_has_none() {
    let sent = outbound("a@b.com");
    let (report, hunt) = load_bytes(around(&format!("{sent},\n")));
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(places(&report), [Place::Line(3)]);
    assert_eq!(
        report.rejections[0].reason,
        "7 cells where the header has 6"
    );
}

#[rstest]
#[case("\n")]
#[case("\r\n")]
#[case("\r")]
fn lines_are_counted_whatever_ends_them(#[case] end: &str) {
    let text = around("short,row\n\n\nanother,short,row\n").replace('\n', end);
    let (report, hunt) = load_bytes(text);
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(places(&report), [Place::Line(3), Place::Line(6)]);
}

#[test]
fn line_ends_may_be_mixed() {
    let text = format!(
        "{HEADER}\r\n{}\r{}\n{}\r\n\r\nshort\r\n",
        outbound("a@b.com"),
        threat("b.com"),
        threat("b.com")
    );
    let (report, hunt) = load_bytes(text);
    assert_eq!((report.rows_kept, report.rows_rejected), (3, 1));
    assert_eq!(answer(&hunt), [row("b.com", 1, 2)]);
}

#[test]
fn a_cell_of_several_lines_is_one_row_and_lines_are_counted_on() {
    let multi =
        "2026-11-02T09:00:00Z,Inbound,b.com,me@ours.example,Phish,\"Dear Sir,\nhello,\n\nbye\"\n";
    let (report, hunt) = load_bytes(around(&format!("{multi}short\n")));
    assert_eq!((report.rows_kept, report.rows_rejected), (3, 1));
    assert_eq!(answer(&hunt), [row("b.com", 1, 2)]);
    assert_eq!(places(&report), [Place::Line(7)]);
}

#[rstest]
#[case::in_the_first_row(0, "\n")]
#[case::in_the_middle(20, "\n")]
#[case::near_the_end(37, "\n")]
#[case::before_the_last_row(38, "\n")]
#[case::with_line_feeds_and_returns(20, "\r\n")]
#[case::with_returns_only(20, "\r")]
fn a_quote_that_is_never_closed_costs_only_its_own_row(#[case] at: usize, #[case] end: &str) {
    for column in [
        "Timestamp",
        "Inbound",
        "b.com",
        "me@ours.example",
        "Phish",
        "received",
    ] {
        let mut lines = vec![HEADER.to_owned(), outbound("a@b.com")];
        for number in 0..40 {
            let row = threat("b.com").replace("2026-11-03T10:00:00Z", "Timestamp");
            let broken = row.replace(column, &format!("\"{column}"));
            lines.push(if number == at { broken } else { row });
        }
        let (report, hunt) = load_bytes(lines.join(end) + end);
        assert_eq!(report.rows_kept, 40, "{column}: {report:?}");
        assert_eq!(places(&report), [Place::Line(at as u64 + 3)], "{column}");
        assert_eq!(hunt.store.events(), 40);
    }
}

#[test]
fn a_quote_closed_by_the_next_quote_costs_only_its_own_row() {
    let mut text = around(&format!(
        "{},\"open\n",
        threat("b.com").trim_end_matches(",received")
    ));
    for number in 0..10 {
        writeln!(text, "{}", threat(&format!("{number}.com"))).unwrap();
    }
    writeln!(
        text,
        "{}",
        threat("b.com").replace("received", "\"closed\"")
    )
    .unwrap();
    let (report, _) = load_bytes(text);
    assert_eq!(report.rows_kept, 13, "{report:?}");
    assert_eq!(places(&report), [Place::Line(3)]);
}

/// An attacker writes the subject: no row may be refused for what it says.
#[test]
fn a_subject_of_several_lines_that_look_like_rows_is_a_subject() {
    let forged = threat("forged.com");
    let row = threat("b.com").replace("received", &format!("\"evil\n{forged}\n,,,,,,,,,\""));
    let (report, hunt) = load_bytes(around(&format!("{row}\n")));
    assert!(!report.is_damaged(), "{report:?}");
    assert_eq!(report.rows_kept, 3);
    assert!(
        hunt.all_emails(b"forged.com", DomainMatching::Exact)
            .is_empty()
    );
    assert_eq!(hunt.all_emails(b"b.com", DomainMatching::Exact).len(), 2);
}

#[test]
fn a_stray_quote_among_rows_with_quoted_cells_costs_only_its_own_row() {
    let quoted = |number: u32| {
        let subject = format!("\"a, \"\"{number}\"\",\nb\"");
        threat("b.com").replace("received", &subject)
    };
    let mut lines: Vec<String> = (0..40).map(quoted).collect();
    lines[10] = format!("{},\"", threat("b.com"));
    let text = format!("{HEADER}\n{}\n", lines.join("\n"));
    let (report, _) = load_bytes(text);
    assert_eq!(report.rows_kept, 39, "{report:?}");
    assert_eq!(places(&report), [Place::Line(22)]);
}

#[rstest]
#[case::of_letters("a", "\n")]
#[case::in_quotes("\"a", "a\"\r\n\r\n")]
fn a_row_longer_than_64_mib_costs_only_itself(#[case] start: &str, #[case] end: &str) {
    let long = "a".repeat(65 << 20);
    let text = around(&format!("{start}{long}{end}"));
    let (report, hunt) = load_bytes(text);
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(places(&report), [Place::Line(3)]);
    assert_eq!(report.rejections[0].reason, "longer than 64 MiB");
}

#[test]
fn a_line_without_end_is_refused_and_memory_stays_bounded() {
    let mut text = around("").into_bytes();
    text.resize(text.len() + (65 << 20), b'a');
    let (report, hunt) = load_bytes(text);
    assert!(
        report
            .failure
            .as_ref()
            .unwrap()
            .contains("line 4 is longer than 64 MiB")
    );
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
}

#[test]
fn columns_are_the_same_whatever_their_case_in_each_file() {
    let folder = Folder::new();
    let first = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Extra\n\
                 Inbound,b.com,me@ours.example,Phish,one\n";
    let second = first.replace("Extra", "EXTRA").replace("one", "two");
    let paths = [
        folder.write("first.csv", first.as_bytes()),
        folder.write("second.csv", second.into_bytes()),
    ];
    let (_, hunt) = load(&paths, Vec::new());
    assert_eq!(hunt.store.columns().last(), Some(&"Extra"));
    let emails = hunt.all_emails(b"b.com", DomainMatching::Exact);
    let cells: Vec<&[u8]> = emails
        .iter()
        .map(|email| hunt.store.cell(email.id, "Extra"))
        .collect();
    assert_eq!(cells, [b"one", b"two"]);
}

#[test]
fn columns_without_a_name_get_one() {
    let text = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,,\n\
                Inbound,b.com,me@ours.example,Phish,one,two\n";
    let (report, hunt) = load_bytes(text);
    assert!(report.warnings.is_empty(), "{report:?}");
    assert_eq!(hunt.store.columns()[4..], ["Column5", "Column6"]);
}

#[test]
fn a_direction_in_another_case_does_not_count_and_that_is_said() {
    let loud = threat("b.com").replace("Inbound", "INBOUND");
    let (report, hunt) = load_bytes(around(&format!("{loud}\n")));
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert!(report.warnings[0].contains("1 row with an EmailDirection that is not exactly"));
    assert!(!report.is_damaged());
}

#[test]
fn nuls_and_bytes_that_are_no_text_are_kept() {
    let mut bytes = around("").into_bytes();
    bytes.extend_from_slice(b"2026-11-02T09:00:00Z,Inbound,b.com,,Phish,a\0b\xff\xfe\xc3(\n");
    let (report, hunt) = load_bytes(bytes);
    assert!(!report.is_damaged(), "{report:?}");
    let email = hunt
        .all_emails(b"b.com", DomainMatching::Exact)
        .iter()
        .last()
        .unwrap();
    assert_eq!(hunt.store.cell(email.id, "Subject"), b"a\0b\xff\xfe\xc3(");
}

#[test]
fn a_file_of_zeros_is_not_an_export() {
    assert!(failure_of(vec![0; 100_000]).contains("its first 100,000 bytes are all zero"));
}

#[test]
fn a_tail_of_zeros_is_rejected_and_the_rows_before_it_kept() {
    let mut bytes = around("").into_bytes();
    bytes.resize(bytes.len() + 100_000, 0);
    let (report, hunt) = load_bytes(bytes);
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(places(&report), [Place::Line(4)]);
}

#[test]
fn a_last_line_without_an_end_counts() {
    let text = around("");
    let (report, hunt) = load_bytes(text.trim_end());
    assert_rest_is_counted(&report, &hunt);
}

#[test]
fn of_very_many_rejections_the_first_thousand_are_listed_and_all_are_counted() {
    let (report, hunt) = load_bytes(around(&"short\n".repeat(5000)));
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(
        (report.rows_rejected, report.rejections.len()),
        (5000, 1000)
    );
}

// JSON lines.

#[rstest]
#[case("")]
#[case("\u{feff}")]
#[case("\n\n \n")]
#[case("\u{feff}\n\n")]
fn broken_lines_are_rejected_with_their_number(#[case] before: &str) {
    let threat = event_line("b.com");
    let text = format!("{before}{SENT_LINE}\n\n{{\"EmailDirection\":\n[1]\r\n  {threat}\nnull\n");
    let (report, hunt) = load_bytes(text);
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(report.format, Some(Format::JsonLines));
    let first = 1 + before.matches('\n').count() as u64;
    let expected = [first + 2, first + 3, first + 5].map(Place::Line);
    assert_eq!(places(&report), expected);
    assert!(report.rejections[0].reason.contains("not a JSON object"));
}

#[test]
fn objects_of_another_table_go_there_or_are_rejected_by_name() {
    let link = r#"{"NetworkMessageId":"m","Url":"https://x.example/"}"#;
    let device = r#"{"DeviceId":"d","FileName":"a.exe"}"#;
    let text = [SENT_LINE, link, device, &event_line("b.com"), ""].join("\n");
    let (report, hunt) = load_bytes(text);
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert_eq!(
        report.tables,
        [(Table::EmailEvents, 2), (Table::EmailUrlInfo, 1)]
    );
    let reasons: Vec<&str> = report
        .rejections
        .iter()
        .map(|r| r.reason.as_str())
        .collect();
    assert_eq!(reasons, ["no EmailDirection (keys: DeviceId, FileName)"]);
}

#[test]
fn the_keys_of_every_strange_object_are_listed() {
    let text = format!(
        "{{}}\n{{\"A\":1,\"B\":2}}\n{SENT_LINE}\n{}\n",
        event_line("b.com")
    );
    let (report, hunt) = load_bytes(text);
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(
        report.rejections[1].reason,
        "no EmailDirection (keys: A, B)"
    );
}

#[test]
fn json_of_other_columns_is_refused_like_csv_of_other_columns() {
    let sentence = failure_of("{\"Sender\":\"x\",\"ThreatTypes\":\"Phish\"}\n");
    assert!(
        sentence.contains("missing EmailDirection, SenderFromDomain, RecipientEmailAddress."),
        "{sentence}"
    );
    assert!(
        sentence.contains("Columns found: Sender, ThreatTypes"),
        "{sentence}"
    );
}

#[test]
fn a_needed_key_that_never_comes_is_told() {
    let (report, _) = load_bytes("{\"EmailDirection\":\"Outbound\"}\n");
    assert_eq!(report.rows_kept, 1);
    let warning = "no record has SenderFromDomain, RecipientEmailAddress, ThreatTypes";
    assert!(
        report.warnings[0].contains(warning),
        "{:?}",
        report.warnings
    );
}

#[test]
fn of_duplicate_keys_the_first_is_taken_and_that_is_said_once() {
    let doubled = event_line("b.com").replace('}', r#","senderfromdomain":"evil.example"}"#);
    let text = format!("{SENT_LINE}\n{doubled}\n{doubled}\n{doubled}\n");
    let (report, hunt) = load_bytes(text);
    assert_eq!(answer(&hunt), [row("b.com", 1, 3)]);
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    let said = "SenderFromDomain appears more than once in a record (first at line 2)";
    assert!(report.warnings[0].contains(said), "{:?}", report.warnings);
}

#[test]
fn values_keep_their_text_whatever_their_type() {
    let values = [
        ("A", "18446744073709551616000", "18446744073709551616000"),
        ("B", "1e400", "1e400"),
        ("C", "-0.10", "-0.10"),
        ("D", "true", "true"),
        ("E", "null", ""),
        ("F", "[\"a\", {}]", "[\"a\", {}]"),
        ("G", "{\"x\":1}", "{\"x\":1}"),
        (
            "H",
            r#""a\"b\\c\u00e9\u0000\u001b[2J""#,
            "a\"b\\cé\0\u{1b}[2J",
        ),
        ("I", "\"null\"", "null"),
    ];
    let mut line = event_line("b.com").trim_end_matches('}').to_owned();
    for (key, json, _) in values {
        write!(line, ",\"{key}\":{json}").unwrap();
    }
    for text in [format!("{line}}}\n"), format!("[{line}}}]")] {
        let (report, hunt) = load_bytes(text);
        assert!(!report.is_damaged(), "{report:?}");
        let email = hunt
            .all_emails(b"b.com", DomainMatching::Exact)
            .iter()
            .next()
            .unwrap();
        for (key, _, expected) in values {
            assert_eq!(hunt.store.cell(email.id, key), expected.as_bytes(), "{key}");
        }
    }
}

#[test]
fn values_of_a_wrong_type_in_needed_columns_are_text_too() {
    let line = r#"{"EmailDirection":["Inbound"],"SenderFromDomain":7,"RecipientEmailAddress":{},"ThreatTypes":true}"#;
    let odd = r#"{"EmailDirection":"Inbound","SenderFromDomain":7,"RecipientEmailAddress":{},"ThreatTypes":true}"#;
    let (report, hunt) = load_bytes(format!("{line}\n{odd}\n"));
    assert_eq!(report.rows_kept, 2);
    assert_eq!(hunt.all_emails(b"7", DomainMatching::Exact).len(), 1);
}

#[test]
fn lone_surrogates_are_kept_apart() {
    let text = format!(
        "{}\n{}\n{}\n",
        event_line(r"\ud800.com"),
        event_line(r"\udfff.com"),
        event_line(r"\ud83d\ude00.com")
    );
    let (report, hunt) = load_bytes(text);
    assert_eq!((report.rows_kept, report.rows_rejected), (3, 0));
    assert_eq!(
        hunt.all_emails(b"\xed\xa0\x80.com", DomainMatching::Exact)
            .len(),
        1
    );
    assert_eq!(
        hunt.all_emails(b"\xed\xbf\xbf.com", DomainMatching::Exact)
            .len(),
        1
    );
    assert_eq!(
        hunt.all_emails("😀.com".as_bytes(), DomainMatching::Exact)
            .len(),
        1
    );
}

#[test]
fn deep_nesting_is_no_danger() {
    const DEPTH: usize = 100_000;
    let deep = "[".repeat(DEPTH) + &"]".repeat(DEPTH);
    let event = event_line("b.com").replace('}', &format!(",\"AuthenticationDetails\":{deep}}}"));
    let (report, hunt) = load_bytes(format!("{SENT_LINE}\n{event}\n"));
    assert_rest_is_counted(&report, &hunt);
    let (report, hunt) = load_bytes(format!("[{SENT_LINE},{deep},{event}]"));
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(places(&report), [Place::Record(2)]);
    let (report, _) = load_bytes("[".repeat(DEPTH));
    assert!(report.failure.unwrap().contains("broken at line 1"));
    let (report, _) = load_bytes("{\"a\":".repeat(DEPTH));
    assert_eq!(report.rows_rejected, 1);
}

#[test]
fn of_very_many_different_keys_those_too_many_are_left_out_and_no_row_is() {
    let with_keys = |domain: &str, keys: std::ops::Range<u32>| {
        let keys: Vec<String> = keys.map(|number| format!("\"key{number}\":1,")).collect();
        let keys = keys.concat();
        event_line(domain).replacen('{', &format!("{{{keys}"), 1) + "\n"
    };
    let sent = SENT_LINE.to_owned() + "\n";
    let mut text = with_keys("b.com", 0..9_000) + &sent;
    for number in 9..109 {
        text += &with_keys("b.com", number * 1_000..number * 1_000 + 20);
    }
    text += &event_line("c.com").replace('}', ",\"Connectors\":\"one\"}");
    let (report, hunt) = load_bytes(text);
    assert_eq!((report.rows_kept, report.rows_rejected), (103, 0));
    let told: Vec<&String> = report
        .warnings
        .iter()
        .filter(|warning| warning.contains("10,000 different keys"))
        .collect();
    assert_eq!(told.len(), 1, "{:?}", report.warnings);
    // The five of each row, 9,000 and 2,000, of which there is a place for 10,000.
    assert!(told[0].contains(": 1,005 keys "), "{told:?}");
    assert_eq!(hunt.store.columns().len(), 10_001);
    assert!(hunt.store.has_column("Connectors"), "it is documented");
    let emails = |domain: &[u8]| hunt.all_emails(domain, DomainMatching::Exact).len();
    assert_eq!((emails(b"b.com"), emails(b"c.com")), (101, 1));
}

// JSON arrays.

#[test]
fn what_is_no_object_in_an_array_is_rejected_by_its_number() {
    let threat = event_line("b.com");
    let text = format!("\n[{SENT_LINE}, 1, \"x\", null, [], {{}}, {threat}]\n");
    let (report, hunt) = load_bytes(text);
    assert_rest_is_counted(&report, &hunt);
    assert_eq!(report.format, Some(Format::JsonArray));
    assert_eq!(places(&report), [2, 3, 4, 5, 6].map(Place::Record));
}

#[rstest]
#[case::in_the_middle_of_a_record(",\n{\"EmailDirection\":\"Inb", "line 5")]
#[case::after_a_comma(",\n", "line 5")]
#[case::before_its_end("\n", "line 5")]
#[case::garbage_after_it("]\nxyz", "line 5")]
#[case::a_byte_that_is_no_json(",\n  nul]", "line 5")]
fn a_broken_array_keeps_the_records_before(#[case] tail: &str, #[case] line: &str) {
    let text = format!("\u{feff}\n\n[{SENT_LINE},\n{}{tail}", event_line("b.com"));
    let (report, hunt) = load_bytes(text);
    assert_eq!(report.rows_kept, 2);
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    let sentence = report.failure.unwrap();
    assert!(sentence.contains(line), "{sentence}");
    assert!(
        sentence.contains("the records before it are kept"),
        "{sentence}"
    );
}

#[test]
fn an_array_of_no_event_is_refused() {
    assert_eq!(failure_of("[1, 2]"), "none of its rows could be read");
    assert!(failure_of("[{\"a\":1}]").contains("Columns found: a"));
}

// Links.

#[test]
fn links_alone_are_no_answer() {
    let folder = Folder::new();
    let path = folder.write("links.csv", "NetworkMessageId,Url\nm,https://x.example/\n");
    let (state, hunt) = load(&[path], Vec::new());
    assert!(state.is_useless());
    assert_eq!(hunt.store.companions().rows(Table::EmailUrlInfo), 1);
}

// Pipes, and stopping.

#[cfg(unix)]
#[test]
fn a_pipe_is_read_to_its_end() {
    let folder = Folder::new();
    let Some(path) = folder.pipe("pipe") else {
        return;
    };
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || {
            use std::io::Write;
            let mut pipe = std::fs::OpenOptions::new().write(true).open(path).unwrap();
            // Byte by byte at first: a pipe may hand out less than a byte order mark.
            let bytes = gzip(format!("\u{feff}{}", around("short\n")).as_bytes());
            for byte in &bytes[..12] {
                pipe.write_all(&[*byte]).unwrap();
                pipe.flush().unwrap();
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            pipe.write_all(&bytes[12..]).unwrap();
        })
    };
    let (state, hunt) = load(&[path], Vec::new());
    writer.join().unwrap();
    let report = state.files[0].report.as_ref().unwrap();
    assert_rest_is_counted(report, &hunt);
    assert_eq!(state.files[0].progress.bytes_total, 0);
    assert_eq!(places(report), [Place::Line(3)]);
}

#[test]
fn stopping_in_the_middle_keeps_what_was_read() {
    let folder = Folder::new();
    // More than fits the batches that may wait, so that the reader cannot be done before the word.
    let row = format!("{}\n", threat("b.com"));
    let path = folder.write("large.csv", format!("{HEADER}\n{}", row.repeat(600_000)));
    let small = folder.write("small.csv", around(""));
    let cancel = CancelToken::default();
    let inputs = vec![Input::File(path), Input::File(small)];
    let (state, hunt) = pipeline::run(inputs, Vec::new().into(), &cancel, |_| cancel.cancel());
    assert_account(&state, &hunt);
    assert!(state.is_cancelled());
    let report = state.files[0].report.as_ref().unwrap();
    assert!(report.cancelled && report.failure.is_none());
    assert!(report.rows_kept < 600_000, "{}", report.rows_kept);
}

#[test]
fn stopping_before_the_start_ends_at_once() {
    let folder = Folder::new();
    let path = folder.write("many.csv", many_rows());
    let cancel = CancelToken::default();
    cancel.cancel();
    let (state, hunt) = pipeline::run(vec![Input::File(path)], Vec::new().into(), &cancel, |_| {});
    assert_account(&state, &hunt);
    assert!(state.is_cancelled() && hunt.store.events() < 5000);
}

#[test]
fn a_file_that_is_given_up_tells_what_was_read_of_it_by_then() {
    let folder = Folder::new();
    let Some(path) = folder.pipe("pipe") else {
        return;
    };
    let (is_read, wait_until_read) = std::sync::mpsc::channel();
    let (paused, wait_for_pause) = std::sync::mpsc::channel();
    let (is_over, wait_for_the_end) = std::sync::mpsc::channel::<()>();
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || {
            use std::io::Write;
            let mut pipe = std::fs::OpenOptions::new().write(true).open(path).unwrap();
            pipe.write_all(format!("{HEADER}\n").as_bytes()).unwrap();
            let row = format!("{}\n", threat("b.com"));
            while wait_until_read.try_recv().is_err() {
                pipe.write_all(row.as_bytes()).unwrap();
            }
            paused.send(()).unwrap();
            // The pipe stays open and silent: its reader cannot end.
            let _ = wait_for_the_end.recv();
        })
    };
    let cancel = CancelToken::default();
    let inputs = vec![Input::File(path)];
    let (state, hunt) = pipeline::run(inputs, Vec::new().into(), &cancel, |update: Update| {
        if update.load.files[0].progress.rows > 0 {
            let _ = is_read.send(());
        }
        if wait_for_pause.try_recv().is_ok() {
            cancel.cancel();
        }
    });
    assert_account(&state, &hunt);
    let report = state.files[0].report.as_ref().unwrap();
    assert!(report.cancelled && report.rows_kept > 0);
    assert_eq!(report.format, Some(Format::Csv));
    assert!(report.bytes_read > report.rows_kept * 10, "{report:?}");
    let account = Account {
        load: &state,
        hunt: &hunt,
        examined: None,
    };
    let extent = Extent {
        rejections: 1,
        columns: 1,
    };
    let told = account.paragraphs(extent, |_| None);
    let source = told.iter().find(|told| told.text.contains("CSV")).unwrap();
    assert!(
        source.text.starts_with("EmailEvents, CSV, UTF-8, ")
            && source.text.ends_with(" read until it was stopped"),
        "{source:?}"
    );
    drop(is_over);
    writer.join().unwrap();
}

/// Many rows.
fn many_rows() -> String {
    let mut text = format!("{HEADER}\n");
    for _ in 0..5000 {
        text += &(threat("b.com") + "\n");
    }
    text
}

// Whatever else.

/// Text that often is nearly an export.
fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop::sample::select(vec![
        HEADER,
        "\n",
        "\r\n",
        "\r",
        ",",
        ",",
        "\"",
        "\"",
        "\u{feff}",
        " ",
        "[",
        "]",
        "{",
        "}",
        ":",
        "\"EmailDirection\"",
        "\"Inbound\"",
        "Inbound",
        "b.com",
        "Phish",
        "\0",
        "\\ud800",
        "null",
        "1e400",
        "2026-11-02T09:00:00Z",
        "NetworkMessageId,Url\n",
        SENT_LINE,
    ]);
    let bytes = prop_oneof![
        12 => fragment.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(bytes, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic_and_with_a_true_account(
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
        magic in prop::sample::select(vec!["", "{", "[", "\u{feff}", HEADER, "\u{1f}"]),
    ) {
        let mut file = magic.as_bytes().to_vec();
        file.extend(bytes);
        load_without_panic(&file)?;
        load_without_panic(&gzip(&file))?;
    }

    #[test]
    fn anything_like_an_export_is_read_or_refused_without_a_panic_and_with_a_true_account(
        body in fragments(),
        begins_with_header in any::<bool>(),
    ) {
        let mut file = Vec::new();
        if begins_with_header {
            file.extend_from_slice(format!("{HEADER}\n").as_bytes());
        }
        file.extend(body);
        load_without_panic(&file)?;
    }
}

/// Loads these bytes, where the account is checked; a panic in the reader is told in the report.
fn load_without_panic(bytes: &[u8]) -> Result<(), TestCaseError> {
    let (report, _) = load_bytes(bytes);
    let failure = report.failure.unwrap_or_default();
    prop_assert!(!failure.contains("mailhunt failed inside its reader"));
    Ok(())
}
