//! Loading: files → threads → batches, with progress, cancelling and an account of every row.
//!
//! Each file is read by one thread; a few files are read at once. Batches and reports arrive in one
//! channel, which is bounded so that reading never runs far ahead of the hunt.

use super::encoding::Encoding;
use super::format::{self, Format};
use super::in_place::PlainFile;
use super::input::{self, Identity, Input, NotOpened, Source};
pub use super::load_message::LoadMessage;
use super::notes::Notes;
pub use super::progress::{CancelToken, FileProgress, ProgressReading, Recognised};
use super::read_file::ReadFile;
use super::report::FileReport;
use super::request::{LoadOptions, LoadRequest};
use super::resemblance::Resemblance;
use super::sameness::{self, Hashing, Passed, State};
use super::schema::Table;
use super::sink::FileSink;
use super::stop::Stop;
use super::text::{self, Contents, NoText, Text};
use super::workers::Workers;
use super::{csv, json, parquet, reader_threads};
use crate::quantities;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

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
pub fn start(request: impl Into<LoadRequest>, cancel: &CancelToken) -> Loading {
    let LoadRequest { inputs, options } = request.into();
    let (sender, messages) = sync_channel(WAITING_BATCHES);
    let progress: Vec<Arc<FileProgress>> = inputs.iter().map(|_| Arc::default()).collect();
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(inputs.len());
    let doubles = input::doubles(&inputs);
    let load = Arc::new(Load {
        contents: sameness::Contents::of(&inputs, &doubles),
        doubles,
        inputs,
        options,
        workers: Workers::start(),
    });
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..threads {
        let (load, next) = (Arc::clone(&load), Arc::clone(&next));
        let (sender, progress, cancel) = (sender.clone(), progress.clone(), cancel.clone());
        reader_threads::spawn(move || {
            loop {
                let file = next.fetch_add(1, Ordering::Relaxed);
                if file >= load.inputs.len() {
                    return;
                }
                let mut sink = FileSink::new(file, sender.clone(), &progress[file], &cancel);
                sink.want(&load.options);
                let mut report = load.file(file, sink, &progress[file]);
                report.bytes_read = progress[file].read().bytes_read;
                let report = Box::new(report);
                progress[file].finish();
                if sender.send(LoadMessage::Finished { file, report }).is_err() {
                    return;
                }
            }
        });
    }
    Loading { progress, messages }
}

/// What the reading threads share.
struct Load {
    inputs: Vec<Input>,
    options: LoadOptions,
    /// For each input, whether it was named before.
    doubles: Vec<bool>,
    contents: sameness::Contents,
    workers: Workers,
}

impl Load {
    /// Reads one file to its end and accounts for it.
    fn file(&self, file: usize, sink: FileSink, progress: &Arc<FileProgress>) -> FileReport {
        let input = &self.inputs[file];
        if let Input::NotOpened { reason, .. } = input
            && !matches!(reason, NotOpened::Unreadable(_))
        {
            return FileReport::passed_over(reason.sentence().to_owned());
        }
        let named = input.identity();
        let source = match input.open() {
            Ok(source) => source,
            Err(sentence) => return sink.finish(Some(Stop::Failed(sentence))),
        };
        let notes = Rc::default();
        let mut report = guarded(sink, &notes, |sink| {
            let read = self.read_source(source, sink, progress, &notes);
            warn_of_replacement(input, named.as_ref(), sink);
            tell_notes(read, &notes, sink)
        });
        if self.doubles[file] {
            report.warn(if report.holds(Table::EmailEvents) || report.tables.is_empty() {
                "it is named more than once: rows without a message, a recipient or a time count each time"
            } else {
                "it is named more than once: its rows are shown with their emails, and counted, each time"
            });
        }
        match input {
            // Damaged it may have been one.
            Input::Found { path, .. } if notes.damage().is_none() => {
                report.found_below_directory(path)
            }
            _ => report,
        }
    }

