//! Whether columns that a person named are those of the file: a first row that has a direction must have it
//! where the columns say. Until then rows wait, so that nothing is counted by wrong columns.

use super::super::schema::{self, names};
use super::super::stop::Stop;
use super::block::Rows;
use crate::events::Batch;
use crate::events::passed::Taken;

/// The most rows that may wait for one with a direction, and the most bytes of them.
const MOST_WAITING: usize = 100;
const MOST_BYTES_WAITING: usize = 64 << 20;

/// What `EmailDirection` says, whatever the case.
const DIRECTIONS: [&[u8]; 4] = [b"Inbound", b"Outbound", b"Intra-org", b"Unknown"];

/// The most characters of a cell that a sentence repeats.
const CELL_SHOWN: usize = 40;

/// Rows that wait for one that bears out the columns.
pub(super) struct DirectionCheck {
    column: usize,
    rows_waiting: usize,
    bytes_waiting: usize,
    is_borne_out: bool,
    waiting: Vec<Rows>,
}

/// The columns are not those of the file.
pub(super) struct Refused {
    /// The row of the block that tells.
    pub(super) row: usize,
    pub(super) stop: Stop,
}

impl DirectionCheck {
    /// A check for these columns; `None` where no direction is among them, as in the companion tables.
    pub(super) fn new(columns: &[Vec<u8>]) -> Option<Self> {
        let column = columns
            .iter()
            .position(|name| schema::canonical_name(name) == names::EMAIL_DIRECTION)?;
        Some(DirectionCheck {
            column,
            rows_waiting: 0,
            bytes_waiting: 0,
            is_borne_out: false,
            waiting: Vec::new(),
        })
    }

    /// Looks at the rows of the next block, until one bears out the columns.
    pub(super) fn look(&mut self, rows: &[Taken]) -> Result<(), Refused> {
        if self.is_borne_out {
            return Ok(());
        }
        let rows = rows
            .iter()
            .filter_map(Taken::batch)
            .flat_map(|batch| batch.as_loaded().into_iter().map(move |row| (batch, row)));
        for (index, (batch, row)) in rows.enumerate() {
            if self.is_borne_out {
                return Ok(());
            }
            let cell = batch.cell_of_any(names::EMAIL_DIRECTION, row);
            self.look_at(cell)
                .map_err(|stop| Refused { row: index, stop })?;
        }
        Ok(())
    }

    fn look_at(&mut self, cell: &[u8]) -> Result<(), Stop> {
        let cell = cell.trim_ascii();
        if cell.is_empty() {
            self.rows_waiting += 1;
            if self.rows_waiting >= MOST_WAITING || self.bytes_waiting >= MOST_BYTES_WAITING {
                return Err(self.refusal("is empty in the first rows"));
            }
            return Ok(());
        }
        if is_direction(cell) {
            self.is_borne_out = true;
            return Ok(());
        }
        let cell: String = String::from_utf8_lossy(cell)
            .chars()
            .take(CELL_SHOWN)
            .collect();
        Err(self.refusal(&format!("is \"{cell}\" in the first rows")))
    }

    /// Whether no row has borne out the columns so far.
    pub(super) fn is_waiting(&self) -> bool {
        !self.is_borne_out
    }

    /// Keeps rows until one bears out the columns.
    pub(super) fn hold(&mut self, rows: Rows) {
        let batches = rows.taken.iter().filter_map(Taken::batch);
        let bytes = batches.map(Batch::bytes_held);
        self.bytes_waiting += bytes.sum::<usize>();
        self.waiting.push(rows);
    }

    /// Gives back the rows that waited.
    pub(super) fn release(&mut self) -> Vec<Rows> {
        std::mem::take(&mut self.waiting)
    }

    /// Ends a file none of whose rows bore out the columns.
    pub(super) fn end(self) -> Result<(), Stop> {
        if self.rows_waiting == 0 {
            return Ok(());
        }
        Err(self.refusal("is empty in every row"))
    }

    fn refusal(&self, what: &str) -> Stop {
        Stop::Failed(format!(
            "the columns given with --header do not fit this file: cell {}, which should be {}, {what}",
            self.column + 1,
            names::EMAIL_DIRECTION
        ))
    }
}

/// Whether a cell says a direction.
pub(super) fn is_direction(cell: &[u8]) -> bool {
    DIRECTIONS
        .iter()
        .any(|direction| direction.eq_ignore_ascii_case(cell))
}
