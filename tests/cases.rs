//! The handed cases: small inputs in the shapes that hunters describe, each with the answer that is right.
//!
//! They are no part of the project: `MAILHUNT_CASES` names the folder where they are. Its `cases.tsv` has a line for
//! each: path, further arguments of `mailhunt rank`, exit status, and the ranking as CSV without its header.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The groups of cases, by the folder they lie in, that mailhunt answers.
const GROUPS: [&str; 1] = ["truth/"];

/// Cases of these groups that are not answered yet. One that is answered has to leave the list.
const PENDING: &[&str] = &[];

/// One line of the manifest.
struct Case {
    path: String,
    arguments: Vec<String>,
    status: i32,
    rows: Vec<String>,
}

impl Case {
    fn parse(line: &str) -> Case {
        let fields: Vec<&str> = line.split('\t').collect();
        let [path, arguments, status, rows, ..] = fields[..] else {
            panic!("a case has four fields and a note: {line}");
        };
        let words = |field: &str| -> Vec<String> {
            let words = field.split_whitespace().filter(|word| *word != "-");
            words.map(str::to_owned).collect()
        };
        Case {
            path: path.to_owned(),
            arguments: words(arguments),
            status: status.parse().unwrap(),
            rows: words(rows),
        }
    }

    /// What mailhunt answers otherwise than the manifest; `None` where it is right.
    fn complaint(&self, folder: &Path) -> Option<String> {
        let output = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
            .arg("rank")
            .arg(folder.join(&self.path))
            .args(&self.arguments)
            .args(["--format", "csv"])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let rows: Vec<&str> = text.lines().skip(1).collect();
        let is_right = output.status.code() == Some(self.status) && rows == self.rows;
        (!is_right).then(|| {
            format!(
                "{}: {:?} with {rows:?}, where {} with {:?} is right; standard error:\n{}",
                self.path,
                output.status.code(),
                self.status,
                self.rows,
                String::from_utf8_lossy(&output.stderr)
            )
        })
    }
}

#[test]
fn the_handed_cases_are_answered_right() {
    let Some(folder) = std::env::var_os("MAILHUNT_CASES").map(PathBuf::from) else {
        println!("skipped: MAILHUNT_CASES names no folder of handed cases");
        return;
    };
    let manifest = fs::read_to_string(folder.join("cases.tsv")).unwrap();
    let cases: Vec<Case> = manifest
        .lines()
        .skip(1)
        .filter(|line| GROUPS.iter().any(|group| line.starts_with(group)))
        .map(Case::parse)
        .collect();
    assert!(cases.len() > 20, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        match (case.complaint(&folder), PENDING.contains(&&*case.path)) {
            (Some(complaint), false) => wrong.push(complaint),
            (None, true) => wrong.push(format!("{}: is right, and no longer pending", case.path)),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
