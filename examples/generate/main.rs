//! Writes synthetic `EmailEvents`: the demonstration that comes with mailhunt, or an export of any
//! size.
//!
//! This file has the arguments and the files; what the rows are like is in `synthetic`, what the
//! demonstration must contain is in `check`.

mod check;
mod synthetic;

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "\
Writes synthetic EmailEvents.

usage: generate demo [ASSETS]
           writes EmailEvents.csv.gz and its companion tables into ASSETS/demo (ASSETS: assets)
           and checks that the stories of the demonstration are in them
       generate events [--count N] [--seed N] OUT.csv|OUT.jsonl
           writes N events (1000000), the same for the same seed (7)";

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Help,
    Demo { assets: PathBuf },
    Events { count: u64, seed: u64, out: PathBuf },
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match parse(&arguments) {
        Ok(Command::Help) => {
            println!("{USAGE}");
            Ok(true)
        }
        Ok(Command::Demo { assets }) => demo(&assets),
        Ok(Command::Events { count, seed, out }) => events(count, seed, &out),
        Err(problem) => {
            eprintln!("generate: {problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("generate: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn parse(arguments: &[String]) -> Result<Command, String> {
    let mut rest = arguments.iter().map(String::as_str);
    match rest.next() {
        None | Some("-h" | "--help" | "help") => Ok(Command::Help),
        Some("demo") => {
            let assets = rest.next().unwrap_or("assets").into();
            rest.next().map_or(Ok(Command::Demo { assets }), |extra| {
                Err(format!("what is {extra:?}?"))
            })
        }
        Some("events") => {
            let (mut count, mut seed, mut out) = (1_000_000, 7, None);
            while let Some(argument) = rest.next() {
                match argument {
                    "--count" => count = number(argument, rest.next())?,
                    "--seed" => seed = number(argument, rest.next())?,
                    _ if argument.starts_with('-') || out.is_some() => {
                        return Err(format!("what is {argument:?}?"));
                    }
                    _ => out = Some(PathBuf::from(argument)),
                }
            }
            let out = out.ok_or("events needs the name of a file")?;
            Ok(Command::Events { count, seed, out })
        }
        Some(other) => Err(format!("there is no command {other:?}")),
    }
}

fn number(name: &str, value: Option<&str>) -> Result<u64, String> {
    let value = value.ok_or_else(|| format!("{name} needs a number"))?;
    value
        .replace('_', "")
        .parse()
        .map_err(|_| format!("{name} needs a number, not {value:?}"))
}

/// Writes the demonstration; false when a story is not as it should be.
fn demo(assets: &Path) -> Result<bool, Box<dyn Error>> {
    let demo = synthetic::demo();
    let directory = assets.join("demo");
    demo.write_to(&directory)
        .map_err(|problem| format!("{}: {problem}", directory.display()))?;
    for name in synthetic::FILES {
        let path = directory.join(name);
        println!("{}: {} bytes", path.display(), path.metadata()?.len());
    }
    Ok(check::report(&demo))
}

/// Writes a stream of events.
fn events(count: u64, seed: u64, out: &Path) -> Result<bool, Box<dyn Error>> {
    let ending = out
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    let lines = match ending {
        "csv" => false,
        "jsonl" | "ndjson" => true,
        _ => return Err(format!("{}: the name must end in .csv or .jsonl", out.display()).into()),
    };
    let start = Instant::now();
    let file = File::create(out).map_err(|problem| format!("{}: {problem}", out.display()))?;
    let file = BufWriter::with_capacity(1 << 18, file);
    let stream = synthetic::Stream::new(seed, count);
    let written = if lines {
        synthetic::write_json_lines(stream, file)
    } else {
        synthetic::write_csv(stream, file)
    };
    let written = written.map_err(|problem| format!("{}: {problem}", out.display()))?;
    let bytes = out.metadata()?.len();
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{}: {written} events, {bytes} bytes ({} a row), {seconds:.1} s ({:.0} events/s)",
        out.display(),
        bytes / written.max(1),
        written as f64 / seconds
    );
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(
            &line
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn arguments_are_understood() {
        assert_eq!(
            parsed("demo"),
            Ok(Command::Demo {
                assets: "assets".into()
            })
        );
        assert_eq!(
            parsed("events --seed 9 --count 2_000 a.csv"),
            Ok(Command::Events {
                count: 2_000,
                seed: 9,
                out: "a.csv".into()
            })
        );
        assert_eq!(parsed(""), Ok(Command::Help));
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "demo a b",
            "events",
            "events --count x a.csv",
            "events --size 3 a.csv",
            "events a b",
            "dance",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn the_demonstration_has_its_stories() {
        assert!(check::report(&synthetic::demo()));
    }
}
