//! The stories that a hunter can find in the demonstration, with the domains that act in them.
//!
//! - **Compromised partner**, [`FABRIKAM`]: much mail both ways and no threat until 14 November. Then
//!   40 Phish in five days, all from the one mailbox that we write to every day, with DMARC and
//!   `CompAuth` pass, answering real conversations (`RE: …`). 14 were delivered, 12 of them purged later.
//! - **Quiet compromise**, [`LITWARE`]: a small supplier, weeks of clean mail, then 3 Malware with an
//!   invoice attached, authenticated, one of them delivered at first.
//! - **Spoofed partner**, [`WOODGROVE`]: 18 Phish in three waves that claim to be the bank, with DMARC
//!   and `CompAuth` fail, envelope senders and addresses that have nothing to do with it. Its own mail
//!   is clean.
//! - **Hostile text**, [`TAILSPIN`], [`MIRAGE`], [`PIXEL`]: 34 names and subjects with escape
//!   sequences, hidden and reordering characters, formulas, line breaks, floods of marks, 3 KB of text.
//! - **Spellings**: [`ADATUM`] and [`ADATUM_MIXED_CASE`], [`OEKOSTROM`] and [`OEKOSTROM_CAPITAL`] are
//!   one organisation each, in ASCII and beyond: four rows, or two when case is folded.
//!   [`CYRILLIC_FABRIKAM`] is a look-alike that one colleague answered: 1 outbound, 2 Phish.
//! - **Internal forwarding**, [`OUR_DOMAIN`] and [`SISTER_DOMAIN`]: the same domain on both sides. The
//!   exclusion hides 75 forwarded threats and 58 outbound emails, and must not hide 17 spoofs of
//!   ourselves (DMARC fail, two of them with forged forwarding information); nor mail that nobody
//!   forwarded, so that both domains still rank.
//! - **Scheduled jobs**, [`CLOUD_REPORTS`], [`EU_CLOUD_REPORTS`], [`STATUS_BOARD`], [`STATUS_EVENTS`]:
//!   530 mails of root, cron, jenkins, svc-backup and monitoring. Without them two drop from 268 and
//!   144 to 8 and 4, the subdomains disappear. 40 mails to [`DEPOT_SYNC`] show only by a header that
//!   Jenkins sent them.
//! - **SIEM and SOAR**, [`ALERT_WORKS`], [`EU_SIEM_CLOUD`], [`US_SIEM_CLOUD`]: alerts that quote what
//!   they found. The European cloud disappears with the exclusion; the others keep 2 and 1 mails that
//!   fail DMARC. [`TICKET_LANE`] shows only by a header what it is: of its 6 threats 3 stay, one of
//!   them with that header but a failed DMARC.
//! - **Cloud storage**, [`FILE_DROP`], [`ATELIER_NORD`], [`QUILL_WORKS`]: shares whose every link leads
//!   to filedrop. The atelier and filedrop disappear with the exclusion. Of quillworks four stay:
//!   another link beside the share, a detonated link, `evilfiledrop.example`, a failed DMARC. 6 alerts,
//!   6 forwarded mails and 26 reports of jobs link there too: two exclusions hide each of these.
//! - **Noise**: a phishing simulation ([`AWARENESS_DRILL`], 24), consumer mail ([`FREEMAIL`], 82),
//!   newsletters that nobody wants ([`CITY_BULLETIN`], 31), 9 threats in the security team's own
//!   mailbox, and the empty domain: 2 outbound emails to addresses without `@`, 3 non-delivery reports.
//! - **Second verdicts**: 12 emails have two records. [`SECOND_LOOK`] is cleared by the second one and
//!   does not rank by the latest records; [`LATE_BLOOM`] is condemned by it.
//!
//! The amounts are checked whenever the demonstration is written.

mod compromise;
mod forwarding;
mod hostile_text;
mod jobs;
mod noise;
mod second_verdicts;
mod shares;
mod siem;

use super::dice::Dice;
use super::language::Language;
use super::partners::Partner;
use super::people::{OUR_DOMAIN, Person, SISTER_DOMAIN};
use super::post_office::PostOffice;
use super::traffic::Scene;

