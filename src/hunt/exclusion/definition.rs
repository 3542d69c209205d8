//! What an exclusion is.

use super::condition::{Condition, Test};
use jiff::civil::Date;

/// A named predicate over one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Exclusion {
    /// Its stable name, used by `--exclude` and in exports.
    pub id: String,
    /// Its name on screen.
    pub title: String,
    /// Why these emails are false positives.
    pub reason: String,
    /// The side of the hunt it may hide.
    pub scope: Scope,
    /// Who answers for it; may be empty.
    pub owner: String,
    /// When it was made.
    pub created: Option<Date>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Whether it is on at the start.
    pub enabled: bool,
    /// What of its scope it hides.
    pub hides: Hides,
    /// It matches when any of these does.
    pub matches: Vec<Clause>,
    /// It does not match when any of these does.
    pub unless: Vec<Clause>,
}

impl Exclusion {
    /// Whether its last day is over.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }

    /// Whether it is on at the start.
    pub fn starts_on(&self, today: Date) -> bool {
        self.enabled && !self.is_expired(today)
    }

    /// The same with the texts of lists in the place of their names, but for those of our own domains that the
    /// events show.
    #[must_use]
    pub fn with_lists_written_out(mut self) -> Self {
        let clauses = self.matches.iter_mut().chain(&mut self.unless);
        for condition in clauses.flat_map(|Clause(conditions)| conditions) {
            if let Test::Text { texts, cased, .. } = &mut condition.test {
                *texts = texts.written_out(*cased);
            }
        }
        self
    }

    /// Whether it looks at the domains that the events show to be our own.
    pub fn asks_for_own_domains(&self) -> bool {
        self.conditions().any(
            |condition| matches!(&condition.test, Test::Text { texts, .. } if texts.own_domains()),
        )
    }

    /// Whether another one is defined to hide the very same emails, whatever it is called.
    pub fn hides_the_same_as(&self, other: &Exclusion) -> bool {
        let definition = |it: &'_ Exclusion| (it.scope, it.hides);
        definition(self) == definition(other)
            && (&self.matches, &self.unless) == (&other.matches, &other.unless)
    }

    /// All its conditions.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let clauses = self.matches.iter().chain(&self.unless);
        clauses.flat_map(|Clause(conditions)| conditions)
    }
}

/// What of its scope an exclusion hides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hides {
    /// What matches.
    #[default]
    Matching,
    /// All but what matches: show only this.
    Others,
}

/// The side of the hunt an exclusion applies to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Emails we sent.
    Outbound,
    /// Threat emails we received.
    Inbound,
    /// Both.
    #[default]
    Both,
}

impl Scope {
    /// As in a definition.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Outbound => "outbound",
            Scope::Inbound => "inbound",
            Scope::Both => "both",
        }
    }
}

/// Conditions that must all hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause(pub Vec<Condition>);
