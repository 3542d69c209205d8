//! Exporting what a pane shows: where to, in which format, and over an existing file only when asked.

use super::app::{App, Effect, Overlay, Pane};
use super::input::edit;
use crate::export::ranking::RankingColumn;
use crate::export::{self, Format, IfExists, Options, WriteError, emails, provenance, ranking};
use crate::hunt::query::Shown;
use crate::hunt::{DomainMatching, Hunt, Query, View};
use crate::printable::Printable;
use crate::quantities;
use ratatui::crossterm::event::{KeyCode, KeyEvent};
use std::path::PathBuf;
use std::sync::Arc;
use tui_input::Input;

/// What is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The ranking as sorted and searched.
    Ranking,
    /// The threat emails of this domain.
    Emails(Vec<u8>),
}

/// What the dialog waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A path and a format.
    Editing,
    /// A yes or no to replacing the file.
    ConfirmOverwrite,
}

/// The dialog.
#[derive(Clone, Debug)]
pub struct ExportDialog {
    /// What is exported.
    pub subject: Subject,
    /// In which format.
    pub format: Format,
    /// Where to.
    pub path: Input,
    /// What is waited for.
    pub stage: Stage,
}

/// The formats offered, in their order.
pub const FORMATS: [Format; 4] = [
    Format::Csv,
    Format::Json,
    Format::JsonLines,
    Format::Markdown,
];

/// A file to be written.
#[derive(Debug)]
pub struct ExportJob {
    hunt: Arc<Hunt>,
    query: Query,
    view: View,
    subject: Subject,
    format: Format,
    path: PathBuf,
    if_exists: IfExists,
    inputs: Vec<PathBuf>,
}

/// What became of an export.
#[derive(Debug)]
pub struct ExportResult {
    dialog: ExportDialog,
    path: PathBuf,
    rows: Result<u64, WriteError>,
}

impl ExportDialog {
    /// The dialog for what the focused pane shows, if that is something.
    pub fn of_pane(app: &App) -> Option<Self> {
        let subject = match app.focus {
            Pane::Emails | Pane::Email => Subject::Emails(app.emails.domain.clone()?),
            _ if app.view.rows.is_empty() => return None,
            _ => Subject::Ranking,
        };
        // Never named after a domain: that was written by an attacker.
        let name = match subject {
            Subject::Ranking => "mailhunt-ranking.csv",
            Subject::Emails(_) => "mailhunt-emails.csv",
        };
        Some(ExportDialog {
            subject,
            format: Format::Csv,
            path: Input::new(name.to_owned()),
            stage: Stage::Editing,
        })
    }

    /// Takes the next format, and its extension where the path ends in the one before.
    fn change_format(&mut self, step: isize) {
        let here = FORMATS.iter().position(|format| *format == self.format);
        let count = FORMATS.len().cast_signed();
        let next = (here.unwrap_or_default().cast_signed() + step).rem_euclid(count);
        let before = self.format.default_extension();
        self.format = FORMATS[next.unsigned_abs()];
        let path = self.path.value();
        if let Some(stem) = path.strip_suffix(before)
            && stem.ends_with('.')
        {
            self.path = Input::new(format!("{stem}{}", self.format.default_extension()));
        }
    }

    /// Takes the format that the path's extension names, if it names one.
    pub(super) fn follow_extension(&mut self) {
        let named = Format::from_extension(&self.path());
        if let Some(format) = named.filter(|format| FORMATS.contains(format)) {
            self.format = format;
        }
    }

    /// Where to; `~/` is the home directory as in a shell.
    fn path(&self) -> PathBuf {
        let typed = self.path.value().trim();
        let below_home = match typed {
            "~" => Some(""),
            other => other.strip_prefix("~/"),
        };
        match (below_home, std::env::home_dir()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(typed),
        }
    }
}

impl App {
    pub(super) fn on_export_key(&mut self, mut dialog: ExportDialog, key: KeyEvent) -> Vec<Effect> {
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
                self.notify_error("Type a path to write to");
            }
            KeyCode::Enter => return self.start_export(&dialog, IfExists::Refuse),
            KeyCode::Tab | KeyCode::Down => dialog.change_format(1),
            KeyCode::BackTab | KeyCode::Up => dialog.change_format(-1),
            _ => {
                edit(&mut dialog.path, key);
                dialog.follow_extension();
            }
        }
        self.overlay = Some(Overlay::Export(dialog));
        Vec::new()
    }

    fn start_export(&mut self, dialog: &ExportDialog, if_exists: IfExists) -> Vec<Effect> {
        self.exporting = true;
        let job = ExportJob {
            hunt: Arc::clone(&self.hunt),
            query: self.query.clone(),
            view: self.view.clone(),
            subject: dialog.subject.clone(),
            format: dialog.format,
            path: dialog.path(),
            if_exists,
            inputs: self.inputs.clone(),
        };
        vec![Effect::Export(Box::new(job))]
    }

    pub(super) fn exported(&mut self, result: ExportResult) {
        self.exporting = false;
        let path = Printable::new(result.path.as_os_str().as_encoded_bytes());
        match result.rows {
            Ok(rows) => {
                let lower_bounds = if self.load.finished {
                    ""
                } else {
                    "; loading was not finished: all counts are lower bounds"
                };
                let rows = quantities::count(rows, "row");
                self.notify(format!("{rows} written to {path}{lower_bounds}"));
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

impl ExportJob {
    /// Writes the file.
    pub fn run(self) -> ExportResult {
        let rows = export::write_file(&self.path, self.if_exists, &self.inputs, |output| {
            let columns = self.ranking_columns();
            let sheet = match &self.subject {
                Subject::Ranking => ranking::sheet(&self.hunt, &self.query, &self.view, &columns),
                Subject::Emails(domain) => {
                    let mut columns = emails::all_columns(&self.hunt);
                    columns.push(provenance::ACTIVE_EXCLUSIONS.to_owned());
                    if self.query.domains != DomainMatching::Exact {
                        columns.push(provenance::DOMAIN_MATCHING.to_owned());
                    }
                    if self.query.hours.is_some() {
                        columns.push(provenance::TIME_RANGE.to_owned());
                    }
                    if self.query.shown == Shown::Hidden {
                        columns.push(provenance::HIDDEN_BY.to_owned());
                    }
                    emails::sheet(&self.hunt, &self.query, domain, columns)
                }
            };
            export::write(sheet, self.format, &Options::default(), output)
        });
        ExportResult {
            rows,
            dialog: ExportDialog {
                subject: self.subject,
                format: self.format,
                path: Input::new(self.path.to_string_lossy().into_owned()),
                stage: Stage::Editing,
            },
            path: self.path,
        }
    }

    /// The columns of the query, and what one must know to read them right: the exclusions that
    /// were on, how domains were matched if not as in the query, the time range if there is one, what
    /// is shown if not the ranking, and
    /// the search if there was one.
    fn ranking_columns(&self) -> Vec<RankingColumn> {
        let mut columns = RankingColumn::OF_THE_QUERY.to_vec();
        columns.push(RankingColumn::ActiveExclusions);
        if self.query.domains != DomainMatching::Exact {
            columns.push(RankingColumn::DomainMatching);
        }
        if self.query.hours.is_some() {
            columns.push(RankingColumn::TimeRange);
        }
        if self.query.shown == Shown::Hidden {
            columns.push(RankingColumn::Shown);
        }
        if !self.query.search.is_empty() {
            columns.push(RankingColumn::Search);
        }
        columns
    }
}
