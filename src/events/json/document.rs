//! Documents: JSON values one after the other, however they are broken into lines, each an array, an object
//! that wraps rows, or a row. They are read as a stream, record by record.

use super::answer;
use super::answer_so_far::Dialect;
use super::controls::LeftOut;
use super::object::{self, BODY, Object, RESPONSES};
use super::reading::Reading;
use super::rows::Rows;
use super::source::{Limits, Source};
use super::{frames, paging, service_error, tables};
use crate::events::format::Format;
use crate::events::sink::FileSink;
use crate::events::stop::Stop;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;
use std::fmt;
use std::io::Read;

/// Reads the documents of a file.
pub(super) fn read(reader: impl Read, lines_before: u64, sink: &mut FileSink) -> Result<(), Stop> {
    let limits = Limits::new();
    let mut source = Source::new(reader, lines_before, limits.clone());
    let mut reading = Reading::new(Rows::new(sink, Format::JsonObjects), limits);
    let end = read_all(&mut source, &mut reading);
    reading.finish(end)
}

fn read_all<R: Read>(source: &mut Source<R>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    loop {
        source.begin_document();
        let lines_before = source.lines();
        let left_out_before = reading.limits.line_feeds_left_out();
        let mut deserializer = serde_json::Deserializer::from_reader(&mut *source);
        let Err(error) = read_until_error(&mut deserializer, reading) else {
            return Ok(());
        };
        drop(deserializer);
        // What was left out of the record that broke needs no word of its own.
        reading.limits.take_left_out();
        answer::end(reading)?;
        if let Some(stop) = reading.take_stop() {
            return Err(stop);
        }
        if error.is_io() && !reading.limits.are_exceeded() {
            return Err(Stop::Failed(format!("reading stopped: {error}")));
        }
        let is_between_documents = !reading.is_in_record && !reading.wraps_rows;
        if is_between_documents && error.is_syntax() && source.last_byte() == b',' {
            continue;
        }
        if reading.is_in_record {
            let place = reading.next_place();
            if reading.limits.are_exceeded() {
                reading.rows.sink.reject(place, "longer than 64 MiB")?;
                if !reading.wraps_rows && source.skip_to_object()? {
                    continue;
                }
                return Err(Stop::Failed(format!(
                    "{place} is longer than 64 MiB: the records before it are kept, the rest of the file is not read"
                )));
            }
            reading.rows.sink.reject(place, object::sentence(&error))?;
            // A row that stands by itself costs only itself, where the next can be found.
            if !reading.wraps_rows && (error.is_eof() || source.skip_to_object()?) {
                continue;
            }
        }
        let left_out = reading.limits.line_feeds_left_out() - left_out_before;
        return Err(Stop::Failed(format!(
            "the JSON is broken at line {}, column {} ({}): the records before it are kept, the rest of the file is \
             not read",
            lines_before + left_out + error.line() as u64,
            error.column(),
            object::cause(&error)
        )));
    }
}

fn read_until_error<'de, R: serde_json::de::Read<'de>>(
    deserializer: &mut serde_json::Deserializer<R>,
    reading: &mut Reading<'_>,
) -> Result<(), serde_json::Error> {
    while deserializer.end().is_err() {
        reading.wraps_rows = false;
        reading.is_in_record = false;
        let document = Document {
            reading: &mut *reading,
            may_wrap: true,
        };
        document.deserialize(&mut *deserializer)?;
    }
    Ok(())
}

/// Reads a document that is an element of a list or stands on a line.
pub(super) fn read_wrapped(reading: &mut Reading<'_>, text: &[u8]) -> Result<(), Stop> {
    let has_controls = text.iter().any(|byte| *byte < b' ');
    let end = if has_controls {
        let source = Source::new(text, 0, reading.limits.clone());
        read_one(reading, serde_json::Deserializer::from_reader(source))
    } else {
        read_one(reading, serde_json::Deserializer::from_slice(text))
    };
    answer::end(reading)?;
    let Err(error) = end else {
        return Ok(());
    };
    if let Some(stop) = reading.take_stop() {
        return Err(stop);
    }
    reading.reject_text(&error)
}

/// Takes an element of a list of which something was left out: if it wraps records, one of them is lost.
fn take_damaged(
    reading: &mut Reading<'_>,
    text: &str,
    may_wrap: bool,
    left_out: &LeftOut,
) -> Result<(), Stop> {
    let object: Option<Object<'_>> = serde_json::from_str(text).ok();
    if may_wrap && object.is_some_and(|object| object.wraps_rows()) {
        return read_wrapped(reading, &left_out.put_back(text));
    }
    reading.reject_damaged(left_out)
}

