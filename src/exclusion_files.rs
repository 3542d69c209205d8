//! The files of exclusions on disk: the analyst's own one, in the directory where the system keeps
//! configurations, and those named on the command line.
//!
//! What stands in them is read by [`crate::hunt::exclusion::library`].

use crate::export::{self, IfExists};
use crate::hunt::exclusion::library::{self, Source};
use crate::hunt::exclusion::{Exclusion, writing};
use crate::printable::Printable;
use directories::ProjectDirs;
use std::io;
use std::path::{Path, PathBuf};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

/// The name of the analyst's own file.
const OWN_FILE: &str = "exclusions.toml";

/// Where the analyst's own exclusions are kept, if the system says where such files belong.
pub fn own_file() -> Option<PathBuf> {
    let directories = ProjectDirs::from("", "", "mailhunt")?;
    Some(directories.config_dir().join(OWN_FILE))
}

/// Why a file of exclusions could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is named and not there.
    #[error("{}: no such file", .0.display())]
    Missing(PathBuf),
    /// The system refused.
    #[error("{}: cannot read the exclusions: {error}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file on disk is no TOML, or not of the shape, so that nothing is added to it.
    #[error("{}: {reason}; nothing was saved", .path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It could not be written.
    #[error("{0}")]
    NotWritten(String),
    /// There is no place for it.
    #[error("the configuration directory is unknown: set HOME")]
    NoPlace,
}

/// The analyst's own file, where there is one, and then the files named, in their order.
///
/// # Errors
/// A file that cannot be read; one that is named and missing.
pub fn read(named: &[PathBuf]) -> Result<Vec<Source>, FileError> {
    let own = own_file().map(|path| read_if_there(&path)).transpose()?;
    let mut sources: Vec<Source> = own.flatten().into_iter().collect();
    for path in named {
        let source = read_if_there(path)?;
        sources.push(source.ok_or_else(|| FileError::Missing(path.clone()))?);
    }
    Ok(sources)
}

fn read_if_there(path: &Path) -> Result<Option<Source>, FileError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(Source {
            name: path.display().to_string(),
            text,
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::Unreadable {
            path: path.to_owned(),
            error,
        }),
    }
}

/// Saves an exclusion to a file: in the place of the one of the same id, or behind the others. What else
/// stands in the file, comments too, stays as it is. A link is followed, and the file keeps its mode.
///
/// # Errors
/// When the file cannot be read or written, or is no file of exclusions, or would not be read again as it
/// should; then it is as it was.
pub fn save(exclusion: &Exclusion, path: &Path) -> Result<(), FileError> {
    // Writing replaces the file by its name: that must not be the name of a link to it.
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let text = read_if_there(path)?.map_or_else(String::new, |source| source.text);
    let changed = saved_text(&text, exclusion).map_err(|reason| FileError::NotOurs {
        path: path.clone(),
        reason,
    })?;
    let not_written = |error: &dyn std::fmt::Display| {
        let sentence = format!("{}: cannot be written: {error}", path.display());
        FileError::NotWritten(sentence)
    };
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(|error| not_written(&error))?;
    }
    let mode = std::fs::metadata(path).map(|metadata| metadata.permissions());
    export::write_file(path, IfExists::Overwrite, &[], |output| {
        output.write_all(changed.as_bytes())?;
        Ok(1)
    })
    .map_err(|error| FileError::NotWritten(error.to_string()))?;
    if let Ok(mode) = mode {
        std::fs::set_permissions(path, mode).map_err(|error| not_written(&error))?;
    }
    Ok(())
}

/// The text of a file with an exclusion put in, which is read from it again as it is. Lists of other files are
/// written out.
fn saved_text(text: &str, exclusion: &Exclusion) -> Result<String, String> {
    let read_again = |text: &str| -> Result<Option<Exclusion>, String> {
        let source = Source {
            name: "the file".to_owned(),
            text: text.to_owned(),
        };
        let read = library::with_files(&[source]).map_err(|error| error.to_string())?;
        Ok(read.into_iter().find(|known| known.id == exclusion.id))
    };
    let changed = with_exclusion(text, exclusion)?;
    if read_again(&changed).is_ok_and(|read| read.as_ref() == Some(exclusion)) {
        return Ok(changed);
    }
    let written_out = exclusion.clone().with_lists_written_out();
    let changed = with_exclusion(text, &written_out)?;
    match read_again(&changed)? {
        Some(read) if read == written_out => Ok(changed),
        _ => Err("the exclusion would not read back unchanged".to_owned()),
    }
}

/// The text of a file with an exclusion put in.
fn with_exclusion(text: &str, exclusion: &Exclusion) -> Result<String, String> {
    let in_one_line =
        |error: toml_edit::TomlError| Printable::new(error.message().as_bytes()).to_string();
    let mut document: DocumentMut = text.parse().map_err(in_one_line)?;
    let mut added: DocumentMut = writing::definition(exclusion)
        .parse()
        .map_err(in_one_line)?;
    let table = added
        .get_mut("exclude")
        .and_then(Item::as_array_of_tables_mut)
        .and_then(|tables| tables.get_mut(0))
        .map(std::mem::take)
        .ok_or("the exclusion cannot be written")?;
    if !document.contains_key("version") {
        document.insert("version", toml_edit::value(1));
    }
    let tables = document
        .entry("exclude")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or("\"exclude\" must be written as [[exclude]]")?;
    put(tables, table, &exclusion.id);
    Ok(document.to_string())
}

