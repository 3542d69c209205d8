//! Batches as they are kept: of events that only may count, less than of those that people open.

use super::elsewhere::{Elsewhere, Opened};
use super::reduced::Reduced;
use super::{Batch, MAX_ROWS, Stored};
use crate::events::column::{Column, ColumnBuilder};
use crate::events::identity::{Identities, NO_TIME, TICKS};
use crate::events::origin::Origin;
use crate::events::packed::Packer;
use crate::events::record::{self, Records};
use crate::events::request::{Kept, KeptEvents, Wanted};
use crate::events::schema::names;
use crate::events::sender_domain;
use crate::events::time::DateOrder;
use std::sync::Arc;

impl Batch {
    /// The same, as it is kept: each value that repeats once, and nothing of a block. Columns that nobody is
    /// known to look at are packed, or let go where they can be read once more; and the cells of events that
    /// cannot count are let go.
    pub(in crate::events) fn compacted(
        self,
        wanted: &Wanted,
        origin: Option<Arc<dyn Origin>>,
    ) -> Self {
        let batch = self.with_constants();
        let (mut batch, kept) = match wanted.kept_events() {
            Some(kept_of) => batch.reduced(kept_of, wanted.compares_cells(), origin),
            None => (batch, None),
        };
        batch.is_compacted = true;
        let kept = kept.as_deref();
        let mut packer = match wanted {
            Wanted::Kept { often: Some(_), .. } => Packer::new(),
            _ => None,
        };
        let opened = batch.reduced.as_deref().and_then(Reduced::opened);
        let are_times_known = batch.reduced.is_some();
        for (stored, name) in batch.columns.iter_mut().zip(&batch.shape.names) {
            let Stored::Open(column) = &*stored else {
                continue;
            };
            let is_constant = matches!(column, Column::Constant(_));
            let is_seldom = !wanted.is_often(name, are_times_known) && !is_constant;
            let smaller = match (opened, kept) {
                (Some(opened), Some(kept)) if is_seldom => {
                    let elsewhere = Elsewhere::of(column, kept, opened, packer.as_mut());
                    Some(Stored::Elsewhere(Box::new(elsewhere)))
                }
                _ => {
                    let compact = column.compacted(kept);
                    let packer = packer.as_mut().filter(|_| is_seldom);
                    let in_few_bytes = packer.and_then(|packer| {
                        packer.pack(compact.as_ref().unwrap_or(column), batch.rows)
                    });
                    in_few_bytes
                        .map(Stored::Packed)
                        .or(compact.map(Stored::Open))
                }
            };
            if let Some(smaller) = smaller {
                *stored = smaller;
            }
        }
        batch
    }

    /// The same with columns that have one value in all rows known as such: exports have many that are empty.
    fn with_constants(mut self) -> Self {
        for stored in &mut self.columns {
            if let Stored::Open(column @ Column::Plain(_)) = stored
                && let Some(value) = column.same_in_all()
            {
                *column = Column::Constant(value.into());
            }
        }
        self
    }

    /// The same with what is known of all events, those first whose cells are kept, if nothing else must be known
    /// of the others. With an origin of its columns, more may be let go.
    ///
    /// The columns are left to who makes them smaller: of them only those rows are to be kept that are given.
    pub(super) fn reduced(
        self,
        kept_of: KeptEvents,
        compares_cells: bool,
        origin: Option<Arc<dyn Origin>>,
    ) -> (Self, Option<Vec<u16>>) {
        let mut batch = sender_domain::complete(self);
        // Such rows are looked at once more when all is loaded.
        let are_times_certain = batch.moments.is_some() && batch.times.unreadable == 0;
        if !are_times_certain || batch.rows > MAX_ROWS {
            return (batch, None);
        }
        let directions = batch.column_of_all(names::EMAIL_DIRECTION);
        let threat_types = batch.column_of_all(names::THREAT_TYPES);
        let (mut order, mut others, mut opened) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..batch.rows {
            let [direction, threat_types] = [directions, threat_types]
                .map(|column| column.map_or(b"".as_slice(), |column| column.get(row)));
            match kept_of(direction, threat_types) {
                Kept::Nothing => others.push(row as u16),
                Kept::Some => order.push(row as u16),
                Kept::All => {
                    opened.push(order.len() as u16);
                    order.push(row as u16);
                }
            }
        }
        let kept = order.clone();
        order.extend(&others);
        let Some(identities) = identities_of(&batch, &order, kept.len(), compares_cells) else {
            return (batch, None);
        };
        let of_others = |name| Some(batch.column(name)?.of_rows(&others));
        let [directions, threat_types] = [names::EMAIL_DIRECTION, names::THREAT_TYPES];
        let others = [
            of_others(directions),
            of_others(threat_types),
            batch.senders_of_ours(&others),
        ];
        batch.reduced = Some(Box::new(Reduced {
            identities,
            others,
            opened: origin.map(|origin| Opened::new(opened, origin)),
        }));
        batch.rows = kept.len();
        batch.moments = None;
        (batch, Some(kept))
    }

    /// The domains of the senders of these rows where they may be our own: they are few, those of strangers many.
    fn senders_of_ours(&self, rows: &[u16]) -> Option<Column> {
        let directions = self.column(names::EMAIL_DIRECTION)?;
        let senders = self.column(names::SENDER_FROM_DOMAIN)?;
        let mut domains = ColumnBuilder::starting_with_empty(0);
        for row in rows.iter().map(|&row| usize::from(row)) {
            let is_inbound = directions.get(row) == b"Inbound";
            domains.push(if is_inbound { b"" } else { senders.get(row) });
        }
        Some(domains.finish())
    }
}

/// Of the rows of a batch, in this order, from the row numbered `kept` on of rows whose cells are let go.
/// `None` where the numbers could not say all that the cells do. Whether somebody compares all cells is to be
/// said, as that takes time and memory.
fn identities_of(
    batch: &Batch,
    order: &[u16],
    kept: usize,
    compares_cells: bool,
) -> Option<Identities> {
    let records = Records::of(batch, DateOrder::default());
    let rows = || order.iter().map(|&row| usize::from(row));
    let times = rows().map(|row| ticks(&records, row));
    let mut other_messages: Vec<Box<[u8]>> = Vec::new();
    for row in rows().skip(kept) {
        let message = records.other_message(row);
        let message =
            message.filter(|message| other_messages.last().map(AsRef::as_ref) != Some(*message));
        other_messages.extend(message.map(Into::into));
    }
    Some(Identities {
        times: times.collect::<Option<_>>()?,
        emails: rows().map(|row| records.email_parts(row)).collect(),
        cells: rows()
            .filter(|_| compares_cells)
            .map(|row| record::cells_number(batch, row))
            .collect(),
        places: order.to_vec(),
        other_messages,
    })
}

/// The moment of a row; `None` of the few that have no number.
fn ticks(records: &Records<'_>, row: usize) -> Option<i64> {
    let Some(time) = records.time(row) else {
        return Some(NO_TIME);
    };
    let fraction = i64::from(records.fraction_of_second(row));
    let ticks = time.seconds().checked_mul(TICKS)?.checked_add(fraction)?;
    (ticks != NO_TIME).then_some(ticks)
}

#[cfg(test)]
mod tests;
