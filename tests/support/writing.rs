//! Writes events as the exports are written: CSV, a JSON array, JSON lines, packed or not.

use super::oracle::{COLUMNS, Event, UrlRow};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value};
use std::io::Write;

/// How a file is spelled, where exports differ and the answer must not.
#[derive(Clone, Debug)]
pub struct Spelling {
    pub shape: Shape,
    /// For each place of the header, the column that stands there.
    pub order: Vec<usize>,
    /// How the case of headers and keys is changed.
    pub case: Case,
    /// Blanks around headers and keys.
    pub padding: &'static str,
    pub line_end: &'static str,
    pub quote_all: bool,
    /// In JSON: null, "" or no key at all for an empty value.
    pub empty: Empty,
    pub byte_order_mark: bool,
    pub gzip: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Csv,
    JsonArray,
    JsonLines,
}

#[derive(Clone, Copy, Debug)]
pub enum Case {
    AsDocumented,
    Lower,
    Upper,
}

#[derive(Clone, Copy, Debug)]
pub enum Empty {
    Text,
    Null,
    Omitted,
}

impl Spelling {
    /// Plain CSV as the Defender portal writes it.
    pub fn plain() -> Self {
        Spelling {
            shape: Shape::Csv,
            order: (0..COLUMNS.len()).collect(),
            case: Case::AsDocumented,
            padding: "",
            line_end: "\r\n",
            quote_all: false,
            empty: Empty::Text,
            byte_order_mark: false,
            gzip: false,
        }
    }

    fn header(&self, column: &str) -> String {
        let name = match self.case {
            Case::AsDocumented => column.to_owned(),
            Case::Lower => column.to_lowercase(),
            Case::Upper => column.to_uppercase(),
        };
        format!("{0}{name}{0}", self.padding)
    }

    fn csv_row(&self, cells: impl Iterator<Item = String>) -> String {
        let cells: Vec<String> = cells.map(|cell| self.csv_cell(&cell)).collect();
        cells.join(",") + self.line_end
    }

    fn csv_cell(&self, cell: &str) -> String {
        if self.quote_all || cell.contains(['"', ',', '\n', '\r']) {
            return format!("\"{}\"", cell.replace('"', "\"\""));
        }
        cell.to_owned()
    }

    fn object(&self, cells: &[(&str, &str)]) -> Value {
        let mut object = Map::new();
        for (column, cell) in cells {
            let value = match self.empty {
                Empty::Null if cell.is_empty() => Value::Null,
                // This key tells the table; it is never left out.
                Empty::Omitted if cell.is_empty() && *column != "EmailDirection" => continue,
                _ => Value::String((*cell).to_owned()),
            };
            object.insert(self.header(column), value);
        }
        Value::Object(object)
    }

    fn table(&self, columns: &[&str], rows: &[Vec<&str>]) -> Vec<u8> {
        let objects = || {
            rows.iter().map(|row| {
                let cells: Vec<(&str, &str)> =
                    columns.iter().copied().zip(row.iter().copied()).collect();
                self.object(&cells)
            })
        };
        let text = match self.shape {
            Shape::Csv => {
                let header = self.csv_row(columns.iter().map(|column| self.header(column)));
                rows.iter().fold(header, |text, row| {
                    text + &self.csv_row(row.iter().map(|cell| (*cell).to_owned()))
                })
            }
            Shape::JsonArray => Value::Array(objects().collect()).to_string(),
            Shape::JsonLines => objects()
                .map(|object| object.to_string() + self.line_end)
                .collect(),
        };
        let mut bytes = Vec::new();
        if self.byte_order_mark {
            bytes.extend_from_slice("\u{feff}".as_bytes());
        }
        bytes.extend_from_slice(text.as_bytes());
        if self.gzip { gzip(&bytes) } else { bytes }
    }

    /// A file of `EmailEvents`.
    pub fn events(&self, events: &[Event]) -> Vec<u8> {
        let columns: Vec<&str> = self.order.iter().map(|&index| COLUMNS[index]).collect();
        let rows: Vec<Vec<&str>> = events
            .iter()
            .map(|event| {
                let cells = self.order.iter().map(|&index| event.cells[index].as_str());
                cells.collect()
            })
            .collect();
        self.table(&columns, &rows)
    }

    /// A file of `EmailUrlInfo`. It is always CSV, so that no key can be left out.
    pub fn links(&self, links: &[UrlRow]) -> Vec<u8> {
        let spelling = Spelling {
            shape: Shape::Csv,
            ..self.clone()
        };
        let rows: Vec<Vec<&str>> = links
            .iter()
            .map(|link| vec![link.domain.as_str(), &link.message, &link.url])
            .collect();
        spelling.table(&["UrlDomain", "NetworkMessageId", "Url"], &rows)
    }
}

/// Packs bytes into one gzip member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
