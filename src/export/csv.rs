//! Comma-separated values, in two profiles.
//!
//! Guarded, for people with a spreadsheet: a text that a spreadsheet would take for a formula gets
//! an apostrophe before it, and control characters except the line feed and bytes that are no UTF-8 are
//! written visibly, as [`super::visible_bytes`] says. Raw, for programs: the bytes as they are. Both: UTF-8 without a
//! byte order mark, line feeds at line ends, quotes only where they are needed.

use std::borrow::Cow;
use std::io::{self, Write};

use ::csv::{QuoteStyle, Terminator, WriterBuilder};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use super::json::one_text;
use super::sheet::{Sheet, Value, checked, two_digits};
use super::visible_bytes;
use crate::printable::{Piece, is_control, pieces};

/// What a spreadsheet may take for the beginning of a formula or of another cell; the full-width
/// forms count where East Asian text is common.
const FORMULA_STARTS: [char; 12] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
];

/// Writes header and rows; gives the number of rows.
pub(super) fn write(sheet: Sheet<'_>, raw: bool, output: &mut dyn Write) -> io::Result<u64> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::Any(b'\n'))
        .quote_style(QuoteStyle::Necessary)
        .from_writer(output);
    let profile = if raw { as_it_is } else { guarded };
    writer
        .write_record(
            sheet
                .columns
                .iter()
                .map(|column| profile(column.as_bytes())),
        )
        .map_err(cause)?;
    let mut rows = 0;
    for row in sheet.rows {
        let row = checked(row, sheet.columns.len())?;
        writer
            .write_record(row.iter().map(|value| field(value, profile)))
            .map_err(cause)?;
        rows += 1;
    }
    writer.flush()?;
    Ok(rows)
}

/// Why nothing could be written, with its kind: the csv crate's own conversion forgets that a reader has
/// gone away, or that the disk is full.
fn cause(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn field<'a>(value: &'a Value<'_>, profile: fn(&[u8]) -> Cow<'_, [u8]>) -> Cow<'a, [u8]> {
    match value {
        Value::Text(text) => profile(text),
        // Numbers are written by us and no formulas, also when they are negative.
        Value::Number(number) => number.to_string().into_bytes().into(),
        Value::Decimal(number) => two_digits(*number).unwrap_or_default().into_bytes().into(),
        Value::List(texts) => match one_text(texts) {
            Cow::Borrowed(text) => profile(text),
            Cow::Owned(text) => Cow::Owned(profile(&text).into_owned()),
        },
    }
}

fn as_it_is(text: &[u8]) -> Cow<'_, [u8]> {
    Cow::Borrowed(text)
}

/// A text that is harmless in a spreadsheet and, line by line, in a terminal of eight-bit
/// controls.
fn guarded(text: &[u8]) -> Cow<'_, [u8]> {
    let guard = begins_a_formula(text);
    if !guard && is_clean(text) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 1);
    if guard {
        safe.push('\'');
    }
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => push_text(text, &mut safe),
            Piece::Surrogate(unit) => visible_bytes::push_surrogate(unit, &mut safe),
            Piece::Invalid(byte) => visible_bytes::push_byte(byte, &mut safe),
        }
    }
    Cow::Owned(safe.into_bytes())
}

fn push_text(text: &str, safe: &mut String) {
    for (place, character) in text.char_indices() {
        if must_be_visible(character) || visible_bytes::begins_with_byte(&text[place..]) {
            visible_bytes::push_character(character, safe);
        } else {
            safe.push(character);
        }
    }
}

fn is_clean(text: &[u8]) -> bool {
    // Hardly any text has what begins the visible form of a byte.
    std::str::from_utf8(text)
        .is_ok_and(|text| !text.chars().any(|one| one == '⟨' || must_be_visible(one)))
}

fn must_be_visible(character: char) -> bool {
    is_control(character) && character != '\n'
}

/// Looks past what a spreadsheet ignores: blanks, quotes and characters without a shape, such as
/// the byte order mark.
fn begins_a_formula(text: &[u8]) -> bool {
    let Some(Piece::Text(text)) = pieces(text).next() else {
        return false;
    };
    text.chars()
        .find(|character| FORMULA_STARTS.contains(character) || !is_passed_over(*character))
        .is_some_and(|first| FORMULA_STARTS.contains(&first))
}

fn is_passed_over(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '"' | '\'')
        || character.general_category() == GeneralCategory::Format
}
