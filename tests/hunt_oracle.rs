//! mailhunt's hunt compared with a brute-force one that was written from the KQL: the same rows in
//! the same order, and every number of a view, for every subset of the exclusions.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::input::Input;
use mailhunt::events::repeats::Repeats;
use mailhunt::events::request::{COUNTED_BY, LoadOptions, LoadRequest, TallyOf, Wanted};
use mailhunt::events::time::Hour;
use mailhunt::hunt::builder::{columns_looked_at, columns_of_facets};
use mailhunt::hunt::cube::Cube;
use mailhunt::hunt::cube_builder::CubeBuilder;
use mailhunt::hunt::domain::DomainNumbers;
use mailhunt::hunt::exclusion::{self, ExclusionSet};
use mailhunt::hunt::facets::ThreatFacets;
use mailhunt::hunt::query::{Direction, RangeScope, Shown, Sort, SortColumn};
use mailhunt::hunt::selection::Hiding;
use mailhunt::hunt::side;
use mailhunt::hunt::spellings::Spellings;
use mailhunt::hunt::summary::{self, DomainSummary};
use mailhunt::hunt::tally;
use mailhunt::hunt::timeline::Timeline;
use mailhunt::hunt::view::{self, View};
use mailhunt::hunt::{DomainMatching, Hunt, Query};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use support::definitions::{self, Around, Check, Definition, Line};
use support::oracle::{self, Counted, Event, Hidden, Matching, Numbers, Question, Side, UrlRow};
use support::overlaps;
use support::strategies::{DOMAINS, MIDNIGHT, definition, event, events, hours, line, link, links};
use support::writing::{Case, Empty, Encoding, Packing, Shape, Spelling};
use support::{Folder, Row, keeping_duplicates, load, load_request, load_with};

/// Definitions whose answer does not depend on which of two records of one time was loaded later.
fn definition_whatever_the_order() -> impl Strategy<Value = Definition> {
    definition().prop_map(|mut definition| {
        for line in definition
            .matches
            .iter_mut()
            .chain(&mut definition.unless)
            .flatten()
        {
            if line.field == "IsLatestRecord" {
                line.field = "SenderFromDomain";
            }
        }
        for block in definition.matches.iter_mut().chain(&mut definition.unless) {
            *block = definitions::without_clashes(std::mem::take(block));
        }
        definition
    })
}

/// Events of one file, which may lack the column `UrlCount`.
fn events_of_a_file() -> impl Strategy<Value = Vec<Event>> {
    (events(), prop::bool::weighted(0.7)).prop_map(|(events, has_url_count)| {
        if has_url_count {
            return events;
        }
        events.into_iter().map(Event::without_url_count).collect()
    })
}

fn sort() -> impl Strategy<Value = Sort> {
    let columns = vec![
        SortColumn::OutboundEmails,
        SortColumn::IncomingEmailsWithThreats,
        SortColumn::SenderFromDomain,
    ];
    (select(columns), any::<bool>()).prop_map(|(column, ascending)| Sort {
        column,
        direction: if ascending {
            Direction::Ascending
        } else {
            Direction::Descending
        },
    })
}

fn search() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", "", "b", "CONTOSO", ".com", "Ü", "zzz"])
}

/// The ways of matching domains, of mailhunt and of the brute-force hunt.
const MATCHINGS: [(DomainMatching, Matching); 3] = [
    (DomainMatching::Exact, Matching::Exact),
    (DomainMatching::Folded, Matching::Folded),
    (DomainMatching::Registrable, Matching::Registrable),
];

/// A range of hours, if any, and which emails it limits.
type Times = (Option<(i32, i32)>, RangeScope);

const ALL_TIMES: Times = (None, RangeScope::Both);

fn scope() -> impl Strategy<Value = RangeScope> {
    select(vec![RangeScope::Both, RangeScope::Threats])
}

/// The same question for both hunts.
fn ask(active: u64, (hours, range): Times, sort: Sort, search: &str) -> (Query, Question) {
    let query = Query {
        active: ExclusionSet(active),
        shown: Shown::Visible,
        hours: hours.map(|(first, last)| Hour(first)..=Hour(last)),
        range,
        domains: DomainMatching::Exact,
        sort,
        search: search.to_owned(),
    };
    let question = Question {
        active,
        hours: hours.map(|(first, last)| first..=last),
        counts_all_outbound: range == RangeScope::Threats,
    };
    (query, question)
}

/// What the other scope of the time range would list, where that differs, by brute force.
fn expected_other_range(
    counted: &[Counted],
    (query, question): &(Query, Question),
) -> Option<view::Extent> {
    question.hours.as_ref()?;
    let other = Question {
        counts_all_outbound: !question.counts_all_outbound,
        ..question.clone()
    };
    let extent = |question: &Question| {
        let rows = expected_rows(counted, query, question);
        view::Extent {
            domains: rows.len() as u64,
            threats: rows.iter().map(|(_, _, threats)| threats).sum(),
        }
    };
    Some(extent(&other)).filter(|other| *other != extent(question))
}

/// The threats of the bars that a time range marks, which is chosen from them.
fn threats_of_bars(hunt: &Hunt, query: &Query) -> Option<u64> {
    let hours = query.hours.as_ref()?;
    let by_hour = hunt.timeline(query).by_hour.into_iter();
    let marked = by_hour.filter(|(hour, _)| hours.contains(hour));
    Some(marked.map(|(_, emails)| emails).sum())
}

