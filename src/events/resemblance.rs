//! What a file resembles of which nothing could be read. Where only its directory was named nobody said that
//! it is an export: a damaged one must be told, a picture or another table need not be.

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
            Resemblance::AnotherSubject => false,
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
    fn only_what_says_nothing_of_itself_is_judged_by_its_name() {
        let judged = |resemblance: Resemblance| {
            ["a.csv", "a.png"].map(|name| resemblance.may_be_export(Path::new(name)))
        };
        assert_eq!(judged(Resemblance::Export), [true, true]);
        assert_eq!(judged(Resemblance::Nothing), [true, false]);
        assert_eq!(judged(Resemblance::AnotherSubject), [false, false]);
    }
}
