//! Reads times as exports write them.
//!
//! | Written by | Such as |
//! |---|---|
//! | Defender portal, streaming, REST | `2023-10-18T15:45:07.9862755Z`, with an offset, or with neither (then UTC) |
//! | Kusto as CSV | `2025-11-21 19:45:18.0766240` |
//! | Log Analytics portal | `6/11/2023, 5:40:00 PM`, `2/25/2025, 9:19:25.391 AM` |
//! | Defender portal in a local time | `13/03/2024, 3:40:13.988 pm`, `May 7, 2024 6:41:33 PM` |
//!
//! Slashed dates may have the day or the month first, clocks 12 or 24 hours, with seconds or without.
//! Numbers alone are no times: no export writes them so, and which unit they count would be a guess.

use super::date_order::DateOrder;
use super::event_time::EventTime;
use super::plain;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::{self, BrokenDownTime};

/// The longest cell that is looked at, in bytes; a time is far shorter in every spelling.
const LONGEST: usize = 128;

/// What a cell says of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// One moment, whether the day or the month comes first.
    Certain(EventTime),
    /// A slashed date which is one in this order only: it shows the order of its file.
    Proof(EventTime, DateOrder),
    /// A slashed date which each order reads as another.
    Ambiguous {
        /// With the month first.
        month_first: EventTime,
        /// With the day first.
        day_first: EventTime,
        /// Who mostly writes it so.
        habit: Habit,
    },
}

/// Who mostly writes a slashed date the way it is written, where its numbers do not tell the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// `6/11/2023, 5:40:00 PM`: the portals by default, with the month first.
    PortalsByDefault,
    /// `03/11/2026, 3:38:00.988 pm`: the portals in English where the day is first.
    DayFirst,
    /// Nobody in particular.
    Nobodys,
}

impl Reading {
    /// The moment, in a file whose dates have this order. A date that can be read in one order only is
    /// read in that one, whatever the others are: nothing about it is open.
    pub fn time(self, order: DateOrder) -> EventTime {
        match (self, order) {
            (Reading::Certain(time) | Reading::Proof(time, _), _) => time,
            (Reading::Ambiguous { month_first, .. }, DateOrder::MonthFirst) => month_first,
            (Reading::Ambiguous { day_first, .. }, DateOrder::DayFirst) => day_first,
        }
    }
}

/// Reads the time in a cell. `None` when it is in none of the spellings above.
pub fn read(cell: &[u8]) -> Option<Reading> {
    Reader::default().read(cell)
}

/// Reads times one after the other: it is quicker where those of one day follow each other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader(plain::Reader);

impl Reader {
    /// The same as [`read`].
    pub fn read(&mut self, cell: &[u8]) -> Option<Reading> {
        if cell.len() > LONGEST {
            return None;
        }
        match self.0.read(cell) {
            Some(time) => Some(Reading::Certain(time)),
            None => not_plain(cell),
        }
    }
}

fn not_plain(cell: &[u8]) -> Option<Reading> {
    let text = std::str::from_utf8(cell.trim_ascii()).ok()?;
    if text.as_bytes().get(4) == Some(&b'-') {
        return iso(text).map(Reading::Certain);
    }
    localised(text)
}

/// What a time that can be read says beyond its second, in the 100 nanoseconds that Kusto counts; 0 where it
/// says no more.
pub fn fraction_of_second(cell: &[u8]) -> u32 {
    let Some(point) = memchr::memchr(b'.', cell) else {
        return 0;
    };
    let digits = cell[point + 1..].iter();
    let digits = digits.take_while(|digit| digit.is_ascii_digit());
    let digits = digits.chain(std::iter::repeat(&b'0')).take(7);
    digits.fold(0, |ticks, digit| ticks * 10 + u32::from(digit - b'0'))
}

/// A time as people of some country write it.
fn localised(text: &str) -> Option<Reading> {
    // Browsers write these blanks before AM and PM.
    let text = text.replace(['\u{202f}', '\u{a0}'], " ");
    let text = text.trim();
    if text.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return with_month_name(text).map(Reading::Certain);
    }
    slashed(text)
}

/// `2023-10-18T15:45:07.9862755Z` and the like.
fn iso(text: &str) -> Option<EventTime> {
    if (text.ends_with('Z') || has_offset(text))
        && let Ok(time) = text.parse::<Timestamp>()
    {
        return Some(EventTime::from_timestamp(time));
    }
    // jiff leaves a civil date room for any offset, so its instants end a day before Kusto's do.
    let civil = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    if has_offset(civil) || !civil.ends_with(|last: char| last.is_ascii_digit()) {
        return None;
    }
    civil.parse::<DateTime>().ok().map(EventTime::from_civil)
}

