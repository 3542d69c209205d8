//! The pages of a row group's columns, unpacked by the `parquet` crate, with a bound on what they may
//! take: what a page claims is looked at before the crate asks for the memory.

use super::delta;
use super::source::Source;
use super::thrift::{self, Fault, PageSize};
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, Length, RowGroupReader};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::record::reader::RowIter;
use parquet::schema::types::{ColumnDescPtr, Type};
use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most bytes that the pages of a file may take at once. Writers make pages of about a megabyte.
const MOST_HELD: u64 = 512 << 20;

/// The longest page header: it may repeat the smallest and the largest value.
const LONGEST_HEADER: usize = 16 << 20;

/// What is read of a page header at first.
const USUAL_HEADER: usize = 256;

/// The most values of a page: null many times over takes no space in the file.
const MOST_VALUES: u32 = 1 << 26;

/// What a value of a dictionary, or of a list, takes while it is held, beside its own bytes.
const BYTES_A_VALUE: u64 = 64;

/// What the pages of a file take at the moment.
#[derive(Debug, Default)]
struct Held(AtomicU64);

/// What the pages of one column take.
#[derive(Debug, Default)]
struct ColumnHeld {
    /// The dictionary stays as long as the column is read.
    dictionary: u64,
    /// The page under way.
    last: u64,
    /// The pages before it, of which values may still be in use.
    older: u64,
}

/// One column's part of a row group, as the crate reads it.
#[derive(Clone, Debug)]
struct ColumnBytes {
    source: Arc<Source>,
    held: Arc<Held>,
    column: Arc<Mutex<ColumnHeld>>,
}

impl ColumnBytes {
    fn column(&self) -> MutexGuard<'_, ColumnHeld> {
        // A panic of the crate while it was locked leaves numbers that are still right.
        self.column.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes this much of the bound for the page under way.
    fn hold(&self, bytes: u64) -> io::Result<()> {
        self.column().last += bytes;
        let held = self.held.0.fetch_add(bytes, Ordering::Relaxed);
        if held.saturating_add(bytes) > MOST_HELD {
            let sentence = "its pages take more than 512 MiB when decompressed";
            return Err(io::Error::other(sentence));
        }
        Ok(())
    }

    /// What is held from now on is another page's.
    fn begin_page(&self) {
        let mut column = self.column();
        column.older += std::mem::take(&mut column.last);
    }

    /// The page under way is the column's dictionary.
    fn keep_as_dictionary(&self) {
        let mut column = self.column();
        column.dictionary += std::mem::take(&mut column.last);
    }

    /// Gives back what the pages took of which no value is in use any more.
    fn release_older(&self) {
        let older = std::mem::take(&mut self.column().older);
        self.held.0.fetch_sub(older, Ordering::Relaxed);
    }

    /// The page header at a place; what the page takes is held.
    fn page_header(&self, start: u64) -> io::Result<Bytes> {
        let rest = self.source.length().saturating_sub(start);
        let mut length = USUAL_HEADER;
        loop {
            let whole = rest <= length as u64;
            let bytes = self.source.read(start, length.min(rest as usize))?;
            match thrift::page_size(&bytes) {
                Ok(size) => {
                    self.begin_page();
                    self.check(start, size)?;
                    return Ok(bytes.slice(..size.header));
                }
                Err(Fault::Short) if !whole && length < LONGEST_HEADER => length *= 16,
                Err(_) => return Err(io::Error::other("a page header cannot be read")),
            }
        }
    }

    fn check(&self, start: u64, size: PageSize) -> io::Result<()> {
        let end = start + size.header as u64 + size.packed;
        if end > self.source.length() {
            return Err(io::Error::other(
                "a page goes on beyond the end of the file",
            ));
        }
        self.source.count(size.header as u64 + size.packed);
        self.hold(size.packed + size.unpacked)
    }
}

