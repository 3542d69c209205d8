//! Lines that have the keys of a row before, in the same order: what is not wanted of them is only looked at
//! to see that it is JSON. A line that is anything else is left to [`super::rows`], which reads all there is.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined into the loop gets the instructions it is dispatched to"
)]

use super::cell::cell;
use super::rows::Layout;
use crate::events::cells::Cells;
use crate::events::format::Format;
use fearless_simd::{Simd, SimdBase, SimdInt, SimdMask, u8x32};
use serde_json::value::RawValue;

/// The keys of a row as they stand in its line, and which of their values are wanted.
#[derive(Debug)]
pub(super) struct Template {
    keys: Vec<Key>,
}

/// A key of a row.
#[derive(Debug)]
struct Key {
    /// With its quotes and the colon.
    text: Vec<u8>,
    /// The same with the comma before it, as far as it fits.
    start: [u8; WIDTH],
    /// The bits of the letters that are in `start`, where all are.
    letters: Option<u64>,
    /// Which of the wanted cells its value is.
    cell: Option<usize>,
    /// Whether its value may list recipients.
    may_list: bool,
}

/// Bytes that are looked at together.
const WIDTH: usize = 32;

impl Key {
    fn new(key: &str, is_first: bool, cell: Option<usize>, may_list: bool) -> Self {
        let text = format!("\"{key}\":").into_bytes();
        let comma: &[u8] = if is_first { b"" } else { b"," };
        let whole = [comma, &text].concat();
        let mut start = [0; WIDTH];
        let length = whole.len().min(WIDTH);
        start[..length].copy_from_slice(&whole[..length]);
        Key {
            letters: (whole.len() <= WIDTH).then(|| (1 << whole.len()) - 1),
            text,
            start,
            cell,
            may_list,
        }
    }

    /// Where it ends, with the comma before it, if it stands here without any blanks.
    #[inline(always)]
    fn end<S: Simd>(&self, simd: S, text: &[u8], at: usize) -> Option<usize> {
        let letters = self.letters?;
        let part = text.get(at..)?.first_chunk::<WIDTH>()?;
        let same = u8x32::from_slice(simd, part).simd_eq(u8x32::from_slice(simd, &self.start));
        (same.to_bitmask() & letters == letters).then_some(at + letters.count_ones() as usize)
    }
}

/// Keys by which an object is, or may be, something else than a row.
const TELLING_KEYS: [&str; 5] = ["error", "properties", "category", "body", "responses"];

impl Template {
    /// The template of rows with a layout, where it can be read so. `cell` says which wanted cell a column is, `may_list`
    /// which columns may list recipients.
    pub(super) fn of(
        layout: &Layout,
        cell: impl Fn(usize) -> Option<usize>,
        may_list: impl Fn(usize) -> bool,
    ) -> Option<Self> {
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
            let may_list = column.is_some_and(&may_list);
            let cell = column.and_then(&cell);
            keys.push(Key::new(key, keys.is_empty(), cell, may_list));
        }
        Some(Template { keys })
    }

    /// Reads the object that begins at `start` of a text; its end. `None` where the object is not of this kind.
    #[inline(always)]
    pub(super) fn read<S: Simd>(
        &self,
        simd: S,
        text: &[u8],
        start: usize,
        cells: &mut Cells,
    ) -> Option<usize> {
        let mut at = expect(text, start, b'{')?;
        for (index, key) in self.keys.iter().enumerate() {
            at = match key.end(simd, text, at) {
                Some(end) => end,
                None => end_of_key(text, at, key, index == 0)?,
            };
            at = pass_spaces(text, at);
            let value = value(simd, text, at)?;
            if key.may_list && text[at] == b'[' {
                // Such a record becomes several rows.
                return None;
            }
            if let Some(cell) = key.cell {
                value.take(text, at, cell, cells)?;
            }
            at = value.end;
        }
        expect(text, pass_spaces(text, at), b'}')
    }
}

