//! A stream of any length, for measuring: the columns and cardinalities of a large tenant, without
//! stories. It holds one message at a time.

use super::clock::Moment;
use super::dice::Dice;
use super::event::Event;
use super::identifiers::{guid, object_id, report_id};
use super::partners::{address_of, ordinary_domain, ordinary_language};
use super::people::OUR_DOMAIN;
use super::subjects;
use super::verdict::{Authentication, Delivery, Verdict};

/// Domains that [`ordinary_domain`] tells apart.
const NAMED_DOMAINS: u32 = 1_200;

const FIRST_NAMES: [&str; 12] = [
    "Alice", "Bjorn", "Chloe", "Dmitri", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas",
    "Kwame", "Lucia",
];
const LAST_NAMES: [&str; 12] = [
    "Andersen",
    "Baptiste",
    "Calloway",
    "Dvorak",
    "Eriksen",
    "Figueira",
    "Gallagher",
    "Haddad",
    "Iversen",
    "Kessler",
    "Lindgren",
    "Montoya",
];

/// Events one after the other, in the order of time. The same seed and count give the same events.
#[derive(Clone, Debug)]
pub struct Stream {
    dice: Dice,
    /// Which event comes next.
    number: u64,
    count: u64,
    /// Ticks from one event to the next.
    step: u64,
    partners: u32,
    mailboxes: u32,
    message: Event,
    /// Whether our side sends the message, and what its other recipients are.
    direction: Direction,
    recipients_left: u32,
    partner: u32,
    /// Those it has gone to: it goes to nobody twice.
    recipients: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Inbound,
    Outbound,
    IntraOrg,
}

impl Stream {
    /// `count` events, chosen by `seed`.
    pub fn new(seed: u64, count: u64) -> Self {
        let window = Moment::END.since(Moment::START) as u64;
        Self {
            dice: Dice::new(seed, 1),
            number: 0,
            count,
            step: (window / count.max(1)).max(1),
            partners: (count / 200).clamp(50, 200_000) as u32,
            mailboxes: (count / 400).clamp(60, 50_000) as u32,
            message: Event::default(),
            direction: Direction::Inbound,
            recipients_left: 0,
            partner: 0,
            recipients: Vec::new(),
        }
    }

    fn compose(&mut self, time: Moment) {
        let dice = &mut self.dice;
        self.direction = match dice.below(100) {
            0..=61 => Direction::Inbound,
            62..=85 => Direction::Outbound,
            _ => Direction::IntraOrg,
        };
        self.recipients_left = [1, 1, 1, 1, 1, 1, 1, 2, 2, 3][dice.below(10) as usize];
        self.recipients.clear();
        self.partner = dice.zipf(self.partners);
        let inbound = self.direction == Direction::Inbound;
        let id = guid(dice);
        let (name, address, object) = if inbound {
            let (name, address) = outsider(self.partner, dice);
            (name, address, String::new())
        } else {
            insider(dice.below(self.mailboxes))
        };
        let domain = address
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain)
            .to_owned();
        let mut event = Event {
            timestamp: time,
            internet_message_id: joined(&["<", &id[..23], "@", &domain, ">"]).into(),
            network_message_id: id.into(),
            sender_mail_from_address: address.clone().into(),
            sender_from_address: address.into(),
            sender_display_name: name.into(),
            sender_object_id: object.into(),
            sender_mail_from_domain: domain.clone().into(),
            sender_from_domain: domain.into(),
            subject: subjects::business(ordinary_language(self.partner), dice).into(),
            email_cluster_id: Some(u64::from(dice.between(100_000_000, u32::MAX - 1))),
            attachment_count: Some(u32::from(dice.chance(20))),
            url_count: Some(dice.below(5)),
            email_language: ordinary_language(self.partner).code().into(),
            email_size: Some(u64::from(dice.between(8_000, 900_000))),
            cc: "[]".into(),
            ..Event::default()
        };
        event.email_direction = match self.direction {
            Direction::Inbound => "Inbound",
            Direction::Outbound => "Outbound",
            Direction::IntraOrg => "Intra-org",
        }
        .into();
        Delivery::Inbox.write(&mut event);
        match self.direction {
            Direction::Inbound => {
                let address = address_of(self.partner % 60_000);
                if address.contains(':') {
                    event.sender_ipv6 = address.into();
                } else {
                    event.sender_ipv4 = address.into();
                }
                event.bulk_complaint_level = Some(dice.below(4) as u8);
                event.is_first_contact = Some(dice.chance(8));
                let threat = dice.chance(5);
                event.authentication_details = authentication(threat, dice).details().into();
                if threat {
                    let verdict = Verdict::any(dice);
                    verdict.write(&mut event);
                    verdict.usual_delivery(dice).write(&mut event);
                }
            }
            Direction::Outbound => {
                event.sender_ipv4 = "203.0.113.10".into();
                event.delivery_location = "On-premises/external".into();
                event.latest_delivery_location = "On-premises/external".into();
            }
            Direction::IntraOrg => {
                event.sender_ipv4 = "203.0.113.11".into();
                event.authentication_details = Authentication::Internal.details().into();
            }
        }
        self.message = event;
    }

    /// The address of the next recipient, and its object id.
    fn recipient(&mut self) -> (String, String) {
        let (address, object) = loop {
            let (address, object) = if self.direction == Direction::Outbound {
                (outsider(self.partner, &mut self.dice).1, String::new())
            } else {
                let (_, address, object) = insider(self.dice.below(self.mailboxes));
                (address, object)
            };
            if !self.recipients.contains(&address) {
                break (address, object);
            }
        };
        self.recipients.push(address.clone());
        (address, object)
    }
}

