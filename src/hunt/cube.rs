//! The cube: how many emails there are by domain, kind and hour, on two sides.
//!
//! It knows nothing of events or where the numbers came from; another engine could fill it.
//! Only domains that can rank in some way of matching are in it: those whose widest group has at
//! least one outbound and one threat email before any exclusion. Exclusions only ever remove, so no
//! other domain can appear. What ranks when domains are matched in a wider way than exactly is made
//! of the same cells, taken together by group.
//!
//! How it is filled is in [`super::cube_builder`].

use super::domain_matching::DomainMatching;
use super::exclusion::ExclusionSet;
use super::facets::ThreatFacets;
use super::kinds::Kinds;
use super::latest::Latest;
use super::runs::{Entry, Runs};
use super::side::Side;
use crate::events::time::Hour;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

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

/// An hour, or that it is not known; that comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellHour(i32);

impl CellHour {
    /// No time that can be written lies in it.
    const UNKNOWN: CellHour = CellHour(i32::MIN);

    pub(super) fn known(self) -> Option<Hour> {
        (self != Self::UNKNOWN).then_some(Hour(self.0))
    }

    fn is_in(self, hours: &RangeInclusive<Hour>) -> bool {
        self.known().is_some_and(|hour| hours.contains(&hour))
    }
}

impl From<Option<Hour>> for CellHour {
    fn from(hour: Option<Hour>) -> Self {
        hour.map_or(Self::UNKNOWN, |hour| CellHour(hour.0))
    }
}

/// Emails of one domain, kind and hour. Domains are numbered as they were counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) domain: u32,
    pub(super) kind: u32,
    pub(super) hour: CellHour,
    /// How many; less than nothing where emails are of another kind since.
    pub(super) emails: i32,
}

impl Entry for Cell {
    /// By domain, kind and hour.
    type Key = u128;

    fn key(&self) -> u128 {
        let hour = self.hour.0.cast_unsigned() ^ i32::MIN.cast_unsigned();
        u128::from(self.domain) << 64 | u128::from(self.kind) << 32 | u128::from(hour)
    }

    fn absorb(&mut self, next: &Self) -> bool {
        if self.key() != next.key() {
            return false;
        }
        // Of more than fit, two are as good as one.
        let sum = self.emails.checked_add(next.emails);
        self.emails = sum.unwrap_or(self.emails);
        sum.is_some()
    }

    fn is_nothing(&self) -> bool {
        self.emails == 0
    }
}

/// Emails of one domain and kind, over some hours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum {
    pub(super) domain: u32,
    pub(super) kind: u32,
    pub(super) emails: i64,
}

impl Entry for Sum {
    /// By domain and kind.
    type Key = u64;

    fn key(&self) -> u64 {
        u64::from(self.domain) << 32 | u64::from(self.kind)
    }

    fn absorb(&mut self, next: &Self) -> bool {
        let is_same = self.key() == next.key();
        if is_same {
            self.emails += next.emails;
        }
        is_same
    }

    fn is_nothing(&self) -> bool {
        self.emails == 0
    }
}

/// The sums of cells in order.
pub(super) fn sums(cells: &[Cell], counts: impl Fn(&Cell) -> bool) -> Vec<Sum> {
    let same = |a: &Cell, b: &Cell| (a.domain, a.kind) == (b.domain, b.kind);
    let sums = cells.chunk_by(same).map(|cells| Sum {
        domain: cells[0].domain,
        kind: cells[0].kind,
        emails: cells
            .iter()
            .filter(|cell| counts(cell))
            .map(|cell| i64::from(cell.emails))
            .sum(),
    });
    sums.filter(|sum| !sum.is_nothing()).collect()
}

/// One side of the cube.
#[derive(Clone, Debug, Default)]
pub(super) struct CubeSide {
    pub(super) cells: Runs<Cell>,
    pub(super) sums: Runs<Sum>,
}

/// The emails of each domain or group by kind: those of one lie together.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    ends: Vec<u32>,
    /// The numbers of the kinds, and the emails.
    entries: Vec<(u32, u64)>,
}

