//! Which export is this? Decided by content, never by name, and here only.

use super::resemblance::Resemblance;
use crate::quantities;
use std::fmt;
use std::io::{self, BufRead};

/// The shape of an export's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header line, as the Defender portal writes them.
    Csv,
    /// The same with tabs in place of commas.
    TabSeparated,
    /// The same with semicolons in place of commas, as Excel writes it in much of Europe.
    SemicolonSeparated,
    /// An array of flat JSON objects.
    JsonArray,
    /// One flat JSON object a line, as data export rules and Azure Data Explorer write them.
    JsonLines,
    /// Flat JSON objects one after the other, however they are broken into lines, as `jq` prints them.
    JsonObjects,
    /// What `az monitor log-analytics query` prints: an array of objects whose values are all texts.
    AzureCli,
    /// The answer of the query API of Log Analytics.
    LogAnalytics,
    /// The answer of Microsoft Graph to `runHuntingQuery`.
    GraphHunting,
    /// The answer of the hunting APIs of Defender that came before Graph's.
    DefenderHunting,
    /// Records of the Streaming API, each a row in an envelope.
    Streaming,
    /// The answer of Azure Data Explorer, version 1: tables.
    KustoV1,
    /// The answer of Azure Data Explorer, version 2: frames.
    KustoV2,
    /// Columns in row groups, as Azure Data Explorer and Log Analytics export them.
    Parquet,
}

impl Format {
    /// The format of a JSON object that wraps rows, by the key of these.
    pub(super) fn of_wrapping_key(key: &str) -> Option<Self> {
        match key {
            "tables" => Some(Format::LogAnalytics),
            "Tables" => Some(Format::KustoV1),
            "results" => Some(Format::GraphHunting),
            "Results" => Some(Format::DefenderHunting),
            "records" | "Records" => Some(Format::Streaming),
            "value" => Some(Format::JsonArray),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Format::Csv => "CSV",
            Format::TabSeparated => "tab-separated",
            Format::SemicolonSeparated => "semicolon-separated",
            Format::JsonArray => "JSON array",
            Format::JsonLines => "JSON lines",
            Format::JsonObjects => "JSON objects",
            Format::AzureCli => "JSON of az monitor log-analytics",
            Format::LogAnalytics => "JSON of the Log Analytics API",
            Format::GraphHunting => "JSON of Graph hunting",
            Format::DefenderHunting => "JSON of the Defender hunting API",
            Format::Streaming => "JSON of the Streaming API",
            Format::KustoV1 => "JSON of Kusto, version 1",
            Format::KustoV2 => "JSON of Kusto, version 2",
            Format::Parquet => "Parquet",
        })
    }
}

/// Why no format could be found.
#[derive(Debug, thiserror::Error)]
pub enum UnknownFormat {
    /// No byte at all, or only blanks.
    #[error("the file is empty: it has no header and no rows")]
    Empty,
    /// A known container that mailhunt does not read.
    #[error("this is {what}, which mailhunt does not read; {advice}")]
    Unsupported {
        /// What the first bytes say it is.
        what: &'static str,
        /// What to do instead.
        advice: &'static str,
        /// Whether it is a table, though not one that can be read.
        is_table: bool,
    },
    /// Zero bytes where the text should begin.
    #[error(
        "its first {} are all zero, as after a crash, a full disk or an incomplete download: there is no text to \
         read; fetch it again",
        quantities::count(*.0 as u64, "byte")
    )]
    Zeros(usize),
    /// The first bytes could not be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
}

impl UnknownFormat {
    /// What a file resembles that is of none.
    pub(super) fn resemblance(&self) -> Resemblance {
        match self {
            UnknownFormat::Unsupported { is_table: true, .. } | UnknownFormat::Unreadable(_) => {
                Resemblance::Export
            }
            UnknownFormat::Unsupported { .. } | UnknownFormat::Zeros(_) | UnknownFormat::Empty => {
                Resemblance::Nothing
            }
        }
    }
}

