//! Parquet: every codec, every type of value, nested columns, row groups, and files that are damaged.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::format::Format;
use mailhunt::events::report::FileReport;
use mailhunt::events::schema::Table;
use mailhunt::hunt::Hunt;
use parquet::basic::{BrotliLevel, Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::data_type::ByteArray;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use proptest::prelude::*;
use rstest::rstest;
use std::fs;
use std::path::PathBuf;
use support::parquet::{Column, Values, file, needed_columns, packed, text_column, with_column};
use support::writing::gzip;
use support::{Folder, answer, load, load_bytes, row};

/// What the properties of files are where a test is about something else.
fn plain() -> parquet::file::properties::WriterPropertiesBuilder {
    packed(Compression::SNAPPY)
}

/// The cells of a column of all events, in the order of the file.
fn cells(hunt: &Hunt, column: &str) -> Vec<String> {
    let batches = hunt.store.batches().map(|(_, _, batch)| batch);
    batches
        .flat_map(|batch| (0..batch.rows()).map(move |row| batch.cell(column, row)))
        .map(|cell| String::from_utf8_lossy(cell).into_owned())
        .collect()
}

fn assert_whole(report: &FileReport) {
    assert_eq!(report.format, Some(Format::Parquet));
    assert_eq!(
        (report.rows_rejected, &report.failure),
        (0, &None),
        "{report:?}"
    );
}

/// Lists of texts, null where there is none.
fn lists<const ROWS: usize>(lists: [Option<&[&str]>; ROWS]) -> Values {
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Values::Lists(lists.map(|list| list.map(owned)).into())
}

/// The name of the only column of a schema.
fn column_name(schema: &str) -> &str {
    let (_, from_name_on) = schema.split_once(' ').unwrap().1.split_once(' ').unwrap();
    from_name_on.split([' ', ';']).next().unwrap()
}

/// The cells of a column that stands beside the needed ones.
fn cells_of(schema: &str, values: Values) -> Vec<String> {
    let bytes = file(&with_column((schema.to_owned(), values)), 10, plain());
    let (report, hunt) = load_bytes(bytes);
    assert_whole(&report);
    assert_eq!(report.warnings, [""; 0], "{report:?}");
    let name = column_name(schema);
    cells(&hunt, name)
}

// Files as exporters write them.

#[rstest]
fn every_codec_gives_the_same_answer(
    #[values(
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW
    )]
    codec: Compression,
    #[values(WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0)] version: WriterVersion,
    #[values(true, false)] dictionary: bool,
) {
    let properties = packed(codec)
        .set_writer_version(version)
        .set_dictionary_enabled(dictionary);
    let (report, hunt) = load_bytes(file(&needed_columns(), 2, properties));
    assert_whole(&report);
    assert_eq!(report.rows_kept, 3);
    assert_eq!(answer(&hunt), [row("b.example", 2, 1)]);
}

#[rstest]
#[case(Encoding::DELTA_BYTE_ARRAY)]
#[case(Encoding::DELTA_LENGTH_BYTE_ARRAY)]
#[case(Encoding::PLAIN)]
fn every_encoding_of_texts_gives_every_text(#[case] encoding: Encoding) {
    let (columns, subjects) = many_events(9_000);
    let properties = plain()
        .set_dictionary_enabled(false)
        .set_encoding(encoding)
        .set_data_page_row_count_limit(1_000);
    let (report, hunt) = load_bytes(file(&columns, 5_000, properties));
    assert_whole(&report);
    assert_eq!(cells(&hunt, "Subject"), subjects);
}

/// Many events, of which each has a subject of its own; every tenth is a threat.
fn many_events(count: usize) -> (Vec<Column>, Vec<String>) {
    let subjects: Vec<String> = (0..count)
        .map(|number| format!("Invoice {number}"))
        .collect();
    let of = |usual: &'static str, tenth: &'static str| {
        (0..count).map(move |number| if number % 10 == 0 { tenth } else { usual })
    };
    let columns = vec![
        text_column("EmailDirection", of("Outbound", "Inbound")),
        text_column("SenderFromDomain", of("ours.example", "b.example")),
        text_column(
            "RecipientEmailAddress",
            of("a@b.example", "me@ours.example"),
        ),
        text_column("ThreatTypes", of("", "Phish")),
        text_column("Subject", &subjects),
    ];
    (columns, subjects)
}

