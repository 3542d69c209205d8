//! Domains of the events that are one name in several spellings, such as `Contoso.com` and
//! `contoso.com`, and what folding them would change: an analyst who matches domains exactly should
//! know of them.

use super::domain_matching::DomainMatching;
use crate::quantities;
use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;

/// The names that are told of by way of example.
const MOST_EXAMPLES: usize = 5;

/// The examples that a sentence gives.
const EXAMPLES_TOLD: usize = 3;

/// The names that stand in the events in more than one spelling: ones that differ in case, in a
/// trailing dot or in how an internationalised name is written. What folding would change is said of
/// the ranking with no exclusion on and of all times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spellings {
    /// How many names there are.
    pub names: usize,
    /// How many spellings they have together.
    pub spellings: usize,
    /// Names that would rank although none of their spellings does now.
    pub added_rows: usize,
    /// Rows of now that would become part of another one.
    pub merged_rows: usize,
    /// Names that rank now, and whose row would also count emails of spellings that do not rank.
    pub enlarged_rows: usize,
    /// Some of the names: first those for which folding changes the ranking, then those with most
    /// emails.
    pub examples: Vec<SpelledName>,
}

/// A name in more than one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpelledName {
    /// The name when it is folded.
    pub name: Vec<u8>,
    /// Its spellings, ascending by bytes.
    pub spellings: Vec<Spelling>,
}

/// A domain as the events spell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// The domain.
    pub domain: Vec<u8>,
    /// Emails we sent to it.
    pub outbound_emails: u64,
    /// Threat emails it sent us.
    pub incoming_emails_with_threats: u64,
}

impl Spellings {
    /// Of these domains; `emails` says how many outbound and threat emails the `index`-th has. One
    /// that has none does not stand in the events.
    pub fn of(domains: &[&[u8]], emails: impl Fn(usize) -> (u64, u64)) -> Self {
        let mut names: Vec<SpelledName> = in_several_spellings(domains)
            .into_iter()
            .map(|(name, members)| {
                let spellings = members.into_iter().map(|index| {
                    let (outbound_emails, incoming_emails_with_threats) = emails(index);
                    Spelling {
                        domain: domains[index].to_vec(),
                        outbound_emails,
                        incoming_emails_with_threats,
                    }
                });
                SpelledName::of(name.into_owned(), spellings)
            })
            .filter(|name| name.spellings.len() > 1)
            .collect();
        names.sort_by(|a, b| {
            let most_emails = b.emails().cmp(&a.emails());
            let changing_first = b.ranks_folded().cmp(&a.ranks_folded());
            changing_first.then(most_emails).then(a.name.cmp(&b.name))
        });
        Spellings {
            names: names.len(),
            spellings: names.iter().map(|name| name.spellings.len()).sum(),
            added_rows: names.iter().filter(|name| name.is_added()).count(),
            merged_rows: names.iter().map(SpelledName::merged_rows).sum(),
            enlarged_rows: names.iter().filter(|name| name.is_enlarged()).count(),
            examples: names.into_iter().take(MOST_EXAMPLES).collect(),
        }
    }

    /// What an analyst should know of them, where there are any.
    pub fn sentence(&self) -> Option<String> {
        if self.names == 0 {
            return None;
        }
        let domains = quantities::count(self.names as u64, "domain");
        let examples: Vec<String> = self
            .examples
            .iter()
            .take(EXAMPLES_TOLD)
            .map(SpelledName::listed)
            .collect();
        let changes = [
            (self.added_rows, "add"),
            (self.merged_rows, "merge"),
            (self.enlarged_rows, "raise the counts of"),
        ]
        .into_iter()
        .filter(|(rows, _)| *rows > 0)
        .map(|(rows, what)| format!("{what} {}", quantities::count(rows as u64, "row")))
        .collect::<Vec<_>>();
        let changes = if changes.is_empty() {
            "not change the ranking".to_owned()
        } else {
            format!("{} in the ranking", quantities::listed(&changes))
        };
        Some(format!(
            "{domains} in {} spellings (letter case, a trailing dot, international letters), which the query treats as \
             different: {}. Folding them (--domains folded, key d) would {changes}",
            quantities::number(self.spellings as u64),
            examples.join("; ")
        ))
    }

    /// Whether folding would change the ranking.
    pub fn change_the_ranking(&self) -> bool {
        self.added_rows + self.merged_rows + self.enlarged_rows > 0
    }
}

/// The indexes of the domains by folded name, of those names that are not always spelled as folded:
/// only these can have several spellings.
fn in_several_spellings<'d>(domains: &[&'d [u8]]) -> HashMap<Cow<'d, [u8]>, Vec<usize>> {
    let folded = |domain: &&'d [u8]| DomainMatching::Folded.group_of(domain);
    let otherwise: HashSet<Cow<'d, [u8]>> = domains
        .iter()
        .map(|domain| (domain, folded(domain)))
        .filter(|(domain, name)| **name != ***domain)
        .map(|(_, name)| name)
        .collect();
    let mut names: HashMap<Cow<'d, [u8]>, Vec<usize>> = HashMap::new();
    if otherwise.is_empty() {
        return names;
    }
    for (index, domain) in domains.iter().enumerate() {
        let name = folded(domain);
        if otherwise.contains(&name) {
            names.entry(name).or_default().push(index);
        }
    }
    names
}

