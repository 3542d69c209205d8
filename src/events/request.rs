//! What to load, and how: what the person asked for beyond the files themselves.

use super::given_header::GivenHeader;
use super::input::Input;
use std::path::{Path, PathBuf};

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
    /// What the columns of CSV files without a header line are.
    pub header: Option<GivenHeader>,
}

impl LoadRequest {
    /// The files it is about, which nothing must be written over.
    pub fn files(&self) -> Vec<PathBuf> {
        let files = self.inputs.iter().filter_map(Input::file);
        files.map(Path::to_path_buf).collect()
    }
}

impl From<Vec<Input>> for LoadRequest {
    fn from(inputs: Vec<Input>) -> Self {
        LoadRequest {
            inputs,
            options: LoadOptions::default(),
        }
    }
}
