//! The name that is offered for an export: what it holds, so that one never offers to overwrite another.
//!
//! A domain's name was written by whoever sent the email. In a file's name it keeps only characters that
//! every file system takes as they are; where that changes it, a hash of the whole domain follows, so
//! that two domains do not share a name.

use crate::hunt::query::Shown;
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

/// Follows the domain where only hidden emails are exported.
const HIDDEN: &str = "-hidden";

/// Before a hash: no domain keeps this character, so that none can look like another with its hash.
const BEFORE_HASH: char = '~';

/// The most characters of a domain that a name carries.
const LONGEST_DOMAIN: usize = 80;

/// The name for an export, without its extension.
pub fn stem(content: Content<'_>, shown: Shown) -> String {
    let hidden = match shown {
        Shown::Visible => "",
        Shown::Hidden => HIDDEN,
    };
    match content {
        Content::Ranking => format!("mailhunt{hidden}-ranking"),
        Content::Emails(domain) => format!("mailhunt-{}{hidden}-emails", part(domain)),
        Content::Email(domain, email) => {
            let (domain, email) = (part(domain), hash(email));
            format!("mailhunt-{domain}{hidden}-email-{email}")
        }
        Content::Query => "mailhunt-hunt".to_owned(),
    }
}

/// A domain as a part of a file's name.
fn part(domain: &[u8]) -> String {
    let is_kept = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
    // Names that differ in case are one file on some systems: capitals are not kept.
    let safe = domain
        .iter()
        .map(|&byte| byte.to_ascii_lowercase())
        .map(|byte| if is_kept(byte) { byte as char } else { '_' });
    let mut safe: String = safe.take(LONGEST_DOMAIN).collect();
    let is_plain = safe.as_bytes() == domain
        && !domain.is_empty()
        && !domain.starts_with(b".")
        && !domain.windows(2).any(|pair| pair == b"..")
        && !safe.ends_with(HIDDEN);
    if !is_plain {
        safe = safe.replace("..", "__");
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
        stem(Content::Emails(domain), Shown::Visible)
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
        assert_eq!(stem(Content::Ranking, Shown::Visible), "mailhunt-ranking");
        assert_eq!(
            stem(Content::Ranking, Shown::Hidden),
            "mailhunt-hidden-ranking"
        );
        assert_eq!(
            stem(Content::Emails(domain), Shown::Hidden),
            "mailhunt-fabrikam.example-hidden-emails"
        );
        let email = |id: &[u8]| stem(Content::Email(domain, id), Shown::Visible);
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

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn every_name_is_safe_and_no_two_domains_share_one(one in domain(), other in domain()) {
            let names = |domain: &[u8]| {
                [Shown::Visible, Shown::Hidden].map(|shown| stem(Content::Emails(domain), shown))
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
    }
}
