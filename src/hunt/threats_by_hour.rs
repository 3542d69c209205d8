//! The threat emails by hour, of domains and masks that are shown and hidden together: made when the cube
//! or the search is another, so that a timeline is added up of few numbers for each hour.

use super::cube::Cube;
use super::exclusion::ExclusionSet;
use super::hour_sums::{HourSums, PLACES_AN_HOUR};
use super::query::{Query, Shown};
use super::side::Side;
use super::timeline::Timeline;
use super::view::Rollup;
use crate::events::time::Hour;
use crate::letter_case::{fold_case, fold_text};
use hashbrown::HashMap;

/// The threat emails by hour at all times.
#[derive(Clone, Debug, Default)]
pub struct ThreatsByHour {
    /// The hours in which any came, ascending.
    hours: Vec<Hour>,
    series: Vec<Series>,
}

/// Threat emails that are visible together: of one mask, from domains whose outbound side is alike.
#[derive(Clone, Debug)]
struct Series {
    outbound_side: u32,
    mask: ExclusionSet,
    by_hour: ByHour,
    without_time: u64,
}

/// Emails by place in the hours.
#[derive(Clone, Debug)]
enum ByHour {
    /// From that place on without a gap: added up quickly.
    Dense(usize, Vec<u64>),
    /// With their places.
    Sparse(Vec<(u32, u64)>),
}

impl ByHour {
    /// Of emails with their places, which ascend.
    fn of(by_hour: Vec<(u32, u64)>) -> Self {
        let (Some(&(first, _)), Some(&(last, _))) = (by_hour.first(), by_hour.last()) else {
            return ByHour::Sparse(by_hour);
        };
        let places = (last - first) as usize + 1;
        if places > PLACES_AN_HOUR * by_hour.len() {
            return ByHour::Sparse(by_hour);
        }
        let mut emails = vec![0; places];
        for (place, emails_of_hour) in by_hour {
            emails[(place - first) as usize] = emails_of_hour;
        }
        ByHour::Dense(first as usize, emails)
    }

    fn add_to(&self, sums: &mut [u64]) {
        match self {
            ByHour::Dense(first, emails) => {
                for (sum, emails) in sums[*first..].iter_mut().zip(emails) {
                    *sum += emails;
                }
            }
            ByHour::Sparse(by_hour) => {
                for &(place, emails) in by_hour {
                    sums[place as usize] += emails;
                }
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            ByHour::Dense(_, emails) => emails.len(),
            ByHour::Sparse(by_hour) => by_hour.len(),
        }
    }
}

/// A series that is being made.
#[derive(Default)]
struct Collected {
    by_hour: HourSums,
    without_time: i64,
}

impl ThreatsByHour {
    /// Of the domains that a search finds and that can rank at all times, of which the cube is rolled up.
    pub fn of(cube: &Cube, at_all_times: &Rollup, search: &str) -> Self {
        let mut outbound_sides = at_all_times.outbound_sides(cube.len());
        leave_out_what_is_not_found(cube, &mut outbound_sides, search);
        let mut numbers: HashMap<(u32, ExclusionSet), usize> = HashMap::new();
        let mut collected: Vec<Collected> = Vec::new();
        // Neighbours are often of one series.
        let mut latest = None;
        for (domain, cell) in cube.all_cells(Side::Threat) {
            let Some(outbound_side) = outbound_sides[domain] else {
                continue;
            };
            let number = match latest {
                Some((key, number)) if key == (domain, cell.kind) => number,
                _ => {
                    let key = (outbound_side, cube.kinds.get(cell.kind).mask);
                    *numbers.entry(key).or_insert_with(|| {
                        collected.push(Collected::default());
                        collected.len() - 1
                    })
                }
            };
            latest = Some(((domain, cell.kind), number));
            let emails = i64::from(cell.emails);
            match cell.hour.known() {
                Some(hour) => collected[number].by_hour.add(hour, emails),
                None => collected[number].without_time += emails,
            }
        }
        Self::from_collected(&numbers, &collected)
    }

