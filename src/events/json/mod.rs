//! JSON in all the shapes in which exports and answers of the services come: files of lines, which are read
//! fastest, and documents, which are read as a stream however they are broken into lines.
//!
//! A record is one row as the file has it: an object, the object in an envelope, a list of values under
//! columns named once. Here is only decided how a file is gone through.

mod answer;
mod answer_so_far;
mod block;
mod cell;
mod controls;
mod document;
mod envelope;
mod frames;
mod lines;
mod not_numbers;
mod object;
mod opening;
mod paging;
mod reading;
mod rows;
mod service_error;
mod source;
mod tables;
mod template;
mod undecodable;

pub(super) use cell::cell;

use super::in_place::PlainFile;
use super::notes::Notes;
use super::resemblance::Resemblance;
use super::schema::names;
use super::sink::FileSink;
use super::stop::Stop;
use super::workers::Workers;
use controls::{AfterLineBreak, BYTES_THAT_TELL, after_line_break};
use object::Object;
use opening::Opening;
use serde::de::IgnoredAny;
use std::io::{self, BufRead, Cursor, Read};

/// What is looked at to see how a file is gone through, in bytes. A longer line is read as a stream.
const LONGEST_FIRST_LINE: u64 = 1 << 20;

/// Reads the records of a file; `lines_before` lines of it are already consumed. Lines are read in place, where
/// these are the text of a plain `file`.
pub(super) fn read(
    mut reader: impl BufRead,
    file: Option<&PlainFile>,
    lines_before: u64,
    workers: &Workers,
    notes: &Notes,
    sink: &mut FileSink,
) -> Result<(), Stop> {
    let mut start = Vec::new();
    let mut first_line = (&mut reader).take(LONGEST_FIRST_LINE);
    let failed = first_line.read_until(b'\n', &mut start).err();
    let is_all = failed.is_some() || reader.fill_buf().is_ok_and(<[u8]>::is_empty);
    let mut ahead = Vec::new();
    let mut failed_ahead = None;
    let next = reader.fill_buf().unwrap_or_default();
    let is_of_lines = if after_line_break(next) == AfterLineBreak::Undecided {
        let mut few_bytes = (&mut reader).take(BYTES_THAT_TELL as u64);
        failed_ahead = few_bytes.read_to_end(&mut ahead).err();
        is_of_lines(&start, &ahead, is_all)
    } else {
        is_of_lines(&start, next, is_all)
    };
    let speaks_of_emails = mentions_emails(&start)
        || mentions_emails(&ahead)
        || reader.fill_buf().is_ok_and(mentions_emails);
    sink.set_resemblance(if speaks_of_emails {
        Resemblance::Export
    } else {
        Resemblance::Nothing
    });
    // What was read ahead of the first line can no longer be read in place.
    let file = file.filter(|_| ahead.is_empty());
    let ahead = Cursor::new(ahead).chain(Failure(failed_ahead));
    let whole = Cursor::new(start)
        .chain(Failure(failed))
        .chain(ahead)
        .chain(reader);
    if is_of_lines {
        // Who takes the lines apart looks at their bytes anyway.
        notes.leave_encoding_to_reader();
        lines::read(whole, file, lines_before, workers, sink)
    } else {
        document::read(whole, lines_before, sink)
    }
}

/// Whether a file that begins with this text has a record, or several of them, on each line. `next` is the
/// beginning of what follows; `is_all` says that there is nothing after it. Damage does not decide that:
/// of a text that cannot be read it counts how it opens and whether it goes on behind the line.
fn is_of_lines(start: &[u8], next: &[u8], is_all: bool) -> bool {
    let text = start.trim_ascii();
    if !text.starts_with(b"{") {
        return false;
    }
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    match values.next() {
        // Objects may also follow each other without a line end in between.
        Some(Ok(_)) => {
            let (first, rest) = text.split_at(values.byte_offset());
            let rest = rest.trim_ascii();
            // A comma may stand between them, or at the end of each line.
            let next = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
            // What wraps rows and has something behind it is read as far as it goes.
            let is_document = |object: Object<'_>| {
                is_answer(&object) || object.wraps_rows() && (is_all || !rest.is_empty())
            };
            !next.starts_with(b"{") && !serde_json::from_slice(first).is_ok_and(is_document)
        }
        // Of a document that is cut off, the records before are there to be read.
        _ if is_all || !start.ends_with(b"\n") => false,
        Some(Err(_)) if opening::of(text) == Opening::Answer => false,
        Some(Err(_)) if controls::ends_inside_string(text) => {
            after_line_break(next) == AfterLineBreak::Object
        }
        Some(Err(error)) if error.is_eof() => {
            // Where the line ends inside a value, that is a line which is cut off.
            !text.ends_with(b"{")
                && !text.ends_with(b"[")
                && !text.ends_with(b",")
                && !text.ends_with(b":")
        }
        _ => true,
    }
}

