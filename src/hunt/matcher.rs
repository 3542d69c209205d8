//! Evaluates exclusions over a batch of events: one bit of a mask for each that matches.
//!
//! A condition is evaluated once for each distinct value of a dictionary column, not once for each
//! event, and only on events that the hunt counts.
//!
//! What cannot be read never hides an email: such a value does not match, it makes a guard hold, and where all but
//! what matches is hidden it counts as matching.
//!
//! An email that several files have, and of which they do not say the same, is hidden only where each of its copies
//! would be.

mod asked;
mod evaluation;
mod subject;

use super::exclusion::{Clause, Condition, Exclusion, ExclusionSet, Hides, Scope, Test};
use super::fields::Field;
use super::side::Side;
use crate::events::differing_copies::CopiesOfRows;
use crate::events::schema::names;
use evaluation::{Evaluation, Role};
use hashbrown::HashMap;

pub use asked::{columns_needed, columns_of, companions_of, headers_of};
pub use subject::{CountedRow, Subject};

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

/// What exclusions do to a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowMasks {
    /// The exclusions that hide it when they are on.
    pub hidden_by: ExclusionSet,
    /// The exclusions that would hide it if a guard of theirs could be read and did not hold.
    pub kept_unread: ExclusionSet,
}

impl RowMasks {
    /// Whether no exclusion does anything to it.
    pub fn are_empty(&self) -> bool {
        self.hidden_by.is_empty() && self.kept_unread.is_empty()
    }

    /// What the exclusions do to an email of which copies have these masks.
    fn and(self, other: RowMasks) -> Self {
        let hidden_by = self.hidden_by.and(other.hidden_by);
        RowMasks {
            hidden_by,
            kept_unread: self.kept_unread.or(other.kept_unread).without(hidden_by),
        }
    }
}

/// What the exclusions do to each of the rows.
pub fn masks(exclusions: &[Exclusion], subject: Subject<'_>, rows: &[CountedRow]) -> Vec<RowMasks> {
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
) -> Vec<RowMasks> {
    let mut masks = masks_of_rows(exclusions, subject, rows, answers);
    let all_copies = subject.store.differing_copies.of_batch(subject.place);
    if all_copies.is_empty() {
        return masks;
    }
    let mut of_copies: Vec<Option<RowMasks>> = vec![None; rows.len()];
    for copies in all_copies {
        for (place, mask) in masks_of_copies(exclusions, subject, rows, copies) {
            let known = &mut of_copies[place];
            *known = Some(known.map_or(mask, |known| known.and(mask)));
        }
    }
    // One of the copies is the row itself, with what the others say where it says nothing.
    for (mask, of_copies) in masks.iter_mut().zip(of_copies) {
        *mask = of_copies.unwrap_or(*mask);
    }
    masks
}

/// What the exclusions do to copies of some of the rows, which ascend, each with the place of its row.
fn masks_of_copies(
    exclusions: &[Exclusion],
    subject: Subject<'_>,
    rows: &[CountedRow],
    copies: &CopiesOfRows,
) -> Vec<(usize, RowMasks)> {
    let (mut places, mut of_copies) = (Vec::new(), Vec::new());
    for (copy, &row) in (0..).zip(&copies.rows) {
        let start = rows.partition_point(|counted| counted.row < row);
        let counted = rows[start..].iter().zip(start..);
        for (counted, place) in counted.take_while(|(counted, _)| counted.row == row) {
            places.push(place);
            of_copies.push(CountedRow {
                row: copy,
                side: counted.side,
                // A copy may say another domain than the one that counts.
                domain: None,
            });
        }
    }
    let subject = Subject {
        batch: &copies.batch,
        counting: Some(&copies.rows),
        ..subject
    };
    let masks = masks_of_rows(
        exclusions,
        subject,
        &of_copies,
        &mut DomainAnswers::default(),
    );
    places.into_iter().zip(masks).collect()
}

fn masks_of_rows(
    exclusions: &[Exclusion],
    subject: Subject<'_>,
    rows: &[CountedRow],
    answers: &mut DomainAnswers,
) -> Vec<RowMasks> {
    let mut masks = vec![RowMasks::default(); rows.len()];
    let exclusions = exclusions.iter();
    let exclusions = exclusions.map(|exclusion| ExclusionOfBatch::new(exclusion, subject));
    let mut exclusions: Vec<ExclusionOfBatch<'_>> = exclusions.collect();
    let parts = rows.chunks(ROWS_AT_ONCE);
    for (rows, masks) in parts.zip(masks.chunks_mut(ROWS_AT_ONCE)) {
        for (index, exclusion) in exclusions.iter_mut().enumerate() {
            let touched = exclusion.touched(rows, answers);
            for place in touched.hidden {
                masks[usize::from(place)].hidden_by.insert(index);
            }
            for place in touched.kept_unread {
                masks[usize::from(place)].kept_unread.insert(index);
            }
        }
    }
    masks
}

/// The places in some rows that an exclusion does something to, ascending.
#[derive(Default)]
struct Touched {
    hidden: Vec<u16>,
    kept_unread: Vec<u16>,
}

