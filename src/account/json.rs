//! The account as one JSON object for programs. Its keys stay as they are: new ones may be added.
//!
//! Texts are faithful; what could harm a terminal is written as `\uXXXX`. Times are ISO 8601 in UTC, with a `Z`; without it where they, or some of them, are in a local time.
//!
//! | key | what it is |
//! |---|---|
//! | `mailhunt` | the version of the program |
//! | `status` | `fine`, `damaged` (something of the input is not in the answer), `no events` (what was read holds none) or `nothing read` |
//! | `rows_read`, `rows_kept`, `rows_rejected`, `rows_of_other_tables` | of all files; the first is the sum of the others |
//! | `tables` | rows kept, by table |
//! | `first_time`, `last_time` | of the events, or null |
//! | `duplicates_kept` | whether rows that are in several files count each time |
//! | `events_counted` | emails that count: rows of `EmailEvents` kept, without those that are in several files and count once, with one for each recipient where a row lists several, and without those in which a join repeats an email |
//! | `several_records` | emails with several records: `emails`, and of their records but the latest all (`earlier_records`), the `outbound` ones and the inbound `threats`; `undecided`: emails in several files at times that cannot be compared |
//! | `orphans` | by companion table, rows of messages of which no email is loaded |
//! | `unreadable_guards` | those of all files, each with the name of its `file` |
//! | `warnings` | sentences about all files together |
//! | `files` | an object for each file, in the order named |
//!
//! Of each file:
//!
//! | key | what it is |
//! |---|---|
//! | `name`, `format`, `encoding`, `packing`, `bytes_read` | what it is; null where it was not found out or is not so |
//! | `rows_read`, `rows_kept`, `rows_rejected`, `rows_of_other_tables`, `tables`, `first_time`, `last_time` | as above |
//! | `other_tables` | rows of Defender's other tables, by the first hundred names |
//! | `joined` | where rows are joined with those of companion tables: `rows` of emails, the `emails` they are, those `alone` that lack message or recipient, the rows `without_email` by table, and the rows found of each of the `tables`; else null |
//! | `local_times` | whether its times are, by its header, in the local time of whoever exported it |
//! | `date_order` | `month first` or `day first` where its dates are read so, else null |
//! | `unreadable_times` | emails whose time cannot be read |
//! | `recipient_lists` | rows that list several recipients: `rows`, and the `emails` they are, one for each recipient |
//! | `irregular_recipients` | rows of sent email whose recipient is no plain address |
//! | `unknown_directions` | values of `EmailDirection` that the query does not know: `value`, `rows` |
//! | `columns` | by `table`: `found`, `missing_used` (by the hunt, a pane or an exclusion), `missing_others`, `undocumented` |
//! | `also_in` | rows that a file named earlier has too: its `file`, `rows`, those of them `differing`, the `columns` in which they do, and whether they are `counted_again` |
//! | `repeated_rows` | counted rows that repeat one before of the file: same message, recipient, time, direction and verdict |
//! | `unreadable_guards` | columns with cells in which keys cannot be read that are asked for: `column`, `keys`, the `exclusions` that ask, whether `guards` of theirs do (they hold then), `rows` that count with such a cell, `first_row` (counted from 1 among the emails of the file that were kept) and `example`, the beginning of its cell |
//! | `warnings` | all that would mislead, as sentences |
//! | `failure`, `stopped` | why it was not read to its end, or null; whether the person stopped it |
//! | `passed_over` | why it was passed over, where it was found below a directory and is no export, or null |
//! | `rejections` | the first 1,000 rejected rows: `line` or `record`, and `reason` |

use super::Account;
use crate::events::findings::Findings;
use crate::events::joined::JoinedRows;
use crate::events::report::{FileReport, Place, Rejection, TableColumns};
use crate::events::schema::{Table, documented};
use crate::events::time::EventTime;
use crate::hunt::unreadable::UnreadableColumn;
use crate::printable;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

#[derive(Serialize)]
struct Whole<'a> {
    mailhunt: &'static str,
    status: &'static str,
    rows_read: u64,
    rows_kept: u64,
    rows_rejected: u64,
    rows_of_other_tables: u64,
    tables: BTreeMap<&'static str, u64>,
    first_time: Option<String>,
    last_time: Option<String>,
    duplicates_kept: bool,
    events_counted: u64,
    several_records: Several,
    orphans: BTreeMap<&'static str, u64>,
    unreadable_guards: Vec<UnreadableGuard<'a>>,
    warnings: Vec<String>,
    files: Vec<File<'a>>,
}

