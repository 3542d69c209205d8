//! The columns of the tables mailhunt reads: their spelling, which are needed, which table a file holds.
//!
//! Column names are Microsoft's, as documented for the `EmailEvents` and `EmailUrlInfo` tables of
//! Defender XDR advanced hunting and Log Analytics.

/// Names of the columns that mailhunt itself reads. All others are kept for the analyst to see.
pub mod names {
    /// Inbound, Outbound or Intra-org.
    pub const EMAIL_DIRECTION: &str = "EmailDirection";
    /// The domain of the header From: the join key of the hunt.
    pub const SENDER_FROM_DOMAIN: &str = "SenderFromDomain";
    /// The address of the header From.
    pub const SENDER_FROM_ADDRESS: &str = "SenderFromAddress";
    /// The display name of the header From, written by the sender.
    pub const SENDER_DISPLAY_NAME: &str = "SenderDisplayName";
    /// The domain of the envelope: which system sent it.
    pub const SENDER_MAIL_FROM_DOMAIN: &str = "SenderMailFromDomain";
    /// The recipient's address; one row per message and recipient.
    pub const RECIPIENT_EMAIL_ADDRESS: &str = "RecipientEmailAddress";
    /// Malware, Phish, Spam or several of them; empty when nothing was found.
    pub const THREAT_TYPES: &str = "ThreatTypes";
    /// The time of the event in Defender XDR.
    pub const TIMESTAMP: &str = "Timestamp";
    /// The time of the event in Log Analytics.
    pub const TIME_GENERATED: &str = "TimeGenerated";
    /// The same for all recipients of a message; the key to the companion tables.
    pub const NETWORK_MESSAGE_ID: &str = "NetworkMessageId";
    /// The subject, written by the sender.
    pub const SUBJECT: &str = "Subject";
    /// Delivered, Junked, Blocked or Replaced.
    pub const DELIVERY_ACTION: &str = "DeliveryAction";
    /// Where the email is now, after clean-ups.
    pub const LATEST_DELIVERY_LOCATION: &str = "LatestDeliveryLocation";
    /// SPF, DKIM, DMARC and composite authentication, as JSON in a string.
    pub const AUTHENTICATION_DETAILS: &str = "AuthenticationDetails";
    /// A catch-all, as JSON in a string.
    pub const ADDITIONAL_FIELDS: &str = "AdditionalFields";
    /// `EmailUrlInfo`: the whole link.
    pub const URL: &str = "Url";
    /// `EmailUrlInfo`: the host of the link.
    pub const URL_DOMAIN: &str = "UrlDomain";
    /// `EmailUrlInfo`: where in the email the link stands.
    pub const URL_LOCATION: &str = "UrlLocation";
}

/// The tables mailhunt recognises by their columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// One row per message and recipient: what the hunt counts.
    EmailEvents,
    /// One row per link of a message.
    EmailUrlInfo,
}

impl Table {
    /// The table's name in Microsoft's schema.
    pub fn name(self) -> &'static str {
        match self {
            Table::EmailEvents => "EmailEvents",
            Table::EmailUrlInfo => "EmailUrlInfo",
        }
    }
}

/// The columns without which the hunt cannot be run.
pub const NEEDED: [&str; 4] = [
    names::EMAIL_DIRECTION,
    names::SENDER_FROM_DOMAIN,
    names::RECIPIENT_EMAIL_ADDRESS,
    names::THREAT_TYPES,
];