/// Where a key ends, if it stands here, perhaps with blanks around it.
fn end_of_key(text: &[u8], at: usize, key: &Key, is_first: bool) -> Option<usize> {
    let mut at = pass_spaces(text, at);
    if !is_first {
        at = pass_spaces(text, expect(text, at, b',')?);
    }
    text.get(at..)?
        .starts_with(&key.text)
        .then_some(at + key.text.len())
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

/// A value, by its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Value {
    end: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A string without escapes.
    Plain,
    /// A string with escapes.
    Escaped,
    Null,
    Other,
}

impl Value {
    /// Takes it, which begins at `start`, as a cell.
    #[inline]
    fn take(self, text: &[u8], start: usize, number: usize, cells: &mut Cells) -> Option<()> {
        match self.kind {
            Kind::Plain => cells.set(number, start + 1, self.end - 1),
            Kind::Escaped => {
                let value: &RawValue = serde_json::from_slice(&text[start..self.end]).ok()?;
                cells.set_written(number, text, &cell(value, false));
            }
            // An empty cell.
            Kind::Null => {}
            Kind::Other => cells.set(number, start, self.end),
        }
        Some(())
    }
}

/// The value that begins here, if it is JSON.
#[inline(always)]
fn value<S: Simd>(simd: S, text: &[u8], start: usize) -> Option<Value> {
    let first = *text.get(start)?;
    if first == b'"' {
        return string(simd, text, start + 1);
    }
    let end = match first {
        b't' => end_of_word(text, start, b"true"),
        b'f' => end_of_word(text, start, b"false"),
        b'n' => end_of_word(text, start, b"null"),
        b'-' | b'0'..=b'9' => end_of_number(text, start),
        b'[' => end_of_strings(simd, text, start).or_else(|| end_of_nested(text, start)),
        b'{' => end_of_nested(text, start),
        _ => None,
    };
    let kind = if first == b'n' {
        Kind::Null
    } else {
        Kind::Other
    };
    end.map(|end| Value { end, kind })
}

fn end_of_word(text: &[u8], start: usize, word: &[u8]) -> Option<usize> {
    text.get(start..)?
        .starts_with(word)
        .then_some(start + word.len())
}

/// The string of which this is the first letter.
#[inline(always)]
fn string<S: Simd>(simd: S, text: &[u8], mut at: usize) -> Option<Value> {
    let mut kind = Kind::Plain;
    loop {
        at = next_special(simd, text, at)?;
        match text[at] {
            b'"' => return Some(Value { end: at + 1, kind }),
            b'\\' => {
                kind = Kind::Escaped;
                at = end_of_escape(text, at + 1)?;
            }
            // Control letters must be escaped.
            _ => return None,
        }
    }
}

/// The next quote, backslash or control letter.
#[inline(always)]
fn next_special<S: Simd>(simd: S, text: &[u8], mut at: usize) -> Option<usize> {
    while let Some(part) = text.get(at..).and_then(<[u8]>::first_chunk::<WIDTH>) {
        let part = u8x32::from_slice(simd, part);
        let special = part.simd_eq(u8x32::splat(simd, b'"'))
            | part.simd_eq(u8x32::splat(simd, b'\\'))
            | part.simd_le(u8x32::splat(simd, 0x1f));
        let found = special.to_bitmask();
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += WIDTH;
    }
    let rest = text.get(at..)?.iter();
    let is_special = |byte: &u8| *byte <= 0x1f || matches!(byte, b'"' | b'\\');
    rest.clone().position(is_special).map(|place| at + place)
}

/// Where the list ends that begins here, if it is one of strings, written without blanks.
#[inline(always)]
fn end_of_strings<S: Simd>(simd: S, text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    if text.get(at) == Some(&b']') {
        return Some(at + 1);
    }
    loop {
        at = string(simd, text, expect(text, at, b'"')?)?.end;
        match text.get(at)? {
            b',' => at += 1,
            b']' => return Some(at + 1),
            _ => return None,
        }
    }
}

