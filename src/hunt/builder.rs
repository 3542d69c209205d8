//! Counts batches of events into a cube as they are loaded, and gives the hunt of what there is.

use super::across_events::{AcrossEvents, AskedAcrossEvents};
use super::cube::{Cube, CubeBuilder};
use super::domain::{self, DomainNumbers};
use super::domain_matching::DomainMatching;
use super::emails::{ListedEmails, ThreatEmail, ThreatEmails};
use super::exclusion::{Exclusion, ExclusionSet};
use super::facets::{self, ThreatFacets};
use super::fields;
use super::lacks::Loaded;
use super::matched::MatchedCounts;
use super::matcher::{self, CountedRow, Side, Subject};
use super::query::{Query, Shown};
use super::selection::{Hiding, Selection};
use super::spellings::Spellings;
use super::view::{self, View};
use crate::events::column::Column;
use crate::events::overlaps::{self, Overlaps};
use crate::events::request::Kept;
use crate::events::schema::{Table, names};
use crate::events::time::summary::TimeRange;
use crate::events::time::{DateOrder, EventTime};
use crate::events::{Batch, EventId, EventStore};
use std::sync::Arc;

/// Everything the screen and the exports show of what is loaded. Never changed once made.
#[derive(Clone, Debug, Default)]
pub struct Hunt {
    /// The counts, and the threat emails behind them.
    counts: MatchedCounts,
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
    /// The names in several spellings; none are told of while more is to come.
    pub spellings: Spellings,
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
        view::fold(self.cube(query.domains), query, self.exclusions.len())
    }

    /// The counts. Those of a wider way of matching are made when they are first asked for.
    pub fn cube(&self, matching: DomainMatching) -> &Cube {
        self.counts.cube(matching)
    }

    /// The threat emails of each domain or group of domains; made as the counts are.
    pub fn emails(&self, matching: DomainMatching) -> &ThreatEmails {
        self.counts.emails(matching)
    }

    /// The threat emails behind the number of a domain, or of the group whose name this is, newest first.
    pub fn listed_emails(&self, domain: &[u8], query: &Query) -> ListedEmails<'_> {
        let selection = self.selection(domain, query);
        let emails = self.emails(query.domains);
        emails.selected(domain, &selection, query.hours.as_ref())
    }

    /// Which emails of a domain, or of the group whose name this is, a query shows.
    pub fn selection(&self, domain: &[u8], query: &Query) -> Selection {
        let cube = self.cube(query.domains);
        Selection::of(cube, cube.find(domain), query)
    }

    /// Makes what a way of matching needs. It takes time by the number of domains and threat emails.
    pub fn match_domains(&self, matching: DomainMatching) {
        self.cube(matching);
        self.emails(matching);
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
            companions: self.store.companions(),
            across_events: &self.across_events,
        };
        let row = CountedRow {
            row: id.row,
            side: Side::Threat,
        };
        let masks = matcher::masks(std::slice::from_ref(exclusion), subject, &[row]);
        masks.iter().any(|mask| !mask.is_empty())
    }

    /// The hunt of the same events with other exclusions. It takes time by the number of events.
    #[must_use]
    pub fn with_exclusions(&self, exclusions: Arc<[Exclusion]>) -> Hunt {
        let mut builder = HuntBuilder::new(exclusions, 0);
        builder.store = self.store.clone();
        builder.overlaps = Arc::clone(&self.overlaps);
        builder.keeps_duplicates = self.keeps_duplicates;
        for (_, _, batch) in builder.store.batches() {
            fields::remove_present_headers(batch, &mut builder.missing_headers);
        }
        builder.counts_are_stale = true;
        builder.count_all();
        Hunt {
            spellings: self.spellings.clone(),
            ..builder.partial()
        }
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

/// The columns from which the facets of threat emails come.
pub fn columns_of_facets() -> Vec<String> {
    [names::DELIVERY_ACTION, names::AUTHENTICATION_DETAILS]
        .map(str::to_owned)
        .to_vec()
}

/// The columns that are looked at of many events, where these exclusions are evaluated.
pub fn columns_looked_at(exclusions: &[Exclusion]) -> Vec<String> {
    let mut columns = matcher::columns_of(exclusions);
    columns.extend(columns_of_facets());
    columns
}

/// Counts events as they come.
#[derive(Debug)]
pub struct HuntBuilder {
    exclusions: Arc<[Exclusion]>,
    missing_headers: Vec<String>,
    store: EventStore,
    counts: Counts,
    /// The companion tables that exclusions look at.
    companions_looked_at: Vec<Table>,
    /// Events were counted that are to be counted anew: rows of those tables came after that may concern
    /// them, or the dates of their file turned out to have the other order.
    counts_are_stale: bool,
    overlaps: Arc<Overlaps>,
    keeps_duplicates: bool,
    asked_across_events: AskedAcrossEvents,
    across_events: Arc<AcrossEvents>,
    events: Events,
}

/// What becomes of events once they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Events {
    Kept,
    /// They are not kept; batches may have all their columns, so that rows can be compared.
    Passed {
        has_all_cells: bool,
    },
}

