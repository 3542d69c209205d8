//! Lines that have the keys of a row before, in the same order: what is not wanted of them is only looked at
//! to see that it is JSON. A line that is anything else is left to [`super::rows`], which reads all there is.

use super::cell::cell;
use super::rows::Layout;
use crate::events::cells::Cells;
use crate::events::format::Format;
use serde_json::value::RawValue;
use wide::u8x16;

/// The keys of a row as they stand in its line, and which of their values are wanted.
#[derive(Debug)]
pub(super) struct Template {
    keys: Vec<(Vec<u8>, Option<usize>)>,
}

/// Keys by which an object is, or may be, something else than a row.
const TELLING_KEYS: [&str; 5] = ["error", "properties", "category", "body", "responses"];

impl Template {
    /// The template of rows with a layout, where it can be read so. `cell` says which wanted cell a column is.
    pub(super) fn of(layout: &Layout, cell: impl Fn(usize) -> Option<usize>) -> Option<Self> {
        let mut columns = Vec::new();
        let mut keys = Vec::new();
        for (key, column) in layout.keys_of_rows()? {
            let is_telling = Format::of_wrapping_key(key).is_some()
                || TELLING_KEYS
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(key));
            let is_plain = !key
                .bytes()
                .any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'));
            if is_telling || !is_plain || column.is_some_and(|column| columns.contains(&column)) {
                return None;
            }
            columns.extend(column);
            keys.push((format!("\"{key}\":").into_bytes(), column.and_then(&cell)));
        }
        Some(Template { keys })
    }

    /// Reads the object that begins at `start` of a text; its end. `None` where the object is not of this kind.
    pub(super) fn read(&self, text: &[u8], start: usize, cells: &mut Cells) -> Option<usize> {
        let mut at = expect(text, start, b'{')?;
        for (index, (key, wanted)) in self.keys.iter().enumerate() {
            if index > 0 {
                at = expect(text, at, b',')?;
            }
            at = pass_spaces(text, at);
            if !text.get(at..)?.starts_with(key) {
                return None;
            }
            at = pass_spaces(text, at + key.len());
            let end = end_of_value(text, at)?;
            if let Some(cell) = *wanted {
                take(text, at, end, cell, cells)?;
            }
            at = pass_spaces(text, end);
        }
        expect(text, at, b'}')
    }
}

#[inline]
fn expect(text: &[u8], at: usize, byte: u8) -> Option<usize> {
    (text.get(at) == Some(&byte)).then_some(at + 1)
}

#[inline]
fn pass_spaces(text: &[u8], mut at: usize) -> usize {
    while text.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// Takes a value as a cell.
#[inline]
fn take(
    text: &[u8],
    start: usize,
    end: usize,
    cell_number: usize,
    cells: &mut Cells,
) -> Option<()> {
    let value = &text[start..end];
    match value {
        [b'"', inner @ .., b'"'] => {
            if memchr::memchr(b'\\', inner).is_none() {
                cells.set(cell_number, start + 1, end - 1);
            } else {
                let value: &RawValue = serde_json::from_slice(value).ok()?;
                cells.set_written(cell_number, text, &cell(value, false));
            }
        }
        // An empty cell.
        b"null" => {}
        _ => cells.set(cell_number, start, end),
    }
    Some(())
}

/// Where the value ends that begins here, if it is JSON.
#[inline]
fn end_of_value(text: &[u8], start: usize) -> Option<usize> {
    match text.get(start)? {
        b'"' => end_of_string(text, start + 1),
        b't' => end_of_word(text, start, b"true"),
        b'f' => end_of_word(text, start, b"false"),
        b'n' => end_of_word(text, start, b"null"),
        b'-' | b'0'..=b'9' => end_of_number(text, start),
        b'[' | b'{' => end_of_nested(text, start),
        _ => None,
    }
}

fn end_of_word(text: &[u8], start: usize, word: &[u8]) -> Option<usize> {
    text.get(start..)?
        .starts_with(word)
        .then_some(start + word.len())
}

/// Where the string ends of which this is the first letter.
#[inline]
fn end_of_string(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = next_special(text, at)?;
        match text[at] {
            b'"' => return Some(at + 1),
            b'\\' => at = end_of_escape(text, at + 1)?,
            // Control letters must be escaped.
            _ => return None,
        }
    }
}

