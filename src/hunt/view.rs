//! The answer: `fold(cube, query)`. It touches cells, never events, so that switching an exclusion
//! costs the same however many events there are.

use super::cube::{Cell, Cube};
use super::exclusion::{ExclusionSet, MOST_EXCLUSIONS};
use super::facets::{Delivery, Dmarc, ThreatFacets};
use super::matcher::Side;
use super::query::{Direction, Query, Shown, SortColumn};
use super::sameness::Sameness;
use super::selection::Selection;
use crate::events::time::Hour;
use std::cmp::Ordering;
use std::ops::RangeInclusive;

/// One domain of the ranking, or of what the exclusions take out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankedDomain {
    /// The domain's index in the cube.
    pub domain: usize,
    /// Emails we sent to it.
    pub outbound_emails: u64,
    /// Threat emails it sent us.
    pub incoming_emails_with_threats: u64,
    /// Whether it ranks with the exclusions that are on: one that is shown as hidden may only lack
    /// some of its emails.
    pub ranks: bool,
}

/// Numbers of emails and of domains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Emails, outbound and threats together, of domains that can rank.
    pub emails: u64,
    /// Domains that rank without and do not rank with it.
    pub domains: u64,
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
    /// The first other exclusion that matches the very same emails of those domains, if it matches any.
    pub same_as: Option<usize>,
}

/// The answer to a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The ranking, or what the exclusions take out of it, as sorted and searched.
    pub rows: Vec<RankedDomain>,
    /// The rows there are without the search.
    pub listed: usize,
    /// Domains that rank, whatever is shown or searched.
    pub ranked: usize,
    /// Domains that rank with no exclusion on.
    pub candidates: usize,
    /// The threat emails of those, hidden or not.
    pub threats: u64,
    /// Emails of those that are not counted because of the exclusions that are on.
    pub hidden_emails: u64,
    /// The domains that rank with no exclusion on, do not rank now, and have threat emails that reached
    /// a mailbox; and the number of those emails.
    pub hidden_delivered: Effect,
    /// What each exclusion does, in their order.
    pub exclusions: Vec<ExclusionEffect>,
}

/// Folds the cube into the answer to a query about that many exclusions.
pub fn fold(cube: &Cube, query: &Query, exclusions: usize) -> View {
    let mut view = View {
        exclusions: vec![ExclusionEffect::default(); exclusions],
        ..View::default()
    };
    let mut sides = [SideCount::default(), SideCount::default()];
    let mut sameness = Sameness::of(exclusions);
    for domain in 0..cube.len() {
        fold_domain(cube, domain, query, &mut sides, &mut view, &mut sameness);
    }
    for (index, effect) in view.exclusions.iter_mut().enumerate() {
        if effect.by_itself.emails > 0 {
            effect.same_as = sameness.same_as(index);
        }
    }
    view.listed = view.rows.len();
    if !query.search.is_empty() {
        let needle = query.search.to_lowercase();
        view.rows
            .retain(|row| contains_ignoring_case(cube.domain(row.domain), &needle));
    }
    view.rows
        .sort_unstable_by(|a, b| compare(a, b, query.sort.column, query.sort.direction));
    view
}

