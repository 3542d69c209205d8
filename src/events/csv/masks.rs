//! Where in 64 bytes the letters stand that give a record its form, as bits; and which of them are within
//! quotes, if quotes stand only where a cell begins and ends.

use wide::u8x16;

/// Bytes that are looked at together.
pub(super) const WIDTH: usize = 64;

/// The letters of 64 bytes, the first in the lowest bit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters {
    quotes: u64,
    delimiters: u64,
    feeds: u64,
    returns: u64,
    /// Bytes that are no ASCII.
    pub(super) high: u64,
}

impl Letters {
    #[inline]
    pub(super) fn of(bytes: &[u8; WIDTH], delimiter: u8) -> Self {
        let (parts, _) = bytes.as_chunks::<16>();
        let mut letters = Letters {
            quotes: 0,
            delimiters: 0,
            feeds: 0,
            returns: 0,
            high: 0,
        };
        for (index, part) in parts.iter().enumerate() {
            let part = u8x16::from(*part);
            let at = |byte: u8| {
                let found = part.simd_eq(u8x16::splat(byte)).to_bitmask();
                u64::from(found) << (16 * index)
            };
            letters.quotes |= at(b'"');
            letters.delimiters |= at(delimiter);
            letters.feeds |= at(b'\n');
            letters.returns |= at(b'\r');
            letters.high |= u64::from(part.to_bitmask()) << (16 * index);
        }
        letters
    }
}

/// What goes over from 64 bytes to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carry {
    /// All bits set within quotes.
    inside: u64,
    /// Whether a cell may begin, or a quote go on as two.
    may_open: u64,
    /// Whether the last byte was a quote that closes.
    closed: u64,
    /// Whether the last byte was a return outside of quotes.
    returned: u64,
}

impl Carry {
    /// Before a record.
    pub(super) const START: Carry = Carry {
        inside: 0,
        may_open: 1,
        closed: 0,
        returned: 0,
    };
}

/// The form of 64 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Delimiters and line feeds outside of quotes: where cells end.
    pub(super) ends: u64,
    /// Of these the line feeds: where records end.
    pub(super) line_ends: u64,
    /// Line feeds and returns within quotes.
    pub(super) inner_line_ends: u64,
    /// Where something stands that this cannot read: a quote in the middle of a cell, a return alone.
    pub(super) irregular: u64,
}

impl Form {
    #[inline]
    pub(super) fn of(letters: Letters, carry: &mut Carry) -> Self {
        let Letters {
            quotes,
            delimiters,
            feeds,
            returns,
            ..
        } = letters;
        // From an opening quote on to before the closing one.
        let inside = running_parity(quotes) ^ carry.inside;
        let outside = !inside;
        let ends = (delimiters | feeds) & outside;
        let (opening, closing) = (quotes & inside, quotes & outside);
        let returned = returns & outside;
        // Two quotes within a cell close and open it again.
        let may_open = ends | closing;
        let stray = opening & !(may_open << 1 | carry.may_open);
        let after_closing = closing << 1 | carry.closed;
        let torn = after_closing & !(delimiters | feeds | returns | quotes);
        let alone = (returned << 1 | carry.returned) & !feeds;
        *carry = Carry {
            inside: if inside >> 63 == 1 { u64::MAX } else { 0 },
            may_open: may_open >> 63,
            closed: closing >> 63,
            returned: returned >> 63,
        };
        Form {
            ends,
            line_ends: feeds & outside,
            inner_line_ends: (feeds | returns) & inside,
            irregular: stray | torn | alone,
        }
    }
}

/// For each bit, whether the bits up to and with it are odd in number.
#[inline]
fn running_parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