/// Whether an offset follows the clock. jiff would read a civil time without regard to it.
fn has_offset(text: &str) -> bool {
    let clock = text.as_bytes().get("2023-10-18".len()..);
    clock.is_some_and(|clock| memchr::memchr2(b'+', b'-', clock).is_some())
}

/// `May 7, 2024 6:41:33 PM`, with a comma before the clock or without any.
fn with_month_name(text: &str) -> Option<EventTime> {
    let text = text.replace(',', " ");
    let (date, length) = BrokenDownTime::parse_prefix("%b %d %Y", &text).ok()?;
    let date = date.to_date().ok().filter(|date| date.year() >= 1000)?;
    let clock = text.get(length..)?.strip_prefix(' ')?;
    Some(EventTime::from_civil(date.to_datetime(read_clock(clock)?)))
}

/// `6/11/2023, 5:40:00 PM` and `13/03/2024, 15:40:13`: numbers whose order the text does not tell, so
/// that no pattern of jiff's fits both.
fn slashed(text: &str) -> Option<Reading> {
    let (date, clock) = text.split_once([',', ' '])?;
    let mut numbers = date.split('/');
    let first = number(numbers.next()?, 1..=2)?;
    let second = number(numbers.next()?, 1..=2)?;
    let year = number(numbers.next()?, 4..=4)?;
    if numbers.next().is_some() {
        return None;
    }
    let clock = read_clock(clock.trim_start())?;
    let time = |month: i16, day: i16| {
        let date = Date::new(year, month as i8, day as i8).ok()?;
        Some(EventTime::from_civil(date.to_datetime(clock)))
    };
    let habit = habit(date, text);
    match (time(first, second), time(second, first)) {
        (None, None) => None,
        (Some(time), None) => Some(Reading::Proof(time, DateOrder::MonthFirst)),
        (None, Some(time)) => Some(Reading::Proof(time, DateOrder::DayFirst)),
        (Some(time), Some(same)) if time == same => Some(Reading::Certain(time)),
        (Some(month_first), Some(day_first)) => Some(Reading::Ambiguous {
            month_first,
            day_first,
            habit,
        }),
    }
}

/// Who mostly writes a time with such a date so: by the zeros of the date, and the letters of am and pm.
fn habit(date: &str, text: &str) -> Habit {
    let has_zeros = date.len() == "03/11/2026".len();
    let starts_with_zero = date.starts_with('0') || date.contains("/0");
    if has_zeros && text.ends_with('m') {
        Habit::DayFirst
    } else if !starts_with_zero && text.ends_with('M') {
        Habit::PortalsByDefault
    } else {
        Habit::Nobodys
    }
}

