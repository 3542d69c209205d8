//! The hunt by brute force, written from the KQL of Microsoft's query and from nothing of mailhunt.
//!
//! Events are plain texts; an exclusion is whatever matched an event; every number of a view is
//! found by filtering the events and running the whole hunt again. Where domains are matched in a
//! wider way than `==`, each event's domain is replaced by the name of its group beforehand.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// The columns of a generated event, in the order of [`Event::cells`].
pub const COLUMNS: [&str; 13] = [
    "Timestamp",
    "NetworkMessageId",
    "EmailDirection",
    "SenderFromDomain",
    "SenderFromAddress",
    "RecipientEmailAddress",
    "ThreatTypes",
    "DeliveryAction",
    "AuthenticationDetails",
    "AdditionalFields",
    "X-Siem-Alert",
    "Subject",
    URL_COUNT,
];

/// The column that a file of events may lack.
pub const URL_COUNT: &str = "UrlCount";

/// A row of `EmailEvents`.
#[derive(Clone, Debug)]
pub struct Event {
    pub cells: [String; COLUMNS.len()],
    /// The moment that `Timestamp` means, where it can be read.
    pub seconds: Option<i64>,
    /// Whether its file has the column `UrlCount`. Where it has not, the cell is empty.
    pub has_url_count: bool,
}

impl Event {
    /// A cell; empty when there is no such column.
    pub fn get(&self, column: &str) -> &str {
        let index = COLUMNS.iter().position(|known| *known == column);
        let cell = index.map_or("", |index| &self.cells[index]);
        // These words are how exporters write an empty verdict.
        let is_nothing = column == "ThreatTypes" && matches!(cell, "none" | "N/A" | "\\N" | "-");
        if is_nothing { "" } else { cell }
    }

    /// `tostring(split(RecipientEmailAddress, "@")[1])`
    pub fn recipient_domain(&self) -> String {
        let pieces: Vec<&str> = self.get("RecipientEmailAddress").split('@').collect();
        pieces.get(1).copied().unwrap_or("").to_owned()
    }

    /// The side of the join it stands on, if any, with its key.
    pub fn side(&self) -> Option<(Side, String)> {
        if self.get("EmailDirection") == "Outbound" {
            return Some((Side::Left, self.recipient_domain()));
        }
        let is_threat =
            self.get("EmailDirection") == "Inbound" && !self.get("ThreatTypes").is_empty();
        is_threat.then(|| (Side::Right, self.get("SenderFromDomain").to_owned()))
    }

    /// The same event of a file without the column `UrlCount`.
    pub fn without_url_count(mut self) -> Self {
        self.cells[12].clear();
        self.has_url_count = false;
        self
    }

    pub fn hour(&self) -> Option<i32> {
        self.seconds.map(|seconds| seconds.div_euclid(3600) as i32)
    }
}

/// A row of `EmailUrlInfo`.
#[derive(Clone, Debug)]
pub struct UrlRow {
    pub message: String,
    pub url: String,
    pub domain: String,
}

/// The sides of the query's join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Emails we sent.
    Left,
    /// Threat emails we received.
    Right,
}

/// An event as far as the hunt goes.
#[derive(Clone, Debug)]
pub struct Counted {
    pub side: Side,
    pub domain: String,
    /// The domains of its recipients as people mean them, where these are no plain address.
    pub meant: Vec<&'static str>,
    /// A bit for each exclusion that matches it.
    pub matched: u64,
    pub hour: Option<i32>,
}

