//! Adds up the lengths of texts in Parquet's delta encodings, before the `parquet` crate asks for the
//! memory to hold them: a few bytes may claim any number of lengths, and texts that share their
//! beginnings grow when they are unpacked.

use crate::events::leb128;

/// What a run of lengths comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lengths {
    /// How many there are.
    pub(super) count: u64,
    /// Their sum.
    pub(super) sum: u64,
    /// The bytes they take up.
    pub(super) end: usize,
}

/// Reads a run of lengths, at most `most`; `None` when there are more, or not what there should be.
pub(super) fn lengths(bytes: &[u8], most: u64) -> Option<Lengths> {
    let mut run = Run { bytes, at: 0 };
    let block = run.number()?;
    let parts = run.number()?;
    let count = run.number()?;
    let mut length = run.signed()? as i32;
    // The crate asks for as much of these.
    if count > most || block == 0 || block > 1 << 20 || parts == 0 || !block.is_multiple_of(parts) {
        return None;
    }
    let part = block / parts;
    if !part.is_multiple_of(32) {
        return None;
    }
    let mut sum = if count > 0 { positive(length) } else { 0 };
    let mut left = count.saturating_sub(1);
    while left > 0 {
        let least = run.signed()? as i32;
        let widths = run.take(parts as usize)?;
        for &width in widths {
            if left == 0 {
                break;
            }
            let packed = run.take_at_most(usize::from(width) * part as usize / 8);
            for index in 0..part.min(left) as usize {
                let delta = bits(packed, index, width)? as i32;
                length = length.wrapping_add(least).wrapping_add(delta);
                sum += positive(length);
            }
            left -= part.min(left);
        }
    }
    Some(Lengths {
        count,
        sum,
        end: run.at,
    })
}

fn positive(length: i32) -> u64 {
    u64::try_from(length).unwrap_or(0)
}

/// The `index`-th of numbers of `width` bits, packed from the lowest bit on.
fn bits(packed: &[u8], index: usize, width: u8) -> Option<u32> {
    if width == 0 {
        return Some(0);
    }
    if width > 32 {
        return None;
    }
    let first = index * usize::from(width);
    let last = (first + usize::from(width) - 1) / 8;
    let mut window = 0;
    for (place, &byte) in packed.get(first / 8..=last)?.iter().enumerate() {
        window |= u64::from(byte) << (place * 8);
    }
    Some((window >> (first % 8) & ((1 << width) - 1)) as u32)
}

struct Run<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Run<'a> {
    fn number(&mut self) -> Option<u64> {
        leb128::read(self.bytes, &mut self.at, 64)
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..)?.get(..length)?;
        self.at += length;
        Some(taken)
    }

    /// The last part of a page need not be written to its end.
    fn take_at_most(&mut self, length: usize) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = &rest[..length.min(rest.len())];
        self.at += taken.len();
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_added_up_without_being_held() {
        // 128 values in 4 parts: 7, and then each 2 more than the one before, written in no bits.
        let steady = [0x80, 0x01, 0x04, 0x05, 0x0e, 0x04, 0, 0, 0, 0, 0xff];
        let expected = Lengths {
            count: 5,
            sum: 7 + 9 + 11 + 13 + 15,
            end: 10,
        };
        assert_eq!(lengths(&steady, 5), Some(expected));
        assert_eq!(lengths(&steady, 4), None);
        // 1, and then 0, 1, 2 and 3 more, written in two bits each.
        let packed = [
            0x80,
            0x01,
            0x04,
            0x05,
            0x02,
            0x00,
            2,
            0,
            0,
            0,
            0b1110_0100,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        let found = lengths(&packed, 5).expect("lengths");
        assert_eq!(
            (found.count, found.sum, found.end),
            (5, 1 + 1 + 2 + 4 + 7, 18)
        );
    }

    #[test]
    fn what_is_no_run_of_lengths_is_refused() {
        assert_eq!(lengths(&[], 9), None);
        assert_eq!(lengths(&[0x80, 0x01, 0x00, 0x05, 0x02], 9), None);
        assert_eq!(
            lengths(&[0x80, 0x01, 0x04, 0x05, 0x02, 0, 40, 0, 0, 0], 9),
            None
        );
    }
}
