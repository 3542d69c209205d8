//! The title of an exclusion while it is edited, as drawn.

use super::super::app::App;
use super::super::exclusion_list::RenameDialog;
use super::super::text::LineBuilder;
use super::{TextField, draw_dialog, draw_keys};
use ratatui::Frame;

const WIDTH: u16 = 76;
const HEIGHT: u16 = 4;

/// The keys and what they do.
pub(super) const HINTS: &[(&str, &str)] = &[("Enter", "apply"), ("Esc", "discard")];

pub(super) fn draw(app: &App, dialog: &RenameDialog, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let title = LineBuilder::new(theme)
        .text(" Rename ", theme.strong)
        .build();
    let inner = draw_dialog(frame, WIDTH, HEIGHT, title, theme);
    let field = TextField {
        label: "",
        input: &dialog.input,
        row: 0,
        has_cursor: true,
    };
    field.draw(frame, inner, theme);
    draw_keys(frame, inner, 1, HINTS, theme);
}
