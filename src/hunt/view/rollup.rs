//! The cube rolled up: over the hours of a range and the facets of emails, and over domains that are alike.
//! It is made when the cube or the range is another; switching an exclusion only looks at it.
//!
//! Domains of one class answer alike whatever is switched. Whether anything of a side is left, and what an
//! exclusion changes about that, depends on the smallest masks that occur on it: where those hide, those
//! that contain them hide too. So a class is the smallest masks of both sides, and has few of them; most
//! domains have emails that no exclusion matches and are of one class.

pub(super) mod matched_emails;

use super::effects::{Effect, ExclusionEffect, Totals};
use crate::hunt::cube::Cube;
use crate::hunt::exclusion::{ExclusionSet, MOST_EXCLUSIONS};
use crate::hunt::facets::Delivery;
use crate::hunt::query::Query;
use crate::hunt::sameness::Sameness;
use crate::hunt::side::Side;
use hashbrown::HashMap;
use matched_emails::{Emails, EmailsOfMask};
use std::sync::Arc;

/// The cube, rolled up.
#[derive(Clone, Debug)]
pub struct Rollup {
    /// The masks that occur, with the outbound and the threat emails of each.
    masks: Vec<(ExclusionSet, [u64; 2])>,
    /// The smallest masks of a side; what a class is made of.
    sides: Vec<Box<[ExclusionSet]>>,
    classes: Vec<Class>,
    /// What each exclusion does when it is the only one on, and to the threats.
    by_itself: Vec<ExclusionEffect>,
    threats: u64,
    /// The most outbound and threat emails of one domain.
    pub(super) most_emails: [u64; 2],
    /// The domains that rank with no exclusion on, ascending.
    pub(super) candidates: Arc<[Candidate]>,
    /// The emails of each.
    pub(super) emails: Emails,
}

/// Domains that are alike.
#[derive(Clone, Copy, Debug)]
struct Class {
    /// The number of the outbound side, and of the other.
    sides: [u32; 2],
    domains: u64,
    /// The threat emails that reached a mailbox, and the domains that have any.
    delivered: Effect,
}

/// A domain that ranks with no exclusion on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Its index in the cube.
    pub(super) domain: u32,
    /// The number of the smallest masks of its outbound side.
    outbound_side: u32,
}

#[cfg(test)]
impl Candidate {
    /// A domain of which nothing else matters.
    pub(super) fn of(domain: u32) -> Self {
        Candidate {
            domain,
            outbound_side: UNMATCHED_SIDE,
        }
    }
}

/// Emails of one domain that have the same mask, given by its number.
#[derive(Clone, Copy, Debug)]
struct Part {
    mask: u32,
    emails: u64,
}

impl Rollup {
    /// Adds up the emails that are in the time range of a query.
    pub fn of(cube: &Cube, query: &Query) -> Self {
        let mut making = Making::of(cube);
        let totals = Side::BOTH.map(|side| cube.all_totals_in(query.hours_on(side)));
        for domain in 0..cube.len() {
            let sides = [0, 1].map(|side| totals[side][side].of(domain));
            if sides.iter().all(|totals| !totals.is_empty()) {
                making.add(domain, sides);
            }
        }
        let mut rollup = making.finished();
        rollup.finish();
        rollup
    }

    /// What each exclusion does by itself is known beforehand.
    fn finish(&mut self) {
        let mut sameness = Sameness::of(MOST_EXCLUSIONS);
        for &(mask, [outbound, threats]) in &self.masks {
            self.threats += threats;
            if outbound + threats == 0 {
                continue;
            }
            sameness.see(mask);
            for exclusion in mask.iter() {
                let effect = &mut self.by_itself[exclusion];
                effect.by_itself.emails += outbound + threats;
                effect.threats += threats;
            }
        }
        let nothing_on = self.answers(ExclusionSet::EMPTY);
        for class in &self.classes {
            let [outbound, threats] = class.sides.map(|side| nothing_on[side as usize].all_match);
            for exclusion in outbound.or(threats).iter() {
                self.by_itself[exclusion].by_itself.domains += class.domains;
            }
        }
        for (index, effect) in self.by_itself.iter_mut().enumerate() {
            if effect.by_itself.emails > 0 {
                effect.same_as = sameness.same_as(index);
            }
        }
    }

