//! Exports of `EmailEvents` joined with companion tables: emails count once, and what the join added is used as the
//! rows of the companion tables are.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::companions::CompanionRow;
use mailhunt::events::report::FileReport;
use mailhunt::events::schema::{Table, documented};
use mailhunt::hunt::exclusion::{self, Exclusion, ExclusionSet};
use mailhunt::hunt::{DomainMatching, Hunt, Query};
use parquet::basic::Compression;
use proptest::prelude::*;
use rstest::rstest;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::{
    Folder, answer, keeping_duplicates, load, load_bytes, load_with, parquet as writer, row,
};

const TABLES: [Table; 4] = [
    Table::EmailUrlInfo,
    Table::EmailAttachmentInfo,
    Table::EmailPostDeliveryEvents,
    Table::UrlClickEvents,
];

/// One email to a partner, which has no link, and a threat email from there to two people, which has two.
const LINKS_LEFT_OUTER: &str = "\
Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,ReportId,Timestamp1,NetworkMessageId1,Url,UrlDomain,ReportId1
2026-11-02T08:00:00Z,m-1,Outbound,ours.example,b@partner.example,,r-1,,,,,
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish,r-2,2026-11-03T08:00:00Z,m-2,https://bait.example/1,bait.example,u-1
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish,r-2,2026-11-03T08:00:00Z,m-2,https://bait.example/2,bait.example,u-2
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,bob@ours.example,Phish,r-3,2026-11-03T08:00:00Z,m-2,https://bait.example/1,bait.example,u-1
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,bob@ours.example,Phish,r-3,2026-11-03T08:00:00Z,m-2,https://bait.example/2,bait.example,u-2
";

fn joined_sentences(report: &FileReport) -> Vec<&str> {
    let warnings = report.warnings.iter().map(String::as_str);
    warnings
        .filter(|warning| warning.starts_with("an export joined"))
        .collect()
}

/// The cells of a message's rows in a companion table.
fn cells<'h>(hunt: &'h Hunt, table: Table, message: &str, column: &str) -> Vec<&'h str> {
    let rows = hunt
        .store
        .companions()
        .of_message(table, message.as_bytes());
    rows.map(|row: CompanionRow<'_>| std::str::from_utf8(row.cell(column)).unwrap())
        .collect()
}

#[test]
fn an_email_counts_once_and_its_links_are_those_of_its_message() {
    let (report, hunt) = load_bytes(LINKS_LEFT_OUTER);
    assert_eq!(answer(&hunt), [row("partner.example", 1, 2)]);
    assert_eq!((report.rows_read(), report.rows_kept), (5, 5));
    assert_eq!(report.tables, [(Table::EmailEvents, 5)]);
    assert_eq!(
        joined_sentences(&report),
        ["an export joined with EmailUrlInfo: 5 rows are 3 emails and 2 links"]
    );
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    let links = ["https://bait.example/1", "https://bait.example/2"];
    assert_eq!(cells(&hunt, Table::EmailUrlInfo, "M-2", "Url"), links);
    assert_eq!(
        cells(&hunt, Table::EmailUrlInfo, "m-2", "ReportId"),
        ["u-1", "u-2"]
    );
    assert!(cells(&hunt, Table::EmailUrlInfo, "m-1", "Url").is_empty());
    let columns: Vec<(Table, usize)> = report
        .columns
        .iter()
        .map(|columns| (columns.table, columns.found.len()))
        .collect();
    assert_eq!(columns, [(Table::EmailEvents, 7), (Table::EmailUrlInfo, 5)]);
}

