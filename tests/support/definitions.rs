//! Exclusions as plain data, written as TOML for mailhunt and evaluated here by the documented rules
//! (the first lines of `assets/exclusions.toml`), event by event.

use super::oracle::{Event, Side, URL_COUNT, UrlRow};
use serde_json::Value;
use std::collections::BTreeSet;

/// What there is to know of an event beside itself.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    pub side: Side,
    pub links: &'a [UrlRow],
    /// Whether it is the latest record of its message and recipient, if it has both.
    pub is_latest: Option<bool>,
    pub own_domains: &'a BTreeSet<String>,
}

/// The sender domains of outbound and intra-org mail, as they are compared.
pub fn own_domains(events: &[Event]) -> BTreeSet<String> {
    let ours = events
        .iter()
        .filter(|event| ["Outbound", "Intra-org"].contains(&event.get("EmailDirection")));
    // None of these events is forwarded: they have no such column.
    ours.map(|event| event.get("SenderFromDomain"))
        .filter(|domain| !domain.is_empty())
        .map(as_own_domain)
        .collect()
}

fn as_own_domain(domain: &str) -> String {
    let folded = domain.to_lowercase();
    folded.strip_suffix('.').unwrap_or(&folded).to_owned()
}

/// For each event whether it is the latest record of its message and recipient: no later one has a later
/// time, and of those of the same time none is a threat where it is not, nor else stands after it.
pub fn latest_records(events: &[Event]) -> Vec<Option<bool>> {
    let email = |event: &Event| {
        let recipient = event.get("RecipientEmailAddress").to_lowercase();
        let cells = [event.get("NetworkMessageId").to_owned(), recipient];
        (!cells.iter().any(|cell| cell.trim().is_empty())).then_some(cells)
    };
    let is_threat = |event: &Event| matches!(event.side(), Some((Side::Right, _)));
    let rank = |event: &Event, place: usize| (moment(event), is_threat(event), place);
    let latest = |(place, event): (usize, &Event)| {
        let own = email(event)?;
        let others = events.iter().enumerate();
        let is_superseded = others
            .filter(|(_, other)| email(other).as_ref() == Some(&own))
            .any(|(other_place, other)| rank(other, other_place) > rank(event, place));
        Some(!is_superseded)
    };
    events.iter().enumerate().map(latest).collect()
}

/// The second and the digits after it, as they are sorted.
fn moment(event: &Event) -> Option<(i64, String)> {
    let (_, rest) = event.get("Timestamp").split_once('.').unwrap_or_default();
    let digits = rest.chars().take_while(char::is_ascii_digit);
    event.seconds.map(|seconds| {
        let digits = digits.collect::<String>();
        (seconds, digits.trim_end_matches('0').to_owned())
    })
}

#[derive(Clone, Debug)]
pub struct Definition {
    pub scope: &'static str,
    pub show_only: bool,
    pub matches: Vec<Vec<Line>>,
    pub unless: Vec<Vec<Line>>,
}

