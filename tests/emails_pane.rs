//! The list of a domain's emails and an open email: what is shown where there is little room.

#[path = "support/screen.rs"]
#[allow(
    dead_code,
    reason = "each test file uses its part of the shared harness"
)]
mod screen;

use mailhunt::events::EventId;
use mailhunt::events::input::Input;
use mailhunt::events::schema::names;
use mailhunt::hunt::Query;
use mailhunt::hunt::arranged_emails::{Arrangement, EmailSort, EmailSortColumn};
use mailhunt::hunt::query::{Direction, SortColumn};
use mailhunt::letter_case::fold_text;
use mailhunt::tui::app::{App, Effect, Msg, Pane};
use proptest::prelude::*;
use screen::{click, demo, frame, loaded, on_screen, play, resize};

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
fn what_copies_in_other_files_say_otherwise_is_shown() {
    let file = |name: &'static str, cells: &str| {
        Input::Memory {
        name: name.into(),
        bytes: format!(
            "Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Subject,AuthenticationDetails\n\
             2026-11-01T00:00:00Z,m-1,Outbound,us.example,b@partner.example,,,\n\
             2026-11-02T00:00:00Z,m-2,Inbound,partner.example,we@us.example,Phish,{cells}\n"
        )
        .into_bytes()
        .into(),
    }
    };
    let pass = r#"Hello,"{""DMARC"":""pass""}""#;
    let fail = r#"Hello,"{""DMARC"":""fail""}""#;
    for (first, second) in [(pass, fail), (fail, pass)] {
        let files = vec![file("a.csv", first), file("b.csv", second)];
        let mut app = loaded(files, 140, 40);
        assert!(on_screen(&app, "unreadable"), "{}", frame(&app));
        play(&mut app, "<enter><enter>");
        let other = r#"AuthenticationDetails: {"DMARC":"fail"}"#;
        let shown = frame(&app);
        let line = shown.lines().find(|line| line.contains("Another copy"));
        assert!(line.is_some_and(|line| line.contains(other)), "{shown}");
    }
    let mut app = loaded(vec![file("a.csv", pass), file("b.csv", pass)], 140, 40);
    play(&mut app, "<enter><enter>");
    assert!(!on_screen(&app, "Another copy"), "{}", frame(&app));
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
        assert_eq!(cut.contains("in full below"), width >= 80, "{cut}");
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

const FIVE: &str = "\
Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,SenderFromAddress,SenderDisplayName,RecipientEmailAddress,\
ThreatTypes,DeliveryAction,Subject
2026-11-01T00:00:00Z,m0,Outbound,us.example,we@us.example,,b@partner.example,,,Hello
2026-11-05T00:00:00Z,m1,Inbound,partner.example,dora@partner.example,,one@us.example,Spam,Junked,Fifth ΟΔΥΣΣΕΎΣ
2026-11-04T00:00:00Z,m2,Inbound,partner.example,carl@partner.example,,two@us.example,Phish,Blocked,Fourth
2026-11-03T00:00:00Z,m3,Inbound,partner.example,bert@partner.example,Müller,one@us.example,Malware,Delivered,Third
2026-11-02T00:00:00Z,m4,Inbound,partner.example,anna@partner.example,,three@us.example,Phish,Delivered,Second
2026-11-01T00:00:00Z,m5,Inbound,partner.example,emil@partner.example,,four@us.example,Phish,,First
";

const LINKS: &str = "\
Timestamp,NetworkMessageId,Url,UrlDomain,UrlLocation,ReportId
2026-11-04T00:00:00Z,m2,https://Files.example/Invoice,Files.example,Body,r1
2026-11-04T00:00:00Z,m4,https://other.example/,other.example,Body,r2
";

