//! The rows of a view, in order. What no exclusion that is on touches lies in the order that is known
//! beforehand; only the other domains are sorted and put in between.

use super::cube::Cube;
use super::exclusion::ExclusionSet;
use super::query::{Direction, Query, Shown, Sort, SortColumn};
use super::rollup::Rollup;
use super::view::RankedDomain;
use std::cmp::Ordering;

/// What is listed with no exclusion on, as sorted and searched.
#[derive(Clone, Debug)]
pub struct Listing {
    sort: Sort,
    /// For each candidate whether it is searched for, where there is a search.
    is_found: Option<Vec<bool>>,
    /// The rows in order, where keys can say it.
    known: Option<Known>,
}

/// The order of the rows with no exclusion on.
#[derive(Clone, Debug)]
struct Known {
    order: KeyOrder,
    keys: Vec<u64>,
    /// For each key, the exclusions that match any email of the row.
    touched_by: Vec<ExclusionSet>,
}

/// Rows of a view.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) rows: Vec<RankedDomain>,
    /// Those that exclusions touch, also those that the search leaves out.
    pub(super) listed: usize,
}

impl Listing {
    /// Of all candidates that are searched for.
    pub fn of(cube: &Cube, rollup: &Rollup, sort: Sort, search: &str) -> Self {
        let is_found = (!search.is_empty()).then(|| {
            let needle = search.to_lowercase();
            let domains = rollup.candidates.iter();
            let domains = domains.map(|candidate| cube.domain(candidate.domain as usize));
            domains
                .map(|domain| contains_ignoring_case(domain, &needle))
                .collect::<Vec<bool>>()
        });
        let order = KeyOrder::of(sort, rollup.most_emails, rollup.candidates.len());
        let known = order.map(|order| {
            let found =
                (0..rollup.candidates.len()).filter(|&place| is_found_at(is_found.as_ref(), place));
            let keys = found.map(|place| order.key(rollup.emails_of(place), place));
            let keys = order.sorted(keys.collect());
            let touched_by = keys
                .iter()
                .map(|&key| rollup.touched_by[order.place_and_emails(key).0]);
            Known {
                touched_by: touched_by.collect(),
                keys,
                order,
            }
        });
        Listing {
            sort,
            is_found,
            known,
        }
    }

    /// The rows that a query shows.
    pub(super) fn rows(&self, rollup: &Rollup, query: &Query) -> Rows {
        let matched = rollup.matched_emails(query.active);
        let shown = |place: usize| {
            let matched = [matched[0][place], matched[1][place]];
            shown(rollup.emails_of(place), matched, query.shown)
        };
        let mut listed = 0;
        let touched = places(&rollup.touched_by, query.active, true);
        let touched = touched
            .filter_map(|place| Some((place, shown(place)?)))
            .inspect(|_| listed += 1)
            .filter(|(place, _)| is_found_at(self.is_found.as_ref(), *place));
        let domain = |place: usize| rollup.candidates[place].domain;
        let rows = if let Some(known) = &self.known {
            let order = &known.order;
            let touched = order.sorted(
                touched
                    .map(|(place, it)| order.key(it.emails, place))
                    .collect(),
            );
            let keys = match query.shown {
                Shown::Visible => known.with_touched(&touched, query.active),
                Shown::Hidden => touched,
            };
            let keys = keys.into_iter().map(|key| order.place_and_emails(key));
            let ranks = |place| match query.shown {
                Shown::Visible => true,
                Shown::Hidden => shown(place).is_some_and(|it| it.ranks),
            };
            keys.map(|(place, emails)| row(domain(place), emails, ranks(place)))
                .collect()
        } else {
            let touched = touched.map(|(place, it)| row(domain(place), it.emails, it.ranks));
            let mut rows: Vec<RankedDomain> = touched.collect();
            if query.shown == Shown::Visible {
                let untouched = places(&rollup.touched_by, query.active, false);
                let untouched =
                    untouched.filter(|&place| is_found_at(self.is_found.as_ref(), place));
                rows.extend(
                    untouched.map(|place| row(domain(place), rollup.emails_of(place), true)),
                );
            }
            rows.sort_unstable_by(|a, b| compare(a, b, self.sort));
            rows
        };
        Rows { rows, listed }
    }
}

