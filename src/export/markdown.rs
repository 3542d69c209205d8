//! Markdown: the notes as a list, then a pipe table.
//!
//! Every text is made visible first and escaped then, so that it is neither HTML nor Markdown,
//! and no address becomes a link.

use std::io::{self, Write};

use super::json::one_text;
use super::sheet::{Sheet, Value, checked, number_for_people};
use crate::printable::Printable;

/// Writes notes and table; gives the number of rows.
pub(super) fn write(sheet: Sheet<'_>, output: &mut dyn Write) -> io::Result<u64> {
    for (name, value) in &sheet.notes {
        let (name, value) = (escaped(name.as_bytes()), escaped(value.as_bytes()));
        writeln!(output, "- **{name}:** {value}")?;
    }
    if !sheet.notes.is_empty() {
        writeln!(output)?;
    }
    // What the first row holds says how a column is aligned.
    let mut rows = sheet.rows.peekable();
    let headers = sheet.columns.iter().map(|name| escaped(name.as_bytes()));
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
        Value::Text(text) => escaped(text),
        Value::List(texts) => escaped(&one_text(texts)),
        Value::Number(_) | Value::Decimal(_) => number_for_people(value).unwrap_or_default(),
    }
}

fn escaped(text: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in Printable::new(text).to_plain_string().chars() {
        if is_special(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// What Markdown or HTML may take for more than text. `:` and `@` begin links that need no
/// brackets.
fn is_special(character: char) -> bool {
    "\\`*_{}[]()#+-.!|<>~&:@$".contains(character)
}
