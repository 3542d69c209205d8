//! Looks through Thrift's compact encoding, in which Parquet writes its footer and page headers, before
//! the `parquet` crate does. That one asks for the memory they claim to need, and a claim that cannot
//! be met would end the whole program: it is no error and no panic that could be caught.

/// The deepest nesting looked into, of the encoding and of a schema: both are read by recursion.
const DEEPEST: usize = 32;

/// The most elements of a list. Room for all of them is asked for at once.
const MOST_ELEMENTS: u64 = 1 << 17;

/// Why the bytes cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// They end too early.
    Short,
    /// They claim what cannot be.
    Absurd,
}

/// What a page's header says of its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageSize {
    /// The bytes of the header itself.
    pub(super) header: usize,
    /// The bytes of the page as it stands in the file.
    pub(super) packed: u64,
    /// The bytes of the page unpacked.
    pub(super) unpacked: u64,
}

// The types of the encoding. Integers of two, four and eight bytes are written alike.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const SHORT: u8 = 4;
const INTEGER: u8 = 5;
const LONG: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;
const UUID: u8 = 13;

/// The sizes that stand in the page header with which `bytes` begin.
pub(super) fn page_size(bytes: &[u8]) -> Result<PageSize, Fault> {
    let mut reader = Reader { bytes, at: 0 };
    let (mut unpacked, mut packed) = (None, None);
    reader.each_field(0, |reader, id, kind| match (id, kind) {
        (2, INTEGER) => reader.size().map(|size| unpacked = Some(size)),
        (3, INTEGER) => reader.size().map(|size| packed = Some(size)),
        _ => reader.skip(kind, 1),
    })?;
    Ok(PageSize {
        header: reader.at,
        packed: packed.ok_or(Fault::Absurd)?,
        unpacked: unpacked.ok_or(Fault::Absurd)?,
    })
}

