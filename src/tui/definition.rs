//! Counting with an exclusion that is being defined: by a worker, one at a time, the newest that is wanted
//! next. What comes back is shown before it is taken, and costs nothing more when it is.

use crate::hunt::exclusion::Exclusion;
use crate::hunt::matcher;
use crate::hunt::view::ExclusionEffect;
use crate::hunt::{DomainMatching, Hunt, Query};
use std::sync::Arc;

/// A hunt to be counted with an exclusion put in.
#[derive(Clone, Debug)]
pub struct DefinitionJob {
    pub(super) base: Arc<Hunt>,
    pub(super) exclusions: Arc<[Exclusion]>,
    pub(super) index: usize,
    pub(super) domains: DomainMatching,
}

/// A hunt with an exclusion put in.
#[derive(Clone, Debug)]
pub struct Defined {
    pub(super) base: Arc<Hunt>,
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
    pub(super) at_work: bool,
    pub(super) next: Option<DefinitionJob>,
}
