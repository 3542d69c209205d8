//! Counts batches of events into a cube as they are loaded, and gives the hunt of what there is.

use super::across_events::{AcrossEvents, AskedAcrossEvents};
use super::counting::Counting;
use super::exclusion::{Exclusion, ExclusionSet};
use super::fields;
use super::matched::MatchedCounts;
use super::matcher::{self, Subject};
use super::reevaluation::Reevaluation;
use super::side::Side;
use super::snapshot::Hunt;
use super::spellings::Spellings;
use crate::events::joined::TakenApart;
use crate::events::overlaps::{self, Overlaps};
use crate::events::passed::PassedEvents;
use crate::events::recipient_domains::RecipientDomains;
use crate::events::schema::{Table, names};
use crate::events::{Batch, EventStore};
use std::sync::Arc;

pub use super::counting::kept;

/// The columns from which the facets of threat emails come.
pub fn columns_of_facets() -> Vec<String> {
    [names::DELIVERY_ACTION, names::AUTHENTICATION_DETAILS]
        .map(str::to_owned)
        .to_vec()
}

/// The columns that are looked at of many events, where these exclusions are evaluated.
pub fn columns_looked_at(exclusions: &[Exclusion]) -> Vec<String> {
    let mut columns = matcher::columns_of(exclusions);
    let across_events = AskedAcrossEvents::by(exclusions).columns();
    columns.extend(across_events.into_iter().map(str::to_owned));
    columns.extend(columns_of_facets());
    columns
}

/// Counts events as they come.
#[derive(Debug)]
pub struct HuntBuilder {
    exclusions: Arc<[Exclusion]>,
    missing_headers: Vec<String>,
    store: EventStore,
    counting: Counting,
    /// Events were counted that are to be counted anew: the dates of their file turned out to have the
    /// other order.
    counts_are_stale: bool,
    /// The exclusions that are to be evaluated anew, because rows of companion tables that they look at came
    /// after events.
    stale_exclusions: ExclusionSet,
    overlaps: Arc<Overlaps>,
    keeps_duplicates: bool,
    asked_across_events: AskedAcrossEvents,
    across_events: Arc<AcrossEvents>,
    knows_across_events: bool,
}

impl HuntBuilder {
    /// A hunt over that many files, with nothing loaded yet.
    pub fn new(exclusions: Arc<[Exclusion]>, files: usize) -> Self {
        HuntBuilder {
            missing_headers: matcher::headers_of(&exclusions),
            asked_across_events: AskedAcrossEvents::by(&exclusions),
            exclusions,
            store: EventStore::new(files),
            counting: Counting::default(),
            counts_are_stale: false,
            stale_exclusions: ExclusionSet::EMPTY,
            overlaps: Arc::default(),
            keeps_duplicates: false,
            across_events: Arc::default(),
            knows_across_events: false,
        }
    }

    /// Lets events that are in several files count each time. Else they count once.
    pub fn keep_duplicates(&mut self) {
        self.keeps_duplicates = true;
    }

    /// Takes the domains of recipients from there.
    pub fn take_recipient_domains(&mut self, from: RecipientDomains) {
        self.store.recipient_domains = from;
    }

    /// Adds the next events of a file.
    pub fn add_events(&mut self, file: usize, batch: Batch) {
        let batch = Arc::new(batch);
        fields::remove_present_headers(&batch, &mut self.missing_headers);
        self.counts_are_stale |= self.store.add_dates(file, &batch.times().dates);
        self.note_late_columns(file, &batch);
        self.counts_are_stale |= self.store.settle_sender_domains(file, &batch);
        let number = self.store.add_events(file, Arc::clone(&batch));
        let subject = Subject {
            batch: &batch,
            place: (file as u32, number),
            store: &self.store,
            across_events: &self.across_events,
            counting: None,
        };
        let order = self.store.date_order(file);
        self.counting.add(subject, &[], &self.exclusions, order);
    }

