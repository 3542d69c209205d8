//! The threat emails of each sender domain, so that the emails behind a number can be opened.
//!
//! They lie by domain and, of each domain, by kind, because an exclusion that is switched hides or shows all
//! emails of a kind. What a list shows is found by bisection in the kinds that are in it: it costs the same
//! however many emails there are, and nothing is copied.

mod listed;

pub use listed::ListedEmails;

use super::counted_rows::CountedLog;
use super::exclusion::ExclusionSet;
use super::kinds::Kinds;
use super::runs::{Entry, Runs};
use super::selection::Selection;
use crate::events::EventId;
use crate::events::time::{EventTime, Hour};
use std::cmp::Reverse;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

/// One threat email: a row of the export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreatEmail {
    /// Where it is.
    pub id: EventId,
    /// The exclusions that match it.
    pub mask: ExclusionSet,
    /// When it came, if that is known.
    pub time: Option<EventTime>,
}

/// The place of an email in a list: newest first, emails without a time last, those of one second as loaded.
type Place = (Reverse<Option<EventTime>>, EventId);

impl ThreatEmail {
    fn place(&self) -> Place {
        (Reverse(self.time), self.id)
    }
}

/// A threat email of a domain, whatever exclusions match it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReceivedThreat {
    /// The number of the domain.
    pub(super) domain: u32,
    /// The number of its kind.
    pub(super) kind: u32,
    pub(super) time: Option<EventTime>,
    pub(super) id: EventId,
    /// Which of the counted rows of its batch it probably is.
    pub(super) counted_row: u16,
}

impl ReceivedThreat {
    fn place(&self) -> Place {
        (Reverse(self.time), self.id)
    }
}

impl Entry for ReceivedThreat {
    type Key = (u32, u32, Place);

    fn key(&self) -> Self::Key {
        (self.domain, self.kind, self.place())
    }

    fn absorb(&mut self, _: &Self) -> bool {
        false
    }

    fn is_nothing(&self) -> bool {
        false
    }
}

/// The threat emails of all sender domains, whether they can rank or not.
#[derive(Clone, Debug, Default)]
pub(super) struct ThreatEmails {
    pub(super) received: Runs<ReceivedThreat>,
}

/// The most parts of the runs that are looked at each time a list is. Where a group of domains has more, its emails
/// are put together once.
const MOST_PARTS: usize = 1 << 10;

impl ThreatEmails {
    /// Brings them up to date with a log in which some are of other kinds than before, or stand elsewhere.
    pub(super) fn follow(&mut self, log: &CountedLog) {
        self.received.change(|threat| {
            if let Some((counted_row, kind)) = log.find(threat.id, threat.counted_row) {
                threat.counted_row = counted_row;
                threat.kind = kind;
            }
        });
        self.received.merge_all();
    }

    /// Those of the domains of these numbers.
    pub(super) fn of_domains(&self, domains: &[u32], kinds: &Arc<Kinds>) -> DomainEmails {
        let mut parts: Vec<Part> = Vec::new();
        for run in self.received.shared() {
            for &domain in domains {
                parts.extend(parts_of_domain(run, domain));
            }
        }
        if parts.len() > MOST_PARTS {
            parts = put_together(&parts);
        }
        DomainEmails {
            parts,
            kinds: Arc::clone(kinds),
        }
    }
}

/// Emails of one domain and one kind that lie together in a run, in the order of a list.
#[derive(Clone, Debug)]
struct Part {
    run: Arc<Vec<ReceivedThreat>>,
    place: Range<usize>,
}

impl Part {
    fn emails(&self) -> &[ReceivedThreat] {
        &self.run[self.place.clone()]
    }

    fn kind(&self) -> u32 {
        self.run[self.place.start].kind
    }

    /// What of it lies in these hours.
    fn within(&self, hours: &RangeInclusive<Hour>) -> Part {
        let emails = self.emails();
        let hour = |email: &ReceivedThreat| email.time.map(EventTime::hour);
        let is_later = |email: &ReceivedThreat| hour(email).is_some_and(|it| it > *hours.end());
        let start = emails.partition_point(is_later);
        let is_not_earlier =
            |email: &ReceivedThreat| hour(email).is_some_and(|it| it >= *hours.start());
        let end = emails.partition_point(is_not_earlier).max(start);
        Part {
            run: Arc::clone(&self.run),
            place: self.place.start + start..self.place.start + end,
        }
    }
}

/// The emails of a domain in a run, kind by kind.
fn parts_of_domain(run: &Arc<Vec<ReceivedThreat>>, domain: u32) -> impl Iterator<Item = Part> {
    let mut start = run.partition_point(|threat| threat.domain < domain);
    std::iter::from_fn(move || {
        let rest = &run[start..];
        let kind = rest.first().filter(|first| first.domain == domain)?.kind;
        let of_kind = |threat: &ReceivedThreat| (threat.domain, threat.kind) <= (domain, kind);
        let place = start..start + rest.partition_point(of_kind);
        start = place.end;
        Some(Part {
            run: Arc::clone(run),
            place,
        })
    })
}

/// The emails of all parts as if they were of one domain: one part for each kind.
fn put_together(parts: &[Part]) -> Vec<Part> {
    let domain = 0;
    let all = parts.iter().flat_map(Part::emails);
    let all = all.map(|&threat| ReceivedThreat { domain, ..threat });
    let mut together = Runs::default();
    together.add(all.collect());
    let runs = together.shared();
    runs.flat_map(|run| parts_of_domain(run, domain)).collect()
}

/// The threat emails of one domain, or of domains that are taken for one, whatever hides them.
#[derive(Clone, Debug, Default)]
pub(super) struct DomainEmails {
    parts: Vec<Part>,
    kinds: Arc<Kinds>,
}

impl DomainEmails {
    /// All of them.
    pub(super) fn all(&self) -> ListedEmails {
        ListedEmails::new(self.parts.clone(), &self.kinds)
    }

    /// Those that are selected and lie in these hours, if any are given.
    pub(super) fn selected(
        &self,
        selection: &Selection,
        hours: Option<&RangeInclusive<Hour>>,
    ) -> ListedEmails {
        let parts = self.parts.iter();
        let parts = parts
            .filter(|part| selection.contains(self.kinds.get(part.kind()).mask))
            .map(|part| hours.map_or_else(|| part.clone(), |hours| part.within(hours)))
            .filter(|part| !part.place.is_empty());
        ListedEmails::new(parts.collect(), &self.kinds)
    }
}

#[cfg(test)]
mod tests;