/// Whether a footer is whole and its schema no deeper and no wider than can be read.
pub(super) fn check_footer(bytes: &[u8]) -> Result<(), Fault> {
    let mut reader = Reader { bytes, at: 0 };
    reader.each_field(0, |reader, id, kind| match (id, kind) {
        (2, LIST) => reader.check_schema(),
        _ => reader.skip(kind, 1),
    })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, Fault> {
        let byte = *self.bytes.get(self.at).ok_or(Fault::Short)?;
        self.at += 1;
        Ok(byte)
    }

    fn step_over(&mut self, length: u64) -> Result<(), Fault> {
        let rest = (self.bytes.len() - self.at) as u64;
        if length > rest {
            return Err(Fault::Short);
        }
        self.at += length as usize;
        Ok(())
    }

    /// A number of seven bits a byte, the lowest first.
    fn number(&mut self) -> Result<u64, Fault> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Fault::Absurd)
    }

    /// A number that may be negative.
    fn signed(&mut self) -> Result<i64, Fault> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// A size: what is more than four bytes can say would be cut short by the crate.
    fn size(&mut self) -> Result<u64, Fault> {
        let size = i32::try_from(self.signed()?).map_err(|_| Fault::Absurd)?;
        u64::try_from(size).map_err(|_| Fault::Absurd)
    }

    /// Hands each field of a struct, by number and type, to `visit`, which must consume it.
    fn each_field(
        &mut self,
        depth: usize,
        mut visit: impl FnMut(&mut Self, i64, u8) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if depth > DEEPEST {
            return Err(Fault::Absurd);
        }
        let mut id = 0;
        loop {
            let byte = self.byte()?;
            let kind = byte & 0x0f;
            if kind == 0 {
                return Ok(());
            }
            id = match byte >> 4 {
                0 => self.signed()?,
                step => id + i64::from(step),
            };
            if i16::try_from(id).is_err() {
                return Err(Fault::Absurd);
            }
            visit(self, id, kind)?;
        }
    }

    /// The number and the type of a list's elements.
    fn list(&mut self) -> Result<(u64, u8), Fault> {
        let byte = self.byte()?;
        let count = match byte >> 4 {
            15 => self.number()?,
            count => u64::from(count),
        };
        if count > MOST_ELEMENTS {
            return Err(Fault::Absurd);
        }
        Ok((count, byte & 0x0f))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), Fault> {
        if depth > DEEPEST {
            return Err(Fault::Absurd);
        }
        match kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.step_over(1),
            SHORT | INTEGER | LONG => self.number().map(|_| ()),
            DOUBLE => self.step_over(8),
            UUID => self.step_over(16),
            BINARY => {
                let length = self.number()?;
                self.step_over(length)
            }
            LIST | SET => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.skip_element(kind, depth + 1))
            }
            MAP => self.skip_map(depth + 1),
            STRUCT => self.each_field(depth, |reader, _, kind| reader.skip(kind, depth + 1)),
            _ => Err(Fault::Absurd),
        }
    }

    /// In a list, unlike in a struct, a truth value has a byte of its own.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Result<(), Fault> {
        match kind {
            TRUE | FALSE => self.step_over(1),
            kind => self.skip(kind, depth),
        }
    }

    fn skip_map(&mut self, depth: usize) -> Result<(), Fault> {
        let count = self.number()?;
        if count > MOST_ELEMENTS {
            return Err(Fault::Absurd);
        }
        if count == 0 {
            return Ok(());
        }
        let kinds = self.byte()?;
        (0..count).try_for_each(|_| {
            self.skip_element(kinds >> 4, depth)?;
            self.skip_element(kinds & 0x0f, depth)
        })
    }

    /// A schema is a list in which each element says how many of those that follow are its children.
    fn check_schema(&mut self) -> Result<(), Fault> {
        let (count, kind) = self.list()?;
        if kind != STRUCT {
            return Err(Fault::Absurd);
        }
        // For each group under way, the children that are still to come.
        let mut open: Vec<u64> = Vec::new();
        for _ in 0..count {
            let mut children = 0;
            self.each_field(1, |reader, id, kind| match (id, kind) {
                (5, INTEGER) => reader.size().map(|size| children = size.max(children)),
                _ => reader.skip(kind, 2),
            })?;
            while open.pop_if(|left| *left == 0).is_some() {}
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            if children > count || open.len() > DEEPEST {
                return Err(Fault::Absurd);
            }
            if children > 0 {
                open.push(children);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// A data page of 100 bytes, 300 unpacked, with a nested header that has a text in it.
    const HEADER: &[u8] = &[
        0x15, 0x00, 0x15, 0xd8, 0x04, 0x15, 0xc8, 0x01, 0x2c, 0x15, 0x14, 0x18, 0x02, b'a', b'b',
        0x00, 0x00,
    ];

    #[test]
    fn the_sizes_of_a_page_stand_in_its_header() {
        let mut bytes = HEADER.to_vec();
        bytes.extend(b"the page itself");
        let size = PageSize {
            header: HEADER.len(),
            packed: 100,
            unpacked: 300,
        };
        assert_eq!(page_size(&bytes), Ok(size));
        for end in 0..HEADER.len() {
            assert_eq!(page_size(&HEADER[..end]), Err(Fault::Short));
        }
    }

    #[rstest]
    #[case::negative(&[0x15, 0x00, 0x15, 0x01, 0x15, 0x02, 0x00])]
    #[case::more_than_four_bytes_can_say(&[0x15, 0, 0x15, 0x8a, 0x80, 0x80, 0x80, 0x80, 0x01, 0x15, 2, 0])]
    #[case::without_sizes(&[0x15, 0x00, 0x00])]
    #[case::no_type(&[0x1f, 0x00])]
    fn sizes_that_cannot_be_are_refused(#[case] bytes: &[u8]) {
        assert_eq!(page_size(bytes), Err(Fault::Absurd));
    }

    #[test]
    fn a_size_that_stands_twice_is_the_last_as_in_the_crate() {
        // The third field, and then the second once more, by its number.
        let bytes = [0x15, 0, 0x15, 2, 0x15, 2, 0x05, 0x04, 0x80, 0x01, 0];
        assert_eq!(page_size(&bytes).map(|size| size.unpacked), Ok(64));
    }

    /// A footer that is a schema only.
    fn footer(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x29, 0xfc, children.len() as u8];
        for &count in children {
            bytes.extend([0x55, count << 1, 0x00]);
        }
        bytes.push(0);
        bytes
    }

    #[test]
    fn a_schema_may_be_wide_but_not_claim_what_is_not_there_nor_be_endlessly_deep() {
        assert_eq!(check_footer(&footer(&[3, 0, 1, 0, 0])), Ok(()));
        assert_eq!(check_footer(&footer(&[60, 0, 0])), Err(Fault::Absurd));
        assert_eq!(check_footer(&footer(&[1; 30])), Ok(()));
        assert_eq!(check_footer(&footer(&[1; 60])), Err(Fault::Absurd));
        let list_of_lists = [[0x19].as_slice(), &[0x19; 100], &[0; 3]].concat();
        assert_eq!(check_footer(&list_of_lists), Err(Fault::Absurd));
    }
}
