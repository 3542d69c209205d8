//! The recipient in a cell of `RecipientEmailAddress`: how the query takes its domain, and how people mean it.
//!
//! Microsoft's own table has one plain address there. Scripts, mail clients and other products write lists, names,
//! prefixes, quotes and the paths of Exchange's directory.

use hashbrown::HashSet;
use memchr::{memchr, memchr_iter, memrchr};

/// A recipient as people mean it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipient<'a> {
    /// The address without name, prefix and brackets.
    pub address: &'a [u8],
    /// What follows the last `@` of the address; empty where nothing does.
    pub domain: &'a [u8],
}

/// What keeps a cell from being a plain address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Several recipients in one text.
    List,
    /// A name beside the address.
    Named,
    /// `mailto:`, `smtp:` and the like before the address.
    Prefixed,
    /// A path in the directory of Exchange, bare (X.500) or made an address (IMCEAEX).
    Directory,
    /// Quotes, blanks, several `@` or none, a dot at the end, an IP address in brackets.
    Other,
}

impl Form {
    /// All of them, in the order of their numbers.
    pub const ALL: [Form; 5] = [
        Form::List,
        Form::Named,
        Form::Prefixed,
        Form::Directory,
        Form::Other,
    ];
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<'a> {
    /// The recipients, each once; none where the cell is blank.
    pub recipients: Vec<Recipient<'a>>,
    /// What keeps it from being a plain address.
    pub form: Option<Form>,
}

/// A text that is longer is not looked through for several recipients: no mail server takes so many.
const LONGEST_LIST: usize = 1 << 20;

/// `tostring(split(address, "@")[1])` of Kusto: what stands between the first and the second `@`, byte for byte; empty when
/// there is no `@`.
pub fn domain_by_query(address: &[u8]) -> &[u8] {
    let Some(first) = memchr(b'@', address) else {
        return b"";
    };
    let rest = &address[first + 1..];
    let end = memchr(b'@', rest).unwrap_or(rest.len());
    &rest[..end]
}

/// The domain of a plain address, which the query takes as people mean it. `None` where that is to be looked at closely.
#[inline]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "without a branch for each byte: the recipient of every email we sent comes here"
)]
pub fn plain_domain(cell: &[u8]) -> Option<&[u8]> {
    let is_odd = cell.iter().fold(false, |odd, &byte| {
        odd | (byte <= b' ')
            | (byte >= 0x7f)
            | (byte == b'"')
            | (byte.wrapping_sub(b'\'') <= b')' - b'\'')
            | (byte == b',')
            | (byte == b'/')
            | (byte.wrapping_sub(b':') <= b'<' - b':')
            | (byte == b'>')
            | (byte.wrapping_sub(b'[') <= b']' - b'[')
            | (byte.wrapping_sub(b'{') <= b'}' - b'{')
    });
    let at = memchr(b'@', cell)?;
    let domain = &cell[at + 1..];
    let is_plain = !is_odd && has_no_empty_label(domain) && memchr(b'@', domain).is_none();
    (is_plain && !is_encapsulated(cell)).then_some(domain)
}

/// Whether something stands before, between and behind the dots of a domain.
#[inline]
fn has_no_empty_label(domain: &[u8]) -> bool {
    let is_dot = |byte: Option<&u8>| byte.is_none_or(|byte| *byte == b'.');
    let has_two_dots = memchr_iter(b'.', domain).any(|dot| domain.get(dot + 1) == Some(&b'.'));
    !has_two_dots && !is_dot(domain.first()) && !is_dot(domain.last())
}

/// Whether a domain is written as mail servers write it: `x.example`, without a dot at its end, blanks or the brackets of
/// an IP address.
fn is_plain_name(domain: &[u8]) -> bool {
    let is_blank = |character: char| character.is_whitespace() || character.is_control();
    let has_blank = domain
        .utf8_chunks()
        .any(|chunk| chunk.valid().contains(is_blank));
    !has_blank && !domain.contains(&b'[') && has_no_empty_label(domain)
}

/// Whether an address stands for a path in Exchange's directory, which has no domain of its own.
fn is_encapsulated(address: &[u8]) -> bool {
    const IMCEA: &[u8] = b"imcea";
    let start = address.get(..IMCEA.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(IMCEA))
}

