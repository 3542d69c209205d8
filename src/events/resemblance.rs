//! What a file resembles of which nothing could be read. Where only its directory was named nobody said that
//! it is an export: a damaged one must be told, a picture or another table need not be.

use super::schema::Table;
use std::ffi::OsStr;
use std::path::Path;

/// What a file resembles of which nothing could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resemblance {
    /// An export: by its columns, its keys, its format, or for all that is known.
    #[default]
    Export,
    /// Nothing in particular: there is no text in it that says what it is.
    Nothing,
    /// Another table or document, which can be read but is of another subject.
    AnotherSubject,
}

/// The ends of names by which exports are known, before what packing adds.
const OF_EXPORTS: [&str; 6] = ["csv", "tsv", "json", "jsonl", "ndjson", "parquet"];

/// What packing adds to a name.
const OF_PACKING: [&str; 4] = ["gz", "gzip", "zst", "zstd"];

impl Resemblance {
    /// Whether a file of that name, found below a directory, may have been meant as an export.
    pub(super) fn may_be_export(self, path: &Path) -> bool {
        match self {
            Resemblance::Export => true,
            Resemblance::Nothing => has_name_of_export(path),
            Resemblance::AnotherSubject => has_name_of_export(path) && has_name_of_table(path),
        }
    }
}

fn has_name_of_export(path: &Path) -> bool {
    let is_one_of =
        |ends: &[&str], end: &OsStr| ends.iter().any(|known| end.eq_ignore_ascii_case(known));
    let mut name = path;
    while let Some(end) = name.extension() {
        if !is_one_of(&OF_PACKING, end) {
            return is_one_of(&OF_EXPORTS, end);
        }
        let Some(stem) = name.file_stem() else {
            return false;
        };
        name = Path::new(stem);
    }
    false
}

/// Whether a file is called by a table: with it somebody says what should be in it.
fn has_name_of_table(path: &Path) -> bool {
    let Some(name) = path.file_name() else {
        return false;
    };
    let name = name.as_encoded_bytes();
    Table::ALL.iter().any(|table| {
        let start = name.get(..table.name().len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(table.name().as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a/EmailEvents.csv", true)]
    #[case("PT1H.JSON", true)]
    #[case("part-0.csv.gz", true)]
    #[case("part-0.parquet.zst.gz", true)]
    #[case("a.csv.bak", false)]
    #[case("a.gz", false)]
    #[case("csv", false)]
    #[case(".csv", false)]
    #[case("a.tar.gz", false)]
    fn exports_are_known_by_name_whatever_packs_them(#[case] name: &str, #[case] wanted: bool) {
        assert_eq!(has_name_of_export(Path::new(name)), wanted);
    }

    #[test]
    fn what_is_in_a_file_counts_more_than_its_name_unless_that_is_of_a_table() {
        let judged = |resemblance: Resemblance| {
            ["a.csv", "a.png", "emailEvents-11.csv.gz", "EmailEvents.md"]
                .map(|name| resemblance.may_be_export(Path::new(name)))
        };
        assert_eq!(judged(Resemblance::Export), [true; 4]);
        assert_eq!(judged(Resemblance::Nothing), [true, false, true, false]);
        assert_eq!(
            judged(Resemblance::AnotherSubject),
            [false, false, true, false]
        );
    }
}
