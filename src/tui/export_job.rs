//! Writing what a pane shows to a file, as the dialog says.

use super::export_dialog::{ExportDialog, FileFormat, Stage, Subject};
use crate::export::email::{self, EmailFormat};
use crate::export::email_columns::EmailColumn;
use crate::export::hunting_query::identity::Identity;
use crate::export::hunting_query::{self, QueryFormat};
use crate::export::ranking::RankingColumn;
use crate::export::{self, Format, IfExists, Options, WriteError, emails, ranking};
use crate::hunt::arranged_emails::Arrangement;
use crate::hunt::query::Shown;
use crate::hunt::{DomainMatching, Hunt, Query, View};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use tui_input::Input;

/// A file to be written.
#[derive(Debug)]
pub struct ExportJob {
    pub(super) hunt: Arc<Hunt>,
    pub(super) query: Query,
    pub(super) view: View,
    pub(super) dialog: ExportDialog,
    /// The search and the order of emails.
    pub(super) arrangement: Arrangement,
    /// The columns of an export of emails.
    pub(super) columns: Vec<EmailColumn>,
    pub(super) path: PathBuf,
    pub(super) if_exists: IfExists,
    pub(super) inputs: Vec<PathBuf>,
}

/// What became of an export.
#[derive(Debug)]
pub struct ExportResult {
    pub(super) dialog: ExportDialog,
    pub(super) path: PathBuf,
    pub(super) rows: Result<u64, WriteError>,
}

impl ExportJob {
    /// Writes the file.
    pub fn run(self) -> ExportResult {
        let rows = self.identity().and_then(|identity| {
            export::write_file(&self.path, self.if_exists, &self.inputs, |output| {
                self.write(&identity, output)
            })
        });
        ExportResult {
            rows,
            dialog: ExportDialog {
                path: Input::new(self.path.to_string_lossy().into_owned()),
                stage: Stage::Editing,
                ..self.dialog
            },
            path: self.path,
        }
    }

    /// The id and version of a query in YAML.
    fn identity(&self) -> Result<Identity, WriteError> {
        match (&self.dialog.subject, self.dialog.format) {
            (Subject::Query(query), FileFormat::Query(QueryFormat::Yaml)) => {
                let file = Some((self.path.as_path(), self.if_exists));
                Ok(Identity::of(query, file, None)?)
            }
            _ => Ok(Identity::default()),
        }
    }

    /// The format belongs to the subject, as the dialog offers no other.
    fn write(&self, identity: &Identity, output: &mut dyn Write) -> io::Result<u64> {
        let (hunt, query) = (&*self.hunt, &self.query);
        let columns = self.ranking_columns();
        let sheet = match &self.dialog.subject {
            Subject::Query(query) => {
                let format = match self.dialog.format {
                    FileFormat::Query(format) => format,
                    _ => QueryFormat::default(),
                };
                return hunting_query::write(query, format, identity, output);
            }
            Subject::Email(domain, id) => {
                let format = match self.dialog.format {
                    FileFormat::Email(format) => format,
                    _ => EmailFormat::Json,
                };
                return email::write(hunt, query, (domain, *id), format, output);
            }
            Subject::Emails(domain) => {
                let columns = self.columns.clone();
                emails::sheet(hunt, query, domain, &self.arrangement, columns)
            }
            Subject::Ranking => ranking::sheet(hunt, query, &self.view, &columns),
        };
        let format = match self.dialog.format {
            FileFormat::Sheet(format) => format,
            _ => Format::Csv,
        };
        export::write(sheet, format, &Options::default(), output)
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
