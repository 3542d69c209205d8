//! Moves along the timeline and chooses a time range on it.

use crate::hunt::query::RangeScope;
use crate::hunt::timeline::Scale;
use crate::tui::app::{App, Pane};
use crate::tui::cursor::Step;

impl App {
    /// How the hours of all events lie on the timeline as it is shown; `None` when it is not shown, or
    /// no event has a time.
    pub fn timeline_scale(&self) -> Option<Scale> {
        let (first, last) = self.hunt.times?;
        let rows = self.areas()?.rows(Pane::Timeline)?;
        Scale::fitting((first.hour(), last.hour()), usize::from(rows.width))
    }

    /// Moves the cursor of the timeline; a range that is being chosen is extended.
    pub(in crate::tui) fn step_timeline(&mut self, step: Step) {
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
    pub(in crate::tui) fn extend_range(&mut self, bars: isize) {
        self.begin_range();
        self.step_timeline(Step::By(bars));
    }

    /// Begins a range at the cursor, or ends it there.
    pub(in crate::tui) fn choose_range(&mut self) {
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
    pub(in crate::tui) fn end_range(&mut self) {
        self.timeline.pressed = None;
        if self.timeline.begun.take().is_some() {
            self.remember();
        }
    }

    /// Gives up the range that is being chosen, and says whether one was.
    pub(in crate::tui) fn give_up_range(&mut self) -> bool {
        let was_choosing = self.timeline.begun.take().is_some();
        if was_choosing {
            self.query
                .hours
                .clone_from(&self.history.present().query.hours);
            self.refresh();
        }
        was_choosing
    }

    pub(in crate::tui) fn count_all_times(&mut self) {
        if self.query.hours.take().is_none() {
            self.notify("No time range is set");
            return;
        }
        self.refresh();
        self.notify("Time range cleared");
    }

    /// Applies the time range to threats only, or to threats and sent mail again.
    pub(in crate::tui) fn change_range_scope(&mut self) {
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
    pub(in crate::tui) fn press_timeline(&mut self, bar: usize) {
        self.end_range();
        self.step_timeline(Step::To(bar));
        self.timeline.pressed = self.timeline.cursor;
    }

    /// The mouse is drawn, held, to this column of the screen.
    pub(in crate::tui) fn drag_on_timeline(&mut self, column: u16) {
        let rows = self.areas().and_then(|areas| areas.rows(Pane::Timeline));
        let (Some(pressed), Some(rows)) = (self.timeline.pressed, rows) else {
            return;
        };
        self.timeline.begun = Some(pressed);
        self.step_timeline(Step::To(usize::from(column.saturating_sub(rows.x))));
    }

    /// The mouse is let go.
    pub(in crate::tui) fn release_mouse(&mut self) {
        if self.timeline.pressed.take().is_some() {
            self.end_range();
        }
    }
}
