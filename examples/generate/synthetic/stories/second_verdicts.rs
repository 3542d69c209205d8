//! Emails with two records, as streaming exports have them: a later one with another verdict.

use super::super::clock::Moment;
use super::super::dice::Dice;
use super::super::event::Event;
use super::super::identifiers::report_id;
use super::super::language::Language;
use super::super::partners::ordinary_domain;
use super::super::post_office::{Message, PostOffice, cluster};
use super::super::subjects;
use super::super::traffic::Scene;
use super::super::verdict::{Delivery, Verdict};
use super::{LATE_BLOOM, SECOND_LOOK};

/// Sends the first records and adds the second ones.
pub fn tell(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let phish = Verdict::phish_by(r#"{"Phish":["Advanced filter"]}"#, false);
    let late = Verdict::phish_by(r#"{"Phish":["Fingerprint matching"]}"#, true);
    for number in 0..12_u32 {
        let ordinary = ordinary_domain(number * 13 + 2);
        let domain = match number {
            0 => SECOND_LOOK,
            1 => LATE_BLOOM,
            _ => &ordinary,
        };
        let partner = scene.partner(domain);
        let time = Moment::on(i64::from(2 + number * 2), 10).within_hour(dice);
        let message = Message::from_outside(&partner.contacts[0], time, &partner.ip, dice)
            .to(dice.pick(&scene.staff))
            .about(
                subjects::business(partner.language, dice),
                Language::English,
                cluster(dice),
            );
        let condemned_later = number % 2 == 1;
        let message = if condemned_later {
            message
        } else {
            message.judged(&phish, Delivery::Quarantine)
        };
        let row = post.send(message).start;
        let mut second = post.events[row].clone();
        second.timestamp = second
            .timestamp
            .plus_seconds(i64::from(dice.between(1_200, 90_000)));
        second.report_id = report_id(
            &second.network_message_id,
            &second.recipient_email_address,
            2,
        )
        .into();
        if condemned_later {
            late.write(&mut second);
            Delivery::ZappedToQuarantine.write(&mut second);
        } else {
            clear(&mut second);
        }
        post.events.push(second);
    }
}

/// A false positive, given back to its reader.
fn clear(event: &mut Event) {
    for column in [
        &mut event.threat_types,
        &mut event.detection_methods,
        &mut event.confidence_level,
        &mut event.email_action,
        &mut event.email_action_policy,
        &mut event.email_action_policy_guid,
    ] {
        *column = "".into();
    }
    event.latest_delivery_action = "Delivered".into();
    event.latest_delivery_location = "Inbox/folder".into();
}
