//! What copies of one record say where they do not say the same.
//!
//! Only one copy of a record in several files counts, but each may say something that an exclusion looks at: DMARC
//! passed by one file and failed by another. So that no guard is lost with the copies that do not count, each of them
//! is kept as a row of its own beside the one that counts, and an email is hidden only where all of these are. A cell
//! that says nothing does not contradict one that says something: it takes what the others say.

use super::batch::Batch;
use super::event_id::EventId;
use super::schema::{TIME_COLUMNS, names, says_nothing};
use hashbrown::HashMap;
use std::borrow::Cow;

/// The copies of the rows that count, where they do not all say the same.
#[derive(Debug, Default)]
pub struct DifferingCopies {
    /// Keyed by the file and the batch of the row that counts.
    pub(super) batches: HashMap<(u32, u32), Vec<CopiesOfRows>>,
}

/// Copies of some rows of a batch.
#[derive(Debug)]
pub struct CopiesOfRows {
    /// A row for each copy, also of the one that counts.
    pub batch: Batch,
    /// For each row of `batch`, the row that counts, ascending.
    pub rows: Vec<u16>,
}

impl DifferingCopies {
    /// The copies of rows of a batch.
    pub fn of_batch(&self, (file, batch): (u32, u32)) -> &[CopiesOfRows] {
        // Hardly any load has some.
        if self.batches.is_empty() {
            return &[];
        }
        self.batches.get(&(file, batch)).map_or(&[], Vec::as_slice)
    }

    /// What copies of a row say otherwise than the row itself, by column, each value once.
    pub fn said_otherwise(&self, id: EventId) -> Vec<(&str, &[u8])> {
        let mut said: Vec<(&str, &[u8])> = Vec::new();
        let mut own: Option<(&Batch, usize)> = None;
        for copies in self.of_batch((id.file, id.batch)) {
            let first = copies.rows.partition_point(|row| *row < id.row);
            let rows = copies.rows[first..]
                .iter()
                .take_while(|row| **row == id.row);
            for copy in (first..).take(rows.count()) {
                // The first of a row is the row itself.
                let Some((batch, row)) = own else {
                    own = Some((&copies.batch, copy));
                    continue;
                };
                for (name, cell) in copies.batch.cells(copy) {
                    let is_known = identifies(name)
                        || say_the_same(cell, batch.cell(name, row))
                        || says_nothing(cell)
                        || said
                            .iter()
                            .any(|(known, value)| *known == name && say_the_same(value, cell));
                    if !is_known {
                        said.push((name, cell));
                    }
                }
            }
        }
        said
    }
}

/// Whether a column only says which record a row is: copies have that in common, in whatever spelling.
pub(super) fn identifies(name: &str) -> bool {
    let columns = [names::NETWORK_MESSAGE_ID, names::RECIPIENT_EMAIL_ADDRESS];
    let mut columns = columns.iter().chain(&TIME_COLUMNS);
    columns.any(|column| column.eq_ignore_ascii_case(name))
}

/// Whether two cells say the same. Writers of JSON differ in blanks, and all in how they write truth values.
pub(super) fn say_the_same(one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    let is_json = |cell: &[u8]| matches!(cell.first(), Some(b'{' | b'['));
    if is_json(one) && is_json(other) {
        return without_blanks(one) == without_blanks(other);
    }
    let is_truth = |word: &[u8]| one.eq_ignore_ascii_case(word) && other.eq_ignore_ascii_case(word);
    is_truth(b"true") || is_truth(b"false")
}

/// JSON without the blanks between its parts.
fn without_blanks(json: &[u8]) -> Cow<'_, [u8]> {
    if !json.iter().any(u8::is_ascii_whitespace) {
        return Cow::Borrowed(json);
    }
    let mut kept = Vec::with_capacity(json.len());
    let (mut is_in_text, mut is_escaped) = (false, false);
    for &byte in json {
        if is_in_text || !byte.is_ascii_whitespace() {
            kept.push(byte);
        }
        is_in_text ^= byte == b'"' && !is_escaped;
        is_escaped = is_in_text && byte == b'\\' && !is_escaped;
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(r#"{"DMARC":"pass"}"#, r#"{ "DMARC": "pass" }"#, true)]
    #[case(r#"{"a":"x y"}"#, r#"{"a":"xy"}"#, false)]
    #[case(r#"{"a":"x\" y"}"#, r#"{"a":"x\"y"}"#, false)]
    #[case(r#"{"a":"\\" }"#, r#"{"a":"\\"}"#, true)]
    #[case("True", "true", true)]
    #[case("true", "false", false)]
    #[case("Report", "report", false)]
    #[case("a b", "ab", false)]
    fn spellings_of_one_value_say_the_same(
        #[case] one: &str,
        #[case] other: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(say_the_same(one.as_bytes(), other.as_bytes()), expected);
        assert_eq!(say_the_same(other.as_bytes(), one.as_bytes()), expected);
    }
}