#[derive(Default, Serialize)]
struct Several {
    emails: u64,
    earlier_records: u64,
    outbound: u64,
    threats: u64,
    undecided: u64,
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    format: Option<String>,
    encoding: Option<String>,
    packing: Option<String>,
    bytes_read: u64,
    rows_read: u64,
    rows_kept: u64,
    rows_rejected: u64,
    rows_of_other_tables: u64,
    tables: BTreeMap<&'static str, u64>,
    other_tables: BTreeMap<&'a str, u64>,
    joined: Option<Joined>,
    first_time: Option<String>,
    last_time: Option<String>,
    local_times: bool,
    date_order: Option<String>,
    unreadable_times: u64,
    recipient_lists: Lists,
    irregular_recipients: u64,
    unknown_directions: Vec<Direction>,
    columns: Vec<Columns<'a>>,
    also_in: Vec<AlsoIn<'a>>,
    repeated_rows: u64,
    unreadable_guards: Vec<UnreadableGuard<'a>>,
    warnings: Vec<String>,
    failure: Option<&'a str>,
    passed_over: Option<&'a str>,
    stopped: bool,
    rejections: Vec<Rejected<'a>>,
}

#[derive(Serialize)]
struct Lists {
    rows: u64,
    emails: u64,
}

#[derive(Serialize)]
struct Joined {
    rows: u64,
    emails: u64,
    alone: u64,
    without_email: BTreeMap<&'static str, u64>,
    tables: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct UnreadableGuard<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    column: &'a str,
    keys: &'a [String],
    exclusions: &'a [String],
    guards: bool,
    rows: u64,
    first_row: u64,
    example: &'a str,
}

#[derive(Serialize)]
struct Direction {
    value: String,
    rows: u64,
}

#[derive(Serialize)]
struct Columns<'a> {
    table: &'static str,
    found: &'a [String],
    missing_used: Vec<&'static str>,
    missing_others: Vec<&'static str>,
    undocumented: Vec<&'a str>,
}

#[derive(Serialize)]
struct AlsoIn<'a> {
    file: &'a str,
    rows: u64,
    differing: u64,
    columns: &'a [String],
    counted_again: bool,
}

#[derive(Serialize)]
struct Rejected<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u64>,
    reason: &'a str,
}

/// Writes the account.
///
/// # Errors
/// What `output` reports.
pub fn write(account: &Account<'_>, output: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&whole(account))?;
    let mut harmless = String::with_capacity(text.len());
    for character in text.chars() {
        // A line feed stands between the values; in a text it is escaped already.
        if character == '\n' || printable::is_harmless(character) {
            harmless.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(harmless, "\\u{unit:04x}");
            }
        }
    }
    harmless.push('\n');
    output.write_all(harmless.as_bytes())
}

fn whole<'a>(account: &Account<'a>) -> Whole<'a> {
    let files: Vec<File<'a>> = account
        .reports()
        .map(|(number, name, report)| file(account, number, name, report))
        .collect();
    let mut tables = BTreeMap::new();
    for (table, rows) in files.iter().flat_map(|file| &file.tables) {
        *tables.entry(*table).or_default() += rows;
    }
    let is_local = account.hunt.store.has_local_times();
    let sum = |of: fn(&File<'_>) -> u64| files.iter().map(of).sum();
    let orphans = account
        .findings()
        .into_iter()
        .flat_map(|found| &found.orphans);
    Whole {
        mailhunt: env!("CARGO_PKG_VERSION"),
        status: if account.is_of_nothing() {
            "nothing read"
        } else if account.load.is_useless() {
            "no events"
        } else if account.load.is_damaged() {
            "damaged"
        } else {
            "fine"
        },
        rows_read: sum(|file| file.rows_read),
        rows_kept: sum(|file| file.rows_kept),
        rows_rejected: sum(|file| file.rows_rejected),
        rows_of_other_tables: sum(|file| file.rows_of_other_tables),
        tables,
        first_time: account.hunt.times.map(|(first, _)| moment(first, is_local)),
        last_time: account.hunt.times.map(|(_, last)| moment(last, is_local)),
        duplicates_kept: account.hunt.keeps_duplicates,
        events_counted: account.events_counted(),
        several_records: account.findings().map(several).unwrap_or_default(),
        orphans: orphans.map(|(table, rows)| (table.name(), *rows)).collect(),
        unreadable_guards: account
            .reports()
            .flat_map(|(number, name, _)| {
                let columns = account.unreadable_of(number);
                columns.map(move |column| unreadable_guard(Some(name), column))
            })
            .collect(),
        warnings: [account.common_failures(), account.common_warnings()].concat(),
        files,
    }
}

