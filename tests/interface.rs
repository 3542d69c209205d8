//! What the keys and the mouse do, without a terminal: key scripts in, state out.

#[path = "support/screen.rs"]
#[allow(
    dead_code,
    reason = "each test file uses its part of the shared harness"
)]
mod screen;

use mailhunt::events::input::Input;
use mailhunt::hunt::query::{Direction, SortColumn};
use mailhunt::hunt::{DomainMatching, summary, time_range};
use mailhunt::tui::app::{App, Effect, Job, Msg, Overlay, Pane};
use mailhunt::tui::export_dialog::Stage;
use ratatui::crossterm::event::{Event, MouseButton, MouseEventKind};
use screen::{click, demo, frame, mouse, on_screen, play, press, resize, without_exclusions, work};

fn selected(app: &App) -> String {
    let domain = app.selected_domain().expect("a row");
    String::from_utf8_lossy(domain).into_owned()
}

/// The rows of the ranking as drawn, of which the numbers are.
#[test]
fn the_digits_switch_exclusions_and_every_pane_follows_at_once() {
    let mut app = demo(140, 40);
    assert!(on_screen(&app, "207 of 207"));
    play(&mut app, "4");
    assert!(app.query.active.contains(3));
    assert!(on_screen(&app, "202 of 207"));
    assert!(on_screen(&app, "1 of 9 on · 123 emails hidden"));
    assert!(on_screen(
        &app,
        "hides 123 emails, 5 domains · unique: 123 emails, 5 domains"
    ));
    play(&mut app, "4");
    assert!(on_screen(&app, "207 of 207"));
    assert!(on_screen(&app, "would hide 123 emails, 5 domains"));
}

#[test]
fn recipients_domains_are_taken_from_their_column_and_back_with_one_key_in_the_files() {
    let lines = [
        "EmailDirection,SenderFromDomain,RecipientEmailAddress,RecipientDomain,ThreatTypes",
        "Outbound,ours.example,u1@redacted.local,x.example,",
        "Inbound,x.example,u2@redacted.local,ours.example,Phish",
    ];
    let input = Input::Memory {
        name: "redacted.csv".into(),
        bytes: lines.join("\n").into_bytes().into(),
    };
    let mut app = screen::examined(vec![input], 140, 40);
    assert_eq!(app.view.ranked, 0);
    play(&mut app, "R");
    assert_eq!(app.view.ranked, 0, "it works in the files only");
    play(&mut app, "f");
    assert!(on_screen(
        &app,
        "RecipientDomain is not the domain of the address in 1 sent email"
    ));
    play(&mut app, "R");
    assert_eq!(app.view.ranked, 1);
    assert!(on_screen(&app, "by RecipientDomain"));
    assert!(!on_screen(&app, "is not the domain of the address"));
    play(&mut app, "f");
    assert_eq!(selected(&app), "x.example");
    play(&mut app, "fR");
    assert_eq!(app.view.ranked, 0);
    assert!(on_screen(
        &app,
        "is not the domain of the address in 1 sent email"
    ));
    let mut app = screen::examined(vec![], 140, 40);
    play(&mut app, "fR");
    assert!(on_screen(
        &app,
        "No file has RecipientDomain: there is nothing to choose"
    ));
}

#[test]
fn a_digit_without_an_exclusion_says_so_and_changes_nothing() {
    let mut app = without_exclusions(140, 40);
    play(&mut app, "9");
    assert!(app.query.active.is_empty());
    assert!(on_screen(&app, "There is no exclusion 9: there are none"));
}

#[test]
fn one_key_switches_all_exclusions_off_and_those_that_were_on_back_on() {
    let mut app = demo(140, 40);
    play(&mut app, "0");
    assert!(on_screen(&app, "No exclusion is on"));
    play(&mut app, "14/harborconseil<enter><esc>");
    assert_ne!(selected(&app), "harborconseil.example.net", "it is hidden");
    let domain = selected(&app);
    play(&mut app, "0");
    assert!(app.query.active.is_empty());
    assert!(on_screen(&app, "2 exclusions off (0: back on)"));
    assert_eq!(selected(&app), domain);
    play(&mut app, "0");
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [0, 3]);
    assert_eq!(selected(&app), domain);
    // What is switched on between is another set.
    play(&mut app, "0200");
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [1]);
    play(&mut app, "uuuu");
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [0, 3]);
}

#[test]
fn what_the_exclusions_hide_is_ranked_the_same_way_and_says_what_it_is_everywhere() {
    let mut app = demo(140, 40);
    play(&mut app, "4H");
    assert!(on_screen(&app, "HIDDEN EMAILS ONLY (H: back)"));
    assert!(on_screen(&app, "Hidden by the active exclusions"));
    assert_eq!(selected(&app), "amber-chemie.example");
    let hidden: u64 = app
        .view
        .rows
        .iter()
        .map(|row| row.outbound_emails + row.incoming_emails_with_threats)
        .sum();
    assert!(hidden >= app.view.hidden_emails, "and what went with it");
    play(&mut app, "ss");
    assert_eq!(selected(&app), "alertworks.example", "sorted by name now");
    play(&mut app, "S/filedrop<enter><enter>");
    assert!(on_screen(&app, "cloud-storage-links"));
    play(&mut app, "<enter>");
    assert!(on_screen(
        &app,
        "Hidden by              Cloud storage links"
    ));
    play(&mut app, "4");
    assert!(on_screen(&app, "no longer hidden, from filedrop.example"));
    assert!(on_screen(
        &app,
        "Matches                Cloud storage links (off)"
    ));
    play(&mut app, "4<esc><esc><esc>");
    assert!(
        on_screen(&app, "HIDDEN EMAILS ONLY"),
        "that cleared the search"
    );
    play(&mut app, "<esc>");
    assert!(!on_screen(&app, "HIDDEN EMAILS ONLY"));
    play(&mut app, "u");
    assert!(on_screen(&app, "undone: what is hidden"));
    play(&mut app, "0");
    assert!(on_screen(&app, "No exclusion is on, so nothing is hidden"));
}

