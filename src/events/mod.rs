//! The data layer: export files in, columns of events out.
//!
//! Knows files, formats and column names; nothing of hunts, exclusions or screens.

pub mod batch;
mod blocks;
mod buffers;
mod cells;
pub mod column;
pub mod companions;
pub mod counted_as;
mod csv;
pub mod directions;
mod directory;
pub mod encoding;
pub mod findings;
pub mod format;
pub mod given_header;
mod held;
mod identity;
mod in_place;
pub mod input;
mod json;
mod leb128;
pub mod links;
pub mod load;
pub mod other_tables;
pub mod overlaps;
mod packed;
pub mod packing;
mod parquet;
pub mod passed;
mod read_back;
mod reader_threads;
mod recipient_lists;
pub mod record;
pub mod rejections;
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
pub mod store;
pub mod superseded;
pub mod tallies;
mod text;
mod text_numbers;
pub mod threat_types;
pub mod time;
pub mod told_once;
mod workers;

pub use batch::Batch;
pub use store::{EventId, EventStore};
