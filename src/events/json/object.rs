//! One JSON object: its keys in the order of the text, each value as its JSON text.

use crate::events::format::Format;
use crate::events::schema::{self, identify};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The key under which Graph gives the answers to several queries that were sent at once.
pub(super) const RESPONSES: &str = "responses";

/// The key under which an answer has its content, where what came around it is told too.
pub(super) const BODY: &str = "body";

/// One JSON object.
pub(super) struct Object<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// The value of a key, whatever the case of its letters; of several the first.
    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let Object(entries) = self;
        entries
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// Whether it is not a record, but wraps some: a list under one of the keys that services use, perhaps
    /// in the body of an answer.
    pub(super) fn wraps_rows(&self) -> bool {
        let wraps = |Object(entries): &Object<'_>| {
            entries.iter().any(|(key, value)| {
                let is_wrapping_key = Format::of_wrapping_key(key).is_some() || key == RESPONSES;
                is_wrapping_key && value.get().starts_with('[')
            })
        };
        wraps(self) || self.body().is_some_and(|body| wraps(&body))
    }

    /// The body of an answer that is told with what came around it.
    pub(super) fn body(&self) -> Option<Object<'a>> {
        serde_json::from_str(self.get(BODY)?.get()).ok()
    }

    /// Whether its keys are those of a table mailhunt reads.
    pub(super) fn is_of_a_table(&self) -> bool {
        let Object(entries) = self;
        let keys: Vec<String> = entries
            .iter()
            .map(|(key, _)| schema::canonical_name(key.as_bytes()))
            .collect();
        identify::of_record(&keys).is_some()
    }
}

/// What `serde_json` says of a text that is no object, without its line number: it counts from the
/// text's own start.
pub(super) fn sentence(error: &serde_json::Error) -> String {
    format!(
        "not a JSON object: {}, column {}",
        cause(error),
        error.column()
    )
}

/// What `serde_json` says, without the place.
pub(super) fn cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(48));
        while let Some(key) = map.next_key_seed(Key)? {
            entries.push((key, map.next_value::<&'de RawValue>()?));
        }
        Ok(Object(entries))
    }
}

/// A key, borrowed from the text where it has no escape.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}
