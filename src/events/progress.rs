//! How far loading is, and how it is stopped.

use super::encoding::Encoding;
use super::format::Format;
use super::packing::Packing;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How far one file has been read. Counted by the reading thread, read by others.
#[derive(Debug, Default)]
pub struct FileProgress {
    bytes_read: AtomicU64,
    /// The size of the file; zero when it is not known (a pipe).
    bytes_total: AtomicU64,
    rows: AtomicU64,
    finished: AtomicBool,
    recognised: Mutex<Recognised>,
}

/// How a file is written, as far as that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recognised {
    /// Its format.
    pub format: Option<Format>,
    /// How it is packed, if it is.
    pub packing: Option<Packing>,
    /// How its text is encoded.
    pub encoding: Option<Encoding>,
}

/// A reading of [`FileProgress`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgressReading {
    /// Bytes of the file read, before unpacking.
    pub bytes_read: u64,
    /// The size of the file in bytes; zero when it is not known.
    pub bytes_total: u64,
    /// Rows read: kept, rejected and of other tables.
    pub rows: u64,
    /// Whether the file is done with.
    pub finished: bool,
}

impl FileProgress {
    /// Counts rows.
    pub(super) fn count_rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    /// Counts bytes of the file.
    pub(super) fn count_bytes(&self, bytes: u64) {
        self.bytes_read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Sets the bytes of the file that were read.
    pub(super) fn set_bytes(&self, bytes: u64) {
        self.bytes_read.store(bytes, Ordering::Relaxed);
    }

    /// Sets the size of the file.
    pub(super) fn expect_bytes(&self, bytes: u64) {
        self.bytes_total.store(bytes, Ordering::Relaxed);
    }

    /// Notes that the file is done with.
    pub(super) fn finish(&self) {
        self.finished.store(true, Ordering::Relaxed);
    }

    /// Notes how the file is written.
    pub(super) fn recognise(&self, recognised: Recognised) {
        *self
            .recognised
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = recognised;
    }

    /// How the file is written, as far as that is known by now.
    pub fn recognised(&self) -> Recognised {
        *self
            .recognised
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How far it is now.
    pub fn read(&self) -> ProgressReading {
        ProgressReading {
            bytes_read: self.bytes_read.load(Ordering::Relaxed),
            bytes_total: self.bytes_total.load(Ordering::Relaxed),
            rows: self.rows.load(Ordering::Relaxed),
            finished: self.finished.load(Ordering::Relaxed),
        }
    }
}

/// Stops loading, from any thread.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Asks the reading threads to stop at the next row.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that was asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
