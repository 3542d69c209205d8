//! Predicates of KQL as a tree, so that brackets stand where they are needed, long ones take several lines, and what
//! several alternatives have in common stands once.

use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;

/// What is true or false of a row, never null: a `not` of null would be no answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Predicate {
    /// An expression that binds as tightly as a comparison.
    Is(String),
    /// True where a value is one of some texts.
    IsOneOf(OneOf),
    /// True where all are.
    All(Vec<Predicate>),
    /// True where any is.
    Any(Vec<Predicate>),
    /// True where the other is not.
    Not(Box<Predicate>),
}

/// A value and the texts that it is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct OneOf {
    pub(super) value: String,
    /// As they are written in the query.
    pub(super) texts: Vec<String>,
    /// Whether the case of letters counts.
    pub(super) cased: bool,
}

/// The longest predicate that takes one line.
const LINE: usize = 100;

/// The most parts that are chained: Kusto fails where a chain of `and` or `or` is long, so more are bracketed in groups.
const CHAIN: usize = 50;

impl Predicate {
    pub(super) fn is(expression: impl Into<String>) -> Self {
        Predicate::Is(expression.into())
    }

    pub(super) fn all(parts: impl IntoIterator<Item = Predicate>) -> Self {
        let parts = parts.into_iter().flat_map(|part| match part {
            Predicate::All(parts) => parts,
            other => vec![other],
        });
        let mut parts = each_once(parts);
        match parts.len() {
            1 => parts.remove(0),
            _ => Predicate::All(parts),
        }
    }

    pub(super) fn any(parts: impl IntoIterator<Item = Predicate>) -> Self {
        let parts = parts.into_iter().flat_map(|part| match part {
            Predicate::Any(parts) => parts,
            other => vec![other],
        });
        let mut parts = each_once(in_one_list(parts).into_iter());
        if parts.len() > 1
            && let Some(factored) = factored(&parts)
        {
            return factored;
        }
        match parts.len() {
            1 => parts.remove(0),
            _ => Predicate::Any(parts),
        }
    }

