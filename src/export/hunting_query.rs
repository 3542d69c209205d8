//! The hunt as a query of KQL, and as a hunting query of Sentinel in YAML for a repository of detections.

pub mod identity;

use crate::events::schema::Table;
use crate::hunt::kql::HuntingQuery;
use identity::{INDENTATION, Identity, QUERY_BEGINS};
use std::io::{self, Write};

/// How a hunting query is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum QueryFormat {
    /// The query alone, to paste into Sentinel or Advanced Hunting
    #[default]
    Kql,
    /// Sentinel's hunting-query YAML, for a repository of detections
    Yaml,
}

impl QueryFormat {
    /// Its name, which is the extension of its files too.
    pub fn name(self) -> &'static str {
        match self {
            QueryFormat::Kql => "kql",
            QueryFormat::Yaml => "yaml",
        }
    }

    /// The format that the extension of a file's name says, if it says one.
    pub fn from_extension(path: &std::path::Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "yaml" | "yml" => Some(QueryFormat::Yaml),
            "kql" | "csl" => Some(QueryFormat::Kql),
            _ => None,
        }
    }
}

/// The most characters of a query that Sentinel's documentation allows.
const MOST_OF_QUERY: usize = 10_000;

/// The most characters of a description that it allows.
const MOST_OF_DESCRIPTION: usize = 255;

/// Writes a hunting query and gives the number of its lines. The identity is that of a file of YAML.
///
/// # Errors
/// What `output` reports.
pub fn write(
    query: &HuntingQuery,
    format: QueryFormat,
    identity: &Identity,
    output: &mut dyn Write,
) -> io::Result<u64> {
    let text = match format {
        QueryFormat::Kql => query.text.clone(),
        QueryFormat::Yaml => yaml(query, identity),
    };
    output.write_all(text.as_bytes())?;
    output.flush()?;
    Ok(text.lines().count() as u64)
}

/// What to know before a query is given to Sentinel in this format, if there is anything.
pub fn warning(query: &HuntingQuery, format: QueryFormat) -> Option<String> {
    let length = query.text.chars().count();
    let is_too_long = format == QueryFormat::Yaml && length > MOST_OF_QUERY;
    is_too_long.then(|| {
        format!(
            "the query has {length} characters, but Sentinel allows {MOST_OF_QUERY} in a hunting query: switch \
             exclusions off, or move long lists to a watchlist"
        )
    })
}

/// Sentinel's form.
fn yaml(query: &HuntingQuery, identity: &Identity) -> String {
    let mut lines = vec![
        format!("id: {}", identity.id),
        format!("name: {NAME}"),
        format!("description: {}", quoted(&description(query))),
        "requiredDataConnectors:".to_owned(),
        "  - connectorId: MicrosoftThreatProtection".to_owned(),
        "    dataTypes:".to_owned(),
    ];
    let tables = query.tables.iter().copied();
    lines.extend(tables.map(|table: Table| format!("      - {}", table.name())));
    lines.extend(
        [
            "tactics:",
            "  - InitialAccess",
            "relevantTechniques:",
            "  - T1566",
            QUERY_BEGINS,
        ]
        .map(str::to_owned),
    );
    // The query has no characters that YAML does not take as they are, and no empty line.
    let query = query.text.lines();
    lines.extend(query.map(|line| format!("{INDENTATION}{line}")));
    lines.extend(
        [
            "entityMappings:",
            "  - entityType: DNS",
            "    fieldMappings:",
            "      - identifier: DomainName",
            "        columnName: SenderFromDomain",
        ]
        .map(str::to_owned),
    );
    lines.push(format!("version: {}", identity.version));
    lines.join("\n") + "\n"
}

/// The name of the query in Sentinel.
const NAME: &str = "Domains we write to that send us email threats";

/// What the query is for, in the words and the length that Sentinel's documentation asks for.
fn description(query: &HuntingQuery) -> String {
    let hunt = "This query searches for domains we write to that send us threats.";
    let ids = &query.exclusions;
    // As many ids as fit; of the others the number is said.
    let with = |shown: usize| {
        let mut parts: Vec<String> = ids.iter().take(shown).cloned().collect();
        match ids.len() - shown {
            0 => {}
            more if shown == 0 => parts.push(format!("{more} kinds of email")),
            more => parts.push(format!("{more} more")),
        }
        if parts.is_empty() {
            return hunt.to_owned();
        }
        format!("{hunt} Left out: {}.", parts.join(", "))
    };
    (0..=ids.len())
        .rev()
        .map(with)
        .find(|text| text.chars().count() <= MOST_OF_DESCRIPTION)
        .unwrap_or_else(|| hunt.to_owned())
}

/// A text in double quotes: a string of JSON is one of YAML too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::Query;
    use crate::hunt::exclusion::{self, ExclusionSet};
    use crate::hunt::kql::hunting_query;

    fn query(text: &str) -> HuntingQuery {
        HuntingQuery {
            text: text.to_owned(),
            tables: vec![Table::EmailEvents, Table::EmailUrlInfo],
            exclusions: vec!["a".to_owned()],
        }
    }

    #[test]
    fn the_yaml_has_the_query_as_it_is_and_says_what_its_rows_are() {
        let text = yaml(
            &query("EmailEvents\n| where a == \"# b\"\n"),
            &Identity::default(),
        );
        assert!(text.contains(
            "query: |\n  EmailEvents\n  | where a == \"# b\"\nentityMappings:\n  - entityType: DNS\n"
        ));
        assert!(text.ends_with("\nversion: 1.0.0\n"));
        assert!(text.contains("    dataTypes:\n      - EmailEvents\n      - EmailUrlInfo\n"));
        assert!(NAME.len() <= 50);
    }

    #[test]
    fn a_description_is_no_longer_than_sentinel_takes() {
        for count in [0, 1, 9, 60] {
            for length in [2, 19, 300] {
                let exclusions: Vec<String> = (0..count)
                    .map(|number| format!("{number:0length$}"))
                    .collect();
                let query = HuntingQuery {
                    exclusions,
                    ..query("EmailEvents\n")
                };
                let text = description(&query);
                assert!(text.starts_with("This query searches for "), "{text}");
                assert!(text.chars().count() <= MOST_OF_DESCRIPTION, "{text}");
                assert_eq!(text.contains("Left out"), count > 0, "{text}");
            }
        }
    }

    #[test]
    fn what_comes_with_mailhunt_fits_sentinel() {
        let exclusions = exclusion::built_in().expect("valid");
        let all = Query {
            active: ExclusionSet::first(exclusions.len()),
            ..Query::default()
        };
        let all = hunting_query(&exclusions, &all, None);
        assert_eq!(warning(&all, QueryFormat::Yaml), None, "{}", all.text.len());
        let ids: Vec<&str> = exclusions.iter().map(|one| one.id.as_str()).collect();
        let described = description(&all);
        assert!(described.contains(&ids.join(", ")), "{described}");
    }

    #[test]
    fn a_query_that_is_too_long_is_told() {
        let long = query(&"a".repeat(MOST_OF_QUERY + 1));
        let said = warning(&long, QueryFormat::Yaml).expect("a warning");
        assert!(said.contains("10001 characters"), "{said}");
        assert_eq!(warning(&long, QueryFormat::Kql), None);
        assert_eq!(warning(&query("a"), QueryFormat::Yaml), None);
    }
}
