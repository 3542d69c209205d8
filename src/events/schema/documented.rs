//! The columns that Microsoft documents for each table, and what of them a file has and lacks.
//!
//! From the documentation of Defender XDR advanced hunting and Log Analytics as of August 2026.

use super::names::{self, TIME_COLUMNS};
use super::table::Table;
use hashbrown::HashMap;
use std::sync::LazyLock;

/// In the order in which Microsoft documents them for advanced hunting (the page "`EmailEvents` table in the
/// advanced hunting schema", edition of 2026-08-03).
const EMAIL_EVENTS: &[&str] = &[
    "Timestamp",
    "NetworkMessageId",
    "InternetMessageId",
    "SenderMailFromAddress",
    "SenderFromAddress",
    "SenderDisplayName",
    "SenderObjectId",
    "SenderMailFromDomain",
    "SenderFromDomain",
    "SenderIPv4",
    "SenderIPv6",
    "RecipientEmailAddress",
    "RecipientObjectId",
    "Subject",
    "EmailClusterId",
    "EmailDirection",
    "DeliveryAction",
    "DeliveryLocation",
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
    "LatestDeliveryLocation",
    "LatestDeliveryAction",
    "OriginalThreatTypes",
    "OriginalDetectionMethods",
    "OriginalConfidenceLevel",
    "DistributionList",
    "ExchangeTransportRule",
    "ForwardingInformation",
    "Context",
    "To",
    "Cc",
    "ThreatClassification",
    "RecipientDomain",
    "EmailSize",
    "IsFirstContact",
    "Topics",
];

const EMAIL_URL_INFO: &[&str] = &[
    "Timestamp",
    "NetworkMessageId",
    "Url",
    "UrlDomain",
    "UrlLocation",
    "UrlChainId",
    "UrlChainPosition",
    "ReportId",
];

const EMAIL_ATTACHMENT_INFO: &[&str] = &[
    "Timestamp",
    "NetworkMessageId",
    "SenderFromAddress",
    "SenderDisplayName",
    "SenderObjectId",
    "RecipientEmailAddress",
    "RecipientObjectId",
    "FileName",
    "FileType",
    "FileExtension",
    "SHA256",
    "FileSize",
    "ThreatTypes",
    "ThreatNames",
    "DetectionMethods",
    "ReportId",
];

const EMAIL_POST_DELIVERY_EVENTS: &[&str] = &[
    "Timestamp",
    "NetworkMessageId",
    "InternetMessageId",
    "Action",
    "ActionType",
    "ActionTrigger",
    "ActionResult",
    "RecipientEmailAddress",
    "DeliveryLocation",
    "ThreatTypes",
    "DetectionMethods",
    "ReportId",
    "SenderFromAddress",
    "EmailDirection",
    "SourceLocation",
];

const URL_CLICK_EVENTS: &[&str] = &[
    "Timestamp",
    "Url",
    "ActionType",
    "AccountUpn",
    "Workload",
    "NetworkMessageId",
    "ThreatTypes",
    "DetectionMethods",
    "IPAddress",
    "IsClickedThrough",
    "UrlChain",
    "ReportId",
    "AppName",
    "AppVersion",
    "SourceId",
];

/// Columns that Log Analytics adds to every table. No file lacks anything for being without them.
const ADDED_BY_LOG_ANALYTICS: &[&str] = &[
    "TimeGenerated",
    "TenantId",
    "Type",
    "SourceSystem",
    "LastEventExecutionTime",
    "_BilledSize",
    "_IsBillable",
    "_ResourceId",
    "_OriginalTimeGenerated",
];

