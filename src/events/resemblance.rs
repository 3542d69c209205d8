//! What a file resembles of which nothing could be read. Where only its directory was named nobody said that
//! it is an export: a damaged one must be told, a picture or another table need not be.

mod zip;

use super::packing::Packing;
use super::schema::{Table, identify};
use hashbrown::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

/// What a file resembles of which nothing could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resemblance {
    /// An export: by its columns, its keys, its format, or for all that is known.
    #[default]
    Export,
    /// Nothing in particular: there is no text in it that says what it is.
    Nothing,
    /// Another table or document, which can be read but is of another subject.
    AnotherSubject,
}

/// The ends of names by which exports are known, before what packing adds.
const OF_EXPORTS: [&str; 6] = ["csv", "tsv", "json", "jsonl", "ndjson", "parquet"];

/// What packing adds to a name.
const OF_PACKING: [&str; 14] = [
    "gz", "gzip", "zst", "zstd", "bz2", "xz", "lzma", "lz4", "br", "z", "zip", "7z", "rar", "tar",
];

/// The ends of names of what speaks of exports and is none: queries, programs, settings, texts.
const OF_WRITINGS: [&str; 18] = [
    "kql", "csl", "sql", "md", "rst", "adoc", "pdf", "docx", "pptx", "py", "ipynb", "r", "ps1",
    "psm1", "sh", "js", "ts", "toml",
];

/// The ends of names of what may be a text that speaks of exports, or rows of one: a page or a query of Sentinel.
const OF_MARKUP: [&str; 4] = ["html", "htm", "yaml", "yml"];

/// The ends of names of pictures, with what such a picture begins with.
const OF_PICTURES: [(&str, &[u8]); 7] = [
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("jpg", b"\xff\xd8\xff"),
    ("jpeg", b"\xff\xd8\xff"),
    ("gif", b"GIF8"),
    ("bmp", b"BM"),
    ("webp", b"RIFF"),
    ("svg", b"<svg"),
];

/// The needed columns of which a file must name some to be taken for an export in a shape that is not read.
const COLUMNS_NAMED: usize = 3;

/// How much of the beginning and of the end of a file is looked at.
const LOOKED_AT: u64 = 256 << 10;

impl Resemblance {
    /// That of a file with these (canonical) columns, which are those of no table mailhunt reads.
    pub fn of_columns<S: AsRef<str>>(columns: &[S]) -> Self {
        if identify::looks_like_an_export(columns) {
            Resemblance::Export
        } else {
            Resemblance::AnotherSubject
        }
    }

    /// Whether a file found below a directory, of which nothing could be read, may have been meant as an
    /// export: a folder is as strict as a file that is named. It may
    /// - by what its reader found: columns or keys of a table, damage;
    /// - by its name: that of a table, with whatever ending, or where nothing else is known of it, the ending
    ///   of an export;
    /// - by its bytes: they name most of the columns that the hunt needs, in whatever wrapper and spelling,
    ///   or the members of an archive have names of exports.
    ///
    /// Queries, programs and texts speak of all that and are none, unless a page or YAML has the columns as headers of
    /// a table or as keys. What is called a picture and begins like one is a picture, whatever else its name says.
    pub(super) fn may_be_export(self, path: &Path) -> bool {
        if self == Resemblance::Export {
            return true;
        }
        if has_end(path, &OF_WRITINGS) {
            return false;
        }
        let bytes = beginning_and_end(path).unwrap_or_default();
        if has_end(path, &OF_MARKUP) {
            return has_rows_in_markup(&bytes);
        }
        if is_picture(path, &bytes) {
            return false;
        }
        has_name_of_table(path)
            || self == Resemblance::Nothing && has_name_of_export(path)
            || holds_export(&bytes)
    }
}

/// Whether a file is called a picture and begins like one.
fn is_picture(path: &Path, bytes: &[u8]) -> bool {
    let mut pictures = OF_PICTURES.iter();
    pictures.any(|(end, start)| has_end(path, &[end]) && bytes.starts_with(start))
}

