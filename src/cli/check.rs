//! `mailhunt check`: what was loaded, told to a person or to a program. It makes no ranking.

use super::arguments::{CheckArguments, ReportFormat};
use super::ending::{Ending, Failure};
use super::exclusions;
use super::inputs::request;
use super::output::{finished, write_file};
use crate::account::text::Extent;
use crate::account::{Account, Examined, json, text};
use crate::events::load::CancelToken;
use crate::pipeline;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

/// Rejected rows of a file that a person is told one by one; a program gets all that are kept.
const REJECTIONS_TOLD: usize = 100;

/// The columns of a kind that a person is told by name: a hostile file has thousands.
const COLUMNS_TOLD: usize = 60;

/// The columns of a terminal that does not say how many it has.
const USUAL_WIDTH: usize = 80;

/// Loads the inputs and tells what became of them.
pub(super) fn check(arguments: &CheckArguments) -> Result<Ending, Failure> {
    let request = request(&arguments.sources)?;
    let files = request.files();
    let cancel = CancelToken::default();
    let exclusions = exclusions::all(&arguments.exclusions)?;
    let (load, hunt) = pipeline::run(request, exclusions, &cancel, pipeline::Nobody);
    let examined = Examined::of(&hunt);
    let account = Account {
        load: &load,
        hunt: &hunt,
        examined: Some(&examined),
    };
    tell(&account, arguments, &files)?;
    Ok(if load.is_useless() {
        Ending::Failed
    } else if load.is_damaged() {
        Ending::SomeInputLost
    } else {
        Ending::Fine
    })
}

fn tell(
    account: &Account<'_>,
    arguments: &CheckArguments,
    inputs: &[PathBuf],
) -> Result<(), Failure> {
    let Some(path) = arguments.file.path() else {
        let mut output = BufWriter::new(io::stdout().lock());
        let width = terminal_width();
        let format = arguments.format.unwrap_or(ReportFormat::Table);
        let written = write(account, format, width, &mut output).and_then(|()| output.flush());
        return finished(written);
    };
    let is_json = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let by_name = if is_json {
        ReportFormat::Json
    } else {
        ReportFormat::Table
    };
    let format = arguments.format.unwrap_or(by_name);
    write_file(path, arguments.file.overwrite, inputs, |output| {
        write(account, format, None, output)?;
        Ok(0)
    })
}

/// The width of the terminal that reads along, if one does.
fn terminal_width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let size = ratatui::crossterm::terminal::size();
    Some(size.map_or(USUAL_WIDTH, |(columns, _)| usize::from(columns.max(20))))
}

fn write(
    account: &Account<'_>,
    format: ReportFormat,
    width: Option<usize>,
    output: &mut dyn Write,
) -> io::Result<()> {
    match format {
        ReportFormat::Table => {
            let extent = Extent {
                rejections: REJECTIONS_TOLD,
                columns: COLUMNS_TOLD,
            };
            let paragraphs = account.paragraphs(extent, |_| None);
            text::write(&paragraphs, width, output)
        }
        ReportFormat::Json => json::write(account, output),
    }
}
