//! Links and files of emails in KQL: one join for each companion table.
//!
//! The right side of a join may have more messages than Kusto takes in a `lookup` or an `in`. It is shuffled by the
//! message, first narrowed to the messages that count, and adds up for each of them how many rows it has and how many
//! of those pass each test.

use super::predicate::Predicate;
use crate::events::schema::{Table, names};
use crate::hunt::fields::Field;
use std::fmt::Write;

/// The messages that count, a table of ours.
pub(super) const MESSAGES: &str = "Messages";

/// The message of an email or of a row of a companion table, as they are compared; a column of ours.
pub(super) const MESSAGE_ID: &str = "MessageId";

/// The host of a link, as mailhunt takes it: what stands between `scheme://` (and an `@`) and the next
/// `/ ? # :`, the colons of an address in brackets apart.
const HOST_OF_LINK: &str =
    r"^(?:[A-Za-z0-9+.\-]*:)?//(?:[^/?#\\]*@)?((?:[^/?#\\@\]]*\])?[^/?#\\:@]*)";

/// The questions to the rows that a companion table has of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Companion {
    table: Table,
    /// Whether the hosts of links are asked for.
    needs_hosts: bool,
    /// The tests whose passing rows are counted.
    tests: Vec<String>,
}

impl Companion {
    pub(super) fn new(table: Table) -> Self {
        Companion {
            table,
            needs_hosts: false,
            tests: Vec::new(),
        }
    }

    pub(super) fn table(&self) -> Table {
        self.table
    }

    /// The column of ours that has the number of rows.
    pub(super) fn rows(&self) -> &'static str {
        match self.table {
            Table::EmailAttachmentInfo => "FileRows",
            _ => "UrlRows",
        }
    }

    /// The column of ours that has the number of rows that pass a test.
    pub(super) fn passing(&mut self, field: &Field, test: &Predicate) -> String {
        self.needs_hosts |= *field == Field::UrlDomain;
        let test = test.in_one_line();
        let known = self.tests.iter().position(|known| *known == test);
        let place = known.unwrap_or_else(|| {
            self.tests.push(test);
            self.tests.len() - 1
        });
        self.column(place)
    }

    fn column(&self, place: usize) -> String {
        format!("{}{}", self.rows(), place + 1)
    }

    /// The step that adds the columns to the events.
    pub(super) fn step(&self) -> String {
        let rows = self.rows();
        let id = names::NETWORK_MESSAGE_ID;
        let mut step = format!(
            "| join kind=leftouter hint.shufflekey = {MESSAGE_ID} (\n    \
             {table}\n    \
             | where {id} matches regex @\"\\S\"\n    \
             | extend {MESSAGE_ID} = tolower({id})\n    \
             | join kind=leftsemi hint.shufflekey = {MESSAGE_ID} ({MESSAGES}) on {MESSAGE_ID}\n",
            table = self.table.name()
        );
        if self.needs_hosts {
            let _ = writeln!(
                step,
                "    | extend Host = extract(@\"{HOST_OF_LINK}\", 1, Url)\n    \
                 | extend UrlDomain = iff(isnotempty(Host), Host, UrlDomain)"
            );
        }
        let mut counts = vec![format!("{rows} = count()")];
        let mut filled = vec![format!("{rows} = coalesce({rows}, 0)")];
        for (place, test) in self.tests.iter().enumerate() {
            let column = self.column(place);
            counts.push(format!("{column} = countif({test})"));
            filled.push(format!("{column} = coalesce({column}, 0)"));
        }
        let _ = writeln!(
            step,
            "    | summarize hint.shufflekey = {MESSAGE_ID} {} by {MESSAGE_ID}\n    \
             ) on {MESSAGE_ID}\n\
             | extend {}",
            counts.join(", "),
            filled.join(", ")
        );
        step
    }
}
