//! Exclude like this: the exclusions that are proposed for a domain, or for an email and its values.
//!
//! A proposal is a definition like any other. What is proposed comes from the email, so that a text that is
//! no UTF-8, which no definition can say, is not proposed, nor one that is too long to be read.

use super::exclusion::condition::{Comparison, Condition, Quantity, Test};
use super::exclusion::pattern::{Flags, Pattern};
use super::exclusion::texts::{DomainSet, Texts};
use super::exclusion::writing::{self, VERSION_LINE};
use super::exclusion::{Clause, Exclusion, Hides, Scope, library};
use super::fields::Field;
use super::{DomainMatching, Hunt};
use crate::events::EventId;
use crate::events::schema::{Table, names};
use std::borrow::Cow;

/// The longest value that is proposed, in bytes.
const LONGEST_VALUE: usize = 300;

/// The most letters of a value in a title.
const LONGEST_IN_TITLE: usize = 60;

/// Microsoft's word on how the sender authenticated.
const DMARC: &str = "AuthenticationDetails.DMARC";

/// What is proposed for a row of the ranking: what hides the emails of that row and of no other.
pub fn of_domain(hunt: &Hunt, domain: &[u8], matching: DomainMatching) -> Vec<Exclusion> {
    let Some(partner) = is_row(hunt, domain, matching) else {
        return Vec::new();
    };
    let name = match sayable(domain) {
        Some(domain) => domain,
        None if domain.is_empty() => "mail without a domain",
        None => return Vec::new(),
    };
    let mut proposals = vec![named(name, Scope::Both, vec![partner.clone()])];
    proposals.extend(by_dmarc(name, &partner));
    proposals.into_iter().filter(is_readable).collect()
}

/// The condition that holds of the emails of a row of the ranking and of no other: as simple as can be.
fn is_row(hunt: &Hunt, domain: &[u8], matching: DomainMatching) -> Option<Condition> {
    if domain.is_empty() {
        return Some(exists(Field::PartnerDomain, false));
    }
    let exact = hunt.cube(DomainMatching::Exact);
    let all: Vec<&[u8]> = (0..exact.len()).map(|index| exact.domain(index)).collect();
    let is_member = |other: &[u8]| *matching.group_of(other) == *domain;
    let members = all.iter().filter(|other| is_member(other));
    let spellings: Vec<String> = members
        .filter_map(|member| sayable(member).map(str::to_owned))
        .collect();
    let simple = [Comparison::Equals, Comparison::Domain]
        .into_iter()
        .filter_map(|comparison| Some(text(Field::PartnerDomain, comparison, sayable(domain)?)));
    let own = DomainSet::default();
    let is_exact = |condition: &Condition| {
        let mut all = all.iter();
        all.all(|other| condition.test.passes(other, &own) == is_member(other))
    };
    let to_the_letter = (!spellings.is_empty()).then(|| Condition {
        field: Field::PartnerDomain,
        every: false,
        test: Test::Text {
            comparison: Comparison::Equals,
            texts: Texts::literal(&spellings, true),
            quantity: Quantity::Any,
            cased: true,
        },
    });
    simple.chain(to_the_letter).find(is_exact)
}

/// What is proposed for a threat email: its sender, its subject, its domain, and then each of its values.
/// All of it hides that email.
pub fn of_email(hunt: &Hunt, id: EventId) -> Vec<Exclusion> {
    let cell = |name: &str| hunt.store.cell(id, name);
    let mut proposals = Vec::new();
    if let Some(sender) = sayable(cell(names::SENDER_FROM_ADDRESS)) {
        let from = || equals(Field::Column(names::SENDER_FROM_ADDRESS.to_owned()), sender);
        proposals.push(named(sender, Scope::Inbound, vec![from()]));
        proposals.extend(by_dmarc(sender, &from()));
    }
    let domain = cell(names::SENDER_FROM_DOMAIN);
    proposals.extend(subject_pattern(domain, cell(names::SUBJECT)));
    proposals.extend(of_domain(hunt, domain, DomainMatching::Exact));
    for (name, value) in hunt.store.cells(id) {
        proposals.extend(of_value(name, value));
    }
    proposals.extend(of_companions(hunt, cell(names::NETWORK_MESSAGE_ID)));
    let mut seen: Vec<Vec<Clause>> = Vec::new();
    proposals.retain(|proposal| {
        let is_new = !seen.contains(&proposal.matches);
        seen.push(proposal.matches.clone());
        is_new && is_readable(proposal) && hunt.would_hide(proposal, id)
    });
    proposals
}

