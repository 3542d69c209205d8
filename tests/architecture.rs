//! The house rules, read off the sources: which way dependencies run, and how long a file may be.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// What files under a folder may not name, and why.
struct Rule {
    folder: &'static str,
    may_not_name: &'static [&'static str],
    because: &'static str,
}

const RULES: [Rule; 5] = [
    Rule {
        folder: "events",
        may_not_name: &[
            "crate::hunt",
            "crate::tui",
            "crate::export",
            "crate::cli",
            "crate::pipeline",
            "ratatui",
            "crossterm",
        ],
        because: "the data layer knows nothing of hunts or screens: dependencies run from files to panes",
    },
    Rule {
        folder: "hunt",
        may_not_name: &[
            "crate::tui",
            "crate::export",
            "crate::cli",
            "crate::pipeline",
            "ratatui",
            "crossterm",
        ],
        because: "the hunt knows nothing of what shows it: dependencies run from files to panes",
    },
    Rule {
        folder: "hunt",
        may_not_name: &[
            "std::fs",
            "std::thread",
            "std::net::TcpStream",
            "std::net::TcpListener",
            "std::net::UdpSocket",
            "std::net::ToSocketAddrs",
        ],
        because: "the hunt is pure: no files, no threads, no network",
    },
    Rule {
        folder: "export",
        may_not_name: &[
            "crate::tui",
            "crate::cli",
            "crate::pipeline",
            "ratatui",
            "crossterm",
        ],
        because: "exports are made without a screen too",
    },
    Rule {
        folder: "tui/panes",
        may_not_name: &[
            "Span",
            "Line::from",
            "Line::raw",
            "Line::styled",
            "Text::",
            "Cell::",
        ],
        because: "what is drawn goes through `tui/text.rs`, so that nothing hostile becomes part of it",
    },
];

const LONGEST_FILE: usize = 500;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The forbidden names in a text, comments left out, as `line: name`.
fn forbidden(text: &str, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut group = "";
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap();
        // `use crate::{hunt, tui}` names them as well, also over several lines.
        if code.contains("crate::{") {
            group = "crate::";
        }
        let members = code
            .split(['{', '}', ','])
            .map(|member| format!("{group}{}", member.trim()));
        let spelled: Vec<String> = members.chain([code.to_owned()]).collect();
        for name in names {
            if spelled.iter().any(|text| text.contains(name)) {
                found.push(format!("{}: names `{name}`", number + 1));
            }
        }
        if code.contains(';') {
            group = "";
        }
    }
    found
}

#[test]
fn dependencies_run_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut breaches = Vec::new();
    for rule in &RULES {
        // A module may also be a file beside its folder.
        let mut files = sources(&src.join(rule.folder));
        files.extend(Some(src.join(rule.folder).with_extension("rs")).filter(|path| path.exists()));
        for path in files {
            for breach in forbidden(&fs::read_to_string(&path).unwrap(), rule.may_not_name) {
                breaches.push(format!("{}:{breach}, but {}", path.display(), rule.because));
            }
        }
    }
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn files_stay_short_enough_to_read() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&src);
    assert!(
        files.len() > 10,
        "the sources are not where this test looks: {}",
        src.display()
    );
    for path in files {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(
            lines <= LONGEST_FILE,
            "{}:{lines}: more than {LONGEST_FILE} lines: it is about more than one thing; split it",
            path.display()
        );
    }
}

#[test]
fn the_scan_sees_names_in_code_and_not_in_comments() {
    let text = "use std::fs; // std::net is not named\n//! no crate::tui\nuse crate::{\n  events, tui::App};\nlet tui = 1;\n";
    let found = forbidden(text, &["std::fs", "std::net", "crate::tui"]);
    assert_eq!(found, ["1: names `std::fs`", "4: names `crate::tui`"]);
}
