//! The cube: how many emails there are by domain, mask, hour and facets, on two sides.
//!
//! It knows nothing of events or where the numbers came from; another engine could fill it.
//! Only domains that can rank in some way of matching are in it: those whose widest group has at
//! least one outbound and one threat email before any exclusion. Exclusions only ever remove, so no
//! other domain can appear. What ranks when domains are matched in a wider way than exactly is made
//! of it by adding the counts of each group.

use super::domain::DomainNumbers;
use super::domain_matching::DomainMatching;
use super::exclusion::ExclusionSet;
use super::facets::ThreatFacets;
use super::matcher::Side;
use crate::events::time::Hour;
use hashbrown::HashMap;
use std::ops::RangeInclusive;

/// Emails of one domain that have all of these in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The exclusions that match them.
    pub mask: ExclusionSet,
    /// The hour they lie in, if their time is known.
    pub hour: Option<Hour>,
    /// Their facets; on the outbound side always the default.
    pub facets: ThreatFacets,
    /// How many there are.
    pub emails: u64,
}

/// Emails of one domain that have the same mask and facets, over all hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// The exclusions that match them.
    pub mask: ExclusionSet,
    /// Their facets; on the outbound side always the default.
    pub facets: ThreatFacets,
    /// How many there are.
    pub emails: u64,
}

/// One side of the cube. Cells and totals lie domain by domain.
#[derive(Clone, Debug, Default)]
struct CubeSide {
    cells: Vec<Cell>,
    cell_ends: Vec<u32>,
    totals: Vec<Total>,
    total_ends: Vec<u32>,
}

/// The counts of all domains, or groups of domains, that can rank.
#[derive(Clone, Debug, Default)]
pub struct Cube {
    /// Ascending by bytes, so that comparing numbers is comparing domains.
    domains: Vec<Box<[u8]>>,
    outbound: CubeSide,
    threats: CubeSide,
}

impl Cube {
    /// The number of domains.
    pub fn len(&self) -> usize {
        self.domains.len()
    }

    /// Whether no domain can rank, however domains are matched.
    pub fn is_empty(&self) -> bool {
        self.domains.is_empty()
    }

    /// The bytes of the `index`-th domain; they ascend with the index.
    pub fn domain(&self, index: usize) -> &[u8] {
        &self.domains[index]
    }

    /// The index of a domain, if it is in the cube.
    pub fn find(&self, domain: &[u8]) -> Option<usize> {
        self.domains
            .binary_search_by(|known| (**known).cmp(domain))
            .ok()
    }

    /// The cells of a domain on one side.
    pub fn cells(&self, side: Side, domain: usize) -> &[Cell] {
        let side = self.side(side);
        span(&side.cells, &side.cell_ends, domain)
    }

    /// The totals of a domain on one side.
    pub fn totals(&self, side: Side, domain: usize) -> &[Total] {
        let side = self.side(side);
        span(&side.totals, &side.total_ends, domain)
    }

    /// What a domain has on one side in these hours, or, without them, at all times: cells then, or
    /// totals, which are fewer.
    pub fn totals_in(
        &self,
        side: Side,
        domain: usize,
        hours: Option<&RangeInclusive<Hour>>,
    ) -> impl Iterator<Item = Total> {
        let (totals, cells) = match hours {
            None => (self.totals(side, domain), [].as_slice()),
            Some(_) => ([].as_slice(), self.cells(side, domain)),
        };
        let in_hours = move |cell: &&Cell| {
            let hours = hours.zip(cell.hour);
            hours.is_some_and(|(hours, hour)| hours.contains(&hour))
        };
        let cells = cells.iter().filter(in_hours).map(|cell| Total {
            mask: cell.mask,
            facets: cell.facets,
            emails: cell.emails,
        });
        totals.iter().copied().chain(cells)
    }

    /// The number of cells on both sides: what the memory of the cube depends on.
    pub fn cell_count(&self) -> usize {
        self.outbound.cells.len() + self.threats.cells.len()
    }

    /// The counts of the groups that these domains make and that can rank.
    #[must_use]
    pub fn grouped(&self, matching: DomainMatching) -> Cube {
        let mut grouped = Cube::default();
        let groups = matching.groups(&self.domains);
        for members in groups.chunk_by(|a, b| a.0 == b.0) {
            let cells = |side| {
                let cells = members
                    .iter()
                    .map(move |&(_, domain)| self.cells(side, domain));
                cells.flatten().copied()
            };
            let has_any = |side| cells(side).next().is_some();
            if has_any(Side::Outbound) && has_any(Side::Threat) {
                grouped.outbound.push_domain(cells(Side::Outbound));
                grouped.threats.push_domain(cells(Side::Threat));
                grouped.domains.push(members[0].0.as_ref().into());
            }
        }
        grouped
    }

    fn side(&self, side: Side) -> &CubeSide {
        match side {
            Side::Outbound => &self.outbound,
            Side::Threat => &self.threats,
        }
    }
}

