//! Where the reading of a file is: which record is under way, what it may take, and why reading ends.

use super::answer_so_far::Answer;
use super::controls::LeftOut;
use super::object::{self, Object};
use super::paging::Paging;
use super::rows::Rows;
use super::service_error;
use super::source::Limits;
use crate::events::report::Place;
use crate::events::resemblance::Resemblance;
use crate::events::stop::Stop;
use crate::quantities;
use serde::de::{Error, SeqAccess};
use serde_json::value::RawValue;

/// The most answers with an error that are told of one by one.
const ERRORS_TOLD: usize = 10;

/// Where the reading of a file is.
pub(super) struct Reading<'s> {
    pub(super) rows: Rows<'s>,
    pub(super) limits: Limits,
    /// The line that is read, in a file of lines: then that is the place of all its records.
    pub(super) line: Option<u64>,
    /// The records taken or rejected, where they are counted.
    records: u64,
    /// Whether a record is being read: where the text is broken, it is lost.
    pub(super) is_in_record: bool,
    /// The control characters that were left out of the record that was read last.
    left_out: LeftOut,
    /// Whether some were left out of what is no record, and one of their sentences.
    left_out_elsewhere: Option<String>,
    /// Whether the value that is being read wraps rows.
    pub(super) wraps_rows: bool,
    /// The tables of an answer that is being read.
    pub(super) answer: Answer,
    /// Why reading is ended from our side: serde carries only texts.
    stop: Option<Stop>,
    /// What answers say of pages that follow.
    pub(super) paging: Paging,
    /// What the services report of answers that are not whole.
    errors: Vec<String>,
}

impl<'s> Reading<'s> {
    pub(super) fn new(rows: Rows<'s>, limits: Limits) -> Self {
        Reading {
            rows,
            limits,
            line: None,
            records: 0,
            is_in_record: false,
            left_out: LeftOut::default(),
            left_out_elsewhere: None,
            wraps_rows: false,
            answer: Answer::default(),
            stop: None,
            paging: Paging::default(),
            errors: Vec::new(),
        }
    }

    /// The place of the next record, which is counted.
    pub(super) fn next_place(&mut self) -> Place {
        self.records += 1;
        self.line.map_or(Place::Record(self.records), Place::Line)
    }

    /// A record begins: what it takes is counted anew.
    pub(super) fn begin_record(&mut self) {
        let left_out = self.limits.take_left_out();
        self.note_left_out_elsewhere(&left_out);
        self.limits.renew();
        self.is_in_record = true;
    }

    /// The next element of a list of records.
    pub(super) fn next_record<'de, A: SeqAccess<'de>>(
        &mut self,
        records: &mut A,
    ) -> Result<Option<Box<RawValue>>, A::Error> {
        self.begin_record();
        let record = records.next_element()?;
        self.is_in_record = false;
        self.left_out = self.limits.take_left_out();
        self.rows.has_undecodable = self.limits.has_undecodable();
        Ok(record)
    }

    /// What was left out of the record that was read last, if anything was: then it is damaged.
    pub(super) fn take_damage(&mut self) -> Option<LeftOut> {
        let left_out = std::mem::take(&mut self.left_out);
        (!left_out.is_empty()).then_some(left_out)
    }

    /// Notes what was left out where no record is lost by it.
    pub(super) fn note_left_out_elsewhere(&mut self, left_out: &LeftOut) {
        if !left_out.is_empty() {
            self.left_out_elsewhere.get_or_insert(left_out.reason());
        }
    }

    /// Rejects a record of which something was left out.
    pub(super) fn reject_damaged(&mut self, left_out: &LeftOut) -> Result<(), Stop> {
        let place = self.next_place();
        self.rows.sink.reject(place, left_out.reason())
    }

    /// Rejects a text that is no object.
    pub(super) fn reject_text(&mut self, error: &serde_json::Error) -> Result<(), Stop> {
        if error.is_data() {
            self.rows.sink.note_another_subject();
        }
        let place = self.next_place();
        self.rows.sink.reject(place, object::sentence(error))
    }

    /// Takes a record that wraps nothing.
    pub(super) fn take(&mut self, object: &Object<'_>) -> Result<(), Stop> {
        if let Some(error) = service_error::of_refusal(object) {
            self.note_error(format!("the service refused the query: {error}"));
            return Ok(());
        }
        let place = self.next_place();
        self.rows.take(object, place)
    }

    /// Notes that an answer is not whole, or none.
    pub(super) fn note_error(&mut self, sentence: String) {
        if self.errors.len() < ERRORS_TOLD && !self.errors.contains(&sentence) {
            self.errors.push(sentence);
        }
    }

    /// Ends reading from our side, by an error of serde; [`Self::take_stop`] has the reason.
    pub(super) fn stop<E: Error>(&mut self, stop: Stop) -> E {
        self.stop = Some(stop);
        E::custom("stopped")
    }

    pub(super) fn take_stop(&mut self) -> Option<Stop> {
        self.stop.take()
    }

    /// What to say of the file, when reading it came to this end.
    pub(super) fn finish(mut self, end: Result<(), Stop>) -> Result<(), Stop> {
        self.rows.tell_of_envelopes();
        let left_out = self.limits.take_left_out();
        self.note_left_out_elsewhere(&left_out);
        if let Some(reason) = &self.left_out_elsewhere {
            self.rows.sink.warn(format!(
                "the content around the records is {reason} and is ignored"
            ));
        }
        let not_numbers = self.limits.not_numbers();
        if not_numbers > 0 {
            self.rows.sink.warn(format!(
                "{} NaN or Infinity without quotes, which is not JSON but is written by Python's json.dump: treated \
                 as empty",
                quantities::count(not_numbers, "value")
            ));
        }
        if let Some(warning) = self.paging.warning(self.records) {
            self.rows.sink.warn(warning);
        }
        let mut sentences = self.errors;
        if !sentences.is_empty() {
            // Whatever the query asked for, its answer is not there.
            self.rows.sink.set_resemblance(Resemblance::Export);
        }
        match end {
            Ok(()) if sentences.is_empty() => return Ok(()),
            Ok(()) => {}
            Err(Stop::Failed(sentence)) => sentences.push(sentence),
            Err(cancelled) => return Err(cancelled),
        }
        Err(Stop::Failed(sentences.join("; ")))
    }
}
