//! Whether a file changed while it was read, and whether two files hold the same bytes.

use super::input::Input;
use super::report::Fingerprint;
use hashbrown::HashMap;
use std::cell::RefCell;
use std::fs::{File, Metadata};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read};
use std::rc::Rc;
use std::time::SystemTime;

/// What of a file changes when somebody writes to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    size: u64,
    /// Not known everywhere.
    written: Option<SystemTime>,
}

impl State {
    /// The state of a file now; `None` of a pipe, which has none.
    pub(super) fn of(file: &File) -> Option<Self> {
        let metadata = file.metadata().ok().filter(Metadata::is_file)?;
        Some(State {
            size: metadata.len(),
            written: metadata.modified().ok(),
        })
    }

    /// The size of the file.
    pub(super) fn size(&self) -> u64 {
        self.size
    }
}

/// The sizes of the files that are loaded. Only files of equal size are looked at.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// How many files are of that size.
    sizes: HashMap<u64, usize>,
}

impl Contents {
    /// Of these inputs, all but those that are the same file anyway.
    pub(super) fn of(inputs: &[Input], doubles: &[bool]) -> Self {
        let mut contents = Contents::default();
        for (input, _) in inputs.iter().zip(doubles).filter(|(_, double)| !**double) {
            let (Input::File(path) | Input::Found { path, .. }) = input else {
                continue;
            };
            let metadata = std::fs::metadata(path).ok().filter(Metadata::is_file);
            if let Some(size) = metadata.map(|metadata| metadata.len()) {
                *contents.sizes.entry(size).or_default() += 1;
            }
        }
        contents
    }

    /// Whether there are other files of that size.
    pub(super) fn may_be_doubled(&self, size: u64) -> bool {
        self.sizes.get(&size).is_some_and(|files| *files > 1)
    }
}

/// The hash of the bytes that have passed a [`Hashing`] reader, and how many they were.
pub(super) type Passed = Rc<RefCell<(DefaultHasher, u64)>>;

/// What tells the bytes that have passed from others.
pub(super) fn fingerprint(passed: &Passed) -> Fingerprint {
    let (hasher, bytes) = &*passed.borrow();
    Fingerprint {
        bytes: *bytes,
        hash: hasher.finish(),
    }
}

/// For each file the first that holds the same bytes, where an earlier one does.
pub fn earlier_with_same_bytes(
    files: impl Iterator<Item = Option<Fingerprint>>,
) -> Vec<Option<usize>> {
    let mut first: HashMap<Fingerprint, usize> = HashMap::new();
    let earlier = files.enumerate().map(|(file, fingerprint)| {
        let first = *first.entry(fingerprint?).or_insert(file);
        (first != file).then_some(first)
    });
    earlier.collect()
}

/// Hands bytes on and hashes them.
pub(super) struct Hashing<R> {
    pub(super) source: R,
    pub(super) passed: Passed,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        let (hasher, bytes) = &mut *self.passed.borrow_mut();
        hasher.write(&buffer[..length]);
        *bytes += length as u64;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint_of(bytes: &[u8]) -> Fingerprint {
        let passed = Passed::default();
        let mut reader = Hashing {
            source: bytes,
            passed: Rc::clone(&passed),
        };
        io::copy(&mut reader, &mut io::sink()).expect("bytes");
        fingerprint(&passed)
    }

    #[test]
    fn a_later_file_of_the_same_bytes_names_the_first() {
        let [one, other] = [b"ab", b"cd"].map(|bytes| Some(fingerprint_of(bytes)));
        let files = [one, None, other, one, None, one];
        let earlier = earlier_with_same_bytes(files.into_iter());
        assert_eq!(earlier, [None, None, None, Some(0), None, Some(0)]);
    }
}
