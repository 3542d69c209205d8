//! Blocks taken apart fast, letter by letter and by the csv crate: it is the same.

use super::*;
use crate::events::batch::builder::BatchBuilder;
use crate::events::blocks;
use crate::events::cells::Columns;
use crate::events::counted_as::RowsThatCount;
use crate::events::request::TallyOf;
use crate::events::schema::Table;
use crate::events::schema::names;
use crate::events::tallies::TextCounter;
use csv::{ByteRecord, ReaderBuilder};
use proptest::prelude::*;

/// For files with these columns, all of which are wanted.
pub(in super::super) fn plan(header: &[&str]) -> Plan {
    let names: Vec<String> = header.iter().map(|&name| name.to_owned()).collect();
    let shape = BatchBuilder::new(names).shape();
    let columns = Columns {
        wanted: (0..header.len()).collect(),
        fate: Fate::LookedAt,
        shape,
    };
    Plan {
        table: Table::EmailEvents,
        delimiter: b',',
        surplus: usize::MAX,
        header: header.iter().map(|name| name.as_bytes().to_vec()).collect(),
        threat_types: columns.cell(columns.shape.place(names::THREAT_TYPES)),
        columns,
    }
}

/// The cells of a row.
type Cells = Vec<Vec<u8>>;

/// The rows of a text, the lines that are none, and its lines.
type Read = (Vec<Cells>, Vec<(u64, String)>, u64, Option<u64>);

/// What every processor can do, and what this one can.
fn levels() -> [Level; 2] {
    [Level::baseline(), Level::new()]
}

fn read_at(level: Level, text: &[u8], plan: &Plan) -> Read {
    let parsed = take_apart_at(level, blocks::last(text), plan, None, None);
    assert_eq!(parsed.consumed, text.len());
    let batches = parsed.rows.taken.iter().filter_map(Taken::batch);
    let rows = batches.flat_map(|batch| {
        (0..batch.rows()).map(|row| batch.cells(row).map(|(_, cell)| cell.to_vec()).collect())
    });
    let faults = parsed.rows.faults.iter();
    let faults = faults.map(|fault| (fault.lines_before, fault.reason.to_string()));
    let Rows {
        lines, utf8_before, ..
    } = parsed.rows;
    (rows.collect(), faults.collect(), lines, utf8_before)
}

fn read(text: &str, header: &[&str]) -> (Vec<Cells>, Vec<(u64, String)>, u64) {
    let (rows, faults, lines, _) = read_at(Level::new(), text.as_bytes(), &plan(header));
    (rows, faults, lines)
}

/// The same, each record read letter by letter.
fn read_slowly(text: &[u8], plan: &Plan) -> Read {
    let mut slow = Reading {
        level: Level::baseline(),
        text,
        is_last: true,
        plan,
        scanned: Scanned::new(plan.columns.wanted.len(), text.len()),
        faults: Faults::default(),
        is_too_long: false,
    };
    let mut rows = Vec::new();
    let mut place = 0;
    loop {
        place = slow.pass_blanks(place);
        if place == text.len() {
            break;
        }
        let before = slow.scanned.cells.rows();
        let Next::At(next) = slow.read_record(place) else {
            panic!("the last block has an end");
        };
        if slow.scanned.cells.rows() > before {
            let record = Record::read(text, place, plan.delimiter, true).expect("a record");
            let mut row = vec![Vec::new(); plan.header.len()];
            for &column in &plan.columns.wanted {
                row[column] = record.get(column).to_vec();
            }
            rows.push(row);
        }
        slow.scanned.check_utf8(text, place, next);
        place = next;
    }
    let faults = slow.faults.iter();
    let faults = faults.map(|fault| (fault.lines_before, fault.reason.to_string()));
    let Scanned {
        lines, utf8_before, ..
    } = slow.scanned;
    (rows, faults.collect(), lines, utf8_before)
}

/// For files with so many columns, of which each that is a multiple of `step` is wanted.
fn plan_of_columns(columns: usize, step: usize) -> Plan {
    let header: Vec<String> = (0..columns).map(|column| format!("C{column}")).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut plan = plan(&header);
    plan.columns.wanted.retain(|column| column % step == 0);
    plan
}

#[test]
fn rows_and_faults_keep_their_lines() {
    let text = "1,\"a\nb\"\r\n\r\n2\n3,\"say \"\"hi\"\"\"\n4,x\"y\nA,B\n5,\"un\n6,7\n";
    let (rows, faults, lines) = read(text, &["A", "B"]);
    let expected: [[&str; 2]; 4] = [
        ["1", "a\nb"],
        ["3", "say \"hi\""],
        ["4", "x\"y"],
        ["6", "7"],
    ];
    assert_eq!(
        rows,
        expected.map(|row| row.map(|cell| cell.as_bytes().to_vec()).to_vec())
    );
    let lines_of_faults: Vec<u64> = faults.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines_of_faults, [3, 6, 7]);
    assert_eq!(lines, 9);
}