#[test]
fn emails_of_a_domain_that_is_lost_with_our_mail_to_it_are_among_the_hidden() {
    let mut app = demo(140, 40);
    play(&mut app, "2H/events.statusboard<enter><enter>");
    assert!(on_screen(&app, "outbound: scheduled-jobs"));
    assert_eq!(app.emails.length, 5);
    play(&mut app, "<enter>");
    let why = "Scheduled jobs, because all mail we sent to its domain is hidden";
    assert!(on_screen(&app, why));
}

#[test]
fn delivered_threats_of_hidden_domains_are_warned_of_in_every_view() {
    for (width, height) in [(140, 40), (80, 24), (40, 10)] {
        for keys in ["", "<enter>", "<enter><enter>", "<tab><tab>", "f"] {
            let mut app = demo(width, height);
            play(&mut app, keys);
            assert!(!on_screen(&app, " delivered, hidden"));
            assert!(!on_screen(&app, "hidden domain"));
            play(&mut app, "4");
            let warning = match width {
                40 => "15 delivered, hidden (H)",
                _ => "15 delivered threats from 5 hidden domains (H)",
            };
            assert!(on_screen(&app, warning), "{width}: {keys}: {}", frame(&app));
        }
    }
}

/// The time range that is asked, for people.
fn range_of(app: &App) -> String {
    let hours = app.query.hours.as_ref();
    hours.map_or_else(String::new, |hours| time_range::label(hours, true))
}

#[test]
fn a_time_range_is_chosen_with_keys_and_is_one_step() {
    let mut app = demo(140, 40);
    play(&mut app, "t<left><left><space>");
    assert_eq!(range_of(&app), "11-18 00h → 12h", "one bar");
    play(&mut app, "<left><left>");
    assert_eq!(range_of(&app), "11-17 00h → 11-18 12h");
    assert!(on_screen(
        &app,
        "range: 2026-11-17 00:00 → 2026-11-18 12:00 (T: clear)"
    ));
    assert!(app.view.rows.len() < 207, "every pane follows at once");
    play(&mut app, "<right><right><right><space>");
    assert_eq!(
        range_of(&app),
        "11-18",
        "the other way, to the end of the day"
    );
    play(&mut app, "<left><left><left>");
    assert_eq!(range_of(&app), "11-18", "ended: the cursor moves alone");
    play(&mut app, "u");
    assert!(on_screen(&app, "undone: no time range"));
    assert_eq!(app.query.hours, None);
    play(&mut app, "u");
    assert!(on_screen(&app, "Nothing to undo"));
    play(&mut app, "<ctrl-r>T");
    assert!(on_screen(&app, "Time range cleared"));
    play(&mut app, "u");
    assert_eq!(range_of(&app), "11-18");
    play(&mut app, "TT");
    assert!(on_screen(&app, "No time range is set"));
}

/// The threats of all rows of the ranking.
fn threats_listed(app: &App) -> u64 {
    let rows = app.view.rows.iter();
    rows.map(|row| row.incoming_emails_with_threats).sum()
}

#[test]
fn a_range_for_threats_only_shows_what_the_bar_says_and_is_one_step() {
    let mut app = demo(140, 40);
    play(&mut app, "t<space><space>");
    assert!(on_screen(&app, "11-19 00h → 12h: 10 threats"));
    assert_eq!((app.view.rows.len(), threats_listed(&app)), (2, 3));
    let other = "With sent mail of all times: 10 threats, 8 partners (r)";
    assert!(on_screen(&app, other), "{}", frame(&app));

    play(&mut app, "r");
    assert_eq!((app.view.rows.len(), threats_listed(&app)), (8, 10));
    for words in [
        "threats range: 2026-11-19 00:00 → 12:00 (T: clear)",
        "With sent mail of this time only: 3 threats, 2 partners (r)",
        "The time range applies to threats only: sent mail counts at all times",
    ] {
        assert!(on_screen(&app, words), "{words}: {}", frame(&app));
    }
    play(&mut app, "u");
    assert!(on_screen(
        &app,
        "undone: time range applies to threats and sent mail"
    ));
    assert_eq!(threats_listed(&app), 3);
    play(&mut app, "<ctrl-r>");
    assert!(on_screen(
        &app,
        "redone: time range applies to threats only"
    ));
    assert_eq!(threats_listed(&app), 10);

    play(&mut app, "T");
    assert!(
        !on_screen(&app, "With sent mail"),
        "at all times nothing differs"
    );
    play(&mut app, "r");
    assert!(on_screen(
        &app,
        "A time range will apply to threats and sent mail"
    ));
}

#[test]
fn the_other_way_of_a_range_is_told_at_every_size_and_of_what_is_hidden() {
    for (width, height, words) in [
        (
            140,
            40,
            "With sent mail of all times: 10 threats, 8 partners (r)",
        ),
        (
            80,
            24,
            "With sent mail of all times: 10 threats, 8 partners (r)",
        ),
        (40, 10, "r: 10 threats, 8 partners"),
    ] {
        let mut app = demo(width, height);
        play(&mut app, "t<space><space>");
        assert!(on_screen(&app, words), "{}", frame(&app));
        play(&mut app, "<esc>");
        assert!(on_screen(&app, words), "{}", frame(&app));
    }
    let mut app = demo(140, 40);
    play(&mut app, "9t<space><space>H");
    assert!(app.view.rows.is_empty(), "{}", frame(&app));
    assert!(
        on_screen(
            &app,
            "With sent mail of all times: 4 threats, 3 partners (r)"
        ),
        "{}",
        frame(&app)
    );
    play(&mut app, "r");
    assert_eq!((app.view.rows.len(), threats_listed(&app)), (3, 4));
}

#[test]
fn a_time_range_that_is_given_up_leaves_what_was_before() {
    let mut app = demo(140, 40);
    play(&mut app, "t<shift-left>");
    assert_eq!(range_of(&app), "11-18 12h → 11-19 12h");
    play(&mut app, "<esc>");
    assert_eq!(app.query.hours, None);
    assert_eq!(app.focus, Pane::Timeline);
    play(
        &mut app,
        "<home><shift-right><shift-right><space><end><space><esc>",
    );
    assert_eq!(range_of(&app), "10-20 00h → 10-21 12h");
    play(&mut app, "<esc>");
    assert_eq!(app.focus, Pane::Ranking);
    play(&mut app, "u");
    assert_eq!(app.query.hours, None);
}

