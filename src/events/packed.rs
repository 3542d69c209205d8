//! A column of a batch that is hardly ever looked at, packed until somebody does: most of what an export says
//! of an email is read by people, one email at a time.

use super::column::{Column, Texts};
use super::leb128;
use std::sync::OnceLock;
use zstd::bulk::{Compressor, Decompressor};

/// The quickest level: what is won by others is little.
const LEVEL: i32 = 1;

/// A packed column, and the column itself once it was asked for.
#[derive(Debug)]
pub(super) struct Packed {
    /// The length of each text, as LEB128, and then the texts.
    bytes: Box<[u8]>,
    length: usize,
    rows: usize,
    column: OnceLock<Column>,
}

/// Packs columns.
pub(super) struct Packer {
    compressor: Compressor<'static>,
    /// What is to be packed, written over again and again.
    plain: Vec<u8>,
}

impl Packer {
    /// One to be used for many columns; `None` where there is no memory for it.
    pub(super) fn new() -> Option<Self> {
        Some(Packer {
            compressor: Compressor::new(LEVEL).ok()?,
            plain: Vec::new(),
        })
    }

    /// Packs the first `rows` texts of a column, if that makes it smaller.
    pub(super) fn pack(&mut self, column: &Column, rows: usize) -> Option<Packed> {
        self.plain.clear();
        for row in 0..rows {
            leb128::push(column.get(row).len() as u64, &mut self.plain);
        }
        for row in 0..rows {
            self.plain.extend_from_slice(column.get(row));
        }
        let bytes = self.compressor.compress(&self.plain).ok()?;
        let is_smaller = bytes.len() < column.bytes_held();
        is_smaller.then(|| Packed {
            bytes: bytes.into_boxed_slice(),
            length: self.plain.len(),
            rows,
            column: OnceLock::new(),
        })
    }
}

impl Packed {
    /// The column; unpacked now if it was not before.
    pub(super) fn column(&self) -> &Column {
        self.column
            .get_or_init(|| self.unpacked().unwrap_or_else(Column::empty))
    }

    fn unpacked(&self) -> Option<Column> {
        let mut decompressor = Decompressor::new().ok()?;
        let plain = decompressor.decompress(&self.bytes, self.length).ok()?;
        let mut place = 0;
        let lengths: Vec<usize> = (0..self.rows)
            .map(|_| leb128::read(&plain, &mut place, 64).map(|length| length as usize))
            .collect::<Option<_>>()?;
        let mut texts = Texts::default();
        for length in lengths {
            texts.push(plain.get(place..place + length)?);
            place += length;
        }
        Some(Column::of_texts(&texts))
    }

    /// The memory it holds, in bytes.
    pub(super) fn bytes_held(&self) -> usize {
        self.bytes.len() + self.column.get().map_or(0, Column::bytes_held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_packed_comes_back(
            texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..60),
        ) {
            let mut plain = Texts::default();
            // Often enough that packing them pays.
            let all: Vec<&Vec<u8>> = texts.iter().cycle().take(20 * texts.len()).collect();
            for text in &all {
                plain.push(text);
            }
            let mut packer = Packer::new().expect("memory");
            if let Some(packed) = packer.pack(&Column::Plain(plain), all.len()) {
                for (row, text) in all.iter().enumerate() {
                    prop_assert_eq!(packed.column().get(row), text.as_slice());
                }
            }
        }
    }
}
