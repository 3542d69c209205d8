//! Reads comma-separated values into batches; tabs or semicolons may take the commas' place.
//!
//! Rows whose cells do not fit the header are rejected, never shifted into place: a threat moved
//! by one column is a wrong number. The rules are those of the `csv` crate, which finds a reading for
//! everything; where that takes in lines by a quote that is not closed properly, only the first line is
//! rejected and reading goes on with the next.
//!
//! Blocks of the file are taken apart by several threads ([`block`]). In each, what is written as exports
//! write it is read many bytes at once ([`scan`]), and only the cells are looked at that somebody wants;
//! everything else is read letter by letter ([`exact`]). Here the blocks come together again, in order.

mod block;
mod dialect;
mod direction;
mod exact;
mod fault;
mod masks;
mod plan;
mod scan;
mod well_formed;

use super::blocks::{self, Block, Parsed, Parser, Source};
use super::cells::Fate;
use super::format;
use super::given_header::GivenHeader;
use super::in_place::PlainFile;
use super::json::Failure;
use super::report::Place;
use super::resemblance::Resemblance;
use super::schema::names;
use super::sink::FileSink;
use super::stop::Stop;
use super::workers::Workers;
use block::Rows;
use dialect::Delimiter;
use direction::DirectionCheck;
use plan::{LONGEST_RECORD, Plan};
use std::io::{BufRead, Cursor, Read};
use std::sync::Arc;

/// The most columns of a header. Real exports have some fifty.
const MOST_COLUMNS: usize = 10_000;

/// Reads all rows of `reader`, which begins on line `lines_before + 1` of the file; from the first row on in
/// place, where it is the text of a plain `file`. `given` are the columns of files without a header.
pub(super) fn read(
    reader: impl BufRead,
    file: Option<&PlainFile>,
    lines_before: u64,
    given: Option<&GivenHeader>,
    workers: &Workers,
    sink: &mut FileSink,
) -> Result<(), Stop> {
    // Until its first line says what it is.
    sink.set_resemblance(Resemblance::Nothing);
    let dialect = dialect::detect(reader, given)?;
    let delimiter = dialect.delimiter;
    sink.set_format(delimiter.format());
    let begun = file.map_or(0, |file| file.consumed() - dialect.looked_at as u64);
    let mut rows = dialect.rows;
    let mut first = FirstRecord::read(&mut rows, delimiter)?;
    first.lines_before += lines_before + dialect.lines_before;
    // Only now there is enough of it to see a tar archive.
    if let Some(unsupported) = format::unsupported(&first.text) {
        sink.set_resemblance(unsupported.resemblance());
        return Err(Stop::Failed(unsupported.to_string()));
    }
    // Where reading has failed, the stream says so.
    let in_place = file.filter(|_| first.failed.0.is_none());
    let has_header = dialect::is_header(first.cells.iter().map(Vec::as_slice));
    let given = given.filter(|_| {
        if has_header {
            sink.warn("it has a header line: --header is ignored for it".to_owned());
        }
        !has_header
    });
    if let Some(given) = given {
        let header = given.columns(first.cells.len()).map_err(Stop::Failed)?;
        let header: Vec<Vec<u8>> = header.iter().map(|name| name.as_bytes().to_vec()).collect();
        let check = DirectionCheck::new(&header);
        let mut file = File::new(header, 0, delimiter, first.lines_before, check, sink)?;
        // What was read is a row already.
        let unread = first.text.len() + first.rest.len();
        let place = begun + first.length - unread as u64;
        let rows = Cursor::new(first.text)
            .chain(Cursor::new(first.rest))
            .chain(first.failed)
            .chain(rows);
        let rows = match in_place {
            Some(in_place) => Source::File(in_place.from(place)),
            None => Source::Stream(rows),
        };
        blocks::read(rows, workers, &mut file)?;
        return file.end();
    }
    let lines = first.lines_before + first.lines;
    let resemblance = dialect::resemblance(&first.cells).filter(|_| !has_header);
    let is_no_text = dialect::is_no_text(&first.cells);
    let surplus = surplus_of_first_row(&first, delimiter);
    let file = File::new(first.cells, surplus, delimiter, lines, None, &mut *sink);
    let mut file = match file {
        Ok(file) => file,
        Err(Stop::Failed(sentence)) if !has_header => {
            if let Some(resemblance) = resemblance {
                sink.set_resemblance(resemblance);
            }
            return Err(Stop::Failed(if is_no_text {
                NO_TEXT.to_owned()
            } else {
                format!("{sentence}. {NO_HEADER}")
            }));
        }
        Err(stop) => return Err(stop),
    };
    let place = begun + first.length - first.rest.len() as u64;
    let rows = match in_place {
        Some(in_place) => Source::File(in_place.from(place)),
        None => Source::Stream(Cursor::new(first.rest).chain(first.failed).chain(rows)),
    };
    blocks::read(rows, workers, &mut file)
}

const NO_TEXT: &str = "this is neither text nor a format that mailhunt reads";

