//! The rows of a view, in order. What no exclusion that is on touches lies in the order that is known
//! beforehand; only the other domains are counted, sorted and put in between.

use super::cube::Cube;
use super::exclusion::ExclusionSet;
use super::query::{Direction, Query, Shown, Sort, SortColumn};
use super::rollup::{Candidate, Rollup};
use super::view::RankedDomain;
use std::cmp::Ordering;

/// What is listed with no exclusion on, as sorted and searched.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    rows: Vec<RankedDomain>,
    /// For each row, the exclusions that match any of its emails.
    touched_by: Vec<ExclusionSet>,
    sort: Sort,
    /// For each candidate whether it is searched for, where there is a search.
    is_found: Option<Vec<bool>>,
}

/// Rows of a view.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) rows: Vec<RankedDomain>,
    /// How many there are without the search.
    pub(super) listed: usize,
}

impl Listing {
    /// Of all candidates that are searched for.
    pub fn of(cube: &Cube, rollup: &Rollup, sort: Sort, search: &str) -> Self {
        let candidates = rollup.candidates.iter();
        let is_found = (!search.is_empty()).then(|| {
            let needle = search.to_lowercase();
            let candidates = candidates.clone();
            candidates
                .map(|candidate| {
                    contains_ignoring_case(cube.domain(candidate.domain as usize), &needle)
                })
                .collect::<Vec<bool>>()
        });
        let found = candidates
            .enumerate()
            .filter(|(index, _)| is_found_at(is_found.as_ref(), *index));
        let mut rows: Vec<RankedDomain> = found
            .map(|(_, candidate)| row(candidate, candidate.emails, true))
            .collect();
        sort_rows(&mut rows, sort);
        let mut touched_by = vec![ExclusionSet::EMPTY; cube.len()];
        for (candidate, exclusions) in rollup.candidates.iter().zip(&rollup.touched_by) {
            touched_by[candidate.domain as usize] = *exclusions;
        }
        Listing {
            touched_by: rows.iter().map(|row| touched_by[row.index()]).collect(),
            rows,
            sort,
            is_found,
        }
    }

    /// The rows that a query shows.
    pub(super) fn rows(&self, rollup: &Rollup, query: &Query) -> Rows {
        let visible = rollup.visible_masks(query.active);
        let mut touched = Vec::new();
        let mut listed = 0;
        for index in places(&rollup.touched_by, query.active, true) {
            let candidate = &rollup.candidates[index];
            let left = rollup.visible_emails(candidate, &visible);
            let Some(row) = shown(candidate, left, query.shown) else {
                continue;
            };
            listed += 1;
            if is_found_at(self.is_found.as_ref(), index) {
                touched.push(row);
            }
        }
        sort_rows(&mut touched, self.sort);
        if query.shown == Shown::Hidden {
            return Rows {
                rows: touched,
                listed,
            };
        }
        let rows = self.with_touched(&touched, query.active);
        // The view knows how many rank.
        Rows { rows, listed }
    }

