//! Switches the way in which domains are matched, once they are matched for it.

use crate::hunt::{DomainMatching, Hunt};
use crate::tui::app::{App, Effect};
use crate::tui::matching::Awaited;
use std::sync::Arc;

impl App {
    /// The hunt of what is loaded now: it is shown with domains matched as was asked last.
    pub(in crate::tui) fn take_hunt(&mut self, hunt: Arc<Hunt>) -> Vec<Effect> {
        let (_, domains) = self.asked_for();
        self.show(hunt, domains)
    }

    /// The hunt that is on screen, or will be there as soon as it is ready.
    pub(in crate::tui) fn newest_hunt(&self) -> &Arc<Hunt> {
        self.awaited
            .as_ref()
            .map_or(&self.hunt, |awaited| &awaited.hunt)
    }

    /// Matches domains in the way after the one that was asked for last.
    pub(in crate::tui) fn match_domains_next(&mut self) -> Vec<Effect> {
        let (hunt, domains) = self.asked_for();
        let effects = self.show(hunt, domains.next());
        if let Some(awaited) = &self.awaited {
            let text = format!("Grouping domains {}…", awaited.domains);
            self.notify(text);
        }
        effects
    }

    /// A worker has made ready what was awaited when it began.
    pub(in crate::tui) fn domains_matched(&mut self) -> Vec<Effect> {
        match self.awaited.take() {
            Some(Awaited { hunt, domains }) => self.show(hunt, domains),
            None => Vec::new(),
        }
    }

    /// Domains cannot be matched otherwise: shows the newest hunt as the query compares them, which
    /// needs no worker.
    pub(in crate::tui) fn show_exactly(&mut self) {
        let (hunt, _) = self.asked_for();
        self.awaited = None;
        self.put_on_screen(hunt, DomainMatching::Exact);
    }

    /// What is awaited, or else what is on screen.
    pub(in crate::tui) fn asked_for(&self) -> (Arc<Hunt>, DomainMatching) {
        match &self.awaited {
            Some(awaited) => (Arc::clone(&awaited.hunt), awaited.domains),
            None => (Arc::clone(&self.hunt), self.query.domains),
        }
    }

    pub(in crate::tui) fn show(&mut self, hunt: Arc<Hunt>, domains: DomainMatching) -> Vec<Effect> {
        if hunt.is_matched(domains) {
            self.awaited = None;
            self.put_on_screen(hunt, domains);
            return Vec::new();
        }
        let job = Effect::MatchDomains(Arc::clone(&hunt), domains);
        let at_work = self.awaited.replace(Awaited { hunt, domains }).is_some();
        // One job at a time: when it ends, the newest that is awaited comes next.
        if at_work { Vec::new() } else { vec![job] }
    }

    fn put_on_screen(&mut self, hunt: Arc<Hunt>, domains: DomainMatching) {
        let before = (
            self.query.domains,
            self.selected_domain().map(<[u8]>::to_vec),
        );
        self.hunt = hunt;
        self.query.domains = domains;
        self.answer();
        self.weigh_preview();
        if before.0 != domains {
            // While more is loaded, a cursor that was never moved belongs to the first row.
            let is_free = !self.load.finished && self.ranking.chosen().is_none();
            if let (old, Some(selected)) = before
                && !is_free
            {
                self.follow(selected, old);
            }
            self.notify(format!("Domains grouped {}", domains.doc()));
        }
        self.settle_and_lay_out();
    }

    /// Chooses for the cursor what belongs together with the row it was on when domains were matched
    /// in the `old` way.
    fn follow(&mut self, selected: Vec<u8>, old: DomainMatching) {
        let wider = old.max(self.query.domains);
        let group = wider.group_of(&selected).into_owned();
        let belongs = |domain: &[u8]| *wider.group_of(domain) == *group;
        // What was chosen earlier leads back to the very domain that the cursor came from.
        let chosen = self.ranking.chosen().filter(|chosen| belongs(chosen));
        let listed = [chosen, Some(&selected)]
            .into_iter()
            .flatten()
            .find(|domain| self.row_of(domain).is_some())
            .cloned();
        let first = || {
            let cube = self.cube();
            let mut domains = self.view.rows.iter().map(|row| cube.domain(row.index()));
            domains.find(|domain| belongs(domain)).map(<[u8]>::to_vec)
        };
        let choice = listed.or_else(first).unwrap_or(selected);
        self.ranking.choose(choice);
    }

    /// The row of the ranking that a domain is in.
    pub(in crate::tui) fn row_of(&self, domain: &[u8]) -> Option<usize> {
        let domain = self.cube().find(&self.query.domains.group_of(domain))?;
        self.view.rows.position(domain)
    }
}
