//! The threat emails of one domain as a sheet: columns of the export, as they were, and of its companion tables.

use super::email_columns::{EmailColumn, Source};
use super::provenance::Provenance;
use super::sheet::{Sheet, Value};
use crate::events::schema::Table;
use crate::hunt::arranged_emails::Arrangement;
use crate::hunt::emails::ThreatEmail;
use crate::hunt::related_rows::{RelatedRows, went_through};
use crate::hunt::selection::Selection;
use crate::hunt::{Hunt, Query};
use std::borrow::Cow;

/// The threat emails of a domain, or of the group whose name this is, that the query shows, as
/// they are arranged, with these columns.
pub fn sheet<'a>(
    hunt: &'a Hunt,
    query: &'a Query,
    domain: &[u8],
    arrangement: &Arrangement,
    columns: Vec<EmailColumn>,
) -> Sheet<'a> {
    let provenance = Provenance::of(hunt, query);
    let names = columns.iter().map(|column| column.name.clone()).collect();
    let emails: Vec<ThreatEmail> = hunt.arranged_emails(domain, query, arrangement).all();
    let selection = hunt.selection(domain, query);
    let rows = emails.into_iter().map(move |email| {
        let row = EmailRow {
            hunt,
            provenance,
            selection: &selection,
            email,
        };
        columns.iter().map(|column| row.value(column)).collect()
    });
    let shown = String::from_utf8_lossy(domain).into_owned();
    let mut details = vec![
        ("SenderFromDomain".to_owned(), shown),
        ("Sorted by".to_owned(), arrangement.sort.label()),
    ];
    if !arrangement.search.is_empty() {
        let found = format!(
            "“{}” in subject, sender, recipient or a link",
            arrangement.search
        );
        details.push(("Only emails with".to_owned(), found));
    }
    let notes = provenance.notes("Threat emails of one domain", details);
    Sheet {
        columns: names,
        rows: Box::new(rows),
        notes,
    }
}

/// An email of which cells are taken.
pub(super) struct EmailRow<'a, 's> {
    pub(super) hunt: &'a Hunt,
    pub(super) provenance: Provenance<'a>,
    pub(super) selection: &'s Selection,
    pub(super) email: ThreatEmail,
}

impl<'a> EmailRow<'a, '_> {
    /// The cell of a column.
    pub(super) fn value(&self, column: &EmailColumn) -> Value<'a> {
        let (store, id) = (&self.hunt.store, self.email.id);
        match &column.source {
            Source::Event => Value::Text(Cow::Borrowed(store.cell(id, &column.name))),
            Source::Companion(table, name) => {
                let rows = RelatedRows::of(store, *table, id).own;
                Value::List(
                    rows.iter()
                        .map(|row| Cow::Borrowed(row.cell(name)))
                        .collect(),
                )
            }
            Source::Clicked => {
                let clicks = RelatedRows::of(store, Table::UrlClickEvents, id).own;
                let through = clicks.iter().filter(|click| went_through(click));
                Value::Number(through.count() as u64)
            }
            Source::Asked => {
                let text = self.provenance.constant(&column.name).unwrap_or_default();
                Value::Text(Cow::Owned(text.into_bytes()))
            }
            Source::MetBy => {
                let ids = self.hunt.ids(self.email.mask);
                Value::Text(Cow::Owned(ids.into_bytes()))
            }
            Source::HiddenBy => {
                let hiding = self.selection.hiding(self.email.mask);
                let ids = hiding.map(|hiding| self.hunt.hiding_ids(hiding));
                Value::Text(Cow::Owned(ids.unwrap_or_default().into_bytes()))
            }
        }
    }
}
