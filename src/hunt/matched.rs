//! The counts in each way of matching domains: to the letter as they were counted, and in the wider ways
//! made of these when they are first asked for. What many answers have in common is made once.

use super::cube::{Cube, Layout};
use super::domain_matching::DomainMatching;
use super::latest::Latest;
use super::query::{Query, RangeScope, Sort};
use super::threats_by_hour::{ThreatsByHour, WithoutTime};
use super::timeline::Timeline;
use super::view::{Extent, Listing, Rollup, View};
use crate::events::time::Hour;
use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

/// The counts, however domains are matched.
#[derive(Clone, Debug, Default)]
pub struct MatchedCounts {
    exact: Arc<Counts>,
    folded: OnceLock<Arc<Counts>>,
    registrable: OnceLock<Arc<Counts>>,
    /// How those groups lie, where that is known before anything is counted of them.
    folded_layout: Option<Arc<Layout>>,
    registrable_layout: Option<Arc<Layout>>,
}

/// All that a listing depends on, beside the scope of the hours.
type ListedBy = (Option<RangeInclusive<Hour>>, Sort, String);

/// The counts in one way of matching, and what answers have in common.
#[derive(Debug, Default)]
pub struct Counts {
    /// The counts.
    pub cube: Cube,
    at_all_times: OnceLock<Arc<Rollup>>,
    without_time: OnceLock<WithoutTime>,
    /// For each scope of a time range: both are asked for, to say how they differ.
    in_range: [Latest<RangeInclusive<Hour>, Rollup>; 2],
    listing: [Latest<ListedBy, Listing>; 2],
    threats_by_hour: Latest<String, ThreatsByHour>,
}

impl MatchedCounts {
    /// Of what was counted by exact domain.
    pub fn of(cube: Cube) -> Self {
        MatchedCounts {
            exact: Arc::new(Counts::of(cube)),
            ..MatchedCounts::default()
        }
    }

    /// The same domains, counted otherwise.
    #[must_use]
    pub(super) fn recounted(&self, cube: Cube) -> Self {
        let layout = |counts: &OnceLock<Arc<Counts>>, known: &Option<Arc<Layout>>| {
            let made = counts.get().map(|counts| Arc::clone(&counts.cube.layout));
            made.or_else(|| known.clone())
        };
        MatchedCounts {
            folded_layout: layout(&self.folded, &self.folded_layout),
            registrable_layout: layout(&self.registrable, &self.registrable_layout),
            ..MatchedCounts::of(cube)
        }
    }

    /// The counts; made now if they were not asked for before.
    pub fn counts(&self, matching: DomainMatching) -> &Counts {
        let (counts, layout) = match matching {
            DomainMatching::Exact => return &self.exact,
            DomainMatching::Folded => (&self.folded, &self.folded_layout),
            DomainMatching::Registrable => (&self.registrable, &self.registrable_layout),
        };
        counts.get_or_init(|| {
            let cube = &self.exact.cube;
            let grouped = match layout {
                Some(layout) => cube.with_layout(Arc::clone(layout)),
                None => cube.grouped(matching),
            };
            Arc::new(Counts::of(grouped))
        })
    }

    /// Whether they are there already, so that asking for them costs nothing.
    pub fn are_ready(&self, matching: DomainMatching) -> bool {
        let counts = match matching {
            // To these one can always go back.
            DomainMatching::Exact => return true,
            DomainMatching::Folded => self.folded.get(),
            DomainMatching::Registrable => self.registrable.get(),
        };
        counts.is_some_and(|counts| counts.at_all_times.get().is_some())
    }
}

impl Counts {
    fn of(cube: Cube) -> Self {
        Counts {
            cube,
            ..Counts::default()
        }
    }

    /// Makes what the first answers need.
    pub fn prepare(&self) {
        self.at_all_times();
        self.listing(&Query::default());
        self.threats_by_hour("");
    }

    /// The answer to a query about so many exclusions.
    pub fn view(&self, query: &Query, exclusions: usize) -> View {
        let listing = self.listing(query);
        View::of(&self.rollup(query), &listing, query, exclusions)
    }

    /// How many domains a query lists and how many threats they have.
    pub fn extent(&self, query: &Query) -> Extent {
        self.listing(query).extent(&self.rollup(query), query)
    }

    /// The threat emails by hour of the domains that the query lists without its time range.
    pub fn timeline(&self, query: &Query) -> Timeline {
        let threats = self.threats_by_hour(&query.search);
        threats.timeline(self.at_all_times(), query.active, query.shown)
    }

    /// The emails that the time range of a query leaves out because their time is not known: of domains that
    /// can rank at all times, those that no active exclusion hides. None without a time range.
    pub fn without_time(&self, query: &Query) -> u64 {
        if query.hours.is_none() {
            return 0;
        }
        let make = || WithoutTime::of(&self.cube, self.at_all_times());
        self.without_time.get_or_init(make).left_out(query)
    }

    /// How much a switch looks at beside the rows, and a timeline.
    pub fn work(&self, query: &Query) -> usize {
        self.rollup(query).work() + self.threats_by_hour(&query.search).work()
    }

    fn at_all_times(&self) -> &Arc<Rollup> {
        self.at_all_times
            .get_or_init(|| Arc::new(Rollup::of(&self.cube, &Query::default())))
    }

    /// The cube rolled up over the time range of a query.
    fn rollup(&self, query: &Query) -> Arc<Rollup> {
        let Some(hours) = &query.hours else {
            return Arc::clone(self.at_all_times());
        };
        let make = || Rollup::of(&self.cube, query);
        self.in_range[query.range as usize].get_or_make(hours, make)
    }

    fn listing(&self, query: &Query) -> Arc<Listing> {
        let key = (query.hours.clone(), query.sort, query.search.clone());
        // Without hours the scope makes no difference.
        let scope = query
            .hours
            .as_ref()
            .map_or(RangeScope::Both, |_| query.range);
        self.listing[scope as usize].get_or_make(&key, || {
            Listing::of(&self.cube, &self.rollup(query), query.sort, &query.search)
        })
    }

    fn threats_by_hour(&self, search: &str) -> Arc<ThreatsByHour> {
        let make = || ThreatsByHour::of(&self.cube, self.at_all_times(), search);
        self.threats_by_hour.get_or_make(&search.to_owned(), make)
    }
}
