//! What the threads that read files hand on.

use super::batch::Batch;
use super::joined::TakenApart;
use super::passed::PassedEvents;
use super::report::FileReport;
use super::schema::Table;

/// What a reading thread has to say. Files are numbered in the order named.
#[derive(Debug)]
pub enum LoadMessage {
    /// Some rows of a file.
    Batch {
        /// The number of the file.
        file: usize,
        /// The table the rows belong to.
        table: Table,
        /// The rows.
        batch: Batch,
    },
    /// Some events of a file, which are not kept.
    Passed {
        /// The number of the file.
        file: usize,
        /// What is left of them.
        events: Box<PassedEvents>,
    },
    /// Some rows of a file in which those of several tables are joined.
    TakenApart {
        /// The number of the file.
        file: usize,
        /// The rows, by table.
        rows: Box<TakenApart>,
    },
    /// A file is done with, well or not.
    Finished {
        /// The number of the file.
        file: usize,
        /// What became of it.
        report: Box<FileReport>,
    },
}
