//! The organisations that we exchange mail with. Names and addresses are reserved for documentation
//! (RFC 2606, 5737, 3849): they belong to nobody.

use super::dice::Dice;
use super::language::Language;
use super::people::{Person, contact};

/// What mail a partner sends of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// People who write to people.
    Business,
    /// Notifications and newsletters.
    Broadcaster,
}

/// An organisation.
#[derive(Clone, Debug)]
pub struct Partner {
    /// Its domain, spelled as its own servers do.
    pub domain: String,
    /// Whom we know there.
    pub contacts: Vec<Person>,
    /// What they write in.
    pub language: Language,
    /// Where they send from.
    pub ip: String,
    /// Its kind.
    pub role: Role,
    /// How many rows we send there in ordinary conversations.
    pub outbound: u32,
    /// How much unasked clean mail comes from there, relative to others.
    pub inbound_weight: u32,
    /// How many rows with threats come from there in an ordinary month.
    pub threats: u32,
}

/// How many partners have no part in a story.
const ORDINARY: u32 = 384;
/// The first of them that send without ever getting mail.
const FIRST_SUPPLIER: u32 = 276;
/// The first of them that broadcast.
const FIRST_BROADCASTER: u32 = 340;
/// Rows that we send to ordinary partners, about.
const OUTBOUND_ROWS: u32 = 2_950;

const FIRST_WORDS: [&str; 40] = [
    "north", "blue", "silver", "iron", "amber", "cedar", "maple", "river", "stone", "harbor",
    "summit", "lumen", "orchid", "quartz", "falcon", "meadow", "copper", "willow", "aurora",
    "delta", "pioneer", "granite", "saffron", "juniper", "cobalt", "sierra", "velvet", "ember",
    "basalt", "tundra", "coral", "linden", "marble", "onyx", "prairie", "solstice", "thistle",
    "umber", "zephyr", "birch",
];

const SECOND_WORDS: [(&str, Language); 30] = [
    ("works", Language::English),
    ("logistik", Language::German),
    ("pharma", Language::English),
    ("conseil", Language::French),
    ("foods", Language::English),
    ("metall", Language::German),
    ("systems", Language::English),
    ("textil", Language::German),
    ("legal", Language::English),
    ("viajes", Language::Spanish),
    ("marine", Language::English),
    ("optique", Language::French),
    ("freight", Language::English),
    ("bau", Language::German),
    ("labs", Language::English),
    ("denki", Language::Japanese),
    ("partners", Language::English),
    ("verlag", Language::German),
    ("studio", Language::English),
    ("energia", Language::Spanish),
    ("insure", Language::English),
    ("robotics", Language::English),
    ("papier", Language::German),
    ("dental", Language::English),
    ("trading", Language::Arabic),
    ("imprimerie", Language::French),
    ("garden", Language::English),
    ("vision", Language::English),
    ("chemie", Language::German),
    ("finance", Language::English),
];

fn second_word(number: u32) -> (&'static str, Language) {
    SECOND_WORDS[((number * 7 + number / 40) % 30) as usize]
}

/// The language of an ordinary partner.
pub fn ordinary_language(number: u32) -> Language {
    second_word(number).1
}

/// The domain of an ordinary partner, different for each number below 1,200.
pub fn ordinary_domain(number: u32) -> String {
    let first = FIRST_WORDS[(number % 40) as usize];
    let (second, _) = second_word(number);
    match number % 23 {
        3 => format!("{first}{second}.example.com"),
        9 => format!("{first}{second}.example.net"),
        14 => format!("{first}{second}.example.org"),
        5 | 17 => format!("mail.{first}-{second}.example"),
        0 | 6 | 11 | 20 => format!("{first}{second}.example"),
        _ => format!("{first}-{second}.example"),
    }
}

/// A documentation address that stays the same for the same number.
pub fn address_of(number: u32) -> String {
    let host = number * 37 % 253 + 1;
    match number % 8 {
        0 => format!("2001:db8:{number:x}::25"),
        1 | 4 | 7 => format!("192.0.2.{host}"),
        2 | 5 => format!("198.51.100.{host}"),
        _ => format!("203.0.113.{}", host.max(32)),
    }
}

impl Partner {
    /// A partner with some contacts.
    pub fn new(domain: &str, language: Language, number: u32, dice: &mut Dice) -> Self {
        let count = dice.between(2, 6);
        let mut contacts: Vec<Person> = Vec::new();
        for _ in 0..count {
            let person = contact(dice, language, domain);
            if contacts.iter().all(|known| known.address != person.address) {
                contacts.push(person);
            }
        }
        Self {
            domain: domain.to_owned(),
            contacts,
            language,
            ip: address_of(number),
            role: Role::Business,
            outbound: 0,
            inbound_weight: 1,
            threats: 0,
        }
    }
}

/// How many threat rows a partner sends in a month: mostly one or two, sometimes dozens.
fn usual_threats(dice: &mut Dice) -> u32 {
    match dice.below(100) {
        0..=41 => 1,
        42..=60 => 2,
        61..=71 => 3,
        72..=79 => 4,
        80..=85 => 5,
        86..=90 => dice.between(6, 9),
        91..=95 => dice.between(10, 18),
        96..=98 => dice.between(19, 34),
        _ => dice.between(35, 58),
    }
}

/// The ordinary partners, those that we write to most first.
pub fn ordinary(dice: &mut Dice) -> Vec<Partner> {
    // Zipf's law with a flat end: the last ones get a mail or two.
    let weight = |rank: u32| (60_000 / (rank + 5)).saturating_sub(150).max(40);
    let total: u32 = (0..FIRST_SUPPLIER).map(weight).sum();
    (0..ORDINARY)
        .map(|number| {
            let domain = ordinary_domain(number);
            let language = ordinary_language(number);
            let mut partner = Partner::new(&domain, language, number + 1, dice);
            if number < FIRST_SUPPLIER {
                partner.outbound = (weight(number) * OUTBOUND_ROWS / total).max(1);
                partner.inbound_weight = 1 + 90 / (number + 3);
                partner.threats = if dice.chance(60) {
                    usual_threats(dice)
                } else {
                    0
                };
            } else if number < FIRST_BROADCASTER {
                partner.inbound_weight = dice.between(1, 9);
                partner.threats = if dice.chance(40) {
                    usual_threats(dice)
                } else {
                    0
                };
            } else {
                partner.role = Role::Broadcaster;
                partner.inbound_weight = dice.between(8, 50);
                partner.threats = if dice.chance(35) {
                    dice.between(2, 20)
                } else {
                    0
                };
                // Somebody asked them to stop.
                partner.outbound = u32::from(dice.chance(40));
            }
            partner
        })
        .collect()
}