    /// Notes what is to be counted or evaluated anew for a column that the file has from this batch on: the domains of
    /// recipients are taken from it, guards held so far for want of it, and what asks for every link did not match.
    fn note_late_columns(&mut self, file: usize, batch: &Batch) {
        let store = &self.store;
        let is_late = |column: &str| store.is_column_late(file, batch.names(), column);
        let of_recipients = [names::RECIPIENT_EMAIL_ADDRESS, names::RECIPIENT_DOMAIN];
        self.counts_are_stale |= of_recipients.into_iter().any(is_late);
        for (index, exclusion) in self.exclusions.iter().enumerate() {
            let needed = matcher::columns_needed(exclusion);
            if needed.into_iter().any(is_late) {
                self.stale_exclusions.insert(index);
            }
        }
    }

    /// Adds events of a file that are counted and not kept: they cannot be opened, no exclusion is evaluated on them, and
    /// it is not known when each was.
    pub fn add_passed(&mut self, file: usize, mut passed: PassedEvents) {
        self.store.add_dates(file, &passed.times().dates);
        let (store, column) = (&mut self.store, names::RECIPIENT_DOMAIN);
        if store.is_column_late(file, passed.names(), column) {
            if store.has_passed_of_others(file) {
                // Nobody knows which of those so far are of this file.
                store.note_need_of_kept_events();
            }
            self.counting.note_emails_before_column();
        }
        let lacks_column = store.lacks_passed_column(file, passed.names(), column);
        self.counting.add_tallies(passed.tallies(), lacks_column);
        self.store.pass_events(file, passed);
    }

    /// Adds what joined rows of a file were taken apart into.
    pub fn add_taken_apart(&mut self, file: usize, rows: TakenApart) {
        // First, so that exclusions know the links of the emails.
        for (table, batch) in rows.companions {
            self.add_companion(file, table, batch);
        }
        if let Some(emails) = rows.emails {
            self.add_events(file, emails);
        }
        if let Some(passed) = rows.passed {
            self.add_passed(file, *passed);
        }
    }

    /// Adds rows of a companion table in a file.
    pub fn add_companion(&mut self, file: usize, table: Table, batch: Batch) {
        self.counts_are_stale |= self.store.add_dates(file, &batch.times().dates);
        self.store.add_companion(file, table, Arc::new(batch));
        if self.store.events() == 0 {
            return;
        }
        for (index, exclusion) in self.exclusions.iter().enumerate() {
            if matcher::companions_of(std::slice::from_ref(exclusion)).contains(&table) {
                self.stale_exclusions.insert(index);
            }
        }
    }

    /// The hunt of what was added so far, while more is to come: exclusions that look at companion
    /// tables may not know yet of rows that came late, nor events of an order of dates that is shown
    /// late, and events that are in several files count each time.
    pub fn partial(&mut self) -> Hunt {
        let cube = self.counting.cube.cube(&self.counting.numbers);
        let hunt = Hunt {
            counts: MatchedCounts::of(cube),
            threats: self.counting.threats(),
            log: self.counting.log.clone(),
            ..self.so_far()
        };
        hunt.with_lacks()
    }

    /// The hunt of all that was added.
    pub fn complete(mut self) -> Hunt {
        self.counts_are_stale |= overlaps::decide_date_orders(&mut self.store);
        self.overlaps = Arc::new(Overlaps::find(&self.store));
        if !self.keeps_duplicates {
            self.store.differing_copies = Arc::clone(self.overlaps.differing_copies());
        }
        // Of events that are not kept nobody asks how they spell their domains.
        let mut spellings = Spellings::default();
        if self.store.has_passed() {
            self.store.close();
        } else {
            self.count_all();
            spellings = self.counting.spellings();
        }
        self.finished(spellings)
    }

    /// A hunt that was made before, with the domains of recipients taken from there.
    pub(super) fn recounted(hunt: &Hunt, from: RecipientDomains) -> Hunt {
        let mut store = hunt.store.clone();
        store.recipient_domains = from;
        let mut builder = HuntBuilder {
            missing_headers: hunt.missing_headers.clone(),
            store,
            overlaps: Arc::clone(&hunt.overlaps),
            keeps_duplicates: hunt.keeps_duplicates,
            asked_across_events: hunt.known_across_events,
            across_events: Arc::clone(&hunt.across_events),
            knows_across_events: true,
            ..HuntBuilder::new(Arc::clone(&hunt.exclusions), 0)
        };
        builder.count_anew(!hunt.keeps_duplicates);
        let spellings = builder.counting.spellings();
        builder.finished(spellings)
    }

