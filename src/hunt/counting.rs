//! Counts batches of events: into a cube, into what is known of each counted row, and into the threat
//! emails of each domain.

use super::counted_rows::{Counted, CountedLog, CountedRows};
use super::cube_builder::CubeBuilder;
use super::domain::{self, DomainNumbers};
use super::emails::{ReceivedThreat, ThreatEmails};
use super::exclusion::{Exclusion, ExclusionSet};
use super::facets::{FacetsOfRows, ThreatFacets};
use super::kinds::Kind;
use super::matcher::{self, CountedRow, RowMasks, Side, Subject};
use super::spellings::Spellings;
use super::tally::Tallied;
use crate::events::column::Column;
use crate::events::counted_as::{CountedAs, RowsThatCount};
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
    domains_of_texts: HashMap<u64, Vec<u32>>,
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
            ..
        } = subject;
        let mut rows = counted_rows(batch);
        if !left_out.is_empty() {
            rows.retain(|counted| left_out.binary_search(&counted.row).is_err());
        }
        let masks = matcher::masks(exclusions, subject, &rows);
        let facets = FacetsOfRows::of(batch);
        let mut recipients = recipient_domains(batch).told_once();
        let mut senders = sender_domains(batch).told_once();
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
            let (domain, facets) = match side {
                Side::Outbound => {
                    let domain = recipients.get(row, |domain| self.numbers.number(domain));
                    (domain, ThreatFacets::default())
                }
                Side::Threat => {
                    let domain = senders.get(row, |domain| self.numbers.number(domain));
                    (domain, facets.get(row))
                }
            };
            let kind = self.cube.kinds_mut().number(Kind {
                side,
                mask: hidden_by,
                kept_unread,
                facets,
            });
            let hour = time.map(EventTime::hour);
            self.cube.count_of_kind(side, domain, kind, hour);
            noted.push(Counted {
                row: place,
                domain,
                kind,
                hour,
            });
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
                    place: (noted.len() - 1) as u16,
                });
            }
        }
        self.log
            .set(file, number, Arc::new(CountedRows::of(&noted)));
        if self.latest_threats.len() >= THREATS_AT_A_TIME {
            self.sort_threats();
        }
    }

    /// Counts events that are not kept: nothing is noted of each, nor when it was.
    pub(super) fn add_tallies(&mut self, tallies: &mut Tallies) {
        for (texts, counts) in tallies.parts() {
            let domains = self.domains_of_texts.entry(texts.id()).or_default();
            let numbers = &mut self.numbers;
            texts.each_from(domains.len(), |domain| domains.push(numbers.number(domain)));
            for same in counts.chunk_by(|one, next| one.kind == next.kind) {
                let Tallied { side, facets } = Tallied::of_number(same[0].kind);
                let kind = self.cube.kinds_mut().number(Kind {
                    side,
                    mask: ExclusionSet::EMPTY,
                    kept_unread: ExclusionSet::EMPTY,
                    facets,
                });
                for count in same {
                    let domain = domains[count.text.index()];
                    self.cube.count_many(side, domain, kind, count.events);
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

    pub(super) fn spellings(&mut self) -> Spellings {
        let numbers = 0..self.numbers.len() as u32;
        let domains: Vec<&[u8]> = numbers.map(|number| self.numbers.domain(number)).collect();
        let emails = self.cube.emails(domains.len());
        Spellings::of(&domains, |number| emails[number])
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

/// The domains of the senders, for which threats count.
pub(super) fn sender_domains(batch: &Batch) -> DomainColumn<'_> {
    DomainColumn {
        cells: batch.column(names::SENDER_FROM_DOMAIN),
        domain: |cell| cell,
    }
}

/// The domains of the recipients, for which what we sent counts: of their addresses as in the query, or, where an export leaves
/// those out, as Microsoft took them.
pub(super) fn recipient_domains(batch: &Batch) -> DomainColumn<'_> {
    match batch.column(names::RECIPIENT_EMAIL_ADDRESS) {
        Some(addresses) => DomainColumn {
            cells: Some(addresses),
            domain: domain::of_address,
        },
        None => DomainColumn {
            cells: batch.column(names::RECIPIENT_DOMAIN),
            domain: |cell| cell,
        },
    }
}

/// A column and how a domain is taken from its cells.
#[derive(Clone, Copy)]
pub(super) struct DomainColumn<'b> {
    cells: Option<&'b Column>,
    domain: fn(&[u8]) -> &[u8],
}

impl<'b> DomainColumn<'b> {
    /// The domains of some rows, if the cells are not known to repeat.
    pub(super) fn of_rows(self, rows: &[u16]) -> Option<Vec<&'b [u8]>> {
        let domain = self.domain;
        match self.cells {
            Some(cells @ Column::Plain(_)) => Some(cells.told_of_rows(rows, domain)),
            _ => None,
        }
    }

    /// What is told of the domains: of a cell that repeats it is asked once.
    pub(super) fn told_once<T: Copy>(self) -> ToldOfDomains<'b, T> {
        ToldOfDomains {
            told: ToldOnce::of(self.cells),
            domain: self.domain,
        }
    }
}

/// What is told of the domains in a column.
pub(super) struct ToldOfDomains<'b, T> {
    told: ToldOnce<'b, T>,
    domain: fn(&[u8]) -> &[u8],
}

impl<'b, T: Copy> ToldOfDomains<'b, T> {
    /// What is told of the domain of a row.
    pub(super) fn get(&mut self, row: usize, tell: impl FnOnce(&'b [u8]) -> T) -> T {
        let domain = self.domain;
        self.told.get(row, |cell| tell(domain(cell)))
    }
}
