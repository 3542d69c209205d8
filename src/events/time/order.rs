//! Whether the dates of a file have the day or the month first. A date such as 3/4/2024 does not tell,
//! so the other dates of its file are asked.

use super::date_order::DateOrder;
use super::spelling::{Habit, Reading};
use crate::quantities;
use std::fmt;

impl fmt::Display for DateOrder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            DateOrder::MonthFirst => "month first",
            DateOrder::DayFirst => "day first",
        })
    }
}

/// The order that rows show which other files have too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedDates {
    /// The order.
    pub order: DateOrder,
    /// How many rows others have too if it is that one.
    pub rows: u64,
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
    /// Those of them that are written as the portals write them by default, with the month first.
    pub written_by_default: u64,
    /// Those of them that are written as is usual where the day is first.
    pub written_day_first: u64,
    /// What other files show of the order, where its own rows do not.
    pub shared: Option<SharedDates>,
}

impl DateOrderEvidence {
    /// Takes in what one row shows.
    pub fn add(&mut self, reading: Reading) {
        match reading {
            Reading::Certain(_) => {}
            Reading::Proof(_, DateOrder::MonthFirst) => self.only_month_first += 1,
            Reading::Proof(_, DateOrder::DayFirst) => self.only_day_first += 1,
            Reading::Ambiguous { habit, .. } => {
                self.ambiguous += 1;
                match habit {
                    Habit::PortalsByDefault => self.written_by_default += 1,
                    Habit::DayFirst => self.written_day_first += 1,
                    Habit::Nobodys => {}
                }
            }
        }
    }

    /// Takes in what further rows show.
    pub fn merge(&mut self, further: &Self) {
        self.only_month_first += further.only_month_first;
        self.only_day_first += further.only_day_first;
        self.ambiguous += further.ambiguous;
        self.written_by_default += further.written_by_default;
        self.written_day_first += further.written_day_first;
    }

    /// The order in which dates are read that could have either: that of more of the others, and
    /// without others the one in which they are mostly written so.
    pub fn order(&self) -> DateOrder {
        if let Some(shared) = self.shared {
            return shared.order;
        }
        let is_usual = self.is_undecided() && self.written_day_first == self.ambiguous;
        if self.only_day_first > self.only_month_first || is_usual {
            DateOrder::DayFirst
        } else {
            DateOrder::MonthFirst
        }
    }

    /// Whether there are dates that could have either order, and no other shows which.
    pub fn is_undecided(&self) -> bool {
        let shows_none = self.only_month_first + self.only_day_first == 0;
        self.ambiguous > 0 && shows_none && self.shared.is_none()
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
                "each date read in its own order, ambiguous ones {order}"
            )),
            Some(order) => Some(match self.shared {
                Some(shared) => format!(
                    "dates read {order}, as shown by {} also in another file",
                    quantities::count(shared.rows, "row")
                ),
                None => format!("dates read {order}"),
            }),
            None => self
                .is_contradictory()
                .then(|| "each date read in its own order".to_owned()),
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
                "like most"
            };
            return Some(format!(
                "{contradiction}; {} with an ambiguous date: read {order}, {why}, perhaps wrongly",
                row(self.ambiguous)
            ));
        }
        self.is_undecided().then(|| {
            format!(
                "{} with a date that could be day first or month first, and no date in the file shows which: read \
                 {order}, {}, perhaps wrongly",
                row(self.ambiguous),
                self.habit(),
            )
        })
    }

    /// Why dates are read in the order in which they are, where no date shows it.
    fn habit(&self) -> &'static str {
        match self.ambiguous {
            all if self.written_by_default == all => "the portals' default",
            all if self.written_day_first == all => {
                "usual for two-digit dates with lower-case am or pm"
            }
            _ => "by default",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::spelling::read;
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
        Some("1 row with an ambiguous date: read day first, like most")
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
    #[case(EITHER, "read month first, the portals' default")]
    #[case(
        "03/11/2026, 03:38:00.988 pm",
        "read day first, usual for two-digit dates"
    )]
    #[case("03/11/2026, 3:38 am", "read day first, usual for two-digit dates")]
    #[case("03/11/2026, 03:38:00 PM", "read month first, by default")]
    #[case("3/11/2026, 3:38:00 pm", "read month first, by default")]
    #[case("03/11/2026, 15:38:00", "read month first, by default")]
    fn dates_that_show_no_order_are_read_as_they_are_mostly_written(
        #[case] text: &str,
        #[case] said: &str,
    ) {
        let warning = evidence(&[text]).warning().expect("a warning");
        assert!(warning.contains(said), "{warning}");
        let mixed = evidence(&[text, "3/11/2026, 15:38:00"]).warning();
        let mixed = mixed.expect("a warning");
        assert!(mixed.contains("read month first, by default"), "{mixed}");
        let decided = evidence(&[text, MONTH_FIRST]);
        assert_eq!(decided.order(), DateOrder::MonthFirst);
    }

    #[rstest]
    #[case(&["2023-10-18T15:45:07Z", SAME], None)]
    #[case(&[MONTH_FIRST, EITHER], Some("dates read month first"))]
    #[case(&[EITHER], Some("dates read month first"))]
    #[case(&[DAY_FIRST], Some("dates read day first"))]
    #[case(&[MONTH_FIRST, DAY_FIRST], Some("each date read in its own order"))]
    #[case(
        &[DAY_FIRST, MONTH_FIRST, EITHER, DAY_FIRST],
        Some("each date read in its own order, ambiguous ones day first")
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
