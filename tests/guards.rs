//! What cannot be read never hides an email: guards hold, nothing matches, and all of it is told.

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

use mailhunt::events::input::Input;
use mailhunt::hunt::exclusion::{self, Exclusion};
use mailhunt::hunt::remarks::{self, Remark};
use mailhunt::hunt::{DomainMatching, Hunt, Query, unreadable};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use support::{Folder, load, row, rows};

fn exclusions(text: &str) -> Vec<Exclusion> {
    exclusion::parse(&format!("version = 1\n{text}")).unwrap()
}

fn guarded(guard: &str) -> Vec<Exclusion> {
    exclusions(&format!(
        "[[exclude]]\nid = 'e'\nscope = 'inbound'\nmatch = [{{ ThreatTypes = 'Phish' }}]\nunless = [{{ {guard} }}]\n"
    ))
}

const SENT: &str = "Outbound,ours.example,a@partner.example,,s,,";

/// An export with one sent email and a threat for each of these cells.
fn export(cells: &[&str]) -> String {
    let mut lines = vec![
        "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Subject,AuthenticationDetails,AdditionalFields"
            .to_owned(),
        SENT.to_owned(),
    ];
    for (number, cell) in cells.iter().enumerate() {
        let cell = cell.replace('"', "\"\"");
        lines.push(format!(
            "Inbound,partner.example,a@ours.example,Phish,{number},\"{cell}\","
        ));
    }
    lines.join("\n")
}

fn hunt(files: &[String], exclusions: Vec<Exclusion>) -> Hunt {
    let folder = Folder::new();
    let paths = files.iter().enumerate().map(|(number, text)| {
        let ending = if text.starts_with('{') {
            "jsonl"
        } else {
            "csv"
        };
        folder.write(&format!("f{number}.{ending}"), text)
    });
    let paths: Vec<_> = paths.collect();
    load(&paths, exclusions).1
}

/// The subjects of the threats that the first exclusion hides, in order.
fn hidden(hunt: &Hunt) -> Vec<String> {
    let emails = hunt.all_emails(b"partner.example", DomainMatching::Exact);
    let hidden = emails.iter().filter(|email| email.mask.contains(0));
    let mut subjects: Vec<String> = hidden
        .map(|email| String::from_utf8_lossy(hunt.store.cell(email.id, "Subject")).into_owned())
        .collect();
    subjects.sort();
    subjects
}

fn words(hunt: &Hunt) -> Vec<String> {
    let query = Query::default();
    let view = hunt.view(&query);
    let today = jiff::civil::date(2026, 11, 23);
    let remarks = remarks::of(hunt, &query, &view, 0, today);
    remarks.iter().map(Remark::words).collect()
}

const CELLS: [&str; 6] = [
    r#"{"DMARC":"fail"}"#,
    "SPF=fail;DMARC=fail",
    r#"{"DMARC":"pass"}"#,
    "",
    "whatever",
    r#"{"DMARC":"fail""#,
];

#[rstest]
#[case::equal("'AuthenticationDetails.DMARC' = 'fail'", &["2", "3"])]
#[case::not_there("'AuthenticationDetails.DMARC|exists' = false", &["0", "1", "2"])]
#[case::there("'AuthenticationDetails.DMARC|exists' = true", &["3"])]
#[case::each("'AuthenticationDetails.DMARC|contains|all' = ['f', 'l']", &["2", "3"])]
#[case::expression("'AuthenticationDetails.DMARC|re' = '^fail$'", &["2", "3"])]
#[case::another_field("'AuthenticationDetails.DMARC|fieldref' = 'AuthenticationDetails.SPF'", &["0", "2", "3"])]
#[case::with_another_condition("Subject = '4', 'AuthenticationDetails.DMARC' = 'fail'", &["0", "1", "2", "3", "5"])]
#[case::the_column_itself("AuthenticationDetails = 'whatever'", &["0", "1", "2", "3", "5"])]
fn a_guard_on_what_cannot_be_read_holds(#[case] guard: &str, #[case] expected: &[&str]) {
    assert_eq!(hidden(&hunt(&[export(&CELLS)], guarded(guard))), expected);
}