/// The next quote, backslash or control letter.
#[inline]
fn next_special(text: &[u8], mut at: usize) -> Option<usize> {
    while let Some(part) = text.get(at..).and_then(<[u8]>::first_chunk::<16>) {
        let part = u8x16::from(*part);
        let special = part.simd_eq(u8x16::splat(b'"'))
            | part.simd_eq(u8x16::splat(b'\\'))
            | part.simd_le(u8x16::splat(0x1f));
        let found = special.to_bitmask();
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += 16;
    }
    let rest = text.get(at..)?.iter();
    let is_special = |byte: &u8| *byte <= 0x1f || matches!(byte, b'"' | b'\\');
    rest.clone().position(is_special).map(|place| at + place)
}

/// Where the escape ends of which this is the letter after the backslash.
fn end_of_escape(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 1),
        b'u' => {
            let digits = text.get(at + 1..at + 5)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(at + 5)
        }
        _ => None,
    }
}

fn end_of_number(text: &[u8], mut at: usize) -> Option<usize> {
    if text.get(at) == Some(&b'-') {
        at += 1;
    }
    at = match text.get(at)? {
        b'0' => at + 1,
        _ => end_of_digits(text, at)?,
    };
    if text.get(at) == Some(&b'.') {
        at = end_of_digits(text, at + 1)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(text.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        at = end_of_digits(text, at)?;
    }
    Some(at)
}

/// Where one or more digits end.
fn end_of_digits(text: &[u8], at: usize) -> Option<usize> {
    let digits = text.get(at..)?.iter();
    let digits = digits.take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0).then_some(at + digits)
}

/// A list or an object hardly ever stands in a row.
fn end_of_nested(text: &[u8], start: usize) -> Option<usize> {
    let line = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |end| start + end);
    let mut values =
        serde_json::Deserializer::from_slice(&text[start..line]).into_iter::<&RawValue>();
    values.next()?.ok()?;
    Some(start + values.byte_offset())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn template() -> Template {
        Template {
            keys: vec![
                (b"\"a\":".to_vec(), Some(1)),
                (b"\"b\":".to_vec(), None),
                (b"\"c\":".to_vec(), Some(0)),
            ],
        }
    }

    #[rstest]
    #[case::as_written(r#"{"a":"x","b":1,"c":null}"#, Some(["", "x"]))]
    #[case::with_spaces(r#"{ "a": "x" , "b": [1, {"d": "}"}] , "c": -1.5e+3 }"#, Some(["-1.5e+3", "x"]))]
    #[case::escapes(r#"{"a":"\"\u00e9\n","b":"\\","c":true}"#, Some(["true", "\"é\n"]))]
    #[case::a_nested_value(r#"{"a":{"d": [ ]},"b":"","c":""}"#, Some(["", "{\"d\": [ ]}"]))]
    #[case::another_order(r#"{"b":1,"a":"x","c":null}"#, None)]
    #[case::another_key(r#"{"a":"x","b":1,"c":null,"d":1}"#, None)]
    #[case::a_key_less(r#"{"a":"x","b":1}"#, None)]
    #[case::a_number_that_is_none(r#"{"a":01,"b":1,"c":null}"#, None)]
    #[case::an_escape_that_is_none(r#"{"a":"\x","b":1,"c":null}"#, None)]
    #[case::a_control_letter("{\"a\":\"\t\",\"b\":1,\"c\":null}", None)]
    #[case::a_line_that_is_cut_off(r#"{"a":"x","b":1,"c":nul"#, None)]
    fn lines_of_these_keys_are_read(#[case] line: &str, #[case] expected: Option<[&str; 2]>) {
        let mut cells = Cells::new(2);
        cells.begin_record();
        let end = template().read(line.as_bytes(), 0, &mut cells);
        assert_eq!(end, expected.map(|_| line.len()));
        if let Some(expected) = expected {
            let found = [0, 1].map(|cell| cells.get(line.as_bytes(), cell));
            assert_eq!(found, expected.map(str::as_bytes));
        }
    }

    proptest! {
        /// What is no JSON for `serde_json` is none here.
        #[test]
        fn a_value_is_json_or_none(value in "[\\-+0-9.eE\"\\\\ua/ntrulfse{}\\[\\]:, ]{1,12}") {
            let text = format!("{value},");
            if let Some(end) = end_of_value(text.as_bytes(), 0) {
                let value: Result<&RawValue, _> = serde_json::from_str(&text[..end]);
                prop_assert!(value.is_ok(), "{}", &text[..end]);
            }
        }

        #[test]
        fn every_string_is_read_to_its_end(string in "\\PC{0,40}", rest in "\\PC{0,20}") {
            let json = serde_json::to_string(&string).expect("a string");
            let text = format!("{json}{rest}");
            prop_assert_eq!(end_of_value(text.as_bytes(), 0), Some(json.len()));
        }
    }
}
