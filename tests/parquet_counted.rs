//! Parquet of which events are only counted, as `rank` does: it comes to the same as reading every cell, also
//! where rows repeat and where the file is damaged.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::directions::UnknownDirections;
use mailhunt::events::input::Input;
use mailhunt::events::repeats::Repeats;
use mailhunt::events::report::FileReport;
use mailhunt::events::request::{COUNTED_BY, Kept, LoadOptions, LoadRequest, TallyOf, Wanted};
use mailhunt::events::time::EventTime;
use mailhunt::hunt::{Hunt, tally};
use parquet::basic::{Compression, Encoding};
use parquet::data_type::ByteArray;
use parquet::file::properties::{WriterPropertiesBuilder, WriterVersion};
use proptest::prelude::*;
use rstest::rstest;
use std::collections::HashMap;
use support::parquet::{Column, Values, file, packed, text_column};
use support::{Row, answer, load_request};

fn load_wanting(bytes: &[u8], wanted: Wanted) -> (FileReport, Hunt) {
    let options = LoadOptions {
        wanted,
        ..LoadOptions::default()
    };
    let input = Input::Memory {
        name: "events.parquet".into(),
        bytes: bytes.to_vec().into(),
    };
    let inputs = vec![input];
    let (state, hunt) = load_request(LoadRequest { inputs, options }, Vec::new());
    (state.files[0].report.as_deref().unwrap().clone(), hunt)
}

fn load_counting(bytes: &[u8]) -> (FileReport, Hunt) {
    let wanted = Wanted::Counts {
        columns: COUNTED_BY.map(str::to_owned).into(),
        tally: TallyOf::by(tally::by_domain),
    };
    load_wanting(bytes, wanted)
}

/// How many rows that count repeat one before.
fn repeats(hunt: &Hunt) -> u64 {
    Repeats::of(&hunt.store, &hunt.overlaps, false).of_file(0)
}

/// The columns in which rows that repeat each other are the same, beside their time.
const REPEATED: [&str; 4] = [
    "NetworkMessageId",
    "RecipientEmailAddress",
    "EmailDirection",
    "ThreatTypes",
];

/// How many rows of a file that count repeat one before, by looking at the cells of all.
fn expected_repeats(bytes: &[u8]) -> u64 {
    // Else the cells of rows that cannot count are let go.
    let wanted = Wanted::Kept {
        columns: None,
        often: None,
        kept: Some(|_, _| Kept::All),
        are_compared: true,
    };
    let (_, hunt) = load_wanting(bytes, wanted);
    let mut seen: HashMap<(Vec<Vec<u8>>, EventTime), u64> = HashMap::new();
    for (_, _, batch) in hunt.store.batches() {
        for row in 0..batch.rows() {
            let mut cells = REPEATED.map(|name| batch.cell(name, row).to_vec());
            // Here only that of a GUID has letters of either case.
            cells[0].make_ascii_lowercase();
            let is_threat = cells[2] == b"Inbound" && !cells[3].is_empty();
            let counts = is_threat || cells[2] == b"Outbound";
            if counts && cells[..2].iter().all(|cell| !cell.trim_ascii().is_empty()) {
                let mut cells = cells.to_vec();
                if is_threat {
                    cells.push(batch.cell("SenderFromDomain", row).to_vec());
                }
                let time = batch.event_time(row, hunt.store.date_order(0));
                if let Some(time) = time {
                    *seen.entry((cells, time)).or_default() += 1;
                }
            }
        }
    }
    seen.values().map(|rows| rows - 1).sum()
}

/// What is said of a file and what comes of it, but for the bytes read of it.
fn told(report: &FileReport, hunt: &Hunt) -> (String, Vec<Row>) {
    let report = FileReport {
        bytes_read: 0,
        // It is in the warnings, and in no order here.
        unknown_directions: UnknownDirections::default(),
        ..report.clone()
    };
    (format!("{report:?}"), answer(hunt))
}

