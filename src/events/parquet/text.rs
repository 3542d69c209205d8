//! The values of Parquet as the text of cells: times in UTC as ISO 8601 and numbers as they are written
//! in JSON, so that a cell reads the same whichever export it comes from.

use crate::events::time::{self, DateOrder, EventTime};
use jiff::Timestamp;
use jiff::tz::Offset;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::schema::types::Type;
use std::fmt::Write as _;
use std::ops::Range;

/// The parts of a second in which a time is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Thousandths.
    Milliseconds,
    /// Millionths.
    Microseconds,
    /// Thousand-millionths.
    Nanoseconds,
}

impl Unit {
    /// How many there are in a second.
    fn in_a_second(self) -> i64 {
        match self {
            Unit::Milliseconds => 1_000,
            Unit::Microseconds => 1_000_000,
            Unit::Nanoseconds => 1_000_000_000,
        }
    }

    /// How many nanoseconds it is.
    fn nanoseconds(self) -> i128 {
        match self {
            Unit::Milliseconds => 1_000_000,
            Unit::Microseconds => 1_000,
            Unit::Nanoseconds => 1,
        }
    }
}

impl From<&TimeUnit> for Unit {
    fn from(unit: &TimeUnit) -> Self {
        match unit {
            TimeUnit::MILLIS => Unit::Milliseconds,
            TimeUnit::MICROS => Unit::Microseconds,
            TimeUnit::NANOS => Unit::Nanoseconds,
        }
    }
}

/// What the values of a column mean, beyond the type in which they are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// What they are: numbers, or bytes.
    Itself,
    /// Whole numbers that are not negative.
    Unsigned,
    /// Moments, counted from 1970. Those without a zone are taken as UTC.
    Timestamp(Unit),
    /// Days, counted from 1970.
    Date,
    /// Times of a day.
    TimeOfDay(Unit),
    /// Decimal numbers with so many digits after the point.
    Decimal(u32),
    /// Identifiers of 16 bytes.
    Uuid,
    /// Numbers of two bytes.
    HalfFloat,
}

impl Meaning {
    /// What the schema says of a column; newer writers say it in one way, older ones in another.
    pub(super) fn of_column(column: &Type) -> Self {
        let info = column.get_basic_info();
        let scale = match column {
            Type::PrimitiveType { scale, .. } => *scale,
            Type::GroupType { .. } => 0,
        };
        match info.logical_type_ref() {
            Some(LogicalType::Timestamp(time)) => return Meaning::Timestamp((&time.unit).into()),
            Some(LogicalType::Time(time)) => return Meaning::TimeOfDay((&time.unit).into()),
            Some(LogicalType::Uuid) => return Meaning::Uuid,
            Some(LogicalType::Float16) => return Meaning::HalfFloat,
            _ => {}
        }
        match info.converted_type() {
            ConvertedType::TIMESTAMP_MILLIS => Meaning::Timestamp(Unit::Milliseconds),
            ConvertedType::TIMESTAMP_MICROS => Meaning::Timestamp(Unit::Microseconds),
            ConvertedType::TIME_MILLIS => Meaning::TimeOfDay(Unit::Milliseconds),
            ConvertedType::TIME_MICROS => Meaning::TimeOfDay(Unit::Microseconds),
            ConvertedType::DATE => Meaning::Date,
            ConvertedType::DECIMAL => Meaning::Decimal(scale.clamp(0, 255) as u32),
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Meaning::Unsigned,
            _ => Meaning::Itself,
        }
    }
}

/// Writes a whole number of four or eight bytes; `unsigned` are the same bytes without a sign.
pub(super) fn whole(meaning: Meaning, value: i64, unsigned: u64, text: &mut String) {
    match meaning {
        Meaning::Timestamp(unit) => timestamp(i128::from(value) * unit.nanoseconds(), text),
        Meaning::TimeOfDay(unit) => time_of_day(i128::from(value) * unit.nanoseconds(), text),
        Meaning::Date => date(value, text),
        Meaning::Decimal(scale) => decimal(i128::from(value), scale, text),
        Meaning::Unsigned => push(text, unsigned),
        Meaning::Itself | Meaning::Uuid | Meaning::HalfFloat => push(text, value),
    }
}

