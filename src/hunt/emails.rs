//! The threat emails of each sender domain, so that the emails behind a number can be opened.

use super::domain::DomainNumbers;
use super::exclusion::ExclusionSet;
use super::query::Query;
use crate::events::EventId;
use crate::events::time::EventTime;

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

/// The threat emails of all sender domains, whether they can rank or not.
#[derive(Clone, Debug, Default)]
pub struct ThreatEmails {
    /// Ascending by bytes.
    domains: Vec<Box<[u8]>>,
    ends: Vec<u32>,
    emails: Vec<ThreatEmail>,
}

impl ThreatEmails {
    /// Orders what was collected by domain number: by domain, then newest first, emails without a
    /// time last, those of one second as loaded.
    pub(super) fn collect(collected: &[Vec<ThreatEmail>], numbers: &DomainNumbers) -> Self {
        let mut order: Vec<u32> = (0..collected.len() as u32)
            .filter(|&domain| !collected[domain as usize].is_empty())
            .collect();
        order.sort_unstable_by(|&a, &b| numbers.domain(a).cmp(numbers.domain(b)));
        let mut all = ThreatEmails::default();
        for domain in order {
            let start = all.emails.len();
            all.emails.extend_from_slice(&collected[domain as usize]);
            all.emails[start..].sort_unstable_by(|a, b| b.time.cmp(&a.time).then(a.id.cmp(&b.id)));
            all.ends.push(all.emails.len() as u32);
            all.domains.push(numbers.domain(domain).into());
        }
        all
    }

    /// All threat emails of a domain, newest first.
    pub fn of_domain(&self, domain: &[u8]) -> &[ThreatEmail] {
        let Ok(index) = self.domains.binary_search_by(|known| (**known).cmp(domain)) else {
            return &[];
        };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.emails[start as usize..self.ends[index] as usize]
    }

    /// The threat emails of a domain that a query counts, newest first.
    pub fn visible<'a>(
        &'a self,
        domain: &[u8],
        query: &'a Query,
    ) -> impl Iterator<Item = &'a ThreatEmail> {
        self.of_domain(domain).iter().filter(|email| {
            let in_range = query
                .hours
                .as_ref()
                .is_none_or(|hours| email.time.is_some_and(|time| hours.contains(&time.hour())));
            in_range && email.mask.and(query.active).is_empty()
        })
    }
}
