//! The formats, their names and the file names that stand for them.
//!
//! Not here: how they are written.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::printable::Printable;

/// A form in which a sheet can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Aligned columns for people.
    Table,
    /// Comma-separated values, for spreadsheets.
    Csv,
    /// One array of flat objects.
    Json,
    /// One flat object a line.
    JsonLines,
    /// A pipe table, for tickets and reports.
    Markdown,
}

/// There is no format of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown format \"{name}\"; use table, csv, json, jsonl or markdown")]
pub struct UnknownFormat {
    /// What was asked for, safe to show.
    name: String,
}

impl Format {
    /// All formats, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::Table,
        Self::Csv,
        Self::Json,
        Self::JsonLines,
        Self::Markdown,
    ];

    /// The name by which the format is chosen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Markdown => "markdown",
        }
    }

    /// The format that the name of a file asks for, whatever the case of its extension.
    pub fn from_extension(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "txt" => Some(Self::Table),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "md" | "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }

    /// The extension of a file of this format, without a point.
    pub fn default_extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Markdown => "md",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| UnknownFormat {
                name: Printable::clipped(name.as_bytes(), 40).to_string(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_extensions_lead_back_to_the_format() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
            let path = format!("hunt.{}", format.default_extension());
            assert_eq!(Format::from_extension(Path::new(&path)), Some(format));
        }
        let by_name = |name: &str| Format::from_extension(Path::new(name));
        assert_eq!(by_name("a.NDJSON"), Some(Format::JsonLines));
        assert_eq!(by_name("a.csv.markdown"), Some(Format::Markdown));
        assert_eq!(by_name("a.xlsx"), None);
        assert_eq!(by_name("csv"), None);
    }

    #[test]
    fn an_unknown_name_is_shown_harmlessly() {
        let message = "x\x1b[2J"
            .parse::<Format>()
            .map_err(|error| error.to_string());
        assert_eq!(
            message,
            Err("unknown format \"x^[[2J\"; use table, csv, json, jsonl or markdown".to_owned())
        );
    }
}
