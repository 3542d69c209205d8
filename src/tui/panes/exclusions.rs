//! The exclusions: which are on, and what each one costs.

use super::super::app::{App, Pane};
use super::super::exclusion_list::OutOfSight;
use super::super::text::{LineBuilder, line};
use super::{draw_border, draw_row, draw_scroll_mark, selected_style, style_row, title};
use crate::hunt::remarks::{self, Remark};
use crate::hunt::view::Effect;
use crate::printable::Printable;
use crate::quantities::{count, number};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

/// The columns of a row, from its left, that switch it when they are clicked: mark, number and box.
pub(in crate::tui) fn switch_width(app: &App) -> usize {
    1 + number_width(app) + 1 + "[x]".len() + 1
}

/// The digits of the greatest number: boxes stand one below the other.
fn number_width(app: &App) -> usize {
    app.hunt.exclusions.len().to_string().len()
}

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = &app.theme;
    let all = app.hunt.exclusions.len();
    let room = usize::from(area.width).saturating_sub(2);
    let least = heading(app, 0).width() + unsaved_words(app).map_or(0, |text| text.len());
    let out_of_sight = out_of_sight(app, area, room.saturating_sub(least));
    let taken = out_of_sight.as_ref().map_or(0, Line::width);
    let inner = draw_border(
        app,
        frame,
        area,
        Some(Pane::Exclusions),
        heading(app, room.saturating_sub(taken)),
        out_of_sight,
    );
    let offset = app.exclusions.offset();
    for row in 0..usize::from(inner.height) {
        let index = offset + row;
        if index >= all {
            break;
        }
        let selected = index == app.exclusions.index() && app.focus == Pane::Exclusions;
        draw_row(frame, inner, row, &row_line(app, index, selected, inner));
        if selected {
            style_row(frame, inner, row, selected_style(app, Pane::Exclusions));
        }
    }
    draw_scroll_mark(frame, inner, offset, all, theme);
    draw_details(app, frame, inner, all);
}

/// How many are on and what they hide, the most important first, in so many cells.
fn heading(app: &App, room: usize) -> Line<'static> {
    let theme = &app.theme;
    let on = app.query.active.len();
    let all = app.hunt.exclusions.len();
    let mut heading = title(app, Pane::Exclusions)
        .text("Exclusions ", theme.strong)
        .text(
            format!("{on} of {all} on "),
            if on > 0 { theme.on } else { theme.dim },
        );
    let hidden = (on > 0).then(|| {
        let hidden = count(app.view.hidden_emails, "email");
        format!("· {hidden} hidden ")
    });
    let both_sides = hidden.as_ref().map(|_| "(sent + threats) ".to_owned());
    let parts = [
        (hidden, theme.text),
        (both_sides, theme.dim),
        (unsaved_words(app), theme.warning),
    ];
    let width_of = |part: &Option<String>| part.as_ref().map_or(0, |text| text.chars().count());
    // Where room is short, what explains a number is left out first, then the number.
    let order = [1, 0, 2];
    let fits = |kept: &&[usize]| {
        let widths = kept.iter().map(|&part| width_of(&parts[part].0));
        heading.width() + widths.sum::<usize>() <= room
    };
    let choices = [&order[..], &order[1..], &order[2..]];
    let kept = choices.iter().find(|kept| fits(kept)).copied();
    let kept = kept.unwrap_or_default();
    for (place, (text, style)) in parts.iter().enumerate() {
        if let (Some(text), true) = (text, kept.contains(&place)) {
            heading = heading.text(text, *style);
        }
    }
    heading.build()
}

/// How many exclusions are not saved, where some are not.
fn unsaved_words(app: &App) -> Option<String> {
    let unsaved = app.unsaved().len();
    (unsaved > 0).then(|| format!("· {unsaved} not saved "))
}

