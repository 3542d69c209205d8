//! Keeps the latest of what takes time to make, as long as it is asked for again.

use std::sync::{Arc, Mutex, PoisonError};

/// The latest of what was made, with what it was made for.
#[derive(Debug)]
pub(super) struct Latest<K, V>(Mutex<Option<(K, Arc<V>)>>);

impl<K, V> Default for Latest<K, V> {
    fn default() -> Self {
        Latest(Mutex::new(None))
    }
}

impl<K: Clone + PartialEq, V> Latest<K, V> {
    /// What was made for a key; made now if the latest was made for another.
    pub(super) fn get_or_make(&self, key: &K, make: impl FnOnce() -> V) -> Arc<V> {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*latest {
            Some((known, value)) if known == key => Arc::clone(value),
            _ => {
                let value = Arc::new(make());
                *latest = Some((key.clone(), Arc::clone(&value)));
                value
            }
        }
    }
}
