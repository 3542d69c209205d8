//! What became of a file: rows read, kept and rejected, with the reasons. Nothing is lost in silence.

use super::batch::RecipientLists;
use super::directions::UnknownDirections;
use super::encoding::Encoding;
use super::format::Format;
use super::irregular_recipients::IrregularRecipients;
use super::joined::{JoinedRows, TakenApart};
use super::other_tables::OtherTables;
use super::packing::Packing;
use super::recipient_domains::RecipientDomains;
use super::resemblance::Resemblance;
use super::schema::{self, Table, names};
use super::time::order::SharedDates;
use super::time::summary::TimeRange;
use super::time::{DateOrderEvidence, TimeSummary};
use crate::quantities;
use hashbrown::HashSet;
use std::fmt;
use std::path::Path;

/// The most rejections kept word for word per file; further ones are counted.
pub const REJECTIONS_LISTED: usize = 1000;

/// The most other tables that a sentence names.
pub const TABLES_LISTED: usize = 20;

/// The most columns that a sentence about rows of several files names.
const COLUMNS_SHOWN: usize = 6;

/// Where in a file a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The line at which it begins, counted from 1.
    Line(u64),
    /// The record of a JSON array, which may stand on one line, or of a file without lines; counted from 1.
    Record(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(formatter, "line {line}"),
            Place::Record(record) => write!(formatter, "record {record}"),
        }
    }
}

/// One row that could not be taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Where the row begins.
    pub place: Place,
    /// What was wrong, as a sentence for the person.
    pub reason: String,
}

/// The columns a file has of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumns {
    /// The table.
    pub table: Table,
    /// Their (canonical) names, in the order of the file.
    pub found: Vec<String>,
}

/// Rows of a file that one named earlier has too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedRows {
    /// The name of the earlier file.
    pub earlier: String,
    /// How many rows these are.
    pub rows: u64,
    /// Those of them that count and say something else than in a file named earlier.
    pub differing: u64,
    /// The columns in which these do.
    pub columns: Vec<String>,
    /// Whether they count again, as the analyst asked.
    pub count_again: bool,
}

impl fmt::Display for SharedRows {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SharedRows {
            earlier,
            differing,
            columns,
            ..
        } = self;
        let rows = quantities::count(self.rows, "row");
        let effect = if self.count_again {
            "counted each time, as asked"
        } else {
            "counted once"
        };
        write!(
            formatter,
            "{rows} also in {earlier}, by message, recipient and time: {effect}"
        )?;
        if *differing == 0 {
            return Ok(());
        }
        let differ = if *differing == 1 { "differs" } else { "differ" };
        let differing = quantities::number(*differing);
        let shown = columns.iter().take(COLUMNS_SHOWN);
        let mut shown: Vec<String> = shown.map(|name| schema::shown_name(name)).collect();
        if let Some(more) = columns.len().checked_sub(shown.len() + 1) {
            shown.push(quantities::count(more as u64 + 1, "other column"));
        }
        let columns = shown.join(", ");
        write!(formatter, "; {differing} of these {differ} in {columns}")?;
        if self.count_again {
            return Ok(());
        }
        write!(
            formatter,
            ": the one with a threat counts, else the outbound one, else the one whose value is greater by its bytes, \
             in whatever order files are named; an exclusion hides such an email only if it would hide every copy"
        )
    }
}

/// What tells the contents of a file from those of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// How many bytes there are.
    pub bytes: u64,
    /// Their hash.
    pub hash: u64,
}