    /// All of an answer but its rows, about so many exclusions, with these on.
    pub fn totals(&self, active: ExclusionSet, exclusions: usize) -> Totals {
        let mut totals = Totals {
            candidates: self.candidates.len(),
            threats: self.threats,
            most_emails: self.most_emails,
            ..Totals::default()
        };
        let mut marginal = [Effect::default(); MOST_EXCLUSIONS];
        for &(mask, [outbound, threats]) in &self.masks {
            let emails = outbound + threats;
            let hidden_by = mask.and(active);
            if hidden_by.is_empty() {
                for exclusion in mask.iter() {
                    marginal[exclusion].emails += emails;
                }
                continue;
            }
            totals.hidden_emails += emails;
            if let Some(only) = hidden_by.only() {
                marginal[only].emails += emails;
            }
        }
        let sides = self.answers(active);
        for class in &self.classes {
            let [outbound, threats] = class.sides.map(|side| &sides[side as usize]);
            let changing = if outbound.is_visible && threats.is_visible {
                totals.ranked += class.domains as usize;
                outbound.all_match.or(threats.all_match)
            } else {
                totals.hidden_delivered.emails += class.delivered.emails;
                totals.hidden_delivered.domains += class.delivered.domains;
                outbound.brought_back_by.and(threats.brought_back_by)
            };
            for exclusion in changing.iter() {
                marginal[exclusion].domains += class.domains;
            }
        }
        let effects = self.by_itself.iter().zip(marginal).take(exclusions);
        totals.exclusions = effects
            .map(|(effect, marginal)| ExclusionEffect {
                marginal,
                same_as: effect.same_as.filter(|other| *other < exclusions),
                ..*effect
            })
            .collect();
        totals
    }

    fn answers(&self, active: ExclusionSet) -> Vec<SideAnswer> {
        let sides = self.sides.iter();
        sides.map(|side| SideAnswer::of(side, active)).collect()
    }

    /// For each of the smallest masks of sides, whether anything of that side is left.
    pub(in crate::hunt) fn visible_sides(&self, active: ExclusionSet) -> Vec<bool> {
        let is_visible = |mask: &ExclusionSet| mask.and(active).is_empty();
        let sides = self.sides.iter();
        sides.map(|side| side.iter().any(is_visible)).collect()
    }

    /// The number of the smallest masks of the outbound side of each domain of a cube that is a candidate.
    pub(in crate::hunt) fn outbound_sides(&self, domains: usize) -> Vec<Option<u32>> {
        let mut sides = vec![None; domains];
        for candidate in &*self.candidates {
            sides[candidate.domain as usize] = Some(candidate.outbound_side);
        }
        sides
    }

    /// How much a switch looks at, beside the rows: masks, and the smallest masks of classes.
    pub fn work(&self) -> usize {
        let sides: usize = self.sides.iter().map(|side| side.len()).sum();
        self.masks.len() + sides + self.classes.len()
    }
}

/// What is left of a side of the domains of a class.
struct SideAnswer {
    is_visible: bool,
    /// The exclusions that match all that is left; none where nothing is.
    all_match: ExclusionSet,
    /// The exclusions that are on without any of which something would be left: all where something is.
    brought_back_by: ExclusionSet,
}

impl SideAnswer {
    fn of(smallest_masks: &[ExclusionSet], active: ExclusionSet) -> Self {
        let mut answer = SideAnswer {
            is_visible: false,
            all_match: ExclusionSet::EMPTY,
            brought_back_by: ExclusionSet::EMPTY,
        };
        for &mask in smallest_masks {
            let hidden_by = mask.and(active);
            if !hidden_by.is_empty() {
                if hidden_by.only().is_some() {
                    answer.brought_back_by = answer.brought_back_by.or(hidden_by);
                }
                continue;
            }
            answer.all_match = if answer.is_visible {
                answer.all_match.and(mask)
            } else {
                mask
            };
            answer.is_visible = true;
        }
        if answer.is_visible {
            answer.brought_back_by = active;
        }
        answer
    }
}

