//! The formats: what they write, that it can be read back, and that nothing hostile passes.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use rstest::rstest;
use std::borrow::Cow;

mod json;

const RAW: Options = Options {
    raw: true,
    terminal: false,
    terminal_width: None,
};

fn sheet<'a>(columns: &[&str], rows: Vec<Vec<Value<'a>>>) -> Sheet<'a> {
    Sheet {
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        rows: Box::new(rows.into_iter()),
        notes: Vec::new(),
    }
}

fn domains() -> Sheet<'static> {
    let row = |domain, outbound, share| {
        vec![
            Value::text(domain),
            Value::Number(outbound),
            Value::Decimal(share),
        ]
    };
    let mut sheet = sheet(
        &["Domain", "Outbound", "Share"],
        vec![
            row("fabrikam.com", 12_331, 0.5),
            row("", 7, 33.333),
            row("evil\u{202E}.example", 0, -1.0),
        ],
    );
    sheet.notes = vec![("Exclusions".to_owned(), "own domains, <b>".to_owned())];
    sheet
}

/// A sheet of one column `T` and one row.
fn single(text: &[u8]) -> Sheet<'_> {
    sheet(&["T"], vec![vec![Value::Text(Cow::Borrowed(text))]])
}

fn written(sheet: Sheet<'_>, format: Format, options: Options) -> Vec<u8> {
    let mut output = Vec::new();
    write(sheet, format, &options, &mut output).expect("a vector takes everything");
    output
}

fn text(sheet: Sheet<'_>, format: Format) -> String {
    String::from_utf8(written(sheet, format, Options::default())).expect("UTF-8")
}

/// A sheet of one column `T` and one row with these texts.
fn list(texts: &[&str]) -> Sheet<'static> {
    let texts = texts
        .iter()
        .map(|text| Cow::Owned(text.as_bytes().to_vec()));
    sheet(&["T"], vec![vec![Value::List(texts.collect())]])
}

#[rstest]
#[case(&[], "\"\"\n", "[]")]
#[case(&["a"], "a\n", "[\"a\"]")]
#[case(&["=1+1"], "'=1+1\n", "[\"=1+1\"]")]
#[case(&["a", "=1+1"], "\"[\"\"a\"\",\"\"=1+1\"\"]\"\n", "[\"a\",\"=1+1\"]")]
#[case(&["", ""], "\"[\"\"\"\",\"\"\"\"]\"\n", "[\"\",\"\"]")]
// One text that could be taken for several.
#[case(&[" [\"a\"]"], "\"[\"\" [\\\"\"a\\\"\"]\"\"]\"\n", "[\" [\\\"a\\\"]\"]")]
#[case(&["\u{1b}[2J", "b"], "\"[\"\"\\u001b[2J\"\",\"\"b\"\"]\"\n", "[\"\\u001b[2J\",\"b\"]")]
fn lists_are_arrays_and_in_csv_one_text_stays_as_it_is(
    #[case] texts: &[&str],
    #[case] csv: &str,
    #[case] json: &str,
) {
    assert_eq!(text(list(texts), Format::Csv), format!("T\n{csv}"));
    let line = text(list(texts), Format::JsonLines);
    assert_eq!(line, format!("{{\"T\":{json}}}\n"));
    let parsed: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(parsed["T"], serde_json::json!(texts));
    for format in [Format::Table, Format::Markdown] {
        assert!(!text(list(texts), format).contains('\u{1b}'));
    }
}

/// The only field of the only row of a CSV file.
fn field_of(csv: &[u8]) -> Vec<u8> {
    let mut reader = ::csv::Reader::from_reader(csv);
    let record = reader.byte_records().next().expect("a row").expect("CSV");
    record.get(0).expect("a field").to_vec()
}

#[test]
fn csv_is_plain() {
    assert_eq!(
        text(domains(), Format::Csv),
        "Domain,Outbound,Share\nfabrikam.com,12331,0.50\n,7,33.33\nevil\u{202E}.example,0,-1.00\n"
    );
    let quoted = text(single(b"a,\"b\"\nc"), Format::Csv);
    assert_eq!(quoted, "T\n\"a,\"\"b\"\"\nc\"\n");
}

