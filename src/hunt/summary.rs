//! What is told of one domain's threat emails beside their number: the kinds of threat, what became of the
//! emails, whether they authenticated, and when they came.

use super::cube::Cube;
use super::facets::{Delivery, Dmarc, ThreatFacets};
use super::query::Query;
use super::selection::Selection;
use super::side::Side;

/// What is told of those threat emails of one domain that are shown, beside their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSummary {
    /// Threat emails that are shown.
    pub threats: u64,
    /// Those whose `ThreatTypes` names Malware; an email can have several types.
    pub malware: u64,
    /// Those whose `ThreatTypes` names Phish.
    pub phish: u64,
    /// Those whose `ThreatTypes` names Spam.
    pub spam: u64,
    /// Those whose `ThreatTypes` says something else.
    pub other: u64,
    /// Those that reached the mailbox.
    pub delivered: u64,
    /// Those that reached the junk folder.
    pub junked: u64,
    /// Those that were stopped.
    pub blocked: u64,
    /// Those whose attachment was replaced.
    pub replaced: u64,
    /// Those of which the export does not say what became.
    pub delivery_unknown: u64,
    /// Those that passed DMARC.
    pub dmarc_pass: u64,
    /// Those that failed DMARC.
    pub dmarc_fail: u64,
    /// Threat emails without a DMARC result.
    pub dmarc_none: u64,
    /// Threat emails with another DMARC result.
    pub dmarc_other: u64,
    /// Threat emails whose DMARC result cannot be read.
    pub dmarc_unreadable: u64,
    /// Those by day, days since 1970, ascending; days without any are left out.
    pub by_day: Vec<(i32, u64)>,
    /// Those whose time is not known.
    pub without_time: u64,
}

/// What is told of one domain's threat emails under a query.
pub fn summarize(cube: &Cube, domain: usize, query: &Query) -> DomainSummary {
    let mut summary = summarize_without_days(cube, domain, query);
    let selection = Selection::of(cube, Some(domain), query);
    let mut days: Vec<(i32, i64)> = Vec::new();
    let mut without_time = 0;
    for cells in cube.spans(Side::Threat, domain) {
        // Those of a kind lie together, and of these those of a day.
        for of_kind in cells.chunk_by(|a, b| a.kind == b.kind) {
            if !selection.contains(cube.kinds.get(of_kind[0].kind).mask) {
                continue;
            }
            for cell in of_kind {
                let emails = i64::from(cell.emails);
                let Some(hour) = cell.hour.known() else {
                    without_time += emails;
                    continue;
                };
                let day = hour.day();
                match days.last_mut() {
                    _ if query
                        .hours
                        .as_ref()
                        .is_some_and(|hours| !hours.contains(&hour)) => {}
                    Some(last) if last.0 == day => last.1 += emails,
                    _ => days.push((day, emails)),
                }
            }
        }
    }
    days.sort_unstable_by_key(|day| day.0);
    summary.by_day = days
        .chunk_by(|a, b| a.0 == b.0)
        .map(|of_day| (of_day[0].0, of_day.iter().map(|day| day.1).sum::<i64>()))
        .filter(|(_, emails)| *emails > 0)
        .map(|(day, emails)| (day, emails as u64))
        .collect();
    if query.hours.is_none() {
        summary.without_time = without_time as u64;
    }
    summary
}

/// The same but for when they came: what a ranking shows of each of many domains. Without a time
/// range it touches totals only, whose number does not grow with the events.
pub fn summarize_without_days(cube: &Cube, domain: usize, query: &Query) -> DomainSummary {
    let mut summary = DomainSummary::default();
    let selection = Selection::of(cube, Some(domain), query);
    for total in cube.totals_in(Side::Threat, domain, query.hours_on(Side::Threat)) {
        if selection.contains(total.mask) {
            summary.add(total.facets, total.emails);
        }
    }
    summary
}

impl DomainSummary {
    fn add(&mut self, facets: ThreatFacets, emails: u64) {
        self.threats += emails;
        for (is, count) in [
            (facets.is_malware(), &mut self.malware),
            (facets.is_phish(), &mut self.phish),
            (facets.is_spam(), &mut self.spam),
            (facets.is_other(), &mut self.other),
        ] {
            if is {
                *count += emails;
            }
        }
        *match facets.delivery() {
            Delivery::Delivered => &mut self.delivered,
            Delivery::Junked => &mut self.junked,
            Delivery::Blocked => &mut self.blocked,
            Delivery::Replaced => &mut self.replaced,
            Delivery::Unknown => &mut self.delivery_unknown,
        } += emails;
        *match facets.dmarc() {
            Dmarc::Pass => &mut self.dmarc_pass,
            Dmarc::Fail => &mut self.dmarc_fail,
            Dmarc::None => &mut self.dmarc_none,
            Dmarc::Other => &mut self.dmarc_other,
            Dmarc::Unreadable => &mut self.dmarc_unreadable,
        } += emails;
    }
}