    fn from_collected(
        numbers: &HashMap<(u32, ExclusionSet), usize>,
        collected: &[Collected],
    ) -> Self {
        let hours = collected.iter().flat_map(|series| series.by_hour.iter());
        let mut hours: Vec<Hour> = hours.map(|(hour, _)| hour).collect();
        hours.sort_unstable();
        hours.dedup();
        let places: HashMap<Hour, u32> = hours.iter().copied().zip(0..).collect();
        let series = numbers.iter().map(|(&(outbound_side, mask), &number)| {
            let Collected {
                by_hour,
                without_time,
            } = &collected[number];
            let by_hour = by_hour.iter().filter(|(_, emails)| *emails > 0);
            let mut by_hour: Vec<(u32, u64)> = by_hour
                .map(|(hour, emails)| (places[&hour], emails as u64))
                .collect();
            by_hour.sort_unstable();
            Series {
                outbound_side,
                mask,
                by_hour: ByHour::of(by_hour),
                without_time: *without_time as u64,
            }
        });
        ThreatsByHour {
            series: series.collect(),
            hours,
        }
    }

    /// Those that are shown with these exclusions on.
    pub fn timeline(&self, at_all_times: &Rollup, active: ExclusionSet, shown: Shown) -> Timeline {
        let is_outbound_visible = at_all_times.visible_sides(active);
        let mut by_hour = vec![0; self.hours.len()];
        let mut without_time = 0;
        for series in &self.series {
            let is_visible = series.mask.and(active).is_empty()
                && is_outbound_visible[series.outbound_side as usize];
            if is_visible != (shown == Shown::Visible) {
                continue;
            }
            without_time += series.without_time;
            series.by_hour.add_to(&mut by_hour);
        }
        let by_hour = self.hours.iter().copied().zip(by_hour);
        Timeline {
            by_hour: by_hour.filter(|(_, emails)| *emails > 0).collect(),
            without_time,
        }
    }

    /// How much a timeline is added up of.
    pub fn work(&self) -> usize {
        let by_hour: usize = self.series.iter().map(|series| series.by_hour.len()).sum();
        by_hour + self.series.len()
    }
}

fn leave_out_what_is_not_found<T>(cube: &Cube, domains: &mut [Option<T>], search: &str) {
    if search.is_empty() {
        return;
    }
    let needle = fold_text(search);
    let finder = memchr::memmem::Finder::new(needle.as_bytes());
    for (index, domain) in domains.iter_mut().enumerate() {
        if finder.find(&fold_case(cube.domain(index))).is_none() {
            *domain = None;
        }
    }
}

/// The outbound and the threat emails of unknown time by mask, of domains that can rank at all times.
#[derive(Clone, Debug, Default)]
pub struct WithoutTime(Vec<(ExclusionSet, [i64; 2])>);

impl WithoutTime {
    /// Of a cube, rolled up over all times.
    pub fn of(cube: &Cube, at_all_times: &Rollup) -> Self {
        let candidates = at_all_times.outbound_sides(cube.len());
        let mut by_kind: HashMap<u32, [i64; 2]> = HashMap::new();
        for side in Side::BOTH {
            for (domain, cell) in cube.all_cells(side) {
                if cell.hour.known().is_none() && candidates[domain].is_some() {
                    let emails = by_kind.entry(cell.kind).or_default();
                    emails[side as usize] += i64::from(cell.emails);
                }
            }
        }
        let masks = by_kind.into_iter();
        WithoutTime(
            masks
                .map(|(kind, emails)| (cube.kinds.get(kind).mask, emails))
                .collect(),
        )
    }

    /// The emails that the time range of a query leaves out, without those that its exclusions hide.
    pub fn left_out(&self, query: &Query) -> u64 {
        let visible = self.0.iter();
        let visible = visible.filter(|(mask, _)| mask.and(query.active).is_empty());
        let sides = Side::BOTH
            .into_iter()
            .filter(|side| query.hours_on(*side).is_some());
        let sides: Vec<Side> = sides.collect();
        let left_out =
            |emails: &[i64; 2]| -> i64 { sides.iter().map(|side| emails[*side as usize]).sum() };
        visible.map(|(_, emails)| left_out(emails)).sum::<i64>() as u64
    }
}
