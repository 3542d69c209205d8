//! From files to a hunt: the one loop that the screen and the headless commands share.
//!
//! It drives loading and counting and says how far they are; it decides nothing about either.

use crate::events::input::Input;
use crate::events::load::{
    self, CancelToken, FileProgress, LoadMessage, ProgressReading, Recognised,
};
use crate::events::other_tables::OtherTables;
use crate::events::report::{FileReport, SharedRows};
use crate::events::request::{LoadRequest, Wanted};
use crate::events::sameness;
use crate::events::schema::Table;
use crate::hunt::exclusion::Exclusion;
use crate::hunt::{DomainMatching, Hunt, HuntBuilder, builder};
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

/// The time between two words about progress.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// The least time from the beginning of one partial hunt to that of the next.
const PARTIAL_INTERVAL: Duration = Duration::from_millis(180);

/// How much of the time of one thread partial hunts may take at most: so many parts of how many.
const PARTIAL_SHARE: (u32, u32) = (2, 3);

/// How far one file is.
#[derive(Clone, Debug, Default)]
pub struct FileState {
    /// What to call it; data, to be shown through `Printable` like all data.
    pub name: String,
    /// The directory below which it was found, where only that was named.
    pub directory: Option<String>,
    /// Whether it stands for a file that is loaded by another name.
    pub is_loaded_already: bool,
    /// How far it is read.
    pub progress: ProgressReading,
    /// What became of it, once it is done with.
    pub report: Option<Arc<FileReport>>,
}

impl FileState {
    /// Whether it was found below a directory and is no export.
    fn is_passed_over(&self) -> bool {
        let report = self.report.as_deref();
        report.is_some_and(|report| report.passed_over.is_some())
    }
}

/// How far loading is.
#[derive(Clone, Debug, Default)]
pub struct LoadState {
    /// The files, in the order named.
    pub files: Vec<FileState>,
    /// Whether all are done with.
    pub finished: bool,
    /// Whether loading itself failed: there is more than is shown.
    pub failed: bool,
}

impl LoadState {
    /// The state before anything is read.
    pub fn waiting(inputs: &[Input]) -> Self {
        LoadState {
            files: inputs
                .iter()
                .map(|input| FileState {
                    name: input.name(),
                    directory: input.directory().map(|path| path.display().to_string()),
                    is_loaded_already: input.is_loaded_already(),
                    ..FileState::default()
                })
                .collect(),
            finished: false,
            failed: false,
        }
    }

    /// The reports of the files that are done with, with their names.
    pub fn reports(&self) -> impl Iterator<Item = (&str, &FileReport)> {
        self.files
            .iter()
            .filter_map(|file| Some((file.name.as_str(), file.report.as_deref()?)))
    }

    /// Rows read so far: kept, rejected and of other tables.
    pub fn rows(&self) -> u64 {
        self.files
            .iter()
            .filter(|file| !file.is_passed_over())
            .map(|file| file.progress.rows)
            .sum()
    }

    /// Rows rejected in the files that are done with.
    pub fn rows_rejected(&self) -> u64 {
        self.reports()
            .filter(|(_, report)| report.passed_over.is_none())
            .map(|(_, report)| report.rows_rejected)
            .sum()
    }

    /// Rows of Defender's other tables in the files that are done with.
    pub fn other_tables(&self) -> OtherTables {
        let mut all = OtherTables::default();
        for (_, report) in self.reports() {
            if report.passed_over.is_none() {
                all.merge(&report.other_tables);
            }
        }
        all
    }

    /// Files that could not be read, or not to their end.
    pub fn files_failed(&self) -> usize {
        self.reports()
            .filter(|(_, report)| report.failure.is_some())
            .count()
    }

    /// Whether the analyst stopped it.
    pub fn is_cancelled(&self) -> bool {
        self.reports().any(|(_, report)| report.cancelled)
    }

    /// Whether something of the input is not in the answer.
    pub fn is_damaged(&self) -> bool {
        self.failed
            || self.reports().any(|(_, report)| report.is_damaged())
            || self.finished && !self.directories_without_export().is_empty()
    }

    /// Files below directories that are no exports.
    pub fn files_passed_over(&self) -> usize {
        self.files
            .iter()
            .filter(|file| file.is_passed_over())
            .count()
    }

    /// The directories that were named and in which no export was found.
    pub fn directories_without_export(&self) -> Vec<&str> {
        let mut directories: Vec<&str> = self.directories().collect();
        directories.dedup();
        directories.retain(|directory| {
            self.files
                .iter()
                .filter(|file| file.directory.as_deref() == Some(directory))
                .all(|file| file.is_passed_over() && !file.is_loaded_already)
        });
        directories
    }

