//! Messages become rows here: one for each recipient, with the identifiers that tie them together.

use super::clock::Moment;
use super::dice::Dice;
use super::event::{Event, Link, Text, domain_of};
use super::identifiers::{guid, report_id};
use super::language::Language;
use super::people::{Person, is_ours};
use super::verdict::{Authentication, Delivery, Verdict};

/// Where our own servers send from.
const OUR_GATEWAYS: [&str; 2] = ["203.0.113.10", "203.0.113.11"];

/// A message that has not been sent yet. `event` holds the columns that all of its rows share.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// The columns of the message.
    pub event: Event,
    /// Recipients.
    pub to: Vec<Person>,
    /// Recipients of a copy.
    pub cc: Vec<Person>,
    /// What is linked, with the place of each link.
    pub links: Vec<(String, &'static str)>,
    /// Whether our servers sent it.
    pub from_inside: bool,
    /// What `EmailDirection` says when it is not what the addresses suggest.
    pub direction: Option<&'static str>,
}

impl Message {
    fn new(sender: &Person, time: Moment) -> Self {
        let domain = sender.domain().to_owned();
        let mut event = Event {
            timestamp: time,
            sender_mail_from_address: sender.address.clone().into(),
            sender_from_address: sender.address.clone().into(),
            sender_display_name: sender.name.clone(),
            sender_object_id: sender.object_id.clone().into(),
            sender_mail_from_domain: domain.clone().into(),
            sender_from_domain: domain.into(),
            email_language: "en".into(),
            attachment_count: Some(0),
            url_count: Some(0),
            email_size: Some(0),
            ..Event::default()
        };
        Delivery::Inbox.write(&mut event);
        Self {
            event,
            ..Self::default()
        }
    }

    /// A message that one of our servers sends.
    pub fn from_us(sender: &Person, time: Moment, dice: &mut Dice) -> Self {
        let mut message = Self::new(sender, time);
        message.from_inside = true;
        message.event.sender_ipv4 = dice.word(&OUR_GATEWAYS).into();
        message.event.authentication_details = Authentication::Internal.details().into();
        message.sized(dice)
    }

    /// A message that reaches us from `ip`.
    pub fn from_outside(sender: &Person, time: Moment, ip: &str, dice: &mut Dice) -> Self {
        let mut message = Self::new(sender, time);
        if ip.contains(':') {
            message.event.sender_ipv6 = ip.to_owned().into();
        } else {
            message.event.sender_ipv4 = ip.to_owned().into();
        }
        message.event.authentication_details = Authentication::Pass.details().into();
        message.event.bulk_complaint_level = Some(dice.below(3) as u8);
        message.sized(dice)
    }

    fn sized(mut self, dice: &mut Dice) -> Self {
        self.event.email_size =
            Some(u64::from(dice.between(9, 64)) * 1_024 + u64::from(dice.below(64)) * 16);
        self
    }

    /// Adds a recipient.
    pub fn to(mut self, recipient: &Person) -> Self {
        self.to.push(recipient.clone());
        self
    }

    /// Adds recipients.
    pub fn addressed_to(mut self, recipients: &[&Person]) -> Self {
        self.to
            .extend(recipients.iter().map(|&recipient| recipient.clone()));
        self
    }

    /// Adds recipients of a copy.
    pub fn copied_to(mut self, recipients: &[&Person]) -> Self {
        self.cc
            .extend(recipients.iter().map(|&recipient| recipient.clone()));
        self
    }

    /// Sets the subject, its language and the cluster of like messages.
    pub fn about(mut self, subject: impl Into<Text>, language: Language, cluster: u64) -> Self {
        self.event.subject = subject.into();
        self.event.email_language = language.code().into();
        self.event.email_cluster_id = Some(cluster);
        self
    }

    /// Adds attachments, which make the message larger.
    pub fn attaching(mut self, count: u32, dice: &mut Dice) -> Self {
        self.event.attachment_count = Some(count);
        let files = u64::from(count) * u64::from(dice.between(40, 900)) * 1_024;
        self.event.email_size = self.event.email_size.map(|size| size + files);
        self
    }

    /// Adds a link in the body.
    pub fn linking(mut self, url: impl Into<String>) -> Self {
        self.links.push((url.into(), "Body"));
        self
    }

    /// Links that nobody will look at: counted, but not in `EmailUrlInfo`'s part of the export.
    pub fn with_unlisted_links(mut self, count: u32) -> Self {
        self.event.url_count = Some(count);
        self
    }