/// A container that is told apart from a broken text.
struct Container {
    /// What it starts with.
    magic: &'static [u8],
    what: &'static str,
    /// What to do about it.
    advice: &'static str,
    /// Whether it is a table of which nothing tells what is in it.
    is_table: bool,
}

const fn packed(magic: &'static [u8], what: &'static str) -> Container {
    Container {
        magic,
        what,
        advice: "decompress it, or compress it with gzip or zstd instead",
        is_table: false,
    }
}

const fn table(magic: &'static [u8], what: &'static str, advice: &'static str) -> Container {
    Container {
        magic,
        what,
        advice,
        is_table: true,
    }
}

/// What to do about a table in a format that is not read.
const WRITE_OTHERWISE: &str = "convert it to Parquet, CSV or JSON lines";

const UNSUPPORTED: &[Container] = &[
    table(
        b"PARE",
        "an encrypted Parquet file",
        "export it without encryption",
    ),
    table(b"ORC\x08", "an ORC file", WRITE_OTHERWISE),
    table(b"ORC\x0a", "an ORC file", WRITE_OTHERWISE),
    Container {
        magic: b"PK\x03\x04",
        what: "a zip archive or an Excel workbook",
        advice: "unpack it, or save the sheet as CSV UTF-8",
        is_table: false,
    },
    Container {
        magic: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        what: "an Excel workbook in the old format",
        advice: "save the sheet as CSV UTF-8",
        is_table: false,
    },
    Container {
        magic: b"Obj\x01",
        what: "an Avro file",
        advice: WRITE_OTHERWISE,
        is_table: false,
    },
    Container {
        magic: b"ARROW1",
        what: "an Arrow or Feather file",
        advice: WRITE_OTHERWISE,
        is_table: false,
    },
    packed(b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    packed(b"Rar!\x1a\x07", "a RAR archive"),
    packed(b"\xfd7zXZ\0", "xz-compressed data"),
];

/// What bzip2 packed, which is known by a digit that may differ.
const BZIP2: Container = packed(b"BZh", "bzip2-compressed data");

/// What follows that digit.
const AFTER_LEVEL_OF_BZIP2: &[u8] = b"1AY&SY";

/// A tar archive, which is known by bytes further on.
const TAR: Container = Container {
    magic: b"ustar",
    what: "a tar archive",
    advice: "unpack it and name the folder",
    is_table: false,
};

/// Where the header of a tar archive says what it is.
const PLACE_IN_TAR: usize = 257;

/// Says of bytes that are the start of a container that is not read what it is. That of a tar archive is known
/// by more of them than others.
pub(super) fn unsupported(start: &[u8]) -> Option<UnknownFormat> {
    container(start).map(|container| UnknownFormat::Unsupported {
        what: container.what,
        advice: container.advice,
        is_table: container.is_table,
    })
}

fn container(start: &[u8]) -> Option<&'static Container> {
    let is_tar = start
        .get(PLACE_IN_TAR..)
        .is_some_and(|rest| rest.starts_with(TAR.magic));
    if is_tar {
        return Some(&TAR);
    }
    if let Some([b'1'..=b'9', rest @ ..]) = start.strip_prefix(BZIP2.magic)
        && rest.starts_with(AFTER_LEVEL_OF_BZIP2)
    {
        return Some(&BZIP2);
    }
    UNSUPPORTED
        .iter()
        .find(|container| start.starts_with(container.magic))
}

/// What a Parquet file starts and ends with.
pub(super) const PARQUET_MAGIC: &[u8] = b"PAR1";

/// Whether a file that starts with these bytes is Parquet, which is no text.
pub(super) fn is_parquet(start: &[u8]) -> bool {
    start.starts_with(PARQUET_MAGIC)
}

