//! The hunt in what is loaded: everything the screen and the exports show of it.

use super::across_events::{AcrossEvents, AskedAcrossEvents};
use super::counted_rows::CountedLog;
use super::cube::Cube;
use super::disagreements::DisagreeingDomains;
use super::domain::DomainNumbers;
use super::domain_matching::DomainMatching;
use super::emails::{DomainEmails, ListedEmails, ThreatEmail, ThreatEmails};
use super::exclusion::{Exclusion, ExclusionSet};
use super::fields;
use super::lacks::{Loaded, UnmetNeed};
use super::latest::Latest;
use super::matched::MatchedCounts;
use super::matcher::{self, CountedRow, Subject};
use super::query::{Query, Shown};
use super::reevaluation::{Reevaluation, Renumbering};
use super::selection::{Hiding, Selection};
use super::side::Side;
use super::spellings::Spellings;
use super::timeline::Timeline;
use super::view::{Extent, View};
use crate::events::overlaps::Overlaps;
use crate::events::schema::names;
use crate::events::time::summary::TimeRange;
use crate::events::{EventId, EventStore};
use std::sync::Arc;

/// Everything the screen and the exports show of what is loaded. Never changed once made.
#[derive(Clone, Debug, Default)]
pub struct Hunt {
    /// The counts.
    pub(super) counts: MatchedCounts,
    /// The threat emails behind them.
    pub(super) threats: ThreatEmails,
    /// For each way of matching, the emails of the domain that was looked at last.
    pub(super) looked_at: Arc<[Latest<Vec<u8>, DomainEmails>; DomainMatching::ALL.len()]>,
    /// What is known of each counted row of the events.
    pub(super) log: CountedLog,
    /// All domains, once all is loaded.
    pub(super) numbers: Option<Arc<DomainNumbers>>,
    /// The headers of exclusions that no email has.
    pub(super) missing_headers: Vec<String>,
    /// What of all events together is known.
    pub(super) known_across_events: AskedAcrossEvents,
    /// The events.
    pub store: EventStore,
    /// What can be switched, in the order of the bits.
    pub exclusions: Arc<[Exclusion]>,
    /// For each exclusion, why it cannot match with what is loaded, if so.
    pub inert: Vec<Option<String>>,
    /// For each exclusion that hides all but what matches, why nothing can match, if so.
    pub hides_everything: Vec<Option<String>>,
    /// For each exclusion, why a guard of it cannot hold with what is loaded, if so.
    pub powerless_guards: Vec<Option<String>>,
    /// For each exclusion, what its guards need that is not loaded, if so.
    pub guard_needs: Vec<Option<UnmetNeed>>,
    /// For each exclusion, what it needs that is not loaded to know all that it matches, if so.
    pub match_needs: Vec<Option<UnmetNeed>>,
    /// The names in several spellings; none are told of while more is to come.
    pub spellings: Spellings,
    /// The emails for which `RecipientDomain` has another domain than their address, where addresses are taken; none are
    /// told of while more is to come.
    pub disagreeing_domains: Option<DisagreeingDomains>,
    /// How many emails we sent have no domain in `RecipientDomain`, where that is taken.
    pub without_recipient_domain: u64,
    /// The earliest and the latest time of an event.
    pub times: Option<TimeRange>,
    /// The events that several files have; known when all is loaded.
    pub overlaps: Arc<Overlaps>,
    /// Whether those count each time.
    pub keeps_duplicates: bool,
    /// What is known of all events together, when all are loaded.
    pub across_events: Arc<AcrossEvents>,
    /// For each exclusion, whether it can hide emails by text alone that their sender writes.
    pub rests_on_text_of_the_sender: Vec<bool>,
}

impl Hunt {
    /// The answer to a query.
    pub fn view(&self, query: &Query) -> View {
        self.counts
            .counts(query.domains)
            .view(query, self.exclusions.len())
    }

    /// When the threat emails came of the domains that a query lists without its time range.
    pub fn timeline(&self, query: &Query) -> Timeline {
        self.counts.counts(query.domains).timeline(query)
    }

    /// The emails that the time range of a query leaves out because their time is not known.
    pub fn without_time(&self, query: &Query) -> u64 {
        self.counts.counts(query.domains).without_time(query)
    }

