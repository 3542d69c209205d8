//! As what the query counts an event: `==` of Kusto minds the case of letters in `EmailDirection`, and to `isempty` a
//! blank in `ThreatTypes` is a threat.

use super::column::Column;

/// As what an event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedAs {
    /// An email we sent.
    Outbound,
    /// A threat email we received.
    Threat,
}

impl CountedAs {
    /// By `EmailDirection` and `ThreatTypes`. What does not count makes no difference to any number.
    pub fn of(direction: &[u8], threat_types: &[u8]) -> Option<Self> {
        Self::of_direction(direction).filter(|counted| counted.counts(!threat_types.is_empty()))
    }

    /// The same for each of so many rows, by these columns.
    pub fn of_rows(
        directions: Option<&Column>,
        threat_types: Option<&Column>,
        rows: usize,
    ) -> Vec<Option<Self>> {
        let Some(directions) = directions else {
            return vec![None; rows];
        };
        let mut counted = directions.told_of_each(rows, Self::of_direction);
        let has_threat: Vec<bool> = match threat_types {
            Some(column) => column.told_of_each(rows, |threat_types| !threat_types.is_empty()),
            None => vec![false; rows],
        };
        for (counted, has_threat) in counted.iter_mut().zip(has_threat) {
            *counted = counted.filter(|counted| counted.counts(has_threat));
        }
        counted
    }

    /// Whether an email of this `EmailDirection` is one we sent.
    pub(super) fn is_sent(direction: &[u8]) -> bool {
        Self::of_direction(direction) == Some(CountedAs::Outbound)
    }

    fn of_direction(direction: &[u8]) -> Option<Self> {
        match direction {
            b"Outbound" => Some(CountedAs::Outbound),
            b"Inbound" => Some(CountedAs::Threat),
            _ => None,
        }
    }

    fn counts(self, has_threat: bool) -> bool {
        has_threat || self == CountedAs::Outbound
    }
}

/// The rows of a batch that count, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowsThatCount {
    rows: Vec<u16>,
    counted: Vec<CountedAs>,
}

impl RowsThatCount {
    /// By `EmailDirection` and `ThreatTypes`, of so many rows.
    pub fn of(directions: Option<&Column>, threat_types: Option<&Column>, rows: usize) -> Self {
        let all = CountedAs::of_rows(directions, threat_types, rows);
        // Which rows count is as good as random: a processor would guess wrong so often that it takes less time to
        // write all down, each over the one before if that does not count.
        let mut those = vec![0; rows];
        let mut count = 0;
        for (row, counted) in all.iter().enumerate() {
            those[count] = row as u16;
            count += usize::from(counted.is_some());
        }
        those.truncate(count);
        let counted = those.iter().filter_map(|row| all[usize::from(*row)]);
        RowsThatCount {
            counted: counted.collect(),
            rows: those,
        }
    }

    /// Which these are.
    pub fn rows(&self) -> &[u16] {
        &self.rows
    }

    /// As what each of them counts.
    pub fn counted(&self) -> &[CountedAs] {
        &self.counted
    }

    /// Which of them count so.
    pub fn rows_counted(&self, counted: CountedAs) -> Vec<u16> {
        let rows = self.rows.iter().zip(&self.counted);
        let rows = rows.filter(|(_, other)| **other == counted);
        rows.map(|(row, _)| *row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::column::build;

    #[test]
    fn rows_count_as_each_for_itself() {
        let cells = [
            ("Outbound", "", Some(CountedAs::Outbound)),
            ("Outbound", "Phish", Some(CountedAs::Outbound)),
            ("Inbound", "", None),
            ("Inbound", " ", Some(CountedAs::Threat)),
            ("Inbound", "Phish", Some(CountedAs::Threat)),
            ("inbound", "Phish", None),
            ("Intra-org", "Phish", None),
            ("", "", None),
        ];
        let directions = build(cells.map(|(direction, ..)| direction));
        let threat_types = build(cells.map(|(_, threat_types, _)| threat_types));
        let of =
            |directions, threat_types| CountedAs::of_rows(directions, threat_types, cells.len());
        assert_eq!(
            of(Some(&directions), Some(&threat_types)),
            cells.map(|(.., counted)| counted)
        );
        for (direction, threat_types, counted) in cells {
            let alone = CountedAs::of(direction.as_bytes(), threat_types.as_bytes());
            assert_eq!(alone, counted, "{direction} {threat_types}");
        }
        let sent =
            cells.map(|(direction, ..)| (direction == "Outbound").then_some(CountedAs::Outbound));
        assert_eq!(of(Some(&directions), None), sent);
        assert_eq!(of(None, Some(&threat_types)), [None; 8]);
        let those = RowsThatCount::of(Some(&directions), Some(&threat_types), cells.len());
        assert_eq!(those.rows(), [0, 1, 3, 4]);
        assert_eq!(those.rows_counted(CountedAs::Outbound), [0, 1]);
        assert_eq!(those.rows_counted(CountedAs::Threat), [3, 4]);
        let counted = cells.iter().filter_map(|(.., counted)| *counted);
        assert_eq!(those.counted(), counted.collect::<Vec<_>>());
        let none = RowsThatCount::of(None, None, 3);
        assert_eq!(none, RowsThatCount::default());
    }
}
