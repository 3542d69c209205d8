//! The columns of companion tables, and rows with all of their cells.

use super::{CompanionRow, Companions};
use crate::events::schema::Table;

impl Companions {
    /// The columns of the loaded rows of a table, each once whatever its case, in the order in which they first
    /// appear.
    pub fn columns(&self, table: Table) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        let mut last: &[String] = &[];
        for (_, batch) in &self.tables[table as usize].batches {
            if batch.names() == last {
                continue;
            }
            last = batch.names();
            for name in last {
                if !columns.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                    columns.push(name);
                }
            }
        }
        columns
    }
}

impl<'a> CompanionRow<'a> {
    /// All cells with the names of their columns, in the order of the file.
    pub fn cells(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.batch.cells(self.row)
    }
}
