//! Writes exclusions as the text that [`super::file`] reads.

use super::condition::{Bound, Comparison, Condition, Quantity, Relation, Test};
use super::definition::{Clause, Exclusion, Hides, Scope};
use super::lists;
use super::pattern::{LetterCase, Pattern};
use std::fmt::Write;
use toml::Value;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// The first line of a file of exclusions.
pub const VERSION_LINE: &str = "version = 1\n";

/// One exclusion, from its `[[exclude]]` on. Lists stay named; comments are not kept.
pub fn definition(exclusion: &Exclusion) -> String {
    let mut text = String::from("[[exclude]]\n");
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(text, "{key} = {value}");
    };
    line("id", &quoted(&exclusion.id));
    line("title", &quoted(&exclusion.title));
    if !exclusion.reason.is_empty() {
        line("reason", &quoted(&exclusion.reason));
    }
    if exclusion.scope != Scope::default() {
        line("scope", &quoted(exclusion.scope.name()));
    }
    if !exclusion.owner.is_empty() {
        line("owner", &quoted(&exclusion.owner));
    }
    for (key, date) in [
        ("created", exclusion.created),
        ("expires", exclusion.expires),
    ] {
        if let Some(date) = date {
            line(key, &date.to_string());
        }
    }
    if exclusion.enabled {
        line("enabled", "true");
    }
    if exclusion.hides == Hides::Others {
        line("show_only", "true");
    }
    for (name, clauses) in [("match", &exclusion.matches), ("unless", &exclusion.unless)] {
        for clause in clauses {
            let _ = write!(text, "\n[[exclude.{name}]]\n{}", block(clause));
        }
    }
    text
}

fn block(Clause(conditions): &Clause) -> String {
    conditions
        .iter()
        .fold(String::new(), |mut text, condition| {
            let key = quoted(&key(condition));
            let _ = writeln!(text, "{key} = {}", value(&condition.test));
            text
        })
}

/// `FIELD|MODIFIER|…`
pub fn key(condition: &Condition) -> String {
    let mut key = condition.field.to_string();
    let mut add = |modifier: &str| {
        key.push('|');
        key.push_str(modifier);
    };
    let (mut quantity, mut cased) = (Quantity::Any, false);
    match &condition.test {
        Test::Exists(_) => add("exists"),
        Test::Flag(_) => {}
        Test::EqualsField {
            cased: is_cased, ..
        } => {
            cased = *is_cased;
            add("fieldref");
        }
        Test::Matches {
            patterns,
            quantity: of_patterns,
        } => {
            quantity = *of_patterns;
            add("re");
            // All were written under one key.
            if let Some(flags) = patterns.first().map(Pattern::flags) {
                cased = flags.letter_case == LetterCase::Counts;
                flags
                    .letters()
                    .for_each(|letter| add(letter.encode_utf8(&mut [0; 4])));
            }
        }
        Test::InNetwork(_) => add("cidr"),
        Test::Number { relation, .. } => match relation {
            Relation::Equal => {}
            Relation::Greater => add("gt"),
            Relation::GreaterOrEqual => add("gte"),
            Relation::Less => add("lt"),
            Relation::LessOrEqual => add("lte"),
        },
        Test::Text {
            comparison,
            quantity: of_texts,
            cased: is_cased,
            ..
        } => {
            (quantity, cased) = (*of_texts, *is_cased);
            match comparison {
                Comparison::Equals => {}
                Comparison::Contains => add("contains"),
                Comparison::StartsWith => add("startswith"),
                Comparison::EndsWith => add("endswith"),
                Comparison::Domain => add("domain"),
            }
        }
    }
    if quantity == Quantity::All {
        add("all");
    }
    if cased {
        add("cased");
    }
    if condition.every {
        add("every");
    }
    key
}

/// What stands to the right of the key.
fn value(test: &Test) -> String {
    match test {
        Test::Exists(flag) | Test::Flag(flag) => flag.to_string(),
        Test::EqualsField { field, .. } => quoted(&field.to_string()),
        Test::Text { texts, .. } => one_or_list(texts.written().iter().map(|text| quoted(text))),
        Test::Matches { patterns, .. } => one_or_list(
            patterns
                .iter()
                .map(|pattern| quoted(&lists::literal(pattern.source()))),
        ),
        Test::InNetwork(networks) => {
            one_or_list(networks.iter().map(|network| quoted(&network.to_string())))
        }
        Test::Number { bounds, .. } => one_or_list(bounds.iter().map(|bound| match bound {
            Bound::Whole(whole) => whole.to_string(),
            Bound::Real(real) => Value::from(*real).to_string(),
        })),
    }
}

fn one_or_list(values: impl ExactSizeIterator<Item = String>) -> String {
    let values: Vec<String> = values.collect();
    match values.as_slice() {
        [only] => only.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

/// A text as TOML. What cannot be seen, and would make the file look like another one where it is read, is
/// written as an escape.
fn quoted(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return Value::from(text).to_string();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            hidden if is_hidden(hidden) => {
                let code = u32::from(hidden);
                let _ = match u16::try_from(code) {
                    Ok(code) => write!(quoted, "\\u{code:04X}"),
                    Err(_) => write!(quoted, "\\U{code:08X}"),
                };
            }
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a letter is a control, a format character, a line separator or the like.
fn is_hidden(letter: char) -> bool {
    match letter.general_category_group() {
        GeneralCategoryGroup::Other => true,
        GeneralCategoryGroup::Separator => letter != ' ',
        _ => false,
    }
}
