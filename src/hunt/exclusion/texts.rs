//! The texts of a condition: as they were written, with the names of lists, and as they are compared.

use crate::letter_case::fold_case;
use hashbrown::HashSet;

/// Domains, without case and final dot, that are looked up at the edges of labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSet(HashSet<Box<[u8]>>);

impl DomainSet {
    /// Puts a domain in.
    pub fn insert(&mut self, domain: &[u8]) {
        let folded = fold_case(domain);
        if !self.0.contains(without_final_dot(&folded)) {
            self.0.insert(without_final_dot(&folded).into());
        }
    }

    /// Whether this folded domain is in it.
    pub fn contains(&self, folded: &[u8]) -> bool {
        self.0.contains(without_final_dot(folded))
    }

    /// Whether this folded domain or one above it is in it.
    pub fn contains_domain_of(&self, folded: &[u8]) -> bool {
        let mut rest = without_final_dot(folded);
        loop {
            if self.0.contains(rest) {
                return true;
            }
            match memchr::memchr(b'.', rest) {
                Some(dot) => rest = &rest[dot + 1..],
                None => return false,
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The domains, ascending.
    pub fn sorted(&self) -> Vec<&[u8]> {
        let mut domains: Vec<&[u8]> = self.0.iter().map(|domain| &**domain).collect();
        domains.sort_unstable();
        domains
    }
}

fn without_final_dot(domain: &[u8]) -> &[u8] {
    domain.strip_suffix(b".").unwrap_or(domain)
}

/// The texts of a condition.
#[derive(Clone, Debug)]
pub struct Texts {
    /// As written: texts, and names of lists.
    written: Vec<String>,
    /// As they are compared; without case unless case counts.
    compared: Vec<Box<[u8]>>,
    /// The same, to be looked up.
    set: HashSet<Box<[u8]>>,
    /// The same without final dots, to be looked up as domains.
    domains: DomainSet,
    own_domains: bool,
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        (&self.written, &self.compared, self.own_domains)
            == (&other.written, &other.compared, other.own_domains)
    }
}

impl Texts {
    /// Of what was written, the texts it stands for, and whether it stands for the domains of the events
    /// that are our own too.
    pub fn new(written: Vec<String>, texts: &[String], own_domains: bool, cased: bool) -> Self {
        let compared: Vec<Box<[u8]>> = texts
            .iter()
            .map(|text| {
                if cased {
                    text.as_bytes().into()
                } else {
                    fold_case(text.as_bytes()).into()
                }
            })
            .collect();
        let mut domains = DomainSet::default();
        for text in &compared {
            domains.0.insert(without_final_dot(text).into());
        }
        Texts {
            written,
            set: compared.iter().cloned().collect(),
            compared,
            domains,
            own_domains,
        }
    }

    /// Of texts that stand for themselves.
    pub fn literal(texts: &[String], cased: bool) -> Self {
        let written = texts
            .iter()
            .map(|text| super::lists::literal(text))
            .collect();
        Texts::new(written, texts, false, cased)
    }

    /// The same texts with none of them named by a list, but for our own domains that the events show.
    #[must_use]
    pub fn written_out(&self, cased: bool) -> Self {
        let texts = self.compared.iter();
        let texts: Vec<String> = texts
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .collect();
        let mut written: Vec<String> = texts
            .iter()
            .map(|text| super::lists::literal(text))
            .collect();
        if self.own_domains {
            written.push(format!("@{}", super::lists::OWN_DOMAINS));
        }
        Texts::new(written, &texts, self.own_domains, cased)
    }

    /// As they were written, with the names of lists.
    pub fn written(&self) -> &[String] {
        &self.written
    }

    /// As they are compared.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.compared.iter().map(|text| &**text)
    }

    /// Whether the domains of the events that are our own are meant too.
    pub fn own_domains(&self) -> bool {
        self.own_domains
    }

    /// Whether a value is one of the texts.
    pub(super) fn contains(&self, value: &[u8]) -> bool {
        self.set.contains(value)
    }

    /// Whether a domain is one of the texts or lies below one.
    pub(super) fn contains_domain_of(&self, domain: &[u8]) -> bool {
        self.domains.contains_domain_of(domain)
    }
}
