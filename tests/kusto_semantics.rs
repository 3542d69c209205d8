//! The semantics of the hunting query as Kusto runs it, rule by rule, through the loader.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::hunt::query::{Direction, Sort, SortColumn};
use mailhunt::hunt::{DomainMatching, Hunt, Query};
use rstest::rstest;
use serde_json::json;
use support::{Row, answer, load_bytes, row, rows};

/// Rows of the four needed columns: direction, sender's domain, recipient, threat types.
type Rows<'a> = &'a [(&'a str, &'a str, &'a str, &'a str)];

/// The hunt over these rows, loaded as CSV; as JSON lines it must be the same.
fn hunt(table: Rows<'_>) -> Hunt {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let mut csv = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes\n".to_owned();
    let mut lines = String::new();
    for (direction, sender, recipient, threats) in table {
        csv += &[direction, sender, recipient, threats]
            .map(|cell| quoted(cell))
            .join(",");
        csv += "\n";
        lines += &json!({
            "EmailDirection": direction, "SenderFromDomain": sender,
            "RecipientEmailAddress": recipient, "ThreatTypes": threats,
        })
        .to_string();
        lines += "\n";
    }
    let (_, from_csv) = load_bytes(csv);
    let (_, from_lines) = load_bytes(lines);
    assert_eq!(
        answer(&from_csv),
        answer(&from_lines),
        "CSV and JSON lines give one answer"
    );
    from_csv
}

fn answer_to(table: Rows<'_>) -> Vec<Row> {
    answer(&hunt(table))
}

fn sent(recipient: &str) -> (&str, &str, &str, &str) {
    ("Outbound", "ours.example", recipient, "")
}

fn phish(sender_domain: &str) -> (&str, &str, &str, &str) {
    ("Inbound", sender_domain, "me@ours.example", "Phish")
}

#[rstest]
#[case("a@b.com", "b.com")]
#[case("A@B.com", "B.com")]
#[case("nodomain", "")]
#[case("", "")]
#[case("a@", "")]
#[case("@b.com", "b.com")]
#[case("a@b@c.com", "b")]
#[case("\"x@y\"@z.com", "y\"")]
#[case("a@b.com ", "b.com ")]
#[case(" a@b.com", "b.com")]
#[case("a@ b.com", " b.com")]
#[case("a@b.com;c@d.com", "b.com;c")]
#[case("a@@b.com", "")]
fn the_recipient_domain_is_the_second_piece_of_the_split(
    #[case] recipient: &str,
    #[case] domain: &str,
) {
    assert_eq!(
        answer_to(&[sent(recipient), phish(domain)]),
        [row(domain, 1, 1)]
    );
    // What comes after it, or the other piece, is not it.
    let others = ["c.com", "z.com", "d.com", "a"].map(phish);
    let table: Vec<_> = others.into_iter().chain([sent(recipient)]).collect();
    assert_eq!(answer_to(&table), []);
}

#[rstest]
#[case("outbound")]
#[case("OUTBOUND")]
#[case(" Outbound")]
#[case("Outbound ")]
#[case("Intra-org")]
#[case("")]
fn only_the_very_word_outbound_is_outbound(#[case] direction: &str) {
    assert_eq!(
        answer_to(&[(direction, "", "a@b.com", ""), phish("b.com")]),
        []
    );
}

#[rstest]
#[case("inbound")]
#[case("INBOUND")]
#[case("Inbound ")]
#[case("Intra-org")]
#[case("Outbound")]
#[case("")]
fn only_the_very_word_inbound_is_inbound(#[case] direction: &str) {
    let threat = (direction, "b.com", "me@ours.example", "Phish");
    assert_eq!(answer_to(&[sent("a@b.com"), threat]), []);
}

#[rstest]
#[case("", false)]
#[case(" ", true)]
#[case("\t", true)]
// Words by which programs write on the way out that there is nothing: the query never saw them.
#[case("None", false)]
#[case("null", false)]
#[case("NaN", false)]
#[case("none", false)]
#[case("NONE", false)]
#[case("N/A", false)]
#[case("-", false)]
#[case(r"\N", false)]
#[case("--", true)]
#[case("Phish", true)]
#[case("Phish, Spam", true)]
#[case("\u{200b}", true)]
fn only_an_empty_text_is_empty(#[case] threat_types: &str, #[case] is_threat: bool) {
    let table = [
        sent("a@b.com"),
        ("Inbound", "b.com", "me@ours.example", threat_types),
    ];
    let expected = if is_threat {
        vec![row("b.com", 1, 1)]
    } else {
        vec![]
    };
    assert_eq!(answer_to(&table), expected);
}

