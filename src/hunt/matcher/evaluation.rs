//! One condition on one batch, with the answers it has already found.

use super::subject::{CountedRow, Subject};
use crate::events::links;
use crate::events::schema::{self, Table, names};
use crate::events::told_once::ToldOnce;
use crate::hunt::exclusion::condition::{Bound, folded_unless};
use crate::hunt::exclusion::texts::DomainSet;
use crate::hunt::exclusion::{Condition, Test};
use crate::hunt::fields::{Field, Said, Source};
use crate::hunt::side::Side;

/// The part that a condition plays in an exclusion.
#[derive(Clone, Copy, Debug)]
pub(super) struct Role {
    /// Whether it belongs to a guard, which needs what it looks at.
    pub(super) is_guard: bool,
    /// How a condition counts of which nobody knows whether it holds, so that it hides no email.
    pub(super) unclear_as: bool,
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    No,
    Yes,
    /// What it looks at is there and cannot be read.
    Unreadable,
    /// What it looks at is not loaded.
    Unknown,
}

/// What a file lacks of what a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    Nothing,
    /// How many links an email has, of which every one must pass.
    NumberOfLinks,
    /// What a guard needs.
    Need,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Truth::Yes } else { Truth::No }
    }
}

/// One condition on one batch.
pub(super) struct Evaluation<'a> {
    condition: &'a Condition,
    role: Role,
    subject: Subject<'a>,
    sources: Vec<(Source<'a>, ToldOnce<'a, Truth>)>,
    others: Vec<Source<'a>>,
    /// For each side, the place of the only source that decides, where it is so: every row comes here.
    only_sources: [Option<usize>; 2],
    lack: Lack,
    /// Whether it makes no difference if a cell without a value can be read.
    passes_over_unread: bool,
    /// Whether a value that was looked at cannot be read.
    met_unreadable: bool,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(condition: &'a Condition, role: Role, subject: Subject<'a>) -> Self {
        let file = subject.place.0 as usize;
        let sources: Vec<(Source<'a>, ToldOnce<'a, Truth>)> = condition
            .field
            .sources(subject.batch, subject.store, file)
            .into_iter()
            .map(|source| {
                let answers = ToldOnce::of(Some(source.column));
                (source, answers)
            })
            .collect();
        let lacks_need = role.is_guard && {
            let mut fields = condition.fields();
            fields.any(|field| field.unmet_need(subject.store, file).is_some())
        };
        let lack = if lacks_need {
            Lack::Need
        } else if condition.lacks_number_of_links(subject.store, file) {
            Lack::NumberOfLinks
        } else {
            Lack::Nothing
        };
        let is_of_sources = lack == Lack::Nothing
            && condition.field.companion().is_none()
            && condition.field != Field::IsLatestRecord
            && !matches!(condition.test, Test::EqualsField { .. });
        let only_sources = Side::BOTH.map(|side| {
            let of_side = |(source, _): &(Source<'_>, _)| source.is_of(side);
            let place = sources.iter().position(of_side)?;
            let is_only = !sources[place + 1..].iter().any(of_side);
            (is_of_sources && is_only).then_some(place)
        });
        let others = match &condition.test {
            Test::EqualsField { field, .. } => field.sources(subject.batch, subject.store, file),
            _ => Vec::new(),
        };
        let own_domains = subject.across_events.own_domains();
        Evaluation {
            condition,
            role,
            subject,
            sources,
            others,
            only_sources,
            lack,
            passes_over_unread: condition.test.passes(b"", own_domains) == role.unclear_as,
            met_unreadable: false,
        }
    }

    /// Whether a value that was looked at cannot be read.
    pub(super) fn met_unreadable(&self) -> bool {
        self.met_unreadable
    }

    /// Whether the condition holds of a row, where one on an unreadable value counts as that.
    #[inline]
    pub(super) fn holds(&mut self, counted: CountedRow, unreadable_as: bool) -> bool {
        let truth = match self.only_sources[counted.side as usize] {
            Some(place) => self.by_source(place, usize::from(counted.row)),
            None => return self.holds_otherwise(counted, unreadable_as),
        };
        self.resolved(truth, unreadable_as)
    }

    fn resolved(&self, truth: Truth, unreadable_as: bool) -> bool {
        match truth {
            Truth::No => false,
            Truth::Yes => true,
            Truth::Unreadable => unreadable_as,
            Truth::Unknown => self.role.unclear_as,
        }
    }

    /// What one of the sources says of a row.
    #[inline]
    fn by_source(&mut self, place: usize, row: usize) -> Truth {
        let (test, own_domains) = (&self.condition.test, self.own_domains());
        let (source, answers) = &mut self.sources[place];
        let (passes_over_unread, met_unreadable) =
            (self.passes_over_unread, &mut self.met_unreadable);
        answers.get(row, |cell| {
            if passes_over_unread && !source.extraction.may_have_value(cell) {
                return test.passes(b"", own_domains).into();
            }
            match source.extraction.read(cell) {
                Said::Value(value) => test.passes(&value, own_domains).into(),
                Said::Unreadable => {
                    *met_unreadable = true;
                    Truth::Unreadable
                }
            }
        })
    }

    fn holds_otherwise(&mut self, counted: CountedRow, unreadable_as: bool) -> bool {
        if self.lack == Lack::Need {
            return self.role.unclear_as;
        }
        let row = usize::from(counted.row);
        if let Some(table) = self.condition.field.companion() {
            return self.resolved(self.by_companion(table, row), unreadable_as);
        }
        if self.condition.field == Field::IsLatestRecord {
            return self.holds_for_latest_record(counted.row);
        }
        if let Test::EqualsField { cased, .. } = self.condition.test {
            let truth = self.equals_other_field(counted, cased);
            return self.resolved(truth, unreadable_as);
        }
        // It is absent only where every place it could stand in is empty.
        let wants_absence = matches!(self.condition.test, Test::Exists(false));
        for place in 0..self.sources.len() {
            if !self.sources[place].0.is_of(counted.side) {
                continue;
            }
            let truth = self.by_source(place, row);
            let holds = self.resolved(truth, unreadable_as);
            if holds != wants_absence {
                return holds;
            }
        }
        wants_absence
    }

    fn own_domains(&self) -> &'a DomainSet {
        self.subject.across_events.own_domains()
    }

    /// Whether the condition on `IsLatestRecord` holds. The value is not known for a row without message or recipient, nor
    /// while more events may come.
    fn holds_for_latest_record(&self, row: u16) -> bool {
        let Subject {
            batch,
            place: (file, number),
            across_events,
            ..
        } = self.subject;
        let is_told = |name| !batch.cell(name, usize::from(row)).trim_ascii().is_empty();
        let is_of_an_email =
            is_told(names::NETWORK_MESSAGE_ID) && is_told(names::RECIPIENT_EMAIL_ADDRESS);
        let row = self.subject.row_that_counts(row);
        let value: &[u8] = match across_events.is_latest_record(file, number, row) {
            Some(is_latest) if is_of_an_email => {
                if is_latest {
                    b"true"
                } else {
                    b"false"
                }
            }
            _ => b"",
        };
        self.condition.test.passes(value, self.own_domains())
    }

    fn equals_other_field(&mut self, counted: CountedRow, cased: bool) -> Truth {
        let row = usize::from(counted.row);
        let of_side = |source: &&Source<'_>| source.is_of(counted.side);
        let mut truth = Truth::No;
        for source in self
            .sources
            .iter()
            .map(|(source, _)| source)
            .filter(of_side)
        {
            let own = source.read(row);
            if own.is_empty() {
                // A missing value is like no other, whatever that is.
                continue;
            }
            for other in self.others.iter().filter(of_side) {
                match (&own, other.read(row)) {
                    (_, other) if other.is_empty() => {}
                    (Said::Value(own), Said::Value(other)) => {
                        if folded_unless(cased, own) == folded_unless(cased, &other) {
                            return Truth::Yes;
                        }
                    }
                    _ => truth = Truth::Unreadable,
                }
            }
        }
        self.met_unreadable |= truth == Truth::Unreadable;
        truth
    }

    /// Asks the rows that a companion table has of the email's message. Those of attachments say the
    /// recipient too, but the files of a message are the same for all of them.
    fn by_companion(&self, table: Table, row: usize) -> Truth {
        let Subject { batch, store, .. } = self.subject;
        let companions = store.companions();
        let message = batch.cell(names::NETWORK_MESSAGE_ID, row);
        // Of an email without an id, or without that table, nothing is known of its links or files,
        // also not that it has none.
        if message.trim_ascii().is_empty() || !companions.is_loaded(table) {
            return Truth::No;
        }
        let (test, own_domains) = (&self.condition.test, self.own_domains());
        let mut values = companions
            .of_message(table, message)
            .map(|row| self.condition.field.value_in(&row))
            .peekable();
        let is_any_loaded = values.peek().is_some();
        if self.condition.every {
            let are_those_loaded_like_it = values.all(|value| test.passes(value, own_domains));
            if is_any_loaded && !are_those_loaded_like_it {
                return Truth::No;
            }
            if self.condition.asks_for_every_link() && self.may_have_more_links(message, row) {
                return Truth::Unknown;
            }
            if is_any_loaded {
                return Truth::Yes;
            }
        }
        if !is_any_loaded {
            return matches!(test, Test::Exists(false)).into();
        }
        values.any(|value| test.passes(value, own_domains)).into()
    }

    /// Whether the email of a row may have links that are not loaded.
    fn may_have_more_links(&self, message: &[u8], row: usize) -> bool {
        let Subject { batch, store, .. } = self.subject;
        let said = batch.cell(names::URL_COUNT, row);
        match Bound::read(said) {
            Some(said) => {
                said.is_greater_than(links::count_of_message(store.companions(), message))
            }
            // A number that cannot be read may be any, and so may one that the file does not have.
            None => self.lack == Lack::NumberOfLinks || !schema::says_nothing(said),
        }
    }
}
