//! Which table do these columns belong to?
//!
//! A file with a header says all columns of its table. A record of JSON may leave out keys whose value is
//! empty, so less is asked of it.

use super::names;
use super::table::Table;
use super::texts::shown_name;

/// What the hunt cannot be run without: of each group one column must be there.
pub const NEEDED: [&[&str]; 4] = [
    &[names::EMAIL_DIRECTION],
    &[names::SENDER_FROM_DOMAIN, names::SENDER_FROM_ADDRESS],
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
    if missing(columns).is_empty() && has_columns_of_events(columns) {
        return Ok(Table::EmailEvents);
    }
    companion(columns)
        // It is an export of EmailEvents that lacks something, which is better said than guessed at.
        .filter(|_| !has_columns_of_events(columns))
        .ok_or_else(|| MissingColumns::of_events(columns.to_vec()))
}

/// Columns of companion tables that no table of another subject has.
const OF_COMPANIONS_ALONE: [&str; 6] = [
    names::URL_LOCATION,
    names::URL_CHAIN_ID,
    names::URL_CHAIN_POSITION,
    names::IS_CLICKED_THROUGH,
    names::URL_CHAIN,
    names::ACTION_TRIGGER,
];

/// Whether a file with these (canonical) columns, which are those of no table mailhunt reads, looks like one all the same.
/// One needed column alone is no sign: campaigns have a recipient, and a ranking has a sender's domain.
pub fn looks_like_an_export<S: AsRef<str>>(columns: &[S]) -> bool {
    let needed = NEEDED
        .iter()
        .filter(|group| has_any(columns, group))
        .count();
    needed > 1 || has_any(columns, &OF_COMPANIONS_ALONE)
}

/// The table of a record with these (canonical) keys. `None` when it is none that mailhunt reads.
pub fn of_record<S: AsRef<str>>(keys: &[S]) -> Option<Table> {
    // The columns of a companion may stand beside those of its email, as after a join.
    if has_columns_of_events(keys) {
        return Some(Table::EmailEvents);
    }
    // A click in Teams or Office belongs to no message: that key may be left out.
    let is_click_without_message =
        has_any(keys, &[names::IS_CLICKED_THROUGH]) && has_any(keys, &[names::URL]);
    match companion(keys) {
        None if is_click_without_message => Some(Table::UrlClickEvents),
        table => table,
    }
}

/// Columns that no companion table has.
const OF_EVENTS_ALONE: [&str; 5] = [
    names::SENDER_FROM_DOMAIN,
    names::SENDER_MAIL_FROM_DOMAIN,
    names::SUBJECT,
    names::DELIVERY_ACTION,
    names::AUTHENTICATION_DETAILS,
];

/// Whether these columns, whatever they lack, are those of `EmailEvents`: they have its direction. Of the
/// companion tables `EmailPostDeliveryEvents` alone has that too.
fn has_columns_of_events<S: AsRef<str>>(columns: &[S]) -> bool {
    has_any(columns, &[names::EMAIL_DIRECTION])
        && (has_any(columns, &OF_EVENTS_ALONE)
            || companion(columns) != Some(Table::EmailPostDeliveryEvents))
}

/// What only clicks have.
const OF_CLICKS: [&str; 2] = [names::IS_CLICKED_THROUGH, names::URL_CHAIN];

/// What of the tables with messages only clicks have, but tables of other subjects too.
const OF_ACCOUNTS: [&str; 2] = [names::ACCOUNT_UPN, names::WORKLOAD];

/// What only clean-ups after delivery have. `ActionType` is that of a click too.
const OF_CLEAN_UPS: [&str; 4] = [
    names::ACTION,
    names::ACTION_TRIGGER,
    names::ACTION_RESULT,
    names::SOURCE_LOCATION,
];

/// What only attachments have.
const OF_ATTACHMENTS: [&str; 5] = [
    names::FILE_NAME,
    names::FILE_TYPE,
    names::FILE_EXTENSION,
    names::SHA256,
    names::FILE_SIZE,
];

/// What links have. A click has its `Url` too.
const OF_LINKS: [&str; 5] = [
    names::URL,
    names::URL_DOMAIN,
    names::URL_LOCATION,
    names::URL_CHAIN_ID,
    names::URL_CHAIN_POSITION,
];

/// A table of another subject that says the message too (`AlertEvidence`) is known by this.
const OF_ALERTS: [&str; 1] = ["AlertId"];

/// The companion table that has such columns. Those that one table alone has are looked at first.
fn companion<S: AsRef<str>>(columns: &[S]) -> Option<Table> {
    let has = |names: &[&str]| has_any(columns, names);
    if !has(&[names::NETWORK_MESSAGE_ID]) || has(&OF_ALERTS) {
        return None;
    }
    let is_action = has(&[names::ACTION_TYPE]);
    if has(&OF_CLICKS) || has(&OF_ACCOUNTS) && (is_action || has(&[names::URL])) {
        return Some(Table::UrlClickEvents);
    }
    if has(&OF_CLEAN_UPS) {
        return Some(Table::EmailPostDeliveryEvents);
    }
    if has(&OF_ATTACHMENTS) {
        return Some(Table::EmailAttachmentInfo);
    }
    match (has(&OF_LINKS), is_action) {
        (true, true) => Some(Table::UrlClickEvents),
        (true, false) => Some(Table::EmailUrlInfo),
        (false, true) => Some(Table::EmailPostDeliveryEvents),
        (false, false) => None,
    }
}

/// The companion tables of which a file of `EmailEvents` has columns, as an export does that joins them. Whether its
/// rows can be put together is another question: that takes the message.
pub fn companions_among<S: AsRef<str>>(columns: &[S]) -> Vec<Table> {
    let has = |names: &[&str]| has_any(columns, names);
    if has(&OF_ALERTS) {
        return Vec::new();
    }
    let is_action = has(&[names::ACTION_TYPE]);
    let has_files = has(&[
        names::FILE_NAME,
        names::FILE_TYPE,
        names::FILE_EXTENSION,
        names::SHA256,
    ]);
    let cleans_up = has(&[names::ACTION, names::ACTION_TRIGGER, names::ACTION_RESULT]);
    let is_click = is_action && !cleans_up || has(&OF_ACCOUNTS);
    let has_clicks = has(&OF_CLICKS) || has(&[names::URL]) && is_click;
    let has_links = has(&[
        names::URL_DOMAIN,
        names::URL_LOCATION,
        names::URL_CHAIN_ID,
        names::URL_CHAIN_POSITION,
    ]);
    let is_there = |table: &Table| match table {
        Table::EmailEvents => false,
        Table::EmailUrlInfo => has_links || has(&[names::URL]) && !has_clicks,
        Table::EmailAttachmentInfo => has_files,
        // Of a file something may have been done on a device, which is no clean-up of an email.
        Table::EmailPostDeliveryEvents => cleans_up || is_action && !has_clicks && !has_files,
        Table::UrlClickEvents => has_clicks,
    };
    Table::ALL.into_iter().filter(is_there).collect()
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
mod tests;
