//! Fills a cube: counts emails one by one, and gives the cube of what was counted so far at little cost,
//! so that it can be looked at while more is counted.

use super::cube::{Cell, Cube, CubeSide, Layout, sums};
use super::domain::{DomainNumbers, Irregular};
use super::exclusion::ExclusionSet;
use super::facets::ThreatFacets;
use super::kinds::{Kind, Kinds};
use super::runs::{self, Entry as _};
use super::side::Side;
use crate::events::time::Hour;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many cells are sorted at a time.
const CELLS_AT_A_TIME: usize = 1 << 16;

/// Counts emails into a cube.
#[derive(Clone, Debug, Default)]
pub struct CubeBuilder {
    kinds: Kinds,
    outbound: SideBuilder,
    threats: SideBuilder,
    /// The domains that can rank in some way of matching, ascending by bytes as the query takes them.
    candidates: Vec<u32>,
    /// What people mean by those that the query takes otherwise. Where nothing counts to the letter, they are not among
    /// the candidates.
    meant: Arc<BTreeMap<u32, Arc<[u8]>>>,
    is_candidate: Vec<bool>,
}

/// One side while counting.
#[derive(Clone, Debug, Default)]
struct SideBuilder {
    counted: CubeSide,
    /// What was counted since cells were last sorted.
    latest: Vec<Cell>,
    /// For each domain the cell into which it was counted last, as long as that is not among the latest: emails come
    /// in the order of their times, so that the next one is often of the same.
    open: Vec<Option<Cell>>,
    /// For each domain, whether any email was counted.
    has_any: Vec<bool>,
}

impl CubeBuilder {
    /// Counts one email of a domain, given by its number.
    pub fn count(
        &mut self,
        side: Side,
        domain: u32,
        mask: ExclusionSet,
        hour: Option<Hour>,
        facets: ThreatFacets,
    ) {
        let kind = self.kinds.number(Kind {
            side,
            mask,
            kept_unread: ExclusionSet::EMPTY,
            facets,
        });
        self.count_of_kind(side, domain, kind, hour);
    }

    /// The kinds of email that were counted; they may be added to.
    pub(super) fn kinds_mut(&mut self) -> &mut Kinds {
        &mut self.kinds
    }

    /// The kinds of email that were counted.
    pub(super) fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// Counts one email of a kind that is numbered.
    pub(super) fn count_of_kind(&mut self, side: Side, domain: u32, kind: u32, hour: Option<Hour>) {
        self.side_mut(side).count(Cell {
            domain,
            kind,
            hour: hour.into(),
            emails: 1,
        });
    }

    /// Counts so many emails of a kind that is numbered, of which it is not known when they were.
    pub(super) fn count_many(&mut self, side: Side, domain: u32, kind: u32, emails: u32) {
        let most = i32::MAX.unsigned_abs();
        let portions = [emails.min(most), emails.saturating_sub(most)];
        for emails in portions.into_iter().filter(|emails| *emails > 0) {
            self.side_mut(side).count(Cell {
                domain,
                kind,
                hour: None.into(),
                emails: emails as i32,
            });
        }
    }

    /// Emails are of other kinds than those they were counted as: see [`Cube::with_changes`].
    pub(super) fn change(&mut self, kinds: Kinds, [outbound, threats]: [Vec<Vec<Cell>>; 2]) {
        self.kinds = kinds;
        for (side, changes) in [(&mut self.outbound, outbound), (&mut self.threats, threats)] {
            side.close();
            side.counted.change(changes);
        }
    }

    fn side_mut(&mut self, side: Side) -> &mut SideBuilder {
        match side {
            Side::Outbound => &mut self.outbound,
            Side::Threat => &mut self.threats,
        }
    }

    /// The outbound and the threat emails counted so far of each of so many domains.
    pub fn emails(&mut self, domains: usize) -> Vec<(u64, u64)> {
        let mut emails = vec![(0, 0); domains];
        for sum in self.outbound.sums() {
            emails[sum.domain as usize].0 += sum.emails as u64;
        }
        for sum in self.threats.sums() {
            emails[sum.domain as usize].1 += sum.emails as u64;
        }
        emails
    }

    /// The cube of what was counted so far.
    pub fn cube(&mut self, numbers: &DomainNumbers) -> Cube {
        self.find_candidates(numbers);
        for side in [&mut self.outbound, &mut self.threats] {
            side.close();
            side.counted.sums.merge_all();
        }
        let same = |a: &u32, b: &u32| numbers.domain(*a) == numbers.domain(*b);
        let names = self.candidates.chunk_by(same);
        let names = names.map(|same| (Arc::clone(numbers.shared(same[0])), same.to_vec()));
        let layout = Layout::new(names, numbers.len()).with_meant(Arc::clone(&self.meant));
        let sides = [&self.outbound, &self.threats].map(|side| side.counted.clone());
        Cube::new(Arc::new(layout), Arc::new(self.kinds.clone()), sides)
    }

