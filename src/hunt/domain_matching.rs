//! How domains are matched: which of them the hunt takes for one. A way of matching is a function
//! from a domain to the name of its group, and each way that follows only joins groups of the one
//! before: those of one folded name have one registrable domain.

use crate::letter_case::fold_case;
use idna::AsciiDenyList;
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Which domains are taken for one. The wider ones come later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum DomainMatching {
    /// Those that are the same byte for byte: how the query compares them.
    #[default]
    Exact,
    /// Those that differ in case, in a trailing dot or in how an internationalised name is spelled.
    Folded,
    /// Those of one organisation, by the public suffix list.
    Registrable,
}

/// There is no way of matching of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("domains can be grouped exact, folded or registrable")]
pub struct UnknownMatching;

impl DomainMatching {
    /// All of them, from the narrowest to the widest.
    pub const ALL: [DomainMatching; 3] = [
        DomainMatching::Exact,
        DomainMatching::Folded,
        DomainMatching::Registrable,
    ];

    /// The one that takes most domains for one.
    pub const WIDEST: DomainMatching = DomainMatching::Registrable;

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            DomainMatching::Exact => "exact",
            DomainMatching::Folded => "folded",
            DomainMatching::Registrable => "registrable",
        }
    }

    /// How domains are matched, as the end of a sentence.
    pub fn doc(self) -> &'static str {
        match self {
            DomainMatching::Exact => "exactly, as in the query",
            DomainMatching::Folded => "ignoring case, trailing dot and international spelling",
            DomainMatching::Registrable => {
                "by organisation, including subdomains (public suffix list)"
            }
        }
    }

    /// The next one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            DomainMatching::Exact => DomainMatching::Folded,
            DomainMatching::Folded => DomainMatching::Registrable,
            DomainMatching::Registrable => DomainMatching::Exact,
        }
    }

    /// The name of the group a domain belongs to. That of a group's name is itself.
    pub fn group_of(self, domain: &[u8]) -> Cow<'_, [u8]> {
        match self {
            DomainMatching::Exact => Cow::Borrowed(domain),
            DomainMatching::Folded => folded(domain),
            DomainMatching::Registrable => match folded(domain) {
                Cow::Borrowed(name) => Cow::Borrowed(registrable(name)),
                Cow::Owned(name) => Cow::Owned(registrable(&name).to_vec()),
            },
        }
    }
}

impl FromStr for DomainMatching {
    type Err = UnknownMatching;

    fn from_str(name: &str) -> Result<Self, UnknownMatching> {
        DomainMatching::ALL
            .into_iter()
            .find(|matching| matching.name() == name)
            .ok_or(UnknownMatching)
    }
}

impl fmt::Display for DomainMatching {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The most bytes of a name that is looked at as an internationalised one. None that DNS can hold
/// is longer, in whichever spelling.
const LONGEST_INTERNATIONALISED: usize = 1000;

/// The name without case, without a trailing dot and, where it is a valid internationalised one, in
/// the spelling of DNS (`xn--…`): the one that names a lookalike by what it is.
fn folded(domain: &[u8]) -> Cow<'_, [u8]> {
    let name = if may_be_internationalised(domain) {
        spelled_as_in_dns(domain).unwrap_or_else(|| fold_case(domain))
    } else {
        fold_case(domain)
    };
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(without_trailing_dot(name)),
        Cow::Owned(mut name) => {
            name.truncate(without_trailing_dot(&name).len());
            Cow::Owned(name)
        }
    }
}

fn may_be_internationalised(domain: &[u8]) -> bool {
    let is_punycode = |label: &[u8]| label.len() >= 4 && label[..4].eq_ignore_ascii_case(b"xn--");
    domain.len() <= LONGEST_INTERNATIONALISED
        && (!domain.is_ascii() || domain.split(|&byte| byte == b'.').any(is_punycode))
}

/// What no label of a name in use has: all ASCII but letters, digits, `-` and `_`. Names of hosts have no `_`, but
/// names that mail is sent from do, and it must not keep the rest of the name from being spelled as in DNS.
const DENIED: AsciiDenyList = AsciiDenyList::new(true, "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~");

/// The A-labels of a name by UTS #46, if it is a valid name.
fn spelled_as_in_dns(domain: &[u8]) -> Option<Cow<'_, [u8]>> {
    match idna::domain_to_ascii_cow(domain, DENIED).ok()? {
        Cow::Borrowed(name) => Some(Cow::Borrowed(name.as_bytes())),
        Cow::Owned(name) => Some(Cow::Owned(name.into_bytes())),
    }
}

/// Without the dot of a fully qualified name. Two dots, or nothing but one, are no such name's end.
fn without_trailing_dot(name: &[u8]) -> &[u8] {
    match name.strip_suffix(b".") {
        Some(rest) if !rest.is_empty() && !rest.ends_with(b".") => rest,
        _ => name,
    }
}

