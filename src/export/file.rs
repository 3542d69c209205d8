//! A file that is written whole or not at all.
//!
//! Here: the checks before, the temporary file, and putting it in its place. Not here: what is
//! written, and the question whether an existing file may be replaced.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::hunting_query::identity::IdentityError;
use super::if_exists::IfExists;
use crate::printable::Printable;

/// Why no file was written. Whatever it was, a file that was there before is as it was, and
/// nothing else is left behind.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is already a file, or a symbolic link, and it may not be replaced.
    #[error(
        "{} already exists; choose another name or allow replacing it",
        shown(path)
    )]
    Exists {
        /// The file to be written.
        path: PathBuf,
    },
    /// The path is a folder, or names no file.
    #[error("{} is a folder; name a file in it", shown(path))]
    IsFolder {
        /// The file to be written.
        path: PathBuf,
    },
    /// The path is a device, a pipe or a socket, which cannot be replaced as a whole.
    #[error(
        "{} is a device or a pipe, not a file; redirect the output to it instead",
        shown(path)
    )]
    NotAFile {
        /// The file to be written.
        path: PathBuf,
    },
    /// The folder in which the file is to be is not there.
    #[error(
        "{} cannot be written: the folder {} does not exist; create it first",
        shown(path),
        shown(folder)
    )]
    MissingFolder {
        /// The file to be written.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// The path leads to one of the files that were read.
    #[error("{} is one of the input files; choose another name", shown(path))]
    IsInput {
        /// The file to be written.
        path: PathBuf,
    },
    /// No temporary file could be made in the folder.
    #[error(
        "{} cannot be written: {}; {}",
        shown(path),
        reason(source),
        advice(source)
    )]
    Create {
        /// The file to be written.
        path: PathBuf,
        /// What the system reports.
        source: io::Error,
    },
    /// Writing stopped before the end.
    #[error(
        "{} was not written: {}; {}",
        shown(path),
        reason(source),
        advice(source)
    )]
    Write {
        /// The file to be written.
        path: PathBuf,
        /// What the system or the writer of the format reports.
        source: io::Error,
    },
    /// The file is no earlier version of the hunting query that is to take its place.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The complete file could not be given its name.
    #[error(
        "{} could not be moved into place: {}; {}",
        shown(path),
        reason(source),
        advice(source)
    )]
    Replace {
        /// The file to be written.
        path: PathBuf,
        /// What the system reports.
        source: io::Error,
    },
}

/// Writes a file by `write`, which gives the number of rows; so does this function.
///
/// The content goes to a temporary file in the same folder, readable by its owner only, which
/// takes the name of `path` when it is complete and on the disk. It is then still readable by its
/// owner only: it holds other people's mail.
///
/// A symbolic link at `path` counts as an existing file, also when it leads nowhere. With
/// [`IfExists::Overwrite`] the link itself is replaced, so that nothing is ever written to a place
/// that was not named; what it led to is not touched. None of the `inputs` is replaced, by
/// whatever name it is called.
///
/// # Errors
///
/// See [`WriteError`]. Its texts are for the person, and safe to show.
pub fn write_file(
    path: &Path,
    if_exists: IfExists,
    inputs: &[PathBuf],
    write: impl FnOnce(&mut dyn Write) -> io::Result<u64>,
) -> Result<u64, WriteError> {
    let folder = folder_of(path);
    refuse_unfit(path, folder, inputs)?;
    if if_exists == IfExists::Refuse && path.symlink_metadata().is_ok() {
        return Err(WriteError::Exists { path: path.into() });
    }
    let mut temporary = temporary_in(folder).map_err(|source| WriteError::Create {
        path: path.into(),
        source,
    })?;
    let rows = fill(temporary.as_file_mut(), write)
        .and_then(|rows| temporary.as_file().sync_all().map(|()| rows))
        .map_err(|source| WriteError::Write {
            path: path.into(),
            source,
        })?;
    put_in_place(temporary, path, if_exists)?;
    sync_folder(folder);
    Ok(rows)
}

