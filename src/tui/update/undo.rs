//! Undo and redo on screen: when a change of the query becomes a step, and what is said of one that is
//! taken back.

use crate::hunt::history::Asked;
use crate::hunt::{Query, change};
use crate::tui::app::{App, Effect, Overlay};
use crate::tui::saving::Origin;
use std::fmt::Write;
use std::sync::Arc;

impl App {
    /// Makes a step of what has changed in what is asked, whatever changed it. A search that is still being
    /// typed, or a time range that is still being chosen, is none yet: it becomes one as a whole. Nor are
    /// exclusions that are still being counted.
    pub(in crate::tui) fn remember(&mut self) {
        let is_typing = matches!(self.overlay, Some(Overlay::Search(_)));
        if is_typing || self.timeline.is_choosing() || self.redefinition.is_some() {
            return;
        }
        let asked = Asked {
            query: self.asked_query(),
            exclusions: Arc::clone(&self.newest_hunt().exclusions),
        };
        self.history.record(asked);
    }

    /// The query as it will be when a worker has matched the domains for it.
    pub(in crate::tui) fn asked_query(&self) -> Query {
        let (_, domains) = self.asked_for();
        Query {
            domains,
            ..self.query.clone()
        }
    }

    pub(in crate::tui) fn undo(&mut self) -> Vec<Effect> {
        let from = self.history.present().clone();
        let Some(to) = self.history.undo().cloned() else {
            self.notify("Nothing to undo");
            return Vec::new();
        };
        self.go_to("undone", &from, to)
    }

    pub(in crate::tui) fn redo(&mut self) -> Vec<Effect> {
        let from = self.history.present().clone();
        let Some(to) = self.history.redo().cloned() else {
            self.notify("Nothing to redo");
            return Vec::new();
        };
        self.go_to("redone", &from, to)
    }

    /// The file in which an exclusion stays that is no longer in the list, if it was saved.
    fn file_that_keeps(&self, from: &Asked, to: &Asked) -> Option<String> {
        let is_listed = |id: &str| to.exclusions.iter().any(|one| one.id == id);
        let mut removed = from.exclusions.iter().filter(|one| !is_listed(&one.id));
        removed.find_map(|one| match self.origin(&one.id) {
            Origin::OwnFile(name) | Origin::OtherFile(name) => Some(name),
            Origin::BuiltIn | Origin::Nowhere => None,
        })
    }

    /// Asks another query and says what is different then.
    fn go_to(&mut self, verb: &str, from: &Asked, to: Asked) -> Vec<Effect> {
        let mut notice = format!("{verb}: {}", change::in_words(from, &to));
        if let Some(file) = self.file_that_keeps(from, &to) {
            let _ = write!(notice, ". It stays in {file}");
        }
        if to.exclusions != self.newest_hunt().exclusions {
            return self.redefine(to, notice);
        }
        let to = to.query;
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
        self.notify(notice);
        effects
    }
}
