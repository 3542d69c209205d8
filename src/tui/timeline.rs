//! The timeline and how a time range is chosen on it, with keys or with the mouse.
//!
//! The range follows the cursor while it is being chosen, so that every pane shows what it would be.

use crate::events::time::Hour;
use crate::hunt::timeline::{Scale, Timeline};
use crate::hunt::view::Extent;
use crate::hunt::{Hunt, Query};

/// What is shown on the timeline and where its cursor is.
#[derive(Clone, Debug, Default)]
pub struct TimelineState {
    /// By hour, the threat emails of the domains that the query lists without its time range.
    pub threats: Timeline,
    /// The emails that the time range leaves out as their time is not known.
    pub without_time: u64,
    /// What the other scope of the time range would list, where that differs.
    pub other_range: Option<Extent>,
    /// An hour of the bar the cursor is on: bars are others when the size is another. The last bar, if
    /// it was never moved.
    pub(super) cursor: Option<Hour>,
    /// An hour of the bar at which the range that is being chosen began.
    pub(super) begun: Option<Hour>,
    /// An hour of the bar at which the mouse was pressed and is held.
    pub(super) pressed: Option<Hour>,
}

impl TimelineState {
    /// Takes the answer to a query.
    pub(super) fn answer(&mut self, hunt: &Hunt, query: &Query) {
        self.without_time = hunt.without_time(query);
        self.other_range = hunt.other_range(query);
        self.threats = hunt.timeline(query);
    }

    /// Whether a range is being chosen.
    pub fn is_choosing(&self) -> bool {
        self.begun.is_some()
    }

    /// The bar the cursor is on.
    pub fn cursor(&self, scale: &Scale) -> usize {
        self.cursor
            .map_or(scale.bars - 1, |hour| scale.bar_of(hour))
    }
}
