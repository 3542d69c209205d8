//! The threat emails of each sender domain, so that the emails behind a number can be opened.
//!
//! Those of a domain lie in groups of one mask each, because an exclusion that is switched hides or
//! shows whole groups: what a list shows is found by bisection in the groups that are in it, and
//! costs the same however many emails there are.

use super::domain::DomainNumbers;
use super::domain_matching::DomainMatching;
use super::exclusion::ExclusionSet;
use super::selection::Selection;
use crate::events::EventId;
use crate::events::time::{EventTime, Hour};
use std::cmp::Ordering;
use std::ops::RangeInclusive;

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

/// Emails of one domain that have the same mask.
#[derive(Clone, Copy, Debug)]
struct Group {
    mask: ExclusionSet,
    /// Its end among all emails; it begins where the one before ends.
    end: usize,
}

/// The threat emails of all sender domains, or groups of domains, whether they can rank or not.
#[derive(Clone, Debug, Default)]
pub struct ThreatEmails {
    /// Ascending by bytes.
    domains: Vec<Box<[u8]>>,
    /// For each domain, the end of its groups.
    group_ends: Vec<usize>,
    groups: Vec<Group>,
    /// Group by group, in order within each.
    emails: Vec<ThreatEmail>,
}

impl ThreatEmails {
    /// Orders what was collected by domain number.
    pub(super) fn collect(collected: &[Vec<ThreatEmail>], numbers: &DomainNumbers) -> Self {
        let mut order: Vec<u32> = (0..collected.len() as u32)
            .filter(|&domain| !collected[domain as usize].is_empty())
            .collect();
        order.sort_unstable_by(|&a, &b| numbers.domain(a).cmp(numbers.domain(b)));
        let mut all = ThreatEmails::default();
        for domain in order {
            let emails = collected[domain as usize].iter().copied();
            all.add_domain(numbers.domain(domain), emails);
        }
        all
    }

    /// The threat emails of the groups that the domains make.
    #[must_use]
    pub fn grouped(&self, matching: DomainMatching) -> ThreatEmails {
        let mut grouped = ThreatEmails::default();
        let groups = matching.groups(&self.domains);
        for members in groups.chunk_by(|a, b| a.0 == b.0) {
            let emails = members.iter().flat_map(|&(_, domain)| {
                let groups = self.groups_at(domain);
                groups.flat_map(|(_, emails)| emails.iter().copied())
            });
            grouped.add_domain(&members[0].0, emails);
        }
        grouped
    }

    fn add_domain(&mut self, domain: &[u8], emails: impl Iterator<Item = ThreatEmail>) {
        let start = self.emails.len();
        self.emails.extend(emails);
        self.emails[start..].sort_unstable_by(|a, b| a.mask.cmp(&b.mask).then(a.in_order(b)));
        let groups = self.emails[start..].chunk_by(|a, b| a.mask == b.mask);
        let mut end = start;
        for group in groups {
            end += group.len();
            let mask = group[0].mask;
            self.groups.push(Group { mask, end });
        }
        self.group_ends.push(self.groups.len());
        self.domains.push(domain.into());
    }

    /// The threat emails of a domain, whatever hides them.
    pub fn of_domain(&self, domain: &[u8]) -> ListedEmails<'_> {
        let groups = self.groups_of(domain).map(|(_, emails)| emails).collect();
        ListedEmails { groups }
    }

    /// Those threat emails of a domain that are selected and lie in these hours, if any are given.
    pub fn selected(
        &self,
        domain: &[u8],
        selection: &Selection,
        hours: Option<&RangeInclusive<Hour>>,
    ) -> ListedEmails<'_> {
        let groups = self
            .groups_of(domain)
            .filter(|(mask, _)| selection.contains(*mask))
            .map(|(_, emails)| match hours {
                Some(hours) => within(emails, hours),
                None => emails,
            })
            .filter(|emails| !emails.is_empty())
            .collect();
        ListedEmails { groups }
    }

    /// The groups of a domain with their masks.
    fn groups_of(&self, domain: &[u8]) -> impl Iterator<Item = (ExclusionSet, &[ThreatEmail])> {
        let found = self.domains.binary_search_by(|known| (**known).cmp(domain));
        found
            .ok()
            .into_iter()
            .flat_map(|index| self.groups_at(index))
    }

    /// The groups of the `index`-th domain with their masks.
    fn groups_at(&self, index: usize) -> impl Iterator<Item = (ExclusionSet, &[ThreatEmail])> {
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.group_ends[before]);
        (start..self.group_ends[index]).map(|index| {
            let Group { mask, end } = self.groups[index];
            let start = index
                .checked_sub(1)
                .map_or(0, |before| self.groups[before].end);
            (mask, &self.emails[start..end])
        })
    }
}

