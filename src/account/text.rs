//! The account as text for a person: what is wrong first, then each file.

use super::Account;
use crate::events::report::{FileReport, TableColumns};
use crate::events::schema::{self, Table, documented};
use crate::events::time::EventTime;
use crate::events::time::summary::TimeRange;
use crate::printable::Printable;
use crate::quantities::{bytes, count, number};
use std::io::{self, Write};

/// How a paragraph is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The name of what follows.
    Heading,
    /// All is well.
    Good,
    /// Something is wrong or would mislead. The text says so too, with a mark at its beginning.
    Warning,
    /// A fact.
    Fact,
    /// A fact that is seldom looked at.
    Detail,
    /// Nothing: a blank line.
    Blank,
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

/// The most columns of a kind that are listed: a hostile file has thousands.
const COLUMNS_LISTED: usize = 60;

impl Paragraph {
    fn new(indent: usize, tone: Tone, text: impl Into<String>) -> Self {
        let text = text.into();
        Paragraph { indent, tone, text }
    }

    fn warning(indent: usize, text: impl AsRef<str>) -> Self {
        Paragraph::new(indent, Tone::Warning, format!("! {}", text.as_ref()))
    }

    /// The lines it takes in that width, safe to show.
    pub fn lines(&self, width: usize) -> Vec<Printable> {
        let room = width.saturating_sub(self.indent).max(1);
        Printable::multiline(self.text.as_bytes(), room, LONGEST_PARAGRAPH)
    }
}

