//! The rows of a view, of which only those are put in order that somebody looks at: of a hundred thousand the
//! screen shows fifty.

mod keyed;

use super::rollup::Candidate;
use super::rollup::matched_emails::{Amount, Sides};
use super::row::{RankedDomain, ShownEmails};
use super::row_keys::{KeyOrder, RowKey, Weights};
use crate::hunt::query::{Direction, Sort, SortColumn};
use keyed::Keyed;
use std::cmp::Ordering;
use std::sync::Arc;

/// The rows of a view, in order.
#[derive(Clone, Debug)]
pub struct RankedRows(Rows);

#[derive(Clone, Debug)]
enum Rows {
    /// By keys, of which those are sorted that are looked at.
    Narrow(Keyed<u32>),
    Wide(Keyed<u64>),
    /// In order, where numbers are too large for keys.
    InOrder(Vec<RankedDomain>),
}

impl Default for RankedRows {
    fn default() -> Self {
        RankedRows(Rows::InOrder(Vec::new()))
    }
}

impl PartialEq for RankedRows {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for RankedRows {}

impl RankedRows {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match &self.0 {
            Rows::Narrow(keyed) => keyed.len(),
            Rows::Wide(keyed) => keyed.len(),
            Rows::InOrder(rows) => rows.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row with this number.
    pub fn get(&self, index: usize) -> Option<RankedDomain> {
        match &self.0 {
            Rows::Narrow(keyed) => keyed.get(index),
            Rows::Wide(keyed) => keyed.get(index),
            Rows::InOrder(rows) => rows.get(index).copied(),
        }
    }

    /// The number of the row of a domain, given by its index in the cube.
    pub fn position(&self, domain: usize) -> Option<usize> {
        match &self.0 {
            Rows::Narrow(keyed) => keyed.position(domain),
            Rows::Wide(keyed) => keyed.position(domain),
            Rows::InOrder(rows) => rows.iter().position(|row| row.index() == domain),
        }
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = RankedDomain> + '_ {
        match &self.0 {
            Rows::Narrow(keyed) => keyed.put_in_order(),
            Rows::Wide(keyed) => keyed.put_in_order(),
            Rows::InOrder(_) => {}
        }
        (0..self.len()).map_while(|index| self.get(index))
    }
}

/// Rows that are being collected from the candidates, one after the other.
pub(super) struct Collecting {
    sort: Sort,
    candidates: Arc<[Candidate]>,
    rows: Collected,
}

/// Of each candidate so far what it is sorted by, if it is a row.
enum Collected {
    Narrow(KeyOrder, Vec<u32>),
    Wide(KeyOrder, Vec<u64>),
    Whole(Vec<Option<ShownEmails<u64>>>),
}

impl Collecting {
    /// None yet, of these candidates, none of which has more emails than that.
    pub(super) fn new(sort: Sort, candidates: &Arc<[Candidate]>, most_emails: [u64; 2]) -> Self {
        let room = candidates.len();
        Collecting {
            sort,
            candidates: Arc::clone(candidates),
            rows: match KeyOrder::of(sort, most_emails) {
                Some(order) if order.bits() <= <u32 as RowKey>::BITS => {
                    Collected::Narrow(order, Vec::with_capacity(room))
                }
                Some(order) => Collected::Wide(order, Vec::with_capacity(room)),
                None => Collected::Whole(Vec::with_capacity(room)),
            },
        }
    }

    /// Takes in further candidates, by what is shown of one that has so many emails, of which exclusions match so
    /// many.
    #[inline]
    pub(super) fn extend<'e, T: Amount>(
        &mut self,
        all: Sides<&'e [T]>,
        matched: Sides<&'e [T]>,
        shown: impl Fn(Sides<T>, Sides<T>) -> ShownEmails<T>,
    ) {
        let sides = |of: Sides<&'e [T]>| {
            let of_each = of.outbound.iter().zip(of.threats);
            of_each.map(|(&outbound, &threats)| Sides { outbound, threats })
        };
        let both = sides(all).zip(sides(matched));
        let shown = both.map(|(all, matched)| shown(all, matched));
        match &mut self.rows {
            Collected::Narrow(order, keys) => {
                let weights = order.weights();
                keys.extend(shown.map(|shown| key::<u32, T>(weights, &shown)));
            }
            Collected::Wide(order, keys) => {
                let weights = order.weights();
                keys.extend(shown.map(|shown| key::<u64, T>(weights, &shown)));
            }
            Collected::Whole(rows) => rows.extend(shown.map(|shown| {
                shown.is_row().then(|| ShownEmails {
                    emails: Sides {
                        outbound: shown.emails.outbound.into(),
                        threats: shown.emails.threats.into(),
                    },
                    ranks: shown.ranks,
                })
            })),
        }
    }

    /// The rows so far.
    pub(super) fn count(&self) -> usize {
        match &self.rows {
            Collected::Narrow(_, keys) => keyed::rows_among(keys),
            Collected::Wide(_, keys) => keyed::rows_among(keys),
            Collected::Whole(rows) => rows.iter().flatten().count(),
        }
    }

