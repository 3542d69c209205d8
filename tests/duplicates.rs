//! The same rows in several files: counted once, in whatever order the files are named, unless asked otherwise.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::hunt::DomainMatching;
use mailhunt::hunt::summary::{DomainSummary, summarize};
use mailhunt::pipeline::LoadState;
use rstest::rstest;
use std::path::PathBuf;
use std::process::{Command, Output};
use support::{Folder, answer, keeping_duplicates, load, load_with, row};

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
        hunt.all_emails(b"partner.example", DomainMatching::Exact)
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

/// Addresses are one whatever the case of their letters, in every script.
const SPELLINGS: [[&str; 2]; 4] = [
    ["me@ours.example", "Me@Ours.example"],
    ["müller@ours.example", "MÜLLER@ours.example"],
    ["σίσυφος@ours.example", "ΣΊΣΥΦΟΣ@ours.example"],
    // Longer than any mailbox.
    [
        "a.very.long.name.a.very.long.name.a.very.long.name.a.very.long.name.a.very.long.name.a.very.long.name.of.me@ours.example",
        "A.Very.long.name.a.very.long.name.a.very.long.name.a.very.long.name.a.very.long.name.a.very.long.name.of.me@ours.example",
    ],
];

#[test]
fn a_recipient_in_other_letter_case_is_the_same_recipient() {
    for [one, other] in SPELLINGS {
        let folder = Folder::new();
        let write = |name: &str, recipient: &str| {
            let phish = PHISH.replace("me@ours.example", recipient);
            folder.write(name, csv(&[SENT, &phish]))
        };
        let paths = [write("first.csv", one), write("second.csv", other)];
        for paths in [paths.clone(), [paths[1].clone(), paths[0].clone()]] {
            let (state, hunt) = load(&paths, Vec::new());
            assert_eq!(answer(&hunt), [row("partner.example", 1, 1)], "{other}");
            assert!(overlaps(&state, 1)[0].starts_with("2 rows also in "));
        }
    }
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
fn of_copies_that_differ_the_threat_counts_in_whatever_order_files_are_named() {
    let folder = Folder::new();
    let clean = PHISH.replace("Phish", "");
    let first = folder.write("first.csv", csv(&[SENT, PHISH]));
    let second = folder.write("second.csv", csv(&[SENT, &clean]));
    for files in [[&first, &second], [&second, &first]] {
        let files = files.map(PathBuf::clone);
        let (state, hunt) = load(&files, Vec::new());
        assert_eq!(answer(&hunt), [row("partner.example", 1, 1)]);
        let said = &overlaps(&state, 1)[0];
        assert!(said.starts_with("2 rows also in "), "{said}");
        let rule = "counted once; 1 of these differs in ThreatTypes: the one with a threat counts, else the outbound \
                    one, else the one whose value is greater by its bytes, in whatever order files are named; an \
                    exclusion hides such an email only if it would hide every copy";
        assert!(said.ends_with(rule), "{said}");
    }
    let (state, hunt) = load_with(&[first, second], Vec::new(), keeping_duplicates());
    assert_eq!(answer(&hunt), [row("partner.example", 2, 1)]);
    let said = &overlaps(&state, 1)[0];
    assert!(
        said.ends_with("as asked; 1 of these differs in ThreatTypes"),
        "{said}"
    );
}

const SPARING: &str = r#"
    version = 1
    [[exclude]]
    id = "reports"
    title = "Reports"
    reason = "a test"
    [[exclude.match]]
    "Subject|contains" = "report"
    [[exclude.unless]]
    "AuthenticationDetails.DMARC" = "fail"
"#;

/// An exclusion of reports that spares what fails DMARC, and whether it hides the one threat of these files, in whatever
/// order they are named. Each file says the columns and the cells that follow those of every export.
fn is_hidden(files: &[(&str, &str)]) -> (bool, Vec<String>, DomainSummary) {
    let folder = Folder::new();
    let mut answers = Vec::new();
    let write = |(number, (columns, cells)): (usize, &(&str, &str))| {
        let empty = ",".repeat(columns.split(',').count());
        let text = format!("{HEADER},{columns}\n{SENT}{empty}\n{PHISH},{cells}\n");
        folder.write(&format!("{number}.csv"), text)
    };
    let mut paths: Vec<PathBuf> = files.iter().enumerate().map(write).collect();
    let mut told = Vec::new();
    for _ in 0..2 {
        for _ in 0..paths.len() {
            paths.rotate_left(1);
            let (state, hunt) = load(&paths, mailhunt::hunt::exclusion::parse(SPARING).unwrap());
            let mut query = mailhunt::hunt::Query::default();
            assert_eq!(support::rows(&hunt, &query), [row("partner.example", 1, 1)]);
            let facets = summarize(hunt.cube(DomainMatching::Exact), 0, &query);
            query.active.insert(0);
            let is_hidden = support::rows(&hunt, &query).is_empty();
            // The same where the exclusion is new.
            let (_, without) = load(&paths, Vec::new());
            let later = without.with_exclusions(hunt.exclusions.clone());
            assert_eq!(support::rows(&later, &query).is_empty(), is_hidden);
            answers.push((is_hidden, facets));
            told = (1..paths.len())
                .flat_map(|file| overlaps(&state, file))
                .collect();
        }
        paths.reverse();
    }
    assert!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{answers:?}"
    );
    let (is_hidden, facets) = answers.remove(0);
    (is_hidden, told, facets)
}