/// What became of one file.
#[derive(Clone, Debug, Default)]
pub struct FileReport {
    /// The format found, once it was.
    pub format: Option<Format>,
    /// How it is packed, if it is.
    pub packing: Option<Packing>,
    /// How its text is encoded, once that is known.
    pub encoding: Option<Encoding>,
    /// Bytes of the file read, before unpacking.
    pub bytes_read: u64,
    /// What is in it, where another file may be the same: one of that size.
    pub contents: Option<Fingerprint>,
    /// The tables of which it holds rows, or by its header would, with the rows kept of each.
    pub tables: Vec<(Table, u64)>,
    /// What the rows of `EmailEvents` were taken apart into, where they are joined with those of companion tables.
    pub joined: Option<JoinedRows>,
    /// Rows kept. Rows read are these, the rejected ones and those of other tables, always.
    pub rows_kept: u64,
    /// Rows rejected.
    pub rows_rejected: u64,
    /// Rows of Defender's other tables, which are no damage.
    pub other_tables: OtherTables,
    /// The first [`REJECTIONS_LISTED`] rejections.
    pub rejections: Vec<Rejection>,
    /// The columns found, by table.
    pub columns: Vec<TableColumns>,
    /// The earliest and the latest time of its rows.
    pub times: Option<TimeRange>,
    /// What its rows show of the order of its dates.
    pub dates: DateOrderEvidence,
    /// What all its times come to, in either order of dates.
    pub all_times: TimeSummary,
    /// Whether its times are, by its header, in the local time of whoever exported it.
    pub has_local_times: bool,
    /// Kept rows with a time that cannot be read; they count, but lie in no hour.
    pub unreadable_times: u64,
    /// Kept rows whose `EmailDirection` is none that the query knows; they do not count.
    pub unknown_directions: UnknownDirections,
    /// Kept rows that list several recipients; each is as many emails.
    pub recipient_lists: RecipientLists,
    /// Kept rows of sent email whose recipient is no plain address.
    pub irregular_recipients: IrregularRecipients,
    /// Kept rows that an earlier file has too.
    pub overlaps: Vec<SharedRows>,
    /// What the analyst should know about the file though its rows were kept.
    pub warnings: Vec<String>,
    /// Why the file could not be read, or not to its end.
    pub failure: Option<String>,
    /// Why it was passed over, where it was found below a directory and is no export.
    pub passed_over: Option<String>,
    /// What it resembles, where nothing of it could be read.
    pub resembles: Resemblance,
    /// Whether reading was stopped by the analyst.
    pub cancelled: bool,
}

impl FileReport {
    /// The report of what is passed over.
    pub(super) fn passed_over(reason: String) -> Self {
        FileReport {
            passed_over: Some(reason),
            ..FileReport::default()
        }
    }

    /// The same for a file found below a directory, where one that is clearly no export is no failure: nobody
    /// said it was one.
    pub(super) fn found_below_directory(mut self, path: &Path) -> Self {
        let gave_nothing = self.tables.is_empty() && self.rows_kept == 0;
        let reason = self.failure.take().or_else(|| self.has_other_tables_only());
        self.warnings
            .retain(|warning| Some(warning) != reason.as_ref());
        if gave_nothing && !self.resembles.may_be_export(path) {
            self.passed_over = reason;
        } else {
            self.failure = reason;
        }
        self
    }

    /// Whether it holds rows of that table, or by its header would.
    pub fn holds(&self, table: Table) -> bool {
        self.tables.iter().any(|(known, _)| *known == table)
    }

    /// Notes that it is, or is among others, a file of that table.
    pub fn note_table(&mut self, table: Table) {
        if !self.holds(table) {
            self.tables.push((table, 0));
        }
    }

    /// Counts kept rows to their table.
    pub fn count_kept(&mut self, table: Table, rows: u64) {
        self.note_table(table);
        for (known, kept) in &mut self.tables {
            if *known == table {
                *kept += rows;
            }
        }
    }

    /// Counts kept rows that are joined with those of companion tables.
    pub fn note_taken_apart(&mut self, rows: &TakenApart) {
        for (table, rows) in rows.joined.read() {
            self.count_kept(table, rows);
        }
        self.recipient_lists.merge(rows.recipient_lists);
        let joined = self.joined.get_or_insert_with(JoinedRows::default);
        joined.add(&rows.joined);
    }

    /// All rows have come: where some are joined, the others are emails that nothing is joined to. Records of JSON leave out
    /// columns that are empty, so that the first that are joined may come late.
    pub(super) fn complete_joined(&mut self) {
        let Some(joined) = &mut self.joined else {
            return;
        };
        let of_emails = self
            .tables
            .iter()
            .filter(|(table, _)| *table == Table::EmailEvents);
        let rows: u64 = of_emails.map(|(_, rows)| rows).sum();
        let RecipientLists { records, emails } = self.recipient_lists;
        let not_joined = rows.saturating_sub(joined.rows);
        let further = (emails - records).saturating_sub(joined.further);
        joined.add(&JoinedRows {
            rows: not_joined,
            further,
            emails: not_joined + further,
            unmatched: not_joined + further,
            ..JoinedRows::default()
        });
    }

