//! Emails we sent whose recipient is no plain address: to the letter they may count for no partner at all, so the analyst
//! must hear of them.

use super::address::{self, Form};
use super::batch::Batch;
use super::counted_as::CountedAs;
use super::schema::{self, names};
use super::told_once::ToldOnce;
use crate::quantities::{count, number};

/// The most bytes of a cell that are kept to be shown: a hostile file's may be megabytes.
const CELL_SHOWN: usize = 300;

/// The rows of a file, or of a part of one, with such recipients.
#[derive(Clone, Debug, Default)]
pub struct IrregularRecipients {
    rows: u64,
    /// How many there are of each form.
    forms: [u64; Form::ALL.len()],
    /// The first cell, its domain as the query takes it, and which row of the file it is.
    first: Option<(Vec<u8>, Vec<u8>, u64)>,
    /// Whether there is any row of sent email, whatever its recipient.
    has_sent: bool,
}

impl IrregularRecipients {
    /// Looks through a batch of `EmailEvents`; `number` says which row of the file one is, by its record in the batch,
    /// counted from one.
    pub(super) fn look_through(&mut self, batch: &Batch, number: impl Fn(usize) -> u64) {
        let Some(recipients) = batch.column(names::RECIPIENT_EMAIL_ADDRESS) else {
            return;
        };
        let mut is_sent = ToldOnce::of(batch.column(names::EMAIL_DIRECTION));
        let mut forms = ToldOnce::of(Some(recipients));
        for row in 0..batch.rows() {
            if !is_sent.get(row, CountedAs::is_sent) {
                continue;
            }
            let form = forms.get(row, |cell| match address::plain_domain(cell) {
                Some(_) => None,
                None => address::read(cell).form,
            });
            let Some(form) = form else {
                continue;
            };
            self.rows += 1;
            self.forms[form as usize] += 1;
            if self.first.is_none() {
                let cell = recipients.get(row);
                let shown = |bytes: &[u8]| bytes[..bytes.len().min(CELL_SHOWN)].to_vec();
                let row = number(batch.record_of(row));
                self.first = Some((shown(cell), shown(address::domain_by_query(cell)), row));
            }
        }
    }

    /// Takes in those of rows that follow; `number` says which row of the file one of these is.
    pub(super) fn merge(&mut self, further: &IrregularRecipients, number: impl Fn(usize) -> u64) {
        self.rows += further.rows;
        self.has_sent |= further.has_sent;
        for (sum, rows) in self.forms.iter_mut().zip(further.forms) {
            *sum += rows;
        }
        if self.first.is_none() {
            let first = further.first.clone();
            self.first = first.map(|(cell, domain, row)| (cell, domain, number(row as usize)));
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Notes a row of sent email, whether its recipient was looked at or not.
    pub(super) fn note_sent(&mut self) {
        self.has_sent = true;
    }

    /// Whether any email was sent.
    pub(super) fn has_sent(&self) -> bool {
        self.has_sent
    }

    /// What the analyst should know of them, if there are any.
    pub fn sentence(&self) -> Option<String> {
        let (cell, domain, row) = self.first.as_ref()?;
        let shown = |bytes: &[u8]| schema::shown_name(&String::from_utf8_lossy(bytes));
        let forms = Form::ALL.into_iter().zip(self.forms);
        let forms = forms.filter(|(_, rows)| *rows > 0);
        let forms: Vec<String> = forms
            .map(|(form, rows)| format!("{} {}", number(rows), named(form)))
            .collect();
        let have = if self.rows == 1 { "has" } else { "have" };
        Some(format!(
            "{} of sent email {have} a recipient that is not a plain address ({}), first in row {}: \"{}\". Grouped \
             exactly, each counts toward whatever stands between the first two @, as in the query (here \"{}\"). With \
             --domains folded or registrable (key d), the actual addresses are extracted, and a list counts for each \
             of its recipients",
            count(self.rows, "row"),
            forms.join(", "),
            number(*row),
            shown(cell),
            shown(domain),
        ))
    }
}

fn named(form: Form) -> &'static str {
    match form {
        Form::List => "with several recipients in one value",
        Form::Named => "with a name",
        Form::Prefixed => "with a prefix",
        Form::Directory => "with an Exchange path (X.500, IMCEAEX)",
        Form::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::builder::BatchBuilder;

    fn batch(rows: &[(&str, &str)]) -> Batch {
        let columns = [names::EMAIL_DIRECTION, names::RECIPIENT_EMAIL_ADDRESS];
        let mut builder = BatchBuilder::new(columns.map(str::to_owned).to_vec());
        for (direction, recipient) in rows {
            builder.push_row([direction.as_bytes(), recipient.as_bytes()].into_iter());
        }
        builder.take().expect("rows")
    }

    const ROWS: [(&str, &str); 7] = [
        ("Inbound", "a@x;b@y"),
        ("Outbound", "a@x"),
        ("Outbound", "a@x;b@y"),
        ("Outbound", "A <a@x>"),
        ("Outbound", "a@x,b@y"),
        ("Outbound", ""),
        ("Intra-org", "A <a@x>"),
    ];

    #[test]
    fn sent_rows_are_told_by_form_with_the_first() {
        let mut irregular = IrregularRecipients::default();
        irregular.look_through(&batch(&ROWS), |record| 10 + record as u64);
        let told = irregular.sentence().expect("rows");
        let expected = "3 rows of sent email have a recipient that is not a plain address (2 with several recipients \
                        in one value, 1 with a name), first in row 13: \"a@x;b@y\". Grouped exactly, each counts \
                        toward whatever stands between the first two @, as in the query (here \"x;b\").";
        assert!(told.starts_with(expected), "{told}");
    }

    #[test]
    fn parts_come_to_the_same_as_the_whole() {
        let mut merged = IrregularRecipients::default();
        for (part, rows) in ROWS.chunks(3).enumerate() {
            let mut irregular = IrregularRecipients::default();
            irregular.look_through(&batch(rows), |record| record as u64);
            merged.merge(&irregular, |record| (part * 3 + record) as u64);
        }
        let mut whole = IrregularRecipients::default();
        whole.look_through(&batch(&ROWS), |record| record as u64);
        assert_eq!(merged.sentence(), whole.sentence());
        assert_eq!(merged.rows(), 3);
        assert_eq!(IrregularRecipients::default().sentence(), None);
    }
}
