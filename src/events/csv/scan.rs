//! Reads the records that are written as all exports write them, many bytes at once, and stops before the
//! first that is not: [`super::exact`] knows what that is.

use super::LONGEST_RECORD;
use super::block::{Plan, without_line_end};
use super::masks::{Carry, Form, Letters, WIDTH};
use crate::events::cells::Cells;
use crate::events::threat_types::ThreatTypesSeen;

/// What was read of a text so far.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) cells: Cells,
    /// Line ends passed.
    pub(super) lines: u64,
    /// What the cells of `ThreatTypes` said.
    pub(super) threat_types: ThreatTypesSeen,
    /// Records of the block that are no rows.
    pub(super) rejected: u64,
    /// The line ends before the first bytes that are no UTF-8, if there are any.
    pub(super) utf8_before: Option<u64>,
}

impl Scanned {
    /// Nothing yet, of records of which so many cells are wanted.
    pub(super) fn new(wanted: usize) -> Self {
        Scanned {
            cells: Cells::new(wanted),
            lines: 0,
            threat_types: ThreatTypesSeen::default(),
            rejected: 0,
            utf8_before: None,
        }
    }
}

impl Scanned {
    /// Looks whether a part of the text is UTF-8.
    pub(super) fn check_utf8(&mut self, text: &[u8], start: usize, end: usize) {
        if self.utf8_before.is_none()
            && let Some(part) = text.get(start..end)
            && let Err(error) = std::str::from_utf8(part)
        {
            let valid = &text[..start + error.valid_up_to()];
            self.utf8_before = Some(line_ends(valid));
        }
    }
}

/// The line ends in a text, of whatever kind.
pub(super) fn line_ends(text: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', text).count();
    let alone = memchr::memchr_iter(b'\r', text)
        .filter(|at| text.get(at + 1) != Some(&b'\n'))
        .count();
    (feeds + alone) as u64
}

/// Reads from `start`, where a record begins, and gives the place of the first record that was not read:
/// it is written in another way, or the text ends within it.
pub(super) fn scan(text: &[u8], start: usize, plan: &Plan, scanned: &mut Scanned) -> usize {
    let mut scan = Scan {
        text,
        plan,
        scanned,
        carry: Carry::START,
        record: start,
        cell: start,
        column: 0,
        next: 0,
        has_inner_line_end: false,
        unchecked: None,
    };
    scan.expect_record(start);
    let (blocks, tail) = text[start..].as_chunks::<WIDTH>();
    for (index, block) in blocks.iter().enumerate() {
        if !scan.take(block, start + index * WIDTH) {
            return scan.stop();
        }
    }
    if !tail.is_empty() {
        let mut block = [0; WIDTH];
        block[..tail.len()].copy_from_slice(tail);
        scan.take(&block, text.len() - tail.len());
    }
    scan.stop()
}

struct Scan<'s> {
    text: &'s [u8],
    plan: &'s Plan,
    scanned: &'s mut Scanned,
    carry: Carry,
    /// Where the record under way begins, and the cell.
    record: usize,
    cell: usize,
    /// The number of the cell.
    column: usize,
    /// The next one that is wanted.
    next: usize,
    /// Whether a line end may be in the record under way.
    has_inner_line_end: bool,
    /// Since where it has not been looked whether the text is UTF-8, where other than ASCII came.
    unchecked: Option<usize>,
}

