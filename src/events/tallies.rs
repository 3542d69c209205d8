//! How many events there are of each text in each way of counting: what is left of events that nobody opens.
//!
//! Each thread numbers the texts that it meets once, whatever file or part of a file they are in. So what it hands on are
//! numbers, and who puts them together looks at each text once a thread.

use super::text_numbers::{NumberedTexts, TextNumbers};
use hashbrown::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Texts whose hashes are taken before they are looked up: a processor begins to look up the next one while it waits for
/// memory, if little is to be done for each.
const HASHED_AT_ONCE: usize = 64;

/// Counts events by a text, such as a domain, and by a kind that says as what they count.
#[derive(Debug, Default)]
pub struct TextCounter {
    texts: TextNumbers,
    /// By the number of the text.
    counts: Vec<Count>,
    /// The numbers of which there are counts.
    counted: Vec<TextNumber>,
    /// Of texts and further kinds.
    others: Vec<TextCount>,
    places: HashMap<(TextNumber, u32), usize>,
}

/// A number for a text, in the counter that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextNumber(u32);

impl TextNumber {
    /// The same, to find something by it.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The events of a text and of the kind that came first: hardly any text has several.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    kind: u32,
    events: u32,
}

/// How many events there are of a text and a kind.
#[derive(Clone, Copy, Debug)]
pub struct TextCount {
    /// The text.
    pub text: TextNumber,
    /// As what they count.
    pub kind: u32,
    /// How many there are.
    pub events: u32,
}

impl TextCounter {
    /// The number of a text, new if need be.
    pub fn number(&mut self, text: &[u8]) -> TextNumber {
        let hash = self.texts.hash(text);
        self.number_by_hash(hash, text)
    }

    #[inline]
    fn number_by_hash(&mut self, hash: u64, text: &[u8]) -> TextNumber {
        let number = self.texts.number(hash, text);
        if self.counts.len() <= number as usize {
            self.counts.push(Count::default());
        }
        TextNumber(number)
    }

    /// Counts an event of each of these texts.
    pub fn count_each<'t>(&mut self, texts: impl Iterator<Item = &'t [u8]>, kind: u32) {
        let mut texts = texts.peekable();
        let mut hashed = Vec::with_capacity(HASHED_AT_ONCE);
        while texts.peek().is_some() {
            let next = texts.by_ref().take(HASHED_AT_ONCE);
            hashed.extend(next.map(|text| (self.texts.hash(text), text)));
            for (hash, text) in hashed.drain(..) {
                let number = self.number_by_hash(hash, text);
                self.count(number, kind);
            }
        }
    }

    /// Counts an event of a text that has this number.
    #[inline]
    pub fn count(&mut self, text: TextNumber, kind: u32) {
        let count = &mut self.counts[text.index()];
        if count.events == 0 {
            count.kind = kind;
            self.counted.push(text);
        }
        if count.kind == kind {
            count.events += 1;
            return;
        }
        let place = *self.places.entry((text, kind)).or_insert_with(|| {
            let events = 0;
            self.others.push(TextCount { text, kind, events });
            self.others.len() - 1
        });
        self.others[place].events += 1;
    }

    /// Moves what was counted to the tallies.
    fn move_to(&mut self, tallies: &mut Vec<(Arc<NumberedTexts>, Vec<TextCount>)>) {
        let mut counts = Vec::with_capacity(self.counted.len() + self.others.len());
        for text in self.counted.drain(..) {
            let Count { kind, events } = std::mem::take(&mut self.counts[text.index()]);
            counts.push(TextCount { text, kind, events });
        }
        counts.append(&mut self.others);
        self.places.clear();
        tallies.push((Arc::clone(self.texts.hand_on()), counts));
        if self.texts.are_many() {
            *self = TextCounter::default();
        }
    }
}

/// Counters of texts, one for each thread. Clones are the same ones.
#[derive(Clone, Debug, Default)]
pub struct TextCounters(Arc<Mutex<Vec<(ThreadId, TextCounter)>>>);

impl TextCounters {
    /// The counter of this thread: another one would have to be fetched from the cache of another processor.
    fn lend(&self) -> Lent {
        let thread = thread::current().id();
        Lent {
            counter: self.take(thread).unwrap_or_default(),
            thread,
            counters: self.clone(),
        }
    }