/// The columns that mailhunt itself reads, for its numbers or to show them apart from the others.
const READ: &[&str] = &[
    names::EMAIL_DIRECTION,
    names::SENDER_FROM_DOMAIN,
    names::SENDER_FROM_ADDRESS,
    names::SENDER_DISPLAY_NAME,
    names::SENDER_MAIL_FROM_DOMAIN,
    names::RECIPIENT_EMAIL_ADDRESS,
    names::THREAT_TYPES,
    names::TIMESTAMP,
    names::NETWORK_MESSAGE_ID,
    names::SUBJECT,
    names::DELIVERY_ACTION,
    names::LATEST_DELIVERY_LOCATION,
    names::AUTHENTICATION_DETAILS,
    names::URL,
    names::URL_DOMAIN,
    names::URL_LOCATION,
    names::FILE_NAME,
    names::FILE_TYPE,
    names::SHA256,
    names::ACTION,
    names::ACTION_TYPE,
    names::ACTION_TRIGGER,
    names::ACTION_RESULT,
    names::ACCOUNT_UPN,
    names::IS_CLICKED_THROUGH,
    names::WORKLOAD,
];

/// The documented columns of a table, without those that Log Analytics adds.
pub const fn of_table(table: Table) -> &'static [&'static str] {
    match table {
        Table::EmailEvents => EMAIL_EVENTS,
        Table::EmailUrlInfo => EMAIL_URL_INFO,
        Table::EmailAttachmentInfo => EMAIL_ATTACHMENT_INFO,
        Table::EmailPostDeliveryEvents => EMAIL_POST_DELIVERY_EVENTS,
        Table::UrlClickEvents => URL_CLICK_EVENTS,
    }
}

/// Whether a table has a column of this (canonical) name.
pub fn has(table: Table, name: &str) -> bool {
    of_table(table).contains(&name) || ADDED_BY_LOG_ANALYTICS.contains(&name)
}

/// The documented spelling of a column of any table, found whatever the case of its letters.
pub(super) fn spelling(name: &str) -> Option<&'static str> {
    // Files may have very many keys that are not documented.
    static BY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        let tables = Table::ALL.into_iter().map(of_table);
        let names = tables.chain([ADDED_BY_LOG_ANALYTICS]).flatten();
        // Of two spellings the first counts.
        let mut by_name = HashMap::new();
        for name in names {
            by_name.entry(name.to_ascii_lowercase()).or_insert(*name);
        }
        by_name
    });
    BY_NAME.get(&name.to_ascii_lowercase()).copied()
}

/// Whether a column of this (canonical) name is documented for any table.
pub fn is_documented(name: &str) -> bool {
    spelling(name) == Some(name)
}

/// Whether mailhunt itself reads a documented column.
pub fn is_read(name: &str) -> bool {
    READ.contains(&name)
}

/// The documented columns of a table that are not among these (canonical) ones.
pub fn missing<S: AsRef<str>>(table: Table, columns: &[S]) -> Vec<&'static str> {
    let has = |name: &str| columns.iter().any(|column| column.as_ref() == name);
    of_table(table)
        .iter()
        .filter(|name| !has(name))
        // The same time under another name.
        .filter(|name| **name != names::TIMESTAMP || !TIME_COLUMNS.iter().any(|time| has(time)))
        .copied()
        .collect()
}

/// Those of these (canonical) columns that are not documented for the table.
pub fn unknown<S: AsRef<str>>(table: Table, columns: &[S]) -> Vec<&str> {
    columns
        .iter()
        .map(AsRef::as_ref)
        .filter(|name| !has(table, name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_lacks_and_has_beyond_the_documentation_is_found() {
        let columns = ["TimeGenerated", "NetworkMessageId", "Url", "X-Note", "Type"];
        assert_eq!(
            missing(Table::EmailUrlInfo, &columns),
            [
                "UrlDomain",
                "UrlLocation",
                "UrlChainId",
                "UrlChainPosition",
                "ReportId"
            ]
        );
        assert_eq!(unknown(Table::EmailUrlInfo, &columns), ["X-Note"]);
    }

    #[test]
    fn no_column_of_a_table_stands_twice() {
        for table in Table::ALL {
            let columns = of_table(table);
            for (place, name) in columns.iter().enumerate() {
                assert_eq!(columns.iter().position(|other| other == name), Some(place));
            }
        }
    }

    #[test]
    fn what_mailhunt_reads_is_documented() {
        for name in READ {
            assert_eq!(spelling(name), Some(*name));
        }
    }
}
