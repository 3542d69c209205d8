//! The demonstration: one month of a made-up organisation.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::aftermath::Aftermath;
use super::clock::Rhythm;
use super::dice::Dice;
use super::event::{Event, Link, Row};
use super::files::{gzip, write_csv};
use super::partners;
use super::people::staff;
use super::post_office::PostOffice;
use super::stories;
use super::traffic::{self, Scene};

/// Decides everything that is left to chance.
const SEED: u64 = 20_261_119;
/// Inbound rows.
const INBOUND: usize = 12_400;
/// Rows among colleagues.
const INTRA_ORG: usize = 2_800;
/// Threats from domains that nobody writes to.
const THREATS_OF_STRANGERS: usize = 620;

/// Rows of the files of the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// `EmailEvents`, by time.
    pub events: Vec<Event>,
    /// `EmailUrlInfo`, by time.
    pub links: Vec<Link>,
    /// The other companion tables.
    pub aftermath: Aftermath,
}

/// The files of the demonstration.
pub const FILES: [&str; 5] = [
    "EmailEvents.csv.gz",
    "EmailUrlInfo.csv.gz",
    "EmailAttachmentInfo.csv.gz",
    "EmailPostDeliveryEvents.csv.gz",
    "UrlClickEvents.csv.gz",
];

/// The demonstration: the same rows each time.
pub fn demo() -> Demo {
    let mut partners = stories::cast(&mut Dice::new(SEED, 1));
    partners.extend(partners::ordinary(&mut Dice::new(SEED, 2)));
    let scene = Scene {
        staff: staff(),
        partners,
        office: Rhythm::office(),
        world: Rhythm::world(),
        machines: Rhythm::machines(),
    };
    let mut post = PostOffice::new(SEED);
    traffic::conversations(&scene, &mut post, &mut Dice::new(SEED, 3));
    stories::tell(&scene, &mut post, SEED);
    traffic::partner_threats(&scene, &mut post, &mut Dice::new(SEED, 4));
    traffic::strangers(
        &scene,
        THREATS_OF_STRANGERS,
        &mut post,
        &mut Dice::new(SEED, 5),
    );
    traffic::unasked(&scene, INBOUND, &mut post, &mut Dice::new(SEED, 6));
    traffic::colleagues(&scene, INTRA_ORG, &mut post, &mut Dice::new(SEED, 7));
    let (mut events, links) = post.close();
    mark_first_contacts(&mut events);
    let aftermath = Aftermath::of(&events, &links, SEED);
    Demo {
        events,
        links,
        aftermath,
    }
}

/// Inbound mail of a sender that its reader has not heard of, as far as the export can tell.
fn mark_first_contacts(events: &mut [Event]) {
    let known: HashSet<String> = events
        .iter()
        .filter(|event| event.email_direction == "Outbound")
        .map(|event| event.recipient_domain.to_lowercase())
        .collect();
    let mut met = HashSet::new();
    for event in events
        .iter_mut()
        .filter(|event| event.email_direction == "Inbound")
    {
        let pair = (
            event.sender_from_address.clone(),
            event.recipient_email_address.clone(),
        );
        let known = known.contains(&event.sender_from_domain.to_lowercase());
        event.is_first_contact = Some(met.insert(pair) && !known);
    }
}

impl Demo {
    /// Writes [`FILES`] into a directory, which is made if need be.
    ///
    /// # Errors
    ///
    /// When the directory or a file cannot be written.
    pub fn write_to(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        let [events, links, attachments, post_delivery_events, clicks] =
            FILES.map(|name| directory.join(name));
        write(&events, &self.events)?;
        write(&links, &self.links)?;
        write(&attachments, &self.aftermath.attachments)?;
        write(&post_delivery_events, &self.aftermath.post_delivery_events)?;
        write(&clicks, &self.aftermath.clicks)
    }
}

/// Writes rows as CSV packed with gzip.
fn write<const COLUMNS: usize, R: Row<COLUMNS> + Clone>(path: &Path, rows: &[R]) -> io::Result<()> {
    let mut packed = gzip(BufWriter::new(File::create(path)?));
    write_csv(rows.iter().cloned(), &mut packed)?;
    packed.finish()?.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_is_the_same_each_time() {
        assert_eq!(demo(), demo());
    }
}
