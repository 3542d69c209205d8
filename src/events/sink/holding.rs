//! Rows of an answer are held back until it is known to be whole: of one that is not, none is handed on.

use super::FileSink;
use crate::events::held::Held;
use crate::events::stop::Stop;
use crate::quantities;

impl FileSink {
    /// Hands nothing on from here until the answer that begins is known to be whole, or not.
    pub(in crate::events) fn hold_back(&mut self) -> Result<(), Stop> {
        self.send_batches()?;
        self.threat_types_before = self.threat_types_seen.clone();
        self.irregular_recipients_before = self.report.irregular_recipients.clone();
        self.held = Some(Held::new(self.report.rows_read(), self.report.rows_kept));
        Ok(())
    }

    /// Hands on what was held back, if anything was.
    pub(in crate::events) fn release(&mut self) -> Result<(), Stop> {
        let Some(held) = self.held.take() else {
            return Ok(());
        };
        held.into_batches()
            .try_for_each(|(table, batch)| self.hand_on(table, batch))
    }

    /// Takes back the rows of an answer that is not to be used, as far as they were held back, and says in a
    /// sentence what became of them.
    pub(in crate::events) fn refuse_held(&mut self, reason: &str) -> String {
        let Some(held) = self.held.take() else {
            return format!(
                "{reason}. It was too large to buffer until its end, so its rows are in the numbers, which cannot be \
                 relied on"
            );
        };
        // Those that are in no batch yet are part of it too.
        for rows in &mut self.rows {
            rows.take();
        }
        self.threat_types_seen = std::mem::take(&mut self.threat_types_before);
        let before = std::mem::take(&mut self.irregular_recipients_before);
        self.report.irregular_recipients = before;
        let rows = self.report.rows_kept - held.rows_kept_before;
        self.report.reject_kept(
            rows,
            held.rows_read_before,
            "part of an answer that is not to be used",
        );
        let rows = match rows {
            0 => "it has no rows".to_owned(),
            1 => "its row is not counted".to_owned(),
            _ => format!("its {} are not counted", quantities::count(rows, "row")),
        };
        format!("{reason}. Such an answer must be ignored as a whole: {rows}")
    }
}
