//! The first line: what is loaded, or how far loading is, and whether the numbers are whole.

use super::super::app::App;
use super::super::text::LineBuilder;
use super::draw_row;
use crate::hunt::DomainMatching;
use crate::quantities::{bytes, count, number};
use ratatui::Frame;
use ratatui::layout::Rect;
use std::path::Path;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let builder = matching(app, LineBuilder::new(&app.theme), width);
    let line = if app.load.finished {
        loaded(app, builder, width)
    } else {
        loading(app, builder, width)
    };
    draw_row(frame, area, 0, &line.build());
}

/// The program's name and how domains are matched, where that is not as the query does. Where there
/// is little room it stands in the name's place, so that nothing after it is lost.
fn matching<'t>(app: &'t App, builder: LineBuilder<'t>, width: usize) -> LineBuilder<'t> {
    let theme = &app.theme;
    let name = |builder: LineBuilder<'t>| builder.text(" mailhunt ", theme.strong).blanks(1);
    let domains = app.query.domains;
    match domains {
        DomainMatching::Exact => name(builder),
        _ if width < 60 => builder.text(format!(" {domains} "), theme.on).blanks(1),
        _ => name(builder)
            .text(format!("{domains} domains"), theme.on)
            .blanks(2),
    }
}

fn loaded<'t>(app: &'t App, builder: LineBuilder<'t>, width: usize) -> LineBuilder<'t> {
    let theme = &app.theme;
    let mut builder = builder;
    // What makes the numbers less than whole comes first: it must not be cut.
    for trouble in troubles(app) {
        builder = builder.text(trouble, theme.warning).blanks(2);
    }
    if app.areas().is_some_and(|areas| areas.exclusions.is_none()) && !app.query.active.is_empty() {
        let on = format!("{} excluded", count(app.view.hidden_emails, "email"));
        builder = builder.text(on, theme.on).blanks(2);
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
        let text = format!("loading  {}  {rows}  c stops", bytes(read));
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
        .rest(format!("{sizes}  {rows}  c stops"), width, theme.text)
}
