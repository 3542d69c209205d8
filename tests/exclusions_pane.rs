//! The pane of exclusions when there are many, and that nothing an analyst wrote is lost in silence: selecting
//! what was added, saving, renaming, removing, and being asked before leaving.

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
use mailhunt::hunt::exclusion::library::{self, Source};
use mailhunt::hunt::exclusion::{Exclusion, parse};
use mailhunt::tui::app::{App, Msg, Overlay, Pane};
use ratatui::crossterm::event::Event;
use screen::{click, demo, frame, ids, is_leaving, on_screen, play, press, resize, titles, work};
use std::fmt::Write;
use std::path::PathBuf;

/// Sixteen exclusions of domains.
fn more_exclusions() -> String {
    let mut text = "version = 1\n".to_owned();
    for number in 10..26 {
        let _ = write!(
            text,
            "[[exclude]]\nid = \"team-{number}\"\ntitle = \"Team {number}, which has quite a long title to be cut\"\n\
             reason = \"Agreed.\"\nmatch = [{{ \"SenderFromDomain\" = \"partner-{number}.example\" }}]\n"
        );
    }
    text
}

/// The demo with 25 exclusions, of which all but the built-in ones are from a file of that name.
fn with_many(file: &str, width: u16, height: u16) -> App {
    let source = Source {
        name: file.to_owned(),
        text: more_exclusions(),
    };
    let exclusions = library::with_files(std::slice::from_ref(&source)).unwrap();
    let app = demo(width, height);
    let hunt = app.hunt.with_exclusions(exclusions.into());
    let mut with_many = App::new(hunt, app.load, app.query, app.theme, true);
    with_many.exclusion_sources = vec![source];
    resize(&mut with_many, width, height);
    with_many
}

#[test]
fn what_is_on_is_in_sight_and_the_others_are_counted() {
    let mut app = with_many("team.toml", 140, 40);
    assert!(on_screen(&app, " 1 [ ] Internal forwarding "));
    assert!(on_screen(&app, "15 below"), "{}", frame(&app));
    assert!(!on_screen(&app, "of them on"));
    play(&mut app, ":22<enter>");
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [21]);
    assert!(on_screen(&app, "22 [x] Team 22"), "{}", frame(&app));
    assert!(on_screen(&app, "12 above · 3 below"), "{}", frame(&app));
    play(&mut app, "1");
    assert!(on_screen(&app, " 1 [x] Internal forwarding "));
    assert!(on_screen(&app, "15 below, 1 of them on"), "{}", frame(&app));
    // What is on shows itself where nothing was chosen in the pane.
    let mut fresh = with_many("team.toml", 140, 40);
    fresh.query.active.insert(24);
    resize(&mut fresh, 140, 40);
    assert!(on_screen(&fresh, "25 [x] Team 25"), "{}", frame(&fresh));
    // Boxes are below each other.
    let text = frame(&fresh);
    let columns = text.lines().filter_map(|line| line.find("[ ]"));
    let mut columns: Vec<usize> = columns.collect();
    columns.dedup();
    assert_eq!(columns.len(), 1, "{text}");
    // In words where there is room for them, whatever the size.
    resize(&mut app, 60, 20);
    assert!(
        on_screen(&app, " 21 below, 1 of them on "),
        "{}",
        frame(&app)
    );
    play(&mut app, "<tab><tab>5j");
    assert!(on_screen(&app, " above · "), "{}", frame(&app));
    play(&mut app, "5");
    resize(&mut app, 40, 10);
    play(&mut app, "G");
    assert!(on_screen(&app, "25 [ ]"), "{}", frame(&app));
    assert!(on_screen(&app, "2 of 25 on"), "{}", frame(&app));
    assert!(on_screen(&app, " 19 above "), "{}", frame(&app));
    play(&mut app, "kkkkkkk");
    assert!(on_screen(&app, " ↑17 ↓2 "), "{}", frame(&app));
    resize(&mut app, 140, 40);
    play(&mut app, "?G");
    assert!(on_screen(&app, "↑3 ↓5 in the title"), "{}", frame(&app));
}

#[test]
fn titles_are_cut_only_where_there_is_no_room() {
    let title = "Team 10, which has quite a long title to be cut";
    let app = with_many("team.toml", 140, 80);
    assert!(on_screen(&app, title), "{}", frame(&app));
    assert!(on_screen(&app, "would hide"), "{}", frame(&app));
    let app = with_many("team.toml", 80, 60);
    assert!(!on_screen(&app, title), "{}", frame(&app));
    assert!(
        on_screen(&app, "Team 10, which has quite a "),
        "{}",
        frame(&app)
    );
}

