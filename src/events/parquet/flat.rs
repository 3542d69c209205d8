//! A column of texts, or of whole numbers of eight bytes, straight from its pages: where these have the usual
//! shape, values need not be made one by one, and those that nobody looks at are passed over.
//!
//! It gives `None` wherever something is not as it usually is, be it damage or a shape it does not know. What
//! is to be said of that is left to the readers of the `parquet` crate, which then read once more.

use super::LONGEST_ROW;
use super::pages::CheckedRowGroup;
use super::runs::Runs;
use super::text::Meaning;
use crate::events::column::{Span, Texts};
use bytes::Bytes;
use parquet::basic::{Encoding, Repetition, Type as PhysicalType};
use parquet::column::page::{Page, PageReader};
use parquet::errors::Result;
use parquet::file::reader::RowGroupReader as _;
use parquet::schema::types::Type;
use std::sync::Arc;

/// Of longer values in a dictionary it is not certain that a row is short enough to be taken.
const LONGEST_VALUE: usize = LONGEST_ROW / 8;

/// The bytes of a whole number.
const LONG: usize = 8;

/// A column of one row group, from the row on that was last read.
pub(super) struct FlatColumn<'g> {
    group: &'g CheckedRowGroup<'g>,
    pages: Box<dyn PageReader>,
    may_be_null: bool,
    is_of_texts: bool,
    dictionary: Option<Dictionary>,
    page: Option<OpenPage>,
}

/// The distinct values of a column, by code.
struct Dictionary {
    bytes: Bytes,
    /// Where each stands, and after them null, which is the empty text.
    spans: Arc<Vec<Span>>,
}

impl Dictionary {
    /// The code of null.
    fn null(&self) -> usize {
        self.spans.len() - 1
    }

    /// The value of a code that is not that of null.
    fn get(&self, code: u32) -> Option<&[u8]> {
        let span = self.spans[..self.null()].get(code as usize)?;
        self.bytes.get(span.range())
    }

    /// The values by code, and that of null.
    fn texts(&self) -> Texts {
        Texts::in_page(self.bytes.clone(), Arc::clone(&self.spans))
    }
}

/// A data page, from the row on that was last read.
struct OpenPage {
    rows: usize,
    /// Says of each row whether it has a value; none where all have.
    levels: Option<Runs>,
    values: Values,
}

/// The values of a page, from the one on that was last read.
enum Values {
    /// One after the other: numbers, or texts with the length of each before it.
    Plain { bytes: Bytes, at: usize },
    /// As codes of the dictionary.
    Coded(Runs),
}

/// The cells of some rows.
pub(super) enum Cells {
    /// The code of each row, and the values of the codes.
    Coded { codes: Vec<u16>, values: Texts },
    /// One after the other.
    Plain(Texts),
}

impl<'g> FlatColumn<'g> {
    /// Whether the values of a column are texts as they stand.
    pub(super) fn is_of_texts(column: &Type) -> bool {
        let meaning = Meaning::of(column.get_basic_info(), 0);
        is_of(column, PhysicalType::BYTE_ARRAY) && meaning == Meaning::Itself
    }

    /// The column at a place of a row group, which is of that type. No other reader may be at work on the group
    /// that hands out values without copying them.
    pub(super) fn new(group: &'g CheckedRowGroup<'g>, place: usize, column: &Type) -> Result<Self> {
        Ok(FlatColumn {
            group,
            pages: group.get_column_page_reader(place)?,
            may_be_null: column.get_basic_info().repetition() != Repetition::REQUIRED,
            is_of_texts: Self::is_of_texts(column),
            dictionary: None,
            page: None,
        })
    }

    /// How many values the dictionary has, where there is one and it was read.
    pub(super) fn values_of_dictionary(&self) -> usize {
        self.dictionary.as_ref().map_or(0, Dictionary::null)
    }

    /// Reads the next rows of a column of texts; null is the empty text. Rows that are left out may be empty too.
    pub(super) fn texts(
        &mut self,
        rows: usize,
        is_left_out: impl Fn(usize) -> bool,
    ) -> Option<Cells> {
        if self.stand_in_page(rows)? {
            return self.texts_in_page(rows).map(Cells::Plain);
        }
        let mut codes: Vec<u16> = Vec::new();
        let mut plain: Option<Texts> = None;
        let (mut read, mut left_out) = (0, 0);
        while read < rows {
            let (page, dictionary) = self.page()?;
            let portion = page.rows.min(rows - read);
            let null = dictionary.map(Dictionary::null);
            let null = null.and_then(|null| u16::try_from(null).ok());
            match (&mut page.values, null) {
                (Values::Coded(runs), Some(null)) if plain.is_none() => {
                    codes.reserve(rows - read);
                    each_row(&mut page.levels, portion, |has_value, rows| {
                        if has_value {
                            return runs.take_below(null, rows, &mut codes);
                        }
                        codes.resize(codes.len() + rows, null);
                        Some(())
                    })?;
                }
                (values, _) => {
                    let plain = match &mut plain {
                        Some(plain) => plain,
                        None => plain.insert(written_out(&codes, dictionary)?),
                    };
                    each_row(&mut page.levels, portion, |has_value, rows| {
                        if has_value {
                            return values.each_text(dictionary, rows, |text| {
                                if is_left_out(plain.len()) {
                                    left_out += text.len();
                                    plain.push(b"");
                                } else {
                                    plain.push(text);
                                }
                                plain.bytes() + left_out < LONGEST_ROW
                            });
                        }
                        (0..rows).for_each(|_| plain.push(b""));
                        Some(())
                    })?;
                }
            }
            page.rows -= portion;
            read += portion;
        }
        Some(match plain {
            Some(texts) => Cells::Plain(texts),
            None => Cells::Coded {
                values: self.dictionary.as_ref().map(Dictionary::texts)?,
                codes,
            },
        })
    }