/// Whether cells of a page's tables, or keys of YAML, are names of needed columns.
fn has_rows_in_markup(bytes: &[u8]) -> bool {
    // In UTF-16 every second byte of them is zero.
    let text: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let cells = text.split(|byte| *byte == b'<').filter_map(|piece| {
        let tag = piece.get(..2)?;
        let is_cell = tag.eq_ignore_ascii_case(b"th") || tag.eq_ignore_ascii_case(b"td");
        let end = memchr::memchr(b'>', piece).filter(|_| is_cell)?;
        Some(letters(&piece[end + 1..]))
    });
    let keys = text.split(|byte| *byte == b'\n').filter_map(|line| {
        let end = memchr::memchr(b':', line)?;
        Some(letters(&line[..end]))
    });
    let names: HashSet<Vec<u8>> = cells.chain(keys).collect();
    let is_named = |name: &&str| names.contains(&letters(name.as_bytes()));
    let groups = identify::NEEDED.iter();
    groups.filter(|group| group.iter().any(is_named)).count() >= COLUMNS_NAMED
}

/// What a file begins and ends with; of one that is packed, what that begins with too.
fn beginning_and_end(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(LOOKED_AT).read_to_end(&mut bytes)?;
    let length = file.metadata()?.len();
    if length > LOOKED_AT {
        file.seek(SeekFrom::Start(length.saturating_sub(LOOKED_AT)))?;
        file.by_ref().take(LOOKED_AT).read_to_end(&mut bytes)?;
    }
    if let Some(packing) = Packing::of(&bytes) {
        file.rewind()?;
        let unpacked = packing.unpack(file, &Rc::default())?;
        // Where it is damaged, what came before is there.
        let _ = unpacked.take(LOOKED_AT).read_to_end(&mut bytes);
    }
    Ok(bytes)
}

/// Whether bytes are those of an export in some wrapper.
fn holds_export(bytes: &[u8]) -> bool {
    names_columns(bytes)
        || are_of_threat_explorer(bytes)
        || is_event_hubs_capture(bytes)
        || has_members_like_exports(bytes)
}

/// Whether bytes name needed columns, whatever the case of the letters and whatever stands between them: also
/// in UTF-16, with blanks or in another style of names.
fn names_columns(bytes: &[u8]) -> bool {
    let letters = letters(bytes);
    let is_named = |name: &&str| are_in(&letters, name);
    let groups = identify::NEEDED.iter();
    groups.filter(|group| group.iter().any(is_named)).count() >= COLUMNS_NAMED
}

/// Whether bytes name columns by which Threat Explorer's export of emails is known.
fn are_of_threat_explorer(bytes: &[u8]) -> bool {
    let letters = letters(bytes);
    let mut columns = ["Network message ID", "Sender address", "Directionality"].iter();
    columns.all(|column| are_in(&letters, column))
}

/// The letters and digits of a text, in lower case.
fn letters(text: &[u8]) -> Vec<u8> {
    let letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
    letters.map(u8::to_ascii_lowercase).collect()
}

fn are_in(all: &[u8], name: &str) -> bool {
    memchr::memmem::find(all, &letters(name.as_bytes())).is_some()
}

/// Whether it is what Azure Event Hubs captures of a stream: that may be packed, so that its schema is all
/// there is to see.
fn is_event_hubs_capture(bytes: &[u8]) -> bool {
    let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
    bytes.starts_with(b"Obj\x01") && has(b"EnqueuedTimeUtc") && has(b"Body")
}

/// Whether the members of a zip archive have names of exports or, unpacked, name columns, as far as they are in
/// these bytes. The sheets of Excel are such members.
fn has_members_like_exports(bytes: &[u8]) -> bool {
    if !bytes.starts_with(zip::MEMBER) {
        return false;
    }
    let is_like_export = |name: &[u8]| {
        let name = String::from_utf8_lossy(name);
        let name = Path::new(name.as_ref());
        has_name_of_export(name) || has_name_of_table(name)
    };
    zip::names(bytes).any(is_like_export)
        || zip::texts(bytes, LOOKED_AT).any(|text| names_columns(&text))
}

fn has_end(path: &Path, ends: &[&str]) -> bool {
    let end = path.extension();
    end.is_some_and(|end| ends.iter().any(|known| end.eq_ignore_ascii_case(known)))
}

fn has_name_of_export(path: &Path) -> bool {
    let mut name = path;
    while has_end(name, &OF_PACKING) {
        let Some(stem) = name.file_stem() else {
            return false;
        };
        name = Path::new(stem);
    }
    has_end(name, &OF_EXPORTS)
}

