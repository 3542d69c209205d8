//! The counts and the threat emails in each way of matching domains: to the letter as they were
//! counted, and in the wider ways made of these when they are first asked for.

use super::cube::Cube;
use super::domain_matching::DomainMatching;
use super::emails::ThreatEmails;
use std::sync::OnceLock;

/// The counts and the threat emails, however domains are matched.
#[derive(Clone, Debug, Default)]
pub struct MatchedCounts {
    cube: Cube,
    emails: ThreatEmails,
    folded: Grouped,
    registrable: Grouped,
}

/// What is made of groups of domains, once it was asked for.
#[derive(Clone, Debug, Default)]
struct Grouped {
    cube: OnceLock<Cube>,
    emails: OnceLock<ThreatEmails>,
}

impl MatchedCounts {
    /// Of what was counted and collected by exact domain.
    pub fn of(cube: Cube, emails: ThreatEmails) -> Self {
        MatchedCounts {
            cube,
            emails,
            ..MatchedCounts::default()
        }
    }

    /// The counts; made now if they were not asked for before.
    pub fn cube(&self, matching: DomainMatching) -> &Cube {
        self.grouped(matching).map_or(&self.cube, |grouped| {
            grouped.cube.get_or_init(|| self.cube.grouped(matching))
        })
    }

    /// The threat emails; made now if they were not asked for before.
    pub fn emails(&self, matching: DomainMatching) -> &ThreatEmails {
        self.grouped(matching).map_or(&self.emails, |grouped| {
            grouped.emails.get_or_init(|| self.emails.grouped(matching))
        })
    }

    /// Whether both are there already, so that asking for them costs nothing.
    pub fn are_ready(&self, matching: DomainMatching) -> bool {
        self.grouped(matching)
            .is_none_or(|grouped| grouped.cube.get().is_some() && grouped.emails.get().is_some())
    }

    fn grouped(&self, matching: DomainMatching) -> Option<&Grouped> {
        match matching {
            DomainMatching::Exact => None,
            DomainMatching::Folded => Some(&self.folded),
            DomainMatching::Registrable => Some(&self.registrable),
        }
    }
}
