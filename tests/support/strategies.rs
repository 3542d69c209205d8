//! Random events, links and exclusions: few distinct values, so that they often meet, and those that are easily
//! got wrong.

use super::definitions::{self, Check, Definition, Line};
use super::oracle::{Event, UrlRow};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Domains, so few that both sides often meet; those that belong together in some way come first.
pub const DOMAINS: [&str; 22] = [
    "b.com",
    "B.com",
    "contoso.com",
    "Contoso.com",
    "mail.contoso.com.",
    "büro.example",
    "xn--bro-hoa.example",
    "CONTOSO.COM",
    "",
    "b",
    "y\"",
    "b.com ",
    "b.com;c",
    "d.com",
    "contoso.com>",
    "www.BÜRO.example",
    "büro.example;B",
    "contoso.com.",
    "co.uk",
    "b.co.uk",
    "192.0.2.1",
    "..",
];

/// Addresses: the test vectors of the reference, and one for each domain.
pub const ADDRESSES: [&str; 29] = [
    "a@b.com",
    "A@B.com",
    "nodomain",
    "",
    "a@",
    "@b.com",
    "a@b@c.com",
    "\"x@y\"@z.com",
    "a@b.com ",
    "a@b.com;c@d.com",
    "x@contoso.com",
    "y@Contoso.com",
    "z@CONTOSO.COM",
    "x@mail.contoso.com.",
    "a@büro.example",
    "a@www.BÜRO.example",
    "a@EU.contoso.com",
    "a@contoso.com.",
    "a@co.uk",
    "a@www.b.co.uk",
    "a@198.192.0.2.1",
    "a@..",
    "cron@contoso.com",
    "Bob <x@contoso.com>",
    "smtp:a@EU.contoso.com",
    "[\"a@b.com\",\"A@B.com\", \"y@mail.contoso.com.\"]",
    "c@d.com\u{a0}, a@b.com, x@B.com",
    "/o=A/cn=b@contoso.com",
    "z@contoso.com@",
];

const DIRECTIONS: [&str; 9] = [
    "Outbound",
    "Outbound",
    "Outbound",
    "Inbound",
    "Inbound",
    "Inbound",
    "Intra-org",
    "outbound",
    "",
];

const THREAT_TYPES: [&str; 15] = [
    "",
    "",
    " ",
    "Phish",
    "Phish",
    "Phish, Spam",
    "Malware",
    "spam,PHISH",
    "unknown",
    "none",
    "N/A",
    "\\N",
    "-",
    "--",
    "Malware,",
];

/// 2026-11-01T00:00:00Z.
pub const MIDNIGHT: i64 = 1_793_491_200;

/// The hours that events lie in, counted from [`MIDNIGHT`].
pub const HOURS: i64 = 60;

pub fn first_hour() -> i32 {
    (MIDNIGHT / 3600) as i32
}

/// A time as exports write it, and the moment it means.
fn time() -> impl Strategy<Value = (String, Option<i64>)> {
    let readable = (0..HOURS, 0..3600_i64, 0..6_usize).prop_map(|(hour, second, style)| {
        let text = |hour: i64| {
            let (day, hour) = (1 + hour / 24, hour % 24);
            let (minute, second) = (second / 60, second % 60);
            format!("2026-11-{day:02}T{hour:02}:{minute:02}:{second:02}")
        };
        // Month first, as a file is read whose dates show nothing else.
        let localised = |date: &str| {
            let (minute, second) = (second / 60, second % 60);
            let half = if hour % 24 < 12 { "AM" } else { "PM" };
            let hour = (hour % 24 + 11) % 12 + 1;
            format!("{date}, {hour}:{minute:02}:{second:02}\u{202f}{half}")
        };
        let day = 1 + hour / 24;
        let written = match style {
            0 => format!("{}Z", text(hour)),
            1 => format!("{}.9999999Z", text(hour)),
            2 => format!("{}+02:00", text(hour + 2)),
            3 => format!("{}.0766240", text(hour).replace('T', " ")),
            4 => localised(&format!("11/{day}/2026")),
            _ => localised(&format!("Nov {day}, 2026")),
        };
        (written, Some(MIDNIGHT + hour * 3600 + second))
    });
    let unreadable = select(vec![
        "",
        "yesterday",
        "2026-02-30T00:00:00Z",
        "13/13/2026, 9:00:00 AM",
    ])
    .prop_map(|text| (text.to_owned(), None));
    prop_oneof![6 => readable, 1 => unreadable]
}

