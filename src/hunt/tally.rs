//! Counts events that nobody opens and no exclusion is evaluated on: all that counts of them is their number for
//! each domain.

use super::disagreements::DomainsBeside;
use super::facets::{FacetsOfRows, ThreatFacets};
use super::partner::{CountedFor, Partner};
use super::side::Side;
use crate::events::Batch;
use crate::events::address;
use crate::events::column::Column;
use crate::events::counted_as::{CountedAs, RowsThatCount};
use crate::events::recipient_domains::{RecipientColumns, RecipientDomains, domain_in_column};
use crate::events::schema::names;
use crate::events::tallies::TextCounter;
use crate::events::told_once::ToldOnce;

/// Counts the rows of a batch by their domain and side. Says whether some recipient is, or may be, no plain address.
pub fn by_domain(batch: &Batch, counted: &RowsThatCount, texts: &mut TextCounter) -> bool {
    count(batch, counted, |_| ThreatFacets::default(), texts)
}

/// The same, with the facets of threat emails told apart.
pub fn by_domain_and_facets(
    batch: &Batch,
    counted: &RowsThatCount,
    texts: &mut TextCounter,
) -> bool {
    let facets = FacetsOfRows::of(batch);
    count(batch, counted, |row| facets.get(row), texts)
}

fn count(
    batch: &Batch,
    counted: &RowsThatCount,
    facets: impl Fn(usize) -> ThreatFacets,
    texts: &mut TextCounter,
) -> bool {
    let sent = counted.rows_counted(CountedAs::Outbound);
    let has_irregular = count_sent(batch, &sent, texts);
    let mut domains = ToldOnce::of(batch.column(names::SENDER_FROM_DOMAIN));
    for row in counted.rows_counted(CountedAs::Threat) {
        let row = usize::from(row);
        let domain = domains.get(row, |domain| texts.number(&CountedFor::text_of(domain)));
        let tallied = Tallied {
            side: Side::Threat,
            facets: facets(row),
        };
        texts.count(domain, tallied.number());
    }
    has_irregular
}

/// Counts emails we sent. Says whether some recipient is, or may be, no plain address.
fn count_sent(batch: &Batch, rows: &[u16], texts: &mut TextCounter) -> bool {
    let kind = Tallied::OUTBOUND.number();
    let cells = RecipientDomains::Address.cells(batch, RecipientColumns::default());
    let Some(column) = cells.column.filter(|_| cells.are_addresses) else {
        let mut domains = ToldOnce::of(cells.column);
        for row in rows {
            let row = usize::from(*row);
            let domain = domains.get(row, |cell| {
                texts.number(&CountedFor::text_of(domain_in_column(cell)))
            });
            texts.count(domain, kind);
        }
        return false;
    };
    // Where cells are not known to repeat, they are looked at one after the other.
    let has_irregular = if let Column::Plain(_) = column {
        let domains = column.told_of_rows(rows, address::plain_domain);
        texts.count_each(domains.iter().copied().flatten(), kind);
        let irregular = rows.iter().zip(&domains).filter(|(_, it)| it.is_none());
        let irregular = irregular.map(|(row, _)| usize::from(*row));
        count_irregular(irregular, column, texts)
    } else {
        let mut domains = ToldOnce::of(Some(column));
        let mut irregular = Vec::new();
        for row in rows.iter().map(|row| usize::from(*row)) {
            let number = domains.get(row, |cell| Some(texts.number(address::plain_domain(cell)?)));
            match number {
                Some(number) => texts.count(number, kind),
                None => irregular.push(row),
            }
        }
        count_irregular(irregular.into_iter(), column, texts)
    };
    if let Some(beside) = DomainsBeside::of(batch, RecipientColumns::default()) {
        for row in rows {
            if let Some(moved) = beside.moved(usize::from(*row)) {
                let number = texts.number(&CountedFor::Moved(moved).text());
                texts.count(number, kind);
            }
        }
    }
    has_irregular
}

/// Counts emails whose recipients are to be looked at closely. Says whether there are any.
fn count_irregular(
    rows: impl Iterator<Item = usize>,
    column: &Column,
    texts: &mut TextCounter,
) -> bool {
    let mut has_any = false;
    for row in rows {
        has_any = true;
        Partner::each_of(column.get(row), |partner| {
            let number = texts.number(&CountedFor::Partner(partner).text());
            texts.count(number, Tallied::OUTBOUND.number());
        });
    }
    has_any
}

/// As what events were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tallied {
    pub(super) side: Side,
    pub(super) facets: ThreatFacets,
}

impl Tallied {
    const OUTBOUND: Tallied = Tallied {
        side: Side::Outbound,
        facets: ThreatFacets::NONE,
    };

    fn number(self) -> u32 {
        u32::from(self.facets.bits()) << 1 | self.side as u32
    }

    /// Of a number that [`by_domain`] or [`by_domain_and_facets`] has given.
    pub(super) fn of_number(number: u32) -> Self {
        let side = Side::BOTH[number as usize & 1];
        let facets = ThreatFacets::of_bits((number >> 1) as u16);
        Tallied { side, facets }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::builder::BatchBuilder;
    use crate::events::request::Count;
    use crate::events::tallies::{Tallies, TextCounters};
    use crate::hunt::facets::Delivery::{Blocked, Delivered, Junked};

    #[test]
    fn rows_are_counted_for_the_domain_and_as_what_they_count() {
        let columns = [
            "EmailDirection",
            "ThreatTypes",
            "SenderFromDomain",
            "RecipientEmailAddress",
            "DeliveryAction",
        ];
        let rows = [
            ["Outbound", "", "ours.example", "a@b.example", ""],
            ["Outbound", "Phish", "ours.example", "c@b.example", ""],
            ["Inbound", "Phish", "b.example", "d@ours.example", "Junked"],
            ["Inbound", "Phish", "b.example", "d@ours.example", "Blocked"],
            ["Inbound", "", "b.example", "d@ours.example", "Delivered"],
        ];
        let mut builder = BatchBuilder::new(columns.map(str::to_owned).to_vec());
        for row in rows {
            builder.push_row(row.iter().map(|cell| cell.as_bytes()));
        }
        let batch = builder.take().expect("rows");
        let [directions, threat_types] = [columns[0], columns[1]].map(|name| batch.column(name));
        let counted = RowsThatCount::of(directions, threat_types, rows.len());
        let told = |tally: Count| {
            let mut tallies = Tallies::default();
            tallies.add(&TextCounters::default(), |texts| {
                tally(&batch, &counted, texts);
            });
            let told = tallies.told().into_iter().map(|(domain, kind, events)| {
                assert_eq!(domain, b"b.example");
                let Tallied { side, facets } = Tallied::of_number(kind);
                (side, facets.is_phish(), facets.delivery(), events)
            });
            told.collect::<Vec<_>>()
        };
        assert_eq!(
            told(by_domain),
            [
                (Side::Outbound, false, Delivered, 2),
                (Side::Threat, false, Delivered, 2)
            ]
        );
        assert_eq!(
            told(by_domain_and_facets),
            [
                (Side::Outbound, false, Delivered, 2),
                (Side::Threat, true, Junked, 1),
                (Side::Threat, true, Blocked, 1)
            ]
        );
    }
}