    /// Whether the values of the next rows stand in one page, one after the other.
    fn stand_in_page(&mut self, rows: usize) -> Option<bool> {
        let (page, _) = self.page()?;
        Some(page.rows >= rows && matches!(page.values, Values::Plain { .. }))
    }

    /// The same where they stand in a page, one after the other: none is copied.
    fn texts_in_page(&mut self, rows: usize) -> Option<Texts> {
        let page = self.page.as_mut()?;
        let Values::Plain { bytes, at } = &mut page.values else {
            return None;
        };
        let first = *at;
        let mut spans = Vec::with_capacity(rows);
        each_row(&mut page.levels, rows, |has_value, rows| {
            if !has_value {
                spans.resize(spans.len() + rows, Span::default());
                return Some(());
            }
            for _ in 0..rows {
                let start = *at + size_of::<u32>();
                let end = start.checked_add(length_at(bytes, *at)?)?;
                if end > bytes.len() {
                    return None;
                }
                spans.push(Span::new(start, end));
                *at = end;
            }
            Some(())
        })?;
        page.rows -= rows;
        let is_short = *at - first < LONGEST_ROW && u32::try_from(*at).is_ok();
        is_short.then(|| Texts::in_page(bytes.clone(), Arc::new(spans)))
    }

    /// Reads the next rows of a column of whole numbers, each as what `value` makes of it, if it can.
    pub(super) fn longs<T: Clone>(
        &mut self,
        rows: usize,
        value: impl Fn(i64) -> Option<T>,
    ) -> Option<Vec<Option<T>>> {
        let mut made = Vec::with_capacity(rows);
        while made.len() < rows {
            let (page, dictionary) = self.page()?;
            let portion = page.rows.min(rows - made.len());
            let values = &mut page.values;
            each_row(&mut page.levels, portion, |has_value, rows| {
                if has_value {
                    return values.each_long(dictionary, rows, |long| {
                        made.push(Some(value(long)?));
                        Some(())
                    });
                }
                made.resize(made.len() + rows, None);
                Some(())
            })?;
            page.rows -= portion;
        }
        Some(made)
    }

    /// The page that has the next row, and the dictionary.
    fn page(&mut self) -> Option<(&mut OpenPage, Option<&Dictionary>)> {
        while self.page.as_ref().is_none_or(|page| page.rows == 0) {
            self.page = None;
            let page = self.pages.get_next_page().ok()??;
            self.group.release_values();
            match page {
                Page::DictionaryPage {
                    buf,
                    num_values,
                    encoding,
                    ..
                } => {
                    let is_usual = matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY);
                    if !is_usual || self.dictionary.is_some() {
                        return None;
                    }
                    self.dictionary = Some(self.dictionary_of(buf, num_values)?);
                }
                page => self.page = Some(self.opened(page)?),
            }
        }
        Some((self.page.as_mut()?, self.dictionary.as_ref()))
    }

    fn dictionary_of(&self, bytes: Bytes, values: u32) -> Option<Dictionary> {
        let mut at = 0;
        let spans = (0..values).map(|_| {
            let start = if self.is_of_texts {
                let start = at + size_of::<u32>();
                at = start.checked_add(length_at(&bytes, at)?)?;
                start
            } else {
                at += LONG;
                at - LONG
            };
            let is_within = at <= bytes.len() && u32::try_from(at).is_ok();
            (is_within && at - start < LONGEST_VALUE).then(|| Span::new(start, at))
        });
        let null = std::iter::once(Some(Span::default()));
        let spans = spans.chain(null).collect::<Option<_>>()?;
        Some(Dictionary {
            bytes,
            spans: Arc::new(spans),
        })
    }

    fn opened(&self, page: Page) -> Option<OpenPage> {
        let (rows, encoding, levels, values) = match page {
            Page::DataPage {
                buf,
                num_values,
                encoding,
                def_level_encoding,
                ..
            } => {
                if !self.may_be_null {
                    (num_values, encoding, None, buf)
                } else if def_level_encoding == Encoding::RLE {
                    let length = length_at(&buf, 0)?;
                    let start = size_of::<u32>();
                    let end = start.checked_add(length).filter(|end| *end <= buf.len())?;
                    let levels = buf.slice(start..end);
                    (num_values, encoding, Some(levels), buf.slice(end..))
                } else {
                    return None;
                }
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                num_nulls,
                num_rows,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let end = def_levels_byte_len as usize;
                if rep_levels_byte_len > 0 || end > buf.len() || num_rows != num_values {
                    return None;
                }
                let levels = self.may_be_null.then(|| buf.slice(..end));
                if nulls(levels.as_ref(), num_values as usize)? != num_nulls as usize {
                    return None;
                }
                (num_values, encoding, levels, buf.slice(end..))
            }
            Page::DictionaryPage { .. } => return None,
        };
        Some(OpenPage {
            rows: rows as usize,
            levels: match levels {
                Some(levels) => Some(Runs::new(levels, 1)?),
                None => None,
            },
            values: match encoding {
                Encoding::PLAIN => Values::Plain {
                    bytes: values,
                    at: 0,
                },
                Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                    let width = values.first().copied();
                    // Where no row has a value nothing need be there.
                    let rest = values.slice(values.len().min(1)..);
                    Values::Coded(Runs::new(rest, width.unwrap_or_default().into())?)
                }
                _ => return None,
            },
        })
    }
}

