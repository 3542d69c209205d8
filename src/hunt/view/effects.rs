//! Numbers of an answer: of all it lists, and of what each exclusion does to it.

/// Numbers of emails and of domains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Emails, outbound and threats together, of domains that can rank.
    pub emails: u64,
    /// Domains that rank without and do not rank with it.
    pub domains: u64,
}

/// How much a query shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The domains that it lists.
    pub domains: u64,
    /// Their threat emails.
    pub threats: u64,
}

/// What one exclusion does to the hunt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExclusionEffect {
    /// What it hides when it is the only one on.
    pub by_itself: Effect,
    /// The difference it makes to what is on now: if it is on, what comes back when it alone is
    /// switched off (what only it hides); if it is off, what it would hide in addition.
    pub marginal: Effect,
    /// The threat emails it matches, of domains that can rank.
    pub threats: u64,
    /// The emails, outbound and threats together, of domains that can rank, that it would match if its guards could be
    /// read and did not hold.
    pub kept_unread: u64,
    /// The first other exclusion that matches the very same emails of those domains, if it matches any.
    pub same_as: Option<usize>,
}

/// All of an answer but its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Domains that rank, whatever is shown or searched.
    pub ranked: usize,
    /// Domains that rank with no exclusion on.
    pub candidates: usize,
    /// The threat emails of those, hidden or not.
    pub threats: u64,
    /// The most outbound and threat emails that a row has with no exclusion on: none has more with any.
    pub most_emails: [u64; 2],
    /// Emails of those that are not counted because of the exclusions that are on.
    pub hidden_emails: u64,
    /// The domains that rank with no exclusion on, do not rank now, and have threat emails that reached
    /// a mailbox; and the number of those emails.
    pub hidden_delivered: Effect,
    /// What each exclusion does, in their order.
    pub exclusions: Vec<ExclusionEffect>,
}