/// Every domain that generated events can have, and what it is when domains are folded and when
/// organisations are one: looked up by hand.
pub const GROUPS: [(&str, &str, &str); 27] = [
    ("", "", ""),
    ("b", "b", "b"),
    ("b.com", "b.com", "b.com"),
    ("B.com", "b.com", "b.com"),
    ("b.com ", "b.com ", "b.com "),
    ("b.com;c", "b.com;c", "b.com;c"),
    ("c.com", "c.com", "c.com"),
    ("d.com", "d.com", "d.com"),
    ("z.com", "z.com", "z.com"),
    ("contoso.com>", "contoso.com>", "contoso.com>"),
    ("y\"", "y\"", "y\""),
    ("contoso.com", "contoso.com", "contoso.com"),
    ("contoso.com.", "contoso.com", "contoso.com"),
    ("Contoso.com", "contoso.com", "contoso.com"),
    ("CONTOSO.COM", "contoso.com", "contoso.com"),
    ("mail.contoso.com.", "mail.contoso.com", "contoso.com"),
    ("EU.contoso.com", "eu.contoso.com", "contoso.com"),
    ("büro.example", "xn--bro-hoa.example", "xn--bro-hoa.example"),
    (
        "xn--bro-hoa.example",
        "xn--bro-hoa.example",
        "xn--bro-hoa.example",
    ),
    (
        "www.BÜRO.example",
        "www.xn--bro-hoa.example",
        "xn--bro-hoa.example",
    ),
    ("büro.example;B", "büro.example;b", "büro.example;b"),
    ("co.uk", "co.uk", "co.uk"),
    ("b.co.uk", "b.co.uk", "b.co.uk"),
    ("www.b.co.uk", "www.b.co.uk", "b.co.uk"),
    ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
    ("198.192.0.2.1", "198.192.0.2.1", "198.192.0.2.1"),
    ("..", "..", ".."),
];

/// Recipients of generated events that are no plain address, and the domains that people mean by them: looked up by hand.
pub const MEANT: [(&str, &[&str]); 10] = [
    ("a@b@c.com", &["c.com"]),
    ("\"x@y\"@z.com", &["z.com"]),
    ("a@b.com ", &["b.com"]),
    ("a@b.com;c@d.com", &["b.com", "d.com"]),
    ("z@contoso.com@", &[""]),
    ("Bob <x@contoso.com>", &["contoso.com"]),
    ("smtp:a@EU.contoso.com", &["EU.contoso.com"]),
    (
        "[\"a@b.com\",\"A@B.com\", \"y@mail.contoso.com.\"]",
        &["b.com", "mail.contoso.com."],
    ),
    (
        "c@d.com\u{a0}, a@b.com, x@B.com",
        &["d.com", "b.com", "B.com"],
    ),
    ("/o=A/cn=b@contoso.com", &[""]),
];

/// The domains that people mean by the recipient of an event, where that is no plain address.
pub fn meant(event: &Event) -> Vec<&'static str> {
    let recipient = event.get("RecipientEmailAddress");
    let known = MEANT.iter().find(|(known, _)| *known == recipient);
    known.map_or_else(Vec::new, |(_, meant)| meant.to_vec())
}

/// How the brute-force hunt matches domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    Exact,
    Folded,
    Registrable,
}

/// The events with the names of their groups for their domains, and the place of each among those given: one that lists
/// several recipients is several unless domains are matched exactly.
pub fn grouped_with_places(events: &[Counted], matching: Matching) -> Vec<(Counted, usize)> {
    let group = |domain: &str| {
        let known = GROUPS.iter().find(|(known, ..)| *known == domain);
        let (_, folded, registrable) = known.expect("a domain of the table");
        match matching {
            Matching::Folded => *folded,
            _ => *registrable,
        }
    };
    let mut grouped = Vec::new();
    for (place, event) in events.iter().enumerate() {
        let domains: Vec<&str> = match matching {
            Matching::Exact => vec![&event.domain],
            _ if event.meant.is_empty() => vec![group(&event.domain)],
            _ => event.meant.iter().map(|domain| group(domain)).collect(),
        };
        for domain in domains {
            let domain = domain.to_owned();
            let event = Counted {
                domain,
                ..event.clone()
            };
            grouped.push((event, place));
        }
    }
    grouped
}

/// The same without the places.
pub fn grouped(events: &[Counted], matching: Matching) -> Vec<Counted> {
    let grouped = grouped_with_places(events, matching).into_iter();
    grouped.map(|(event, _)| event).collect()
}

/// What is asked of the brute-force hunt.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub active: u64,
    pub hours: Option<RangeInclusive<i32>>,
    /// Whether what we sent counts at all times, whatever the hours.
    pub counts_all_outbound: bool,
}

impl Question {
    pub fn with_active(&self, active: u64) -> Question {
        Question {
            active,
            ..self.clone()
        }
    }

    /// Whether the hours let an email through.
    pub fn is_in_range(&self, email: &Counted) -> bool {
        match (&self.hours, email.hour) {
            (None, _) => true,
            (Some(_), _) if self.counts_all_outbound && email.side == Side::Left => true,
            (Some(_), None) => false,
            (Some(hours), Some(hour)) => *hours.start() <= hour && hour <= *hours.end(),
        }
    }

