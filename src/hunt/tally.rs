//! Counts events that nobody opens and no exclusion is evaluated on: all that counts of them is their number for
//! each domain.

use super::counting::{DomainColumn, recipient_domains, sender_domains};
use super::facets::{FacetsOfRows, ThreatFacets};
use super::matcher::Side;
use crate::events::Batch;
use crate::events::counted_as::{CountedAs, RowsThatCount};
use crate::events::tallies::TextCounter;

/// Counts the rows of a batch by their domain and side.
pub fn by_domain(batch: &Batch, counted: &RowsThatCount, texts: &mut TextCounter) {
    count(batch, counted, |_| ThreatFacets::default(), texts);
}

/// The same, with the facets of threat emails told apart.
pub fn by_domain_and_facets(batch: &Batch, counted: &RowsThatCount, texts: &mut TextCounter) {
    let facets = FacetsOfRows::of(batch);
    count(batch, counted, |row| facets.get(row), texts);
}

fn count(
    batch: &Batch,
    counted: &RowsThatCount,
    facets: impl Fn(usize) -> ThreatFacets,
    texts: &mut TextCounter,
) {
    let sent = counted.rows_counted(CountedAs::Outbound);
    let recipients = recipient_domains(batch);
    match recipients.of_rows(&sent) {
        Some(domains) => texts.count_each(domains.into_iter(), Tallied::OUTBOUND.number()),
        None => count_told_once(recipients, &sent, |_| Tallied::OUTBOUND, texts),
    }
    let threats = counted.rows_counted(CountedAs::Threat);
    let as_threat = |row| Tallied {
        side: Side::Threat,
        facets: facets(row),
    };
    count_told_once(sender_domains(batch), &threats, as_threat, texts);
}

/// Counts rows by domains whose cells may be known to repeat: each of these is looked up once.
fn count_told_once(
    domains: DomainColumn<'_>,
    rows: &[u16],
    tallied: impl Fn(usize) -> Tallied,
    texts: &mut TextCounter,
) {
    let mut domains = domains.told_once();
    for row in rows.iter().map(|row| usize::from(*row)) {
        let domain = domains.get(row, |domain| texts.number(domain));
        texts.count(domain, tallied(row).number());
    }
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
    use crate::events::batch::BatchBuilder;
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
        let told = |tally: fn(&Batch, &RowsThatCount, &mut TextCounter)| {
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
