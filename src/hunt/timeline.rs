//! When the threat emails of many domains came, for people to look at and to choose a time range from. It
//! shows all times, whatever range is chosen: what lies beside a range is seen beside it.

use crate::events::time::Hour;
use std::ops::RangeInclusive;

/// The threat emails of some domains by hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Ascending; hours without any are left out.
    pub by_hour: Vec<(Hour, u64)>,
    /// Those whose time is not known.
    pub without_time: u64,
}

impl Timeline {
    /// The threat emails of each bar of a scale.
    pub fn bars(&self, scale: &Scale) -> Vec<u64> {
        let mut bars = vec![0; scale.bars];
        for &(hour, emails) in &self.by_hour {
            if let Some(bar) = bars.get_mut(scale.bar_of(hour)) {
                *bar += emails;
            }
        }
        bars
    }
}

/// How hours lie on a line of bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The first hour of the first bar, as [`Hour`] counts.
    first: i64,
    /// The hours of a bar.
    pub hours_per_bar: i64,
    /// How many bars there are; at least one.
    pub bars: usize,
}

/// The hours a bar may have where the bars are few enough, else it has as many days as needed.
const HOURS_PER_BAR: [u64; 8] = [1, 2, 3, 6, 12, 24, 48, 7 * 24];

impl Scale {
    /// From the day of the first hour to the last hour, in as many bars as there is room for; `None`
    /// where there is no room.
    pub fn fitting((first, last): (Hour, Hour), room: usize) -> Option<Self> {
        if room == 0 {
            return None;
        }
        let first = i64::from(first.day()) * 24;
        let hours = (i64::from(last.0) - first + 1).max(1).unsigned_abs();
        let room = room as u64;
        let hours_per_bar = HOURS_PER_BAR
            .into_iter()
            .find(|unit| hours.div_ceil(*unit) <= room)
            .unwrap_or(hours.div_ceil(24 * room) * 24);
        Some(Scale {
            first,
            hours_per_bar: hours_per_bar as i64,
            bars: hours.div_ceil(hours_per_bar) as usize,
        })
    }

    /// The bar an hour lies in; the nearest for one beyond the ends.
    pub fn bar_of(&self, hour: Hour) -> usize {
        let bar = (i64::from(hour.0) - self.first).div_euclid(self.hours_per_bar);
        bar.clamp(0, self.bars as i64 - 1) as usize
    }

    /// The hours from one bar to another, in whichever order.
    pub fn hours(&self, one: usize, other: usize) -> RangeInclusive<Hour> {
        let start = |bar: usize| {
            let start = self.first + bar as i64 * self.hours_per_bar;
            start.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
        };
        let (first, last) = (one.min(other), one.max(other));
        Hour(start(first))..=Hour(start(last + 1).saturating_sub(1))
    }

    /// The bars that a range reaches into; `None` when it lies beside all of them.
    pub fn bars_in(&self, hours: &RangeInclusive<Hour>) -> Option<RangeInclusive<usize>> {
        let all = self.hours(0, self.bars - 1);
        let is_beside = hours.end() < all.start() || hours.start() > all.end();
        (!is_beside).then(|| self.bar_of(*hours.start())..=self.bar_of(*hours.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_hour_lies_in_the_bar_whose_hours_hold_it(
            first in -800_000_i32..800_000,
            length in prop_oneof![0_i32..100, 0_i32..20_000, 0_i32..90_000_000],
            room in 1_usize..200,
            at in 0.0_f64..=1.0,
        ) {
            let last = Hour(first + length);
            let scale = Scale::fitting((Hour(first), last), room).expect("room");
            prop_assert!(scale.bars >= 1 && scale.bars <= room);
            let hour = Hour(first + (f64::from(length) * at) as i32);
            let bar = scale.bar_of(hour);
            let hours = scale.hours(bar, bar);
            prop_assert!(hours.contains(&hour));
            prop_assert_eq!(i64::from(hours.end().0 - hours.start().0 + 1), scale.hours_per_bar);
            prop_assert_eq!(scale.bars_in(&hours), Some(bar..=bar));
            // The bars reach from the first to the last without a gap.
            prop_assert_eq!(scale.bar_of(last), scale.bars - 1);
            if bar > 0 {
                let before = scale.hours(bar - 1, bar - 1);
                prop_assert_eq!(before.end().0 + 1, hours.start().0);
                prop_assert_eq!(scale.hours(bar, bar - 1), *before.start()..=*hours.end());
            }
        }

        #[test]
        fn no_email_is_lost_between_the_bars(
            by_hour in proptest::collection::btree_map(0_i32..3000, 1_u64..9, 1..40),
            room in 1_usize..80,
        ) {
            let timeline = Timeline {
                by_hour: by_hour.iter().map(|(&hour, &emails)| (Hour(hour), emails)).collect(),
                without_time: 0,
            };
            let (first, last) = (timeline.by_hour[0].0, timeline.by_hour[timeline.by_hour.len() - 1].0);
            let scale = Scale::fitting((first, last), room).expect("room");
            let bars = timeline.bars(&scale);
            prop_assert_eq!(bars.iter().sum::<u64>(), by_hour.values().sum::<u64>());
            for (bar, emails) in bars.iter().enumerate() {
                let hours = scale.hours(bar, bar);
                let in_it = by_hour.iter().filter(|(hour, _)| hours.contains(&Hour(**hour)));
                prop_assert_eq!(*emails, in_it.map(|(_, emails)| emails).sum::<u64>());
            }
        }
    }

    #[test]
    fn a_range_beside_the_bars_is_in_none() {
        let scale = Scale::fitting((Hour(0), Hour(47)), 60).expect("room");
        assert_eq!(scale.bars, 48);
        assert_eq!(scale.bars_in(&(Hour(48)..=Hour(99))), None);
        assert_eq!(scale.bars_in(&(Hour(i32::MIN)..=Hour(-1))), None);
        assert_eq!(
            scale.bars_in(&(Hour(i32::MIN)..=Hour(i32::MAX))),
            Some(0..=47)
        );
        assert_eq!(Scale::fitting((Hour(0), Hour(1)), 0), None);
    }
}
