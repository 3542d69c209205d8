//! The messages of rows that may repeat one before: the longest of the columns by which that is seen, and one that packs
//! badly. Where nothing else is wanted of it, it is read in those row groups only that have such rows.

use super::flat::FlatColumn;
use super::groups::{File, GroupColumns};
use super::pages::CheckedRowGroup;
use super::values::PlainColumn;
use super::{Damage, Origin, ROWS_AT_ONCE, check_row_group, guarded};
use crate::events::column::{Column, Texts};
use crate::events::repeats::{self, PossibleRepeat, PossibleRepeats};
use crate::events::schema::{Table, names};
use crate::events::sink::FileSink;
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

    /// Looks at the messages of those rows: the numbers of all rows that may still repeat one before. Where messages cannot
    /// be read, that is said.
    pub(super) fn numbers(
        self,
        file: &Arc<File>,
        workers: &Workers,
        sink: &mut FileSink,
    ) -> Vec<u64> {
        let repeated = repeats::repeated(self.0.iter());
        let of_groups = self.0.iter().enumerate();
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
        for (index, of_group) in read {
            match of_group.wait() {
                Ok(of_group) => numbers.extend(of_group),
                Err(damage) => sink.warn(format!(
                    "{} cannot be read in row group {} ({damage}): which of its rows repeat one before is not known",
                    names::NETWORK_MESSAGE_ID,
                    quantities::number(index as u64 + 1),
                )),
            }
        }
        numbers
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
        let is_counted = self.is_counted() && self.table == Table::EmailEvents;
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
            numbers_of(rows, |rows| {
                cells.read(rows)?;
                let mut texts = Texts::default();
                (0..rows).for_each(|row| texts.push(cells.cell(0, row)));
                group.release_values();
                Ok(Column::Plain(texts))
            })
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
        let read = |rows| pages.texts(rows, |_| false).map(Column::from).ok_or(());
        numbers_of(rows, read).ok()
    }
}

/// The numbers of rows by their messages, of which `read` gives those of so many rows that follow. What comes after the last
/// row is not read.
fn numbers_of<E>(
    rows: &[PossibleRepeat],
    mut read: impl FnMut(usize) -> Result<Column, E>,
) -> Result<Vec<u64>, E> {
    let end = rows.last().map_or(0, |last| last.row + 1);
    let mut numbers = Vec::new();
    let mut rest = rows;
    for first in (0..end).step_by(ROWS_AT_ONCE) {
        let length = ROWS_AT_ONCE.min(end - first);
        let messages = read(length)?;
        let (now, later) = rest.split_at(rest.partition_point(|it| it.row < first + length));
        let of_rows = now
            .iter()
            .map(|it| it.with_message(messages.get(it.row - first)));
        numbers.extend(of_rows.flatten());
        rest = later;
    }
    Ok(numbers)
}
