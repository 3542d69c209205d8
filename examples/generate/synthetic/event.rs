//! One row of `EmailEvents` and one of `EmailUrlInfo`, column by column.

use std::borrow::Cow;

use super::clock::Moment;

/// Text of a column; most columns take one of a few fixed values.
pub type Text = Cow<'static, str>;

/// A value on its way to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// A string, perhaps empty.
    Text(&'a str),
    /// A string that holds a JSON array, which JSON files carry as an array.
    Array(&'a str),
    /// A time.
    Time(Moment),
    /// A number.
    Number(u64),
    /// 1 or 0 in CSV, true or false in JSON.
    Flag(bool),
    /// A number or flag that the row does not have.
    Missing,
}

impl Cell<'_> {
    fn number(value: Option<impl Into<u64>>) -> Self {
        value.map_or(Self::Missing, |number| Self::Number(number.into()))
    }
}

/// A record that can be written: its columns with their names, always in the same order.
pub trait Row<const COLUMNS: usize>: Default {
    /// Names and values.
    fn cells(&self) -> [(&'static str, Cell<'_>); COLUMNS];
}

/// A row of `EmailEvents`: one message to one recipient. The fields have the names of the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are those of Microsoft's documentation of EmailEvents"
)]
pub struct Event {
    pub timestamp: Moment,
    pub network_message_id: Text,
    pub internet_message_id: Text,
    pub sender_mail_from_address: Text,
    pub sender_from_address: Text,
    pub sender_display_name: Text,
    pub sender_object_id: Text,
    pub sender_mail_from_domain: Text,
    pub sender_from_domain: Text,
    pub sender_ipv4: Text,
    pub sender_ipv6: Text,
    pub recipient_email_address: Text,
    pub recipient_object_id: Text,
    pub recipient_domain: Text,
    pub subject: Text,
    pub email_cluster_id: Option<u64>,
    pub email_direction: Text,
    pub delivery_action: Text,
    pub delivery_location: Text,
    pub latest_delivery_action: Text,
    pub latest_delivery_location: Text,
    pub threat_types: Text,
    pub threat_names: Text,
    pub detection_methods: Text,
    pub confidence_level: Text,
    pub bulk_complaint_level: Option<u8>,
    pub email_action: Text,
    pub email_action_policy: Text,
    pub email_action_policy_guid: Text,
    pub authentication_details: Text,
    pub attachment_count: Option<u32>,
    pub url_count: Option<u32>,
    pub email_language: Text,
    pub email_size: Option<u64>,
    pub connectors: Text,
    pub org_level_action: Text,
    pub org_level_policy: Text,
    pub user_level_action: Text,
    pub user_level_policy: Text,
    pub forwarding_information: Text,
    pub distribution_list: Text,
    pub exchange_transport_rule: Text,
    pub to: Text,
    pub cc: Text,
    pub is_first_contact: Option<bool>,
    pub additional_fields: Text,
    pub report_id: Text,
}

impl Row<47> for Event {
    fn cells(&self) -> [(&'static str, Cell<'_>); 47] {
        use Cell::{Array, Text, Time};
        [
            ("Timestamp", Time(self.timestamp)),
            ("NetworkMessageId", Text(&self.network_message_id)),
            ("InternetMessageId", Text(&self.internet_message_id)),
            (
                "SenderMailFromAddress",
                Text(&self.sender_mail_from_address),
            ),
            ("SenderFromAddress", Text(&self.sender_from_address)),
            ("SenderDisplayName", Text(&self.sender_display_name)),
            ("SenderObjectId", Text(&self.sender_object_id)),
            ("SenderMailFromDomain", Text(&self.sender_mail_from_domain)),
            ("SenderFromDomain", Text(&self.sender_from_domain)),
            ("SenderIPv4", Text(&self.sender_ipv4)),
            ("SenderIPv6", Text(&self.sender_ipv6)),
            ("RecipientEmailAddress", Text(&self.recipient_email_address)),
            ("RecipientObjectId", Text(&self.recipient_object_id)),
            ("RecipientDomain", Text(&self.recipient_domain)),
            ("Subject", Text(&self.subject)),
            ("EmailClusterId", Cell::number(self.email_cluster_id)),
            ("EmailDirection", Text(&self.email_direction)),
            ("DeliveryAction", Text(&self.delivery_action)),
            ("DeliveryLocation", Text(&self.delivery_location)),
            ("LatestDeliveryAction", Text(&self.latest_delivery_action)),
            (
                "LatestDeliveryLocation",
                Text(&self.latest_delivery_location),
            ),
            ("ThreatTypes", Text(&self.threat_types)),
            ("ThreatNames", Text(&self.threat_names)),
            ("DetectionMethods", Text(&self.detection_methods)),
            ("ConfidenceLevel", Text(&self.confidence_level)),
            (
                "BulkComplaintLevel",
                Cell::number(self.bulk_complaint_level),
            ),
            ("EmailAction", Text(&self.email_action)),
            ("EmailActionPolicy", Text(&self.email_action_policy)),
            (
                "EmailActionPolicyGuid",
                Text(&self.email_action_policy_guid),
            ),
            ("AuthenticationDetails", Text(&self.authentication_details)),
            ("AttachmentCount", Cell::number(self.attachment_count)),
            ("UrlCount", Cell::number(self.url_count)),
            ("EmailLanguage", Text(&self.email_language)),
            ("EmailSize", Cell::number(self.email_size)),
            ("Connectors", Text(&self.connectors)),
            ("OrgLevelAction", Text(&self.org_level_action)),
            ("OrgLevelPolicy", Text(&self.org_level_policy)),
            ("UserLevelAction", Text(&self.user_level_action)),
            ("UserLevelPolicy", Text(&self.user_level_policy)),
            ("ForwardingInformation", Text(&self.forwarding_information)),
            ("DistributionList", Text(&self.distribution_list)),
            ("ExchangeTransportRule", Text(&self.exchange_transport_rule)),
            ("To", Array(&self.to)),
            ("Cc", Array(&self.cc)),
            (
                "IsFirstContact",
                self.is_first_contact.map_or(Cell::Missing, Cell::Flag),
            ),
            ("AdditionalFields", Text(&self.additional_fields)),
            ("ReportId", Text(&self.report_id)),
        ]
    }
}

/// A row of `EmailUrlInfo`: one link of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are those of Microsoft's documentation of EmailUrlInfo"
)]
pub struct Link {
    pub timestamp: Moment,
    pub network_message_id: Text,
    pub url: Text,
    pub url_domain: Text,
    pub url_location: Text,
    pub report_id: Text,
}

impl Row<6> for Link {
    fn cells(&self) -> [(&'static str, Cell<'_>); 6] {
        [
            ("Timestamp", Cell::Time(self.timestamp)),
            ("NetworkMessageId", Cell::Text(&self.network_message_id)),
            ("Url", Cell::Text(&self.url)),
            ("UrlDomain", Cell::Text(&self.url_domain)),
            ("UrlLocation", Cell::Text(&self.url_location)),
            ("ReportId", Cell::Text(&self.report_id)),
        ]
    }
}

/// The domain of an address as the mail system sees it: what follows the last `@`.
pub fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}
