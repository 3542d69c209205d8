//! One record, letter by letter as the `csv` crate reads it: it finds a reading for everything. What most
//! records look like is read faster by [`super::scan`]; this is for all others.

/// One record of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// The cells one after the other.
    bytes: Vec<u8>,
    /// The end of each cell in `bytes`.
    ends: Vec<usize>,
    /// The offset in the text of what follows the record and its line end.
    pub(super) end: usize,
}

/// Where the reading of a record is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellBegins,
    Unquoted,
    Quoted,
    /// After a quote that may have closed the cell.
    QuoteInQuoted,
}

impl Record {
    /// The number of cells.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell; empty when there is none.
    pub(super) fn get(&self, index: usize) -> &[u8] {
        let Some(&end) = self.ends.get(index) else {
            return b"";
        };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..end]
    }

    /// The cells.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> + Clone {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Whether a line end is in one of the cells.
    pub(super) fn has_line_end(&self) -> bool {
        memchr::memchr2(b'\n', b'\r', &self.bytes).is_some()
    }

    /// Reads the record that begins at `start`, which is not the end of a blank line. `None` where the text
    /// ends before the record does; unless it `is_last`, then that is the record's end.
    pub(super) fn read(text: &[u8], start: usize, delimiter: u8, is_last: bool) -> Option<Record> {
        let mut record = Record::default();
        let mut state = State::CellBegins;
        for (at, &byte) in text.iter().enumerate().skip(start) {
            let is_line_end = matches!(byte, b'\n' | b'\r');
            state = match (state, byte) {
                (State::CellBegins, b'"') => State::Quoted,
                (State::Quoted, b'"') => State::QuoteInQuoted,
                (State::QuoteInQuoted, b'"') | (State::Quoted, _) => {
                    record.bytes.push(byte);
                    State::Quoted
                }
                _ if byte == delimiter => {
                    record.ends.push(record.bytes.len());
                    State::CellBegins
                }
                _ if is_line_end => {
                    record.ends.push(record.bytes.len());
                    let is_pair = byte == b'\r' && text.get(at + 1) == Some(&b'\n');
                    record.end = at + 1 + usize::from(is_pair);
                    return Some(record);
                }
                _ => {
                    record.bytes.push(byte);
                    State::Unquoted
                }
            };
        }
        record.ends.push(record.bytes.len());
        record.end = text.len();
        is_last.then_some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use csv::{ByteRecord, ReaderBuilder};
    use proptest::prelude::*;

    /// The offset of the next byte that is no line end.
    fn next_record(text: &[u8], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        let blanks = rest.iter().position(|byte| !matches!(byte, b'\n' | b'\r'));
        blanks.map(|blanks| from + blanks)
    }

    proptest! {
        #[test]
        fn records_are_those_of_the_csv_crate(text in "[ab,\"\n\r]{0,40}") {
            let text = text.as_bytes();
            let mut reader = ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text);
            let mut place = next_record(text, 0);
            let mut expected = ByteRecord::new();
            while reader.read_byte_record(&mut expected).expect("text") {
                let start = place.expect("a record");
                let found = Record::read(text, start, b',', true).expect("a record");
                prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
                place = next_record(text, found.end);
            }
            prop_assert_eq!(place, None);
        }

        #[test]
        fn a_record_is_whole_where_its_end_is_there(text in "[ab,\"\n]{1,30}", more in "[ab,\"\n]{0,9}") {
            prop_assume!(!text.starts_with('\n'));
            if let Some(record) = Record::read(text.as_bytes(), 0, b',', false) {
                let longer = text + &more;
                prop_assert_eq!(Record::read(longer.as_bytes(), 0, b',', true), Some(record));
            }
        }
    }
}
