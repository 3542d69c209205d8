//! What the keys and the mouse do, without a terminal: key scripts in, state out.

#[path = "support/screen.rs"]
#[allow(
    dead_code,
    reason = "each test file uses its part of the shared harness"
)]
mod screen;

use mailhunt::hunt::query::{Direction, SortColumn};
use mailhunt::tui::app::{App, Effect, Msg, Overlay, Pane};
use mailhunt::tui::export_dialog::Stage;
use ratatui::crossterm::event::{Event, MouseEventKind};
use screen::{click, demo, frame, mouse, play, resize};

fn selected(app: &App) -> String {
    let domain = app.selected_domain().expect("a row");
    String::from_utf8_lossy(domain).into_owned()
}

/// The rows of the ranking as drawn, of which the numbers are.
fn on_screen(app: &App, text: &str) -> bool {
    frame(app).contains(text)
}

#[test]
fn the_digits_switch_exclusions_and_every_pane_follows_at_once() {
    let mut app = demo(140, 40);
    assert!(on_screen(&app, "207 of 207"));
    play(&mut app, "4");
    assert!(app.query.active.contains(3));
    assert!(on_screen(&app, "202 of 207"));
    assert!(on_screen(&app, "1 of 4 on · 123 emails hidden"));
    assert!(on_screen(
        &app,
        "hides 123 emails, 5 domains · only it 123 emails, 5 domains"
    ));
    play(&mut app, "4");
    assert!(on_screen(&app, "207 of 207"));
    assert!(on_screen(&app, "would hide 123 emails, 5 domains"));
}

#[test]
fn a_digit_without_an_exclusion_says_so_and_changes_nothing() {
    let mut app = demo(140, 40);
    play(&mut app, "9");
    assert!(app.query.active.is_empty());
    assert!(on_screen(&app, "There is no exclusion 9: there are 4"));
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
    assert!(on_screen(&app, "hidden by the exclusions that are on"));
    play(&mut app, "3");
    assert!(!on_screen(&app, "hidden by the exclusions that are on"));
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

#[test]
fn sorting_goes_through_the_columns_and_turns_round() {
    let mut app = demo(140, 40);
    assert_eq!(app.query.sort.column, SortColumn::OutboundEmails);
    play(&mut app, "s");
    assert_eq!(app.query.sort.column, SortColumn::IncomingEmailsWithThreats);
    assert_eq!(app.view.rows[0].incoming_emails_with_threats, 82);
    play(&mut app, "S");
    assert_eq!(app.query.sort.direction, Direction::Ascending);
    assert_eq!(app.view.rows[0].incoming_emails_with_threats, 1);
    play(&mut app, "s");
    assert_eq!(app.query.sort.column, SortColumn::SenderFromDomain);
    assert_eq!(app.query.sort.direction, Direction::Ascending);
}

#[test]
fn movement_keys_reach_both_ends_of_every_list() {
    let mut app = demo(80, 24);
    play(&mut app, "G");
    assert_eq!(app.ranking.index(), 206);
    play(&mut app, "<pageup><up>k");
    assert_eq!(app.ranking.index(), 206 - 7 - 2);
    play(&mut app, "<home><pagedown><down>j");
    assert_eq!(app.ranking.index(), 9);
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
    click(&mut app, 4, 35);
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [1]);
    click(&mut app, 60, 36);
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
    assert!(on_screen(&app, "Mouse:"));
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
    assert_eq!(
        lines[0],
        "SenderFromDomain,OutboundEmails,IncomingEmailsWithThreats,ActiveExclusions,Search"
    );
    assert_eq!(lines[1], "cloudreports.example,268,10,siem-soar,cloud");
    assert_eq!(lines.len(), 1 + app.view.rows.len());
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
    assert!(on_screen(&app, "inert: no EmailUrlInfo loaded"));
    play(&mut app, "4");
    assert!(on_screen(
        &app,
        "Cloud storage links hides nothing: no EmailUrlInfo loaded"
    ));
}
