//! A column that hardly anybody looks at, of a file that can be read once more: in memory are the cells of the
//! events that people open, one at a time. The others are read from the file when somebody asks for them.

use super::super::column::Column;
use super::super::origin::Origin;
use super::super::packed::{Packed, Packer};
use std::sync::{Arc, OnceLock};

/// The events of a batch whose cells are all in memory, and where those of the others stand.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    /// The numbers of the events, ascending.
    rows: Arc<[u16]>,
    origin: Arc<dyn Origin>,
}

/// Such a column.
#[derive(Debug)]
pub(super) struct Elsewhere {
    opened: Opened,
    cells: AtHand,
    /// All of it, once it was asked for. Nothing where it could not be read.
    whole: OnceLock<Option<Column>>,
}

/// The cells that are in memory.
#[derive(Debug)]
enum AtHand {
    Packed(Packed),
    Open(Column),
}

impl Opened {
    pub(super) fn new(rows: Vec<u16>, origin: Arc<dyn Origin>) -> Self {
        Opened {
            rows: rows.into(),
            origin,
        }
    }
}

impl Elsewhere {
    /// Of a column that has all cells now, of which those of the `kept` rows are to be kept.
    pub(super) fn of(
        column: &Column,
        kept: &[u16],
        opened: &Opened,
        packer: Option<&mut Packer>,
    ) -> Self {
        let rows = opened.rows.iter();
        let places: Vec<u16> = rows
            .filter_map(|&row| kept.get(usize::from(row)).copied())
            .collect();
        let cells = column.of_rows(&places);
        let smaller = packer.and_then(|packer| packer.pack(&cells, opened.rows.len()));
        Elsewhere {
            opened: opened.clone(),
            cells: smaller.map_or(AtHand::Open(cells), AtHand::Packed),
            whole: OnceLock::new(),
        }
    }

    /// The cell of an event. `place` is the place of the column, `rows` are the places of its events as loaded.
    pub(super) fn cell(&self, row: usize, place: usize, rows: &[u16]) -> &[u8] {
        if let Some(Some(whole)) = self.whole.get() {
            return whole.get(row);
        }
        match self.opened.rows.binary_search(&(row as u16)) {
            Ok(index) => match &self.cells {
                AtHand::Packed(packed) => packed.column().get(index),
                AtHand::Open(column) => column.get(index),
            },
            Err(_) => self.whole(place, rows).map_or(b"", |whole| whole.get(row)),
        }
    }

    /// The whole column; nothing where it cannot be read any more, which its origin tells.
    pub(super) fn whole(&self, place: usize, rows: &[u16]) -> Option<&Column> {
        let whole = self.whole.get_or_init(|| {
            let column = self.opened.origin.column(place)?;
            Some(column.of_rows(rows))
        });
        whole.as_ref()
    }

    /// Why the whole column cannot be read any more, as the end of a sentence.
    pub(super) fn failure(&self) -> Option<&str> {
        let is_lost = self.whole.get().is_some_and(Option::is_none);
        is_lost.then(|| self.opened.origin.failure()).flatten()
    }

    /// The memory it holds, in bytes.
    pub(super) fn bytes_held(&self) -> usize {
        let cells = match &self.cells {
            AtHand::Packed(packed) => packed.bytes_held(),
            AtHand::Open(column) => column.bytes_held(),
        };
        let whole = self.whole.get().and_then(Option::as_ref);
        cells + whole.map_or(0, Column::bytes_held)
    }
}