/// What stands in the rows of an email that a join with a table repeats: the columns of that table, and two rows.
#[rstest]
#[case(Table::EmailUrlInfo, "Url", "https://a.example/,https://b.example/")]
#[case(Table::EmailUrlInfo, "UrlDomain", "a.example,b.example")]
#[case(Table::EmailAttachmentInfo, "FileName", "a.pdf,b.zip")]
#[case(Table::EmailAttachmentInfo, "SHA256", "9f86d081,60303ae2")]
#[case(Table::EmailAttachmentInfo, "FileType", "pdf,zip")]
#[case(
    Table::EmailPostDeliveryEvents,
    "Action",
    "Moved to quarantine,Reprocessed"
)]
#[case(Table::EmailPostDeliveryEvents, "ActionType", "Phish ZAP,Redelivery")]
#[case(
    Table::EmailPostDeliveryEvents,
    "ActionTrigger",
    "SpecialAction,AdminAction"
)]
#[case(Table::EmailPostDeliveryEvents, "ActionResult", "Success,Error")]
#[case(Table::UrlClickEvents, "IsClickedThrough", "0,1")]
#[case(Table::UrlClickEvents, "UrlChain", "x,y")]
fn a_column_of_a_companion_tells_that_it_is_joined(
    #[case] table: Table,
    #[case] column: &str,
    #[case] values: &str,
) {
    let email = "2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish";
    let sent = "2026-11-02T08:00:00Z,m-1,Outbound,ours.example,b@partner.example,";
    let rows: Vec<String> = values
        .split(',')
        .map(|value| format!("{email},{value}"))
        .collect();
    let header = "Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes";
    let text = format!("{header},{column}\n{}\n{sent},\n", rows.join("\n"));
    let (report, hunt) = load_bytes(text);
    assert_eq!(answer(&hunt), [row("partner.example", 1, 1)]);
    let values: Vec<&str> = values.split(',').collect();
    assert_eq!(cells(&hunt, table, "m-2", column), values);
    assert!(cells(&hunt, table, "m-1", column).is_empty());
    assert_eq!(joined_sentences(&report).len(), 1);
}

#[test]
fn a_column_of_ones_own_with_one_row_an_email_changes_no_number() {
    let own = "\
Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Url
2026-11-02T08:00:00Z,m-1,Outbound,ours.example,b@partner.example,,
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish,https://a.example/
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,bob@ours.example,Phish,https://a.example/
2026-11-03T09:00:00Z,m-2,Inbound,partner.example,bob@ours.example,Phish,https://a.example/
";
    let (report, hunt) = load_bytes(own);
    assert_eq!(answer(&hunt), [row("partner.example", 1, 3)]);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    assert_eq!(report.joined.unwrap().collapsed(), 0);
}

#[test]
fn what_the_hunt_or_the_analyst_tells_apart_stays_apart() {
    let header = "NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Timestamp,DeliveryAction,Url,Host";
    let sent = "m-1,Outbound,ours.example,b@partner.example,,2026-11-02T08:00:00Z,Delivered,,";
    let first = "m-2,Inbound,partner.example,ada@ours.example,Phish,2026-11-03T08:00:00Z,Delivered,https://a.example/1,a.example";
    let same = [
        first.replace("example/1,a.", "example/2,another."),
        first.replace("ada@ours", "ADA@Ours"),
    ];
    let others = [
        first.replace("m-2", "m-3"),
        first.replace("ada@", "bob@"),
        first.replace("Phish", "Spam"),
        first.replace("03T08:00:00Z", "03T09:00:00Z"),
        first.replace("Delivered", "Junked"),
    ];
    for other in &same {
        let (_, hunt) = load_bytes([header, sent, first, other].join("\n"));
        assert_eq!(answer(&hunt), [row("partner.example", 1, 1)], "{other}");
    }
    for other in &others {
        let (_, hunt) = load_bytes([header, sent, first, other].join("\n"));
        assert_eq!(answer(&hunt), [row("partner.example", 1, 2)], "{other}");
    }
}

#[test]
fn the_columns_of_a_companion_on_the_left_are_its_own() {
    let clicks = "\
Timestamp,Url,ActionType,AccountUpn,NetworkMessageId,ThreatTypes,IsClickedThrough,Timestamp1,NetworkMessageId1,EmailDirection,SenderFromDomain,RecipientEmailAddress,Subject,ThreatTypes1
2026-11-04T08:05:00Z,https://a.example/,ClickAllowed,ada@ours.example,m-2,,0,2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,hello,Phish
2026-11-04T09:05:00Z,https://a.example/,ClickAllowed,ada@ours.example,m-2,Malware,1,2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,hello,Phish
2026-11-04T10:00:00Z,https://b.example/,ClickAllowed,eve@ours.example,m-9,,0,,,,,,,
2026-11-04T10:00:00Z,https://c.example/,ClickAllowed,eve@ours.example,m-1,,0,2026-11-02T08:00:00Z,m-1,Outbound,ours.example,b@partner.example,sent,
";
    let (report, hunt) = load_bytes(clicks);
    assert_eq!(answer(&hunt), [row("partner.example", 1, 1)]);
    assert_eq!(report.rows_read(), 4);
    assert_eq!(
        report.tables,
        [(Table::EmailEvents, 3), (Table::UrlClickEvents, 1)]
    );
    let (first, last) = hunt.times.unwrap();
    let days = [first, last].map(|time| time.civil().date().to_string());
    assert_eq!(
        days,
        ["2026-11-02", "2026-11-03"],
        "not when somebody clicked"
    );
    let said = cells(&hunt, Table::UrlClickEvents, "m-2", "ThreatTypes");
    assert_eq!(said, ["", "Malware"]);
    let times = cells(&hunt, Table::UrlClickEvents, "m-9", "Timestamp");
    assert_eq!(times, ["2026-11-04T10:00:00Z"], "the click stays");
    let sentence = "an export joined with UrlClickEvents: 3 rows are 2 emails and 4 clicks; if it was an inner join, \
                    emails without any of these are missing; 1 more row is only from UrlClickEvents";
    assert_eq!(joined_sentences(&report), [sentence]);
}