#[rstest]
#[case("null")]
#[case("\"\"")]
#[case("")]
fn a_text_that_is_null_or_not_there_is_empty(#[case] value: &str) {
    let threat_types = match value {
        "" => String::new(),
        value => format!(",\"ThreatTypes\":{value}"),
    };
    let lines = format!(
        "{{\"EmailDirection\":\"Outbound\",\"SenderFromDomain\":null,\"RecipientEmailAddress\":\"a@b.com\"{threat_types}}}\n\
         {{\"EmailDirection\":\"Inbound\",\"SenderFromDomain\":\"b.com\",\"RecipientEmailAddress\":null{threat_types}}}\n"
    );
    let (report, hunt) = load_bytes(lines);
    assert_eq!(report.rows_kept, 2);
    assert_eq!(answer(&hunt), []);
}

#[test]
fn an_email_we_sent_is_no_threat_we_received_whatever_its_threat_types() {
    let table = [
        ("Outbound", "b.com", "a@b.com", "Phish"),
        ("Outbound", "b.com", "a@b.com", ""),
    ];
    assert_eq!(answer_to(&table), []);
}

#[test]
fn both_sides_must_be_there() {
    assert_eq!(answer_to(&[sent("a@b.com"), sent("a@c.com")]), []);
    assert_eq!(answer_to(&[phish("b.com"), phish("c.com")]), []);
    assert_eq!(answer_to(&[]), []);
}

#[test]
fn the_join_does_not_multiply() {
    let table = [
        sent("a@b.com"),
        sent("x@b.com"),
        sent("a@b.com"),
        phish("b.com"),
        phish("b.com"),
    ];
    assert_eq!(answer_to(&table), [row("b.com", 3, 2)]);
}

#[test]
fn rows_are_counted_not_messages() {
    // The same row again, as for a second verdict in Log Analytics.
    assert_eq!(
        answer_to(&[
            sent("a@b.com"),
            phish("b.com"),
            phish("b.com"),
            phish("b.com")
        ]),
        [row("b.com", 1, 3)]
    );
}

#[test]
fn the_empty_domain_is_a_row_like_any_other() {
    let table = [
        sent("nodomain"),
        sent(""),
        sent("a@"),
        sent("a@b.com"),
        phish(""),
        phish("b.com"),
    ];
    assert_eq!(answer_to(&table), [row("", 3, 1), row("b.com", 1, 1)]);
    assert_eq!(answer_to(&[sent("a@b.com"), phish("")]), []);
    assert_eq!(answer_to(&[sent("nodomain"), phish("b.com")]), []);
}

#[test]
fn domains_are_joined_with_regard_to_case() {
    let mut table = vec![sent("x@Contoso.com"); 3];
    table.extend(vec![sent("y@contoso.com"); 5]);
    table.extend([
        phish("contoso.com"),
        phish("CONTOSO.COM"),
        phish("contoso.com"),
    ]);
    let hunt = hunt(&table);
    assert_eq!(answer(&hunt), [row("contoso.com", 5, 2)]);
    // What the query does not do, and is asked for by name only.
    assert_eq!(
        answer_matched(&hunt, DomainMatching::Folded),
        [row("contoso.com", 8, 3)]
    );
    assert_eq!(
        answer_matched(&hunt, DomainMatching::Registrable),
        [row("contoso.com", 8, 3)]
    );
    let spellings = &hunt.spellings;
    assert_eq!((spellings.names, spellings.spellings), (1, 3));
    assert_eq!(
        (
            spellings.added_rows,
            spellings.merged_rows,
            spellings.enlarged_rows
        ),
        (0, 0, 1)
    );
}

/// The answer when domains are matched otherwise than the query does.
fn answer_matched(hunt: &Hunt, domains: DomainMatching) -> Vec<Row> {
    let query = Query {
        domains,
        ..Query::default()
    };
    rows(hunt, &query)
}

#[test]
fn a_group_of_domains_may_rank_although_no_domain_does() {
    let hunt = hunt(&[
        sent("a@Contoso.com"),
        phish("contoso.com"),
        sent("a@mail.litware.com"),
        sent("a@mail.litware.com"),
        phish("eu.litware.com"),
        sent("nodomain"),
        phish("."),
    ]);
    assert_eq!(answer(&hunt), []);
    assert_eq!(
        answer_matched(&hunt, DomainMatching::Folded),
        [row("contoso.com", 1, 1)]
    );
    assert_eq!(
        answer_matched(&hunt, DomainMatching::Registrable),
        [row("litware.com", 2, 1), row("contoso.com", 1, 1)]
    );
    assert_eq!(hunt.spellings.added_rows, 1);
}

