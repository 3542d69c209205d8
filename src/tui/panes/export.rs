//! The export dialog as drawn.

use super::super::app::App;
use super::super::export_dialog::{ExportDialog, Field, Stage, Subject};
use super::super::text::LineBuilder;
use super::ranking::domain_label;
use super::{TextField, draw_dialog, draw_row};
use crate::export::provenance::Provenance;
use crate::hunt::DomainMatching;
use crate::hunt::query::Shown;
use crate::quantities::count;
use ratatui::Frame;
use ratatui::layout::Rect;

const WIDTH: u16 = 76;
const HEIGHT: u16 = 8;
const HEIGHT_WITH_COLUMNS: u16 = 10;

/// The rows for the names of columns that are offered.
const NAME_ROWS: usize = 2;

/// The row of the first field.
const FIRST_FIELD: usize = 3;

pub(super) fn draw(app: &App, dialog: &ExportDialog, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let title = LineBuilder::new(theme)
        .text(" Export ", theme.strong)
        .build();
    let height = if dialog.has_columns() {
        HEIGHT_WITH_COLUMNS
    } else {
        HEIGHT
    };
    let inner = draw_dialog(frame, WIDTH, height, title, theme);
    let width = usize::from(inner.width);
    let line = || LineBuilder::new(theme).blanks(1);

    let (ranking, email) = match app.query.shown {
        Shown::Visible => ("the ranking", "email"),
        Shown::Hidden => ("what is hidden", "hidden email"),
    };
    let subject =
        match &dialog.subject {
            Subject::Ranking => line().text(
                format!("{ranking}, {}", count(app.view.rows.len() as u64, "domain")),
                theme.text,
            ),
            Subject::Emails(domain) => line()
                .text(
                    format!("{} of ", count(app.emails.length as u64, email)),
                    theme.text,
                )
                .rest(domain_label(domain), width, theme.strong),
            Subject::Email(domain, _) => line()
                .text(format!("one {email} from "), theme.text)
                .rest(domain_label(domain), width, theme.strong),
            Subject::Query(_) => line().text("the hunt as a query for Sentinel", theme.text),
        };
    let subject = match app.query.domains {
        DomainMatching::Exact => subject,
        domains => subject.rest(format!(", {domains}"), width, theme.on),
    };
    draw_row(frame, inner, 0, &subject.build());
    let exclusions = Provenance::of(&app.hunt, &app.query).active_exclusions();
    let noted = line()
        .text("exclusions on: ", theme.dim)
        .rest(exclusions, width, theme.on);
    draw_row(frame, inner, 1, &noted.build());

    let mut formats = line().text("format ", theme.label);
    for &format in dialog.formats() {
        let text = format!(" {} ", format.name());
        formats = if format == dialog.format {
            formats.text("▸", theme.key).text(text, theme.selected)
        } else {
            formats.blanks(1).text(text, theme.text)
        };
    }
    draw_row(frame, inner, 2, &formats.build());

    draw_field(app, dialog, Field::Path, frame, inner);
    let mut row = FIRST_FIELD + 1;
    if dialog.has_columns() {
        draw_field(app, dialog, Field::Columns, frame, inner);
        if dialog.field == Field::Columns {
            let names = dialog.completions(&app.hunt);
            for (place, names) in in_rows(&names, width).into_iter().enumerate() {
                let names = line().rest(names, width, theme.dim);
                draw_row(frame, inner, row + 1 + place, &names.build());
            }
        }
        row += NAME_ROWS;
    }
    row += 1;
    let last = match dialog.stage {
        // The names of columns need the row more: the footer has the keys too.
        Stage::Editing if row >= usize::from(inner.height) => return,
        Stage::Editing => {
            let hint = match dialog.field {
                Field::Columns => "Tab completes  ↑ path  Enter writes",
                Field::Path if dialog.has_columns() => "Tab format  ↓ columns  Enter writes",
                Field::Path => "Tab changes the format, Enter writes",
            };
            line().rest(hint, width, theme.dim)
        }
        Stage::ConfirmOverwrite => {
            let question = "This file exists. Replace it?  y yes   n no";
            line().rest(question, width, theme.warning)
        }
    };
    let row = row.min(usize::from(inner.height).saturating_sub(1));
    draw_row(frame, inner, row, &last.build());
}

/// Names in rows of that width; those of the last row that do not fit are cut off there.
fn in_rows(names: &[String], width: usize) -> [String; NAME_ROWS] {
    let mut rows = [const { String::new() }; NAME_ROWS];
    let mut row = 0;
    for (number, name) in names.iter().enumerate() {
        let comma = if number + 1 < names.len() { ", " } else { "" };
        let width_with_it = rows[row].chars().count() + name.chars().count() + 2;
        if width_with_it > width && row + 1 < NAME_ROWS {
            row += 1;
        }
        rows[row].push_str(name);
        rows[row].push_str(comma);
    }
    rows
}

/// A field with its label, and the cursor where it is typed in.
fn draw_field(app: &App, dialog: &ExportDialog, field: Field, frame: &mut Frame<'_>, inner: Rect) {
    let (label, input, row) = match field {
        Field::Path => ("to     ", &dialog.path, FIRST_FIELD),
        Field::Columns => ("columns", &dialog.columns, FIRST_FIELD + 1),
    };
    let field = TextField {
        label,
        input,
        row,
        has_cursor: dialog.stage == Stage::Editing && dialog.field == field,
    };
    field.draw(frame, inner, &app.theme);
}