#[test]
fn another_command_ends_the_choosing_of_a_range() {
    let mut app = demo(140, 40);
    play(&mut app, "t<shift-left>1<left>");
    assert_eq!(range_of(&app), "11-18 12h → 11-19 12h");
    play(&mut app, "u");
    assert!(on_screen(&app, "undone: Internal forwarding off"));
    play(&mut app, "u");
    assert!(on_screen(&app, "undone: no time range"));
    play(&mut app, "<shift-left><tab>u");
    assert!(on_screen(&app, "undone: no time range"));
}

#[test]
fn the_mouse_draws_a_time_range() {
    let mut app = demo(140, 40);
    let left = MouseButton::Left;
    mouse(&mut app, MouseEventKind::Drag(left), 30, 23);
    assert_eq!(app.query.hours, None, "nothing was pressed");
    click(&mut app, 1 + 4, 23);
    assert_eq!(app.focus, Pane::Timeline);
    mouse(&mut app, MouseEventKind::Up(left), 1 + 4, 23);
    assert_eq!(app.query.hours, None, "a click only moves the cursor");
    click(&mut app, 1 + 4, 23);
    mouse(&mut app, MouseEventKind::Drag(left), 1 + 5, 23);
    assert_eq!(range_of(&app), "10-22");
    // Beside the pane the last bar counts.
    mouse(&mut app, MouseEventKind::Drag(left), 139, 2);
    assert_eq!(range_of(&app), "10-22 00h → 11-19 12h");
    mouse(&mut app, MouseEventKind::Drag(left), 0, 39);
    assert_eq!(range_of(&app), "10-20 00h → 10-22 12h");
    mouse(&mut app, MouseEventKind::Up(left), 0, 39);
    play(&mut app, "u");
    assert_eq!(app.query.hours, None, "one step");
}

#[test]
fn the_timeline_works_at_every_size_and_without_events() {
    let mut app = screen::waiting(&mailhunt::demo::inputs(), 140, 40);
    play(&mut app, "t<left><space><right><space>");
    assert_eq!(app.query.hours, None);
    assert!(on_screen(&app, "No event has a time."));
    let mut app = demo(140, 40);
    play(&mut app, "t<left><space>");
    for (width, height) in [(40, 10), (60, 20), (80, 24), (120, 20), (1, 1), (300, 90)] {
        resize(&mut app, width, height);
        frame(&app);
        play(&mut app, "<left>");
    }
    assert!(app.query.hours.is_some());
    play(&mut app, "<esc>");
    assert_eq!(app.query.hours, None);
}

#[test]
fn emails_without_a_time_that_a_range_leaves_out_are_told() {
    let text = "Timestamp,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes\n\
                2026-11-01T09:00:00Z,Outbound,us.example,a@partner.example,\n\
                ,Outbound,us.example,b@partner.example,\n\
                2026-11-01T10:00:00Z,Inbound,partner.example,b@us.example,Phish\n\
                never,Inbound,partner.example,b@us.example,Phish\n\
                never,Inbound,other.example,b@us.example,Phish\n";
    let input = Input::Memory {
        name: "small".into(),
        bytes: text.as_bytes().into(),
    };
    let mut app = screen::loaded(vec![input], 140, 40);
    play(&mut app, "t");
    assert!(on_screen(&app, "1 threat without a time"));
    play(&mut app, "<shift-left>");
    assert!(on_screen(&app, "2 emails without a time left out"));
    assert!(on_screen(&app, "1 of 1"));
}

#[test]
fn an_export_carries_the_time_range() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ranking.csv");
    let mut app = demo(140, 40);
    let keys = format!(
        "t<left><left><left><space><right><space>/fabrikam<enter>e<ctrl-u>{}<enter>",
        path.display()
    );
    play_and_export(&mut app, &keys);
    let text = std::fs::read_to_string(&path).expect("written");
    let (header, row) = text.split_once('\n').expect("two lines");
    assert!(
        header.ends_with("ActiveExclusions,TimeRange,Search"),
        "{header}"
    );
    assert!(
        row.ends_with(",none,2026-11-17T12:00:00Z/2026-11-18T12:00:00Z,fabrikam\n"),
        "{row}"
    );
}

#[test]
fn undo_and_redo_go_through_everything_that_is_asked_and_say_what() {
    let mut app = demo(140, 40);
    let asked = [
        ("1", "Internal forwarding"),
        ("s", "sorted by IncomingEmailsWithThreats, descending"),
        ("d", "domains grouped folded"),
        ("/adatum<enter>", "search “adatum”"),
    ];
    let mut queries = vec![app.query.clone()];
    for (keys, _) in asked {
        play(&mut app, keys);
        queries.push(app.query.clone());
    }
    let undone = [
        "undone: no search",
        "undone: domains grouped exact",
        "undone: sorted by OutboundEmails, descending",
        "undone: Internal forwarding off",
    ];
    for (words, query) in undone.iter().zip(queries.iter().rev().skip(1)) {
        play(&mut app, "u");
        assert!(on_screen(&app, words), "{words}");
        assert_eq!(app.query, *query);
    }
    assert!(on_screen(&app, "207 of 207"));
    play(&mut app, "u");
    assert!(on_screen(&app, "Nothing to undo"));
    for ((_, words), query) in asked.iter().zip(&queries[1..]) {
        play(&mut app, "<ctrl-r>");
        assert!(on_screen(&app, "redone: "), "{words}");
        assert!(on_screen(&app, words), "{words}");
        assert_eq!(app.query, *query);
    }
    play(&mut app, "<ctrl-r>");
    assert!(on_screen(&app, "Nothing to redo"));
}

#[test]
fn a_search_is_one_step_however_it_was_typed_and_left() {
    let mut app = demo(140, 40);
    play(&mut app, "/cloud<bspace><bspace>");
    // A click closes the search and keeps what was found.
    click(&mut app, 10, 5);
    assert_eq!(app.query.search, "clo");
    play(&mut app, "/xyz<esc>");
    play(&mut app, "u");
    assert_eq!(
        app.query.search, "",
        "one step, and none for what was given up"
    );
    play(&mut app, "u");
    assert!(on_screen(&app, "Nothing to undo"));
    play(&mut app, "<ctrl-r>");
    assert_eq!(app.query.search, "clo");
    play(&mut app, "u1<ctrl-r>");
    assert!(on_screen(&app, "Nothing to redo"));
}

