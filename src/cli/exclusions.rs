//! The exclusions there are for a run of the program: the built-in ones, those of the analyst's own file and
//! of the files named; which of them are on; and the command that lists them.

use super::arguments::{ExclusionArguments, ExclusionFileArguments, ExclusionsArguments};
use super::ending::{Ending, Failure};
use super::inputs::request_if_any;
use super::standard_error::say;
use super::{loading, output};
use crate::exclusion_files;
use crate::export::exclusions as exclusions_sheet;
use crate::hunt::exclusion::library::{self, Source};
use crate::hunt::exclusion::{Exclusion, ExclusionSet};
use crate::hunt::{HuntBuilder, Query, remarks};
use jiff::civil::Date;
use std::sync::Arc;

/// What may be switched, and what is on at the start.
pub(super) struct Exclusions {
    /// All of them, in the order of the bits.
    pub(super) all: Arc<[Exclusion]>,
    /// Those that are on.
    pub(super) active: ExclusionSet,
    /// The files they come from, beside the built-in ones.
    pub(super) sources: Vec<Source>,
}

/// Reads all exclusions and switches on those that are asked for.
pub(super) fn exclusions(arguments: &ExclusionArguments) -> Result<Exclusions, Failure> {
    exclusions_of(sources(&arguments.files)?, arguments)
}

/// Reads all exclusions, with those of these files, and switches on those that are asked for.
fn exclusions_of(
    sources: Vec<Source>,
    arguments: &ExclusionArguments,
) -> Result<Exclusions, Failure> {
    let all = with_files(&sources)?;
    let today = today();
    for exclusion in all
        .iter()
        .filter(|one| one.enabled && one.is_expired(today))
    {
        say(&format!(
            "{} has expired and is off; --exclude {0} switches it on anyway",
            exclusion.id
        ));
    }
    let active = active(&arguments.exclude, &all, today)?;
    for exclusion in active.iter().filter_map(|index| all.get(index)) {
        for remark in remarks::of_definition(exclusion) {
            say(&format!("{}: {}", exclusion.id, remark.words()));
        }
    }
    Ok(Exclusions {
        active,
        all: all.into(),
        sources,
    })
}

/// Reads all exclusions, of which none is switched on.
pub(super) fn all(arguments: &ExclusionFileArguments) -> Result<Arc<[Exclusion]>, Failure> {
    Ok(with_files(&sources(arguments)?)?.into())
}

fn with_files(sources: &[Source]) -> Result<Vec<Exclusion>, Failure> {
    library::with_files(sources).map_err(|error| Failure::new(error.to_string()))
}

/// The exclusions that are on, alone. Those that come with mailhunt are not even read where none is named and there is no
/// file of others, as all are off at the start.
pub(super) fn active_ones(arguments: &ExclusionArguments) -> Result<Arc<[Exclusion]>, Failure> {
    let sources = sources(&arguments.files)?;
    if arguments.exclude.is_empty() && sources.is_empty() {
        return Ok(Arc::default());
    }
    let exclusions = exclusions_of(sources, arguments)?;
    let active = exclusions.active.iter();
    let active = active.filter_map(|index| exclusions.all.get(index).cloned());
    Ok(active.collect())
}

/// The files of exclusions that are there: each can be read only once, as it may be a pipe.
fn sources(arguments: &ExclusionFileArguments) -> Result<Vec<Source>, Failure> {
    exclusion_files::read(&arguments.exclusions).map_err(|error| Failure::new(error.to_string()))
}

/// The day it is here.
pub(super) fn today() -> Date {
    jiff::Zoned::now().date()
}

/// The exclusions that are on: those that are so by their definition, and those of `--exclude`.
fn active(ids: &[String], exclusions: &[Exclusion], today: Date) -> Result<ExclusionSet, Failure> {
    let those = |is_on: &dyn Fn(&Exclusion) -> bool| {
        let mut set = ExclusionSet::EMPTY;
        for (index, _) in exclusions.iter().enumerate().filter(|(_, one)| is_on(one)) {
            set.insert(index);
        }
        set
    };
    let mut active = those(&|exclusion| exclusion.starts_on(today));
    for id in ids.iter().map(|id| id.trim()) {
        match id {
            "all" => active = those(&|exclusion| !exclusion.is_expired(today)),
            "none" => active = ExclusionSet::EMPTY,
            id => active.insert(index_of(id, exclusions)?),
        }
    }
    Ok(active)
}

fn index_of(id: &str, exclusions: &[Exclusion]) -> Result<usize, Failure> {
    let index = exclusions.iter().position(|known| known.id == id);
    index.ok_or_else(|| {
        let known: Vec<&str> = exclusions.iter().map(|known| known.id.as_str()).collect();
        Failure::wrong_arguments(format!(
            "unknown exclusion \"{id}\"; available: {}, all, none",
            known.join(", ")
        ))
    })
}

/// `mailhunt exclusions`: what may be switched, and, with files, what each does to their hunt.
pub(super) fn list(arguments: &ExclusionsArguments) -> Result<Ending, Failure> {
    let Exclusions { all, active, .. } = exclusions(&arguments.exclusions)?;
    let query = Query {
        active,
        ..arguments.matching.query()?
    };
    let Some(request) = request_if_any(&arguments.sources)? else {
        let nothing = HuntBuilder::new(all, 0).partial();
        let sheet = exclusions_sheet::definitions(&nothing, &query, today());
        output::write(sheet, &arguments.output, &[])?;
        return Ok(Ending::Fine);
    };
    let files = request.files();
    let (load, hunt) = loading::load(request, all)?;
    hunt.match_domains(query.domains);
    let view = hunt.view(&query);
    let sheet = exclusions_sheet::sheet(&hunt, &query, &view, today());
    output::write(sheet, &arguments.output, &files)?;
    Ok(loading::ending(&load))
}
