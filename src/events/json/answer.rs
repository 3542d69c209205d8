//! An answer of tables, as Log Analytics and Azure Data Explorer give it: which of them holds its rows, and
//! whether it is to be used at all. Azure Data Explorer says so at the end, so its rows are held back until
//! then.

use super::cell;
use super::envelope::RESULT;
use super::reading::Reading;
use super::rows::Layout;
use super::service_error;
use crate::events::schema::{self, identify, shown_name};
use crate::events::sink::Stop;
use serde_json::value::RawValue;

/// The most errors of one answer that are told.
const ERRORS_TOLD: usize = 3;

/// From this level on, an entry of the status of a query is no error.
const LEVEL_OF_WARNINGS: u64 = 3;

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
    dialect: Dialect,
    is_open: bool,
    tables: usize,
    /// What the service says went wrong.
    pub(super) errors: Vec<String>,
    /// What the answer is not to be used for, if it is not an error of the service.
    flaw: Option<String>,
    /// The table of which a header came by itself, whose rows follow in portions.
    current: Option<Target>,
    /// The rows that came of it.
    rows_of_current: u64,
    /// Whether its last frame has come.
    is_complete: bool,
    /// The tables that were passed over: how many, and the name of the first.
    passed_over: usize,
    first_passed_over: Option<String>,
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

/// An answer begins.
pub(super) fn begin(reading: &mut Reading<'_>, dialect: Dialect) -> Result<(), Stop> {
    reading.answer = Answer {
        dialect,
        is_open: true,
        ..Answer::default()
    };
    if dialect == Dialect::LogAnalytics {
        return Ok(());
    }
    reading.rows.sink.hold_back()
}

/// An answer ends, also where the text is broken: its rows are handed on, or refused when it says so.
pub(super) fn end(reading: &mut Reading<'_>) -> Result<(), Stop> {
    let answer = std::mem::take(&mut reading.answer);
    if !answer.is_open {
        return Ok(());
    }
    let sink = &mut *reading.rows.sink;
    if let Some(first) = &answer.first_passed_over {
        sink.warn(format!(
            "the answer has tables besides its result, which are not read: {first}{}",
            match answer.passed_over {
                0 | 1 => String::new(),
                more => format!(" and {} more", more - 1),
            }
        ));
    }
    let reason = match answer.errors.as_slice() {
        [] => answer.flaw,
        errors => Some(format!(
            "the service reports an error in this answer: {}",
            errors[..errors.len().min(ERRORS_TOLD)].join(" / ")
        )),
    };
    if let Some(reason) = reason {
        let sentence = sink.refuse_held(&reason);
        reading.note_error(sentence);
        return Ok(());
    }
    if answer.dialect == Dialect::KustoV2 && !answer.is_complete {
        sink.warn(
            "the answer does not say that it is complete (no DataSetCompletion at its end): rows may be missing"
                .to_owned(),
        );
    }
    sink.release()
}

/// The columns of the tables by which Azure Data Explorer says how a query went.
const STATUS: [(&str, &str); 2] = [
    ("Severity", "StatusDescription"),
    ("Level", "StatusDescription"),
];

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
    missing: Option<String>,
}

impl Description {
    /// Whether it is rows of a table whose columns came before, by themselves.
    pub(super) fn is_fragment(&self) -> bool {
        self.frame.as_deref() == Some("TableFragment")
    }

