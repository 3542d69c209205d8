//! Reads comma-separated values into batches, by the `csv` crate; tabs or semicolons may take the commas' place.
//!
//! Rows whose cells do not fit the header are rejected, never shifted into place: a threat moved
//! by one column is a wrong number. The csv crate finds a reading for everything; where that takes
//! in lines by a quote that is not closed properly, only the first line is rejected and reading goes
//! on with the next.

mod dialect;
mod direction;

use super::given_header::GivenHeader;
use super::replay::{Passed, Replay};
use super::report::Place;
use super::resemblance::Resemblance;
use super::schema::Table;
use super::sink::{FileSink, Stop};
use csv::{ByteRecord, Reader, ReaderBuilder};
use dialect::Delimiter;
use direction::DirectionCheck;
use std::cell::RefCell;
use std::io::{BufRead, Read};
use std::rc::Rc;

/// The most columns of a header. Real exports have some fifty.
const MOST_COLUMNS: usize = 10_000;

/// Reads all rows of `reader`, which begins on line `lines_before + 1` of the file. `given` are the columns
/// of files without a header.
pub(super) fn read(
    reader: impl BufRead,
    lines_before: u64,
    given: Option<&GivenHeader>,
    sink: &mut FileSink,
) -> Result<(), Stop> {
    // Until its first line says what it is.
    sink.set_resemblance(Resemblance::Nothing);
    let dialect = dialect::detect(reader, given)?;
    let delimiter = dialect.delimiter;
    sink.set_format(delimiter.format());
    let lines_before = lines_before + dialect.lines_before;
    let mut records = Records::new(dialect.rows, delimiter, lines_before);
    match records.next()? {
        Found::Record => {}
        Found::TooLong => return Err(records.too_long()),
        Found::End => {
            let sentence = "the file is empty: there is no header in it";
            return Err(Stop::Failed(sentence.to_owned()));
        }
    }
    let has_header = dialect::is_header(&records.record);
    if let Some(given) = given.filter(|_| !has_header) {
        let columns = given.columns(records.record.len()).map_err(Stop::Failed)?;
        let header: ByteRecord = columns.iter().collect();
        let check = DirectionCheck::new(&header);
        let table = set_columns(&header, sink)?;
        let mut rows = Rows {
            records,
            header,
            table,
            check,
        };
        // What was read is a row already.
        rows.take_record(sink)?;
        return rows.read(sink);
    }
    if given.is_some() {
        sink.warn("it has a header line: --header is not used for it".to_owned());
    }
    let header = records.record.clone();
    let table = set_columns(&header, sink).map_err(|stop| match stop {
        Stop::Failed(sentence) if !has_header => {
            if let Some(resemblance) = dialect::resemblance(&header) {
                sink.set_resemblance(resemblance);
            }
            Stop::Failed(format!("{sentence}. {NO_HEADER}"))
        }
        stop => stop,
    })?;
    let rows = Rows {
        records,
        header,
        table,
        check: None,
    };
    rows.read(sink)
}

const NO_HEADER: &str = "If its first line is no header but an email, say what the columns are: --header \
                         emailevents, or --header NAME,NAME,…";

const UNCLOSED: &str = "a quote that opens in this line is not closed properly";

/// Fixes the columns of the file by its header.
fn set_columns(header: &ByteRecord, sink: &mut FileSink) -> Result<Table, Stop> {
    if header.len() > MOST_COLUMNS {
        return Err(Stop::Failed(format!(
            "its first line has {} columns: more than {MOST_COLUMNS} are not read",
            header.len()
        )));
    }
    sink.set_header(header.iter())
}

/// The rows of a file whose columns are known.
struct Rows<R> {
    records: Records<R>,
    header: ByteRecord,
    table: Table,
    /// Where the columns are what the person says, until a row bears them out.
    check: Option<DirectionCheck>,
}

impl<R: Read> Rows<R> {
    /// Reads to the end.
    fn read(mut self, sink: &mut FileSink) -> Result<(), Stop> {
        loop {
            match self.records.next()? {
                Found::Record => self.take_record(sink)?,
                Found::TooLong => self.reject(UNCLOSED.to_owned(), sink)?,
                Found::End => break,
            }
        }
        match self.check {
            Some(check) => check.end(),
            None => Ok(()),
        }
    }

    /// Takes the record that was read, as a row or as a fault.
    fn take_record(&mut self, sink: &mut FileSink) -> Result<(), Stop> {
        if let Some(reason) = self.records.fault(&self.header) {
            return self.reject(reason, sink);
        }
        let record = &self.records.record;
        let Some(check) = &mut self.check else {
            return sink.push_row(self.table, record.iter());
        };
        let Some(waiting) = check.look(record)? else {
            return Ok(());
        };
        self.check = None;
        waiting
            .iter()
            .try_for_each(|row| sink.push_row(self.table, row.iter()))
    }

    /// Counts the record that was read as rejected, and goes back to its second line where a quote has taken
    /// in what are other rows.
    fn reject(&mut self, reason: String, sink: &mut FileSink) -> Result<(), Stop> {
        let place = Place::Line(self.records.line());
        if self.records.resume_on_second_line() {
            let taken_back = format!("{UNCLOSED}; reading goes on with the next line");
            sink.reject(place, taken_back)
        } else if self.records.is_too_long() {
            let too_long = self.records.too_long();
            if !self.records.resume_on_next_line(sink)? {
                return Err(too_long);
            }
            sink.reject(place, "longer than 64 MiB")
        } else {
            sink.reject(place, reason)
        }
    }
}

/// What comes next in the file.
enum Found {
    /// A record: [`Records::record`].
    Record,
    /// A record that is longer than memory should be asked for.
    TooLong,
    /// The end of the file.
    End,
}

