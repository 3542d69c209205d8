//! Exporting what a pane shows: where to, in which format, and over an existing file only when asked.

use super::app::{App, Effect, Overlay, Pane};
use super::input::edit;
use crate::export::file_name::{self, Content};
use crate::export::hunting_query::{self, QueryFormat};
use crate::export::ranking::RankingColumn;
use crate::export::{self, Format, IfExists, Options, WriteError, emails, provenance, ranking};
use crate::hunt::kql::HuntingQuery;
use crate::hunt::query::Shown;
use crate::hunt::{DomainMatching, Hunt, Query, View};
use crate::printable::Printable;
use crate::quantities;
use ratatui::crossterm::event::{KeyCode, KeyEvent};
use std::io::{self, Write};
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
    /// The hunt as a query for Sentinel.
    Query(HuntingQuery),
}

/// In which form a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Rows and columns.
    Sheet(Format),
    /// A query.
    Query(QueryFormat),
}

impl FileFormat {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            FileFormat::Sheet(format) => format.name(),
            FileFormat::Query(format) => format.name(),
        }
    }

    fn default_extension(self) -> &'static str {
        match self {
            FileFormat::Sheet(format) => format.default_extension(),
            FileFormat::Query(format) => format.name(),
        }
    }
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
    pub format: FileFormat,
    /// Where to.
    pub path: Input,
    /// What is waited for.
    pub stage: Stage,
}

/// The formats offered for rows, in their order.
const SHEETS: [FileFormat; 4] = [
    FileFormat::Sheet(Format::Csv),
    FileFormat::Sheet(Format::Json),
    FileFormat::Sheet(Format::JsonLines),
    FileFormat::Sheet(Format::Markdown),
];

/// Those offered for a query.
const QUERIES: [FileFormat; 2] = [
    FileFormat::Query(QueryFormat::Kql),
    FileFormat::Query(QueryFormat::Yaml),
];

/// A file to be written.
#[derive(Debug)]
pub struct ExportJob {
    hunt: Arc<Hunt>,
    query: Query,
    view: View,
    subject: Subject,
    format: FileFormat,
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
        Some(ExportDialog::of(subject, app.query.shown))
    }

    /// The dialog for a subject.
    pub(super) fn of(subject: Subject, shown: Shown) -> Self {
        let format = formats_of(&subject)[0];
        let content = match &subject {
            Subject::Ranking => Content::Ranking,
            Subject::Emails(domain) => Content::Emails(domain),
            Subject::Query(_) => Content::Query,
        };
        let (stem, extension) = (file_name::stem(content, shown), format.default_extension());
        ExportDialog {
            format,
            subject,
            path: Input::new(format!("{stem}.{extension}")),
            stage: Stage::Editing,
        }
    }

    /// The formats offered.
    pub fn formats(&self) -> &'static [FileFormat] {
        formats_of(&self.subject)
    }

    /// Takes the next format, and its extension where the path ends in the one before.
    fn change_format(&mut self, step: isize) {
        let formats = self.formats();
        let here = formats.iter().position(|format| *format == self.format);
        let count = formats.len().cast_signed();
        let next = (here.unwrap_or_default().cast_signed() + step).rem_euclid(count);
        let before = self.format.default_extension();
        self.format = formats[next.unsigned_abs()];
        let path = self.path.value();
        if let Some(stem) = path.strip_suffix(before)
            && stem.ends_with('.')
        {
            self.path = Input::new(format!("{stem}{}", self.format.default_extension()));
        }
    }

    /// Takes the format that the path's extension names, if it names one.
    pub(super) fn follow_extension(&mut self) {
        let path = self.path();
        let named = match self.subject {
            Subject::Query(_) => QueryFormat::from_extension(&path).map(FileFormat::Query),
            _ => Format::from_extension(&path).map(FileFormat::Sheet),
        };
        if let Some(format) = named.filter(|format| self.formats().contains(format)) {
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

fn formats_of(subject: &Subject) -> &'static [FileFormat] {
    match subject {
        Subject::Query(_) => &QUERIES,
        Subject::Ranking | Subject::Emails(_) => &SHEETS,
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
                let unit = match result.dialog.subject {
                    Subject::Query(_) => "line",
                    Subject::Ranking | Subject::Emails(_) => "row",
                };
                let rows = quantities::count(rows, unit);
                self.notify(format!("{rows} written to {path}{lower_bounds}"));
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

impl ExportJob {
    /// Writes the file.
    pub fn run(self) -> ExportResult {
        let rows = export::write_file(&self.path, self.if_exists, &self.inputs, |output| {
            self.write(output)
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

    /// The format belongs to the subject, as the dialog offers no other.
    fn write(&self, output: &mut dyn Write) -> io::Result<u64> {
        if let Subject::Query(query) = &self.subject {
            let format = match self.format {
                FileFormat::Query(format) => format,
                FileFormat::Sheet(_) => QueryFormat::default(),
            };
            return hunting_query::write(query, format, output);
        }
        let format = match self.format {
            FileFormat::Sheet(format) => format,
            FileFormat::Query(_) => Format::Csv,
        };
        let columns = self.ranking_columns();
        let sheet = match &self.subject {
            Subject::Emails(domain) => {
                emails::sheet(&self.hunt, &self.query, domain, self.email_columns())
            }
            _ => ranking::sheet(&self.hunt, &self.query, &self.view, &columns),
        };
        export::write(sheet, format, &Options::default(), output)
    }

    /// All columns of the export, and what one must know to read them right.
    fn email_columns(&self) -> Vec<String> {
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
        columns
    }

    /// The columns on screen, and what one must know to read them right: the exclusions that were on, how
    /// domains were matched if not as in the query, the time range if there is one, what is shown if not
    /// the ranking, and the search if there was one.
    fn ranking_columns(&self) -> Vec<RankingColumn> {
        let mut columns: Vec<RankingColumn> = RankingColumn::on_screen().collect();
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