/// How many exclusions are above and below those in sight, and how many of them are on, in so many cells: in words
/// where these fit, with arrows otherwise. Nothing where all are in sight.
fn out_of_sight(app: &App, area: Rect, room: usize) -> Option<Line<'static>> {
    let rows = usize::from(area.height.saturating_sub(2));
    let OutOfSight { above, below } = app.exclusions_out_of_sight(rows);
    let sides = [(above, "above"), (below, "below")];
    let sides = sides.into_iter().filter(|((amount, _), _)| *amount > 0);
    let sides: Vec<((usize, usize), &str)> = sides.collect();
    if sides.is_empty() {
        return None;
    }
    let told = |write: fn((usize, usize), &str) -> String, between: &str| {
        let sides = sides.iter().map(|&(amounts, place)| write(amounts, place));
        format!(" {} ", sides.collect::<Vec<String>>().join(between))
    };
    let with_those_on = |(amount, on): (usize, usize), place: &str| match on {
        0 => format!("{amount} {place}"),
        on => format!("{amount} {place}, {on} of them on"),
    };
    let texts = [
        told(with_those_on, " · "),
        told(|(amount, _), place| format!("{amount} {place}"), " · "),
        told(
            |(amount, _), place| {
                let arrow = if place == "above" { "↑" } else { "↓" };
                format!("{arrow}{amount}")
            },
            " ",
        ),
    ];
    Some(line(fitting(&texts, room), app.theme.text, &app.theme))
}

/// Below the list, where there is room: what the selected exclusion costs, in words, and why it is.
fn draw_details(app: &App, frame: &mut Frame<'_>, area: Rect, below: usize) {
    let theme = &app.theme;
    let index = app.exclusions.index();
    let Some(exclusion) = app.hunt.exclusions.get(index) else {
        return;
    };
    let width = usize::from(area.width).saturating_sub(1);
    let on = app.query.active.contains(index);
    let about = words_about(app, index, on, usize::MAX);
    let (cost, style) = about.cost;
    let cost = Printable::multiline(cost.as_bytes(), width, 1024);
    let (remarks, remarks_style) = about.remarks;
    let remarks = Printable::multiline(remarks.as_bytes(), width, 1024);
    let reason = Printable::multiline(exclusion.reason.as_bytes(), width, 1024);
    let lines = cost
        .into_iter()
        .map(|line| (line, style))
        .chain(remarks.into_iter().map(|line| (line, remarks_style)))
        .chain(reason.into_iter().map(|line| (line, theme.dim)));
    for (row, (text, style)) in lines.enumerate() {
        let line = LineBuilder::new(theme).blanks(1).printable(text, style);
        draw_row(frame, area, below + row, &line.build());
    }
}

fn row_line(app: &App, index: usize, selected: bool, area: Rect) -> Line<'static> {
    let theme = &app.theme;
    let width = usize::from(area.width);
    let on = app.query.active.contains(index);
    let title = app
        .hunt
        .exclusions
        .get(index)
        .map_or("", |exclusion| exclusion.title.as_str());
    let switch = if on { "[x]" } else { "[ ]" };
    let mark = if selected { "▶" } else { " " };
    let title_width = title_width(app, width);
    let builder = LineBuilder::new(theme)
        .text(mark, theme.text)
        .right((index + 1).to_string(), number_width(app), theme.key)
        .text(switch, if on { theme.on } else { theme.dim })
        .blanks(1)
        .left(title, title_width, if on { theme.on } else { theme.text });
    let room = width.saturating_sub(builder.width());
    let about = words_about(app, index, on, room);
    let (text, style) = about.cost;
    let builder = builder.rest(text, width, style);
    let (remarks, style) = about.remarks;
    let builder = if remarks.is_empty() {
        builder
    } else {
        builder.rest("  ", width, style).rest(remarks, width, style)
    };
    if !selected || width < REASON_WIDTH {
        return builder.build();
    }
    let reason = app.hunt.exclusions.get(index);
    let reason = reason.map_or("", |exclusion| exclusion.reason.as_str());
    builder
        .rest(format!("  {reason}"), width, theme.dim)
        .build()
}

/// The cells of the titles: as many as the longest needs, while two thirds are left for what the exclusions cost.
fn title_width(app: &App, width: usize) -> usize {
    if width < 70 {
        return (width / 3).max(10);
    }
    let titles = app.hunt.exclusions.iter();
    let widths = titles.map(|one| Printable::clipped(one.title.as_bytes(), width).width());
    let longest = widths.max().unwrap_or_default();
    longest.clamp(28, (width * 2 / 5).max(28))
}

