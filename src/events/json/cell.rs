//! The cell of a JSON value: its text. Numbers, true and false as written, null as empty, lists and objects
//! as JSON.

use super::undecodable;
use serde::de::{Deserializer, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The cell of a value. `has_undecodable` says that surrogates in it may stand for bytes.
pub(in crate::events) fn cell(value: &RawValue, has_undecodable: bool) -> Cow<'_, [u8]> {
    let text = value.get();
    if text == "null" {
        return Cow::Borrowed(b"");
    }
    let Some(inner) = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Cow::Borrowed(text.as_bytes());
    };
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner.as_bytes());
    }
    // As bytes, because a lone surrogate (\ud800) is no text but must not be lost: serde_json
    // writes it as the three bytes it would have in UTF-8.
    match serde_json::Deserializer::from_str(text).deserialize_bytes(Bytes) {
        Ok(bytes) if has_undecodable => Cow::Owned(undecodable::restore(&bytes)),
        Ok(bytes) => Cow::Owned(bytes),
        Err(_) => Cow::Borrowed(text.as_bytes()),
    }
}

/// A value as text, for names and messages.
pub(super) fn text(value: &RawValue) -> String {
    String::from_utf8_lossy(&cell(value, false)).into_owned()
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_str<E>(self, text: &str) -> Result<Vec<u8>, E> {
        Ok(text.as_bytes().to_vec())
    }
}