    /// What the other scope of a query's time range would list, where that differs from what the query
    /// lists.
    pub fn other_range(&self, query: &Query) -> Option<Extent> {
        query.hours.as_ref()?;
        let counts = self.counts.counts(query.domains);
        let other = Query {
            range: query.range.other(),
            ..query.clone()
        };
        let extent = counts.extent(&other);
        (extent != counts.extent(query)).then_some(extent)
    }

    /// How many numbers a switch of an exclusion looks at, the timeline included, beside the rows that it
    /// touches: it depends on the exclusions and on how many hours there are, not on how much there is.
    pub fn work(&self, query: &Query) -> usize {
        self.counts.counts(query.domains).work(query)
    }

    /// The counts. Those of a wider way of matching are made when they are first asked for.
    pub fn cube(&self, matching: DomainMatching) -> &Cube {
        &self.counts.counts(matching).cube
    }

    /// The threat emails behind the number of a domain, or of the group whose name this is, newest first.
    pub fn listed_emails(&self, domain: &[u8], query: &Query) -> ListedEmails {
        let selection = self.selection(domain, query);
        let emails = self.emails_of(domain, query.domains);
        emails.selected(&selection, query.hours.as_ref())
    }

    /// The threat emails of a domain or group, whatever hides them.
    pub fn all_emails(&self, domain: &[u8], matching: DomainMatching) -> ListedEmails {
        self.emails_of(domain, matching).all()
    }

    fn emails_of(&self, domain: &[u8], matching: DomainMatching) -> Arc<DomainEmails> {
        self.looked_at[matching as usize].get_or_make(&domain.to_vec(), || {
            let cube = self.cube(matching);
            let others;
            let members = if let Some(index) = cube.find(domain) {
                cube.layout.members(index)
            } else {
                others = self.domains_called(domain, matching);
                &others
            };
            self.threats.of_domains(members, &self.log, &cube.kinds)
        })
    }

    /// The numbers of the domains of a group that cannot rank. They are known when all is loaded.
    fn domains_called(&self, name: &[u8], matching: DomainMatching) -> Vec<u32> {
        let Some(numbers) = &self.numbers else {
            return Vec::new();
        };
        if matching == DomainMatching::Exact {
            return numbers.find(name).into_iter().collect();
        }
        (0..numbers.len() as u32)
            .filter(|&domain| *matching.group_of(numbers.domain(domain)) == *name)
            .collect()
    }

    /// Which emails of a domain, or of the group whose name this is, a query shows.
    pub fn selection(&self, domain: &[u8], query: &Query) -> Selection {
        let cube = self.cube(query.domains);
        Selection::of(cube, cube.find(domain), query)
    }

    /// Makes what a way of matching needs. It takes time by the number of domains and threat emails.
    pub fn match_domains(&self, matching: DomainMatching) {
        self.counts.counts(matching).prepare();
    }

    /// Whether what a way of matching needs is made, so that answers cost what a toggle costs.
    pub fn is_matched(&self, matching: DomainMatching) -> bool {
        self.counts.are_ready(matching)
    }

    /// Whether an exclusion, which need not be among those that can be switched, would hide a threat email.
    pub fn would_hide(&self, exclusion: &Exclusion, id: EventId) -> bool {
        let Some(batch) = self.store.batch(id) else {
            return false;
        };
        let subject = Subject {
            batch,
            place: (id.file, id.batch),
            store: &self.store,
            across_events: &self.across_events,
            counting: None,
        };
        let row = CountedRow {
            row: id.row,
            side: Side::Threat,
            domain: None,
        };
        let masks = matcher::masks(std::slice::from_ref(exclusion), subject, &[row]);
        masks.iter().any(|mask| !mask.hidden_by.is_empty())
    }

