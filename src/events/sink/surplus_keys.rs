//! The keys of records for which there is no column any more: how many there are.

use crate::quantities::{count, number};

/// The most columns that the keys of records may make, beside those that are documented. Every row has a place
/// in each of them: without a bound, a small file with a new key in each record would take all memory.
pub(super) const MOST_COLUMNS: usize = 10_000;
use hashbrown::{DefaultHashBuilder, HashSet};
use std::hash::BuildHasher;

/// The most that are told apart: a hostile file may have a new one in each record.
const MOST_COUNTED: usize = 100_000;

/// The keys left out of the rows of a file.
#[derive(Debug, Default)]
pub(super) struct SurplusKeys {
    /// A number for each.
    seen: HashSet<u64>,
    hasher: DefaultHashBuilder,
}

impl SurplusKeys {
    /// Takes in a key that is left out.
    pub(super) fn add(&mut self, key: &str) {
        if self.seen.len() < MOST_COUNTED {
            self.seen.insert(self.hasher.hash_one(key));
        }
    }

    /// What the analyst should know of them.
    pub(super) fn warning(&self) -> Option<String> {
        let keys = match self.seen.len() {
            0 => return None,
            MOST_COUNTED => format!("{} keys or more", number(MOST_COUNTED as u64)),
            keys => count(keys as u64, "key"),
        };
        Some(format!(
            "its records have more than {} different keys: {keys} that mailhunt does not know left out of their rows",
            number(MOST_COLUMNS as u64)
        ))
    }
}
