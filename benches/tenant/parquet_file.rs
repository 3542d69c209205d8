//! Events as Parquet with Snappy, one row group after the other, as `DuckDB` and pandas write it.

use super::synthetic::{Cell, Event, Moment, Row};
use super::text_of;
use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::Write;
use std::sync::Arc;

/// The rows of a row group, as many as `DuckDB` makes.
const ROWS_A_GROUP: usize = 122_880;

/// The columns of a row group: moments, or texts with whether each row has one.
enum Column {
    Moments(Vec<i64>),
    Texts(Vec<ByteArray>, Vec<i16>),
}

impl Column {
    fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Time(_) => Column::Moments(Vec::new()),
            _ => Column::Texts(Vec::new(), Vec::new()),
        }
    }

    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            // In microseconds, of ten ticks each.
            (Column::Moments(moments), Cell::Time(time)) => {
                moments.push(time.since(Moment::default()) / 10);
            }
            (Column::Moments(moments), _) => moments.push(0),
            (Column::Texts(texts, levels), cell) => {
                let text = text_of(cell);
                levels.push(i16::from(!text.is_empty()));
                if !text.is_empty() {
                    texts.push(ByteArray::from(text.as_bytes().to_vec()));
                }
            }
        }
    }

    fn write(&self, writer: &mut ColumnWriter<'_>) -> Result<usize> {
        match (self, writer) {
            (Column::Moments(moments), ColumnWriter::Int64ColumnWriter(writer)) => {
                writer.write_batch(moments, None, None)
            }
            (Column::Texts(texts, levels), ColumnWriter::ByteArrayColumnWriter(writer)) => {
                writer.write_batch(texts, Some(levels), None)
            }
            _ => unreachable!("the schema is made of the columns"),
        }
    }
}

/// Writes events.
pub fn write_parquet(
    events: impl IntoIterator<Item = Event>,
    out: impl Write + Send,
) -> Result<()> {
    let fields: String = Event::default()
        .cells()
        .iter()
        .map(|(name, cell)| match cell {
            Cell::Time(_) => format!("required int64 {name} (TIMESTAMP(MICROS,true)); "),
            _ => format!("optional binary {name} (UTF8); "),
        })
        .collect();
    let schema = parse_message_type(&format!("message events {{ {fields} }}"))?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let mut file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties.build()))?;
    let mut events = events.into_iter().peekable();
    while events.peek().is_some() {
        let mut columns = Event::default().cells().map(|(_, cell)| Column::of(cell));
        for event in events.by_ref().take(ROWS_A_GROUP) {
            for (column, (_, cell)) in columns.iter_mut().zip(event.cells()) {
                column.push(cell);
            }
        }
        let mut group = file.next_row_group()?;
        for column in columns {
            if let Some(mut writer) = group.next_column()? {
                column.write(writer.untyped())?;
                writer.close()?;
            }
        }
        group.close()?;
    }
    file.close()?;
    Ok(())
}