/// A rollup that is being made.
struct Making {
    rollup: Rollup,
    /// For each kind, the number of its mask, and whether its emails were delivered.
    kinds: Vec<(u32, bool)>,
    /// For each kind, the exclusions that do not match it only because a guard cannot be read.
    kept_unread: Vec<ExclusionSet>,
    /// Whether there is any of those.
    is_any_unread: bool,
    side_numbers: HashMap<Box<[ExclusionSet]>, u32>,
    classes: HashMap<[u32; 2], u32>,
    /// The emails of each candidate, on the outbound side and then on the other.
    emails: [Vec<u64>; 2],
    /// What candidates have of each mask, on both sides.
    columns: [Vec<Vec<(u32, u64)>>; 2],
    candidates: Vec<Candidate>,
    /// Used again and again: the parts of a side, and which of them has a mask, by its number.
    parts: Vec<Part>,
    part_of_mask: Vec<u32>,
    smallest: Vec<ExclusionSet>,
}

/// The smallest masks of a side that has emails which no exclusion matches.
const UNMATCHED_SIDE: u32 = 0;

impl Making {
    fn of(cube: &Cube) -> Self {
        let mut numbers: HashMap<ExclusionSet, u32> = HashMap::new();
        let mut masks = Vec::new();
        let kinds = cube.kinds.iter().map(|kind| {
            let number = *numbers.entry(kind.mask).or_insert_with(|| {
                masks.push((kind.mask, [0, 0]));
                masks.len() as u32 - 1
            });
            (number, kind.facets.delivery() == Delivery::Delivered)
        });
        let kinds = kinds.collect();
        let kept_unread: Vec<ExclusionSet> =
            cube.kinds.iter().map(|kind| kind.kept_unread).collect();
        let none = vec![Vec::new(); masks.len()];
        let unmatched: Box<[ExclusionSet]> = [ExclusionSet::EMPTY].into();
        Making {
            kinds,
            is_any_unread: kept_unread.iter().any(|set| !set.is_empty()),
            kept_unread,
            side_numbers: HashMap::from([(unmatched.clone(), UNMATCHED_SIDE)]),
            classes: HashMap::new(),
            emails: [Vec::new(), Vec::new()],
            columns: [none.clone(), none],
            candidates: Vec::new(),
            parts: Vec::new(),
            part_of_mask: vec![0; masks.len()],
            smallest: Vec::new(),
            rollup: Rollup {
                masks,
                sides: vec![unmatched],
                classes: Vec::new(),
                by_itself: vec![ExclusionEffect::default(); MOST_EXCLUSIONS],
                threats: 0,
                most_emails: [0, 0],
                candidates: Arc::default(),
                emails: Emails::default(),
            },
        }
    }

    /// Adds the next domain with its emails by kind.
    fn add(&mut self, domain: usize, [outbound, threats]: [&[(u32, u64)]; 2]) {
        let (outbound_side, outbound_emails) = self.add_side(outbound, Side::Outbound);
        let (threat_side, threat_emails) = self.add_side(threats, Side::Threat);
        let sides = [outbound_side, threat_side];
        let is_delivered = |(kind, _): &&(u32, u64)| self.kinds[*kind as usize].1;
        let delivered: u64 = threats
            .iter()
            .filter(is_delivered)
            .map(|total| total.1)
            .sum();
        let rollup = &mut self.rollup;
        let class = *self.classes.entry(sides).or_insert_with(|| {
            rollup.classes.push(Class {
                sides,
                domains: 0,
                delivered: Effect::default(),
            });
            rollup.classes.len() as u32 - 1
        });
        let class = &mut rollup.classes[class as usize];
        class.domains += 1;
        class.delivered.emails += delivered;
        class.delivered.domains += u64::from(delivered > 0);
        for (side, emails) in [outbound_emails, threat_emails].into_iter().enumerate() {
            rollup.most_emails[side] = emails.max(rollup.most_emails[side]);
            self.emails[side].push(emails);
        }
        self.candidates.push(Candidate {
            domain: domain as u32,
            outbound_side: sides[0],
        });
    }