fn fold_domain(
    cube: &Cube,
    domain: usize,
    query: &Query,
    [outbound, threats]: &mut [SideCount; 2],
    view: &mut View,
    sameness: &mut Sameness,
) {
    outbound.count(cube, Side::Outbound, domain, query);
    threats.count(cube, Side::Threat, domain, query);
    if outbound.all == 0 || threats.all == 0 {
        return;
    }
    view.candidates += 1;
    view.threats += threats.all;
    for &mask in outbound.masks.iter().chain(&threats.masks) {
        sameness.see(mask);
    }
    view.hidden_emails += outbound.all - outbound.visible + threats.all - threats.visible;
    let ranks = outbound.visible > 0 && threats.visible > 0;
    if ranks {
        view.ranked += 1;
    } else {
        add_delivered(cube, domain, query, &mut view.hidden_delivered);
    }
    let counted = |side: &SideCount| if ranks { side.visible } else { 0 };
    let shown = |side: &SideCount| match query.shown {
        Shown::Visible => counted(side),
        Shown::Hidden => side.all - counted(side),
    };
    let row = RankedDomain {
        domain,
        outbound_emails: shown(outbound),
        incoming_emails_with_threats: shown(threats),
        ranks,
    };
    if row.outbound_emails + row.incoming_emails_with_threats > 0 {
        view.rows.push(row);
    }
    let touched = ExclusionSet(outbound.touched.0 | threats.touched.0);
    let known = ExclusionSet::first(view.exclusions.len());
    for exclusion in touched.and(known).iter() {
        let effect = &mut view.exclusions[exclusion];
        let matched = (outbound.matched[exclusion], threats.matched[exclusion]);
        effect.by_itself.emails += matched.0 + matched.1;
        effect.threats += matched.1;
        if matched.0 == outbound.all || matched.1 == threats.all {
            effect.by_itself.domains += 1;
        }
        let marginal = (outbound.marginal[exclusion], threats.marginal[exclusion]);
        effect.marginal.emails += marginal.0 + marginal.1;
        let changes = if query.active.contains(exclusion) {
            !ranks && outbound.visible + marginal.0 > 0 && threats.visible + marginal.1 > 0
        } else {
            ranks && (outbound.visible == marginal.0 || threats.visible == marginal.1)
        };
        if changes {
            effect.marginal.domains += 1;
        }
    }
}

/// Adds the threat emails of a domain that reached a mailbox, and the domain if there are any.
fn add_delivered(cube: &Cube, domain: usize, query: &Query, delivered: &mut Effect) {
    let emails: u64 = cube
        .totals_in(Side::Threat, domain, query.hours.as_ref())
        .filter(|total| total.facets.delivery() == Delivery::Delivered)
        .map(|total| total.emails)
        .sum();
    delivered.emails += emails;
    delivered.domains += u64::from(emails > 0);
}

/// What is counted of one side of one domain. One serves all domains: clearing what was touched is
/// much less than clearing everything.
struct SideCount {
    /// Emails in the hours asked for.
    all: u64,
    /// Of these, those that no active exclusion matches.
    visible: u64,
    /// The exclusions that match any email.
    touched: ExclusionSet,
    /// The masks of the emails that any matches; the same one may be there again.
    masks: Vec<ExclusionSet>,
    /// For each exclusion, the emails it matches.
    matched: [u64; MOST_EXCLUSIONS],
    /// For each active exclusion, the emails that no other active one matches;
    /// for each other, the visible emails it matches.
    marginal: [u64; MOST_EXCLUSIONS],
}

impl Default for SideCount {
    fn default() -> Self {
        SideCount {
            all: 0,
            visible: 0,
            touched: ExclusionSet::EMPTY,
            masks: Vec::new(),
            matched: [0; MOST_EXCLUSIONS],
            marginal: [0; MOST_EXCLUSIONS],
        }
    }
}

impl SideCount {
    /// Counts another side of another domain.
    fn count(&mut self, cube: &Cube, side: Side, domain: usize, query: &Query) {
        self.clear();
        for total in cube.totals_in(side, domain, query.hours.as_ref()) {
            self.add(total.mask, total.emails, query.active);
        }
    }

    fn clear(&mut self) {
        (self.all, self.visible) = (0, 0);
        self.masks.clear();
        let touched = std::mem::take(&mut self.touched);
        for exclusion in touched.iter() {
            self.matched[exclusion] = 0;
            self.marginal[exclusion] = 0;
        }
    }

    fn add(&mut self, mask: ExclusionSet, emails: u64, active: ExclusionSet) {
        self.all += emails;
        let hidden_by = mask.and(active);
        if hidden_by.is_empty() {
            self.visible += emails;
        }
        if mask.is_empty() {
            return;
        }
        self.touched.0 |= mask.0;
        // Those of one mask lie together.
        if self.masks.last() != Some(&mask) {
            self.masks.push(mask);
        }
        for exclusion in mask.iter() {
            self.matched[exclusion] += emails;
            if hidden_by.is_empty() {
                self.marginal[exclusion] += emails;
            }
        }
        if let Some(only) = hidden_by.only() {
            self.marginal[only] += emails;
        }
    }
}

