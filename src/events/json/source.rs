//! The bytes of a document on their way to the reader of JSON: bounded by what a record may take, made
//! text where they are none, without control characters inside of strings, counted in lines.

use super::controls::{AfterLineBreak, LeftOut, Strings, after_line_break};
use super::not_numbers::{self, Beginning};
use super::undecodable;
use serde::de::IgnoredAny;
use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;

/// The longest record taken, in bytes: what bounds the memory a hostile file can claim.
pub(super) const LONGEST_RECORD: u64 = 64 << 20;

/// What is read at once, in bytes.
const CHUNK: usize = 1 << 16;

/// What the reader of a document and its source tell each other.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    /// The bytes that the record under way may still take.
    room: Rc<Cell<u64>>,
    /// Whether there were bytes that are no text, which surrogates stand for now.
    has_undecodable: Rc<Cell<bool>>,
    /// Values that are no numbers and no JSON, and became nulls.
    not_numbers: Rc<Cell<u64>>,
    /// The bytes that the reader of JSON was given.
    given: Rc<Cell<u64>>,
    /// The control characters that it was not given since somebody asked.
    left_out: Rc<RefCell<LeftOut>>,
    /// The line feeds among them, from the beginning.
    line_feeds_left_out: Rc<Cell<u64>>,
}

impl Limits {
    pub(super) fn new() -> Self {
        Limits {
            room: Rc::new(Cell::new(LONGEST_RECORD)),
            has_undecodable: Rc::default(),
            not_numbers: Rc::default(),
            given: Rc::default(),
            left_out: Rc::default(),
            line_feeds_left_out: Rc::default(),
        }
    }

    /// Gives a record that begins all the room there is.
    pub(super) fn renew(&self) {
        self.room.set(LONGEST_RECORD);
    }

    /// Whether reading ended because a record takes more than it may.
    pub(super) fn are_exceeded(&self) -> bool {
        self.room.get() == 0
    }

    fn take(&self, bytes: u64) -> io::Result<()> {
        let room = self.room.get().saturating_sub(bytes);
        self.room.set(room);
        if room == 0 {
            return Err(io::Error::other("a record is longer than 64 MiB"));
        }
        Ok(())
    }

    /// Counts values that are no numbers.
    pub(super) fn count_not_numbers(&self, values: u64) {
        self.not_numbers.set(self.not_numbers.get() + values);
    }

    /// How many values there were that are no numbers.
    pub(super) fn not_numbers(&self) -> u64 {
        self.not_numbers.get()
    }

    pub(super) fn has_undecodable(&self) -> bool {
        self.has_undecodable.get()
    }

    fn leave_out(&self, control: u8) {
        self.left_out.borrow_mut().push(self.given.get(), control);
        if control == b'\n' {
            self.line_feeds_left_out.set(self.line_feeds_left_out() + 1);
        }
    }

    /// Takes back that a line feed was left out.
    fn give_back_line_feed(&self) {
        self.left_out.borrow_mut().pop();
        self.line_feeds_left_out.set(self.line_feeds_left_out() - 1);
    }

    /// The control characters that were left out since this was asked before, by their places from the end of
    /// what was read last.
    pub(super) fn take_left_out(&self) -> LeftOut {
        self.left_out.take().counted_from_end(self.given.get())
    }

    /// The line feeds that the reader of JSON was not given, so that it does not count them.
    pub(super) fn line_feeds_left_out(&self) -> u64 {
        self.line_feeds_left_out.get()
    }
}

