//! Random choices that are the same on every machine and every day.
//!
//! Everything is drawn from `ChaCha8`'s raw words with integer arithmetic: neither floating point
//! nor the sampling methods of a future `rand` can change the bytes of the demonstration.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A source of random choices.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Dice of their own for each subject, so that a change of one subject leaves the others as
    /// they were.
    pub fn new(seed: u64, subject: u64) -> Self {
        let mut words = ChaCha8Rng::seed_from_u64(seed);
        words.set_stream(subject);
        Self(words)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `limit`, which must not be zero.
    pub fn below(&mut self, limit: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(limit)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// True `percent` times out of a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, each as likely as the others.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u32) as usize]
    }

    /// One of some fixed texts.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len() as u32) as usize]
    }

    /// Up to `count` different ones of `choices`.
    pub fn pick_some<'a, T>(&mut self, choices: &'a [T], count: usize) -> Vec<&'a T> {
        let mut rest: Vec<&T> = choices.iter().collect();
        let mut picked = Vec::with_capacity(count);
        while picked.len() < count && !rest.is_empty() {
            picked.push(rest.swap_remove(self.below(rest.len() as u32) as usize));
        }
        picked
    }

    /// A rank from 0 below `limit` where rank r is about 1/(r+1) as frequent as the first: Zipf's
    /// law. Each doubling of the rank is equally likely, which needs no logarithm and no table.
    pub fn zipf(&mut self, limit: u32) -> u32 {
        let octaves = u32::BITS - limit.leading_zeros();
        loop {
            let first = 1_u32 << self.below(octaves);
            let rank = first - 1 + self.below(first);
            if rank < limit {
                return rank;
            }
        }
    }
}

/// Places that are drawn in proportion to their weights.
#[derive(Clone, Debug)]
pub struct Weights(Vec<u32>);

impl Weights {
    /// The weights of the places 0, 1, 2, …; their sum must not be zero.
    pub fn new(weights: impl IntoIterator<Item = u32>) -> Self {
        let sums = weights.into_iter().scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self(sums.collect())
    }

    /// One place.
    pub fn draw(&self, dice: &mut Dice) -> usize {
        let total = self.0.last().copied().unwrap_or(1);
        let roll = dice.below(total);
        self.0.partition_point(|&sum| sum <= roll)
    }
}
