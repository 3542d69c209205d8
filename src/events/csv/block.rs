//! Takes a block of comma-separated text apart: its rows, and the records that are none, with their lines.

use super::exact::Record;
use super::fault::{Fault, Faults, Reason};
use super::plan::{LONGEST_RECORD, Plan, without_mark};
use super::scan::{Scanned, Stopped, line_ends, scan};
use super::well_formed::is_well_formed;
use crate::events::batch::Batch;
use crate::events::blocks::{Block, Parsed};
use crate::events::cells::Fate;
use crate::events::passed::Taken;
use crate::events::read_back::TakeApart;
use crate::events::threat_types::ThreatTypesSeen;
use fearless_simd::Level;
use std::sync::Arc;

/// What a block holds.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) taken: Vec<Taken>,
    pub(super) faults: Faults,
    /// What their `ThreatTypes` said, counted from the block's first row or fault.
    pub(super) threat_types: ThreatTypesSeen,
    /// The line ends before the first bytes that are no UTF-8, if there are any.
    pub(super) utf8_before: Option<u64>,
    /// Line ends passed.
    pub(super) lines: u64,
    /// Whether what comes next is a record that is longer than memory should be asked for.
    pub(super) is_too_long: bool,
}

impl Rows {
    /// Adds what follows, but for its rows.
    fn add(&mut self, further: &Rows) {
        let rows_before = self.taken.iter().map(Taken::records).sum::<usize>();
        let records_before = (rows_before + self.faults.len()) as u64;
        self.faults.append(&further.faults, rows_before, self.lines);
        self.threat_types
            .merge(&further.threat_types, records_before);
        let utf8_before = further.utf8_before.map(|lines| self.lines + lines);
        self.utf8_before = self.utf8_before.or(utf8_before);
        self.lines += further.lines;
        self.is_too_long |= further.is_too_long;
    }
}

/// The most records that are read one by one before the fast way is tried again.
const MOST_ONE_BY_ONE: usize = 1024;

/// Takes a block apart.
pub(super) fn take_apart(block: Block, plan: &Arc<Plan>, before: Option<Rows>) -> Parsed<Rows> {
    take_apart_at(Level::new(), block, plan, Some(plan), before)
}

impl TakeApart for Plan {
    fn once_more(&self, block: Block) -> Vec<Vec<Batch>> {
        let plan = self.with(Fate::ReadBack);
        let parsed = take_apart_at(Level::new(), block, &plan, None, None);
        let rows = parsed.rows.taken.into_iter();
        vec![rows.filter_map(Taken::into_batch).collect()]
    }
}

/// The same with what a processor can do; `origin` does so once more, if somebody asks. What it holds is added to the
/// rows of the blocks before it that are given.
fn take_apart_at(
    level: Level,
    block: Block,
    plan: &Plan,
    origin: Option<&Arc<Plan>>,
    before: Option<Rows>,
) -> Parsed<Rows> {
    let (length, is_last) = (block.text().len(), block.is_last);
    let mut reading = Reading {
        level,
        text: block.text(),
        is_last,
        plan,
        scanned: Scanned::new(plan.columns.wanted.len(), length),
        faults: Faults::default(),
        is_too_long: false,
    };
    let consumed = reading.read();
    let Reading {
        scanned,
        faults,
        is_too_long,
        ..
    } = reading;
    let Scanned {
        cells,
        lines,
        threat_types,
        utf8_before,
        ..
    } = scanned;
    let mut rows = before.unwrap_or_default();
    rows.add(&Rows {
        taken: Vec::new(),
        faults,
        threat_types,
        utf8_before,
        lines,
        is_too_long,
    });
    let text = if let Fate::Counted(tally) = &plan.columns.fate
        && let Some(Taken::Passed(passed)) = rows.taken.last_mut()
    {
        plan.columns.pass(block, cells, tally, passed)
    } else {
        let (taken, text) = plan.columns.rows(block, vec![cells], origin);
        rows.taken.extend(taken.into_iter().flatten());
        text
    };
    Parsed {
        rows,
        text,
        length,
        consumed,
        is_last,
    }
}

/// A block that is being read.
struct Reading<'b> {
    level: Level,
    text: &'b [u8],
    is_last: bool,
    plan: &'b Plan,
    scanned: Scanned,
    faults: Faults,
    is_too_long: bool,
}

/// What became of the next record.
enum Next {
    /// It is done with; what follows begins here.
    At(usize),
    /// The text ends within it.
    Torn,
    /// It is longer than memory should be asked for.
    TooLong,
}

