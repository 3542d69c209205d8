//! Raw control characters inside of strings, which JSON must escape, such as a line break that a program left as
//! it was. They are left out while a text is read, so that they cost the record in which they stand and nothing
//! else: neither the records around it nor what the document is taken for.

/// The most of them that are told apart between two records; of a record one is enough to reject it.
const MOST_KEPT: usize = 1000;

/// Whether the text read so far ends inside of a string.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strings {
    is_inside: bool,
    /// Whether the last byte was a backslash, so that the next is no end of the string.
    is_escaped: bool,
}

impl Strings {
    pub(super) fn pass(&mut self, byte: u8) {
        if self.is_inside && byte < b' ' {
            // It is left out, also where it separates a backslash from what that escapes.
        } else if self.is_escaped {
            self.is_escaped = false;
        } else if byte == b'"' {
            self.is_inside = !self.is_inside;
        } else if byte == b'\\' {
            self.is_escaped = self.is_inside;
        }
    }

    pub(super) fn pass_all(&mut self, text: &[u8]) {
        for byte in text {
            self.pass(*byte);
        }
    }

    pub(super) fn is_inside(self) -> bool {
        self.is_inside
    }
}

/// Whether a text that begins outside of strings ends inside of one.
pub(super) fn ends_inside_string(text: &[u8]) -> bool {
    let mut strings = Strings::default();
    strings.pass_all(text);
    strings.is_inside()
}

/// What follows a raw line break inside a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterLineBreak {
    /// The rest of the string.
    Rest,
    /// An object: the string, and the record it belongs to, were cut off.
    Object,
    /// Either, depending on bytes that were not read yet.
    Undecided,
}

/// The bytes after a line break that are looked at to see what they are.
pub(super) const BYTES_THAT_TELL: usize = 64;

/// Tells the rest of a string from an object, which begins with a brace, a quote and the first letter of a key. A
/// string cannot go on like that: its quotes are escaped, and the quote that ends it is followed by punctuation or
/// blanks.
pub(super) fn after_line_break(text: &[u8]) -> AfterLineBreak {
    let more = match text.get(..BYTES_THAT_TELL) {
        Some(_) => AfterLineBreak::Rest,
        None => AfterLineBreak::Undecided,
    };
    let text = &text[..text.len().min(BYTES_THAT_TELL)];
    let inside = match text.trim_ascii_start() {
        [] => return more,
        [b'{', inside @ ..] => inside.trim_ascii_start(),
        _ => return AfterLineBreak::Rest,
    };
    match inside {
        [] | [b'"'] => more,
        [b'"', b',' | b':' | b'}' | b']', ..] => AfterLineBreak::Rest,
        [b'"', letter, ..] if !letter.is_ascii_whitespace() => AfterLineBreak::Object,
        _ => AfterLineBreak::Rest,
    }
}

/// Control characters that were left out of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// Each with the bytes of the text that stand before it; later, with those behind it.
    controls: Vec<(u64, u8)>,
}

impl LeftOut {
    pub(super) fn push(&mut self, bytes_before: u64, control: u8) {
        if self.controls.len() < MOST_KEPT {
            self.controls.push((bytes_before, control));
        }
    }

    /// Takes the last one back.
    pub(super) fn pop(&mut self) {
        self.controls.pop();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.controls.is_empty()
    }

    /// Counts their places from the end of a text of that length.
    pub(super) fn counted_from_end(mut self, length: u64) -> Self {
        for (place, _) in &mut self.controls {
            *place = length - *place;
        }
        self
    }

    /// A text with the control characters that were left out of it.
    pub(super) fn put_back(&self, text: &str) -> Vec<u8> {
        let bytes = text.as_bytes();
        let mut whole = Vec::with_capacity(bytes.len() + self.controls.len());
        let mut copied = 0;
        for (from_end, control) in &self.controls {
            let from_end = usize::try_from(*from_end).unwrap_or(usize::MAX);
            if let Some(place) = bytes.len().checked_sub(from_end) {
                whole.extend_from_slice(&bytes[copied..place]);
                whole.push(*control);
                copied = place;
            }
        }
        whole.extend_from_slice(&bytes[copied..]);
        whole
    }

    /// Why a record is rejected of which they were left out.
    pub(super) fn reason(&self) -> String {
        let control = self.controls.first().map_or(0, |(_, control)| *control);
        let what = match control {
            b'\n' | b'\r' => "a raw line break",
            b'\t' => "a raw tab",
            _ => "a raw control character",
        };
        format!("not JSON: {what} (U+{control:04X}) inside a string, where it must be escaped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_put_back_where_it_stood() {
        let mut left_out = LeftOut::default();
        // Of `xx["a\nb\t"]`, of which the list was read last.
        left_out.push(5, b'\n');
        left_out.push(6, b'\t');
        let whole = left_out.counted_from_end(8).put_back(r#"["ab"]"#);
        assert_eq!(String::from_utf8_lossy(&whole), "[\"a\nb\t\"]");
    }

    #[test]
    fn an_object_after_a_line_break_is_not_the_rest_of_a_string() {
        use AfterLineBreak::{Object, Rest, Undecided};
        for (text, expected) in [
            (r#"{"a""#, Object),
            (r#"{""#, Undecided),
            ("{", Undecided),
            ("{\n  \"a\"", Object),
            ("\n {\"@odata.count\"", Object),
            ("", Undecided),
            ("\r\n", Undecided),
            (r#"{\"a\""#, Rest),
            (r#"{","b":1"#, Rest),
            (r#"{"}]"#, Rest),
            (r#"{" }"#, Rest),
            ("{x", Rest),
            ("{}", Rest),
            ("a", Rest),
            ("\"", Rest),
            ("}", Rest),
        ] {
            assert_eq!(after_line_break(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn an_escaped_quote_ends_no_string() {
        for (text, is_inside) in [
            (r#"{"a":"b"#, true),
            (r#"{"a":"b\""#, true),
            (r#"{"a":"b\\""#, false),
            (r#"{"a":"b""#, false),
            (r#"{"a"#, true),
            ("{\"a\":\"b\\\n\"", true),
        ] {
            assert_eq!(ends_inside_string(text.as_bytes()), is_inside, "{text}");
        }
    }
}
