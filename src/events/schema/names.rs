//! Names of the columns that mailhunt itself reads. All others are kept for the analyst to see.

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
/// The recipient's domain, in newer exports; what the hunt takes where the address is left out.
pub const RECIPIENT_DOMAIN: &str = "RecipientDomain";
/// Malware, Phish, Spam or several of them; empty when nothing was found.
pub const THREAT_TYPES: &str = "ThreatTypes";
/// The time of the event in Defender XDR.
pub const TIMESTAMP: &str = "Timestamp";
/// The time of the event in Log Analytics; in the results of a search job, when the job ran.
pub const TIME_GENERATED: &str = "TimeGenerated";
/// The time of the event in the results of a search job.
pub const ORIGINAL_TIME_GENERATED: &str = "_OriginalTimeGenerated";
/// The same for all recipients of a message; the key to the companion tables.
pub const NETWORK_MESSAGE_ID: &str = "NetworkMessageId";
/// The subject, written by the sender.
pub const SUBJECT: &str = "Subject";
/// Delivered, Junked, Blocked or Replaced.
pub const DELIVERY_ACTION: &str = "DeliveryAction";
/// Where the email went; in `EmailPostDeliveryEvents`, where it was moved.
pub const DELIVERY_LOCATION: &str = "DeliveryLocation";
/// What is done with the email now, after clean-ups.
pub const LATEST_DELIVERY_ACTION: &str = "LatestDeliveryAction";
/// Where the email is now, after clean-ups.
pub const LATEST_DELIVERY_LOCATION: &str = "LatestDeliveryLocation";
/// SPF, DKIM, DMARC and composite authentication, as JSON in a string.
pub const AUTHENTICATION_DETAILS: &str = "AuthenticationDetails";
/// A catch-all, as JSON in a string.
pub const ADDITIONAL_FIELDS: &str = "AdditionalFields";
/// The names of the malware found.
pub const THREAT_NAMES: &str = "ThreatNames";
/// Who forwarded the email and how, where somebody did.
pub const FORWARDING_INFORMATION: &str = "ForwardingInformation";
/// How many links the email has.
pub const URL_COUNT: &str = "UrlCount";
/// `EmailUrlInfo`, `UrlClickEvents`: the whole link.
pub const URL: &str = "Url";
/// `EmailUrlInfo`: the host of the link.
pub const URL_DOMAIN: &str = "UrlDomain";
/// `EmailUrlInfo`: where in the email the link stands.
pub const URL_LOCATION: &str = "UrlLocation";
/// `EmailUrlInfo`: the chain of redirections that the link is a part of.
pub const URL_CHAIN_ID: &str = "UrlChainId";
/// `EmailUrlInfo`: the place of the link in that chain; 0 is the link in the email.
pub const URL_CHAIN_POSITION: &str = "UrlChainPosition";
/// `EmailAttachmentInfo`: the name of the file.
pub const FILE_NAME: &str = "FileName";
/// `EmailAttachmentInfo`: the kind of file, found by its content.
pub const FILE_TYPE: &str = "FileType";
/// `EmailAttachmentInfo`: the end of the file's name, in newer exports.
pub const FILE_EXTENSION: &str = "FileExtension";
/// `EmailAttachmentInfo`: the hash of the file.
pub const SHA256: &str = "SHA256";
/// `EmailAttachmentInfo`: the size of the file in bytes.
pub const FILE_SIZE: &str = "FileSize";
/// `EmailPostDeliveryEvents`: what was done, such as a move to quarantine.
pub const ACTION: &str = "Action";
/// `EmailPostDeliveryEvents`, `UrlClickEvents`: what kind of event it is.
pub const ACTION_TYPE: &str = "ActionType";
/// `EmailPostDeliveryEvents`: who or what caused it.
pub const ACTION_TRIGGER: &str = "ActionTrigger";
/// `EmailPostDeliveryEvents`: whether it went well.
pub const ACTION_RESULT: &str = "ActionResult";
/// `EmailPostDeliveryEvents`: where the email was before, in newer exports.
pub const SOURCE_LOCATION: &str = "SourceLocation";
/// `UrlClickEvents`: who clicked.
pub const ACCOUNT_UPN: &str = "AccountUpn";
/// `UrlClickEvents`: whether the person went on to the page.
pub const IS_CLICKED_THROUGH: &str = "IsClickedThrough";
/// `UrlClickEvents`: Email, Office or Teams.
pub const WORKLOAD: &str = "Workload";
/// `UrlClickEvents`: the redirections that followed, as JSON in a string.
pub const URL_CHAIN: &str = "UrlChain";

/// The columns that say the time of a row: the first of them that is not empty.
pub const TIME_COLUMNS: [&str; 3] = [TIMESTAMP, ORIGINAL_TIME_GENERATED, TIME_GENERATED];
