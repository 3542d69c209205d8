//! The cells of a block that somebody wants to look at: where in its text they stand.

use super::batch::{Batch, MAX_ROWS, Shape};
use super::block_text::{BlockText, LENGTH_OF_KEPT};
use super::blocks::{self, Block};
use super::column::{Column, Span, Texts};
use super::origin::Origin;
use super::passed::{PassedEvents, Taken};
use super::read_back::{BatchOfBlock, TakeApart};
use super::request::{TallyOf, Wanted};
use std::sync::Arc;

/// The most cells for which room is made before they come, so that no file asks for memory that it does not need.
const MOST_ROOM: usize = 1 << 18;

/// The wanted cells of some records, record by record.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// How many of each record.
    wanted: usize,
    spans: Vec<Span>,
    /// What stands otherwise in the text than it is, with two quotes for one or with escapes.
    written: Vec<u8>,
    rows: usize,
}

impl Cells {
    /// Of records of which so many cells are wanted.
    pub(super) fn new(wanted: usize) -> Self {
        Cells {
            wanted,
            ..Cells::default()
        }
    }

    /// The same, with room for so many records, as far as that is little.
    pub(super) fn with_room(wanted: usize, records: usize) -> Self {
        Cells {
            spans: Vec::with_capacity(wanted.saturating_mul(records).min(MOST_ROOM)),
            ..Cells::new(wanted)
        }
    }

    /// The records that are complete.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The cells of the record under way.
    #[inline]
    pub(super) fn of_record(&self) -> &[Span] {
        &self.spans[self.rows * self.wanted..]
    }

    /// Adds a cell to the record under way as it stands in the text.
    #[inline]
    pub(super) fn push(&mut self, start: usize, end: usize) {
        self.spans.push(Span::new(start, end));
    }

    /// Adds a cell to the record under way that is written out anew.
    pub(super) fn push_written<'p>(&mut self, text: &[u8], parts: impl Iterator<Item = &'p [u8]>) {
        let span = self.write(text, parts);
        self.spans.push(span);
    }

    fn write<'p>(&mut self, text: &[u8], parts: impl Iterator<Item = &'p [u8]>) -> Span {
        let start = text.len() + self.written.len();
        for part in parts {
            self.written.extend_from_slice(part);
        }
        Span::new(start, text.len() + self.written.len())
    }

    /// Begins a record whose cells do not come in order: all are empty.
    pub(super) fn begin_record(&mut self) {
        let cells = (self.rows + 1) * self.wanted;
        self.spans.resize(cells, Span::default());
    }

    /// Puts a cell of the record under way where it stands in the text.
    #[inline]
    pub(super) fn set(&mut self, cell: usize, start: usize, end: usize) {
        let cell = self.rows * self.wanted + cell;
        self.spans[cell] = Span::new(start, end);
    }

    /// Puts a cell of the record under way that is written out anew.
    pub(super) fn set_written(&mut self, cell: usize, text: &[u8], value: &[u8]) {
        let span = self.write(text, std::iter::once(value));
        let cell = self.rows * self.wanted + cell;
        self.spans[cell] = span;
    }

    /// A cell of the record under way.
    #[inline]
    pub(super) fn get<'t>(&'t self, text: &'t [u8], cell: usize) -> &'t [u8] {
        let Some(span) = self.of_record().get(cell) else {
            return b"";
        };
        let range = span.range();
        match range.start.checked_sub(text.len()) {
            None => &text[range],
            Some(start) => &self.written[start..range.end - text.len()],
        }
    }

    /// The record under way is one.
    #[inline]
    pub(super) fn keep_record(&mut self) {
        self.rows += 1;
    }

    /// The record under way is none, or not to be read so.
    pub(super) fn drop_record(&mut self) {
        self.spans.truncate(self.rows * self.wanted);
    }
}

/// What becomes of the rows of a file's blocks.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// They are kept, as what is wanted of them asks.
    Kept(Wanted),
    /// They were there before, and are looked at once more.
    ReadBack,
    /// They are counted where they are taken apart.
    Counted(TallyOf),
    /// They are looked at, and then counted.
    LookedAt,
}

/// What is to become of the cells of a file's blocks.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// What the batches have in common.
    pub(super) shape: Arc<Shape>,
    /// The places of the columns whose cells are wanted, ascending.
    pub(super) wanted: Vec<usize>,
    /// What becomes of their rows.
    pub(super) fate: Fate,
}

