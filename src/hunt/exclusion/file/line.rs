//! One line of a block: `FIELD|MODIFIER|… = value`, which is a condition.

use super::super::condition::{
    Bound, Comparison, Condition, Quantity, Relation, Test, canonical_network,
};
use super::super::definition::Clause;
use super::super::lists::Lists;
use super::super::pattern::{Flags, LetterCase, Pattern};
use super::super::texts::Texts;
use super::toml_values::{Fault, Key, Value, in_order, string, strings, whole_number};
use crate::hunt::fields::Field;
use ipnet::IpNet;
use std::net::IpAddr;
use toml::de::{DeTable, DeValue};

/// Reads a block.
pub(super) fn clause(value: &Value<'_>, lists: &Lists) -> Result<Clause, Fault> {
    let empty = DeTable::new();
    let entries = in_order(value.get_ref().as_table().unwrap_or(&empty));
    if entries.is_empty() {
        let reason = "an empty block would match every email";
        return Err(Fault::new(value.span(), reason));
    }
    let conditions = entries
        .into_iter()
        .map(|(key, value)| condition(key, value, lists));
    conditions.collect::<Result<_, _>>().map(Clause)
}

/// The modifiers of a key, as far as they are no kind of comparison.
#[derive(Default)]
struct Modifiers<'k> {
    kind: Option<&'k str>,
    cased: bool,
    /// The flags of a regular expression, as written.
    flags: Flags,
    every: bool,
    quantity: Quantity,
}

const KINDS: [&str; 12] = [
    "contains",
    "startswith",
    "endswith",
    "domain",
    "re",
    "cidr",
    "exists",
    "fieldref",
    "gt",
    "gte",
    "lt",
    "lte",
];

impl<'k> Modifiers<'k> {
    fn read(written: impl Iterator<Item = &'k str>) -> Result<Self, String> {
        let mut modifiers = Modifiers::default();
        for modifier in written {
            match modifier.trim() {
                "cased" => modifiers.cased = true,
                "every" => modifiers.every = true,
                "all" => modifiers.quantity = Quantity::All,
                "i" => modifiers.flags.letter_case = LetterCase::Ignored,
                "m" => modifiers.flags.multi_line = true,
                "s" => modifiers.flags.dot_matches_new_line = true,
                kind if KINDS.contains(&kind) => {
                    if let Some(known) = modifiers.kind.replace(kind) {
                        return Err(format!(
                            "\"{known}\" and \"{kind}\" are both comparisons: use one"
                        ));
                    }
                }
                unknown => return Err(no_modifier(unknown)),
            }
        }
        modifiers.with_letter_case()
    }

    /// Refuses flags where there is no expression, and both words on letter case at once.
    fn with_letter_case(mut self) -> Result<Self, String> {
        let flag = self.flags.letters().next();
        if let Some(flag) = flag.filter(|_| self.kind != Some("re")) {
            return Err(format!("\"{flag}\" only works with re"));
        }
        if self.cased {
            if self.flags.letter_case == LetterCase::Ignored {
                return Err("\"i\" ignores case and \"cased\" respects it: use one".to_owned());
            }
            self.flags.letter_case = LetterCase::Counts;
        }
        Ok(self)
    }
}

fn no_modifier(unknown: &str) -> String {
    format!(
        "\"{unknown}\" is not a modifier: use {}, all, cased, every, or i, m, s after re",
        KINDS.join(", ")
    )
}

