//! Whether an exclusion rests on text that the sender writes: then an attacker can make their email look
//! like one of those it hides.

use super::condition::Condition;
use super::{Clause, Scope};
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

/// The columns that say what our side knows of the sender or decided about the email: who relies on them
/// does not rely on the text alone.
const KNOWN_TO_OUR_SIDE: [&str; 9] = [
    "AuthenticationDetails",
    "Connectors",
    "ExchangeTransportRule",
    "ForwardingInformation",
    "OrgLevelPolicy",
    "SenderIPv4",
    "SenderIPv6",
    "SenderObjectId",
    "UserLevelPolicy",
];

/// Whether a clause hides inbound emails by text that their sender writes, with no sign that the sender is
/// who the text says.
pub fn rests_on_text_of_the_sender(scope: Scope, Clause(conditions): &Clause) -> bool {
    let any = |is: fn(&Field) -> bool| conditions.iter().flat_map(Condition::fields).any(is);
    scope != Scope::Outbound && any(is_text_of_the_sender) && !any(is_known_to_our_side)
}

fn is_known_to_our_side(field: &Field) -> bool {
    match field {
        Field::Column(name) | Field::JsonKey { column: name, .. } => {
            KNOWN_TO_OUR_SIDE.contains(&name.as_str())
        }
        _ => false,
    }
}

fn is_text_of_the_sender(field: &Field) -> bool {
    match field {
        Field::Column(name) => WRITTEN_BY_THE_SENDER.contains(&name.as_str()),
        Field::JsonKey { column, .. } => column == names::ADDITIONAL_FIELDS,
        Field::Header(_)
        | Field::PartnerDomain
        | Field::Url
        | Field::UrlDomain
        | Field::FileName
        | Field::FileType => true,
        Field::RecipientDomain | Field::IsLatestRecord => false,
    }
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
