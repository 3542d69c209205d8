//! Loading: files → threads → batches, with progress, cancelling and an account of every row.
//!
//! Each file is read by one thread; a few files are read at once. Batches and reports arrive in one
//! channel, which is bounded so that reading never runs far ahead of the hunt.

use super::batch::{Batch, BatchBuilder};
use super::format::{self, Format};
use super::report::{FileReport, Place};
use super::schema::{self, NEEDED, Table, names};
use super::{csv, json};
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

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
        report: FileReport,
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

/// The time after which even a small batch is handed on, so that the first ranking comes soon.
const BATCH_AGE: Duration = Duration::from_millis(150);

/// Rows between two looks at the clock and the cancel token.
const ROWS_BETWEEN_CHECKS: u64 = 256;

/// The most columns that the keys of records may make. Every row has a place in each of them: without
/// a bound, a small file with a new key in each record would take all memory.
const MOST_COLUMNS: usize = 1024;

/// The keys listed of a record that is rejected for them.
const KEYS_LISTED: usize = 8;

/// Starts to load all inputs in the background and returns at once.
pub fn start(inputs: Vec<Input>, cancel: &CancelToken) -> Loading {
    let (sender, messages) = sync_channel(WAITING_BATCHES);
    let progress: Vec<Arc<FileProgress>> = inputs.iter().map(|_| Arc::default()).collect();
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(inputs.len());
    let inputs: Arc<[Input]> = inputs.into();
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..threads {
        let (inputs, next) = (Arc::clone(&inputs), Arc::clone(&next));
        let (sender, progress, cancel) = (sender.clone(), progress.clone(), cancel.clone());
        thread::spawn(move || {
            loop {
                let file = next.fetch_add(1, Ordering::Relaxed);
                let Some(input) = inputs.get(file) else {
                    return;
                };
                let sink = FileSink::new(file, sender.clone(), &progress[file], &cancel);
                let report = load_file(input, sink, &progress[file]);
                progress[file].finished.store(true, Ordering::Relaxed);
                if sender.send(LoadMessage::Finished { file, report }).is_err() {
                    return;
                }
            }
        });
    }
    Loading { progress, messages }
}

/// Why reading a file ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The analyst stopped it, or nobody listens any more.
    Cancelled,
    /// The file cannot be read (further).
    Failed(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Failed(format!("reading stopped: {error}"))
    }
}

impl From<::csv::Error> for Stop {
    fn from(error: ::csv::Error) -> Self {
        Stop::Failed(format!("reading stopped: {error}"))
    }
}

