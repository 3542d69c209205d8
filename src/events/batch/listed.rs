//! Which rows of a batch come from one record of the file, as that lists several recipients: a row stands for one
//! recipient, as in Microsoft's own table.

use crate::quantities::count;

/// The rows that stand for a further recipient of the record that the row before them comes from.
#[derive(Clone, Debug, Default)]
pub(in crate::events) struct FurtherRecipients {
    /// Ascending, as loaded. The record of the first row may have begun in the batch before.
    rows: Vec<u16>,
    /// How many records list several recipients, as far as their second row is here.
    records: u64,
}

impl FurtherRecipients {
    /// Notes the next row, the second or a later one of its record.
    pub(in crate::events) fn note(&mut self, row: usize, is_second: bool) {
        self.rows.push(row as u16);
        self.records += u64::from(is_second);
    }

    /// How many there are.
    pub(in crate::events) fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many records of the file begin in the batch up to this row, the row's own included.
    pub(in crate::events) fn records_up_to(&self, row: usize) -> usize {
        let further = self
            .rows
            .partition_point(|further| usize::from(*further) <= row);
        row + 1 - further
    }

    /// What lists come to.
    pub(in crate::events) fn lists(&self) -> RecipientLists {
        RecipientLists {
            records: self.records,
            emails: self.records + self.len() as u64,
        }
    }
}

/// Records that list several recipients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecipientLists {
    /// How many records.
    pub records: u64,
    /// The emails they are, one for each recipient.
    pub emails: u64,
}

impl RecipientLists {
    /// What the analyst should know of them, if there are any.
    pub fn sentence(self) -> Option<String> {
        let list = if self.records == 1 { "lists" } else { "list" };
        (self.records > 0).then(|| {
            format!(
                "{} {list} several recipients: {}, one for each recipient",
                count(self.records, "row"),
                count(self.emails, "email")
            )
        })
    }

    /// Takes in others.
    pub(in crate::events) fn merge(&mut self, others: RecipientLists) {
        self.records += others.records;
        self.emails += others.emails;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_numbered_by_the_records_they_come_from() {
        let mut further = FurtherRecipients::default();
        // The record of the first row began in the batch before; the one of the third row has three recipients.
        for (row, is_second) in [(0, false), (3, true), (4, false)] {
            further.note(row, is_second);
        }
        let records: Vec<usize> = (0..6).map(|row| further.records_up_to(row)).collect();
        assert_eq!(records, [0, 1, 2, 2, 2, 3]);
        let lists = RecipientLists {
            records: 1,
            emails: 4,
        };
        assert_eq!(further.lists(), lists);
    }
}
