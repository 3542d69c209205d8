//! Rows that repeat among those of batches that are not kept: a number is left of each row that counts.

use crate::events::batch::Batch;
use crate::events::counted_as::{CountedAs, RowsThatCount};
use crate::events::email_key;
use crate::events::email_numbers::EmailNumbers;
use crate::events::repeated_numbers::repeated;
use crate::events::schema::names;
use crate::events::time::DateOrder;

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
    /// Adds the rows of a batch, of which it is known as what they count and about which emails those are that do.
    pub(in crate::events) fn add(
        &mut self,
        batch: &Batch,
        counted: &RowsThatCount,
        emails: &EmailNumbers,
    ) {
        let cells = CountedCells::of(batch, counted, emails);
        let is_certain = batch.times().dates.ambiguous == 0;
        let first = self.month_first.len();
        if !is_certain {
            self.day_first
                .get_or_insert_with(|| self.month_first.clone());
        }
        self.month_first.reserve(counted.rows().len());
        self.month_first
            .extend(cells.repeat_numbers(DateOrder::MonthFirst));
        if let Some(day_first) = &mut self.day_first {
            if is_certain {
                day_first.extend_from_slice(&self.month_first[first..]);
            } else {
                day_first.extend(cells.repeat_numbers(DateOrder::DayFirst));
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

/// The rows of a batch that count, and what is looked at of them, column by column.
struct CountedCells<'b> {
    batch: &'b Batch,
    rows: &'b [u16],
    emails: &'b EmailNumbers,
    verdicts: Vec<u64>,
    /// Those of threats: of what was sent nobody looks at the sender.
    senders: Vec<Option<u64>>,
}

impl<'b> CountedCells<'b> {
    fn of(batch: &'b Batch, counted: &'b RowsThatCount, emails: &'b EmailNumbers) -> Self {
        let numbers = |name, rows: &[u16]| match batch.column(name) {
            Some(column) => column.told_of_rows(rows, email_key::number_of),
            None => vec![email_key::number_of(b""); rows.len()],
        };
        let threats = counted.rows_counted(CountedAs::Threat);
        let mut of_threats = numbers(names::SENDER_FROM_DOMAIN, &threats).into_iter();
        let senders = counted.counted().iter().map(|counted| match counted {
            CountedAs::Outbound => None,
            CountedAs::Threat => of_threats.next(),
        });
        CountedCells {
            batch,
            rows: counted.rows(),
            emails,
            verdicts: numbers(names::THREAT_TYPES, counted.rows()),
            senders: senders.collect(),
        }
    }

    /// The numbers by which rows are known that repeat others, of those that say their message, recipient and time.
    fn repeat_numbers(&self, dates: DateOrder) -> impl Iterator<Item = u64> {
        let cells = self.verdicts.iter().zip(&self.senders);
        let rows = self.rows.iter().zip(self.emails.emails().zip(cells));
        rows.filter_map(move |(&row, (email, (&verdict, &sender)))| {
            let email = email?;
            let time = self.batch.event_time(usize::from(row), dates)?;
            Some(email_key::repeat_number(email, time, verdict, sender))
        })
    }
}

/// How many rows of a file repeat one before, whose dates have this order.
pub(in crate::events) fn count(numbers: &[RepeatNumbers], order: DateOrder) -> u64 {
    let all = numbers.iter().map(|numbers| numbers.in_order(order));
    repeated(all).len() as u64
}
