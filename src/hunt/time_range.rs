//! Time ranges as people write and read them. A range is of whole hours, the resolution of the cube; one
//! that is open at an end reaches to the first or the last hour there is.

use crate::events::time::{EventTime, Hour};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Hours of a day.
const DAY: i64 = 24;

/// An end of a range as it is asked for: a day, or the moment at which an hour begins, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A whole day, given by its first hour.
    Day(Hour),
    /// A moment.
    Moment(Hour),
}

/// A text that names no end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableBound {
    /// It is no date and no time.
    #[error("write a day (2026-11-03) or a time (2026-11-03T14:00Z, 2026-11-03T16:00+02:00)")]
    NoTime,
    /// It does not lie between two hours.
    #[error("emails are counted by the hour in UTC: write a full hour, such as {}", written(*.0))]
    WithinAnHour(Hour),
}

/// A range that ends before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the time range is empty: it must end after it begins")]
pub struct EmptyRange;

impl FromStr for Bound {
    type Err = UnusableBound;

    fn from_str(text: &str) -> Result<Self, UnusableBound> {
        let text = text.trim();
        // A date is tried first and only where nothing follows it: jiff would pass over a time.
        if !text.contains(['T', 't', ' ', ':'])
            && let Ok(date) = text.parse::<Date>()
        {
            return Ok(Bound::Day(hour_of(
                date.to_datetime(jiff::civil::Time::midnight()),
            )));
        }
        let civil = text
            .parse::<Timestamp>()
            .map(|time| Offset::UTC.to_datetime(time))
            .or_else(|_| text.parse::<DateTime>())
            .map_err(|_| UnusableBound::NoTime)?;
        let hour = hour_of(civil);
        if start_of(hour) != civil {
            return Err(UnusableBound::WithinAnHour(hour));
        }
        Ok(Bound::Moment(hour))
    }
}

fn hour_of(civil: DateTime) -> Hour {
    EventTime::from_civil(civil).hour()
}

/// The hours from one end to another: from the beginning of a day or the moment itself, to the end of a
/// day or up to the moment, which is not in it. `None` where neither is given.
///
/// # Errors
/// When there is no hour between them.
pub fn between(
    from: Option<Bound>,
    to: Option<Bound>,
) -> Result<Option<RangeInclusive<Hour>>, EmptyRange> {
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let first = from.map_or(i32::MIN, |from| match from {
        Bound::Day(hour) | Bound::Moment(hour) => hour.0,
    });
    let last = to.map_or(i32::MAX, |to| match to {
        Bound::Day(hour) => hour.0 + DAY as i32 - 1,
        Bound::Moment(hour) => hour.0 - 1,
    });
    if last < first {
        return Err(EmptyRange);
    }
    Ok(Some(Hour(first)..=Hour(last)))
}

/// The range for people: days, where it is of whole days, else hours; without years where `is_short`.
pub fn label(hours: &RangeInclusive<Hour>, is_short: bool) -> String {
    let (first, end) = (i64::from(hours.start().0), end_of(hours));
    let is_of_days = (is_open_before(hours) || first.rem_euclid(DAY) == 0)
        && (is_open_after(hours) || end.rem_euclid(DAY) == 0);
    let write = |hour: i64| {
        let format = match (is_of_days, is_short) {
            (true, true) => "%m-%d",
            (true, false) => "%Y-%m-%d",
            (false, true) => "%m-%d %Hh",
            (false, false) => "%Y-%m-%d %H:00",
        };
        moment(hour).strftime(format).to_string()
    };
    // Of days the last is named; of hours the moment at which the range ends.
    let last = if is_of_days { end - 1 } else { end };
    match (is_open_before(hours), is_open_after(hours)) {
        (true, true) => "all times".to_owned(),
        (true, false) => format!("until {}", write(last)),
        (false, true) => format!("from {}", write(first)),
        (false, false) if is_of_days && end - first == DAY => write(first),
        (false, false) if !is_of_days && moment(first).date() == moment(end).date() => {
            let format = if is_short { "%Hh" } else { "%H:00" };
            format!("{} → {}", write(first), moment(end).strftime(format))
        }
        (false, false) => format!("{} → {}", write(first), write(last)),
    }
}

/// The range for programs: an interval of ISO 8601, from its beginning up to its end, which is not in it;
/// `..` for an end that is open.
pub fn interval(hours: &RangeInclusive<Hour>) -> String {
    let written = |hour: i64| moment(hour).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let open = || "..".to_owned();
    let start = if is_open_before(hours) {
        open()
    } else {
        written(i64::from(hours.start().0))
    };
    let end = if is_open_after(hours) {
        open()
    } else {
        written(end_of(hours))
    };
    format!("{start}/{end}")
}

