//! The columns of the tables mailhunt reads: their spelling, which are needed, which table a file holds.
//!
//! Column names are Microsoft's, as documented for the `EmailEvents` table and its companions in
//! Defender XDR advanced hunting and Log Analytics.

pub mod documented;
pub mod header;
pub mod identify;
pub mod names;
mod table;
mod texts;

pub use header::canonical_name;
pub use names::TIME_COLUMNS;
pub use table::Table;
pub use texts::{says_nothing, shown_name, spells_out_nothing};
