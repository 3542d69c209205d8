//! What is found while reading, by readers that have no other way to tell.

use std::cell::{Cell, RefCell};

/// What is found while reading, by readers that have no other way to tell.
#[derive(Debug, Default)]
pub(super) struct Notes {
    damage: RefCell<Option<String>>,
    replaced: Cell<u64>,
    first_line_other_than_utf8: Cell<Option<u64>>,
    is_checked_by_reader: Cell<bool>,
}

impl Notes {
    /// Notes why reading cannot go on; the first reason counts.
    pub(super) fn note_damage(&self, sentence: String) {
        self.damage.borrow_mut().get_or_insert(sentence);
    }

    /// Why reading could not go on, where that was not for the content of the text.
    pub(super) fn damage(&self) -> Option<String> {
        self.damage.borrow().clone()
    }

    /// Counts a half of a surrogate pair that was replaced.
    pub(super) fn count_replaced(&self) {
        self.replaced.update(|replaced| replaced + 1);
    }

    /// Halves of surrogate pairs that were replaced.
    pub(super) fn replaced(&self) -> u64 {
        self.replaced.get()
    }

    /// Notes the first line on which there are bytes that are no UTF-8.
    pub(super) fn note_other_than_utf8(&self, line: u64) {
        self.first_line_other_than_utf8.set(Some(line));
    }

    /// From now on it is the reader of the text that looks whether it is UTF-8, from its beginning.
    pub(super) fn leave_encoding_to_reader(&self) {
        self.is_checked_by_reader.set(true);
    }

    /// Whether bytes that are handed on are to be looked at.
    pub(super) fn is_to_be_checked(&self) -> bool {
        self.first_line_other_than_utf8().is_none() && !self.is_checked_by_reader.get()
    }

    /// The first line on which there are bytes that are no UTF-8; `None` while all were.
    pub(super) fn first_line_other_than_utf8(&self) -> Option<u64> {
        self.first_line_other_than_utf8.get()
    }
}
