//! The differences between two queries and their exclusions, in words for the analyst who went from one to
//! the other.

use super::exclusion::Exclusion;
use super::history::Asked;
use super::query::{Direction, Query, RangeScope, Shown};
use super::time_range;
use crate::quantities::count;

/// The most exclusions that are named.
const MOST_NAMED: usize = 2;

/// What holds in `to` and not in `from`, such as `Internal forwarding off, all times`.
pub fn in_words(from: &Asked, to: &Asked) -> String {
    let mut words = redefined(&from.exclusions, &to.exclusions);
    words.extend(switched(from, to));
    // All fields are named, so that one that comes to be is not forgotten here.
    let Query {
        active: _,
        shown,
        hours,
        range,
        domains,
        sort,
        search,
    } = &to.query;
    let from = &from.query;
    if *shown != from.shown {
        words.push(match shown {
            Shown::Visible => "the ranking".to_owned(),
            Shown::Hidden => "what is hidden".to_owned(),
        });
    }
    if *hours != from.hours {
        words.push(match hours {
            None => "no time range".to_owned(),
            Some(hours) => time_range::label(hours, false),
        });
    }
    if *range != from.range {
        words.push(match range {
            RangeScope::Both => "time range applies to threats and sent mail".to_owned(),
            RangeScope::Threats => "time range applies to threats only".to_owned(),
        });
    }
    if *domains != from.domains {
        words.push(format!("domains grouped {domains}"));
    }
    if *sort != from.sort {
        let order = match sort.direction {
            Direction::Ascending => "ascending",
            Direction::Descending => "descending",
        };
        words.push(format!("sorted by {}, {order}", sort.column.name()));
    }
    if *search != from.search {
        words.push(if search.is_empty() {
            "no search".to_owned()
        } else {
            format!("search “{search}”")
        });
    }
    words.join(", ")
}

/// The exclusions that were added, removed or changed.
fn redefined(from: &[Exclusion], to: &[Exclusion]) -> Vec<String> {
    let find = |list: &'_ [Exclusion], id: &str| list.iter().position(|one| one.id == id);
    let removed = from.iter().filter(|one| find(to, &one.id).is_none());
    let mut words: Vec<String> = removed
        .map(|one| format!("{} removed", one.title))
        .collect();
    for one in to {
        match find(from, &one.id).map(|place| &from[place]) {
            None => words.push(format!("{} added", one.title)),
            Some(before) if before.title != one.title => {
                words.push(format!("{} renamed to {}", before.title, one.title));
            }
            Some(before) if before != one => words.push(format!("{} changed", one.title)),
            Some(_) => {}
        }
    }
    words
}

/// The exclusions that are on or off now and were not.
fn switched(from: &Asked, to: &Asked) -> Vec<String> {
    let is_on = |asked: &Asked, id: &str| {
        let mut on = asked.query.active.iter();
        on.any(|index| asked.exclusions.get(index).is_some_and(|one| one.id == id))
    };
    let switched = |state: bool| {
        let those = to.exclusions.iter();
        those.filter(move |one| is_on(to, &one.id) == state && is_on(from, &one.id) != state)
    };
    let (on, off): (Vec<_>, Vec<_>) = (switched(true).collect(), switched(false).collect());
    if to.query.active.is_empty() && off.len() > 1 {
        return vec!["all exclusions off".to_owned()];
    }
    let is_many = on.len() + off.len() > MOST_NAMED;
    let mut words = Vec::new();
    for (those, state) in [(on, "on"), (off, "off")] {
        if those.is_empty() {
            continue;
        }
        if is_many {
            let amount = count(those.len() as u64, "exclusion");
            words.push(format!("{amount} {state}"));
            continue;
        }
        let those = those.into_iter();
        words.extend(those.map(|exclusion| format!("{} {state}", exclusion.title)));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::time::Hour;
    use crate::hunt::DomainMatching;
    use crate::hunt::exclusion::{self, ExclusionSet};
    use crate::hunt::query::{Sort, SortColumn};
    use rstest::rstest;

    fn built_in() -> Vec<Exclusion> {
        exclusion::built_in().expect("valid")
    }

    fn active(set: u64) -> Asked {
        Asked {
            query: Query {
                active: ExclusionSet(set),
                ..Query::default()
            },
            exclusions: built_in().into(),
        }
    }

    #[rstest]
    #[case(active(0), active(1), "Internal forwarding on")]
    #[case(active(1), active(0), "Internal forwarding off")]
    #[case(active(1), active(2), "Scheduled jobs on, Internal forwarding off")]
    #[case(active(0), active(7), "3 exclusions on")]
    #[case(active(7), active(8), "1 exclusion on, 3 exclusions off")]
    #[case(active(7), active(0), "all exclusions off")]
    fn exclusions_are_named(#[case] from: Asked, #[case] to: Asked, #[case] words: &str) {
        assert_eq!(in_words(&from, &to), words);
    }

    #[test]
    fn changes_of_the_exclusions_themselves_are_told() {
        let three = |first: &str, set: u64| {
            let mut exclusions = built_in();
            exclusions.truncate(3);
            exclusions[0].title = first.to_owned();
            Asked {
                exclusions: exclusions.into(),
                ..active(set)
            }
        };
        let all = three("A", 0b101);
        let without_first = Asked {
            exclusions: all.exclusions[1..].into(),
            ..active(0b10)
        };
        assert_eq!(in_words(&all, &without_first), "A removed");
        assert_eq!(in_words(&without_first, &all), "A added, A on");
        assert_eq!(in_words(&all, &three("B", 0b101)), "A renamed to B");
        let mut changed = all.exclusions.to_vec();
        changed[0].reason = "another".to_owned();
        let changed = Asked {
            exclusions: changed.into(),
            ..active(0b101)
        };
        assert_eq!(in_words(&all, &changed), "A changed");
    }

    fn asked(query: Query) -> Asked {
        Asked {
            query,
            ..Asked::default()
        }
    }

    #[test]
    fn every_part_of_a_query_has_words() {
        let to = asked(Query {
            active: ExclusionSet::EMPTY,
            shown: Shown::Hidden,
            // 2026-11-03 and the day after.
            hours: Some(Hour(498_216)..=Hour(498_263)),
            range: RangeScope::Threats,
            domains: DomainMatching::Folded,
            sort: Sort::by(SortColumn::SenderFromDomain),
            search: "x".to_owned(),
        });
        assert_eq!(
            in_words(&Asked::default(), &to),
            "what is hidden, 2026-11-02 → 2026-11-03, time range applies to threats only, domains grouped folded, \
             sorted by SenderFromDomain, ascending, search “x”"
        );
        assert_eq!(
            in_words(&to, &Asked::default()),
            "the ranking, no time range, time range applies to threats and sent mail, domains grouped exact, sorted \
             by OutboundEmails, descending, no search"
        );
    }
}
