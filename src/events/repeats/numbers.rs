//! Rows that repeat among those of batches that are not kept: a number is left of each row that counts.

use crate::events::batch::Batch;
use crate::events::counted_as::{CountedAs, RowsThatCount};
use crate::events::email_key;
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
    /// Adds the rows of a batch, of which it is known as what they count.
    pub(in crate::events) fn add(&mut self, batch: &Batch, counted: &RowsThatCount) {
        let cells = CountedCells::of(batch, counted);
        let messages = cells.messages();
        let is_certain = batch.times().dates.ambiguous == 0;
        let first = self.month_first.len();
        if !is_certain {
            self.day_first
                .get_or_insert_with(|| self.month_first.clone());
        }
        self.month_first.reserve(messages.len());
        self.month_first
            .extend(cells.repeat_numbers(&messages, DateOrder::MonthFirst));
        if let Some(day_first) = &mut self.day_first {
            if is_certain {
                day_first.extend_from_slice(&self.month_first[first..]);
            } else {
                day_first.extend(cells.repeat_numbers(&messages, DateOrder::DayFirst));
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
    recipients: Vec<u64>,
    verdicts: Vec<u64>,
    /// Those of threats: of what was sent nobody looks at the sender.
    senders: Vec<Option<u64>>,
}

impl<'b> CountedCells<'b> {
    fn of(batch: &'b Batch, counted: &'b RowsThatCount) -> Self {
        let numbers = |name, rows, number| numbers_of(batch, name, rows, number);
        let threats = counted.rows_counted(CountedAs::Threat);
        let of_threats = numbers(names::SENDER_FROM_DOMAIN, &threats, email_key::number_of);
        let mut of_threats = of_threats.into_iter();
        let senders = counted.counted().iter().map(|counted| match counted {
            CountedAs::Outbound => None,
            CountedAs::Threat => of_threats.next(),
        });
        let rows = counted.rows();
        let recipients = names::RECIPIENT_EMAIL_ADDRESS;
        CountedCells {
            batch,
            rows,
            recipients: numbers(recipients, rows, email_key::recipient_number),
            verdicts: numbers(names::THREAT_TYPES, rows, email_key::number_of),
            senders: senders.collect(),
        }
    }

    /// The numbers by which rows are known that may repeat others, but for their messages; `None` for one that does not say
    /// its recipient or time.
    fn possible_numbers(&self, dates: DateOrder) -> impl Iterator<Item = Option<u64>> {
        let numbers = self
            .recipients
            .iter()
            .zip(&self.verdicts)
            .zip(&self.senders);
        let rows = self.rows.iter().zip(numbers);
        rows.map(move |(&row, ((&recipient, &verdict), &sender))| {
            let time = || self.batch.event_time(usize::from(row), dates);
            let number = (recipient != 0).then(time).flatten();
            number.map(|time| email_key::possible_number(recipient, time, verdict, sender))
        })
    }

    /// The numbers of the messages of the rows.
    fn messages(&self) -> Vec<u64> {
        let name = names::NETWORK_MESSAGE_ID;
        numbers_of(self.batch, name, self.rows, email_key::message_number)
    }

    /// The same as the possible numbers with these messages; of those only that are told.
    fn repeat_numbers(&self, messages: &[u64], dates: DateOrder) -> impl Iterator<Item = u64> {
        let numbers = self.possible_numbers(dates).zip(messages);
        numbers.filter_map(|(possible, &message)| {
            let possible = possible.filter(|_| message != 0)?;
            Some(email_key::number_with_message(possible, message))
        })
    }
}

/// The numbers of the cells of some rows in a column.
fn numbers_of(batch: &Batch, name: &str, rows: &[u16], number: fn(&[u8]) -> u64) -> Vec<u64> {
    match batch.column(name) {
        Some(column) => column.told_of_rows(rows, number),
        None => vec![number(b""); rows.len()],
    }
}

/// How many rows of a file repeat one before, whose dates have this order.
pub(in crate::events) fn count(numbers: &[RepeatNumbers], order: DateOrder) -> u64 {
    let all = numbers.iter().map(|numbers| numbers.in_order(order));
    those_again(all).len() as u64
}

/// Bits for each number, so that few share one by chance.
const BITS_A_NUMBER: usize = 16;

/// The numbers that come again, ascending: each as often as it comes after the first time. They are evenly distributed.
///
/// Hardly any does: those are found first of which another one has the same leading bits.
fn those_again<'n>(all: impl Iterator<Item = &'n [u64]> + Clone) -> Vec<u64> {
    let count: usize = all.clone().map(<[u64]>::len).sum();
    let mut seen = FewBits::of_about(count);
    let mut later = Vec::new();
    for &number in all.clone().flatten() {
        if !seen.insert(number) {
            later.push(number);
        }
    }
    drop(seen);
    let mut seen_again = FewBits::of_about(later.len());
    for number in later {
        seen_again.insert(number);
    }
    let possible = all.flatten().copied();
    let mut possible: Vec<u64> = possible
        .filter(|number| seen_again.may_contain(*number))
        .collect();
    possible.sort_unstable();
    let again = possible.windows(2).filter(|pair| pair[0] == pair[1]);
    again.map(|pair| pair[0]).collect()
}

/// A set of numbers, of each of which only a few bits are known.
struct FewBits {
    words: Vec<u64>,
    /// How many leading bits of a number say which bit is its.
    length: u32,
}

impl FewBits {
    /// An empty one, for about so many numbers.
    fn of_about(numbers: usize) -> Self {
        let bits = (numbers * BITS_A_NUMBER).next_power_of_two().max(64);
        FewBits {
            words: vec![0; bits / 64],
            length: bits.ilog2(),
        }
    }

    /// Adds a number; whether it surely was not among them before.
    fn insert(&mut self, number: u64) -> bool {
        let (word, mask) = self.place_of(number);
        let is_new = self.words[word] & mask == 0;
        self.words[word] |= mask;
        is_new
    }

    /// Whether a number may be among them.
    fn may_contain(&self, number: u64) -> bool {
        let (word, mask) = self.place_of(number);
        self.words[word] & mask != 0
    }

    /// The bit of a number: its word, and the bit in that.
    fn place_of(&self, number: u64) -> (usize, u64) {
        let bit = (number >> (64 - self.length)) as usize;
        (bit / 64, 1 << (bit % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_that_come_again_are_found_however_alike_they_are(
            parts in prop::collection::vec(prop::collection::vec(0_u64..50, 0..40), 0..6),
            is_spread: bool,
        ) {
            let spread = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let parts: Vec<Vec<u64>> = parts
                .into_iter()
                .map(|part| part.into_iter().map(|it| if is_spread { spread(it) } else { it }).collect())
                .collect();
            let mut expected = parts.concat();
            expected.sort_unstable();
            let mut seen = std::collections::HashSet::new();
            expected.retain(|number| !seen.insert(*number));
            prop_assert_eq!(those_again(parts.iter().map(Vec::as_slice)), expected);
        }
    }
}
