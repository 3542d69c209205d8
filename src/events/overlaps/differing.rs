//! Puts together what copies of one record say where they do not say the same.

use super::copy_columns::CopyColumns;
use super::part::{Part, Place, RowWithCopies};
use crate::events::batch::builder::BatchBuilder;
use crate::events::differing_copies::{CopiesOfRows, DifferingCopies};
use crate::events::schema::says_nothing;

/// The copies of these rows.
pub(super) fn differing_copies(
    parts: &[Part<'_>],
    mut rows: Vec<RowWithCopies>,
) -> DifferingCopies {
    rows.sort_unstable_by_key(|row| row.counts);
    let mut differing = DifferingCopies::default();
    for rows in rows.chunk_by(|a, b| a.counts.0 == b.counts.0) {
        let Part { file, number, .. } = parts[rows[0].counts.0 as usize];
        let batches = differing.batches.entry((file, number)).or_default();
        batches.extend(copies_of_rows(parts, rows));
    }
    differing
}

/// The copies of rows of one batch.
fn copies_of_rows(parts: &[Part<'_>], rows: &[RowWithCopies]) -> Vec<CopiesOfRows> {
    let part_of = |place: Place| &parts[place.0 as usize];
    let mut builder = BatchBuilder::new(Vec::new());
    let mut known: Option<&CopyColumns<'_>> = None;
    for place in rows.iter().flat_map(RowWithCopies::all) {
        let columns = &part_of(place).columns;
        if known.is_none_or(|known| known.batch().names() != columns.batch().names()) {
            for name in columns.batch().names() {
                builder.column_index(name);
            }
            known = Some(columns);
        }
        if columns.batch().times().is_local {
            builder.note_local_times();
        }
    }
    let names: Vec<String> = builder.names().to_vec();
    let mut copies = Vec::new();
    let mut counted = Vec::new();
    for row in rows {
        let places: Vec<Place> = row.all().collect();
        for own in &places {
            let cell = |name: &str, &(part, row): &Place| {
                let columns = &parts[part as usize].columns;
                columns.cell(name, usize::from(row))
            };
            let cells = names.iter().map(|name| {
                let own_cell = cell(name, own);
                if !says_nothing(own_cell) {
                    return own_cell;
                }
                let mut others = places.iter().map(|place| cell(name, place));
                others.find(|cell| !says_nothing(cell)).unwrap_or(own_cell)
            });
            builder.push_row(cells);
            counted.push(row.counts.1);
            if builder.is_full() {
                close(&mut builder, &mut counted, &mut copies);
            }
        }
    }
    close(&mut builder, &mut counted, &mut copies);
    copies
}

fn close(builder: &mut BatchBuilder, counted: &mut Vec<u16>, copies: &mut Vec<CopiesOfRows>) {
    let rows = std::mem::take(counted);
    copies.extend(builder.take().map(|batch| CopiesOfRows { batch, rows }));
}
