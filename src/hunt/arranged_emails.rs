//! A domain's emails searched and sorted. A list that is neither is the hunt's own, which costs nothing; any
//! other is made once, and then read by rows.

use super::emails::{ListedEmails, ThreatEmail};
use super::query::Direction;
use super::{Hunt, Query};
use crate::events::schema::{Table, names};
use crate::events::{EventId, EventStore};
use crate::letter_case::{fold_case, fold_text};
use memchr::memmem::Finder;
use std::collections::HashMap;
use std::sync::Arc;

/// A column by which emails can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmailSortColumn {
    /// When they came.
    #[default]
    Time,
    /// The threat types.
    Verdict,
    /// What was done at delivery.
    Delivery,
    /// The sender's address.
    Sender,
    /// The recipient's address.
    Recipient,
    /// The subject.
    Subject,
}

impl EmailSortColumn {
    /// All columns, in the order in which they are shown.
    pub const ALL: [EmailSortColumn; 6] = [
        EmailSortColumn::Time,
        EmailSortColumn::Verdict,
        EmailSortColumn::Delivery,
        EmailSortColumn::Sender,
        EmailSortColumn::Recipient,
        EmailSortColumn::Subject,
    ];

    /// The next one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        let place = Self::ALL.iter().position(|column| *column == self);
        let next = place.map_or(0, |place| place + 1);
        Self::ALL.get(next).copied().unwrap_or_default()
    }

    /// A word for people.
    pub fn label(self) -> &'static str {
        match self {
            EmailSortColumn::Time => "time",
            EmailSortColumn::Verdict => "verdict",
            EmailSortColumn::Delivery => "delivery",
            EmailSortColumn::Sender => "sender",
            EmailSortColumn::Recipient => "recipient",
            EmailSortColumn::Subject => "subject",
        }
    }

    /// The cell that is compared; time is compared otherwise.
    fn cell_name(self) -> &'static str {
        match self {
            EmailSortColumn::Time => names::TIMESTAMP,
            EmailSortColumn::Verdict => names::THREAT_TYPES,
            EmailSortColumn::Delivery => names::DELIVERY_ACTION,
            EmailSortColumn::Sender => names::SENDER_FROM_ADDRESS,
            EmailSortColumn::Recipient => names::RECIPIENT_EMAIL_ADDRESS,
            EmailSortColumn::Subject => names::SUBJECT,
        }
    }
}

/// How emails are sorted. Ties are in the order of the hunt: newest first. Empty cells come last, whatever the
/// direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EmailSort {
    /// The column.
    pub column: EmailSortColumn,
    /// Which end comes first. The newest by default.
    pub direction: Direction,
}

impl EmailSort {
    /// Sorts by a column in its usual direction: newest first, letters ascending.
    pub fn by(column: EmailSortColumn) -> Self {
        let direction = match column {
            EmailSortColumn::Time => Direction::Descending,
            _ => Direction::Ascending,
        };
        EmailSort { column, direction }
    }

    /// The other way round.
    #[must_use]
    pub fn reversed(self) -> Self {
        EmailSort {
            direction: self.direction.reversed(),
            ..self
        }
    }

    /// The order in words.
    pub fn label(self) -> String {
        let ends = match (self.column, self.direction) {
            (EmailSortColumn::Time, Direction::Descending) => "newest first",
            (EmailSortColumn::Time, Direction::Ascending) => "oldest first",
            (_, Direction::Ascending) => "ascending",
            (_, Direction::Descending) => "descending",
        };
        format!("{}, {ends}", self.column.label())
    }
}

/// What of a domain's emails is listed, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// Only emails with this text in subject, sender, recipient or a link, without regard to letter case.
    pub search: String,
    /// The order.
    pub sort: EmailSort,
}

impl Arrangement {
    /// Whether it is the hunt's own list.
    fn is_plain(&self) -> bool {
        *self == Arrangement::default()
    }
}

/// The emails of a domain that a query shows, as they are arranged.
#[derive(Clone, Debug)]
pub enum ArrangedEmails {
    /// All, newest first.
    Plain(ListedEmails),
    /// The list that was made: emails found by a search, or in another order.
    Made(MadeList),
}

/// A list of emails that was made.
#[derive(Clone, Debug)]
pub struct MadeList {
    rows: Arc<[ThreatEmail]>,
    row_of: Arc<HashMap<EventId, usize>>,
}

