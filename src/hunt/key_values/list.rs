//! Reads lists of `name=value` and `name:value`, the lines of headers among them.
//!
//! Semicolons and line feeds always end a value; commas and blanks do where another name follows. Where a list
//! names a method of authentication it is read as the header `Authentication-Results` is: the first word is the
//! value, what stands in parentheses is a comment, and before the first semicolon the name of a server may stand.

use super::results::{METHODS, is_method};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Names and values with anything between them.
    Plain,
    /// The results of authentication.
    Results,
    /// A name at the beginning of each line, whose value goes on to its end.
    Lines,
    /// The inside of a PowerShell hashtable.
    Hashtable,
}

static NAMES_A_METHOD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let methods = METHODS.join("|");
    let pattern = format!(r#"(?i)(^|[\s;,"'(])({methods})(/[0-9]+)?["']?\s*[=:]"#);
    Regex::new(&pattern).ok()
});

impl Kind {
    /// What a text seems to be.
    pub(super) fn of(text: &str) -> Self {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let is_header = |line: &str| {
            line.starts_with([' ', '\t']) || pair_start(line, 0).is_some_and(|start| start.is_colon)
        };
        if text.contains('\n') && lines.all(is_header) {
            return Kind::Lines;
        }
        let names_a_method = NAMES_A_METHOD.as_ref();
        if names_a_method.is_some_and(|pattern| pattern.is_match(text)) {
            Kind::Results
        } else {
            Kind::Plain
        }
    }
}

/// A name and its value.
#[derive(Debug)]
pub(super) struct Pair<'t> {
    pub(super) name: &'t str,
    pub(super) value: &'t str,
    /// Whether another pair, a separator or the end of the hashtable follows: otherwise the list may have been cut.
    pub(super) is_ended: bool,
}

/// A list that was understood.
#[derive(Debug)]
pub(super) struct List<'t> {
    text: &'t str,
    kind: Kind,
    pub(super) pairs: Vec<Pair<'t>>,
    /// Where text stands that is no name of a pair.
    others: Vec<Other>,
}

/// Text that is no name of a pair.
#[derive(Debug)]
struct Other {
    place: Range<usize>,
    role: Role,
}

/// The part that such text plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Value,
    /// A comment, or a value between quotes: its words may be about anything.
    Enclosed,
    /// Words that belong to nothing.
    Loose,
}

/// Where a pair begins.
struct PairStart<'t> {
    name: &'t str,
    is_colon: bool,
    /// Where its value may begin.
    after: usize,
}

impl<'t> List<'t> {
    /// Reads a list; `None` where something of it is no pair.
    pub(super) fn read(text: &'t str, kind: Kind) -> Option<Self> {
        let mut list = List {
            text,
            kind,
            pairs: Vec::new(),
            others: Vec::new(),
        };
        let mut at = list.pass_between(0)?;
        if kind == Kind::Results && pair_start(text, at).is_none() {
            at = list.pass_server(at)?;
        }
        while at < text.len() {
            let start = pair_start(text, at)?;
            at = list.read_value(&start)?;
            at = list.pass_between(at)?;
        }
        Some(list)
    }

    /// Whether the list may say something else of a key than its pairs do: the key stands where it is no name. An
    /// attacker may have written that, or somebody cut the list.
    pub(super) fn may_say_otherwise(&self, key: &str) -> bool {
        let mut values = self.pairs.iter().filter(|pair| is(pair.name, key));
        let said = values.next().map(|pair| pair.value);
        self.others.iter().any(|other| {
            let text = &self.text[other.place.clone()];
            words(text).any(|word| {
                if !is(&text[word.clone()], key) {
                    return false;
                }
                let rest = text[word.end..]
                    .trim_start_matches(['"', '\''])
                    .trim_start();
                match rest.strip_prefix(['=', ':']) {
                    Some(value) => {
                        let first = words(value).next().map(|place| &value[place]);
                        let agrees = first.zip(said).is_some_and(|(one, other)| is(one, other));
                        !(other.role == Role::Enclosed && agrees)
                    }
                    None => match other.role {
                        // One word alone is a value, and lines hold prose.
                        Role::Value => self.kind != Kind::Lines && text.trim().len() > key.len(),
                        Role::Enclosed => false,
                        Role::Loose => true,
                    },
                }
            })
        })
    }

