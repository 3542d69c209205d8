//! Takes a block of lines apart: those that are like rows before become batches, the others are handed back
//! with their numbers, to be read one by one.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined into the loop gets the instructions it is dispatched to"
)]

use super::template::Template;
use crate::events::batch::Batch;
use crate::events::block_text::BlockText;
use crate::events::blocks::{Block, Parsed};
use crate::events::cells::{Cells, Columns, Fate};
use crate::events::passed::Taken;
use crate::events::read_back::TakeApart;
use crate::events::schema::Table;
use crate::events::threat_types::ThreatTypesSeen;
use fearless_simd::{Level, Simd, dispatch};
use simdutf8::compat::from_utf8;
use std::ops::Range;
use std::sync::Arc;

/// The most portions of rows that a block is taken apart into: where every other line is unlike those before,
/// there is nothing to be won.
const MOST_PORTIONS: usize = 16;

/// The length of a usual row, in bytes: room is made for as many as the text may have.
const USUAL_ROW: usize = 1024;

/// What is known of the file whose blocks are taken apart.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) table: Table,
    /// The kinds of rows that came before, the last one first. All are of that table.
    pub(super) templates: Vec<Template>,
    pub(super) columns: Columns,
    /// Which of the wanted cells is `ThreatTypes`.
    pub(super) threat_types: Option<usize>,
}

/// What follows in a block.
pub(super) enum Portion {
    /// Rows that are like those before.
    Rows(Rows),
    /// Lines to be read one by one.
    Lines(Range<usize>),
}

/// Rows that follow each other.
pub(super) struct Rows {
    pub(super) table: Table,
    pub(super) taken: Vec<Taken>,
    /// The lines they take.
    pub(super) lines: u64,
    /// What their `ThreatTypes` said, counted from the first of them.
    pub(super) threat_types: ThreatTypesSeen,
}

/// What a block holds.
pub(super) struct Lines {
    pub(super) text: Arc<BlockText>,
    pub(super) portions: Vec<Portion>,
    /// The lines before the first bytes that are no UTF-8, if there are any.
    pub(super) utf8_before: Option<u64>,
}

/// A portion while the block is read.
enum Part {
    Rows {
        cells: Cells,
        threat_types: ThreatTypesSeen,
    },
    Lines(Range<usize>),
}

/// Takes a block apart. Without a plan no kind of row is known yet.
pub(super) fn take_apart(block: Block, plan: Option<&Arc<Plan>>) -> Parsed<Lines> {
    take_apart_into(block, plan.map(|plan| (&**plan, &plan.columns)), plan)
}

impl TakeApart for Plan {
    fn once_more(&self, block: Block) -> Vec<Vec<Batch>> {
        let columns = self.columns.with(Fate::ReadBack);
        let parsed = take_apart_into(block, Some((self, &columns)), None);
        let portions = parsed.rows.portions.into_iter();
        let of_rows = portions.filter_map(|portion| match portion {
            Portion::Rows(rows) => Some(rows.taken),
            Portion::Lines(_) => None,
        });
        let batches = of_rows.map(|rows| rows.into_iter().filter_map(Taken::into_batch));
        batches.map(Iterator::collect).collect()
    }
}

/// Takes a block apart by a plan into columns; `origin` does so once more, if somebody asks.
fn take_apart_into(
    block: Block,
    plan: Option<(&Plan, &Columns)>,
    origin: Option<&Arc<Plan>>,
) -> Parsed<Lines> {
    let (length, is_last) = (block.text().len(), block.is_last);
    let consumed = if is_last || block.is_forced {
        length
    } else {
        // Where reading failed, the text breaks off in the middle of a line.
        memchr::memrchr(b'\n', block.text()).map_or(0, |end| end + 1)
    };
    let other = from_utf8(block.text()).err();
    let utf8_before = other.map(|error| line_feeds(&block.text()[..error.valid_up_to()]));
    let is_utf8 = other.is_none();
    let (portions, text) = match plan {
        Some(plan) => portions(block, consumed, plan, origin, is_utf8),
        None => (vec![Portion::Lines(0..consumed)], block.with(b"")),
    };
    Parsed {
        rows: Lines {
            text: Arc::clone(&text),
            portions,
            utf8_before,
        },
        text,
        length,
        consumed,
        is_last,
    }
}

