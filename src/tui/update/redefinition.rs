//! Takes other exclusions in the place of those there are, once they are counted.

use crate::hunt::exclusion::Exclusion;
use crate::hunt::history::Asked;
use crate::hunt::{Hunt, Query};
use crate::tui::app::{App, Effect};
use crate::tui::redefinition::{Redefinition, RedefinitionJob};
use ratatui::crossterm::event::Event;
use std::sync::Arc;

impl App {
    /// Asks something else of other exclusions, and says `notice` when that is on screen.
    pub(in crate::tui) fn redefine(&mut self, to: Asked, notice: String) -> Vec<Effect> {
        let hunt = Arc::clone(self.newest_hunt());
        let renamed = hunt.with_descriptions(&to.exclusions);
        let job = RedefinitionJob {
            hunt,
            exclusions: Arc::clone(&to.exclusions),
            domains: to.query.domains,
        };
        self.redefinition = Some(Redefinition {
            to,
            notice,
            waiting: Vec::new(),
        });
        match renamed {
            Some(hunt) => self.redefined(Arc::new(hunt)),
            None => vec![Effect::Redefine(Box::new(job))],
        }
    }

    /// The hunt is counted with the other exclusions.
    pub(in crate::tui) fn redefined(&mut self, hunt: Arc<Hunt>) -> Vec<Effect> {
        let Some(Redefinition {
            to: Asked { query, .. },
            notice,
            waiting,
        }) = self.redefinition.take()
        else {
            return Vec::new();
        };
        let (before, after) = (&self.hunt.exclusions, &hunt.exclusions);
        self.set_aside = self.set_aside.moved(before, after);
        if let Some(row) = first_difference(before, after) {
            self.exclusions.choose(row);
        }
        if query.search != self.query.search {
            self.ranking.rewind();
        }
        let domains = query.domains;
        self.query = Query {
            domains: self.query.domains,
            ..query
        };
        let mut effects = self.show(hunt, domains);
        self.refresh();
        self.notify(notice);
        // A step of its own, whatever waits.
        self.remember();
        for event in waiting {
            effects.extend(self.on_terminal_event(&event));
            self.remember();
        }
        effects
    }

    /// The worker has failed: all is as it was, and what was typed meanwhile was meant for something else.
    pub(in crate::tui) fn redefinition_failed(&mut self) {
        self.redefinition = None;
    }

    /// Keeps what is typed until the exclusions are counted, if they are being counted.
    pub(in crate::tui) fn waits_for_redefinition(&mut self, event: &Event) -> bool {
        match &mut self.redefinition {
            // An answer to a question waits for nothing.
            Some(redefinition) if self.overlay.is_none() && !matches!(event, Event::Resize(..)) => {
                redefinition.waiting.push(event.clone());
                true
            }
            _ => false,
        }
    }

    /// Whoever leaves does not want what was typed before.
    pub(in crate::tui) fn forget_waiting_keys(&mut self) {
        if let Some(redefinition) = &mut self.redefinition {
            redefinition.waiting.clear();
        }
    }
}

/// The row of the first exclusion that is not what stood there before, or the row that took the place of
/// one that is gone.
fn first_difference(before: &[Exclusion], after: &[Exclusion]) -> Option<usize> {
    let changed = (0..after.len()).find(|&row| before.get(row) != after.get(row));
    changed.or((after.len() < before.len()).then(|| after.len().saturating_sub(1)))
}
