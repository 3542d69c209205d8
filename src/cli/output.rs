//! Where the answer of a command goes: to a file that is whole or not there, or to standard output.

use super::arguments::OutputArguments;
use super::ending::Failure;
use crate::export::{self, Format, IfExists, Options, Sheet};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Writes a sheet where the arguments say.
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
