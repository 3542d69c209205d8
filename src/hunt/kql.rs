//! Definition → KQL: the hunt with its active exclusions as one query to paste into Sentinel or Advanced
//! Hunting, where it gives the rows that mailhunt gives here.
//!
//! Here: how the query is put together. `condition` says the conditions of exclusions, `values` where the
//! values of fields stand, `domains` which domains are one; `predicate` and `literal` write it so that it
//! can be read and no text in it gets out of its place. What KQL cannot do is said in comments.
//!
//! The query has no empty line: in the portals one ends a query.

mod condition;
mod domains;
mod literal;
mod predicate;
mod values;

#[cfg(test)]
mod tests;

use super::Hunt;
use super::exclusion::{Clause, Exclusion, Hides, Scope, Test};
use super::fields::Field;
use super::query::{Direction, Query, RangeScope, Shown, SortColumn};
use crate::events::schema::{Table, names};
use crate::events::time::Hour;
use condition::{Conditions, Need, OWN_DOMAINS, OWN_DOMAINS_PATTERN};
use domains::Grouping;
use std::fmt::Write;
use values::LINKS;

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
    /// The titles of the exclusions in it.
    pub exclusions: Vec<String>,
}

/// The hunting query of Microsoft, with the exclusions that are on, the time range and the matching of
/// domains that are asked for. What depends on data is taken from those loaded, where there are any.
pub fn hunting_query(
    exclusions: &[Exclusion],
    query: &Query,
    loaded: Option<&Hunt>,
) -> HuntingQuery {
    let active: Vec<(usize, &Exclusion)> = query
        .active
        .iter()
        .filter_map(|index| Some((index, exclusions.get(index)?)))
        .collect();
    let mut conditions = Conditions::new(loaded);
    let mut filters = String::new();
    let mut superseded = String::new();
    for &(index, exclusion) in &active {
        let said = said_of(
            exclusion,
            loaded.and_then(|hunt| hunt.inert.get(index)?.as_deref()),
        );
        if hides_superseded_records(exclusion) {
            superseded += &said;
            continue;
        }
        let hidden = conditions.hidden_by(exclusion);
        filters += &said;
        for note in conditions.notes.drain(..) {
            filters += &literal::comment(&format!("  {note}"));
        }
        let shown = hidden.negated();
        let _ = writeln!(filters, "| where {}", shown.indented(4));
    }
    let has_times =
        query.hours.is_some() || conditions.need(Need::LatestRecords) || !superseded.is_empty();
    let grouping = Grouping::of(query.domains, loaded);

    let mut text = heading(query, active.is_empty());
    text += &lists(&conditions);
    text += &grouping.definition;
    text += &records(has_times, &conditions, &superseded);
    text += &time_range(query);
    text += COUNTED;
    if conditions.need(Need::LinkCounts) {
        text += WITH_LINK_COUNTS;
    }
    text += &conditions.values.json_steps();
    text += &filters;
    text += &grouping.steps;
    text.truncate(text.trim_end().len());
    text += HUNT;
    text += &search(query);
    text += &order(query);
    let mut tables = vec![Table::EmailEvents];
    tables.extend(conditions.companions);
    HuntingQuery {
        text,
        tables,
        exclusions: active.iter().map(|(_, one)| one.title.clone()).collect(),
    }
}

/// When an email was, in Defender XDR; in Log Analytics the table may lack it.
const EVENT_TIME_OF_DEFENDER: &str = "column_ifexists(\"Timestamp\", datetime(null))";

/// Only these are counted; and where they are.
const COUNTED: &str = r#"| where EmailDirection == "Outbound" or (EmailDirection == "Inbound" and isnotempty(ThreatTypes))
| extend RecipientDomain = tostring(split(RecipientEmailAddress, "@")[1])
| extend PartnerDomain = iff(EmailDirection == "Outbound", RecipientDomain, SenderFromDomain)
"#;

/// How many links of each message there are: an email may be said to have more.
const LINK_COUNTS: &str = r"let LinkCounts = EmailUrlInfo
| where isnotempty(NetworkMessageId)
| summarize by MessageId = tolower(NetworkMessageId), Link = iff(isnotempty(Url), Url, UrlDomain)
| summarize LoadedLinks = count() by MessageId;
";

const WITH_LINK_COUNTS: &str = r"| extend MessageId = tolower(NetworkMessageId)
| lookup kind=leftouter LinkCounts on MessageId
";

/// Microsoft's query on the emails that are left.
const HUNT: &str = r#";
Events
| where EmailDirection == "Outbound"
| summarize OutboundCount = count() by SenderFromDomain = PartnerDomain
| join kind=inner (
    Events
    | where EmailDirection == "Inbound"
    | project SenderFromDomain = PartnerDomain
    ) on SenderFromDomain
| summarize OutboundEmails = max(OutboundCount), IncomingEmailsWithThreats = count() by SenderFromDomain
"#;

