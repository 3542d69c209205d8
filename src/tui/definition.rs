//! Counting with an exclusion that is being defined: by a worker, one at a time, the newest that is wanted
//! next. What comes back is shown before it is taken, and costs nothing more when it is.

use super::app::{App, Effect};
use crate::hunt::exclusion::{Exclusion, MOST_EXCLUSIONS};
use crate::hunt::matcher;
use crate::hunt::view::ExclusionEffect;
use crate::hunt::{DomainMatching, Hunt, Query, unreadable};
use std::sync::Arc;

/// A hunt to be counted with an exclusion put in.
#[derive(Clone, Debug)]
pub struct DefinitionJob {
    base: Arc<Hunt>,
    exclusions: Arc<[Exclusion]>,
    index: usize,
    domains: DomainMatching,
}

/// A hunt with an exclusion put in.
#[derive(Clone, Debug)]
pub struct Defined {
    base: Arc<Hunt>,
    /// The hunt.
    pub hunt: Arc<Hunt>,
    /// The number of the exclusion.
    pub index: usize,
}

impl DefinitionJob {
    /// Counts. It takes time by the number of events.
    pub fn run(self) -> Defined {
        let hunt = self.base.with_exclusions(self.exclusions);
        hunt.match_domains(self.domains);
        Defined {
            base: self.base,
            hunt: Arc::new(hunt),
            index: self.index,
        }
    }
}

impl Defined {
    /// The exclusion.
    pub fn exclusion(&self) -> &Exclusion {
        &self.hunt.exclusions[self.index]
    }

    /// The file of which it looks at what cannot be read any more, and why, as the end of a sentence: what was
    /// counted is not the truth then.
    pub fn unreadable(&self) -> Option<(usize, &str)> {
        let columns = matcher::columns_of(std::slice::from_ref(self.exclusion()));
        self.hunt.store.read_failure(&columns)
    }

    /// What it would do to what is on screen.
    pub fn effect(&self, query: &Query) -> ExclusionEffect {
        let mut without = query.clone();
        if without.active.contains(self.index) {
            without.active.toggle(self.index);
        }
        let view = self.hunt.view(&without);
        view.exclusions.get(self.index).copied().unwrap_or_default()
    }
}

/// What is wanted of the worker, and whether it is at work.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    at_work: bool,
    next: Option<DefinitionJob>,
}

impl App {
    /// Lets the hunt be counted with an exclusion: in the place of the one of that number, or as one more.
    /// What cannot be is said.
    pub(super) fn define(
        &mut self,
        exclusion: Exclusion,
        replaced: Option<usize>,
    ) -> Result<Vec<Effect>, String> {
        let mut exclusions = self.hunt.exclusions.to_vec();
        let index = replaced.unwrap_or(exclusions.len());
        match exclusions.get_mut(index) {
            Some(known) => *known = exclusion,
            None => exclusions.push(exclusion),
        }
        if exclusions.len() > MOST_EXCLUSIONS {
            return Err(format!("there can be at most {MOST_EXCLUSIONS} exclusions"));
        }
        let job = DefinitionJob {
            base: Arc::clone(&self.hunt),
            exclusions: exclusions.into(),
            index,
            domains: self.query.domains,
        };
        if self.definitions.at_work {
            self.definitions.next = Some(job);
            return Ok(Vec::new());
        }
        self.definitions.at_work = true;
        Ok(vec![Effect::Define(Box::new(job))])
    }

    /// The worker has ended: what is wanted next, if anything is.
    pub(super) fn next_definition(&mut self) -> Vec<Effect> {
        let next = self.definitions.next.take();
        self.definitions.at_work = next.is_some();
        next.map(|job| Effect::Define(Box::new(job)))
            .into_iter()
            .collect()
    }

    /// Whether what was counted is about what is on screen.
    pub(super) fn is_of_screen(&self, defined: &Defined) -> bool {
        Arc::ptr_eq(&defined.base, &self.hunt) && defined.hunt.is_matched(self.query.domains)
    }

    /// Takes a defined exclusion: it is on from now, and selected.
    pub(super) fn take_definition(&mut self, defined: &Defined) -> Vec<Effect> {
        let asked = unreadable::keys_asked(&self.hunt.exclusions);
        let mut effects = self.take_hunt(Arc::clone(&defined.hunt));
        let asks_the_same = unreadable::keys_asked(&self.hunt.exclusions) == asked;
        self.query.active.insert(defined.index);
        self.exclusions.choose(defined.index);
        self.saved.note_written(&defined.exclusion().id);
        self.refresh();
        if self.examined.is_none() || !asks_the_same {
            effects.push(Effect::Examine(Arc::clone(&defined.hunt)));
        }
        effects
    }
}