    /// Sets how well the sender proved to be who it is.
    pub fn authenticated(mut self, authentication: Authentication) -> Self {
        self.event.authentication_details = authentication.details().into();
        self
    }

    /// Sets the envelope sender, where it differs from the one shown.
    pub fn enveloped(mut self, address: impl Into<String>) -> Self {
        let address = address.into();
        self.event.sender_mail_from_domain = domain_of(&address).to_owned().into();
        self.event.sender_mail_from_address = address.into();
        self
    }

    /// Sets the verdict and where it led.
    pub fn judged(mut self, verdict: &Verdict, delivery: Delivery) -> Self {
        verdict.write(&mut self.event);
        delivery.write(&mut self.event);
        self
    }

    /// Changes other columns.
    pub fn with(mut self, change: impl FnOnce(&mut Event)) -> Self {
        change(&mut self.event);
        self
    }
}

/// Collects the rows of all messages.
#[derive(Debug)]
pub struct PostOffice {
    dice: Dice,
    /// `EmailEvents`, in the order of sending.
    pub events: Vec<Event>,
    /// `EmailUrlInfo`, in the order of sending.
    pub links: Vec<Link>,
}

impl PostOffice {
    /// An empty one; the seed decides the identifiers.
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, 0),
            events: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Sends a message and says which of the events are its rows.
    pub fn send(&mut self, message: Message) -> std::ops::Range<usize> {
        let first = self.events.len();
        let mut shared = message.event;
        let id = guid(&mut self.dice);
        let host = match &*shared.sender_from_domain {
            "" => "mailer-daemon.invalid",
            domain => domain,
        };
        shared.internet_message_id = format!("<{id}@{host}>").into();
        shared.network_message_id = id.clone().into();
        shared.to = addresses(&message.to).into();
        shared.cc = addresses(&message.cc).into();
        if !message.links.is_empty() {
            shared.url_count = Some(message.links.len() as u32);
        }
        for (number, (url, place)) in message.links.into_iter().enumerate() {
            self.links.push(Link {
                timestamp: shared.timestamp,
                network_message_id: id.clone().into(),
                url_domain: host_of(&url).to_owned().into(),
                url: url.into(),
                url_location: place.into(),
                report_id: format!("{id}-{}", number + 1).into(),
            });
        }
        for recipient in message.to.iter().chain(&message.cc) {
            let domain = recipient.domain();
            // Copies from outsiders to outsiders never pass our servers; only the Cc column knows
            // of them.
            if !message.from_inside && !is_ours(domain) {
                continue;
            }
            let direction =
                message
                    .direction
                    .unwrap_or(match (message.from_inside, is_ours(domain)) {
                        (true, true) => "Intra-org",
                        (true, false) => "Outbound",
                        (false, _) => "Inbound",
                    });
            let mut event = shared.clone();
            event.recipient_email_address = recipient.address.clone().into();
            event.recipient_object_id = recipient.object_id.clone().into();
            event.recipient_domain = domain.to_owned().into();
            event.email_direction = direction.into();
            event.report_id = report_id(&id, &recipient.address, 1).into();
            if direction == "Outbound" {
                event.authentication_details = "".into();
                if event.delivery_location == "Inbox/folder" {
                    event.delivery_location = "On-premises/external".into();
                    event.latest_delivery_location = "On-premises/external".into();
                }
            }
            self.events.push(event);
        }
        first..self.events.len()
    }

    /// How many rows have this direction.
    pub fn count(&self, direction: &str) -> usize {
        self.events
            .iter()
            .filter(|event| event.email_direction == direction)
            .count()
    }

    /// Rows and links in the order of time; rows of one moment stay as they were sent.
    pub fn close(mut self) -> (Vec<Event>, Vec<Link>) {
        self.events.sort_by_key(|event| event.timestamp);
        self.links.sort_by_key(|link| link.timestamp);
        (self.events, self.links)
    }
}

/// A cluster of like messages: a number that needs more than 32 bits now and then.
pub fn cluster(dice: &mut Dice) -> u64 {
    let number = u64::from(dice.between(100_000_000, u32::MAX - 1));
    if dice.chance(5) {
        number + (1 << 32)
    } else {
        number
    }
}

fn addresses(people: &[Person]) -> String {
    let list: Vec<&str> = people
        .iter()
        .map(|person| person.address.as_str())
        .collect();
    serde_json::to_string(&list).expect("strings are always JSON")
}

/// The host of a URL, without the user and port that may surround it.
pub fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    host.split(':').next().unwrap_or("")
}
