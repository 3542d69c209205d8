//! Counts an exclusion that is being defined, in the background, one at a time.

use crate::hunt::exclusion::{Exclusion, MOST_EXCLUSIONS};
use crate::hunt::unreadable;
use crate::tui::app::{App, Effect};
use crate::tui::definition::{Defined, DefinitionJob};
use std::sync::Arc;

impl App {
    /// Lets the hunt be counted with an exclusion: in the place of the one of that number, or as one more.
    /// What cannot be is said.
    pub(in crate::tui) fn define(
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
    pub(in crate::tui) fn next_definition(&mut self) -> Vec<Effect> {
        let next = self.definitions.next.take();
        self.definitions.at_work = next.is_some();
        next.map(|job| Effect::Define(Box::new(job)))
            .into_iter()
            .collect()
    }

    /// Whether what was counted is about what is on screen.
    pub(in crate::tui) fn is_of_screen(&self, defined: &Defined) -> bool {
        Arc::ptr_eq(&defined.base, &self.hunt) && defined.hunt.is_matched(self.query.domains)
    }

    /// Takes a defined exclusion: it is on from now, and selected.
    pub(in crate::tui) fn take_definition(&mut self, defined: &Defined) -> Vec<Effect> {
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
