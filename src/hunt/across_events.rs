//! What exclusions ask that takes a look at all events: which domains are our own, and which records are
//! the latest of their email.

use super::exclusion::Exclusion;
use super::exclusion::texts::DomainSet;
use super::fields::Field;
use super::key_values::says_something;
use crate::events::overlaps::Overlaps;
use crate::events::schema::names;
use crate::events::superseded::Superseded;
use crate::events::{Batch, EventStore};
use hashbrown::HashSet;

/// What is known of all events together. Before all are loaded nothing is.
#[derive(Clone, Debug, Default)]
pub struct AcrossEvents {
    own_domains: DomainSet,
    /// Known where an exclusion asks for it.
    superseded: Option<Superseded>,
}

/// Which of it exclusions ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AskedAcrossEvents {
    /// Which domains are our own.
    pub own_domains: bool,
    /// Which records are the latest.
    pub latest_records: bool,
}

impl AskedAcrossEvents {
    /// What any of these exclusions asks for.
    pub fn by(exclusions: &[Exclusion]) -> Self {
        let mut asked = AskedAcrossEvents::default();
        for condition in exclusions.iter().flat_map(Exclusion::conditions) {
            asked.latest_records |= condition.field == Field::IsLatestRecord;
        }
        asked.own_domains = exclusions.iter().any(Exclusion::asks_for_own_domains);
        asked
    }

    /// The columns that are looked at for it, beside those by which events are counted.
    pub fn columns(self) -> Vec<&'static str> {
        let of_own_domains = self.own_domains.then_some(names::FORWARDING_INFORMATION);
        of_own_domains.into_iter().collect()
    }

    /// Whether all that another asks for is among it.
    pub fn covers(self, other: Self) -> bool {
        self.with(other) == self
    }

    /// What either asks for.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        AskedAcrossEvents {
            own_domains: self.own_domains || other.own_domains,
            latest_records: self.latest_records || other.latest_records,
        }
    }

    /// Whether anything is asked for.
    pub fn is_anything(self) -> bool {
        self.own_domains || self.latest_records
    }
}

impl AcrossEvents {
    /// Looks through all events for what is asked; those left out because an earlier file has them too
    /// are no records.
    pub fn of(store: &EventStore, left_out: &Overlaps, asked: AskedAcrossEvents) -> Self {
        AcrossEvents {
            own_domains: if asked.own_domains {
                own_domains(store, left_out)
            } else {
                DomainSet::default()
            },
            superseded: asked
                .latest_records
                .then(|| Superseded::find(store, left_out)),
        }
    }

    /// The domains that send our outbound and intra-org mail, but for what is forwarded.
    pub fn own_domains(&self) -> &DomainSet {
        &self.own_domains
    }

    /// Whether a row is the latest record of its email; `None` while that is not known.
    pub fn is_latest_record(&self, file: u32, batch: u32, row: u16) -> Option<bool> {
        let superseded = self.superseded.as_ref()?;
        Some(!superseded.contains(file, batch, row))
    }
}

fn own_domains(store: &EventStore, left_out: &Overlaps) -> DomainSet {
    let mut seen: HashSet<&[u8]> = HashSet::new();
    let mut domains = DomainSet::default();
    for (file, number, batch) in store.batches() {
        for domain in senders_of_ours(batch, left_out.of_batch(file, number)) {
            if seen.insert(domain) {
                domains.insert(domain);
            }
        }
    }
    domains
}

/// The senders of our mail in a batch, without the rows left out, which ascend.
fn senders_of_ours<'b>(batch: &'b Batch, left_out: &'b [u16]) -> impl Iterator<Item = &'b [u8]> {
    let directions = batch.column_of_all(names::EMAIL_DIRECTION);
    let senders = batch.column_of_all(names::SENDER_FROM_DOMAIN);
    let forwarding = batch.column(names::FORWARDING_INFORMATION);
    let columns = directions.zip(senders);
    let rows = 0..columns.map_or(0, |_| batch.events());
    rows.filter_map(move |row| {
        let (directions, senders) = columns?;
        // What a mailbox of ours sends on is outbound, and its sender is whoever wrote to us.
        let is_forwarded =
            || row < batch.rows() && forwarding.is_some_and(|it| says_something(it.get(row)));
        let is_ours = match directions.get(row) {
            b"Outbound" => !is_forwarded(),
            direction => direction == b"Intra-org",
        } && left_out.binary_search(&(row as u16)).is_err();
        let domain = senders.get(row);
        (is_ours && !domain.is_empty()).then_some(domain)
    })
}