/// Reads `FIELD|MODIFIER|… = value`.
fn condition(key: &Key<'_>, value: &Value<'_>, lists: &Lists) -> Result<Condition, Fault> {
    let in_key = |reason: String| {
        let reason = format!("\"{}\": {reason}", key.get_ref());
        Fault::new(key.span(), reason)
    };
    let mut parts = key.get_ref().split('|');
    let name = parts.next().unwrap_or_default().trim();
    if let Some(whole) = dotted(key.get_ref(), value) {
        let reason = format!("a key with a dot needs quotes: \"{whole}\" = …");
        return Err(in_key(reason));
    }
    if !is_field(name) {
        return Err(in_key("there is no field before the modifiers".to_owned()));
    }
    let field = Field::parse(name);
    let modifiers = Modifiers::read(parts).map_err(in_key)?;
    let every = modifiers.every;
    if every && field.companion().is_none() {
        let reason = "\"every\" only works with Url, UrlDomain, FileName and FileType";
        return Err(in_key(reason.to_owned()));
    }
    let test = test(&modifiers, value, lists).map_err(|reason| {
        let reason = format!("\"{}\": {reason}", key.get_ref());
        Fault::new(value.span(), reason)
    })?;
    if let Test::EqualsField { field: other, .. } = &test
        && (field.companion().is_some() || other.companion().is_some())
    {
        let reason = "\"fieldref\" does not work with Url, UrlDomain, FileName and FileType";
        return Err(in_key(reason.to_owned()));
    }
    Ok(Condition { field, every, test })
}

/// The key that was meant by one with a dot and without quotes, which to TOML is a table.
fn dotted(key: &str, value: &Value<'_>) -> Option<String> {
    let (next, inner) = value.get_ref().as_table()?.iter().next()?;
    let rest = dotted(next.get_ref(), inner).unwrap_or_else(|| next.get_ref().to_string());
    Some(format!("{key}.{rest}"))
}

/// Whether a text can be the name of a field; after a dot there is a key.
fn is_field(name: &str) -> bool {
    !name.is_empty() && !name.ends_with('.')
}

fn test(modifiers: &Modifiers<'_>, value: &Value<'_>, lists: &Lists) -> Result<Test, String> {
    let Modifiers {
        kind,
        cased,
        flags,
        quantity,
        ..
    } = *modifiers;
    let texts_only = matches!(
        kind,
        Some("contains" | "startswith" | "endswith" | "domain" | "re" | "fieldref") | None
    );
    if cased && !texts_only {
        return Err("\"cased\" only works with text comparisons".to_owned());
    }
    let takes_all = matches!(kind, Some("contains" | "startswith" | "endswith" | "re"));
    if quantity == Quantity::All && !takes_all {
        return Err("\"all\" only works with contains, startswith, endswith and re".to_owned());
    }
    let comparison = match kind {
        None => return equals(modifiers, value, lists),
        Some("exists") => {
            let expected = value.get_ref().as_bool();
            return expected
                .map(Test::Exists)
                .ok_or_else(|| "\"exists\" takes true or false".to_owned());
        }
        Some("fieldref") => {
            let field =
                string(value).map_err(|_| "\"fieldref\" takes the name of one field".to_owned())?;
            if !is_field(field.trim()) {
                return Err(format!("\"{field}\" is not a field name"));
            }
            return Ok(Test::EqualsField {
                field: Field::parse(field.trim()),
                cased,
            });
        }
        Some("re") => {
            let patterns = texts(value, lists)?;
            let compiled = patterns.iter().map(|text| Pattern::new(text, flags));
            return Ok(Test::Matches {
                patterns: compiled
                    .collect::<Result<_, _>>()
                    .map_err(|error| format!("invalid regular expression: {error}"))?,
                quantity,
            });
        }
        Some("cidr") => return texts(value, lists).and_then(|texts| networks(&texts)),
        Some(relation @ ("gt" | "gte" | "lt" | "lte")) => return compared(relation, value),
        Some("contains") => Comparison::Contains,
        Some("startswith") => Comparison::StartsWith,
        Some("endswith") => Comparison::EndsWith,
        Some("domain") => Comparison::Domain,
        Some(unknown) => return Err(no_modifier(unknown)),
    };
    text_test(comparison, modifiers, value, lists)
}

/// Without a kind of comparison: what the value is says how it is compared.
fn equals(modifiers: &Modifiers<'_>, value: &Value<'_>, lists: &Lists) -> Result<Test, String> {
    if let Some(flag) = value.get_ref().as_bool() {
        return Ok(Test::Flag(flag));
    }
    if let Some(bounds) = numbers(value) {
        return Ok(Test::Number {
            relation: Relation::Equal,
            bounds,
        });
    }
    text_test(Comparison::Equals, modifiers, value, lists)
}