const BOTH: &str = "Subject,AuthenticationDetails";
const PASS: &str = r#"a report,"{""SPF"":""pass"",""DMARC"":""pass""}""#;
const PASS_SPELLED_OTHERWISE: &str = r#"a report,"{ ""SPF"":""pass"", ""DMARC"": ""pass"" }""#;
const FAIL: &str = r#"a report,"{""SPF"":""pass"",""DMARC"":""fail""}""#;

#[rstest]
#[case::all_pass(&[(BOTH, PASS), (BOTH, PASS)], true, None, [1, 0, 0])]
#[case::one_fails(&[(BOTH, PASS), (BOTH, FAIL)], false, Some("1 of these differs in AuthenticationDetails:"), [0, 0, 1])]
#[case::one_of_three_fails(
    &[(BOTH, PASS), (BOTH, PASS_SPELLED_OTHERWISE), (BOTH, FAIL)],
    false,
    Some("1 of these differs in AuthenticationDetails:"),
    [0, 0, 1]
)]
#[case::spelled_otherwise(&[(BOTH, PASS), (BOTH, PASS_SPELLED_OTHERWISE)], true, None, [1, 0, 0])]
#[case::one_cannot_be_read(
    &[(BOTH, PASS), (BOTH, "a report,{DMARC")],
    false,
    Some("1 of these differs in AuthenticationDetails:"),
    [0, 0, 1]
)]
#[case::a_value_beats_an_empty_cell(&[(BOTH, PASS), (BOTH, "a report,")], true, None, [1, 0, 0])]
#[case::also_where_it_spares(&[(BOTH, FAIL), (BOTH, "a report,-")], false, None, [0, 1, 0])]
#[case::also_in_fewer_columns_filled(
    &[("Subject,AuthenticationDetails,SenderIPv4", "a report,,192.0.2.1"), (BOTH, FAIL)],
    false,
    None,
    [0, 1, 0]
)]
#[case::two_speak_where_the_fullest_is_empty(
    &[("Subject,AuthenticationDetails,SenderIPv4", "a report,,192.0.2.1"), (BOTH, PASS), (BOTH, FAIL)],
    false,
    Some("1 of these differs in AuthenticationDetails:"),
    [0, 0, 1]
)]
#[case::any_column(
    &[(BOTH, PASS), (BOTH, "an invoice,")],
    false,
    Some("1 of these differs in Subject:"),
    [1, 0, 0]
)]
fn an_email_whose_copies_differ_is_hidden_only_if_each_would_be(
    #[case] files: &[(&str, &str)],
    #[case] expected: bool,
    #[case] told: Option<&str>,
    #[case] dmarc: [u64; 3],
) {
    let (is_hidden, said, facets) = is_hidden(files);
    assert_eq!(is_hidden, expected);
    let has_told = |told: &str| said.iter().any(|said| said.contains(told));
    match told {
        Some(told) => assert!(has_told(told), "{said:?}"),
        None => assert!(!has_told("differ"), "{said:?}"),
    }
    let counted = [
        facets.dmarc_pass,
        facets.dmarc_fail,
        facets.dmarc_unreadable,
    ];
    assert_eq!(counted, dmarc);
}

