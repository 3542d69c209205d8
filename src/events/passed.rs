//! Events that are counted as they come and not kept: what is left of them is put together where their text is at
//! hand, so that little is handed on.

use super::batch::{Batch, RecipientLists, Shape};
use super::counted_as::{CountedAs, RowsThatCount};
use super::directions::UnknownDirections;
use super::email_numbers::EmailNumbers;
use super::irregular_recipients::IrregularRecipients;
use super::record_numbers::RecordNumbers;
use super::repeats::numbers::RepeatNumbers;
use super::request::TallyOf;
use super::schema::names;
use super::sender_domain;
use super::tallies::Tallies;
use super::time::TimeSummary;
use super::unreadable_time::UnreadableTime;
use std::sync::Arc;

/// What is left of consecutive events of a file.
#[derive(Debug)]
pub struct PassedEvents {
    shape: Arc<Shape>,
    rows: usize,
    records: usize,
    recipient_lists: RecipientLists,
    irregular_recipients: IrregularRecipients,
    times: TimeSummary,
    unreadable_time: Option<UnreadableTime>,
    pub(super) unknown_directions: UnknownDirections,
    has_derived_domains: bool,
    tallies: Tallies,
    /// By which those are found that repeat one before.
    repeats: RepeatNumbers,
    /// Tell which rows another file has too; empty where there is only one file.
    record_numbers: RecordNumbers,
}

impl PassedEvents {
    /// Nothing yet, of a file with these columns.
    pub(super) fn new(shape: &Arc<Shape>) -> Self {
        PassedEvents {
            shape: Arc::clone(shape),
            rows: 0,
            records: 0,
            recipient_lists: RecipientLists::default(),
            irregular_recipients: IrregularRecipients::default(),
            times: TimeSummary::default(),
            unreadable_time: None,
            unknown_directions: UnknownDirections::default(),
            has_derived_domains: false,
            tallies: Tallies::default(),
            repeats: RepeatNumbers::default(),
            record_numbers: RecordNumbers::default(),
        }
    }

    /// What is left of the events of a batch.
    pub(super) fn of(batch: Batch, tally: &TallyOf) -> Self {
        let mut passed = PassedEvents::new(batch.shape());
        passed.take_in(batch, tally);
        passed.close();
        passed
    }

    /// Takes in the next events.
    pub(super) fn take_in(&mut self, batch: Batch, tally: &TallyOf) {
        let batch = sender_domain::complete(batch);
        if !Arc::ptr_eq(&self.shape, batch.shape()) {
            self.shape = Arc::clone(batch.shape());
        }
        self.has_derived_domains |= batch.has_derived_domains();
        if self.unreadable_time.is_none() {
            let first = batch.first_unreadable_time();
            self.unreadable_time = first.map(|first| UnreadableTime {
                record: self.records + first.record,
                ..first
            });
        }
        self.times.merge(batch.times());
        self.unknown_directions.add_to_part(&batch);
        let [directions, threat_types] =
            [names::EMAIL_DIRECTION, names::THREAT_TYPES].map(|name| batch.column(name));
        let counted = RowsThatCount::of(directions, threat_types, batch.rows());
        let emails = if tally.compares_files() {
            let rows: Vec<u16> = (0..batch.rows()).map(|row| row as u16).collect();
            let emails = EmailNumbers::of(&batch, &rows);
            self.record_numbers.add(&batch, &emails);
            emails.of_rows(counted.rows())
        } else {
            EmailNumbers::of(&batch, counted.rows())
        };
        self.repeats.add(&batch, &counted, &emails);
        let irregular = &mut self.irregular_recipients;
        if !counted.rows_counted(CountedAs::Outbound).is_empty() {
            irregular.note_sent();
        }
        if tally.add(&batch, &counted, &mut self.tallies) {
            let before = self.records as u64;
            irregular.look_through(&batch, |record| before + record as u64);
        }
        self.rows += batch.rows();
        self.records += batch.records();
        self.recipient_lists.merge(batch.recipient_lists());
    }

    /// How many events there were.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many records of the file they come from.
    pub fn records(&self) -> usize {
        self.records
    }

    /// The records that list several recipients.
    pub(super) fn recipient_lists(&self) -> RecipientLists {
        self.recipient_lists
    }

    /// The events whose recipient is no plain address.
    pub(super) fn irregular_recipients(&self) -> &IrregularRecipients {
        &self.irregular_recipients
    }

    /// The (canonical) names of the columns, in the order of the file.
    pub fn names(&self) -> &[String] {
        self.shape.names()
    }

    /// What the times of the events come to.
    pub fn times(&self) -> &TimeSummary {
        &self.times
    }

    /// How many events of each domain count, as what is counted says.
    pub fn tallies(&mut self) -> &mut Tallies {
        &mut self.tallies
    }

    /// No more are to be taken in for now: lets this thread take in others.
    pub(super) fn close(&mut self) {
        self.tallies.close();
    }

    /// The bytes of what is left of the events, as far as it grows with them.
    pub(super) fn bytes(&self) -> usize {
        self.tallies.bytes() + self.unknown_directions.bytes()
    }

    /// The first time that cannot be read.
    pub(super) fn unreadable_time(&self) -> Option<&UnreadableTime> {
        self.unreadable_time.as_ref()
    }

    /// Whether the domains of the senders were taken from their addresses.
    pub(super) fn has_derived_domains(&self) -> bool {
        self.has_derived_domains
    }

    /// The numbers that tell which rows repeat an earlier one, and which another file has too.
    pub(super) fn into_numbers(self) -> (RepeatNumbers, RecordNumbers) {
        (self.repeats, self.record_numbers)
    }
}

/// Consecutive rows of a file, as a reader hands them on.
#[derive(Debug)]
pub(super) enum Taken {
    /// To be looked at.
    Batch(Batch),
    /// Counted.
    Passed(Box<PassedEvents>),
}

impl Taken {
    /// How many records of the file they are.
    pub(super) fn records(&self) -> usize {
        match self {
            Taken::Batch(batch) => batch.records(),
            Taken::Passed(passed) => passed.records(),
        }
    }

    /// The batch, where they are to be looked at.
    pub(super) fn batch(&self) -> Option<&Batch> {
        match self {
            Taken::Batch(batch) => Some(batch),
            Taken::Passed(_) => None,
        }
    }

    /// The same, and nothing else.
    pub(super) fn into_batch(self) -> Option<Batch> {
        match self {
            Taken::Batch(batch) => Some(batch),
            Taken::Passed(_) => None,
        }
    }
}
