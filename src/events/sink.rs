//! Takes the rows of one file from a format's reader: builds batches, keeps the account of every row,
//! hands on. It knows nothing of formats or of opening files. What is said of a file at its end is in
//! `sink/ending.rs`.

mod batches;
mod ending;
mod holding;
mod joins;
mod listed;
mod recognised;
mod row_numbers;
mod surplus_keys;

use super::batch::Batch;
use super::batch::builder::BatchBuilder;
use super::held::Held;
use super::irregular_recipients::IrregularRecipients;
use super::joined::Joined;
use super::load_message::LoadMessage;
use super::passed::PassedEvents;
use super::progress::{CancelToken, FileProgress};
use super::report::{FileReport, Fingerprint, Place};
use super::request::{LoadOptions, Wanted};
use super::resemblance::Resemblance;
use super::schema::identify;
use super::schema::{self, Table, header, names};
use super::stop::Stop;
use super::threat_types::ThreatTypesSeen;
use super::time::TimeSummary;
use hashbrown::HashSet;
use row_numbers::RowNumbers;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};
use surplus_keys::{MOST_COLUMNS, SurplusKeys};

/// The time after which even a small batch is handed on, so that the first ranking comes soon and a
/// slow source fills it too.
const FIRST_BATCH_AGE: Duration = Duration::from_millis(150);

/// Rows between two looks at the clock and the cancel token.
const ROWS_BETWEEN_CHECKS: u64 = 64;

/// The keys listed of a record that is rejected for them.
const KEYS_LISTED: usize = 8;

/// Takes the rows of one file from a format's reader: builds batches, keeps the account, hands on.
pub(super) struct FileSink {
    file: usize,
    wanted: Wanted,
    sender: SyncSender<LoadMessage>,
    progress: Arc<FileProgress>,
    cancel: CancelToken,
    report: FileReport,
    /// The rows under construction, by table: a file may hold rows of several.
    rows: [BatchBuilder; Table::ALL.len()],
    /// The times of the rows handed on.
    times: TimeSummary,
    /// The place of `ThreatTypes` among the columns of each table, where it has come.
    threat_types: [Option<usize>; Table::ALL.len()],
    /// What it said in the rows, and what in those before the answer that is held back.
    threat_types_seen: ThreatTypesSeen,
    threat_types_before: ThreatTypesSeen,
    /// The recipients before that answer that are no plain addresses.
    irregular_recipients_before: IrregularRecipients,
    /// Which rows of the file those under construction are, of `EmailEvents`.
    row_numbers: RowNumbers,
    /// The first time that could not be read, and in which row of the file it stands.
    unreadable_time: Option<(String, u64)>,
    first_line_other_than_utf8: Option<u64>,
    /// Whether the domains of senders are taken from their addresses.
    has_derived_domains: bool,
    /// The batches of an answer of which it is not known yet whether it is whole.
    held: Option<Held>,
    /// Takes the rows of `EmailEvents` apart, where they are joined with those of companion tables.
    joined: Option<Joined>,
    /// Whether it is known which columns some of these rows have.
    knows_events: bool,
    /// The columns of the first record that was of no known table, to be listed if none follows.
    strange_columns: Option<Vec<String>>,
    /// The keys of which it was said that they stand more than once in a record.
    doubled_keys: Vec<String>,
    /// The keys for which there is no column any more.
    surplus_keys: SurplusKeys,
    /// When the batch under construction was begun.
    batch_begun: Instant,
    /// The age at which it is handed on, however small.
    batch_age: Duration,
    rows_until_check: u64,
}

impl FileSink {
    pub(super) fn new(
        file: usize,
        sender: SyncSender<LoadMessage>,
        progress: &Arc<FileProgress>,
        cancel: &CancelToken,
    ) -> Self {
        FileSink {
            file,
            wanted: Wanted::default(),
            sender,
            progress: Arc::clone(progress),
            cancel: cancel.clone(),
            report: FileReport::default(),
            rows: Default::default(),
            times: TimeSummary::default(),
            threat_types: [None; Table::ALL.len()],
            threat_types_seen: ThreatTypesSeen::default(),
            threat_types_before: ThreatTypesSeen::default(),
            irregular_recipients_before: IrregularRecipients::default(),
            row_numbers: RowNumbers::default(),
            unreadable_time: None,
            first_line_other_than_utf8: None,
            has_derived_domains: false,
            held: None,
            joined: None,
            knows_events: false,
            strange_columns: None,
            doubled_keys: Vec::new(),
            surplus_keys: SurplusKeys::default(),
            batch_begun: Instant::now(),
            batch_age: FIRST_BATCH_AGE,
            rows_until_check: ROWS_BETWEEN_CHECKS,
        }
    }

