//! The envelope in which the Streaming API sends each row: `category` names the table, `properties` is the
//! row.

use super::object::Object;
use super::{cell, object};
use crate::events::schema::{Table, names, shown_name};

/// What stands before the table's name in a category.
const PREFIX: &str = "AdvancedHunting-";

/// What a row must have to be one of `EmailEvents`, whatever its envelope says: of each group one key.
const REQUIRED: [&[&str]; 3] = [
    &[names::EMAIL_DIRECTION],
    &[names::RECIPIENT_EMAIL_ADDRESS, names::RECIPIENT_DOMAIN],
    &[names::SENDER_FROM_DOMAIN, names::SENDER_FROM_ADDRESS],
];

/// The envelope of a row.
pub(super) struct Envelope<'a> {
    category: String,
    properties: &'a str,
}

impl<'a> Envelope<'a> {
    /// An object as an envelope, if it is one.
    pub(super) fn of(object: &Object<'a>) -> Option<Self> {
        let category = cell::text(object.get("category")?);
        let properties = object.get("properties")?.get();
        Some(Envelope {
            category,
            properties,
        })
    }

    /// The table that it names, and the row.
    pub(super) fn open(&self) -> Result<(Table, Object<'a>), String> {
        let name = match self.category.get(..PREFIX.len()) {
            Some(start) if start.eq_ignore_ascii_case(PREFIX) => &self.category[PREFIX.len()..],
            _ => &self.category,
        };
        let table = Table::ALL
            .into_iter()
            .find(|table| table.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| format!("a row of {}, a table that is not read", shown_name(name)))?;
        let row = serde_json::from_str(self.properties)
            .map_err(|error| format!("its properties are {}", object::sentence(&error)))?;
        Ok((table, row))
    }
}

/// What a row with these (canonical) keys lacks to be one of the table that its envelope names.
pub(super) fn missing(table: Table, keys: &[String]) -> Option<String> {
    let is_direction = |key: &String| key == names::EMAIL_DIRECTION;
    // Without a direction it may be a row of another table, which says more.
    if table != Table::EmailEvents || !keys.iter().any(is_direction) {
        return None;
    }
    let has = |name: &&str| keys.iter().any(|key| key == name);
    let missing = REQUIRED.iter().find(|group| !group.iter().any(has))?;
    Some(format!(
        "it is said to be a row of EmailEvents, but has no {}",
        missing.join(" and no ")
    ))
}
