//! The companion tables of `EmailEvents`: known by their columns, joined by message, shown in the email's
//! pane, exported and looked at by exclusions.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its name says what it is about"
)]

#[path = "support/screen.rs"]
#[allow(
    dead_code,
    reason = "each test file uses its part of the shared harness"
)]
mod screen;
mod support;

use mailhunt::events::input::Input;
use mailhunt::events::schema::Table;
use mailhunt::hunt::exclusion;
use mailhunt::hunt::{DomainMatching, Hunt};
use mailhunt::tui::app::{App, Effect, Msg};
use rstest::rstest;
use screen::{examined, frame, loaded, play};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Output};
use support::{Folder, load};

const MESSAGE: &str = "25d82f90-4cde-45d6-a15a-ca787d85e022";

/// One domain we write to, and one threat email from it to Ada.
const EVENTS: &str = "\
Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Subject
2026-11-02T08:00:00Z,m-out,Outbound,ours.example,b@partner.example,,sent
2026-11-03T08:00:00Z,25d82f90-4cde-45d6-a15a-ca787d85e022,Inbound,partner.example,Ada@ours.example,Phish,received
";

const LINKS: &str = "\
Timestamp,NetworkMessageId,Url,UrlDomain,UrlLocation,UrlChainId,UrlChainPosition
2026-11-03T08:00:00Z,25D82F90-4CDE-45D6-A15A-CA787D85E022,https://bait.example/a,bait.example,QRCode,c-1,0
2026-11-03T08:00:00Z, 25d82f90-4cde-45d6-a15a-ca787d85e022 ,https://next.example/b,next.example,,c-1,1
2026-11-03T08:00:00Z,another,https://elsewhere.example/,elsewhere.example,Body,,
";

const FILES: &str = "\
NetworkMessageId,RecipientEmailAddress,FileName,FileType,SHA256,FileSize,ThreatTypes,ThreatNames
25d82f90-4cde-45d6-a15a-ca787d85e022,ADA@ours.example,invoice.docm,docm;office,9f86d081,48213,Malware,Trojan:Made.Up
25d82f90-4cde-45d6-a15a-ca787d85e022,bob@ours.example,invoice.docm,docm;office,9f86d081,48213,Malware,Trojan:Made.Up
25d82f90-4cde-45d6-a15a-ca787d85e022,ada@ours.example,terms.pdf,pdf;pdf,60303ae2,1,,
";

const CLEAN_UPS: &str = "\
Timestamp,NetworkMessageId,Action,ActionType,ActionTrigger,ActionResult,RecipientEmailAddress,DeliveryLocation,EmailDirection,ThreatTypes
2026-11-04T10:00:00Z,25d82f90-4cde-45d6-a15a-ca787d85e022,Reprocessed,Redelivery,SpecialAction,Success,ada@ours.example,Inbox/folder,Inbound,
2026-11-03T09:00:00Z,25d82f90-4cde-45d6-a15a-ca787d85e022,Moved to quarantine,Phish ZAP,SpecialAction,Success,ada@OURS.example,Quarantine,Inbound,Phish
2026-11-03T09:00:00Z,25d82f90-4cde-45d6-a15a-ca787d85e022,Moved to quarantine,Phish ZAP,SpecialAction,Success,bob@ours.example,Quarantine,Inbound,Phish
";

const CLICKS: &str = r#"
{"Timestamp":"2026-11-03T08:05:00Z","Url":"https://bait.example/a","ActionType":"ClickBlocked","AccountUpn":"bob@ours.example","Workload":"Email","NetworkMessageId":"25d82f90-4cde-45d6-a15a-ca787d85e022","IsClickedThrough":false}
{"Timestamp":"2026-11-03T08:06:00Z","Url":"https://bait.example/a","ActionType":"ClickBlocked","AccountUpn":"ada@ours.example","Workload":"Email","NetworkMessageId":"25d82f90-4cde-45d6-a15a-ca787d85e022","IsClickedThrough":true}
{"Timestamp":"2026-11-03T08:07:00Z","Url":"https://teams.example/","ActionType":"ClickAllowed","AccountUpn":"ada@ours.example","Workload":"Teams","IsClickedThrough":false}
"#;

/// What `mailhunt emails partner.example` gives with these files and arguments.
fn emails(texts: &[&str], arguments: &[&str]) -> Output {
    let folder = Folder::new();
    Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .args(["emails", "partner.example"])
        .args(written(&folder, texts))
        .args(arguments)
        .output()
        .unwrap()
}

