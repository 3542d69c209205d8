//! What was loaded: the account that `mailhunt check` gives too, and how far files are that are being read.

use super::super::app::{App, FilesText, Pane};
use super::super::text::LineBuilder;
use super::{draw_border, draw_row, draw_scroll_mark, title};
use crate::account::text::{Extent, Paragraph, Tone};
use crate::pipeline::FileState;
use crate::quantities::{bytes, number};
use crate::tui::theme::Theme;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The columns of a kind that are told by name: more would push what is wrong off a small screen.
const COLUMNS_TOLD: usize = 3;

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
    let progress = |file: usize| app.load.files.get(file).map(progress);
    let extent = Extent {
        rejections: usize::MAX,
        columns: COLUMNS_TOLD,
    };
    let told = app.account().paragraphs(extent, progress);
    told.iter()
        .flat_map(|paragraph| paragraph_lines(paragraph, width, &app.theme))
        .collect()
}

fn paragraph_lines(paragraph: &Paragraph, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let style = match paragraph.tone {
        Tone::Heading => theme.strong,
        Tone::Good => theme.good,
        Tone::Failure => theme.warning,
        // The mark is enough: where all is loud nothing is heard.
        Tone::Warning | Tone::Fact | Tone::Blank => theme.text,
        Tone::Detail => theme.dim,
    };
    let mark = paragraph.tone.mark();
    let mut mark = Some(mark).filter(|mark| !mark.is_empty());
    let beside_mark = mark.map_or(0, |mark| mark.chars().count());
    // One cell stays free at the border.
    let lines = paragraph.lines(width.saturating_sub(1));
    let lines = lines.into_iter().map(|line| {
        let start = LineBuilder::new(theme).blanks(paragraph.indent + 1);
        let start = match mark.take() {
            Some(mark) => start.text(mark, theme.warning),
            None => start.blanks(beside_mark),
        };
        start.printable(line, style).build()
    });
    lines.collect()
}

/// How far a file is that is still being read.
fn progress(file: &FileState) -> String {
    let progress = file.progress;
    let read = bytes(progress.bytes_read);
    let rows = number(progress.rows);
    match (100 * progress.bytes_read).checked_div(progress.bytes_total) {
        Some(share) => {
            let total = bytes(progress.bytes_total);
            let bar = bar(share.min(100) as usize, 20);
            format!("{bar} {share:>3} %  {read} of {total}, {rows} rows")
        }
        None => format!("reading: {read}, {rows} rows"),
    }
}

/// A bar of that many cells, filled to so many percent.
fn bar(percent: usize, cells: usize) -> String {
    let filled = percent * cells / 100;
    format!("{}{}", "█".repeat(filled), "░".repeat(cells - filled))
}
