//! What text files differ in and the answer must not: delimiters, headers that are missing, encodings, packing.
//! And what becomes of them damaged.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::encoding::Encoding;
use mailhunt::events::format::Format;
use mailhunt::events::input::Input;
use mailhunt::events::packing::Packing;
use mailhunt::events::report::{FileReport, Place};
use mailhunt::events::request::{LoadOptions, LoadRequest};
use mailhunt::hunt::Hunt;
use mailhunt::hunt::domain_matching::DomainMatching;
use rstest::rstest;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use support::writing::{Encoding as Written, gzip, zstd};
use support::{Folder, HEADER, answer, load_bytes, load_request, outbound, row, threat};

/// A CSV of one email we sent to `b.com`, one threat from there and what a test puts in between.
fn around(between: &str) -> String {
    format!(
        "{HEADER}\n{}\n{between}{}\n",
        outbound("a@b.com"),
        threat("b.com")
    )
}

/// Asserts that one email each way was counted and nothing is wrong.
fn assert_counted(report: &FileReport, hunt: &Hunt) {
    assert_eq!(
        (report.rows_kept, report.failure.as_deref()),
        (2, None),
        "{report:?}"
    );
    assert_eq!(answer(hunt), [row("b.com", 1, 1)]);
}

/// The subject of the first threat email from `b.com`.
fn subject(hunt: &Hunt) -> &[u8] {
    let email = hunt
        .all_emails(b"b.com", DomainMatching::Exact)
        .iter()
        .next()
        .unwrap();
    hunt.store.cell(email.id, "Subject")
}

/// Loads one file of these bytes, saying what the columns of files without a header are.
fn load_with_header(bytes: impl AsRef<[u8]>, header: &str) -> (FileReport, Hunt) {
    let folder = Folder::new();
    let request = LoadRequest {
        inputs: vec![Input::File(folder.write("export", bytes))],
        options: LoadOptions {
            header: Some(header.parse().unwrap()),
            ..LoadOptions::default()
        },
    };
    let (state, hunt) = load_request(request, Vec::new());
    (state.files[0].report.as_deref().unwrap().clone(), hunt)
}

/// The failure of a file of which nothing was counted.
fn failure((report, hunt): (FileReport, Hunt)) -> String {
    assert!(report.is_useless(), "{report:?}");
    assert_eq!(hunt.store.events(), 0);
    report.failure.unwrap()
}

const DELIMITERS: [(&str, Format); 3] = [
    (",", Format::Csv),
    ("\t", Format::TabSeparated),
    (";", Format::SemicolonSeparated),
];

// Delimiters.

#[test]
fn cells_may_be_separated_by_commas_tabs_or_semicolons() {
    for (delimiter, format) in DELIMITERS {
        let text = around("").replace(',', delimiter);
        let (report, hunt) = load_bytes(&text);
        assert_counted(&report, &hunt);
        assert_eq!(report.format, Some(format));
        assert_eq!(report.warnings, Vec::<String>::new());
        let quoted = text
            .replace(delimiter, &format!("\"{delimiter}\""))
            .replace('\n', "\"\r\n\"");
        let quoted = format!("\"{}", quoted.strip_suffix('"').unwrap());
        let (report, hunt) = load_bytes(quoted);
        assert_counted(&report, &hunt);
        assert_eq!(report.format, Some(format));
    }
}

#[test]
fn a_pipe_separates_nothing() {
    let sentence = failure(load_bytes(around("").replace(',', "|")));
    assert!(sentence.contains("missing EmailDirection"), "{sentence}");
}

#[test]
fn a_line_of_excel_that_says_the_delimiter_is_no_header_and_counts_as_a_line() {
    for (delimiter, format) in DELIMITERS {
        let text = around("short\n").replace(',', delimiter);
        let (report, hunt) = load_bytes(format!("sep={delimiter}\r\n{text}"));
        assert_counted(&report, &hunt);
        assert_eq!(report.format, Some(format));
        assert_eq!(report.rejections[0].place, Place::Line(4));
    }
}

