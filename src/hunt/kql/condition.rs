//! Conditions of exclusions as predicates of KQL.
//!
//! Strings are never null in Kusto, and its operators do not find an empty one in anything. What reads a
//! number or an address out of a string gives null where there is none, and is told to be false then.

use super::companions::Companion;
use super::predicate::Predicate;
use super::values::{UNREADABLE, ValueOf, Values};
use super::{literal, texts};
use crate::events::schema::{Table, names};
use crate::hunt::Hunt;
use crate::hunt::exclusion::condition::Bound;
use crate::hunt::exclusion::texts::DomainSet;
use crate::hunt::exclusion::{
    Clause, Comparison, Condition, Exclusion, Hides, Relation, Scope, Test,
};
use crate::hunt::fields::Field;
use ipnet::IpNet;

/// The list of ours that has our own domains.
pub(super) const OWN_DOMAINS: &str = "OwnDomains";

/// The expression of ours that finds our own domains and those below them.
pub(super) const OWN_DOMAINS_PATTERN: &str = "OwnDomainsPattern";

/// What the query must make before its predicates can ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Our own domains.
    OwnDomains,
    /// The expression that matches those and what lies below them.
    BelowOwnDomains,
    /// Whether a row is the latest record of its email.
    LatestRecords,
    /// The function that says whether a text says something.
    HasValue,
    /// The function that folds the case of letters.
    Folded,
}

/// The part that a condition plays in an exclusion.
#[derive(Clone, Copy, Debug)]
struct Role {
    /// Whether it belongs to a guard, which needs what it looks at.
    is_guard: bool,
    /// How a condition counts of which nobody knows whether it holds, so that it hides no email.
    unclear_as: bool,
}

impl Role {
    fn of_match(shows: bool) -> Self {
        Role {
            is_guard: false,
            unclear_as: shows,
        }
    }

    fn of_guard(shows: bool) -> Self {
        Role {
            is_guard: true,
            unclear_as: !shows,
        }
    }
}

/// Says exclusions in KQL, and notes what of the rest of the query they need.
pub(super) struct Conditions<'a> {
    pub(super) values: Values<'a>,
    /// What there is to say about the exclusion at hand.
    pub(super) notes: Vec<String>,
    /// The questions to companion tables.
    pub(super) companions: Vec<Companion>,
    needs: Vec<Need>,
}

impl<'a> Conditions<'a> {
    /// Begins with no exclusion. Of the columns of ours, those that are used once are known from the query as it was
    /// made before.
    pub(super) fn new(loaded: Option<&'a Hunt>, used_once: Vec<String>) -> Self {
        Conditions {
            values: Values::new(loaded, used_once),
            notes: Vec::new(),
            companions: Vec::new(),
            needs: Vec::new(),
        }
    }

    /// Whether something has to be made before.
    pub(super) fn need(&self, need: Need) -> bool {
        self.needs.contains(&need) || need == Need::HasValue && self.values.needs_has_value()
    }

    /// What an exclusion hides. A value that cannot be read hides no email: it matches nothing that hides, and
    /// everything that shows.
    pub(super) fn hidden_by(&mut self, exclusion: &Exclusion) -> Predicate {
        let mut parts = Vec::new();
        match exclusion.scope {
            Scope::Both => {}
            Scope::Inbound => parts.push(direction("Inbound")),
            Scope::Outbound => parts.push(direction("Outbound")),
        }
        let shows = exclusion.hides == Hides::Others;
        let mut matching = vec![self.any_clause(&exclusion.matches, Role::of_match(shows))];
        if !exclusion.unless.is_empty() {
            let guards = self.any_clause(&exclusion.unless, Role::of_guard(shows));
            matching.push(guards.negated());
        }
        match exclusion.hides {
            Hides::Matching => parts.extend(matching),
            Hides::Others => parts.push(Predicate::all(matching).negated()),
        }
        Predicate::all(parts)
    }

    fn any_clause(&mut self, clauses: &[Clause], role: Role) -> Predicate {
        Predicate::any(clauses.iter().map(|Clause(conditions)| {
            let conditions = conditions.iter();
            Predicate::all(conditions.map(|condition| self.condition(condition, role)))
        }))
    }

