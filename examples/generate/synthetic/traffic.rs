//! The ordinary month: conversations with partners, mail among colleagues, notifications, and the
//! threats that everybody gets.

use super::clock::{Moment, Rhythm};
use super::dice::{Dice, Weights};
use super::language::Language;
use super::partners::{Partner, Role, address_of};
use super::people::{OUR_DOMAIN, Person, SISTER_DOMAIN};
use super::post_office::{Message, PostOffice, cluster};
use super::subjects;
use super::verdict::{Authentication, Verdict};

/// Everything that the ordinary traffic and the stories draw on.
#[derive(Debug)]
pub struct Scene {
    /// Our mailboxes.
    pub staff: Vec<Person>,
    /// Whoever we exchange mail with; those of the stories come first.
    pub partners: Vec<Partner>,
    /// When people write.
    pub office: Rhythm,
    /// When strangers write.
    pub world: Rhythm,
    /// When machines write.
    pub machines: Rhythm,
}

impl Scene {
    /// The partner with this domain, which a story must have announced.
    pub fn partner(&self, domain: &str) -> &Partner {
        self.partners
            .iter()
            .find(|partner| partner.domain == domain)
            .expect("each story announces its partners")
    }
}

/// Conversations with all partners until each got the mail that it is due.
pub fn conversations(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    for partner in &scene.partners {
        let mut due = partner.outbound;
        while due > 0 {
            due = due.saturating_sub(conversation(scene, partner, due, post, dice));
        }
    }
}

/// One conversation with a partner; gives the number of rows that went there, at most `due`.
fn conversation(
    scene: &Scene,
    partner: &Partner,
    due: u32,
    post: &mut PostOffice,
    dice: &mut Dice,
) -> u32 {
    let team_size = 1 + usize::from(dice.chance(35)) + usize::from(dice.chance(15));
    let team = dice.pick_some(&scene.staff, team_size);
    let their_size = 1 + usize::from(dice.chance(40)) + usize::from(dice.chance(15));
    let they = dice.pick_some(&partner.contacts, their_size.min(due as usize));
    let their_size = they.len() as u32;
    let subject = subjects::business(partner.language, dice);
    let cluster = cluster(dice);
    let mut time = scene.office.moment(dice);
    let mut ours_turn = due < 3 || dice.chance(55);
    let mut sent = 0;
    for step in 0..dice.between(1, 6) {
        if time >= Moment::END || (ours_turn && sent + their_size > due) {
            break;
        }
        let message = if ours_turn {
            sent += their_size;
            let message = Message::from_us(team[0], time, dice)
                .addressed_to(&they)
                .copied_to(&team[1..]);
            // Few of our own mails carry links; a hunter only sees those with a share in it.
            message.with_unlisted_links(dice.below(3))
        } else {
            let message = Message::from_outside(they[0], time, &partner.ip, dice)
                .addressed_to(&team)
                .copied_to(&they[1..])
                .authenticated(usual_authentication(dice));
            links_of_a_clean_mail(message, partner, dice)
        };
        let subject = match step {
            0 => subject.clone(),
            _ if ours_turn => format!("RE: {subject}"),
            _ => format!("{}{subject}", partner.language.reply_prefix()),
        };
        let message = message.about(subject, partner.language, cluster);
        let message = if dice.chance(22) {
            message.attaching(1, dice)
        } else {
            message
        };
        post.send(message);
        if dice.chance(75) {
            ours_turn = !ours_turn;
        }
        time = time.answered(dice);
    }
    sent
}

fn usual_authentication(dice: &mut Dice) -> Authentication {
    match dice.below(20) {
        0..=15 => Authentication::Pass,
        16 => Authentication::PassWithoutDkim,
        17 | 18 => Authentication::BestGuess,
        _ => Authentication::None,
    }
}

/// Links in the signatures of partners, of which the export of `EmailUrlInfo` lists some.
fn links_of_a_clean_mail(message: Message, partner: &Partner, dice: &mut Dice) -> Message {
    match dice.below(100) {
        0..=3 => message
            .linking(format!("https://www.{}/", partner.domain))
            .linking(format!(
                "https://www.{}/news/{}",
                partner.domain,
                dice.between(1, 40)
            )),
        4..=9 => message.linking(format!("https://www.{}/", partner.domain)),
        10..=59 => message.with_unlisted_links(dice.between(1, 4)),
        _ => message,
    }
}

