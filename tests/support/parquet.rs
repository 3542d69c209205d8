//! Writes Parquet files, with the crate that also reads them.

use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int96};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

/// The values of a column, null where there is none.
#[derive(Clone, Debug)]
pub enum Values {
    Bool(Vec<Option<bool>>),
    Int32(Vec<Option<i32>>),
    Int64(Vec<Option<i64>>),
    /// The nanoseconds since midnight and the day of the Julian calendar.
    Int96(Vec<Option<(u64, u32)>>),
    Float(Vec<Option<f32>>),
    Double(Vec<Option<f64>>),
    Bytes(Vec<Option<ByteArray>>),
    Fixed(Vec<Option<Vec<u8>>>),
    /// Lists of texts, as writers write them today: three levels, of which all but the middle may be null.
    Lists(Vec<Option<Vec<String>>>),
}

impl Values {
    pub fn texts<T: AsRef<[u8]>>(texts: impl IntoIterator<Item = T>) -> Self {
        Values::Bytes(
            texts
                .into_iter()
                .map(|text| Some(text.as_ref().to_vec().into()))
                .collect(),
        )
    }

    fn len(&self) -> usize {
        match self {
            Values::Bool(values) => values.len(),
            Values::Int32(values) => values.len(),
            Values::Int64(values) => values.len(),
            Values::Int96(values) => values.len(),
            Values::Float(values) => values.len(),
            Values::Double(values) => values.len(),
            Values::Bytes(values) => values.len(),
            Values::Fixed(values) => values.len(),
            Values::Lists(values) => values.len(),
        }
    }
}

/// A column of optional values: its place in the schema, as Parquet's own language says it, and its values.
pub type Column = (String, Values);

/// A column of texts.
pub fn text_column<T: AsRef<[u8]>>(name: &str, texts: impl IntoIterator<Item = T>) -> Column {
    (
        format!("optional binary {name} (UTF8);"),
        Values::texts(texts),
    )
}

/// The columns that the hunt needs, of a few events: two emails to `b.example` and a threat from there.
pub fn needed_columns() -> Vec<Column> {
    vec![
        text_column("EmailDirection", ["Outbound", "Inbound", "Outbound"]),
        text_column(
            "SenderFromDomain",
            ["ours.example", "b.example", "ours.example"],
        ),
        text_column(
            "RecipientEmailAddress",
            ["a@b.example", "me@ours.example", "c@b.example"],
        ),
        text_column("ThreatTypes", ["", "Phish", ""]),
    ]
}

/// A column beside those, of as many rows.
pub fn with_column(column: Column) -> Vec<Column> {
    let mut columns = needed_columns();
    columns.push(column);
    columns
}

pub fn packed(compression: Compression) -> WriterPropertiesBuilder {
    WriterProperties::builder().set_compression(compression)
}

/// A file of these columns, with so many rows in each row group.
pub fn file(
    columns: &[Column],
    rows_a_group: usize,
    properties: WriterPropertiesBuilder,
) -> Vec<u8> {
    let fields: String = columns.iter().map(|(field, _)| field.as_str()).collect();
    let schema = Arc::new(parse_message_type(&format!("message events {{ {fields} }}")).unwrap());
    let properties = Arc::new(properties.build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    for start in (0..rows).step_by(rows_a_group) {
        let end = rows.min(start + rows_a_group);
        let mut group = writer.next_row_group().unwrap();
        for (_, values) in columns {
            write_column(values, start, end, &mut group);
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn write_column(
    values: &Values,
    start: usize,
    end: usize,
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
) {
    let mut column = group.next_column().unwrap().unwrap();
    let writer = column.untyped();
    match (values, writer) {
        (Values::Bool(values), ColumnWriter::BoolColumnWriter(writer)) => {
            write(&values[start..end], |value| *value, writer);
        }
        (Values::Int32(values), ColumnWriter::Int32ColumnWriter(writer)) => {
            write(&values[start..end], |value| *value, writer);
        }
        (Values::Int64(values), ColumnWriter::Int64ColumnWriter(writer)) => {
            write(&values[start..end], |value| *value, writer);
        }
        (Values::Int96(values), ColumnWriter::Int96ColumnWriter(writer)) => {
            let moment = |(time, day): &(u64, u32)| {
                let mut value = Int96::new();
                value.set_data(*time as u32, (*time >> 32) as u32, *day);
                value
            };
            write(&values[start..end], moment, writer);
        }
        (Values::Float(values), ColumnWriter::FloatColumnWriter(writer)) => {
            write(&values[start..end], |value| *value, writer);
        }
        (Values::Double(values), ColumnWriter::DoubleColumnWriter(writer)) => {
            write(&values[start..end], |value| *value, writer);
        }
        (Values::Bytes(values), ColumnWriter::ByteArrayColumnWriter(writer)) => {
            write(&values[start..end], ByteArray::clone, writer);
        }
        (Values::Fixed(values), ColumnWriter::FixedLenByteArrayColumnWriter(writer)) => {
            let fixed = |value: &Vec<u8>| FixedLenByteArray::from(value.clone());
            write(&values[start..end], fixed, writer);
        }
        (Values::Lists(values), ColumnWriter::ByteArrayColumnWriter(writer)) => {
            let (mut texts, mut levels, mut repeats) = (Vec::new(), Vec::new(), Vec::new());
            for list in &values[start..end] {
                let list = list.as_deref();
                levels.extend(match list {
                    None => vec![0],
                    Some([]) => vec![1],
                    Some(list) => vec![3; list.len()],
                });
                let length = list.map_or(1, |list| list.len().max(1));
                repeats.extend((0..length).map(|index| i16::from(index > 0)));
                texts.extend(
                    list.unwrap_or_default()
                        .iter()
                        .map(|text| ByteArray::from(text.as_str())),
                );
            }
            writer
                .write_batch(&texts, Some(&levels), Some(&repeats))
                .unwrap();
        }
        (values, _) => panic!("the schema has another type than {values:?}"),
    }
    column.close().unwrap();
}

fn write<V, T: DataType>(
    values: &[Option<V>],
    convert: impl Fn(&V) -> T::T,
    writer: &mut parquet::column::writer::ColumnWriterImpl<'_, T>,
) {
    let levels: Vec<i16> = values
        .iter()
        .map(|value| i16::from(value.is_some()))
        .collect();
    let values: Vec<T::T> = values.iter().flatten().map(convert).collect();
    writer.write_batch(&values, Some(&levels), None).unwrap();
}
