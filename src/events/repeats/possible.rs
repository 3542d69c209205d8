//! Rows that may repeat one before, as far as can be said without their messages. Where the messages take long to read, only
//! those of such rows are looked at.

use super::numbers::{self, CountedCells};
use crate::events::batch::Batch;
use crate::events::counted_as::RowsThatCount;
use crate::events::record;
use crate::events::time::DateOrder;
use crate::processors;
use hashbrown::HashSet;

/// How many leading bits of a number say in which part it is.
const PART_BITS: u32 = 2;

/// Of consecutive rows, of whose times the order of the date is certain: which of them count and can repeat others, and a
/// number of each that is the same where they do.
///
/// The numbers stand in parts, so that processors can share the search for those that come again.
#[derive(Clone, Debug, Default)]
pub(in crate::events) struct PossibleRepeats {
    parts: [Part; 1 << PART_BITS],
    rows: usize,
}

/// Numbers with the same leading bits.
#[derive(Clone, Debug, Default)]
struct Part {
    /// Ascending by row.
    numbers: Vec<u64>,
    /// A bit for each row, up to the last that has such a number: whether it has one.
    has_number: Vec<u64>,
}

impl Part {
    /// Gives a row a number, which none after it has yet.
    fn push(&mut self, row: usize, number: u64) {
        self.mark(row);
        self.numbers.push(number);
    }

    fn mark(&mut self, row: usize) {
        let word = row / 64;
        if self.has_number.len() <= word {
            self.has_number.resize(word + 1, 0);
        }
        self.has_number[word] |= 1 << (row % 64);
    }

    /// Adds the numbers of rows that follow, which begin with this one.
    fn append(&mut self, further: Part, first: usize) {
        further.rows().for_each(|row| self.mark(first + row));
        self.numbers.extend(further.numbers);
    }

    /// The rows that have a number, ascending.
    fn rows(&self) -> impl Iterator<Item = usize> {
        let words = self.has_number.iter().enumerate();
        words.flat_map(|(place, &word)| {
            let bits = (0..64).filter(move |bit| word >> bit & 1 == 1);
            bits.map(move |bit| place * 64 + bit)
        })
    }
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
    /// Adds the rows of a batch, of which these count.
    pub(in crate::events) fn add(&mut self, batch: &Batch, counted: &RowsThatCount) {
        let cells = CountedCells::of(batch, counted);
        for (row, number) in cells.possible_numbers(DateOrder::default()) {
            if let Some(number) = number {
                self.set(self.rows + usize::from(row), number);
            }
        }
        self.rows += batch.rows();
    }

    /// Adds a row that is none.
    pub(in crate::events) fn skip(&mut self) {
        self.rows += 1;
    }

    /// Gives a row a number, which none after it has yet.
    fn set(&mut self, row: usize, number: u64) {
        self.parts[(number >> (64 - PART_BITS)) as usize].push(row, number);
    }

    /// Adds the rows that follow.
    pub(in crate::events) fn append(&mut self, further: PossibleRepeats) {
        if self.rows == 0 {
            *self = further;
            return;
        }
        for (part, further) in self.parts.iter_mut().zip(further.parts) {
            part.append(further, self.rows);
        }
        self.rows += further.rows;
    }

    /// The rows with one of these numbers, ascending.
    pub(in crate::events) fn of_numbers(&self, numbers: &HashSet<u64>) -> Vec<PossibleRepeat> {
        if numbers.is_empty() {
            return Vec::new();
        }
        let rows = self
            .parts
            .iter()
            .flat_map(|part| part.rows().zip(&part.numbers));
        let rows = rows.filter(|(_, number)| numbers.contains(*number));
        let rows = rows.map(|(row, &number)| PossibleRepeat { row, number });
        let mut rows: Vec<PossibleRepeat> = rows.collect();
        rows.sort_unstable_by_key(|possible| possible.row);
        rows
    }
}

/// The numbers that come more than once among all rows.
pub(in crate::events) fn repeated(all: &[PossibleRepeats]) -> HashSet<u64> {
    let of_parts = processors::of_each(
        0..1 << PART_BITS,
        || (),
        |(), part: usize| {
            let numbers = all.iter().map(|rows| rows.parts[part].numbers.as_slice());
            Some(numbers::those_again(numbers, PART_BITS))
        },
    );
    of_parts.into_iter().flatten().collect()
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
                    rows.set(rows.rows, number);
                    rows.rows += 1;
                }
            }
        }
        rows
    }

    /// Numbers in all parts.
    fn spread(number: u64) -> u64 {
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    proptest! {
        #[test]
        fn rows_are_found_by_numbers_that_come_again(
            numbers in prop::collection::vec(prop::option::of((0_u64..90).prop_map(spread)), 0..200),
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
            prop_assert_eq!(all.of_numbers(&repeated(&[all.clone()])), expected);
            prop_assert_eq!(repeated(&[rows(one), rows(other)]), repeated(&[all]));
        }
    }
}
