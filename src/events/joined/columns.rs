//! Which column of a joined export belongs to which table.
//!
//! A column that one table alone documents is its own. Of one that several have, Kusto's `join` keeps the name on the
//! left and numbers those on the right (`Timestamp1`): which table stands left is told by the order of the columns
//! that are one table's own. Without any number the columns were chosen by hand, and those of `EmailEvents` are its.

use crate::events::schema::identify::{self, NEEDED};
use crate::events::schema::{TIME_COLUMNS, Table, documented, header, names};
use std::collections::BTreeMap;

/// The columns of a joined export, by their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::events) struct ColumnsByTable {
    /// The columns of the emails, with their names there: all that are not a companion table's.
    pub(in crate::events) emails: Vec<(usize, String)>,
    /// The tables joined, as they stand from left to right.
    pub(in crate::events) companions: Vec<CompanionColumns>,
    /// `NetworkMessageId` and `RecipientEmailAddress` of the emails.
    pub(super) message: Option<usize>,
    pub(super) recipient: Option<usize>,
    /// What else is the same in all rows of an email: its documented columns. Of others nobody knows whether they say
    /// something of the email or of its link. `ReportId` is left out: without a number it may be of either table.
    pub(super) compared: Vec<(usize, &'static str)>,
    /// What some column of is filled in every email.
    pub(super) of_any_email: Vec<usize>,
}

/// The columns of a companion table in a joined export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::events) struct CompanionColumns {
    pub(in crate::events) table: Table,
    /// With their names there, but for `NetworkMessageId`.
    pub(in crate::events) columns: Vec<(usize, &'static str)>,
    /// `NetworkMessageId` of this table, where it has its own.
    pub(super) message: Option<usize>,
    /// The columns that are never empty in a row of the table.
    pub(super) telling: Vec<usize>,
}

impl CompanionColumns {
    /// The names of its columns.
    pub(in crate::events) fn names(&self) -> impl Iterator<Item = &'static str> {
        let message = names::NETWORK_MESSAGE_ID;
        self.columns.iter().map(|(_, name)| *name).chain([message])
    }
}

/// Whether an export of `EmailEvents` with these (canonical) columns is joined with companion tables so that its rows
/// can be put together.
pub(in crate::events) fn are_joined<S: AsRef<str>>(columns: &[S]) -> bool {
    let has_message = columns
        .iter()
        .any(|name| name.as_ref() == names::NETWORK_MESSAGE_ID);
    has_message && !identify::companions_among(columns).is_empty()
}

impl ColumnsByTable {
    /// The columns of an export of `EmailEvents`; nothing where it is not joined with a companion table.
    pub(in crate::events) fn of(columns: &[String]) -> Option<Self> {
        if !are_joined(columns) {
            return None;
        }
        let given = GivenColumns::of(columns);
        let assigned = given.assigned();
        let of_table = |table: Table| {
            let assigned = assigned.iter();
            assigned.filter(move |(_, known, _)| *known == table)
        };
        let companions = given
            .order
            .iter()
            .filter(|table| **table != Table::EmailEvents);
        let companions: Vec<CompanionColumns> = companions
            .map(|&table| CompanionColumns {
                table,
                columns: of_table(table)
                    .filter(|(_, _, name)| *name != names::NETWORK_MESSAGE_ID)
                    .map(|(place, _, name)| (*place, *name))
                    .collect(),
                message: of_table(table)
                    .find(|(_, _, name)| *name == names::NETWORK_MESSAGE_ID)
                    .map(|(place, _, _)| *place),
                telling: given.own_places(
                    table,
                    of_table(table).map(|(place, _, name)| (*place, *name)),
                ),
            })
            .collect();
        let of_email = |name: &str| {
            let mut own = of_table(Table::EmailEvents);
            own.find(|(_, _, known)| *known == name)
                .map(|(place, _, _)| *place)
        };
        let is_companions = |place: usize| assigned.iter().any(|(known, _, _)| *known == place);
        let emails = columns.iter().enumerate().filter_map(|(place, name)| {
            let own = of_table(Table::EmailEvents).find(|(known, _, _)| *known == place);
            match own {
                Some((_, _, name)) => Some((place, (*name).to_owned())),
                None => (!is_companions(place)).then(|| (place, name.clone())),
            }
        });
        Some(ColumnsByTable {
            message: of_email(names::NETWORK_MESSAGE_ID),
            recipient: of_email(names::RECIPIENT_EMAIL_ADDRESS),
            compared: of_table(Table::EmailEvents)
                .filter(|(_, _, name)| !NOT_COMPARED.contains(name))
                .map(|(place, _, name)| (*place, *name))
                .collect(),
            of_any_email: NEEDED
                .iter()
                .flat_map(|group| group.iter())
                .filter_map(|name| of_email(name))
                .collect(),
            emails: emails.collect(),
            companions,
        })
    }
}

/// Columns that are compared otherwise than byte for byte, or not at all.
const NOT_COMPARED: [&str; 3] = [
    names::NETWORK_MESSAGE_ID,
    names::RECIPIENT_EMAIL_ADDRESS,
    "ReportId",
];

