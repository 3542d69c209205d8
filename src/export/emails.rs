//! The threat emails of one domain as a sheet: every column of the export, as it was.

use super::provenance::{HIDDEN_BY, Provenance};
use super::sheet::{Sheet, Value};
use crate::hunt::emails::ThreatEmail;
use crate::hunt::{Hunt, Query};
use std::borrow::Cow;

/// The threat emails of a domain, or of the group whose name this is, that the query shows, newest first,
/// with these columns; `ActiveExclusions`, `DomainMatching` and `TimeRange` stand for what was asked, `HiddenBy` for
/// the exclusions that hide the email.
pub fn sheet<'a>(
    hunt: &'a Hunt,
    query: &'a Query,
    domain: &[u8],
    columns: Vec<String>,
) -> Sheet<'a> {
    let provenance = Provenance::of(hunt, query);
    let sources: Vec<(String, Option<String>)> = columns
        .iter()
        .map(|column| (column.clone(), provenance.constant(column)))
        .collect();
    let emails: Vec<ThreatEmail> = hunt.listed_emails(domain, query).iter().collect();
    let selection = hunt.selection(domain, query);
    let rows = emails.into_iter().map(move |email| {
        sources
            .iter()
            .map(|(column, constant)| match constant {
                Some(text) => Value::Text(Cow::Owned(text.clone().into_bytes())),
                None if column == HIDDEN_BY => {
                    let hiding = selection.hiding(email.mask);
                    let ids = hiding.map(|hiding| hunt.hiding_ids(hiding));
                    Value::Text(Cow::Owned(ids.unwrap_or_default().into_bytes()))
                }
                None => Value::Text(Cow::Borrowed(hunt.store.cell(email.id, column))),
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