/// Whether a text that may be broken has the name of a key by which the rows of no other subject are known.
fn mentions_emails(text: &[u8]) -> bool {
    [
        names::EMAIL_DIRECTION,
        names::SENDER_FROM_DOMAIN,
        names::RECIPIENT_EMAIL_ADDRESS,
    ]
    .iter()
    .any(|name| memchr::memmem::find(text, name.as_bytes()).is_some())
}

/// Whether an object is the whole answer of a service, and not one of many messages in a file.
fn is_answer(object: &Object<'_>) -> bool {
    object.wraps_rows() && object.get("records").is_none()
        || service_error::of_refusal(object).is_some()
}

/// A reader that fails once, where an earlier one has.
#[derive(Default)]
pub(super) struct Failure(pub(super) Option<io::Error>);

impl Read for Failure {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

impl BufRead for Failure {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.take().map_or(Ok(&[]), Err)
    }

    fn consume(&mut self, _: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::a_row("{\"a\":1}\n", true)]
    #[case::an_envelope("{\"category\":\"c\",\"properties\":{}}\r\n", true)]
    #[case::a_message_of_envelopes("{\"records\":[{\"a\":1}]}\n", true)]
    #[case::a_line_that_is_cut_off("{\"a\":\"b\n{\"a\":1}", true)]
    #[case::a_line_break_in_a_row("{\"a\":\"b\nc\"}", false)]
    #[case::a_brace_after_a_line_break("{\"a\":\"b\n{c\"}", false)]
    #[case::a_brace_after_a_line_break_in_a_message("{\"records\":[{\"a\":\"b\n{\"}]}", false)]
    #[case::a_quote_after_a_line_break("{\"records\":[{\"a\":\"b\n\"}]}", false)]
    #[case::a_line_break_in_a_message("{\"records\":[{\"a\":\"b\nc\"}]}", false)]
    #[case::a_message_that_is_cut_off("{\"records\":[{\"a\":\"b\n{\"records\":[]}", true)]
    #[case::a_message_that_is_broken("{\"records\":[{\"a\":b}]}\n{\"records\":[]}", true)]
    #[case::an_answer_that_is_broken("{\"s\":[],\"results\":[{\"a\":b}]}\n", false)]
    #[case::a_tab_in_an_answer("{\"results\":[{\"a\":\"b\tc\"}]}\n{", false)]
    #[case::a_line_that_is_broken("{\"a\":b}\n", true)]
    #[case::garbage_after_a_row("{\"a\":1} x\n", true)]
    #[case::a_row_with_a_comma("{\"a\":1},\n", true)]
    #[case::rows_without_line_ends("{\"a\":1}{\"a\":2}\n", false)]
    #[case::rows_with_commas_and_without_line_ends("{\"a\":1}, {\"a\":2},\n", false)]
    #[case::an_answer_with_something_behind("{\"tables\":[]} x\n", false)]
    #[case::a_message_with_something_behind("{\"records\":[]}\0\n", false)]
    #[case::a_row_over_several_lines("{\n", false)]
    #[case::another("{\"a\": 1,\n", false)]
    #[case::an_answer("{\"tables\":[]}\n", false)]
    #[case::a_refusal("{\"error\":{\"message\":\"no\"}}\n", false)]
    #[case::an_array("[{\"a\":1}]\n", false)]
    fn files_of_lines_are_known_by_their_first(#[case] line: &str, #[case] expected: bool) {
        let (line, next) = line.split_once('\n').unwrap_or((line, ""));
        let line = format!("{line}\n");
        assert_eq!(
            is_of_lines(line.as_bytes(), next.as_bytes(), false),
            expected
        );
    }
}