    /// Passes over what may stand between pairs.
    fn pass_between(&mut self, mut at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(at) {
            at = match byte {
                b';' | b',' => at + 1,
                byte if byte.is_ascii_whitespace() => at + 1,
                b'(' if self.kind == Kind::Results => self.pass_comment(at)?,
                _ => break,
            };
        }
        Some(at)
    }

    /// Passes over the name of the server that says the results.
    fn pass_server(&mut self, at: usize) -> Option<usize> {
        let length = self.text[at..].find(';')?;
        let server = &self.text[at..at + length];
        if !server.contains('.') || server.contains(['=', '\n', '"', '\'']) {
            return None;
        }
        self.note(at..at + length, Role::Value);
        self.pass_between(at + length)
    }

    /// Passes over a comment, which may hold others.
    fn pass_comment(&mut self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (start, 0_usize);
        loop {
            match bytes.get(at)? {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\\' => at += 1,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                self.note(start..at, Role::Enclosed);
                return Some(at);
            }
        }
    }

    /// Reads the value of a pair, and says where it ends.
    fn read_value(&mut self, start: &PairStart<'t>) -> Option<usize> {
        let text = self.text;
        let bytes = text.as_bytes();
        let begin = pass_blanks(text, start.after);
        if begin > start.after && !start.is_colon && pair_start(text, begin).is_some() {
            // `SPF= DKIM=none`: it has no value.
            return Some(begin);
        }
        let quote = bytes.get(begin).filter(|byte| matches!(byte, b'"' | b'\''));
        if let Some(quote) = quote.filter(|_| self.kind != Kind::Lines) {
            let end = end_of_quoted(bytes, begin + 1, *quote)?;
            let is_ended = bytes.get(end + 1).is_none_or(|next| {
                next.is_ascii_whitespace() || matches!(next, b';' | b',' | b'(')
            });
            self.push(start.name, begin + 1..end, Role::Enclosed);
            return is_ended.then_some(end + 1);
        }
        match self.kind {
            Kind::Lines => Some(self.read_line(start.name, begin)),
            Kind::Results => self.read_result(start.name, begin),
            Kind::Plain | Kind::Hashtable => Some(self.read_words(start.name, begin)),
        }
    }

    /// Reads a value that goes on to the end of its line.
    fn read_line(&mut self, name: &'t str, begin: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut feeds = memchr::memchr_iter(b'\n', &bytes[begin..]).map(|feed| begin + feed);
        let end = feeds.find(|feed| !is_folded(bytes, *feed));
        let end = end.unwrap_or(bytes.len());
        let line = &self.text[begin..end];
        let is_result = is_method(name);
        let word = line.find([' ', '\t', '\n', '(']).filter(|_| is_result);
        let value_end = word.map_or(end, |length| begin + length);
        self.push(name, begin..value_end, Role::Value);
        self.note(value_end..end, Role::Enclosed);
        end
    }

    /// Reads the first word of a result, and passes over what belongs to it.
    fn read_result(&mut self, name: &'t str, begin: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut at, mut word, mut words) = (begin, begin, 0);
        loop {
            let byte = bytes.get(at).copied().unwrap_or(b';');
            let goes_on = match byte {
                b';' | b'\n' => false,
                b',' => !self.is_followed_by_pair(at + 1),
                b' ' | b'\t' | b'\r' => !self.is_followed_by_pair(at),
                b')' => return None,
                _ => true,
            };
            if goes_on && !byte.is_ascii_whitespace() && byte != b'(' {
                at += 1;
                continue;
            }
            if words == 0 {
                self.push(name, word..at, Role::Value);
            } else if word < at {
                self.note(word..at, Role::Loose);
            }
            words += 1;
            if !goes_on {
                return Some(at);
            }
            at = match byte {
                b'(' => self.pass_comment(at)?,
                _ => pass_blanks(self.text, at),
            };
            word = at;
        }
    }

