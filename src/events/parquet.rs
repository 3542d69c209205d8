//! Reads Parquet into batches, by the Arrow reader of the `parquet` crate: texts stay where the page was unpacked, and
//! dictionaries stay dictionaries. Nested columns and the old times of twelve bytes are read by its other readers.
//!
//! The bytes are not trusted: what the footer and the pages claim is compared with what is there before
//! it is acted on, and a panic inside the crate is damage of the file like any other.

mod arrays;
mod delta;
mod groups;
mod int96;
mod nested;
mod pages;
mod plain;
mod read_again;
mod source;
mod text;
mod thrift;
mod variant;

use super::format::PARQUET_MAGIC;
use super::report::Place;
use super::schema::Table;
use super::sink::{FileSink, Stop};
use super::workers::Workers;
use crate::quantities;
use groups::{File, Piece};
use parquet::basic::{Repetition, Type as PhysicalType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::schema::types::{SchemaDescriptor, TypePtr};
pub(super) use source::Source;
use std::collections::VecDeque;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

/// The length of the footer and the magic after it.
const TAIL: u64 = 8;

/// The longest footer: a few hundred bytes for each column of each row group.
const LONGEST_FOOTER: u64 = 32 << 20;

/// The most columns. Real exports have some fifty.
const MOST_COLUMNS: usize = 10_000;

/// The most rows for each byte of the file. A row that is like the one before takes next to nothing.
const MOST_ROWS_A_BYTE: u64 = 1024;

/// The longest row taken, in bytes, as in the other formats.
const LONGEST_ROW: usize = 64 << 20;

const TOO_FEW_VALUES: &str = "a column has fewer values than there are rows";

/// Why something of the file cannot be read, as the part of a sentence.
type Damage = String;

/// Reads all rows of a file.
pub(super) fn read(source: Source, workers: &Workers, sink: &mut FileSink) -> Result<(), Stop> {
    let source = Arc::new(source);
    let metadata = read_footer(&source).map_err(Stop::Failed)?;
    let columns = Columns::of(metadata.file_metadata().schema_descr())?;
    variant::check(&columns, sink)?;
    let table = sink.set_header(columns.names.iter().map(String::as_bytes))?;
    read_rows(source, metadata, columns, table, workers, sink)
}

/// Batches of a row group that may wait to be taken.
const PIECES_WAITING: usize = 2;

fn read_rows(
    source: Arc<Source>,
    metadata: ParquetMetaData,
    columns: Columns,
    table: Table,
    workers: &Workers,
    sink: &mut FileSink,
) -> Result<(), Stop> {
    if workers.threads() == 0 {
        let sentence = "the system could not start a thread to read it";
        return Err(Stop::Failed(sentence.to_owned()));
    }
    let shape = sink.shape(table);
    let use_of = sink.use_of(table);
    let mut wanted = shape.wanted(&use_of, table);
    wanted.retain(|column| *column < columns.names.len());
    keep_memory_at_hand();
    let file = File {
        source,
        metadata,
        columns,
        table,
        shape,
        wanted,
        use_of,
    };
    read_groups(&Arc::new(file), workers, sink)
}

/// Reads the row groups one after the other.
fn read_groups(file: &Arc<File>, workers: &Workers, sink: &mut FileSink) -> Result<(), Stop> {
    let metadata = &file.metadata;
    let rows_promised = metadata.file_metadata().num_rows();
    let rows_claimed = metadata.row_groups().iter().fold(0_u64, |sum, group| {
        sum.saturating_add(u64::try_from(group.num_rows()).unwrap_or(0))
    });
    let groups = metadata.num_row_groups();
    let mut rows = 0;
    let mut begun = VecDeque::new();
    let mut next = 0;
    for index in 0..groups {
        // One more, which waits for whoever is done first.
        while next < groups && begun.len() <= workers.threads() {
            begun.push_back(begin_group(file, next, workers));
            next += 1;
        }
        let Some(pieces) = begun.pop_front() else {
            break;
        };
        let taken = take_group(&pieces, file, &mut rows, sink)?;
        if let Err(damage) = taken {
            return Err(Stop::Failed(format!(
                "the Parquet file is damaged in row group {} of {}, from row {} of {} on ({damage}): the rows before \
                 it are kept, the rest of the file is not read",
                quantities::number(index as u64 + 1),
                quantities::number(groups as u64),
                quantities::number(rows + 1),
                quantities::number(rows_claimed),
            )));
        }
    }
    if u64::try_from(rows_promised) != Ok(rows) {
        sink.warn(format!(
            "its footer declares {rows_promised} rows, its row groups hold {rows}: something may be missing"
        ));
    }
    Ok(())
}

/// More than pages usually take.
const LARGE_BLOCK: usize = 16 << 20;

/// Each page is unpacked into a block of memory of its own, which is given back soon. An allocator may return such
/// blocks to the kernel, which then has to clear each page of memory anew: a seventh of the time. That of glibc keeps
/// blocks that are no larger than one which it has seen given back.
fn keep_memory_at_hand() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGE_BLOCK)));
}

