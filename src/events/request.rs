//! What to load, and how: what the person asked for beyond the files themselves.

use super::batch::{Batch, Shape};
use super::counted_as::RowsThatCount;
use super::given_header::GivenHeader;
use super::input::Input;
use super::recipient_domains::RecipientDomains;
use super::schema::{TIME_COLUMNS, Table, names};
use super::tallies::{Tallies, TextCounter, TextCounters};
use std::path::{Path, PathBuf};

/// What to load, and how.
#[derive(Clone, Debug, Default)]
pub struct LoadRequest {
    /// What to load, in the order named.
    pub inputs: Vec<Input>,
    /// How.
    pub options: LoadOptions,
}

/// How files are to be loaded.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Whether rows that are in several files count each time.
    pub keep_duplicates: bool,
    /// Which columns of the events are looked at.
    pub wanted: Wanted,
    /// Where the domains of recipients are taken from.
    pub recipient_domains: RecipientDomains,
    /// What the columns of CSV files without a header line are.
    pub header: Option<GivenHeader>,
}

/// Which columns of the events are looked at, and when.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// They are looked at once all is loaded, as often as anybody asks.
    Kept {
        /// These and the time; the others are not even read. Without it all are.
        columns: Option<Vec<String>>,
        /// Those that are looked at often, beside those by which events are known; the others are packed
        /// until they are looked at. Where it is not known which these are, none is packed.
        often: Option<Vec<String>>,
        /// What is looked at of events after loading; without it all is, of all.
        kept: Option<KeptEvents>,
        /// Whether there are several files, whose rows are compared.
        are_compared: bool,
    },
    /// Some, once, as the events come: nothing is left of an event but that it is counted.
    Counts {
        /// These and the time; the others are not even read.
        columns: Vec<String>,
        /// How events are counted.
        tally: TallyOf,
    },
}

/// Counts the rows of a batch, as what each of them counts. Says whether the recipient of any sent email is, or may be, no
/// plain address.
pub type Count = fn(&Batch, &RowsThatCount, &mut TextCounter) -> bool;

/// How the rows of a batch are counted.
#[derive(Clone, Debug)]
pub struct TallyOf {
    count: Count,
    counters: TextCounters,
    compares_files: bool,
}

impl TallyOf {
    /// Counts as this function does.
    pub fn by(count: Count) -> Self {
        TallyOf {
            count,
            counters: TextCounters::default(),
            compares_files: false,
        }
    }

    /// Also notes a number of each row, by which it is found out whether several files have the same rows.
    #[must_use]
    pub fn comparing_files(self) -> Self {
        TallyOf {
            compares_files: true,
            ..self
        }
    }

    /// Whether it notes a number of each row, to compare files.
    pub(super) fn compares_files(&self) -> bool {
        self.compares_files
    }

    /// Adds the rows of a batch. Says whether some recipient is, or may be, no plain address.
    pub(super) fn add(
        &self,
        batch: &Batch,
        counted: &RowsThatCount,
        tallies: &mut Tallies,
    ) -> bool {
        let mut has_irregular = false;
        tallies.add(&self.counters, |counter| {
            has_irregular = (self.count)(batch, counted, counter);
        });
        has_irregular
    }
}

/// What is looked at of an event after loading, by its `EmailDirection` and `ThreatTypes`.
pub type KeptEvents = fn(&[u8], &[u8]) -> Kept;

/// What is looked at of an event after loading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// No more than by which rows of the same email are known.
    Nothing,
    /// Some columns; others seldom, so that it is enough if they can be read once more.
    Some,
    /// All columns, as people open it.
    All,
}

impl Wanted {
    /// Only these columns, and those by which events are counted and their time, as often as anybody asks.
    pub fn of_columns(columns: Vec<String>) -> Self {
        let counted_by = COUNTED_BY.map(str::to_owned);
        Wanted::Kept {
            columns: Some(counted_by.into_iter().chain(columns).collect()),
            often: None,
            kept: None,
            are_compared: true,
        }
    }

    /// What is looked at of events after loading, if not all.
    pub(super) fn kept_events(&self) -> Option<KeptEvents> {
        match self {
            Wanted::Kept { kept, .. } => *kept,
            Wanted::Counts { .. } => None,
        }
    }

    /// Whether events are compared cell by cell, also those whose cells are let go.
    pub(super) fn compares_cells(&self) -> bool {
        matches!(
            self,
            Wanted::Kept {
                are_compared: true,
                ..
            }
        )
    }

    /// The places of the columns of a table that are wanted, ascending.
    pub(super) fn places_in(&self, shape: &Shape, table: Table) -> Vec<usize> {
        match self {
            Wanted::Counts { columns, .. }
            | Wanted::Kept {
                columns: Some(columns),
                ..
            } if table == Table::EmailEvents => {
                let names = columns.iter().map(String::as_str).chain(TIME_COLUMNS);
                let mut places: Vec<usize> = names.filter_map(|name| shape.place(name)).collect();
                if shape.place(names::SENDER_FROM_DOMAIN).is_none() {
                    // From it the domain is taken.
                    places.extend(shape.place(names::SENDER_FROM_ADDRESS));
                }
                places.sort_unstable();
                places.dedup();
                places
            }
            _ => (0..shape.names().len()).collect(),
        }
    }

    /// How events are counted that are not kept.
    pub fn tally(&self) -> Option<&TallyOf> {
        match self {
            Wanted::Kept { .. } => None,
            Wanted::Counts { tally, .. } => Some(tally),
        }
    }

    /// Whether a column of the events is looked at often, also where their times are known without it.
    pub(super) fn is_often(&self, name: &str, are_times_known: bool) -> bool {
        let often = match self {
            Wanted::Kept {
                often: Some(often), ..
            } => often.as_slice(),
            _ => return true,
        };
        let times = TIME_COLUMNS.iter().filter(|_| !are_times_known);
        let mut known = COUNTED_BY.iter().chain(times);
        known.any(|known| known.eq_ignore_ascii_case(name))
            || often.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

impl Default for Wanted {
    fn default() -> Self {
        Wanted::Kept {
            columns: None,
            often: None,
            kept: None,
            are_compared: true,
        }
    }
}

/// The columns by which events are counted, beside their time, and by which rows are known that repeat.
pub const COUNTED_BY: [&str; 6] = [
    names::EMAIL_DIRECTION,
    names::SENDER_FROM_DOMAIN,
    names::RECIPIENT_EMAIL_ADDRESS,
    names::RECIPIENT_DOMAIN,
    names::THREAT_TYPES,
    names::NETWORK_MESSAGE_ID,
];

impl LoadRequest {
    /// The files it is about, which nothing must be written over.
    pub fn files(&self) -> Vec<PathBuf> {
        let files = self.inputs.iter().filter_map(Input::file);
        files.map(Path::to_path_buf).collect()
    }
}

impl From<Vec<Input>> for LoadRequest {
    fn from(inputs: Vec<Input>) -> Self {
        LoadRequest {
            inputs,
            options: LoadOptions::default(),
        }
    }
}
