//! Evaluates exclusions over a batch of events: one bit of a mask for each that matches.
//!
//! A condition is evaluated once for each distinct value of a dictionary column, not once for each
//! event, and only on events that the hunt counts.

use super::across_events::AcrossEvents;
use super::exclusion::condition::{Bound, folded_unless};
use super::exclusion::texts::DomainSet;
use super::exclusion::{Clause, Condition, Exclusion, ExclusionSet, Hides, Scope, Test};
use super::fields::{Field, Source};
use crate::events::Batch;
use crate::events::companions::Companions;
use crate::events::schema::{Table, names};
use crate::events::told_once::ToldOnce;
use hashbrown::{HashMap, HashSet};

/// The side of the hunt an event counts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// `EmailDirection == "Outbound"`.
    Outbound,
    /// `EmailDirection == "Inbound"` and `ThreatTypes` not empty.
    Threat,
}

impl Side {
    /// Both, in the order of their numbers.
    pub const BOTH: [Side; 2] = [Side::Outbound, Side::Threat];
}

/// A row of a batch that the hunt counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedRow {
    /// The row.
    pub row: u16,
    /// Where it counts.
    pub side: Side,
    /// The number of the domain it counts for, where it was counted before.
    pub domain: Option<u32>,
}

/// The answers of conditions on the domain that a row counts for, by the number of the domain: they are the
/// same in all batches.
#[derive(Debug, Default)]
pub struct DomainAnswers(HashMap<*const Condition, Vec<Option<bool>>>);

impl DomainAnswers {
    /// Those of a condition, which stays where it is.
    fn of(&mut self, condition: &Condition) -> &mut Vec<Option<bool>> {
        self.0.entry(std::ptr::from_ref(condition)).or_default()
    }
}

impl Condition {
    /// Whether nothing but the domain that a row on a side counts for decides.
    fn asks_for_domain(&self, side: Side) -> bool {
        let is_domain = match &self.field {
            Field::PartnerDomain => true,
            Field::RecipientDomain => side == Side::Outbound,
            Field::Column(name) => side == Side::Threat && name == names::SENDER_FROM_DOMAIN,
            _ => false,
        };
        is_domain && !matches!(self.test, Test::EqualsField { .. })
    }
}

impl Scope {
    fn covers(self, side: Side) -> bool {
        match self {
            Scope::Both => true,
            Scope::Outbound => side == Side::Outbound,
            Scope::Inbound => side == Side::Threat,
        }
    }
}

/// A batch of events, and what else there is to know of them.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The events.
    pub batch: &'a Batch,
    /// The numbers of its file and, in the file, of the batch.
    pub place: (u32, u32),
    /// The rows of companion tables.
    pub companions: &'a Companions,
    /// What is known of all events together.
    pub across_events: &'a AcrossEvents,
}

/// For each of the rows, the exclusions that hide it when they are on.
pub fn masks(
    exclusions: &[Exclusion],
    subject: Subject<'_>,
    rows: &[CountedRow],
) -> Vec<ExclusionSet> {
    masks_with(exclusions, subject, rows, &mut DomainAnswers::default())
}

/// Rows that are looked at together: few enough that what is known of them stays in a cache.
const ROWS_AT_ONCE: usize = 4096;

/// The same, with the answers that were found in other batches.
pub fn masks_with(
    exclusions: &[Exclusion],
    subject: Subject<'_>,
    rows: &[CountedRow],
    answers: &mut DomainAnswers,
) -> Vec<ExclusionSet> {
    let mut masks = vec![ExclusionSet::EMPTY; rows.len()];
    let exclusions = exclusions.iter();
    let exclusions = exclusions.map(|exclusion| ExclusionOfBatch::new(exclusion, subject));
    let mut exclusions: Vec<ExclusionOfBatch<'_>> = exclusions.collect();
    let parts = rows.chunks(ROWS_AT_ONCE);
    for (rows, masks) in parts.zip(masks.chunks_mut(ROWS_AT_ONCE)) {
        for (index, exclusion) in exclusions.iter_mut().enumerate() {
            for place in exclusion.hidden(rows, answers) {
                masks[usize::from(place)].insert(index);
            }
        }
    }
    masks
}

