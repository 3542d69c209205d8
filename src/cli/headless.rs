//! The commands that answer without a screen: load, say what is wrong with the input, write.

use super::arguments::{EmailsArguments, InputArguments, OutputArguments, RankArguments};
use super::exclusions::active_ones;
use super::{Ending, Failure, request, say};
use crate::account::text::account_of_rows;
use crate::events::load::CancelToken;
use crate::events::recipient_domains::RecipientDomains;
use crate::events::rejections;
use crate::events::repeats::Repeats;
use crate::events::request::{COUNTED_BY, LoadRequest, TallyOf, Wanted};
use crate::export::email_columns::EmailColumn;
use crate::export::ranking::RankingColumn;
use crate::export::{self, Format, IfExists, Options, Sheet, emails as emails_sheet, ranking};
use crate::hunt::arranged_emails::Arrangement;
use crate::hunt::builder::columns_of_facets;
use crate::hunt::disagreements;
use crate::hunt::exclusion::{Exclusion, ExclusionSet};
use crate::hunt::query::Shown;
use crate::hunt::remarks::Remark;
use crate::hunt::tally;
use crate::hunt::{DomainMatching, Hunt, Query, View};
use crate::pipeline::{self, LoadState};
use crate::quantities;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a headless command works on.
struct Answer {
    load: LoadState,
    hunt: Hunt,
    query: Query,
    /// The files it is made from.
    files: Vec<PathBuf>,
}

/// Loads the inputs and tells of trouble. An error when no events could be read at all.
fn answer(arguments: &InputArguments) -> Result<Answer, Failure> {
    let question = Question::of(arguments)?;
    let (load, hunt) = question.load(&Wanted::default());
    question.answer(load, hunt)
}

/// The same where only counts are asked for. Of a single file without exclusions only the columns are read by
/// which is counted, and no event is kept.
fn counts(arguments: &InputArguments, columns: &[RankingColumn]) -> Result<Answer, Failure> {
    let question = Question::of(arguments)?;
    // A time range depends on the order of dates, and what several files have on all of them: both are known when
    // all is read.
    let is_one = question.request.inputs.len() == 1;
    let by_address = question.request.options.recipient_domains == RecipientDomains::Address;
    if is_one && by_address && question.exclusions.is_empty() && question.query.hours.is_none() {
        let mut names = COUNTED_BY.map(str::to_owned).to_vec();
        let mut tally = TallyOf::by(tally::by_domain);
        if columns.iter().any(|column| column.needs_summary()) {
            names.extend(columns_of_facets());
            tally = TallyOf::by(tally::by_domain_and_facets);
        }
        let wanted = Wanted::Counts {
            columns: names,
            tally,
        };
        let (load, hunt) = question.load(&wanted);
        return question.answer(load, hunt);
    }
    let (load, hunt) = question.load(&Wanted::default());
    question.answer(load, hunt)
}

/// What is asked of which files.
struct Question {
    request: LoadRequest,
    exclusions: Arc<[Exclusion]>,
    query: Query,
}

impl Question {
    fn of(arguments: &InputArguments) -> Result<Self, Failure> {
        let request = request(&arguments.sources)?;
        // Only those that are on make a difference to what is asked.
        let exclusions = active_ones(&arguments.exclusions)?;
        let active = ExclusionSet::first(exclusions.len());
        let query = arguments.query(active)?;
        Ok(Question {
            request,
            exclusions,
            query,
        })
    }

    fn load(&self, wanted: &Wanted) -> (LoadState, Hunt) {
        let mut request = self.request.clone();
        request.options.wanted = wanted.clone();
        let exclusions = Arc::clone(&self.exclusions);
        pipeline::run(
            request,
            exclusions,
            &CancelToken::default(),
            pipeline::Nobody,
        )
    }

