//! `mailhunt kql`, and random queries for programs that are not ours to judge (`tests/kql/run`).

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::time::Hour;
use mailhunt::export::{self, Format, Options, ranking};
use mailhunt::hunt::exclusion::{self, ExclusionSet};
use mailhunt::hunt::kql::hunting_query;
use mailhunt::hunt::query::RangeScope;
use mailhunt::hunt::{DomainMatching, Hunt, Query};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};
use support::definitions;
use support::json_cells::{self, Cell};
use support::oracle::{self, COLUMNS, Event, UrlRow};
use support::strategies;
use support::writing::Spelling;
use support::{Folder, load};

/// Where the random queries are written to.
const FOLDER: &str = "MAILHUNT_KQL_CASES";

/// The queries that are run on events, and those that are only read.
const RUN: usize = 90;
const READ: usize = 400;

/// Events that a table of Kusto can hold and of which each email has one latest record: their times are
/// distinct, and at most one record of an email has none. No verdict is a word for nothing: Kusto has nothing then.
fn events() -> impl Strategy<Value = Vec<Event>> {
    events_of(strategies::events())
}

fn events_of(events: impl Strategy<Value = Vec<Event>>) -> impl Strategy<Value = Vec<Event>> {
    events.prop_map(|mut events| {
        let mut without_time = BTreeSet::new();
        for (number, event) in events.iter_mut().enumerate() {
            event.cells[11] = format!("subject, {number}");
            if let Some(seconds) = &mut event.seconds {
                *seconds += number as i64 - *seconds % 3600;
            } else {
                let email = (event.cells[1].clone(), event.cells[5].to_lowercase());
                if !without_time.insert(email) {
                    event.cells[1] = format!("U-{number}");
                }
            }
            // mailhunt takes these words for an empty cell, which the query does not.
            if matches!(&*event.cells[6], "none" | "N/A" | "\\N" | "-") {
                "Malware".clone_into(&mut event.cells[6]);
            }
            event.cells[0] = event.seconds.map_or_else(String::new, written);
            // The column is a number, which has no words.
            if event.cells[12].parse::<u8>().is_err() {
                event.cells[12].clear();
            }
        }
        events
    })
}

fn written(seconds: i64) -> String {
    let time = mailhunt::events::time::EventTime::from_seconds(seconds);
    format!("{}Z", time.civil())
}

