//! Loading for a command, and what is said of what could not be loaded.

use super::ending::{Ending, Failure};
use super::standard_error::say;
use crate::account::text::account_of_rows;
use crate::events::load::CancelToken;
use crate::events::recipient_domains::RecipientDomains;
use crate::events::rejections;
use crate::events::request::LoadRequest;
use crate::hunt::Hunt;
use crate::hunt::exclusion::Exclusion;
use crate::pipeline::{self, LoadState};
use crate::quantities;
use std::sync::Arc;

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

pub(super) fn refuse_if_useless(load: &LoadState) -> Result<(), Failure> {
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
        .filter(|file| !file.is_loaded_already)
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