const NO_HEADER: &str = "If its first line is an email, not a header, name the columns: --header emailevents, or \
                         --header NAME,NAME,…";

/// The first record of a file.
#[derive(Default)]
struct FirstRecord {
    cells: Vec<Vec<u8>>,
    /// The text that was read of the file.
    text: Vec<u8>,
    /// What of it follows the record.
    rest: Vec<u8>,
    /// How much was read.
    length: u64,
    /// Why reading on after the text will fail.
    failed: Failure,
    lines_before: u64,
    lines: u64,
}

/// What is read at once while the first record has no end.
const PORTION: u64 = 1 << 16;

impl FirstRecord {
    fn read(reader: &mut impl Read, delimiter: Delimiter) -> Result<Self, Stop> {
        let mut text = Vec::new();
        let mut portion = PORTION;
        let mut length = 0;
        loop {
            let before = text.len();
            let failed = reader.take(portion).read_to_end(&mut text).err();
            let is_last = failed.is_none() && text.len() == before;
            length += (text.len() - before) as u64;
            if before == 0 && text.starts_with(BYTE_ORDER_MARK) {
                text.drain(..BYTE_ORDER_MARK.len());
            }
            let blanks = text.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
            let start = blanks.count();
            if start < text.len()
                && let Some(record) = exact::Record::read(&text, start, delimiter.byte(), is_last)
            {
                return Ok(FirstRecord {
                    length,
                    cells: record.iter().map(<[u8]>::to_vec).collect(),
                    rest: text.split_off(record.end),
                    lines_before: scan::line_ends(&text[..start]),
                    lines: scan::line_ends(&text[start..]),
                    text: text.split_off(start),
                    failed: Failure(failed),
                });
            }
            if let Some(error) = failed {
                return Err(error.into());
            }
            if is_last {
                let sentence = "the file is empty: it has no header";
                return Err(Stop::Failed(sentence.to_owned()));
            }
            if text.len() > LONGEST_RECORD {
                let line = scan::line_ends(&text[..start]) + 1;
                return Err(too_long(line));
            }
            portion = text.len() as u64;
        }
    }
}

/// How many empty cells the first row has beyond the header, if that is known at once: some writers end each line with a
/// separator.
fn surplus_of_first_row(header: &FirstRecord, delimiter: Delimiter) -> usize {
    let text = &header.rest;
    let blanks = text.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    let start = blanks.count();
    if start == text.len() {
        return 0;
    }
    let Some(row) = exact::Record::read(text, start, delimiter.byte(), true) else {
        return 0;
    };
    let mut surplus = row.iter().skip(header.cells.len());
    if surplus.all(<[u8]>::is_empty) {
        row.len().saturating_sub(header.cells.len())
    } else {
        0
    }
}

/// csv readers pass it over at the beginning of a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

fn too_long(line: u64) -> Stop {
    Stop::Failed(format!(
        "line {line} is longer than 64 MiB: the rows before it are kept, the rest of the file is not read"
    ))
}

/// A file whose columns are known.
struct File<'s> {
    plan: Arc<Plan>,
    /// The plan once the columns are borne out.
    plan_of_checked: Arc<Plan>,
    /// The lines before the next block.
    lines: u64,
    /// Where the columns are what the person says, until a row bears them out.
    check: Option<DirectionCheck>,
    /// Whether a line has come that is too long, and goes on.
    passes_over_line: bool,
    sink: &'s mut FileSink,
}

impl<'s> File<'s> {
    fn new(
        header: Vec<Vec<u8>>,
        surplus: usize,
        delimiter: Delimiter,
        lines: u64,
        check: Option<DirectionCheck>,
        sink: &'s mut FileSink,
    ) -> Result<Self, Stop> {
        if header.len() > MOST_COLUMNS {
            return Err(Stop::Failed(format!(
                "its first line has {} columns, but at most {MOST_COLUMNS} are supported",
                header.len()
            )));
        }
        let table = sink.set_header(header.iter().map(Vec::as_slice))?;
        let columns = sink.columns(table);
        let threat_types = columns.shape.place(names::THREAT_TYPES);
        let plan = Arc::new(Plan {
            table,
            delimiter: delimiter.byte(),
            header,
            surplus,
            threat_types: columns.cell(threat_types),
            columns,
        });
        let plan_of_checked = Arc::clone(&plan);
        Ok(File {
            plan: match (&check, &plan.columns.fate) {
                (Some(_), Fate::Counted(_)) => Arc::new(plan.with(Fate::LookedAt)),
                _ => plan,
            },
            plan_of_checked,
            lines,
            check,
            passes_over_line: false,
            sink,
        })
    }

    /// Ends a file of given columns.
    fn end(self) -> Result<(), Stop> {
        self.check.map_or(Ok(()), DirectionCheck::end)
    }

