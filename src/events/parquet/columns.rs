//! The columns of a file, and what the footer says of them in each row group.

use super::damage::Damage;
use super::source::Source;
use crate::events::stop::Stop;
use parquet::basic::{Repetition, Type as PhysicalType};
use parquet::file::metadata::RowGroupMetaData;
use parquet::schema::types::{SchemaDescriptor, TypePtr};

/// The most columns. Real exports have some fifty.
const MOST_COLUMNS: usize = 10_000;

/// The most rows for each byte of the file. A row that is like the one before takes next to nothing.
const MOST_ROWS_A_BYTE: u64 = 1024;

/// How a column is stored, and so who reads it.
#[derive(Clone, Debug)]
pub(super) enum Stored {
    /// One value a row, at this place in a row group.
    Plain { stored: usize, schema: TypePtr },
    /// The same of the old times of twelve bytes.
    Int96 { stored: usize },
    /// A list, a struct or a map.
    Nested(TypePtr),
}

/// The columns of a file: the fields of its schema.
#[derive(Debug)]
pub(super) struct Columns {
    /// As the file has them.
    pub(super) names: Vec<String>,
    /// How each is stored.
    pub(super) stored: Vec<Stored>,
    /// Columns in a row group: a nested one may have several.
    pub(super) in_group: usize,
}

impl Columns {
    /// Of a file with this schema.
    pub(super) fn of(schema: &SchemaDescriptor) -> Result<Self, Stop> {
        let in_group = schema.num_columns();
        if in_group > MOST_COLUMNS {
            return Err(Stop::Failed(format!(
                "it has {in_group} columns, but at most {MOST_COLUMNS} are supported"
            )));
        }
        let mut columns = Columns {
            names: Vec::new(),
            stored: Vec::new(),
            in_group,
        };
        let mut last_root = None;
        for place in 0..in_group {
            let root = schema.get_column_root_idx(place);
            if last_root.replace(root) == Some(root) {
                continue;
            }
            columns.add(place, schema.get_column_root_ptr(place));
        }
        Ok(columns)
    }

    fn add(&mut self, place: usize, column: TypePtr) {
        self.names.push(column.name().to_owned());
        let is_repeated = column.get_basic_info().repetition() == Repetition::REPEATED;
        self.stored.push(if is_repeated || !column.is_primitive() {
            Stored::Nested(column)
        } else if column.get_physical_type() == PhysicalType::INT96 {
            Stored::Int96 { stored: place }
        } else {
            Stored::Plain {
                stored: place,
                schema: column,
            }
        });
    }
}

/// Compares what the footer says of a row group with the file.
pub(super) fn check_row_group(
    source: &Source,
    group: &RowGroupMetaData,
    columns: &Columns,
) -> Result<(), Damage> {
    let rows =
        u64::try_from(group.num_rows()).map_err(|_| "it claims a negative number of rows")?;
    if rows > source.length().saturating_mul(MOST_ROWS_A_BYTE) {
        return Err(format!(
            "it claims {rows} rows, more than a file of its size can hold"
        ));
    }
    if group.num_columns() != columns.in_group {
        return Err("its columns are not those of the file".to_owned());
    }
    for column in group.columns() {
        let starts = [
            Some(column.data_page_offset()),
            column.dictionary_page_offset(),
        ];
        let length = column.compressed_size();
        let is_within = |start: i64| {
            let end = start.checked_add(length);
            start >= 0 && length >= 0 && end.is_some_and(|end| end as u64 <= source.length())
        };
        // The pages begin with the dictionary, where there is one.
        let first = starts.into_iter().flatten().min();
        if starts.into_iter().flatten().any(|start| start < 0) || !first.is_some_and(is_within) {
            return Err("its pages would lie beyond the end of the file".to_owned());
        }
    }
    Ok(())
}