    /// The hunt of what was counted, which is all there is.
    fn finished(mut self, spellings: Spellings) -> Hunt {
        let disagreeing_domains = self.counting.disagreeing_domains();
        let has_addresses = self.store.has_column(names::RECIPIENT_EMAIL_ADDRESS);
        let counting = &mut self.counting;
        let without_recipient_domain = counting.without_recipient_domain(has_addresses);
        let cube = std::mem::take(&mut counting.cube);
        let numbers = Arc::new(std::mem::take(&mut counting.numbers));
        let cube = cube.into_cube(&numbers);
        // Exclusions only ever remove: no other outbound email can ever count.
        let (layout, kinds) = (&cube.layout, &cube.kinds);
        counting
            .log
            .retain(|row| kinds.get(row.kind).side == Side::Threat || layout.can_rank(row.domain));
        let hunt = Hunt {
            counts: MatchedCounts::of(cube),
            threats: self.counting.all_threats(),
            log: std::mem::take(&mut self.counting.log),
            numbers: Some(numbers),
            spellings,
            disagreeing_domains,
            without_recipient_domain,
            ..self.so_far()
        };
        hunt.with_lacks()
    }

    /// The hunt of what was added without anything that is counted.
    fn so_far(&self) -> Hunt {
        let known_across_events = if self.knows_across_events {
            self.asked_across_events
        } else {
            AskedAcrossEvents::default()
        };
        Hunt {
            store: self.store.clone(),
            exclusions: Arc::clone(&self.exclusions),
            missing_headers: self.missing_headers.clone(),
            times: self.store.times(),
            overlaps: Arc::clone(&self.overlaps),
            keeps_duplicates: self.keeps_duplicates,
            across_events: Arc::clone(&self.across_events),
            known_across_events,
            ..Hunt::default()
        }
    }

    /// Sees to it that what is counted is right now that all events are there.
    fn count_all(&mut self) {
        let leaves_out = !self.keeps_duplicates && !self.overlaps.is_empty();
        if self.asked_across_events.is_anything() {
            let none = Overlaps::default();
            let left_out = if leaves_out { &self.overlaps } else { &none };
            let across_events = AcrossEvents::of(&self.store, left_out, self.asked_across_events);
            self.across_events = Arc::new(across_events);
            self.knows_across_events = true;
            for (index, exclusion) in self.exclusions.iter().enumerate() {
                if AskedAcrossEvents::by(std::slice::from_ref(exclusion)).is_anything() {
                    self.stale_exclusions.insert(index);
                }
            }
        }
        if self.counts_are_stale || leaves_out {
            self.count_anew(leaves_out);
        } else if !self.stale_exclusions.is_empty() {
            self.evaluate_stale();
        }
    }

    /// Evaluates some exclusions once more, now that all is known that they look at.
    fn evaluate_stale(&mut self) {
        let reevaluation = Reevaluation {
            store: &self.store,
            across_events: &self.across_events,
            exclusions: &self.exclusions,
            which: self.stale_exclusions,
        };
        let Counting { cube, log, .. } = &mut self.counting;
        let changes = reevaluation.run(cube.kinds().clone(), log);
        cube.change(changes.kinds, changes.cells);
        self.stale_exclusions = ExclusionSet::EMPTY;
    }

    /// Counts everything once more, now that all links are known, and the events that are in several files.
    fn count_anew(&mut self, leaves_out: bool) {
        self.counting = Counting::default();
        for (file, number, batch) in self.store.batches() {
            let left_out = if leaves_out {
                self.overlaps.of_batch(file, number)
            } else {
                &[]
            };
            let subject = Subject {
                batch,
                place: (file, number),
                store: &self.store,
                across_events: &self.across_events,
                counting: None,
            };
            let order = self.store.date_order(file as usize);
            self.counting
                .add(subject, left_out, &self.exclusions, order);
        }
        self.counts_are_stale = false;
        self.stale_exclusions = ExclusionSet::EMPTY;
    }
}

impl Hunt {
    /// The hunt of the same events with the domains of recipients taken from there. It takes time by the number of events.
    #[must_use]
    pub fn with_recipient_domains(&self, from: RecipientDomains) -> Hunt {
        HuntBuilder::recounted(self, from)
    }
}