#[test]
fn row_groups_come_one_after_the_other_and_the_progress_is_the_whole_file() {
    let (columns, subjects) = many_events(20_000);
    let bytes = file(&columns, 7_000, plain());
    let size = bytes.len() as u64;
    let folder = Folder::new();
    let (state, hunt) = load(&[folder.write("events.parquet", bytes)], Vec::new());
    assert_whole(state.files[0].report.as_ref().unwrap());
    assert_eq!(cells(&hunt, "Subject"), subjects);
    assert_eq!(answer(&hunt), [row("b.example", 18_000, 2_000)]);
    let progress = state.files[0].progress;
    assert_eq!((progress.rows, progress.bytes_total), (20_000, size));
    assert!(
        progress.bytes_read <= size && progress.bytes_read > size / 2,
        "{progress:?}"
    );
}

#[test]
fn packed_files_and_pipes_are_put_aside_and_read() {
    let bytes = file(&needed_columns(), 2, plain());
    let (report, hunt) = load_bytes(gzip(&bytes));
    assert_whole(&report);
    assert_eq!(answer(&hunt), [row("b.example", 2, 1)]);

    let folder = Folder::new();
    let Some(path) = folder.pipe("pipe") else {
        return;
    };
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || std::fs::write(path, bytes).unwrap())
    };
    let (state, hunt) = load(&[path], Vec::new());
    writer.join().unwrap();
    assert_whole(state.files[0].report.as_ref().unwrap());
    assert_eq!(answer(&hunt), [row("b.example", 2, 1)]);
}

#[test]
fn a_copy_of_a_file_is_said_to_be_one() {
    let bytes = file(&needed_columns(), 2, plain());
    let folder = Folder::new();
    let paths = ["a", "b"].map(|name| folder.write(name, &bytes));
    let (state, hunt) = load(&paths, Vec::new());
    let warned: Vec<&String> = state
        .reports()
        .flat_map(|(_, report)| &report.warnings)
        .filter(|warning| warning.starts_with("it holds the same bytes as"))
        .collect();
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert_eq!(hunt.store.events(), 6);
}

#[test]
fn a_file_without_rows_is_an_export_without_rows() {
    let columns: Vec<Column> = [
        "EmailDirection",
        "SenderFromDomain",
        "RecipientEmailAddress",
        "ThreatTypes",
    ]
    .map(|name| text_column(name, [""; 0]))
    .into();
    let (report, hunt) = load_bytes(file(&columns, 10, plain()));
    assert_whole(&report);
    assert_eq!(report.rows_read(), 0);
    assert!(report.holds(Table::EmailEvents) && answer(&hunt).is_empty());
}

#[test]
fn missing_columns_are_named_as_in_other_formats() {
    let columns = [
        text_column("EmailDirection", ["Inbound"]),
        text_column("Subject", ["a"]),
    ];
    let (report, _) = load_bytes(file(&columns, 10, plain()));
    assert_eq!(
        report.failure.as_deref(),
        Some(
            "not an EmailEvents export: missing SenderFromDomain, RecipientEmailAddress, ThreatTypes. Columns found: \
             EmailDirection, Subject"
        )
    );
}

#[test]
fn columns_match_whatever_their_case_and_of_doubled_ones_the_first_is_taken() {
    let mut columns = needed_columns();
    columns[0].0 = columns[0].0.replace("EmailDirection", "EMAILDIRECTION");
    columns.insert(2, text_column("senderfromdomain", ["x.example"; 3]));
    let (report, hunt) = load_bytes(file(&columns, 10, plain()));
    assert_whole(&report);
    assert_eq!(
        report.warnings,
        ["the column SenderFromDomain appears more than once: the first is used"]
    );
    assert_eq!(answer(&hunt), [row("b.example", 2, 1)]);
}

