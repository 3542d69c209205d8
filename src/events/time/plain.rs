//! The one spelling in which nearly all exports write times, `2023-10-18T15:45:07.9862755Z`, read quickly.
//! What is not quite that is left to [`super::spelling`].

use super::event_time::EventTime;

/// The letters up to the second.
const CLOCK: usize = "2023-10-18T15:45:07".len();

/// The letters of the date, with what parts it from the clock.
const DATE: usize = "2023-10-18T".len();

const SECONDS_A_DAY: i64 = 86_400;

/// Reads times of that spelling one after the other. Those of one day have their date in common, which is read once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reader {
    day: Option<Day>,
}

/// The day of the time that was read last.
#[derive(Clone, Copy, Debug)]
struct Day {
    letters: [u8; DATE],
    /// When it begins, in seconds since 1970.
    begins: i64,
}

impl Reader {
    /// Reads a time of that spelling, with up to nine digits of a second or without. `None` where it is another,
    /// or no time.
    pub(super) fn read(&mut self, text: &[u8]) -> Option<EventTime> {
        let (clock, rest) = text.split_first_chunk::<CLOCK>()?;
        let (last, fraction) = rest.split_last()?;
        if *last != b'Z' || !is_fraction(fraction) {
            return None;
        }
        let letters = *clock.first_chunk()?;
        let begins = match self.day {
            Some(day) if day.letters == letters && is_time(clock) => day.begins,
            _ => {
                let begins = day(clock)?;
                self.day = Some(Day { letters, begins });
                begins
            }
        };
        let [hour, minute, second] = [11, 14, 17].map(|at| two(clock, at));
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = (hour * 60 + minute) * 60 + second;
        Some(EventTime::from_seconds(begins + seconds))
    }
}

/// When the day of a date and time begins, in seconds since 1970.
fn day(clock: &[u8; CLOCK]) -> Option<i64> {
    if !is_clock(clock) {
        return None;
    }
    let year = 100 * two(clock, 0) + two(clock, 2);
    let (month, day) = (two(clock, 5), two(clock, 8));
    // At the ends of the calendar jiff has rules of its own.
    let is_date = (1..=9998).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_of_month(year, month)).contains(&day);
    is_date.then(|| days_since_1970(year, month, day) * SECONDS_A_DAY)
}

/// The number that two digits make.
fn two(clock: &[u8; CLOCK], at: usize) -> i64 {
    let digit = |at: usize| i64::from(clock[at] - b'0');
    10 * digit(at) + digit(at + 1)
}

/// Whether letters are those of date and time, with digits in their places. Eight at a time and without a branch: every
/// row of every file comes here.
fn is_clock(clock: &[u8; CLOCK]) -> bool {
    let separator = if clock[10] == b' ' { b" " } else { b"T" };
    let wrong = not_as(eight(clock, 0), *b"0000-00-")
        | not_as(
            eight(clock, 8),
            [b'0', b'0', separator[0], b'0', b'0', b':', b'0', b'0'],
        );
    wrong == 0 && is_time(clock)
}

/// Whether what follows the date is a time of the day, with digits in their places.
fn is_time(clock: &[u8; CLOCK]) -> bool {
    not_as(eight(clock, DATE), *b"00:00:00") == 0
}

fn eight(text: &[u8], from: usize) -> u64 {
    let letters = text[from..].first_chunk().copied();
    u64::from_le_bytes(letters.unwrap_or_default())
}

/// Nothing where each of eight letters is that of a pattern, in which 0 stands for any digit.
fn not_as(letters: u64, pattern: [u8; 8]) -> u64 {
    let digits = u64::from_le_bytes(pattern.map(|letter| if letter == b'0' { 0xff } else { 0 }));
    // A digit has this upper half, and a lower one that six more do not carry over.
    let uppers = u64::from_le_bytes([0xf0; 8]);
    let different = letters ^ u64::from_le_bytes(pattern);
    let carried = (letters & !uppers).wrapping_add(u64::from_le_bytes([6; 8])) & digits;
    (different & (!digits | uppers)) | (carried & uppers)
}

/// Nothing, or a point and one to nine digits.
fn is_fraction(text: &[u8]) -> bool {
    match text {
        [] => true,
        // As nearly all exports have it.
        _ if text.len() == 8 => not_as(eight(text, 0), *b".0000000") == 0,
        [b'.', digits @ ..] => {
            (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

fn days_of_month(year: i64, month: i64) -> i64 {
    let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap_year => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// From the first of March of the year 0.
const DAYS_TO_1970: i64 = 719_468;

/// In years that begin in March, so that the leap day is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - DAYS_TO_1970
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn read(text: &[u8]) -> Option<EventTime> {
        Reader::default().read(text)
    }

    fn by_jiff(text: &str) -> Option<EventTime> {
        let time = text.parse::<Timestamp>().ok();
        time.map(EventTime::from_timestamp)
    }

    #[test]
    fn every_day_of_four_centuries_is_that_of_jiff() {
        for year in 1800..2200 {
            for (month, day) in (0..13).flat_map(|month| (0..33).map(move |day| (month, day))) {
                let text = format!("{year:04}-{month:02}-{day:02}T23:59:59.9999999Z");
                assert_eq!(read(text.as_bytes()), by_jiff(&text), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_was_read_before_makes_no_difference(
            texts in prop::collection::vec("2026-(0[1-3]|13)-[0-3][0-9][T ](0[0-9]|2[0-9]|:|x)[0-5:]:[0-5:][0-9](\\.[0-9]{6,8})?Z", 1..40),
        ) {
            let mut reader = Reader::default();
            for text in texts {
                let text = text.as_bytes();
                prop_assert_eq!(reader.read(text), read(text));
                prop_assert_eq!(reader.read(text), read(text));
            }
        }

        #[test]
        fn what_is_read_is_what_jiff_reads(text in "[012][0-9]{3}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?Z?") {
            if let Some(time) = read(text.as_bytes()) {
                prop_assert_eq!(Some(time), by_jiff(&text));
            }
        }

        #[test]
        fn anything_else_is_left_alone(text in "\\PC{0,30}") {
            if let Some(time) = read(text.as_bytes()) {
                prop_assert_eq!(Some(time), by_jiff(&text));
            }
        }
    }
}
