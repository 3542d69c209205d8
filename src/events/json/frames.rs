//! The frames of version 2 of Azure Data Explorer's answers: an array whose elements are tables, parts of
//! tables, and what is said about the answer.

use super::answer;
use super::answer_so_far::Dialect;
use super::object::Object;
use super::reading::Reading;
use super::tables::{self, Table};
use crate::events::format::Format;
use serde::de::{DeserializeSeed, Error, SeqAccess};
use serde_json::value::RawValue;

/// Whether an element of an array is a frame.
pub(super) fn is_frame(element: &RawValue) -> bool {
    serde_json::from_str::<Object<'_>>(element.get())
        .is_ok_and(|object| object.get("FrameType").is_some())
}

/// Reads an answer of which the first frame was read already.
pub(super) fn read<'de, A: SeqAccess<'de>>(
    first: &RawValue,
    rest: A,
    reading: &mut Reading<'_>,
) -> Result<(), A::Error> {
    let left_out = reading.take_damage().unwrap_or_default();
    reading.note_left_out_elsewhere(&left_out);
    reading.rows.come_in(Format::KustoV2);
    answer::begin(reading, Dialect::KustoV2).map_err(|stop| reading.stop::<A::Error>(stop))?;
    let mut deserializer = serde_json::Deserializer::from_str(first.get());
    Table {
        reading: &mut *reading,
    }
    .deserialize(&mut deserializer)
    .map_err(A::Error::custom)?;
    tables::read(reading, rest)?;
    answer::end(reading).map_err(|stop| reading.stop(stop))
}