/// The documented columns of the tables, for their canonical spelling.
const DOCUMENTED: &[&str] = &[
    "Timestamp",
    "TimeGenerated",
    "NetworkMessageId",
    "InternetMessageId",
    "SenderMailFromAddress",
    "SenderMailFromDomain",
    "SenderFromAddress",
    "SenderFromDomain",
    "SenderDisplayName",
    "SenderObjectId",
    "SenderIPv4",
    "SenderIPv6",
    "RecipientEmailAddress",
    "RecipientObjectId",
    "RecipientDomain",
    "Subject",
    "EmailClusterId",
    "EmailDirection",
    "DeliveryAction",
    "DeliveryLocation",
    "LatestDeliveryLocation",
    "LatestDeliveryAction",
    "ThreatTypes",
    "ThreatNames",
    "DetectionMethods",
    "ConfidenceLevel",
    "BulkComplaintLevel",
    "EmailAction",
    "EmailActionPolicy",
    "EmailActionPolicyGuid",
    "AuthenticationDetails",
    "AttachmentCount",
    "UrlCount",
    "EmailLanguage",
    "Connectors",
    "OrgLevelAction",
    "OrgLevelPolicy",
    "UserLevelAction",
    "UserLevelPolicy",
    "ReportId",
    "AdditionalFields",
    "DistributionList",
    "ExchangeTransportRule",
    "Context",
    "ThreatClassification",
    "ForwardingInformation",
    "To",
    "Cc",
    "EmailSize",
    "IsFirstContact",
    "OriginalThreatTypes",
    "OriginalDetectionMethods",
    "OriginalConfidenceLevel",
    "Topics",
    "TenantId",
    "Type",
    "SourceSystem",
    "Url",
    "UrlDomain",
    "UrlLocation",
    "UrlChainId",
    "UrlChainPosition",
];

/// The spelling under which a column is kept: the documented one where the header equals it
/// but for case and surrounding blanks, else the header without those blanks.
///
/// Headers that are not valid UTF-8 keep their readable part; a column name is never evidence.
pub fn canonical_name(header: &[u8]) -> String {
    let text = String::from_utf8_lossy(header);
    let trimmed = text.trim();
    DOCUMENTED
        .iter()
        .find(|documented| documented.eq_ignore_ascii_case(trimmed))
        .map_or_else(|| trimmed.to_owned(), |documented| (*documented).to_owned())
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
    pub missing: Vec<String>,
    /// The columns that are there.
    pub found: Vec<String>,
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

/// Which table a file with these (canonical) columns holds.
///
/// # Errors
/// [`MissingColumns`] when it is none that mailhunt reads.
pub fn identify(columns: &[String]) -> Result<Table, MissingColumns> {
    let has = |name: &str| columns.iter().any(|column| column == name);
    if NEEDED.iter().all(|name| has(name)) {
        return Ok(Table::EmailEvents);
    }
    let is_url_info = has(names::NETWORK_MESSAGE_ID)
        && (has(names::URL) || has(names::URL_DOMAIN))
        && !has(names::EMAIL_DIRECTION);
    if is_url_info {
        return Ok(Table::EmailUrlInfo);
    }
    Err(MissingColumns::of_events(columns.to_vec()))
}

impl MissingColumns {
    /// What these columns lack to be an export of `EmailEvents`.
    pub fn of_events(found: Vec<String>) -> Self {
        let missing = NEEDED
            .iter()
            .filter(|needed| !found.iter().any(|column| column == *needed))
            .map(|needed| (*needed).to_owned())
            .collect();
        MissingColumns { missing, found }
    }
}

/// The most characters of a column's name that a sentence repeats: a hostile file's may be megabytes.
const NAME_SHOWN: usize = 64;

/// A column's name as a sentence repeats it.
pub fn shown_name(name: &str) -> String {
    match name.char_indices().nth(NAME_SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn headers_match_without_case_and_surrounding_blanks() {
        assert_eq!(canonical_name(b"  senderFROMdomain\t"), "SenderFromDomain");
        assert_eq!(canonical_name(b" X-Siem-Alert "), "X-Siem-Alert");
    }

    #[test]
    fn tables_are_known_by_their_columns_in_any_order() {
        let mut columns = owned(&NEEDED);
        columns.reverse();
        assert_eq!(identify(&columns), Ok(Table::EmailEvents));
        assert_eq!(
            identify(&owned(&["UrlDomain", "NetworkMessageId"])),
            Ok(Table::EmailUrlInfo)
        );
    }

    #[test]
    fn what_is_missing_is_named_and_what_is_there_is_listed() {
        let error = identify(&owned(&["EmailDirection", "Subject"])).expect_err("not an export");
        let sentence = error.to_string();
        assert!(sentence.contains("missing SenderFromDomain, RecipientEmailAddress, ThreatTypes"));
        assert!(sentence.contains("Columns found: EmailDirection, Subject"));
    }
}
