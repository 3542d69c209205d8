//! Reads flat JSON objects, one a line or all in one array, into batches, by `serde_json`.
//!
//! Values keep their text: numbers as written, true and false, null as empty, arrays and objects
//! as JSON. A key that is missing is empty. Of a key that stands twice the first is taken.

use super::report::Place;
use super::schema::{self, Table, header};
use super::sink::{FileSink, Stop};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// The longest record taken, in bytes: what bounds the memory a hostile file can claim.
const LONGEST_RECORD: u64 = 64 << 20;

/// Reads one object a line; `lines_before` lines of the file are already consumed.
pub(super) fn read_lines(
    mut reader: impl BufRead,
    lines_before: u64,
    sink: &mut FileSink,
) -> Result<(), Stop> {
    let mut line = Vec::new();
    let mut shape = None;
    let mut number = lines_before;
    loop {
        line.clear();
        number += 1;
        let length = (&mut reader)
            .take(LONGEST_RECORD)
            .read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(());
        }
        let place = Place::Line(number);
        if length as u64 == LONGEST_RECORD && !line.ends_with(b"\n") {
            skip_line(&mut reader)?;
            sink.reject(place, "longer than 64 MiB")?;
            continue;
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Object<'_>>(text) {
            Ok(object) => push(&object, place, &mut shape, sink)?,
            Err(error) => sink.reject(place, sentence(&error))?,
        }
    }
}

/// Consumes the rest of a line that is not kept.
fn skip_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        if let Some(end) = memchr::memchr(b'\n', buffer) {
            reader.consume(end + 1);
            return Ok(());
        }
        let length = buffer.len();
        reader.consume(length);
    }
}

/// What `serde_json` says of a line, without its line number: it
/// counts from the line's own start.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let cause = text.split(" at line ").next().unwrap_or(&text);
    format!("not a JSON object: {cause}, column {}", error.column())
}

/// Reads one array of objects, record by record.
pub(super) fn read_array(
    reader: impl Read,
    lines_before: u64,
    sink: &mut FileSink,
) -> Result<(), Stop> {
    let room = Rc::new(Cell::new(LONGEST_RECORD));
    let mut deserializer = serde_json::Deserializer::from_reader(Limited {
        reader,
        room: Rc::clone(&room),
    });
    let (mut stop, mut records_read) = (None, 0);
    let records = Records {
        sink,
        room: &room,
        number: &mut records_read,
        stop: &mut stop,
    };
    let result = deserializer
        .deserialize_seq(records)
        .and_then(|()| deserializer.end());
    if let Some(stop) = stop {
        return Err(stop);
    }
    let Err(error) = result else {
        return Ok(());
    };
    if error.is_io() && room.get() > 0 {
        return Err(Stop::Failed(format!("reading stopped: {error}")));
    }
    // The record at which reading ends was read, and is not kept.
    let place = Place::Record(records_read + 1);
    if room.get() == 0 {
        sink.reject(place, "longer than 64 MiB")?;
        let sentence = format!(
            "{place} is longer than 64 MiB: the records before it are kept, the rest of the file is not read"
        );
        return Err(Stop::Failed(sentence));
    }
    sink.reject(place, sentence(&error))?;
    Err(Stop::Failed(format!(
        "the JSON array is broken at line {}, column {} ({}): the records before it are kept, the rest of the file \
         is not read",
        error.line() as u64 + lines_before,
        error.column(),
        error
            .to_string()
            .split(" at line ")
            .next()
            .unwrap_or_default()
    )))
}

/// Ends reading where a record takes more bytes than it may.
struct Limited<R> {
    reader: R,
    /// The bytes that the record under way may still take.
    room: Rc<Cell<u64>>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        let room = self.room.get().saturating_sub(length as u64);
        self.room.set(room);
        if room == 0 {
            return Err(io::Error::other("a record is longer than 64 MiB"));
        }
        Ok(length)
    }
}

