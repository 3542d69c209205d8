//! Texts of a column, one after the other in memory of their own or where they stand in that of others.

use crate::events::block_text::BlockText;
use arrow_array::{Array as _, BinaryViewArray};
use std::ops::Range;
use std::sync::Arc;

/// Texts one after the other in one allocation, or where they stand in the text of a block.
#[derive(Clone, Debug, Default)]
pub struct Texts(Kept);

#[derive(Clone, Debug)]
enum Kept {
    Copied {
        bytes: Vec<u8>,
        /// The end of each text in `bytes`; its start is the end of the one before.
        ends: Vec<u32>,
    },
    /// For looking at a batch that nobody keeps: it holds the whole block.
    Standing {
        block: Arc<BlockText>,
        /// The cells of the block, record by record.
        cells: Arc<Vec<Span>>,
        /// The first text among them, and how far the next one is.
        first: usize,
        step: usize,
        length: usize,
    },
    /// The same where they stand in pages of Parquet.
    Views(BinaryViewArray),
}

impl Default for Kept {
    fn default() -> Self {
        Kept::Copied {
            bytes: Vec::new(),
            ends: Vec::new(),
        }
    }
}

/// Where a cell stands in the text of a block, which is far shorter than 4 GiB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// From `start` up to `end`.
    #[inline]
    pub fn new(start: usize, end: usize) -> Self {
        Span {
            start: start as u32,
            end: end as u32,
        }
    }

    /// Moves it by `offset` if it lies at `place` or later.
    pub(in crate::events) fn shift_from(&mut self, place: usize, offset: usize) {
        if self.start as usize >= place {
            self.start += offset as u32;
            self.end += offset as u32;
        }
    }

    /// From where to where.
    #[inline]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Texts {
    /// Texts that stand in a block: of its cells the one numbered `first` and every `step`-th after it.
    pub(in crate::events) fn standing(
        block: Arc<BlockText>,
        cells: Arc<Vec<Span>>,
        first: usize,
        step: usize,
        length: usize,
    ) -> Self {
        Texts(Kept::Standing {
            block,
            cells,
            first,
            step,
            length,
        })
    }

    /// Texts that stand in pages; null is the empty text.
    pub(in crate::events) fn views(array: BinaryViewArray) -> Self {
        Texts(Kept::Views(array))
    }

    /// The number of texts.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::Copied { ends, .. } => ends.len(),
            Kept::Standing { length, .. } => *length,
            Kept::Views(array) => array.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `index`-th text; the empty text when there is none.
    #[inline]
    pub fn get(&self, index: usize) -> &[u8] {
        match &self.0 {
            Kept::Copied { bytes, ends } => {
                let Some(&end) = ends.get(index) else {
                    return b"";
                };
                let start = index.checked_sub(1).map_or(0, |before| ends[before]);
                &bytes[start as usize..end as usize]
            }
            Kept::Standing {
                block,
                cells,
                first,
                step,
                ..
            } => cells
                .get(first + index * step)
                .map_or(b"", |span| &block.bytes()[span.range()]),
            // What a view says where there is null is not defined.
            Kept::Views(array) if index < array.len() && array.is_valid(index) => {
                array.value(index)
            }
            Kept::Views(_) => b"",
        }
    }

    /// Adds a text. A batch holds far less than 4 GiB, see [`BatchBuilder::is_full`](crate::events::batch::builder::BatchBuilder::is_full).
    pub(in crate::events) fn push(&mut self, text: &[u8]) {
        if let Kept::Copied { bytes, ends } = &mut self.0 {
            bytes.extend_from_slice(text);
            ends.push(bytes.len() as u32);
        }
    }

    /// The length of all texts one after the other, in bytes.
    pub(super) fn length_of_all(&self) -> usize {
        match &self.0 {
            Kept::Copied { bytes, .. } => bytes.len(),
            Kept::Views(array) => {
                let lengths = array.lengths();
                let lengths = lengths.enumerate().filter(|(row, _)| array.is_valid(*row));
                lengths.map(|(_, length)| length as usize).sum()
            }
            Kept::Standing { .. } => (0..self.len()).map(|index| self.get(index).len()).sum(),
        }
    }

    /// Whether all texts are the same. Most often these are empty, which is told by where they stand.
    pub(super) fn are_all_the_same(&self) -> bool {
        match &self.0 {
            Kept::Standing {
                cells,
                first,
                step,
                length,
                ..
            } if self.get(0).is_empty() => {
                let spans = cells.iter().skip(*first).step_by(*step).take(*length);
                spans.into_iter().all(|span| span.start == span.end)
            }
            _ => (1..self.len()).all(|index| self.get(index) == self.get(0)),
        }
    }

    pub(super) fn shrink(&mut self) {
        if let Kept::Copied { bytes, ends } = &mut self.0 {
            bytes.shrink_to_fit();
            ends.shrink_to_fit();
        }
    }

    pub(super) fn bytes_held(&self) -> usize {
        match &self.0 {
            Kept::Copied { bytes, ends } => bytes.capacity() + ends.capacity() * size_of::<u32>(),
            Kept::Standing { .. } | Kept::Views(_) => self.length_of_all(),
        }
    }
}
