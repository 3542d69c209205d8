//! The envelope in which the Streaming API sends each row: `category` names the table, `properties` is the
//! row, as an object or as its text, `time` is when it happened. What the category says is compared with the
//! columns, which decide. Rows without an envelope may name their table themselves, in a column of the query.

use super::object::Object;
use super::{cell, object};
use crate::events::schema::{TIME_COLUMNS, Table, identify, names, shown_name};
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

/// The column in which `az` and queries (`union withsource=TableName`) say of which table a row is.
pub(super) const TABLE_NAME: &str = "TableName";

/// The table of an answer that is its result.
pub(super) const RESULT: &str = "PrimaryResult";

/// The table that an envelope, or the row itself, names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing that tells.
    Nothing,
    /// Its envelope names a table mailhunt reads.
    Table(Table),
    /// Its envelope names a table of Defender that mailhunt does not read.
    Unread(String),
    /// Its envelope names something else.
    Other(String),
    /// It is a row of the result of a query, as `az` prints it.
    Result,
    /// Its own column names a companion table, whatever other columns the query gives it.
    Companion(Table),
}

/// Why a record is not taken.
pub(super) enum NotTaken {
    /// It is a row of this table of Defender, which mailhunt does not read.
    Unread(String),
    /// It is of no known table, or lacks what its table needs.
    Rejected(String),
}

impl Said {
    fn by(category: &str) -> Self {
        let (name, is_of_defender) = match category.get(..PREFIX.len()) {
            Some(start) if start.eq_ignore_ascii_case(PREFIX) => (&category[PREFIX.len()..], true),
            _ => (category, false),
        };
        match Table::named(name) {
            Some(table) => Said::Table(table),
            None if name.is_empty() => Said::Nothing,
            None if is_of_defender => Said::Unread(shown_name(name)),
            None => Said::Other(shown_name(name)),
        }
    }

    /// What a row that stands in no envelope says of its table. Only the name of another table that is read
    /// tells it from rows of `EmailEvents`: the column may be the analyst's own and hold anything.
    pub(super) fn by_row(object: &Object<'_>) -> Self {
        object
            .get(TABLE_NAME)
            .map_or(Said::Nothing, Said::by_table_name)
    }

    /// Reads the table that the value of a `TableName` column names.
    pub(super) fn by_table_name(value: &RawValue) -> Self {
        let name = cell::text(value);
        match Table::named(&name) {
            Some(Table::EmailEvents) => Said::Nothing,
            Some(companion) => Said::Companion(companion),
            None if name.starts_with(RESULT) => Said::Result,
            None => Said::Nothing,
        }
    }

    /// Whether nothing stands around the row.
    pub(super) fn is_without_envelope(&self) -> bool {
        matches!(self, Said::Nothing | Said::Result | Said::Companion(_))
    }

    /// The name of the table it names, where a row is of another.
    pub(super) fn other_than(&self, table: Table) -> Option<&str> {
        match self {
            Said::Table(said) if *said != table => Some(said.name()),
            Said::Unread(name) | Said::Other(name) => Some(name),
            Said::Table(_) | Said::Nothing | Said::Result | Said::Companion(_) => None,
        }
    }

    /// Why a row with these (canonical) keys is not taken, whatever table it may be of.
    pub(super) fn objection(&self, keys: &[String]) -> Option<NotTaken> {
        let has = |name: &&str| keys.iter().any(|key| key == name);
        let lacking = REQUIRED.iter().find(|group| !group.iter().any(has))?;
        match self {
            // The rows of some tables look like those of companions.
            Said::Unread(name) => Some(NotTaken::Unread(name.clone())),
            Said::Other(name) => Some(NotTaken::Rejected(format!(
                "a row of {name}, a table mailhunt does not read"
            ))),
            Said::Table(Table::EmailEvents)
                if identify::of_record(keys) == Some(Table::EmailEvents) =>
            {
                Some(NotTaken::Rejected(format!(
                    "it is labelled as a row of EmailEvents but has no {}",
                    lacking.join(" and no ")
                )))
            }
            _ => None,
        }
    }
}

/// The envelope of a row.
pub(super) struct Envelope<'a> {
    pub(super) said: Said,
    properties: Cow<'a, str>,
    /// When the event happened, where the envelope says so.
    time: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// An object as an envelope, if it is one.
    pub(super) fn of(object: &Object<'a>) -> Option<Self> {
        let properties = text_of(object.get("properties")?);
        let time = object.get("time").filter(|time| !is_blank(time));
        if let Some(category) = object.get("category") {
            return Some(Envelope {
                said: Said::by(&cell::text(category)),
                properties,
                time,
            });
        }
        // Documents of many subjects have something of this name.
        let envelope = Envelope {
            said: Said::Nothing,
            properties,
            time,
        };
        let holds_row = envelope.open().is_ok_and(|row| row.is_of_a_table());
        (holds_row && !object.is_of_a_table()).then_some(envelope)
    }

    /// The row.
    pub(super) fn open(&self) -> Result<Object<'_>, String> {
        serde_json::from_str(&self.properties)
            .map_err(|error| format!("its properties are {}", object::sentence(&error)))
    }

    /// Gives the row the time of its envelope where it has none of its own; whether it took it.
    pub(super) fn lend_time<'r>(&'r self, row: &mut Object<'r>) -> bool {
        let has_time = |name: &&str| row.get(name).is_some_and(|time| !is_blank(time));
        let Some(time) = self.time.filter(|_| !TIME_COLUMNS.iter().any(has_time)) else {
            return false;
        };
        let Object(entries) = row;
        let place = entries
            .iter()
            .position(|(key, _)| key.eq_ignore_ascii_case(names::TIMESTAMP));
        match place {
            Some(place) => entries[place].1 = time,
            None => entries.push((Cow::Borrowed(names::TIMESTAMP), time)),
        }
        true
    }
}

/// Whether a value says nothing.
fn is_blank(value: &RawValue) -> bool {
    cell::cell(value, false).trim_ascii().is_empty()
}

/// The JSON of a value that may be the text of some.
fn text_of(value: &RawValue) -> Cow<'_, str> {
    if value.get().starts_with('"') {
        return Cow::Owned(cell::text(value));
    }
    Cow::Borrowed(value.get())
}
