//! Which domains a view lists, with how many emails.

use super::effects::Extent;
use super::ranked_rows::{Collecting, RankedRows};
use super::rollup::Rollup;
use super::rollup::matched_emails::{Amount, Emails, OfCandidates, Sides};
use super::row::ShownEmails;
use crate::hunt::cube::Cube;
use crate::hunt::exclusion::ExclusionSet;
use crate::hunt::query::{Query, Shown, Sort};
use crate::letter_case::{fold_case, fold_text};

/// How rows are sorted, and which candidates a search finds.
#[derive(Clone, Debug)]
pub struct Listing {
    sort: Sort,
    /// For each candidate whether it is searched for, where there is a search.
    is_found: Option<Vec<bool>>,
}

/// Rows of a view.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) rows: RankedRows,
    /// Those that there are, also those that the search leaves out.
    pub(super) listed: usize,
}

impl Listing {
    /// Of all candidates that are searched for.
    pub fn of(cube: &Cube, rollup: &Rollup, sort: Sort, search: &str) -> Self {
        let is_found = (!search.is_empty()).then(|| {
            let needle = fold_text(search);
            let domains = rollup.candidates.iter();
            let domains = domains.map(|candidate| cube.domain(candidate.domain as usize));
            domains
                .map(|domain| contains_ignoring_case(domain, &needle))
                .collect::<Vec<bool>>()
        });
        Listing { sort, is_found }
    }

    /// The rows that a query shows.
    pub(super) fn rows(&self, rollup: &Rollup, query: &Query) -> Rows {
        match &rollup.emails {
            Emails::Usual(emails) => self.rows_shown(rollup, emails, query),
            Emails::VeryMany(emails) => self.rows_shown(rollup, emails, query),
        }
    }

    /// How many rows a query shows, and the threats of all of them.
    pub(in crate::hunt) fn extent(&self, rollup: &Rollup, query: &Query) -> Extent {
        match &rollup.emails {
            Emails::Usual(emails) => self.extent_of(emails, query),
            Emails::VeryMany(emails) => self.extent_of(emails, query),
        }
    }

    fn extent_of<T: Amount>(&self, emails: &OfCandidates<T>, query: &Query) -> Extent {
        let mut extent = Extent::default();
        let mut candidate = 0;
        emails.matched(query.active, |all, matched| {
            for place in 0..all.outbound.len() {
                let of_side = |sides: Sides<&[T]>| Sides {
                    outbound: sides.outbound[place],
                    threats: sides.threats[place],
                };
                let shown = ShownEmails::of(query.shown, of_side(all), of_side(matched));
                let is_found = self.is_found.as_ref().is_none_or(|found| found[candidate]);
                candidate += 1;
                if is_found && shown.is_row() {
                    extent.domains += 1;
                    extent.threats += shown.emails.threats.into();
                }
            }
        });
        extent
    }

    fn rows_shown<T: Amount>(
        &self,
        rollup: &Rollup,
        emails: &OfCandidates<T>,
        query: &Query,
    ) -> Rows {
        match query.shown {
            Shown::Visible => self.rows_of(rollup, emails, query.active, ShownEmails::visible),
            Shown::Hidden => self.rows_of(rollup, emails, query.active, ShownEmails::hidden),
        }
    }

    /// The same by what is shown of a candidate that has so many emails, of which exclusions match so many.
    #[inline]
    fn rows_of<T: Amount>(
        &self,
        rollup: &Rollup,
        emails: &OfCandidates<T>,
        active: ExclusionSet,
        shown: impl Fn(Sides<T>, Sides<T>) -> ShownEmails<T>,
    ) -> Rows {
        let mut rows = Collecting::new(self.sort, &rollup.candidates, rollup.most_emails);
        emails.matched(active, |all, matched| rows.extend(all, matched, &shown));
        let Some(is_found) = &self.is_found else {
            let rows = rows.finished();
            return Rows {
                listed: rows.len(),
                rows,
            };
        };
        let listed = rows.count();
        rows.keep(is_found);
        Rows {
            listed,
            rows: rows.finished(),
        }
    }
}

fn contains_ignoring_case(domain: &[u8], folded_needle: &str) -> bool {
    memchr::memmem::find(&fold_case(domain), folded_needle.as_bytes()).is_some()
}
