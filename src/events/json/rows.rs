//! What becomes of a record: which table it is a row of, and which value goes into which column. What all
//! shapes of JSON share.

use super::cell::cell;
use super::envelope::{Envelope, NotTaken, Said, TABLE_NAME};
use super::object::Object;
use crate::events::format::Format;
use crate::events::recipient_lists::{self, RowsOfRecord};
use crate::events::report::Place;
use crate::events::resemblance::Resemblance;
use crate::events::schema::{self, Table, header, names};
use crate::events::sink::FileSink;
use crate::events::stop::Stop;
use crate::quantities;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// How many sets of keys are remembered. Files may hold rows of several tables, and records may leave out
/// what is empty.
const LAYOUTS_KEPT: usize = 8;

/// The most names of tables told that rows are said to be of and are not.
const MISLABELLED_TOLD: usize = 10;

/// Takes the records of a file.
pub(super) struct Rows<'s> {
    pub(super) sink: &'s mut FileSink,
    /// Whether surrogates in values may stand for bytes that are no text.
    pub(super) has_undecodable: bool,
    /// What the file is if its records are nothing but rows.
    plain_format: Format,
    is_format_known: bool,
    /// The last one used is the first.
    layouts: Vec<Layout>,
    /// How many were found out about.
    layouts_made: u64,
    /// What was said of rows that are of another table.
    mislabelled: Vec<Mislabelled>,
    /// Rows that were given the time of their envelope.
    with_time_of_envelope: u64,
}

/// Rows that are said to be of one table and are of another.
struct Mislabelled {
    said: String,
    table: Table,
    rows: u64,
    first: Place,
}

/// The keys of a record that is a row of a table, or the columns of such rows, and where their values go.
/// Exports write the same keys record after record: what was found out about one holds for those that follow.
pub(super) struct Layout {
    table: Table,
    /// The table that the envelope or the row names.
    said: Said,
    keys: Vec<LayoutKey>,
    /// Which of them may name the table of each row, where there is no envelope.
    table_name: Option<usize>,
}

struct LayoutKey {
    /// As the record has it.
    key: String,
    /// Its canonical name.
    name: String,
    /// The place of its column, where it has one.
    column: Option<usize>,
}

impl Layout {
    /// The table of which these are rows.
    pub(super) fn table(&self) -> Table {
        self.table
    }

    /// The keys with their columns, where these are nothing but rows of this table: no value of theirs says
    /// anything else.
    pub(super) fn keys_of_rows(&self) -> Option<impl Iterator<Item = (&str, Option<usize>)>> {
        if self.said != Said::Nothing || self.table_name.is_some() {
            return None;
        }
        let keys = self.keys.iter();
        Some(keys.map(|key| (key.key.as_str(), key.column)))
    }

    /// The number of values of a row.
    pub(super) fn width(&self) -> usize {
        self.keys.len()
    }

    /// Whether a record of which that is said has these keys in this order.
    fn fits(&self, object: &Object<'_>, said: &Said) -> bool {
        self.said == *said && self.has_keys_of(object)
    }

    /// Whether a record that stands in no envelope is of this kind.
    fn fits_alone(&self, object: &Object<'_>) -> bool {
        self.said.is_without_envelope()
            && self.has_keys_of(object)
            && match self.table_name {
                Some(place) => Said::by_table_name(object.0[place].1) == self.said,
                None => self.said == Said::Nothing,
            }
    }

    fn has_keys_of(&self, object: &Object<'_>) -> bool {
        let Object(entries) = object;
        !entries.is_empty()
            && entries.len() == self.keys.len()
            && entries
                .iter()
                .zip(&self.keys)
                .all(|((key, _), known)| *key == known.key)
    }
}

/// Why a file of columns is refused.
const COLUMNS_OF_ROWS: &str = "each column holds the values of all rows (pandas' default to_json(), ClickHouse's \
                               JSONColumns), which mailhunt does not read: write one object per row, with \
                               to_json(orient=\"records\") or FORMAT JSONEachRow";

/// The columns that hold one short text in every row of their tables.
const OF_ONE_TEXT: [&str; 2] = [names::EMAIL_DIRECTION, names::NETWORK_MESSAGE_ID];

/// Whether an object is no row but has a list of values, or an object of them, for each column.
fn holds_columns_of_rows(object: &Object<'_>) -> bool {
    let is_container = |value: &RawValue| value.get().starts_with(['[', '{']);
    // Most objects are rows: a key that holds one short text in each of them tells so at once.
    let of_one_text = OF_ONE_TEXT.iter().find_map(|name| object.get(name));
    of_one_text.is_some_and(is_container) && object.0.iter().all(|(_, value)| is_container(value))
}

/// Whether a key is not the row's own, but says something about another key or to the service.
fn is_about_the_row(key: &str) -> bool {
    key.ends_with("@odata.type") || key.starts_with("__UDI_RequiredFields_")
}

