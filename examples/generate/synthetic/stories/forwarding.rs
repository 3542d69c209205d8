//! Mail with our own domain on both sides: forwarded by a mailbox, or forged.

use super::super::dice::Dice;
use super::super::language::Language;
use super::super::partners::address_of;
use super::super::people::{OUR_DOMAIN, Person, SISTER_DOMAIN};
use super::super::post_office::{Message, PostOffice, cluster};
use super::super::subjects;
use super::super::traffic::Scene;
use super::super::verdict::{Authentication, Delivery, Verdict};

/// How often each kind occurs at one of our domains.
struct Amounts {
    forwarded_threats: u32,
    forwarded_out: u32,
    /// Outbound, but nobody forwarded it: a ticket system that is hosted elsewhere under our name.
    hosted_out: u32,
    shown_by_header: u32,
    spoofs: u32,
    spoofs_with_forged_forwarding: u32,
}

/// Sends them.
pub fn tell(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let ours = Amounts {
        forwarded_threats: 58,
        forwarded_out: 46,
        hosted_out: 9,
        shown_by_header: 4,
        spoofs: 11,
        spoofs_with_forged_forwarding: 2,
    };
    let sisters = Amounts {
        forwarded_threats: 13,
        forwarded_out: 12,
        hosted_out: 3,
        shown_by_header: 0,
        spoofs: 4,
        spoofs_with_forged_forwarding: 0,
    };
    for (domain, amounts) in [(OUR_DOMAIN, ours), (SISTER_DOMAIN, sisters)] {
        let people: Vec<&Person> = scene
            .staff
            .iter()
            .filter(|person| person.domain() == domain)
            .collect();
        forwarded(scene, &people, &amounts, post, dice);
        outbound(scene, &people, &amounts, post, dice);
        forged(scene, &people, &amounts, post, dice);
    }
}

fn forwarding_of(user: &Person, dice: &mut Dice) -> String {
    let kind = if dice.chance(70) {
        "SmtpForwarding"
    } else {
        "MbxRule"
    };
    let object = format!(
        r#"{{"ForwardingType":"{kind}","ForwardingUser":"{}"}}"#,
        user.address
    );
    // The documentation says a list, Microsoft's queries read an object: exports may have either.
    if dice.chance(15) {
        format!("[{object}]")
    } else {
        object
    }
}

/// Mail that left for a mailbox elsewhere, was forwarded back, and met a filter on the way in.
fn forwarded(
    scene: &Scene,
    people: &[&Person],
    amounts: &Amounts,
    post: &mut PostOffice,
    dice: &mut Dice,
) {
    for number in 0..amounts.forwarded_threats + amounts.shown_by_header {
        let sender = *dice.pick(people);
        let reader = *dice.pick(people);
        let authentication = match number % 4 {
            0 => Authentication::None,
            1 => Authentication::Pass,
            _ => Authentication::Forwarded,
        };
        let message =
            Message::from_outside(sender, scene.office.moment(dice), &address_of(1_200), dice)
                .enveloped(format!(
                    "srs0+{}@relay.branchmail.example",
                    dice.between(100, 999)
                ))
                .to(reader)
                .about(
                    format!("FW: {}", subjects::colleagues(dice)),
                    Language::English,
                    cluster(dice),
                )
                .authenticated(authentication)
                .with(|event| event.connectors = "Inbound from branch relay".into());
        let message = if number < amounts.forwarded_threats {
            let forwarding = forwarding_of(reader, dice);
            message.with(|event| event.forwarding_information = forwarding.into())
        } else {
            let header = format!(
                r#"{{"X-MS-Exchange-Organization-ForwardedFrom":"{}"}}"#,
                reader.address
            );
            message.with(|event| event.additional_fields = header.into())
        };
        let (message, verdict) = match number % 13 {
            0 | 5 => (
                message,
                Verdict::phish_by(r#"{"Phish":["General filter"]}"#, false),
            ),
            // Two exclusions hide this one.
            9 => (
                message.linking(format!(
                    "https://share.filedrop.example/f/{}",
                    dice.between(1_000, 9_999)
                )),
                Verdict::phish_by(r#"{"Phish":["Mixed analysis detection"]}"#, false),
            ),
            11 => (message, Verdict::phish_and_spam()),
            _ => (
                message,
                Verdict {
                    methods: r#"{"Spam":["General filter"]}"#.into(),
                    ..Verdict::spam(dice)
                },
            ),
        };
        let delivery = if dice.chance(80) {
            Delivery::Junk
        } else {
            Delivery::Inbox
        };
        post.send(message.judged(&verdict, delivery));
    }
}

/// Mail to our own domains that leaves our servers all the same.
fn outbound(
    scene: &Scene,
    people: &[&Person],
    amounts: &Amounts,
    post: &mut PostOffice,
    dice: &mut Dice,
) {
    for number in 0..amounts.forwarded_out + amounts.hosted_out {
        let sender = *dice.pick(people);
        let reader = *dice.pick(people);
        let mut message = Message::from_us(sender, scene.office.moment(dice), dice).about(
            format!("FW: {}", subjects::colleagues(dice)),
            Language::English,
            cluster(dice),
        );
        message.direction = Some("Outbound");
        message.event.connectors = "Outbound to branch relay".into();
        if number < amounts.forwarded_out {
            message.event.forwarding_information = forwarding_of(reader, dice).into();
            post.send(message.to(reader));
        } else {
            let desk = Person::outsider("Tickets", format!("tickets@{}", sender.domain()));
            post.send(message.to(&desk));
        }
    }
}

/// Mail that pretends to be ours.
fn forged(
    scene: &Scene,
    people: &[&Person],
    amounts: &Amounts,
    post: &mut PostOffice,
    dice: &mut Dice,
) {
    for number in 0..amounts.spoofs + amounts.spoofs_with_forged_forwarding {
        let sender = *dice.pick(people);
        let reader = *dice.pick(people);
        let pretended = if dice.chance(50) { sender } else { reader };
        let failure = if number % 3 == 0 {
            Authentication::SoftFail
        } else {
            Authentication::Fail
        };
        let verdict = Verdict::spoof(r#"{"Phish":["Spoof intra-org"]}"#);
        let delivery = if number % 4 == 0 {
            Delivery::Junk
        } else {
            Delivery::Quarantine
        };
        let address = address_of(1_000 + number * 11);
        let message = Message::from_outside(pretended, scene.world.moment(dice), &address, dice)
            // Whoever forges an address does not get the object id of its owner.
            .with(|event| event.sender_object_id = "".into())
            .enveloped(format!(
                "www-data@vps-{}.hostinghut.example",
                dice.between(1_000, 9_999)
            ))
            .to(reader)
            .about(
                subjects::phish(Language::English, dice),
                Language::English,
                cluster(dice),
            )
            .authenticated(failure)
            .linking(format!(
                "https://contoso-portal.secure-desk.example/s/{}",
                dice.between(100, 999)
            ))
            .judged(&verdict, delivery);
        let message = if number < amounts.spoofs {
            message
        } else {
            let forwarding = forwarding_of(reader, dice);
            message.with(|event| event.forwarding_information = forwarding.into())
        };
        post.send(message);
    }
}