/// Keeps of each email the latest record; rows that tell no message or recipient stay. Only what is counted
/// afterwards is looked at, as a later record may be no threat.
const ONLY_LATEST_RECORDS: &str = r#"//   of several latest records of the same time Kusto keeps any one, mailhunt the one loaded last
let LatestRecords = union
    (Records | where not(NetworkMessageId matches regex @"\S" and RecipientEmailAddress matches regex @"\S")),
    (Records
    | where NetworkMessageId matches regex @"\S" and RecipientEmailAddress matches regex @"\S"
    | summarize arg_max(EventTime, *) by NetworkMessageId, RecipientKey = tolower(RecipientEmailAddress));
"#;

/// The steps that say of each record whether it is the latest of its email.
const DATED_RECORDS: &str = r#"// Whether a record is the latest of its email; of several of the same latest time all are, to mailhunt the one loaded last.
let LatestTimes = Records
| summarize LatestTime = max(EventTime) by NetworkMessageId, RecipientKey = tolower(RecipientEmailAddress);
let DatedRecords = Records
| extend RecipientKey = tolower(RecipientEmailAddress)
| lookup kind=leftouter LatestTimes on NetworkMessageId, RecipientKey
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
        "with the exclusions that are named below"
    };
    heading += &literal::comment(&format!(
        "Microsoft's hunting query {MICROSOFTS_ID} as mailhunt {} counts it, {exclusions}.",
        env!("CARGO_PKG_VERSION")
    ));
    heading += &literal::comment(match (&query.hours, query.range) {
        (None, _) => "It counts the emails in the time range of the portal.",
        (Some(_), RangeScope::Both) => "The time range of the portal must span that of the query.",
        (Some(_), RangeScope::Threats) => {
            "The time range of the portal must span that of the query, and all sent mail that is to count."
        }
    });
    if query.shown == Shown::Hidden {
        heading += &literal::comment("It gives what counts, not what the exclusions hide.");
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

/// What the predicates look things up in.
fn lists(conditions: &Conditions<'_>) -> String {
    let mut lists = String::new();
    if conditions.need(Need::OwnDomains) {
        let said = "Our own domains: those that send intra-organisation and outbound mail, but for what is forwarded.";
        lists += &literal::comment(said);
        let _ = writeln!(
            lists,
            "let {OWN_DOMAINS} = EmailEvents\n\
             | where EmailDirection == \"Intra-org\" or (EmailDirection == \"Outbound\" and {})\n\
             | where isnotempty(SenderFromDomain)\n\
             | summarize by OwnDomain = {};",
            condition::says_nothing(names::FORWARDING_INFORMATION).in_one_line(),
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
    if conditions.need(Need::LinkCounts) {
        lists += &literal::comment("How many links of an email are known; it may have more.");
        lists += LINK_COUNTS;
    }
    if conditions.need(Need::Links) {
        lists +=
            &literal::comment("Links with the hosts they lead to, whatever else the table says.");
        let _ = writeln!(
            lists,
            "let {LINKS} = EmailUrlInfo\n\
             | extend Host = extract(@\"{HOST_OF_LINK}\", 1, Url)\n\
             | extend UrlDomain = iff(isnotempty(Host), Host, UrlDomain);"
        );
    }
    lists
}

/// The host of a link, as mailhunt takes it: what stands between `scheme://` (and an `@`) and the next
/// `/ ? # :`, the colons of an address in brackets apart.
const HOST_OF_LINK: &str =
    r"^(?:[A-Za-z0-9+.\-]*:)?//(?:[^/?#\\]*@)?((?:[^/?#\\@\]]*\])?[^/?#\\:@]*)";

/// Where the events come from: the table, or its records with what else is to be known of them. What is said of
/// exclusions of superseded records stands where those are left out.
fn records(has_times: bool, conditions: &Conditions<'_>, superseded: &str) -> String {
    if !has_times {
        return "let Events = EmailEvents\n".to_owned();
    }
    let time = format!(
        "EventTime = coalesce({EVENT_TIME_OF_DEFENDER}, column_ifexists(\"TimeGenerated\", datetime(null)))"
    );
    let asks_for_all = conditions.need(Need::LatestRecords) || !superseded.is_empty();
    if !asks_for_all {
        return format!("let Events = EmailEvents\n| extend {time}\n");
    }
    let mut records = format!("let Records = EmailEvents\n| extend {time};\n");
    let mut source = "Records";
    if conditions.need(Need::LatestRecords) {
        records += DATED_RECORDS;
        source = "DatedRecords";
    }
    if !superseded.is_empty() {
        records += superseded;
        records += &ONLY_LATEST_RECORDS.replace("(Records", &format!("({source}"));
        source = "LatestRecords";
    }
    records + &format!("let Events = {source}\n")
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
        RangeScope::Threats => {
            literal::comment(
                "The time range is for threats only: what was sent counts at all times.",
            ) + &format!("| where EmailDirection == \"Outbound\" or ({bounds})\n")
        }
    }
}

/// The domains that are listed: the search narrows the list and changes no number.
fn search(query: &Query) -> String {
    if query.search.is_empty() {
        return String::new();
    }
    let needle = literal::string(&query.search.to_lowercase());
    format!("| where tolower(SenderFromDomain) contains_cs {needle}\n")
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
