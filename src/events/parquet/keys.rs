//! A number for each row by which those are found that may repeat one before: it is the same where recipient
//! and time are. Only such rows are looked at more closely.

use crate::events::batch::Shape;
use crate::events::record::{hash_of, hash_state};
use crate::events::schema::names;
use std::hash::{Hash, Hasher};

/// The number of a row that is taken for itself: it does not say its recipient, or is not kept.
pub(super) const NONE: u64 = 0;

/// The columns that a number is made of, by their places in the file.
pub(super) struct KeyColumns {
    /// `RecipientEmailAddress`.
    pub(super) recipient: usize,
    /// Those that say the time.
    pub(super) times: Vec<usize>,
}

impl KeyColumns {
    /// Those of a file, where its rows can be compared: what says no message and recipient cannot.
    pub(super) fn of(shape: &Shape) -> Option<Self> {
        shape.place(names::NETWORK_MESSAGE_ID)?;
        Some(KeyColumns {
            recipient: shape.place(names::RECIPIENT_EMAIL_ADDRESS)?,
            times: shape.time_columns().to_vec(),
        })
    }
}

/// What one column says of the time of a row.
#[derive(Hash)]
pub(super) enum TimePart<'c> {
    /// A text.
    Text(&'c [u8]),
    /// A moment, as the column counts it.
    Moment(Option<i64>),
}

/// The number of a row.
#[inline]
pub(super) fn key<'c>(recipient: &[u8], times: impl IntoIterator<Item = TimePart<'c>>) -> u64 {
    if recipient.trim_ascii().is_empty() {
        return NONE;
    }
    let mut state = hash_state();
    recipient.hash(&mut state);
    times.into_iter().for_each(|time| time.hash(&mut state));
    state.finish().max(1)
}

/// A row that may repeat another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// The number of its row group.
    pub(super) group: u32,
    /// Which row of that it is.
    pub(super) row: u32,
    /// A number that is the same where all that was looked at so far is.
    pub(super) number: u64,
    /// The length of the cells that were looked at.
    pub(super) length: u64,
}

impl Candidate {
    /// Takes in what a further cell comes to.
    pub(super) fn add(&mut self, cell: CellNumber) {
        self.number = if cell.number == CellNumber::UNTOLD.number {
            NONE
        } else {
            hash_of((self.number, cell.number)).max(1)
        };
        self.length += cell.length;
    }
}

/// What is left of a cell that was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CellNumber {
    /// The same where the cells are.
    number: u64,
    length: u64,
}

impl CellNumber {
    /// Of a cell without which a row is taken for itself.
    pub(super) const UNTOLD: Self = CellNumber {
        number: u64::MAX,
        length: 0,
    };

    /// The number of a cell.
    pub(super) fn of(cell: &[u8]) -> Self {
        if cell.is_empty() {
            return CellNumber::default();
        }
        CellNumber {
            number: hash_of(cell).clamp(1, u64::MAX - 1),
            length: cell.len() as u64,
        }
    }
}

/// The rows that share their number with another, in the order of the file; `keys` are those of the rows of
/// each row group.
pub(super) fn candidates(keys: &[Vec<u64>]) -> Vec<Candidate> {
    let rows = keys.iter().map(Vec::len).sum();
    let mut seen = Filter::new(rows, FEW_BITS);
    let mut several = Vec::new();
    for &key in keys.iter().flatten().filter(|key| **key != NONE) {
        if !seen.add(key) && several.last() != Some(&key) {
            several.push(key);
        }
    }
    drop(seen);
    several.sort_unstable();
    several.dedup();
    let mut may_be_several = Filter::new(several.len(), MANY_BITS);
    for &key in &several {
        may_be_several.add(key);
    }
    let is_several = |key: u64| may_be_several.has(key) && several.binary_search(&key).is_ok();
    let mut candidates = Vec::new();
    for (group, keys) in keys.iter().enumerate() {
        let rows = keys.iter().enumerate();
        let rows = rows.filter(|(_, key)| is_several(**key));
        candidates.extend(rows.map(|(row, &number)| Candidate {
            group: group as u32,
            row: row as u32,
            number,
            length: 0,
        }));
    }
    // Some only share their place in the filter with another number.
    retain_repeated(&mut candidates);
    candidates
}

