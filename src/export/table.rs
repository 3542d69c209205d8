//! Aligned columns as plain text, for people.
//!
//! Not here: colours, and the table on the interactive screen.

use std::io::{self, Write};

use super::json::one_text;
use super::sheet::{Sheet, Value, checked, number_for_people};
use crate::printable::Printable;

/// The widest text column, in cells.
const MAX_TEXT_CELLS: usize = 60;

/// The rows that decide how wide the columns are. They are kept; later ones are written as they
/// come and cut to these widths, so that a long result does not fill the memory.
const ROWS_FOR_WIDTHS: usize = 1000;

/// What stands between two columns.
const GAP: &str = "  ";

/// Writes notes, headers and rows; gives the number of rows.
pub(super) fn write(
    sheet: Sheet<'_>,
    terminal_width: Option<u16>,
    output: &mut dyn Write,
) -> io::Result<u64> {
    let mut lines = Lines {
        output,
        max_cells: terminal_width.map(usize::from),
    };
    for (name, value) in &sheet.notes {
        lines.write(&format!("{}: {}", one_line(name), one_line(value)))?;
    }
    if !sheet.notes.is_empty() {
        lines.write("")?;
    }

    let headers: Vec<Cell> = sheet
        .columns
        .iter()
        .map(|name| Cell::header(name))
        .collect();
    let columns = headers.len();
    let mut rows = sheet
        .rows
        .map(|row| checked(row, columns).map(|row| row.iter().map(Cell::of).collect::<Vec<_>>()));
    let first: Vec<Vec<Cell>> = rows
        .by_ref()
        .take(ROWS_FOR_WIDTHS)
        .collect::<io::Result<_>>()?;
    let layout = Layout::of(&headers, &first);

    lines.write(&layout.line(&headers))?;
    lines.write(&layout.rule())?;
    let mut count = 0;
    for row in first.into_iter().map(Ok).chain(rows) {
        lines.write(&layout.line(&row?))?;
        count += 1;
    }
    Ok(count)
}

fn one_line(text: &str) -> String {
    Printable::new(text.as_bytes()).to_plain_string()
}

/// Writes safe lines, cut at the width of the terminal.
struct Lines<'a> {
    output: &'a mut dyn Write,
    max_cells: Option<usize>,
}

impl Lines<'_> {
    fn write(&mut self, line: &str) -> io::Result<()> {
        let line = line.trim_end_matches(' ');
        match self.max_cells {
            Some(cells) => writeln!(
                self.output,
                "{}",
                Printable::clipped(line.as_bytes(), cells)
            ),
            None => writeln!(self.output, "{line}"),
        }
    }
}

/// A cell as it is shown.
struct Cell {
    text: Printable,
    is_number: bool,
}

impl Cell {
    fn header(name: &str) -> Self {
        Self {
            text: Printable::clipped(name.as_bytes(), MAX_TEXT_CELLS),
            is_number: false,
        }
    }

    fn of(value: &Value<'_>) -> Self {
        let text = match value {
            Value::Text(text) => Printable::clipped(text, MAX_TEXT_CELLS),
            Value::List(texts) => Printable::clipped(&one_text(texts), MAX_TEXT_CELLS),
            Value::Number(_) | Value::Decimal(_) => {
                Printable::new(number_for_people(value).unwrap_or_default().as_bytes())
            }
        };
        Self {
            text,
            is_number: value.is_number(),
        }
    }
}

/// Where the columns stand.
struct Layout {
    columns: Vec<Column>,
}

struct Column {
    cells: usize,
    is_number: bool,
}

impl Layout {
    fn of(headers: &[Cell], rows: &[Vec<Cell>]) -> Self {
        let columns = headers.iter().enumerate().map(|(index, header)| {
            let cells = rows.iter().map(|row| &row[index]);
            Column {
                cells: cells
                    .clone()
                    .map(|cell| cell.text.width())
                    .fold(header.text.width(), usize::max),
                is_number: cells.clone().next().is_some_and(|cell| cell.is_number),
            }
        });
        Self {
            columns: columns.collect(),
        }
    }

    fn line(&self, row: &[Cell]) -> String {
        let mut line = String::new();
        for (index, (column, cell)) in self.columns.iter().zip(row).enumerate() {
            if index > 0 {
                line.push_str(GAP);
            }
            column.push(cell, &mut line);
        }
        line
    }

    fn rule(&self) -> String {
        let rules: Vec<String> = self
            .columns
            .iter()
            .map(|column| "-".repeat(column.cells))
            .collect();
        rules.join(GAP)
    }
}

impl Column {
    fn push(&self, cell: &Cell, line: &mut String) {
        let text = cell.text.to_plain_string();
        let blanks = " ".repeat(self.cells.saturating_sub(cell.text.width()));
        if self.is_number {
            line.push_str(&blanks);
            line.push_str(&text);
        } else if cell.text.width() > self.cells && !cell.is_number {
            // A later row than those that decided the width. A number is never cut: it would be
            // another number.
            let cut = Printable::clipped(text.as_bytes(), self.cells);
            line.push_str(&cut.to_plain_string());
            line.push_str(&" ".repeat(self.cells - cut.width()));
        } else {
            line.push_str(&text);
            line.push_str(&blanks);
        }
    }
}
