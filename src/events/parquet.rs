//! Reads Parquet into batches, by the Arrow reader of the `parquet` crate: texts stay where the page was unpacked, and
//! dictionaries stay dictionaries. Nested columns and the old times of twelve bytes are read by its other readers.
//!
//! The bytes are not trusted: what the footer and the pages claim is compared with what is there before
//! it is acted on, and a panic inside the crate is damage of the file like any other.

mod arrays;
mod columns;
mod damage;
mod delta;
mod groups;
mod int96;
mod nested;
mod pages;
mod plain;
mod portions;
mod read_again;
mod source;
mod text;
mod thrift;
mod variant;

use super::format::PARQUET_MAGIC;
use super::report::Place;
use super::schema::Table;
use super::sink::FileSink;
use super::stop::Stop;
use super::workers::Workers;
use crate::quantities;
use columns::Columns;
use damage::{Damage, guarded, sentence};
use groups::{Piece, read_group};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use portions::File;
pub(super) use source::Source;
use std::collections::VecDeque;
use std::panic;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

/// The length of the footer and the magic after it.
const TAIL: u64 = 8;

/// The longest footer: a few hundred bytes for each column of each row group.
const LONGEST_FOOTER: u64 = 32 << 20;

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
    let mut wanted = use_of.places_in(&shape, table);
    let shape = Arc::new(shape.with_only(&wanted));
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
    let _ = workers.submit(move || read_group(&file, index, &sender));
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

#[cfg(test)]
mod tests;
