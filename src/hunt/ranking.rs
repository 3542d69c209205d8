//! Which domains a view lists, with how many emails.

use super::cube::Cube;
use super::query::{Query, Shown, Sort};
use super::ranked_rows::{Collecting, RankedRows};
use super::rollup::Rollup;

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
            let needle = search.to_lowercase();
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
        match query.shown {
            Shown::Visible => self.rows_of(rollup, query, ShownEmails::visible),
            Shown::Hidden => self.rows_of(rollup, query, ShownEmails::hidden),
        }
    }

    /// The same by what is shown of a candidate that has so many emails, of which exclusions match so many.
    #[inline]
    fn rows_of(
        &self,
        rollup: &Rollup,
        query: &Query,
        shown: impl Fn([u64; 2], [u64; 2]) -> ShownEmails,
    ) -> Rows {
        let mut rows = Collecting::new(self.sort, &rollup.candidates, rollup.most_emails);
        let (mut looked_at, mut listed) = (0, 0);
        rollup.matched_emails(query.active, |all, matched| {
            let count = all[0].len();
            let each = |index: usize| {
                let of_both = |emails: [&[u64]; 2]| [emails[0][index], emails[1][index]];
                let shown = shown(of_both(all), of_both(matched));
                let is_row = shown.is_row();
                (shown, is_row)
            };
            let Some(is_found) = &self.is_found else {
                rows.extend(count, each);
                return;
            };
            let is_found = &is_found[looked_at..];
            looked_at += count;
            rows.extend(count, |index| {
                let (shown, is_row) = each(index);
                listed += usize::from(is_row);
                (shown, is_row && is_found[index])
            });
        });
        let rows = rows.finished();
        Rows {
            listed: self.is_found.as_ref().map_or(rows.len(), |_| listed),
            rows,
        }
    }
}

/// What is shown of a candidate.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShownEmails {
    pub(super) emails: [u64; 2],
    pub(super) ranks: bool,
}

impl ShownEmails {
    /// What is left of one that has so many emails, of which exclusions match so many.
    #[inline]
    fn visible(all: [u64; 2], matched: [u64; 2]) -> Self {
        let left = [all[0] - matched[0], all[1] - matched[1]];
        let ranks = left[0].min(left[1]) > 0;
        let emails = left.map(|left| left * u64::from(ranks));
        ShownEmails { emails, ranks }
    }

    /// What exclusions take of it.
    #[inline]
    fn hidden(all: [u64; 2], matched: [u64; 2]) -> Self {
        let ShownEmails { emails, ranks } = Self::visible(all, matched);
        let emails = [all[0] - emails[0], all[1] - emails[1]];
        ShownEmails { emails, ranks }
    }

    /// Whether there is anything to show.
    #[inline]
    fn is_row(&self) -> bool {
        (self.emails[0] | self.emails[1]) != 0
    }
}

fn contains_ignoring_case(domain: &[u8], lower_case_needle: &str) -> bool {
    let folded = super::fields::fold_case(domain);
    memchr::memmem::find(&folded, lower_case_needle.as_bytes()).is_some()
}