/// One line of a block.
#[derive(Clone, Debug)]
pub struct Line {
    pub field: &'static str,
    pub check: Check,
    pub texts: Vec<&'static str>,
    pub cased: bool,
    pub every: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Is,
    Contains,
    StartsWith,
    EndsWith,
    Domain,
    /// A regular expression: one of the texts, anchored at both ends.
    WholeByExpression,
    /// A regular expression: one of the texts, anywhere.
    PartByExpression,
    Exists(bool),
    SameAs(&'static str),
    /// Each of the texts is part of it.
    ContainsAll,
    /// A number in this relation to another.
    Number(&'static str, i64),
    /// An address in 192.0.2.0/24.
    InNetwork,
    Flag(bool),
    /// One of our own domains, or, where asked for, below one.
    OwnDomain {
        or_below: bool,
    },
}

impl Line {
    fn key(&self) -> String {
        let modifier = match self.check {
            Check::Contains => "|contains",
            Check::StartsWith => "|startswith",
            Check::EndsWith => "|endswith",
            Check::WholeByExpression | Check::PartByExpression if self.cased => "|re",
            Check::WholeByExpression | Check::PartByExpression => "|re|i",
            Check::Exists(_) => "|exists",
            Check::SameAs(_) => "|fieldref",
            Check::ContainsAll => "|contains|all",
            Check::Is
            | Check::Number("", _)
            | Check::Flag(_)
            | Check::OwnDomain { or_below: false } => "",
            Check::Number(relation, _) => &format!("|{relation}"),
            Check::InNetwork => "|cidr",
            Check::Domain | Check::OwnDomain { or_below: true } => "|domain",
        };
        let cased = if self.is_cased() { "|cased" } else { "" };
        let every = if self.is_every() { "|every" } else { "" };
        format!("{}{modifier}{cased}{every}", self.field)
    }

    fn is_cased(&self) -> bool {
        let is_of_texts = !matches!(
            self.check,
            Check::Exists(_)
                | Check::Number(..)
                | Check::InNetwork
                | Check::Flag(_)
                | Check::OwnDomain { .. }
        );
        self.cased && is_of_texts
    }

    fn is_every(&self) -> bool {
        self.every && self.is_of_links()
    }

    fn is_of_links(&self) -> bool {
        matches!(self.field, "Url" | "UrlDomain")
    }

    fn value(&self) -> String {
        let text = |text: &str| Value::from(text).to_string();
        match self.check {
            Check::Exists(expected) => expected.to_string(),
            Check::SameAs(field) => text(field),
            Check::Number(_, number) => number.to_string(),
            Check::Flag(flag) => flag.to_string(),
            Check::InNetwork => text("192.0.2.0/24"),
            Check::OwnDomain { .. } => text("@own-domains"),
            _ => {
                let texts: Vec<String> = self
                    .texts
                    .iter()
                    .map(|written| match self.check {
                        Check::WholeByExpression => text(&format!("^{}$", escaped(written))),
                        Check::PartByExpression => text(&escaped(written)),
                        _ => text(written),
                    })
                    .collect();
                format!("[{}]", texts.join(", "))
            }
        }
    }

    /// Whether it holds. `unclear` says how it counts where what it looks at cannot be read, and, in a guard, where
    /// it is not loaded.
    fn holds(&self, event: &Event, around: Around<'_>, unclear: bool, is_guard: bool) -> bool {
        if self.is_of_links() {
            if is_guard && around.links.is_empty() {
                return unclear;
            }
            return self.holds_for_links(event, around).unwrap_or(unclear);
        }
        if let Check::SameAs(other) = self.check {
            let fold = |text: &str| {
                if self.cased {
                    text.to_owned()
                } else {
                    text.to_lowercase()
                }
            };
            // None of the other fields can be unreadable.
            let other: Vec<String> = values(event, other, around).into_iter().flatten().collect();
            let is_like = |value: &String| other.iter().any(|o| fold(o) == fold(value));
            return values(event, self.field, around)
                .iter()
                .any(|value| match value {
                    Some(value) => !value.is_empty() && is_like(value),
                    None => unclear && other.iter().any(|other| !other.is_empty()),
                });
        }
        let values = values(event, self.field, around);
        if self.check == Check::Exists(false) {
            let is_nothing = |value: &String| is_nothing(value);
            return values
                .iter()
                .all(|value| value.as_ref().map_or(unclear, is_nothing));
        }
        let fits = |value: &String| self.fits(value, around);
        values
            .iter()
            .any(|value| value.as_ref().map_or(unclear, fits))
    }

    /// Whether it holds; nothing where a link that is not loaded may be like no text.
    fn holds_for_links(&self, event: &Event, around: Around<'_>) -> Option<bool> {
        let links = around.links;
        let message = event.get("NetworkMessageId");
        if message.trim().is_empty() || links.is_empty() {
            return Some(false);
        }
        let values: Vec<&str> = links
            .iter()
            .filter(|link| link.message.eq_ignore_ascii_case(message))
            .map(|link| match self.field {
                "Url" => link.url.as_str(),
                _ => host(link),
            })
            .collect();
        let fits = |value: &&str| self.fits(value, around);
        if self.is_every() {
            if !values.iter().all(fits) {
                return Some(false);
            }
            // Links are written to one file, so that as many are loaded as it has rows.
            let are_all_loaded = match event.get(URL_COUNT).trim() {
                "" | "null" => event.has_url_count,
                said => said.parse().is_ok_and(|said: usize| said <= values.len()),
            };
            if !are_all_loaded {
                return None;
            }
        }
        if values.is_empty() {
            return Some(self.check == Check::Exists(false));
        }
        Some(values.iter().any(fits))
    }

    fn fits(&self, value: &str, around: Around<'_>) -> bool {
        if let Check::Exists(expected) = self.check {
            return is_nothing(value) != expected;
        }
        if value.is_empty() {
            return false;
        }
        match self.check {
            Check::Number(relation, bound) => {
                let number: Option<f64> = value.trim().parse().ok();
                let number = number.filter(|number| number.is_finite());
                return number.is_some_and(|number| match relation {
                    "gt" => number > bound as f64,
                    "gte" => number >= bound as f64,
                    "lt" => number < bound as f64,
                    "lte" => number <= bound as f64,
                    _ => (number - bound as f64).abs() < 1e-9,
                });
            }
            Check::InNetwork => {
                let last = value.strip_prefix("192.0.2.");
                return last.is_some_and(|last| last.parse::<u8>().is_ok());
            }
            Check::Flag(flag) => {
                let spelled = if flag { ["true", "1"] } else { ["false", "0"] };
                return spelled.contains(&value.trim().to_lowercase().as_str());
            }
            Check::OwnDomain { or_below } => {
                let value = as_own_domain(value);
                return around
                    .own_domains
                    .iter()
                    .any(|own| value == *own || or_below && value.ends_with(&format!(".{own}")));
            }
            _ => {}
        }
        let fold = |text: &str| {
            if self.is_cased() {
                text.to_owned()
            } else {
                text.to_lowercase()
            }
        };
        let value = fold(value);
        self.quantified(|text| {
            let text = fold(text);
            match self.check {
                Check::Is | Check::WholeByExpression => value == text,
                Check::Contains | Check::ContainsAll | Check::PartByExpression => {
                    value.contains(&text)
                }
                Check::StartsWith => value.starts_with(&text),
                Check::EndsWith => value.ends_with(&text),
                Check::Domain => {
                    let value = value.strip_suffix('.').unwrap_or(&value);
                    value == text || value.ends_with(&format!(".{text}"))
                }
                _ => false,
            }
        })
    }

    fn quantified(&self, holds: impl Fn(&str) -> bool) -> bool {
        match self.check {
            Check::ContainsAll => self.texts.iter().all(|text| holds(text)),
            _ => self.texts.iter().any(|text| holds(text)),
        }
    }
}

/// The host of a link of this making, or what the export says it is.
fn host(link: &UrlRow) -> &str {
    let host = link.url.strip_prefix("https://");
    host.map_or(&link.domain, |rest| rest.split('/').next().unwrap_or(rest))
}

/// What does not exist: nothing, blanks and the JSON of nothing.
fn is_nothing(value: &str) -> bool {
    let letters: String = value
        .chars()
        .filter(|letter| !letter.is_ascii_whitespace())
        .collect();
    ["", "[]", "{}"].contains(&letters.as_str()) || value.trim() == "null"
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('.', "\\.")
        .replace('+', "\\+")
}

/// The values of a field of an event; nothing for one that cannot be read.
fn values(event: &Event, field: &str, around: Around<'_>) -> Vec<Option<String>> {
    match (field, around.side) {
        ("RecipientDomain", _) | ("PartnerDomain", Side::Left) => {
            return vec![Some(event.recipient_domain())];
        }
        ("PartnerDomain", Side::Right) => {
            return vec![Some(event.get("SenderFromDomain").to_owned())];
        }
        ("IsLatestRecord", _) => {
            let told = around.is_latest.map(|is_latest| is_latest.to_string());
            return vec![Some(told.unwrap_or_default())];
        }
        _ => {}
    }
    if let Some(header) = field.strip_prefix("Header.") {
        let mut values = vec![json_key(event.get("AdditionalFields"), header)];
        if header == "X-Siem-Alert" {
            values.push(Some(event.get(header).to_owned()));
        }
        return values;
    }
    match field.split_once('.') {
        Some((column, key)) => vec![json_key(event.get(column), key)],
        None => vec![Some(event.get(field).to_owned())],
    }
}

fn json_key(cell: &str, key: &str) -> Option<String> {
    if cell.is_empty() {
        return Some(String::new());
    }
    let Ok(Value::Object(object)) = serde_json::from_str::<Value>(cell) else {
        return None;
    };
    let value = object
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key));
    let text = value.and_then(|(_, value)| value.as_str());
    Some(text.unwrap_or_default().to_owned())
}