/// Keeps those whose number another one has too.
pub(super) fn retain_repeated(candidates: &mut Vec<Candidate>) {
    let mut numbers: Vec<u64> = candidates
        .iter()
        .map(|candidate| candidate.number)
        .collect();
    numbers.sort_unstable();
    let mut several: Vec<u64> = numbers
        .chunk_by(|a, b| a == b)
        .filter(|same| same.len() > 1)
        .map(|same| same[0])
        .collect();
    several.dedup();
    candidates.retain(|candidate| several.binary_search(&candidate.number).is_ok());
}

/// How many rows have a number that one before them has.
pub(super) fn repeats(candidates: &[Candidate]) -> u64 {
    let mut numbers: Vec<u64> = candidates
        .iter()
        .map(|candidate| candidate.number)
        .collect();
    numbers.sort_unstable();
    let distinct = numbers.chunk_by(|a, b| a == b).count();
    (numbers.len() - distinct) as u64
}

/// A bit for each number, which several may share.
struct Filter {
    words: Vec<u64>,
    mask: u64,
}

/// Bits for each of very many numbers: enough that few share one, and few enough for a cache.
const FEW_BITS: usize = 8;

/// Bits for each of fewer numbers.
const MANY_BITS: usize = 64;

impl Filter {
    fn new(numbers: usize, bits_a_number: usize) -> Self {
        let bits = (numbers.max(8) * bits_a_number).next_power_of_two();
        Filter {
            words: vec![0; bits / 64],
            mask: bits as u64 - 1,
        }
    }

    fn place(&self, number: u64) -> (usize, u64) {
        let bit = number & self.mask;
        ((bit / 64) as usize, 1 << (bit % 64))
    }

    /// Sets the bit of a number, and says whether it was not set before.
    fn add(&mut self, number: u64) -> bool {
        let (word, bit) = self.place(number);
        let is_new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        is_new
    }

    fn has(&self, number: u64) -> bool {
        let (word, bit) = self.place(number);
        self.words[word] & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_rows_that_share_their_number_are_found(
            keys in prop::collection::vec(prop::collection::vec(0..300_u64, 0..200), 0..5),
            times in prop_oneof![Just(1_u64), Just(0x9e37_79b9_7f4a_7c15)],
        ) {
            let keys: Vec<Vec<u64>> = keys
                .iter()
                .map(|keys| keys.iter().map(|key| key.wrapping_mul(times)).collect())
                .collect();
            let all: Vec<u64> = keys.iter().flatten().copied().collect();
            let count = |number: u64| all.iter().filter(|key| **key == number).count();
            let mut expected = Vec::new();
            for (group, keys) in keys.iter().enumerate() {
                for (row, &key) in keys.iter().enumerate() {
                    if key != NONE && count(key) > 1 {
                        expected.push((group as u32, row as u32, key));
                    }
                }
            }
            let found = candidates(&keys);
            let mut distinct: Vec<u64> = found.iter().map(|one| one.number).collect();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(repeats(&found), (found.len() - distinct.len()) as u64);
            let found: Vec<(u32, u32, u64)> =
                found.iter().map(|one| (one.group, one.row, one.number)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_row_without_a_recipient_is_taken_for_itself() {
        let time = || [TimePart::Text(b"2026-11-01")];
        assert_eq!(key(b" ", time()), NONE);
        assert_ne!(key(b"a@b.example", time()), NONE);
        assert_ne!(key(b"a@b.example", []), key(b"a@b.example", time()));
    }
}
