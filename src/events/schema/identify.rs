//! Which table do these columns belong to?
//!
//! A file with a header says all columns of its table. A record of JSON may leave out keys whose value is
//! empty, so less is asked of it.

use super::{Table, names, shown_name};

/// What the hunt cannot be run without: of each group one column must be there.
pub const NEEDED: [&[&str]; 4] = [
    &[names::EMAIL_DIRECTION],
    &[names::SENDER_FROM_DOMAIN],
    &[names::RECIPIENT_EMAIL_ADDRESS, names::RECIPIENT_DOMAIN],
    &[names::THREAT_TYPES],
];

/// The needed columns of `EmailEvents` that are not among these (canonical) ones.
pub fn missing<S: AsRef<str>>(columns: &[S]) -> Vec<&'static str> {
    NEEDED
        .iter()
        .filter(|group| !has_any(columns, group))
        .map(|group| group[0])
        .collect()
}

fn has_any<S: AsRef<str>>(columns: &[S], names: &[&str]) -> bool {
    columns
        .iter()
        .any(|column| names.contains(&column.as_ref()))
}

/// The table of a file with these (canonical) columns in its header.
///
/// # Errors
/// [`MissingColumns`] when it is none that mailhunt reads.
pub fn of_header(columns: &[String]) -> Result<Table, MissingColumns> {
    if missing(columns).is_empty() {
        return Ok(Table::EmailEvents);
    }
    // With its direction it is an export of EmailEvents that lacks something.
    companion(columns)
        .filter(|table| {
            *table != Table::EmailUrlInfo || !has_any(columns, &[names::EMAIL_DIRECTION])
        })
        .ok_or_else(|| MissingColumns::of_events(columns.to_vec()))
}

/// The table of a record with these (canonical) keys. `None` when it is none that mailhunt reads.
pub fn of_record<S: AsRef<str>>(keys: &[S]) -> Option<Table> {
    if missing(keys).is_empty() {
        return Some(Table::EmailEvents);
    }
    match companion(keys) {
        // The columns of a link may stand beside those of its email, as after a join.
        None | Some(Table::EmailUrlInfo) if has_any(keys, &[names::EMAIL_DIRECTION]) => {
            Some(Table::EmailEvents)
        }
        table => table,
    }
}

/// The companion table that has such columns and no other has.
fn companion<S: AsRef<str>>(columns: &[S]) -> Option<Table> {
    let has = |names: &[&str]| has_any(columns, names);
    if !has(&[names::NETWORK_MESSAGE_ID]) {
        return None;
    }
    if has(&[names::URL, names::URL_DOMAIN]) {
        return Some(Table::EmailUrlInfo);
    }
    None
}

/// Why a file's columns are not those of any table mailhunt reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an EmailEvents export: missing {}. Columns found: {}",
    missing.join(", "),
    found_columns(found)
)]
pub struct MissingColumns {
    /// The needed columns of `EmailEvents` that are not there.
    pub missing: Vec<&'static str>,
    /// The columns that are there.
    pub found: Vec<String>,
}

impl MissingColumns {
    /// What these columns lack to be an export of `EmailEvents`.
    pub fn of_events(found: Vec<String>) -> Self {
        MissingColumns {
            missing: missing(&found),
            found,
        }
    }
}

/// The columns found, as a sentence stays readable: a hostile file can have thousands.
fn found_columns(found: &[String]) -> String {
    const SHOWN: usize = 60;
    if found.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<String> = found
        .iter()
        .take(SHOWN)
        .map(|name| shown_name(name))
        .collect();
    let listed = names.join(", ");
    match found.len().checked_sub(SHOWN) {
        None | Some(0) => listed,
        Some(more) => format!("{listed} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn tables_are_known_by_their_columns_in_any_order() {
        let events = owned(&[
            "ThreatTypes",
            "RecipientEmailAddress",
            "SenderFromDomain",
            "EmailDirection",
        ]);
        assert_eq!(of_header(&events), Ok(Table::EmailEvents));
        let links = owned(&["UrlDomain", "NetworkMessageId"]);
        assert_eq!(of_header(&links), Ok(Table::EmailUrlInfo));
    }

    #[test]
    fn the_domain_of_the_recipient_does_where_the_address_is_left_out() {
        let events = owned(&[
            "ThreatTypes",
            "RecipientDomain",
            "SenderFromDomain",
            "EmailDirection",
        ]);
        assert_eq!(of_header(&events), Ok(Table::EmailEvents));
    }

    #[test]
    fn what_is_missing_is_named_and_what_is_there_is_listed() {
        let error = of_header(&owned(&["EmailDirection", "Subject"])).expect_err("not an export");
        let sentence = error.to_string();
        assert!(sentence.contains("missing SenderFromDomain, RecipientEmailAddress, ThreatTypes"));
        assert!(sentence.contains("Columns found: EmailDirection, Subject"));
    }
}
