//! Rows of a view as numbers whose order is theirs, so that they are sorted without comparing them part by part.

use super::query::{Direction, Sort, SortColumn};
use super::ranking::ShownEmails;

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
    weights: Weights,
}

/// What a key is the sum of: what is always there, and what each email adds. It is reckoned modulo 2^64.
#[derive(Clone, Copy, Debug, Default)]
struct Weights {
    base: u64,
    outbound: u64,
    threats: u64,
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
        if bits >= u64::BITS {
            return None;
        }
        let is_by_domain = sort.column == SortColumn::SenderFromDomain;
        let mut order = KeyOrder {
            column: sort.column,
            by_domain: is_by_domain.then_some(sort.direction),
            is_descending: sort.direction == Direction::Descending,
            most,
            second_bits,
            bits,
            weights: Weights::default(),
        };
        order.weights = order.weights();
        Some(order)
    }

    /// What descends is taken from the most that it can be; the second number always does.
    fn weights(&self) -> Weights {
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

    /// The key of a row.
    #[inline]
    pub(super) fn key(&self, shown: &ShownEmails) -> u64 {
        let Weights {
            base,
            outbound,
            threats,
        } = self.weights;
        base.wrapping_add(shown.emails[0].wrapping_mul(outbound))
            .wrapping_add(shown.emails[1].wrapping_mul(threats))
            .wrapping_add(u64::from(shown.ranks))
    }

    /// The direction, where rows are sorted by domain: the order of keys does not matter then.
    pub(super) fn by_domain(&self) -> Option<Direction> {
        self.by_domain
    }

    /// No key has more bits.
    pub(super) fn bits(&self) -> u32 {
        self.bits
    }

    /// What of a key says where its row comes.
    pub(super) fn without_rank(key: u64) -> u64 {
        key >> 1
    }

    /// What the row of a key shows.
    pub(super) fn shown(&self, key: u64) -> ShownEmails {
        let (numbers, ranks) = (key >> 1, key & 1 == 1);
        let first = numbers >> self.second_bits;
        let first = if self.is_descending {
            self.most[0] - first
        } else {
            first
        };
        let second = self.most[1] - (numbers & ((1 << self.second_bits) - 1));
        let emails = match self.column {
            SortColumn::IncomingEmailsWithThreats => [second, first],
            _ => [first, second],
        };
        ShownEmails { emails, ranks }
    }
}
