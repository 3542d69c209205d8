//! The columns that are lists, structs or maps, as JSON text: To and Cc are lists of addresses.

use super::damage::TOO_FEW_VALUES;
use super::text::{self, Meaning, Unit};
use crate::events::column::{Column, ColumnBuilder};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;
use parquet::record::Field;
use parquet::record::reader::{ReaderIter, TreeBuilder};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::borrow::Cow;
use std::sync::Arc;

/// Values read ahead of each list: few, since a list may be long.
const READ_AHEAD: usize = 256;

/// The nested columns of one row group.
pub(super) struct NestedColumns {
    rows: ReaderIter,
    columns: usize,
}

impl NestedColumns {
    /// These columns of a row group, of which there must be one.
    pub(super) fn open(columns: Vec<TypePtr>, row_group: &dyn RowGroupReader) -> Result<Self> {
        let count = columns.len();
        let schema = Type::group_type_builder("nested")
            .with_fields(columns)
            .build()?;
        let schema = Arc::new(SchemaDescriptor::new(Arc::new(schema)));
        let builder = TreeBuilder::new().with_batch_size(READ_AHEAD);
        Ok(NestedColumns {
            rows: builder.as_iter(schema, row_group)?,
            columns: count,
        })
    }

    /// Reads the next rows; null is empty.
    pub(super) fn read(&mut self, rows: usize) -> Result<Vec<Column>> {
        let builder = || ColumnBuilder::starting_with_empty(0);
        let mut builders: Vec<ColumnBuilder> =
            std::iter::repeat_with(builder).take(self.columns).collect();
        let mut json = String::new();
        for _ in 0..rows {
            let row = self.rows.next();
            let row = row.ok_or_else(|| ParquetError::General(TOO_FEW_VALUES.to_owned()))??;
            for (builder, (_, value)) in builders.iter_mut().zip(row.get_column_iter()) {
                json.clear();
                if *value != Field::Null {
                    write_json(value, &mut json);
                }
                builder.push(json.as_bytes());
            }
        }
        Ok(builders.into_iter().map(ColumnBuilder::finish).collect())
    }
}

/// Writes a value as JSON, as compact as the exports that are JSON write it.
fn write_json(value: &Field, text: &mut String) {
    match value {
        Field::Null => text.push_str("null"),
        Field::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Field::Byte(value) => write_whole((*value).into(), text),
        Field::Short(value) => write_whole((*value).into(), text),
        Field::Int(value) => write_whole((*value).into(), text),
        Field::Long(value) => write_whole(*value, text),
        Field::UByte(value) => write_whole((*value).into(), text),
        Field::UShort(value) => write_whole((*value).into(), text),
        Field::UInt(value) => write_whole((*value).into(), text),
        Field::ULong(value) => text::whole(Meaning::Unsigned, 0, *value, text),
        Field::Float16(value) => write_float(value.to_f64(), &value.to_string(), text),
        Field::Float(value) => write_float((*value).into(), &value.to_string(), text),
        Field::Double(value) => write_float(*value, &value.to_string(), text),
        Field::Decimal(value) => {
            let scale = Meaning::Decimal(value.scale().clamp(0, 255) as u32);
            if text::bytes(scale, value.data(), text).is_none() {
                text.push_str("null");
            }
        }
        Field::Str(value) => write_string(value, text),
        Field::Bytes(value) => write_string(&String::from_utf8_lossy(value.data()), text),
        Field::Date(days) => quoted(text, |text| text::date((*days).into(), text)),
        Field::TimeMillis(time) => {
            write_counted(Meaning::TimeOfDay(Unit::Milliseconds), (*time).into(), text);
        }
        Field::TimeMicros(time) => {
            write_counted(Meaning::TimeOfDay(Unit::Microseconds), *time, text);
        }
        Field::TimestampMillis(time) => {
            write_counted(Meaning::Timestamp(Unit::Milliseconds), *time, text);
        }
        Field::TimestampMicros(time) => {
            write_counted(Meaning::Timestamp(Unit::Microseconds), *time, text);
        }
        Field::Group(row) => {
            let fields = row.get_column_iter();
            write_object(
                fields.map(|(name, value)| (name.as_str().into(), value)),
                text,
            );
        }
        Field::ListInternal(list) => {
            write_separated('[', list.elements().iter(), ']', text, write_json);
        }
        Field::MapInternal(map) => {
            let entries = map.entries().iter();
            write_object(entries.map(|(key, value)| (key_text(key), value)), text);
        }
    }
}

fn write_whole(value: i64, text: &mut String) {
    text::whole(Meaning::Itself, value, 0, text);
}

/// JSON knows neither what is no number nor what is endless.
fn write_float(value: f64, digits: &str, text: &mut String) {
    text.push_str(if value.is_finite() { digits } else { "null" });
}

fn write_string(value: &str, text: &mut String) {
    // Writing a string to a string cannot fail.
    text.push_str(&serde_json::to_string(value).unwrap_or_default());
}

fn quoted(text: &mut String, write: impl FnOnce(&mut String)) {
    text.push('"');
    write(text);
    text.push('"');
}

fn write_counted(meaning: Meaning, value: i64, text: &mut String) {
    quoted(text, |text| text::whole(meaning, value, 0, text));
}

/// The keys of a map may be of any type, those of a JSON object are texts.
fn key_text(key: &Field) -> Cow<'_, str> {
    if let Field::Str(key) = key {
        return Cow::Borrowed(key);
    }
    let mut text = String::new();
    write_json(key, &mut text);
    Cow::Owned(text.trim_matches('"').to_owned())
}

fn write_object<'a>(fields: impl Iterator<Item = (Cow<'a, str>, &'a Field)>, text: &mut String) {
    write_separated('{', fields, '}', text, |(name, value), text| {
        write_string(&name, text);
        text.push(':');
        write_json(value, text);
    });
}

fn write_separated<T>(
    open: char,
    items: impl Iterator<Item = T>,
    close: char,
    text: &mut String,
    write: impl Fn(T, &mut String),
) {
    text.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(item, text);
    }
    text.push(close);
}
