//! Why reading a file ends before its end.

use std::io;

/// Why reading a file ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The analyst stopped it, or nobody listens any more.
    Cancelled,
    /// The file cannot be read (further).
    Failed(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Failed(format!("reading stopped: {error}"))
    }
}

impl From<::csv::Error> for Stop {
    fn from(error: ::csv::Error) -> Self {
        Stop::Failed(format!("reading stopped: {error}"))
    }
}
