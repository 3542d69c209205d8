//! A line taken apart into the smallest parts that may be placed on a screen.
//!
//! Here: the walk over the bytes of a value, which gives grapheme clusters and escapes one after
//! the other. Not here: which character is escaped (`treatment.rs`), lines and their limits.
//!
//! The walk has two steps. First characters that must not be shown are taken out, which leaves
//! runs of characters that may be. Then each run is divided into grapheme clusters, and a cluster
//! that is too wide, too long or invisible is escaped after all. Because a run ends wherever an
//! escape stands, the text that comes out divides into the same clusters again.

use std::ops::ControlFlow;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::pieces::{Piece, pieces};
use super::segment::SegmentKind;
use super::treatment::{
    Before, Treatment, push_escape, push_invalid, push_mark_count, push_surrogate, treatment_of,
};

/// The longest grapheme cluster, in bytes of UTF-8, that is shown.
pub(super) const MAX_CLUSTER_BYTES: usize = 32;

/// The widest grapheme cluster, in cells, that is shown if it holds a character of two cells.
const MAX_CLUSTER_CELLS: usize = 2;

/// The most combining marks shown on one base.
const MAX_MARKS: usize = 4;

/// Carries a mark that has no base.
pub(super) const DOTTED_CIRCLE: char = '\u{25CC}';

/// A grapheme cluster or an escape: placed whole or not at all.
pub(super) struct Atom<'a> {
    pub text: &'a str,
    /// Width in cells; never 0.
    pub cells: usize,
    pub kind: SegmentKind,
}

/// Takes an atom and says whether it wants another one.
type Visitor<'v> = dyn FnMut(Atom<'_>) -> ControlFlow<()> + 'v;

/// Shows the atoms of a line to `visit` until it asks to stop. Takes linear time.
pub(super) fn visit_atoms(bytes: &[u8], visit: &mut Visitor<'_>) -> ControlFlow<()> {
    let mut walk = Walk {
        visit,
        escape: String::new(),
    };
    pieces(bytes).try_for_each(|piece| match piece {
        Piece::Text(text) => walk.text(text),
        Piece::Surrogate(unit) => walk.escape_with(|escape| push_surrogate(unit, escape)),
        Piece::Invalid(byte) => walk.escape_with(|escape| push_invalid(byte, escape)),
    })
}

struct Walk<'a, 'v> {
    visit: &'a mut Visitor<'v>,
    /// Reused for every escape.
    escape: String,
}

impl Walk<'_, '_> {
    /// First step: takes out what must not be shown and passes on the runs between.
    fn text(&mut self, text: &str) -> ControlFlow<()> {
        let mut before = Before::default();
        let mut run_start = 0;
        let mut surplus_marks = 0;
        let mut characters = text.char_indices().peekable();
        while let Some((index, character)) = characters.next() {
            if before.marks >= MAX_MARKS && treatment_of(character) == Treatment::Mark {
                if surplus_marks == 0 {
                    self.run(&text[run_start..index])?;
                }
                surplus_marks += 1;
                continue;
            }
            if surplus_marks > 0 {
                self.escape_with(|escape| push_mark_count(surplus_marks, escape))?;
                surplus_marks = 0;
                before = Before::default();
                run_start = index;
            }
            let next = characters.peek().map(|(_, next)| *next);
            if before.keeps(character, next) {
                before.follow(character);
                continue;
            }
            self.run(&text[run_start..index])?;
            self.escape_character(character)?;
            before = Before::default();
            run_start = index + character.len_utf8();
        }
        if surplus_marks > 0 {
            return self.escape_with(|escape| push_mark_count(surplus_marks, escape));
        }
        self.run(&text[run_start..])
    }

    /// Second step: shows the clusters of a run. Before it stands an escape, or nothing.
    fn run(&mut self, run: &str) -> ControlFlow<()> {
        let Some(first) = run.chars().next() else {
            return ControlFlow::Continue(());
        };
        // Of two letters of ASCII the first is a cluster of its own.
        let alone = run.as_bytes().windows(2).take_while(|pair| pair.is_ascii());
        let (alone, run) = run.split_at(alone.count());
        for place in 0..alone.len() {
            self.cluster(&alone[place..=place])?;
        }
        let mut clusters = run.graphemes(true);
        if joins_what_is_before(first) {
            let cluster = clusters.next().unwrap_or_default();
            self.cluster_without_base(cluster)?;
        }
        clusters.try_for_each(|cluster| self.cluster(cluster))
    }

    fn cluster(&mut self, cluster: &str) -> ControlFlow<()> {
        if let Some(cells) = cells_if_fit(cluster) {
            return self.show(cluster, cells, SegmentKind::Plain);
        }
        // The base alone is no danger: what hangs on it is.
        let base_bytes = cluster.chars().next().map_or(0, char::len_utf8);
        let (base, rest) = cluster.split_at(base_bytes);
        if let Some(cells) = cells_if_fit(base) {
            self.show(base, cells, SegmentKind::Plain)?;
            return self.escape_all(rest);
        }
        self.escape_all(cluster)
    }

    /// A cluster that would join our own text before it gets a base of its own.
    fn cluster_without_base(&mut self, cluster: &str) -> ControlFlow<()> {
        let mut with_base = String::with_capacity(DOTTED_CIRCLE.len_utf8() + cluster.len());
        with_base.push(DOTTED_CIRCLE);
        with_base.push_str(cluster);
        match cells_if_fit(&with_base) {
            Some(cells) => self.show(&with_base, cells, SegmentKind::Hostile),
            None => self.escape_all(cluster),
        }
    }

    fn escape_all(&mut self, text: &str) -> ControlFlow<()> {
        text.chars()
            .try_for_each(|character| self.escape_character(character))
    }

    fn escape_character(&mut self, character: char) -> ControlFlow<()> {
        self.escape_with(|escape| push_escape(character, escape))
    }

    fn escape_with(&mut self, push: impl FnOnce(&mut String)) -> ControlFlow<()> {
        self.escape.clear();
        push(&mut self.escape);
        // Every character of an escape is one cell wide.
        (self.visit)(Atom {
            text: &self.escape,
            cells: self.escape.chars().count(),
            kind: SegmentKind::Hostile,
        })
    }

    fn show(&mut self, text: &str, cells: usize, kind: SegmentKind) -> ControlFlow<()> {
        (self.visit)(Atom { text, cells, kind })
    }
}

/// Whether the character would become part of a cluster that begins with our own text.
fn joins_what_is_before(character: char) -> bool {
    if character.is_ascii() {
        return false;
    }
    let mut probe = String::from("a");
    probe.push(character);
    probe.graphemes(true).count() == 1
}

/// The width of a cluster that may be shown; nothing if it may not.
///
/// A cluster without width would be seen by nobody. One that is wider than a character can be is
/// drawn differently by every terminal, unless it consists of narrow letters only, as the
/// syllables of Indian scripts do: those are as wide as their letters.
fn cells_if_fit(cluster: &str) -> Option<usize> {
    if cluster.len() > MAX_CLUSTER_BYTES {
        return None;
    }
    if matches!(cluster.as_bytes(), [b' '..=b'~']) {
        return Some(1);
    }
    let cells = cluster.width();
    let fits = cells <= MAX_CLUSTER_CELLS
        || cluster
            .chars()
            .all(|character| character.width().unwrap_or(0) <= 1);
    (cells > 0 && fits).then_some(cells)
}