#[test]
fn the_line_of_powershell_that_says_a_type_is_no_header_and_counts_as_a_line() {
    let rows = around("short\n");
    let (report, hunt) = load_bytes(format!("#TYPE Selected.System.Object\r\n{rows}"));
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)], "{report:?}");
    assert_eq!(report.rejections[0].place, Place::Line(4));
}

#[test]
fn with_any_delimiter_rows_that_do_not_fit_are_rejected_and_a_quote_costs_its_own_line_only() {
    let faults = [
        ("one,two\n", "2 cells where the header has 6"),
        ("1,2,3,4,5,6,7\n", "7 cells where the header has 6"),
        ("1,2,3,4,5,\"6\n", "not closed properly"),
        ("1,2,\"3,4\",5,6,\"7\nx\n", "not closed properly"),
        (HEADER, "header again"),
    ];
    for (delimiter, _) in DELIMITERS {
        for (fault, reason) in faults {
            let text = around(&format!("{}\n", fault.trim_end())).replace(',', delimiter);
            let (report, hunt) = load_bytes(text);
            assert_counted(&report, &hunt);
            let first = &report.rejections[0];
            assert_eq!(first.place, Place::Line(3), "{report:?}");
            assert!(first.reason.contains(reason), "{report:?}");
        }
    }
}

#[test]
fn other_delimiters_are_text_within_cells() {
    let written = "A; b\tc, d \"\"e\"\"";
    for (delimiter, _) in DELIMITERS {
        let text = around("")
            .replace(',', delimiter)
            .replace("received", &format!("\"{written}\""));
        let (report, hunt) = load_bytes(text);
        assert_counted(&report, &hunt);
        assert_eq!(subject(&hunt), b"A; b\tc, d \"e\"");
    }
}

// Files without a header.

/// A row of `EmailEvents` in the documented order, of the edition with that many columns.
fn documented_row(
    cells: usize,
    direction: &str,
    domain: &str,
    recipient: &str,
    threat: &str,
) -> String {
    let mut row = vec![""; cells];
    row[0] = "2026-11-02T09:00:00.0000000Z";
    row[8] = domain;
    row[11] = recipient;
    row[15] = direction;
    row[18] = threat;
    row.join(",") + "\n"
}

fn documented_rows(cells: usize) -> String {
    documented_row(cells, "Outbound", "ours.example", "a@b.com", "")
        + &documented_row(cells, "Inbound", "b.com", "me@ours.example", "Phish")
}

#[rstest]
fn the_documented_columns_are_known_by_a_word(#[values(39, 53)] cells: usize) {
    for (delimiter, format) in DELIMITERS {
        let text = documented_rows(cells).replace(',', delimiter);
        let (report, hunt) = load_with_header(text, "emailevents");
        assert_counted(&report, &hunt);
        assert_eq!(report.format, Some(format));
        assert_eq!(report.warnings, Vec::<String>::new());
    }
}

#[test]
fn columns_may_be_named_and_the_first_line_is_a_row() {
    let rows = around("short\n");
    let rows = rows.strip_prefix(HEADER).unwrap().trim_start();
    let (report, hunt) = load_with_header(rows, HEADER);
    assert_counted(&report, &hunt);
    assert_eq!(report.rejections[0].place, Place::Line(2));
}

#[test]
fn columns_may_be_named_as_a_header_may_spell_them() {
    let rows = around("");
    let rows = rows.strip_prefix(HEADER).unwrap().trim_start();
    let names = HEADER
        .to_lowercase()
        .replace("timestamp", "Timestamp [Europe/Berlin]")
        .replace("subject", "Subject_s");
    let (report, hunt) = load_with_header(rows, &names);
    assert_counted(&report, &hunt);
    assert_eq!(subject(&hunt), b"received");
    assert_eq!(report.warnings.len(), 1, "{report:?}");
    assert!(report.warnings[0].contains("Europe/Berlin"), "{report:?}");
}

