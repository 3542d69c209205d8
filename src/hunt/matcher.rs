//! Evaluates exclusions over a batch of events: one bit of a mask for each that matches.
//!
//! A condition is evaluated once for each distinct value of a dictionary column, not once for each
//! event, and only on events that the hunt counts.

use super::exclusion::{Clause, Condition, Exclusion, ExclusionSet, Scope, Test};
use super::fields::{self, Field, Source};
use crate::events::Batch;
use crate::events::EventStore;
use crate::events::column::Column;
use crate::events::companions::Companions;
use crate::events::schema::{Table, names};

/// The side of the hunt an event counts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `EmailDirection == "Outbound"`.
    Outbound,
    /// `EmailDirection == "Inbound"` and `ThreatTypes` not empty.
    Threat,
}

/// A row of a batch that the hunt counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedRow {
    /// The row.
    pub row: u16,
    /// Where it counts.
    pub side: Side,
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

/// For each of the rows, the exclusions that match it.
pub fn masks(
    exclusions: &[Exclusion],
    batch: &Batch,
    companions: &Companions,
    rows: &[CountedRow],
) -> Vec<ExclusionSet> {
    let mut masks = vec![ExclusionSet::EMPTY; rows.len()];
    for (index, exclusion) in exclusions.iter().enumerate() {
        for place in matching(exclusion, batch, companions, rows) {
            masks[place].insert(index);
        }
    }
    masks
}

/// The places in `rows` that an exclusion matches.
fn matching(
    exclusion: &Exclusion,
    batch: &Batch,
    companions: &Companions,
    rows: &[CountedRow],
) -> Vec<usize> {
    let in_scope: Vec<usize> = (0..rows.len())
        .filter(|&place| exclusion.scope.covers(rows[place].side))
        .collect();
    let matched = any_clause(&exclusion.matches, in_scope, batch, companions, rows);
    if matched.is_empty() {
        return matched;
    }
    let spared = any_clause(&exclusion.unless, matched.clone(), batch, companions, rows);
    matched
        .into_iter()
        .filter(|place| spared.binary_search(place).is_err())
        .collect()
}

/// The places, ascending, at which any of the clauses holds.
fn any_clause(
    clauses: &[Clause],
    places: Vec<usize>,
    batch: &Batch,
    companions: &Companions,
    rows: &[CountedRow],
) -> Vec<usize> {
    let mut held: Vec<usize> = Vec::new();
    let mut open = places;
    for Clause(conditions) in clauses {
        if open.is_empty() {
            break;
        }
        let mut holding = open.clone();
        for condition in conditions {
            let mut evaluation = Evaluation::new(condition, batch, companions);
            holding.retain(|&place| evaluation.holds(usize::from(rows[place].row)));
        }
        open.retain(|place| holding.binary_search(place).is_err());
        held.extend(holding);
    }
    held.sort_unstable();
    held
}

/// One condition on one batch, with the answers it has already found.
struct Evaluation<'a> {
    condition: &'a Condition,
    batch: &'a Batch,
    companions: &'a Companions,
    sources: Vec<(Source<'a>, Answers)>,
    others: Vec<Source<'a>>,
}

/// Answers by distinct value, where a column has few of them.
enum Answers {
    ByCode(Vec<Option<bool>>),
    Same(Option<bool>),
    None,
}

impl<'a> Evaluation<'a> {
    fn new(condition: &'a Condition, batch: &'a Batch, companions: &'a Companions) -> Self {
        let sources = condition
            .field
            .sources(batch)
            .into_iter()
            .map(|source| {
                let answers = match source.column {
                    Column::Dictionary { values, .. } => Answers::ByCode(vec![None; values.len()]),
                    Column::Constant(_) => Answers::Same(None),
                    Column::Plain(_) => Answers::None,
                };
                (source, answers)
            })
            .collect();
        let others = match &condition.test {
            Test::EqualsField(other) => other.sources(batch),
            _ => Vec::new(),
        };
        Evaluation {
            condition,
            batch,
            companions,
            sources,
            others,
        }
    }

    fn holds(&mut self, row: usize) -> bool {
        if let Some(table) = self.condition.field.companion() {
            return self.holds_for_companion(table, row);
        }
        if matches!(self.condition.test, Test::EqualsField(_)) {
            return self.equals_other_field(row);
        }
        let test = &self.condition.test;
        let wants_absence = matches!(test, Test::Exists(false));
        if wants_absence {
            // It is absent only where every place it could stand in is empty.
            return self
                .sources
                .iter_mut()
                .all(|(source, answers)| passes(test, source, answers, row));
        }
        self.sources
            .iter_mut()
            .any(|(source, answers)| passes(test, source, answers, row))
    }

