//! Showing a hunt with its domains matched in some way: at once where that is ready, else when a
//! worker has made it ready. Until then the old view stays.

use crate::hunt::{DomainMatching, Hunt};
use std::sync::Arc;

/// A hunt to be shown as soon as its domains are matched so.
#[derive(Clone, Debug)]
pub(super) struct Awaited {
    pub(super) hunt: Arc<Hunt>,
    pub(super) domains: DomainMatching,
}
