//! Whether columns that a person named are those of the file: a first row that has a direction must have it
//! where the columns say. Until then rows wait, so that nothing is counted by wrong columns.

use super::super::schema::{self, names};
use super::super::sink::Stop;
use csv::ByteRecord;

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
    waiting: Vec<ByteRecord>,
}

impl DirectionCheck {
    /// A check for these columns; `None` where no direction is among them, as in the companion tables.
    pub(super) fn new(columns: &ByteRecord) -> Option<Self> {
        let column = columns
            .iter()
            .position(|name| schema::canonical_name(name) == names::EMAIL_DIRECTION)?;
        Some(DirectionCheck {
            column,
            waiting: Vec::new(),
        })
    }

    /// Looks at the next row. Gives the rows that waited, this one the last, once one bears out the columns.
    pub(super) fn look(&mut self, row: &ByteRecord) -> Result<Option<Vec<ByteRecord>>, Stop> {
        self.waiting.push(row.clone());
        let cell = row.get(self.column).unwrap_or_default().trim_ascii();
        if cell.is_empty() {
            let bytes: usize = self.waiting.iter().map(|row| row.as_slice().len()).sum();
            if self.waiting.len() >= MOST_WAITING || bytes >= MOST_BYTES_WAITING {
                return Err(self.refusal("is empty in its first rows"));
            }
            return Ok(None);
        }
        if is_direction(cell) {
            return Ok(Some(std::mem::take(&mut self.waiting)));
        }
        let cell: String = String::from_utf8_lossy(cell)
            .chars()
            .take(CELL_SHOWN)
            .collect();
        Err(self.refusal(&format!("says \"{cell}\" in its first rows")))
    }

    /// Ends a file none of whose rows bore out the columns.
    pub(super) fn end(self) -> Result<(), Stop> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        Err(self.refusal("is empty in all of its rows"))
    }

    fn refusal(&self, what: &str) -> Stop {
        Stop::Failed(format!(
            "the columns of --header are not those of this file: cell {}, which should be {}, {what}",
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