#[test]
fn what_changes_nothing_is_no_step() {
    let mut app = demo(140, 40);
    play(&mut app, "1jj<tab><enter>f<esc>u");
    assert!(on_screen(&app, "undone: Internal forwarding off"));
}

#[test]
fn undo_leaves_the_cursor_on_its_domain() {
    let mut app = demo(140, 40);
    play(&mut app, "4/harborconseil<enter><esc>jjj");
    let domain = selected(&app);
    play(&mut app, "uuu");
    assert!(app.query.active.is_empty());
    assert_eq!(selected(&app), domain);
}

/// A wish that a worker is still at can be taken back, too.
#[test]
fn undo_takes_back_a_way_of_matching_that_is_awaited() {
    let mut app = screen::loaded(mailhunt::demo::inputs(), 140, 40);
    let asked = press(&mut app, "d");
    assert!(press(&mut app, "u").is_empty());
    assert!(on_screen(&app, "undone: domains grouped exact"));
    for effect in asked {
        assert!(work(&mut app, effect).is_empty());
    }
    assert_eq!(app.query.domains, DomainMatching::Exact);
    play(&mut app, "<ctrl-r>");
    assert_eq!(app.query.domains, DomainMatching::Folded);
}

#[test]
fn space_switches_the_selected_exclusion() {
    let mut app = demo(140, 40);
    play(&mut app, "<tab><tab>j<space>");
    assert_eq!(app.focus, Pane::Exclusions);
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [1]);
    play(&mut app, "<esc>");
    assert_eq!(app.focus, Pane::Emails, "back to where it came from");
}

#[test]
fn the_cursor_stays_on_its_domain_when_rows_above_vanish_and_returns_to_one_that_comes_back() {
    let mut app = demo(140, 40);
    play(&mut app, "/harborconseil.example.net<enter><esc>");
    assert_eq!(selected(&app), "harborconseil.example.net");
    play(&mut app, "2");
    assert_eq!(selected(&app), "harborconseil.example.net");
    play(&mut app, "4");
    assert_ne!(selected(&app), "harborconseil.example.net", "it is hidden");
    play(&mut app, "4");
    assert_eq!(selected(&app), "harborconseil.example.net");
}

#[test]
fn esc_leads_back_to_the_exact_place_left() {
    let mut app = demo(140, 40);
    play(&mut app, "jj<enter>jjj<enter>");
    assert_eq!(app.focus, Pane::Email);
    let (domain, email) = (selected(&app), app.email.email);
    play(&mut app, "<pagedown><esc>");
    assert_eq!(app.focus, Pane::Emails);
    assert_eq!(app.emails.cursor.index(), 3);
    assert_eq!(app.emails.selected().copied(), email);
    play(&mut app, "<esc>");
    assert_eq!(app.focus, Pane::Ranking);
    assert_eq!(selected(&app), domain);
    play(&mut app, "<enter>");
    assert_eq!(app.emails.cursor.index(), 3, "and forward again");
}

#[test]
fn next_and_previous_walk_through_the_emails() {
    let mut app = demo(140, 40);
    play(&mut app, "<enter><enter>nn");
    assert!(on_screen(&app, "Email 3 of 40"));
    play(&mut app, "p");
    assert!(on_screen(&app, "Email 2 of 40"));
    play(&mut app, "<esc>");
    assert_eq!(app.emails.cursor.index(), 1);
}

#[test]
fn an_open_email_that_an_exclusion_hides_stays_open_and_says_so() {
    let mut app = demo(140, 40);
    play(&mut app, "/eu.siemcloud<enter><enter><enter>3");
    assert_eq!(app.focus, Pane::Email);
    assert!(on_screen(&app, "hidden by the active exclusions"));
    play(&mut app, "3");
    assert!(!on_screen(&app, "hidden by the active exclusions"));
}

#[test]
fn the_search_narrows_while_typing_and_esc_takes_it_back() {
    let mut app = demo(140, 40);
    play(&mut app, "/CLOUD");
    let narrowed = app.view.rows.len();
    assert!(narrowed > 0 && narrowed < 207);
    play(&mut app, "<bspace>");
    assert_eq!(app.query.search, "CLOU");
    play(&mut app, "<enter>");
    assert!(app.overlay.is_none());
    assert_eq!(app.query.search, "CLOU", "Enter keeps it");
    play(&mut app, "/x<esc>");
    assert_eq!(
        app.query.search, "CLOU",
        "Esc takes back what was typed since"
    );
    play(&mut app, "<esc>");
    assert_eq!(app.view.rows.len(), 207, "Esc in the ranking clears it");
}

#[test]
fn letters_typed_into_a_search_are_no_commands() {
    let mut app = demo(140, 40);
    let effects = play(&mut app, "/q1e?");
    assert!(effects.is_empty());
    assert_eq!(app.query.search, "q1e?");
    assert!(app.query.active.is_empty());
}

/// The threat emails of the first row.
fn first_threats(app: &App) -> u64 {
    let first = app.view.rows.get(0).expect("a row");
    first.incoming_emails_with_threats
}

#[test]
fn sorting_goes_through_the_columns_and_turns_round() {
    let mut app = demo(140, 40);
    assert_eq!(app.query.sort.column, SortColumn::OutboundEmails);
    play(&mut app, "s");
    assert_eq!(app.query.sort.column, SortColumn::IncomingEmailsWithThreats);
    assert_eq!(first_threats(&app), 82);
    play(&mut app, "S");
    assert_eq!(app.query.sort.direction, Direction::Ascending);
    assert_eq!(first_threats(&app), 1);
    play(&mut app, "s");
    assert_eq!(app.query.sort.column, SortColumn::SenderFromDomain);
    assert_eq!(app.query.sort.direction, Direction::Ascending);
}

