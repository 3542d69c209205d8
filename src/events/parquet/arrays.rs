//! Arrays of Arrow as columns: texts stay where the page was unpacked, dictionaries stay dictionaries, other values are
//! written out.

use super::text::{self, Meaning, MomentWriter, Unit};
use crate::events::column::{self, Column, ColumnBuilder, Texts};
use crate::events::time::EventTime;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayAccessor, ArrayRef, DictionaryArray};
use arrow_schema::DataType;
use hashbrown::HashMap;
use std::hash::Hash;

/// The most values of a dictionary for which a table of codes is made, for each array anew.
const LONGEST_TABLE: usize = 1 << 16;

/// Stands for a value that no row had so far. Arrays have far fewer rows.
const NO_CODE: u16 = u16::MAX;

/// The column of an array whose values have this meaning. Null is empty.
pub(super) fn column(array: &ArrayRef, meaning: Meaning) -> Column {
    if array.null_count() == array.len() {
        return Column::empty();
    }
    match array.data_type() {
        DataType::Boolean => {
            let write = |value, text: &mut String| {
                text.push_str(if value { "true" } else { "false" });
            };
            written_once(each(array.as_boolean()), write)
        }
        DataType::Int32 => written_once(each(array.as_primitive::<Int32Type>()), |value, text| {
            text::whole(meaning, value.into(), u64::from(value as u32), text);
        }),
        DataType::Int64 => written_once(each(array.as_primitive::<Int64Type>()), |value, text| {
            text::whole(meaning, value, value as u64, text);
        }),
        DataType::Float32 => {
            let values = each(array.as_primitive::<Float32Type>());
            // By its own digits: 0.1 would be 0.10000000149011612 with those of a longer number.
            written_once(values.map(bits(f32::to_bits)), |bits, text| {
                let value = f32::from_bits(bits);
                if !value.is_nan() {
                    text.push_str(&value.to_string());
                }
            })
        }
        DataType::Float64 => {
            let values = each(array.as_primitive::<Float64Type>());
            written_once(values.map(bits(f64::to_bits)), |bits, text| {
                text::float(f64::from_bits(bits), text);
            })
        }
        DataType::Dictionary(..) => of_dictionary(array.as_dictionary(), meaning),
        DataType::BinaryView if meaning == Meaning::Itself => {
            Column::Plain(Texts::views(array.as_binary_view().clone()))
        }
        DataType::BinaryView => of_bytes(each(array.as_binary_view()), meaning),
        // The schema asks for no other type.
        _ => of_bytes(each(array.as_fixed_size_binary()), meaning),
    }
}

/// The column of an array of moments, and the moments that lie in the calendar.
pub(super) fn moments(array: &ArrayRef, unit: Unit) -> (Column, Vec<Option<EventTime>>) {
    let values = each(array.as_primitive::<Int64Type>());
    let mut writer = MomentWriter::new(unit);
    let texts = written(values.clone(), |value, text| writer.write(value, text));
    let moments = values.map(|value| text::moment(value?, unit));
    (Column::Plain(texts), moments.collect())
}

/// The values of an array, row by row.
fn each<A: ArrayAccessor + Clone>(array: A) -> impl Iterator<Item = Option<A::Item>> + Clone {
    (0..array.len()).map(move |row| array.is_valid(row).then(|| array.value(row)))
}

/// Floating-point numbers are compared by their bits: what is no number equals nothing.
fn bits<F, B>(bits: impl Fn(F) -> B + Clone) -> impl FnMut(Option<F>) -> Option<B> + Clone {
    move |value| value.map(&bits)
}

/// A column of values each of which is written once, unless they hardly repeat.
fn written_once<V: Copy + Eq + Hash>(
    values: impl Iterator<Item = Option<V>> + Clone,
    write: impl Fn(V, &mut String),
) -> Column {
    let mut numbers = HashMap::new();
    let coded = Coded::of(values.clone(), true, |value, next| {
        *numbers.entry(value).or_insert(next)
    });
    match coded {
        Some(coded) => {
            let texts = written(coded.distinct.into_iter(), write);
            Column::of_codes(coded.codes, texts)
        }
        None => Column::Plain(written(values, write)),
    }
}

/// The texts of values; null is empty.
fn written<V>(
    values: impl Iterator<Item = Option<V>>,
    mut write: impl FnMut(V, &mut String),
) -> Texts {
    let mut texts = Texts::default();
    let mut text = String::new();
    for value in values {
        text.clear();
        if let Some(value) = value {
            write(value, &mut text);
        }
        texts.push(text.as_bytes());
    }
    texts
}

/// For each row the number of its value among those that are distinct.
struct Coded<V> {
    codes: Vec<u16>,
    /// In the order in which they first come.
    distinct: Vec<V>,
}

