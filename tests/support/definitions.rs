//! Exclusions as plain data, written as TOML for mailhunt and evaluated here by the documented rules
//! (the first lines of `assets/exclusions.toml`), event by event.

use super::oracle::{Event, Side, UrlRow};
use serde_json::Value;

#[derive(Clone, Debug)]
pub struct Definition {
    pub scope: &'static str,
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
}

impl Line {
    fn key(&self) -> String {
        let modifier = match self.check {
            Check::Is => "",
            Check::Contains => "|contains",
            Check::StartsWith => "|startswith",
            Check::EndsWith => "|endswith",
            Check::Domain => "|domain",
            Check::WholeByExpression | Check::PartByExpression => "|re",
            Check::Exists(_) => "|exists",
            Check::SameAs(_) => "|fieldref",
        };
        let cased = if self.cased { "|cased" } else { "" };
        let every = if self.is_every() { "|every" } else { "" };
        format!("{}{modifier}{cased}{every}", self.field)
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

    fn holds(&self, event: &Event, links: &[UrlRow]) -> bool {
        if self.is_of_links() {
            return self.holds_for_links(event, links);
        }
        if let Check::SameAs(other) = self.check {
            let other = values(event, other);
            return values(event, self.field)
                .iter()
                .filter(|value| !value.is_empty())
                .any(|value| {
                    other
                        .iter()
                        .any(|o| o.to_lowercase() == value.to_lowercase())
                });
        }
        let values = values(event, self.field);
        if self.check == Check::Exists(false) {
            return values.iter().all(String::is_empty);
        }
        values.iter().any(|value| self.fits(value))
    }

    fn holds_for_links(&self, event: &Event, links: &[UrlRow]) -> bool {
        let message = event.get("NetworkMessageId");
        if message.trim().is_empty() || links.is_empty() {
            return false;
        }
        let values: Vec<&str> = links
            .iter()
            .filter(|link| link.message.eq_ignore_ascii_case(message))
            .map(|link| match self.field {
                "Url" => link.url.as_str(),
                _ => link.domain.as_str(),
            })
            .collect();
        if values.is_empty() {
            return self.check == Check::Exists(false);
        }
        let fits = |value: &&str| self.fits(value);
        if self.is_every() {
            values.iter().all(fits)
        } else {
            values.iter().any(fits)
        }
    }

    fn fits(&self, value: &str) -> bool {
        if value.is_empty() {
            return self.check == Check::Exists(false);
        }
        let fold = |text: &str| {
            if self.cased {
                text.to_owned()
            } else {
                text.to_lowercase()
            }
        };
        let value = fold(value);
        self.texts_or_flag(|text| {
            let text = fold(text);
            match self.check {
                Check::Is | Check::WholeByExpression => value == text,
                Check::Contains | Check::PartByExpression => value.contains(&text),
                Check::StartsWith => value.starts_with(&text),
                Check::EndsWith => value.ends_with(&text),
                Check::Domain => {
                    let value = value.strip_suffix('.').unwrap_or(&value);
                    value == text || value.ends_with(&format!(".{text}"))
                }
                Check::Exists(_) | Check::SameAs(_) => false,
            }
        })
    }

    fn texts_or_flag(&self, holds: impl Fn(&str) -> bool) -> bool {
        match self.check {
            Check::Exists(expected) => expected,
            _ => self.texts.iter().any(|text| holds(text)),
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('.', "\\.")
        .replace('+', "\\+")
}

/// The values of a field of an event.
fn values(event: &Event, field: &str) -> Vec<String> {
    if field == "RecipientDomain" {
        return vec![event.recipient_domain()];
    }
    if let Some(header) = field.strip_prefix("Header.") {
        let mut values = vec![json_key(event.get("AdditionalFields"), header)];
        if header == "X-Siem-Alert" {
            values.push(event.get(header).to_owned());
        }
        return values;
    }
    match field.split_once('.') {
        Some((column, key)) => vec![json_key(event.get(column), key)],
        None => vec![event.get(field).to_owned()],
    }
}

fn json_key(cell: &str, key: &str) -> String {
    match serde_json::from_str::<Value>(cell) {
        Ok(Value::Object(object)) => object
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .and_then(|(_, value)| value.as_str().map(str::to_owned))
            .unwrap_or_default(),
        _ => String::new(),
    }
}

impl Definition {
    /// Whether it hides an event that stands on that side.
    pub fn matches(&self, event: &Event, side: Side, links: &[UrlRow]) -> bool {
        let in_scope = match self.scope {
            "outbound" => side == Side::Left,
            "inbound" => side == Side::Right,
            _ => true,
        };
        let any = |blocks: &[Vec<Line>]| {
            blocks
                .iter()
                .any(|block| block.iter().all(|line| line.holds(event, links)))
        };
        in_scope && any(&self.matches) && !any(&self.unless)
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
