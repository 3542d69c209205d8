//! Reads the names and values in a cell, in every spelling in which exports and scripts write them.
//!
//! Microsoft writes such a cell as JSON in text. Scripts that pass it on write a Python dict, a PowerShell
//! hashtable, a list of `name=value` or `name:value` or the header line from which the facts were taken. What is
//! asked of a cell has three answers: the value, no such key, or that the cell cannot be read. An attacker may have
//! a say in parts of a cell, so that a key with two different values is unreadable too.

mod list;
mod python;
mod results;

use crate::events::schema;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

pub(super) use results::{RESULTS, is_method};

/// What a cell says of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The value; never empty.
    Value(String),
    /// The cell is empty or has no such key, or the key has no value.
    Absent,
    /// The cell is not empty and cannot be understood, or says two things of the key, or something that is not a value
    /// of it.
    Unreadable,
}

/// Texts inside texts are read down to this depth.
const DEEPEST_TEXT: usize = 4;

/// What a cell says of a key, whatever the case of its letters.
pub fn value_of(cell: &[u8], key: &str) -> Answer {
    let mut facts = Facts::about(Some(key));
    if facts.read_cell(cell).is_err() {
        return Answer::Unreadable;
    }
    let mut values = facts.pairs.into_iter().map(|(_, value)| value);
    let Some(first) = values.next() else {
        return Answer::Absent;
    };
    if values.any(|other| !other.eq_ignore_ascii_case(&first)) || !results::may_be_said(key, &first)
    {
        return Answer::Unreadable;
    }
    Answer::Value(first)
}

/// Whether there is more in a value than the JSON of nothing: exports write `[]`, `{}` or `null` where there
/// is none.
pub fn says_something(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let inside = match value {
        [b'[', inside @ .., b']'] | [b'{', inside @ .., b'}'] => inside.trim_ascii(),
        b"null" => b"",
        value => value,
    };
    !inside.is_empty()
}

/// All names in a cell with their values, in its order; `None` where it cannot be read.
pub fn all_of(cell: &[u8]) -> Option<Vec<(String, String)>> {
    let mut facts = Facts::about(None);
    facts.read_cell(cell).ok()?;
    Some(facts.pairs)
}

/// Whether a cell may have a key: its letters stand there, or an escape that could spell one. Most cells lack most
/// keys, and to see that takes much less time than to read them.
pub fn may_have(cell: &[u8], key: &str) -> bool {
    let key = key.as_bytes();
    let Some(first) = key.first() else {
        return true;
    };
    memchr::memchr(b'\\', cell).is_some()
        || memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), cell)
            .filter_map(|start| cell.get(start..start + key.len()))
            .any(|letters| letters.eq_ignore_ascii_case(key))
}

/// A cell that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unreadable;

/// What was read of a cell.
struct Facts<'k> {
    /// The only key asked for, if there is one.
    key: Option<&'k str>,
    /// The names asked for with their values, but for those without a value.
    pairs: Vec<(String, String)>,
}

impl<'k> Facts<'k> {
    fn about(key: Option<&'k str>) -> Self {
        Facts {
            key,
            pairs: Vec::new(),
        }
    }

    fn is_asked(&self, name: &str) -> bool {
        self.key
            .is_none_or(|key| name.trim().eq_ignore_ascii_case(key))
    }

    fn add(&mut self, name: &str, value: &str) {
        if says_something(value.as_bytes()) {
            self.pairs.push((name.to_owned(), value.to_owned()));
        }
    }

    fn read_cell(&mut self, cell: &[u8]) -> Result<(), Unreadable> {
        let text = simdutf8::basic::from_utf8(cell).map_err(|_| Unreadable)?;
        self.read_text(text, 0)
    }

    fn read_text(&mut self, text: &str, depth: usize) -> Result<(), Unreadable> {
        let text = text.trim();
        if !says_something(text.as_bytes()) || schema::spells_out_nothing(text.as_bytes()) {
            return Ok(());
        }
        if depth > DEEPEST_TEXT {
            return Err(Unreadable);
        }
        if let Some(hashtable) = text.strip_prefix("@{") {
            let inside = hashtable.strip_suffix('}').ok_or(Unreadable)?;
            return self.read_list(inside, list::Kind::Hashtable);
        }
        if !text.starts_with(['{', '[', '"', '\'']) {
            return self.read_list(text, list::Kind::of(text));
        }
        let read_before = self.pairs.len();
        if self.read_json(text, depth).is_ok() {
            return Ok(());
        }
        self.pairs.truncate(read_before);
        let python = python::as_json(text);
        if python.is_some_and(|json| self.read_json(&json, depth).is_ok()) {
            return Ok(());
        }
        self.pairs.truncate(read_before);
        if text.starts_with(['"', '\'']) {
            return self.read_list(text, list::Kind::of(text));
        }
        if !text.contains("\\\"") {
            return Err(Unreadable);
        }
        // The inside of a text of JSON, without the quotes around it.
        let inner: String = serde_json::from_str(&format!("\"{text}\"")).map_err(|_| Unreadable)?;
        self.read_text(&inner, depth + 1)
    }