fn text_test(
    comparison: Comparison,
    modifiers: &Modifiers<'_>,
    value: &Value<'_>,
    lists: &Lists,
) -> Result<Test, String> {
    let written = strings(value).map_err(|fault| fault.reason)?;
    let expanded = lists.expand(&written)?;
    refuse_empty(&expanded.texts)?;
    if comparison == Comparison::Domain {
        refuse_patterns(&expanded.texts)?;
    }
    let takes_own_domains = matches!(comparison, Comparison::Equals | Comparison::Domain);
    if expanded.own_domains && (!takes_own_domains || modifiers.cased) {
        return Err(
            "@own-domains only works without a modifier or with \"domain\", unless a file lists them"
                .to_owned(),
        );
    }
    Ok(Test::Text {
        comparison,
        texts: Texts::new(
            written,
            &expanded.texts,
            expanded.own_domains,
            modifiers.cased,
        ),
        quantity: modifiers.quantity,
        cased: modifiers.cased,
    })
}

fn networks(texts: &[String]) -> Result<Test, String> {
    let network = |text: &String| {
        let as_address = || {
            text.parse()
                .ok()
                .map(|address: IpAddr| IpNet::from(address))
        };
        let network: Option<IpNet> = text.parse().ok().or_else(as_address);
        network.map(canonical_network).ok_or_else(|| {
            format!("\"{text}\" is not a network such as 203.0.113.0/24 or 2001:db8::/32")
        })
    };
    texts
        .iter()
        .map(network)
        .collect::<Result<_, _>>()
        .map(Test::InNetwork)
}

fn compared(relation: &str, value: &Value<'_>) -> Result<Test, String> {
    let bounds = numbers(value).filter(|bounds| bounds.len() == 1);
    let Some(bounds) = bounds else {
        return Err(format!("\"{relation}\" takes one number"));
    };
    Ok(Test::Number {
        relation: match relation {
            "gt" => Relation::Greater,
            "gte" => Relation::GreaterOrEqual,
            "lt" => Relation::Less,
            _ => Relation::LessOrEqual,
        },
        bounds,
    })
}

/// The texts of a value, with those of the lists it names.
fn texts(value: &Value<'_>, lists: &Lists) -> Result<Vec<String>, String> {
    let written = strings(value).map_err(|fault| fault.reason)?;
    let expanded = lists.expand(&written)?;
    refuse_empty(&expanded.texts)?;
    if expanded.own_domains {
        return Err("@own-domains cannot be used here".to_owned());
    }
    Ok(expanded.texts)
}

fn refuse_empty(texts: &[String]) -> Result<(), String> {
    if texts.iter().any(String::is_empty) {
        return Err("an empty text would match everything or nothing: use \"exists\"".to_owned());
    }
    Ok(())
}

/// What can be no domain would match nothing.
fn refuse_patterns(domains: &[String]) -> Result<(), String> {
    let is_pattern = |text: &&String| text.starts_with('.') || text.starts_with("*.");
    let Some(text) = domains.iter().find(is_pattern) else {
        return Ok(());
    };
    let meant = text.trim_start_matches(['*', '.']);
    let hint = if meant.is_empty() {
        "write a domain such as example.com".to_owned()
    } else {
        format!("write \"{meant}\", which includes its subdomains")
    };
    Err(format!("\"{text}\" is not a domain: {hint}"))
}

/// The numbers of a value that has nothing else.
fn numbers(value: &Value<'_>) -> Option<Vec<Bound>> {
    match value.get_ref() {
        DeValue::Array(items) if !items.is_empty() => items.iter().map(number).collect(),
        _ => Some(vec![number(value)?]),
    }
}

fn number(value: &Value<'_>) -> Option<Bound> {
    match value.get_ref() {
        DeValue::Integer(_) => whole_number(value).map(Bound::Whole),
        DeValue::Float(real) => Bound::read(real.as_str().as_bytes()),
        _ => None,
    }
}
