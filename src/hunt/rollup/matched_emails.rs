//! The emails of each candidate that exclusions match, by what is known of each mask.

use super::Rollup;
use crate::hunt::exclusion::ExclusionSet;
use crate::hunt::matcher::Side;

/// The emails of one mask on one side.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) mask: ExclusionSet,
    pub(super) side: Side,
    pub(super) emails: Emails,
}

/// The emails of the candidates.
#[derive(Clone, Debug)]
pub(super) enum Emails {
    /// Of each of them.
    OfEach(Vec<u32>),
    /// Of those that have any, with their places.
    OfSome(Vec<(u32, u32)>),
    /// The same, of very many emails.
    Many(Vec<(u32, u64)>),
}

/// Candidates that are looked at at a time.
const PORTION: usize = 1 << 10;

/// Where one of so many candidates has emails of a mask, their number is kept for each: added up quickly.
const DENSE: usize = 6;

impl Emails {
    /// Of those that have any, with their places among so many, ascending.
    pub(super) fn of(some: Vec<(u32, u64)>, candidates: usize) -> Self {
        let small = some
            .iter()
            .map(|&(place, emails)| Some((place, u32::try_from(emails).ok()?)));
        let Some(small) = small.collect::<Option<Vec<(u32, u32)>>>() else {
            return Emails::Many(some);
        };
        if small.len() * DENSE < candidates {
            return Emails::OfSome(small);
        }
        let mut each = vec![0; candidates];
        for (place, emails) in small {
            each[place as usize] = emails;
        }
        Emails::OfEach(each)
    }

    /// Adds those of the candidates from a place on, as many as there are sums.
    fn add_to(&self, sums: &mut [u64], first: usize) {
        match self {
            Emails::OfEach(each) => {
                for (sum, emails) in sums.iter_mut().zip(&each[first..]) {
                    *sum += u64::from(*emails);
                }
            }
            Emails::OfSome(some) => {
                for &(place, emails) in among(some, first, sums.len()) {
                    sums[place as usize - first] += u64::from(emails);
                }
            }
            Emails::Many(some) => {
                for &(place, emails) in among(some, first, sums.len()) {
                    sums[place as usize - first] += emails;
                }
            }
        }
    }
}

/// What belongs to so many places from the first on, of what ascends by place.
fn among<T>(some: &[(u32, T)], first: usize, places: usize) -> &[(u32, T)] {
    let before = |end: usize| some.partition_point(|(place, _)| (*place as usize) < end);
    &some[before(first)..before(first + places)]
}

impl Rollup {
    /// Goes through the candidates in portions that fit a cache. `look` is given the outbound and the threat emails
    /// of each candidate of a portion, and those of them that these exclusions match.
    pub(in crate::hunt) fn matched_emails(
        &self,
        active: ExclusionSet,
        mut look: impl FnMut([&[u64]; 2], [&[u64]; 2]),
    ) {
        let columns = self.columns.iter();
        let columns: Vec<&Column> = columns
            .filter(|column| !column.mask.and(active).is_empty())
            .collect();
        let mut matched = [[0; PORTION]; 2];
        for first in (0..self.candidates.len()).step_by(PORTION) {
            let places = PORTION.min(self.candidates.len() - first);
            for column in &columns {
                let matched = &mut matched[column.side as usize][..places];
                column.emails.add_to(matched, first);
            }
            let all = [0, 1].map(|side| &self.emails[side][first..first + places]);
            look(all, [&matched[0][..places], &matched[1][..places]]);
            matched = [[0; PORTION]; 2];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn portions_are_together_what_there_is(
            emails in prop::collection::vec(
                prop_oneof![3 => Just(0_u64), 1 => 1_u64..9, 1 => Just(u64::from(u32::MAX) + 1)], 1..80,
            ),
            has_huge: bool,
            apart in 1..40_usize,
            portion in 1..900_usize,
        ) {
            let candidates = emails.len() * apart;
            let mut expected = vec![0; candidates];
            for (place, emails) in emails.into_iter().enumerate() {
                if has_huge || u32::try_from(emails).is_ok() {
                    expected[place * apart] = emails;
                }
            }
            let some = (0..).zip(&expected).filter(|(_, emails)| **emails > 0);
            let some = Emails::of(some.map(|(place, emails)| (place, *emails)).collect(), candidates);
            let mut sums = vec![0; candidates];
            for (number, sums) in sums.chunks_mut(portion).enumerate() {
                some.add_to(sums, number * portion);
            }
            prop_assert_eq!(sums, expected);
        }
    }
}