/// The bytes of a document.
pub(super) struct Source<R> {
    reader: R,
    limits: Limits,
    /// What was read and is no whole letter yet.
    unfinished: Vec<u8>,
    strings: Strings,
    /// What is to be handed out in the place of what was passed, before the rest of the text.
    instead: &'static [u8],
    /// Whether a line feed inside of a string was left out last: what follows tells whether it was right.
    has_left_out_line_feed: bool,
    /// The text from `next` on is not handed out yet. It is handed out byte by byte, so what is to be known
    /// of it is found out when it is used up or asked for.
    text: Vec<u8>,
    next: usize,
    /// The line ends before the text, and the last bytes.
    lines_before: u64,
    bytes_before: [u8; 2],
    /// Why no more can be read, said again whenever more is asked for.
    failure: Option<String>,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R, lines_before: u64, limits: Limits) -> Self {
        Source {
            reader,
            limits,
            unfinished: Vec::new(),
            strings: Strings::default(),
            instead: b"",
            has_left_out_line_feed: false,
            text: Vec::new(),
            next: 0,
            lines_before,
            bytes_before: *b"\n\n",
            failure: None,
        }
    }

    /// The line ends that were handed out, and those before.
    pub(super) fn lines(&self) -> u64 {
        let passed = memchr::memchr_iter(b'\n', &self.text[..self.next]);
        self.lines_before + passed.count() as u64
    }

    /// The last two bytes handed out.
    fn last_bytes(&self) -> [u8; 2] {
        match self.text[..self.next] {
            [.., before, last] => [before, last],
            [last] => [self.bytes_before[1], last],
            [] => self.bytes_before,
        }
    }

    /// The last byte handed out.
    pub(super) fn last_byte(&self) -> u8 {
        self.last_bytes()[1]
    }

    /// Whether there is text to hand out.
    fn refill(&mut self) -> io::Result<bool> {
        while self.next == self.text.len() {
            self.let_go();
            if !self.read_more()? {
                return Ok(!self.text.is_empty());
            }
        }
        Ok(true)
    }

    /// Lets go of what was handed out.
    fn let_go(&mut self) {
        self.lines_before = self.lines();
        self.bytes_before = self.last_bytes();
        self.text.drain(..self.next);
        self.next = 0;
    }

    /// Reads more to see what the rest of the text begins with. Says whether there may be more still.
    fn read_ahead(&mut self) -> bool {
        self.let_go();
        let before = self.text.len();
        // Where reading fails, it fails again when what was read is used up.
        let is_more = self.read_more().unwrap_or_default();
        let read = (self.text.len() - before) as u64;
        self.limits.take(read).is_ok() && is_more
    }

    /// Reads the next chunk into the text, after what is there. Not at the end, where only what was unfinished is added.
    fn read_more(&mut self) -> io::Result<bool> {
        if let Some(failure) = &self.failure {
            return Err(io::Error::other(failure.clone()));
        }
        let mut bytes = std::mem::take(&mut self.unfinished);
        let begun = bytes.len();
        bytes.resize(begun + CHUNK, 0);
        let length = loop {
            match self.reader.read(&mut bytes[begun..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error.to_string());
                    return Err(error);
                }
                Ok(length) => break length,
            }
        };
        bytes.truncate(begun + length);
        let mut text = Vec::new();
        if self.text.is_empty() {
            // Its room is used again.
            std::mem::swap(&mut text, &mut self.text);
        }
        let (left, has_escaped) = undecodable::escape(&bytes, length == 0, &mut text);
        if has_escaped {
            self.limits.has_undecodable.set(true);
        }
        self.unfinished = bytes.split_off(bytes.len() - left);
        if self.text.is_empty() {
            self.text = text;
        } else {
            self.text.append(&mut text);
        }
        Ok(length > 0)
    }

    /// A document begins, and no string is open.
    pub(super) fn begin_document(&mut self) {
        self.strings = Strings::default();
        self.has_left_out_line_feed = false;
        self.instead = b"";
    }

    /// Whether an object begins after a line feed that was left out of a string, so that the string was cut off.
    fn is_at_object(&mut self) -> bool {
        loop {
            match after_line_break(&self.text[self.next..]) {
                AfterLineBreak::Object => return true,
                AfterLineBreak::Rest => return false,
                AfterLineBreak::Undecided => {}
            }
            if !self.read_ahead() {
                return false;
            }
        }
    }

    /// Passes a value that is no number and no JSON, if one begins, and has a null handed out instead.
    fn passes_not_number(&mut self) -> bool {
        let mut is_end = false;
        loop {
            match not_numbers::beginning(&self.text[self.next..], is_end) {
                Beginning::NotNumber(length) => {
                    self.next += length;
                    self.instead = not_numbers::NULL;
                    self.limits.count_not_numbers(1);
                    return true;
                }
                Beginning::Other => return false,
                Beginning::Undecided => is_end = !self.read_ahead(),
            }
        }
    }

    /// Gives out as much of the text as there is and there is room for.
    fn give(&mut self, buffer: &mut [u8]) -> usize {
        let mut length = 0;
        while length < buffer.len() {
            if let [byte, rest @ ..] = self.instead {
                self.instead = rest;
                buffer[length] = *byte;
                length += 1;
                self.limits.given.set(self.limits.given.get() + 1);
                continue;
            }
            let Some(&byte) = self.text.get(self.next) else {
                break;
            };
            let follows_line_feed = std::mem::take(&mut self.has_left_out_line_feed);
            if follows_line_feed && self.is_at_object() {
                // The string was never closed.
                self.strings = Strings::default();
                self.limits.give_back_line_feed();
                buffer[length] = b'\n';
                length += 1;
                continue;
            }
            if !self.strings.is_inside() && self.passes_not_number() {
                continue;
            }
            self.next += 1;
            if byte < b' ' && self.strings.is_inside() {
                self.has_left_out_line_feed = byte == b'\n';
                self.limits.leave_out(byte);
                continue;
            }
            self.strings.pass(byte);
            buffer[length] = byte;
            length += 1;
            self.limits.given.set(self.limits.given.get() + 1);
        }
        length
    }

    /// Skips to the next line that begins with an object, where there is one.
    pub(super) fn skip_to_object(&mut self) -> io::Result<bool> {
        // The reader of JSON looks one byte ahead: it may have seen the object.
        if self.last_bytes() == *b"\n{" && self.next > 0 {
            self.next -= 1;
        }
        loop {
            if !self.refill()? {
                return Ok(false);
            }
            let rest = &self.text[self.next..];
            if self.last_bytes()[1] == b'\n' && rest[0] == b'{' {
                return Ok(true);
            }
            self.next += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        }
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.next == self.text.len() && self.instead.is_empty() {
                if !self.refill()? {
                    return Ok(0);
                }
                // Counted by chunks: a record may take a little more.
                self.limits.take(self.text.len() as u64)?;
            }
            let length = self.give(buffer);
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
        }
    }
}

