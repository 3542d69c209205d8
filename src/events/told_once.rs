//! What is told of the values of a column, asked once of a value that repeats.

use super::column::Column;
use hashbrown::HashMap;

/// What is told of the values of a column, row by row in any order: of a value that repeats it is asked once. All
/// rows of a column that is not there are empty.
#[derive(Debug)]
pub struct ToldOnce<'c, T> {
    column: Option<&'c Column>,
    told: Told<T>,
}

/// What was told so far of each value, where it is known which rows have the same.
#[derive(Debug)]
enum Told<T> {
    /// By its code.
    OfCodes(Vec<Option<T>>),
    /// The same where there are more values than rows.
    OfSomeCodes(HashMap<u16, T>),
    /// Of no value it is known.
    Nothing,
}

impl<'c, T: Copy> ToldOnce<'c, T> {
    /// Nothing yet.
    pub fn of(column: Option<&'c Column>) -> Self {
        let told = match column {
            Some(Column::Dictionary { codes, values }) if values.len() > codes.len() => {
                Told::OfSomeCodes(HashMap::new())
            }
            Some(Column::Dictionary { values, .. }) => Told::OfCodes(vec![None; values.len()]),
            Some(Column::Constant(_)) | None => Told::OfCodes(vec![None]),
            Some(Column::Plain(_)) => Told::Nothing,
        };
        ToldOnce { column, told }
    }

    /// What is told of the value of a row.
    pub fn get(&mut self, row: usize, tell: impl FnOnce(&'c [u8]) -> T) -> T {
        let column = self.column;
        let code = match column {
            Some(Column::Dictionary { codes, .. }) => codes[row],
            _ => 0,
        };
        let tell = || tell(column.map_or(b"", |column| column.get(row)));
        match &mut self.told {
            Told::OfCodes(told) => *told[usize::from(code)].get_or_insert_with(tell),
            Told::OfSomeCodes(told) => *told.entry(code).or_insert_with(tell),
            Told::Nothing => tell(),
        }
    }
}

impl Column {
    /// What is told of the values of some rows, in their order; of a value that is known to repeat it is asked once.
    pub fn told_of_rows<'c, T: Copy>(
        &'c self,
        rows: &[u16],
        tell: impl Fn(&'c [u8]) -> T,
    ) -> Vec<T> {
        let rows = rows.iter().map(|row| usize::from(*row));
        let mut told = ToldOnce::of(Some(self));
        rows.map(|row| told.get(row, &tell)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::column::{Texts, build};

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
    fn so_it_is_of_a_dictionary_with_more_values_than_rows() {
        let Column::Dictionary { values, .. } = build(["a", "b", "c", "a", "b", "c"]) else {
            panic!("they repeat");
        };
        let codes = vec![2, 0, 2];
        assert!(values.len() >= codes.len());
        let column = Column::Dictionary {
            codes,
            values: with_another(&values),
        };
        let mut told = ToldOnce::of(Some(&column));
        let mut asked = 0;
        let texts = [0, 1, 2, 0].map(|row| {
            told.get(row, |text| {
                asked += 1;
                text
            })
        });
        assert_eq!(
            texts,
            [column.get(0), column.get(1), column.get(0), column.get(0)]
        );
        assert_eq!(asked, 2);
    }

    fn with_another(values: &Texts) -> Texts {
        let mut more = values.clone();
        more.push(b"d");
        more
    }

    #[test]
    fn a_column_that_is_not_there_is_asked_of_once() {
        let mut told = ToldOnce::of(None);
        let lengths = [3, 0, 3].map(|row| told.get(row, <[u8]>::len));
        assert_eq!(lengths, [0; 3]);
        assert_eq!(told.get(1, |_| 7), 0, "not asked again");
    }
}
