//! The account as text for a person: what is wrong first, then each file.

use super::Account;
use crate::events::joined::JoinedRows;
use crate::events::other_tables::OtherTables;
use crate::events::rejections;
use crate::events::report::{FileReport, TABLES_LISTED, TableColumns};
use crate::events::schema::{self, Table, documented};
use crate::events::time::EventTime;
use crate::events::time::summary::TimeRange;
use crate::printable::Printable;
use crate::quantities::{self, bytes, count, number};
use std::io::{self, Write};

/// How a paragraph is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The name of what follows.
    Heading,
    /// All is well.
    Good,
    /// Something of the input is not in the answer. A mark at its beginning says so too.
    Failure,
    /// All that is in the answer is right, but something would mislead. It has another mark.
    Warning,
    /// A fact.
    Fact,
    /// A fact that is seldom looked at.
    Detail,
    /// Nothing: a blank line.
    Blank,
}

impl Tone {
    /// What stands before the first line of such a paragraph, so that no colour is needed to see it.
    pub fn mark(self) -> &'static str {
        match self {
            Tone::Failure => "✗ ",
            Tone::Warning => "! ",
            _ => "",
        }
    }
}

/// How much is told one by one.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Rejected rows of each file.
    pub rejections: usize,
    /// Names of columns of each kind.
    pub columns: usize,
}

/// A piece of the account that is broken into lines where it is shown. It holds names and values from
/// files: it is data, to be shown through [`Printable`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// Cells by which it is moved in.
    pub indent: usize,
    /// How it is meant.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

/// The most bytes of a paragraph that are shown.
const LONGEST_PARAGRAPH: usize = 4096;

impl Paragraph {
    fn new(indent: usize, tone: Tone, text: impl Into<String>) -> Self {
        let text = text.into();
        Paragraph { indent, tone, text }
    }

    fn warning(text: impl Into<String>) -> Self {
        Paragraph::new(2, Tone::Warning, text)
    }

    fn failure(text: impl Into<String>) -> Self {
        Paragraph::new(2, Tone::Failure, text)
    }

    /// The lines it takes in that width beside its indent and the room of its mark, safe to show.
    pub fn lines(&self, width: usize) -> Vec<Printable> {
        let beside = self.indent + self.tone.mark().chars().count();
        let room = width.saturating_sub(beside).max(1);
        Printable::wrapped(self.text.as_bytes(), room, LONGEST_PARAGRAPH)
    }
}

