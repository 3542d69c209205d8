//! How long it takes to answer a key that switches an exclusion: the fold alone, and from the key
//! to the frame. Neither may depend on the number of events.

#![allow(missing_docs, reason = "criterion makes functions that nobody calls")]

mod tenant;

use criterion::{Criterion, criterion_group, criterion_main};
use mailhunt::hunt::exclusion::{self, Exclusion};
use mailhunt::hunt::matcher::Side;
use mailhunt::hunt::{DomainMatching, Hunt, Query};
use mailhunt::pipeline::LoadState;
use mailhunt::tui::app::{App, Msg};
use mailhunt::tui::panes;
use mailhunt::tui::theme::Theme;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tenant::Population;

const WIDTH: u16 = 140;
const HEIGHT: u16 = 40;

fn toggle(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("toggle");
    let populations = [10_000, 100_000, 1_000_000]
        .map(Population::of_events)
        .into_iter()
        .chain([Population::of_domains(100_000)]);
    for population in populations {
        let hunt = population.hunt();
        say_what_is_in(&population, &hunt);
        let mut query = Query::default();
        group.bench_function(format!("fold, {}", population.name), |bencher| {
            bencher.iter(|| {
                query.active.toggle(0);
                hunt.view(black_box(&query))
            });
        });
        let mut screen = Terminal::new(TestBackend::new(WIDTH, HEIGHT)).expect("a screen");
        let mut app = app_with(hunt);
        let key = KeyEvent::new(KeyCode::Char('1'), KeyModifiers::NONE);
        group.bench_function(format!("key to frame, {}", population.name), |bencher| {
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

fn app_with(hunt: Hunt) -> App {
    let load = LoadState {
        finished: true,
        ..LoadState::default()
    };
    let mut app = App::new(
        hunt,
        load,
        Query::default(),
        Theme::sixteen_colours(),
        false,
    );
    app.update(Msg::Terminal(Event::Resize(WIDTH, HEIGHT)));
    app
}

/// The sizes that times depend on, and those that they must not depend on.
fn say_what_is_in(population: &Population, hunt: &Hunt) {
    let cube = hunt.cube(DomainMatching::Exact);
    let totals: usize = (0..cube.len())
        .flat_map(|domain| [Side::Outbound, Side::Threat].map(|side| cube.totals(side, domain)))
        .map(<[_]>::len)
        .sum();
    println!(
        "{}: {} events in {} KB; {} domains, {} cells, {totals} totals",
        population.name,
        hunt.store.events(),
        hunt.store.bytes_held() / 1000,
        cube.len(),
        cube.cell_count(),
    );
}

/// How long it takes to define a further exclusion: it is evaluated once for each event.
fn define(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("define");
    group.sample_size(10);
    let further = exclusion::parse(FURTHER_EXCLUSION).expect("an exclusion");
    for events in [100_000, 1_000_000] {
        let population = Population::of_events(events);
        let hunt = population.hunt();
        let exclusions: Arc<[Exclusion]> =
            hunt.exclusions.iter().chain(&further).cloned().collect();
        group.bench_function(&population.name, |bencher| {
            bencher.iter_with_large_drop(|| hunt.with_exclusions(Arc::clone(&exclusions)));
        });
    }
    group.finish();
}

/// A condition on an address and a domain.
const FURTHER_EXCLUSION: &str = r#"
version = 1
[[exclude]]
id = "further"
title = "Further"
match = [{ "SenderFromAddress|startswith" = "news", RecipientDomain = "contoso.example" }]
"#;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = toggle, define
}
criterion_main!(benches);
