//! The columns of a row group, read some rows at a time by the readers for each kind of them.

use super::columns::{Columns, Stored};
use super::damage::{Damage, sentence};
use super::int96::Int96Column;
use super::nested::NestedColumns;
use super::pages::CheckedRowGroup;
use super::plain::{PlainColumn, PlainColumns};
use super::source::Source;
use crate::events::batch::Shape;
use crate::events::batch::builder::MAX_BYTES;
use crate::events::column::Column;
use crate::events::recipient_lists;
use crate::events::request::Wanted;
use crate::events::schema::Table;
use crate::events::time::EventTime;
use parquet::file::metadata::ParquetMetaData;
use std::ops::Range;
use std::sync::Arc;

/// The cells unpacked at once: few enough that they stay in a cache until they are looked at.
const CELLS_AT_ONCE: usize = 1 << 20;

/// The fewest and the most rows unpacked at once.
const ROWS_AT_ONCE: Range<usize> = 256..1 << 14;

/// A file whose row groups are read.
#[derive(Debug)]
pub(super) struct File {
    pub(super) source: Arc<Source>,
    pub(super) metadata: ParquetMetaData,
    pub(super) columns: Columns,
    pub(super) table: Table,
    pub(super) shape: Arc<Shape>,
    /// The places of the columns that are read, ascending.
    pub(super) wanted: Vec<usize>,
    /// What becomes of the columns.
    pub(super) use_of: Wanted,
}

impl File {
    /// The columns that may list recipients, by their names: then a record becomes a row for each of them.
    pub(super) fn listing(&self) -> Vec<(&str, usize)> {
        let may_list = |column: &usize| {
            let is_nested = matches!(self.columns.stored.get(*column), Some(Stored::Nested(_)));
            let mut listing = recipient_lists::COLUMNS.iter();
            let is_listing = listing.any(|name| self.shape.place(name) == Some(*column));
            is_nested && is_listing && self.table == Table::EmailEvents
        };
        let wanted = self.wanted.iter().copied().filter(may_list);
        wanted
            .map(|column| (self.shape.names()[column].as_str(), column))
            .collect()
    }
}

/// The wanted columns of a row group, some rows at a time.
pub(super) struct GroupColumns {
    /// The columns of the file.
    count: usize,
    plain: Option<PlainColumns>,
    /// The places of these among the columns of the file.
    plain_places: Vec<usize>,
    nested: Option<NestedColumns>,
    nested_places: Vec<usize>,
    int96: Vec<(usize, Int96Column)>,
    pub(super) rows_at_once: usize,
}

/// Some rows of a row group.
pub(super) struct Portion {
    pub(super) rows: usize,
    /// Those that are not wanted are empty.
    pub(super) columns: Vec<Column>,
    /// The moments of the rows, where they are known without their texts.
    pub(super) moments: Option<Vec<Option<EventTime>>>,
}

impl GroupColumns {
    /// These columns in some rows of a group.
    pub(super) fn open(
        file: &File,
        wanted: &[usize],
        group: &CheckedRowGroup<'_>,
        rows: Range<usize>,
    ) -> Result<Self, Damage> {
        let mut columns = GroupColumns {
            count: file.shape.names().len(),
            plain: None,
            plain_places: Vec::new(),
            nested: None,
            nested_places: Vec::new(),
            int96: Vec::new(),
            rows_at_once: rows_at_once(wanted.len()),
        };
        let (mut plain, mut nested) = (Vec::new(), Vec::new());
        for &place in wanted {
            match &file.columns.stored[place] {
                Stored::Plain { stored, schema } => {
                    columns.plain_places.push(place);
                    plain.push(PlainColumn {
                        stored: *stored,
                        schema: Arc::clone(schema),
                        gives_moments: file.shape.time_column() == Some(place),
                    });
                }
                Stored::Int96 { stored } => {
                    let column = Int96Column::open(*stored, group);
                    columns
                        .int96
                        .push((place, column.map_err(|error| sentence(&error))?));
                }
                Stored::Nested(schema) => {
                    columns.nested_places.push(place);
                    nested.push(Arc::clone(schema));
                }
            }
        }
        if !plain.is_empty() {
            let at_once = columns.rows_at_once;
            let opened = PlainColumns::open(plain, group, &file.metadata, rows.clone(), at_once);
            columns.plain = Some(opened.map_err(|error| sentence(&error))?);
        }
        if !nested.is_empty() {
            let opened = NestedColumns::open(nested, group);
            columns.nested = Some(opened.map_err(|error| sentence(&error))?);
        }
        columns.skip(rows.start)?;
        Ok(columns)
    }

    /// Goes on to a row in those columns that are not opened at it.
    fn skip(&mut self, rows: usize) -> Result<(), Damage> {
        let plain = self.plain.take();
        for first in (0..rows).step_by(self.rows_at_once) {
            self.read(self.rows_at_once.min(rows - first))?;
        }
        self.plain = plain;
        Ok(())
    }

    /// Reads the next rows: as many as at once, or those that are left.
    pub(super) fn read(&mut self, rows: usize) -> Result<Portion, Damage> {
        let mut portion = Portion {
            rows,
            columns: vec![Column::empty(); self.count],
            moments: None,
        };
        if let Some(plain) = &mut self.plain {
            for (place, read) in self.plain_places.iter().zip(plain.read(rows)?) {
                portion.columns[*place] = read.column;
                portion.moments = portion.moments.or(read.moments);
            }
        }
        if let Some(nested) = &mut self.nested {
            let read = nested.read(rows).map_err(|error| sentence(&error))?;
            for (place, column) in self.nested_places.iter().zip(read) {
                portion.columns[*place] = column;
            }
        }
        for (place, column) in &mut self.int96 {
            portion.columns[*place] = column.read(rows).map_err(|error| sentence(&error))?;
        }
        Ok(portion)
    }
}

fn rows_at_once(columns: usize) -> usize {
    (CELLS_AT_ONCE / columns.max(1)).clamp(ROWS_AT_ONCE.start, ROWS_AT_ONCE.end)
}

impl Portion {
    /// Whether its cells one after the other would be longer than a batch may be.
    pub(super) fn is_long(&self) -> bool {
        let length = |of_column: fn(&Column, usize) -> usize| -> usize {
            let columns = self.columns.iter();
            columns.map(|column| of_column(column, self.rows)).sum()
        };
        // What takes longer to find out is asked only where it may matter.
        length(Column::most_length_of_all) > MAX_BYTES && length(Column::length_of_all) > MAX_BYTES
    }

    pub(super) fn length_of_row(&self, row: usize) -> usize {
        let columns = self.columns.iter();
        columns.map(|column| column.get(row).len()).sum()
    }

    /// A column, and nothing else.
    pub(super) fn into_column(mut self, place: usize) -> Option<Column> {
        (place < self.columns.len()).then(|| self.columns.swap_remove(place))
    }
}