/// Where the escape ends of which this is the letter after the backslash.
#[inline]
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
    use fearless_simd::{Level, dispatch};
    use proptest::prelude::*;
    use rstest::rstest;

    fn template() -> Template {
        Template {
            keys: vec![
                Key::new("a", true, Some(1), false),
                Key::new("b", false, None, false),
                Key::new("c", false, Some(0), true),
            ],
        }
    }

    /// What every processor can do, and what this one can.
    fn levels() -> [Level; 2] {
        [Level::baseline(), Level::new()]
    }

    fn end_of(level: Level, text: &str) -> Option<usize> {
        let value = dispatch!(level, simd => value(simd, text.as_bytes(), 0));
        value.map(|value| value.end)
    }

    #[rstest]
    #[case::as_written(r#"{"a":"x","b":1,"c":null}"#, Some(["", "x"]))]
    #[case::with_spaces(r#"{ "a": "x" , "b": [1, {"d": "}"}] , "c": -1.5e+3 }"#, Some(["-1.5e+3", "x"]))]
    #[case::escapes(r#"{"a":"\"\u00e9\n","b":"\\","c":true}"#, Some(["true", "\"é\n"]))]
    #[case::a_nested_value(r#"{"a":{"d": [ ]},"b":"","c":""}"#, Some(["", "{\"d\": [ ]}"]))]
    #[case::a_list_of_recipients(r#"{"a":"x","b":1,"c":["y"]}"#, None)]
    #[case::another_order(r#"{"b":1,"a":"x","c":null}"#, None)]
    #[case::another_key(r#"{"a":"x","b":1,"c":null,"d":1}"#, None)]
    #[case::a_key_less(r#"{"a":"x","b":1}"#, None)]
    #[case::a_number_that_is_none(r#"{"a":01,"b":1,"c":null}"#, None)]
    #[case::an_escape_that_is_none(r#"{"a":"\x","b":1,"c":null}"#, None)]
    #[case::a_control_letter("{\"a\":\"\t\",\"b\":1,\"c\":null}", None)]
    #[case::a_line_that_is_cut_off(r#"{"a":"x","b":1,"c":nul"#, None)]
    fn lines_of_these_keys_are_read(#[case] line: &str, #[case] expected: Option<[&str; 2]>) {
        // What follows is not looked at, however much it is.
        for (level, rest) in levels()
            .into_iter()
            .zip(["", "\n{\"a\":\"y\",\"b\":2,\"c\":\"z\"}\n"])
        {
            let text = format!("{line}{rest}");
            let text = text.as_bytes();
            let mut cells = Cells::new(2);
            cells.begin_record();
            let end = dispatch!(level, simd => template().read(simd, text, 0, &mut cells));
            assert_eq!(end, expected.map(|_| line.len()));
            if let Some(expected) = expected {
                let found = [0, 1].map(|cell| cells.get(text, cell));
                assert_eq!(found, expected.map(str::as_bytes));
            }
        }
    }

    proptest! {
        /// What is no JSON for `serde_json` is none here.
        #[test]
        fn a_value_is_json_or_none(value in "[\\-+0-9.eE\"\\\\ua/ntrulfse{}\\[\\]:, ]{1,12}") {
            let text = format!("{value},");
            let [plain, best] = levels().map(|level| end_of(level, &text));
            prop_assert_eq!(plain, best);
            if let Some(end) = best {
                let value: Result<&RawValue, _> = serde_json::from_str(&text[..end]);
                prop_assert!(value.is_ok(), "{}", &text[..end]);
            }
        }

        #[test]
        fn every_string_is_read_to_its_end(string in "\\PC{0,40}", rest in "\\PC{0,20}") {
            let json = serde_json::to_string(&string).expect("a string");
            let text = format!("{json}{rest}");
            prop_assert_eq!(levels().map(|level| end_of(level, &text)), [Some(json.len()); 2]);
        }
    }
}
