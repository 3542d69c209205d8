//! What is worth a remark about an exclusion, beside what it costs: that it does nothing, does what another
//! one does, or does too much, as it does where its guards lack what they look at.

use super::exclusion::Exclusion;
use super::exclusion::misreading::{self, Misreading};
use super::lacks::UnmetNeed;
use super::query::Query;
use super::snapshot::Hunt;
use super::view::View;
use crate::quantities::{count, number};
use jiff::civil::Date;

/// An exclusion that matches more than this share of all threats is broad: it hides more than a false
/// positive. In per cent.
pub const BROAD_PERCENT: u64 = 20;

/// A remark about an exclusion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Its last day is over.
    Expired(Date),
    /// It cannot match: what the export lacks.
    Inert(String),
    /// It hides all but what matches, and nothing can match: what the export lacks.
    HidesEverything(String),
    /// What should keep emails visible cannot: what the export lacks.
    PowerlessGuard(String),
    /// Its author may have meant something else by what it says.
    Misread(Misreading),
    /// What it needs is not loaded, so that emails stay visible.
    NeedsMore(UnmetNeed),
    /// So many emails of the domains that can rank stay visible because a guard of it cannot be read.
    UnreadableGuard(u64),
    /// It matches no email of the domains that can rank.
    MatchesNothing {
        /// None in the time range.
        in_time_range: bool,
    },
    /// It matches the very same emails as this other one, by title.
    HidesTheSameAs(String),
    /// It matches this share of all threats of the domains that can rank, in per cent.
    Broad(u64),
    /// An attacker can make their email look like one of those it hides.
    RestsOnTextOfTheSender,
    /// It looks at our own domains: those of the events, ascending.
    OwnDomains(Vec<String>),
}

/// So many of our own domains are named; the others are counted.
const OWN_DOMAINS_NAMED: usize = 5;

impl Remark {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Remark::Expired(last) => format!("expired on {last}"),
            Remark::Inert(reason) => format!("cannot match: {reason}"),
            Remark::HidesEverything(reason) => format!("hides everything: {reason}"),
            Remark::PowerlessGuard(reason) => format!("its guard can never hold: {reason}"),
            Remark::Misread(Misreading::LetterCase) => {
                "`re` is now case-sensitive: write re|i to ignore case, or re|cased to confirm"
                    .to_owned()
            }
            Remark::Misread(Misreading::Wildcard(text)) => format!(
                "\"{text}\": `*` and `?` are not wildcards: use contains, startswith, endswith or re"
            ),
            Remark::NeedsMore(need) => need.words(),
            Remark::UnreadableGuard(emails) => {
                let stay = if *emails == 1 { "stays" } else { "stay" };
                let emails = count(*emails, "email");
                format!("its guard cannot be read in {emails}, which {stay} visible")
            }
            Remark::MatchesNothing {
                in_time_range: false,
            } => "matches nothing".to_owned(),
            Remark::MatchesNothing {
                in_time_range: true,
            } => "matches nothing in the time range".to_owned(),
            Remark::HidesTheSameAs(title) => format!("hides the same as {title}"),
            Remark::Broad(percent) => format!("broad: {percent} % of all threats"),
            Remark::RestsOnTextOfTheSender => "the sender can fake this".to_owned(),
            Remark::OwnDomains(domains) => format!("own domains: {}", some_of(domains)),
        }
    }

    /// In as few words as there can be.
    pub fn short(&self) -> String {
        match self {
            Remark::Expired(_) => "expired".to_owned(),
            Remark::HidesTheSameAs(title) => format!("same as {title}"),
            Remark::Broad(percent) => format!("broad {percent} %"),
            Remark::RestsOnTextOfTheSender => "can be faked".to_owned(),
            Remark::OwnDomains(domains) => count(domains.len() as u64, "own domain"),
            Remark::HidesEverything(_) => "hides everything".to_owned(),
            Remark::PowerlessGuard(_) => "guard never holds".to_owned(),
            Remark::Misread(Misreading::LetterCase) => "re is case-sensitive".to_owned(),
            Remark::Misread(Misreading::Wildcard(_)) => "* ? are literal".to_owned(),
            Remark::NeedsMore(need) => format!("needs {}", need.what),
            Remark::UnreadableGuard(emails) => format!("unreadable guard: {}", number(*emails)),
            Remark::Inert(_) | Remark::MatchesNothing { .. } => self.words(),
        }
    }

    /// Whether the exclusion should be doubted for it, whatever it is for.
    pub fn is_warning(&self) -> bool {
        matches!(
            self,
            Remark::Expired(_)
                | Remark::Broad(_)
                | Remark::HidesTheSameAs(_)
                | Remark::HidesEverything(_)
                | Remark::PowerlessGuard(_)
                | Remark::Misread(_)
                | Remark::NeedsMore(_)
                | Remark::UnreadableGuard(_)
        )
    }

    /// Whether it may be untrue as long as more is to be loaded: that may have what is lacking.
    pub fn is_known_at_the_end(&self) -> bool {
        matches!(
            self,
            Remark::Inert(_)
                | Remark::HidesEverything(_)
                | Remark::PowerlessGuard(_)
                | Remark::NeedsMore(_)
                | Remark::OwnDomains(_)
        )
    }

    /// Whether it is said instead of what the exclusion costs, which is nothing.
    pub fn is_instead_of_cost(&self) -> bool {
        match self {
            Remark::Inert(_) | Remark::MatchesNothing { .. } => true,
            Remark::NeedsMore(need) => need.is_of_all(),
            _ => false,
        }
    }
}