/// What is counted of the events; made anew when masks or times change.
#[derive(Debug, Default)]
struct Counts {
    numbers: DomainNumbers,
    cube: CubeBuilder,
    emails: Vec<Vec<ThreatEmail>>,
}

impl HuntBuilder {
    /// A hunt over that many files, with nothing loaded yet.
    pub fn new(exclusions: Arc<[Exclusion]>, files: usize) -> Self {
        HuntBuilder {
            missing_headers: matcher::headers_of(&exclusions),
            companions_looked_at: matcher::companions_of(&exclusions),
            asked_across_events: AskedAcrossEvents::by(&exclusions),
            exclusions,
            store: EventStore::new(files),
            counts: Counts::default(),
            counts_are_stale: false,
            overlaps: Arc::default(),
            keeps_duplicates: false,
            across_events: Arc::default(),
            events: Events::Kept,
        }
    }

    /// Counts events and keeps none of them: they can be opened no more, and nothing that is found out later
    /// about them changes the counts.
    ///
    /// Whether batches have all columns, so that rows can be compared, is to be said.
    pub fn keep_no_events(&mut self, has_all_cells: bool) {
        self.events = Events::Passed { has_all_cells };
    }

    /// Lets events that are in several files count each time. Else they count once.
    pub fn keep_duplicates(&mut self) {
        self.keeps_duplicates = true;
    }

    /// Adds the next events of a file.
    pub fn add_events(&mut self, file: usize, batch: Batch) {
        let batch = Arc::new(batch);
        fields::remove_present_headers(&batch, &mut self.missing_headers);
        self.counts_are_stale |= self.store.add_dates(file, &batch.times().dates);
        let number = if self.events == Events::Kept {
            self.store.add_events(file, Arc::clone(&batch))
        } else {
            self.store.pass_events(file, &batch)
        };
        let subject = Subject {
            batch: &batch,
            place: (file as u32, number),
            companions: self.store.companions(),
            across_events: &self.across_events,
        };
        let order = self.store.date_order(file);
        self.counts.add(subject, &[], &self.exclusions, order);
    }

    /// Adds rows of a companion table in a file.
    pub fn add_companion(&mut self, file: usize, table: Table, batch: Batch) {
        self.counts_are_stale |= self.store.add_dates(file, &batch.times().dates);
        self.store.add_companion(file, table, Arc::new(batch));
        self.counts_are_stale |=
            self.store.events() > 0 && self.companions_looked_at.contains(&table);
    }

