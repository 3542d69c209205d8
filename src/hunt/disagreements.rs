//! Emails we sent for which the column `RecipientDomain` has another domain than their address, as where addresses were
//! made unreadable before the export; and how the ranking would change if the column were taken.

use super::cube_builder::CubeBuilder;
use super::domain::DomainNumbers;
use super::domain_matching::DomainMatching;
use crate::events::Batch;
use crate::events::address::{self, domain_by_query};
use crate::events::column::Column;
use crate::events::schema::names;
use crate::quantities::count;
use hashbrown::{HashMap, HashSet};

/// The addresses of a batch, and the domains that stand beside them.
#[derive(Clone, Copy, Debug)]
pub(super) struct DomainsBeside<'b> {
    addresses: &'b Column,
    domains: &'b Column,
}

impl<'b> DomainsBeside<'b> {
    /// None where the batch lacks one of the columns.
    pub(super) fn of(batch: &'b Batch) -> Option<Self> {
        Some(DomainsBeside {
            addresses: batch.column(names::RECIPIENT_EMAIL_ADDRESS)?,
            domains: batch.column(names::RECIPIENT_DOMAIN)?,
        })
    }

    /// The domain of a row's address as the query takes it, and the one beside it, if they are not the same.
    pub(super) fn disagreement(self, row: usize) -> Option<(&'b [u8], &'b [u8])> {
        let (address, domain) = (self.addresses.get(row), self.domains.get(row));
        disagree(address, domain).then(|| (domain_by_query(address), domain))
    }
}

/// Whether a domain, which is not empty, is none of those that people mean by an address.
fn disagree(address: &[u8], domain: &[u8]) -> bool {
    // Nearly all end here: the address ends with the domain.
    if let Some(before) = address.strip_suffix(domain)
        && (domain.is_empty() || before.ends_with(b"@"))
    {
        return false;
    }
    let folded = |domain| DomainMatching::Folded.group_of(domain);
    let wanted = folded(domain);
    let recipients = address::read(address).recipients;
    recipients
        .iter()
        .all(|recipient| folded(recipient.domain) != wanted)
}

/// The emails for which the two disagree, by the numbers of both domains.
#[derive(Clone, Debug, Default)]
pub(super) struct Disagreements {
    emails: HashMap<(u32, u32), u64>,
    first: Option<(u32, u32)>,
}

impl Disagreements {
    /// Adds emails with these domains: that of the address and that of the column.
    pub(super) fn add(&mut self, domains: (u32, u32), emails: u64) {
        self.first.get_or_insert(domains);
        *self.emails.entry(domains).or_default() += emails;
    }

    /// What taking the column would change of what was counted.
    pub(super) fn effect(
        &self,
        numbers: &DomainNumbers,
        cube: &mut CubeBuilder,
    ) -> Option<DisagreeingDomains> {
        let (address, column) = self.first?;
        let mut emails = cube.emails(numbers.len());
        for (&number, irregular) in numbers.irregular() {
            let outbound = std::mem::take(&mut emails[number as usize].0);
            if let Some(taken) = irregular.taken {
                emails[taken as usize].0 += outbound;
            }
        }
        let (mut taken_away, mut added): (HashMap<u32, u64>, HashMap<u32, u64>) =
            Default::default();
        for (&(address, column), &moved) in &self.emails {
            *taken_away.entry(address).or_default() += moved;
            *added.entry(column).or_default() += moved;
        }
        let of =
            |moved: &HashMap<u32, u64>, number| moved.get(&number).copied().unwrap_or_default();
        let mut effect = DisagreeingDomains {
            emails: self.emails.values().sum(),
            example: [address, column].map(|number| numbers.domain(number).to_vec()),
            ..DisagreeingDomains::default()
        };
        let touched: HashSet<u32> = taken_away.keys().chain(added.keys()).copied().collect();
        for number in touched {
            let (before, threats) = emails[number as usize];
            let after = (before + of(&added, number)).saturating_sub(of(&taken_away, number));
            if threats == 0 || before == after {
                continue;
            }
            *match (before, after) {
                (0, _) => &mut effect.added_rows,
                (_, 0) => &mut effect.removed_rows,
                _ => &mut effect.changed_rows,
            } += 1;
        }
        Some(effect)
    }
}

/// Emails we sent for which `RecipientDomain` has another domain than their address, and what taking the column would change
/// of the ranking with no exclusion on, of all times, matched to the letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisagreeingDomains {
    /// How many emails.
    pub emails: u64,
    /// Rows the ranking would have in addition.
    pub added_rows: usize,
    /// Rows it would no longer have.
    pub removed_rows: usize,
    /// Rows with another number of outbound emails.
    pub changed_rows: usize,
    /// The domain of an address, and the one that stands beside it.
    pub example: [Vec<u8>; 2],
}

impl DisagreeingDomains {
    /// What an analyst should know of them.
    pub fn sentence(&self) -> String {
        let changes = [
            (self.added_rows, "add"),
            (self.removed_rows, "remove"),
            (self.changed_rows, "change the emails of"),
        ];
        let changes = changes.iter().filter(|(rows, _)| *rows > 0);
        let changes: Vec<String> = changes
            .map(|(rows, what)| format!("{what} {}", count(*rows as u64, "row")))
            .collect();
        let changes = if changes.is_empty() {
            "not change the ranking".to_owned()
        } else {
            format!("{} of the ranking", changes.join(", "))
        };
        let [address, column] = &self.example;
        format!(
            "RecipientDomain is not the domain of the address in {} sent (such as \"{}\" beside the domain \"{}\"), as where \
             addresses were made unreadable before the export. Taking the column (--recipient-domain column, key R in the \
             files pane) would {changes}",
            count(self.emails, "email"),
            String::from_utf8_lossy(column),
            String::from_utf8_lossy(address),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a@x.example", "x.example", false)]
    #[case("a@X.example.", "x.example", false)]
    #[case("a@x.example", "", false)]
    #[case("", "", false)]
    #[case("A <a@x.example>", "x.example", false)]
    #[case("a@x.example;b@y.example", "y.example", false)]
    #[case("a@büro.example", "xn--bro-hoa.example", false)]
    #[case("a@x.example", "y.example", true)]
    #[case("a@mail.x.example", "x.example", true)]
    #[case("user1", "x.example", true)]
    #[case("", "x.example", true)]
    fn domains_disagree_where_no_recipient_has_the_one_beside(
        #[case] address: &str,
        #[case] domain: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(disagree(address.as_bytes(), domain.as_bytes()), expected);
    }
}
