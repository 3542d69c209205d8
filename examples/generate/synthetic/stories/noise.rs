//! What every tenant has beside threats: drills, mailboxes of the security team, newsletters,
//! reports of non-delivery, addresses that are none.

use super::super::dice::Dice;
use super::super::language::Language;
use super::super::partners::ordinary_domain;
use super::super::people::{OUR_DOMAIN, Person};
use super::super::post_office::{Message, PostOffice, cluster};
use super::super::subjects;
use super::super::traffic::{Scene, with_bait};
use super::super::verdict::{Authentication, Delivery, Verdict};
use super::{AWARENESS_DRILL, CITY_BULLETIN};

/// Sends them.
pub fn tell(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    simulation(scene, post, dice);
    security_mailbox(scene, post, dice);
    newsletters(scene, post, dice);
    without_domain(scene, post, dice);
}

/// A drill, delivered on purpose.
fn simulation(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let drill = scene.partner(AWARENESS_DRILL);
    let sender = Person::outsider("IT Support", format!("it-support@{AWARENESS_DRILL}"));
    let subject = subjects::phish(Language::English, dice);
    let group = cluster(dice);
    let verdict = Verdict::phish_by(r#"{"Phish":["Advanced filter"]}"#, true);
    let time = scene.office.moment(dice);
    for (number, reader) in (0..).zip(dice.pick_some(&scene.staff, 24)) {
        let message =
            Message::from_outside(&sender, time.plus_seconds(number * 11), &drill.ip, dice)
                .to(reader)
                .about(subject.clone(), Language::English, group)
                .linking(format!("https://{AWARENESS_DRILL}/lesson/{number}"))
                .judged(&verdict, Delivery::Inbox)
                .with(|event| {
                    event.org_level_action = "Allow".into();
                    event.org_level_policy = "Phishing simulation".into();
                });
        post.send(message);
    }
}

/// Where users report mail to: everything is delivered there, threat or not.
fn security_mailbox(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let mailbox = Person::outsider("Report a mail", format!("secops@{OUR_DOMAIN}"));
    for number in 0..9 {
        let domain = ordinary_domain(number * 5);
        let partner = scene.partner(&domain);
        let verdict = Verdict::phish(dice);
        let message = Message::from_outside(
            &partner.contacts[0],
            scene.world.moment(dice),
            &partner.ip,
            dice,
        )
        .to(&mailbox)
        .about(
            subjects::phish(partner.language, dice),
            partner.language,
            cluster(dice),
        )
        .with(|event| {
            event.org_level_action = "Allow".into();
            event.org_level_policy = "SecOps Mailbox".into();
        });
        post.send(with_bait(message, &verdict, dice).judged(&verdict, Delivery::Inbox));
    }
}

/// A newsletter, three times a week.
fn newsletters(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let bulletin = scene.partner(CITY_BULLETIN);
    let sender = Person::outsider("City Bulletin", format!("bulletin@{CITY_BULLETIN}"));
    let mut due = 31;
    while due > 0 {
        let readers = dice.between(1, 4).min(due);
        let verdict = Verdict::bulk();
        let message =
            Message::from_outside(&sender, scene.machines.moment(dice), &bulletin.ip, dice)
                .addressed_to(&dice.pick_some(&scene.staff, readers as usize))
                .about(subjects::newsletter(dice), Language::English, cluster(dice));
        let message = with_bait(message, &verdict, dice).judged(&verdict, Delivery::Junk);
        due -= post.send(message).len() as u32;
    }
}

/// Reports of non-delivery have no sender; a printer has no domain. Both sides of the hunt are
/// empty.
fn without_domain(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    for number in 0..5 {
        let nobody = Person::outsider("Mail Delivery System", "");
        let verdict = Verdict::spam(dice);
        let message = Message::from_outside(&nobody, scene.world.moment(dice), "", dice)
            .to(dice.pick(&scene.staff))
            .about(
                format!("Undeliverable: {}", subjects::spam(Language::English, dice)),
                Language::English,
                cluster(dice),
            )
            .authenticated(Authentication::None);
        // Three of them are backscatter of spam in our name.
        post.send(if number < 3 {
            message.judged(&verdict, Delivery::Junk)
        } else {
            message
        });
    }
    for local in ["printer-lobby", "IMCEAEX-_O=CONTOSO_OU=BRANCH_CN=SCANNER2"] {
        let device = Person::outsider("", local);
        let message = Message::from_us(dice.pick(&scene.staff), scene.office.moment(dice), dice)
            .to(&device)
            .about("Scan to mail", Language::English, cluster(dice));
        post.send(message);
    }
}
