//! What exclusions look at that is not in the loaded files: then they do nothing, or more than they say.

use super::exclusion::trust;
use super::exclusion::{Clause, Condition, Exclusion, Hides, Test};
use super::fields::Field;
use crate::events::EventStore;
use crate::events::schema::names;

/// What is loaded, as far as exclusions may lack it.
#[derive(Clone, Copy, Debug)]
pub struct Loaded<'a> {
    /// The files.
    pub store: &'a EventStore,
    /// The headers of exclusions that no email has.
    pub missing_headers: &'a [String],
}

impl Loaded<'_> {
    /// What there is to say of each exclusion.
    pub fn of_each<T>(self, exclusions: &[Exclusion], say: fn(Self, &Exclusion) -> T) -> Vec<T> {
        exclusions.iter().map(|one| say(self, one)).collect()
    }

    /// Why an exclusion cannot hide anything whatever the events are: what all its clauses lack.
    /// `None` when at least one clause has all it looks at, and of one that hides all but what matches.
    pub fn inert_reason(self, exclusion: &Exclusion) -> Option<String> {
        match exclusion.hides {
            Hides::Matching => self.lack_of_all(&exclusion.matches),
            Hides::Others => None,
        }
    }

    /// Why an exclusion that hides all but what matches hides all of its scope whatever the events are.
    pub fn reason_to_hide_everything(self, exclusion: &Exclusion) -> Option<String> {
        match exclusion.hides {
            Hides::Matching => None,
            Hides::Others => self.lack_of_all(&exclusion.matches),
        }
    }

    /// What a guard of an exclusion lacks, so that it can never keep an email visible, if one does.
    pub fn lack_of_guard(self, exclusion: &Exclusion) -> Option<String> {
        let mut guards = exclusion.unless.iter();
        guards.find_map(|guard| self.lack_of_clause(guard))
    }

    /// Whether an exclusion, with what is loaded, can hide emails by text alone that their sender writes.
    pub fn rests_on_text_of_the_sender(self, exclusion: &Exclusion) -> bool {
        exclusion.matches.iter().any(|clause| {
            trust::rests_on_text_of_the_sender(exclusion.scope, clause)
                && self.lack_of_clause(clause).is_none()
        })
    }

    fn lack_of_all(self, clauses: &[Clause]) -> Option<String> {
        let lacks = clauses.iter().map(|clause| self.lack_of_clause(clause));
        let lacks: Vec<String> = lacks.collect::<Option<_>>()?;
        // The first clause is the main one; the others are further ways to the same evidence.
        lacks.into_iter().next()
    }

    /// What a clause lacks in the loaded files, so that it can never hold, if it does.
    fn lack_of_clause(self, Clause(conditions): &Clause) -> Option<String> {
        conditions.iter().find_map(|condition| self.lack(condition))
    }

    /// What a condition lacks in the loaded files, so that it can never hold, if it does.
    fn lack(self, condition: &Condition) -> Option<String> {
        if matches!(condition.test, Test::Exists(false)) && condition.field.companion().is_none() {
            // A column that is not there is as good as one that is always empty: exports may leave
            // out what is empty.
            return None;
        }
        condition
            .fields()
            .find_map(|field| self.lack_of_field(field))
    }

    fn lack_of_field(self, field: &Field) -> Option<String> {
        if let Some(table) = field.companion() {
            let is_loaded = self.store.companions().is_loaded(table);
            return (!is_loaded).then(|| format!("no {} loaded", table.name()));
        }
        match field {
            Field::Column(name) => self.lack_of_column(name),
            Field::JsonKey { column, .. } => self.lack_of_column(column),
            Field::RecipientDomain => {
                let derived = self.lack_of_column(names::RECIPIENT_DOMAIN);
                derived.and_then(|_| self.lack_of_column(names::RECIPIENT_EMAIL_ADDRESS))
            }
            Field::IsLatestRecord => self
                .lack_of_column(names::NETWORK_MESSAGE_ID)
                .or_else(|| self.lack_of_column(names::RECIPIENT_EMAIL_ADDRESS)),
            Field::Header(name) => self
                .missing_headers
                .contains(name)
                .then(|| format!("no header {name} loaded")),
            // Both sides of the hunt have the partner's domain, or there would be no hunt.
            Field::PartnerDomain
            | Field::Url
            | Field::UrlDomain
            | Field::FileName
            | Field::FileType => None,
        }
    }

    fn lack_of_column(self, name: &str) -> Option<String> {
        let is_there = self.store.has_column(name);
        (!is_there).then(|| match Field::probably_meant_by(name) {
            Some(meant) => format!("no column {name} loaded ({meant}?)"),
            None => format!("no column {name} loaded"),
        })
    }
}