#[test]
fn a_row_that_a_file_repeats_counts_as_often_in_whatever_order_files_are_named() {
    let folder = Folder::new();
    let once = folder.write("once.csv", csv(&[SENT, PHISH]));
    let thrice = folder.write("thrice.csv", csv(&[SENT, PHISH, PHISH, PHISH]));
    for files in [[&once, &thrice], [&thrice, &once]] {
        let (state, hunt) = load(&files.map(PathBuf::clone), Vec::new());
        assert_eq!(answer(&hunt), [row("partner.example", 1, 3)]);
        assert!(overlaps(&state, 1)[0].starts_with("2 rows also in "));
    }
}

/// What is warned of in a file, as far as it is about overlap.
fn unseen(state: &LoadState, file: usize) -> Vec<&str> {
    let warnings = &state.files[file].report.as_ref().unwrap().warnings;
    let warnings = warnings.iter().map(String::as_str);
    warnings
        .filter(|warning| {
            warning.contains("cannot be compared with other files")
                || warning.contains("cannot be detected")
        })
        .collect()
}

#[test]
fn overlap_that_cannot_be_seen_is_said_where_it_could_be() {
    let folder = Folder::new();
    let without_message = PHISH.replace("m-2", "");
    let first = folder.write("first.csv", csv(&[SENT, &without_message]));
    let second = folder.write("second.csv", csv(&[SENT, &without_message, SPAM]));
    let files = [first.clone(), second.clone()];
    let (state, _) = load(&files, Vec::new());
    for file in 0..2 {
        assert_eq!(
            unseen(&state, file),
            ["1 row cannot be compared with other files: it lacks NetworkMessageId, so it counts"]
        );
    }
    let output = mailhunt(&["rank"], &files);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("cannot be compared with other files"),
        "{told}"
    );
    let (state, _) = load_with(&files, Vec::new(), keeping_duplicates());
    assert_eq!(unseen(&state, 0), [""; 0], "each counts as asked");
    let later = folder.write("later.csv", csv(&[&SPAM.replace("11-02", "12-02")]));
    let (state, _) = load(&[first, later], Vec::new());
    assert_eq!(unseen(&state, 0), [""; 0], "no other file is of that time");
}

#[test]
fn an_export_in_local_time_beside_one_in_utc_is_said_not_to_be_comparable() {
    let folder = Folder::new();
    let local = csv(&[SENT, PHISH])
        .replace("Timestamp", "Timestamp Local time")
        .replace(":00Z", ":00");
    let paths = [
        folder.write("utc.csv", csv(&[SENT, PHISH])),
        folder.write(
            "local.csv",
            local.replace("T09", "T11").replace("T10", "T12"),
        ),
    ];
    let (state, _) = load(&paths, Vec::new());
    assert_eq!(unseen(&state, 0), [""; 0]);
    let [said] = unseen(&state, 1)[..] else {
        panic!("{:?}", state.files[1].report);
    };
    assert!(
        said.ends_with("may count twice")
            && said.contains("utc.csv cannot be detected reliably: its times are in UTC"),
        "{said}"
    );
}

