//! The public hostile files, read to where they break: none is an export of `EmailEvents`, so the program
//! itself refuses them by their columns, before it reads a row.

use super::*;
use crate::events::load::{CancelToken, FileProgress};
use crate::events::schema::names;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

/// What a file may take: it is read by an optimised program much faster.
const LONGEST: Duration = Duration::from_secs(10);

/// Reads all rows of a file, whatever its columns are called, and gives the rows kept and what went wrong.
fn read_whatever_it_holds(bytes: &[u8]) -> (u64, Option<String>) {
    let source = Arc::new(Source::put_aside(bytes).expect("put aside"));
    let metadata = match read_footer(&source) {
        Ok(metadata) => metadata,
        Err(sentence) => return (0, Some(sentence)),
    };
    let columns = match Columns::of(metadata.file_metadata().schema_descr()) {
        Ok(columns) => columns,
        Err(stop) => return (0, Some(format!("{stop:?}"))),
    };
    let (sender, receiver) = sync_channel(1);
    let listener = thread::spawn(move || receiver.into_iter().count());
    let progress = Arc::new(FileProgress::default());
    let mut sink = FileSink::new(0, sender, &progress, &CancelToken::default());
    let needed = [
        names::EMAIL_DIRECTION,
        names::SENDER_FROM_DOMAIN,
        names::RECIPIENT_EMAIL_ADDRESS,
        names::THREAT_TYPES,
    ];
    let mut names: Vec<String> = needed.map(str::to_owned).into();
    names.extend(columns.names.iter().skip(needed.len()).cloned());
    let table = sink.set_columns(names).expect("the needed columns");
    let workers = Workers::start();
    let stop = read_rows(source, metadata, columns, table, &workers, &mut sink).err();
    let report = sink.finish(stop);
    assert_eq!(progress.read().rows, report.rows_read(), "{report:?}");
    assert!(!report.cancelled, "{report:?}");
    listener.join().expect("the batches");
    (report.rows_kept, report.failure)
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the corpus");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a file").path())
        .filter(|path| !matches!(path.extension(), Some(end) if end == "txt" || end == "md"))
        .collect();
    files.sort();
    files
}

#[test]
fn the_public_hostile_files_are_read_to_where_they_break() {
    let Some(corpus) = std::env::var_os("MAILHUNT_CORPUS") else {
        println!("skipped: MAILHUNT_CORPUS names no folder of public corpora");
        return;
    };
    let parquet = PathBuf::from(corpus).join("parquet");
    let fuzzed = files_in(&parquet.join("arrow-fuzz"));
    let bad = files_in(&parquet.join("parquet-testing-bad_data"));
    assert!(fuzzed.len() >= 137 && bad.len() >= 8);
    let (mut failed, mut rows) = (0, 0);
    for path in fuzzed.iter().chain(&bad) {
        let begun = Instant::now();
        let (kept, failure) = read_whatever_it_holds(&fs::read(path).expect("a file"));
        let taken = begun.elapsed();
        println!("{}: {kept} rows, {taken:?}, {failure:?}", path.display());
        assert!(taken < LONGEST, "{} took {taken:?}", path.display());
        failed += u32::from(failure.is_some());
        rows += kept;
    }
    // Some of them are whole, or broken only where mailhunt does not look.
    assert!(
        failed > 50 && rows > 1_000,
        "{failed} failed, {rows} rows kept"
    );
}
