//! A regular expression of a condition: Sigma's `re` and its sub-modifiers.
//!
//! The syntax is that of the `regex` crate, which is also Kusto's: `\w`, `\d` and `\b` know the letters and
//! digits of all scripts. A byte that is no UTF-8 is matched by nothing.

use regex::bytes::{Regex, RegexBuilder};
use std::fmt::Write;

/// Whether letter case counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LetterCase {
    /// It counts, as in Sigma, but the definition does not say so. Mailhunt once ignored it, so a remark asks
    /// the author to say which is meant.
    #[default]
    CountsUnsaid,
    /// `cased`: it counts.
    Counts,
    /// `i`: it is ignored.
    Ignored,
}

/// How an expression is read: the sub-modifiers of `re`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Whether letter case counts.
    pub letter_case: LetterCase,
    /// `m`: `^` and `$` match at the edges of each line.
    pub multi_line: bool,
    /// `s`: `.` matches a line feed too.
    pub dot_matches_new_line: bool,
}

impl Flags {
    /// Letter case is ignored, and nothing else is special.
    pub const IGNORE_CASE: Flags = Flags {
        letter_case: LetterCase::Ignored,
        multi_line: false,
        dot_matches_new_line: false,
    };

    /// The letters of the flags that are set, which Sigma, Kusto and the expressions themselves have in common.
    pub fn letters(self) -> impl Iterator<Item = char> {
        let all = [
            ('i', self.letter_case == LetterCase::Ignored),
            ('m', self.multi_line),
            ('s', self.dot_matches_new_line),
        ];
        all.into_iter()
            .filter(|(_, is_set)| *is_set)
            .map(|(letter, _)| letter)
    }
}

/// A regular expression as it was written.
#[derive(Clone, Debug)]
pub struct Pattern {
    source: String,
    flags: Flags,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.source, self.flags) == (&other.source, other.flags)
    }
}

impl Pattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn new(source: &str, flags: Flags) -> Result<Self, String> {
        let regex = RegexBuilder::new(source)
            .case_insensitive(flags.letter_case == LetterCase::Ignored)
            .multi_line(flags.multi_line)
            .dot_matches_new_line(flags.dot_matches_new_line)
            .build()
            .map_err(|error| in_one_line(&error))?;
        Ok(Pattern {
            source: source.to_owned(),
            flags,
            regex,
        })
    }

    /// The expression as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How it is read.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// The expression with its flags in it, such as `(?i)^re:`, for a language that has no other place for them.
    pub fn with_inline_flags(&self) -> String {
        let letters: String = self.flags.letters().collect();
        let mut expression = String::new();
        if !letters.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(expression, "(?{letters})");
        }
        expression.push_str(&self.source);
        expression
    }

    /// Whether it matches somewhere in a value.
    pub fn is_match(&self, value: &[u8]) -> bool {
        self.regex.is_match(value)
    }

    /// Whether it matches also where there is nothing.
    pub fn matches_nothing(&self) -> bool {
        self.regex.is_match(b"")
    }
}

/// The last line of what the expression's parser says is the reason; those above draw an arrow.
fn in_one_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let reason = text.lines().last().unwrap_or_default();
    reason
        .strip_prefix("error: ")
        .unwrap_or(reason)
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn flags(letters: &str) -> Flags {
        Flags {
            letter_case: if letters.contains('i') {
                LetterCase::Ignored
            } else {
                LetterCase::CountsUnsaid
            },
            multi_line: letters.contains('m'),
            dot_matches_new_line: letters.contains('s'),
        }
    }

    #[rstest]
    #[case("", "^b.c$", "b.c", true)]
    #[case("", "^b.c$", "B.C", false)]
    #[case("i", "^b.c$", "B.C", true)]
    #[case("", "^b$", "a\nb\nc", false)]
    #[case("m", "^b$", "a\nb\nc", true)]
    #[case("m", "^b$", "a\nB\nc", false)]
    #[case("", "a.b", "a\nb", false)]
    #[case("s", "a.b", "a\nb", true)]
    #[case("ims", "^B.C$", "a\nb\nc\nd", true)]
    // Letters, digits and edges of words are Unicode's, and so is case.
    #[case("", r"\bM\w+r\b", "an Müller, morgen", true)]
    #[case("", r"^\w+$", "Müller", true)]
    #[case("", r"M\b", "Müller", false)]
    #[case("", r"\bller", "Müller", false)]
    #[case("", r"^\w+$", "Иванова", true)]
    #[case("", r"^\d+$", "٤٧١١", true)]
    #[case("i", "^MÜLLER$", "müller", true)]
    #[case("", "^MÜLLER$", "müller", false)]
    #[case("i", "^σίσυφος$", "ΣΊΣΥΦΟΣ", true)]
    #[case("", r"^\p{Lu}\p{Ll}+$", "Ärzte", true)]
    #[case("", r"^\p{Greek}+$", "ΣΊΣΥΦΟΣ", true)]
    fn an_expression_is_read_by_its_flags(
        #[case] letters: &str,
        #[case] source: &str,
        #[case] value: &str,
        #[case] expected: bool,
    ) {
        let pattern = Pattern::new(source, flags(letters)).expect("valid");
        assert_eq!(pattern.is_match(value.as_bytes()), expected);
        let with_flags = Pattern::new(&pattern.with_inline_flags(), Flags::default());
        assert_eq!(
            with_flags.expect("valid").is_match(value.as_bytes()),
            expected
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_no_letters_and_hide_none() {
        let is_match = |source: &str, value: &[u8]| {
            Pattern::new(source, Flags::default())
                .expect("valid")
                .is_match(value)
        };
        let around = [b"\xff ", "Müller".as_bytes(), b" \xfc"].concat();
        assert!(is_match(r"\bMüller\b", &around));
        assert!(!is_match(r"^\w$", b"\xfc"));
        assert!(!is_match("^.$", b"\xff"));
    }
}
