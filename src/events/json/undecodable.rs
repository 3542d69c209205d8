//! Bytes that are no UTF-8, in JSON: each is carried through the reader as the lone surrogate that
//! stands for it (`\udc80` to `\udcff`, as in Python's `surrogateescape`) and is turned back in the cell, so
//! that a damaged letter costs nothing but itself.

use std::str;

/// The first of the surrogates' three bytes in cells.
const FIRST: u8 = 0xed;

/// Appends bytes as text. Gives back how many are left over at the end because they may be the
/// beginning of a letter (none when it `is_end`), and whether there were any that had to be escaped.
pub(super) fn escape(mut bytes: &[u8], is_end: bool, text: &mut Vec<u8>) -> (usize, bool) {
    let mut has_escaped = false;
    loop {
        let error = match str::from_utf8(bytes) {
            Ok(valid) => {
                text.extend_from_slice(valid.as_bytes());
                return (0, has_escaped);
            }
            Err(error) => error,
        };
        let (valid, rest) = bytes.split_at(error.valid_up_to());
        text.extend_from_slice(valid);
        let length = match error.error_len() {
            Some(length) => length,
            None if is_end => rest.len(),
            None => return (rest.len(), has_escaped),
        };
        has_escaped = true;
        let (undecodable, next) = rest.split_at(length);
        for byte in undecodable {
            if is_within_escape(text) {
                // No letter can stand here: the text stays as broken as it is.
                text.extend_from_slice("\u{fffd}".as_bytes());
                continue;
            }
            text.extend_from_slice(format!("\\udc{byte:02x}").as_bytes());
        }
        bytes = next;
    }
}

/// Whether the backslash of an escape was the last.
fn is_within_escape(text: &[u8]) -> bool {
    let backslashes = text.iter().rev().take_while(|&&byte| byte == b'\\');
    backslashes.count() % 2 == 1
}

/// Turns the surrogates that stand for bytes back into them.
pub(super) fn restore(cell: &[u8]) -> Vec<u8> {
    let mut restored = Vec::with_capacity(cell.len());
    let mut rest = cell;
    loop {
        rest = match rest {
            [
                FIRST,
                second @ (0xb2 | 0xb3),
                third @ 0x80..=0xbf,
                next @ ..,
            ] => {
                restored.push(((second - 0xb2) << 6) | third);
                next
            }
            [byte, next @ ..] => {
                restored.push(*byte);
                next
            }
            [] => return restored,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    #[test]
    fn a_letter_that_is_not_whole_yet_is_left_over() {
        let mut text = Vec::new();
        assert_eq!(escape(b"a\xe2\x82", false, &mut text), (2, false));
        assert_eq!(escape(b"a\xe2\x82", true, &mut text), (0, true));
        assert_eq!(text, b"aa\\udce2\\udc82");
    }

    proptest! {
        #[test]
        fn every_byte_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let clean: Vec<u8> = bytes
                .into_iter()
                .filter(|byte| !matches!(byte, 0..=0x1f | b'"' | b'\\'))
                .collect();
            let mut json = b"\"".to_vec();
            escape(&clean, true, &mut json);
            json.push(b'"');
            let text = String::from_utf8(json).expect("it is text now");
            let value: &RawValue = serde_json::from_str(&text).expect("it is JSON");
            let cell = super::super::cell::cell(value, true);
            prop_assert_eq!(&*cell, clean.as_slice());
        }
    }
}