    pub fn counts(&self, email: &Counted) -> bool {
        self.is_in_range(email) && email.matched & self.active == 0
    }
}

/// Domain → `OutboundEmails`, `IncomingEmailsWithThreats`.
pub type Ranking = BTreeMap<String, (u64, u64)>;

/// The query, step by step: filter, summarize the left side, join, summarize.
pub fn hunt(events: &[Counted], question: &Question) -> Ranking {
    let events: Vec<&Counted> = events
        .iter()
        .filter(|event| question.counts(event))
        .collect();
    let mut left: BTreeMap<&str, u64> = BTreeMap::new();
    for event in events.iter().filter(|event| event.side == Side::Left) {
        *left.entry(&event.domain).or_default() += 1;
    }
    let mut answer = Ranking::new();
    for (domain, outbound_count) in left {
        for event in events.iter().filter(|event| event.side == Side::Right) {
            if event.domain == domain {
                let row = answer.entry(domain.to_owned()).or_default();
                row.0 = row.0.max(outbound_count);
                row.1 += 1;
            }
        }
    }
    answer
}

/// What the exclusions take out of the ranking: the hunt without them less the hunt with them.
pub fn hidden(events: &[Counted], question: &Question) -> Ranking {
    let with = hunt(events, question);
    hunt(events, &question.with_active(0))
        .into_iter()
        .map(|(domain, (outbound, threats))| {
            let left = with.get(&domain).copied().unwrap_or_default();
            (domain, (outbound - left.0, threats - left.1))
        })
        .filter(|(_, lost)| *lost != (0, 0))
        .collect()
}

/// Emails and domains that an exclusion hides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hidden {
    pub emails: u64,
    pub domains: u64,
}

/// The numbers of a view beside its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    pub ranked: usize,
    pub candidates: usize,
    pub hidden_emails: u64,
    /// For each exclusion: by itself, marginal.
    pub exclusions: Vec<(Hidden, Hidden)>,
    /// Threat emails of the candidates.
    pub threats: u64,
    /// For each exclusion: the threat emails it matches, and the first other one that matches the same
    /// emails, if it matches any.
    pub matches: Vec<(u64, Option<usize>)>,
}

/// Every number of a view, each by hunting again with and without the exclusion it is about.
pub fn numbers(events: &[Counted], question: &Question, exclusions: usize) -> Numbers {
    let nothing_on = question.with_active(0);
    let candidates: BTreeSet<String> = hunt(events, &nothing_on).into_keys().collect();
    let emails = |question: &Question| {
        events
            .iter()
            .filter(|event| candidates.contains(&event.domain))
            .filter(|event| question.counts(event))
            .count() as u64
    };
    let difference = |without: u64, with: u64| {
        let (without, with) = (question.with_active(without), question.with_active(with));
        let ranks_with = hunt(events, &with);
        Hidden {
            emails: emails(&without) - emails(&with),
            domains: hunt(events, &without)
                .into_keys()
                .filter(|domain| !ranks_with.contains_key(domain))
                .count() as u64,
        }
    };
    let counted: Vec<&Counted> = events
        .iter()
        .filter(|event| candidates.contains(&event.domain))
        .filter(|event| nothing_on.counts(event))
        .collect();
    let matched_by = |index: usize| -> Vec<bool> {
        let is_matched = |event: &&Counted| event.matched >> index & 1 == 1;
        counted.iter().map(is_matched).collect()
    };
    let threats = |is_counted: &dyn Fn(&Counted) -> bool| {
        let threats = counted.iter().filter(|event| event.side == Side::Right);
        threats.filter(|event| is_counted(event)).count() as u64
    };
    let matches = |index: usize| {
        let matched = matched_by(index);
        let same = (0..exclusions).find(|&other| other != index && matched_by(other) == matched);
        let same = same.filter(|_| matched.contains(&true));
        (threats(&|event| event.matched >> index & 1 == 1), same)
    };
    Numbers {
        threats: threats(&|_| true),
        matches: (0..exclusions).map(matches).collect(),
        ranked: hunt(events, question).len(),
        candidates: candidates.len(),
        hidden_emails: emails(&nothing_on) - emails(question),
        exclusions: (0..exclusions)
            .map(|index| {
                let bit = 1 << index;
                let marginal = difference(question.active & !bit, question.active | bit);
                (difference(0, bit), marginal)
            })
            .collect(),
    }
}