#[test]
fn what_is_hidden_is_explained_beside_what_is_not_saved() {
    let mut app = demo(140, 40);
    play(&mut app, "x<enter>");
    let both = "436 emails hidden (sent + threats) · 1 not saved";
    assert!(on_screen(&app, both), "{}", frame(&app));
    resize(&mut app, 60, 20);
    assert!(!on_screen(&app, "(sent"), "{}", frame(&app));
    assert!(on_screen(&app, "· 1 not saved "), "{}", frame(&app));
}

#[test]
fn each_of_many_is_switched_by_its_number_by_key_and_by_mouse() {
    let mut app = with_many("team.toml", 140, 40);
    play(&mut app, ":1");
    let first = |app: &App| match &app.overlay {
        Some(Overlay::Palette(palette)) => palette.items(app)[0].clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(first(&app).number, 0);
    play(&mut app, "2");
    assert_eq!(first(&app).number, 11, "typed in full it comes first");
    assert_eq!(first(&app).keys, ":12");
    play(&mut app, "<enter>");
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [11]);
    play(&mut app, "<tab><tab>G<space>");
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [11, 24]);
    // The last row, on its box.
    click(&mut app, 6, 37);
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [11]);
}

#[test]
fn what_was_added_is_selected_and_saved_wherever_one_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exclusions.toml");
    let saved = || parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let mut app = demo(140, 40);
    app.own_exclusions = Some(path.clone());
    play(&mut app, "w");
    assert!(on_screen(&app, "No exclusion has unsaved changes"));
    play(&mut app, "x<enter>");
    assert!(on_screen(&app, "(w: save)"), "{}", frame(&app));
    assert!(on_screen(&app, "1 not saved"), "{}", frame(&app));
    assert!(on_screen(&app, "[x] fabrikam.example"));
    play(&mut app, "w<enter><enter>");
    assert!(on_screen(&app, "“fabrikam.example” is saved in"));
    assert!(!on_screen(&app, "not saved"));
    assert_eq!(saved(), app.hunt.exclusions[9..]);
    play(&mut app, "<tab><tab>a<ctrl-s>");
    assert_eq!(app.exclusions.index(), 10);
    play(&mut app, "w<enter><enter>");
    assert_eq!(saved(), app.hunt.exclusions[9..]);
    play(&mut app, "w");
    assert!(on_screen(&app, "is already saved"), "{}", frame(&app));
    // Of several, the one written last.
    play(&mut app, "<esc>jx<enter>jx<enter>w<enter><enter>");
    assert_eq!(saved().last(), app.hunt.exclusions.last());
    assert_eq!(saved().len(), 3);
    play(&mut app, "w<enter><enter>");
    assert_eq!(saved().len(), 4);
}

#[test]
fn saving_a_built_in_asks_and_says_what_it_means() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exclusions.toml");
    let mut app = demo(140, 40);
    app.own_exclusions = Some(path.clone());
    play(&mut app, "<tab><tab>jw");
    assert!(on_screen(&app, "“Scheduled jobs” is built in."));
    assert!(
        on_screen(&app, "A copy in your file replaces it"),
        "{}",
        frame(&app)
    );
    play(&mut app, "<enter>");
    assert!(app.overlay.is_some(), "Enter is no yes");
    play(&mut app, "n");
    assert!(app.overlay.is_none() && !path.exists());
    play(&mut app, "w<esc>wy<enter><enter>");
    let saved = std::fs::read_to_string(&path).unwrap();
    assert_eq!(library::ids_in(&saved), ["scheduled-jobs"]);
    play(&mut app, "w");
    assert!(on_screen(&app, "is already saved"), "it is asked once");
}

#[test]
fn saving_what_another_file_defines_says_that_it_goes_before_the_copy() {
    let mut app = with_many("team.toml", 140, 40);
    app.own_exclusions = Some(PathBuf::from("/nonexistent/own.toml"));
    play(&mut app, "<tab><tab>Gw");
    assert!(
        on_screen(&app, "which overrides your file"),
        "{}",
        frame(&app)
    );
}