impl Length for ColumnBytes {
    fn len(&self) -> u64 {
        self.source.length()
    }
}

impl ChunkReader for ColumnBytes {
    type T = HeaderReader;

    /// The crate asks for a reader where a page header begins; where it knows the header already it asks
    /// too, but does not read.
    fn get_read(&self, start: u64) -> Result<HeaderReader> {
        Ok(HeaderReader {
            column: self.clone(),
            start,
            header: None,
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        Ok(self.source.read(start, length)?)
    }
}

/// Reads one page header, which is looked at when the first byte is asked for.
struct HeaderReader {
    column: ColumnBytes,
    start: u64,
    header: Option<Cursor<Bytes>>,
}

impl Read for HeaderReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.header.is_none() {
            self.header = Some(Cursor::new(self.column.page_header(self.start)?));
        }
        self.header
            .as_mut()
            .map_or(Ok(0), |header| header.read(buffer))
    }
}

/// The pages of one column of a row group, looked at before their values are.
struct CheckedPages {
    pages: SerializedPageReader<ColumnBytes>,
    column: ColumnBytes,
    description: ColumnDescPtr,
}

impl CheckedPages {
    fn check(&self, page: &Page) -> Result<()> {
        let values = page.num_values();
        if values > MOST_VALUES {
            return Err(damage("a page claims an impossible number of values"));
        }
        let values = u64::from(values);
        if let Page::DictionaryPage { buf, .. } = page {
            if values > buf.len() as u64 {
                return Err(damage("a dictionary claims more values than it has bytes"));
            }
            self.column.hold(values * BYTES_A_VALUE)?;
            self.column.keep_as_dictionary();
            return Ok(());
        }
        if self.description.max_rep_level() > 0 {
            self.column.hold(values * BYTES_A_VALUE)?;
        }
        self.check_lengths(page)
    }

    /// The delta encodings of texts say of themselves how many lengths they have.
    fn check_lengths(&self, page: &Page) -> Result<()> {
        let has_prefixes = match page.encoding() {
            Encoding::DELTA_BYTE_ARRAY => true,
            Encoding::DELTA_LENGTH_BYTE_ARRAY => false,
            _ => return Ok(()),
        };
        let most = u64::from(page.num_values());
        let mut bytes = self
            .values_of(page)
            .ok_or_else(|| damage("the levels of a page are longer than the page"))?;
        let lengths = |bytes| {
            delta::lengths(bytes, most).ok_or_else(|| damage("the lengths in a page are absurd"))
        };
        if has_prefixes {
            let prefixes = lengths(bytes)?;
            self.column
                .hold(prefixes.sum + prefixes.count * BYTES_A_VALUE)?;
            bytes = &bytes[prefixes.end..];
        }
        let texts = lengths(bytes)?;
        self.column.hold(texts.count * BYTES_A_VALUE)?;
        if texts.sum > (bytes.len() - texts.end) as u64 {
            return Err(damage("the texts of a page are longer than the page"));
        }
        Ok(())
    }

    /// The bytes of a page after its levels.
    fn values_of<'p>(&self, page: &'p Page) -> Option<&'p [u8]> {
        match page {
            Page::DataPage { buf, .. } => {
                let mut rest = buf.as_ref();
                let levels = [
                    self.description.max_rep_level(),
                    self.description.max_def_level(),
                ];
                for _ in levels.into_iter().filter(|most| *most > 0) {
                    let (length, after) = rest.split_first_chunk::<4>()?;
                    rest = after.get(u32::from_le_bytes(*length) as usize..)?;
                }
                Some(rest)
            }
            Page::DataPageV2 {
                buf,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => buf.get(def_levels_byte_len.checked_add(*rep_levels_byte_len)? as usize..),
            Page::DictionaryPage { .. } => None,
        }
    }
}

/// An error in the crate's words, so that it can pass through it.
fn damage(sentence: &str) -> ParquetError {
    ParquetError::General(sentence.to_owned())
}