/// Whether a file is called by a table: with it somebody says what should be in it.
fn has_name_of_table(path: &Path) -> bool {
    let Some(name) = path.file_name() else {
        return false;
    };
    let name = name.as_encoded_bytes();
    Table::ALL.iter().any(|table| {
        let start = name.get(..table.name().len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(table.name().as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a/EmailEvents.csv", true)]
    #[case("PT1H.JSON", true)]
    #[case("part-0.csv.gz", true)]
    #[case("part-0.parquet.zst.gz", true)]
    #[case("part-0.csv.bz2", true)]
    #[case("mail.csv.tar.xz", true)]
    #[case("mail.csv.zip", true)]
    #[case("a.csv.bak", false)]
    #[case("a.gz", false)]
    #[case("csv", false)]
    #[case(".csv", false)]
    #[case("a.tar.gz", false)]
    fn exports_are_known_by_name_whatever_packs_them(#[case] name: &str, #[case] wanted: bool) {
        assert_eq!(has_name_of_export(Path::new(name)), wanted);
    }

    #[test]
    fn what_is_in_a_file_counts_more_than_its_name_unless_that_is_of_a_table() {
        let judged = |resemblance: Resemblance| {
            [
                "a.csv",
                "a.png",
                "emailEvents-11.csv.gz",
                "EmailEvents.7z",
                "EmailEvents.md",
            ]
            .map(|name| resemblance.may_be_export(Path::new(name)))
        };
        assert_eq!(judged(Resemblance::Export), [true; 5]);
        assert_eq!(
            judged(Resemblance::Nothing),
            [true, false, true, true, false]
        );
        assert_eq!(
            judged(Resemblance::AnotherSubject),
            [false, false, true, true, false]
        );
    }

    #[rstest]
    #[case::flat("EmailDirection,SenderFromDomain,RecipientEmailAddress", true)]
    #[case::nested(
        "{\"x.EmailDirection\":1,\"x.sender_from_address\":2,\"x.Threat Types\":3}",
        true
    )]
    #[case::two_are_too_few("EmailDirection,SenderFromDomain,SenderFromAddress", false)]
    #[case::another_table("Timestamp,DeviceId,ActionType", false)]
    fn columns_are_found_in_any_wrapper(#[case] text: &str, #[case] found: bool) {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let in_binary = [b"Obj\x01\xff\0", text.as_bytes(), &[0xfe; 9]].concat();
        for bytes in [text.as_bytes(), &utf16, &in_binary] {
            assert_eq!(holds_export(bytes), found, "{bytes:?}");
        }
    }

    #[rstest]
    #[case::yaml(
        "- EmailDirection: Inbound\n  \"SenderFromDomain\": a.example\n  ThreatTypes: Phish\n",
        true
    )]
    #[case::query(
        "query: |\n  EmailEvents\n  | where EmailDirection == \"Inbound\"\n  | project SenderFromDomain, ThreatTypes\n",
        false
    )]
    #[case::page(
        "<table><TR><th>EmailDirection</th><TH class=\"x\">SenderFromDomain</TH><td> ThreatTypes\n</td>",
        true
    )]
    #[case::page_about_columns(
        "<td><code>EmailDirection</code></td><td>SenderFromDomain, ThreatTypes</td>",
        false
    )]
    fn markup_has_rows_where_columns_are_headers_or_keys(#[case] text: &str, #[case] found: bool) {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes(), &utf16] {
            assert_eq!(has_rows_in_markup(bytes), found, "{text}");
        }
    }

    #[rstest]
    #[case("EmailEvents.png", b"\x89PNG\r\n\x1a\n\0", true)]
    #[case("EmailEvents.JPG", b"\xff\xd8\xff\xe0", true)]
    #[case("EmailEvents.png", b"Timestamp,EmailDirection", false)]
    #[case("EmailEvents.csv", b"\x89PNG\r\n\x1a\n\0", false)]
    #[case("EmailEvents", b"\x89PNG\r\n\x1a\n\0", false)]
    fn pictures_are_called_so_and_begin_so(
        #[case] name: &str,
        #[case] bytes: &[u8],
        #[case] expected: bool,
    ) {
        assert_eq!(is_picture(Path::new(name), bytes), expected);
    }

    #[rstest]
    #[case("export/PT1H.json", "", true)]
    #[case("EmailEvents", "", true)]
    #[case("xl/sharedStrings.xml", "<t>a</t>", false)]
    #[case(
        "xl/sharedStrings.xml",
        "<t>EmailDirection</t><t>SenderFromDomain</t><t>ThreatTypes</t>",
        true
    )]
    fn archives_are_known_by_their_members(
        #[case] name: &str,
        #[case] text: &str,
        #[case] found: bool,
    ) {
        assert_eq!(holds_export(&zip::tests::archive(name, text)), found);
    }
}
