//! Texts within KQL: literals, names of columns and comments.
//!
//! What is written here comes from people and from attackers. No text ends the literal or the line of
//! comment it stands in, and no character that cannot be seen gets into the query as it is: it would be
//! seen nowhere, or break the line in one editor and not in the next.

use crate::printable::{self, Printable};
use std::fmt::Write;

/// A string literal.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for letter in text.chars() {
        match letter {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            harmless if printable::is_harmless(harmless) => literal.push(harmless),
            hidden => push_escape(&mut literal, hidden),
        }
    }
    literal.push('"');
    literal
}

/// `\u` takes four digits: characters beyond are written as the two that UTF-16 has for them.
fn push_escape(literal: &mut String, hidden: char) {
    let mut units = [0; 2];
    for unit in hidden.encode_utf16(&mut units) {
        let _ = write!(literal, "\\u{unit:04x}");
    }
}

/// A literal for a regular expression, or what replaces what it finds: verbatim, where that can be read more
/// easily and nothing in it ends the literal.
pub(super) fn pattern(expression: &str) -> String {
    let is_easier =
        expression.contains(['\\', '"']) && expression.chars().all(printable::is_harmless);
    let quote = ['"', '\'']
        .into_iter()
        .find(|quote| !expression.contains(*quote));
    match quote {
        Some(quote) if is_easier => format!("@{quote}{expression}{quote}"),
        _ => string(expression),
    }
}

/// A regular expression that matches a text and nothing else.
pub(super) fn escaped_pattern(text: &str) -> String {
    // Outside of a class a hyphen means itself, and can be read.
    regex::escape(text).replace("\\-", "-")
}

/// A reference to a column, in brackets where its name is no plain one.
pub(super) fn column(name: &str) -> String {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let is_plain =
        name.chars().all(is_letter) && !name.starts_with(|letter: char| letter.is_ascii_digit());
    if is_plain && !name.is_empty() {
        return name.to_owned();
    }
    format!("[{}]", string(name))
}

/// A name for a column of our own that says what is in it: only of characters that names of columns may
/// have.
pub(super) fn own_name(text: &str) -> String {
    let allowed =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    text.chars()
        .map(|letter| if allowed(letter) { letter } else { '_' })
        .collect()
}

/// A line of comment.
pub(super) fn comment(text: &str) -> String {
    format!("// {}\n", Printable::new(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("plain", r#""plain""#)]
    #[case(r#"a" or true //"#, r#""a\" or true //""#)]
    #[case(r"back\", r#""back\\""#)]
    #[case("line\r\nnext\t", r#""line\r\nnext\t""#)]
    #[case("büro", "\"büro\"")]
    #[case("\u{0}\u{1b}[2J", r#""\u0000\u001b[2J""#)]
    #[case("a\u{202e}b\u{2028}c\u{85}", r#""a\u202eb\u2028c\u0085""#)]
    #[case("tag\u{e0041}", r#""tag\udb40\udc41""#)]
    #[case("\u{feff}\u{ffff}", r#""\ufeff\uffff""#)]
    fn a_text_stays_in_its_literal(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(string(text), expected);
    }

    #[rstest]
    #[case(r"^a\.b$", r#"@"^a\.b$""#)]
    #[case("^a$", r#""^a$""#)]
    #[case(r#"\d" or true"#, r#"@'\d" or true'"#)]
    #[case(r#"'\d" or true"#, r#""'\\d\" or true""#)]
    #[case("\\d\n", r#""\\d\n""#)]
    fn a_pattern_is_verbatim_where_nothing_ends_it(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(pattern(text), expected);
    }

    #[test]
    fn names_of_columns_that_are_not_plain_stand_in_brackets() {
        assert_eq!(column("UrlCount"), "UrlCount");
        assert_eq!(column("X-Siem\"Alert"), r#"["X-Siem\"Alert"]"#);
        assert_eq!(column("7z"), r#"["7z"]"#);
        assert_eq!(own_name("A.x\"]\n| take 0"), "A.x_____take_0");
    }

    #[test]
    fn a_comment_stays_in_its_line() {
        assert_eq!(comment("a\n| take 0"), "// a↵| take 0\n");
    }
}