impl Totals {
    /// Of the `index`-th domain or group.
    pub(super) fn of(&self, index: usize) -> &[(u32, u64)] {
        let Some(&end) = self.ends.get(index) else {
            return &[];
        };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.entries[start as usize..end as usize]
    }
}

/// The name of each domain or group of a cube, and which of the domains that were counted it is made of.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Ascending by bytes, so that comparing numbers is comparing domains.
    names: Vec<Arc<[u8]>>,
    /// For each name, the end of its members.
    member_ends: Vec<u32>,
    members: Vec<u32>,
    /// For each domain that was counted, the name it belongs to, if it is in the cube.
    index_of: Vec<Option<u32>>,
    /// What people mean by those that the query takes otherwise, by number. Some of these belong to no name.
    meant: Arc<BTreeMap<u32, Arc<[u8]>>>,
}

impl Layout {
    /// Of names, which ascend, with their members, among so many domains that were counted.
    pub(super) fn new(
        groups: impl IntoIterator<Item = (Arc<[u8]>, Vec<u32>)>,
        counted: usize,
    ) -> Self {
        let mut layout = Layout {
            index_of: vec![None; counted],
            ..Layout::default()
        };
        for (name, members) in groups {
            for &member in &members {
                layout.index_of[member as usize] = Some(layout.names.len() as u32);
            }
            layout.names.push(name);
            layout.members.extend(members);
            layout.member_ends.push(layout.members.len() as u32);
        }
        layout
    }

    /// Notes the domains that people mean where the query takes another one.
    pub(super) fn with_meant(mut self, meant: Arc<BTreeMap<u32, Arc<[u8]>>>) -> Self {
        self.meant = meant;
        self
    }

    /// Whether a counted domain can rank in some way of matching. It is to be asked of the exact names.
    pub(super) fn can_rank(&self, domain: u32) -> bool {
        self.index_of(domain).is_some() || self.meant.contains_key(&domain)
    }

    /// The domains that were counted under the `index`-th name.
    pub(super) fn members(&self, index: usize) -> &[u32] {
        let Some(&end) = self.member_ends.get(index) else {
            return &[];
        };
        let before = index.checked_sub(1);
        let start = before.map_or(0, |before| self.member_ends[before]);
        &self.members[start as usize..end as usize]
    }

    /// The index of the name that a counted domain belongs to.
    pub(super) fn index_of(&self, domain: u32) -> Option<usize> {
        let index = self.index_of.get(domain as usize)?;
        index.map(|index| index as usize)
    }

    /// The emails of sorted sums by name.
    fn totals(&self, sums: &[Sum]) -> Totals {
        let mut ends = vec![0_u32; self.names.len()];
        for sum in sums {
            if let Some(index) = self.index_of(sum.domain) {
                ends[index] += 1;
            }
        }
        let mut end = 0;
        for place in &mut ends {
            // For now, where those of the name begin.
            end += std::mem::replace(place, end);
        }
        let mut entries = vec![(0_u32, 0_i64); end as usize];
        for sum in sums {
            if let Some(index) = self.index_of(sum.domain) {
                entries[ends[index] as usize] = (sum.kind, sum.emails);
                ends[index] += 1;
            }
        }
        let mut totals = Totals {
            ends: Vec::with_capacity(ends.len()),
            entries: Vec::with_capacity(entries.len()),
        };
        let mut start = 0;
        for end in ends {
            let of_name = &mut entries[start..end as usize];
            of_name.sort_unstable_by_key(|entry| entry.0);
            for of_kind in of_name.chunk_by(|a, b| a.0 == b.0) {
                let emails: i64 = of_kind.iter().map(|entry| entry.1).sum();
                if emails > 0 {
                    totals.entries.push((of_kind[0].0, emails as u64));
                }
            }
            totals.ends.push(totals.entries.len() as u32);
            start = end as usize;
        }
        totals
    }
}

