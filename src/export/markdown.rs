//! Markdown: the notes as a list, then a pipe table.
//!
//! Every text is made visible first. Then what Markdown would read as markup or as a link is escaped, and nothing
//! else, so that the text is also readable as it stands.

use std::io::{self, Write};

use super::json::one_text;
use super::sheet::{Sheet, Value, checked, number_for_people};
use crate::printable::Printable;

/// Writes notes and table; gives the number of rows.
pub(super) fn write(sheet: Sheet<'_>, output: &mut dyn Write) -> io::Result<u64> {
    for (name, value) in &sheet.notes {
        let [name, value] = [name, value].map(|text| escaped(text.as_bytes(), Place::Line));
        writeln!(output, "- **{name}:** {value}")?;
    }
    if !sheet.notes.is_empty() {
        writeln!(output)?;
    }
    // What the first row holds says how a column is aligned.
    let mut rows = sheet.rows.peekable();
    let headers = sheet.columns.iter();
    let headers = headers.map(|name| escaped(name.as_bytes(), Place::Cell));
    write_row(headers, output)?;
    let first = rows.peek().map_or(&[] as &[Value<'_>], Vec::as_slice);
    let alignments = (0..sheet.columns.len()).map(|index| alignment(first.get(index)));
    write_row(alignments, output)?;

    let mut count = 0;
    for row in rows {
        let row = checked(row, sheet.columns.len())?;
        write_row(row.iter().map(cell), output)?;
        count += 1;
    }
    Ok(count)
}

fn write_row(cells: impl Iterator<Item = String>, output: &mut dyn Write) -> io::Result<()> {
    let mut line = String::from("|");
    for cell in cells {
        line.push(' ');
        line.push_str(&cell);
        line.push_str(" |");
    }
    line.push('\n');
    output.write_all(line.as_bytes())
}

fn alignment(first: Option<&Value<'_>>) -> String {
    let is_number = first.is_some_and(Value::is_number);
    if is_number { "---:" } else { "---" }.to_owned()
}

fn cell(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => escaped(text, Place::Cell),
        Value::List(texts) => escaped(&one_text(texts), Place::Cell),
        Value::Number(_) | Value::Decimal(_) => number_for_people(value).unwrap_or_default(),
    }
}

/// Writes a heading, of the first level, and a blank line.
pub(super) fn write_heading(text: &[u8], output: &mut dyn Write) -> io::Result<()> {
    let mut heading = escaped(text, Place::Line);
    // Such marks at the end would be taken for the end of the heading.
    if heading.ends_with('#') {
        heading.insert(heading.len() - 1, '\\');
    }
    writeln!(output, "# {heading}\n")
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a cell of a table.
    Cell,
    /// In a line outside of tables, behind the mark of a heading or an item.
    Line,
}

/// The text as Markdown that reads as this text and nothing else.
fn escaped(text: &[u8], at: Place) -> String {
    let text = Printable::new(text).to_plain_string();
    let mut escaped = String::with_capacity(text.len());
    let mut before = None;
    for (place, character) in text.char_indices() {
        let after = &text[place + character.len_utf8()..];
        // Blanks at either end would be taken away.
        if character == ' ' && (before.is_none() || after.is_empty()) {
            escaped.push_str("&#32;");
        } else {
            let ends_cell = character == '|' && at == Place::Cell;
            if ends_cell || is_markup(&text[..place], before, character, after) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        before = Some(character);
    }
    escaped
}

/// Whether Markdown, as GitHub reads it, could take this character for more than itself. Nothing here stands at
/// the start of a line, so that marks of headings, lists and quotes are only characters.
fn is_markup(head: &str, before: Option<char>, character: char, after: &str) -> bool {
    let next = after.chars().next();
    match character {
        // They open code, HTML and formulas.
        '`' | '<' | '$' => true,
        // It opens a link with its target, a link to a page of a wiki, or a footnote.
        '[' => after.contains("](") || after.starts_with(['[', '^']),
        // It escapes what follows, or breaks the line at its end; a blank at the end is written as a character reference.
        '\\' => next.is_none_or(|next| next.is_ascii_punctuation()) || after == " ",
        '*' | '~' => !(is_blank(before) && is_blank(next)),
        // Within a word it emphasises nothing.
        '_' => {
            let is_in_word = |beside: Option<char>| beside.is_some_and(char::is_alphanumeric);
            let is_text =
                is_in_word(before) && is_in_word(next) || is_blank(before) && is_blank(next);
            !is_text
        }
        '&' => is_entity(after),
        ':' => after.starts_with("//") || ends_with_scheme(head),
        // Addresses without brackets become links.
        '@' => !is_blank(before) && !is_blank(next),
        '.' => head.to_ascii_lowercase().ends_with("www"),
        _ => false,
    }
}

fn is_blank(beside: Option<char>) -> bool {
    beside.is_none_or(char::is_whitespace)
}

/// Whether what follows an `&` makes it a character reference.
fn is_entity(after: &str) -> bool {
    let name = after.strip_prefix('#').unwrap_or(after);
    let end = name.find(|character: char| !character.is_ascii_alphanumeric());
    end.is_some_and(|end| end > 0 && name[end..].starts_with(';'))
}

/// Whether a `:` here begins a link that needs no slashes.
fn ends_with_scheme(head: &str) -> bool {
    let head = head.to_ascii_lowercase();
    ["mailto", "xmpp"]
        .iter()
        .any(|scheme| head.ends_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::sheet::Sheet;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    use rstest::rstest;

    /// The text of the cell of the second column, as another program reads Markdown; an event that is more than
    /// text is written out.
    fn rendered(markdown: &str) -> String {
        let mut text = String::new();
        let mut column = 0;
        let mut in_body = false;
        let as_on_github = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH
            | Options::ENABLE_GFM;
        for event in Parser::new_ext(markdown, as_on_github) {
            match event {
                Event::Start(Tag::TableRow) => (in_body, column) = (true, 0),
                Event::Start(Tag::TableCell) => column += 1,
                Event::End(TagEnd::TableCell | TagEnd::TableRow | TagEnd::Table) => {}
                _ if !in_body || column != 2 => {}
                Event::Text(part) => text.push_str(&part),
                other => text.extend(["⟪", &format!("{other:?}"), "⟫"]),
            }
        }
        text
    }

    fn read_back(text: &str) -> String {
        let names = ["First", "Second", "Third"];
        let columns = names.iter().map(|name| (*name).to_owned()).collect();
        let row = vec![Value::text("a"), Value::text(text), Value::text("b")];
        let sheet = Sheet {
            notes: Vec::new(),
            columns,
            rows: Box::new(std::iter::once(row)),
        };
        let mut output = Vec::new();
        write(sheet, &mut output).expect("memory");
        rendered(&String::from_utf8(output).expect("UTF-8"))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same_text(
            text in "([a-z ]|[ -/:-@\\[-`{-~]|&[a-z]{2}mp;|www\\.|https?://|<[a-z]{1,2}>|é|日){0,24}",
        ) {
            prop_assert_eq!(read_back(&text), text);
        }

        #[test]
        fn anything_at_all_is_read_as_what_the_terminal_shows(text in any::<String>()) {
            let shown = Printable::new(text.as_bytes()).to_plain_string();
            prop_assert_eq!(read_back(&text), shown);
        }
    }

    /// The text of the heading, as another program reads Markdown.
    fn heading_read_back(text: &str) -> String {
        let mut output = Vec::new();
        write_heading(text.as_bytes(), &mut output).expect("memory");
        let markdown = String::from_utf8(output).expect("UTF-8");
        let mut read = String::new();
        for event in Parser::new_ext(&markdown, Options::ENABLE_TABLES | Options::ENABLE_GFM) {
            match event {
                Event::Start(Tag::Heading { .. }) | Event::End(TagEnd::Heading(_)) => {}
                Event::Text(part) => read.push_str(&part),
                other => read.extend(["⟪", &format!("{other:?}"), "⟫"]),
            }
        }
        read
    }

    proptest! {
        #[test]
        fn a_heading_is_read_as_the_same_text(
            text in "([a-z ]|#|[ -/:-@\\[-`{-~]|&[a-z]{2}mp;|www\\.|https?://|<[a-z]{1,2}>|é){1,24}",
        ) {
            prop_assert_eq!(heading_read_back(&text), text);
        }
    }

    #[rstest]
    #[case("#", "# \\#\n\n")]
    #[case("C# and F#", "# C# and F\\#\n\n")]
    #[case("a|b", "# a|b\n\n")]
    fn headings_are_written(#[case] text: &str, #[case] expected: &str) {
        let mut output = Vec::new();
        write_heading(text.as_bytes(), &mut output).expect("memory");
        assert_eq!(String::from_utf8_lossy(&output), expected);
    }

    #[rstest]
    #[case("Re: Invoice #4711 (copy) - 50% off!")]
    #[case("2026-11-30 12:30:00+01:00")]
    #[case("evil.example")]
    #[case("snake_case.example")]
    #[case("{\"Phish\":[\"URL detonation\"]} [External] []")]
    #[case("R&D, AT&T, x; {a} > b")]
    #[case(r"C:\temp")]
    fn what_markdown_does_not_read_is_left_alone(#[case] text: &str) {
        assert_eq!(escaped(text.as_bytes(), Place::Cell), text);
    }

    #[rstest]
    #[case("http://a.example", r"http\://a.example")]
    #[case("www.a.example", r"www\.a.example")]
    #[case("a@b.example", r"a\@b.example")]
    #[case("mailto:x", r"mailto\:x")]
    #[case("<b>&amp;", r"\<b>\&amp;")]
    #[case("[a](b) [[c]]", r"\[a](b) \[[c]]")]
    #[case("a|b*c*", r"a\|b\*c\*")]
    fn links_and_markup_are_escaped(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(escaped(text.as_bytes(), Place::Cell), expected);
    }
}
