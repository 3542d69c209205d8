//! A plain text file, read in place: several threads read parts of it at the same time. Only what is neither
//! packed nor to be decoded can be read so.

use super::load::FileProgress;
use super::read_back::ReadFile;
use super::text::Notes;
use std::cell::Cell;
use std::fs::File;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

/// A plain text file whose beginning was read as a stream.
pub(super) struct PlainFile {
    file: Arc<ReadFile>,
    /// The bytes before its text: a byte order mark.
    mark: u64,
    /// How much of its text was taken from the stream.
    consumed: Rc<Cell<u64>>,
    progress: Arc<FileProgress>,
    notes: Rc<Notes>,
}

impl PlainFile {
    /// Of a file whose text begins after `mark` bytes, and of which so much was `consumed`.
    pub(super) fn new(
        file: &Arc<ReadFile>,
        mark: u64,
        consumed: &Rc<Cell<u64>>,
        progress: &Arc<FileProgress>,
        notes: &Rc<Notes>,
    ) -> Self {
        PlainFile {
            file: Arc::clone(file),
            mark,
            consumed: Rc::clone(consumed),
            progress: Arc::clone(progress),
            notes: Rc::clone(notes),
        }
    }

    /// How much of its text was taken from the stream.
    pub(super) fn consumed(&self) -> u64 {
        self.consumed.get()
    }

    /// What is left of it from so many bytes of its text on.
    pub(super) fn from(&self, consumed: u64) -> RestOfFile {
        let start = self.mark + consumed;
        // What the stream has read ahead is read once more.
        self.progress.set_bytes(start);
        RestOfFile {
            file: Arc::clone(&self.file),
            start,
            progress: Arc::clone(&self.progress),
            notes: Rc::clone(&self.notes),
        }
    }
}

/// What is left of a file, to be read in place.
pub(super) struct RestOfFile {
    file: Arc<ReadFile>,
    start: u64,
    progress: Arc<FileProgress>,
    notes: Rc<Notes>,
}

impl RestOfFile {
    /// Where it begins in the file.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// The file, for other threads.
    pub(super) fn file(&self) -> Arc<ReadFile> {
        Arc::clone(&self.file)
    }

    /// Fills a buffer from a place of the file, or as far as the file goes; how much that was.
    pub(super) fn read(&self, buffer: &mut [u8], place: u64) -> io::Result<usize> {
        let (length, error) = read_at(self.file.file(), buffer, place);
        error.map_or(Ok(length), Err)
    }

    /// Notes up to where it was read.
    pub(super) fn note_read(&self, place: u64) {
        self.progress.set_bytes(place);
    }

    /// Notes why it cannot be read further.
    pub(super) fn note_damage(&self, error: &io::Error) {
        self.notes.note_damage(error.to_string());
    }
}

/// Fills a buffer from a place of a file: how much could be read, and why no more, where that is not the end
/// of the file.
pub(super) fn read_at(file: &File, buffer: &mut [u8], place: u64) -> (usize, Option<io::Error>) {
    let mut length = 0;
    while length < buffer.len() {
        match read_once_at(file, &mut buffer[length..], place + length as u64) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (length, Some(error)),
        }
    }
    (length, None)
}

#[cfg(unix)]
fn read_once_at(file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, place)
}

/// It moves the place at which the file is read as a stream, which nobody does any more.
#[cfg(windows)]
fn read_once_at(file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, place)
}

/// One after the other, as the place is that of the file.
#[cfg(not(any(unix, windows)))]
fn read_once_at(mut file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    use std::io::{Read, Seek, SeekFrom};
    static PLACE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _alone = PLACE.lock();
    file.seek(SeekFrom::Start(place))?;
    file.read(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn any_part_is_read_as_far_as_the_file_goes() {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(b"0123456789").expect("written");
        let mut buffer = [0; 4];
        for (place, expected) in [(0, "0123"), (5, "5678"), (8, "89"), (10, ""), (99, "")] {
            let (length, error) = read_at(&file, &mut buffer, place);
            assert!(error.is_none());
            assert_eq!(&buffer[..length], expected.as_bytes());
        }
    }
}
