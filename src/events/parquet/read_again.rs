//! Reading once more the columns of a batch of a row group, of which only those cells were kept that people open.

use super::damage::guarded;
use super::pages::CheckedRowGroup;
use super::portions::{File, GroupColumns};
use super::source::Source;
use crate::events::column::Column;
use crate::events::origin::Origin;
use crate::events::read_file::ReadFile;
use std::ops::Range;
use std::sync::Arc;

/// A batch of consecutive rows of a row group.
#[derive(Debug)]
pub(super) struct BatchOfGroup {
    file: Arc<File>,
    /// The file once more: nobody counts any longer what is read of it.
    source: Arc<Source>,
    read_file: Arc<ReadFile>,
    group: usize,
    rows: Range<usize>,
}

impl BatchOfGroup {
    /// `None` where the bytes of the file can be had only once.
    pub(super) fn new(file: &Arc<File>, group: usize, rows: Range<usize>) -> Option<Self> {
        let (source, read_file) = file.source.again()?;
        Some(BatchOfGroup {
            file: Arc::clone(file),
            source: Arc::new(source),
            read_file,
            group,
            rows,
        })
    }
}

impl Origin for BatchOfGroup {
    fn column(&self, place: usize) -> Option<Column> {
        let metadata = self.file.metadata.row_group(self.group);
        let group = CheckedRowGroup::new(&self.source, metadata);
        let portion = guarded(|| {
            let mut columns = GroupColumns::open(&self.file, &[place], &group, self.rows.clone())?;
            columns.read(self.rows.len())
        });
        // Looked at after reading: what is written from now on does no harm.
        if !self.read_file.is_unchanged() {
            self.read_file.fail("it was modified after it was loaded");
            return None;
        }
        match portion {
            Ok(portion) => portion.into_column(place),
            Err(damage) => {
                self.read_file
                    .fail(&format!("it can no longer be read ({damage})"));
                None
            }
        }
    }

    fn failure(&self) -> Option<&str> {
        self.read_file.failure()
    }
}
