//! Taking a result along: the same sheet as CSV, JSON, Markdown or a table for the terminal.
//!
//! Here: [`write()`], which picks the writer of a format, and its options. One file for each format;
//! [`Sheet`] is what all of them write; [`write_file`] makes a file that is whole or not there.
//! [`ranking`], [`emails`] and [`exclusions`] are the sheets of the hunt, [`email`] is one email with all that
//! belongs to it; [`provenance`] is what they say of themselves.
//! [`hunting_query`] is the hunt in the language of Sentinel; [`file_name`] is the name offered for a file.
//! Not here: dialogs about where to write.
//!
//! What is exported was written by attackers. Formats for people (table, Markdown, CSV without
//! `raw`) show hidden characters; formats for programs (JSON, raw CSV) keep the text as it is.

mod csv;
pub mod email;
pub mod email_columns;
pub mod emails;
pub mod exclusions;
mod file;
pub mod file_name;
mod format;
pub mod hunting_query;
mod if_exists;
mod json;
mod markdown;
pub mod provenance;
pub mod ranking;
mod sheet;
mod table;
mod terminal;
mod visible_bytes;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

pub use file::{WriteError, write_file};
pub use format::{Format, UnknownFormat};
pub use if_exists::IfExists;
pub use sheet::{Sheet, Value};

/// How a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// CSV with the bytes as they are: no guard against formulas, no control character made
    /// visible. The other formats do not change.
    pub raw: bool,
    /// The output is a terminal: whatever the format, every line goes through
    /// [`Printable`](crate::printable::Printable).
    pub terminal: bool,
    /// Cells of the terminal, at which [`Format::Table`] cuts its lines.
    pub terminal_width: Option<u16>,
}

/// Writes `sheet` to `output` and gives the number of rows, without the header.
///
/// # Errors
///
/// What `output` reports; [`io::ErrorKind::InvalidInput`] when a row has more or fewer values than
/// there are columns. Part of the sheet may have been written then: see [`write_file`].
pub fn write(
    sheet: Sheet<'_>,
    format: Format,
    options: &Options,
    output: &mut dyn Write,
) -> io::Result<u64> {
    if !options.terminal {
        return write_format(sheet, format, *options, output);
    }
    let mut lines = terminal::SafeLines::new(output);
    let rows = write_format(sheet, format, *options, &mut lines)?;
    lines.finish()?;
    Ok(rows)
}

fn write_format(
    sheet: Sheet<'_>,
    format: Format,
    options: Options,
    output: &mut dyn Write,
) -> io::Result<u64> {
    let rows = match format {
        Format::Table => table::write(sheet, options.terminal_width, output),
        Format::Csv => csv::write(sheet, options.raw, output),
        Format::Json => json::write_array(sheet, output),
        Format::JsonLines => json::write_lines(sheet, output),
        Format::Markdown => markdown::write(sheet, output),
    }?;
    output.flush()?;
    Ok(rows)
}
