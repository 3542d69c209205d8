//! Taking the domains of recipients from their addresses or from the column `RecipientDomain`, in what is loaded: a worker
//! counts it anew.

use crate::events::recipient_domains::RecipientDomains;
use crate::hunt::{DomainMatching, Hunt};
use std::sync::Arc;

/// A hunt to be counted with the domains of recipients from elsewhere.
#[derive(Clone, Debug)]
pub struct RecountJob {
    pub(super) base: Arc<Hunt>,
    pub(super) from: RecipientDomains,
    pub(super) domains: DomainMatching,
}

/// A hunt that was counted so.
#[derive(Clone, Debug)]
pub struct Recounted {
    pub(super) base: Arc<Hunt>,
    pub(super) hunt: Arc<Hunt>,
}

impl RecountJob {
    /// Counts. It takes time by the number of events.
    pub fn run(self) -> Recounted {
        let hunt = self.base.with_recipient_domains(self.from);
        hunt.match_domains(self.domains);
        Recounted {
            base: self.base,
            hunt: Arc::new(hunt),
        }
    }
}
