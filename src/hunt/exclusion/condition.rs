//! A condition of an exclusion: one field, and what its value must be like.
//!
//! The words are Sigma's. A missing value, or one that is not of the kind that is asked for, is never
//! like anything. To `exists` a value that says nothing, such as `[]`, is missing too.

use super::super::fields::Field;
use super::super::key_values::says_something;
use super::pattern::Pattern;
use super::texts::{DomainSet, Texts};
use crate::events::EventStore;
use crate::events::schema::{Table, names};
use crate::letter_case::fold_case;
use ipnet::{IpNet, Ipv4Net};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

/// One condition on one field of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// What is looked at.
    pub field: Field,
    /// For a field of several values, the links or files of an email: whether all of them must pass.
    pub every: bool,
    /// What a value must be like.
    pub test: Test,
}

impl Condition {
    /// The fields it looks at.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        let other = match &self.test {
            Test::EqualsField { field, .. } => Some(field),
            _ => None,
        };
        std::iter::once(&self.field).chain(other)
    }

    /// Whether all links of an email must pass, so that it must be known whether all of them are loaded.
    pub fn asks_for_every_link(&self) -> bool {
        self.every && self.field.companion() == Some(Table::EmailUrlInfo)
    }

    /// Whether a file does not say how many links its emails have, and it must be known.
    pub fn lacks_number_of_links(&self, store: &EventStore, file: usize) -> bool {
        self.asks_for_every_link() && !store.file_has_column(file, names::URL_COUNT)
    }
}

/// What a value must be like. A missing value is never like anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// There must be a value, or must be none.
    Exists(bool),
    /// It is this truth value, however the export spells it.
    Flag(bool),
    /// Equal to another field of the same event.
    EqualsField {
        /// The other field.
        field: Field,
        /// Whether case counts.
        cased: bool,
    },
    /// Compared with texts.
    Text {
        /// How they are compared.
        comparison: Comparison,
        /// The texts.
        texts: Texts,
        /// How many of them must fit.
        quantity: Quantity,
        /// Whether case counts.
        cased: bool,
    },
    /// Matched by regular expressions.
    Matches {
        /// The expressions.
        patterns: Vec<Pattern>,
        /// How many of them must match.
        quantity: Quantity,
    },
    /// An address in one of these networks.
    InNetwork(Vec<IpNet>),
    /// A number that stands in this relation to one of these.
    Number {
        /// The relation.
        relation: Relation,
        /// The numbers.
        bounds: Vec<Bound>,
    },
}

/// How many of several texts must fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantity {
    /// One is enough.
    #[default]
    Any,
    /// Each of them: Sigma's `all`.
    All,
}

impl Quantity {
    fn holds<T>(self, items: impl IntoIterator<Item = T>, fits: impl FnMut(T) -> bool) -> bool {
        let mut items = items.into_iter();
        match self {
            Quantity::Any => items.any(fits),
            Quantity::All => items.all(fits),
        }
    }
}

/// How a value is compared with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is the text.
    Equals,
    /// The text is part of it.
    Contains,
    /// It begins with the text.
    StartsWith,
    /// It ends with the text.
    EndsWith,
    /// It is this domain or a subdomain of it.
    Domain,
}

/// The relation of a number to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The same.
    Equal,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
}

impl Relation {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Relation::Equal => ordering.is_eq(),
            Relation::Greater => ordering.is_gt(),
            Relation::GreaterOrEqual => ordering.is_ge(),
            Relation::Less => ordering.is_lt(),
            Relation::LessOrEqual => ordering.is_le(),
        }
    }
}

/// A number of a definition or of a cell. Whole ones are kept whole: cluster ids have more digits than a
/// real number has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// A whole number.
    Whole(i64),
    /// Another one.
    Real(f64),
}

impl Bound {
    /// Reads the number in a cell.
    pub fn read(cell: &[u8]) -> Option<Bound> {
        let text = std::str::from_utf8(cell).ok()?.trim();
        if let Ok(whole) = text.parse() {
            return Some(Bound::Whole(whole));
        }
        // Words such as `inf` and `nan` are numbers to Rust only.
        let is_spelled_in_digits = text.bytes().any(|byte| byte.is_ascii_digit());
        let real = text.parse().ok().filter(|_| is_spelled_in_digits)?;
        Some(Bound::Real(real))
    }

    /// Whether it is more than a count.
    pub fn is_greater_than(self, count: usize) -> bool {
        let count = Bound::Whole(i64::try_from(count).unwrap_or(i64::MAX));
        self.compare(count).is_some_and(Ordering::is_gt)
    }

    fn compare(self, other: Bound) -> Option<Ordering> {
        match (self, other) {
            (Bound::Whole(one), Bound::Whole(other)) => Some(one.cmp(&other)),
            (one, other) => one.real().partial_cmp(&other.real()),
        }
    }

    fn real(self) -> f64 {
        match self {
            Bound::Whole(whole) => whole as f64,
            Bound::Real(real) => real,
        }
    }
}

