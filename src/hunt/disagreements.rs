//! Emails we sent for which the column `RecipientDomain` has another domain than their address, as where addresses were
//! made unreadable before the export; and how the ranking would change if the column were taken.

use super::cube_builder::CubeBuilder;
use super::domain::DomainNumbers;
use super::domain_matching::DomainMatching;
use super::partner::Moved;
use crate::events::Batch;
use crate::events::address::{self, domain_by_query};
use crate::events::column::Column;
use crate::events::recipient_domains::{RecipientColumns, domain_in_column};
use crate::events::schema::names;
use crate::quantities::{count, listed};
use hashbrown::{HashMap, HashSet};
use std::cmp::Reverse;

/// The addresses of a batch, and the domains that stand beside them.
#[derive(Clone, Copy, Debug)]
pub(super) struct DomainsBeside<'b> {
    /// None where no row has one.
    addresses: Option<&'b Column>,
    domains: Option<&'b Column>,
}

impl<'b> DomainsBeside<'b> {
    /// None where the file lacks one of the two.
    pub(super) fn of(batch: &'b Batch, file_has: RecipientColumns) -> Option<Self> {
        let addresses = batch.column(names::RECIPIENT_EMAIL_ADDRESS);
        let domains = batch.column(names::RECIPIENT_DOMAIN);
        let has_both =
            (addresses.is_some() || file_has.addresses) && (domains.is_some() || file_has.domains);
        has_both.then_some(DomainsBeside { addresses, domains })
    }

    /// The domains for which a row counts by its address and by the column, if they are not the same.
    pub(super) fn moved(self, row: usize) -> Option<Moved<'b>> {
        let [cell, domain] = [self.addresses, self.domains]
            .map(|column| column.map_or(b"".as_slice(), |column| column.get(row)));
        // Nearly all end here.
        let (address, column) = (domain_by_query(cell), domain_in_column(domain));
        (address != column).then(|| Moved {
            address,
            column,
            disagree: disagree(cell, column),
        })
    }
}

/// Whether people mean other domains than this one by an address. An empty domain does not disagree.
fn disagree(address: &[u8], domain: &[u8]) -> bool {
    if domain.is_empty() {
        return false;
    }
    let folded = |domain| DomainMatching::Folded.group_of(domain);
    let wanted = folded(domain);
    let recipients = address::read(address).recipients;
    recipients
        .iter()
        .all(|recipient| folded(recipient.domain) != wanted)
}

impl Moved<'_> {
    /// Replaces the domains by their numbers.
    pub(super) fn numbered(self, numbers: &mut DomainNumbers) -> MovedNumbers {
        MovedNumbers {
            address: numbers.number(self.address),
            column: numbers.number(self.column),
            disagree: self.disagree,
        }
    }
}

/// The numbers of the domains of [`Moved`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct MovedNumbers {
    address: u32,
    column: u32,
    disagree: bool,
}

/// The emails that count for another domain where the column is taken, by the numbers of both domains.
#[derive(Clone, Debug, Default)]
pub(super) struct Disagreements {
    emails: HashMap<MovedNumbers, u64>,
}

impl Disagreements {
    /// Adds emails with these domains.
    pub(super) fn add(&mut self, moved: Moved<'_>, numbers: &mut DomainNumbers, emails: u64) {
        self.add_numbered(moved.numbered(numbers), emails);
    }

    /// Adds emails with these domains.
    pub(super) fn add_numbered(&mut self, moved: MovedNumbers, emails: u64) {
        *self.emails.entry(moved).or_default() += emails;
    }

    /// Adds emails of a number that are without a domain in the column.
    pub(super) fn add_without_column(
        &mut self,
        number: u32,
        emails: u64,
        numbers: &mut DomainNumbers,
    ) {
        let column = numbers.number(b"");
        let address = match numbers.irregular().get(&number) {
            Some(irregular) => irregular.taken,
            None => Some(number),
        };
        if let Some(address) = address.filter(|address| emails > 0 && *address != column) {
            let moved = MovedNumbers {
                address,
                column,
                disagree: false,
            };
            self.add_numbered(moved, emails);
        }
    }

