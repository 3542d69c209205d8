//! What can be loaded: finding it, opening it, and the sentences for when that fails. What is in it is
//! not looked at here.

use hashbrown::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Something to load.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// An export that is part of the program.
    Embedded {
        /// What to call it.
        name: &'static str,
        /// Its bytes.
        bytes: &'static [u8],
    },
}

impl Input {
    /// What to call it. Not safe to show as it is: a file's name is data too.
    pub fn name(&self) -> String {
        match self {
            Input::File(path) => path.display().to_string(),
            Input::Embedded { name, .. } => (*name).to_owned(),
        }
    }
}

/// Whether a path is of something that can be read, without opening it: a pipe may wait.
///
/// # Errors
/// A sentence for the person: there is none of that name, it is a folder or a device.
pub fn check(path: &Path) -> Result<(), String> {
    let metadata = std::fs::metadata(path).map_err(|error| opening_failed(&error))?;
    if metadata.is_dir() {
        return Err("this is a directory: name the export files in it".to_owned());
    }
    if is_device(&metadata) {
        return Err("this is a device, not a file: it may never end".to_owned());
    }
    Ok(())
}

/// Opens a file, or says in a sentence why that cannot be.
pub(super) fn open(path: &Path) -> Result<File, String> {
    check(path)?;
    File::open(path).map_err(|error| opening_failed(&error))
}

/// Whether it is a device: `/dev/zero` would be read until memory ends. A pipe is none.
#[cfg(unix)]
fn is_device(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    kind.is_char_device() || kind.is_block_device()
}

#[cfg(not(unix))]
fn is_device(_: &std::fs::Metadata) -> bool {
    false
}

fn opening_failed(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "it cannot be opened: you have no permission to read it".to_owned()
        }
        _ => format!("it cannot be opened: {error}"),
    }
}

/// For each input, whether it is a file that was named before, perhaps in another way.
pub(super) fn doubles(inputs: &[Input]) -> Arc<[bool]> {
    let mut seen = HashSet::new();
    inputs
        .iter()
        .map(|input| match input {
            // What cannot be found has no place; opening it will say so.
            Input::File(path) => path.canonicalize().is_ok_and(|place| !seen.insert(place)),
            Input::Embedded { .. } => false,
        })
        .collect()
}