proptest! {
    /// Where nothing is rejected, the rows are those of the csv crate, however they are written.
    #[test]
    fn rows_are_those_of_the_csv_crate(
        cells in prop::collection::vec(("[ab,\"é\n\r]{0,70}", "[a\"]{0,3}", any::<bool>()), 1..20),
        end in prop_oneof![Just("\n"), Just("\r\n")],
        times in 1..6_usize,
    ) {
        let mut text = String::new();
        for (one, other, is_plain) in &cells {
            let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
            let other = if *is_plain { format!("b{other}") } else { quoted(other) };
            text = [&text, &quoted(one), ",", &other, end].concat();
        }
        let text = text.repeat(times);
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let expected: Vec<ByteRecord> = reader.byte_records().map(|record| record.expect("text")).collect();
        let expected: Vec<Vec<Vec<u8>>> = expected
            .iter()
            .map(|record| record.iter().map(<[u8]>::to_vec).collect())
            .collect();
        let (rows, faults, lines) = read(&text, &["A", "B"]);
        prop_assert_eq!(rows, expected);
        prop_assert_eq!(faults, []);
        prop_assert_eq!(lines, line_ends(text.as_bytes()));
    }

    /// The fast way and the exact one agree on any text, whatever the processor can do.
    #[test]
    fn the_fast_way_makes_no_difference(
        text in "[ab,,\"\"\n\n\ré]{0,200}",
        others in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..2),
        times in 1..3_usize,
    ) {
        let mut text = text.repeat(times).into_bytes();
        for (place, byte) in others {
            if !text.is_empty() {
                let place = place.index(text.len());
                text[place] = byte;
            }
        }
        let plan = plan(&["A", "B"]);
        let expected = read_slowly(&text, &plan);
        for level in levels() {
            prop_assert_eq!(&read_at(level, &text, &plan), &expected);
        }
    }

    /// Wherever a record stands that is written in another way: at any border of what is looked at
    /// together, in rows of few or very many columns.
    #[test]
    fn it_makes_no_difference_where_a_record_stands(
        columns in prop_oneof![1..6_usize, 40..50_usize, 60..300_usize],
        step in 1..9_usize,
        before in 0..5000_usize,
        length in 0..70_usize,
        end in prop_oneof![Just("\n"), Just("\r\n")],
        odd in prop::sample::select(ODD_CELLS.to_vec()),
    ) {
        let plan = plan_of_columns(columns, step);
        let row = |cell: &str| {
            let mut cells = vec!["x".repeat(length % 7); columns];
            cells[columns / 2] = cell.to_owned();
            cells.join(",") + end
        };
        let mut text = format!("{}{end}", "y".repeat(before));
        for cell in ["", "z", odd, "\"u,\"\"v\"", "", odd, "w"] {
            text += &row(cell);
        }
        let expected = read_slowly(text.as_bytes(), &plan);
        for level in levels() {
            prop_assert_eq!(&read_at(level, text.as_bytes(), &plan), &expected);
        }
    }
}

/// Cells that are not written as all exports write them, and some that are.
const ODD_CELLS: [&str; 14] = [
    "\"a\nb\"",
    "\"a\r\nb\"",
    "\"a\rb\"",
    "a\rb",
    "a\"b",
    "\"a\"b",
    "\"a\" ",
    "\"",
    "\"\"",
    "\"\"\"\"",
    "\"\"\"",
    "é",
    "\"日,\n本\"",
    "a,b",
];

/// Counts rows by a cell and by whether another is empty.
fn tally(batch: &Batch, _: &RowsThatCount, counter: &mut TextCounter) -> bool {
    for row in 0..batch.rows() {
        let kind = u32::from(batch.cell("B", row).is_empty());
        let text = counter.number(batch.cell("A", row));
        counter.count(text, kind);
    }
    false
}

/// What a block was taken apart into, of whose rows nothing is left but what was counted.
fn said(parsed: &mut Parsed<Rows>) -> String {
    let rows = &mut parsed.rows;
    let counted = rows.taken.iter_mut().filter_map(|taken| match taken {
        Taken::Passed(events) => Some(events),
        Taken::Batch(_) => None,
    });
    let counted: Vec<_> = counted
        .map(|events| {
            let tallies = events.tallies().told();
            let directions = events.unknown_directions.values();
            let unreadable = events.unreadable_time();
            format!(
                "{} {tallies:?} {directions:?} {unreadable:?} {:?}",
                events.rows(),
                events.times()
            )
        })
        .collect();
    format!(
        "{counted:?} {:?} {:?} {:?} {} {}",
        rows.faults.iter().collect::<Vec<_>>(),
        rows.threat_types.warnings(),
        rows.utf8_before,
        rows.lines,
        rows.is_too_long
    )
}

proptest! {
    /// Whether a block is read at once or window by window, each over the one before.
    #[test]
    fn windows_make_no_difference(
        lines in prop::collection::vec("[ab,\"é]{0,9}(,Phish|,oops|,None)?(,2026-11-01T10:00:00Z|,soon)?\r?\n", 0..40),
        others in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        window in 1..80_usize,
    ) {
        let mut text = lines.concat().into_bytes();
        for (place, byte) in others {
            if !text.is_empty() {
                let place = place.index(text.len());
                text[place] = byte;
            }
        }
        let plan = plan(&["A", "B", "ThreatTypes", "Timestamp"]).with(Fate::Counted(TallyOf::by(tally)));
        let take = |block, before| take_apart_at(Level::new(), block, &plan, None, before);
        let mut whole = take(blocks::last(&text), None);
        let mut in_windows = blocks::last_in_windows(&text, window, take);
        prop_assert_eq!(said(&mut in_windows), said(&mut whole));
        prop_assert_eq!(in_windows.length - in_windows.consumed, 0);
        let handed_on = in_windows.rows.taken.iter_mut().map(|taken| match taken {
            Taken::Passed(events) => events.tallies().parts().count(),
            Taken::Batch(_) => 0,
        });
        prop_assert!(handed_on.sum::<usize>() <= 1, "once for all windows");
    }
}
