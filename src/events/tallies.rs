//! How many events there are of each text in each way of counting: what is left of events that nobody opens.

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;
use std::ops::Range;

/// Numbers of events by a text, such as a domain, and by a kind that says as what they count.
#[derive(Clone, Debug, Default)]
pub struct Tallies {
    /// The texts one after the other.
    bytes: Vec<u8>,
    /// By the number of the text.
    texts: Vec<TextTally>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Of texts and further kinds.
    others: Vec<(TextNumber, u32, u64)>,
    places: HashMap<(TextNumber, u32), usize>,
}

/// A number for a text, in the tallies that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextNumber(u32);

/// A text with the kind that came first: hardly any has several.
#[derive(Clone, Debug)]
struct TextTally {
    text: Range<usize>,
    kind: Option<u32>,
    events: u64,
}

impl Tallies {
    /// The number of a text, new if need be.
    pub fn number(&mut self, text: &[u8]) -> TextNumber {
        let hash = self.hasher.hash_one(text);
        let (texts, bytes) = (&self.texts, &self.bytes);
        let is_it = |number: &u32| bytes[texts[*number as usize].text.clone()] == *text;
        if let Some(number) = self.numbers.find(hash, is_it) {
            return TextNumber(*number);
        }
        let number = self.texts.len() as u32;
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text);
        self.texts.push(TextTally {
            text: start..self.bytes.len(),
            kind: None,
            events: 0,
        });
        let (texts, bytes, hasher) = (&self.texts, &self.bytes, &self.hasher);
        self.numbers.insert_unique(hash, number, |number| {
            hasher.hash_one(&bytes[texts[*number as usize].text.clone()])
        });
        TextNumber(number)
    }

    /// Counts an event of a text that has this number.
    pub fn count(&mut self, number: TextNumber, kind: u32) {
        let tally = &mut self.texts[number.0 as usize];
        if *tally.kind.get_or_insert(kind) == kind {
            tally.events += 1;
            return;
        }
        let place = *self.places.entry((number, kind)).or_insert_with(|| {
            self.others.push((number, kind, 0));
            self.others.len() - 1
        });
        self.others[place].2 += 1;
    }

    /// Each text and kind of which there are events, and how many.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], u32, u64)> {
        let first = self.texts.iter();
        let first = first.filter_map(|tally| Some((tally, tally.kind?, tally.events)));
        let others = self.others.iter();
        let others =
            others.map(|&(number, kind, events)| (&self.texts[number.0 as usize], kind, events));
        first
            .chain(others)
            .map(|(tally, kind, events)| (&self.bytes[tally.text.clone()], kind, events))
    }

    /// The length of all texts, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }
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
                let number = tallies.number(text.as_bytes());
                tallies.count(number, *kind);
                *expected.entry((text.clone().into_bytes(), *kind)).or_default() += 1;
            }
            prop_assert_eq!(tallies.iter().count(), expected.len());
            let counted = tallies.iter().map(|(text, kind, events)| ((text.to_vec(), kind), events));
            prop_assert_eq!(counted.collect::<BTreeMap<_, _>>(), expected);
        }
    }
}
