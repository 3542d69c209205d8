//! The language of exclusions: what it refuses and how it says so, files that add to others, and that
//! what is written is what was read.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

use mailhunt::hunt::exclusion::library::{self, Source};
use mailhunt::hunt::exclusion::{Exclusion, Scope, Test, built_in, parse, writing};
use proptest::prelude::*;
use proptest::sample::select;
use rstest::rstest;
use std::fmt::Write;

#[test]
fn the_built_in_exclusions_are_the_documented_ones_in_order() {
    let exclusions = built_in().unwrap();
    let ids: Vec<&str> = exclusions.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "internal-forwarding",
            "scheduled-jobs",
            "siem-soar",
            "cloud-storage-links",
            "superseded",
            "own-domains",
            "phishing-simulation",
            "consumer-mail",
            "spam-only",
        ]
    );
    assert!(exclusions.iter().all(|one| !one.reason.is_empty()));
    assert!(
        exclusions.iter().all(|one| !one.enabled),
        "all are off at the start"
    );
}

/// A file of one exclusion with this line in its block.
fn with_line(line: &str) -> String {
    format!("version = 1\n[[exclude]]\nid = \"a\"\n[[exclude.match]]\n{line}\n")
}

#[rstest]
#[case(
    "version = 2",
    "line 1, column 11: exclusion format version 2 is not supported"
)]
#[case("", "line 1, column 1: the file must contain \"version = 1\"")]
#[case(
    "version = 1\ncolour = 1",
    "line 2, column 1: unknown key \"colour\" at the top of the file: use version, exclude, lists"
)]
#[case(
    "version = 1\n[[exclude]]\nid = 'a'\nmatches = 1",
    "line 4, column 1: unknown key \"matches\" in an exclusion: use id, title"
)]
#[case(
    "version = 1\n[[exclude]]\ntitle = 'a'",
    "line 2, column 1: an exclusion needs an \"id\""
)]
#[case(
    "version = 1\n[[exclude]]\nid = 'a,b'",
    "line 3, column 6: an id consists of"
)]
#[case("version = 1\n[[exclude]]\nid = 'all'", "\"all\" cannot be an id")]
#[case("version = 1\n[[exclude]]\nid = 'None'", "\"None\" cannot be an id")]
#[case(
    "version = 1\n[[exclude]]\nid = 'a'",
    "\"a\" matches nothing: it needs a [[exclude.match]]"
)]
#[case(
    "version = 1\n[exclude]\nid = 'a'",
    "\"exclude\" must be written as [[exclude]]"
)]
#[case(
    "version = 1\n[[exclude]]\nid = 'a'\nscope = 'in'",
    "line 4, column 9: \"in\" is not a scope: use outbound, inbound or both"
)]
#[case(
    "version = 1\n[[exclude]]\nid = 'a'\nmatch = [{}]",
    "line 4, column 10: an empty block would match every email"
)]
#[case(
    "version = 1\n[[exclude]]\nid = 'a'\nmatch = [{Subject='x'}]\nexpires = 'soon'",
    "\"expires\" must be a date such as 2026-12-31"
)]
#[case(
    "version = 1\n[[exclude]]\nid = 'a'\nmatch = [{Subject='x'}]\nexpires = 2026-12-31T10:00:00Z",
    "\"expires\" must be a date such as 2026-12-31"
)]
#[case(
    "version = 1\n[[exclude]]\nid = 'a'\nmatch = [{Subject='x'}]\nenabled = 1",
    "\"enabled\" must be true or false"
)]
#[case(
    "version = 1\n[[exclude]]\nid='a'\nmatch=[{S='x'}]\n[[exclude]]\nid='a'\nmatch=[{S='x'}]",
    "line 6, column 4: the id \"a\" is used twice in this file"
)]
#[case(
    "version = 1\n[lists]\nx = ['@y']",
    "line 3, column 1: unknown list \"@y\""
)]
#[case("version = 1\n[lists]\nx = ['@y']\ny = ['@x']", "contains itself")]
#[case("version = 1\nid = \"unclosed", "line 2, column")]
fn mistakes_in_a_file_are_told_with_their_place(#[case] text: &str, #[case] words: &str) {
    let error = parse(text).expect_err("refused").to_string();
    assert!(error.contains(words), "{error}");
}

