//! A plain text file, read in place: several threads read parts of it at the same time. Only what is neither
//! packed nor to be decoded can be read so.

use super::notes::Notes;
use super::positional::read_at;
use super::progress::FileProgress;
use super::read_file::ReadFile;
use std::cell::Cell;
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