/// The rows that the brute-force hunt expects, sorted as documented.
fn expected_rows(counted: &[Counted], query: &Query, question: &Question) -> Vec<Row> {
    let needle = query.search.to_lowercase();
    let ranking = match query.shown {
        Shown::Visible => oracle::hunt(counted, question),
        Shown::Hidden => oracle::hidden(counted, question),
    };
    let mut rows: Vec<Row> = ranking
        .into_iter()
        .filter(|(domain, _)| domain.to_lowercase().contains(&needle))
        .map(|(domain, (outbound, threats))| (domain, outbound, threats))
        .collect();
    rows.sort_by(|a, b| {
        let by_domain = a.0.as_bytes().cmp(b.0.as_bytes());
        let first = match query.sort.column {
            SortColumn::SenderFromDomain => by_domain,
            SortColumn::OutboundEmails => a.1.cmp(&b.1),
            SortColumn::IncomingEmailsWithThreats => a.2.cmp(&b.2),
        };
        let first = match query.sort.direction {
            Direction::Ascending => first,
            Direction::Descending => first.reverse(),
        };
        first
            .then(b.1.cmp(&a.1))
            .then(b.2.cmp(&a.2))
            .then(by_domain)
    });
    rows
}

fn rows_of(cube: &Cube, view: &View) -> Vec<Row> {
    view.rows
        .iter()
        .map(|row| {
            let domain = String::from_utf8(cube.domain(row.index()).to_vec()).unwrap();
            (
                domain,
                row.outbound_emails,
                row.incoming_emails_with_threats,
            )
        })
        .collect()
}

fn numbers_of(view: &View) -> Numbers {
    let hidden = |effect: view::Effect| Hidden {
        emails: effect.emails,
        domains: effect.domains,
    };
    Numbers {
        ranked: view.ranked,
        candidates: view.candidates,
        hidden_emails: view.hidden_emails,
        exclusions: view
            .exclusions
            .iter()
            .map(|effect| (hidden(effect.by_itself), hidden(effect.marginal)))
            .collect(),
        threats: view.threats,
        matches: view
            .exclusions
            .iter()
            .map(|effect| (effect.threats, effect.same_as))
            .collect(),
    }
}

/// The events that stand on a side of the join, with the exclusions that match them, and their
/// places in `events`.
fn counted(
    events: &[Event],
    definitions: &[Definition],
    links: &[UrlRow],
) -> (Vec<Counted>, Vec<usize>) {
    let said: Vec<Vec<Event>> = events.iter().map(|event| vec![event.clone()]).collect();
    counted_with(events, &said, definitions, links)
}

/// The same where copies say something of each event: an exclusion matches where it matches all of them.
fn counted_with(
    events: &[Event],
    said: &[Vec<Event>],
    definitions: &[Definition],
    links: &[UrlRow],
) -> (Vec<Counted>, Vec<usize>) {
    let own_domains = definitions::own_domains(events);
    let latest = definitions::latest_records(events);
    events
        .iter()
        .enumerate()
        .filter_map(|(place, event)| {
            let (side, domain) = event.side()?;
            let around = Around {
                side,
                links,
                is_latest: latest[place],
                own_domains: &own_domains,
            };
            let matched = definitions
                .iter()
                .enumerate()
                .filter(|(_, definition)| {
                    let mut said = said[place].iter();
                    said.all(|copy| definition.matches(copy, around))
                })
                .fold(0, |bits, (index, _)| bits | 1 << index);
            let counted = Counted {
                side,
                domain,
                meant: match side {
                    Side::Left => oracle::meant(event),
                    Side::Right => Vec::new(),
                },
                matched,
                hour: event.hour(),
            };
            Some((counted, place))
        })
        .unzip()
}

/// The counted events matched in one way, with their places among all events.
fn grouped(
    counted: &[Counted],
    places: &[usize],
    matching: Matching,
) -> (Vec<Counted>, Vec<usize>) {
    let grouped = oracle::grouped_with_places(counted, matching).into_iter();
    grouped.map(|(event, place)| (event, places[place])).unzip()
}

/// What is told of the threat emails of a domain that rank under a question, by brute force.
fn expected_summary(emails: &[&Event]) -> DomainSummary {
    let count =
        |is: &dyn Fn(&Event) -> bool| emails.iter().filter(|event| is(event)).count() as u64;
    let kinds = |event: &Event| -> Vec<String> {
        let kinds = event.get("ThreatTypes").split(',');
        kinds.map(|kind| kind.trim().to_lowercase()).collect()
    };
    let names = |kind: &'static str| count(&|event| kinds(event).iter().any(|known| known == kind));
    let delivery = |action: &'static str| {
        count(&|event| event.get("DeliveryAction").eq_ignore_ascii_case(action))
    };
    let dmarc = |result: &'static str| {
        count(&|event| {
            let details = event.get("AuthenticationDetails").to_lowercase();
            details.contains(&format!("\"dmarc\":\"{result}\""))
        })
    };
    let mut days = BTreeMap::new();
    for seconds in emails.iter().filter_map(|event| event.seconds) {
        *days.entry((seconds / 86_400) as i32).or_insert(0) += 1;
    }
    let threats = emails.len() as u64;
    let known = ["delivered", "junked", "blocked", "replaced"].map(delivery);
    DomainSummary {
        threats,
        malware: names("malware"),
        phish: names("phish"),
        spam: names("spam"),
        other: count(&|event| {
            let is_known = |kind: &String| ["malware", "phish", "spam"].contains(&kind.as_str());
            !kinds(event).iter().all(is_known)
        }),
        delivered: known[0],
        junked: known[1],
        blocked: known[2],
        replaced: known[3],
        delivery_unknown: threats - known.iter().sum::<u64>(),
        dmarc_pass: dmarc("pass"),
        dmarc_fail: dmarc("fail"),
        dmarc_none: dmarc("none") + count(&|event| event.get("AuthenticationDetails").is_empty()),
        dmarc_other: dmarc("temperror"),
        dmarc_unreadable: count(&|event| event.get("AuthenticationDetails") == "{broken"),
        by_day: days.into_iter().collect(),
        without_time: count(&|event| event.seconds.is_none()),
    }
}