/// Takes an element of a list: a record, or an answer that wraps some, as where answers were put into
/// one list. In such an answer there is no further one.
fn take_element(reading: &mut Reading<'_>, text: &str, may_wrap: bool) -> Result<(), Stop> {
    if let Some(left_out) = reading.take_damage() {
        return take_damaged(reading, text, may_wrap, &left_out);
    }
    match serde_json::from_str::<Object<'_>>(text) {
        Ok(object) if reading.rows.is_like_the_last(&object) => {
            let place = reading.next_place();
            reading.rows.take_like_the_last(&object, place)
        }
        Ok(object) if may_wrap && object.wraps_rows() => read_wrapped(reading, text.as_bytes()),
        Ok(object) => reading.take(&object),
        Err(error) => reading.reject_text(&error),
    }
}

fn read_one<'de, R: serde_json::de::Read<'de>>(
    reading: &mut Reading<'_>,
    mut deserializer: serde_json::Deserializer<R>,
) -> Result<(), serde_json::Error> {
    let document = Document {
        reading,
        may_wrap: false,
    };
    document.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// A document, whatever it is.
struct Document<'d, 's> {
    reading: &'d mut Reading<'s>,
    /// Whether its elements may wrap rows in their turn.
    may_wrap: bool,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let Document { reading, may_wrap } = self;
        reading.wraps_rows = true;
        let Some(first) = reading.next_record(&mut elements)? else {
            return Ok(());
        };
        if may_wrap && frames::is_frame(&first) {
            return frames::read(&first, elements, reading);
        }
        reading.rows.come_in(Format::JsonArray);
        take_elements(first, elements, reading, may_wrap)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let Document { reading, may_wrap } = self;
        reading.begin_record();
        let members = Members::read(members, reading, may_wrap, true)?;
        reading.is_in_record = false;
        reading.rows.has_undecodable = reading.limits.has_undecodable();
        let left_out = reading.limits.take_left_out();
        let is_record = members.wrapping.is_none() && !members.is_taken;
        if is_record && !left_out.is_empty() {
            let rejected = reading.reject_damaged(&left_out);
            return rejected.map_err(|stop| reading.stop::<A::Error>(stop));
        }
        reading.note_left_out_elsewhere(&left_out);
        if members.is_taken {
            return Ok(());
        }
        members
            .end(reading)
            .map_err(|stop| reading.stop::<A::Error>(stop))
    }
}

/// The members of an object, without the rows that were taken on the way.
#[derive(Default)]
struct Members {
    entries: Vec<(String, Box<RawValue>)>,
    /// How rows stood in it.
    wrapping: Option<Format>,
    /// Whether there were answers in it, which are done with.
    is_taken: bool,
}

/// What stands under a key by which services wrap rows.
#[derive(Clone, Copy)]
enum Wrapping {
    /// Rows, or tables of them.
    Rows(Format),
    /// Answers to several queries.
    Responses,
    /// An answer.
    Body,
}

