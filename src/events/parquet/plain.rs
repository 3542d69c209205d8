//! The columns of a row group that are neither nested nor of the old times of twelve bytes, read by the crate's Arrow
//! reader.

use super::arrays;
use super::damage::{Damage, TOO_FEW_VALUES};
use super::pages::CheckedRowGroup;
use super::text::{Meaning, Unit};
use crate::events::column::Column;
use crate::events::time::EventTime;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, Fields};
use parquet::arrow::arrow_reader::{
    ParquetRecordBatchReader, RowGroups, RowSelection, RowSelector,
};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::basic::{Encoding, Type as PhysicalType};
use parquet::column::page::{PageIterator, PageReader};
use parquet::errors::Result;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::RowGroupReader as _;
use parquet::file::statistics::Statistics;
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::ops::Range;
use std::sync::Arc;

/// A column that is wanted.
#[derive(Clone, Debug)]
pub(super) struct PlainColumn {
    /// Its place in a row group.
    pub(super) stored: usize,
    /// As the schema has it.
    pub(super) schema: TypePtr,
    /// Whether the moments of the rows are taken from it.
    pub(super) gives_moments: bool,
}

impl PlainColumn {
    fn meaning(&self) -> Meaning {
        Meaning::of_column(&self.schema)
    }

    /// How it counts its moments, if it is made of them.
    pub(super) fn unit_of_moments(schema: &Type) -> Option<Unit> {
        match Meaning::of_column(schema) {
            Meaning::Timestamp(unit) if schema.get_physical_type() == PhysicalType::INT64 => {
                Some(unit)
            }
            _ => None,
        }
    }

    /// The same without what the schema says of the meaning of the values. So they come as they are stored: Arrow would
    /// refuse texts that are no UTF-8, and has no numbers for some times and decimals.
    fn bare(&self, name: &str) -> Result<TypePtr> {
        let builder = Type::primitive_type_builder(name, self.schema.get_physical_type())
            .with_repetition(self.schema.get_basic_info().repetition());
        let builder = match &*self.schema {
            Type::PrimitiveType { type_length, .. } => builder.with_length(*type_length),
            Type::GroupType { .. } => builder,
        };
        builder.build().map(Arc::new)
    }
}

/// What is read of some rows of a column.
pub(super) struct Read {
    pub(super) column: Column,
    /// Of the column that gives them.
    pub(super) moments: Option<Vec<Option<EventTime>>>,
}

/// The wanted columns of a row group, some rows at a time.
pub(super) struct PlainColumns {
    columns: Vec<PlainColumn>,
    reader: ParquetRecordBatchReader,
}

impl PlainColumns {
    /// Of some rows of a row group, `rows_at_once` at a time.
    pub(super) fn open(
        columns: Vec<PlainColumn>,
        group: &CheckedRowGroup<'_>,
        metadata: &ParquetMetaData,
        rows: Range<usize>,
        rows_at_once: usize,
    ) -> Result<Self> {
        let bare = columns.iter().enumerate();
        let bare = bare.map(|(index, column)| column.bare(&index.to_string()));
        let schema = Type::group_type_builder("plain")
            .with_fields(bare.collect::<Result<_>>()?)
            .build()?;
        let schema = SchemaDescriptor::new(Arc::new(schema));
        let wished = columns.iter().enumerate().map(|(index, column)| {
            let chunk = group.metadata().column(column.stored);
            Field::new(index.to_string(), wished_type(&column.schema, chunk), true)
        });
        let wished: Fields = wished.collect();
        let levels = parquet_to_arrow_field_levels(&schema, ProjectionMask::all(), Some(&wished))?;
        let chunks = Chunks {
            stored: columns.iter().map(|column| column.stored).collect(),
            group,
            metadata,
        };
        let selection = (rows.start > 0).then(|| {
            let rows = [
                RowSelector::skip(rows.start),
                RowSelector::select(rows.len()),
            ];
            RowSelection::from(rows.to_vec())
        });
        let reader = ParquetRecordBatchReader::try_new_with_row_groups(
            &levels,
            &chunks,
            rows_at_once,
            selection,
        )?;
        Ok(PlainColumns { columns, reader })
    }

