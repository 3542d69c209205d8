//! A batch: up to 65,536 consecutive rows of one table in one file, column by column, never changed once built.
//!
//! Batches are what loading hands on while it still reads, what exclusions are evaluated over and
//! what an event's place is counted in.

pub mod builder;
mod elsewhere;
mod listed;
mod of_all;
mod projected;
mod reduced;
mod retain;

use super::column::Column;
use super::packed::Packed;
use super::schema::{TIME_COLUMNS, names};
use super::time::summary::{self, TimeRange};
use super::time::{self, DateOrder, EventTime, TimeSummary};
use super::unreadable_time::UnreadableTime;
use elsewhere::Elsewhere;
pub(super) use listed::FurtherRecipients;
pub use listed::RecipientLists;
pub use reduced::ColumnOfAll;
use reduced::Reduced;
use std::sync::{Arc, LazyLock, OnceLock};

/// The characters shown of a time that could not be read.
const TIME_SHOWN: usize = 40;

/// A column of domains where no row has any.
static NO_DOMAINS: LazyLock<Column> = LazyLock::new(Column::empty);

/// The most rows of a batch: a row's place fits `u16`.
pub const MAX_ROWS: usize = 1 << 16;

/// Some consecutive rows of one table in one file.
#[derive(Debug)]
pub struct Batch {
    shape: Arc<Shape>,
    /// Those that nobody wants are empty.
    columns: Vec<Stored>,
    rows: usize,
    times: Box<TimeSummary>,
    /// The moment of each row, where the order of dates makes no difference to any.
    moments: Option<Vec<Option<EventTime>>>,
    /// Known where only the cells of some rows are kept.
    reduced: Option<Box<Reduced>>,
    /// Whether it is as it is to be kept.
    is_compacted: bool,
    /// Whether the last column is one of domains of the senders that were taken from their addresses.
    has_derived_domains: bool,
    /// Set where its file turned out to have a column of these: then the rows have none.
    are_derived_void: OnceLock<()>,
    /// Known where a record of the file lists several recipients.
    further: Option<Box<FurtherRecipients>>,
}

/// A column as it is kept.
#[derive(Debug)]
enum Stored {
    Open(Column),
    Packed(Packed),
    Elsewhere(Box<Elsewhere>),
}

/// What the batches of a file have in common, as long as no column is added.
#[derive(Debug)]
pub(super) struct Shape {
    names: Vec<String>,
    /// The places of the columns that say the time of a row, the preferred one first.
    time_columns: Vec<usize>,
    has_local_times: bool,
    /// The places of the columns that are read, ascending, if not all are. The others are empty in every batch.
    read: Option<Vec<usize>>,
}

impl Shape {
    fn new(names: Vec<String>, has_local_times: bool) -> Self {
        let mut shape = Shape {
            names,
            time_columns: Vec::new(),
            has_local_times,
            read: None,
        };
        let times = TIME_COLUMNS.iter().filter_map(|time| shape.place(time));
        shape.time_columns = times.collect();
        shape
    }

    /// A shape of which only the columns at these places are read; they ascend.
    pub(super) fn with_only(&self, read: &[usize]) -> Self {
        let mut shape = Shape::new(self.names.clone(), self.has_local_times);
        shape.read = (read.len() < shape.names.len()).then(|| read.to_vec());
        shape
    }

    /// Whether the column at a place is read.
    fn is_read(&self, place: usize) -> bool {
        let read = self.read.as_ref();
        read.is_none_or(|read| read.binary_search(&place).is_ok())
    }

    /// The (canonical) names of the columns, in the order of the file.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The place of a column, whatever its case; of several the first.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.names
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))
    }

    /// A batch of all columns. Where the moments of the rows are known without their texts, they are given too.
    pub(super) fn batch(
        self: &Arc<Self>,
        columns: Vec<Column>,
        rows: usize,
        moments: Option<Vec<Option<EventTime>>>,
    ) -> Batch {
        match moments {
            Some(moments) => Batch::with_times(Arc::clone(self), columns, moments),
            None => Batch::new(Arc::clone(self), columns, rows),
        }
    }

    /// The only column that says the time of a row, if it is the only one.
    pub(super) fn time_column(&self) -> Option<usize> {
        match self.time_columns[..] {
            [column] => Some(column),
            _ => None,
        }
    }
}

