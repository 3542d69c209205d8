//! A record whose recipient is a list, as JSON and Parquet can have it: it becomes a row for each recipient, as the table
//! has them. A text that only looks like a list, in CSV or in a JSON string, is none.

use super::email_key;
use super::json;
use super::schema::names;
use hashbrown::HashSet;
use serde_json::value::RawValue;

/// The most bytes that the rows of one record may take: as many as the longest record.
const LONGEST: usize = 64 << 20;

/// How deep lists may lie in each other. What lies deeper is a text.
const DEEPEST: usize = 8;

/// Why a record with too many recipients is rejected.
pub(super) const TOO_LONG: &str = "longer than 64 MiB when split into one row per recipient";

/// The columns that may list recipients.
pub(super) const COLUMNS: [&str; 2] = [names::RECIPIENT_EMAIL_ADDRESS, names::RECIPIENT_DOMAIN];

/// Whether a column may list recipients, by its canonical name.
pub(super) fn may_list(name: &str) -> bool {
    COLUMNS.contains(&name)
}

/// The rows of one record.
#[derive(Debug)]
pub(super) struct RowsOfRecord {
    rows: usize,
    /// The columns in which they differ, each with the cell of every row.
    columns: Vec<(usize, Vec<Vec<u8>>)>,
}

impl RowsOfRecord {
    /// The rows of a record with these lists, given as name and place of the column, and its JSON; `None` where nothing can
    /// be made of them. A recipient that is listed twice is one. `has_undecodable` says that surrogates may stand for bytes.
    pub(super) fn of(lists: &[(&str, usize, &str)], has_undecodable: bool) -> Option<Self> {
        let list_of = |wanted: &str| {
            let (_, place, json) = lists.iter().find(|(name, ..)| *name == wanted)?;
            let mut elements = Vec::new();
            add_elements(json, has_undecodable, DEEPEST, &mut elements)?;
            Some((*place, elements))
        };
        let [addresses, domains] = COLUMNS.map(list_of);
        // Domains beside addresses belong to these one by one, or say nothing of which is whose.
        let is_paired = |of_addresses: &[Vec<u8>], of_domains: &[Vec<u8>]| {
            of_addresses.len() == of_domains.len()
        };
        let (columns, others) = match (addresses, domains) {
            (Some((place, addresses)), Some((other, domains)))
                if is_paired(&addresses, &domains) =>
            {
                ((place, addresses), Some((other, domains)))
            }
            (Some(addresses), _) => (addresses, None),
            (None, Some(domains)) => (domains, None),
            (None, None) => return None,
        };
        let (place, cells) = columns;
        let mut seen = HashSet::new();
        let chosen = (0..cells.len()).filter(|index| {
            let number = email_key::recipient_number(&cells[*index]);
            number != 0 && seen.insert(number)
        });
        let chosen: Vec<usize> = chosen.collect();
        let of_chosen = |cells: &[Vec<u8>]| -> Vec<Vec<u8>> {
            let mut chosen: Vec<Vec<u8>> =
                chosen.iter().map(|index| cells[*index].clone()).collect();
            if chosen.is_empty() {
                // It is a row all the same.
                chosen.push(Vec::new());
            }
            chosen
        };
        let mut columns = vec![(place, of_chosen(&cells))];
        columns.extend(others.map(|(place, cells)| (place, of_chosen(&cells))));
        let rows = columns[0].1.len();
        Some(RowsOfRecord { rows, columns })
    }

    /// How many rows there are, one at least.
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// The cell of a row, if the rows differ in that column.
    pub(super) fn cell(&self, row: usize, column: usize) -> Option<&[u8]> {
        let (_, cells) = self.columns.iter().find(|(place, _)| *place == column)?;
        cells.get(row).map(Vec::as_slice)
    }

    /// Whether they take more memory than a file may ask for, where the record has so many bytes.
    pub(super) fn are_too_long(&self, length: usize) -> bool {
        self.rows > 1 && length.saturating_mul(self.rows) > LONGEST
    }
}

/// Adds the texts of a JSON list, also of lists in it. Null is nothing; what is no text is taken as it is written.
fn add_elements(
    json: &str,
    has_undecodable: bool,
    deepest: usize,
    elements: &mut Vec<Vec<u8>>,
) -> Option<()> {
    let values: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    for value in values {
        let text = value.get();
        if text.starts_with('[') && deepest > 0 {
            add_elements(text, has_undecodable, deepest - 1, elements)?;
        } else {
            elements.push(json::cell(value, has_undecodable).into_owned());
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn rows(lists: &[(&str, usize, &str)]) -> Vec<Vec<String>> {
        let rows = RowsOfRecord::of(lists, false).expect("lists");
        let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
        (0..rows.len())
            .map(|row| {
                let cells = lists.iter().map(|(_, place, _)| rows.cell(row, *place));
                cells
                    .map(|cell| cell.map_or("-".to_owned(), text))
                    .collect()
            })
            .collect()
    }

    #[rstest]
    #[case(r#"["a@x.example","b@y.example"]"#, &["a@x.example", "b@y.example"])]
    #[case::of_one(r#"["a@x.example"]"#, &["a@x.example"])]
    #[case::twice(r#"["a@x.example","A@X.example","b@y.example"]"#, &["a@x.example", "b@y.example"])]
    #[case::none("[]", &[""])]
    #[case::nothing(r#"[null,""," ",[]]"#, &[""])]
    #[case::nested(r#"[["a@x.example",null],["b@y.example"]]"#, &["a@x.example", "b@y.example"])]
    #[case::escapes(r#"["a\u0040x.example"]"#, &["a@x.example"])]
    #[case::other_values(r#"[7,{"address":"a@x.example"}]"#, &["7", r#"{"address":"a@x.example"}"#])]
    #[case::a_text_with_a_list(r#"["a@x.example;b@y.example"]"#, &["a@x.example;b@y.example"])]
    fn each_recipient_of_a_list_is_a_row(#[case] list: &str, #[case] expected: &[&str]) {
        let rows = rows(&[(names::RECIPIENT_EMAIL_ADDRESS, 3, list)]);
        let expected: Vec<Vec<String>> = expected
            .iter()
            .map(|cell| vec![(*cell).to_owned()])
            .collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn domains_beside_addresses_belong_to_them_one_by_one() {
        let addresses = (names::RECIPIENT_EMAIL_ADDRESS, 0, r#"["a@x","A@x","b@y"]"#);
        let domains = |json| (names::RECIPIENT_DOMAIN, 1, json);
        let paired = rows(&[
            addresses,
            domains(r#"["x.example","x.example","y.example"]"#),
        ]);
        assert_eq!(paired, [["a@x", "x.example"], ["b@y", "y.example"]]);
        let apart = rows(&[addresses, domains(r#"["x.example"]"#)]);
        assert_eq!(apart, [["a@x", "-"], ["b@y", "-"]]);
        let alone = rows(&[domains(r#"["x.example","y.example"]"#)]);
        assert_eq!(alone, [["x.example"], ["y.example"]]);
    }

    #[test]
    fn a_record_may_not_take_more_than_the_longest() {
        let rows = |list| RowsOfRecord::of(&[(names::RECIPIENT_EMAIL_ADDRESS, 0, list)], false);
        let two = rows(r#"["a@x","b@y"]"#).expect("a list");
        assert!(two.are_too_long(LONGEST / 2 + 1) && !two.are_too_long(LONGEST / 2));
        assert!(
            !rows(r#"["a@x"]"#)
                .expect("a list")
                .are_too_long(LONGEST + 1)
        );
        assert!(rows("[broken").is_none());
    }
}