impl Columns {
    /// The usual length of a block, in bytes.
    pub(super) fn block_length(&self) -> usize {
        match self.fate {
            Fate::Kept(_) | Fate::ReadBack => LENGTH_OF_KEPT,
            Fate::Counted(_) | Fate::LookedAt => blocks::LENGTH,
        }
    }

    /// The same, with another fate of the rows.
    pub(super) fn with(&self, fate: Fate) -> Self {
        Columns {
            fate,
            ..self.clone()
        }
    }

    /// Which of the wanted columns one is.
    pub(super) fn cell(&self, column: Option<usize>) -> Option<usize> {
        self.wanted
            .iter()
            .position(|&wanted| Some(wanted) == column)
    }

    /// The rows of the cells of a block, in portions each of which follows the one before; and the block's
    /// text. `take_apart` does so once more, if somebody asks.
    pub(super) fn rows(
        &self,
        block: Block,
        portions: Vec<Cells>,
        take_apart: Option<&Arc<impl TakeApart + 'static>>,
    ) -> (Vec<Vec<Taken>>, Arc<BlockText>) {
        let goes_on = block.goes_on;
        let place = match self.fate {
            Fate::Kept(_) => block.place().cloned(),
            _ => None,
        };
        let (text, portions) = standing(block, portions);
        let portions = portions.into_iter().enumerate().map(|(portion, cells)| {
            let origin = |batch, rows| -> Option<Arc<dyn Origin>> {
                Some(Arc::new(BatchOfBlock {
                    place: place.clone()?,
                    take_apart: Arc::clone(take_apart?) as Arc<dyn TakeApart>,
                    portion,
                    batch,
                    rows,
                }))
            };
            let batches = cells.batches(self, &text);
            match &self.fate {
                Fate::Kept(use_of) => batches
                    .enumerate()
                    .map(|(number, batch)| {
                        let origin = origin(number, batch.rows());
                        Taken::Batch(batch.compacted(use_of, origin))
                    })
                    .collect(),
                Fate::ReadBack | Fate::LookedAt => batches.map(Taken::Batch).collect(),
                Fate::Counted(tally) => {
                    let mut passed = Box::new(PassedEvents::new(&self.shape));
                    batches.for_each(|batch| passed.take_in(batch, tally));
                    if !goes_on {
                        passed.close();
                    }
                    vec![Taken::Passed(passed)]
                }
            }
        });
        let portions = portions.collect();
        (portions, text)
    }

    /// Counts the cells of a block after those of the blocks before it, and gives the block's text.
    pub(super) fn pass(
        &self,
        block: Block,
        cells: Cells,
        tally: &TallyOf,
        passed: &mut PassedEvents,
    ) -> Arc<BlockText> {
        let goes_on = block.goes_on;
        let (text, portions) = standing(block, vec![cells]);
        for cells in portions {
            let batches = cells.batches(self, &text);
            batches.for_each(|batch| passed.take_in(batch, tally));
        }
        if !goes_on {
            passed.close();
        }
        text
    }
}

/// Cells where they stand in the text of a block.
struct Standing {
    rows: usize,
    spans: Arc<Vec<Span>>,
}

/// The text of a block with what is written out anew after it, and where cells stand in that.
fn standing(block: Block, portions: Vec<Cells>) -> (Arc<BlockText>, Vec<Standing>) {
    let length = block.text().len();
    let mut written = Vec::new();
    let mut standing = Vec::with_capacity(portions.len());
    for mut cells in portions {
        if !written.is_empty() {
            for span in &mut cells.spans {
                span.shift_from(length, written.len());
            }
        }
        written.extend(cells.written);
        standing.push(Standing {
            rows: cells.rows,
            spans: Arc::new(cells.spans),
        });
    }
    (block.with(&written), standing)
}

impl Standing {
    fn batches(&self, columns: &Columns, text: &Arc<BlockText>) -> impl Iterator<Item = Batch> {
        let step = columns.wanted.len();
        (0..self.rows).step_by(MAX_ROWS).map(move |first| {
            let rows = MAX_ROWS.min(self.rows - first);
            let mut of_batch = vec![Column::empty(); columns.shape.names().len()];
            for (cell, &column) in columns.wanted.iter().enumerate() {
                let (text, spans) = (Arc::clone(text), Arc::clone(&self.spans));
                let texts = Texts::standing(text, spans, first * step + cell, step, rows);
                of_batch[column] = Column::Plain(texts);
            }
            columns.shape.batch(of_batch, rows, None)
        })
    }
}
