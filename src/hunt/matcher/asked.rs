//! What exclusions look at: columns, headers and companion tables.

use crate::events::schema::{Table, names};
use crate::hunt::exclusion::{Clause, Condition, Exclusion};
use crate::hunt::fields::{Field, columns_of_header};

/// The (canonical) columns that any of the exclusions looks at, those that may hold headers included.
pub fn columns_of(exclusions: &[Exclusion]) -> Vec<String> {
    let fields = conditions_of(exclusions).flat_map(Condition::fields);
    let mut columns: Vec<String> = fields
        .flat_map(columns_of_field)
        .map(str::to_owned)
        .collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

fn columns_of_field(field: &Field) -> Vec<&str> {
    match field {
        Field::Column(name) => vec![name],
        Field::JsonKey { column, .. } => vec![column],
        Field::RecipientDomain => vec![names::RECIPIENT_EMAIL_ADDRESS],
        Field::PartnerDomain => vec![names::RECIPIENT_EMAIL_ADDRESS, names::SENDER_FROM_DOMAIN],
        Field::IsLatestRecord => vec![names::NETWORK_MESSAGE_ID, names::RECIPIENT_EMAIL_ADDRESS],
        Field::Header(name) => columns_of_header(name).collect(),
        Field::Url => vec![names::URL, names::URL_COUNT],
        Field::UrlDomain => vec![names::URL, names::URL_DOMAIN, names::URL_COUNT],
        Field::FileName => vec![names::FILE_NAME],
        Field::FileType => vec![names::FILE_TYPE],
    }
}

/// The columns of `EmailEvents` of which it makes a difference to an exclusion whether a file has them: those that its
/// guards need, and the number of links where it asks for every link.
pub fn columns_needed(exclusion: &Exclusion) -> Vec<&str> {
    let guards = exclusion.unless.iter();
    let of_guards = guards.flat_map(|Clause(conditions)| conditions);
    let fields = of_guards.flat_map(Condition::fields);
    let asks_for_every_link = exclusion.conditions().any(Condition::asks_for_every_link);
    let number_of_links = asks_for_every_link.then_some(names::URL_COUNT);
    fields
        .flat_map(Field::needs)
        .chain(number_of_links)
        .collect()
}

/// The headers that any of the exclusions looks at.
pub fn headers_of(exclusions: &[Exclusion]) -> Vec<String> {
    let fields = conditions_of(exclusions).flat_map(Condition::fields);
    let mut headers: Vec<String> = fields
        .filter_map(|field| match field {
            Field::Header(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    headers.sort_unstable();
    headers.dedup();
    headers
}

/// The companion tables that any of the exclusions looks at.
pub fn companions_of(exclusions: &[Exclusion]) -> Vec<Table> {
    let mut tables: Vec<Table> = conditions_of(exclusions)
        .filter_map(|condition| condition.field.companion())
        .collect();
    tables.sort_unstable();
    tables.dedup();
    tables
}

fn conditions_of(exclusions: &[Exclusion]) -> impl Iterator<Item = &Condition> {
    exclusions.iter().flat_map(Exclusion::conditions)
}