    fn read_source(
        &self,
        source: Source,
        sink: &mut FileSink,
        progress: &Arc<FileProgress>,
        notes: &Rc<Notes>,
    ) -> Result<(), Stop> {
        let handle = match source {
            Source::Pipe(pipe) => return self.read_bytes(pipe, None, sink, progress, notes),
            Source::Memory(bytes) => {
                let size = bytes.len() as u64;
                progress.expect_bytes(size);
                return self.read_bytes(Box::new(Cursor::new(bytes)), None, sink, progress, notes);
            }
            Source::File(handle) => handle,
        };
        let Some(before) = State::of(&handle) else {
            return self.read_bytes(Box::new(handle), None, sink, progress, notes);
        };
        progress.expect_bytes(before.size());
        let passed = Passed::default();
        let may_be_doubled = self.contents.may_be_doubled(before.size());
        let mut bytes: Box<dyn Read> = if may_be_doubled {
            Box::new(Hashing {
                source: Arc::clone(&handle),
                passed: Rc::clone(&passed),
            })
        } else {
            Box::new(Arc::clone(&handle))
        };
        // Parquet is read from its end: in place, where that can be done.
        let in_place = || Arc::new(ReadFile::new(Arc::clone(&handle), before.clone()));
        let read = if is_parquet(&handle)? {
            if may_be_doubled {
                io::copy(&mut bytes, &mut io::sink())?;
            }
            let source = parquet::Source::of_file(in_place(), before.size(), progress);
            read_parquet(source, &self.workers, sink)
        } else {
            // What is hashed is to be read in order.
            let in_place = (!may_be_doubled).then(in_place);
            self.read_bytes(bytes, in_place.as_ref(), sink, progress, notes)
        };
        warn_of_change(&handle, &before, sink);
        let contents = sameness::fingerprint(&passed);
        if contents.bytes == before.size() && sink.rows_kept() > 0 {
            sink.set_contents(contents);
        }
        read
    }

    /// Reads an input as a stream, or, where that can be done, the text of a file in place.
    fn read_bytes(
        &self,
        source: Box<dyn Read>,
        file: Option<&Arc<ReadFile>>,
        sink: &mut FileSink,
        progress: &Arc<FileProgress>,
        notes: &Rc<Notes>,
    ) -> Result<(), Stop> {
        let counted = CountingReader {
            source,
            progress: Arc::clone(progress),
        };
        let contents = text::open(counted, notes).map_err(|error| match error {
            NoText::Unreadable(error) => Stop::from(error),
            NoText::Utf32 => {
                sink.set_resemblance(Resemblance::Nothing);
                let sentence =
                    "this is text in UTF-32, which mailhunt does not read: save it as UTF-8";
                Stop::Failed(sentence.to_owned())
            }
            NoText::PackedTwice(outer, inner) => Stop::Failed(format!(
                "it is compressed twice ({inner} inside {outer}): decompress it first"
            )),
        })?;
        match contents {
            Contents::Text(text) => {
                let file = file.filter(|_| text.is_plain());
                let file = file
                    .map(|file| PlainFile::new(file, text.mark, &text.consumed, progress, notes));
                self.read_text(text, file.as_ref(), notes, sink)
            }
            Contents::Parquet(bytes, packing) => {
                sink.set_source(packing, None);
                read_parquet(parquet::Source::put_aside(bytes)?, &self.workers, sink)
            }
        }
    }

    fn read_text(
        &self,
        mut text: Text,
        file: Option<&PlainFile>,
        notes: &Notes,
        sink: &mut FileSink,
    ) -> Result<(), Stop> {
        sink.set_source(text.packing, Some(text.encoding));
        if text.is_guessed {
            sink.warn(format!(
                "it has no byte order mark: read as {}, which it appears to be",
                text.encoding
            ));
        }
        let (format, lines) = format::detect(&mut text.reader).map_err(|error| {
            sink.set_resemblance(error.resemblance());
            Stop::Failed(error.to_string())
        })?;
        sink.set_format(format);
        match format {
            Format::Csv | Format::TabSeparated | Format::SemicolonSeparated => {
                // Who takes the text apart looks at its bytes anyway.
                notes.leave_encoding_to_reader();
                let header = self.options.header.as_ref();
                csv::read(text.reader, file, lines, header, &self.workers, sink)
            }
            // All other texts are JSON, whose keys tell which.
            _ => json::read(text.reader, file, lines, &self.workers, notes, sink),
        }
    }
}