#[rstest]
#[case("'AuthenticationDetails.DMARC' = 'pass'", &["2"])]
#[case("'AuthenticationDetails.DMARC|exists' = false", &["3"])]
fn what_cannot_be_read_does_not_match(#[case] line: &str, #[case] expected: &[&str]) {
    let text = format!("[[exclude]]\nid = 'e'\nscope = 'inbound'\nmatch = [{{ {line} }}]\n");
    assert_eq!(
        hidden(&hunt(&[export(&CELLS)], exclusions(&text))),
        expected
    );
}

#[rstest]
#[case("match = [{ 'AuthenticationDetails.DMARC' = 'fail' }]", &["2", "3"])]
#[case("match = [{ 'AuthenticationDetails.DMARC|exists' = false }]", &["0", "1", "2"])]
#[case(
    "match = [{ ThreatTypes = 'Phish' }]\nunless = [{ 'AuthenticationDetails.DMARC' = 'fail' }]",
    &["0", "1"]
)]
fn where_all_else_is_hidden_what_cannot_be_read_stays(
    #[case] lines: &str,
    #[case] expected: &[&str],
) {
    let text = format!("[[exclude]]\nid = 'e'\nscope = 'inbound'\nshow_only = true\n{lines}\n");
    assert_eq!(
        hidden(&hunt(&[export(&CELLS)], exclusions(&text))),
        expected
    );
}

#[test]
fn what_stays_visible_for_it_is_counted_and_told() {
    let guard = "'AuthenticationDetails.DMARC' = 'fail'";
    let hunt = hunt(&[export(&CELLS)], guarded(guard));
    assert_eq!(
        words(&hunt)[0],
        "its guard cannot be read in 2 emails, which stay visible"
    );
    let view = hunt.view(&Query::default());
    assert_eq!(view.exclusions[0].kept_unread, 2);
    assert_eq!(view.exclusions[0].by_itself.emails, 2);
    let found = unreadable::find(&hunt.store, &hunt.exclusions);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].sentence(),
        "AuthenticationDetails cannot be read in 2 counted rows (first in row 6: `whatever`): guards that use it \
         hold, so these emails stay visible"
    );
    let defined_later = hunt
        .with_exclusions(Vec::new().into())
        .with_exclusions(guarded(guard).into());
    assert_eq!(defined_later.view(&Query::default()), view);
}

#[test]
fn emails_that_a_readable_guard_spares_or_that_do_not_match_are_not_counted() {
    let exclusions = exclusions(
        "[[exclude]]\nid = 'e'\nscope = 'inbound'\nmatch = [{ Subject = ['0', '1'] }]\nunless = [\n\
         { 'AuthenticationDetails.DMARC' = 'fail' },\n{ Subject = '1' } ]\n",
    );
    let hunt = hunt(&[export(&["odd", "odd", "odd"])], exclusions);
    assert_eq!(hunt.view(&Query::default()).exclusions[0].kept_unread, 1);
}

const BARE: &str = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Subject\n\
                    Outbound,ours.example,a@partner.example,,s\n\
                    Inbound,partner.example,b@ours.example,Phish,bare\n";

#[rstest]
#[case::documented("'AuthenticationDetails.DMARC' = 'fail'", &[], "needs AuthenticationDetails: hides nothing without \
                                                                   it")]
#[case::documented_too("'ForwardingInformation|exists' = true", &[], "needs ForwardingInformation: hides nothing \
                                                                      without it")]
#[case::beside_another("Subject = 'other', 'AuthenticationDetails.DMARC' = 'fail'", &["bare"], "needs \
                                                                                                AuthenticationDetails: \
                                                                                                guards that use it \
                                                                                                hold without it")]
#[case::a_table("'FileName|endswith' = '.exe'", &[], "needs EmailAttachmentInfo: hides nothing without it")]
#[case::a_header("'Header.X-Ours|exists' = true", &["bare"], "its guard can never hold: header X-Ours is not loaded")]
#[case::undocumented("NotAColumn = 'x'", &["bare"], "its guard can never hold: column NotAColumn is not loaded")]
fn a_guard_on_what_the_file_lacks_holds_and_says_what_it_needs(
    #[case] guard: &str,
    #[case] expected: &[&str],
    #[case] remark: &str,
) {
    let hunt = hunt(&[BARE.to_owned()], guarded(guard));
    assert_eq!(hidden(&hunt), expected);
    assert_eq!(words(&hunt)[0], remark);
}

