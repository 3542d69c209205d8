//! Emails added up by hour, quickly where the hours lie close together, as those of an export do.

use crate::events::time::Hour;
use hashbrown::HashMap;

/// Hours that are looked up in a table before it is seen whether they lie close together.
const FEW_HOURS: usize = 64;

/// Numbers by hour stand without a gap where up to so many places are enough for each hour that has one.
pub(super) const PLACES_AN_HOUR: usize = 8;

/// Numbers of emails by hour, which may be less than nothing while they are added up.
#[derive(Debug, Default)]
pub(super) struct HourSums {
    /// The hour of the first sum that stands without a gap.
    first: i32,
    near: Vec<i64>,
    far: HashMap<Hour, i64>,
    /// With more than so many of these it is seen again whether all can stand without a gap.
    most_far: usize,
}

impl HourSums {
    /// Adds emails of an hour.
    #[inline]
    pub(super) fn add(&mut self, hour: Hour, emails: i64) {
        let place = usize::try_from(i64::from(hour.0) - i64::from(self.first));
        if let Ok(place) = place
            && let Some(sum) = self.near.get_mut(place)
        {
            *sum += emails;
            return;
        }
        *self.far.entry(hour).or_default() += emails;
        if self.far.len() > self.most_far.max(FEW_HOURS) {
            self.close_gaps();
        }
    }

    /// Puts all sums without a gap, if there is little between them.
    fn close_gaps(&mut self) {
        let sums: Vec<(Hour, i64)> = self.iter().collect();
        let hours = || sums.iter().map(|(hour, _)| hour.0);
        let (Some(first), Some(last)) = (hours().min(), hours().max()) else {
            return;
        };
        // So that it is seldom done, however many hours come.
        self.most_far = sums.len();
        let places = (i64::from(last) - i64::from(first)) as usize + 1;
        if places > PLACES_AN_HOUR * sums.len() {
            return;
        }
        self.first = first;
        self.near = vec![0; places];
        self.far.clear();
        for (hour, emails) in sums {
            self.near[(hour.0 - first) as usize] = emails;
        }
    }

    /// The hours with their sums, in no order; those whose sum is nothing may be left out.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Hour, i64)> {
        let near = self.near.iter().zip(0..);
        let near = near.filter(|(emails, _)| **emails != 0);
        let near = near.map(|(emails, place)| (Hour(self.first + place), *emails));
        near.chain(self.far.iter().map(|(hour, emails)| (*hour, *emails)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn hour() -> impl Strategy<Value = i32> {
        prop_oneof![
            5 => 480_000..480_700_i32,
            1 => 470_000..490_000_i32,
            1 => prop::sample::select(&[i32::MIN + 1, -1, 0, i32::MAX][..]),
        ]
    }

    proptest! {
        #[test]
        fn sums_are_those_of_what_was_added(
            added in prop::collection::vec((hour(), -1_i64..4), 0..900),
        ) {
            let mut sums = HourSums::default();
            let mut expected: BTreeMap<i32, i64> = BTreeMap::new();
            for (hour, emails) in added {
                sums.add(Hour(hour), emails);
                *expected.entry(hour).or_default() += emails;
            }
            expected.retain(|_, emails| *emails != 0);
            let told = sums.iter().filter(|(_, emails)| *emails != 0);
            let told: Vec<(i32, i64)> = told.map(|(hour, emails)| (hour.0, emails)).collect();
            prop_assert_eq!(told.len(), expected.len());
            prop_assert_eq!(told.into_iter().collect::<BTreeMap<_, _>>(), expected);
        }
    }

    #[test]
    fn hours_of_a_month_stand_without_a_gap_and_far_ones_take_no_memory() {
        let mut sums = HourSums::default();
        for round in 0..3 {
            for hour in 0..720 {
                sums.add(Hour(480_000 + (hour * 7 + round) % 720), 1);
            }
        }
        assert!(sums.far.len() <= sums.near.len() / 2 && sums.near.len() <= 720);
        let mut far = HourSums::default();
        (0..10_000).for_each(|hour| far.add(Hour(hour * 1000), 1));
        assert_eq!((far.near.len(), far.far.len()), (0, 10_000));
    }
}
