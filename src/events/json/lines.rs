//! Files of lines: a row a line, in an envelope or not, or several rows in a list. What a line holds that is
//! broken costs that line only, and a raw line break inside of a row that row only.

use super::block::{self, Lines, Plan, Portion};
use super::controls::{self, AfterLineBreak, Strings};
use super::object::Object;
use super::opening::{self, Opening};
use super::reading::Reading;
use super::rows::Rows;
use super::source::LONGEST_RECORD;
use super::source::{self, Limits};
use super::template::Template;
use super::{Failure, LONGEST_FIRST_LINE, document, not_numbers, undecodable};
use crate::events::blocks::{self, Block, Parsed, Parser, Source};
use crate::events::cells::Columns;
use crate::events::format::Format;
use crate::events::in_place::PlainFile;
use crate::events::recipient_lists;
use crate::events::schema::{Table, names};
use crate::events::sink::FileSink;
use crate::events::stop::Stop;
use crate::events::workers::Workers;
use std::io::{BufRead, Cursor, Read};
use std::sync::Arc;

/// The byte order mark, which stands in the middle where files were put one after the other.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The most lines that are taken together because one ends inside of a string.
const MOST_LINES_OF_A_RECORD: usize = 100;

/// Reads the lines of a file; `lines_before` of them are already consumed. From the second line on they are read
/// in place, where `reader` is the text of a `plain` file.
pub(super) fn read(
    reader: impl BufRead,
    plain: Option<&PlainFile>,
    lines_before: u64,
    workers: &Workers,
    sink: &mut FileSink,
) -> Result<(), Stop> {
    let mut reading = Reading::new(Rows::new(sink, Format::JsonLines), Limits::new());
    let mut file = File {
        reading: &mut reading,
        number: lines_before,
        passes_over_line: false,
        begun: Begun::default(),
        plan: None,
        layouts_planned_for: 0,
    };
    let end = file.read(reader, plain, workers);
    reading.finish(end)
}

/// Lines that are not taken yet: the first ends inside of a string, which may go on.
#[derive(Default)]
struct Begun {
    text: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
    strings: Strings,
}

impl Begun {
    fn push(&mut self, line: &[u8]) {
        self.text.extend_from_slice(line);
        self.ends.push(self.text.len());
        self.strings.pass_all(line);
    }

    /// Whether a line may be part of them.
    fn has_room_for(&self, line: &[u8]) -> bool {
        controls::after_line_break(line) != AfterLineBreak::Object
            && self.ends.len() < MOST_LINES_OF_A_RECORD
            && self.text.len() + line.len() <= LONGEST_RECORD as usize
    }
}

/// A file of lines.
struct File<'r, 's> {
    reading: &'r mut Reading<'s>,
    /// The lines done with.
    number: u64,
    /// Whether the last line is too long, and goes on.
    passes_over_line: bool,
    begun: Begun,
    /// What is known of its rows.
    plan: Option<Arc<Plan>>,
    layouts_planned_for: u64,
}

impl File<'_, '_> {
    fn read(
        &mut self,
        mut reader: impl BufRead,
        plain: Option<&PlainFile>,
        workers: &Workers,
    ) -> Result<(), Stop> {
        // With the first line it is known what those that follow are like.
        let mut first = Vec::new();
        let length = LONGEST_FIRST_LINE;
        let failed = reader.by_ref().take(length).read_until(b'\n', &mut first);
        let rest = if first.ends_with(b"\n") {
            self.check(&first);
            self.take_line(&first)?;
            self.make_plan();
            Vec::new()
        } else {
            first
        };
        let plain = plain.filter(|_| failed.is_ok());
        let text = if let Some(plain) = plain {
            Source::File(plain.from(plain.consumed() - rest.len() as u64))
        } else {
            let rest = Cursor::new(rest);
            Source::Stream(rest.chain(Failure(failed.err())).chain(reader))
        };
        let end = blocks::read(text, workers, self);
        self.end_begun()?;
        end
    }

    fn check(&mut self, text: &[u8]) {
        if simdutf8::basic::from_utf8(text).is_err() {
            let line = self.number + 1;
            self.reading.rows.sink.note_other_than_utf8(line);
        }
    }

    fn take_line(&mut self, line: &[u8]) -> Result<(), Stop> {
        if self.begun.ends.is_empty() {
            return self.take_single_line(line, true);
        }
        if !self.begun.has_room_for(line) {
            self.end_begun()?;
            return self.take_single_line(line, true);
        }
        self.begun.push(line);
        if self.begun.strings.is_inside() {
            return Ok(());
        }
        if !source::is_json(without_comma(self.begun.text.trim_ascii())) {
            return self.end_begun();
        }
        let whole = std::mem::take(&mut self.begun);
        let taken = self.take_single_line(&whole.text, false);
        self.number += whole.ends.len() as u64 - 1;
        taken
    }

    /// Takes lines one by one that turned out to be no record together.
    fn end_begun(&mut self) -> Result<(), Stop> {
        let lines = std::mem::take(&mut self.begun);
        let mut start = 0;
        for end in lines.ends {
            self.take_single_line(&lines.text[start..end], false)?;
            start = end;
        }
        Ok(())
    }

