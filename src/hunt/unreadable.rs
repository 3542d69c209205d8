//! Finds the cells in which keys are asked for that cannot be read: guards that look at one hold, and what is only
//! looked at to match does not.
//!
//! It looks at the cells of all events that count, so that it is done where somebody asks what was loaded.

use super::counting::counted_rows;
use super::exclusion::{Clause, Condition, Exclusion};
use super::facets::DMARC_KEY;
use super::fields::{self, Field};
use super::key_values::{self, Answer};
use crate::events::column::Column;
use crate::events::schema::{self, names};
use crate::events::told_once::ToldOnce;
use crate::events::{Batch, EventStore};
use crate::quantities::{count, number};

/// The most characters of a cell that are told as an example.
const EXAMPLE_SHOWN: usize = 80;

/// What cannot be read in a column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableColumn {
    /// The number of the file.
    pub file: usize,
    /// The column.
    pub column: String,
    /// The keys that are asked of it.
    pub keys: Vec<String>,
    /// The exclusions that ask, by id.
    pub exclusions: Vec<String>,
    /// Whether one of them has a guard that asks.
    pub is_looked_at_by_guards: bool,
    /// How many rows that count have a cell in which one of the keys cannot be read.
    pub rows: u64,
    /// The first of them, counted from 1 among the emails of the file that were kept.
    pub first_row: u64,
    /// The beginning of its cell.
    pub example: String,
}

impl UnreadableColumn {
    /// What the analyst should know of it.
    pub fn sentence(&self) -> String {
        let rows = count(self.rows, "counted row");
        let column = schema::shown_name(&self.column);
        let (first, example) = (number(self.first_row), &self.example);
        let effect = if self.is_looked_at_by_guards {
            if self.rows == 1 {
                "guards that use it hold, so this email stays visible"
            } else {
                "guards that use it hold, so these emails stay visible"
            }
        } else if self.exclusions.is_empty() {
            "what it says there is unknown"
        } else {
            "what asks for it does not match"
        };
        format!("{column} cannot be read in {rows} (first in row {first}: `{example}`): {effect}")
    }
}

/// A column and what is asked of it.
struct Asked<'e> {
    column: &'e str,
    keys: Vec<&'e str>,
    exclusions: Vec<&'e str>,
    by_guards: bool,
}

/// What cannot be read of all that exclusions and the summaries ask for, by file and column.
pub fn find(store: &EventStore, exclusions: &[Exclusion]) -> Vec<UnreadableColumn> {
    let mut found: Vec<UnreadableColumn> = Vec::new();
    for asked in &asked_of(exclusions) {
        let (mut file_before, mut rows_before) = (None, 0);
        for (file, _, batch) in store.batches() {
            if file_before != Some(file) {
                (file_before, rows_before) = (Some(file), 0);
            }
            let in_batch = InBatch::of(batch, asked);
            let known = found.last_mut();
            let known =
                known.filter(|last| last.file == file as usize && last.column == asked.column);
            match (known, in_batch) {
                (Some(known), Some(in_batch)) => known.rows += in_batch.rows,
                (None, Some(in_batch)) => found.push(UnreadableColumn {
                    file: file as usize,
                    column: asked.column.to_owned(),
                    keys: asked.keys.iter().map(|&key| key.to_owned()).collect(),
                    exclusions: asked.exclusions.iter().map(|&id| id.to_owned()).collect(),
                    is_looked_at_by_guards: asked.by_guards,
                    rows: in_batch.rows,
                    first_row: rows_before + in_batch.first_place as u64 + 1,
                    example: in_batch.example,
                }),
                (_, None) => {}
            }
            rows_before += batch.events() as u64;
        }
    }
    found.sort_by_key(|found| found.file);
    found
}

