//! The only form in which text reaches a screen.
//!
//! Here: [`Printable`], what it holds and how one line is built and clipped. Which character is
//! treated how is in `treatment.rs`, how a line is taken apart in `atoms.rs`, the breaking of long
//! text in `wrap.rs`. Not here: colours, styles and anything else of the screen.
//!
//! Subjects, names, addresses and file names are written by attackers. A character that moves the
//! cursor, reverses the reading direction or cannot be seen is neither passed on nor dropped: it
//! is shown as a fixed text, because in this hunt a hidden character is evidence. One character
//! becomes one visible form, without state, so treating a text twice changes nothing.

mod atoms;
mod pieces;
mod segment;
mod treatment;
mod wrap;

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::ControlFlow;

pub(crate) use pieces::{Piece, pieces};
pub use segment::{Segment, SegmentKind};
pub(crate) use treatment::{is_control, is_harmless};

use atoms::{Atom, visit_atoms};
use treatment::is_joiner;

/// What a text that was cut ends with; one cell wide.
const CUT_MARK: &str = "…";

/// The most bytes of input that one cell can need: the limit of a grapheme cluster.
const BYTES_PER_CELL: usize = atoms::MAX_CLUSTER_BYTES;

/// Bytes looked at beyond that, so that a run of combining marks is counted and not cut.
const SPARE_BYTES: usize = 4096;

/// One line of text that is safe to write to a terminal, and how wide it is.
///
/// The width is the sum of the widths of the grapheme clusters, in cells, since that is how
/// ratatui and terminals lay out a line. For a few scripts with ligatures (Arabic lam-alef) this
/// is more than what `unicode-width` says of the whole string, and never less.
///
/// ```
/// use mailhunt::printable::Printable;
///
/// let subject = Printable::new(b"Invoice\x1b[2J");
/// assert_eq!(subject.to_string(), "Invoice^[[2J");
/// assert!(subject.is_hostile());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Printable {
    segments: Vec<Segment>,
    cells: usize,
    hostile: bool,
    clipped: bool,
}

impl Printable {
    /// Makes one line of all of `bytes`. Tab, line feed and carriage return become `⇥`, `↵` and
    /// `␍`.
    ///
    /// Takes time and memory in proportion to the bytes; for values of any size use
    /// [`Printable::clipped`].
    pub fn new(bytes: &[u8]) -> Self {
        if let Some(text) = plain_ascii(bytes) {
            return Self::plain(text.to_owned(), text.len());
        }
        let mut builder = LineBuilder::new(usize::MAX);
        // Without a limit the builder never asks to stop.
        let _ = visit_atoms(bytes, &mut |atom| builder.push(&atom));
        builder.finish(false)
    }

    /// Makes one line of at most `max_cells` cells, ending with `…` when something was left out.
    ///
    /// Only the beginning of a long value is looked at, so its length costs nothing; therefore
    /// [`Printable::is_hostile`] speaks of that beginning only. An escape is shown whole or not at
    /// all.
    pub fn clipped(bytes: &[u8], max_cells: usize) -> Self {
        let budget = max_cells
            .saturating_mul(BYTES_PER_CELL)
            .saturating_add(SPARE_BYTES);
        let head = head_of(bytes, budget);
        if let Some(text) = plain_ascii(head) {
            return Self::clipped_ascii(text, max_cells);
        }
        let mut builder = LineBuilder::new(max_cells);
        let flow = visit_atoms(head, &mut |atom| builder.push(&atom));
        builder.finish(flow.is_break() || head.len() < bytes.len())
    }

    /// Makes the lines of a longer text, for a pane that is `width_in_cells` wide (at least 1).
    ///
    /// A line feed, also after a carriage return, begins a new line; a carriage return alone is
    /// shown as `␍`. Long lines are broken at a blank where there is one (that blank is not
    /// shown), else between grapheme clusters. After `max_bytes` of input the text ends with a
    /// line such as `… 9.9 MB more`, for which [`Printable::is_clipped`] is true. There is always
    /// at least one line.
    pub fn multiline(bytes: &[u8], width_in_cells: usize, max_bytes: usize) -> Vec<Self> {
        wrap::lines(bytes, width_in_cells.max(1), max_bytes)
    }

    /// Makes the lines of a sentence, which has none of its own: what in it is data may hold line feeds, and
    /// these are shown as `↵`. All else is as in [`Printable::multiline`].
    pub fn wrapped(bytes: &[u8], width_in_cells: usize, max_bytes: usize) -> Vec<Self> {
        wrap::sentence(bytes, width_in_cells.max(1), max_bytes)
    }

    /// The parts of the line, in the order in which they are drawn.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The parts of the line, to be kept.
    pub fn into_segments(self) -> Vec<Segment> {
        self.segments
    }

    /// How many cells of a terminal the line takes.
    pub fn width(&self) -> usize {
        self.cells
    }

