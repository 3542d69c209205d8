//! Loading: files → threads → batches, with progress, cancelling and an account of every row.
//!
//! Each file is read by one thread; a few files are read at once. Batches and reports arrive in one
//! channel, which is bounded so that reading never runs far ahead of the hunt.

use super::batch::Batch;
use super::format::{self, Format};
use super::input::{self, Input};
use super::report::FileReport;
use super::schema::Table;
use super::sink::{FileSink, Stop};
use super::{csv, json};
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// How far one file has been read. Counted by the reading thread, read by others.
#[derive(Debug, Default)]
pub struct FileProgress {
    bytes_read: AtomicU64,
    /// The size of the file; zero when it is not known (a pipe).
    bytes_total: AtomicU64,
    rows: AtomicU64,
    finished: AtomicBool,
}

/// A reading of [`FileProgress`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgressReading {
    /// Bytes of the file read, before unpacking.
    pub bytes_read: u64,
    /// The size of the file in bytes; zero when it is not known.
    pub bytes_total: u64,
    /// Rows read, kept and rejected.
    pub rows: u64,
    /// Whether the file is done with.
    pub finished: bool,
}

impl FileProgress {
    /// Counts a row.
    pub(super) fn count_row(&self) {
        self.rows.fetch_add(1, Ordering::Relaxed);
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

/// What a reading thread has to say. Files are numbered in the order named.
#[derive(Debug)]
pub enum LoadMessage {
    /// Some rows of a file.
    Batch {
        /// The number of the file.
        file: usize,
        /// The table the rows belong to.
        table: Table,
        /// The rows.
        batch: Batch,
    },
    /// A file is done with, well or not.
    Finished {
        /// The number of the file.
        file: usize,
        /// What became of it.
        report: Box<FileReport>,
    },
}

/// A load under way.
#[derive(Debug)]
pub struct Loading {
    /// The progress of each input.
    pub progress: Vec<Arc<FileProgress>>,
    /// What the reading threads say; it ends when the last file is done with.
    pub messages: Receiver<LoadMessage>,
}

/// Batches that may wait for the hunt before reading pauses.
const WAITING_BATCHES: usize = 4;

/// Starts to load all inputs in the background and returns at once.
pub fn start(inputs: Vec<Input>, cancel: &CancelToken) -> Loading {
    let (sender, messages) = sync_channel(WAITING_BATCHES);
    let progress: Vec<Arc<FileProgress>> = inputs.iter().map(|_| Arc::default()).collect();
    let doubles = input::doubles(&inputs);
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(inputs.len());
    let inputs: Arc<[Input]> = inputs.into();
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..threads {
        let (inputs, next) = (Arc::clone(&inputs), Arc::clone(&next));
        let doubles = Arc::clone(&doubles);
        let (sender, progress, cancel) = (sender.clone(), progress.clone(), cancel.clone());
        thread::spawn(move || {
            loop {
                let file = next.fetch_add(1, Ordering::Relaxed);
                let Some(input) = inputs.get(file) else {
                    return;
                };
                let mut sink = FileSink::new(file, sender.clone(), &progress[file], &cancel);
                if doubles[file] {
                    sink.warn(
                        "it is named more than once: rows that lack a message, a recipient or a time count each time"
                            .to_owned(),
                    );
                }
                let mut report = load_file(input, sink, &progress[file]);
                report.bytes_read = progress[file].read().bytes_read;
                let report = Box::new(report);
                progress[file].finished.store(true, Ordering::Relaxed);
                if sender.send(LoadMessage::Finished { file, report }).is_err() {
                    return;
                }
            }
        });
    }
    Loading { progress, messages }
}

/// Reads one file to its end and accounts for it. A panic inside a format library becomes a failure
/// of this file.
fn load_file(input: &Input, mut sink: FileSink, progress: &Arc<FileProgress>) -> FileReport {
    let failed = || {
        "mailhunt failed inside its reader: please report this, with the file if you may".to_owned()
    };
    let result = panic::catch_unwind(AssertUnwindSafe(|| read_input(input, &mut sink, progress)));
    let stop = match result {
        Ok(Ok(())) => None,
        Ok(Err(stop)) => Some(stop),
        Err(_) => Some(Stop::Failed(failed())),
    };
    let finished = panic::catch_unwind(AssertUnwindSafe(|| sink.finish(stop)));
    finished.unwrap_or_else(|_| FileReport {
        failure: Some(failed()),
        ..FileReport::default()
    })
}

fn read_input(
    input: &Input,
    sink: &mut FileSink,
    progress: &Arc<FileProgress>,
) -> Result<(), Stop> {
    match input {
        Input::Embedded { bytes, .. } => {
            progress
                .bytes_total
                .store(bytes.len() as u64, Ordering::Relaxed);
            read_bytes(*bytes, sink, progress)
        }
        Input::File(path) => {
            let file = input::open(path).map_err(Stop::Failed)?;
            let metadata = file.metadata()?;
            let size = if metadata.is_file() {
                metadata.len()
            } else {
                0
            };
            progress.bytes_total.store(size, Ordering::Relaxed);
            read_bytes(file, sink, progress)
        }
    }
}

/// The longest start by which a format is known.
const LONGEST_MAGIC: u64 = 4;

fn read_bytes(
    source: impl Read,
    sink: &mut FileSink,
    progress: &Arc<FileProgress>,
) -> Result<(), Stop> {
    let counted = CountingReader {
        source,
        progress: Arc::clone(progress),
    };
    let mut reader = with_whole_start(BufReader::with_capacity(1 << 18, counted))?;
    if format::is_gzip(&mut reader)? {
        sink.set_packing("gzip");
        let unpacked = BufReader::with_capacity(1 << 18, MultiGzDecoder::new(reader));
        return read_text(with_whole_start(unpacked)?, sink);
    }
    read_text(reader, sink)
}

/// The same reader, whose first buffer surely holds the bytes by which a format is known:
/// a pipe may hand them out one by one.
fn with_whole_start(mut reader: impl BufRead) -> io::Result<impl BufRead> {
    let mut start = Vec::new();
    reader
        .by_ref()
        .take(LONGEST_MAGIC)
        .read_to_end(&mut start)?;
    Ok(Cursor::new(start).chain(reader))
}

fn read_text(mut reader: impl BufRead, sink: &mut FileSink) -> Result<(), Stop> {
    let (format, lines) =
        format::detect(&mut reader).map_err(|error| Stop::Failed(error.to_string()))?;
    sink.set_format(format);
    match format {
        Format::Csv => csv::read(reader, lines, sink),
        Format::JsonArray
        | Format::JsonLines
        | Format::JsonObjects
        | Format::AzureCli
        | Format::LogAnalytics
        | Format::GraphHunting
        | Format::DefenderHunting
        | Format::Streaming
        | Format::KustoV1
        | Format::KustoV2 => json::read(reader, lines, sink),
    }
}

/// Counts the bytes that pass.
struct CountingReader<R> {
    source: R,
    progress: Arc<FileProgress>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.progress
            .bytes_read
            .fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}
