//! The exclusions of all files: those that come with mailhunt, and those that files of the analyst add to
//! them or put in the place of the one of the same id.

use super::definition::Exclusion;
use super::file::{DefinitionError, FileText};
use super::lists::Lists;
use super::set::MOST_EXCLUSIONS;
use super::writing::VERSION_LINE;

/// The exclusions that come with mailhunt, in their order.
const BUILT_IN: &str = include_str!("../../../assets/exclusions.toml");

/// The text of a file of exclusions.
#[derive(Clone, Debug)]
pub struct Source {
    /// What to call it in errors.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// Why the exclusions of several files could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// One of the files is wrong.
    #[error("{name}, {error}")]
    File {
        /// The file.
        name: String,
        /// Where and why.
        error: DefinitionError,
    },
    /// A mask has no more bits.
    #[error("{count} exclusions exceed the maximum of {MOST_EXCLUSIONS}")]
    TooMany {
        /// How many there are.
        count: usize,
    },
}

/// The exclusions that come with mailhunt and those of these files, of which a later one goes before an
/// earlier one.
///
/// # Errors
/// The first mistake, with its file, line and column.
pub fn with_files(files: &[Source]) -> Result<Vec<Exclusion>, LibraryError> {
    read_with_built_in(files).map(|(exclusions, _)| exclusions)
}

/// Reads definitions that stand without the line that says the version, in the company of these files: their
/// lists are known to them, and there are no others.
///
/// # Errors
/// The first mistake, with its place in `text`.
pub fn definitions(files: &[Source], text: &str) -> Result<Vec<Exclusion>, DefinitionError> {
    let (_, lists) = read_with_built_in(files).map_err(|error| DefinitionError {
        line: 1,
        column: 1,
        reason: error.to_string(),
    })?;
    let whole = format!("{VERSION_LINE}{text}");
    let read = FileText::read(&whole).and_then(|file| {
        file.refuse_lists()?;
        file.exclusions(&lists)
    });
    read.map_err(|error| DefinitionError {
        line: error.line.saturating_sub(1).max(1),
        ..error
    })
}

fn read_with_built_in(files: &[Source]) -> Result<(Vec<Exclusion>, Lists), LibraryError> {
    let built_in = Source {
        name: "built-in exclusions".to_owned(),
        text: BUILT_IN.to_owned(),
    };
    read(std::iter::once(&built_in).chain(files))
}

fn read<'s>(
    sources: impl Iterator<Item = &'s Source> + Clone,
) -> Result<(Vec<Exclusion>, Lists), LibraryError> {
    let in_file = |name: &str, error| LibraryError::File {
        name: name.to_owned(),
        error,
    };
    // A file may change a list that one before it uses.
    let mut lists = Lists::before_any_file();
    let mut files = Vec::new();
    for Source { name, text } in sources {
        let file = FileText::read(text).map_err(|error| in_file(name, error))?;
        file.add_lists(&mut lists)
            .map_err(|error| in_file(name, error))?;
        files.push((name, file));
    }
    let mut exclusions: Vec<Exclusion> = Vec::new();
    for (name, file) in files {
        let read = file.exclusions(&lists);
        for exclusion in read.map_err(|error| in_file(name, error))? {
            match exclusions.iter_mut().find(|known| known.id == exclusion.id) {
                Some(known) => *known = exclusion,
                None => exclusions.push(exclusion),
            }
        }
    }
    if exclusions.len() > MOST_EXCLUSIONS {
        return Err(LibraryError::TooMany {
            count: exclusions.len(),
        });
    }
    Ok((exclusions, lists))
}

/// The exclusions that come with mailhunt.
///
/// # Errors
/// Never for the text that is built in: a test reads it.
pub fn built_in() -> Result<Vec<Exclusion>, LibraryError> {
    with_files(&[])
}

/// The ids of the exclusions in a file; none of one that cannot be read.
pub fn ids_in(text: &str) -> Vec<String> {
    FileText::read(text).map_or_else(|_| Vec::new(), |file| file.ids())
}

/// Whether an exclusion of that id comes with mailhunt.
pub fn is_built_in(id: &str) -> bool {
    ids_in(BUILT_IN).iter().any(|known| known == id)
}

/// Reads the exclusions of one text alone.
///
/// # Errors
/// The first mistake, with its line and column.
pub fn parse(text: &str) -> Result<Vec<Exclusion>, LibraryError> {
    let source = Source {
        name: "exclusions".to_owned(),
        text: text.to_owned(),
    };
    read(std::iter::once(&source)).map(|(exclusions, _)| exclusions)
}
