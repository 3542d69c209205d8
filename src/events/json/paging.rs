//! Answers that come in pages: a page says that another follows, or how many rows there are in all.

use super::cell;
use super::object::Object;
use crate::quantities::{count, number};

/// The keys under which a page has the address of the next.
const NEXT: [&str; 3] = ["@odata.nextLink", "odata.nextLink", "nextLink"];

/// The keys under which a page has the number of the rows of all pages.
const TOTAL: [&str; 2] = ["@odata.count", "odata.count"];

/// What the pages of a file say of further ones.
#[derive(Debug, Default)]
pub(super) struct Paging {
    /// The key by which the last page says that another follows.
    next: Option<&'static str>,
    /// The most rows that a page says there are.
    total: u64,
}

/// Whether a page says something of further ones under this key.
pub(super) fn is_key(key: &str) -> bool {
    let is_one_of = |keys: &[&str]| keys.iter().any(|known| known.eq_ignore_ascii_case(key));
    is_one_of(&NEXT) || is_one_of(&TOTAL)
}

impl Paging {
    /// Notes what a page says beside its rows.
    pub(super) fn note(&mut self, page: &Object<'_>) {
        let says = |key: &&str| {
            let value = page.get(key);
            value.is_some_and(|value| !matches!(value.get(), "null" | "\"\"" | "false"))
        };
        self.next = NEXT.into_iter().find(says);
        let totals = TOTAL.iter().filter_map(|key| page.get(key));
        let most = totals
            .filter_map(|total| cell::text(total).parse().ok())
            .max();
        self.total = self.total.max(most.unwrap_or_default());
    }

    /// What the analyst should know of pages that are not in the file, which holds so many records.
    pub(super) fn warning(&self, records: u64) -> Option<String> {
        const EFFECT: &str = "without the following pages, all counts are lower bounds";
        if self.total > records {
            return Some(format!(
                "the service reports {} in total, but {} here: {EFFECT}",
                count(self.total, "row"),
                match records {
                    1 => "1 is".to_owned(),
                    _ => format!("{} are", number(records)),
                }
            ));
        }
        let key = self.next?;
        Some(format!(
            "its last answer says that there are more rows ({key}): {EFFECT}"
        ))
    }
}
