//! Owner and reason of an exclusion that is to be saved, as drawn.

use super::super::app::App;
use super::super::save_dialog::{SaveDialog, SaveField};
use super::super::text::LineBuilder;
use super::{TextField, draw_dialog, draw_keys, draw_row};
use ratatui::Frame;

const WIDTH: u16 = 76;
const HEIGHT: u16 = 6;

pub(super) fn draw(app: &App, dialog: &SaveDialog, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let title = match dialog.progress() {
        (_, 1) => " Save exclusion ".to_owned(),
        (place, all) => format!(" Save exclusion {place} of {all} "),
    };
    let title = LineBuilder::new(theme).text(title, theme.strong).build();
    let inner = draw_dialog(frame, WIDTH, HEIGHT, title, theme);
    let width = usize::from(inner.width);
    let exclusion = LineBuilder::new(theme)
        .blanks(1)
        .rest(dialog.title(), width, theme.text);
    draw_row(frame, inner, 0, &exclusion.build());
    let fields = [
        ("owner ", &dialog.owner, SaveField::Owner),
        ("reason", &dialog.reason, SaveField::Reason),
    ];
    for (row, (label, input, field)) in fields.into_iter().enumerate() {
        let field = TextField {
            label,
            input,
            row: row + 1,
            has_cursor: dialog.field == field,
        };
        field.draw(frame, inner, theme);
    }
    draw_keys(frame, inner, 3, dialog.hints(), theme);
}