    /// Tells of trouble. An error when no events could be read at all.
    fn answer(self, load: LoadState, hunt: Hunt) -> Result<Answer, Failure> {
        let Question { request, query, .. } = self;
        let active = query.active;
        let files = request.files();
        tell_troubles(&load, hunt.store.recipient_domains);
        tell_of_repeats(&load, &hunt);
        if let Some(disagreeing) = &hunt.disagreeing_domains {
            say(&disagreeing.sentence());
        }
        let without_domain = hunt.without_recipient_domain;
        if let Some(sentence) = disagreements::sentence_without_domain(without_domain) {
            say(&sentence);
        }
        refuse_if_useless(&load)?;
        if !active.is_empty() {
            let view = hunt.view(&query);
            for index in active.iter() {
                tell_of_lacks(&hunt, &view, index);
            }
        }
        if query.shown == Shown::Hidden && active.is_empty() {
            say(
                "--hidden shows what exclusions hide, but none is on (switch some on with --exclude)",
            );
        }
        let left_out = hunt.without_time(&query);
        if left_out > 0 {
            let left_out = quantities::count(left_out, "email");
            say(&format!(
                "not counted because of a missing or unreadable time, outside every time range: {left_out}"
            ));
        }
        Ok(Answer {
            load,
            hunt,
            query,
            files,
        })
    }
}

/// Says what an exclusion that is on lacks in what is loaded, or cannot read there, and what comes of that.
fn tell_of_lacks(hunt: &Hunt, view: &View, index: usize) {
    let Some(exclusion) = hunt.exclusions.get(index) else {
        return;
    };
    let id = &exclusion.id;
    let lacks = [
        ("hides nothing", &hunt.inert),
        ("hides everything in its scope", &hunt.hides_everything),
    ];
    for (effect, lacks) in lacks {
        if let Some(reason) = lacks.get(index).and_then(Option::as_ref) {
            say(&format!("{id} {effect}: {reason}"));
            return;
        }
    }
    if let Some(reason) = hunt.powerless_guards.get(index).and_then(Option::as_ref) {
        say(&format!("{id} has a guard that can never hold: {reason}"));
    }
    let needs = [&hunt.guard_needs, &hunt.match_needs];
    for need in needs
        .into_iter()
        .filter_map(|needs| needs.get(index)?.as_ref())
    {
        say(&format!("{id} {}", need.words()));
    }
    let kept_unread = view.exclusions.get(index).map(|effect| effect.kept_unread);
    if let Some(emails) = kept_unread.filter(|emails| *emails > 0) {
        say(&format!(
            "{id}: {}",
            Remark::UnreadableGuard(emails).words()
        ));
    }
}

impl Answer {
    fn ending(&self) -> Ending {
        ending(&self.load)
    }
}

/// Loads what is asked for with what may be switched, and tells of trouble.
pub(super) fn load(
    request: LoadRequest,
    exclusions: Arc<[Exclusion]>,
) -> Result<(LoadState, Hunt), Failure> {
    let cancel = CancelToken::default();
    let (load, hunt) = pipeline::run(request, exclusions, &cancel, pipeline::Nobody);
    tell_troubles(&load, hunt.store.recipient_domains);
    refuse_if_useless(&load)?;
    Ok((load, hunt))
}

fn refuse_if_useless(load: &LoadState) -> Result<(), Failure> {
    if load.is_useless() {
        return Err(Failure::new("no events could be loaded"));
    }
    Ok(())
}

/// How a command ends that gave an answer from what was loaded.
pub(super) fn ending(load: &LoadState) -> Ending {
    if load.is_damaged() {
        Ending::SomeInputLost
    } else {
        Ending::Fine
    }
}

/// Reasons of rejected rows told word for word, per file.
const REASONS_TOLD: usize = 20;

/// Places of rejected rows of one reason, as ranges of lines or records.
const PLACES_TOLD: usize = 10;

/// Files told of by name where there may be many.
pub(super) const FILES_TOLD: usize = 20;

