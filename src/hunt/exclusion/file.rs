//! Reads one file of exclusions. What may stand in it is said in the first lines of
//! `assets/exclusions.toml`, which is written in it.
//!
//! Here: what stands around the lines of the blocks; `line` reads these.
//!
//! It is read in two steps: [`FileText::read`] finds the lists and the definitions, and once the lists of
//! all files are known, [`FileText::exclusions`] understands the definitions.

mod error;
mod line;
mod toml_values;

use super::definition::{Clause, Exclusion, Hides, Scope};
use super::lists::Lists;
pub use error::DefinitionError;
use jiff::civil::Date;
use line::clause;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;
use toml_values::{Fault, Value, entry, known_keys, said, string, strings, tables, whole_number};

/// A file that is TOML and has the right keys at the top.
#[derive(Debug)]
pub(super) struct FileText<'t> {
    text: &'t str,
    table: Spanned<DeTable<'t>>,
    lists: BTreeMap<String, Vec<String>>,
}

impl<'t> FileText<'t> {
    /// Reads the text as TOML.
    pub(super) fn read(text: &'t str) -> Result<Self, DefinitionError> {
        let table = DeTable::parse(text).map_err(|error| {
            let place = error.span().unwrap_or_default();
            Fault::new(place, format!("invalid TOML: {}", error.message())).in_text(text)
        })?;
        let lists = lists_of(&table).map_err(|fault| fault.in_text(text))?;
        Ok(FileText { text, table, lists })
    }

    /// Adds its lists to those of files read before.
    pub(super) fn add_lists(&self, lists: &mut Lists) -> Result<(), DefinitionError> {
        lists.add(&self.lists).map_err(|(name, reason)| {
            let place = entry(self.table.get_ref(), "lists")
                .and_then(|(_, value)| value.get_ref().as_table())
                .and_then(|table| entry(table, &name))
                .map_or_else(Range::default, |(key, _)| key.span());
            Fault::new(place, reason).in_text(self.text)
        })
    }

    /// Refuses lists, where there is no file to keep them.
    pub(super) fn refuse_lists(&self) -> Result<(), DefinitionError> {
        let Some((key, _)) = entry(self.table.get_ref(), "lists") else {
            return Ok(());
        };
        let reason = "[lists] is only allowed in a file: write the values here instead";
        Err(Fault::new(key.span(), reason).in_text(self.text))
    }

    /// The ids of its definitions, whether these can be understood or not.
    pub(super) fn ids(&self) -> Vec<String> {
        let exclude = entry(self.table.get_ref(), "exclude");
        let tables = exclude.map(|(_, value)| tables(value, "exclude"));
        let tables = tables.and_then(Result::ok).unwrap_or_default();
        let ids = tables.into_iter().filter_map(|table| {
            let (_, id) = entry(table.get_ref().as_table()?, "id")?;
            string(id).ok()
        });
        ids.collect()
    }

    /// Its definitions, in the order written.
    pub(super) fn exclusions(&self, lists: &Lists) -> Result<Vec<Exclusion>, DefinitionError> {
        let read = || -> Result<Vec<Exclusion>, Fault> {
            let Some((_, value)) = entry(self.table.get_ref(), "exclude") else {
                return Ok(Vec::new());
            };
            let mut exclusions: Vec<Exclusion> = Vec::new();
            for table in tables(value, "exclude")? {
                let exclusion = exclusion(table, lists)?;
                if exclusions.iter().any(|known| known.id == exclusion.id) {
                    let place = entry(table.get_ref().as_table().unwrap_or(&DeTable::new()), "id")
                        .map_or_else(|| table.span(), |(_, value)| value.span());
                    let reason = format!("the id \"{}\" is used twice in this file", exclusion.id);
                    return Err(Fault::new(place, reason));
                }
                exclusions.push(exclusion);
            }
            Ok(exclusions)
        };
        read().map_err(|fault| fault.in_text(self.text))
    }
}

