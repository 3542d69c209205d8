//! When the work of matching domains in a wider way is done: never before somebody asks for it, and
//! for a screen that asks while files are loaded, before it is told of them.

#![allow(
    missing_docs,
    reason = "a test fails by panicking, and its name says what it is about"
)]

mod support;

use mailhunt::events::input::Input;
use mailhunt::events::load::CancelToken;
use mailhunt::hunt::{DomainMatching, Hunt};
use mailhunt::pipeline::{self, Listener, Update};
use std::cell::RefCell;
use std::rc::Rc;
use support::{Folder, HEADER, outbound, row, rows, threat};

/// A screen that looks at all news, with domains matched in one way.
struct Screen {
    domains: DomainMatching,
    hunts: Rc<RefCell<Vec<Hunt>>>,
}

impl Listener for Screen {
    fn is_ready(&self) -> bool {
        true
    }

    fn domains(&self) -> DomainMatching {
        self.domains
    }

    fn publish(&mut self, update: Update) {
        self.hunts.borrow_mut().extend(update.hunt);
    }
}

/// The hunts that such a screen is told of while a file is loaded, and the last.
fn load(domains: DomainMatching) -> Vec<Hunt> {
    let folder = Folder::new();
    let lines = [
        HEADER.to_owned(),
        outbound("a@Contoso.com"),
        threat("mail.contoso.com"),
        threat("contoso.com"),
    ];
    let path = folder.write("events.csv", lines.join("\n"));
    let hunts = Rc::default();
    let screen = Screen {
        domains,
        hunts: Rc::clone(&hunts),
    };
    let exclusions = Vec::new().into();
    let cancel = CancelToken::default();
    let (_, last) = pipeline::run(vec![Input::File(path)], exclusions, &cancel, screen);
    let mut all = hunts.take();
    all.push(last);
    all
}

#[test]
fn hunts_come_ready_for_the_way_a_screen_shows_them() {
    for domains in DomainMatching::ALL {
        for hunt in load(domains) {
            for other in DomainMatching::ALL {
                let expected = other == domains || other == DomainMatching::Exact;
                assert_eq!(hunt.is_matched(other), expected, "{other}, shown {domains}");
            }
        }
    }
}

#[test]
fn another_way_is_made_ready_when_it_is_asked_for() {
    let hunts = load(DomainMatching::Exact);
    let hunt = hunts.last().expect("the last");
    hunt.match_domains(DomainMatching::Registrable);
    assert!(hunt.is_matched(DomainMatching::Registrable));
    assert!(!hunt.is_matched(DomainMatching::Folded));
    let query = mailhunt::hunt::Query {
        domains: DomainMatching::Registrable,
        ..mailhunt::hunt::Query::default()
    };
    assert_eq!(rows(hunt, &query), [row("contoso.com", 1, 2)]);
}

#[test]
fn a_search_finds_domains_whatever_the_case_of_their_letters() {
    let folder = Folder::new();
    let domains = ["Σίσυφος.example", "BÜRO.example", "STRASSE.example"];
    let sent = domains.map(|domain| outbound(&format!("a@{domain}")));
    let lines: Vec<String> = std::iter::once(HEADER.to_owned())
        .chain(sent)
        .chain(domains.map(threat))
        .collect();
    let path = folder.write("events.csv", lines.join("\n"));
    let (_, hunt) = support::load(&[path], Vec::new());
    for (search, found) in [
        ("ΣΊΣΥΦΟΣ", 1),
        ("φοσ.", 1),
        ("büro", 1),
        ("ẞ", 0),
        ("strasse", 1),
        (".EXAMPLE", 3),
    ] {
        let query = mailhunt::hunt::Query {
            search: search.to_owned(),
            ..Default::default()
        };
        let view = hunt.view(&query);
        assert_eq!(view.rows.len(), found, "{search}");
        let timeline = hunt.timeline(&query);
        let by_hour = timeline.by_hour.iter().map(|(_, emails)| emails);
        let threats = by_hour.sum::<u64>() + timeline.without_time;
        assert_eq!(threats, found as u64, "{search}");
    }
}
