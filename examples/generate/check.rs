//! Looks for the stories in the demonstration: prints the hunt and the counts of each story, and
//! says whether they are as the story tells.

mod evidence;
mod expectations;

use crate::synthetic::Demo;
use evidence::{EXCLUSIONS, Evidence, Hunt};
use expectations::expectations;

/// Prints the counts; false when one is not as its story tells.
pub fn report(demo: &Demo) -> bool {
    let evidence = Evidence::new(demo);
    let hunt = evidence.hunt(0);
    print_overview(&evidence, &hunt);
    let mut all_well = true;
    for (what, found, expected) in expectations(&evidence, &hunt) {
        let well = expected.contains(&found);
        all_well &= well;
        let verdict = if well { "ok " } else { "NOT" };
        println!(
            "{verdict} {what}: {found} ({} to {})",
            expected.start(),
            expected.end()
        );
    }
    all_well
}

fn print_overview(evidence: &Evidence<'_>, hunt: &Hunt<'_>) {
    let events = &evidence.demo.events;
    println!(
        "{} events, {} links, {} domains rank",
        events.len(),
        evidence.demo.links.len(),
        hunt.len()
    );
    for direction in ["Inbound", "Outbound", "Intra-org"] {
        let rows = events
            .iter()
            .filter(|event| event.email_direction == direction)
            .count();
        println!(
            "  {direction}: {rows} ({:.1} %)",
            rows as f64 * 100.0 / events.len() as f64
        );
    }
    let mut ranking: Vec<_> = hunt
        .iter()
        .map(|(domain, counts)| (counts.0, counts.1, *domain))
        .collect();
    ranking.sort_by(|one, other| other.cmp(one));
    for (outbound, threats, domain) in ranking.iter().take(12) {
        println!("  {domain:<32} {outbound:>5} {threats:>5}");
    }
    for (number, name) in EXCLUSIONS.iter().enumerate() {
        let bit = 1 << number;
        let (outbound, threats) = evidence.hidden_by(|mask| mask & bit != 0);
        let (only_outbound, only_threats) = evidence.hidden_by(|mask| mask == bit);
        let gone = hunt.len() - evidence.hunt(bit).len();
        println!(
            "  {name}: hides {outbound} outbound, {threats} threats, {gone} domains; only it {only_outbound} and {only_threats}"
        );
    }
}