/// The hosts of the links and the names of the files of a message.
fn of_companions(hunt: &Hunt, message: &[u8]) -> Vec<Exclusion> {
    let mut proposals = Vec::new();
    for (table, name, field) in [
        (Table::EmailUrlInfo, names::URL_DOMAIN, Field::UrlDomain),
        (
            Table::EmailAttachmentInfo,
            names::FILE_NAME,
            Field::FileName,
        ),
    ] {
        let rows = hunt.store.companions().of_message(table, message);
        let mut values: Vec<Vec<u8>> = rows.map(|row| field.value_in(&row).to_vec()).collect();
        values.sort_unstable();
        values.dedup();
        for value in values.iter().filter_map(|value| sayable(value)) {
            let title = format!("{name} is {}", shortened(value));
            let condition = equals(field.clone(), value);
            proposals.push(named(&title, Scope::Inbound, vec![condition]));
        }
    }
    proposals
}

/// Whether a definition says what is meant: a column or key whose name looks like a modifier, or another
/// field, cannot be said.
fn is_readable(proposal: &Exclusion) -> bool {
    let text = format!("{VERSION_LINE}{}", writing::definition(proposal));
    let read = library::parse(&text);
    read.is_ok_and(|read| read == std::slice::from_ref(proposal))
}

/// The subjects of one domain that differ from this one in numbers only.
fn subject_pattern(domain: &[u8], subject: &[u8]) -> Option<Exclusion> {
    let (domain, subject) = (sayable(domain)?, sayable(subject)?);
    let pattern = Pattern::new(&pattern_of(subject), Flags::IGNORE_CASE).ok()?;
    let conditions = vec![
        equals(Field::PartnerDomain, domain),
        Condition {
            field: Field::Column(names::SUBJECT.to_owned()),
            every: false,
            test: Test::Matches {
                patterns: vec![pattern],
                quantity: Quantity::Any,
            },
        },
    ];
    let title = format!("\"{}\" from {domain}", shortened(subject));
    Some(named(&title, Scope::Inbound, conditions))
}

/// The expression that matches a subject and those that differ in numbers and blanks only.
fn pattern_of(subject: &str) -> String {
    let mut pattern = String::from("^");
    let mut rest = subject;
    while let Some(first) = rest.chars().next() {
        let is_like_it = |letter: char| {
            letter.is_ascii_digit() && first.is_ascii_digit()
                || letter.is_whitespace() && first.is_whitespace()
        };
        let is_plain = |letter: char| !letter.is_ascii_digit() && !letter.is_whitespace();
        let end = if is_plain(first) {
            rest.find(|letter| !is_plain(letter))
        } else {
            rest.find(|letter| !is_like_it(letter))
        };
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        match first {
            digit if digit.is_ascii_digit() => pattern.push_str("[0-9]+"),
            blank if blank.is_whitespace() => pattern.push_str(r"\s+"),
            _ => pattern.push_str(&regex::escape(part)),
        }
        rest = after;
    }
    pattern.push('$');
    pattern
}

/// What is proposed for a value of a column: the value, or each value in its JSON.
fn of_value(name: &str, value: &[u8]) -> Vec<Exclusion> {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(value) else {
        let value = sayable(value).map(|value| (Field::parse(name), value));
        return value
            .map(|(field, value)| is_value(field, value))
            .into_iter()
            .collect();
    };
    let entries = object.iter().filter(|(key, _)| !key.is_empty());
    entries
        .filter_map(|(key, value)| {
            let value = match value {
                serde_json::Value::String(text) => Cow::Borrowed(text.as_str()),
                serde_json::Value::Null => return None,
                other => Cow::Owned(other.to_string()),
            };
            let value = sayable(value.as_bytes())?;
            Some(is_value(Field::parse(&format!("{name}.{key}")), value))
        })
        .collect()
}

fn is_value(field: Field, value: &str) -> Exclusion {
    let title = format!("{field} is {}", shortened(value));
    named(&title, Scope::Inbound, vec![equals(field, value)])
}

/// A proposal turned round: show only this.
#[must_use]
pub fn show_only(proposal: &Exclusion) -> Exclusion {
    let title = format!("Only {}", proposal.title);
    Exclusion {
        id: id_of(&title),
        title,
        hides: Hides::Others,
        ..proposal.clone()
    }
}

/// The exclusion with an id that none of these has: a number is added where need be.
#[must_use]
pub fn with_own_id(mut exclusion: Exclusion, known: &[Exclusion]) -> Exclusion {
    let is_taken = |id: &str| known.iter().any(|other| other.id == id);
    let plain = exclusion.id.clone();
    let mut number = 2;
    while is_taken(&exclusion.id) {
        exclusion.id = format!("{plain}-{number}");
        number += 1;
    }
    exclusion
}

fn named(title: &str, scope: Scope, conditions: Vec<Condition>) -> Exclusion {
    Exclusion {
        id: id_of(title),
        title: title.to_owned(),
        reason: String::new(),
        scope,
        owner: String::new(),
        created: None,
        expires: None,
        enabled: false,
        hides: Hides::Matching,
        matches: vec![Clause(conditions)],
        unless: Vec::new(),
    }
}

