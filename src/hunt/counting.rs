//! Counts batches of events: into a cube, into what is known of each counted row, and into the threat
//! emails of each domain.

use super::counted_rows::{Counted, CountedLog, CountedRows};
use super::cube_builder::CubeBuilder;
use super::disagreements::{DisagreeingDomains, Disagreements, DomainsBeside, MovedNumbers};
use super::domain::DomainNumbers;
use super::emails::{ReceivedThreat, ThreatEmails};
use super::exclusion::{Exclusion, ExclusionSet};
use super::facets::{self, FacetsOfRows, ThreatFacets};
use super::kinds::Kind;
use super::matcher::{self, CountedRow, RowMasks, Subject};
use super::partner::{CountedFor, Partner};
use super::side::Side;
use super::spellings::Spellings;
use super::tally::Tallied;
use crate::events::address;
use crate::events::counted_as::{CountedAs, RowsThatCount};
use crate::events::recipient_domains::{RecipientCells, domain_in_column};
use crate::events::request::Kept;
use crate::events::schema::names;
use crate::events::tallies::Tallies;
use crate::events::time::{DateOrder, EventTime};
use crate::events::told_once::ToldOnce;
use crate::events::{Batch, EventId};
use hashbrown::HashMap;
use std::sync::Arc;

/// What is counted of the events; made anew when times change.
#[derive(Debug, Default)]
pub(super) struct Counting {
    pub(super) numbers: DomainNumbers,
    pub(super) cube: CubeBuilder,
    pub(super) log: CountedLog,
    threats: ThreatEmails,
    /// Those that were not sorted yet.
    latest_threats: Vec<ReceivedThreat>,
    /// The domains of texts that threads have numbered, by the id of the texts.
    domains_of_texts: HashMap<u64, Vec<Numbered>>,
    /// The emails for which `RecipientDomain` has another domain than their address.
    disagreements: Disagreements,
    /// How many emails we sent have no domain in the column from which domains are taken.
    without_domain: u64,
}

/// What events are counted for, by numbers.
#[derive(Clone, Copy, Debug)]
enum Numbered {
    Partner(u32),
    Moved(MovedNumbers),
}

/// So many threat emails are sorted at a time.
const THREATS_AT_A_TIME: usize = 1 << 16;

impl Counting {
    /// Counts the events of a batch without the rows left out, which ascend.
    pub(super) fn add(
        &mut self,
        subject: Subject<'_>,
        left_out: &[u16],
        exclusions: &[Exclusion],
        order: DateOrder,
    ) {
        let Subject {
            batch,
            place: (file, number),
            store,
            ..
        } = subject;
        let copies = store.differing_copies.of_batch(subject.place);
        let facets_of_copies = facets::of_differing_copies(copies);
        let mut rows = counted_rows(batch);
        if !left_out.is_empty() {
            rows.retain(|counted| left_out.binary_search(&counted.row).is_err());
        }
        let masks = matcher::masks(exclusions, subject, &rows);
        let facets = FacetsOfRows::of(batch);
        let mut recipients = PartnerColumn::of(store.recipient_cells(file as usize, batch));
        let are_addresses = recipients.are_addresses;
        let columns = store.recipient_columns(file as usize);
        let beside = DomainsBeside::of(batch, columns).filter(|_| are_addresses);
        let mut senders = ToldOnce::of(batch.column(names::SENDER_FROM_DOMAIN));
        let mut noted = Vec::with_capacity(rows.len());
        for (
            CountedRow {
                row: place, side, ..
            },
            RowMasks {
                hidden_by,
                kept_unread,
            },
        ) in rows.into_iter().zip(masks)
        {
            let row = usize::from(place);
            let time = batch.event_time(row, order);
            let (domain, further, facets) = match side {
                Side::Outbound => {
                    if let Some(moved) = beside.and_then(|beside| beside.moved(row)) {
                        self.disagreements.add(moved, &mut self.numbers, 1);
                    }
                    let (domain, further) = recipients.get(row, &mut self.numbers);
                    let is_without = !are_addresses && self.numbers.domain(domain).is_empty();
                    self.without_domain += u64::from(is_without);
                    (domain, further, ThreatFacets::default())
                }
                Side::Threat => {
                    let domain = senders.get(row, |domain| self.numbers.number(domain));
                    let of_copies = facets_of_copies.get(&place).copied();
                    let facets = of_copies.unwrap_or_else(|| facets.get(row));
                    (domain, [].as_slice(), facets)
                }
            };
            let kind = self.cube.kinds_mut().number(Kind {
                side,
                mask: hidden_by,
                kept_unread,
                facets,
            });
            let hour = time.map(EventTime::hour);
            for &domain in std::iter::once(&domain).chain(further) {
                self.cube.count_of_kind(side, domain, kind, hour);
                noted.push(Counted {
                    row: place,
                    domain,
                    kind,
                    hour,
                });
            }
            if side == Side::Threat {
                let id = EventId {
                    file,
                    batch: number,
                    row: place,
                };
                self.latest_threats.push(ReceivedThreat {
                    domain,
                    time,
                    id,
                    place: (noted.len() - 1) as u32,
                });
            }
        }
        self.log
            .set(file, number, Arc::new(CountedRows::of(&noted)));
        if self.latest_threats.len() >= THREATS_AT_A_TIME {
            self.sort_threats();
        }
    }

