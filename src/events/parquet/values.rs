//! The values of a column of plain type, some rows at a time: texts stay where the page was unpacked,
//! other values are written out.

use super::text::{self, Meaning, Unit};
use crate::events::time::EventTime;
use parquet::basic::{Repetition, Type as PhysicalType};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::Type;

/// Texts one after the other, to be written over again and again.
#[derive(Debug, Default)]
pub(super) struct Written {
    text: String,
    /// The end of each in `text`.
    ends: Vec<usize>,
}

impl Written {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Adds what `write` appends.
    pub(super) fn push(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.text);
        self.ends.push(self.text.len());
    }

    pub(super) fn get(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text.as_bytes()[start..self.ends[index]]
    }
}

/// A column of plain type in one row group.
pub(super) struct PlainColumn {
    reader: ColumnReader,
    meaning: Meaning,
    may_be_null: bool,
    /// For each row, whether it has a value.
    levels: Vec<i16>,
    /// For each row, the number of its value.
    places: Vec<Option<u32>>,
    /// Texts as they are.
    shared: Vec<ByteArray>,
    /// Everything else.
    written: Written,
    is_written: bool,
    /// Moments as the column counts them, in place of their texts, where these are wanted.
    moments: Option<Vec<i64>>,
}

impl PlainColumn {
    pub(super) fn new(reader: ColumnReader, column: &Type) -> Self {
        let scale = match column {
            Type::PrimitiveType { scale, .. } => *scale,
            Type::GroupType { .. } => 0,
        };
        PlainColumn {
            reader,
            meaning: Meaning::of(column.get_basic_info(), scale),
            may_be_null: column.get_basic_info().repetition() != Repetition::REQUIRED,
            levels: Vec::new(),
            places: Vec::new(),
            shared: Vec::new(),
            written: Written::default(),
            is_written: false,
            moments: None,
        }
    }

    /// How a column counts its moments, if it is made of them.
    pub(super) fn unit_of_moments(column: &Type) -> Option<Unit> {
        let is_long = matches!(
            column,
            Type::PrimitiveType {
                physical_type: PhysicalType::INT64,
                ..
            }
        );
        match Meaning::of(column.get_basic_info(), 0) {
            Meaning::Timestamp(unit) if is_long => Some(unit),
            _ => None,
        }
    }

    /// From now on [`Self::moment`] is asked for; cells say only what is no moment.
    pub(super) fn want_moments(&mut self) {
        self.moments = Some(Vec::new());
    }

    /// The moment of a row as the column counts it, if it has one.
    fn counted_moment(&self, row: usize) -> Option<i64> {
        let place = self.places[row]?;
        self.moments.as_ref()?.get(place as usize).copied()
    }

    /// The moment of a row, if it has one.
    pub(super) fn moment(&self, row: usize) -> Option<EventTime> {
        let Meaning::Timestamp(unit) = self.meaning else {
            return None;
        };
        text::moment(self.counted_moment(row)?, unit)
    }

    /// Reads the next rows, in place of those before.
    pub(super) fn read(&mut self, rows: usize) -> Result<()> {
        self.levels.clear();
        self.shared.clear();
        self.written.clear();
        self.read_values(rows)?;
        self.places.clear();
        if self.may_be_null {
            let mut values = 0;
            self.places.extend(self.levels.iter().map(|&level| {
                (level > 0).then(|| {
                    values += 1;
                    values - 1
                })
            }));
        } else {
            self.places.extend((0..rows as u32).map(Some));
        }
        Ok(())
    }

    fn read_values(&mut self, rows: usize) -> Result<()> {
        let (meaning, levels, written) = (self.meaning, &mut self.levels, &mut self.written);
        if let (ColumnReader::Int64ColumnReader(reader), Some(moments)) =
            (&mut self.reader, &mut self.moments)
        {
            moments.clear();
            fill(reader, rows, levels, moments)?;
            for &value in moments.iter() {
                let is_readable = matches!(meaning, Meaning::Timestamp(unit) if text::moment(value, unit).is_some());
                written.push(|text| {
                    if !is_readable {
                        text::whole(meaning, value, value as u64, text);
                    }
                });
            }
            self.is_written = true;
            return Ok(());
        }
        self.is_written = true;
        match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => each(reader, rows, levels, |value| {
                written.push(|text| text.push_str(if value { "true" } else { "false" }));
            }),
            ColumnReader::Int32ColumnReader(reader) => each(reader, rows, levels, |value| {
                let unsigned = u64::from(value as u32);
                written.push(|text| text::whole(meaning, value.into(), unsigned, text));
            }),
            ColumnReader::Int64ColumnReader(reader) => each(reader, rows, levels, |value| {
                written.push(|text| text::whole(meaning, value, value as u64, text));
            }),
            ColumnReader::Int96ColumnReader(reader) => each(reader, rows, levels, |value| {
                // A day of the Julian calendar, and the nanoseconds since its midnight.
                let [low, high, day] = *value.data() else {
                    return;
                };
                let since_midnight = i128::from(u64::from(high) << 32 | u64::from(low));
                let days = i128::from(day as i32) - JULIAN_DAY_OF_1970;
                let moment = days * NANOSECONDS_A_DAY + since_midnight;
                written.push(|text| text::timestamp(moment, text));
            }),
            ColumnReader::FloatColumnReader(reader) => each(reader, rows, levels, |value| {
                // By its own digits: 0.1 would be 0.10000000149011612 with those of a longer number.
                written.push(|text| {
                    if !value.is_nan() {
                        text.push_str(&value.to_string());
                    }
                });
            }),
            ColumnReader::DoubleColumnReader(reader) => each(reader, rows, levels, |value| {
                written.push(|text| text::float(value, text));
            }),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                let shared = &mut self.shared;
                each(reader, rows, levels, |value| shared.push(value.into()))?;
                self.write_shared();
                Ok(())
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                fill(reader, rows, levels, &mut self.shared)?;
                self.write_shared();
                Ok(())
            }
        }
    }

    /// Writes out the bytes that are no text.
    fn write_shared(&mut self) {
        self.is_written = self.meaning != Meaning::Itself;
        if !self.is_written {
            return;
        }
        for value in &self.shared {
            let bytes = value.data();
            self.written.push(|text| {
                if text::bytes(self.meaning, bytes, text).is_none() {
                    text.push_str(&String::from_utf8_lossy(bytes));
                }
            });
        }
    }

    /// The cell of a row; empty for null.
    pub(super) fn cell(&self, row: usize) -> &[u8] {
        match self.places[row] {
            None => b"",
            Some(place) if self.is_written => self.written.get(place as usize),
            Some(place) => self.shared[place as usize].data(),
        }
    }
}

const JULIAN_DAY_OF_1970: i128 = 2_440_588;
const NANOSECONDS_A_DAY: i128 = 86_400 * 1_000_000_000;

const TOO_FEW_VALUES: &str = "a column has fewer values than there are rows";

/// Reads the values of the next rows.
fn fill<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
    values: &mut Vec<T::T>,
) -> Result<()> {
    let (read, _, _) = reader.read_records(rows, Some(levels), None, values)?;
    if read != rows {
        return Err(ParquetError::General(TOO_FEW_VALUES.to_owned()));
    }
    Ok(())
}

fn each<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
    take: impl FnMut(T::T),
) -> Result<()> {
    let mut values = Vec::with_capacity(rows);
    fill(reader, rows, levels, &mut values)?;
    values.into_iter().for_each(take);
    Ok(())
}
