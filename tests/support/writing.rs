//! Writes events as the exports are written: CSV and its like, a JSON array, JSON lines, in several encodings,
//! packed or not.

use super::oracle::{COLUMNS, Event, URL_COUNT, UrlRow};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value};
use std::io::Write;
use std::iter;

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
    /// In JSON: null, "" or no key at all for an empty value, but in the last row.
    pub empty: Empty,
    pub encoding: Encoding,
    pub packing: Packing,
}

#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Rows whose cells this character separates.
    Separated(char),
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
pub enum Encoding {
    Utf8,
    Utf8WithMark,
    Utf16LittleEndian,
    Utf16BigEndian,
}

impl Encoding {
    /// The bytes of a text.
    pub fn encode(self, text: &str) -> Vec<u8> {
        let units = || text.encode_utf16();
        match self {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf8WithMark => format!("\u{feff}{text}").into_bytes(),
            Encoding::Utf16LittleEndian => iter::once(0xfeff)
                .chain(units())
                .flat_map(u16::to_le_bytes)
                .collect(),
            Encoding::Utf16BigEndian => iter::once(0xfeff)
                .chain(units())
                .flat_map(u16::to_be_bytes)
                .collect(),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    /// The bytes, packed.
    pub fn pack(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Packing::None => bytes.to_vec(),
            Packing::Gzip => gzip(bytes),
            Packing::Zstd => zstd(bytes),
        }
    }
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
            shape: Shape::Separated(','),
            order: (0..COLUMNS.len()).collect(),
            case: Case::AsDocumented,
            padding: "",
            line_end: "\r\n",
            quote_all: false,
            empty: Empty::Text,
            encoding: Encoding::Utf8,
            packing: Packing::None,
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

    fn separated_row(&self, delimiter: char, cells: impl Iterator<Item = String>) -> String {
        let cells: Vec<String> = cells.map(|cell| self.cell(delimiter, &cell)).collect();
        cells.join(&delimiter.to_string()) + self.line_end
    }

    fn cell(&self, delimiter: char, cell: &str) -> String {
        if self.quote_all || cell.contains(['"', delimiter, '\n', '\r']) {
            return format!("\"{}\"", cell.replace('"', "\"\""));
        }
        cell.to_owned()
    }

    fn object(&self, cells: &[(&str, &str)], is_last: bool) -> Value {
        let mut object = Map::new();
        for (column, cell) in cells {
            // The one tells the table; without the other in any row, the domains are taken from the addresses. Of all
            // others it makes a difference whether the file has them, to guards, so that they come as late as can be.
            let must_have = ["EmailDirection", "SenderFromDomain"].contains(column) || is_last;
            let value = match self.empty {
                Empty::Null if cell.is_empty() => Value::Null,
                Empty::Omitted if cell.is_empty() && !must_have => continue,
                _ => Value::String((*cell).to_owned()),
            };
            object.insert(self.header(column), value);
        }
        Value::Object(object)
    }

    fn table(&self, columns: &[&str], rows: &[Vec<&str>]) -> Vec<u8> {
        let objects = || {
            rows.iter().enumerate().map(|(place, row)| {
                let cells: Vec<(&str, &str)> =
                    columns.iter().copied().zip(row.iter().copied()).collect();
                self.object(&cells, place + 1 == rows.len())
            })
        };
        let text = match self.shape {
            Shape::Separated(delimiter) => {
                let header =
                    self.separated_row(delimiter, columns.iter().map(|column| self.header(column)));
                rows.iter().fold(header, |text, row| {
                    let cells = row.iter().map(|cell| (*cell).to_owned());
                    text + &self.separated_row(delimiter, cells)
                })
            }
            Shape::JsonArray => Value::Array(objects().collect()).to_string(),
            Shape::JsonLines => objects()
                .map(|object| object.to_string() + self.line_end)
                .collect(),
        };
        self.packing.pack(&self.encoding.encode(&text))
    }

    /// A file of `EmailEvents`.
    pub fn events(&self, events: &[Event]) -> Vec<u8> {
        let has_url_count = events.iter().all(|event| event.has_url_count);
        let is_there = |index: &usize| has_url_count || COLUMNS[*index] != URL_COUNT;
        let order: Vec<usize> = self.order.iter().copied().filter(is_there).collect();
        let columns: Vec<&str> = order.iter().map(|&index| COLUMNS[index]).collect();
        let rows: Vec<Vec<&str>> = events
            .iter()
            .map(|event| {
                let cells = order.iter().map(|&index| event.cells[index].as_str());
                cells.collect()
            })
            .collect();
        self.table(&columns, &rows)
    }

    /// A file of `EmailUrlInfo`. It always has a header, so that no key can be left out.
    pub fn links(&self, links: &[UrlRow]) -> Vec<u8> {
        let shape = match self.shape {
            Shape::JsonArray | Shape::JsonLines => Shape::Separated(','),
            separated @ Shape::Separated(_) => separated,
        };
        let spelling = Spelling {
            shape,
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

/// Packs bytes into one zstd frame with a checksum, as the program does.
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
