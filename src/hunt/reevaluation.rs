//! Evaluates some exclusions anew on the rows that the hunt counts, and changes only what is counted of the
//! rows whose answer is another. All processors look at batches.

use super::across_events::AcrossEvents;
use super::counted_rows::{CountedLog, CountedRows};
use super::cube::Cell;
use super::exclusion::{Exclusion, ExclusionSet};
use super::kinds::{Kind, Kinds};
use super::matcher::{self, DomainAnswers, RowMasks, Subject};
use super::runs;
use crate::events::EventStore;
use crate::processors;
use hashbrown::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What to evaluate, and on what.
pub struct Reevaluation<'a> {
    /// The events.
    pub store: &'a EventStore,
    /// What is known of all events together.
    pub across_events: &'a AcrossEvents,
    /// All exclusions.
    pub exclusions: &'a [Exclusion],
    /// Those of them to evaluate; of the others the kinds know the answer.
    pub which: ExclusionSet,
}

/// What is different afterwards.
pub struct Changes {
    /// All kinds there are.
    pub kinds: Kinds,
    /// What there is more and less of on each side, in sorted parts.
    pub cells: [Vec<Vec<Cell>>; 2],
}

/// What is different in one batch.
struct ChangedBatch {
    place: (u32, u32),
    rows: CountedRows,
    cells: [Vec<Cell>; 2],
}

impl Reevaluation<'_> {
    /// Evaluates, and brings `log`, whose kinds these are, up to date.
    pub fn run(&self, kinds: Kinds, log: &mut CountedLog) -> Changes {
        if self.which.is_empty() {
            return Changes {
                kinds,
                cells: [Vec::new(), Vec::new()],
            };
        }
        let batches: Vec<(u32, u32, &Arc<CountedRows>)> = log.batches().collect();
        let kinds = Mutex::new(kinds);
        let changed: Vec<ChangedBatch> = processors::of_each(
            &batches,
            || Worker::new(self, &kinds),
            |worker, (file, number, rows)| worker.batch((*file, *number), rows),
        );
        let mut cells = [Vec::new(), Vec::new()];
        for batch in changed {
            log.set(batch.place.0, batch.place.1, Arc::new(batch.rows));
            for (all, of_batch) in cells.iter_mut().zip(batch.cells) {
                all.push(of_batch);
            }
        }
        let kinds = kinds.into_inner().unwrap_or_else(PoisonError::into_inner);
        Changes { kinds, cells }
    }
}

/// What one of the processors does.
struct Worker<'w> {
    reevaluation: &'w Reevaluation<'w>,
    /// The exclusions to evaluate, and the number of each.
    exclusions: Vec<Exclusion>,
    numbers: Vec<usize>,
    kinds: &'w Mutex<Kinds>,
    /// The kinds as they were; numbers that came since are in `changed`.
    known: Kinds,
    /// Whether the exclusions to evaluate did anything to emails of any of them.
    were_any_touched: bool,
    /// The number of the kind with these answers in the place of those before.
    changed: HashMap<(u32, ExclusionSet, ExclusionSet), u32>,
    answers: DomainAnswers,
}

impl<'w> Worker<'w> {
    fn new(reevaluation: &'w Reevaluation<'w>, kinds: &'w Mutex<Kinds>) -> Self {
        let numbers: Vec<usize> = reevaluation.which.iter().collect();
        let exclusions = numbers.iter();
        let exclusions = exclusions.filter_map(|&number| reevaluation.exclusions.get(number));
        let known = kinds.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let is_touched = |kind: Kind| {
            let touched = kind.mask.or(kind.kept_unread);
            !touched.and(reevaluation.which).is_empty()
        };
        let were_any_touched = known.iter().any(is_touched);
        Worker {
            exclusions: exclusions.cloned().collect(),
            reevaluation,
            numbers,
            were_any_touched,
            known,
            kinds,
            changed: HashMap::new(),
            answers: DomainAnswers::default(),
        }
    }

