//! The cube: how many emails there are by domain, mask, hour and facets, on two sides.
//!
//! It knows nothing of events or where the numbers came from; another engine could fill it.
//! Only domains that can rank are in it: those with at least one outbound and one threat email
//! before any exclusion. Exclusions only ever remove, so no other domain can appear.

use super::domain::DomainNumbers;
use super::exclusion::ExclusionSet;
use super::facets::ThreatFacets;
use super::matcher::Side;
use crate::events::time::Hour;
use hashbrown::HashMap;

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

/// The counts of all domains that can rank.
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

    /// Whether no domain can rank.
    pub fn is_empty(&self) -> bool {
        self.domains.is_empty()
    }

    /// The bytes of the `index`-th domain; they ascend with the index.
    pub fn domain(&self, index: usize) -> &[u8] {
        &self.domains[index]
    }

    /// The index of a domain, if it can rank.
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

    /// The number of cells on both sides: what the memory of the cube depends on.
    pub fn cell_count(&self) -> usize {
        self.outbound.cells.len() + self.threats.cells.len()
    }

    fn side(&self, side: Side) -> &CubeSide {
        match side {
            Side::Outbound => &self.outbound,
            Side::Threat => &self.threats,
        }
    }
}

fn span<'a, T>(items: &'a [T], ends: &[u32], domain: usize) -> &'a [T] {
    let Some(&end) = ends.get(domain) else {
        return &[];
    };
    let start = domain.checked_sub(1).map_or(0, |before| ends[before]);
    &items[start as usize..end as usize]
}

/// What emails that share a cell have in common, while counting.
type Key = (ExclusionSet, Option<Hour>, ThreatFacets);

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
        *domains[domain].entry((mask, hour, facets)).or_default() += 1;
    }

    /// The cube of what was counted so far.
    pub fn cube(&self, numbers: &DomainNumbers) -> Cube {
        let mut candidates: Vec<u32> = (0..numbers.len() as u32)
            .filter(|&domain| {
                let counted = |side: &[Cells]| {
                    side.get(domain as usize)
                        .is_some_and(|cells| !cells.is_empty())
                };
                counted(&self.outbound) && counted(&self.threats)
            })
            .collect();
        candidates.sort_unstable_by(|&a, &b| numbers.domain(a).cmp(numbers.domain(b)));
        Cube {
            outbound: freeze(&self.outbound, &candidates),
            threats: freeze(&self.threats, &candidates),
            domains: candidates
                .iter()
                .map(|&domain| numbers.domain(domain).into())
                .collect(),
        }
    }
}

fn freeze(counted: &[Cells], candidates: &[u32]) -> CubeSide {
    let mut side = CubeSide::default();
    for &domain in candidates {
        let start = side.cells.len();
        side.cells
            .extend(counted[domain as usize].iter().map(cell_of));
        side.cells[start..].sort_unstable_by_key(|cell| (cell.mask, cell.facets, cell.hour));
        for index in start..side.cells.len() {
            let cell = side.cells[index];
            match side.totals.last_mut() {
                Some(last)
                    if index > start && (last.mask, last.facets) == (cell.mask, cell.facets) =>
                {
                    last.emails += cell.emails;
                }
                _ => side.totals.push(Total {
                    mask: cell.mask,
                    facets: cell.facets,
                    emails: cell.emails,
                }),
            }
        }
        side.cell_ends.push(side.cells.len() as u32);
        side.total_ends.push(side.totals.len() as u32);
    }
    side
}

fn cell_of((&(mask, hour, facets), &emails): (&Key, &u64)) -> Cell {
    Cell {
        mask,
        hour,
        facets,
        emails,
    }
}