impl Batch {
    /// Of columns and the times of the rows.
    fn with_times(shape: Arc<Shape>, columns: Vec<Column>, times: Vec<Option<EventTime>>) -> Self {
        let mut batch = Batch::without_times(shape, columns, times.len());
        let mut range: Option<TimeRange> = None;
        let mut unreadable = 0;
        for (row, time) in times.iter().enumerate() {
            match *time {
                Some(time) => summary::extend(&mut range, Some((time, time))),
                // Of a time that is no moment, the cell is there.
                None => unreadable += u64::from(!batch.time_cell(row).is_empty()),
            }
        }
        batch.times.add_certain(range);
        batch.times.unreadable = unreadable;
        batch.moments = Some(times);
        batch
    }

    fn new(shape: Arc<Shape>, columns: Vec<Column>, rows: usize) -> Self {
        let mut batch = Batch::without_times(shape, columns, rows);
        batch.read_times();
        batch
    }

    fn without_times(shape: Arc<Shape>, columns: Vec<Column>, rows: usize) -> Self {
        let mut times = TimeSummary::default();
        times.is_local = shape.has_local_times;
        Batch {
            times: Box::new(times),
            shape,
            columns: columns.into_iter().map(Stored::Open).collect(),
            rows,
            moments: None,
            reduced: None,
            is_compacted: false,
            has_derived_domains: false,
            are_derived_void: OnceLock::new(),
            further: None,
        }
    }

    /// Whether it is as it is to be kept.
    pub(super) fn is_compacted(&self) -> bool {
        self.is_compacted
    }

    /// Whether the domains of the senders were taken from their addresses.
    pub(in crate::events) fn has_derived_domains(&self) -> bool {
        self.has_derived_domains
    }

    /// Takes the senders to have no domains, as their file has a column of these which these records leave out.
    pub(in crate::events) fn void_derived_domains(&self) {
        if self.has_derived_domains {
            // If it is set already, that is the same.
            let _ = self.are_derived_void.set(());
        }
    }

    /// Whether a column is one of domains that its rows do not have.
    fn is_void(&self, place: usize) -> bool {
        self.are_derived_void.get().is_some() && place + 1 == self.columns.len()
    }

    /// What the batches of its file have in common.
    pub(super) fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// Marks the rows that stand for further recipients of the record before them.
    pub(super) fn with_further(mut self, further: FurtherRecipients) -> Self {
        self.further = (further.len() > 0).then(|| Box::new(further));
        self
    }

    /// How many records of the file its events come from. One that lists several recipients is as many events.
    pub fn records(&self) -> usize {
        let further = self.further.as_deref();
        self.events() - further.map_or(0, FurtherRecipients::len)
    }

    /// Which record of the file a row whose cells are here comes from, among those that begin in the batch, counted from
    /// one.
    pub(super) fn record_of(&self, row: usize) -> usize {
        let place = self.kept_places().get(row).copied();
        self.records_up_to(place.map_or(row, usize::from))
    }

    /// How many records of the file begin in it up to this row as loaded, the row's own included.
    fn records_up_to(&self, row: usize) -> usize {
        let further = self.further.as_deref();
        further.map_or(row + 1, |further| further.records_up_to(row))
    }

    /// The records that list several recipients.
    pub(super) fn recipient_lists(&self) -> RecipientLists {
        let further = self.further.as_deref();
        further.map_or_else(RecipientLists::default, FurtherRecipients::lists)
    }

    /// The number of rows whose cells are here. Each is known by a number below it.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The (canonical) names of the columns, in the order of the file.
    pub fn names(&self) -> &[String] {
        &self.shape.names
    }

    /// Whether there is a column of that name, whatever its case.
    pub fn has_column(&self, name: &str) -> bool {
        self.shape.place(name).is_some()
    }

