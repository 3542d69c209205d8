//! The list of a domain's emails and an open email: what is shown where there is little room.

#[path = "support/screen.rs"]
#[allow(
    dead_code,
    reason = "each test file uses its part of the shared harness"
)]
mod screen;

use mailhunt::events::input::Input;
use mailhunt::tui::app::App;
use screen::{frame, loaded, play, resize};

const HEADER: &str = "Timestamp,EmailDirection,SenderFromDomain,SenderFromAddress,RecipientEmailAddress,ThreatTypes,\
                      DeliveryAction,DeliveryLocation,LatestDeliveryAction,LatestDeliveryLocation,Subject\n\
                      2026-11-01T00:00:00Z,Outbound,us.example,we@us.example,b@partner.example,,,,,,Hello\n";

/// Emails of one partner, a row of text each, on a screen of that size.
fn emails_of_partner(rows: &str, width: u16, height: u16) -> App {
    let input = Input::Memory {
        name: "emails.csv".into(),
        bytes: format!("{HEADER}{rows}").into_bytes().into(),
    };
    loaded(vec![input], width, height)
}

fn on_screen(app: &App, text: &str) -> bool {
    frame(app).contains(text)
}

#[test]
fn the_verdict_says_what_was_at_delivery_and_what_is_now() {
    let rows = "2026-11-02T00:00:00Z,Inbound,partner.example,a@partner.example,we@us.example,Phish,\
                Delivered,Inbox/folder,Blocked,Quarantine,One\n\
                2026-11-01T00:00:00Z,Inbound,partner.example,a@partner.example,we@us.example,Spam,\
                Junked,,,,Two\n\
                2026-11-01T00:00:00Z,Inbound,partner.example,a@partner.example,we@us.example,Spam,\
                Junked,Junk folder,Junked,Junk folder,Three\n";
    let mut app = emails_of_partner(rows, 140, 40);
    play(&mut app, "<enter><enter>");
    let verdict = "Phish · at delivery: Delivered, Inbox/folder · now: Blocked, Quarantine";
    assert!(on_screen(&app, verdict), "{}", frame(&app));
    play(&mut app, "n");
    assert!(
        on_screen(&app, "Spam · at delivery: Junked "),
        "{}",
        frame(&app)
    );
    play(&mut app, "n");
    let verdict = "Spam · at delivery and now: Junked, Junk folder";
    assert!(on_screen(&app, verdict), "{}", frame(&app));
}

#[test]
fn a_long_subject_takes_three_lines_and_is_whole_below() {
    let words: Vec<String> = (100..250).map(|number| number.to_string()).collect();
    let subject = words.join(" ");
    assert!(subject.len() >= 599);
    let row = format!(
        "2026-11-02T00:00:00Z,Inbound,partner.example,a@partner.example,we@us.example,Phish,\
         Delivered,,,,{subject}\n"
    );
    for (width, height) in [(140, 40), (80, 24), (40, 14)] {
        let mut app = emails_of_partner(&row, width, height);
        play(&mut app, "<enter><enter>");
        let text = frame(&app);
        let lines: Vec<&str> = text.lines().collect();
        let first = lines.iter().position(|line| line.contains("Subject"));
        let from = lines.iter().position(|line| line.contains("From "));
        assert_eq!(from, first.map(|first| first + 3), "{text}");
        let cut = lines[first.expect("a subject") + 2];
        assert!(cut.contains('…'), "{cut}");
        assert_eq!(cut.contains("all of it below"), width >= 80, "{cut}");
        play(&mut app, "G");
        assert!(on_screen(&app, "249"), "{}", frame(&app));
    }
}

#[test]
fn delivery_outranks_the_sender_where_room_is_short() {
    let row = "2026-11-02T00:00:00Z,Inbound,partner.example,a.sender@partner.example,we@us.example,Phish,\
               Delivered,,,,A subject\n";
    let mut app = emails_of_partner(row, 140, 40);
    play(&mut app, "<enter>");
    let mut only_delivery = 0;
    for width in 40..200 {
        resize(&mut app, width, 30);
        let text = frame(&app);
        let is_sender_shown = text.contains("a.sender@");
        let is_delivery_shown = text.contains("Delivered");
        assert!(is_delivery_shown || !is_sender_shown, "{width}: {text}");
        only_delivery += usize::from(is_delivery_shown && !is_sender_shown);
    }
    assert!(only_delivery > 0);
}
