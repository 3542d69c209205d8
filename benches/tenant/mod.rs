//! The mail that is measured: generated events of one tenant, as files and as hunts.
//!
//! Here is only what comes before the clock starts; what is measured is in the benchmarks.

#![allow(dead_code, reason = "each benchmark uses a part of it")]

#[path = "../../examples/generate/synthetic/mod.rs"]
mod synthetic;

use mailhunt::events::Batch;
use mailhunt::events::input::Input;
use mailhunt::events::load::{self, CancelToken, LoadMessage};
use mailhunt::hunt::exclusion::{self, Exclusion};
use mailhunt::hunt::{Hunt, HuntBuilder};
use std::io::BufWriter;
use std::sync::Arc;
use synthetic::{Event, Moment, Stream};
use tempfile::NamedTempFile;

/// Chooses the events; any would do.
const SEED: u64 = 7;

/// A kind of file.
#[derive(Clone, Copy, Debug)]
pub enum FileKind {
    /// Comma-separated values.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// Events in a file that is gone when this is.
#[derive(Debug)]
pub struct ExportFile {
    file: NamedTempFile,
    /// Its size.
    pub bytes: u64,
}

impl ExportFile {
    /// A file of so many events of a month.
    pub fn of_a_month(kind: FileKind, events: u64) -> Self {
        Self::write(kind, Stream::new(SEED, events))
    }

    fn write(kind: FileKind, events: impl IntoIterator<Item = Event>) -> Self {
        let file = NamedTempFile::new().expect("a temporary file");
        let out = BufWriter::new(file.as_file());
        let written = match kind {
            FileKind::Csv => synthetic::write_csv(events, out),
            FileKind::JsonLines => synthetic::write_json_lines(events, out),
        };
        written.expect("room for a temporary file");
        let bytes = file.as_file().metadata().expect("its size").len();
        ExportFile { file, bytes }
    }

    /// What the program is told to load.
    pub fn input(&self) -> Input {
        Input::File(self.file.path().to_owned())
    }

    /// The batches that reading it makes.
    pub fn batches(&self) -> Vec<Batch> {
        let loading = load::start(vec![self.input()], &CancelToken::default());
        loading
            .messages
            .iter()
            .filter_map(|message| match message {
                LoadMessage::Batch { batch, .. } => Some(batch),
                LoadMessage::Finished { .. } => None,
            })
            .collect()
    }
}

/// The exclusions of the program.
pub fn built_in_exclusions() -> Arc<[Exclusion]> {
    exclusion::built_in()
        .expect("the built-in exclusions")
        .into()
}

/// Nine exclusions that match a part of the generated events each, so that domains have as many
/// different masks as in a hunt where much is switched: the built-in ones match nothing there.
const NINE_EXCLUSIONS: &str = r#"
version = 1
[[exclude]]
id = "attachments"
title = "Attachments"
match = [{ AttachmentCount = "1" }]
[[exclude]]
id = "spam"
title = "Spam"
match = [{ ThreatTypes = "Spam" }]
[[exclude]]
id = "malware"
title = "Malware"
match = [{ "ThreatTypes|contains" = "Malware" }]
[[exclude]]
id = "authenticated"
title = "Authenticated"
match = [{ "AuthenticationDetails.DMARC" = "pass" }]
[[exclude]]
id = "strangers"
title = "Strangers"
match = [{ IsFirstContact = "1" }]
[[exclude]]
id = "blocked"
title = "Blocked"
match = [{ DeliveryAction = "Blocked" }]
[[exclude]]
id = "german"
title = "German"
match = [{ EmailLanguage = "de" }]
[[exclude]]
id = "french"
title = "French"
match = [{ EmailLanguage = "fr" }]
[[exclude]]
id = "role-accounts"
title = "Role accounts"
match = [{ "SenderFromAddress|re" = '^(info|no-?reply)@' }]
"#;

/// Events of one tenant, of which only the number differs.
#[derive(Clone, Debug)]
pub struct Population {
    /// What it is called in the results.
    pub name: String,
    mail: Mail,
}

#[derive(Clone, Debug)]
enum Mail {
    /// The same mail so many times, at other times of the month.
    Repeated { events: Vec<Event>, times: u64 },
    /// One email to and one threat from each of so many domains.
    OneEach { domains: u64 },
}

/// The events that are repeated.
const REPEATED_EVENTS: u64 = 10_000;

/// The events of the month they are drawn from: it decides how many domains there are.
const EVENTS_OF_THE_MONTH: u64 = 100_000;

impl Population {
    /// So many events, a multiple of 10,000. Their domains, and what exclusions match of them, are
    /// the same however many they are.
    pub fn of_events(count: u64) -> Self {
        let every = (EVENTS_OF_THE_MONTH / REPEATED_EVENTS) as usize;
        Population {
            name: format!("{count} events"),
            mail: Mail::Repeated {
                events: Stream::new(SEED, EVENTS_OF_THE_MONTH)
                    .step_by(every)
                    .collect(),
                times: count / REPEATED_EVENTS,
            },
        }
    }