#[test]
fn of_several_files_only_the_emails_of_those_that_lack_it_stay() {
    let guard = "'AuthenticationDetails.DMARC' = 'fail'";
    let files = [export(&[r#"{"DMARC":"pass"}"#, ""]), BARE.to_owned()];
    let hunt = hunt(&files, guarded(guard));
    assert_eq!(hidden(&hunt), ["0", "1"]);
    let remark = "needs AuthenticationDetails, which 1 of 2 files lacks: hides nothing there";
    assert_eq!(words(&hunt)[0], remark);
}

#[test]
fn a_column_of_json_may_show_in_any_record_of_the_file() {
    let guard = "'AuthenticationDetails.DMARC' = 'fail'";
    // More records than a batch has rows.
    let count: u64 = 70_000;
    for first in [0, count / 2, count - 1] {
        let mut lines = vec![
            json!({"EmailDirection": "Outbound", "SenderFromDomain": "ours.example",
                   "RecipientEmailAddress": "a@partner.example", "ThreatTypes": ""})
            .to_string(),
        ];
        for number in 0..count {
            let mut record = json!({"EmailDirection": "Inbound", "SenderFromDomain": "partner.example",
                "RecipientEmailAddress": "a@ours.example", "ThreatTypes": "Phish"});
            if number == first {
                record["AuthenticationDetails"] = json!("{\"DMARC\":\"fail\"}");
            }
            lines.push(record.to_string());
        }
        let hunt = hunt(&[lines.join("\n")], guarded(guard));
        let view = hunt.view(&Query::default());
        assert_eq!(view.exclusions[0].threats, count - 1, "{first}");
        assert_eq!(words(&hunt), ["broad: 99 % of all threats"]);
    }
}

/// A sent email, and a threat for each of these messages, with what `UrlCount` says; without it the column is missing.
fn numbered(messages: &[(&str, Option<&str>)]) -> String {
    let has_number = messages.iter().any(|(_, number)| number.is_some());
    let row = |cells: &str, number: Option<&str>| {
        let number = if has_number {
            format!(",{}", number.unwrap_or_default())
        } else {
            String::new()
        };
        format!("{cells}{number}")
    };
    let mut lines = vec![
        row(
            "NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Subject",
            Some("UrlCount"),
        ),
        row("sent,Outbound,ours.example,a@partner.example,,s", Some("0")),
    ];
    for (message, number) in messages {
        let cells = format!("{message},Inbound,partner.example,a@ours.example,Phish,{message}");
        lines.push(row(&cells, *number));
    }
    lines.join("\n")
}

/// The links that are loaded: all of `good` are wanted, one of `mixed`, none of `none`.
const LINKS: &str = "NetworkMessageId,Url,UrlDomain\n\
                     good,https://drive.example/1,drive.example\n\
                     mixed,https://drive.example/2,drive.example\n\
                     mixed,https://bait.example/3,bait.example\n";

const EVERY: &str = "'UrlDomain|every' = 'drive.example'";

fn exclusion_of(lines: &str) -> Vec<Exclusion> {
    exclusions(&format!(
        "[[exclude]]\nid = 'e'\nscope = 'inbound'\n{lines}\n"
    ))
}

/// What each way of asking for every link hides of `good`, `mixed` and `none`, where nothing says how many there are, and
/// where that is known.
#[rstest]
#[case::to_match("match = [{ EVERY }]", &[], &["good"])]
#[case::to_match_that_there_are_none(
    "match = [{ 'Url|exists|every' = false }]",
    &[],
    &["none"]
)]
#[case::to_keep_visible(
    "match = [{ ThreatTypes = 'Phish' }]\nunless = [{ EVERY }]",
    &["mixed"],
    &["mixed", "none"]
)]
#[case::to_keep_visible_beside_another(
    "match = [{ ThreatTypes = 'Phish' }]\nunless = [{ EVERY, Subject = 'none' }]",
    &["good", "mixed"],
    &["good", "mixed", "none"]
)]
#[case::to_show_only("show_only = true\nmatch = [{ EVERY }]", &["mixed"], &["mixed", "none"])]
#[case::to_show_only_what_it_does_not_say(
    "show_only = true\nmatch = [{ ThreatTypes = 'Phish' }]\nunless = [{ EVERY }]",
    &[],
    &["good"]
)]
fn where_no_column_says_how_many_links_there_are_those_not_loaded_may_be_any(
    #[case] lines: &str,
    #[case] unknown: &[&str],
    #[case] known: &[&str],
) {
    let exclusions = || exclusion_of(&lines.replace("EVERY", EVERY));
    let messages = ["good", "mixed", "none"];
    let links = LINKS.to_owned();
    for (number, expected) in [(None, unknown), (Some(""), known), (Some("null"), known)] {
        let events = numbered(&messages.map(|message| (message, number)));
        for files in [[events.clone(), links.clone()], [links.clone(), events]] {
            let hunt = hunt(&files, exclusions());
            assert_eq!(hidden(&hunt), expected, "{number:?}");
            let defined_later = hunt
                .with_exclusions(Vec::new().into())
                .with_exclusions(exclusions().into());
            assert_eq!(hidden(&defined_later), expected, "{number:?}");
        }
    }
    let counts = [Some("1"), Some("2"), Some("0")];
    let events = numbered(&[0, 1, 2].map(|place| (messages[place], counts[place])));
    assert_eq!(hidden(&hunt(&[events, links], exclusions())), known);
}

