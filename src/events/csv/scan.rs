//! Reads the records that are written as all exports write them, many bytes at once, and stops before the
//! first that is not: [`super::exact`] knows what that is.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined into the loop gets the instructions it is dispatched to"
)]

use super::masks::{Forms, WIDTH};
use super::plan::{LONGEST_RECORD, Plan};
use crate::events::cells::Cells;
use crate::events::threat_types::ThreatTypesSeen;
use fearless_simd::{Level, Simd, dispatch};
use simdutf8::compat::from_utf8;

/// The length of a usual record, in bytes: room is made for as many as the text may have of it.
const USUAL_RECORD: usize = 512;

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
    /// Nothing yet, of a text of so many bytes, of whose records so many cells are wanted.
    pub(super) fn new(wanted: usize, bytes: usize) -> Self {
        Scanned {
            cells: Cells::with_room(wanted, bytes / USUAL_RECORD),
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
            && let Err(error) = from_utf8(part)
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

/// Where reading has stopped: at the first record that was not read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopped {
    /// Where that record begins.
    pub(super) place: usize,
    /// Whether the text ends within it, or before it. Otherwise it is written in another way.
    pub(super) at_end: bool,
}

/// Reads from `start`, where a record begins. `level` is what the processor can do.
pub(super) fn scan(
    level: Level,
    text: &[u8],
    start: usize,
    plan: &Plan,
    scanned: &mut Scanned,
) -> Stopped {
    let mut scan = Scan {
        text,
        plan,
        scanned,
        at: Place::before_record(start, plan),
        has_inner_line_end: false,
        unchecked: None,
    };
    let at_end = dispatch!(level, simd => scan.read(simd));
    Stopped {
        place: scan.stop(),
        at_end,
    }
}

struct Scan<'s> {
    text: &'s [u8],
    plan: &'s Plan,
    scanned: &'s mut Scanned,
    at: Place,
    /// Whether a line end may be in the record under way.
    has_inner_line_end: bool,
    /// Since where it has not been looked whether the text is UTF-8, where other than ASCII came.
    unchecked: Option<usize>,
}

/// Where in a record the scan is.
#[derive(Clone, Copy)]
struct Place {
    /// Where the record begins, and the cell.
    record: usize,
    cell: usize,
    /// The number of the cell.
    column: usize,
    /// The next one that is wanted, and which of these it is.
    next: usize,
    wanted: usize,
}

impl Place {
    /// At the beginning of a record.
    #[inline(always)]
    fn before_record(at: usize, plan: &Plan) -> Self {
        let wanted = &plan.columns.wanted;
        Place {
            record: at,
            cell: at,
            column: 0,
            next: wanted.first().copied().unwrap_or(usize::MAX),
            wanted: 0,
        }
    }
}

