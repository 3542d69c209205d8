//! The answer: `fold(cube, query)`. It touches cells, never events, so that switching an exclusion
//! costs the same however many events there are.

use super::cube::Cube;
use super::query::Query;
use super::ranked_rows::RankedRows;
use super::ranking::Listing;
use super::rollup::Rollup;

/// One domain of the ranking, or of what the exclusions take out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankedDomain {
    /// Emails we sent to it.
    pub outbound_emails: u64,
    /// Threat emails it sent us.
    pub incoming_emails_with_threats: u64,
    /// The domain's index in the cube. There are many rows: they are kept small.
    pub(super) domain: u32,
    /// Whether it ranks with the exclusions that are on: one that is shown as hidden may only lack
    /// some of its emails.
    pub ranks: bool,
}

impl RankedDomain {
    /// The domain's index in the cube.
    pub fn index(&self) -> usize {
        self.domain as usize
    }
}

/// Numbers of emails and of domains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Emails, outbound and threats together, of domains that can rank.
    pub emails: u64,
    /// Domains that rank without and do not rank with it.
    pub domains: u64,
}

/// How much a query shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The domains that it lists.
    pub domains: u64,
    /// Their threat emails.
    pub threats: u64,
}

/// What one exclusion does to the hunt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExclusionEffect {
    /// What it hides when it is the only one on.
    pub by_itself: Effect,
    /// The difference it makes to what is on now: if it is on, what comes back when it alone is
    /// switched off (what only it hides); if it is off, what it would hide in addition.
    pub marginal: Effect,
    /// The threat emails it matches, of domains that can rank.
    pub threats: u64,
    /// The emails, outbound and threats together, of domains that can rank, that it would match if its guards could be
    /// read and did not hold.
    pub kept_unread: u64,
    /// The first other exclusion that matches the very same emails of those domains, if it matches any.
    pub same_as: Option<usize>,
}

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
        let mut view = rollup.numbers(query.active, exclusions);
        let rows = listing.rows(rollup, query);
        view.listed = rows.listed;
        view.rows = rows.rows;
        view
    }
}

/// Folds the cube into the answer to a query about that many exclusions. A [`super::Hunt`] keeps what many
/// answers have in common.
pub fn fold(cube: &Cube, query: &Query, exclusions: usize) -> View {
    let rollup = Rollup::of(cube, query);
    let listing = Listing::of(cube, &rollup, query.sort, &query.search);
    View::of(&rollup, &listing, query, exclusions)
}
