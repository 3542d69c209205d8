//! Where the domains of recipients are taken from: from their addresses, as the query does, or from the column
//! `RecipientDomain`, which newer exports have beside them.

use super::batch::Batch;
use super::column::Column;
use super::schema::{self, names};
use std::fmt;
use std::str::FromStr;

/// Where the domains of recipients are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecipientDomains {
    /// `RecipientEmailAddress`, as in the query.
    #[default]
    Address,
    /// `RecipientDomain`: the addresses may have been made unreadable before they were exported.
    Column,
}

/// There is no such source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("recipient domains come from `address` or from `column` (RecipientDomain)")]
pub struct UnknownSource;

impl RecipientDomains {
    /// Both.
    pub const ALL: [RecipientDomains; 2] = [RecipientDomains::Address, RecipientDomains::Column];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            RecipientDomains::Address => "address",
            RecipientDomains::Column => "column",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            RecipientDomains::Address => RecipientDomains::Column,
            RecipientDomains::Column => RecipientDomains::Address,
        }
    }

    /// The cells of a batch from which the domains are taken: of the other column where its file lacks this one. Where
    /// records leave out what is empty, other batches of the file may have the column: then these have no domain.
    pub fn cells(self, batch: &Batch, file_has: RecipientColumns) -> RecipientCells<'_> {
        let addresses = batch.column(names::RECIPIENT_EMAIL_ADDRESS);
        let domains = batch.column(names::RECIPIENT_DOMAIN);
        let are_addresses = match self {
            RecipientDomains::Address => {
                addresses.is_some() || file_has.addresses || domains.is_none()
            }
            RecipientDomains::Column => domains.is_none() && !file_has.domains,
        };
        RecipientCells {
            column: if are_addresses { addresses } else { domains },
            are_addresses,
        }
    }
}

/// Which columns about recipients a file has in any of its records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecipientColumns {
    /// `RecipientEmailAddress`.
    pub addresses: bool,
    /// `RecipientDomain`.
    pub domains: bool,
}

/// The cells from which the domains of recipients are taken.
#[derive(Clone, Copy, Debug)]
pub struct RecipientCells<'b> {
    /// Their column, if there is one.
    pub column: Option<&'b Column>,
    /// Whether they are addresses, and not the domains themselves.
    pub are_addresses: bool,
}

/// The domain in a cell of `RecipientDomain`: empty where the cell says in words or signs that there is none.
pub fn domain_in_column(cell: &[u8]) -> &[u8] {
    let says_nothing = cell.trim_ascii().is_empty() || schema::spells_out_nothing(cell);
    if says_nothing { b"" } else { cell }
}

impl FromStr for RecipientDomains {
    type Err = UnknownSource;

    fn from_str(name: &str) -> Result<Self, UnknownSource> {
        let mut all = RecipientDomains::ALL.into_iter();
        all.find(|source| source.name() == name)
            .ok_or(UnknownSource)
    }
}

impl fmt::Display for RecipientDomains {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("x.example", "x.example")]
    #[case("X.example ", "X.example ")]
    #[case("", "")]
    #[case(" ", "")]
    #[case("-", "")]
    #[case("n/a", "")]
    #[case("NULL", "")]
    #[case("\\N", "")]
    #[case("[]", "")]
    #[case("nil.example", "nil.example")]
    fn words_for_nothing_are_no_domain(#[case] cell: &str, #[case] domain: &str) {
        assert_eq!(domain_in_column(cell.as_bytes()), domain.as_bytes());
    }
}
