//! Machines of ours that mail reports and events to services of others.

use super::super::dice::Dice;
use super::super::language::Language;
use super::super::people::{OUR_DOMAIN, Person};
use super::super::post_office::{Message, PostOffice, cluster};
use super::super::subjects;
use super::super::traffic::{Scene, with_bait};
use super::super::verdict::Verdict;
use super::{CLOUD_REPORTS, DEPOT_SYNC, EU_CLOUD_REPORTS, STATUS_BOARD, STATUS_EVENTS};

const JOBS: [(&str, &str, &str); 5] = [
    (
        "root",
        "root",
        "Cron <root@build-03> /usr/local/bin/rotate-reports",
    ),
    (
        "cron",
        "Cron Daemon",
        "Cron <cron@db-01> /opt/jobs/nightly-export.sh",
    ),
    ("jenkins", "Jenkins", "[jenkins] nightly-report finished"),
    ("svc-backup", "Backup Service", "Backup report: all volumes"),
    ("monitoring", "Monitoring", "OK: disk usage on web-07"),
];

/// Domain, address of its service, rows of jobs, spam that comes back, phish that comes back.
const SERVICES: [(&str, &str, u32, u32, u32); 4] = [
    (CLOUD_REPORTS, "ingest", 260, 9, 1),
    (EU_CLOUD_REPORTS, "ingest", 70, 4, 0),
    (STATUS_BOARD, "push", 140, 6, 0),
    (STATUS_EVENTS, "event-7f3a", 60, 5, 0),
];

/// Sends them.
pub fn tell(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let groups: Vec<u64> = JOBS.iter().map(|_| cluster(dice)).collect();
    for (domain, local, rows, spam, phish) in SERVICES {
        let service = Person::outsider("", format!("{local}@{domain}"));
        for number in 0..rows {
            let job = dice.below(JOBS.len() as u32) as usize;
            let (sender, name, subject) = JOBS[job];
            let sender = Person::outsider(name, format!("{sender}@{OUR_DOMAIN}"));
            let message = Message::from_us(&sender, scene.machines.moment(dice), dice)
                .to(&service)
                .about(subject, Language::English, groups[job])
                .with(|event| event.connectors = "Relay of servers".into());
            // Some reports lie in cloud storage: two exclusions hide these.
            let message = if domain == CLOUD_REPORTS && number % 10 == 0 {
                message.linking(format!("https://filedrop.example/reports/{number}"))
            } else {
                message
            };
            post.send(message);
        }
        let marketing = Person::outsider("Customer Success", format!("hello@{domain}"));
        let ip = &scene.partner(domain).ip;
        for number in 0..spam + phish {
            let (verdict, subject) = if number < spam {
                (Verdict::spam(dice), subjects::spam(Language::English, dice))
            } else {
                (
                    Verdict::phish(dice),
                    subjects::phish(Language::English, dice),
                )
            };
            let delivery = verdict.usual_delivery(dice);
            let message = Message::from_outside(&marketing, scene.world.moment(dice), ip, dice)
                .to(dice.pick(&scene.staff))
                .about(subject, Language::English, cluster(dice));
            post.send(with_bait(message, &verdict, dice).judged(&verdict, delivery));
        }
    }
    depot(scene, post, dice);
}

/// A service that no list knows: only a header tells that Jenkins wrote.
fn depot(scene: &Scene, post: &mut PostOffice, dice: &mut Dice) {
    let build = Person::outsider("Release Build", format!("build@{OUR_DOMAIN}"));
    let upload = Person::outsider("", format!("upload@{DEPOT_SYNC}"));
    let group = cluster(dice);
    for _ in 0..40 {
        let message = Message::from_us(&build, scene.machines.moment(dice), dice)
            .to(&upload)
            .about("Release artefacts are ready", Language::English, group)
            .with(|event| {
                event.additional_fields =
                    r#"{"X-MS-Exchange-Organization-Source":"jenkins"}"#.into();
            });
        post.send(message);
    }
    let depot = scene.partner(DEPOT_SYNC);
    for _ in 0..2 {
        let verdict = Verdict::spam(dice);
        let delivery = verdict.usual_delivery(dice);
        let message = Message::from_outside(
            &depot.contacts[0],
            scene.world.moment(dice),
            &depot.ip,
            dice,
        )
        .to(dice.pick(&scene.staff))
        .about(
            subjects::spam(Language::German, dice),
            Language::German,
            cluster(dice),
        );
        post.send(with_bait(message, &verdict, dice).judged(&verdict, delivery));
    }
}