#[test]
fn domains_are_matched_the_next_way_and_the_screen_says_which() {
    let mut app = demo(140, 40);
    let first_line = |app: &App| frame(app).lines().next().unwrap_or_default().to_owned();
    let as_loaded = first_line(&app);
    let in_each_way = [
        ("folded domains", "205 of 205", "ignoring case"),
        ("registrable domains", "178 of 178", "by organisation"),
    ];
    for (way, tally, sentence) in in_each_way {
        play(&mut app, "d");
        assert!(first_line(&app).contains(way), "{way}");
        assert!(on_screen(&app, tally), "{way}");
        assert!(on_screen(&app, sentence), "{way}");
    }
    play(&mut app, "d");
    assert_eq!(first_line(&app), as_loaded);
    assert!(on_screen(&app, "207 of 207"));
    assert!(on_screen(&app, "exactly, as in the query"));
}

#[test]
fn what_exclusions_cost_is_said_of_domains_as_they_are_matched() {
    let mut app = demo(140, 40);
    play(&mut app, "2");
    let only_it = "hides 570 emails, 2 domains · unique: 570 emails, 2 domains";
    assert!(on_screen(&app, only_it));
    play(&mut app, "dd");
    let only_it = "hides 570 emails, 0 domains · unique: 570 emails, 0 domains";
    assert!(on_screen(&app, only_it));
    play(&mut app, "2");
    assert!(on_screen(&app, "would hide 123 emails, 4 domains"));
}

#[test]
fn the_cursor_is_on_the_group_of_its_domain_and_back_on_the_domain() {
    let mut app = demo(140, 40);
    // One of two spellings, the one that ranks lower.
    play(&mut app, "/adatum<enter><down><esc>");
    assert_eq!(selected(&app), "Adatum.example");
    for expected in ["adatum.example", "adatum.example", "Adatum.example"] {
        play(&mut app, "d");
        assert_eq!(selected(&app), expected);
    }
    play(&mut app, "/harborconseil<enter><esc>");
    for expected in [
        "harborconseil.example.net",
        "example.net",
        "harborconseil.example.net",
    ] {
        play(&mut app, "d");
        assert_eq!(selected(&app), expected);
    }
}

#[test]
fn the_cursor_goes_from_a_group_to_its_first_domain() {
    let mut app = demo(140, 40);
    play(&mut app, "dd/example.net<enter><esc>");
    assert_eq!(selected(&app), "example.net");
    play(&mut app, "d");
    assert_eq!(selected(&app), "harborconseil.example.net");
    let first = app.view.rows.iter().position(|row| {
        let domain = app.cube().domain(row.index());
        domain.ends_with(b".example.net")
    });
    assert_eq!(first, Some(app.ranking.index()), "it ranks highest of them");
}

#[test]
fn a_cursor_that_was_never_moved_follows_its_domain_too() {
    let mut app = demo(140, 40);
    // The last by name is another one when internationalised names are spelled as in DNS.
    play(&mut app, "ssS");
    assert_eq!(selected(&app), "ökostrom-hafen.example");
    play(&mut app, "d");
    assert_eq!(selected(&app), "xn--kostrom-hafen-hmb.example");
    assert_ne!(app.ranking.index(), 0);
    play(&mut app, "dd");
    assert_eq!(selected(&app), "ökostrom-hafen.example");
}

#[test]
fn the_emails_of_a_group_are_those_of_all_its_domains() {
    let mut app = demo(140, 40);
    play(&mut app, "/cloudreports<enter><enter>jj");
    assert_eq!(app.emails.length, 10);
    let email = app.emails.selected().copied();
    play(&mut app, "dd");
    assert_eq!(app.focus, Pane::Emails);
    assert_eq!(app.emails.length, 14);
    assert_eq!(app.emails.selected().copied(), email, "the same email");
    // Only the group's own name is left out of the addresses.
    assert!(on_screen(&app, "hello@… "));
    assert!(on_screen(&app, "hello@eu.cloudr…"));
    play(&mut app, "<enter>");
    assert!(on_screen(&app, "of 14"));
    play(&mut app, "d");
    assert_eq!(app.focus, Pane::Email);
    assert_eq!(app.email.email, email, "it stays open");
    assert!(on_screen(&app, "of 10"));
}

/// Keys and messages while a worker matches domains, on a hunt that nobody else uses.
#[test]
fn the_old_view_stays_and_works_until_domains_are_matched() {
    let mut app = screen::loaded(mailhunt::demo::inputs(), 140, 40);
    let asked = press(&mut app, "d");
    assert!(matches!(
        asked[..],
        [Effect::MatchDomains(_, DomainMatching::Folded)]
    ));
    assert!(on_screen(&app, "Grouping domains folded…"));
    assert_eq!(app.query.domains, DomainMatching::Exact);
    play(&mut app, "4");
    assert!(on_screen(&app, "202 of 207"), "keys work on the old view");

    // A second wish while the first is at work is not begun before that has ended.
    assert!(press(&mut app, "d").is_empty());
    assert!(on_screen(&app, "Grouping domains registrable…"));
    let mut asked = asked.into_iter();
    let Some(Effect::MatchDomains(hunt, domains)) = asked.next() else {
        panic!("asked for above");
    };
    hunt.match_domains(domains);
    let mut next = app.update(Msg::Matched);
    assert!(matches!(
        next[..],
        [Effect::MatchDomains(_, DomainMatching::Registrable)]
    ));
    assert!(
        on_screen(&app, "202 of 207"),
        "nobody waits for folded ones any more"
    );
    assert!(work(&mut app, next.remove(0)).is_empty());
    assert!(on_screen(&app, "registrable domains"));
    assert!(on_screen(&app, "174 of 178"));
    // What is there already is shown at once.
    assert!(press(&mut app, "dd").is_empty());
    assert_eq!(app.query.domains, DomainMatching::Folded);
}

#[test]
fn a_hunt_that_is_loaded_later_is_shown_when_its_domains_are_matched_too() {
    let inputs = mailhunt::demo::inputs();
    let mut app = screen::waiting(&inputs, 140, 40);
    play(&mut app, "d");
    assert_eq!(app.query.domains, DomainMatching::Folded);
    let later = screen::loaded(inputs, 140, 40);
    let hunt = later.hunt.as_ref().clone();
    let mut asked = app.update(Msg::Loaded(later.load.clone(), hunt));
    assert!(app.load.finished);
    assert!(app.view.rows.is_empty(), "the old view is still there");
    assert!(work(&mut app, asked.remove(0)).is_empty());
    assert!(on_screen(&app, "205 of 205"));
    assert_eq!(app.ranking.index(), 0);
}

