//! Whether a record keeps to the rules of quoting, so that what it holds is what was written.

/// Whether the text of a record keeps to RFC 4180: a cell that begins with a quote ends with one, right
/// before a delimiter or the end. A row that does so counts whatever its cells say, since what they say
/// is written by attackers; one that does not was damaged on its way.
pub(super) fn is_well_formed(record: &[u8], delimiter: u8) -> bool {
    let is_line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let start = record.iter().position(|byte| !is_line_end(byte));
    let end = record.iter().rposition(|byte| !is_line_end(byte));
    let (Some(start), Some(end)) = (start, end) else {
        return true;
    };
    let mut rest = &record[start..=end];
    loop {
        if let Some(quoted) = rest.strip_prefix(b"\"") {
            match after_closing_quote(quoted) {
                Some([]) => return true,
                Some([next, following @ ..]) if *next == delimiter => rest = following,
                Some(_) | None => return false,
            }
        } else {
            match memchr::memchr(delimiter, rest) {
                Some(end) => rest = &rest[end + 1..],
                None => return true,
            }
        }
    }
}

/// What follows the quote that closes a cell; two quotes are one of the cell.
fn after_closing_quote(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let quote = memchr::memchr(b'"', rest)?;
        rest = &rest[quote + 1..];
        match rest.strip_prefix(b"\"") {
            Some(next) => rest = next,
            None => return Some(rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a,b\r\n", true)]
    #[case("\r\na,\"b\nc\",d", true)]
    #[case("a,\"b \"\"quoted\"\"\n\",\"\"", true)]
    #[case("a\"b,c\"", true)]
    #[case("a,\"b\nc", false)]
    #[case("a,\"b\nc\"d,e", false)]
    #[case("a,\"b\nc\",\"d", false)]
    #[case("", true)]
    fn quotes_are_closed_where_a_cell_ends(#[case] record: &str, #[case] well_formed: bool) {
        for delimiter in [b',', b'\t', b';'] {
            let record = record.replace(',', &char::from(delimiter).to_string());
            assert_eq!(is_well_formed(record.as_bytes(), delimiter), well_formed);
        }
    }
}