/// The hour after the last.
fn end_of(hours: &RangeInclusive<Hour>) -> i64 {
    i64::from(hours.end().0) + 1
}

/// Whether it has no beginning.
pub fn is_open_before(hours: &RangeInclusive<Hour>) -> bool {
    hours.start().0 == i32::MIN
}

/// Whether it has no end.
pub fn is_open_after(hours: &RangeInclusive<Hour>) -> bool {
    hours.end().0 == i32::MAX
}

/// The moment at which an hour begins.
pub fn start_of(hour: Hour) -> DateTime {
    moment(i64::from(hour.0))
}

fn moment(hour: i64) -> DateTime {
    EventTime::from_seconds(hour * 3600).civil()
}

fn written(hour: Hour) -> String {
    start_of(hour).strftime("%Y-%m-%dT%H:00Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn range(from: &str, to: &str) -> Option<RangeInclusive<Hour>> {
        let bound = |text: &str| (!text.is_empty()).then(|| text.parse().expect("a bound"));
        between(bound(from), bound(to)).expect("a range")
    }

    #[rstest]
    #[case(
        "2026-11-03",
        "2026-11-03",
        "2026-11-03T00:00:00Z/2026-11-04T00:00:00Z",
        "2026-11-03",
        "11-03"
    )]
    #[case(
        "2026-11-03",
        "2026-11-05",
        "2026-11-03T00:00:00Z/2026-11-06T00:00:00Z",
        "2026-11-03 → 2026-11-05",
        "11-03 → 11-05"
    )]
    #[case(
        "2026-11-03",
        "2026-11-05T00:00Z",
        "2026-11-03T00:00:00Z/2026-11-05T00:00:00Z",
        "2026-11-03 → 2026-11-04",
        "11-03 → 11-04"
    )]
    #[case(
        "2026-11-03T16:00+02:00",
        "2026-11-03 15:00",
        "2026-11-03T14:00:00Z/2026-11-03T15:00:00Z",
        "2026-11-03 14:00 → 15:00",
        "11-03 14h → 15h"
    )]
    #[case(
        "2026-11-03",
        "",
        "2026-11-03T00:00:00Z/..",
        "from 2026-11-03",
        "from 11-03"
    )]
    #[case(
        "",
        "1969-12-31T23:00:00Z",
        "../1969-12-31T23:00:00Z",
        "until 1969-12-31 23:00",
        "until 12-31 23h"
    )]
    fn ranges_are_read_and_written(
        #[case] from: &str,
        #[case] to: &str,
        #[case] for_programs: &str,
        #[case] long: &str,
        #[case] short: &str,
    ) {
        let hours = range(from, to).expect("one is given");
        assert_eq!(interval(&hours), for_programs);
        assert_eq!(label(&hours, false), long);
        assert_eq!(label(&hours, true), short);
    }

    #[rstest]
    #[case("yesterday")]
    #[case("")]
    #[case("2026-11-31")]
    #[case("2026-11-03T25:00Z")]
    #[case("03.11.2026")]
    fn what_is_no_time_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<Bound>(), Err(UnusableBound::NoTime));
    }

    #[rstest]
    #[case("2026-11-03T14:30Z")]
    #[case("2026-11-03T14:00:01Z")]
    #[case("2026-11-03T14:00:00.5Z")]
    #[case("2026-11-03T20:00+05:30")]
    fn a_time_within_an_hour_is_refused_with_a_full_one(#[case] text: &str) {
        let error = text.parse::<Bound>().expect_err("within an hour");
        assert!(error.to_string().ends_with("2026-11-03T14:00Z"), "{error}");
    }

    #[test]
    fn a_range_has_an_hour_at_least() {
        let bound = |text: &str| Some(text.parse().expect("a bound"));
        let noon = bound("2026-11-03T12:00Z");
        assert_eq!(between(noon, noon), Err(EmptyRange));
        assert_eq!(between(noon, bound("2026-11-02")), Err(EmptyRange));
        assert!(between(noon, bound("2026-11-03")).is_ok());
        assert_eq!(between(None, None), Ok(None));
    }

    #[test]
    fn the_ends_of_time_can_be_written() {
        for text in ["-009999-01-01", "9999-12-30"] {
            let hours = between(Some(text.parse().expect("a day")), None).expect("a range");
            assert!(interval(&hours.expect("given")).contains("9999"), "{text}");
        }
        assert_eq!(label(&(Hour(i32::MIN)..=Hour(i32::MAX)), true), "all times");
    }
}
