//! What an export says of itself: which exclusions were on, how domains were matched, what was
//! searched, from which time to which, and whether it is the ranking or what the exclusions take out of
//! it. Formats with room for prose print all of it; the others have columns for it.

use crate::events::recipient_domains::RecipientDomains;
use crate::hunt::query::{RangeScope, Shown};
use crate::hunt::time_range;
use crate::hunt::{Hunt, Query};
use crate::quantities::{count, number};

/// The name of the column that carries the exclusions that were on.
pub const ACTIVE_EXCLUSIONS: &str = "ActiveExclusions";

/// The name of the column that carries the way domains were matched.
pub const DOMAIN_MATCHING: &str = "DomainMatching";

/// The name of the column that carries the time range.
pub const TIME_RANGE: &str = "TimeRange";

/// The name of the column that says of each email which exclusions hide it.
pub const HIDDEN_BY: &str = "HiddenBy";

/// The name of the column that says of each email the conditions of which exclusions it meets.
pub const MET_BY: &str = "MetBy";

/// What an export says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Provenance<'a> {
    hunt: &'a Hunt,
    query: &'a Query,
}

impl<'a> Provenance<'a> {
    /// Of an answer to a query.
    pub fn of(hunt: &'a Hunt, query: &'a Query) -> Self {
        Provenance { hunt, query }
    }

    /// The ids of the exclusions that were on, with commas; `none` when there were none.
    pub fn active_exclusions(&self) -> String {
        if self.query.active.is_empty() {
            return "none".to_owned();
        }
        self.hunt.ids(self.query.active)
    }

    /// How domains are matched, and that those of recipients are taken from their column where it is so.
    pub fn domain_matching(&self) -> String {
        let domains = self.query.domains;
        match self.hunt.store.recipient_domains {
            RecipientDomains::Address => domains.to_string(),
            RecipientDomains::Column => format!("{domains} (by RecipientDomain)"),
        }
    }

    /// The time range as an interval whose end is not in it, and that it is for threats only where it is;
    /// `all` when all times count.
    pub fn time_range(&self) -> String {
        let Some(hours) = &self.query.hours else {
            return "all".to_owned();
        };
        let interval = time_range::interval(hours);
        match self.query.range {
            RangeScope::Both => interval,
            RangeScope::Threats => format!("{interval} (threats only)"),
        }
    }

    /// What a column that is about the whole export has in every row, if it is one of those.
    pub(super) fn constant(&self, column: &str) -> Option<String> {
        match column {
            ACTIVE_EXCLUSIONS => Some(self.active_exclusions()),
            DOMAIN_MATCHING => Some(self.domain_matching()),
            TIME_RANGE => Some(self.time_range()),
            _ => None,
        }
    }

    /// The notes of an export with these contents; `details` are what only that sheet depends on.
    pub fn notes(&self, contents: &str, details: Vec<(String, String)>) -> Vec<(String, String)> {
        let mut notes = vec![("Contents".to_owned(), contents.to_owned())];
        notes.extend(details);
        if self.query.shown == Shown::Hidden {
            let shown = "only what the active exclusions remove from the ranking";
            notes.push(("Shown".to_owned(), shown.to_owned()));
        }
        notes.push(("Active exclusions".to_owned(), self.active_exclusions()));
        let domains = self.query.domains;
        let matched = format!("{domains}: {}", domains.doc());
        notes.push(("Domains grouped".to_owned(), matched));
        if self.hunt.store.recipient_domains == RecipientDomains::Column {
            let source = "from the column RecipientDomain, not from the addresses".to_owned();
            notes.push(("Recipient domains".to_owned(), source));
        }
        if let Some(hours) = &self.query.hours {
            let range = format!("{} (end not included)", time_range::interval(hours));
            notes.push(("Time range".to_owned(), range));
            let scope = self.query.range.doc().to_owned();
            notes.push(("Time range applies to".to_owned(), scope));
            let left_out = self.hunt.without_time(self.query);
            notes.push((
                "Not counted, time unknown".to_owned(),
                count(left_out, "email"),
            ));
        }
        if let Some((first, last)) = self.hunt.times {
            let zone = if self.hunt.store.has_local_times() {
                "as written, not all in UTC"
            } else {
                "UTC"
            };
            let span = format!("{} to {} {zone}", first.civil(), last.civil());
            notes.push(("Events from".to_owned(), span));
        }
        notes.push(("Events loaded".to_owned(), number(self.hunt.store.events())));
        let program = concat!("mailhunt ", env!("CARGO_PKG_VERSION"));
        notes.push(("Written by".to_owned(), program.to_owned()));
        notes
    }
}