/// An exclusion on one batch.
struct ExclusionOfBatch<'a> {
    exclusion: &'a Exclusion,
    matches: Vec<ClauseOfBatch<'a>>,
    unless: Vec<ClauseOfBatch<'a>>,
}

impl<'a> ExclusionOfBatch<'a> {
    fn new(exclusion: &'a Exclusion, subject: Subject<'a>) -> Self {
        let of_batch = |clauses: &'a [Clause]| {
            let clauses = clauses.iter();
            clauses
                .map(|clause| ClauseOfBatch::new(clause, subject))
                .collect()
        };
        ExclusionOfBatch {
            exclusion,
            matches: of_batch(&exclusion.matches),
            unless: of_batch(&exclusion.unless),
        }
    }

    /// The places in `rows` that it hides.
    fn hidden(&mut self, rows: &[CountedRow], answers: &mut DomainAnswers) -> Vec<u16> {
        let in_scope: Vec<u16> = (0..)
            .zip(rows)
            .filter(|(_, row)| self.exclusion.scope.covers(row.side))
            .map(|(place, _)| place)
            .collect();
        match self.exclusion.hides {
            Hides::Matching => self.matching(in_scope, rows, answers),
            Hides::Others => {
                let mut others = in_scope.clone();
                remove(&mut others, &self.matching(in_scope, rows, answers));
                others
            }
        }
    }

    /// Those of the places in `rows` that it matches.
    fn matching(
        &mut self,
        places: Vec<u16>,
        rows: &[CountedRow],
        answers: &mut DomainAnswers,
    ) -> Vec<u16> {
        let mut matched = any_clause(&mut self.matches, places, rows, answers);
        if !matched.is_empty() && !self.unless.is_empty() {
            let spared = any_clause(&mut self.unless, matched.clone(), rows, answers);
            remove(&mut matched, &spared);
        }
        matched
    }
}

/// The places, ascending, at which any of the clauses holds.
fn any_clause(
    clauses: &mut [ClauseOfBatch<'_>],
    places: Vec<u16>,
    rows: &[CountedRow],
    answers: &mut DomainAnswers,
) -> Vec<u16> {
    let mut held: Vec<u16> = Vec::new();
    let mut open = places;
    for clause in clauses {
        if open.is_empty() {
            break;
        }
        let holding = clause.holding(open.clone(), rows, answers);
        if !holding.is_empty() {
            remove(&mut open, &holding);
            held.extend(holding);
        }
    }
    held.sort_unstable();
    held
}

/// Removes those of the places that are also among `others`, which has no further ones. Both ascend.
fn remove(places: &mut Vec<u16>, others: &[u16]) {
    let mut others = others.iter();
    let mut next = others.next();
    places.retain(|place| {
        let is_other = next == Some(place);
        if is_other {
            next = others.next();
        }
        !is_other
    });
}

/// A clause on one batch. A condition is looked at only where those before it hold: its columns may have to be unpacked.
struct ClauseOfBatch<'a> {
    subject: Subject<'a>,
    conditions: Vec<(&'a Condition, Option<Evaluation<'a>>)>,
}

impl<'a> ClauseOfBatch<'a> {
    fn new(Clause(conditions): &'a Clause, subject: Subject<'a>) -> Self {
        ClauseOfBatch {
            subject,
            conditions: conditions
                .iter()
                .map(|condition| (condition, None))
                .collect(),
        }
    }

    /// Those of the places at which it holds.
    fn holding(
        &mut self,
        mut places: Vec<u16>,
        rows: &[CountedRow],
        answers: &mut DomainAnswers,
    ) -> Vec<u16> {
        for (condition, evaluation) in &mut self.conditions {
            if places.is_empty() {
                break;
            }
            let evaluation =
                evaluation.get_or_insert_with(|| Evaluation::new(condition, self.subject));
            let by_domain = answers.of(condition);
            let asks_for_domain = Side::BOTH.map(|side| condition.asks_for_domain(side));
            places.retain(|&place| {
                let row = rows[usize::from(place)];
                match row.domain {
                    Some(domain) if asks_for_domain[row.side as usize] => {
                        let domain = domain as usize;
                        if by_domain.len() <= domain {
                            by_domain.resize(domain + 1, None);
                        }
                        *by_domain[domain].get_or_insert_with(|| evaluation.holds(row))
                    }
                    _ => evaluation.holds(row),
                }
            });
        }
        places
    }
}