    /// The parts that all must be true.
    fn conjuncts(&self) -> &[Predicate] {
        match self {
            Predicate::All(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }

    #[must_use]
    pub(super) fn negated(self) -> Self {
        match self {
            Predicate::Not(inner) => *inner,
            other => Predicate::Not(Box::new(other)),
        }
    }

    /// In one line.
    pub(super) fn in_one_line(&self) -> String {
        match self {
            Predicate::Is(expression) => expression.clone(),
            Predicate::IsOneOf(one) => one.in_one_line(),
            Predicate::Not(inner) => format!("not({})", inner.in_one_line()),
            Predicate::All(parts) => joined(&in_groups(parts, Predicate::All), "and", "true"),
            Predicate::Any(parts) => joined(&in_groups(parts, Predicate::Any), "or", "false"),
        }
    }

    /// In as many lines as it takes, each but the first after that many blanks.
    pub(super) fn indented(&self, blanks: usize) -> String {
        let line = self.in_one_line();
        if line.len() + blanks <= LINE {
            return line;
        }
        match self {
            Predicate::Is(_) | Predicate::IsOneOf(_) => line,
            Predicate::Not(inner) => {
                let start = format!("not(\n{}", " ".repeat(blanks));
                format!("{start}{})", inner.indented(blanks))
            }
            Predicate::All(parts) => stacked(&in_groups(parts, Predicate::All), "and", blanks),
            Predicate::Any(parts) => stacked(&in_groups(parts, Predicate::Any), "or", blanks),
        }
    }

    /// Several parts of one kind stand in brackets within those of another.
    fn in_brackets(&self, text: String) -> String {
        match self {
            Predicate::All(parts) | Predicate::Any(parts) if !parts.is_empty() => {
                format!("({text})")
            }
            _ => text,
        }
    }
}

impl OneOf {
    fn in_one_line(&self) -> String {
        let (equals, is_in) = if self.cased {
            ("==", "in")
        } else {
            ("=~", "in~")
        };
        let value = &self.value;
        match self.texts.as_slice() {
            [text] => format!("{value} {equals} {text}"),
            texts => format!("{value} {is_in} ({})", texts.join(", ")),
        }
    }
}

/// Alternatives in their order, of which those that compare a value with texts are one where the first of them stood.
fn in_one_list(alternatives: impl Iterator<Item = Predicate>) -> Vec<Predicate> {
    let mut places: HashMap<(String, bool), usize> = HashMap::new();
    let mut parts: Vec<Predicate> = Vec::new();
    for alternative in alternatives {
        if let Predicate::IsOneOf(one) = &alternative {
            let place = *places
                .entry((one.value.clone(), one.cased))
                .or_insert(parts.len());
            if let Some(Predicate::IsOneOf(known)) = parts.get_mut(place) {
                known.texts.extend(one.texts.iter().cloned());
                continue;
            }
        }
        parts.push(alternative);
    }
    for part in &mut parts {
        if let Predicate::IsOneOf(one) = part {
            let mut known = HashSet::new();
            one.texts.retain(|text| known.insert(text.clone()));
        }
    }
    parts
}

/// The parts in their order, without those that stand there before.
fn each_once(parts: impl Iterator<Item = Predicate>) -> Vec<Predicate> {
    let mut known = HashSet::new();
    parts.filter(|part| known.insert(part.clone())).collect()
}

/// Alternatives with what they have in common put before them, if there is anything.
fn factored(alternatives: &[Predicate]) -> Option<Predicate> {
    let (first, others) = alternatives.split_first()?;
    let is_common = |part: &&Predicate| others.iter().all(|other| other.conjuncts().contains(part));
    let common: Vec<Predicate> = first
        .conjuncts()
        .iter()
        .filter(is_common)
        .cloned()
        .collect();
    if common.is_empty() {
        return None;
    }
    let rest = |alternative: &Predicate| {
        let parts = alternative.conjuncts().iter();
        let own = parts.filter(|part| !common.contains(part));
        own.cloned().collect::<Vec<Predicate>>()
    };
    let rests: Vec<Vec<Predicate>> = alternatives.iter().map(rest).collect();
    // An alternative that is no more than what they have in common makes the others needless.
    let needs_others = rests.iter().all(|rest| !rest.is_empty());
    let others = needs_others.then(|| Predicate::any(rests.into_iter().map(Predicate::all)));
    Some(Predicate::all(common.into_iter().chain(others)))
}

/// The parts of a chain, in groups where there are too many.
fn in_groups(parts: &[Predicate], group: fn(Vec<Predicate>) -> Predicate) -> Cow<'_, [Predicate]> {
    if parts.len() <= CHAIN {
        return Cow::Borrowed(parts);
    }
    let groups: Vec<Predicate> = parts
        .chunks(CHAIN)
        .map(|part| match part {
            [only] => only.clone(),
            part => group(part.to_vec()),
        })
        .collect();
    Cow::Owned(in_groups(&groups, group).into_owned())
}

fn stacked(parts: &[Predicate], word: &str, blanks: usize) -> String {
    let separator = format!("\n{}{word} ", " ".repeat(blanks));
    let parts: Vec<String> = parts
        .iter()
        .map(|part| part.in_brackets(part.indented(blanks + 4)))
        .collect();
    parts.join(&separator)
}

fn joined(parts: &[Predicate], word: &str, of_none: &str) -> String {
    if parts.is_empty() {
        return of_none.to_owned();
    }
    let parts: Vec<String> = parts
        .iter()
        .map(|part| part.in_brackets(part.in_one_line()))
        .collect();
    parts.join(&format!(" {word} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_stand_where_they_are_needed() {
        let [a, b, c] = ["a", "b", "c"].map(Predicate::is);
        let any = Predicate::any([a.clone(), b]);
        assert_eq!(any.in_one_line(), "a or b");
        let all = Predicate::all([any.clone(), c.negated()]);
        assert_eq!(all.in_one_line(), "(a or b) and not(c)");
        let only = Predicate::any([all]);
        assert_eq!(
            Predicate::all([only, a]).in_one_line(),
            "(a or b) and not(c) and a"
        );
        assert_eq!(any.negated().negated().in_one_line(), "a or b");
        assert_eq!(Predicate::any([]).in_one_line(), "false");
    }

    #[test]
    fn what_alternatives_have_in_common_stands_once() {
        let [a, b, c, d] = ["a", "b", "c", "d"].map(Predicate::is);
        let of = |parts: &[&Predicate]| Predicate::all(parts.iter().map(|part| (*part).clone()));
        let any = Predicate::any([of(&[&a, &b, &c]), of(&[&d, &a, &b])]);
        assert_eq!(any.in_one_line(), "a and b and (c or d)");
        let absorbed = Predicate::any([of(&[&a, &b]), a.clone()]);
        assert_eq!(absorbed.in_one_line(), "a");
        let twice = Predicate::any([a.clone(), b.clone(), a.clone()]);
        assert_eq!(twice.in_one_line(), "a or b");
        let nothing = Predicate::any([of(&[&a, &b]), of(&[&c, &d])]);
        assert_eq!(nothing.in_one_line(), "(a and b) or (c and d)");
    }

    #[test]
    fn alternative_texts_of_a_value_stand_in_one_list() {
        let one = |value: &str, texts: &[&str], cased| {
            Predicate::IsOneOf(OneOf {
                value: value.to_owned(),
                texts: texts.iter().map(|text| (*text).to_owned()).collect(),
                cased,
            })
        };
        let parts = [
            one("x", &["1"], false),
            one("y", &["1"], false),
            one("x", &["2", "1"], false),
            one("x", &["2"], true),
        ];
        assert_eq!(
            Predicate::any(parts.clone()).in_one_line(),
            "x in~ (1, 2) or y =~ 1 or x == 2"
        );
        assert_eq!(
            Predicate::all(parts).in_one_line(),
            "x =~ 1 and y =~ 1 and x in~ (2, 1) and x == 2"
        );
    }

    #[test]
    fn no_chain_is_long() {
        for count in [CHAIN, CHAIN + 1, 5_000] {
            let any = Predicate::any((0..count).map(|part| Predicate::is(format!("x == {part}"))));
            for text in [any.in_one_line(), any.indented(4)] {
                assert_eq!(text.matches("x == ").count(), count);
                let in_one_bracket = text
                    .split(['(', ')'])
                    .map(|part| part.matches(" or ").count());
                assert!(in_one_bracket.max() <= Some(CHAIN), "{text}");
            }
        }
    }

    #[test]
    fn long_ones_take_several_lines() {
        let long = Predicate::is("x".repeat(80));
        let all = Predicate::all([long.clone(), Predicate::any([Predicate::is("a"), long])]);
        let text = all.indented(0);
        assert!(text.lines().all(|line| line.len() <= LINE), "{text}");
        assert_eq!(text.lines().count(), 2);
    }
}
