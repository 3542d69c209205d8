//! Definition → KQL: the hunt with its active exclusions as one query to paste into Sentinel or Advanced
//! Hunting, where it gives the rows that mailhunt gives here.
//!
//! Here: how the query is put together. `condition` says the conditions of exclusions, `values` where the
//! values of fields stand, `texts` how they compare with texts, `companions` what is known of links and files,
//! `domains` which domains are one; `predicate` and `literal` write it so that it can be read and no text in it gets
//! out of its place. What KQL cannot do is said in comments.
//!
//! The query has no empty line: in the portals one ends a query. Tables of a large tenant are joined by a shuffled key,
//! never looked up, and lists of values stay lists or patterns: Kusto limits what it looks up and how it chains.

mod companions;
mod condition;
mod domains;
mod literal;
mod predicate;
mod texts;
mod values;

#[cfg(test)]
mod tests;

use super::exclusion::{Clause, Exclusion, Hides, Scope, Test};
use super::fields::Field;
use super::query::{Direction, Query, RangeScope, Shown, SortColumn};
use super::{DomainMatching, Hunt};
use crate::events::recipient_domains::RecipientDomains;
use crate::events::schema::{Table, names};
use crate::events::time::Hour;
use companions::{Companion, MESSAGE_ID, MESSAGES};
use condition::{Conditions, Need, OWN_DOMAINS, OWN_DOMAINS_PATTERN};
use domains::Grouping;
use std::fmt::Write;

/// The hunting query of Microsoft that this is.
pub const MICROSOFTS_ID: &str = "61bd29e8-fcfa-4f10-bc8f-b3a64e9493f7";

/// Its name.
pub const MICROSOFTS_NAME: &str =
    "Top outbound recipient domains sending inbound emails with threats";

/// The hunt as a query of KQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HuntingQuery {
    /// The query, which ends with a line feed.
    pub text: String,
    /// The tables it asks.
    pub tables: Vec<Table>,
    /// The ids of the exclusions in it.
    pub exclusions: Vec<String>,
}

/// The hunting query of Microsoft, with the exclusions that are on, the time range and the matching of
/// domains that are asked for. What depends on data is taken from those loaded, where there are any.
pub fn hunting_query(
    exclusions: &[Exclusion],
    query: &Query,
    loaded: Option<&Hunt>,
) -> HuntingQuery {
    let from = loaded.map_or_else(RecipientDomains::default, |hunt| {
        hunt.store.recipient_domains
    });
    hunting_query_from(exclusions, query, loaded, from)
}

/// [`hunting_query`] with a choice of where the domains of recipients come from.
pub fn hunting_query_from(
    exclusions: &[Exclusion],
    query: &Query,
    loaded: Option<&Hunt>,
    from: RecipientDomains,
) -> HuntingQuery {
    let active: Vec<(usize, &Exclusion)> = query
        .active
        .iter()
        .filter_map(|index| Some((index, exclusions.get(index)?)))
        .collect();
    // A column of ours is worth its line where it stands in the query more than once.
    let used_once = {
        let mut conditions = Conditions::new(loaded, Vec::new());
        let filters = Filters::of(&active, &mut conditions, loaded);
        conditions.values.used_once_in(&filters.steps)
    };
    let mut conditions = Conditions::new(loaded, used_once);
    let Filters {
        steps: mut filters,
        superseded,
        joined_at,
    } = Filters::of(&active, &mut conditions, loaded);
    if let Some(place) = joined_at {
        filters.insert_str(place, &joins(&conditions));
    }
    let has_times =
        query.hours.is_some() || conditions.need(Need::LatestRecords) || !superseded.is_empty();
    let grouping = Grouping::of(query.domains, loaded);
    let counted = time_range(query) + COUNTED;

    let mut text = heading(query, active.is_empty());
    if conditions.need(Need::Folded) || query.domains != DomainMatching::Exact {
        text += FOLDED;
    }
    text += &lists(&conditions);
    text += &grouping.definition;
    text += &records(has_times, &conditions, &superseded);
    if joined_at.is_some() {
        text += &messages(query.hours.is_some(), &counted);
    }
    text += &source(has_times, &conditions, &superseded);
    text += &counted;
    text += match from {
        RecipientDomains::Address => DOMAIN_OF_ADDRESS,
        RecipientDomains::Column => DOMAIN_OF_COLUMN,
    };
    text += PARTNER;
    text += &conditions.values.json_steps();
    text += &filters;
    text += &grouping.steps;
    text += HUNT;
    text += &search(query);
    text += &order(query);
    let mut tables = vec![Table::EmailEvents];
    tables.extend(conditions.companions.iter().map(Companion::table));
    HuntingQuery {
        text,
        tables,
        exclusions: active.iter().map(|(_, one)| one.id.clone()).collect(),
    }
}