/// Five emails of one partner, two with a link, listed.
fn five(width: u16, height: u16) -> App {
    let input = |name: &'static str, text: &str| Input::Memory {
        name: name.into(),
        bytes: text.as_bytes().to_vec().into(),
    };
    let inputs = vec![
        input("EmailEvents.csv", FIVE),
        input("EmailUrlInfo.csv", LINKS),
    ];
    let mut app = loaded(inputs, width, height);
    play(&mut app, "<enter>");
    assert_eq!(app.emails.length, 5);
    app
}

/// The subjects listed, from the top.
fn subjects(app: &App) -> Vec<String> {
    let rows = app.emails.in_sight.iter();
    rows.map(|email| {
        let subject = app.hunt.store.cell(email.id, names::SUBJECT);
        String::from_utf8_lossy(subject).into_owned()
    })
    .collect()
}

#[test]
fn the_emails_are_searched_in_subject_sender_recipient_and_links_without_regard_to_case() {
    let mut app = five(140, 40);
    for (search, found) in [
        ("fOURTH", &["Fourth"][..]),
        ("οδυσσεύσ", &["Fifth ΟΔΥΣΣΕΎΣ"]),
        ("anna@", &["Second"]),
        ("MÜLLER", &["Third"]),
        ("one@", &["Fifth ΟΔΥΣΣΕΎΣ", "Third"]),
        ("files.EXAMPLE/inv", &["Fourth"]),
        ("nothing", &[]),
    ] {
        play(&mut app, &format!("/{search}<enter>"));
        assert_eq!(subjects(&app), found, "{search}");
        let tally = format!(" {} of 5 found ", found.len());
        assert!(on_screen(&app, &tally), "{}", frame(&app));
        assert!(on_screen(&app, "(Esc clears)"), "{}", frame(&app));
        assert_eq!(app.focus, Pane::Emails);
        assert_eq!(app.query.search, "", "that is the ranking's");
        play(&mut app, "<esc>");
        assert_eq!(app.emails.length, 5);
        assert_eq!(app.focus, Pane::Emails, "that cleared the search");
    }
    play(&mut app, "/nothing");
    let sentence = "No subject, sender, recipient or link contains “nothing”.";
    assert!(on_screen(&app, sentence), "{}", frame(&app));
    play(
        &mut app,
        "<bspace><bspace><bspace><bspace><bspace><bspace><bspace>fi",
    );
    assert_eq!(subjects(&app), ["Fifth ΟΔΥΣΣΕΎΣ", "Fourth", "First"]);
    play(&mut app, "<down><enter><enter>");
    assert!(on_screen(&app, "Email 2 of 3 from"), "{}", frame(&app));
    play(&mut app, "n");
    assert!(on_screen(&app, "Email 3 of 3 from"), "{}", frame(&app));
    play(&mut app, "<esc>/x<esc>");
    assert_eq!(app.emails.arrangement.search, "fi", "as before");
}

#[test]
fn the_search_of_the_emails_can_be_read_at_every_size() {
    let mut app = five(140, 40);
    play(&mut app, "/files<enter>");
    for width in 40..200 {
        resize(&mut app, width, 24);
        let text = frame(&app);
        assert!(text.contains("with files "), "{width}: {text}");
        assert!(text.contains(" 1 of 5 found "), "{width}: {text}");
    }
}

#[test]
fn the_search_of_the_emails_ends_with_their_domain_and_that_of_the_ranking_does_not() {
    let mut app = demo(140, 40);
    play(&mut app, "/example<enter><enter>/invoice<enter>");
    assert!(app.emails.length < app.emails.counted);
    assert_eq!(app.query.search, "example");
    play(&mut app, "<tab><tab><tab>j");
    assert_eq!(app.focus, Pane::Ranking);
    assert_eq!(app.emails.arrangement.search, "");
    assert_eq!(app.emails.length, app.emails.counted);
    assert_eq!(app.query.search, "example");
}

