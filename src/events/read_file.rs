//! A file that was read, as long as something of it may be read once more. Who reads it minds that it may be another by
//! then.

use super::positional;
use super::sameness::State;
use std::fs::File;
use std::sync::{Arc, OnceLock};

/// A file that was read, and is held open to be read once more.
#[derive(Debug)]
pub(super) struct ReadFile {
    file: Arc<File>,
    /// What it was when reading it began.
    state: State,
    failure: OnceLock<String>,
}

impl ReadFile {
    /// Of a file that was in this state when reading it began.
    pub(super) fn new(file: Arc<File>, state: State) -> Self {
        ReadFile {
            file,
            state,
            failure: OnceLock::new(),
        }
    }

    /// The file.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Why something of it could not be read once more, as the end of a sentence.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// Notes why something of it cannot be read once more.
    pub(super) fn fail(&self, why: &str) {
        // The first is told.
        let _ = self.failure.set(why.to_owned());
    }

    /// Whether it is still what it was when reading it began.
    pub(super) fn is_unchanged(&self) -> bool {
        State::of(&self.file).is_some_and(|now| now == self.state)
    }

    /// Bytes of it, if they are still those that were read.
    pub(super) fn read(&self, start: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        let (read, error) = positional::read_at(&self.file, &mut bytes, start);
        if let Some(error) = error {
            self.fail(&format!("it can no longer be read ({error})"));
            return None;
        }
        // Looked at after reading: what is written from now on does no harm.
        if read < length || !self.is_unchanged() {
            self.fail("it was modified after it was loaded");
            return None;
        }
        Some(bytes)
    }
}
