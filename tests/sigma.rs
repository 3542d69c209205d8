//! The language of exclusions and Sigma's: what the README says of the difference holds, event by event.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::hunt::exclusion::{self, Exclusion};
use mailhunt::hunt::{DomainMatching, Query, remarks};
use rstest::rstest;
use std::process::Command;
use support::Folder;

/// An exclusion whose block has one line.
fn with_line(line: &str) -> String {
    format!("version = 1\n[[exclude]]\nid = \"it\"\nenabled = true\n[[exclude.match]]\n{line}\n")
}

fn read(line: &str) -> Result<Vec<Exclusion>, String> {
    exclusion::parse(&with_line(line)).map_err(|error| error.to_string())
}

/// A threat email with this subject, and an outbound one that lets its sender rank.
fn events(subject: &str) -> String {
    let threat = serde_json::json!({
        "EmailDirection": "Inbound", "SenderFromDomain": "partner.example", "Subject": subject,
        "RecipientEmailAddress": "a@ours.example", "ThreatTypes": "Phish",
    });
    let sent = serde_json::json!({
        "EmailDirection": "Outbound", "SenderFromDomain": "ours.example", "Subject": "",
        "RecipientEmailAddress": "x@partner.example", "ThreatTypes": "",
    });
    format!("{threat}\n{sent}\n")
}

fn is_hidden(line: &str, subject: &str) -> bool {
    let folder = Folder::new();
    let path = folder.write("events.jsonl", events(subject));
    let (_, hunt) = support::load(&[path], read(line).unwrap());
    let emails = hunt.all_emails(b"partner.example", DomainMatching::Exact);
    emails.iter().next().unwrap().mask.contains(0)
}

#[rstest]
// Letter case counts for `re`, and for nothing else.
#[case("'Subject|re' = '^re: invoice'", "Re: Invoice 7", false)]
#[case("'Subject|re' = '^Re: Invoice'", "Re: Invoice 7", true)]
#[case("'Subject|re|cased' = '^re: invoice'", "Re: Invoice 7", false)]
#[case("'Subject|re|i' = '^re: invoice'", "Re: Invoice 7", true)]
#[case("'Subject|startswith' = 're: invoice'", "Re: Invoice 7", true)]
#[case("'Subject|startswith|cased' = 're: invoice'", "Re: Invoice 7", false)]
// `m` and `s`.
#[case("'Subject|re' = '^second$'", "first\nsecond\nthird", false)]
#[case("'Subject|re|m' = '^second$'", "first\nsecond\nthird", true)]
#[case("'Subject|re' = 'first.second'", "first\nsecond", false)]
#[case("'Subject|re|s' = 'first.second'", "first\nsecond", true)]
#[case("'Subject|re|i|m|s' = '^FIRST.second$'", "nought\nfirst\nsecond", true)]
// Letters, digits and the edges of words are Unicode's.
#[case(r"'Subject|re' = '\bM\w+r\b'", "Für Herrn Müller, dringend", true)]
#[case(r"'Subject|re' = '\bM\b'", "Für Herrn Müller", false)]
#[case(r"'Subject|re' = '^\w+ \d+$'", "Счёт ٤٧", true)]
#[case(r"'Subject|re|i' = 'MÜLLER'", "Herr müller", true)]
// One rule of letter case, whatever the comparison.
#[case("'Subject' = 'ΣΊΣΥΦΟΣ'", "Σίσυφος", true)]
#[case("'Subject|contains' = 'σίσυφοσ'", "an Σίσυφος!", true)]
#[case("'Subject|endswith' = 'ΦΟΣ'", "Σίσυφος", true)]
#[case("'Subject|re|i' = 'ΣΊΣΥΦΟΣ'", "Σίσυφος", true)]
#[case("'Subject|cased' = 'ΣΊΣΥΦΟΣ'", "Σίσυφος", false)]
#[case("'Subject' = 'STRAẞE'", "straße", true)]
#[case("'Subject' = 'STRASSE'", "straße", false)]
// `*` and `?` are letters.
#[case("'Subject' = 'Re: *'", "Re: Invoice", false)]
#[case("'Subject' = 'Re: *'", "Re: *", true)]
#[case("'Subject|contains' = 'Inv?ice'", "Invoice", false)]
// What says nothing does not exist.
#[case("'Subject|exists' = true", "x", true)]
#[case("'Subject|exists' = true", "", false)]
#[case("'Subject|exists' = false", " ", true)]
#[case("'Subject|exists' = false", "[]", true)]
#[case("'Subject|exists' = false", "null", true)]
#[case("'NoSuchColumn|exists' = false", "x", true)]
// A single value is a list of one for `all`.
#[case("'Subject|contains|all' = 'one'", "one", true)]
#[case("'Subject|contains|all' = ['one']", "two", false)]
#[case("'Subject|contains|all' = ['one', 'two']", "two, one", true)]
fn a_line_means_what_the_readme_says(
    #[case] line: &str,
    #[case] subject: &str,
    #[case] hidden: bool,
) {
    assert_eq!(is_hidden(line, subject), hidden);
}

