//! Tests of what is written; that it gives the same rows is for other programs to say (`tests/kql`).

use super::*;
use crate::hunt::DomainMatching;
use crate::hunt::exclusion::{self, ExclusionSet};
use rstest::rstest;

/// The query of one exclusion, whose definition goes on with these lines.
fn query_of(lines: &str) -> String {
    let text = format!("version = 1\n[[exclude]]\nid = \"e\"\ntitle = \"E\"\n{lines}");
    let exclusions = exclusion::parse(&text).expect("a definition");
    let query = Query {
        active: ExclusionSet::first(exclusions.len()),
        ..Query::default()
    };
    hunting_query(&exclusions, &query, None).text
}

/// The predicate of a line of a definition, by which the emails that stay are found, in one line.
fn stays(line: &str) -> String {
    let text = query_of(&format!("[[exclude.match]]\n{line}"));
    let filters = text.split("// e: E\n").nth(1).expect("the exclusion");
    let filters = filters.split("\n| summarize Out").next().expect("its step");
    let (_, step) = filters.split_once("| where ").expect("a step");
    let step: Vec<&str> = step.split_whitespace().collect();
    step.join(" ").replace("not( ", "not(")
}

#[rstest]
#[case(r#""Subject" = "Invoice""#, r#"not(Subject =~ "invoice")"#)]
#[case(r#""Subject|cased" = ["a", "B"]"#, r#"not(Subject in ("a", "B"))"#)]
#[case(
    r#""Subject|contains|all" = ["a", "b"]"#,
    r#"not(Subject contains "a" and Subject contains "b")"#
)]
#[case(
    r#""Subject|startswith" = "BÜRO""#,
    r#"not(Subject matches regex "(?i)^(büro)")"#
)]
#[case(r#""Subject|endswith|cased" = "x""#, r#"not(Subject endswith_cs "x")"#)]
#[case(
    r#""Subject" = "a\" or true //""#,
    r#"not(Subject =~ "a\" or true //")"#
)]
#[case(
    r#""SenderFromDomain|domain" = "b-c.com.""#,
    r#"not(SenderFromDomain matches regex @"(?i)(^|\.)(b-c\.com)\.?$")"#
)]
#[case(r#""Subject|re|i" = "^a""#, r#"not(Subject matches regex "(?i)^a")"#)]
#[case(r#""Subject|re" = "^a""#, r#"not(Subject matches regex "^a")"#)]
#[case(
    r#""Subject|re|cased|m" = "^a""#,
    r#"not(Subject matches regex "(?m)^a")"#
)]
#[case(
    r#""Subject|s|re|i" = "^a""#,
    r#"not(Subject matches regex "(?is)^a")"#
)]
#[case(
    r#""Subject|re|i" = "a*""#,
    r#"not(isnotempty(Subject) and Subject matches regex "(?i)a*")"#
)]
#[case(r#""Subject|exists" = false"#, "HasValue(Subject)")]
#[case(r#""Subject|exists" = true"#, "not(HasValue(Subject))")]
#[case(r#""UrlCount|gte" = 3"#, "not(coalesce(UrlCount >= 3, false))")]
#[case(
    r#""Subject|lt" = -1.5"#,
    "not(coalesce(toreal(Subject) < real(-1.5e0), false))"
)]
#[case(
    r#""Subject" = 9007199254740993"#,
    "not(coalesce(tolong(Subject) == 9007199254740993, false))"
)]
#[case(
    r#""IsFirstContact" = true"#,
    r#"not(tostring(IsFirstContact) in~ ("true", "1"))"#
)]
#[case(
    r#""SenderIPv4|cidr" = "192.0.2.0/24""#,
    r#"not(coalesce(ipv4_is_in_range(replace_regex(SenderIPv4, "(?i)^::ffff:", ""), "192.0.2.0/24"), false))"#
)]
#[case(
    r#""SenderIPv6|cidr" = "2001:db8::/32""#,
    r#"not(coalesce(ipv6_is_in_range(SenderIPv6, "2001:db8::/32"), false))"#
)]
#[case(
    r#""SenderFromDomain|fieldref" = "RecipientDomain""#,
    "not(isnotempty(SenderFromDomain) and Folded(SenderFromDomain) == Folded(RecipientDomain))"
)]
#[case(
    r#""PartnerDomain" = "@own-domains""#,
    r#"not(isnotempty(PartnerDomain) and replace_regex(Folded(PartnerDomain), @"\.$", "") in (OwnDomains))"#
)]
#[case(
    r#""AuthenticationDetails.DMARC" = "fail""#,
    r#"not(AuthResult(AuthenticationDetails, "DMARC") =~ "fail")"#
)]
#[case(
    r#""AuthenticationDetails.Vendor" = ["a", " "]"#,
    r#"not(not(["AuthenticationDetails.Vendor"] =~ Unreadable) and ["AuthenticationDetails.Vendor"] in~ ("a", " "))"#
)]
#[case(
    r#""X-Column" = "a""#,
    r#"not(tostring(column_ifexists("X-Column", "")) =~ "a")"#
)]
#[case(r#""FileName|endswith" = ".js""#, "not(FileRows1 > 0)")]
fn a_condition_is_never_null(#[case] line: &str, #[case] expected: &str) {
    assert_eq!(stays(line), expected);
}

