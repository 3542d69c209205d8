//! The times of events: parsing what exports write, and the hours in which the hunt counts.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A moment in UTC, to the second: seconds since 1970. Exports write up to seven more digits,
/// which stay in the cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventTime(i64);

impl EventTime {
    /// From seconds since 1970 in UTC.
    pub fn from_seconds(seconds: i64) -> Self {
        EventTime(seconds)
    }

    /// Seconds since 1970 in UTC.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// The hour it lies in.
    pub fn hour(self) -> Hour {
        Hour(self.0.div_euclid(3600) as i32)
    }

    /// The civil date and time in UTC, for showing.
    pub fn civil(self) -> DateTime {
        Timestamp::from_second(self.0).map_or(DateTime::MIN, |time| Offset::UTC.to_datetime(time))
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

/// Reads a time as the Defender portal, the streaming API and Kusto write it: ISO 8601 with up to
/// nine fraction digits, `T` or a blank between date and time, `Z`, an offset or nothing (then UTC).
///
/// `None` when it is none of these; an event is never dropped for its time.
pub fn parse(text: &[u8]) -> Option<EventTime> {
    let text = std::str::from_utf8(text).ok()?.trim();
    if text.is_empty() {
        return None;
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(to_the_second(time));
    }
    let civil = text.parse::<DateTime>().ok()?;
    let time = Offset::UTC.to_timestamp(civil).ok()?;
    Some(to_the_second(time))
}

/// The second in which a moment lies, also before 1970, where jiff rounds up.
fn to_the_second(time: Timestamp) -> EventTime {
    EventTime(time.as_second() - i64::from(time.subsec_nanosecond() < 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2023-10-18T15:45:07.9862755Z", Some(1_697_643_907))]
    #[case("2023-10-18T15:45:07Z", Some(1_697_643_907))]
    #[case("2023-10-18T17:45:07+02:00", Some(1_697_643_907))]
    #[case("2023-10-18 15:45:07.9862755", Some(1_697_643_907))]
    #[case("  2023-10-18T15:45:07 ", Some(1_697_643_907))]
    #[case("1969-12-31T23:59:59Z", Some(-1))]
    #[case("1969-12-31T23:59:59.5Z", Some(-1))]
    #[case("1969-12-31 22:59:59.9999999", Some(-3601))]
    #[case("", None)]
    #[case("yesterday", None)]
    #[case("2023-13-45T00:00:00Z", None)]
    fn times_as_exports_write_them(#[case] text: &str, #[case] seconds: Option<i64>) {
        assert_eq!(parse(text.as_bytes()).map(EventTime::seconds), seconds);
    }

    #[test]
    fn hours_before_1970_round_down() {
        assert_eq!(EventTime::from_seconds(-1).hour(), Hour(-1));
        assert_eq!(Hour(-1).day(), -1);
    }
}
