//! One column of one batch: values that repeat are kept once, others one after the other.
//!
//! Values are bytes exactly as the export had them; nothing here interprets them.

mod texts;

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
pub use texts::{Span, Texts};

/// The values of one column in one batch.
#[derive(Clone, Debug)]
pub enum Column {
    /// Each distinct value once, and for each row the number of its value.
    /// Batches have at most 65,536 rows, so two bytes a row suffice.
    Dictionary {
        /// For each row, the index of its value.
        codes: Vec<u16>,
        /// The distinct values.
        values: Texts,
    },
    /// All rows have the same value: an empty column costs nothing.
    Constant(Box<[u8]>),
    /// The values hardly repeat: they stand one after the other.
    Plain(Texts),
}

impl Column {
    /// A column that is empty in all rows.
    pub(super) fn empty() -> Column {
        Column::Constant(Box::default())
    }

    /// A column of distinct values and, for each row, the index of its value.
    pub(super) fn of_codes(codes: Vec<u16>, mut values: Texts) -> Column {
        if values.len() <= 1 {
            return Column::Constant(values.get(0).into());
        }
        values.shrink();
        Column::Dictionary { codes, values }
    }

    /// A column that holds these texts, each of which is copied.
    pub(super) fn of_texts(texts: &Texts) -> Column {
        let mut builder = ColumnBuilder::starting_with_empty(0);
        for index in 0..texts.len() {
            builder.push(texts.get(index));
        }
        builder.finish()
    }

    /// The same with each value that repeats once and nothing of a block; of these rows only, if any are given.
    /// `None` where it is that already.
    pub(super) fn compacted(&self, rows: Option<&[u16]>) -> Option<Column> {
        match (rows, self) {
            (Some(rows), _) => Some(self.of_rows(rows)),
            (None, Column::Plain(texts)) => Some(Column::of_texts(texts)),
            (None, _) => None,
        }
    }

    /// A column of some of the rows, in this order, each text copied.
    pub(super) fn of_rows(&self, rows: &[u16]) -> Column {
        match self {
            Column::Constant(value) => return Column::Constant(value.clone()),
            Column::Dictionary { codes, values } => return of_codes_of_rows(codes, values, rows),
            Column::Plain(_) => {}
        }
        let mut builder = ColumnBuilder::starting_with_empty(0);
        for &row in rows {
            builder.push(self.get(usize::from(row)));
        }
        builder.finish()
    }

    /// The value that all rows have, if it is the same in all.
    pub(super) fn same_in_all(&self) -> Option<&[u8]> {
        match self {
            Column::Constant(value) => Some(value),
            Column::Dictionary { .. } => None,
            Column::Plain(texts) => texts.are_all_the_same().then(|| texts.get(0)),
        }
    }

    /// What is told of the value of each of so many rows; of a value that repeats it is asked once.
    pub fn told_of_each<T: Copy>(&self, rows: usize, tell: impl Fn(&[u8]) -> T) -> Vec<T> {
        match self {
            Column::Dictionary { codes, values } if values.len() <= rows => {
                let told = (0..values.len()).map(|code| tell(values.get(code)));
                let told: Vec<T> = told.collect();
                let codes = codes.iter().take(rows);
                codes.map(|code| told[usize::from(*code)]).collect()
            }
            Column::Constant(value) => vec![tell(value); rows],
            _ => (0..rows).map(|row| tell(self.get(row))).collect(),
        }
    }