    /// The column of that name, whatever its case; of several the first.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.column_at(self.place_to_look_at(name)?)
    }

    /// The place of a column. One that was not read is empty, which would be taken for an answer: the tests must not find
    /// anybody who looks at one.
    fn place_to_look_at(&self, name: &str) -> Option<usize> {
        let place = self.shape.place(name)?;
        debug_assert!(
            self.shape.is_read(place),
            "{name} is looked at but not read"
        );
        Some(place)
    }

    fn column_at(&self, place: usize) -> Option<&Column> {
        if self.is_void(place) {
            return Some(&NO_DOMAINS);
        }
        match self.columns.get(place)? {
            Stored::Open(column) => Some(column),
            Stored::Packed(packed) => Some(packed.column()),
            Stored::Elsewhere(elsewhere) => elsewhere.whole(place, self.kept_places()),
        }
    }

    /// A cell of a column by its place; empty when there is none.
    pub(super) fn cell_at(&self, place: usize, row: usize) -> &[u8] {
        match self.columns.get(place) {
            Some(Stored::Elsewhere(elsewhere)) => elsewhere.cell(row, place, self.kept_places()),
            _ => self.column_at(place).map_or(b"", |column| column.get(row)),
        }
    }

    /// The places, as loaded, of the rows whose cells are here; known where some are let go.
    fn kept_places(&self) -> &[u16] {
        let places = self.reduced.as_deref().map(Reduced::places);
        places.map_or(&[], |places| &places[..self.rows])
    }

    /// A column by its place, and nothing else of it.
    pub(super) fn into_column(mut self, place: usize) -> Option<Column> {
        if place >= self.columns.len() {
            return None;
        }
        match self.columns.swap_remove(place) {
            Stored::Open(column) => Some(column),
            Stored::Packed(_) | Stored::Elsewhere(_) => None,
        }
    }

    /// A cell; empty when the batch has no such column.
    pub fn cell(&self, name: &str, row: usize) -> &[u8] {
        let place = self.place_to_look_at(name);
        place.map_or(b"", |place| self.cell_at(place, row))
    }

    /// The cells of a row with the names of their columns, in the order of the file.
    pub fn cells(&self, row: usize) -> impl Iterator<Item = (&str, &[u8])> {
        let names = self.shape.names.iter().enumerate();
        names.map(move |(place, name)| (name.as_str(), self.cell_at(place, row)))
    }

    /// The time of a row, if it has one that can be read, in a file whose dates have this order.
    pub fn event_time(&self, row: usize, order: DateOrder) -> Option<EventTime> {
        match (&self.reduced, &self.moments) {
            (Some(reduced), _) => reduced.time(row),
            (None, Some(moments)) => moments.get(row).copied().flatten(),
            (None, None) => time::parse(self.time_cell(row), order),
        }
    }

    /// The cell that says the time of a row; empty when there is none.
    pub fn time_cell(&self, row: usize) -> &[u8] {
        self.shape
            .time_columns
            .iter()
            .map(|&column| self.cell_at(column, row))
            .find(|cell| !cell.is_empty())
            .unwrap_or_default()
    }

    /// The first row with a time that cannot be read.
    pub(super) fn first_unreadable_time(&self) -> Option<UnreadableTime> {
        if self.times.unreadable == 0 {
            return None;
        }
        let is_unreadable = |cell: &[u8]| !cell.is_empty() && time::read(cell).is_none();
        let mut rows = 0..self.rows;
        let row = rows.find(|row| is_unreadable(self.time_cell(*row)))?;
        let text = String::from_utf8_lossy(self.time_cell(row));
        let text = text.chars().take(TIME_SHOWN).collect();
        let record = self.record_of(row);
        Some(UnreadableTime { record, text })
    }

    /// What the times of its rows come to.
    pub fn times(&self) -> &TimeSummary {
        &self.times
    }

    /// Reads all times once, so that nobody else has to for the sake of their range.
    fn read_times(&mut self) {
        let mut times = *self.times;
        let mut reader = time::spelling::Reader::default();
        let mut moment = |cell: &[u8]| {
            let reading = times.add(cell, &mut reader);
            reading.map(|reading| reading.time(DateOrder::default()))
        };
        let column = self.shape.time_column();
        let moments: Vec<Option<EventTime>> = match column.and_then(|place| self.column_at(place)) {
            Some(column) => (0..self.rows).map(|row| moment(column.get(row))).collect(),
            None => (0..self.rows)
                .map(|row| moment(self.time_cell(row)))
                .collect(),
        };
        *self.times = times;
        self.moments = (times.dates.ambiguous == 0).then_some(moments);
    }

    /// The same with the domains of the senders as a further column, which has a cell for each row.
    pub(super) fn with_derived_domains(mut self, column: Column) -> Self {
        let name = names::SENDER_FROM_DOMAIN;
        self.has_derived_domains = true;
        let names = self.shape.names.iter().cloned().chain([name.to_owned()]);
        let mut shape = Shape::new(names.collect(), self.shape.has_local_times);
        shape.read = self.shape.read.clone().map(|mut read| {
            read.push(shape.names.len() - 1);
            read
        });
        self.shape = Arc::new(shape);
        self.columns.push(Stored::Open(column));
        self
    }

    /// The memory it holds, in bytes.
    pub fn bytes_held(&self) -> usize {
        let reduced = self.reduced.as_deref().map_or(0, Reduced::bytes_held);
        let moments = self.moments.as_ref().map_or(0, Vec::len);
        let of_column = |stored: &Stored| match stored {
            Stored::Open(column) => column.bytes_held(),
            Stored::Packed(packed) => packed.bytes_held(),
            Stored::Elsewhere(elsewhere) => elsewhere.bytes_held(),
        };
        let columns: usize = self.columns.iter().map(of_column).sum();
        columns + reduced + moments * size_of::<Option<EventTime>>()
    }
}
