//! What the texts of `ThreatTypes` say: a threat by name, a word for nothing, or neither.
//!
//! The query only asks whether the cell is empty, and so does the hunt; here is what to tell of the rest.

use super::column::{Column, ColumnBuilder};
use super::schema::{self, Table};
use crate::quantities::{count, number};
use memchr::memchr3_iter;

/// The most bytes of a value that are kept to be shown: a hostile file's may be megabytes.
const VALUE_SHOWN: usize = 300;

/// The threats of Microsoft's documentation.
const THREATS: [&[u8]; 3] = [b"Malware", b"Phish", b"Spam"];

/// Whether a value names a threat that is documented, in any case, alone or beside others.
pub fn names_a_threat(threat_types: &[u8]) -> bool {
    // A hostile file's cell may be megabytes long: it is gone through by the letters with which they begin.
    let names_one_at = |place: usize| {
        let rest = &threat_types[place..];
        THREATS.iter().any(|threat| {
            let word = rest.get(..threat.len());
            word.is_some_and(|word| word.eq_ignore_ascii_case(threat))
        })
    };
    memchr3_iter(b'M', b'P', b'S', threat_types).any(names_one_at)
        || memchr3_iter(b'm', b'p', b's', threat_types).any(names_one_at)
}

/// The `ThreatTypes` of the rows of one file that the analyst should know of.
#[derive(Clone, Debug, Default)]
pub(super) struct ThreatTypesSeen {
    /// Rows with a word for nothing, which is taken as empty: how many have each spelling.
    nothings: Vec<(Vec<u8>, u64)>,
    /// Rows with a value that names no threat, and counts all the same.
    unnamed: u64,
    /// The first of those, and which row of the file it is.
    first_unnamed: Option<(Vec<u8>, u64)>,
}

impl ThreatTypesSeen {
    /// What to keep of a cell that was taken in before.
    pub(super) fn kept_of(cell: &[u8]) -> &[u8] {
        if schema::spells_out_nothing(cell) {
            return b"";
        }
        cell
    }