fn several(findings: &Findings) -> Several {
    let several = findings.several;
    Several {
        emails: several.emails,
        earlier_records: several.earlier_records,
        outbound: several.outbound,
        threats: several.threats,
        undecided: findings.undecided,
    }
}

fn file<'a>(
    account: &Account<'a>,
    number: usize,
    name: &'a str,
    report: &'a FileReport,
) -> File<'a> {
    let tables = report.tables.iter();
    let directions = report.unknown_directions.values().into_iter();
    let others = report.other_tables.tables().iter();
    let overlaps = report.overlaps.iter();
    let is_local = report.has_local_times;
    File {
        name,
        format: report.format.as_ref().map(ToString::to_string),
        encoding: report.encoding.as_ref().map(ToString::to_string),
        packing: report.packing.as_ref().map(ToString::to_string),
        bytes_read: report.bytes_read,
        rows_read: report.rows_read(),
        rows_kept: report.rows_kept,
        rows_rejected: report.rows_rejected,
        rows_of_other_tables: report.other_tables.rows(),
        tables: tables.map(|(table, rows)| (table.name(), *rows)).collect(),
        other_tables: others.map(|(name, rows)| (&**name, *rows)).collect(),
        joined: report.joined.as_ref().map(joined),
        first_time: report.times.map(|(first, _)| moment(first, is_local)),
        last_time: report.times.map(|(_, last)| moment(last, is_local)),
        local_times: report.has_local_times,
        date_order: report
            .dates
            .order_if_it_matters()
            .map(|order| order.to_string()),
        unreadable_times: report.unreadable_times,
        recipient_lists: Lists {
            rows: report.recipient_lists.records,
            emails: report.recipient_lists.emails,
        },
        irregular_recipients: report.irregular_recipients.rows(),
        unknown_directions: directions
            .map(|(value, rows)| Direction {
                value: String::from_utf8_lossy(value).into_owned(),
                rows,
            })
            .collect(),
        columns: report
            .columns
            .iter()
            .map(|found| columns(account, found))
            .collect(),
        also_in: overlaps
            .map(|shared| AlsoIn {
                file: &shared.earlier,
                rows: shared.rows,
                differing: shared.differing,
                columns: &shared.columns,
                counted_again: shared.count_again,
            })
            .collect(),
        repeated_rows: account
            .findings()
            .map_or(0, |found| found.repeats.of_file(number)),
        unreadable_guards: account
            .unreadable_of(number)
            .map(|column| unreadable_guard(None, column))
            .collect(),
        warnings: account.warnings(number, report),
        failure: report.failure.as_deref(),
        passed_over: report.passed_over.as_deref(),
        stopped: report.cancelled,
        rejections: report.rejections.iter().map(rejected).collect(),
    }
}

fn joined(joined: &JoinedRows) -> Joined {
    let by_table = |rows: &[(Table, u64)]| {
        let rows = rows.iter();
        rows.map(|(table, rows)| (table.name(), *rows)).collect()
    };
    Joined {
        rows: joined.rows,
        emails: joined.emails,
        alone: joined.alone,
        without_email: by_table(&joined.without_email),
        tables: by_table(&joined.companions),
    }
}

fn unreadable_guard<'a>(file: Option<&'a str>, found: &'a UnreadableColumn) -> UnreadableGuard<'a> {
    UnreadableGuard {
        file,
        column: &found.column,
        keys: &found.keys,
        exclusions: &found.exclusions,
        guards: found.is_looked_at_by_guards,
        rows: found.rows,
        first_row: found.first_row,
        example: &found.example,
    }
}

fn columns<'a>(account: &Account<'_>, columns: &'a TableColumns) -> Columns<'a> {
    let missing = account.missing(columns);
    Columns {
        table: columns.table.name(),
        found: &columns.found,
        missing_used: missing.used,
        missing_others: missing.others,
        undocumented: documented::unknown(columns.table, &columns.found),
    }
}

fn rejected(rejection: &Rejection) -> Rejected<'_> {
    let (line, record) = match rejection.place {
        Place::Line(line) => (Some(line), None),
        Place::Record(record) => (None, Some(record)),
    };
    Rejected {
        line,
        record,
        reason: &rejection.reason,
    }
}

fn moment(time: EventTime, is_local: bool) -> String {
    let zone = if is_local { "" } else { "Z" };
    format!("{}{zone}", time.civil().strftime("%Y-%m-%dT%H:%M:%S"))
}