    fn take(&self, thread: ThreadId) -> Option<TextCounter> {
        let mut counters = self.lock();
        let place = counters.iter().position(|(known, _)| *known == thread)?;
        Some(counters.swap_remove(place).1)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(ThreadId, TextCounter)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A counter that is in use.
#[derive(Debug)]
struct Lent {
    counter: TextCounter,
    thread: ThreadId,
    counters: TextCounters,
}

/// Numbers of events by text and kind.
#[derive(Debug, Default)]
pub struct Tallies {
    counts: Vec<(Arc<NumberedTexts>, Vec<TextCount>)>,
    /// What counts further events, until these are closed.
    open: Option<Lent>,
}

impl Tallies {
    /// Adds what `count` counts, by a counter of these.
    pub fn add(&mut self, counters: &TextCounters, count: impl FnOnce(&mut TextCounter)) {
        let open = self.open.get_or_insert_with(|| counters.lend());
        count(&mut open.counter);
    }

    /// Gives back the counter: this thread needs it for the next ones. If nobody does, it is done where the counts are
    /// looked at.
    pub(super) fn close(&mut self) {
        if let Some(mut open) = self.open.take() {
            open.counter.move_to(&mut self.counts);
            open.counters.lock().push((open.thread, open.counter));
        }
    }

    /// The counts by texts that were numbered together. A text and kind may come several times.
    pub fn parts(&mut self) -> impl Iterator<Item = (&Arc<NumberedTexts>, &[TextCount])> {
        self.close();
        self.counts
            .iter()
            .map(|(texts, counts)| (texts, &counts[..]))
    }

    /// The memory of the counts and texts, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let counts = self.counts.iter().map(|(_, counts)| counts.len());
        let open = self
            .open
            .as_ref()
            .map_or(0, |open| open.counter.texts.bytes());
        counts.sum::<usize>() * size_of::<TextCount>() + open
    }

    /// Each text and kind of which there are events, and how many, ascending.
    #[cfg(test)]
    pub fn told(&mut self) -> Vec<(Vec<u8>, u32, u64)> {
        let mut told = std::collections::BTreeMap::new();
        for (texts, counts) in self.parts() {
            let mut known = Vec::new();
            texts.each_from(0, |text| known.push(text.to_vec()));
            for count in counts {
                let text = known[count.text.index()].clone();
                *told.entry((text, count.kind)).or_default() += u64::from(count.events);
            }
        }
        let told = told.into_iter();
        told.map(|((text, kind), events)| (text, kind, events))
            .collect()
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
            parts in prop::collection::vec(
                (any::<bool>(), prop::collection::vec(("[ab]{0,3}", 0_u32..4), 0..60)), 0..6
            ),
        ) {
            let counters = TextCounters::default();
            let mut tallies = Tallies::default();
            let mut expected: BTreeMap<(Vec<u8>, u32), u64> = BTreeMap::new();
            for (closes, events) in &parts {
                tallies.add(&counters, |counter| {
                    for (text, kind) in events {
                        let number = counter.number(text.as_bytes());
                        counter.count(number, *kind);
                        *expected.entry((text.clone().into_bytes(), *kind)).or_default() += 1;
                    }
                });
                if *closes {
                    tallies.close();
                }
            }
            let told = tallies.told().into_iter();
            let told: BTreeMap<_, _> = told.map(|(text, kind, events)| ((text, kind), events)).collect();
            prop_assert_eq!(told, expected);
        }
    }

    #[test]
    fn the_threads_have_numbers_of_their_own() {
        let counters = TextCounters::default();
        let count = |texts: &[&str]| {
            let mut tallies = Tallies::default();
            tallies.add(&counters, |counter| {
                for text in texts {
                    let number = counter.number(text.as_bytes());
                    counter.count(number, 7);
                }
            });
            tallies.close();
            tallies
        };
        let here = count(&["a", "b"]);
        let mut there =
            thread::scope(|scope| scope.spawn(|| count(&["b"])).join()).expect("counted");
        let mut again = count(&["b", "c"]);
        assert_eq!(there.told(), [(b"b".to_vec(), 7, 1)]);
        assert_eq!(again.told(), [(b"b".to_vec(), 7, 1), (b"c".to_vec(), 7, 1)]);
        let texts = |tallies: &Tallies| Arc::clone(&tallies.counts[0].0);
        assert!(Arc::ptr_eq(&texts(&here), &texts(&again)));
        assert!(!Arc::ptr_eq(&texts(&here), &texts(&there)));
    }
}