/// The counts of all domains, or groups of domains, that can rank. Cloning it is cheap: what it is made
/// of is shared.
#[derive(Clone, Debug, Default)]
pub struct Cube {
    pub(super) layout: Arc<Layout>,
    pub(super) kinds: Arc<Kinds>,
    outbound: CubeSide,
    threats: CubeSide,
    totals: Arc<[Totals; 2]>,
    /// Those of the hours that were asked for last.
    totals_in: Arc<Latest<RangeInclusive<Hour>, [Totals; 2]>>,
}

impl Cube {
    /// Of what was counted, by these names. Each side has one run of sums.
    pub(super) fn new(
        layout: Arc<Layout>,
        kinds: Arc<Kinds>,
        [outbound, threats]: [CubeSide; 2],
    ) -> Self {
        let totals = [&outbound, &threats].map(|side| {
            let sums = side.sums.iter().next().unwrap_or_default();
            layout.totals(sums)
        });
        Cube {
            layout,
            kinds,
            outbound,
            threats,
            totals: Arc::new(totals),
            totals_in: Arc::default(),
        }
    }

    /// The number of domains.
    pub fn len(&self) -> usize {
        self.layout.names.len()
    }

    /// Whether no domain can rank, however domains are matched.
    pub fn is_empty(&self) -> bool {
        self.layout.names.is_empty()
    }

    /// The bytes of the `index`-th domain; they ascend with the index.
    pub fn domain(&self, index: usize) -> &[u8] {
        &self.layout.names[index]
    }

    /// The index of a domain, if it is in the cube.
    pub fn find(&self, domain: &[u8]) -> Option<usize> {
        self.layout
            .names
            .binary_search_by(|known| (**known).cmp(domain))
            .ok()
    }

    /// The totals of a domain on one side.
    pub fn totals(&self, side: Side, domain: usize) -> impl ExactSizeIterator<Item = Total> {
        let totals = self.totals[side as usize].of(domain).iter();
        totals.map(|&(kind, emails)| self.total(kind, emails))
    }

    fn total(&self, kind: u32, emails: u64) -> Total {
        let kind = self.kinds.get(kind);
        Total {
            mask: kind.mask,
            facets: kind.facets,
            emails,
        }
    }

    /// What a domain has on one side in these hours, or, without them, at all times. Of other hours than those
    /// asked for last it takes time by the number of cells.
    pub fn totals_in(
        &self,
        side: Side,
        domain: usize,
        hours: Option<&RangeInclusive<Hour>>,
    ) -> Vec<Total> {
        let Some(hours) = hours else {
            return self.totals(side, domain).collect();
        };
        let totals = self.all_totals_in(Some(hours));
        let totals = totals[side as usize].of(domain).iter();
        totals
            .map(|&(kind, emails)| self.total(kind, emails))
            .collect()
    }

    /// The emails of each domain by kind on both sides, in these hours or at all times.
    pub(super) fn all_totals_in(&self, hours: Option<&RangeInclusive<Hour>>) -> Arc<[Totals; 2]> {
        let Some(hours) = hours else {
            return Arc::clone(&self.totals);
        };
        self.totals_in.get_or_make(hours, || {
            Side::BOTH.map(|side| {
                let mut in_hours = Runs::default();
                for cells in self.side(side).cells.iter() {
                    in_hours.add_sorted(sums(cells, |cell| cell.hour.is_in(hours)));
                }
                in_hours.merge_all();
                self.layout
                    .totals(in_hours.iter().next().unwrap_or_default())
            })
        })
    }

    /// The cells of a domain on one side, in runs in which those of a kind lie together. One place may have
    /// several, of which the sum counts.
    pub(super) fn spans(&self, side: Side, domain: usize) -> impl Iterator<Item = &[Cell]> {
        let runs = self.side(side).cells.iter();
        runs.flat_map(move |cells| {
            let members = self.layout.members(domain).iter();
            members.map(move |&member| {
                let start = cells.partition_point(|cell| cell.domain < member);
                let rest = &cells[start..];
                &rest[..rest.partition_point(|cell| cell.domain == member)]
            })
        })
    }