fn read_parquet(
    source: parquet::Source,
    workers: &Workers,
    sink: &mut FileSink,
) -> Result<(), Stop> {
    sink.set_format(Format::Parquet);
    parquet::read(source, workers, sink)
}

/// Whether a file is Parquet; it is then read from its beginning whatever it is.
fn is_parquet(mut file: &File) -> io::Result<bool> {
    let mut start = Vec::new();
    file.take(LONGEST_MAGIC).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(format::is_parquet(&start))
}

/// The longest start by which such a file is known.
const LONGEST_MAGIC: u64 = 4;

/// Says so where a file is no longer what it was when reading it began.
fn warn_of_change(file: &File, before: &State, sink: &mut FileSink) {
    if State::of(file).is_some_and(|after| after != *before) {
        let sentence = "it was modified while being read: rows may be missing or damaged";
        sink.warn(sentence.to_owned());
    }
}

/// Says so where another file has the name now, as a program leaves it that writes aside and then renames.
fn warn_of_replacement(input: &Input, before: Option<&Identity>, sink: &mut FileSink) {
    let now = input.identity();
    if before.is_some() && now.is_some() && now.as_ref() != before {
        let sentence = "it was replaced while being read: the rows are those of the old file";
        sink.warn(sentence.to_owned());
    }
}

/// Lets `read` fill the sink and closes the account. A panic inside a format library becomes a failure of
/// this file.
fn guarded(
    mut sink: FileSink,
    notes: &Notes,
    read: impl FnOnce(&mut FileSink) -> Result<(), Stop>,
) -> FileReport {
    let failed = || {
        "internal error in the reader: please report this, with the file if you can share it"
            .to_owned()
    };
    let stop = match panic::catch_unwind(AssertUnwindSafe(|| read(&mut sink))) {
        Ok(Ok(())) => None,
        Ok(Err(stop)) => Some(stop),
        Err(_) => {
            notes.note_damage(failed());
            Some(Stop::Failed(failed()))
        }
    };
    let finished = panic::catch_unwind(AssertUnwindSafe(|| sink.finish(stop)));
    finished.unwrap_or_else(|_| FileReport {
        failure: Some(failed()),
        ..FileReport::default()
    })
}

/// Tells what readers found that have no other way to tell.
fn tell_notes(read: Result<(), Stop>, notes: &Notes, sink: &mut FileSink) -> Result<(), Stop> {
    let line = notes.first_line_other_than_utf8();
    if let Some(line) = line.or(sink.first_line_other_than_utf8()) {
        sink.set_encoding(Encoding::Unknown);
        if sink.rows_read() > 0 {
            sink.warn(format!(
                "bytes that are not UTF-8, first on line {}, perhaps an older encoding such as Windows-1252: kept as \
                 they are, shown as \\xE9 and the like, and equal only to the same bytes",
                quantities::number(line)
            ));
        }
    }
    let replaced = notes.replaced();
    if replaced > 0 {
        let halves = quantities::count(replaced, "half character");
        sink.warn(format!(
            "{halves} in its UTF-16 text (unpaired surrogates): read as U+FFFD"
        ));
    }
    match (read, notes.damage()) {
        (Err(Stop::Failed(_)), Some(damage)) => {
            let rows = quantities::count(sink.rows_read(), "row");
            Err(Stop::Failed(format!(
                "reading stopped after {rows}: {damage}"
            )))
        }
        (read, _) => read,
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
        self.progress.count_bytes(length as u64);
        Ok(length)
    }
}
