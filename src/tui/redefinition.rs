//! Other exclusions in the place of those there are: one removed, renamed, or brought back by undo. Where
//! emails must be counted for it a worker does that; keys that are pressed meanwhile wait, so that they do
//! to the new list what they would have done had it been there at once.

use crate::hunt::exclusion::Exclusion;
use crate::hunt::history::Asked;
use crate::hunt::{DomainMatching, Hunt};
use ratatui::crossterm::event::Event;
use std::sync::Arc;

/// The exclusions that are being counted.
#[derive(Clone, Debug)]
pub(super) struct Redefinition {
    pub(super) to: Asked,
    pub(super) notice: String,
    /// What was typed since.
    pub(super) waiting: Vec<Event>,
}

/// A hunt to be counted with other exclusions.
#[derive(Clone, Debug)]
pub struct RedefinitionJob {
    pub(super) hunt: Arc<Hunt>,
    pub(super) exclusions: Arc<[Exclusion]>,
    pub(super) domains: DomainMatching,
}

impl RedefinitionJob {
    /// Counts. Where exclusions come back it takes time by the number of events.
    pub fn run(self) -> Arc<Hunt> {
        let hunt = self.hunt.with_exclusions(self.exclusions);
        hunt.match_domains(self.domains);
        Arc::new(hunt)
    }
}