    fn condition(&mut self, condition: &Condition, role: Role) -> Predicate {
        let Condition { field, every, test } = condition;
        if let Some(table) = field.companion() {
            return self.in_companion(field, table, *every, test, role);
        }
        if condition
            .fields()
            .any(|field| *field == Field::IsLatestRecord)
        {
            self.needs.push(Need::LatestRecords);
        }
        let places = self.values.of(field, &mut self.notes);
        if let Test::EqualsField { field, cased } = test {
            let others = self.values.of(field, &mut self.notes);
            return self.equals_any(&places, &others, *cased, role);
        }
        let passes_unread = passes_where_unreadable(test);
        let places = places.iter().map(|value| {
            let passes = self.passes(value, test);
            if !role.unclear_as && !passes_unread {
                return passes;
            }
            let unreadable = self
                .values
                .cannot_be_read(value, role.is_guard, is_cased(test));
            match (unreadable, role.unclear_as) {
                (None, _) => passes,
                (Some(unreadable), true) => Predicate::any([unreadable, passes]),
                (Some(unreadable), false) => Predicate::all([unreadable.negated(), passes]),
            }
        });
        if *test == Test::Exists(false) {
            // It is absent only where every place it could stand in is empty.
            return Predicate::all(places);
        }
        Predicate::any(places)
    }

    /// Whether one of some values is like one of others. Where both are more than empty and one of them cannot be read,
    /// nobody knows.
    fn equals_any(
        &mut self,
        values: &[ValueOf],
        others: &[ValueOf],
        cased: bool,
        role: Role,
    ) -> Predicate {
        let mut alternatives = Vec::new();
        for value in values {
            for other in others {
                let equal = self.equal(value, other, cased);
                if !role.unclear_as {
                    // Two values that cannot be read are written alike.
                    let in_json = [value, other]
                        .into_iter()
                        .find(|value| value.is_told_unreadable());
                    let unreadable = in_json
                        .and_then(|value| self.values.cannot_be_read(value, role.is_guard, true));
                    let readable = unreadable.map(Predicate::negated);
                    alternatives.push(Predicate::all([equal].into_iter().chain(readable)));
                    continue;
                }
                alternatives.push(equal);
                let unreadable = [value, other]
                    .map(|value| self.values.cannot_be_read(value, role.is_guard, true));
                let is_told = |place: usize, value: &ValueOf| {
                    let has_text = Predicate::is(format!("isnotempty({})", value.text));
                    let unreadable = unreadable[place].clone();
                    let unreadable = unreadable.filter(|_| !value.is_told_unreadable());
                    Predicate::any(unreadable.into_iter().chain([has_text]))
                };
                let pairs = [(0, is_told(1, other)), (1, is_told(0, value))];
                alternatives.extend(pairs.into_iter().filter_map(|(place, is_told)| {
                    Some(Predicate::all([unreadable[place].clone()?, is_told]))
                }));
            }
        }
        Predicate::any(alternatives)
    }

    fn equal(&mut self, value: &ValueOf, other: &ValueOf, cased: bool) -> Predicate {
        let (value, other) = (&value.text, &other.text);
        let equal = if cased {
            format!("{value} == {other}")
        } else {
            self.needs.push(Need::Folded);
            format!("{} == {}", folded(value), folded(other))
        };
        Predicate::all([
            Predicate::is(format!("isnotempty({value})")),
            Predicate::is(equal),
        ])
    }

