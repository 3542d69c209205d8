//! One email with all that belongs to it: its columns, then the rows of each companion table that is loaded.
//!
//! Unlike a sheet it has tables in it, so that it is written by a writer of its own: as one JSON object, whose
//! values are the cells of the email and for each table an array of objects, or as Markdown with a table for
//! each.

use super::email_columns::EmailColumn;
use super::emails::EmailRow;
use super::json;
use super::markdown;
use super::provenance::Provenance;
use super::sheet::{Sheet, Value};
use crate::events::EventId;
use crate::events::companions::CompanionRow;
use crate::events::schema::{Table, names};
use crate::hunt::emails::ThreatEmail;
use crate::hunt::query::Shown;
use crate::hunt::related_rows::RelatedRows;
use crate::hunt::{Hunt, Query};
use crate::quantities::count;
use std::borrow::Cow;
use std::io::{self, Write};

/// How an email is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailFormat {
    /// One object.
    Json,
    /// Tables, for tickets and reports.
    Markdown,
}

/// The key that says how many rows of other recipients a table has of the message; they are not listed.
const OF_OTHER_RECIPIENTS: &str = "RowsOfOtherRecipients";

/// Writes an email of a domain, or of the group whose name this is; gives the number of emails.
///
/// # Errors
/// What `output` reports, and when the email is not loaded.
pub fn write(
    hunt: &Hunt,
    query: &Query,
    (domain, id): (&[u8], EventId),
    format: EmailFormat,
    output: &mut dyn Write,
) -> io::Result<u64> {
    let email = hunt
        .all_emails(domain, query.domains)
        .iter()
        .find(|email| email.id == id);
    let email = email.ok_or_else(|| io::Error::other("the email is not among those loaded"))?;
    let whole = WholeEmail::of(hunt, query, domain, email);
    match format {
        EmailFormat::Json => whole.write_json(output),
        EmailFormat::Markdown => whole.write_markdown(output),
    }?;
    output.flush()?;
    Ok(1)
}

struct WholeEmail<'a> {
    columns: Vec<EmailColumn>,
    values: Vec<Value<'a>>,
    tables: Vec<TableOfEmail<'a>>,
    /// The subject as it is.
    subject: &'a [u8],
    notes: Vec<(String, String)>,
}

/// What a companion table that is loaded has of the email.
struct TableOfEmail<'a> {
    table: Table,
    columns: Vec<&'a str>,
    rows: RelatedRows<'a>,
}

impl<'a> WholeEmail<'a> {
    fn of(hunt: &'a Hunt, query: &'a Query, domain: &[u8], email: ThreatEmail) -> Self {
        let companions = hunt.store.companions();
        let provenance = Provenance::of(hunt, query);
        // What hides the email is said also where it is not among what is shown.
        let hidden = Query {
            shown: Shown::Hidden,
            ..query.clone()
        };
        let row = EmailRow {
            hunt,
            provenance,
            selection: &hunt.selection(domain, &hidden),
            email,
        };
        let mut columns = EmailColumn::of_event(hunt, email.id);
        columns.extend(EmailColumn::asked(query));
        columns.push(EmailColumn::hidden_by());
        columns.dedup();
        columns.push(EmailColumn::met_by());
        let values = columns.iter().map(|column| row.value(column)).collect();
        let loaded = Table::ALL
            .into_iter()
            .filter(|table| companions.is_loaded(*table));
        let tables = loaded.map(|table| TableOfEmail {
            table,
            columns: companions.columns(table),
            rows: RelatedRows::of(&hunt.store, table, email.id),
        });
        WholeEmail {
            columns,
            values,
            tables: tables.collect(),
            subject: hunt.store.cell(email.id, names::SUBJECT),
            notes: provenance.notes("One threat email", Vec::new()),
        }
    }

    fn write_json(&self, output: &mut dyn Write) -> io::Result<()> {
        // The names of tables are kept as they are, whatever columns a file has.
        let tables = self
            .tables
            .iter()
            .map(|table| table.table.name().to_owned());
        let names = tables.chain([OF_OTHER_RECIPIENTS.to_owned()]);
        let names = names.chain(self.columns.iter().map(|column| column.name.clone()));
        let mut keys = json::encoded_keys(names.collect());
        let own = keys.split_off(self.tables.len() + 1);
        let mut text = String::from("{");
        for (key, value) in own.iter().zip(&self.values) {
            text.push('\n');
            text.push_str(key);
            text.push(':');
            json::push_value(value, &mut text);
            text.push(',');
        }
        for (key, table) in keys.iter().zip(&self.tables) {
            text.push('\n');
            text.push_str(key);
            text.push_str(":[");
            let columns =
                json::encoded_keys(table.columns.iter().map(|&name| name.to_owned()).collect());
            for (number, row) in table.rows.own.iter().enumerate() {
                text.push_str(if number == 0 { "\n" } else { ",\n" });
                json::push_object(&columns, &table.values(row), &mut text);
            }
            text.push_str("],");
        }
        let of_others = self.tables.iter().map(|table| table.rows.of_others as u64);
        let of_others: Vec<Value<'_>> = of_others.map(Value::Number).collect();
        let key = keys.pop().unwrap_or_default();
        text.push('\n');
        text.push_str(&key);
        text.push(':');
        json::push_object(&keys, &of_others, &mut text);
        text.push_str("\n}\n");
        output.write_all(text.as_bytes())
    }

    fn write_markdown(&self, output: &mut dyn Write) -> io::Result<()> {
        let is_blank = self.subject.trim_ascii().is_empty();
        let heading = if is_blank {
            b"Email without a subject"
        } else {
            self.subject
        };
        markdown::write_heading(heading, output)?;
        let cells = self
            .columns
            .iter()
            .zip(&self.values)
            .map(|(column, value)| {
                let name = Value::Text(Cow::Borrowed(column.name.as_bytes()));
                vec![name, value.clone()]
            });
        let email = Sheet {
            columns: vec!["Column".to_owned(), "Value".to_owned()],
            rows: Box::new(cells),
            notes: self.notes.clone(),
        };
        markdown::write(email, output)?;
        for table in &self.tables {
            let rows = &table.rows;
            let own = count(rows.own.len() as u64, "row");
            let of_others = match rows.of_others {
                0 => String::new(),
                others => {
                    let others = count(others as u64, "row");
                    format!(", {others} for other recipients not listed")
                }
            };
            let heading = format!("{}: {own}{of_others}", table.table.name());
            writeln!(output, "\n## {heading}\n")?;
            if rows.own.is_empty() {
                continue;
            }
            let sheet = Sheet {
                columns: table.columns.iter().map(|&name| name.to_owned()).collect(),
                rows: Box::new(rows.own.iter().map(|row| table.values(row))),
                notes: Vec::new(),
            };
            markdown::write(sheet, output)?;
        }
        Ok(())
    }
}

impl<'a> TableOfEmail<'a> {
    fn values(&self, row: &CompanionRow<'a>) -> Vec<Value<'a>> {
        let cells = self.columns.iter().map(|name| row.cell(name));
        cells.map(|cell| Value::Text(Cow::Borrowed(cell))).collect()
    }
}