    /// Those values of the first rows that are wanted, each with a number of rows that have it, in the order in which they
    /// first come; one may come several times.
    pub(super) fn each_value<'c>(
        &'c self,
        rows: usize,
        is_wanted: impl Fn(&[u8]) -> bool,
        mut take: impl FnMut(&'c [u8], u64),
    ) {
        match self {
            Column::Dictionary { codes, values } => {
                let codes = &codes[..rows.min(codes.len())];
                let wanted = (0..values.len()).filter(|code| is_wanted(values.get(*code)));
                let wanted: Vec<u16> = wanted.map(|code| code as u16).collect();
                for (code, rows) in rows_of_codes(codes, values.len(), &wanted) {
                    take(values.get(usize::from(code)), rows);
                }
            }
            Column::Constant(value) => {
                if rows > 0 && is_wanted(value) {
                    take(value, rows as u64);
                }
            }
            Column::Plain(texts) => {
                let texts = (0..rows).map(|row| texts.get(row));
                texts
                    .filter(|text| is_wanted(text))
                    .for_each(|text| take(text, 1));
            }
        }
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> &[u8] {
        match self {
            Column::Dictionary { codes, values } => values.get(usize::from(codes[row])),
            Column::Constant(value) => value,
            Column::Plain(texts) => texts.get(row),
        }
    }

    /// The length of the texts of so many rows one after the other, in bytes.
    pub(super) fn length_of_all(&self, rows: usize) -> usize {
        match self {
            Column::Dictionary { codes, values } => {
                let lengths = (0..values.len()).map(|code| values.get(code).len());
                let lengths: Vec<usize> = lengths.collect();
                codes.iter().map(|code| lengths[usize::from(*code)]).sum()
            }
            Column::Constant(value) => value.len() * rows,
            Column::Plain(texts) => texts.length_of_all(),
        }
    }

    /// At least that length, and soon said.
    pub(super) fn most_length_of_all(&self, rows: usize) -> usize {
        match self {
            Column::Dictionary { values, .. } => {
                let lengths = (0..values.len()).map(|code| values.get(code).len());
                lengths.max().unwrap_or(0) * rows
            }
            Column::Constant(_) | Column::Plain(_) => self.length_of_all(rows),
        }
    }

    /// The memory it holds, in bytes.
    pub fn bytes_held(&self) -> usize {
        match self {
            Column::Dictionary { codes, values } => {
                codes.capacity() * size_of::<u16>() + values.bytes_held()
            }
            Column::Constant(value) => value.len(),
            Column::Plain(texts) => texts.bytes_held(),
        }
    }
}

/// A column of some rows of a dictionary, whose values are known by their codes.
fn of_codes_of_rows(codes: &[u16], values: &Texts, rows: &[u16]) -> Column {
    let mut new_codes = vec![None; values.len()];
    let mut kept = Texts::default();
    let codes = rows.iter().map(|row| {
        let code = usize::from(codes[usize::from(*row)]);
        *new_codes[code].get_or_insert_with(|| {
            kept.push(values.get(code));
            (kept.len() - 1) as u16
        })
    });
    let codes: Vec<u16> = codes.collect();
    if hardly_repeat(kept.len(), codes.len()) {
        let mut plain = Texts::default();
        for code in codes {
            plain.push(kept.get(usize::from(code)));
        }
        plain.shrink();
        return Column::Plain(plain);
    }
    Column::of_codes(codes, kept)
}

/// Codes that are looked for one by one: so the processor compares many rows at a time.
const CODES_LOOKED_FOR: usize = 4;

/// Of those codes that are wanted and come, how often each does, in the order in which they first come.
fn rows_of_codes(codes: &[u16], values: usize, wanted: &[u16]) -> Vec<(u16, u64)> {
    if wanted.len() <= CODES_LOOKED_FOR {
        let found = wanted.iter().filter_map(|wanted| {
            let rows = codes.iter().filter(|code| *code == wanted).count();
            let first = codes.iter().position(|code| code == wanted)?;
            Some((first, (*wanted, rows as u64)))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_unstable();
        return found.into_iter().map(|(_, found)| found).collect();
    }
    let mut rows = vec![0; values];
    let mut seen = Vec::new();
    for &code in codes {
        let rows = &mut rows[usize::from(code)];
        if *rows == 0 {
            seen.push(code);
        }
        *rows += 1;
    }
    let is_wanted = |code: &u16| wanted.binary_search(code).is_ok();
    let seen = seen.into_iter().filter(is_wanted);
    seen.map(|code| (code, rows[usize::from(code)])).collect()
}

/// Distinct values after which a column is tested for whether it repeats at all.
const DISTINCT_BEFORE_DOUBT: usize = 2048;

/// Whether the values of so many rows, of which so many are distinct, take less memory one after the other.
pub(super) fn hardly_repeat(distinct: usize, rows: usize) -> bool {
    distinct >= DISTINCT_BEFORE_DOUBT && distinct * 2 > rows
}

/// Builds a [`Column`] row by row, as a dictionary until its values turn out not to repeat.
#[derive(Debug)]
pub struct ColumnBuilder {
    codes: Vec<u16>,
    values: Texts,
    numbers: HashTable<u16>,
    hasher: DefaultHashBuilder,
    /// Set once the column is kept as plain values.
    plain: Option<Texts>,
}

impl ColumnBuilder {
    /// A column whose first `empty_rows` rows are empty: it appeared only in a later record.
    pub fn starting_with_empty(empty_rows: usize) -> Self {
        let mut builder = ColumnBuilder {
            codes: Vec::new(),
            values: Texts::default(),
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            plain: None,
        };
        for _ in 0..empty_rows {
            builder.push(b"");
        }
        builder
    }

    /// Adds the next row's value.
    pub fn push(&mut self, value: &[u8]) {
        if let Some(plain) = &mut self.plain {
            plain.push(value);
            return;
        }
        if let Some(&last) = self.codes.last()
            && self.values.get(usize::from(last)) == value
        {
            self.codes.push(last);
            return;
        }
        let code = self.code_of(value);
        self.codes.push(code);
        if hardly_repeat(self.values.len(), self.codes.len()) {
            self.become_plain();
        }
    }

    fn code_of(&mut self, value: &[u8]) -> u16 {
        let hash = self.hasher.hash_one(value);
        let values = &self.values;
        let known = self
            .numbers
            .find(hash, |&code| values.get(usize::from(code)) == value);
        if let Some(&code) = known {
            return code;
        }
        let code = self.values.len() as u16;
        self.values.push(value);
        let (values, hasher) = (&self.values, &self.hasher);
        self.numbers.insert_unique(hash, code, |&code| {
            hasher.hash_one(values.get(usize::from(code)))
        });
        code
    }

    fn become_plain(&mut self) {
        let mut plain = Texts::default();
        for &code in &self.codes {
            plain.push(self.values.get(usize::from(code)));
        }
        self.codes = Vec::new();
        self.values = Texts::default();
        self.numbers = HashTable::new();
        self.plain = Some(plain);
    }

    /// The number of rows pushed.
    pub fn len(&self) -> usize {
        self.plain.as_ref().map_or(self.codes.len(), Texts::len)
    }

    /// Whether no row was pushed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The finished column.
    pub fn finish(mut self) -> Column {
        if let Some(mut plain) = self.plain {
            plain.shrink();
            return Column::Plain(plain);
        }
        self.codes.shrink_to_fit();
        Column::of_codes(self.codes, self.values)
    }
}

#[cfg(test)]
pub(super) use tests::build;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A column of these values.
    pub(in crate::events) fn build<V: AsRef<[u8]>>(values: impl IntoIterator<Item = V>) -> Column {
        let mut builder = ColumnBuilder::starting_with_empty(0);
        for value in values {
            builder.push(value.as_ref());
        }
        builder.finish()
    }

    #[test]
    fn values_that_do_not_repeat_become_plain() {
        let values: Vec<String> = (0..10_000).map(|number| number.to_string()).collect();
        let column = build(&values);
        assert!(matches!(column, Column::Plain(_)));
        assert_eq!(column.get(9_999), b"9999");
    }

    #[test]
    fn a_column_of_one_value_is_constant() {
        assert!(matches!(build(["", "", ""]), Column::Constant(_)));
    }

    #[test]
    fn values_come_in_the_order_of_their_first_rows_whatever_their_codes() {
        let values = ["a", "never", "b", "c"].iter();
        let mut texts = Texts::default();
        values.for_each(|value| texts.push(value.as_bytes()));
        let column = Column::Dictionary {
            codes: vec![3, 0, 3, 0, 0, 2],
            values: texts,
        };
        let mut seen = Vec::new();
        column.each_value(5, |_| true, |value, rows| seen.push((value, rows)));
        assert_eq!(seen, [(b"c".as_slice(), 2), (b"a", 3)]);
        for rows in [3, 6] {
            let told = column.told_of_each(rows, |value| value[0]);
            assert_eq!(
                told,
                b"cacaab"[..rows],
                "with more rows than values, and with fewer"
            );
        }
    }

    proptest! {
        #[test]
        fn wanted_values_are_counted_in_the_order_in_which_they_come(
            codes in prop::collection::vec(0_u16..9, 0..40),
            wanted in prop::collection::btree_set(0_u16..9, 0..9),
            rows in 0..50_usize,
        ) {
            let mut values = Texts::default();
            (0..9_u8).for_each(|value| values.push(&[value]));
            let column = Column::Dictionary { codes: codes.clone(), values };
            let mut told = Vec::new();
            let is_wanted = |value: &[u8]| wanted.contains(&u16::from(value[0]));
            column.each_value(rows, is_wanted, |value, rows| told.push((u16::from(value[0]), rows)));
            let mut expected: Vec<(u16, u64)> = Vec::new();
            for code in codes.iter().take(rows).filter(|code| wanted.contains(code)) {
                match expected.iter_mut().find(|(known, _)| known == code) {
                    Some((_, rows)) => *rows += 1,
                    None => expected.push((*code, 1)),
                }
            }
            prop_assert_eq!(told, expected);
        }
    }

    #[test]
    fn a_full_batch_of_distinct_values_is_kept() {
        let values: Vec<String> = (0..65_536).map(|n| format!("{}", n / 2)).collect();
        let column = build(&values);
        assert_eq!(column.get(65_535), b"32767");
    }

    proptest! {
        #[test]
        fn every_row_gives_back_what_was_pushed(
            values in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..4), 0..300)
        ) {
            let column = build(&values);
            for (row, value) in values.iter().enumerate() {
                prop_assert_eq!(column.get(row), value.as_slice());
            }
        }
    }
}