    /// What must be loaded beside it where it holds rows of companion tables only.
    pub fn lacks_events(&self) -> Option<String> {
        if self.tables.is_empty() || self.holds(Table::EmailEvents) {
            return None;
        }
        let tables: Vec<&str> = self.tables.iter().map(|(table, _)| table.name()).collect();
        Some(format!(
            "these are {} rows: load the EmailEvents export as well",
            quantities::listed(&tables)
        ))
    }

    /// Says so where all its rows are of other tables: there is nothing to hunt in, and nothing is damaged.
    pub fn has_other_tables_only(&self) -> Option<String> {
        let is_so = self.other_tables.rows() > 0 && self.rows_kept + self.rows_rejected == 0;
        is_so.then(|| {
            format!(
                "it has no rows of EmailEvents or its companion tables, only of other tables: {}",
                self.other_tables.listed(TABLES_LISTED)
            )
        })
    }

    /// Rows read: kept, rejected and of other tables.
    pub fn rows_read(&self) -> u64 {
        self.rows_kept + self.rows_rejected + self.other_tables.rows()
    }

    /// Counts a rejected row and keeps its reason while there is room.
    pub fn reject(&mut self, place: Place, reason: impl Into<String>) {
        self.rows_rejected += 1;
        if self.rejections.len() < REJECTIONS_LISTED {
            let reason = reason.into();
            self.rejections.push(Rejection { place, reason });
        }
    }

    /// Rejects the last `rows` rows kept, which are records after the one of number `after`.
    pub fn reject_kept(&mut self, rows: u64, after: u64, reason: &str) {
        let rejected: HashSet<u64> = self
            .rejections
            .iter()
            .filter_map(|rejection| match rejection.place {
                Place::Record(record) => Some(record),
                Place::Line(_) => None,
            })
            .collect();
        let kept = (after + 1..).filter(|record| !rejected.contains(record));
        self.rows_kept -= rows;
        for (record, _) in kept.zip(0..rows) {
            self.reject(Place::Record(record), reason);
        }
    }

    /// Notes what other files show of the order of its dates.
    pub fn note_shared_dates(&mut self, shared: SharedDates) {
        let no_longer_true = self.dates.warning();
        self.warnings
            .retain(|warning| Some(warning) != no_longer_true.as_ref());
        self.dates.shared = Some(shared);
        self.times = self.all_times.range(shared.order);
    }

    /// Adds a warning once, however many rows give rise to it.
    pub fn warn(&mut self, warning: impl Into<String>) {
        let warning = warning.into();
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// All that would mislead of the file by itself, where the domains of recipients are taken from there.
    pub fn remarks(&self, from: RecipientDomains) -> impl Iterator<Item = String> {
        let warnings = self.warnings.iter().cloned();
        let overlaps = self.overlaps.iter().map(ToString::to_string);
        let of_recipients = self.remarks_of_recipients(from);
        warnings.chain(of_recipients).chain(overlaps)
    }

    /// What would mislead of the recipients of sent email: of addresses only where domains are taken from them.
    fn remarks_of_recipients(&self, from: RecipientDomains) -> impl Iterator<Item = String> {
        let has = |name: &str| {
            let mut events = self.columns.iter();
            let events = events.find(|columns| columns.table == Table::EmailEvents);
            events.is_some_and(|columns| columns.found.iter().any(|column| column == name))
        };
        let asks_for_column = from == RecipientDomains::Column;
        let lacks_column = asks_for_column && !has(names::RECIPIENT_DOMAIN);
        let is_told = lacks_column
            && has(names::RECIPIENT_EMAIL_ADDRESS)
            && self.irregular_recipients.has_sent();
        let lack = is_told.then(|| {
            format!(
                "there is no {} in it: domains are taken from {}",
                names::RECIPIENT_DOMAIN,
                names::RECIPIENT_EMAIL_ADDRESS
            )
        });
        let irregular = self.irregular_recipients.sentence();
        let irregular = irregular.filter(|_| !asks_for_column || lacks_column);
        lack.into_iter().chain(irregular)
    }

    /// Whether something of the file is not in the answer.
    pub fn is_damaged(&self) -> bool {
        let has_lost_rows = self.rows_rejected > 0 && self.passed_over.is_none();
        has_lost_rows || self.failure.is_some() || self.cancelled
    }

    /// Whether the file gave nothing at all because it could not be read, or is no export.
    pub fn is_useless(&self) -> bool {
        let is_of_no_use = self.failure.is_some()
            || self.passed_over.is_some()
            || self.has_other_tables_only().is_some();
        is_of_no_use && self.rows_kept == 0
    }
}