/// The records of a file, with the means to read the lines of one once more.
struct Records<R> {
    replay: Replay<R>,
    passed: Rc<RefCell<Passed>>,
    /// Made anew where the reading is taken back: it has read ahead.
    reader: Reader<Replay<R>>,
    record: ByteRecord,
    delimiter: Delimiter,
    /// Where the reader began: its positions are counted from there.
    base: u64,
    lines_before: u64,
}

impl<R: Read> Records<R> {
    fn new(reader: R, delimiter: Delimiter, lines_before: u64) -> Self {
        let (replay, passed) = Replay::new(reader);
        Records {
            reader: csv_reader(replay.clone(), delimiter),
            delimiter,
            replay,
            passed,
            record: ByteRecord::new(),
            base: 0,
            lines_before,
        }
    }

    fn next(&mut self) -> Result<Found, Stop> {
        let start = self.place();
        self.passed.borrow_mut().begin_record(start);
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => Ok(Found::Record),
            Ok(false) => Ok(Found::End),
            Err(_) if self.is_too_long() => Ok(Found::TooLong),
            Err(error) => Err(error.into()),
        }
    }

    /// The offset at which the reader is.
    fn place(&self) -> u64 {
        self.base + self.reader.position().byte()
    }

    /// The line of the file on which the record begins, counted from 1.
    fn line(&self) -> u64 {
        self.lines_before + self.passed.borrow().line() + 1
    }

    fn is_too_long(&self) -> bool {
        self.passed.borrow().is_too_long()
    }

    fn too_long(&self) -> Stop {
        Stop::Failed(format!(
            "line {} is longer than 64 MiB: the rows before it are kept, the rest of the file is not read",
            self.line()
        ))
    }

    /// Why the record is not a row of the table, if it is not.
    fn fault(&self, header: &ByteRecord) -> Option<String> {
        if is_header_again(&self.record, header) {
            return Some("the header again: this is not an event".to_owned());
        }
        let surplus_is_empty = self.record.iter().skip(header.len()).all(<[u8]>::is_empty);
        if self.record.len() < header.len() || !surplus_is_empty {
            return Some(format!(
                "{} cells where the header has {}",
                self.record.len(),
                header.len()
            ));
        }
        // Hardly any record has a line end in it, and only one that has can have taken in others.
        memchr::memchr2(b'\n', b'\r', self.record.as_slice())?;
        let passed = self.passed.borrow();
        let is_well_formed =
            is_well_formed(passed.record_until(self.place()), self.delimiter.byte());
        (!is_well_formed).then(|| UNCLOSED.to_owned())
    }

    /// Goes back to the second line of the record, if it has one.
    fn resume_on_second_line(&mut self) -> bool {
        let end = if self.is_too_long() {
            u64::MAX
        } else {
            self.place()
        };
        let Some(next) = self.passed.borrow().second_line(end) else {
            return false;
        };
        self.resume_at(next);
        true
    }

    /// Goes on with the line after the one of the record, if there is one.
    fn resume_on_next_line(&mut self, sink: &FileSink) -> Result<bool, Stop> {
        let Some(next) = self.replay.skip_line(|| sink.check_cancelled())? else {
            return Ok(false);
        };
        self.resume_at(next);
        Ok(true)
    }

    fn resume_at(&mut self, offset: u64) {
        self.passed.borrow_mut().rewind(offset);
        self.base = offset;
        self.reader = csv_reader(self.replay.clone(), self.delimiter);
    }
}

fn csv_reader<R: Read>(reader: R, delimiter: Delimiter) -> Reader<R> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.byte())
        .buffer_capacity(1 << 18)
        .from_reader(reader)
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

/// Whether the text of a record keeps to RFC 4180: a cell that begins with a quote ends with one, right
/// before a delimiter or the end. A row that does so counts whatever its cells say, since what they say
/// is written by attackers; one that does not was damaged on its way.
fn is_well_formed(record: &[u8], delimiter: u8) -> bool {
    let is_line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let start = record.iter().position(|byte| !is_line_end(byte));
    let end = record.iter().rposition(|byte| !is_line_end(byte));
    let (Some(start), Some(end)) = (start, end) else {
        return true;
    };
    let mut rest = &record[start..=end];
    loop {
        if let Some(quoted) = rest.strip_prefix(b"\"") {
            match after_closing_quote(quoted) {
                Some([]) => return true,
                Some([next, following @ ..]) if *next == delimiter => rest = following,
                Some(_) | None => return false,
            }
        } else {
            match memchr::memchr(delimiter, rest) {
                Some(end) => rest = &rest[end + 1..],
                None => return true,
            }
        }
    }
}

/// What follows the quote that closes a cell; two quotes are one of the cell.
fn after_closing_quote(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let quote = memchr::memchr(b'"', rest)?;
        rest = &rest[quote + 1..];
        match rest.strip_prefix(b"\"") {
            Some(next) => rest = next,
            None => return Some(rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a,b\r\n", true)]
    #[case("\r\na,\"b\nc\",d", true)]
    #[case("a,\"b \"\"quoted\"\"\n\",\"\"", true)]
    #[case("a\"b,c\"", true)]
    #[case("a,\"b\nc", false)]
    #[case("a,\"b\nc\"d,e", false)]
    #[case("a,\"b\nc\",\"d", false)]
    #[case("", true)]
    fn quotes_are_closed_where_a_cell_ends(#[case] record: &str, #[case] well_formed: bool) {
        for delimiter in [b',', b'\t', b';'] {
            let record = record.replace(',', &char::from(delimiter).to_string());
            assert_eq!(is_well_formed(record.as_bytes(), delimiter), well_formed);
        }
    }
}