/// An exclusion on one batch.
struct ExclusionOfBatch<'a> {
    exclusion: &'a Exclusion,
    matches: Vec<ClauseOfBatch<'a>>,
    unless: Vec<ClauseOfBatch<'a>>,
}

impl<'a> ExclusionOfBatch<'a> {
    fn new(exclusion: &'a Exclusion, subject: Subject<'a>) -> Self {
        let of_batch = |clauses: &'a [Clause], role: Role| {
            let clauses = clauses.iter();
            clauses
                .map(|clause| ClauseOfBatch::new(clause, role, subject))
                .collect()
        };
        let hides_matching = exclusion.hides == Hides::Matching;
        let matching = Role {
            is_guard: false,
            unclear_as: !hides_matching,
        };
        let sparing = Role {
            is_guard: true,
            unclear_as: hides_matching,
        };
        ExclusionOfBatch {
            exclusion,
            matches: of_batch(&exclusion.matches, matching),
            unless: of_batch(&exclusion.unless, sparing),
        }
    }

    /// The places in `rows` that it does something to.
    fn touched(&mut self, rows: &[CountedRow], answers: &mut DomainAnswers) -> Touched {
        let in_scope: Vec<u16> = (0..)
            .zip(rows)
            .filter(|(_, row)| self.exclusion.scope.covers(row.side))
            .map(|(place, _)| place)
            .collect();
        match self.exclusion.hides {
            Hides::Matching => {
                let mut hidden = any_clause(&mut self.matches, in_scope, rows, answers, false);
                let spared = self.spared(&hidden, rows, answers);
                remove(&mut hidden, &spared);
                let kept_unread = self.spared_unread(spared, rows, answers);
                Touched {
                    hidden,
                    kept_unread,
                }
            }
            Hides::Others => {
                let mut hidden = in_scope.clone();
                let mut matched = any_clause(&mut self.matches, in_scope, rows, answers, true);
                let spared = self.spared(&matched, rows, answers);
                remove(&mut matched, &spared);
                remove(&mut hidden, &matched);
                Touched {
                    hidden,
                    kept_unread: Vec::new(),
                }
            }
        }
    }

    /// Finds the matched places at which a guard holds.
    fn spared(
        &mut self,
        matched: &[u16],
        rows: &[CountedRow],
        answers: &mut DomainAnswers,
    ) -> Vec<u16> {
        if matched.is_empty() || self.unless.is_empty() {
            return Vec::new();
        }
        let unreadable_as = self.exclusion.hides == Hides::Matching;
        any_clause(
            &mut self.unless,
            matched.to_vec(),
            rows,
            answers,
            unreadable_as,
        )
    }

    /// Finds the spared places at which a guard holds only because it cannot be read.
    fn spared_unread(
        &mut self,
        mut spared: Vec<u16>,
        rows: &[CountedRow],
        answers: &mut DomainAnswers,
    ) -> Vec<u16> {
        if !self.unless.iter().any(ClauseOfBatch::met_unreadable) {
            return Vec::new();
        }
        let read = any_clause(&mut self.unless, spared.clone(), rows, answers, false);
        remove(&mut spared, &read);
        spared
    }
}

/// The places, ascending, at which any of the clauses holds where a condition on an unreadable value counts as that.
fn any_clause(
    clauses: &mut [ClauseOfBatch<'_>],
    places: Vec<u16>,
    rows: &[CountedRow],
    answers: &mut DomainAnswers,
    unreadable_as: bool,
) -> Vec<u16> {
    let mut held: Vec<u16> = Vec::new();
    let mut open = places;
    for clause in clauses {
        if open.is_empty() {
            break;
        }
        let holding = clause.holding(open.clone(), rows, answers, unreadable_as);
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
    role: Role,
    conditions: Vec<(&'a Condition, Option<Evaluation<'a>>)>,
}

impl<'a> ClauseOfBatch<'a> {
    fn new(Clause(conditions): &'a Clause, role: Role, subject: Subject<'a>) -> Self {
        ClauseOfBatch {
            subject,
            role,
            conditions: conditions
                .iter()
                .map(|condition| (condition, None))
                .collect(),
        }
    }

    /// Whether a value that was looked at cannot be read.
    fn met_unreadable(&self) -> bool {
        let evaluations = self.conditions.iter();
        let mut evaluations = evaluations.filter_map(|(_, evaluation)| evaluation.as_ref());
        evaluations.any(Evaluation::met_unreadable)
    }

    /// Those of the places at which it holds.
    fn holding(
        &mut self,
        mut places: Vec<u16>,
        rows: &[CountedRow],
        answers: &mut DomainAnswers,
        unreadable_as: bool,
    ) -> Vec<u16> {
        for (condition, evaluation) in &mut self.conditions {
            if places.is_empty() {
                break;
            }
            let evaluation = evaluation
                .get_or_insert_with(|| Evaluation::new(condition, self.role, self.subject));
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
                        *by_domain[domain]
                            .get_or_insert_with(|| evaluation.holds(row, unreadable_as))
                    }
                    _ => evaluation.holds(row, unreadable_as),
                }
            });
        }
        places
    }
}