    /// Keeps only some of the candidates.
    pub(super) fn keep(&mut self, is_kept: &[bool]) {
        match &mut self.rows {
            Collected::Narrow(_, keys) => keep(keys, is_kept, u32::NO_ROW),
            Collected::Wide(_, keys) => keep(keys, is_kept, u64::NO_ROW),
            Collected::Whole(rows) => keep(rows, is_kept, None),
        }
    }

    /// The rows.
    pub(super) fn finished(self) -> RankedRows {
        let candidates = self.candidates;
        RankedRows(match self.rows {
            Collected::Narrow(order, keys) => Rows::Narrow(Keyed::of(order, candidates, keys)),
            Collected::Wide(order, keys) => Rows::Wide(Keyed::of(order, candidates, keys)),
            Collected::Whole(rows) => {
                let rows = candidates.iter().zip(rows);
                let rows = rows.filter_map(|(candidate, shown)| {
                    Some(RankedDomain::new(candidate.domain, shown?))
                });
                let mut rows: Vec<RankedDomain> = rows.collect();
                rows.sort_unstable_by(|a, b| compare(a, b, self.sort));
                Rows::InOrder(rows)
            }
        })
    }
}

#[inline]
fn key<K: RowKey, T: Amount>(weights: Weights, shown: &ShownEmails<T>) -> K {
    let key = weights.key(shown);
    if shown.is_row() { key } else { K::NO_ROW }
}

fn keep<T: Copy>(candidates: &mut [T], is_kept: &[bool], nothing: T) {
    for (candidate, is_kept) in candidates.iter_mut().zip(is_kept) {
        if !is_kept {
            *candidate = nothing;
        }
    }
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

    /// Of many domains; of all or none of them are many emails, as what bits a key has depends on the most.
    fn emails() -> impl Strategy<Value = Vec<[u64; 2]>> {
        let emails = prop_oneof![
            Just((0_u64..4).boxed()),
            Just((0_u64..40).boxed()),
            Just(prop_oneof![8 => 0_u64..4, 4 => 0_u64..9000, 1 => 0_u64..2_000_000].boxed()),
            Just(prop_oneof![40 => Just(7), 1 => any::<u64>()].boxed()),
        ];
        emails.prop_flat_map(|emails| prop::collection::vec([emails.clone(), emails], 0..4500))
    }

    proptest! {
        #[test]
        fn rows_are_in_the_order_in_which_they_compare(
            emails in emails(),
            portion in 1..2000_usize,
            one_in in 1..4_usize,
            ranks in prop::collection::vec(any::<bool>(), 1..9),
            keep_but in 0..6_usize,
            looked_at in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
            sort in sort(),
        ) {
            let most = [0, 1].map(|side| emails.iter().map(|emails| emails[side]).max().unwrap_or_default());
            // Domains that are no candidates lie between those that are.
            let candidates: Arc<[Candidate]> =
                (0..emails.len()).map(|place| Candidate::of(2 * place as u32 + 1)).collect();
            let is_row = |place: usize| place.is_multiple_of(one_in);
            let each: Vec<ShownEmails<u64>> = emails.iter().enumerate().map(|(place, &emails)| {
                let ranks = ranks[place % ranks.len()];
                let [outbound, threats] = if is_row(place) { emails } else { [0, 0] };
                ShownEmails { emails: Sides { outbound, threats }, ranks }
            }).collect();
            let mut rows = Collecting::new(sort, &candidates, most);
            // What is shown is told by the place alone.
            let places: Vec<u64> = (0..each.len() as u64).collect();
            for portion in places.chunks(portion) {
                let portion = Sides { outbound: portion, threats: portion };
                rows.extend(portion, portion, |place, _| each[place.outbound as usize]);
            }
            let is_kept: Vec<bool> = (0..each.len()).map(|place| place % 5 != keep_but).collect();
            let has_emails = |shown: &ShownEmails<u64>| shown.is_row();
            prop_assert_eq!(rows.count(), each.iter().filter(|shown| has_emails(shown)).count());
            rows.keep(&is_kept);
            let rows = rows.finished();
            let expected = each.iter().zip(&*candidates).zip(&is_kept);
            let expected = expected.filter(|((shown, _), is_kept)| has_emails(shown) && **is_kept);
            let expected = expected.map(|((shown, candidate), _)| RankedDomain {
                outbound_emails: shown.emails.outbound,
                incoming_emails_with_threats: shown.emails.threats,
                domain: candidate.domain,
                ranks: shown.ranks,
            });
            let mut expected: Vec<RankedDomain> = expected.collect();
            expected.sort_by(|a, b| compare(a, b, sort));
            prop_assert_eq!(rows.len(), expected.len());
            for index in &looked_at {
                let index = index.index(emails.len() + 3);
                prop_assert_eq!(rows.get(index), expected.get(index).copied());
                let domain = 2 * index + usize::from(index % 3 != 0);
                let position = expected.iter().position(|row| row.index() == domain);
                prop_assert_eq!(rows.position(domain), position);
            }
            let all: Vec<RankedDomain> = rows.iter().collect();
            prop_assert_eq!(&all, &expected);
            // Now all are in order.
            for index in looked_at {
                let index = index.index(emails.len() + 3);
                prop_assert_eq!(rows.get(index), expected.get(index).copied());
            }
            prop_assert_eq!(rows, RankedRows(Rows::InOrder(expected)));
        }
    }
}
