//! Undo and redo over the whole query: each step is a query as it was, so that whatever a query comes
//! to hold can be taken back without a word here.

use super::query::Query;
use std::collections::VecDeque;

/// The most steps that can be taken back; the oldest are forgotten.
pub const MOST_STEPS: usize = 1000;

/// The queries that were asked, and those that were taken back.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Oldest first; never two neighbours that are the same, nor the last the same as the present one.
    past: VecDeque<Query>,
    present: Query,
    /// The next one to come back is the last.
    future: Vec<Query>,
}

impl History {
    /// Of somebody who begins with this query.
    pub fn new(present: Query) -> Self {
        History {
            present,
            ..History::default()
        }
    }

    /// The query that was asked last.
    pub fn present(&self) -> &Query {
        &self.present
    }

    /// Another query is asked: a step, unless it is the same. What was taken back before cannot come
    /// back then.
    pub fn record(&mut self, query: &Query) {
        if *query == self.present {
            return;
        }
        let before = std::mem::replace(&mut self.present, query.clone());
        self.past.push_back(before);
        if self.past.len() > MOST_STEPS {
            self.past.pop_front();
        }
        self.future.clear();
    }

    /// Takes the last step back and gives the query before it, if there was one.
    pub fn undo(&mut self) -> Option<&Query> {
        let before = self.past.pop_back()?;
        let undone = std::mem::replace(&mut self.present, before);
        self.future.push(undone);
        Some(&self.present)
    }

    /// Takes the last undo back and gives the query after it, if there was one.
    pub fn redo(&mut self) -> Option<&Query> {
        let after = self.future.pop()?;
        let before = std::mem::replace(&mut self.present, after);
        self.past.push_back(before);
        Some(&self.present)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::time::Hour;
    use crate::hunt::DomainMatching;
    use crate::hunt::exclusion::ExclusionSet;
    use crate::hunt::query::{RangeScope, Shown, Sort, SortColumn};
    use proptest::prelude::*;
    use proptest::sample::select;

    /// Queries, so few that the same one often comes again.
    fn query() -> impl Strategy<Value = Query> {
        (
            0_u64..4,
            proptest::option::of((0_i32..2).prop_map(|hour| Hour(hour)..=Hour(hour + 1))),
            select(DomainMatching::ALL.to_vec()),
            any::<bool>(),
            select(vec![RangeScope::Both, RangeScope::Threats]),
            select(vec!["", "a", "ab"]),
        )
            .prop_map(|(active, hours, domains, is_other, range, search)| Query {
                active: ExclusionSet(active),
                shown: if is_other {
                    Shown::Hidden
                } else {
                    Shown::Visible
                },
                hours,
                range,
                domains,
                sort: if is_other {
                    Sort::by(SortColumn::SenderFromDomain)
                } else {
                    Sort::default()
                },
                search: search.to_owned(),
            })
    }

    #[derive(Clone, Debug)]
    enum Act {
        Ask(Query),
        Undo,
        Redo,
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            3 => query().prop_map(Act::Ask),
            2 => Just(Act::Undo),
            1 => Just(Act::Redo),
        ];
        proptest::collection::vec(act, 0..40)
    }

    /// A history in which all of this has happened.
    fn history(acts: Vec<Act>) -> History {
        let mut history = History::default();
        for act in acts {
            match act {
                Act::Ask(query) => history.record(&query),
                Act::Undo => drop(history.undo().cloned()),
                Act::Redo => drop(history.redo().cloned()),
            }
        }
        history
    }

    proptest! {
        #[test]
        fn undo_after_a_change_gives_the_query_before_it(acts in acts(), next in query()) {
            let mut history = history(acts);
            let before = history.present().clone();
            prop_assume!(next != before);
            history.record(&next);
            prop_assert_eq!(history.redo(), None, "a new change drops what was taken back");
            prop_assert_eq!(history.undo(), Some(&before));
            prop_assert_eq!(history.present(), &before);
        }

        #[test]
        fn redo_after_undo_gives_the_query_before_both_and_the_other_way_round(acts in acts()) {
            let mut history = history(acts);
            let before = history.present().clone();
            if history.undo().is_some() {
                prop_assert_eq!(history.redo(), Some(&before));
            }
            if history.redo().is_some() {
                prop_assert_eq!(history.undo(), Some(&before));
            }
        }

        #[test]
        fn all_steps_lead_back_to_the_first_query_and_forth_to_the_last(
            queries in proptest::collection::vec(query(), 0..40),
        ) {
            let mut history = History::default();
            let mut steps = vec![Query::default()];
            for query in queries {
                history.record(&query);
                steps.push(query);
            }
            steps.dedup();
            let last = steps.len() - 1;
            for step in steps[..last].iter().rev() {
                prop_assert_eq!(history.undo(), Some(step));
            }
            prop_assert_eq!(history.undo(), None);
            for step in &steps[1..] {
                prop_assert_eq!(history.redo(), Some(step));
            }
            prop_assert_eq!(history.redo(), None);
        }
    }

    #[test]
    fn what_changes_nothing_is_no_step_and_keeps_what_can_come_back() {
        let mut history = History::default();
        let other = Query {
            search: "a".to_owned(),
            ..Query::default()
        };
        history.record(&other);
        history.undo();
        history.record(&Query::default());
        assert_eq!(history.redo(), Some(&other));
    }

    #[test]
    fn the_oldest_steps_are_forgotten() {
        let mut history = History::default();
        for step in 0..MOST_STEPS + 7 {
            let search = step.to_string();
            history.record(&Query {
                search,
                ..Query::default()
            });
        }
        let mut steps = 0;
        while history.undo().is_some() {
            steps += 1;
        }
        assert_eq!(steps, MOST_STEPS);
        assert_eq!(history.present().search, "6");
    }
}