fn put(tables: &mut ArrayOfTables, mut table: Table, id: &str) {
    let has_id = |known: &Table| known.get("id").and_then(Item::as_str) == Some(id);
    // Where it stood in the text it was read from means nothing here.
    forget_position(&mut table);
    let place = tables.iter().position(has_id);
    let Some(known) = place.and_then(|place| tables.get_mut(place)) else {
        table.decor_mut().set_prefix("\n");
        tables.push(table);
        return;
    };
    table.set_position(known.position());
    *table.decor_mut() = known.decor().clone();
    *known = table;
}

fn forget_position(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        if let Some(tables) = item.as_array_of_tables_mut() {
            tables.iter_mut().for_each(forget_position);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::exclusion::parse;

    fn exclusion(id: &str, subject: &str) -> Exclusion {
        let text = format!(
            "version = 1\n[[exclude]]\nid = '{id}'\n[[exclude.match]]\nSubject = '{subject}'\n\
             [[exclude.match]]\nSubject = 'other'\n[[exclude.unless]]\nThreatTypes = 'Malware'\n"
        );
        parse(&text).expect("valid").remove(0)
    }

    #[test]
    fn what_is_saved_is_read_again() {
        let (one, two) = (exclusion("one", "x"), exclusion("two", "y"));
        let text = with_exclusion("", &one).expect("saved");
        let text = with_exclusion(&text, &two).expect("saved");
        assert_eq!(parse(&text).expect(&text), [one.clone(), two.clone()]);
        let changed = exclusion("one", "z");
        let text = with_exclusion(&text, &changed).expect("saved");
        assert_eq!(parse(&text).expect(&text), [changed, two]);
    }

    #[test]
    fn what_else_stands_in_the_file_stays() {
        let text = "# Ours.\nversion = 1\n\n# The first.\n[[exclude]]\nid = \"one\" # it\nmatch = [{ Subject = \"x\" }]\n\n\
                    [lists]\nown-domains = [\"contoso.example\"] # all\n";
        let saved = with_exclusion(text, &exclusion("two", "y")).expect("saved");
        for kept in ["# Ours.", "# The first.", "# it", "# all"] {
            assert!(saved.contains(kept), "{saved}");
        }
        let ids: Vec<String> = parse(&saved)
            .expect(&saved)
            .into_iter()
            .map(|one| one.id)
            .collect();
        assert_eq!(ids, ["one", "two"]);
        let replaced = with_exclusion(&saved, &exclusion("one", "z")).expect("saved");
        assert!(replaced.contains("# The first."), "{replaced}");
        assert_eq!(parse(&replaced).expect(&replaced)[0], exclusion("one", "z"));
    }

    #[test]
    fn a_file_that_is_something_else_is_left_alone() {
        assert!(with_exclusion("not toml", &exclusion("one", "x")).is_err());
        assert!(with_exclusion("exclude = 1", &exclusion("one", "x")).is_err());
    }

    #[test]
    fn lists_of_other_files_are_written_out() {
        let team = Source {
            name: "team".to_owned(),
            text: "version = 1\n[lists]\nours = ['a.example', '@b']\n[[exclude]]\nid = 'one'\n\
                   match = [{ PartnerDomain = ['@ours', '@own-domains', '@consumer-mail'] }]\n"
                .to_owned(),
        };
        let exclusions = library::with_files(&[team]);
        assert!(exclusions.is_err(), "@b is no list");
        let team = Source {
            name: "team".to_owned(),
            text: "version = 1\n[lists]\nours = ['a.example', '@@b']\n[[exclude]]\nid = 'one'\n\
                   match = [{ PartnerDomain = ['@ours', '@own-domains', '@consumer-mail'] }]\n"
                .to_owned(),
        };
        let exclusions = library::with_files(&[team]).expect("valid");
        let one = exclusions.last().expect("it");
        let text = saved_text("", one).expect("saved");
        assert!(
            text.contains("@own-domains") && text.contains("a.example"),
            "{text}"
        );
        let own = Source {
            name: "own".to_owned(),
            text,
        };
        let again = library::with_files(&[own]).expect("valid");
        let texts = |exclusion: &Exclusion| match &exclusion.matches[0].0[0].test {
            crate::hunt::exclusion::Test::Text { texts, .. } => {
                let own = texts.own_domains();
                (texts.iter().map(<[u8]>::to_vec).collect::<Vec<_>>(), own)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(texts(again.last().expect("it")), texts(one));
    }

    #[test]
    fn what_would_not_be_read_again_is_not_saved() {
        let mut odd = exclusion("one", "x");
        odd.matches[0].0[0].field = crate::hunt::fields::Field::Column("Bad|re".to_owned());
        assert!(saved_text("", &odd).is_err());
        odd.matches[0].0[0].field = crate::hunt::fields::Field::Column("sp ".to_owned());
        assert!(saved_text("", &odd).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_the_mode_stays() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "version = 1\n").expect("written");
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).expect("set");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        save(&exclusion("one", "x"), &link).expect("saved");
        assert!(std::fs::symlink_metadata(&link).expect("it").is_symlink());
        let metadata = std::fs::metadata(&file).expect("it");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
        assert!(
            std::fs::read_to_string(&file)
                .expect("text")
                .contains("one")
        );
    }

    #[test]
    fn a_file_is_made_with_its_directory() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep").join("exclusions.toml");
        save(&exclusion("one", "x"), &path).expect("saved");
        save(&exclusion("two", "x"), &path).expect("saved");
        let text = std::fs::read_to_string(&path).expect("text");
        assert_eq!(parse(&text).expect(&text).len(), 2);
    }
}
