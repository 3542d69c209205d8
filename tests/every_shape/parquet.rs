//! Parquet, with each codec and each unit of time.

#[allow(dead_code, reason = "other tests use other parts of it")]
#[path = "../support/parquet.rs"]
mod writing;

use super::Shape;
use super::table::{COLUMNS, Cell, Table};
use super::text::gzip;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use writing::{Column, Values, file, packed};

/// How a moment is stored.
#[derive(Clone, Copy)]
struct Unit {
    annotation: &'static str,
    /// From ticks of 100 nanoseconds.
    from_ticks: fn(i64) -> i64,
}

const MILLIS: Unit = Unit {
    annotation: "TIMESTAMP(MILLIS,true)",
    from_ticks: |ticks| ticks.div_euclid(10_000),
};
const MICROS: Unit = Unit {
    annotation: "TIMESTAMP(MICROS,false)",
    from_ticks: |ticks| ticks.div_euclid(10),
};
const NANOS: Unit = Unit {
    annotation: "TIMESTAMP(NANOS,true)",
    from_ticks: |ticks| ticks * 100,
};

fn column(name: &str, index: usize, table: &Table, unit: Unit) -> Column {
    let cells = || table.rows.iter().map(|row| &row[index]);
    let numbers = || {
        cells().map(|cell| match cell {
            Cell::Number(number) => Some(*number),
            _ => None,
        })
    };
    match name {
        "Timestamp" => {
            let moments = cells().map(|cell| match cell {
                Cell::Time(ticks) => Some((unit.from_ticks)(*ticks)),
                _ => None,
            });
            let field = format!("optional int64 {name} ({});", unit.annotation);
            (field, Values::Int64(moments.collect()))
        }
        "EmailClusterId" => (
            format!("optional int64 {name};"),
            Values::Int64(numbers().collect()),
        ),
        "UrlCount" => {
            let counts = numbers().map(|number| number.and_then(|number| number.try_into().ok()));
            let field = format!("optional int32 {name};");
            (field, Values::Int32(counts.collect()))
        }
        "IsFirstContact" => {
            let flags = cells().map(|cell| match cell {
                Cell::Bool(flag) => Some(*flag),
                _ => None,
            });
            let field = format!("optional boolean {name};");
            (field, Values::Bool(flags.collect()))
        }
        "To" => {
            let lists = cells().map(|_| Some(vec!["Me@ours.example", "you@ours.example"]));
            let field = format!(
                "optional group {name} (LIST) {{ repeated group list {{ optional binary element (UTF8); }} }}"
            );
            (field, Values::Lists(lists.collect()))
        }
        _ => {
            let texts = cells().map(|cell| match cell {
                Cell::Text(text) => Some(text.clone().into_bytes()),
                Cell::Dynamic(value) => Some(value.to_string().into_bytes()),
                _ => None,
            });
            let field = format!("optional binary {name} (UTF8);");
            (field, Values::Bytes(texts.collect()))
        }
    }
}

fn write(table: &Table, unit: Unit, compression: Compression) -> Vec<u8> {
    let columns: Vec<Column> = COLUMNS
        .iter()
        .enumerate()
        .map(|(index, name)| column(name, index, table, unit))
        .collect();
    file(&columns, 70, packed(compression))
}

pub fn shapes(table: &Table) -> Vec<Shape> {
    let shape = |name, unit, compression| {
        Shape::of_file(name, "export.parquet", write(table, unit, compression))
    };
    let zstd = Compression::ZSTD(ZstdLevel::default());
    vec![
        shape(
            "Parquet, not packed, milliseconds",
            MILLIS,
            Compression::UNCOMPRESSED,
        ),
        shape("Parquet, snappy, microseconds", MICROS, Compression::SNAPPY),
        shape(
            "Parquet, gzip, nanoseconds",
            NANOS,
            Compression::GZIP(GzipLevel::default()),
        ),
        shape(
            "Parquet, brotli",
            MILLIS,
            Compression::BROTLI(BrotliLevel::default()),
        ),
        shape("Parquet, zstd", MILLIS, zstd),
        shape("Parquet, lz4", MICROS, Compression::LZ4),
        shape("Parquet, raw lz4", NANOS, Compression::LZ4_RAW),
        Shape::of_file(
            "Parquet in gzip",
            "export.parquet.gz",
            gzip(&write(table, MILLIS, zstd)),
        ),
    ]
}
