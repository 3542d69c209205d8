//! The emails of each candidate, and those of them that exclusions match, by what is known of each mask.

use crate::hunt::exclusion::ExclusionSet;
use crate::hunt::side::Side;
use std::fmt::Debug;
use std::ops::{AddAssign, Sub};

/// Numbers of emails of the candidates.
#[derive(Clone, Debug)]
pub(in crate::hunt) enum Emails {
    /// As numbers are: the less is moved, the sooner a switch is answered.
    Usual(OfCandidates<u32>),
    /// Where a candidate has more.
    VeryMany(OfCandidates<u64>),
}

/// A number of emails.
pub(in crate::hunt) trait Amount:
    Copy + Debug + Default + PartialEq + Into<u64> + AddAssign + Sub<Output = Self>
{
}

impl Amount for u32 {}
impl Amount for u64 {}

/// Something of the outbound emails and of the threats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::hunt) struct Sides<T> {
    pub(in crate::hunt) outbound: T,
    pub(in crate::hunt) threats: T,
}

/// What is known of the emails of the candidates.
#[derive(Clone, Debug)]
pub(in crate::hunt) struct OfCandidates<T> {
    /// All of each, on both sides.
    all: [Vec<T>; 2],
    columns: Vec<Column<T>>,
}

/// The emails of one mask on one side.
#[derive(Clone, Debug)]
struct Column<T> {
    mask: ExclusionSet,
    side: Side,
    emails: OfMask<T>,
}

#[derive(Clone, Debug)]
enum OfMask<T> {
    /// Of each candidate.
    OfEach(Vec<T>),
    /// Of those that have any, with their places.
    OfSome(Vec<(u32, T)>),
}

/// Emails of one mask on one side, of those candidates that have any, with their places, which ascend.
pub(super) type EmailsOfMask = (ExclusionSet, Side, Vec<(u32, u64)>);

/// Candidates that are looked at at a time.
const PORTION: usize = 1 << 10;

/// Where one of so many candidates has emails of a mask, their number is kept for each: added up quickly.
const DENSE: usize = 6;

impl Default for Emails {
    fn default() -> Self {
        Emails::Usual(OfCandidates {
            all: [Vec::new(), Vec::new()],
            columns: Vec::new(),
        })
    }
}

impl Emails {
    /// Of the emails of each candidate on both sides, the most there are, and the emails of each mask.
    pub(super) fn of(all: &[Vec<u64>; 2], most: [u64; 2], columns: Vec<EmailsOfMask>) -> Self {
        if most.iter().all(|most| u32::try_from(*most).is_ok()) {
            Emails::Usual(OfCandidates::of(all, columns, |emails| emails as u32))
        } else {
            Emails::VeryMany(OfCandidates::of(all, columns, |emails| emails))
        }
    }
}

impl<T: Amount> OfCandidates<T> {
    fn of(all: &[Vec<u64>; 2], columns: Vec<EmailsOfMask>, amount: fn(u64) -> T) -> Self {
        let candidates = all[0].len();
        let columns = columns.into_iter().map(|(mask, side, emails)| {
            let emails = emails.into_iter();
            let emails = emails.map(|(place, emails)| (place, amount(emails)));
            Column {
                mask,
                side,
                emails: OfMask::of(emails.collect(), candidates),
            }
        });
        OfCandidates {
            all: [0, 1].map(|side| all[side].iter().map(|emails| amount(*emails)).collect()),
            columns: columns.collect(),
        }
    }

