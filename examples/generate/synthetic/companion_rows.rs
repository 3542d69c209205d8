//! One row of each companion table of `EmailEvents` but the links, column by column.

use super::clock::Moment;
use super::event::{Cell, Row, Text};

/// A row of `EmailAttachmentInfo`: one file of one message to one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are those of Microsoft's documentation of EmailAttachmentInfo"
)]
pub struct Attachment {
    pub timestamp: Moment,
    pub network_message_id: Text,
    pub sender_from_address: Text,
    pub sender_display_name: Text,
    pub recipient_email_address: Text,
    pub recipient_object_id: Text,
    pub file_name: Text,
    pub file_type: Text,
    pub sha256: Text,
    pub file_size: u64,
    pub threat_types: Text,
    pub threat_names: Text,
    pub detection_methods: Text,
    pub report_id: Text,
}

impl Row<14> for Attachment {
    fn cells(&self) -> [(&'static str, Cell<'_>); 14] {
        use Cell::{Number, Text, Time};
        [
            ("Timestamp", Time(self.timestamp)),
            ("NetworkMessageId", Text(&self.network_message_id)),
            ("SenderFromAddress", Text(&self.sender_from_address)),
            ("SenderDisplayName", Text(&self.sender_display_name)),
            ("RecipientEmailAddress", Text(&self.recipient_email_address)),
            ("RecipientObjectId", Text(&self.recipient_object_id)),
            ("FileName", Text(&self.file_name)),
            ("FileType", Text(&self.file_type)),
            ("SHA256", Text(&self.sha256)),
            ("FileSize", Number(self.file_size)),
            ("ThreatTypes", Text(&self.threat_types)),
            ("ThreatNames", Text(&self.threat_names)),
            ("DetectionMethods", Text(&self.detection_methods)),
            ("ReportId", Text(&self.report_id)),
        ]
    }
}

/// A row of `EmailPostDeliveryEvents`: what was done to one recipient's email after its delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are those of Microsoft's documentation of EmailPostDeliveryEvents"
)]
pub struct PostDeliveryEvent {
    pub timestamp: Moment,
    pub network_message_id: Text,
    pub internet_message_id: Text,
    pub action: Text,
    pub action_type: Text,
    pub action_trigger: Text,
    pub action_result: Text,
    pub recipient_email_address: Text,
    pub delivery_location: Text,
    pub threat_types: Text,
    pub detection_methods: Text,
    pub sender_from_address: Text,
    pub email_direction: Text,
    pub source_location: Text,
    pub report_id: Text,
}

impl Row<15> for PostDeliveryEvent {
    fn cells(&self) -> [(&'static str, Cell<'_>); 15] {
        use Cell::{Text, Time};
        [
            ("Timestamp", Time(self.timestamp)),
            ("NetworkMessageId", Text(&self.network_message_id)),
            ("InternetMessageId", Text(&self.internet_message_id)),
            ("Action", Text(&self.action)),
            ("ActionType", Text(&self.action_type)),
            ("ActionTrigger", Text(&self.action_trigger)),
            ("ActionResult", Text(&self.action_result)),
            ("RecipientEmailAddress", Text(&self.recipient_email_address)),
            ("DeliveryLocation", Text(&self.delivery_location)),
            ("ThreatTypes", Text(&self.threat_types)),
            ("DetectionMethods", Text(&self.detection_methods)),
            ("SenderFromAddress", Text(&self.sender_from_address)),
            ("EmailDirection", Text(&self.email_direction)),
            ("SourceLocation", Text(&self.source_location)),
            ("ReportId", Text(&self.report_id)),
        ]
    }
}

/// A row of `UrlClickEvents`: one click on a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are those of Microsoft's documentation of UrlClickEvents"
)]
pub struct Click {
    pub timestamp: Moment,
    pub url: Text,
    pub action_type: Text,
    pub account_upn: Text,
    pub workload: Text,
    pub network_message_id: Text,
    pub threat_types: Text,
    pub ip_address: Text,
    pub is_clicked_through: bool,
    pub url_chain: Text,
    pub report_id: Text,
}

impl Row<11> for Click {
    fn cells(&self) -> [(&'static str, Cell<'_>); 11] {
        use Cell::{Flag, Text, Time};
        [
            ("Timestamp", Time(self.timestamp)),
            ("Url", Text(&self.url)),
            ("ActionType", Text(&self.action_type)),
            ("AccountUpn", Text(&self.account_upn)),
            ("Workload", Text(&self.workload)),
            ("NetworkMessageId", Text(&self.network_message_id)),
            ("ThreatTypes", Text(&self.threat_types)),
            ("IPAddress", Text(&self.ip_address)),
            ("IsClickedThrough", Flag(self.is_clicked_through)),
            ("UrlChain", Text(&self.url_chain)),
            ("ReportId", Text(&self.report_id)),
        ]
    }
}
