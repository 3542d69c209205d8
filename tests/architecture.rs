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

/// A file of the library as its module path, with what it imports, comments and unit tests left out.
struct Module {
    path: Vec<String>,
    imports: Vec<Vec<String>>,
}

/// The module of a source file, as segments of its path below the crate.
fn module_path(src: &Path, file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(src).unwrap().with_extension("");
    let mut segments: Vec<String> = relative
        .iter()
        .map(|segment| segment.to_str().unwrap().to_owned())
        .collect();
    if segments.last().is_some_and(|last| last == "mod") {
        segments.pop();
    }
    segments
}

/// The paths that begin with `crate` or `super`, and those of `use` declarations that begin with a child module, each
/// written out from the crate on. A path may name more than a module; who looks it up shortens it.
fn imports(module: &[String], text: &str) -> Vec<Vec<String>> {
    let before_tests = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let code: String = before_tests
        .lines()
        .map(|line| line.split("//").next().unwrap())
        .collect::<Vec<&str>>()
        .join("\n");
    let code = code
        .replace("pub(in ", "pub(")
        .replace("pub(crate::", "pub(");
    let mut found = Vec::new();
    for declaration in code.split("use ").skip(1) {
        let tree = declaration.split(';').next().unwrap();
        found.extend(leaves(tree));
    }
    let is_of_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    found.extend(
        code.split(|letter| !is_of_path(letter))
            .filter(|path| path.starts_with("crate::") || path.starts_with("super::"))
            // What stands in braces after it was found above.
            .filter(|path| !path.ends_with("::"))
            .map(str::to_owned),
    );
    found
        .iter()
        .map(|path| from_the_crate_on(module, path))
        .collect()
}

/// The paths of a tree such as `a::{b, c::{self, d}}`.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, inside)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap().trim().to_owned()];
    };
    let inside = inside.trim_end().strip_suffix('}').unwrap_or(inside);
    let (mut branches, mut depth, mut start) = (Vec::new(), 0, 0);
    for (place, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(&inside[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    branches.push(&inside[start..]);
    let branches = branches
        .into_iter()
        .filter(|branch| !branch.trim().is_empty());
    branches
        .flat_map(leaves)
        .map(|leaf| format!("{before}{leaf}"))
        .collect()
}

fn from_the_crate_on(module: &[String], path: &str) -> Vec<String> {
    let mut base = module.to_vec();
    let mut segments: Vec<&str> = path
        .split("::")
        .filter(|segment| *segment != "self")
        .collect();
    match segments.first().copied() {
        Some("crate") => {
            base.clear();
            segments.remove(0);
        }
        _ => {
            while segments.first() == Some(&"super") {
                base.pop();
                segments.remove(0);
            }
        }
    }
    base.into_iter()
        .chain(segments.into_iter().map(str::to_owned))
        .collect()
}

/// The files of a layer by their modules.
fn modules_of(layer: &str) -> Vec<Module> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&src.join(layer)).into_iter();
    // Unit tests that have a file of their own may import what they like.
    let files = files.filter(|file| !file.ends_with("tests.rs"));
    files
        .map(|file| {
            let path = module_path(&src, &file);
            let imports = imports(&path, &fs::read_to_string(&file).unwrap());
            Module { path, imports }
        })
        .collect()
}

/// For each module the others that it imports, by their numbers.
fn edges(modules: &[Module]) -> Vec<Vec<usize>> {
    let named = |path: &[String]| {
        // The longest beginning that is a module: what follows is in it.
        let mut beginnings = (1..=path.len()).rev().map(|length| &path[..length]);
        beginnings.find_map(|beginning| modules.iter().position(|module| module.path == beginning))
    };
    let of_module = |(number, module): (usize, &Module)| {
        let others = module.imports.iter().filter_map(|path| named(path));
        others.filter(|other| *other != number).collect()
    };
    modules.iter().enumerate().map(of_module).collect()
}

/// The modules that can be reached from themselves: those of circles.
fn in_circles(edges: &[Vec<usize>]) -> Vec<usize> {
    let is_reached_from_itself = |start: &usize| {
        let mut seen = vec![false; edges.len()];
        let mut next = edges[*start].clone();
        while let Some(module) = next.pop() {
            if module == *start {
                return true;
            }
            if !std::mem::replace(&mut seen[module], true) {
                next.extend(&edges[module]);
            }
        }
        false
    };
    (0..edges.len()).filter(is_reached_from_itself).collect()
}

/// The layers in which no file may import another one that imports it, directly or by others.
const WITHOUT_CIRCLES: [&str; 7] = [
    "account",
    "cli",
    "events",
    "export",
    "hunt",
    "printable",
    "tui",
];

#[test]
fn the_files_of_a_layer_do_not_import_each_other_in_circles() {
    for layer in WITHOUT_CIRCLES {
        let modules = modules_of(layer);
        let edges = edges(&modules);
        let arrows: usize = edges.iter().map(Vec::len).sum();
        assert!(arrows > modules.len(), "{layer}: the imports are not found");
        let found: Vec<String> = in_circles(&edges)
            .into_iter()
            .map(|module| modules[module].path.join("::"))
            .collect();
        assert!(
            found.is_empty(),
            "these import each other in a circle; move what both need to a file below them: {found:?}"
        );
    }
}

#[test]
fn imports_are_found_however_they_are_written() {
    let module = ["events", "csv", "scan"].map(str::to_owned);
    let text = "//! [`super::exact`]\nuse super::masks::{Forms, WIDTH};\nuse crate::events::{cells, column::{self, Texts as Other}};\n\
                use std::fmt;\npub(in crate::events) fn f() { super::block::g() } // crate::hunt\n\
                #[cfg(test)]\nmod tests { use crate::tui; }";
    let found: Vec<String> = imports(&module, text)
        .iter()
        .map(|path| path.join("::"))
        .filter(|path| !path.contains("std"))
        .collect();
    for expected in [
        "events::csv::masks::Forms",
        "events::cells",
        "events::column",
        "events::column::Texts",
        "events::csv::block::g",
    ] {
        assert!(
            found.iter().any(|path| path == expected),
            "{expected} in {found:?}"
        );
    }
    let of_others = ["exact", "hunt", "tui"];
    assert!(
        !found
            .iter()
            .any(|path| of_others.iter().any(|other| path.contains(other)))
    );
}

#[test]
fn modules_of_a_circle_are_found() {
    let edges = [vec![1], vec![2], vec![1, 3], vec![]];
    assert_eq!(in_circles(&edges), [1, 2]);
}