/// The steps that leave out what exclusions hide.
struct Filters {
    steps: String,
    /// The steps of exclusions of superseded records, which go before all others.
    superseded: String,
    /// Where in the steps companion tables are first asked for: they are joined there, as few emails may be left.
    joined_at: Option<usize>,
}

impl Filters {
    fn of(
        active: &[(usize, &Exclusion)],
        conditions: &mut Conditions<'_>,
        loaded: Option<&Hunt>,
    ) -> Self {
        let mut filters = Filters {
            steps: String::new(),
            superseded: String::new(),
            joined_at: None,
        };
        for &(index, exclusion) in active {
            let said = said_of(
                exclusion,
                loaded.and_then(|hunt| hunt.inert.get(index)?.as_deref()),
            );
            if hides_superseded_records(exclusion) {
                filters.superseded += &said;
                continue;
            }
            let place = filters.steps.len();
            let hidden = conditions.hidden_by(exclusion);
            if !conditions.companions.is_empty() {
                filters.joined_at.get_or_insert(place);
            }
            filters.steps += &said;
            let mut notes: Vec<String> = Vec::new();
            for note in conditions.notes.drain(..) {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
            for note in notes {
                filters.steps += &literal::comment(&format!("  {note}"));
            }
            let shown = hidden.negated();
            let _ = writeln!(filters.steps, "| where {}", shown.indented(4));
        }
        filters
    }
}

/// The table with the times of its rows, whichever column has them.
const TIMED: &str = "EmailEvents\n| extend EventTime = coalesce(column_ifexists(\"Timestamp\", datetime(null)), column_ifexists(\"TimeGenerated\", datetime(null)))";

/// Only these are counted.
const COUNTED: &str = r#"| where EmailDirection == "Outbound" or (EmailDirection == "Inbound" and isnotempty(ThreatTypes))
"#;

/// The domains of recipients, as Microsoft's query takes them.
const DOMAIN_OF_ADDRESS: &str = r#"| extend RecipientDomain = tostring(split(RecipientEmailAddress, "@")[1])
"#;

/// The comment where the table's own `RecipientDomain` is taken.
const DOMAIN_OF_COLUMN: &str = "// RecipientDomain is the table's column, not taken from RecipientEmailAddress as in \
                                Microsoft's query.\n";

/// Where they are counted.
const PARTNER: &str = r#"| extend PartnerDomain = iff(EmailDirection == "Outbound", RecipientDomain, SenderFromDomain)
"#;

/// Microsoft's query on the emails that are left. It joins the counts of both sides; to count both at once gives the
/// same rows and reads the emails once.
const HUNT: &str = r#"| summarize OutboundEmails = countif(EmailDirection == "Outbound"), IncomingEmailsWithThreats = countif(EmailDirection == "Inbound")
    by SenderFromDomain = PartnerDomain
| where OutboundEmails > 0 and IncomingEmailsWithThreats > 0
"#;

/// The messages that count, to which the rows of companion tables are narrowed.
fn messages(has_times: bool, counted: &str) -> String {
    let source = if has_times { TIMED } else { "EmailEvents" };
    format!(
        "// Large tables are joined only for these messages.\n\
         let {MESSAGES} = {source}\n{counted}\
         | project {MESSAGE_ID} = tolower({})\n\
         | summarize hint.shufflekey = {MESSAGE_ID} by {MESSAGE_ID};\n",
        names::NETWORK_MESSAGE_ID
    )
}

/// The steps that add what companion tables know.
fn joins(conditions: &Conditions<'_>) -> String {
    let mut joins = format!(
        "// Links and files: how many an email has, and how many of them match.\n| extend {MESSAGE_ID} = tolower({})\n",
        names::NETWORK_MESSAGE_ID
    );
    for companion in &conditions.companions {
        joins += &companion.step();
    }
    joins
}

/// Keeps of each email the latest record; rows that tell no message or recipient stay. Only what is counted
/// afterwards is looked at, as a later record may be no threat.
const ONLY_LATEST_RECORDS: &str = r#"//   if several latest records have the same time, Kusto keeps any one, mailhunt the one loaded last
let LatestRecords = union
    (Records | where not(NetworkMessageId matches regex @"\S" and RecipientEmailAddress matches regex @"\S")),
    (Records
    | where NetworkMessageId matches regex @"\S" and RecipientEmailAddress matches regex @"\S"
    | summarize hint.shufflekey = NetworkMessageId arg_max(EventTime, *) by NetworkMessageId, RecipientKey = tolower(RecipientEmailAddress));
"#;

/// The steps that say of each record whether it is the latest of its email.
const DATED_RECORDS: &str = r#"// Whether a record is the latest of its email; if several share the latest time, all are here, but only the one loaded last in mailhunt.
let DatedRecords = Records
| extend RecipientKey = tolower(RecipientEmailAddress)
| join kind=leftouter hint.shufflekey = NetworkMessageId (
    Records
    | summarize hint.shufflekey = NetworkMessageId LatestTime = max(EventTime)
        by NetworkMessageId, RecipientKey = tolower(RecipientEmailAddress)
    ) on NetworkMessageId, RecipientKey
| extend IsLatestRecord = iff(
    NetworkMessageId matches regex @"\S" and RecipientEmailAddress matches regex @"\S",
    iff(isnull(LatestTime) or coalesce(EventTime == LatestTime, false), "true", "false"),
    "");
"#;

/// Whether an exclusion hides the records that a later one supersedes and nothing else: then whole records
/// can be left out at once, which takes less than to say of each whether it is the latest.
fn hides_superseded_records(exclusion: &Exclusion) -> bool {
    let [Clause(conditions)] = exclusion.matches.as_slice() else {
        return false;
    };
    let [condition] = conditions.as_slice() else {
        return false;
    };
    condition.field == Field::IsLatestRecord
        && condition.test == Test::Flag(false)
        && exclusion.unless.is_empty()
        && exclusion.hides == Hides::Matching
        && exclusion.scope == Scope::Both
}

fn heading(query: &Query, is_plain: bool) -> String {
    let mut heading = literal::comment(MICROSOFTS_NAME);
    let exclusions = if is_plain {
        "without exclusions"
    } else {
        "with the exclusions listed below"
    };
    heading += &literal::comment(&format!(
        "Microsoft's hunting query {MICROSOFTS_ID} as mailhunt counts it, {exclusions}."
    ));
    heading += &literal::comment(match (&query.hours, query.range) {
        (None, _) => "It counts the emails in the portal's time range.",
        (Some(_), RangeScope::Both) => "The portal's time range must span that of the query.",
        (Some(_), RangeScope::Threats) => {
            "The time range is for threats only: the portal's time range must span all sent mail to be counted."
        }
    });
    if query.shown == Shown::Hidden {
        heading += &literal::comment("It returns what counts, not what the exclusions hide.");
    }
    heading
}

/// Who made an exclusion and what it is called.
fn said_of(exclusion: &Exclusion, inert: Option<&str>) -> String {
    let mut said = literal::comment(&format!("{}: {}", exclusion.id, exclusion.title));
    if let Some(inert) = inert {
        said += &literal::comment(&format!(
            "  in the loaded export it hides nothing ({inert}); here it may"
        ));
    }
    said
}

/// What the predicates look things up in, and the functions that they call.
fn lists(conditions: &Conditions<'_>) -> String {
    let mut lists = String::new();
    if conditions.need(Need::HasValue) {
        lists += HAS_VALUE;
    }
    lists += &conditions.values.functions();
    if conditions.need(Need::OwnDomains) {
        let said = "Our own domains: those that send intra-organisation and outbound mail, except forwarded mail.";
        lists += &literal::comment(said);
        let _ = writeln!(
            lists,
            "let {OWN_DOMAINS} = EmailEvents\n\
             | where EmailDirection == \"Intra-org\" or (EmailDirection == \"Outbound\" and {})\n\
             | where isnotempty(SenderFromDomain)\n\
             | summarize by OwnDomain = {};",
            condition::has_value(names::FORWARDING_INFORMATION)
                .negated()
                .in_one_line(),
            condition::without_case_and_dot(names::SENDER_FROM_DOMAIN)
        );
    }
    if conditions.need(Need::BelowOwnDomains) {
        // Without any there must be something that nothing matches.
        let _ = writeln!(
            lists,
            "let {OWN_DOMAINS_PATTERN} = toscalar({OWN_DOMAINS}\n\
             | summarize Patterns = make_set(regex_quote(OwnDomain))\n\
             | project iff(array_length(Patterns) == 0, @\"[^\\s\\S]\", \
             strcat(@\"(?i)(^|\\.)(\", strcat_array(Patterns, \"|\"), @\")\\.?$\")));"
        );
    }
    lists
}

/// The function that folds letter case as mailhunt does: `tolower` leaves letters alone that have another form in small
/// too.
const FOLDED: &str = r#"let Folded = (text: string) { replace_string(replace_string(tolower(text), "ς", "σ"), "ſ", "s") };
"#;

/// The function that says whether a text is more than blanks or the JSON of nothing.
const HAS_VALUE: &str = r#"let HasValue = (text: string) { not(text matches regex @"^\s*(\[\s*\]|\{\s*\}|null)?\s*$") };
"#;

/// The records that the events are taken from, where there is more to know of them than the table has. What is said of
/// exclusions of superseded records stands where those are left out.
fn records(has_times: bool, conditions: &Conditions<'_>, superseded: &str) -> String {
    let asks_for_latest = conditions.need(Need::LatestRecords);
    if !has_times || !asks_for_latest && superseded.is_empty() {
        return String::new();
    }
    let mut records = format!("let Records = {TIMED};\n");
    let mut source = "Records";
    if asks_for_latest {
        records += DATED_RECORDS;
        source = "DatedRecords";
    }
    if !superseded.is_empty() {
        records += superseded;
        records += &ONLY_LATEST_RECORDS.replace("(Records", &format!("({source}"));
    }
    records
}

/// Where the events come from, as the first line of the query itself.
fn source(has_times: bool, conditions: &Conditions<'_>, superseded: &str) -> String {
    let source = if !superseded.is_empty() {
        "LatestRecords"
    } else if conditions.need(Need::LatestRecords) {
        "DatedRecords"
    } else if has_times {
        TIMED
    } else {
        "EmailEvents"
    };
    format!("{source}\n")
}

fn time_range(query: &Query) -> String {
    let Some(hours) = &query.hours else {
        return String::new();
    };
    // A range may be open at an end: then its hours are beyond the times that can be written.
    let moment = |Hour(hour): Hour, later: i64| {
        let second = (i64::from(hour) + later).checked_mul(3600)?;
        let moment = jiff::Timestamp::from_second(second).ok()?;
        Some(format!("datetime({moment})"))
    };
    let from = moment(*hours.start(), 0).map(|from| format!("EventTime >= {from}"));
    let to = moment(*hours.end(), 1).map(|to| format!("EventTime < {to}"));
    let mut bounds: Vec<String> = from.into_iter().chain(to).collect();
    if bounds.is_empty() {
        bounds.push("isnotnull(EventTime)".to_owned());
    }
    let bounds = bounds.join(" and ");
    match query.range {
        RangeScope::Both => format!("| where {bounds}\n"),
        RangeScope::Threats => format!("| where EmailDirection == \"Outbound\" or ({bounds})\n"),
    }
}

/// The domains that are listed: the search narrows the list and changes no number.
fn search(query: &Query) -> String {
    if query.search.is_empty() {
        return String::new();
    }
    let found = texts::contains(names::SENDER_FROM_DOMAIN, &query.search);
    format!("| where {}\n", found.in_one_line())
}

/// Ties are broken as mailhunt breaks them; Microsoft's query leaves them open.
fn order(query: &Query) -> String {
    let first = query.sort.column;
    let direction = match query.sort.direction {
        Direction::Ascending => "asc",
        Direction::Descending => "desc",
    };
    let ties = [
        (SortColumn::OutboundEmails, "desc"),
        (SortColumn::IncomingEmailsWithThreats, "desc"),
        (SortColumn::SenderFromDomain, "asc"),
    ];
    let ties = ties.into_iter().filter(|(column, _)| *column != first);
    let keys: Vec<String> = std::iter::once((first, direction))
        .chain(ties)
        .map(|(column, direction)| format!("{} {direction}", column.name()))
        .collect();
    format!("| sort by {}\n", keys.join(", "))
}
