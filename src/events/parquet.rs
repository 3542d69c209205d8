//! Reads Parquet into batches, by the column readers of the `parquet` crate.
//!
//! They hand out texts where the page was unpacked, as bytes and whatever these are, so that a value
//! which a page repeats takes its memory once. The crate's other way, arrays of Arrow, would need ten
//! more packages, refuses text that is not UTF-8, and unpacks a value as often as it is repeated.
//!
//! The bytes are not trusted: what the footer and the pages claim is compared with what is there before
//! it is acted on, and a panic inside the crate is damage of the file like any other.

mod counted;
mod delta;
mod flat;
mod groups;
mod messages;
mod nested;
mod pages;
mod runs;
mod source;
mod text;
mod thrift;
mod values;
mod variant;

use super::format::PARQUET_MAGIC;
use super::passed::{PassedEvents, Taken};
use super::report::Place;
use super::schema::Table;
use super::sink::{FileSink, Stop};
use super::workers::Workers;
use crate::quantities;
use groups::{File, Piece};
use messages::PossibleRepeatsOfGroups;
use parquet::basic::Repetition;
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

/// Rows unpacked at once, of all columns.
const ROWS_AT_ONCE: usize = 4096;

/// The longest row taken, in bytes, as in the other formats.
const LONGEST_ROW: usize = 64 << 20;

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
    if use_of.tally().is_some() {
        keep_memory_at_hand();
    }
    let mut file = File {
        source,
        metadata,
        columns,
        table,
        shape,
        wanted,
        use_of,
        messages: None,
    };
    file.messages = file.messages_for_later();
    let messages = file.messages;
    file.wanted.retain(|column| Some(*column) != messages);
    let file = Arc::new(file);
    let mut possible_repeats = PossibleRepeatsOfGroups::default();
    let end = read_groups(&file, workers, sink, &mut possible_repeats);
    if messages.is_some() && !matches!(end, Err(Stop::Cancelled)) {
        let (numbers, wrong) = possible_repeats.numbers(&file, workers);
        let events = PassedEvents::numbers_of_repeats(&file.shape, numbers);
        sink.hand_on_passed(Box::new(events))?;
        // What is wrong with the rows themselves is said first.
        return end.and(wrong.map_or(Ok(()), |wrong| Err(Stop::Failed(wrong))));
    }
    end
}

/// Reads the row groups one after the other.
fn read_groups(
    file: &Arc<File>,
    workers: &Workers,
    sink: &mut FileSink,
    possible_repeats: &mut PossibleRepeatsOfGroups,
) -> Result<(), Stop> {
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
        possible_repeats.begin_group();
        let taken = take_group(&pieces, file, &mut rows, sink, possible_repeats)?;
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
    possible_repeats: &mut PossibleRepeatsOfGroups,
) -> Result<Result<(), Damage>, Stop> {
    for piece in pieces {
        match piece {
            Piece::Rows {
                mut taken,
                threat_types,
            } => {
                if let Taken::Passed(events) = &mut taken
                    && let Some(rows) = events.take_possible_repeats()
                {
                    possible_repeats.add(rows);
                }
                let before = sink.rows_read();
                sink.push_rows(file.table, vec![taken], &threat_types, before, &[])?;
            }
            Piece::TooLong { row, reason } => {
                possible_repeats.skip_row();
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
fn guarded<T>(run: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, Damage> {
    match panic::catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(sentence(&error)),
        Err(_) => Err("the Parquet library cannot make sense of it".to_owned()),
    }
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
    guarded(|| ParquetMetaDataReader::decode_metadata(&footer))
        .map_err(|why| damaged(&format!("its footer cannot be read: {why}")))
}

/// Where the cells of a column come from.
#[derive(Clone, Copy, Debug)]
enum Origin {
    /// The index of a plain column.
    Plain(usize),
    /// The index of a nested column.
    Nested(usize),
}

/// The columns of a file: the fields of its schema.
struct Columns {
    /// As the file has them.
    names: Vec<String>,
    /// Where the cells of each come from.
    origins: Vec<Origin>,
    /// The plain columns, and their place in a row group.
    plain: Vec<(usize, TypePtr)>,
    nested: Vec<TypePtr>,
    /// Columns in a row group: a nested one may have several.
    stored: usize,
}

impl Columns {
    fn of(schema: &SchemaDescriptor) -> Result<Self, Stop> {
        let stored = schema.num_columns();
        if stored > MOST_COLUMNS {
            return Err(Stop::Failed(format!(
                "it has {stored} columns, but at most {MOST_COLUMNS} are supported"
            )));
        }
        let mut columns = Columns {
            names: Vec::new(),
            origins: Vec::new(),
            plain: Vec::new(),
            nested: Vec::new(),
            stored,
        };
        let mut last_root = None;
        for place in 0..stored {
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
        self.origins.push(if column.is_primitive() && !is_repeated {
            self.plain.push((place, column));
            Origin::Plain(self.plain.len() - 1)
        } else {
            self.nested.push(column);
            Origin::Nested(self.nested.len() - 1)
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
    if group.num_columns() != columns.stored {
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
