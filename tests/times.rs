//! Times of whole files: the order of day and month is decided per file, headers say the zone, and
//! panes, exports and the report agree. How one time is spelled is tested beside its reader.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

#[path = "support/screen.rs"]
#[allow(
    dead_code,
    reason = "each test file uses its part of the shared harness"
)]
mod screen;
mod support;

use mailhunt::events::batch::MAX_ROWS;
use mailhunt::events::batch::builder::BatchBuilder;
use mailhunt::events::input::Input;
use mailhunt::events::report::FileReport;
use mailhunt::events::schema::Table;
use mailhunt::events::time::{DateOrder, EventTime};
use mailhunt::export::provenance::Provenance;
use mailhunt::hunt::{DomainMatching, Hunt, HuntBuilder, Query};
use rstest::rstest;
use std::fmt::Write as _;
use support::{Folder, answer, load, load_bytes, row};

const COLUMNS: &str = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes";

/// A CSV of one outbound email, and a threat at each of these times.
fn threats_at(time_column: &str, times: &[&str]) -> String {
    let mut text = format!("{COLUMNS},\"{time_column}\"\r\n");
    text.push_str("Outbound,ours.example,a@b.com,,\r\n");
    for time in times {
        writeln!(text, "Inbound,b.com,me@ours.example,Phish,\"{time}\"\r").unwrap();
    }
    text
}

/// The times of the threats, newest first, as the panes have them.
fn threat_times(hunt: &Hunt) -> Vec<String> {
    let emails = hunt.all_emails(b"b.com", DomainMatching::Exact);
    emails
        .iter()
        .map(|email| {
            assert_eq!(email.time, hunt.store.event_time(email.id));
            shown(email.time)
        })
        .collect()
}

fn shown(time: Option<EventTime>) -> String {
    time.map_or_else(|| "none".to_owned(), |time| time.civil().to_string())
}

/// The range of the report, which is that of the hunt where there is only this file.
fn range(report: &FileReport, hunt: &Hunt) -> [String; 2] {
    assert_eq!(report.times, hunt.times);
    let (first, last) = report.times.unwrap();
    [first, last].map(|time| time.civil().to_string())
}

/// The hours in which the hunt has threats.
fn hours(hunt: &Hunt) -> Vec<String> {
    let timeline = hunt.timeline(&Query::default());
    let starts = timeline.by_hour.iter();
    let starts = starts.map(|(hour, _)| EventTime::from_seconds(i64::from(hour.0) * 3600));
    starts.map(|hour| shown(Some(hour))).collect()
}

fn warnings_about<'r>(report: &'r FileReport, word: &str) -> Vec<&'r str> {
    let warnings = report.warnings.iter().map(String::as_str);
    warnings.filter(|text| text.contains(word)).collect()
}

#[rstest]
#[case("2024-03-13T15:40:13.9880000Z")]
#[case("2024-03-13 15:40:13.9880000")]
#[case("2024-03-13T16:40:13+01:00")]
#[case("3/13/2024, 3:40:13 PM")]
#[case("3/13/2024, 3:40:13.988\u{202f}PM")]
#[case("13/03/2024, 3:40:13.988 pm")]
#[case("13/03/2024, 15:40:13")]
#[case("Mar 13, 2024 3:40:13 PM")]
#[case("Mar 13, 2024, 3:40:13\u{a0}pm")]
fn every_spelling_is_the_same_moment(#[case] time: &str) {
    let (report, hunt) = load_bytes(threats_at("Timestamp", &[time]));
    assert_eq!(threat_times(&hunt), ["2024-03-13T15:40:13"]);
    assert_eq!(range(&report, &hunt), ["2024-03-13T15:40:13"; 2]);
    assert_eq!(hours(&hunt), ["2024-03-13T15:00:00"]);
    assert_eq!(
        (report.unreadable_times, &report.warnings[..]),
        (0, &[][..])
    );
}

#[rstest]
#[case("6/13/2023, 5:40:00 PM", DateOrder::MonthFirst, "2023-06-11T17:40:00")]
#[case("13/6/2023, 5:40:00 PM", DateOrder::DayFirst, "2023-11-06T17:40:00")]
fn one_date_decides_for_the_whole_file(
    #[case] proof: &str,
    #[case] order: DateOrder,
    #[case] expected: &str,
) {
    for times in [
        ["6/11/2023, 5:40:00 PM", proof],
        [proof, "6/11/2023, 5:40:00 PM"],
    ] {
        let (report, hunt) = load_bytes(threats_at("TimeGenerated [UTC]", &times));
        assert_eq!(report.dates.order_if_it_matters(), Some(order));
        assert!(threat_times(&hunt).contains(&expected.to_owned()));
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    }
}

