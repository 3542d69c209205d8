//! The command palette as drawn: a field to type in, and the commands that fit.

use super::super::app::App;
use super::super::palette::PaletteState;
use super::super::text::LineBuilder;
use super::{centred, draw_dialog, draw_row, draw_scroll_mark, place_cursor, style_row};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

const WIDTH: u16 = 84;
const HEIGHT: u16 = 20;

/// Where the commands are listed on a screen.
pub(in crate::tui) fn rows(screen: Rect) -> Rect {
    let area = centred(screen, WIDTH, HEIGHT);
    Rect {
        x: area.x + 1,
        y: area.y + 2,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(3),
    }
}

pub(super) fn draw(app: &App, state: &PaletteState, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let title = LineBuilder::new(theme)
        .text(" Commands ", theme.strong)
        .build();
    let inner = draw_dialog(frame, WIDTH, HEIGHT, title, theme);
    let width = usize::from(inner.width);
    let typed = LineBuilder::new(theme)
        .text(" > ", theme.key)
        .rest(state.input.value(), width, theme.text)
        .build();
    draw_row(frame, inner, 0, &typed);
    let start = Position::new(inner.x, inner.y);
    place_cursor(frame, start, state.input.visual_cursor() + 3, inner.width);

    let rows = rows(frame.area());
    let items = state.items(app);
    let name_width = if width >= 70 { 30 } else { width / 2 };
    let keys_width = if width >= 70 { 16 } else { 0 };
    for (row, item) in items
        .iter()
        .skip(state.cursor.offset())
        .take(usize::from(rows.height))
        .enumerate()
    {
        let selected = row + state.cursor.offset() == state.cursor.index();
        let mark = if selected { "▶" } else { " " };
        let mut builder = LineBuilder::new(theme).text(mark, theme.text).left(
            &item.name,
            name_width,
            theme.strong,
        );
        if keys_width > 0 {
            builder = builder.left(&item.keys, keys_width, theme.key);
        }
        draw_row(
            frame,
            rows,
            row,
            &builder.rest(&item.doc, width, theme.dim).build(),
        );
        if selected {
            style_row(frame, rows, row, theme.selected);
        }
    }
    if items.is_empty() {
        let nothing = LineBuilder::new(theme).blanks(1);
        let nothing = nothing.rest(state.nothing_found(app), width, theme.dim);
        draw_row(frame, rows, 0, &nothing.build());
    }
    draw_scroll_mark(frame, rows, state.cursor.offset(), items.len(), theme);
}
