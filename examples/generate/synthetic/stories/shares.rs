//! Files that partners share by cloud storage, and phish that does likewise.

use super::super::dice::Dice;
use super::super::language::Language;
use super::super::partners::{Partner, ordinary_domain};
use super::super::people::Person;
use super::super::post_office::{Message, PostOffice, cluster};
use super::super::subjects;
use super::super::traffic::{Scene, pretender};
use super::super::verdict::{Authentication, Delivery, Verdict};
use super::{ATELIER_NORD, FILE_DROP, QUILL_WORKS};

/// Hosts of the storage.
const HOSTS: [&str; 3] = [
    "filedrop.example",
    "share.filedrop.example",
    "eu-west.share.filedrop.example",
];

/// Sends them.
pub fn tell(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let storage = scene.partner(FILE_DROP);
    let notifier = Person::outsider("FileDrop", format!("no-reply@{FILE_DROP}"));
    for _ in 0..13 {
        let message =
            Message::from_outside(&notifier, scene.office.moment(dice), &storage.ip, dice);
        share(message, scene, Language::English, post, dice);
    }
    for (domain, shares) in [(ATELIER_NORD, 11), (QUILL_WORKS, 8)] {
        shares_of(scene.partner(domain), shares, scene, post, dice);
    }
    // Other partners share now and then.
    for number in [4, 9, 17, 33, 58, 81] {
        let domain = ordinary_domain(number);
        let shares = dice.between(1, 3);
        shares_of(scene.partner(&domain), shares, scene, post, dice);
    }
    lookalikes(scene, post, dice);
    ours(scene, post, dice);
}

fn url(dice: &mut Dice) -> String {
    format!(
        "https://{}/f/{}",
        dice.word(&HOSTS),
        dice.between(100_000, 999_999)
    )
}

fn shares_of(
    partner: &Partner,
    shares: u32,
    scene: &Scene,
    post: &mut PostOffice,
    dice: &mut Dice,
) {
    for _ in 0..shares {
        let sender = dice.pick(&partner.contacts);
        let message = Message::from_outside(sender, scene.office.moment(dice), &partner.ip, dice);
        share(message, scene, partner.language, post, dice);
    }
}

/// A harmless share that a filter took for phish.
fn share(
    message: Message,
    scene: &Scene,
    language: Language,
    post: &mut PostOffice,
    dice: &mut Dice,
) {
    let methods = dice.word(&[
        r#"{"Phish":["Mixed analysis detection"]}"#,
        r#"{"Phish":["General filter"]}"#,
    ]);
    let delivery = if dice.chance(70) {
        Delivery::Junk
    } else {
        Delivery::Inbox
    };
    let mut message = message
        .to(dice.pick(&scene.staff))
        .about(
            format!("{} (shared folder)", subjects::business(language, dice)),
            language,
            cluster(dice),
        )
        .linking(url(dice))
        .judged(&Verdict::phish_by(methods, false), delivery);
    if dice.chance(40) {
        message = message.linking(url(dice));
    }
    post.send(message);
}

/// Four mails that only look like shares; each for a reason of its own.
fn lookalikes(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let partner = scene.partner(QUILL_WORKS);
    let sender = &partner.contacts[0];
    let mixed = Verdict::phish_by(r#"{"Phish":["Mixed analysis detection"]}"#, false);
    let from_partner = |dice: &mut Dice| {
        Message::from_outside(sender, scene.office.moment(dice), &partner.ip, dice)
    };

    let with_another_link = from_partner(dice)
        .linking(url(dice))
        .linking("https://docs-view.example/open/7781");
    let detonated = from_partner(dice).linking(url(dice));
    let other_host = from_partner(dice).linking("https://evilfiledrop.example/f/204118");
    let forged = pretender(sender, scene.office.moment(dice), dice)
        .linking(url(dice))
        .authenticated(Authentication::Fail);
    let mails = [
        (with_another_link, mixed.clone()),
        (
            detonated,
            Verdict::phish_by(r#"{"Phish":["URL detonation"]}"#, true),
        ),
        (other_host, mixed.clone()),
        (forged, mixed),
    ];
    for (message, verdict) in mails {
        let subject = format!(
            "{} (shared folder)",
            subjects::business(Language::English, dice)
        );
        let message = message
            .to(dice.pick(&scene.staff))
            .about(subject, Language::English, cluster(dice))
            .judged(&verdict, Delivery::Quarantine);
        post.send(message);
    }
}

/// Shares that we send.
fn ours(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let ordinary = ordinary_domain(17);
    for number in 0..42 {
        let domain = [ATELIER_NORD, QUILL_WORKS, &ordinary][number % 3];
        let sender = dice.pick(&scene.staff);
        let message = Message::from_us(sender, scene.office.moment(dice), dice)
            .to(dice.pick(&scene.partner(domain).contacts))
            .about(
                format!("{} (files)", subjects::business(Language::English, dice)),
                Language::English,
                cluster(dice),
            )
            .linking(url(dice));
        post.send(message);
    }
}