/// Says on standard error what of the input is not in the answer, and why. What takes a long look at all
/// events to find is left to `check` and the interface.
pub(super) fn tell_troubles(load: &LoadState, from: RecipientDomains) {
    let loaded = load
        .reports()
        .filter(|(_, report)| report.passed_over.is_none());
    for (name, report) in loaded {
        if let Some(failure) = &report.failure {
            say(&format!("{name}: {failure}"));
        }
        if let Some(sentence) = report.lacks_events().filter(|_| load.is_useless()) {
            say(&format!("{name}: {sentence}"));
        }
        for remark in report.remarks(from) {
            say(&format!("{name}: {remark}"));
        }
        let mut more = report.rows_rejected;
        for alike in rejections::by_reason(&report.rejections)
            .iter()
            .take(REASONS_TOLD)
        {
            let effect = match alike.places.len() {
                1 => "this row is not counted",
                _ => "these rows are not counted",
            };
            let places = alike.places(PLACES_TOLD);
            say(&format!("{name}: {places}: {}; {effect}", alike.reason));
            more -= alike.places.len() as u64;
        }
        if more > 0 {
            let listed = report.rows_rejected - more < report.rejections.len() as u64;
            let advice = if listed {
                "; `mailhunt check` lists more"
            } else {
                ""
            };
            let more = quantities::count(more, "further row");
            say(&format!("{name}: {more} rejected{advice}"));
        }
        let others = &report.other_tables;
        if report.rows_rejected > 0 || others.rows() > 0 {
            let rows = account_of_rows(report.rows_kept, report.rows_rejected, others);
            say(&format!("{name}: {rows}"));
        }
    }
    let failed = load.files_failed();
    if failed > 1 {
        let files = load.files.len() - load.files_passed_over();
        say(&format!(
            "{} of {} could not be read in full",
            quantities::number(failed as u64),
            quantities::count(files as u64, "file")
        ));
    }
    tell_of_passed_over(load);
}

/// Says in one line that rows repeat within files, as they make numbers larger.
fn tell_of_repeats(load: &LoadState, hunt: &Hunt) {
    let repeats = Repeats::of(&hunt.store, &hunt.overlaps, hunt.keeps_duplicates);
    if let Some(line) = repeats.summary(|file| load.files[file].name.clone()) {
        say(&line);
    }
}

/// Says which files below directories are not in the answer as they are no exports: in one line, or with the
/// reason of each where a directory has no other.
fn tell_of_passed_over(load: &LoadState) {
    let empty = load.directories_without_export();
    for directory in &empty {
        say(&format!("{directory}: no export found in it"));
    }
    let (in_empty, others): (Vec<_>, Vec<_>) = load
        .files
        .iter()
        .filter_map(|file| Some((file, file.report.as_ref()?.passed_over.as_ref()?)))
        .partition(|(file, _)| {
            let directory = file.directory.as_deref();
            directory.is_some_and(|directory| empty.contains(&directory))
        });
    for (file, reason) in in_empty.iter().take(FILES_TOLD) {
        say(&format!("{}: {reason}", file.name));
    }
    let more = in_empty.len().saturating_sub(FILES_TOLD) as u64;
    if more > 0 {
        say(&format!("and {} more", quantities::count(more, "file")));
    }
    let Some((first, _)) = others.first() else {
        return;
    };
    let files = quantities::count(others.len() as u64, "file");
    say(&format!(
        "skipped, not exports: {files}, such as {} (key f in the interface lists them)",
        first.name
    ));
}

