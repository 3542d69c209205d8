//! The help: every key, from the table of commands.

use super::super::app::App;
use super::super::commands::{COMMANDS, Context};
use super::super::text::LineBuilder;
use super::super::theme::Theme;
use super::{centred, draw_dialog, draw_row, draw_scroll_mark};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

const WIDTH: u16 = 96;
const KEYS_WIDTH: usize = 16;

fn height() -> u16 {
    COMMANDS.len() as u16 + 4
}

/// The lines of the help that fit the screen.
pub(in crate::tui) fn page(screen: Rect) -> usize {
    usize::from(centred(screen, WIDTH, height()).height.saturating_sub(2)).max(1)
}

/// The whole text for a screen.
pub(in crate::tui) fn lines(theme: &Theme, screen: Rect) -> Vec<Line<'static>> {
    let width = usize::from(centred(screen, WIDTH, height()).width).saturating_sub(2);
    let mut lines: Vec<Line<'static>> = COMMANDS
        .iter()
        .filter(|entry| !entry.keys.is_empty())
        .map(|entry| {
            let builder = LineBuilder::new(theme)
                .blanks(1)
                .left(entry.key_labels(), KEYS_WIDTH, theme.key)
                .rest(entry.doc, width, theme.text);
            match entry.context {
                Context::Anywhere => builder,
                context => builder.rest(format!("  ({})", context.title()), width, theme.dim),
            }
            .build()
        })
        .collect();
    lines.push(Line::default());
    let mouse = "Mouse: click selects, a second click opens, the wheel scrolls";
    let builder = LineBuilder::new(theme).blanks(1);
    lines.push(builder.rest(mouse, width, theme.dim).build());
    lines
}

pub(super) fn draw(app: &App, scroll: usize, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let title = LineBuilder::new(theme).text(" Keys ", theme.strong).build();
    let inner = draw_dialog(frame, WIDTH, height(), title, theme);
    let lines = lines(theme, frame.area());
    for (row, line) in lines
        .iter()
        .skip(scroll)
        .take(usize::from(inner.height))
        .enumerate()
    {
        draw_row(frame, inner, row, line);
    }
    draw_scroll_mark(frame, inner, scroll, lines.len(), theme);
}
