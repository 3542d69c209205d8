//! Which rows of several files count, by brute force: what is said of copies in the report, followed row by row.

use super::oracle::Event;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What makes an event a record that other files may have too.
fn identity(event: &Event) -> Option<Record> {
    let (message, recipient) = (
        event.get("NetworkMessageId"),
        event.get("RecipientEmailAddress"),
    );
    let is_told = !message.trim().is_empty() && !recipient.trim().is_empty();
    event
        .seconds
        .filter(|_| is_told)
        .map(|seconds| (message.to_owned(), recipient.to_lowercase(), seconds))
}

/// Message, recipient without case, and second.
type Record = (String, String, i64);

/// What the hunt makes of an event; of those that differ the greater counts.
fn value(event: &Event) -> (u8, [&str; 3]) {
    let (threats, direction) = ("ThreatTypes", "EmailDirection");
    let is_named = ["malware", "phish", "spam"]
        .iter()
        .any(|word| event.get(threats).to_ascii_lowercase().contains(word));
    let weight = match event.get(direction) {
        "Inbound" if is_named => 3,
        "Inbound" if !event.get(threats).is_empty() => 2,
        "Outbound" => 1,
        _ => 0,
    };
    let cells = [threats, direction, "SenderFromDomain"].map(|column| event.get(column));
    (weight, cells)
}

/// The cells that say something, more of them being greater.
fn cells(event: &Event) -> (usize, Vec<(&str, &str)>) {
    let mut columns = super::oracle::COLUMNS;
    columns.sort_unstable();
    let cells = columns.map(|column| (column, event.get(column)));
    let filled: Vec<(&str, &str)> = cells
        .into_iter()
        .filter(|(_, cell)| !cell.is_empty())
        .collect();
    (filled.len(), filled)
}

/// The rows of each file that are of the record.
fn copies<'f>(files: &'f [Vec<Event>], record: &Record) -> Vec<Vec<(usize, &'f Event)>> {
    let of_record =
        |(_, event): &(usize, &Event)| identity(event).is_some_and(|own| own == *record);
    let files = files.iter();
    files
        .map(|events| events.iter().enumerate().filter(of_record).collect())
        .collect()
}

/// Whether a row counts where what several files have counts once.
fn counts<'f>(files: &'f [Vec<Event>], file: usize, row: usize) -> bool {
    let Some(record) = identity(&files[file][row]) else {
        return true;
    };
    let copies = copies(files, &record);
    let mut remaining = copies.iter().map(Vec::len).max().unwrap_or_default();
    let events = copies.iter().flatten();
    let values: BTreeSet<_> = events.map(|(_, event)| Reverse(value(event))).collect();
    for Reverse(one) in values {
        let mut chosen: (usize, Vec<(usize, &'f Event)>) = (0, Vec::new());
        for (number, rows) in copies.iter().enumerate() {
            let same = rows.iter().filter(|(_, event)| value(event) == one);
            let mut rows: Vec<(usize, &Event)> = same.copied().collect();
            rows.sort_by_key(|(_, event)| Reverse(cells(event)));
            let keys = |rows: &[(usize, &'f Event)]| -> Vec<_> {
                rows.iter().map(|(_, event)| cells(event)).collect()
            };
            let is_better = (rows.len(), keys(&rows)) > (chosen.1.len(), keys(&chosen.1));
            if is_better {
                chosen = (number, rows);
            }
        }
        let taken = chosen.1.len().min(remaining);
        remaining -= taken;
        let rows = &chosen.1[..taken];
        if chosen.0 == file && rows.iter().any(|(number, _)| *number == row) {
            return true;
        }
    }
    false
}

/// The rows that count, in the order of their files.
pub fn counting_once(files: &[Vec<Event>]) -> Vec<Event> {
    let mut counting = Vec::new();
    for (number, events) in files.iter().enumerate() {
        let rows = events.iter().enumerate();
        let of_file = rows.filter(|(row, _)| counts(files, number, *row));
        counting.extend(of_file.map(|(_, event)| event.clone()));
    }
    counting
}

/// How many rows of a file are told to be in earlier ones too: of each record as many as both have.
pub fn rows_in_earlier(files: &[Vec<Event>], file: usize) -> u64 {
    let records: BTreeSet<_> = files[file].iter().filter_map(identity).collect();
    let rows = records.into_iter().map(|record| {
        let copies = copies(files, &record);
        let earlier = copies[..file].iter().map(Vec::len).max();
        copies[file].len().min(earlier.unwrap_or_default())
    });
    rows.sum::<usize>() as u64
}
