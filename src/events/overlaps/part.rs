//! The batches that are compared, and rows in them.

use super::copy_columns::CopyColumns;
use crate::events::record::Records;

/// A row: the index of its part, and the row in it. They ascend as named and loaded.
pub(super) type Place = (u32, u16);

/// A batch that may have rows of another file.
pub(super) struct Part<'s> {
    pub(super) file: u32,
    pub(super) number: u32,
    pub(super) records: Records<'s>,
    pub(super) columns: CopyColumns<'s>,
}

/// A row that counts, and the copies of its record that say something else, in an order that does not depend on the
/// order of the files.
pub(super) struct RowWithCopies {
    pub(super) counts: Place,
    pub(super) others: Vec<Place>,
}

impl RowWithCopies {
    pub(super) fn all(&self) -> impl Iterator<Item = Place> + '_ {
        std::iter::once(self.counts).chain(self.others.iter().copied())
    }
}