#[test]
fn an_export_joined_with_two_tables_gives_each_its_rows() {
    let text = "\
Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,NetworkMessageId1,Url,UrlDomain,NetworkMessageId2,RecipientEmailAddress1,FileName,ThreatTypes1
2026-11-02T08:00:00Z,m-1,Outbound,ours.example,b@partner.example,,,,,,,,
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish,m-2,https://a.example/1,a.example,m-2,ada@ours.example,a.pdf,Malware
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish,m-2,https://a.example/1,a.example,m-2,ada@ours.example,b.pdf,
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish,m-2,https://a.example/2,a.example,m-2,ada@ours.example,a.pdf,Malware
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish,m-2,https://a.example/2,a.example,m-2,ada@ours.example,b.pdf,
";
    let (report, hunt) = load_bytes(text);
    assert_eq!(answer(&hunt), [row("partner.example", 1, 1)]);
    assert_eq!(
        joined_sentences(&report),
        [
            "an export joined with EmailUrlInfo and EmailAttachmentInfo: 5 rows are 2 emails, 2 links and 2 files"
        ]
    );
    let threats = cells(&hunt, Table::EmailAttachmentInfo, "m-2", "ThreatTypes");
    assert_eq!(threats, ["Malware", ""]);
    assert_eq!(cells(&hunt, Table::EmailUrlInfo, "m-2", "Url").len(), 2);
}

#[test]
fn rows_that_say_no_message_or_recipient_count_each_and_the_report_says_so() {
    let text = LINKS_LEFT_OUTER.replace(",m-2,Inbound", ",,Inbound");
    let (report, hunt) = load_bytes(text);
    assert_eq!(answer(&hunt), [row("partner.example", 1, 4)]);
    let sentence = joined_sentences(&report)[0];
    assert!(
        sentence.ends_with(
            "4 rows lack NetworkMessageId or RecipientEmailAddress, so each counts as an email"
        ),
        "{sentence}"
    );
    let (report, hunt) = load_bytes(LINKS_LEFT_OUTER.replace("NetworkMessageId", "MessageNo"));
    assert_eq!(answer(&hunt), [row("partner.example", 1, 4)]);
    assert_eq!(
        report.warnings[0],
        "it has columns of EmailUrlInfo but no NetworkMessageId: if it is a join, an email counts once per joined row"
    );
}

#[test]
fn a_list_of_recipients_is_an_email_for_each_whatever_the_links() {
    let rows = [("m-1", "a"), ("m-2", "a"), ("m-2", "b")].map(|(message, link)| {
        let (direction, sender, to) = match message {
            "m-1" => ("Outbound", "ours.example", "partner.example"),
            _ => ("Inbound", "partner.example", "ours.example"),
        };
        format!(
            r#"{{"NetworkMessageId":"{message}","EmailDirection":"{direction}","SenderFromDomain":"{sender}","RecipientEmailAddress":["ada@{to}","bob@{to}"],"ThreatTypes":"Phish","Url":"https://{link}.example/"}}"#
        )
    });
    for text in [rows.join("\n"), format!("[{}]", rows.join(","))] {
        let (report, hunt) = load_bytes(text);
        assert_eq!(answer(&hunt), [row("partner.example", 2, 2)]);
        assert_eq!(report.tables, [(Table::EmailEvents, 3)]);
        assert_eq!(cells(&hunt, Table::EmailUrlInfo, "m-2", "Url").len(), 2);
        let sentence = joined_sentences(&report)[0];
        assert!(
            sentence.contains("3 rows are 4 emails and 3 links"),
            "{sentence}"
        );
    }
}