    /// Reads the next rows: as many as at once, or those that are left.
    pub(super) fn read(&mut self, rows: usize) -> std::result::Result<Vec<Read>, Damage> {
        let batch = self.reader.next().transpose();
        let batch = batch.map_err(|error| words_of(&error))?;
        let batch = batch.filter(|batch| batch.num_rows() >= rows);
        let batch = batch.ok_or(TOO_FEW_VALUES)?.slice(0, rows);
        Ok(self.of_batch(&batch))
    }

    fn of_batch(&self, batch: &RecordBatch) -> Vec<Read> {
        let columns = self.columns.iter().zip(batch.columns());
        let read =
            columns.map(
                |(column, array)| match PlainColumn::unit_of_moments(&column.schema) {
                    Some(unit) => {
                        let (texts, moments) = arrays::moments(array, unit);
                        Read {
                            column: texts,
                            moments: column.gives_moments.then_some(moments),
                        }
                    }
                    None => Read {
                        column: arrays::column(array, column.meaning()),
                        moments: None,
                    },
                },
            );
        read.collect()
    }
}

/// As what the values of a column should come: dictionaries as such, other texts as views. Where the pages are of several
/// kinds, or nothing is known of it, Arrow would have to make a dictionary of values that nobody numbered.
fn wished_type(schema: &Type, chunk: &ColumnChunkMetaData) -> DataType {
    if schema.get_physical_type() != PhysicalType::BYTE_ARRAY {
        // Has no meaning for these: they come as they are stored.
        return DataType::BinaryView;
    }
    let is_dictionary = match chunk.page_encoding_stats_mask() {
        Some(of_pages) => of_pages.encodings().all(is_of_dictionary),
        // The levels are counted in.
        None => chunk.encodings().all(|encoding| {
            is_of_dictionary(encoding) || matches!(encoding, Encoding::RLE | LEVELS_OF_OLD)
        }),
    };
    // Of rows that all are null Arrow makes a dictionary row by row.
    let nulls = chunk.statistics().and_then(Statistics::null_count_opt);
    let is_empty = nulls.is_some_and(|nulls| i64::try_from(nulls) == Ok(chunk.num_values()));
    if is_dictionary && !is_empty {
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Binary))
    } else {
        DataType::BinaryView
    }
}

/// How old writers stored levels.
#[allow(deprecated, reason = "files have it")]
const LEVELS_OF_OLD: Encoding = Encoding::BIT_PACKED;

fn is_of_dictionary(encoding: Encoding) -> bool {
    matches!(
        encoding,
        Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY
    )
}

/// What Arrow says, without its words for where an error comes from.
fn words_of(error: &ArrowError) -> Damage {
    let ArrowError::ParquetError(text) = error else {
        return error.to_string();
    };
    let mut text = text.as_str();
    for origin in ["Parquet error: ", "EOF: ", "NYI: ", "Arrow: ", "External: "] {
        text = text.strip_prefix(origin).unwrap_or(text);
    }
    text.to_owned()
}

/// The pages of the columns, as Arrow asks for them.
struct Chunks<'g> {
    stored: Vec<usize>,
    group: &'g CheckedRowGroup<'g>,
    metadata: &'g ParquetMetaData,
}

impl RowGroups for Chunks<'_> {
    fn num_rows(&self) -> usize {
        usize::try_from(self.group.metadata().num_rows()).unwrap_or(0)
    }

    fn column_chunks(&self, index: usize) -> Result<Box<dyn PageIterator>> {
        let pages = self.group.get_column_page_reader(self.stored[index])?;
        Ok(Box::new(OneChunk(Some(pages))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.group.metadata()))
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.metadata
    }
}

/// The pages of one column in one row group.
struct OneChunk(Option<Box<dyn PageReader>>);

impl Iterator for OneChunk {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageIterator for OneChunk {}
