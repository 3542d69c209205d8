//! The old times of twelve bytes, as Spark and Impala wrote them: read by the crate's column reader, as the numbers of Arrow
//! do not reach as far.

use super::damage::TOO_FEW_VALUES;
use super::pages::CheckedRowGroup;
use super::text;
use crate::events::column::{Column, ColumnBuilder};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{Int96, Int96Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader as _;

/// A column of such times in one row group.
pub(super) struct Int96Column {
    reader: ColumnReaderImpl<Int96Type>,
    /// For each row read, whether it has a value.
    levels: Vec<i16>,
    values: Vec<Int96>,
}

impl Int96Column {
    /// The column at this place in a row group.
    pub(super) fn open(stored: usize, group: &CheckedRowGroup<'_>) -> Result<Self> {
        match group.get_column_reader(stored)? {
            ColumnReader::Int96ColumnReader(reader) => Ok(Int96Column {
                reader,
                levels: Vec::new(),
                values: Vec::new(),
            }),
            _ => Err(ParquetError::General(
                "a column is not of the type that the schema says".to_owned(),
            )),
        }
    }

    /// Reads the next rows.
    pub(super) fn read(&mut self, rows: usize) -> Result<Column> {
        self.levels.clear();
        self.values.clear();
        let levels = Some(&mut self.levels);
        let (read, _, _) = self
            .reader
            .read_records(rows, levels, None, &mut self.values)?;
        if read != rows {
            return Err(ParquetError::General(TOO_FEW_VALUES.to_owned()));
        }
        let mut builder = ColumnBuilder::starting_with_empty(0);
        let mut values = self.values.iter();
        let mut written = String::new();
        for row in 0..rows {
            written.clear();
            // A column in which nothing may be null has no levels.
            if self.levels.get(row).is_none_or(|level| *level > 0)
                && let Some(value) = values.next()
            {
                write(value, &mut written);
            }
            builder.push(written.as_bytes());
        }
        Ok(builder.finish())
    }
}

/// Writes a day of the Julian calendar, and the nanoseconds since its midnight.
fn write(value: &Int96, written: &mut String) {
    let [low, high, day] = *value.data() else {
        return;
    };
    let since_midnight = i128::from(u64::from(high) << 32 | u64::from(low));
    let days = i128::from(day as i32) - JULIAN_DAY_OF_1970;
    text::timestamp(days * NANOSECONDS_A_DAY + since_midnight, written);
}

const JULIAN_DAY_OF_1970: i128 = 2_440_588;
const NANOSECONDS_A_DAY: i128 = 86_400 * 1_000_000_000;