#[test]
fn each_file_decides_for_itself() {
    let folder = Folder::new();
    let month_first = threats_at(
        "Timestamp",
        &["6/11/2023, 5:40:00 PM", "6/30/2023, 5:40:00 PM"],
    );
    let day_first = threats_at(
        "Timestamp",
        &["6/11/2023, 5:40:00 PM", "30/6/2023, 5:40:00 PM"],
    );
    let paths = [
        folder.write("us.csv", month_first),
        folder.write("uk.csv", day_first),
    ];
    let (state, hunt) = load(&paths, Vec::new());
    let orders: Vec<Option<DateOrder>> = state
        .reports()
        .map(|(_, report)| report.dates.order_if_it_matters())
        .collect();
    assert_eq!(
        orders,
        [Some(DateOrder::MonthFirst), Some(DateOrder::DayFirst)]
    );
    let expected = [
        "2023-11-06T17:40:00",
        "2023-06-30T17:40:00",
        "2023-06-30T17:40:00",
        "2023-06-11T17:40:00",
    ];
    assert_eq!(threat_times(&hunt), expected);
}

/// More rows than a batch holds, so that the first were handed on and counted before the proof.
#[test]
fn a_proof_in_the_last_row_of_a_large_file_holds_for_its_first() {
    let mut times = vec!["1/11/2023, 5:40:00 PM"; MAX_ROWS + 10];
    times.push("30/10/2023, 5:40:00 PM");
    let (report, hunt) = load_bytes(threats_at("Timestamp", &times));
    assert!(hunt.store.batches().count() > 1);
    assert_eq!(
        report.dates.order_if_it_matters(),
        Some(DateOrder::DayFirst)
    );
    assert_eq!(report.warnings, Vec::<String>::new());
    assert_eq!(hours(&hunt), ["2023-10-30T17:00:00", "2023-11-01T17:00:00"]);
    let span = ["2023-10-30T17:40:00", "2023-11-01T17:40:00"];
    assert_eq!(range(&report, &hunt), span);
    let newest = threat_times(&hunt);
    assert_eq!(
        (newest[0].as_str(), newest.last().unwrap().as_str()),
        (span[1], span[0])
    );
    let notes = Provenance::of(&hunt, &Query::default()).notes("test", Vec::new());
    let said = format!("{} to {} UTC", span[0], span[1]);
    assert!(
        notes.contains(&("Events from".to_owned(), said)),
        "{notes:?}"
    );
    assert_eq!(answer(&hunt), [row("b.com", 1, MAX_ROWS as u64 + 11)]);
}

/// The same without files, batch by batch: a proof late or early, of one order or after one of the other.
#[rstest]
#[case(
    &["1/2/2023, 5:00:00 PM"], &["13/2/2023, 5:00:00 PM"],
    &["2023-02-01T17:00:00", "2023-02-13T17:00:00"],
)]
#[case(
    &["1/2/2023, 5:00:00 PM"], &["2/13/2023, 5:00:00 PM"],
    &["2023-01-02T17:00:00", "2023-02-13T17:00:00"],
)]
#[case(
    &["13/2/2023, 5:00:00 PM"], &["1/2/2023, 5:00:00 PM"],
    &["2023-02-01T17:00:00", "2023-02-13T17:00:00"],
)]
#[case(
    &["13/2/2023, 5:00:00 PM", "1/2/2023, 5:00:00 PM"], &["2/13/2023, 6:00:00 PM", "2/14/2023, 5:00:00 PM"],
    &["2023-01-02T17:00:00", "2023-02-13T17:00:00", "2023-02-13T18:00:00", "2023-02-14T17:00:00"],
)]
fn events_are_counted_anew_when_their_file_turns_out_otherwise(
    #[case] first: &[&str],
    #[case] second: &[&str],
    #[case] expected: &[&str],
) {
    let columns: Vec<String> = COLUMNS
        .split(',')
        .chain(["Timestamp"])
        .map(str::to_owned)
        .collect();
    let mut rows = BatchBuilder::new(columns);
    let mut builder = HuntBuilder::new([].into(), 1);
    let mut push = |cells: [&str; 5]| rows.push_row(cells.iter().map(|cell| cell.as_bytes()));
    push(["Outbound", "", "a@b.com", "", ""]);
    for batch in [first, second] {
        for time in batch {
            rows.push_row(
                ["Inbound", "b.com", "", "Phish", time]
                    .iter()
                    .map(|cell| cell.as_bytes()),
            );
        }
        builder.add_events(0, rows.take().unwrap());
        // What is shown meanwhile may have the other order, but is all there.
        assert_eq!(answer(&builder.partial())[0].1, 1);
    }
    let hunt = builder.complete();
    assert_eq!(hours(&hunt), expected);
    let mut times = threat_times(&hunt);
    times.reverse();
    assert_eq!(times, expected);
}

