//! What to load, and how: what the person asked for beyond the files themselves.

use super::input::Input;

/// What to load, and how.
#[derive(Clone, Debug, Default)]
pub struct LoadRequest {
    /// What to load, in the order named.
    pub inputs: Vec<Input>,
    /// How.
    pub options: LoadOptions,
}

/// How files are to be loaded.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Whether rows that are in several files count each time.
    pub keep_duplicates: bool,
}

impl From<Vec<Input>> for LoadRequest {
    fn from(inputs: Vec<Input>) -> Self {
        LoadRequest {
            inputs,
            options: LoadOptions::default(),
        }
    }
}