    fn is_result(&self, answer: &Answer) -> Option<bool> {
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

    fn pass_over(&mut self, table: &Description, columns: &[String]) {
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

/// What to do with the rows of a table that begins, or goes on.
pub(super) fn target(reading: &mut Reading<'_>, table: &mut Description) -> Result<Target, Stop> {
    if table.is_fragment() {
        return reading.answer.current.take().ok_or_else(|| {
            Stop::Failed("the answer has rows of a table whose columns are not named".to_owned())
        });
    }
    let columns = table.columns.as_deref().unwrap_or_default();
    let names: Vec<String> = columns
        .iter()
        .map(|name| schema::canonical_name(name.as_bytes()))
        .collect();
    let is_result = table.is_result(&reading.answer);
    let rows = &mut reading.rows;
    rows.sink.set_resemblance(identify::resemblance(&names));
    if is_result == Some(false) {
        reading.answer.pass_over(table, &names);
        return Ok(Target::Nothing);
    }
    match identify::of_header(&names) {
        Ok(found) => reading
            .rows
            .layout_of_columns(found, columns)
            .map(Target::Rows),
        Err(missing) if is_result == Some(true) => Err(Stop::Failed(missing.to_string())),
        Err(missing) => {
            table.missing = Some(missing.to_string());
            let place = |name: &str| names.iter().position(|known| known == name);
            let status = STATUS
                .iter()
                .find_map(|(level, text)| Some(Target::Status(place(level)?, place(text)?)));
            if status.is_none() {
                reading.answer.pass_over(table, &names);
            }
            Ok(status.unwrap_or(Target::Nothing))
        }
    }
}

/// Takes a row of a table.
pub(super) fn take_row(
    reading: &mut Reading<'_>,
    target: &Target,
    row: &RawValue,
) -> Result<(), Stop> {
    let damage = reading.take_damage();
    if let (Some(left_out), Target::Rows(_)) = (&damage, target) {
        reading.answer.rows_of_current += 1;
        return reading.reject_damaged(left_out);
    }
    reading.note_left_out_elsewhere(&damage.unwrap_or_default());
    let is_kusto = reading.answer.dialect != Dialect::LogAnalytics;
    if is_kusto && row.get().starts_with('{') {
        // Where a row should be, there is the reason why no more follow.
        reading.answer.note(row);
        return Ok(());
    }
    let values: Result<Vec<&RawValue>, _> = serde_json::from_str(row.get());
    match target {
        Target::Nothing => Ok(()),
        Target::Status(level, text) => {
            let values = values.unwrap_or_default();
            if let (Some(level), Some(text)) = (values.get(*level), values.get(*text))
                && is_error(level)
            {
                reading.answer.note(text);
            }
            Ok(())
        }
        Target::Rows(layout) => {
            reading.answer.rows_of_current += 1;
            let place = reading.next_place();
            match values {
                Ok(values) if values.len() == layout.width() => {
                    reading.rows.take_values(layout, &values, place)
                }
                Ok(values) => reading.rows.sink.reject(
                    place,
                    format!(
                        "{} values where the table has {} columns",
                        values.len(),
                        layout.width()
                    ),
                ),
                Err(_) => reading.rows.sink.reject(place, "not a list of values"),
            }
        }
    }
}

fn is_error(level: &RawValue) -> bool {
    cell::text(level)
        .parse::<u64>()
        .is_ok_and(|level| level < LEVEL_OF_WARNINGS)
}

/// The rows of a table, or of a part of it, have come.
pub(super) fn end_rows(reading: &mut Reading<'_>, table: &Description, target: Target) {
    if table.is_fragment() {
        reading.answer.current = Some(target);
    }
}

/// A table, or a frame of it, has come; `rows_before` of the table had come before.
pub(super) fn end_table(
    reading: &mut Reading<'_>,
    mut table: Description,
    rows_before: u64,
) -> Result<(), Stop> {
    match table.frame.as_deref() {
        Some("TableHeader") => {
            let target = target(reading, &mut table)?;
            reading.answer.current = Some(target);
            reading.answer.rows_of_current = 0;
        }
        Some("TableFragment") => {
            if table.is_replacement && rows_before > 0 {
                let flaw = "this progressive answer replaces rows it gave earlier: query again without \
                            results_progressive_enabled";
                reading.answer.flaw = Some(flaw.to_owned());
            }
        }
        Some("DataSetCompletion") => {
            let answer = &mut reading.answer;
            answer.is_complete = true;
            if (table.has_errors || table.is_cancelled) && answer.errors.is_empty() {
                let reason = if table.is_cancelled {
                    "the query was cancelled"
                } else {
                    "it does not say which"
                };
                answer.errors.push(reason.to_owned());
            }
        }
        _ => {
            reading.answer.tables += 1;
            if let Some(missing) = table.missing.take()
                && table.is_result(&reading.answer) == Some(true)
            {
                return Err(Stop::Failed(missing));
            }
        }
    }
    Ok(())
}
