//! What is wrong with a file, in words.

use parquet::errors::ParquetError;
use std::panic::{self, AssertUnwindSafe};

/// As the part of a sentence.
pub(super) const TOO_FEW_VALUES: &str = "a column has fewer values than there are rows";

/// Why something of the file cannot be read, as the part of a sentence.
pub(super) type Damage = String;

/// Runs the crate: its panics become damage of the file.
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T, Damage>) -> Result<T, Damage> {
    let ran = panic::catch_unwind(AssertUnwindSafe(run));
    ran.unwrap_or_else(|_| Err("the Parquet library cannot make sense of it".to_owned()))
}

/// What the crate says, without its word for where an error comes from.
pub(super) fn sentence(error: &ParquetError) -> String {
    match error {
        ParquetError::General(text) | ParquetError::EOF(text) | ParquetError::NYI(text) => {
            text.clone()
        }
        ParquetError::External(error) => error.to_string(),
        other => other.to_string(),
    }
}