#[rstest]
#[case(
    "'Subject|has' = 'x'",
    "line 5, column 1: \"Subject|has\": \"has\" is not a modifier: use contains, startswith"
)]
#[case("'Subject|re' = '('", "invalid regular expression: unclosed group")]
#[case("'Subject|contains|i' = 'x'", "\"i\" only works with re")]
#[case("'Subject|s' = 'x'", "\"s\" only works with re")]
#[case(
    "'Subject|re|i|cased' = 'x'",
    "\"i\" ignores case and \"cased\" respects it: use one"
)]
#[case("Subject = '@none'", "unknown list \"@none\"; available: @own-domains")]
#[case("'Subject|every' = 'x'", "Url, UrlDomain, FileName and FileType")]
#[case("'Subject|contains' = ''", "an empty text")]
#[case("'Subject|contains' = []", "an empty list matches")]
#[case("'Subject|contains' = 7", "takes a text or a list of texts")]
#[case("Subject = ['x', 7]", "takes a text or a list of texts")]
#[case("'|contains' = 'x'", "there is no field before the modifiers")]
#[case("'Header.|exists' = true", "there is no field before the modifiers")]
#[case(
    "'UrlDomain|fieldref' = 'SenderFromDomain'",
    "\"fieldref\" does not work with Url"
)]
#[case(
    "'SenderFromDomain|fieldref' = 'UrlDomain'",
    "\"fieldref\" does not work with Url"
)]
#[case(
    "'SenderFromDomain|fieldref' = ['a', 'b']",
    "\"fieldref\" takes the name of one field"
)]
#[case("'SenderFromDomain|fieldref' = ''", "\"\" is not a field name")]
#[case(
    "'SenderFromDomain|fieldref' = 'Header.'",
    "\"Header.\" is not a field name"
)]
#[case(
    "'SenderFromDomain|domain' = ['a.example', '*.com']",
    "\"*.com\" is not a domain: write \"com\", which includes its subdomains"
)]
#[case(
    "'SenderFromDomain|domain' = '.com'",
    "\".com\" is not a domain: write \"com\""
)]
#[case(
    "'SenderFromDomain|domain' = '.'",
    "\".\" is not a domain: write a domain"
)]
#[case(
    "AuthenticationDetails.DMARC = 'pass'",
    "a key with a dot needs quotes: \"AuthenticationDetails.DMARC\" = …"
)]
#[case("'Subject|exists' = 'yes'", "\"exists\" takes true or false")]
#[case("'Subject|contains|startswith' = 'x'", "are both comparisons")]
#[case("'Subject|all' = ['x', 'y']", "\"all\" only works with contains")]
#[case(
    "'Subject|exists|cased' = true",
    "\"cased\" only works with text comparisons"
)]
#[case("'UrlCount|gt' = 'many'", "\"gt\" takes one number")]
#[case("'UrlCount|lte' = [1, 2]", "\"lte\" takes one number")]
#[case(
    "'SenderIPv4|cidr' = '203.0.113.0/33'",
    "\"203.0.113.0/33\" is not a network"
)]
#[case(
    "'PartnerDomain|contains' = '@own-domains'",
    "@own-domains only works without a modifier"
)]
fn mistakes_in_a_condition_are_told_with_what_would_be_right(
    #[case] line: &str,
    #[case] words: &str,
) {
    let error = parse(&with_line(line)).expect_err("refused").to_string();
    assert!(error.contains(words), "{error}");
    assert!(error.contains("line 5, column"), "{error}");
}

