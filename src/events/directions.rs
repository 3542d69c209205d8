//! Values of `EmailDirection` that the query does not know. Kusto's `==` minds the case of letters, so
//! that a file of `outbound` emails counts for nothing: the analyst must hear of it.

use super::batch::Batch;
use super::schema::{self, names};
use crate::quantities::{count, number};
use hashbrown::HashMap;

/// The directions the query and Microsoft's documentation know.
const KNOWN: [&str; 3] = ["Inbound", "Outbound", "Intra-org"];

/// The most values counted one by one: a hostile file has another in each row.
const MOST_VALUES: usize = 256;

/// The most values that a sentence lists.
const VALUES_LISTED: usize = 6;

/// The rows of a file, or of a part of one, whose direction is none that the query knows.
#[derive(Clone, Debug, Default)]
pub struct UnknownDirections {
    rows: u64,
    differ_in_case: u64,
    /// The values with their rows, in the order in which they first come.
    values: Vec<(Vec<u8>, u64)>,
    /// The places of the values.
    places: HashMap<Vec<u8>, usize>,
}

impl UnknownDirections {
    /// Looks through a batch of `EmailEvents`.
    pub fn add(&mut self, batch: &Batch) {
        self.look_through(batch, MOST_VALUES);
    }

    /// The same for a part of a file: each value counts, as it is not known which the file has before.
    pub(super) fn add_to_part(&mut self, batch: &Batch) {
        self.look_through(batch, usize::MAX);
    }

    fn look_through(&mut self, batch: &Batch, most_values: usize) {
        let Some(column) = batch.column_of_all(names::EMAIL_DIRECTION) else {
            return;
        };
        let is_unknown = |value: &[u8]| !KNOWN.iter().any(|known| known.as_bytes() == value);
        column.each_value(is_unknown, |value, rows| {
            self.rows += rows;
            if differs_in_case(value) {
                self.differ_in_case += rows;
            }
            self.count(value, rows, most_values);
        });
    }

    /// Takes in those of the next part of the same file.
    pub(super) fn merge(&mut self, part: &UnknownDirections) {
        self.rows += part.rows;
        self.differ_in_case += part.differ_in_case;
        for (value, rows) in &part.values {
            self.count(value, *rows, MOST_VALUES);
        }
    }

    fn count(&mut self, value: &[u8], rows: u64, most_values: usize) {
        if let Some(&place) = self.places.get(value) {
            self.values[place].1 += rows;
        } else if self.values.len() < most_values {
            self.places.insert(value.to_vec(), self.values.len());
            self.values.push((value.to_vec(), rows));
        }
    }

    /// The bytes of the values.
    pub(super) fn bytes(&self) -> usize {
        self.values.iter().map(|(value, _)| value.len()).sum()
    }

    /// How many rows these are. They do not count.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The values with their rows, most first.
    pub fn values(&self) -> Vec<(&[u8], u64)> {
        let values = self.values.iter();
        let mut values: Vec<(&[u8], u64)> =
            values.map(|(value, rows)| (&value[..], *rows)).collect();
        values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        values
    }

    /// What the analyst should know of them, if there are any.
    pub fn warning(&self) -> Option<String> {
        if self.rows == 0 {
            return None;
        }
        let listed = self.values().into_iter().take(VALUES_LISTED);
        let mut values: Vec<String> = listed
            .map(|(value, rows)| format!("{} {}", number(rows), shown(value)))
            .collect();
        if self.values.len() > VALUES_LISTED {
            values.push("and others".to_owned());
        }
        let in_case = if self.differ_in_case == 0 {
            String::new()
        } else {
            let rows = number(self.differ_in_case);
            let differ = if self.differ_in_case == 1 {
                "differs"
            } else {
                "differ"
            };
            format!("; {rows} {differ} only in letter case")
        };
        Some(format!(
            "{} with an EmailDirection that is not exactly {} ({}): as in the query, not counted{in_case}",
            count(self.rows, "row"),
            KNOWN.join(", "),
            values.join(", ")
        ))
    }
}

/// Whether only the case of its letters keeps a value from being known.
fn differs_in_case(value: &[u8]) -> bool {
    let mut known = KNOWN.iter();
    known.any(|known| known.as_bytes().eq_ignore_ascii_case(value))
}

fn shown(value: &[u8]) -> String {
    if value.is_empty() {
        return "empty".to_owned();
    }
    schema::shown_name(&String::from_utf8_lossy(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::builder::BatchBuilder;

    fn directions(values: &[&str]) -> UnknownDirections {
        let mut builder = BatchBuilder::new(vec![names::EMAIL_DIRECTION.to_owned()]);
        for value in values {
            builder.push_row(std::iter::once(value.as_bytes()));
        }
        let mut unknown = UnknownDirections::default();
        unknown.add(&builder.take().expect("rows"));
        unknown
    }

    #[test]
    fn values_are_listed_with_their_rows_and_those_of_another_case_counted() {
        let unknown = directions(&[
            "Inbound", "outbound", "outbound", "OUTBOUND", "", "Outbound",
        ]);
        assert_eq!(
            unknown.warning().expect("four rows"),
            "4 rows with an EmailDirection that is not exactly Inbound, Outbound, Intra-org (2 outbound, 1 empty, 1 \
             OUTBOUND): as in the query, not counted; 3 differ only in letter case"
        );
    }

    #[test]
    fn a_value_in_each_row_takes_no_memory_without_end() {
        let values: Vec<String> = (0..1000).map(|number| format!("d{number}")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let unknown = directions(&values);
        assert_eq!(
            (unknown.rows(), unknown.values().len()),
            (1000, MOST_VALUES)
        );
        assert!(unknown.warning().expect("rows").contains("and others"));
    }

    #[test]
    fn parts_come_to_the_same_as_all_at_once() {
        let values: Vec<String> = (0..2000)
            .map(|row| format!("d{}", row * row % 777))
            .collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let mut merged = UnknownDirections::default();
        for part in values.chunks(700) {
            let mut builder = BatchBuilder::new(vec![names::EMAIL_DIRECTION.to_owned()]);
            for value in part {
                builder.push_row(std::iter::once(value.as_bytes()));
            }
            let mut unknown = UnknownDirections::default();
            unknown.add_to_part(&builder.take().expect("rows"));
            merged.merge(&unknown);
        }
        let whole = directions(&values);
        assert_eq!(merged.values(), whole.values());
        assert_eq!(merged.warning(), whole.warning());
    }

    #[test]
    fn known_directions_are_nothing_to_speak_of() {
        assert_eq!(directions(&["Inbound", "Intra-org"]).warning(), None);
    }
}