    /// Notes which columns of the events are looked at.
    pub(super) fn want(&mut self, options: &LoadOptions) {
        self.wanted = options.wanted.clone();
    }

    /// Notes what tells the contents of the file from those of others.
    pub(super) fn set_contents(&mut self, contents: Fingerprint) {
        self.report.contents = Some(contents);
    }

    /// Notes what the file resembles, should nothing of it be readable.
    pub(super) fn set_resemblance(&mut self, resemblance: Resemblance) {
        self.report.resembles = resemblance;
    }

    /// Notes that there is something of another subject in a file that nothing else is known of.
    pub(super) fn note_another_subject(&mut self) {
        if self.report.resembles == Resemblance::Nothing {
            self.report.resembles = Resemblance::AnotherSubject;
        }
    }

    /// Notes a line on which there are bytes that are no UTF-8; the first counts.
    pub(super) fn note_other_than_utf8(&mut self, line: u64) {
        self.first_line_other_than_utf8.get_or_insert(line);
    }

    /// The first line on which readers that look for themselves found bytes that are no UTF-8.
    pub(super) fn first_line_other_than_utf8(&self) -> Option<u64> {
        self.first_line_other_than_utf8
    }

    /// Rows kept so far.
    pub(super) fn rows_kept(&self) -> u64 {
        self.report.rows_kept
    }

    /// Rows read so far, kept and rejected.
    pub(super) fn rows_read(&self) -> u64 {
        self.report.rows_read()
    }

