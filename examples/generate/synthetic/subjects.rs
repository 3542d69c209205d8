//! Subjects of mail, by language and by purpose.
//!
//! In a template `{n}` becomes a number, `{p}` a project, `{d}` a date and `{c}` a city.

use std::fmt::Write as _;

use super::dice::Dice;
use super::language::Language;

const PROJECTS: [&str; 14] = [
    "Orion",
    "Kestrel",
    "Nordlicht",
    "Halyard",
    "Mistral",
    "Basilisk",
    "Tramontane",
    "Fjordline",
    "Lodestar",
    "Quillon",
    "Sandpiper",
    "Vela",
    "Windrose",
    "Zenit",
];
const CITIES: [&str; 10] = [
    "Rotterdam",
    "Leipzig",
    "Lyon",
    "Bilbao",
    "Osaka",
    "Aarhus",
    "Tangier",
    "Gdańsk",
    "Bristol",
    "Zürich",
];

/// A subject from one of `templates`.
fn fill(templates: &[&'static str], dice: &mut Dice) -> String {
    let mut subject = String::with_capacity(64);
    let mut rest = dice.word(templates);
    while let Some((before, after)) = rest.split_once('{') {
        subject.push_str(before);
        let (placeholder, after) = after.split_once('}').unwrap_or((after, ""));
        match placeholder {
            "n" => subject.push_str(&dice.between(1_000, 9_999).to_string()),
            "p" => subject.push_str(dice.word(&PROJECTS)),
            "c" => subject.push_str(dice.word(&CITIES)),
            _ => {
                let (day, month) = (dice.between(1, 28), dice.between(10, 12));
                write!(subject, "{day}.{month}.").expect("a String takes everything");
            }
        }
        rest = after;
    }
    subject.push_str(rest);
    subject
}

/// What business partners write about.
pub fn business(language: Language, dice: &mut Dice) -> String {
    let templates: &[&'static str] = match language {
        Language::English => &[
            "Project {p}: minutes of the call on {d}",
            "Purchase order {n}",
            "PO {n}: delivery date",
            "Quote {n} for {p}, second version",
            "Delivery to {c} delayed by two days",
            "Draft agreement {p}, our comments",
            "Site visit in {c}",
            "Samples for {p} have arrived",
            "Question about drawing {n}",
            "Ticket {n}: pump controller still restarts",
            "Agenda for {d}",
            "Onboarding of the new team in {c}",
            "Test report {n}",
            "Certificate of conformity {n}",
            "Forecast for Q1",
            "Customs papers for {c}",
        ],
        Language::German => &[
            "Protokoll Projekt {p} vom {d}",
            "Bestellung {n}",
            "Auftragsbestätigung {n}",
            "Angebot {n}, überarbeitete Fassung",
            "Liefertermin {c} verschiebt sich",
            "Rückfrage zur Zeichnung {n}",
            "Prüfbericht {n}",
            "Terminvorschlag für den {d}",
            "Vertragsentwurf {p}: Anmerkungen",
            "Muster für {p} eingetroffen",
            "Reisekosten {c}",
            "Abnahme in {c} am {d}",
        ],
        Language::French => &[
            "Compte rendu du projet {p}, {d}",
            "Commande {n}",
            "Devis {n}, nouvelle version",
            "Livraison à {c} retardée",
            "Réunion du {d} : ordre du jour",
            "Question sur le plan {n}",
            "Échantillons {p} bien reçus",
            "Projet de contrat {p}, nos remarques",
            "Rapport d'essai {n}",
            "Visite du site de {c}",
        ],
        Language::Spanish => &[
            "Acta de la reunión del {d}",
            "Pedido {n}",
            "Presupuesto {n} actualizado",
            "Entrega en {c} con retraso",
            "Duda sobre el plano {n}",
            "Muestras de {p} recibidas",
            "Borrador del contrato {p}",
            "Informe de ensayo {n}",
            "Visita a {c} la próxima semana",
        ],
        Language::Japanese => &[
            "{p}の打ち合わせ議事録",
            "注文書 {n} の件",
            "お見積り {n} のご送付",
            "納期変更のご連絡",
            "図面 {n} についてのご質問",
            "来週のご訪問について",
        ],
        Language::Arabic => &[
            "محضر اجتماع مشروع {p}",
            "طلب شراء رقم {n}",
            "عرض السعر {n} بعد التعديل",
            "موعد التسليم الجديد",
            "استفسار عن الرسم {n}",
        ],
    };
    fill(templates, dice)
}

/// What colleagues write to each other about.
pub fn colleagues(dice: &mut Dice) -> String {
    let templates = [
        "Notes from the {p} stand-up",
        "Lunch on {d}?",
        "Holiday cover in week 47",
        "Who has the key of meeting room {c}?",
        "Slides for the customer in {c}",
        "Budget {p}, first numbers",
        "Urlaubsplanung Dezember",
        "Neue Vorlage für Angebote",
        "Welcome our new colleague in {c}",
        "Change {n} goes live on {d}",
        "Printer on the second floor",
        "Review of {p}: two open points",
        "Déménagement du bureau de {c}",
        "Travel request {n}",
    ];
    fill(&templates, dice)
}

/// What machines of suppliers and services write.
pub fn notification(dice: &mut Dice) -> String {
    let templates = [
        "Your order {n} has been shipped",
        "Shipment {n}: arriving in {c}",
        "Sendung {n} wurde zugestellt",
        "Invoice {n} is available in your portal",
        "Votre facture {n} est disponible",
        "Booking {n} confirmed: {c}",
        "Reminder: webinar on {d}",
        "Build {n} finished",
        "Comment on task {n}",
        "Su reserva {n} en {c}",
        "Maintenance window on {d}",
    ];
    fill(&templates, dice)
}

/// Newsletters.
pub fn newsletter(dice: &mut Dice) -> String {
    let templates = [
        "This week in {c}: trade fairs and fares",
        "Packaging trends, issue {n}",
        "Neues aus der Branche, Ausgabe {n}",
        "Early-bird tickets for {c} end on {d}",
        "La lettre de l'industrie nº {n}",
        "Five ideas for leaner warehouses",
        "{n} engineers read this on Mondays",
    ];
    fill(&templates, dice)
}

/// Advertising that nobody asked for.
pub fn spam(language: Language, dice: &mut Dice) -> String {
    let templates: &[&'static str] = match language {
        Language::German => &[
            "Nur heute: {n} Toner zum halben Preis",
            "Ihre Webseite auf Platz 1",
            "Kredit ohne Schufa, Antrag {n}",
            "Wir kaufen Ihre Restposten in {c}",
        ],
        Language::French => &[
            "Offre exclusive réservée aux entreprises de {c}",
            "Dernier rappel : -70 % jusqu'au {d}",
            "Financement rapide, dossier {n}",
        ],
        Language::Spanish => &[
            "Última oportunidad: 60 % de descuento",
            "Base de datos con {n} empresas de {c}",
            "Préstamo aprobado {n}",
        ],
        Language::Japanese => &["【本日限定】特別価格のご案内", "法人向け名簿 {n} 件"],
        Language::Arabic => &["عرض خاص لمدة يوم واحد", "قائمة {n} شركة في {c}"],
        Language::English => &[
            "Last chance: 70 % off team licences",
            "{n} verified leads for your sales team",
            "Rank first on every search engine",
            "Cheap pallets from {c}, ask for our list",
            "You have been shortlisted, award {n}",
            "Working capital approved within {n} minutes",
            "Refurbished laptops, lot {n}",
        ],
    };
    fill(templates, dice)
}

/// Bait.
pub fn phish(language: Language, dice: &mut Dice) -> String {
    let templates: &[&'static str] = match language {
        Language::German => &[
            "Ihr Postfach ist fast voll",
            "Rechnung {n} konnte nicht abgebucht werden",
            "Neue Sprachnachricht ({n} Sekunden)",
            "Bitte bestätigen Sie Ihre neue Bankverbindung",
            "Dokument zur Unterschrift: Vertrag {n}",
        ],
        Language::French => &[
            "Votre mot de passe expire aujourd'hui",
            "Facture impayée {n}, dernier avis",
            "Document partagé : bulletin de paie",
            "Colis {n} en attente de paiement",
        ],
        Language::Spanish => &[
            "Su buzón será desactivado",
            "Factura vencida {n}",
            "Documento compartido: nómina de noviembre",
        ],
        Language::Japanese => &[
            "アカウントの確認が必要です",
            "未払い請求書 {n}",
            "パスワードの有効期限が切れます",
        ],
        Language::Arabic => &["تنبيه: سيتم إيقاف حسابك", "فاتورة غير مدفوعة {n}"],
        Language::English => &[
            "Your mailbox is almost full",
            "Password expires today",
            "New voice message ({n} seconds)",
            "Payment {n} rejected, please check the details",
            "Shared with you: salary review {p}",
            "Signature needed: contract {n}",
            "Changed bank account for invoice {n}",
            "Are you at your desk?",
            "Parcel {n} is held in {c}",
            "Action needed: multi-factor enrolment ends on {d}",
            "Unusual sign-in from {c}",
        ],
    };
    fill(templates, dice)
}

/// Carriers of malware.
pub fn malware(dice: &mut Dice) -> String {
    let templates = [
        "Invoice {n} attached",
        "Scan_{n}.pdf",
        "Overdue statement {n}",
        "Proof of delivery {n}",
        "Rechnung {n} im Anhang",
        "RFQ {n}, please quote by {d}",
        "Tracking documents {n}",
    ];
    fill(&templates, dice)
}