/// The compromised partner.
pub const FABRIKAM: &str = "fabrikam.example";
/// The mailbox there that was taken over.
pub const MARTA: &str = "marta.lindqvist@fabrikam.example";
/// The small supplier with the quiet compromise.
pub const LITWARE: &str = "litware.example";
/// The bank that others pretend to be.
pub const WOODGROVE: &str = "woodgrove-bank.example";
/// Hostile names and subjects.
pub const TAILSPIN: &str = "tailspin.example";
/// Hostile names and subjects.
pub const MIRAGE: &str = "mirage-studio.example";
/// Hostile names and subjects.
pub const PIXEL: &str = "pixel-harbor.example";
/// A partner with two spellings.
pub const ADATUM: &str = "adatum.example";
/// Its other spelling.
pub const ADATUM_MIXED_CASE: &str = "Adatum.example";
/// A domain beyond ASCII.
pub const OEKOSTROM: &str = "ökostrom-hafen.example";
/// Its other spelling.
pub const OEKOSTROM_CAPITAL: &str = "Ökostrom-Hafen.example";
/// Looks like fabrikam; the second letter is Cyrillic.
pub const CYRILLIC_FABRIKAM: &str = "f\u{430}brikam.example";
/// Takes reports of our servers.
pub const CLOUD_REPORTS: &str = "cloudreports.example";
/// Gets nothing but reports of our servers.
pub const EU_CLOUD_REPORTS: &str = "eu.cloudreports.example";
/// Takes events of our servers.
pub const STATUS_BOARD: &str = "statusboard.example";
/// Gets nothing but events of our servers.
pub const STATUS_EVENTS: &str = "events.statusboard.example";
/// Gets mail of jobs that only a header shows.
pub const DEPOT_SYNC: &str = "depotsync.example";
/// Sends alerts.
pub const ALERT_WORKS: &str = "alertworks.example";
/// Sends alerts, all of them authenticated.
pub const EU_SIEM_CLOUD: &str = "eu.siemcloud.example";
/// Sends alerts.
pub const US_SIEM_CLOUD: &str = "us.siemcloud.example";
/// Sends notifications that only a header shows.
pub const TICKET_LANE: &str = "ticketlane.example";
/// Keeps files that others share.
pub const FILE_DROP: &str = "filedrop.example";
/// Sends nothing suspicious but shares.
pub const ATELIER_NORD: &str = "atelier-nord.example";
/// Sends shares and what looks like them.
pub const QUILL_WORKS: &str = "quillworks.example";
/// Runs our phishing simulation.
pub const AWARENESS_DRILL: &str = "awareness-drill.example";
/// Consumer mail.
pub const FREEMAIL: &str = "freemail.example";
/// A newsletter.
pub const CITY_BULLETIN: &str = "news.citybulletin.example";
/// Its only threat is cleared by a second record.
pub const SECOND_LOOK: &str = "secondlook.example";
/// Its only threat is the second record of a clean mail.
pub const LATE_BLOOM: &str = "latebloom.example";

/// The partners that act in stories: domain, language, rows we send there in conversations, weight
/// of their unasked clean mail, ordinary threats.
pub const CAST: [(&str, Language, u32, u32, u32); 28] = [
    (FABRIKAM, Language::English, 330, 60, 0),
    (LITWARE, Language::English, 9, 3, 0),
    (WOODGROVE, Language::English, 255, 40, 0),
    (TAILSPIN, Language::English, 74, 10, 0),
    (MIRAGE, Language::English, 18, 4, 0),
    (PIXEL, Language::French, 11, 4, 0),
    (ADATUM, Language::German, 96, 10, 4),
    (ADATUM_MIXED_CASE, Language::German, 7, 2, 2),
    (OEKOSTROM, Language::German, 14, 3, 3),
    (OEKOSTROM_CAPITAL, Language::German, 3, 1, 1),
    (CYRILLIC_FABRIKAM, Language::English, 1, 0, 0),
    (CLOUD_REPORTS, Language::English, 8, 6, 0),
    (EU_CLOUD_REPORTS, Language::English, 0, 2, 0),
    (STATUS_BOARD, Language::English, 4, 6, 0),
    (STATUS_EVENTS, Language::English, 0, 2, 0),
    (DEPOT_SYNC, Language::German, 6, 3, 0),
    (ALERT_WORKS, Language::English, 12, 0, 0),
    (EU_SIEM_CLOUD, Language::English, 7, 0, 0),
    (US_SIEM_CLOUD, Language::English, 5, 0, 0),
    (TICKET_LANE, Language::English, 22, 6, 0),
    (FILE_DROP, Language::English, 6, 0, 0),
    (ATELIER_NORD, Language::French, 38, 6, 0),
    (QUILL_WORKS, Language::English, 61, 8, 0),
    (AWARENESS_DRILL, Language::English, 3, 0, 0),
    (FREEMAIL, Language::English, 170, 70, 82),
    (CITY_BULLETIN, Language::English, 2, 0, 0),
    (SECOND_LOOK, Language::Spanish, 5, 2, 0),
    (LATE_BLOOM, Language::English, 4, 2, 0),
];

/// The partners of the stories.
pub fn cast(dice: &mut Dice) -> Vec<Partner> {
    let mut partners: Vec<Partner> = CAST
        .iter()
        .zip(400..)
        .map(
            |(&(domain, language, outbound, inbound_weight, threats), number)| Partner {
                outbound,
                inbound_weight,
                threats,
                ..Partner::new(domain, language, number, dice)
            },
        )
        .collect();
    partners[0].contacts[0] = Person::outsider("Marta Lindqvist", MARTA);
    partners
}

/// Tells all stories; the ordinary conversations must have taken place.
pub fn tell(scene: &Scene, post: &mut PostOffice, seed: u64) {
    let dice = |story: u64| Dice::new(seed, 100 + story);
    compromise::partner(scene, post, &mut dice(1));
    compromise::supplier(scene, post, &mut dice(2));
    compromise::spoofed_bank(scene, post, &mut dice(3));
    hostile_text::tell(scene, post, &mut dice(4));
    forwarding::tell(scene, post, &mut dice(5));
    jobs::tell(scene, post, &mut dice(6));
    siem::tell(scene, post, &mut dice(7));
    shares::tell(scene, post, &mut dice(8));
    noise::tell(scene, post, &mut dice(9));
    second_verdicts::tell(scene, post, &mut dice(10));
}
