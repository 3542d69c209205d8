//! The hunt as a query of KQL, and as a hunting query of Sentinel in YAML for a repository of detections.

use crate::events::schema::Table;
use crate::hunt::kql::{HuntingQuery, MICROSOFTS_ID, MICROSOFTS_NAME};
use std::io::{self, Write};
use uuid::Uuid;

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

/// Writes a hunting query and gives the number of its lines.
///
/// # Errors
/// What `output` reports.
pub fn write(query: &HuntingQuery, format: QueryFormat, output: &mut dyn Write) -> io::Result<u64> {
    let text = match format {
        QueryFormat::Kql => query.text.clone(),
        QueryFormat::Yaml => yaml(query),
    };
    output.write_all(text.as_bytes())?;
    output.flush()?;
    Ok(text.lines().count() as u64)
}

/// Sentinel's form. The id is of the query: the same one has the same id, whoever writes it.
fn yaml(query: &HuntingQuery) -> String {
    let namespace = Uuid::parse_str(MICROSOFTS_ID).unwrap_or_default();
    let id = Uuid::new_v5(&namespace, query.text.as_bytes());
    let mut lines = vec![
        format!("id: {id}"),
        format!("name: {}", quoted(MICROSOFTS_NAME)),
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
            "query: |",
        ]
        .map(str::to_owned),
    );
    // The query has no characters that YAML does not take as they are, and no empty line.
    lines.extend(query.text.lines().map(|line| format!("  {line}")));
    lines.push("version: 1.0.0".to_owned());
    lines.join("\n") + "\n"
}

fn description(query: &HuntingQuery) -> String {
    let hunt = format!(
        "Domains we write to that send threats back at us, after Microsoft's hunting query {MICROSOFTS_ID}"
    );
    if query.exclusions.is_empty() {
        return hunt + ", without exclusions.";
    }
    let exclusions = query.exclusions.join("; ");
    format!("{hunt}. Left out as false positives: {exclusions}.")
}

/// A text in double quotes: a string of JSON is one of YAML too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> HuntingQuery {
        HuntingQuery {
            text: text.to_owned(),
            tables: vec![Table::EmailEvents, Table::EmailUrlInfo],
            exclusions: vec!["a \"b\": c".to_owned()],
        }
    }

    #[test]
    fn the_yaml_has_the_query_as_it_is_and_an_id_of_it() {
        let text = yaml(&query("EmailEvents\n| where a == \"# b\"\n"));
        assert!(text.contains("query: |\n  EmailEvents\n  | where a == \"# b\"\nversion: 1.0.0\n"));
        assert!(text.contains("    dataTypes:\n      - EmailEvents\n      - EmailUrlInfo\n"));
        assert!(text.contains(r#"a \"b\": c"#));
        let id = |query: &HuntingQuery| yaml(query).lines().next().map(str::to_owned);
        assert_eq!(id(&query("EmailEvents\n")), id(&query("EmailEvents\n")));
        assert_ne!(id(&query("EmailEvents\n")), id(&query("EmailEvents \n")));
    }
}
