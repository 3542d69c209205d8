//! Records that list several recipients: a row for each, and one record in the account.

use super::FileSink;
use crate::events::recipient_lists::{RowsOfRecord, TOO_LONG};
use crate::events::report::Place;
use crate::events::schema::Table;
use crate::events::stop::Stop;

impl FileSink {
    /// Takes a record of `EmailEvents` whose recipients are listed; its cells are in the order of the columns.
    pub(in crate::events) fn push_listed(
        &mut self,
        cells: &[&[u8]],
        listed: &RowsOfRecord,
        place: Place,
    ) -> Result<(), Stop> {
        let length = cells.iter().map(|cell| cell.len()).sum();
        if listed.are_too_long(length) {
            return self.reject(place, TOO_LONG);
        }
        for row in 0..listed.len() {
            let cells = cells.iter().enumerate();
            let cells = cells.map(|(column, cell)| listed.cell(row, column).unwrap_or(cell));
            self.add_row(Table::EmailEvents, cells, row)?;
        }
        self.report.rows_kept += 1;
        self.count_row()
    }
}
