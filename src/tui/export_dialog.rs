//! Exporting what a pane shows: where to, in which format, and over an existing file only when asked.

use crate::events::EventId;
use crate::export::Format;
use crate::export::email::EmailFormat;
use crate::export::email_columns::{ALL_OF_EVENTS, EmailColumn};
use crate::export::hunting_query::QueryFormat;
use crate::hunt::Hunt;
use crate::hunt::kql::HuntingQuery;
use std::path::PathBuf;
use tui_input::Input;

/// What is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The ranking as sorted and searched.
    Ranking,
    /// The threat emails of this domain.
    Emails(Vec<u8>),
    /// One email of this domain, with all that belongs to it.
    Email(Vec<u8>, EventId),
    /// The hunt as a query for Sentinel.
    Query(HuntingQuery),
}

/// In which form a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Rows and columns.
    Sheet(Format),
    /// One email.
    Email(EmailFormat),
    /// A query.
    Query(QueryFormat),
}

impl FileFormat {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            FileFormat::Sheet(format) => format.name(),
            FileFormat::Email(format) => sheet_format(format).name(),
            FileFormat::Query(format) => format.name(),
        }
    }

    pub(super) fn default_extension(self) -> &'static str {
        match self {
            FileFormat::Sheet(format) => format.default_extension(),
            FileFormat::Email(format) => sheet_format(format).default_extension(),
            FileFormat::Query(format) => format.name(),
        }
    }
}

/// The format of sheets by whose name and extension an email is written.
fn sheet_format(format: EmailFormat) -> Format {
    match format {
        EmailFormat::Json => Format::Json,
        EmailFormat::Markdown => Format::Markdown,
    }
}

/// A field of the dialog that can be typed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// Where to.
    #[default]
    Path,
    /// The columns of emails.
    Columns,
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
    /// The columns of emails, with commas between them.
    pub columns: Input,
    /// The field that is typed in.
    pub field: Field,
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

/// The formats offered for one email.
const EMAILS: [FileFormat; 2] = [
    FileFormat::Email(EmailFormat::Json),
    FileFormat::Email(EmailFormat::Markdown),
];

/// Those offered for a query.
const QUERIES: [FileFormat; 2] = [
    FileFormat::Query(QueryFormat::Kql),
    FileFormat::Query(QueryFormat::Yaml),
];

impl ExportDialog {
    /// The formats offered.
    pub fn formats(&self) -> &'static [FileFormat] {
        formats_of(&self.subject)
    }

    /// Whether columns can be chosen.
    pub fn has_columns(&self) -> bool {
        matches!(self.subject, Subject::Emails(_))
    }

    /// The field that is typed in.
    pub(super) fn input(&mut self) -> &mut Input {
        match self.field {
            Field::Path => &mut self.path,
            Field::Columns => &mut self.columns,
        }
    }

    /// Takes in what was typed.
    pub(super) fn typed(&mut self) {
        if self.field == Field::Path {
            self.follow_extension();
        }
    }

    /// The names of the columns that are typed.
    pub(super) fn column_names(&self) -> Vec<&str> {
        let names = self.columns.value().split(',').map(str::trim);
        names.filter(|name| !name.is_empty()).collect()
    }

    /// The names of columns that are not typed yet and begin as the last word does; that is no beginning where it
    /// stands for all columns of the emails.
    pub fn completions(&self, hunt: &Hunt) -> Vec<String> {
        let (before, word) = self.last_word();
        let word = if word == ALL_OF_EVENTS { "" } else { word };
        let typed: Vec<&str> = before.split(',').map(str::trim).collect();
        let of_events = if self.column_names().contains(&ALL_OF_EVENTS) {
            EmailColumn::all_of_events(hunt)
        } else {
            Vec::new()
        };
        let begins = |name: &str| {
            let start = name.get(..word.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let columns = EmailColumn::all(hunt).into_iter();
        let columns = columns.filter(|column| !of_events.contains(column));
        let names = columns.map(|column| column.name);
        names
            .filter(|name| begins(name) && !typed.contains(&name.as_str()))
            .collect()
    }

    /// The columns before the last word, and that word.
    fn last_word(&self) -> (&str, &str) {
        let typed = self.columns.value();
        let start = typed.rfind(',').map_or(0, |comma| comma + 1);
        let (before, word) = typed.split_at(start);
        (before, word.trim())
    }

    /// Puts the first completion in the place of the last word.
    pub(super) fn complete(&mut self, hunt: &Hunt) {
        if let Some(name) = self.completions(hunt).first() {
            let (before, word) = self.last_word();
            let kept = if word == ALL_OF_EVENTS { "*," } else { "" };
            self.columns = Input::new(format!("{before}{kept}{name}"));
        }
    }

    /// Takes the next format, and its extension where the path ends in the one before.
    pub(super) fn change_format(&mut self, step: isize) {
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
            Subject::Email(..) => {
                let named = Format::from_extension(&path);
                let mut formats = [EmailFormat::Json, EmailFormat::Markdown].into_iter();
                let email = formats.find(|format| named == Some(sheet_format(*format)));
                email.map(FileFormat::Email)
            }
            _ => Format::from_extension(&path).map(FileFormat::Sheet),
        };
        if let Some(format) = named.filter(|format| self.formats().contains(format)) {
            self.format = format;
        }
    }

    /// Where to; `~/` is the home directory as in a shell.
    pub(super) fn path(&self) -> PathBuf {
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

pub(super) fn formats_of(subject: &Subject) -> &'static [FileFormat] {
    match subject {
        Subject::Query(_) => &QUERIES,
        Subject::Email(..) => &EMAILS,
        Subject::Ranking | Subject::Emails(_) => &SHEETS,
    }
}
