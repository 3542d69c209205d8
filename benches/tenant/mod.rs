//! The mail that is measured: generated events of one tenant, as files and as hunts.
//!
//! Here is only what comes before the clock starts; what is measured is in the benchmarks.

#![allow(dead_code, reason = "each benchmark uses a part of it")]

#[path = "../../examples/generate/synthetic/mod.rs"]
mod synthetic;

mod parquet_file;

use flate2::Compression;
use flate2::write::GzEncoder;
use mailhunt::events::Batch;
use mailhunt::events::batch::builder::BatchBuilder;
use mailhunt::events::input::Input;
use mailhunt::events::load::{self, CancelToken, LoadMessage};
use mailhunt::hunt::exclusion::{self, Exclusion};
use mailhunt::hunt::{Hunt, HuntBuilder};
use std::borrow::Cow;
use std::io::BufWriter;
use std::sync::Arc;
use synthetic::{Cell, Event, Moment, Row, Stream};
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
    /// Comma-separated values packed with gzip.
    GzipCsv,
    /// Parquet with Snappy.
    Parquet,
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
            FileKind::Parquet => {
                parquet_file::write_parquet(events, out).expect("a temporary file");
                Ok(0)
            }
            FileKind::Csv => synthetic::write_csv(events, out),
            FileKind::JsonLines => synthetic::write_json_lines(events, out),
            FileKind::GzipCsv => {
                synthetic::write_csv(events, GzEncoder::new(out, Compression::default()))
            }
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
                LoadMessage::TakenApart { rows, .. } => rows.emails,
                LoadMessage::Passed { .. } | LoadMessage::Finished { .. } => None,
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
    /// So many emails to and from each of so many domains.
    Spread { domains: u64, each: u64 },
}

/// The events that are repeated.
const REPEATED_EVENTS: u64 = 10_000;

/// The events of the month they are drawn from: it decides how many domains there are.
const EVENTS_OF_THE_MONTH: u64 = 100_000;

/// The columns that the exclusions and the panes look at. The others would only take memory.
const COLUMNS: [&str; 12] = [
    "Timestamp",
    "EmailDirection",
    "SenderFromAddress",
    "SenderFromDomain",
    "RecipientEmailAddress",
    "Subject",
    "ThreatTypes",
    "DeliveryAction",
    "AuthenticationDetails",
    "AttachmentCount",
    "EmailLanguage",
    "IsFirstContact",
];

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

    /// So many domains, which all rank, with so many emails each that all count.
    pub fn of_domains(domains: u64, each: u64) -> Self {
        Population {
            name: format!("{domains} domains, {} events", domains * each),
            mail: Mail::Spread { domains, each },
        }
    }

    /// The hunt in all of them, with [`NINE_EXCLUSIONS`].
    pub fn hunt(&self) -> Hunt {
        self.counted().complete()
    }

    /// All of them, counted, while more could come.
    pub fn counted(&self) -> HuntBuilder {
        let exclusions = exclusion::parse(NINE_EXCLUSIONS).expect("nine exclusions");
        let mut builder = HuntBuilder::new(exclusions.into(), 1);
        let mut rows = Rows::new();
        match &self.mail {
            Mail::Repeated { events, times } => {
                for round in 0..*times {
                    for event in events {
                        rows.add(&shifted(event.clone(), round), &mut builder);
                    }
                }
            }
            Mail::Spread { domains, each } => {
                for email in 0..domains * each {
                    rows.add(&exchanged(email % domains, email / domains), &mut builder);
                }
            }
        }
        rows.close(&mut builder);
        builder
    }
}

/// Counts a few more emails, such as come between two looks at a ranking.
pub fn count_more(builder: &mut HuntBuilder, domains: u64, emails: u64) {
    let mut rows = Rows::new();
    for email in 0..emails {
        rows.add(&exchanged(email % domains, email), builder);
    }
    rows.close(builder);
}

/// Events on their way to a hunt.
struct Rows {
    batch: BatchBuilder,
    /// The places of the columns among those of an event.
    places: Vec<usize>,
}

impl Rows {
    fn new() -> Self {
        let names: Vec<&str> = Event::default().cells().iter().map(|cell| cell.0).collect();
        let place = |column: &&str| names.iter().position(|name| name == column);
        Rows {
            batch: BatchBuilder::new(COLUMNS.map(str::to_owned).to_vec()),
            places: COLUMNS.iter().filter_map(place).collect(),
        }
    }

    fn add(&mut self, event: &Event, builder: &mut HuntBuilder) {
        let cells = event.cells();
        let texts = self.places.iter().map(|&place| text_of(cells[place].1));
        let texts: Vec<Cow<'_, str>> = texts.collect();
        self.batch
            .push_row(texts.iter().map(|text| text.as_bytes()));
        if self.batch.is_full() {
            self.close(builder);
        }
    }

    fn close(&mut self, builder: &mut HuntBuilder) {
        if let Some(batch) = self.batch.take() {
            builder.add_events(0, batch);
        }
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

/// One of the emails to and from a domain: the first is to it, the second from it, and of the others nine of
/// ten are to it.
fn exchanged(domain: u64, number: u64) -> Event {
    const MONTH: u64 = 30 * 24 * 3600;
    let name = format!("d{domain}.example");
    let address = format!("info{}@{name}", number % 7);
    // Some number that differs between neighbours.
    let chance = (domain * 31 + number * 17).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let seconds = (domain * 7919 + number * 26_417) % MONTH;
    let event = Event {
        timestamp: Moment::START.plus_seconds(seconds as i64),
        attachment_count: Some(chance.is_multiple_of(6).into()),
        email_language: ["en", "en", "en", "de", "fr"][(chance / 6 % 5) as usize].into(),
        ..Event::default()
    };
    if number != 1 && (number < 2 || number % 10 != 3) {
        return Event {
            email_direction: "Outbound".into(),
            recipient_email_address: address.into(),
            sender_from_address: "sales@contoso.example".into(),
            sender_from_domain: "contoso.example".into(),
            ..event
        };
    }
    Event {
        email_direction: "Inbound".into(),
        sender_from_address: address.into(),
        sender_from_domain: name.into(),
        recipient_email_address: "sales@contoso.example".into(),
        threat_types: ["Phish", "Spam", "Malware, Phish"][(chance / 30 % 3) as usize].into(),
        delivery_action: ["Delivered", "Junked", "Blocked"][(chance / 90 % 3) as usize].into(),
        ..event
    }
}

/// A cell as it stands in CSV.
fn text_of(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) | Cell::Array(text) => Cow::Borrowed(text),
        Cell::Flag(flag) => Cow::Borrowed(if flag { "1" } else { "0" }),
        Cell::Missing => Cow::Borrowed(""),
        Cell::Number(number) => Cow::Owned(number.to_string()),
        Cell::Time(time) => Cow::Owned(time.to_string()),
    }
}
