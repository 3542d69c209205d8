//! Rows as files: CSV as the Defender portal exports it, JSON lines, gzip.

use std::fmt::Write as _;
use std::io::{self, Write};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

use super::event::{Cell, Row};

/// Writes rows as CSV (header first, CRLF, quotes only where needed) and says how many.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write_csv<const COLUMNS: usize, R: Row<COLUMNS>>(
    rows: impl IntoIterator<Item = R>,
    out: impl Write,
) -> io::Result<u64> {
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .buffer_capacity(1 << 16)
        .from_writer(out);
    csv.write_record(R::default().cells().map(|(name, _)| name))?;
    let mut written = 0;
    let mut scratch = String::new();
    for row in rows {
        for (_, cell) in row.cells() {
            match cell {
                Cell::Text(text) | Cell::Array(text) => csv.write_field(text)?,
                Cell::Flag(flag) => csv.write_field(if flag { "1" } else { "0" })?,
                Cell::Missing => csv.write_field("")?,
                Cell::Time(_) | Cell::Number(_) => {
                    scratch.clear();
                    spell(cell, &mut scratch);
                    csv.write_field(&scratch)?;
                }
            }
        }
        csv.write_record(None::<&[u8]>)?;
        written += 1;
    }
    csv.flush()?;
    Ok(written)
}

/// Writes rows as JSON lines, where numbers, flags and lists are what they are, and says how many.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write_json_lines<const COLUMNS: usize, R: Row<COLUMNS>>(
    rows: impl IntoIterator<Item = R>,
    mut out: impl Write,
) -> io::Result<u64> {
    let mut written = 0;
    let mut line: Vec<u8> = Vec::new();
    let mut scratch = String::new();
    for row in rows {
        line.clear();
        for (name, cell) in row.cells() {
            line.push(if line.is_empty() { b'{' } else { b',' });
            line.push(b'"');
            line.extend_from_slice(name.as_bytes());
            line.extend_from_slice(b"\":");
            match cell {
                Cell::Text(text) => serde_json::to_writer(&mut line, text)?,
                Cell::Array("") => line.extend_from_slice(b"[]"),
                Cell::Array(json) => line.extend_from_slice(json.as_bytes()),
                Cell::Flag(flag) => line.extend_from_slice(if flag { b"true" } else { b"false" }),
                Cell::Missing => line.extend_from_slice(b"null"),
                Cell::Number(_) => {
                    scratch.clear();
                    spell(cell, &mut scratch);
                    line.extend_from_slice(scratch.as_bytes());
                }
                Cell::Time(_) => {
                    scratch.clear();
                    spell(cell, &mut scratch);
                    line.push(b'"');
                    line.extend_from_slice(scratch.as_bytes());
                    line.push(b'"');
                }
            }
        }
        line.extend_from_slice(b"}\n");
        out.write_all(&line)?;
        written += 1;
    }
    out.flush()?;
    Ok(written)
}

fn spell(cell: Cell<'_>, text: &mut String) {
    match cell {
        Cell::Time(time) => write!(text, "{time}"),
        Cell::Number(number) => write!(text, "{number}"),
        _ => Ok(()),
    }
    .expect("a String takes everything");
}

/// A gzip stream whose header has neither time nor name: the same rows give the same bytes.
pub fn gzip<W: Write>(out: W) -> GzEncoder<W> {
    GzBuilder::new().write(out, Compression::best())
}

#[cfg(test)]
mod tests {
    use super::super::event::{Event, Link};
    use super::*;

    #[test]
    fn csv_quotes_only_where_it_must() {
        let link = Link {
            url: "https://a.example/?q=1,2".into(),
            url_domain: "a.example".into(),
            ..Link::default()
        };
        let mut file = Vec::new();
        assert_eq!(write_csv([link], &mut file).expect("memory"), 1);
        assert_eq!(
            String::from_utf8_lossy(&file),
            "Timestamp,NetworkMessageId,Url,UrlDomain,UrlLocation,ReportId\r\n\
             1970-01-01T00:00:00.0000000Z,,\"https://a.example/?q=1,2\",a.example,,\r\n"
        );
    }

    #[test]
    fn json_lines_keep_types() {
        let event = Event {
            to: r#"["a@b.example"]"#.into(),
            email_size: Some(7),
            is_first_contact: Some(true),
            ..Event::default()
        };
        let mut file = Vec::new();
        write_json_lines([event], &mut file).expect("memory");
        let line: serde_json::Value = serde_json::from_slice(&file).expect("JSON");
        assert_eq!(line["To"][0], "a@b.example");
        assert_eq!(line["EmailSize"], 7);
        assert_eq!(line["IsFirstContact"], true);
        assert_eq!(line["BulkComplaintLevel"], serde_json::Value::Null);
        assert_eq!(line["Subject"], "");
    }
}
