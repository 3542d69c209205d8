//! The one spelling in which nearly all exports write times, `2023-10-18T15:45:07.9862755Z`, read quickly.
//! What is not quite that is left to [`super::spelling`].

use super::EventTime;

/// The letters up to the second.
const CLOCK: usize = "2023-10-18T15:45:07".len();

/// Reads a time of that spelling, with up to nine digits of a second or without. `None` where it is another,
/// or no time.
pub(super) fn read(text: &[u8]) -> Option<EventTime> {
    let (clock, rest) = text.split_first_chunk::<CLOCK>()?;
    let (last, fraction) = rest.split_last()?;
    if !is_clock(clock) || *last != b'Z' || !is_fraction(fraction) {
        return None;
    }
    let digit = |at: usize| i64::from(clock[at] - b'0');
    let two = |at: usize| 10 * digit(at) + digit(at + 1);
    let year = 100 * two(0) + two(2);
    let (month, day) = (two(5), two(8));
    let (hour, minute, second) = (two(11), two(14), two(17));
    // At the ends of the calendar jiff has rules of its own.
    let is_date = (1..=9998).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_of_month(year, month)).contains(&day);
    if !is_date || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = (hour * 60 + minute) * 60 + second;
    Some(EventTime::from_seconds(
        days_since_1970(year, month, day) * 86_400 + seconds,
    ))
}

/// Whether letters are those of date and time, with digits in their places. Eight at a time and without a branch: every
/// row of every file comes here.
fn is_clock(clock: &[u8; CLOCK]) -> bool {
    let eight = |from: usize| {
        let letters = clock[from..].first_chunk().copied();
        u64::from_le_bytes(letters.unwrap_or_default())
    };
    let separator = if clock[10] == b' ' { b" " } else { b"T" };
    let wrong = not_as(eight(0), *b"0000-00-")
        | not_as(eight(8), [b'0', b'0', separator[0], b'0', b'0', b':', b'0', b'0'])
        // The first five were looked at before.
        | not_as(eight(11), *b"00:00:00");
    wrong == 0
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
