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

pub mod events;
pub mod hunt;
pub mod pipeline;