#[test]
fn links_are_known_by_their_columns() {
    let columns = [
        text_column("NetworkMessageId", ["m1", "m1"]),
        text_column("Url", ["https://a.example/1", "https://a.example/2"]),
    ];
    let (report, hunt) = load_bytes(file(&columns, 10, plain()));
    assert_whole(&report);
    assert_eq!(report.tables, [(Table::EmailUrlInfo, 2)]);
    assert_eq!(hunt.store.companions().rows(Table::EmailUrlInfo), 2);
}

// What stands in cells.

#[rstest]
#[case(
    "optional int64 Timestamp (TIMESTAMP(MILLIS,true));",
    1_697_643_907_120,
    "2023-10-18T15:45:07.12Z"
)]
#[case(
    "optional int64 Timestamp (TIMESTAMP(MILLIS,false));",
    1_697_643_907_000,
    "2023-10-18T15:45:07Z"
)]
#[case(
    "optional int64 Timestamp (TIMESTAMP(MICROS,true));",
    1_697_643_907_986_275,
    "2023-10-18T15:45:07.986275Z"
)]
#[case(
    "optional int64 Timestamp (TIMESTAMP(MICROS,false));",
    1_697_643_907_000_001,
    "2023-10-18T15:45:07.000001Z"
)]
#[case(
    "optional int64 Timestamp (TIMESTAMP(NANOS,true));",
    1_697_643_907_986_275_500,
    "2023-10-18T15:45:07.9862755Z"
)]
#[case("optional int64 Timestamp (TIMESTAMP(NANOS,false));", -1, "1969-12-31T23:59:59.999999999Z")]
#[case(
    "optional int64 Timestamp (TIMESTAMP_MILLIS);",
    1_697_643_907_120,
    "2023-10-18T15:45:07.12Z"
)]
#[case(
    "optional int64 Timestamp (TIMESTAMP_MICROS);",
    1_697_643_907_120_000,
    "2023-10-18T15:45:07.12Z"
)]
fn times_of_every_unit_are_written_in_utc(
    #[case] schema: &str,
    #[case] value: i64,
    #[case] expected: &str,
) {
    let values = Values::Int64(vec![Some(value), None, Some(value)]);
    let bytes = file(&with_column((schema.to_owned(), values)), 10, plain());
    let (report, hunt) = load_bytes(bytes);
    assert_whole(&report);
    assert_eq!(report.unreadable_times, 0);
    assert_eq!(cells(&hunt, "Timestamp"), [expected, "", expected]);
}

#[test]
fn the_old_times_of_twelve_bytes_are_written_in_utc() {
    // 2023-10-18 is day 2,460,236 of the Julian calendar.
    let moment = (56_707_986_275_500, 2_460_236);
    let values = Values::Int96(vec![Some(moment), None, Some((0, 2_440_588))]);
    let expected = ["2023-10-18T15:45:07.9862755Z", "", "1970-01-01T00:00:00Z"];
    assert_eq!(cells_of("optional int96 Timestamp;", values), expected);
}

#[rstest]
#[case("optional int32 UrlCount;", [-7, 0, i32::MAX], ["-7", "0", "2147483647"])]
#[case("optional int32 UrlCount (INTEGER(8,true));", [-7, 0, 9], ["-7", "0", "9"])]
#[case("optional int32 UrlCount (INTEGER(32,false));", [-1, 0, 9], ["4294967295", "0", "9"])]
#[case("optional int32 Day (DATE);", [19_648, -1, 0], ["2023-10-18", "1969-12-31", "1970-01-01"])]
#[case("optional int32 Amount (DECIMAL(9,2));", [12_345, -5, 0], ["123.45", "-0.05", "0.00"])]
#[case("optional int32 Clock (TIME(MILLIS,true));", [56_707_500, 0, 1], ["15:45:07.5", "00:00:00", "00:00:00.001"])]
fn whole_numbers_of_four_bytes(
    #[case] schema: &str,
    #[case] values: [i32; 3],
    #[case] expected: [&str; 3],
) {
    let values = Values::Int32(values.map(Some).into());
    assert_eq!(cells_of(schema, values), expected);
}

