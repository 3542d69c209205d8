//! What the times of many rows come to: from when to when, how many cannot be read, what they show of
//! the order of day and month. It is right for either order, as the order is decided by the last row.

use super::date_order::DateOrder;
use super::event_time::EventTime;
use super::order::DateOrderEvidence;
use super::spelling::{Reader, Reading};

/// The earliest and the latest time of some rows.
pub type TimeRange = (EventTime, EventTime);

/// What the times of some rows come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeSummary {
    /// What they show of the order of their dates.
    pub dates: DateOrderEvidence,
    /// Rows that have a time which cannot be read, in either order.
    pub unreadable: u64,
    /// Whether, by the header, they are in the local time of whoever exported them.
    pub is_local: bool,
    /// Of the times that are the same in either order.
    certain: Option<TimeRange>,
    /// Of the other times, with the month first.
    month_first: Option<TimeRange>,
    /// Of the other times, with the day first.
    day_first: Option<TimeRange>,
}

impl TimeSummary {
    /// Takes in the time of a row, and gives what it says; an empty cell is none.
    pub fn add(&mut self, cell: &[u8], reader: &mut Reader) -> Option<Reading> {
        let reading = reader.read(cell);
        match reading {
            Some(reading) => self.add_reading(reading),
            None => self.unreadable += u64::from(!cell.is_empty()),
        }
        reading
    }

    /// Takes in the time of a row that has been read.
    pub fn add_reading(&mut self, reading: Reading) {
        self.dates.add(reading);
        match reading {
            Reading::Certain(time) | Reading::Proof(time, _) => {
                extend(&mut self.certain, Some((time, time)));
            }
            Reading::Ambiguous {
                month_first,
                day_first,
                ..
            } => {
                extend(&mut self.month_first, Some((month_first, month_first)));
                extend(&mut self.day_first, Some((day_first, day_first)));
            }
        }
    }

    /// Takes in times that are the same in either order, and are known to lie in this range.
    pub fn add_certain(&mut self, range: Option<TimeRange>) {
        extend(&mut self.certain, range);
    }

    /// Takes in the times of further rows of the same file.
    pub fn merge(&mut self, further: &TimeSummary) {
        self.dates.merge(&further.dates);
        self.unreadable += further.unreadable;
        self.is_local |= further.is_local;
        extend(&mut self.certain, further.certain);
        extend(&mut self.month_first, further.month_first);
        extend(&mut self.day_first, further.day_first);
    }

    /// The earliest and the latest time, in a file whose dates have this order.
    pub fn range(&self, order: DateOrder) -> Option<TimeRange> {
        let mut range = self.certain;
        let others = match order {
            DateOrder::MonthFirst => self.month_first,
            DateOrder::DayFirst => self.day_first,
        };
        extend(&mut range, others);
        range
    }
}

/// Makes a range reach over a further one.
pub fn extend(range: &mut Option<TimeRange>, further: Option<TimeRange>) {
    let Some(further) = further else {
        return;
    };
    let (first, last) = range.get_or_insert(further);
    *first = (*first).min(further.0);
    *last = (*last).max(further.1);
}

/// Whether two ranges meet, where one may be off by so many seconds.
pub(in crate::events) fn meet(one: Option<TimeRange>, other: Option<TimeRange>, off: i64) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return false;
    };
    let later = |time: EventTime| time.seconds().saturating_add(off);
    one.0.seconds() <= later(other.1) && other.0.seconds() <= later(one.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(cells: &[&str]) -> TimeSummary {
        let mut summary = TimeSummary::default();
        for cell in cells {
            summary.add(cell.as_bytes(), &mut Reader::default());
        }
        summary
    }

    fn range(summary: &TimeSummary, order: DateOrder) -> Vec<String> {
        let range = summary.range(order).expect("times");
        [range.0, range.1]
            .map(|time| time.civil().date().to_string())
            .into()
    }

    #[test]
    fn the_range_is_right_for_either_order() {
        let mut times = summary(&["", "never", "2023-07-01T00:00:00Z"]);
        times.merge(&summary(&[
            "7/1/2023, 1:00:00 AM",
            "2/9/2023, 1:00:00 AM",
            "?",
        ]));
        assert_eq!(times.unreadable, 2);
        assert_eq!(times.dates.ambiguous, 2);
        assert_eq!(
            range(&times, DateOrder::MonthFirst),
            ["2023-02-09", "2023-07-01"]
        );
        assert_eq!(
            range(&times, DateOrder::DayFirst),
            ["2023-01-07", "2023-09-02"]
        );
        assert_eq!(summary(&["", "never"]).range(DateOrder::DayFirst), None);
    }
}
