//! The bundled export read and hunted once more, row by row and without the library: what the
//! program must say about it. Only the lists of domains come from `assets/exclusions.toml`; the
//! exclusions themselves are written out here as their descriptions have them.

use csv::ByteRecord;
use flate2::read::GzDecoder;
use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

/// The ids of the built-in exclusions, in their order.
pub const IDS: [&str; 9] = [
    "internal-forwarding",
    "scheduled-jobs",
    "siem-soar",
    "cloud-storage-links",
    "superseded",
    "own-domains",
    "phishing-simulation",
    "consumer-mail",
    "spam-only",
];

/// The automation whose mail to report services counts for nothing.
const JOB_SENDERS: &str = "(?i)^(root|cron|ansible|awx|jenkins|nagios|zabbix|backup|scheduler|automation|reports?|\
    monitoring|splunk|svc[-_.][^@]*|no-?reply)([+._-][^@]*)?@";

/// A row of the ranking: domain, outbound emails, incoming emails with threats.
pub type Ranked = (Vec<u8>, u64, u64);

/// An event that the hunt counts.
struct Event {
    record: ByteRecord,
    outbound: bool,
    domain: Vec<u8>,
    /// For each exclusion whether it matches.
    met: [bool; IDS.len()],
}

/// The bundled export.
pub struct Demo {
    pub header: ByteRecord,
    events: Vec<Event>,
}

/// The bundled export, read once for all tests of a file.
pub fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(Demo::read)
}

fn records(packed: &[u8]) -> (ByteRecord, Vec<ByteRecord>) {
    let mut reader = csv::Reader::from_reader(GzDecoder::new(packed));
    let header = reader.byte_headers().expect("a header").clone();
    let rows = reader.byte_records().map(|row| row.expect("a row"));
    (header, rows.collect())
}

impl Demo {
    fn read() -> Demo {
        let (header, rows) = records(include_bytes!("../../assets/demo/EmailEvents.csv.gz"));
        let (link_header, links) = records(include_bytes!("../../assets/demo/EmailUrlInfo.csv.gz"));
        let mut hosts: HashMap<Vec<u8>, Vec<String>> = HashMap::new();
        for link in &links {
            let link = Row(&link_header, link);
            let message = link.cell("NetworkMessageId").to_vec();
            hosts
                .entry(message)
                .or_default()
                .push(link.folded("UrlDomain"));
        }
        let definitions = include_str!("../../assets/exclusions.toml")
            .parse::<toml::Table>()
            .expect("valid");
        let rules = Rules {
            lists: &definitions["lists"],
            jobs: Regex::new(JOB_SENDERS).expect("valid"),
            hosts: &hosts,
            own: own_domains(&header, &rows),
        };
        let superseded = superseded(&header, &rows);
        let events = rows.into_iter().enumerate().filter_map(|(place, record)| {
            let row = Row(&header, &record);
            let outbound = match row.cell("EmailDirection") {
                b"Outbound" => true,
                b"Inbound" if !row.cell("ThreatTypes").is_empty() => false,
                _ => return None,
            };
            let domain = if outbound {
                row.recipient_domain().to_vec()
            } else {
                row.cell("SenderFromDomain").to_vec()
            };
            let mut met = rules.met(row, outbound, &domain);
            met[4] = superseded[place];
            Some(Event {
                record,
                outbound,
                domain,
                met,
            })
        });
        Demo {
            events: events.collect(),
            header,
        }
    }

    /// The ranking with these exclusions on.
    pub fn ranking(&self, active: &[&str]) -> Vec<Ranked> {
        let mut counts: BTreeMap<&[u8], (u64, u64)> = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.is_counted(active)) {
            let (outbound, threats) = counts.entry(&event.domain).or_default();
            *(if event.outbound { outbound } else { threats }) += 1;
        }
        let mut ranking: Vec<Ranked> = counts
            .into_iter()
            .filter(|(_, (outbound, threats))| *outbound > 0 && *threats > 0)
            .map(|(domain, (outbound, threats))| (domain.to_vec(), outbound, threats))
            .collect();
        ranking.sort_by(|a, b| (b.1, b.2, &a.0).cmp(&(a.1, a.2, &b.0)));
        ranking
    }

    /// The threat emails of a domain that these exclusions leave, newest first.
    pub fn emails(&self, domain: &str, active: &[&str]) -> Vec<&ByteRecord> {
        let mut emails: Vec<&Event> = self
            .events
            .iter()
            .filter(|event| !event.outbound && event.domain == domain.as_bytes())
            .filter(|event| event.is_counted(active))
            .collect();
        // To the second; those of one second stay in the order of the file.
        let second =
            |event: &Event| Row(&self.header, &event.record).cell("Timestamp")[..19].to_vec();
        emails.sort_by_key(|event| std::cmp::Reverse(second(event)));
        emails.into_iter().map(|event| &event.record).collect()
    }
}