#[test]
fn a_header_that_is_there_counts_more_than_the_one_given() {
    let other =
        "ThreatTypes,RecipientEmailAddress,SenderFromDomain,EmailDirection,Timestamp,Subject";
    for given in ["emailevents", other] {
        let (report, hunt) = load_with_header(around(""), given);
        assert_counted(&report, &hunt);
        let said = "it has a header line: --header is ignored for it";
        assert_eq!(report.warnings, [said]);
    }
}

#[test]
fn a_header_may_have_blanks_before_its_quotes() {
    let header: Vec<String> = HEADER
        .split(',')
        .map(|name| format!("\"{name}\""))
        .collect();
    let rows = around("");
    let (_, rows) = rows.split_once('\n').unwrap();
    let (report, hunt) = load_bytes(format!("{}\n{rows}", header.join(", ")));
    assert_counted(&report, &hunt);
    assert_eq!(hunt.store.columns().join(","), HEADER);
}

#[rstest]
#[case(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec())]
#[case((0..4000_u32).map(|number| (number * number / 7 % 251) as u8 ^ 0x93).collect())]
fn what_is_no_text_is_called_so(#[case] bytes: Vec<u8>) {
    assert_eq!(
        failure(load_bytes(bytes)),
        "this is neither text nor a format that mailhunt reads"
    );
}

#[test]
fn without_a_header_the_error_names_the_option() {
    let sentence = failure(load_bytes(documented_rows(39)));
    assert!(sentence.contains("--header emailevents"), "{sentence}");
    let sentence = failure(load_bytes("Timestamp,Subject\n1,2\n"));
    assert!(!sentence.contains("--header"), "{sentence}");
}

#[rstest]
#[case(38)]
#[case(40)]
#[case(54)]
fn another_number_of_cells_than_an_edition_has_is_refused(#[case] cells: usize) {
    let sentence = failure(load_with_header(documented_rows(cells), "emailevents"));
    for part in [&format!("{cells} cells"), "39 or 53", "--header NAME,NAME"] {
        assert!(sentence.contains(part), "{sentence}");
    }
}

#[test]
fn named_columns_must_be_as_many_as_cells() {
    let sentence = failure(load_with_header("a,b,c\n", HEADER));
    assert!(
        sentence.contains("3 cells") && sentence.contains("names 6 columns"),
        "{sentence}"
    );
}

#[test]
fn columns_under_which_no_direction_stands_are_refused_before_anything_is_counted() {
    let wrong =
        "Timestamp,SenderFromDomain,EmailDirection,RecipientEmailAddress,ThreatTypes,Subject";
    let rows = around("");
    let rows = rows.strip_prefix(HEADER).unwrap().trim_start();
    let sentence = failure(load_with_header(rows, wrong));
    assert!(
        sentence.contains("cell 3, which should be EmailDirection, is \"ours.example\""),
        "{sentence}"
    );
    // Where the first rows have nothing there, the next that has something decides.
    let empty = "2026-11-02T09:00:00Z,,b.com,a@b.com,,x\n";
    let (report, hunt) = load_with_header(empty.repeat(50) + rows, HEADER);
    assert_eq!((report.rows_kept, report.failure), (52, None));
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    for rows in [empty.repeat(50), empty.repeat(500) + rows] {
        let sentence = failure(load_with_header(rows, HEADER));
        assert!(sentence.contains("is empty in"), "{sentence}");
    }
}

#[test]
fn a_row_whose_cells_are_names_of_columns_is_no_header() {
    let mut cells: Vec<&str> = vec![""; 39];
    cells[0] = "2026-11-02T09:00:00Z";
    cells[1] = "id";
    cells[2] = "ThreatTypes";
    cells[4] = "a@b.com";
    cells[5] = "EmailDirection";
    cells[8] = "b.com";
    cells[11] = "me@ours.example";
    cells[13] = "SenderFromDomain";
    cells[15] = "Inbound";
    cells[18] = "Phish";
    let text = cells.join(",") + "\n" + &documented_rows(39);
    let (report, hunt) = load_with_header(text, "emailevents");
    assert_eq!((report.rows_kept, report.failure), (3, None));
    assert_eq!(answer(&hunt), [row("b.com", 1, 2)]);
}

// Encodings.

