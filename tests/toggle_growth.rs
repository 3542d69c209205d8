//! That the work behind a toggle does not grow with the number of events, and but for the rows not with the
//! number of domains: counted, not timed, since clocks of busy machines lie. What it takes by the clock is
//! in `benches/toggle.rs`.

use mailhunt::events::Batch;
use mailhunt::events::batch::builder::BatchBuilder;
use mailhunt::hunt::exclusion::{self, Exclusion};
use mailhunt::hunt::side::Side;
use mailhunt::hunt::view::{Effect, RankedDomain};
use mailhunt::hunt::{DomainMatching, Hunt, HuntBuilder, Query, View, time_range};
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

/// The hours in which emails come: all that there is a number for on the timeline.
const HOURS: usize = 48;

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

/// A hunt in so many events: all kinds from all domains in turn.
fn hunt_in(events: usize, domains: usize) -> Hunt {
    let exclusions: Arc<[Exclusion]> = exclusion::parse(EXCLUSIONS).expect("exclusions").into();
    let mut builder = HuntBuilder::new(exclusions, 1);
    let mut rows = BatchBuilder::new(COLUMNS.map(str::to_owned).to_vec());
    for event in 0..events {
        let [direction, threats, subject, delivery] = KINDS[event % KINDS.len()];
        let round = event / KINDS.len();
        let domain = format!("d{}.example", round % domains);
        let address = format!("info@{domain}");
        let hours = round % HOURS;
        let (day, hour) = (hours / 24 + 1, hours % 24);
        let time = format!("2026-11-{day:02}T{hour:02}:00:00Z");
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

/// The numbers by which the domains of all rows would be counted anew, if an exclusion touched them all.
fn work_for_rows(hunt: &Hunt) -> usize {
    let cube = hunt.cube(DomainMatching::Exact);
    (0..cube.len())
        .flat_map(|domain| {
            [Side::Outbound, Side::Threat].map(|side| cube.totals(side, domain).len())
        })
        .sum()
}

/// The first of two days, and all times.
fn queries() -> [Query; 2] {
    let first_day = Some("2026-11-01".parse().expect("a day"));
    let hours = time_range::between(first_day, first_day).expect("a range");
    [None, hours].map(|hours| Query {
        hours,
        ..Query::default()
    })
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
    let small = hunt_in(10_000, DOMAINS);
    assert_eq!(small.cube(DomainMatching::Exact).len(), DOMAINS);
    // Of each domain: outbound mail that nothing, one exclusion and another match; threats likewise.
    assert_eq!(work_for_rows(&small), DOMAINS * 6);
    for times in [10, 100] {
        let large = hunt_in(10_000 * times, DOMAINS);
        assert_eq!(large.store.events(), 10_000 * times as u64);
        assert_eq!(work_for_rows(&large), work_for_rows(&small));
        for query in queries() {
            assert_eq!(
                large.work(&query),
                small.work(&query),
                "{times} times the events"
            );
        }
    }
}

#[test]
fn but_for_the_rows_a_toggle_has_the_same_work_for_a_hundred_times_the_domains() {
    let few = hunt_in(100_000, DOMAINS);
    let many = hunt_in(100_000, DOMAINS * 100);
    assert_eq!(many.cube(DomainMatching::Exact).len(), DOMAINS * 100);
    for query in queries() {
        assert_eq!(many.work(&query), few.work(&query));
        // Six masks, one class with two sides, and threats of three masks in each hour.
        assert!(few.work(&query) <= 6 + 3 + 3 * (HOURS + 1));
    }
}

#[test]
fn the_answer_of_that_work_counts_all_events() {
    let (small, large) = (hunt_in(1_000, DOMAINS), hunt_in(10_000, DOMAINS));
    for active in 0..1 << small.exclusions.len() {
        let query = Query {
            active: exclusion::ExclusionSet(active),
            ..Query::default()
        };
        let (few, many) = (small.view(&query), large.view(&query));
        let rows = |view: &View, times| {
            let numbers = |row: RankedDomain| {
                let threats = row.incoming_emails_with_threats * times;
                (row.index(), row.outbound_emails * times, threats)
            };
            view.rows.iter().map(numbers).collect::<Vec<_>>()
        };
        assert_eq!(rows(&many, 1), rows(&few, 10), "{active:b}");
        assert_eq!(many.hidden_emails, few.hidden_emails * 10, "{active:b}");
        for (few, many) in few.exclusions.iter().zip(&many.exclusions) {
            assert_eq!(many.by_itself, enlarged(few.by_itself, 10), "{active:b}");
            assert_eq!(many.marginal, enlarged(few.marginal, 10), "{active:b}");
        }
    }
}
