//! JSON: one array of flat objects, or one object a line.
//!
//! Both keep the text: parsing gives it back. What could harm a terminal (controls, also DEL and
//! C1, line separators, bidirectional, zero-width and tag characters) is written as `\uXXXX`, for
//! which JSON has room and `serde_json` sees no need. A lone surrogate is written as its escape.
//!
//! JSON has no place for bytes that are not UTF-8: each is written visibly, see [`super::visible_bytes`].

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::sheet::{Sheet, Value, checked, two_digits};
use super::visible_bytes;
use crate::printable::{Piece, is_harmless, pieces};

/// Writes one array, with a line for each object; gives the number of rows.
pub(super) fn write_array(sheet: Sheet<'_>, output: &mut dyn Write) -> io::Result<u64> {
    output.write_all(b"[")?;
    let rows = write_objects(
        sheet,
        output,
        |rows| if rows == 0 { "\n" } else { ",\n" },
        "",
    )?;
    let end: &[u8] = if rows == 0 { b"]\n" } else { b"\n]\n" };
    output.write_all(end)?;
    Ok(rows)
}

/// Writes a line for each object; gives the number of rows.
pub(super) fn write_lines(sheet: Sheet<'_>, output: &mut dyn Write) -> io::Result<u64> {
    write_objects(sheet, output, |_| "", "\n")
}

fn write_objects(
    sheet: Sheet<'_>,
    output: &mut dyn Write,
    before: impl Fn(u64) -> &'static str,
    after: &str,
) -> io::Result<u64> {
    let keys = encoded_keys(sheet.columns);
    let mut rows = 0;
    let mut line = String::new();
    for row in sheet.rows {
        let row = checked(row, keys.len())?;
        line.clear();
        line.push_str(before(rows));
        push_object(&keys, &row, &mut line);
        line.push_str(after);
        output.write_all(line.as_bytes())?;
        rows += 1;
    }
    Ok(rows)
}

/// Writes an object.
pub(super) fn push_object(keys: &[String], row: &[Value<'_>], line: &mut String) {
    line.push('{');
    for (index, (key, value)) in keys.iter().zip(row).enumerate() {
        if index > 0 {
            line.push(',');
        }
        line.push_str(key);
        line.push(':');
        push_value(value, line);
    }
    line.push('}');
}

/// Writes a value.
pub(super) fn push_value(value: &Value<'_>, line: &mut String) {
    match value {
        Value::Text(text) => push_string(text, line),
        Value::Number(number) => line.push_str(&number.to_string()),
        Value::Decimal(number) => {
            line.push_str(two_digits(*number).as_deref().unwrap_or("null"));
        }
        Value::List(texts) => push_array(texts, line),
    }
}

fn push_array(texts: &[Cow<'_, [u8]>], line: &mut String) {
    line.push('[');
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        push_string(text, line);
    }
    line.push(']');
}

/// Texts as one, where there are no arrays: a single text stays as it is, several are a JSON array. A single one
/// that could be taken for an array is written as one.
pub(super) fn one_text<'t>(texts: &'t [Cow<'_, [u8]>]) -> Cow<'t, [u8]> {
    match texts {
        [] => Cow::Borrowed(b""),
        [text] if !text.trim_ascii_start().starts_with(b"[") => Cow::Borrowed(text),
        _ => {
            let mut array = String::new();
            push_array(texts, &mut array);
            Cow::Owned(array.into_bytes())
        }
    }
}

/// The keys as JSON strings.
pub(super) fn encoded_keys(columns: Vec<String>) -> Vec<String> {
    distinct(columns)
        .iter()
        .map(|key| {
            let mut encoded = String::new();
            push_string(key.as_bytes(), &mut encoded);
            encoded
        })
        .collect()
}

/// Gives the second and later columns of one name a number that no column has: of two equal keys
/// most parsers keep only the last.
fn distinct(columns: Vec<String>) -> Vec<String> {
    let mut taken: HashSet<String> = columns.iter().cloned().collect();
    let mut seen = HashSet::new();
    columns
        .into_iter()
        .map(|column| {
            if seen.insert(column.clone()) {
                return column;
            }
            let mut number = 2_u64;
            loop {
                let candidate = format!("{column}_{number}");
                if taken.insert(candidate.clone()) {
                    return candidate;
                }
                number += 1;
            }
        })
        .collect()
}

fn push_string(text: &[u8], line: &mut String) {
    line.push('"');
    let mut after_high_surrogate = false;
    for piece in pieces(text) {
        let mut is_high_surrogate = false;
        match piece {
            Piece::Text(text) => push_text(text, line),
            // Escaped, the halves would be read as one character, which UTF-8 spells otherwise.
            Piece::Surrogate(unit @ 0xDC00..) if after_high_surrogate => {
                visible_bytes::push_surrogate(unit, line);
            }
            Piece::Surrogate(unit) => {
                is_high_surrogate = unit < 0xDC00;
                push_unit(unit, line);
            }
            Piece::Invalid(byte) => visible_bytes::push_byte(byte, line),
        }
        after_high_surrogate = is_high_surrogate;
    }
    line.push('"');
}

fn push_text(text: &str, line: &mut String) {
    for (place, character) in text.char_indices() {
        if visible_bytes::begins_with_byte(&text[place..]) {
            visible_bytes::push_character(character, line);
        } else {
            push_character(character, line);
        }
    }
}

fn push_character(character: char, line: &mut String) {
    match character {
        '"' => line.push_str("\\\""),
        '\\' => line.push_str("\\\\"),
        '\n' => line.push_str("\\n"),
        '\r' => line.push_str("\\r"),
        '\t' => line.push_str("\\t"),
        _ if is_harmless(character) => line.push(character),
        _ => character
            .encode_utf16(&mut [0; 2])
            .iter()
            .for_each(|unit| push_unit(*unit, line)),
    }
}

fn push_unit(unit: u16, line: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(line, "\\u{unit:04x}");
}