/// Reads a cell as people mean it.
pub fn read(cell: &[u8]) -> Reading<'_> {
    let text = without_brackets(trimmed(cell));
    let parts = if memchr(b'@', text).is_some() && text.len() <= LONGEST_LIST {
        parts(text)
    } else {
        vec![text]
    };
    let read = parts.into_iter().filter_map(Part::read);
    let mut seen = HashSet::new();
    let read: Vec<Part<'_>> = read
        .filter(|part| seen.insert(part.recipient.address.to_ascii_lowercase()))
        .collect();
    let form = match &read[..] {
        [] => None,
        [only] => only.form.or_else(|| {
            let is_as_taken = only.recipient.domain == domain_by_query(cell);
            let is_told = !is_as_taken || !is_plain_name(only.recipient.domain);
            is_told.then_some(Form::Other)
        }),
        _ => Some(Form::List),
    };
    Reading {
        recipients: read.into_iter().map(|part| part.recipient).collect(),
        form,
    }
}

/// One recipient of a text.
struct Part<'a> {
    recipient: Recipient<'a>,
    form: Option<Form>,
}

impl<'a> Part<'a> {
    /// Reads one; `None` where there is nothing but blanks.
    fn read(text: &'a [u8]) -> Option<Self> {
        let text = without_quotes(text);
        if text.is_empty() {
            return None;
        }
        let mut form = None;
        let mut address = text;
        if !is_path(text) {
            if let Some(inner) = in_angle_brackets(text) {
                (address, form) = (inner, Some(Form::Named));
            }
            if let Some(before) = before_comment(address) {
                (address, form) = (before, Some(Form::Named));
            }
            if let Some((prefix, rest)) = after_prefix(address) {
                form = form.or(Some(Form::Prefixed));
                let is_link = prefix.eq_ignore_ascii_case(b"mailto");
                let end = memchr(b'?', rest).filter(|_| is_link);
                address = trimmed(&rest[..end.unwrap_or(rest.len())]);
            }
        }
        let domain = if is_path(address) {
            form = Some(Form::Directory);
            b""
        } else {
            if is_encapsulated(address) {
                form = Some(Form::Directory);
            }
            memrchr(b'@', address).map_or(b"".as_slice(), |at| without_remains(&address[at + 1..]))
        };
        let recipient = Recipient { address, domain };
        Some(Part { recipient, form })
    }
}

/// Whether a text is a path in Exchange's directory: X.500, `/o=…/ou=…/cn=…`.
fn is_path(text: &[u8]) -> bool {
    let start = text.get(..3);
    start.is_some_and(|start| start.eq_ignore_ascii_case(b"/o="))
}

/// The parts of a text, of which each is one recipient; the text has an `@`.
fn parts(text: &[u8]) -> Vec<&[u8]> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    let mut begin = 0;
    let mut closing = Closing::default();
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' | b'<' | b'(' => at = closing.after(text, at).unwrap_or(at + 1),
            // The name of an organisation in a path may have a comma.
            b',' if is_path(trimmed_start(&text[begin..])) => at += 1,
            b';' | b',' | b'|' | b'\n' | b'\r' | b'\t' => {
                ranges.push((begin, at));
                at += 1;
                begin = at;
            }
            _ => at += 1,
        }
    }
    ranges.push((begin, text.len()));
    let mut parts: Vec<&[u8]> = Vec::new();
    // Where a name begins that goes on behind a comma: Smith, Bob <bob@…>.
    let mut name_from = None;
    for (index, &(begin, end)) in ranges.iter().enumerate() {
        let part = &text[begin..end];
        let next = ranges.get(index + 1);
        let next_has_name =
            next.is_some_and(|&(begin, end)| memchr(b'<', &text[begin..end]).is_some());
        let may_be_name = memchr(b'@', part).is_none() && !is_path(trimmed_start(part));
        if may_be_name && next_has_name && !trimmed(part).is_empty() {
            name_from.get_or_insert(begin);
            continue;
        }
        let part = &text[name_from.take().unwrap_or(begin)..end];
        if has_only_addresses(part) {
            parts.extend(part.split(|byte| *byte == b' '));
        } else {
            parts.push(part);
        }
    }
    parts
}

/// Whether a text is nothing but addresses with blanks between them.
fn has_only_addresses(text: &[u8]) -> bool {
    let mut words = text
        .split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty());
    let is_bare = |word: &[u8]| {
        let is_marked = word.iter().any(|byte| matches!(byte, b'"' | b'<' | b'('));
        !is_marked && memchr(b'@', word).is_some_and(|at| at > 0 && at + 1 < word.len())
    };
    words.clone().count() > 1 && words.all(is_bare)
}