/// The part of a group, newest first, that lies in these hours.
fn within<'a>(emails: &'a [ThreatEmail], hours: &RangeInclusive<Hour>) -> &'a [ThreatEmail] {
    let hour = |email: &ThreatEmail| email.time.map(EventTime::hour);
    let start = emails.partition_point(|email| hour(email).is_some_and(|hour| hour > *hours.end()));
    let end =
        emails.partition_point(|email| hour(email).is_some_and(|hour| hour >= *hours.start()));
    emails.get(start..end).unwrap_or_default()
}

/// The emails of one domain that a query shows, newest first, as if they lay in one list.
#[derive(Clone, Debug)]
pub struct ListedEmails<'a> {
    /// In order within each.
    groups: Vec<&'a [ThreatEmail]>,
}

impl<'a> ListedEmails<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.len()).sum()
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
    pub fn find(&self, email: &ThreatEmail) -> Option<&'a ThreatEmail> {
        self.groups.iter().find_map(|group| {
            let place = group.binary_search_by(|other| other.in_order(email));
            group.get(place.ok()?)
        })
    }

    /// The number of rows before the place of an email.
    fn rows_before(&self, email: &ThreatEmail) -> usize {
        let before = |group: &&[ThreatEmail]| {
            group.partition_point(|other| other.in_order(email) == Ordering::Less)
        };
        self.groups.iter().map(before).sum()
    }

    /// The rows from `row` on.
    pub fn from_row(&self, row: usize) -> impl Iterator<Item = &'a ThreatEmail> + use<'a> {
        let mut rests = self.rests_from(row);
        std::iter::from_fn(move || {
            let next = rests
                .iter_mut()
                .filter(|rest| !rest.is_empty())
                .min_by(|a, b| a[0].in_order(&b[0]))?;
            let (first, rest) = next.split_first()?;
            *next = rest;
            Some(first)
        })
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = &'a ThreatEmail> + use<'a> {
        self.from_row(0)
    }

    /// What is left of each group when the first `row` rows are taken away.
    fn rests_from(&self, row: usize) -> Vec<&'a [ThreatEmail]> {
        if row == 0 {
            return self.groups.clone();
        }
        for group in &self.groups {
            let place = group.partition_point(|email| self.rows_before(email) < row);
            let Some(email) = group.get(place) else {
                continue;
            };
            if self.rows_before(email) == row {
                let rest = |group: &&'a [ThreatEmail]| {
                    let taken =
                        group.partition_point(|other| other.in_order(email) == Ordering::Less);
                    &group[taken..]
                };
                return self.groups.iter().map(rest).collect();
            }
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::Query;
    use crate::hunt::cube::Cube;
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

            let mut numbers = DomainNumbers::default();
            numbers.number(b"before.example");
            numbers.number(b"it.example");
            let other = vec![email((900, 0, None))];
            let all = ThreatEmails::collect(&[other, emails.clone()], &numbers);
            prop_assert_eq!(all.of_domain(b"it.example").len(), emails.len());
            let selection = Selection::of(&Cube::default(), None, &query);
            let listed = all.selected(b"it.example", &selection, query.hours.as_ref());
            prop_assert_eq!(listed.len(), plain.len());
            prop_assert_eq!(listed.is_empty(), plain.is_empty());
            for row in 0..=plain.len() {
                let rows: Vec<ThreatEmail> = listed.from_row(row).copied().collect();
                prop_assert_eq!(&rows[..], &plain[row..]);
            }
            for email in &emails {
                let row = plain.iter().position(|other| other == email);
                prop_assert_eq!(listed.row_of(email), row);
            }
        }
    }
}