#[test]
fn the_emails_are_sorted_by_any_column_and_turned_round() {
    let mut app = five(200, 40);
    let ranking_sort = app.query.sort;
    let newest = ["Fifth ΟΔΥΣΣΕΎΣ", "Fourth", "Third", "Second", "First"];
    assert_eq!(subjects(&app), newest);
    play(&mut app, "j");
    for (name, sorted) in [
        ("verdict", ["Third", "Fourth", "Second", "First", newest[0]]),
        (
            "delivery",
            ["Fourth", "Third", "Second", newest[0], "First"],
        ),
        ("sender", ["Second", "Third", "Fourth", newest[0], "First"]),
        (
            "recipient",
            ["First", newest[0], "Third", "Second", "Fourth"],
        ),
        ("subject", [newest[0], "First", "Fourth", "Second", "Third"]),
    ] {
        play(&mut app, "s");
        assert_eq!(subjects(&app), sorted, "{name}");
        let notice = format!("Emails sorted by {name}, ascending");
        assert!(on_screen(&app, &notice), "{}", frame(&app));
        assert!(on_screen(&app, "▲"), "{}", frame(&app));
        let place = sorted.iter().position(|subject| *subject == "Fourth");
        assert_eq!(
            Some(app.emails.cursor.index()),
            place,
            "it stays on its email"
        );
    }
    play(&mut app, "S");
    let turned = ["Third", "Second", "Fourth", "First", newest[0]];
    assert_eq!(subjects(&app), turned);
    play(&mut app, "sS");
    let oldest: Vec<&str> = newest.into_iter().rev().collect();
    assert_eq!(subjects(&app), oldest);
    assert!(on_screen(&app, "Emails sorted by time, oldest first"));
    assert_eq!(app.query.sort, ranking_sort);
}

#[test]
fn a_click_on_the_name_of_a_column_sorts_by_it_and_again_turns_round() {
    let mut app = five(140, 40);
    let click_on = |app: &mut App, name: &str, pane: Pane| {
        let rows = app
            .areas()
            .and_then(|areas| areas.rows(pane))
            .expect("shown");
        let line = frame(app)
            .lines()
            .nth(usize::from(rows.y - 1))
            .expect("a line")
            .to_owned();
        // Each line of the frame begins with a quote.
        let within: String = line.chars().skip(1 + usize::from(rows.x)).collect();
        let before = within.split(name).next().expect("a part").chars().count();
        click(app, rows.x + before as u16, rows.y - 1);
    };
    for (name, column) in [
        ("Threat", EmailSortColumn::Verdict),
        ("Delivery", EmailSortColumn::Delivery),
        ("From", EmailSortColumn::Sender),
        ("Subject", EmailSortColumn::Subject),
        ("Time", EmailSortColumn::Time),
    ] {
        click_on(&mut app, name, Pane::Emails);
        assert_eq!(app.emails.arrangement.sort, EmailSort::by(column), "{name}");
        click_on(&mut app, name, Pane::Emails);
        assert_eq!(
            app.emails.arrangement.sort,
            EmailSort::by(column).reversed()
        );
    }
    for (name, column, direction) in [
        (
            "Threats",
            SortColumn::IncomingEmailsWithThreats,
            Direction::Descending,
        ),
        (
            "Threats",
            SortColumn::IncomingEmailsWithThreats,
            Direction::Ascending,
        ),
        ("Domain", SortColumn::SenderFromDomain, Direction::Ascending),
        (
            "Outbound",
            SortColumn::OutboundEmails,
            Direction::Descending,
        ),
    ] {
        click_on(&mut app, name, Pane::Ranking);
        assert_eq!(
            (app.query.sort.column, app.query.sort.direction),
            (column, direction)
        );
        assert_eq!(app.focus, Pane::Ranking);
    }
    let sort = app.query.sort;
    click_on(&mut app, "#", Pane::Ranking);
    assert_eq!(app.query.sort, sort, "the rank is no column of the query");
}

