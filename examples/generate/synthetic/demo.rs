//! The demonstration: one month of a made-up organisation.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::clock::Rhythm;
use super::dice::Dice;
use super::event::{Event, Link};
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

/// Rows of the two files of the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// `EmailEvents`, by time.
    pub events: Vec<Event>,
    /// `EmailUrlInfo`, by time.
    pub links: Vec<Link>,
}

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
    Demo { events, links }
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
    /// Writes `EmailEvents.csv.gz` and `EmailUrlInfo.csv.gz` into a directory, which is made if
    /// need be.
    ///
    /// # Errors
    ///
    /// When the directory or a file cannot be written.
    pub fn write_to(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        let create =
            |name: &str| io::Result::Ok(BufWriter::new(File::create(directory.join(name))?));
        let mut events = gzip(create("EmailEvents.csv.gz")?);
        write_csv(self.events.iter().cloned(), &mut events)?;
        events.finish()?.flush()?;
        let mut links = gzip(create("EmailUrlInfo.csv.gz")?);
        write_csv(self.links.iter().cloned(), &mut links)?;
        links.finish()?.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_is_the_same_each_time() {
        assert_eq!(demo(), demo());
    }
}
