//! The fields an exclusion can look at, and how their values are taken from a row of a batch.

use super::key_values::{self, Answer};
use super::side::Side;
use crate::events::address::domain_by_query;
use crate::events::column::Column;
use crate::events::companions::CompanionRow;
use crate::events::links::Link;
use crate::events::recipient_domains::{RecipientCells, domain_in_column};
use crate::events::schema::{self, Table, documented, names};
use crate::events::{Batch, EventStore};
use std::borrow::Cow;
use std::fmt;

/// What an exclusion looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A column of the export.
    Column(String),
    /// A key inside the JSON text of a column, such as `AuthenticationDetails.DMARC`.
    JsonKey {
        /// The column.
        column: String,
        /// The key, compared without case.
        key: String,
    },
    /// The recipient's domain as the hunt takes it to the letter, in whichever way domains are matched: from
    /// `RecipientEmailAddress`, as the query does, or from the column of that name.
    RecipientDomain,
    /// The domain the hunt counts the email under: the recipient's of an outbound email, the sender's of an
    /// inbound one.
    PartnerDomain,
    /// Whether it is the latest record of its message and recipient, `true` or `false`.
    IsLatestRecord,
    /// A mail header: a column of that name, or a key of a column that holds headers.
    Header(String),
    /// The links of the email (`EmailUrlInfo`).
    Url,
    /// The hosts of the links of the email (`EmailUrlInfo`).
    UrlDomain,
    /// The names of the files attached to the email (`EmailAttachmentInfo`).
    FileName,
    /// The kinds of the files attached to the email (`EmailAttachmentInfo`).
    FileType,
}

/// The most mistakes that a name may have and still be taken for another.
const MOST_TYPOS: usize = 2;

/// Of so many letters one may be a mistake: of fewer nothing is left to know a name by.
const LETTERS_TO_A_TYPO: usize = 4;

/// The columns in which exports carry mail headers as JSON in text.
const HEADER_COLUMNS: [&str; 2] = [names::ADDITIONAL_FIELDS, "Headers"];

impl Field {
    /// The fields that are no column of `EmailEvents`.
    const OWN: [(&str, Field); 7] = [
        ("RecipientDomain", Field::RecipientDomain),
        ("PartnerDomain", Field::PartnerDomain),
        ("IsLatestRecord", Field::IsLatestRecord),
        ("Url", Field::Url),
        ("UrlDomain", Field::UrlDomain),
        ("FileName", Field::FileName),
        ("FileType", Field::FileType),
    ];

    /// Reads a field as written in a definition.
    pub fn parse(text: &str) -> Field {
        let own = Field::OWN
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        if let Some((_, field)) = own {
            return field.clone();
        }
        match text.split_once('.') {
            Some((prefix, header)) if prefix.eq_ignore_ascii_case("Header") => {
                Field::Header(header.to_owned())
            }
            Some((column, key)) => Field::JsonKey {
                column: schema::canonical_name(column.as_bytes()),
                key: key.to_owned(),
            },
            None => Field::Column(schema::canonical_name(text.as_bytes())),
        }
    }

