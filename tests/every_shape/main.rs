//! One table of events, written in every shape an analyst can lay hands on, gives the same bytes: those
//! that a brute-force hunt over the table gives.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod json;
mod parquet;
mod table;
mod text;
#[path = "../support/parquet.rs"]
#[allow(
    dead_code,
    reason = "each test file uses its part of the shared writer"
)]
mod writing;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use table::Table;
use tempfile::TempDir;

/// A way to hand the table to the program.
struct Shape {
    name: &'static str,
    /// File names with their bytes; all are named to the program, in this order.
    files: Vec<(&'static str, Vec<u8>)>,
    /// Further arguments.
    arguments: &'static [&'static str],
}

impl Shape {
    fn of_file(name: &'static str, file: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Shape {
            name,
            files: vec![(file, bytes.into())],
            arguments: &[],
        }
    }

    fn with(mut self, arguments: &'static [&'static str]) -> Self {
        self.arguments = arguments;
        self
    }
}

fn shapes(table: &Table) -> Vec<Shape> {
    let mut shapes = text::shapes(table);
    shapes.extend(json::shapes(table));
    shapes.extend(parquet::shapes(table));
    shapes.extend(mixtures(table));
    shapes
}

/// Several files as one set, each in another shape.
fn mixtures(table: &Table) -> Vec<Shape> {
    let quarter = table.rows.len() / 4;
    let first = table.part(0..quarter);
    let second = table.part(quarter..2 * quarter);
    let third = table.part(2 * quarter..3 * quarter);
    let fourth = table.part(3 * quarter..table.rows.len());
    vec![Shape {
        name: "four files of four shapes",
        files: vec![
            ("a.csv", text::portal_csv(&first).into()),
            ("b.json", json::log_analytics(&second).into()),
            (
                "c.jsonl.gz",
                text::gzip(json::envelope_lines(&third).as_bytes()),
            ),
            ("d.parquet", parquet::data_explorer(&fourth)),
        ],
        arguments: &[],
    }]
}

/// Runs `rank` on files in a folder of their own.
fn rank(shape: &Shape, arguments: &[&str], hand_over: HandOver) -> (Vec<u8>, String) {
    let folder = TempDir::new().unwrap();
    let paths: Vec<PathBuf> = shape
        .files
        .iter()
        .map(|(name, bytes)| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        })
        .collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailhunt"));
    command.env("XDG_CONFIG_HOME", "/nonexistent");
    command.arg("rank").args(["--format", "jsonl"]);
    command.args(shape.arguments).args(arguments);
    match hand_over {
        HandOver::Names => command.args(paths.iter().map(OsString::from)),
        HandOver::Folder => command.arg(folder.path()),
        HandOver::StandardInput => command.arg("-"),
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    if matches!(hand_over, HandOver::StandardInput) {
        let bytes = shape.files[0].1.clone();
        std::thread::spawn(move || stdin.write_all(&bytes));
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{}: {said}", shape.name);
    (output.stdout, said)
}

/// How files reach the program.
#[derive(Clone, Copy)]
enum HandOver {
    Names,
    Folder,
    StandardInput,
}

fn random_table(seed: u64) -> Table {
    Table::random(&mut ChaCha8Rng::seed_from_u64(seed), 300)
}

#[test]
fn every_shape_gives_the_ranking_of_the_brute_force_hunt() {
    for seed in [1, 2] {
        let table = random_table(seed);
        let expected = table.ranking_as_json_lines();
        assert!(expected.lines().count() > 10, "{expected}");
        for shape in shapes(&table) {
            let (printed, said) = rank(&shape, &[], HandOver::Names);
            let printed = String::from_utf8(printed).unwrap();
            assert_eq!(printed, expected, "{}: {said}", shape.name);
        }
    }
}

#[test]
fn every_shape_carries_what_exclusions_and_facets_look_at() {
    let table = random_table(3);
    let arguments = [
        "--exclude",
        "all",
        "--columns",
        "SenderFromDomain,OutboundEmails,IncomingEmailsWithThreats,Malware,Phish,Spam,Delivered,Junked,Blocked,\
         DmarcPass,DmarcFail",
    ];
    let shapes = shapes(&table);
    let (expected, _) = rank(&shapes[0], &arguments, HandOver::Names);
    let (unfiltered, _) = rank(&shapes[0], &arguments[2..], HandOver::Names);
    assert_ne!(expected, unfiltered, "an exclusion hides something");
    for shape in &shapes {
        let (printed, said) = rank(shape, &arguments, HandOver::Names);
        assert!(printed == expected, "{}: {said}", shape.name);
    }
}

#[test]
fn it_does_not_matter_how_a_file_is_handed_over() {
    let table = random_table(4);
    let expected = table.ranking_as_json_lines();
    for shape in shapes(&table) {
        let (printed, said) = rank(&shape, &[], HandOver::Folder);
        assert!(
            printed == expected.as_bytes(),
            "{} in a folder: {said}",
            shape.name
        );
        if shape.files.len() == 1 {
            let (printed, said) = rank(&shape, &[], HandOver::StandardInput);
            assert!(
                printed == expected.as_bytes(),
                "{} as standard input: {said}",
                shape.name
            );
        }
    }
}