impl Test {
    /// Whether a value passes. `own_domains` are those that `@own-domains` stands for.
    /// [`Test::EqualsField`] needs the other field and passes never here.
    pub fn passes(&self, value: &[u8], own_domains: &DomainSet) -> bool {
        if let Test::Exists(expected) = self {
            return says_something(value) == *expected;
        }
        if value.is_empty() {
            return false;
        }
        match self {
            Test::Flag(expected) => truth(value) == Some(*expected),
            Test::Exists(_) | Test::EqualsField { .. } => false,
            Test::Matches { patterns, quantity } => {
                quantity.holds(patterns, |pattern| pattern.is_match(value))
            }
            Test::InNetwork(networks) => address(value)
                .is_some_and(|address| networks.iter().any(|network| holds(network, address))),
            Test::Number { relation, bounds } => Bound::read(value).is_some_and(|number| {
                bounds.iter().any(|bound| {
                    number
                        .compare(*bound)
                        .is_some_and(|order| relation.holds(order))
                })
            }),
            Test::Text {
                comparison,
                texts,
                quantity,
                cased,
            } => {
                let value = folded_unless(*cased, value);
                match (comparison, quantity) {
                    (Comparison::Equals, Quantity::Any) => {
                        texts.contains(&value)
                            || texts.own_domains() && own_domains.contains(&value)
                    }
                    (Comparison::Domain, Quantity::Any) => {
                        texts.contains_domain_of(&value)
                            || texts.own_domains() && own_domains.contains_domain_of(&value)
                    }
                    (comparison, quantity) => {
                        quantity.holds(texts.iter(), |text| comparison.holds(&value, text))
                    }
                }
            }
        }
    }
}

/// The value as it is compared.
pub fn folded_unless(cased: bool, value: &[u8]) -> Cow<'_, [u8]> {
    if cased {
        return Cow::Borrowed(value);
    }
    fold_case(value)
}

/// The truth value that a cell spells, in any of the ways of exports.
fn truth(cell: &[u8]) -> Option<bool> {
    let cell = cell.trim_ascii();
    let is = |word: &str| cell.eq_ignore_ascii_case(word.as_bytes());
    if is("true") || is("1") {
        return Some(true);
    }
    (is("false") || is("0")).then_some(false)
}

/// Whether a network has an address. One of IPv4 is in a network of IPv6 by its mapped form, as in Kusto.
fn holds(network: &IpNet, address: IpAddr) -> bool {
    match (network, address) {
        (IpNet::V6(network), IpAddr::V4(address)) => network.contains(&address.to_ipv6_mapped()),
        (network, address) => network.contains(&address),
    }
}

/// A network of IPv4 addresses that is written as one of IPv6 (`::ffff:1.2.3.0/120`) is that network of IPv4.
pub fn canonical_network(network: IpNet) -> IpNet {
    /// The bits of an IPv6 address before the IPv4 address that it maps.
    const MAPPING_BITS: u8 = 96;
    let IpNet::V6(written) = network else {
        return network;
    };
    let mapped = written.addr().to_ipv4_mapped();
    let bits = written.prefix_len().checked_sub(MAPPING_BITS);
    mapped
        .zip(bits)
        .and_then(|(address, bits)| Ipv4Net::new(address, bits).ok())
        .map_or(network, IpNet::V4)
}

/// The address in a cell; an IPv4 address that is written as an IPv6 one is that IPv4 address.
fn address(cell: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(cell).ok()?.trim();
    let address: IpAddr = text.parse().ok()?;
    Some(address.to_canonical())
}

impl Comparison {
    /// Whether it holds of a value and a text, both as they are compared.
    fn holds(self, value: &[u8], text: &[u8]) -> bool {
        match self {
            Comparison::Equals => value == text,
            Comparison::Contains => memchr::memmem::find(value, text).is_some(),
            Comparison::StartsWith => value.starts_with(text),
            Comparison::EndsWith => value.ends_with(text),
            Comparison::Domain => is_domain_or_subdomain(value, text),
        }
    }
}

