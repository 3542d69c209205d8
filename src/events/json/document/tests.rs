//! Documents that are broken.

use super::*;
use crate::events::load::{CancelToken, FileProgress};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

/// The same record over and over on one line, which ends where the rows of it do not come.
struct OneLine {
    record: &'static str,
    records: u64,
    left: &'static [u8],
    progress: Arc<FileProgress>,
}

impl Read for OneLine {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left.is_empty() {
            self.records += 1;
            let waiting = self.records - self.progress.read().rows;
            assert!(waiting < 2000, "the document is not read as a stream");
            self.left = match self.records {
                10_001.. => b"",
                10_000 => b"{}]}",
                _ => self.record.as_bytes(),
            };
        }
        self.left.read(buffer)
    }
}

#[test]
fn a_document_of_one_line_is_read_record_by_record() {
    let progress = Arc::default();
    let (sender, _batches) = sync_channel(100);
    let mut sink = FileSink::new(0, sender, &progress, &CancelToken::default());
    let text = OneLine {
        record: r#"{"EmailDirection":"Inbound","SenderFromDomain":"b.com"},"#,
        records: 0,
        left: br#"{"records":["#,
        progress: Arc::clone(&progress),
    };
    read(text, 0, &mut sink).expect("all of it can be read");
    let report = sink.finish(None);
    assert_eq!((report.rows_kept, report.rows_rejected), (9_999, 1));
}
