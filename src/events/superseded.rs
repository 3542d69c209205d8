//! Records that a later one of the same email supersedes: a streaming or Log Analytics export has a new
//! record whenever the verdict or the place of an email changes.

use super::overlaps::Overlaps;
use super::same_email::{Numbered, Place, SameEmail};
use super::store::EventStore;
use hashbrown::HashMap;

/// The rows that are not the latest record of their email, one message to one recipient, whatever their
/// direction. Of records of one time a threat is the latest, so that the order of files hides none; then the one
/// loaded later. One whose time cannot be read is older than all others.
#[derive(Clone, Debug, Default)]
pub struct Superseded {
    /// By file and batch, ascending.
    rows: HashMap<(u32, u32), Vec<u16>>,
}

impl Superseded {
    /// Looks through all events but those left out because an earlier file has them too.
    pub fn find(store: &EventStore, left_out: &Overlaps) -> Self {
        let batches = Numbered::all(store);
        let mut superseded = Superseded::default();
        for places in SameEmail::find(&batches, left_out).emails() {
            let latest = latest(&batches, places);
            for &(batch, row) in places.iter().filter(|place| Some(**place) != latest) {
                let Numbered { file, number, .. } = batches[batch as usize];
                superseded.rows.entry((file, number)).or_default().push(row);
            }
        }
        for rows in superseded.rows.values_mut() {
            rows.sort_unstable();
        }
        superseded
    }

    /// Whether a row is not the latest record of its email.
    pub fn contains(&self, file: u32, batch: u32, row: u16) -> bool {
        let rows = self.rows.get(&(file, batch));
        rows.is_some_and(|rows| rows.binary_search(&row).is_ok())
    }
}

/// The latest of the records of one email, which are in the order in which they were loaded.
pub(super) fn latest(batches: &[Numbered<'_>], places: &[Place]) -> Option<Place> {
    let row = |place: &Place| (&batches[place.0 as usize].records, usize::from(place.1));
    // Of those of one time `max_by` takes the last, which is the one loaded last.
    places.iter().copied().max_by(|one, other| {
        let ((records, row), (others, other_row)) = (row(one), row(other));
        let by_time = records.order_in_time(row, others, other_row);
        by_time.then_with(|| records.is_threat(row).cmp(&others.is_threat(other_row)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows superseded in files of rows of time, message and recipient with commas.
    fn superseded(files: &[&[&str]]) -> Vec<(u32, u16)> {
        let columns = ["Timestamp", "NetworkMessageId", "RecipientEmailAddress"];
        let store = EventStore::of_texts(&columns, files);
        let found = Superseded::find(&store, &Overlaps::find(&store));
        let places = files
            .iter()
            .enumerate()
            .flat_map(|(file, rows)| (0..rows.len() as u16).map(move |row| (file as u32, row)));
        places
            .filter(|&(file, row)| found.contains(file, 0, row))
            .collect()
    }

    const FIRST: &str = "2026-11-01T10:00:00Z,m-1,a@ours.example";
    const SECOND: &str = "2026-11-01T11:00:00Z,m-1,a@ours.example";

    #[test]
    fn the_latest_by_time_stays_wherever_it_stands() {
        assert_eq!(superseded(&[&[FIRST, SECOND]]), [(0, 0)]);
        assert_eq!(superseded(&[&[SECOND], &[FIRST]]), [(1, 0)]);
    }

    #[test]
    fn of_one_time_the_one_loaded_later_stays() {
        assert_eq!(superseded(&[&[FIRST, FIRST, FIRST]]), [(0, 0), (0, 1)]);
    }

    #[test]
    fn of_one_time_a_threat_stays_whatever_the_order() {
        let columns = [
            "Timestamp",
            "NetworkMessageId",
            "RecipientEmailAddress",
            "EmailDirection",
            "ThreatTypes",
        ];
        let threat = "2026-11-01T10:00:00Z,m-1,a@ours.example,Inbound,Phish";
        let clean = "2026-11-01T10:00:00Z,m-1,a@ours.example,Inbound,";
        for (rows, expected) in [([threat, clean], 1), ([clean, threat], 0)] {
            let store = EventStore::of_texts(&columns, &[&rows]);
            let found = Superseded::find(&store, &Overlaps::find(&store));
            let hidden: Vec<u16> = (0..2).filter(|row| found.contains(0, 0, *row)).collect();
            assert_eq!(hidden, [expected], "{rows:?}");
        }
    }

    #[test]
    fn within_a_second_its_fraction_tells() {
        let later = "2026-11-01T10:00:00.2Z,m-1,a@ours.example";
        let earlier = "2026-11-01T10:00:00.0766240Z,m-1,a@ours.example";
        assert_eq!(superseded(&[&[later, earlier, FIRST]]), [(0, 1), (0, 2)]);
        assert_eq!(superseded(&[&[FIRST, earlier, later]]), [(0, 0), (0, 1)]);
    }

    #[test]
    fn a_copy_in_another_file_supersedes_nothing() {
        assert_eq!(superseded(&[&[FIRST], &[FIRST]]), []);
    }

    #[test]
    fn the_case_of_a_guid_does_not_matter() {
        let record = |time: &str, guid: &str| format!("2026-11-01T{time}Z,{guid},a@ours.example");
        let first = record("10:00:00", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
        let second = record("11:00:00", "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0");
        assert_eq!(superseded(&[&[&first], &[&second]]), [(0, 0)]);
    }

    #[test]
    fn records_without_a_time_are_the_oldest() {
        let without = ",m-1,a@ours.example";
        assert_eq!(superseded(&[&[FIRST, without]]), [(0, 1)]);
        assert_eq!(superseded(&[&[without, FIRST]]), [(0, 0)]);
    }

    #[test]
    fn rows_without_message_or_recipient_are_of_no_email() {
        let rows = ["2026-11-01T10:00:00Z,,a@ours.example"; 2];
        assert_eq!(superseded(&[&rows]), []);
        let rows = ["2026-11-01T10:00:00Z,m-1,"; 2];
        assert_eq!(superseded(&[&rows]), []);
    }
}