    /// The hunt of what was added so far, while more is to come: exclusions that look at companion
    /// tables may not know yet of rows that came late, nor events of an order of dates that is shown
    /// late, and events that are in several files count each time.
    pub fn partial(&self) -> Hunt {
        let numbers = &self.counts.numbers;
        let cube = self.counts.cube.cube(numbers);
        let emails = ThreatEmails::collect(&self.counts.emails, numbers);
        let loaded = Loaded {
            store: &self.store,
            missing_headers: &self.missing_headers,
        };
        let all = &self.exclusions;
        Hunt {
            counts: MatchedCounts::of(cube, emails),
            inert: loaded.of_each(all, Loaded::inert_reason),
            hides_everything: loaded.of_each(all, Loaded::reason_to_hide_everything),
            powerless_guards: loaded.of_each(all, Loaded::lack_of_guard),
            store: self.store.clone(),
            exclusions: Arc::clone(&self.exclusions),
            spellings: Spellings::default(),
            times: self.store.times(),
            overlaps: Arc::clone(&self.overlaps),
            keeps_duplicates: self.keeps_duplicates,
            across_events: Arc::clone(&self.across_events),
            rests_on_text_of_the_sender: loaded.of_each(all, Loaded::rests_on_text_of_the_sender),
        }
    }

    /// The hunt of all that was added.
    pub fn complete(&mut self) -> Hunt {
        self.counts_are_stale |= overlaps::decide_date_orders(&mut self.store);
        self.overlaps = Arc::new(Overlaps::find(&self.store));
        match self.events {
            Events::Kept => self.count_all(),
            Events::Passed { has_all_cells } => self.store.close(has_all_cells),
        }
        Hunt {
            spellings: self.counts.spellings(),
            ..self.partial()
        }
    }

    /// Sees to it that what is counted is right now that all events are there.
    fn count_all(&mut self) {
        let leaves_out = !self.keeps_duplicates && !self.overlaps.is_empty();
        if self.asked_across_events.is_anything() {
            let none = Overlaps::default();
            let left_out = if leaves_out { &self.overlaps } else { &none };
            let across_events = AcrossEvents::of(&self.store, left_out, self.asked_across_events);
            self.across_events = Arc::new(across_events);
            self.counts_are_stale = true;
        }
        if self.counts_are_stale || leaves_out {
            self.count_anew(leaves_out);
        }
    }

    /// Counts everything once more, now that all links are known, and the events that are in several files.
    fn count_anew(&mut self, leaves_out: bool) {
        self.counts = Counts::default();
        for (file, number, batch) in self.store.batches() {
            let left_out = if leaves_out {
                self.overlaps.of_batch(file, number)
            } else {
                &[]
            };
            let subject = Subject {
                batch,
                place: (file, number),
                companions: self.store.companions(),
                across_events: &self.across_events,
            };
            let order = self.store.date_order(file as usize);
            self.counts.add(subject, left_out, &self.exclusions, order);
        }
        self.counts_are_stale = false;
    }
}

impl Counts {
    /// Counts the events of a batch without the rows left out, which ascend.
    fn add(
        &mut self,
        subject: Subject<'_>,
        left_out: &[u16],
        exclusions: &[Exclusion],
        order: DateOrder,
    ) {
        let Subject {
            batch,
            place: (file, number),
            ..
        } = subject;
        let mut rows = counted_rows(batch);
        if !left_out.is_empty() {
            rows.retain(|counted| left_out.binary_search(&counted.row).is_err());
        }
        let masks = matcher::masks(exclusions, subject, &rows);
        let mut recipients = recipient_domains(batch);
        let mut senders =
            DomainsOfColumn::new(batch.column(names::SENDER_FROM_DOMAIN), |cell| cell);
        for (counted, mask) in rows.into_iter().zip(masks) {
            let row = usize::from(counted.row);
            let time = batch.event_time(row, order);
            let hour = time.map(EventTime::hour);
            match counted.side {
                Side::Outbound => {
                    let domain = recipients.number(row, &mut self.numbers);
                    self.cube
                        .count(Side::Outbound, domain, mask, hour, ThreatFacets::default());
                }
                Side::Threat => {
                    let domain = senders.number(row, &mut self.numbers);
                    let facets = facets::of_row(batch, row);
                    self.cube.count(Side::Threat, domain, mask, hour, facets);
                    let id = EventId {
                        file,
                        batch: number,
                        row: counted.row,
                    };
                    self.add_email(domain, ThreatEmail { id, mask, time });
                }
            }
        }
    }

