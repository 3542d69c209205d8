//! The Parquet shapes: which unit times are counted in, whether To is a list, which codec.

use super::Shape;
use super::table::{COLUMNS, Cell, Table};
use super::text::gzip;
use super::writing::{Column, Values, file, packed};
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::data_type::ByteArray;
use parquet::file::properties::{WriterPropertiesBuilder, WriterVersion};

/// How a writer stores times: the type, and the values of ticks of 100 nanoseconds.
type Times = (&'static str, fn(Vec<i64>) -> Values);

const MILLISECONDS: Times = ("int64 Timestamp (TIMESTAMP(MILLIS,true))", |ticks| {
    Values::Int64(
        ticks
            .into_iter()
            .map(|ticks| Some(ticks / 10_000))
            .collect(),
    )
});

const MICROSECONDS: Times = ("int64 Timestamp (TIMESTAMP(MICROS,true))", |ticks| {
    Values::Int64(ticks.into_iter().map(|ticks| Some(ticks / 10)).collect())
});

const NANOSECONDS: Times = ("int64 Timestamp (TIMESTAMP(NANOS,false))", |ticks| {
    Values::Int64(ticks.into_iter().map(|ticks| Some(ticks * 100)).collect())
});

const TWELVE_BYTES: Times = ("int96 Timestamp", |ticks| {
    const DAY: i64 = 86_400 * 10_000_000;
    let moment = |ticks: i64| {
        (
            ticks as u64 % DAY as u64 * 100,
            (ticks / DAY) as u32 + 2_440_588,
        )
    };
    Values::Int96(ticks.into_iter().map(|ticks| Some(moment(ticks))).collect())
});

const LIST: &str = "group To (LIST) { repeated group list { optional binary element (UTF8); } }";

/// The column of a name; its cells are all of one kind, or missing.
fn column(name: &str, cells: &[&Cell], times: Times, has_lists: bool) -> Column {
    let texts = |of: fn(&Cell) -> Option<String>| {
        let texts = cells
            .iter()
            .map(|cell| of(cell).map(|text| ByteArray::from(text.as_str())));
        Values::Bytes(texts.collect())
    };
    let (field, values) = match cells[0] {
        Cell::Time(_) => (
            times.0.to_owned(),
            (times.1)(
                cells
                    .iter()
                    .map(|cell| match cell {
                        Cell::Time(ticks) => *ticks,
                        _ => unreachable!("a row without a time"),
                    })
                    .collect(),
            ),
        ),
        Cell::Number(_) => (
            format!("int64 {name}"),
            Values::Int64(
                cells
                    .iter()
                    .map(|cell| match cell {
                        Cell::Number(number) => Some(*number),
                        _ => None,
                    })
                    .collect(),
            ),
        ),
        Cell::Bool(_) => (
            format!("boolean {name}"),
            Values::Bool(
                cells
                    .iter()
                    .map(|cell| match cell {
                        Cell::Bool(value) => Some(*value),
                        _ => None,
                    })
                    .collect(),
            ),
        ),
        _ if name == "To" && has_lists => (
            LIST.to_owned(),
            Values::Lists(
                cells
                    .iter()
                    .map(|cell| match cell {
                        Cell::Dynamic(list) => serde_json::from_value(list.clone()).ok(),
                        _ => None,
                    })
                    .collect(),
            ),
        ),
        _ => (
            format!("binary {name} (UTF8)"),
            texts(|cell| match cell {
                Cell::Text(text) => Some(text.clone()),
                Cell::Dynamic(value) => Some(value.to_string()),
                _ => None,
            }),
        ),
    };
    // A group ends without a semicolon.
    let end = if field.ends_with('}') { "" } else { ";" };
    (format!("optional {field}{end}"), values)
}

fn written(
    table: &Table,
    times: Times,
    has_lists: bool,
    properties: WriterPropertiesBuilder,
) -> Vec<u8> {
    let columns: Vec<Column> = COLUMNS
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let cells: Vec<&Cell> = table.rows.iter().map(|row| &row[index]).collect();
            column(name, &cells, times, has_lists)
        })
        .collect();
    file(&columns, 120, properties)
}

pub fn data_explorer(table: &Table) -> Vec<u8> {
    written(table, MICROSECONDS, false, packed(Compression::SNAPPY))
}

pub fn shapes(table: &Table) -> Vec<Shape> {
    let of_codec = |name, codec| {
        let bytes = written(table, MILLISECONDS, true, packed(codec));
        Shape::of_file(name, "export.parquet", bytes)
    };
    let arrow = packed(Compression::ZSTD(ZstdLevel::default()))
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_dictionary_enabled(false);
    let spark = packed(Compression::GZIP(GzipLevel::default()));
    vec![
        Shape::of_file(
            "Parquet of Data Explorer",
            "a.parquet",
            data_explorer(table),
        ),
        Shape::of_file(
            "Parquet with lists and nanoseconds",
            "a",
            written(table, NANOSECONDS, true, arrow),
        ),
        Shape::of_file(
            "Parquet of Spark",
            "a.csv",
            written(table, TWELVE_BYTES, true, spark),
        ),
        Shape::of_file(
            "Parquet in gzip",
            "a.parquet.gz",
            gzip(&data_explorer(table)),
        ),
        of_codec("Parquet, not packed", Compression::UNCOMPRESSED),
        of_codec(
            "Parquet, brotli",
            Compression::BROTLI(BrotliLevel::default()),
        ),
        of_codec("Parquet, lz4", Compression::LZ4),
        of_codec("Parquet, raw lz4", Compression::LZ4_RAW),
    ]
}