#[rstest]
#[case(Written::Utf8, Encoding::Utf8)]
#[case(Written::Utf8WithMark, Encoding::Utf8WithMark)]
#[case(Written::Utf16LittleEndian, Encoding::Utf16LittleEndian)]
#[case(Written::Utf16BigEndian, Encoding::Utf16BigEndian)]
fn every_encoding_gives_the_same_text(#[case] written: Written, #[case] encoding: Encoding) {
    // Characters of one to four bytes of UTF-8.
    let text = around("").replace("received", "Zażółć 💌 \u{202e}");
    let bytes = written.encode(&text);
    for (bytes, packing) in [
        (gzip(&bytes), Some(Packing::Gzip)),
        (zstd(&bytes), Some(Packing::Zstd)),
        (bytes, None),
    ] {
        let (report, hunt) = load_bytes(bytes);
        assert_counted(&report, &hunt);
        assert_eq!((report.encoding, report.packing), (Some(encoding), packing));
        assert_eq!(report.warnings, Vec::<String>::new());
        assert_eq!(
            String::from_utf8_lossy(subject(&hunt)),
            "Zażółć 💌 \u{202e}"
        );
    }
}

#[test]
fn utf_16_without_a_mark_is_known_and_that_is_said() {
    for written in [Written::Utf16LittleEndian, Written::Utf16BigEndian] {
        let (report, hunt) = load_bytes(&written.encode(&around(""))[2..]);
        assert_counted(&report, &hunt);
        assert_eq!(report.warnings.len(), 1);
        assert!(
            report.warnings[0].contains("no byte order mark"),
            "{report:?}"
        );
    }
}

#[test]
fn half_characters_of_utf_16_are_replaced_and_counted() {
    let text = around("").replace("received", "x🙂y🙂z");
    let mut bytes = Written::Utf16LittleEndian.encode(&text);
    let halves: Vec<usize> = (0..bytes.len() - 1)
        .step_by(2)
        .filter(|&at| bytes[at + 1] == 0xde)
        .collect();
    assert_eq!(halves.len(), 2);
    // The second half of the first, and the first half of the second, become letters.
    for at in [halves[0], halves[1] - 2] {
        bytes[at..at + 2].copy_from_slice(b"w\0");
    }
    let (report, hunt) = load_bytes(bytes);
    assert_counted(&report, &hunt);
    assert_eq!(report.warnings.len(), 1);
    assert!(
        report.warnings[0].starts_with("2 half characters"),
        "{report:?}"
    );
    assert_eq!(
        String::from_utf8_lossy(subject(&hunt)),
        "x\u{fffd}wyw\u{fffd}z"
    );
}

#[test]
fn utf_16_that_ends_within_a_character_gives_the_rows_before() {
    let mut bytes = Written::Utf16BigEndian.encode(&around(""));
    bytes.push(0);
    let (report, _) = load_bytes(bytes);
    assert_eq!(report.rows_kept, 2);
    let sentence = report.failure.unwrap();
    assert!(
        sentence.contains("after 2 rows: the file ends in the middle"),
        "{sentence}"
    );
}

#[test]
fn bytes_that_are_not_utf_8_are_kept_and_said_to_be_so() {
    let text = around("").replace("received", "Gr\u{fc}\u{df}e");
    let latin: Vec<u8> = text.chars().map(|one| one as u8).collect();
    let (report, hunt) = load_bytes(latin);
    assert_counted(&report, &hunt);
    assert_eq!(report.encoding, Some(Encoding::Unknown));
    assert_eq!(subject(&hunt), b"Gr\xfc\xdfe");
}

// Packing.

type Pack = fn(&[u8]) -> Vec<u8>;

/// A frame that zstd programs step over, as `pzstd` writes before each of its own.
#[test]
fn bytes_that_are_not_utf_8_are_told_with_their_first_line() {
    let mut bytes = around("").into_bytes();
    bytes.extend_from_slice(
        b"2026-11-03T10:00:00Z,Inbound,b\xfccher.example,me@ours.example,Phish,x\n",
    );
    let (report, _) = load_bytes(bytes);
    assert_eq!(report.warnings.len(), 1, "{report:?}");
    let warning = &report.warnings[0];
    assert!(warning.contains("not UTF-8, first on line 4,"), "{warning}");
    assert!(warning.contains("kept as they are"), "{warning}");
}