fn rows(cells: impl Iterator<Item = (&'static str, String)>) -> Value {
    Value::Object(
        cells
            .map(|(name, cell)| (name.to_owned(), cell.into()))
            .collect(),
    )
}

fn table_of_events(events: &[Event]) -> Value {
    let row = |event: &Event| rows(COLUMNS.into_iter().zip(event.cells.iter().cloned()));
    events.iter().map(row).collect()
}

fn table_of_links(links: &[UrlRow]) -> Value {
    let row = |link: &UrlRow| {
        let (message, url, domain) = (&link.message, &link.url, &link.domain);
        let names = ["NetworkMessageId", "Url", "UrlDomain"];
        rows(
            names
                .into_iter()
                .zip([message, url, domain].map(String::clone)),
        )
    };
    links.iter().map(row).collect()
}

/// What `mailhunt rank --format jsonl` prints.
fn ranked(hunt: &Hunt, query: &Query) -> Vec<Value> {
    let view = hunt.view(query);
    let sheet = ranking::sheet(hunt, query, &view, &ranking::RankingColumn::OF_THE_QUERY);
    let mut lines = Vec::new();
    export::write(sheet, Format::JsonLines, &Options::default(), &mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Events, exclusions and questions, with the queries of KQL and the rows that mailhunt gives.
fn case(events: &[Event], links: &[UrlRow], definitions: &str, hours: Option<(i32, i32)>) -> Value {
    let folder = Folder::new();
    let mut paths = vec![folder.write("events.csv", Spelling::plain().events(events))];
    // A tenant has the table: nothing may be unknown for want of it.
    let other = UrlRow {
        message: "another".to_owned(),
        url: String::new(),
        domain: "b.com".to_owned(),
    };
    let links = if links.is_empty() { &[other] } else { links };
    paths.push(folder.write("links.csv", Spelling::plain().links(links)));
    let (_, hunt) = load(&paths, exclusion::parse(definitions).unwrap());
    let count = hunt.exclusions.len();
    let each = (0..count).map(|index| ExclusionSet(1 << index));
    let all = ExclusionSet::first(count);
    // Kusto takes what stands between the first two @ however domains are matched.
    let are_plain = events.iter().all(|event| oracle::meant(event).is_empty());
    let matchings = if are_plain {
        DomainMatching::ALL.as_slice()
    } else {
        &[DomainMatching::Exact]
    };
    let questions = each.chain([all]).zip(matchings.iter().copied().cycle());
    let queries = questions.enumerate().map(|(number, (active, domains))| {
        let hours = hours.filter(|_| number % 2 == 0);
        let query = Query {
            active,
            domains,
            hours: hours.map(|(first, last)| Hour(first)..=Hour(last)),
            range: if number % 4 == 0 {
                RangeScope::Both
            } else {
                RangeScope::Threats
            },
            ..Query::default()
        };
        let said = hunting_query(&hunt.exclusions, &query, Some(&hunt));
        json!({ "kql": said.text, "rows": ranked(&hunt, &query) })
    });
    json!({
        "events": table_of_events(events),
        "links": table_of_links(links),
        "definitions": definitions,
        "queries": queries.collect::<Vec<_>>(),
    })
}

/// Exclusions with 5,000 values each, of which some are in the random events.
fn many_values() -> String {
    let of_kind = |key: &str, some: &[&str], other: fn(usize) -> String| {
        let mut values: Vec<String> = (0..5_000 - some.len()).map(other).collect();
        values.splice(2_500..2_500, some.iter().map(|some| (*some).to_owned()));
        let values: Vec<String> = values.iter().map(|value| single_line(value)).collect();
        let id = key.replace('|', "-");
        format!(
            "[[exclude]]\nid = \"{id}\"\ntitle = \"{id}\"\n[[exclude.match]]\n\"{key}\" = [{}]",
            values.join(", ")
        )
    };
    let domain = |number: usize| format!("domain-{number}.example");
    [
        "version = 1".to_owned(),
        of_kind("PartnerDomain", &["b.com", "BÜRO.example"], domain),
        of_kind("SenderFromDomain|domain", &["contoso.com"], domain),
        of_kind("UrlDomain|domain|every", &["contoso.com", "b.com"], domain),
        of_kind("Subject|contains", &["1", "t, 2"], |number| {
            format!("invoice {number}.")
        }),
        of_kind(
            "SenderFromAddress|startswith",
            &["a@b", "CRON@"],
            |number| format!("job-{number}@"),
        ),
        of_kind(
            "RecipientEmailAddress|endswith|cased",
            &["@b.com"],
            |number| format!("@{number}.example"),
        ),
        of_kind("Subject|re|i", &["SUBJECT, (3|4)$"], |number| {
            format!("^re: ({number}|a)")
        }),
    ]
    .join("\n")
}

/// Subjects in several scripts.
const SUBJECTS: [&str; 10] = [
    "Müller",
    "an Müller, morgen",
    "MÜLLER",
    "mueller",
    "Иванова",
    "٤٧١١",
    "4711",
    "ΣΊΣΥΦΟΣ",
    "σίσυφος",
    "plain",
];

/// The partner that a cell is about.
fn partner(number: usize) -> String {
    format!("p{number}.example")
}

/// For each of some cells of a column a partner that ranks by a threat with it alone.
fn partners_by(column: &str, cells: &[String]) -> Vec<Event> {
    let event = |number: usize, cell_of_threat: &str, direction: &str| {
        let mut cells = [const { String::new() }; COLUMNS.len()];
        let partner = partner(number);
        for (name, cell) in COLUMNS.into_iter().zip(&mut cells) {
            *cell = match name {
                "NetworkMessageId" => format!("{direction}-{number}"),
                "EmailDirection" => direction.to_owned(),
                "SenderFromDomain" => partner.clone(),
                "RecipientEmailAddress" => format!("a@{partner}"),
                "ThreatTypes" if direction == "Inbound" => "Phish".to_owned(),
                name if name == column => cell_of_threat.to_owned(),
                _ => String::new(),
            };
        }
        Event {
            cells,
            seconds: None,
            has_url_count: true,
        }
    };
    let cells = cells.iter().enumerate();
    cells
        .flat_map(|(number, cell)| {
            [
                event(number, "", "Outbound"),
                event(number, cell, "Inbound"),
            ]
        })
        .collect()
}

/// What exclusions ask of a key in JSON: as guards, as what they match and as what alone they show.
fn questions_to(key: &str) -> Vec<String> {
    let field = format!("AuthenticationDetails.{key}");
    let lines = [
        format!("'{field}' = 'fail'"),
        format!("'{field}|cased' = ['FAIL', 'pass']"),
        format!("'{field}|exists' = true"),
        format!("'{field}|exists' = false"),
        format!("'{field}|contains' = ['a', ' ']"),
        format!("'{field}|re' = 'a*'"),
    ];
    lines.iter().flat_map(|line| in_each_part(line)).collect()
}

/// A line of a definition in each part of an exclusion.
fn in_each_part(line: &str) -> [String; 3] {
    [
        format!("match = [{{ ThreatTypes = 'Phish' }}]\nunless = [{{ {line} }}]"),
        format!("match = [{{ {line} }}]"),
        format!("show_only = true\nmatch = [{{ {line} }}]"),
    ]
}

/// Cells of each kind about keys of each kind, and random ones, with the names of the cases.
fn cases_of_cells(runner: &mut TestRunner) -> Vec<(&'static str, Value)> {
    let keys = [
        ("dmarc", "DMARC"),
        ("plain", "Vendor"),
        ("odd", "Ven.dor (x)"),
    ];
    let of_key = |(name, key)| {
        let case = case_of_cells(&json_cells::of_each_kind(key), &questions_to(key));
        (name, case)
    };
    let same = "'AuthenticationDetails.DMARC|fieldref' = 'AuthenticationDetails.Vendor'";
    let of_both = [
        questions_to("DMARC"),
        questions_to("Vendor"),
        in_each_part(same).to_vec(),
    ];
    let mixed = random(&vec(json_cells::random(), 300), runner);
    let mixed = ("mixed", case_of_cells(&mixed, &of_both.concat()));
    keys.into_iter().map(of_key).chain([mixed]).collect()
}

/// The case of some cells of JSON, of which the query may read fewer than mailhunt.
fn case_of_cells(cells: &[Cell], questions: &[String]) -> Value {
    let texts: Vec<String> = cells.iter().map(|cell| cell.text.clone()).collect();
    let events = partners_by("AuthenticationDetails", &texts);
    let exclusions = questions.iter().enumerate().map(|(number, lines)| {
        format!("[[exclude]]\nid = 'e{number}'\ntitle = 'E'\nscope = 'inbound'\n{lines}\n")
    });
    let definitions = format!("version = 1\n{}", exclusions.collect::<String>());
    let mut case = case(&events, &[], &definitions, None);
    let may_stay = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.is_read_alike);
    let may_stay = may_stay.map(|(number, _)| partner(number));
    case["may_stay"] = may_stay.collect::<Vec<_>>().into();
    let visible = |query: &Value| query["rows"].as_array().unwrap().len();
    let queries = case["queries"].as_array().unwrap();
    let telling = queries
        .iter()
        .filter(|query| (1..cells.len()).contains(&visible(query)));
    assert!(
        telling.count() > queries.len() / 2,
        "most questions tell cells apart"
    );
    case
}

/// Exclusions by patterns whose classes, edges and letter case are Unicode's.
fn patterns() -> String {
    let patterns = [
        ("re", r"\bM\w+r\b"),
        ("re", r"^\w+$"),
        ("re", r"M\b"),
        ("re", r"\bller"),
        ("re", r"^\d+$"),
        ("re", r"\W"),
        ("re|i", "^müller$"),
        ("re|i", "σίσυφοσ"),
        ("re", "^MÜ"),
        ("contains", "ΜΌΣ|ΣΊΣΥ"),
        ("contains", "ΊΣΥΦΟΣ"),
    ];
    let exclusions = patterns.iter().enumerate().map(|(number, (modifier, pattern))| {
        let pattern = single_line(pattern);
        format!(
            "[[exclude]]\nid = \"e{number}\"\ntitle = \"E\"\n[[exclude.match]]\n\"Subject|{modifier}\" = {pattern}"
        )
    });
    let exclusions: Vec<String> = exclusions.collect();
    format!("version = 1\n{}", exclusions.join("\n"))
}

/// A text that wants out of the literal it stands in.
fn text() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "a",
        "B.com",
        "\"",
        "'",
        "\\",
        "\\\"",
        "//",
        "\n",
        "\r",
        "\t",
        "\u{0}",
        "\u{1b}[2J",
        "\u{202e}",
        "\u{2028}",
        "\u{85}",
        "\u{e0041}",
        "ü",
        "Σ",
        "```",
        "*/",
        ";",
        "| take 0",
        "@",
        "{0}",
        "$(x)",
        "@\"",
        "?",
        " ",
        "\u{feff}",
        "😀",
        "\u{301}",
        "xn--",
    ]);
    vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

