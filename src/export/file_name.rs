//! The name that is offered for an export: what it holds, so that one never offers to overwrite another.
//!
//! A domain's name was written by whoever sent the email. In a file's name it keeps only characters that
//! every file system takes as they are; where that changes it, a hash of the whole domain follows, so
//! that two domains do not share a name.

use crate::hunt::query::{RangeScope, Shown};
use crate::hunt::{DomainMatching, Hunt, Query, time_range};
use uuid::Uuid;

/// The contents of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// The ranking.
    Ranking,
    /// The threat emails of this domain.
    Emails(&'a [u8]),
    /// One email of this domain, told from the others by these bytes.
    Email(&'a [u8], &'a [u8]),
    /// The hunt as a query.
    Query,
}

/// What of a query decides which emails count and which rows are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    shown: Shown,
    /// The ids of the exclusions that are on.
    exclusions: Vec<String>,
    /// The time range, and whether it is for threats only.
    range: Option<(String, RangeScope)>,
    domains: DomainMatching,
    search: String,
}

impl Narrowing {
    /// The narrowing by a query, and by a search in the list that is exported.
    pub fn of(hunt: &Hunt, query: &Query, search: &str) -> Self {
        let exclusions = query.active.iter();
        let exclusions = exclusions.filter_map(|index| hunt.exclusions.get(index));
        let range = query.hours.as_ref();
        Narrowing {
            shown: query.shown,
            exclusions: exclusions.map(|exclusion| exclusion.id.clone()).collect(),
            range: range.map(|hours| (time_range::label(hours, false), query.range)),
            domains: query.domains,
            search: search.to_owned(),
        }
    }

    /// What follows the content in a name: words for people, and a hash that tells apart what the words do not.
    /// Nothing where all emails count as in the query.
    fn suffix(&self, domain: &[u8]) -> String {
        let mut words = Vec::new();
        let verb = match self.shown {
            Shown::Visible => "excluding",
            Shown::Hidden => "by",
        };
        match self.exclusions.as_slice() {
            [] => {}
            [one] => words.push(format!("{verb}-{}", kept(one.as_bytes(), LONGEST_WORD))),
            several => words.push(format!("{verb}-{}", several.len())),
        }
        if let Some((range, scope)) = &self.range {
            let range = range.replace(" → ", "-to-").replace(":00", "h");
            words.push(kept(range.replace(' ', "-").as_bytes(), LONGEST_WORD));
            if *scope == RangeScope::Threats {
                words.push("threats".to_owned());
            }
        }
        if self.domains != DomainMatching::Exact {
            words.push(self.domains.to_string());
        }
        if !self.search.is_empty() {
            words.push("search".to_owned());
        }
        if words.is_empty() {
            return String::new();
        }
        let whole = format!("{self:?}{domain:?}");
        format!(
            "-{}{BEFORE_HASH}{}",
            words.join("-"),
            hash(whole.as_bytes())
        )
    }
}

/// The most characters of an id or a time range that a name carries.
const LONGEST_WORD: usize = 40;

/// Follows the domain where only hidden emails are exported.
const HIDDEN: &str = "-hidden";

/// Before a hash: no domain keeps this character, so that none can look like another with its hash.
const BEFORE_HASH: char = '~';

/// The most characters of a domain that a name carries.
const LONGEST_DOMAIN: usize = 80;

/// The name for an export, without its extension.
pub fn stem(content: Content<'_>, narrowing: &Narrowing) -> String {
    let hidden = match narrowing.shown {
        Shown::Visible => "",
        Shown::Hidden => HIDDEN,
    };
    match content {
        Content::Ranking => format!("mailhunt{hidden}-ranking{}", narrowing.suffix(b"")),
        Content::Emails(domain) => {
            let narrowed = narrowing.suffix(domain);
            format!("mailhunt-{}{hidden}-emails{narrowed}", part(domain))
        }
        Content::Email(domain, email) => {
            let (domain, email) = (part(domain), hash(email));
            format!("mailhunt-{domain}{hidden}-email-{email}")
        }
        Content::Query => "mailhunt-hunt".to_owned(),
    }
}

/// Text in characters that every file system takes, in lower case: names that differ in case are one file on some
/// systems.
fn kept(text: &[u8], longest: usize) -> String {
    let is_kept = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
    let lower = text.iter().map(u8::to_ascii_lowercase);
    let safe = lower.map(|byte| if is_kept(byte) { byte as char } else { '_' });
    let safe: String = safe.take(longest).collect();
    safe.replace("..", "__")
}

/// A domain as a part of a file's name.
fn part(domain: &[u8]) -> String {
    let mut safe = kept(domain, LONGEST_DOMAIN);
    let is_plain = safe.as_bytes() == domain
        && !domain.is_empty()
        && !domain.starts_with(b".")
        && !domain.windows(2).any(|pair| pair == b"..")
        && !safe.ends_with(HIDDEN);
    if !is_plain {
        safe.push(BEFORE_HASH);
        safe.push_str(&hash(domain));
    }
    safe
}