#[test]
fn where_matching_fails_the_newest_hunt_is_shown_as_the_query_compares_domains() {
    let inputs = mailhunt::demo::inputs();
    let mut app = screen::waiting(&inputs, 140, 40);
    play(&mut app, "d");
    let later = screen::loaded(inputs, 140, 40);
    let hunt = later.hunt.as_ref().clone();
    app.update(Msg::Loaded(later.load.clone(), hunt));
    app.update(Msg::JobFailed(Job::Matching));
    assert!(on_screen(&app, "207 of 207"));
    assert!(on_screen(&app, "Internal error while grouping domains"));
    assert!(app.update(Msg::Matched).is_empty(), "nothing is awaited");
}

#[test]
fn movement_keys_reach_both_ends_of_every_list() {
    let mut app = demo(80, 24);
    play(&mut app, "G");
    assert_eq!(app.ranking.index(), 206);
    play(&mut app, "<pageup><up>k");
    assert_eq!(app.ranking.index(), 206 - 6 - 2);
    play(&mut app, "<home><pagedown><down>j");
    assert_eq!(app.ranking.index(), 8);
    play(&mut app, "g<enter><end>");
    assert_eq!(app.emails.cursor.index(), 39);
}

#[test]
fn the_mouse_selects_opens_scrolls_and_switches() {
    let mut app = demo(140, 40);
    click(&mut app, 10, 5);
    assert_eq!(app.ranking.index(), 2);
    click(&mut app, 10, 5);
    assert_eq!(app.focus, Pane::Emails, "a second click opens");
    mouse(&mut app, MouseEventKind::ScrollDown, 10, 5);
    assert_eq!(app.ranking.index(), 5, "the wheel moves what is under it");
    click(&mut app, 4, 30);
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [1]);
    click(&mut app, 60, 31);
    assert_eq!(app.exclusions.index(), 2);
    assert_eq!(app.query.active.len(), 1, "beside the box it only selects");
    click(&mut app, 0, 0);
    click(&mut app, 139, 39);
}

#[test]
fn the_palette_finds_commands_and_exclusions_by_name() {
    let mut app = demo(140, 40);
    play(&mut app, ":siem<enter>");
    assert!(app.overlay.is_none());
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [2]);
    let effects = play(&mut app, "<ctrl-p>quit<enter>");
    assert!(matches!(effects[..], [Effect::Quit]));
}

#[test]
fn help_scrolls_to_its_end_and_closes() {
    let mut app = demo(40, 10);
    play(&mut app, "?G");
    assert!(on_screen(&app, "on its own."));
    play(&mut app, "?");
    assert!(app.overlay.is_none());
}

#[test]
fn a_paste_goes_into_a_field_and_never_runs_commands() {
    let mut app = demo(140, 40);
    let paste = |app: &mut App, text: &str| {
        app.update(Msg::Terminal(Event::Paste(text.to_owned())));
    };
    paste(&mut app, "1234q\r");
    assert!(app.query.active.is_empty());
    play(&mut app, "/");
    paste(&mut app, "fabri\u{1b}[201~kam\r");
    assert_eq!(app.query.search, "fabri[201~kam");
    assert!(matches!(app.overlay, Some(Overlay::Search(_))));
}

#[test]
fn leaving_works_from_everywhere() {
    for keys in ["", "?", ":", "e", "/", "<enter><enter>", "f"] {
        let mut app = demo(140, 40);
        play(&mut app, keys);
        let effects = play(&mut app, "<ctrl-c>");
        assert!(matches!(effects[..], [Effect::Quit]), "after {keys}");
    }
}

#[test]
fn sizes_may_change_at_any_time_without_losing_the_place() {
    let mut app = demo(140, 40);
    play(&mut app, "jjjjj<enter>j<enter>");
    let (domain, email) = (selected(&app), app.email.email);
    for (width, height) in [
        (1, 1),
        (0, 0),
        (40, 10),
        (500, 200),
        (80, 24),
        (39, 50),
        (140, 40),
    ] {
        resize(&mut app, width, height);
        if width > 0 {
            frame(&app);
        }
    }
    assert_eq!(selected(&app), domain);
    assert_eq!(app.email.email, email);
}

/// An export of one domain that sent so many threats of each type.
fn threats_of(amounts: &[(&str, usize)]) -> Input {
    threats_from("a-partner-with-a-long-name.example", amounts)
}

fn threats_from(domain: &str, amounts: &[(&str, usize)]) -> Input {
    let mut text = format!(
        "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes\n\
         Outbound,us.example,b@{domain},\n"
    );
    for (threat, amount) in amounts {
        let row = format!("Inbound,{domain},b@us.example,{threat}\n");
        text.push_str(&row.repeat(*amount));
    }
    Input::Memory {
        name: "threats.csv".into(),
        bytes: text.into_bytes().into(),
    }
}

#[test]
fn the_threat_mix_tells_every_type_at_every_width() {
    let some = threats_of(&[("Malware", 1500), ("Phish", 2300), ("Spam", 9)]);
    let mut app = screen::loaded(vec![some], 140, 40);
    assert!(on_screen(&app, "1.5k M 2.3k P 9 S"), "{}", frame(&app));
    resize(&mut app, 80, 24);
    assert!(on_screen(&app, "1,500 M 2,300 P 9 S"), "{}", frame(&app));
    play(&mut app, "?G");
    assert!(on_screen(&app, "2.3k is about 2,300"), "{}", frame(&app));
    play(&mut app, "<esc><enter><enter>");
    assert!(on_screen(&app, "Email 1 of 3,809 from"), "{}", frame(&app));
    // A short domain leaves the cells it does not need.
    let amounts = [("Malware", 1500), ("Phish", 2300), ("Spam", 9)];
    let short = threats_from("b.example", &amounts);
    let mut app = screen::loaded(vec![short], 140, 40);
    assert!(on_screen(&app, "1,500 M 2,300 P 9 S"), "{}", frame(&app));
    resize(&mut app, 48, 14);
    assert!(on_screen(&app, "1.5kM 2.3kP 9S"), "{}", frame(&app));
    let all = threats_of(&[
        ("Malware", 1),
        ("Phish", 2300),
        ("Spam", 1149),
        ("New", 1000),
    ]);
    let mut app = screen::loaded(vec![all], 140, 40);
    let mixes = [
        "1 M 2,300 P 1,149 S 1,000 ?",
        "1 M 2.3k P 1.1k S 1.0k ?",
        "1M 2.3kP 1.1kS 1.0k?",
    ];
    for width in 53..200 {
        resize(&mut app, width, 24);
        let text = frame(&app);
        let is_shown = mixes.iter().any(|mix| text.contains(mix));
        assert!(is_shown && text.contains("a-par"), "{width}: {text}");
    }
}