#[rstest]
#[case("=1+1", "'=1+1")]
#[case("+49", "'+49")]
#[case("-1", "'-1")]
#[case("@SUM(A1)", "'@SUM(A1)")]
#[case("\t=1", "'⟨0x09⟩=1")]
#[case("\r=1", "'⟨0x0D⟩=1")]
#[case("\n=1", "'\n=1")]
#[case("\0=1", "'⟨0x00⟩=1")]
#[case("＝1", "'＝1")]
#[case("＋1", "'＋1")]
#[case("－1", "'－1")]
#[case("＠a", "'＠a")]
#[case("  =1", "'  =1")]
#[case("\u{A0}\u{3000}=1", "'\u{A0}\u{3000}=1")]
#[case("\u{FEFF}=1", "'\u{FEFF}=1")]
#[case("\u{200B}=1", "'\u{200B}=1")]
#[case("\"=1", "'\"=1")]
#[case("'=1", "''=1")]
#[case("' \"-1", "'' \"-1")]
#[case("a=1", "a=1")]
#[case("a@b.example", "a@b.example")]
#[case("'a", "'a")]
#[case(" ", " ")]
#[case("", "")]
#[case("\x1b[2J\u{9b}x\x7f\x0b", "⟨0x1B⟩[2J⟨0xC2⟩⟨0x9B⟩x⟨0x7F⟩⟨0x0B⟩")]
#[case("⟨0xFF⟩ ⟨0xFG⟩ ⟨", "⟨0xE2⟩⟨0x9F⟩⟨0xA8⟩0xFF⟩ ⟨0xFG⟩ ⟨")]
#[case("\\xFF ^[", "\\xFF ^[")]
#[case("a\tb\r\nc", "a⟨0x09⟩b⟨0x0D⟩\nc")]
#[case("Größe", "Größe")]
fn guarded_csv_is_harmless(#[case] given: &str, #[case] expected: &str) {
    let csv = written(single(given.as_bytes()), Format::Csv, Options::default());
    assert_eq!(String::from_utf8(field_of(&csv)).as_deref(), Ok(expected));
    // A header comes from the same hands.
    let csv = text(sheet(&[given, "b"], Vec::new()), Format::Csv);
    let mut reader = ::csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().expect("headers").get(0), Some(expected));
}

#[test]
fn guarded_csv_shows_bytes_that_are_no_text() {
    let csv = written(
        single(b"\x9b2J\xED\xA0\x80"),
        Format::Csv,
        Options::default(),
    );
    assert_eq!(csv, "T\n⟨0x9B⟩2J⟨0xED⟩⟨0xA0⟩⟨0x80⟩\n".as_bytes());
}

#[test]
fn markdown_has_notes_and_a_table() {
    assert_eq!(
        text(domains(), Format::Markdown),
        "- **Exclusions:** own domains, \\<b>\n\
         \n\
         | Domain | Outbound | Share |\n\
         | --- | ---: | ---: |\n\
         | fabrikam.com | 12,331 | 0.50 |\n\
         |  | 7 | 33.33 |\n\
         | evil⟨U+202E⟩.example | 0 | -1.00 |\n"
    );
}

#[test]
fn table_is_aligned() {
    assert_eq!(
        text(domains(), Format::Table),
        "Exclusions: own domains, <b>\n\
         \n\
         Domain                Outbound  Share\n\
         --------------------  --------  -----\n\
         fabrikam.com            12,331   0.50\n\
         \x20                            7  33.33\n\
         evil⟨U+202E⟩.example         0  -1.00\n"
    );
}

#[test]
fn table_is_cut_at_the_terminal() {
    let options = Options {
        terminal: true,
        terminal_width: Some(20),
        ..Options::default()
    };
    let table = String::from_utf8(written(domains(), Format::Table, options)).expect("UTF-8");
    for line in table.lines() {
        assert!(crate::printable::Printable::new(line.as_bytes()).width() <= 20);
    }
    assert!(table.contains("fabrikam.com       …\n"), "{table}");
}

#[test]
fn table_cuts_long_text_and_never_a_number() {
    let long = "x".repeat(100);
    let mut rows = vec![vec![Value::text("short"), Value::Number(1)]; 1000];
    rows.push(vec![Value::text(&long), Value::Number(1_000_000)]);
    let table = text(sheet(&["Subject", "n"], rows), Format::Table);
    assert_eq!(table.lines().last(), Some("xxxxxx…  1,000,000"));
    assert_eq!(table.lines().count(), 1003);
    let table = text(sheet(&["a"], vec![vec![Value::text(&long)]]), Format::Table);
    assert_eq!(
        table.lines().last(),
        Some(format!("{}…", "x".repeat(59)).as_str())
    );
}

#[test]
fn rows_of_the_wrong_length_are_an_error_in_every_format() {
    for format in Format::ALL {
        let rows = vec![vec![Value::Number(1)], vec![]];
        let result = write(sheet(&["a"], rows), format, &RAW, &mut Vec::new());
        let kind = result.map_err(|error| error.kind());
        assert_eq!(kind, Err(io::ErrorKind::InvalidInput), "{format}");
    }
}

/// Takes `left` writes and fails then.
struct Failing {
    left: usize,
}

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.left -= 1;
        // A short write, as a full pipe has it.
        Ok(bytes.len().min(7))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn whichever_write_fails_it_is_reported() {
    for format in Format::ALL {
        for terminal in [false, true] {
            let options = Options {
                terminal,
                ..Options::default()
            };
            let length = written(domains(), format, options).len();
            let mut allowed = 0;
            while write(domains(), format, &options, &mut Failing { left: allowed }).is_err() {
                allowed += 1;
            }
            assert!(
                allowed >= length / 7,
                "{format} forgot an error after {allowed} writes"
            );
        }
    }
}