impl Account<'_> {
    /// The account, with so much told one by one. Of files that are still being read it says nothing but
    /// their name; `progress` tells of those.
    pub fn paragraphs(
        &self,
        extent: Extent,
        progress: impl Fn(usize) -> Option<String>,
    ) -> Vec<Paragraph> {
        let mut told = Vec::new();
        if self.load.finished {
            told.push(self.verdict());
            told.extend(self.common_failures().into_iter().map(Paragraph::failure));
            told.extend(self.common_warnings().into_iter().map(Paragraph::warning));
            told.extend(self.totals());
            told.push(Paragraph::new(0, Tone::Blank, ""));
        }
        for (index, file) in self.load.files.iter().enumerate() {
            told.push(Paragraph::new(0, Tone::Heading, file.name.as_str()));
            match file.report.as_deref() {
                Some(report) => told.extend(self.file(index, report, extent)),
                None => {
                    told.extend(progress(index).map(|text| Paragraph::new(2, Tone::Fact, text)));
                }
            }
            told.push(Paragraph::new(0, Tone::Blank, ""));
        }
        told.pop();
        told
    }

    /// The first line: whether something is wrong.
    fn verdict(&self) -> Paragraph {
        let mut wrong = Vec::new();
        let failed = self.load.files_failed() as u64;
        if self.load.is_cancelled() {
            wrong.push("stopped early: counts are lower bounds".to_owned());
        }
        if failed > 0 {
            wrong.push(format!("{} not read in full", count(failed, "file")));
        }
        if failed == 0 && self.load.is_useless() {
            wrong.push("no events could be loaded".to_owned());
        }
        let rejected = self.load.rows_rejected();
        if rejected > 0 {
            wrong.push(format!("{} rejected", count(rejected, "row")));
        }
        let warnings = self.warning_count() as u64;
        if warnings > 0 {
            wrong.push(count(warnings, "warning"));
        }
        if wrong.is_empty() {
            let passed_over = self.load.files_passed_over() as u64;
            let files = count(self.load.files.len() as u64 - passed_over, "file");
            let rows = count(self.load.rows(), "row");
            let others = self.load.other_tables().rows();
            let kept = match others {
                0 => "all kept".to_owned(),
                _ => format!("all kept except {} of other tables", number(others)),
            };
            let mut text = format!("All is well: {files} read in full, {rows}, {kept}");
            if passed_over > 0 {
                let others = count(passed_over, "other");
                text = format!("{text}; {others} skipped, not exports");
            }
            return Paragraph::new(0, Tone::Good, text);
        }
        let tone = if self.load.is_damaged() || self.load.is_useless() {
            Tone::Failure
        } else {
            Tone::Warning
        };
        Paragraph::new(0, tone, wrong.join(", "))
    }

    /// What the files come to, where there are several.
    fn totals(&self) -> Option<Paragraph> {
        if self.load.files.len() < 2 {
            return None;
        }
        let mut kept: Vec<(Table, u64)> = Vec::new();
        for (table, rows) in self.reports().flat_map(|(_, _, report)| &report.tables) {
            match kept.iter_mut().find(|(known, _)| known == table) {
                Some((_, sum)) => *sum += rows,
                None => kept.push((*table, *rows)),
            }
        }
        let all: u64 = kept.iter().map(|(_, rows)| rows).sum();
        let rejected = self.load.rows_rejected();
        let mut text = account_of_rows(all, rejected, &self.load.other_tables());
        if all > 0 {
            text = format!("{text} ({}{})", rows_by_table(&kept), self.counted(&kept));
        }
        if let Some(times) = self.hunt.times {
            let zone = if self.hunt.store.has_local_times() {
                "as written, not all in UTC"
            } else {
                "UTC"
            };
            text = format!("{text}, events {}", span(times, zone));
        }
        Some(Paragraph::new(2, Tone::Fact, text))
    }

    /// How many emails count, where that is not all.
    fn counted(&self, kept: &[(Table, u64)]) -> String {
        let kept = kept
            .iter()
            .filter(|(table, _)| *table == Table::EmailEvents);
        let kept = kept.map(|(_, rows)| rows).sum::<u64>();
        let counted = self.events_counted();
        if counted == kept {
            return String::new();
        }
        format!(
            "; {} {} counted",
            number(counted),
            Table::EmailEvents.name()
        )
    }

    /// What is told of a file: what is wrong with it first.
    fn file(&self, index: usize, report: &FileReport, extent: Extent) -> Vec<Paragraph> {
        if let Some(reason) = &report.passed_over {
            let text = format!("skipped: {reason}");
            return vec![Paragraph::new(2, Tone::Detail, text)];
        }
        let mut told = Vec::new();
        if report.cancelled {
            let text = "stopped early: counts are lower bounds";
            told.push(Paragraph::failure(text));
        }
        told.extend(report.failure.clone().map(Paragraph::failure));
        if report.rows_rejected > 0 {
            let text = format!("{} rejected, see below", count(report.rows_rejected, "row"));
            told.push(Paragraph::failure(text));
        }
        let warnings = self.warnings(index, report);
        told.extend(warnings.into_iter().map(Paragraph::warning));
        let fact = |text: String| Paragraph::new(2, Tone::Fact, text);
        if is_unseen(report) {
            return told;
        }
        told.push(fact(source(report)));
        told.push(fact(account_of_rows(
            report.rows_kept,
            report.rows_rejected,
            &report.other_tables,
        )));
        if report.tables.len() > 1 {
            told.push(fact(rows_by_table(&report.tables)));
        }
        let joined = report.joined.as_ref().and_then(JoinedRows::sentence);
        // Where it makes a difference it is a warning, which stands above.
        let joined = joined.filter(|sentence| !report.warnings.contains(sentence));
        told.extend(joined.map(fact));
        if let Some(times) = report.times {
            let zone = if report.has_local_times {
                "as written, not in UTC"
            } else {
                "UTC"
            };
            let text = [Some(span(times, zone)), report.dates.reading()];
            let text: Vec<String> = text.into_iter().flatten().collect();
            told.push(fact(text.join(", ")));
        }
        told.extend(rejected(report, extent.rejections));
        for columns in &report.columns {
            let with_table = report.columns.len() > 1;
            told.extend(self.columns(columns, with_table, extent.columns));
        }
        told
    }

    /// What is told of the columns of a table, so many of each kind by name.
    fn columns(&self, columns: &TableColumns, with_table: bool, most: usize) -> Vec<Paragraph> {
        let of_table = if with_table {
            format!(" of {}", columns.table.name())
        } else {
            String::new()
        };
        let missing = self.missing(columns);
        let found = count(columns.found.len() as u64, "column");
        let judgement = if missing.used.is_empty() {
            "; all that mailhunt uses are present".to_owned()
        } else {
            let are = if missing.used.len() == 1 { "is" } else { "are" };
            format!(
                "; {} that mailhunt uses {are} missing: {}",
                number(missing.used.len() as u64),
                listed(&missing.used, most)
            )
        };
        let text = format!("{found}{of_table}{judgement}");
        let mut told = vec![Paragraph::new(2, Tone::Fact, text)];
        let mut detail = |what: &str, names: &[&str]| {
            if !names.is_empty() {
                let amount = number(names.len() as u64);
                let text = format!("{amount} {what}: {}", listed(names, most));
                told.push(Paragraph::new(2, Tone::Detail, text));
            }
        };
        detail(
            "missing, found only in newer exports or other products",
            &missing.others,
        );
        let unknown = documented::unknown(columns.table, &columns.found);
        detail("not documented, kept for display", &unknown);
        told
    }
}