/// The moment that [`timestamp`] writes, as it would be read again.
#[inline]
pub(super) fn moment(value: i64, unit: Unit) -> Option<EventTime> {
    let seconds = value.div_euclid(unit.in_a_second());
    if SOUND_SECONDS.contains(&seconds) {
        return Some(EventTime::from_seconds(seconds));
    }
    moment_at_an_end(value, unit)
}

/// The same at the ends of the calendar.
#[cold]
fn moment_at_an_end(value: i64, unit: Unit) -> Option<EventTime> {
    let mut written = String::new();
    timestamp(i128::from(value) * unit.nanoseconds(), &mut written);
    time::parse(written.as_bytes(), DateOrder::default())
}

/// From the year 1 to 9998.
const SOUND_SECONDS: Range<i64> = -62_135_596_800..253_370_764_800;

/// Writes the moments of a column one after the other, as [`timestamp`] does; the date is written once as long as it stays
/// the same.
pub(super) struct MomentWriter {
    unit: Unit,
    /// The last day, counted from 1970, and how its date is written.
    day: Option<(i64, String)>,
}

impl MomentWriter {
    /// One for a column that counts so.
    pub(super) fn new(unit: Unit) -> Self {
        MomentWriter { unit, day: None }
    }

    /// Writes a moment.
    pub(super) fn write(&mut self, value: i64, text: &mut String) {
        let a_second = self.unit.in_a_second();
        let (seconds, parts) = (value.div_euclid(a_second), value.rem_euclid(a_second));
        if !SOUND_SECONDS.contains(&seconds) {
            return timestamp(i128::from(value) * self.unit.nanoseconds(), text);
        }
        let (day, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        if self.day.as_ref().is_none_or(|(known, _)| *known != day) {
            let mut written = String::new();
            date(day, &mut written);
            self.day = Some((day, written));
        }
        text.push_str(self.day.as_ref().map_or("", |(_, date)| date));
        for (before, number) in [
            ('T', of_day / 3_600),
            (':', of_day / 60 % 60),
            (':', of_day % 60),
        ] {
            text.push(before);
            text.push(digit(number / 10));
            text.push(digit(number % 10));
        }
        if parts > 0 {
            text.push('.');
            let (mut parts, mut place) = (parts, a_second / 10);
            while parts > 0 {
                text.push(digit(parts / place));
                parts %= place;
                place /= 10;
            }
        }
        text.push('Z');
    }
}

fn digit(number: i64) -> char {
    char::from(b'0' + number as u8)
}

/// Writes a moment as ISO 8601 in UTC with `Z`, with no more digits than it needs; where no calendar
/// reaches, as the number that it is.
pub(super) fn timestamp(nanoseconds: i128, text: &mut String) {
    match Timestamp::from_nanosecond(nanoseconds) {
        Ok(time) => push(text, time),
        Err(_) => push(text, nanoseconds),
    }
}

/// Writes a date as ISO 8601.
pub(super) fn date(days: i64, text: &mut String) {
    let midnight = days.checked_mul(86_400).map(Timestamp::from_second);
    match midnight {
        Some(Ok(time)) => push(text, Offset::UTC.to_datetime(time).date()),
        _ => push(text, days),
    }
}

/// Writes a time of day as ISO 8601.
pub(super) fn time_of_day(nanoseconds: i128, text: &mut String) {
    const DAY: i128 = 86_400 * 1_000_000_000;
    match Timestamp::from_nanosecond(nanoseconds) {
        Ok(time) if (0..DAY).contains(&nanoseconds) => {
            push(text, Offset::UTC.to_datetime(time).time());
        }
        _ => push(text, nanoseconds),
    }
}

/// Writes a number of which the last `scale` digits stand after the point.
pub(super) fn decimal(value: i128, scale: u32, text: &mut String) {
    if scale == 0 {
        return push(text, value);
    }
    let digits = format!(
        "{:0>width$}",
        value.unsigned_abs(),
        width = scale as usize + 1
    );
    let (before, after) = digits.split_at(digits.len() - scale as usize);
    let sign = if value < 0 { "-" } else { "" };
    push(text, format_args!("{sign}{before}.{after}"));
}

/// Writes a number that need not be whole; what is none is empty, as pandas writes a missing count.
pub(super) fn float(value: f64, text: &mut String) {
    if !value.is_nan() {
        push(text, value);
    }
}

/// The text of bytes: themselves, or what they mean, which is written to `text`.
pub(super) fn of_bytes<'t>(meaning: Meaning, value: &'t [u8], text: &'t mut String) -> &'t [u8] {
    if meaning == Meaning::Itself {
        return value;
    }
    text.clear();
    if bytes(meaning, value, text).is_none() {
        text.push_str(&String::from_utf8_lossy(value));
    }
    text.as_bytes()
}

/// Writes bytes of a fixed or decimal type; `None` when they are text, which needs no writing.
pub(super) fn bytes(meaning: Meaning, bytes: &[u8], text: &mut String) -> Option<()> {
    match (meaning, bytes) {
        (Meaning::Decimal(scale), bytes) => decimal(big_endian(bytes)?, scale, text),
        (Meaning::HalfFloat, &[low, high]) => {
            float(half_float(u16::from_le_bytes([low, high])), text);
        }
        (Meaning::Uuid, bytes) if bytes.len() == 16 => {
            for (index, byte) in bytes.iter().enumerate() {
                let dash = if matches!(index, 4 | 6 | 8 | 10) {
                    "-"
                } else {
                    ""
                };
                push(text, format_args!("{dash}{byte:02x}"));
            }
        }
        _ => return None,
    }
    Some(())
}

/// A signed number, the highest byte first; `None` when it is larger than any decimal mailhunt knows.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    if bytes.is_empty() || bytes.len() > 16 {
        return None;
    }
    let fill = if bytes[0] < 0x80 { 0 } else { 0xff };
    let mut whole = [fill; 16];
    whole[16 - bytes.len()..].copy_from_slice(bytes);
    Some(i128::from_be_bytes(whole))
}