    fn read_list(&mut self, text: &str, kind: list::Kind) -> Result<(), Unreadable> {
        let list = list::List::read(text, kind).ok_or(Unreadable)?;
        if let Some(key) = self.key
            && list.may_say_otherwise(key)
        {
            return Err(Unreadable);
        }
        let asks_for_method = self.key.is_some_and(is_method);
        for pair in &list.pairs {
            let is_empty = pair.value.is_empty();
            if asks_for_method && !is_empty && !results::may_be_said(pair.name, pair.value) {
                // The name of the method asked for may be stuck in it.
                return Err(Unreadable);
            }
            if self.is_asked(pair.name) {
                if self.key.is_some() && is_empty && !pair.is_ended {
                    return Err(Unreadable);
                }
                self.add(pair.name, pair.value);
            }
        }
        Ok(())
    }

    fn read_json(&mut self, json: &str, depth: usize) -> Result<(), Unreadable> {
        let mut seen = Seen::default();
        let found_before = self.pairs.len();
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let top = Top {
            facts: self,
            seen: &mut seen,
        };
        top.deserialize(&mut deserializer)
            .and_then(|()| deserializer.end())
            .map_err(|_| Unreadable)?;
        if seen.has_bare_values || seen.has_values_inside {
            return Err(Unreadable);
        }
        if let Some(key) = self.key
            && self.pairs.len() == found_before
            && !seen.has_key
            && may_have(json.as_bytes(), key)
        {
            // It may stand deeper, where nobody knows what it belongs to.
            let value: Value = serde_json::from_str(json).map_err(|_| Unreadable)?;
            if is_named_inside(&value, key) {
                return Err(Unreadable);
            }
        }
        for text in &seen.texts {
            self.read_text(text, depth + 1)?;
        }
        Ok(())
    }
}

/// The words under which lists of objects write the name of a value.
pub(super) const NAMES_OF_NAMES: [&str; 4] = ["name", "key", "header", "method"];

/// Whether a key stands somewhere inside JSON, as a name or as what an object says its name is.
fn is_named_inside(value: &Value, key: &str) -> bool {
    match value {
        Value::Object(entries) => entries.iter().any(|(name, value)| {
            let is_its_name = || {
                let is_name = |known: &str| name.eq_ignore_ascii_case(known);
                let named = value.as_str().map(str::trim);
                NAMES_OF_NAMES.iter().any(|known| is_name(known))
                    && named.is_some_and(|named| named.eq_ignore_ascii_case(key))
            };
            name.eq_ignore_ascii_case(key) || is_its_name() || is_named_inside(value, key)
        }),
        Value::Array(items) => items.iter().any(|item| is_named_inside(item, key)),
        _ => false,
    }
}

/// What JSON held beside the names asked for.
#[derive(Default)]
struct Seen {
    /// Texts in the place of an object.
    texts: Vec<String>,
    /// Whether numbers or truth values stood in the place of an object.
    has_bare_values: bool,
    /// Whether an object or an array stood in the place of the value asked for.
    has_values_inside: bool,
    /// Whether the key was there, with or without a value.
    has_key: bool,
}

/// The JSON of a cell: an object, an array of objects, or a text in which one is written.
struct Top<'f, 'k> {
    facts: &'f mut Facts<'k>,
    seen: &'f mut Seen,
}

impl<'de> DeserializeSeed<'de> for Top<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object, objects or a text")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(name) = entries.next_key::<String>()? {
            if !self.facts.is_asked(&name) {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            self.seen.has_key = true;
            match entries.next_value::<Value>()? {
                Value::Null => {}
                Value::String(text) if text.trim().is_empty() => {}
                // Blanks around it say nothing: a guard must not depend on them.
                Value::String(text) => {
                    let pair = (name.trim().to_owned(), text.trim().to_owned());
                    self.facts.pairs.push(pair);
                }
                Value::Object(_) | Value::Array(_) if self.facts.key.is_some() => {
                    self.seen.has_values_inside = true;
                }
                other => self.facts.pairs.push((name, other.to_string())),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Top { facts, seen } = self;
        while items
            .next_element_seed(Top {
                facts: &mut *facts,
                seen: &mut *seen,
            })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.seen.texts.push(text.to_owned());
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.seen.has_bare_values = true;
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.seen.has_bare_values = true;
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.seen.has_bare_values = true;
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.seen.has_bare_values = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
