//! Packed files: known by their first bytes, unpacked as they are read.
//!
//! zstd is read by the reference implementation, though it is C: it compares checksums, reads all frames
//! of a file and has been fuzzed for years. What it may claim is bounded by the size of its window.

use super::notes::Notes;
use crate::quantities;
use flate2::bufread::GzDecoder;
use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// One or several gzip members.
    Gzip,
    /// One or several zstd frames.
    Zstd,
}

impl fmt::Display for Packing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        })
    }
}

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// After a byte of 0x50 to 0x5f: a zstd frame that is to be skipped, which may come first.
const ZSTD_SKIPPABLE_MAGIC: &[u8] = &[0x2a, 0x4d, 0x18];

/// The base 2 logarithm of the largest window of a zstd frame that is read: 128 MiB, as much as zstd
/// itself reads when nobody asks for more.
const ZSTD_WINDOW_LOG: u32 = 27;

const BUFFER: usize = 1 << 18;

impl Packing {
    /// How a file that starts with these bytes is packed, if it is.
    pub fn of(start: &[u8]) -> Option<Self> {
        if start.starts_with(GZIP_MAGIC) {
            return Some(Packing::Gzip);
        }
        let is_skippable =
            matches!(start, [0x50..=0x5f, rest @ ..] if rest.starts_with(ZSTD_SKIPPABLE_MAGIC));
        (start.starts_with(ZSTD_MAGIC) || is_skippable).then_some(Packing::Zstd)
    }

    /// The bytes that are packed in those of `reader`. Damage is noted in the notes.
    pub(super) fn unpack(
        self,
        reader: impl Read + 'static,
        notes: &Rc<Notes>,
    ) -> io::Result<Box<dyn Read>> {
        let consumed = Rc::default();
        let packed = CountingConsumed::new(BUFFER, reader, &consumed);
        let unpacked: Box<dyn Read> = match self {
            Packing::Gzip => Box::new(GzipMembers {
                member: Some(GzDecoder::new(packed)),
            }),
            Packing::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Box::new(InPieces {
                    decoder,
                    error: None,
                })
            }
        };
        Ok(Box::new(Unpacked {
            packing: self,
            source: unpacked,
            consumed,
            notes: Rc::clone(notes),
        }))
    }
}

/// The unpacked bytes. Where they end in an error it says at which byte of the packed ones.
struct Unpacked {
    packing: Packing,
    source: Box<dyn Read>,
    consumed: Rc<Cell<u64>>,
    notes: Rc<Notes>,
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read(buffer).inspect_err(|error| {
            if error.kind() == io::ErrorKind::Interrupted {
                return;
            }
            let byte = quantities::number(self.consumed.get());
            self.notes.note_damage(format!(
                "the {} data is damaged or cut off near byte {byte} of the file ({error})",
                self.packing
            ));
        })
    }
}

/// The members of a gzip file, one after the other. Zeros behind the last are padding, as tapes and block
/// devices leave it; `gzip` ignores them too.
struct GzipMembers<R> {
    /// `None` when the last is read.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Read for GzipMembers<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let length = member.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            let packed = self.member.take().map(GzDecoder::into_inner);
            if let Some(mut packed) = packed
                && has_more_than_zeros(&mut packed)?
            {
                self.member = Some(GzDecoder::new(packed));
            }
        }
        Ok(0)
    }
}

/// Consumes the zeros that come next; whether anything else follows.
fn has_more_than_zeros(reader: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let buffer = match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        if buffer.is_empty() {
            return Ok(false);
        }
        let zeros = buffer.iter().take_while(|byte| **byte == 0).count();
        let is_all = zeros == buffer.len();
        reader.consume(zeros);
        if !is_all {
            return Ok(true);
        }
    }
}

/// Bytes that zstd is asked for at once: as many are lost where it finds damage, though they were unpacked.
const PIECE: usize = 1 << 10;

/// Asks for small pieces until there is enough.
struct InPieces<R> {
    decoder: R,
    /// What ended the last reading, which had bytes to give first.
    error: Option<io::Error>,
}

impl<R: Read> Read for InPieces<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let mut length = 0;
        for piece in buffer.chunks_mut(PIECE) {
            match self.decoder.read(piece) {
                Ok(0) => break,
                Ok(more) => {
                    length += more;
                    if more < piece.len() {
                        break;
                    }
                }
                Err(error) if length == 0 => return Err(error),
                Err(error) => {
                    self.error = Some(error);
                    break;
                }
            }
        }
        Ok(length)
    }
}

/// Counts the bytes that were really taken, not those read ahead.
pub(super) struct CountingConsumed<R> {
    reader: BufReader<R>,
    consumed: Rc<Cell<u64>>,
}

impl<R: Read> CountingConsumed<R> {
    /// Reads ahead up to `capacity` bytes, and counts in `consumed`.
    pub(super) fn new(capacity: usize, reader: R, consumed: &Rc<Cell<u64>>) -> Self {
        CountingConsumed {
            reader: BufReader::with_capacity(capacity, reader),
            consumed: Rc::clone(consumed),
        }
    }
}

impl<R: Read> Read for CountingConsumed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.consumed.update(|consumed| consumed + length as u64);
        Ok(length)
    }
}

impl<R: Read> BufRead for CountingConsumed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.reader.consume(length);
        self.consumed.update(|consumed| consumed + length as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"\x1f\x8b\x08\x00", Some(Packing::Gzip))]
    #[case(b"\x28\xb5\x2f\xfd", Some(Packing::Zstd))]
    #[case(b"\x50\x2a\x4d\x18", Some(Packing::Zstd))]
    #[case(b"\x5f\x2a\x4d\x18", Some(Packing::Zstd))]
    #[case(b"\x60\x2a\x4d\x18", None)]
    #[case(b"Time", None)]
    #[case(b"", None)]
    fn packing_is_known_by_the_first_bytes(#[case] start: &[u8], #[case] packing: Option<Packing>) {
        assert_eq!(Packing::of(start), packing);
    }
}
