//! Where columns that were let go can be had once more.

use super::column::Column;
use std::fmt;

/// Where the columns of a batch can be had once more.
pub(super) trait Origin: fmt::Debug + Send + Sync {
    /// A column by its place, with a cell for each row as loaded; nothing where it cannot be read any more, which
    /// is noted with its file.
    fn column(&self, place: usize) -> Option<Column>;

    /// Why something of its file could not be read once more, as the end of a sentence.
    fn failure(&self) -> Option<&str>;
}
