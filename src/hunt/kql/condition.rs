//! Conditions of exclusions as predicates of KQL.
//!
//! Strings are never null in Kusto, and its operators do not find an empty one in anything. What reads a
//! number or an address out of a string gives null where there is none, and is told to be false then.

use super::literal;
use super::predicate::Predicate;
use super::values::{self, ValueOf, Values};
use crate::events::schema::{Table, names};
use crate::hunt::Hunt;
use crate::hunt::exclusion::condition::Bound;
use crate::hunt::exclusion::pattern::Pattern;
use crate::hunt::exclusion::texts::Texts;
use crate::hunt::exclusion::{
    Clause, Comparison, Condition, Exclusion, Hides, Quantity, Relation, Scope, Test,
};
use crate::hunt::fields::Field;
use ipnet::IpNet;

/// The list of ours that has our own domains.
pub(super) const OWN_DOMAINS: &str = "OwnDomains";

/// The expression of ours that finds our own domains and those below them.
pub(super) const OWN_DOMAINS_PATTERN: &str = "OwnDomainsPattern";

/// What predicates look things up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// The links with their hosts.
    Links,
    /// How many links of each email the table has.
    LinkCounts,
    /// Our own domains.
    OwnDomains,
    /// What finds those and what lies below them.
    BelowOwnDomains,
    /// Whether a row is the latest record of its email.
    LatestRecords,
}

/// Says exclusions in KQL, and notes what of the rest of the query they need.
pub(super) struct Conditions<'a> {
    pub(super) values: Values<'a>,
    /// What there is to say about the exclusion at hand.
    pub(super) notes: Vec<String>,
    /// The companion tables that are asked.
    pub(super) companions: Vec<Table>,
    /// What has to be made before the events are asked.
    needs: Vec<Need>,
}

impl<'a> Conditions<'a> {
    pub(super) fn new(loaded: Option<&'a Hunt>) -> Self {
        Conditions {
            values: Values::new(loaded),
            notes: Vec::new(),
            companions: Vec::new(),
            needs: Vec::new(),
        }
    }

    /// Whether something has to be made before.
    pub(super) fn need(&self, need: Need) -> bool {
        self.needs.contains(&need)
    }

    /// What an exclusion hides.
    pub(super) fn hidden_by(&mut self, exclusion: &Exclusion) -> Predicate {
        let mut parts = Vec::new();
        match exclusion.scope {
            Scope::Both => {}
            Scope::Inbound => parts.push(direction("Inbound")),
            Scope::Outbound => parts.push(direction("Outbound")),
        }
        let mut matching = vec![self.any_clause(&exclusion.matches)];
        if !exclusion.unless.is_empty() {
            matching.push(self.any_clause(&exclusion.unless).negated());
        }
        match exclusion.hides {
            Hides::Matching => parts.extend(matching),
            Hides::Others => parts.push(Predicate::all(matching).negated()),
        }
        Predicate::all(parts)
    }

    fn any_clause(&mut self, clauses: &[Clause]) -> Predicate {
        Predicate::any(clauses.iter().map(|Clause(conditions)| {
            Predicate::all(conditions.iter().map(|condition| self.condition(condition)))
        }))
    }

    fn condition(&mut self, condition: &Condition) -> Predicate {
        let Condition { field, every, test } = condition;
        if let Some(table) = field.companion() {
            return self.in_companion(field, table, *every, test);
        }
        if condition
            .fields()
            .any(|field| *field == Field::IsLatestRecord)
        {
            self.needs.push(Need::LatestRecords);
        }
        let places = self.values.of(field, &mut self.notes);
        match test {
            Test::EqualsField {
                field: other,
                cased,
            } => {
                let others = self.values.of(other, &mut self.notes);
                Predicate::any(
                    places
                        .iter()
                        .flat_map(|value| others.iter().map(|other| equal(value, other, *cased))),
                )
            }
            // It is absent only where every place it could stand in is empty.
            Test::Exists(false) => {
                Predicate::all(places.iter().map(|value| self.passes(value, test)))
            }
            _ => Predicate::any(places.iter().map(|value| self.passes(value, test))),
        }
    }

