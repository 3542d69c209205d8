//! The spelling of headers and keys: which column do they name, and in which zone are its times?
//!
//! Portals add the zone of a time to its column (`TimeGenerated [UTC]`, `Timestamp Local time`), and
//! copies in custom logs the type of the values (`SenderFromDomain_s`). Both are taken off where a
//! documented column remains; a column nobody knows keeps its name.

use super::documented::spelling;
use super::names::TIME_COLUMNS;

/// The spelling under which a column is kept: the documented one where the header names it, else the
/// header without surrounding blanks and quotes: these stand in it where a blank stands before them.
///
/// Headers that are not valid UTF-8 keep their readable part; a column name is never evidence.
pub fn canonical_name(header: &[u8]) -> String {
    let text = String::from_utf8_lossy(header);
    let text = without_quotes(&text);
    documented_with_zone(text).map_or_else(|| text.to_owned(), |(column, _)| column.to_owned())
}

fn without_quotes(header: &str) -> &str {
    let text = header.trim();
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    quoted.map_or(text, str::trim)
}

/// The canonical names of headers. Each must have a name to be shown and exported by.
pub fn names<'h>(headers: impl Iterator<Item = &'h [u8]>) -> Vec<String> {
    headers
        .enumerate()
        .map(|(index, header)| match canonical_name(header) {
            name if name.is_empty() => format!("Column{}", index + 1),
            name => name,
        })
        .collect()
}

/// Of headers with their canonical names, the first by which rows have their time and which says that
/// it is not in UTC. Of several headers of one name only the first is read, so only it is asked.
pub fn with_local_times<'h>(
    headers: impl Iterator<Item = &'h [u8]>,
    names: &[String],
) -> Option<String> {
    headers
        .zip(names)
        .enumerate()
        .find(|(index, (header, name))| has_local_times(header) && !names[..*index].contains(name))
        .map(|(_, (header, _))| String::from_utf8_lossy(header).into_owned())
}

/// Whether a header names a column by which rows have their time and says that it is not in UTC.
fn has_local_times(header: &[u8]) -> bool {
    let text = String::from_utf8_lossy(header);
    documented_with_zone(without_quotes(&text)).is_some_and(|(column, zone)| {
        TIME_COLUMNS.contains(&column) && zone.is_some_and(|zone| !zone.eq_ignore_ascii_case("UTC"))
    })
}

/// The documented column that a header names, and the zone it mentions.
fn documented_with_zone(header: &str) -> Option<(&'static str, Option<&str>)> {
    if let Some(column) = spelling(header) {
        return Some((column, None));
    }
    let (name, zone) = split_zone(header);
    let column = spelling(name).or_else(|| spelling(without_type(name)?))?;
    Some((column, zone))
}

/// The most digits that a join of Kusto puts after the name of a column which both sides have.
const MOST_JOIN_DIGITS: usize = 2;

/// The documented column that a (canonical) name stands for, and the number that a join of Kusto gave it because a
/// table further left has a column of that name too; zero where there is none.
pub fn without_join_number(name: &str) -> Option<(&'static str, usize)> {
    if let Some(column) = spelling(name) {
        return Some((column, 0));
    }
    let (name, _) = split_zone(name);
    (1..=MOST_JOIN_DIGITS).find_map(|digits| {
        let (column, number) = name.split_at_checked(name.len().checked_sub(digits)?)?;
        let number = number.parse().ok().filter(|number| *number > 0)?;
        Some((spelling(column)?, number))
    })
}

/// Takes ` [UTC]`, ` [Europe/Berlin]` or ` Local time` off a header.
fn split_zone(header: &str) -> (&str, Option<&str>) {
    const LOCAL_TIME: &str = "Local time";
    let in_brackets = header
        .strip_suffix(']')
        .and_then(|text| text.rsplit_once('['));
    if let Some((name, zone)) = in_brackets {
        return (name.trim_end(), Some(zone.trim()));
    }
    let at_its_end = header.len().checked_sub(LOCAL_TIME.len());
    match at_its_end.and_then(|place| header.split_at_checked(place)) {
        Some((name, zone))
            if zone.eq_ignore_ascii_case(LOCAL_TIME) && name.ends_with(char::is_whitespace) =>
        {
            (name.trim_end(), Some(zone))
        }
        _ => (header, None),
    }
}

