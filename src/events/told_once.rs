//! What is told of the values of a column, asked once of a value that repeats.

use super::column::Column;

/// What is told of the values of a column, row by row in any order: of a value that repeats it is asked once. All
/// rows of a column that is not there are empty.
#[derive(Debug)]
pub struct ToldOnce<'c, T> {
    column: Option<&'c Column>,
    /// Of each value, where it is known which rows have the same, what was told so far.
    told: Vec<Option<T>>,
}

impl<'c, T: Copy> ToldOnce<'c, T> {
    /// Nothing yet.
    pub fn of(column: Option<&'c Column>) -> Self {
        let values = match column {
            Some(Column::Dictionary { values, .. }) => values.len(),
            Some(Column::Constant(_)) | None => 1,
            Some(Column::Plain(_)) => 0,
        };
        ToldOnce {
            column,
            told: vec![None; values],
        }
    }

    /// What is told of the value of a row.
    pub fn get(&mut self, row: usize, tell: impl FnOnce(&'c [u8]) -> T) -> T {
        let column = self.column;
        let value = match column {
            Some(Column::Dictionary { codes, .. }) => usize::from(codes[row]),
            _ => 0,
        };
        let tell = || tell(column.map_or(b"", |column| column.get(row)));
        match self.told.get_mut(value) {
            Some(told) => *told.get_or_insert_with(tell),
            None => tell(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::column::build;

    #[test]
    fn every_row_is_told_of_and_a_value_that_repeats_is_asked_of_once() {
        let repeating = ["a", "b", "a", "", "b", "a"];
        let same = ["a"; 3];
        let distinct: Vec<String> = (0..10_000).map(|row| row.to_string()).collect();
        let asked_of = |values: &[&str]| {
            let column = build(values);
            let mut told = ToldOnce::of(Some(&column));
            let mut asked = 0;
            for (row, value) in values.iter().enumerate().rev() {
                let bytes = told.get(row, |bytes| {
                    asked += 1;
                    bytes
                });
                assert_eq!(bytes, value.as_bytes());
            }
            asked
        };
        assert_eq!(asked_of(&repeating), 3);
        assert_eq!(asked_of(&same), 1);
        let distinct: Vec<&str> = distinct.iter().map(String::as_str).collect();
        assert_eq!(asked_of(&distinct), distinct.len());
    }

    #[test]
    fn a_column_that_is_not_there_is_asked_of_once() {
        let mut told = ToldOnce::of(None);
        let lengths = [3, 0, 3].map(|row| told.get(row, <[u8]>::len));
        assert_eq!(lengths, [0; 3]);
        assert_eq!(told.get(1, |_| 7), 0, "not asked again");
    }
}