impl Scan<'_> {
    /// Takes the next bytes; whether all are read.
    #[inline]
    fn take(&mut self, block: &[u8; WIDTH], base: usize) -> bool {
        let letters = Letters::of(block, self.plan.delimiter);
        let form = Form::of(letters, &mut self.carry);
        self.note_high(letters.high, base);
        let mut ends = form.ends;
        if form.irregular != 0 {
            ends &= (1 << form.irregular.trailing_zeros()) - 1;
        }
        self.has_inner_line_end |= form.inner_line_ends != 0;
        if form.line_ends & ends == 0 {
            let cells = ends.count_ones() as usize;
            if self.column + cells < self.next {
                self.column += cells;
                return form.irregular == 0;
            }
        }
        while ends != 0 {
            let at = base + ends.trailing_zeros() as usize;
            let is_line_end = form.line_ends & ends & ends.wrapping_neg() != 0;
            if self.column == self.next {
                self.end_cell(at, is_line_end);
            }
            self.column += 1;
            self.cell = at + 1;
            if is_line_end {
                if !self.end_record(at) {
                    return false;
                }
                let after = form.inner_line_ends & !(ends ^ (ends - 1));
                self.has_inner_line_end = after != 0;
            }
            ends &= ends - 1;
        }
        form.irregular == 0
    }

    #[inline]
    fn expect_record(&mut self, at: usize) {
        self.record = at;
        self.column = 0;
        self.next = self
            .plan
            .columns
            .wanted
            .first()
            .copied()
            .unwrap_or(usize::MAX);
    }

    #[inline]
    fn end_cell(&mut self, at: usize, is_line_end: bool) {
        let has_return = is_line_end && at > self.cell && self.text[at - 1] == b'\r';
        let end = at - usize::from(has_return);
        let cells = &mut self.scanned.cells;
        push_standing(cells, self.text, self.cell, end);
        let following = cells.of_record().len();
        let columns = &self.plan.columns.wanted;
        self.next = columns.get(following).copied().unwrap_or(usize::MAX);
    }

    /// The record under way ends at this line feed; whether it is one that this can read.
    #[inline]
    fn end_record(&mut self, at: usize) -> bool {
        let line = &self.text[self.record..at];
        if line.is_empty() || line == b"\r" {
            self.scanned.cells.drop_record();
        } else if !self.keep_record(line) {
            return false;
        }
        self.scanned.lines += if self.has_inner_line_end {
            line_ends(&self.text[self.record..=at])
        } else {
            1
        };
        self.expect_record(at + 1);
        true
    }

    #[inline]
    fn keep_record(&mut self, line: &[u8]) -> bool {
        let Scanned {
            cells,
            threat_types: seen,
            rejected,
            ..
        } = &mut *self.scanned;
        if self.column != self.plan.header.len()
            || line.len() > LONGEST_RECORD
            || self.plan.may_be_header(cells.get(self.text, 0))
        {
            return false;
        }
        if let Some(threat_types) = self.plan.threat_types {
            let cell = cells.get(self.text, threat_types);
            let row = cells.rows() as u64 + *rejected + 1;
            if !cell.is_empty() && seen.take_in_of(self.plan.table, cell, row).is_empty() {
                cells.set(threat_types, 0, 0);
            }
        }
        cells.keep_record(without_line_end(line));
        true
    }

    /// Looks whether bytes that are no ASCII are UTF-8, once the next that are ASCII throughout come.
    #[inline]
    fn note_high(&mut self, high: u64, base: usize) {
        if high != 0 {
            self.unchecked.get_or_insert(base);
        } else if let Some(start) = self.unchecked.take() {
            self.check(start, base);
        }
    }

    fn check(&mut self, start: usize, end: usize) {
        self.scanned.check_utf8(self.text, start, end);
    }

    fn stop(&mut self) -> usize {
        if let Some(start) = self.unchecked {
            // What is not read is looked at by who reads it.
            self.check(start, self.record);
        }
        self.scanned.cells.drop_record();
        self.record
    }
}

/// Adds a cell as it stands in the text, perhaps in quotes.
#[inline]
fn push_standing(cells: &mut Cells, text: &[u8], start: usize, end: usize) {
    if text.get(start) == Some(&b'"') && end > start + 1 {
        push_quoted(cells, text, start + 1, end - 1);
    } else {
        cells.push(start, end);
    }
}

fn push_quoted(cells: &mut Cells, text: &[u8], start: usize, end: usize) {
    let mut rest = Some(&text[start..end]);
    if memchr::memchr(b'"', &text[start..end]).is_none() {
        cells.push(start, end);
        return;
    }
    // Of two quotes the first one.
    let parts = std::iter::from_fn(|| {
        let text = rest?;
        let Some(quote) = memchr::memchr(b'"', text) else {
            return rest.take();
        };
        rest = text.get(quote + 2..);
        Some(&text[..=quote])
    });
    cells.push_written(text, parts);
}
