//! Bytes taken apart into text, lone surrogates and bytes that are no text.
//!
//! Here: the decoding that the screen and the exports share. Not here: what becomes of the parts.

/// A part of a value, in the order of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Well-formed UTF-8, never empty.
    Text(&'a str),
    /// Three bytes `ED A0..BF xx`: half of a UTF-16 pair, which JSON can hold and UTF-8 cannot.
    Surrogate(u16),
    /// A byte that belongs to no character.
    Invalid(u8),
}

/// The pieces of `bytes`; together they are all of it. Takes linear time.
pub(crate) fn pieces(bytes: &[u8]) -> Pieces<'_> {
    Pieces { rest: bytes }
}

/// Iterator made by [`pieces`].
pub(crate) struct Pieces<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let text = self.rest.utf8_chunks().next()?.valid();
        if !text.is_empty() {
            self.rest = &self.rest[text.len()..];
            return Some(Piece::Text(text));
        }
        let (piece, rest) = match self.rest {
            [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, rest @ ..] => {
                let unit = 0xD000 | u16::from(second & 0x3F) << 6 | u16::from(third & 0x3F);
                (Piece::Surrogate(unit), rest)
            }
            [byte, rest @ ..] => (Piece::Invalid(*byte), rest),
            [] => return None,
        };
        self.rest = rest;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surrogates_and_broken_bytes_are_told_apart() {
        let found: Vec<Piece<'_>> = pieces(b"a\xED\xA0\x80\xED\xBF\xBFb\xED\xA0\xE2\x82").collect();
        assert_eq!(
            found,
            [
                Piece::Text("a"),
                Piece::Surrogate(0xD800),
                Piece::Surrogate(0xDFFF),
                Piece::Text("b"),
                Piece::Invalid(0xED),
                Piece::Invalid(0xA0),
                Piece::Invalid(0xE2),
                Piece::Invalid(0x82),
            ]
        );
    }
}