    /// The field that somebody probably meant who wrote the name of no documented column: the nearest one, by
    /// letters that are wrong, missing or change places, or the only one that begins like it.
    pub fn probably_meant_by(name: &str) -> Option<&'static str> {
        let documented = documented::of_table(Table::EmailEvents);
        if documented.contains(&name) {
            return None;
        }
        let own = Field::OWN.iter().map(|(own, _)| *own);
        let known: Vec<&str> = documented.iter().copied().chain(own).collect();
        let written = name.to_ascii_lowercase();
        let distance = |known: &str| strsim::osa_distance(&written, &known.to_ascii_lowercase());
        let nearest = known.iter().min_by_key(|known| distance(known));
        let most = MOST_TYPOS.min(name.len() / LETTERS_TO_A_TYPO);
        if let Some(nearest) = nearest.filter(|nearest| distance(nearest) <= most) {
            return Some(nearest);
        }
        let begins_like_it = |known: &&&str| {
            let known = known.to_ascii_lowercase();
            let shorter = written.len().min(known.len());
            shorter >= LETTERS_TO_A_TYPO
                && (known.starts_with(&written) || written.starts_with(&known))
        };
        let mut alike = known.iter().filter(begins_like_it);
        alike.next().filter(|_| alike.next().is_none()).copied()
    }

    /// The companion table from whose rows the field comes, so that it may have several values.
    pub fn companion(&self) -> Option<Table> {
        match self {
            Field::Url | Field::UrlDomain => Some(Table::EmailUrlInfo),
            Field::FileName | Field::FileType => Some(Table::EmailAttachmentInfo),
            _ => None,
        }
    }

    /// The documented columns of `EmailEvents` without which nobody knows its value. Headers are optional.
    pub fn needs(&self) -> Vec<&str> {
        let is_documented = |name: &&str| documented::of_table(Table::EmailEvents).contains(name);
        match self {
            Field::Column(name) | Field::JsonKey { column: name, .. } => Some(name.as_str())
                .filter(is_documented)
                .into_iter()
                .collect(),
            Field::IsLatestRecord => {
                vec![names::NETWORK_MESSAGE_ID, names::RECIPIENT_EMAIL_ADDRESS]
            }
            Field::Url | Field::UrlDomain | Field::FileName | Field::FileType => {
                vec![names::NETWORK_MESSAGE_ID]
            }
            // There is no hunt without these domains.
            Field::RecipientDomain | Field::PartnerDomain | Field::Header(_) => Vec::new(),
        }
    }

    /// The table or column without which nobody knows its value in the events of a file, if it is not loaded.
    pub fn unmet_need(&self, store: &EventStore, file: usize) -> Option<&str> {
        let table = self.companion();
        let missing_table = table.filter(|table| !store.companions().is_loaded(*table));
        if let Some(table) = missing_table {
            return Some(table.name());
        }
        let mut needs = self.needs().into_iter();
        needs.find(|column| !store.file_has_column(file, column))
    }

    /// The value in a row of its companion table; empty for the other fields.
    pub fn value_in<'a>(&self, row: &CompanionRow<'a>) -> &'a [u8] {
        match self {
            Field::Url => Link::of_row(row).url,
            Field::UrlDomain => Link::of_row(row).domain,
            Field::FileName => row.cell(names::FILE_NAME),
            Field::FileType => row.cell(names::FILE_TYPE),
            _ => b"",
        }
    }

    /// Where a batch of a file has the values of this field. None when it lacks the columns.
    pub fn sources<'b>(
        &self,
        batch: &'b Batch,
        store: &EventStore,
        file: usize,
    ) -> Vec<Source<'b>> {
        let source = |name: &str, extraction: Extraction| {
            let column = batch.column(name)?;
            Some(Source {
                column,
                extraction,
                side: None,
            })
        };
        let whole = |name: &str| source(name, Extraction::Whole);
        match self {
            Field::Column(name) => whole(name).into_iter().collect(),
            Field::JsonKey { column, key } => source(column, Extraction::JsonKey(key.clone()))
                .into_iter()
                .collect(),
            Field::RecipientDomain => {
                let recipients = recipient_domain(store.recipient_cells(file, batch));
                recipients.into_iter().collect()
            }
            Field::PartnerDomain => {
                let on = |source: Option<Source<'b>>, side| source.map(|it| it.on(side));
                let recipients = recipient_domain(store.recipient_cells(file, batch));
                let recipients = on(recipients, Side::Outbound);
                let senders = on(whole(names::SENDER_FROM_DOMAIN), Side::Threat);
                recipients.into_iter().chain(senders).collect()
            }
            Field::Header(name) => {
                let inside = HEADER_COLUMNS
                    .iter()
                    .filter_map(|column| source(column, Extraction::JsonKey(name.clone())));
                whole(name).into_iter().chain(inside).collect()
            }
            Field::IsLatestRecord
            | Field::Url
            | Field::UrlDomain
            | Field::FileName
            | Field::FileType => Vec::new(),
        }
    }
}

/// The recipients' domains, as they are taken to the letter.
fn recipient_domain(cells: RecipientCells<'_>) -> Option<Source<'_>> {
    Some(Source {
        column: cells.column?,
        extraction: if cells.are_addresses {
            Extraction::DomainOfAddress
        } else {
            Extraction::DomainInColumn
        },
        side: None,
    })
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Column(name) => formatter.write_str(name),
            Field::JsonKey { column, key } => write!(formatter, "{column}.{key}"),
            Field::Header(name) => write!(formatter, "Header.{name}"),
            own => {
                let name = Field::OWN.iter().find(|(_, field)| field == own);
                formatter.write_str(name.map_or("", |(name, _)| name))
            }
        }
    }
}

/// A column of a batch from which a field's values are taken.
#[derive(Clone, Debug)]
pub struct Source<'b> {
    /// The column.
    pub column: &'b Column,
    /// What of its cells is the value.
    pub extraction: Extraction,
    /// The only side of whose events it is the value.
    pub side: Option<Side>,
}

impl Source<'_> {
    /// Whether it says the value of events on this side.
    pub fn is_of(&self, side: Side) -> bool {
        self.side.is_none_or(|own| own == side)
    }

    /// What a row says.
    pub fn read(&self, row: usize) -> Said<'_> {
        self.extraction.read(self.column.get(row))
    }

    fn on(self, side: Side) -> Self {
        Source {
            side: Some(side),
            ..self
        }
    }
}

