//! The text shapes: who exports with commas, tabs or semicolons, which encodings and which packings.

use super::Shape;
use super::table::{COLUMNS, Cell, Table, civil, iso, twelve_hours};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// How an export spells its cells.
struct Dialect {
    delimiter: char,
    quote_all: bool,
    line_end: &'static str,
    time: fn(i64) -> String,
    bool: fn(bool) -> &'static str,
    /// For each column its header; `None` for no header line.
    header: Option<fn(&str) -> String>,
}

const PORTAL: Dialect = Dialect {
    delimiter: ',',
    quote_all: false,
    line_end: "\r\n",
    time: iso,
    bool: |value| if value { "1" } else { "0" },
    header: Some(str::to_owned),
};

impl Dialect {
    fn cell(&self, cell: &Cell) -> String {
        let text = match cell {
            Cell::Text(text) => text.clone(),
            Cell::Time(ticks) => (self.time)(*ticks),
            Cell::Number(number) => number.to_string(),
            Cell::Bool(value) => (self.bool)(*value).to_owned(),
            Cell::Dynamic(value) => value.to_string(),
            Cell::Missing => String::new(),
        };
        self.quoted(&text)
    }

    fn quoted(&self, text: &str) -> String {
        if self.quote_all || text.contains([self.delimiter, '"', '\n', '\r']) {
            return format!("\"{}\"", text.replace('"', "\"\""));
        }
        text.to_owned()
    }

    fn line(&self, cells: impl Iterator<Item = String>) -> String {
        let cells: Vec<String> = cells.collect();
        cells.join(&self.delimiter.to_string()) + self.line_end
    }

    fn write(&self, table: &Table) -> String {
        let header = self.header.map_or_else(String::new, |header| {
            self.line(COLUMNS.iter().map(|column| self.quoted(&header(column))))
        });
        table.rows.iter().fold(header, |text, row| {
            text + &self.line(row.iter().map(|cell| self.cell(cell)))
        })
    }
}

pub fn portal_csv(table: &Table) -> String {
    PORTAL.write(table)
}

/// `20/10/2026, 7:05:09.123 am`
fn day_first(ticks: i64) -> String {
    let (year, month, day, hour, minute, second, fraction) = civil(ticks);
    let (hour, half) = twelve_hours(hour);
    let half = half.to_lowercase();
    let millis = fraction / 10_000;
    format!("{day:02}/{month:02}/{year}, {hour}:{minute:02}:{second:02}.{millis:03} {half}")
}

/// `10/20/2026, 7:05:09.123 AM`
fn month_first(ticks: i64) -> String {
    let (year, month, day, hour, minute, second, fraction) = civil(ticks);
    let (hour, half) = twelve_hours(hour);
    let millis = fraction / 10_000;
    format!("{month}/{day}/{year}, {hour}:{minute:02}:{second:02}.{millis:03} {half}")
}

/// `Oct 20, 2026 7:05:09 AM`
fn month_by_name(ticks: i64) -> String {
    let (year, month, day, hour, minute, second, _) = civil(ticks);
    let (hour, half) = twelve_hours(hour);
    let month = ["Oct", "Nov"][usize::from(month != 10)];
    format!("{month} {day}, {year} {hour}:{minute:02}:{second:02} {half}")
}

/// `2026-10-20 07:05:09.1234567`
fn without_zone(ticks: i64) -> String {
    iso(ticks).replace('T', " ").replace('Z', "")
}

fn custom_log(column: &str) -> String {
    let suffix = match column {
        "Timestamp" => "_t",
        "NetworkMessageId" => "_g",
        "UrlCount" | "EmailClusterId" => "_d",
        "IsFirstContact" => "_b",
        _ => "_s",
    };
    format!("{column}{suffix}")
}

pub fn shapes(table: &Table) -> Vec<Shape> {
    let portal = portal_csv(table);
    let local_time = Dialect {
        time: day_first,
        header: Some(|column| match column {
            "Timestamp" => "Timestamp Local time".to_owned(),
            other => other.to_owned(),
        }),
        ..PORTAL
    };
    let named_months = Dialect {
        time: month_by_name,
        ..PORTAL
    };
    let log_analytics = Dialect {
        time: month_first,
        bool: |value| if value { "true" } else { "false" },
        header: Some(|column| match column {
            "Timestamp" => "TimeGenerated [UTC]".to_owned(),
            other => other.to_owned(),
        }),
        ..PORTAL
    };
    let kusto = Dialect {
        quote_all: true,
        time: without_zone,
        ..PORTAL
    };
    let tabs = Dialect {
        delimiter: '\t',
        line_end: "\n",
        ..PORTAL
    };
    let semicolons = Dialect {
        delimiter: ';',
        ..PORTAL
    };
    let headless = Dialect {
        header: None,
        line_end: "\n",
        ..PORTAL
    };
    let copy = Dialect {
        header: Some(custom_log),
        bool: |value| if value { "True" } else { "False" },
        ..PORTAL
    };
    let utf16: Vec<u16> = format!("\u{feff}{portal}").encode_utf16().collect();
    let little: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let (first, second) = portal.as_bytes().split_at(portal.len() / 2);
    let members = [gzip(first), gzip(second)].concat();
    let frames = [zstd(first), zstd(second)].concat();
    vec![
        Shape::of_file("Defender portal", "export.csv", portal.clone()),
        Shape::of_file("Defender portal, local time", "export.csv", local_time.write(table)),
        Shape::of_file("Defender portal, named months", "export.csv", named_months.write(table)),
        Shape::of_file("Log Analytics portal", "query_data.csv", log_analytics.write(table)),
        Shape::of_file("Kusto.Explorer", "export.csv", kusto.write(table)),
        Shape::of_file("tabs", "export.tsv", tabs.write(table)),
        Shape::of_file("semicolons", "export.csv", semicolons.write(table)),
        Shape::of_file("no header", "part-0.csv", headless.write(table)).with(&[
            "--header",
            "Timestamp,NetworkMessageId,SenderFromAddress,SenderFromDomain,RecipientEmailAddress,Subject,\
             EmailClusterId,EmailDirection,DeliveryAction,ThreatTypes,AuthenticationDetails,UrlCount,\
             IsFirstContact,To,AdditionalFields",
        ]),
        Shape::of_file("custom log", "export.csv", copy.write(table)),
        Shape::of_file("byte order mark", "export.csv", format!("\u{feff}{portal}")),
        Shape::of_file("UTF-16, little end first", "export.csv", little),
        Shape::of_file("UTF-16, big end first", "export.csv", big),
        Shape::of_file("gzip", "export.csv.gz", gzip(portal.as_bytes())),
        Shape::of_file("gzip in two members, of no telling name", "export", members),
        Shape::of_file("zstd in two frames", "export.csv.zst", frames),
    ]
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}
