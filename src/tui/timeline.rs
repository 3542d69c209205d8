//! The timeline and how a time range is chosen on it, with keys or with the mouse.
//!
//! The range follows the cursor while it is being chosen, so that every pane shows what it would be.

use super::app::{App, Pane};
use super::cursor::Step;
use crate::events::time::Hour;
use crate::hunt::query::RangeScope;
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
    cursor: Option<Hour>,
    /// An hour of the bar at which the range that is being chosen began.
    begun: Option<Hour>,
    /// An hour of the bar at which the mouse was pressed and is held.
    pressed: Option<Hour>,
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

impl App {
    /// How the hours of all events lie on the timeline as it is shown; `None` when it is not shown, or
    /// no event has a time.
    pub fn timeline_scale(&self) -> Option<Scale> {
        let (first, last) = self.hunt.times?;
        let rows = self.areas()?.rows(Pane::Timeline)?;
        Scale::fitting((first.hour(), last.hour()), usize::from(rows.width))
    }

    /// Moves the cursor of the timeline; a range that is being chosen is extended.
    pub(super) fn step_timeline(&mut self, step: Step) {
        let Some(scale) = self.timeline_scale() else {
            return;
        };
        let (bar, last) = (self.timeline.cursor(&scale), scale.bars - 1);
        let bar = match step {
            Step::By(bars) => bar.saturating_add_signed(bars),
            Step::Pages(pages) => {
                let page = (scale.bars / 8).max(1).cast_signed();
                bar.saturating_add_signed(page.saturating_mul(pages))
            }
            Step::First => 0,
            Step::Last => last,
            Step::To(bar) => bar,
        };
        self.timeline.cursor = Some(*scale.hours(bar.min(last), bar.min(last)).start());
        self.take_range(&scale);
    }

    /// Begins a range at the cursor if none is being chosen, and moves.
    pub(super) fn extend_range(&mut self, bars: isize) {
        self.begin_range();
        self.step_timeline(Step::By(bars));
    }

    /// Begins a range at the cursor, or ends it there.
    pub(super) fn choose_range(&mut self) {
        if self.timeline.is_choosing() {
            self.end_range();
            return;
        }
        self.begin_range();
        if let Some(scale) = self.timeline_scale() {
            self.take_range(&scale);
        }
    }

    fn begin_range(&mut self) {
        let Some(scale) = self.timeline_scale() else {
            return;
        };
        let bar = self.timeline.cursor(&scale);
        let hour = *scale.hours(bar, bar).start();
        self.timeline.begun.get_or_insert(hour);
    }

    /// The range that is being chosen is what is asked.
    fn take_range(&mut self, scale: &Scale) {
        if let Some(begun) = self.timeline.begun {
            let hours = scale.hours(scale.bar_of(begun), self.timeline.cursor(scale));
            self.query.hours = Some(hours);
            self.refresh();
        }
    }

    /// Keeps the range that is being chosen: a step that can be taken back.
    pub(super) fn end_range(&mut self) {
        self.timeline.pressed = None;
        if self.timeline.begun.take().is_some() {
            self.remember();
        }
    }

    /// Gives up the range that is being chosen, and says whether one was.
    pub(super) fn give_up_range(&mut self) -> bool {
        let was_choosing = self.timeline.begun.take().is_some();
        if was_choosing {
            self.query
                .hours
                .clone_from(&self.history.present().query.hours);
            self.refresh();
        }
        was_choosing
    }

    pub(super) fn count_all_times(&mut self) {
        if self.query.hours.take().is_none() {
            self.notify("No time range is set");
            return;
        }
        self.refresh();
        self.notify("Time range cleared");
    }

    /// Applies the time range to threats only, or to threats and sent mail again.
    pub(super) fn change_range_scope(&mut self) {
        self.query.range = self.query.range.other();
        self.refresh();
        self.notify(match (&self.query.hours, self.query.range) {
            (Some(_), RangeScope::Threats) => {
                "The time range applies to threats only: sent mail counts at all times"
            }
            (Some(_), RangeScope::Both) => "The time range applies to threats and sent mail",
            (None, RangeScope::Threats) => {
                "A time range will apply to threats only: sent mail will count at all times"
            }
            (None, RangeScope::Both) => "A time range will apply to threats and sent mail",
        });
    }

    /// The mouse is pressed on a bar.
    pub(super) fn press_timeline(&mut self, bar: usize) {
        self.end_range();
        self.step_timeline(Step::To(bar));
        self.timeline.pressed = self.timeline.cursor;
    }

    /// The mouse is drawn, held, to this column of the screen.
    pub(super) fn drag_on_timeline(&mut self, column: u16) {
        let rows = self.areas().and_then(|areas| areas.rows(Pane::Timeline));
        let (Some(pressed), Some(rows)) = (self.timeline.pressed, rows) else {
            return;
        };
        self.timeline.begun = Some(pressed);
        self.step_timeline(Step::To(usize::from(column.saturating_sub(rows.x))));
    }

    /// The mouse is let go.
    pub(super) fn release_mouse(&mut self) {
        if self.timeline.pressed.take().is_some() {
            self.end_range();
        }
    }
}