/// Records that leave out what is empty: a column comes with the first record that fills it, which may be between two
/// rows of one email.
#[rstest]
#[case::of_the_emails(r#""ThreatTypes":"Phish""#)]
#[case::of_the_links_too(r#""UrlLocation":"Body","ThreatTypes":"Phish""#)]
fn an_email_counts_once_where_a_column_comes_between_its_rows(#[case] more: &str) {
    let sent = |link: &str| {
        format!(
            r#"{{"NetworkMessageId":"m-1","EmailDirection":"Outbound","SenderFromDomain":"ours.example","RecipientEmailAddress":"b@partner.example","Url":"https://{link}.example/"}}"#
        )
    };
    let threat = format!(
        r#"{{"NetworkMessageId":"m-2","EmailDirection":"Inbound","SenderFromDomain":"partner.example","RecipientEmailAddress":"ada@ours.example","Url":"https://a.example/",{more}}}"#
    );
    let mut rows = [sent("a"), sent("b"), sent("a"), threat];
    for _ in 0..rows.len() {
        rows.rotate_left(1);
        for text in [rows.join("\n"), format!("[{}]", rows.join(","))] {
            let (_, hunt) = load_bytes(&text);
            assert_eq!(answer(&hunt), [row("partner.example", 1, 1)], "{text}");
            let links = cells(&hunt, Table::EmailUrlInfo, "m-1", "Url").len();
            assert_eq!(links, 2, "{text}");
        }
    }
}

/// Only the last record has a link. What comes before it is told as emails without one, in however many blocks it stands.
#[rstest]
#[case::in_one_block(10)]
#[case::in_several_blocks(40_000)]
fn emails_before_the_first_link_are_emails_without_one(#[case] length: usize) {
    let subject = "s".repeat(length);
    let record = |number: usize| {
        let link = if number == 59 {
            r#","Url":"https://a.example/""#
        } else {
            ""
        };
        format!(
            r#"{{"NetworkMessageId":"m-{number}","EmailDirection":"Outbound","SenderFromDomain":"ours.example","RecipientEmailAddress":["a@partner.example","b@partner.example"],"Subject":"{subject}"{link}}}"#
        )
    };
    let records: Vec<String> = (0..60).map(record).collect();
    for text in [records.join("\n"), format!("[{}]", records.join(","))] {
        let (report, _) = load_bytes(text);
        let joined = report.joined.unwrap();
        assert_eq!((joined.rows, joined.further), (60, 60));
        assert_eq!((joined.emails, joined.unmatched), (120, 118));
        assert_eq!(
            joined.sentence().unwrap(),
            "an export joined with EmailUrlInfo: 60 rows are 120 emails and 1 link"
        );
    }
}

#[test]
fn rows_of_a_retried_export_are_the_same_emails_and_links() {
    let (_, rows) = LINKS_LEFT_OUTER.split_once('\n').unwrap();
    let (report, hunt) = load_bytes([LINKS_LEFT_OUTER, rows].concat());
    assert_eq!(answer(&hunt), [row("partner.example", 1, 2)]);
    assert_eq!(cells(&hunt, Table::EmailUrlInfo, "m-2", "Url").len(), 2);
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
}

#[test]
fn in_a_union_of_tables_nothing_is_joined_and_each_row_is_of_its_table() {
    let union = "\
Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Url
2026-11-02T08:00:00Z,m-1,Outbound,ours.example,b@partner.example,,
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish,
2026-11-03T08:00:00Z,m-2,,,,,https://a.example/
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish,
";
    let (report, hunt) = load_bytes(union);
    assert_eq!(
        answer(&hunt),
        [row("partner.example", 1, 2)],
        "as in a plain export"
    );
    let tables = [(Table::EmailEvents, 3), (Table::EmailUrlInfo, 1)];
    assert_eq!(report.tables, tables);
    assert_eq!(cells(&hunt, Table::EmailUrlInfo, "m-2", "Url").len(), 1);
    assert_eq!(report.warnings, [""; 0]);
    let joined = format!(
        "{union}2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish,https://a.example/\n"
    );
    let (_, hunt) = load_bytes(joined);
    assert_eq!(answer(&hunt), [row("partner.example", 1, 1)]);
}

const EVENTS: &str = "\
Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes
2026-11-03T08:00:00Z,m-2,Inbound,partner.example,ada@ours.example,Phish
2026-11-03T08:00:00Z,m-3,Inbound,partner.example,ada@ours.example,Phish
";

