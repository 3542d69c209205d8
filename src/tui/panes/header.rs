//! The first line: what is loaded, or how far loading is, and whether the numbers are whole.

use super::super::app::App;
use super::super::commands::{self, Command};
use super::super::text::LineBuilder;
use super::draw_row;
use crate::events::recipient_domains::RecipientDomains;
use crate::hunt::query::{RangeScope, Shown};
use crate::hunt::view::Effect;
use crate::hunt::{DomainMatching, time_range};
use crate::quantities::{bytes, count, number};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::path::Path;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let builder = asked(app, LineBuilder::new(&app.theme), width);
    let line = if app.load.finished {
        loaded(app, builder, width)
    } else {
        loading(app, builder, width)
    };
    draw_row(frame, area, 0, &line.build());
}

/// Whether only few words fit.
fn is_narrow(width: usize) -> bool {
    width < 60
}

/// The program's name and what is asked otherwise than the query does. Where there is little room that
/// stands in the name's place, so that nothing after it is lost.
fn asked<'t>(app: &'t App, builder: LineBuilder<'t>, width: usize) -> LineBuilder<'t> {
    let theme = &app.theme;
    let is_narrow = is_narrow(width);
    let domains = app.query.domains;
    let marks: Vec<(String, Style)> = [
        shown(app, is_narrow).map(|text| (text, theme.selected)),
        time_range(app, width).map(|text| (text, theme.on)),
        (domains != DomainMatching::Exact).then(|| {
            let text = if is_narrow {
                domains.to_string()
            } else {
                format!("{domains} domains")
            };
            (text, theme.on)
        }),
        (app.hunt.store.recipient_domains == RecipientDomains::Column).then(|| {
            let text = if is_narrow {
                "by column"
            } else {
                "by RecipientDomain"
            };
            (text.to_owned(), theme.on)
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut builder = if is_narrow && !marks.is_empty() {
        builder.blanks(1)
    } else {
        builder.text(" mailhunt ", theme.strong).blanks(1)
    };
    for (text, style) in marks {
        builder = builder.text(text, style).blanks(2);
    }
    builder
}

/// That this is not the ranking: no number may be taken for one of it.
fn shown(app: &App, is_narrow: bool) -> Option<String> {
    let key = commands::first_key_label(Command::ShowHidden);
    match app.query.shown {
        Shown::Visible => None,
        Shown::Hidden if is_narrow => Some(" HIDDEN ".to_owned()),
        Shown::Hidden => Some(format!(" HIDDEN EMAILS ONLY ({key}: back) ")),
    }
}

fn loaded<'t>(app: &'t App, builder: LineBuilder<'t>, width: usize) -> LineBuilder<'t> {
    let theme = &app.theme;
    let mut builder = builder;
    if let Some(blind_spot) = blind_spot(app, width) {
        builder = builder.text(blind_spot, theme.warning).blanks(2);
    }
    // What makes the numbers less than whole comes first: it must not be cut.
    for trouble in troubles(app) {
        builder = builder.text(trouble, theme.warning).blanks(2);
    }
    if app.areas().is_some_and(|areas| areas.exclusions.is_none()) && !app.query.active.is_empty() {
        let hidden = app.view.hidden_emails;
        let emails = if is_narrow(width) {
            number(hidden)
        } else {
            count(hidden, "email")
        };
        let text = format!("{emails} hidden");
        builder = builder.rest(text, width, theme.on).blanks(2);
    }
    let mut facts = vec![
        files(app, width / 3),
        count(app.hunt.store.events(), "event"),
    ];
    if let Some((first, last)) = app.hunt.times {
        let (first, last) = (first.civil().date(), last.civil().date());
        facts.push(format!("{first} → {last}"));
    }
    builder.rest(facts.join("  "), width, theme.text)
}

/// The time range, where there is one.
fn time_range(app: &App, width: usize) -> Option<String> {
    let hours = app.query.hours.as_ref()?;
    let key = commands::first_key_label(Command::CountAllTimes);
    let label = time_range::label(hours, width < 100);
    Some(match (app.query.range, is_narrow(width)) {
        (RangeScope::Both, true) => label,
        (RangeScope::Threats, true) => format!("threats {label}"),
        (RangeScope::Both, false) => format!("range: {label} ({key}: clear)"),
        (RangeScope::Threats, false) => format!("threats range: {label} ({key}: clear)"),
    })
}

/// A warning that the exclusions hide domains whose threats reached a mailbox.
fn blind_spot(app: &App, width: usize) -> Option<String> {
    let Effect { emails, domains } = app.view.hidden_delivered;
    if emails == 0 {
        return None;
    }
    let key = match app.query.shown {
        Shown::Visible => format!(" ({})", commands::first_key_label(Command::ShowHidden)),
        // They are in sight.
        Shown::Hidden => String::new(),
    };
    let short = format!("{} delivered, hidden{key}", number(emails));
    let (emails, domains) = (
        count(emails, "delivered threat"),
        count(domains, "hidden domain"),
    );
    Some(if width < 80 {
        short
    } else {
        format!("{emails} from {domains}{key}")
    })
}

/// The files by name, where the names fit, without their folders; else their number.
fn files(app: &App, room: usize) -> String {
    let names: Vec<String> = app
        .load
        .files
        .iter()
        .map(|file| {
            let name = Path::new(&file.name).file_name();
            name.map_or_else(
                || file.name.clone(),
                |name| name.to_string_lossy().into_owned(),
            )
        })
        .collect();
    let joined = names.join(", ");
    if joined.chars().count() <= room {
        joined
    } else {
        count(names.len() as u64, "file")
    }
}

/// Why the numbers may be less than whole, shortest first.
fn troubles(app: &App) -> Vec<String> {
    let mut troubles = Vec::new();
    let failed = app.load.files_failed();
    if app.load.is_cancelled() {
        troubles.push("stopped: counts are lower bounds (f)".to_owned());
    }
    if failed > 0 {
        troubles.push(format!("{} failed (f)", count(failed as u64, "file")));
    }
    let rejected = app.load.rows_rejected();
    if rejected > 0 {
        troubles.push(format!("{} rejected (f)", count(rejected, "row")));
    }
    let warnings = app.account().warning_count() as u64;
    if troubles.is_empty() && warnings > 0 {
        troubles.push(format!("{} (f)", count(warnings, "warning")));
    }
    troubles
}

fn loading<'t>(app: &'t App, builder: LineBuilder<'t>, width: usize) -> LineBuilder<'t> {
    let theme = &app.theme;
    let progress = app.load.files.iter().map(|file| file.progress);
    let (mut read, mut total, mut known) = (0, 0, true);
    for file in progress {
        read += file.bytes_read;
        total += file.bytes_total;
        known &= file.bytes_total > 0 || file.finished;
    }
    let rows = format!("{} rows", number(app.load.rows()));
    if !known || total == 0 {
        let text = format!("loading  {}  {rows}  c: stop", bytes(read));
        return builder.rest(text, width, theme.text);
    }
    let share = (read as f64 / total as f64).clamp(0.0, 1.0);
    let percent = (share * 100.0) as u64;
    let bar_width = if width >= 100 { 24 } else { 10 };
    let filled = ((share * bar_width as f64) as usize).min(bar_width);
    let sizes = format!("{} of {}", bytes(read), bytes(total));
    builder
        .text(format!("loading {percent:>3} % "), theme.text)
        .text("█".repeat(filled), theme.good)
        .text("░".repeat(bar_width - filled), theme.dim)
        .blanks(1)
        .rest(format!("{sizes}  {rows}  c: stop"), width, theme.text)
}