/// The same rows with their times as a portal in a British browser writes them: no day is after the 12th.
fn as_in_britain(rows: &str) -> String {
    let mut text = rows.to_owned();
    for (time, local) in [
        ("2026-11-01T09:00:00Z", "\"01/11/2026, 09:00:00.000 am\""),
        ("2026-11-01T10:00:00Z", "\"01/11/2026, 10:00:00.000 am\""),
        ("2026-11-02T10:00:00Z", "\"02/11/2026, 10:00:00.000 am\""),
    ] {
        text = text.replace(time, local);
    }
    text
}

#[test]
fn rows_of_another_file_show_which_order_dates_have_that_could_have_either() {
    let folder = Folder::new();
    let rows = csv(&[SENT, PHISH, SPAM]);
    let iso = folder.write("iso.csv", &rows);
    // Written as is usual where the month is first, but the day is.
    for upper in [false, true] {
        let local = as_in_britain(&rows);
        let local = if upper {
            local.replace(" am", " AM")
        } else {
            local
        };
        let local = folder.write("local.csv", local);
        for files in [[&iso, &local], [&local, &iso]] {
            let number = usize::from(*files[1] == local);
            let (state, hunt) = load(&files.map(PathBuf::clone), Vec::new());
            assert_eq!(answer(&hunt), [row("partner.example", 1, 2)]);
            assert!(overlaps(&state, 1)[0].starts_with("3 rows also in "));
            let report = state.files[number].report.as_ref().unwrap();
            assert_eq!(report.warnings, [""; 0]);
            assert_eq!(
                report.dates.reading().unwrap(),
                "dates read day first, as shown by 3 rows also in another file"
            );
            assert_eq!(
                report.times,
                state.files[1 - number].report.as_ref().unwrap().times
            );
        }
    }
}

