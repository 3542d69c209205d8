//! Plain files are read in place, in blocks that several threads read: what comes out is what the same bytes
//! give as a stream, wherever blocks are cut.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::given_header::GivenHeader;
use mailhunt::events::input::Input;
use mailhunt::events::request::{COUNTED_BY, LoadOptions, LoadRequest, TallyOf, Wanted};
use mailhunt::hunt::tally;
use proptest::prelude::*;
use rstest::rstest;
use std::path::PathBuf;
use support::{Folder, answer, load_request};

const HEADER: &str = "Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Subject";

/// Longer than a block.
const LONG: usize = 700_000;

/// What is said of a file, its ranking, and each of its events.
fn told(input: Input, options: LoadOptions) -> String {
    let request = LoadRequest {
        inputs: vec![input],
        options,
    };
    let (state, hunt) = load_request(request, Vec::new());
    let mut report = state.files[0].report.as_deref().unwrap().clone();
    let directions = std::mem::take(&mut report.unknown_directions);
    let directions = directions.values();
    let columns = hunt.store.columns();
    let mut events: Vec<Vec<&[u8]>> = Vec::new();
    for (_, _, batch) in hunt.store.batches() {
        for row in 0..batch.rows() {
            events.push(
                columns
                    .iter()
                    .map(|column| batch.cell(column, row))
                    .collect(),
            );
        }
    }
    format!("{report:?} {directions:?} {:?} {events:?}", answer(&hunt))
}

/// Asserts that a file gives what its bytes give as a stream.
fn assert_same(bytes: &[u8], options: &LoadOptions) {
    let folder = Folder::new();
    let path: PathBuf = folder.write("export", bytes);
    let memory = Input::Memory {
        name: "export".into(),
        bytes: bytes.to_vec().into(),
    };
    for wanted in [
        options.wanted.clone(),
        Wanted::Counts {
            columns: COUNTED_BY.map(str::to_owned).to_vec(),
            tally: TallyOf::by(tally::by_domain_and_facets),
        },
    ] {
        let options = LoadOptions {
            wanted,
            ..options.clone()
        };
        let in_place = told(Input::File(path.clone()), options.clone());
        let streamed = told(memory.clone(), options);
        // Not with texts of megabytes.
        let differs = in_place
            .bytes()
            .zip(streamed.bytes())
            .position(|(one, other)| one != other);
        let from = differs.unwrap_or_default().saturating_sub(100);
        let around = |text: &str| text.chars().skip(from).take(200).collect::<String>();
        assert!(
            in_place == streamed,
            "{}\n{}",
            around(&in_place),
            around(&streamed)
        );
    }
}

/// A row whose subject is so written.
fn csv_row(number: usize, subject: &str) -> String {
    let (direction, threat) = [("Outbound", ""), ("Inbound", "Phish"), ("Inbound", "")][number % 3];
    let domain = number % 7;
    format!(
        "2026-11-03T10:00:00Z,m-{number},{direction},d{domain}.example,a@d{domain}.example,{threat},{subject}"
    )
}

fn json_row(number: usize, subject: &str) -> String {
    let row = csv_row(number, "");
    let cells = HEADER.split(',').zip(row.split(','));
    let cells: Vec<String> = cells
        .map(|(key, cell)| format!("\"{key}\":\"{cell}\""))
        .collect();
    let cells = cells.join(",");
    format!("{{{cells},\"More\":{subject}}}")
}