    /// So many domains, which all rank.
    pub fn of_domains(count: u64) -> Self {
        Population {
            name: format!("{count} domains"),
            mail: Mail::OneEach { domains: count },
        }
    }

    /// The hunt in all of them, with [`NINE_EXCLUSIONS`].
    pub fn hunt(&self) -> Hunt {
        let exclusions = exclusion::parse(NINE_EXCLUSIONS).expect("nine exclusions");
        let mut builder = HuntBuilder::new(exclusions.into(), 1);
        let mut add = |events: Vec<Event>| {
            let file = ExportFile::write(FileKind::Csv, events);
            for batch in file.batches() {
                builder.add_events(0, batch);
            }
        };
        match &self.mail {
            Mail::Repeated { events, times } => {
                let rounds: Vec<u64> = (0..*times).collect();
                // A few at once: many small batches would hold more than a real export does.
                for rounds in rounds.chunks(8) {
                    let shifted = |&round| {
                        events
                            .iter()
                            .cloned()
                            .map(move |event| shifted(event, round))
                    };
                    add(rounds.iter().flat_map(shifted).collect());
                }
            }
            Mail::OneEach { domains } => add((0..*domains).flat_map(exchange).collect()),
        }
        builder.complete()
    }
}

/// The event at another time of the month.
fn shifted(event: Event, round: u64) -> Event {
    /// Ticks of half a week and a bit: no two of the first thousand rounds fall together.
    const STEP: i64 = 2_718_281_828_459;
    let month = Moment::END.since(Moment::START);
    let ticks = event.timestamp.since(Moment::START) + STEP * round as i64;
    Event {
        timestamp: Moment::START.plus_ticks(ticks % month),
        ..event
    }
}

/// An email to a domain, and a threat from it.
fn exchange(domain: u64) -> [Event; 2] {
    let name = format!("d{domain}.example");
    let address = format!("info@{name}");
    let outbound = Event {
        timestamp: Moment::START.plus_seconds(domain as i64),
        email_direction: "Outbound".into(),
        recipient_email_address: address.clone().into(),
        email_language: ["en", "de", "fr"][(domain % 3) as usize].into(),
        attachment_count: Some(domain.is_multiple_of(5).into()),
        ..Event::default()
    };
    let threat = Event {
        timestamp: outbound.timestamp,
        email_direction: "Inbound".into(),
        sender_from_address: address.into(),
        sender_from_domain: name.into(),
        threat_types: ["Phish", "Spam", "Malware, Phish"][(domain / 3 % 3) as usize].into(),
        delivery_action: ["Delivered", "Junked", "Blocked"][(domain / 9 % 3) as usize].into(),
        attachment_count: Some(domain.is_multiple_of(7).into()),
        ..Event::default()
    };
    [outbound, threat]
}