    /// Whether anything had to be made visible.
    pub fn is_hostile(&self) -> bool {
        self.hostile
    }

    /// Whether something was left out at the end.
    pub fn is_clipped(&self) -> bool {
        self.clipped
    }

    /// The safe text without its styles; the same as [`ToString::to_string`].
    pub fn to_plain_string(&self) -> String {
        self.segments
            .iter()
            .map(|segment| segment.text.as_str())
            .collect()
    }

    fn plain(text: String, cells: usize) -> Self {
        let mut line = Self {
            cells,
            ..Self::default()
        };
        if !text.is_empty() {
            line.segments.push(Segment {
                text,
                kind: SegmentKind::Plain,
            });
        }
        line
    }

    fn clipped_ascii(text: &str, max_cells: usize) -> Self {
        if text.len() <= max_cells {
            return Self::plain(text.to_owned(), text.len());
        }
        let mut line = match max_cells.checked_sub(1) {
            Some(room) => Self::plain(format!("{}{CUT_MARK}", &text[..room]), max_cells),
            None => Self::default(),
        };
        line.clipped = true;
        line
    }
}

impl fmt::Display for Printable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.segments
            .iter()
            .try_for_each(|segment| formatter.write_str(&segment.text))
    }
}

/// Makes one line safe for a terminal: the text of [`Printable::new`].
pub fn sanitize_for_terminal(line: &str) -> String {
    Printable::new(line.as_bytes()).to_string()
}

/// The bytes as text when they are nothing but printable ASCII, as most values are.
fn plain_ascii(bytes: &[u8]) -> Option<&str> {
    let printable = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    printable.then(|| std::str::from_utf8(bytes).ok()).flatten()
}

/// At most `max_bytes` from the beginning, not ending within a character.
fn head_of(bytes: &[u8], max_bytes: usize) -> &[u8] {
    if bytes.len() <= max_bytes {
        return bytes;
    }
    // A UTF-8 character has at most three continuation bytes; more of them are not a character.
    let inside = (0..3)
        .take_while(|back| *back < max_bytes && bytes[max_bytes - back] & 0xC0 == 0x80)
        .count();
    &bytes[..max_bytes - inside]
}

/// Collects atoms into a line and remembers where to cut it when it becomes too long.
struct LineBuilder {
    line: Printable,
    max_cells: usize,
    /// The longest beginning that leaves room for the cut mark.
    cut: CutPoint,
}

/// A position between two atoms of a line.
#[derive(Clone, Copy, Default)]
struct CutPoint {
    segments: usize,
    last_segment_bytes: usize,
    cells: usize,
}

impl LineBuilder {
    fn new(max_cells: usize) -> Self {
        Self {
            line: Printable::default(),
            max_cells,
            cut: CutPoint::default(),
        }
    }

    /// Adds an atom, or asks to stop when there is no room for it.
    fn push(&mut self, atom: &Atom<'_>) -> ControlFlow<()> {
        // Also when there is no room: what was found is known, even if it is not shown.
        self.line.hostile |= atom.kind == SegmentKind::Hostile;
        if self.line.cells.saturating_add(atom.cells) > self.max_cells {
            return ControlFlow::Break(());
        }
        self.append(atom);
        if self.line.cells < self.max_cells {
            self.cut = CutPoint {
                segments: self.line.segments.len(),
                last_segment_bytes: self.line.segments.last().map_or(0, |last| last.text.len()),
                cells: self.line.cells,
            };
        }
        ControlFlow::Continue(())
    }

    fn append(&mut self, atom: &Atom<'_>) {
        self.line.cells += atom.cells;
        match self.line.segments.last_mut() {
            Some(last) if last.kind == atom.kind => last.text.push_str(atom.text),
            _ => self.line.segments.push(Segment {
                text: atom.text.to_owned(),
                kind: atom.kind,
            }),
        }
    }

    /// The line; with the cut mark at its end when `is_cut`.
    fn finish(mut self, is_cut: bool) -> Printable {
        if !is_cut {
            return self.line;
        }
        self.line.segments.truncate(self.cut.segments);
        if let Some(last) = self.line.segments.last_mut() {
            last.text.truncate(self.cut.last_segment_bytes);
        }
        self.line.cells = self.cut.cells;
        self.line.clipped = true;
        remove_dangling_joiner(&mut self.line);
        if self.max_cells > 0 {
            self.append(&Atom {
                text: CUT_MARK,
                cells: 1,
                kind: SegmentKind::Plain,
            });
        }
        self.line
    }
}

/// Takes away a joiner that stood between two letters of which the second is on no longer the
/// same line. It would be invisible there, and has nothing to join.
fn remove_dangling_joiner(line: &mut Printable) {
    if let Some(last) = line.segments.last_mut()
        && last.text.ends_with(is_joiner)
    {
        last.text.pop();
    }
}
