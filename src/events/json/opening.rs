//! How a document opens, found out though it may be damaged further on: what it is does not depend on that.

use super::object::{BODY, RESPONSES};
use super::source::{Limits, Source};
use crate::events::format::Format;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// What an object is, by the keys that can be read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// A row, or nothing in particular.
    Other,
    /// A message of several records, of which a file may hold one on each line.
    Message,
    /// The answer of a service.
    Answer,
}

/// How a text opens as an object.
pub(super) fn of(text: &[u8]) -> Opening {
    let mut opening = Opening::Other;
    let mut deserializer =
        serde_json::Deserializer::from_reader(Source::new(text, 0, Limits::new()));
    let object = Members {
        opening: &mut opening,
        may_have_body: true,
    };
    // Where it breaks off, what came before has told.
    let _ = object.deserialize(&mut deserializer);
    opening
}

/// The members of an object.
struct Members<'o> {
    opening: &'o mut Opening,
    may_have_body: bool,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            let wrapping = match Format::of_wrapping_key(&key) {
                Some(Format::Streaming) if self.may_have_body => Some(Opening::Message),
                Some(_) => Some(Opening::Answer),
                None if key == RESPONSES => Some(Opening::Answer),
                None => None,
            };
            let opening = &mut *self.opening;
            if let Some(wrapping) = wrapping {
                members.next_value_seed(List { opening, wrapping })?;
            } else if self.may_have_body && key == BODY {
                members.next_value_seed(Members {
                    opening,
                    may_have_body: false,
                })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// What stands under a key by which services wrap rows: rows if it is a list.
struct List<'o> {
    opening: &'o mut Opening,
    wrapping: Opening,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        if *self.opening == Opening::Other {
            *self.opening = self.wrapping;
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(r#"{"a":1}"#, Opening::Other)]
    #[case(r#"{"records":[{"a":"b"#, Opening::Message)]
    #[case(
        "{\"schema\":[{\"n\":\"a\nb\"}],\"results\":[{\"a\":b",
        Opening::Answer
    )]
    #[case(r#"{"statusCode":200,"body":{"records":[{"#, Opening::Answer)]
    #[case(r#"{"responses":["#, Opening::Answer)]
    #[case(r#"{"value":7,"records":[]}"#, Opening::Other)]
    #[case(r#"{"body":"text","EmailDirection":"Inb"#, Opening::Other)]
    #[case(r#"{"a":b,"results":["#, Opening::Other)]
    #[case("[{\"records\":[]}]", Opening::Other)]
    fn an_object_is_known_by_the_keys_before_the_damage(
        #[case] text: &str,
        #[case] opening: Opening,
    ) {
        assert_eq!(of(text.as_bytes()), opening);
    }
}