/// Takes the records of an array one by one, so that the array need not fit into memory.
struct Records<'s> {
    sink: &'s mut FileSink,
    /// What a record may take, given anew to each.
    room: &'s Cell<u64>,
    /// How many were taken or rejected.
    number: &'s mut u64,
    /// Why reading was ended from our side: serde carries only texts.
    stop: &'s mut Option<Stop>,
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        let mut shape = None;
        while let Some(record) = records.next_element::<Box<RawValue>>()? {
            *self.number += 1;
            self.room.set(LONGEST_RECORD);
            let place = Place::Record(*self.number);
            let taken = match serde_json::from_str::<Object<'_>>(record.get()) {
                Ok(object) => push(&object, place, &mut shape, self.sink),
                Err(error) => self.sink.reject(place, sentence(&error)),
            };
            if let Err(stop) = taken {
                *self.stop = Some(stop);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

/// One record: its keys in the order of the text, each value as its JSON text.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(48));
        while let Some(key) = map.next_key_seed(Key)? {
            entries.push((key, map.next_value::<&'de RawValue>()?));
        }
        Ok(Object(entries))
    }
}

/// A key, borrowed from the text where it has no escape.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// The keys of a record that is a row of a table, and where their values go. Exports write
/// the same keys record after record: what was found out about one holds for those that follow.
struct Shape {
    table: Table,
    keys: Vec<ShapeKey>,
}

struct ShapeKey {
    /// As the record has it.
    key: String,
    /// Its canonical name.
    name: String,
    /// The place of its column.
    column: usize,
}

impl Shape {
    /// The shape of a record, or why it is not a row of a table mailhunt reads.
    fn of(object: &Object<'_>, sink: &mut FileSink) -> Result<Self, String> {
        let keys = object.0.iter().map(|(key, _)| key);
        let names: Vec<String> = keys
            .clone()
            .map(|key| schema::canonical_name(key.as_bytes()))
            .collect();
        let table = sink.accept_record(&names, None)?;
        let local_times = header::with_local_times(keys.clone().map(|key| key.as_bytes()), &names);
        if let Some(key) = local_times {
            sink.note_local_times(table, &key);
        }
        let keys = keys
            .zip(names)
            .map(|(key, name)| ShapeKey {
                key: key.to_string(),
                column: sink.column_index(table, &name),
                name,
            })
            .collect();
        Ok(Shape { table, keys })
    }

    /// Whether a record has these keys in this order.
    fn fits(&self, object: &Object<'_>) -> bool {
        let Object(entries) = object;
        !entries.is_empty()
            && entries.len() == self.keys.len()
            && entries
                .iter()
                .zip(&self.keys)
                .all(|((key, _), known)| *key == known.key)
    }
}

/// Gives a record to the sink, or rejects it when it is no row of a table mailhunt reads; `known` is
/// the shape of the row before.
fn push(
    object: &Object<'_>,
    place: Place,
    known: &mut Option<Shape>,
    sink: &mut FileSink,
) -> Result<(), Stop> {
    let shape = match known {
        Some(shape) if shape.fits(object) => shape,
        _ => match Shape::of(object, sink) {
            Ok(found) => known.insert(found),
            Err(reason) => return sink.reject(place, reason),
        },
    };
    let mut cells: Vec<Option<Cow<'_, [u8]>>> = Vec::with_capacity(shape.keys.len());
    for (ShapeKey { name, column, .. }, (_, value)) in shape.keys.iter().zip(&object.0) {
        if cells.len() <= *column {
            cells.resize(*column + 1, None);
        }
        if cells[*column].is_some() {
            sink.warn_of_doubled_key(name, place);
            continue;
        }
        cells[*column] = Some(cell(value));
    }
    let cells = cells.iter().map(|cell| cell.as_deref().unwrap_or_default());
    sink.push_row(shape.table, cells)
}

/// The cell of a JSON value.
fn cell(value: &RawValue) -> Cow<'_, [u8]> {
    let text = value.get();
    if text == "null" {
        return Cow::Borrowed(b"");
    }
    let Some(inner) = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Cow::Borrowed(text.as_bytes());
    };
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner.as_bytes());
    }
    // As bytes, because a lone surrogate (\ud800) is no text but must not be lost: serde_json
    // writes it as the three bytes it would have in UTF-8.
    serde_json::Deserializer::from_str(text)
        .deserialize_bytes(Bytes)
        .map_or_else(|_| Cow::Borrowed(text.as_bytes()), Cow::Owned)
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_str<E>(self, text: &str) -> Result<Vec<u8>, E> {
        Ok(text.as_bytes().to_vec())
    }
}
