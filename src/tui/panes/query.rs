//! The hunt as a query for Sentinel, as drawn.

use super::super::app::App;
use super::super::query_overlay::QueryOverlay;
use super::super::text::{LineBuilder, line};
use super::super::theme::Theme;
use super::{centred, draw_dialog, draw_row, draw_scroll_mark};
use crate::hunt::kql::HuntingQuery;
use crate::printable::Printable;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

const WIDTH: u16 = 124;

/// The most bytes of a line that are shown: what is longer is read in the file.
const MOST_BYTES: usize = 64 * 1024;

fn area(screen: Rect) -> Rect {
    centred(screen, WIDTH, screen.height.saturating_sub(2))
}

/// The lines of the query that fit the screen.
pub(in crate::tui) fn page(screen: Rect) -> usize {
    usize::from(area(screen).height.saturating_sub(2)).max(1)
}

/// The whole query for a screen.
pub(in crate::tui) fn lines(
    query: &HuntingQuery,
    screen: Rect,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let width = usize::from(area(screen).width).saturating_sub(2).max(1);
    let mut lines = Vec::new();
    for text in query.text.lines() {
        let style = if text.trim_start().starts_with("//") {
            theme.dim
        } else {
            theme.text
        };
        for part in Printable::multiline(text.as_bytes(), width, MOST_BYTES) {
            lines.push(LineBuilder::new(theme).printable(part, style).build());
        }
    }
    lines
}

pub(super) fn draw(app: &App, overlay: &QueryOverlay, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let title = line(" The hunt in KQL ", theme.strong, theme);
    let size = area(frame.area());
    let inner = draw_dialog(frame, size.width, size.height, title, theme);
    let lines = lines(&overlay.query, frame.area(), theme);
    let page = usize::from(inner.height);
    // Of another size the end may be nearer than before.
    let scroll = overlay.scroll.min(lines.len().saturating_sub(page));
    for (row, line) in lines.iter().skip(scroll).take(page).enumerate() {
        draw_row(frame, inner, row, line);
    }
    draw_scroll_mark(frame, inner, scroll, lines.len(), theme);
}