#[test]
fn leaving_asks_while_something_is_not_saved() {
    let mut app = demo(140, 40);
    play(&mut app, "x<enter>");
    for key in ["q", "<ctrl-c>"] {
        let mut app = app.clone();
        assert!(play(&mut app, key).is_empty());
        assert!(on_screen(&app, "Quit without saving?"));
        assert!(on_screen(
            &app,
            "1 exclusion is not saved: fabrikam.example."
        ));
        assert!(play(&mut app, "<enter>jq").is_empty(), "no answers");
        assert!(play(&mut app, "n").is_empty());
        assert!(app.overlay.is_none());
        play(&mut app, key);
        play(&mut app, "<esc>");
        assert!(app.overlay.is_none());
        play(&mut app, key);
        assert!(is_leaving(&play(&mut app, "y")));
        play(&mut app, key);
    }
    // Told twice, whatever is open.
    play(&mut app, "?<ctrl-c>");
    assert!(is_leaving(&play(&mut app, "<ctrl-c>")));
    // Removed it is not lost, but given up.
    let mut app = demo(140, 40);
    play(&mut app, "x<enter><tab><tab>D");
    assert!(is_leaving(&play(&mut app, "q")));
}

#[test]
fn leaving_saves_first_where_one_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exclusions.toml");
    let mut app = demo(140, 40);
    app.own_exclusions = Some(path.clone());
    play(&mut app, "x<enter>jx<enter><tab><tab>gR!<enter>q");
    assert!(
        on_screen(&app, "3 exclusions are not saved"),
        "{}",
        frame(&app)
    );
    assert!(on_screen(&app, "Internal forwarding!"));
    assert!(on_screen(&app, "is built in. A copy in"), "{}", frame(&app));
    play(&mut app, "s");
    assert!(on_screen(&app, "Save exclusion 1 of 3"), "{}", frame(&app));
    assert!(!path.exists(), "not before all are asked for");
    play(&mut app, "Kim<enter><enter><enter><enter>");
    assert!(on_screen(&app, "Save exclusion 3 of 3"));
    let effects = play(&mut app, "<enter><enter>");
    assert!(is_leaving(&effects), "{}", frame(&app));
    let saved = parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(saved.len(), 3);
    assert_eq!(saved[0].title, "Internal forwarding!");
    assert_eq!((&*saved[0].owner, &*saved[1].owner), ("Kim", ""));
}

#[test]
fn what_cannot_be_saved_keeps_mailhunt_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exclusions.toml");
    std::fs::write(&path, "this is not TOML").unwrap();
    let mut app = demo(140, 40);
    app.own_exclusions = Some(path);
    play(&mut app, "x<enter>q");
    assert!(play(&mut app, "s<enter><enter>").is_empty());
    assert!(on_screen(&app, "nothing was saved"), "{}", frame(&app));
    assert!(on_screen(&app, "Quit without saving?"));
    assert!(is_leaving(&play(&mut app, "y")));
}

#[test]
fn leaving_asks_while_a_title_is_typed() {
    let mut app = demo(140, 40);
    play(&mut app, "<tab><tab>a<ctrl-s>R");
    let saved_nothing = play(&mut app, " two<ctrl-c>");
    assert!(saved_nothing.is_empty());
    assert!(on_screen(&app, "The text in the editor"), "{}", frame(&app));
    play(&mut app, "n");
    assert!(on_screen(&app, " two"), "{}", frame(&app));
}

#[test]
fn leaving_asks_while_a_text_is_edited_and_gives_it_back() {
    let mut app = demo(140, 40);
    play(&mut app, "<tab><tab>a<ctrl-c>");
    assert!(!on_screen(&app, "Leave"), "nothing was typed");
    let mut app = demo(140, 40);
    play(&mut app, "<tab><tab>a#<ctrl-c>");
    assert!(on_screen(&app, "The text in the editor"));
    assert!(
        !on_screen(&app, "save and quit"),
        "there is nothing whole to save"
    );
    play(&mut app, "n");
    assert!(on_screen(&app, "Exclusion as text"));
    assert!(on_screen(&app, "#[[exclude]]"), "{}", frame(&app));
    // A click beside it takes nothing away either.
    click(&mut app, 1, 1);
    assert!(on_screen(&app, "#[[exclude]]"));
    play(&mut app, "<ctrl-c>");
    click(&mut app, 1, 1);
    assert!(on_screen(&app, "Quit without saving?"));
    assert!(is_leaving(&play(&mut app, "<ctrl-c>")));
}

#[test]
fn the_question_is_asked_and_answered_on_any_screen() {
    for (width, height) in [(140, 40), (80, 24), (40, 10), (20, 5)] {
        let mut app = demo(140, 40);
        play(&mut app, "x<enter>");
        resize(&mut app, width, height);
        play(&mut app, "q");
        assert!(on_screen(&app, "Quit without"), "{}", frame(&app));
        let said = if width < 40 {
            "y ^C quit"
        } else {
            "y or Ctrl-C quit"
        };
        assert!(on_screen(&app, said), "{}", frame(&app));
        play(&mut app, "n");
        assert!(!on_screen(&app, "Quit without"));
        play(&mut app, "q");
        assert!(is_leaving(&play(&mut app, "y")));
        play(&mut app, "n");
    }
}