/// A text in which each visible form of a byte stands for that byte.
fn read_visible_bytes(text: &[u8]) -> Vec<u8> {
    let form = regex::bytes::Regex::new("⟨0x([0-9A-F]{2})⟩").expect("valid");
    let byte = |found: &regex::bytes::Captures<'_>| {
        let digits = std::str::from_utf8(&found[1]).expect("digits");
        vec![u8::from_str_radix(digits, 16).expect("digits")]
    };
    form.replace_all(text, byte).into_owned()
}

fn hostile_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..40),
        any::<String>().prop_map(String::into_bytes),
        "[\\x00-\\x20=@'\"\\x7f-\\x9f\u{200B}\u{202E}\u{FEFF}\u{E0041}a,|]{0,12}"
            .prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn raw_csv_gives_the_bytes_back(bytes in hostile_bytes()) {
        prop_assert_eq!(field_of(&written(single(&bytes), Format::Csv, RAW)), bytes);
    }

    #[test]
    fn guarded_csv_gives_text_back_after_one_apostrophe(given in "[^\\pC]{0,20}") {
        let field = field_of(&written(single(given.as_bytes()), Format::Csv, Options::default()));
        let field = String::from_utf8(field).expect("UTF-8");
        prop_assert!(field == given || field.strip_prefix('\'') == Some(&given));
    }

    /// Without the apostrophe before a formula, each visible form read as its byte is the text.
    #[test]
    fn guarded_csv_gives_all_bytes_back(
        bytes in prop_oneof![hostile_bytes(), "[⟨0xFE9⟩U+'=\\t\u{1b}]{0,16}".prop_map(String::into_bytes)],
    ) {
        let field = field_of(&written(single(&bytes), Format::Csv, Options::default()));
        let read = read_visible_bytes(&field);
        let without_apostrophe = read.strip_prefix(b"'");
        prop_assert!(read == bytes || without_apostrophe == Some(&*bytes), "{:?}", read);
        let is_guarded = read != bytes;
        let other = [b"'", &*bytes].concat();
        let other_field = field_of(&written(single(&other), Format::Csv, Options::default()));
        prop_assert!(!is_guarded || other_field != field, "two texts are written as one");
    }

    #[test]
    fn guarded_csv_holds_no_control(bytes in hostile_bytes()) {
        let csv = text(single(&bytes), Format::Csv);
        prop_assert!(!csv.chars().any(|one| one.is_control() && one != '\n'));
    }

    #[test]
    fn json_gives_the_text_back(given in any::<String>(), key in any::<String>()) {
        let rows = || vec![vec![Value::text(&given)]];
        let array = text(sheet(&[&key], rows()), Format::Json);
        let parsed: serde_json::Value = serde_json::from_str(&array).expect("JSON");
        prop_assert_eq!(parsed[0][&key].as_str(), Some(given.as_str()));
        let line = text(sheet(&[&key], rows()), Format::JsonLines);
        let parsed: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        prop_assert_eq!(parsed[&key].as_str(), Some(given.as_str()));
    }

    #[test]
    fn json_is_json_whatever_the_bytes(bytes in hostile_bytes()) {
        let line = text(single(&bytes), Format::JsonLines);
        prop_assert_eq!(line.lines().count(), 1);
        // A lone surrogate is valid JSON that serde_json reads only as bytes or raw.
        prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&line).is_ok());
    }

    #[test]
    fn every_format_is_one_line_for_a_row(bytes in hostile_bytes()) {
        prop_assert_eq!(text(single(&bytes), Format::Table).matches('\n').count(), 3);
        prop_assert_eq!(text(single(&bytes), Format::Markdown).matches('\n').count(), 3);
    }

    #[test]
    fn a_terminal_gets_only_safe_lines(bytes in hostile_bytes(), raw in any::<bool>()) {
        for format in Format::ALL {
            let options = Options { raw, terminal: true, terminal_width: None };
            let shown = String::from_utf8(written(single(&bytes), format, options)).expect("UTF-8");
            for line in shown.split('\n') {
                prop_assert_eq!(crate::printable::sanitize_for_terminal(line), line);
            }
        }
    }
}

/// A reader that has gone away after some bytes.
struct Gone {
    room: usize,
}

impl io::Write for Gone {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room < bytes.len() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.room -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[rstest]
fn why_nothing_can_be_written_keeps_its_kind(
    #[values(
        Format::Table,
        Format::Csv,
        Format::Json,
        Format::JsonLines,
        Format::Markdown
    )]
    format: Format,
    #[values(0, 10, 50_000)] room: usize,
) {
    let rows = (0..30_000).map(|number| vec![Value::Number(number)]);
    let long = sheet(&["Number"], rows.collect());
    let written = write(long, format, &Options::default(), &mut Gone { room });
    let error = written.expect_err("it is gone");
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
}
