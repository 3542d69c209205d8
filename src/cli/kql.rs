//! `mailhunt kql`: the hunt as a query to paste into Sentinel or Advanced Hunting.

use super::arguments::KqlArguments;
use super::exclusions::{Exclusions, exclusions};
use super::headless::{self, finished, write_file};
use super::{Ending, Failure, request_if_any};
use crate::export::hunting_query::{self, QueryFormat};
use crate::hunt::Query;
use crate::hunt::kql::{HuntingQuery, hunting_query};
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
        let query = hunting_query(&all, &query, None);
        write(&query, arguments, &[])?;
        return Ok(Ending::Fine);
    };
    let files = request.files();
    let (load, hunt) = headless::load(request, all)?;
    let query = hunting_query(&hunt.exclusions, &query, Some(&hunt));
    write(&query, arguments, &files)?;
    Ok(headless::ending(&load))
}

fn write(
    query: &HuntingQuery,
    arguments: &KqlArguments,
    inputs: &[PathBuf],
) -> Result<(), Failure> {
    let format = arguments
        .format
        .or_else(|| arguments.file.path().and_then(QueryFormat::from_extension))
        .unwrap_or_default();
    if let Some(path) = arguments.file.path() {
        return write_file(path, arguments.file.overwrite, inputs, |output| {
            hunting_query::write(query, format, output)
        });
    }
    let mut output = io::stdout().lock();
    finished(hunting_query::write(query, format, &mut output).map(|_| ()))
}