const MISSING: &str = "column UrlCount is not loaded; export EmailEvents with it, as it tells whether all links are loaded";

#[rstest]
#[case::nothing_matches("match = [{ EVERY }]", format!("cannot match: {MISSING}"))]
#[case::another_block_may_match(
    "match = [{ EVERY }, { Subject = 'good' }]",
    "needs UrlCount: conditions that use it do not match without it".to_owned()
)]
#[case::a_guard(
    "match = [{ ThreatTypes = 'Phish' }]\nunless = [{ EVERY }]",
    "needs UrlCount: guards that use it hold without it".to_owned()
)]
#[case::what_alone_is_shown(
    "show_only = true\nmatch = [{ EVERY }]",
    "needs UrlCount: emails that may have more links stay visible without it".to_owned()
)]
#[case::a_guard_of_what_alone_is_shown(
    "show_only = true\nmatch = [{ ThreatTypes = 'Phish' }]\nunless = [{ EVERY }]",
    format!("its guard can never hold: {MISSING}")
)]
fn an_exclusion_says_that_the_number_of_links_is_missing(
    #[case] lines: &str,
    #[case] remark: String,
) {
    let exclusions = || exclusion_of(&lines.replace("EVERY", EVERY));
    let links = LINKS.to_owned();
    let without = numbered(&[("good", None), ("mixed", None)]);
    let lacking = hunt(&[without.clone(), links.clone()], exclusions());
    assert_eq!(words(&lacking)[0], remark);
    let with = numbered(&[("good", Some("")), ("mixed", Some(""))]);
    let whole = hunt(&[with, links], exclusions());
    let said = words(&whole);
    assert!(
        !said.iter().any(|words| words.contains("UrlCount")),
        "{said:?}"
    );
    let said = words(&hunt(&[without], exclusions()));
    assert!(
        !said.iter().any(|words| words.contains("UrlCount")),
        "without the table its columns make no difference: {said:?}"
    );
}

#[test]
fn of_several_files_only_those_without_the_number_of_links_leave_them_unknown() {
    let links = "NetworkMessageId,UrlDomain\na,drive.example\nb,drive.example\nc,drive.example\n"
        .to_owned();
    let files = [
        numbered(&[("a", None)]),
        numbered(&[("b", Some(""))]),
        numbered(&[("c", None)]),
        links,
    ];
    let of_files = |lines: &str| {
        let hunt = hunt(&files, exclusion_of(&lines.replace("EVERY", EVERY)));
        (hidden(&hunt), words(&hunt)[0].clone())
    };
    let (hidden, said) = of_files("match = [{ EVERY }]");
    assert_eq!(hidden, ["b"]);
    assert_eq!(
        said,
        "needs UrlCount, which 2 of 3 files lack: conditions that use it do not match there"
    );
    let (hidden, said) = of_files(
        "match = [{ ThreatTypes = 'Phish' }]\nunless = [{ 'UrlDomain|every' = 'other.example' }]",
    );
    assert_eq!(
        hidden,
        ["a", "b", "c"],
        "a loaded link speaks against the guard"
    );
    assert_eq!(
        said,
        "needs UrlCount, which 2 of 3 files lack: guards that use it hold there"
    );
}

