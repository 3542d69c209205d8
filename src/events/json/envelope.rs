//! The envelope in which the Streaming API sends each row: `category` names the table, `properties` is the
//! row, as an object or as its text. What the category says is compared with the columns, which decide.

use super::object::Object;
use super::{cell, object};
use crate::events::schema::{Table, identify, names, shown_name};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What stands before the table's name in a category.
const PREFIX: &str = "AdvancedHunting-";

/// What a row must have to be one of `EmailEvents`, whatever its envelope says: of each group one key.
const REQUIRED: [&[&str]; 3] = [
    &[names::EMAIL_DIRECTION],
    &[names::RECIPIENT_EMAIL_ADDRESS, names::RECIPIENT_DOMAIN],
    &[names::SENDER_FROM_DOMAIN, names::SENDER_FROM_ADDRESS],
];

/// What is said around a row of the table that it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// There is nothing around it, or that says nothing.
    Nothing,
    /// A table mailhunt reads.
    Table(Table),
    /// The name of another table.
    Other(String),
}

impl Said {
    fn by(category: &str) -> Self {
        let name = match category.get(..PREFIX.len()) {
            Some(start) if start.eq_ignore_ascii_case(PREFIX) => &category[PREFIX.len()..],
            _ => category,
        };
        let table = Table::ALL
            .into_iter()
            .find(|table| table.name().eq_ignore_ascii_case(name));
        match table {
            Some(table) => Said::Table(table),
            None if name.is_empty() => Said::Nothing,
            None => Said::Other(shown_name(name)),
        }
    }

    /// The name of the table it names, where a row is of another.
    pub(super) fn other_than(&self, table: Table) -> Option<&str> {
        match self {
            Said::Table(said) if *said != table => Some(said.name()),
            Said::Other(name) => Some(name),
            Said::Table(_) | Said::Nothing => None,
        }
    }

    /// Why a row with these (canonical) keys is not taken, whatever table it may be of.
    pub(super) fn objection(&self, keys: &[String]) -> Option<String> {
        let has = |name: &&str| keys.iter().any(|key| key == name);
        let lacking = REQUIRED.iter().find(|group| !group.iter().any(has));
        match (self, lacking) {
            // The rows of some tables look like those of companions.
            (Said::Other(name), Some(_)) => {
                Some(format!("a row of {name}, a table that is not read"))
            }
            (Said::Table(Table::EmailEvents), Some(lacking))
                if identify::of_record(keys) == Some(Table::EmailEvents) =>
            {
                Some(format!(
                    "it is said to be a row of EmailEvents, but has no {}",
                    lacking.join(" and no ")
                ))
            }
            _ => None,
        }
    }
}

/// The envelope of a row.
pub(super) struct Envelope<'a> {
    pub(super) said: Said,
    properties: Cow<'a, str>,
}

impl<'a> Envelope<'a> {
    /// An object as an envelope, if it is one.
    pub(super) fn of(object: &Object<'a>) -> Option<Self> {
        let properties = text_of(object.get("properties")?);
        if let Some(category) = object.get("category") {
            return Some(Envelope {
                said: Said::by(&cell::text(category)),
                properties,
            });
        }
        // Documents of many subjects have something of this name.
        let envelope = Envelope {
            said: Said::Nothing,
            properties,
        };
        let holds_row = envelope.open().is_ok_and(|row| row.is_of_a_table());
        (holds_row && !object.is_of_a_table()).then_some(envelope)
    }

    /// The row.
    pub(super) fn open(&self) -> Result<Object<'_>, String> {
        serde_json::from_str(&self.properties)
            .map_err(|error| format!("its properties are {}", object::sentence(&error)))
    }
}

/// The JSON of a value that may be the text of some.
fn text_of(value: &RawValue) -> Cow<'_, str> {
    if value.get().starts_with('"') {
        return Cow::Owned(cell::text(value));
    }
    Cow::Borrowed(value.get())
}
