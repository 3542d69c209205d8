//! What was found out about each row that the hunt counts, in a few bytes: so that an exclusion can be
//! evaluated on those rows alone, and an email's mask be told, without looking at the events again.

use super::kinds::Kinds;
use super::matcher::CountedRow;
use crate::events::EventId;
use crate::events::time::Hour;
use std::sync::Arc;

/// A row that the hunt counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The row of its batch.
    pub row: u16,
    /// The number of the domain it counts for.
    pub domain: u32,
    /// The number of its kind.
    pub kind: u32,
    /// The hour it lies in, if its time is known.
    pub hour: Option<Hour>,
}

/// The rows of one batch that the hunt counts, ascending. One that lists several recipients in a text is there for each.
#[derive(Clone, Debug, Default)]
pub struct CountedRows {
    rows: Vec<u16>,
    domains: Vec<u32>,
    kinds: Vec<u32>,
    /// Hours after the first.
    hours: Vec<u16>,
    first_hour: i32,
    /// The hours in full, where they lie too far apart.
    far_hours: Option<Vec<Option<Hour>>>,
}

/// The hour of a row of which none is known.
const UNKNOWN: u16 = u16::MAX;

impl CountedRows {
    /// Of these rows.
    pub fn of(counted: &[Counted]) -> Self {
        let hours = || counted.iter().filter_map(|row| row.hour).map(|hour| hour.0);
        let first_hour = hours().min().unwrap_or_default();
        let span = i64::from(hours().max().unwrap_or_default()) - i64::from(first_hour);
        let is_near = span < i64::from(UNKNOWN);
        let after_first =
            |hour: Option<Hour>| hour.map_or(UNKNOWN, |hour| (hour.0 - first_hour) as u16);
        CountedRows {
            rows: counted.iter().map(|row| row.row).collect(),
            domains: counted.iter().map(|row| row.domain).collect(),
            kinds: counted.iter().map(|row| row.kind).collect(),
            hours: if is_near {
                counted.iter().map(|row| after_first(row.hour)).collect()
            } else {
                Vec::new()
            },
            first_hour,
            far_hours: (!is_near).then(|| counted.iter().map(|row| row.hour).collect()),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The `place`-th of them.
    pub fn get(&self, place: usize) -> Counted {
        let hour = match &self.far_hours {
            Some(hours) => hours[place],
            None if self.hours[place] == UNKNOWN => None,
            None => Some(Hour(self.first_hour + i32::from(self.hours[place]))),
        };
        Counted {
            row: self.rows[place],
            domain: self.domains[place],
            kind: self.kinds[place],
            hour,
        }
    }

    /// The number of the kind of the `place`-th of them.
    pub fn kind(&self, place: usize) -> u32 {
        self.kinds[place]
    }

    /// The rows with their sides.
    pub fn rows(&self, kinds: &Kinds) -> Vec<CountedRow> {
        let rows = self.rows.iter().zip(&self.kinds).zip(&self.domains);
        rows.map(|((&row, &kind), &domain)| CountedRow {
            row,
            side: kinds.get(kind).side,
            domain: Some(domain),
        })
        .collect()
    }

    /// The same where some, given by their places, are of other kinds.
    #[must_use]
    pub fn with_kinds(&self, changes: impl Iterator<Item = (usize, u32)>) -> Self {
        let mut rows = self.clone();
        for (place, kind) in changes {
            rows.kinds[place] = kind;
        }
        rows
    }

    /// Some of them.
    #[must_use]
    pub fn retained(&self, keep: impl Fn(&Counted) -> bool) -> Self {
        let all = (0..self.len()).map(|place| self.get(place));
        let kept: Vec<Counted> = all.filter(keep).collect();
        Self::of(&kept)
    }

    /// The number of the kind of a row, which probably is the `place`-th of them.
    pub fn kind_of_row(&self, row: u16, place: u32) -> Option<u32> {
        let is_there = self.rows.get(place as usize) == Some(&row);
        let place = if is_there { place } else { self.place(row)? };
        Some(self.kinds[place as usize])
    }

    /// Which of them a row is.
    pub fn place(&self, row: u16) -> Option<u32> {
        let place = self.rows.binary_search(&row).ok()?;
        Some(place as u32)
    }
}

/// The counted rows of all batches. Cloning it is cheap: they are shared.
#[derive(Clone, Debug, Default)]
pub struct CountedLog {
    /// By file and batch.
    files: Vec<Vec<Arc<CountedRows>>>,
}

impl CountedLog {
    /// Takes in the rows of a batch.
    pub fn set(&mut self, file: u32, batch: u32, rows: Arc<CountedRows>) {
        let (file, batch) = (file as usize, batch as usize);
        if self.files.len() <= file {
            self.files.resize(file + 1, Vec::new());
        }
        let batches = &mut self.files[file];
        if batches.len() <= batch {
            batches.resize(batch + 1, Arc::default());
        }
        batches[batch] = rows;
    }

    /// The rows of a batch, if any were taken in.
    pub fn of_batch(&self, file: u32, batch: u32) -> Option<&Arc<CountedRows>> {
        self.files.get(file as usize)?.get(batch as usize)
    }

    /// All batches with their file and number.
    pub fn batches(&self) -> impl Iterator<Item = (u32, u32, &Arc<CountedRows>)> {
        let files = (0..).zip(&self.files);
        files.flat_map(|(file, batches)| {
            let batches = (0..).zip(batches);
            batches.map(move |(number, rows)| (file, number, rows))
        })
    }

    /// Keeps some of the rows.
    pub fn retain(&mut self, keep: impl Fn(&Counted) -> bool) {
        for rows in self.files.iter_mut().flatten() {
            *rows = Arc::new(rows.retained(&keep));
        }
    }

    /// The number of the kind of an event, if the hunt counts it, which probably is the `place`-th counted row of its
    /// batch.
    pub fn kind(&self, id: EventId, place: u32) -> Option<u32> {
        let rows = self.of_batch(id.file, id.batch)?;
        rows.kind_of_row(id.row, place)
    }

    /// Which of the counted rows of its batch an event is.
    pub fn place(&self, id: EventId) -> Option<u32> {
        self.of_batch(id.file, id.batch)?.place(id.row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_counted_comes_back(
            hours in prop::collection::vec(
                prop_oneof![Just(None), (0_i32..70_000).prop_map(Some), any::<i32>().prop_map(Some)],
                0..40,
            ),
        ) {
            let counted: Vec<Counted> = hours.iter().zip(0..).map(|(hour, row)| Counted {
                row,
                domain: u32::from(row) * 7,
                kind: u32::from(row) % 3,
                hour: hour.map(Hour),
            }).collect();
            let rows = CountedRows::of(&counted);
            let back: Vec<Counted> = (0..rows.len()).map(|place| rows.get(place)).collect();
            prop_assert_eq!(back, counted);
        }
    }
}
