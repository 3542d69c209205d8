//! Lists of emails against one plain list that is filtered and sorted.

use super::*;
use crate::hunt::Query;
use crate::hunt::counted_rows::{Counted, CountedRows};
use crate::hunt::cube::Cube;
use crate::hunt::facets::ThreatFacets;
use crate::hunt::kinds::Kind;
use crate::hunt::matcher::Side;
use proptest::prelude::*;

/// An email that was made up: its domain, the exclusions that match it, and when it came.
#[derive(Clone, Debug)]
struct Made {
    domain: u32,
    mask: u64,
    time: Option<i64>,
}

fn made() -> impl Strategy<Value = Made> {
    // Often some of one second.
    let time = proptest::option::of(prop_oneof![0_i64..20, 0_i64..40_000]);
    (0_u32..3, 0_u64..8, time).prop_map(|(domain, mask, time)| Made { domain, mask, time })
}

fn kind(kinds: &mut Kinds, mask: u64) -> u32 {
    kinds.number(Kind {
        side: Side::Threat,
        mask: ExclusionSet(mask),
        facets: ThreatFacets::default(),
    })
}

fn id(row: usize) -> EventId {
    EventId {
        file: 0,
        batch: 0,
        row: row as u16,
    }
}

fn log_of(emails: &[Made], kinds: &mut Kinds) -> CountedLog {
    let counted: Vec<Counted> = emails
        .iter()
        .enumerate()
        .map(|(row, email)| Counted {
            row: row as u16,
            domain: email.domain,
            kind: kind(kinds, email.mask),
            hour: None,
        })
        .collect();
    let mut log = CountedLog::default();
    log.set(0, 0, Arc::new(CountedRows::of(&counted)));
    log
}

/// The emails as they are received, in parts of so many.
fn received(emails: &[Made], kinds: &mut Kinds, part: usize) -> ThreatEmails {
    let received: Vec<ReceivedThreat> = emails
        .iter()
        .enumerate()
        .map(|(row, email)| ReceivedThreat {
            domain: email.domain,
            kind: kind(kinds, email.mask),
            time: email.time.map(EventTime::from_seconds),
            id: id(row),
            // Not always where it is.
            counted_row: row as u16 / 2,
        })
        .collect();
    let mut threats = ThreatEmails::default();
    for part in received.chunks(part) {
        threats.received.add(part.to_vec());
    }
    threats
}

/// What a query shows of the emails of some domains, in the order of a list.
fn plain(emails: &[Made], domains: &[u32], query: &Query) -> Vec<ThreatEmail> {
    let emails = emails.iter().enumerate();
    let mut shown: Vec<ThreatEmail> = emails
        .filter(|(_, email)| domains.contains(&email.domain))
        .map(|(row, email)| ThreatEmail {
            id: id(row),
            mask: ExclusionSet(email.mask),
            time: email.time.map(EventTime::from_seconds),
        })
        .filter(|email| email.mask.and(query.active).is_empty())
        .filter(|email| {
            let is_within = |hours: &RangeInclusive<Hour>| {
                email.time.is_some_and(|time| hours.contains(&time.hour()))
            };
            query.hours.as_ref().is_none_or(is_within)
        })
        .collect();
    shown.sort_by_key(|email| (Reverse(email.time), email.id));
    shown
}

/// Sees to it that a list is what it should be, wherever it is looked at.
fn check(listed: &ListedEmails, expected: &[ThreatEmail]) -> Result<(), TestCaseError> {
    prop_assert_eq!(listed.len(), expected.len());
    prop_assert_eq!(listed.is_empty(), expected.is_empty());
    for row in 0..=expected.len() + 1 {
        let rows: Vec<ThreatEmail> = listed.from_row(row).collect();
        prop_assert_eq!(&rows[..], expected.get(row..).unwrap_or_default());
    }
    for (row, email) in expected.iter().enumerate() {
        prop_assert_eq!(listed.row_of(email), Some(row));
        let before = ThreatEmail {
            mask: ExclusionSet::EMPTY,
            ..*email
        };
        prop_assert_eq!(listed.find(&before), Some(*email));
    }
    Ok(())
}

proptest! {
    #[test]
    fn parts_behave_as_one_list(
        emails in prop::collection::vec(made(), 0..60),
        part in 1_usize..60,
        active in 0_u64..8,
        hours in proptest::option::of((0_i32..12, 0_i32..12)),
    ) {
        let query = Query {
            active: ExclusionSet(active),
            hours: hours.map(|(first, last)| Hour(first)..=Hour(last)),
            ..Query::default()
        };
        let domains = [0, 2];
        let mut kinds = Kinds::default();
        let threats = received(&emails, &mut kinds, part);
        let of_domains = threats.of_domains(&domains, &Arc::new(kinds));
        let together = DomainEmails {
            parts: put_together(&of_domains.parts),
            ..of_domains.clone()
        };
        prop_assert!(together.parts.len() <= of_domains.parts.len());
        let selection = Selection::of(&Cube::default(), None, &query);
        let expected = plain(&emails, &domains, &query);
        let everything = plain(&emails, &domains, &Query::default());
        for emails in [of_domains, together] {
            check(&emails.selected(&selection, query.hours.as_ref()), &expected)?;
            check(&emails.all(), &everything)?;
            for gone in everything.iter().filter(|email| !expected.contains(email)) {
                let listed = emails.selected(&selection, query.hours.as_ref());
                prop_assert_eq!(listed.row_of(gone), None);
            }
        }
    }

    /// Exclusions match other emails than before.
    #[test]
    fn emails_follow_the_log(
        before in prop::collection::vec(made(), 1..60),
        masks in prop::collection::vec(0_u64..8, 60),
        part in 1_usize..60,
    ) {
        let mut kinds = Kinds::default();
        let mut threats = received(&before, &mut kinds, part);
        let after: Vec<Made> = before
            .into_iter()
            .zip(masks)
            .map(|(email, mask)| Made { mask, ..email })
            .collect();
        let log = log_of(&after, &mut kinds);
        threats.follow(&log);
        let kinds = Arc::new(kinds);
        for domain in 0..3 {
            let expected = plain(&after, &[domain], &Query::default());
            check(&threats.of_domains(&[domain], &kinds).all(), &expected)?;
        }
    }
}

#[test]
fn a_group_of_very_many_parts_is_put_together_once() {
    let emails: Vec<Made> = (0..3 * MOST_PARTS as u32)
        .map(|number| Made {
            domain: number / 2,
            mask: u64::from(number % 2),
            time: Some(i64::from(number * 7919 % 5000)),
        })
        .collect();
    let domains: Vec<u32> = (0..emails.len() as u32 / 2).collect();
    let mut kinds = Kinds::default();
    let threats = received(&emails, &mut kinds, emails.len());
    let of_group = threats.of_domains(&domains, &Arc::new(kinds));
    assert_eq!(of_group.parts.len(), 2);
    let listed: Vec<ThreatEmail> = of_group.all().iter().collect();
    assert_eq!(listed, plain(&emails, &domains, &Query::default()));
}