/// The number of two bytes that IEEE 754 calls binary16.
fn half_float(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff);
    let size = match bits >> 10 & 0x1f {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1024.0 + fraction) * 2f64.powi(i32::from(exponent) - 25),
    };
    if bits >> 15 == 0 { size } else { -size }
}

fn push(text: &mut String, value: impl std::fmt::Display) {
    // Writing to a string cannot fail.
    let _ = write!(text, "{value}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_moment_is_what_its_text_says(value in prop_oneof![
            any::<i64>(),
            -70_000_000_000_000_i64..260_000_000_000_000,
        ]) {
            for unit in [Unit::Milliseconds, Unit::Microseconds, Unit::Nanoseconds] {
                let mut text = String::new();
                timestamp(i128::from(value) * unit.nanoseconds(), &mut text);
                let read = time::parse(text.as_bytes(), DateOrder::default());
                prop_assert_eq!(moment(value, unit), read, "{}", text);
            }
        }

        #[test]
        fn moments_are_written_as_each_is_alone(
            values in prop::collection::vec(prop_oneof![
                any::<i64>(),
                -70_000_000_000_000_i64..260_000_000_000_000,
                (0..400_000_000_i64).prop_map(|value| value * 1_000),
            ], 0..20),
        ) {
            for unit in [Unit::Milliseconds, Unit::Microseconds, Unit::Nanoseconds] {
                let mut writer = MomentWriter::new(unit);
                for value in &values {
                    let (mut alone, mut text) = (String::new(), String::new());
                    timestamp(i128::from(*value) * unit.nanoseconds(), &mut alone);
                    writer.write(*value, &mut text);
                    prop_assert_eq!(text, alone);
                }
            }
        }
    }
    use rstest::rstest;

    fn written(write: impl FnOnce(&mut String)) -> String {
        let mut text = String::new();
        write(&mut text);
        text
    }

    #[rstest]
    #[case(Unit::Milliseconds, 1_697_643_907_000, "2023-10-18T15:45:07Z")]
    #[case(Unit::Milliseconds, 1_697_643_907_120, "2023-10-18T15:45:07.12Z")]
    #[case(
        Unit::Microseconds,
        1_697_643_907_986_275,
        "2023-10-18T15:45:07.986275Z"
    )]
    #[case(
        Unit::Nanoseconds,
        1_697_643_907_986_275_500,
        "2023-10-18T15:45:07.9862755Z"
    )]
    #[case(Unit::Milliseconds, -1, "1969-12-31T23:59:59.999Z")]
    #[case(Unit::Milliseconds, i64::MAX, "9223372036854775807000000")]
    fn moments_are_written_as_other_exports_write_them(
        #[case] unit: Unit,
        #[case] value: i64,
        #[case] expected: &str,
    ) {
        let text = written(|text| whole(Meaning::Timestamp(unit), value, 0, text));
        assert_eq!(text, expected);
    }

    #[rstest]
    #[case(Meaning::Itself, -5, "-5")]
    #[case(Meaning::Unsigned, -1, "18446744073709551615")]
    #[case(Meaning::Date, 19_648, "2023-10-18")]
    #[case(Meaning::Date, -1, "1969-12-31")]
    #[case(Meaning::Date, i64::MAX, "9223372036854775807")]
    #[case(Meaning::TimeOfDay(Unit::Milliseconds), 56_707_500, "15:45:07.5")]
    #[case(Meaning::TimeOfDay(Unit::Milliseconds), -1, "-1000000")]
    #[case(Meaning::Decimal(2), 12_345, "123.45")]
    #[case(Meaning::Decimal(3), -5, "-0.005")]
    #[case(Meaning::Decimal(0), 7, "7")]
    fn whole_numbers_are_written_by_what_they_mean(
        #[case] meaning: Meaning,
        #[case] value: i64,
        #[case] expected: &str,
    ) {
        assert_eq!(
            written(|text| whole(meaning, value, value as u64, text)),
            expected
        );
    }

    #[test]
    fn bytes_are_written_by_what_they_mean() {
        let text = |meaning, value: &[u8]| {
            let mut text = String::new();
            bytes(meaning, value, &mut text).map(|()| text)
        };
        assert_eq!(
            text(Meaning::Decimal(1), &[0xff, 0x85]).as_deref(),
            Some("-12.3")
        );
        assert_eq!(text(Meaning::Decimal(1), &[0; 17]), None);
        assert_eq!(text(Meaning::Itself, b"text"), None);
        assert_eq!(
            text(Meaning::Uuid, &[0xab; 16]).as_deref(),
            Some("abababab-abab-abab-abab-abababababab")
        );
        assert_eq!(
            text(Meaning::HalfFloat, &[0x00, 0x3e]).as_deref(),
            Some("1.5")
        );
        assert_eq!(
            text(Meaning::HalfFloat, &[0x01, 0x80]).as_deref(),
            Some("-0.00000005960464477539063")
        );
        assert_eq!(text(Meaning::HalfFloat, &[0x00, 0x7e]).as_deref(), Some(""));
    }

    #[test]
    fn a_count_that_pandas_made_a_float_reads_as_a_count() {
        assert_eq!(written(|text| float(3.0, text)), "3");
        assert_eq!(written(|text| float(0.25, text)), "0.25");
        assert_eq!(written(|text| float(f64::NAN, text)), "");
    }
}
