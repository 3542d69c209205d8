//! An exclusion: a named predicate over one event that hides false positives from the hunt.
//!
//! [`mod@file`] reads it from text and [`writing`] writes it, [`library`] has those of
//! all files, [`trust`] says whether one rests on what the sender writes; [`super::matcher`] evaluates it.

pub mod condition;
mod definition;
pub mod file;
pub mod library;
pub mod lists;
pub mod misreading;
pub mod pattern;
mod set;
pub mod texts;
pub mod trust;
pub mod writing;

pub use condition::{Comparison, Condition, Quantity, Relation, Test};
pub use definition::{Clause, Exclusion, Hides, Scope};
pub use file::DefinitionError;
pub use library::{built_in, parse};
pub use set::{ExclusionSet, MOST_EXCLUSIONS};