/// What a cell says of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said<'c> {
    /// The value; empty when there is none.
    Value(Cow<'c, [u8]>),
    /// The cell is not empty and cannot be read.
    Unreadable,
}

impl Said<'_> {
    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        matches!(self, Said::Value(value) if value.is_empty())
    }
}

/// What of a cell is a field's value.
#[derive(Clone, Debug)]
pub enum Extraction {
    /// The cell as it is.
    Whole,
    /// The value of a key in the cell.
    JsonKey(String),
    /// The domain of the address in the cell.
    DomainOfAddress,
    /// The domain in the cell, which may say in words that there is none.
    DomainInColumn,
}

impl Extraction {
    /// What a cell says.
    pub fn read<'c>(&self, cell: &'c [u8]) -> Said<'c> {
        match self {
            Extraction::Whole => Said::Value(Cow::Borrowed(cell)),
            Extraction::JsonKey(key) => match key_values::value_of(cell, key) {
                Answer::Value(value) => Said::Value(Cow::Owned(value.into_bytes())),
                Answer::Absent => Said::Value(Cow::Borrowed(b"")),
                Answer::Unreadable => Said::Unreadable,
            },
            Extraction::DomainOfAddress => Said::Value(Cow::Borrowed(domain_by_query(cell))),
            Extraction::DomainInColumn => Said::Value(Cow::Borrowed(domain_in_column(cell))),
        }
    }

    /// Whether a cell may have a value, which is quick to see: without one it has none, or cannot be read.
    pub fn may_have_value(&self, cell: &[u8]) -> bool {
        match self {
            Extraction::JsonKey(key) => key_values::may_have(cell, key),
            Extraction::Whole | Extraction::DomainOfAddress | Extraction::DomainInColumn => true,
        }
    }
}

/// The columns that may say a header: one of its name, and those in which it may be a key.
pub fn columns_of_header(name: &str) -> impl Iterator<Item = &str> {
    std::iter::once(name).chain(HEADER_COLUMNS)
}

/// The keys that may hold a header, each with its column.
pub fn keys_of_header(name: &str) -> impl Iterator<Item = (&'static str, &str)> {
    HEADER_COLUMNS.into_iter().map(move |column| (column, name))
}

/// Takes from `missing` the names of headers that the batch has, as a column or as a key of a
/// column that holds headers.
pub fn remove_present_headers(batch: &Batch, missing: &mut Vec<String>) {
    if missing.is_empty() {
        return;
    }
    missing.retain(|name| batch.column(name).is_none());
    let columns = HEADER_COLUMNS.iter().filter_map(|name| batch.column(name));
    for column in columns {
        if missing.is_empty() {
            return;
        }
        match column {
            Column::Constant(value) => remove_keys(value, missing),
            Column::Dictionary { values: texts, .. } | Column::Plain(texts) => {
                for index in 0..texts.len() {
                    remove_keys(texts.get(index), missing);
                }
            }
        }
    }
}

fn remove_keys(cell: &[u8], missing: &mut Vec<String>) {
    if cell.is_empty() {
        return;
    }
    missing.retain(|name| {
        let is_there = key_values::may_have(cell, name)
            && matches!(key_values::value_of(cell, name), Answer::Value(_));
        !is_there
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn fields_are_read_as_written() {
        assert_eq!(
            Field::parse("senderfromdomain"),
            Field::Column("SenderFromDomain".to_owned())
        );
        assert_eq!(
            Field::parse("Header.X-Siem-Alert"),
            Field::Header("X-Siem-Alert".to_owned())
        );
        assert_eq!(
            Field::parse("header.X-Siem-Alert"),
            Field::Header("X-Siem-Alert".to_owned())
        );
        let field = Field::parse("AuthenticationDetails.DMARC");
        assert_eq!(field.to_string(), "AuthenticationDetails.DMARC");
    }

    #[rstest]
    #[case("SenderFromDomian", Some("SenderFromDomain"))]
    #[case("ThreadType", Some("ThreatTypes"))]
    #[case("Authentication", Some("AuthenticationDetails"))]
    #[case("PartnerDomains", Some("PartnerDomain"))]
    #[case("SubjectLine", Some("Subject"))]
    #[case("Subject", None)]
    #[case("SenderFrom", None)]
    #[case("Tx", None)]
    #[case("X-Siem-Alert", None)]
    fn a_name_with_a_mistake_is_known_again(#[case] name: &str, #[case] meant: Option<&str>) {
        assert_eq!(Field::probably_meant_by(name), meant);
    }
}
