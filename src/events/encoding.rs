//! How the text of a file is encoded, and the reader that gives it as UTF-8.
//!
//! UTF-8 and whatever else keeps ASCII (Latin-1, Windows-1252) is handed on byte for byte. UTF-16 is decoded:
//! a half of a surrogate pair without its other half becomes U+FFFD and is counted.

use super::notes::Notes;
use simdutf8::compat::from_utf8;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;

/// The encoding of a file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark; so is ASCII.
    Utf8,
    /// UTF-8 with a byte order mark, as Excel writes it.
    Utf8WithMark,
    /// Bytes that are not UTF-8, such as Latin-1 or Windows-1252.
    Unknown,
    /// UTF-16, the lower byte first.
    Utf16LittleEndian,
    /// UTF-16, the higher byte first.
    Utf16BigEndian,
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8WithMark => "UTF-8 with a byte order mark",
            Encoding::Unknown => "not UTF-8",
            Encoding::Utf16LittleEndian => "UTF-16 (little endian)",
            Encoding::Utf16BigEndian => "UTF-16 (big endian)",
        })
    }
}

/// Byte order marks.
const MARKS: [(&[u8], Encoding); 3] = [
    (b"\xef\xbb\xbf", Encoding::Utf8WithMark),
    (b"\xff\xfe", Encoding::Utf16LittleEndian),
    (b"\xfe\xff", Encoding::Utf16BigEndian),
];

/// The bytes by which UTF-16 is known where it has no mark: eight characters of ASCII.
pub(super) const LONGEST_START: usize = 16;

/// The fewest bytes by which UTF-16 without a mark is known.
const SHORTEST_UNMARKED: usize = 8;

/// What the start of a text says of its encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) encoding: Encoding,
    /// The length of its byte order mark.
    pub(super) mark: usize,
}

/// Finds the encoding from the first [`LONGEST_START`] bytes of a text, or all if it has fewer.
pub(super) fn detect(start: &[u8]) -> Start {
    for (mark, encoding) in MARKS {
        if start.starts_with(mark) {
            let mark = mark.len();
            return Start { encoding, mark };
        }
    }
    Start {
        encoding: unmarked_utf16(start).unwrap_or(Encoding::Utf8),
        mark: 0,
    }
}

/// Whether a text that starts with these bytes is UTF-32, which is not decoded: no export is written so.
pub(super) fn is_utf32(start: &[u8]) -> bool {
    const MARKS: [&[u8]; 2] = [b"\xff\xfe\0\0", b"\0\0\xfe\xff"];
    if MARKS.iter().any(|mark| start.starts_with(mark)) {
        return true;
    }
    let is_ascii = |unit: &[u8]| matches!(unit, [1..=0x7f, 0, 0, 0] | [0, 0, 0, 1..=0x7f]);
    start.len() >= SHORTEST_UNMARKED && start.chunks_exact(4).all(is_ascii)
}

/// Every second byte zero and every other one ASCII: no other text looks like that.
fn unmarked_utf16(start: &[u8]) -> Option<Encoding> {
    if start.len() < SHORTEST_UNMARKED {
        return None;
    }
    let are = |higher: usize, lower: usize| {
        start
            .chunks_exact(2)
            .all(|unit| unit[higher] == 0 && matches!(unit[lower], 1..=0x7f))
    };
    if are(1, 0) {
        return Some(Encoding::Utf16LittleEndian);
    }
    are(0, 1).then_some(Encoding::Utf16BigEndian)
}

/// The text of `source`, which begins after the byte order mark, as UTF-8.
pub(super) fn decode(
    encoding: Encoding,
    source: impl Read + 'static,
    notes: &Rc<Notes>,
) -> Box<dyn Read> {
    let notes = Rc::clone(notes);
    let from_bytes: fn([u8; 2]) -> u16 = match encoding {
        Encoding::Utf16LittleEndian => u16::from_le_bytes,
        Encoding::Utf16BigEndian => u16::from_be_bytes,
        Encoding::Utf8 | Encoding::Utf8WithMark | Encoding::Unknown => {
            return Box::new(Checked {
                source,
                torn: Vec::new(),
                lines: 0,
                notes,
            });
        }
    };
    Box::new(Utf16 {
        source,
        from_bytes,
        units: vec![0; UNITS],
        torn: 0,
        high: None,
        text: Vec::with_capacity(UNITS),
        given: 0,
        notes,
    })
}

