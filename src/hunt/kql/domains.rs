//! Domains that are taken for one, in KQL.
//!
//! Case and a final dot are for KQL to fold. The public suffix list and the spellings of internationalised
//! names are not in it: what they make of the loaded domains is written out.

use super::values::PARTNER_DOMAIN;
use super::{condition, literal};
use crate::hunt::{DomainMatching, Hunt};
use crate::letter_case::fold_case;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The most domains that are written out: a query can be so long and no longer.
const MOST_WRITTEN: usize = 5_000;

/// The table of ours that has the groups of domains.
const GROUPS: &str = "DomainGroups";

/// How domains are grouped.
#[derive(Default)]
pub(super) struct Grouping {
    /// What has to be said before the events.
    pub(super) definition: String,
    /// The steps that put the group in the place of the partner's domain.
    pub(super) steps: String,
}

impl Grouping {
    pub(super) fn of(matching: DomainMatching, loaded: Option<&Hunt>) -> Self {
        if matching == DomainMatching::Exact {
            return Grouping::default();
        }
        let groups = loaded.map_or_else(BTreeMap::new, |hunt| groups(matching, hunt));
        let mut grouping = Grouping::default();
        let mut steps = literal::comment(&format!("Domains are grouped {}.", matching.doc()));
        steps += &literal::comment(
            "If a recipient is not a plain address (a list, a name, quotes), Kusto takes the text between the first \
             two @; mailhunt extracts the actual addresses.",
        );
        steps += &limit(matching, loaded.is_some(), groups.len());
        let _ = writeln!(
            steps,
            "| extend {PARTNER_DOMAIN} = replace_regex({}, @\"([^.])\\.$\", @\"\\1\")",
            condition::folded(PARTNER_DOMAIN)
        );
        if !groups.is_empty() {
            grouping.definition = definition(&groups);
            let _ = writeln!(
                steps,
                "| lookup kind=leftouter {GROUPS} on {PARTNER_DOMAIN}\n\
                 | extend {PARTNER_DOMAIN} = iff(isempty(DomainGroup), {PARTNER_DOMAIN}, DomainGroup)"
            );
        }
        grouping.steps = steps;
        grouping
    }
}

/// The loaded domains, as KQL folds them, that belong to a group of another name.
fn groups(matching: DomainMatching, hunt: &Hunt) -> BTreeMap<String, String> {
    let cube = hunt.cube(DomainMatching::Exact);
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let domains = (0..cube.len()).filter_map(|index| {
        let domain = cube.domain(index);
        let group = text(&matching.group_of(domain))?;
        Some((folded(&text(&fold_case(domain))?), group))
    });
    domains.filter(|(domain, group)| domain != group).collect()
}

/// What the step of KQL makes of a domain without case.
fn folded(domain: &str) -> String {
    match domain.strip_suffix('.') {
        Some(rest) if !rest.is_empty() && !rest.ends_with('.') => rest.to_owned(),
        _ => domain.to_owned(),
    }
}

fn limit(matching: DomainMatching, is_loaded: bool, groups: usize) -> String {
    let what = match matching {
        DomainMatching::Registrable => "The public suffix list and internationalised names",
        _ => "Internationalised names",
    };
    let said = if !is_loaded {
        format!(
            "{what} are unknown to KQL, and no export was loaded: only case and a trailing dot are folded."
        )
    } else if groups > MOST_WRITTEN {
        format!(
            "{what} are unknown to KQL: {GROUPS} has the first {MOST_WRITTEN} of {groups} loaded domains that need \
             them; for others, only case and a trailing dot are folded."
        )
    } else {
        format!(
            "{what} are unknown to KQL: {GROUPS} has what the loaded domains need; for others, only case and a \
             trailing dot are folded."
        )
    };
    literal::comment(&said)
}

fn definition(groups: &BTreeMap<String, String>) -> String {
    let rows: Vec<String> = groups
        .iter()
        .take(MOST_WRITTEN)
        .map(|(domain, group)| {
            let (domain, group) = (literal::string(domain), literal::string(group));
            format!("    {domain}, {group}")
        })
        .collect();
    format!(
        "let {GROUPS} = datatable({PARTNER_DOMAIN}: string, DomainGroup: string)[\n{}\n];\n",
        rows.join(",\n")
    )
}