impl Iterator for Stream {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if self.number == self.count {
            return None;
        }
        let ticks = self.number * self.step + self.dice.bits() % self.step;
        self.number += 1;
        if self.recipients_left == 0 {
            self.compose(Moment::START.plus_ticks(ticks as i64));
        }
        self.recipients_left -= 1;
        // The last row of a message needs no copy of it.
        let mut event = if self.recipients_left == 0 {
            std::mem::take(&mut self.message)
        } else {
            self.message.clone()
        };
        let (address, object) = self.recipient();
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        event.recipient_domain = domain.to_owned().into();
        event.to = joined(&["[\"", &address, "\"]"]).into();
        event.report_id = report_id(&event.network_message_id, &address, 1).into();
        event.recipient_email_address = address.into();
        event.recipient_object_id = object.into();
        Some(event)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.count - self.number) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Stream {}

fn joined(parts: &[&str]) -> String {
    let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Somebody at a partner: name and address.
fn outsider(partner: u32, dice: &mut Dice) -> (String, String) {
    let domain = ordinary_domain(partner % NAMED_DOMAINS);
    let domain = if partner < NAMED_DOMAINS {
        domain
    } else {
        joined(&["b", &(partner / NAMED_DOMAINS).to_string(), ".", &domain])
    };
    let (first, last) = (dice.word(&FIRST_NAMES), dice.word(&LAST_NAMES));
    let mut address = joined(&[first, ".", last, "@", &domain]);
    // A few servers write their own name with a capital.
    if dice.below(400) > 0 {
        address.make_ascii_lowercase();
    } else {
        address = joined(&["info@", &domain[..1].to_ascii_uppercase(), &domain[1..]]);
    }
    (joined(&[first, " ", last]), address)
}

/// Somebody of ours: name, address and object id.
fn insider(mailbox: u32) -> (String, String, String) {
    let first = FIRST_NAMES[(mailbox % 12) as usize];
    let last = LAST_NAMES[(mailbox / 12 % 12) as usize];
    let mut address = joined(&[
        first,
        ".",
        last,
        &(mailbox / 144).to_string(),
        "@",
        OUR_DOMAIN,
    ]);
    address.make_ascii_lowercase();
    (
        joined(&[first, " ", last]),
        address,
        object_id(mailbox as usize),
    )
}

fn authentication(threat: bool, dice: &mut Dice) -> Authentication {
    match (threat, dice.below(10)) {
        (true, 0..=4) => Authentication::Fail,
        (_, 5) => Authentication::None,
        (_, 6) => Authentication::BestGuess,
        _ => Authentication::Pass,
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::write_csv;
    use super::*;

    #[test]
    fn the_stream_has_the_shares_of_a_tenant() {
        let events: Vec<Event> = Stream::new(7, 20_000).collect();
        assert_eq!(events.len(), 20_000);
        assert!(events.is_sorted_by_key(|event| event.timestamp));
        assert!(events.iter().all(|event| event.timestamp < Moment::END));
        let share = |direction: &str| {
            events
                .iter()
                .filter(|event| event.email_direction == direction)
                .count()
                / 200
        };
        assert!(
            (60..=64).contains(&share("Inbound")),
            "inbound {} %",
            share("Inbound")
        );
        assert!(
            (22..=26).contains(&share("Outbound")),
            "outbound {} %",
            share("Outbound")
        );
        let threats = events
            .iter()
            .filter(|event| !event.threat_types.is_empty())
            .count();
        assert!((480..=760).contains(&threats), "{threats} threats");
    }

    #[test]
    fn no_message_goes_to_the_same_recipient_twice() {
        let events = Stream::new(7, 20_000);
        let mut seen = std::collections::HashSet::new();
        for event in events {
            let (message, recipient) = (event.network_message_id, event.recipient_email_address);
            assert!(seen.insert((message, recipient)));
        }
    }

    #[test]
    fn rows_have_the_usual_size() {
        let mut file = Vec::new();
        write_csv(Stream::new(7, 2_000), &mut file).expect("memory");
        assert!(
            (550..=650).contains(&(file.len() / 2_000)),
            "{} bytes a row",
            file.len() / 2_000
        );
    }
}
