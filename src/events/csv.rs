//! Reads comma-separated values into batches, by the `csv` crate.
//!
//! Rows whose cells do not fit the header are rejected, never shifted into place: a threat moved
//! by one column is a wrong number.

use super::line_starts::LineReader;
use super::report::Place;
use super::schema::{self, names};
use super::sink::{FileSink, Stop};
use csv::{ByteRecord, ReaderBuilder};
use std::io::Read;

/// What stands in `EmailDirection` of an event.
const DIRECTIONS: [&[u8]; 3] = [b"Inbound", b"Outbound", b"Intra-org"];

/// Reads all rows of `reader`, which begins on line `lines_before + 1` of the file.
pub(super) fn read(reader: impl Read, lines_before: u64, sink: &mut FileSink) -> Result<(), Stop> {
    let (reader, lines) = LineReader::new(reader);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 18)
        .from_reader(reader);
    let mut header = ByteRecord::new();
    if !reader.read_byte_record(&mut header)? {
        return Err(Stop::Failed(
            "the file is empty: there is no header in it".to_owned(),
        ));
    }
    let names: Vec<String> = header.iter().map(schema::canonical_name).collect();
    warn_of_duplicates(&names, sink);
    let direction = names.iter().position(|name| name == names::EMAIL_DIRECTION);
    sink.set_columns(names)?;

    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let offset = record.position().map_or(0, csv::Position::byte);
        lines.borrow_mut().forget_before(offset);
        match fault(&record, &header, direction) {
            Some(reason) => {
                let line = lines_before + lines.borrow().line_from(offset) + 1;
                sink.reject(Place::Line(line), reason)?;
            }
            None => sink.push_row(record.iter())?,
        }
    }
    Ok(())
}

fn warn_of_duplicates(names: &[String], sink: &mut FileSink) {
    for (index, name) in names.iter().enumerate() {
        if !name.is_empty() && names[..index].contains(name) {
            sink.warn(format!(
                "the column {name} is there more than once: the first is taken"
            ));
        }
    }
}

/// Why a record is not a row of the table, if it is not; `direction` is the place of `EmailDirection`.
fn fault(record: &ByteRecord, header: &ByteRecord, direction: Option<usize>) -> Option<String> {
    if is_header_again(record, header) {
        return Some("the header again: this is not an event".to_owned());
    }
    let swallowed = swallowed_rows(record, header.len(), direction);
    if swallowed > 0 {
        return Some(format!(
            "a quote that opens in this row is closed only after {swallowed} further lines that look like \
             rows: none of them is counted"
        ));
    }
    let surplus_is_empty = record.iter().skip(header.len()).all(<[u8]>::is_empty);
    if record.len() < header.len() || !surplus_is_empty {
        return Some(format!(
            "{} cells where the header has {}",
            record.len(),
            header.len()
        ));
    }
    None
}

/// Whether the record is the header, as when files were put one after the other; then a byte order
/// mark may stand before it.
fn is_header_again(record: &ByteRecord, header: &ByteRecord) -> bool {
    let without_mark = |cell| <[u8]>::strip_prefix(cell, b"\xef\xbb\xbf").unwrap_or(cell);
    record.len() == header.len()
        && record
            .iter()
            .zip(header)
            .all(|(cell, name)| cell == name || without_mark(cell) == name)
}

/// The number of lines inside the record's cells that look like rows of the table: what a quote
/// that is never closed swallows. The csv crate always finds a reading, so it must be judged here.
fn swallowed_rows(record: &ByteRecord, columns: usize, direction: Option<usize>) -> usize {
    // Hardly any record has a line end in it: one look over all its cells tells.
    if memchr::memchr2(b'\n', b'\r', record.as_slice()).is_none() {
        return 0;
    }
    let rows: Vec<&[u8]> = record
        .iter()
        .filter(|cell| memchr::memchr2(b'\n', b'\r', cell).is_some())
        .flat_map(|cell| cell.split(|&byte| matches!(byte, b'\n' | b'\r')).skip(1))
        .filter(|line| memchr::memchr_iter(b',', line).count() + 1 >= columns)
        .collect();
    let has_direction = |line: &&[u8]| {
        let cell = direction.and_then(|place| line.split(|&byte| byte == b',').nth(place));
        cell.is_some_and(|cell| DIRECTIONS.contains(&cell))
    };
    // In a narrow table a sentence of several lines may hold as many commas as a row, but hardly
    // the word of a direction where a row has it.
    let least = if columns >= 10 || rows.iter().any(has_direction) {
        1
    } else {
        3
    };
    if rows.len() >= least { rows.len() } else { 0 }
}
