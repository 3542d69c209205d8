//! The account of what was loaded, told: what was read, what could not be read, and what in the data would
//! mislead. The files pane and `mailhunt check` both show this one, so that it has one wording.
//!
//! Here: what it is made of, and its verdict. [`text`] tells it to a person, [`json`] to a program. Not
//! here: finding anything out; that is the business of [`crate::events`].

pub mod json;
pub mod text;

use crate::events::findings::Findings;
use crate::events::report::{FileReport, TableColumns};
use crate::events::schema::{Table, documented};
use crate::hunt::disagreements::{self, DisagreeingDomains};
use crate::hunt::unreadable::{self, UnreadableColumn};
use crate::hunt::{Hunt, matcher};
use crate::pipeline::LoadState;

/// What there is to tell.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// The files and what became of them.
    pub load: &'a LoadState,
    /// What was made of them.
    pub hunt: &'a Hunt,
    /// What a look at all events found, once somebody has looked.
    pub examined: Option<&'a Examined>,
}

/// What a look at all events found.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    /// What would mislead whatever is asked of the events.
    pub findings: Findings,
    /// The columns with cells that cannot be read.
    pub unreadable: Vec<UnreadableColumn>,
}

impl Examined {
    /// Looks through the events of a hunt.
    pub fn of(hunt: &Hunt) -> Self {
        Examined {
            findings: Findings::of(&hunt.store, &hunt.overlaps, hunt.keeps_duplicates),
            unreadable: unreadable::find(&hunt.store, &hunt.exclusions),
        }
    }
}

/// The documented columns that a file lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissingColumns {
    /// Those that the hunt, a pane or an exclusion reads.
    pub used: Vec<&'static str>,
    /// Those that are only shown: of newer exports, or of another product.
    pub others: Vec<&'static str>,
}

impl<'a> Account<'a> {
    /// The documented columns that are not among those found.
    pub fn missing(&self, columns: &TableColumns) -> MissingColumns {
        let mut read_by_exclusions = matcher::columns_of(&self.hunt.exclusions);
        if columns.table != Table::EmailEvents {
            // A column of this name is read there, not here.
            read_by_exclusions.clear();
        }
        let is_used = |name: &&'static str| {
            documented::is_read(name) || read_by_exclusions.iter().any(|column| column == name)
        };
        let missing = documented::missing(columns.table, &columns.found);
        let (used, others) = missing.into_iter().partition(is_used);
        MissingColumns { used, others }
    }

    /// What would mislead in the numbered file, beside rows that are rejected: each a sentence.
    pub fn warnings(&self, file: usize, report: &FileReport) -> Vec<String> {
        let from = self.hunt.store.recipient_domains;
        let mut warnings: Vec<String> = report.remarks(from).collect();
        warnings.extend(
            self.findings()
                .and_then(|found| found.repeats.sentence(file)),
        );
        warnings.extend(self.unreadable_of(file).map(UnreadableColumn::sentence));
        warnings.extend(self.lack_of_events(report));
        warnings
    }

    /// The columns of a file with cells that cannot be read.
    pub fn unreadable_of(
        &self,
        file: usize,
    ) -> impl Iterator<Item = &'a UnreadableColumn> + use<'a> {
        let all = self.examined.into_iter();
        let all = all.flat_map(|examined| &examined.unreadable);
        all.filter(move |column| column.file == file)
    }

    /// What would mislead whatever is asked of the events, once somebody has looked.
    pub fn findings(&self) -> Option<&'a Findings> {
        self.examined.map(|examined| &examined.findings)
    }

    /// What must be loaded beside a file of companion rows, where no events were loaded.
    fn lack_of_events(&self, report: &FileReport) -> Option<String> {
        let sentence = report.lacks_events();
        sentence.filter(|_| self.load.finished && self.load.is_useless())
    }

    /// What of the input is not in the answer, beside what is told of each file: each a sentence.
    pub fn common_failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        if self.load.failed {
            failures.push(
                "internal error while loading: what is shown is incomplete; please report this"
                    .to_owned(),
            );
        }
        if self.load.finished {
            let empty = self.load.directories_without_export().into_iter();
            failures.extend(empty.map(|directory| format!("{directory}: no export found in it")));
        }
        failures
    }

    /// What would mislead in the files taken together: each a sentence.
    pub fn common_warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        warnings.extend(self.findings().map(Findings::sentences).unwrap_or_default());
        warnings.extend(self.hunt.spellings.sentence());
        let disagreeing = self.hunt.disagreeing_domains.as_ref();
        warnings.extend(disagreeing.map(DisagreeingDomains::sentence));
        let without_domain = self.hunt.without_recipient_domain;
        warnings.extend(disagreements::sentence_without_domain(without_domain));
        warnings
    }

    /// The emails that count: what several files have counts once, unless each is to count.
    pub fn events_counted(&self) -> u64 {
        let left_out = if self.hunt.keeps_duplicates {
            0
        } else {
            self.hunt.overlaps.rows_left_out()
        };
        self.hunt.store.events() - left_out
    }

    /// The number of sentences about what would mislead.
    pub fn warning_count(&self) -> usize {
        let of_files: usize = self
            .reports()
            .filter(|(_, _, report)| report.passed_over.is_none())
            .map(|(_, _, report)| {
                let lacks_events = usize::from(self.lack_of_events(report).is_some());
                report.remarks(self.hunt.store.recipient_domains).count() + lacks_events
            })
            .sum();
        let repeated = self
            .findings()
            .map_or(0, |found| found.repeats.by_file.len());
        let common = self.common_failures().len() + self.common_warnings().len();
        let unreadable = self
            .examined
            .map_or(0, |examined| examined.unreadable.len());
        of_files + repeated + common + unreadable
    }

    /// Whether no file gave anything, because none could be read.
    pub fn is_of_nothing(&self) -> bool {
        self.reports().all(|(_, _, report)| report.is_useless())
    }

    /// The files that are done with: their number, name and report.
    fn reports(&self) -> impl Iterator<Item = (usize, &'a str, &'a FileReport)> + use<'a> {
        let files = self.load.files.iter().enumerate();
        files.filter_map(|(number, file)| {
            Some((number, file.name.as_str(), file.report.as_deref()?))
        })
    }
}
