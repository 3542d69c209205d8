//! What says that two rows tell of the same email: message, recipient and time.
//!
//! Not here: what follows from it; overlapping exports and records that repeat have rooms of their own.

use super::batch::Batch;
use super::column::Column;
use super::schema::names;
use super::time::{DateOrder, EventTime, spelling};
use hashbrown::DefaultHashBuilder;
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::LazyLock;
use std::thread;

/// An email of one message to one recipient, whatever its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EmailKey<'b> {
    /// `NetworkMessageId`.
    pub message: MessageId<'b>,
    /// `RecipientEmailAddress`, byte for byte.
    pub recipient: &'b [u8],
}

/// The id of a message, byte for byte, but for the case of the letters of a GUID: exports differ in it.
#[derive(Clone, Copy, Debug)]
pub struct MessageId<'b>(&'b [u8]);

impl MessageId<'_> {
    /// A GUID in its usual spelling, and the few other texts of its length, without the case of their letters.
    fn without_case(self) -> Option<[u8; GUID_LENGTH]> {
        let bytes: [u8; GUID_LENGTH] = self.0.try_into().ok()?;
        Some(bytes.map(|byte| byte | 0x20))
    }

    fn is_guid(self) -> bool {
        let is_part = |(place, byte): (usize, &u8)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        };
        self.0.len() == GUID_LENGTH && self.0.iter().enumerate().all(is_part)
    }
}

const GUID_LENGTH: usize = "01234567-89ab-cdef-0123-456789abcdef".len();

impl PartialEq for MessageId<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.0.eq_ignore_ascii_case(other.0) && self.is_guid()
    }
}

impl Eq for MessageId<'_> {}

impl Hash for MessageId<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.without_case() {
            Some(bytes) => state.write(&bytes),
            None => state.write(self.0),
        }
    }
}

/// One record of an email: a row of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordKey<'b> {
    /// The email.
    pub email: EmailKey<'b>,
    /// The moment, to the second: exports differ in how many digits follow.
    pub time: EventTime,
}

/// The keys of the rows of a batch, whose columns are looked up once.
#[derive(Clone, Copy, Debug)]
pub struct Records<'b> {
    batch: &'b Batch,
    messages: Option<&'b Column>,
    recipients: Option<&'b Column>,
    dates: DateOrder,
}

impl<'b> Records<'b> {
    /// Of a batch of `EmailEvents` in a file whose dates have this order.
    pub fn of(batch: &'b Batch, dates: DateOrder) -> Self {
        Records {
            batch,
            dates,
            messages: batch.column(names::NETWORK_MESSAGE_ID),
            recipients: batch.column(names::RECIPIENT_EMAIL_ADDRESS),
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// A cell; empty when there is no such column.
    pub fn cell(&self, name: &str, row: usize) -> &'b [u8] {
        self.batch.cell(name, row)
    }

    /// The cells of a row with the names of their columns.
    pub fn cells(&self, row: usize) -> impl Iterator<Item = (&'b str, &'b [u8])> + use<'b> {
        self.batch.cells(row)
    }

    /// The cell that says the time of a row; empty when there is none.
    pub fn time_cell(&self, row: usize) -> &'b [u8] {
        self.batch.time_cell(row)
    }

    /// Whether the times are, by the header, in the local time of whoever exported them.
    pub fn has_local_times(&self) -> bool {
        self.batch.times().is_local
    }

    /// A number that is the same where rows stand written in the same letters, if it is known.
    pub(super) fn text_number(&self, row: usize) -> Option<u64> {
        self.batch.text_number(row)
    }

    /// The time of a row, if it has one that can be read.
    pub fn time(&self, row: usize) -> Option<EventTime> {
        self.batch.event_time(row, self.dates)
    }

    /// Whether a row is of an earlier or a later moment than another one, also within a second. One without a
    /// time that can be read is earlier than all that have one.
    pub fn order_in_time(&self, row: usize, other: &Records<'_>, other_row: usize) -> Ordering {
        let time = self.time(row);
        let by_second = time.cmp(&other.time(other_row));
        if by_second.is_ne() || time.is_none() {
            return by_second;
        }
        let fraction = spelling::fraction_of_second(self.time_cell(row));
        fraction.cmp(&spelling::fraction_of_second(other.time_cell(other_row)))
    }

    /// The email a row is about. `None` where the row does not say its message or recipient: without
    /// both, rows of different emails would look the same.
    pub fn email(&self, row: usize) -> Option<EmailKey<'b>> {
        Some(EmailKey {
            message: MessageId(told(self.messages?, row)?),
            recipient: told(self.recipients?, row)?,
        })
    }

    /// Whether a row says its message.
    pub fn has_message(&self, row: usize) -> bool {
        self.messages.and_then(|column| told(column, row)).is_some()
    }

    /// Whether a row says its recipient.
    pub fn has_recipient(&self, row: usize) -> bool {
        self.recipients
            .and_then(|column| told(column, row))
            .is_some()
    }

    /// The record a row is. `None` where it does not say its message, recipient or time.
    pub fn record(&self, row: usize) -> Option<RecordKey<'b>> {
        Some(RecordKey {
            email: self.email(row)?,
            time: self.time(row)?,
        })
    }
}