fn some_of(domains: &[String]) -> String {
    if domains.is_empty() {
        return "none".to_owned();
    }
    let named = domains[..domains.len().min(OWN_DOMAINS_NAMED)].join(", ");
    match domains.len().saturating_sub(OWN_DOMAINS_NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// The remarks about what an exclusion says, whatever is loaded.
pub fn of_definition(exclusion: &Exclusion) -> impl Iterator<Item = Remark> {
    misreading::of(exclusion).into_iter().map(Remark::Misread)
}

/// The remarks about the exclusion of that number under a query on that day, the gravest first.
pub fn of(hunt: &Hunt, query: &Query, view: &View, index: usize, today: Date) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let exclusion = hunt.exclusions.get(index);
    let expired = exclusion.filter(|exclusion| exclusion.is_expired(today));
    remarks.extend(
        expired
            .and_then(|exclusion| exclusion.expires)
            .map(Remark::Expired),
    );
    let effect = view.exclusions.get(index).copied().unwrap_or_default();
    let lack = |lacks: &[Option<String>]| lacks.get(index).cloned().flatten();
    remarks.extend(lack(&hunt.hides_everything).map(Remark::HidesEverything));
    let inert = lack(&hunt.inert);
    let mut hides_nothing = false;
    if inert.is_none() {
        remarks.extend(lack(&hunt.powerless_guards).map(Remark::PowerlessGuard));
        let need = hunt.guard_needs.get(index).cloned().flatten();
        hides_nothing = need.as_ref().is_some_and(UnmetNeed::is_of_all);
        remarks.extend(need.map(Remark::NeedsMore));
        let need = hunt.match_needs.get(index).cloned().flatten();
        remarks.extend(need.map(Remark::NeedsMore));
        if effect.kept_unread > 0 {
            remarks.push(Remark::UnreadableGuard(effect.kept_unread));
        }
    }
    if let Some(reason) = inert {
        remarks.push(Remark::Inert(reason));
    } else if effect.by_itself.emails == 0 && effect.kept_unread == 0 && !hides_nothing {
        let in_time_range = query.hours.is_some();
        remarks.push(Remark::MatchesNothing { in_time_range });
    }
    remarks.extend(exclusion.into_iter().flat_map(of_definition));
    if effect.threats * 100 > view.threats * BROAD_PERCENT {
        remarks.push(Remark::Broad(effect.threats * 100 / view.threats));
    }
    let same = effect.same_as.and_then(|other| hunt.exclusions.get(other));
    remarks.extend(same.map(|other| Remark::HidesTheSameAs(other.title.clone())));
    if hunt.rests_on_text_of_the_sender.get(index) == Some(&true) {
        remarks.push(Remark::RestsOnTextOfTheSender);
    }
    if exclusion.is_some_and(Exclusion::asks_for_own_domains) {
        let domains = hunt.across_events.own_domains().sorted().into_iter();
        let domains = domains.map(|domain| String::from_utf8_lossy(domain).into_owned());
        remarks.push(Remark::OwnDomains(domains.collect()));
    }
    remarks
}
