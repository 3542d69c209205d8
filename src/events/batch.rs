//! A batch: up to 65,536 consecutive rows of one table in one file, column by column, never changed once built.
//!
//! Batches are what loading hands on while it still reads, what exclusions are evaluated over and
//! what an event's place is counted in.

use super::column::{Column, ColumnBuilder};
use super::schema::TIME_COLUMNS;
use super::time::{self, DateOrder, EventTime, TimeSummary};
use std::sync::Arc;

/// The most rows of a batch: a row's place fits `u16`.
pub const MAX_ROWS: usize = 1 << 16;

/// The text after which a batch is closed, in bytes. Small enough that a screen fills soon,
/// large enough that dictionaries pay.
const MAX_BYTES: usize = 32 << 20;

/// Some consecutive rows of one table in one file.
#[derive(Debug)]
pub struct Batch {
    names: Arc<[String]>,
    columns: Vec<Column>,
    rows: usize,
    /// The places of the columns that say the time of a row, the preferred one first.
    time_columns: Vec<usize>,
    times: TimeSummary,
}

impl Batch {
    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The (canonical) names of the columns, in the order of the file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The column of that name, whatever its case; of several the first.
    pub fn column(&self, name: &str) -> Option<&Column> {
        let index = self
            .names
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))?;
        self.columns.get(index)
    }

    /// A cell; empty when the batch has no such column.
    pub fn cell(&self, name: &str, row: usize) -> &[u8] {
        self.column(name).map_or(b"", |column| column.get(row))
    }

    /// The cells of a row with the names of their columns, in the order of the file.
    pub fn cells(&self, row: usize) -> impl Iterator<Item = (&str, &[u8])> {
        self.names
            .iter()
            .zip(&self.columns)
            .map(move |(name, column)| (name.as_str(), column.get(row)))
    }

    /// The time of a row, if it has one that can be read, in a file whose dates have this order.
    pub fn event_time(&self, row: usize, order: DateOrder) -> Option<EventTime> {
        time::parse(self.time_cell(row), order)
    }

    /// The cell that says the time of a row; empty when there is none.
    pub fn time_cell(&self, row: usize) -> &[u8] {
        self.time_columns
            .iter()
            .map(|&column| self.columns[column].get(row))
            .find(|cell| !cell.is_empty())
            .unwrap_or_default()
    }

    /// What the times of its rows come to.
    pub fn times(&self) -> &TimeSummary {
        &self.times
    }

    /// Reads all times once, so that nobody else has to for the sake of their range.
    fn read_times(&mut self) {
        let mut times = self.times;
        for row in 0..self.rows {
            times.add(self.time_cell(row));
        }
        self.times = times;
    }

    /// The same with a further column, which has a cell for each row.
    pub(super) fn with_column(mut self, name: &str, column: Column) -> Self {
        self.names = self
            .names
            .iter()
            .cloned()
            .chain([name.to_owned()])
            .collect();
        self.columns.push(column);
        self
    }

    /// The memory it holds, in bytes.
    pub fn bytes_held(&self) -> usize {
        self.columns.iter().map(Column::bytes_held).sum()
    }
}

/// Builds batches, one after the other, for one file.
#[derive(Debug, Default)]
pub struct BatchBuilder {
    names: Vec<String>,
    columns: Vec<ColumnBuilder>,
    rows: usize,
    bytes: usize,
    has_local_times: bool,
}

impl BatchBuilder {
    /// A builder for a file with these (canonical) columns; more may appear later.
    pub fn new(names: Vec<String>) -> Self {
        let columns = empty_columns(names.len());
        BatchBuilder {
            names,
            columns,
            rows: 0,
            bytes: 0,
            has_local_times: false,
        }
    }

    /// Notes that the times are, by the header, in the local time of whoever exported them.
    pub fn note_local_times(&mut self) {
        self.has_local_times = true;
    }

    /// The columns known so far.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The place of a column that may be new to the file.
    pub fn column_index(&mut self, name: &str) -> usize {
        let same = |known: &String| known.eq_ignore_ascii_case(name);
        if let Some(index) = self.names.iter().position(same) {
            return index;
        }
        self.names.push(name.to_owned());
        self.columns
            .push(ColumnBuilder::starting_with_empty(self.rows));
        self.names.len() - 1
    }

    /// Adds a row of cells in the order of the columns; cells that are not given are empty.
    pub fn push_row<'a>(&mut self, cells: impl Iterator<Item = &'a [u8]>) {
        let mut cells = cells.fuse();
        for column in &mut self.columns {
            let cell = cells.next().unwrap_or_default();
            // An empty cell has its place too: it tells in tables of very many columns.
            self.bytes += cell.len() + size_of::<u16>();
            column.push(cell);
        }
        self.rows += 1;
    }

    /// Whether the batch should be taken before the next row.
    pub fn is_full(&self) -> bool {
        self.rows >= MAX_ROWS || self.bytes >= MAX_BYTES
    }

    /// The rows of the batch under construction.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Closes the batch and begins the next; `None` when it has no row.
    pub fn take(&mut self) -> Option<Batch> {
        if self.rows == 0 {
            return None;
        }
        let columns = std::mem::replace(&mut self.columns, empty_columns(self.names.len()));
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let mut batch = Batch {
            names: self.names.clone().into(),
            columns: columns.into_iter().map(ColumnBuilder::finish).collect(),
            rows,
            time_columns: self.time_columns(),
            times: TimeSummary::default(),
        };
        batch.times.is_local = self.has_local_times;
        batch.read_times();
        Some(batch)
    }

    fn time_columns(&self) -> Vec<usize> {
        let place = |time: &&str| {
            let mut names = self.names.iter();
            names.position(|name| name.eq_ignore_ascii_case(time))
        };
        TIME_COLUMNS.iter().filter_map(place).collect()
    }
}

fn empty_columns(count: usize) -> Vec<ColumnBuilder> {
    std::iter::repeat_with(|| ColumnBuilder::starting_with_empty(0))
        .take(count)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_appears_late_is_empty_before() {
        let mut builder = BatchBuilder::new(vec!["A".to_owned()]);
        builder.push_row([b"1".as_slice()].into_iter());
        assert_eq!(builder.column_index("B"), 1);
        builder.push_row([b"2".as_slice(), b"x"].into_iter());
        let batch = builder.take().expect("two rows");
        assert_eq!(batch.cell("B", 0), b"");
        assert_eq!(batch.cell("B", 1), b"x");
        assert_eq!(batch.cell("C", 1), b"");
    }

    #[test]
    fn the_next_batch_knows_the_columns_of_the_one_before() {
        let mut builder = BatchBuilder::new(vec!["A".to_owned()]);
        builder.push_row([b"1".as_slice()].into_iter());
        assert!(builder.take().is_some());
        assert!(builder.take().is_none());
        builder.push_row(std::iter::empty());
        assert_eq!(builder.take().expect("one row").cell("A", 0), b"");
    }
}