fn portions(
    block: Block,
    length: usize,
    (plan, columns): (&Plan, &Columns),
    origin: Option<&Arc<Plan>>,
    is_utf8: bool,
) -> (Vec<Portion>, Arc<BlockText>) {
    let mut cells = Vec::new();
    let mut portions = Vec::new();
    let text = block.text();
    let parts = dispatch!(Level::new(), simd => parts(simd, text, length, plan, is_utf8));
    for part in parts {
        portions.push(match part {
            Part::Rows {
                cells: of_rows,
                threat_types,
            } => {
                let lines = of_rows.rows() as u64;
                cells.push(of_rows);
                Portion::Rows(Rows {
                    table: plan.table,
                    taken: Vec::new(),
                    lines,
                    threat_types,
                })
            }
            Part::Lines(range) => Portion::Lines(range),
        });
    }
    let (rows, text) = columns.rows(block, cells, origin);
    let of_rows = portions.iter_mut().filter_map(|portion| match portion {
        Portion::Rows(rows) => Some(rows),
        Portion::Lines(_) => None,
    });
    for (portion, rows) in of_rows.zip(rows) {
        portion.taken = rows;
    }
    (portions, text)
}

#[inline(always)]
fn parts<S: Simd>(simd: S, text: &[u8], length: usize, plan: &Plan, is_utf8: bool) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut place = 0;
    while place < length && parts.len() < MOST_PORTIONS {
        let mut cells = Cells::with_room(plan.columns.wanted.len(), (length - place) / USUAL_ROW);
        let mut threat_types = ThreatTypesSeen::default();
        while place < length
            && let Some(next) = read_row(
                simd,
                text,
                place,
                plan,
                is_utf8,
                &mut cells,
                &mut threat_types,
            )
        {
            cells.keep_record();
            place = next;
        }
        cells.drop_record();
        if cells.rows() > 0 {
            parts.push(Part::Rows {
                cells,
                threat_types,
            });
        }
        if place == length {
            break;
        }
        let rest = &text[place..length];
        let end = memchr::memchr(b'\n', rest).map_or(length, |end| place + end + 1);
        match parts.last_mut() {
            Some(Part::Lines(range)) => range.end = end,
            _ => parts.push(Part::Lines(place..end)),
        }
        place = end;
    }
    if place < length {
        parts.push(Part::Lines(place..length));
    }
    parts
}

/// Reads a line as a row that is like one before, and gives the place of the next line.
#[inline(always)]
fn read_row<S: Simd>(
    simd: S,
    text: &[u8],
    start: usize,
    plan: &Plan,
    is_utf8: bool,
    cells: &mut Cells,
    seen: &mut ThreatTypesSeen,
) -> Option<usize> {
    for template in &plan.templates {
        cells.begin_record();
        let Some(end) = template.read(simd, text, start, cells) else {
            cells.drop_record();
            continue;
        };
        let next = end_of_line(text, end)?;
        let line = &text[start..next];
        let is_readable = is_utf8 || from_utf8(line).is_ok();
        if !is_readable || line.len() > super::source::LONGEST_RECORD as usize {
            return None;
        }
        if let Some(threat_types) = plan.threat_types {
            let cell = cells.get(text, threat_types);
            let row = cells.rows() as u64 + 1;
            if !cell.is_empty() && seen.take_in_of(plan.table, cell, row).is_empty() {
                cells.set(threat_types, 0, 0);
            }
        }
        return Some(next);
    }
    None
}

/// The lines of a text that ends with one.
pub(super) fn line_feeds(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

/// The place of the next line, where nothing but blanks stands before it.
fn end_of_line(text: &[u8], mut at: usize) -> Option<usize> {
    // Who pastes the elements of a list leaves it.
    if text.get(at) == Some(&b',') {
        at += 1;
    }
    loop {
        match text.get(at) {
            None => return Some(at),
            Some(b'\n') => return Some(at + 1),
            Some(b' ' | b'\t' | b'\r') => at += 1,
            Some(_) => return None,
        }
    }
}