/// A line of a definition, of all fields and modifiers, and the texts that must stand in the query as they are.
fn hostile_line() -> impl Strategy<Value = (String, Option<String>)> {
    let field = prop_oneof![
        select(vec![
            "SenderFromDomain",
            "Subject",
            "UrlCount",
            "EmailClusterId",
            "IsFirstContact",
            "Timestamp",
            "To",
            "Topics",
            "RecipientDomain",
            "PartnerDomain",
            "IsLatestRecord",
            "Url",
            "UrlDomain",
            "FileName",
            "FileType",
            "AuthenticationDetails.DMARC",
            "ForwardingInformation.ForwardingType",
            "AdditionalFields.a b",
            "Header.X-Siem-Alert",
            "NotAColumn",
            "7z",
            "Some.key",
        ])
        .prop_map(str::to_owned),
        text().prop_map(|text| format!("Header.h{}", text.replace('|', "/"))),
        text().prop_map(|text| format!("AdditionalFields.k{}", text.replace('|', "/"))),
        text().prop_map(|text| format!("c{}", text.replace(['|', '.'], "/"))),
    ];
    let test = prop_oneof![
        4 => (
            select(vec![("", "^(", ")$"), ("|contains", "", ""), ("|startswith", "^(", ")"), ("|endswith", "(", ")$")]),
            text(),
            any::<bool>(),
        ).prop_map(|((modifier, before, after), text, cased)| {
            // Letters beyond ASCII are compared by expressions, which know how to fold them.
            let kept = if cased || text.is_ascii() {
                text.clone()
            } else {
                let pattern = regex::escape(&text).replace("\\-", "-");
                format!("(?i){before}{pattern}{after}")
            };
            let is_kept = cased || text.to_lowercase() == text;
            let cased = if cased { "|cased" } else { "" };
            (format!("{modifier}{cased}"), toml::Value::from(text), is_kept.then_some(kept))
        }),
        1 => text().prop_map(|text| ("|domain".to_owned(), toml::Value::from(text), None)),
        1 => text().prop_map(|text| {
            let pattern = regex::escape(&text);
            let kept = format!("(?i){pattern}");
            ("|re|i".to_owned(), toml::Value::from(pattern), Some(kept))
        }),
        1 => Just((String::new(), toml::Value::from("@own-domains"), None)),
        1 => Just(("|domain".to_owned(), toml::Value::from("@own-domains"), None)),
        1 => any::<i64>().prop_map(|number| ("|gte".to_owned(), number.into(), None)),
        1 => any::<f64>().prop_filter("TOML has its own", |number| number.is_finite())
            .prop_map(|number| ("|lt".to_owned(), number.into(), None)),
        1 => select(vec!["192.0.2.0/24", "2001:db8::/32"]).prop_map(|net| ("|cidr".to_owned(), net.into(), None)),
        1 => any::<bool>().prop_map(|flag| ("|exists".to_owned(), flag.into(), None)),
        1 => any::<bool>().prop_map(|flag| (String::new(), flag.into(), None)),
        1 => select(vec!["RecipientDomain", "EmailClusterId", "Header.X"])
            .prop_map(|field| ("|fieldref".to_owned(), field.into(), None)),
    ];
    (field, test, any::<bool>()).prop_map(|(field, (modifier, value, kept), every)| {
        let of_companion = ["Url", "UrlDomain", "FileName", "FileType"].contains(&field.as_str());
        let field = if of_companion && modifier == "|fieldref" {
            "Subject".to_owned()
        } else {
            field
        };
        let every = if of_companion && every && modifier != "|fieldref" {
            "|every"
        } else {
            ""
        };
        let key = toml::Value::from(format!("{field}{modifier}{every}"));
        (format!("{key} = {value}"), kept)
    })
}