/// Clean mail that nobody answers, until there are `rows` inbound rows in all.
pub fn unasked(scene: &Scene, rows: usize, post: &mut PostOffice, dice: &mut Dice) {
    let weights = Weights::new(scene.partners.iter().map(|partner| partner.inbound_weight));
    let mut sent = post.count("Inbound");
    while sent < rows {
        let partner = &scene.partners[weights.draw(dice)];
        let message = if partner.role == Role::Broadcaster {
            let sender = Person::outsider("Updates", format!("updates@{}", partner.domain));
            let time = if dice.chance(70) {
                scene.office.moment(dice)
            } else {
                scene.world.moment(dice)
            };
            let subject = if dice.chance(60) {
                subjects::notification(dice)
            } else {
                subjects::newsletter(dice)
            };
            let mut message = Message::from_outside(&sender, time, &partner.ip, dice);
            message.event.bulk_complaint_level = Some(dice.between(1, 6) as u8);
            let readers = dice.between(1, 5) as usize;
            let readers = dice.pick_some(&scene.staff, readers);
            message
                .addressed_to(&readers)
                .about(subject, Language::English, cluster(dice))
                .with_unlisted_links(dice.between(2, 9))
        } else {
            let sender = dice.pick(&partner.contacts);
            let time = scene.office.moment(dice);
            let message = Message::from_outside(sender, time, &partner.ip, dice)
                .addressed_to(&dice.pick_some(&scene.staff, 1))
                .about(
                    subjects::business(partner.language, dice),
                    partner.language,
                    cluster(dice),
                )
                .authenticated(usual_authentication(dice));
            links_of_a_clean_mail(message, partner, dice)
        };
        sent += post.send(message).len();
    }
}

/// Mail among colleagues, until there are `rows` such rows in all.
pub fn colleagues(scene: &Scene, rows: usize, post: &mut PostOffice, dice: &mut Dice) {
    let lists = [
        format!("all-staff@{OUR_DOMAIN}"),
        format!("engineering@{OUR_DOMAIN}"),
        format!("everyone@{SISTER_DOMAIN}"),
    ];
    let mut sent = post.count("Intra-org");
    while sent < rows {
        let sender = dice.pick(&scene.staff);
        let time = scene.office.moment(dice);
        let message = Message::from_us(sender, time, dice)
            .about(subjects::colleagues(dice), Language::English, cluster(dice))
            .with_unlisted_links(dice.below(2));
        let readers = match dice.below(100) {
            0..=2 => dice.between(18, 40),
            3..=24 => dice.between(3, 8),
            _ => dice.between(1, 2),
        };
        let mut message = message.addressed_to(&dice.pick_some(&scene.staff, readers as usize));
        if readers >= 18 {
            message.event.distribution_list = dice.pick(&lists).clone().into();
        }
        sent += post.send(message).len();
    }
}

/// The threats that come from each partner in an ordinary month.
pub fn partner_threats(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    for (number, partner) in scene.partners.iter().enumerate() {
        // Whether the partner sends them or somebody who pretends to be it.
        let genuine_percent = [92, 8, 50][number % 3];
        let mut due = partner.threats;
        // A campaign: one text, within two days.
        let campaign = (due >= 8).then(|| (threat_of(partner, dice), scene.world.moment(dice)));
        while due > 0 {
            let in_campaign = campaign.as_ref().filter(|_| dice.chance(60));
            let (verdict, subject, group) = match in_campaign {
                Some((threat, _)) => threat.clone(),
                None => threat_of(partner, dice),
            };
            let time = match in_campaign {
                Some((_, start)) => start.plus_seconds(i64::from(dice.below(40 * 3_600))),
                None => scene.world.moment(dice),
            };
            let time = if time < Moment::END {
                time
            } else {
                scene.world.moment(dice)
            };
            let genuine = dice.chance(genuine_percent);
            let readers = dice.between(1, 4).min(dice.between(1, 4)).min(due);
            let message = if genuine {
                let sender = dice.pick(&partner.contacts);
                Message::from_outside(sender, time, &partner.ip, dice)
                    .authenticated(usual_authentication(dice))
            } else {
                pretender(dice.pick(&partner.contacts), time, dice)
            };
            let message = message
                .addressed_to(&dice.pick_some(&scene.staff, readers as usize))
                .about(subject, partner.language, group);
            let delivery = verdict.usual_delivery(dice);
            let message = with_bait(message, &verdict, dice).judged(&verdict, delivery);
            due -= post.send(message).len() as u32;
        }
    }
}