    /// A condition on the links or files of an email: the messages that have such ones.
    fn in_companion(&mut self, field: &Field, table: Table, every: bool, test: &Test) -> Predicate {
        if !self.companions.contains(&table) {
            self.companions.push(table);
        }
        if *field == Field::UrlDomain {
            self.needs.push(Need::Links);
        }
        let passes = self.passes(&ValueOf::in_companion(field), test);
        let id = names::NETWORK_MESSAGE_ID;
        let rows = format!("{} | where isnotempty({id})", values::companion_rows(field));
        let among = |steps: &str| {
            Predicate::is(format!(
                "tolower({id}) in (({rows}{steps} | project MessageId))"
            ))
        };
        let by_message = |filter: &str| {
            among(&format!(
                "{filter} | summarize by MessageId = tolower({id})"
            ))
        };
        let of_all = |passes: Predicate| {
            among(&format!(
                " | summarize Failing = countif({}) by MessageId = tolower({id}) | where Failing == 0",
                passes.negated().in_one_line()
            ))
        };
        let filter = |passes: &Predicate| format!(" and {}", bracketed(passes));
        let held = match (test, every) {
            // An email without links or files has none that says anything; one without an id tells nothing.
            (Test::Exists(false), _) => {
                let found = if every {
                    of_all(passes)
                } else {
                    by_message(&filter(&passes))
                };
                let told = Predicate::is(format!("{id} matches regex @\"\\S\""));
                Predicate::all([told, Predicate::any([by_message("").negated(), found])])
            }
            (_, true) => of_all(passes),
            (_, false) => by_message(&filter(&passes)),
        };
        if !every || table != Table::EmailUrlInfo {
            return held;
        }
        self.needs.push(Need::LinkCounts);
        // Of links that the table does not have nothing is known.
        let are_all_known = "coalesce(toreal(UrlCount) <= coalesce(LoadedLinks, 0), true)";
        Predicate::all([Predicate::is(are_all_known), held])
    }

