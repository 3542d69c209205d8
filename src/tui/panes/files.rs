//! What was loaded: each file with its rows kept and rejected, and why.

use super::super::app::{App, FilesText, Pane};
use super::super::text::LineBuilder;
use super::{draw_border, draw_row, draw_scroll_mark, title};
use crate::events::report::FileReport;
use crate::pipeline::FileState;
use crate::printable::Printable;
use crate::quantities::{bytes, count, number};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = &app.theme;
    let heading = title(app, Pane::Files).text("Files ", theme.strong);
    let inner = draw_border(app, frame, area, Some(Pane::Files), heading.build(), None);
    let FilesText { lines, scroll } = &app.files;
    let shown = lines.iter().skip(*scroll).take(usize::from(inner.height));
    for (row, line) in shown.enumerate() {
        draw_row(frame, inner, row, line);
    }
    draw_scroll_mark(frame, inner, *scroll, lines.len(), theme);
}

/// The text of the pane in lines of that width.
pub(in crate::tui) fn lines(app: &App, width: usize) -> Vec<Line<'static>> {
    let mut text = Text {
        app,
        width,
        lines: Vec::new(),
    };
    for file in &app.load.files {
        text.file(file);
    }
    text.lines
}

/// A bar of that many cells, filled to so many percent.
fn bar(percent: usize, cells: usize) -> String {
    let filled = percent * cells / 100;
    format!("{}{}", "█".repeat(filled), "░".repeat(cells - filled))
}

struct Text<'a> {
    app: &'a App,
    width: usize,
    lines: Vec<Line<'static>>,
}

impl Text<'_> {
    fn file(&mut self, file: &FileState) {
        let theme = self.app.theme;
        self.wrapped(0, &file.name, theme.strong);
        match &file.report {
            None => self.progress(file),
            Some(report) => self.report(report),
        }
        self.lines.push(Line::default());
    }

    fn progress(&mut self, file: &FileState) {
        let progress = file.progress;
        let read = bytes(progress.bytes_read);
        let rows = number(progress.rows);
        let text = match (100 * progress.bytes_read).checked_div(progress.bytes_total) {
            Some(share) => {
                let total = bytes(progress.bytes_total);
                let bar = bar(share.min(100) as usize, 20);
                format!("{bar} {share:>3} %  {read} of {total}, {rows} rows")
            }
            None => format!("reading: {read}, {rows} rows"),
        };
        self.wrapped(2, &text, self.app.theme.text);
    }

    fn report(&mut self, report: &FileReport) {
        let theme = self.app.theme;
        let tables: Vec<&str> = report
            .tables
            .iter()
            .map(|(table, _)| table.name())
            .collect();
        let tables = if tables.is_empty() {
            "no known table".to_owned()
        } else {
            tables.join(", ")
        };
        let format = report
            .format
            .map_or_else(|| "no known format".to_owned(), |format| format.to_string());
        self.wrapped(2, &format!("{tables}, {format}"), theme.dim);
        let rows = format!(
            "{} read = {} kept + {} rejected",
            count(report.rows_read(), "row"),
            number(report.rows_kept),
            number(report.rows_rejected)
        );
        self.wrapped(2, &rows, theme.text);
        if report.cancelled {
            let text = "stopped before its end: the counts are lower bounds";
            self.wrapped(2, text, theme.warning);
        }
        if let Some(failure) = &report.failure {
            self.wrapped(2, failure, theme.warning);
        }
        for warning in &report.warnings {
            self.wrapped(2, warning, theme.warning);
        }
        for rejection in &report.rejections {
            let text = format!("{}: {}", rejection.place, rejection.reason);
            self.wrapped(2, &text, theme.text);
        }
        let more = report.rows_rejected - report.rejections.len() as u64;
        if more > 0 {
            let text = format!("and {} more rejected", count(more, "row"));
            self.wrapped(2, &text, theme.dim);
        }
    }

    fn wrapped(&mut self, indent: usize, text: &str, style: Style) {
        let indent = indent + 1;
        let room = self.width.saturating_sub(indent).max(1);
        for line in Printable::multiline(text.as_bytes(), room, 4096) {
            let builder = LineBuilder::new(&self.app.theme).blanks(indent);
            self.lines.push(builder.printable(&line, style).build());
        }
    }
}
