//! Undo and redo over all that is asked: each step is the query and the exclusions as they were, so that
//! whatever these come to hold can be undone without a word here.

use super::exclusion::Exclusion;
use super::query::Query;
use std::collections::VecDeque;
use std::sync::Arc;

/// The most steps that can be taken back; the oldest are forgotten.
pub const MOST_STEPS: usize = 1000;

/// A query, and the exclusions whose places in the list its bits stand for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The query.
    pub query: Query,
    /// What can be switched.
    pub exclusions: Arc<[Exclusion]>,
}

impl Default for Asked {
    fn default() -> Self {
        Asked {
            query: Query::default(),
            exclusions: Arc::from([]),
        }
    }
}

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        // They are compared after every key and seldom differ.
        let are_same = Arc::ptr_eq(&self.exclusions, &other.exclusions);
        self.query == other.query && (are_same || self.exclusions == other.exclusions)
    }
}

/// What was asked, and what of it was undone.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Oldest first; never two neighbours that are the same, nor the last the same as the present one.
    past: VecDeque<Asked>,
    present: Asked,
    /// The next one to come back is the last.
    future: Vec<Asked>,
}

impl History {
    /// A history that begins here.
    pub fn new(present: Asked) -> Self {
        History {
            present,
            ..History::default()
        }
    }

    /// What was asked last.
    pub fn present(&self) -> &Asked {
        &self.present
    }

    /// Something else is asked: a step, unless it is the same. What was undone before cannot be redone then.
    pub fn record(&mut self, asked: Asked) {
        if asked == self.present {
            return;
        }
        let before = std::mem::replace(&mut self.present, asked);
        self.past.push_back(before);
        if self.past.len() > MOST_STEPS {
            self.past.pop_front();
        }
        self.future.clear();
    }

    /// Changes how an exclusion is described in every step, undone ones too: undo neither brings back nor takes
    /// back such a change.
    pub fn describe(&mut self, describe: impl Fn(&mut Exclusion)) {
        // Most steps share their exclusions.
        let mut last: Option<[Arc<[Exclusion]>; 2]> = None;
        let present = std::iter::once(&mut self.present);
        for asked in self.past.iter_mut().chain(present).chain(&mut self.future) {
            let described = match &last {
                Some([before, after]) if Arc::ptr_eq(before, &asked.exclusions) => {
                    Arc::clone(after)
                }
                _ => {
                    let mut exclusions = asked.exclusions.to_vec();
                    exclusions.iter_mut().for_each(&describe);
                    Arc::from(exclusions)
                }
            };
            let before = std::mem::replace(&mut asked.exclusions, Arc::clone(&described));
            last = Some([before, described]);
        }
    }

    /// Undoes the last step and gives what was asked before it, if there was one.
    pub fn undo(&mut self) -> Option<&Asked> {
        let before = self.past.pop_back()?;
        let undone = std::mem::replace(&mut self.present, before);
        self.future.push(undone);
        Some(&self.present)
    }

    /// Redoes the step undone last and gives what was asked after it, if there was one.
    pub fn redo(&mut self) -> Option<&Asked> {
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
    use crate::hunt::exclusion::{self, ExclusionSet};
    use crate::hunt::query::{RangeScope, Shown, Sort, SortColumn};
    use proptest::prelude::*;
    use proptest::sample::select;

    /// What may be asked, so little that the same often comes again.
    fn asked() -> impl Strategy<Value = Asked> {
        let built_in: Arc<[Exclusion]> = exclusion::built_in().expect("valid").into();
        (query(), 0..3_usize).prop_map(move |(query, exclusions)| Asked {
            query,
            exclusions: built_in[..exclusions].into(),
        })
    }

    /// A query and nothing to be switched.
    fn only(query: Query) -> Asked {
        Asked {
            query,
            ..Asked::default()
        }
    }

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
        Ask(Asked),
        Undo,
        Redo,
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            3 => asked().prop_map(Act::Ask),
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
                Act::Ask(asked) => history.record(asked),
                Act::Undo => drop(history.undo().cloned()),
                Act::Redo => drop(history.redo().cloned()),
            }
        }
        history
    }

    proptest! {
        #[test]
        fn undo_after_a_change_gives_the_query_before_it(acts in acts(), next in asked()) {
            let mut history = history(acts);
            let before = history.present().clone();
            prop_assume!(next != before);
            history.record(next);
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
            queries in proptest::collection::vec(asked(), 0..40),
        ) {
            let mut history = History::default();
            let mut steps = vec![Asked::default()];
            for asked in queries {
                history.record(asked.clone());
                steps.push(asked);
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
        let other = only(Query {
            search: "a".to_owned(),
            ..Query::default()
        });
        history.record(other.clone());
        history.undo();
        history.record(Asked::default());
        assert_eq!(history.redo(), Some(&other));
    }

    #[test]
    fn the_oldest_steps_are_forgotten() {
        let mut history = History::default();
        for step in 0..MOST_STEPS + 7 {
            let search = step.to_string();
            history.record(only(Query {
                search,
                ..Query::default()
            }));
        }
        let mut steps = 0;
        while history.undo().is_some() {
            steps += 1;
        }
        assert_eq!(steps, MOST_STEPS);
        assert_eq!(history.present().query.search, "6");
    }

    #[test]
    fn a_description_holds_in_every_step_and_is_none_itself() {
        let built_in = exclusion::built_in().expect("valid");
        let with = |number: usize| Asked {
            query: Query::default(),
            exclusions: built_in[..number].into(),
        };
        let mut history = History::new(with(1));
        for number in [2, 3] {
            history.record(with(number));
        }
        history.undo();
        history.describe(|one| {
            if one.id == built_in[0].id {
                "Kim".clone_into(&mut one.owner);
            }
        });
        let is_described = |asked: &Asked| {
            let owners: Vec<&str> = asked.exclusions.iter().map(|one| &*one.owner).collect();
            owners[0] == "Kim" && owners[1..].iter().all(|owner| *owner != "Kim")
        };
        assert!(is_described(history.present()));
        assert!(history.redo().is_some_and(is_described));
        assert_eq!(history.present().exclusions.len(), 3);
        history.undo();
        assert!(history.undo().is_some_and(is_described));
        assert_eq!(history.present().exclusions.len(), 1);
        assert_eq!(history.undo(), None);
    }
}
