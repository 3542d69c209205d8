//! The id and the version of a hunting query in a file of YAML.
//!
//! Sentinel knows a query by its id and offers an update where its version rises. Both are taken from the file that is
//! replaced: neither the exclusions nor the version of mailhunt change the id. Only the lines that mailhunt writes are
//! read; a file without them is no hunting query of ours, and nothing is guessed.

use crate::export::if_exists::IfExists;
use crate::hunt::kql::{HuntingQuery, MICROSOFTS_ID};
use crate::printable::Printable;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The line before those of the query.
pub(super) const QUERY_BEGINS: &str = "query: |";

/// What stands before each line of the query.
pub(super) const INDENTATION: &str = "  ";

/// The id and the version of a hunting query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The id.
    pub id: Uuid,
    /// The version.
    pub version: Version,
}

/// A version: it begins with 1.0.0, and the last number is counted up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version([u32; 3]);

impl Default for Version {
    fn default() -> Self {
        Version([1, 0, 0])
    }
}

impl Version {
    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(str::parse);
        let version = [numbers.next()?, numbers.next()?, numbers.next()?];
        let [Ok(major), Ok(minor), Ok(patch)] = version else {
            return None;
        };
        numbers
            .next()
            .is_none()
            .then_some(Version([major, minor, patch]))
    }

    fn next(self) -> Self {
        let Version([major, minor, patch]) = self;
        Version([major, minor, patch.saturating_add(1)])
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Version([major, minor, patch]) = self;
        write!(formatter, "{major}.{minor}.{patch}")
    }
}

/// Why a file of YAML cannot be replaced by another version of its query.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file cannot be read.
    #[error("{} cannot be read to get the id of its query: {source}", shown(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system reports.
        source: io::Error,
    },
    /// The file is no hunting query as mailhunt writes it.
    #[error(
        "{} is not a hunting query that mailhunt wrote ({reason}), so its id and version are unknown; choose another \
         name",
        shown(path)
    )]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// What it lacks.
        reason: &'static str,
    },
}

fn shown(path: &Path) -> String {
    Printable::new(path.as_os_str().as_encoded_bytes()).to_string()
}

/// The longest file that is read for its identity: a query is far shorter.
const MOST_BYTES: u64 = 16 << 20;

impl Identity {
    /// The identity of a query that is to be written, in the place of a file if there is one that may be replaced. An id
    /// that is given stands above that of the file.
    ///
    /// A query without a file or a given id is named by the file's name: the same name gives the same id wherever it is
    /// written, and two files in a folder have different ones.
    ///
    /// # Errors
    /// The file is there and is no hunting query as mailhunt writes it. With a given id it is then replaced as any file
    /// is, and its version is the first.
    pub fn of(
        query: &HuntingQuery,
        file: Option<(&Path, IfExists)>,
        given: Option<Uuid>,
    ) -> Result<Self, IdentityError> {
        let replaced = file.filter(|(_, if_exists)| *if_exists == IfExists::Overwrite);
        let known = replaced.map(|(path, _)| read(path)).transpose();
        let path = file.map(|(path, _)| path);
        let known = match (known, given) {
            (Ok(known), _) => known.flatten(),
            (Err(IdentityError::NotOurs { .. }), Some(_)) => None,
            (Err(error), _) => return Err(error),
        };
        let Some(known) = known else {
            return Ok(Identity {
                id: given.unwrap_or_else(|| named(path)),
                version: Version::default(),
            });
        };
        let is_same = known.query.lines().eq(query.text.lines());
        Ok(Identity {
            id: given.unwrap_or(known.identity.id),
            version: if is_same {
                known.identity.version
            } else {
                known.identity.version.next()
            },
        })
    }
}

/// The id of a query that nothing else gives one.
fn named(path: Option<&Path>) -> Uuid {
    let namespace = Uuid::parse_str(MICROSOFTS_ID).unwrap_or_default();
    let name = path.and_then(Path::file_name).unwrap_or_default();
    Uuid::new_v5(&namespace, name.as_encoded_bytes())
}

/// What a file says of the query in it.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    identity: Identity,
    query: String,
}

/// Reads a file, if it is there and has anything in it.
fn read(path: &Path) -> Result<Option<Known>, IdentityError> {
    let unreadable = |source| IdentityError::Unreadable {
        path: path.into(),
        source,
    };
    let not_ours = |reason| IdentityError::NotOurs {
        path: path.into(),
        reason,
    };
    // What is no file, such as a folder or a pipe, is for the one who writes to refuse.
    let metadata = match path.metadata() {
        Ok(metadata) if metadata.is_file() => metadata,
        _ => return Ok(None),
    };
    if metadata.len() > MOST_BYTES {
        return Err(not_ours("it is too long"));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| not_ours("it is not text"))?;
    parse(text).map(Some).map_err(not_ours)
}

