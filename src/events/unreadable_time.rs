//! Times of events that cannot be read, to be told.

/// A time that cannot be read.
#[derive(Clone, Debug)]
pub(super) struct UnreadableTime {
    /// Its record of the file, counted from one with the first of these.
    pub(super) record: usize,
    /// The beginning of its cell.
    pub(super) text: String,
}
