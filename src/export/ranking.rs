//! The ranking as a sheet: which columns there are and what stands in them.

use super::provenance::{ACTIVE_EXCLUSIONS, DOMAIN_MATCHING, Provenance, TIME_RANGE};
use super::sheet::{Sheet, Value};
use crate::hunt::cube::Cube;
use crate::hunt::query::{Direction, Shown};
use crate::hunt::summary::{self, DomainSummary};
use crate::hunt::view::RankedDomain;
use crate::hunt::{Hunt, Query, View};
use std::borrow::Cow;
use std::str::FromStr;

/// A column of the ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankingColumn {
    /// The domain.
    SenderFromDomain,
    /// Emails we sent to it.
    OutboundEmails,
    /// Threat emails it sent us.
    IncomingEmailsWithThreats,
    /// Threat emails per hundred emails we sent; can exceed 100.
    InboundThreatsPer100Outbound,
    /// Threat emails whose `ThreatTypes` names Malware; one email can have several types.
    Malware,
    /// Threat emails whose `ThreatTypes` names Phish.
    Phish,
    /// Threat emails whose `ThreatTypes` names Spam.
    Spam,
    /// Threat emails whose `ThreatTypes` names something else.
    OtherThreats,
    /// Threat emails that reached the mailbox.
    Delivered,
    /// Threat emails that reached the junk folder.
    Junked,
    /// Threat emails that were stopped.
    Blocked,
    /// Threat emails whose attachment was replaced.
    Replaced,
    /// Threat emails of which the export does not say what became.
    DeliveryUnknown,
    /// Threat emails that passed DMARC.
    DmarcPass,
    /// Threat emails that failed DMARC.
    DmarcFail,
    /// Threat emails without a DMARC result.
    DmarcNone,
    /// Threat emails with another DMARC result.
    DmarcOther,
    /// Threat emails whose DMARC result cannot be read.
    DmarcUnreadable,
    /// The exclusions that were on, by id.
    ActiveExclusions,
    /// How domains were matched.
    DomainMatching,
    /// Whether this is the ranking, or what the exclusions take out of it, and whether of this domain
    /// that is all or a part.
    Shown,
    /// From when to when.
    TimeRange,
    /// The search that narrowed the ranking.
    Search,
}

/// There is no column of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ranking has no such column; available: {}", names_of_all())]
pub struct UnknownColumn;

fn names_of_all() -> String {
    let names: Vec<&str> = RankingColumn::ALL
        .iter()
        .map(|column| column.name())
        .collect();
    names.join(", ")
}

impl RankingColumn {
    /// All of them.
    pub const ALL: [RankingColumn; 23] = [
        RankingColumn::SenderFromDomain,
        RankingColumn::OutboundEmails,
        RankingColumn::IncomingEmailsWithThreats,
        RankingColumn::InboundThreatsPer100Outbound,
        RankingColumn::Malware,
        RankingColumn::Phish,
        RankingColumn::Spam,
        RankingColumn::OtherThreats,
        RankingColumn::Delivered,
        RankingColumn::Junked,
        RankingColumn::Blocked,
        RankingColumn::Replaced,
        RankingColumn::DeliveryUnknown,
        RankingColumn::DmarcPass,
        RankingColumn::DmarcFail,
        RankingColumn::DmarcNone,
        RankingColumn::DmarcOther,
        RankingColumn::DmarcUnreadable,
        RankingColumn::ActiveExclusions,
        RankingColumn::DomainMatching,
        RankingColumn::Shown,
        RankingColumn::TimeRange,
        RankingColumn::Search,
    ];

    /// The columns of Microsoft's hunting query, in its order.
    pub const OF_THE_QUERY: [RankingColumn; 3] = [
        RankingColumn::SenderFromDomain,
        RankingColumn::OutboundEmails,
        RankingColumn::IncomingEmailsWithThreats,
    ];

    /// The columns that the interface shows of each domain: the numbers of the query, the threat mix, what became
    /// of the emails and whether they authenticated.
    pub fn on_screen() -> impl Iterator<Item = RankingColumn> {
        let is_on_screen =
            |column: &RankingColumn| Self::OF_THE_QUERY.contains(column) || column.needs_summary();
        Self::ALL.into_iter().filter(is_on_screen)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            RankingColumn::SenderFromDomain => "SenderFromDomain",
            RankingColumn::OutboundEmails => "OutboundEmails",
            RankingColumn::IncomingEmailsWithThreats => "IncomingEmailsWithThreats",
            RankingColumn::InboundThreatsPer100Outbound => "InboundThreatsPer100Outbound",
            RankingColumn::Malware => "Malware",
            RankingColumn::Phish => "Phish",
            RankingColumn::Spam => "Spam",
            RankingColumn::OtherThreats => "OtherThreats",
            RankingColumn::Delivered => "Delivered",
            RankingColumn::Junked => "Junked",
            RankingColumn::Blocked => "Blocked",
            RankingColumn::Replaced => "Replaced",
            RankingColumn::DeliveryUnknown => "DeliveryUnknown",
            RankingColumn::DmarcPass => "DmarcPass",
            RankingColumn::DmarcFail => "DmarcFail",
            RankingColumn::DmarcNone => "DmarcNone",
            RankingColumn::DmarcOther => "DmarcOther",
            RankingColumn::DmarcUnreadable => "DmarcUnreadable",
            RankingColumn::ActiveExclusions => ACTIVE_EXCLUSIONS,
            RankingColumn::DomainMatching => DOMAIN_MATCHING,
            RankingColumn::Shown => "Shown",
            RankingColumn::TimeRange => TIME_RANGE,
            RankingColumn::Search => "Search",
        }
    }

    /// Whether it needs more than the counts of the view.
    pub fn needs_summary(self) -> bool {
        matches!(
            self,
            RankingColumn::Malware
                | RankingColumn::Phish
                | RankingColumn::Spam
                | RankingColumn::OtherThreats
                | RankingColumn::Delivered
                | RankingColumn::Junked
                | RankingColumn::Blocked
                | RankingColumn::Replaced
                | RankingColumn::DeliveryUnknown
                | RankingColumn::DmarcPass
                | RankingColumn::DmarcFail
                | RankingColumn::DmarcNone
                | RankingColumn::DmarcOther
                | RankingColumn::DmarcUnreadable
        )
    }
}

