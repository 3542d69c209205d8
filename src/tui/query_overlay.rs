//! The hunt as a query for Sentinel, over the panes: it scrolls, and can be saved.

use crate::hunt::kql::HuntingQuery;

/// The query as it is shown.
#[derive(Clone, Debug)]
pub struct QueryOverlay {
    /// The query. It is made once: what is shown is what is saved.
    pub query: HuntingQuery,
    /// The first line shown.
    pub scroll: usize,
}
