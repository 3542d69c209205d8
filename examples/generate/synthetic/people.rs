//! The people: our own mailboxes, and contacts at other organisations named after their language.

use super::dice::Dice;
use super::event::{Text, domain_of};
use super::identifiers::object_id;
use super::language::Language;
use super::names::names_in;

/// Our organisation.
pub const OUR_DOMAIN: &str = "contoso.example";
/// Its sister.
pub const SISTER_DOMAIN: &str = "contoso-labs.example";

/// Whether a domain is ours.
pub fn is_ours(domain: &str) -> bool {
    domain.eq_ignore_ascii_case(OUR_DOMAIN) || domain.eq_ignore_ascii_case(SISTER_DOMAIN)
}

/// Somebody with an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// As shown to the reader of a mail.
    pub name: Text,
    /// `local@domain`.
    pub address: String,
    /// The directory's identifier, empty for strangers and machines.
    pub object_id: String,
}

impl Person {
    /// Somebody outside of our directory.
    pub fn outsider(name: impl Into<Text>, address: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            address: address.into(),
            object_id: String::new(),
        }
    }

    /// The domain of the address.
    pub fn domain(&self) -> &str {
        domain_of(&self.address)
    }
}

/// Display name and local part.
const STAFF: [(&str, &str); 46] = [
    ("Anneke de Vries", "anneke.devries"),
    ("Łukasz Nowak", "lukasz.nowak"),
    ("Zoë Müller", "zoe.mueller"),
    ("Jürgen Weiß", "juergen.weiss"),
    ("Siobhán O'Brien", "siobhan.obrien"),
    ("小林 結衣", "yui.kobayashi"),
    ("Layla Haddad", "layla.haddad"),
    ("Nguyễn Thị Mai", "mai.nguyen"),
    ("Søren Østergaard", "soren.ostergaard"),
    ("Iñaki Etxeberria", "inaki.etxeberria"),
    ("Chloé Lefèvre", "chloe.lefevre"),
    ("Tomáš Dvořák", "tomas.dvorak"),
    ("Priya Raghunathan", "priya.raghunathan"),
    ("Kwame Mensah", "kwame.mensah"),
    ("Elif Yıldız", "elif.yildiz"),
    ("João Figueiredo", "joao.figueiredo"),
    ("Freya Lindgren", "freya.lindgren"),
    ("Matteo Bianchi", "matteo.bianchi"),
    ("Oleksandra Kovalenko", "oleksandra.kovalenko"),
    ("Harriet Whitcombe", "harriet.whitcombe"),
    ("Daniel Okonkwo", "daniel.okonkwo"),
    ("Marisol Quintero", "marisol.quintero"),
    ("Γιώργος Παπαδάκης", "giorgos.papadakis"),
    ("Sunniva Hagen", "sunniva.hagen"),
    ("Benedikt Achterberg", "benedikt.achterberg"),
    ("Yasmine Benali", "yasmine.benali"),
    ("Petra Horváth", "petra.horvath"),
    ("Rajesh Iyer", "rajesh.iyer"),
    ("Camille Rousselot", "camille.rousselot"),
    ("Hye-jin Park", "hyejin.park"),
    ("Tobias Krähenbühl", "tobias.kraehenbuehl"),
    ("Niamh Gallagher", "niamh.gallagher"),
    ("Wiktoria Zielińska", "wiktoria.zielinska"),
    ("Samuel Adeyemi", "samuel.adeyemi"),
    ("Leena Virtanen", "leena.virtanen"),
    ("Rodrigo Valdés", "rodrigo.valdes"),
    ("Ingrid Solheim", "ingrid.solheim"),
    ("أمينة الخطيب", "amina.alkhatib"),
    ("Florian Steinhäuser", "florian.steinhaeuser"),
    ("Grace Holloway", "grace.holloway"),
    ("Accounts Payable", "accounts.payable"),
    ("Contoso Sales", "sales"),
    ("Contoso Info", "info"),
    ("Service Desk", "servicedesk"),
    ("Purchasing", "purchasing"),
    ("Human Resources", "hr"),
];

const LAB_STAFF: [(&str, &str); 14] = [
    ("Aarav Deshmukh", "aarav.deshmukh"),
    ("Bérénice Caron", "berenice.caron"),
    ("Dmitrijs Ozols", "dmitrijs.ozols"),
    ("Emre Aydın", "emre.aydin"),
    ("佐々木 陽斗", "haruto.sasaki"),
    ("Isolde Vandenberghe", "isolde.vandenberghe"),
    ("Kateřina Malá", "katerina.mala"),
    ("Lindiwe Dube", "lindiwe.dube"),
    ("Nils Ekström", "nils.ekstrom"),
    ("Ottoline Marsh", "ottoline.marsh"),
    ("Raúl Cifuentes", "raul.cifuentes"),
    ("Vesna Kranjc", "vesna.kranjc"),
    ("Lab Orders", "orders"),
    ("Lab Safety", "safety"),
];

/// The sixty mailboxes of our organisation and its sister.
pub fn staff() -> Vec<Person> {
    let ours = STAFF.iter().map(|entry| (entry, OUR_DOMAIN));
    let labs = LAB_STAFF.iter().map(|entry| (entry, SISTER_DOMAIN));
    ours.chain(labs)
        .enumerate()
        .map(|(number, (&(name, local), domain))| Person {
            name: name.into(),
            address: format!("{local}@{domain}"),
            object_id: object_id(number + 1),
        })
        .collect()
}

/// Somebody who works at `domain` and writes in `language`.
pub fn contact(dice: &mut Dice, language: Language, domain: &str) -> Person {
    let (first, last) = names_in(language);
    let (first, first_ascii) = dice.pick(first);
    let (last, last_ascii) = dice.pick(last);
    let name = match language {
        Language::Japanese => format!("{last} {first}"),
        Language::German if dice.chance(30) => format!("{last}, {first}"),
        _ => format!("{first} {last}"),
    };
    let local = match dice.below(4) {
        0 => format!("{}.{last_ascii}", &first_ascii[..1]),
        1 => format!("{}{last_ascii}", &first_ascii[..1]),
        _ => format!("{first_ascii}.{last_ascii}"),
    };
    Person::outsider(name, format!("{local}@{domain}"))
}