impl Event {
    fn is_counted(&self, active: &[&str]) -> bool {
        !(0..IDS.len()).any(|index| self.met[index] && active.contains(&IDS[index]))
    }
}

/// A record with the names of its cells.
#[derive(Clone, Copy)]
struct Row<'r>(&'r ByteRecord, &'r ByteRecord);

impl<'r> Row<'r> {
    fn cell(self, name: &str) -> &'r [u8] {
        let index = self.0.iter().position(|known| known == name.as_bytes());
        index.map_or(b"", |index| &self.1[index])
    }

    fn folded(self, name: &str) -> String {
        String::from_utf8_lossy(self.cell(name)).to_lowercase()
    }

    /// The text or the JSON under a key of a cell that holds an object, or a list of them.
    fn json(self, name: &str, key: &str) -> Option<String> {
        let objects = match serde_json::from_slice(self.cell(name)).ok()? {
            Value::Array(objects) => objects,
            object => vec![object],
        };
        let entries = objects.iter().filter_map(Value::as_object).flatten();
        let mut values = entries.filter(|(known, _)| known.eq_ignore_ascii_case(key));
        match values.next()?.1 {
            Value::Null => None,
            Value::String(text) => Some(text.to_lowercase()).filter(|text| !text.is_empty()),
            other => Some(other.to_string().to_lowercase()),
        }
    }

    fn header(self, name: &str) -> Option<String> {
        self.json("AdditionalFields", name)
    }

    fn recipient_domain(self) -> &'r [u8] {
        let mut pieces = self
            .cell("RecipientEmailAddress")
            .split(|&byte| byte == b'@');
        pieces.nth(1).unwrap_or_default()
    }

    fn authentication(self, method: &str) -> Option<String> {
        self.json("AuthenticationDetails", method)
    }

    fn authentication_fails(self) -> bool {
        ["DMARC", "CompAuth"]
            .iter()
            .any(|method| self.authentication(method).as_deref() == Some("fail"))
    }
}

/// The tools whose name in a header marks the mail of a scheduled job.
const TOOLS: [&str; 7] = [
    "ansible", "awx", "cron", "jenkins", "nagios", "splunk", "zabbix",
];

/// For each row whether a later one, or one of the same time that stands after it, tells of the same message
/// and recipient.
fn superseded(header: &ByteRecord, rows: &[ByteRecord]) -> Vec<bool> {
    let mut latest: HashMap<[&[u8]; 2], (&[u8], usize)> = HashMap::new();
    let mut superseded = vec![false; rows.len()];
    for (place, record) in rows.iter().enumerate() {
        let key = [
            cell(header, record, "NetworkMessageId"),
            cell(header, record, "RecipientEmailAddress"),
        ];
        if key.iter().any(|part| part.is_empty()) {
            continue;
        }
        // As text: all times of the demonstration are spelled alike.
        let time = cell(header, record, "Timestamp");
        match latest.get(&key).copied() {
            Some((known, _)) if known > time => superseded[place] = true,
            Some((_, other)) => {
                superseded[other] = true;
                latest.insert(key, (time, place));
            }
            None => {
                latest.insert(key, (time, place));
            }
        }
    }
    superseded
}

fn cell<'r>(header: &ByteRecord, record: &'r ByteRecord, name: &str) -> &'r [u8] {
    let index = header.iter().position(|known| known == name.as_bytes());
    index.map_or(b"", |index| &record[index])
}

