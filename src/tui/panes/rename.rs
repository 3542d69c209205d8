//! The title of an exclusion while it is edited, as drawn.

use super::super::app::App;
use super::super::exclusion_list::RenameDialog;
use super::super::text::LineBuilder;
use super::{draw_dialog, draw_row, place_cursor};
use ratatui::Frame;
use ratatui::layout::Position;

const WIDTH: u16 = 76;
const HEIGHT: u16 = 4;

pub(super) fn draw(app: &App, dialog: &RenameDialog, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let title = LineBuilder::new(theme)
        .text(" Rename ", theme.strong)
        .build();
    let inner = draw_dialog(frame, WIDTH, HEIGHT, title, theme);
    let width = usize::from(inner.width);
    let room = width.saturating_sub(2);
    let scroll = dialog.input.visual_scroll(room);
    let shown: String = dialog.input.value().chars().skip(scroll).collect();
    let field = LineBuilder::new(theme).blanks(1);
    draw_row(
        frame,
        inner,
        0,
        &field.rest(shown, width, theme.strong).build(),
    );
    let keys = LineBuilder::new(theme)
        .blanks(1)
        .text("Enter", theme.key)
        .text(" apply", theme.dim)
        .blanks(2)
        .text("Esc", theme.key)
        .text(" discard", theme.dim);
    draw_row(frame, inner, 1, &keys.build());
    let column = dialog.input.visual_cursor().saturating_sub(scroll);
    let at = Position::new(inner.x + 1, inner.y);
    place_cursor(frame, at, column, room as u16);
}