/// The cells from which a selected row also says why it is.
const REASON_WIDTH: usize = 96;

/// What is said of an exclusion.
struct Words {
    /// What it costs, in as many words as there is room for, or why it costs nothing.
    cost: (String, Style),
    /// Remarks; empty when there are none.
    remarks: (String, Style),
}

/// What is said of an exclusion where there is so much room.
fn words_about(app: &App, index: usize, on: bool, room: usize) -> Words {
    let theme = &app.theme;
    let is_inert = app.hunt.inert.get(index).is_some_and(Option::is_some);
    if is_inert && !app.load.finished {
        // What it lacks may be in the rest of the files.
        return Words {
            cost: ("calculating…".to_owned(), theme.dim),
            remarks: (String::new(), theme.dim),
        };
    }
    let mut remarks = remarks::of(&app.hunt, &app.query, &app.view, index, app.today);
    remarks.retain(|remark| app.load.finished || !remark.is_known_at_the_end());
    if room != usize::MAX {
        // Which domains are ours is for the details.
        remarks.retain(|remark| !matches!(remark, Remark::OwnDomains(_)));
    }
    let (instead, beside): (Vec<Remark>, Vec<Remark>) =
        remarks.into_iter().partition(Remark::is_instead_of_cost);
    let style = if beside.iter().any(Remark::is_warning) {
        theme.warning
    } else {
        theme.dim
    };
    let cost_within = |room| match instead.first() {
        Some(remark) => (remark.words(), theme.dim),
        None => cost(app, index, on, room),
    };
    let join = |words: fn(&Remark) -> String| {
        let words: Vec<String> = beside.iter().map(words).collect();
        words.join("; ")
    };
    let width = |text: &str| text.chars().count();
    let whole = cost_within(usize::MAX).0;
    let unsaved = if app.is_unsaved(index) {
        "not saved"
    } else {
        ""
    };
    let with_unsaved = |remarks: String| {
        let parts = [unsaved.to_owned(), remarks].into_iter();
        let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
        parts.join("; ")
    };
    let mut remarks = with_unsaved(join(Remark::words));
    if width(&whole) + 2 + width(&remarks) > room {
        remarks = with_unsaved(join(Remark::short));
    }
    let room = match width(&remarks) {
        0 => room,
        taken => room.saturating_sub(taken + 2),
    };
    Words {
        cost: cost_within(room),
        remarks: (remarks, style),
    }
}

/// What the exclusion costs now, in as many words as there is room for.
fn cost(app: &App, index: usize, on: bool, room: usize) -> (String, Style) {
    let theme = &app.theme;
    let effect = app.view.exclusions.get(index).copied().unwrap_or_default();
    let (alone, marginal) = (effect.by_itself, effect.marginal);
    if on {
        return (fitting(&hiding(alone, marginal), room), theme.text);
    }
    if marginal == Effect::default() {
        return ("would hide nothing more".to_owned(), theme.dim);
    }
    let would = [
        format!("would hide {}", words(marginal)),
        format!("would hide {}", number(marginal.emails)),
    ];
    (fitting(&would, room), theme.text)
}

/// What an exclusion that is on hides, and what only it hides, from many words to few.
fn hiding(alone: Effect, only: Effect) -> [String; 3] {
    [
        format!("hides {} · unique: {}", words(alone), words(only)),
        format!(
            "hides {}, unique: {}, {}",
            words(alone),
            number(only.emails),
            number(only.domains)
        ),
        format!(
            "hides {}, unique: {}",
            number(alone.emails),
            number(only.emails)
        ),
    ]
}

/// The first of these texts that fits, else the last.
fn fitting(texts: &[String], room: usize) -> String {
    let fits = |text: &&String| text.chars().count() <= room;
    let text = texts.iter().find(fits).or(texts.last());
    text.cloned().unwrap_or_default()
}

/// Emails and domains, in words.
fn words(effect: Effect) -> String {
    let emails = count(effect.emails, "email");
    format!("{emails}, {}", count(effect.domains, "domain"))
}