fn single_line(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A definition as text, with those texts.
fn hostile_definition() -> impl Strategy<Value = (String, Vec<String>)> {
    let blocks = |count| vec(hostile_line(), count);
    (blocks(1..3), blocks(0..2), any::<bool>(), text()).prop_map(
        |(matches, unless, show_only, title): (Vec<_>, Vec<_>, bool, String)| {
            let mut lines = vec![
                "version = 1\n[[exclude]]\nid = \"e\"".to_owned(),
                format!("title = {}", single_line(&title)),
                format!("show_only = {show_only}"),
            ];
            let mut kept = Vec::new();
            for (name, blocks) in [("match", matches), ("unless", unless)] {
                for (line, text) in blocks {
                    lines.push(format!("[[exclude.{name}]]"));
                    lines.push(line);
                    kept.extend(text);
                }
            }
            (lines.join("\n"), kept)
        },
    )
}

/// The same random values in each run.
fn runner() -> TestRunner {
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    TestRunner::new_with_rng(Config::default(), seed)
}

fn random<S: Strategy>(strategy: &S, runner: &mut TestRunner) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

#[test]
#[ignore = "writes the random queries that tests/kql/run gives to other programs"]
fn random_queries_are_written() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("the folder to write to"));
    let mut runner = runner();
    let run = (
        events(),
        strategies::links(),
        vec(strategies::definition(), 1..4),
        strategies::hours(),
    );
    for number in 0..RUN {
        let (mut events, links, definitions, hours) = random(&run, &mut runner);
        if number % 2 == 0 {
            for (place, event) in events.iter_mut().enumerate() {
                if !oracle::meant(event).is_empty() {
                    event.cells[1] = format!("P-{place}");
                    event.cells[5] = "x@contoso.com".to_owned();
                }
            }
        }
        let case = case(&events, &links, &definitions::toml(&definitions), hours);
        std::fs::write(
            folder.join(format!("run-{number:04}.json")),
            case.to_string(),
        )
        .unwrap();
    }
    let many = (
        events_of(vec(strategies::event(), 300)),
        strategies::links(),
    );
    let (events, links) = random(&many, &mut runner);
    let many = case(&events, &links, &many_values(), None);
    std::fs::write(folder.join("run-many.json"), many.to_string()).unwrap();
    let subjects = SUBJECTS.map(str::to_owned);
    let subjects = case(&partners_by("Subject", &subjects), &[], &patterns(), None);
    std::fs::write(folder.join("unicode.json"), subjects.to_string()).unwrap();
    for (name, case) in cases_of_cells(&mut runner) {
        std::fs::write(
            folder.join(format!("run-cells-{name}.json")),
            case.to_string(),
        )
        .unwrap();
    }
    let read = hostile_definition();
    let mut refused = 0;
    for number in 0..READ {
        let (text, kept) = random(&read, &mut runner);
        let Ok(exclusions) = exclusion::parse(&text) else {
            refused += 1;
            continue;
        };
        let query = Query {
            active: ExclusionSet::first(exclusions.len()),
            domains: DomainMatching::ALL[number % 3],
            ..Query::default()
        };
        let said = hunting_query(&exclusions, &query, None);
        let case = json!({ "kql": said.text, "texts": kept, "definitions": text });
        std::fs::write(
            folder.join(format!("read-{number:04}.json")),
            case.to_string(),
        )
        .unwrap();
    }
    assert!(
        refused < READ / 4,
        "{refused} of {READ} definitions are none"
    );
}