impl CubeSide {
    /// Adds the next domain; cells that have all in common become one.
    fn push_domain(&mut self, cells: impl Iterator<Item = Cell>) {
        let start = self.cells.len();
        self.cells.extend(cells);
        self.cells[start..].sort_unstable_by_key(Cell::key);
        let mut kept = start;
        for index in start..self.cells.len() {
            let cell = self.cells[index];
            if kept > start && self.cells[kept - 1].key() == cell.key() {
                self.cells[kept - 1].emails += cell.emails;
            } else {
                self.cells[kept] = cell;
                kept += 1;
            }
        }
        self.cells.truncate(kept);
        let same_total = |a: &Cell, b: &Cell| (a.mask, a.facets) == (b.mask, b.facets);
        let totals = self.cells[start..].chunk_by(same_total).map(|cells| Total {
            mask: cells[0].mask,
            facets: cells[0].facets,
            emails: cells.iter().map(|cell| cell.emails).sum(),
        });
        self.totals.extend(totals);
        self.cell_ends.push(self.cells.len() as u32);
        self.total_ends.push(self.totals.len() as u32);
    }
}

fn span<'a, T>(items: &'a [T], ends: &[u32], domain: usize) -> &'a [T] {
    let Some(&end) = ends.get(domain) else {
        return &[];
    };
    let start = domain.checked_sub(1).map_or(0, |before| ends[before]);
    &items[start as usize..end as usize]
}

/// What emails that share a cell have in common. Cells are sorted by it, so that those which share a
/// total lie together.
type Key = (ExclusionSet, ThreatFacets, Option<Hour>);

impl Cell {
    fn key(&self) -> Key {
        (self.mask, self.facets, self.hour)
    }
}

/// The cells of one domain while counting.
type Cells = HashMap<Key, u64>;

/// Counts emails into a cube.
#[derive(Clone, Debug, Default)]
pub struct CubeBuilder {
    outbound: Vec<Cells>,
    threats: Vec<Cells>,
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
        let domains = match side {
            Side::Outbound => &mut self.outbound,
            Side::Threat => &mut self.threats,
        };
        let domain = domain as usize;
        if domains.len() <= domain {
            domains.resize_with(domain + 1, HashMap::new);
        }
        *domains[domain].entry((mask, facets, hour)).or_default() += 1;
    }

    /// The outbound and the threat emails counted of a domain so far.
    pub fn emails(&self, domain: u32) -> (u64, u64) {
        let sum = |side: &[Cells]| {
            let cells = side.get(domain as usize);
            cells.map_or(0, |cells| cells.values().sum())
        };
        (sum(&self.outbound), sum(&self.threats))
    }

    /// The cube of what was counted so far.
    pub fn cube(&self, numbers: &DomainNumbers) -> Cube {
        let mut cube = Cube::default();
        for domain in self.candidates(numbers) {
            cube.outbound.push_domain(cells_of(&self.outbound, domain));
            cube.threats.push_domain(cells_of(&self.threats, domain));
            cube.domains.push(numbers.domain(domain).into());
        }
        cube
    }

    /// The domains that can rank in some way of matching, ascending by bytes.
    fn candidates(&self, numbers: &DomainNumbers) -> Vec<u32> {
        let counted = |side: &[Cells], domain: u32| {
            let cells = side.get(domain as usize);
            cells.is_some_and(|cells| !cells.is_empty())
        };
        let domains = || 0..numbers.len() as u32;
        let mut has_outbound = vec![false; numbers.len()];
        let mut has_threats = vec![false; numbers.len()];
        for domain in domains() {
            let group = numbers.widest_group(domain) as usize;
            has_outbound[group] |= counted(&self.outbound, domain);
            has_threats[group] |= counted(&self.threats, domain);
        }
        let mut candidates: Vec<u32> = domains()
            .filter(|&domain| {
                let group = numbers.widest_group(domain) as usize;
                has_outbound[group] && has_threats[group]
            })
            .filter(|&domain| counted(&self.outbound, domain) || counted(&self.threats, domain))
            .collect();
        candidates.sort_unstable_by(|&a, &b| numbers.domain(a).cmp(numbers.domain(b)));
        candidates
    }
}

fn cells_of(counted: &[Cells], domain: u32) -> impl Iterator<Item = Cell> {
    let cells = counted.get(domain as usize).into_iter().flatten();
    cells.map(|(&(mask, facets, hour), &emails)| Cell {
        mask,
        hour,
        facets,
        emails,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn cells_of_a_group_that_have_all_in_common_become_one() {
        let cube = cube(&[("b.com", 3, 1), ("B.com", 2, 1)]);
        let folded = cube.grouped(DomainMatching::Folded);
        let emails: Vec<u64> = folded
            .cells(Side::Outbound, 0)
            .iter()
            .map(|cell| cell.emails)
            .collect();
        assert_eq!(emails, [2, 2, 1]);
        assert_eq!(folded.totals(Side::Outbound, 0).len(), 1);
        assert_eq!(folded.totals(Side::Outbound, 0)[0].emails, 5);
        assert_eq!(folded.totals(Side::Threat, 0)[0].emails, 2);
    }
}