impl Account<'_> {
    /// The account, with so many rejected rows of each file told one by one. Of files that are still
    /// being read it says nothing but their name; `progress` tells of those.
    pub fn paragraphs(
        &self,
        rejections: usize,
        progress: impl Fn(usize) -> Option<String>,
    ) -> Vec<Paragraph> {
        let mut told = Vec::new();
        if self.load.finished {
            told.push(self.verdict());
            told.extend(
                self.common_warnings()
                    .iter()
                    .map(|warning| Paragraph::warning(2, warning)),
            );
            told.extend(self.totals());
            told.push(Paragraph::new(0, Tone::Blank, ""));
        }
        for (index, file) in self.load.files.iter().enumerate() {
            told.push(Paragraph::new(0, Tone::Heading, file.name.as_str()));
            match file.report.as_deref() {
                Some(report) => told.extend(self.file(index, report, rejections)),
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
            wrong.push("stopped before its end: counts are lower bounds".to_owned());
        }
        if failed > 0 {
            wrong.push(format!(
                "{} not read, or not to the end",
                count(failed, "file")
            ));
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
            let mut text = format!("All is well: {files} read to the end, {rows}, all kept");
            if passed_over > 0 {
                let others = count(passed_over, "other");
                text = format!("{text}; {others} passed over as no exports");
            }
            return Paragraph::new(0, Tone::Good, text);
        }
        Paragraph::warning(0, wrong.join(", "))
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
        let mut text = account_of_rows(all, self.load.rows_rejected());
        if all > 0 {
            text = format!("{text} ({}{})", rows_by_table(&kept), self.counted());
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
    fn counted(&self) -> String {
        let counted = self.events_counted();
        if counted == self.hunt.store.events() {
            return String::new();
        }
        format!(
            "; {} {} counted",
            number(counted),
            Table::EmailEvents.name()
        )
    }

    /// What is told of a file: what is wrong with it first.
    fn file(&self, index: usize, report: &FileReport, rejections: usize) -> Vec<Paragraph> {
        if let Some(reason) = &report.passed_over {
            let text = format!("passed over: {reason}");
            return vec![Paragraph::new(2, Tone::Detail, text)];
        }
        let mut told = Vec::new();
        if report.cancelled {
            let text = "stopped before its end: the counts are lower bounds";
            told.push(Paragraph::warning(2, text));
        }
        told.extend(
            report
                .failure
                .iter()
                .map(|failure| Paragraph::warning(2, failure)),
        );
        if report.rows_rejected > 0 {
            let text = format!("{} rejected, see below", count(report.rows_rejected, "row"));
            told.push(Paragraph::warning(2, text));
        }
        let warnings = self.warnings(index, report);
        told.extend(warnings.iter().map(|text| Paragraph::warning(2, text)));
        let fact = |text: String| Paragraph::new(2, Tone::Fact, text);
        told.push(fact(source(report)));
        told.push(fact(account_of_rows(
            report.rows_kept,
            report.rows_rejected,
        )));
        if report.tables.len() > 1 {
            told.push(fact(rows_by_table(&report.tables)));
        }
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
        told.extend(rejected(report, rejections));
        for columns in &report.columns {
            self.columns(columns, report.columns.len() > 1, &mut told);
        }
        told
    }

    fn columns(&self, columns: &TableColumns, with_table: bool, told: &mut Vec<Paragraph>) {
        let of_table = if with_table {
            format!(" of {}", columns.table.name())
        } else {
            String::new()
        };
        let missing = self.missing(columns);
        let found = count(columns.found.len() as u64, "column");
        let judgement = if missing.used.is_empty() {
            "; none is missing that mailhunt uses".to_owned()
        } else {
            format!(
                "; missing of those mailhunt uses: {}",
                missing.used.join(", ")
            )
        };
        let text = format!("{found}{of_table}{judgement}");
        told.push(Paragraph::new(2, Tone::Fact, text));
        let mut detail = |what: &str, names: &[&str]| {
            if !names.is_empty() {
                let text = format!("{what}: {}", listed(names));
                told.push(Paragraph::new(2, Tone::Detail, text));
            }
        };
        detail(
            "missing, of newer exports or other products",
            &missing.others,
        );
        let unknown = documented::unknown(columns.table, &columns.found);
        detail("not documented, kept to be seen", &unknown);
    }
}

/// What is in the file and how it is written.
fn source(report: &FileReport) -> String {
    let tables: Vec<&str> = report
        .tables
        .iter()
        .map(|(table, _)| table.name())
        .collect();
    let mut parts = vec![if tables.is_empty() {
        "no known table".to_owned()
    } else {
        tables.join(" and ")
    }];
    parts.push(
        report
            .format
            .map_or_else(|| "no known format".to_owned(), |format| format.to_string()),
    );
    parts.extend(report.encoding.as_ref().map(ToString::to_string));
    parts.extend(report.packing.as_ref().map(ToString::to_string));
    parts.push(format!("{} read", bytes(report.bytes_read)));
    parts.join(", ")
}

fn account_of_rows(kept: u64, rejected: u64) -> String {
    format!(
        "{} read = {} kept + {} rejected",
        count(kept + rejected, "row"),
        number(kept),
        number(rejected)
    )
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

fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(COLUMNS_LISTED);
    let shown: Vec<String> = shown.map(|name| schema::shown_name(name)).collect();
    match names.len().saturating_sub(COLUMNS_LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), number(more as u64)),
    }
}

/// The rejected rows, so many of them one by one.
fn rejected(report: &FileReport, most: usize) -> Vec<Paragraph> {
    let mut told = Vec::new();
    if report.rows_rejected == 0 {
        return told;
    }
    told.push(Paragraph::new(2, Tone::Fact, "rejected:"));
    for rejection in report.rejections.iter().take(most) {
        let text = format!("{}: {}", rejection.place, rejection.reason);
        told.push(Paragraph::new(4, Tone::Fact, text));
    }
    let shown = report.rejections.len().min(most) as u64;
    let more = report.rows_rejected - shown;
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
        for line in paragraph.lines(width.unwrap_or(usize::MAX)) {
            let blanks = if line.width() == 0 {
                0
            } else {
                paragraph.indent
            };
            writeln!(output, "{:blanks$}{line}", "")?;
        }
    }
    Ok(())
}
