//! The end of a file: its last rows are handed on, and what is to be said of all of them together is said.

use super::super::report::{FileReport, TableColumns};
use super::super::row_limits;
use super::super::schema::identify::{self, MissingColumns};
use super::super::schema::{Table, names};
use super::FileSink;
use crate::events::resemblance::Resemblance;
use crate::events::stop::Stop;
use crate::quantities;

impl FileSink {
    /// Hands on the last rows and closes the account.
    pub(in crate::events) fn finish(mut self, stop: Option<Stop>) -> FileReport {
        let stopped_early = stop.is_some();
        if !stopped_early && self.report.rows_read() == 0 {
            self.report.warn("it contains no events".to_owned());
        }
        match stop {
            Some(Stop::Cancelled) => self.report.cancelled = true,
            Some(Stop::Failed(sentence)) => self.report.failure = Some(sentence),
            None => self.judge_columns(),
        }
        if !stopped_early && let Some(sentence) = self.report.has_other_tables_only() {
            self.report.warn(sentence);
        }
        self.note_columns();
        // When nobody listens any more there is nobody to tell either.
        let _ = self
            .send_batches()
            .and_then(|()| self.release())
            .and_then(|()| self.hand_on_withheld());
        self.report.complete_joined();
        self.judge_joins();
        let columns = self.rows[Table::EmailEvents as usize].names();
        let has_domains = columns.iter().any(|name| name == names::SENDER_FROM_DOMAIN);
        if self.has_derived_domains && !has_domains {
            self.report.warn(format!(
                "there is no {}: it is taken from {}, after the last @",
                names::SENDER_FROM_DOMAIN,
                names::SENDER_FROM_ADDRESS
            ));
        }
        if let Some(warning) = self.surplus_keys.warning() {
            self.report.warn(warning);
        }
        for warning in self.threat_types_seen.warnings() {
            self.report.warn(warning);
        }
        if let Some(warning) = self.report.unknown_directions.warning() {
            self.report.warn(warning);
        }
        if let Some(sentence) = self.report.recipient_lists.sentence() {
            self.report.warn(sentence);
        }
        self.judge_times();
        if !stopped_early && let Some(warning) = row_limits::warning(self.report.rows_read()) {
            self.report.warn(warning);
        }
        self.report
    }

    /// Says when the rows were, and what of it is not certain.
    fn judge_times(&mut self) {
        let dates = self.times.dates;
        self.report.dates = dates;
        self.report.all_times = self.times;
        self.report.times = self.times.range(dates.order());
        if let Some(warning) = dates.warning() {
            self.report.warn(warning);
        }
        if self.report.unreadable_times > 0 {
            let emails = quantities::count(self.report.unreadable_times, "email");
            let first = match &self.unreadable_time {
                Some((text, row)) => {
                    let row = quantities::number(*row);
                    format!(" (first in row {row} of the file: \"{text}\")")
                }
                None => String::new(),
            };
            self.report.warn(format!(
                "{emails} with an unreadable time{first}: counted, but in no hour"
            ));
        }
    }

    fn note_columns(&mut self) {
        for table in Table::ALL {
            let found = self.rows[table as usize].names().to_vec();
            if !self.report.holds(table) || found.is_empty() {
                continue;
            }
            let columns = match table {
                Table::EmailEvents => self.columns_of_events(found),
                _ => vec![TableColumns { table, found }],
            };
            self.report.columns.extend(columns);
        }
    }

    /// Says which needed columns never came, where only the records could tell.
    fn judge_columns(&mut self) {
        let is_of_no_table = self.report.tables.is_empty();
        if self.report.rows_kept == 0 && self.report.rows_rejected > 0 && is_of_no_table {
            self.report.failure = Some(match self.strange_columns.take() {
                Some(found) => {
                    self.report.resembles = Resemblance::of_columns(&found);
                    MissingColumns::of_events(found).to_string()
                }
                None => "none of its rows could be read".to_owned(),
            });
            return;
        }
        let columns = self.rows[Table::EmailEvents as usize].names();
        if !self.report.holds(Table::EmailEvents) || columns.is_empty() {
            return;
        }
        let never_came = identify::missing(columns);
        let has = |name: &str| columns.iter().any(|column| column == name);
        let has_no_address = !has(names::RECIPIENT_EMAIL_ADDRESS) && has(names::RECIPIENT_DOMAIN);
        if !never_came.is_empty() {
            self.report.warn(format!(
                "no record has {}: treated as empty",
                never_came.join(", ")
            ));
        }
        if has_no_address {
            self.report.warn(format!(
                "there is no {}: the domains are taken from {}",
                names::RECIPIENT_EMAIL_ADDRESS,
                names::RECIPIENT_DOMAIN
            ));
        }
    }
}
