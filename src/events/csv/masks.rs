//! Where in 64 bytes the letters stand that give a record its form, as bits; and which of them are within
//! quotes, if quotes stand only where a cell begins and ends.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined into the loop gets the instructions it is dispatched to"
)]

use fearless_simd::{Simd, SimdBase, SimdInt, SimdMask, SimdSplit, u8x32, u8x64};

/// Bytes that are looked at together.
pub(super) const WIDTH: usize = 64;

/// Parts of that width whose form is found at once, before anything is made of it.
const PARTS: usize = 64;

/// Bits of the parts, of each byte the one of its place, the first in the lowest.
type Bits = [u64; PARTS];

/// The letters of some parts.
#[derive(Debug)]
struct Letters {
    quotes: Bits,
    feeds: Bits,
    /// Delimiters and line feeds.
    breaks: Bits,
    returns: Bits,
}

#[inline(always)]
fn places<S: Simd>(simd: S, bytes: u8x64<S>, byte: u8) -> u64 {
    bytes.simd_eq(u8x64::splat(simd, byte)).to_bitmask()
}

/// Whether any byte is no ASCII.
#[inline(always)]
fn has_high<S: Simd>(simd: S, bytes: u8x64<S>) -> bool {
    let (first, last) = bytes.split();
    let any = first | last;
    any.simd_ge(u8x32::splat(simd, 0x80)).to_bitmask() != 0
}

/// What goes over from some parts to the next, each in the highest bit.
#[derive(Clone, Copy, Debug)]
struct Carry {
    /// Within quotes.
    inside: u64,
    /// A cell may begin, or a quote go on as two.
    may_open: u64,
    /// The last byte was a quote that closes.
    closed: u64,
    /// The last byte was a return outside of quotes.
    returned: u64,
}