fn in_hours(cell: &Cell, hours: &RangeInclusive<Hour>) -> bool {
    cell.hour.is_some_and(|hour| hours.contains(&hour))
}

fn compare(
    a: &RankedDomain,
    b: &RankedDomain,
    column: SortColumn,
    direction: Direction,
) -> Ordering {
    let primary = match column {
        SortColumn::SenderFromDomain => a.domain.cmp(&b.domain),
        SortColumn::OutboundEmails => a.outbound_emails.cmp(&b.outbound_emails),
        SortColumn::IncomingEmailsWithThreats => a
            .incoming_emails_with_threats
            .cmp(&b.incoming_emails_with_threats),
    };
    let primary = match direction {
        Direction::Ascending => primary,
        Direction::Descending => primary.reverse(),
    };
    primary
        .then(b.outbound_emails.cmp(&a.outbound_emails))
        .then(
            b.incoming_emails_with_threats
                .cmp(&a.incoming_emails_with_threats),
        )
        .then(a.domain.cmp(&b.domain))
}

fn contains_ignoring_case(domain: &[u8], lower_case_needle: &str) -> bool {
    let folded = super::fields::fold_case(domain);
    memchr::memmem::find(&folded, lower_case_needle.as_bytes()).is_some()
}

/// The emails that a time range leaves out because their time is not known: of domains that can rank at
/// all times, those that no active exclusion hides. None without a time range.
pub fn without_time(cube: &Cube, query: &Query) -> u64 {
    if query.hours.is_none() {
        return 0;
    }
    let can_rank = |domain: &usize| {
        let has_any = |side| !cube.cells(side, *domain).is_empty();
        has_any(Side::Outbound) && has_any(Side::Threat)
    };
    let is_left_out = |cell: &&Cell| cell.hour.is_none() && cell.mask.and(query.active).is_empty();
    let emails = |domain: usize| -> u64 {
        let cells = [Side::Outbound, Side::Threat].map(|side| cube.cells(side, domain));
        let left_out = cells.into_iter().flatten().filter(is_left_out);
        left_out.map(|cell| cell.emails).sum()
    };
    (0..cube.len()).filter(can_rank).map(emails).sum()
}

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
    /// Those with another DMARC result or none.
    pub dmarc_other: u64,
    /// Those by day, days since 1970, ascending; days without any are left out.
    pub by_day: Vec<(i32, u64)>,
    /// Those whose time is not known.
    pub without_time: u64,
}

/// What is told of one domain's threat emails under a query.
pub fn summarize(cube: &Cube, domain: usize, query: &Query) -> DomainSummary {
    let mut summary = summarize_without_days(cube, domain, query);
    let mut days = std::collections::BTreeMap::new();
    for cell in shown_threats(cube, domain, query) {
        match cell.hour {
            Some(hour) => *days.entry(hour.day()).or_insert(0) += cell.emails,
            None => summary.without_time += cell.emails,
        }
    }
    summary.by_day = days.into_iter().collect();
    summary
}

/// The same but for when they came: what a ranking shows of each of many domains. Without a time
/// range it touches totals only, whose number does not grow with the events.
pub fn summarize_without_days(cube: &Cube, domain: usize, query: &Query) -> DomainSummary {
    let mut summary = DomainSummary::default();
    let selection = Selection::of(cube, Some(domain), query);
    for total in cube.totals_in(Side::Threat, domain, query.hours.as_ref()) {
        if selection.contains(total.mask) {
            summary.add(total.facets, total.emails);
        }
    }
    summary
}

/// The cells of the threat emails of a domain that a query shows.
fn shown_threats<'a>(
    cube: &'a Cube,
    domain: usize,
    query: &'a Query,
) -> impl Iterator<Item = &'a Cell> {
    let selection = Selection::of(cube, Some(domain), query);
    cube.cells(Side::Threat, domain).iter().filter(move |cell| {
        let in_range = query
            .hours
            .as_ref()
            .is_none_or(|hours| in_hours(cell, hours));
        in_range && selection.contains(cell.mask)
    })
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
            Dmarc::Other => &mut self.dmarc_other,
        } += emails;
    }
}