/// The sender domains of outbound and intra-org mail.
fn own_domains(header: &ByteRecord, rows: &[ByteRecord]) -> BTreeSet<String> {
    let ours = rows.iter().filter(|record| {
        let forwarded = cell(header, record, "ForwardingInformation");
        match cell(header, record, "EmailDirection") {
            b"Outbound" => matches!(forwarded.trim_ascii(), b"" | b"[]" | b"{}" | b"null"),
            direction => direction == b"Intra-org",
        }
    });
    let domains = ours.map(|record| cell(header, record, "SenderFromDomain").to_ascii_lowercase());
    let domains = domains.filter(|domain| !domain.is_empty());
    domains
        .map(|domain| String::from_utf8_lossy(&domain).into_owned())
        .collect()
}

/// The exclusions but for that of superseded records.
struct Rules<'r> {
    lists: &'r toml::Value,
    jobs: Regex,
    hosts: &'r HashMap<Vec<u8>, Vec<String>>,
    own: BTreeSet<String>,
}

impl Rules<'_> {
    fn met(&self, row: Row<'_>, outbound: bool, partner: &[u8]) -> [bool; IDS.len()] {
        let partner = String::from_utf8_lossy(partner).to_lowercase();
        let is_simulation = |policy: &str| {
            ["phishing simulation", "secops mailbox"].contains(&row.folded(policy).as_str())
        };
        [
            Self::internal_forwarding(row),
            outbound && self.scheduled_job(row),
            !outbound && self.siem_or_soar(row),
            self.cloud_storage(row),
            false,
            self.own
                .contains(partner.strip_suffix('.').unwrap_or(&partner)),
            is_simulation("OrgLevelPolicy") || is_simulation("UserLevelPolicy"),
            self.list("consumer-mail")
                .any(|consumer| consumer == partner),
            !outbound && row.folded("ThreatTypes") == "spam",
        ]
    }

    fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        let list = self.lists[name].as_array().expect("a list");
        list.iter().filter_map(toml::Value::as_str)
    }

    fn is_listed(&self, domain: &str, list: &str) -> bool {
        self.list(list)
            .any(|listed| domain == listed || domain.ends_with(&format!(".{listed}")))
    }

    fn internal_forwarding(row: Row<'_>) -> bool {
        let sender = row.folded("SenderFromDomain");
        let recipient = String::from_utf8_lossy(row.recipient_domain()).to_lowercase();
        let marked = !["", "[]", "{}", "null"]
            .contains(&row.folded("ForwardingInformation").trim())
            || row.header("ForwardedFrom").is_some()
            || row
                .header("X-MS-Exchange-Organization-ForwardedFrom")
                .is_some();
        !sender.is_empty() && sender == recipient && marked && !row.authentication_fails()
    }

    fn scheduled_job(&self, row: Row<'_>) -> bool {
        let recipient = String::from_utf8_lossy(row.recipient_domain()).to_lowercase();
        let sender = String::from_utf8_lossy(row.cell("SenderFromAddress"));
        let names_a_tool = |header| {
            row.header(header).is_some_and(|value| {
                value
                    .split(|character: char| !character.is_ascii_alphanumeric())
                    .any(|word| TOOLS.contains(&word))
            })
        };
        (self.is_listed(&recipient, "report-services") && self.jobs.is_match(&sender))
            || names_a_tool("X-MS-Exchange-Organization-Source")
            || names_a_tool("X-MS-Exchange-Organization-Message-Id")
    }

    fn siem_or_soar(&self, row: Row<'_>) -> bool {
        let vendor = self.is_listed(&row.folded("SenderFromDomain"), "siem-vendors")
            && row.authentication("DMARC").as_deref() == Some("pass");
        let marked =
            row.header("X-Siem-Alert").is_some() || row.header("X-SOAR-Notification").is_some();
        (vendor || marked) && !row.authentication_fails()
    }

    fn cloud_storage(&self, row: Row<'_>) -> bool {
        let hosts = self.hosts.get(row.cell("NetworkMessageId"));
        let only_storage = hosts.is_some_and(|hosts| {
            hosts
                .iter()
                .all(|host| self.is_listed(host, "cloud-storage"))
        });
        let marked = row
            .header("X-MS-Exchange-Organization-Cloud-Storage")
            .is_some();
        let detections = row.folded("DetectionMethods");
        let found_bad = [
            "url detonation",
            "url malicious reputation",
            "file detonation",
            "file reputation",
            "antimalware",
            "malware",
        ]
        .iter()
        .any(|method| detections.contains(method));
        (only_storage || marked)
            && !row.authentication_fails()
            && !found_bad
            && !row.folded("ThreatTypes").contains("malware")
    }
}
