//! The threat emails of each sender domain, so that the emails behind a number can be opened.
//!
//! Those of the domain that is looked at lie in groups of one mask each, because an exclusion that is
//! switched hides or shows whole groups: what a list shows is found by bisection in the groups that are in
//! it, and costs the same however many emails there are.

use super::counted_rows::CountedLog;
use super::exclusion::ExclusionSet;
use super::kinds::Kinds;
use super::runs::{Entry, Runs};
use super::selection::Selection;
use crate::events::EventId;
use crate::events::time::{EventTime, Hour};
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
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

impl ThreatEmail {
    /// Newest first, emails without a time last, those of one second as loaded.
    fn in_order(&self, other: &ThreatEmail) -> Ordering {
        other.time.cmp(&self.time).then(self.id.cmp(&other.id))
    }
}

/// A threat email of a domain, whatever exclusions match it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReceivedThreat {
    /// The number of the domain.
    pub(super) domain: u32,
    pub(super) time: Option<EventTime>,
    pub(super) id: EventId,
    /// Where it probably is among the counted rows of its batch.
    pub(super) place: u32,
}

impl Entry for ReceivedThreat {
    type Key = (u32, Reverse<Option<EventTime>>, EventId);

    fn key(&self) -> Self::Key {
        (self.domain, Reverse(self.time), self.id)
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

impl ThreatEmails {
    /// The same where it is known anew where each is among the counted rows, as there are fewer since.
    pub(super) fn placed_by(&mut self, log: &CountedLog) {
        self.received.change(|threat| {
            if let Some(place) = log.place(threat.id) {
                threat.place = place;
            }
        });
    }

    /// Those of the domains of these numbers, with the masks that a log says.
    pub(super) fn of_domains(
        &self,
        domains: &[u32],
        log: &CountedLog,
        kinds: &Kinds,
    ) -> DomainEmails {
        let mut by_mask: BTreeMap<ExclusionSet, Vec<ThreatEmail>> = BTreeMap::new();
        let mut spans = 0;
        for received in self.received.iter() {
            for &domain in domains {
                let start = received.partition_point(|threat| threat.domain < domain);
                let threats = received[start..].iter();
                for threat in threats.take_while(|threat| threat.domain == domain) {
                    let kind = log.kind(threat.id, threat.place);
                    let mask = kind.map_or(ExclusionSet::EMPTY, |kind| kinds.get(kind).mask);
                    by_mask.entry(mask).or_default().push(ThreatEmail {
                        id: threat.id,
                        mask,
                        time: threat.time,
                    });
                }
                spans += 1;
            }
        }
        let mut emails = DomainEmails::default();
        for mut group in by_mask.into_values() {
            if spans > 1 {
                group.sort_by(ThreatEmail::in_order);
            }
            emails.add_group(group);
        }
        emails
    }
}

/// The threat emails of one domain, or of domains that are taken for one, whatever hides them.
#[derive(Clone, Debug, Default)]
pub(super) struct DomainEmails {
    /// The mask of each group and where it lies among all emails.
    groups: Vec<(ExclusionSet, Range<usize>)>,
    /// Group by group, in order within each.
    emails: Vec<ThreatEmail>,
}

impl DomainEmails {
    /// Adds emails of one mask, which are in order.
    fn add_group(&mut self, group: Vec<ThreatEmail>) {
        let start = self.emails.len();
        let mask = group
            .first()
            .map_or(ExclusionSet::EMPTY, |email| email.mask);
        self.groups.push((mask, start..start + group.len()));
        self.emails.extend(group);
    }

    /// All of them.
    pub(super) fn all(self: Arc<Self>) -> ListedEmails {
        let groups = self.groups.iter().map(|(_, place)| place.clone()).collect();
        ListedEmails {
            emails: self,
            groups,
        }
    }

    /// Those that are selected and lie in these hours, if any are given.
    pub(super) fn selected(
        self: Arc<Self>,
        selection: &Selection,
        hours: Option<&RangeInclusive<Hour>>,
    ) -> ListedEmails {
        let groups = self.groups.iter();
        let groups = groups
            .filter(|(mask, _)| selection.contains(*mask))
            .map(|(_, place)| match hours {
                Some(hours) => {
                    let within = within(&self.emails[place.clone()], hours);
                    place.start + within.start..place.start + within.end
                }
                None => place.clone(),
            })
            .filter(|place| !place.is_empty())
            .collect();
        ListedEmails {
            emails: self,
            groups,
        }
    }
}

/// The part of a group, newest first, that lies in these hours.
fn within(emails: &[ThreatEmail], hours: &RangeInclusive<Hour>) -> Range<usize> {
    let hour = |email: &ThreatEmail| email.time.map(EventTime::hour);
    let start = emails.partition_point(|email| hour(email).is_some_and(|hour| hour > *hours.end()));
    let end =
        emails.partition_point(|email| hour(email).is_some_and(|hour| hour >= *hours.start()));
    start..end.max(start)
}

/// The emails of one domain that a query shows, newest first, as if they lay in one list.
#[derive(Clone, Debug)]
pub struct ListedEmails {
    emails: Arc<DomainEmails>,
    /// In order within each.
    groups: Vec<Range<usize>>,
}

impl ListedEmails {
    fn groups(&self) -> impl Iterator<Item = &[ThreatEmail]> {
        let groups = self.groups.iter();
        groups.map(|place| &self.emails.emails[place.clone()])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.groups.iter().map(Range::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The row an email has in the list, if it is in it.
    pub fn row_of(&self, email: &ThreatEmail) -> Option<usize> {
        self.find(email).map(|_| self.rows_before(email))
    }

    /// The same email as it is in this list: its mask may be another since.
    pub fn find(&self, email: &ThreatEmail) -> Option<ThreatEmail> {
        self.groups().find_map(|group| {
            let place = group.binary_search_by(|other| other.in_order(email));
            group.get(place.ok()?).copied()
        })
    }

    /// The number of rows before the place of an email.
    fn rows_before(&self, email: &ThreatEmail) -> usize {
        let before = |group: &[ThreatEmail]| {
            group.partition_point(|other| other.in_order(email) == Ordering::Less)
        };
        self.groups().map(before).sum()
    }

    /// The rows from `row` on.
    pub fn from_row(&self, row: usize) -> impl Iterator<Item = ThreatEmail> {
        let mut rests = self.rests_from(row);
        std::iter::from_fn(move || {
            let next = rests
                .iter_mut()
                .filter(|rest| !rest.is_empty())
                .min_by(|a, b| a[0].in_order(&b[0]))?;
            let (first, rest) = next.split_first()?;
            *next = rest;
            Some(*first)
        })
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = ThreatEmail> {
        self.from_row(0)
    }

    /// What is left of each group when the first `row` rows are taken away.
    fn rests_from(&self, row: usize) -> Vec<&[ThreatEmail]> {
        if row == 0 {
            return self.groups().collect();
        }
        for group in self.groups() {
            let place = group.partition_point(|email| self.rows_before(email) < row);
            let Some(email) = group.get(place) else {
                continue;
            };
            if self.rows_before(email) == row {
                let rest = |group| {
                    let group: &[ThreatEmail] = group;
                    let taken =
                        group.partition_point(|other| other.in_order(email) == Ordering::Less);
                    &group[taken..]
                };
                return self.groups().map(rest).collect();
            }
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::Query;
    use crate::hunt::counted_rows::{Counted, CountedRows};
    use crate::hunt::cube::Cube;
    use crate::hunt::facets::ThreatFacets;
    use crate::hunt::kinds::Kind;
    use crate::hunt::side::Side;
    use proptest::prelude::*;

    fn email((row, mask, time): (u16, u64, Option<i64>)) -> ThreatEmail {
        ThreatEmail {
            id: EventId {
                file: 0,
                batch: 0,
                row,
            },
            mask: ExclusionSet(mask),
            time: time.map(EventTime::from_seconds),
        }
    }

    proptest! {
        /// Against one plain list that is filtered and sorted.
        #[test]
        fn groups_behave_as_one_list(
            made in proptest::collection::vec((0_u64..8, proptest::option::of(0_i64..40_000)), 0..60),
            active in 0_u64..8,
            hours in proptest::option::of((0_i32..12, 0_i32..12)),
        ) {
            let emails: Vec<ThreatEmail> = made
                .iter()
                .enumerate()
                .map(|(row, &(mask, time))| email((row as u16, mask, time)))
                .collect();
            let query = Query {
                active: ExclusionSet(active),
                hours: hours.map(|(first, last)| Hour(first)..=Hour(last)),
                ..Query::default()
            };
            let mut plain: Vec<ThreatEmail> = emails
                .iter()
                .filter(|email| email.mask.0 & active == 0)
                .filter(|email| query.hours.as_ref().is_none_or(|hours| {
                    email.time.is_some_and(|time| hours.contains(&time.hour()))
                }))
                .copied()
                .collect();
            plain.sort_by_key(|email| (std::cmp::Reverse(email.time), email.id));

            let mut kinds = Kinds::default();
            let mut log = CountedLog::default();
            let mut all = ThreatEmails::default();
            let counted: Vec<Counted> = emails.iter().map(|email| Counted {
                row: email.id.row,
                domain: u32::from(email.id.row) % 3,
                kind: kinds.number(Kind {
                    side: Side::Threat,
                    mask: email.mask,
                    kept_unread: ExclusionSet::EMPTY,
                    facets: ThreatFacets::default(),
                }),
                hour: None,
            }).collect();
            log.set(0, 0, Arc::new(CountedRows::of(&counted)));
            // Those of domain 2 come in two parts.
            let received: Vec<ReceivedThreat> = emails.iter().map(|email| ReceivedThreat {
                domain: u32::from(email.id.row) % 3,
                time: email.time,
                id: email.id,
                // Not always where it is.
                place: u32::from(email.id.row / 2),
            }).collect();
            let (first, second) = received.split_at(received.len() / 3);
            all.received.add(second.to_vec());
            all.received.add(first.to_vec());
            plain.retain(|email| email.id.row % 3 != 1);
            let emails: Vec<ThreatEmail> = emails.into_iter().filter(|email| email.id.row % 3 != 1).collect();
            let of_domains = Arc::new(all.of_domains(&[0, 2], &log, &kinds));
            prop_assert_eq!(Arc::clone(&of_domains).all().len(), emails.len());
            let selection = Selection::of(&Cube::default(), None, &query);
            let listed = of_domains.selected(&selection, query.hours.as_ref());
            prop_assert_eq!(listed.len(), plain.len());
            prop_assert_eq!(listed.is_empty(), plain.is_empty());
            for row in 0..=plain.len() {
                let rows: Vec<ThreatEmail> = listed.from_row(row).collect();
                prop_assert_eq!(&rows[..], &plain[row..]);
            }
            for email in &emails {
                let row = plain.iter().position(|other| other == email);
                prop_assert_eq!(listed.row_of(email), row);
            }
        }
    }
}
