//! What the keys do in the export dialog, and what is said of an export that is done.

use crate::events::schema::names;
use crate::export::email_columns::{ALL_OF_EVENTS, EmailColumn, UnknownEmailColumn};
use crate::export::file_name::{self, Content, Narrowing};
use crate::export::hunting_query::{self};
use crate::export::{IfExists, WriteError};
use crate::printable::Printable;
use crate::quantities;
use crate::tui::app::{App, Effect, Overlay, Pane};
use crate::tui::export_dialog::{ExportDialog, Field, FileFormat, Stage, Subject, formats_of};
use crate::tui::export_job::{ExportJob, ExportResult};
use crate::tui::text_input::edit;
use ratatui::crossterm::event::{KeyCode, KeyEvent};
use std::sync::Arc;
use tui_input::Input;

impl ExportDialog {
    /// The dialog for what the focused pane shows, if that is something.
    pub fn of_pane(app: &App) -> Option<Self> {
        let subject = match app.focus {
            Pane::Email => {
                let email = app.email.email.as_ref()?;
                let domain = app.hunt.store.cell(email.id, names::SENDER_FROM_DOMAIN);
                let domain = app.query.domains.group_of(domain);
                Subject::Email(domain.into_owned(), email.id)
            }
            Pane::Emails => Subject::Emails(app.emails.domain.clone()?),
            _ if app.view.rows.is_empty() => return None,
            _ => Subject::Ranking,
        };
        Some(ExportDialog::of(subject, app))
    }

    /// The dialog for a subject.
    pub(in crate::tui) fn of(subject: Subject, app: &App) -> Self {
        let format = formats_of(&subject)[0];
        let mut cells = Vec::new();
        let content = match &subject {
            Subject::Ranking => Content::Ranking,
            Subject::Emails(domain) => Content::Emails(domain),
            Subject::Email(domain, id) => {
                for (_, cell) in app.hunt.store.cells(*id) {
                    cells.extend_from_slice(cell);
                    cells.push(0);
                }
                Content::Email(domain, &cells)
            }
            Subject::Query(_) => Content::Query,
        };
        let search = match &subject {
            Subject::Emails(_) => &app.emails.arrangement.search,
            _ => &app.query.search,
        };
        let narrowing = Narrowing::of(&app.hunt, &app.query, search);
        let stem = file_name::stem(content, &narrowing);
        let extension = format.default_extension();
        ExportDialog {
            format,
            subject,
            path: Input::new(format!("{stem}.{extension}")),
            columns: Input::new(ALL_OF_EVENTS.to_owned()),
            field: Field::Path,
            stage: Stage::Editing,
        }
    }
}

impl App {
    pub(in crate::tui) fn on_export_key(
        &mut self,
        mut dialog: ExportDialog,
        key: KeyEvent,
    ) -> Vec<Effect> {
        if dialog.stage == Stage::ConfirmOverwrite {
            match key.code {
                KeyCode::Char('y' | 'Y') => {
                    dialog.stage = Stage::Editing;
                    return self.start_export(&dialog, IfExists::Overwrite);
                }
                KeyCode::Char('n' | 'N') | KeyCode::Esc => dialog.stage = Stage::Editing,
                _ => {}
            }
            self.overlay = Some(Overlay::Export(dialog));
            return Vec::new();
        }
        match key.code {
            KeyCode::Esc => return Vec::new(),
            KeyCode::Enter if dialog.path.value().trim().is_empty() => {
                self.notify_error("Enter a file path");
            }
            KeyCode::Enter => return self.start_export(&dialog, IfExists::Refuse),
            KeyCode::Tab if dialog.field == Field::Columns => dialog.complete(&self.hunt),
            KeyCode::Down if dialog.has_columns() => dialog.field = Field::Columns,
            KeyCode::Up if dialog.has_columns() => dialog.field = Field::Path,
            KeyCode::Tab | KeyCode::Down => dialog.change_format(1),
            KeyCode::BackTab | KeyCode::Up => dialog.change_format(-1),
            _ => {
                edit(dialog.input(), key);
                dialog.typed();
            }
        }
        self.overlay = Some(Overlay::Export(dialog));
        Vec::new()
    }

    fn start_export(&mut self, dialog: &ExportDialog, if_exists: IfExists) -> Vec<Effect> {
        let columns = match self.email_columns(dialog) {
            Ok(columns) => columns,
            Err(error) => {
                self.overlay = Some(Overlay::Export(ExportDialog {
                    field: Field::Columns,
                    ..dialog.clone()
                }));
                let wrong = error.in_short();
                self.notify_error(format!("{wrong}; Tab completes the name of one it has"));
                return Vec::new();
            }
        };
        self.exporting = true;
        let job = ExportJob {
            hunt: Arc::clone(&self.hunt),
            query: self.query.clone(),
            view: self.view.clone(),
            dialog: dialog.clone(),
            arrangement: self.emails.arrangement.clone(),
            columns,
            path: dialog.path(),
            if_exists,
            inputs: self.inputs.clone(),
        };
        vec![Effect::Export(Box::new(job))]
    }

    /// The columns that are chosen, and what one must know to read them right.
    fn email_columns(&self, dialog: &ExportDialog) -> Result<Vec<EmailColumn>, UnknownEmailColumn> {
        if !dialog.has_columns() {
            return Ok(Vec::new());
        }
        let mut columns = EmailColumn::named(&dialog.column_names(), &self.hunt)?;
        for asked in EmailColumn::asked(&self.query) {
            if !columns.contains(&asked) {
                columns.push(asked);
            }
        }
        Ok(columns)
    }

    pub(in crate::tui) fn exported(&mut self, result: ExportResult) {
        self.exporting = false;
        let path = Printable::new(result.path.as_os_str().as_encoded_bytes());
        match result.rows {
            Ok(rows) => {
                let lower_bounds = if self.load.finished {
                    ""
                } else {
                    "; loading had not finished: all counts are lower bounds"
                };
                let unit = match result.dialog.subject {
                    Subject::Query(_) => "line",
                    Subject::Email(..) => "email",
                    Subject::Ranking | Subject::Emails(_) => "row",
                };
                let rows = quantities::count(rows, unit);
                let warning = match (&result.dialog.subject, result.dialog.format) {
                    (Subject::Query(query), FileFormat::Query(format)) => {
                        hunting_query::warning(query, format)
                    }
                    _ => None,
                };
                let warning = warning.map_or_else(String::new, |warning| format!("; {warning}"));
                self.notify(format!("{rows} written to {path}{lower_bounds}{warning}"));
            }
            // Nothing that was typed meanwhile may go for it.
            Err(error) if self.overlay.as_ref().is_some_and(Overlay::stays_open) => {
                self.notify_error(error.to_string());
            }
            Err(WriteError::Exists { .. }) => {
                self.overlay = Some(Overlay::Export(ExportDialog {
                    stage: Stage::ConfirmOverwrite,
                    ..result.dialog
                }));
            }
            Err(error) => {
                self.overlay = Some(Overlay::Export(result.dialog));
                self.notify_error(error.to_string());
            }
        }
    }
}