/// Checks every row, number, listed email and summary of a hunt under one question.
fn check_hunt(
    hunt: &Hunt,
    events: &[Event],
    (counted, places): &(Vec<Counted>, Vec<usize>),
    asked: &(Query, Question),
) -> Result<(), TestCaseError> {
    let (query, question) = asked;
    let cube = hunt.cube(query.domains);
    let view = view::fold(cube, query, hunt.exclusions.len());
    prop_assert_eq!(
        &hunt.view(query),
        &view,
        "what is kept for the next answer changes none"
    );
    prop_assert_eq!(
        rows_of(cube, &view),
        expected_rows(counted, query, question)
    );
    let numbers = oracle::numbers(counted, question, hunt.exclusions.len());
    prop_assert_eq!(numbers_of(&view), numbers);
    prop_assert_eq!(
        hunt.other_range(query),
        expected_other_range(counted, asked)
    );
    if query.range == RangeScope::Threats
        && let Some(threats) = threats_of_bars(hunt, query)
    {
        let rows = view.rows.iter();
        let listed: u64 = rows.map(|row| row.incoming_emails_with_threats).sum();
        prop_assert_eq!(listed, threats, "the bars and the ranking agree");
    }
    let ranking = oracle::hunt(counted, question);
    prop_assert_eq!(
        hunt.without_time(query),
        left_out_without_time(counted, question)
    );
    let mut by_hour = BTreeMap::new();
    prop_assert_eq!(
        view.hidden_delivered,
        hidden_delivered(events, (counted, places), question)
    );
    for row in view.rows.iter() {
        let domain = cube.domain(row.index());
        let name = std::str::from_utf8(domain).unwrap();
        prop_assert_eq!(row.ranks, ranking.contains_key(name));
        check_what_hides(hunt, events, (counted, places), asked, name)?;
        let without_exclusions = question.with_active(0);
        let mut emails: Vec<&Event> = counted
            .iter()
            .zip(places)
            .filter(|(email, _)| email.side == Side::Right && email.domain.as_bytes() == domain)
            .filter(|(email, _)| without_exclusions.counts(email))
            .filter(|(email, _)| {
                let is_counted = row.ranks && question.counts(email);
                is_counted == (query.shown == Shown::Visible)
            })
            .map(|(_, &place)| &events[place])
            .collect();
        for event in &emails {
            *by_hour.entry(event.hour()).or_insert(0) += 1;
        }
        // Newest first, those without a time last; a stable sort leaves the others as loaded.
        emails.sort_by_key(|event| std::cmp::Reverse(event.seconds));
        let listed: Vec<&[u8]> = hunt
            .listed_emails(domain, query)
            .iter()
            .map(|email| hunt.store.cell(email.id, "Subject"))
            .collect();
        let expected: Vec<&[u8]> = emails
            .iter()
            .map(|event| event.get("Subject").as_bytes())
            .collect();
        prop_assert_eq!(listed.len() as u64, row.incoming_emails_with_threats);
        prop_assert_eq!(
            listed,
            expected,
            "the listed emails are the counted ones, newest first"
        );
        let summary = summary::summarize(cube, row.index(), query);
        prop_assert_eq!(summary, expected_summary(&emails));
    }
    if query.hours.is_none() {
        let without_time = by_hour.remove(&None).unwrap_or(0);
        let by_hour = by_hour.into_iter();
        let by_hour = by_hour.filter_map(|(hour, emails)| Some((Hour(hour?), emails)));
        let timeline = Timeline {
            by_hour: by_hour.collect(),
            without_time,
        };
        prop_assert_eq!(hunt.timeline(query), timeline);
    }
    Ok(())
}

/// The emails that a time range leaves out as they have no time, by brute force.
fn left_out_without_time(counted: &[Counted], question: &Question) -> u64 {
    let at_all_times = Question {
        hours: None,
        ..question.clone()
    };
    let can_rank = oracle::hunt(counted, &at_all_times.with_active(0));
    let left_out = counted.iter().filter(|email| {
        let is_left_out = email.hour.is_none() && !question.is_in_range(email);
        is_left_out && at_all_times.counts(email) && can_rank.contains_key(&email.domain)
    });
    left_out.count() as u64
}

/// The delivered threat emails of domains that the exclusions hide wholly, by brute force.
fn hidden_delivered(
    events: &[Event],
    (counted, places): (&[Counted], &[usize]),
    question: &Question,
) -> view::Effect {
    let with = oracle::hunt(counted, question);
    let without_exclusions = question.with_active(0);
    let without = oracle::hunt(counted, &without_exclusions);
    let delivered: Vec<&Counted> = counted
        .iter()
        .zip(places)
        .filter(|(email, _)| email.side == Side::Right)
        .filter(|(email, _)| without_exclusions.counts(email))
        .filter(|(email, _)| without.contains_key(&email.domain))
        .filter(|(email, _)| !with.contains_key(&email.domain))
        .filter(|(_, place)| {
            let action = events[**place].get("DeliveryAction");
            action.eq_ignore_ascii_case("Delivered")
        })
        .map(|(email, _)| email)
        .collect();
    let domains: BTreeSet<&str> = delivered.iter().map(|email| &*email.domain).collect();
    view::Effect {
        emails: delivered.len() as u64,
        domains: domains.len() as u64,
    }
}

/// Checks what is said to hide each listed email: the active exclusions that match it, or those that
/// match all that was written to its domain.
fn check_what_hides(
    hunt: &Hunt,
    events: &[Event],
    (counted, places): (&[Counted], &[usize]),
    (query, question): &(Query, Question),
    domain: &str,
) -> Result<(), TestCaseError> {
    let selection = hunt.selection(domain.as_bytes(), query);
    for email in hunt.listed_emails(domain.as_bytes(), query).iter() {
        let subject = hunt.store.cell(email.id, "Subject");
        let is_it = |place: &usize| events[*place].get("Subject").as_bytes() == subject;
        let known = places.iter().position(is_it).expect("each subject once");
        let own = counted[known].matched & question.active;
        let outbound = counted
            .iter()
            .filter(|email| email.side == Side::Left && email.domain == domain)
            .filter(|email| question.is_in_range(email))
            .fold(0, |all, email| all | email.matched & question.active);
        let expected = match (query.shown, own) {
            (Shown::Visible, _) => None,
            (Shown::Hidden, 0) => Some(Hiding::Outbound(ExclusionSet(outbound))),
            (Shown::Hidden, own) => Some(Hiding::Itself(ExclusionSet(own))),
        };
        prop_assert_eq!(selection.hiding(email.mask), expected);
    }
    Ok(())
}

