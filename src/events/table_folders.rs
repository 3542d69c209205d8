//! Folders that are tables of a lake, whose files cannot be read one by one: those of a Delta, Iceberg or Hudi
//! table hold rows that were changed or deleted since, and only the table's log says which count; where a table
//! is partitioned, a column is in the names of its folders instead of the files.

use super::schema::{self, identify};
use std::fs;
use std::path::Path;

/// Why the files of a folder are not read, if it is such a table.
pub(super) fn refusal(folder: &Path) -> Option<String> {
    let (kind, clean_up) = if folder.join("_delta_log").is_dir() {
        ("a Delta table", "vacuum it")
    } else if folder.join(".hoodie").is_dir() {
        ("a Hudi table", "clean it")
    } else if has_iceberg_metadata(&folder.join("metadata")) {
        ("an Iceberg table", "expire its snapshots")
    } else {
        return None;
    };
    Some(format!(
        "this is {kind}: its files also hold rows that have since been changed or deleted, which would count too. \
         Export the rows of the table, or {clean_up} and name its files one by one"
    ))
}

/// Why a folder that was named is refused: it may also lie inside such a table.
pub(super) fn refusal_of_named(folder: &Path) -> Option<String> {
    let whole = folder.canonicalize().ok();
    let mut folders = whole.as_deref().unwrap_or(folder).ancestors();
    folders.find_map(refusal)
}

fn has_iceberg_metadata(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    let mut names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
    names.any(|name| {
        let name = name.as_encoded_bytes();
        name.ends_with(b".metadata.json") || name.ends_with(b".metadata.json.gz")
    })
}

/// Why the files of a folder are not read whose name gives a column that the hunt needs (`ThreatTypes=Phish`).
pub(super) fn refusal_of_partition(folder: &Path) -> Option<String> {
    let (name, _) = folder.file_name()?.to_str()?.split_once('=')?;
    let column = schema::canonical_name(name.as_bytes());
    let is_needed = identify::NEEDED
        .iter()
        .any(|group| group.contains(&column.as_str()));
    is_needed.then(|| {
        format!(
            "its name holds {column} for the rows of its files (a partition), which mailhunt does not read: export \
             the table without partitions, so that {column} is a column"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("t/EmailDirection=Inbound", true)]
    #[case("t/threattypes=__HIVE_DEFAULT_PARTITION__", true)]
    #[case("t/SenderFromDomain=b.example", true)]
    #[case("t/date=2026-11-01", false)]
    #[case("t/TenantId=1", false)]
    #[case("t/EmailDirection", false)]
    fn only_columns_of_the_hunt_in_names_matter(#[case] folder: &str, #[case] refused: bool) {
        assert_eq!(refusal_of_partition(Path::new(folder)).is_some(), refused);
    }
}
