//! Rows that may repeat one before, as far as can be said without their messages. Where the messages take long to read, only
//! those of such rows are looked at.

use super::numbers::{self, Cells};
use crate::events::batch::Batch;
use crate::events::counted_as::CountedAs;
use crate::events::record;
use crate::events::time::DateOrder;
use hashbrown::HashSet;

/// Of consecutive rows, of whose times the order of the date is certain: which of them count and can repeat others, and a
/// number of each that is the same where they do.
#[derive(Clone, Debug, Default)]
pub(in crate::events) struct PossibleRepeats {
    numbers: Vec<u64>,
    /// A bit for each row: whether it has a number.
    has_number: Vec<u64>,
    rows: usize,
}

/// A row that may repeat one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::events) struct PossibleRepeat {
    /// Which of the rows it is.
    pub(in crate::events) row: usize,
    number: u64,
}

impl PossibleRepeat {
    /// A number that is the same where rows repeat each other, by the message of the row; `None` where that says nothing.
    pub(in crate::events) fn with_message(self, id: &[u8]) -> Option<u64> {
        let message = record::message_number(id);
        (message != 0).then(|| record::number_with_message(self.number, message))
    }
}

impl PossibleRepeats {
    /// Adds the rows of a batch, of which it is known as what they count.
    pub(in crate::events) fn add(&mut self, batch: &Batch, counted: &[Option<CountedAs>]) {
        let mut cells = Cells::of(batch);
        let first = self.grow(counted.len());
        for (row, counted_as) in counted.iter().enumerate() {
            if let Some(counted_as) = *counted_as
                && let Some(number) = cells.possible_number(row, counted_as, DateOrder::default())
            {
                self.set(first + row, number);
            }
        }
    }

    /// Adds a row that is none.
    pub(in crate::events) fn skip(&mut self) {
        self.grow(1);
    }

    /// Adds so many rows that have no number yet, and gives the first of them.
    fn grow(&mut self, rows: usize) -> usize {
        let first = self.rows;
        self.rows += rows;
        self.has_number.resize(self.rows.div_ceil(64), 0);
        first
    }

    /// Gives a row a number, which none after it has yet.
    fn set(&mut self, row: usize, number: u64) {
        self.has_number[row / 64] |= 1 << (row % 64);
        self.numbers.push(number);
    }

    /// Adds the rows that follow.
    pub(in crate::events) fn append(&mut self, further: PossibleRepeats) {
        if self.rows == 0 {
            *self = further;
            return;
        }
        let first = self.grow(further.rows);
        let rows = (0..further.rows).filter(|row| further.has_number(*row));
        for (row, &number) in rows.zip(&further.numbers) {
            self.set(first + row, number);
        }
    }

    fn has_number(&self, row: usize) -> bool {
        self.has_number[row / 64] >> (row % 64) & 1 == 1
    }

    /// The rows with one of these numbers, ascending.
    pub(in crate::events) fn of_numbers(&self, numbers: &HashSet<u64>) -> Vec<PossibleRepeat> {
        if numbers.is_empty() {
            return Vec::new();
        }
        let rows = (0..self.rows).filter(|row| self.has_number(*row));
        rows.zip(&self.numbers)
            .filter(|(_, number)| numbers.contains(*number))
            .map(|(row, &number)| PossibleRepeat { row, number })
            .collect()
    }
}

/// The numbers that come more than once among all rows.
pub(in crate::events) fn repeated<'r>(
    all: impl Iterator<Item = &'r PossibleRepeats> + Clone,
) -> HashSet<u64> {
    let numbers = all.map(|rows| rows.numbers.as_slice());
    numbers::those_again(numbers).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(numbers: &[Option<u64>]) -> PossibleRepeats {
        let mut rows = PossibleRepeats::default();
        for &number in numbers {
            match number {
                None => rows.skip(),
                Some(number) => {
                    let row = rows.grow(1);
                    rows.set(row, number);
                }
            }
        }
        rows
    }

    proptest! {
        #[test]
        fn rows_are_found_by_numbers_that_come_again(
            numbers in prop::collection::vec(prop::option::of(0_u64..90), 0..200),
            first in any::<prop::sample::Index>(),
        ) {
            let (one, other) = numbers.split_at(first.index(numbers.len() + 1));
            let mut all = rows(one);
            all.append(rows(other));
            let times = |number: u64| numbers.iter().flatten().filter(|it| **it == number).count();
            let expected: Vec<PossibleRepeat> = numbers
                .iter()
                .enumerate()
                .filter_map(|(row, number)| Some(PossibleRepeat { row, number: (*number)? }))
                .filter(|possible| times(possible.number) > 1)
                .collect();
            prop_assert_eq!(all.of_numbers(&repeated([&all].into_iter())), expected);
            let (one, other) = (rows(one), rows(other));
            prop_assert_eq!(repeated([&one, &other].into_iter()), repeated([&all].into_iter()));
        }
    }
}
