//! The thirty days of the export, and when in them people, machines and strangers send mail.

use std::fmt;

use super::dice::{Dice, Weights};

/// A time in Kusto's ticks of 100 nanoseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

const SECOND: i64 = 10_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// Midnight of 2026-10-20, a Tuesday.
const FIRST_MIDNIGHT: i64 = 20_746 * DAY;
const TUESDAY: i64 = 1;

/// The hours that the export covers.
const HOURS: i64 = 30 * 24;

impl Moment {
    /// 2026-10-20 08:00, when the export begins.
    pub const START: Self = Self(FIRST_MIDNIGHT + 8 * HOUR);
    /// 2026-11-19 08:00, when it was taken.
    pub const END: Self = Self(Self::START.0 + HOURS * HOUR);

    /// `hour` of the day that comes `day` days after 2026-10-20.
    pub const fn on(day: i64, hour: i64) -> Self {
        Self(FIRST_MIDNIGHT + day * DAY + hour * HOUR)
    }

    /// So many seconds later.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * SECOND)
    }

    /// So many ticks later.
    pub const fn plus_ticks(self, ticks: i64) -> Self {
        Self(self.0 + ticks)
    }

    /// Ticks from `earlier` to this.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// A second and tick of the hour that begins here.
    pub fn within_hour(self, dice: &mut Dice) -> Self {
        let second = i64::from(dice.below(3_600));
        Self(self.0 + second * SECOND + i64::from(dice.below(SECOND as u32)))
    }

    /// Whether people are at work: Monday to Friday, 6 to 18 UTC.
    pub fn is_office_hour(self) -> bool {
        let ticks = self.0 - FIRST_MIDNIGHT;
        let weekday = (TUESDAY + ticks.div_euclid(DAY)).rem_euclid(7);
        let hour = ticks.rem_euclid(DAY) / HOUR;
        weekday < 5 && (6..18).contains(&hour)
    }

    /// When somebody answers a mail of this moment: in a day or so, and mostly not before being at
    /// work again.
    pub fn answered(self, dice: &mut Dice) -> Self {
        let ticks = i64::from(dice.below(SECOND as u32));
        let mut answer = self
            .plus_seconds(i64::from(dice.between(9 * 60, 30 * 3_600)))
            .plus_ticks(ticks);
        let patient = dice.chance(92);
        while patient && !answer.is_office_hour() {
            answer = answer.plus_seconds(i64::from(dice.between(3_600, 9 * 3_600)));
        }
        answer
    }
}

/// As the Defender portal writes it: `2026-10-20T08:45:07.9862755Z`.
impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanosecond = i128::from(self.0) * 100;
        let time = jiff::Timestamp::from_nanosecond(nanosecond).map_err(|_| fmt::Error)?;
        write!(formatter, "{time:.7}")
    }
}

/// How likely each hour of the export is.
#[derive(Clone, Debug)]
pub struct Rhythm(Weights);

impl Rhythm {
    /// People at work in Europe, with a few elsewhere and a few at the weekend.
    pub fn office() -> Self {
        const WORKDAY: [u32; 24] = [
            5, 3, 2, 2, 4, 12, 38, 90, 150, 165, 152, 130, 104, 138, 150, 134, 96, 60, 34, 22, 18,
            14, 10, 7,
        ];
        Self::of_hours(WORKDAY, 6)
    }

    /// Senders all over the world, who work at night and at weekends too.
    pub fn world() -> Self {
        const WORKDAY: [u32; 24] = [
            40, 36, 34, 36, 42, 50, 66, 84, 96, 100, 98, 92, 88, 92, 98, 96, 88, 80, 72, 66, 60,
            54, 48, 44,
        ];
        Self::of_hours(WORKDAY, 50)
    }

    /// Machines, which have no weekend but run more of their jobs at night.
    pub fn machines() -> Self {
        const EVERY_DAY: [u32; 24] = [
            90, 70, 100, 80, 70, 60, 60, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 60,
            60, 70, 80,
        ];
        Self::of_hours(EVERY_DAY, 100)
    }

    fn of_hours(workday: [u32; 24], weekend_percent: u32) -> Self {
        Self(Weights::new((0..HOURS).map(|hour| {
            let since_midnight = 8 + hour;
            let weight = workday[(since_midnight % 24) as usize];
            let weekday = (TUESDAY + since_midnight / 24) % 7;
            if weekday < 5 {
                weight * 100
            } else {
                weight * weekend_percent
            }
        })))
    }

    /// A moment of the export.
    pub fn moment(&self, dice: &mut Dice) -> Moment {
        let hour = self.0.draw(dice) as i64;
        Moment(Moment::START.0 + hour * HOUR).within_hour(dice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_portal_does() {
        assert_eq!(Moment::START.to_string(), "2026-10-20T08:00:00.0000000Z");
        assert_eq!(Moment::END.to_string(), "2026-11-19T08:00:00.0000000Z");
        assert_eq!(
            Moment::START
                .plus_seconds(2_707)
                .plus_ticks(9_862_755)
                .to_string(),
            "2026-10-20T08:45:07.9862755Z"
        );
    }

    #[test]
    fn weekends_are_known() {
        assert!(Moment::on(0, 9).is_office_hour(), "a Tuesday");
        assert!(!Moment::on(4, 9).is_office_hour(), "a Saturday");
        assert!(!Moment::on(0, 3).is_office_hour(), "night");
    }
}
