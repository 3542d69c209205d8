//! What can be loaded: finding it, opening it, and the sentences for when that fails. What is in it is
//! not looked at here.

use hashbrown::HashSet;
use std::borrow::Cow;
use std::fs::{File, Metadata};
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Something to load.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file that was named.
    File(PathBuf),
    /// A file found below a directory that was named. It need not be an export.
    Found {
        /// Where it is.
        path: PathBuf,
        /// The directory.
        directory: Arc<Path>,
    },
    /// Something found below a directory that is not even opened, told so that nobody misses it.
    NotOpened {
        /// Where it is.
        path: PathBuf,
        /// The directory.
        directory: Arc<Path>,
        /// Why it is not opened.
        reason: NotOpened,
    },
    /// What is piped into the program.
    StandardInput,
    /// Bytes in memory, such as an export that is part of the program.
    Memory {
        /// What to call it.
        name: Cow<'static, str>,
        /// The bytes.
        bytes: Cow<'static, [u8]>,
    },
}

/// Why something below a directory is not opened, as a sentence for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// It cannot be: there may be an export in it.
    Unreadable(String),
    /// It need not be.
    PassedOver(String),
    /// It is among the inputs by another name.
    LoadedAlready,
}

impl NotOpened {
    pub(super) fn sentence(&self) -> &str {
        match self {
            NotOpened::Unreadable(sentence) | NotOpened::PassedOver(sentence) => sentence,
            NotOpened::LoadedAlready => "already loaded under another name",
        }
    }
}

/// The name by which standard input is asked for.
pub const STANDARD_INPUT: &str = "-";

/// The bytes of an input.
pub(super) enum Source {
    File(Arc<File>),
    /// A pipe, of which nobody knows how long it is.
    Pipe(Box<dyn Read>),
    Memory(Cow<'static, [u8]>),
}

impl Input {
    /// What to call it. Not safe to show as it is: a file's name is data too.
    pub fn name(&self) -> String {
        match self {
            Input::File(path) | Input::Found { path, .. } | Input::NotOpened { path, .. } => {
                path.display().to_string()
            }
            Input::StandardInput => "standard input".to_owned(),
            Input::Memory { name, .. } => name.clone().into_owned(),
        }
    }

    /// The directory below which it was found.
    pub fn directory(&self) -> Option<&Path> {
        match self {
            Input::Found { directory, .. } | Input::NotOpened { directory, .. } => Some(directory),
            Input::File(_) | Input::StandardInput | Input::Memory { .. } => None,
        }
    }

    /// Whether it stands for a file that is among the inputs by another name.
    pub fn is_loaded_already(&self) -> bool {
        let already = NotOpened::LoadedAlready;
        matches!(self, Input::NotOpened { reason, .. } if *reason == already)
    }

    /// The file it is, which nothing must be written over.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Input::File(path) | Input::Found { path, .. } | Input::NotOpened { path, .. } => {
                Some(path)
            }
            // It may be a file, put there by the shell.
            Input::StandardInput if cfg!(unix) => Some(Path::new("/dev/stdin")),
            Input::StandardInput | Input::Memory { .. } => None,
        }
    }

    /// Whether it is the same when it is read once more: a pipe is empty then.
    pub fn can_be_read_again(&self) -> bool {
        match self {
            Input::File(path) | Input::Found { path, .. } => path.is_file(),
            Input::NotOpened { .. } | Input::Memory { .. } => true,
            Input::StandardInput => false,
        }
    }

    /// Which file has its name, where it is one.
    pub(super) fn identity(&self) -> Option<Identity> {
        match self {
            Input::File(path) | Input::Found { path, .. } => identity(path),
            Input::NotOpened { .. } | Input::StandardInput | Input::Memory { .. } => None,
        }
    }

    /// Whether it can be read, without opening it: a pipe may wait.
    ///
    /// # Errors
    /// A sentence for the person: there is none of that name, it is a folder or a device.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Input::File(path) | Input::Found { path, .. } => check(path),
            Input::NotOpened { reason, .. } => Err(reason.sentence().to_owned()),
            Input::StandardInput if io::stdin().is_terminal() => {
                Err("it is the terminal: pipe an export into mailhunt, or name a file".to_owned())
            }
            Input::StandardInput | Input::Memory { .. } => Ok(()),
        }
    }

    /// Opens it, or says in a sentence why that cannot be.
    pub(super) fn open(&self) -> Result<Source, String> {
        self.check()?;
        match self {
            Input::File(path) | Input::Found { path, .. } | Input::NotOpened { path, .. } => {
                let file = File::open(path).map_err(|error| opening_failed(&error))?;
                Ok(Source::File(Arc::new(file)))
            }
            Input::StandardInput => Ok(Source::Pipe(Box::new(io::stdin()))),
            Input::Memory { bytes, .. } => Ok(Source::Memory(bytes.clone())),
        }
    }
}

fn check(path: &Path) -> Result<(), String> {
    let metadata = std::fs::metadata(path).map_err(|error| opening_failed(&error))?;
    if metadata.is_dir() {
        return Err("this is a directory: name the export files in it".to_owned());
    }
    if is_device(&metadata)
        && path
            .canonicalize()
            .is_ok_and(|path| path == Path::new(NOTHING))
    {
        return Err("this is the null device: it is empty".to_owned());
    }
    if is_device(&metadata) {
        return Err("this is a device, not a file: it may never end".to_owned());
    }
    if is_socket(&metadata) {
        return Err("this is a socket, not a file".to_owned());
    }
    Ok(())
}

/// The device that is always empty.
const NOTHING: &str = "/dev/null";

/// Whether it is a device: `/dev/zero` would be read until memory ends. A pipe is none.
#[cfg(unix)]
fn is_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    kind.is_char_device() || kind.is_block_device()
}

#[cfg(not(unix))]
fn is_device(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn is_socket(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_socket()
}

#[cfg(not(unix))]
fn is_socket(_: &Metadata) -> bool {
    false
}

pub(super) fn opening_failed(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it cannot be opened: permission denied".to_owned(),
        _ => format!("it cannot be opened: {error}"),
    }
}

/// What tells a file from all others, whatever it is called: where that is known its number on its disk.
#[cfg(unix)]
pub(super) type Identity = (u64, u64);

/// What tells a file from all others, whatever it is called.
#[cfg(not(unix))]
pub(super) type Identity = PathBuf;

#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    path.canonicalize().ok()
}

/// For each input, whether it is a file that was named before, perhaps in another way.
pub(super) fn doubles(inputs: &[Input]) -> Vec<bool> {
    let mut seen = HashSet::new();
    inputs
        .iter()
        .map(|input| match input {
            // What cannot be found has no identity; opening it will say so.
            Input::File(path) | Input::Found { path, .. } => {
                identity(path).is_some_and(|identity| !seen.insert(identity))
            }
            Input::NotOpened { .. } | Input::StandardInput | Input::Memory { .. } => false,
        })
        .collect()
}
