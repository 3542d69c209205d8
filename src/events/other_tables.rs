//! Rows of Defender's other tables, as a stream of several tables holds them: they could be read, and are not
//! what is hunted in. They are counted apart, by table, so that all rows are accounted for.

use crate::quantities::number;

/// The most tables told apart: a hostile file can name a new one in each row.
const MOST_NAMES: usize = 100;

/// The rows of other tables in one file, or in several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherTables {
    rows: u64,
    /// The tables by name, in the order in which they came, with their rows.
    tables: Vec<(String, u64)>,
}

impl OtherTables {
    /// Counts rows of a table of that name.
    pub fn add(&mut self, name: &str, rows: u64) {
        self.rows += rows;
        match self.tables.iter().position(|(known, _)| known == name) {
            Some(known) => self.tables[known].1 += rows,
            None if self.tables.len() < MOST_NAMES => self.tables.push((name.to_owned(), rows)),
            None => {}
        }
    }

    /// Counts those of a further file.
    pub fn merge(&mut self, further: &OtherTables) {
        for (name, rows) in &further.tables {
            self.add(name, *rows);
        }
        self.rows += further.rows - further.named();
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The tables by name, with their rows; beyond the first hundred they are only counted.
    pub fn tables(&self) -> &[(String, u64)] {
        &self.tables
    }

    fn named(&self) -> u64 {
        self.tables.iter().map(|(_, rows)| rows).sum()
    }

    /// The first `most` tables with their rows, as a sentence names them.
    pub fn listed(&self, most: usize) -> String {
        let shown = self.tables.iter().take(most);
        let mut parts: Vec<String> = shown
            .clone()
            .map(|(name, rows)| format!("{} {name}", number(*rows)))
            .collect();
        let listed: u64 = shown.map(|(_, rows)| rows).sum();
        if self.rows > listed {
            parts.push(format!("{} of others", number(self.rows - listed)));
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_counted_however_many_tables_there_are() {
        let mut found = OtherTables::default();
        for table in 0..150 {
            found.add(&format!("Table{table}"), 2);
        }
        found.add("Table1", 5);
        let mut all = OtherTables::default();
        all.merge(&found);
        all.merge(&found);
        assert_eq!((found.rows(), all.rows()), (305, 610));
        assert_eq!(all.tables().len(), MOST_NAMES);
        assert_eq!(found.listed(2), "2 Table0, 7 Table1, 296 of others");
    }
}