/// Lets a worker read a row group.
fn begin_group(file: &Arc<File>, index: usize, workers: &Workers) -> Receiver<Piece> {
    let (sender, pieces) = sync_channel(PIECES_WAITING);
    let file = Arc::clone(file);
    // What it gives is in the pieces.
    let _ = workers.submit(move || file.read_group(index, &sender));
    pieces
}

/// Takes what comes of a row group; `rows` counts those of the file that are done with.
fn take_group(
    pieces: &Receiver<Piece>,
    file: &File,
    rows: &mut u64,
    sink: &mut FileSink,
) -> Result<Result<(), Damage>, Stop> {
    for piece in pieces {
        match piece {
            Piece::Rows {
                taken,
                threat_types,
            } => {
                let before = sink.rows_read();
                sink.push_rows(file.table, vec![taken], &threat_types, before, &[])?;
            }
            Piece::TooLong { row, reason } => {
                sink.reject(Place::Record(*rows + row), reason)?;
            }
            Piece::End { rows: read, end } => {
                *rows += read;
                return Ok(end);
            }
        }
    }
    // It ended before its end: a panic of a library, of which nothing else is known.
    panic::resume_unwind(Box::new("a row group was not read to its end"))
}

/// Runs the crate: its panics become damage of the file.
fn guarded<T>(run: impl FnOnce() -> Result<T, Damage>) -> Result<T, Damage> {
    let ran = panic::catch_unwind(AssertUnwindSafe(run));
    ran.unwrap_or_else(|_| Err("the Parquet library cannot make sense of it".to_owned()))
}

/// What the crate says, without its word for where an error comes from.
fn sentence(error: &ParquetError) -> String {
    match error {
        ParquetError::General(text) | ParquetError::EOF(text) | ParquetError::NYI(text) => {
            text.clone()
        }
        ParquetError::External(error) => error.to_string(),
        other => other.to_string(),
    }
}

/// The footer, which says where everything is; or why there is none, as a sentence.
fn read_footer(source: &Source) -> Result<ParquetMetaData, String> {
    let damaged =
        |why: &str| format!("the Parquet file is damaged ({why}): none of its rows can be found");
    let length = source.length();
    if length < TAIL + PARQUET_MAGIC.len() as u64 {
        return Err(damaged("it is cut off"));
    }
    let read = |start, length: u64| {
        source
            .read(start, length as usize)
            .map_err(|error| error.to_string())
    };
    let tail = read(length - TAIL, TAIL)?;
    let (size, magic) = tail.split_at(4);
    if magic != PARQUET_MAGIC {
        return Err(damaged(
            "it does not end like a Parquet file: it is cut off or incompletely written",
        ));
    }
    let size = size
        .iter()
        .rev()
        .fold(0, |size, &byte| size << 8 | u64::from(byte));
    if size > length - TAIL - PARQUET_MAGIC.len() as u64 {
        return Err(damaged("its footer would be longer than the file"));
    }
    if size > LONGEST_FOOTER {
        return Err(damaged("its footer is longer than 32 MiB"));
    }
    let footer = read(length - TAIL - size, size)?;
    source.count(PARQUET_MAGIC.len() as u64 + size + TAIL);
    thrift::check_footer(&footer).map_err(|_| damaged("its footer cannot be read"))?;
    guarded(|| ParquetMetaDataReader::decode_metadata(&footer).map_err(|error| sentence(&error)))
        .map_err(|why| damaged(&format!("its footer cannot be read: {why}")))
}

/// How a column is stored, and so who reads it.
#[derive(Clone, Debug)]
enum Stored {
    /// One value a row, at this place in a row group.
    Plain { stored: usize, schema: TypePtr },
    /// The same of the old times of twelve bytes.
    Int96 { stored: usize },
    /// A list, a struct or a map.
    Nested(TypePtr),
}

/// The columns of a file: the fields of its schema.
#[derive(Debug)]
struct Columns {
    /// As the file has them.
    names: Vec<String>,
    /// How each is stored.
    stored: Vec<Stored>,
    /// Columns in a row group: a nested one may have several.
    in_group: usize,
}

impl Columns {
    fn of(schema: &SchemaDescriptor) -> Result<Self, Stop> {
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
fn check_row_group(
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

#[cfg(test)]
mod tests;
