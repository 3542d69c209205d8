//! Finds the rows of a file that repeat one before in every cell: those are looked at more closely that may
//! do so by recipient and time, and of them one column after the other, as long as they are the same.

use super::flat::FlatColumn;
use super::groups::File;
use super::keys::{self, Candidate, CellNumber, NONE};
use super::nested::NestedColumns;
use super::pages::CheckedRowGroup;
use super::source::Source;
use super::values::PlainColumn;
use super::{LONGEST_ROW, Origin, ROWS_AT_ONCE, guarded};
use crate::events::record::RepeatsFound;
use crate::events::schema::{self, names};
use crate::events::workers::{Pending, Workers};
use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader as _;
use std::cmp::Reverse;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// A column is looked at early where it has at most one in so many of the bytes of all.
const SMALL: u64 = 32;

/// How many jobs wait for each thread.
const JOBS_A_THREAD: usize = 2;

/// Finds them among the rows that were kept; `keys` are the numbers of the rows of each row group.
pub(super) fn find(file: &Arc<File>, keys: Vec<Vec<u64>>, workers: &Workers) -> RepeatsFound {
    let mut candidates = keys::candidates(&keys);
    drop(keys);
    let again = Arc::new(file.source.uncounted());
    for columns in rounds(file) {
        if candidates.is_empty() {
            return RepeatsFound::Counted(0);
        }
        if look_at(file, &again, &columns, &mut candidates, workers).is_none() {
            return RepeatsFound::Undecided;
        }
        candidates.retain(|candidate| candidate.number != NONE);
        keys::retain_repeated(&mut candidates);
    }
    if candidates
        .iter()
        .any(|candidate| candidate.length > LONGEST_ROW as u64)
    {
        return RepeatsFound::Undecided;
    }
    RepeatsFound::Counted(keys::repeats(&candidates))
}

/// Whether any rows may repeat one before; to be asked where the others cannot be looked at.
pub(super) fn may_be(keys: &[Vec<u64>]) -> bool {
    !keys::candidates(keys).is_empty()
}

/// The columns beside those of the keys, as they are looked at: that by which most rows differ, those that
/// cost little, the others.
fn rounds(file: &File) -> [Vec<usize>; 3] {
    let message = file.shape.place(names::NETWORK_MESSAGE_ID);
    let is_known = |place: usize| {
        let keys = file.keys.as_ref();
        keys.is_some_and(|keys| keys.recipient == place || keys.times.contains(&place))
    };
    let mut columns: Vec<(usize, u64)> = (0..file.columns.names.len())
        .filter(|place| Some(*place) != message && !is_known(*place))
        .map(|place| (place, size(file, place)))
        .collect();
    let small = columns.iter().map(|(_, size)| size).sum::<u64>() / SMALL;
    // What takes longest comes first, so that no thread is left with it at the end.
    columns.sort_by_key(|(_, size)| Reverse(*size));
    let (small, large): (Vec<_>, Vec<_>) =
        columns.into_iter().partition(|(_, size)| *size <= small);
    let places = |columns: Vec<(usize, u64)>| columns.into_iter().map(|(place, _)| place).collect();
    [message.into_iter().collect(), places(small), places(large)]
}

/// The packed bytes of a column; those of a nested column, which takes long, are many.
fn size(file: &File, place: usize) -> u64 {
    let Origin::Plain(index) = file.columns.origins[place] else {
        return u64::MAX / MOST_NESTED;
    };
    let stored = file.columns.plain[index].0;
    let groups = file.metadata.row_groups().iter();
    groups
        .map(|group| u64::try_from(group.column(stored).compressed_size()).unwrap_or(0))
        .fold(0, u64::saturating_add)
        .min(u64::MAX / MOST_NESTED)
}

/// More columns than there may be, so that their sizes can be added up.
const MOST_NESTED: u64 = 1 << 16;

/// Looks at these columns of the candidates; `None` where something cannot be read.
fn look_at(
    file: &Arc<File>,
    source: &Arc<Source>,
    columns: &[usize],
    candidates: &mut [Candidate],
    workers: &Workers,
) -> Option<()> {
    let groups = by_group(candidates);
    let mut jobs = columns
        .iter()
        .flat_map(|&column| groups.iter().map(move |group| (column, group)));
    let mut begun: VecDeque<(Range<usize>, PendingCells)> = VecDeque::new();
    loop {
        while begun.len() < workers.threads() * JOBS_A_THREAD {
            let Some((column, group)) = jobs.next() else {
                break;
            };
            let (file, source, rows) = (
                Arc::clone(file),
                Arc::clone(source),
                Arc::clone(&group.rows),
            );
            let index = group.index;
            let job = move || guarded(|| Ok(cells(&file, &source, index, column, &rows))).ok()?;
            begun.push_back((group.candidates.clone(), workers.submit(job)));
        }
        let Some((range, cells)) = begun.pop_front() else {
            return Some(());
        };
        let cells = cells.wait()?;
        for (candidate, cell) in candidates[range].iter_mut().zip(cells) {
            candidate.add(cell);
        }
    }
}

