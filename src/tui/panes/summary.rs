//! What is told of the selected domain beside its numbers: when, what became of the emails,
//! whether they authenticated.

use super::super::app::App;
use super::super::text::LineBuilder;
use super::ranking::domain_label;
use super::{draw_border, draw_row};
use crate::hunt::query::Shown;
use crate::hunt::summary::{self, DomainSummary};
use crate::quantities::number;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Sparkline;

/// The label of the line of bars.
const PER_DAY: &str = "threats per day ";

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = &app.theme;
    let selected = app.view.rows.get(app.ranking.index());
    let hidden = match app.query.shown {
        Shown::Visible => "",
        Shown::Hidden => "· hidden emails ",
    };
    let heading = match app.selected_domain() {
        Some(domain) => {
            let room = usize::from(area.width).saturating_sub(4 + hidden.len());
            LineBuilder::new(theme)
                .blanks(1)
                .rest(domain_label(domain), room, theme.strong)
                .blanks(1)
                .text(hidden, theme.warning)
        }
        None => LineBuilder::new(theme).text(" no domain ", theme.dim),
    };
    let inner = draw_border(app, frame, area, None, heading.build(), None);
    let Some(row) = selected else {
        return;
    };
    let summary = summary::summarize(app.cube(), row.index(), &app.query);
    draw_days(app, frame, inner, &summary);
    let kinds = [
        ("Malware", summary.malware),
        ("Phish", summary.phish),
        ("Spam", summary.spam),
        ("other", summary.other),
    ];
    let deliveries = [
        ("delivered", summary.delivered),
        ("junked", summary.junked),
        ("blocked", summary.blocked),
        ("replaced", summary.replaced),
        ("unknown", summary.delivery_unknown),
    ];
    let authentication = [
        ("pass", summary.dmarc_pass),
        ("fail", summary.dmarc_fail),
        ("none", summary.dmarc_none),
        ("other", summary.dmarc_other),
        ("unreadable", summary.dmarc_unreadable),
    ];
    draw_row(frame, inner, 1, &counts(app, "Verdicts    ", &kinds));
    draw_row(frame, inner, 2, &counts(app, "At delivery ", &deliveries));
    draw_row(
        frame,
        inner,
        3,
        &counts(app, "DMARC       ", &authentication),
    );
}

/// `label` and the counts that are not zero.
fn counts(app: &App, label: &str, counts: &[(&str, u64)]) -> Line<'static> {
    let theme = &app.theme;
    let mut builder = LineBuilder::new(theme).blanks(1).text(label, theme.label);
    let mut first = true;
    for (name, amount) in counts.iter().filter(|(_, amount)| *amount > 0) {
        if !first {
            builder = builder.text(" · ", theme.dim);
        }
        first = false;
        let style = match *name {
            "delivered" | "fail" | "unreadable" | "Malware" => theme.warning,
            _ => theme.text,
        };
        builder = builder.text(format!("{name} {}", number(*amount)), style);
    }
    builder.build()
}

/// Threats by day over the time of all events, oldest left.
fn draw_days(app: &App, frame: &mut Frame<'_>, area: Rect, summary: &DomainSummary) {
    let theme = &app.theme;
    let label = LineBuilder::new(theme).blanks(1).text(PER_DAY, theme.label);
    let start = label.width() as u16;
    draw_row(frame, area, 0, &label.build());
    let Some((first, last)) = app.hunt.times else {
        return;
    };
    let room = area.width.saturating_sub(start + 1);
    let (first, last) = (first.hour().day(), last.hour().day());
    let bars = bars(summary, first, last, usize::from(room));
    let most = bars.iter().copied().max().unwrap_or_default();
    let place = Rect {
        x: area.x + start,
        width: (bars.len() as u16).min(room),
        height: 1.min(area.height),
        ..area
    };
    let sparkline = Sparkline::default()
        .data(&bars)
        .max(most)
        .style(theme.danger);
    frame.render_widget(sparkline, place);
    let caption_room = room.saturating_sub(place.width);
    let days = (last - first + 1).max(1);
    let per_bar = days.unsigned_abs() as usize / bars.len().max(1);
    let caption = if per_bar > 1 {
        format!(" peak in {per_bar} days: {}", number(most))
    } else {
        format!(" peak {} a day", number(most))
    };
    let after = Rect {
        x: place.right(),
        width: caption_room,
        height: 1.min(area.height),
        ..area
    };
    let line = LineBuilder::new(theme).rest(caption, usize::from(caption_room), theme.dim);
    draw_row(frame, after, 0, &line.build());
}

/// The threats of each day, or of each few days where the days are more than there is room.
fn bars(summary: &DomainSummary, first: i32, last: i32, room: usize) -> Vec<u64> {
    if room == 0 {
        return Vec::new();
    }
    let days = usize::try_from(i64::from(last) - i64::from(first) + 1).unwrap_or(1);
    let per_bar = days.div_ceil(room);
    let mut bars = vec![0; days.div_ceil(per_bar)];
    for &(day, emails) in &summary.by_day {
        let day = usize::try_from(i64::from(day) - i64::from(first)).unwrap_or_default();
        if let Some(bar) = bars.get_mut(day / per_bar) {
            *bar += emails;
        }
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_share_a_bar_where_there_is_no_room_and_none_is_lost() {
        let summary = DomainSummary {
            by_day: vec![(100, 1), (101, 2), (109, 4)],
            ..DomainSummary::default()
        };
        assert_eq!(bars(&summary, 100, 109, 20), [1, 2, 0, 0, 0, 0, 0, 0, 0, 4]);
        assert_eq!(bars(&summary, 100, 109, 4), [3, 0, 0, 4]);
        assert!(bars(&summary, 100, 109, 0).is_empty());
    }
}