    /// Whether a value passes a test; an empty one, which is a missing one, passes none but that for
    /// absence.
    fn passes(&mut self, value: &ValueOf, test: &Test) -> Predicate {
        let cell = &value.text;
        match test {
            Test::Exists(true) => says_nothing(cell).negated(),
            Test::Exists(false) => says_nothing(cell),
            Test::Flag(true) => Predicate::is(format!("{cell} in~ (\"true\", \"1\")")),
            Test::Flag(false) => Predicate::is(format!("{cell} in~ (\"false\", \"0\")")),
            // Needs two fields, and is said where both are known.
            Test::EqualsField { .. } => Predicate::any([]),
            Test::Matches { patterns, quantity } => of_quantity(
                *quantity,
                patterns.iter().map(|pattern| matches(cell, pattern)),
            ),
            Test::InNetwork(networks) => {
                Predicate::any(networks.iter().map(|network| in_network(cell, network)))
            }
            Test::Number { relation, bounds } => Predicate::any(
                bounds
                    .iter()
                    .map(|bound| compared(value, *relation, *bound)),
            ),
            Test::Text {
                comparison,
                texts,
                quantity,
                cased,
            } => {
                let plain = compared_with_texts(cell, *comparison, texts, *quantity, *cased);
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
        self.needs.push(Need::OwnDomains);
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

/// Whether a string is empty or the JSON of nothing.
pub(super) fn says_nothing(text: &str) -> Predicate {
    Predicate::is(format!(
        r#"{text} matches regex @"^\s*(\[\s*\]|\{{\s*\}}|null)?\s*$""#
    ))
}

fn bracketed(predicate: &Predicate) -> String {
    format!("({})", predicate.in_one_line())
}

fn direction(direction: &str) -> Predicate {
    Predicate::is(format!(
        "{} == {}",
        names::EMAIL_DIRECTION,
        literal::string(direction)
    ))
}

/// A domain as our own ones are compared.
pub(super) fn without_case_and_dot(text: &str) -> String {
    format!("replace_regex(tolower({text}), @\"\\.$\", \"\")")
}

fn of_quantity(quantity: Quantity, parts: impl Iterator<Item = Predicate>) -> Predicate {
    match quantity {
        Quantity::Any => Predicate::any(parts),
        Quantity::All => Predicate::all(parts),
    }
}

fn equal(value: &ValueOf, other: &ValueOf, cased: bool) -> Predicate {
    let (value, other) = (&value.text, &other.text);
    let equal = if cased {
        format!("{value} == {other}")
    } else {
        // `=~` knows the case of ASCII only.
        format!("tolower({value}) == tolower({other})")
    };
    Predicate::all([
        Predicate::is(format!("isnotempty({value})")),
        Predicate::is(equal),
    ])
}

fn matches(text: &str, pattern: &Pattern) -> Predicate {
    let expression = pattern.with_inline_flags();
    let matched = Predicate::is(format!(
        "{text} matches regex {}",
        literal::pattern(&expression)
    ));
    if pattern.matches_nothing() {
        return Predicate::all([Predicate::is(format!("isnotempty({text})")), matched]);
    }
    matched
}

fn in_network(text: &str, network: &IpNet) -> Predicate {
    let range = literal::string(&network.to_string());
    Predicate::is(match network {
        // An IPv4 address may be written as an IPv6 one.
        IpNet::V4(_) => format!(
            "coalesce(ipv4_is_in_range(replace_regex({text}, \"(?i)^::ffff:\", \"\"), {range}), false)"
        ),
        IpNet::V6(_) => format!("coalesce(ipv6_is_in_range({text}, {range}), false)"),
    })
}

/// The whole numbers that a real number has exactly.
const EXACT_IN_REAL: std::ops::RangeInclusive<i64> = -(1 << 53)..=1 << 53;

fn compared(value: &ValueOf, relation: Relation, bound: Bound) -> Predicate {
    let is_exact = match bound {
        Bound::Whole(whole) => EXACT_IN_REAL.contains(&whole),
        Bound::Real(_) => true,
    };
    let number = match &value.number {
        Some(number) => number.clone(),
        None if is_exact => format!("toreal({})", value.text),
        None => format!("tolong({})", value.text),
    };
    let relation = match relation {
        Relation::Equal => "==",
        Relation::Greater => ">",
        Relation::GreaterOrEqual => ">=",
        Relation::Less => "<",
        Relation::LessOrEqual => "<=",
    };
    Predicate::is(format!(
        "coalesce({number} {relation} {}, false)",
        number_literal(bound)
    ))
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

fn compared_with_texts(
    value: &str,
    comparison: Comparison,
    texts: &Texts,
    quantity: Quantity,
    cased: bool,
) -> Predicate {
    let texts: Vec<String> = texts
        .iter()
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect();
    if comparison == Comparison::Domain {
        return is_domain_or_below(value, &texts, cased);
    }
    // The operators without case know that of ASCII only; the texts have lost theirs already.
    let folds = !cased && !texts.iter().all(|text| text.is_ascii());
    let value = if folds {
        format!("tolower({value})")
    } else {
        value.to_owned()
    };
    let cased = cased || folds;
    if comparison == Comparison::Equals {
        return is_one_of(&value, &texts, cased);
    }
    let operator = match (comparison, cased) {
        (Comparison::StartsWith, false) => "startswith",
        (Comparison::StartsWith, true) => "startswith_cs",
        (Comparison::EndsWith, false) => "endswith",
        (Comparison::EndsWith, true) => "endswith_cs",
        (_, false) => "contains",
        (_, true) => "contains_cs",
    };
    of_quantity(
        quantity,
        texts
            .iter()
            .map(|text| Predicate::is(format!("{value} {operator} {}", literal::string(text)))),
    )
}

fn is_one_of(value: &str, texts: &[String], cased: bool) -> Predicate {
    let (equals, is_in) = if cased { ("==", "in") } else { ("=~", "in~") };
    match texts {
        [] => Predicate::any([]),
        [text] => Predicate::is(format!("{value} {equals} {}", literal::string(text))),
        texts => {
            let texts = literal::strings(texts.iter().map(String::as_str));
            Predicate::is(format!("{value} {is_in} ({texts})"))
        }
    }
}

/// A domain ends where a label does; a final dot does not count.
fn is_domain_or_below(value: &str, texts: &[String], cased: bool) -> Predicate {
    let domains: Vec<String> = texts
        .iter()
        .map(|text| text.strip_suffix('.').unwrap_or(text))
        .filter(|domain| !domain.is_empty())
        .map(literal::escaped_pattern)
        .collect();
    if domains.is_empty() {
        return Predicate::any([]);
    }
    let flags = if cased { "" } else { "(?i)" };
    let expression = format!(r"{flags}(^|\.)({})\.?$", domains.join("|"));
    Predicate::is(format!(
        "{value} matches regex {}",
        literal::pattern(&expression)
    ))
}
