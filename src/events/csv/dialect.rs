//! What separates the cells of a file: found by its first line, as no export says it.

use super::super::format::Format;
use super::super::given_header::GivenHeader;
use super::super::resemblance::Resemblance;
use super::super::{schema, time};
use super::direction::is_direction;
use csv::{ByteRecord, ReaderBuilder};
use std::cmp::Reverse;
use std::io::{self, BufRead, Cursor, Read};

/// What separates cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delimiter {
    Comma,
    Tab,
    Semicolon,
}

impl Delimiter {
    /// In the order of preference where the first line leaves it open.
    const ALL: [Delimiter; 3] = [Delimiter::Comma, Delimiter::Tab, Delimiter::Semicolon];

    pub(super) fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Tab => b'\t',
            Delimiter::Semicolon => b';',
        }
    }

    fn of(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.byte() == byte)
    }

    pub(super) fn format(self) -> Format {
        match self {
            Delimiter::Comma => Format::Csv,
            Delimiter::Tab => Format::TabSeparated,
            Delimiter::Semicolon => Format::SemicolonSeparated,
        }
    }

    /// The cells of a line.
    fn cells(self, line: &[u8]) -> ByteRecord {
        let mut record = ByteRecord::new();
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.byte())
            .from_reader(line);
        // Bytes in memory can be read, and the csv crate finds a reading for all of them.
        let _ = reader.read_byte_record(&mut record);
        record
    }
}

/// How the rows of a file are written.
pub(super) struct Dialect<R> {
    pub(super) delimiter: Delimiter,
    /// The rows, from the first line that is one or is the header.
    pub(super) rows: R,
    /// How much of them was taken from the reader already.
    pub(super) looked_at: usize,
    /// The lines before them, as Excel writes one to say what separates cells.
    pub(super) lines_before: u64,
}

/// The longest first line that is looked at.
const LONGEST_LINE: u64 = 1 << 20;

/// Finds out how the rows of `reader` are written. `given` are the columns of a file without a header.
pub(super) fn detect<R: BufRead>(
    mut reader: R,
    given: Option<&GivenHeader>,
) -> io::Result<Dialect<impl Read + use<R>>> {
    let mut line = first_line(&mut reader)?;
    let mut lines_before = 0;
    if is_type_line(&line) {
        lines_before += 1;
        line = first_line(&mut reader)?;
    }
    let said = said_delimiter(&line);
    if said.is_some() {
        lines_before += 1;
        line = first_line(&mut reader)?;
    }
    Ok(Dialect {
        delimiter: choose(&line, said.and_then(Delimiter::of), given),
        looked_at: line.len(),
        rows: Cursor::new(line).chain(reader),
        lines_before,
    })
}

/// The bytes up to the end of the first line that ends outside quotes.
fn first_line(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut reader = reader.take(LONGEST_LINE);
    let mut is_quoted = false;
    loop {
        let buffer = reader.fill_buf()?;
        let end = buffer.iter().position(|byte| {
            is_quoted ^= *byte == b'"';
            !is_quoted && matches!(byte, b'\n' | b'\r')
        });
        let length = end.map_or(buffer.len(), |end| end + 1);
        line.extend_from_slice(&buffer[..length]);
        reader.consume(length);
        if length == 0 || end.is_some() {
            break;
        }
    }
    if line.ends_with(b"\r") && reader.fill_buf()?.starts_with(b"\n") {
        reader.consume(1);
        line.push(b'\n');
    }
    Ok(line)
}

/// Whether a line says of what type the rows are, as `Export-Csv` of Windows PowerShell writes it first.
fn is_type_line(line: &[u8]) -> bool {
    const TYPE: &[u8] = b"#TYPE ";
    let text = line.strip_prefix(b"\"").unwrap_or(line);
    text.get(..TYPE.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(TYPE))
}

/// The byte that a line such as `sep=;` says.
fn said_delimiter(line: &[u8]) -> Option<u8> {
    // A tab that is said must not be trimmed away.
    let is_around = |byte: &u8| matches!(byte, b'"' | b'\r' | b'\n' | b' ');
    let start = line.iter().position(|byte| !is_around(byte))?;
    let end = line.iter().rposition(|byte| !is_around(byte))?;
    match line[start..=end].split_at_checked(4)? {
        (word, [said]) if word.eq_ignore_ascii_case(b"sep=") => Some(*said),
        _ => None,
    }
}

/// The delimiter by which the line has the most cells that are names of columns, and the fewest others. Where
/// it has none, the line is no header: then the one by which it has as many cells as the columns given.
fn choose(line: &[u8], said: Option<Delimiter>, given: Option<&GivenHeader>) -> Delimiter {
    let in_order = || said.into_iter().chain(Delimiter::ALL);
    let (mut best, mut most) = (None, (0, Reverse(usize::MAX)));
    for delimiter in in_order() {
        let cells = delimiter.cells(line);
        let names = (known_names(cells.iter()), Reverse(cells.len()));
        if names.0 > 0 && names > most {
            (best, most) = (Some(delimiter), names);
        }
    }
    let fits =
        |delimiter: &Delimiter| given.is_some_and(|given| given.fits(delimiter.cells(line).len()));
    best.or_else(|| in_order().find(fits))
        .or(said)
        .unwrap_or(Delimiter::Comma)
}

fn known_names<'c>(cells: impl Iterator<Item = &'c [u8]>) -> usize {
    let is_known = |name: &&[u8]| schema::documented::is_documented(&schema::canonical_name(name));
    cells.filter(is_known).count()
}

