//! One row of a view, and what of its emails is shown.

use super::rollup::matched_emails::{Amount, Sides};
use crate::hunt::query::Shown;

/// One domain of the ranking, or of what the exclusions take out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankedDomain {
    /// Emails we sent to it.
    pub outbound_emails: u64,
    /// Threat emails it sent us.
    pub incoming_emails_with_threats: u64,
    /// The domain's index in the cube. There are many rows: they are kept small.
    pub(super) domain: u32,
    /// Whether it ranks with the exclusions that are on: one that is shown as hidden may only lack
    /// some of its emails.
    pub ranks: bool,
}

impl RankedDomain {
    /// The row of a domain, given by its index in the cube.
    pub(super) fn new(domain: u32, shown: ShownEmails<u64>) -> Self {
        RankedDomain {
            outbound_emails: shown.emails.outbound,
            incoming_emails_with_threats: shown.emails.threats,
            domain,
            ranks: shown.ranks,
        }
    }

    /// The domain's index in the cube.
    pub fn index(&self) -> usize {
        self.domain as usize
    }
}

/// What is shown of a candidate.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShownEmails<T> {
    pub(super) emails: Sides<T>,
    pub(super) ranks: bool,
}

impl<T: Amount> ShownEmails<T> {
    pub(super) fn of(shown: Shown, all: Sides<T>, matched: Sides<T>) -> Self {
        match shown {
            Shown::Visible => Self::visible(all, matched),
            Shown::Hidden => Self::hidden(all, matched),
        }
    }

    /// What is left of one that has so many emails, of which exclusions match so many.
    #[inline]
    pub(super) fn visible(all: Sides<T>, matched: Sides<T>) -> Self {
        let outbound = all.outbound - matched.outbound;
        let threats = all.threats - matched.threats;
        let none = T::default();
        let ranks = outbound != none && threats != none;
        ShownEmails {
            emails: Sides {
                outbound: if ranks { outbound } else { none },
                threats: if ranks { threats } else { none },
            },
            ranks,
        }
    }

    /// What exclusions take of it.
    #[inline]
    pub(super) fn hidden(all: Sides<T>, matched: Sides<T>) -> Self {
        let left = Self::visible(all, matched);
        ShownEmails {
            emails: Sides {
                outbound: all.outbound - left.emails.outbound,
                threats: all.threats - left.emails.threats,
            },
            ranks: left.ranks,
        }
    }

    /// Whether there is anything to show.
    #[inline]
    pub(super) fn is_row(&self) -> bool {
        let none = T::default();
        self.emails.outbound != none || self.emails.threats != none
    }
}
