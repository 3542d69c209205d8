//! An exclusion: a named predicate over one event that hides false positives from the hunt.
//!
//! Here is what one is; `exclusion_file` reads it from text, [`super::matcher`] evaluates it.

use super::fields::{self, Field};
use regex::bytes::Regex;
use std::borrow::Cow;

pub use super::exclusion_file::{DefinitionError, built_in, parse};

/// The most exclusions there can be at a time: one bit of a mask each.
pub const MOST_EXCLUSIONS: usize = 64;

/// A named predicate over one event.
#[derive(Clone, Debug)]
pub struct Exclusion {
    /// Its stable name, used by `--exclude` and in exports.
    pub id: String,
    /// Its name on screen.
    pub title: String,
    /// Why these emails are false positives.
    pub reason: String,
    /// The side of the hunt it may hide.
    pub scope: Scope,
    /// It matches when any of these does.
    pub matches: Vec<Clause>,
    /// It does not match when any of these does.
    pub unless: Vec<Clause>,
}

/// The side of the hunt an exclusion applies to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Emails we sent.
    Outbound,
    /// Threat emails we received.
    Inbound,
    /// Both.
    #[default]
    Both,
}

/// Conditions that must all hold.
#[derive(Clone, Debug)]
pub struct Clause(pub Vec<Condition>);

/// One condition on one field of an event.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What is looked at.
    pub field: Field,
    /// For a field of several values, the links or files of an email: whether all of them must pass.
    pub every: bool,
    /// What a value must be like.
    pub test: Test,
}

/// What a value must be like. A missing value is never like anything.
#[derive(Clone, Debug)]
pub enum Test {
    /// There must be a value, or must be none.
    Exists(bool),
    /// Equal, without case, to another field of the same event.
    EqualsField(Field),
    /// Compared with texts, one of which must fit.
    Text {
        /// How they are compared.
        comparison: Comparison,
        /// The texts; folded already unless `cased`.
        texts: Vec<Vec<u8>>,
        /// Whether case counts.
        cased: bool,
    },
    /// Matched by one of these.
    Matches(Vec<Regex>),
}

/// How a value is compared with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is the text.
    Equals,
    /// The text is part of it.
    Contains,
    /// It begins with the text.
    StartsWith,
    /// It ends with the text.
    EndsWith,
    /// It is this domain or a subdomain of it.
    Domain,
}

impl Test {
    /// Whether a value passes. [`Test::EqualsField`] needs the other field and passes never here.
    pub fn passes(&self, value: &[u8]) -> bool {
        if value.is_empty() {
            return matches!(self, Test::Exists(false));
        }
        match self {
            Test::Exists(expected) => *expected,
            Test::EqualsField(_) => false,
            Test::Matches(patterns) => patterns.iter().any(|pattern| pattern.is_match(value)),
            Test::Text {
                comparison,
                texts,
                cased,
            } => {
                let value = if *cased {
                    Cow::Borrowed(value)
                } else {
                    fields::fold_case(value)
                };
                texts.iter().any(|text| comparison.holds(&value, text))
            }
        }
    }
}

impl Comparison {
    fn holds(self, value: &[u8], text: &[u8]) -> bool {
        match self {
            Comparison::Equals => value == text,
            Comparison::Contains => memchr::memmem::find(value, text).is_some(),
            Comparison::StartsWith => value.starts_with(text),
            Comparison::EndsWith => value.ends_with(text),
            Comparison::Domain => is_domain_or_subdomain(value, text),
        }
    }
}

/// Whether `value` is `domain` or lies below it, at a label's edge; a trailing dot does not count.
fn is_domain_or_subdomain(value: &[u8], domain: &[u8]) -> bool {
    let value = value.strip_suffix(b".").unwrap_or(value);
    match value.strip_suffix(domain) {
        Some(rest) => rest.is_empty() || rest.ends_with(b"."),
        None => false,
    }
}

/// Some of the exclusions: the bits of an event's mask, or those that are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExclusionSet(pub u64);

impl ExclusionSet {
    /// None of them.
    pub const EMPTY: ExclusionSet = ExclusionSet(0);

    /// The first `count` of them.
    pub fn first(count: usize) -> Self {
        if count >= MOST_EXCLUSIONS {
            return ExclusionSet(u64::MAX);
        }
        ExclusionSet((1 << count) - 1)
    }

    /// Whether the `index`-th is among them.
    pub fn contains(self, index: usize) -> bool {
        index < MOST_EXCLUSIONS && self.0 >> index & 1 == 1
    }

    /// Puts the `index`-th in or takes it out.
    pub fn toggle(&mut self, index: usize) {
        if index < MOST_EXCLUSIONS {
            self.0 ^= 1 << index;
        }
    }

    /// Puts the `index`-th in.
    pub fn insert(&mut self, index: usize) {
        if index < MOST_EXCLUSIONS {
            self.0 |= 1 << index;
        }
    }

    /// Those in both.
    #[must_use]
    pub fn and(self, other: ExclusionSet) -> Self {
        ExclusionSet(self.0 & other.0)
    }

    /// Those in this one only.
    #[must_use]
    pub fn without(self, other: ExclusionSet) -> Self {
        ExclusionSet(self.0 & !other.0)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The single member, where there is exactly one.
    pub fn only(self) -> Option<usize> {
        (self.0.is_power_of_two()).then(|| self.0.trailing_zeros() as usize)
    }

    /// The indices of its members, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            if bits == 0 {
                return None;
            }
            let index = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            Some(index)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("splunk.com", true)]
    #[case("mail.splunk.com", true)]
    #[case("mail.splunk.com.", true)]
    #[case("evilsplunk.com", false)]
    #[case("splunk.com.evil.example", false)]
    #[case("", false)]
    fn a_domain_ends_at_a_label(#[case] value: &str, #[case] expected: bool) {
        let test = Test::Text {
            comparison: Comparison::Domain,
            texts: vec![b"splunk.com".to_vec()],
            cased: false,
        };
        assert_eq!(test.passes(value.as_bytes()), expected);
        assert_eq!(test.passes(value.to_uppercase().as_bytes()), expected);
    }

    #[test]
    fn sets_list_their_members() {
        let mut set = ExclusionSet::EMPTY;
        set.toggle(0);
        set.insert(63);
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63]);
        assert_eq!(set.only(), None);
        set.toggle(0);
        assert_eq!(set.only(), Some(63));
        assert_eq!(ExclusionSet::first(64).len(), 64);
    }
}
