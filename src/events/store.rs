//! All events loaded, file by file, and how to find one again.

use super::batch::Batch;
use super::companions::Companions;
use super::differing_copies::DifferingCopies;
use super::event_id::EventId;
use super::passed::PassedEvents;
use super::recipient_domains::{RecipientCells, RecipientColumns, RecipientDomains};
use super::record_numbers::{self, RecordNumbers};
use super::repeats::numbers::{self, RepeatNumbers};
use super::schema::{Table, names};
use super::time::order::SharedDates;
use super::time::summary::{self, TimeRange};
use super::time::{DateOrder, DateOrderEvidence, EventTime, TimeSummary};
use std::sync::Arc;

/// Where the domains of the senders in a file come from.
#[derive(Clone, Copy, Debug, Default)]
struct SenderDomains {
    /// Some events have the column `SenderFromDomain`.
    are_there: bool,
    /// For some they were derived from the addresses.
    are_derived: bool,
}

/// The events of one file.
#[derive(Clone, Debug, Default)]
struct FileEvents {
    batches: Vec<Arc<Batch>>,
    /// The columns of any of the batches, each once whatever its case.
    columns: Vec<String>,
    /// Whether events were counted that are not kept.
    has_passed: bool,
    /// The columns of any of them.
    passed_columns: Vec<String>,
    /// What is left of them, to find those that repeat one before.
    passed_rows: Vec<RepeatNumbers>,
    /// How many of these do, once all are there.
    passed_repeats: u64,
    /// Their numbers, to find those that another file has too.
    passed_records: Vec<RecordNumbers>,
    sender_domains: SenderDomains,
    /// Whether any of the events that are not kept lacks the column `RecipientEmailAddress`.
    lacks_addresses: bool,
    times: TimeSummary,
    /// What all rows of the file show of the order of its dates, also those of companion tables.
    dates: DateOrderEvidence,
}

impl FileEvents {
    /// Notes the columns of the next batch.
    fn note_columns(&mut self, batch: &Batch) {
        let latest = self.batches.last();
        if latest.is_none_or(|latest| latest.names() != batch.names()) {
            add_names(&mut self.columns, batch.names());
        }
    }
}

/// Adds the columns of further rows to those of a file. Those of JSON may show late: writers leave out what is null.
fn add_names(columns: &mut Vec<String>, names: &[String]) {
    for name in names {
        if !has_name(columns, name) {
            columns.push(name.clone());
        }
    }
}

