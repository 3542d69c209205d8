//! That the work behind a toggle does not grow with the number of events: counted, not timed, since
//! clocks of busy machines lie. What it takes by the clock is in `benches/toggle.rs`.

use mailhunt::events::Batch;
use mailhunt::events::batch::BatchBuilder;
use mailhunt::hunt::exclusion::{self, Exclusion};
use mailhunt::hunt::matcher::Side;
use mailhunt::hunt::view::{Effect, RankedDomain};
use mailhunt::hunt::{DomainMatching, Hunt, HuntBuilder, Query};
use std::sync::Arc;

const COLUMNS: [&str; 7] = [
    "Timestamp",
    "EmailDirection",
    "SenderFromDomain",
    "RecipientEmailAddress",
    "ThreatTypes",
    "Subject",
    "DeliveryAction",
];

const EXCLUSIONS: &str = r#"
version = 1
[[exclude]]
id = "spam"
title = "Spam"
match = [{ ThreatTypes = "Spam" }]
[[exclude]]
id = "newsletters"
title = "Newsletters"
match = [{ "Subject|startswith" = "Newsletter" }]
[[exclude]]
id = "blocked"
title = "Blocked"
match = [{ DeliveryAction = "Blocked" }]
"#;

const DOMAINS: usize = 25;

/// The kinds of email that come again and again: direction, threats, subject and delivery.
const KINDS: [[&str; 4]; 8] = [
    ["Outbound", "", "Offer", "Delivered"],
    ["Outbound", "", "Newsletter 1", "Delivered"],
    ["Outbound", "", "Offer", "Blocked"],
    ["Inbound", "Phish", "Invoice", "Delivered"],
    ["Inbound", "Spam", "Newsletter 2", "Junked"],
    ["Inbound", "Spam", "Prize", "Blocked"],
    ["Inbound", "", "Invoice", "Delivered"],
    ["Intra-org", "", "Lunch", "Delivered"],
];

/// A hunt in so many events: all kinds from all domains in turn, one a minute.
fn hunt_in(events: usize) -> Hunt {
    let exclusions: Arc<[Exclusion]> = exclusion::parse(EXCLUSIONS).expect("exclusions").into();
    let mut builder = HuntBuilder::new(exclusions, 1);
    let mut rows = BatchBuilder::new(COLUMNS.map(str::to_owned).to_vec());
    for event in 0..events {
        let [direction, threats, subject, delivery] = KINDS[event % KINDS.len()];
        let domain = format!("d{}.example", event / KINDS.len() % DOMAINS);
        let address = format!("info@{domain}");
        let (hours, minutes) = (event / 60, event % 60);
        let (days, hour) = (hours / 24, hours % 24);
        let (month, day) = (days / 28 % 12 + 1, days % 28 + 1);
        let time = format!("2026-{month:02}-{day:02}T{hour:02}:{minutes:02}:00Z");
        let cells = [
            &time, direction, &domain, &address, threats, subject, delivery,
        ];
        rows.push_row(cells.into_iter().map(str::as_bytes));
        if rows.is_full() {
            add(&mut builder, rows.take());
        }
    }
    add(&mut builder, rows.take());
    builder.complete()
}

fn add(builder: &mut HuntBuilder, batch: Option<Batch>) {
    if let Some(batch) = batch {
        builder.add_events(0, batch);
    }
}

/// The entries that a fold without a time range adds up: all the work it has.
fn work(hunt: &Hunt) -> usize {
    let cube = hunt.cube(DomainMatching::Exact);
    (0..cube.len())
        .flat_map(|domain| {
            [Side::Outbound, Side::Threat].map(|side| cube.totals(side, domain).len())
        })
        .sum()
}

/// The same numbers for so many times the emails.
fn enlarged(effect: Effect, times: u64) -> Effect {
    Effect {
        emails: effect.emails * times,
        ..effect
    }
}

#[test]
fn a_toggle_has_the_same_work_for_a_hundred_times_the_events() {
    let small = hunt_in(1_000);
    assert_eq!(small.cube(DomainMatching::Exact).len(), DOMAINS);
    // Of each domain: outbound mail that nothing, one exclusion and another match; threats likewise.
    assert_eq!(work(&small), DOMAINS * 6);
    for times in [10, 100] {
        let large = hunt_in(1_000 * times);
        assert_eq!(large.store.events(), 1_000 * times as u64);
        assert!(
            large.cube(DomainMatching::Exact).cell_count()
                > small.cube(DomainMatching::Exact).cell_count(),
            "it must lie in more hours to show anything"
        );
        assert_eq!(work(&large), work(&small), "{times} times the events");
    }
}

#[test]
fn the_answer_of_that_work_counts_all_events() {
    let (small, large) = (hunt_in(1_000), hunt_in(10_000));
    for active in 0..1 << small.exclusions.len() {
        let query = Query {
            active: exclusion::ExclusionSet(active),
            ..Query::default()
        };
        let (few, many) = (small.view(&query), large.view(&query));
        let expected: Vec<RankedDomain> = few
            .rows
            .iter()
            .map(|row| RankedDomain {
                domain: row.domain,
                outbound_emails: row.outbound_emails * 10,
                incoming_emails_with_threats: row.incoming_emails_with_threats * 10,
                ranks: row.ranks,
            })
            .collect();
        assert_eq!(many.rows, expected, "{active:b}");
        assert_eq!(many.hidden_emails, few.hidden_emails * 10, "{active:b}");
        for (few, many) in few.exclusions.iter().zip(&many.exclusions) {
            assert_eq!(many.by_itself, enlarged(few.by_itself, 10), "{active:b}");
            assert_eq!(many.marginal, enlarged(few.marginal, 10), "{active:b}");
        }
    }
}
