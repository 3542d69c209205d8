//! Files of lines: a row a line, in an envelope or not, or several rows in a list. What a line holds that is
//! broken costs that line only.

use super::object::Object;
use super::reading::Reading;
use super::rows::Rows;
use super::source::Limits;
use super::{LONGEST_RECORD, document, undecodable};
use crate::events::format::Format;
use crate::events::sink::{FileSink, Stop};
use std::io::{self, BufRead, Read};

/// The byte order mark, which stands in the middle where files were put one after the other.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How a message of several rows begins.
const RECORDS: &[u8] = b"\"records\"";

/// Reads the lines of a file; `lines_before` of them are already consumed.
pub(super) fn read(
    mut reader: impl BufRead,
    lines_before: u64,
    sink: &mut FileSink,
) -> Result<(), Stop> {
    let mut reading = Reading::new(Rows::new(sink, Format::JsonLines), Limits::new());
    let end = read_all(&mut reader, lines_before, &mut reading);
    reading.finish(end)
}

fn read_all(
    reader: &mut impl BufRead,
    lines_before: u64,
    reading: &mut Reading<'_>,
) -> Result<(), Stop> {
    let mut line = Vec::new();
    let mut number = lines_before;
    loop {
        line.clear();
        number += 1;
        let length = reader
            .by_ref()
            .take(LONGEST_RECORD)
            .read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(());
        }
        reading.line = Some(number);
        if length as u64 == LONGEST_RECORD && !line.ends_with(b"\n") {
            skip_line(reader)?;
            let place = reading.next_place();
            reading.rows.sink.reject(place, "longer than 64 MiB")?;
            continue;
        }
        let text = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line);
        let text = without_comma(text.trim_ascii());
        if !text.is_empty() {
            take_line(text, reading)?;
        }
    }
}

/// The text of a line without the comma that stands between the elements of a list: who pastes these leaves it.
fn without_comma(line: &[u8]) -> &[u8] {
    match line {
        [text @ .., b','] if text.ends_with(b"}") => text,
        [b',', text @ ..] if text.starts_with(b"{") => text,
        _ => line,
    }
}

fn take_line(text: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
    match serde_json::from_slice::<Object<'_>>(text) {
        Ok(object) => take_object(&object, text, reading),
        Err(error) => {
            if let Some(decoded) = decoded(text)
                && let Ok(object) = serde_json::from_slice::<Object<'_>>(&decoded)
            {
                reading.rows.has_undecodable = true;
                let taken = take_object(&object, &decoded, reading);
                reading.rows.has_undecodable = false;
                return taken;
            }
            if is_list(text) {
                return document::read_wrapped(reading, text);
            }
            reading.reject_text(&error)
        }
    }
}

fn take_object(object: &Object<'_>, text: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
    if reading.rows.is_like_the_last(object) {
        let place = reading.next_place();
        return reading.rows.take_like_the_last(object, place);
    }
    if object.wraps_rows() {
        return document::read_wrapped(reading, text);
    }
    reading.take(object)
}

/// Whether a line is a list of rows, or begins as one: then the rows before the damage can be read.
fn is_list(line: &[u8]) -> bool {
    let is_message = |object: &[u8]| {
        let start = object.trim_ascii_start().get(..RECORDS.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(RECORDS))
    };
    line.starts_with(b"[") || line.strip_prefix(b"{").is_some_and(is_message)
}

/// The line with bytes that are no text escaped, if it has any.
fn decoded(line: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(line.len());
    let (_, has_escaped) = undecodable::escape(line, true, &mut text);
    has_escaped.then_some(text)
}

/// Consumes the rest of a line that is not kept.
fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        if let Some(end) = memchr::memchr(b'\n', buffer) {
            reader.consume(end + 1);
            return Ok(());
        }
        let length = buffer.len();
        reader.consume(length);
    }
}