impl SpelledName {
    /// Its spellings as a sentence repeats them.
    fn listed(&self) -> String {
        let spellings = self.spellings.iter();
        let quoted: Vec<String> = spellings
            .map(|spelling| format!("\"{}\"", String::from_utf8_lossy(&spelling.domain)))
            .collect();
        quoted.join(", ")
    }

    fn of(name: Vec<u8>, spellings: impl Iterator<Item = Spelling>) -> Self {
        let mut spellings: Vec<Spelling> =
            spellings.filter(|spelling| spelling.emails() > 0).collect();
        spellings.sort_by(|a, b| a.domain.cmp(&b.domain));
        SpelledName { name, spellings }
    }

    /// Emails we sent to it, in whichever spelling.
    pub fn outbound_emails(&self) -> u64 {
        let spellings = self.spellings.iter();
        spellings.map(|spelling| spelling.outbound_emails).sum()
    }

    /// Threat emails it sent us, in whichever spelling.
    pub fn incoming_emails_with_threats(&self) -> u64 {
        let spellings = self.spellings.iter();
        spellings
            .map(|spelling| spelling.incoming_emails_with_threats)
            .sum()
    }

    fn emails(&self) -> u64 {
        self.outbound_emails() + self.incoming_emails_with_threats()
    }

    /// Whether it ranks when it is folded: then folding changes the ranking.
    fn ranks_folded(&self) -> bool {
        self.outbound_emails() > 0 && self.incoming_emails_with_threats() > 0
    }

    /// The spellings that have a row of their own now.
    fn rows_now(&self) -> usize {
        let spellings = self.spellings.iter();
        spellings.filter(|spelling| spelling.ranks()).count()
    }

    fn is_added(&self) -> bool {
        self.rows_now() == 0 && self.ranks_folded()
    }

    fn merged_rows(&self) -> usize {
        self.rows_now().saturating_sub(1)
    }

    fn is_enlarged(&self) -> bool {
        self.rows_now() > 0 && self.rows_now() < self.spellings.len()
    }
}

impl Spelling {
    fn emails(&self) -> u64 {
        self.outbound_emails + self.incoming_emails_with_threats
    }

    fn ranks(&self) -> bool {
        self.outbound_emails > 0 && self.incoming_emails_with_threats > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spellings(emails: &[(&str, u64, u64)]) -> Spellings {
        let domains: Vec<&[u8]> = emails
            .iter()
            .map(|(domain, ..)| domain.as_bytes())
            .collect();
        Spellings::of(&domains, |index| (emails[index].1, emails[index].2))
    }

    fn example(spellings: &Spellings, index: usize) -> (String, Vec<String>) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let SpelledName { name, spellings } = &spellings.examples[index];
        let spellings = spellings.iter().map(|spelling| text(&spelling.domain));
        (text(name), spellings.collect())
    }

    #[test]
    fn names_in_one_spelling_are_not_told_of() {
        let found = spellings(&[("b.com", 1, 1), ("Contoso.com", 2, 1), ("mail.b.com", 1, 0)]);
        assert_eq!(found, Spellings::default());
        assert!(!found.change_the_ranking());
    }

    #[test]
    fn each_kind_of_change_is_counted() {
        let found = spellings(&[
            // A row where there was none.
            ("Added.com", 1, 0),
            ("added.com", 0, 1),
            // Three rows that become one.
            ("merged.com", 4, 1),
            ("Merged.com", 4, 1),
            ("merged.com.", 4, 1),
            // A row that counts more.
            ("büro.example", 30, 1),
            ("xn--bro-hoa.example", 1, 0),
            // Two spellings that change no row.
            ("quiet.com", 90, 0),
            ("QUIET.com", 1, 0),
            ("b.com", 1, 1),
        ]);
        assert_eq!((found.names, found.spellings), (4, 9));
        assert_eq!(found.added_rows, 1);
        assert_eq!(found.merged_rows, 2);
        assert_eq!(found.enlarged_rows, 1);
        assert!(found.change_the_ranking());
        let all = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let expected = |name: &str, spellings: &[&str]| (name.to_owned(), all(spellings));
        assert_eq!(
            example(&found, 0),
            expected(
                "xn--bro-hoa.example",
                &["büro.example", "xn--bro-hoa.example"]
            )
        );
        assert_eq!(
            example(&found, 1),
            expected("merged.com", &["Merged.com", "merged.com", "merged.com."])
        );
        assert_eq!(example(&found, 2).0, "added.com");
        assert_eq!(example(&found, 3).0, "quiet.com", "it changes nothing");
    }

    #[test]
    fn a_spelling_without_any_email_is_none() {
        let found = spellings(&[("Contoso.com", 3, 1), ("contoso.com", 0, 0)]);
        assert_eq!(found, Spellings::default());
    }

    #[test]
    fn a_few_examples_stand_for_many_names() {
        let domains: Vec<String> = (0..40).map(|n| format!("{}{n}.com", "aA")).collect();
        let folded: Vec<String> = domains.iter().map(|domain| domain.to_lowercase()).collect();
        let all: Vec<(&str, u64, u64)> = domains
            .iter()
            .chain(&folded)
            .map(|domain| (domain.as_str(), 1, 0))
            .collect();
        let found = spellings(&all);
        assert_eq!((found.names, found.spellings), (40, 80));
        assert_eq!(found.examples.len(), MOST_EXAMPLES);
        assert_eq!(found.examples[0].name, b"aa0.com");
        assert_eq!(found.examples[0].outbound_emails(), 2);
        assert_eq!(found.examples[0].incoming_emails_with_threats(), 0);
    }
}