    fn equals_other_field(&self, row: usize) -> bool {
        self.sources.iter().any(|(source, _)| {
            let value = source.extraction.value(source.column.get(row));
            let value = fields::fold_case(&value);
            !value.is_empty()
                && self.others.iter().any(|other| {
                    let other = other.extraction.value(other.column.get(row));
                    *fields::fold_case(&other) == *value
                })
        })
    }

    /// Asks the rows that a companion table has of the email's message. Those of attachments say the
    /// recipient too, but the files of a message are the same for all of them.
    fn holds_for_companion(&self, table: Table, row: usize) -> bool {
        let message = self.batch.cell(names::NETWORK_MESSAGE_ID, row);
        // Of an email without an id, or without that table, nothing is known of its links or files,
        // also not that it has none.
        if message.trim_ascii().is_empty() || !self.companions.is_loaded(table) {
            return false;
        }
        let mut values = self
            .companions
            .of_message(table, message)
            .map(|row| self.condition.field.value_in(&row))
            .peekable();
        if values.peek().is_none() {
            return matches!(self.condition.test, Test::Exists(false));
        }
        let test = &self.condition.test;
        if self.condition.every {
            return values.all(|value| test.passes(value));
        }
        values.any(|value| test.passes(value))
    }
}

fn passes(test: &Test, source: &Source<'_>, answers: &mut Answers, row: usize) -> bool {
    let evaluate = || test.passes(&source.extraction.value(source.column.get(row)));
    let known = match (answers, source.column) {
        (Answers::ByCode(answers), Column::Dictionary { codes, .. }) => {
            answers.get_mut(usize::from(codes[row]))
        }
        (Answers::Same(answer), _) => Some(answer),
        _ => None,
    };
    match known {
        Some(answer) => *answer.get_or_insert_with(evaluate),
        None => evaluate(),
    }
}

/// Why an exclusion cannot match whatever the events are: what all its clauses lack.
/// `None` when at least one clause has all it looks at.
pub fn inert_reason(
    exclusion: &Exclusion,
    store: &EventStore,
    missing_headers: &[String],
) -> Option<String> {
    let mut reasons = Vec::new();
    for Clause(conditions) in &exclusion.matches {
        let lack = conditions
            .iter()
            .find_map(|condition| lack(condition, store, missing_headers))?;
        reasons.push(lack);
    }
    // The first clause is the main one; the others are further ways to the same evidence.
    reasons.into_iter().next()
}

/// What a condition lacks in the loaded files, so that it can never hold, if it does.
fn lack(condition: &Condition, store: &EventStore, missing_headers: &[String]) -> Option<String> {
    let field = &condition.field;
    if let Some(table) = field.companion() {
        let is_loaded = store.companions().is_loaded(table);
        return (!is_loaded).then(|| format!("no {} loaded", table.name()));
    }
    if matches!(condition.test, Test::Exists(false)) {
        // A column that is not there is as good as one that is always empty: exports may leave
        // out what is empty.
        return None;
    }
    let without_column =
        |name: &str| (!store.has_column(name)).then(|| format!("no column {name} loaded"));
    match field {
        Field::Column(name) => without_column(name),
        Field::JsonKey { column, .. } => without_column(column),
        Field::RecipientDomain => without_column(names::RECIPIENT_EMAIL_ADDRESS),
        Field::Header(name) => missing_headers
            .contains(name)
            .then(|| format!("no header {name} loaded")),
        Field::Url | Field::UrlDomain | Field::FileName | Field::FileType => None,
    }
}

/// The (canonical) columns that any of the exclusions looks at, those that may hold headers included.
pub fn columns_of(exclusions: &[Exclusion]) -> Vec<String> {
    let mut columns: Vec<String> = exclusions
        .iter()
        .flat_map(|exclusion| exclusion.matches.iter().chain(&exclusion.unless))
        .flat_map(|Clause(conditions)| conditions)
        .map(|condition| match &condition.field {
            Field::Column(name) => name.clone(),
            Field::JsonKey { column, .. } => column.clone(),
            Field::RecipientDomain => names::RECIPIENT_EMAIL_ADDRESS.to_owned(),
            Field::Header(_) => names::ADDITIONAL_FIELDS.to_owned(),
            Field::Url => names::URL.to_owned(),
            Field::UrlDomain => names::URL_DOMAIN.to_owned(),
            Field::FileName => names::FILE_NAME.to_owned(),
            Field::FileType => names::FILE_TYPE.to_owned(),
        })
        .collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// The headers that any of the exclusions looks at.
pub fn headers_of(exclusions: &[Exclusion]) -> Vec<String> {
    let mut headers: Vec<String> = conditions_of(exclusions)
        .filter_map(|condition| match &condition.field {
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
    exclusions
        .iter()
        .flat_map(|exclusion| exclusion.matches.iter().chain(&exclusion.unless))
        .flat_map(|Clause(conditions)| conditions)
}
