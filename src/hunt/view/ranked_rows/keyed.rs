//! Rows by keys: those that somebody looks at are found among all by keys between which they must be, and only
//! they are sorted.

use crate::hunt::query::Direction;
use crate::hunt::view::rollup::Candidate;
use crate::hunt::view::row::RankedDomain;
use crate::hunt::view::row_keys::{KeyOrder, RowKey};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Rows by keys.
#[derive(Clone, Debug)]
pub(super) struct Keyed<K> {
    order: KeyOrder,
    candidates: Arc<[Candidate]>,
    /// That of each candidate.
    keys: Vec<K>,
    /// The rows among the candidates before each portion, and among all.
    rows_before: Vec<u32>,
    /// Where some of the rows come.
    sample: OnceLock<Vec<Rank<K>>>,
    /// The places of all rows in order, once they are looked at or a guess was wrong.
    in_order: OnceLock<Vec<u32>>,
    /// The places, among the candidates, of rows that follow one another, once one of them was looked at.
    windows: Vec<OnceLock<Vec<u32>>>,
}

/// Where a row comes: by its key, without whether it ranks, and of those that are the same by its place among the
/// candidates. No two rows come at the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank<K> {
    key: K,
    place: u32,
}

/// So many rows are looked at together: some more than a screen shows.
const WINDOW: usize = 128;

/// The most rows of which it is known beforehand where they come.
const SAMPLE: usize = 1 << 10;

/// So many candidates are a portion.
const PORTION: usize = 1 << 10;

/// Keys that are looked at together; few of them are looked for.
const GROUP: usize = 64;