/// Whether a record is a header and no row: most of its cells that are not empty are names of columns. Less
/// would not do, since who sends emails writes some cells of a row.
pub(super) fn is_header<'c>(cells: impl Iterator<Item = &'c [u8]> + Clone) -> bool {
    let filled = cells.clone().filter(|cell| !cell.is_empty()).count();
    2 * known_names(cells) > filled
}

/// What a file resembles whose first line is not the header of a table mailhunt reads; `None` where it may be
/// the header of another.
pub(super) fn resemblance(first_line: &[Vec<u8>]) -> Option<Resemblance> {
    // What separates the cells of a line without names nobody has found out.
    let is_delimiter = |byte: &u8| Delimiter::of(*byte).is_some();
    let cells: Vec<&[u8]> = first_line
        .iter()
        .flat_map(|cell| cell.split(is_delimiter))
        .map(<[u8]>::trim_ascii)
        .collect();
    if cells.iter().any(|cell| is_direction(cell)) {
        return Some(Resemblance::Export);
    }
    let is_row = cells.len() > 1 && cells.iter().any(|cell| time::read(cell).is_some());
    (is_row || !is_text(first_line, cells.len())).then_some(Resemblance::Nothing)
}

/// Whether a first line of so many cells is text.
fn is_text(first_line: &[Vec<u8>], cells: usize) -> bool {
    let is_no_text = |byte: &u8| matches!(byte, 0..=8 | 14..=31 | 127);
    let text = first_line.concat();
    // One word that is no UTF-8 is the beginning of a picture sooner than of a table in an older encoding.
    !text.iter().any(is_no_text) && (cells > 1 || std::str::from_utf8(&text).is_ok())
}

/// Whether a first line is neither text nor has a cell that an export has, so that nobody forgot a header.
pub(super) fn is_no_text(first_line: &[Vec<u8>]) -> bool {
    let has_cell_of_export = first_line
        .iter()
        .any(|cell| is_direction(cell) || time::read(cell).is_some());
    !has_cell_of_export && !is_text(first_line, first_line.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Timestamp,Subject", Delimiter::Comma)]
    #[case("Timestamp\tSubject\r\n", Delimiter::Tab)]
    #[case("Timestamp;\"Subject\"\n", Delimiter::Semicolon)]
    #[case(
        "\"Timestamp\";\"own, with commas, and more\";\"Subject\"\n",
        Delimiter::Semicolon
    )]
    #[case("\"Timestamp;Subject;To\",Cc,Topics\n", Delimiter::Comma)]
    #[case("Timestamp|Subject\n", Delimiter::Comma)]
    #[case("\t Timestamp\t ;\t Subject\t \n", Delimiter::Semicolon)]
    #[case("sep=;\r\na,b;c\n", Delimiter::Semicolon)]
    #[case("sep=\t\r\na,b\tc\n", Delimiter::Tab)]
    #[case("\"sep=;\"\r\nTimestamp,Subject\n", Delimiter::Comma)]
    #[case("SEP=|\nTimestamp;Subject", Delimiter::Semicolon)]
    #[case("", Delimiter::Comma)]
    fn the_first_line_tells_what_separates_cells(#[case] text: &str, #[case] wanted: Delimiter) {
        let dialect = detect(text.as_bytes(), None).expect("text");
        assert_eq!(dialect.delimiter, wanted);
    }

    #[rstest]
    #[case("a;b,1;c;d;e", Delimiter::Semicolon)]
    #[case("a,b;1,c,d,e", Delimiter::Comma)]
    #[case("a\tb,1\tc\td\te", Delimiter::Tab)]
    fn without_a_header_the_number_of_columns_tells(#[case] text: &str, #[case] wanted: Delimiter) {
        let names = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Own";
        let given = names.parse().expect("columns");
        let dialect = detect(text.as_bytes(), Some(&given)).expect("text");
        assert_eq!(dialect.delimiter, wanted);
    }

    #[rstest]
    #[case("sep=;\r\na\r\n", "a\r\n", 1)]
    #[case("sep=;\na", "a", 1)]
    #[case("sep=;\ra", "a", 1)]
    #[case("#TYPE System.Object\r\na,b\r\n", "a,b\r\n", 1)]
    #[case("#TYPE System.Object\nsep=;\na", "a", 2)]
    #[case("#TYPES,b\na", "#TYPES,b\na", 0)]
    #[case("sep=ab\na", "sep=ab\na", 0)]
    #[case("\"a\nb\",c\r\nd", "\"a\nb\",c\r\nd", 0)]
    fn only_lines_that_say_how_the_rows_are_written_are_stepped_over(
        #[case] text: &str,
        #[case] rest: &str,
        #[case] lines: u64,
    ) {
        let mut dialect = detect(text.as_bytes(), None).expect("text");
        let mut rows = String::new();
        dialect.rows.read_to_string(&mut rows).expect("text");
        assert_eq!((rows.as_str(), dialect.lines_before), (rest, lines));
    }

    #[rstest]
    #[case("Timestamp,Subject,own", true)]
    #[case("Timestamp,Subject,,,", true)]
    #[case("2026-11-01,Subject,ThreatTypes,b.example,c", false)]
    #[case("a,b", false)]
    fn a_header_is_known_by_most_of_its_names(#[case] line: &str, #[case] wanted: bool) {
        let cells = Delimiter::Comma.cells(line.as_bytes());
        assert_eq!(is_header(cells.iter()), wanted);
    }
}
