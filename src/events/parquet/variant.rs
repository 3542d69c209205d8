//! Columns of Parquet's type VARIANT: a value of any type in two or three binary parts, which are of no use by
//! themselves. They are not read.

use super::columns::{Columns, Stored};
use crate::events::schema::{self, documented, shown_name};
use crate::events::sink::FileSink;
use crate::events::stop::Stop;
use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::schema::types::Type;

/// The deepest level at which one is looked for.
const DEEPEST: usize = 16;

/// Refuses a file in which a documented column is one, or holds some; says so of other columns.
pub(super) fn check(columns: &Columns, sink: &mut FileSink) -> Result<(), Stop> {
    let nested = columns.stored.iter().filter_map(|stored| match stored {
        Stored::Nested(column) => Some(column),
        Stored::Plain { .. } | Stored::Int96 { .. } => None,
    });
    for column in nested.filter(|column| holds_variant(column, 0)) {
        let name = schema::canonical_name(column.name().as_bytes());
        if documented::is_documented(&name) {
            return Err(Stop::Failed(format!(
                "its column {name} has Parquet's type VARIANT, which mailhunt does not read: write it as text (to_json)"
            )));
        }
        sink.warn(format!(
            "the column {} has Parquet's type VARIANT, which mailhunt does not read: its raw parts are shown",
            shown_name(&name)
        ));
    }
    Ok(())
}

fn holds_variant(column: &Type, level: usize) -> bool {
    if column.is_primitive() || level > DEEPEST {
        return false;
    }
    is_variant(column)
        || column
            .get_fields()
            .iter()
            .any(|field| holds_variant(field, level + 1))
}

/// Whether a group is one: older writers do not say so, but its parts have their names.
fn is_variant(group: &Type) -> bool {
    if matches!(
        group.get_basic_info().logical_type_ref(),
        Some(LogicalType::Variant(_))
    ) {
        return true;
    }
    let fields = group.get_fields();
    let has = |name: &str| fields.iter().any(|field| field.name() == name);
    let metadata = fields.iter().find(|field| field.name() == "metadata");
    metadata.is_some_and(|field| is_binary(field)) && (has("value") || has("typed_value"))
}

/// Whether it is bytes that are no text.
fn is_binary(field: &Type) -> bool {
    let info = field.get_basic_info();
    field.is_primitive()
        && field.get_physical_type() == Physical::BYTE_ARRAY
        && info.logical_type_ref().is_none()
        && info.converted_type() == ConvertedType::NONE
}
