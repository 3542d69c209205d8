//! What is asked: one plain value. Undo, export notes and tests all rest on its being one.

use super::domain_matching::DomainMatching;
use super::exclusion::ExclusionSet;
use super::side::Side;
use crate::events::time::Hour;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The whole question. The default one is Microsoft's hunting query as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The exclusions that are on.
    pub active: ExclusionSet,
    /// Whether what counts is shown, or what the exclusions take out of it.
    pub shown: Shown,
    /// The hours that count; all when `None`, also events without a time.
    pub hours: Option<RangeInclusive<Hour>>,
    /// Which emails these hours limit. Without hours it changes nothing.
    pub range: RangeScope,
    /// Which domains are taken for one.
    pub domains: DomainMatching,
    /// How the ranking is sorted.
    pub sort: Sort,
    /// Only domains that contain this, without case, are listed. Counts do not depend on it.
    pub search: String,
}

impl Query {
    /// The hours that count on a side.
    pub fn hours_on(&self, side: Side) -> Option<&RangeInclusive<Hour>> {
        match (self.range, side) {
            (RangeScope::Threats, Side::Outbound) => None,
            (RangeScope::Both, _) | (RangeScope::Threats, Side::Threat) => self.hours.as_ref(),
        }
    }
}

/// Which emails a time range limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RangeScope {
    /// Threats and sent mail, as in the query with a time filter: a partner to whom nothing was sent in
    /// the range does not rank.
    #[default]
    Both,
    /// Threats only; what was sent counts at all times.
    Threats,
}

/// There is no scope of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time range limits `both` (threats and sent mail) or `threats` only")]
pub struct UnknownScope;

impl RangeScope {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            RangeScope::Both => "both",
            RangeScope::Threats => "threats",
        }
    }

    /// What it means.
    pub fn doc(self) -> &'static str {
        match self {
            RangeScope::Both => "threats and sent mail",
            RangeScope::Threats => "threats only; sent mail counts at all times",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            RangeScope::Both => RangeScope::Threats,
            RangeScope::Threats => RangeScope::Both,
        }
    }
}

impl FromStr for RangeScope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, UnknownScope> {
        [RangeScope::Both, RangeScope::Threats]
            .into_iter()
            .find(|scope| scope.name() == name)
            .ok_or(UnknownScope)
    }
}

/// What of the emails is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// What counts: the ranking.
    #[default]
    Visible,
    /// What the ranking lacks because of the exclusions that are on, ranked in the same way.
    Hidden,
}

impl Shown {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Shown::Visible => Shown::Hidden,
            Shown::Hidden => Shown::Visible,
        }
    }
}

/// A column by which the ranking can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortColumn {
    /// The domain's bytes.
    SenderFromDomain,
    /// Emails we sent to the domain: how the query sorts.
    #[default]
    OutboundEmails,
    /// Threat emails from the domain.
    IncomingEmailsWithThreats,
}

impl SortColumn {
    /// The next one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            SortColumn::SenderFromDomain => SortColumn::OutboundEmails,
            SortColumn::OutboundEmails => SortColumn::IncomingEmailsWithThreats,
            SortColumn::IncomingEmailsWithThreats => SortColumn::SenderFromDomain,
        }
    }

    /// The column's name in the query's result.
    pub fn name(self) -> &'static str {
        match self {
            SortColumn::SenderFromDomain => "SenderFromDomain",
            SortColumn::OutboundEmails => "OutboundEmails",
            SortColumn::IncomingEmailsWithThreats => "IncomingEmailsWithThreats",
        }
    }

    /// The direction one expects at first: the largest numbers, the first letters.
    fn expected_direction(self) -> Direction {
        match self {
            SortColumn::SenderFromDomain => Direction::Ascending,
            _ => Direction::Descending,
        }
    }
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    #[default]
    Descending,
}

impl Direction {
    /// The other one.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Direction::Ascending => Direction::Descending,
            Direction::Descending => Direction::Ascending,
        }
    }
}

/// How the ranking is sorted. Ties: more outbound emails, then more threats, then the domain's
/// bytes ascending, whatever the direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: SortColumn,
    /// Which end comes first.
    pub direction: Direction,
}

impl Sort {
    /// By the next column, in the direction one expects of it.
    #[must_use]
    pub fn by_next_column(self) -> Self {
        Sort::by(self.column.next())
    }

    /// By a column, in the direction one expects of it.
    pub fn by(column: SortColumn) -> Self {
        Sort {
            column,
            direction: column.expected_direction(),
        }
    }

    /// Sorts by the column that was clicked, or reverses the order where that is the column already.
    #[must_use]
    pub fn on_click(self, column: SortColumn) -> Self {
        if self.column == column {
            self.reversed()
        } else {
            Sort::by(column)
        }
    }

    /// The other way round.
    #[must_use]
    pub fn reversed(self) -> Self {
        Sort {
            direction: self.direction.reversed(),
            ..self
        }
    }
}