#[test]
fn a_file_that_says_how_many_links_an_email_has_says_it_for_one_that_does_not() {
    // The row of the one file counts, as more of it is filled.
    let header = "Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Subject";
    let time = "2026-11-03T08:00:00Z";
    let sent = "2026-11-02T08:00:00Z,s,Outbound,ours.example,a@partner.example,,s";
    let threat = format!("{time},good,Inbound,partner.example,a@ours.example,Phish,good");
    let without = format!("{header},DeliveryAction,Connectors\n{sent},,\n{threat},Delivered,c\n");
    let with = |number: &str| format!("{header},UrlCount\n{sent},0\n{threat},{number}\n");
    for (number, expected) in [("1", vec!["good"]), ("2", vec![])] {
        let mut files = [without.clone(), with(number), LINKS.to_owned()];
        for _ in 0..files.len() {
            files.rotate_left(1);
            let exclusions = exclusion_of(&format!("match = [{{ {EVERY} }}]"));
            assert_eq!(hidden(&hunt(&files, exclusions)), expected, "{number}");
        }
    }
}

#[test]
fn the_number_of_links_may_show_in_any_record_of_json() {
    let record = |message: &str, direction: &str, number: Option<u8>| {
        let (from, to, threat) = match direction {
            "Outbound" => ("ours.example", "a@partner.example", ""),
            _ => ("partner.example", "a@ours.example", "Phish"),
        };
        let mut record = json!({"NetworkMessageId": message, "EmailDirection": direction, "SenderFromDomain": from,
            "RecipientEmailAddress": to, "ThreatTypes": threat, "Subject": message});
        if let Some(number) = number {
            record["UrlCount"] = json!(number);
        }
        record.to_string()
    };
    let links = || LINKS.replace("mixed,", "other,");
    let defined = |matches: &str| exclusion_of(&matches.replace("EVERY", EVERY));
    let definitions = [
        ("match = [{ EVERY }]", vec!["good"], vec![]),
        (
            "match = [{ ThreatTypes = 'Phish' }]\nunless = [{ EVERY }]",
            vec!["none"],
            vec![],
        ),
    ];
    for (definition, known, unknown) in definitions {
        for last in [Some(0), None] {
            // The first record is a batch of its own.
            let records = [
                record("good", "Inbound", None),
                record("none", "Inbound", None),
                record("sent", "Outbound", last),
            ];
            let expected = if last.is_some() { &known } else { &unknown };
            for files in [[links(), records.join("\n")], [records.join("\n"), links()]] {
                let hunt = hunt(&files, defined(definition));
                assert_eq!(&hidden(&hunt), expected, "{definition} {last:?}");
            }
        }
    }
}

