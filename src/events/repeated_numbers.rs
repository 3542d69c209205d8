//! Numbers that occur more than once among many, such as those of rows that repeat. They are hashes, so that they are evenly
//! distributed, and hardly any occurs twice.

/// Bits for each number, so that few share one by chance.
const BITS_A_NUMBER: usize = 16;

/// The numbers that occur more than once, ascending, each as often as it occurs after the first time.
pub(super) fn repeated<'n>(all: impl Iterator<Item = &'n [u64]> + Clone) -> Vec<u64> {
    let count: usize = all.clone().map(<[u64]>::len).sum();
    let all = all.flatten().copied();
    let again = RepeatFilter::among(count, all.clone());
    let mut possible: Vec<u64> = all.filter(|number| again.contains(*number)).collect();
    possible.sort_unstable();
    let again = possible.windows(2).filter(|pair| pair[0] == pair[1]);
    again.map(|pair| pair[0]).collect()
}

/// Whether several groups have a number.
pub(super) fn any_shared(groups: &[Vec<&[u64]>]) -> bool {
    let of_group = |group: &Vec<&'_ [u64]>| group.iter().map(|part| part.len()).sum::<usize>();
    let count = groups.iter().map(of_group).sum();
    let all = groups.iter().flatten().copied().flatten().copied();
    let again = RepeatFilter::among(count, all);
    let mut possible: Vec<(u64, usize)> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let numbers = group.iter().copied().flatten().copied();
        let numbers = numbers.filter(|number| again.contains(*number));
        possible.extend(numbers.map(|number| (number, index)));
    }
    possible.sort_unstable();
    let mut pairs = possible.windows(2);
    pairs.any(|pair| pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1)
}

/// Tells which of many numbers may occur more than once. It never misses one that does; one that does not passes only if
/// another number has the same leading bits.
pub(super) struct RepeatFilter(BitFilter);

impl RepeatFilter {
    /// Looks at all numbers once; `count` is about how many they are.
    pub(super) fn among(count: usize, numbers: impl Iterator<Item = u64>) -> Self {
        let mut seen = BitFilter::of_about(count);
        let later: Vec<u64> = numbers.filter(|number| !seen.insert(*number)).collect();
        drop(seen);
        let mut again = BitFilter::of_about(later.len());
        for number in later {
            again.insert(number);
        }
        RepeatFilter(again)
    }

    /// Whether a number may occur more than once.
    pub(super) fn contains(&self, number: u64) -> bool {
        self.0.may_contain(number)
    }
}

/// A Bloom filter with one hash function: the leading bits of the number, which is a hash itself.
struct BitFilter {
    words: Vec<u64>,
    /// How many leading bits of a number say which bit is its.
    length: u32,
}

impl BitFilter {
    /// An empty one, for about so many numbers.
    fn of_about(numbers: usize) -> Self {
        let bits = (numbers * BITS_A_NUMBER).next_power_of_two().max(64);
        BitFilter {
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
            prop_assert_eq!(repeated(parts.iter().map(Vec::as_slice)), expected);
        }

        #[test]
        fn numbers_in_several_groups_are_found_however_alike_they_are(
            groups in prop::collection::vec(prop::collection::vec(prop::collection::vec(0_u64..400, 0..12), 0..4), 0..4),
            is_spread: bool,
        ) {
            let spread = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let groups: Vec<Vec<Vec<u64>>> = groups
                .into_iter()
                .map(|group| {
                    let part = |part: Vec<u64>| part.into_iter().map(|it| if is_spread { spread(it) } else { it }).collect();
                    group.into_iter().map(part).collect()
                })
                .collect();
            let expected = groups.iter().enumerate().any(|(index, group)| {
                let later = groups[index + 1..].iter().flatten().flatten();
                group.iter().flatten().any(|number| later.clone().any(|other| other == number))
            });
            let groups: Vec<Vec<&[u64]>> =
                groups.iter().map(|group| group.iter().map(Vec::as_slice).collect()).collect();
            prop_assert_eq!(any_shared(&groups), expected);
        }
    }
}
