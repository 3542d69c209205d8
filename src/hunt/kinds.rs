//! The kinds of email that occur: emails of one kind stand on the same side, are matched by the same
//! exclusions and have the same facets. Few kinds occur, so that a number in their place says all of it.

use super::exclusion::ExclusionSet;
use super::facets::ThreatFacets;
use super::side::Side;
use hashbrown::HashMap;

/// What emails of one kind have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// The side they stand on.
    pub side: Side,
    /// The exclusions that match them.
    pub mask: ExclusionSet,
    /// The exclusions that would match them if their guards could be read and did not hold.
    pub kept_unread: ExclusionSet,
    /// Their facets; on the outbound side always the default.
    pub facets: ThreatFacets,
}

/// Numbers for kinds.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    all: Vec<Kind>,
    numbers: HashMap<Kind, u32>,
    /// The number that was asked for last on each side: the next one is often the same.
    latest: [Option<u32>; 2],
}

impl Kinds {
    /// The number of a kind, new if need be.
    pub fn number(&mut self, kind: Kind) -> u32 {
        let latest = &mut self.latest[kind.side as usize];
        if let Some(number) = *latest
            && self.all[number as usize] == kind
        {
            return number;
        }
        let number = *self.numbers.entry(kind).or_insert_with(|| {
            self.all.push(kind);
            self.all.len() as u32 - 1
        });
        *latest = Some(number);
        number
    }

    /// The kind of a number that [`Kinds::number`] gave.
    pub fn get(&self, number: u32) -> Kind {
        self.all[number as usize]
    }

    /// All kinds, by their numbers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Kind> {
        self.all.iter().copied()
    }

    /// The same numbers for kinds of other masks: those of several numbers may be the same then.
    #[must_use]
    pub fn with_masks(&self, mask_of: impl Fn(ExclusionSet) -> ExclusionSet) -> Kinds {
        let kinds: Vec<Kind> = self
            .iter()
            .map(|kind| Kind {
                mask: mask_of(kind.mask),
                kept_unread: mask_of(kind.kept_unread),
                ..kind
            })
            .collect();
        let numbers = (0..).zip(&kinds).map(|(number, kind)| (*kind, number));
        Kinds {
            numbers: numbers.collect(),
            latest: [None, None],
            all: kinds,
        }
    }
}
