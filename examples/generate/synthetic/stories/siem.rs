//! Alerts that quote the threats they report, and what pretends to be such an alert.

use super::super::dice::Dice;
use super::super::language::Language;
use super::super::partners::address_of;
use super::super::people::Person;
use super::super::post_office::{Message, PostOffice, cluster};
use super::super::traffic::Scene;
use super::super::verdict::{Authentication, Delivery, Verdict};
use super::{ALERT_WORKS, EU_SIEM_CLOUD, TICKET_LANE, US_SIEM_CLOUD};

/// A tool that writes to us.
struct Tool {
    domain: &'static str,
    name: &'static str,
    clean: u32,
    phish: u32,
    malware: u32,
    /// Phish of which every link leads to cloud storage.
    reports_in_storage: u32,
    /// Phish that only pretends to be an alert.
    attacks: u32,
}

const TOOLS: [Tool; 3] = [
    Tool {
        domain: ALERT_WORKS,
        name: "AlertWorks",
        clean: 60,
        phish: 14,
        malware: 4,
        reports_in_storage: 5,
        attacks: 2,
    },
    Tool {
        domain: EU_SIEM_CLOUD,
        name: "SIEM Cloud (EU)",
        clean: 30,
        phish: 7,
        malware: 2,
        reports_in_storage: 0,
        attacks: 0,
    },
    Tool {
        domain: US_SIEM_CLOUD,
        name: "SIEM Cloud (US)",
        clean: 20,
        phish: 3,
        malware: 1,
        reports_in_storage: 1,
        attacks: 1,
    },
];

fn alert(dice: &mut Dice) -> String {
    match dice.below(5) {
        0 => format!(
            "[High] Phishing link clicked on host c-{}",
            dice.between(100, 480)
        ),
        1 => format!(
            "[Medium] {} blocked requests to verify-hub.example",
            dice.between(2, 90)
        ),
        2 => format!(
            "[High] Malicious file quarantined, incident {}",
            dice.between(20_000, 29_999)
        ),
        3 => format!(
            "[Low] Sign-in from a new country, case {}",
            dice.between(1_000, 9_999)
        ),
        _ => format!("[Info] Daily indicator digest: {} new", dice.between(3, 60)),
    }
}

/// Sends them.
pub fn tell(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let desk: Vec<Person> = scene
        .staff
        .iter()
        .filter(|person| {
            [
                "servicedesk",
                "daniel.okonkwo",
                "leena.virtanen",
                "rajesh.iyer",
            ]
            .iter()
            .any(|name| person.address.starts_with(name))
        })
        .cloned()
        .collect();
    for tool in &TOOLS {
        let partner = scene.partner(tool.domain);
        let sender = Person::outsider(tool.name, format!("alerts@{}", tool.domain));
        let total = tool.clean + tool.phish + tool.malware + tool.reports_in_storage + tool.attacks;
        for number in 0..total {
            let time = scene.machines.moment(dice);
            let mut place = number;
            let mut within = |amount: u32| {
                let hit = place < amount;
                place = place.wrapping_sub(amount);
                hit
            };
            let message = Message::from_outside(&sender, time, &partner.ip, dice)
                .to(dice.pick(&desk))
                .about(alert(dice), Language::English, cluster(dice));
            let console = format!(
                "https://console.{}/case/{}",
                tool.domain,
                dice.between(1_000, 9_999)
            );
            let message = if within(tool.clean) {
                message.with_unlisted_links(1)
            } else if within(tool.phish) {
                let verdict = Verdict::phish_by(r#"{"Phish":["URL malicious reputation"]}"#, true);
                let quoted = format!(
                    "https://verify-hub.example/s/{}",
                    dice.between(1_000, 9_999)
                );
                let delivery = if dice.chance(60) {
                    Delivery::Quarantine
                } else {
                    Delivery::Junk
                };
                message
                    .linking(console)
                    .linking(quoted)
                    .judged(&verdict, delivery)
            } else if within(tool.malware) {
                let verdict = Verdict {
                    methods: r#"{"Malware":["File reputation"]}"#.into(),
                    policy: "Antimalware",
                    ..Verdict::malware(dice)
                };
                message
                    .linking(console)
                    .attaching(1, dice)
                    .judged(&verdict, Delivery::Quarantine)
            } else if within(tool.reports_in_storage) {
                let verdict = Verdict::phish_by(r#"{"Phish":["General filter"]}"#, false);
                let report = format!(
                    "https://reports.filedrop.example/r/{}",
                    dice.between(1_000, 9_999)
                );
                message.linking(report).judged(&verdict, Delivery::Junk)
            } else {
                let verdict = Verdict::spoof(r#"{"Phish":["Spoof DMARC"]}"#);
                let message = Message::from_outside(&sender, time, &address_of(830 + number), dice)
                    .enveloped("bounce@mta3.cheapsend.example")
                    .to(dice.pick(&desk))
                    .about(
                        "[Critical] Console access expires, sign in now",
                        Language::English,
                        cluster(dice),
                    );
                message
                    .authenticated(Authentication::Fail)
                    .linking(format!("https://{}.login-desk.example/", tool.domain))
                    .judged(&verdict, Delivery::Quarantine)
            };
            post.send(message);
        }
    }
    tickets(scene, &desk, post, dice);
}

/// A tool that no list knows: only a header tells what it is, and a header can be forged.
fn tickets(scene: &Scene, desk: &[Person], post: &mut PostOffice, dice: &mut Dice) {
    let partner = scene.partner(TICKET_LANE);
    let sender = Person::outsider("Ticket Lane", format!("robot@{TICKET_LANE}"));
    let header = r#"{"X-SOAR-Notification":"playbook-finished"}"#;
    let mails = [
        (header, Authentication::Pass),
        (header, Authentication::Pass),
        (header, Authentication::Pass),
        (header, Authentication::Fail),
        ("", Authentication::Pass),
        ("", Authentication::BestGuess),
    ];
    for (fields, authentication) in mails {
        let verdict = Verdict::phish_by(r#"{"Phish":["General filter"]}"#, false);
        let message =
            Message::from_outside(&sender, scene.machines.moment(dice), &partner.ip, dice)
                .to(dice.pick(desk))
                .about(
                    format!("Playbook {} finished", dice.between(10, 99)),
                    Language::English,
                    cluster(dice),
                )
                .authenticated(authentication)
                .with(|event| event.additional_fields = fields.into())
                .linking(format!("https://{TICKET_LANE}/p/{}", dice.between(10, 99)))
                .judged(&verdict, Delivery::Junk);
        post.send(message);
    }
}