    /// What taking the column would change of what was counted.
    pub(super) fn effect(
        &self,
        numbers: &DomainNumbers,
        cube: &mut CubeBuilder,
    ) -> Option<DisagreeingDomains> {
        let example = self.example(numbers)?;
        let mut emails = cube.emails(numbers.len());
        for (&number, irregular) in numbers.irregular() {
            let outbound = std::mem::take(&mut emails[number as usize].0);
            if let Some(taken) = irregular.taken {
                emails[taken as usize].0 += outbound;
            }
        }
        let (mut taken_away, mut added): (HashMap<u32, u64>, HashMap<u32, u64>) =
            Default::default();
        for (moved, &emails) in &self.emails {
            *taken_away.entry(moved.address).or_default() += emails;
            *added.entry(moved.column).or_default() += emails;
        }
        let of =
            |moved: &HashMap<u32, u64>, number| moved.get(&number).copied().unwrap_or_default();
        let mut effect = DisagreeingDomains {
            emails: self.sum_of(|moved| moved.disagree),
            without_domain: self.sum_of(|moved| numbers.domain(moved.column).is_empty()),
            example: example.map(<[u8]>::to_vec),
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

    /// The domain of an address and the one beside it that disagree in most emails; of several the first in alphabetical
    /// order, as no order of loading may show.
    fn example<'n>(&self, numbers: &'n DomainNumbers) -> Option<[&'n [u8]; 2]> {
        let disagreeing = self.emails.iter().filter(|(moved, _)| moved.disagree);
        let domains = |moved: &MovedNumbers| {
            [moved.address, moved.column].map(|number| numbers.domain(number))
        };
        let example = disagreeing
            .map(|(moved, emails)| (Reverse(*emails), domains(moved)))
            .min()?;
        Some(example.1)
    }

    fn sum_of(&self, is_asked: impl Fn(&MovedNumbers) -> bool) -> u64 {
        let emails = self.emails.iter();
        let asked = emails.filter(|(moved, _)| is_asked(moved));
        asked.map(|(_, emails)| emails).sum()
    }
}

/// Emails we sent for which `RecipientDomain` has another domain than their address, and what taking the column would change
/// of the ranking with no exclusion on, of all times, matched to the letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisagreeingDomains {
    /// How many emails.
    pub emails: u64,
    /// Further emails that have a domain in their address and none in the column.
    pub without_domain: u64,
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
            (self.changed_rows, "change the outbound count of"),
        ];
        let changes = changes.iter().filter(|(rows, _)| *rows > 0);
        let changes: Vec<String> = changes
            .map(|(rows, what)| format!("{what} {}", count(*rows as u64, "row")))
            .collect();
        let changes = if changes.is_empty() {
            "not change the ranking".to_owned()
        } else {
            format!("{} in the ranking", listed(&changes))
        };
        let [address, column] = &self.example;
        let without_domain = match self.without_domain {
            0 => String::new(),
            emails => format!(
                " and leave {} without a recipient domain",
                count(emails, "email")
            ),
        };
        format!(
            "RecipientDomain is not the domain of the address in {} (such as \"{}\" where the address has \"{}\"), as when \
             addresses were redacted before the export. Using the column (--recipient-domain column, key R in the files \
             pane) would {changes}{without_domain}",
            count(self.emails, "sent email"),
            String::from_utf8_lossy(column),
            String::from_utf8_lossy(address),
        )
    }
}

/// What an analyst should know where the column is taken and so many emails have no domain in it.
pub fn sentence_without_domain(emails: u64) -> Option<String> {
    let (have, they_count) = if emails == 1 {
        ("has", "it counts")
    } else {
        ("have", "they count")
    };
    (emails > 0).then(|| {
        format!(
            "{} {have} no RecipientDomain: {they_count} toward no partner",
            count(emails, "sent email")
        )
    })
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
