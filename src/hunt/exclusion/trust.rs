//! Whether an exclusion rests on text that the sender writes: then an attacker can make their email look
//! like one of those it hides.

use super::condition::{Condition, Test};
use super::{Clause, Exclusion, Scope};
use crate::events::schema::names;
use crate::hunt::fields::Field;

/// The columns whose text comes from the email itself. The others are what Microsoft's services say of it.
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

/// Whether a clause hides inbound emails by nothing but text of the sender, with no sign that the sender
/// is who the text says: an authentication that passed.
pub fn rests_on_text_of_the_sender(scope: Scope, Clause(conditions): &Clause) -> bool {
    scope != Scope::Outbound && conditions.iter().all(is_about_text_of_the_sender)
}

/// Whether any clause of an exclusion does so.
pub fn any_rests_on_text_of_the_sender(exclusion: &Exclusion) -> bool {
    let mut clauses = exclusion.matches.iter();
    clauses.any(|clause| rests_on_text_of_the_sender(exclusion.scope, clause))
}

fn is_about_text_of_the_sender(condition: &Condition) -> bool {
    is_text_of_the_sender(&condition.field)
        && match &condition.test {
            // The recipient is who got the email, so that only the other side can be made up; it still is.
            Test::EqualsField { field, .. } => {
                is_text_of_the_sender(field) || *field == Field::RecipientDomain
            }
            _ => true,
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