/// Whether a name is among others, whatever its case.
fn has_name(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The events of all files, and what the companion tables say of their messages.
///
/// Cloning is cheap: batches are shared.
#[derive(Clone, Debug, Default)]
pub struct EventStore {
    files: Vec<FileEvents>,
    companions: Companions,
    events: u64,
    /// Where the domains of recipients are taken from.
    pub recipient_domains: RecipientDomains,
    /// The copies of rows that count, where several files have a row and do not say the same of it; known when all is
    /// loaded, if such rows count once.
    pub differing_copies: Arc<DifferingCopies>,
    /// Whether what is left of events that are not kept does not tell what counts.
    needs_kept_events: bool,
}

impl EventStore {
    /// A store for that many files.
    pub fn new(files: usize) -> Self {
        EventStore {
            files: vec![FileEvents::default(); files],
            ..EventStore::default()
        }
    }

    /// Settles whether the senders of the next batch of a file, and of those before it, have the domains that were derived
    /// from their addresses: only where the file has no column of them. Says whether that changes what is here.
    pub fn settle_sender_domains(&mut self, file: usize, batch: &Batch) -> bool {
        let events = self.file_mut(file);
        let domains = &mut events.sender_domains;
        if batch.has_derived_domains() {
            domains.are_derived = true;
            if domains.are_there {
                batch.void_derived_domains();
            }
            return false;
        }
        let is_first = !domains.are_there && batch.has_column(names::SENDER_FROM_DOMAIN);
        domains.are_there |= is_first;
        if !is_first || !domains.are_derived {
            return false;
        }
        for earlier in &events.batches {
            earlier.void_derived_domains();
        }
        true
    }

    /// Adds the next batch of events of a file and gives the number of the batch.
    pub fn add_events(&mut self, file: usize, batch: Arc<Batch>) -> u32 {
        self.events += batch.events() as u64;
        let events = self.file_mut(file);
        events.times.merge(batch.times());
        events.note_columns(&batch);
        events.batches.push(batch);
        events.batches.len() as u32 - 1
    }

    /// Takes note of the next events of a file, which are not kept, with the numbers by which those are found that
    /// repeat one before.
    pub fn pass_events(&mut self, file: usize, passed: PassedEvents) {
        self.events += passed.rows() as u64;
        let events = self.file_mut(file);
        events.times.merge(passed.times());
        if passed.rows() > 0 && events.passed_columns != passed.names() {
            add_names(&mut events.passed_columns, passed.names());
        }
        events.has_passed = true;
        let has_domains = has_name(passed.names(), names::SENDER_FROM_DOMAIN);
        let domains = &mut events.sender_domains;
        domains.are_derived |= passed.has_derived_domains();
        domains.are_there |= has_domains && !passed.has_derived_domains();
        events.lacks_addresses |= !has_name(passed.names(), names::RECIPIENT_EMAIL_ADDRESS);
        let is_derived_for_some = domains.are_derived && domains.are_there;
        let has_addresses = has_name(&events.passed_columns, names::RECIPIENT_EMAIL_ADDRESS);
        // It is not known any more which of those that were counted are concerned.
        let is_wrong = is_derived_for_some || has_addresses && events.lacks_addresses;
        let (repeats, records) = passed.into_numbers();
        events.passed_rows.push(repeats);
        events.passed_records.push(records);
        self.needs_kept_events |= is_wrong;
    }

    /// All events are there: finds out which of those that are not kept repeat one before, and whether several files
    /// may have some of them.
    pub fn close(&mut self) {
        let mut records = Vec::with_capacity(self.files.len());
        for file in &mut self.files {
            let rows = std::mem::take(&mut file.passed_rows);
            file.passed_repeats = numbers::count(&rows, file.dates.order());
            records.push(std::mem::take(&mut file.passed_records));
        }
        self.needs_kept_events |= record_numbers::may_be_in_several(&records);
    }

    /// Notes that what is left of events that are not kept does not tell what counts.
    pub fn note_need_of_kept_events(&mut self) {
        self.needs_kept_events = true;
    }

    /// Whether what is left of events that are not kept does not tell what counts: several files may have the same ones, or
    /// records of one file leave out a column that others have. They are to be loaded once more and kept.
    pub fn needs_kept_events(&self) -> bool {
        self.needs_kept_events
    }

    /// Whether events of other files were counted that are not kept.
    pub fn has_passed_of_others(&self, file: usize) -> bool {
        let mut files = self.files.iter().enumerate();
        files.any(|(number, other)| number != file && other.has_passed)
    }

    /// Whether events were counted that are not kept.
    pub fn has_passed(&self) -> bool {
        self.files.iter().any(|file| file.has_passed)
    }

    /// For each file of which no event is kept, how many of its rows repeat one before.
    pub fn passed_repeats(&self) -> impl Iterator<Item = (usize, u64)> {
        let files = self.files.iter().enumerate();
        files
            .filter(|(_, file)| file.has_passed)
            .map(|(number, file)| (number, file.passed_repeats))
    }

    fn file_mut(&mut self, file: usize) -> &mut FileEvents {
        if self.files.len() <= file {
            self.files.resize(file + 1, FileEvents::default());
        }
        &mut self.files[file]
    }

    /// Takes in what further rows of a file, of whatever table, show of the order of its dates. Says
    /// whether events that the file has already are at another time by it.
    pub fn add_dates(&mut self, file: usize, dates: &DateOrderEvidence) -> bool {
        let events = self.file_mut(file);
        let assumed = events.dates.order();
        events.dates.merge(dates);
        let order = events.dates.order();
        let are_elsewhere = order != assumed && events.times.dates.ambiguous > 0;
        self.companions.set_date_order(file, order);
        are_elsewhere
    }

    /// What the rows of a file show of the order of its dates.
    pub fn dates(&self, file: usize) -> DateOrderEvidence {
        self.files
            .get(file)
            .map(|events| events.dates)
            .unwrap_or_default()
    }

    /// Takes in what other files show of the order of the dates of one.
    pub fn set_shared_dates(&mut self, file: usize, shared: SharedDates) {
        self.file_mut(file).dates.shared = Some(shared);
        self.companions.set_date_order(file, shared.order);
    }

    /// The order of the dates of a file, as far as its rows are here.
    pub fn date_order(&self, file: usize) -> DateOrder {
        let events = self.files.get(file);
        events.map_or_else(DateOrder::default, |events| events.dates.order())
    }

    /// The earliest and the latest time of an event.
    pub fn times(&self) -> Option<TimeRange> {
        let mut range = None;
        for file in &self.files {
            summary::extend(&mut range, file.times.range(file.dates.order()));
        }
        range
    }

    /// Whether the times of events are, by the header of a file, not all in UTC.
    pub fn has_local_times(&self) -> bool {
        self.files.iter().any(|file| file.times.is_local)
    }

    /// Adds rows of a companion table in a file.
    pub fn add_companion(&mut self, file: usize, table: Table, batch: Arc<Batch>) {
        self.companions.add(file, table, batch);
    }

    /// The number of events.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The rows of the companion tables.
    pub fn companions(&self) -> &Companions {
        &self.companions
    }

    /// Every batch with its file and number, in the order of loading.
    pub fn batches(&self) -> impl Iterator<Item = (u32, u32, &Arc<Batch>)> {
        self.files.iter().enumerate().flat_map(|(file, events)| {
            events
                .batches
                .iter()
                .enumerate()
                .map(move |(number, batch)| (file as u32, number as u32, batch))
        })
    }

    /// The batch an event lies in.
    pub fn batch(&self, id: EventId) -> Option<&Batch> {
        self.batch_at(id.file, id.batch)
    }

    /// The batch of a file with this number.
    pub fn batch_at(&self, file: u32, batch: u32) -> Option<&Batch> {
        let events = self.files.get(file as usize)?;
        events.batches.get(batch as usize).map(Arc::as_ref)
    }

    /// The time of an event, if it has one that can be read.
    pub fn event_time(&self, id: EventId) -> Option<EventTime> {
        let order = self.date_order(id.file as usize);
        self.batch(id)?.event_time(usize::from(id.row), order)
    }

    /// A cell of an event; empty when its file has no such column.
    pub fn cell(&self, id: EventId, column: &str) -> &[u8] {
        self.batch(id)
            .map_or(b"", |batch| batch.cell(column, usize::from(id.row)))
    }

    /// All cells of an event with the names of their columns, in the order of its file.
    pub fn cells(&self, id: EventId) -> impl Iterator<Item = (&str, &[u8])> {
        self.batch(id)
            .into_iter()
            .flat_map(move |batch| batch.cells(usize::from(id.row)))
    }

    /// The columns of all files, each once whatever its case, in the order in which they first appear.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        let mut last: &[String] = &[];
        for (_, _, batch) in self.batches() {
            if batch.names() == last {
                continue;
            }
            last = batch.names();
            for name in last {
                if !columns.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                    columns.push(name);
                }
            }
        }
        columns
    }

    /// Whether any file has a column of that name, in any case.
    pub fn has_column(&self, name: &str) -> bool {
        let mut files = self.files.iter();
        files.any(|file| has_name(&file.columns, name) || has_name(&file.passed_columns, name))
    }

    /// Whether a file has a column of that name, in any case, as far as its events are here.
    pub fn file_has_column(&self, file: usize, name: &str) -> bool {
        let file = self.files.get(file);
        file.is_some_and(|file| has_name(&file.columns, name))
    }

    /// Whether the next rows of a file, with these columns, are not the first and have one that all before lack.
    pub fn is_column_late(&self, file: usize, columns: &[String], name: &str) -> bool {
        let Some(file) = self.files.get(file) else {
            return false;
        };
        let has_rows = !file.batches.is_empty() || !file.passed_columns.is_empty();
        let had_column = has_name(&file.columns, name) || has_name(&file.passed_columns, name);
        has_rows && !had_column && has_name(columns, name)
    }

    /// Whether events of a file that are not kept are without a column that others of it have.
    pub fn lacks_passed_column(&self, file: usize, columns: &[String], name: &str) -> bool {
        let file = self.files.get(file);
        let has_column = file.is_some_and(|file| has_name(&file.passed_columns, name));
        has_column && !has_name(columns, name)
    }

    /// The cells of a batch of a file from which the domains of recipients are taken.
    pub fn recipient_cells<'b>(&self, file: usize, batch: &'b Batch) -> RecipientCells<'b> {
        self.recipient_domains
            .cells(batch, self.recipient_columns(file))
    }

    /// Which columns about recipients a file has, as far as its events are here.
    pub fn recipient_columns(&self, file: usize) -> RecipientColumns {
        RecipientColumns {
            addresses: self.file_has_column(file, names::RECIPIENT_EMAIL_ADDRESS),
            domains: self.file_has_column(file, names::RECIPIENT_DOMAIN),
        }
    }

    /// The numbers of the files that have events.
    pub fn files_with_events(&self) -> impl Iterator<Item = usize> {
        let files = self.files.iter().enumerate();
        files
            .filter(|(_, file)| !file.batches.is_empty())
            .map(|(number, _)| number)
    }

    /// The first file of which one of these columns was to be read once more and could not be, and why, as the end
    /// of a sentence.
    pub fn read_failure(&self, columns: &[String]) -> Option<(usize, &str)> {
        self.batches().find_map(|(file, _, batch)| {
            let why = columns.iter().find_map(|name| batch.read_failure(name))?;
            Some((file as usize, why))
        })
    }

    /// The memory held by the events, in bytes.
    pub fn bytes_held(&self) -> usize {
        self.batches().map(|(_, _, batch)| batch.bytes_held()).sum()
    }
}

#[cfg(test)]
impl EventStore {
    /// A store with these files; a row is a text of cells with commas.
    pub(super) fn of_texts<R: AsRef<str>>(columns: &[&str], files: &[&[R]]) -> Self {
        let mut store = EventStore::new(files.len());
        for (file, rows) in files.iter().enumerate() {
            let columns = columns.iter().map(|name| (*name).to_owned()).collect();
            let mut builder = super::batch::builder::BatchBuilder::new(columns);
            for row in *rows {
                builder.push_row(row.as_ref().split(',').map(str::as_bytes));
            }
            if let Some(batch) = builder.take() {
                store.add_events(file, Arc::new(batch));
            }
        }
        store
    }
}