/// Plays keys, does the exports they ask for and gives the results back to the interface.
fn play_and_export(app: &mut App, keys: &str) {
    for effect in play(app, keys) {
        if let Effect::Export(job) = effect {
            app.update(Msg::Exported(job.run()));
        }
    }
}

#[test]
fn an_export_is_what_is_on_screen_and_carries_the_exclusions() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.csv");
    let mut app = demo(140, 40);
    let keys = format!("3/cloud<enter>e<ctrl-u>{}<enter>", path.display());
    play_and_export(&mut app, &keys);
    assert!(on_screen(&app, "rows written to"));
    let text = std::fs::read_to_string(&path).expect("written");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1 + app.view.rows.len());
    let columns: Vec<&str> = lines[0].split(',').collect();
    let cell = |row: &str, column: &str| {
        let place = columns.iter().position(|known| *known == column);
        let cell = row.split(',').nth(place.expect(column));
        cell.expect("a cell for each column").to_owned()
    };
    assert_eq!(cell(lines[1], "SenderFromDomain"), "cloudreports.example");
    assert_eq!(cell(lines[1], "OutboundEmails"), "268");
    assert_eq!(cell(lines[1], "IncomingEmailsWithThreats"), "10");
    assert_eq!(cell(lines[1], "ActiveExclusions"), "siem-soar");
    assert_eq!(cell(lines[1], "Search"), "cloud");
    // The threat mix, and what is told of the selected domain.
    for (row, line) in app.view.rows.iter().zip(&lines[1..]) {
        let shown = summary::summarize(app.cube(), row.index(), &app.query);
        let expected = [
            ("Malware", shown.malware),
            ("Phish", shown.phish),
            ("Spam", shown.spam),
            ("OtherThreats", shown.other),
            ("Delivered", shown.delivered),
            ("Junked", shown.junked),
            ("Blocked", shown.blocked),
            ("Replaced", shown.replaced),
            ("DeliveryUnknown", shown.delivery_unknown),
            ("DmarcPass", shown.dmarc_pass),
            ("DmarcFail", shown.dmarc_fail),
        ];
        for (column, number) in expected {
            assert_eq!(cell(line, column), number.to_string(), "{column} of {line}");
        }
    }
}

/// The name that the open export dialog offers.
fn offered(app: &App) -> &str {
    match &app.overlay {
        Some(Overlay::Export(dialog)) => dialog.path.value(),
        _ => "",
    }
}

#[test]
fn the_name_offered_says_what_is_exported() {
    let mut app = demo(140, 40);
    play(&mut app, "e");
    assert_eq!(offered(&app), "mailhunt-ranking.csv");
    play(&mut app, "<esc>/fabrikam<enter><enter>e");
    assert_eq!(offered(&app), "mailhunt-fabrikam.example-emails.csv");
    play(
        &mut app,
        "<esc><esc>/<ctrl-u>contoso.example<enter><enter>e",
    );
    assert_eq!(offered(&app), "mailhunt-contoso.example-emails.csv");
    play(&mut app, "<esc><esc><esc>1234H<enter>e");
    let domain = String::from_utf8_lossy(app.selected_domain().expect("a domain")).into_owned();
    let start = format!("mailhunt-{domain}-hidden-emails-by-4~");
    assert!(offered(&app).starts_with(&start), "{}", offered(&app));
    play(&mut app, "<esc><esc>e");
    let with_four = offered(&app).to_owned();
    assert!(
        with_four.starts_with("mailhunt-hidden-ranking-by-4~"),
        "{with_four}"
    );
    // Others of the same number have another name, and the same ones the same name.
    play(&mut app, "<esc>45e");
    assert!(offered(&app).starts_with("mailhunt-hidden-ranking-by-4~"));
    assert_ne!(offered(&app), with_four);
    play(&mut app, "<esc>54e");
    assert_eq!(offered(&app), with_four);
    play(&mut app, "<esc>H0");
    play(&mut app, "3t<space>llll<enter><esc>e");
    let start = "mailhunt-ranking-excluding-siem-soar-2026-1";
    assert!(offered(&app).starts_with(start), "{}", offered(&app));
    let both = offered(&app).to_owned();
    play(&mut app, "<esc>re");
    assert!(offered(&app).contains("-threats~"), "{}", offered(&app));
    assert_ne!(offered(&app), both);
}

#[test]
fn keys_that_do_nothing_here_say_where_they_work_while_loading_too() {
    for (width, height) in [(140, 40), (80, 24), (40, 10)] {
        let mut app = screen::waiting(&mailhunt::demo::inputs(), width, height);
        play(&mut app, "<tab><tab>");
        assert_eq!(app.focus, Pane::Timeline);
        play(&mut app, "a");
        assert_eq!(app.focus, Pane::Timeline);
        let said = "a works in the exclusions (Tab): write a new exclusion";
        let notice = app.notice.as_ref().map(|notice| notice.text.as_str());
        assert_eq!(notice, Some(said));
        assert!(on_screen(&app, "a works in the exclusions"));
        play(&mut app, "<shift-tab>a");
        assert!(app.overlay.is_none());
        assert!(on_screen(&app, "once loading"), "{}", frame(&app));
        play(&mut app, "<esc><enter>");
        assert!(
            on_screen(&app, "Emails can be opened once"),
            "{}",
            frame(&app)
        );
    }
}

#[test]
fn a_number_without_an_exclusion_says_how_many_there_are() {
    for (width, height) in [(140, 40), (40, 10)] {
        let mut app = demo(width, height);
        play(&mut app, ":99");
        let said = "There is no exclusion 99: use 1 to";
        assert!(on_screen(&app, said), "{}", frame(&app));
        play(&mut app, "<enter>");
        assert!(app.overlay.is_none());
        assert!(on_screen(&app, said), "{}", frame(&app));
        play(&mut app, ":zzz");
        assert!(on_screen(&app, "There is no such command"));
    }
}

