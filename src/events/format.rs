//! Which export is this? Decided by content, never by name, and here only.

use std::fmt;
use std::io::{self, BufRead};

/// The shape of an export's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header line, as the Defender portal writes them.
    Csv,
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
}

impl Format {
    /// The format of a JSON object that wraps rows, by the key of these.
    pub(super) fn of_wrapping_key(key: &str) -> Option<Self> {
        match key {
            "tables" => Some(Format::LogAnalytics),
            "Tables" => Some(Format::KustoV1),
            "results" => Some(Format::GraphHunting),
            "Results" => Some(Format::DefenderHunting),
            "records" => Some(Format::Streaming),
            "value" => Some(Format::JsonArray),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Format::Csv => "CSV",
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
        })
    }
}

/// Why no format could be found.
#[derive(Debug, thiserror::Error)]
pub enum UnknownFormat {
    /// No byte at all, or only blanks.
    #[error("the file is empty: there is no header and no row in it")]
    Empty,
    /// A known container or encoding that mailhunt does not read.
    #[error("this is {what}, which mailhunt does not read; {advice}")]
    Unsupported {
        /// What the first bytes say it is.
        what: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// The first bytes could not be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
}

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const UTF8_BOM: &[u8] = &[0xef, 0xbb, 0xbf];

/// Containers and encodings that are told apart from a broken CSV, with what to do about each.
const UNSUPPORTED: &[(&[u8], &str, &str)] = &[
    (
        &[0xff, 0xfe],
        "UTF-16 text",
        "save it as UTF-8 (in PowerShell: Export-Csv -Encoding utf8)",
    ),
    (
        &[0xfe, 0xff],
        "UTF-16 text",
        "save it as UTF-8 (in PowerShell: Export-Csv -Encoding utf8)",
    ),
    (
        &[0x28, 0xb5, 0x2f, 0xfd],
        "a zstd archive",
        "unpack it first (zstd -d)",
    ),
    (b"PAR1", "a Parquet file", "export it as CSV or JSON lines"),
    (
        b"PK\x03\x04",
        "a zip archive or an Excel workbook",
        "unpack it, or save the sheet as CSV UTF-8",
    ),
];

/// Whether the text is packed with gzip.
///
/// # Errors
/// When the first bytes cannot be read.
pub fn is_gzip(reader: &mut impl BufRead) -> io::Result<bool> {
    Ok(reader.fill_buf()?.starts_with(GZIP_MAGIC))
}

/// Finds the format from the first bytes, of JSON only how it begins (its keys tell the rest, where they
/// are read), and steps over a byte order mark.
/// Of a reader it consumes at most that mark and blank lines, so that pipes work too;
/// the second value is the number of line ends consumed.
///
/// # Errors
/// When it is none that mailhunt reads, with a sentence that says what it is.
pub fn detect(reader: &mut impl BufRead) -> Result<(Format, u64), UnknownFormat> {
    let start = reader.fill_buf()?;
    for (magic, what, advice) in UNSUPPORTED {
        if start.starts_with(magic) {
            return Err(UnknownFormat::Unsupported { what, advice });
        }
    }
    if start.starts_with(UTF8_BOM) {
        reader.consume(UTF8_BOM.len());
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
        let first = buffer.get(blanks).copied();
        lines += memchr::memchr_iter(b'\n', &buffer[..blanks]).count() as u64;
        reader.consume(blanks);
        match first {
            Some(b'[') => return Ok((Format::JsonArray, lines)),
            Some(b'{') => return Ok((Format::JsonLines, lines)),
            Some(_) => return Ok((Format::Csv, lines)),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"Timestamp,Subject\r\n", Format::Csv)]
    #[case(b"\xef\xbb\xbfTimestamp", Format::Csv)]
    #[case(b"  \r\n [", Format::JsonArray)]
    #[case(b"\xef\xbb\xbf{\"a\":1}", Format::JsonLines)]
    fn formats_are_known_by_content(#[case] text: &[u8], #[case] format: Format) {
        let mut reader = text;
        let (found, _) = detect(&mut reader).expect("a format");
        assert_eq!(found, format);
        assert!(!reader.starts_with(UTF8_BOM));
    }

    #[test]
    fn blank_lines_before_the_text_are_counted() {
        let mut reader = b"\n\n  {".as_slice();
        let (_, lines) = detect(&mut reader).expect("a format");
        assert_eq!(lines, 2);
    }

    #[rstest]
    #[case(b"", "empty")]
    #[case(b" \n \n", "empty")]
    #[case(b"\xff\xfeT\0", "UTF-16")]
    #[case(b"PAR1....", "Parquet")]
    #[case(b"PK\x03\x04....", "workbook")]
    fn others_are_refused_by_name(#[case] text: &[u8], #[case] word: &str) {
        let error = detect(&mut &*text).expect_err("not read");
        assert!(error.to_string().contains(word), "{error}");
    }
}