/// The cells of the candidates of a row group, if they can be read.
type PendingCells = Pending<Option<Vec<CellNumber>>>;

/// The candidates of a row group.
struct GroupCandidates {
    index: usize,
    candidates: Range<usize>,
    /// Their rows, ascending.
    rows: Arc<[u32]>,
}

fn by_group(candidates: &[Candidate]) -> Vec<GroupCandidates> {
    let mut start = 0;
    let groups = candidates.chunk_by(|a, b| a.group == b.group);
    groups
        .map(|group| {
            let candidates = start..start + group.len();
            start = candidates.end;
            GroupCandidates {
                index: group[0].group as usize,
                candidates,
                rows: group.iter().map(|candidate| candidate.row).collect(),
            }
        })
        .collect()
}

/// What the cells of some rows of a row group come to in a column.
fn cells(
    file: &File,
    source: &Arc<Source>,
    group: usize,
    column: usize,
    rows: &[u32],
) -> Option<Vec<CellNumber>> {
    let metadata = file.metadata.row_group(group);
    let kind = Kind::of(file, column);
    let mut cells = Vec::with_capacity(rows.len());
    if let Origin::Plain(index) = file.columns.origins[column] {
        let (place, of_type) = &file.columns.plain[index];
        if FlatColumn::is_of_texts(of_type) {
            let group = CheckedRowGroup::new(source, metadata);
            let mut flat = FlatColumn::new(&group, *place, of_type).ok()?;
            let take = |cell: Option<&[u8]>| cells.push(kind.number(cell.unwrap_or_default()));
            if flat.look_at(rows.iter().copied(), take).is_some() {
                return Some(cells);
            }
            cells.clear();
        }
    }
    let group = CheckedRowGroup::new(source, metadata);
    let read = match file.columns.origins[column] {
        Origin::Plain(index) => {
            let (place, of_type) = &file.columns.plain[index];
            let mut plain = PlainColumn::new(group.get_column_reader(*place).ok()?, of_type);
            each_stretch(rows, &group, |passed_over, rows| {
                plain.skip(passed_over)?;
                plain.read(rows)?;
                cells.extend((0..rows).map(|row| kind.number(plain.cell(row))));
                Ok(())
            })
        }
        Origin::Nested(index) => {
            let nested = [Arc::clone(&file.columns.nested[index])];
            let mut nested = NestedColumns::new(&nested, &group).ok()?;
            each_stretch(rows, &group, |passed_over, rows| {
                for start in (0..passed_over).step_by(ROWS_AT_ONCE) {
                    nested.read(ROWS_AT_ONCE.min(passed_over - start))?;
                    group.release_values();
                }
                nested.read(rows)?;
                cells.extend((0..rows).map(|row| kind.number(nested.cell(0, row))));
                Ok(())
            })
        }
    };
    read.ok()?;
    Some(cells)
}

/// Goes through rows that follow one another, at most [`ROWS_AT_ONCE`]; `read` is told how many lie before.
fn each_stretch(
    rows: &[u32],
    group: &CheckedRowGroup<'_>,
    mut read: impl FnMut(usize, usize) -> Result<(), ParquetError>,
) -> Result<(), ParquetError> {
    let mut next = 0;
    for stretch in rows.chunk_by(|a, b| *b == a + 1) {
        for stretch in stretch.chunks(ROWS_AT_ONCE) {
            let first = stretch[0] as usize;
            read(first - next, stretch.len())?;
            group.release_values();
            next = first + stretch.len();
        }
    }
    Ok(())
}

/// What is to be minded of the cells of a column.
#[derive(Clone, Copy)]
enum Kind {
    /// A row that does not say its message is taken for itself.
    Message,
    /// Words for nothing are taken as empty.
    ThreatTypes,
    Other,
}

impl Kind {
    fn of(file: &File, column: usize) -> Self {
        let is = |name: &str| file.shape.place(name) == Some(column);
        if is(names::NETWORK_MESSAGE_ID) {
            Kind::Message
        } else if is(names::THREAT_TYPES) {
            Kind::ThreatTypes
        } else {
            Kind::Other
        }
    }

    fn number(self, cell: &[u8]) -> CellNumber {
        match self {
            Kind::Message if cell.trim_ascii().is_empty() => CellNumber::UNTOLD,
            Kind::ThreatTypes if schema::spells_out_nothing(cell) => CellNumber::default(),
            _ => CellNumber::of(cell),
        }
    }
}
