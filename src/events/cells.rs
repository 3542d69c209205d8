//! The cells of a block that somebody wants to look at: where in its text they stand.

use super::batch::{Batch, MAX_ROWS, Shape};
use super::blocks::{self, Block, BlockText};
use super::column::{Column, Span, Texts};
use super::read_back::{BatchOfBlock, Origin, TakeApart};
use super::request::Wanted;
use super::schema::names;
use std::sync::Arc;

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

/// What is to become of the cells of a file's blocks.
#[derive(Debug)]
pub(super) struct Columns {
    /// What the batches have in common.
    pub(super) shape: Arc<Shape>,
    /// The places of the columns whose cells are wanted, ascending.
    pub(super) wanted: Vec<usize>,
    /// What becomes of them.
    pub(super) use_of: Wanted,
    /// Whether the batches are looked at after loading.
    pub(super) are_kept: bool,
    /// Whether the batches were there before, and are looked at now.
    pub(super) are_read_back: bool,
}

impl Columns {
    /// The usual length of a block, in bytes.
    pub(super) fn block_length(&self) -> usize {
        if self.are_kept {
            blocks::LENGTH_OF_KEPT
        } else {
            blocks::LENGTH
        }
    }

    /// The same, to read batches once more that were there before.
    pub(super) fn once_more(&self) -> Self {
        Columns {
            shape: Arc::clone(&self.shape),
            wanted: self.wanted.clone(),
            use_of: Wanted::default(),
            are_kept: true,
            are_read_back: true,
        }
    }

    /// Which of the wanted columns one is.
    pub(super) fn cell(&self, column: Option<usize>) -> Option<usize> {
        self.wanted
            .iter()
            .position(|&wanted| Some(wanted) == column)
    }

    /// The batches of the cells of a block, in portions each of which follows the one before; and the block's
    /// text. `take_apart` does so once more, if somebody asks.
    pub(super) fn batches(
        &self,
        block: Block,
        portions: Vec<Cells>,
        take_apart: Option<&Arc<impl TakeApart + 'static>>,
    ) -> (Vec<Vec<Batch>>, Arc<BlockText>) {
        let mut written = Vec::new();
        let mut moved = Vec::with_capacity(portions.len());
        for cells in portions {
            moved.push((cells.rows, cells.spans, written.len()));
            written.extend(cells.written);
        }
        let length = block.text().len();
        let place = block.place().cloned().filter(|_| self.are_kept);
        let text = block.with(&written);
        let moved = moved.into_iter().enumerate();
        let batches = moved.map(|(portion, (rows, mut spans, offset))| {
            if offset > 0 {
                for span in &mut spans {
                    span.shift_from(length, offset);
                }
            }
            let origin = |batch, rows| -> Option<Arc<dyn Origin>> {
                Some(Arc::new(BatchOfBlock {
                    place: place.clone()?,
                    take_apart: Arc::clone(take_apart?) as Arc<dyn TakeApart>,
                    portion,
                    batch,
                    rows,
                }))
            };
            self.of_spans(&Arc::new(spans), &text, rows, origin)
        });
        (batches.collect(), text)
    }

    fn of_spans(
        &self,
        spans: &Arc<Vec<Span>>,
        text: &Arc<BlockText>,
        rows: usize,
        origin: impl Fn(usize, usize) -> Option<Arc<dyn Origin>>,
    ) -> Vec<Batch> {
        let step = self.wanted.len();
        // Of every row these are looked at by other threads. Here they are in the cache.
        let asked = [names::EMAIL_DIRECTION, names::THREAT_TYPES];
        let asked = asked.map(|name| self.shape.place(name).filter(|_| !self.are_kept));
        (0..rows)
            .step_by(MAX_ROWS)
            .enumerate()
            .map(|(number, first)| {
                let rows = MAX_ROWS.min(rows - first);
                let columns = self.wanted.iter().enumerate().map(|(cell, &column)| {
                    let (text, spans) = (Arc::clone(text), Arc::clone(spans));
                    let texts = Texts::standing(text, spans, first * step + cell, step, rows);
                    let is_asked = asked.contains(&Some(column));
                    let few = is_asked.then(|| Column::of_few(&texts)).flatten();
                    (column, few.unwrap_or(Column::Plain(texts)))
                });
                let batch = self.shape.batch_of_columns(columns, rows, None);
                if self.are_read_back {
                    batch
                } else if self.are_kept {
                    batch.compacted(&self.use_of, origin(number, rows))
                } else {
                    batch.passed()
                }
            })
            .collect()
    }
}