    /// Takes in the cell of a row and gives what to keep of it.
    pub(super) fn without_nothing<'c>(&mut self, cell: &'c [u8]) -> &'c [u8] {
        if schema::spells_out_nothing(cell) {
            self.count_nothing(cell, 1);
            return b"";
        }
        cell
    }

    fn count_nothing(&mut self, spelling: &[u8], rows: u64) {
        match self
            .nothings
            .iter_mut()
            .find(|(known, _)| known == spelling)
        {
            Some((_, known)) => *known += rows,
            None => self.nothings.push((spelling.to_vec(), rows)),
        }
    }

    /// The same for a row that the hunt may count, and that is the so-many-th of its file.
    pub(super) fn take_in<'c>(&mut self, cell: &'c [u8], row: u64) -> &'c [u8] {
        let cell = self.without_nothing(cell);
        if !cell.is_empty() && !names_a_threat(cell) {
            self.unnamed += 1;
            self.first_unnamed
                .get_or_insert_with(|| (cell[..cell.len().min(VALUE_SHOWN)].to_vec(), row));
        }
        cell
    }

    /// Takes in the cell of a row of a table; only the rows of one of them may be counted.
    #[inline]
    pub(super) fn take_in_of<'c>(&mut self, table: Table, cell: &'c [u8], row: u64) -> &'c [u8] {
        match table {
            Table::EmailEvents => self.take_in(cell, row),
            _ => self.without_nothing(cell),
        }
    }

    /// Takes in the cells of the first rows, and gives what to keep of them.
    pub(super) fn take_in_column(&mut self, table: Table, column: Column, rows: usize) -> Column {
        // Most rows have none, or else the same few.
        let is_empty = column.told_of_each(rows, <[u8]>::is_empty);
        let mut is_changed = false;
        for row in (0..rows).filter(|row| !is_empty[*row]) {
            let cell = column.get(row);
            let kept = self.take_in_of(table, cell, row as u64 + 1);
            is_changed |= kept.len() != cell.len();
        }
        if !is_changed {
            return column;
        }
        let mut builder = ColumnBuilder::starting_with_empty(0);
        (0..rows).for_each(|row| builder.push(Self::kept_of(column.get(row))));
        builder.finish()
    }

    /// Takes in what was seen in rows that follow the first `rows_before` of the file.
    pub(super) fn merge(&mut self, further: &ThreatTypesSeen, rows_before: u64) {
        for (spelling, rows) in &further.nothings {
            self.count_nothing(spelling, *rows);
        }
        self.unnamed += further.unnamed;
        if self.first_unnamed.is_none() {
            let first = further.first_unnamed.as_ref();
            self.first_unnamed = first.map(|(cell, row)| (cell.clone(), rows_before + row));
        }
    }

    /// What the analyst should know of them: each a sentence.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(((first, first_rows), more)) = self.nothings.split_first() {
            let spelled = |spelling: &[u8]| String::from_utf8_lossy(spelling).into_owned();
            let mut rows = format!("{} with {}", count(*first_rows, "row"), spelled(first));
            for (spelling, further) in more {
                rows = format!("{rows}, {} with {}", number(*further), spelled(spelling));
            }
            warnings.push(format!(
                "{rows} as ThreatTypes: treated as empty, not as a threat"
            ));
        }
        if let Some((value, row)) = &self.first_unnamed {
            let have = if self.unnamed == 1 { "has" } else { "have" };
            warnings.push(format!(
                "{} {have} ThreatTypes such as \"{}\" (first in row {}) that name no threat (Malware, Phish, Spam): as \
                 in the query, inbound ones count as threats",
                count(self.unnamed, "row"),
                schema::shown_name(&String::from_utf8_lossy(value)),
                number(*row)
            ));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    proptest! {
        #[test]
        fn a_threat_is_found_wherever_it_stands_in_any_case(
            before in "[MPSmpsalhware ]{0,40}",
            threat in "(?i)(malware|phish|spam)?",
            after in "[MPSmps ]{0,9}",
        ) {
            let text = format!("{before}{threat}{after}");
            let small = text.to_ascii_lowercase();
            let is_named = ["malware", "phish", "spam"].iter().any(|threat| small.contains(threat));
            prop_assert_eq!(names_a_threat(text.as_bytes()), is_named);
        }
    }

    #[rstest]
    #[case(b"", 0, 0)]
    #[case(b"Phish", 0, 0)]
    #[case(b"phish, spam", 0, 0)]
    #[case(b"[\"Malware\"]", 0, 0)]
    #[case(b"None", 1, 0)]
    #[case(b"none", 1, 0)]
    #[case(b"NONE", 1, 0)]
    #[case(b"null", 1, 0)]
    #[case(b"NULL", 1, 0)]
    #[case(b"nan", 1, 0)]
    #[case(b"NaN", 1, 0)]
    #[case(b"N/A", 1, 0)]
    #[case(b"n/a", 1, 0)]
    #[case(b"-", 1, 0)]
    #[case(b"\\N", 1, 0)]
    #[case(b"[]", 1, 0)]
    #[case(b"{}", 1, 0)]
    #[case(b"\\n", 0, 1)]
    #[case(b"--", 0, 1)]
    #[case(b" -", 0, 1)]
    #[case(b"NA", 0, 1)]
    #[case(b"[null]", 0, 1)]
    #[case(b"false", 0, 1)]
    #[case(b"0", 0, 1)]
    #[case(b" ", 0, 1)]
    #[case(b"Bulk", 0, 1)]
    fn values_are_threats_words_for_nothing_or_neither(
        #[case] cell: &[u8],
        #[case] nothings: u64,
        #[case] unnamed: u64,
    ) {
        let mut seen = ThreatTypesSeen::default();
        let kept = seen.take_in(cell, 1);
        assert_eq!(kept, if nothings == 1 { b"" } else { cell });
        let found: u64 = seen.nothings.iter().map(|(_, rows)| rows).sum();
        assert_eq!((found, seen.unnamed), (nothings, unnamed));
    }

    #[test]
    fn each_spelling_of_nothing_is_told_with_its_rows() {
        let mut seen = ThreatTypesSeen::default();
        let mut further = ThreatTypesSeen::default();
        for cell in ["-", "NULL", "-"] {
            seen.take_in(cell.as_bytes(), 1);
            further.take_in(cell.to_lowercase().as_bytes(), 1);
        }
        seen.merge(&further, 3);
        let said = "4 rows with -, 1 with NULL, 1 with null as ThreatTypes: treated as empty, not as a threat";
        assert_eq!(seen.warnings(), [said]);
    }

    #[test]
    fn the_first_value_is_the_example_however_long_it_is() {
        let mut seen = ThreatTypesSeen::default();
        seen.take_in("NÜLL".repeat(1 << 20).as_bytes(), 1_207);
        seen.take_in(b"0", 1_208);
        let [said] = &seen.warnings()[..] else {
            panic!("{seen:?}");
        };
        assert!(
            said.starts_with("2 rows have ThreatTypes such as \"NÜLL"),
            "{said}"
        );
        assert!(
            said.contains("…\" (first in row 1,207) that name no threat"),
            "{said}"
        );
        assert!(said.len() < 500);
    }
}