/// Whether nothing of the file was seen: it could not be opened or read at all, so that there is nothing to say of
/// what is in it.
fn is_unseen(report: &FileReport) -> bool {
    report.failure.is_some() && report.bytes_read == 0 && report.format.is_none()
}

/// What is in the file and how it is written.
fn source(report: &FileReport) -> String {
    let tables: Vec<&str> = report
        .tables
        .iter()
        .map(|(table, _)| table.name())
        .collect();
    // Of a file that was not read to its end nobody knows what is in the rest.
    let unknown = |what: &str| {
        if report.cancelled {
            format!("{what} not recognised yet")
        } else {
            format!("no known {what}")
        }
    };
    let mut parts = vec![if tables.is_empty() {
        unknown("table")
    } else {
        quantities::listed(&tables)
    }];
    let format = report.format.map(|format| format.to_string());
    parts.push(format.unwrap_or_else(|| unknown("format")));
    parts.extend(report.encoding.as_ref().map(ToString::to_string));
    parts.extend(report.packing.as_ref().map(ToString::to_string));
    let until = if report.cancelled {
        " until it was stopped"
    } else {
        ""
    };
    parts.push(format!("{} read{until}", bytes(report.bytes_read)));
    parts.join(", ")
}

/// What became of all rows that were read.
pub fn account_of_rows(kept: u64, rejected: u64, others: &OtherTables) -> String {
    let all = count(kept + rejected + others.rows(), "row");
    let mut text = format!(
        "{all} read = {} kept + {} rejected",
        number(kept),
        number(rejected)
    );
    if others.rows() > 0 {
        let (rows, listed) = (number(others.rows()), others.listed(TABLES_LISTED));
        text = format!("{text} + {rows} of other tables ({listed})");
    }
    text
}

fn rows_by_table(tables: &[(Table, u64)]) -> String {
    let tables: Vec<String> = tables
        .iter()
        .map(|(table, rows)| format!("{} {}", number(*rows), table.name()))
        .collect();
    tables.join(", ")
}

fn span((first, last): TimeRange, zone: &str) -> String {
    format!("from {} to {} {zone}", moment(first), moment(last))
}

fn moment(time: EventTime) -> String {
    time.civil().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn listed(names: &[&str], most: usize) -> String {
    let shown = names.iter().take(most);
    let shown: Vec<String> = shown.map(|name| schema::shown_name(name)).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), number(more as u64)),
    }
}

/// The rejected rows, so many of them with their places.
fn rejected(report: &FileReport, most: usize) -> Vec<Paragraph> {
    let mut told = Vec::new();
    if report.rows_rejected == 0 {
        return told;
    }
    told.push(Paragraph::new(2, Tone::Fact, "rejected:"));
    let shown = report.rejections.len().min(most);
    for alike in rejections::by_reason(&report.rejections[..shown]) {
        let text = format!("{}: {}", alike.places(usize::MAX), alike.reason);
        told.push(Paragraph::new(4, Tone::Fact, text));
    }
    let more = report.rows_rejected - shown as u64;
    if more > 0 {
        let text = format!("and {} more", count(more, "row"));
        told.push(Paragraph::new(4, Tone::Detail, text));
    }
    told
}

/// Writes the account in lines of at most that width; without one each paragraph is a line.
///
/// # Errors
/// What `output` reports.
pub fn write(
    paragraphs: &[Paragraph],
    width: Option<usize>,
    output: &mut dyn Write,
) -> io::Result<()> {
    for paragraph in paragraphs {
        let mut mark = paragraph.tone.mark().to_owned();
        for line in paragraph.lines(width.unwrap_or(usize::MAX)) {
            let indent = if line.width() == 0 {
                0
            } else {
                paragraph.indent
            };
            writeln!(output, "{:indent$}{mark}{line}", "")?;
            mark = " ".repeat(mark.chars().count());
        }
    }
    Ok(())
}