#[rstest]
#[case("b.com ")]
#[case(" b.com")]
#[case("b.com.")]
#[case("B.com")]
fn domains_are_joined_byte_for_byte(#[case] sender_domain: &str) {
    assert_eq!(answer_to(&[sent("a@b.com"), phish(sender_domain)]), []);
}

#[test]
fn domains_that_are_no_text_are_joined_by_their_bytes() {
    let mut csv = b"EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes\n".to_vec();
    csv.extend_from_slice(b"Outbound,,a@b\xff.com,\nOutbound,,a@b\xfe.com,\n");
    csv.extend_from_slice(b"Inbound,b\xff.com,,Phish\n");
    let (_, hunt) = load_bytes(csv);
    let view = hunt.view(&Query::default());
    assert_eq!(view.rows.len(), 1);
    let cube = hunt.cube(DomainMatching::Exact);
    assert_eq!(cube.domain(view.rows.get(0).unwrap().index()), b"b\xff.com");
}

#[test]
fn ties_are_broken_by_threats_and_then_by_the_bytes_of_the_domain() {
    let mut table = Vec::new();
    for (recipient, domain, threats) in [
        ("a@z.com", "z.com", 1),
        ("a@b.com", "b.com", 1),
        ("a@B.com", "B.com", 1),
        ("a@é.com", "é.com", 1),
        ("a@many.com", "many.com", 3),
    ] {
        table.extend([sent(recipient), sent(recipient)]);
        table.extend(vec![phish(domain); threats]);
    }
    table.extend([
        sent("a@top.com"),
        sent("a@top.com"),
        sent("a@top.com"),
        phish("top.com"),
    ]);
    let hunt = hunt(&table);
    let domains = |sort| {
        let query = Query {
            sort,
            ..Query::default()
        };
        let rows = rows(&hunt, &query).into_iter();
        rows.map(|(domain, _, _)| domain).collect::<Vec<_>>()
    };
    let as_the_query = ["top.com", "many.com", "B.com", "b.com", "z.com", "é.com"];
    assert_eq!(domains(Sort::default()), as_the_query);
    // The other way round, ties stay as they are.
    let ascending = Sort::by(SortColumn::OutboundEmails).reversed();
    assert_eq!(
        domains(ascending),
        ["many.com", "B.com", "b.com", "z.com", "é.com", "top.com"]
    );
    let by_threats = Sort::by(SortColumn::IncomingEmailsWithThreats);
    assert_eq!(
        domains(by_threats),
        ["many.com", "top.com", "B.com", "b.com", "z.com", "é.com"]
    );
    let by_name = Sort::by(SortColumn::SenderFromDomain);
    assert_eq!(by_name.direction, Direction::Ascending);
    assert_eq!(
        domains(by_name),
        ["B.com", "b.com", "many.com", "top.com", "z.com", "é.com"]
    );
}

/// Few rows would stay in order by luck: small slices are sorted by insertion, which is stable.
#[test]
fn ties_are_broken_among_very_many_domains_too() {
    let domains: Vec<String> = (0..600)
        .map(|n| format!("{:03}.com", n * 7 % 600))
        .collect();
    let recipients: Vec<String> = domains.iter().map(|domain| format!("a@{domain}")).collect();
    let (mut table, mut expected) = (Vec::new(), Vec::new());
    for (number, (domain, recipient)) in domains.iter().zip(&recipients).enumerate() {
        let (outbound, threats) = (1 + number * 5 % 3, 1 + number % 2);
        table.extend(vec![sent(recipient); outbound]);
        table.extend(vec![phish(domain); threats]);
        expected.push(row(domain, outbound as u64, threats as u64));
    }
    expected.sort_by(|a, b| (b.1, b.2, &a.0).cmp(&(a.1, a.2, &b.0)));
    assert_eq!(answer_to(&table), expected);
}

#[test]
fn no_time_range_is_applied_unless_asked_for() {
    let csv = "Timestamp,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes\n\
               1999-01-01T00:00:00Z,Outbound,,a@b.com,\n\
               never,Outbound,,a@b.com,\n\
               2026-11-03T00:00:00Z,Inbound,b.com,,Phish\n";
    let (report, hunt) = load_bytes(csv);
    assert_eq!(report.unreadable_times, 1);
    assert_eq!(answer(&hunt), [row("b.com", 2, 1)]);
}