/// What is left of a row whose batch is not kept: a number that is the same where email and time are, and one
/// that is the same only where the row stands written in the same letters.
pub(super) type RowNumbers = (u64, u64);

/// Of a text that is not known.
const UNKNOWN: u64 = u64::MAX;

static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);

/// A number for the text of a row.
#[inline]
pub(super) fn text_number(text: &[u8]) -> u64 {
    HASHER.hash_one(text)
}

/// What says whether rows are the same in every cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum RowTexts<'t> {
    /// The numbers of their texts: the same text says the same, but so may another.
    Numbers(&'t [u64]),
    /// Their cells, all of which the batch has.
    Cells,
    /// Nothing.
    Unknown,
}

/// A number for the cells of a row that say something: a column may appear only later in a file.
fn cells_number(batch: &Batch, row: usize) -> u64 {
    let mut state = HASHER.build_hasher();
    for (column, (_, cell)) in batch.cells(row).enumerate() {
        if !cell.is_empty() {
            (column, cell).hash(&mut state);
        }
    }
    state.finish()
}

/// The numbers of the rows of a batch that say which email they are about.
pub(super) fn numbers(batch: &Batch, texts: RowTexts<'_>) -> Vec<RowNumbers> {
    let records = Records::of(batch, DateOrder::default());
    (0..records.rows())
        .filter_map(|row| {
            let email = records.email(row)?;
            // By the text, or by what of it is known.
            let time = (records.time_cell(row), records.time(row));
            let text = match texts {
                RowTexts::Numbers(texts) => texts.get(row).copied().unwrap_or(UNKNOWN),
                RowTexts::Cells => cells_number(batch, row),
                RowTexts::Unknown => UNKNOWN,
            };
            Some((HASHER.hash_one((email, time)), text))
        })
        .collect()
}

/// Numbers are sorted in so many portions, each of which fits a cache.
const PORTIONS: usize = 256;

/// How many rows of a file are the same as one before. `None` where that would have to be looked at: rows of
/// one email and time are written otherwise, but may say the same, unless the numbers `are_of_cells`.
pub(super) fn count_repeats(numbers: &[Vec<RowNumbers>], are_of_cells: bool) -> Option<u64> {
    let rows: usize = numbers.iter().map(Vec::len).sum();
    let room = rows / PORTIONS + rows / PORTIONS / 8 + 8;
    let mut portions: Vec<Vec<RowNumbers>> = Vec::new();
    portions.resize_with(PORTIONS, || Vec::with_capacity(room));
    for &number in numbers.iter().flatten() {
        portions[(number.0 >> 56) as usize].push(number);
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = PORTIONS.div_ceil(cores);
    thread::scope(|scope| {
        let threads: Vec<_> = portions
            .chunks_mut(share)
            .map(|portions| {
                scope.spawn(|| {
                    portions
                        .iter_mut()
                        .map(|portion| repeats_of(portion, are_of_cells))
                        .sum::<Option<u64>>()
                })
            })
            .collect();
        // Where one failed, it is looked at more closely.
        let counts = threads
            .into_iter()
            .map(|thread| thread.join().ok().flatten());
        counts.sum()
    })
}

fn repeats_of(numbers: &mut [RowNumbers], are_of_cells: bool) -> Option<u64> {
    numbers.sort_unstable();
    numbers
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| {
            if pair[0].1 == pair[1].1 && pair[0].1 != UNKNOWN {
                return Some(1);
            }
            are_of_cells.then_some(0)
        })
        .sum()
}

/// A cell that says something.
fn told(column: &Column, row: usize) -> Option<&[u8]> {
    Some(column.get(row)).filter(|cell| !cell.trim_ascii().is_empty())
}
