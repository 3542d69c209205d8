//! The command line: what was asked for is parsed, done, and answered with an exit status.
//!
//! Here: which command it is, and what all of them need. `arguments` is what can be asked, `headless`
//! the commands that need no screen, `check` the one that tells what was loaded, `exclusions` what may be
//! switched, `kql` the one that says the hunt in the language of Sentinel.

mod arguments;
mod check;
mod ending;
mod exclusions;
mod headless;
mod inputs;
mod kql;
mod loading;
mod output;
mod standard_error;

pub use ending::Ending;

use crate::events::input::Input;
use crate::printable::Printable;
use crate::tui;
use arguments::{Arguments, Command, InputArguments};
use clap::Parser;
use ending::Failure;
use exclusions::Exclusions;
use inputs::request;
use standard_error::{say, tell};
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

/// Does what the arguments of the process ask for.
pub fn run() -> Ending {
    // Where files may only become so large, a write shall fail and be told, not end the process in
    // the middle of a file. That it cannot be arranged is no reason not to go on.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // The mistake is looked for once more in arguments made harmless: clap repeats them in several
        // places, and a line feed in one of them must not begin a line that looks like ours.
        Err(error) => match Arguments::try_parse_from(harmless_arguments()) {
            Err(same) => return explain(&same),
            Ok(_) => return explain(&error),
        },
    };
    let result = match arguments.command {
        Some(Command::Rank(rank)) => headless::rank(&rank),
        Some(Command::Emails(emails)) => headless::emails(&emails),
        Some(Command::Exclusions(exclusions)) => exclusions::list(&exclusions),
        Some(Command::Kql(arguments)) => kql::kql(&arguments),
        Some(Command::Check(check)) => check::check(&check),
        None if is_interactive() && !arguments.rank.asks_for_output() => {
            interactive(&arguments.rank.input, !arguments.no_mouse)
        }
        None => headless::rank(&arguments.rank),
    };
    result.unwrap_or_else(|failure| {
        say(&failure.sentence);
        failure.ending
    })
}

/// The arguments of the process in visible form, each in one line.
fn harmless_arguments() -> impl Iterator<Item = String> {
    std::env::args_os().map(|argument| Printable::new(argument.as_encoded_bytes()).to_string())
}

/// Prints what clap has to say: help to standard output, mistakes to standard error.
fn explain(error: &clap::Error) -> Ending {
    let text = error.render().to_string();
    if !error.use_stderr() {
        // A reader that has gone away has seen what it wanted.
        let _ = io::stdout().write_all(text.as_bytes());
        return Ending::Fine;
    }
    for line in text.lines() {
        tell(&Printable::new(line.as_bytes()).to_string());
    }
    Ending::WrongArguments
}

/// Whether a person sits at a terminal that can show the interface.
fn is_interactive() -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdout().is_terminal() && !is_dumb
}

fn interactive(arguments: &InputArguments, mouse: bool) -> Result<Ending, Failure> {
    let request = request(&arguments.sources)?;
    let Exclusions {
        all,
        active,
        sources,
    } = exclusions::exclusions(&arguments.exclusions)?;
    refuse_if_nothing_opens(&request.inputs)?;
    let query = arguments.query_of_interface(active)?;
    let opening = tui::Opening {
        request,
        exclusions: all,
        exclusion_sources: sources,
        query,
        mouse,
        today: exclusions::today(),
    };
    let load = tui::run(opening)
        .map_err(|error| Failure::new(format!("cannot use the terminal: {error}")))?;
    if load.finished && load.is_useless() {
        loading::tell_troubles(&load, arguments.sources.recipient_domain);
        return Ok(Ending::Failed);
    }
    Ok(Ending::Fine)
}

/// A slip of the keyboard in the only file name should not open a screen to say so.
fn refuse_if_nothing_opens(inputs: &[Input]) -> Result<(), Failure> {
    let mut sentences = Vec::new();
    for input in inputs {
        match input.check() {
            Ok(()) => return Ok(()),
            Err(sentence) => sentences.push(format!("{}: {sentence}", input.name())),
        }
    }
    for sentence in sentences.iter().take(loading::FILES_TOLD) {
        say(sentence);
    }
    Err(Failure::new("no events could be loaded"))
}