#[test]
fn overlap_is_in_doubt_where_two_files_have_dates_of_either_order() {
    let folder = Folder::new();
    let local = as_in_britain(&csv(&[SENT, PHISH]));
    let paths = [
        folder.write("small.csv", &local),
        folder.write("large.csv", local.replace(" am", " AM")),
    ];
    let (state, hunt) = load(&paths, Vec::new());
    assert_eq!(answer(&hunt), [row("partner.example", 2, 2)]);
    for (file, other) in [(0, "large.csv"), (1, "small.csv")] {
        let [said] = unseen(&state, file)[..] else {
            panic!("{:?}", state.files[file].report);
        };
        assert!(
            said.contains(other) && said.contains("may count twice"),
            "{said}"
        );
    }
    let same = [paths[0].clone(), folder.write("same.csv", &local)];
    let (state, hunt) = load(&same, Vec::new());
    assert_eq!(answer(&hunt), [row("partner.example", 1, 1)]);
    assert_eq!((unseen(&state, 0).len(), unseen(&state, 1).len()), (0, 0));
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
fn rank_and_emails_say_in_one_line_that_rows_repeat_within_files() {
    let folder = Folder::new();
    let mut paths = vec![folder.write("first.csv", csv(&[SENT, PHISH, PHISH]))];
    let told = |arguments: &[&str], paths: &[PathBuf]| {
        String::from_utf8(mailhunt(arguments, paths).stderr).unwrap()
    };
    for arguments in [&["rank"][..], &["emails", "partner.example"]] {
        let told = told(arguments, &paths);
        assert_eq!(told.lines().count(), 1, "{told}");
        let said = "first.csv: 1 counted row repeats an earlier one (same message, recipient, time, direction, \
                    verdict), as after a retried export: each counts, as in the query";
        assert!(told.trim_end().ends_with(said), "{told}");
    }
    paths.push(folder.write("second.csv", csv(&[SPAM, SPAM, SPAM])));
    let told = told(&["rank"], &paths);
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(
        told.contains("3 counted rows in 2 files repeat an earlier one (same message"),
        "{told}"
    );
}

/// How many rows repeat, as the ranking and as the account of the files say.
fn repeats_told(header: &str, rows: &[&str]) -> [u64; 2] {
    let folder = Folder::new();
    let text = [&[header], rows].concat().join("\n");
    let path = folder.write("export.csv", text);
    let told = String::from_utf8(mailhunt(&["rank"], std::slice::from_ref(&path)).stderr).unwrap();
    let line = told
        .lines()
        .find(|line| line.contains(" an earlier one (same message"));
    let ranked = line.and_then(|line| line.split_whitespace().nth(2)?.parse().ok());
    let account = mailhunt(&["check", "--format", "json"], &[path]).stdout;
    let account: serde_json::Value = serde_json::from_slice(&account).unwrap();
    let checked = account["files"][0]["repeated_rows"].as_u64().unwrap();
    [ranked.unwrap_or_default(), checked]
}

#[test]
fn rank_and_check_say_the_same_of_rows_that_repeat() {
    const HEADER: &str = "Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes";
    let row = |time: &str, rest: &str| format!("\"{time}\",m-1,{rest}");
    let phish = "Inbound,partner.example,me@ours.example,Phish";
    let told = |rows: &[(&str, &str)]| {
        let rows: Vec<String> = rows.iter().map(|(time, rest)| row(time, rest)).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        repeats_told(HEADER, &rows)
    };
    let time = "2026-04-03T10:00:00Z";
    assert_eq!(
        told(&[(time, phish), ("2026-04-03T10:00:00.9Z", phish)]),
        [1, 1]
    );
    assert_eq!(
        told(&[(time, phish), ("2026-04-03T10:00:01Z", phish)]),
        [0, 0]
    );
    // The first row shows that the day comes first.
    let [shows, same, other] = [
        "13/04/2026, 10:00:00",
        "03/04/2026, 10:00:00",
        "04/03/2026, 10:00:00",
    ];
    assert_eq!(
        told(&[(shows, phish), (same, phish), (time, phish)]),
        [1, 1]
    );
    assert_eq!(
        told(&[(same, phish), (time, phish), (shows, phish)]),
        [1, 1]
    );
    assert_eq!(
        told(&[(shows, phish), (other, phish), (time, phish)]),
        [0, 0]
    );
    for rest in [
        "Inbound,other.example,me@ours.example,Phish",
        "Inbound,partner.example,me@ours.example,Spam",
        "Inbound,partner.example,you@ours.example,Phish",
        "Outbound,partner.example,me@ours.example,Phish",
    ] {
        assert_eq!(told(&[(time, phish), (time, rest)]), [0, 0], "{rest}");
    }
    for bare in ["", "garbage"] {
        assert_eq!(told(&[(bare, phish), (bare, phish)]), [0, 0], "{bare}");
    }
    let without_time = "m-1,Inbound,partner.example,me@ours.example,Phish";
    let header = HEADER.strip_prefix("Timestamp,").unwrap();
    assert_eq!(repeats_told(header, &[without_time, without_time]), [0, 0]);
}

#[test]
fn rows_that_repeat_and_records_that_are_superseded_are_known_in_any_letter_case() {
    for [one, other] in SPELLINGS {
        let [phish, same] = [one, other].map(|to| PHISH.replace("me@ours.example", to));
        assert_eq!(repeats_told(HEADER, &[&phish, &same]), [1, 1], "{other}");
        let later = same.replace("10:00:00", "11:00:00");
        let folder = Folder::new();
        let path = folder.write("export.csv", csv(&[SENT, &phish, &later]));
        let output = mailhunt(&["rank", "--exclude", "superseded"], &[path]);
        let ranking = String::from_utf8(output.stdout).unwrap();
        assert!(ranking.ends_with("\npartner.example,1,1\n"), "{ranking:?}");
    }
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
        .env("XDG_CONFIG_HOME", "/nonexistent")
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
