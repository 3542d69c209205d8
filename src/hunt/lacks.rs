//! What exclusions look at that is not in the loaded files: then they do nothing, or more than they say.

use super::exclusion::trust;
use super::exclusion::{Clause, Condition, Exclusion, Hides, Test};
use super::fields::Field;
use crate::events::EventStore;
use crate::events::schema::names;
use crate::quantities;

/// What an exclusion needs that is not loaded, so that emails stay visible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmetNeed {
    /// The columns and tables.
    pub what: String,
    /// What comes of it.
    pub effect: Effect,
    /// How many files with events lack them.
    pub files: usize,
    /// How many files with events there are.
    pub of_files: usize,
}

/// What comes of a need that is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A guard always holds.
    HidesNothing,
    /// Only those emails stay visible of which guards say nothing against it.
    GuardsHold,
    /// What it is needed for hides nothing.
    DoesNotMatch,
    /// Where all but what matches is hidden, what may match is shown.
    Shows,
}

impl Effect {
    fn words(self) -> &'static str {
        match self {
            Effect::HidesNothing => "hides nothing",
            Effect::GuardsHold => "guards that use it hold",
            Effect::DoesNotMatch => "conditions that use it do not match",
            Effect::Shows => "emails that may have more links stay visible",
        }
    }
}

impl UnmetNeed {
    /// Whether the exclusion hides nothing at all for want of them.
    pub fn is_of_all(&self) -> bool {
        self.effect == Effect::HidesNothing && self.files == self.of_files
    }

    /// In words, after the name of the exclusion.
    pub fn words(&self) -> String {
        let UnmetNeed {
            what,
            effect,
            files,
            of_files,
        } = self;
        let effect = effect.words();
        if files == of_files {
            return format!("needs {what}: {effect} without it");
        }
        let lack = if *files == 1 { "lacks" } else { "lack" };
        format!("needs {what}, which {files} of {of_files} files {lack}: {effect} there")
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
            Hides::Matching => self.lack_of_all(exclusion),
            Hides::Others => None,
        }
    }

    /// Why an exclusion that hides all but what matches hides all of its scope whatever the events are.
    pub fn reason_to_hide_everything(self, exclusion: &Exclusion) -> Option<String> {
        match exclusion.hides {
            Hides::Matching => None,
            Hides::Others => self.lack_of_all(exclusion),
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
            // Where all but what matches is hidden, a guard of which nobody knows whether it holds does not.
            others.find_map(|condition| self.lack(condition, false))
        })
    }

    /// What the guards of an exclusion need that is not loaded, so that they hold.
    pub fn need_of_guards(self, exclusion: &Exclusion) -> Option<UnmetNeed> {
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
                    let mut unmet: Vec<&str> = condition
                        .fields()
                        .filter_map(|field| field.unmet_need(self.store, file))
                        .collect();
                    needs_all &= !unmet.is_empty();
                    // A link that is loaded may speak against it.
                    if unmet.is_empty() && condition.lacks_number_of_links(self.store, file) {
                        unmet.push(names::URL_COUNT);
                    }
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
        (files > 0).then(|| UnmetNeed {
            what: quantities::listed(&what),
            effect: if hides_nothing {
                Effect::HidesNothing
            } else {
                Effect::GuardsHold
            },
            files,
            of_files,
        })
    }

    /// What an exclusion that asks for every link needs to know whether all are loaded.
    pub fn need_of_matches(self, exclusion: &Exclusion) -> Option<UnmetNeed> {
        let of_table = |condition: &&Condition| {
            let table = condition.field.companion();
            table.is_some_and(|table| self.store.companions().is_loaded(table))
        };
        let conditions = exclusion.matches.iter();
        let conditions = conditions.flat_map(|Clause(conditions)| conditions);
        let conditions: Vec<&Condition> = conditions.filter(of_table).collect();
        let lacks = |file: &usize| {
            let mut conditions = conditions.iter();
            conditions.any(|condition| condition.lacks_number_of_links(self.store, *file))
        };
        let files = self.store.files_with_events().filter(lacks).count();
        (files > 0).then(|| UnmetNeed {
            what: names::URL_COUNT.to_owned(),
            effect: match exclusion.hides {
                Hides::Matching => Effect::DoesNotMatch,
                Hides::Others => Effect::Shows,
            },
            files,
            of_files: self.store.files_with_events().count(),
        })
    }

    /// Whether an exclusion, with what is loaded, can hide emails by text alone that their sender writes.
    pub fn rests_on_text_of_the_sender(self, exclusion: &Exclusion) -> bool {
        exclusion.matches.iter().any(|clause| {
            trust::rests_on_text_of_the_sender(exclusion.scope, clause)
                && self.lack_of_clause(clause, exclusion.hides).is_none()
        })
    }

    fn lack_of_all(self, exclusion: &Exclusion) -> Option<String> {
        let clauses = exclusion.matches.iter();
        let lacks = clauses.map(|clause| self.lack_of_clause(clause, exclusion.hides));
        let lacks: Vec<String> = lacks.collect::<Option<_>>()?;
        // The first clause is the main one; the others are further ways to the same evidence.
        lacks.into_iter().next()
    }

    /// What a clause lacks in the loaded files, so that what it matches is never hidden or, where all else is, never
    /// shown, if it does.
    fn lack_of_clause(self, Clause(conditions): &Clause, hides: Hides) -> Option<String> {
        let may_hold_unknown = hides == Hides::Others;
        let mut conditions = conditions.iter();
        conditions.find_map(|condition| self.lack(condition, may_hold_unknown))
    }

    /// What a condition lacks in the loaded files, so that it can never hold, if it does. It may be one that holds where
    /// nobody knows whether it does.
    fn lack(self, condition: &Condition, may_hold_unknown: bool) -> Option<String> {
        if matches!(condition.test, Test::Exists(false)) && condition.field.companion().is_none() {
            // A column that is not there is as good as one that is always empty: exports may leave
            // out what is empty.
            return None;
        }
        let lack = condition
            .fields()
            .find_map(|field| self.lack_of_field(field));
        lack.or_else(|| {
            let needs_number = condition.asks_for_every_link() && !may_hold_unknown;
            let lack = self.lack_of_column(names::URL_COUNT);
            let lack = lack.filter(|_| needs_number)?;
            Some(format!(
                "{lack}; export EmailEvents with it, as it tells whether all links are loaded"
            ))
        })
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