/// All columns and keys that exclusions ask for, each once.
pub fn keys_asked(exclusions: &[Exclusion]) -> Vec<(String, String)> {
    let asked = asked_of(exclusions);
    let pairs = asked.iter().flat_map(|asked| {
        let keys = asked.keys.iter();
        keys.map(|key| (asked.column.to_owned(), key.to_ascii_lowercase()))
    });
    let mut pairs: Vec<(String, String)> = pairs.collect();
    pairs.sort_unstable();
    pairs
}

/// The columns of which keys are asked.
fn asked_of(exclusions: &[Exclusion]) -> Vec<Asked<'_>> {
    let mut all = vec![Asked {
        column: names::AUTHENTICATION_DETAILS,
        keys: vec![DMARC_KEY],
        exclusions: Vec::new(),
        by_guards: false,
    }];
    for exclusion in exclusions {
        let guards = exclusion.unless.iter().map(|clause| (clause, true));
        let clauses = exclusion.matches.iter().map(|clause| (clause, false));
        for (Clause(conditions), is_guard) in clauses.chain(guards) {
            for field in conditions.iter().flat_map(Condition::fields) {
                for (column, key) in keys_of(field) {
                    note(&mut all, column, key, &exclusion.id, is_guard);
                }
            }
        }
    }
    all
}

fn keys_of(field: &Field) -> Vec<(&str, &str)> {
    match field {
        Field::JsonKey { column, key } => vec![(column.as_str(), key.as_str())],
        Field::Header(name) => fields::keys_of_header(name).collect(),
        _ => Vec::new(),
    }
}

fn note<'e>(
    all: &mut Vec<Asked<'e>>,
    column: &'e str,
    key: &'e str,
    exclusion: &'e str,
    is_guard: bool,
) {
    let place = all.iter().position(|asked| asked.column == column);
    let place = place.unwrap_or_else(|| {
        all.push(Asked {
            column,
            keys: Vec::new(),
            exclusions: Vec::new(),
            by_guards: false,
        });
        all.len() - 1
    });
    let asked = &mut all[place];
    asked.by_guards |= is_guard;
    if !asked
        .keys
        .iter()
        .any(|known| known.eq_ignore_ascii_case(key))
    {
        asked.keys.push(key);
    }
    if !asked.exclusions.contains(&exclusion) {
        asked.exclusions.push(exclusion);
    }
}

/// What cannot be read in a column of one batch.
struct InBatch {
    rows: u64,
    /// The place of the first of these rows, as loaded.
    first_place: usize,
    example: String,
}

impl InBatch {
    fn of(batch: &Batch, asked: &Asked<'_>) -> Option<Self> {
        let column = batch.column(asked.column)?;
        let mut told = ToldOnce::of(Some(column));
        let (mut rows, mut first) = (0, None);
        for row in counted_rows(batch)
            .into_iter()
            .map(|counted| usize::from(counted.row))
        {
            if told.get(row, |cell| is_unreadable(cell, &asked.keys)) {
                rows += 1;
                let place = batch.place_as_loaded(row);
                if first.is_none_or(|(known, _)| place < known) {
                    first = Some((place, row));
                }
            }
        }
        let (first_place, row) = first?;
        Some(InBatch {
            rows,
            first_place,
            example: example(column, row),
        })
    }
}

fn is_unreadable(cell: &[u8], keys: &[&str]) -> bool {
    if cell.is_empty() {
        return false;
    }
    let is_unread = |key: &str| key_values::value_of(cell, key) == Answer::Unreadable;
    // Without the letters of a key a cell can be read as it can without those of another.
    let mut without = keys.iter().filter(|key| !key_values::may_have(cell, key));
    let mut with = keys.iter().filter(|key| key_values::may_have(cell, key));
    without.next().is_some_and(|key| is_unread(key)) || with.any(|key| is_unread(key))
}

fn example(column: &Column, row: usize) -> String {
    let text = String::from_utf8_lossy(column.get(row));
    let mut letters = text.chars();
    let mut shown: String = letters.by_ref().take(EXAMPLE_SHOWN).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}
