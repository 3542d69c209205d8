//! The public corpora of hostile files, read whole by `mailhunt check`, each file by a process of its own
//! that may not have more memory or time than is decent.
//!
//! They are no part of the project: `MAILHUNT_CORPUS` names the folder where they are. And a file made for it: one whose
//! width asks for far more memory than its length.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// The address space of a process, in KiB. The threads' stacks and what is asked for but never touched
/// count too.
const MOST_MEMORY: u64 = 2 << 20;

const MOST_TIME: Duration = Duration::from_secs(10);

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn check(path: &OsStr) -> Output {
    Command::new("sh")
        .args(["-c", "ulimit -v \"$1\"; shift; exec \"$@\"", "sh"])
        .arg(MOST_MEMORY.to_string())
        .arg(env!("CARGO_BIN_EXE_mailhunt"))
        .args(["check", "--format", "json"])
        .arg(path)
        .output()
        .unwrap()
}

#[test]
fn every_file_of_the_corpora_is_answered_with_a_true_account() {
    let Some(corpus) = std::env::var_os("MAILHUNT_CORPUS") else {
        println!("skipped: MAILHUNT_CORPUS names no folder of public corpora");
        return;
    };
    let files = files_below(Path::new(&corpus));
    assert!(files.len() > 500, "{} files", files.len());
    let mut by_status: BTreeMap<i32, usize> = BTreeMap::new();
    let mut longest = Duration::ZERO;
    for path in &files {
        let begun = Instant::now();
        let output = check(path.as_os_str());
        let taken = begun.elapsed();
        longest = longest.max(taken);
        let said = String::from_utf8_lossy(&output.stderr);
        let name = path.display();
        let status = output.status.code();
        assert!(
            matches!(status, Some(0 | 1 | 3)),
            "{name}: {:?} {said}",
            output.status
        );
        assert!(!said.contains("panicked"), "{name}: {said}");
        assert!(taken < MOST_TIME, "{name}: {taken:?}");
        let account: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows = |key: &str| account[key].as_u64().unwrap();
        assert_eq!(
            rows("rows_read"),
            rows("rows_kept") + rows("rows_rejected") + rows("rows_of_other_tables"),
            "{name}"
        );
        let failure = account["files"][0]["failure"].as_str().unwrap_or_default();
        assert!(!failure.contains("please report"), "{name}: {failure}");
        *by_status.entry(status.unwrap()).or_default() += 1;
    }
    println!(
        "{} files, by exit status {by_status:?}, the slowest {longest:?}",
        files.len()
    );
}

#[test]
fn a_wide_file_whose_quote_never_closes_is_answered_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.csv");
    let columns = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes";
    let others: Vec<String> = (0..9_990).map(|column| format!("c{column}")).collect();
    let others = others.join(",");
    let blanks = ",".repeat(9_990);
    let row = format!("Inbound,b.example,a@ours.example,Phish{blanks}\n");
    let lines = "x".repeat(1023) + "\n";
    let text = format!("{columns},{others}\n{row}\"{}", lines.repeat(16 << 10));
    fs::write(&path, text).unwrap();
    let output = check(path.as_os_str());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{:?} {said}", output.status);
    let account: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = ["rows_kept", "rows_rejected"].map(|key| account[key].as_u64().unwrap());
    assert_eq!(rows, [1, 16 << 10]);
}

#[test]
fn the_corpora_are_answered_as_one_folder_too() {
    let Some(corpus) = std::env::var_os("MAILHUNT_CORPUS") else {
        println!("skipped: MAILHUNT_CORPUS names no folder of public corpora");
        return;
    };
    let output = check(&corpus);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "{said}");
    let account: Value = serde_json::from_slice(&output.stdout).unwrap();
    let files = files_below(Path::new(&corpus)).len();
    assert_eq!(account["files"].as_array().unwrap().len(), files);
}
