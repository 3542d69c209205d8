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

/// The rows that count, in the order of their files, each with what its copies say.
pub fn counting_once(files: &[Vec<Event>]) -> Vec<(Event, Vec<Event>)> {
    let mut counting = Vec::new();
    for (number, events) in files.iter().enumerate() {
        let rows = events.iter().enumerate();
        let of_file = rows.filter(|(row, _)| counts(files, number, *row));
        let with_copies = of_file.map(|(row, event)| (event.clone(), said(files, number, row)));
        counting.extend(with_copies);
    }
    counting
}

fn side(event: &Event) -> Option<bool> {
    event
        .side()
        .map(|(side, _)| side == super::oracle::Side::Left)
}

/// What is said of a row that counts, by itself and by the copies that go with it: where one says nothing, it says what
/// the first of them does.
fn said(files: &[Vec<Event>], file: usize, row: usize) -> Vec<Event> {
    let event = &files[file][row];
    let (Some(record), Some(own_side)) = (identity(event), side(event)) else {
        return vec![event.clone()];
    };
    let (mut rows, mut others) = (Vec::new(), Vec::new());
    for (number, copies) in copies(files, &record).into_iter().enumerate() {
        for (place, copy) in copies {
            if side(copy) == Some(own_side) {
                let list = if counts(files, number, place) {
                    &mut rows
                } else {
                    &mut others
                };
                list.push((Reverse((value(copy), cells(copy))), (number, place), copy));
            }
        }
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    others.sort_by(|a, b| a.0.cmp(&b.0));
    others.dedup_by(|a, b| a.0 == b.0);
    others.retain(|other| rows.iter().all(|row| row.0 != other.0));
    let own = rows
        .iter()
        .position(|other| other.1 == (file, row))
        .unwrap();
    let with_it = others
        .iter()
        .enumerate()
        .filter(|(place, _)| place % rows.len() == own);
    let mut copies = vec![event];
    copies.extend(with_it.map(|(_, (_, _, copy))| *copy));
    let complete = |copy: &&Event| {
        let mut whole = (*copy).clone();
        for (column, cell) in whole.cells.iter_mut().enumerate() {
            let mut all = copies.iter().map(|copy| &copy.cells[column]);
            if is_nothing(cell)
                && let Some(said) = all.find(|cell| !is_nothing(cell))
            {
                cell.clone_from(said);
            }
        }
        whole
    };
    copies.iter().map(complete).collect()
}

/// A row as its summary tells of it: the gravest delivery of what is said, and a DMARC result where all agree.
pub fn as_told(event: &Event, said: &[Event]) -> Event {
    let place = |column| {
        super::oracle::COLUMNS
            .iter()
            .position(|known| *known == column)
            .unwrap()
    };
    let (delivery, details) = (place("DeliveryAction"), place("AuthenticationDetails"));
    let grave = ["delivered", "junked", "blocked", "replaced"];
    let weight = |copy: &&Event| {
        let action = copy.cells[delivery].to_ascii_lowercase();
        grave
            .iter()
            .position(|known| *known == action)
            .unwrap_or(grave.len())
    };
    let result = |copy: &Event| {
        let cell = copy.cells[details].to_ascii_lowercase();
        let results = ["pass", "fail", "none", "temperror"];
        let says = |result: &&str| cell.contains(&format!("\"dmarc\":\"{result}\""));
        match results.iter().find(|result| says(result)) {
            Some(result) => *result,
            None if cell.is_empty() => "none",
            None => "unreadable",
        }
    };
    let mut told = event.clone();
    told.cells[delivery].clone_from(&said.iter().min_by_key(weight).unwrap().cells[delivery]);
    let agree = said.iter().all(|copy| result(copy) == result(&said[0]));
    told.cells[details] = if agree {
        said[0].cells[details].clone()
    } else {
        "{broken".to_owned()
    };
    told
}

/// Whether a cell says nothing.
fn is_nothing(cell: &str) -> bool {
    let cell = cell.trim().to_ascii_lowercase();
    ["", "none", "null", "nan", "n/a", "-", "\\n", "[]", "{}"].contains(&cell.as_str())
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