pub(super) fn rank(arguments: &RankArguments) -> Result<Ending, Failure> {
    let mut columns = arguments.columns.clone();
    let is_of_the_query = columns.is_empty();
    if is_of_the_query {
        columns.extend(RankingColumn::OF_THE_QUERY);
    }
    let answer = counts(&arguments.input, &columns)?;
    if is_of_the_query && answer.query.shown == Shown::Hidden {
        // Nobody may take it for the ranking.
        columns.push(RankingColumn::Shown);
    }
    let view = answer.hunt.view(&answer.query);
    let sheet = ranking::sheet(&answer.hunt, &answer.query, &view, &columns);
    write(sheet, &arguments.output, &answer.files)?;
    Ok(answer.ending())
}

pub(super) fn emails(arguments: &EmailsArguments) -> Result<Ending, Failure> {
    let answer = answer(&arguments.input)?;
    let Answer { hunt, query, .. } = &answer;
    let domain = query.domains.group_of(arguments.domain.as_encoded_bytes());
    let columns = if arguments.columns.is_empty() {
        let mut columns = EmailColumn::all_of_events(hunt);
        if query.shown == Shown::Hidden {
            columns.push(EmailColumn::hidden_by());
        }
        columns
    } else {
        EmailColumn::named(&arguments.columns, hunt)
            .map_err(|error| Failure::wrong_arguments(error.to_string()))?
    };
    if hunt.listed_emails(&domain, query).is_empty() {
        let all = hunt.all_emails(&domain, query.domains).len();
        let name = String::from_utf8_lossy(&domain);
        say(&match (all, query.shown) {
            (0, _) => no_emails_from(&name, query.domains),
            (_, Shown::Visible) => {
                format!(
                    "all {all} threat emails from \"{name}\" are hidden by the active exclusions"
                )
            }
            (_, Shown::Hidden) => {
                format!(
                    "none of the {all} threat emails from \"{name}\" is hidden by the active exclusions"
                )
            }
        });
    }
    let arrangement = Arrangement::default();
    let sheet = emails_sheet::sheet(hunt, query, &domain, &arrangement, columns);
    write(sheet, &arguments.output, &answer.files)?;
    Ok(answer.ending())
}

fn no_emails_from(name: &str, domains: DomainMatching) -> String {
    let nothing = format!("there are no threat emails from \"{name}\"");
    if domains == DomainMatching::Exact {
        return format!("{nothing} (matching is case-sensitive; --domains folded ignores case)");
    }
    nothing
}

pub(super) fn write(
    sheet: Sheet<'_>,
    arguments: &OutputArguments,
    inputs: &[PathBuf],
) -> Result<(), Failure> {
    match arguments.file.path() {
        Some(path) => {
            let format = arguments
                .format
                .or_else(|| Format::from_extension(path))
                .unwrap_or(Format::Csv);
            let options = Options {
                raw: arguments.raw,
                ..Options::default()
            };
            write_file(path, arguments.file.overwrite, inputs, |output| {
                export::write(sheet, format, &options, output)
            })
        }
        None => write_to_standard_output(sheet, arguments),
    }
}

/// What `--overwrite` says of a file that is already there.
pub(super) fn if_exists(overwrite: bool) -> IfExists {
    if overwrite {
        IfExists::Overwrite
    } else {
        IfExists::Refuse
    }
}

/// Writes a file whole or not at all, never over one of the inputs.
pub(super) fn write_file(
    path: &Path,
    overwrite: bool,
    inputs: &[PathBuf],
    write: impl FnOnce(&mut dyn Write) -> io::Result<u64>,
) -> Result<(), Failure> {
    export::write_file(path, if_exists(overwrite), inputs, write).map_err(|error| {
        let advice = if matches!(error, export::WriteError::Exists { .. }) {
            " (--overwrite replaces it)"
        } else {
            ""
        };
        Failure::new(format!("{error}{advice}"))
    })?;
    Ok(())
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
    finished(export::write(sheet, format, &options, &mut output).and_then(|_| output.flush()))
}

/// How writing to standard output went.
pub(super) fn finished(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        // A reader that has gone away (`| head`) has seen what it wanted.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::new(format!(
            "cannot write to standard output: {error}"
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
