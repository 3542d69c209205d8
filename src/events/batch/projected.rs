//! A batch of some rows and columns of another one, as where a file holds rows of several tables side by side.

use super::{Batch, Shape};
use crate::events::column::Column;
use std::sync::Arc;

impl Shape {
    /// A shape with other columns, and times read as in this one.
    pub(in crate::events) fn with_names(&self, names: Vec<String>) -> Self {
        Shape::new(names, self.has_local_times)
    }
}

impl Batch {
    /// Takes some rows of some columns, and adds a column with a cell for each of these rows. The columns get the
    /// names of `shape`. All cells must be here.
    pub(in crate::events) fn projected(
        &self,
        shape: &Arc<Shape>,
        places: impl Iterator<Item = usize>,
        rows: &[u16],
        further: Option<Column>,
    ) -> Batch {
        let of_place = |place| match self.column_at(place) {
            Some(column) => column.of_rows(rows),
            None => Column::empty(),
        };
        let columns = places.map(of_place).chain(further).collect();
        Batch::new(Arc::clone(shape), columns, rows.len())
    }
}
