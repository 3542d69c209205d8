//! What every format writes: columns, rows and a few notes.
//!
//! Not here: any format.

use crate::quantities;
use std::borrow::Cow;
use std::io;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Text as it was read, in UTF-8 unless the sender saw to it that it is not.
    Text(Cow<'a, [u8]>),
    /// A count.
    Number(u64),
    /// A ratio or an average, written with two digits after the point. What is not finite is
    /// written as nothing.
    Decimal(f64),
    /// Texts of any number: an array where the format has them, else one text of them all.
    List(Vec<Cow<'a, [u8]>>),
}

impl<'a> Value<'a> {
    /// A text cell of a string.
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text.as_bytes()))
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Decimal(_))
    }
}

/// A table to be exported.
pub struct Sheet<'a> {
    /// Headers. They may come from the export that was read, thus from anybody.
    pub columns: Vec<String>,
    /// The rows, each with one value for every column.
    pub rows: Box<dyn Iterator<Item = Vec<Value<'a>>> + 'a>,
    /// Where the result comes from, such as the exclusions that are on: what it is, and its
    /// value. Written by the formats that have room for prose, table and Markdown.
    pub notes: Vec<(String, String)>,
}

/// Gives the row back if it has a value for each column.
pub(super) fn checked(row: Vec<Value<'_>>, columns: usize) -> io::Result<Vec<Value<'_>>> {
    if row.len() == columns {
        return Ok(row);
    }
    let message = format!("a row has {} values for {columns} columns", row.len());
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

/// A decimal with two digits; nothing for infinities and what is not a number.
pub(super) fn two_digits(value: f64) -> Option<String> {
    value.is_finite().then(|| format!("{value:.2}"))
}

/// A number for people, with thousands separated: `1,204,331`, `1,204.50`; nothing for text.
pub(super) fn number_for_people(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(_) | Value::List(_) => None,
        Value::Number(number) => Some(quantities::with_separators(&number.to_string())),
        Value::Decimal(number) => Some(two_digits(*number).map_or_else(
            || "-".to_owned(),
            |digits| quantities::with_separators(&digits),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        let cases = [
            (Value::Number(0), "0"),
            (Value::Number(999), "999"),
            (Value::Number(1000), "1,000"),
            (Value::Number(u64::MAX), "18,446,744,073,709,551,615"),
            (Value::Decimal(-1234.5), "-1,234.50"),
            (Value::Decimal(-123.0), "-123.00"),
            (Value::Decimal(0.125), "0.12"),
            (Value::Decimal(f64::NAN), "-"),
        ];
        for (value, expected) in cases {
            assert_eq!(number_for_people(&value).as_deref(), Some(expected));
        }
        assert_eq!(number_for_people(&Value::text("1")), None);
    }
}