const ALL_FILES: [&str; 5] = [EVENTS, LINKS, FILES, CLEAN_UPS, CLICKS];

/// Plays keys, does the exports they ask for and gives the results back to the interface.
fn play_and_export(app: &mut App, keys: &str) {
    for effect in play(app, keys) {
        if let Effect::Export(job) = effect {
            app.update(Msg::Exported(job.run()));
        }
    }
}

#[test]
fn emails_are_exported_with_the_columns_of_companion_tables_that_are_asked_for() {
    let columns = "Subject,Url,urldomain,FileName,EmailAttachmentInfo.ThreatTypes,Clicked,\
                   UrlClickEvents.Url,ActionType,UrlClickEvents.ActionType";
    let output = emails(&ALL_FILES, &["--columns", columns, "--format", "json"]);
    assert!(output.status.success(), "{output:?}");
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        rows,
        json!([{
            "Subject": "received",
            "Url": ["https://bait.example/a", "https://next.example/b"],
            "UrlDomain": ["bait.example", "next.example"],
            // Those of the recipient, not of the others of the message.
            "FileName": ["invoice.docm", "terms.pdf"],
            "EmailAttachmentInfo.ThreatTypes": ["Malware", ""],
            "Clicked": 1,
            "UrlClickEvents.Url": ["https://bait.example/a", "https://bait.example/a"],
            "ActionType": ["Redelivery", "Phish ZAP"],
            "UrlClickEvents.ActionType": ["ClickBlocked", "ClickBlocked"],
        }])
    );
    let columns = "*,FileName,Clicked";
    let output = emails(&ALL_FILES, &["--columns", columns, "--format", "csv"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let header = EVENTS.lines().next().unwrap();
    let row = EVENTS.lines().nth(2).unwrap();
    assert_eq!(
        text,
        format!(
            "{header},FileName,Clicked\n{row},\"[\"\"invoice.docm\"\",\"\"terms.pdf\"\"]\",1\n"
        )
    );
}

#[test]
fn a_wrong_name_of_a_column_lists_all_there_are() {
    let said = |texts: &[&str], name: &str| {
        let output = emails(texts, &["--columns", name]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let all = said(&ALL_FILES, "Uri");
    for expected in [
        "no column \"Uri\"; available: Timestamp, NetworkMessageId,",
        " UrlLocation, UrlChainId, UrlChainPosition, FileName,",
        " IsClickedThrough, Clicked, EmailUrlInfo.Timestamp,",
        " EmailAttachmentInfo.ThreatTypes,",
        " UrlClickEvents.Url,",
        ", ActiveExclusions, DomainMatching, TimeRange, HiddenBy, MetBy",
    ] {
        assert!(all.contains(expected), "{expected}: {all}");
    }
    // No other table's column of the name is taken instead.
    let without_links = [ALL_FILES[0], ALL_FILES[4]];
    let url = said(&without_links, "Url");
    assert!(
        url.contains(
            "no column \"Url\" (Url belongs to EmailUrlInfo, which is not loaded); available"
        ),
        "{url}"
    );
    assert!(url.contains(" UrlClickEvents.Url,"), "{url}");
    let clicked = said(&ALL_FILES[..2], "clicked");
    assert!(
        clicked.contains("clicked belongs to UrlClickEvents, which is not loaded)"),
        "{clicked}"
    );
}

#[test]
fn an_open_email_is_exported_with_all_that_belongs_to_it() {
    let folder = Folder::new();
    let mut app = opened(&ALL_FILES);
    let export = |app: &mut App, name: &str| {
        let path = folder.path().join(name);
        let keys = format!("e<ctrl-u>{}<enter>", path.display());
        play_and_export(app, &keys);
        assert!(frame(app).contains("1 email written to"), "{}", frame(app));
        std::fs::read_to_string(path).unwrap()
    };
    let email: Value = serde_json::from_str(&export(&mut app, "email.json")).unwrap();
    assert_eq!(email["Subject"], "received");
    assert_eq!(email["ActiveExclusions"], "none");
    assert_eq!(
        (&email["HiddenBy"], &email["MetBy"]),
        (&"".into(), &"".into())
    );
    let urls = |table: &str| {
        let rows = email[table].as_array().unwrap().iter();
        rows.map(|row| row["Url"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    let links = ["https://bait.example/a", "https://next.example/b"];
    assert_eq!(urls("EmailUrlInfo"), links);
    assert_eq!(urls("UrlClickEvents"), ["https://bait.example/a"; 2]);
    assert_eq!(email["EmailAttachmentInfo"][0]["FileName"], "invoice.docm");
    assert_eq!(
        email["EmailPostDeliveryEvents"][1]["ActionType"],
        "Phish ZAP"
    );
    let of_others = &email["RowsOfOtherRecipients"];
    assert_eq!(of_others["EmailAttachmentInfo"], 1);
    assert_eq!(of_others["EmailUrlInfo"], 0);

    let text = export(&mut app, "email.md").replace('\\', "");
    for expected in [
        "# received\n\n- **Contents:** One threat email\n",
        "| MetBy |  |\n",
        "| Subject | received |\n",
        "\n## EmailUrlInfo: 2 rows\n",
        "\n## EmailAttachmentInfo: 2 rows, 1 row for other recipients not listed\n",
        "\n## UrlClickEvents: 2 rows\n",
        "https://next.example/b",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("bob@ours.example | Quarantine"), "{text}");

    // What it meets is said, on or off; what hides it only where that is on.
    play(&mut app, "x<enter>");
    let met = app.hunt.exclusions.last().unwrap().id.clone();
    play(&mut app, "0");
    let email: Value = serde_json::from_str(&export(&mut app, "met.json")).unwrap();
    assert_eq!(email["MetBy"].as_str(), Some(met.as_str()));
    assert_eq!(email["HiddenBy"], "");
    play(&mut app, "0");
    let email: Value = serde_json::from_str(&export(&mut app, "hidden.json")).unwrap();
    assert_eq!(email["MetBy"].as_str(), Some(met.as_str()));
    assert_eq!(email["HiddenBy"].as_str(), Some(met.as_str()));
    let text = export(&mut app, "met.md");
    assert!(
        text.contains(&format!("| MetBy | {met} |\n").replace('@', "\\@")),
        "{text}"
    );
}

#[test]
fn the_export_dialog_offers_columns_of_companion_tables() {
    let folder = Folder::new();
    let mut app = opened(&ALL_FILES);
    let path = folder.path().join("emails.jsonl");
    let keys = format!("<esc>e<ctrl-u>{}<down>", path.display());
    play(&mut app, &keys);
    assert!(
        frame(&app).contains("Url, UrlDomain, UrlLocation"),
        "{}",
        frame(&app)
    );
    play(&mut app, ",urlc");
    assert!(
        frame(&app).contains("UrlChainId, UrlChainPosition"),
        "{}",
        frame(&app)
    );
    play_and_export(&mut app, ",nothing<enter>");
    assert!(
        frame(&app).contains("the export has no column \"urlc\""),
        "{}",
        frame(&app)
    );
    assert!(!path.exists());
    play(&mut app, "<ctrl-u>Subject,filen<tab>,clic<tab>");
    play_and_export(&mut app, "<enter>");
    assert!(frame(&app).contains("1 row written to"), "{}", frame(&app));
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(
        text,
        "{\"Subject\":\"received\",\"FileName\":[\"invoice.docm\",\"terms.pdf\"],\"Clicked\":1,\
         \"ActiveExclusions\":\"none\"}\n"
    );
}

#[test]
fn a_wrong_column_and_a_file_that_exists_are_told_where_there_is_little_room() {
    let folder = Folder::new();
    let mut app = opened(&ALL_FILES);
    screen::resize(&mut app, 40, 10);
    let path = folder.write("a.csv", "precious");
    let keys = format!("<esc>e<ctrl-u>{}<down><ctrl-u>Uri<enter>", path.display());
    play_and_export(&mut app, &keys);
    assert!(
        frame(&app).contains("the export has no column"),
        "{}",
        frame(&app)
    );
    play_and_export(&mut app, "<ctrl-u>Url<enter>");
    assert!(frame(&app).contains("This file exists."), "{}", frame(&app));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "precious");
}

const COMPANIONS: [(&str, Table); 4] = [
    (LINKS, Table::EmailUrlInfo),
    (FILES, Table::EmailAttachmentInfo),
    (CLEAN_UPS, Table::EmailPostDeliveryEvents),
    (CLICKS, Table::UrlClickEvents),
];

/// Writes these texts into files whose names say nothing.
fn written(folder: &Folder, texts: &[&str]) -> Vec<PathBuf> {
    let numbered = texts.iter().enumerate();
    numbered
        .map(|(number, text)| folder.write(&format!("file{number}"), text))
        .collect()
}

/// The interface with these loaded and the email opened.
fn opened(texts: &[&str]) -> App {
    let folder = Folder::new();
    let inputs = written(&folder, texts).into_iter().map(Input::File);
    let mut app = loaded(inputs.collect(), 140, 40);
    play(&mut app, "<enter><enter>");
    app
}

/// All lines of the open email.
fn email_pane(texts: &[&str]) -> String {
    let app = opened(texts);
    let lines: Vec<String> = app.email.lines.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn each_table_is_known_by_its_columns_and_no_row_is_lost() {
    let folder = Folder::new();
    let texts: Vec<&str> = COMPANIONS.iter().map(|(text, _)| *text).collect();
    let paths = written(&folder, &[texts.as_slice(), &[EVENTS]].concat());
    let (state, hunt) = load(&paths, Vec::new());
    for (file, (_, table)) in state.files.iter().zip(COMPANIONS) {
        let report = file.report.as_ref().expect("done with");
        assert_eq!(report.tables, [(table, 3)]);
        assert_eq!(report.rows_rejected, 0);
        assert_eq!(hunt.store.companions().rows(table), 3);
    }
    assert_eq!(hunt.store.events(), 2);
}

#[test]
fn a_file_of_records_of_all_tables_gives_each_its_rows() {
    let event = format!(
        r#"{{"NetworkMessageId":"{MESSAGE}","EmailDirection":"Inbound","SenderFromDomain":"p.example","RecipientEmailAddress":"a@o.example","ThreatTypes":"Phish"}}"#
    );
    let file = format!(r#"{{"NetworkMessageId":"{MESSAGE}","FileName":"a.pdf"}}"#);
    let clean_up = format!(
        r#"{{"NetworkMessageId":"{MESSAGE}","EmailDirection":"Inbound","RecipientEmailAddress":"a@o.example","Action":"Moved"}}"#
    );
    let text = format!("{event}\n{file}\n{clean_up}\n{}\n", CLICKS.trim());
    let (report, hunt) = support::load_bytes(text);
    assert_eq!((report.rows_kept, report.rows_rejected), (6, 0));
    assert_eq!(hunt.store.events(), 1);
    let companions = hunt.store.companions();
    assert_eq!(companions.rows(Table::EmailAttachmentInfo), 1);
    assert_eq!(companions.rows(Table::EmailPostDeliveryEvents), 1);
    assert_eq!(companions.rows(Table::UrlClickEvents), 3);
}

#[test]
fn the_pane_shows_what_they_say_of_the_message_before_the_columns() {
    let pane = email_pane(&[EVENTS, LINKS, FILES, CLEAN_UPS, CLICKS]);
    let mut rest = pane.as_str();
    for text in [
        "Clicked               1 of 2 clicks reached the page",
        "Redelivered           2026-11-04 10:00:00 · found to be a false positive",
        "Authentication",
        "2026-11-03 08:06:00 · ada@ours.example · ClickBlocked · clicked through",
        "2026-11-03 08:05:00 · bob@ours.example · ClickBlocked\n",
        "2026-11-03 09:00:00 · Moved to quarantine · Phish ZAP · SpecialAction · Success · Quarantine",
        "2026-11-04 10:00:00 · Reprocessed · Redelivery · SpecialAction · Success · Inbox/folder",
        "Post-delivery         1 more event for other recipients",
        "invoice.docm",
        "docm;office",
        "9f86d081",
        "48,213 bytes",
        "Malware",
        "Trojan:Made.Up",
        "terms.pdf",
        "1 byte\n",
        "Attachments           1 more attachment for other recipients",
        "bait.example",
        "https://bait.example/a",
        "QRCode",
        "next.example",
        "UrlChainPosition",
        "Timestamp",
    ] {
        let place = rest
            .find(text)
            .unwrap_or_else(|| panic!("no {text:?} in the rest of\n{pane}"));
        rest = &rest[place..];
    }
    assert!(!pane.contains("elsewhere.example") && !pane.contains("teams.example"));
}

/// A click that led to the page, whichever way the export says so, stands out from one that did not.
#[rstest]
#[case(r#""ActionType":"ClickAllowed","IsClickedThrough":false"#, true)]
#[case(r#""ActionType":"ClickAllowed","IsClickedThrough":"0""#, true)]
#[case(r#""ActionType":"ClickBlocked","IsClickedThrough":1"#, true)]
#[case(r#""ActionType":"ClickBlocked","IsClickedThrough":"True""#, true)]
#[case(r#""ActionType":"ClickBlocked","IsClickedThrough":false"#, false)]
#[case(r#""ActionType":"UrlErrorPage","IsClickedThrough":0"#, false)]
fn a_click_that_led_to_the_page_is_said_first_and_marked(
    #[case] keys: &str,
    #[case] through: bool,
) {
    let click =
        format!(r#"{{"NetworkMessageId":"{MESSAGE}","Url":"https://bait.example/",{keys}}}"#);
    let app = opened(&[EVENTS, &click]);
    assert_eq!(
        frame(&app).contains("1 of 1 click reached the page"),
        through
    );
    let warning = app.theme.warning;
    let is_warned_of = app.email.lines.iter().any(|line| {
        line.spans
            .iter()
            .any(|span| span.style == warning && span.content.contains("Click"))
    });
    assert_eq!(is_warned_of, through);
}

#[test]
fn of_a_table_that_is_not_loaded_nothing_is_said_and_of_one_that_is_also_that_it_has_nothing() {
    let alone = email_pane(&[EVENTS]);
    for (_, table) in COMPANIONS {
        assert!(!alone.contains(table.name()), "{}", table.name());
    }
    let other = |text: &str| {
        text.replace("25d82f90", "00000000")
            .replace("25D82F90", "00000000")
    };
    let others: Vec<String> = COMPANIONS.iter().map(|(text, _)| other(text)).collect();
    let mut texts = vec![EVENTS];
    texts.extend(others.iter().map(String::as_str));
    let nothing = email_pane(&texts);
    let sentence = "No rows in            UrlClickEvents, EmailPostDeliveryEvents, EmailAttachmentInfo, EmailUrlInfo\n";
    assert!(nothing.contains(sentence), "{nothing}");
}

#[test]
fn what_only_other_recipients_have_is_counted() {
    let for_bob = FILES.replace("ADA@", "bob@").replace("ada@", "eve@");
    let pane = email_pane(&[EVENTS, &for_bob]);
    let sentence = "none for this recipient, 3 attachments for other recipients";
    assert!(pane.contains(sentence), "{pane}");
    assert!(!pane.contains("invoice.docm"));
}

#[test]
fn rows_that_name_no_recipient_are_those_of_the_email() {
    let header = "NetworkMessageId,FileName\n";
    let pane = email_pane(&[EVENTS, &format!("{header}{MESSAGE},all.zip\n")]);
    assert!(pane.contains("all.zip") && !pane.contains("other recipients"));
}

#[test]
fn an_email_without_an_id_has_no_rows_of_others_without_one() {
    let events = EVENTS.replace(MESSAGE, "");
    let pane = email_pane(&[&events, "NetworkMessageId,FileName\n,not-its.zip\n"]);
    assert!(
        pane.contains("EmailAttachmentInfo: the email has no NetworkMessageId"),
        "{pane}"
    );
    assert!(!pane.contains("not-its.zip"));
}

#[test]
fn very_many_rows_are_cut_and_counted_but_no_click_that_led_to_the_page_is() {
    let header = "NetworkMessageId,Url,ActionType,IsClickedThrough,Timestamp\n";
    let click =
        |action: &str, time: &str| format!("{MESSAGE},https://x.example/,{action},0,{time}\n");
    let blocked = click("ClickBlocked", "2026-11-03T08:00:00Z").repeat(500);
    let allowed = click("ClickAllowed", "2026-11-09T09:09:09Z");
    let clicks = [header, &blocked, &allowed].concat();
    let text = email_pane(&[EVENTS, &clicks]);
    assert!(text.contains("1 of 501 clicks reached the page"));
    assert!(text.contains("2026-11-09 09:09:09 · ClickAllowed"));
    assert!(text.contains("Click 200") && !text.contains("Click 201"));
    assert!(text.contains("and 301 more clicks"));
}

#[test]
fn hidden_characters_of_names_and_links_are_shown() {
    let files = format!("NetworkMessageId,FileName\n{MESSAGE},bill\u{202e}fdp.exe\u{1b}[2J\n");
    let links = format!("NetworkMessageId,Url\n{MESSAGE},https://a\u{200b}b.example/\u{7}\n");
    let pane = email_pane(&[EVENTS, &files, &links]);
    assert!(pane.contains("bill⟨U+202E⟩fdp.exe^[[2J"), "{pane}");
    assert!(pane.contains("https://a⟨U+200B⟩b.example/^G"), "{pane}");
}

/// Whether an exclusion of this one condition hides the threat email.
fn is_hidden(condition: &str, texts: &[&str]) -> bool {
    let folder = Folder::new();
    let (_, hunt) = load(&written(&folder, texts), vec![definition(condition)]);
    let emails = hunt.all_emails(b"partner.example", DomainMatching::Exact);
    emails.iter().next().expect("the email").mask.contains(0)
}

fn definition(condition: &str) -> exclusion::Exclusion {
    let text = format!(
        "version = 1\n[[exclude]]\nid = 'files'\ntitle = 'Files'\nmatch = [{{ {condition} }}]"
    );
    exclusion::parse(&text).expect("valid").remove(0)
}

#[rstest]
#[case("FileName = 'INVOICE.docm'", true)]
#[case("'FileName|endswith' = '.pdf'", true)]
#[case("'FileName|endswith' = '.exe'", false)]
#[case("'FileName|endswith|every' = '.pdf'", false)]
#[case("'FileName|contains|every' = ['.pdf', '.docm']", true)]
#[case("'FileType|startswith' = 'docm'", true)]
#[case("'FileType|re|every' = '^(pdf|docm);'", true)]
#[case("'FileType|exists' = false", false)]
fn exclusions_look_at_files_whichever_file_is_loaded_first(
    #[case] condition: &str,
    #[case] hidden: bool,
) {
    assert_eq!(is_hidden(condition, &[EVENTS, FILES]), hidden);
    assert_eq!(is_hidden(condition, &[FILES, EVENTS]), hidden);
    assert!(
        !is_hidden(condition, &[EVENTS]),
        "nothing is known of its files"
    );
}

#[test]
fn an_email_without_files_is_told_from_one_of_which_nothing_is_known() {
    let others = FILES.replace("25d82f90", "00000000");
    assert!(is_hidden("'FileName|exists' = false", &[EVENTS, &others]));
    assert!(!is_hidden("'FileName|exists' = false", &[EVENTS, LINKS]));
}

#[test]
fn an_exclusion_of_files_says_when_they_are_not_loaded() {
    let inert = |texts: &[&str]| -> Option<String> {
        let folder = Folder::new();
        let (_, hunt): (_, Hunt) =
            load(&written(&folder, texts), vec![definition("FileName = 'a'")]);
        hunt.inert[0].clone()
    };
    assert_eq!(
        inert(&[EVENTS, LINKS]).as_deref(),
        Some("EmailAttachmentInfo is not loaded")
    );
    assert_eq!(inert(&[EVENTS, FILES]), None);
}

#[test]
fn companions_alone_are_no_answer_and_say_what_to_load_beside_them() {
    let folder = Folder::new();
    let paths = written(&folder, &[LINKS, CLICKS]);
    let output = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .arg("rank")
        .args(&paths)
        .output()
        .expect("it runs");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let said = String::from_utf8_lossy(&output.stderr);
    let app = loaded(paths.into_iter().map(Input::File).collect(), 140, 40);
    let shown = frame(&app);
    for table in ["EmailUrlInfo", "UrlClickEvents"] {
        let sentence = format!("these are {table} rows: load the EmailEvents export as well");
        assert!(said.contains(&sentence), "{said}");
        // On the screen it is wrapped after the path.
        assert!(shown.contains(&format!("these are {table}")), "{shown}");
    }
    assert!(said.contains("no events could be loaded"), "{said}");
}

#[test]
fn the_emails_command_gives_the_columns_of_events_alone() {
    let folder = Folder::new();
    let paths = written(&folder, &[EVENTS, LINKS, FILES, CLEAN_UPS, CLICKS]);
    let output = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .args(["emails", "partner.example", "--format", "csv"])
        .args(&paths)
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.lines().next(), EVENTS.lines().next(), "{text}");
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn the_files_pane_says_how_many_rows_belong_to_no_email() {
    let folder = Folder::new();
    let inputs = written(&folder, &[EVENTS, LINKS, CLICKS]).into_iter();
    let mut app = examined(inputs.map(Input::File).collect(), 140, 40);
    play(&mut app, "f");
    let shown = frame(&app);
    assert!(
        shown.contains("! no email is loaded for 1 EmailUrlInfo row: "),
        "{shown}"
    );
}
