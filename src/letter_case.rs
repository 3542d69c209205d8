//! Letter case, folded: the one rule by which texts are compared and searched without regard to case.
//!
//! It is Unicode's simple case folding, one character for one character. Regular expressions with `i` fold by it,
//! here and in Kusto, so that a text hides the same emails whether it is compared or searched for by an expression.
//! Full folding (`ß` as `ss`) would change lengths and match what no expression does; lower case alone, which
//! Unicode writes by the place in the word (`σ`, `ς`), would tell apart what differs in case only.

use std::borrow::Cow;

/// A value as it is compared without regard to case. Bytes that are no UTF-8 stay as they are.
pub fn fold_case(value: &[u8]) -> Cow<'_, [u8]> {
    // Of all bytes at once: values are short, and most are as they are compared.
    let (is_ascii, has_upper) = value.iter().fold((true, false), |(ascii, upper), byte| {
        (ascii & byte.is_ascii(), upper | byte.is_ascii_uppercase())
    });
    if is_ascii {
        if has_upper {
            return Cow::Owned(value.to_ascii_lowercase());
        }
        return Cow::Borrowed(value);
    }
    let mut folded = Vec::with_capacity(value.len());
    for chunk in value.utf8_chunks() {
        let characters = chunk.valid().chars().map(fold_character);
        let mut bytes = [0; 4];
        for character in characters {
            folded.extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
        }
        folded.extend_from_slice(chunk.invalid());
    }
    Cow::Owned(folded)
}

/// Folds the letter case of a text.
pub fn fold_text(text: &str) -> String {
    text.chars().map(fold_character).collect()
}

/// The character that stands for all that differ from this one in case only.
fn fold_character(character: char) -> char {
    match character {
        ascii if ascii.is_ascii() => ascii.to_ascii_lowercase(),
        // Its capital is that of another letter, `i`; Unicode folds it in Turkish only.
        'ı' => 'ı',
        // These are alike in case, but their capitals are sequences of characters.
        '\u{1FD3}' => '\u{390}',
        '\u{1FE3}' => '\u{3B0}',
        '\u{FB05}' => '\u{FB06}',
        other => {
            // By way of the capital, which forms such as `σ` and `ς` have in common.
            let capital = only(other.to_uppercase()).unwrap_or(other);
            only(capital.to_lowercase()).unwrap_or(capital)
        }
    }
}

/// The character of a mapping to one character.
fn only(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    let first = mapped.next()?;
    mapped.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::collections::BTreeMap;

    #[rstest]
    #[case("Contoso.COM", "contoso.com")]
    #[case("contoso.com", "contoso.com")]
    #[case("BÜRO", "büro")]
    #[case("ΣΊΣΥΦΟΣ", "σίσυφοσ")]
    #[case("Σίσυφος", "σίσυφοσ")]
    #[case("STRAẞE", "straße")]
    #[case("STRASSE", "strasse")]
    #[case("\u{212A}elvin", "kelvin")]
    #[case("ı İ", "ı İ")]
    #[case("ИВАНОВА", "иванова")]
    #[case("ǅ", "ǆ")]
    fn case_is_folded_one_character_for_one(#[case] text: &str, #[case] folded: &str) {
        assert_eq!(fold_case(text.as_bytes()), folded.as_bytes());
        assert_eq!(fold_text(text), folded);
        assert_eq!(fold_text(folded), folded);
    }

    #[test]
    fn bytes_that_are_no_text_stay_between_letters_that_are_folded() {
        assert_eq!(*fold_case(b"A\xffB\xc3"), *b"a\xffb\xc3");
        assert_eq!(*fold_case("Ü\u{0}".as_bytes()), *"ü\u{0}".as_bytes());
        assert_eq!(
            *fold_case(&[b"\xfe", "Ü".as_bytes()].concat()),
            *[b"\xfe", "ü".as_bytes()].concat()
        );
    }

    /// For each letter that has case, the letters that fold as it does are those that an expression finds when
    /// it ignores case. Letters that are too new for the tables of expressions are left out.
    #[test]
    fn letters_fold_alike_where_an_expression_ignores_their_difference() {
        let is_cased = |letter: &char| {
            fold_character(*letter) != *letter
                || letter.is_lowercase()
                || letter.is_uppercase()
                || letter.to_uppercase().ne([*letter])
        };
        let cased: String = ('\0'..=char::MAX).filter(is_cased).collect();
        let unknown = regex::Regex::new(r"\p{Cn}").expect("valid");
        let cased = unknown.replace_all(&cased, "");
        assert!(cased.chars().count() > 2500);
        let mut alike: BTreeMap<char, String> = BTreeMap::new();
        for letter in cased.chars() {
            alike
                .entry(fold_character(letter))
                .or_default()
                .push(letter);
        }
        for letter in cased.chars() {
            let pattern = format!("(?i){}", regex::escape(&letter.to_string()));
            let pattern = regex::Regex::new(&pattern).expect("valid");
            let found: String = pattern
                .find_iter(&cased)
                .map(|found| found.as_str())
                .collect();
            assert_eq!(alike[&fold_character(letter)], found, "{letter:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(value in proptest::collection::vec(any::<u8>(), 0..24), text in any::<String>()) {
            let once = fold_case(&value).into_owned();
            prop_assert_eq!(&*fold_case(&once), &*once);
            prop_assert_eq!(fold_text(&text).into_bytes(), fold_case(text.as_bytes()).into_owned());
            prop_assert_eq!(fold_text(&text).chars().count(), text.chars().count());
        }
    }
}