    fn spellings(&self) -> Spellings {
        let numbers = 0..self.numbers.len() as u32;
        let domains: Vec<&[u8]> = numbers.map(|number| self.numbers.domain(number)).collect();
        Spellings::of(&domains, |number| self.cube.emails(number as u32))
    }

    fn add_email(&mut self, domain: u32, email: ThreatEmail) {
        let domain = domain as usize;
        if self.emails.len() <= domain {
            self.emails.resize_with(domain + 1, Vec::new);
        }
        self.emails[domain].push(email);
    }
}

/// What the hunt looks at of an event once it is counted: those behind a number are opened.
pub fn kept(direction: &[u8], threat_types: &[u8]) -> Kept {
    match side(direction, threat_types) {
        Some(Side::Threat) => Kept::All,
        Some(Side::Outbound) => Kept::Some,
        None => Kept::Nothing,
    }
}

/// Where the hunt counts an event. `==` of Kusto: the case of `EmailDirection` matters; `isempty`: a blank in
/// `ThreatTypes` is a threat.
fn side(direction: &[u8], threat_types: &[u8]) -> Option<Side> {
    match direction {
        b"Outbound" => Some(Side::Outbound),
        b"Inbound" if !threat_types.is_empty() => Some(Side::Threat),
        _ => None,
    }
}

/// The rows that the hunt counts.
fn counted_rows(batch: &Batch) -> Vec<CountedRow> {
    let directions = batch.column(names::EMAIL_DIRECTION);
    let threat_types = batch.column(names::THREAT_TYPES);
    (0..batch.rows())
        .filter_map(|row| {
            let side = side(cell_of(directions, row), cell_of(threat_types, row))?;
            Some(CountedRow {
                row: row as u16,
                side,
            })
        })
        .collect()
}

/// The domains of the recipients: of their addresses as in the query, or, where an export leaves
/// those out, as Microsoft took them.
fn recipient_domains(batch: &Batch) -> DomainsOfColumn<'_> {
    match batch.column(names::RECIPIENT_EMAIL_ADDRESS) {
        Some(addresses) => DomainsOfColumn::new(Some(addresses), domain::of_address),
        None => DomainsOfColumn::new(batch.column(names::RECIPIENT_DOMAIN), |cell| cell),
    }
}

/// A cell of a column that may not be there.
fn cell_of(column: Option<&Column>, row: usize) -> &[u8] {
    column.map_or(b"", |column| column.get(row))
}

/// The numbers of the domains in a column: each distinct cell is looked up once.
struct DomainsOfColumn<'b> {
    column: Option<&'b Column>,
    domain: fn(&[u8]) -> &[u8],
    by_code: Vec<Option<u32>>,
}

impl<'b> DomainsOfColumn<'b> {
    fn new(column: Option<&'b Column>, domain: fn(&[u8]) -> &[u8]) -> Self {
        let distinct = match column {
            Some(Column::Dictionary { values, .. }) => values.len(),
            _ => 0,
        };
        DomainsOfColumn {
            column,
            domain,
            by_code: vec![None; distinct],
        }
    }

    fn number(&mut self, row: usize, numbers: &mut DomainNumbers) -> u32 {
        let Some(column) = self.column else {
            return numbers.number(b"");
        };
        if let Column::Dictionary { codes, values } = column {
            let code = usize::from(codes[row]);
            let domain = self.domain;
            return *self.by_code[code]
                .get_or_insert_with(|| numbers.number(domain(values.get(code))));
        }
        numbers.number((self.domain)(column.get(row)))
    }
}