    /// Counts events that are not kept: nothing is noted of each, nor when it was. They may lack `RecipientDomain`, which
    /// others of their file have.
    pub(super) fn add_tallies(&mut self, tallies: &mut Tallies, lacks_column: bool) {
        for (texts, counts) in tallies.parts() {
            let numbered = self.domains_of_texts.entry(texts.id()).or_default();
            let numbers = &mut self.numbers;
            texts.each_from(numbered.len(), |text| {
                numbered.push(match CountedFor::of_text(text) {
                    CountedFor::Partner(partner) => Numbered::Partner(numbers.number_of(partner)),
                    CountedFor::Moved(moved) => Numbered::Moved(moved.numbered(numbers)),
                });
            });
            for same in counts.chunk_by(|one, next| one.kind == next.kind) {
                let Tallied { side, facets } = Tallied::of_number(same[0].kind);
                let kind = self.cube.kinds_mut().number(Kind {
                    side,
                    mask: ExclusionSet::EMPTY,
                    kept_unread: ExclusionSet::EMPTY,
                    facets,
                });
                for count in same {
                    match numbered[count.text.index()] {
                        Numbered::Partner(domain) => {
                            self.cube.count_many(side, domain, kind, count.events);
                            if lacks_column && side == Side::Outbound {
                                let (emails, numbers) = (count.events.into(), &mut self.numbers);
                                self.disagreements
                                    .add_without_column(domain, emails, numbers);
                            }
                        }
                        Numbered::Moved(moved) => {
                            self.disagreements.add_numbered(moved, count.events.into());
                        }
                    }
                }
            }
        }
    }

    fn sort_threats(&mut self) {
        let latest = std::mem::take(&mut self.latest_threats);
        self.threats.received.add(latest);
    }

    /// The threat emails so far.
    pub(super) fn threats(&mut self) -> ThreatEmails {
        self.sort_threats();
        self.threats.clone()
    }

    /// All threat emails.
    pub(super) fn all_threats(&mut self) -> ThreatEmails {
        self.sort_threats();
        self.threats.received.merge_all();
        self.threats.placed_by(&self.log);
        self.threats.clone()
    }

    /// The names in several spellings. What is no plain address is told of otherwise.
    pub(super) fn spellings(&mut self) -> Spellings {
        let irregular = self.numbers.irregular();
        let numbers = 0..self.numbers.len() as u32;
        let numbers: Vec<u32> = numbers
            .filter(|number| !irregular.contains_key(number))
            .collect();
        let domains: Vec<&[u8]> = numbers.iter().map(|it| self.numbers.domain(*it)).collect();
        let emails = self.cube.emails(self.numbers.len());
        Spellings::of(&domains, |index| emails[numbers[index] as usize])
    }

