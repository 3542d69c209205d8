//! What is done where a file is already there.

/// What to do when there is already a file of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IfExists {
    /// Leave it and report an error that says so.
    Refuse,
    /// Replace it, once the new one is complete.
    Overwrite,
}
