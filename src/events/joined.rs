//! Exports of `EmailEvents` joined with companion tables: a row for each email and link, click, file or clean-up.
//!
//! The hunt counts emails, so the rows of a joined export are taken apart as they come: into the emails, each once,
//! and into the rows of the companion tables, each once for its message. What follows takes them for what they would
//! be in files of their own. Which column belongs to which table is in [`columns`].

mod columns;
mod told;

use super::batch::{Batch, RecipientLists, Shape};
use super::column::ColumnBuilder;
use super::email_key;
use super::passed::PassedEvents;
use super::schema::{Table, says_nothing};
pub(super) use columns::{ColumnsByTable, are_joined};
use hashbrown::{DefaultHashBuilder, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;
pub use told::JoinedRows;

/// Rows of a joined export, taken apart.
#[derive(Debug, Default)]
pub struct TakenApart {
    /// The emails that no earlier row of the file is of, unless they are counted and not kept.
    pub emails: Option<Batch>,
    /// The emails of the rows, where emails are counted and not kept.
    pub passed: Option<Box<PassedEvents>>,
    /// The rows of companion tables that have not come yet.
    pub companions: Vec<(Table, Batch)>,
    /// The rows that list several recipients.
    pub recipient_lists: RecipientLists,
    /// What they were taken apart into.
    pub joined: JoinedRows,
}

impl TakenApart {
    /// How many rows were read.
    pub fn rows_read(&self) -> u64 {
        self.joined.read().map(|(_, rows)| rows).sum()
    }
}

/// Takes the rows of one file apart.
#[derive(Debug)]
pub(super) struct Joined {
    /// Whether the columns of companion tables came with the first row. Else rows that say nothing in them are not
    /// compared: those before could not be.
    compares_all: bool,
    seen_emails: HashSet<u128>,
    /// Rows of companion tables, with their messages.
    seen_rows: [HashSet<u128>; Table::ALL.len()],
    hashers: [DefaultHashBuilder; 2],
    layout: Option<Layout>,
    /// Whether some row is of an email and of a companion table. Else it is no join, but a union of tables.
    has_joined_row: bool,
    /// Emails that repeat one before and have nothing joined to them, while that is not known. In a union, as in an
    /// export of one table, each counts.
    withheld: Vec<Batch>,
}

/// Where the columns of some batches go.
#[derive(Debug)]
struct Layout {
    /// The columns of the batches.
    names: Vec<String>,
    columns: ColumnsByTable,
    emails: Arc<Shape>,
    companions: Vec<Arc<Shape>>,
    /// What tells emails apart that say the same message and recipient.
    email_key: KeyColumns,
    /// What tells apart the rows of a message in each companion table.
    companion_keys: Vec<KeyColumns>,
}

impl Joined {
    /// Nothing seen yet, of a file of which rows may have come before its columns told that it is joined.
    pub(super) fn new(is_after_first_row: bool) -> Self {
        Joined {
            compares_all: !is_after_first_row,
            seen_emails: HashSet::new(),
            seen_rows: Default::default(),
            hashers: Default::default(),
            layout: None,
            has_joined_row: false,
            withheld: Vec::new(),
        }
    }

    /// All rows have come: the emails that were withheld and count after all.
    pub(super) fn withheld(&mut self) -> Vec<TakenApart> {
        let withheld = std::mem::take(&mut self.withheld);
        let withheld = withheld.into_iter().map(|emails| TakenApart {
            joined: JoinedRows {
                emails: emails.rows() as u64,
                ..JoinedRows::default()
            },
            emails: Some(emails),
            ..TakenApart::default()
        });
        withheld.collect()
    }

    /// Takes the next rows of the file apart; nothing where their columns are of `EmailEvents` alone.
    pub(super) fn take_apart(&mut self, batch: &Batch) -> Option<TakenApart> {
        let layout = match self.layout.take() {
            Some(layout) if layout.names == batch.names() => layout,
            _ => Layout::of(batch, &self.hashers[0])?,
        };
        let taken_apart = self.take_apart_by(&layout, batch);
        self.layout = Some(layout);
        Some(taken_apart)
    }

    fn take_apart_by(&mut self, layout: &Layout, batch: &Batch) -> TakenApart {
        let columns = &layout.columns;
        let mut emails: Vec<u16> = Vec::with_capacity(batch.rows());
        let of_companions = columns.companions.iter();
        let mut of_companions: Vec<CompanionRows> =
            of_companions.map(|_| CompanionRows::default()).collect();
        let mut withheld: Vec<u16> = Vec::new();
        let mut joined = JoinedRows::default();
        let mut without_email = vec![0; columns.companions.len()];
        for row in 0..batch.rows() {
            let cell = |place: usize| batch.cell_at(place, row);
            let says_nothing_at = |place: &usize| says_nothing(cell(*place));
            let message = columns.message.map_or(b"".as_slice(), cell);
            let mut first_with_row = None;
            for (index, companion) in columns.companions.iter().enumerate() {
                if companion.telling.iter().all(says_nothing_at) {
                    continue;
                }
                first_with_row.get_or_insert(index);
                // Of what was joined to no email, the right side says the message.
                let own = companion.message.map_or(b"".as_slice(), cell);
                let message = if says_nothing(message) { own } else { message };
                let number = email_key::message_number(message);
                let columns = &layout.companion_keys[index];
                let seen = &mut self.seen_rows[companion.table as usize];
                // What says no message is taken for itself.
                if number == 0 || seen.insert(columns.key(&self.hashers, (number, 0), cell)) {
                    of_companions[index].push(row, message);
                }
            }
            if let Some(index) = first_with_row
                && columns.of_any_email.iter().all(says_nothing_at)
            {
                without_email[index] += 1;
                continue;
            }
            joined.unmatched += u64::from(first_with_row.is_none());
            self.has_joined_row |= first_with_row.is_some();
            if first_with_row.is_none() && !self.compares_all {
                emails.push(row as u16);
                continue;
            }
            let recipient = columns.recipient.map_or(b"".as_slice(), cell);
            let email = (
                email_key::message_number(message),
                email_key::recipient_number(recipient),
            );
            if email.0 == 0 || email.1 == 0 {
                joined.alone += u64::from(first_with_row.is_some());
                emails.push(row as u16);
                continue;
            }
            let key = layout.email_key.key(&self.hashers, email, cell);
            if self.seen_emails.insert(key) {
                emails.push(row as u16);
            } else if first_with_row.is_none() {
                withheld.push(row as u16);
            }
        }
        let places = || columns.emails.iter().map(|(place, _)| *place);
        let project = |rows: &[u16]| {
            let is_any = !rows.is_empty();
            is_any.then(|| batch.projected(&layout.emails, places(), rows, None))
        };
        if self.has_joined_row {
            self.withheld.clear();
        } else {
            self.withheld.extend(project(&withheld));
        }
        joined.emails = emails.len() as u64;
        joined.rows = batch.records() as u64 - without_email.iter().sum::<u64>();
        joined.further = (batch.rows() - batch.records()) as u64;
        let tables = columns.companions.iter().map(|companion| companion.table);
        joined.without_email = tables.clone().zip(without_email).collect();
        joined.without_email.retain(|(_, rows)| *rows > 0);
        let found = of_companions.iter().map(CompanionRows::len);
        joined.companions = tables.zip(found).collect();
        TakenApart {
            emails: project(&emails),
            passed: None,
            recipient_lists: batch.recipient_lists(),
            companions: layout.companions_of(batch, of_companions),
            joined,
        }
    }
}

impl Layout {
    fn of(batch: &Batch, hasher: &DefaultHashBuilder) -> Option<Self> {
        let columns = ColumnsByTable::of(batch.names())?;
        let shape = |names| Arc::new(batch.shape().with_names(names));
        let emails = columns.emails.iter().map(|(_, name)| name.clone());
        let companions = columns.companions.iter().map(|companion| {
            let names = companion.names().map(str::to_owned);
            shape(names.collect())
        });
        Some(Layout {
            names: batch.names().to_vec(),
            emails: shape(emails.collect()),
            companions: companions.collect(),
            email_key: KeyColumns::of(&columns.compared, hasher),
            companion_keys: columns
                .companions
                .iter()
                .map(|companion| KeyColumns::of(&companion.columns, hasher))
                .collect(),
            columns,
        })
    }

    fn companions_of(&self, batch: &Batch, rows: Vec<CompanionRows>) -> Vec<(Table, Batch)> {
        let tables = self.columns.companions.iter().zip(&self.companions);
        let with_rows = tables.zip(rows).filter(|(_, rows)| rows.len() > 0);
        with_rows
            .map(|((companion, shape), CompanionRows { rows, messages })| {
                let places = companion.columns.iter().map(|(place, _)| *place);
                let messages = messages.map(ColumnBuilder::finish);
                (
                    companion.table,
                    batch.projected(shape, places, &rows, messages),
                )
            })
            .collect()
    }
}

/// The rows of a batch that say something of a companion table that was not said before.
#[derive(Default)]
struct CompanionRows {
    rows: Vec<u16>,
    messages: Option<ColumnBuilder>,
}

impl CompanionRows {
    fn push(&mut self, row: usize, message: &[u8]) {
        self.rows.push(row as u16);
        let messages = self
            .messages
            .get_or_insert_with(|| ColumnBuilder::starting_with_empty(0));
        messages.push(message);
    }

    fn len(&self) -> u64 {
        self.rows.len() as u64
    }
}

/// The columns by which rows are told apart, with a number for the name of each, ascending by that. A row is the same
/// in whatever order a batch has its columns, and in one that lacks a column which is empty in the row: records may
/// leave out the keys of what is empty, so that a column comes with the first record that fills it.
#[derive(Debug)]
struct KeyColumns(Vec<(u64, usize)>);

impl KeyColumns {
    fn of(columns: &[(usize, &'static str)], hasher: &DefaultHashBuilder) -> Self {
        let columns = columns.iter();
        let numbered = columns.map(|(place, name)| (hasher.hash_one(name), *place));
        let mut numbered: Vec<(u64, usize)> = numbered.collect();
        numbered.sort_unstable();
        KeyColumns(numbered)
    }

    /// A number so large that no two rows of a file share it by chance.
    fn key<'c>(
        &self,
        hashers: &[DefaultHashBuilder; 2],
        message_and_recipient: (u64, u64),
        cell: impl Fn(usize) -> &'c [u8],
    ) -> u128 {
        let mut states = hashers.each_ref().map(BuildHasher::build_hasher);
        for state in &mut states {
            message_and_recipient.hash(state);
        }
        for (name, place) in &self.0 {
            let cell = cell(*place);
            if !cell.is_empty() {
                for state in &mut states {
                    (name, cell).hash(state);
                }
            }
        }
        let [high, low] = states.map(|state| u128::from(state.finish()));
        high << 64 | low
    }
}

#[cfg(test)]
mod tests;
