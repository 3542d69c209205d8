//! The bytes of a Parquet file, at any place: Parquet is read from its end, so what cannot be read
//! from any place (a pipe, a packed file) is put aside first.

use crate::events::buffers::{Buffers, Lent};
use crate::events::progress::FileProgress;
use crate::events::read_file::ReadFile;
use bytes::Bytes;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use tempfile::{SpooledData, SpooledTempFile};

/// What is put aside in memory; more goes to a temporary file.
const IN_MEMORY: usize = 64 << 20;

/// The most that is put aside: what is unpacked here may be made to fill the disk.
const MOST_PUT_ASIDE: u64 = 8 << 30;

/// The shortest read for which a buffer is used again: headers of pages need not hold large ones.
const SHORTEST_LENT: usize = 1 << 16;

/// The longest buffer that is used again: pages are usually shorter.
const LONGEST_KEPT: usize = 16 << 20;

/// The bytes of a file.
#[derive(Debug)]
pub(in crate::events) struct Source {
    contents: Contents,
    length: u64,
    /// Where the bytes that are read are counted, if they have not been before.
    progress: Option<Arc<FileProgress>>,
    buffers: Buffers,
}

#[derive(Clone, Debug)]
enum Contents {
    /// Read in place.
    InPlace(Arc<ReadFile>),
    /// Put aside on disk.
    Aside(Arc<File>),
    Memory(Bytes),
}

impl Source {
    /// A file that is read in place. What it grows by after this is not seen.
    pub(in crate::events) fn of_file(
        file: Arc<ReadFile>,
        length: u64,
        progress: &Arc<FileProgress>,
    ) -> Self {
        Source {
            contents: Contents::InPlace(file),
            length,
            progress: Some(Arc::clone(progress)),
            buffers: Buffers::default(),
        }
    }

    /// All bytes of what can be read only once, put aside.
    pub(in crate::events) fn put_aside(reader: impl Read) -> io::Result<Self> {
        let mut spooled = SpooledTempFile::new(IN_MEMORY);
        let length = io::copy(&mut reader.take(MOST_PUT_ASIDE + 1), &mut spooled)?;
        if length > MOST_PUT_ASIDE {
            let sentence = "this is more than 8 GiB of Parquet in a pipe or a compressed file: decompress it and name \
                            the file";
            return Err(io::Error::other(sentence));
        }
        let contents = match spooled.into_inner() {
            SpooledData::InMemory(cursor) => Contents::Memory(cursor.into_inner().into()),
            SpooledData::OnDisk(file) => Contents::Aside(Arc::new(file)),
        };
        Ok(Source {
            contents,
            length,
            progress: None,
            buffers: Buffers::default(),
        })
    }

    /// The same file to be read once more when all is loaded, if it is read in place.
    pub(super) fn again(&self) -> Option<(Source, Arc<ReadFile>)> {
        let Contents::InPlace(file) = &self.contents else {
            return None;
        };
        let source = Source {
            contents: self.contents.clone(),
            length: self.length,
            progress: None,
            buffers: Buffers::default(),
        };
        Some((source, Arc::clone(file)))
    }

    /// The number of bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Some of the bytes; all that were asked for, or an error.
    pub(super) fn read(&self, start: u64, length: usize) -> io::Result<Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.length) {
            let sentence = "it refers to bytes beyond its end";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, sentence));
        }
        let file = match &self.contents {
            Contents::Memory(bytes) => {
                let start = start as usize;
                return Ok(bytes.slice(start..start + length));
            }
            Contents::InPlace(file) => file.file(),
            Contents::Aside(file) => file,
        };
        if length < SHORTEST_LENT {
            let mut bytes = vec![0; length];
            read_exact_at(file, &mut bytes, start)?;
            return Ok(bytes.into());
        }
        let mut bytes = Lent::of(&self.buffers, length, LONGEST_KEPT);
        read_exact_at(file, bytes.bytes_mut(), start)?;
        Ok(Bytes::from_owner(bytes))
    }

    /// Counts bytes as read.
    pub(super) fn count(&self, bytes: u64) {
        if let Some(progress) = &self.progress {
            progress.count_bytes(bytes);
        }
    }
}

/// Reads at a place of a file that several threads read.
#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

/// Reads at a place of a file that several threads read: one after the other, as the place is that of the file.
#[cfg(not(unix))]
fn read_exact_at(mut file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    static PLACE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _alone = PLACE.lock();
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_aside_can_be_read_from_any_place() {
        let source = Source::put_aside(b"0123456789".as_slice()).expect("put aside");
        assert_eq!(source.length(), 10);
        assert_eq!(source.read(7, 3).expect("bytes").as_ref(), b"789");
        assert_eq!(source.read(2, 1).expect("bytes").as_ref(), b"2");
        assert!(source.read(8, 3).is_err());
        assert!(source.read(u64::MAX, 1).is_err());
    }

    #[test]
    fn a_large_one_is_put_aside_on_disk() {
        let length = IN_MEMORY as u64 + 5;
        let source = Source::put_aside(io::repeat(b'a').take(length)).expect("put aside");
        assert!(matches!(source.contents, Contents::Aside(_)));
        assert_eq!(source.read(length - 2, 2).expect("bytes").as_ref(), b"aa");
    }
}