/// The folder of a path; the current one for a name alone.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn refuse_unfit(path: &Path, folder: &Path, inputs: &[PathBuf]) -> Result<(), WriteError> {
    if path.is_dir() || path.file_name().is_none() {
        return Err(WriteError::IsFolder { path: path.into() });
    }
    if !folder.is_dir() {
        return Err(WriteError::MissingFolder {
            path: path.into(),
            folder: folder.into(),
        });
    }
    // Both where the path leads and, if it is a link, the link: an input may be named by it.
    if is_same_as_any(path, fs::metadata, inputs)
        || is_same_as_any(path, fs::symlink_metadata, inputs)
    {
        return Err(WriteError::IsInput { path: path.into() });
    }
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(WriteError::NotAFile { path: path.into() }),
        _ => Ok(()),
    }
}

/// Whether the path is the same file as one of the inputs, looked at by `metadata_of`.
fn is_same_as_any(
    path: &Path,
    metadata_of: fn(PathBuf) -> io::Result<Metadata>,
    inputs: &[PathBuf],
) -> bool {
    let Some(identity) = identity_of(path, metadata_of) else {
        return false;
    };
    inputs
        .iter()
        .any(|input| identity_of(input, metadata_of).as_ref() == Some(&identity))
}

/// What two names of one file have in common: device and inode.
#[cfg(unix)]
fn identity_of(
    path: &Path,
    metadata_of: fn(PathBuf) -> io::Result<Metadata>,
) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;

    let metadata = metadata_of(path.to_path_buf()).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Where there is no inode to be had: the path without links and detours.
#[cfg(not(unix))]
fn identity_of(path: &Path, _metadata_of: fn(PathBuf) -> io::Result<Metadata>) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}

/// A file of a name that nobody uses, removed when it goes out of scope.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    // `tempfile` adds to an error the name of the temporary file, which means nothing to the
    // person; so the error is kept as the system gave it.
    let mut code = None;
    tempfile::Builder::new()
        .prefix(".mailhunt-")
        .suffix(".part")
        .make_in(folder, |path| {
            open_new(path).inspect_err(|error| code = error.raw_os_error())
        })
        .map_err(|error| code.map_or(error, io::Error::from_raw_os_error))
}

/// Opens a file that does not exist yet, for its owner only.
fn open_new(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Lets `write` write, in large portions.
fn fill(
    file: impl Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<u64>,
) -> io::Result<u64> {
    let mut buffered = BufWriter::with_capacity(64 * 1024, file);
    let rows = write(&mut buffered)?;
    // Dropping the buffer would flush it too, and keep the error to itself.
    buffered.flush()?;
    Ok(rows)
}

fn put_in_place(
    temporary: NamedTempFile,
    path: &Path,
    if_exists: IfExists,
) -> Result<(), WriteError> {
    let persisted = match if_exists {
        IfExists::Refuse => temporary.persist_noclobber(path),
        IfExists::Overwrite => temporary.persist(path),
    };
    let Err(error) = persisted else {
        return Ok(());
    };
    let path = path.to_path_buf();
    // Somebody made a file of the name in the meantime.
    if error.error.kind() == io::ErrorKind::AlreadyExists {
        return Err(WriteError::Exists { path });
    }
    Err(WriteError::Replace {
        path,
        source: error.error,
    })
}

/// Lets the new name survive a power cut. The file is complete and in its place by now; a file
/// system that cannot do this is no reason to say that it is not.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

/// A path as it may be shown: a file name, too, may hold an escape sequence.
fn shown(path: &Path) -> Printable {
    Printable::new(path.as_os_str().as_encoded_bytes())
}

/// The text of an error as it may be shown: a writer may have put into it what it was writing.
fn reason(error: &io::Error) -> Printable {
    Printable::new(error.to_string().as_bytes())
}

/// What the person can do about an error of the system.
fn advice(error: &io::Error) -> &'static str {
    use io::ErrorKind as Kind;

    match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
            "free some space or choose a folder on another disk"
        }
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => "choose a folder you can write to",
        Kind::InvalidFilename => "choose a shorter or simpler name",
        _ => "try again or choose another folder",
    }
}

#[cfg(test)]
mod tests;