    /// The hunt of the same events with other exclusions. Those that are new are evaluated on the events that
    /// can count, and only what they hide is counted otherwise.
    #[must_use]
    pub fn with_exclusions(&self, exclusions: Arc<[Exclusion]>) -> Hunt {
        let asked = AskedAcrossEvents::by(&exclusions);
        let is_known = self.known_across_events.covers(asked);
        let known_across_events = self.known_across_events.with(asked);
        let across_events = if is_known {
            Arc::clone(&self.across_events)
        } else {
            let left_out = if self.keeps_duplicates {
                &Overlaps::default()
            } else {
                &*self.overlaps
            };
            Arc::new(AcrossEvents::of(&self.store, left_out, known_across_events))
        };
        let is_out_of_date = |exclusion: &Exclusion| {
            let asked = AskedAcrossEvents::by(std::slice::from_ref(exclusion));
            !self.known_across_events.covers(asked)
        };
        let renumbering = Renumbering::of(&exclusions, &self.exclusions, is_out_of_date);
        let exact = self.cube(DomainMatching::Exact);
        let kinds = exact.kinds.with_masks(|mask| renumbering.mask(mask));
        let mut log = self.log.clone();
        let reevaluation = Reevaluation {
            store: &self.store,
            across_events: &across_events,
            exclusions: &exclusions,
            which: renumbering.new_ones(),
        };
        let changes = reevaluation.run(kinds, &mut log);
        let cube = exact.with_changes(changes.kinds, changes.cells);
        let hunt = Hunt {
            counts: self.counts.recounted(cube),
            looked_at: Arc::default(),
            log,
            missing_headers: self.missing_headers_of(&exclusions),
            exclusions,
            across_events,
            known_across_events,
            ..self.clone()
        };
        hunt.with_lacks()
    }

    /// Takes other names and texts for exclusions that hide the same emails, so that nothing is counted anew.
    /// `None` when they do not.
    pub fn with_descriptions(&self, exclusions: &Arc<[Exclusion]>) -> Option<Hunt> {
        let mut pairs = self.exclusions.iter().zip(exclusions.iter());
        let are_alike = self.exclusions.len() == exclusions.len()
            && pairs.all(|(one, other)| one.hides_the_same_as(other));
        are_alike.then(|| Hunt {
            exclusions: Arc::clone(exclusions),
            ..self.clone()
        })
    }

    /// The headers of exclusions that no email has: what is not known yet is looked for.
    fn missing_headers_of(&self, exclusions: &[Exclusion]) -> Vec<String> {
        let known = matcher::headers_of(&self.exclusions);
        let (mut missing, mut unknown): (Vec<String>, Vec<String>) =
            matcher::headers_of(exclusions)
                .into_iter()
                .partition(|header| known.contains(header));
        missing.retain(|header| self.missing_headers.contains(header));
        for (_, _, batch) in self.store.batches() {
            if unknown.is_empty() {
                break;
            }
            fields::remove_present_headers(batch, &mut unknown);
        }
        missing.extend(unknown);
        missing
    }

    /// The same with what its exclusions lack.
    pub(super) fn with_lacks(mut self) -> Hunt {
        let loaded = Loaded {
            store: &self.store,
            missing_headers: &self.missing_headers,
        };
        let all = &self.exclusions;
        self.inert = loaded.of_each(all, Loaded::inert_reason);
        self.hides_everything = loaded.of_each(all, Loaded::reason_to_hide_everything);
        self.powerless_guards = loaded.of_each(all, Loaded::lack_of_guard);
        self.guard_needs = loaded.of_each(all, Loaded::need_of_guards);
        self.match_needs = loaded.of_each(all, Loaded::need_of_matches);
        self.rests_on_text_of_the_sender = loaded.of_each(all, Loaded::rests_on_text_of_the_sender);
        self
    }

    /// Why a threat email is not in the ranking, if exclusions keep it out.
    pub fn hiding(&self, email: &ThreatEmail, query: &Query) -> Option<Hiding> {
        let hidden = Query {
            shown: Shown::Hidden,
            ..query.clone()
        };
        let domain = self.store.cell(email.id, names::SENDER_FROM_DOMAIN);
        let domain = query.domains.group_of(domain);
        self.selection(&domain, &hidden).hiding(email.mask)
    }

    /// The ids of these exclusions, with commas between them.
    pub fn ids(&self, exclusions: ExclusionSet) -> String {
        let exclusions = exclusions.iter();
        let known = exclusions.filter_map(|index| self.exclusions.get(index));
        let ids: Vec<&str> = known.map(|exclusion| exclusion.id.as_str()).collect();
        ids.join(",")
    }

    /// What hides an email, by ids.
    pub fn hiding_ids(&self, hiding: Hiding) -> String {
        match hiding {
            Hiding::Itself(exclusions) => self.ids(exclusions),
            Hiding::Outbound(exclusions) => format!("outbound: {}", self.ids(exclusions)),
        }
    }

    /// The number of the exclusion with this id.
    pub fn exclusion_index(&self, id: &str) -> Option<usize> {
        self.exclusions
            .iter()
            .position(|exclusion| exclusion.id == id)
    }
}