    fn directories(&self) -> impl Iterator<Item = &str> {
        self.files
            .iter()
            .filter_map(|file| file.directory.as_deref())
    }

    /// Notes with each file whose dates others show the order of what that is.
    fn note_shared_dates(&mut self, hunt: &Hunt) {
        for (file, state) in self.files.iter_mut().enumerate() {
            if let Some(shared) = hunt.store.dates(file).shared
                && let Some(report) = &mut state.report
            {
                Arc::make_mut(report).note_shared_dates(shared);
            }
        }
    }

    /// Notes with each file how many of its rows an earlier one has too.
    fn note_overlaps(&mut self, hunt: &Hunt) {
        for overlap in hunt.overlaps.pairs() {
            let earlier = self.files[overlap.earlier].name.clone();
            if let Some(report) = &mut self.files[overlap.file].report {
                Arc::make_mut(report).overlaps.push(SharedRows {
                    earlier,
                    rows: overlap.rows,
                    differing: overlap.differing,
                    columns: overlap.columns.clone(),
                    count_again: hunt.keeps_duplicates,
                });
            }
        }
    }

    /// Says of each file that holds the same bytes as one named earlier. Only now, since any of them may have
    /// been read first.
    fn note_same_bytes(&mut self) {
        let reports = self.files.iter().map(|file| file.report.as_deref());
        let contents = reports.map(|report| report.and_then(|report| report.contents));
        let earlier = sameness::earlier_with_same_bytes(contents);
        for (file, earlier) in earlier.into_iter().enumerate() {
            let Some(earlier) = earlier else {
                continue;
            };
            let sentence = format!("it holds the same bytes as {}", self.files[earlier].name);
            if let Some(report) = &mut self.files[file].report {
                Arc::make_mut(report).warn(sentence);
            }
        }
    }

    /// Notes with each file why it cannot be seen which of its rows another has too. It matters where such
    /// rows are to count once.
    fn note_unseen_overlaps(&mut self, hunt: &Hunt) {
        for (file, unseen) in hunt.overlaps.unseen() {
            let sentence = unseen.sentence(|other| self.files[other].name.clone());
            if let Some(report) = &mut self.files[*file].report {
                Arc::make_mut(report).warn(sentence);
            }
        }
    }

    /// Whether there is no answer at all, because no file of events could be read.
    pub fn is_useless(&self) -> bool {
        let mut events = self
            .reports()
            .filter(|(_, report)| report.tables.is_empty() || report.holds(Table::EmailEvents))
            .peekable();
        events.peek().is_none() || events.all(|(_, report)| report.is_useless())
    }
}

/// News while loading.
#[derive(Debug)]
pub struct Update {
    /// How far it is.
    pub load: LoadState,
    /// The hunt of what is there, when there is more than before.
    pub hunt: Option<Hunt>,
}

/// Who is told while loading goes on.
pub trait Listener {
    /// Whether news would be looked at now. While not, none are made, as they cost time and memory.
    fn is_ready(&self) -> bool;
    /// The way of matching domains in which a hunt will be looked at: it is made ready for that.
    fn domains(&self) -> DomainMatching {
        DomainMatching::Exact
    }
    /// Takes news.
    fn publish(&mut self, update: Update);
}

/// Nobody: only the last word counts.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Listener for Nobody {
    fn is_ready(&self) -> bool {
        false
    }

    fn publish(&mut self, _: Update) {}
}

impl<F: FnMut(Update)> Listener for F {
    fn is_ready(&self) -> bool {
        true
    }

    fn publish(&mut self, update: Update) {
        self(update);
    }
}

