//! The links of emails: what a row of `EmailUrlInfo` says.

use super::companions::{CompanionRow, Companions};
use super::schema::{Table, names};
use hashbrown::{HashMap, HashSet};

/// One link of an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// The whole link, or empty.
    pub url: &'a [u8],
    /// Its host, to which a browser would go; if the link does not tell it, as the export says.
    pub domain: &'a [u8],
    /// Where in the email it stands, or empty.
    pub location: &'a [u8],
    /// Its place in a chain of redirections, or empty; 0 is the link in the email.
    pub chain_position: &'a [u8],
}

impl<'a> Link<'a> {
    /// The link that a row of `EmailUrlInfo` is about.
    pub fn of_row(row: &CompanionRow<'a>) -> Self {
        let url = row.cell(names::URL);
        let host = host(url);
        Link {
            url,
            domain: if host.is_empty() {
                row.cell(names::URL_DOMAIN)
            } else {
                host
            },
            location: row.cell(names::URL_LOCATION),
            chain_position: row.cell(names::URL_CHAIN_POSITION),
        }
    }
}

/// The links of the message with this `NetworkMessageId`, in the order loaded.
pub fn of_message<'a>(
    companions: &'a Companions,
    network_message_id: &[u8],
) -> impl Iterator<Item = Link<'a>> + use<'a> {
    companions
        .of_message(Table::EmailUrlInfo, network_message_id)
        .map(|row| Link::of_row(&row))
}

/// How many links of a message are loaded, at least: as many as there are different ones, and as many as any one file
/// has rows of it. The rows of several files are not added up, as exports overlap.
pub fn count_of_message(companions: &Companions, network_message_id: &[u8]) -> usize {
    let mut different: HashSet<&[u8]> = HashSet::new();
    let mut rows_of_files: HashMap<usize, usize> = HashMap::new();
    for row in companions.of_message(Table::EmailUrlInfo, network_message_id) {
        let url = row.cell(names::URL);
        different.insert(if url.is_empty() {
            row.cell(names::URL_DOMAIN)
        } else {
            url
        });
        *rows_of_files.entry(row.file()).or_default() += 1;
    }
    let most_rows = rows_of_files.into_values().max().unwrap_or_default();
    most_rows.max(different.len())
}

/// The host of a link: what stands between `scheme://` (and an `@`) and the next `/ ? # :`.
/// Empty where the link is not of that form: a browser would then go where this cannot tell, and a
/// later `//` may be bait.
fn host(url: &[u8]) -> &[u8] {
    let Some(start) = memchr::memmem::find(url, b"//") else {
        return b"";
    };
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let begins_the_link = match url[..start].split_last() {
        None => true,
        Some((last, scheme)) => *last == b':' && scheme.iter().all(is_scheme),
    };
    if !begins_the_link {
        return b"";
    }
    let rest = &url[start + 2..];
    let end = rest
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\'))
        .unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority
        .iter()
        .rposition(|&byte| byte == b'@')
        .map_or(authority, |at| &authority[at + 1..]);
    // The colons of an address in brackets are not those of a port.
    let brackets = host.iter().position(|&byte| byte == b']').unwrap_or(0);
    let end = host[brackets..]
        .iter()
        .position(|&byte| byte == b':')
        .map_or(host.len(), |colon| brackets + colon);
    &host[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::builder::BatchBuilder;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::sync::Arc;

    #[rstest]
    #[case("https://filedrop.example/s/1", "filedrop.example")]
    #[case("https://filedrop.example@evil.example:8443/x", "evil.example")]
    #[case("https://evil.example\\@filedrop.example/", "evil.example")]
    #[case("https://evil.example\\@dropbox.com", "evil.example")]
    #[case("https://evil.example#@dropbox.com/", "evil.example")]
    #[case("https://evil.example?u=//filedrop.example", "evil.example")]
    #[case("mailto:a@b.example", "")]
    #[case("https:evil.example?u=//filedrop.example", "")]
    #[case("https:/evil.example//filedrop.example", "")]
    #[case("evil.example/?u=https://filedrop.example", "")]
    #[case("//filedrop.example/s", "filedrop.example")]
    #[case("https://[2001:db8::1]:8443/x", "[2001:db8::1]")]
    fn the_host_is_where_a_browser_would_go(#[case] url: &str, #[case] expected: &str) {
        assert_eq!(host(url.as_bytes()), expected.as_bytes());
    }

    #[test]
    fn the_domain_is_the_one_of_the_link_or_else_of_the_export() {
        let columns = ["NetworkMessageId", "Url", "UrlDomain"].map(str::to_owned);
        let mut builder = BatchBuilder::new(columns.to_vec());
        builder.push_row([b"m".as_slice(), b"https://a.example/", b"b.example"].into_iter());
        builder.push_row([b"m".as_slice(), b"https://c.example/", b""].into_iter());
        builder.push_row([b"m".as_slice(), b"", b"d.example"].into_iter());
        let mut companions = Companions::default();
        let batch = Arc::new(builder.take().expect("rows"));
        companions.add(0, Table::EmailUrlInfo, batch);
        let domains: Vec<&[u8]> = of_message(&companions, b"M")
            .map(|link| link.domain)
            .collect();
        assert_eq!(domains, [b"a.example", b"c.example", b"d.example"]);
    }

    /// The links of message `m`, file by file, each file with these words.
    fn companions(files: &[&str]) -> Companions {
        let mut companions = Companions::default();
        for (file, links) in files.iter().enumerate() {
            let columns = ["NetworkMessageId", "Url"].map(str::to_owned);
            let mut builder = BatchBuilder::new(columns.to_vec());
            for link in links.split(' ') {
                builder.push_row([b"m".as_slice(), link.as_bytes()].into_iter());
            }
            let batch = Arc::new(builder.take().expect("rows"));
            companions.add(file, Table::EmailUrlInfo, batch);
        }
        companions
    }

    #[rstest]
    #[case::a_link_that_stands_twice(&["a a b"], 3)]
    #[case::files_that_overlap(&["a a", "a a"], 2)]
    #[case::files_with_a_part_each(&["a", "b", "c a"], 3)]
    fn links_are_counted_by_rows_of_a_file_or_as_different_ones(
        #[case] files: &[&str],
        #[case] expected: usize,
    ) {
        assert_eq!(count_of_message(&companions(files), b"M"), expected);
        assert_eq!(count_of_message(&companions(files), b"n"), 0);
    }

    proptest! {
        #[test]
        fn no_further_row_makes_fewer_links_and_one_file_has_as_many_as_rows(
            links in proptest::collection::vec("[a-c]", 1..6),
            again in 0_usize..6,
        ) {
            let rows: Vec<&str> = links.iter().map(String::as_str).collect();
            let count = |rows: &[&str]| count_of_message(&companions(&[&rows.join(" ")]), b"m");
            prop_assert_eq!(count(&rows), rows.len());
            let mut more = rows.clone();
            more.push(rows[again % rows.len()]);
            prop_assert!(count(&more) >= count(&rows));
        }
    }
}