#[rstest]
#[case::rows_as_exports_write_them("a subject of some length", "\n")]
#[case::quotes_and_returns("\"a, \"\"b\"\"\"", "\r\n")]
#[case::line_ends_in_cells("\"a\nb,c,d,e,f,g,h\n,,,,,,\nc\"", "\n")]
#[case::rows_that_are_none("a,b", "\n")]
#[case::quotes_that_are_never_closed("\"a", "\n")]
#[case::returns_alone("a", "\r")]
fn csv_is_the_same(#[case] subject: &str, #[case] end: &str) {
    let mut text = format!("{HEADER}{end}");
    for number in 0..12_000 {
        let subject = if number % 5 == 0 { subject } else { "x" };
        text += &csv_row(number, subject);
        text += end;
        if number == 9000 {
            text += &csv_row(number, &format!("\"{}\"", "long\n".repeat(LONG / 5)));
            text += end;
        }
    }
    assert_same(text.as_bytes(), &LoadOptions::default());
    assert_same(
        format!("\u{feff}sep=,\r\n{text}").as_bytes(),
        &LoadOptions::default(),
    );
}

/// Several blocks that are read window by window, each cut within a cell of lines that look like rows.
#[test]
fn blocks_that_are_cut_where_no_record_ends_are_the_same() {
    let mut text = format!("{HEADER}\n");
    let lines = "2026-11-03T10:00:00Z,m,Inbound,no.example,a@no.example,Phish,x\n".repeat(40);
    for number in 0..4000 {
        text += &csv_row(number, &format!("\"{lines}\""));
        text += "\n";
    }
    assert_same(text.as_bytes(), &LoadOptions::default());
    text += &csv_row(1, "\"a");
    text += &csv_row(2, "x\n").repeat(3);
    assert_same(text.as_bytes(), &LoadOptions::default());
}

#[test]
fn a_header_that_takes_long_to_end_is_the_same() {
    // By its quotes the first line seems to go on for long after the header has ended.
    let mut text = format!("{HEADER},a\"b\n");
    for number in 0..8000 {
        text += &csv_row(number, "x,y");
        text += "\n";
    }
    assert_same(text.as_bytes(), &LoadOptions::default());
    let wide = format!(
        "{},{HEADER}\n",
        "N,".repeat(2000) + &"long name".repeat(20_000)
    );
    let row = ",".repeat(2001);
    let rows: Vec<String> = (0..100)
        .map(|number| row.clone() + &csv_row(number, "x"))
        .collect();
    assert_same(
        (wide + &rows.join("\n")).as_bytes(),
        &LoadOptions::default(),
    );
}

#[test]
fn csv_without_a_header_is_the_same() {
    let options = LoadOptions {
        header: Some(HEADER.parse::<GivenHeader>().unwrap()),
        ..LoadOptions::default()
    };
    let text: String = (0..12_000)
        .map(|number| csv_row(number, "x") + "\n")
        .collect();
    assert_same(text.as_bytes(), &options);
}

#[rstest]
#[case::rows_that_are_alike("\"a\\\"b\"")]
#[case::values_of_all_kinds("{\"a\":[1,null,\"}\\n\"]}")]
#[case::lines_that_are_none("oops")]
fn json_lines_are_the_same(#[case] subject: &str) {
    let mut text = String::new();
    for number in 0..8000 {
        let subject = if number % 900 == 899 { subject } else { "null" };
        text += &json_row(number, subject);
        text += "\n";
        if number == 5000 {
            text += &json_row(number, &format!("\"{}\"", "long ".repeat(LONG / 5)));
            text += "\n";
        }
    }
    text += &json_row(8000, "1");
    assert_same(text.as_bytes(), &LoadOptions::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Wherever the blocks are cut, and whatever is damaged.
    #[test]
    fn damaged_files_are_the_same(
        first in 0..3000_usize,
        rows in 3000..6000_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut text = format!("{HEADER}\n{}\n", csv_row(0, &"y".repeat(first)));
        for number in 1..rows {
            text += &csv_row(number, "\"with a, comma and ümlaut\"");
            text += "\n";
        }
        let mut bytes = text.into_bytes();
        bytes.truncate(bytes.len() - cut.index(200));
        for (place, byte) in damage {
            // Not in the header.
            let place = 200 + place.index(bytes.len() - 200);
            bytes[place] = byte;
        }
        assert_same(&bytes, &LoadOptions::default());
    }
}
