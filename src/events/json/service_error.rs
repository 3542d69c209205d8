//! What the services say when a query fails, in the many ways in which they say it.

use super::object::{BODY, Object};
use crate::events::schema::names;
use serde_json::Value;
use serde_json::value::RawValue;

/// The messages repeated of one error: inner ones say more than outer ones, but there can be many.
const MESSAGES_TOLD: usize = 3;

/// The most characters repeated of a message.
const MESSAGE_SHOWN: usize = 400;

/// The most keys of an object that is nothing but an error.
const MOST_KEYS: usize = 4;

/// The lowest HTTP status of an answer to a query that failed.
const LOWEST_OF_FAILURES: u64 = 400;

/// The keys under which errors stand, in errors too.
const ERROR_KEYS: [&str; 5] = [
    "error",
    "innererror",
    "details",
    "OneApiErrors",
    "Exceptions",
];

/// The keys of a message, the best first.
const MESSAGE_KEYS: [&str; 3] = ["@message", "message", "error_description"];

/// Whether an answer says under this key that it is not whole.
pub(super) fn is_error_key(key: &str) -> bool {
    ["error", "OneApiErrors", "Exceptions"].contains(&key)
}

/// The error of an object that is nothing but one, or that has one in the place of an answer's content: the
/// query was refused.
pub(super) fn of_refusal(object: &Object<'_>) -> Option<String> {
    if let Some(error) = of_error_object(object) {
        return Some(error);
    }
    if let Some(error) = object.body().as_ref().and_then(of_error_object) {
        return Some(error);
    }
    let status = object
        .get("status")
        .filter(|_| object.get(BODY).is_some())?;
    let is_failure = |status: &u64| (LOWEST_OF_FAILURES..600).contains(status);
    let status = status.get().parse().ok().filter(is_failure)?;
    Some(format!("its answer has the HTTP status {status}"))
}

fn of_error_object(object: &Object<'_>) -> Option<String> {
    let error = object.get("error").filter(|error| says_something(error))?;
    let is_record = object.get(names::EMAIL_DIRECTION).is_some()
        || object.get(names::NETWORK_MESSAGE_ID).is_some()
        || object.get("properties").is_some();
    if is_record {
        return None;
    }
    // Programs note errors of their own in records of many keys.
    let has_words = object.get("error_description").is_some();
    if object.0.len() > MOST_KEYS && !has_words {
        return None;
    }
    // Where the error is a mere code, its description stands beside it.
    let description = object.get("error_description");
    Some(description.map_or_else(|| sentence(error), sentence))
}

/// The error of an answer that has rows as well.
pub(super) fn of_answer(rest: &Object<'_>) -> Option<String> {
    let mut errors = rest.0.iter().filter(|(key, _)| is_error_key(key));
    let (_, error) = errors.find(|(_, error)| says_something(error))?;
    Some(sentence(error))
}

fn says_something(error: &RawValue) -> bool {
    !matches!(error.get(), "null" | "false" | "\"\"" | "[]" | "{}")
}

/// The messages in an error, as a person reads them.
pub(super) fn sentence(error: &RawValue) -> String {
    let mut messages = Vec::new();
    if let Ok(value) = serde_json::from_str::<Value>(error.get()) {
        collect(&value, &mut messages);
    }
    if messages.is_empty() {
        messages.push(error.get().to_owned());
    }
    messages.truncate(MESSAGES_TOLD);
    let shown: Vec<String> = messages.iter().map(|message| shown(message)).collect();
    shown.join(" / ")
}

/// A message cut to what one reads, without the full stop that the sentence around it gives.
fn shown(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    match message.char_indices().nth(MESSAGE_SHOWN) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

fn collect(value: &Value, messages: &mut Vec<String>) {
    match value {
        Value::String(text) => push(text.clone(), messages),
        Value::Array(items) => items.iter().for_each(|item| collect(item, messages)),
        Value::Object(object) => {
            let text = |key: &str| object.get(key).and_then(Value::as_str);
            if let Some(message) = MESSAGE_KEYS.iter().find_map(|key| text(key)) {
                push(
                    match text("code") {
                        Some(code) => format!("{code}: {message}"),
                        None => message.to_owned(),
                    },
                    messages,
                );
            }
            let inner = object.iter().filter(|(key, _)| {
                ERROR_KEYS
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(key))
            });
            inner.for_each(|(_, value)| collect(value, messages));
        }
        _ => {}
    }
}

fn push(message: String, messages: &mut Vec<String>) {
    if !messages.contains(&message) && messages.len() < MESSAGES_TOLD {
        messages.push(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(r#""no""#, "no")]
    #[case(r#"{"code":"C","message":"Outer.","innerError":{"message":"Inner","innererror":{"code":"X"}}}"#, "C: Outer / Inner")]
    #[case(
        r#"[{"error":{"code":"L","message":"m","@message":"better"}}]"#,
        "L: better"
    )]
    #[case(r#"{"Exceptions":["one","one","two"]}"#, "one / two")]
    #[case(r#"{"number":7}"#, r#"{"number":7}"#)]
    fn messages_are_found_wherever_they_stand(#[case] json: &str, #[case] expected: &str) {
        let error: &RawValue = serde_json::from_str(json).expect("JSON");
        assert_eq!(sentence(error), expected);
    }

    #[test]
    fn nesting_without_end_is_no_danger() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let error: &RawValue = serde_json::from_str(&deep).expect("JSON");
        assert!(sentence(error).ends_with('…'));
    }
}
