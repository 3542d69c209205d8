//! What is remarked about exclusions beside what they cost.

#![allow(missing_docs, reason = "the names of tests say what they are about")]

mod support;

use jiff::civil::{Date, date};
use mailhunt::events::time::{EventTime, Hour};
use mailhunt::hunt::remarks::{self, Remark};
use mailhunt::hunt::{Hunt, Query, exclusion};
use support::{Folder, HEADER, load, outbound, threat};

const EXCLUSIONS: &str = r#"
version = 1
[[exclude]]
id = "phish"
title = "All phish"
expires = 2026-11-23
scope = "inbound"
match = [{ ThreatTypes = "Phish" }]
[[exclude]]
id = "partner"
title = "A partner"
match = [{ PartnerDomain = "b.com" }]
[[exclude]]
id = "the-same"
title = "The partner again"
match = [{ EmailDirection = ["Outbound", "Inbound"], PartnerDomain = "b.com" }]
[[exclude]]
id = "nobody"
title = "Nobody"
expires = 2026-11-22
match = [{ EmailDirection = "Sideways" }]
[[exclude]]
id = "lacking"
title = "Lacking"
match = [{ SenderIPv4 = "192.0.2.1" }]
"#;

const TODAY: Date = date(2026, 11, 23);

/// Five threats from one partner, one from another.
fn hunt() -> Hunt {
    let mut lines = vec![
        HEADER.to_owned(),
        outbound("a@b.com"),
        outbound("a@c.com"),
        threat("b.com"),
    ];
    lines.extend(vec![threat("c.com"); 5]);
    let folder = Folder::new();
    let file = folder.write("events.csv", lines.join("\n"));
    let exclusions = exclusion::parse(EXCLUSIONS).expect("valid");
    load(&[file], exclusions).1
}

fn words(hunt: &Hunt, query: &Query) -> Vec<String> {
    let view = hunt.view(query);
    let about = |index| {
        let remarks = remarks::of(hunt, query, &view, index, TODAY);
        let words: Vec<String> = remarks.iter().map(Remark::words).collect();
        words.join("; ")
    };
    (0..hunt.exclusions.len()).map(about).collect()
}

#[test]
fn what_does_nothing_the_same_or_too_much_is_remarked() {
    let hunt = hunt();
    assert_eq!(
        words(&hunt, &Query::default()),
        [
            "broad: 100 % of all threats",
            "hides the same as The partner again; the sender can fake this",
            "hides the same as A partner; the sender can fake this",
            "expired on 2026-11-22; matches nothing",
            "cannot match: column SenderIPv4 is not loaded",
        ]
    );
}

const LACKING: &str = r#"
version = 1
[[exclude]]
id = "guarded"
match = [{ ThreatTypes = "Spam", EmailDirection = "Inbound" }]
unless = [{ Subject = "x" }, { "AuthenticationDetails.DMARC" = "fail" }]
[[exclude]]
id = "guarded-by-a-mistake"
match = [{ EmailDirection = "Sideways" }]
unless = [{ SenderFromDomian = "b.com" }]
[[exclude]]
id = "lacks-both"
match = [{ SenderIPv4 = "192.0.2.1" }]
unless = [{ SenderFromDomian = "b.com" }]
[[exclude]]
id = "guarded-by-absence"
match = [{ EmailDirection = "Sideways" }]
unless = [{ "AuthenticationDetails|exists" = false }]
[[exclude]]
id = "only"
scope = "inbound"
show_only = true
match = [{ SenderIPv4 = "192.0.2.1" }]
"#;

#[test]
fn guards_that_cannot_hold_or_always_do_and_what_hides_everything_are_warned_of() {
    let lines = [
        HEADER.to_owned(),
        outbound("a@b.com"),
        threat("b.com"),
        threat("b.com"),
    ];
    let folder = Folder::new();
    let file = folder.write("events.csv", lines.join("\n"));
    let hunt = load(&[file], exclusion::parse(LACKING).expect("valid")).1;
    assert_eq!(
        words(&hunt, &Query::default()),
        [
            "needs AuthenticationDetails: hides nothing without it",
            "its guard can never hold: column SenderFromDomian is not loaded (did you mean SenderFromDomain?); matches nothing",
            "cannot match: column SenderIPv4 is not loaded",
            "needs AuthenticationDetails: hides nothing without it",
            "hides everything: column SenderIPv4 is not loaded; broad: 100 % of all threats",
        ]
    );
    let view = hunt.view(&Query::default());
    let remarks = remarks::of(&hunt, &Query::default(), &view, 4, TODAY);
    assert!(remarks[0].is_warning() && !remarks[0].is_instead_of_cost());
}

#[test]
fn our_own_domains_are_named() {
    let text = "version = 1\n[[exclude]]\nid = 'a'\nmatch = [{ PartnerDomain = '@own-domains' }]\n";
    let own = |count: usize| {
        let row = |number| outbound("a@b.com").replace("ours.", &format!("ours{number}."));
        let lines: Vec<String> = std::iter::once(HEADER.to_owned())
            .chain((0..count).map(row))
            .collect();
        let folder = Folder::new();
        let file = folder.write("events.csv", lines.join("\n"));
        let hunt = load(&[file], exclusion::parse(text).expect("valid")).1;
        let words = words(&hunt, &Query::default()).swap_remove(0);
        words.rsplit("; ").next().map(str::to_owned)
    };
    assert_eq!(own(1).as_deref(), Some("own domains: ours0.example"));
    let of_six = "own domains: ours0.example, ours1.example, ours2.example, ours3.example, ours4.example and 1 more";
    assert_eq!(own(6).as_deref(), Some(of_six));
}

#[test]
fn a_fifth_of_all_threats_is_not_broad_yet() {
    let of = |phish: usize, spam: usize| {
        let spam_line = threat("b.com").replace("Phish", "Spam");
        let mut lines = vec![HEADER.to_owned(), outbound("a@b.com")];
        lines.extend(vec![threat("b.com"); phish]);
        lines.extend(vec![spam_line; spam]);
        let folder = Folder::new();
        let file = folder.write("events.csv", lines.join("\n"));
        let hunt = load(&[file], exclusion::parse(EXCLUSIONS).expect("valid")).1;
        words(&hunt, &Query::default()).swap_remove(0)
    };
    assert_eq!(of(1, 4), "");
    assert_eq!(of(2, 7), "broad: 22 % of all threats");
}

#[test]
fn remarks_are_about_the_time_range() {
    let hunt = hunt();
    let day = |text: &str| {
        let date: jiff::civil::Date = text.parse().expect("a date");
        EventTime::from_civil(date.to_datetime(jiff::civil::Time::midnight())).hour()
    };
    // Nothing was sent on the day of the threats, so that nothing can rank.
    let Hour(first) = day("2026-11-03");
    let query = Query {
        hours: Some(Hour(first)..=Hour(first + 23)),
        ..Query::default()
    };
    let words = words(&hunt, &query);
    assert_eq!(words[0], "matches nothing in the time range");
    assert!(words[4].starts_with("cannot match: "));
}