/// A title in the letters that an id may have.
fn id_of(title: &str) -> String {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
    let words = title.split(|letter| !is_part(letter));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let id: String = words.join("-").to_lowercase().chars().take(40).collect();
    let id = id.trim_matches(['-', '.']);
    match id {
        "" | "all" | "none" => "exclusion".to_owned(),
        id => id.to_owned(),
    }
}

/// A value that a definition can say.
fn sayable(value: &[u8]) -> Option<&str> {
    let is_short = !value.is_empty() && value.len() <= LONGEST_VALUE;
    is_short.then(|| std::str::from_utf8(value).ok()).flatten()
}

fn shortened(value: &str) -> Cow<'_, str> {
    match value.char_indices().nth(LONGEST_IN_TITLE) {
        Some((end, _)) => Cow::Owned(format!("{}…", &value[..end])),
        None => Cow::Borrowed(value),
    }
}

fn equals(field: Field, value: &str) -> Condition {
    text(field, Comparison::Equals, value)
}

fn text(field: Field, comparison: Comparison, value: &str) -> Condition {
    Condition {
        field,
        every: false,
        test: Test::Text {
            comparison,
            texts: Texts::literal(&[value.to_owned()], false),
            quantity: Quantity::Any,
            cased: false,
        },
    }
}

fn exists(field: Field, expected: bool) -> Condition {
    Condition {
        field,
        every: false,
        test: Test::Exists(expected),
    }
}

/// A condition narrowed to emails that pass DMARC, and to those that fail it.
fn by_dmarc(name: &str, condition: &Condition) -> [Exclusion; 2] {
    [("passes", "pass"), ("fails", "fail")].map(|(verb, result)| {
        let title = format!("{name} while it {verb} DMARC");
        let dmarc = equals(Field::parse(DMARC), result);
        named(&title, Scope::Inbound, vec![condition.clone(), dmarc])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("Invoice 4711 of 2026", "invoice 4712  of 2027", true)]
    #[case("Invoice 4711 of 2026", "Invoice x of 2026", false)]
    #[case("Is it you? (50%)", "Is it you? (7%)", true)]
    #[case("Is it you? (50%)", "Is it yo (50%)", false)]
    #[case("Besuch am 3.11.", "Besuch am 14.12.", true)]
    fn a_subject_stands_for_those_that_differ_in_numbers(
        #[case] subject: &str,
        #[case] other: &str,
        #[case] alike: bool,
    ) {
        let pattern = Pattern::new(&pattern_of(subject), Flags::IGNORE_CASE).expect("valid");
        let test = Test::Matches {
            patterns: vec![pattern],
            quantity: Quantity::Any,
        };
        let own = crate::hunt::exclusion::texts::DomainSet::default();
        assert!(test.passes(subject.as_bytes(), &own));
        assert_eq!(test.passes(other.as_bytes(), &own), alike);
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let of = |title: &str| named(title, Scope::Both, vec![exists(Field::PartnerDomain, true)]);
        let first = of("a.example");
        let second = with_own_id(of("A.example"), std::slice::from_ref(&first));
        assert_eq!((&*first.id, &*second.id), ("a.example", "a.example-2"));
        let third = with_own_id(of("a.example"), &[first, second]);
        assert_eq!(third.id, "a.example-3");
    }

    proptest! {
        // Each case reads several definitions.
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_is_proposed_is_written_as_it_is_read(
            domain in "\\PC{1,20}",
            subject in any::<String>(),
            name in "[A-Za-z|. \\n\u{202e}]{1,9}",
            key in any::<String>(),
        ) {
            let json = serde_json::json!({ key: subject }).to_string();
            let mut proposals = of_value(&name, subject.as_bytes());
            proposals.extend(subject_pattern(domain.as_bytes(), subject.as_bytes()));
            proposals.extend(of_value(&name, json.as_bytes()));
            for proposal in proposals.iter().filter(|proposal| is_readable(proposal)) {
                for proposal in [show_only(proposal), proposal.clone()] {
                    let text = writing::definition(&proposal);
                    let read = library::definitions(&[], &text);
                    prop_assert_eq!(read.map_err(|error| error.to_string()), Ok(vec![proposal]), "{}", &text);
                    let is_raw = text.contains('\u{202e}');
                    prop_assert!(!is_raw);
                }
            }
        }

        #[test]
        fn usual_values_are_proposed(value in "[ -~]{1,30}", key in "[A-Za-z]{1,9}") {
            let json = serde_json::json!({ key: value }).to_string();
            let proposals = of_value("AuthenticationDetails", json.as_bytes());
            prop_assert_eq!(proposals.iter().filter(|proposal| is_readable(proposal)).count(), 1);
        }
    }
}
