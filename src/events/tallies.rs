//! How many events there are of each text in each way of counting: what is left of events that nobody opens.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::ops::Range;

/// Numbers of events by a text, such as a domain, and by a number that says as what they count.
#[derive(Clone, Debug, Default)]
pub struct Tallies {
    /// The texts one after the other.
    texts: Vec<u8>,
    all: Vec<Tally>,
    /// The places in `all`, by text and kind.
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

#[derive(Clone, Debug)]
struct Tally {
    text: Range<usize>,
    kind: u32,
    events: u64,
}

/// Sets the kinds of a text apart in a hash.
const KIND_IN_HASH: u64 = 0x9e37_79b9_7f4a_7c15;

impl Tallies {
    /// Counts an event.
    pub fn add(&mut self, text: &[u8], kind: u32) {
        let place = self.place(text, kind);
        self.all[place].events += 1;
    }

    fn place(&mut self, text: &[u8], kind: u32) -> usize {
        let hash = self.hash(text, kind);
        let (all, texts) = (&self.all, &self.texts);
        let is_it = |place: &u32| {
            let known = &all[*place as usize];
            known.kind == kind && texts[known.text.clone()] == *text
        };
        if let Some(place) = self.places.find(hash, is_it) {
            return *place as usize;
        }
        let place = self.all.len();
        let start = self.texts.len();
        self.texts.extend_from_slice(text);
        self.all.push(Tally {
            text: start..self.texts.len(),
            kind,
            events: 0,
        });
        let (all, texts, hasher) = (&self.all, &self.texts, &self.hasher);
        self.places.insert_unique(hash, place as u32, |place| {
            let known = &all[*place as usize];
            hash_of(hasher, &texts[known.text.clone()], known.kind)
        });
        place
    }

    fn hash(&self, text: &[u8], kind: u32) -> u64 {
        hash_of(&self.hasher, text, kind)
    }

    /// Each text and kind, in the order in which they first came, with how many events there are of it.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], u32, u64)> {
        self.all
            .iter()
            .map(|tally| (&self.texts[tally.text.clone()], tally.kind, tally.events))
    }

    /// The length of all texts, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.texts.len()
    }
}

fn hash_of(hasher: &DefaultHashBuilder, text: &[u8], kind: u32) -> u64 {
    hasher.hash_one(text) ^ u64::from(kind).wrapping_mul(KIND_IN_HASH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn events_are_counted_by_text_and_kind(
            events in prop::collection::vec(("[ab]{0,3}", 0_u32..4), 0..300),
        ) {
            let mut tallies = Tallies::default();
            let mut expected: BTreeMap<(Vec<u8>, u32), u64> = BTreeMap::new();
            for (text, kind) in &events {
                tallies.add(text.as_bytes(), *kind);
                *expected.entry((text.clone().into_bytes(), *kind)).or_default() += 1;
            }
            prop_assert_eq!(tallies.iter().count(), expected.len());
            let counted = tallies.iter().map(|(text, kind, events)| ((text.to_vec(), kind), events));
            prop_assert_eq!(counted.collect::<BTreeMap<_, _>>(), expected);
        }
    }
}
