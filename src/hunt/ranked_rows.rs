//! The rows of a view, of which only those are put in order that somebody looks at: of a hundred thousand the
//! screen shows fifty.

use super::query::{Direction, Sort, SortColumn};
use super::ranking::ShownEmails;
use super::rollup::Candidate;
use super::row_keys::KeyOrder;
use super::view::RankedDomain;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The rows of a view, in order.
#[derive(Clone, Debug)]
pub struct RankedRows(Rows);

#[derive(Clone, Debug)]
enum Rows {
    /// By keys, of which those are sorted that are looked at.
    Keyed(Keyed),
    /// In order, where numbers are too large for keys.
    InOrder(Vec<RankedDomain>),
}

#[derive(Clone, Debug)]
struct Keyed {
    order: KeyOrder,
    candidates: Arc<[Candidate]>,
    keys: Vec<u64>,
    /// The places of the rows among the candidates, ascending.
    places: Vec<u32>,
    sections: OnceLock<Vec<Section>>,
}

/// Rows that follow one another: some more than a screen shows.
#[derive(Clone, Debug)]
struct Section {
    /// How many rows come before.
    start: usize,
    /// The keys from which and up to which on they are.
    keys: Range<u64>,
    /// Their keys and places in order, once one was looked at.
    sorted: OnceLock<Vec<(u64, u32)>>,
}

/// The least rows of a section, but for the last.
const SECTION: usize = 128;

/// How many bits of a key say in which section it may be.
const DIGIT_BITS: u32 = 11;

/// So many keys that follow one another are counted apart.
const COUNTED_APART: usize = 4;

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
            Rows::Keyed(keyed) => keyed.keys.len(),
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
            Rows::Keyed(keyed) => keyed.get(index),
            Rows::InOrder(rows) => rows.get(index).copied(),
        }
    }

    /// The number of the row of a domain, given by its index in the cube.
    pub fn position(&self, domain: usize) -> Option<usize> {
        match &self.0 {
            Rows::Keyed(keyed) => keyed.position(domain),
            Rows::InOrder(rows) => rows.iter().position(|row| row.index() == domain),
        }
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = RankedDomain> + '_ {
        let all = match &self.0 {
            Rows::Keyed(keyed) if keyed.order.by_domain().is_none() => {
                Some(keyed.in_order(0..u64::MAX))
            }
            _ => None,
        };
        (0..self.len()).map_while(move |index| match (&self.0, &all) {
            (Rows::Keyed(keyed), Some(all)) => Some(keyed.row(*all.get(index)?)),
            _ => self.get(index),
        })
    }
}

impl Keyed {
    fn get(&self, index: usize) -> Option<RankedDomain> {
        let (key, place) = if let Some(direction) = self.order.by_domain() {
            let index = match direction {
                Direction::Ascending => index,
                Direction::Descending => self.keys.len().checked_sub(index + 1)?,
            };
            (*self.keys.get(index)?, *self.places.get(index)?)
        } else {
            let sections = self.sections();
            let after = sections.partition_point(|section| section.start <= index);
            let section = sections.get(after.checked_sub(1)?)?;
            *self.sorted(section).get(index - section.start)?
        };
        Some(self.row((key, place)))
    }

    fn row(&self, (key, place): (u64, u32)) -> RankedDomain {
        row_of(self.candidates[place as usize], self.order.shown(key))
    }

    fn position(&self, domain: usize) -> Option<usize> {
        let candidates = &self.candidates;
        let place = candidates
            .binary_search_by_key(&(domain as u32), |candidate| candidate.domain)
            .ok()? as u32;
        let at = self.places.binary_search(&place).ok()?;
        match self.order.by_domain() {
            Some(Direction::Ascending) => return Some(at),
            Some(Direction::Descending) => return Some(self.keys.len() - 1 - at),
            None => {}
        }
        let key = *self.keys.get(at)?;
        let sections = self.sections();
        let section = sections.partition_point(|section| section.keys.end <= key);
        let section = sections.get(section)?;
        let wanted = (KeyOrder::without_rank(key), place);
        let before = self
            .sorted(section)
            .binary_search_by_key(&wanted, |&(key, place)| {
                (KeyOrder::without_rank(key), place)
            })
            .ok()?;
        Some(section.start + before)
    }

    /// All of them; where they begin and end depends on how many keys begin with which digit.
    fn sections(&self) -> &[Section] {
        self.sections.get_or_init(|| {
            let bits = self.order.bits();
            // Never the last bit, which makes no difference to the order.
            let shift = bits.saturating_sub(DIGIT_BITS).max(1);
            // Several, as neighbours often begin with the same one, and each would wait for the one before.
            let mut counts = vec![[0_u32; COUNTED_APART]; 1 << (bits - shift)];
            for keys in self.keys.chunks(COUNTED_APART) {
                for (part, &key) in keys.iter().enumerate() {
                    counts[(key >> shift) as usize][part] += 1;
                }
            }
            let mut sections = Vec::new();
            let (mut start, mut end, mut first) = (0, 0, 0);
            let last = counts.len() - 1;
            for (digit, counts) in counts.iter().enumerate() {
                end += counts.iter().sum::<u32>() as usize;
                if end - start >= SECTION || digit == last {
                    let after = (digit as u64 + 1) << shift;
                    sections.push(Section {
                        start,
                        keys: first..after,
                        sorted: OnceLock::new(),
                    });
                    (start, first) = (end, after);
                }
            }
            sections
        })
    }

