//! Long text as lines of a given width.
//!
//! Here: line feeds, the breaking of lines and the note about what was left out. Not here: how
//! characters are made visible.

use crate::quantities;
use std::ops::{ControlFlow, Range};

use super::atoms::{Atom, DOTTED_CIRCLE, visit_atoms};
use super::treatment::push_escape;
use super::{LineBuilder, Printable, SegmentKind, head_of, remove_dangling_joiner};

/// The lines of `bytes`; the width is at least 1.
pub(super) fn lines(bytes: &[u8], width: usize, max_bytes: usize) -> Vec<Printable> {
    let head = head_of(bytes, max_bytes);
    let left_out = bytes.len() - head.len();
    let mut lines = Vec::new();
    if !head.is_empty() || left_out == 0 {
        let mut rest = head;
        while let Some(line_feed) = memchr::memchr(b'\n', rest) {
            let line = &rest[..line_feed];
            // A carriage return directly before the line feed belongs to the line end.
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            Row::of(line, width).wrap(width, &mut lines);
            rest = &rest[line_feed + 1..];
        }
        Row::of(rest, width).wrap(width, &mut lines);
    }
    if left_out > 0 {
        lines.push(note(left_out, width));
    }
    lines
}

/// The lines of `bytes`, broken for their width only.
pub(super) fn sentence(bytes: &[u8], width: usize, max_bytes: usize) -> Vec<Printable> {
    let head = head_of(bytes, max_bytes);
    let mut lines = Vec::new();
    Row::of(head, width).wrap(width, &mut lines);
    if head.len() < bytes.len() {
        lines.push(note(bytes.len() - head.len(), width));
    }
    lines
}

/// The last line, which says how much is not shown.
fn note(left_out: usize, width: usize) -> Printable {
    let text = format!("… {} more", quantities::bytes(left_out as u64));
    let mut note = Printable::clipped(text.as_bytes(), width);
    note.clipped = true;
    note
}

/// All atoms of one line of the input, before it is broken.
#[derive(Default)]
struct Row {
    text: String,
    atoms: Vec<Place>,
}

/// Where an atom stands in the text of a row.
struct Place {
    bytes: Range<usize>,
    cells: usize,
    kind: SegmentKind,
}

impl Row {
    fn of(line: &[u8], width: usize) -> Self {
        let mut row = Self::default();
        // This visitor never asks to stop.
        let _ = visit_atoms(line, &mut |atom| {
            row.push_to_fit(&atom, width);
            ControlFlow::Continue(())
        });
        row
    }

    /// Adds an atom; one that is wider than a whole line is divided, as narrow characters.
    fn push_to_fit(&mut self, atom: &Atom<'_>, width: usize) {
        if atom.cells <= width {
            return self.push(atom.text, atom.cells, atom.kind);
        }
        if atom.kind == SegmentKind::Hostile && !atom.text.starts_with(DOTTED_CIRCLE) {
            return self.push_characters(atom.text);
        }
        let mut escapes = String::new();
        atom.text
            .chars()
            .for_each(|character| push_escape(character, &mut escapes));
        self.push_characters(&escapes);
    }

    /// Adds the characters of escapes, which are one cell wide each.
    fn push_characters(&mut self, escapes: &str) {
        let mut buffer = [0; 4];
        for character in escapes.chars() {
            self.push(character.encode_utf8(&mut buffer), 1, SegmentKind::Hostile);
        }
    }

    fn push(&mut self, text: &str, cells: usize, kind: SegmentKind) {
        let start = self.text.len();
        self.text.push_str(text);
        self.atoms.push(Place {
            bytes: start..self.text.len(),
            cells,
            kind,
        });
    }

    /// Appends the lines into which the row is broken; an empty row is an empty line.
    fn wrap(&self, width: usize, lines: &mut Vec<Printable>) {
        let mut start = 0;
        let mut cells = 0;
        let mut blank = None;
        for (index, atom) in self.atoms.iter().enumerate() {
            if cells + atom.cells > width && self.is_blank(index) {
                lines.push(self.line(start..index));
                start = index + 1;
                cells = 0;
                blank = None;
                continue;
            }
            while cells + atom.cells > width {
                let (end, next_start) = match blank.take() {
                    Some(blank) => (blank, blank + 1),
                    None => (index, index),
                };
                lines.push(self.line(start..end));
                start = next_start;
                cells = self.atoms[start..index].iter().map(|kept| kept.cells).sum();
            }
            cells += atom.cells;
            // A break at the very first blank would leave an empty line.
            if self.is_blank(index) && index > start {
                blank = Some(index);
            }
        }
        lines.push(self.line(start..self.atoms.len()));
    }

    fn is_blank(&self, index: usize) -> bool {
        &self.text[self.atoms[index].bytes.clone()] == " "
    }

    fn line(&self, atoms: Range<usize>) -> Printable {
        let mut builder = LineBuilder::new(usize::MAX);
        for place in &self.atoms[atoms] {
            // Without a limit the builder never asks to stop.
            let _ = builder.push(&Atom {
                text: &self.text[place.bytes.clone()],
                cells: place.cells,
                kind: place.kind,
            });
        }
        let mut line = builder.finish(false);
        remove_dangling_joiner(&mut line);
        line
    }
}