impl<K: RowKey> Keyed<K> {
    /// Of the keys of candidates.
    pub(super) fn of(order: KeyOrder, candidates: Arc<[Candidate]>, keys: Vec<K>) -> Self {
        let mut rows = 0;
        let mut rows_before = vec![rows];
        rows_before.extend(keys.chunks(PORTION).map(|keys| {
            rows += rows_among(keys) as u32;
            rows
        }));
        let windows = match order.by_domain() {
            // They are in order already.
            Some(_) => 0,
            None => (rows as usize).div_ceil(WINDOW),
        };
        Keyed {
            order,
            candidates,
            keys,
            rows_before,
            sample: OnceLock::new(),
            in_order: OnceLock::new(),
            windows: vec![OnceLock::new(); windows],
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rows_before
            .last()
            .map_or(0, |&rows_before| rows_before as usize)
    }

    /// The row with this number.
    pub(super) fn get(&self, index: usize) -> Option<RankedDomain> {
        if let Some(in_order) = self.in_order.get() {
            return in_order.get(index).map(|&place| self.row(place));
        }
        let last = self.len().checked_sub(1)?;
        let place = match self.order.by_domain() {
            Some(Direction::Ascending) => self.place_of_row(index)?,
            Some(Direction::Descending) => self.place_of_row(last.checked_sub(index)?)?,
            None => *self.window(index / WINDOW)?.get(index % WINDOW)?,
        };
        Some(self.row(place))
    }

    /// The row of the candidate in a place.
    fn row(&self, place: u32) -> RankedDomain {
        let key = self.keys[place as usize];
        RankedDomain::new(
            self.candidates[place as usize].domain,
            self.order.shown(key),
        )
    }

    /// The number of the row of a domain, given by its index in the cube.
    pub(super) fn position(&self, domain: usize) -> Option<usize> {
        let candidates = &self.candidates;
        let place = candidates
            .binary_search_by_key(&(domain as u32), |candidate| candidate.domain)
            .ok()?;
        let key = *self.keys.get(place)?;
        if key == K::NO_ROW {
            return None;
        }
        let portion = place / PORTION;
        let before = || {
            let in_portion = rows_among(&self.keys[portion * PORTION..place]);
            self.rows_before[portion] as usize + in_portion
        };
        Some(match self.order.by_domain() {
            Some(Direction::Ascending) => before(),
            Some(Direction::Descending) => self.len() - 1 - before(),
            None => {
                let rank = Rank::of(key, place);
                self.between(&(rank..rank)).0
            }
        })
    }

    /// Puts all rows in order, for who looks at all of them.
    pub(super) fn put_in_order(&self) {
        self.all_in_order();
    }

    fn all_in_order(&self) -> &[u32] {
        self.in_order.get_or_init(|| self.sorted())
    }

    /// The places of all rows, in order.
    fn sorted(&self) -> Vec<u32> {
        let rows = (0..).zip(&self.keys).filter(|(_, key)| **key != K::NO_ROW);
        let mut rows: Vec<u32> = rows.map(|(place, _)| place).collect();
        match self.order.by_domain() {
            Some(Direction::Ascending) => {}
            Some(Direction::Descending) => rows.reverse(),
            // Stable: their places ascend.
            None => rows.sort_by_key(|&place| without_rank(self.keys[place as usize])),
        }
        rows
    }

    /// The place of the row with this number in the order of the candidates.
    fn place_of_row(&self, index: usize) -> Option<u32> {
        let after = self
            .rows_before
            .partition_point(|&before| before as usize <= index);
        let portion = after.checked_sub(1)?;
        let first = portion * PORTION;
        let places = (first..).zip(self.keys.get(first..)?);
        let mut rows = places.filter(|(_, key)| **key != K::NO_ROW);
        let (place, _) = rows.nth(index - self.rows_before[portion] as usize)?;
        Some(place as u32)
    }

    /// The places of the rows of a window, in order.
    fn window(&self, number: usize) -> Option<&[u32]> {
        let window = self.windows.get(number)?.get_or_init(|| {
            let start = number * WINDOW;
            self.places_of(start..self.len().min(start + WINDOW))
        });
        Some(window)
    }

    /// The places of the rows with these numbers, in order.
    fn places_of(&self, rows: Range<usize>) -> Vec<u32> {
        let sample = self.sample.get_or_init(|| self.sample());
        let in_sample = |row: usize| row * sample.len() / self.len();
        let (first, last) = (in_sample(rows.start), in_sample(rows.end));
        // How far the rows of a sample are from where as many of all would be expected; a wrong guess costs time.
        let deviation =
            |at: usize| 4 + 2 * (at * (sample.len() - at) / sample.len().max(1)).isqrt();
        let apart = deviation(first).max(deviation(last));
        let start = first.checked_sub(apart).and_then(|at| sample.get(at));
        let end = sample.get(last + apart);
        let start = start.copied().unwrap_or(Rank::of(K::of(0), 0));
        let end = end.copied().unwrap_or(Rank::of(K::NO_ROW, 0));
        let (before, mut found) = self.between(&(start..end));
        if rows.start < before || before + found.len() < rows.end {
            return self.all_in_order()[rows].to_vec();
        }
        found.sort_unstable();
        let found = &found[rows.start - before..rows.end - before];
        found.iter().map(|rank| rank.place).collect()
    }

    /// Some of the rows, in order. Which is as good as left to chance, since places may have numbers by some rule.
    fn sample(&self) -> Vec<Rank<K>> {
        let step = self.keys.len().div_ceil(SAMPLE).max(1);
        let places = (0..self.keys.len()).step_by(step);
        let places = places.map(|first| first + scattered(first) % step);
        let rows = places.filter_map(|place| Some((place, *self.keys.get(place)?)));
        let rows = rows.filter(|(_, key)| *key != K::NO_ROW);
        let mut sample: Vec<Rank<K>> = rows.map(|(place, key)| Rank::of(key, place)).collect();
        sample.sort_unstable();
        sample
    }

    /// How many rows come before a range, and those within it.
    fn between(&self, range: &Range<Rank<K>>) -> (usize, Vec<Rank<K>>) {
        let (mut before, mut within) = (0, Vec::new());
        let mut bounds = [
            0,
            range.start.place as usize,
            range.end.place as usize,
            self.keys.len(),
        ];
        bounds.sort_unstable();
        for places in bounds.windows(2).map(|pair| pair[0]..pair[1]) {
            // From which key on rows in these places belong to the range, and from which on no more.
            let from = range.start.key_from(places.start);
            let to = range.end.key_from(places.start);
            for first in places.clone().step_by(GROUP) {
                let group = &self.keys[first..places.end.min(first + GROUP)];
                let (mut of_group, mut has_any) = (0_u32, false);
                for key in group {
                    let key = without_rank(*key);
                    of_group += u32::from(key < from);
                    has_any |= from <= key && key < to;
                }
                before += of_group as usize;
                if has_any {
                    let ranks = group.iter().zip(first..);
                    let ranks = ranks.map(|(key, place)| Rank::of(*key, place));
                    within.extend(ranks.filter(|rank| from <= rank.key && rank.key < to));
                }
            }
        }
        (before, within)
    }
}

impl<K: RowKey> Rank<K> {
    fn of(key: K, place: usize) -> Self {
        Rank {
            key: without_rank(key),
            place: place as u32,
        }
    }

    /// From which key on what is in this place, or after it up to the place of this rank, comes no earlier.
    fn key_from(self, place: usize) -> K {
        K::of(self.key.number() + u64::from(place < self.place as usize))
    }
}

/// What of a key says where its row comes.
#[inline]
fn without_rank<K: RowKey>(key: K) -> K {
    K::of(key.number() >> 1)
}

/// A number that has nothing to do with that of a place: from the upper bits, which all others make a difference to.
fn scattered(place: usize) -> usize {
    let product = (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (product >> 40) as usize
}

/// How many of the keys are those of rows.
pub(super) fn rows_among<K: RowKey>(keys: &[K]) -> usize {
    let is_row = |key: &K| u32::from(*key != K::NO_ROW);
    // Less is added up at a time: faster.
    let groups = keys.chunks(PORTION);
    groups
        .map(|keys| keys.iter().map(is_row).sum::<u32>() as usize)
        .sum()
}