/// Reads one file to its end and accounts for it. A panic inside a format library becomes a failure
/// of this file.
fn load_file(input: &Input, mut sink: FileSink, progress: &Arc<FileProgress>) -> FileReport {
    let result = panic::catch_unwind(AssertUnwindSafe(|| read_input(input, &mut sink, progress)));
    let stop = match result {
        Ok(Ok(())) => None,
        Ok(Err(stop)) => Some(stop),
        Err(_) => Some(Stop::Failed(
            "mailhunt failed inside its reader: please report this, with the file if you may"
                .to_owned(),
        )),
    };
    sink.finish(stop)
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
            let file = open(path)?;
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

/// Opens a file for reading.
///
/// # Errors
/// A sentence for the person: there is none of that name, it may not be read, it is a folder.
fn open(path: &PathBuf) -> Result<File, Stop> {
    let metadata = std::fs::metadata(path).map_err(|error| Stop::Failed(opening_failed(&error)))?;
    if metadata.is_dir() {
        return Err(Stop::Failed(
            "this is a directory: name the export files in it".to_owned(),
        ));
    }
    File::open(path).map_err(|error| Stop::Failed(opening_failed(&error)))
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
    sink.report.format = Some(format);
    match format {
        Format::Csv => csv::read(reader, lines, sink),
        Format::JsonArray => json::read_array(reader, lines, sink),
        Format::JsonLines => json::read_lines(reader, lines, sink),
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

/// Takes the rows of one file from a format's reader: builds batches, keeps the account, hands on.
pub(super) struct FileSink {
    file: usize,
    sender: SyncSender<LoadMessage>,
    progress: Arc<FileProgress>,
    cancel: CancelToken,
    report: FileReport,
    builder: BatchBuilder,
    /// The columns of the first record that was of no known table, to be listed if none follows.
    strange_columns: Option<Vec<String>>,
    /// The keys of which it was said that they stand more than once in a record.
    doubled_keys: Vec<String>,
    /// When the batch under construction was begun.
    batch_begun: Instant,
    rows_until_check: u64,
}

impl FileSink {
    fn new(
        file: usize,
        sender: SyncSender<LoadMessage>,
        progress: &Arc<FileProgress>,
        cancel: &CancelToken,
    ) -> Self {
        FileSink {
            file,
            sender,
            progress: Arc::clone(progress),
            cancel: cancel.clone(),
            report: FileReport::default(),
            builder: BatchBuilder::new(Vec::new()),
            strange_columns: None,
            doubled_keys: Vec::new(),
            batch_begun: Instant::now(),
            rows_until_check: ROWS_BETWEEN_CHECKS,
        }
    }

    /// Fixes the columns of a file that has a header.
    pub(super) fn set_columns(&mut self, names: Vec<String>) -> Result<(), Stop> {
        let table = schema::identify(&names).map_err(|error| Stop::Failed(error.to_string()))?;
        self.report.table = Some(table);
        self.builder = BatchBuilder::new(names);
        Ok(())
    }

    /// Whether a record with these keys is a row of the file's table. The first record that
    /// belongs to a table decides which it is; a key whose value is empty may be left out.
    pub(super) fn accept_record(&mut self, keys: &[String]) -> Result<(), String> {
        let has = |name: &str| keys.iter().any(|key| key == name);
        let table = if has(names::EMAIL_DIRECTION) {
            Some(Table::EmailEvents)
        } else if has(names::NETWORK_MESSAGE_ID) && (has(names::URL) || has(names::URL_DOMAIN)) {
            Some(Table::EmailUrlInfo)
        } else {
            None
        };
        let Some(table) = table else {
            self.strange_columns.get_or_insert_with(|| keys.to_vec());
            return Err(format!(
                "no {} (keys: {})",
                names::EMAIL_DIRECTION,
                keys[..keys.len().min(KEYS_LISTED)].join(", ")
            ));
        };
        if self.would_have_too_many_columns(keys) {
            return Err(format!(
                "its keys would make more than {MOST_COLUMNS} columns"
            ));
        }
        match *self.report.table.get_or_insert(table) {
            expected if expected == table => Ok(()),
            expected => Err(format!(
                "a row of {} in a file of {}",
                table.name(),
                expected.name()
            )),
        }
    }

    fn would_have_too_many_columns(&self, keys: &[String]) -> bool {
        let known = self.builder.names();
        // The bound is far away for all but hostile files; only near it is it worth a look.
        known.len() + keys.len() > MOST_COLUMNS
            && known.len() + keys.iter().filter(|key| !known.contains(key)).count() > MOST_COLUMNS
    }

    /// The place of a column that may be new.
    pub(super) fn column_index(&mut self, name: &str) -> usize {
        self.builder.column_index(name)
    }

    /// Takes a row; its cells are in the order of the columns.
    pub(super) fn push_row<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a [u8]>,
    ) -> Result<(), Stop> {
        if self.builder.is_full() {
            self.send_batch()?;
        }
        self.builder.push_row(cells);
        self.report.rows_kept += 1;
        self.count_row()
    }

    /// Counts a row that cannot be taken.
    pub(super) fn reject(&mut self, place: Place, reason: impl Into<String>) -> Result<(), Stop> {
        self.report.reject(place, reason);
        self.count_row()
    }

    fn count_row(&mut self) -> Result<(), Stop> {
        self.progress.rows.fetch_add(1, Ordering::Relaxed);
        self.rows_until_check -= 1;
        if self.rows_until_check > 0 {
            return Ok(());
        }
        self.rows_until_check = ROWS_BETWEEN_CHECKS;
        self.check()
    }

    fn check(&mut self) -> Result<(), Stop> {
        if self.cancel.is_cancelled() {
            return Err(Stop::Cancelled);
        }
        if self.batch_begun.elapsed() >= BATCH_AGE && self.is_first_batch() {
            self.send_batch()?;
        }
        Ok(())
    }

    /// Only the first batch is sent for its age: many small batches would cost memory.
    fn is_first_batch(&self) -> bool {
        self.report.rows_kept == self.builder.rows() as u64
    }

    /// Notes what the analyst should know of the file.
    pub(super) fn warn(&mut self, warning: String) {
        self.report.warn(warning);
    }

    /// Notes that a key stands more than once in a record, at the first record that has it so.
    pub(super) fn warn_of_doubled_key(&mut self, name: &str, place: Place) {
        if self.doubled_keys.iter().any(|known| known == name) {
            return;
        }
        self.doubled_keys.push(name.to_owned());
        self.warn(format!(
            "the key {name} stands more than once in a record (first at {place}): the first is taken"
        ));
    }

    fn send_batch(&mut self) -> Result<(), Stop> {
        self.batch_begun = Instant::now();
        let Some(batch) = self.builder.take() else {
            return Ok(());
        };
        let table = self.report.table.unwrap_or(Table::EmailEvents);
        if table == Table::EmailEvents {
            self.report.unreadable_times += batch.unreadable_times();
        }
        let message = LoadMessage::Batch {
            file: self.file,
            table,
            batch,
        };
        self.sender.send(message).map_err(|_| Stop::Cancelled)
    }

    /// Hands on the last rows and closes the account.
    fn finish(mut self, stop: Option<Stop>) -> FileReport {
        match stop {
            Some(Stop::Cancelled) => self.report.cancelled = true,
            Some(Stop::Failed(sentence)) => self.report.failure = Some(sentence),
            None => self.judge_columns(),
        }
        // When nobody listens any more there is nobody to tell either.
        let _ = self.send_batch();
        if self.report.unreadable_times > 0 {
            self.report.warn(format!(
                "{} rows have a time that could not be read: they count, but lie in no hour",
                self.report.unreadable_times
            ));
        }
        self.report
    }

    /// Says which needed columns never came, where only the records could tell.
    fn judge_columns(&mut self) {
        let columns = self.builder.names();
        let never_came: Vec<String> = NEEDED
            .iter()
            .filter(|needed| !columns.iter().any(|column| column == *needed))
            .map(|needed| (*needed).to_owned())
            .collect();
        if self.report.rows_kept == 0
            && self.report.rows_rejected > 0
            && self.report.table.is_none()
        {
            let found = self.strange_columns.take().unwrap_or_default();
            self.report.failure = Some(if found.is_empty() {
                "no row of it could be read".to_owned()
            } else {
                let missing = NEEDED
                    .iter()
                    .filter(|needed| !found.iter().any(|column| column == *needed))
                    .map(|needed| (*needed).to_owned())
                    .collect();
                schema::MissingColumns { missing, found }.to_string()
            });
            return;
        }
        let is_events = self.report.table == Some(Table::EmailEvents);
        if is_events && self.report.rows_kept > 0 && !never_came.is_empty() {
            self.report.failure = Some(format!(
                "no record has {}: what the hunt says of this file cannot be trusted",
                never_came.join(", ")
            ));
        }
    }
}
