//! Rows that repeat among those of batches that are not kept: a number is left of each row that counts.

use crate::events::batch::Batch;
use crate::events::column::Column;
use crate::events::counted_as::CountedAs;
use crate::events::record::{self, EmailKey, RecordKey};
use crate::events::schema::names;
use crate::events::time::DateOrder;
use crate::events::told_once::ToldOnce;
use crate::processors;
use hashbrown::HashSet;

/// What is left of the rows of a batch that is not kept: of those that can repeat others a number, which is the same
/// where they do.
#[derive(Clone, Debug, Default)]
pub(in crate::events) struct RepeatNumbers {
    month_first: Vec<u64>,
    /// The same if the file's dates have the other order, where that makes a difference: it is known when all rows
    /// are there.
    day_first: Option<Vec<u64>>,
}

impl RepeatNumbers {
    /// Adds the rows of a batch, of which it is known as what they count.
    pub(in crate::events) fn add(&mut self, batch: &Batch, counted: &[Option<CountedAs>]) {
        let mut cells = Cells::of(batch);
        let is_certain = batch.times().dates.ambiguous == 0;
        let first = self.month_first.len();
        if !is_certain {
            self.day_first
                .get_or_insert_with(|| self.month_first.clone());
        }
        cells.add_numbers(counted, DateOrder::MonthFirst, &mut self.month_first);
        if let Some(day_first) = &mut self.day_first {
            if is_certain {
                day_first.extend_from_slice(&self.month_first[first..]);
            } else {
                cells.add_numbers(counted, DateOrder::DayFirst, day_first);
            }
        }
    }

    fn in_order(&self, order: DateOrder) -> &[u64] {
        match (order, &self.day_first) {
            (DateOrder::DayFirst, Some(numbers)) => numbers,
            _ => &self.month_first,
        }
    }
}

/// The cells that say whether a row repeats another.
struct Cells<'b> {
    batch: &'b Batch,
    messages: Numbers<'b>,
    recipients: Numbers<'b>,
    threat_types: Numbers<'b>,
    senders: Numbers<'b>,
}

impl<'b> Cells<'b> {
    fn of(batch: &'b Batch) -> Self {
        let numbers = |name, number| Numbers::of(batch.column(name), number);
        Cells {
            batch,
            messages: numbers(names::NETWORK_MESSAGE_ID, record::message_number),
            recipients: numbers(names::RECIPIENT_EMAIL_ADDRESS, record::recipient_number),
            threat_types: numbers(names::THREAT_TYPES, record::number_of),
            senders: numbers(names::SENDER_FROM_DOMAIN, record::number_of),
        }
    }

    /// Adds the numbers of those rows that count and can repeat others.
    fn add_numbers(
        &mut self,
        counted: &[Option<CountedAs>],
        dates: DateOrder,
        numbers: &mut Vec<u64>,
    ) {
        for (row, counted_as) in counted.iter().enumerate() {
            if let Some(counted_as) = *counted_as {
                numbers.extend(self.repeat_number(row, counted_as, dates));
            }
        }
    }

    /// That of [`record::Records`], column by column.
    fn repeat_number(
        &mut self,
        row: usize,
        counted_as: CountedAs,
        dates: DateOrder,
    ) -> Option<u64> {
        let email = EmailKey {
            message: self.messages.get(row),
            recipient: self.recipients.get(row),
        };
        let email = email.told()?;
        let time = self.batch.event_time(row, dates)?;
        let record = RecordKey { email, time };
        let verdict = self.threat_types.get(row);
        let sender = || self.senders.get(row);
        Some(record::repeat_number(record, counted_as, verdict, sender))
    }
}

/// Numbers of the cells of a column.
struct Numbers<'b> {
    told: ToldOnce<'b, u64>,
    number: fn(&[u8]) -> u64,
}

impl<'b> Numbers<'b> {
    fn of(column: Option<&'b Column>, number: fn(&[u8]) -> u64) -> Self {
        Numbers {
            told: ToldOnce::of(column),
            number,
        }
    }

    fn get(&mut self, row: usize) -> u64 {
        self.told.get(row, self.number)
    }
}

/// Numbers are compared in so many portions, each of which fits a cache.
const PORTIONS: usize = 256;

/// How many rows of a file repeat one before, whose dates have this order.
pub(in crate::events) fn count(numbers: &[RepeatNumbers], order: DateOrder) -> u64 {
    let numbers = || numbers.iter().map(|numbers| numbers.in_order(order));
    let rows: usize = numbers().map(<[u64]>::len).sum();
    let room = rows / PORTIONS + rows / PORTIONS / 8 + 8;
    let mut portions: Vec<Vec<u64>> = Vec::new();
    portions.resize_with(PORTIONS, || Vec::with_capacity(room));
    for &number in numbers().flatten() {
        portions[(number >> 56) as usize].push(number);
    }
    let counts = processors::of_each(&portions, HashSet::new, |seen, portion| {
        seen.clear();
        let repeated = portion.iter().filter(|number| !seen.insert(**number));
        Some(repeated.count() as u64)
    });
    counts.into_iter().sum()
}
