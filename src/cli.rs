//! The command line: what can be asked, and the headless commands that answer it without a screen.

use crate::demo;
use crate::events::load::{self, CancelToken, Input};
use crate::export::provenance::ACTIVE_EXCLUSIONS;
use crate::export::ranking::{RankingColumn, UnknownColumn};
use crate::export::{self, Format, IfExists, Options, Sheet, UnknownFormat, emails, ranking};
use crate::hunt::exclusion::{self, Exclusion, ExclusionSet};
use crate::hunt::{Hunt, Query};
use crate::pipeline::{self, LoadState};
use crate::printable::Printable;
use crate::quantities;
use crate::tui;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All is well.
    Fine,
    /// It could not be done.
    Failed,
    /// The arguments were wrong.
    WrongArguments,
    /// It was done, but some input was damaged or rejected.
    SomeInputLost,
}

impl Ending {
    /// The exit status of the process.
    pub fn code(self) -> u8 {
        match self {
            Ending::Fine => 0,
            Ending::Failed => 1,
            Ending::WrongArguments => 2,
            Ending::SomeInputLost => 3,
        }
    }
}

/// Which of the domains you write to send threats back at you?
///
/// Reads exports of Microsoft's `EmailEvents` table (CSV, JSON array, JSON lines; gzip too), and of
/// `EmailUrlInfo` beside them, and ranks those domains as Microsoft's hunting query does. Without a
/// command it opens the terminal interface, or, where standard output is no terminal or an option says
/// how to print, does what `rank` does.
#[derive(Debug, Parser)]
#[command(
    name = "mailhunt",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Exit status: 0 fine, 1 could not be done, 2 wrong arguments, 3 done but some input was damaged \
                  or rejected."
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    rank: RankArguments,
    /// Leave the mouse to the terminal
    #[arg(long)]
    no_mouse: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the ranking
    Rank(RankArguments),
    /// Print the threat emails of one domain that no active exclusion hides
    Emails(EmailsArguments),
}

#[derive(Debug, Args)]
struct InputArguments {
    /// Exports of `EmailEvents`, and of `EmailUrlInfo` beside them
    #[arg(
        value_name = "FILE",
        required_unless_present = "demo",
        conflicts_with = "demo"
    )]
    files: Vec<PathBuf>,
    /// Take the bundled, synthetic export
    #[arg(long)]
    demo: bool,
    /// Exclusions to switch on: ids with commas between them, or `all`
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    exclude: Vec<String>,
}

#[derive(Debug, Args)]
struct OutputArguments {
    /// table, csv, json, jsonl or markdown; if not said: what the extension of --output says, else
    /// table on a terminal and csv elsewhere
    #[arg(long, value_parser = parse_format)]
    format: Option<Format>,
    /// Write to a file, whole or not at all
    #[arg(long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    overwrite: bool,
    /// In CSV, leave cells as they are: a spreadsheet may run them as formulas
    #[arg(long)]
    raw: bool,
}

#[derive(Debug, Args)]
struct RankArguments {
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// Columns with commas between them instead of the three of the query
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = parse_column)]
    columns: Vec<RankingColumn>,
}

impl RankArguments {
    /// Whether any argument says how to print: then nobody waits for a screen.
    fn asks_for_output(&self) -> bool {
        let OutputArguments {
            format,
            output,
            overwrite: _,
            raw,
        } = &self.output;
        format.is_some() || output.is_some() || *raw || !self.columns.is_empty()
    }
}

#[derive(Debug, Args)]
struct EmailsArguments {
    /// The domain as in `SenderFromDomain`, to the letter; "" for the empty one
    #[arg(value_name = "DOMAIN")]
    domain: OsString,
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// Columns with commas between them instead of all
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    columns: Vec<String>,
}

fn parse_format(name: &str) -> Result<Format, UnknownFormat> {
    name.parse()
}

fn parse_column(name: &str) -> Result<RankingColumn, UnknownColumn> {
    name.parse()
}

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
        Some(Command::Rank(rank)) => headless_rank(&rank),
        Some(Command::Emails(emails)) => headless_emails(&emails),
        None if is_interactive() && !arguments.rank.asks_for_output() => {
            interactive(&arguments.rank.input, !arguments.no_mouse)
        }
        None => headless_rank(&arguments.rank),
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

/// Why a command could not be done.
struct Failure {
    sentence: String,
    ending: Ending,
}

impl Failure {
    fn new(sentence: impl Into<String>) -> Self {
        Failure {
            sentence: sentence.into(),
            ending: Ending::Failed,
        }
    }

    fn wrong_arguments(sentence: impl Into<String>) -> Self {
        Failure {
            sentence: sentence.into(),
            ending: Ending::WrongArguments,
        }
    }
}