/// One condition on one batch, with the answers it has already found.
struct Evaluation<'a> {
    condition: &'a Condition,
    subject: Subject<'a>,
    sources: Vec<(Source<'a>, ToldOnce<'a, bool>)>,
    others: Vec<Source<'a>>,
    /// For each side, the place of the only source that decides, where it is so: every row comes here.
    only_sources: [Option<usize>; 2],
}

impl<'a> Evaluation<'a> {
    fn new(condition: &'a Condition, subject: Subject<'a>) -> Self {
        let sources: Vec<(Source<'a>, ToldOnce<'a, bool>)> = condition
            .field
            .sources(subject.batch)
            .into_iter()
            .map(|source| {
                let answers = ToldOnce::of(Some(source.column));
                (source, answers)
            })
            .collect();
        let is_of_sources = condition.field.companion().is_none()
            && condition.field != Field::IsLatestRecord
            && !matches!(condition.test, Test::EqualsField { .. });
        let only_sources = Side::BOTH.map(|side| {
            let of_side = |(source, _): &(Source<'_>, _)| source.is_of(side);
            let place = sources.iter().position(of_side)?;
            let is_only = !sources[place + 1..].iter().any(of_side);
            (is_of_sources && is_only).then_some(place)
        });
        let others = match &condition.test {
            Test::EqualsField { field, .. } => field.sources(subject.batch),
            _ => Vec::new(),
        };
        Evaluation {
            condition,
            subject,
            sources,
            others,
            only_sources,
        }
    }

    #[inline]
    fn holds(&mut self, counted: CountedRow) -> bool {
        let Some(place) = self.only_sources[counted.side as usize] else {
            return self.holds_by_all_sources(counted);
        };
        let (test, own_domains) = (&self.condition.test, self.own_domains());
        let (source, answers) = &mut self.sources[place];
        answers.get(usize::from(counted.row), |cell| {
            test.passes(&source.extraction.value(cell), own_domains)
        })
    }

    fn holds_by_all_sources(&mut self, counted: CountedRow) -> bool {
        let row = usize::from(counted.row);
        if let Some(table) = self.condition.field.companion() {
            return self.holds_for_companion(table, row);
        }
        if self.condition.field == Field::IsLatestRecord {
            return self.holds_for_latest_record(counted.row);
        }
        if let Test::EqualsField { cased, .. } = self.condition.test {
            return self.equals_other_field(counted, cased);
        }
        let (test, own_domains) = (&self.condition.test, self.own_domains());
        let mut sources = self
            .sources
            .iter_mut()
            .filter(|(source, _)| source.is_of(counted.side));
        let mut passes = |(source, answers): &mut (Source<'_>, ToldOnce<'_, bool>)| {
            answers.get(row, |cell| {
                test.passes(&source.extraction.value(cell), own_domains)
            })
        };
        let wants_absence = matches!(test, Test::Exists(false));
        if wants_absence {
            // It is absent only where every place it could stand in is empty.
            return sources.all(&mut passes);
        }
        sources.any(&mut passes)
    }

    fn own_domains(&self) -> &'a DomainSet {
        self.subject.across_events.own_domains()
    }

    /// Of a row without message or recipient it is not known, nor is it while more events may come.
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

    fn equals_other_field(&self, counted: CountedRow, cased: bool) -> bool {
        let row = usize::from(counted.row);
        let sources = self.sources.iter().map(|(source, _)| source);
        sources
            .filter(|source| source.is_of(counted.side))
            .any(|source| {
                let value = source.value(row);
                let value = folded_unless(cased, &value);
                let others = self.others.iter();
                !value.is_empty()
                    && others
                        .filter(|other| other.is_of(counted.side))
                        .any(|other| *folded_unless(cased, &other.value(row)) == *value)
            })
    }

