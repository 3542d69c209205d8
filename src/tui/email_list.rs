//! The list of the selected domain's threat emails: its rows, its own search and order.

use super::cursor::Cursor;
use crate::hunt::arranged_emails::{ArrangedEmails, Arrangement};
use crate::hunt::emails::ThreatEmail;
use crate::hunt::{Hunt, Query};
use std::sync::{Arc, Weak};

/// The threat emails of the selected domain.
#[derive(Clone, Debug, Default)]
pub struct EmailList {
    /// The domain they are of.
    pub domain: Option<Vec<u8>>,
    /// How many rows there are: those that the query counts and the search finds.
    pub length: usize,
    /// How many the query counts.
    pub counted: usize,
    /// The search and the order. The search is of this domain and ends with it; the order stays.
    pub arrangement: Arrangement,
    /// Where the cursor is.
    pub cursor: Cursor<ThreatEmail>,
    /// The rows that fit the pane: never all, which may be millions.
    pub in_sight: Vec<ThreatEmail>,
    /// All rows, made once for what they are of.
    pub(super) rows: Option<(RowsOf, ArrangedEmails)>,
}

/// What rows are of. While it is the same they are.
#[derive(Clone, Debug)]
pub(super) struct RowsOf {
    /// Not kept alive, only told from others.
    hunt: Weak<Hunt>,
    query: Query,
    domain: Vec<u8>,
    arrangement: Arrangement,
}

impl RowsOf {
    /// Whether all but the search is the same.
    fn differs_in_search_only(&self, other: &RowsOf) -> bool {
        Weak::ptr_eq(&self.hunt, &other.hunt)
            && self.query == other.query
            && self.domain == other.domain
            && self.arrangement.sort == other.arrangement.sort
    }
}

impl EmailList {
    /// The email the cursor is on.
    pub fn selected(&self) -> Option<&ThreatEmail> {
        let row = self.cursor.index().checked_sub(self.cursor.offset())?;
        self.in_sight.get(row)
    }

    /// The row of an email.
    pub(super) fn row_of(&self, email: &ThreatEmail) -> Option<usize> {
        let (_, rows) = self.rows.as_ref()?;
        rows.row_of(email)
    }

    /// Makes the rows, unless they are of the same already. A search that has got longer looks only through what
    /// the shorter one found.
    pub(super) fn make_rows(&mut self, hunt: &Arc<Hunt>, query: &Query) {
        let Some(domain) = &self.domain else {
            (self.rows, self.length, self.counted) = (None, 0, 0);
            return;
        };
        let of = RowsOf {
            hunt: Arc::downgrade(hunt),
            query: query.clone(),
            domain: domain.clone(),
            arrangement: self.arrangement.clone(),
        };
        let search = &self.arrangement.search;
        let made = match self.rows.take() {
            Some((before, rows)) if before.differs_in_search_only(&of) => {
                let search_before = &before.arrangement.search;
                if search_before == search {
                    Some(rows)
                } else if search.contains(search_before.as_str()) {
                    Some(rows.narrowed(hunt, search))
                } else {
                    None
                }
            }
            _ => None,
        };
        let rows = made.unwrap_or_else(|| hunt.arranged_emails(domain, query, &self.arrangement));
        self.length = rows.len();
        self.counted = match search.as_str() {
            "" => self.length,
            _ => hunt.listed_emails(domain, query).len(),
        };
        self.rows = Some((of, rows));
    }
}
