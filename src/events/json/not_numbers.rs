//! `NaN`, `Infinity` and `-Infinity` outside of quotes, which are no JSON though Python's `json.dump` writes them
//! where a number is missing: each becomes a null.

use memchr::{memchr2, memchr3};

/// As Python writes them. None is the beginning of another.
const NOT_NUMBERS: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];

/// Goes through a text that may come in parts.
#[derive(Debug, Default)]
pub(super) struct NotNumbers {
    is_in_string: bool,
    /// Whether the last byte was a backslash by which the next is no end of the string.
    is_escaped: bool,
}

impl NotNumbers {
    /// Replaces them in the next part. Gives how many there were, and how many bytes at the end are left over
    /// because they may be the beginning of one (none when it `is_end`); these are taken off.
    pub(super) fn replace(&mut self, text: &mut Vec<u8>, is_end: bool) -> (u64, Vec<u8>) {
        let mut replaced = Vec::new();
        let (mut count, mut copied, mut place) = (0, 0, 0);
        while let Some(next) = self.next_beginning(text, place) {
            let rest = &text[next..];
            let is_whole = |word: &&&[u8]| {
                let after = rest.get(word.len());
                rest.starts_with(word) && after.map_or(is_end, |byte| !byte.is_ascii_alphanumeric())
            };
            let is_begun = |word: &&[u8]| rest.len() <= word.len() && word.starts_with(rest);
            if let Some(word) = NOT_NUMBERS.iter().find(is_whole) {
                replaced.extend_from_slice(&text[copied..next]);
                replaced.extend_from_slice(b"null");
                count += 1;
                place = next + word.len();
                copied = place;
            } else if !is_end && NOT_NUMBERS.iter().any(is_begun) {
                let left = text.split_off(next);
                replaced.extend_from_slice(&text[copied..]);
                *text = replaced;
                return (count, left);
            } else {
                place = next + 1;
            }
        }
        if count > 0 {
            replaced.extend_from_slice(&text[copied..]);
            *text = replaced;
        }
        (count, Vec::new())
    }

    /// Where from a place on one may begin: outside of strings.
    fn next_beginning(&mut self, text: &[u8], mut place: usize) -> Option<usize> {
        loop {
            let rest = text.get(place..).filter(|rest| !rest.is_empty())?;
            if self.is_escaped {
                // A raw control character separates a backslash from what that escapes.
                self.is_escaped = text[place] < b' ';
                place += 1;
            } else if self.is_in_string {
                place += memchr2(b'"', b'\\', rest)?;
                self.is_escaped = text[place] == b'\\';
                self.is_in_string = self.is_escaped;
                place += 1;
            } else {
                let quote = memchr::memchr(b'"', rest);
                let outside = &rest[..quote.unwrap_or(rest.len())];
                if let Some(next) = memchr3(b'N', b'I', b'-', outside) {
                    return Some(place + next);
                }
                place += quote? + 1;
                self.is_in_string = true;
            }
        }
    }
}

/// A whole text with all of them replaced, and how many there were, if there were any.
pub(super) fn replaced(text: &[u8]) -> Option<(Vec<u8>, u64)> {
    let mut text = text.to_vec();
    let (count, _) = NotNumbers::default().replace(&mut text, true);
    (count > 0).then_some((text, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(r#"{"a":NaN}"#, r#"{"a":null}"#, 1)]
    #[case("[-Infinity, Infinity,NaN]", "[null, null,null]", 3)]
    #[case(
        r#"{"NaN":"NaN","b\"":"\\",":NaN,":-1}"#,
        r#"{"NaN":"NaN","b\"":"\\",":NaN,":-1}"#,
        0
    )]
    #[case(r#"{"a":"\\","b":NaN}"#, r#"{"a":"\\","b":null}"#, 1)]
    #[case("[NaNs,Infinit]", "[NaNs,Infinit]", 0)]
    fn only_those_outside_of_strings_are_replaced(
        #[case] text: &str,
        #[case] expected: &str,
        #[case] count: u64,
    ) {
        let found = replaced(text.as_bytes());
        let (text, found) = found.unwrap_or_else(|| (text.as_bytes().to_vec(), 0));
        assert_eq!(
            (String::from_utf8_lossy(&text).as_ref(), found),
            (expected, count)
        );
    }

    proptest! {
        #[test]
        fn where_the_text_is_parted_changes_nothing(
            text in r#"([\[{:, ]|NaN|-?Infinity|-1|"[N\\\\:, ]*"|N|I|\\\\|"){0,12}"#,
            parts in prop::collection::vec(1_usize..5, 40),
        ) {
            let whole = replaced(text.as_bytes());
            let (whole, expected) = whole.unwrap_or_else(|| (text.clone().into_bytes(), 0));
            let mut parted = NotNumbers::default();
            let (mut found, mut count, mut left) = (Vec::new(), 0, Vec::new());
            let mut rest = text.as_bytes();
            for length in parts.into_iter().cycle() {
                let (part, next) = rest.split_at(length.min(rest.len()));
                rest = next;
                left.extend_from_slice(part);
                let (further, over) = parted.replace(&mut left, part.is_empty());
                count += further;
                found.append(&mut left);
                left = over;
                if part.is_empty() {
                    break;
                }
            }
            prop_assert_eq!((found, count), (whole, expected));
        }
    }
}