    /// The rows that these exclusions do not touch, and those that they do.
    fn with_touched(&self, touched: &[RankedDomain], active: ExclusionSet) -> Vec<RankedDomain> {
        let mut rows = Vec::with_capacity(self.rows.len());
        let untouched = places(&self.touched_by, active, false);
        let untouched = untouched.map(|place| self.rows[place]);
        let mut touched = touched.iter().peekable();
        for row in untouched {
            while let Some(next) = touched.next_if(|next| compare(next, &row, self.sort).is_lt()) {
                rows.push(*next);
            }
            rows.push(row);
        }
        rows.extend(touched);
        rows
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

fn row(candidate: &Candidate, [outbound, threats]: [u64; 2], ranks: bool) -> RankedDomain {
    RankedDomain {
        domain: candidate.domain,
        outbound_emails: outbound,
        incoming_emails_with_threats: threats,
        ranks,
    }
}

/// The row of a domain of which these emails are left, if it has one.
fn shown(candidate: &Candidate, left: [u64; 2], shown: Shown) -> Option<RankedDomain> {
    let ranks = left.iter().all(|emails| *emails > 0);
    let counted = if ranks { left } else { [0, 0] };
    match shown {
        Shown::Visible => ranks.then(|| row(candidate, counted, ranks)),
        Shown::Hidden => {
            let all = candidate.emails;
            Some(row(
                candidate,
                [all[0] - counted[0], all[1] - counted[1]],
                ranks,
            ))
        }
    }
    .filter(|row| row.outbound_emails + row.incoming_emails_with_threats > 0)
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

/// Below so many rows, comparing them is as quick.
const FEW: usize = 256;

/// Sorts rows that ascend by domain.
fn sort_rows(rows: &mut Vec<RankedDomain>, sort: Sort) {
    if sort.column == SortColumn::SenderFromDomain {
        if sort.direction == Direction::Descending {
            rows.reverse();
        }
        return;
    }
    match Keys::of(rows, sort) {
        Some(keys) if rows.len() >= FEW => *rows = keys.sorted(rows),
        _ => rows.sort_unstable_by(|a, b| compare(a, b, sort)),
    }
}

/// Rows as numbers whose order is that of the rows: by the column that is sorted by, by the other one, and
/// by the place, which is that of the domains. Numbers are sorted without comparing them.
struct Keys {
    unsorted: Vec<u64>,
    place_bits: u32,
    bits: u32,
}

/// The bits that are looked at at a time.
const DIGIT_BITS: u32 = 11;

impl Keys {
    /// `None` where the numbers of the rows are too large for it.
    fn of(rows: &[RankedDomain], sort: Sort) -> Option<Self> {
        let numbers = |row: &RankedDomain| match sort.column {
            SortColumn::IncomingEmailsWithThreats => {
                (row.incoming_emails_with_threats, row.outbound_emails)
            }
            _ => (row.outbound_emails, row.incoming_emails_with_threats),
        };
        let largest = rows.iter().map(numbers).fold((0, 0), |most, numbers| {
            (numbers.0.max(most.0), numbers.1.max(most.1))
        });
        let bits = |largest: u64| u64::BITS - largest.leading_zeros();
        let place_bits = bits(rows.len() as u64);
        let second_bits = bits(largest.1);
        let all_bits = bits(largest.0) + second_bits + place_bits;
        if all_bits > u64::BITS - DIGIT_BITS {
            return None;
        }
        let key = |(place, row): (usize, &RankedDomain)| {
            let (first, second) = numbers(row);
            let first = match sort.direction {
                Direction::Ascending => first,
                Direction::Descending => largest.0 - first,
            };
            (first << second_bits | (largest.1 - second)) << place_bits | place as u64
        };
        Some(Keys {
            unsorted: rows.iter().enumerate().map(key).collect(),
            place_bits,
            bits: all_bits,
        })
    }

    /// The rows in order.
    fn sorted(self, rows: &[RankedDomain]) -> Vec<RankedDomain> {
        let mut keys = self.unsorted;
        let mut sorted = vec![0; keys.len()];
        let mut shift = self.place_bits;
        // By place they are sorted already, and what is sorted stays so among what is the same.
        while shift < self.bits {
            sort_by_digit(&keys, &mut sorted, shift);
            std::mem::swap(&mut keys, &mut sorted);
            shift += DIGIT_BITS;
        }
        let place = (1 << self.place_bits) - 1;
        let places = keys.iter().map(|key| (key & place) as usize);
        places.map(|place| rows[place]).collect()
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
        prop_oneof![8 => 0_u64..4, 4 => 0_u64..9000, 1 => any::<u32>().prop_map(u64::from)]
    }

    proptest! {
        #[test]
        fn rows_are_sorted_as_when_they_are_compared(
            emails in prop::collection::vec((emails(), emails()), 0..3 * FEW),
            huge in prop::option::weighted(0.2, any::<u64>()),
            sort in sort(),
        ) {
            let emails = emails.into_iter().chain(huge.map(|huge| (huge, huge)));
            let mut rows: Vec<RankedDomain> = (0..).zip(emails).map(|(domain, (outbound, threats))| RankedDomain {
                domain,
                outbound_emails: outbound,
                incoming_emails_with_threats: threats,
                ranks: true,
            }).collect();
            let mut expected = rows.clone();
            expected.sort_by(|a, b| compare(a, b, sort));
            sort_rows(&mut rows, sort);
            prop_assert_eq!(rows, expected);
        }
    }
}
