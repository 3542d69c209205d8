//! Comparisons of a value with texts and patterns, in as few operators as can be.
//!
//! Kusto fails on long chains of `or` and recommends a list or one pattern instead. It does not document how its
//! operators fold letters beyond ASCII; its regular expressions do as mailhunt does, so texts with such letters become
//! expressions.

use super::literal;
use super::predicate::{OneOf, Predicate};
use crate::hunt::exclusion::pattern::Pattern;
use crate::hunt::exclusion::texts::Texts;
use crate::hunt::exclusion::{Comparison, Quantity};
use regex::Regex;

/// The most bytes of an expression: a long alternation is cut in several, as engines limit what one compiles to.
const MOST_BYTES: usize = 16_000;

/// The most groups that Kusto takes in an expression.
pub(super) const MOST_GROUPS: usize = 16;

/// Whether a value compares with the texts.
pub(super) fn compared(
    value: &str,
    comparison: Comparison,
    texts: &Texts,
    quantity: Quantity,
    cased: bool,
) -> Predicate {
    let texts: Vec<String> = texts
        .iter()
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect();
    match quantity {
        Quantity::Any => compares_with_any(value, comparison, &texts, cased),
        Quantity::All => Predicate::all(
            texts
                .chunks(1)
                .map(|text| compares_with_any(value, comparison, text, cased)),
        ),
    }
}

fn compares_with_any(
    value: &str,
    comparison: Comparison,
    texts: &[String],
    cased: bool,
) -> Predicate {
    let is_plain = |text: &String| cased || text.is_ascii();
    let by_expression = |texts: &[String], before: &str, after: &str| {
        let flags = if cased { "" } else { "(?i)" };
        let escaped: Vec<String> = texts
            .iter()
            .map(|text| literal::escaped_pattern(text))
            .collect();
        let alternations = in_parts(&escaped);
        Predicate::any(alternations.iter().map(|part| {
            let expression = format!("{flags}{before}{}{after}", part.join("|"));
            matches_expression(value, &expression)
        }))
    };
    match comparison {
        // A domain ends where a label does; a final dot does not count.
        Comparison::Domain => {
            let domains: Vec<String> = texts
                .iter()
                .map(|text| text.strip_suffix('.').unwrap_or(text).to_owned())
                .filter(|domain| !domain.is_empty())
                .collect();
            by_expression(&domains, r"(^|\.)(", r")\.?$")
        }
        Comparison::Equals => {
            let (plain, others): (Vec<String>, Vec<String>) =
                texts.iter().cloned().partition(is_plain);
            Predicate::any([
                is_one_of(value, &plain, cased),
                by_expression(&others, "^(", ")$"),
            ])
        }
        Comparison::Contains | Comparison::StartsWith | Comparison::EndsWith => match texts {
            [text] if is_plain(text) => with_operator(value, comparison, text, cased),
            texts => {
                let (before, after) = match comparison {
                    Comparison::StartsWith => ("^(", ")"),
                    Comparison::EndsWith => ("(", ")$"),
                    _ => ("", ""),
                };
                by_expression(texts, before, after)
            }
        },
    }
}

fn with_operator(value: &str, comparison: Comparison, text: &str, cased: bool) -> Predicate {
    let operator = match comparison {
        Comparison::StartsWith => "startswith",
        Comparison::EndsWith => "endswith",
        _ => "contains",
    };
    let case = if cased { "_cs" } else { "" };
    Predicate::is(format!(
        "{value} {operator}{case} {}",
        literal::string(text)
    ))
}

/// Whether a value has this text in it, whatever the case of letters.
pub(super) fn contains(value: &str, text: &str) -> Predicate {
    let texts = [text.to_owned()];
    compares_with_any(value, Comparison::Contains, &texts, false)
}

fn is_one_of(value: &str, texts: &[String], cased: bool) -> Predicate {
    if texts.is_empty() {
        return Predicate::any([]);
    }
    Predicate::IsOneOf(OneOf {
        value: value.to_owned(),
        texts: texts.iter().map(|text| literal::string(text)).collect(),
        cased,
    })
}

fn matches_expression(value: &str, expression: &str) -> Predicate {
    Predicate::is(format!(
        "{value} matches regex {}",
        literal::pattern(expression)
    ))
}

/// The alternatives in their order, in parts that are no longer than an expression may be.
fn in_parts(alternatives: &[String]) -> Vec<&[String]> {
    let mut parts = Vec::new();
    let mut rest = alternatives;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |alternative: &&String| {
            bytes += alternative.len() + 1;
            bytes <= MOST_BYTES
        };
        let count = rest.iter().take_while(fits).count().max(1);
        let (part, others) = rest.split_at(count);
        parts.push(part);
        rest = others;
    }
    parts
}

/// Whether a value is matched by patterns.
pub(super) fn matched(value: &str, patterns: &[Pattern], quantity: Quantity) -> Predicate {
    let expressions = patterns.iter().map(Pattern::with_inline_flags);
    let matched = match quantity {
        Quantity::All => {
            Predicate::all(expressions.map(|expression| matches_expression(value, &expression)))
        }
        Quantity::Any => {
            let joined = joined(expressions.collect());
            let joined = joined.iter();
            Predicate::any(joined.map(|expression| matches_expression(value, expression)))
        }
    };
    if patterns.iter().any(Pattern::matches_nothing) {
        return Predicate::all([Predicate::is(format!("isnotempty({value})")), matched]);
    }
    matched
}

/// How many groups an expression has.
pub(super) fn groups_of(expression: &str) -> usize {
    Regex::new(expression).map_or(0, |regex| regex.captures_len() - 1)
}

/// Expressions of which several are joined to one where that means the same.
fn joined(expressions: Vec<String>) -> Vec<String> {
    if expressions.len() < 2 {
        return expressions;
    }
    let mut joined: Vec<Vec<String>> = Vec::new();
    let (mut bytes, mut groups) = (0, 0);
    for expression in expressions {
        let regex = Regex::new(&format!("(?:{expression})|a"));
        // Names of groups may be the same in two expressions, and one that is no expression in brackets ends in a
        // comment.
        let joinable = regex
            .ok()
            .filter(|regex| regex.capture_names().flatten().count() == 0);
        let Some(regex) = joinable else {
            joined.push(vec![expression]);
            (bytes, groups) = (MOST_BYTES, MOST_GROUPS);
            continue;
        };
        bytes += expression.len() + "(?:)|".len();
        groups += regex.captures_len() - 1;
        match joined.last_mut() {
            Some(last) if bytes <= MOST_BYTES && groups <= MOST_GROUPS => last.push(expression),
            _ => {
                (bytes, groups) = (expression.len(), regex.captures_len() - 1);
                joined.push(vec![expression]);
            }
        }
    }
    joined
        .into_iter()
        .map(|mut part| match part.as_slice() {
            [_] => part.remove(0),
            part => {
                let bracketed: Vec<String> = part.iter().map(|one| format!("(?:{one})")).collect();
                bracketed.join("|")
            }
        })
        .collect()
}
