//! The place of an event among those loaded.

/// The place of an event. It stays valid while more is loaded, and orders events as loaded:
/// by file, then by place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// The number of the file, in the order named.
    pub file: u32,
    /// The batch of the file.
    pub batch: u32,
    /// The row of the batch.
    pub row: u16,
}