#[test]
fn other_values_are_written_as_json_writes_them() {
    let longs = Values::Int64(vec![Some(i64::MIN), None, Some(-1)]);
    assert_eq!(
        cells_of("optional int64 EmailSize;", longs.clone()),
        ["-9223372036854775808", "", "-1"]
    );
    assert_eq!(
        cells_of("optional int64 EmailSize (INTEGER(64,false));", longs)[2],
        "18446744073709551615"
    );
    let bools = Values::Bool(vec![Some(true), Some(false), None]);
    assert_eq!(
        cells_of("optional boolean IsFirstContact;", bools),
        ["true", "false", ""]
    );
    let floats = Values::Float(vec![Some(0.1), Some(2.0), Some(f32::NAN)]);
    assert_eq!(cells_of("optional float Score;", floats), ["0.1", "2", ""]);
    let doubles = Values::Double(vec![Some(0.1), Some(-3.0), None]);
    assert_eq!(
        cells_of("optional double Score;", doubles),
        ["0.1", "-3", ""]
    );
    let fixed = Values::Fixed(vec![Some(vec![0xff, 0x85]), None, Some(vec![0x01, 0x00])]);
    assert_eq!(
        cells_of(
            "optional fixed_len_byte_array(2) Amount (DECIMAL(4,1));",
            fixed
        )
        .len(),
        3
    );
}

#[test]
fn bytes_that_are_no_text_stay_as_they_are() {
    let mut columns = needed_columns();
    let subjects = [b"a\xff\xfe".as_slice(), b"", b"\0"];
    columns.push((
        "optional binary Subject (UTF8);".to_owned(),
        Values::texts(subjects),
    ));
    let (report, hunt) = load_bytes(file(&columns, 10, plain()));
    assert_whole(&report);
    let (_, _, batch) = hunt.store.batches().next().unwrap();
    let found: Vec<&[u8]> = (0..3).map(|row| batch.cell("Subject", row)).collect();
    assert_eq!(found, subjects);
}

#[test]
fn lists_of_addresses_are_json() {
    let schema =
        "optional group To (LIST) { repeated group list { optional binary element (UTF8); } }";
    let values = lists([
        Some(&["a@b.example", "\"c\\d\"@b.example"]),
        None,
        Some(&[]),
    ]);
    assert_eq!(
        cells_of(schema, values),
        [r#"["a@b.example","\"c\\d\"@b.example"]"#, "", "[]"]
    );
}

#[test]
fn structs_are_json() {
    let schema =
        "required group AdditionalFields { optional int64 Seen (TIMESTAMP(MILLIS,true)); }";
    let values = Values::Int64(vec![Some(0), None, Some(1_500)]);
    assert_eq!(
        cells_of(schema, values),
        [
            r#"{"Seen":"1970-01-01T00:00:00Z"}"#,
            r#"{"Seen":null}"#,
            r#"{"Seen":"1970-01-01T00:00:01.5Z"}"#
        ]
    );
}

#[test]
fn a_long_value_that_a_page_repeats_is_in_every_row() {
    let count = 10_000;
    let long = "x".repeat(64 << 10);
    let (mut columns, _) = many_events(count);
    let values = vec![Some(ByteArray::from(long.as_str())); count];
    columns[4] = (
        "optional binary Subject (UTF8);".to_owned(),
        Values::Bytes(values),
    );
    let properties = plain().set_statistics_enabled(EnabledStatistics::None);
    let bytes = file(&columns, count, properties);
    assert!(bytes.len() < 1 << 20, "{}", bytes.len());
    let (report, hunt) = load_bytes(bytes);
    assert_whole(&report);
    assert!(cells(&hunt, "Subject").iter().all(|cell| *cell == long));
}

// Damage.

fn failure_of(bytes: &[u8]) -> String {
    let (report, hunt) = load_bytes(bytes);
    assert_eq!(report.rows_kept, 0, "{report:?}");
    assert_eq!(hunt.store.events(), 0);
    report.failure.unwrap()
}

#[test]
fn a_file_without_its_end_is_said_to_be_cut_off() {
    let bytes = file(&needed_columns(), 10, plain());
    assert!(failure_of(b"PAR1").contains("cut off"));
    assert!(failure_of(&bytes[..bytes.len() / 2]).contains("cut off"));
    assert!(failure_of(&gzip(&bytes[..bytes.len() - 1])).contains("cut off"));
    assert!(failure_of(b"PARE and so on").contains("encrypted"));
}

#[test]
fn a_footer_that_claims_too_much_is_refused() {
    let mut bytes = file(&needed_columns(), 10, plain());
    let size = bytes.len() - 8;
    bytes[size..size + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(failure_of(&bytes).contains("its footer would be longer than the file"));
    bytes[size..size + 4].copy_from_slice(&0_u32.to_le_bytes());
    assert!(failure_of(&bytes).contains("its footer cannot be read"));
}

/// A file of three row groups of 5,000 events each, in pages whose damage is surely seen, and the place
/// where each row group begins.
fn three_row_groups() -> (Vec<u8>, Vec<usize>, Vec<String>) {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    let (columns, subjects) = many_events(15_000);
    let bytes = file(
        &columns,
        5_000,
        packed(Compression::GZIP(GzipLevel::default())),
    );
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes.clone())).unwrap();
    let starts = reader.metadata().row_groups().iter();
    let starts = starts
        .map(|group| {
            group
                .columns()
                .iter()
                .map(|column| column.byte_range().0)
                .min()
                .unwrap() as usize
        })
        .collect();
    (bytes, starts, subjects)
}

