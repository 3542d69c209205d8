//! What in a definition means something else in Sigma, or in an earlier mailhunt, than it does here: the
//! author is told until the definition leaves no doubt.

use super::condition::Test;
use super::definition::Exclusion;
use super::pattern::LetterCase;

/// A reason to doubt that a definition says what its author meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misreading {
    /// An expression says neither `i` nor `cased`.
    LetterCase,
    /// A text, of the definition or of a list, has `*` or `?`: wildcards in Sigma, letters here.
    Wildcard(String),
}

/// The doubts about an exclusion, each kind once.
pub fn of(exclusion: &Exclusion) -> Vec<Misreading> {
    let tests = || exclusion.conditions().map(|condition| &condition.test);
    let letter_case = tests().any(leaves_letter_case_unsaid);
    let wildcard = tests().find_map(first_with_wildcard);
    let letter_case = letter_case.then_some(Misreading::LetterCase);
    letter_case
        .into_iter()
        .chain(wildcard.map(Misreading::Wildcard))
        .collect()
}

fn leaves_letter_case_unsaid(test: &Test) -> bool {
    let Test::Matches { patterns, .. } = test else {
        return false;
    };
    let mut patterns = patterns.iter();
    patterns.any(|pattern| pattern.flags().letter_case == LetterCase::CountsUnsaid)
}

/// The first text of a test that Sigma would take for a pattern.
fn first_with_wildcard(test: &Test) -> Option<String> {
    let Test::Text { texts, .. } = test else {
        return None;
    };
    let is_wildcard = |byte: &u8| matches!(byte, b'*' | b'?');
    // Those of a list are known only as they are compared.
    let written = texts.written().iter().map(String::as_bytes);
    let mut known = written.chain(texts.iter());
    let found = known.find(|text| text.iter().any(is_wildcard))?;
    Some(String::from_utf8_lossy(found).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::exclusion::{built_in, parse};
    use rstest::rstest;

    fn misreadings(line: &str) -> Vec<Misreading> {
        let text = format!("version = 1\n[[exclude]]\nid = 'a'\nmatch = [{{ {line} }}]\n");
        of(&parse(&text).expect("valid")[0])
    }

    #[rstest]
    #[case("'Subject|re' = 'a*'", true)]
    #[case("'Subject|re|s|m' = 'a'", true)]
    #[case("'Subject|re|i' = 'a*'", false)]
    #[case("'Subject|re|cased' = 'a?'", false)]
    #[case("'Subject|cased' = 'a'", false)]
    fn an_expression_should_say_whether_letter_case_counts(
        #[case] line: &str,
        #[case] is_doubted: bool,
    ) {
        let expected = if is_doubted {
            vec![Misreading::LetterCase]
        } else {
            Vec::new()
        };
        assert_eq!(misreadings(line), expected);
    }

    #[rstest]
    #[case("Subject = ['plain', 'In*voice']", Some("In*voice"))]
    #[case("'Subject|contains|cased' = 'Why?'", Some("Why?"))]
    #[case("'Subject|startswith' = '*'", Some("*"))]
    #[case("'SenderFromDomain|domain' = 'a*.example'", Some("a*.example"))]
    #[case("Subject = 'plain'", None)]
    #[case("UrlCount = 7", None)]
    fn a_wildcard_of_sigma_is_named(#[case] line: &str, #[case] text: Option<&str>) {
        let expected: Vec<Misreading> = text
            .map(|text| Misreading::Wildcard(text.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(misreadings(line), expected);
    }

    #[test]
    fn a_wildcard_in_a_list_or_a_guard_is_found_too() {
        let text = "version = 1\n[lists]\nours = ['*.a.example']\n[[exclude]]\nid = 'a'\nmatch = [{ Subject = 'x' }]\n\
                    unless = [{ SenderFromDomain = '@ours' }, { 'Subject|re' = 'x' }]\n";
        let expected = [
            Misreading::LetterCase,
            Misreading::Wildcard("*.a.example".to_owned()),
        ];
        assert_eq!(of(&parse(text).expect("valid")[0]), expected);
    }

    #[test]
    fn the_built_in_exclusions_leave_no_doubt() {
        for exclusion in built_in().expect("valid") {
            assert_eq!(of(&exclusion), [], "{}", exclusion.id);
        }
    }
}