impl Reading<'_> {
    /// Reads as far as the text goes.
    fn read(&mut self) -> usize {
        let (mut place, mut one_by_one) = (0, 1);
        loop {
            let stopped = scan(self.level, self.text, place, self.plan, &mut self.scanned);
            place = stopped.place;
            if self.is_torn(stopped) {
                return place;
            }
            for _ in 0..one_by_one {
                place = self.pass_blanks(place);
                if place == self.text.len() {
                    return place;
                }
                match self.read_record(place) {
                    Next::At(next) => {
                        self.scanned.check_utf8(self.text, place, next);
                        place = next;
                    }
                    Next::Torn => return place,
                    Next::TooLong => {
                        self.is_too_long = true;
                        return self.text.len();
                    }
                }
            }
            one_by_one = MOST_ONE_BY_ONE.min(2 * one_by_one);
        }
    }

    /// Whether what was not read is surely the beginning of a record: to read it letter by letter would say no more. After a
    /// return at the end a line feed may follow.
    fn is_torn(&self, stopped: Stopped) -> bool {
        stopped.at_end
            && !self.is_last
            && self.text.last() != Some(&b'\r')
            && self.text.len() - stopped.place <= LONGEST_RECORD
    }

    /// Passes the line ends of blank lines.
    fn pass_blanks(&mut self, place: usize) -> usize {
        let next = first_of_line(self.text, place);
        self.scanned.lines += line_ends(&self.text[place..next]);
        next
    }

    /// Reads one record letter by letter.
    fn read_record(&mut self, start: usize) -> Next {
        let record = Record::read(self.text, start, self.plan.delimiter, self.is_last);
        let longest = start + LONGEST_RECORD;
        let end = match &record {
            Some(record) if record.end <= longest => record.end,
            None if self.text.len() <= longest => return Next::Torn,
            _ => return self.reject_too_long(start),
        };
        let Some(record) = record else {
            return Next::Torn;
        };
        let text = &self.text[start..end];
        if let Some(reason) = self.fault(&record, text) {
            return Next::At(self.reject(reason, start, end));
        }
        self.keep(&record);
        self.scanned.lines += line_ends(text);
        Next::At(end)
    }

    fn keep(&mut self, record: &Record) {
        let Scanned {
            cells,
            threat_types,
            rejected,
            ..
        } = &mut self.scanned;
        let row = cells.rows() as u64 + *rejected + 1;
        for (index, column) in self.plan.columns.wanted.iter().enumerate() {
            let mut cell = record.get(*column);
            if self.plan.threat_types == Some(index) {
                cell = threat_types.take_in_of(self.plan.table, cell, row);
            }
            cells.push_written(self.text, std::iter::once(cell));
        }
        cells.keep_record();
    }

    /// Why the record is not a row of the table, if it is not.
    fn fault(&self, record: &Record, text: &[u8]) -> Option<Reason> {
        let header = &self.plan.header;
        if is_header_again(record, header) {
            return Some(Reason::HeaderAgain);
        }
        let is_surplus_empty = record.iter().skip(header.len()).all(<[u8]>::is_empty);
        let surplus = record.len().checked_sub(header.len());
        if surplus.is_none_or(|surplus| surplus > self.plan.surplus) || !is_surplus_empty {
            return Some(Reason::Cells {
                cells: record.len() as u32,
                header: header.len() as u32,
            });
        }
        // Only one that has a line end in it can have taken in others.
        let is_sound = !record.has_line_end() || is_well_formed(text, self.plan.delimiter);
        (!is_sound).then_some(Reason::UnclosedInLine)
    }

    /// Rejects a record and says where to go on: with its second line, where a quote has taken in what are
    /// other rows.
    fn reject(&mut self, reason: Reason, start: usize, end: usize) -> usize {
        let second = second_line(self.text, start).filter(|second| *second < end);
        let reason = match second {
            Some(_) => Reason::Unclosed,
            None => reason,
        };
        self.scanned.rejected += 1;
        self.faults.push(Fault {
            rows_before: self.scanned.cells.rows(),
            lines_before: self.scanned.lines,
            reason,
        });
        let next = second.unwrap_or(end);
        self.scanned.lines += line_ends(&self.text[start..next]);
        next
    }

    fn reject_too_long(&mut self, start: usize) -> Next {
        match second_line(self.text, start) {
            Some(second) => Next::At(self.reject(Reason::Unclosed, start, second + 1)),
            None => Next::TooLong,
        }
    }
}

/// The place, here or later, of the first byte that is no line end.
fn first_of_line(text: &[u8], place: usize) -> usize {
    let blanks = text[place..].iter();
    let blanks = blanks.take_while(|byte| matches!(byte, b'\n' | b'\r'));
    place + blanks.count()
}

/// The place of the next line that is not blank.
fn second_line(text: &[u8], start: usize) -> Option<usize> {
    let end = start + memchr::memchr2(b'\n', b'\r', &text[start..])?;
    Some(first_of_line(text, end)).filter(|second| *second < text.len())
}

/// Whether the record is the header, as when files were put one after the other; then a byte order
/// mark may stand before it.
fn is_header_again(record: &Record, header: &[Vec<u8>]) -> bool {
    record.len() == header.len()
        && record
            .iter()
            .zip(header)
            .all(|(cell, name)| cell == name || without_mark(cell) == name)
}

#[cfg(test)]
pub(super) use tests::plan;

#[cfg(test)]
mod tests;
