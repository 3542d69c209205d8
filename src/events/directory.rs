//! The files below a directory that was named. Which of them are exports only their content tells.
//!
//! Links to files are followed, links to folders are not: they may lead in circles, or to the whole disk.

use super::input::{self, Identity, Input, NotOpened};
use super::table_folders;
use crate::quantities;
use hashbrown::HashSet;
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walkdir::{DirEntry, WalkDir};

/// What is below a directory, by name. `seen` are the files that are loaded anyway, and is added to.
pub(super) fn files(directory: &Path, seen: &mut HashSet<Identity>) -> Vec<Input> {
    let mut found = Found {
        directory: directory.into(),
        inputs: Vec::new(),
        hidden: 0,
    };
    if let Some(reason) = table_folders::refusal_of_named(directory) {
        found.not_opened(directory.to_owned(), NotOpened::Unreadable(reason));
        return found.inputs;
    }
    let mut entries = WalkDir::new(directory)
        .min_depth(1)
        .sort_by_file_name()
        .into_iter();
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) if is_hidden(&entry) => {
                found.hidden += 1;
                if entry.file_type().is_dir() {
                    entries.skip_current_dir();
                }
            }
            Ok(entry) if entry.file_type().is_dir() => {
                let refusal = table_folders::refusal(entry.path())
                    .or_else(|| table_folders::refusal_of_partition(entry.path()));
                if let Some(reason) = refusal {
                    entries.skip_current_dir();
                    found.not_opened(entry.into_path(), NotOpened::Unreadable(reason));
                }
            }
            Ok(entry) => found.add(entry, seen),
            Err(error) => {
                let path = error.path().unwrap_or(directory).to_owned();
                let sentence = match error.io_error() {
                    Some(error) => input::opening_failed(error),
                    None => error.to_string(),
                };
                found.not_opened(path, NotOpened::Unreadable(sentence));
            }
        }
    }
    found.tell_of_none_and_hidden();
    found.inputs
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

struct Found {
    directory: Arc<Path>,
    inputs: Vec<Input>,
    hidden: u64,
}

impl Found {
    /// Adds what is no folder.
    fn add(&mut self, entry: DirEntry, seen: &mut HashSet<Identity>) {
        let kind = match kind_at_its_end(&entry) {
            Ok(kind) => kind,
            Err(error) => {
                let sentence = match error.kind() {
                    io::ErrorKind::NotFound if entry.path_is_symlink() => {
                        "a link to a missing file".to_owned()
                    }
                    _ => input::opening_failed(&error),
                };
                self.not_opened(entry.into_path(), NotOpened::Unreadable(sentence));
                return;
            }
        };
        let path = entry.into_path();
        let reason = if kind.is_dir() {
            NotOpened::PassedOver("a link to a folder, not followed".to_owned())
        } else if !kind.is_file() {
            NotOpened::PassedOver("not a file but a pipe, a socket or a device".to_owned())
        } else if input::identity(&path).is_some_and(|identity| !seen.insert(identity)) {
            NotOpened::LoadedAlready
        } else {
            self.inputs.push(Input::Found {
                path,
                directory: Arc::clone(&self.directory),
            });
            return;
        };
        self.not_opened(path, reason);
    }

    fn not_opened(&mut self, path: PathBuf, reason: NotOpened) {
        self.inputs.push(Input::NotOpened {
            path,
            directory: Arc::clone(&self.directory),
            reason,
        });
    }

    fn tell_of_none_and_hidden(&mut self) {
        let sentence = match self.hidden {
            0 if self.inputs.is_empty() => "it contains no files".to_owned(),
            0 => return,
            1 => "1 hidden file or folder in it was skipped".to_owned(),
            hidden => format!(
                "{} hidden files or folders in it were skipped",
                quantities::number(hidden)
            ),
        };
        let directory = self.directory.to_path_buf();
        self.not_opened(directory, NotOpened::PassedOver(sentence));
    }
}

/// What an entry is; of a link, what it leads to.
fn kind_at_its_end(entry: &DirEntry) -> io::Result<FileType> {
    if entry.path_is_symlink() {
        return Ok(std::fs::metadata(entry.path())?.file_type());
    }
    Ok(entry.file_type())
}
