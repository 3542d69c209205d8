//! Writes exclusions as the text that [`super::file`] reads.

use super::condition::{Bound, Comparison, Condition, Quantity, Relation, Test};
use super::lists;
use super::{Clause, Exclusion, Hides, Scope};
use std::fmt::Write;
use toml::Value;

/// The first line of a file of exclusions.
pub const VERSION_LINE: &str = "version = 1\n";

/// One exclusion, from its `[[exclude]]` on. Lists stay named; comments are not kept.
pub fn definition(exclusion: &Exclusion) -> String {
    let mut text = String::from("[[exclude]]\n");
    let mut line = |key: &str, value: Value| {
        let _ = writeln!(text, "{key} = {value}");
    };
    line("id", exclusion.id.as_str().into());
    line("title", exclusion.title.as_str().into());
    if !exclusion.reason.is_empty() {
        line("reason", exclusion.reason.as_str().into());
    }
    if exclusion.scope != Scope::default() {
        line("scope", exclusion.scope.name().into());
    }
    if !exclusion.owner.is_empty() {
        line("owner", exclusion.owner.as_str().into());
    }
    for (key, date) in [
        ("created", exclusion.created),
        ("expires", exclusion.expires),
    ] {
        if let Some(date) = date.and_then(|date| date.to_string().parse().ok()) {
            line(key, Value::Datetime(date));
        }
    }
    if exclusion.enabled {
        line("enabled", true.into());
    }
    if exclusion.hides == Hides::Others {
        line("show_only", true.into());
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
            let key = Value::from(key(condition));
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
            cased = patterns.iter().any(super::condition::Pattern::is_cased);
            add("re");
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
fn value(test: &Test) -> Value {
    match test {
        Test::Exists(flag) | Test::Flag(flag) => (*flag).into(),
        Test::EqualsField { field, .. } => field.to_string().into(),
        Test::Text { texts, .. } => one_or_list(texts.written().iter().cloned().map(Value::from)),
        Test::Matches { patterns, .. } => {
            let sources = patterns
                .iter()
                .map(|pattern| lists::literal(pattern.source()));
            one_or_list(sources.map(Value::from))
        }
        Test::InNetwork(networks) => {
            one_or_list(networks.iter().map(|network| network.to_string().into()))
        }
        Test::Number { bounds, .. } => one_or_list(bounds.iter().map(|bound| match bound {
            Bound::Whole(whole) => Value::from(*whole),
            Bound::Real(real) => Value::from(*real),
        })),
    }
}

fn one_or_list(values: impl ExactSizeIterator<Item = Value>) -> Value {
    let mut values: Vec<Value> = values.collect();
    if values.len() == 1 {
        return values.remove(0);
    }
    Value::Array(values)
}
