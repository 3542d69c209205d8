//! Undo and redo on screen: when a change of the query becomes a step, and what is said of one that is
//! taken back.

use super::app::{App, Effect, Overlay};
use crate::hunt::{Query, change};

impl App {
    /// Makes a step of what has changed in the query, whatever changed it. A search that is still being
    /// typed, or a time range that is still being chosen, is none yet: it becomes one as a whole.
    pub(super) fn remember(&mut self) {
        if matches!(self.overlay, Some(Overlay::Search(_))) || self.timeline.is_choosing() {
            return;
        }
        let query = self.asked_query();
        self.history.record(&query);
    }

    /// The query as it will be when a worker has matched the domains for it.
    fn asked_query(&self) -> Query {
        let (_, domains) = self.asked_for();
        Query {
            domains,
            ..self.query.clone()
        }
    }

    pub(super) fn undo(&mut self) -> Vec<Effect> {
        let from = self.history.present().clone();
        let Some(to) = self.history.undo().cloned() else {
            self.notify("There is nothing to undo");
            return Vec::new();
        };
        self.go_to("undone", &from, to)
    }

    pub(super) fn redo(&mut self) -> Vec<Effect> {
        let from = self.history.present().clone();
        let Some(to) = self.history.redo().cloned() else {
            self.notify("There is nothing to redo");
            return Vec::new();
        };
        self.go_to("redone", &from, to)
    }

    /// Asks another query and says what is different then.
    fn go_to(&mut self, verb: &str, from: &Query, to: Query) -> Vec<Effect> {
        let words = change::in_words(from, &to, &self.hunt.exclusions);
        let (hunt, domains) = self.asked_for();
        let wanted = to.domains;
        if to.search != self.query.search {
            self.ranking.rewind();
        }
        self.query = Query {
            domains: self.query.domains,
            ..to
        };
        self.refresh();
        let effects = if domains == wanted {
            Vec::new()
        } else {
            self.show(hunt, wanted)
        };
        self.notify(format!("{verb}: {words}"));
        effects
    }
}
