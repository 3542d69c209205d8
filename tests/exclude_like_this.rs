//! Exclude like this, without a terminal: what is proposed, what it says it would hide, and that taking it
//! hides just that.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

#[path = "support/screen.rs"]
#[allow(
    dead_code,
    reason = "each test file uses its part of the shared harness"
)]
mod screen;

use jiff::civil::date;
use mailhunt::events::input::Input;
use mailhunt::hunt::exclusion::parse;
use mailhunt::tui::app::{App, Effect, Msg, Overlay};
use ratatui::crossterm::event::Event;
use screen::{demo, frame, ids, on_screen, play, press, titles, work};
use std::fmt::Write;

#[test]
fn a_domain_is_excluded_as_was_said_before() {
    let mut app = demo(140, 40);
    play(&mut app, "x");
    assert!(on_screen(&app, "Exclude emails like this"));
    assert!(
        on_screen(&app, "would hide 436 emails, 1 domain"),
        "396 and 40\n{}",
        frame(&app)
    );
    assert_eq!(app.query.active.len(), 0, "nothing is taken yet");
    play(&mut app, "<enter>");
    assert!(app.overlay.is_none());
    assert!(on_screen(
        &app,
        "Added and switched on (w: save): fabrikam.example"
    ));
    assert_eq!(ids(&app)[9..], ["fabrikam.example"]);
    assert!(on_screen(&app, "206 of 207"));
    assert!(on_screen(&app, "1 of 10 on \u{b7} 436 emails hidden"));
    play(&mut app, "u");
    assert!(on_screen(&app, "207 of 207"));
    play(&mut app, "<ctrl-r>");
    assert!(on_screen(&app, "206 of 207"));
}

#[test]
fn what_fails_dmarc_alone_can_be_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.csv");
    let mut text =
        "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,AuthenticationDetails\n"
            .to_owned();
    text.push_str("Outbound,ours.example,a@b.example,,\n");
    for (number, result) in [(3, "fail"), (2, "pass"), (1, "none")] {
        for _ in 0..number {
            let _ = writeln!(
                text,
                "Inbound,b.example,me@ours.example,Phish,\"{{\"\"DMARC\"\":\"\"{result}\"\"}}\""
            );
        }
    }
    std::fs::write(&path, text).unwrap();
    let mut app = screen::loaded(vec![Input::File(path)], 140, 40);
    play(&mut app, "x<down><down>");
    assert!(
        on_screen(&app, "▶b.example while it fails DMARC"),
        "{}",
        frame(&app)
    );
    assert!(
        on_screen(&app, "would hide 3 emails, 0 domains"),
        "{}",
        frame(&app)
    );
    play(&mut app, "<enter>");
    assert_eq!(titles(&app)[9..], ["b.example while it fails DMARC"]);
    assert_eq!(app.view.hidden_emails, 3);
    let row = app.view.rows.get(0).unwrap();
    assert_eq!(row.incoming_emails_with_threats, 3);
}

