//! `mailhunt kql`: the hunt as a query to paste into Sentinel or Advanced Hunting.

use super::arguments::KqlArguments;
use super::ending::{Ending, Failure};
use super::exclusions::{Exclusions, exclusions};
use super::inputs::request_if_any;
use super::loading;
use super::output::{finished, if_exists, write_file};
use super::standard_error::say;
use crate::export::hunting_query::identity::Identity;
use crate::export::hunting_query::{self, QueryFormat};
use crate::hunt::Query;
use crate::hunt::kql::{HuntingQuery, hunting_query, hunting_query_from};
use std::io;
use std::path::PathBuf;

/// Prints the query of the exclusions that are on.
pub(super) fn kql(arguments: &KqlArguments) -> Result<Ending, Failure> {
    let Exclusions { all, active, .. } = exclusions(&arguments.exclusions)?;
    let query = Query {
        active,
        ..arguments.matching.query()?
    };
    let Some(request) = request_if_any(&arguments.sources)? else {
        let from = arguments.sources.recipient_domain;
        let query = hunting_query_from(&all, &query, None, from);
        write(&query, arguments, &[])?;
        return Ok(Ending::Fine);
    };
    let files = request.files();
    let (load, hunt) = loading::load(request, all)?;
    let query = hunting_query(&hunt.exclusions, &query, Some(&hunt));
    write(&query, arguments, &files)?;
    Ok(loading::ending(&load))
}

fn write(
    query: &HuntingQuery,
    arguments: &KqlArguments,
    inputs: &[PathBuf],
) -> Result<(), Failure> {
    let path = arguments.file.path();
    let format = arguments
        .format
        .or_else(|| path.and_then(QueryFormat::from_extension))
        .unwrap_or_default();
    if format == QueryFormat::Kql && arguments.id.is_some() {
        return Err(Failure::wrong_arguments(
            "--id sets the id of a YAML hunting query (--format yaml); plain KQL has none",
        ));
    }
    let file = path.map(|path| (path, if_exists(arguments.file.overwrite)));
    let identity = match format {
        QueryFormat::Kql => Identity::default(),
        QueryFormat::Yaml => Identity::of(query, file, arguments.id)
            .map_err(|error| Failure::new(format!("{error}, or give its id with --id")))?,
    };
    if let Some(path) = path {
        write_file(path, arguments.file.overwrite, inputs, |output| {
            hunting_query::write(query, format, &identity, output)
        })?;
    } else {
        let mut output = io::stdout().lock();
        finished(hunting_query::write(query, format, &identity, &mut output).map(|_| ()))?;
    }
    if let Some(warning) = hunting_query::warning(query, format) {
        say(&warning);
    }
    Ok(())
}