/// Finds the ends of quotes and brackets, and remembers which marks do not come any more: a hostile text has them without
/// number.
#[derive(Default)]
struct Closing {
    quotes_are_over: bool,
    angles_are_over: bool,
    comments_are_over: bool,
}

impl Closing {
    /// The place after what is opened here, if it is closed.
    fn after(&mut self, text: &[u8], open: usize) -> Option<usize> {
        let rest = &text[open + 1..];
        let (is_over, end) = match text[open] {
            b'"' => {
                let is_over = &mut self.quotes_are_over;
                let end = (!*is_over).then(|| end_of_quote(rest)).flatten();
                (is_over, end)
            }
            b'<' => {
                let is_over = &mut self.angles_are_over;
                let end = (!*is_over).then(|| memchr(b'>', rest)).flatten();
                (is_over, end)
            }
            _ => {
                let is_over = &mut self.comments_are_over;
                let end = (!*is_over).then(|| memchr(b')', rest)).flatten();
                (is_over, end)
            }
        };
        *is_over = end.is_none();
        end.map(|end| open + 1 + end + 1)
    }
}

/// The place of the quote that ends what was begun, in the text after the first.
fn end_of_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// A text without the brackets of a list or a set around all of it.
fn without_brackets(text: &[u8]) -> &[u8] {
    match text {
        [b'[', inner @ .., b']'] | [b'{', inner @ .., b'}'] => trimmed(inner),
        _ => text,
    }
}

/// A text without blanks and quotes around all of it.
fn without_quotes(text: &[u8]) -> &[u8] {
    let mut text = trimmed(text);
    loop {
        let inner = match text {
            [b'"', inner @ .., b'"'] if end_of_quote(&text[1..]) == Some(inner.len()) => inner,
            [b'\'', inner @ .., b'\''] if memchr(b'\'', inner).is_none() => inner,
            _ => return text,
        };
        text = trimmed(inner);
    }
}

/// What stands in the last angle brackets, if that is an address or a path.
fn in_angle_brackets(text: &[u8]) -> Option<&[u8]> {
    let open = memrchr(b'<', text)?;
    let rest = &text[open + 1..];
    let inner = without_quotes(&rest[..memchr(b'>', rest)?]);
    (is_path(inner) || memchr(b'@', inner).is_some()).then_some(inner)
}

/// An address without the comment in brackets behind it.
fn before_comment(text: &[u8]) -> Option<&[u8]> {
    let open = memrchr(b'(', text.strip_suffix(b")")?)?;
    let before = trimmed(&text[..open]);
    memchr(b'@', before).is_some().then_some(before)
}

/// The prefixes that say what kind of address follows.
const PREFIXES: [&[u8]; 5] = [b"mailto", b"smtp", b"sip", b"x500", b"ex"];

/// A known prefix, and what follows its colon.
fn after_prefix(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr(b':', text)?;
    let (prefix, rest) = (trimmed(&text[..colon]), trimmed(&text[colon + 1..]));
    let is_known = PREFIXES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(prefix));
    is_known.then_some((prefix, rest))
}

/// A domain without what is left of quotes and brackets behind it.
fn without_remains(domain: &[u8]) -> &[u8] {
    let mut domain = trimmed(domain);
    while let [rest @ .., last] = domain {
        let is_remains = match last {
            b'>' | b'"' | b'\'' | b')' | b'}' | b',' | b';' => true,
            // The end of an IP address in brackets.
            b']' => !domain.starts_with(b"["),
            _ => false,
        };
        if !is_remains {
            break;
        }
        domain = trimmed(rest);
    }
    domain
}

/// A text without blanks around it, also those that do not break lines or have no width.
fn trimmed(text: &[u8]) -> &[u8] {
    let is_blank = |character: char| {
        character.is_whitespace() || matches!(character, '\u{200b}' | '\u{2060}' | '\u{feff}')
    };
    if let Ok(text) = std::str::from_utf8(text) {
        return text.trim_matches(is_blank).as_bytes();
    }
    // In older encodings a no-break space is one byte.
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0xa0;
    let Some(begin) = text.iter().position(|byte| !is_blank(byte)) else {
        return b"";
    };
    let end = text.iter().rposition(|byte| !is_blank(byte));
    &text[begin..end.map_or(begin, |end| end + 1)]
}

fn trimmed_start(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

#[cfg(test)]
mod tests;
