//! Whether the dates of a file have the day or the month first. A date such as 3/4/2024 does not tell,
//! so the other dates of its file are asked.

use super::Reading;
use crate::quantities;
use std::fmt;

/// What comes first in the slashed dates of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// As in 2/25/2025. The portals write it so by default.
    #[default]
    MonthFirst,
    /// As in 25/2/2025.
    DayFirst,
}

impl fmt::Display for DateOrder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            DateOrder::MonthFirst => "month first",
            DateOrder::DayFirst => "day first",
        })
    }
}

/// What the rows of a file show of the order of its dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateOrderEvidence {
    /// Rows whose date is one only with the month first.
    pub only_month_first: u64,
    /// Rows whose date is one only with the day first.
    pub only_day_first: u64,
    /// Rows whose date each order reads as another.
    pub ambiguous: u64,
}

impl DateOrderEvidence {
    /// Takes in what one row shows.
    pub fn add(&mut self, reading: Reading) {
        match reading {
            Reading::Certain(_) => {}
            Reading::Proof(_, DateOrder::MonthFirst) => self.only_month_first += 1,
            Reading::Proof(_, DateOrder::DayFirst) => self.only_day_first += 1,
            Reading::Ambiguous { .. } => self.ambiguous += 1,
        }
    }

    /// Takes in what further rows show.
    pub fn merge(&mut self, further: &Self) {
        self.only_month_first += further.only_month_first;
        self.only_day_first += further.only_day_first;
        self.ambiguous += further.ambiguous;
    }

    /// The order in which dates are read that could have either: that of more of the others, and
    /// without others the one that the portals write by default.
    pub fn order(&self) -> DateOrder {
        if self.only_day_first > self.only_month_first {
            DateOrder::DayFirst
        } else {
            DateOrder::MonthFirst
        }
    }

    /// The order, of a file that has dates to which it matters.
    pub fn order_if_it_matters(&self) -> Option<DateOrder> {
        (*self != Self::default()).then(|| self.order())
    }

    /// What the analyst should know when the rows do not agree on one order, or do not show it.
    pub fn warning(&self) -> Option<String> {
        let row = |rows| quantities::count(rows, "row");
        let order = self.order();
        let (month_first, day_first) = (self.only_month_first, self.only_day_first);
        if month_first > 0 && day_first > 0 {
            let contradiction = format!(
                "the dates of {} can only be month first, those of {} only day first: each is read in its own order",
                row(month_first),
                row(day_first)
            );
            if self.ambiguous == 0 {
                return Some(contradiction);
            }
            let why = if month_first == day_first {
                "by default"
            } else {
                "as most are"
            };
            return Some(format!(
                "{contradiction}; {} with a date that could be either: read {order}, {why}, and perhaps wrong",
                row(self.ambiguous)
            ));
        }
        let is_undecided = month_first + day_first == 0 && self.ambiguous > 0;
        is_undecided.then(|| {
            format!(
                "{} with a date that could be day first or month first, and no date of the file shows which: read \
                 {order}, as the portals write it by default, and perhaps wrong",
                row(self.ambiguous)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use rstest::rstest;

    fn evidence(texts: &[&str]) -> DateOrderEvidence {
        let mut evidence = DateOrderEvidence::default();
        for text in texts {
            evidence.add(read(text.as_bytes()).expect("a time"));
        }
        evidence
    }

    const MONTH_FIRST: &str = "6/25/2023, 5:40:00 PM";
    const DAY_FIRST: &str = "25/6/2023, 5:40:00 PM";
    const EITHER: &str = "6/11/2023, 5:40:00 PM";
    const SAME: &str = "5/5/2023, 5:40:00 PM";

    #[rstest]
    #[case(&[], None, None)]
    #[case(&["2023-10-18T15:45:07Z", SAME], None, None)]
    #[case(&[MONTH_FIRST, EITHER], Some(DateOrder::MonthFirst), None)]
    #[case(&[EITHER, EITHER, DAY_FIRST], Some(DateOrder::DayFirst), None)]
    #[case(&[EITHER, SAME], Some(DateOrder::MonthFirst), Some("1 row with a date that could be day first or month"))]
    #[case(&[MONTH_FIRST, DAY_FIRST], Some(DateOrder::MonthFirst), Some("each is read in its own order"))]
    #[case(&[MONTH_FIRST, DAY_FIRST, EITHER], Some(DateOrder::MonthFirst), Some("read month first, by default"))]
    #[case(
        &[DAY_FIRST, MONTH_FIRST, EITHER, DAY_FIRST],
        Some(DateOrder::DayFirst),
        Some("1 row with a date that could be either: read day first, as most are")
    )]
    fn the_rows_of_a_file_decide_its_order(
        #[case] texts: &[&str],
        #[case] order: Option<DateOrder>,
        #[case] warning: Option<&str>,
    ) {
        let evidence = evidence(texts);
        assert_eq!(evidence.order_if_it_matters(), order);
        assert_eq!(evidence.order(), order.unwrap_or_default());
        let said = evidence.warning();
        match warning {
            None => assert_eq!(said, None),
            Some(part) => assert!(
                said.as_ref().is_some_and(|said| said.contains(part)),
                "{said:?}"
            ),
        }
    }
}