/// A column with the table it belongs to, and its name there.
type Assigned = (usize, Table, &'static str);

/// The documented columns that are there.
struct GivenColumns {
    /// The tables as they stand from left to right, as far as can be told.
    order: Vec<Table>,
    /// The numbers that a join gave the columns of a name, ascending, with their places.
    variants: BTreeMap<&'static str, Vec<(usize, usize)>>,
}

impl GivenColumns {
    fn of(columns: &[String]) -> Self {
        let mut numbered: BTreeMap<&'static str, BTreeMap<usize, usize>> = BTreeMap::new();
        for (place, column) in columns.iter().enumerate() {
            if let Some((name, number)) = header::without_join_number(column) {
                // Of several columns of one name the first is read.
                let of_name = numbered.entry(name).or_default();
                of_name.entry(number).or_insert(place);
            }
        }
        let has_numbers = numbered
            .values()
            .any(|places| places.keys().any(|number| *number > 0));
        let variants = numbered
            .into_iter()
            .map(|(name, places)| (name, places.into_iter().collect()))
            .collect();
        let mut order = identify::companions_among(columns);
        order.insert(0, Table::EmailEvents);
        let mut given = GivenColumns { order, variants };
        if has_numbers {
            let mut order = given.order.clone();
            order.sort_by_key(|table| given.first_own(*table));
            given.order = order;
        }
        given
    }

    /// The first place of a column that is this table's own: where there is one, of no other table at all.
    fn first_own(&self, table: Table) -> Option<usize> {
        let columns = self.variants.iter();
        let columns = columns.filter_map(|(&name, places)| Some((places.first()?.1, name)));
        self.own_places(table, columns).into_iter().min()
    }

    /// Whether a column is this table's own: beside `EmailEvents` alone companions may share one.
    fn is_own(&self, table: Table, name: &str) -> bool {
        let mut others = self.order.iter().filter(|other| match table {
            Table::EmailEvents => **other != table,
            _ => **other == Table::EmailEvents,
        });
        documented::has(table, name) && !others.any(|other| documented::has(*other, name))
    }

    /// The tables that each column belongs to.
    fn assigned(&self) -> Vec<Assigned> {
        let mut assigned = Vec::new();
        for (&name, places) in &self.variants {
            let tables: Vec<Table> = self
                .order
                .iter()
                .copied()
                .filter(|table| documented::has(*table, name))
                .collect();
            if let ([(0, place)], true) = (&places[..], tables.len() > 1) {
                let tables = tables_of_shared(name, &tables);
                assigned.extend(tables.into_iter().map(|table| (*place, table, name)));
                continue;
            }
            // Where a table was joined without its column, nothing tells which of them that was: what stands right of
            // the emails is then taken for what the analyst added.
            let has_all = places
                .last()
                .is_some_and(|(last, _)| last + 1 >= tables.len());
            let emails = tables.iter().position(|table| *table == Table::EmailEvents);
            let certain = if has_all {
                tables.len()
            } else {
                emails.map_or(0, |emails| emails + 1)
            };
            let of_tables = places.iter().filter(|(number, _)| *number < certain);
            assigned.extend(of_tables.map(|(number, place)| (*place, tables[*number], name)));
        }
        assigned.sort_by_key(|(place, _, _)| *place);
        assigned
    }

    /// The places of those of these columns that are a table's own: where that leaves any, of no other table at all.
    fn own_places(
        &self,
        table: Table,
        columns: impl Iterator<Item = (usize, &'static str)>,
    ) -> Vec<usize> {
        let own: Vec<(usize, &str)> = columns
            .filter(|(_, name)| self.is_own(table, name))
            .collect();
        let is_of_another = |name: &str| {
            let mut others = self.order.iter().filter(|other| **other != table);
            others.any(|other| documented::has(*other, name))
        };
        let alone = own.iter().filter(|(_, name)| !is_of_another(name));
        let alone: Vec<usize> = alone.map(|(place, _)| *place).collect();
        if alone.is_empty() {
            return own.into_iter().map(|(place, _)| place).collect();
        }
        alone
    }
}

/// The tables of which a column is that several have and that is there once.
fn tables_of_shared(name: &str, tables: &[Table]) -> Vec<Table> {
    let left = tables[0];
    // The join compared them, or they say the same.
    if name == names::NETWORK_MESSAGE_ID || !tables.contains(&Table::EmailEvents) {
        return tables.to_vec();
    }
    let is_needed = NEEDED.iter().any(|group| group.contains(&name));
    if left == Table::EmailEvents || is_needed {
        return vec![Table::EmailEvents];
    }
    // Links and files are noted when the email comes.
    let comes_with_email = matches!(left, Table::EmailUrlInfo | Table::EmailAttachmentInfo);
    if TIME_COLUMNS.contains(&name) && comes_with_email {
        return vec![Table::EmailEvents, left];
    }
    vec![left]
}