/// Whether a text is JSON but for control characters inside of strings.
pub(super) fn is_json(text: &[u8]) -> bool {
    let source = Source::new(text, 0, Limits::new());
    serde_json::from_reader::<_, IgnoredAny>(source).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_that_are_no_text_are_escaped_even_where_chunks_meet() {
        let mut bytes = vec![b' '; CHUNK - 1];
        bytes.extend_from_slice("é\u{fffd}".as_bytes());
        bytes.push(0xff);
        let limits = Limits::new();
        let mut text = String::new();
        let mut source = Source::new(bytes.as_slice(), 0, limits.clone());
        source.read_to_string(&mut text).expect("text");
        assert_eq!(text.trim_start(), "é\u{fffd}\\udcff");
        assert!(limits.has_undecodable());
    }

    /// Gives a text in pieces of some lengths.
    struct Pieces<'t>(&'t [u8], Vec<usize>);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.pop().unwrap_or(1).min(buffer.len());
            self.0.read(&mut buffer[..length])
        }
    }

    fn text_of(reader: impl Read) -> String {
        let mut text = String::new();
        let mut source = Source::new(reader, 0, Limits::new());
        source.read_to_string(&mut text).expect("text");
        text
    }

    #[test]
    fn a_line_break_in_a_string_is_left_out_unless_an_object_follows() {
        for (text, expected) in [
            ("[\"a\n{\",\"b\"]", "[\"a{\",\"b\"]"),
            ("[\"a\r\n{\\\"b\"]", "[\"a{\\\"b\"]"),
            ("[\"a\n{\n \"b\":1}", "[\"a\n{\n \"b\":1}"),
            ("[\"a\n\n{\"b\":1}", "[\"a\n\n{\"b\":1}"),
            ("[\"a\\\n\"b\"]", "[\"a\\\"b\"]"),
            ("[\"a\\\n\", NaN\"]", "[\"a\\\", NaN\"]"),
            (
                "[\"a\n{\"b\":\"NaN\",\"c\":NaN}",
                "[\"a\n{\"b\":\"NaN\",\"c\":null}",
            ),
            ("[\"a\n{", "[\"a{"),
        ] {
            assert_eq!(text_of(text.as_bytes()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn pieces_give_what_the_whole_gives(
            text in r#"([{}\[\]"\\,:ab \n\r\t]|\n\{\n? ?"|NaN|-?Infinity|N|é){0,60}"#,
            pieces in prop::collection::vec(1_usize..9, 0..40),
        ) {
            let whole = text_of(text.as_bytes());
            prop_assert_eq!(text_of(Pieces(text.as_bytes(), pieces)), whole);
        }

        /// Words stand in quotes or not, and strings before them may have been cut off, which ends in a line break.
        #[test]
        fn words_outside_of_strings_alone_become_nulls_whatever_was_cut_off_before(
            records in proptest::collection::vec((
                proptest::collection::vec((word(), any::<bool>()), 0..4),
                proptest::option::of((word(), any::<bool>())),
            ), 1..6),
            pieces in proptest::collection::vec(1_usize..9, 0..40),
        ) {
            let (mut text, mut expected, mut nulls) = ("[".to_owned(), "[".to_owned(), 0);
            for (values, cut_off) in records {
                let mut both = |of_text: &str, of_expected: &str| {
                    text.push_str(of_text);
                    expected.push_str(of_expected);
                };
                both("{\"k\":1", "{\"k\":1");
                for (word, is_quoted) in values {
                    let quoted = format!(",\"{word}\":\"{word}\"");
                    let bare = format!(",\"{word}\":{word}");
                    if is_quoted {
                        both(&quoted, &quoted);
                    } else if word == "N" || word == "-1" {
                        both(&bare, &bare);
                    } else {
                        both(&bare, &format!(",\"{word}\":null"));
                        nulls += 1;
                    }
                }
                let end = match cut_off {
                    None => "},\n".to_owned(),
                    Some((word, after_quote)) => {
                        let quote = if after_quote { "\\\"" } else { "" };
                        format!(",\"cut\":\"{quote}:{word}\n")
                    }
                };
                both(&end, &end);
            }
            // The record before may have been cut off.
            for all in [&mut text, &mut expected] {
                all.push_str("{\"k\":1}]");
            }
            let limits = Limits::new();
            let mut source = Source::new(Pieces(text.as_bytes(), pieces), 0, limits.clone());
            let mut given = String::new();
            source.read_to_string(&mut given).expect("text");
            prop_assert_eq!((given, limits.not_numbers()), (expected, nulls));
        }
    }

    fn word() -> impl Strategy<Value = &'static str> {
        proptest::sample::select(vec!["NaN", "Infinity", "-Infinity", "N", "-1"])
    }

    #[test]
    fn skipping_goes_to_the_next_line_that_begins_with_an_object() {
        let mut source = Source::new(b"ab\n {\n{c".as_slice(), 5, Limits::new());
        source.read_exact(&mut [0; 3]).expect("bytes");
        assert!(source.skip_to_object().expect("bytes"));
        assert_eq!(source.lines(), 7);
        let mut rest = String::new();
        source.read_to_string(&mut rest).expect("bytes");
        assert_eq!(rest, "{c");
        assert!(!source.skip_to_object().expect("bytes"));
    }
}