/// A number of so many digits, and of nothing else.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let is_number = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// A clock of 12 or 24 hours, with seconds and their fraction or without.
fn read_clock(text: &str) -> Option<Time> {
    let has_seconds = text.matches(':').count() > 1;
    let format = match (text.ends_with(['m', 'M']), has_seconds) {
        (true, true) => "%I:%M:%S%.f %p",
        (true, false) => "%I:%M %p",
        (false, true) => "%H:%M:%S%.f",
        (false, false) => "%H:%M",
    };
    strtime::parse(format, text).ok()?.to_time().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// The moment of a text that must not depend on the order.
    fn certain(text: &str) -> Option<String> {
        match read(text.as_bytes())? {
            Reading::Certain(time) => Some(time.civil().to_string()),
            other => Some(format!("{other:?}")),
        }
    }

    #[rstest]
    #[case("2023-10-18T15:45:07.9862755Z", "2023-10-18T15:45:07")]
    #[case("2023-10-18T15:45:07.986275512Z", "2023-10-18T15:45:07")]
    #[case("2023-10-18T15:45:07.9Z", "2023-10-18T15:45:07")]
    #[case("2023-10-18T15:45:07Z", "2023-10-18T15:45:07")]
    #[case("2023-10-18T15:45:07z", "2023-10-18T15:45:07")]
    #[case("2023-10-18T15:45Z", "2023-10-18T15:45:00")]
    #[case("2023-10-18T15:45:07+02:00", "2023-10-18T13:45:07")]
    #[case("2023-10-18T15:45:07.9862755-0730", "2023-10-18T23:15:07")]
    #[case("2023-10-18T15:45:07+00:00", "2023-10-18T15:45:07")]
    #[case("2023-10-18T15:45:07", "2023-10-18T15:45:07")]
    #[case("2023-10-18T15:45", "2023-10-18T15:45:00")]
    #[case("2023-10-18 15:45:07.9862755", "2023-10-18T15:45:07")]
    #[case("2023-10-18 15:45:07.123456Z", "2023-10-18T15:45:07")]
    #[case("2023-10-18", "2023-10-18T00:00:00")]
    #[case("  2023-10-18T15:45:07 ", "2023-10-18T15:45:07")]
    #[case("1969-12-31T23:59:59Z", "1969-12-31T23:59:59")]
    #[case("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59")]
    #[case("1969-12-31 22:59:59.9999999", "1969-12-31T22:59:59")]
    // The least and the greatest that Kusto knows.
    #[case("0001-01-01T00:00:00Z", "0001-01-01T00:00:00")]
    #[case("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59")]
    fn iso_8601(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(certain(text).as_deref(), Some(expected));
    }

    #[rstest]
    #[case("2023-10-18T15:45:07.9862755Z", 9_862_755)]
    #[case("2023-10-18T15:45:07.986275599+02:00", 9_862_755)]
    #[case("2/25/2025, 9:19:25.391 AM", 3_910_000)]
    #[case("2023-10-18T15:45:07Z", 0)]
    #[case("2023-10-18T15:45:07.", 0)]
    fn a_second_has_a_fraction(#[case] text: &str, #[case] ticks: u32) {
        assert_eq!(fraction_of_second(text.as_bytes()), ticks);
    }

    #[rstest]
    #[case("May 7, 2024 6:41:33 PM", "2024-05-07T18:41:33")]
    #[case("May 7, 2024, 6:41:33 PM", "2024-05-07T18:41:33")]
    #[case("May 7 2024 6:41:33 PM", "2024-05-07T18:41:33")]
    #[case("May 07, 2024 06:41:33.250 am", "2024-05-07T06:41:33")]
    #[case("Dec 31, 2023, 12:00:00\u{202f}AM", "2023-12-31T00:00:00")]
    #[case("Dec 31, 2023 12:59:59\u{a0}PM", "2023-12-31T12:59:59")]
    #[case("Feb 29, 2024 18:41", "2024-02-29T18:41:00")]
    #[case("SEP 3, 2024 6:41 PM", "2024-09-03T18:41:00")]
    fn dates_with_the_name_of_the_month(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(certain(text).as_deref(), Some(expected));
    }

    #[rstest]
    #[case("6/25/2023, 5:40:00 PM", DateOrder::MonthFirst, "2023-06-25T17:40:00")]
    #[case(
        "2/25/2025, 9:19:25.391 AM",
        DateOrder::MonthFirst,
        "2025-02-25T09:19:25"
    )]
    #[case(
        "06/25/2023, 5:40:00\u{202f}PM",
        DateOrder::MonthFirst,
        "2023-06-25T17:40:00"
    )]
    #[case(
        "6/25/2023, 5:40:00\u{a0}PM",
        DateOrder::MonthFirst,
        "2023-06-25T17:40:00"
    )]
    #[case("6/25/2023 12:00:00 AM", DateOrder::MonthFirst, "2023-06-25T00:00:00")]
    #[case("6/25/2023 12:00 pm", DateOrder::MonthFirst, "2023-06-25T12:00:00")]
    #[case(
        "13/03/2024, 3:40:13.988 pm",
        DateOrder::DayFirst,
        "2024-03-13T15:40:13"
    )]
    #[case("13/03/2024, 15:40:13", DateOrder::DayFirst, "2024-03-13T15:40:13")]
    #[case("13/3/2024 15:40", DateOrder::DayFirst, "2024-03-13T15:40:00")]
    fn slashed_dates_of_one_order(
        #[case] text: &str,
        #[case] order: DateOrder,
        #[case] expected: &str,
    ) {
        let Some(Reading::Proof(time, shown)) = read(text.as_bytes()) else {
            panic!("{:?}", read(text.as_bytes()));
        };
        assert_eq!(
            (shown, time.civil().to_string().as_str()),
            (order, expected)
        );
    }

    #[test]
    fn slashed_dates_of_either_order() {
        let read = |text: &str| read(text.as_bytes()).expect("a time");
        let ambiguous = read("6/11/2023, 5:40:00 PM");
        let shown = |order| ambiguous.time(order).civil().to_string();
        assert!(matches!(ambiguous, Reading::Ambiguous { .. }));
        assert_eq!(shown(DateOrder::MonthFirst), "2023-06-11T17:40:00");
        assert_eq!(shown(DateOrder::DayFirst), "2023-11-06T17:40:00");
        assert!(matches!(read("5/5/2023, 5:40:00 PM"), Reading::Certain(_)));
    }

    #[rstest]
    #[case("")]
    #[case(" \u{202f}")]
    #[case("yesterday")]
    #[case("None")]
    #[case("2023-13-45T00:00:00Z")]
    #[case("2023-10-18T25:00:00")]
    #[case("2023-10-18T15:45:07[Europe/Berlin]")]
    #[case("2023-10-18T15:45:07 GMT+1")]
    #[case("13/13/2024, 3:40:13 pm")]
    #[case("30/2/2024, 3:40:13 pm")]
    #[case("0/2/2024, 3:40:13 pm")]
    #[case("+1/+2/2024, 3:40:13 pm")]
    #[case("1/2/24, 3:40:13 pm")]
    #[case("1/2/2024")]
    #[case("1/2/3/2024, 3:40:13 pm")]
    #[case("1/2/2024, 13:40:13 pm")]
    #[case("1/2/2024, 24:00:00")]
    #[case("1/2/2024, 3:40:13 pm UTC")]
    #[case("Foo 7, 2024 6:41:33 PM")]
    #[case("May 7, 24 6:41:33 PM")]
    #[case("May 32, 2024 6:41:33 PM")]
    #[case("May 7, 2024")]
    // Numbers alone are counts of something; of what is a guess.
    #[case("1697643907")]
    #[case("1697643907986")]
    #[case("-1697643907.5")]
    #[case("20231018")]
    #[case("45217.65633")]
    fn what_no_export_writes_is_not_guessed(#[case] text: &str) {
        assert_eq!(read(text.as_bytes()), None);
    }

    #[test]
    fn very_long_cells_are_not_looked_at() {
        let text = format!("2023-10-18T15:45:07{}Z", "0".repeat(10 << 20));
        assert_eq!(read(text.as_bytes()), None);
    }

    /// The patterns in which a moment is written, and whether they tell the order of day and month.
    const PATTERNS: [(&str, Option<DateOrder>); 17] = [
        ("%Y-%m-%dT%H:%M:%SZ", None),
        ("%Y-%m-%dT%H:%M:%S.1234567Z", None),
        ("%Y-%m-%dT%H:%M:%S", None),
        ("%Y-%m-%d %H:%M:%S.0000001", None),
        ("%Y-%m-%dT%H:%M:%S+00:00", None),
        ("%b %-d, %Y %-I:%M:%S %p", None),
        ("%b %-d, %Y, %-I:%M:%S\u{202f}%p", None),
        ("%b %-d, %Y, %H:%M:%S", None),
        ("%-m/%-d/%Y, %-I:%M:%S %p", Some(DateOrder::MonthFirst)),
        (
            "%-m/%-d/%Y, %-I:%M:%S.391\u{202f}%p",
            Some(DateOrder::MonthFirst),
        ),
        ("%m/%d/%Y %I:%M:%S\u{a0}%p", Some(DateOrder::MonthFirst)),
        ("%m/%d/%Y %H:%M:%S", Some(DateOrder::MonthFirst)),
        ("%d/%m/%Y, %-I:%M:%S.988 %P", Some(DateOrder::DayFirst)),
        ("%-d/%-m/%Y, %-I:%M:%S\u{202f}%P", Some(DateOrder::DayFirst)),
        ("%d/%m/%Y %I:%M:%S\u{a0}%P", Some(DateOrder::DayFirst)),
        ("%d/%m/%Y, %H:%M:%S", Some(DateOrder::DayFirst)),
        ("%d/%m/%Y %H:%M:%S.5", Some(DateOrder::DayFirst)),
    ];

    proptest! {
        #[test]
        fn what_is_written_is_read(
            // From the year 1000 to the end of 9999.
            seconds in -30_610_224_000_i64..253_402_300_800,
            pattern in 0..PATTERNS.len(),
        ) {
            let time = EventTime::from_seconds(seconds);
            let (pattern, order) = PATTERNS[pattern];
            let text = time.civil().strftime(pattern).to_string();
            let reading = read(text.as_bytes());
            prop_assert!(reading.is_some(), "{}", text);
            let Some(reading) = reading else { return Ok(()) };
            prop_assert_eq!(reading.time(order.unwrap_or_default()), time, "{}", text);
            match reading {
                Reading::Certain(_) => {}
                Reading::Proof(_, shown) => prop_assert_eq!(Some(shown), order),
                Reading::Ambiguous { .. } => prop_assert!(order.is_some()),
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..140)) {
            let _ = read(&bytes);
        }

        /// Near what is read, where random bytes do not come.
        #[test]
        fn no_text_like_a_time_makes_it_panic(
            text in "[ ,]?(2023-[0-9]{1,2}-|[A-Za-z]{3} |[0-9]{1,3}/[0-9]{1,3}/)[0-9]{0,5}[ ,TZ\u{202f}\u{a0}é]{0,2}\
                     [0-9]{0,3}[:.][0-9]{0,3}[:.+-]?[0-9]{0,12}[ \u{202f}]?[AaPp]?[Mm]?[Zz]?"
        ) {
            if let Some(reading) = read(text.as_bytes()) {
                let _ = reading.time(DateOrder::DayFirst).civil();
            }
        }

        #[test]
        fn no_number_is_a_time(number in any::<i64>(), fraction in any::<u32>()) {
            prop_assert_eq!(read(number.to_string().as_bytes()), None);
            prop_assert_eq!(read(format!("{number}.{fraction}").as_bytes()), None);
        }
    }
}