/// The name without the type that custom logs append: string, GUID, time, Boolean, number.
fn without_type(name: &str) -> Option<&str> {
    let (name, kind) = name.rsplit_once('_')?;
    let is_type = ["s", "g", "t", "b", "d"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(kind));
    is_type.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("  senderFROMdomain\t", "SenderFromDomain")]
    #[case(" X-Siem-Alert ", "X-Siem-Alert")]
    #[case("TimeGenerated [UTC]", "TimeGenerated")]
    #[case("timegenerated[utc]", "TimeGenerated")]
    #[case("_OriginalTimeGenerated [Local Time]", "_OriginalTimeGenerated")]
    #[case("Timestamp [Europe/Berlin]", "Timestamp")]
    #[case("Timestamp Local time", "Timestamp")]
    #[case("Timestamp\u{a0}local TIME", "Timestamp")]
    #[case("TimestampLocal time", "TimestampLocal time")]
    #[case("SenderFromDomain_s", "SenderFromDomain")]
    #[case("NetworkMessageId_g", "NetworkMessageId")]
    #[case("Timestamp_t", "Timestamp")]
    #[case("Timestamp_t [UTC]", "Timestamp")]
    #[case("IsFirstContact_b", "IsFirstContact")]
    #[case("UrlCount_d", "UrlCount")]
    #[case("UrlCount_x", "UrlCount_x")]
    #[case("UrlCount_d_d", "UrlCount_d_d")]
    #[case("Ticket_s", "Ticket_s")]
    #[case("Opened Local time", "Opened Local time")]
    #[case("Opened [UTC]", "Opened [UTC]")]
    #[case("[UTC]", "[UTC]")]
    #[case("Local time", "Local time")]
    #[case("_s", "_s")]
    #[case(" \"NetworkMessageId\"", "NetworkMessageId")]
    #[case(" \"TimeGenerated [UTC]\" ", "TimeGenerated")]
    #[case(" \" X-Own \"", "X-Own")]
    #[case("\"", "\"")]
    #[case("", "")]
    fn additions_are_taken_off_documented_columns_only(#[case] header: &str, #[case] column: &str) {
        assert_eq!(canonical_name(header.as_bytes()), column);
    }

    #[rstest]
    #[case("Timestamp", Some(("Timestamp", 0)))]
    #[case("timestamp1", Some(("Timestamp", 1)))]
    #[case("TimeGenerated12 [UTC]", Some(("TimeGenerated", 12)))]
    #[case("SHA256", Some(("SHA256", 0)))]
    #[case("SHA2561", Some(("SHA256", 1)))]
    #[case("SenderIPv4", Some(("SenderIPv4", 0)))]
    #[case("SenderIPv41", Some(("SenderIPv4", 1)))]
    #[case("Timestamp0", None)]
    #[case("Timestamp123", None)]
    #[case("Ticket1", None)]
    #[case("1", None)]
    #[case("é", None)]
    fn the_number_of_a_join_is_taken_off_documented_columns_only(
        #[case] name: &str,
        #[case] column: Option<(&'static str, usize)>,
    ) {
        assert_eq!(without_join_number(name), column);
    }

    #[test]
    fn a_header_that_is_not_read_does_not_make_times_local() {
        let local = |headers: &[&'static str]| {
            let names: Vec<String> = headers
                .iter()
                .map(|header| canonical_name(header.as_bytes()))
                .collect();
            with_local_times(headers.iter().map(|header| header.as_bytes()), &names)
        };
        assert_eq!(local(&["Timestamp", "Timestamp Local time"]), None);
        let header = "Timestamp Local time";
        assert_eq!(
            local(&["Subject", header, "Timestamp"]),
            Some(header.to_owned())
        );
    }

    #[rstest]
    #[case("Timestamp", false)]
    #[case("TimeGenerated [UTC]", false)]
    #[case("TimeGenerated [utc]", false)]
    #[case("TimeGenerated [Local Time]", true)]
    #[case("TimeGenerated [UTC+01:00]", true)]
    #[case("Timestamp_t [Europe/Berlin]", true)]
    #[case("Timestamp Local time", true)]
    #[case("_OriginalTimeGenerated [Local Time]", true)]
    #[case("Subject [Local Time]", false)]
    #[case("Opened Local time", false)]
    fn a_header_says_whether_its_times_are_in_utc(#[case] header: &str, #[case] local: bool) {
        assert_eq!(has_local_times(header.as_bytes()), local);
    }
}
