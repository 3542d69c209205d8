//! The emails of one domain that a query shows, as if they lay in one list: they lie in parts, each in the order
//! of the list, and only those that are asked for are looked at.

use super::{Part, Place, ReceivedThreat, ThreatEmail};
use crate::hunt::kinds::Kinds;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::Arc;

/// The emails of one domain that a query shows, newest first.
#[derive(Clone, Debug)]
pub struct ListedEmails {
    /// None is empty.
    parts: Vec<Part>,
    kinds: Arc<Kinds>,
}

impl ListedEmails {
    pub(super) fn new(parts: Vec<Part>, kinds: &Arc<Kinds>) -> Self {
        ListedEmails {
            parts,
            kinds: Arc::clone(kinds),
        }
    }

    fn parts(&self) -> impl Iterator<Item = &[ReceivedThreat]> {
        self.parts.iter().map(Part::emails)
    }

    fn email(&self, received: &ReceivedThreat) -> ThreatEmail {
        ThreatEmail {
            id: received.id,
            mask: self.kinds.get(received.kind).mask,
            time: received.time,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.parts().map(<[ReceivedThreat]>::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The row an email has in the list, if it is in it.
    pub fn row_of(&self, email: &ThreatEmail) -> Option<usize> {
        let before = |part| emails_before(part, &email.place());
        self.find(email)
            .map(|_| self.parts().map(before).sum::<usize>())
    }

    /// The same email as it is in this list: its mask may be another since.
    pub fn find(&self, email: &ThreatEmail) -> Option<ThreatEmail> {
        let place = email.place();
        let found = self.parts().find_map(|part| {
            let found = part.get(emails_before(part, &place))?;
            (found.place() == place).then_some(found)
        });
        found.map(|received| self.email(received))
    }

    /// The rows from `row` on.
    pub fn from_row(&self, row: usize) -> impl Iterator<Item = ThreatEmail> {
        let mut rests: BinaryHeap<Rest> = self
            .parts()
            .zip(self.rows_before(row))
            .filter_map(|(part, before)| Rest::of(&part[before..]))
            .collect();
        std::iter::from_fn(move || {
            let Rest { first, further, .. } = rests.pop()?;
            rests.extend(Rest::of(further));
            Some(self.email(first))
        })
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = ThreatEmail> {
        self.from_row(0)
    }

    /// How many emails of each part are among the first `row` rows.
    ///
    /// Of the emails of which it is not known, one in the middle is looked at: whether it is among them settles at
    /// least a quarter of the rest.
    fn rows_before(&self, row: usize) -> Vec<usize> {
        let mut open: Vec<Range<usize>> = self.parts().map(|part| 0..part.len()).collect();
        while open.iter().map(|open| open.start).sum::<usize>() < row
            && let Some(middle) = self.middle(&open)
        {
            let before: Vec<usize> = self
                .parts()
                .map(|part| emails_before(part, &middle))
                .collect();
            let is_among_them = before.iter().sum::<usize>() < row;
            for ((part, open), before) in self.parts().zip(&mut open).zip(before) {
                if is_among_them {
                    let itself = part.get(before).is_some_and(|it| it.place() == middle);
                    open.start = open.start.max(before + usize::from(itself));
                } else {
                    open.end = open.end.min(before);
                }
            }
        }
        open.into_iter().map(|open| open.start).collect()
    }

    /// The weighted median of the medians of these ranges of the parts.
    fn middle(&self, open: &[Range<usize>]) -> Option<Place> {
        let medians = self.parts().zip(open);
        let medians = medians.filter(|(_, open)| !open.is_empty());
        let mut medians: Vec<(Place, usize)> = medians
            .map(|(part, open)| (part[open.start.midpoint(open.end)].place(), open.len()))
            .collect();
        medians.sort_unstable_by_key(|(place, _)| *place);
        let half = medians.iter().map(|(_, emails)| emails).sum::<usize>() / 2;
        let mut before = 0;
        let middle = medians.into_iter().find(|(_, emails)| {
            before += emails;
            before > half
        });
        middle.map(|(place, _)| place)
    }
}

/// How many emails of a part come before a place.
fn emails_before(part: &[ReceivedThreat], place: &Place) -> usize {
    part.partition_point(|email| email.place() < *place)
}

/// What is left of a part. The greatest is the one whose next email comes first.
struct Rest<'p> {
    place: Reverse<Place>,
    first: &'p ReceivedThreat,
    further: &'p [ReceivedThreat],
}

impl<'p> Rest<'p> {
    fn of(part: &'p [ReceivedThreat]) -> Option<Self> {
        let (first, further) = part.split_first()?;
        Some(Rest {
            place: Reverse(first.place()),
            first,
            further,
        })
    }
}

impl Ord for Rest<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place.cmp(&other.place)
    }
}

impl PartialOrd for Rest<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rest<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rest<'_> {}
