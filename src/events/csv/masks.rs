//! Where in 64 bytes the letters stand that give a record its form, as bits; and which of them are within
//! quotes, if quotes stand only where a cell begins and ends.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined into the loop gets the instructions it is dispatched to"
)]

use fearless_simd::{Simd, SimdBase, SimdInt, SimdMask, u8x64};

/// Bytes that are looked at together.
pub(super) const WIDTH: usize = 64;

/// Parts of that width whose form is found at once, before anything is made of it.
const PARTS: usize = 64;

/// The letters of 64 bytes, the first in the lowest bit.
#[derive(Clone, Copy, Debug)]
struct Letters {
    quotes: u64,
    delimiters: u64,
    feeds: u64,
    returns: u64,
}

impl Letters {
    /// All but the returns.
    #[inline(always)]
    fn of<S: Simd>(simd: S, bytes: u8x64<S>, delimiter: u8) -> Self {
        Letters {
            quotes: places(simd, bytes, b'"'),
            delimiters: places(simd, bytes, delimiter),
            feeds: places(simd, bytes, b'\n'),
            returns: 0,
        }
    }
}

#[inline(always)]
fn places<S: Simd>(simd: S, bytes: u8x64<S>, byte: u8) -> u64 {
    bytes.simd_eq(u8x64::splat(simd, byte)).to_bitmask()
}

/// What goes over from 64 bytes to the next.
#[derive(Clone, Copy, Debug)]
struct Carry {
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
    const START: Carry = Carry {
        inside: 0,
        may_open: 1,
        closed: 0,
        returned: 0,
    };
}

/// The form of 64 bytes.
#[derive(Clone, Copy, Debug, Default)]
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
    #[inline(always)]
    fn of(letters: Letters, carry: &mut Carry) -> Self {
        let Letters {
            quotes,
            delimiters,
            feeds,
            returns,
        } = letters;
        // From an opening quote on to before the closing one.
        let inside = running_parity(quotes) ^ carry.inside;
        let outside = !inside;
        // No byte is both. Added, as the compiler else would put the bytes together once more.
        let breaks = delimiters.wrapping_add(feeds);
        let ends = breaks & outside;
        let (opening, closing) = (quotes & inside, quotes & outside);
        let returned = returns & outside;
        // Two quotes within a cell close and open it again.
        let may_open = ends | closing;
        let stray = opening & !(may_open << 1 | carry.may_open);
        let after_closing = closing << 1 | carry.closed;
        let torn = after_closing & !(breaks | returns | opening);
        let alone = (returned << 1 | carry.returned) & !feeds;
        *carry = Carry {
            inside: (inside.cast_signed() >> 63).cast_unsigned(),
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
#[inline(always)]
fn running_parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// The forms of some parts that follow each other.
#[derive(Debug)]
pub(super) struct Forms {
    carry: Carry,
    parts: [Form; PARTS],
    length: usize,
    /// Whether any of them has line ends within quotes, or something that this cannot read.
    pub(super) is_special: bool,
    /// Whether any of their bytes is no ASCII.
    pub(super) has_high: bool,
    /// Whether there have been returns. Hardly any export has one.
    has_returns: bool,
}

impl Forms {
    /// Before a record.
    pub(super) fn new() -> Self {
        Forms {
            carry: Carry::START,
            parts: [Form::default(); PARTS],
            length: 0,
            is_special: false,
            has_high: false,
            has_returns: false,
        }
    }

    /// Those of each part.
    #[inline(always)]
    pub(super) fn parts(&self) -> &[Form] {
        &self.parts[..self.length]
    }

    /// The bytes whose forms are found at once.
    pub(super) fn groups(parts: &[[u8; WIDTH]]) -> impl Iterator<Item = &[[u8; WIDTH]]> {
        parts.chunks(PARTS)
    }

    /// Finds the forms of the next bytes, which are one of the [groups](Forms::groups).
    #[inline(always)]
    pub(super) fn find<S: Simd>(&mut self, simd: S, bytes: &[[u8; WIDTH]], delimiter: u8) {
        let before = self.carry;
        if !self.has_returns {
            self.has_returns = self.find_if::<false, S>(simd, bytes, delimiter);
            if !self.has_returns {
                return;
            }
            self.carry = before;
        }
        self.find_if::<true, S>(simd, bytes, delimiter);
    }

    /// The same, looking at returns or not; whether there are any.
    #[inline(always)]
    fn find_if<const HAS_RETURNS: bool, S: Simd>(
        &mut self,
        simd: S,
        bytes: &[[u8; WIDTH]],
        delimiter: u8,
    ) -> bool {
        let mut carry = self.carry;
        let mut special = 0;
        let return_byte = u8x64::splat(simd, b'\r');
        let mut any_return = u8x64::splat(simd, 0).simd_eq(return_byte);
        let mut any_bit = u8x64::splat(simd, 0);
        for (part, bytes) in self.parts.iter_mut().zip(bytes) {
            let bytes = u8x64::from_slice(simd, bytes);
            let mut letters = Letters::of(simd, bytes, delimiter);
            if HAS_RETURNS {
                letters.returns = places(simd, bytes, b'\r');
            } else {
                any_return |= bytes.simd_eq(return_byte);
            }
            any_bit |= bytes;
            let form = Form::of(letters, &mut carry);
            special |= form.inner_line_ends | form.irregular;
            *part = form;
        }
        self.length = bytes.len().min(PARTS);
        self.carry = carry;
        self.is_special = special != 0;
        self.has_high = any_bit.simd_ge(u8x64::splat(simd, 0x80)).to_bitmask() != 0;
        any_return.to_bitmask() != 0
    }
}
