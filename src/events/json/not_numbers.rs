//! `NaN`, `Infinity` and `-Infinity` outside of quotes, which are no JSON though Python's `json.dump` writes them
//! where a number is missing: each becomes a null.

use super::controls::Strings;

/// As Python writes them. None is the beginning of another.
const NOT_NUMBERS: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];

/// What stands in their place.
pub(super) const NULL: &[u8] = b"null";

/// What a text outside of strings begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// One of them, of so many bytes.
    NotNumber(usize),
    Other,
    /// Either, depending on what follows the text.
    Undecided,
}

/// What a text outside of strings begins with, after which nothing follows if it `is_end`.
#[inline]
pub(super) fn beginning(text: &[u8], is_end: bool) -> Beginning {
    if !matches!(text.first(), Some(b'N' | b'I' | b'-')) {
        return Beginning::Other;
    }
    let is_whole = |word: &&&[u8]| {
        let after = text.get(word.len());
        text.starts_with(word) && after.map_or(is_end, |byte| !byte.is_ascii_alphanumeric())
    };
    let is_begun = |word: &&[u8]| text.len() <= word.len() && word.starts_with(text);
    if let Some(word) = NOT_NUMBERS.iter().find(is_whole) {
        Beginning::NotNumber(word.len())
    } else if !is_end && NOT_NUMBERS.iter().any(is_begun) {
        Beginning::Undecided
    } else {
        Beginning::Other
    }
}

/// A text that begins outside of strings with all of them replaced, and how many there were, if there were any.
pub(super) fn replaced(text: &[u8]) -> Option<(Vec<u8>, u64)> {
    let mut strings = Strings::default();
    let mut replaced = Vec::new();
    let (mut count, mut copied, mut place) = (0, 0, 0);
    while let Some(&byte) = text.get(place) {
        if !strings.is_inside()
            && let Beginning::NotNumber(length) = beginning(&text[place..], true)
        {
            replaced.extend_from_slice(&text[copied..place]);
            replaced.extend_from_slice(NULL);
            count += 1;
            place += length;
            copied = place;
        } else {
            strings.pass(byte);
            place += 1;
        }
    }
    replaced.extend_from_slice(&text[copied..]);
    (count > 0).then_some((replaced, count))
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[rstest]
    #[case("N", Beginning::Undecided, Beginning::Other)]
    #[case("NaN", Beginning::Undecided, Beginning::NotNumber(3))]
    #[case("-", Beginning::Undecided, Beginning::Other)]
    #[case("-Infinity", Beginning::Undecided, Beginning::NotNumber(9))]
    #[case("NaN,", Beginning::NotNumber(3), Beginning::NotNumber(3))]
    #[case("NaNs", Beginning::Other, Beginning::Other)]
    #[case("-1", Beginning::Other, Beginning::Other)]
    fn what_follows_decides_as_long_as_it_may(
        #[case] text: &str,
        #[case] with_more: Beginning,
        #[case] at_end: Beginning,
    ) {
        assert_eq!(beginning(text.as_bytes(), false), with_more);
        assert_eq!(beginning(text.as_bytes(), true), at_end);
    }
}