/// Loads events and links from one file each, the links last so that masks are made anew.
fn hunt_of(
    events: &[Event],
    links: &[UrlRow],
    definitions: &[Definition],
) -> Result<Hunt, TestCaseError> {
    let exclusions = parsed(definitions)?;
    let folder = Folder::new();
    let mut paths = vec![folder.write("events.csv", Spelling::plain().events(events))];
    if !links.is_empty() {
        paths.push(folder.write("links.csv", Spelling::plain().links(links)));
    }
    let (state, hunt) = load(&paths, exclusions);
    prop_assert_eq!(state.rows_rejected(), 0);
    prop_assert_eq!(hunt.store.events(), events.len() as u64);
    Ok(hunt)
}

fn parsed(definitions: &[Definition]) -> Result<Vec<exclusion::Exclusion>, TestCaseError> {
    let text = definitions::toml(definitions);
    exclusion::parse(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))
}

/// Checks that every number of every view is the same where only the columns are read at which the exclusions look.
fn check_with_columns_looked_at(
    hunt: &Hunt,
    paths: &[PathBuf],
    definitions: &[Definition],
    options: LoadOptions,
    domains: DomainMatching,
) -> Result<(), TestCaseError> {
    let exclusions = parsed(definitions)?;
    let wanted = Wanted::of_columns(columns_looked_at(&exclusions));
    let (state, narrow) = load_with(paths, exclusions, LoadOptions { wanted, ..options });
    prop_assert_eq!(state.rows_rejected(), 0);
    prop_assert_eq!(
        narrow.overlaps.rows_left_out(),
        hunt.overlaps.rows_left_out()
    );
    for active in 0..1 << definitions.len() {
        let (mut query, _) = ask(active, ALL_TIMES, Sort::default(), "");
        query.domains = domains;
        let (view, expected) = (narrow.view(&query), hunt.view(&query));
        let (cube, expected_cube) = (narrow.cube(domains), hunt.cube(domains));
        prop_assert_eq!(rows_of(cube, &view), rows_of(expected_cube, &expected));
        prop_assert_eq!(&view, &expected);
        for domain in view.rows.iter().map(|row| row.index()) {
            prop_assert_eq!(
                summary::summarize(cube, domain, &query),
                summary::summarize(expected_cube, domain, &query)
            );
        }
    }
    Ok(())
}

/// Checks that events that are only counted, as `rank` does without exclusions, come to the same; where several files may
/// have the same ones, it must be known that this is not enough. Says whether it was enough.
fn check_counted(
    hunt: &Hunt,
    paths: &[PathBuf],
    options: LoadOptions,
    domains: DomainMatching,
) -> Result<bool, TestCaseError> {
    let columns = COUNTED_BY.map(str::to_owned).into_iter();
    let wanted = Wanted::Counts {
        columns: columns.chain(columns_of_facets()).collect(),
        tally: TallyOf::by(tally::by_domain_and_facets).comparing_files(),
    };
    let (_, counted) = load_with(paths, Vec::new(), LoadOptions { wanted, ..options });
    if counted.store.needs_kept_events() {
        return Ok(false);
    }
    prop_assert!(hunt.overlaps.is_empty());
    prop_assert_eq!(hunt.overlaps.unseen(), []);
    let repeats = |hunt: &Hunt| Repeats::of(&hunt.store, &hunt.overlaps, false);
    prop_assert_eq!(repeats(&counted), repeats(hunt));
    let (mut query, _) = ask(0, ALL_TIMES, Sort::default(), "");
    query.domains = domains;
    let (view, expected) = (counted.view(&query), hunt.view(&query));
    let (cube, expected_cube) = (counted.cube(domains), hunt.cube(domains));
    prop_assert_eq!(rows_of(cube, &view), rows_of(expected_cube, &expected));
    prop_assert_eq!(view.threats, expected.threats);
    for domain in view.rows.iter().map(|row| row.index()) {
        let without_days = |cube| DomainSummary {
            by_day: Vec::new(),
            without_time: 0,
            ..summary::summarize(cube, domain, &query)
        };
        prop_assert_eq!(without_days(cube), without_days(expected_cube));
    }
    Ok(true)
}

/// One email in a cube that is filled without any file.
fn email() -> impl Strategy<Value = Counted> {
    (
        any::<bool>(),
        select(DOMAINS[..8].to_vec()),
        // Exclusions often overlap; the last bit is the one that shifts go wrong at.
        prop_oneof![Just(0), 0..32_u64, any::<u64>(), Just(1 << 63)],
        option::weighted(0.9, 0..6),
    )
        .prop_map(|(outbound, domain, matched, hour)| Counted {
            meant: Vec::new(),
            side: if outbound { Side::Left } else { Side::Right },
            domain: domain.to_owned(),
            matched,
            hour,
        })
}

