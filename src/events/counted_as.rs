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
    }
}
