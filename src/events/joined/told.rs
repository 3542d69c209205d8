//! The sentence about the rows of a joined export: how many emails they are, and how many links, clicks, files and
//! clean-ups.

use crate::events::schema::{Table, names};
use crate::quantities;

/// What the rows of a joined export were taken apart into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JoinedRows {
    /// Rows that are of an email.
    pub rows: u64,
    /// Recipients that these list beside their first: each is an email of its own.
    pub further: u64,
    /// Rows that are of a companion table alone, as what they say was joined to no email.
    pub without_email: Vec<(Table, u64)>,
    /// How many emails these are.
    pub emails: u64,
    /// Rows of emails that lack the message or the recipient, so that they cannot be put together: each is an email.
    pub alone: u64,
    /// Rows of emails that say nothing in the columns of companion tables, as an outer join leaves them.
    pub unmatched: u64,
    /// Rows of companion tables found, each once for its message.
    pub companions: Vec<(Table, u64)>,
}

impl JoinedRows {
    /// Rows that are of an email which an earlier row is of.
    pub fn collapsed(&self) -> u64 {
        self.rows + self.further - self.emails
    }

    /// Adds those that follow in the file.
    pub fn add(&mut self, further: &JoinedRows) {
        self.rows += further.rows;
        self.further += further.further;
        self.emails += further.emails;
        self.alone += further.alone;
        self.unmatched += further.unmatched;
        add_by_table(&mut self.without_email, &further.without_email);
        add_by_table(&mut self.companions, &further.companions);
    }

    /// Rows read, by the table they are of.
    pub fn read(&self) -> impl Iterator<Item = (Table, u64)> {
        let of_emails = [(Table::EmailEvents, self.rows)];
        of_emails
            .into_iter()
            .chain(self.without_email.iter().copied())
    }

    /// Whether there are other numbers of emails than of rows.
    pub fn makes_a_difference(&self) -> bool {
        self.collapsed() > 0 || self.alone > 0 || !self.without_email.is_empty()
    }

    /// What the rows were taken apart into, as a sentence. Rows that stand one after the other, as in a union of
    /// tables, are joined to nothing.
    pub fn sentence(&self) -> Option<String> {
        if self.unmatched == self.rows + self.further {
            return None;
        }
        let tables: Vec<&str> = self
            .companions
            .iter()
            .map(|(table, _)| table.name())
            .collect();
        let found = self
            .companions
            .iter()
            .map(|(table, rows)| quantities::count(*rows, noun(*table)));
        let parts: Vec<String> = [quantities::count(self.emails, "email")]
            .into_iter()
            .chain(found)
            .collect();
        let rows = quantities::count(self.rows, "row");
        let are = if self.rows == 1 { "is" } else { "are" };
        let mut text = format!(
            "an export joined with {}: {rows} {are} {}",
            quantities::listed(&tables),
            quantities::listed(&parts)
        );
        if self.alone > 0 {
            let lack = if self.alone == 1 { "lacks" } else { "lack" };
            text = format!(
                "{text}; {} {lack} {} or {}, so each counts as an email",
                quantities::count(self.alone, "row"),
                names::NETWORK_MESSAGE_ID,
                names::RECIPIENT_EMAIL_ADDRESS
            );
        }
        if self.unmatched == 0 {
            text =
                format!("{text}; if it was an inner join, emails without any of these are missing");
        }
        for (table, rows) in &self.without_email {
            let are = if *rows == 1 { "is" } else { "are" };
            let rows = quantities::count(*rows, "more row");
            text = format!("{text}; {rows} {are} only from {}", table.name());
        }
        Some(text)
    }
}

fn add_by_table(sums: &mut Vec<(Table, u64)>, further: &[(Table, u64)]) {
    for (table, rows) in further {
        match sums.iter_mut().find(|(known, _)| known == table) {
            Some((_, sum)) => *sum += rows,
            None => sums.push((*table, *rows)),
        }
    }
}

/// What a row of a companion table is called.
fn noun(table: Table) -> &'static str {
    match table {
        Table::EmailEvents => "email",
        Table::EmailUrlInfo => "link",
        Table::EmailAttachmentInfo => "file",
        Table::EmailPostDeliveryEvents => "clean-up",
        Table::UrlClickEvents => "click",
    }
}
