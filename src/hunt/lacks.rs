//! What exclusions look at that is not in the loaded files: then they do nothing, or more than they say.

use super::exclusion::trust;
use super::exclusion::{Clause, Condition, Exclusion, Hides, Test};
use super::fields::Field;
use crate::events::EventStore;
use crate::events::schema::names;
use crate::quantities;

/// What guards of an exclusion need that is not loaded, so that they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardNeed {
    /// The columns and tables.
    pub what: String,
    /// Whether the exclusion hides nothing without them; else only those emails stay visible of which its guards
    /// say nothing against it.
    pub hides_nothing: bool,
    /// How many files with events lack them.
    pub files: usize,
    /// How many files with events there are.
    pub of_files: usize,
}

impl GuardNeed {
    /// Whether the exclusion hides nothing at all for want of them.
    pub fn is_of_all(&self) -> bool {
        self.hides_nothing && self.files == self.of_files
    }

    /// In words, after the name of the exclusion.
    pub fn words(&self) -> String {
        let GuardNeed {
            what,
            hides_nothing,
            files,
            of_files,
        } = self;
        if files == of_files {
            return if *hides_nothing {
                format!("needs {what}: hides nothing without it")
            } else {
                format!("needs {what}: guards that use it hold without it")
            };
        }
        let lack = if *files == 1 { "lacks" } else { "lack" };
        let effect = if *hides_nothing {
            "hides nothing there"
        } else {
            "guards that use it hold there"
        };
        format!("needs {what}, which {files} of {of_files} files {lack}: {effect}")
    }
}

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
        guards.find_map(|Clause(conditions)| {
            // For want of these a guard holds.
            let is_needed = |condition: &Condition| {
                exclusion.hides == Hides::Matching
                    && condition
                        .fields()
                        .all(|field| field.companion().is_some() || !field.needs().is_empty())
            };
            let mut others = conditions.iter().filter(|condition| !is_needed(condition));
            others.find_map(|condition| self.lack(condition))
        })
    }

    /// What the guards of an exclusion need that is not loaded, so that they hold.
    pub fn need_of_guards(self, exclusion: &Exclusion) -> Option<GuardNeed> {
        if exclusion.hides == Hides::Others {
            return None;
        }
        let mut what: Vec<&str> = Vec::new();
        let (mut files, mut of_files, mut hides_nothing) = (0, 0, true);
        for file in self.store.files_with_events() {
            of_files += 1;
            let (mut lacks, mut holds_always) = (false, false);
            for Clause(conditions) in &exclusion.unless {
                let mut needs_all = true;
                for condition in conditions {
                    let unmet: Vec<&str> = condition
                        .fields()
                        .filter_map(|field| field.unmet_need(self.store, file))
                        .collect();
                    needs_all &= !unmet.is_empty();
                    lacks |= !unmet.is_empty();
                    for need in unmet {
                        if !what.contains(&need) {
                            what.push(need);
                        }
                    }
                }
                holds_always |= needs_all && !conditions.is_empty();
            }
            if lacks {
                files += 1;
                hides_nothing &= holds_always;
            }
        }
        (files > 0).then(|| GuardNeed {
            what: quantities::listed(&what),
            hides_nothing,
            files,
            of_files,
        })
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
            return (!is_loaded).then(|| format!("{} is not loaded", table.name()));
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
                .then(|| format!("header {name} is not loaded")),
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
            Some(meant) => format!("column {name} is not loaded (did you mean {meant}?)"),
            None => format!("column {name} is not loaded"),
        })
    }
}