impl Carry {
    /// Before a record.
    const START: Carry = Carry {
        inside: 0,
        may_open: 1 << 63,
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

/// For each bit, whether the bits up to and with it are odd in number.
#[inline(always)]
fn running_parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// All bits as the highest one.
#[inline(always)]
fn spread(bits: u64) -> u64 {
    (bits.cast_signed() >> 63).cast_unsigned()
}

/// For each part, all bits where it begins within quotes. `inside` is as if each began outside, `before` tells of
/// the first one by its highest bit.
///
/// One bit for each part, so that the parts need not wait for each other.
#[inline(always)]
fn parts_within(inside: &Bits, before: u64) -> Bits {
    let turning = inside.iter().enumerate();
    let turning = turning.fold(0, |all, (part, inside)| all | inside >> 63 << part);
    let within = running_parity(turning) << 1 ^ spread(before);
    let mut all = [0; PARTS];
    for (part, all) in all.iter_mut().enumerate() {
        *all = spread(within << (PARTS - 1 - part));
    }
    all
}

/// The forms of some parts that follow each other. What belongs to each part stands together, so that the compiler
/// looks at several parts at once.
#[derive(Debug)]
pub(super) struct Forms {
    carry: Carry,
    letters: Letters,
    ends: Bits,
    line_ends: Bits,
    inner_line_ends: Bits,
    irregular: Bits,
    length: usize,
    /// Whether any of them has line ends within quotes, or something that this cannot read.
    pub(super) is_special: bool,
    /// The parts with bytes that are no ASCII, the first in the lowest bit.
    pub(super) high: u64,
    /// Whether there have been returns. Hardly any export has one.
    has_returns: bool,
}

impl Forms {
    /// Before a record.
    pub(super) fn new() -> Self {
        let none = [0; PARTS];
        Forms {
            carry: Carry::START,
            letters: Letters {
                quotes: none,
                feeds: none,
                breaks: none,
                returns: none,
            },
            ends: none,
            line_ends: none,
            inner_line_ends: none,
            irregular: none,
            length: 0,
            is_special: false,
            high: 0,
            has_returns: false,
        }
    }

    /// Those of each part.
    #[inline(always)]
    pub(super) fn parts(&self) -> impl Iterator<Item = Form> + '_ {
        let ends = self.ends.iter().zip(&self.line_ends);
        let others = self.inner_line_ends.iter().zip(&self.irregular);
        let parts = ends.zip(others).take(self.length);
        parts.map(
            |((&ends, &line_ends), (&inner_line_ends, &irregular))| Form {
                ends,
                line_ends,
                inner_line_ends,
                irregular,
            },
        )
    }

    /// The bytes whose forms are found at once.
    pub(super) fn groups(parts: &[[u8; WIDTH]]) -> impl Iterator<Item = &[[u8; WIDTH]]> {
        parts.chunks(PARTS)
    }

    /// Finds the forms of the next bytes, which are one of the [groups](Forms::groups).
    #[inline(always)]
    pub(super) fn find<S: Simd>(&mut self, simd: S, bytes: &[[u8; WIDTH]], delimiter: u8) {
        self.length = bytes.len().min(PARTS);
        if !self.has_returns {
            self.has_returns = self.find_letters::<false, S>(simd, bytes, delimiter);
        }
        if self.has_returns {
            self.find_letters::<true, S>(simd, bytes, delimiter);
        }
        self.put_together();
    }

    /// Finds the letters, returns among them or not; whether there are any returns.
    #[inline(always)]
    fn find_letters<const HAS_RETURNS: bool, S: Simd>(
        &mut self,
        simd: S,
        bytes: &[[u8; WIDTH]],
        delimiter: u8,
    ) -> bool {
        let return_byte = u8x64::splat(simd, b'\r');
        let mut any_return = u8x64::splat(simd, 0).simd_eq(return_byte);
        let mut high = 0;
        let letters = &mut self.letters;
        for (part, bytes) in bytes.iter().take(PARTS).enumerate() {
            let bytes = u8x64::from_slice(simd, bytes);
            let feeds = places(simd, bytes, b'\n');
            letters.quotes[part] = places(simd, bytes, b'"');
            letters.feeds[part] = feeds;
            // No byte is both. Added, as the compiler else would put the bytes together once more.
            letters.breaks[part] = feeds.wrapping_add(places(simd, bytes, delimiter));
            if HAS_RETURNS {
                letters.returns[part] = places(simd, bytes, b'\r');
            } else {
                any_return |= bytes.simd_eq(return_byte);
            }
            high |= u64::from(has_high(simd, bytes)) << part;
        }
        self.high = high;
        any_return.to_bitmask() != 0
    }

    /// Makes forms of the letters.
    #[inline(always)]
    fn put_together(&mut self) {
        let Letters {
            quotes,
            feeds,
            breaks,
            returns,
        } = &self.letters;
        // From an opening quote on to before the closing one, as if each part began outside of quotes.
        let mut inside: Bits = quotes.map(running_parity);
        let within = parts_within(&inside, self.carry.inside);
        for (inside, within) in inside.iter_mut().zip(&within) {
            *inside ^= within;
        }
        // Of each part and, first, of the one before.
        let mut may_open = [self.carry.may_open; PARTS + 1];
        let mut closing = [self.carry.closed; PARTS + 1];
        let mut returned = [self.carry.returned; PARTS + 1];
        for part in 0..PARTS {
            let outside = !inside[part];
            let (feeds, returns) = (feeds[part], returns[part]);
            self.ends[part] = breaks[part] & outside;
            self.line_ends[part] = feeds & outside;
            self.inner_line_ends[part] = (feeds | returns) & inside[part];
            closing[part + 1] = quotes[part] & outside;
            // Two quotes within a cell close and open it again.
            may_open[part + 1] = self.ends[part] | closing[part + 1];
            returned[part + 1] = returns & outside;
        }
        for part in 0..PARTS {
            let opening = quotes[part] & inside[part];
            let stray = opening & !after(&may_open, part);
            let torn = after(&closing, part) & !(breaks[part] | returns[part] | opening);
            let alone = after(&returned, part) & !feeds[part];
            self.irregular[part] = stray | torn | alone;
        }
        let special = |part| self.inner_line_ends[part] | self.irregular[part];
        let special = (0..self.length).fold(0, |all, part| all | special(part));
        self.is_special = special != 0;
        self.carry = Carry {
            inside: self
                .length
                .checked_sub(1)
                .map_or(self.carry.inside, |last| inside[last]),
            may_open: may_open[self.length],
            closed: closing[self.length],
            returned: returned[self.length],
        };
    }
}

/// The places after bits of a part, of which the one before stands before it.
#[inline(always)]
fn after(bits: &[u64; PARTS + 1], part: usize) -> u64 {
    bits[part + 1] << 1 | bits[part] >> 63
}