    /// Adds emails of the next candidate by kind as emails by mask. Gives the number of the smallest masks, and
    /// how many emails there are.
    fn add_side(&mut self, totals: &[(u32, u64)], side: Side) -> (u32, u64) {
        let mut parts = std::mem::take(&mut self.parts);
        parts.clear();
        for &(kind, emails) in totals {
            let mask = self.kinds[kind as usize].0;
            let place = &mut self.part_of_mask[mask as usize];
            // What is there may be of another side.
            match parts.get_mut(*place as usize) {
                Some(part) if part.mask == mask => part.emails += emails,
                _ => {
                    *place = parts.len() as u32;
                    parts.push(Part { mask, emails });
                }
            }
        }
        if self.is_any_unread {
            for &(kind, emails) in totals {
                for exclusion in self.kept_unread[kind as usize].iter() {
                    self.rollup.by_itself[exclusion].kept_unread += emails;
                }
            }
        }
        let candidate = self.candidates.len() as u32;
        let mut all = 0;
        self.smallest.clear();
        for part in &parts {
            let (mask, emails_of_mask) = &mut self.rollup.masks[part.mask as usize];
            emails_of_mask[side as usize] += part.emails;
            all += part.emails;
            self.smallest.push(*mask);
            if !mask.is_empty() {
                let column = &mut self.columns[side as usize][part.mask as usize];
                column.push((candidate, part.emails));
            }
        }
        self.parts = parts;
        (self.smallest_masks(), all)
    }

    /// The number of the smallest masks of a side.
    fn smallest_masks(&mut self) -> u32 {
        let mut smallest = std::mem::take(&mut self.smallest);
        let number = if smallest.contains(&ExclusionSet::EMPTY) {
            UNMATCHED_SIDE
        } else {
            keep_smallest(&mut smallest);
            self.side_number(&smallest)
        };
        self.smallest = smallest;
        number
    }

    fn finished(self) -> Rollup {
        let mut rollup = self.rollup;
        let mut columns: Vec<EmailsOfMask> = Vec::new();
        for (side, of_masks) in Side::BOTH.into_iter().zip(self.columns) {
            let of_masks = rollup.masks.iter().zip(of_masks);
            let of_masks = of_masks.filter(|(_, emails)| !emails.is_empty());
            columns.extend(of_masks.map(|(&(mask, _), emails)| (mask, side, emails)));
        }
        rollup.candidates = self.candidates.into();
        rollup.emails = Emails::of(&self.emails, rollup.most_emails, columns);
        rollup
    }

    fn side_number(&mut self, smallest: &[ExclusionSet]) -> u32 {
        if let Some(&number) = self.side_numbers.get(smallest) {
            return number;
        }
        let number = self.rollup.sides.len() as u32;
        self.rollup.sides.push(smallest.into());
        self.side_numbers.insert(smallest.into(), number);
        number
    }
}

/// Takes away the masks that contain another one, and puts the others in order.
fn keep_smallest(masks: &mut Vec<ExclusionSet>) {
    // Those that a mask contains have fewer members.
    masks.sort_unstable_by_key(|mask| (mask.len(), *mask));
    let mut kept = 0;
    for index in 0..masks.len() {
        let mask = masks[index];
        let contains = |other: &ExclusionSet| other.without(mask).is_empty();
        if !masks[..kept].iter().any(contains) {
            masks[kept] = mask;
            kept += 1;
        }
    }
    masks.truncate(kept);
}