    /// Asks the rows that a companion table has of the email's message. Those of attachments say the
    /// recipient too, but the files of a message are the same for all of them.
    fn holds_for_companion(&self, table: Table, row: usize) -> bool {
        let Subject {
            batch, companions, ..
        } = self.subject;
        let message = batch.cell(names::NETWORK_MESSAGE_ID, row);
        // Of an email without an id, or without that table, nothing is known of its links or files,
        // also not that it has none.
        if message.trim_ascii().is_empty() || !companions.is_loaded(table) {
            return false;
        }
        if self.condition.every
            && table == Table::EmailUrlInfo
            && links_are_missing(batch, row, companions)
        {
            return false;
        }
        let mut values = companions
            .of_message(table, message)
            .map(|row| self.condition.field.value_in(&row))
            .peekable();
        if values.peek().is_none() {
            return matches!(self.condition.test, Test::Exists(false));
        }
        let (test, own_domains) = (&self.condition.test, self.own_domains());
        if self.condition.every {
            return values.all(|value| test.passes(value, own_domains));
        }
        values.any(|value| test.passes(value, own_domains))
    }
}

/// Whether fewer links of an email are loaded than it is said to have: then nothing is known of them all.
fn links_are_missing(batch: &Batch, row: usize, companions: &Companions) -> bool {
    let said = Bound::read(batch.cell(names::URL_COUNT, row));
    let Some(said) = said else {
        return false;
    };
    let message = batch.cell(names::NETWORK_MESSAGE_ID, row);
    let links: HashSet<&[u8]> = companions
        .of_message(Table::EmailUrlInfo, message)
        .map(|link| {
            let url = link.cell(names::URL);
            if url.is_empty() {
                link.cell(names::URL_DOMAIN)
            } else {
                url
            }
        })
        .collect();
    said.is_greater_than(links.len())
}

/// The (canonical) columns that any of the exclusions looks at, those that may hold headers included.
pub fn columns_of(exclusions: &[Exclusion]) -> Vec<String> {
    let fields = conditions_of(exclusions).flat_map(Condition::fields);
    let mut columns: Vec<String> = fields
        .flat_map(columns_of_field)
        .map(str::to_owned)
        .collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

fn columns_of_field(field: &Field) -> Vec<&str> {
    match field {
        Field::Column(name) => vec![name],
        Field::JsonKey { column, .. } => vec![column],
        Field::RecipientDomain => vec![names::RECIPIENT_EMAIL_ADDRESS],
        Field::PartnerDomain => vec![names::RECIPIENT_EMAIL_ADDRESS, names::SENDER_FROM_DOMAIN],
        Field::IsLatestRecord => vec![names::NETWORK_MESSAGE_ID, names::RECIPIENT_EMAIL_ADDRESS],
        Field::Header(_) => vec![names::ADDITIONAL_FIELDS],
        Field::Url => vec![names::URL, names::URL_COUNT],
        Field::UrlDomain => vec![names::URL, names::URL_DOMAIN, names::URL_COUNT],
        Field::FileName => vec![names::FILE_NAME],
        Field::FileType => vec![names::FILE_TYPE],
    }
}

/// The headers that any of the exclusions looks at.
pub fn headers_of(exclusions: &[Exclusion]) -> Vec<String> {
    let fields = conditions_of(exclusions).flat_map(Condition::fields);
    let mut headers: Vec<String> = fields
        .filter_map(|field| match field {
            Field::Header(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    headers.sort_unstable();
    headers.dedup();
    headers
}

/// The companion tables that any of the exclusions looks at.
pub fn companions_of(exclusions: &[Exclusion]) -> Vec<Table> {
    let mut tables: Vec<Table> = conditions_of(exclusions)
        .filter_map(|condition| condition.field.companion())
        .collect();
    tables.sort_unstable();
    tables.dedup();
    tables
}

fn conditions_of(exclusions: &[Exclusion]) -> impl Iterator<Item = &Condition> {
    exclusions.iter().flat_map(Exclusion::conditions)
}