#[rstest]
#[case(
    r#""Subject" = ["a", "σ", "b"]"#,
    r#"not(Subject in~ ("a", "b") or Subject matches regex "(?i)^(σ)$")"#
)]
#[case(
    r#""Subject|contains" = ["a", "b.c"]"#,
    r#"not(Subject matches regex @"(?i)a|b\.c")"#
)]
#[case(
    r#""Subject|startswith|cased" = ["a", "ü"]"#,
    r#"not(Subject matches regex "^(a|ü)")"#
)]
#[case(
    r#""Subject|re|i" = ["a", "(b)"]"#,
    r#"not(Subject matches regex "(?:(?i)a)|(?:(?i)(b))")"#
)]
#[case(
    r#""EmailClusterId" = [1, 9007199254740993]"#,
    "not(coalesce(EmailClusterId in (1, 9007199254740993), false))"
)]
#[case(
    r#""Subject" = [1, 2, 2.5]"#,
    "not(coalesce(toreal(Subject) in (real(1), real(2)), false) or coalesce(toreal(Subject) == real(2.5e0), false))"
)]
#[case(
    r#""SenderIPv4|cidr" = ["192.0.2.0/24", "198.51.100.0/24"]"#,
    r#"not(coalesce(ipv4_is_in_any_range(replace_regex(SenderIPv4, "(?i)^::ffff:", ""), dynamic(["192.0.2.0/24", "198.51.100.0/24"])), false))"#
)]
fn several_values_are_one_operation(#[case] line: &str, #[case] expected: &str) {
    assert_eq!(stays(line), expected);
}

#[rstest]
#[case("", "d{}.example", " in~ (", 1)]
#[case("|domain", "d{}.example", " matches regex ", 6)]
#[case("|contains", "text {}", " matches regex ", 4)]
#[case("|re", "^a({}|b)", " matches regex ", 313)]
#[case("|cidr", "10.{}.0.0/32", "_in_any_range(", 1)]
fn five_thousand_values_take_few_operators(
    #[case] modifier: &str,
    #[case] value: &str,
    #[case] operator: &str,
    #[case] most: usize,
) {
    let value = |number: usize| {
        let number = if modifier == "|cidr" {
            format!("{}.{}", number / 250, number % 250)
        } else {
            number.to_string()
        };
        let value = value.replace("{}", &number).replace(".0.0/", ".0/");
        format!("'{value}'")
    };
    let values: Vec<String> = (0..5_000).map(value).collect();
    let line = format!("\"Subject{modifier}\" = [{}]", values.join(", "));
    let predicate = stays(&line);
    let operators = predicate.matches(operator).count();
    assert!((1..=most).contains(&operators), "{operators}");
    let chain = predicate
        .split(['(', ')'])
        .map(|part| part.matches(" or ").count());
    assert!(chain.max() < Some(50));
    assert!(predicate.len() < 500_000, "{}", predicate.len());
}

