//! Whether the day or the month stands first in the dates of a file.

/// What comes first in the slashed dates of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// As in 2/25/2025. The portals write it so by default.
    #[default]
    MonthFirst,
    /// As in 25/2/2025.
    DayFirst,
}

impl DateOrder {
    /// The one it is not.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            DateOrder::MonthFirst => DateOrder::DayFirst,
            DateOrder::DayFirst => DateOrder::MonthFirst,
        }
    }
}
