//! An answer of tables, as Log Analytics and Azure Data Explorer give it: which of them holds its rows, and
//! whether it is to be used at all. Azure Data Explorer says so at the end, so its rows are held back until
//! then.

use super::answer_so_far::{Answer, Description, Dialect, ERRORS_TOLD, Target};
use super::cell;
use super::reading::Reading;
use crate::events::resemblance::Resemblance;
use crate::events::schema::{self, identify};
use crate::events::stop::Stop;
use serde_json::value::RawValue;

/// From this level on, an entry of the status of a query is no error.
const LEVEL_OF_WARNINGS: u64 = 3;

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
    rows.sink.set_resemblance(Resemblance::of_columns(&names));
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
