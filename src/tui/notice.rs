//! A word to the analyst in the last line of the screen.

/// A sentence, shown until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence; may contain data.
    pub text: String,
    /// Whether something did not work.
    pub is_error: bool,
}
