//! The domains of the hunt: how one is taken from an address, and numbers for them while counting.

use super::domain_matching::DomainMatching;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::sync::Arc;

/// `tostring(split(address, "@")[1])` of Kusto: what stands between the first and the second `@`,
/// byte for byte; empty when there is no `@`.
pub fn of_address(address: &[u8]) -> &[u8] {
    let Some(first) = memchr::memchr(b'@', address) else {
        return b"";
    };
    let rest = &address[first + 1..];
    let end = memchr::memchr(b'@', rest).unwrap_or(rest.len());
    &rest[..end]
}

/// Numbers for domains: the same bytes have the same number. The groups that domains belong to have
/// numbers among them, whether they are domains of the events or not.
#[derive(Clone, Debug, Default)]
pub struct DomainNumbers {
    domains: Vec<Arc<[u8]>>,
    /// For each domain, the number of the widest group it can belong to.
    widest_groups: Vec<u32>,
    /// The domains with their numbers.
    numbers: HashTable<(Arc<[u8]>, u32)>,
    hasher: DefaultHashBuilder,
}

impl DomainNumbers {
    /// The number of a domain, new if need be.
    pub fn number(&mut self, domain: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(domain);
        if let Some(number) = self.find_by_hash(hash, domain) {
            return number;
        }
        let number = self.domains.len() as u32;
        let shared: Arc<[u8]> = domain.into();
        self.domains.push(Arc::clone(&shared));
        let hasher = &self.hasher;
        self.numbers
            .insert_unique(hash, (shared, number), |(domain, _)| {
                hasher.hash_one(&**domain)
            });
        self.widest_groups.push(number);
        let group = DomainMatching::WIDEST.group_of(domain);
        if *group != *domain {
            self.widest_groups[number as usize] = self.number(&group);
        }
        number
    }

    /// The number of a domain, if it has one.
    pub fn find(&self, domain: &[u8]) -> Option<u32> {
        self.find_by_hash(self.hasher.hash_one(domain), domain)
    }

    fn find_by_hash(&self, hash: u64, domain: &[u8]) -> Option<u32> {
        let is_it = |(known, _): &(Arc<[u8]>, u32)| **known == *domain;
        self.numbers.find(hash, is_it).map(|(_, number)| *number)
    }

    /// The number of the widest group that a numbered domain can belong to.
    pub fn widest_group(&self, number: u32) -> u32 {
        self.widest_groups[number as usize]
    }

    /// The domain of a number that [`DomainNumbers::number`] gave.
    pub fn domain(&self, number: u32) -> &[u8] {
        &self.domains[number as usize]
    }

    /// The same, to be kept.
    pub(super) fn shared(&self, number: u32) -> &Arc<[u8]> {
        &self.domains[number as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.domains.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.domains.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// The vectors follow the documentation of Kusto's `split` and `tostring`.
    #[rstest]
    #[case("a@b.com", "b.com")]
    #[case("A@B.com", "B.com")]
    #[case("nodomain", "")]
    #[case("", "")]
    #[case("a@", "")]
    #[case("@b.com", "b.com")]
    #[case("a@b@c.com", "b")]
    #[case("\"x@y\"@z.com", "y\"")]
    #[case("a@b.com ", "b.com ")]
    #[case("a@b.com;c@d.com", "b.com;c")]
    fn the_domain_is_the_second_piece_of_the_split(#[case] address: &str, #[case] domain: &str) {
        assert_eq!(of_address(address.as_bytes()), domain.as_bytes());
    }

    #[test]
    fn domains_that_differ_in_case_have_different_numbers() {
        let mut numbers = DomainNumbers::default();
        let first = numbers.number(b"b.com");
        assert_ne!(numbers.number(b"B.com"), first);
        assert_eq!(numbers.number(b"b.com"), first);
        assert_eq!(numbers.domain(first), b"b.com");
    }

    #[test]
    fn domains_of_one_organisation_have_one_widest_group() {
        let mut numbers = DomainNumbers::default();
        let groups = ["Mail.b.com", "B.com", "b.com.", "c.com"].map(|domain| {
            let number = numbers.number(domain.as_bytes());
            numbers.widest_group(number)
        });
        assert_eq!(groups[0], groups[1]);
        assert_eq!(groups[0], groups[2]);
        assert_ne!(groups[0], groups[3]);
        assert_eq!(numbers.domain(groups[0]), b"b.com");
    }
}