#[test]
fn the_row_groups_before_the_damage_are_kept_and_the_place_is_said() {
    let (mut bytes, starts, subjects) = three_row_groups();
    bytes[starts[1]..starts[1] + 40].fill(0xff);
    let (report, hunt) = load_bytes(&bytes);
    assert_eq!((report.rows_kept, report.rows_read()), (5_000, 5_000));
    assert_eq!(cells(&hunt, "Subject"), subjects[..5_000]);
    let failure = report.failure.unwrap();
    assert!(
        failure.contains("damaged in row group 2 of 3, from row 5,001 of 15,000 on")
            && failure.ends_with("the rows before it are kept, the rest of the file is not read"),
        "{failure}"
    );
}

/// The only data page of the last column of [`needed_columns`] and a subject that is always null, made to
/// claim levels in an encoding in which they would be longer than the page.
fn file_that_makes_the_library_panic() -> Vec<u8> {
    let subjects = Values::Bytes(vec![None; 3]);
    let columns = with_column(("optional binary Subject (UTF8);".to_owned(), subjects));
    let properties = packed(Compression::UNCOMPRESSED).set_dictionary_enabled(false);
    let mut bytes = file(&columns, 10, properties);
    // Thrift: three values, plain, both levels in runs.
    let header = [0x2c, 0x15, 0x06, 0x15, 0x00, 0x15, 0x06, 0x15, 0x06];
    let place = bytes
        .windows(header.len())
        .rposition(|window| window == header)
        .unwrap();
    bytes[place + 2] = 0x7e;
    bytes[place + 6] = 0x08;
    bytes
}

#[test]
fn a_panic_of_the_library_is_damage_and_stays_off_the_terminal() {
    let folder = Folder::new();
    let path = folder.write("events.parquet", file_that_makes_the_library_panic());
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .arg("check")
        .arg(&path)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !said.contains("panicked") && !said.contains("parquet-"),
        "{said}"
    );
    let (report, _) = load_bytes(fs::read(&path).unwrap());
    let failure = report.failure.unwrap();
    assert!(
        failure.contains("the Parquet library cannot make sense of it"),
        "{failure}"
    );
}

