//! Reads the tables of an answer as they come: columns named once, then rows that list their values. Frames
//! of a table are read in the same way.

use super::answer;
use super::answer_so_far::Description;
use super::cell;
use super::controls::LeftOut;
use super::object::Object;
use super::reading::Reading;
use super::source::Source;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Reads the tables of an answer, one after the other.
pub(super) fn read<'de, A: SeqAccess<'de>>(
    reading: &mut Reading<'_>,
    mut tables: A,
) -> Result<(), A::Error> {
    loop {
        reading.begin_record();
        reading.is_in_record = false;
        let table = Table {
            reading: &mut *reading,
        };
        if tables.next_element_seed(table)?.is_none() {
            return Ok(());
        }
    }
}

/// A table of an answer, or what comes in the place of one: a frame of it.
pub(super) struct Table<'d, 's> {
    pub(super) reading: &'d mut Reading<'s>,
}

impl<'de> DeserializeSeed<'de> for Table<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Table<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let reading = self.reading;
        let mut table = Description::default();
        let rows_before = reading.answer.rows_of_current();
        let mut early_rows: Option<(Box<RawValue>, LeftOut)> = None;
        while let Some(key) = members.next_key::<String>()? {
            match key.to_ascii_lowercase().as_str() {
                "name" | "tablename" => table.name = Some(next_text(&mut members)?),
                "tablekind" => table.kind = Some(next_text(&mut members)?),
                "frametype" => table.frame = Some(next_text(&mut members)?),
                "tablefragmenttype" => {
                    table.is_replacement = next_text(&mut members)? == "DataReplace";
                }
                "columns" => table.columns = Some(next_columns(&mut members)?),
                "haserrors" => table.has_errors = next_text(&mut members)? == "true",
                "cancelled" => table.is_cancelled = next_text(&mut members)? == "true",
                "oneapierrors" => {
                    let errors: Box<RawValue> = members.next_value()?;
                    if !matches!(errors.get(), "null" | "[]") {
                        reading.answer.note(&errors);
                    }
                }
                // Where the columns come after the rows, these have to wait.
                "rows" if table.columns.is_none() && !table.is_fragment() => {
                    reading.begin_record();
                    reading.is_in_record = false;
                    let rows = members.next_value()?;
                    early_rows = Some((rows, reading.limits.take_left_out()));
                }
                "rows" => members.next_value_seed(RowsSeed {
                    table: &mut table,
                    reading: &mut *reading,
                })?,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        if let Some((rows, left_out)) = early_rows {
            let rows = left_out.put_back(rows.get());
            let source = Source::new(rows.as_slice(), 0, reading.limits.clone());
            let mut deserializer = serde_json::Deserializer::from_reader(source);
            RowsSeed {
                table: &mut table,
                reading: &mut *reading,
            }
            .deserialize(&mut deserializer)
            .map_err(A::Error::custom)?;
        }
        answer::end_table(reading, table, rows_before).map_err(|stop| reading.stop(stop))
    }
}

fn next_text<'de, A: MapAccess<'de>>(members: &mut A) -> Result<String, A::Error> {
    Ok(cell::text(&members.next_value::<Box<RawValue>>()?))
}

/// The names of columns, each an object that has it under one of two keys.
fn next_columns<'de, A: MapAccess<'de>>(members: &mut A) -> Result<Vec<String>, A::Error> {
    let columns: Vec<Box<RawValue>> = members.next_value()?;
    let names = columns.iter().map(|column| {
        let column: Object<'_> = serde_json::from_str(column.get())?;
        let name = column.get("ColumnName").or_else(|| column.get("name"));
        Ok(name.map(cell::text).unwrap_or_default())
    });
    let names: Result<Vec<String>, serde_json::Error> = names.collect();
    names.map_err(A::Error::custom)
}

/// The rows of a table.
struct RowsSeed<'t, 'd, 's> {
    table: &'t mut Description,
    reading: &'d mut Reading<'s>,
}

impl<'de> DeserializeSeed<'de> for RowsSeed<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RowsSeed<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the rows of a table")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let RowsSeed { table, reading } = self;
        let target =
            answer::target(reading, table).map_err(|stop| reading.stop::<A::Error>(stop))?;
        while let Some(row) = reading.next_record(&mut rows)? {
            answer::take_row(reading, &target, &row)
                .map_err(|stop| reading.stop::<A::Error>(stop))?;
        }
        answer::end_rows(reading, table, target);
        reading.begin_record();
        reading.is_in_record = false;
        Ok(())
    }
}
