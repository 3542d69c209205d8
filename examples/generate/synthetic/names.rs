//! First and last names by language, for contacts at other organisations.

use super::language::Language;

/// Names with their spelling in addresses.
pub type Names = [(&'static str, &'static str)];

const ENGLISH_FIRST: &Names = &[
    ("Alice", "alice"),
    ("Ben", "ben"),
    ("Clara", "clara"),
    ("Derek", "derek"),
    ("Edith", "edith"),
    ("Marcus", "marcus"),
    ("Naomi", "naomi"),
    ("Owen", "owen"),
    ("Ruth", "ruth"),
    ("Theo", "theo"),
];
const ENGLISH_LAST: &Names = &[
    ("Ashworth", "ashworth"),
    ("Birch", "birch"),
    ("Calloway", "calloway"),
    ("Drummond", "drummond"),
    ("Fairfax", "fairfax"),
    ("Hargreaves", "hargreaves"),
    ("Ibekwe", "ibekwe"),
    ("Nakamura", "nakamura"),
    ("Pemberton", "pemberton"),
    ("Sandoval", "sandoval"),
];

const GERMAN_FIRST: &Names = &[
    ("Anja", "anja"),
    ("Björn", "bjoern"),
    ("Dörte", "doerte"),
    ("Gerd", "gerd"),
    ("Heike", "heike"),
    ("Jörg", "joerg"),
    ("Katrin", "katrin"),
    ("Uwe", "uwe"),
];
const GERMAN_LAST: &Names = &[
    ("Brandstätter", "brandstaetter"),
    ("Ebersbach", "ebersbach"),
    ("Größner", "groessner"),
    ("Hülsmann", "huelsmann"),
    ("Kessler", "kessler"),
    ("Roßbach", "rossbach"),
    ("Vogelsang", "vogelsang"),
    ("Zöllner", "zoellner"),
];

const FRENCH_FIRST: &Names = &[
    ("Aurélie", "aurelie"),
    ("Benoît", "benoit"),
    ("Céline", "celine"),
    ("Étienne", "etienne"),
    ("François", "francois"),
    ("Hélène", "helene"),
    ("Margaux", "margaux"),
    ("Yves", "yves"),
];
const FRENCH_LAST: &Names = &[
    ("Aubertin", "aubertin"),
    ("Delacour", "delacour"),
    ("Fontenay", "fontenay"),
    ("Guérin", "guerin"),
    ("Lemaître", "lemaitre"),
    ("Péchard", "pechard"),
    ("Thévenot", "thevenot"),
    ("Vasseur", "vasseur"),
];

const SPANISH_FIRST: &Names = &[
    ("Álvaro", "alvaro"),
    ("Begoña", "begona"),
    ("Concha", "concha"),
    ("Íker", "iker"),
    ("Lucía", "lucia"),
    ("Martín", "martin"),
    ("Nuria", "nuria"),
    ("Ximena", "ximena"),
];
const SPANISH_LAST: &Names = &[
    ("Arrieta", "arrieta"),
    ("Bermúdez", "bermudez"),
    ("Castañeda", "castaneda"),
    ("Ibáñez", "ibanez"),
    ("Montoya", "montoya"),
    ("Peñalver", "penalver"),
    ("Requena", "requena"),
    ("Zúñiga", "zuniga"),
];

const JAPANESE_FIRST: &Names = &[
    ("健太", "kenta"),
    ("美咲", "misaki"),
    ("翔", "sho"),
    ("彩", "aya"),
    ("直樹", "naoki"),
    ("由美", "yumi"),
];
const JAPANESE_LAST: &Names = &[
    ("佐藤", "sato"),
    ("鈴木", "suzuki"),
    ("高橋", "takahashi"),
    ("渡辺", "watanabe"),
    ("山本", "yamamoto"),
    ("中村", "nakamura"),
];

const ARABIC_FIRST: &Names = &[
    ("أحمد", "ahmad"),
    ("فاطمة", "fatima"),
    ("يوسف", "yousef"),
    ("نور", "nour"),
    ("سامي", "sami"),
    ("ريم", "reem"),
];
const ARABIC_LAST: &Names = &[
    ("حداد", "haddad"),
    ("منصور", "mansour"),
    ("الشامي", "alshami"),
    ("قاسم", "qasim"),
    ("درويش", "darwish"),
    ("سليم", "saleem"),
];

/// First and last names.
pub const fn names_in(language: Language) -> (&'static Names, &'static Names) {
    match language {
        Language::English => (ENGLISH_FIRST, ENGLISH_LAST),
        Language::German => (GERMAN_FIRST, GERMAN_LAST),
        Language::French => (FRENCH_FIRST, FRENCH_LAST),
        Language::Spanish => (SPANISH_FIRST, SPANISH_LAST),
        Language::Japanese => (JAPANESE_FIRST, JAPANESE_LAST),
        Language::Arabic => (ARABIC_FIRST, ARABIC_LAST),
    }
}