/// Checks the version and the keys at the top, and gives the lists as written.
fn lists_of(table: &Spanned<DeTable<'_>>) -> Result<BTreeMap<String, Vec<String>>, Fault> {
    let top = table.get_ref();
    known_keys(
        top,
        &["version", "exclude", "lists"],
        "at the top of the file",
    )?;
    let Some((_, version)) = entry(top, "version") else {
        return Err(Fault::new(0..0, "the file must contain \"version = 1\""));
    };
    if whole_number(version) != Some(1) {
        return Err(Fault::new(
            version.span(),
            format!(
                "exclusion format version {} is not supported: this mailhunt reads version 1",
                said(version)
            ),
        ));
    }
    let Some((_, value)) = entry(top, "lists") else {
        return Ok(BTreeMap::new());
    };
    let lists = value
        .get_ref()
        .as_table()
        .ok_or_else(|| Fault::new(value.span(), "\"lists\" must be a table: [lists]"))?;
    lists
        .iter()
        .map(|(name, value)| Ok((name.get_ref().to_string(), strings(value)?)))
        .collect()
}

const KEYS_OF_EXCLUSION: [&str; 11] = [
    "id",
    "title",
    "reason",
    "scope",
    "owner",
    "created",
    "expires",
    "enabled",
    "show_only",
    "match",
    "unless",
];

fn exclusion(value: &Value<'_>, lists: &Lists) -> Result<Exclusion, Fault> {
    let empty = DeTable::new();
    let table = value.get_ref().as_table().unwrap_or(&empty);
    known_keys(table, &KEYS_OF_EXCLUSION, "in an exclusion")?;
    let id = id(table, value.span())?;
    let text = |key: &str| -> Result<String, Fault> {
        entry(table, key).map_or(Ok(String::new()), |(_, value)| string(value))
    };
    let flag = |key: &str| -> Result<bool, Fault> {
        entry(table, key).map_or(Ok(false), |(_, value)| {
            let reason = || Fault::new(value.span(), format!("\"{key}\" must be true or false"));
            value.get_ref().as_bool().ok_or_else(reason)
        })
    };
    let clauses = |key: &str| -> Result<Vec<Clause>, Fault> {
        let Some((_, value)) = entry(table, key) else {
            return Ok(Vec::new());
        };
        let blocks = tables(value, &format!("exclude.{key}"))?.into_iter();
        blocks.map(|block| clause(block, lists)).collect()
    };
    let (title, scope) = (text("title")?, scope(table)?);
    let matches = clauses("match")?;
    if matches.is_empty() {
        return Err(Fault::new(
            value.span(),
            format!("exclusion \"{id}\" matches nothing: it needs a [[exclude.match]]"),
        ));
    }
    Ok(Exclusion {
        title: if title.is_empty() { id.clone() } else { title },
        reason: text("reason")?,
        scope,
        owner: text("owner")?,
        created: date(table, "created")?,
        expires: date(table, "expires")?,
        enabled: flag("enabled")?,
        hides: if flag("show_only")? {
            Hides::Others
        } else {
            Hides::Matching
        },
        matches,
        unless: clauses("unless")?,
        id,
    })
}

fn id(table: &DeTable<'_>, place: Range<usize>) -> Result<String, Fault> {
    let Some((_, value)) = entry(table, "id") else {
        return Err(Fault::new(place, "an exclusion needs an \"id\""));
    };
    let id = string(value)?;
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if id.is_empty() || !id.chars().all(is_part) {
        let reason = "an id consists of ASCII letters, digits, \"-\", \"_\" and \".\"";
        return Err(Fault::new(value.span(), reason));
    }
    if ["all", "none"]
        .iter()
        .any(|word| id.eq_ignore_ascii_case(word))
    {
        let reason = format!("\"{id}\" cannot be an id: --exclude {id} has another meaning");
        return Err(Fault::new(value.span(), reason));
    }
    Ok(id)
}

fn scope(table: &DeTable<'_>) -> Result<Scope, Fault> {
    let Some((_, value)) = entry(table, "scope") else {
        return Ok(Scope::default());
    };
    let written = string(value)?;
    [Scope::Outbound, Scope::Inbound, Scope::Both]
        .into_iter()
        .find(|scope| scope.name() == written)
        .ok_or_else(|| {
            let reason = format!("\"{written}\" is not a scope: use outbound, inbound or both");
            Fault::new(value.span(), reason)
        })
}

fn date(table: &DeTable<'_>, key: &str) -> Result<Option<Date>, Fault> {
    let Some((_, value)) = entry(table, key) else {
        return Ok(None);
    };
    let fault = || {
        let reason = format!("\"{key}\" must be a date such as 2026-12-31, without quotes");
        Fault::new(value.span(), reason)
    };
    let written = value.get_ref().as_datetime().ok_or_else(fault)?.to_string();
    written.parse().map(Some).map_err(|_| fault())
}
