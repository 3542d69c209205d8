//! Which emails of one domain a query shows: those that count in the ranking, or those that the
//! exclusions take out of it.
//!
//! Taken out are the emails that an exclusion matches, and all emails of a domain that does not rank any
//! more: a threat that nothing matches is lost as well when all that we wrote to its domain is hidden.

use super::cube::Cube;
use super::exclusion::ExclusionSet;
use super::query::{Query, Shown};
use super::side::Side;

/// The emails of one domain that a query shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    active: ExclusionSet,
    which: Which,
    /// The exclusions that hide outbound emails, where those of the domain are all hidden.
    outbound_hidden_by: ExclusionSet,
}

/// Which emails of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// Those that no active exclusion matches.
    Unmatched,
    /// Those that an active one matches.
    Matched,
    /// All of them.
    All,
}

/// Why an email is not in the ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hiding {
    /// These exclusions match it.
    Itself(ExclusionSet),
    /// None matches it, but these hide all that we wrote to its domain.
    Outbound(ExclusionSet),
}

impl Selection {
    /// Of a domain by its number in the cube; `None` for one that is not in it and can never rank.
    pub fn of(cube: &Cube, domain: Option<usize>, query: &Query) -> Self {
        let mut selection = Selection {
            active: query.active,
            which: Which::Unmatched,
            outbound_hidden_by: ExclusionSet::EMPTY,
        };
        if query.shown == Shown::Visible {
            return selection;
        }
        selection.which = Which::Matched;
        let Some(domain) = domain else {
            return selection;
        };
        let side = |side| SideOfDomain::of(cube, side, domain, query);
        let (outbound, threats) = (side(Side::Outbound), side(Side::Threat));
        let is_candidate = outbound.has_any && threats.has_any;
        if is_candidate && !(outbound.has_unmatched && threats.has_unmatched) {
            selection.which = Which::All;
        }
        if outbound.has_any && !outbound.has_unmatched {
            selection.outbound_hidden_by = outbound.matched_by;
        }
        selection
    }

    /// Whether emails of this mask are among them.
    pub fn contains(&self, mask: ExclusionSet) -> bool {
        match self.which {
            Which::Unmatched => mask.and(self.active).is_empty(),
            Which::Matched => !mask.and(self.active).is_empty(),
            Which::All => true,
        }
    }

    /// Why an email of this mask is not in the ranking, in a selection of what is hidden; `None` when
    /// it is in it.
    pub fn hiding(&self, mask: ExclusionSet) -> Option<Hiding> {
        let own = mask.and(self.active);
        if !own.is_empty() {
            return Some(Hiding::Itself(own));
        }
        (self.which == Which::All).then_some(Hiding::Outbound(self.outbound_hidden_by))
    }
}

/// What a selection must know of one side of a domain.
#[derive(Clone, Copy, Default)]
struct SideOfDomain {
    has_any: bool,
    has_unmatched: bool,
    matched_by: ExclusionSet,
}

impl SideOfDomain {
    fn of(cube: &Cube, side: Side, domain: usize, query: &Query) -> Self {
        let mut found = SideOfDomain::default();
        for total in cube.totals_in(side, domain, query.hours_on(side)) {
            let matched_by = total.mask.and(query.active);
            found.has_any = true;
            found.has_unmatched |= matched_by.is_empty();
            found.matched_by = found.matched_by.or(matched_by);
        }
        found
    }
}
