//! How long loading takes: files of generated events through the pipeline, and counting alone.

#![allow(missing_docs, reason = "criterion makes functions that nobody calls")]

mod tenant;

use criterion::{BatchSize, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use mailhunt::events::load::CancelToken;
use mailhunt::events::request::{COUNTED_BY, LoadOptions, LoadRequest, TallyOf, Wanted};
use mailhunt::hunt::{HuntBuilder, tally};
use mailhunt::pipeline::{self, Nobody};
use std::sync::Arc;
use std::time::Duration;
use tenant::{ExportFile, FileKind};

/// With `MAILHUNT_BENCH_ALL` set also ten million, which takes minutes and some gigabytes of disk.
fn events() -> impl Iterator<Item = u64> {
    let large = std::env::var_os("MAILHUNT_BENCH_ALL").map(|_| 10_000_000);
    [100_000, 1_000_000].into_iter().chain(large)
}

/// The kinds of files.
const KINDS: [(FileKind, &str); 4] = [
    (FileKind::Csv, "csv"),
    (FileKind::JsonLines, "json lines"),
    (FileKind::GzipCsv, "gzip csv"),
    (FileKind::Parquet, "parquet"),
];

/// Files to a ranking, as `rank` does it: of each row only a few cells are looked at, and nothing is kept.
fn ranking(criterion: &mut Criterion) {
    of_each_kind(criterion, "ranking", |file| {
        let request = LoadRequest {
            inputs: vec![file.input()],
            options: LoadOptions {
                wanted: Wanted::Counts {
                    columns: COUNTED_BY.map(str::to_owned).to_vec(),
                    tally: TallyOf::by(tally::by_domain),
                },
                ..LoadOptions::default()
            },
        };
        let cancel = CancelToken::default();
        pipeline::run(request, Arc::default(), &cancel, Nobody)
    });
}

/// Files to a complete hunt, as the program does it.
fn pipeline(criterion: &mut Criterion) {
    let exclusions = tenant::built_in_exclusions();
    of_each_kind(criterion, "pipeline", |file| {
        let cancel = CancelToken::default();
        pipeline::run(vec![file.input()], Arc::clone(&exclusions), &cancel, drop)
    });
}

/// Measures what is done with files of each kind and size.
fn of_each_kind<R>(criterion: &mut Criterion, what: &str, run: impl Fn(&ExportFile) -> R) {
    for (kind, name) in KINDS {
        let mut group = criterion.benchmark_group(format!("{what}, {name}"));
        for events in events() {
            let file = ExportFile::of_a_month(kind, events);
            group.throughput(Throughput::ElementsAndBytes {
                elements: events,
                bytes: file.bytes,
            });
            group.bench_function(format!("{events} events"), |bencher| {
                bencher.iter_with_large_drop(|| run(&file));
            });
        }
        group.finish();
    }
}

/// Events that are in memory to a complete hunt: exclusions, counting, the cube.
fn counting(criterion: &mut Criterion) {
    let exclusions = tenant::built_in_exclusions();
    let mut group = criterion.benchmark_group("counting");
    group.sampling_mode(SamplingMode::Flat);
    for events in events() {
        let file = ExportFile::of_a_month(FileKind::Csv, events);
        group.throughput(Throughput::Elements(events));
        group.bench_function(format!("{events} events"), |bencher| {
            bencher.iter_batched(
                || file.batches(),
                |batches| {
                    let mut builder = HuntBuilder::new(Arc::clone(&exclusions), 1);
                    for batch in batches {
                        builder.add_events(0, batch);
                    }
                    // Given back, so that freeing it is not measured.
                    builder.complete()
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = ranking, pipeline, counting
}
criterion_main!(benches);