impl<V: Copy> Coded<V> {
    /// Of values of which `code_of` tells the code; it is given the next free one. `None` where it is to be `doubted` that
    /// the values repeat, and they hardly do.
    fn of(
        values: impl Iterator<Item = V>,
        doubted: bool,
        mut code_of: impl FnMut(V, u16) -> u16,
    ) -> Option<Self> {
        let mut codes = Vec::with_capacity(values.size_hint().0);
        let mut distinct = Vec::new();
        for value in values {
            let code = code_of(value, distinct.len() as u16);
            codes.push(code);
            if usize::from(code) == distinct.len() {
                distinct.push(value);
                if doubted && column::hardly_repeat(distinct.len(), codes.len()) {
                    return None;
                }
            }
        }
        Some(Coded { codes, distinct })
    }
}

/// A column of those values of a dictionary that come in these rows.
fn of_dictionary(array: &DictionaryArray<Int32Type>, meaning: Meaning) -> Column {
    let values = array.values().as_binary::<i32>();
    let null = values.len();
    let keys = array.keys();
    let key = |(row, key): (usize, &i32)| {
        // What the key of null says is not defined.
        if keys.is_valid(row) {
            *key as usize
        } else {
            null
        }
    };
    let keys = keys.values().iter().enumerate().map(key);
    let coded = if null < LONGEST_TABLE {
        let mut table = vec![NO_CODE; null + 1];
        Coded::of(keys, false, |key, next| {
            let code = &mut table[key];
            if *code == NO_CODE {
                *code = next;
            }
            *code
        })
    } else {
        let mut numbers = HashMap::new();
        Coded::of(keys, false, |key, next| *numbers.entry(key).or_insert(next))
    };
    let Some(Coded { codes, distinct }) = coded else {
        return Column::empty();
    };
    let mut texts = Texts::default();
    let mut text = String::new();
    for key in distinct {
        if key < null && values.is_valid(key) {
            texts.push(text::of_bytes(meaning, values.value(key), &mut text));
        } else {
            texts.push(b"");
        }
    }
    Column::of_codes(codes, texts)
}

/// A column of bytes that mean something else than a text, or are of fixed length.
fn of_bytes<'a>(values: impl Iterator<Item = Option<&'a [u8]>>, meaning: Meaning) -> Column {
    let mut builder = ColumnBuilder::starting_with_empty(0);
    let mut text = String::new();
    for value in values {
        builder.push(value.map_or(b"", |value| text::of_bytes(meaning, value, &mut text)));
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{BinaryArray, BinaryViewArray, Int32Array, Int64Array};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn texts(column: &Column, rows: usize) -> Vec<Vec<u8>> {
        (0..rows).map(|row| column.get(row).to_vec()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_dictionary_gives_its_values_however_long_it_is(
            keys in prop::collection::vec(prop::option::weighted(0.8, 0..90_i32), 1..60),
            further in prop_oneof![Just(0), Just(LONGEST_TABLE)],
        ) {
            // A value may stand in it several times.
            let value = |key: usize| format!("value {}", key % 70).into_bytes();
            let values = BinaryArray::from_iter_values((0..90 + further).map(value));
            let expected: Vec<Vec<u8>> = keys
                .iter()
                .map(|key| key.map(|key| value(key as usize)).unwrap_or_default())
                .collect();
            let keys = Int32Array::from(keys);
            let array: ArrayRef = Arc::new(DictionaryArray::try_new(keys, Arc::new(values)).expect("an array"));
            let column = column(&array, Meaning::Itself);
            prop_assert_eq!(texts(&column, expected.len()), expected);
        }

        #[test]
        fn numbers_and_views_give_each_row_its_value(
            values in prop::collection::vec(prop::option::weighted(0.9, -3..9_i64), 0..60),
            do_repeat in any::<bool>(),
        ) {
            let step = if do_repeat { 0 } else { 100 };
            let numbered = (0..3_000).flat_map(|round| {
                values.iter().map(move |value| value.map(|value| value + round * step))
            });
            let values: Vec<Option<i64>> = numbered.take(9_000).collect();
            let written = |value: &Option<i64>| value.map(|value| value.to_string().into_bytes());
            let expected: Vec<Vec<u8>> = values
                .iter()
                .map(|value| written(value).unwrap_or_default())
                .collect();
            let numbers: ArrayRef = Arc::new(Int64Array::from(values.clone()));
            let views: ArrayRef = Arc::new(values.iter().map(written).collect::<BinaryViewArray>());
            for array in [&numbers, &views] {
                let column = column(array, Meaning::Itself);
                prop_assert_eq!(&texts(&column, expected.len()), &expected);
                prop_assert_eq!(
                    column.length_of_all(expected.len()),
                    expected.iter().map(Vec::len).sum::<usize>()
                );
            }
        }
    }
}
