//! Reading a file at any place, from several threads at the same time.

use std::fs::File;
use std::io;

/// Fills a buffer from a place of a file: how much could be read, and why no more, where that is not the end
/// of the file.
pub(super) fn read_at(file: &File, buffer: &mut [u8], place: u64) -> (usize, Option<io::Error>) {
    let mut length = 0;
    while length < buffer.len() {
        match read_once_at(file, &mut buffer[length..], place + length as u64) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (length, Some(error)),
        }
    }
    (length, None)
}

#[cfg(unix)]
fn read_once_at(file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, place)
}

/// It moves the place at which the file is read as a stream, which nobody does any more.
#[cfg(windows)]
fn read_once_at(file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, place)
}

/// One after the other, as the place is that of the file.
#[cfg(not(any(unix, windows)))]
fn read_once_at(mut file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    use std::io::{Read, Seek, SeekFrom};
    static PLACE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _alone = PLACE.lock();
    file.seek(SeekFrom::Start(place))?;
    file.read(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn any_part_is_read_as_far_as_the_file_goes() {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(b"0123456789").expect("written");
        let mut buffer = [0; 4];
        for (place, expected) in [(0, "0123"), (5, "5678"), (8, "89"), (10, ""), (99, "")] {
            let (length, error) = read_at(&file, &mut buffer, place);
            assert!(error.is_none());
            assert_eq!(&buffer[..length], expected.as_bytes());
        }
    }
}
