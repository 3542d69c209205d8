//! Numbers for the partners of the hunt while emails are counted.

use super::domain_matching::DomainMatching;
use super::partner::{CountedFor, Partner};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::sync::Arc;

/// Numbers for partners: the same bytes have the same number. The groups that domains belong to have numbers among them,
/// whether they are domains of the events or not.
#[derive(Clone, Debug, Default)]
pub struct DomainNumbers {
    /// The domains as the query takes them.
    domains: Vec<Arc<[u8]>>,
    /// For each partner, the number of the widest group it can belong to.
    widest_groups: Vec<u32>,
    /// The partners that are taken otherwise than they are meant, by number.
    irregular: BTreeMap<u32, Irregular>,
    /// The texts of partners with their numbers.
    numbers: HashTable<(Arc<[u8]>, u32)>,
    hasher: DefaultHashBuilder,
}

/// A partner whose domain the query takes otherwise than people mean it.
#[derive(Clone, Debug)]
pub struct Irregular {
    /// The number of the domain that the query takes; `None` where nothing counts to the letter.
    pub taken: Option<u32>,
    /// The domain as people mean it.
    pub meant: Arc<[u8]>,
}

impl DomainNumbers {
    /// The number of a domain, new if need be.
    pub fn number(&mut self, domain: &[u8]) -> u32 {
        self.number_of(Partner::plain(domain))
    }

    /// The number of a partner, new if need be.
    pub fn number_of(&mut self, partner: Partner<'_>) -> u32 {
        let text = CountedFor::Partner(partner).text();
        let hash = self.hasher.hash_one(&*text);
        if let Some(number) = self.find_by_hash(hash, &text) {
            return number;
        }
        let number = self.domains.len() as u32;
        let shared: Arc<[u8]> = (&*text).into();
        let domain = if *text == *partner.taken {
            Arc::clone(&shared)
        } else {
            partner.taken.into()
        };
        self.domains.push(domain);
        let hasher = &self.hasher;
        self.numbers
            .insert_unique(hash, (shared, number), |(text, _)| hasher.hash_one(&**text));
        self.widest_groups.push(number);
        let group = DomainMatching::WIDEST.group_of(partner.meant);
        if !partner.is_plain() || *group != *partner.taken {
            self.widest_groups[number as usize] = self.number(&group);
        }
        if !partner.is_plain() {
            let irregular = Irregular {
                taken: (!partner.is_further).then(|| self.number(partner.taken)),
                meant: partner.meant.into(),
            };
            self.irregular.insert(number, irregular);
        }
        number
    }

    /// The number of a domain that is taken as it is meant, if it has one.
    pub fn find(&self, domain: &[u8]) -> Option<u32> {
        let text = CountedFor::text_of(domain);
        self.find_by_hash(self.hasher.hash_one(&*text), &text)
    }

    fn find_by_hash(&self, hash: u64, text: &[u8]) -> Option<u32> {
        let is_it = |(known, _): &(Arc<[u8]>, u32)| **known == *text;
        self.numbers.find(hash, is_it).map(|(_, number)| *number)
    }

    /// The number of the widest group that a numbered partner can belong to.
    pub fn widest_group(&self, number: u32) -> u32 {
        self.widest_groups[number as usize]
    }

    /// The domain of a partner as the query takes it.
    pub fn domain(&self, number: u32) -> &[u8] {
        &self.domains[number as usize]
    }

    /// The same, to be kept.
    pub(super) fn shared(&self, number: u32) -> &Arc<[u8]> {
        &self.domains[number as usize]
    }

    /// The partners whose domain the query takes otherwise than people mean it, by number.
    pub fn irregular(&self) -> &BTreeMap<u32, Irregular> {
        &self.irregular
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

    #[test]
    fn domains_that_differ_in_case_have_different_numbers() {
        let mut numbers = DomainNumbers::default();
        let first = numbers.number(b"b.com");
        assert_ne!(numbers.number(b"B.com"), first);
        assert_eq!(numbers.number(b"b.com"), first);
        assert_eq!(numbers.domain(first), b"b.com");
        let marked = numbers.number(b"@1");
        assert_eq!(
            (numbers.domain(marked), numbers.find(b"@1")),
            (b"@1".as_slice(), Some(marked))
        );
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

    #[test]
    fn a_partner_that_is_meant_otherwise_has_a_number_of_its_own() {
        let mut numbers = DomainNumbers::default();
        let plain = numbers.number(b"x>");
        let partner = Partner {
            taken: b"x>",
            meant: b"mail.x.com",
            is_further: false,
        };
        let further = Partner {
            is_further: true,
            ..partner
        };
        let (first, further) = (numbers.number_of(partner), numbers.number_of(further));
        assert_eq!(numbers.number_of(partner), first);
        assert!(plain != first && first != further);
        assert_eq!(numbers.domain(first), b"x>");
        let groups = [first, further].map(|number| numbers.widest_group(number));
        assert_eq!(
            groups.map(|group| numbers.domain(group)),
            [b"x.com", b"x.com"]
        );
        let taken = [first, further].map(|number| numbers.irregular()[&number].taken);
        assert_eq!(taken, [Some(plain), None]);
    }
}