#[test]
fn signals_never_ask() {
    let mut app = demo(140, 40);
    play(&mut app, "x<enter>");
    assert!(is_leaving(&app.update(Msg::Terminate)));
    play(&mut app, "<tab><tab>a#");
    assert!(is_leaving(&app.update(Msg::Terminate)));
}

#[test]
fn q_closes_what_is_open_before_it_leaves() {
    let mut app = demo(140, 40);
    assert!(play(&mut app, "fq").is_empty());
    assert_eq!(app.focus, Pane::Ranking);
    assert!(play(&mut app, "<enter><enter>q").is_empty());
    assert_eq!(app.focus, Pane::Emails);
    assert!(play(&mut app, "?q").is_empty());
    assert!(is_leaving(&play(&mut app, "q")));
    // By name it is meant.
    let mut app = demo(140, 40);
    assert!(is_leaving(&play(&mut app, "f:quit<enter>")));
}

#[test]
fn removing_takes_one_out_and_undo_brings_it_back_as_it_was() {
    let mut app = demo(140, 40);
    play(&mut app, "x<enter>jx<enter>14<tab><tab>");
    let before = (
        app.hunt.exclusions.clone(),
        app.query.active,
        app.view.clone(),
    );
    play(&mut app, "GkD");
    assert!(on_screen(&app, "Removed (u: undo): fabrikam.example"));
    assert_eq!(app.hunt.exclusions.len(), 10);
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [0, 3, 9]);
    // The numbers are those of a hunt that never had it.
    let without: Vec<Exclusion> = app.hunt.exclusions.to_vec();
    let never = demo(140, 40).hunt.with_exclusions(without.into());
    assert_eq!(app.view, never.view(&app.query));
    play(&mut app, "u");
    assert!(on_screen(
        &app,
        "undone: fabrikam.example added, fabrikam.example on"
    ));
    let after = (
        app.hunt.exclusions.clone(),
        app.query.active,
        app.view.clone(),
    );
    assert_eq!(after, before);
    assert_eq!(app.exclusions.index(), 9);
    play(&mut app, "<ctrl-r>");
    assert_eq!(app.hunt.exclusions.len(), 10);
    play(&mut app, "u");
    assert_eq!(app.view, before.2);
    // Undoing what added it takes it out of the list; nothing is left to be saved then.
    play(&mut app, "uuuu");
    assert_eq!(app.hunt.exclusions.len(), 9, "{}", frame(&app));
    assert_eq!(app.query.active.len(), 0);
    assert!(
        on_screen(&app, "undone: fabrikam.example removed"),
        "{}",
        frame(&app)
    );
    assert!(on_screen(&app, "207 of 207"));
    assert!(!on_screen(&app, "not saved"), "{}", frame(&app));
    assert!(is_leaving(&play(&mut app.clone(), "q")), "nothing is lost");
    // Redone it is as it was.
    play(&mut app, "<ctrl-r>");
    assert_eq!(app.hunt.exclusions[9], before.0[9]);
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [9]);
    assert!(on_screen(&app, "1 not saved"), "{}", frame(&app));
}

#[test]
fn saving_asks_for_owner_and_reason_and_adds_the_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exclusions.toml");
    let saved = || parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let mut app = demo(140, 40);
    app.own_exclusions = Some(path.clone());
    // The day was not known when it was made.
    play(&mut app, "x<enter>");
    assert_eq!(app.hunt.exclusions[9].created, None);
    app.today = date(2026, 11, 30);
    for (width, height) in [(140, 40), (80, 24), (40, 10)] {
        resize(&mut app, width, height);
        play(&mut app, "w");
        assert!(on_screen(&app, "Save exclusion"), "{}", frame(&app));
        assert!(on_screen(&app, "owner"), "{}", frame(&app));
        assert!(on_screen(&app, "reason"), "{}", frame(&app));
        assert!(on_screen(&app, "Enter next, or skip"), "{}", frame(&app));
        play(&mut app, "<esc>");
        assert!(on_screen(&app, "Nothing was saved"));
        assert!(!path.exists());
    }
    play(&mut app, "wKim <enter>");
    app.update(Msg::Terminal(Event::Paste("Agreed\nin May.".to_owned())));
    assert!(!path.exists(), "a pasted line end confirms nothing");
    // What is typed is not lost to one key.
    play(&mut app, "<ctrl-c>");
    assert!(on_screen(&app, "The text in the editor"), "{}", frame(&app));
    play(&mut app, "n<enter>");
    let one = saved().remove(0);
    assert_eq!((&*one.owner, &*one.reason), ("Kim", "Agreedin May."));
    assert_eq!(one.created, Some(date(2026, 11, 30)));
    assert_eq!(saved(), app.hunt.exclusions[9..]);
    assert!(!on_screen(&app, "not saved"), "{}", frame(&app));
    resize(&mut app, 140, 40);
    // Undo takes back what was done before saving, and nothing of the description.
    play(&mut app, "u");
    assert_eq!(ids(&app).len(), 9);
    assert!(on_screen(&app, "It stays in"), "{}", frame(&app));
    play(&mut app, "<ctrl-r>");
    assert_eq!(app.hunt.exclusions[9], one);
    // What has both is saved at once, and keeps its date.
    app.today = date(2026, 12, 1);
    play(&mut app, "<tab><tab>GR!<enter>w");
    assert!(app.overlay.is_none(), "{}", frame(&app));
    assert_eq!(saved()[0].title, "fabrikam.example!");
    assert_eq!(saved()[0].created, Some(date(2026, 11, 30)));
}