    /// A condition on the links or files of an email, by the numbers of those that pass.
    fn in_companion(
        &mut self,
        field: &Field,
        table: Table,
        every: bool,
        test: &Test,
        role: Role,
    ) -> Predicate {
        let passes = self.passes(&ValueOf::in_companion(field), test);
        let known = self
            .companions
            .iter()
            .position(|known| known.table() == table);
        let place = known.unwrap_or_else(|| {
            self.companions.push(Companion::new(table));
            self.companions.len() - 1
        });
        let companion = &mut self.companions[place];
        let rows = companion.rows();
        let passing = companion.passing(field, &passes);
        let any = Predicate::is(format!("{passing} > 0"));
        let all = Predicate::is(format!("{passing} == {rows}"));
        let has_rows = Predicate::is(format!("{rows} > 0"));
        // An email without an id tells nothing of its links and files, also not that it has none.
        let is_told = Predicate::is(format!(
            "{} matches regex @\"\\S\"",
            names::NETWORK_MESSAGE_ID
        ));
        let is_of_absence = *test == Test::Exists(false);
        if !every {
            return if is_of_absence {
                Predicate::all([is_told, Predicate::any([has_rows.negated(), any])])
            } else {
                any
            };
        }
        let mut held = if is_of_absence {
            vec![is_told.clone(), all]
        } else {
            vec![has_rows, all]
        };
        if table == Table::EmailUrlInfo {
            // Of links that the table does not have nothing is known.
            let are_all_known = Predicate::is(format!(
                "coalesce(toreal(UrlCount) <= {rows}, isempty(tostring(UrlCount)))"
            ));
            match (role.unclear_as, is_of_absence) {
                (false, _) => held.push(are_all_known),
                (true, true) => {}
                (true, false) => {
                    let [has_rows, all] = [held.remove(0), held.remove(0)];
                    let is_told_or_has_rows = Predicate::any([
                        Predicate::all([is_told, are_all_known.negated()]),
                        has_rows,
                    ]);
                    held = vec![all, is_told_or_has_rows];
                }
            }
        }
        Predicate::all(held)
    }

    /// Whether a value passes a test; an empty one, which is a missing one, passes none but that for
    /// absence.
    fn passes(&mut self, value: &ValueOf, test: &Test) -> Predicate {
        let cell = &value.text;
        match test {
            Test::Exists(exists) => {
                self.needs.push(Need::HasValue);
                let has_value = has_value(cell);
                if *exists {
                    has_value
                } else {
                    has_value.negated()
                }
            }
            Test::Flag(true) => Predicate::is(format!("{cell} in~ (\"true\", \"1\")")),
            Test::Flag(false) => Predicate::is(format!("{cell} in~ (\"false\", \"0\")")),
            // Needs two fields, and is said where both are known.
            Test::EqualsField { .. } => Predicate::any([]),
            Test::Matches { patterns, quantity } => {
                for pattern in patterns {
                    let groups = texts::groups_of(&pattern.with_inline_flags());
                    if groups > texts::MOST_GROUPS {
                        self.notes.push(format!(
                            "Kusto allows {} groups in a pattern, but {} has {groups}: write (?:…) instead of (…) there",
                            texts::MOST_GROUPS,
                            pattern.source()
                        ));
                    }
                }
                texts::matched(cell, patterns, *quantity)
            }
            Test::InNetwork(networks) => in_networks(cell, networks),
            Test::Number { relation, bounds } => compared(value, *relation, bounds),
            Test::Text {
                comparison,
                texts,
                quantity,
                cased,
            } => {
                let plain = texts::compared(cell, *comparison, texts, *quantity, *cased);
                if !texts.own_domains() {
                    return plain;
                }
                let own = self.is_own_domain(cell, *comparison);
                match texts.iter().next() {
                    None => own,
                    Some(_) => Predicate::any([plain, own]),
                }
            }
        }
    }

    fn is_own_domain(&mut self, text: &str, comparison: Comparison) -> Predicate {
        self.needs
            .extend([Need::OwnDomains, Need::HasValue, Need::Folded]);
        if comparison == Comparison::Domain {
            self.needs.push(Need::BelowOwnDomains);
            return Predicate::all([
                Predicate::is(format!("isnotempty({text})")),
                Predicate::is(format!("{text} matches regex {OWN_DOMAINS_PATTERN}")),
            ]);
        }
        Predicate::all([
            Predicate::is(format!("isnotempty({text})")),
            Predicate::is(format!("{} in ({OWN_DOMAINS})", without_case_and_dot(text))),
        ])
    }
}

/// Whether a test passes what stands in the place of a value that cannot be read.
fn passes_where_unreadable(test: &Test) -> bool {
    let mut own_domains = DomainSet::default();
    own_domains.insert(UNREADABLE.as_bytes());
    test.passes(UNREADABLE.as_bytes(), &own_domains)
}

/// Whether the case of letters counts in a test.
fn is_cased(test: &Test) -> bool {
    !matches!(
        test,
        Test::Text {
            comparison: Comparison::Equals,
            cased: false,
            ..
        }
    )
}

/// Whether a string is more than blanks or the JSON of nothing, by the function of that name.
pub(super) fn has_value(text: &str) -> Predicate {
    Predicate::is(format!("HasValue({text})"))
}

