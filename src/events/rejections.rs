//! Rejected rows as they are told: those of one reason together, with all their places.

use super::report::{Place, Rejection};
use crate::quantities;
use hashbrown::HashMap;

/// Rejected rows that have one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedAlike<'r> {
    /// What is wrong with each of them.
    pub reason: &'r str,
    /// Where they begin.
    pub places: Vec<Place>,
}

/// The rejections by reason, in the order in which these come first.
pub fn by_reason(rejections: &[Rejection]) -> Vec<RejectedAlike<'_>> {
    let mut numbers: HashMap<(&str, bool), usize> = HashMap::new();
    let mut alike: Vec<RejectedAlike<'_>> = Vec::new();
    for Rejection { place, reason } in rejections {
        let is_line = matches!(place, Place::Line(_));
        let number = *numbers.entry((reason, is_line)).or_insert(alike.len());
        if number == alike.len() {
            alike.push(RejectedAlike {
                reason,
                places: Vec::new(),
            });
        }
        alike[number].places.push(*place);
    }
    alike
}

impl RejectedAlike<'_> {
    /// How many and where they are, such as `5 rows (lines 3, 7 to 9 and 12)`; of many ranges so many are told.
    pub fn places(&self, most_ranges: usize) -> String {
        if let [place] = self.places[..] {
            return place.to_string();
        }
        let rows = quantities::count(self.places.len() as u64, "row");
        format!("{rows} ({})", self.ranges(most_ranges))
    }

    fn ranges(&self, most: usize) -> String {
        let number = |place: &Place| match place {
            Place::Line(number) | Place::Record(number) => *number,
        };
        let kind = match self.places.first() {
            Some(Place::Record(_)) => "records",
            Some(Place::Line(_)) | None => "lines",
        };
        let follow = |a: &Place, b: &Place| number(a) + 1 == number(b);
        let mut told = Vec::new();
        let mut rows_told = 0;
        for range in self.places.chunk_by(follow).take(most) {
            rows_told += range.len();
            told.push(match range {
                [one] => number(one).to_string(),
                [first, .., last] => format!("{} to {}", number(first), number(last)),
                [] => continue,
            });
        }
        let more = (self.places.len() - rows_told) as u64;
        if more > 0 {
            told.push(format!("{} more", quantities::number(more)));
        }
        match told.as_slice() {
            [before @ .., last] if !before.is_empty() => {
                format!("{kind} {} and {last}", before.join(", "))
            }
            _ => format!("{kind} {}", told.join("")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn rejections(numbers: &[u64], reason: &str, place: fn(u64) -> Place) -> Vec<Rejection> {
        let of_one = numbers.iter().map(|number| Rejection {
            place: place(*number),
            reason: reason.to_owned(),
        });
        of_one.collect()
    }

    #[rstest]
    #[case(&[2], "line 2")]
    #[case(&[2, 3], "2 rows (lines 2 to 3)")]
    #[case(&[2, 4], "2 rows (lines 2 and 4)")]
    #[case(&[2, 4, 5, 6, 9], "5 rows (lines 2, 4 to 6 and 9)")]
    #[case(&[2, 4, 5, 6, 9, 11], "6 rows (lines 2, 4 to 6, 9 and 1 more)")]
    #[case(&[2, 2], "2 rows (lines 2 and 2)")]
    fn places_are_told_by_ranges(#[case] numbers: &[u64], #[case] told: &str) {
        let rejections = rejections(numbers, "why", Place::Line);
        let alike = by_reason(&rejections);
        assert_eq!(alike.len(), 1);
        assert_eq!(alike[0].places(3), told);
    }

    #[test]
    fn each_reason_is_told_once_in_the_order_of_its_first_row() {
        let mut all = rejections(&[1, 2], "why", Place::Record);
        all.splice(1..1, rejections(&[7], "how", Place::Record));
        let alike = by_reason(&all);
        let told = alike
            .iter()
            .map(|one| format!("{}: {}", one.places(9), one.reason));
        let told: Vec<String> = told.collect();
        assert_eq!(told, ["2 rows (records 1 to 2): why", "record 7: how"]);
    }
}
