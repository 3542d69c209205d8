//! The columns that an export of emails can have: those of `EmailEvents`, those of its companion tables, whose
//! cells hold a value for each row that belongs to the email, and those that say how the emails were asked for.
//!
//! A name belongs to the first table that has it by Microsoft's documentation or in what is loaded, in the order
//! of [`Table::ALL`]; in the others it is written with its table, as `UrlClickEvents.ThreatTypes`.

use super::provenance::{ACTIVE_EXCLUSIONS, DOMAIN_MATCHING, HIDDEN_BY, MET_BY, TIME_RANGE};
use crate::events::EventId;
use crate::events::schema::{Table, documented, shown_name};
use crate::hunt::{DomainMatching, Hunt, Query, query::Shown};

/// How many clicks on the links of an email led to the page.
pub const CLICKED: &str = "Clicked";

/// Stands for all columns of `EmailEvents`.
pub const ALL_OF_EVENTS: &str = "*";

/// A column of an export of emails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailColumn {
    /// Its name in the export.
    pub name: String,
    pub(super) source: Source,
}

/// Where the cells of a column come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The cell of the email.
    Event,
    /// The cells of the rows that belong to the email, of the column with this name.
    Companion(Table, String),
    /// How many clicks led to the page.
    Clicked,
    /// What was asked, the same in every row.
    Asked,
    /// The exclusions that hide the email.
    HiddenBy,
    /// The exclusions whose conditions the email meets, on or off.
    MetBy,
}

/// A name that is none of a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}; available: {}", self.in_short(), .known.join(", "))]
pub struct UnknownEmailColumn {
    name: String,
    why: String,
    known: Vec<String>,
}

impl UnknownEmailColumn {
    /// The error without the list of known columns.
    pub fn in_short(&self) -> String {
        format!(
            "the export has no column \"{}\"{}",
            shown_name(&self.name),
            self.why
        )
    }
}

impl EmailColumn {
    fn new(name: &str, source: Source) -> Self {
        EmailColumn {
            name: name.to_owned(),
            source,
        }
    }

    /// All columns of `EmailEvents` that were loaded.
    pub fn all_of_events(hunt: &Hunt) -> Vec<EmailColumn> {
        let names = hunt.store.columns().into_iter();
        names
            .map(|name| EmailColumn::new(name, Source::Event))
            .collect()
    }

    /// The columns of one email, in the order of its file.
    pub(super) fn of_event(hunt: &Hunt, id: EventId) -> Vec<EmailColumn> {
        let cells = hunt.store.cells(id);
        cells
            .map(|(name, _)| EmailColumn::new(name, Source::Event))
            .collect()
    }

    /// Every column there is, those whose names go without a table first.
    pub fn all(hunt: &Hunt) -> Vec<EmailColumn> {
        let mut columns = EmailColumn::all_of_events(hunt);
        let companions = hunt.store.companions();
        let mut with_table = Vec::new();
        for table in Table::ALL {
            for name in companions.columns(table) {
                let source = Source::Companion(table, name.to_owned());
                if owner(hunt, name) == Some(table) {
                    columns.push(EmailColumn::new(name, source));
                } else {
                    with_table.push(EmailColumn::new(&qualified(table, name), source));
                }
            }
        }
        if companions.is_loaded(Table::UrlClickEvents) {
            columns.push(EmailColumn::new(CLICKED, Source::Clicked));
        }
        columns.extend(with_table);
        let asked = [ACTIVE_EXCLUSIONS, DOMAIN_MATCHING, TIME_RANGE];
        columns.extend(asked.map(|name| EmailColumn::new(name, Source::Asked)));
        columns.push(EmailColumn::hidden_by());
        columns.push(EmailColumn::met_by());
        columns
    }

    /// The column that says which exclusions hide an email.
    pub fn hidden_by() -> EmailColumn {
        EmailColumn::new(HIDDEN_BY, Source::HiddenBy)
    }

    /// The column that says the conditions of which exclusions an email meets.
    pub fn met_by() -> EmailColumn {
        EmailColumn::new(MET_BY, Source::MetBy)
    }

    /// What one must know to read an export right: the exclusions that were on, how domains were matched if not
    /// as in the query, the time range if there is one, and what hides each email where hidden ones are shown.
    pub fn asked(query: &Query) -> Vec<EmailColumn> {
        let mut columns = vec![EmailColumn::new(ACTIVE_EXCLUSIONS, Source::Asked)];
        if query.domains != DomainMatching::Exact {
            columns.push(EmailColumn::new(DOMAIN_MATCHING, Source::Asked));
        }
        if query.hours.is_some() {
            columns.push(EmailColumn::new(TIME_RANGE, Source::Asked));
        }
        if query.shown == Shown::Hidden {
            columns.push(EmailColumn::hidden_by());
        }
        columns
    }

    /// The columns with these names, whatever their case. A name may be written with its table, and
    /// [`ALL_OF_EVENTS`] stands for all columns of `EmailEvents`.
    ///
    /// # Errors
    /// When there is no column of a name.
    pub fn named<S: AsRef<str>>(
        names: &[S],
        hunt: &Hunt,
    ) -> Result<Vec<EmailColumn>, UnknownEmailColumn> {
        let known = EmailColumn::all(hunt);
        let mut columns = Vec::new();
        for name in names {
            let name = name.as_ref().trim();
            if name == ALL_OF_EVENTS {
                columns.extend(EmailColumn::all_of_events(hunt));
                continue;
            }
            let column = known.iter().find(|column| column.is_called(name));
            columns.push(column.cloned().ok_or_else(|| UnknownEmailColumn {
                name: name.to_owned(),
                why: lack(hunt, name),
                known: known.iter().map(|column| column.name.clone()).collect(),
            })?);
        }
        Ok(columns)
    }

    fn is_called(&self, name: &str) -> bool {
        let with_table = match &self.source {
            Source::Event => qualified(Table::EmailEvents, &self.name),
            Source::Companion(table, column) => qualified(*table, column),
            Source::Clicked | Source::Asked | Source::HiddenBy | Source::MetBy => String::new(),
        };
        self.name.eq_ignore_ascii_case(name) || with_table.eq_ignore_ascii_case(name)
    }
}

fn qualified(table: Table, column: &str) -> String {
    format!("{}.{column}", table.name())
}

/// The table that a name without one belongs to.
fn owner(hunt: &Hunt, name: &str) -> Option<Table> {
    Table::ALL.into_iter().find(|&table| {
        let is_it = |known: &&str| known.eq_ignore_ascii_case(name);
        let is_loaded = match table {
            Table::EmailEvents => hunt.store.has_column(name),
            _ => hunt.store.companions().columns(table).iter().any(is_it),
        };
        is_loaded || documented::of_table(table).iter().any(is_it)
    })
}

/// Why there is no column of a documented name, as a part of a sentence.
fn lack(hunt: &Hunt, name: &str) -> String {
    let (table, column) = match name.split_once('.') {
        Some((table, column)) => {
            let named = |known: &Table| known.name().eq_ignore_ascii_case(table);
            (Table::ALL.into_iter().find(named), column)
        }
        None if name.eq_ignore_ascii_case(CLICKED) => (Some(Table::UrlClickEvents), name),
        None => (owner(hunt, name), name),
    };
    match table {
        Some(table) if table != Table::EmailEvents && !hunt.store.companions().is_loaded(table) => {
            let column = shown_name(column);
            format!(
                " ({column} belongs to {}, which is not loaded)",
                table.name()
            )
        }
        _ => String::new(),
    }
}
