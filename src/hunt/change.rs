//! What is different between two queries, in words for the analyst who went from one to the other.

use super::exclusion::{Exclusion, ExclusionSet};
use super::query::{Direction, Query, RangeScope, Shown};
use super::time_range;
use crate::quantities::count;

/// The most exclusions that are named.
const MOST_NAMED: usize = 2;

/// What holds in `to` and not in `from`, such as `Internal forwarding off, all times`.
pub fn in_words(from: &Query, to: &Query, exclusions: &[Exclusion]) -> String {
    // All fields are named, so that one that comes to be is not forgotten here.
    let Query {
        active,
        shown,
        hours,
        range,
        domains,
        sort,
        search,
    } = to;
    let mut words = switched(from.active, *active, exclusions);
    if *shown != from.shown {
        words.push(match shown {
            Shown::Visible => "the ranking".to_owned(),
            Shown::Hidden => "what is hidden".to_owned(),
        });
    }
    if *hours != from.hours {
        words.push(match hours {
            None => "all times".to_owned(),
            Some(hours) => time_range::label(hours, false),
        });
    }
    if *range != from.range {
        words.push(match range {
            RangeScope::Both => "time range for threats and sent mail".to_owned(),
            RangeScope::Threats => "time range for threats only".to_owned(),
        });
    }
    if *domains != from.domains {
        words.push(format!("domains matched {domains}"));
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

/// The exclusions that are on or off now and were not.
fn switched(from: ExclusionSet, to: ExclusionSet, exclusions: &[Exclusion]) -> Vec<String> {
    let (on, off) = (to.without(from), from.without(to));
    if to.is_empty() && off.len() > 1 {
        return vec!["all exclusions off".to_owned()];
    }
    let is_many = on.len() + off.len() > MOST_NAMED;
    let mut words = Vec::new();
    for (set, state) in [(on, "on"), (off, "off")] {
        if set.is_empty() {
            continue;
        }
        if is_many {
            let amount = count(set.len() as u64, "exclusion");
            words.push(format!("{amount} {state}"));
            continue;
        }
        let titles = set.iter().filter_map(|index| exclusions.get(index));
        words.extend(titles.map(|exclusion| format!("{} {state}", exclusion.title)));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::time::Hour;
    use crate::hunt::DomainMatching;
    use crate::hunt::exclusion;
    use crate::hunt::query::{Sort, SortColumn};
    use rstest::rstest;

    fn active(set: u64) -> Query {
        Query {
            active: ExclusionSet(set),
            ..Query::default()
        }
    }

    #[rstest]
    #[case(active(0), active(1), "Internal forwarding on")]
    #[case(active(1), active(0), "Internal forwarding off")]
    #[case(active(1), active(2), "Scheduled jobs on, Internal forwarding off")]
    #[case(active(0), active(7), "3 exclusions on")]
    #[case(active(7), active(8), "1 exclusion on, 3 exclusions off")]
    #[case(active(7), active(0), "all exclusions off")]
    fn exclusions_are_named(#[case] from: Query, #[case] to: Query, #[case] words: &str) {
        let built_in = exclusion::built_in().expect("valid");
        assert_eq!(in_words(&from, &to, &built_in), words);
    }

    #[test]
    fn every_part_of_a_query_has_words() {
        let to = Query {
            active: ExclusionSet::EMPTY,
            shown: Shown::Hidden,
            // 2026-11-03 and the day after.
            hours: Some(Hour(498_216)..=Hour(498_263)),
            range: RangeScope::Threats,
            domains: DomainMatching::Folded,
            sort: Sort::by(SortColumn::SenderFromDomain),
            search: "x".to_owned(),
        };
        assert_eq!(
            in_words(&Query::default(), &to, &[]),
            "what is hidden, 2026-11-02 → 2026-11-03, time range for threats only, \
             domains matched folded, \
             sorted by SenderFromDomain, ascending, search “x”"
        );
        assert_eq!(
            in_words(&to, &Query::default(), &[]),
            "the ranking, all times, time range for threats and sent mail, domains matched exact, \
             sorted by OutboundEmails, descending, no search"
        );
    }
}