    /// What is different in a batch, if anything is.
    fn batch(&mut self, place: (u32, u32), counted: &CountedRows) -> Option<ChangedBatch> {
        let store = self.reevaluation.store;
        let batch = store.batch_at(place.0, place.1)?;
        let subject = Subject {
            batch,
            place,
            store,
            across_events: self.reevaluation.across_events,
            counting: None,
        };
        let rows = counted.rows(&self.known);
        let answers = matcher::masks_with(&self.exclusions, subject, &rows, &mut self.answers);
        if !self.were_any_touched && answers.iter().all(RowMasks::are_empty) {
            return None;
        }
        let mut changes: Vec<(usize, u32)> = Vec::new();
        let mut cells = [Vec::new(), Vec::new()];
        for (row, (answer, counted_row)) in answers.into_iter().zip(&rows).enumerate() {
            let kind = counted.kind(row);
            let Some(new) = self.changed_kind(kind, answer) else {
                continue;
            };
            changes.push((row, new));
            let counted = counted.get(row);
            let cells = &mut cells[counted_row.side as usize];
            for (kind, emails) in [(kind, -1), (new, 1)] {
                cells.push(Cell {
                    domain: counted.domain,
                    kind,
                    hour: counted.hour.into(),
                    emails,
                });
            }
        }
        if changes.is_empty() {
            return None;
        }
        cells.iter_mut().for_each(runs::sort);
        Some(ChangedBatch {
            place,
            rows: counted.with_kinds(changes.into_iter()),
            cells,
        })
    }

    /// The number of the kind that emails of a kind are with these answers, if it is another.
    fn changed_kind(&mut self, number: u32, answer: RowMasks) -> Option<u32> {
        let kind = self.known.get(number);
        let which = self.reevaluation.which;
        let touched = kind.mask.or(kind.kept_unread);
        if answer.are_empty() && touched.and(which).is_empty() {
            return None;
        }
        let numbers = &self.numbers;
        let renewed = |before: ExclusionSet, answer: ExclusionSet| {
            let mut mask = before.without(which);
            for place in answer.iter() {
                mask.insert(numbers[place]);
            }
            mask
        };
        let mask = renewed(kind.mask, answer.hidden_by);
        let kept_unread = renewed(kind.kept_unread, answer.kept_unread);
        let new_kind = Kind {
            mask,
            kept_unread,
            ..kind
        };
        if new_kind == kind {
            return None;
        }
        let key = (number, mask, kept_unread);
        let new = *self.changed.entry(key).or_insert_with(|| {
            let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
            kinds.number(new_kind)
        });
        Some(new)
    }
}

/// Which numbers exclusions had among those before, as far as they hide the same as one of them.
pub struct Renumbering(Vec<Option<usize>>);

impl Renumbering {
    /// From `before` to `exclusions`; those that are out of date are as good as new.
    pub fn of(
        exclusions: &[Exclusion],
        before: &[Exclusion],
        is_out_of_date: impl Fn(&Exclusion) -> bool,
    ) -> Self {
        let place_before = |(index, exclusion): (usize, &Exclusion)| {
            let is_same = |other: &Exclusion| other.hides_the_same_as(exclusion);
            if is_out_of_date(exclusion) {
                return None;
            }
            if before.get(index).is_some_and(is_same) {
                return Some(index);
            }
            before.iter().position(is_same)
        };
        Renumbering(exclusions.iter().enumerate().map(place_before).collect())
    }

    /// Those that are new.
    pub fn new_ones(&self) -> ExclusionSet {
        let mut new = ExclusionSet::EMPTY;
        let places = self.0.iter().enumerate();
        for (index, _) in places.filter(|(_, place)| place.is_none()) {
            new.insert(index);
        }
        new
    }

    /// A mask of those before, without those that are gone and, for now, those that are new.
    pub fn mask(&self, before: ExclusionSet) -> ExclusionSet {
        let mut mask = ExclusionSet::EMPTY;
        for (index, place) in self.0.iter().enumerate() {
            if place.is_some_and(|place| before.contains(place)) {
                mask.insert(index);
            }
        }
        mask
    }
}