/// Loads all that is asked for and counts it. `listener` is told from time to time; the last word, with the
/// complete hunt and `finished`, is returned.
pub fn run(
    request: impl Into<LoadRequest>,
    exclusions: Arc<[Exclusion]>,
    cancel: &CancelToken,
    mut listener: impl Listener,
) -> (LoadState, Hunt) {
    let mut request = request.into();
    if let Wanted::Kept {
        often,
        kept,
        are_compared,
        ..
    } = &mut request.options.wanted
    {
        // Else each column that an exclusion looks at would be unpacked again at once.
        often.get_or_insert_with(|| builder::columns_looked_at(&exclusions));
        kept.get_or_insert(builder::kept);
        *are_compared = request.inputs.len() > 1;
    }
    let mut state = LoadState::waiting(&request.inputs);
    let mut builder = HuntBuilder::new(exclusions, request.inputs.len());
    if request.options.keep_duplicates {
        builder.keep_duplicates();
    }
    builder.take_recipient_domains(request.options.recipient_domains);
    let mut given_up = vec![FileReport::default(); request.inputs.len()];
    let loading = load::start(request, cancel);
    let mut rhythm = Rhythm::new();
    loop {
        match loading.messages.recv_timeout(PROGRESS_INTERVAL) {
            Ok(LoadMessage::Batch { file, table, batch }) => {
                given_up[file].count_kept(table, batch.records() as u64);
                given_up[file].rows_kept += batch.records() as u64;
                match table {
                    Table::EmailEvents => builder.add_events(file, batch),
                    companion => builder.add_companion(file, companion, batch),
                }
                rhythm.has_news = true;
            }
            Ok(LoadMessage::Passed { file, events }) => {
                given_up[file].count_kept(Table::EmailEvents, events.records() as u64);
                given_up[file].rows_kept += events.records() as u64;
                builder.add_passed(file, *events);
            }
            Ok(LoadMessage::TakenApart { file, rows }) => {
                given_up[file].note_taken_apart(&rows);
                given_up[file].rows_kept += rows.rows_read();
                builder.add_taken_apart(file, *rows);
                rhythm.has_news = true;
            }
            Ok(LoadMessage::Finished { file, report }) => {
                state.files[file].report = Some(report.into());
            }
            // A file that says nothing, such as a pipe nobody writes to, is not waited for.
            Err(RecvTimeoutError::Timeout) if cancel.is_cancelled() => break,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        read_progress(&mut state, &loading.progress);
        if !listener.is_ready() {
            continue;
        }
        let hunt = rhythm
            .partial_is_due()
            .then(|| rhythm.partial(&mut builder, listener.domains()));
        if hunt.is_some() || rhythm.progress_is_due() {
            let load = state.clone();
            listener.publish(Update { load, hunt });
        }
    }
    read_progress(&mut state, &loading.progress);
    state.finished = true;
    let files = state.files.iter_mut().zip(given_up).zip(&loading.progress);
    for ((file, so_far), progress) in files {
        // Each file ends with a report; one without must not be lost in silence.
        if file.report.is_none() {
            give_up(file, so_far, progress.recognised(), cancel.is_cancelled());
        }
    }
    let hunt = builder.complete();
    state.note_same_bytes();
    state.note_shared_dates(&hunt);
    state.note_overlaps(&hunt);
    if !hunt.keeps_duplicates {
        state.note_unseen_overlaps(&hunt);
    }
    hunt.match_domains(listener.domains());
    (state, hunt)
}

/// Closes the account of a file whose reading thread is not waited for: what it has handed on is in the
/// answer, and nothing else of it was read as far as anybody can tell.
fn give_up(file: &mut FileState, so_far: FileReport, recognised: Recognised, is_cancelled: bool) {
    file.progress.rows = so_far.rows_read();
    file.progress.finished = true;
    file.report = Some(Arc::new(FileReport {
        format: recognised.format,
        packing: recognised.packing,
        encoding: recognised.encoding,
        bytes_read: file.progress.bytes_read,
        cancelled: is_cancelled,
        failure: (!is_cancelled)
            .then(|| "internal error while reading it: please report this".to_owned()),
        ..so_far
    }));
}

fn read_progress(state: &mut LoadState, progress: &[Arc<FileProgress>]) {
    for (file, progress) in state.files.iter_mut().zip(progress) {
        file.progress = progress.read();
    }
}

/// When to say what, so that saying it never slows loading down by much.
struct Rhythm {
    has_news: bool,
    last_progress: Instant,
    next_partial: Instant,
}

impl Rhythm {
    fn new() -> Self {
        Rhythm {
            has_news: false,
            last_progress: Instant::now(),
            next_partial: Instant::now(),
        }
    }

    fn progress_is_due(&mut self) -> bool {
        let due = self.last_progress.elapsed() >= PROGRESS_INTERVAL;
        if due {
            self.last_progress = Instant::now();
        }
        due
    }

    fn partial_is_due(&self) -> bool {
        self.has_news && Instant::now() >= self.next_partial
    }

    fn partial(&mut self, builder: &mut HuntBuilder, domains: DomainMatching) -> Hunt {
        let begun = Instant::now();
        let hunt = builder.partial();
        hunt.match_domains(domains);
        let (part, whole) = PARTIAL_SHARE;
        let interval = PARTIAL_INTERVAL.max(begun.elapsed() * whole / part);
        self.next_partial = begun + interval;
        self.has_news = false;
        hunt
    }
}