fn mailhunt(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn check_tells_it_to_people_and_programs() {
    let folder = Folder::new();
    let fine = [r#"{"DMARC":"pass"}"#, "SPF=fail;DMARC=fail", ""];
    folder.write("fine.csv", export(&fine));
    folder.write(
        "odd.csv",
        export(&[r#"{"DMARC":"pass"}"#, "odd", "{\"DMARC\":"]),
    );
    let text = mailhunt(&["check", "fine.csv"], folder.path());
    assert!(text.stdout.starts_with(b"All is well"));
    let text = mailhunt(&["check", "odd.csv"], folder.path());
    assert_eq!(text.status.code(), Some(0));
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.starts_with("! 1 warning"), "{text}");
    assert!(
        text.contains("! AuthenticationDetails cannot be read in 2 counted rows (first in row 3: `odd`): guards"),
        "{text}"
    );
    let report = mailhunt(
        &["check", "fine.csv", "odd.csv", "--format", "json"],
        folder.path(),
    );
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let mut expected = json!({
        "column": "AuthenticationDetails",
        "keys": ["DMARC", "CompAuth"],
        "exclusions": ["internal-forwarding", "siem-soar", "cloud-storage-links"],
        "guards": true,
        "rows": 2,
        "first_row": 3,
        "example": "odd",
    });
    assert_eq!(report["files"][0]["unreadable_guards"], json!([]));
    assert_eq!(report["files"][1]["unreadable_guards"], json!([expected]));
    expected["file"] = json!("odd.csv");
    assert_eq!(report["unreadable_guards"], json!([expected]));
}

#[test]
fn the_ranking_tells_results_apart_with_exclusions_and_without() {
    let folder = Folder::new();
    let cells = [
        r#"{"DMARC":"pass"}"#,
        "DMARC=fail",
        r#"{"DMARC":"none"}"#,
        "",
        r#"{"SPF":"pass"}"#,
        r#"{"DMARC":"bestguesspass"}"#,
        "odd",
    ];
    folder.write("events.csv", export(&cells));
    let columns =
        "IncomingEmailsWithThreats,DmarcPass,DmarcFail,DmarcNone,DmarcOther,DmarcUnreadable";
    for exclude in ["none", "superseded"] {
        let arguments = [
            "rank",
            "events.csv",
            "--columns",
            columns,
            "--exclude",
            exclude,
        ];
        let output = mailhunt(
            &[&arguments[..], &["--format", "csv"]].concat(),
            folder.path(),
        );
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().nth(1), Some("7,1,1,3,1,1"), "{exclude}");
    }
}

#[test]
fn the_ranking_says_which_guard_could_not_be_read_or_lacks_what_it_needs() {
    let folder = Folder::new();
    folder.write("events.csv", export(&["odd", r#"{"DMARC":"pass"}"#]));
    folder.write("bare.csv", BARE);
    folder.write(
        "own.toml",
        "version = 1\n[[exclude]]\nid = 'mine'\nscope = 'inbound'\nmatch = [{ ThreatTypes = 'Phish' }]\n\
         unless = [{ 'AuthenticationDetails.DMARC' = 'fail' }]\n",
    );
    let said = |file: &str| {
        let arguments = [
            "rank",
            file,
            "--exclusions",
            "own.toml",
            "--exclude",
            "mine",
        ];
        let output = mailhunt(&arguments, folder.path());
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(
        said("events.csv"),
        "mailhunt: mine: its guard cannot be read in 1 email, which stays visible\n"
    );
    assert_eq!(
        said("bare.csv"),
        "mailhunt: mine needs AuthenticationDetails: hides nothing without it\n"
    );
}

#[rstest]
#[case(
    r#"{"SPF":"pass","DMARC":"fail"}"#,
    "Authentication  SPF pass  DMARC fail"
)]
#[case("SPF=pass;DMARC=fail", "Authentication  SPF pass  DMARC fail")]
#[case("whatever", "Authentication  unreadable: whatever")]
#[case("dmarc=fail; dmarc=pass", "DMARC unreadable")]
#[case("", "Authentication  -")]
fn an_email_shows_its_results_however_they_are_spelled(#[case] cell: &str, #[case] expected: &str) {
    let folder = Folder::new();
    let file = folder.write("events.csv", export(&[cell]));
    let mut app = screen::examined(vec![Input::File(file)], 140, 40);
    let ranking = screen::frame(&app);
    let is_unreadable = expected.contains("unreadable");
    assert_eq!(ranking.contains("DMARC       unreadable 1"), is_unreadable);
    screen::play(&mut app, "<enter><enter>");
    let lines: Vec<String> = app.email.lines.iter().map(ToString::to_string).collect();
    let pane = lines.join("\n");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&pane).contains(&words(expected)), "{pane}");
    screen::play(&mut app, "f");
    let files = screen::frame(&app);
    assert_eq!(
        files.contains("AuthenticationDetails cannot be read in 1 counted row"),
        is_unreadable,
        "{files}"
    );
}

#[test]
fn numbers_of_hidden_emails_are_those_of_readable_guards() {
    let hunt = hunt(
        &[export(&CELLS)],
        guarded("'AuthenticationDetails.DMARC' = 'fail'"),
    );
    let mut query = Query::default();
    assert_eq!(rows(&hunt, &query), [row("partner.example", 1, 6)]);
    query.active.insert(0);
    assert_eq!(rows(&hunt, &query), [row("partner.example", 1, 4)]);
}

/// The same results in another spelling.
fn spelled(results: &[(&str, &str)], spelling: usize) -> String {
    let joined = |pair: &dyn Fn(&str, &str) -> String, between: &str| {
        let pairs: Vec<String> = results
            .iter()
            .map(|(name, result)| pair(name, result))
            .collect();
        pairs.join(between)
    };
    let json = json!(
        results
            .iter()
            .copied()
            .collect::<std::collections::BTreeMap<_, _>>()
    );
    match spelling {
        0 => json.to_string(),
        1 => Value::from(json.to_string()).to_string(),
        2 => joined(&|name, result| format!("{name}={result}"), ";"),
        3 => joined(
            &|name, result| format!("{}:{}", name.to_lowercase(), result.to_uppercase()),
            "; ",
        ),
        4 => format!(
            "{{{}}}",
            joined(&|name, result| format!("'{name}': '{result}'"), ", ")
        ),
        5 => format!(
            "@{{{}}}",
            joined(&|name, result| format!("{name}={result}"), "; ")
        ),
        _ => format!(
            "mx.example; {}",
            joined(
                &|name, result| format!("{name}={result} (x) header.from=a.example"),
                "; "
            )
        ),
    }
}

const SEVERAL: &str = "
[[exclude]]
id = 'guarded'
match = [{ ThreatTypes = 'Phish' }]
unless = [{ 'AuthenticationDetails.DMARC' = 'fail' }, { 'AuthenticationDetails.SPF|exists' = false }]
[[exclude]]
id = 'matching'
match = [{ 'AuthenticationDetails.DMARC' = 'pass' }]
[[exclude]]
id = 'absent'
match = [{ 'AuthenticationDetails.SPF|exists' = false }]
[[exclude]]
id = 'only'
show_only = true
match = [{ 'AuthenticationDetails.DMARC' = ['fail', 'none'] }]
unless = [{ 'AuthenticationDetails.SPF' = 'pass' }]
";

/// By subject, the exclusions that hide each threat.
fn masks(cells: &[String]) -> Vec<(String, u64)> {
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let hunt = hunt(&[export(&cells)], exclusions(SEVERAL));
    let emails = hunt.all_emails(b"partner.example", DomainMatching::Exact);
    let subject = |id| String::from_utf8_lossy(hunt.store.cell(id, "Subject")).into_owned();
    let mut masks: Vec<(String, u64)> = emails
        .iter()
        .map(|email| (subject(email.id), email.mask.0))
        .collect();
    masks.sort();
    masks
}

fn results() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let result = || prop::sample::select(vec!["pass", "fail", "none", "temperror"]);
    let one = |name: &'static str| {
        prop::option::of(result()).prop_map(move |result| Some((name, result?)))
    };
    let all = (one("SPF"), one("DMARC"), one("CompAuth"));
    all.prop_map(|(spf, dmarc, other)| [spf, dmarc, other].into_iter().flatten().collect())
        .prop_filter("some result", |results: &Vec<_>| !results.is_empty())
}

proptest! {
    // Each case loads three files.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn spellings_make_no_difference_and_damage_never_hides(
        emails in prop::collection::vec((results(), 0_usize..7, 0_usize..4), 1..9)
    ) {
        let json: Vec<String> = emails.iter().map(|(results, _, _)| spelled(results, 0)).collect();
        let spelled: Vec<String> = emails.iter().map(|(results, how, _)| spelled(results, *how)).collect();
        let damaged: Vec<String> = json
            .iter()
            .zip(&emails)
            .map(|(cell, (_, _, damage))| match damage {
                0 => cell.clone(),
                1 => cell[..cell.len() - 1].to_owned(),
                2 => cell[1..].to_owned(),
                _ => format!("odd {cell}"),
            })
            .collect();
        let readable = masks(&json);
        prop_assert_eq!(&masks(&spelled), &readable);
        for ((subject, before), (_, after)) in readable.into_iter().zip(masks(&damaged)) {
            prop_assert_eq!(after & !before, 0, "{} of {:?}", subject, &damaged);
        }
    }
}