impl Values {
    /// Takes the next texts; `take` says whether it may go on.
    fn each_text(
        &mut self,
        dictionary: Option<&Dictionary>,
        count: usize,
        mut take: impl FnMut(&[u8]) -> bool,
    ) -> Option<()> {
        match self {
            Values::Coded(codes) => {
                let dictionary = dictionary?;
                codes.take(count, |code| dictionary.get(code).is_some_and(&mut take))
            }
            Values::Plain { bytes, at } => {
                for _ in 0..count {
                    let start = *at + size_of::<u32>();
                    let end = start.checked_add(length_at(bytes, *at)?)?;
                    if !take(bytes.get(start..end)?) {
                        return None;
                    }
                    *at = end;
                }
                Some(())
            }
        }
    }

    /// Takes the next whole numbers.
    fn each_long(
        &mut self,
        dictionary: Option<&Dictionary>,
        count: usize,
        mut take: impl FnMut(i64) -> Option<()>,
    ) -> Option<()> {
        match self {
            Values::Coded(codes) => {
                let dictionary = dictionary?;
                codes.take(count, |code| {
                    let long = dictionary.get(code).and_then(<[u8]>::first_chunk);
                    long.and_then(|long| take(i64::from_le_bytes(*long)))
                        .is_some()
                })
            }
            Values::Plain { bytes, at } => {
                let end = at.checked_add(count.checked_mul(LONG)?)?;
                let (longs, _) = bytes.get(*at..end)?.as_chunks();
                for long in longs {
                    take(i64::from_le_bytes(*long))?;
                }
                *at = end;
                Some(())
            }
        }
    }
}

/// Goes through rows, in stretches that all have a value or all have none.
fn each_row(
    levels: &mut Option<Runs>,
    rows: usize,
    mut take: impl FnMut(bool, usize) -> Option<()>,
) -> Option<()> {
    if rows == 0 {
        return Some(());
    }
    let Some(levels) = levels else {
        return take(true, rows);
    };
    let mut left = rows;
    while left > 0 {
        let (has_value, count) = levels.take_same(left)?;
        take(has_value, count)?;
        left -= count;
    }
    Some(())
}

/// The texts of codes one after the other; the code after the last value is null.
fn written_out(codes: &[u16], dictionary: Option<&Dictionary>) -> Option<Texts> {
    let mut texts = Texts::default();
    for &code in codes {
        let dictionary = dictionary?;
        let is_null = usize::from(code) == dictionary.null();
        texts.push(if is_null {
            b""
        } else {
            dictionary.get(code.into())?
        });
        if texts.bytes() >= LONGEST_ROW {
            return None;
        }
    }
    Some(texts)
}

/// How many of the rows of a page have no value, by their levels: its header says so too.
fn nulls(levels: Option<&Bytes>, rows: usize) -> Option<usize> {
    let mut levels = match levels {
        Some(levels) => Some(Runs::new(levels.clone(), 1)?),
        None => None,
    };
    let mut nulls = 0;
    each_row(&mut levels, rows, |has_value, rows| {
        nulls += if has_value { 0 } else { rows };
        Some(())
    })?;
    Some(nulls)
}

/// The length that stands before a text.
#[inline]
fn length_at(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*length) as usize)
}

fn is_of(column: &Type, wanted: PhysicalType) -> bool {
    matches!(column, Type::PrimitiveType { physical_type, .. } if *physical_type == wanted)
}
