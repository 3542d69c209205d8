//! Rows that tell of the same email: what repeats, what supersedes another and what cannot be compared is all
//! among them, and in most files they are few.
//!
//! Only rows are put in order whose email may come again, as hardly any does.

use super::email_key::EmailKey;
use super::overlaps::Overlaps;
use super::record::Records;
use super::repeated_numbers::RepeatFilter;
use super::store::EventStore;

/// A batch with its place.
pub(super) struct Numbered<'s> {
    pub(super) file: u32,
    pub(super) number: u32,
    pub(super) records: Records<'s>,
}

impl<'s> Numbered<'s> {
    /// The batches of a store, as loaded.
    pub(super) fn all(store: &'s EventStore) -> Vec<Self> {
        let numbered = store.batches().map(|(file, number, batch)| Numbered {
            file,
            number,
            records: Records::of(batch, store.date_order(file as usize)),
        });
        numbered.collect()
    }
}

/// A row: the index of its batch, and the row in it.
pub(super) type Place = (u32, u16);

/// The rows of each email that has several.
#[derive(Default)]
pub(super) struct SameEmail {
    /// Email by email, those of an email as loaded.
    places: Vec<Place>,
    ends: Vec<usize>,
}

impl SameEmail {
    /// Looks through all rows but those left out.
    pub(super) fn find(batches: &[Numbered<'_>], left_out: &Overlaps) -> Self {
        let count = batches.iter().map(|batch| batch.records.rows()).sum();
        let again = RepeatFilter::among(count, all_emails(batches).map(number_of));
        let mut rows = Vec::new();
        for (index, batch) in batches.iter().enumerate() {
            let left_out = left_out.of_batch(batch.file, batch.number);
            for row in 0..batch.records.rows() {
                let email = batch.records.email(row);
                let Some(email) = email.filter(|email| again.contains(number_of(*email))) else {
                    continue;
                };
                let number = row as u16;
                if left_out.is_empty() || left_out.binary_search(&number).is_err() {
                    rows.push(Row {
                        email,
                        batch: index as u32,
                        order: batch.records.place(row),
                        number,
                    });
                }
            }
        }
        SameEmail::of(rows)
    }

    fn of(mut rows: Vec<Row>) -> Self {
        let mut found = SameEmail::default();
        rows.sort_unstable();
        for rows in rows.chunk_by(|a, b| a.email == b.email) {
            if rows.len() > 1 {
                let places = rows.iter().map(|row| (row.batch, row.number));
                found.places.extend(places);
                found.ends.push(found.places.len());
            }
        }
        found
    }

    /// The rows of each email, as loaded.
    pub(super) fn emails(&self) -> impl Iterator<Item = &[Place]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, &end)| &self.places[start..end])
    }
}

/// A row in the order in which rows are put together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    email: EmailKey,
    batch: u32,
    /// As loaded.
    order: u16,
    number: u16,
}

/// The emails of all rows that say them.
fn all_emails(batches: &[Numbered<'_>]) -> impl Iterator<Item = EmailKey> {
    let records = batches.iter().map(|batch| &batch.records);
    records.flat_map(|records| (0..records.rows()).filter_map(|row| records.email(row)))
}

/// A number for an email, the same for the same one.
fn number_of(email: EmailKey) -> u64 {
    email.message ^ email.recipient.rotate_left(32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn rows_of_one_email_are_together_as_loaded(
            files in proptest::collection::vec(proptest::collection::vec((0_u8..9, 0_u8..3), 0..40), 1..4),
        ) {
            let texts: Vec<Vec<String>> = files
                .iter()
                .map(|rows| rows.iter().map(|(message, to)| format!("m-{message},{to}@ours.example")).collect())
                .collect();
            let texts: Vec<&[String]> = texts.iter().map(Vec::as_slice).collect();
            let store = EventStore::of_texts(&["NetworkMessageId", "RecipientEmailAddress"], &texts);
            let batches = Numbered::all(&store);
            let found = SameEmail::find(&batches, &Overlaps::default());
            let mut found: Vec<Vec<(usize, u16)>> = found
                .emails()
                .map(|places| places.iter().map(|&(batch, row)| (batches[batch as usize].file as usize, row)).collect())
                .collect();
            found.sort_unstable();
            let mut expected: BTreeMap<(u8, u8), Vec<(usize, u16)>> = BTreeMap::new();
            for (file, rows) in files.iter().enumerate() {
                for (row, email) in rows.iter().enumerate() {
                    expected.entry(*email).or_default().push((file, row as u16));
                }
            }
            let mut expected: Vec<Vec<(usize, u16)>> =
                expected.into_values().filter(|rows| rows.len() > 1).collect();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