    /// All cells of a side with the index of their domain.
    pub(super) fn all_cells(&self, side: Side) -> impl Iterator<Item = (usize, &Cell)> {
        let cells = self.side(side).cells.iter().flatten();
        cells.filter_map(|cell| Some((self.layout.index_of(cell.domain)?, cell)))
    }

    /// The number of cells on both sides: what the memory of the cube depends on.
    pub fn cell_count(&self) -> usize {
        self.outbound.cells.len() + self.threats.cells.len()
    }

    /// The counts of the groups that these domains make and that can rank.
    #[must_use]
    pub fn grouped(&self, matching: DomainMatching) -> Cube {
        self.with_layout(Arc::new(self.grouped_layout(matching)))
    }

    /// The same counts by other names of the same domains.
    pub(super) fn with_layout(&self, layout: Arc<Layout>) -> Cube {
        let sides = [&self.outbound, &self.threats].map(CubeSide::clone);
        Cube::new(layout, Arc::clone(&self.kinds), sides)
    }

    /// It is to be asked of the exact names: what people mean is grouped.
    fn grouped_layout(&self, matching: DomainMatching) -> Layout {
        let Layout { names, meant, .. } = &*self.layout;
        let regular = names.iter().enumerate().flat_map(|(index, name)| {
            let members = self.layout.members(index).iter();
            let members = members.filter(|member| !meant.contains_key(member));
            members.map(move |&member| (name, member))
        });
        let irregular = meant.iter().map(|(&member, meant)| (meant, member));
        let mut groups: Vec<(Cow<'_, [u8]>, u32)> = regular
            .chain(irregular)
            .map(|(domain, member)| (matching.group_of(domain), member))
            .collect();
        groups.sort_unstable();
        let groups = groups.chunk_by(|a, b| a.0 == b.0).filter_map(|group| {
            let has_any = |side: Side| {
                let mut members = group.iter().map(|(_, member)| *member);
                members.any(|member| self.side(side).has_any(member))
            };
            if !has_any(Side::Outbound) || !has_any(Side::Threat) {
                return None;
            }
            let members = group.iter().map(|(_, member)| *member);
            Some((Arc::from(group[0].0.as_ref()), members.collect()))
        });
        Layout::new(groups, self.layout.index_of.len()).with_meant(Arc::clone(meant))
    }

    /// The same domains where emails are of other kinds: `kinds` are all there are now, and `changes` says
    /// on each side, in sorted parts, what there is more and less of.
    #[must_use]
    pub(super) fn with_changes(&self, kinds: Kinds, changes: [Vec<Vec<Cell>>; 2]) -> Cube {
        let [outbound, threats] = changes;
        let sides = [(&self.outbound, outbound), (&self.threats, threats)];
        let sides = sides.map(|(side, changes)| {
            let mut side = side.clone();
            side.change(changes);
            side
        });
        Cube::new(Arc::clone(&self.layout), Arc::new(kinds), sides)
    }

    fn side(&self, side: Side) -> &CubeSide {
        match side {
            Side::Outbound => &self.outbound,
            Side::Threat => &self.threats,
        }
    }
}

impl CubeSide {
    /// Whether a counted domain has any emails.
    fn has_any(&self, domain: u32) -> bool {
        self.sums.iter().any(|sums| {
            let first = sums.partition_point(|sum| sum.domain < domain);
            sums.get(first).is_some_and(|sum| sum.domain == domain)
        })
    }

    /// Adds sorted parts of what there is more and less of.
    pub(super) fn change(&mut self, changes: Vec<Vec<Cell>>) {
        let mut more = CubeSide::default();
        for cells in changes {
            more.sums.add_sorted(sums(&cells, |_| true));
            more.cells.add_sorted(cells);
        }
        more.cells.merge_all();
        more.sums.merge_all();
        for cells in more.cells.iter() {
            self.cells.add_sorted(cells.to_vec());
        }
        for sums in more.sums.iter() {
            self.sums.add_sorted(sums.to_vec());
        }
        self.sums.merge_all();
    }
}
