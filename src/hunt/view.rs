//! The answer: `fold(cube, query)`. It touches cells, never events, so that switching an exclusion
//! costs the same however many events there are.

mod effects;
mod listing;
mod ranked_rows;
mod rollup;
mod row;
mod row_keys;

use super::cube::Cube;
use super::query::Query;
use effects::Totals;
pub use effects::{Effect, ExclusionEffect, Extent};
pub use listing::Listing;
use listing::Rows;
pub use ranked_rows::RankedRows;
pub use rollup::Rollup;
pub use row::RankedDomain;

/// The answer to a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The ranking, or what the exclusions take out of it, as sorted and searched.
    pub rows: RankedRows,
    /// The rows there are without the search.
    pub listed: usize,
    /// Domains that rank, whatever is shown or searched.
    pub ranked: usize,
    /// Domains that rank with no exclusion on.
    pub candidates: usize,
    /// The threat emails of those, hidden or not.
    pub threats: u64,
    /// The most outbound and threat emails that a row has with no exclusion on: none has more with any.
    pub most_emails: [u64; 2],
    /// Emails of those that are not counted because of the exclusions that are on.
    pub hidden_emails: u64,
    /// The domains that rank with no exclusion on, do not rank now, and have threat emails that reached
    /// a mailbox; and the number of those emails.
    pub hidden_delivered: Effect,
    /// What each exclusion does, in their order.
    pub exclusions: Vec<ExclusionEffect>,
}

impl View {
    /// The answer to a query about so many exclusions, from the cube rolled up over the hours of the query
    /// and what is listed with no exclusion on.
    pub fn of(rollup: &Rollup, listing: &Listing, query: &Query, exclusions: usize) -> Self {
        let Rows { rows, listed } = listing.rows(rollup, query);
        let Totals {
            ranked,
            candidates,
            threats,
            most_emails,
            hidden_emails,
            hidden_delivered,
            exclusions,
        } = rollup.totals(query.active, exclusions);
        View {
            rows,
            listed,
            ranked,
            candidates,
            threats,
            most_emails,
            hidden_emails,
            hidden_delivered,
            exclusions,
        }
    }
}

/// Folds the cube into the answer to a query about that many exclusions. A [`super::Hunt`] keeps what many
/// answers have in common.
pub fn fold(cube: &Cube, query: &Query, exclusions: usize) -> View {
    let rollup = Rollup::of(cube, query);
    let listing = Listing::of(cube, &rollup, query.sort, &query.search);
    View::of(&rollup, &listing, query, exclusions)
}
