//! The times of events: moments and the hours in which the hunt counts.
//!
//! How exports write them is in [`spelling`]; what a file shows of the order of day and month in
//! [`order`]; what the times of many rows come to in [`summary`].

mod date_order;
mod event_time;
pub mod order;
mod plain;
pub mod spelling;
pub mod summary;

pub use date_order::DateOrder;
pub use event_time::{EventTime, Hour};
pub use order::DateOrderEvidence;
pub use spelling::{Habit, Reading, read};
pub use summary::TimeSummary;

/// The time a cell says, in a file whose dates have this order. `None` when it says none that can be
/// read; an event is never dropped for its time.
pub fn parse(cell: &[u8], order: DateOrder) -> Option<EventTime> {
    read(cell).map(|reading| reading.time(order))
}