#[test]
fn an_email_of_a_joined_file_and_of_a_plain_one_counts_once_in_either_order() {
    let folder = Folder::new();
    let joined = folder.write("joined.csv", LINKS_LEFT_OUTER);
    let plain = folder.write("plain.csv", EVENTS);
    for paths in [[&joined, &plain], [&plain, &joined]] {
        let paths = paths.map(PathBuf::clone);
        let (state, hunt) = load(&paths, Vec::new());
        assert_eq!(answer(&hunt), [row("partner.example", 1, 3)]);
        let shared = state.files[1].report.as_ref().unwrap().overlaps.clone();
        assert_eq!(shared[0].rows, 1);
        let (_, hunt) = load_with(&paths, Vec::new(), keeping_duplicates());
        let counted = [row("partner.example", 1, 4)];
        assert_eq!(answer(&hunt), counted, "a join makes no duplicates");
    }
}

fn mailhunt(arguments: &[&str], paths: &[PathBuf]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .args(arguments)
        .args(paths)
        .output()
        .unwrap()
}

fn printed(arguments: &[&str], paths: &[PathBuf]) -> String {
    let output = mailhunt(arguments, paths);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn rank_counts_it_without_keeping_it_and_says_what_it_did() {
    let folder = Folder::new();
    let path = folder.write("joined.csv", LINKS_LEFT_OUTER);
    let output = mailhunt(&["rank", "--format", "csv"], &[path]);
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(answer.contains("partner.example,1,2"), "{answer}");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("5 rows are 3 emails and 2 links"), "{told}");
    assert!(!told.contains("retried"), "{told}");
}

#[test]
fn the_account_keeps_all_rows_and_counts_the_emails() {
    let folder = Folder::new();
    let path = folder.write("joined.csv", LINKS_LEFT_OUTER);
    let text = printed(&["check", "--format", "json"], std::slice::from_ref(&path));
    let account: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(account["rows_read"], 5);
    assert_eq!(account["rows_kept"], 5);
    assert_eq!(account["tables"]["EmailEvents"], 5);
    assert_eq!(account["events_counted"], 3);
    let joined = &account["files"][0]["joined"];
    assert_eq!(joined["emails"], 3);
    assert_eq!(joined["tables"]["EmailUrlInfo"], 2);
    let paths = [path, folder.write("plain.csv", EVENTS)];
    let text = printed(&["check"], &paths);
    assert!(
        text.contains("7 EmailEvents; 4 EmailEvents counted"),
        "{text}"
    );
}

#[test]
fn where_no_email_is_repeated_it_is_a_fact_and_no_warning() {
    let rows: Vec<&str> = LINKS_LEFT_OUTER.lines().collect();
    let folder = Folder::new();
    let path = folder.write("joined.csv", rows[..3].join("\n"));
    let text = printed(&["check"], &[path]);
    assert!(text.starts_with("All is well"), "{text}");
    assert!(
        text.contains("an export joined with EmailUrlInfo: 2 rows are 2 emails and 1 link"),
        "{text}"
    );
}

/// An email to one recipient, or a row of a companion table: the cells of some columns.
type Cells = Vec<(&'static str, String)>;

/// A tenant's mail, as plain tables.
#[derive(Clone, Debug)]
struct Tables {
    emails: Vec<Cells>,
    /// Of each table the rows, with the message each belongs to.
    rows: Vec<(Table, Vec<(u8, Cells)>)>,
    is_companion_left: bool,
}

const EMAIL_COLUMNS: [&str; 8] = [
    "Timestamp",
    "NetworkMessageId",
    "EmailDirection",
    "SenderFromDomain",
    "RecipientEmailAddress",
    "ThreatTypes",
    "Subject",
    "UrlCount",
];

fn columns_of(table: Table) -> Vec<&'static str> {
    let columns = match table {
        Table::EmailEvents => return EMAIL_COLUMNS.to_vec(),
        Table::EmailUrlInfo => "Timestamp,NetworkMessageId,Url,UrlDomain,UrlLocation",
        Table::EmailAttachmentInfo => {
            "Timestamp,NetworkMessageId,RecipientEmailAddress,FileName,FileType,ThreatTypes"
        }
        Table::EmailPostDeliveryEvents => {
            "Timestamp,NetworkMessageId,Action,ActionType,ActionTrigger,RecipientEmailAddress,ThreatTypes,EmailDirection"
        }
        Table::UrlClickEvents => {
            "Timestamp,Url,ActionType,AccountUpn,NetworkMessageId,ThreatTypes,IsClickedThrough"
        }
    };
    columns.split(',').collect()
}