fn cube_of(emails: &[Counted]) -> Cube {
    let (mut numbers, mut builder) = (DomainNumbers::default(), CubeBuilder::default());
    for email in emails {
        let side = match email.side {
            Side::Left => side::Side::Outbound,
            Side::Right => side::Side::Threat,
        };
        let domain = numbers.number(email.domain.as_bytes());
        let hour = email.hour.map(Hour);
        let mask = ExclusionSet(email.matched);
        builder.count(side, domain, mask, hour, ThreatFacets::default());
    }
    builder.cube(&numbers)
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn the_hunt_is_the_brute_force_one_for_every_subset_of_the_exclusions(
        events in events_of_a_file(),
        links in links(),
        definitions in vec(definition(), 0..6),
        hours in hours(),
        range in scope(),
        sort in sort(),
        search in search(),
    ) {
        let hunt = hunt_of(&events, &links, &definitions)?;
        let counted = counted(&events, &definitions, &links);
        for (index, inert) in hunt.inert.iter().enumerate() {
            let matches = counted.0.iter().any(|email| email.matched >> index & 1 == 1);
            prop_assert!(inert.is_none() || !matches, "{inert:?} is said of one that matches");
        }
        let (counted, places) = counted;
        for (domains, matching) in MATCHINGS {
            let counted = grouped(&counted, &places, matching);
            for active in 0..1 << definitions.len() {
                let plain = ask(active, ALL_TIMES, Sort::default(), "");
                let other = ask(active, (hours, range), sort, search);
                for (mut query, question) in [plain, other] {
                    query.domains = domains;
                    for shown in [Shown::Visible, Shown::Hidden] {
                        query.shown = shown;
                        let asked = (query.clone(), question.clone());
                        check_hunt(&hunt, &events, &counted, &asked)?;
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(config(128))]

    /// Some of those before stay, in whatever order, others go, new ones come, and that twice.
    #[test]
    fn exclusions_that_are_defined_later_are_as_if_they_had_been_there(
        events in events_of_a_file(),
        links in links(),
        pool in vec(definition(), 1..6),
        chosen in vec(vec(any::<Index>(), 0..5), 3),
        hours in hours(),
        range in scope(),
        shown in select(vec![Shown::Visible, Shown::Hidden]),
    ) {
        let mut defined: Option<Hunt> = None;
        for chosen in &chosen {
            let definitions: Vec<Definition> = chosen.iter().map(|index| index.get(&pool).clone()).collect();
            let exclusions = parsed(&definitions)?;
            let fresh = hunt_of(&events, &links, &definitions)?;
            let hunt = match &defined {
                None => fresh.clone(),
                Some(before) => before.with_exclusions(exclusions.into()),
            };
            prop_assert_eq!(&hunt.inert, &fresh.inert);
            prop_assert_eq!(&hunt.hides_everything, &fresh.hides_everything);
            prop_assert_eq!(&hunt.powerless_guards, &fresh.powerless_guards);
            prop_assert_eq!(&hunt.guard_needs, &fresh.guard_needs);
            prop_assert_eq!(&hunt.match_needs, &fresh.match_needs);
            let (counted, places) = counted(&events, &definitions, &links);
            for (domains, matching) in MATCHINGS {
                let counted = grouped(&counted, &places, matching);
                for active in [0, 1, 2, (1 << definitions.len()) - 1] {
                    for hours in [None, hours] {
                        let (mut query, question) = ask(active, (hours, range), Sort::default(), "");
                        (query.domains, query.shown) = (domains, shown);
                        check_hunt(&hunt, &events, &counted, &(query, question))?;
                    }
                }
            }
            defined = Some(hunt);
        }
    }
}

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn the_fold_is_the_brute_force_hunt_for_any_masks(
        emails in vec(email(), 0..50),
        others_active in any::<u64>(),
        hours in option::of((0..6, 0..6)),
        range in scope(),
        sort in sort(),
    ) {
        let exact = cube_of(&emails);
        for (domains, matching) in MATCHINGS {
            let cube = exact.grouped(domains);
            let emails = oracle::grouped(&emails, matching);
            // Every subset of the first five, and some of all sixty-four.
            let subsets = (0..32).chain([others_active, others_active & !1, 1 << 63, u64::MAX]);
            for active in subsets {
                let (query, question) = ask(active, (hours, range), sort, "");
                let view = view::fold(&cube, &query, 64);
                prop_assert_eq!(rows_of(&cube, &view), expected_rows(&emails, &query, &question));
                let found = numbers_of(&view);
                // By brute force each exclusion costs several hunts: the first few and the last.
                let expected = oracle::numbers(&emails, &question, 6);
                prop_assert_eq!(found.ranked, expected.ranked);
                prop_assert_eq!(found.candidates, expected.candidates);
                prop_assert_eq!(found.hidden_emails, expected.hidden_emails);
                prop_assert_eq!(&found.exclusions[..6], &expected.exclusions[..]);
                prop_assert_eq!(found.threats, expected.threats);
                for (found, expected) in found.matches.iter().zip(&expected.matches) {
                    // Where none of the first few is the same, a later one may be.
                    let same = found.1.filter(|other| *other < 6);
                    prop_assert_eq!((found.0, same), *expected);
                }
                let hidden = Query { shown: Shown::Hidden, ..query };
                let view = view::fold(&cube, &hidden, 64);
                prop_assert_eq!(rows_of(&cube, &view), expected_rows(&emails, &hidden, &question));
                prop_assert_eq!(numbers_of(&view), found, "what is shown changes no other number");
            }
        }
    }

    #[test]
    fn what_is_kept_after_loading_is_what_can_rank_in_some_way_of_matching(
        emails in vec(email(), 0..20),
    ) {
        let cube = cube_of(&emails);
        let kept: Vec<&[u8]> = (0..cube.len()).map(|index| cube.domain(index)).collect();
        let mut expected = BTreeSet::new();
        for (_, matching) in MATCHINGS {
            let grouped = oracle::grouped(&emails, matching);
            let ranking = oracle::hunt(&grouped, &Question::default());
            let ranks = |group: &Counted| ranking.contains_key(&group.domain);
            let members = emails.iter().zip(&grouped).filter(|(_, group)| ranks(group));
            expected.extend(members.map(|(email, _)| email.domain.as_bytes()));
        }
        prop_assert_eq!(kept, expected.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn spellings_say_what_folding_changes(emails in vec(email(), 0..40)) {
        let domains: BTreeSet<&str> = emails.iter().map(|email| email.domain.as_str()).collect();
        let domains: Vec<&str> = domains.into_iter().collect();
        let count = |domain: &str, side| {
            let of_domain = emails.iter().filter(|email| email.domain == domain);
            of_domain.filter(|email| email.side == side).count() as u64
        };
        let bytes: Vec<&[u8]> = domains.iter().map(|domain| domain.as_bytes()).collect();
        let found = Spellings::of(&bytes, |index| {
            (count(domains[index], Side::Left), count(domains[index], Side::Right))
        });

        let nothing_on = Question::default();
        let exact = oracle::hunt(&emails, &nothing_on);
        let grouped = oracle::grouped(&emails, Matching::Folded);
        let folded = oracle::hunt(&grouped, &nothing_on);
        let mut spelled: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (email, group) in emails.iter().zip(&grouped) {
            spelled.entry(&group.domain).or_default().insert(&email.domain);
        }
        let several = spelled.values().filter(|spellings| spellings.len() > 1);
        prop_assert_eq!(found.names, several.clone().count());
        prop_assert_eq!(found.spellings, several.map(BTreeSet::len).sum::<usize>());
        prop_assert_eq!(exact.len() + found.added_rows - found.merged_rows, folded.len());
        let changed = folded.iter().any(|(name, numbers)| {
            // The name of a folded row says nothing: the row changes when its numbers are no row's.
            let spellings = spelled[name.as_str()].iter();
            !spellings.clone().any(|spelling| exact.get(*spelling) == Some(numbers))
        });
        prop_assert_eq!(found.change_the_ranking(), changed);
        for example in &found.examples {
            let numbers = (example.outbound_emails(), example.incoming_emails_with_threats());
            let row = folded.get(std::str::from_utf8(&example.name).unwrap());
            prop_assert_eq!(row.copied(), Some(numbers).filter(|(out, threats)| *out > 0 && *threats > 0));
        }
    }

    #[test]
    fn exclusions_only_ever_remove(
        emails in vec(email(), 0..50),
        active in any::<u64>(),
        more in any::<u64>(),
    ) {
        let cube = cube_of(&emails);
        let counts = |active| {
            let (query, _) = ask(active, ALL_TIMES, Sort::default(), "");
            let view = view::fold(&cube, &query, 64);
            let rows = rows_of(&cube, &view).into_iter();
            rows.map(|(domain, out, threats)| (domain, (out, threats))).collect::<BTreeMap<_, _>>()
        };
        let before = counts(active);
        for (domain, (out, threats)) in counts(active | more) {
            let (out_before, threats_before) = before[&domain];
            prop_assert!(out <= out_before && threats <= threats_before);
        }
    }
}

fn spelling() -> impl Strategy<Value = Spelling> {
    let columns = support::oracle::COLUMNS.len();
    (
        select(vec![
            Shape::Separated(','),
            Shape::Separated('\t'),
            Shape::Separated(';'),
            Shape::JsonArray,
            Shape::JsonLines,
        ]),
        Just((0..columns).collect::<Vec<usize>>()).prop_shuffle(),
        select(vec![Case::AsDocumented, Case::Lower, Case::Upper]),
        select(vec!["", " ", "\t ", "\u{a0}"]),
        select(vec!["\r\n", "\n"]),
        any::<bool>(),
        select(vec![
            Encoding::Utf8,
            Encoding::Utf8WithMark,
            Encoding::Utf16LittleEndian,
            Encoding::Utf16BigEndian,
        ]),
        select(vec![Packing::None, Packing::Gzip, Packing::Zstd]),
        select(vec![Empty::Text, Empty::Null, Empty::Omitted]),
    )
        .prop_map(
            |(shape, order, case, padding, line_end, quote_all, encoding, packing, empty)| {
                Spelling {
                    shape,
                    order,
                    case,
                    padding,
                    line_end,
                    quote_all,
                    empty,
                    encoding,
                    packing,
                }
            },
        )
}

/// The emails listed of a domain, by subject, and in order of time.
fn listed(hunt: &Hunt, domain: usize, query: &Query) -> (Vec<Vec<u8>>, Vec<Option<i64>>) {
    let name = hunt.cube(query.domains).domain(domain);
    let emails = hunt.listed_emails(name, query);
    let (mut subjects, times): (Vec<Vec<u8>>, Vec<Option<i64>>) = emails
        .iter()
        .map(|email| {
            let subject = hunt.store.cell(email.id, "Subject").to_vec();
            (
                subject,
                email.time.map(mailhunt::events::time::EventTime::seconds),
            )
        })
        .unzip();
    subjects.sort_unstable();
    (subjects, times)
}

proptest! {
    #![proptest_config(config(160))]

    #[test]
    fn the_answer_does_not_depend_on_how_events_are_written_and_split(
        events in events(),
        links in links(),
        definitions in vec(definition_whatever_the_order(), 0..4),
        spellings in vec(spelling(), 1..5),
        places in vec(any::<Index>(), 60),
        links_at in any::<Index>(),
        (domains, _) in select(MATCHINGS.to_vec()),
    ) {
        let reference = hunt_of(&events, &links, &definitions)?;

        let mut parts: Vec<Vec<Event>> = vec![Vec::new(); spellings.len()];
        for (event, place) in events.iter().zip(&places) {
            parts[place.index(spellings.len())].push(event.clone());
        }
        let folder = Folder::new();
        let mut paths: Vec<_> = parts
            .iter()
            .zip(&spellings)
            .enumerate()
            // No file holds no event: JSON lines without a line are an empty file.
            .filter(|(_, (part, _))| !part.is_empty())
            .map(|(number, (part, spelling))| {
                folder.write(&format!("part-{number}"), spelling.events(part))
            })
            .collect();
        if !links.is_empty() {
            let file = folder.write("links", spellings[0].links(&links));
            paths.insert(links_at.index(paths.len() + 1), file);
        }
        // Events made at random may be the same by chance.
        let (state, hunt) = load_with(&paths, parsed(&definitions)?, keeping_duplicates());
        prop_assert_eq!(state.rows_rejected(), 0);
        prop_assert_eq!(state.files_failed(), 0);
        prop_assert_eq!(hunt.store.events(), events.len() as u64);
        prop_assert_eq!(hunt.times, reference.times);
        prop_assert_eq!(&hunt.spellings, &reference.spellings);

        for active in 0..1 << definitions.len() {
            let (mut query, _) = ask(active, ALL_TIMES, Sort::default(), "");
            query.domains = domains;
            let (view, expected) = (hunt.view(&query), reference.view(&query));
            let (cube, expected_cube) = (hunt.cube(domains), reference.cube(domains));
            prop_assert_eq!(rows_of(cube, &view), rows_of(expected_cube, &expected));
            prop_assert_eq!(&view, &expected);
            for domain in view.rows.iter().map(|row| row.index()) {
                prop_assert_eq!(
                    summary::summarize(cube, domain, &query),
                    summary::summarize(expected_cube, domain, &query)
                );
                prop_assert_eq!(listed(&hunt, domain, &query), listed(&reference, domain, &query));
            }
        }
        check_with_columns_looked_at(&hunt, &paths, &definitions, keeping_duplicates(), domains)?;
        check_counted(&hunt, &paths, keeping_duplicates(), domains)?;
    }
}

/// A partner whose mail we forward, so that it is among the senders of our outbound mail and is none of our domains.
const FORWARDED: &str = "\
EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,ForwardingInformation
Outbound,ours.example,a@forwarded.example,,
Outbound,forwarded.example,b@elsewhere.example,,SMTP
Inbound,forwarded.example,c@ours.example,Phish,
";

/// Checks that what was read is enough for each built-in exclusion, alone and with another one.
#[test]
fn the_columns_that_are_read_are_enough_for_each_built_in_exclusion() {
    let exclusions = exclusion::built_in().unwrap();
    let load = |chosen: &[exclusion::Exclusion], wanted: Wanted| {
        let mut inputs = mailhunt::demo::inputs();
        inputs.push(Input::Memory {
            name: "forwarded".into(),
            bytes: FORWARDED.as_bytes().into(),
        });
        let mut request = LoadRequest::from(inputs);
        request.options.wanted = wanted;
        load_request(request, chosen.to_vec()).1
    };
    for (index, exclusion) in exclusions.iter().enumerate() {
        let other = &exclusions[(index + 1) % exclusions.len()];
        for chosen in [
            vec![exclusion.clone()],
            vec![exclusion.clone(), other.clone()],
        ] {
            let whole = load(&chosen, Wanted::default());
            let narrow = load(&chosen, Wanted::of_columns(columns_looked_at(&chosen)));
            let (query, _) = ask((1 << chosen.len()) - 1, ALL_TIMES, Sort::default(), "");
            let (view, expected) = (narrow.view(&query), whole.view(&query));
            assert!(expected.hidden_emails > 0, "{}", exclusion.id);
            assert_eq!(view, expected, "{}", exclusion.id);
        }
    }
}

/// Where a file has the column `UrlCount`.
#[derive(Clone, Copy, Debug)]
enum UrlCounts {
    Missing,
    There,
    /// From its last record on.
    Late,
}

/// A line on the links of an email, most often on all of them.
fn line_on_links() -> impl Strategy<Value = Line> {
    let fields = select(vec!["UrlDomain", "Url"]);
    (line(), fields, prop::bool::weighted(0.8)).prop_map(|(line, field, every)| Line {
        field,
        every,
        check: match line.check {
            Check::SameAs(_) | Check::Flag(_) | Check::InNetwork => Check::Is,
            other => other,
        },
        ..line
    })
}

/// A definition of which most lines are on links.
fn definition_on_links() -> impl Strategy<Value = Definition> {
    let of_line = |line: Line, on_links: &Line, place: Index| {
        if place.index(3) > 0 {
            on_links.clone()
        } else {
            line
        }
    };
    let lines = vec((line_on_links(), any::<Index>()), 12);
    (definition(), lines).prop_map(move |(mut definition, lines)| {
        let mut lines = lines.iter();
        for block in definition.matches.iter_mut().chain(&mut definition.unless) {
            for line in block.iter_mut() {
                if let Some((on_links, place)) = lines.next() {
                    *line = of_line(line.clone(), on_links, *place);
                }
            }
            *block = definitions::without_clashes(std::mem::take(block));
        }
        definition
    })
}

proptest! {
    #![proptest_config(config(160))]

    #[test]
    fn links_are_unknown_in_files_without_their_number_alone(
        events in events(),
        links in vec(link(), 1..8),
        definitions in vec(definition_on_links(), 1..4),
        files in vec((spelling(), select(vec![UrlCounts::Missing, UrlCounts::There, UrlCounts::Late])), 1..4),
        places in vec(any::<Index>(), 60),
        links_are_first in any::<bool>(),
    ) {
        let mut parts: Vec<Vec<Event>> = vec![Vec::new(); files.len()];
        for (event, place) in events.into_iter().zip(&places) {
            let place = place.index(files.len());
            parts[place].push(match files[place].1 {
                UrlCounts::Missing => event.without_url_count(),
                _ => event,
            });
        }
        let mut spellings: Vec<Spelling> = Vec::new();
        for (part, (spelling, url_counts)) in parts.iter_mut().zip(files) {
            let mut spelling = spelling;
            if let (UrlCounts::Late, [first @ .., _]) = (url_counts, part.as_mut_slice()) {
                for event in first { event.cells[12].clear(); }
                (spelling.shape, spelling.empty) = (Shape::JsonLines, Empty::Omitted);
            }
            spellings.push(spelling);
        }
        let folder = Folder::new();
        let written = parts.iter().zip(&spellings).enumerate().filter(|(_, (part, _))| !part.is_empty());
        let mut paths: Vec<_> = written
            .map(|(number, (part, spelling))| {
                folder.write(&format!("part-{number}"), spelling.events(part))
            })
            .collect();
        let file = folder.write("links", Spelling::plain().links(&links));
        // All is evaluated anew where links come later.
        let place = if links_are_first { 0 } else { paths.len() };
        paths.insert(place, file);
        let (_, hunt) = load_with(&paths, parsed(&definitions)?, keeping_duplicates());

        let events = parts.concat();
        let counted = counted(&events, &definitions, &links);
        for active in 0..1 << definitions.len() {
            check_hunt(&hunt, &events, &counted, &ask(active, ALL_TIMES, Sort::default(), ""))?;
        }
    }
}

/// Events of a few messages, recipients and times, so that many are of one email.
fn close_events() -> impl Strategy<Value = Vec<Event>> {
    let place = (
        select(vec!["M-1", "M-2", "m-1", "", " "]),
        select(vec!["a@b.com", "x@contoso.com", "", "A@b.com"]),
        select(vec![
            ("2026-11-01T00:00:00Z", Some(MIDNIGHT)),
            ("2026-11-01 00:00:00.0000000", Some(MIDNIGHT)),
            ("2026-11-01T01:00:00Z", Some(MIDNIGHT + 3600)),
            ("yesterday", None),
            ("", None),
        ]),
    );
    let event = (event(), place).prop_map(|(mut event, (message, recipient, (time, seconds)))| {
        for (cell, text) in [(0, time), (1, message), (5, recipient)] {
            text.clone_into(&mut event.cells[cell]);
        }
        event.seconds = seconds;
        event
    });
    vec(event, 0..40)
}

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn rows_of_several_files_count_once_as_by_brute_force(
        events in close_events(),
        places in vec(0..4_usize, 40),
        definitions in vec(definition(), 0..3),
        keeps in any::<bool>(),
    ) {
        let mut files: Vec<Vec<Event>> = vec![Vec::new(); 4];
        for (event, place) in events.into_iter().zip(places) {
            files[place].push(event);
        }
        for (number, event) in files.iter_mut().flatten().enumerate() {
            event.cells[11] = format!("subject, {number}");
        }
        let folder = Folder::new();
        let paths: Vec<_> = files
            .iter()
            .enumerate()
            .map(|(number, part)| {
                folder.write(&format!("part-{number}.csv"), Spelling::plain().events(part))
            })
            .collect();
        let options = if keeps { keeping_duplicates() } else { LoadOptions::default() };
        let (state, hunt) = load_with(&paths, parsed(&definitions)?, options.clone());

        let counting = if keeps {
            files.concat().into_iter().map(|event| (event.clone(), vec![event])).collect()
        } else {
            overlaps::counting_once(&files)
        };
        let (counting, said): (Vec<Event>, Vec<Vec<Event>>) = counting.into_iter().unzip();
        for (number, file) in state.files.iter().enumerate() {
            let report = file.report.as_ref().unwrap();
            let told: u64 = report.overlaps.iter().map(|overlap| overlap.rows).sum();
            prop_assert_eq!(told, overlaps::rows_in_earlier(&files, number));
        }
        let counted = counted_with(&counting, &said, &definitions, &[]);
        let told: Vec<Event> =
            counting.iter().zip(&said).map(|(event, said)| overlaps::as_told(event, said)).collect();
        for active in 0..1 << definitions.len() {
            let question = ask(active, ALL_TIMES, Sort::default(), "");
            check_hunt(&hunt, &told, &counted, &question)?;
        }
        check_with_columns_looked_at(&hunt, &paths, &definitions, options.clone(), DomainMatching::Exact)?;
        check_counted(&hunt, &paths, options, DomainMatching::Exact)?;
    }
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn events_of_several_files_are_only_counted_unless_one_may_be_in_two_of_them(
        events in events(),
        places in vec(0..3_usize, 60),
        copied in option::of(any::<Index>()),
        unknown in option::weighted(0.2, (any::<Index>(), select(vec![0, 1, 5]))),
    ) {
        let mut files: Vec<Vec<Event>> = vec![Vec::new(); 3];
        for (number, (mut event, place)) in events.into_iter().zip(places).enumerate() {
            "2026-11-01T00:00:00Z".clone_into(&mut event.cells[0]);
            event.seconds = Some(MIDNIGHT);
            event.cells[1] = format!("m-{number}");
            if event.cells[5].trim().is_empty() {
                "x@ours.example".clone_into(&mut event.cells[5]);
            }
            files[place].push(event);
        }
        let mut is_certain = true;
        let chosen = |files: &[Vec<Event>], index: Index| {
            let places: Vec<(usize, usize)> = (0..files.len())
                .flat_map(|file| (0..files[file].len()).map(move |event| (file, event)))
                .collect();
            (!places.is_empty()).then(|| places[index.index(places.len())])
        };
        if let Some((file, event)) = copied.and_then(|index| chosen(&files, index)) {
            let copy = files[file][event].clone();
            files[(file + 1) % 3].push(copy);
            is_certain = false;
        }
        if let Some((index, cell)) = unknown
            && let Some((file, event)) = chosen(&files, index)
        {
            files[file][event].cells[cell].clear();
            if cell == 0 {
                files[file][event].seconds = None;
            }
            is_certain = is_certain && files.iter().filter(|file| !file.is_empty()).count() < 2;
        }
        let folder = Folder::new();
        let paths: Vec<_> = files
            .iter()
            .enumerate()
            .map(|(number, part)| {
                folder.write(&format!("part-{number}.csv"), Spelling::plain().events(part))
            })
            .collect();
        let (_, hunt) = load(&paths, Vec::new());
        for (domains, _) in MATCHINGS {
            let is_enough = check_counted(&hunt, &paths, LoadOptions::default(), domains)?;
            prop_assert_eq!(is_enough, is_certain);
        }
    }
}