/// Hands bytes on and looks whether they are UTF-8.
struct Checked<R> {
    source: R,
    /// The bytes of a character whose end has not come yet.
    torn: Vec<u8>,
    /// The line ends handed on while all was UTF-8.
    lines: u64,
    notes: Rc<Notes>,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        if !self.notes.is_to_be_checked() || buffer.is_empty() {
            return Ok(length);
        }
        let bytes = &buffer[..length];
        let valid = self.valid_up_to(bytes);
        self.lines += memchr::memchr_iter(b'\n', &bytes[..valid.unwrap_or(length)]).count() as u64;
        if valid.is_some() {
            self.notes.note_other_than_utf8(self.lines + 1);
        }
        Ok(length)
    }
}

impl<R> Checked<R> {
    /// Up to where the text goes on, or where no byte is left ends, as UTF-8; `None` where that is all of it.
    fn valid_up_to(&mut self, bytes: &[u8]) -> Option<usize> {
        if bytes.is_empty() {
            return (!self.torn.is_empty()).then_some(0);
        }
        let mut rest = bytes;
        while !self.torn.is_empty() {
            let [next, after @ ..] = rest else {
                return None;
            };
            self.torn.push(*next);
            match std::str::from_utf8(&self.torn) {
                Ok(_) => self.torn.clear(),
                Err(error) if error.error_len().is_none() => {}
                // The character began before these bytes, and no line end is a part of it.
                Err(_) => return Some(0),
            }
            rest = after;
        }
        let error = from_utf8(rest).err()?;
        let (valid, torn) = rest.split_at(error.valid_up_to());
        if error.error_len().is_none() {
            self.torn.extend_from_slice(torn);
            return None;
        }
        Some(bytes.len() - rest.len() + valid.len())
    }
}

/// Bytes of UTF-16 decoded at once.
const UNITS: usize = 1 << 16;

/// Decodes UTF-16.
struct Utf16<R> {
    source: R,
    from_bytes: fn([u8; 2]) -> u16,
    units: Vec<u8>,
    /// The first bytes of `units` that are left of a unit whose second byte has not come yet.
    torn: usize,
    /// The first half of a pair whose second half has not come yet.
    high: Option<u16>,
    text: Vec<u8>,
    /// The bytes of `text` that were handed out.
    given: usize,
    notes: Rc<Notes>,
}

impl<R: Read> Utf16<R> {
    /// Decodes the next bytes; whether there were any.
    fn decode_more(&mut self) -> io::Result<bool> {
        self.text.clear();
        self.given = 0;
        let length = self.source.read(&mut self.units[self.torn..])?;
        if length == 0 {
            return self.end();
        }
        let bytes = self.torn + length;
        for at in (0..bytes - bytes % 2).step_by(2) {
            let unit = (self.from_bytes)([self.units[at], self.units[at + 1]]);
            self.push(unit);
        }
        self.torn = bytes % 2;
        self.units[0] = self.units[bytes - 1];
        Ok(true)
    }