/// Says something to the person, on standard error, harmlessly: in one line, whatever the names of
/// files and columns in it hold, so that none of them can say something in our name.
fn say(sentence: &str) {
    tell(&format!(
        "mailhunt: {}",
        Printable::new(sentence.as_bytes())
    ));
}

/// Writes a line to standard error. Where that cannot be written to, there is nobody to tell; the
/// exit status still says how it went.
fn tell(harmless_line: &str) {
    let _ = writeln!(io::stderr(), "{harmless_line}");
}

fn inputs(arguments: &InputArguments) -> Vec<Input> {
    if arguments.demo {
        return demo::inputs();
    }
    arguments.files.iter().cloned().map(Input::File).collect()
}

fn exclusions() -> Result<Arc<[Exclusion]>, Failure> {
    let built_in = exclusion::built_in()
        .map_err(|error| Failure::new(format!("the built-in exclusions are broken: {error}")))?;
    Ok(built_in.into())
}

/// The exclusions that `--exclude` switches on.
fn active(ids: &[String], exclusions: &[Exclusion]) -> Result<ExclusionSet, Failure> {
    let mut active = ExclusionSet::EMPTY;
    for id in ids.iter().map(|id| id.trim()) {
        if id == "all" {
            active = ExclusionSet::first(exclusions.len());
            continue;
        }
        let Some(index) = exclusions.iter().position(|known| known.id == *id) else {
            let known: Vec<&str> = exclusions.iter().map(|known| known.id.as_str()).collect();
            return Err(Failure::wrong_arguments(format!(
                "there is no exclusion \"{id}\": there are {}, and all",
                known.join(", ")
            )));
        };
        active.insert(index);
    }
    Ok(active)
}

fn interactive(arguments: &InputArguments, mouse: bool) -> Result<Ending, Failure> {
    let exclusions = exclusions()?;
    let active = active(&arguments.exclude, &exclusions)?;
    if !arguments.demo {
        refuse_if_nothing_opens(&arguments.files)?;
    }
    let query = Query {
        active,
        ..Query::default()
    };
    let load = tui::run(inputs(arguments), exclusions, query, mouse)
        .map_err(|error| Failure::new(format!("the terminal cannot be used: {error}")))?;
    if load.finished && load.is_useless() {
        tell_troubles(&load);
        return Ok(Ending::Failed);
    }
    Ok(Ending::Fine)
}

/// A slip of the keyboard in the only file name should not open a screen to say so.
fn refuse_if_nothing_opens(files: &[PathBuf]) -> Result<(), Failure> {
    let mut sentences = Vec::new();
    for path in files {
        match load::check(path) {
            Ok(()) => return Ok(()),
            Err(sentence) => sentences.push(format!("{}: {sentence}", path.display())),
        }
    }
    for sentence in &sentences {
        say(sentence);
    }
    Err(Failure::new("no events could be loaded"))
}

/// What a headless command works on.
struct Answer {
    load: LoadState,
    hunt: Hunt,
    query: Query,
}

/// Loads the inputs and tells of trouble. An error when no events could be read at all.
fn answer(arguments: &InputArguments) -> Result<Answer, Failure> {
    let exclusions = exclusions()?;
    let active = active(&arguments.exclude, &exclusions)?;
    let cancel = CancelToken::default();
    let (load, hunt) = pipeline::run(inputs(arguments), exclusions, &cancel, pipeline::Nobody);
    tell_troubles(&load);
    if load.is_useless() {
        return Err(Failure::new("no events could be loaded"));
    }
    for index in active.iter() {
        let reason = hunt.inert.get(index).and_then(Option::as_ref);
        if let (Some(reason), Some(exclusion)) = (reason, hunt.exclusions.get(index)) {
            say(&format!("{} hides nothing: {reason}", exclusion.id));
        }
    }
    let query = Query {
        active,
        ..Query::default()
    };
    Ok(Answer { load, hunt, query })
}

impl Answer {
    fn ending(&self) -> Ending {
        if self.load.is_damaged() {
            Ending::SomeInputLost
        } else {
            Ending::Fine
        }
    }
}

/// Rejected rows listed word for word, per file.
const REJECTIONS_TOLD: usize = 20;

/// Says on standard error what of the input is not in the answer, and why.
fn tell_troubles(load: &LoadState) {
    for (name, report) in load.reports() {
        if let Some(failure) = &report.failure {
            say(&format!("{name}: {failure}"));
        }
        for warning in &report.warnings {
            say(&format!("{name}: {warning}"));
        }
        for rejection in report.rejections.iter().take(REJECTIONS_TOLD) {
            say(&format!(
                "{name}: {}: {}; this row is not counted",
                rejection.place, rejection.reason
            ));
        }
        let more = report.rows_rejected.saturating_sub(REJECTIONS_TOLD as u64);
        if more > 0 {
            let more = quantities::count(more, "further row");
            say(&format!(
                "{name}: {more} rejected; the interface lists up to 1,000 (key f)"
            ));
        }
        if report.rows_rejected > 0 {
            say(&format!(
                "{name}: {} rows read = {} kept + {} rejected",
                report.rows_read(),
                report.rows_kept,
                report.rows_rejected
            ));
        }
    }
}