#[test]
fn the_emails_are_exported_as_they_are_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("emails.md");
    let mut app = five(140, 40);
    play(&mut app, "/one@<enter>sss");
    for effect in play(&mut app, &format!("e<ctrl-u>{}<enter>", path.display())) {
        if let Effect::Export(job) = effect {
            app.update(Msg::Exported(job.run()));
        }
    }
    let text = std::fs::read_to_string(&path).expect("written");
    assert!(
        text.contains("- **Sorted by:** sender, ascending\n"),
        "{text}"
    );
    let note = "- **Only emails with:** “one\\@” in subject, sender, recipient or a link\n";
    assert!(text.contains(note), "{text}");
    let (third, fifth) = (text.find("Third"), text.find("Fifth"));
    assert!(third.is_some() && third < fifth, "{text}");
    assert!(!text.contains("Fourth"), "{text}");
}

proptest! {
    // Each case loads a file.
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Against a plain list that is filtered and sorted, also where a search gets longer letter by letter.
    #[test]
    fn emails_are_found_and_sorted_as_a_plain_list_would_be(
        rows in proptest::collection::vec(("[aAbBσς]{0,3}", "[ab]{1,2}", 0..20_u8), 1..30),
        search in "[abσ]{0,2}",
        column in 0..6_usize,
        turned in any::<bool>(),
    ) {
        let mut text = HEADER.to_owned();
        for (subject, sender, minute) in &rows {
            let row = format!(
                "2026-11-02T00:{minute:02}:00Z,Inbound,partner.example,{sender}@partner.example,we@us.example,\
                 Phish,{sender},,,,{subject}\n"
            );
            text.push_str(&row);
        }
        let input = Input::Memory { name: "e.csv".into(), bytes: text.into_bytes().into() };
        let app = loaded(vec![input], 140, 40);
        let (hunt, query) = (&app.hunt, Query::default());
        let column = EmailSortColumn::ALL[column];
        let sort = if turned { EmailSort::by(column).reversed() } else { EmailSort::by(column) };
        let cell = |id: EventId, name: &str| {
            fold_text(&String::from_utf8_lossy(hunt.store.cell(id, name)))
        };
        let mut expected: Vec<_> = hunt.listed_emails(b"partner.example", &query).iter().collect();
        expected.retain(|email| {
            [names::SUBJECT, names::SENDER_FROM_ADDRESS, names::RECIPIENT_EMAIL_ADDRESS]
                .iter()
                .any(|name| cell(email.id, name).contains(&search))
        });
        if column == EmailSortColumn::Time {
            if turned {
                expected.reverse();
            }
        } else {
            let name = match column {
                EmailSortColumn::Verdict => names::THREAT_TYPES,
                EmailSortColumn::Delivery => names::DELIVERY_ACTION,
                EmailSortColumn::Sender => names::SENDER_FROM_ADDRESS,
                EmailSortColumn::Recipient => names::RECIPIENT_EMAIL_ADDRESS,
                _ => names::SUBJECT,
            };
            expected.sort_by(|one, other| {
                let (one, other) = (cell(one.id, name), cell(other.id, name));
                let order = if turned { other.cmp(&one) } else { one.cmp(&other) };
                one.is_empty().cmp(&other.is_empty()).then(order)
            });
        }
        let arranged = |search: &str| {
            let arrangement = Arrangement { search: search.to_owned(), sort };
            hunt.arranged_emails(b"partner.example", &query, &arrangement)
        };
        let made = arranged(&search);
        prop_assert_eq!(made.all(), expected.clone());
        let first: String = search.chars().take(1).collect();
        prop_assert_eq!(arranged(&first).narrowed(hunt, &search).all(), expected.clone());
        for (row, email) in expected.iter().enumerate() {
            prop_assert_eq!(made.row_of(email), Some(row));
            prop_assert_eq!(made.rows(row, 1), vec![*email]);
        }
    }
}
