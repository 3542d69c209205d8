//! From the bytes of an input to its text: unpacked, decoded, and what was found on the way. What is
//! no text is handed on as it is.

use super::encoding::{self, Encoding};
use super::format;
use super::notes::Notes;
use super::packing::{CountingConsumed, Packing};
use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::rc::Rc;

/// What an input holds.
pub(super) enum Contents {
    /// Text.
    Text(Text),
    /// The bytes of a Parquet file, and how they are packed.
    Parquet(Box<dyn Read>, Option<Packing>),
}

/// The text of an input.
pub(super) struct Text {
    pub(super) reader: CountingConsumed<Box<dyn Read>>,
    /// How much of it was taken from the reader.
    pub(super) consumed: Rc<Cell<u64>>,
    /// The bytes of the byte order mark before it.
    pub(super) mark: u64,
    pub(super) packing: Option<Packing>,
    /// The encoding its start tells.
    pub(super) encoding: Encoding,
    /// Whether that was guessed, as there is no byte order mark.
    pub(super) is_guessed: bool,
}

impl Text {
    /// Whether it is the bytes of the input, after the mark, as they are.
    pub(super) fn is_plain(&self) -> bool {
        let is_decoded = matches!(
            self.encoding,
            Encoding::Utf16LittleEndian | Encoding::Utf16BigEndian
        );
        self.packing.is_none() && !is_decoded
    }
}

/// Why there is no text.
pub(super) enum NoText {
    /// The bytes cannot be read.
    Unreadable(io::Error),
    /// It is text in UTF-32.
    Utf32,
    /// What is packed is packed once more.
    PackedTwice(Packing, Packing),
}

impl From<io::Error> for NoText {
    fn from(error: io::Error) -> Self {
        NoText::Unreadable(error)
    }
}

const BUFFER: usize = 1 << 18;

/// What is in the bytes of `source`.
pub(super) fn open(source: impl Read + 'static, notes: &Rc<Notes>) -> Result<Contents, NoText> {
    let watched = Watched {
        source,
        notes: Rc::clone(notes),
    };
    let (start, bytes) = with_start(watched)?;
    let packing = Packing::of(&start);
    let bytes: Box<dyn Read> = match packing {
        Some(packing) => packing.unpack(bytes, notes)?,
        None => Box::new(bytes),
    };
    let (start, mut bytes) = with_start(bytes)?;
    if let (Some(outer), Some(inner)) = (packing, Packing::of(&start)) {
        return Err(NoText::PackedTwice(outer, inner));
    }
    if format::is_parquet(&start) {
        return Ok(Contents::Parquet(Box::new(bytes), packing));
    }
    if encoding::is_utf32(&start) {
        return Err(NoText::Utf32);
    }
    let found = encoding::detect(&start);
    bytes.read_exact(&mut vec![0; found.mark])?;
    let is_utf16 = matches!(
        found.encoding,
        Encoding::Utf16LittleEndian | Encoding::Utf16BigEndian
    );
    let text = encoding::decode(found.encoding, bytes, notes);
    let consumed = Rc::default();
    Ok(Contents::Text(Text {
        reader: CountingConsumed::new(BUFFER, text, &consumed),
        consumed,
        mark: found.mark as u64,
        packing,
        encoding: found.encoding,
        is_guessed: is_utf16 && found.mark == 0,
    }))
}

/// The first bytes, and a reader of all: a pipe may hand them out one by one.
fn with_start<R: Read>(mut reader: R) -> io::Result<(Vec<u8>, impl Read + use<R>)> {
    let mut start = Vec::new();
    let longest = encoding::LONGEST_START as u64;
    reader.by_ref().take(longest).read_to_end(&mut start)?;
    Ok((start.clone(), Cursor::new(start).chain(reader)))
}

/// Notes where reading the bytes themselves fails: the disk or the network, not what is in them.
struct Watched<R> {
    source: R,
    notes: Rc<Notes>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read(buffer).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.notes.note_damage(error.to_string());
            }
        })
    }
}