/// The ways in which files are written.
fn properties() -> impl Strategy<Value = WriterPropertiesBuilder> {
    let encodings = prop_oneof![
        Just(None),
        Just(Some(Encoding::PLAIN)),
        Just(Some(Encoding::DELTA_LENGTH_BYTE_ARRAY)),
    ];
    let versions = prop_oneof![
        Just(WriterVersion::PARQUET_1_0),
        Just(WriterVersion::PARQUET_2_0)
    ];
    let codecs = prop_oneof![Just(Compression::SNAPPY), Just(Compression::UNCOMPRESSED)];
    let (rows_a_page, dictionary) = (1..40_usize, prop_oneof![Just(10_usize), Just(1 << 20)]);
    (encodings, versions, codecs, rows_a_page, dictionary).prop_map(
        |(encoding, version, codec, rows_a_page, dictionary)| {
            let properties = packed(codec)
                .set_writer_version(version)
                .set_dictionary_enabled(encoding.is_none())
                // Where it is small the rest of a column is written without it.
                .set_dictionary_page_size_limit(dictionary)
                .set_write_batch_size(5)
                .set_data_page_row_count_limit(rows_a_page);
            match encoding {
                Some(Encoding::DELTA_LENGTH_BYTE_ARRAY) => ["Subject", "RecipientEmailAddress"]
                    .into_iter()
                    .fold(properties, |properties, column| {
                        properties
                            .set_column_encoding(column.into(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
                    }),
                _ => properties,
            }
        },
    )
}

/// Which of its few values each column has in a row: mostly the same ones.
type RowChoice = [usize; 11];

fn row_choice() -> impl Strategy<Value = RowChoice> {
    let choice = || prop_oneof![8 => Just(0_usize), 1 => Just(1), 1 => 0..5_usize];
    prop::array::uniform11(choice())
}

/// A column of such values, null where there is none.
fn chosen_texts(
    name: &str,
    rows: &[RowChoice],
    column: usize,
    values: [Option<&str>; 5],
) -> Column {
    let texts = rows
        .iter()
        .map(|row| values[row[column]].map(ByteArray::from));
    (
        format!("optional binary {name} (UTF8);"),
        Values::Bytes(texts.collect()),
    )
}

fn times_of(rows: &[RowChoice], are_texts: bool) -> Column {
    let times = [
        Some(1_700_000_000_000_000),
        Some(1_700_000_000_000_001),
        None,
        Some(0),
        Some(-1),
    ];
    if are_texts {
        let written = [
            Some("2026-11-01T10:00:00Z"),
            Some("2026-11-01T10:00:00.1Z"),
            None,
            Some(""),
            Some("some day"),
        ];
        chosen_texts("Timestamp", rows, 5, written)
    } else {
        (
            "optional int64 Timestamp (TIMESTAMP(MICROS,true));".to_owned(),
            Values::Int64(rows.iter().map(|row| times[row[5]]).collect()),
        )
    }
}

fn columns_of(rows: &[RowChoice], are_times_texts: bool) -> Vec<Column> {
    let texts = |name: &str, column, values| chosen_texts(name, rows, column, values);
    let times = times_of(rows, are_times_texts);
    let lists = [
        None,
        Some(vec![]),
        Some(vec!["a"]),
        Some(vec!["a", "b"]),
        None,
    ];
    let lists = rows.iter().map(|row| {
        let list = lists[row[8]].as_ref()?;
        Some(list.iter().map(|text| (*text).to_owned()).collect())
    });
    let counts = [Some(0), None, Some(1), Some(-1), Some(7)];
    let scores = [None, Some(f64::NAN), Some(0.5), Some(0.0), Some(-0.0)];
    vec![
        texts(
            "EmailDirection",
            0,
            [
                Some("Outbound"),
                Some("Inbound"),
                Some("outbound"),
                None,
                Some(""),
            ],
        ),
        texts(
            "SenderFromDomain",
            1,
            [
                Some("b.example"),
                Some("c.example"),
                None,
                Some(""),
                Some("B.example"),
            ],
        ),
        texts(
            "RecipientEmailAddress",
            2,
            [
                Some("a@b.example"),
                Some("c@c.example"),
                None,
                Some(" "),
                Some(""),
            ],
        ),
        texts(
            "ThreatTypes",
            3,
            [None, Some("Phish"), Some(""), Some("[]"), Some("0")],
        ),
        texts(
            "NetworkMessageId",
            4,
            [
                Some("01234567-89ab-cdef-0123-456789abcdef"),
                Some("01234567-89AB-cdef-0123-456789abcdef"),
                None,
                Some(" "),
                Some("m"),
            ],
        ),
        times,
        texts(
            "Subject",
            6,
            [Some("Hi"), None, Some(""), Some("hi"), Some(" ")],
        ),
        (
            "optional int32 UrlCount;".to_owned(),
            Values::Int32(rows.iter().map(|row| counts[row[7]]).collect()),
        ),
        (
            "optional group To (LIST) { repeated group list { optional binary element (UTF8); } }"
                .to_owned(),
            Values::Lists(lists.collect()),
        ),
        (
            "optional double Score;".to_owned(),
            Values::Double(rows.iter().map(|row| scores[row[9]]).collect()),
        ),
        // Not of the documented ones, and hardly ever told.
        texts("Remark", 10, [None, Some("x"), Some(""), None, None]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_counted_and_what_repeats_is_as_when_every_cell_is_read(
        rows in prop::collection::vec(row_choice(), 1..150),
        repeated in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..8),
        rows_a_group in prop_oneof![1..60_usize, Just(1_000)],
        are_times_texts: bool,
        properties in properties(),
    ) {
        let mut rows = rows;
        for (from, to) in repeated {
            let row = rows[from.index(rows.len())];
            rows.insert(to.index(rows.len() + 1), row);
        }
        let bytes = file(&columns_of(&rows, are_times_texts), rows_a_group, properties);
        let (report, hunt) = load_counting(&bytes);
        prop_assert_eq!(repeats(&hunt), expected_repeats(&bytes));
        let (whole_report, whole_hunt) = load_wanting(&bytes, Wanted::default());
        prop_assert_eq!(told(&report, &hunt), told(&whole_report, &whole_hunt));
        prop_assert_eq!(repeats(&whole_hunt), repeats(&hunt));
    }

    /// Of columns that are all counted by, so that the same damage is met.
    #[test]
    fn of_a_damaged_file_the_same_is_kept_and_said(
        rows in prop::collection::vec(row_choice(), 1..150),
        rows_a_group in prop_oneof![10..60_usize, Just(1_000)],
        properties in properties(),
        changes in prop::collection::vec((0.0..1.0, any::<u8>()), 1..4),
    ) {
        let mut columns = columns_of(&rows, false);
        columns.truncate(6);
        columns.remove(4);
        let mut bytes = file(&columns, rows_a_group, properties);
        for (place, byte) in changes {
            let place = 4 + (place * (bytes.len() - 12) as f64) as usize;
            bytes[place] = byte;
        }
        let (report, hunt) = load_counting(&bytes);
        let (whole_report, whole_hunt) = load_wanting(&bytes, Wanted::default());
        // Where the damage has renamed a column, it is not one that is counted by any more.
        let is_read = |name: &String| COUNTED_BY.contains(&name.as_str()) || name == "Timestamp";
        prop_assume!(whole_report.columns.iter().flat_map(|table| &table.found).all(is_read));
        prop_assert_eq!(told(&report, &hunt), told(&whole_report, &whole_hunt));
    }
}

#[rstest]
#[case(true)]
#[case(false)]
fn a_row_that_is_too_long_is_not_counted_however_it_is_written(#[case] has_dictionary: bool) {
    let long = format!("a@{}.example", "b".repeat(64 << 20));
    let columns = [
        text_column("EmailDirection", ["Outbound"; 3]),
        text_column("SenderFromDomain", ["ours.example"; 3]),
        text_column(
            "RecipientEmailAddress",
            ["a@b.example", &long, "a@b.example"],
        ),
        text_column("ThreatTypes", [""; 3]),
    ];
    let properties = packed(Compression::SNAPPY)
        .set_dictionary_enabled(has_dictionary)
        .set_dictionary_page_size_limit(1 << 30);
    let bytes = file(&columns, 3, properties);
    let (report, hunt) = load_counting(&bytes);
    assert_eq!((report.rows_kept, report.rows_rejected), (2, 1));
    assert_eq!(report.rejections[0].reason, "longer than 64 MiB");
    let (whole_report, whole_hunt) = load_wanting(&bytes, Wanted::default());
    assert_eq!(told(&report, &hunt), told(&whole_report, &whole_hunt));
}

/// Many rows of one message each; the columns differ in how often their values repeat.
fn many(rows: usize) -> Vec<Column> {
    let texts = |name: &str, text: &dyn Fn(usize) -> String| text_column(name, (0..rows).map(text));
    vec![
        texts("EmailDirection", &|row| {
            if row % 3 == 0 { "Inbound" } else { "Outbound" }.to_owned()
        }),
        texts("SenderFromDomain", &|row| {
            format!("{}.example", row % 40_000)
        }),
        texts("RecipientEmailAddress", &|row| {
            format!("a{row}@{}.example", row % 50)
        }),
        texts("ThreatTypes", &|row| {
            if row % 30 == 0 { "Phish" } else { "" }.to_owned()
        }),
        texts("NetworkMessageId", &|row| format!("m{row}")),
        (
            "required int64 Timestamp (TIMESTAMP(MILLIS,true));".to_owned(),
            Values::Int64(
                (0..rows)
                    .map(|row| Some(1_700_000_000_000 + row as i64))
                    .collect(),
            ),
        ),
        texts("Subject", &|row| format!("Invoice {}", row % 1_000)),
    ]
}

/// The place of a row that counts and of its repeat in a file with row groups of 70,000 rows.
#[rstest]
#[case::in_one_batch(4, 5)]
#[case::in_two_batches_of_a_group(1_000, 69_998)]
#[case::in_two_groups(69_998, 70_000)]
#[case::far_apart(0, 149_999)]
fn a_row_that_repeats_is_found_wherever_it_stands(#[case] row: usize, #[case] repeat: usize) {
    for (differs, dictionary) in [(false, true), (true, false)] {
        let mut columns = many(150_000);
        for (name, values) in &mut columns {
            match values {
                Values::Bytes(texts) => texts[repeat] = texts[row].clone(),
                Values::Int64(numbers) => numbers[repeat] = numbers[row],
                other => panic!("{other:?}"),
            }
            if differs && name.contains("ThreatTypes") {
                let Values::Bytes(texts) = values else {
                    unreachable!("it is of texts")
                };
                texts[repeat] = Some("Malware".into());
            }
        }
        let properties = packed(Compression::SNAPPY).set_dictionary_enabled(dictionary);
        let bytes = file(&columns, 70_000, properties);
        let (report, hunt) = load_counting(&bytes);
        assert_eq!(repeats(&hunt), u64::from(!differs));
        let (whole_report, whole_hunt) = load_wanting(&bytes, Wanted::default());
        assert_eq!(told(&report, &hunt), told(&whole_report, &whole_hunt));
        assert!(!answer(&hunt).is_empty());
    }
}

#[test]
fn rows_that_are_all_the_same_are_all_found() {
    let rows = vec![[0; 11]; 200_000];
    let bytes = file(
        &columns_of(&rows, false),
        150_000,
        packed(Compression::SNAPPY),
    );
    let (_, hunt) = load_counting(&bytes);
    assert_eq!(repeats(&hunt), 199_999);
}

/// The parts of the file that hold the values of a column, made unreadable.
fn with_column_destroyed(mut bytes: Vec<u8>, name: &str) -> Vec<u8> {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes.clone())).unwrap();
    for group in reader.metadata().row_groups() {
        for column in group.columns() {
            if column.column_descr().name() == name {
                let (start, length) = column.byte_range();
                bytes[start as usize..(start + length) as usize].fill(0xff);
            }
        }
    }
    bytes
}

#[test]
fn a_column_that_nothing_is_counted_by_is_not_read() {
    let bytes = file(&many(100), 50, packed(Compression::SNAPPY));
    let bytes = with_column_destroyed(bytes, "Subject");
    let (report, hunt) = load_counting(&bytes);
    assert_eq!(
        (report.failure, hunt.store.events(), repeats(&hunt)),
        (None, 100, 0)
    );
}

#[test]
fn a_moment_in_no_calendar_is_a_time_that_cannot_be_read() {
    let mut columns = many(10);
    let Values::Int64(moments) = &mut columns[5].1 else {
        unreachable!("it is of moments")
    };
    moments[3] = Some(i64::MAX);
    let bytes = file(&columns, 10, packed(Compression::SNAPPY));
    let (report, hunt) = load_counting(&bytes);
    assert_eq!(report.unreadable_times, 1, "{report:?}");
    let (whole_report, whole_hunt) = load_wanting(&bytes, Wanted::default());
    assert_eq!(told(&report, &hunt), told(&whole_report, &whole_hunt));
}

/// The columns of 100 rows, of which one stands twice, in two row groups of 50.
fn one_repeats() -> Vec<Column> {
    let mut columns = many(100);
    for (_, values) in &mut columns {
        match values {
            Values::Bytes(texts) => {
                let copied = texts[4].clone();
                texts[70] = copied;
            }
            Values::Int64(numbers) => numbers[70] = numbers[4],
            other => panic!("{other:?}"),
        }
    }
    columns
}

#[test]
fn damage_of_a_column_that_is_counted_by_is_damage_of_its_row_group() {
    let bytes = file(&many(100), 50, packed(Compression::SNAPPY));
    let bytes = with_column_destroyed(bytes, "NetworkMessageId");
    let (report, hunt) = load_counting(&bytes);
    let failure = report.failure.clone().unwrap();
    assert!(
        failure.contains("damaged in row group 1 of 2, from row 1 of 100 on ("),
        "{failure}"
    );
    assert_eq!(hunt.store.events(), 0);
    let (whole_report, whole_hunt) = load_wanting(&bytes, Wanted::default());
    assert_eq!(told(&report, &hunt), told(&whole_report, &whole_hunt));
}

#[rstest]
#[case::identifiers_of_16_bytes(
    "optional fixed_len_byte_array(16) NetworkMessageId (UUID);",
    |message: fn(u8) -> u8| Values::Fixed((0..100).map(|row| Some(vec![message(row); 16])).collect())
)]
#[case::long_ones_that_are_not_copied(
    "optional binary NetworkMessageId (UTF8);",
    |message: fn(u8) -> u8| Values::Bytes((0..100).map(|row| Some(vec![message(row); 1 << 20].into())).collect())
)]
fn messages_of_every_shape_are_looked_at(
    #[case] field: &str,
    #[case] values: impl Fn(fn(u8) -> u8) -> Values,
) {
    let mut columns = one_repeats();
    columns[4] = (
        field.to_owned(),
        values(|row| if row == 70 { 4 } else { row }),
    );
    for rows_a_group in [100, 50, 1] {
        let bytes = file(&columns, rows_a_group, packed(Compression::SNAPPY));
        let (_, hunt) = load_counting(&bytes);
        assert_eq!((repeats(&hunt), expected_repeats(&bytes)), (1, 1));
    }
}
