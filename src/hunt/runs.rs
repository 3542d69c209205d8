//! Sorted runs: entries that come in any order, kept sorted at little cost for each, and shared with
//! those who look at them while more come.
//!
//! Runs of like length become one, so that there are only a few and each entry is moved seldom: a
//! log-structured merge.

use std::sync::Arc;

/// A run stays apart from the one after it while it is longer than so many times that one.
const FACTOR: usize = 2;

/// What a run is made of.
pub trait Entry: Copy {
    /// Its place in a run. It is asked for at each comparison: numbers are quicker than what has to be compared
    /// part by part.
    type Key: Ord;

    /// That of this entry.
    fn key(&self) -> Self::Key;

    /// Takes in the next entry, if the two can be one.
    fn absorb(&mut self, next: &Self) -> bool;

    /// Whether it says nothing any more.
    fn is_nothing(&self) -> bool;
}

/// Runs of entries, each sorted.
#[derive(Clone, Debug)]
pub struct Runs<T>(Vec<Arc<Vec<T>>>);

impl<T> Default for Runs<T> {
    fn default() -> Self {
        Runs(Vec::new())
    }
}

impl<T: Entry> Runs<T> {
    /// Adds entries in any order.
    pub fn add(&mut self, mut entries: Vec<T>) {
        sort(&mut entries);
        self.add_sorted(entries);
    }

    /// Adds entries that [`sort`] has put in order.
    pub fn add_sorted(&mut self, entries: Vec<T>) {
        if entries.is_empty() {
            return;
        }
        self.0.push(Arc::new(entries));
        while let [.., before, last] = &self.0[..]
            && before.len() <= FACTOR * last.len()
        {
            self.merge_last();
        }
    }

    /// Makes one run of all.
    pub fn merge_all(&mut self) {
        while self.0.len() > 1 {
            self.merge_last();
        }
    }

    fn merge_last(&mut self) {
        if let (Some(last), Some(before)) = (self.0.pop(), self.0.pop()) {
            self.0.push(Arc::new(merged(&before, &last)));
        }
    }

    /// Changes entries in what makes no difference to their places.
    pub fn change(&mut self, change: impl Fn(&mut T)) {
        for run in &mut self.0 {
            Arc::make_mut(run).iter_mut().for_each(&change);
        }
    }

    /// The runs.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        self.0.iter().map(|run| run.as_slice())
    }

    /// The entries of all runs.
    pub fn len(&self) -> usize {
        self.iter().map(<[T]>::len).sum()
    }

    /// Keeps some of the entries, in one run.
    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.merge_all();
        let kept: Vec<T> = self
            .iter()
            .flatten()
            .filter(|&it| keep(it))
            .copied()
            .collect();
        self.0.clear();
        self.add_sorted(kept);
    }
}

/// Sorts entries, and makes one of those that can be.
pub fn sort<T: Entry>(entries: &mut Vec<T>) {
    entries.sort_unstable_by_key(T::key);
    entries.dedup_by(|next, kept| kept.absorb(next));
    entries.retain(|entry| !entry.is_nothing());
}

fn merged<T: Entry>(one: &[T], other: &[T]) -> Vec<T> {
    let mut all: Vec<T> = Vec::with_capacity(one.len() + other.len());
    let mut push = |entry: T| {
        let is_absorbed = all.last_mut().is_some_and(|last| last.absorb(&entry));
        if !is_absorbed {
            all.push(entry);
        } else if all.last().is_some_and(T::is_nothing) {
            all.pop();
        }
    };
    let (mut first, mut second) = (0, 0);
    while let (Some(a), Some(b)) = (one.get(first), other.get(second)) {
        if b.key() < a.key() {
            push(*b);
            second += 1;
        } else {
            push(*a);
            first += 1;
        }
    }
    for entry in one[first..].iter().chain(&other[second..]) {
        push(*entry);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A place, and how many there are.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Amount(u8, i32);

    impl Entry for Amount {
        type Key = u8;

        fn key(&self) -> u8 {
            self.0
        }

        fn absorb(&mut self, next: &Self) -> bool {
            let is_same = self.0 == next.0;
            if is_same {
                self.1 += next.1;
            }
            is_same
        }

        fn is_nothing(&self) -> bool {
            self.1 == 0
        }
    }

    proptest! {
        #[test]
        fn merged_runs_are_the_sums_of_what_was_added(
            parts in prop::collection::vec(prop::collection::vec((0_u8..20, -2_i32..3), 0..40), 0..12),
        ) {
            let mut runs = Runs::default();
            let mut sums = std::collections::BTreeMap::new();
            for part in &parts {
                runs.add(part.iter().map(|&(place, amount)| Amount(place, amount)).collect());
                for &(place, amount) in part {
                    *sums.entry(place).or_insert(0) += amount;
                }
            }
            let lengths: Vec<usize> = runs.iter().map(<[Amount]>::len).collect();
            prop_assert!(lengths.windows(2).all(|pair| pair[0] > FACTOR * pair[1]));
            runs.merge_all();
            let all: Vec<Amount> = runs.iter().flatten().copied().collect();
            let expected = sums.into_iter().filter(|(_, amount)| *amount != 0);
            let expected: Vec<Amount> = expected.map(|(place, amount)| Amount(place, amount)).collect();
            prop_assert_eq!(all, expected);
        }
    }
}