impl Known {
    /// The keys of the rows that these exclusions do not touch, and those of the others.
    fn with_touched(&self, touched: &[u64], active: ExclusionSet) -> Vec<u64> {
        let untouched = places(&self.touched_by, active, false);
        let untouched = untouched.map(|place| self.keys[place]);
        let mut keys = Vec::with_capacity(self.keys.len());
        let mut touched = touched.iter().copied().peekable();
        for key in untouched {
            while let Some(next) = touched.next_if(|next| *next < key) {
                keys.push(next);
            }
            keys.push(key);
        }
        keys.extend(touched);
        keys
    }
}

/// The places at which these exclusions touch anything, or at which they do not. Without a branch at each:
/// which it is is hard to foresee.
fn places(
    touched_by: &[ExclusionSet],
    active: ExclusionSet,
    touched: bool,
) -> impl Iterator<Item = usize> + use<> {
    let mut places = vec![0_u32; touched_by.len()];
    let mut length = 0;
    for (place, touched_by) in touched_by.iter().enumerate() {
        places[length] = place as u32;
        length += usize::from(touched_by.and(active).is_empty() != touched);
    }
    places.truncate(length);
    places.into_iter().map(|place| place as usize)
}

fn is_found_at(is_found: Option<&Vec<bool>>, candidate: usize) -> bool {
    is_found.is_none_or(|found| found[candidate])
}

fn row(domain: u32, [outbound, threats]: [u64; 2], ranks: bool) -> RankedDomain {
    RankedDomain {
        outbound_emails: outbound,
        incoming_emails_with_threats: threats,
        domain,
        ranks,
    }
}

/// What a row shows of a candidate.
struct ShownEmails {
    emails: [u64; 2],
    ranks: bool,
}

/// What is shown of a candidate that has so many emails, of which exclusions match so many, if anything is.
fn shown(all: [u64; 2], matched: [u64; 2], shown: Shown) -> Option<ShownEmails> {
    let left = [all[0] - matched[0], all[1] - matched[1]];
    let ranks = left[0] > 0 && left[1] > 0;
    let counted = if ranks { left } else { [0, 0] };
    let emails = match shown {
        Shown::Visible => counted,
        Shown::Hidden => [all[0] - counted[0], all[1] - counted[1]],
    };
    (emails != [0, 0]).then_some(ShownEmails { emails, ranks })
}

fn compare(a: &RankedDomain, b: &RankedDomain, sort: Sort) -> Ordering {
    let primary = match sort.column {
        SortColumn::SenderFromDomain => a.domain.cmp(&b.domain),
        SortColumn::OutboundEmails => a.outbound_emails.cmp(&b.outbound_emails),
        SortColumn::IncomingEmailsWithThreats => a
            .incoming_emails_with_threats
            .cmp(&b.incoming_emails_with_threats),
    };
    let primary = match sort.direction {
        Direction::Ascending => primary,
        Direction::Descending => primary.reverse(),
    };
    primary
        .then(b.outbound_emails.cmp(&a.outbound_emails))
        .then(
            b.incoming_emails_with_threats
                .cmp(&a.incoming_emails_with_threats),
        )
        .then(a.domain.cmp(&b.domain))
}

/// How rows are numbers whose order is that of the rows: by the column that is sorted by, by the other one,
/// and by the place, whose order is that of the domains. Such numbers are sorted without comparing them.
#[derive(Clone, Copy, Debug)]
struct KeyOrder {
    sort: Sort,
    /// The most that the first and the second number can be.
    most: [u64; 2],
    second_bits: u32,
    place_bits: u32,
    bits: u32,
}

/// The bits that are looked at at a time.
const DIGIT_BITS: u32 = 11;

impl KeyOrder {
    /// Of rows that have no more emails than these, at so many places. `None` where the numbers are too large
    /// for it, or where rows are sorted by domain and so lie in order.
    fn of(sort: Sort, most_emails: [u64; 2], places: usize) -> Option<Self> {
        let most = match sort.column {
            SortColumn::SenderFromDomain => return None,
            SortColumn::OutboundEmails => most_emails,
            SortColumn::IncomingEmailsWithThreats => [most_emails[1], most_emails[0]],
        };
        let bits = |largest: u64| u64::BITS - largest.leading_zeros();
        let (first_bits, second_bits, place_bits) =
            (bits(most[0]), bits(most[1]), bits(places as u64));
        let all_bits = first_bits + second_bits + place_bits;
        (all_bits < u64::BITS).then_some(KeyOrder {
            sort,
            most,
            second_bits,
            place_bits,
            bits: all_bits,
        })
    }