/// Reads the text of a file. A line that begins with a key at the margin ends what stands before.
fn parse(text: &str) -> Result<Known, &'static str> {
    let value_of = |key: &str| {
        let prefix = format!("{key}: ");
        let mut values = text.lines().filter_map(|line| line.strip_prefix(&prefix));
        let value = values
            .next()
            .map(|value| value.trim().trim_matches(['"', '\'']));
        value.filter(|_| values.next().is_none())
    };
    let id = value_of("id").and_then(|id| Uuid::parse_str(id).ok());
    let version = value_of("version").and_then(Version::read);
    let mut lines = text
        .lines()
        .skip_while(|line| line.trim_end() != QUERY_BEGINS);
    lines.next().ok_or("it has no query")?;
    let query: Vec<&str> = lines
        .map_while(|line| line.strip_prefix(INDENTATION))
        .collect();
    Ok(Known {
        identity: Identity {
            id: id.ok_or("it does not have exactly one id")?,
            version: version.ok_or("it does not have exactly one version such as 1.0.0")?,
        },
        query: query.join("\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;
    use crate::events::schema::Table;
    use rstest::rstest;

    const OVERWRITE: IfExists = IfExists::Overwrite;

    fn query(text: &str) -> HuntingQuery {
        HuntingQuery {
            text: text.to_owned(),
            tables: vec![Table::EmailEvents],
            exclusions: Vec::new(),
        }
    }

    /// A file with a query, as mailhunt writes it the first time.
    fn file(query: &HuntingQuery) -> (tempfile::TempDir, PathBuf, Identity) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("hunt.yaml");
        let identity = Identity::of(query, Some((&path, OVERWRITE)), None).expect("no file");
        std::fs::write(&path, yaml(query, &identity)).expect("a file");
        (folder, path, identity)
    }

    #[test]
    fn an_id_stays_and_a_version_rises_where_the_query_changes() {
        let first = query("EmailEvents\n| where version == \"1\"\n");
        let (_folder, path, identity) = file(&first);
        assert_eq!(identity.version.to_string(), "1.0.0");
        let again = Identity::of(&first, Some((&path, OVERWRITE)), None).expect("ours");
        assert_eq!(again, identity);
        let changed = query("EmailEvents\n| take 1\n");
        for version in ["1.0.1", "1.0.2"] {
            let changed = query(&format!("{}| take {version}\n", changed.text));
            let next = Identity::of(&changed, Some((&path, OVERWRITE)), None).expect("ours");
            assert_eq!(
                (next.id, next.version.to_string()),
                (identity.id, version.to_owned())
            );
            std::fs::write(&path, yaml(&changed, &next)).expect("a file");
        }
    }

    #[test]
    fn an_id_that_is_given_stands_above_that_of_the_file() {
        let (folder, path, identity) = file(&query("EmailEvents\n"));
        let given = Uuid::from_u128(7);
        let same = Identity::of(
            &query("EmailEvents\n"),
            Some((&path, OVERWRITE)),
            Some(given),
        )
        .expect("ours");
        assert_eq!((same.id, same.version), (given, identity.version));
        let other = folder.path().join("notes.yaml");
        std::fs::write(&other, "to: do\n").expect("a file");
        assert!(Identity::of(&query("EmailEvents\n"), Some((&other, OVERWRITE)), None).is_err());
        let replaced = Identity::of(
            &query("EmailEvents\n"),
            Some((&other, OVERWRITE)),
            Some(given),
        );
        assert_eq!(
            replaced.expect("given"),
            Identity {
                id: given,
                version: Version::default()
            }
        );
    }

    #[test]
    fn ids_depend_on_the_name_of_the_file_alone() {
        let (_one, path, identity) = file(&query("EmailEvents\n"));
        let (_other, _, same) = file(&query("EmailEvents\n| take 1\n"));
        assert_eq!(identity.id, same.id);
        let beside = path.with_file_name("b.yaml");
        let beside = Identity::of(&query("EmailEvents\n"), Some((&beside, OVERWRITE)), None);
        assert_ne!(beside.expect("no file").id, identity.id);
        assert_eq!(identity.id.get_version_num(), 5);
    }

    #[rstest]
    #[case("id: x\nquery: |\n  a\nversion: 1.0.0\n", "exactly one id")]
    #[case(
        "query: |\n  id: 61bd29e8-fcfa-4f10-bc8f-b3a64e9493f7\nversion: 1.0.0\n",
        "exactly one id"
    )]
    #[case(
        "id: 61bd29e8-fcfa-4f10-bc8f-b3a64e9493f7\nid: 61bd29e8-fcfa-4f10-bc8f-b3a64e9493f7\nquery: |\n  a\nversion: 1.0.0\n",
        "exactly one id"
    )]
    #[case(
        "id: 61bd29e8-fcfa-4f10-bc8f-b3a64e9493f7\nversion: 1.0.0\n",
        "no query"
    )]
    #[case(
        "id: 61bd29e8-fcfa-4f10-bc8f-b3a64e9493f7\nquery: |\n  a\nversion: one\n",
        "exactly one version"
    )]
    #[case(
        "id: 61bd29e8-fcfa-4f10-bc8f-b3a64e9493f7\nquery: |\n  a\nversion: 1.0\n",
        "exactly one version"
    )]
    fn what_is_no_query_of_ours_is_not_guessed_at(#[case] text: &str, #[case] expected: &str) {
        let reason = parse(text).expect_err("not ours");
        assert!(reason.contains(expected), "{reason}");
    }
}