fn mailhunt(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailhunt"));
    let empty = tempfile::tempdir().unwrap();
    command
        .args(arguments)
        .env("HOME", empty.path())
        .env("XDG_CONFIG_HOME", empty.path());
    command.output().unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = mailhunt(arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_query_needs_no_file_and_has_no_empty_line() {
    let plain = printed(&["kql"]);
    assert!(plain.contains("\nEmailEvents\n| where "), "{plain}");
    let all = printed(&[
        "kql",
        "--demo",
        "--exclude",
        "all",
        "--domains",
        "registrable",
    ]);
    for id in [
        "internal-forwarding",
        "superseded",
        "own-domains",
        "spam-only",
    ] {
        assert!(all.contains(&format!("\n// {id}: ")), "{id}: {all}");
    }
    for text in [plain, all] {
        assert!(text.ends_with('\n') && text.lines().all(|line| !line.trim().is_empty()));
    }
}

#[test]
fn a_query_is_written_to_a_file_in_the_form_of_its_name_and_never_over_another() {
    let folder = Folder::new();
    let path = folder.path().join("hunt.yaml");
    let path = path.to_str().unwrap();
    printed(&["kql", "--exclude", "siem-soar", "--output", path]);
    let text = std::fs::read_to_string(path).unwrap();
    assert!(
        text.starts_with("id: ") && text.contains("\nquery: |\n  // Top outbound"),
        "{text}"
    );
    let again = mailhunt(&["kql", "--output", path]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}

/// What a file of YAML says for a key.
fn said(path: &str, key: &str) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let prefix = format!("{key}: ");
    let line = text.lines().find_map(|line| line.strip_prefix(&prefix));
    line.unwrap().to_owned()
}

#[test]
fn a_query_in_a_repository_keeps_its_id_and_counts_its_version_up() {
    let folder = Folder::new();
    let path = folder.path().join("hunt.yaml");
    let path = path.to_str().unwrap();
    let write = |exclude: &str| {
        printed(&["kql", "--exclude", exclude, "--output", path, "--overwrite"]);
        (said(path, "id"), said(path, "version"))
    };
    let (id, version) = write("siem-soar");
    assert_eq!(version, "1.0.0");
    assert_eq!(write("siem-soar"), (id.clone(), version), "nothing changed");
    assert_eq!(write("superseded"), (id.clone(), "1.0.1".to_owned()));
    assert_eq!(write("all"), (id.clone(), "1.0.2".to_owned()));

    let given = "00000000-0000-4000-8000-000000000001";
    printed(&[
        "kql",
        "--exclude",
        "all",
        "--output",
        path,
        "--overwrite",
        "--id",
        given,
    ]);
    assert_eq!(
        (said(path, "id"), said(path, "version")),
        (given.to_owned(), "1.0.2".to_owned())
    );
    assert_eq!(write("superseded"), (given.to_owned(), "1.0.3".to_owned()));

    let printed_id = printed(&["kql", "--format", "yaml", "--id", given]);
    assert!(
        printed_id.starts_with(&format!("id: {given}\n")),
        "{printed_id}"
    );
    for (arguments, expected) in [
        (
            ["kql", "--format", "yaml", "--id", "1234"],
            "32 hexadecimal digits",
        ),
        (
            ["kql", "--format", "kql", "--id", given],
            "plain KQL has none",
        ),
    ] {
        let refused = mailhunt(&arguments);
        assert_eq!(refused.status.code(), Some(2));
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_file_that_is_no_hunting_query_is_not_taken_for_one() {
    let folder = Folder::new();
    let path = folder.write("notes.yaml", "to: do\n");
    let path = path.to_str().unwrap();
    let refused = mailhunt(&["kql", "--output", path, "--overwrite"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        said.contains("is not a hunting query") && said.contains("--id"),
        "{said}"
    );
    assert_eq!(std::fs::read_to_string(path).unwrap(), "to: do\n");
}

#[test]
fn a_query_that_is_longer_than_sentinel_takes_is_told() {
    let folder = Folder::new();
    let domains: Vec<String> = (0..1_000)
        .map(|number| format!("'d{number}.example'"))
        .collect();
    let file = folder.write(
        "long.toml",
        format!(
            "version = 1\n[[exclude]]\nid = \"long\"\ntitle = \"Long\"\n[[exclude.match]]\n\"PartnerDomain\" = [{}]\n",
            domains.join(", ")
        ),
    );
    let file = file.to_str().unwrap();
    for (format, is_told) in [("yaml", true), ("kql", false)] {
        let output = mailhunt(&[
            "kql",
            "--exclusions",
            file,
            "--exclude",
            "long",
            "--format",
            format,
        ]);
        assert_eq!(output.status.code(), Some(0));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.contains("Sentinel allows 10000"), is_told, "{said}");
    }
}

#[test]
fn what_is_hidden_cannot_be_asked_of_sentinel() {
    let output = mailhunt(&["kql", "--hidden"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--hidden"), "{said}");
}
