//! Builds batches row by row.

use super::listed::FurtherRecipients;
use super::{Batch, MAX_ROWS, Shape};
use crate::events::column::ColumnBuilder;
use hashbrown::HashMap;
use std::sync::Arc;

/// The text after which a batch is closed, in bytes. Small enough that a screen fills soon,
/// large enough that dictionaries pay.
pub(in crate::events) const MAX_BYTES: usize = 32 << 20;

/// Builds batches, one after the other, for one file.
#[derive(Debug, Default)]
pub struct BatchBuilder {
    names: Vec<String>,
    /// The places of the first of them in small letters, as far as that was asked for.
    places: HashMap<String, usize>,
    placed: usize,
    columns: Vec<ColumnBuilder>,
    rows: usize,
    bytes: usize,
    has_local_times: bool,
    further: FurtherRecipients,
}

impl BatchBuilder {
    /// A builder for a file with these (canonical) columns; more may appear later.
    pub fn new(names: Vec<String>) -> Self {
        let columns = empty_columns(names.len());
        BatchBuilder {
            names,
            places: HashMap::new(),
            placed: 0,
            columns,
            rows: 0,
            bytes: 0,
            has_local_times: false,
            further: FurtherRecipients::default(),
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

    /// The place of a column that the file has, whatever the case of its name; of several the first.
    pub fn known_column(&mut self, name: &str) -> Option<usize> {
        for (index, known) in self.names.iter().enumerate().skip(self.placed) {
            let place = self.places.entry(known.to_ascii_lowercase());
            place.or_insert(index);
        }
        self.placed = self.names.len();
        self.places.get(&name.to_ascii_lowercase()).copied()
    }

    /// The place of a column that may be new to the file.
    pub fn column_index(&mut self, name: &str) -> usize {
        if let Some(index) = self.known_column(name) {
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

    /// Adds a row: the so-many-th of its record, counted from zero. A record has several where it lists several recipients.
    pub(in crate::events) fn push_row_of_record<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a [u8]>,
        of_record: usize,
    ) {
        if of_record > 0 {
            self.further.note(self.rows, of_record == 1);
        }
        self.push_row(cells);
    }

    /// Whether the batch should be taken before the next row.
    pub fn is_full(&self) -> bool {
        self.rows >= MAX_ROWS || self.bytes >= MAX_BYTES
    }

    /// The rows of the batch under construction.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The records of the file that its rows come from, as far as they begin in it.
    pub(in crate::events) fn records(&self) -> usize {
        self.rows - self.further.len()
    }

    /// Closes the batch and begins the next; `None` when it has no row.
    pub fn take(&mut self) -> Option<Batch> {
        if self.rows == 0 {
            return None;
        }
        let columns = std::mem::replace(&mut self.columns, empty_columns(self.names.len()));
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let columns = columns.into_iter().map(ColumnBuilder::finish).collect();
        let further = std::mem::take(&mut self.further);
        Some(Batch::new(self.shape(), columns, rows).with_further(further))
    }

    /// What its batches have in common from now on.
    pub(in crate::events) fn shape(&self) -> Arc<Shape> {
        Arc::new(Shape::new(self.names.clone(), self.has_local_times))
    }
}

impl Shape {
    /// A builder of batches for a file with these columns.
    pub(in crate::events) fn builder(&self) -> BatchBuilder {
        let mut builder = BatchBuilder::new(self.names.clone());
        if self.has_local_times {
            builder.note_local_times();
        }
        builder
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

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "Subject is looked at but not read")]
    fn nobody_takes_a_column_that_is_not_read_for_an_empty_one() {
        let names = ["Timestamp", "Subject"].map(str::to_owned).to_vec();
        let shape = Arc::new(BatchBuilder::new(names).shape().with_only(&[0]));
        let batch = shape.batch(vec![crate::events::column::Column::empty(); 2], 1, None);
        assert!(batch.column("Timestamp").is_some());
        batch.column("Subject");
    }
}
