//! The data layer: export files in, columns of events out.
//!
//! Knows files, formats and column names; nothing of hunts, exclusions or screens.
//!
//! # Where does a byte go?
//!
//! A row of CSV and a row of Parquet on their way from the file to the screen, and the rooms they pass:
//!
//! 1. [`discovery`] finds the file and [`load`] opens it. What is packed or in UTF-16 becomes text in `text`; [`mod@format`]
//!    tells CSV by its first line and Parquet by its first bytes. The header, or the schema in the footer, names the
//!    columns, and [`schema`] says of which table they are.
//! 2. CSV: `blocks` cuts the text where a record seems to end, and a worker takes the block apart: `csv::scan` notes
//!    where each cell stands, many bytes at a time, and leaves to `csv::exact` what is written in an unusual way. Nothing is
//!    copied: a [`Column`](column::Column) of the block is a list of places in its text.
//! 3. Parquet: a worker reads a row group. `parquet::pages` looks at what the pages claim, Arrow's reader unpacks them, and
//!    `parquet::arrays` makes columns of its arrays: dictionaries as they are, texts where they stand in the page.
//! 4. From here both are a [`Batch`]. Words for nothing are taken out of `ThreatTypes` ([`threat_types`]), a missing
//!    `SenderFromDomain` is taken from the address (`sender_domain`).
//! 5. `batch::retain` copies what must stay: of threats all cells, of other emails that count the columns that exclusions
//!    look at, of the rest which email each is. Seldom columns are packed, or left in the file and read again
//!    (`read_back`, `parquet::read_again`). `rank` without exclusions keeps nothing: [`passed`] counts the batch
//!    at once, in a way that the hunt hands in. Of several files `record_numbers` tells whether that is enough.
//! 6. `sink` keeps the account of every row, so that read = kept + rejected, and hands the batch on. When all is loaded,
//!    [`overlaps`] finds rows that several files have, and [`repeats`] those that one has twice.
//! 7. [`crate::hunt::builder`] evaluates the exclusions to a mask for each row that counts and counts the row into the
//!    cube; [`crate::hunt::view`] folds the cube into the ranking that [`crate::export`] writes and [`crate::tui`] draws.

pub mod address;
pub mod batch;
mod block_text;
mod blocks;
mod buffers;
mod cells;
pub mod column;
pub mod companions;
pub mod counted_as;
mod csv;
pub mod differing_copies;
pub mod directions;
mod directory;
pub mod discovery;
pub mod email_key;
mod email_numbers;
pub mod encoding;
mod event_id;
pub mod findings;
pub mod format;
pub mod given_header;
mod held;
mod identity;
mod in_place;
pub mod input;
pub mod irregular_recipients;
pub mod joined;
mod json;
mod leb128;
pub mod links;
pub mod load;
mod load_message;
mod message;
mod notes;
mod origin;
pub mod other_tables;
pub mod overlaps;
mod packed;
pub mod packing;
mod parquet;
pub mod passed;
mod positional;
mod progress;
mod read_back;
mod read_file;
mod reader_threads;
pub mod recipient_domains;
mod recipient_lists;
pub mod record;
mod record_numbers;
pub mod rejections;
mod repeated_numbers;
pub mod repeats;
pub mod report;
pub mod request;
pub mod resemblance;
pub mod row_limits;
mod same_email;
pub mod sameness;
pub mod schema;
mod sender_domain;
mod sink;
mod stop;
pub mod store;
pub mod superseded;
mod table_folders;
pub mod tallies;
mod text;
mod text_numbers;
pub mod threat_types;
pub mod time;
pub mod told_once;
mod unreadable_time;
mod workers;

pub use batch::Batch;
pub use event_id::EventId;
pub use store::EventStore;
