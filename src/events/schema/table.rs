//! The tables mailhunt reads.

/// The tables mailhunt recognises by their columns: `EmailEvents`, and its companions, whose rows belong
/// to a message of it by `NetworkMessageId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// One row per message and recipient: what the hunt counts.
    EmailEvents,
    /// One row per link of a message.
    EmailUrlInfo,
    /// One row per attachment, message and recipient.
    EmailAttachmentInfo,
    /// One row per clean-up of a message after its delivery.
    EmailPostDeliveryEvents,
    /// One row per click on a link.
    UrlClickEvents,
}

impl Table {
    /// All of them.
    pub const ALL: [Table; 5] = [
        Table::EmailEvents,
        Table::EmailUrlInfo,
        Table::EmailAttachmentInfo,
        Table::EmailPostDeliveryEvents,
        Table::UrlClickEvents,
    ];

    /// The table of that name, whatever the case of its letters.
    pub fn named(name: &str) -> Option<Self> {
        let has_name = |table: &Table| table.name().eq_ignore_ascii_case(name);
        Table::ALL.into_iter().find(has_name)
    }

    /// The table's name in Microsoft's schema.
    pub fn name(self) -> &'static str {
        match self {
            Table::EmailEvents => "EmailEvents",
            Table::EmailUrlInfo => "EmailUrlInfo",
            Table::EmailAttachmentInfo => "EmailAttachmentInfo",
            Table::EmailPostDeliveryEvents => "EmailPostDeliveryEvents",
            Table::UrlClickEvents => "UrlClickEvents",
        }
    }
}