impl<'s> Rows<'s> {
    pub(super) fn new(sink: &'s mut FileSink, plain_format: Format) -> Self {
        Rows {
            sink,
            has_undecodable: false,
            plain_format,
            is_format_known: false,
            layouts: Vec::new(),
            layouts_made: 0,
            mislabelled: Vec::new(),
            with_time_of_envelope: 0,
        }
    }

    /// Says in what the records that follow come.
    pub(super) fn come_in(&mut self, format: Format) {
        self.plain_format = format;
        if !self.is_format_known {
            self.sink.set_format(format);
        }
    }

    /// The first record tells what the file is.
    fn note_format(&mut self, format: Format) {
        if !self.is_format_known {
            self.is_format_known = true;
            self.sink.set_format(format);
        }
    }

    /// The keys of rows before, the last ones first, and how many were found out about so far.
    pub(super) fn layouts(&self) -> (&[Layout], u64) {
        (&self.layouts, self.layouts_made)
    }

    /// Whether a record has the keys of the row before, which stood in no envelope.
    pub(super) fn is_like_the_last(&self, object: &Object<'_>) -> bool {
        let last = self.layouts.first();
        last.is_some_and(|layout| layout.fits_alone(object))
    }

    /// Takes a record that [is like the last](Self::is_like_the_last).
    pub(super) fn take_like_the_last(
        &mut self,
        object: &Object<'_>,
        place: Place,
    ) -> Result<(), Stop> {
        let layout = &self.layouts[0];
        let values = object.0.iter().map(|(_, value)| *value);
        push(self.sink, layout, values, place, self.has_undecodable)
    }

    /// Takes a record, or rejects it when it is no row of a table mailhunt reads.
    pub(super) fn take(&mut self, object: &Object<'_>, place: Place) -> Result<(), Stop> {
        if self.is_like_the_last(object) {
            return self.take_like_the_last(object, place);
        }
        if let Some(envelope) = Envelope::of(object) {
            self.note_format(Format::Streaming);
            return match envelope.open() {
                Ok(row) => self.take_enveloped(row, &envelope, place),
                Err(reason) => self.sink.reject(place, reason),
            };
        }
        self.take_row(object, &Said::by_row(object), place)
    }

