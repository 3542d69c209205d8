//! What can be seen of a zip archive in some of its bytes: the names of its members, and how these begin. It is
//! not read, only recognised.

use flate2::read::DeflateDecoder;
use std::io::Read;

/// What stands before each member.
pub(super) const MEMBER: &[u8] = b"PK\x03\x04";

/// What stands before each entry of the directory at the end.
const ENTRY: &[u8] = b"PK\x01\x02";

/// The most members that are unpacked.
const MOST_UNPACKED: usize = 64;

/// The place of a number of two bytes in the header of a member.
const METHOD: usize = 8;
const LENGTH_OF_NAME: usize = 26;
const LENGTH_OF_EXTRA: usize = 28;

/// The length of that header without the name.
const HEADER: usize = 30;

/// Where an entry of the central directory has the length of its name.
const LENGTH_OF_NAME_IN_ENTRY: usize = 28;
const HEADER_OF_ENTRY: usize = 46;

/// The method by which members are packed, if they are.
const DEFLATE: usize = 8;

/// The names of members.
pub(super) fn names(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let name = |start: usize, length_at: usize, name_at: usize| {
        let record = &bytes[start..];
        record.get(name_at..name_at + number(record, length_at)?)
    };
    let members = memchr::memmem::find_iter(bytes, MEMBER)
        .filter_map(move |start| name(start, LENGTH_OF_NAME, HEADER));
    let entries = memchr::memmem::find_iter(bytes, ENTRY)
        .filter_map(move |start| name(start, LENGTH_OF_NAME_IN_ENTRY, HEADER_OF_ENTRY));
    members.chain(entries)
}

/// How the packed members begin, each up to so many bytes. Those that are not packed can be seen as they are.
pub(super) fn texts(bytes: &[u8], longest: u64) -> impl Iterator<Item = Vec<u8>> {
    let packed = memchr::memmem::find_iter(bytes, MEMBER).filter_map(|start| {
        let record = &bytes[start..];
        let beside = number(record, LENGTH_OF_NAME)? + number(record, LENGTH_OF_EXTRA)?;
        (number(record, METHOD)? == DEFLATE).then(|| record.get(HEADER + beside..))?
    });
    packed.take(MOST_UNPACKED).map(move |packed| {
        let mut text = Vec::new();
        // Where it is cut off, what came before is there.
        let _ = DeflateDecoder::new(packed)
            .take(longest)
            .read_to_end(&mut text);
        text
    })
}

fn number(record: &[u8], place: usize) -> Option<usize> {
    let bytes = record.get(place..)?.first_chunk::<2>()?;
    Some(usize::from(u16::from_le_bytes(*bytes)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::DeflateEncoder;

    /// An archive of one packed member, as far as it is looked at.
    pub fn archive(name: &str, text: &str) -> Vec<u8> {
        let mut bytes = MEMBER.to_vec();
        bytes.resize(HEADER, 0);
        bytes[METHOD] = DEFLATE as u8;
        bytes[LENGTH_OF_NAME] = name.len() as u8;
        bytes.extend_from_slice(name.as_bytes());
        let mut packed = DeflateEncoder::new(text.as_bytes(), Compression::default());
        packed.read_to_end(&mut bytes).expect("bytes in memory");
        bytes
    }

    #[test]
    fn archives_that_are_cut_off_anywhere_are_no_danger() {
        let whole = archive("a.csv", "EmailDirection");
        assert_eq!(names(&whole).collect::<Vec<_>>(), [b"a.csv"]);
        let found: Vec<Vec<u8>> = texts(&whole, 5).collect();
        assert_eq!(found, [b"Email"]);
        for length in 0..whole.len() {
            let cut = &whole[..length];
            assert!(names(cut).count() <= 1 && texts(cut, 99).count() <= 1);
        }
    }
}
