//! Rows of a view as numbers whose order is theirs, so that they are sorted without comparing them part by part.

use super::rollup::matched_emails::{Amount, Sides};
use super::row::ShownEmails;
use crate::hunt::query::{Direction, Sort, SortColumn};
use std::fmt::Debug;

/// A key. Most populations have numbers that fit the small one, of which a processor compares more at a time.
pub(super) trait RowKey: Copy + Debug + Ord {
    /// Greater than all keys of rows: of what is no row.
    const NO_ROW: Self;
    /// No key of a row has more bits.
    const BITS: u32;

    /// Of its number.
    fn of(number: u64) -> Self;

    /// Its number.
    fn number(self) -> u64;
}

impl RowKey for u32 {
    const NO_ROW: Self = u32::MAX;
    const BITS: u32 = u32::BITS - 1;

    fn of(number: u64) -> Self {
        number as u32
    }

    fn number(self) -> u64 {
        u64::from(self)
    }
}

impl RowKey for u64 {
    const NO_ROW: Self = u64::MAX;
    const BITS: u32 = u64::BITS - 1;

    fn of(number: u64) -> Self {
        number
    }

    fn number(self) -> u64 {
        self
    }
}

/// How the emails of rows are numbers whose order is that of the rows: by the number that is sorted by, then by the
/// other one. The order of what is the same is that of the domains. A last bit says whether a domain ranks.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyOrder {
    column: SortColumn,
    /// The direction, where rows are sorted by domain.
    by_domain: Option<Direction>,
    is_descending: bool,
    /// The most that the first and the second number can be.
    most: [u64; 2],
    second_bits: u32,
    bits: u32,
}

/// What a key is the sum of: what is always there, and what each email adds. It is reckoned modulo 2^64.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weights {
    base: u64,
    outbound: u64,
    threats: u64,
}

impl Weights {
    /// The key of a row.
    #[inline]
    pub(super) fn key<K: RowKey, T: Amount>(self, shown: &ShownEmails<T>) -> K {
        let Sides { outbound, threats } = shown.emails;
        K::of(
            self.base
                .wrapping_add(outbound.into().wrapping_mul(self.outbound))
                .wrapping_add(threats.into().wrapping_mul(self.threats))
                .wrapping_add(u64::from(shown.ranks)),
        )
    }
}

impl KeyOrder {
    /// Of rows that have no more emails than these. `None` where the numbers are too large.
    pub(super) fn of(sort: Sort, most_emails: [u64; 2]) -> Option<Self> {
        let most = match sort.column {
            SortColumn::IncomingEmailsWithThreats => [most_emails[1], most_emails[0]],
            _ => most_emails,
        };
        let [first_bits, second_bits] = most.map(|most| u64::BITS - most.leading_zeros());
        let bits = first_bits + second_bits + 1;
        if bits > <u64 as RowKey>::BITS {
            return None;
        }
        let is_by_domain = sort.column == SortColumn::SenderFromDomain;
        Some(KeyOrder {
            column: sort.column,
            by_domain: is_by_domain.then_some(sort.direction),
            is_descending: sort.direction == Direction::Descending,
            most,
            second_bits,
            bits,
        })
    }

    /// What keys are made of. What descends is taken from the most that it can be; the second number always does.
    pub(super) fn weights(&self) -> Weights {
        let (first, second) = (1_u64 << (self.second_bits + 1), 2_u64);
        let (first, of_most) = if self.is_descending {
            (first.wrapping_neg(), self.most[0] * first)
        } else {
            (first, 0)
        };
        let base = of_most + self.most[1] * second;
        let (outbound, threats) = match self.column {
            SortColumn::IncomingEmailsWithThreats => (second.wrapping_neg(), first),
            _ => (first, second.wrapping_neg()),
        };
        Weights {
            base,
            outbound,
            threats,
        }
    }

    /// The direction, where rows are sorted by domain: the order of keys does not matter then.
    pub(super) fn by_domain(&self) -> Option<Direction> {
        self.by_domain
    }

    /// No key has more bits.
    pub(super) fn bits(&self) -> u32 {
        self.bits
    }

    /// What the row of a key shows.
    pub(super) fn shown(&self, key: impl RowKey) -> ShownEmails<u64> {
        let (numbers, ranks) = (key.number() >> 1, key.number() & 1 == 1);
        let first = numbers >> self.second_bits;
        let first = if self.is_descending {
            self.most[0] - first
        } else {
            first
        };
        let second = self.most[1] - (numbers & ((1 << self.second_bits) - 1));
        let (outbound, threats) = match self.column {
            SortColumn::IncomingEmailsWithThreats => (second, first),
            _ => (first, second),
        };
        ShownEmails {
            emails: Sides { outbound, threats },
            ranks,
        }
    }
}