/// Whether `value` is `domain` or lies below it, at a label's edge; a trailing dot does not count.
fn is_domain_or_subdomain(value: &[u8], domain: &[u8]) -> bool {
    let value = value.strip_suffix(b".").unwrap_or(value);
    let domain = domain.strip_suffix(b".").unwrap_or(domain);
    match value.strip_suffix(domain) {
        Some(rest) => rest.is_empty() || rest.ends_with(b"."),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn texts(comparison: Comparison, texts: &[&str], quantity: Quantity) -> Test {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        Test::Text {
            comparison,
            texts: Texts::literal(&texts, false),
            quantity,
            cased: false,
        }
    }

    fn passes(test: &Test, value: &str) -> bool {
        test.passes(value.as_bytes(), &DomainSet::default())
    }

    #[rstest]
    #[case("splunk.com", true)]
    #[case("mail.splunk.com", true)]
    #[case("mail.splunk.com.", true)]
    #[case("evilsplunk.com", false)]
    #[case("splunk.com.evil.example", false)]
    #[case("", false)]
    fn a_domain_ends_at_a_label(#[case] value: &str, #[case] expected: bool) {
        for quantity in [Quantity::Any, Quantity::All] {
            let test = texts(Comparison::Domain, &["Splunk.com."], quantity);
            assert_eq!(passes(&test, value), expected);
            assert_eq!(passes(&test, &value.to_uppercase()), expected);
        }
    }

    #[test]
    fn all_asks_for_each_text() {
        let any = texts(Comparison::Contains, &["one", "two"], Quantity::Any);
        let all = texts(Comparison::Contains, &["one", "two"], Quantity::All);
        assert!(passes(&any, "only One"));
        assert!(!passes(&all, "only one"));
        assert!(passes(&all, "TWO and one"));
    }

    #[rstest]
    #[case("", false)]
    #[case(" \t", false)]
    #[case("[]", false)]
    #[case(" [ ] ", false)]
    #[case("{}", false)]
    #[case("null", false)]
    #[case("[null]", true)]
    #[case("[}", true)]
    #[case("0", true)]
    #[case("nullable", true)]
    fn what_says_nothing_does_not_exist(#[case] value: &str, #[case] exists: bool) {
        assert_eq!(passes(&Test::Exists(true), value), exists);
        assert_eq!(passes(&Test::Exists(false), value), !exists);
    }

    #[rstest]
    #[case(Relation::Greater, "7", [false, false, true])]
    #[case(Relation::GreaterOrEqual, "7.0", [false, true, true])]
    #[case(Relation::Less, " 7 ", [true, false, false])]
    #[case(Relation::LessOrEqual, "7e0", [true, true, false])]
    #[case(Relation::Equal, "7", [false, true, false])]
    #[case(Relation::LessOrEqual, "nan", [false, false, false])]
    #[case(Relation::LessOrEqual, "seven", [false, false, false])]
    fn numbers_are_compared_as_numbers(
        #[case] relation: Relation,
        #[case] bound: &str,
        #[case] expected: [bool; 3],
    ) {
        let Some(bound) = Bound::read(bound.as_bytes()) else {
            assert_eq!(expected, [false; 3]);
            return;
        };
        let test = Test::Number {
            relation,
            bounds: vec![bound],
        };
        assert_eq!(
            ["-6.5", "7", "10"].map(|value| passes(&test, value)),
            expected
        );
        assert!(!passes(&test, "ten"));
    }

    #[test]
    fn long_whole_numbers_keep_their_last_digit() {
        let test = Test::Number {
            relation: Relation::Equal,
            bounds: vec![Bound::Whole(9_007_199_254_740_993)],
        };
        assert!(passes(&test, "9007199254740993"));
        assert!(!passes(&test, "9007199254740992"));
    }

    #[rstest]
    #[case("203.0.113.9", true)]
    #[case("::ffff:203.0.113.9", true)]
    #[case("203.0.114.9", false)]
    #[case("2001:db8::1", true)]
    #[case("2001:db9::1", false)]
    #[case("partner.example", false)]
    fn addresses_lie_in_networks(#[case] value: &str, #[case] expected: bool) {
        let networks = ["203.0.113.0/24", "2001:db8::/32"];
        let networks = networks.map(|network| network.parse().expect("a network"));
        assert_eq!(passes(&Test::InNetwork(networks.to_vec()), value), expected);
    }

    #[rstest]
    #[case("::ffff:192.0.2.0/120", "192.0.2.0/24")]
    #[case("::FFFF:c000:0200/120", "192.0.2.0/24")]
    #[case("::ffff:192.0.2.7/128", "192.0.2.7/32")]
    #[case("::ffff:0.0.0.0/96", "0.0.0.0/0")]
    #[case("::ffff:0.0.0.0/95", "::ffff:0.0.0.0/95")]
    #[case("2001:db8::/120", "2001:db8::/120")]
    #[case("192.0.2.0/24", "192.0.2.0/24")]
    fn a_mapped_network_is_that_of_ipv4(#[case] written: &str, #[case] meant: &str) {
        let network = |text: &str| -> IpNet { text.parse().expect("a network") };
        assert_eq!(canonical_network(network(written)), network(meant));
        let in_it = Test::InNetwork(vec![canonical_network(network(written))]);
        let is_in_ipv4 = meant.starts_with("192.0.2.");
        if is_in_ipv4 || meant.starts_with("0.") || meant.starts_with("::") {
            for address in ["192.0.2.7", "::ffff:192.0.2.7", "::ffff:c000:207"] {
                assert!(passes(&in_it, address), "{address}");
            }
        }
        if is_in_ipv4 {
            for address in [
                "192.0.3.7",
                "::ffff:192.0.3.7",
                "::192.0.2.7",
                "2001:db8::1",
            ] {
                assert!(!passes(&in_it, address), "{address}");
            }
        }
    }

    #[test]
    fn truth_values_are_spelled_in_many_ways() {
        for value in ["true", "True", "1"] {
            assert!(passes(&Test::Flag(true), value));
            assert!(!passes(&Test::Flag(false), value));
        }
        assert!(passes(&Test::Flag(false), "FALSE"));
        assert!(!passes(&Test::Flag(false), "no"));
    }
}