    fn take_enveloped<'r>(
        &mut self,
        mut row: Object<'r>,
        envelope: &'r Envelope<'_>,
        place: Place,
    ) -> Result<(), Stop> {
        let has_taken_time = envelope.lend_time(&mut row);
        let kept_before = self.sink.rows_kept();
        self.take_row(&row, &envelope.said, place)?;
        if has_taken_time && self.sink.rows_kept() > kept_before {
            self.with_time_of_envelope += 1;
        }
        Ok(())
    }

    fn take_row(&mut self, object: &Object<'_>, said: &Said, place: Place) -> Result<(), Stop> {
        let fits = |layout: &Layout| layout.fits(object, said);
        match self.layouts.iter().position(fits) {
            Some(0) => {}
            Some(known) => self.layouts.swap(0, known),
            None if holds_columns_of_rows(object) && self.sink.rows_kept() == 0 => {
                self.sink.set_resemblance(Resemblance::Export);
                return Err(Stop::Failed(COLUMNS_OF_ROWS.to_owned()));
            }
            None if holds_columns_of_rows(object) => {
                return self.sink.reject(place, COLUMNS_OF_ROWS);
            }
            None => {
                let keys = object.0.iter().map(|(key, _)| key.as_ref());
                let layout = match self.layout(keys, said) {
                    Ok(layout) => layout,
                    Err(NotTaken::Unread(table)) => return self.sink.pass_over_row(&table),
                    Err(NotTaken::Rejected(reason)) => {
                        if matches!(said, Said::Other(_)) {
                            self.sink.note_another_subject();
                        }
                        return self.sink.reject(place, reason);
                    }
                };
                self.note_format(match said {
                    Said::Result => Format::AzureCli,
                    _ => self.plain_format,
                });
                self.layouts.truncate(LAYOUTS_KEPT - 1);
                self.layouts.insert(0, layout);
                self.layouts_made += 1;
            }
        }
        self.note_mislabelled(place);
        self.take_like_the_last(object, place)
    }

    /// Counts a row of the last layout if it is said to be of another table.
    fn note_mislabelled(&mut self, place: Place) {
        let Layout { said, table, .. } = &self.layouts[0];
        let Some(name) = said.other_than(*table) else {
            return;
        };
        let is_known = |known: &Mislabelled| known.said == name && known.table == *table;
        match self.mislabelled.iter().position(is_known) {
            Some(known) => self.mislabelled[known].rows += 1,
            // Who sends the rows writes the names.
            None if self.mislabelled.len() >= MISLABELLED_TOLD => {}
            None => self.mislabelled.push(Mislabelled {
                said: name.to_owned(),
                table: *table,
                rows: 1,
                first: place,
            }),
        }
    }

    /// Says what envelopes said that the rows do not.
    pub(super) fn tell_of_envelopes(&mut self) {
        if self.with_time_of_envelope > 0 {
            let have = if self.with_time_of_envelope == 1 {
                "has"
            } else {
                "have"
            };
            self.sink.warn(format!(
                "{} {have} no {}: the envelope's time is used",
                quantities::count(self.with_time_of_envelope, "row"),
                names::TIMESTAMP
            ));
        }
        for Mislabelled {
            said,
            table,
            rows,
            first,
        } in self.mislabelled.drain(..)
        {
            let (are, have) = if rows == 1 {
                ("is", "has")
            } else {
                ("are", "have")
            };
            self.sink.warn(format!(
                "{} {are} labelled {said} but {have} the columns of {table}: read as {table} (first at {first})",
                quantities::count(rows, "row"),
                table = table.name(),
            ));
        }
    }

    /// Where the values of rows with these keys go, or why they are no rows of a table mailhunt reads.
    fn layout<'k>(
        &mut self,
        keys: impl Iterator<Item = &'k str>,
        said: &Said,
    ) -> Result<Layout, NotTaken> {
        let mut keys: Vec<LayoutKey> = keys
            .map(|key| LayoutKey {
                key: key.to_owned(),
                name: schema::canonical_name(key.as_bytes()),
                column: None,
            })
            .collect();
        let mut names_of_keys = keys.iter().map(|key| key.key.as_str());
        let table_name = names_of_keys
            .position(|key| key.eq_ignore_ascii_case(TABLE_NAME))
            .filter(|_| said.is_without_envelope());
        // That of `az` is no column of the query.
        let not_asked_for = table_name.filter(|_| *said == Said::Result);
        let is_of_row = |index: usize, key: &LayoutKey| {
            !is_about_the_row(&key.name) && Some(index) != not_asked_for
        };
        let own = keys.iter().enumerate();
        let columns: Vec<String> = own
            .filter(|(index, key)| is_of_row(*index, key))
            .map(|(_, key)| key.name.clone())
            .collect();
        if let Some(reason) = said.objection(&columns) {
            return Err(reason);
        }
        let table = match said {
            Said::Companion(table) => self.sink.accept_record_of(*table),
            _ => self
                .sink
                .accept_record(&columns)
                .map_err(NotTaken::Rejected)?,
        };
        let all: Vec<String> = keys.iter().map(|key| key.name.clone()).collect();
        let spelled = keys.iter().map(|key| key.key.as_bytes());
        if let Some(key) = header::with_local_times(spelled, &all) {
            self.sink.note_local_times(table, &key);
        }
        for (index, key) in keys.iter_mut().enumerate() {
            if is_of_row(index, key) {
                key.column = self.sink.column_index(table, &key.name);
            }
        }
        Ok(Layout {
            table,
            said: said.clone(),
            keys,
            table_name,
        })
    }

    /// Where the values of rows of a table go whose columns are named once.
    pub(super) fn layout_of_columns(
        &mut self,
        table: Table,
        columns: &[String],
    ) -> Result<Layout, Stop> {
        self.layout(columns.iter().map(String::as_str), &Said::Table(table))
            .map_err(|not_taken| match not_taken {
                NotTaken::Unread(reason) | NotTaken::Rejected(reason) => Stop::Failed(reason),
            })
    }

    /// Takes a row whose values stand in the order of its columns.
    pub(super) fn take_values(
        &mut self,
        layout: &Layout,
        values: &[&RawValue],
        place: Place,
    ) -> Result<(), Stop> {
        let values = values.iter().copied();
        push(self.sink, layout, values, place, self.has_undecodable)
    }
}

fn push<'v>(
    sink: &mut FileSink,
    layout: &Layout,
    values: impl Iterator<Item = &'v RawValue>,
    place: Place,
    has_undecodable: bool,
) -> Result<(), Stop> {
    let spells_out_nothing = layout.said == Said::Result;
    let mut cells: Vec<Option<Cow<'_, [u8]>>> = Vec::with_capacity(layout.keys.len());
    let mut lists = Vec::new();
    for (LayoutKey { name, column, .. }, value) in layout.keys.iter().zip(values) {
        let Some(column) = *column else {
            continue;
        };
        if cells.len() <= column {
            cells.resize(column + 1, None);
        }
        if cells[column].is_some() {
            sink.warn_of_doubled_key(name, place);
            continue;
        }
        if value.get().starts_with('[')
            && layout.table == Table::EmailEvents
            && recipient_lists::may_list(name)
        {
            lists.push((name.as_str(), column, value.get()));
        }
        let mut cell = cell(value, has_undecodable);
        // `az` turns every value into text, null into that of Python. Of threats the sink counts these.
        if spells_out_nothing && *cell == *b"None" && name != names::THREAT_TYPES {
            cell = Cow::Borrowed(b"");
        }
        cells[column] = Some(cell);
    }
    let cells = cells.iter().map(|cell| cell.as_deref().unwrap_or_default());
    match RowsOfRecord::of(&lists, has_undecodable) {
        Some(rows) => sink.push_listed(&cells.collect::<Vec<_>>(), &rows, place),
        None => sink.push_row(layout.table, cells),
    }
}
