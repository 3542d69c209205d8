//! What came of the threats: their files, the clicks on their links, the clean-ups after their delivery.
//!
//! It follows from the finished events and links, with dice of its own: they stay as they are without it.

use std::collections::HashMap;

use super::clock::Moment;
use super::companion_rows::{Attachment, Click, PostDeliveryEvent};
use super::dice::Dice;
use super::event::{Event, Link, Text};
use super::stories::{AWARENESS_DRILL, FABRIKAM, LITWARE};

/// Rows of the companion tables of `EmailEvents` but the links, each by time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aftermath {
    /// `EmailAttachmentInfo`: the files of threats. As with links, the export lists no others.
    pub attachments: Vec<Attachment>,
    /// `EmailPostDeliveryEvents`.
    pub post_delivery_events: Vec<PostDeliveryEvent>,
    /// `UrlClickEvents`.
    pub clicks: Vec<Click>,
}

/// When fabrikam's phish was purged from the inboxes: the Tuesday after the weekend.
const PURGE_OF_FABRIKAM: Moment = Moment::on(28, 7).plus_seconds(41 * 60);

impl Aftermath {
    /// What came of these events, which link there.
    pub fn of(events: &[Event], links: &[Link], seed: u64) -> Self {
        let mut links_of: HashMap<&str, Vec<&Link>> = HashMap::new();
        for link in links {
            links_of
                .entry(&link.network_message_id)
                .or_default()
                .push(link);
        }
        let mut aftermath = Self::default();
        let mut dice = Dice::new(seed, 200);
        let mut readers_of_fabrikam = 0;
        for event in events
            .iter()
            .filter(|event| event.email_direction == "Inbound")
        {
            if was_given_back(event) {
                aftermath.post_delivery_events.push(redelivery(event));
            }
            if event.threat_types.is_empty() {
                continue;
            }
            for number in 0..event.attachment_count.unwrap_or_default() {
                aftermath.attachments.push(attachment(event, number, seed));
            }
            let purge = purge(event, &mut dice);
            let purged_at = purge.as_ref().map_or(Moment::END, |purge| purge.timestamp);
            aftermath.post_delivery_events.extend(purge);
            let reads_it = match &*event.sender_from_domain {
                FABRIKAM if event.delivery_action == "Delivered" => {
                    readers_of_fabrikam += 1;
                    readers_of_fabrikam % 4 == 1
                }
                FABRIKAM => false,
                AWARENESS_DRILL => dice.chance(40),
                _ if event.delivery_action == "Delivered" => dice.chance(25),
                _ if event.delivery_action == "Junked" => dice.chance(3),
                _ => false,
            };
            let link = links_of
                .get(&*event.network_message_id)
                .and_then(|links| links.first());
            if let (Some(link), true) = (link, reads_it) {
                let clicks = clicks(event, link, purged_at, &mut dice);
                aftermath.clicks.extend(clicks);
            }
        }
        aftermath
            .post_delivery_events
            .sort_by_key(|event| event.timestamp);
        aftermath.clicks.sort_by_key(|click| click.timestamp);
        aftermath
    }
}

/// Whether this is the later record of an email that was taken for a threat.
fn was_given_back(event: &Event) -> bool {
    event.threat_types.is_empty()
        && event.delivery_action == "Blocked"
        && event.latest_delivery_action == "Delivered"
}

fn redelivery(event: &Event) -> PostDeliveryEvent {
    PostDeliveryEvent {
        timestamp: event.timestamp,
        action: "Reprocessed".into(),
        action_type: "Redelivery".into(),
        source_location: "Quarantine".into(),
        ..post_delivery_event(event)
    }
}

/// The zero-hour auto purge, for an email that lay in the inbox and does no longer.
fn purge(event: &Event, dice: &mut Dice) -> Option<PostDeliveryEvent> {
    if event.delivery_location == event.latest_delivery_location {
        return None;
    }
    let timestamp = match &*event.sender_from_domain {
        FABRIKAM => PURGE_OF_FABRIKAM.plus_seconds(i64::from(dice.below(300))),
        _ => event
            .timestamp
            .plus_seconds(i64::from(dice.between(600, 14_000))),
    };
    let (kind, action) = match &*event.threat_types {
        threats if threats.contains("Malware") => ("Malware ZAP", "Moved to quarantine"),
        threats if threats.contains("Phish") => ("Phish ZAP", "Moved to quarantine"),
        _ => ("Spam ZAP", "Moved to junk folder"),
    };
    Some(PostDeliveryEvent {
        timestamp,
        action: action.into(),
        action_type: kind.into(),
        source_location: event.delivery_location.clone(),
        ..post_delivery_event(event)
    })
}