#[rstest]
#[case("'Subject|neq' = 'x'", "\"neq\" is not a modifier")]
#[case("'Subject|windash|contains' = 'x'", "\"windash\" is not a modifier")]
#[case("'Subject|base64' = 'x'", "\"base64\" is not a modifier")]
#[case("'Subject|re' = '(?=x)'", "look-around")]
#[case("'Subject|all' = ['x', 'y']", "\"all\" only works with contains")]
#[case(
    "'Subject|cidr|all' = ['192.0.2.0/24']",
    "\"all\" only works with contains"
)]
fn what_of_sigma_is_not_known_is_refused(#[case] line: &str, #[case] words: &str) {
    let error = read(line).expect_err("refused");
    assert!(error.contains(words), "{error}");
}

const LETTER_CASE: &str =
    "`re` is now case-sensitive: write re|i to ignore case, or re|cased to confirm";
const WILDCARD: &str =
    "\"Re: *\": `*` and `?` are not wildcards: use contains, startswith, endswith or re";

#[rstest]
#[case("'Subject|re' = 'x'", Some(LETTER_CASE))]
#[case("'Subject|re|m' = 'x'", Some(LETTER_CASE))]
#[case("'Subject|re|i' = 'x'", None)]
#[case("'Subject|re|cased' = 'x'", None)]
#[case("Subject = 'Re: *'", Some(WILDCARD))]
#[case("'Subject|re|i' = 'Re: .*'", None)]
fn a_definition_that_sigma_reads_otherwise_is_told_everywhere(
    #[case] line: &str,
    #[case] words: Option<&str>,
) {
    let folder = Folder::new();
    let events = folder.write("events.jsonl", events("x"));
    let file = folder.write("team.toml", with_line(line));
    let (_, hunt) = support::load(std::slice::from_ref(&events), read(line).unwrap());
    let query = Query::default();
    let day = "2026-11-30".parse().unwrap();
    let remarks = remarks::of(&hunt, &query, &hunt.view(&query), 0, day);
    let told: Vec<String> = remarks.iter().map(remarks::Remark::words).collect();
    let is_told = |text: &str| words.is_none_or(|words| text.contains(words));
    let is_told_of = |text: &str| text.contains("wildcards") || text.contains("case-sensitive");
    assert!(is_told(&told.join("\n")), "{told:?}");
    assert_eq!(told.iter().any(|text| is_told_of(text)), words.is_some());

    let run = |arguments: &[&std::ffi::OsStr]| {
        let empty = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
            .args(arguments)
            .arg("--exclusions")
            .arg(&file)
            .env("XDG_CONFIG_HOME", empty.path())
            .env("HOME", empty.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    };
    // The exclusion is on, so that the ranking says it too, and the list does with files and without.
    let (_, said) = run(&["rank".as_ref(), events.as_os_str()]);
    assert!(
        is_told(&said) && is_told_of(&said) == words.is_some(),
        "{said}"
    );
    let formatted = ["--format", "jsonl"].map(AsRef::as_ref);
    for files in [&[events.as_os_str()][..], &[]] {
        let arguments = [&["exclusions".as_ref()], files, &formatted].concat();
        let (listed, _) = run(&arguments);
        let row: serde_json::Value =
            serde_json::from_str(listed.lines().next_back().unwrap()).unwrap();
        let remarks = row["Remarks"].as_str().unwrap();
        assert!(
            is_told(remarks) && is_told_of(remarks) == words.is_some(),
            "{remarks}"
        );
    }
}
