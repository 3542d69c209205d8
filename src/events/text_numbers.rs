//! Numbers for texts, given by one thread and looked up by another.

use super::column::Texts;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Texts after which numbering begins anew, where what was counted is handed on: of more, hardly any comes again.
const MOST_TEXTS: usize = 1 << 16;

/// The bytes in them after which it does.
const MOST_BYTES: usize = 4 << 20;

/// Gives numbers to texts: the same text has the same number, from zero on.
#[derive(Debug, Default)]
pub(super) struct TextNumbers {
    /// The texts one after the other.
    bytes: Vec<u8>,
    numbers: HashTable<Numbered>,
    hasher: DefaultHashBuilder,
    /// Those that were not handed on yet.
    latest: Texts,
    handed_on: Arc<NumberedTexts>,
}

/// Where a text stands among them. It is small, so that as many as possible are in the cache where they are looked up. What is
/// counted is handed on long before the texts have 4 GiB.
#[derive(Clone, Copy, Debug)]
struct Numbered {
    start: u32,
    length: u32,
    number: u32,
}

impl Numbered {
    fn text(self, bytes: &[u8]) -> &[u8] {
        let start = self.start as usize;
        &bytes[start..start + self.length as usize]
    }
}

/// Texts by number, as far as they were handed on.
#[derive(Debug)]
pub struct NumberedTexts {
    id: u64,
    texts: Mutex<Texts>,
}

impl TextNumbers {
    /// By which texts are found.
    #[inline]
    pub(super) fn hash(&self, text: &[u8]) -> u64 {
        self.hasher.hash_one(text)
    }

    /// The number of a text that has this hash, new if need be.
    #[inline]
    pub(super) fn number(&mut self, hash: u64, text: &[u8]) -> u32 {
        let bytes = &self.bytes;
        let is_it = |numbered: &Numbered| numbered.text(bytes) == text;
        match self.numbers.find(hash, is_it) {
            Some(numbered) => numbered.number,
            None => self.add(hash, text),
        }
    }

    #[cold]
    fn add(&mut self, hash: u64, text: &[u8]) -> u32 {
        let numbered = Numbered {
            start: self.bytes.len() as u32,
            length: text.len() as u32,
            number: self.numbers.len() as u32,
        };
        self.bytes.extend_from_slice(text);
        self.latest.push(text);
        let (bytes, hasher) = (&self.bytes, &self.hasher);
        self.numbers.insert_unique(hash, numbered, |numbered| {
            hasher.hash_one(numbered.text(bytes))
        });
        numbered.number
    }

    /// The texts, for whoever is told their numbers.
    pub(super) fn hand_on(&mut self) -> &Arc<NumberedTexts> {
        let latest = std::mem::take(&mut self.latest);
        let mut handed_on = self.handed_on.lock();
        (0..latest.len()).for_each(|place| handed_on.push(latest.get(place)));
        drop(handed_on);
        &self.handed_on
    }

    /// The length of all texts, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are so many that it is time to begin anew.
    pub(super) fn are_many(&self) -> bool {
        self.numbers.len() > MOST_TEXTS || self.bytes() > MOST_BYTES
    }
}

impl Default for NumberedTexts {
    fn default() -> Self {
        static IDS: AtomicU64 = AtomicU64::new(0);
        NumberedTexts {
            // Nothing else is told by it.
            id: IDS.fetch_add(1, Ordering::Relaxed),
            texts: Mutex::default(),
        }
    }
}

impl NumberedTexts {
    /// By which these are told from others.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The texts from a number on: at least those of which somebody was told the numbers.
    pub fn each_from(&self, number: usize, mut take: impl FnMut(&[u8])) {
        let texts = self.lock();
        (number..texts.len()).for_each(|number| take(texts.get(number)));
    }

    fn lock(&self) -> MutexGuard<'_, Texts> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(texts: &NumberedTexts, from: usize) -> Vec<String> {
        let mut told = Vec::new();
        texts.each_from(from, |text| {
            told.push(String::from_utf8_lossy(text).into_owned());
        });
        told
    }

    fn number(numbers: &mut TextNumbers, text: &[u8]) -> u32 {
        numbers.number(numbers.hash(text), text)
    }

    #[test]
    fn texts_are_found_by_number_once_they_were_handed_on() {
        let mut numbers = TextNumbers::default();
        let given = ["a", "", "b", "a", ""].map(|text| number(&mut numbers, text.as_bytes()));
        assert_eq!(given, [0, 1, 2, 0, 1]);
        let texts = Arc::clone(numbers.hand_on());
        assert_eq!(told(&texts, 0), ["a", "", "b"]);
        number(&mut numbers, b"c");
        assert_eq!(told(&texts, 2), ["b"]);
        numbers.hand_on();
        assert_eq!(told(&texts, 2), ["b", "c"]);
        assert_eq!(told(&texts, 4), Vec::<String>::new());
        assert_ne!(texts.id(), TextNumbers::default().hand_on().id());
    }

    #[test]
    fn so_many_texts_and_no_more_are_numbered_together() {
        let mut numbers = TextNumbers::default();
        for text in 0..=MOST_TEXTS as u32 {
            assert!(!numbers.are_many());
            number(&mut numbers, &text.to_le_bytes());
        }
        assert!(numbers.are_many());
        let mut numbers = TextNumbers::default();
        number(&mut numbers, &vec![0; MOST_BYTES + 1]);
        assert!(numbers.are_many());
    }
}