    /// Fixes the columns of a file by its header, or what stands for one, and so its table.
    pub(super) fn set_header<'h>(
        &mut self,
        header: impl Iterator<Item = &'h [u8]> + Clone,
    ) -> Result<Table, Stop> {
        let names = header::names(header.clone());
        let mut seen = HashSet::new();
        let doubled: Vec<String> = names
            .iter()
            .filter(|name| !seen.insert(name.to_ascii_lowercase()))
            .cloned()
            .collect();
        let local_times = header::with_local_times(header, &names);
        let table = self.set_columns(names)?;
        if let Some(header) = local_times {
            self.note_local_times(table, &header);
        }
        for name in doubled {
            let name = schema::shown_name(&name);
            self.warn(format!(
                "the column {name} appears more than once: the first is used"
            ));
        }
        Ok(table)
    }

    /// Fixes the columns of a file whose header is known, and so its table.
    pub(super) fn set_columns(&mut self, names: Vec<String>) -> Result<Table, Stop> {
        let table = identify::of_header(&names).map_err(|error| {
            self.report.resembles = Resemblance::of_columns(&names);
            Stop::Failed(error.to_string())
        })?;
        self.report.note_table(table);
        self.note_joins(table, &names);
        self.threat_types[table as usize] =
            names.iter().position(|name| name == names::THREAT_TYPES);
        self.rows[table as usize] = BatchBuilder::new(names);
        Ok(table)
    }

    /// The table of which a record with these keys is a row; a key whose value is empty may be left
    /// out.
    pub(super) fn accept_record(&mut self, keys: &[String]) -> Result<Table, String> {
        let Some(table) = identify::of_record(keys) else {
            self.strange_columns.get_or_insert_with(|| keys.to_vec());
            return Err(format!(
                "no {} (keys: {})",
                names::EMAIL_DIRECTION,
                listed(keys)
            ));
        };
        self.report.note_table(table);
        self.note_joins(table, keys);
        Ok(table)
    }

    /// Notes that a record says itself of which table it is a row.
    pub(super) fn accept_record_of(&mut self, table: Table) -> Table {
        self.report.note_table(table);
        table
    }

    /// The place of a column of a table that may be new; none where there are too many and nothing is known
    /// of this one.
    pub(super) fn column_index(&mut self, table: Table, name: &str) -> Option<usize> {
        let rows = &mut self.rows[table as usize];
        if rows.names().len() >= MOST_COLUMNS
            && !schema::documented::is_documented(name)
            && rows.known_column(name).is_none()
        {
            self.surplus_keys.add(name);
            return None;
        }
        let index = rows.column_index(name);
        if name == names::THREAT_TYPES {
            self.threat_types[table as usize] = Some(index);
        }
        Some(index)
    }

    /// Takes a row of a table; its cells are in the order of the columns.
    pub(super) fn push_row<'a>(
        &mut self,
        table: Table,
        cells: impl Iterator<Item = &'a [u8]>,
    ) -> Result<(), Stop> {
        self.add_row(table, cells, 0)?;
        self.report.rows_kept += 1;
        self.count_row()
    }

    /// Adds a row of a table: the so-many-th of its record, counted from zero.
    fn add_row<'a>(
        &mut self,
        table: Table,
        cells: impl Iterator<Item = &'a [u8]>,
        of_record: usize,
    ) -> Result<(), Stop> {
        if self.rows[table as usize].is_full() {
            self.send_batch(table)?;
        }
        let threat_types = self.threat_types[table as usize];
        let seen = &mut self.threat_types_seen;
        let number = self.report.rows_read() + 1;
        if table == Table::EmailEvents {
            let records = self.rows[table as usize].records();
            let record = records + usize::from(of_record == 0);
            self.row_numbers.push(record, number);
        }
        let cells = cells.enumerate().map(|(index, cell)| {
            if threat_types != Some(index) {
                return cell;
            }
            match table {
                // What a record says is told once.
                Table::EmailEvents if of_record > 0 => ThreatTypesSeen::kept_of(cell),
                Table::EmailEvents => seen.take_in(cell, number),
                _ => seen.without_nothing(cell),
            }
        });
        self.rows[table as usize].push_row_of_record(cells, of_record);
        Ok(())
    }

    /// Counts a row that cannot be taken.
    pub(super) fn reject(&mut self, place: Place, reason: impl Into<String>) -> Result<(), Stop> {
        self.report.reject(place, reason);
        self.count_row()
    }

    /// Counts a row of a table of Defender that is not read.
    pub(super) fn pass_over_row(&mut self, table: &str) -> Result<(), Stop> {
        self.note_another_subject();
        self.report.other_tables.add(table, 1);
        self.count_row()
    }

    fn count_row(&mut self) -> Result<(), Stop> {
        self.progress.count_rows(1);
        self.rows_until_check -= 1;
        if self.rows_until_check > 0 {
            return Ok(());
        }
        self.rows_until_check = ROWS_BETWEEN_CHECKS;
        self.check()
    }

    fn check(&mut self) -> Result<(), Stop> {
        self.check_cancelled()?;
        if self.batch_begun.elapsed() >= self.batch_age {
            // Ever later, since many small batches would cost memory.
            self.batch_age *= 2;
            self.send_batches()?;
        }
        Ok(())
    }

    /// Stops where that is asked for; for readers that take long without a row.
    pub(super) fn check_cancelled(&self) -> Result<(), Stop> {
        if self.cancel.is_cancelled() {
            return Err(Stop::Cancelled);
        }
        Ok(())
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
            "the key {name} appears more than once in a record (first at {place}): the first is used"
        ));
    }

    /// Notes that, by a header, the times of a table are not in UTC.
    pub(super) fn note_local_times(&mut self, table: Table, header: &str) {
        self.rows[table as usize].note_local_times();
        if !self.report.has_local_times {
            self.report.has_local_times = true;
            self.warn(format!(
                "the column \"{}\" is in the exporting user's local time: its times are shown as written, not in UTC",
                schema::shown_name(header.trim())
            ));
        }
    }

    fn send_batches(&mut self) -> Result<(), Stop> {
        self.batch_begun = Instant::now();
        Table::ALL
            .into_iter()
            .try_for_each(|table| self.send_batch(table))
    }

    fn send_batch(&mut self, table: Table) -> Result<(), Stop> {
        let Some(mut batch) = self.rows[table as usize].take() else {
            return Ok(());
        };
        if table == Table::EmailEvents {
            let numbers = std::mem::take(&mut self.row_numbers);
            batch = self.completed(batch, |record| numbers.number(record).unwrap_or_default());
        }
        match &mut self.held {
            Some(held) if !held.is_full() => {
                held.push(table, batch);
                Ok(())
            }
            Some(_) => {
                self.release()?;
                self.hand_on(table, batch)
            }
            None => self.hand_on(table, batch),
        }
    }

    fn hand_on(&mut self, table: Table, mut batch: Batch) -> Result<(), Stop> {
        if table == Table::EmailEvents
            && let Some(taken_apart) = self.take_apart(&batch)
        {
            return self.hand_on_taken_apart(taken_apart);
        }
        if let Some(tally) = self.tally(table) {
            return self.hand_on_passed(Box::new(PassedEvents::of(batch, tally)));
        }
        if table == Table::EmailEvents && !batch.is_compacted() {
            batch = batch.compacted(&self.wanted, None);
        }
        self.report.count_kept(table, batch.records() as u64);
        self.report.recipient_lists.merge(batch.recipient_lists());
        self.note_batch(table, &batch);
        let message = LoadMessage::Batch {
            file: self.file,
            table,
            batch,
        };
        self.sender.send(message).map_err(|_| Stop::Cancelled)
    }
}

/// Some of the keys of a record, as a sentence repeats them.
fn listed(keys: &[String]) -> String {
    let keys: Vec<String> = keys
        .iter()
        .take(KEYS_LISTED)
        .map(|key| schema::shown_name(key))
        .collect();
    keys.join(", ")
}