    fn keep(&mut self, rows: Rows, rows_before: u64) -> Result<(), Stop> {
        let rejected: Vec<usize> = rows.faults.iter().map(|fault| fault.rows_before).collect();
        let (taken, seen) = (rows.taken, &rows.threat_types);
        self.sink
            .push_rows(self.plan.table, taken, seen, rows_before, &rejected)
    }
}

impl Parser for File<'_> {
    type Rows = Rows;

    fn cut(&self, text: &[u8]) -> Option<usize> {
        cut(text, &self.plan)
    }

    fn job(&self) -> impl FnMut(Block, Option<Rows>) -> Parsed<Rows> + Send + 'static {
        let plan = Arc::clone(&self.plan);
        move |block, before| block::take_apart(block, &plan, before)
    }

    fn block_length(&self) -> usize {
        self.plan.columns.block_length()
    }

    fn window(&self) -> Option<usize> {
        matches!(self.plan.columns.fate, Fate::Counted(_)).then_some(blocks::WINDOW)
    }

    fn take(&mut self, rows: Rows) -> Result<(), Stop> {
        if let Some(lines) = rows.utf8_before {
            self.sink.note_other_than_utf8(self.lines + lines + 1);
        }
        let refused = match &mut self.check {
            Some(check) => check.look(&rows.taken).err(),
            None => None,
        };
        let rows_before = self.sink.rows_read();
        for fault in rows.faults.iter() {
            // What follows the row for which the columns are refused is not read any more.
            if refused
                .as_ref()
                .is_none_or(|refused| fault.rows_before <= refused.row)
            {
                let place = Place::Line(self.lines + fault.lines_before + 1);
                self.sink.reject(place, fault.reason)?;
            }
        }
        if let Some(refused) = refused {
            return Err(refused.stop);
        }
        self.lines += rows.lines;
        let is_too_long = rows.is_too_long;
        match &mut self.check {
            Some(check) if check.is_waiting() => check.hold(rows),
            Some(check) => {
                let held = check.release();
                self.check = None;
                self.plan = Arc::clone(&self.plan_of_checked);
                for rows in held {
                    let rows_before = self.sink.rows_read();
                    self.keep(rows, rows_before)?;
                }
                self.keep(rows, rows_before)?;
            }
            None => self.keep(rows, rows_before)?,
        }
        self.passes_over_line = is_too_long;
        Ok(())
    }

    fn passes_over_line(&mut self) -> bool {
        std::mem::take(&mut self.passes_over_line)
    }

    fn line_passed(&mut self, has_next: bool) -> Result<(), Stop> {
        let line = self.lines + 1;
        if !has_next {
            return Err(too_long(line));
        }
        self.lines += 1;
        self.sink.reject(Place::Line(line), "longer than 64 MiB")
    }

    fn check_cancelled(&self) -> Result<(), Stop> {
        self.sink.check_cancelled()
    }
}

/// The most lines at the end of a block that are looked at to find one that is a record.
const LINES_LOOKED_AT: usize = 16;

/// Where the last record of a text seems to end: after a line that has as many cells as the header, since a
/// line end may also stand within quotes.
fn cut(text: &[u8], plan: &Plan) -> Option<usize> {
    let mut line_ends = memchr::memrchr_iter(b'\n', text);
    let Some(last) = line_ends.next() else {
        return cut_at_return(text);
    };
    let mut end = last;
    for start in line_ends.take(LINES_LOOKED_AT) {
        if is_record(&text[start + 1..end], plan) {
            return Some(end + 1);
        }
        end = start;
    }
    Some(last + 1)
}

fn is_record(line: &[u8], plan: &Plan) -> bool {
    let mut is_quoted = false;
    let mut cells = 1;
    for at in memchr::memchr2_iter(b'"', plan.delimiter, line) {
        if line[at] == b'"' {
            is_quoted = !is_quoted;
        } else if !is_quoted {
            cells += 1;
        }
    }
    !is_quoted && cells == plan.header.len()
}

/// The end of the last line of a text whose lines end with returns alone.
fn cut_at_return(text: &[u8]) -> Option<usize> {
    // After the last byte a line feed may follow, which belongs to the return.
    let (_, before) = text.split_last()?;
    memchr::memrchr(b'\r', before).map(|end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::after_the_last_record("a,b\nc,d\ne", Some(8))]
    #[case::not_within_quotes("a,b\nc,d\ne,\"f\ng", Some(8))]
    #[case::not_in_a_cell_of_lines("a,b\nc,d\ne,\"f\ng\nh\n", Some(8))]
    #[case::where_no_line_is_a_record("a\nb\nc", Some(4))]
    #[case::returns("a,b\rc,d\re", Some(8))]
    #[case::a_return_whose_feed_may_follow("a,b\rc,d\r", Some(4))]
    #[case::nowhere("a,b", None)]
    fn a_text_is_cut_where_a_record_seems_to_end(
        #[case] text: &str,
        #[case] expected: Option<usize>,
    ) {
        assert_eq!(cut(text.as_bytes(), &block::plan(&["A", "B"])), expected);
    }
}