/// They are read further by a test of the reader itself.
#[test]
fn the_public_hostile_files_are_refused_in_a_sentence() {
    let Some(corpus) = std::env::var_os("MAILHUNT_CORPUS") else {
        println!("skipped: MAILHUNT_CORPUS names no folder of public corpora");
        return;
    };
    let parquet = PathBuf::from(corpus).join("parquet");
    let folders = ["arrow-fuzz", "parquet-testing-bad_data"].map(|folder| parquet.join(folder));
    let entries = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (state, hunt) = load(&paths, Vec::new());
    assert!(paths.len() >= 145 && hunt.store.events() == 0);
    for (name, report) in state.reports() {
        assert!(report.is_useless(), "{name}: {report:?}");
    }
}

/// A column of the type VARIANT, beside those that the hunt needs.
fn with_variant(name: &str, parts: &str) -> Vec<u8> {
    let field = format!("required group {name} {{ {parts} }}");
    let mut columns = with_column((field, Values::texts(["\u{1}", "\u{1}", "\u{1}"])));
    columns.push((String::new(), Values::texts(["a", "b", "c"])));
    file(&columns, 2, plain())
}

#[rstest]
#[case("optional binary metadata; optional binary value;")]
#[case("optional binary metadata; optional binary typed_value (UTF8);")]
fn a_variant_in_a_column_that_is_known_is_refused_and_in_another_told(#[case] parts: &str) {
    let (report, hunt) = load_bytes(with_variant("AuthenticationDetails", parts));
    assert!(
        report.is_useless() && hunt.store.events() == 0,
        "{report:?}"
    );
    let sentence = report.failure.unwrap();
    assert!(
        sentence.starts_with("its column AuthenticationDetails has Parquet's type VARIANT"),
        "{sentence}"
    );
    let (report, _) = load_bytes(with_variant("Note", parts));
    assert_eq!((report.rows_kept, report.failure), (3, None));
    assert!(report.warnings[0].contains("Note has Parquet's type VARIANT"));
}

#[test]
fn a_struct_of_two_texts_is_no_variant() {
    let parts = "optional binary metadata (UTF8); optional binary value (UTF8);";
    let (report, _) = load_bytes(with_variant("AdditionalFields", parts));
    assert_eq!((report.rows_kept, report.failure), (3, None));
}

#[test]
fn every_cut_is_said_and_none_gives_a_row() {
    let bytes = file(&needed_columns(), 2, plain());
    for end in 4..bytes.len() {
        let (report, _) = load_bytes(&bytes[..end]);
        assert!(
            report.failure.is_some() && report.rows_read() == 0,
            "{end}: {report:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_kept_of_a_file_with_a_hole_is_its_beginning(
        place in 0.0..1.0, length in 20..2_000_usize, fill: u8
    ) {
        let (mut bytes, starts, subjects) = three_row_groups();
        // The footer stays: without it there is no row.
        let last = starts[2] - 2_000;
        let start = 4 + (place * (last - 4) as f64) as usize;
        bytes[start..start + length].fill(fill);
        let (report, hunt) = load_bytes(&bytes);
        let kept = cells(&hunt, "Subject");
        prop_assert!(kept.len() < subjects.len());
        prop_assert_eq!(&kept[..], &subjects[..kept.len()]);
        prop_assert!(report.failure.is_some());
    }

    #[test]
    fn no_change_of_any_byte_panics_or_loses_count(
        changes in proptest::collection::vec((0.0..1.0, any::<u8>()), 1..4),
        version in prop_oneof![Just(WriterVersion::PARQUET_1_0), Just(WriterVersion::PARQUET_2_0)],
    ) {
        let schema = "optional group To (LIST) { repeated group list { optional binary element (UTF8); } }";
        let addresses = lists([Some(&["a", "b"]), None, Some(&[])]);
        let properties = WriterProperties::builder().set_writer_version(version);
        let mut bytes = file(&with_column((schema.to_owned(), addresses)), 2, properties);
        for (place, byte) in changes {
            let place = 4 + (place * (bytes.len() - 4) as f64) as usize;
            bytes[place] = byte;
        }
        // The account is checked on the way.
        load_bytes(&bytes);
    }
}