    /// How many emails we sent have no domain in the column from which domains are taken; where only that column is there,
    /// also of those that are not kept.
    pub(super) fn without_recipient_domain(&mut self, has_addresses: bool) -> u64 {
        let nothing = self.numbers.find(b"").filter(|_| !has_addresses);
        nothing.map_or(self.without_domain, |nothing| {
            self.cube.emails(self.numbers.len())[nothing as usize].0
        })
    }

    /// Notes that none of the emails counted so far has a domain in `RecipientDomain`, which their file has further on.
    pub(super) fn note_emails_before_column(&mut self) {
        let emails = self.cube.emails(self.numbers.len());
        for (number, (outbound, _)) in (0..).zip(emails) {
            let numbers = &mut self.numbers;
            self.disagreements
                .add_without_column(number, outbound, numbers);
        }
    }

    /// What taking `RecipientDomain` would change, where it disagrees with addresses.
    pub(super) fn disagreeing_domains(&mut self) -> Option<DisagreeingDomains> {
        self.disagreements.effect(&self.numbers, &mut self.cube)
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

impl From<CountedAs> for Side {
    fn from(counted: CountedAs) -> Self {
        match counted {
            CountedAs::Outbound => Side::Outbound,
            CountedAs::Threat => Side::Threat,
        }
    }
}

/// Where the hunt counts an event.
fn side(direction: &[u8], threat_types: &[u8]) -> Option<Side> {
    CountedAs::of(direction, threat_types).map(Side::from)
}

/// The rows that the hunt counts.
pub(super) fn counted_rows(batch: &Batch) -> Vec<CountedRow> {
    let [directions, threat_types] =
        [names::EMAIL_DIRECTION, names::THREAT_TYPES].map(|name| batch.column(name));
    let counted = RowsThatCount::of(directions, threat_types, batch.rows());
    let rows = counted.rows().iter().zip(counted.counted());
    rows.map(|(&row, &counted)| CountedRow {
        row,
        side: counted.into(),
        domain: None,
    })
    .collect()
}

/// The domains of recipients, for which what we sent counts: by a cell that repeats they are asked for once.
struct PartnerColumn<'b> {
    told: ToldOnce<'b, PartnerNumbers>,
    are_addresses: bool,
    /// The partners of each text that lists several recipients, after the first.
    further: Vec<Box<[u32]>>,
}

/// The numbers of the partners of a cell.
#[derive(Clone, Copy)]
struct PartnerNumbers {
    first: u32,
    /// The place among the lists of further ones, if there are any.
    further: Option<u32>,
}

impl<'b> PartnerColumn<'b> {
    fn of(cells: RecipientCells<'b>) -> Self {
        PartnerColumn {
            told: ToldOnce::of(cells.column),
            are_addresses: cells.are_addresses,
            further: Vec::new(),
        }
    }

    /// The numbers of the partners of a row: the first, for which it counts to the letter, and then the others.
    fn get(&mut self, row: usize, numbers: &mut DomainNumbers) -> (u32, &[u32]) {
        let (are_addresses, further) = (self.are_addresses, &mut self.further);
        let found = self.told.get(row, |cell| {
            let plain = if are_addresses {
                address::plain_domain(cell)
            } else {
                Some(domain_in_column(cell))
            };
            if let Some(domain) = plain {
                return PartnerNumbers {
                    first: numbers.number(domain),
                    further: None,
                };
            }
            let mut all = Vec::new();
            Partner::each_of(cell, |partner| all.push(numbers.number_of(partner)));
            let first = all.remove(0);
            let place = (!all.is_empty()).then_some(further.len() as u32);
            further.extend(place.map(|_| all.into_boxed_slice()));
            PartnerNumbers {
                first,
                further: place,
            }
        });
        let further = found
            .further
            .map_or(&[][..], |place| &self.further[place as usize]);
        (found.first, further)
    }
}