    /// The cube of all that was counted, and of nothing else.
    pub fn into_cube(mut self, numbers: &DomainNumbers) -> Cube {
        self.find_candidates(numbers);
        let is_candidate = std::mem::take(&mut self.is_candidate);
        for side in [&mut self.outbound, &mut self.threats] {
            side.close();
            let cells = &mut side.counted.cells;
            cells.retain(|cell| is_candidate[cell.domain as usize]);
            let sums = &mut side.counted.sums;
            sums.retain(|sum| is_candidate[sum.domain as usize]);
        }
        self.is_candidate = is_candidate;
        self.cube(numbers)
    }

    /// Adds to the domains that can rank those that have come to.
    fn find_candidates(&mut self, numbers: &DomainNumbers) {
        let domains = || 0..numbers.len() as u32;
        let mut sides = vec![(false, false); numbers.len()];
        for domain in domains() {
            let group = &mut sides[numbers.widest_group(domain) as usize];
            group.0 |= self.outbound.has_any(domain);
            group.1 |= self.threats.has_any(domain);
        }
        // What people mean otherwise may rank to the letter with what is not of its widest group.
        let mut taken: HashMap<u32, (bool, bool)> = HashMap::new();
        for (&domain, irregular) in numbers.irregular() {
            if let Some(number) = irregular.taken {
                let sides = taken.entry(number).or_default();
                sides.0 |= self.outbound.has_any(domain) || self.outbound.has_any(number);
                sides.1 |= self.threats.has_any(number);
            }
        }
        let ranks_as_taken = |domain: u32| {
            let irregular = numbers.irregular().get(&domain);
            let number = irregular.map_or(Some(domain), |irregular| irregular.taken);
            number.is_some_and(|number| taken.get(&number) == Some(&(true, true)))
        };
        self.is_candidate.resize(numbers.len(), false);
        let mut new: Vec<u32> = domains()
            .filter(|&domain| !self.is_candidate[domain as usize])
            .filter(|&domain| {
                let is_in_group = sides[numbers.widest_group(domain) as usize] == (true, true);
                is_in_group || !taken.is_empty() && ranks_as_taken(domain)
            })
            .filter(|&domain| self.outbound.has_any(domain) || self.threats.has_any(domain))
            .collect();
        for &domain in &new {
            self.is_candidate[domain as usize] = true;
        }
        let irregular = new
            .iter()
            .filter_map(|domain| numbers.irregular().get_key_value(domain));
        let irregular: Vec<(&u32, &Irregular)> = irregular.collect();
        if !irregular.is_empty() {
            let meant = Arc::make_mut(&mut self.meant);
            meant.extend(
                irregular
                    .iter()
                    .map(|(number, it)| (**number, Arc::clone(&it.meant))),
            );
        }
        let counts_to_the_letter = |domain: &u32| {
            let irregular = numbers.irregular().get(domain);
            irregular.is_none_or(|irregular| irregular.taken.is_some())
        };
        new.retain(counts_to_the_letter);
        new.sort_unstable_by(|&a, &b| numbers.domain(a).cmp(numbers.domain(b)));
        self.candidates = with_new(&self.candidates, &new, numbers);
    }
}

/// Domains that ascend, with others put in that ascend too. Names are compared only of those put in.
fn with_new(known: &[u32], new: &[u32], numbers: &DomainNumbers) -> Vec<u32> {
    let mut all = Vec::with_capacity(known.len() + new.len());
    let mut rest = known;
    for &domain in new {
        let name = numbers.domain(domain);
        let before = rest.partition_point(|&other| numbers.domain(other) < name);
        let (smaller, larger) = rest.split_at(before);
        all.extend_from_slice(smaller);
        all.push(domain);
        rest = larger;
    }
    all.extend_from_slice(rest);
    all
}

impl SideBuilder {
    fn count(&mut self, cell: Cell) {
        let domain = cell.domain as usize;
        if self.has_any.len() <= domain {
            self.has_any.resize(domain + 1, false);
            self.open.resize(domain + 1, None);
        }
        let open = &mut self.open[domain];
        if open.as_mut().is_some_and(|open| open.absorb(&cell)) {
            return;
        }
        self.has_any[domain] = true;
        self.latest.extend(open.replace(cell));
        if self.latest.len() >= CELLS_AT_A_TIME {
            self.sort_latest();
        }
    }