#[test]
fn the_proposals_narrow_as_one_types() {
    let mut app = demo(140, 40);
    play(&mut app, "<enter><enter>x");
    let left = |app: &App| match &app.overlay {
        Some(Overlay::Exclude(dialog)) => {
            let left = dialog.left().into_iter();
            left.map(|one| one.title.clone()).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let all = left(&app);
    play(&mut app, "<down><down>DMARC PASS");
    let contains = |title: &String| {
        let title = title.to_lowercase();
        title.contains("dmarc") && title.contains("pass")
    };
    let expected: Vec<String> = all.iter().filter(|one| contains(one)).cloned().collect();
    assert_eq!(left(&app), expected);
    assert!(expected.len() >= 2, "{expected:?}");
    // The first of them is looked at, counted and taken.
    assert!(
        on_screen(&app, &format!("▶{}", expected[0])),
        "{}",
        frame(&app)
    );
    assert!(on_screen(&app, "> DMARC PASS"), "{}", frame(&app));
    let mut taken = app.clone();
    play(&mut taken, "<down><enter>");
    assert_eq!(titles(&taken)[9..], [expected[1].as_str()]);
    // What is deleted lets proposals come back; nothing is taken where none is left.
    play(&mut app, &"<bspace>".repeat(9));
    assert!(left(&app).len() > expected.len());
    app.update(Msg::Terminal(Event::Paste("\nzzz".to_owned())));
    assert!(left(&app).is_empty());
    assert!(on_screen(&app, "no proposal contains this"));
    play(&mut app, "<enter><ctrl-e>");
    assert!(matches!(&app.overlay, Some(Overlay::Exclude(_))));
    assert_eq!(app.hunt.exclusions.len(), 9);
    play(&mut app, &"<bspace>".repeat(20));
    assert_eq!(left(&app), all);
}

#[test]
fn a_new_exclusion_carries_the_date() {
    for script in ["x<enter>", "<tab><tab>a<ctrl-s>", "x<ctrl-e><ctrl-s>"] {
        let mut app = demo(140, 40);
        app.today = date(2026, 2, 28);
        play(&mut app, script);
        assert_eq!(app.hunt.exclusions[9].created, Some(app.today), "{script}");
    }
}

#[test]
fn what_passes_dmarc_alone_leaves_the_mail_we_send() {
    let mut app = demo(140, 40);
    play(&mut app, "x<down>");
    assert!(
        on_screen(&app, "would hide 40 emails, 1 domain"),
        "{}",
        frame(&app)
    );
    play(&mut app, "<enter>");
    assert!(on_screen(&app, "206 of 207"));
}

#[test]
fn showing_only_a_domain_hides_all_others() {
    let mut app = demo(140, 40);
    play(&mut app, "x<tab>");
    assert!(on_screen(&app, "Show only emails like this"));
    play(&mut app, "<enter>");
    assert!(on_screen(&app, "1 of 207"));
    assert_eq!(app.view.rows.len(), 1);
    assert_eq!(ids(&app)[9..], ["only-fabrikam.example"]);
}

#[test]
fn an_email_proposes_its_sender_its_subject_and_its_values() {
    let mut app = demo(140, 40);
    play(&mut app, "<enter><enter>x");
    for text in [
        "marta.lindqvist@fabrikam.example",
        "while it passes DMARC",
        "\"RE: Purchase order 2235\" from fabrikam.example",
    ] {
        assert!(on_screen(&app, text), "{text}\n{}", frame(&app));
    }
    let Some(Overlay::Exclude(dialog)) = &app.overlay else {
        panic!("a dialog");
    };
    let titles: Vec<&str> = dialog
        .proposals
        .iter()
        .map(|one| one.title.as_str())
        .collect();
    assert!(
        titles.contains(&"AuthenticationDetails.DMARC is pass"),
        "{titles:?}"
    );
    assert!(
        titles
            .iter()
            .any(|title| title.starts_with("SenderIPv6 is ")),
        "{titles:?}"
    );
    // The subject's pattern, which stands for other numbers too.
    play(&mut app, "<down><down>");
    assert!(on_screen(&app, "Subject|re"));
    assert!(on_screen(&app, "[0-9]+"));
    play(&mut app, "<enter>");
    assert_eq!(app.query.active.len(), 1);
    assert!(on_screen(&app, "hidden by the active exclusions"));
}

#[test]
fn proposals_of_an_email_match_it_and_are_counted_before_they_are_taken() {
    let mut app = demo(140, 40);
    play(&mut app, "<enter><enter>");
    let id = app.email.email.unwrap().id;
    let count = mailhunt::hunt::proposal::of_email(&app.hunt, id).len();
    assert!(count > 20, "{count}");
    for number in (0..count).step_by(5) {
        let mut app = app.clone();
        play(&mut app, "x");
        // Only what is looked at last is waited for.
        for effect in press(&mut app, &format!("{}<enter>", "<down>".repeat(number))) {
            work(&mut app, effect);
        }
        assert_eq!(app.query.active.len(), 1, "{}", frame(&app));
        assert!(
            on_screen(&app, "hidden by the active exclusions"),
            "{}",
            frame(&app)
        );
    }
}

#[test]
fn what_was_pressed_on_is_taken_and_nothing_else() {
    let mut app = demo(140, 40);
    let effects = press(&mut app, "x<enter><down>");
    for effect in effects {
        work(&mut app, effect);
    }
    assert!(app.overlay.is_some(), "the one below was not taken");
    assert_eq!(app.hunt.exclusions.len(), 9);
}

#[test]
fn at_the_most_exclusions_the_reason_is_said() {
    let mut app = demo(140, 40);
    let mut exclusions = app.hunt.exclusions.to_vec();
    let one = exclusions[0].clone();
    exclusions.extend((exclusions.len()..64).map(|number| {
        let mut more = one.clone();
        more.id = format!("e{number}");
        more
    }));
    let hunt = app.hunt.with_exclusions(exclusions.into());
    let load = app.load.clone();
    for effect in app.update(Msg::Loaded(load, hunt)) {
        work(&mut app, effect);
    }
    play(&mut app, "x");
    assert!(
        on_screen(&app, "there can be at most 64 exclusions"),
        "{}",
        frame(&app)
    );
}

#[test]
fn a_changed_text_is_not_given_up_by_one_key() {
    let mut app = demo(140, 40);
    play(&mut app, "x<ctrl-e>#<esc>");
    assert!(on_screen(&app, "Exclusion as text"));
    for (width, height) in [(140, 40), (80, 24), (40, 10)] {
        screen::resize(&mut app, width, height);
        assert!(on_screen(&app, "Esc again"), "{}", frame(&app));
        assert!(on_screen(&app, "Ctrl-S applies it"), "{}", frame(&app));
    }
    screen::resize(&mut app, 140, 40);
    play(&mut app, "<esc>");
    assert!(
        on_screen(&app, "Exclude emails like this"),
        "back to the proposals"
    );
    play(&mut app, "<ctrl-e><esc>");
    assert!(on_screen(&app, "Exclude emails like this"));
    play(&mut app, "<esc>");
    assert!(app.overlay.is_none());
}

#[test]
fn lists_are_kept_in_files() {
    let mut app = demo(140, 40);
    play(&mut app, "x<ctrl-e>");
    let text = "[lists]\nmine = [\"a.example\"]\n".to_owned();
    app.update(Msg::Terminal(Event::Paste(text)));
    assert!(
        on_screen(&app, "[lists] is only allowed in a file"),
        "{}",
        frame(&app)
    );
}

#[test]
fn a_definition_is_edited_with_its_mistakes_shown() {
    let mut app = demo(140, 40);
    play(&mut app, "x<ctrl-e>");
    assert!(on_screen(&app, "Exclusion as text"));
    assert!(on_screen(&app, "PartnerDomain"));
    let effects = app.update(Msg::Terminal(Event::Paste("colour = 1\n".to_owned())));
    assert!(effects.is_empty());
    assert!(on_screen(&app, "line 1, column"), "{}", frame(&app));
    play(&mut app, "<ctrl-s>");
    assert_eq!(app.hunt.exclusions.len(), 9, "what is wrong is not taken");
    play(&mut app, "<esc><esc><esc>");
    assert!(app.overlay.is_none());
}

#[test]
fn an_exclusion_is_written_from_nothing_and_changed() {
    let mut app = demo(140, 40);
    play(&mut app, "<tab><tab>a<ctrl-s>");
    assert_eq!(ids(&app)[9..], ["new"]);
    play(&mut app, "Gi");
    assert!(on_screen(&app, "partner.example"));
    let effects = app.update(Msg::Terminal(Event::Paste("# a note\n".to_owned())));
    for effect in effects {
        work(&mut app, effect);
    }
    play(&mut app, "<ctrl-s>");
    assert_eq!(ids(&app)[9..], ["new"], "it takes its own place");
    assert!(on_screen(
        &app,
        "Changed and switched on (w: save, u: undo): New"
    ));
}

#[test]
fn what_cannot_be_read_once_more_is_not_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.csv");
    let columns =
        "Timestamp,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,ReportId";
    let sent = "2026-11-02T09:00:00Z,Outbound,ours.example,a@b.example,,r-1";
    let threat = "2026-11-03T09:00:00Z,Inbound,b.example,me@ours.example,Phish,r-2";
    std::fs::write(&path, format!("{columns}\n{sent}\n{threat}\n")).unwrap();
    let mut app = screen::loaded(vec![Input::File(path.clone())], 140, 40);
    std::fs::write(&path, columns).unwrap();
    // Beside the domain that it begins with.
    play(
        &mut app,
        &format!("<tab><tab>a{}<end>", "<down>".repeat(30)),
    );
    let text = "\n[[exclude.match]]\nReportId = \"r-1\"\n".to_owned();
    for effect in app.update(Msg::Terminal(Event::Paste(text))) {
        work(&mut app, effect);
    }
    assert!(
        on_screen(
            &app,
            "must be read again for this, but it was modified after it was loaded: reload it"
        ),
        "{}",
        frame(&app)
    );
    play(&mut app, "<ctrl-s>");
    assert_eq!(
        app.hunt.exclusions.len(),
        9,
        "what is not known is not taken"
    );
}

#[test]
fn an_id_of_another_exclusion_is_refused() {
    let mut app = demo(140, 40);
    play(&mut app, "<tab><tab>a<ctrl-s>a");
    assert!(on_screen(
        &app,
        "another exclusion already has the id \"new\""
    ));
}

#[test]
fn an_exclusion_is_saved_to_the_own_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailhunt").join("exclusions.toml");
    let mut app = demo(140, 40);
    app.own_exclusions = Some(path.clone());
    play(&mut app, "x<enter><tab><tab>Gw<enter><enter>");
    assert!(on_screen(&app, "is saved in"));
    let text = std::fs::read_to_string(&path).unwrap();
    let saved = parse(&text).unwrap();
    assert_eq!(saved, app.hunt.exclusions[9..]);
    app.own_exclusions = None;
    play(&mut app, "w");
    assert!(on_screen(&app, "configuration directory is unknown"));
}

#[test]
fn while_loading_nothing_is_defined() {
    let mut app = screen::waiting(&mailhunt::demo::inputs(), 140, 40);
    let effects: Vec<Effect> = press(&mut app, "x");
    assert!(effects.is_empty());
    assert!(on_screen(&app, "once loading has finished"));
}

#[test]
fn the_dialog_survives_every_size() {
    let mut app = demo(140, 40);
    play(&mut app, "<enter><enter>x");
    for (width, height) in [(40, 10), (60, 20), (80, 24), (1, 1), (300, 90)] {
        screen::resize(&mut app, width, height);
        frame(&app);
        play(&mut app, "<end>");
        frame(&app);
        play(&mut app, "<ctrl-e>");
        frame(&app);
        play(&mut app, "<esc>");
        screen::resize(&mut app, 140, 40);
        play(&mut app, "x");
    }
}
