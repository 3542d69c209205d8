//! Time ranges as people write and read them. A range is of whole hours, the resolution of the cube.

use crate::events::time::{EventTime, Hour};
use jiff::civil::DateTime;
use std::ops::RangeInclusive;

/// Hours of a day.
const DAY: i32 = 24;

/// The range for people: days, where it is of whole days, else hours; without years where `is_short`.
pub fn label(hours: &RangeInclusive<Hour>, is_short: bool) -> String {
    let (first, end) = (hours.start().0, i64::from(hours.end().0) + 1);
    let is_of_days = is_midnight(i64::from(first)) && is_midnight(end);
    let write = |hour: Hour| {
        let format = match (is_of_days, is_short) {
            (true, true) => "%m-%d",
            (true, false) => "%Y-%m-%d",
            (false, true) => "%m-%d %Hh",
            (false, false) => "%Y-%m-%d %H:00",
        };
        start_of(hour).strftime(format).to_string()
    };
    // Of days the last is named; of hours the moment at which the range ends.
    let last = if is_of_days {
        *hours.end()
    } else {
        Hour(end.min(i64::from(i32::MAX)) as i32)
    };
    match (is_open_before(hours), is_open_after(hours)) {
        (true, true) => "all times".to_owned(),
        (true, false) => format!("until {}", write(last)),
        (false, true) => format!("from {}", write(*hours.start())),
        (false, false) if is_of_days && end - i64::from(first) == i64::from(DAY) => {
            write(*hours.start())
        }
        (false, false) => format!("{} → {}", write(*hours.start()), write(last)),
    }
}

/// An end that is left open counts as one of whole days.
fn is_midnight(hour: i64) -> bool {
    hour == i64::from(i32::MIN)
        || hour == i64::from(i32::MAX) + 1
        || hour.rem_euclid(i64::from(DAY)) == 0
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
    EventTime::from_seconds(i64::from(hour.0) * 3600).civil()
}