    /// Sees to it that all that was counted is in the runs.
    fn close(&mut self) {
        let open = self.open.iter_mut().filter_map(Option::take);
        self.latest.extend(open);
        self.sort_latest();
    }

    fn has_any(&self, domain: u32) -> bool {
        self.has_any.get(domain as usize) == Some(&true)
    }

    fn sort_latest(&mut self) {
        let mut cells = std::mem::take(&mut self.latest);
        runs::sort(&mut cells);
        self.counted.sums.add_sorted(sums(&cells, |_| true));
        self.counted.cells.add_sorted(cells);
    }

    fn sums(&mut self) -> impl Iterator<Item = &super::cube::Sum> {
        self.close();
        self.counted.sums.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::DomainMatching;

    /// A cube of emails of these domains: outbound and threats.
    fn cube(emails: &[(&str, u64, u64)]) -> Cube {
        let (mut numbers, mut builder) = (DomainNumbers::default(), CubeBuilder::default());
        for &(domain, outbound, threats) in emails {
            let domain = numbers.number(domain.as_bytes());
            for (side, emails) in [(Side::Outbound, outbound), (Side::Threat, threats)] {
                for email in 0..emails {
                    let hour = Some(Hour(email as i32));
                    let (mask, facets) = (ExclusionSet::EMPTY, ThreatFacets::default());
                    builder.count(side, domain, mask, hour, facets);
                }
            }
        }
        builder.cube(&numbers)
    }

    fn domains(cube: &Cube) -> Vec<String> {
        let domains = (0..cube.len()).map(|index| cube.domain(index));
        domains
            .map(|domain| String::from_utf8_lossy(domain).into_owned())
            .collect()
    }

    #[test]
    fn only_domains_whose_group_has_both_sides_are_kept() {
        let cube = cube(&[
            ("b.com", 1, 1),
            ("Contoso.com", 3, 0),
            ("contoso.com", 0, 1),
            ("mail.litware.com", 2, 0),
            ("www.litware.com", 0, 2),
            ("sent.com", 5, 0),
            ("a.sent.com", 5, 0),
            ("threats.com", 0, 5),
        ]);
        let kept = [
            "Contoso.com",
            "b.com",
            "contoso.com",
            "mail.litware.com",
            "www.litware.com",
        ];
        assert_eq!(domains(&cube), kept);
        let folded = cube.grouped(DomainMatching::Folded);
        assert_eq!(domains(&folded), ["b.com", "contoso.com"]);
        let registrable = cube.grouped(DomainMatching::Registrable);
        assert_eq!(
            domains(&registrable),
            ["b.com", "contoso.com", "litware.com"]
        );
    }

    #[test]
    fn a_cube_while_counting_is_the_one_of_what_was_counted_so_far() {
        let (mut numbers, mut builder) = (DomainNumbers::default(), CubeBuilder::default());
        let mut count = |builder: &mut CubeBuilder, domain: &str, side| {
            let domain = numbers.number(domain.as_bytes());
            let (mask, facets) = (ExclusionSet::EMPTY, ThreatFacets::default());
            builder.count(side, domain, mask, Some(Hour(1)), facets);
            builder.cube(&numbers)
        };
        assert!(count(&mut builder, "m.example", Side::Outbound).is_empty());
        let first = count(&mut builder, "m.example", Side::Threat);
        for (domain, side) in [
            ("z.example", Side::Threat),
            ("z.example", Side::Outbound),
            ("a.example", Side::Outbound),
        ] {
            count(&mut builder, domain, side);
        }
        let last = count(&mut builder, "a.example", Side::Threat);
        assert_eq!(domains(&first), ["m.example"]);
        assert_eq!(domains(&last), ["a.example", "m.example", "z.example"]);
        let emails = |cube: &Cube, index| {
            cube.totals(Side::Threat, index)
                .map(|it| it.emails)
                .sum::<u64>()
        };
        assert_eq!(emails(&first, 0), 1);
        count(&mut builder, "m.example", Side::Threat);
        assert_eq!(emails(&first, 0), 1);
        assert_eq!(emails(&builder.into_cube(&numbers), 1), 2);
    }

    #[test]
    fn cells_of_a_group_count_together() {
        let cube = cube(&[("b.com", 3, 1), ("B.com", 2, 1)]);
        let folded = cube.grouped(DomainMatching::Folded);
        let emails = |side, hours| -> Vec<u64> {
            let totals = folded.totals_in(side, 0, hours).into_iter();
            totals.map(|total| total.emails).collect()
        };
        assert_eq!(emails(Side::Outbound, None), [5]);
        assert_eq!(emails(Side::Threat, None), [2]);
        assert_eq!(emails(Side::Outbound, Some(&(Hour(1)..=Hour(9)))), [3]);
    }
}