/// A streaming export holds several tables, and one program wrote all its dates.
#[test]
fn rows_of_companion_tables_show_the_order_of_their_file_and_follow_it() {
    let click = |time: &str| {
        format!(
            r#"{{"Timestamp":"{time}","NetworkMessageId":"m-1","Url":"https://b.com/","IsClickedThrough":true}}"#
        )
    };
    let lines = [
        r#"{"EmailDirection":"Outbound","RecipientEmailAddress":"a@b.com"}"#,
        r#"{"Timestamp":"6/11/2023, 5:40:00 PM","EmailDirection":"Inbound","SenderFromDomain":"b.com","ThreatTypes":"Phish"}"#,
        &click("7/11/2023, 5:40:00 PM"),
        &click("13/11/2023, 5:40:00 PM"),
    ];
    let (report, hunt) = load_bytes(lines.join("\n"));
    assert_eq!(
        (report.dates.order_if_it_matters(), &report.warnings[..]),
        (Some(DateOrder::DayFirst), &[][..])
    );
    assert_eq!(threat_times(&hunt), ["2023-11-06T17:40:00"]);
    let clicks = hunt
        .store
        .companions()
        .of_message(Table::UrlClickEvents, b"m-1");
    let clicked: Vec<String> = clicks.map(|click| shown(click.time())).collect();
    assert_eq!(clicked, ["2023-11-07T17:40:00", "2023-11-13T17:40:00"]);
    let (first, last) = report.times.unwrap();
    assert_eq!(
        [shown(Some(first)), shown(Some(last))],
        ["2023-11-06T17:40:00", "2023-11-13T17:40:00"]
    );
}

#[test]
fn a_file_that_does_not_show_its_order_is_read_as_the_portals_write_and_says_so() {
    let times = [
        "6/11/2023, 5:40:00 PM",
        "7/12/2023, 5:40:00 PM",
        "5/5/2023, 5:40:00 PM",
    ];
    let (report, hunt) = load_bytes(threats_at("Timestamp", &times));
    assert_eq!(
        report.dates.order_if_it_matters(),
        Some(DateOrder::MonthFirst)
    );
    assert_eq!(
        range(&report, &hunt),
        ["2023-05-05T17:40:00", "2023-07-12T17:40:00"]
    );
    let said = warnings_about(&report, "day first or month first");
    assert!(
        said.len() == 1 && said[0].starts_with("2 rows"),
        "{:?}",
        report.warnings
    );
}

#[test]
fn a_date_that_is_the_same_in_either_order_needs_no_warning() {
    let (report, hunt) = load_bytes(threats_at("Timestamp", &["5/5/2023, 5:40:00 PM"]));
    assert_eq!(
        (report.dates.order_if_it_matters(), report.warnings.len()),
        (None, 0)
    );
    assert_eq!(threat_times(&hunt), ["2023-05-05T17:40:00"]);
}

#[test]
fn dates_that_contradict_each_other_keep_their_rows_and_are_told() {
    let times = [
        "13/6/2023, 5:40:00 PM",
        "14/6/2023, 5:40:00 PM",
        "6/15/2023, 5:40:00 PM",
        "6/11/2023, 5:40:00 PM",
        "13/13/2023, 5:40:00 PM",
    ];
    let (report, hunt) = load_bytes(threats_at("Timestamp", &times));
    assert_eq!(
        report.dates.order_if_it_matters(),
        Some(DateOrder::DayFirst)
    );
    let expected = [
        "2023-11-06T17:40:00",
        "2023-06-15T17:40:00",
        "2023-06-14T17:40:00",
        "2023-06-13T17:40:00",
        "none",
    ];
    assert_eq!(threat_times(&hunt), expected);
    assert_eq!(report.unreadable_times, 1);
    assert_eq!(warnings_about(&report, "unreadable time").len(), 1);
    let said = warnings_about(&report, "like most");
    assert!(
        said.len() == 1 && said[0].contains("1 row with an ambiguous date"),
        "{:?}",
        report.warnings
    );
    assert_eq!(answer(&hunt), [row("b.com", 1, 5)]);
}

#[test]
fn of_times_that_cannot_be_read_the_first_is_told_with_its_row() {
    let csv = threats_at(
        "Timestamp",
        &["2026-11-01T10:00:00Z", "", "yesterday\u{1b}", "never"],
    );
    let mut lines: Vec<&str> = csv.lines().collect();
    lines.insert(2, "a row that is rejected");
    let (report, _) = load_bytes(lines.join("\n"));
    let said = "2 emails with an unreadable time (first in row 5 of the file: \"yesterday\u{1b}\"): counted, but in no \
                hour";
    assert_eq!(report.warnings, [said]);
    let json = r#"[7,{"NetworkMessageId":"m","Url":"u"},{"EmailDirection":"Inbound","SenderFromDomain":"b.com","RecipientEmailAddress":"a","ThreatTypes":"","Timestamp":"noon"}]"#;
    let (report, _) = load_bytes(json);
    assert!(
        report.warnings[0].contains("in row 3 of the file: \"noon\""),
        "{report:?}"
    );
}

