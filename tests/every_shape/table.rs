//! The table of events that all shapes are written from, and its ranking by brute force.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;

/// What a cell holds, before any export has spelled it.
#[derive(Clone, Debug)]
pub enum Cell {
    Text(String),
    /// A moment, in ticks of 100 nanoseconds since 1970, as Kusto counts.
    Time(i64),
    Number(i64),
    Bool(bool),
    /// `dynamic`: a list or a bag.
    Dynamic(Value),
    /// A string column without a value: some exports write null, others nothing.
    Missing,
}

pub const COLUMNS: [&str; 15] = [
    "Timestamp",
    "NetworkMessageId",
    "SenderFromAddress",
    "SenderFromDomain",
    "RecipientEmailAddress",
    "Subject",
    "EmailClusterId",
    "EmailDirection",
    "DeliveryAction",
    "ThreatTypes",
    "AuthenticationDetails",
    "UrlCount",
    "IsFirstContact",
    "To",
    "AdditionalFields",
];

#[derive(Clone, Debug)]
pub struct Table {
    pub rows: Vec<Vec<Cell>>,
}

/// Domains as they come: in several cases, with a final dot, with blanks, empty.
const DOMAINS: [&str; 21] = [
    "fabrikam.example",
    "Fabrikam.example",
    "litware.example",
    "adatum.example",
    "northwind.example",
    "tailspin.example",
    "contoso.example",
    "CONTOSO.example",
    "woodgrove.example",
    "proseware.example",
    "lucerne.example",
    "wingtip.example",
    "relay.example.net",
    "relay.example.net.",
    "blank.example ",
    "bücher.example",
    "xn--bcher-kva.example",
    "semi;colon.example",
    "com,ma.example",
    "quo\"te.example",
    "",
];

const SUBJECTS: [&str; 9] = [
    "Invoice 7",
    "Re: \"final\" notice, please; read",
    "=HYPERLINK(\"https://evil.example\")",
    "two\nlines",
    "a\ttab",
    "Grüße ✓ — 請求書",
    "'",
    "\"",
    "",
];

const THREATS: [&str; 6] = ["Phish", "Phish, Spam", "Malware", "Spam", " ", ""];

/// 2026-10-20T00:00:00Z in seconds since 1970.
const BEGIN: i64 = 1_792_454_400;

fn pick<'t>(rng: &mut ChaCha8Rng, texts: &[&'t str]) -> &'t str {
    texts[rng.random_range(0..texts.len())]
}

fn text(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Missing
    } else {
        Cell::Text(text.to_owned())
    }
}

impl Table {
    pub fn random(rng: &mut ChaCha8Rng, rows: usize) -> Self {
        Table {
            rows: (0..rows).map(|number| random_row(rng, number)).collect(),
        }
    }

    /// Some of its rows.
    pub fn part(&self, rows: Range<usize>) -> Self {
        Table {
            rows: self.rows[rows].to_vec(),
        }
    }

    /// Each row as texts, with one spelling for what has several.
    fn texts(&self) -> impl Iterator<Item = BTreeMap<&'static str, &str>> {
        self.rows.iter().map(|row| {
            let texts = row.iter().map(|cell| match cell {
                Cell::Text(text) => text.as_str(),
                _ => "",
            });
            COLUMNS.into_iter().zip(texts).collect()
        })
    }

    /// The hunting query by brute force, as `rank --format jsonl` prints it.
    pub fn ranking_as_json_lines(&self) -> String {
        let mut outbound: BTreeMap<&str, u64> = BTreeMap::new();
        let mut threats: BTreeMap<&str, u64> = BTreeMap::new();
        for row in self.texts() {
            let domain = row["RecipientEmailAddress"].split('@').nth(1);
            match row["EmailDirection"] {
                "Outbound" => *outbound.entry(domain.unwrap_or("")).or_default() += 1,
                "Inbound" if !row["ThreatTypes"].is_empty() => {
                    *threats.entry(row["SenderFromDomain"]).or_default() += 1;
                }
                _ => {}
            }
        }
        let mut rows: Vec<(&str, u64, u64)> = outbound
            .into_iter()
            .filter_map(|(domain, sent)| Some((domain, sent, *threats.get(domain)?)))
            .collect();
        rows.sort_by_key(|&(domain, sent, received)| {
            (std::cmp::Reverse((sent, received)), domain.as_bytes())
        });
        let lines = rows.iter().map(|(domain, sent, received)| {
            format!(
                "{{\"SenderFromDomain\":{},\"OutboundEmails\":{sent},\"IncomingEmailsWithThreats\":{received}}}\n",
                json!(domain)
            )
        });
        lines.collect::<Vec<_>>().concat()
    }
}

fn random_row(rng: &mut ChaCha8Rng, number: usize) -> Vec<Cell> {
    let partner = pick(rng, &DOMAINS);
    let direction = match rng.random_range(0..10) {
        0..=4 => "Outbound",
        5..=8 => "Inbound",
        _ => pick(rng, &["Intra-org", "inbound"]),
    };
    let (sender, recipient) = if direction == "Outbound" {
        let recipient = match rng.random_range(0..20) {
            0 => "nobody".to_owned(),
            1 => format!("a@{partner}@second.example"),
            _ => format!("someone@{partner}"),
        };
        ("ours.example", recipient)
    } else {
        (partner, "Me@ours.example".to_owned())
    };
    let threat = if direction == "Outbound" {
        ""
    } else {
        pick(rng, &THREATS)
    };
    let dmarc = pick(rng, &["pass", "fail", "none"]);
    let additional = match rng.random_range(0..4) {
        0 => Cell::Dynamic(json!({"X-Siem-Alert": "1"})),
        _ => Cell::Missing,
    };
    // Unique, so that no row is a copy of another.
    let ticks = (BEGIN + 8000 * number as i64) * 10_000_000 + rng.random_range(0..10_000_000);
    vec![
        Cell::Time(ticks),
        Cell::Text(format!("00000000-0000-4000-8000-{number:012}")),
        Cell::Text(format!("billing@{sender}")),
        text(sender),
        Cell::Text(recipient),
        text(pick(rng, &SUBJECTS)),
        Cell::Number(rng.random_range(0..1_i64 << 33)),
        Cell::Text(direction.to_owned()),
        text(pick(rng, &["Delivered", "Junked", "Blocked", ""])),
        text(threat),
        Cell::Text(format!(
            r#"{{"SPF":"pass","DKIM":"none","DMARC":"{dmarc}"}}"#
        )),
        Cell::Number(rng.random_range(0..4)),
        Cell::Bool(rng.random()),
        Cell::Dynamic(json!(["Me@ours.example", "you@ours.example"])),
        additional,
    ]
}

/// A moment in parts: year, month, day, hour, minute, second, ticks of 100 nanoseconds.
pub fn civil(ticks: i64) -> (i16, i8, i8, i8, i8, i8, i64) {
    let seconds = ticks.div_euclid(10_000_000);
    let time = jiff::Timestamp::from_second(seconds)
        .unwrap()
        .to_zoned(jiff::tz::TimeZone::UTC);
    (
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        ticks.rem_euclid(10_000_000),
    )
}

/// `2026-10-20T07:05:09.1234567Z`
pub fn iso(ticks: i64) -> String {
    let (year, month, day, hour, minute, second, fraction) = civil(ticks);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:07}Z")
}

/// The hour of a clock of twelve hours, and `AM` or `PM`.
pub fn twelve_hours(hour: i8) -> (i8, &'static str) {
    let half = if hour < 12 { "AM" } else { "PM" };
    ((hour + 11) % 12 + 1, half)
}