/// The suffixes below which each name is a tenant of Microsoft 365, with mail of its own: in the public cloud, for
/// the government of the US and in China. The public suffix list lacks them, and would take all those tenants for
/// one organisation. Suffixes below another one come before it.
const TENANT_SUFFIXES: [&[u8]; 7] = [
    b"mail.onmicrosoft.com",
    b"onmicrosoft.com",
    b"mail.onmicrosoft.us",
    b"onmicrosoft.us",
    b"partner.mail.onmschina.cn",
    b"mail.partner.onmschina.cn",
    b"partner.onmschina.cn",
];

/// The part of a folded name that somebody has registered. A name without one, such as a public
/// suffix, an IP address or what is no host name, stays as it is.
fn registrable(name: &[u8]) -> &[u8] {
    if !is_host_name(name) {
        return name;
    }
    let below = TENANT_SUFFIXES
        .iter()
        .find_map(|suffix| name.strip_suffix(*suffix)?.strip_suffix(b"."));
    if let Some(below) = below {
        let tenant = memchr::memrchr(b'.', below).map_or(0, |dot| dot + 1);
        return &name[tenant..];
    }
    match psl::domain(name) {
        Some(domain) => &name[name.len() - domain.as_bytes().len()..],
        None => name,
    }
}

/// Whether a folded name can be one of a host: labels of letters, digits, `-` and `_`, the last of
/// which is no number, as it is in an IP address.
fn is_host_name(name: &[u8]) -> bool {
    let is_label = |label: &[u8]| {
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len()) && label.iter().all(fits)
    };
    let mut labels = name.rsplit(|&byte| byte == b'.');
    let is_number = |label: &[u8]| label.iter().all(u8::is_ascii_digit);
    name.len() <= 253
        && labels
            .next()
            .is_some_and(|last| is_label(last) && !is_number(last))
        && labels.all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("contoso.com", "contoso.com")]
    #[case("CONTOSO.Com", "contoso.com")]
    #[case("Contoso.com.", "contoso.com")]
    #[case("", "")]
    // Internationalised names: both spellings, other dots, other forms of the same letters.
    #[case("BÜRO.example", "xn--bro-hoa.example")]
    #[case("bu\u{308}ro.example.", "xn--bro-hoa.example")]
    #[case("XN--BRO-HOA.Example", "xn--bro-hoa.example")]
    #[case("büro。example。", "xn--bro-hoa.example")]
    #[case("straße.example", "xn--strae-oqa.example")]
    #[case("ｃｏｎｔｏｓｏ.com", "contoso.com")]
    #[case("a_b.BÜRO.example", "a_b.xn--bro-hoa.example")]
    #[case("_dmarc.XN--BRO-HOA.example", "_dmarc.xn--bro-hoa.example")]
    // DNS tells the two small sigmas apart; the capital is that of the first.
    #[case("ΣΊΣΥΦΟΣ.example", "xn--kxa6akbbkh.example")]
    #[case("σίσυφοσ.example", "xn--kxa6akbbkh.example")]
    // A Cyrillic letter stays another one, and what nobody sees is not part of a name.
    #[case("cоntoso.com", "xn--cntoso-wqf.com")]
    #[case("con\u{ad}toso\u{200b}.com", "contoso.com")]
    // What is no valid name stays as it is, apart from case and dot.
    #[case("b.com;C", "b.com;c")]
    #[case(" B.com", " b.com")]
    #[case("BÜ RO.example.", "bü ro.example")]
    #[case("Xn--A.example", "xn--a.example")]
    #[case("xn--bro-hoa.example;b", "xn--bro-hoa.example;b")]
    #[case("b.com..", "b.com..")]
    #[case(".", ".")]
    #[case("..", "..")]
    #[case("[192.0.2.1]", "[192.0.2.1]")]
    fn folding_ignores_case_dot_and_spelling(#[case] domain: &str, #[case] expected: &str) {
        let group = DomainMatching::Folded.group_of(domain.as_bytes());
        assert_eq!(String::from_utf8_lossy(&group), expected);
    }

    #[test]
    fn folding_leaves_bytes_that_are_no_text() {
        let group = DomainMatching::Folded.group_of(b"B\xff.Com.");
        assert_eq!(*group, *b"b\xff.com");
    }

    #[rstest]
    #[case("contoso.com", "contoso.com")]
    #[case("Mail.EU.Contoso.com.", "contoso.com")]
    #[case("a.b.contoso.co.uk", "contoso.co.uk")]
    #[case("_dmarc.contoso.com", "contoso.com")]
    // An organisation below a suffix that another one lets out.
    #[case("a.contoso.github.io", "contoso.github.io")]
    // A top-level domain that the list does not know is a suffix, by the list's own rules.
    #[case("mail.contoso.example", "contoso.example")]
    #[case("mail.公司.cn", "mail.xn--55qx5d.cn")]
    #[case("a.mail.xn--55qx5d.cn", "mail.xn--55qx5d.cn")]
    #[case("mail.büro.example", "xn--bro-hoa.example")]
    #[case("a.contoso.onmicrosoft.com", "contoso.onmicrosoft.com")]
    #[case("contoso.mail.onmicrosoft.com", "contoso.mail.onmicrosoft.com")]
    #[case("onmicrosoft.com", "onmicrosoft.com")]
    #[case("a.Contoso.onmicrosoft.us.", "contoso.onmicrosoft.us")]
    #[case("a.contoso.mail.onmicrosoft.us", "contoso.mail.onmicrosoft.us")]
    #[case("contoso.partner.onmschina.cn", "contoso.partner.onmschina.cn")]
    #[case(
        "a.contoso.partner.mail.onmschina.cn",
        "contoso.partner.mail.onmschina.cn"
    )]
    #[case(
        "contoso.mail.partner.onmschina.cn",
        "contoso.mail.partner.onmschina.cn"
    )]
    #[case("evilonmicrosoft.us", "evilonmicrosoft.us")]
    #[case("contoso.notpartner.onmschina.cn", "onmschina.cn")]
    #[case("mail.a_b.BÜRO.example", "xn--bro-hoa.example")]
    #[case("evilonmicrosoft.com", "evilonmicrosoft.com")]
    // Without a registrable domain they stay as folded.
    #[case("CO.uk", "co.uk")]
    #[case("localhost", "localhost")]
    #[case("github.io", "github.io")]
    #[case("192.0.2.1", "192.0.2.1")]
    #[case("[192.0.2.1]", "[192.0.2.1]")]
    #[case("[IPv6:2001:db8::1]", "[ipv6:2001:db8::1]")]
    #[case("", "")]
    #[case(".", ".")]
    #[case("a..contoso.com", "a..contoso.com")]
    #[case(".contoso.com", ".contoso.com")]
    #[case("a.b.com ", "a.b.com ")]
    #[case("b.com;c", "b.com;c")]
    #[case("mail.bü ro.example", "mail.bü ro.example")]
    fn subdomains_belong_to_their_registrable_domain(#[case] domain: &str, #[case] expected: &str) {
        let group = DomainMatching::Registrable.group_of(domain.as_bytes());
        assert_eq!(String::from_utf8_lossy(&group), expected);
    }

    #[test]
    fn a_name_longer_than_any_in_dns_only_loses_its_case() {
        let long = format!("{}.Example.", "Ü".repeat(LONGEST_INTERNATIONALISED));
        let expected = format!("{}.example", "ü".repeat(LONGEST_INTERNATIONALISED));
        for matching in [DomainMatching::Folded, DomainMatching::Registrable] {
            assert_eq!(*matching.group_of(long.as_bytes()), *expected.as_bytes());
        }
    }

    #[test]
    fn ways_of_matching_are_read_by_their_names() {
        for matching in DomainMatching::ALL {
            assert_eq!(matching.to_string().parse(), Ok(matching));
        }
        assert_eq!("Folded".parse::<DomainMatching>(), Err(UnknownMatching));
    }

    fn domain() -> impl Strategy<Value = Vec<u8>> {
        let label = prop_oneof![
            "[a-zA-Z0-9_-]{0,8}",
            "[xX][nN]--[a-zA-Z0-9-]{0,8}",
            "[\\PC]{0,4}",
            proptest::sample::select(vec![
                "com",
                "co",
                "uk",
                "Ü",
                "ß",
                "公司",
                "xn--55qx5d",
                "cn",
                "IO",
                "github",
                "أب",
                "onmicrosoft",
                "mail",
                "1",
                "Σ",
                "İ",
                "\u{200d}",
                "\u{302}",
            ])
            .prop_map(str::to_owned),
        ];
        let dot = proptest::sample::select(vec![".", ".", ".", "。", ".."]);
        let text = proptest::collection::vec((label, dot), 0..5).prop_map(|labels| {
            let text: String = labels
                .into_iter()
                .flat_map(|(label, dot)| [label, dot.to_owned()])
                .collect();
            text.into_bytes()
        });
        let cut = (text, any::<bool>()).prop_map(|(mut text, cut)| {
            if cut {
                text.pop();
            }
            text
        });
        prop_oneof![9 => cut, 1 => proptest::collection::vec(any::<u8>(), 0..12)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4096) })]

        #[test]
        fn the_name_of_a_group_is_in_it_and_wider_groups_hold_narrower_ones(domain in domain()) {
            let mut narrower: Cow<'_, [u8]> = Cow::Borrowed(&domain);
            for matching in DomainMatching::ALL {
                let group = matching.group_of(&domain);
                prop_assert_eq!(matching.group_of(&group), group.clone(), "{}", matching);
                prop_assert_eq!(matching.group_of(&narrower), group.clone(), "{}", matching);
                narrower = group;
            }
        }

        #[test]
        fn neither_case_nor_one_trailing_dot_makes_another_folded_name(name in "[a-z0-9-]{1,9}(\\.[a-z0-9-]{1,9}){0,3}") {
            let upper = format!("{}.", name.to_uppercase());
            for matching in [DomainMatching::Folded, DomainMatching::Registrable] {
                prop_assert_eq!(matching.group_of(upper.as_bytes()), matching.group_of(name.as_bytes()));
            }
        }
    }
}