impl Members {
    fn read<'de, A: MapAccess<'de>>(
        mut members: A,
        reading: &mut Reading<'_>,
        may_wrap: bool,
        may_have_body: bool,
    ) -> Result<Self, A::Error> {
        let mut read = Members::default();
        while let Some(key) = members.next_key::<String>()? {
            let wrapping = match Format::of_wrapping_key(&key) {
                Some(format) => Some(Wrapping::Rows(format)),
                None if may_wrap && key == RESPONSES => Some(Wrapping::Responses),
                None if may_have_body && key == BODY => Some(Wrapping::Body),
                None => None,
            };
            if let Some(wrapping) = wrapping {
                let value = members.next_value_seed(Wrapped {
                    reading: &mut *reading,
                    wrapping,
                    may_wrap,
                })?;
                match (value, wrapping) {
                    (Some(value), _) => read.entries.push((key, value)),
                    (None, Wrapping::Rows(format)) => read.wrapping = Some(format),
                    (None, Wrapping::Responses | Wrapping::Body) => read.is_taken = true,
                }
            } else if read.wrapping.is_none()
                || service_error::is_error_key(&key)
                || paging::is_key(&key)
            {
                read.entries.push((key, members.next_value()?));
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(read)
    }

    /// Heeds what an answer says beside its rows, or takes what is no answer as a record.
    fn end(&self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        let entries = self.entries.iter();
        let object = Object(
            entries
                .map(|(key, value)| (Cow::Borrowed(key.as_str()), &**value))
                .collect(),
        );
        match self.wrapping {
            Some(format) => end_answer(reading, format, &object),
            None => reading.take(&object),
        }
    }

    /// The text of the object, without its rows.
    fn raw<E: Error>(&self) -> Result<Option<Box<RawValue>>, E> {
        let mut text = Vec::new();
        let mut serializer = serde_json::Serializer::new(&mut text);
        let entries = self.entries.iter().map(|(key, value)| (key, value));
        serializer.collect_map(entries).map_err(E::custom)?;
        let text = String::from_utf8(text).map_err(E::custom)?;
        RawValue::from_string(text).map(Some).map_err(E::custom)
    }
}

/// An answer is read: what it says of errors is heeded.
fn end_answer(reading: &mut Reading<'_>, format: Format, rest: &Object<'_>) -> Result<(), Stop> {
    let error = service_error::of_answer(rest);
    reading.paging.note(rest);
    if format == Format::KustoV1 {
        reading.answer.errors.extend(error);
        return answer::end(reading);
    }
    answer::end(reading)?;
    if let Some(error) = error {
        reading.note_error(format!(
            "the answer is incomplete: {error}. Its rows are kept, but others are missing"
        ));
    }
    Ok(())
}

fn take_elements<'de, A: SeqAccess<'de>>(
    first: Box<RawValue>,
    mut elements: A,
    reading: &mut Reading<'_>,
    may_wrap: bool,
) -> Result<(), A::Error> {
    let mut next = Some(first);
    while let Some(element) = next {
        take_element(reading, element.get(), may_wrap)
            .map_err(|stop| reading.stop::<A::Error>(stop))?;
        reading.wraps_rows = true;
        next = reading.next_record(&mut elements)?;
    }
    Ok(())
}

/// Reads what stands under a key by which services wrap rows. Gives the value back where there are none: then
/// the key is one like others.
struct Wrapped<'d, 's> {
    reading: &'d mut Reading<'s>,
    wrapping: Wrapping,
    may_wrap: bool,
}

impl<'de> DeserializeSeed<'de> for Wrapped<'_, '_> {
    type Value = Option<Box<RawValue>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Wrapped<'_, '_> {
    type Value = Option<Box<RawValue>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Self::Value, A::Error> {
        let Wrapped {
            reading,
            wrapping,
            may_wrap,
        } = self;
        match wrapping {
            Wrapping::Rows(format) => read_rows(elements, format, reading, may_wrap)?,
            Wrapping::Responses => read_responses(elements, reading)?,
            Wrapping::Body => {
                // However deep they are nested.
                let elements = SeqAccessDeserializer::new(elements);
                let elements: Vec<Box<RawValue>> = Deserialize::deserialize(elements)?;
                return raw(&elements);
            }
        }
        reading.begin_record();
        reading.is_in_record = false;
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        if !matches!(self.wrapping, Wrapping::Body) {
            let value: Value = Deserialize::deserialize(MapAccessDeserializer::new(members))?;
            return raw(&value);
        }
        let reading = self.reading;
        let members = Members::read(members, reading, self.may_wrap, false)?;
        if members.wrapping.is_none() {
            return members.raw();
        }
        members
            .end(reading)
            .map_err(|stop| reading.stop::<A::Error>(stop))?;
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        raw(text)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        raw(&value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        raw(&value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        raw(&value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        raw(&value)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        raw(&())
    }
}

fn read_rows<'de, A: SeqAccess<'de>>(
    mut elements: A,
    format: Format,
    reading: &mut Reading<'_>,
    may_wrap: bool,
) -> Result<(), A::Error> {
    reading.wraps_rows = true;
    reading.rows.come_in(format);
    let dialect = match format {
        Format::LogAnalytics => Some(Dialect::LogAnalytics),
        Format::KustoV1 => Some(Dialect::KustoV1),
        _ => None,
    };
    if let Some(dialect) = dialect {
        answer::begin(reading, dialect).map_err(|stop| reading.stop::<A::Error>(stop))?;
        return tables::read(reading, elements);
    }
    match reading.next_record(&mut elements)? {
        Some(first) => take_elements(first, elements, reading, may_wrap),
        None => Ok(()),
    }
}

/// Reads the answers to several queries, each with what came around it.
fn read_responses<'de, A: SeqAccess<'de>>(
    mut responses: A,
    reading: &mut Reading<'_>,
) -> Result<(), A::Error> {
    loop {
        reading.wraps_rows = true;
        let response = Document {
            reading: &mut *reading,
            may_wrap: false,
        };
        if responses.next_element_seed(response)?.is_none() {
            return Ok(());
        }
    }
}

fn raw<T: Serialize + ?Sized, E: Error>(value: &T) -> Result<Option<Box<RawValue>>, E> {
    to_raw_value(value).map(Some).map_err(E::custom)
}

#[cfg(test)]
mod tests;