    /// Goes through the candidates in portions that fit a cache. `look` is given the outbound and the threat emails
    /// of each candidate of a portion, and those of them that these exclusions match.
    pub(in crate::hunt) fn matched(
        &self,
        active: ExclusionSet,
        mut look: impl FnMut(Sides<&[T]>, Sides<&[T]>),
    ) {
        let columns = self.columns.iter();
        let columns = columns.filter(|column| !column.mask.and(active).is_empty());
        let mut columns: Vec<(usize, Rest<'_, T>)> = columns
            .map(|column| (column.side as usize, column.emails.all()))
            .collect();
        let mut matched = [[T::default(); PORTION]; 2];
        let candidates = self.all[0].len();
        for first in (0..candidates).step_by(PORTION) {
            let places = first..candidates.min(first + PORTION);
            for (side, rest) in &mut columns {
                rest.add_next(&mut matched[*side][..places.len()], first);
            }
            let [outbound, threats] = &self.all;
            let all = Sides {
                outbound: &outbound[places.clone()],
                threats: &threats[places.clone()],
            };
            let [outbound, threats] = &matched;
            let matched_of_all = Sides {
                outbound: &outbound[..places.len()],
                threats: &threats[..places.len()],
            };
            look(all, matched_of_all);
            matched = [[T::default(); PORTION]; 2];
        }
    }
}

impl<T: Amount> OfMask<T> {
    /// Of those that have any, with their places among so many, ascending.
    fn of(some: Vec<(u32, T)>, candidates: usize) -> Self {
        if some.len() * DENSE < candidates {
            return OfMask::OfSome(some);
        }
        let mut each = vec![T::default(); candidates];
        for (place, emails) in some {
            each[place as usize] = emails;
        }
        OfMask::OfEach(each)
    }

    fn all(&self) -> Rest<'_, T> {
        match self {
            OfMask::OfEach(each) => Rest::OfEach(each),
            OfMask::OfSome(some) => Rest::OfSome(some),
        }
    }
}

/// The emails of a mask that were not added yet.
enum Rest<'c, T> {
    OfEach(&'c [T]),
    OfSome(&'c [(u32, T)]),
}

impl<T: Amount> Rest<'_, T> {
    /// Adds those of the next candidates, of which the first has this place, to as many sums.
    fn add_next(&mut self, sums: &mut [T], first: usize) {
        match self {
            Rest::OfEach(each) => {
                let (next, rest) = each.split_at(sums.len());
                for (sum, emails) in sums.iter_mut().zip(next) {
                    *sum += *emails;
                }
                *each = rest;
            }
            Rest::OfSome(some) => {
                while let Some((&(place, emails), rest)) = some.split_first()
                    && let Some(sum) = sums.get_mut(place as usize - first)
                {
                    *sum += emails;
                    *some = rest;
                }
            }
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
        ) {
            let candidates = emails.len() * apart;
            let mut expected = vec![0; candidates];
            for (place, emails) in emails.into_iter().enumerate() {
                if has_huge || u32::try_from(emails).is_ok() {
                    expected[place * apart] = emails;
                }
            }
            let most = [0, expected.iter().copied().max().unwrap_or_default()];
            let some = (0..).zip(&expected).filter(|(_, emails)| **emails > 0);
            let some = some.map(|(place, emails)| (place, *emails)).collect();
            let (mut one, mut other) = (ExclusionSet::EMPTY, ExclusionSet::EMPTY);
            one.insert(1);
            other.insert(2);
            let columns = vec![
                (one, Side::Threat, some),
                (other, Side::Outbound, vec![(candidates as u32 - 1, 1)]),
            ];
            let emails = Emails::of(&[vec![1; candidates], expected.clone()], most, columns);
            let (mut of_one, mut of_other) = (Vec::new(), 0);
            match &emails {
                Emails::Usual(emails) => {
                    prop_assert!(u32::try_from(most[1]).is_ok());
                    emails.matched(one, |_, matched| {
                        of_one.extend(matched.threats.iter().map(|emails| u64::from(*emails)));
                    });
                    emails.matched(other, |all, matched| {
                        assert_eq!(all.outbound.len(), matched.outbound.len());
                        assert_eq!(all.threats.len(), matched.threats.len());
                        assert!(matched.threats.iter().all(|emails| *emails == 0));
                        of_other += matched.outbound.iter().sum::<u32>();
                    });
                    prop_assert_eq!(of_other, 1);
                }
                Emails::VeryMany(emails) => emails.matched(one, |all, matched| {
                    assert_eq!(all.threats, matched.threats);
                    assert!(matched.outbound.iter().all(|emails| *emails == 0));
                    of_one.extend_from_slice(matched.threats);
                }),
            }
            prop_assert_eq!(of_one, expected);
        }
    }
}
