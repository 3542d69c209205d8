//! The hunt: exclusions, the cube they and the events make, and the view a query folds out of it.
//!
//! Pure: no files, no threads, no screen. [`crate::processors`] shares what takes long among the processors.
//!
//! * [`exclusion`] is what an analyst can switch: a named predicate over one event.
//! * [`matcher`] evaluates exclusions over a batch of events: one bit each; [`across_events`] is what some of
//!   them ask that takes a look at all events.
//! * [`key_values`] reads names and values in a cell; [`unreadable`] finds the cells in which it cannot.
//! * [`proposal`] makes exclusions of a domain or an email: exclude like this.
//! * [`builder`] counts batches of events into a [`cube`], by [`cube_builder`], and notes what it found of each
//!   row ([`counted_rows`]), so that [`reevaluation`] can evaluate a new exclusion on those rows alone.
//! * [`tally`] counts events that are not kept; all that is left of them is their number for each domain.
//! * [`domain_matching`] says which domains are taken for one; [`matched`] has cubes and lists for each way.
//! * [`kql`] says the hunt, its exclusions included, in the language of Sentinel.
//! * [`spellings`] tells of names that the events spell in several ways.
//! * [`snapshot`] is the hunt in what is loaded.
//! * [`query`] is what is asked, one plain value; [`view`] is the answer, folded out of the cube: that is first rolled
//!   up over a time range, and [`threats_by_hour`] is its timeline. Switching an exclusion looks at nothing else.
//! * [`selection`] is which emails of a domain that answer is made of, [`related_rows`] which rows of companion
//!   tables belong to an email.
//! * [`arranged_emails`] is the list of a domain's emails, searched and sorted.
//! * [`remarks`] is what to say about exclusions beside what they cost; [`sameness`] is which of them match
//!   the same emails.
//! * [`history`] takes queries back; [`change`] says in words what that changes.
//! * [`time_range`] is how people write and read the hours of a query; [`timeline`] is what they choose
//!   them from.

pub mod across_events;
pub mod arranged_emails;
pub mod builder;
pub mod change;
mod counted_rows;
mod counting;
pub mod cube;
pub mod cube_builder;
pub mod disagreements;
pub mod domain;
pub mod domain_matching;
pub mod emails;
pub mod exclusion;
pub mod facets;
pub mod fields;
pub mod history;
mod hour_sums;
pub mod key_values;
mod kinds;
pub mod kql;
pub mod lacks;
mod latest;
pub mod matched;
pub mod matcher;
pub mod partner;
pub mod proposal;
pub mod query;
mod reevaluation;
pub mod related_rows;
pub mod remarks;
mod runs;
pub mod sameness;
pub mod selection;
pub mod side;
mod snapshot;
pub mod spellings;
pub mod summary;
pub mod tally;
mod threats_by_hour;
pub mod time_range;
pub mod timeline;
pub mod unreadable;
pub mod view;

pub use builder::HuntBuilder;
pub use domain_matching::DomainMatching;
pub use query::Query;
pub use snapshot::Hunt;
pub use view::View;