    fn end(&mut self) -> io::Result<bool> {
        if self.torn > 0 {
            let sentence = "the file ends in the middle of a UTF-16 character";
            self.notes.note_damage(sentence.to_owned());
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, sentence));
        }
        if self.high.take().is_none() {
            return Ok(false);
        }
        self.replace();
        Ok(true)
    }

    fn push(&mut self, unit: u16) {
        if let Some(high) = self.high.take() {
            if let Some(Ok(character)) = char::decode_utf16([high, unit]).next() {
                self.push_character(character);
                return;
            }
            self.replace();
        }
        match char::from_u32(u32::from(unit)) {
            Some(character) => self.push_character(character),
            None if unit < 0xdc00 => self.high = Some(unit),
            None => self.replace(),
        }
    }

    fn push_character(&mut self, character: char) {
        let mut bytes = [0; 4];
        let encoded = character.encode_utf8(&mut bytes);
        self.text.extend_from_slice(encoded.as_bytes());
    }

    fn replace(&mut self) {
        self.notes.count_replaced();
        self.push_character(char::REPLACEMENT_CHARACTER);
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if buffer.is_empty() || !self.decode_more()? {
                return Ok(0);
            }
        }
        let rest = &self.text[self.given..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// Hands out so many bytes at a time.
    struct InPieces(Vec<u8>, usize);

    impl Read for InPieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0.drain(..length);
            Ok(length)
        }
    }

    fn decoded(encoding: Encoding, bytes: Vec<u8>, piece: usize) -> (Vec<u8>, Rc<Notes>) {
        let notes = Rc::default();
        let mut text = Vec::new();
        let source = InPieces(bytes, piece);
        let _ = decode(encoding, source, &notes).read_to_end(&mut text);
        (text, notes)
    }

    #[rstest]
    #[case(b"Timestamp,Subject", Encoding::Utf8, 0)]
    #[case(b"\xef\xbb\xbfTimestamp", Encoding::Utf8WithMark, 3)]
    #[case(b"\xff\xfeT\0i\0", Encoding::Utf16LittleEndian, 2)]
    #[case(b"\xfe\xff\0T\0i", Encoding::Utf16BigEndian, 2)]
    #[case(b"T\0i\0m\0e\0s\0t\0a\0m\0", Encoding::Utf16LittleEndian, 0)]
    #[case(b"\0T\0i\0m\0e\0s\0t\0a\0m", Encoding::Utf16BigEndian, 0)]
    #[case(b"T\0i\0", Encoding::Utf8, 0)]
    #[case(b"T\0i\0m\0e\0st\0a\0m\0p", Encoding::Utf8, 0)]
    #[case(b"\0\0\0\0\0\0\0\0\0\0", Encoding::Utf8, 0)]
    #[case(b"", Encoding::Utf8, 0)]
    fn the_first_bytes_say_the_encoding(
        #[case] start: &[u8],
        #[case] encoding: Encoding,
        #[case] mark: usize,
    ) {
        assert_eq!(detect(start), Start { encoding, mark });
    }

    proptest! {
        #[test]
        fn utf_16_is_decoded_as_the_standard_library_does_whatever_the_pieces(
            units in prop::collection::vec(prop_oneof![any::<u16>(), 0xd7f0..0xe010_u16], 0..50),
            piece in 1..9_usize,
        ) {
            let replaced = char::decode_utf16(units.iter().copied()).filter(Result::is_err).count();
            let expected = String::from_utf16_lossy(&units);
            for (encoding, to_bytes) in [
                (Encoding::Utf16LittleEndian, u16::to_le_bytes as fn(u16) -> [u8; 2]),
                (Encoding::Utf16BigEndian, u16::to_be_bytes),
            ] {
                let bytes = units.iter().copied().flat_map(to_bytes).collect();
                let (text, notes) = decoded(encoding, bytes, piece);
                prop_assert_eq!(text, expected.as_bytes());
                prop_assert_eq!(notes.replaced(), replaced as u64);
            }
        }

        #[test]
        fn other_bytes_are_handed_on_and_it_is_known_whether_they_are_utf_8(
            text in ".{0,20}",
            stray in prop::option::of(0x80..=0xff_u8),
            piece in 1..9_usize,
        ) {
            let mut bytes = text.into_bytes();
            bytes.extend(stray);
            let is_utf8 = std::str::from_utf8(&bytes).is_ok();
            let (handed_on, notes) = decoded(Encoding::Utf8, bytes.clone(), piece);
            prop_assert_eq!(handed_on, bytes);
            prop_assert_eq!(notes.first_line_other_than_utf8().is_none(), is_utf8);
        }
    }

    #[rstest]
    #[case(b"ab\ncd\n", None)]
    #[case(b"a\xe9b\ncd\n", Some(1))]
    #[case(b"a\xc3\xa9\n\ncd\xe9", Some(3))]
    #[case(b"a\n\xc3\ncd\xe9", Some(2))]
    fn the_first_line_that_is_no_utf_8_is_known_whatever_the_pieces(
        #[case] text: &[u8],
        #[case] line: Option<u64>,
        #[values(1, 2, 3, 100)] piece: usize,
    ) {
        let (_, notes) = decoded(Encoding::Utf8, text.to_vec(), piece);
        assert_eq!(notes.first_line_other_than_utf8(), line);
    }

    #[rstest]
    #[case(b"\xff\xfe\0\0T\0\0\0", true)]
    #[case(b"\0\0\xfe\xff\0\0\0T", true)]
    #[case(b"T\0\0\0i\0\0\0", true)]
    #[case(b"\0\0\0T\0\0\0i", true)]
    #[case(b"\xff\xfeT\0", false)]
    #[case(b"T\0i\0m\0e\0", false)]
    #[case(b"\0\0\0\0\0\0\0\0", false)]
    #[case(b"", false)]
    fn utf_32_is_known_by_its_mark_or_its_zeros(#[case] start: &[u8], #[case] wanted: bool) {
        assert_eq!(is_utf32(start), wanted);
    }

    #[test]
    fn half_a_character_at_the_end_is_damage() {
        let (text, notes) = decoded(Encoding::Utf16LittleEndian, b"a\0b".to_vec(), 9);
        assert_eq!(text, b"a");
        assert!(notes.damage().is_some());
    }
}
