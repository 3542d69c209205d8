//! mailhunt: which of the domains we write to send threats back at us?
//!
//! Data flows one way:
//!
//! ```text
//! files ─► events ─► hunt ─────────────► export
//!          columns   bits, cube, view └► tui
//! ```
//!
//! * [`events`] reads export files into columns; it knows nothing of hunts or screens.
//! * [`hunt`] evaluates exclusions to bits, counts events into a cube and folds it into what is shown.
//! * [`pipeline`] drives both, for the screen and for the headless commands alike.
//! * [`account`] tells what was loaded, for the files pane and for `mailhunt check`.
//! * [`exclusion_files`] reads and saves the files of exclusions on disk.
//! * [`export`] writes the view as CSV, JSON, Markdown or a table.
//! * [`tui`] is the terminal interface.
//! * [`cli`] is the command line.
//! * [`letter_case`] folds letter case for all that compares or searches without regard to it.
//! * [`processors`] shares one computation among the processors.
//! * [`printable`] makes text written by attackers safe to show; whatever reaches a person goes through it.
//!
//! The library is for the program and its tests; it promises no stable interface to others.

pub mod account;
pub mod cli;
pub mod demo;
pub mod events;
pub mod exclusion_files;
pub mod export;
pub mod hunt;
pub mod letter_case;
pub mod pipeline;
pub mod printable;
pub mod processors;
pub mod quantities;
pub mod tui;
