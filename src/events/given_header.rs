//! What the columns of files without a header line are, as the person says it.
//!
//! Wrong columns would be wrong numbers: the number of cells must fit, and a first row with a direction must
//! have it where the columns say.

use super::schema::{self, Table, documented, identify};
use std::str::FromStr;

/// How many columns of `EmailEvents` the known editions of Microsoft's page list: those of 2024-01-16 and of
/// 2026-08-03. New columns are added at the end, so that an earlier edition is the beginning of a later one.
const EDITIONS: [usize; 2] = [39, documented::of_table(Table::EmailEvents).len()];

/// The word for [`GivenHeader::EmailEvents`].
const EMAIL_EVENTS_WORD: &str = "emailevents";

/// What the columns are of files without a header line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenHeader {
    /// Those of a known edition of `EmailEvents`, in the documented order.
    EmailEvents,
    /// These, as written.
    Names(Vec<String>),
}

/// Why a text names no columns.
#[derive(Debug, thiserror::Error)]
pub enum UnusableHeader {
    /// Two commas with nothing between them.
    #[error("a column has no name; a file without a header needs a name for every column")]
    EmptyName,
    /// The columns are those of no table mailhunt reads.
    #[error("{0} (or use {EMAIL_EVENTS_WORD} for the documented order)")]
    OfNoTable(#[from] identify::MissingColumns),
}

impl FromStr for GivenHeader {
    type Err = UnusableHeader;

    fn from_str(text: &str) -> Result<Self, UnusableHeader> {
        if text.trim().eq_ignore_ascii_case(EMAIL_EVENTS_WORD) {
            return Ok(GivenHeader::EmailEvents);
        }
        let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        if names.iter().any(String::is_empty) {
            return Err(UnusableHeader::EmptyName);
        }
        let canonical: Vec<String> = names
            .iter()
            .map(|name| schema::canonical_name(name.as_bytes()))
            .collect();
        identify::of_header(&canonical)?;
        Ok(GivenHeader::Names(names))
    }
}

impl GivenHeader {
    /// Whether a row may have that many cells.
    pub(super) fn fits(&self, cells: usize) -> bool {
        self.columns(cells).is_ok()
    }

    /// The columns of a file whose first row has that many cells.
    ///
    /// # Errors
    /// A sentence for the person when these are not the columns of such a file.
    pub(super) fn columns(&self, cells: usize) -> Result<Vec<String>, String> {
        match self {
            GivenHeader::EmailEvents if EDITIONS.contains(&cells) => {
                Ok(documented::of_table(Table::EmailEvents)[..cells]
                    .iter()
                    .map(|name| (*name).to_owned())
                    .collect())
            }
            GivenHeader::EmailEvents => {
                let editions: Vec<String> = EDITIONS.iter().map(usize::to_string).collect();
                Err(format!(
                    "its first line has {cells} cells, but no known version of EmailEvents has that many columns \
                     ({}): name the columns of this file with --header NAME,NAME,…",
                    editions.join(" or ")
                ))
            }
            GivenHeader::Names(names) if names.len() == cells => Ok(names.clone()),
            GivenHeader::Names(names) => Err(format!(
                "its first line has {cells} cells, but --header names {} columns",
                names.len()
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn the_number_of_cells_tells_the_edition() {
        let columns = |cells| GivenHeader::EmailEvents.columns(cells);
        assert_eq!(columns(39).expect("known")[38], "LatestDeliveryAction");
        assert_eq!(columns(53).expect("known")[52], "Topics");
        for cells in [0, 1, 38, 40, 52, 54] {
            let sentence = columns(cells).expect_err("unknown");
            assert!(sentence.contains(&format!("{cells} cells")), "{sentence}");
            assert!(sentence.contains("39 or 53"), "{sentence}");
        }
    }

    #[test]
    fn names_are_taken_whatever_their_case() {
        let text = "emaildirection, SENDERFROMDOMAIN,RecipientEmailAddress,ThreatTypes,X-Own";
        let given: GivenHeader = text.parse().expect("columns");
        let columns = given.columns(5).expect("five");
        assert_eq!(
            columns[1..],
            [
                "SENDERFROMDOMAIN",
                "RecipientEmailAddress",
                "ThreatTypes",
                "X-Own"
            ]
        );
        assert!(!given.fits(4));
    }

    #[rstest]
    #[case("EmailDirection,Subject", "missing SenderFromDomain")]
    #[case("EmailDirection,,Subject", "no name")]
    #[case("", "no name")]
    fn names_that_cannot_be_counted_by_are_refused(#[case] text: &str, #[case] words: &str) {
        let error = text.parse::<GivenHeader>().expect_err("refused");
        assert!(error.to_string().contains(words), "{error}");
    }
}