    /// The key of the row at a place.
    fn key(&self, [outbound, threats]: [u64; 2], place: usize) -> u64 {
        let [first, second] = match self.sort.column {
            SortColumn::IncomingEmailsWithThreats => [threats, outbound],
            _ => [outbound, threats],
        };
        let first = self.turned(first);
        (first << self.second_bits | (self.most[1] - second)) << self.place_bits | place as u64
    }

    /// The place and the emails of the row of a key.
    fn place_and_emails(&self, key: u64) -> (usize, [u64; 2]) {
        let low = |number: u64, bits: u32| number & ((1 << bits) - 1);
        let numbers = key >> self.place_bits;
        let first = self.turned(numbers >> self.second_bits);
        let second = self.most[1] - low(numbers, self.second_bits);
        let emails = match self.sort.column {
            SortColumn::IncomingEmailsWithThreats => [second, first],
            _ => [first, second],
        };
        (low(key, self.place_bits) as usize, emails)
    }

    /// The first number so that it ascends; turned twice it is as before.
    fn turned(&self, first: u64) -> u64 {
        match self.sort.direction {
            Direction::Ascending => first,
            Direction::Descending => self.most[0] - first,
        }
    }

    /// Keys whose places ascend, in order.
    fn sorted(&self, mut keys: Vec<u64>) -> Vec<u64> {
        if keys.len() < 1 << DIGIT_BITS {
            keys.sort_unstable();
            return keys;
        }
        let mut sorted = vec![0; keys.len()];
        let mut shift = self.place_bits;
        // By place they are sorted already, and what is sorted stays so among what is the same.
        while shift < self.bits {
            sort_by_digit(&keys, &mut sorted, shift);
            std::mem::swap(&mut keys, &mut sorted);
            shift += DIGIT_BITS;
        }
        keys
    }
}

/// Sorts keys by the digit that begins at a bit.
fn sort_by_digit(keys: &[u64], sorted: &mut [u64], shift: u32) {
    let digit = |key: &u64| (key >> shift) as usize & ((1 << DIGIT_BITS) - 1);
    let mut places = [0_u32; 1 << DIGIT_BITS];
    for key in keys {
        places[digit(key)] += 1;
    }
    let mut end = 0;
    for place in &mut places {
        end += std::mem::replace(place, end);
    }
    for key in keys {
        let place = &mut places[digit(key)];
        sorted[*place as usize] = *key;
        *place += 1;
    }
}

fn contains_ignoring_case(domain: &[u8], lower_case_needle: &str) -> bool {
    let folded = super::fields::fold_case(domain);
    memchr::memmem::find(&folded, lower_case_needle.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sort() -> impl Strategy<Value = Sort> {
        let columns = vec![
            SortColumn::SenderFromDomain,
            SortColumn::OutboundEmails,
            SortColumn::IncomingEmailsWithThreats,
        ];
        let directions = vec![Direction::Ascending, Direction::Descending];
        (
            prop::sample::select(columns),
            prop::sample::select(directions),
        )
            .prop_map(|(column, direction)| Sort { column, direction })
    }

    fn emails() -> impl Strategy<Value = u64> {
        prop_oneof![8 => 0_u64..4, 4 => 0_u64..9000, 1 => 0_u64..2_000_000, 1 => prop_oneof![40 => Just(7), 1 => any::<u64>()]]
    }

    proptest! {
        #[test]
        fn keys_are_in_the_order_of_the_rows(
            emails in prop::collection::vec([emails(), emails()], 0..4500),
            sort in sort(),
        ) {
            let most = |side: usize| emails.iter().map(|emails| emails[side]).max().unwrap_or_default();
            let Some(order) = KeyOrder::of(sort, [most(0), most(1)], emails.len()) else {
                // What is sorted by domain lies in order, and huge numbers are compared.
                let is_huge = most(0) > u64::from(u32::MAX) || most(1) > u64::from(u32::MAX);
                prop_assert!(sort.column == SortColumn::SenderFromDomain || is_huge);
                return Ok(());
            };
            let rows = (0..).zip(&emails).map(|(place, &emails)| row(place, emails, true));
            let mut expected: Vec<RankedDomain> = rows.collect();
            expected.sort_by(|a, b| compare(a, b, sort));
            let keys = (0..).zip(&emails).map(|(place, &emails)| order.key(emails, place));
            let sorted = order.sorted(keys.collect());
            let found: Vec<RankedDomain> = sorted.into_iter().map(|key| {
                let (place, emails) = order.place_and_emails(key);
                row(place as u32, emails, true)
            }).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