fn source(name: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn a_file_adds_to_the_built_in_exclusions_or_replaces_one() {
    let file = source(
        "mine.toml",
        "version = 1\n[[exclude]]\nid = 'spam-only'\ntitle = 'Mine'\nmatch = [{Subject = 'x'}]\n\
         [[exclude]]\nid = 'new'\nmatch = [{Subject = 'y'}]\n",
    );
    let exclusions = library::with_files(&[file]).unwrap();
    assert_eq!(exclusions.len(), built_in().unwrap().len() + 1);
    let place = |id: &str| exclusions.iter().position(|one| one.id == id).unwrap();
    assert_eq!(exclusions[place("spam-only")].title, "Mine");
    assert_eq!(place("spam-only"), 8, "it keeps its place");
    assert_eq!(place("new"), 9);
}

#[test]
fn a_list_of_a_file_changes_the_built_in_exclusions_that_use_it() {
    let file = source(
        "lists.toml",
        "version = 1\n[lists]\nown-domains = ['contoso.example']\nconsumer-mail = ['@consumer-mail', 'mail.example']\n",
    );
    let exclusions = library::with_files(&[file]).unwrap();
    let texts = |id: &str| {
        let exclusion = exclusions.iter().find(|one| one.id == id).unwrap();
        match &exclusion.matches[0].0[0].test {
            Test::Text { texts, .. } => texts.clone(),
            other => panic!("{other:?}"),
        }
    };
    let own: Vec<Vec<u8>> = texts("own-domains").iter().map(<[u8]>::to_vec).collect();
    assert_eq!(own, [b"contoso.example".to_vec()]);
    assert!(!texts("own-domains").own_domains());
    let consumers: Vec<Vec<u8>> = texts("consumer-mail").iter().map(<[u8]>::to_vec).collect();
    assert!(
        consumers.contains(&b"mail.example".to_vec()) && consumers.contains(&b"gmail.com".to_vec())
    );
}

#[test]
fn a_mistake_names_its_file() {
    let file = source("mine.toml", "version = 3\n");
    let error = library::with_files(&[file]).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "mine.toml, line 1, column 11: exclusion format version 3 is not supported: this mailhunt reads version 1"
    );
}

#[test]
fn there_are_no_more_exclusions_than_a_mask_has_bits() {
    let many: Vec<String> = (0..56)
        .map(|number| format!("[[exclude]]\nid = 'e{number}'\nmatch = [{{Subject = 'x'}}]\n"))
        .collect();
    let file = source("many.toml", &format!("version = 1\n{}", many.concat()));
    let error = library::with_files(&[file])
        .expect_err("refused")
        .to_string();
    assert!(
        error.contains("65 exclusions exceed the maximum of 64"),
        "{error}"
    );
}

#[test]
fn an_expired_exclusion_is_off_at_the_start() {
    let text = "version = 1\n[[exclude]]\nid = 'a'\nenabled = true\nexpires = 2026-12-31\nmatch = [{Subject = 'x'}]\n";
    let exclusion = parse(text).unwrap().remove(0);
    let day = |text: &str| text.parse().unwrap();
    assert!(exclusion.starts_on(day("2026-12-31")));
    assert!(!exclusion.starts_on(day("2027-01-01")));
    assert!(exclusion.is_expired(day("2027-01-01")));
}

#[test]
fn the_built_in_exclusions_are_read_as_they_are_written() {
    for exclusion in built_in().unwrap() {
        let again = library::definitions(&[], &writing::definition(&exclusion)).unwrap();
        assert_eq!(again, [exclusion]);
    }
}

#[test]
fn a_definition_without_its_version_is_told_with_its_own_lines() {
    let error =
        library::definitions(&[], "[[exclude]]\nid = 'a'\ncolour = 1\n").expect_err("refused");
    assert_eq!((error.line, error.column), (3, 1));
}

/// A text with what is hard to write.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{1,12}",
        "[\\x00-\\x1f\\x7f\"'\\\\@é\u{202e}\u{1f600}a]{1,6}",
        select(vec![
            "@name".to_owned(),
            "@@name".to_owned(),
            "@contoso.com".to_owned(),
            "*?".to_owned()
        ]),
    ]
}