/// Finds the format from the first bytes of a text, of JSON only how it begins: its keys tell the rest,
/// where they are read. Of a reader it consumes at most blank lines and, before JSON, blanks, so that
/// pipes work too; the second value is the number of line ends consumed.
///
/// # Errors
/// When it is none that mailhunt reads, with a sentence that says what it is.
pub fn detect(reader: &mut impl BufRead) -> Result<(Format, u64), UnknownFormat> {
    let start = reader.fill_buf()?;
    if let Some(unsupported) = unsupported(start) {
        return Err(unsupported);
    }
    if !start.is_empty() && start.iter().all(|byte| *byte == 0) {
        return Err(UnknownFormat::Zeros(count_zeros(reader)?));
    }
    let mut lines = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Err(UnknownFormat::Empty);
        }
        let blanks = buffer
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
            .count();
        let format = match buffer.get(blanks) {
            Some(b'[') => Some(Format::JsonArray),
            Some(b'{') => Some(Format::JsonLines),
            Some(_) => Some(Format::Csv),
            None => None,
        };
        lines += memchr::memchr_iter(b'\n', &buffer[..blanks]).count() as u64;
        let consumed = match format {
            Some(Format::Csv) => blanks_before_cells(&buffer[..blanks]),
            _ => blanks,
        };
        reader.consume(consumed);
        if let Some(format) = format {
            return Ok((format, lines));
        }
    }
}

/// The zero bytes that come next, so many as are worth a look.
fn count_zeros(reader: &mut impl BufRead) -> io::Result<usize> {
    const MOST: usize = 1 << 30;
    let mut zeros = 0;
    loop {
        let buffer = reader.fill_buf()?;
        let here = buffer.iter().take_while(|byte| **byte == 0).count();
        let has_more = here > 0 && here == buffer.len();
        reader.consume(here);
        zeros += here;
        if !has_more || zeros >= MOST {
            return Ok(zeros);
        }
    }
}

/// The blank lines, and the spaces before the first cell: a tab there may end an empty cell.
fn blanks_before_cells(blanks: &[u8]) -> usize {
    let line = memchr::memrchr2(b'\n', b'\r', blanks).map_or(0, |end| end + 1);
    let spaces = blanks[line..].iter().take_while(|byte| **byte == b' ');
    line + spaces.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"Timestamp,Subject\r\n", Format::Csv)]
    #[case(b"\tTimestamp", Format::Csv)]
    #[case(b"  \r\n [", Format::JsonArray)]
    #[case(b"{\"a\":1}", Format::JsonLines)]
    fn formats_are_known_by_content(#[case] text: &[u8], #[case] format: Format) {
        let mut reader = text;
        let (found, _) = detect(&mut reader).expect("a format");
        assert_eq!(found, format);
    }

    #[rstest]
    #[case(b" \r\n \tTimestamp", b"\tTimestamp")]
    #[case(b"  \"Timestamp\"", b"\"Timestamp\"")]
    #[case(b" \n \t{", b"{")]
    fn blanks_that_may_be_cells_are_left(#[case] text: &[u8], #[case] rest: &[u8]) {
        let mut reader = text;
        detect(&mut reader).expect("a format");
        assert_eq!(reader, rest);
    }

    #[test]
    fn blank_lines_before_the_text_are_counted() {
        let mut reader = b"\n\n  {".as_slice();
        let (_, lines) = detect(&mut reader).expect("a format");
        assert_eq!(lines, 2);
    }

    fn tar_header() -> Vec<u8> {
        let mut header = b"EmailEvents.csv".to_vec();
        header.resize(PLACE_IN_TAR, 0);
        header.extend_from_slice(b"ustar\x0000");
        header
    }

    #[rstest]
    #[case(b"", "empty")]
    #[case(b" \n \n", "empty")]
    #[case(b"\0\0\0\0", "its first 4 bytes are all zero")]
    #[case(b"PARE....", "encrypted Parquet")]
    #[case(b"PK\x03\x04....", "workbook")]
    #[case(b"BZh91AY&SY....", "bzip2-compressed data")]
    #[case(b"7z\xbc\xaf\x27\x1c..", "7z archive")]
    #[case(b"Obj\x01....", "Avro")]
    #[case(&tar_header(), "tar archive")]
    fn others_are_refused_by_name(#[case] text: &[u8], #[case] word: &str) {
        let error = detect(&mut &*text).expect_err("not read");
        assert!(error.to_string().contains(word), "{error}");
    }
}
