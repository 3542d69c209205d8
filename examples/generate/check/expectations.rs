//! What each story promises, as a count and the range that it must lie in.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use super::evidence::{Evidence, Hunt, is_threat};
use crate::synthetic::people::{OUR_DOMAIN, SISTER_DOMAIN};
use crate::synthetic::stories::{
    ALERT_WORKS, ATELIER_NORD, CAST, CITY_BULLETIN, CLOUD_REPORTS, EU_CLOUD_REPORTS, EU_SIEM_CLOUD,
    FABRIKAM, FREEMAIL, LATE_BLOOM, LITWARE, MARTA, MIRAGE, PIXEL, QUILL_WORKS, SECOND_LOOK,
    STATUS_EVENTS, TAILSPIN, TICKET_LANE, WOODGROVE,
};
use crate::synthetic::{Aftermath, Demo, Event, Moment};

/// What is counted, how many there are, how many there must be.
pub type Expectation = (&'static str, usize, RangeInclusive<usize>);

/// All that is expected of the demonstration, of which `hunt` is the hunt without exclusions.
pub fn expectations(evidence: &Evidence<'_>, hunt: &Hunt<'_>) -> Vec<Expectation> {
    let mut list = shape(evidence, hunt);
    list.extend(attacks(evidence.demo));
    list.extend(hostile_text(evidence.demo));
    list.extend(false_positives(evidence, hunt));
    list.extend(noise(evidence.demo, hunt));
    list.extend(aftermath(evidence.demo));
    list
}

const fn exactly(count: usize) -> RangeInclusive<usize> {
    count..=count
}

fn shape(evidence: &Evidence<'_>, hunt: &Hunt<'_>) -> Vec<Expectation> {
    let events = &evidence.demo.events;
    let window = Moment::START..Moment::END;
    let late = events
        .iter()
        .filter(|event| !window.contains(&event.timestamp))
        .count();
    let few = hunt.values().filter(|(_, threats)| *threats <= 5).count();
    let most = hunt
        .values()
        .map(|(_, threats)| *threats)
        .max()
        .unwrap_or_default();
    let absent = CAST
        .iter()
        .filter(|(domain, ..)| !hunt.contains_key(domain))
        .count();
    vec![
        ("events", events.len(), 19_000..=21_000),
        ("events outside of the thirty days", late, exactly(0)),
        ("domains that rank", hunt.len(), 150..=230),
        (
            "domains with one to five threats",
            few,
            hunt.len() / 2..=hunt.len(),
        ),
        ("threats of the noisiest domain", most, 70..=100),
        // Its only record with a threat comes second: it ranks all the same.
        ("domains of stories that do not rank", absent, exactly(0)),
        (
            "emails whose links contradict UrlCount",
            wrong_link_counts(evidence),
            exactly(0),
        ),
        (
            "names that are not reserved",
            unreserved_names(evidence.demo),
            exactly(0),
        ),
    ]
}

fn threats<'a>(demo: &'a Demo, domain: &str) -> impl Iterator<Item = &'a Event> {
    demo.events
        .iter()
        .filter(move |event| is_threat(event) && event.sender_from_domain == domain)
}