#[rstest]
#[case::little_endian(|letter: u8| [letter, 0, 0, 0])]
#[case::big_endian(|letter: u8| [0, 0, 0, letter])]
fn utf_32_is_refused_by_name(#[case] encode: fn(u8) -> [u8; 4]) {
    let text: Vec<u8> = around("").bytes().flat_map(encode).collect();
    let sentence = failure(load_bytes(text));
    assert!(sentence.contains("UTF-32"), "{sentence}");
    assert!(sentence.contains("save it as UTF-8"), "{sentence}");
}

#[test]
fn nothing_but_zeros_is_told_with_the_cause() {
    let sentence = failure(load_bytes(vec![0; 3000]));
    assert!(
        sentence.contains("its first 3,000 bytes are all zero"),
        "{sentence}"
    );
    assert!(sentence.contains("incomplete download"), "{sentence}");
}

#[test]
fn zeros_behind_gzip_are_padding() {
    let rows = around("");
    let one = gzip(rows.as_bytes());
    let second = gzip(format!("{}\n", threat("b.com")).as_bytes());
    for padding in [1, 511, 600_000] {
        let zeros = vec![0; padding];
        let (report, hunt) = load_bytes([&one[..], &zeros].concat());
        assert_counted(&report, &hunt);
        let (report, hunt) = load_bytes([&one[..], &second, &zeros].concat());
        assert!(!report.is_damaged(), "{report:?}");
        assert_eq!(answer(&hunt), [row("b.com", 1, 2)]);
        let (report, hunt) = load_bytes([&one[..], &zeros, b"x"].concat());
        assert!(report.failure.is_some(), "{report:?}");
        assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    }
}

fn skippable() -> Vec<u8> {
    let mut frame = vec![0x51, 0x2a, 0x4d, 0x18, 3, 0, 0, 0];
    frame.extend(b"any");
    frame
}

#[rstest]
#[case(gzip, Packing::Gzip)]
#[case(zstd, Packing::Zstd)]
#[case(|bytes: &[u8]| [skippable(), zstd(bytes)].concat(), Packing::Zstd)]
fn all_parts_of_a_packed_file_are_read(#[case] pack: Pack, #[case] packing: Packing) {
    let mut bytes = pack(around("").as_bytes());
    bytes.extend(pack(b""));
    bytes.extend(pack((threat("b.com") + "\n").as_bytes()));
    let (report, hunt) = load_bytes(bytes);
    assert_eq!((report.rows_kept, report.failure), (3, None));
    assert_eq!(report.packing, Some(packing));
    assert_eq!(answer(&hunt), [row("b.com", 1, 2)]);
}

/// Many rows whose packed form is not small.
fn many_rows() -> String {
    let mut text = format!("{HEADER}\n");
    for number in 0..20_000_u64 {
        let noise = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        writeln!(text, "2026-11-02T09:00:00Z,Inbound,b.com,,Phish,{noise:x}").unwrap();
    }
    text
}

#[rstest]
#[case(gzip, "gzip")]
#[case(zstd, "zstd")]
fn of_a_truncated_packed_file_the_rows_before_the_end_are_kept(
    #[case] pack: Pack,
    #[case] name: &str,
) {
    let packed = pack(many_rows().as_bytes());
    let (report, _) = load_bytes(&packed[..packed.len() / 2]);
    assert!((3000..17_000).contains(&report.rows_kept), "{report:?}");
    assert!(report.is_damaged());
    let rows = mailhunt::quantities::number(report.rows_kept);
    let sentence = report.failure.unwrap();
    let start = format!(
        "reading stopped after {rows} rows: the {name} data is damaged or cut off near byte "
    );
    assert!(sentence.starts_with(&start), "{sentence}");
    for length in 4..12 {
        let sentence = failure(load_bytes(&packed[..length]));
        assert!(
            sentence.contains("damaged or cut off"),
            "{length}: {sentence}"
        );
    }
}

