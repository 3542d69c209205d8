//! Which row of the file a record of a batch is: rows that are rejected or of another table lie between them.

/// The records of the batch under construction, as runs of records that follow each other in the file.
#[derive(Debug, Default)]
pub(super) struct RowNumbers {
    /// For each run, the place of its first record in the batch and that record's number in the file.
    runs: Vec<(usize, u64)>,
}

impl RowNumbers {
    /// Notes the number of the record that has this place in the batch.
    pub(super) fn push(&mut self, place: usize, number: u64) {
        if self.number(place) != Some(number) {
            self.runs.push((place, number));
        }
    }

    /// The number of the record that has this place in the batch.
    pub(super) fn number(&self, place: usize) -> Option<u64> {
        let after = self.runs.partition_point(|&(first, _)| first <= place);
        let (first, number) = *self.runs.get(after.checked_sub(1)?)?;
        Some(number + (place - first) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_between_are_counted_and_those_that_follow_take_no_memory() {
        let mut numbers = RowNumbers::default();
        let of_file = [3, 4, 5, 9, 11, 12];
        for (place, number) in of_file.into_iter().enumerate() {
            numbers.push(place, number);
        }
        assert_eq!(numbers.runs.len(), 3);
        let told: Vec<Option<u64>> = (0..of_file.len())
            .map(|place| numbers.number(place))
            .collect();
        assert_eq!(told, of_file.map(Some));
    }
}