#[rstest]
#[case("Timestamp Local time")]
#[case("TimeGenerated [Local Time]")]
#[case("Timestamp_t [Europe/Berlin]")]
fn local_times_are_shown_as_written_and_not_called_utc(#[case] column: &str) {
    let csv = threats_at(column, &["13/03/2024, 3:40:13.988 pm"]);
    let json = format!(
        r#"[{{"EmailDirection":"Inbound","SenderFromDomain":"b.com","ThreatTypes":"Phish","{column}":"13/03/2024, 3:40:13.988 pm"}}]"#
    );
    for text in [csv, json] {
        let (report, hunt) = load_bytes(text);
        assert_eq!(threat_times(&hunt), ["2024-03-13T15:40:13"]);
        assert!(report.has_local_times && hunt.store.has_local_times());
        let said = warnings_about(&report, "not in UTC");
        assert!(
            said.len() == 1 && said[0].contains(column),
            "{:?}",
            report.warnings
        );
        let notes = Provenance::of(&hunt, &Query::default()).notes("test", Vec::new());
        let (_, span) = notes
            .iter()
            .find(|(name, _)| name == "Events from")
            .unwrap();
        assert!(span.ends_with("as written, not all in UTC"), "{span}");
    }
}

#[rstest]
#[case("Timestamp", true)]
#[case("TimeGenerated [UTC]", true)]
#[case("Timestamp Local time", false)]
fn the_list_of_emails_says_utc_only_where_it_is(#[case] column: &str, #[case] utc: bool) {
    let folder = Folder::new();
    let path = folder.write(
        "export.csv",
        threats_at(column, &["13/03/2024, 3:40:13 pm"]),
    );
    let mut app = screen::loaded(vec![Input::File(path)], 140, 40);
    screen::play(&mut app, "<enter>");
    let frame = screen::frame(&app);
    assert!(frame.contains("03-13 15:40"), "{frame}");
    assert_eq!(frame.contains("Time (UTC)"), utc, "{frame}");
}

#[test]
fn of_two_columns_that_become_the_same_the_first_is_taken() {
    let csv = format!(
        "{COLUMNS},Timestamp,Timestamp Local time\n\
         Outbound,,a@b.com,,,\n\
         Inbound,b.com,,Phish,2024-03-13T15:40:13Z,\"13/03/2024, 4:40:13 pm\"\n"
    );
    let (report, hunt) = load_bytes(csv);
    assert_eq!(threat_times(&hunt), ["2024-03-13T15:40:13"]);
    assert_eq!(
        report.warnings,
        ["the column Timestamp appears more than once: the first is used"]
    );
    assert!(!hunt.store.has_local_times());
}

/// In the results of a search job, `TimeGenerated` is when the job ran.
#[test]
fn the_time_of_a_row_is_the_first_that_is_not_empty() {
    let csv = format!(
        "{COLUMNS},TimeGenerated,_OriginalTimeGenerated,Timestamp\n\
         Outbound,,a@b.com,,,,\n\
         Inbound,b.com,,Phish,2024-03-13T03:00:00Z,2024-03-13T02:00:00Z,2024-03-13T01:00:00Z\n\
         Inbound,b.com,,Phish,2024-03-13T03:00:00Z,2024-03-13T02:00:00Z,\n\
         Inbound,b.com,,Phish,2024-03-13T03:00:00Z,,\n"
    );
    let (_, hunt) = load_bytes(csv);
    let expected = [
        "2024-03-13T03:00:00",
        "2024-03-13T02:00:00",
        "2024-03-13T01:00:00",
    ];
    assert_eq!(threat_times(&hunt), expected);
}

#[test]
fn a_copy_in_a_custom_log_is_an_export_too() {
    let csv = "EmailDirection_s,SenderFromDomain_s,RecipientEmailAddress_s,ThreatTypes_s,Timestamp_t [UTC],Ticket_s\n\
               Outbound,ours.example,a@b.com,,\"6/13/2023, 5:40:00 PM\",1\n\
               Inbound,b.com,me@ours.example,Phish,\"6/11/2023, 5:40:00 PM\",2\n";
    let (report, hunt) = load_bytes(csv);
    assert_eq!(report.warnings, Vec::<String>::new());
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert_eq!(threat_times(&hunt), ["2023-06-11T17:40:00"]);
    assert!(hunt.store.has_column("Ticket_s") && !hunt.store.has_column("Ticket"));
}