fn post_delivery_event(event: &Event) -> PostDeliveryEvent {
    PostDeliveryEvent {
        network_message_id: event.network_message_id.clone(),
        internet_message_id: event.internet_message_id.clone(),
        action_trigger: "SpecialAction".into(),
        action_result: "Success".into(),
        recipient_email_address: event.recipient_email_address.clone(),
        delivery_location: event.latest_delivery_location.clone(),
        threat_types: event.threat_types.clone(),
        detection_methods: event.detection_methods.clone(),
        sender_from_address: event.sender_from_address.clone(),
        email_direction: event.email_direction.clone(),
        report_id: event.report_id.clone(),
        ..PostDeliveryEvent::default()
    }
}

/// The `number`-th file of an email. All emails of a campaign carry the same.
fn attachment(event: &Event, number: u32, seed: u64) -> Attachment {
    let campaign = event.email_cluster_id.unwrap_or_default();
    let mut dice = Dice::new(seed, 1_000 + campaign + u64::from(number));
    let harmful = event.threat_types.contains("Malware");
    let (file_name, file_type) = match &*event.sender_from_domain {
        LITWARE => {
            let words = event.subject.split(' ');
            let invoice = words.clone().find(|word| word.starts_with("L-"));
            let file_name = format!("Invoice_{}.docm", invoice.unwrap_or("L"));
            (file_name, "docm;office")
        }
        _ if harmful => harmful_file(&mut dice),
        _ => (
            format!("Document_{}.pdf", dice.between(100, 999)),
            "pdf;pdf",
        ),
    };
    let of_harm = |text: &Text| if harmful { text.clone() } else { "".into() };
    Attachment {
        timestamp: event.timestamp,
        network_message_id: event.network_message_id.clone(),
        sender_from_address: event.sender_from_address.clone(),
        sender_display_name: event.sender_display_name.clone(),
        recipient_email_address: event.recipient_email_address.clone(),
        recipient_object_id: event.recipient_object_id.clone(),
        file_name: file_name.into(),
        file_type: file_type.into(),
        sha256: sha256(&mut dice).into(),
        // In the email it takes a third more, as base64.
        file_size: event.email_size.unwrap_or_default() * 3 / 4,
        threat_types: of_harm(&event.threat_types),
        threat_names: of_harm(&event.threat_names),
        detection_methods: of_harm(&event.detection_methods),
        report_id: event.report_id.clone(),
    }
}

fn harmful_file(dice: &mut Dice) -> (String, &'static str) {
    let number = dice.between(1_000, 9_999);
    match dice.below(5) {
        0 => (format!("Purchase order {number}.xlsm"), "xlsm;office"),
        1 => (format!("Remittance_{number}.html"), "html;text"),
        2 => (format!("Scan_{number}.zip"), "zip;archive"),
        3 => (format!("Delivery note {number}.iso"), "iso;archive"),
        _ => (format!("Contract_{number}.pdf"), "pdf;pdf"),
    }
}

fn sha256(dice: &mut Dice) -> String {
    let words = [dice.bits(), dice.bits(), dice.bits(), dice.bits()];
    let [first, second, third, fourth] = words;
    format!("{first:016x}{second:016x}{third:016x}{fourth:016x}")
}

/// The clicks of a reader before the email was taken away: one that was allowed, or one that was
/// blocked, past which some went on.
fn clicks(event: &Event, link: &Link, purged_at: Moment, dice: &mut Dice) -> Vec<Click> {
    let time = event
        .timestamp
        .plus_seconds(i64::from(dice.between(90, 5_400)));
    if time >= purged_at {
        return Vec::new();
    }
    let click = Click {
        timestamp: time,
        url: link.url.clone(),
        action_type: "ClickAllowed".into(),
        account_upn: event.recipient_email_address.clone(),
        workload: "Email".into(),
        network_message_id: event.network_message_id.clone(),
        ip_address: format!("198.51.100.{}", dice.between(2, 250)).into(),
        url_chain: serde_json::json!([&*link.url]).to_string().into(),
        report_id: format!("{}-click", event.network_message_id).into(),
        ..Click::default()
    };
    let is_known = event.sender_from_domain != FABRIKAM
        && event.sender_from_domain != AWARENESS_DRILL
        && dice.chance(70);
    if !is_known {
        return vec![click];
    }
    let blocked = Click {
        action_type: "ClickBlocked".into(),
        threat_types: event.threat_types.clone(),
        ..click
    };
    let again = dice.chance(20).then(|| Click {
        timestamp: time.plus_seconds(21),
        is_clicked_through: true,
        ..blocked.clone()
    });
    [blocked].into_iter().chain(again).collect()
}