impl FromStr for RankingColumn {
    type Err = UnknownColumn;

    /// Whatever the case: the names are long.
    fn from_str(name: &str) -> Result<Self, UnknownColumn> {
        RankingColumn::ALL
            .into_iter()
            .find(|column| column.name().eq_ignore_ascii_case(name.trim()))
            .ok_or(UnknownColumn)
    }
}

/// The ranking of a view.
pub fn sheet<'a>(
    hunt: &'a Hunt,
    query: &'a Query,
    view: &'a View,
    columns: &'a [RankingColumn],
) -> Sheet<'a> {
    let provenance = Provenance::of(hunt, query);
    let needs_summary = columns.iter().any(|column| column.needs_summary());
    let active = provenance.active_exclusions();
    let time_range = provenance.time_range();
    let matching = provenance.domain_matching();
    let cube = hunt.cube(query.domains);
    let rows = view.rows.iter().map(move |row| {
        let summary = if needs_summary {
            summary::summarize_without_days(cube, row.index(), query)
        } else {
            DomainSummary::default()
        };
        columns
            .iter()
            .map(|column| match column {
                RankingColumn::ActiveExclusions => {
                    Value::Text(Cow::Owned(active.clone().into_bytes()))
                }
                RankingColumn::DomainMatching => {
                    Value::Text(Cow::Owned(matching.clone().into_bytes()))
                }
                RankingColumn::Shown => Value::text(shown(query.shown, &row)),
                RankingColumn::TimeRange => {
                    Value::Text(Cow::Owned(time_range.clone().into_bytes()))
                }
                RankingColumn::Search => Value::Text(Cow::Borrowed(query.search.as_bytes())),
                other => value(*other, &row, cube, &summary),
            })
            .collect()
    });
    Sheet {
        columns: columns
            .iter()
            .map(|column| column.name().to_owned())
            .collect(),
        rows: Box::new(rows),
        notes: provenance.notes("Domains we write to that send threats", details(query)),
    }
}

/// What of a domain its row shows.
fn shown(shown: Shown, row: &RankedDomain) -> &'static str {
    match (shown, row.ranks) {
        (Shown::Visible, _) => "ranking",
        (Shown::Hidden, true) => "hidden in part",
        (Shown::Hidden, false) => "hidden wholly",
    }
}

/// What only the ranking depends on.
fn details(query: &Query) -> Vec<(String, String)> {
    let order = match query.sort.direction {
        Direction::Ascending => "ascending",
        Direction::Descending => "descending",
    };
    let sort = format!("{}, {order}", query.sort.column.name());
    let mut details = vec![("Sorted by".to_owned(), sort)];
    if !query.search.is_empty() {
        details.push(("Search".to_owned(), query.search.clone()));
    }
    details
}

fn value<'a>(
    column: RankingColumn,
    row: &RankedDomain,
    cube: &'a Cube,
    summary: &DomainSummary,
) -> Value<'a> {
    let (outbound, threats) = (row.outbound_emails, row.incoming_emails_with_threats);
    match column {
        RankingColumn::SenderFromDomain => Value::Text(Cow::Borrowed(cube.domain(row.index()))),
        RankingColumn::OutboundEmails => Value::Number(outbound),
        RankingColumn::IncomingEmailsWithThreats => Value::Number(threats),
        // Without outbound emails, as of what is hidden, it is not finite and written as nothing.
        RankingColumn::InboundThreatsPer100Outbound => {
            Value::Decimal(100.0 * threats as f64 / outbound as f64)
        }
        RankingColumn::Malware => Value::Number(summary.malware),
        RankingColumn::Phish => Value::Number(summary.phish),
        RankingColumn::Spam => Value::Number(summary.spam),
        RankingColumn::OtherThreats => Value::Number(summary.other),
        RankingColumn::Delivered => Value::Number(summary.delivered),
        RankingColumn::Junked => Value::Number(summary.junked),
        RankingColumn::Blocked => Value::Number(summary.blocked),
        RankingColumn::Replaced => Value::Number(summary.replaced),
        RankingColumn::DeliveryUnknown => Value::Number(summary.delivery_unknown),
        RankingColumn::DmarcPass => Value::Number(summary.dmarc_pass),
        RankingColumn::DmarcFail => Value::Number(summary.dmarc_fail),
        RankingColumn::DmarcNone => Value::Number(summary.dmarc_none),
        RankingColumn::DmarcOther => Value::Number(summary.dmarc_other),
        RankingColumn::DmarcUnreadable => Value::Number(summary.dmarc_unreadable),
        RankingColumn::ActiveExclusions
        | RankingColumn::DomainMatching
        | RankingColumn::Shown
        | RankingColumn::TimeRange
        | RankingColumn::Search => Value::Text(Cow::Borrowed(b"")),
    }
}