impl Iterator for CheckedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page {
            self.check(page)?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

/// A row group, the pages of which are looked at before they are unpacked.
pub(super) struct CheckedRowGroup<'a> {
    source: Arc<Source>,
    metadata: &'a RowGroupMetaData,
    held: Arc<Held>,
    columns: Mutex<Vec<ColumnBytes>>,
}

impl<'a> CheckedRowGroup<'a> {
    /// A row group of a file, of which nothing is read so far.
    pub(super) fn new(source: &Arc<Source>, metadata: &'a RowGroupMetaData) -> Self {
        CheckedRowGroup {
            source: Arc::clone(source),
            metadata,
            held: Arc::default(),
            columns: Mutex::default(),
        }
    }

    /// To be called when the values read so far are in use no more.
    pub(super) fn release_values(&self) {
        let columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        columns.iter().for_each(ColumnBytes::release_older);
    }
}

impl RowGroupReader for CheckedRowGroup<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.metadata
    }

    fn num_columns(&self) -> usize {
        self.metadata.num_columns()
    }

    fn get_column_page_reader(&self, index: usize) -> Result<Box<dyn PageReader>> {
        let column = ColumnBytes {
            source: Arc::clone(&self.source),
            held: Arc::clone(&self.held),
            column: Arc::default(),
        };
        self.columns
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(column.clone());
        let metadata = self.metadata.column(index);
        let rows = usize::try_from(self.metadata.num_rows())?;
        Ok(Box::new(CheckedPages {
            pages: SerializedPageReader::new(Arc::new(column.clone()), metadata, rows, None)?,
            column,
            description: metadata.column_descr_ptr(),
        }))
    }

    fn get_column_bloom_filter(&self, _: usize) -> Option<&Sbbf> {
        None
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_row_group(projection, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(bytes: &[u8]) -> ColumnBytes {
        ColumnBytes {
            source: Arc::new(Source::put_aside(bytes).expect("put aside")),
            held: Arc::default(),
            column: Arc::default(),
        }
    }

    fn read_header(column: &ColumnBytes) -> io::Result<Vec<u8>> {
        let mut header = Vec::new();
        let reader = column.get_read(0).map_err(io::Error::other)?;
        { reader }.read_to_end(&mut header)?;
        Ok(header)
    }

    #[test]
    fn a_header_ends_where_its_page_begins_and_what_the_page_takes_is_held() {
        let bytes = [0x15, 0x00, 0x15, 0x10, 0x15, 0x04, 0x00, b'a', b'b'];
        let column = column(&bytes);
        assert_eq!(read_header(&column).expect("a header"), bytes[..7]);
        assert_eq!(column.held.0.load(Ordering::Relaxed), 8 + 2);
        column.release_older();
        assert_eq!(column.held.0.load(Ordering::Relaxed), 8 + 2);
        assert!(read_header(&column).is_ok());
        column.release_older();
        assert_eq!(column.held.0.load(Ordering::Relaxed), 8 + 2);
    }

    #[test]
    fn a_page_that_claims_more_than_there_is_or_may_be_is_refused() {
        let refused = |bytes: &[u8]| {
            read_header(&column(bytes))
                .expect_err("refused")
                .to_string()
        };
        let beyond = refused(&[0x15, 0x00, 0x15, 0x10, 0x15, 0x06, 0x00, b'a', b'b']);
        assert_eq!(beyond, "a page goes on beyond the end of the file");
        // 2,147,483,647 bytes, from two.
        let bomb = [
            0x15, 0x00, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 0x04, 0x00, b'a', b'b',
        ];
        assert!(refused(&bomb).contains("more than 512 MiB"));
        assert_eq!(refused(&[0xff; 1000]), "a page header cannot be read");
        assert_eq!(refused(&[0x15, 0x00]), "a page header cannot be read");
    }
}
