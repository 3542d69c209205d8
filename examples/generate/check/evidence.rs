//! The hunt and the built-in exclusions, written anew and in short: what the program says can be
//! compared with it.

use std::collections::{BTreeMap, HashMap};

use crate::synthetic::{Demo, Event};

/// The built-in exclusions.
pub const EXCLUSIONS: [&str; 4] = [
    "internal-forwarding",
    "scheduled-jobs",
    "siem-soar",
    "cloud-storage-links",
];

/// Outbound emails and inbound threats of a domain.
pub type Hunt<'a> = BTreeMap<&'a str, (usize, usize)>;

/// The demonstration with what the exclusions need to know.
pub struct Evidence<'a> {
    /// The demonstration.
    pub demo: &'a Demo,
    /// The hosts that each message links to.
    pub hosts: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Evidence<'a> {
    /// Gathers it.
    pub fn new(demo: &'a Demo) -> Self {
        let mut hosts: HashMap<&str, Vec<&str>> = HashMap::new();
        for link in &demo.links {
            hosts
                .entry(&link.network_message_id)
                .or_default()
                .push(&link.url_domain);
        }
        Self { demo, hosts }
    }

    /// Which exclusions match an email, one bit for each.
    pub fn mask(&self, event: &Event) -> u8 {
        let within = |domain: &str, parent: &str| {
            domain
                .strip_suffix(parent)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let outbound = event.email_direction == "Outbound";
        let authentication = &event.authentication_details;
        let failed = authentication.contains(r#""DMARC":"fail""#)
            || authentication.contains(r#""CompAuth":"fail""#);
        let header = |name: &str| event.additional_fields.contains(name);

        let same_domain = event
            .sender_from_domain
            .eq_ignore_ascii_case(&event.recipient_domain);
        let forwarded = !event.forwarding_information.is_empty() || header("ForwardedFrom");
        let forwarding = same_domain && forwarded && !failed;

        let service = ["cloudreports.example", "statusboard.example"];
        let local = event
            .sender_from_address
            .split('@')
            .next()
            .unwrap_or_default();
        let job = ["root", "cron", "jenkins", "svc-backup", "monitoring"].contains(&local)
            && service
                .iter()
                .any(|parent| within(&event.recipient_domain, parent));
        let jobs = outbound && (job || header("X-MS-Exchange-Organization-Source"));

        let tool = ["alertworks.example", "siemcloud.example"];
        let passed = authentication.contains(r#""DMARC":"pass""#);
        let alert = passed
            && tool
                .iter()
                .any(|parent| within(&event.sender_from_domain, parent));
        let siem = !outbound && (alert || header("X-SOAR-Notification")) && !failed;

        let condemned = [
            "URL detonation",
            "URL malicious reputation",
            "File detonation",
            "File reputation",
            "Antimalware",
        ]
        .iter()
        .any(|method| event.detection_methods.contains(method));
        let stored = self
            .hosts
            .get(&*event.network_message_id)
            .is_some_and(|hosts| hosts.iter().all(|host| within(host, "filedrop.example")));
        let storage = stored && !failed && !condemned && !event.threat_types.contains("Malware");

        u8::from(forwarding) | u8::from(jobs) << 1 | u8::from(siem) << 2 | u8::from(storage) << 3
    }

    /// The domains that rank while the exclusions in `active` are on.
    pub fn hunt(&self, active: u8) -> Hunt<'a> {
        let mut hunt = Hunt::new();
        for event in &self.demo.events {
            if self.mask(event) & active != 0 {
                continue;
            }
            if event.email_direction == "Outbound" {
                let domain = event
                    .recipient_email_address
                    .split('@')
                    .nth(1)
                    .unwrap_or_default();
                hunt.entry(domain).or_default().0 += 1;
            } else if is_threat(event) {
                hunt.entry(&*event.sender_from_domain).or_default().1 += 1;
            }
        }
        hunt.retain(|_, (outbound, threats)| *outbound > 0 && *threats > 0);
        hunt
    }

    /// Emails that these exclusions, and perhaps others, hide: outbound and threats.
    pub fn hidden_by(&self, matches: impl Fn(u8) -> bool) -> (usize, usize) {
        let hidden = |event: &&Event| matches(self.mask(event));
        let events = &self.demo.events;
        let outbound = events
            .iter()
            .filter(|event| event.email_direction == "Outbound")
            .filter(hidden)
            .count();
        (
            outbound,
            events
                .iter()
                .filter(|event| is_threat(event))
                .filter(hidden)
                .count(),
        )
    }
}

/// An inbound email with a verdict.
pub fn is_threat(event: &Event) -> bool {
    event.email_direction == "Inbound" && !event.threat_types.is_empty()
}
