//! The list of the selected domain's threat emails: its rows, its own search and order.

use super::app::{App, Overlay, Pane, SearchState};
use super::cursor::{Cursor, Step};
use crate::hunt::arranged_emails::{ArrangedEmails, Arrangement, EmailSort, EmailSortColumn};
use crate::hunt::emails::ThreatEmail;
use crate::hunt::{Hunt, Query};
use std::sync::{Arc, Weak};
use tui_input::Input;

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
    rows: Option<(RowsOf, ArrangedEmails)>,
}

/// What rows are of. While it is the same they are.
#[derive(Clone, Debug)]
struct RowsOf {
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
    fn make_rows(&mut self, hunt: &Arc<Hunt>, query: &Query) {
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

impl App {
    /// Lists the emails of the selected domain.
    pub(super) fn settle_emails(&mut self) {
        let domain = self.selected_domain().map(<[u8]>::to_vec);
        if domain != self.emails.domain {
            // What was chosen is kept: it is found again when its domain comes back.
            self.emails.cursor.rewind();
            self.emails.arrangement.search.clear();
        }
        self.emails.domain = domain;
        let page = self.page(Pane::Emails);
        let mut list = std::mem::take(&mut self.emails);
        list.make_rows(&self.hunt, &self.query);
        let mut cursor = std::mem::take(&mut list.cursor);
        cursor.settle(list.length, page, |wanted| list.row_of(wanted));
        list.cursor = cursor;
        self.emails = list;
        self.look_at_emails();
        if self.emails.counted == 0 && self.focus == Pane::Emails {
            self.focus = Pane::Ranking;
        }
    }

    /// Takes the rows that fit the pane.
    pub(super) fn look_at_emails(&mut self) {
        let page = self.page(Pane::Emails);
        let offset = self.emails.cursor.offset();
        let rows = self.emails.rows.as_ref();
        self.emails.in_sight = rows.map_or_else(Vec::new, |(_, rows)| rows.rows(offset, page));
    }

    pub(super) fn step_emails(&mut self, step: Step) {
        let page = self.page(Pane::Emails);
        let mut cursor = std::mem::take(&mut self.emails.cursor);
        cursor.step(step, self.emails.length, page, |row| {
            let (_, rows) = self.emails.rows.as_ref()?;
            rows.rows(row, 1).pop()
        });
        self.emails.cursor = cursor;
        self.look_at_emails();
    }

    /// Finds the row of the open email. It stays open also when an exclusion hides it from the list:
    /// its title says so then.
    pub(super) fn settle_email(&mut self) {
        let email = self.email.email.as_ref();
        self.email.row = email.and_then(|email| self.emails.row_of(email));
    }

    /// Opens the search of the list that has the keys; of the ranking from anywhere else.
    pub(super) fn begin_search(&mut self) {
        let list = if self.focus == Pane::Emails {
            // The domain whose emails are searched is chosen: it keeps the cursor while more is loaded.
            self.step_ranking(Step::By(0));
            Pane::Emails
        } else {
            self.focus_pane(Pane::Ranking);
            Pane::Ranking
        };
        let before = self.search_of(list).to_owned();
        self.overlay = Some(Overlay::Search(SearchState {
            list,
            input: Input::new(before.clone()),
            before,
        }));
    }

    /// The search of a list.
    pub(super) fn search_of(&self, list: Pane) -> &str {
        match list {
            Pane::Emails => &self.emails.arrangement.search,
            _ => &self.query.search,
        }
    }

    /// Searches a list for a text.
    pub(super) fn set_search(&mut self, list: Pane, text: String) {
        if text == self.search_of(list) {
            return;
        }
        if list == Pane::Emails {
            self.emails.arrangement.search = text;
            self.emails.cursor.rewind();
            self.settle_emails();
        } else {
            self.query.search = text;
            self.ranking.rewind();
            self.refresh();
        }
    }

    /// Sorts the list that has the keys by its next column.
    pub(super) fn sort_by_next_column(&mut self) {
        if self.focus == Pane::Emails {
            let next = self.emails.arrangement.sort.column.next();
            self.sort_emails(EmailSort::by(next));
        } else {
            self.query.sort = self.query.sort.by_next_column();
            self.refresh();
        }
    }

    /// Sorts the list that has the keys the other way round.
    pub(super) fn reverse_sort(&mut self) {
        if self.focus == Pane::Emails {
            self.sort_emails(self.emails.arrangement.sort.reversed());
        } else {
            self.query.sort = self.query.sort.reversed();
            self.refresh();
        }
    }

    /// Sorts the emails by a column, or the other way round where it is the one already.
    pub(super) fn sort_emails_by(&mut self, column: EmailSortColumn) {
        let sort = self.emails.arrangement.sort;
        self.sort_emails(if sort.column == column {
            sort.reversed()
        } else {
            EmailSort::by(column)
        });
    }

    fn sort_emails(&mut self, sort: EmailSort) {
        self.emails.arrangement.sort = sort;
        self.settle_emails();
        // The column may have no room.
        self.notify(format!("Emails sorted by {}", sort.label()));
    }
}
