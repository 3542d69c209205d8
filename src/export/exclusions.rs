//! The exclusions as a sheet: what may be switched, and what each does to the hunt.

use super::sheet::{Sheet, Value};
use crate::hunt::exclusion::Exclusion;
use crate::hunt::remarks::{self, Remark};
use crate::hunt::view::{Effect, ExclusionEffect};
use crate::hunt::{Hunt, Query, View};
use jiff::civil::Date;

/// The columns that say what an exclusion is.
const DEFINITION: [&str; 8] = [
    "Id", "Title", "State", "Scope", "Reason", "Owner", "Created", "Expires",
];

/// The columns that say what it does: switched on alone, and in the company of those that are on.
const EFFECT: [&str; 4] = [
    "EmailsHiddenAlone",
    "DomainsHiddenAlone",
    "EmailsHiddenOnlyByIt",
    "DomainsHiddenOnlyByIt",
];

/// The column that says what to doubt about it.
const REMARKS: &str = "Remarks";

/// What there is, when nothing is loaded.
pub fn definitions<'a>(hunt: &'a Hunt, query: &'a Query, today: Date) -> Sheet<'a> {
    let rows = hunt.exclusions.iter().enumerate();
    Sheet {
        columns: columns(&[]),
        rows: Box::new(rows.map(move |(index, exclusion)| {
            let mut row = definition(exclusion, query.active.contains(index), today);
            row.push(in_words(remarks::of_definition(exclusion)));
            row
        })),
        notes: Vec::new(),
    }
}

/// What there is and what each does under a query. What only one that is off would hide is what it would
/// hide if it were switched on too.
pub fn sheet<'a>(hunt: &'a Hunt, query: &'a Query, view: &'a View, today: Date) -> Sheet<'a> {
    let rows = hunt.exclusions.iter().zip(&view.exclusions).enumerate();
    Sheet {
        columns: columns(&EFFECT),
        rows: Box::new(rows.map(move |(index, (exclusion, effect))| {
            let mut row = definition(exclusion, query.active.contains(index), today);
            row.extend(effect_of(*effect));
            row.push(in_words(remarks::of(hunt, query, view, index, today)));
            row
        })),
        notes: Vec::new(),
    }
}

fn columns(between: &[&str]) -> Vec<String> {
    let names = DEFINITION.iter().chain(between).chain([&REMARKS]);
    names.map(|name| (*name).to_owned()).collect()
}

fn in_words<'a>(remarks: impl IntoIterator<Item = Remark>) -> Value<'a> {
    let words = remarks.into_iter().map(|remark| remark.words());
    let words: Vec<String> = words.collect();
    Value::Text(words.join("; ").into_bytes().into())
}

fn definition(exclusion: &Exclusion, is_on: bool, today: Date) -> Vec<Value<'_>> {
    let date = |date: Option<Date>| {
        Value::Text(
            date.map_or_else(String::new, |date| date.to_string())
                .into_bytes()
                .into(),
        )
    };
    let state = match (is_on, exclusion.is_expired(today)) {
        (true, true) => "on, expired",
        (true, false) => "on",
        (false, true) => "expired",
        (false, false) => "off",
    };
    vec![
        Value::text(&exclusion.id),
        Value::text(&exclusion.title),
        Value::text(state),
        Value::text(exclusion.scope.name()),
        Value::text(&exclusion.reason),
        Value::text(&exclusion.owner),
        date(exclusion.created),
        date(exclusion.expires),
    ]
}

fn effect_of<'a>(effect: ExclusionEffect) -> Vec<Value<'a>> {
    let ExclusionEffect {
        by_itself,
        marginal,
        ..
    } = effect;
    let numbers = |Effect { emails, domains }: Effect| [emails, domains].map(Value::Number);
    [numbers(by_itself), numbers(marginal)]
        .into_iter()
        .flatten()
        .collect()
}
