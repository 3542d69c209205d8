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
        let has_its_order_in_each = self.ambiguous == 0 && self.is_contradictory();
        (*self != Self::default() && !has_its_order_in_each).then(|| self.order())
    }

    /// Whether some dates are one only in one order, others only in the other.
    fn is_contradictory(&self) -> bool {
        self.only_month_first > 0 && self.only_day_first > 0
    }

    /// How the dates are read, where there are any to which that matters. It says the same as
    /// [`Self::warning`], which says what is not certain of it.
    pub fn reading(&self) -> Option<String> {
        match self.order_if_it_matters() {
            Some(order) if self.is_contradictory() => Some(format!(
                "dates read each in its own order, those that could be either {order}"
            )),
            Some(order) => Some(format!("dates read {order}")),
            None => self
                .is_contradictory()
                .then(|| "dates read each in its own order".to_owned()),
        }
    }

    /// What the analyst should know when the rows do not agree on one order, or do not show it.
    pub fn warning(&self) -> Option<String> {
        let row = |rows| quantities::count(rows, "row");
        let order = self.order();
        let (month_first, day_first) = (self.only_month_first, self.only_day_first);
        if self.is_contradictory() {
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
    #[case(&[MONTH_FIRST, DAY_FIRST], None, Some("each is read in its own order"))]
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

    #[rstest]
    #[case(&["2023-10-18T15:45:07Z", SAME], None)]
    #[case(&[MONTH_FIRST, EITHER], Some("dates read month first"))]
    #[case(&[EITHER], Some("dates read month first"))]
    #[case(&[DAY_FIRST], Some("dates read day first"))]
    #[case(&[MONTH_FIRST, DAY_FIRST], Some("dates read each in its own order"))]
    #[case(
        &[DAY_FIRST, MONTH_FIRST, EITHER, DAY_FIRST],
        Some("dates read each in its own order, those that could be either day first")
    )]
    fn what_is_said_of_the_order_agrees_with_the_warning(
        #[case] texts: &[&str],
        #[case] reading: Option<&str>,
    ) {
        let evidence = evidence(texts);
        assert_eq!(evidence.reading().as_deref(), reading);
        let warning = evidence.warning().unwrap_or_default();
        let says_each = |text: &str| text.contains("in its own order");
        assert_eq!(says_each(&warning), says_each(reading.unwrap_or_default()));
    }
}
