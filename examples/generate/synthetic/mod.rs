//! Synthetic `EmailEvents`: a demonstration with stories in it, and a stream of any length.
//!
//! Nothing here is about real people or organisations: all domains and addresses are reserved for
//! documentation. The same seed gives the same bytes. The module depends on none of mailhunt's own
//! code, so that benchmarks and tests may include it by its path.

#![allow(
    dead_code,
    reason = "who includes the module by its path may use a part of it"
)]
#![allow(
    unused_imports,
    reason = "who includes the module by its path may use a part of it"
)]

mod aftermath;
mod clock;
mod companion_rows;
mod demo;
mod dice;
mod event;
mod files;
mod identifiers;
mod language;
mod names;
mod partners;
pub mod people;
mod post_office;
pub mod stories;
mod stream;
mod subjects;
mod traffic;
mod verdict;

pub use aftermath::Aftermath;
pub use clock::Moment;
pub use demo::{Demo, FILES, demo};
pub use event::{Cell, Event, Link, Row, Text};
pub use files::{gzip, write_csv, write_json_lines};
pub use stream::Stream;
