//! The links of emails: rows of `EmailUrlInfo`, found by the message they belong to.

use super::batch::Batch;
use super::schema::names;
use hashbrown::HashMap;
use std::sync::Arc;

/// The place of a row: its batch, and the row in it.
type Place = (u32, u16);

/// All rows of `EmailUrlInfo` that were loaded. Cloning it is cheap, also while more is loaded.
#[derive(Clone, Debug, Default)]
pub struct Links {
    batches: Vec<Arc<Batch>>,
    /// The rows by message, in parts that are never changed: each is more than twice as large as the
    /// next, so that there are few to look into, and a row is moved to a larger one only a few times.
    parts: Vec<Arc<Part>>,
    rows: u64,
}

/// Some consecutive rows by message.
#[derive(Clone, Debug, Default)]
struct Part {
    by_message: HashMap<Vec<u8>, Vec<Place>>,
    rows: usize,
}

/// One link of an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// The whole link, or empty.
    pub url: &'a [u8],
    /// Its host, as the export says; if the export does not, the host of the link.
    pub domain: &'a [u8],
    /// Where in the email it stands, or empty.
    pub location: &'a [u8],
}

impl Links {
    /// Adds rows of `EmailUrlInfo`.
    pub fn add(&mut self, batch: Arc<Batch>) {
        let mut part = Part::of_batch(self.batches.len() as u32, &batch);
        while let Some(last) = self.parts.pop_if(|last| last.rows <= 2 * part.rows) {
            let mut merged = Arc::unwrap_or_clone(last);
            merged.append(part);
            part = merged;
        }
        self.parts.push(Arc::new(part));
        self.rows += batch.rows() as u64;
        self.batches.push(batch);
    }

    /// Whether no row of `EmailUrlInfo` was loaded.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The number of rows loaded.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The links of the message with this `NetworkMessageId`, in the order loaded.
    pub fn of_message(&self, network_message_id: &[u8]) -> impl Iterator<Item = Link<'_>> {
        let key = message_key(network_message_id);
        self.parts
            .iter()
            .filter_map(move |part| part.by_message.get(key.as_slice()))
            .flatten()
            .map(|&(batch, row)| self.link(batch, row))
    }

    fn link(&self, batch: u32, row: u16) -> Link<'_> {
        let (batch, row) = (&self.batches[batch as usize], usize::from(row));
        let url = batch.cell(names::URL, row);
        let domain = batch.cell(names::URL_DOMAIN, row);
        Link {
            url,
            domain: if domain.is_empty() { host(url) } else { domain },
            location: batch.cell(names::URL_LOCATION, row),
        }
    }
}

impl Part {
    /// The rows of the numbered batch.
    fn of_batch(number: u32, batch: &Batch) -> Self {
        let mut part = Part::default();
        for row in 0..batch.rows() {
            let message = message_key(batch.cell(names::NETWORK_MESSAGE_ID, row));
            let places = part.by_message.entry(message).or_default();
            places.push((number, row as u16));
        }
        part.rows = batch.rows();
        part
    }

    /// Takes in the rows of the part after this one.
    fn append(&mut self, next: Part) {
        for (message, places) in next.by_message {
            self.by_message.entry(message).or_default().extend(places);
        }
        self.rows += next.rows;
    }
}

/// The key of a message: exports differ in the case of a GUID's letters.
fn message_key(network_message_id: &[u8]) -> Vec<u8> {
    network_message_id.trim_ascii().to_ascii_lowercase()
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
    use crate::events::batch::BatchBuilder;
    use rstest::rstest;

    #[rstest]
    #[case("https://filedrop.example/s/1", "filedrop.example")]
    #[case("https://filedrop.example@evil.example:8443/x", "evil.example")]
    #[case("https://evil.example\\@filedrop.example/", "evil.example")]
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
    fn links_are_found_by_message_whatever_the_case_of_its_id() {
        let columns = ["NetworkMessageId", "UrlDomain"].map(str::to_owned);
        let mut builder = BatchBuilder::new(columns.to_vec());
        builder.push_row([b"AB-1".as_slice(), b"one.example"].into_iter());
        builder.push_row([b"ab-1".as_slice(), b"two.example"].into_iter());
        builder.push_row([b"ab-2".as_slice(), b"three.example"].into_iter());
        let mut links = Links::default();
        links.add(Arc::new(builder.take().expect("rows")));
        let domains: Vec<&[u8]> = links.of_message(b"aB-1").map(|link| link.domain).collect();
        assert_eq!(domains, [b"one.example".as_slice(), b"two.example"]);
        assert_eq!(links.of_message(b"ab-3").count(), 0);
    }
}