/// A short hash that stays the same in all versions.
fn hash(bytes: &[u8]) -> String {
    let hash = Uuid::new_v5(&Uuid::NAMESPACE_DNS, bytes)
        .simple()
        .to_string();
    hash.chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;
    use rstest::rstest;

    fn emails(domain: &[u8]) -> String {
        stem(Content::Emails(domain), &Narrowing::default())
    }

    fn shown(shown: Shown) -> Narrowing {
        Narrowing {
            shown,
            ..Narrowing::default()
        }
    }

    #[rstest]
    #[case("fabrikam.example", "mailhunt-fabrikam.example-emails")]
    #[case("xn--bro-hoa.example", "mailhunt-xn--bro-hoa.example-emails")]
    // Not a name of a device, as it does not begin with one.
    #[case("con", "mailhunt-con-emails")]
    #[case("Fabrikam.example", "mailhunt-fabrikam.example~b251dab7-emails")]
    #[case("../../etc/passwd", "mailhunt-______etc_passwd~67c4b1a6-emails")]
    fn a_name_says_the_domain(#[case] domain: &str, #[case] expected: &str) {
        assert_eq!(emails(domain.as_bytes()), expected);
    }

    #[test]
    fn what_is_hidden_and_one_email_are_said() {
        let domain = b"fabrikam.example";
        assert_eq!(
            stem(Content::Ranking, &shown(Shown::Visible)),
            "mailhunt-ranking"
        );
        assert_eq!(
            stem(Content::Ranking, &shown(Shown::Hidden)),
            "mailhunt-hidden-ranking"
        );
        assert_eq!(
            stem(Content::Emails(domain), &shown(Shown::Hidden)),
            "mailhunt-fabrikam.example-hidden-emails"
        );
        let email = |id: &[u8]| stem(Content::Email(domain, id), &shown(Shown::Visible));
        assert!(email(b"m-1").starts_with("mailhunt-fabrikam.example-email-"));
        assert_ne!(email(b"m-1"), email(b"m-2"));
    }

    /// Domains that attackers might choose, many of them alike.
    fn domain() -> impl Strategy<Value = Vec<u8>> {
        let piece = select(vec![
            "a",
            "A",
            "b.example",
            "B.example",
            ".",
            "..",
            "/",
            "\\",
            ":",
            "~",
            "-hidden",
            "\0",
            "\n",
            "\u{1b}[2J",
            "\u{202e}",
            "\u{200b}",
            "ü",
            "u\u{308}",
            "CON",
            "nul.",
            "_",
            " ",
            "*",
            "?",
            "|",
            "-emails",
            "~0f0f0f0f",
        ]);
        let text = proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat());
        prop_oneof![
            8 => text.prop_map(String::into_bytes),
            1 => proptest::collection::vec(any::<u8>(), 0..300),
        ]
    }

    #[test]
    fn exclusions_and_the_time_range_are_said() {
        let mut narrowing = Narrowing {
            exclusions: vec!["siem-soar".to_owned()],
            range: Some(("2026-11-01 → 2026-11-07".to_owned(), RangeScope::Threats)),
            ..Narrowing::default()
        };
        let name = stem(Content::Ranking, &narrowing);
        let words = "mailhunt-ranking-excluding-siem-soar-2026-11-01-to-2026-11-07-threats~";
        assert!(name.starts_with(words), "{name}");
        narrowing.range = None;
        narrowing.exclusions.push("superseded".to_owned());
        narrowing.search = "a".to_owned();
        let name = stem(Content::Emails(b"a.example"), &narrowing);
        let words = "mailhunt-a.example-emails-excluding-2-search~";
        assert!(name.starts_with(words), "{name}");
    }

    fn narrowing() -> impl Strategy<Value = Narrowing> {
        (
            any::<bool>(),
            proptest::collection::vec("[a-zA-Z.-]{1,3}|\\PC{60}", 0..3),
            proptest::option::of((0..3_u8, any::<bool>())),
            select(DomainMatching::ALL.to_vec()),
            "[ab]{0,2}",
        )
            .prop_map(
                |(is_hidden, exclusions, range, domains, search)| Narrowing {
                    shown: if is_hidden {
                        Shown::Hidden
                    } else {
                        Shown::Visible
                    },
                    exclusions,
                    range: range.map(|(day, is_both)| {
                        let scope = if is_both {
                            RangeScope::Both
                        } else {
                            RangeScope::Threats
                        };
                        (format!("2026-11-0{day} 14:00 → 16:00"), scope)
                    }),
                    domains,
                    search,
                },
            )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn every_name_is_safe_and_no_two_domains_share_one(one in domain(), other in domain()) {
            let names = |domain: &[u8]| {
                [Shown::Visible, Shown::Hidden]
                    .map(|one| stem(Content::Emails(domain), &shown(one)))
            };
            for name in names(&one) {
                let is_safe = |byte: u8| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-~".contains(&byte)
                };
                prop_assert!(name.bytes().all(is_safe), "{}", name);
                prop_assert!(name.starts_with("mailhunt-") && !name.contains(".."), "{}", name);
                prop_assert!(name.len() < 130, "{}", name);
                if one != other {
                    prop_assert!(!names(&other).contains(&name), "{}", name);
                }
            }
        }

        #[test]
        fn names_differ_where_what_is_exported_differs(
            one in narrowing(),
            other in narrowing(),
            domain in domain(),
        ) {
            for content in [Content::Ranking, Content::Emails(&domain)] {
                let [first, second] = [&one, &other].map(|narrowing| stem(content, narrowing));
                prop_assert_eq!(first == second, one == other, "{}", first);
                let is_safe = |byte: u8| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-~".contains(&byte)
                };
                prop_assert!(first.bytes().all(is_safe) && !first.contains(".."), "{}", first);
                prop_assert!(first.len() < 240, "{}", first);
            }
        }
    }
}