#[test]
fn keys_pressed_while_exclusions_are_counted_are_done_to_the_new_list() {
    let mut app = with_many("team.toml", 140, 40);
    let mut waiting = press(&mut app, "<tab><tab>:10<enter>D0:10<enter>");
    assert_eq!(waiting.len(), 1, "it is being counted");
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [9]);
    work(&mut app, waiting.remove(0));
    assert!(titles(&app)[9].starts_with("Team 11"));
    assert_eq!(app.query.active.iter().collect::<Vec<_>>(), [9]);
    // Leaving waits for nothing.
    let mut app = with_many("team.toml", 140, 40);
    assert_eq!(press(&mut app, "<tab><tab>GDj").len(), 1);
    assert!(is_leaving(&press(&mut app, "<ctrl-c>")));
}

#[test]
fn a_built_in_cannot_be_removed_and_one_of_a_file_says_where_it_stays() {
    let mut app = with_many("team.toml", 140, 40);
    play(&mut app, "<tab><tab>D");
    assert!(on_screen(
        &app,
        "“Internal forwarding” is built in and cannot be removed"
    ));
    assert_eq!(app.hunt.exclusions.len(), 25);
    play(&mut app, "GD");
    assert_eq!(app.hunt.exclusions.len(), 24);
    assert!(on_screen(
        &app,
        "Removed for this session (u: undo): Team 25"
    ));
    assert!(
        on_screen(&app, "It is still in team.toml"),
        "{}",
        frame(&app)
    );
    assert_eq!(app.exclusions.index(), 23);
}

#[test]
fn renaming_is_a_step_that_can_be_undone() {
    let mut app = demo(140, 40);
    let view = app.view.clone();
    play(&mut app, "<tab><tab>jR<ctrl-u>  Batch jobs <enter>");
    assert_eq!(titles(&app)[1], "Batch jobs");
    assert!(on_screen(
        &app,
        "Renamed (w: save): Scheduled jobs is now Batch jobs"
    ));
    assert_eq!(app.view, view);
    play(&mut app, "u");
    assert!(on_screen(
        &app,
        "undone: Batch jobs renamed to Scheduled jobs"
    ));
    assert_eq!(titles(&app)[1], "Scheduled jobs");
    assert!(is_leaving(&press(&mut app.clone(), "q")), "nothing is lost");
    play(&mut app, "<ctrl-r>");
    assert_eq!(titles(&app)[1], "Batch jobs");
    play(&mut app, "R<ctrl-u><enter>");
    assert!(on_screen(&app, "Type a title"));
    play(&mut app, "<esc>");
    assert_eq!(titles(&app)[1], "Batch jobs");
    app.update(Msg::Terminal(Event::Paste("q".to_owned())));
    assert_eq!(titles(&app)[1], "Batch jobs");
}

#[test]
fn editing_is_a_step_that_can_be_undone() {
    let mut app = demo(140, 40);
    play(&mut app, "x<enter>");
    let before = app.hunt.exclusions[9].clone();
    play(&mut app, "<tab><tab>i<down><down>#<ctrl-s>");
    assert_eq!(app.hunt.exclusions[9], before, "a comment is no change");
    play(&mut app, "i<down><down><end><bspace>, or so\"<ctrl-s>");
    assert_ne!(app.hunt.exclusions[9], before, "{}", frame(&app));
    play(&mut app, "u");
    assert_eq!(app.hunt.exclusions[9], before, "{}", frame(&app));
}