/// The cells of a row of a companion table, told apart by a number.
fn companion_row(table: Table, message: u8, number: u8) -> Cells {
    let value = |column: &str| match column {
        "Timestamp" => format!("2026-11-{:02}T10:00:00Z", 10 + number),
        "NetworkMessageId" => format!("m-{message}"),
        "Url" => format!(
            "https://{}.example/{number}",
            ["bait", "drop"][usize::from(number % 2)]
        ),
        "UrlDomain" => format!("{}.example", ["bait", "drop"][usize::from(number % 2)]),
        "FileName" => format!("f{number}.{}", ["pdf", "zip"][usize::from(number % 2)]),
        "IsClickedThrough" => (number % 2).to_string(),
        "EmailDirection" => "Inbound".to_owned(),
        other => format!("{other} {}", number % 3),
    };
    let columns = columns_of(table).into_iter();
    columns.map(|column| (column, value(column))).collect()
}

fn email_row(email: (u8, u8, bool, u8, u8), links: usize) -> Cells {
    let (message, recipient, is_inbound, partner, threat) = email;
    let partner = format!("p{partner}.example");
    let person = format!("r{recipient}");
    let value = |column: &str| match column {
        "Timestamp" => format!("2026-11-{:02}T08:00:00Z", 1 + message),
        "NetworkMessageId" => format!("m-{message}"),
        "EmailDirection" => ["Outbound", "Inbound"][usize::from(is_inbound)].to_owned(),
        "SenderFromDomain" if is_inbound => partner.clone(),
        "SenderFromDomain" => "ours.example".to_owned(),
        "RecipientEmailAddress" if is_inbound => format!("{person}@ours.example"),
        "RecipientEmailAddress" => format!("{person}@{partner}"),
        "ThreatTypes" if is_inbound => ["", "Phish", "Spam, Phish"][usize::from(threat)].to_owned(),
        "Subject" => format!("subject {message}"),
        "UrlCount" => links.to_string(),
        _ => String::new(),
    };
    EMAIL_COLUMNS
        .iter()
        .map(|column| (*column, value(column)))
        .collect()
}

fn tables() -> impl Strategy<Value = Tables> {
    // Of each message one direction, partner and verdict.
    let messages = prop::collection::vec((any::<bool>(), 0..3_u8, 0..3_u8, 1..3_u8), 1..7);
    let joined = prop::sample::subsequence(TABLES.to_vec(), 1..3);
    let numbers = prop::collection::vec(prop::collection::btree_set(0..4_u8, 0..4), 14);
    (messages, joined, numbers, any::<bool>(), 0..2_usize).prop_map(
        |(messages, joined, numbers, is_companion_left, more_links)| {
            let of_message = |table: usize, message: usize| &numbers[table * 7 + message];
            let rows: Vec<(Table, Vec<(u8, Cells)>)> = joined
                .iter()
                .enumerate()
                .map(|(index, &table)| {
                    let rows = (0..messages.len()).flat_map(|message| {
                        let numbers = of_message(index, message).iter();
                        let message = message as u8;
                        numbers.map(move |number| (message, companion_row(table, message, *number)))
                    });
                    (table, rows.collect())
                })
                .collect();
            let mut emails = Vec::new();
            for (message, (is_inbound, partner, threat, recipients)) in
                messages.into_iter().enumerate()
            {
                let links = of_message(0, message).len() + more_links;
                for recipient in 0..recipients {
                    let email = (message as u8, recipient, is_inbound, partner, threat);
                    emails.push(email_row(email, links));
                }
            }
            Tables {
                emails,
                rows,
                is_companion_left: is_companion_left && joined.len() == 1,
            }
        },
    )
}

impl Tables {
    /// The rows of a join of all tables, as Kusto's `kind=leftouter` gives them of emails on the left, and
    /// `kind=rightouter` of emails on the right.
    fn joined(&self) -> Vec<Cells> {
        let mut joined: Vec<Vec<Cells>> = self
            .emails
            .iter()
            .map(|email| vec![email.clone()])
            .collect();
        for (table, rows) in &self.rows {
            joined = joined
                .into_iter()
                .flat_map(|parts| {
                    let message = &parts[0][1].1;
                    let of_message = rows
                        .iter()
                        .filter(|(number, _)| format!("m-{number}") == *message);
                    let mut found: Vec<Cells> =
                        of_message.map(|(_, cells)| cells.clone()).collect();
                    if found.is_empty() {
                        let nothing = columns_of(*table).into_iter();
                        found.push(nothing.map(|column| (column, String::new())).collect());
                    }
                    let parts = found
                        .into_iter()
                        .map(move |cells| [parts.clone(), vec![cells]].concat());
                    parts.collect::<Vec<_>>()
                })
                .collect();
        }
        let in_order = joined.into_iter().map(|mut parts| {
            if self.is_companion_left {
                parts.reverse();
            }
            numbered(parts)
        });
        in_order.collect()
    }
}