#[rstest]
#[case(gzip, 8)]
#[case(zstd, 4)]
fn a_packed_file_with_a_wrong_checksum_or_more_behind_it_is_damaged(
    #[case] pack: Pack,
    #[case] checksum: usize,
) {
    let good = pack(many_rows().as_bytes());
    let mut bad_checksum = good.clone();
    let at = good.len() - checksum;
    bad_checksum[at] ^= 0xff;
    let bad_tail = [good.as_slice(), b"this is not packed"].concat();
    for bytes in [bad_checksum, bad_tail] {
        let size = bytes.len() as u64;
        let (report, _) = load_bytes(bytes);
        assert!(report.is_damaged());
        assert!(report.rows_kept > 19_000, "{report:?}");
        let sentence = report.failure.unwrap();
        let byte = sentence.split("near byte ").nth(1).unwrap();
        let byte: String = byte.split(' ').next().unwrap().replace(',', "");
        assert!(
            byte.parse::<u64>().unwrap() > size - 100,
            "{sentence} of {size}"
        );
    }
}

#[test]
fn what_is_packed_twice_is_not_unpacked_twice() {
    for (inner, inner_name) in [(gzip as Pack, "gzip"), (zstd, "zstd")] {
        for (outer, outer_name) in [(gzip as Pack, "gzip"), (zstd, "zstd")] {
            let sentence = failure(load_bytes(outer(&inner(around("").as_bytes()))));
            let said = format!("compressed twice ({inner_name} inside {outer_name})");
            assert!(sentence.contains(&said), "{sentence}");
        }
    }
}

#[test]
fn a_zstd_frame_that_asks_for_too_large_a_window_is_refused() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(28).unwrap();
    encoder.write_all(around("").as_bytes()).unwrap();
    let sentence = failure(load_bytes(encoder.finish().unwrap()));
    assert!(sentence.contains("too much memory"), "{sentence}");
}

/// A gigabyte of one letter in less than a megabyte: refused at the longest record, wherever it is packed.
#[rstest]
#[case::gzip(false)]
#[case::zstd(true)]
fn a_bomb_is_refused_at_the_longest_record(#[case] with_zstd: bool) {
    let letters = vec![b'a'; 1 << 20];
    let fill = |writer: &mut dyn std::io::Write| {
        writer.write_all(format!("{HEADER}\n").as_bytes()).unwrap();
        for _ in 0..100 {
            writer.write_all(&letters).unwrap();
        }
    };
    let packed = if with_zstd {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        fill(&mut encoder);
        encoder.finish().unwrap()
    } else {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        fill(&mut encoder);
        encoder.finish().unwrap()
    };
    assert!(packed.len() < 1 << 20, "{}", packed.len());
    let sentence = failure(load_bytes(packed));
    assert!(sentence.contains("longer than 64 MiB"), "{sentence}");
}

// Public hostile files.

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_public_corpora_of_text_files_are_read_or_refused_without_a_panic() {
    let Some(corpus) = std::env::var_os("MAILHUNT_CORPUS") else {
        println!("skipped: MAILHUNT_CORPUS names no folder of public corpora");
        return;
    };
    let corpus = PathBuf::from(corpus);
    for (folder, least) in [("csv", 19), ("gzip", 1), ("zstd", 7), ("utf8", 5)] {
        let files = files(&corpus.join(folder));
        assert!(files.len() >= least, "{folder}: {}", files.len());
        for path in files {
            let bytes = std::fs::read(&path).unwrap();
            // As it is, and behind a header of ours.
            let (report, _) = load_bytes(&bytes);
            let failure = report.failure.unwrap_or_default();
            assert!(!failure.contains("failed inside"), "{}", path.display());
            if path.parent().unwrap().ends_with("golden-errors") {
                assert!(failure.contains("damaged"), "{}: {failure}", path.display());
            }
            let (report, _) = load_bytes([HEADER.as_bytes(), b"\n", &bytes].concat());
            assert_eq!(report.failure, None, "{}", path.display());
        }
    }
}
