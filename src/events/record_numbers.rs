//! Whether files may have rows in common, where their rows are not kept: a number is left of each row, which is the
//! same for rows of the same record.

use super::batch::Batch;
use super::email_key::{HASHER, RecordKey};
use super::email_numbers::EmailNumbers;
use super::repeated_numbers::any_shared;
use super::time::DateOrder;
use std::hash::BuildHasher;

/// The numbers of rows of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct RecordNumbers {
    numbers: Vec<u64>,
    /// Whether a row does not say for certain which record it is.
    are_uncertain: bool,
}

impl RecordNumbers {
    /// Adds all rows of a batch, which are about these emails.
    pub(super) fn add(&mut self, batch: &Batch, emails: &EmailNumbers) {
        if batch.rows() == 0 {
            return;
        }
        self.are_uncertain |= batch.times().dates.ambiguous > 0 || batch.times().is_local;
        if self.are_uncertain {
            self.numbers = Vec::new();
            return;
        }
        self.numbers.reserve(batch.rows());
        for (row, email) in emails.emails().enumerate() {
            let time = batch.event_time(row, DateOrder::default());
            match email.zip(time) {
                Some((email, time)) => self
                    .numbers
                    .push(HASHER.hash_one(RecordKey { email, time })),
                None => self.are_uncertain = true,
            }
        }
    }
}

/// Whether several files may have a row, or of some row it is not certain.
pub(super) fn may_be_in_several(files: &[Vec<RecordNumbers>]) -> bool {
    let has_rows = |part: &RecordNumbers| part.are_uncertain || !part.numbers.is_empty();
    let with_rows = files.iter().filter(|file| file.iter().any(has_rows));
    if with_rows.count() < 2 {
        return false;
    }
    if files.iter().flatten().any(|part| part.are_uncertain) {
        return true;
    }
    let files = files.iter().map(|file| {
        let numbers = file.iter().map(|part| part.numbers.as_slice());
        numbers.collect()
    });
    any_shared(&files.collect::<Vec<_>>())
}
