//! One column of one batch: values that repeat are kept once, others one after the other.
//!
//! Values are bytes exactly as the export had them; nothing here interprets them.

use super::blocks::BlockText;
use bytes::Bytes;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::Arc;

/// Texts one after the other in one allocation, or where they stand in the text of a block.
#[derive(Clone, Debug, Default)]
pub struct Texts(Kept);

#[derive(Clone, Debug)]
enum Kept {
    Copied {
        bytes: Vec<u8>,
        /// The end of each text in `bytes`; its start is the end of the one before.
        ends: Vec<u32>,
    },
    /// For looking at a batch that nobody keeps: it holds the whole block.
    Standing {
        block: Arc<BlockText>,
        /// The cells of the block, record by record.
        cells: Arc<Vec<Span>>,
        /// The first text among them, and how far the next one is.
        first: usize,
        step: usize,
        length: usize,
    },
    /// The same where they stand in a page of Parquet.
    InPage { page: Bytes, spans: Vec<Span> },
}

impl Default for Kept {
    fn default() -> Self {
        Kept::Copied {
            bytes: Vec::new(),
            ends: Vec::new(),
        }
    }
}

/// Where a cell stands in the text of a block, or in a page: both are far shorter than 4 GiB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// From `start` up to `end`.
    #[inline]
    pub fn new(start: usize, end: usize) -> Self {
        Span {
            start: start as u32,
            end: end as u32,
        }
    }

    /// Moves it by `offset` if it lies at `place` or later.
    pub(super) fn shift_from(&mut self, place: usize, offset: usize) {
        if self.start as usize >= place {
            self.start += offset as u32;
            self.end += offset as u32;
        }
    }

    /// From where to where.
    #[inline]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Texts {
    /// Texts that stand in a block: of its cells the one numbered `first` and every `step`-th after it.
    pub(super) fn standing(
        block: Arc<BlockText>,
        cells: Arc<Vec<Span>>,
        first: usize,
        step: usize,
        length: usize,
    ) -> Self {
        Texts(Kept::Standing {
            block,
            cells,
            first,
            step,
            length,
        })
    }

    /// Texts that stand in a page.
    pub(super) fn in_page(page: Bytes, spans: Vec<Span>) -> Self {
        Texts(Kept::InPage { page, spans })
    }

    /// The number of texts.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::Copied { ends, .. } => ends.len(),
            Kept::Standing { length, .. } => *length,
            Kept::InPage { spans, .. } => spans.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `index`-th text; the empty text when there is none.
    #[inline]
    pub fn get(&self, index: usize) -> &[u8] {
        match &self.0 {
            Kept::Copied { bytes, ends } => {
                let Some(&end) = ends.get(index) else {
                    return b"";
                };
                let start = index.checked_sub(1).map_or(0, |before| ends[before]);
                &bytes[start as usize..end as usize]
            }
            Kept::Standing {
                block,
                cells,
                first,
                step,
                ..
            } => cells
                .get(first + index * step)
                .map_or(b"", |span| &block.bytes()[span.range()]),
            Kept::InPage { page, spans } => {
                spans.get(index).map_or(b"", |span| &page[span.range()])
            }
        }
    }

    /// Adds a text. A batch holds far less than 4 GiB, see [`super::batch::BatchBuilder::is_full`].
    pub(super) fn push(&mut self, text: &[u8]) {
        if let Kept::Copied { bytes, ends } = &mut self.0 {
            bytes.extend_from_slice(text);
            ends.push(bytes.len() as u32);
        }
    }

    /// The length of all texts, where they were copied.
    pub(super) fn bytes(&self) -> usize {
        match &self.0 {
            Kept::Copied { bytes, .. } => bytes.len(),
            Kept::Standing { .. } | Kept::InPage { .. } => 0,
        }
    }

    fn shrink(&mut self) {
        if let Kept::Copied { bytes, ends } = &mut self.0 {
            bytes.shrink_to_fit();
            ends.shrink_to_fit();
        }
    }

    fn bytes_held(&self) -> usize {
        match &self.0 {
            Kept::Copied { bytes, ends } => bytes.capacity() + ends.capacity() * size_of::<u32>(),
            Kept::Standing { .. } | Kept::InPage { .. } => {
                (0..self.len()).map(|index| self.get(index).len()).sum()
            }
        }
    }
}

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
        if let Column::Constant(value) = self {
            return Column::Constant(value.clone());
        }
        let mut builder = ColumnBuilder::starting_with_empty(0);
        for &row in rows {
            builder.push(self.get(usize::from(row)));
        }
        builder.finish()
    }

    /// Whether all rows have the same value.
    pub(super) fn is_constant(&self) -> bool {
        match self {
            Column::Constant(_) => true,
            Column::Dictionary { .. } => false,
            Column::Plain(texts) => (1..texts.len()).all(|index| texts.get(index) == texts.get(0)),
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

    /// The values of the first rows, each with a number of rows that have it, in the order in which they first come;
    /// one may come several times.
    pub(super) fn each_value<'c>(&'c self, rows: usize, mut take: impl FnMut(&'c [u8], u64)) {
        match self {
            Column::Dictionary { codes, values } => {
                let mut rows_of_codes = vec![0; values.len()];
                let mut seen = Vec::new();
                for code in codes.iter().take(rows).map(|code| usize::from(*code)) {
                    if rows_of_codes[code] == 0 {
                        seen.push(code);
                    }
                    rows_of_codes[code] += 1;
                }
                for code in seen {
                    take(values.get(code), rows_of_codes[code]);
                }
            }
            Column::Constant(value) if rows > 0 => take(value, rows as u64),
            Column::Constant(_) => {}
            Column::Plain(texts) => (0..rows).for_each(|row| take(texts.get(row), 1)),
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

/// Distinct values after which a column is tested for whether it repeats at all.
const DISTINCT_BEFORE_DOUBT: usize = 2048;

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
        let distinct = self.values.len();
        if distinct >= DISTINCT_BEFORE_DOUBT && distinct * 2 > self.codes.len() {
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
        if self.values.len() <= 1 {
            return Column::Constant(self.values.get(0).into());
        }
        self.values.shrink();
        self.codes.shrink_to_fit();
        Column::Dictionary {
            codes: self.codes,
            values: self.values,
        }
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
        column.each_value(5, |value, rows| seen.push((value, rows)));
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