impl MadeList {
    fn new(rows: Vec<ThreatEmail>) -> Self {
        let row_of = rows.iter().enumerate().map(|(row, email)| (email.id, row));
        MadeList {
            row_of: Arc::new(row_of.collect()),
            rows: rows.into(),
        }
    }
}

impl ArrangedEmails {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            ArrangedEmails::Plain(listed) => listed.len(),
            ArrangedEmails::Made(made) => made.rows.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row an email has in the list, if it is in it.
    pub fn row_of(&self, email: &ThreatEmail) -> Option<usize> {
        match self {
            ArrangedEmails::Plain(listed) => listed.row_of(email),
            ArrangedEmails::Made(made) => made.row_of.get(&email.id).copied(),
        }
    }

    /// At most `amount` rows from `row` on.
    pub fn rows(&self, row: usize, amount: usize) -> Vec<ThreatEmail> {
        match self {
            ArrangedEmails::Plain(listed) => listed.from_row(row).take(amount).collect(),
            ArrangedEmails::Made(made) => {
                made.rows.iter().skip(row).take(amount).copied().collect()
            }
        }
    }

    /// All rows.
    pub fn all(&self) -> Vec<ThreatEmail> {
        self.rows(0, usize::MAX)
    }

    /// The rows that hold a text too: what a search finds that has got longer.
    #[must_use]
    pub fn narrowed(&self, hunt: &Hunt, search: &str) -> Self {
        let mut rows = self.all();
        keep_found(&hunt.store, &mut rows, search);
        ArrangedEmails::Made(MadeList::new(rows))
    }
}

impl Hunt {
    /// The threat emails behind the number of a domain, or of the group whose name this is, searched and sorted.
    pub fn arranged_emails(
        &self,
        domain: &[u8],
        query: &Query,
        arrangement: &Arrangement,
    ) -> ArrangedEmails {
        let listed = self.listed_emails(domain, query);
        if arrangement.is_plain() {
            return ArrangedEmails::Plain(listed);
        }
        let mut rows: Vec<ThreatEmail> = listed.iter().collect();
        keep_found(&self.store, &mut rows, &arrangement.search);
        sort(&self.store, &mut rows, arrangement.sort);
        ArrangedEmails::Made(MadeList::new(rows))
    }
}

fn keep_found(store: &EventStore, rows: &mut Vec<ThreatEmail>, search: &str) {
    if search.is_empty() {
        return;
    }
    let needle = fold_text(search);
    let finder = Finder::new(needle.as_bytes());
    rows.retain(|email| is_found(store, email.id, &finder));
}

/// Whether subject, sender, recipient or a link of an email holds a folded text.
fn is_found(store: &EventStore, id: EventId, finder: &Finder<'_>) -> bool {
    let holds = |cell: &[u8]| finder.find(&fold_case(cell)).is_some();
    let is_in_email = [
        names::SUBJECT,
        names::SENDER_FROM_ADDRESS,
        names::SENDER_DISPLAY_NAME,
        names::RECIPIENT_EMAIL_ADDRESS,
    ]
    .into_iter()
    .any(|name| holds(store.cell(id, name)));
    is_in_email || {
        let message = store.cell(id, names::NETWORK_MESSAGE_ID);
        let mut links = store.companions().of_message(Table::EmailUrlInfo, message);
        links.any(|link| holds(link.cell(names::URL)))
    }
}

/// Sorts emails that are in the order of the hunt.
fn sort(store: &EventStore, rows: &mut [ThreatEmail], sort: EmailSort) {
    match (sort.column, sort.direction) {
        (EmailSortColumn::Time, Direction::Descending) => {}
        (EmailSortColumn::Time, Direction::Ascending) => rows.reverse(),
        (column, direction) => {
            let key = |email: &ThreatEmail| {
                let cell = fold_case(store.cell(email.id, column.cell_name())).into_owned();
                (cell.is_empty(), cell)
            };
            match direction {
                Direction::Ascending => rows.sort_by_cached_key(key),
                Direction::Descending => rows.sort_by_cached_key(|email| {
                    let (is_empty, cell) = key(email);
                    (is_empty, std::cmp::Reverse(cell))
                }),
            }
        }
    }
}