/// A row of several tables, where a column that a table further left has gets the next number.
fn numbered(parts: Vec<Cells>) -> Cells {
    let mut row: Cells = Vec::new();
    for (column, cell) in parts.into_iter().flatten() {
        let is_taken = |name: &str| row.iter().any(|(known, _)| *known == name);
        let mut names = std::iter::once(column.to_owned())
            .chain((1..).map(|number| format!("{column}{number}")));
        let name = names.find(|name| !is_taken(name)).unwrap();
        row.push((Box::leak(name.into_boxed_str()), cell));
    }
    row
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Csv,
    JsonLines,
    /// Without the keys of what is empty.
    SparseJsonLines,
    JsonArray,
    Parquet,
}

const FORMATS: [Format; 5] = [
    Format::Csv,
    Format::JsonLines,
    Format::SparseJsonLines,
    Format::JsonArray,
    Format::Parquet,
];

fn written(format: Format, rows: &[Cells]) -> Vec<u8> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let object = |row: &Cells, is_sparse: bool| {
        let cells = row
            .iter()
            .filter(|(_, cell)| !is_sparse || !cell.is_empty());
        let cells = cells.map(|(name, cell)| (*name, serde_json::Value::from(cell.as_str())));
        // In their order, which tells which table stands left.
        let members = cells.map(|(name, cell)| format!("{}:{cell}", serde_json::Value::from(name)));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    };
    let objects = |is_sparse| {
        rows.iter()
            .map(|row| object(row, is_sparse))
            .collect::<Vec<_>>()
    };
    match format {
        Format::Csv => {
            let line = |cells: Vec<String>| cells.join(",");
            let header = line(rows[0].iter().map(|(name, _)| quoted(name)).collect());
            let rows = rows
                .iter()
                .map(|row| line(row.iter().map(|(_, cell)| quoted(cell)).collect()));
            let lines: Vec<String> = std::iter::once(header).chain(rows).collect();
            lines.join("\n").into_bytes()
        }
        Format::JsonLines => objects(false).join("\n").into_bytes(),
        Format::SparseJsonLines => objects(true).join("\n").into_bytes(),
        Format::JsonArray => format!("[{}]", objects(false).join(",\n")).into_bytes(),
        Format::Parquet => {
            let columns = rows[0].iter().enumerate().map(|(place, (name, _))| {
                writer::text_column(name, rows.iter().map(|row| &row[place].1))
            });
            let columns: Vec<_> = columns.collect();
            writer::file(&columns, 3, writer::packed(Compression::SNAPPY))
        }
    }
}

const DEFINITIONS: &str = r#"
version = 1
[[exclude]]
id = "every-link"
title = "Every link"
match = [{ "UrlDomain|every" = "bait.example" }]
[[exclude]]
id = "a-link"
title = "A link"
match = [{ "Url|contains" = "/1" }]
[[exclude]]
id = "no-link"
title = "No link"
match = [{ "Url|exists" = false }]
[[exclude]]
id = "files"
title = "Files"
match = [{ "FileName|endswith|every" = ".pdf" }]
[[exclude]]
id = "a-threat"
title = "A threat"
match = [{ "ThreatTypes|contains" = "Spam" }]
"#;

fn definitions() -> Vec<Exclusion> {
    exclusion::parse(DEFINITIONS).unwrap()
}

/// All that a hunt tells of its emails: the ranking, each email with its exclusions, and what is known of its message.
fn told(hunt: &Hunt) -> (Vec<support::Row>, Vec<String>) {
    let mut emails = Vec::new();
    for partner in ["p0.example", "p1.example", "p2.example"] {
        for email in hunt
            .all_emails(partner.as_bytes(), DomainMatching::Exact)
            .iter()
        {
            let cell =
                |name: &str| String::from_utf8_lossy(hunt.store.cell(email.id, name)).into_owned();
            let mask: Vec<bool> = (0..5)
                .map(|exclusion| email.mask.contains(exclusion))
                .collect();
            let message = cell("NetworkMessageId");
            let own: Vec<String> = EMAIL_COLUMNS.iter().map(|name| cell(name)).collect();
            let companions = TABLES.iter().map(|table| {
                let rows = hunt
                    .store
                    .companions()
                    .of_message(*table, message.as_bytes());
                let cells = |row: CompanionRow<'_>| -> Vec<String> {
                    let columns = columns_of(*table).into_iter();
                    let cells =
                        columns.map(|name| String::from_utf8_lossy(row.cell(name)).into_owned());
                    cells.collect()
                };
                rows.map(cells).collect::<BTreeSet<Vec<String>>>()
            });
            emails.push(format!(
                "{own:?} {mask:?} {:?}",
                companions.collect::<Vec<_>>()
            ));
        }
    }
    emails.sort();
    (answer(hunt), emails)
}