    /// Takes a line, or puts it aside where its record may go on with the next one.
    fn take_single_line(&mut self, line: &[u8], may_go_on: bool) -> Result<(), Stop> {
        self.number += 1;
        self.reading.line = Some(self.number);
        let is_too_long = line.len() > LONGEST_RECORD as usize;
        if is_too_long {
            self.passes_over_line = !line.ends_with(b"\n");
            let place = self.reading.next_place();
            return self.reading.rows.sink.reject(place, "longer than 64 MiB");
        }
        let text = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        let text = without_comma(text.trim_ascii());
        if text.is_empty() {
            return Ok(());
        }
        if !take_line(text, self.reading, may_go_on && line.ends_with(b"\n"))? {
            self.number -= 1;
            self.begun.push(line);
        }
        Ok(())
    }

    /// Notes what is known of the rows by now.
    fn make_plan(&mut self) {
        let (layouts, made) = self.reading.rows.layouts();
        if made == self.layouts_planned_for {
            return;
        }
        self.layouts_planned_for = made;
        let Some(first) = layouts.first() else {
            return;
        };
        let (table, sink) = (first.table(), &*self.reading.rows.sink);
        let columns = sink.columns(table);
        let threat_types = columns.shape.place(names::THREAT_TYPES);
        let listing = match table {
            Table::EmailEvents => recipient_lists::COLUMNS.map(|name| columns.shape.place(name)),
            _ => [None; 2],
        };
        let templates: Vec<Template> = layouts
            .iter()
            .filter(|layout| layout.table() == table)
            .filter_map(|layout| {
                let cell = |column| columns.cell(Some(column));
                Template::of(layout, cell, |column| listing.contains(&Some(column)))
            })
            .collect();
        self.plan = (!templates.is_empty()).then(|| {
            Arc::new(Plan {
                threat_types: columns.cell(threat_types),
                templates,
                columns,
                table,
            })
        });
    }
}

impl Parser for File<'_, '_> {
    type Rows = Lines;

    fn cut(&self, text: &[u8]) -> Option<usize> {
        memchr::memrchr(b'\n', text).map(|end| end + 1)
    }

    fn job(&self) -> impl FnMut(Block, Option<Lines>) -> Parsed<Lines> + Send + 'static {
        let plan = self.plan.clone();
        move |block, _| block::take_apart(block, plan.as_ref())
    }

    fn block_length(&self) -> usize {
        let columns = self.plan.as_ref().map(|plan| &plan.columns);
        columns.map_or(blocks::LENGTH, Columns::block_length)
    }

    fn take(&mut self, lines: Lines) -> Result<(), Stop> {
        if let Some(lines) = lines.utf8_before {
            let line = self.number + lines + 1;
            self.reading.rows.sink.note_other_than_utf8(line);
        }
        for portion in lines.portions {
            match portion {
                Portion::Rows(rows) => {
                    self.end_begun()?;
                    self.number += rows.lines;
                    let sink = &mut *self.reading.rows.sink;
                    let (seen, before) = (&rows.threat_types, sink.rows_read());
                    sink.push_rows(rows.table, rows.taken, seen, before, &[])?;
                }
                Portion::Lines(range) => {
                    let mut rest = &lines.text.bytes()[range];
                    while !rest.is_empty() {
                        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
                        let (line, after) = rest.split_at(end);
                        self.take_line(line)?;
                        rest = after;
                    }
                }
            }
        }
        self.make_plan();
        Ok(())
    }

    fn check_cancelled(&self) -> Result<(), Stop> {
        self.reading.rows.sink.check_cancelled()
    }

    fn passes_over_line(&mut self) -> bool {
        std::mem::take(&mut self.passes_over_line)
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

/// Takes a line. Not if it ends inside of a string, and `may_go_on` with the next.
fn take_line(text: &[u8], reading: &mut Reading<'_>, may_go_on: bool) -> Result<bool, Stop> {
    let error = match serde_json::from_slice::<Object<'_>>(text) {
        Ok(object) => return take_object(&object, text, reading).map(|()| true),
        Err(error) => error,
    };
    if may_go_on && error.is_eof() && controls::ends_inside_string(text) {
        return Ok(false);
    }
    if let Some((text, values)) = not_numbers::replaced(text) {
        reading.limits.count_not_numbers(values);
        return take_line(&text, reading, false);
    }
    if let Some(decoded) = decoded(text)
        && let Ok(object) = serde_json::from_slice::<Object<'_>>(&decoded)
    {
        reading.rows.has_undecodable = true;
        let taken = take_object(&object, &decoded, reading);
        reading.rows.has_undecodable = false;
        return taken.map(|()| true);
    }
    if is_list(text) {
        return document::read_wrapped(reading, text).map(|()| true);
    }
    reading.reject_text(&error).map(|()| true)
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
    line.starts_with(b"[") || opening::of(line) != Opening::Other
}

/// The line with bytes that are no text escaped, if it has any.
fn decoded(line: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(line.len());
    let (_, has_escaped) = undecodable::escape(line, true, &mut text);
    has_escaped.then_some(text)
}
