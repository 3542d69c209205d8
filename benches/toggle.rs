//! How long it takes to answer a key that switches an exclusion: the fold alone, and from the key
//! to the frame, which may not depend on the number of events; a key that moves on to another domain, which may
//! not either; to define a further exclusion; and to give a ranking while loading.

#![allow(missing_docs, reason = "criterion makes functions that nobody calls")]

mod tenant;

use criterion::{Criterion, criterion_group, criterion_main};
use mailhunt::hunt::exclusion::{self, Exclusion};
use mailhunt::hunt::side::Side;
use mailhunt::hunt::{DomainMatching, Hunt, Query, time_range};
use mailhunt::pipeline::LoadState;
use mailhunt::tui::app::{App, Msg};
use mailhunt::tui::panes;
use mailhunt::tui::theme::Theme;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tenant::Population;

const WIDTH: u16 = 140;
const HEIGHT: u16 = 40;

/// The populations, the large ones only where `MAILHUNT_BENCH_LARGE` is set: making them takes a minute and
/// 4 GB each.
fn populations() -> impl Iterator<Item = Population> {
    let is_large = std::env::var_os("MAILHUNT_BENCH_LARGE").is_some();
    let events: &[u64] = if is_large {
        &[100_000, 1_000_000, 10_000_000]
    } else {
        &[100_000, 1_000_000]
    };
    let each: &[u64] = if is_large { &[2, 100] } else { &[2] };
    let of_events = events.iter().map(|&count| Population::of_events(count));
    let of_domains = each
        .iter()
        .map(|&each| Population::of_domains(DOMAINS, each));
    of_events.chain(of_domains)
}

/// So many domains rank where many do.
const DOMAINS: u64 = 100_000;

fn interface(criterion: &mut Criterion) {
    for population in populations() {
        let hunt = Arc::new(population.hunt());
        say_what_is_in(&population, &hunt);
        toggle(criterion, &population.name, &hunt);
        step(criterion, &population.name, &hunt);
        define(criterion, &population.name, &hunt);
    }
}

/// A week of the month that is generated.
fn week() -> Query {
    let days = ["2026-11-03", "2026-11-09"].map(|day| Some(day.parse().expect("a day")));
    Query {
        hours: time_range::between(days[0], days[1]).expect("a range"),
        ..Query::default()
    }
}

fn toggle(criterion: &mut Criterion, name: &str, hunt: &Arc<Hunt>) {
    let mut group = criterion.benchmark_group("toggle");
    for (range, query) in [("", Query::default()), (", a week", week())] {
        let mut asked = query.clone();
        group.bench_function(format!("fold{range}, {name}"), |bencher| {
            bencher.iter(|| {
                asked.active.toggle(0);
                hunt.view(black_box(&asked))
            });
        });
        let mut screen = Terminal::new(TestBackend::new(WIDTH, HEIGHT)).expect("a screen");
        let mut app = app_with(Hunt::clone(hunt), query);
        let key = KeyEvent::new(KeyCode::Char('1'), KeyModifiers::NONE);
        group.bench_function(format!("key to frame{range}, {name}"), |bencher| {
            bencher.iter(|| {
                app.update(Msg::Terminal(Event::Key(key)));
                screen
                    .draw(|frame| panes::draw(&app, frame))
                    .expect("a frame");
            });
        });
    }
    group.finish();
}

/// From the domain with most emails to the next and back: the emails of each are listed anew.
fn step(criterion: &mut Criterion, name: &str, hunt: &Arc<Hunt>) {
    let mut screen = Terminal::new(TestBackend::new(WIDTH, HEIGHT)).expect("a screen");
    let mut app = app_with(Hunt::clone(hunt), Query::default());
    let mut keys = ['j', 'k'].into_iter().cycle();
    let mut group = criterion.benchmark_group("step");
    group.bench_function(format!("key to frame, {name}"), |bencher| {
        bencher.iter(|| {
            let key = KeyCode::Char(keys.next().expect("without end"));
            let key = KeyEvent::new(key, KeyModifiers::NONE);
            app.update(Msg::Terminal(Event::Key(key)));
            screen
                .draw(|frame| panes::draw(&app, frame))
                .expect("a frame");
        });
    });
    group.finish();
}

/// How long it takes to define a further exclusion: it is evaluated once for each event that can count.
fn define(criterion: &mut Criterion, name: &str, hunt: &Hunt) {
    let mut group = criterion.benchmark_group("define");
    group.sample_size(10);
    for (what, blocks) in [
        ("an address", ADDRESS.to_owned()),
        ("a domain", DOMAIN.to_owned()),
        ("an address or a domain", format!("{ADDRESS}, {DOMAIN}")),
    ] {
        let definition =
            format!("version = 1\n[[exclude]]\nid = \"further\"\nmatch = [{blocks}]\n");
        let further = exclusion::parse(&definition).expect("an exclusion");
        let exclusions: Arc<[Exclusion]> =
            hunt.exclusions.iter().chain(&further).cloned().collect();
        group.bench_function(format!("{what}, {name}"), |bencher| {
            bencher.iter_with_large_drop(|| {
                let defined = hunt.with_exclusions(Arc::clone(&exclusions));
                defined.match_domains(DomainMatching::Exact);
                defined
            });
        });
    }
    group.finish();
}

/// A condition on an address.
const ADDRESS: &str = r#"{ "SenderFromAddress|startswith" = "news" }"#;

/// A condition on a domain.
const DOMAIN: &str = r#"{ "RecipientDomain|domain" = "d7.example" }"#;

/// How long it takes to give a ranking of what is loaded so far.
fn partial(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("partial");
    group.sample_size(10);
    for population in populations() {
        let mut builder = population.counted();
        group.bench_function(&population.name, |bencher| {
            bencher.iter_custom(|rounds| {
                let mut taken = Duration::ZERO;
                for _ in 0..rounds {
                    tenant::count_more(&mut builder, DOMAINS, 1000);
                    let begun = Instant::now();
                    let hunt = builder.partial();
                    hunt.match_domains(DomainMatching::Exact);
                    taken += begun.elapsed();
                }
                taken
            });
        });
    }
    group.finish();
}

fn app_with(hunt: Hunt, query: Query) -> App {
    let load = LoadState {
        finished: true,
        ..LoadState::default()
    };
    let mut app = App::new(hunt, load, query, Theme::sixteen_colours(), false);
    app.update(Msg::Terminal(Event::Resize(WIDTH, HEIGHT)));
    app
}

/// The sizes that times depend on, and those that they must not depend on.
fn say_what_is_in(population: &Population, hunt: &Hunt) {
    let cube = hunt.cube(DomainMatching::Exact);
    let totals: usize = (0..cube.len())
        .flat_map(|domain| Side::BOTH.map(|side| cube.totals(side, domain).len()))
        .sum();
    println!(
        "{}: {} events in {} KB; {} domains, {} cells, {totals} totals; {} numbers to look at",
        population.name,
        hunt.store.events(),
        hunt.store.bytes_held() / 1000,
        cube.len(),
        cube.cell_count(),
        hunt.work(&Query::default()),
    );
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = interface, partial
}
criterion_main!(benches);