fn line() -> impl Strategy<Value = (String, String)> {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let field = select(vec![
        "Subject",
        "AuthenticationDetails.DMARC",
        "Header.X-Siem-Alert",
        "PartnerDomain",
        "RecipientDomain",
        "UrlDomain",
        "IsLatestRecord",
        "My Column",
    ]);
    let texts = proptest::collection::vec(text(), 1..4).prop_map(move |texts| {
        let written: Vec<String> = texts
            .iter()
            .map(|text| quoted(&mailhunt::hunt::exclusion::lists::literal(text)))
            .collect();
        format!("[{}]", written.join(", "))
    });
    let compared = (
        select(vec![
            "",
            "|contains",
            "|startswith|cased",
            "|endswith",
            "|domain",
            "|contains|all",
            "|cased",
        ]),
        texts,
    )
        .prop_map(|(modifiers, texts)| (modifiers.to_owned(), texts))
        .prop_filter("a pattern is no domain", |(modifiers, texts)| {
            modifiers != "|domain" || !texts.contains(['*', '.'])
        });
    let other = prop_oneof![
        any::<bool>().prop_map(|flag| ("|exists".to_owned(), flag.to_string())),
        any::<bool>().prop_map(|flag| (String::new(), flag.to_string())),
        (select(vec!["", "|gt", "|gte", "|lt", "|lte"]), any::<i64>())
            .prop_map(|(modifier, number)| (modifier.to_owned(), number.to_string())),
        (select(vec!["|gt", "|lte"]), -1e9..1e9_f64)
            .prop_map(|(modifier, number)| (modifier.to_owned(), format!("{number:?}"))),
        Just((
            "|cidr".to_owned(),
            "['203.0.113.0/24', '2001:db8::/32', '192.0.2.7']".to_owned()
        )),
        Just((
            "|re|cased".to_owned(),
            "['^a+$', '@@name', '\\d']".to_owned()
        )),
        (
            select(vec!["", "|i", "|cased", "|m", "|i|m|s", "|s|cased"]),
            select(vec!["", "|all"])
        )
            .prop_map(|(flags, all)| (format!("|re{flags}{all}"), "['a', 'b']".to_owned())),
        Just((String::new(), "'@own-domains'".to_owned())),
    ];
    (field, prop_oneof![compared, other]).prop_map(move |(field, (modifiers, value))| {
        (quoted(&format!("{field}{modifiers}")), value)
    })
}

fn exclusion() -> impl Strategy<Value = String> {
    let blocks = |name: &'static str, least: usize| {
        proptest::collection::vec(proptest::collection::vec(line(), 1..4), least..3).prop_map(
            move |blocks| {
                let mut text = String::new();
                for block in blocks {
                    let lines: std::collections::BTreeMap<String, String> =
                        block.into_iter().collect();
                    let _ = writeln!(text, "[[exclude.{name}]]");
                    for (key, value) in lines {
                        let _ = writeln!(text, "{key} = {value}");
                    }
                }
                text
            },
        )
    };
    (
        text(),
        text(),
        select(vec![Scope::Inbound, Scope::Outbound, Scope::Both]),
        any::<bool>(),
        any::<bool>(),
        select(vec!["", "created = 2026-01-10\n", "expires = 2026-12-31\n"]),
        blocks("match", 1),
        blocks("unless", 0),
    )
        .prop_map(|(title, reason, scope, enabled, show_only, dates, matches, unless)| {
            let quoted = |text: &str| toml::Value::from(text).to_string();
            format!(
                "version = 1\n[[exclude]]\nid = \"it\"\ntitle = {}\nreason = {}\nscope = \"{}\"\nenabled = {enabled}\n\
                 show_only = {show_only}\n{dates}{matches}{unless}",
                quoted(&title),
                quoted(&reason),
                scope.name(),
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn what_is_written_is_what_was_read(text in exclusion()) {
        let first: Vec<Exclusion> = parse(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        let written = format!("{}{}", writing::VERSION_LINE, writing::definition(&first[0]));
        let second = parse(&written).map_err(|error| TestCaseError::fail(format!("{error}\n{written}")))?;
        prop_assert_eq!(&first, &second);
        prop_assert_eq!(writing::definition(&second[0]), writing::definition(&first[0]));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[ -~\n\"\\[\\]=@|.é]{0,120}") {
        let _ = parse(&text);
        let _ = parse(&format!("version = 1\n[[exclude]]\nid = \"a\"\n{text}"));
    }
}