    /// The keys of a section with their places, in order.
    fn sorted<'s>(&self, section: &'s Section) -> &'s [(u64, u32)] {
        section
            .sorted
            .get_or_init(|| self.in_order(section.keys.clone()))
    }

    /// The keys of a range with their places, in order.
    fn in_order(&self, keys: Range<u64>) -> Vec<(u64, u32)> {
        let Range { start, end } = keys;
        let rows = self.keys.iter().copied().zip(self.places.iter().copied());
        let rows = rows.filter(|(key, _)| key.wrapping_sub(start) < end - start);
        let mut rows: Vec<(u64, u32)> = rows.collect();
        // Stable: their places ascend.
        rows.sort_by_key(|(key, _)| KeyOrder::without_rank(*key));
        rows
    }
}

/// Rows that are being collected from the candidates, one after the other.
pub(super) struct Collecting {
    sort: Sort,
    candidates: Arc<[Candidate]>,
    looked_at: usize,
    rows: Collected,
}

enum Collected {
    /// The keys and places of the rows so far, and room for those of all candidates.
    Keyed {
        order: KeyOrder,
        keys: Vec<u64>,
        places: Vec<u32>,
        length: usize,
    },
    Whole(Vec<RankedDomain>),
}

impl Collecting {
    /// None yet, of these candidates, none of which has more emails than that.
    pub(super) fn new(sort: Sort, candidates: &Arc<[Candidate]>, most_emails: [u64; 2]) -> Self {
        // What is no row is put where the next one comes.
        let room = candidates.len() + 1;
        Collecting {
            sort,
            candidates: Arc::clone(candidates),
            looked_at: 0,
            rows: match KeyOrder::of(sort, most_emails) {
                Some(order) => Collected::Keyed {
                    order,
                    keys: vec![0; room],
                    places: vec![0; room],
                    length: 0,
                },
                None => Collected::Whole(Vec::new()),
            },
        }
    }

    /// Takes in so many further candidates: what each shows, and whether it is a row, is asked by its number among
    /// these.
    #[inline]
    pub(super) fn extend(
        &mut self,
        count: usize,
        mut shown: impl FnMut(usize) -> (ShownEmails, bool),
    ) {
        let first = self.looked_at;
        self.looked_at += count;
        match &mut self.rows {
            Collected::Keyed {
                order,
                keys,
                places,
                length,
            } => {
                let room = *length..=*length + count;
                let (keys, places) = (&mut keys[room.clone()], &mut places[room]);
                let mut added = 0;
                // Without a branch: which are rows is hard to foresee.
                for index in 0..count {
                    let (shown, is_row) = shown(index);
                    keys[added] = order.key(&shown);
                    places[added] = (first + index) as u32;
                    added += usize::from(is_row);
                }
                *length += added;
            }
            Collected::Whole(rows) => {
                for (index, candidate) in self.candidates[first..][..count].iter().enumerate() {
                    let (shown, is_row) = shown(index);
                    if is_row {
                        rows.push(row_of(*candidate, shown));
                    }
                }
            }
        }
    }

    /// The rows.
    pub(super) fn finished(self) -> RankedRows {
        RankedRows(match self.rows {
            Collected::Keyed {
                order,
                mut keys,
                mut places,
                length,
            } => {
                keys.truncate(length);
                places.truncate(length);
                Rows::Keyed(Keyed {
                    order,
                    candidates: self.candidates,
                    keys,
                    places,
                    sections: OnceLock::new(),
                })
            }
            Collected::Whole(mut rows) => {
                rows.sort_unstable_by(|a, b| compare(a, b, self.sort));
                Rows::InOrder(rows)
            }
        })
    }
}

/// The row of a candidate.
fn row_of(candidate: Candidate, shown: ShownEmails) -> RankedDomain {
    let [outbound, threats] = shown.emails;
    RankedDomain {
        outbound_emails: outbound,
        incoming_emails_with_threats: threats,
        domain: candidate.domain,
        ranks: shown.ranks,
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
            looked_at in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
            sort in sort(),
        ) {
            let most = [0, 1].map(|side| emails.iter().map(|emails| emails[side]).max().unwrap_or_default());
            // Domains that are no candidates lie between those that are.
            let candidates: Arc<[Candidate]> =
                (0..emails.len()).map(|place| Candidate::of(2 * place as u32 + 1)).collect();
            let each = emails.iter().enumerate().map(|(place, &emails)| {
                let ranks = ranks[place % ranks.len()];
                (ShownEmails { emails, ranks }, place % one_in == 0)
            });
            let each: Vec<(ShownEmails, bool)> = each.collect();
            let mut rows = Collecting::new(sort, &candidates, most);
            for portion in each.chunks(portion) {
                rows.extend(portion.len(), |index| portion[index]);
            }
            let rows = rows.finished();
            let expected = each.iter().zip(&*candidates).filter(|((_, is_row), _)| *is_row);
            let expected = expected.map(|((shown, _), candidate)| RankedDomain {
                outbound_emails: shown.emails[0],
                incoming_emails_with_threats: shown.emails[1],
                domain: candidate.domain,
                ranks: shown.ranks,
            });
            let mut expected: Vec<RankedDomain> = expected.collect();
            expected.sort_by(|a, b| compare(a, b, sort));
            prop_assert_eq!(rows.len(), expected.len());
            for index in looked_at {
                let index = index.index(emails.len() + 3);
                prop_assert_eq!(rows.get(index), expected.get(index).copied());
                let domain = 2 * index + usize::from(index % 3 != 0);
                let position = expected.iter().position(|row| row.index() == domain);
                prop_assert_eq!(rows.position(domain), position);
            }
            let all: Vec<RankedDomain> = rows.iter().collect();
            prop_assert_eq!(&all, &expected);
            prop_assert_eq!(rows, RankedRows(Rows::InOrder(expected)));
        }
    }
}