#[test]
fn what_cannot_be_read_hides_nothing() {
    let line = "\"AuthenticationDetails.Vendor\" = \"fail\"\n";
    let absent = "\"AuthenticationDetails.Vendor|exists\" = false\n";
    let other = "\"OriginalThreatTypes\" = \"a\"\n";
    let subject = "[[exclude.match]]\n\"Subject\" = \"a\"\n";
    let where_of = |lines: &str| {
        let text = query_of(lines);
        let filters = text.split("// e: E\n").nth(1).expect("the exclusion");
        let step = filters.split("\n| summarize Out").next().expect("its step");
        let step: Vec<&str> = step.split_whitespace().collect();
        step.join(" ").replace("not( ", "not(")
    };
    let same = "\"AuthenticationDetails.Vendor|fieldref\" = \"Subject\"\n";
    let same = where_of(&format!("{subject}[[exclude.unless]]\n{same}"));
    assert!(
        same.contains(
            r#"(["AuthenticationDetails.Vendor"] == Unreadable and isnotempty(Subject))"#
        ),
        "{same}"
    );
    let vendor = r#"["AuthenticationDetails.Vendor"]"#;
    let unreadable = format!("{vendor} == Unreadable");
    let once = r#"JsonKey(AuthenticationDetails, "Vendor")"#;
    for (lines, expected) in [
        (
            format!("{subject}[[exclude.unless]]\n{line}"),
            format!(r#"| where not(Subject =~ "a" and not({once} in~ (Unreadable, "fail")))"#),
        ),
        (
            format!("{subject}[[exclude.unless]]\n{absent}"),
            format!(r#"| where not(Subject =~ "a" and not({unreadable} or not(HasValue({vendor}))))"#),
        ),
        (
            format!("[[exclude.match]]\n{absent}"),
            format!("| where not(not({unreadable}) and not(HasValue({vendor})))"),
        ),
        (
            format!("show_only = true\n[[exclude.match]]\n{line}"),
            format!(r#"| where {once} in~ (Unreadable, "fail")"#),
        ),
        (
            format!("{subject}[[exclude.unless]]\n\"AuthenticationDetails.Vendor|cased\" = \"fail\"\n"),
            format!(r#"| where not(Subject =~ "a" and not({once} in (Unreadable, "fail")))"#),
        ),
        (
            format!("{subject}[[exclude.unless]]\n\"AuthenticationDetails.Vendor|contains\" = \"fail\"\n"),
            format!(r#"| where not(Subject =~ "a" and not({unreadable} or {vendor} contains "fail"))"#),
        ),
        (
            format!("{subject}[[exclude.unless]]\n{other}"),
            r#"| where not(Subject =~ "a" and not(tostring(column_ifexists("OriginalThreatTypes", "no such column")) == "no such column" or tostring(column_ifexists("OriginalThreatTypes", "")) =~ "a"))"#.to_owned(),
        ),
    ] {
        assert_eq!(where_of(&lines), expected);
    }
    let shown = where_of(&format!("show_only = true\n[[exclude.match]]\n{other}"));
    assert_eq!(
        shown, r#"| where tostring(column_ifexists("OriginalThreatTypes", "")) =~ "a""#,
        "only guards need a column"
    );
    let every = where_of(&format!(
        "{subject}[[exclude.unless]]\n\"UrlDomain|domain|every\" = \"a.example\"\n"
    ));
    let unknown = r#"(NetworkMessageId matches regex @"\S" and not(coalesce(toreal(UrlCount) <= UrlRows, isempty(tostring(UrlCount)))))"#;
    assert_eq!(
        every,
        format!(
            r#"| where not(Subject =~ "a" and not(UrlRows1 == UrlRows and ({unknown} or UrlRows > 0)))"#
        )
    );
    let result = where_of(&format!(
        "{subject}[[exclude.unless]]\n\"AuthenticationDetails.DMARC\" = \"fail\"\n"
    ));
    assert_eq!(
        result,
        r#"| where not(Subject =~ "a" and not(AuthResult(AuthenticationDetails, "DMARC") in~ (Unreadable, "fail")))"#,
        "a method of authentication says a result or cannot be read"
    );
    let header = where_of(&format!(
        "{subject}[[exclude.unless]]\n\"Header.X-A\" = \"a\"\n"
    ));
    assert_eq!(
        header,
        r#"| where not(Subject =~ "a" and not(JsonKey(tostring(AdditionalFields), "X-A") in~ (Unreadable, "a")))"#
    );
}

#[test]
fn large_tables_are_joined_once_and_narrowed() {
    let text = query_of(
        "[[exclude.match]]\n\"UrlDomain|domain|every\" = \"a.example\"\n[[exclude.unless]]\n\"Url|exists\" = false\n[[exclude.unless]]\n\"FileName|endswith\" = \".js\"",
    );
    assert_eq!(
        text.matches("join kind=leftouter hint.shufflekey = MessageId (")
            .count(),
        2,
        "{text}"
    );
    assert_eq!(
        text.matches("join kind=leftsemi hint.shufflekey = MessageId (Messages)")
            .count(),
        2,
        "{text}"
    );
    assert!(
        !text.contains("lookup") && !text.contains(" in (("),
        "{text}"
    );
    let every = "UrlRows > 0 and UrlRows1 == UrlRows and coalesce(toreal(UrlCount) <= UrlRows, isempty(tostring(UrlCount)))";
    assert!(
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .contains(every),
        "{text}"
    );
}

#[test]
fn scope_unless_and_show_only_say_what_stays() {
    let blocks =
        "[[exclude.match]]\n\"Subject\" = \"a\"\n[[exclude.unless]]\n\"ThreatTypes\" = \"b\"\n";
    let hides = query_of(&format!("scope = \"inbound\"\n{blocks}"));
    let expected = r#"| where not(EmailDirection == "Inbound" and Subject =~ "a" and not(ThreatTypes =~ "b"))"#;
    assert!(hides.contains(expected), "{hides}");
    let shows = query_of(&format!("scope = \"outbound\"\nshow_only = true\n{blocks}"));
    let expected = r#"| where not(EmailDirection == "Outbound" and not(Subject =~ "a" and not(ThreatTypes =~ "b")))"#;
    assert!(shows.contains(expected), "{shows}");
}

#[test]
fn keys_of_json_are_found_whatever_their_case_and_once() {
    let text = query_of(
        "[[exclude.match]]\n\"AuthenticationDetails.Vendor|contains\" = \"a\"\n[[exclude.match]]\n\"AuthenticationDetails.vendor\" = \"b\"",
    );
    let step = r#"= JsonKey(AuthenticationDetails, "Vendor")"#;
    assert_eq!(text.matches(step).count(), 1, "{text}");
    assert!(!text.contains("AuthResult"), "{text}");
}

#[rstest]
#[case("a b-c", r#""a b-c""#)]
#[case("a.b", r#"@"a\.b""#)]
#[case("a\"b\\c\"", r#"@'a\\"b\\\\c\\"'"#)]
fn keys_are_looked_for_by_their_letters_in_json(#[case] key: &str, #[case] pattern: &str) {
    let key = toml::Value::from(format!("AdditionalFields.{key}"));
    let text = query_of(&format!("[[exclude.match]]\n{key} = \"a\""));
    let called = format!("JsonKey(tostring(AdditionalFields), {pattern})");
    assert!(text.contains(&called), "{called}{text}");
}

#[test]
fn the_text_of_a_definition_cannot_leave_its_comment() {
    let text = "version = 1\n[[exclude]]\nid = \"e\"\ntitle = \"E\\n| take 0\"\n[[exclude.match]]\n\"Subject\" = \"a\"";
    let exclusions = exclusion::parse(text).expect("a definition");
    let query = Query {
        active: ExclusionSet::first(1),
        ..Query::default()
    };
    let text = hunting_query(&exclusions, &query, None).text;
    assert!(text.contains("\n// e: E↵| take 0\n"), "{text}");
}

#[test]
fn the_range_search_and_sort_of_the_query_are_in_it() {
    let mut query = Query {
        hours: Some(Hour(0)..=Hour(1)),
        search: "Conto\"so".to_owned(),
        ..Query::default()
    };
    query.sort = query.sort.by_next_column();
    let text = hunting_query(&[], &query, None).text;
    for expected in [
        "| where EventTime >= datetime(1970-01-01T00:00:00Z) and EventTime < datetime(1970-01-01T02:00:00Z)\n",
        "| where SenderFromDomain contains \"Conto\\\"so\"\n",
        "| sort by IncomingEmailsWithThreats desc, OutboundEmails desc, SenderFromDomain asc\n",
    ] {
        assert!(text.contains(expected), "{expected}{text}");
    }
    for (first, last, expected) in [
        (
            0,
            i32::MAX,
            "| where EventTime >= datetime(1970-01-01T00:00:00Z)\n",
        ),
        (i32::MIN, i32::MAX, "| where isnotnull(EventTime)\n"),
    ] {
        query.hours = Some(Hour(first)..=Hour(last));
        let text = hunting_query(&[], &query, None).text;
        assert!(text.contains(expected), "{expected}{text}");
        query.range = RangeScope::Threats;
        let text = hunting_query(&[], &query, None).text;
        let bounds = expected
            .strip_prefix("| where ")
            .and_then(|bounds| bounds.strip_suffix('\n'));
        let expected = format!(
            "| where EmailDirection == \"Outbound\" or ({})\n",
            bounds.unwrap_or_default()
        );
        assert!(text.contains(&expected), "{expected}{text}");
        query.range = RangeScope::Both;
    }
}

#[test]
fn superseded_records_go_at_once_where_nothing_else_is_asked_of_them() {
    let at_once = query_of("[[exclude.match]]\n\"IsLatestRecord\" = false");
    assert!(at_once.contains("arg_max(EventTime, *)"), "{at_once}");
    assert!(!at_once.contains("DatedRecords"), "{at_once}");
    let together = query_of("[[exclude.match]]\n\"IsLatestRecord\" = false\n\"Subject\" = \"a\"");
    assert!(
        together.contains("IsLatestRecord in~ (\"false\", \"0\")"),
        "{together}"
    );
    assert!(!together.contains("arg_max"), "{together}");
}

#[test]
fn without_an_export_the_limits_of_matching_are_told() {
    let query = Query {
        domains: DomainMatching::Registrable,
        ..Query::default()
    };
    let text = hunting_query(&[], &query, None).text;
    assert!(text.contains("no export was loaded"), "{text}");
    assert!(!text.contains("datatable"), "{text}");
}

#[test]
fn no_line_is_empty() {
    let exclusions = exclusion::built_in().expect("valid");
    let query = Query {
        active: ExclusionSet::first(exclusions.len()),
        ..Query::default()
    };
    let text = hunting_query(&exclusions, &query, None).text;
    assert!(text.lines().all(|line| !line.trim().is_empty()), "{text}");
}