#[test]
fn an_export_of_nothing_says_why_there_is_nothing() {
    let mut app = demo(140, 40);
    play(&mut app, "He");
    assert!(on_screen(
        &app,
        "Nothing to export: no exclusion is on, so nothing is hidden"
    ));
    play(&mut app, "H/zzz<enter>e");
    assert!(on_screen(
        &app,
        "Nothing to export: no domain contains “zzz”"
    ));
    let mut app = screen::waiting(&mailhunt::demo::inputs(), 140, 40);
    play(&mut app, "e");
    assert!(on_screen(&app, "files are still being read"));
}

#[test]
fn every_threat_mix_is_shown_on_narrow_screens_too() {
    for (width, height) in [(45, 14), (40, 10), (56, 20)] {
        let app = demo(width, height);
        let text = frame(&app);
        assert!(
            text.contains("Mix") || text.contains("Threat mix"),
            "{text}"
        );
        // Fabrikam's 40 threats, by type.
        let row = text
            .lines()
            .find(|line| line.contains("fabri"))
            .expect("the first");
        let told = row.split_whitespace().filter(|word| {
            word.trim_end_matches(['│', '█', '"'])
                .ends_with(['M', 'P', 'S', '?'])
        });
        assert!(told.count() >= 1, "{text}");
        assert!(row.contains("396"), "{text}");
    }
}

#[test]
fn a_notice_is_told_whole_in_as_many_rows_as_it_needs() {
    for (width, height) in [(140, 40), (80, 24), (40, 10)] {
        let mut app = demo(width, height);
        play(
            &mut app,
            "<enter>e<down><ctrl-u>Nothing-that-any-export-has<enter>",
        );
        let text = frame(&app).replace("\"\n\"", " ");
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = words.join(" ");
        let said = "the export has no column \"Nothing-that-any-export-has\"; Tab completes the name of one it has";
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn an_export_carries_how_domains_were_matched_where_it_is_not_as_in_the_query() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut app = demo(140, 40);
    let path = folder.path().join("ranking.csv");
    let keys = format!("d/adatum<enter>e<ctrl-u>{}<enter>", path.display());
    play_and_export(&mut app, &keys);
    let text = std::fs::read_to_string(&path).expect("written");
    let (header, row) = text.split_once('\n').expect("two lines");
    assert!(
        header.ends_with(",ActiveExclusions,DomainMatching,Search"),
        "{header}"
    );
    assert!(row.starts_with("adatum.example,103,6,"), "{row}");
    assert!(row.ends_with(",none,folded,adatum\n"), "{row}");
    let path = folder.path().join("emails.md");
    let keys = format!("<enter>e<ctrl-u>{}<enter>", path.display());
    play_and_export(&mut app, &keys);
    let text = std::fs::read_to_string(&path).expect("written");
    assert!(
        text.contains("**Domains grouped:** folded: ignoring case"),
        "{text}"
    );
    assert!(
        text.contains("**SenderFromDomain:** adatum.example"),
        "{text}"
    );
    let rows = text
        .lines()
        .filter(|line| line.ends_with("| none | folded |"));
    assert_eq!(rows.count(), 6, "{text}");
}

#[test]
fn an_export_never_replaces_a_file_without_being_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.jsonl");
    std::fs::write(&path, "precious").expect("written");
    let mut app = demo(140, 40);
    let keys = format!("<enter>e<ctrl-u>{}<enter>", path.display());
    play_and_export(&mut app, &keys);
    let asks = |app: &App| matches!(&app.overlay, Some(Overlay::Export(dialog)) if dialog.stage == Stage::ConfirmOverwrite);
    assert!(asks(&app));
    assert!(on_screen(&app, "This file exists. Replace it?"));
    play_and_export(&mut app, "<enter>");
    assert!(asks(&app), "Enter is no yes");
    play_and_export(&mut app, "n");
    assert_eq!(std::fs::read_to_string(&path).expect("there"), "precious");
    play_and_export(&mut app, "<enter>");
    play_and_export(&mut app, "y");
    let text = std::fs::read_to_string(&path).expect("there");
    assert_eq!(
        text.lines().count(),
        40,
        "the emails of the domain, as JSON lines"
    );
    assert!(
        text.lines()
            .all(|line| line.contains(r#""ActiveExclusions":"none""#))
    );
}

#[test]
fn an_export_that_fails_says_why_and_lets_one_mend_the_path() {
    let mut app = demo(140, 40);
    play_and_export(&mut app, "e<ctrl-u>/no/such/folder/out.csv<enter>");
    assert!(app.notice.as_ref().is_some_and(|notice| notice.is_error));
    assert!(matches!(app.overlay, Some(Overlay::Export(_))));
}

#[test]
fn the_format_follows_tab_and_the_extension_typed() {
    let mut app = demo(140, 40);
    play(&mut app, "e<tab>");
    assert!(on_screen(&app, "mailhunt-ranking.json"));
    play(&mut app, "<ctrl-u>notes.md");
    assert!(on_screen(&app, "▸ markdown"));
}

#[test]
fn an_inert_exclusion_says_what_it_lacks() {
    let inputs = mailhunt::demo::inputs().into_iter().take(1).collect();
    let mut app = screen::loaded(inputs, 140, 40);
    assert!(on_screen(&app, "cannot match: EmailUrlInfo is not loaded"));
    play(&mut app, "4");
    assert!(on_screen(
        &app,
        "Cloud storage links hides nothing: EmailUrlInfo is not loaded"
    ));
}

#[test]
fn a_key_that_does_nothing_here_says_where_it_works() {
    let mut app = demo(140, 40);
    play(&mut app, "i");
    assert!(on_screen(
        &app,
        "i works in the exclusions (Tab): edit the selected exclusion as text"
    ));
    play(&mut app, "n");
    assert!(on_screen(
        &app,
        "n works in an open email (Enter): open the next email of the domain"
    ));
    play(&mut app, "j");
    assert!(!on_screen(&app, "works in"), "it is gone with the next key");
    play(&mut app, "z");
    assert!(!on_screen(&app, "z works"), "no command has it");
}
