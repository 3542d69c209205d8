//! Partners whose mailboxes were taken over, and one that others only pretend to be.

use super::super::clock::Moment;
use super::super::dice::Dice;
use super::super::language::Language;
use super::super::partners::address_of;
use super::super::people::Person;
use super::super::post_office::{Message, PostOffice, cluster};
use super::super::subjects;
use super::super::traffic::Scene;
use super::super::verdict::{Authentication, Delivery, Verdict};
use super::{FABRIKAM, LITWARE, MARTA, WOODGROVE};

/// Marta's mailbox: day, hour and number of the mails that somebody else sent from it.
const BURST: [(i64, i64, usize); 9] = [
    (25, 19, 2),
    (26, 21, 1),
    (27, 7, 6),
    (27, 8, 8),
    (28, 9, 7),
    (28, 13, 6),
    (29, 8, 5),
    (29, 15, 3),
    (30, 6, 2),
];

/// Fabrikam: a month of daily mail with Marta, then five days of phish from her mailbox.
pub fn partner(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let fabrikam = scene.partner(FABRIKAM);
    let marta = &fabrikam.contacts[0];
    let mut subjects_with_marta = Vec::new();
    for day in 0..30 {
        let morning = Moment::on(day, 9);
        if !morning.is_office_hour() {
            continue;
        }
        for (hour, colleague) in [(9, 2), (11, 9), (14, 16)] {
            let time = Moment::on(day, hour).within_hour(dice);
            let subject = subjects::business(Language::English, dice);
            let group = cluster(dice);
            let colleague = &scene.staff[colleague];
            let question = Message::from_us(colleague, time, dice).to(marta);
            post.send(question.about(subject.clone(), Language::English, group));
            if dice.chance(60) {
                let answer = Message::from_outside(
                    marta,
                    time.plus_seconds(4_000).within_hour(dice),
                    &fabrikam.ip,
                    dice,
                )
                .to(colleague)
                .about(format!("RE: {subject}"), Language::English, group);
                post.send(answer);
            }
            subjects_with_marta.push(subject);
        }
    }

    let campaign = cluster(dice);
    let mut number = 0;
    for (day, hour, mails) in BURST {
        for _ in 0..mails {
            let time = Moment::on(day, hour).within_hour(dice);
            let subject = format!("RE: {}", dice.pick(&subjects_with_marta));
            // The first wave was new to the filters: it reached the inboxes and was purged on
            // Tuesday.
            let (delivery, methods) = match number {
                3 | 9 => (Delivery::Inbox, r#"{"Phish":["Mixed analysis detection"]}"#),
                0..=13 => (
                    Delivery::ZappedToQuarantine,
                    r#"{"Phish":["URL detonation reputation"]}"#,
                ),
                14..=20 => (Delivery::Junk, r#"{"Phish":["URL detonation","Campaign"]}"#),
                _ => (
                    Delivery::Quarantine,
                    r#"{"Phish":["URL detonation reputation","Campaign"]}"#,
                ),
            };
            let message = Message::from_outside(marta, time, &fabrikam.ip, dice)
                .to(dice.pick(&scene.staff))
                .about(subject, Language::English, campaign)
                .linking(format!(
                    "https://fabrikam-docs.viewfile.example/m/{}",
                    dice.between(10_000, 99_999)
                ))
                .judged(&Verdict::phish_by(methods, number > 2), delivery);
            post.send(message);
            number += 1;
        }
    }
}

/// Litware: three invoices that are none.
pub fn supplier(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let litware = scene.partner(LITWARE);
    let sender = Person::outsider("Litware Billing", "billing@litware.example");
    let verdict = Verdict {
        methods: r#"{"Malware":["File detonation"]}"#.into(),
        policy: "Safe Attachments",
        names: "TrojanDownloader:O97M/Paperlane.C",
        ..Verdict::malware(dice)
    };
    let group = cluster(dice);
    let mails = [
        (21, 10, "accounts.payable", Delivery::ZappedToQuarantine),
        (23, 9, "purchasing", Delivery::Quarantine),
        (28, 13, "accounts.payable", Delivery::Quarantine),
    ];
    for (number, (day, hour, reader, delivery)) in (4_417..).zip(mails) {
        let reader = scene
            .staff
            .iter()
            .find(|person| person.address.starts_with(reader))
            .expect("on the staff");
        let time = Moment::on(day, hour).within_hour(dice);
        let message = Message::from_outside(&sender, time, &litware.ip, dice)
            .to(reader)
            .about(
                format!("Invoice L-{number} (corrected copy)"),
                Language::English,
                group,
            )
            .attaching(1, dice)
            .judged(&verdict, delivery);
        post.send(message);
    }
}

/// Woodgrove Bank: eighteen mails that it never sent.
pub fn spoofed_bank(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let senders = [
        Person::outsider("Woodgrove Bank Security", "security@woodgrove-bank.example"),
        Person::outsider("Woodgrove Bank", "no-reply@woodgrove-bank.example"),
        Person::outsider(
            "Online Banking · Woodgrove",
            "service@woodgrove-bank.example",
        ),
    ];
    let subjects = [
        "Your business account has been limited",
        "New device registered, please confirm",
        "Incoming transfer held for review",
        "Ihr Firmenkonto wurde eingeschränkt",
    ];
    debug_assert_eq!(scene.partner(WOODGROVE).domain, senders[0].domain());
    for number in 0..18 {
        // Three waves.
        let day = [3, 12, 24][number as usize % 3];
        let time = Moment::on(day, i64::from(dice.between(1, 20))).within_hour(dice);
        let (methods, failure) = match number % 3 {
            0 => (
                r#"{"Phish":["Spoof external domain"]}"#,
                Authentication::Fail,
            ),
            1 => (r#"{"Phish":["Spoof DMARC"]}"#, Authentication::SoftFail),
            _ => (
                r#"{"Phish":["Spoof external domain","URL malicious reputation"]}"#,
                Authentication::Fail,
            ),
        };
        let delivery = if number % 6 == 5 {
            Delivery::Junk
        } else {
            Delivery::Quarantine
        };
        let envelope = format!(
            "{}@{}",
            dice.word(&["bounce", "www-data", "mailer", "root"]),
            dice.word(&[
                "mta7.cheapsend.example",
                "vps-4410.hostinghut.example",
                "gym-riverside.example.net"
            ]),
        );
        let message = Message::from_outside(
            dice.pick(&senders),
            time,
            &address_of(800 + number * 7),
            dice,
        )
        .enveloped(envelope)
        .to(dice.pick(&scene.staff))
        .about(dice.word(&subjects), Language::English, cluster(dice))
        .authenticated(failure)
        .linking(format!(
            "https://woodgrove-bank.secure-desk.example/s/{}",
            dice.between(100, 999)
        ))
        .judged(&Verdict::spoof(methods), delivery);
        post.send(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_has_forty_mails() {
        assert_eq!(BURST.iter().map(|(_, _, mails)| mails).sum::<usize>(), 40);
        assert!(MARTA.ends_with(FABRIKAM));
    }
}
