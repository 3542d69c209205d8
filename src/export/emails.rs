//! The threat emails of one domain as a sheet: every column of the export, as it was.

use super::provenance::{ACTIVE_EXCLUSIONS, Provenance};
use super::sheet::{Sheet, Value};
use crate::hunt::{Hunt, Query};
use std::borrow::Cow;

/// The threat emails of a domain that no active exclusion hides, newest first, with these columns;
/// `ActiveExclusions` stands for the exclusions that were on.
pub fn sheet<'a>(
    hunt: &'a Hunt,
    query: &'a Query,
    domain: &'a [u8],
    columns: Vec<String>,
) -> Sheet<'a> {
    let provenance = Provenance::of(hunt, query);
    let active = provenance.active_exclusions();
    let names = columns.clone();
    let rows = hunt.emails.visible(domain, query).iter().map(move |email| {
        names
            .iter()
            .map(|column| {
                if column == ACTIVE_EXCLUSIONS {
                    return Value::Text(Cow::Owned(active.clone().into_bytes()));
                }
                Value::Text(Cow::Borrowed(hunt.store.cell(email.id, column)))
            })
            .collect()
    });
    let shown = String::from_utf8_lossy(domain).into_owned();
    let details = vec![
        ("SenderFromDomain".to_owned(), shown),
        ("Sorted by".to_owned(), "time, newest first".to_owned()),
    ];
    let notes = provenance.notes("Threat emails of one domain", details);
    Sheet {
        columns,
        rows: Box::new(rows),
        notes,
    }
}

/// All columns of the loaded files.
pub fn all_columns(hunt: &Hunt) -> Vec<String> {
    let columns = hunt.store.columns();
    columns.into_iter().map(str::to_owned).collect()
}
