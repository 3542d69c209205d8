//! Rows that repeat among those of batches that are not kept: a number is left of each row that counts.

use crate::events::batch::Batch;
use crate::events::column::Column;
use crate::events::counted_as::CountedAs;
use crate::events::record;
use crate::events::schema::names;
use crate::events::time::DateOrder;
use crate::events::told_once::ToldOnce;

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
    /// Those of rows, where the order of no date makes a difference.
    pub(in crate::events) fn of_certain(numbers: Vec<u64>) -> Self {
        RepeatNumbers {
            month_first: numbers,
            day_first: None,
        }
    }

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
pub(super) struct Cells<'b> {
    batch: &'b Batch,
    messages: Numbers<'b>,
    recipients: Numbers<'b>,
    threat_types: Numbers<'b>,
    senders: Numbers<'b>,
}

impl<'b> Cells<'b> {
    pub(super) fn of(batch: &'b Batch) -> Self {
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
        let message = self.messages.get(row);
        if message == 0 {
            return None;
        }
        let possible = self.possible_number(row, counted_as, dates)?;
        Some(record::number_with_message(possible, message))
    }

    /// The same without the message; `None` where the row does not say its recipient or time.
    pub(super) fn possible_number(
        &mut self,
        row: usize,
        counted_as: CountedAs,
        dates: DateOrder,
    ) -> Option<u64> {
        let recipient = self.recipients.get(row);
        if recipient == 0 {
            return None;
        }
        let time = self.batch.event_time(row, dates)?;
        let verdict = self.threat_types.get(row);
        let sender = || self.senders.get(row);
        let number = record::possible_number(recipient, time, verdict, counted_as, sender);
        Some(number)
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
pub(super) fn those_again<'n>(all: impl Iterator<Item = &'n [u64]> + Clone) -> Vec<u64> {
    let count: usize = all.clone().map(<[u64]>::len).sum();
    let bits = (count * BITS_A_NUMBER).next_power_of_two().max(64);
    let (mut seen, mut seen_again) = (BitSet::of(bits), BitSet::of(bits));
    // The leading bits say which one.
    let bit_of = |number: u64| (number >> (64 - bits.ilog2())) as usize;
    for &number in all.clone().flatten() {
        let bit = bit_of(number);
        if !seen.insert(bit) {
            seen_again.insert(bit);
        }
    }
    let possible = all.flatten().copied();
    let mut possible: Vec<u64> = possible
        .filter(|number| seen_again.contains(bit_of(*number)))
        .collect();
    possible.sort_unstable();
    let again = possible.windows(2).filter(|pair| pair[0] == pair[1]);
    again.map(|pair| pair[0]).collect()
}

struct BitSet(Vec<u64>);

impl BitSet {
    /// An empty one for so many bits, which is a multiple of 64.
    fn of(bits: usize) -> Self {
        BitSet(vec![0; bits / 64])
    }

    /// Sets a bit; whether it was not set before.
    fn insert(&mut self, bit: usize) -> bool {
        let (word, mask) = (&mut self.0[bit / 64], 1 << (bit % 64));
        let is_new = *word & mask == 0;
        *word |= mask;
        is_new
    }

    fn contains(&self, bit: usize) -> bool {
        self.0[bit / 64] >> (bit % 64) & 1 == 1
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
