//! Whether an exclusion rests on text that the sender writes: then an attacker can make their email look
//! like one of those it hides.

use super::condition::{Comparison, Condition, Test};
use super::definition::{Clause, Scope};
use crate::events::schema::names;
use crate::hunt::fields::Field;

/// The columns whose text comes from the email itself.
const WRITTEN_BY_THE_SENDER: [&str; 9] = [
    "InternetMessageId",
    "SenderDisplayName",
    "SenderFromAddress",
    "SenderFromDomain",
    "SenderMailFromAddress",
    "SenderMailFromDomain",
    "Subject",
    "To",
    "Cc",
];

/// The columns that say what our side decided about the email.
const DECIDED_BY_OUR_SIDE: [&str; 4] = [
    "Connectors",
    "ExchangeTransportRule",
    "OrgLevelPolicy",
    "UserLevelPolicy",
];

/// The keys of `AuthenticationDetails` that say whether the sender is the one whom the reader sees. That of
/// SPF says it of another address.
const AUTHENTICATING: [&str; 2] = ["DMARC", "CompAuth"];

/// Whether a clause hides inbound emails by text that their sender writes, with no sign that the sender is
/// who the text says.
pub fn rests_on_text_of_the_sender(scope: Scope, Clause(conditions): &Clause) -> bool {
    let mut fields = conditions.iter().flat_map(Condition::fields);
    scope != Scope::Outbound && fields.any(is_text_of_the_sender) && !conditions.iter().any(vouches)
}

/// Whether a condition holds only where our side knows the sender or decided about the email. What must be
/// absent or failed vouches for nothing.
fn vouches(Condition { field, test, .. }: &Condition) -> bool {
    match field {
        Field::JsonKey { column, key } if column == "AuthenticationDetails" => {
            let is_key = |known: &&str| known.eq_ignore_ascii_case(key);
            AUTHENTICATING.iter().any(is_key) && is_pass(test)
        }
        Field::Column(name) | Field::JsonKey { column: name, .. } => match name.as_str() {
            "SenderIPv4" | "SenderIPv6" => is_of_an_address(test),
            "ForwardingInformation" => {
                matches!(test, Test::Exists(true) | Test::Text { .. })
            }
            name => DECIDED_BY_OUR_SIDE.contains(&name) && matches!(test, Test::Text { .. }),
        },
        _ => false,
    }
}

fn is_pass(test: &Test) -> bool {
    let Test::Text {
        comparison: Comparison::Equals,
        texts,
        ..
    } = test
    else {
        return false;
    };
    let mut texts = texts.iter();
    texts.all(|text| text.eq_ignore_ascii_case(b"pass"))
}

fn is_of_an_address(test: &Test) -> bool {
    let is_equal = matches!(
        test,
        Test::Text {
            comparison: Comparison::Equals,
            ..
        }
    );
    is_equal || matches!(test, Test::InNetwork(_))
}

fn is_text_of_the_sender(field: &Field) -> bool {
    match field {
        Field::Column(name) => WRITTEN_BY_THE_SENDER.contains(&name.as_str()) || is_header(name),
        Field::JsonKey { column, .. } => {
            column == names::ADDITIONAL_FIELDS || column.eq_ignore_ascii_case("Headers")
        }
        Field::Header(_)
        | Field::PartnerDomain
        | Field::Url
        | Field::UrlDomain
        | Field::FileName
        | Field::FileType => true,
        Field::RecipientDomain | Field::IsLatestRecord => false,
    }
}

/// Whether a column has the name of a header, or has all headers: no documented column has a hyphen.
fn is_header(column: &str) -> bool {
    column.contains('-') || column.eq_ignore_ascii_case("Headers")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::exclusion::parse;
    use rstest::rstest;

    #[rstest]
    #[case("SenderFromDomain = 'a.example'", true)]
    #[case("SenderFromDomain = 'a.example'\nEmailDirection = 'Inbound'", true)]
    #[case(
        "SenderFromDomain = 'a.example'\n'AuthenticationDetails.DMARC' = 'pass'",
        false
    )]
    #[case("Subject = 'x'\n'SenderIPv4|cidr' = '203.0.113.0/24'", false)]
    #[case("'Header.X-Siem-Alert|exists' = true", true)]
    #[case("ThreatTypes = 'Spam'", false)]
    #[case("Subject = 'x'\n'AuthenticationDetails.CompAuth' = 'Pass'", false)]
    #[case("Subject = 'x'\n'AuthenticationDetails.DMARC' = 'fail'", true)]
    #[case(
        "Subject = 'x'\n'AuthenticationDetails.DMARC' = ['pass', 'none']",
        true
    )]
    #[case("Subject = 'x'\n'AuthenticationDetails.DMARC|contains' = 'pass'", true)]
    #[case("Subject = 'x'\n'AuthenticationDetails.SPF' = 'pass'", true)]
    #[case("Subject = 'x'\n'AuthenticationDetails|exists' = true", true)]
    #[case("Subject = 'x'\nSenderIPv4 = '203.0.113.1'", false)]
    #[case("Subject = 'x'\n'SenderIPv4|startswith' = '2'", true)]
    #[case("Subject = 'x'\nOrgLevelPolicy = 'Phishing simulation'", false)]
    #[case("Subject = 'x'\n'OrgLevelPolicy|exists' = false", true)]
    #[case("Subject = 'x'\n'Connectors|contains' = 'partner'", false)]
    #[case("Subject = 'x'\n'ForwardingInformation|exists' = true", false)]
    #[case("Subject = 'x'\n'ForwardingInformation|exists' = false", true)]
    #[case("'X-Siem-Alert' = '1'", true)]
    #[case("'Headers.X-Siem-Alert' = '1'", true)]
    #[case("'RecipientEmailAddress|fieldref' = 'SenderFromAddress'", true)]
    fn a_clause_rests_on_what_vouches_for_it(#[case] lines: &str, #[case] expected: bool) {
        let text = |scope| {
            format!(
                "version = 1\n[[exclude]]\nid = 'a'\nscope = '{scope}'\n[[exclude.match]]\n{lines}\n"
            )
        };
        for (scope, expected) in [
            ("both", expected),
            ("inbound", expected),
            ("outbound", false),
        ] {
            let exclusion = parse(&text(scope)).expect("valid").remove(0);
            let clause = &exclusion.matches[0];
            assert_eq!(
                rests_on_text_of_the_sender(exclusion.scope, clause),
                expected,
                "{scope}"
            );
        }
    }
}
