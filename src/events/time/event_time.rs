//! A moment, and the hour in which it lies.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

/// A moment to the second: seconds since 1970, in UTC. Exports write up to seven more digits, which
/// stay in the cell; what they write in a local time is taken as it stands, since its zone is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventTime(i64);

impl EventTime {
    const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

    /// From seconds since 1970 in UTC.
    pub fn from_seconds(seconds: i64) -> Self {
        EventTime(seconds)
    }

    /// The second in which a moment lies, also before 1970, where jiff rounds up.
    pub fn from_timestamp(time: Timestamp) -> Self {
        EventTime(time.as_second() - i64::from(time.subsec_nanosecond() < 0))
    }

    /// The second in which a date and time in UTC lies.
    pub fn from_civil(civil: DateTime) -> Self {
        let since = civil.duration_since(Self::EPOCH);
        EventTime(since.as_secs() - i64::from(since.subsec_nanos() < 0))
    }

    /// Seconds since 1970 in UTC.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// The hour it lies in.
    pub fn hour(self) -> Hour {
        Hour(self.0.div_euclid(3600) as i32)
    }

    /// The civil date and time, for showing.
    pub fn civil(self) -> DateTime {
        Self::EPOCH.saturating_add(SignedDuration::from_secs(self.0))
    }
}

/// An hour in UTC: hours since 1970. The time resolution of the cube.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(pub i32);

impl Hour {
    /// The day it lies in: days since 1970.
    pub fn day(self) -> i32 {
        self.0.div_euclid(24)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_before_1970_round_down() {
        assert_eq!(EventTime::from_seconds(-1).hour(), Hour(-1));
        assert_eq!(Hour(-1).day(), -1);
    }

    #[test]
    fn any_number_of_seconds_can_be_shown() {
        let shown = |seconds| EventTime::from_seconds(seconds).civil().to_string();
        assert_eq!(shown(-1), "1969-12-31T23:59:59");
        assert_eq!(shown(i64::MAX), DateTime::MAX.to_string());
        assert_eq!(shown(i64::MIN), DateTime::MIN.to_string());
    }
}
