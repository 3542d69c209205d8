//! Saving exclusions to the analyst's own file, and which are saved nowhere as they are.

use crate::exclusion_files;
use crate::hunt::exclusion::Exclusion;
use std::path::PathBuf;

/// The exclusions as files, the built-in ones included, define them.
#[derive(Clone, Debug, Default)]
pub(super) struct SavedExclusions {
    /// The definitions.
    pub(super) definitions: Vec<Exclusion>,
    /// The ids of those that were saved to the analyst's own file since mailhunt was started.
    pub(super) in_own_file: Vec<String>,
    /// The ids of those that were written or changed, in that order.
    pub(super) written: Vec<String>,
}

impl SavedExclusions {
    /// What was read from files at the start.
    pub(super) fn at_the_start(exclusions: &[Exclusion]) -> Self {
        SavedExclusions {
            definitions: exclusions.to_vec(),
            ..SavedExclusions::default()
        }
    }

    /// Notes that an exclusion was written or changed.
    pub(super) fn note_written(&mut self, id: &str) {
        self.written.retain(|known| known != id);
        self.written.push(id.to_owned());
    }

    pub(super) fn note_saved(&mut self, exclusion: Exclusion) {
        self.in_own_file.push(exclusion.id.clone());
        match self
            .definitions
            .iter_mut()
            .find(|known| known.id == exclusion.id)
        {
            Some(known) => *known = exclusion,
            None => self.definitions.push(exclusion),
        }
    }
}

/// Where an exclusion is defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It comes with mailhunt, and no file defines it otherwise.
    BuiltIn,
    /// In the analyst's own file.
    OwnFile(String),
    /// In a file named on the command line.
    OtherFile(String),
    /// Nowhere: it was written since mailhunt was started.
    Nowhere,
}

/// Exclusions to be saved.
#[derive(Debug)]
pub struct SaveJob {
    pub(super) exclusions: Vec<Exclusion>,
    pub(super) path: PathBuf,
}

/// What became of them.
#[derive(Debug)]
pub struct SaveResult {
    /// The exclusions that were saved.
    pub(super) exclusions: Vec<Exclusion>,
    pub(super) path: PathBuf,
    /// Why the others were not.
    pub(super) failure: Option<String>,
}

impl SaveJob {
    /// Writes the file.
    pub fn run(self) -> SaveResult {
        let mut saved = SaveResult {
            exclusions: Vec::new(),
            path: self.path,
            failure: None,
        };
        for exclusion in self.exclusions {
            if let Err(error) = exclusion_files::save(&exclusion, &saved.path) {
                saved.failure = Some(error.to_string());
                return saved;
            }
            saved.exclusions.push(exclusion);
        }
        saved
    }
}