    /// Reads a value of several words.
    fn read_words(&mut self, name: &'t str, begin: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = begin;
        while let Some(byte) = bytes.get(at) {
            let ends = match byte {
                b';' | b'\n' => true,
                b',' => self.is_followed_by_pair(at + 1),
                byte if byte.is_ascii_whitespace() => {
                    self.kind == Kind::Plain && self.is_followed_by_pair(at)
                }
                _ => false,
            };
            if ends {
                break;
            }
            // Blanks are looked at once, however many there are.
            at = pass_blanks(self.text, at).max(at + 1);
        }
        self.push(name, begin..at, Role::Value);
        at
    }

    /// Whether a pair begins after blanks, or nothing follows at all.
    fn is_followed_by_pair(&self, at: usize) -> bool {
        let next = pass_blanks(self.text, at);
        next == self.text.len() || pair_start(self.text, next).is_some()
    }

    fn push(&mut self, name: &'t str, place: Range<usize>, role: Role) {
        let value = self.text[place.clone()].trim();
        let rest = self.text[place.end..].trim_start_matches([' ', '\t']);
        let is_ended = self.kind == Kind::Hashtable || rest.starts_with([';', ',', '\n', '\r']);
        self.pairs.push(Pair {
            name,
            value,
            is_ended,
        });
        self.note(place, role);
    }

    fn note(&mut self, place: Range<usize>, role: Role) {
        self.others.push(Other { place, role });
    }
}

/// Whether two words are the same, whatever the case of their letters.
fn is(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether the line that ends here goes on in the next one, which begins with a blank.
fn is_folded(bytes: &[u8], line_feed: usize) -> bool {
    matches!(bytes.get(line_feed + 1), Some(b' ' | b'\t'))
}

/// Where the blanks from a place on end; a line that goes on in the next one has no end.
fn pass_blanks(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' => at += 1,
            b'\n' if is_folded(bytes, at) => at += 1,
            _ => break,
        }
    }
    at
}

/// The name that begins at a place, if one does and a value may follow it.
fn pair_start(text: &str, at: usize) -> Option<PairStart<'_>> {
    let bytes = text.as_bytes();
    let first = bytes.get(at)?;
    let (name, end) = if matches!(first, b'"' | b'\'') {
        let end = end_of_quoted(bytes, at + 1, *first)?;
        (&text[at + 1..end], end + 1)
    } else {
        let is_of_name =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
        if !first.is_ascii_alphabetic() && *first != b'_' {
            return None;
        }
        let length = bytes[at..]
            .iter()
            .take_while(|byte| is_of_name(byte))
            .count();
        let name = &text[at..at + length];
        // A method may say its version.
        let name = match name.split_once('/') {
            Some((method, version)) if version.bytes().all(|byte| byte.is_ascii_digit()) => method,
            Some(_) => return None,
            None => name,
        };
        (name, at + length)
    };
    let assign = end + text[end..].len() - text[end..].trim_start_matches([' ', '\t']).len();
    let is_colon = match bytes.get(assign)? {
        b':' => true,
        b'=' => false,
        _ => return None,
    };
    let after = assign + 1;
    let is_of_a_link = is_colon && bytes[after..].starts_with(b"//");
    let is_padding = !is_colon && bytes.get(after) == Some(&b'=');
    if name.is_empty() || is_of_a_link || is_padding {
        return None;
    }
    Some(PairStart {
        name,
        is_colon,
        after,
    })
}

/// Where a quoted text ends that begins here.
fn end_of_quoted(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start;
    loop {
        match *bytes.get(at)? {
            byte if byte == quote => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The words of a text. What makes up an address or the name of a host is one word.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_of_word = |letter: char| letter.is_alphanumeric() || "_-.@+%/".contains(letter);
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_of_word)?;
        let length = text[start..].find(|letter| !is_of_word(letter));
        at = length.map_or(text.len(), |length| start + length);
        Some(start..at)
    })
}