fn attacks(demo: &Demo) -> Vec<Expectation> {
    let passed = |event: &&Event| {
        event
            .authentication_details
            .contains(r#""DMARC":"pass","CompAuth":"pass""#)
    };
    let failed = |event: &&Event| {
        event
            .authentication_details
            .contains(r#""DMARC":"fail","CompAuth":"fail""#)
    };
    let last_five_days = Moment::on(25, 8);
    let burst = threats(demo, FABRIKAM)
        .filter(passed)
        .filter(|event| event.timestamp >= last_five_days)
        .filter(|event| event.sender_from_address == MARTA && event.subject.starts_with("RE: "))
        .count();
    let purged = threats(demo, FABRIKAM)
        .filter(|event| event.delivery_action == "Delivered")
        .filter(|event| event.latest_delivery_location == "Quarantine")
        .count();
    let forged = threats(demo, WOODGROVE)
        .filter(failed)
        .filter(|event| event.sender_mail_from_domain != event.sender_from_domain)
        .count();
    let genuine = threats(demo, WOODGROVE).filter(passed).count();
    let invoices = threats(demo, LITWARE).filter(passed).count();
    vec![
        (
            "fabrikam: threats",
            threats(demo, FABRIKAM).count(),
            exactly(40),
        ),
        (
            "fabrikam: phish of Marta's mailbox, late",
            burst,
            exactly(40),
        ),
        ("fabrikam: delivered, then purged", purged, exactly(12)),
        ("litware: authenticated malware", invoices, exactly(3)),
        ("woodgrove: forged from elsewhere", forged, exactly(18)),
        ("woodgrove: authenticated threats", genuine, exactly(0)),
    ]
}

fn hostile_text(demo: &Demo) -> Vec<Expectation> {
    let count = |has: &dyn Fn(&str) -> bool| {
        [TAILSPIN, MIRAGE, PIXEL]
            .iter()
            .flat_map(|domain| threats(demo, domain))
            .filter(|event| has(&event.subject) || has(&event.sender_display_name))
            .count()
    };
    let marks = "\u{301}".repeat(60);
    vec![
        (
            "escape sequences",
            count(&|text| text.contains(['\u{1b}', '\u{9b}'])),
            exactly(6),
        ),
        (
            "right-to-left overrides",
            count(&|text| text.contains('\u{202e}')),
            exactly(2),
        ),
        (
            "zero-width spaces",
            count(&|text| text.contains('\u{200b}')),
            exactly(1),
        ),
        (
            "formulas",
            count(&|text| text.starts_with(['=', '@', '+', '-'])),
            exactly(5),
        ),
        (
            "line breaks",
            count(&|text| text.contains(['\r', '\n'])),
            exactly(3),
        ),
        (
            "floods of marks",
            count(&|text| text.contains(&marks)),
            exactly(1),
        ),
        (
            "tag characters",
            count(&|text| text.contains('\u{e0069}')),
            exactly(1),
        ),
        (
            "subjects of 3 KB",
            count(&|text| text.len() > 3_000),
            exactly(1),
        ),
    ]
}

fn false_positives(evidence: &Evidence<'_>, hunt: &Hunt<'_>) -> Vec<Expectation> {
    let [forwarding, jobs, siem, storage] = [0, 1, 2, 3].map(|number| evidence.hunt(1 << number));
    let threats = |hunt: &Hunt<'_>, domain: &str| hunt.get(domain).map_or(0, |counts| counts.1);
    let outbound = |hunt: &Hunt<'_>, domain: &str| hunt.get(domain).map_or(0, |counts| counts.0);
    let fed_by_jobs = outbound(&jobs, EU_CLOUD_REPORTS) + outbound(&jobs, STATUS_EVENTS);
    let twice = evidence.hidden_by(|mask| mask.count_ones() == 2);
    vec![
        (
            "forwarding: our threats",
            threats(hunt, OUR_DOMAIN),
            exactly(75),
        ),
        (
            "forwarding: our spoofs stay",
            threats(&forwarding, OUR_DOMAIN),
            exactly(13),
        ),
        (
            "forwarding: our sister's spoofs stay",
            threats(&forwarding, SISTER_DOMAIN),
            exactly(4),
        ),
        (
            "jobs: mail to cloudreports",
            outbound(hunt, CLOUD_REPORTS),
            exactly(268),
        ),
        (
            "jobs: mail to cloudreports that stays",
            outbound(&jobs, CLOUD_REPORTS),
            exactly(8),
        ),
        (
            "jobs: mail to the subdomains that stays",
            fed_by_jobs,
            exactly(0),
        ),
        (
            "siem: threats of alertworks",
            threats(hunt, ALERT_WORKS),
            exactly(25),
        ),
        (
            "siem: attacks of alertworks stay",
            threats(&siem, ALERT_WORKS),
            exactly(2),
        ),
        (
            "siem: threats of the European cloud stay",
            threats(&siem, EU_SIEM_CLOUD),
            exactly(0),
        ),
        (
            "siem: threats of ticketlane stay",
            threats(&siem, TICKET_LANE),
            exactly(3),
        ),
        (
            "storage: threats of the atelier stay",
            threats(&storage, ATELIER_NORD),
            exactly(0),
        ),
        (
            "storage: look-alikes of quillworks stay",
            threats(&storage, QUILL_WORKS),
            exactly(4),
        ),
        ("threats that two exclusions hide", twice.1, exactly(12)),
        (
            "outbound emails that two exclusions hide",
            twice.0,
            exactly(26),
        ),
    ]
}

fn noise(demo: &Demo, hunt: &Hunt<'_>) -> Vec<Expectation> {
    let threats = |domain: &str| hunt.get(domain).map_or(0, |counts| counts.1);
    let by_policy = |policy: &str| {
        demo.events
            .iter()
            .filter(|event| event.org_level_policy == policy)
            .count()
    };
    let mut newest: HashMap<(&str, &str), &Event> = HashMap::new();
    for event in &demo.events {
        newest.insert(
            (&event.network_message_id, &event.recipient_email_address),
            event,
        );
    }
    let latest_threats = |domain: &str| {
        newest
            .values()
            .filter(|event| is_threat(event) && event.sender_from_domain == domain)
            .count()
    };
    let second_records = demo.events.len() - newest.len();
    vec![
        (
            "phishing simulation",
            by_policy("Phishing simulation"),
            exactly(24),
        ),
        (
            "mailbox of the security team",
            by_policy("SecOps Mailbox"),
            exactly(9),
        ),
        ("newsletters", threats(CITY_BULLETIN), exactly(31)),
        ("consumer mail", threats(FREEMAIL), exactly(82)),
        (
            "non-delivery reports without a sender",
            threats(""),
            exactly(3),
        ),
        ("emails with a second record", second_records, exactly(12)),
        (
            "second look: threats of latest records",
            latest_threats(SECOND_LOOK),
            exactly(0),
        ),
        (
            "late bloom: threats of latest records",
            latest_threats(LATE_BLOOM),
            exactly(1),
        ),
    ]
}

/// What the companion tables say agrees with the events.
fn aftermath(demo: &Demo) -> Vec<Expectation> {
    let Aftermath {
        attachments,
        post_delivery_events,
        clicks,
    } = &demo.aftermath;
    let of_fabrikam: HashSet<&str> = threats(demo, FABRIKAM)
        .map(|event| &*event.network_message_id)
        .collect();
    let is_of_fabrikam = |message: &str| of_fabrikam.contains(message);
    let purged = demo
        .events
        .iter()
        .filter(|event| is_threat(event))
        .filter(|event| event.delivery_location != event.latest_delivery_location)
        .count();
    let redeliveries = post_delivery_events
        .iter()
        .filter(|event| event.action_type == "Redelivery")
        .count();
    let removed_at: HashMap<(&str, &str), Moment> = post_delivery_events
        .iter()
        .map(|event| {
            let key = (&*event.network_message_id, &*event.recipient_email_address);
            (key, event.timestamp)
        })
        .collect();
    let after_removal = clicks
        .iter()
        .filter(|click| {
            let removed = removed_at.get(&(&*click.network_message_id, &*click.account_upn));
            removed.is_some_and(|removed| *removed <= click.timestamp)
        })
        .count();
    let clicks_at_fabrikam = clicks
        .iter()
        .filter(|click| is_of_fabrikam(&click.network_message_id))
        .filter(|click| click.action_type == "ClickAllowed")
        .count();
    let past_warnings = clicks
        .iter()
        .filter(|click| click.is_clicked_through)
        .count();
    let invoices = attachments
        .iter()
        .filter(|file| file.file_name.starts_with("Invoice_L-"))
        .count();
    vec![
        ("files of threats", attachments.len(), 50..=200),
        ("litware: invoices", invoices, exactly(3)),
        (
            "purges",
            post_delivery_events.len() - redeliveries,
            exactly(purged),
        ),
        ("emails given back", redeliveries, exactly(6)),
        ("clicks", clicks.len(), 40..=80),
        ("clicks past a warning", past_warnings, 1..=10),
        ("clicks after a purge", after_removal, exactly(0)),
        (
            "fabrikam: clicks that were allowed",
            clicks_at_fabrikam,
            exactly(4),
        ),
    ]
}

/// Messages that are a threat or have link rows, but not as many as `UrlCount` says.
fn wrong_link_counts(evidence: &Evidence<'_>) -> usize {
    let wrong = |event: &&Event| {
        let listed = evidence
            .hosts
            .get(&*event.network_message_id)
            .map_or(0, Vec::len);
        let claimed = event.url_count.unwrap_or_default() as usize;
        (listed > 0 || is_threat(event)) && listed != claimed
    };
    evidence.demo.events.iter().filter(wrong).count()
}

/// Domains of the demonstration that might belong to somebody.
fn unreserved_names(demo: &Demo) -> usize {
    let ends = [
        ".example",
        ".example.com",
        ".example.net",
        ".example.org",
        ".test",
        ".invalid",
    ];
    let mut names: HashSet<String> = HashSet::new();
    for event in &demo.events {
        let columns = [
            &event.sender_from_domain,
            &event.sender_mail_from_domain,
            &event.recipient_domain,
        ];
        names.extend(columns.map(|name| name.to_lowercase()));
    }
    names.extend(demo.links.iter().map(|link| link.url_domain.to_lowercase()));
    names.remove("");
    names
        .iter()
        .filter(|name| !ends.iter().any(|end| name.ends_with(end)))
        .count()
}