pub fn event() -> impl Strategy<Value = Event> {
    let identity = (
        select(vec!["", " ", "M-1", "m-1", "M-2", "M-3", "M-4"]),
        select(DIRECTIONS.to_vec()),
        select(DOMAINS.to_vec()),
        select(ADDRESSES.to_vec()),
        select(ADDRESSES.to_vec()),
    );
    let verdict = (
        select(THREAT_TYPES.to_vec()),
        select(vec![
            "Delivered",
            "junked",
            "Blocked",
            "Replaced",
            "",
            "Quarantined",
        ]),
        select(vec![
            "",
            r#"{"SPF":"pass","DMARC":"pass"}"#,
            r#"{"dmarc":"Fail","CompAuth":"fail"}"#,
            r#"{"DMARC":"none"}"#,
            r#"{"DMARC":"temperror"}"#,
            "{broken",
        ]),
        select(vec![
            "",
            "{}",
            r#"{"X-Cloud":"yes"}"#,
            r#"{"X-Cloud":" { } "}"#,
            r#"{"x-siem-alert":"7"}"#,
        ]),
        select(vec!["", "", "null", "high"]),
    );
    let url_count = select(vec!["", "", "0", "1", "1", "2", "3", "many", "null"]);
    (time(), identity, verdict, url_count).prop_map(
        |((timestamp, seconds), identity, verdict, url_count)| {
            let (message, direction, domain, sender, recipient) = identity;
            let (threat_types, delivery, authentication, additional, siem) = verdict;
            let text = |text: &str| text.to_owned();
            Event {
                cells: [
                    timestamp,
                    text(message),
                    text(direction),
                    text(domain),
                    text(sender),
                    text(recipient),
                    text(threat_types),
                    text(delivery),
                    text(authentication),
                    text(additional),
                    text(siem),
                    String::new(),
                    text(url_count),
                ],
                seconds,
                has_url_count: true,
            }
        },
    )
}

/// Events whose subjects number them as loaded.
pub fn events() -> impl Strategy<Value = Vec<Event>> {
    vec(event(), 0..60).prop_map(|mut events| {
        for (number, event) in events.iter_mut().enumerate() {
            event.cells[11] = format!("subject, {number}");
        }
        events
    })
}

pub fn link() -> impl Strategy<Value = UrlRow> {
    let link = (
        select(vec!["m-1", "M-2", "m-3", "M-9", ""]),
        select(vec![
            "filedrop.example",
            "x.FILEDROP.example",
            "evil.example",
            "contoso.com",
        ]),
        select(vec!["", "filedrop.example", "evil.example"]),
        any::<bool>(),
    );
    link.prop_map(|(message, domain, other, has_url)| UrlRow {
        message: message.to_owned(),
        url: if has_url {
            format!("https://{domain}/s,1")
        } else {
            String::new()
        },
        domain: if other.is_empty() { domain } else { other }.to_owned(),
    })
}

pub fn links() -> impl Strategy<Value = Vec<UrlRow>> {
    prop_oneof![1 => Just(Vec::new()), 3 => vec(link(), 1..8)]
}

pub fn line() -> impl Strategy<Value = Line> {
    let field = select(vec![
        "SenderFromDomain",
        "RecipientDomain",
        "SenderFromAddress",
        "Subject",
        "ThreatTypes",
        "AuthenticationDetails.DMARC",
        "Header.X-Siem-Alert",
        "Header.X-Cloud",
        "DeliveryAction",
        "EmailDirection",
        "UrlDomain",
        "Url",
        "NotAColumn",
        "PartnerDomain",
        "PartnerDomain",
        "IsLatestRecord",
    ]);
    let check = prop_oneof![
        6 => select(vec![
            Check::Is, Check::Contains, Check::StartsWith, Check::EndsWith, Check::Domain,
            Check::WholeByExpression, Check::PartByExpression,
        ]),
        3 => any::<bool>().prop_map(Check::Exists),
        2 => select(vec!["RecipientDomain", "SenderFromDomain", "SenderFromAddress", "PartnerDomain"])
            .prop_map(Check::SameAs),
        1 => Just(Check::ContainsAll),
        1 => (select(vec!["", "gt", "gte", "lt", "lte"]), 6_i64..9)
            .prop_map(|(relation, bound)| Check::Number(relation, bound)),
        1 => Just(Check::InNetwork),
        1 => any::<bool>().prop_map(Check::Flag),
        2 => any::<bool>().prop_map(|or_below| Check::OwnDomain { or_below }),
    ];
    let texts = subsequence(
        vec![
            "contoso.com",
            "B.com",
            "com",
            "pass",
            "FAIL",
            "phish",
            "Phish, Spam",
            "a@",
            "X",
            "7",
            "subject, 1",
            "filedrop.example",
            "https://",
            "Delivered",
            "büro",
        ],
        1..5,
    );
    (
        field,
        check,
        texts,
        prop::bool::weighted(0.3),
        any::<bool>(),
    )
        .prop_map(|(field, check, texts, cased, every)| Line {
            // Two fields are compared one way only, and not with the links of an email.
            field: match check {
                Check::SameAs(_) if field.starts_with("Url") => "SenderFromDomain",
                Check::Flag(_) => "IsLatestRecord",
                Check::InNetwork => "PartnerDomain",
                _ => field,
            },
            cased,
            check,
            texts,
            every,
        })
}

pub fn definition() -> impl Strategy<Value = Definition> {
    let blocks = |count| {
        vec(
            vec(line(), 1..3).prop_map(definitions::without_clashes),
            count,
        )
    };
    (
        select(vec!["outbound", "inbound", "both", "both"]),
        prop::bool::weighted(0.15),
        blocks(1..3),
        blocks(0..2),
    )
        .prop_map(|(scope, show_only, matches, unless)| Definition {
            scope,
            show_only,
            matches,
            unless,
        })
}

/// A range of hours, or none.
pub fn hours() -> impl Strategy<Value = Option<(i32, i32)>> {
    let hours = HOURS as i32;
    option::of(
        (0..hours, 0..hours)
            .prop_map(|(start, length)| (first_hour() + start, first_hour() + start + length / 2)),
    )
}