impl Scan<'_> {
    /// Reads on; whether to the end.
    #[inline(always)]
    fn read<S: Simd>(&mut self, simd: S) -> bool {
        let (text, delimiter) = (self.text, self.plan.delimiter);
        let mut base = self.at.record;
        let mut forms = Forms::new();
        let (parts, tail) = text[base..].as_chunks::<WIDTH>();
        for group in Forms::groups(parts) {
            forms.find(simd, group, delimiter);
            self.note_high(forms.high, group.len(), base);
            let is_usual = if forms.is_special {
                self.take::<true>(&forms, base)
            } else {
                self.take::<false>(&forms, base)
            };
            if !is_usual {
                return false;
            }
            base += group.len() * WIDTH;
        }
        if tail.is_empty() {
            return true;
        }
        let mut part = [0; WIDTH];
        part[..tail.len()].copy_from_slice(tail);
        forms.find(simd, &[part], delimiter);
        self.note_high(forms.high, 1, base);
        self.take::<true>(&forms, base)
    }

    /// Takes the next bytes; whether all are read. Hardly any are special: the others need less looking at.
    #[inline(always)]
    fn take<const IS_SPECIAL: bool>(&mut self, forms: &Forms, mut base: usize) -> bool {
        let mut place = self.at;
        for form in forms.parts() {
            let (mut ends, mut line_ends) = (form.ends, form.line_ends);
            if IS_SPECIAL {
                if form.irregular != 0 {
                    let before = (1 << form.irregular.trailing_zeros()) - 1;
                    ends &= before;
                    line_ends &= before;
                }
                self.has_inner_line_end |= form.inner_line_ends != 0;
            }
            while line_ends != 0 {
                let up_to_end = line_ends ^ (line_ends - 1);
                let at = base + line_ends.trailing_zeros() as usize;
                self.end_cells::<true>(&mut place, ends & up_to_end, base);
                self.at = place;
                if !self.end_record(at) {
                    return false;
                }
                place = self.at;
                if IS_SPECIAL {
                    self.has_inner_line_end = form.inner_line_ends & !up_to_end != 0;
                }
                ends &= !up_to_end;
                line_ends &= !up_to_end;
            }
            self.end_cells::<false>(&mut place, ends, base);
            if IS_SPECIAL && form.irregular != 0 {
                self.at = place;
                return false;
            }
            base += WIDTH;
        }
        self.at = place;
        true
    }

    /// Takes the cells that end at the bits of `ends`, the last of them perhaps with the line.
    #[inline(always)]
    fn end_cells<const ENDS_LINE: bool>(&mut self, place: &mut Place, mut ends: u64, base: usize) {
        let after = place.column + ends.count_ones() as usize;
        let last = WIDTH - ends.leading_zeros() as usize;
        while place.next < after {
            while place.column < place.next {
                place.cell = base + ends.trailing_zeros() as usize + 1;
                ends &= ends - 1;
                place.column += 1;
            }
            let at = base + ends.trailing_zeros() as usize;
            ends &= ends - 1;
            let ends_line = ENDS_LINE && ends == 0;
            let has_return = ends_line && at > place.cell && self.text[at - 1] == b'\r';
            let end = at - usize::from(has_return);
            push_standing(&mut self.scanned.cells, self.text, place.cell, end);
            let wanted = &self.plan.columns.wanted;
            place.wanted += 1;
            place.next = wanted.get(place.wanted).copied().unwrap_or(usize::MAX);
            place.column += 1;
            place.cell = at + 1;
        }
        if place.column < after {
            place.column = after;
            place.cell = base + last;
        }
    }

    /// The record under way ends at this line feed; whether it is one that this can read.
    #[inline]
    fn end_record(&mut self, at: usize) -> bool {
        let line = &self.text[self.at.record..at];
        if line.is_empty() || line == b"\r" {
            self.scanned.cells.drop_record();
        } else if !self.keep_record(line) {
            return false;
        }
        self.scanned.lines += if self.has_inner_line_end {
            line_ends(&self.text[self.at.record..=at])
        } else {
            1
        };
        self.has_inner_line_end = false;
        self.at = Place::before_record(at + 1, self.plan);
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
        if self.at.column != self.plan.header.len()
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
        cells.keep_record();
        true
    }

    /// Looks whether bytes that are no ASCII are UTF-8, once the next part comes that is ASCII throughout. The bits
    /// of `high` tell of the parts from `base` on, of which there are 1 to 64, whether they have such bytes.
    fn note_high(&mut self, high: u64, parts: usize, base: usize) {
        let before = high << 1 | u64::from(self.unchecked.is_some());
        // Where a part is other than the one before. What comes after the last one is not known yet.
        let mut turns = (high ^ before) & u64::MAX >> (64 - parts);
        while turns != 0 {
            let place = base + turns.trailing_zeros() as usize * WIDTH;
            turns &= turns - 1;
            match self.unchecked.take() {
                Some(start) => self.check(start, place),
                None => self.unchecked = Some(place),
            }
        }
    }

    fn check(&mut self, start: usize, end: usize) {
        self.scanned.check_utf8(self.text, start, end);
    }

    fn stop(&mut self) -> usize {
        if let Some(start) = self.unchecked {
            // What is not read is looked at by who reads it.
            self.check(start, self.at.record);
        }
        self.scanned.cells.drop_record();
        self.at.record
    }
}

/// Adds a cell as it stands in the text, perhaps in quotes.
#[inline(always)]
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
