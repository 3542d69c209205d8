//! Some of the exclusions, as bits.

use super::definition::Exclusion;

/// The most exclusions there can be at a time: one bit of a mask each.
pub const MOST_EXCLUSIONS: usize = 64;

/// Some of the exclusions: the bits of an event's mask, or those that are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExclusionSet(pub u64);

impl ExclusionSet {
    /// None of them.
    pub const EMPTY: ExclusionSet = ExclusionSet(0);

    /// The first `count` of them.
    pub fn first(count: usize) -> Self {
        if count >= MOST_EXCLUSIONS {
            return ExclusionSet(u64::MAX);
        }
        ExclusionSet((1 << count) - 1)
    }

    /// Whether the `index`-th is among them.
    pub fn contains(self, index: usize) -> bool {
        index < MOST_EXCLUSIONS && self.0 >> index & 1 == 1
    }

    /// Puts the `index`-th in or takes it out.
    pub fn toggle(&mut self, index: usize) {
        if index < MOST_EXCLUSIONS {
            self.0 ^= 1 << index;
        }
    }

    /// Puts the `index`-th in.
    pub fn insert(&mut self, index: usize) {
        if index < MOST_EXCLUSIONS {
            self.0 |= 1 << index;
        }
    }

    /// Those in both.
    #[must_use]
    pub fn and(self, other: ExclusionSet) -> Self {
        ExclusionSet(self.0 & other.0)
    }

    /// Those in either.
    #[must_use]
    pub fn or(self, other: ExclusionSet) -> Self {
        ExclusionSet(self.0 | other.0)
    }

    /// Those in this one only.
    #[must_use]
    pub fn without(self, other: ExclusionSet) -> Self {
        ExclusionSet(self.0 & !other.0)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The members by their places in another list, where the exclusions of those ids are there too.
    #[must_use]
    pub fn moved(self, from: &[Exclusion], to: &[Exclusion]) -> Self {
        let mut moved = ExclusionSet::EMPTY;
        for exclusion in self.iter().filter_map(|index| from.get(index)) {
            if let Some(place) = to.iter().position(|other| other.id == exclusion.id) {
                moved.insert(place);
            }
        }
        moved
    }

    /// The single member, where there is exactly one.
    pub fn only(self) -> Option<usize> {
        (self.0.is_power_of_two()).then(|| self.0.trailing_zeros() as usize)
    }

    /// The indices of its members, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            if bits == 0 {
                return None;
            }
            let index = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            Some(index)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_ids_in_another_list() {
        let built_in = crate::hunt::exclusion::built_in().expect("valid");
        let set = ExclusionSet(0b1011);
        let moved = set.moved(&built_in, &built_in[1..]);
        assert_eq!(moved.iter().collect::<Vec<_>>(), [0, 2]);
        assert_eq!(moved.moved(&built_in[1..], &built_in), ExclusionSet(0b1010));
    }

    #[test]
    fn sets_list_their_members() {
        let mut set = ExclusionSet::EMPTY;
        set.toggle(0);
        set.insert(63);
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63]);
        assert_eq!(set.only(), None);
        set.toggle(0);
        assert_eq!(set.only(), Some(63));
        assert_eq!(ExclusionSet::first(64).len(), 64);
    }
}
