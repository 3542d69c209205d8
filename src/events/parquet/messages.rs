//! The messages of rows that may repeat one before: the longest of the columns by which that is seen, and one that packs
//! badly. Where nothing else is wanted of it, it is read in those row groups only that have such rows.

use super::flat::FlatColumn;
use super::groups::{File, GroupColumns};
use super::pages::CheckedRowGroup;
use super::values::PlainColumn;
use super::{Damage, Origin, ROWS_AT_ONCE, check_row_group, guarded};
use crate::events::column::Column;
use crate::events::repeats::{self, PossibleRepeat, PossibleRepeats};
use crate::events::schema::{Table, names};
use crate::events::workers::{Pending, Workers};
use crate::quantities;
use std::sync::Arc;

/// The numbers of rows of a row group, or why their messages cannot be read.
type OfGroup = Result<Vec<u64>, Damage>;

/// Rows that may repeat one before, of the row groups that were read.
#[derive(Debug, Default)]
pub(super) struct PossibleRepeatsOfGroups(Vec<PossibleRepeats>);

impl PossibleRepeatsOfGroups {
    /// The next row group begins.
    pub(super) fn begin_group(&mut self) {
        self.0.push(PossibleRepeats::default());
    }

    /// Takes in the next rows of the group.
    pub(super) fn add(&mut self, rows: PossibleRepeats) {
        if let Some(group) = self.0.last_mut() {
            group.append(rows);
        }
    }

    /// The next row of the group is none.
    pub(super) fn skip_row(&mut self) {
        if let Some(group) = self.0.last_mut() {
            group.skip();
        }
    }

    /// Looks at the messages of those rows: the numbers of all rows that may still repeat one before, and what is wrong
    /// where messages cannot be read.
    pub(super) fn numbers(self, file: &Arc<File>, workers: &Workers) -> (Vec<u64>, Option<String>) {
        let repeated = repeats::repeated(&self.0);
        let of_groups = self.0.into_iter().enumerate();
        let read: Vec<(usize, Pending<OfGroup>)> = of_groups
            .map(|(index, rows)| (index, rows.of_numbers(&repeated)))
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(index, rows)| {
                let file = Arc::clone(file);
                let numbers = move || file.numbers_by_messages(index, &rows);
                (index, workers.submit(numbers))
            })
            .collect();
        let mut numbers = Vec::new();
        let mut wrong = None;
        for (index, of_group) in read {
            match of_group.wait() {
                Ok(of_group) => numbers.extend(of_group),
                Err(damage) => {
                    wrong.get_or_insert_with(|| {
                        format!(
                            "the Parquet file is damaged: {} cannot be read in row group {} ({damage}). All its rows \
                             are counted, but repeats among them are unknown",
                            names::NETWORK_MESSAGE_ID,
                            quantities::number(index as u64 + 1),
                        )
                    });
                }
            }
        }
        (numbers, wrong)
    }
}

impl File {
    /// The column of the messages, if it is enough to look at those of rows that may repeat one before: where rows are
    /// counted, and their times are moments, so that no order of dates is to be found out first.
    pub(super) fn messages_for_later(&self) -> Option<usize> {
        let messages = self.shape.place(names::NETWORK_MESSAGE_ID)?;
        let time = self.shape.time_column()?;
        let Origin::Plain(index) = *self.columns.origins.get(time)? else {
            return None;
        };
        let (_, column) = &self.columns.plain[index];
        let has_moments = PlainColumn::unit_of_moments(column).is_some();
        // A record that lists several recipients is several rows.
        let may_list = self.wanted.iter().any(|column| self.may_list(*column));
        let is_counted = self.is_counted() && self.table == Table::EmailEvents && !may_list;
        (has_moments && is_counted && self.wanted.contains(&messages)).then_some(messages)
    }

    /// The numbers of rows of a group by their messages, of those that say one.
    fn numbers_by_messages(&self, index: usize, rows: &[PossibleRepeat]) -> OfGroup {
        let Some(messages) = self.messages else {
            return Ok(Vec::new());
        };
        let metadata = self.metadata.row_group(index);
        check_row_group(&self.source, metadata, &self.columns)?;
        let group = CheckedRowGroup::new(&self.source, metadata);
        if let Ok(Some(numbers)) = guarded(|| Ok(self.numbers_by_pages(&group, messages, rows))) {
            return Ok(numbers);
        }
        let group = CheckedRowGroup::new(&self.source, metadata);
        guarded(|| {
            let mut cells = GroupColumns::open(self, &[messages], &group)?;
            let mut numbers = Vec::new();
            for portion in portions(rows) {
                cells.read(portion.length)?;
                numbers.extend(portion.numbers(|row| cells.cell(0, row)));
                group.release_values();
            }
            Ok(numbers)
        })
    }

    /// The same from the pages, where these have the usual shape.
    fn numbers_by_pages(
        &self,
        group: &CheckedRowGroup<'_>,
        messages: usize,
        rows: &[PossibleRepeat],
    ) -> Option<Vec<u64>> {
        let Origin::Plain(index) = self.columns.origins[messages] else {
            return None;
        };
        let (place, column) = &self.columns.plain[index];
        if !FlatColumn::is_of_texts(column) {
            return None;
        }
        let mut pages = FlatColumn::new(group, *place, column).ok()?;
        let mut numbers = Vec::new();
        for portion in portions(rows) {
            let messages: Column = pages.texts(portion.length, |_| false)?.into();
            numbers.extend(portion.numbers(|row| messages.get(row)));
        }
        Some(numbers)
    }
}

/// Some rows that follow each other, and which of them are looked at.
struct Portion<'r> {
    first: usize,
    length: usize,
    looked_at: &'r [PossibleRepeat],
}

impl Portion<'_> {
    /// The numbers by the messages, of which `message` gives that of a row.
    fn numbers<'m>(&self, message: impl Fn(usize) -> &'m [u8]) -> impl Iterator<Item = u64> {
        let rows = self.looked_at.iter();
        rows.filter_map(move |it| it.with_message(message(it.row - self.first)))
    }
}

/// The rows of a group up to the last one that is looked at: what comes after it is not read.
fn portions(looked_at: &[PossibleRepeat]) -> impl Iterator<Item = Portion<'_>> {
    let end = looked_at.last().map_or(0, |last| last.row + 1);
    let mut rest = looked_at;
    (0..end).step_by(ROWS_AT_ONCE).map(move |first| {
        let length = ROWS_AT_ONCE.min(end - first);
        let (now, later) = rest.split_at(rest.partition_point(|it| it.row < first + length));
        rest = later;
        Portion {
            first,
            length,
            looked_at: now,
        }
    })
}
