//! TOML with places: the values of a table, and what is wrong with one.

use super::error::DefinitionError;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong at a place of the text.
pub(super) struct Fault {
    pub(super) place: Range<usize>,
    pub(super) reason: String,
}

impl Fault {
    pub(super) fn new(place: Range<usize>, reason: impl Into<String>) -> Self {
        Fault {
            place,
            reason: reason.into(),
        }
    }

    pub(super) fn in_text(self, text: &str) -> DefinitionError {
        let before = text.get(..self.place.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        DefinitionError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            reason: self.reason,
        }
    }
}

pub(super) type Key<'t> = Spanned<Cow<'t, str>>;
pub(super) type Value<'t> = Spanned<DeValue<'t>>;
/// The entries of a table in the order written.
pub(super) type Entries<'a, 't> = Vec<(&'a Key<'t>, &'a Value<'t>)>;

/// A text or a list of texts.
pub(super) fn strings(value: &Value<'_>) -> Result<Vec<String>, Fault> {
    let fault = |place| Fault::new(place, "takes a text or a list of texts");
    match value.get_ref() {
        DeValue::String(text) => Ok(vec![text.to_string()]),
        DeValue::Array(items) if items.is_empty() => {
            Err(Fault::new(value.span(), "an empty list matches nothing"))
        }
        DeValue::Array(items) => items
            .iter()
            .map(|item| string(item).map_err(|_| fault(item.span())))
            .collect(),
        _ => Err(fault(value.span())),
    }
}

pub(super) fn string(value: &Value<'_>) -> Result<String, Fault> {
    let text = value.get_ref().as_str();
    text.map(str::to_owned).ok_or_else(|| {
        Fault::new(
            value.span(),
            format!("a text in quotes, not {}", said(value)),
        )
    })
}

/// A value as an error names it.
pub(super) fn said(value: &Value<'_>) -> String {
    match value.get_ref() {
        DeValue::String(text) => format!("\"{text}\""),
        DeValue::Integer(whole) => whole.to_string(),
        DeValue::Float(real) => real.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// The tables of a value that is an array of them.
pub(super) fn tables<'a, 't>(
    value: &'a Value<'t>,
    name: &str,
) -> Result<Vec<&'a Value<'t>>, Fault> {
    let fault = || {
        Fault::new(
            value.span(),
            format!("\"{name}\" must be written as [[{name}]]"),
        )
    };
    let items = value.get_ref().as_array().ok_or_else(fault)?;
    let tables: Vec<&Value<'_>> = items.iter().collect();
    if tables
        .iter()
        .any(|item| item.get_ref().as_table().is_none())
    {
        return Err(fault());
    }
    Ok(tables)
}

pub(super) fn entry<'a, 't>(
    table: &'a DeTable<'t>,
    name: &str,
) -> Option<(&'a Key<'t>, &'a Value<'t>)> {
    table.iter().find(|(key, _)| key.get_ref() == name)
}

pub(super) fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Entries<'a, 't> {
    let mut entries: Entries<'_, '_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

pub(super) fn known_keys(table: &DeTable<'_>, known: &[&str], place: &str) -> Result<(), Fault> {
    for (key, _) in in_order(table) {
        let name = key.get_ref();
        if !known.contains(&name.as_ref()) {
            let reason = format!("unknown key \"{name}\" {place}: use {}", known.join(", "));
            return Err(Fault::new(key.span(), reason));
        }
    }
    Ok(())
}

pub(super) fn whole_number(value: &Value<'_>) -> Option<i64> {
    let whole = value.get_ref().as_integer()?;
    i64::from_str_radix(whole.as_str(), whole.radix()).ok()
}