impl Definition {
    /// Whether it hides an event that stands on that side.
    pub fn matches(&self, event: &Event, around: Around<'_>) -> bool {
        let in_scope = match self.scope {
            "outbound" => around.side == Side::Left,
            "inbound" => around.side == Side::Right,
            _ => true,
        };
        let any = |blocks: &[Vec<Line>], unclear: bool, is_guard: bool| {
            let holds = |line: &Line| line.holds(event, around, unclear, is_guard);
            blocks.iter().any(|block| block.iter().all(holds))
        };
        // What cannot be read hides no email.
        let matches =
            any(&self.matches, self.show_only, false) && !any(&self.unless, !self.show_only, true);
        in_scope && matches != self.show_only
    }
}

/// The definitions as a file of exclusions.
pub fn toml(definitions: &[Definition]) -> String {
    let mut lines = vec!["version = 1".to_owned()];
    for (index, definition) in definitions.iter().enumerate() {
        lines.push("[[exclude]]".to_owned());
        lines.push(format!("id = \"e{index}\""));
        lines.push(format!("title = \"E{index}\""));
        lines.push(format!("scope = \"{}\"", definition.scope));
        lines.push(format!("show_only = {}", definition.show_only));
        for (name, blocks) in [
            ("match", &definition.matches),
            ("unless", &definition.unless),
        ] {
            for block in blocks {
                lines.push(format!("[[exclude.{name}]]"));
                let written = block.iter().map(|line| (line.key(), line.value()));
                lines.extend(written.map(|(key, value)| format!("\"{key}\" = {value}")));
            }
        }
    }
    lines.join("\n")
}

/// The same block with one line a key: TOML has no place for two.
pub fn without_clashes(block: Vec<Line>) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::new();
    for line in block {
        if kept.iter().all(|known| known.key() != line.key()) {
            kept.push(line);
        }
    }
    kept
}