/// A message that only claims to be from `sender`.
pub fn pretender(sender: &Person, time: Moment, dice: &mut Dice) -> Message {
    let relay = dice.between(1, 60);
    let failure = if dice.chance(60) {
        Authentication::Fail
    } else {
        Authentication::SoftFail
    };
    Message::from_outside(sender, time, &address_of(700 + relay), dice)
        .enveloped(format!(
            "bounce-{}@mta{relay}.cheapsend.example",
            dice.between(100, 999)
        ))
        .authenticated(failure)
}

fn threat_of(partner: &Partner, dice: &mut Dice) -> (Verdict, String, u64) {
    let verdict = match partner.role {
        Role::Broadcaster => Verdict::bulk(),
        Role::Business => Verdict::any(dice),
    };
    let subject = match (partner.role, verdict.threats) {
        (Role::Broadcaster, _) => subjects::newsletter(dice),
        (_, "Spam") => subjects::spam(partner.language, dice),
        (_, threats) if threats.contains("Malware") => subjects::malware(dice),
        _ => subjects::phish(partner.language, dice),
    };
    (verdict, subject, cluster(dice))
}

/// The links or files that such a threat has.
pub fn with_bait(message: Message, verdict: &Verdict, dice: &mut Dice) -> Message {
    if verdict.threats.contains("Malware") && dice.chance(80) {
        return message.attaching(1, dice);
    }
    if verdict.methods.contains("Bulk") {
        let mut message = message;
        message.event.bulk_complaint_level = Some(dice.between(7, 9) as u8);
        let letter = format!(
            "https://news.{}/i/{}",
            message.event.sender_from_domain,
            dice.between(100, 999)
        );
        return message
            .linking(letter.clone())
            .linking(format!("{letter}/unsubscribe"));
    }
    if verdict.methods.contains("URL") || dice.chance(55) {
        let host = format!(
            "{}-{}.example",
            dice.word(&[
                "secure", "portal", "login", "doc", "verify", "promo", "track", "mailbox"
            ]),
            dice.word(&[
                "check", "center", "desk", "view", "online", "hub", "access", "update"
            ]),
        );
        let place = if dice.chance(8) { "QRCode" } else { "Body" };
        let url = format!(
            "https://{host}/{}/{}",
            dice.word(&["a", "go", "s", "view"]),
            dice.between(1_000, 9_999)
        );
        let mut message = message;
        message.links.push((url, place));
        if dice.chance(30) {
            let shown = format!("https://www.{}/", message.event.sender_from_domain);
            message.links.push((shown, "Body"));
        }
        return message;
    }
    message
}

/// Threats from domains that nobody ever writes to, `rows` of them.
pub fn strangers(scene: &Scene, rows: usize, post: &mut PostOffice, dice: &mut Dice) {
    let mut sent = 0;
    while sent < rows {
        let first = dice.word(&[
            "offer", "winner", "invoice", "parcel", "lead", "promo", "seo", "account",
        ]);
        let domain = format!("{first}-{}.invalid", dice.between(1, 40));
        let sender = Person::outsider("", format!("info@{domain}"));
        let partner = Partner::new(
            &domain,
            *dice.pick(&LANGUAGES_OF_STRANGERS),
            900 + dice.below(200),
            dice,
        );
        let (verdict, subject, group) = threat_of(&partner, dice);
        let time = scene.world.moment(dice);
        let readers = dice.between(1, 6) as usize;
        let message = Message::from_outside(&sender, time, &partner.ip, dice)
            .authenticated(*dice.pick(&[
                Authentication::Pass,
                Authentication::None,
                Authentication::SoftFail,
            ]))
            .addressed_to(&dice.pick_some(&scene.staff, readers))
            .about(subject, partner.language, group);
        let delivery = verdict.usual_delivery(dice);
        sent += post
            .send(with_bait(message, &verdict, dice).judged(&verdict, delivery))
            .len();
    }
}

const LANGUAGES_OF_STRANGERS: [Language; 5] = [
    Language::English,
    Language::English,
    Language::English,
    Language::German,
    Language::French,
];
