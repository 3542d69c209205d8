//! What was read so far of an answer that consists of tables.

use super::envelope::RESULT;
use super::rows::Layout;
use super::service_error;
use crate::events::schema::shown_name;
use serde_json::value::RawValue;

/// The most errors of one answer that are told.
pub(super) const ERRORS_TOLD: usize = 3;

/// How a service words its answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Dialect {
    #[default]
    LogAnalytics,
    KustoV1,
    KustoV2,
}

/// The tables of an answer, as far as they were read.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) dialect: Dialect,
    pub(super) is_open: bool,
    pub(super) tables: usize,
    /// What the service says went wrong.
    pub(super) errors: Vec<String>,
    /// What the answer is not to be used for, if it is not an error of the service.
    pub(super) flaw: Option<String>,
    /// The table of which a header came by itself, whose rows follow in portions.
    pub(super) current: Option<Target>,
    /// The rows that came of it.
    pub(super) rows_of_current: u64,
    /// Whether its last frame has come.
    pub(super) is_complete: bool,
    /// The tables that were passed over: how many, and the name of the first.
    pub(super) passed_over: usize,
    pub(super) first_passed_over: Option<String>,
}

/// What to do with the rows of a table.
pub(super) enum Target {
    /// They are rows of a table that is read.
    Rows(Layout),
    /// They say how the query went: the places of the level and of the text.
    Status(usize, usize),
    /// They are of no interest.
    Nothing,
}

/// Columns that only the service's own tables have.
const OWN_COLUMNS: [&str; 3] = ["StatusDescription", "PrettyName", "Value"];

/// What is said of a table beside its rows.
#[derive(Default)]
pub(super) struct Description {
    pub(super) name: Option<String>,
    pub(super) kind: Option<String>,
    /// What it is, where a table comes in several frames.
    pub(super) frame: Option<String>,
    /// Whether its rows take the place of those before.
    pub(super) is_replacement: bool,
    pub(super) columns: Option<Vec<String>>,
    pub(super) has_errors: bool,
    pub(super) is_cancelled: bool,
    /// Why its rows are none of a table that is read.
    pub(super) missing: Option<String>,
}

impl Description {
    /// Whether it is rows of a table whose columns came before, by themselves.
    pub(super) fn is_fragment(&self) -> bool {
        self.frame.as_deref() == Some("TableFragment")
    }

    pub(super) fn is_result(&self, answer: &Answer) -> Option<bool> {
        let is_named_so = |name: &String| name.starts_with(RESULT);
        match answer.dialect {
            Dialect::LogAnalytics if answer.tables == 0 => Some(true),
            Dialect::LogAnalytics => Some(self.name.as_ref().is_some_and(is_named_so)),
            // A query of several statements has several results; the tables that follow are known by
            // their columns only.
            Dialect::KustoV1 => (answer.tables == 0).then_some(true),
            Dialect::KustoV2 => self.kind.as_ref().map(is_named_so),
        }
    }
}

impl Answer {
    /// The rows that came of the table under way.
    pub(super) fn rows_of_current(&self) -> u64 {
        self.rows_of_current
    }

    /// Notes an error of the service.
    pub(super) fn note(&mut self, error: &RawValue) {
        if self.errors.len() < ERRORS_TOLD {
            self.errors.push(service_error::sentence(error));
        }
    }

    pub(super) fn pass_over(&mut self, table: &Description, columns: &[String]) {
        let is_own = self.dialect == Dialect::KustoV2
            || columns
                .iter()
                .any(|name| OWN_COLUMNS.contains(&name.as_str()));
        if is_own {
            return;
        }
        self.passed_over += 1;
        self.first_passed_over.get_or_insert_with(|| {
            shown_name(table.name.as_deref().unwrap_or("one without a name"))
        });
    }
}
