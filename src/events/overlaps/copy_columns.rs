//! The columns of a batch as copies of a record are compared by them, and what the hunt makes of a row.

use crate::events::batch::{Batch, ColumnOfAll};
use crate::events::schema::names;
use crate::events::threat_types;
use hashbrown::HashMap;

/// The columns by which the hunt counts an email, beside the recipient, which all copies have in common.
pub(super) const COUNTED: [&str; 3] = [
    names::THREAT_TYPES,
    names::EMAIL_DIRECTION,
    names::SENDER_FROM_DOMAIN,
];

/// What the hunt makes of a row. The greater goes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    NotCounted,
    Outbound,
    /// `ThreatTypes` is not empty, but says nothing that is known to be a threat.
    UnnamedThreat,
    Threat,
}

impl Weight {
    /// Whether a row counts as a threat; `None` where it does not count.
    pub(super) fn is_threat(self) -> Option<bool> {
        match self {
            Weight::NotCounted => None,
            Weight::Outbound => Some(false),
            Weight::UnnamedThreat | Weight::Threat => Some(true),
        }
    }
}

/// What counts of a row. The greater goes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counted<'s> {
    pub(super) weight: Weight,
    pub(super) cells: [&'s [u8]; COUNTED.len()],
}

/// The columns of a batch as copies are compared by them.
pub(super) struct CopyColumns<'s> {
    pub(super) batch: &'s Batch,
    counted: [Option<ColumnOfAll<'s>>; COUNTED.len()],
    /// The places of the columns by their names in small letters; of several the first.
    places: HashMap<String, usize>,
}

impl<'s> CopyColumns<'s> {
    pub(super) fn of(batch: &'s Batch) -> Self {
        let mut places = HashMap::new();
        for (place, name) in batch.names().iter().enumerate() {
            places.entry(name.to_ascii_lowercase()).or_insert(place);
        }
        CopyColumns {
            batch,
            counted: COUNTED.map(|name| batch.column_of_all(name)),
            places,
        }
    }

    pub(super) fn batch(&self) -> &'s Batch {
        self.batch
    }

    /// A cell of a row whose cells are kept; empty when there is no such column.
    pub(super) fn cell(&self, name: &str, row: usize) -> &'s [u8] {
        let place = self.places.get(&name.to_ascii_lowercase());
        place.map_or(b"", |&place| self.batch.cell_at(place, row))
    }

    /// The cells of the columns by which the hunt counts.
    pub(super) fn counted_cells(&self, row: usize) -> [&'s [u8]; COUNTED.len()] {
        self.counted
            .map(|column| column.map_or(b"".as_slice(), |column| column.get(row)))
    }

    pub(super) fn counted(&self, row: usize) -> Counted<'s> {
        let cells = self.counted_cells(row);
        let [threat_types, direction, _] = cells;
        let weight = match direction {
            b"Outbound" => Weight::Outbound,
            b"Inbound" if threat_types.is_empty() => Weight::NotCounted,
            b"Inbound" if threat_types::names_a_threat(threat_types) => Weight::Threat,
            b"Inbound" => Weight::UnnamedThreat,
            _ => Weight::NotCounted,
        };
        // What counts nowhere is the same to the hunt.
        let cells = if weight == Weight::NotCounted {
            [b"".as_slice(); COUNTED.len()]
        } else {
            cells
        };
        Counted { weight, cells }
    }

    /// The cells that say something, by the names of their columns; none of a row whose cells were let go, as
    /// it counts nowhere.
    pub(super) fn filled(&self, row: usize) -> Vec<(&'s str, &'s [u8])> {
        let is_kept = row < self.batch.rows();
        let cells = is_kept.then(|| self.batch.cells(row)).into_iter().flatten();
        let mut filled: Vec<_> = cells.filter(|(_, cell)| !cell.is_empty()).collect();
        // Stable: of columns of one name the first stays the first.
        filled.sort_by_key(|(name, _)| *name);
        filled
    }
}
