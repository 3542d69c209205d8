//! Keeps the list of emails in line with the selected domain, the search and the order.

use crate::hunt::arranged_emails::{EmailSort, EmailSortColumn};
use crate::tui::app::{App, Overlay, Pane, SearchState};
use crate::tui::cursor::Step;
use tui_input::Input;

impl App {
    /// Lists the emails of the selected domain.
    pub(in crate::tui) fn settle_emails(&mut self) {
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
    pub(in crate::tui) fn look_at_emails(&mut self) {
        let page = self.page(Pane::Emails);
        let offset = self.emails.cursor.offset();
        let rows = self.emails.rows.as_ref();
        self.emails.in_sight = rows.map_or_else(Vec::new, |(_, rows)| rows.rows(offset, page));
    }

    pub(in crate::tui) fn step_emails(&mut self, step: Step) {
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
    pub(in crate::tui) fn settle_email(&mut self) {
        let email = self.email.email.as_ref();
        self.email.row = email.and_then(|email| self.emails.row_of(email));
    }

    /// Opens the search of the list that has the keys; of the ranking from anywhere else.
    pub(in crate::tui) fn begin_search(&mut self) {
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
    pub(in crate::tui) fn search_of(&self, list: Pane) -> &str {
        match list {
            Pane::Emails => &self.emails.arrangement.search,
            _ => &self.query.search,
        }
    }

    /// Searches a list for a text.
    pub(in crate::tui) fn set_search(&mut self, list: Pane, text: String) {
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
    pub(in crate::tui) fn sort_by_next_column(&mut self) {
        if self.focus == Pane::Emails {
            let next = self.emails.arrangement.sort.column.next();
            self.sort_emails(EmailSort::by(next));
        } else {
            self.query.sort = self.query.sort.by_next_column();
            self.refresh();
        }
    }

    /// Sorts the list that has the keys the other way round.
    pub(in crate::tui) fn reverse_sort(&mut self) {
        if self.focus == Pane::Emails {
            self.sort_emails(self.emails.arrangement.sort.reversed());
        } else {
            self.query.sort = self.query.sort.reversed();
            self.refresh();
        }
    }

    /// Sorts the emails by a column, or the other way round where it is the one already.
    pub(in crate::tui) fn sort_emails_by(&mut self, column: EmailSortColumn) {
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