fn headless_rank(arguments: &RankArguments) -> Result<Ending, Failure> {
    let answer = answer(&arguments.input)?;
    let view = answer.hunt.view(&answer.query);
    let columns = if arguments.columns.is_empty() {
        &RankingColumn::OF_THE_QUERY
    } else {
        arguments.columns.as_slice()
    };
    let sheet = ranking::sheet(&answer.hunt, &answer.query, &view, columns);
    write(sheet, &arguments.output, &arguments.input)?;
    Ok(answer.ending())
}

fn headless_emails(arguments: &EmailsArguments) -> Result<Ending, Failure> {
    let answer = answer(&arguments.input)?;
    let domain = arguments.domain.as_encoded_bytes();
    let columns = email_columns(&arguments.columns, &answer.hunt)?;
    let (all, visible) = (
        answer.hunt.emails.of_domain(domain).len(),
        answer.hunt.emails.visible(domain, &answer.query).len(),
    );
    if visible == 0 {
        let name = arguments.domain.to_string_lossy();
        say(&if all == 0 {
            format!("there are no threat emails from \"{name}\" (the case of letters counts)")
        } else {
            format!(
                "all {all} threat emails from \"{name}\" are hidden by the exclusions that are on"
            )
        });
    }
    let sheet = emails::sheet(&answer.hunt, &answer.query, domain, columns);
    write(sheet, &arguments.output, &arguments.input)?;
    Ok(answer.ending())
}

/// The columns asked for as the export spells them; all if none is named.
fn email_columns(asked: &[String], hunt: &Hunt) -> Result<Vec<String>, Failure> {
    let known = emails::all_columns(hunt);
    if asked.is_empty() {
        return Ok(known);
    }
    asked
        .iter()
        .map(|name| {
            let name = name.trim();
            known
                .iter()
                .map(String::as_str)
                .chain([ACTIVE_EXCLUSIONS])
                .find(|known| known.eq_ignore_ascii_case(name))
                .map(str::to_owned)
                .ok_or_else(|| {
                    Failure::wrong_arguments(format!(
                        "the export has no column \"{name}\"; it has {}",
                        known.join(", ")
                    ))
                })
        })
        .collect()
}

fn write(
    sheet: Sheet<'_>,
    arguments: &OutputArguments,
    input: &InputArguments,
) -> Result<(), Failure> {
    match &arguments.output {
        Some(path) => {
            let format = arguments
                .format
                .or_else(|| Format::from_extension(path))
                .unwrap_or(Format::Csv);
            let if_exists = if arguments.overwrite {
                IfExists::Overwrite
            } else {
                IfExists::Refuse
            };
            let options = Options {
                raw: arguments.raw,
                ..Options::default()
            };
            export::write_file(path, if_exists, &input.files, |output| {
                export::write(sheet, format, &options, output)
            })
            .map_err(|error| {
                let advice = if matches!(error, export::WriteError::Exists { .. }) {
                    " (--overwrite replaces it)"
                } else {
                    ""
                };
                Failure::new(format!("{error}{advice}"))
            })?;
            Ok(())
        }
        None => write_to_standard_output(sheet, arguments),
    }
}

fn write_to_standard_output(sheet: Sheet<'_>, arguments: &OutputArguments) -> Result<(), Failure> {
    let is_terminal = io::stdout().is_terminal();
    let default = if is_terminal {
        Format::Table
    } else {
        Format::Csv
    };
    let format = arguments.format.unwrap_or(default);
    let options = Options {
        raw: arguments.raw,
        terminal: is_terminal,
        terminal_width: None,
    };
    let sheet = without_notes_in_tables(sheet, format);
    let mut output = BufWriter::new(io::stdout().lock());
    let written = export::write(sheet, format, &options, &mut output).and_then(|_| output.flush());
    match written {
        // A reader that has gone away (`| head`) has seen what it wanted.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::new(format!(
            "standard output cannot be written to: {error}"
        ))),
        Ok(()) => Ok(()),
    }
}

/// A table printed at once is read beside the command that made it: it needs no notes. In a file it
/// keeps them, as who opens that later knows nothing of the command.
fn without_notes_in_tables(mut sheet: Sheet<'_>, format: Format) -> Sheet<'_> {
    if format == Format::Table {
        sheet.notes.clear();
    }
    sheet
}