/// The plain tables as files.
fn plain_files(tables: &Tables, folder: &Path) -> Vec<PathBuf> {
    let companions = tables.rows.iter().map(|(table, rows)| {
        let rows: Vec<Cells> = rows.iter().map(|(_, cells)| cells.clone()).collect();
        (table.name(), rows)
    });
    let all = std::iter::once(("EmailEvents", tables.emails.clone())).chain(companions);
    let with_rows = all.filter(|(_, rows)| !rows.is_empty());
    with_rows
        .map(|(name, rows)| {
            let path = folder.join(name);
            std::fs::write(&path, written(Format::Csv, &rows)).unwrap();
            path
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_joined_file_tells_the_same_as_the_tables_it_joins(
        mut tables in tables(),
        format in prop::sample::select(FORMATS.to_vec()),
        order in any::<prop::sample::Index>(),
    ) {
        if let Format::SparseJsonLines = format {
            // Its first records need not tell which table stands left.
            tables.rows.truncate(1);
            tables.is_companion_left = false;
        }
        let mut rows = tables.joined();
        let first = order.index(rows.len());
        rows.rotate_left(first);
        let folder = Folder::new();
        let joined = [folder.write("joined", written(format, &rows))];
        let (_, of_joined) = load(&joined, definitions());
        let (_, of_plain) = load(&plain_files(&tables, folder.path()), definitions());
        prop_assert_eq!(told(&of_joined), told(&of_plain));
        prop_assert_eq!(excluded(&of_joined), excluded(&of_plain));
    }
}

/// The ranking with each exclusion alone, and with all.
fn excluded(hunt: &Hunt) -> Vec<Vec<support::Row>> {
    let exclusions = hunt.exclusions.len();
    let alone = (0..exclusions).map(|exclusion| {
        let mut set = ExclusionSet::EMPTY;
        set.insert(exclusion);
        set
    });
    let ask = |active| Query {
        active,
        ..Query::default()
    };
    alone
        .chain([ExclusionSet::first(exclusions)])
        .map(|active| support::rows(hunt, &ask(active)))
        .collect()
}

#[test]
fn the_program_prints_the_same_of_a_joined_file_and_of_the_tables_it_joins() {
    let emails = [
        (0, 0, false, 0, 0),
        (1, 0, true, 0, 1),
        (1, 1, true, 0, 1),
        (2, 0, true, 0, 2),
        (3, 0, true, 1, 2),
    ];
    let links = [(1, vec![0, 2]), (2, vec![0, 1, 2])];
    let rows = links.iter().flat_map(|(message, numbers)| {
        let row = |number: &u8| {
            (
                *message,
                companion_row(Table::EmailUrlInfo, *message, *number),
            )
        };
        numbers.iter().map(row).collect::<Vec<_>>()
    });
    let count = |message: u8| {
        links
            .iter()
            .find(|(known, _)| *known == message)
            .map_or(0, |(_, links)| links.len())
    };
    let tables = Tables {
        emails: emails
            .iter()
            .map(|email| email_row(*email, count(email.0)))
            .collect(),
        rows: vec![(Table::EmailUrlInfo, rows.collect())],
        is_companion_left: false,
    };
    let folder = Folder::new();
    let own = folder.write("own.toml", DEFINITIONS);
    let own = own.to_str().unwrap();
    let plain = plain_files(&tables, folder.path());
    for format in FORMATS {
        let joined = [folder.write("joined", written(format, &tables.joined()))];
        for arguments in [
            &["rank", "--format", "csv"][..],
            &[
                "rank",
                "--format",
                "csv",
                "--exclusions",
                own,
                "--exclude",
                "every-link,a-threat",
            ],
            &[
                "emails",
                "p0.example",
                "--format",
                "jsonl",
                "--columns",
                &EMAIL_COLUMNS.join(","),
            ],
            &["exclusions", "--format", "csv", "--exclusions", own],
        ] {
            assert_eq!(
                printed(arguments, &joined),
                printed(arguments, &plain),
                "{format:?} {arguments:?}"
            );
        }
    }
}

#[test]
fn the_columns_of_these_tests_are_documented() {
    for table in TABLES {
        for column in columns_of(table) {
            assert!(documented::of_table(table).contains(&column), "{column}");
        }
    }
}
