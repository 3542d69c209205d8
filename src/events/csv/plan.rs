//! What is known of a file whose blocks are taken apart.

use crate::events::cells::{Columns, Fate};
use crate::events::schema::Table;

/// The longest record, in bytes: what bounds the memory a hostile file can claim.
pub(super) const LONGEST_RECORD: usize = 64 << 20;

/// What is known of the file whose blocks are taken apart.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) table: Table,
    pub(super) delimiter: u8,
    /// The header's cells: a record has as many.
    pub(super) header: Vec<Vec<u8>>,
    /// How many empty cells a record may have beyond these: as many as the first one has. In a record that alone has some, a
    /// separator that is not quoted has moved the others.
    pub(super) surplus: usize,
    pub(super) columns: Columns,
    /// Which of the wanted cells is `ThreatTypes`.
    pub(super) threat_types: Option<usize>,
}

impl Plan {
    /// The same, with another fate of the rows.
    pub(super) fn with(&self, fate: Fate) -> Self {
        Plan {
            table: self.table,
            delimiter: self.delimiter,
            header: self.header.clone(),
            surplus: self.surplus,
            columns: self.columns.with(fate),
            threat_types: self.threat_types,
        }
    }

    /// Whether a record whose first wanted cell is this may be the header again.
    pub(super) fn may_be_header(&self, cell: &[u8]) -> bool {
        let column = self.columns.wanted.first().copied().unwrap_or_default();
        let name = self
            .header
            .get(column)
            .map_or(b"".as_slice(), Vec::as_slice);
        without_mark(cell) == name || cell == name
    }
}

/// A header's first cell may have a byte order mark before it, where files were put one after the other.
pub(super) fn without_mark(cell: &[u8]) -> &[u8] {
    cell.strip_prefix(b"\xef\xbb\xbf").unwrap_or(cell)
}