fn direction(direction: &str) -> Predicate {
    Predicate::is(format!(
        "{} == {}",
        names::EMAIL_DIRECTION,
        literal::string(direction)
    ))
}

/// A text without letter case, by the function of that name.
pub(super) fn folded(text: &str) -> String {
    format!("Folded({text})")
}

/// A domain as our own ones are compared.
pub(super) fn without_case_and_dot(text: &str) -> String {
    format!("replace_regex({}, @\"\\.$\", \"\")", folded(text))
}

fn in_networks(text: &str, networks: &[IpNet]) -> Predicate {
    let (v4, v6): (Vec<&IpNet>, Vec<&IpNet>) = networks
        .iter()
        .partition(|network| matches!(network, IpNet::V4(_)));
    // An IPv4 address may be written as an IPv6 one.
    let as_v4 = format!("replace_regex({text}, \"(?i)^::ffff:\", \"\")");
    Predicate::any([in_ranges("ipv4", &as_v4, &v4), in_ranges("ipv6", text, &v6)])
}

fn in_ranges(version: &str, address: &str, networks: &[&IpNet]) -> Predicate {
    let ranges: Vec<String> = networks
        .iter()
        .map(|network| literal::string(&network.to_string()))
        .collect();
    Predicate::is(match ranges.as_slice() {
        [] => return Predicate::any([]),
        [range] => format!("coalesce({version}_is_in_range({address}, {range}), false)"),
        ranges => format!(
            "coalesce({version}_is_in_any_range({address}, dynamic([{}])), false)",
            ranges.join(", ")
        ),
    })
}

/// The whole numbers that a real number has exactly.
const EXACT_IN_REAL: std::ops::RangeInclusive<i64> = -(1 << 53)..=1 << 53;

fn compared(value: &ValueOf, relation: Relation, bounds: &[Bound]) -> Predicate {
    let operator = match relation {
        Relation::Equal => "==",
        Relation::Greater => ">",
        Relation::GreaterOrEqual => ">=",
        Relation::Less => "<",
        Relation::LessOrEqual => "<=",
    };
    // A list has numbers of one type.
    let listed = |bound: &Bound| relation == Relation::Equal && matches!(bound, Bound::Whole(_));
    let mut lists: Vec<(String, Vec<String>)> = Vec::new();
    let mut others = Vec::new();
    for bound in bounds {
        let number = number_of(value, *bound);
        if !listed(bound) {
            others.push((number, number_literal(*bound)));
            continue;
        }
        let literal = number_literal(*bound);
        match lists.iter_mut().find(|(known, _)| *known == number) {
            Some((_, list)) => list.push(literal),
            None => lists.push((number, vec![literal])),
        }
    }
    let lists = lists
        .into_iter()
        .map(|(number, list)| match list.as_slice() {
            [only] => format!("{number} == {only}"),
            list if number.starts_with("toreal(") => {
                let list: Vec<String> = list.iter().map(|whole| format!("real({whole})")).collect();
                format!("{number} in ({})", list.join(", "))
            }
            list => format!("{number} in ({})", list.join(", ")),
        });
    let others = others
        .into_iter()
        .map(|(number, literal)| format!("{number} {operator} {literal}"));
    Predicate::any(
        lists
            .chain(others)
            .map(|compared| Predicate::is(format!("coalesce({compared}, false)"))),
    )
}

/// The number in a value that is compared with a bound.
fn number_of(value: &ValueOf, bound: Bound) -> String {
    let is_exact = match bound {
        Bound::Whole(whole) => EXACT_IN_REAL.contains(&whole),
        Bound::Real(_) => true,
    };
    match &value.number {
        Some(number) => number.clone(),
        None if is_exact => format!("toreal({})", value.text),
        None => format!("tolong({})", value.text),
    }
}

fn number_literal(bound: Bound) -> String {
    match bound {
        // The least one has no literal of its own: its digits are one too many without the sign.
        Bound::Whole(i64::MIN) => format!("({} - 1)", i64::MIN + 1),
        Bound::Whole(whole) => whole.to_string(),
        Bound::Real(real) if real == f64::INFINITY => "real(+inf)".to_owned(),
        Bound::Real(real) if real == f64::NEG_INFINITY => "real(-inf)".to_owned(),
        Bound::Real(real) => format!("real({real:e})"),
    }
}
