//! The export dialog as drawn.

use super::super::app::App;
use super::super::export_dialog::{ExportDialog, Stage, Subject};
use super::super::text::LineBuilder;
use super::ranking::domain_label;
use super::{draw_dialog, draw_row, place_cursor};
use crate::export::provenance::Provenance;
use crate::hunt::DomainMatching;
use crate::hunt::query::Shown;
use crate::quantities::count;
use ratatui::Frame;
use ratatui::layout::Position;

const WIDTH: u16 = 76;
const HEIGHT: u16 = 8;

pub(super) fn draw(app: &App, dialog: &ExportDialog, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let title = LineBuilder::new(theme)
        .text(" Export ", theme.strong)
        .build();
    let inner = draw_dialog(frame, WIDTH, HEIGHT, title, theme);
    let width = usize::from(inner.width);
    let line = || LineBuilder::new(theme).blanks(1);

    let (ranking, email) = match app.query.shown {
        Shown::Visible => ("the ranking", "email"),
        Shown::Hidden => ("what is hidden", "hidden email"),
    };
    let subject = match &dialog.subject {
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

    let label = line().text("to     ", theme.label).blanks(1);
    let start = label.width();
    let room = width.saturating_sub(start + 1);
    let scroll = dialog.path.visual_scroll(room);
    let path: String = dialog.path.value().chars().skip(scroll).collect();
    draw_row(
        frame,
        inner,
        3,
        &label.rest(path, width, theme.strong).build(),
    );

    match dialog.stage {
        Stage::Editing => {
            let hint = line().rest("Tab changes the format, Enter writes", width, theme.dim);
            draw_row(frame, inner, 5, &hint.build());
            let column = dialog.path.visual_cursor().saturating_sub(scroll);
            let at = Position::new(inner.x + start as u16, inner.y + 3);
            place_cursor(frame, at, column, room as u16);
        }
        Stage::ConfirmOverwrite => {
            let question = "This file exists. Replace it?  y yes   n no";
            draw_row(
                frame,
                inner,
                5,
                &line().rest(question, width, theme.warning).build(),
            );
        }
    }
}
