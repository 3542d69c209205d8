//! The timeline: when the threats came of all domains that rank at all times, and the time range. The bars
//! are the same for every range, so that one can choose another from them.

use super::super::app::{App, Pane};
use super::super::commands::{self, Command};
use super::super::text::LineBuilder;
use super::{draw_border, draw_lower_title, draw_row, title};
use crate::hunt::query::RangeScope;
use crate::hunt::time_range;
use crate::hunt::timeline::Scale;
use crate::quantities::count;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Sparkline, SparklineBar};
use std::ops::RangeInclusive;

/// The rows below the bars: what is marked, and what that is.
const ROWS_BELOW: u16 = 2;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = &app.theme;
    let scale = app.timeline_scale();
    let heading = title(app, Pane::Timeline).text("Timeline ", theme.strong);
    let heading = match &scale {
        Some(scale) => {
            let room = usize::from(area.width).saturating_sub(3);
            heading.rest(format!("threats per {} ", unit(scale)), room, theme.dim)
        }
        None => heading,
    };
    let bars = scale.map(|scale| app.timeline.threats.bars(&scale));
    let marked = scale.and_then(|scale| marked(app, &scale));
    let inner = draw_border(
        app,
        frame,
        area,
        Some(Pane::Timeline),
        heading.build(),
        None,
    );
    if app.areas().is_some_and(|areas| areas.ranking.is_none()) {
        draw_lower_title(frame, area, other_range(app, area.width));
    }
    let (Some(scale), Some(bars)) = (scale, bars) else {
        let sentence = LineBuilder::new(theme).text("No event has a time.", theme.dim);
        draw_row(frame, inner, 0, &sentence.build());
        return;
    };
    let place = Rect {
        height: inner.height.saturating_sub(ROWS_BELOW),
        ..inner
    };
    draw_bars(app, frame, place, (&scale, &bars, marked.as_ref()));
    let below = usize::from(place.height);
    let marks = marks(app, &scale, marked.as_ref());
    draw_row(frame, inner, below, &marks);
    let words = in_words(app, &scale, &bars, usize::from(inner.width));
    draw_row(frame, inner, below + 1, &words);
}

/// What the other scope of the time range would show, where that differs: the bars count threats of partners of
/// all times, the ranking those to whom something was sent in the range.
pub(super) fn other_range(app: &App, width: u16) -> Option<Line<'static>> {
    let other = app.timeline.other_range?;
    let key = commands::first_key_label(Command::ChangeRangeScope);
    let (threats, partners) = (
        count(other.threats, "threat"),
        count(other.domains, "partner"),
    );
    let scope = match app.query.range {
        RangeScope::Both => "sent mail of all times",
        RangeScope::Threats => "sent mail of this time only",
    };
    let long = format!(" With {scope}: {threats}, {partners} ({key}) ");
    let text = if long.chars().count() + 4 <= usize::from(width) {
        long
    } else {
        format!(" {key}: {threats}, {partners} ")
    };
    Some(
        LineBuilder::new(&app.theme)
            .rest(text, usize::from(width.saturating_sub(4)), app.theme.on)
            .build(),
    )
}

/// How long a bar is: `hour`, `6 hours`.
fn unit(scale: &Scale) -> String {
    match scale.hours_per_bar {
        1 => "hour".to_owned(),
        24 => "day".to_owned(),
        hours if hours % 24 == 0 => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    }
}

/// The bars that the time range reaches into, if there is one.
fn marked(app: &App, scale: &Scale) -> Option<RangeInclusive<usize>> {
    let hours = app.query.hours.as_ref()?;
    scale.bars_in(hours)
}

fn draw_bars(
    app: &App,
    frame: &mut Frame<'_>,
    area: Rect,
    (scale, bars, marked): (&Scale, &[u64], Option<&RangeInclusive<usize>>),
) {
    let theme = &app.theme;
    let styled = bars.iter().enumerate().map(|(bar, emails)| {
        let counts = match (&app.query.hours, marked) {
            (None, _) => true,
            (Some(_), Some(marked)) => marked.contains(&bar),
            (Some(_), None) => false,
        };
        let style = if counts { theme.danger } else { theme.dim };
        SparklineBar::from(*emails).style(Some(style))
    });
    let place = Rect {
        width: area.width.min(bars.len() as u16),
        ..area
    };
    let most = bars.iter().copied().max().unwrap_or_default();
    frame.render_widget(Sparkline::default().data(styled).max(most), place);
    if app.focus == Pane::Timeline {
        let cursor = Rect {
            x: place.x + app.timeline.cursor(scale) as u16,
            width: 1,
            ..place
        };
        let reversed = Style::new().add_modifier(Modifier::REVERSED);
        frame
            .buffer_mut()
            .set_style(cursor.intersection(place), reversed);
    }
}

/// What is marked below the bars, so that colour is not the only sign: the range and the cursor.
fn marks(app: &App, scale: &Scale, marked: Option<&RangeInclusive<usize>>) -> Line<'static> {
    let theme = &app.theme;
    let cursor = (app.focus == Pane::Timeline).then(|| app.timeline.cursor(scale));
    let mut builder = LineBuilder::new(theme);
    for bar in 0..scale.bars {
        let is_marked = marked.is_some_and(|marked| marked.contains(&bar));
        builder = match (cursor == Some(bar), is_marked) {
            (true, _) => builder.text("▲", theme.key),
            (false, true) => builder.text("━", theme.on),
            (false, false) => builder.blanks(1),
        };
    }
    builder.build()
}

/// With the keys, what the cursor is on; else from when to when the bars are.
fn in_words(app: &App, scale: &Scale, bars: &[u64], width: usize) -> Line<'static> {
    let theme = &app.theme;
    let is_short = width < 80;
    let all = scale.hours(0, scale.bars - 1);
    let mut builder = LineBuilder::new(theme);
    if app.focus == Pane::Timeline {
        let cursor = app.timeline.cursor(scale);
        let when = time_range::label(&scale.hours(cursor, cursor), is_short);
        let threats = count(bars.get(cursor).copied().unwrap_or_default(), "threat");
        builder = builder.rest(format!("{when}: {threats}"), width, theme.text);
    } else {
        builder = builder.rest(time_range::label(&all, is_short), width, theme.dim);
    }
    let left_out = app.timeline.without_time;
    let without_time = app.timeline.threats.without_time;
    if left_out > 0 {
        let text = format!("  {} without a time left out", count(left_out, "email"));
        builder = builder.rest(text, width, theme.warning);
    } else if without_time > 0 {
        let text = format!("  {} without a time", count(without_time, "threat"));
        builder = builder.rest(text, width, theme.dim);
    }
    builder.build()
}
