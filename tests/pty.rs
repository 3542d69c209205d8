//! The real program on a real terminal: a pseudo-terminal with an emulator behind it. Few tests, for
//! what only a terminal can show; what keys do to the state is tested in `interface.rs`.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails by panicking, and its name says what it is about"
)]

#[path = "support/terminal.rs"]
mod terminal;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mailhunt::hunt::exclusion::parse;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::thread;
use terminal::{Session, text};

/// The bundled export, on a wide terminal, loaded.
fn demo(folder: &Path) -> Session {
    let mut session = Session::mailhunt(folder, &["--demo"], 140, 40);
    session.wait_for_text("207 of 207");
    session.wait_for_text("19,962 events");
    // The last word on what is loaded: from now on only keys change the screen.
    session.wait_for_text("2 warnings (f)");
    session
}

#[test]
fn domains_are_matched_as_the_command_line_says_and_then_as_a_key_says() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--demo", "--domains", "registrable"];
    let mut session = Session::mailhunt(folder.path(), &arguments, 140, 40);
    session.wait_for_text("178 of 178");
    for (way, ranked) in [
        ("domains grouped exactly, as in the query", "207 of 207"),
        ("folded domains", "205 of 205"),
        ("registrable domains", "178 of 178"),
    ] {
        session.send("d");
        let is_so = |text: &str| text.to_lowercase().contains(way) && text.contains(ranked);
        session.wait_for(way, |screen| is_so(&text(screen)));
    }
}

#[test]
fn exclusions_switch_and_every_pane_follows_in_the_same_frame() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = demo(folder.path());
    // Key, the box it switches, and what other panes must show in the very first frame that has it.
    let steps = [
        (
            "1",
            "1 [x] Internal forwarding",
            "207 of 207",
            "1 of 9 on · 133 emails hidden",
        ),
        (
            "2",
            "2 [x] Scheduled jobs",
            "205 of 207",
            "2 of 9 on · 703 emails hidden",
        ),
        (
            "3",
            "3 [x] SIEM and SOAR",
            "204 of 207",
            "3 of 9 on · 743 emails hidden",
        ),
        (
            "4",
            "4 [x] Cloud storage links",
            "199 of 207",
            "4 of 9 on · 828 emails hidden",
        ),
        (
            "4",
            "4 [ ] Cloud storage links",
            "204 of 207",
            "3 of 9 on · 743 emails hidden",
        ),
    ];
    for (key, switch, ranked, hidden) in steps {
        session.send(key);
        let frame = session.wait_for_text(switch);
        assert!(
            frame.contains(ranked) && frame.contains(hidden),
            "{key}:\n{frame}"
        );
    }
    // The panes of one domain follow too: its count, its list, its summary.
    session.send("321/contoso.example\r");
    let before = session.wait_for("the domain", |screen| {
        text(screen).contains("Threat emails ─") && text(screen).contains("▶   1 contoso.example  ")
    });
    assert!(before.contains("0 of 9 on"), "{before}");
    let all = count_of_emails(&before);
    session.send("1");
    let after = session.wait_for_text("1 [x] Internal forwarding");
    let left = count_of_emails(&after);
    assert!(left < all, "{all} → {left}:\n{after}");
    let row = after
        .lines()
        .find(|line| line.contains("▶   1 contoso.example"))
        .unwrap();
    assert!(
        row.contains(&format!(" {left} ")),
        "the row says the same:\n{after}"
    );
    session.send("q");
    assert_eq!(session.wait_for_clean_end("q").status, 0);
}

/// The number in the border of the list of emails.
fn count_of_emails(frame: &str) -> usize {
    let border = frame
        .lines()
        .find(|line| line.contains("Threat emails ─"))
        .unwrap();
    let mut words = border.split_whitespace().rev();
    words.find_map(|word| word.parse().ok()).unwrap()
}

#[test]
fn enter_opens_down_to_an_email_and_esc_leads_back_to_the_same_row() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = demo(folder.path());
    session.send("jjj");
    session.wait_for_text("▶   4 freemail.example");
    session.send("\r");
    session.wait_for_text("▸Threat emails");
    session.send("jj");
    let list = session.wait_for("the third email", |screen| {
        let text = text(screen);
        text.lines().position(|line| line.contains("││▶")) == Some(11)
    });
    session.send("\r");
    let email = session.wait_for_text("▸Email 3 of 82 from freemail.example");
    assert!(email.contains("NetworkMessageId"), "{email}");
    session.send("\x1b");
    let back = session.wait_for_text("▸Threat emails");
    // The first line may have more to say by then: events are examined beside the screen.
    let panes = |screen: &str| screen.lines().skip(1).collect::<Vec<_>>().join("\n");
    assert_eq!(panes(&back), panes(&list), "the same rows, the same cursor");
    session.send("\x1b");
    let ranking = session.wait_for_text("▸Domains we write to");
    assert!(ranking.contains("▶   4 freemail.example"), "{ranking}");
    session.send("\x03");
    assert_eq!(session.wait_for_clean_end("Ctrl-C").status, 0);
}

#[test]
fn a_saved_exclusion_carries_the_day_it_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = format!("XDG_CONFIG_HOME={}", folder.path().display());
    let program = env!("CARGO_BIN_EXE_mailhunt");
    let command = ["/usr/bin/env", "TZ=UTC", &configuration, program, "--demo"];
    let today = || Timestamp::now().to_zoned(TimeZone::UTC).date();
    let before = today();
    let mut session = Session::run(folder.path(), &command, 140, 40);
    session.wait_for_text("2 warnings (f)");
    let after = today();
    session.send("xfails");
    session.wait_for_text("▶fabrikam.example while it fails DMARC");
    session.wait_for_text("would hide");
    session.send("\r");
    session.wait_for_text("Added and switched on");
    session.send("w");
    session.wait_for_text("Save exclusion");
    session.send("Kim\rAgreed\r");
    session.wait_for_text("is saved in");
    session.send("\x03");
    assert_eq!(session.wait_for_clean_end("Ctrl-C").status, 0);
    let file = folder.path().join("mailhunt").join("exclusions.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let saved = parse(&text).unwrap().remove(0);
    assert_eq!((&*saved.owner, &*saved.reason), ("Kim", "Agreed"));
    // It may be midnight just now.
    let created = saved.created.unwrap();
    assert!((before..=after).contains(&created), "{text}");
}

#[test]
fn any_size_is_survived_and_the_cursor_stays_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = demo(folder.path());
    session.send("j");
    let wide = session.wait_for_text("▶   2 cloudreports.example");
    session.scribble();
    session.send("\x0c");
    assert_eq!(
        session.wait_for_text("cloudreports.example"),
        wide,
        "Ctrl-L draws all of it anew"
    );
    session.resize(40, 10);
    let narrow = session.wait_for_text("▸Domains ");
    assert!(narrow.contains("▶cloudreports…"), "{narrow}");
    assert!(
        !narrow.contains("Exclusions"),
        "one pane at a time:\n{narrow}"
    );
    session.resize(20, 5);
    session.wait_for("the size that is needed", |screen| {
        let text = text(screen);
        text.starts_with("mailhunt needs") && text.contains("is 20×5")
    });
    session.resize(1, 1);
    session.wait_for("one cell", |screen| text(screen).chars().count() == 1);
    session.resize(140, 40);
    let again = session.wait_for_text("Exclusions 0 of 9 on");
    assert!(
        again.contains("▶   2 cloudreports.example"),
        "the cursor is where it was:\n{again}"
    );
    assert!(
        again.contains("Threat emails ─"),
        "all panes are back:\n{again}"
    );
    session.resize(20, 5);
    session.wait_for("the size that is needed", |screen| {
        text(screen).starts_with("mailhunt needs")
    });
    session.send("q");
    assert_eq!(session.wait_for_clean_end("q on a small screen").status, 0);
}

#[test]
fn searching_exporting_and_the_mouse_work_as_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = demo(folder.path());

    session.send("/");
    session.send("wood");
    let found = session.wait_for_text("1 of 207 found");
    assert!(found.contains("▶   1 woodgrove-bank.example"), "{found}");
    session.send("\x7f\x7f\x7f\x7f");
    session.wait_for_text(" 207 of 207 ");
    session.send("\x1b");
    session.wait_for_text("Domains we write to that send threats");

    fs::write(folder.path().join("out.md"), "precious").unwrap();
    session.send("4e");
    session.wait_for_text("exclusions on: cloud-storage-links");
    session.send("\x15\x1b[200~out\n.md\x1b[201~");
    session.wait_for_text("▸ markdown");
    session.send("\r");
    session.wait_for_text("This file exists. Replace it?");
    assert_eq!(
        fs::read_to_string(folder.path().join("out.md")).unwrap(),
        "precious"
    );
    session.send("n");
    session.wait_for_text("Enter writes");
    session.send("\r");
    session.wait_for_text("This file exists. Replace it?");
    session.send("y");
    session.wait_for_text("202 rows written to out.md");
    let report = fs::read_to_string(folder.path().join("out.md")).unwrap();
    assert!(
        report.contains("- **Active exclusions:** cloud-storage-links\n"),
        "{report}"
    );
    assert!(
        report.contains("\n| fabrikam.example | 396 | 40 |"),
        "{report}"
    );

    let (column, row) = session.place_of("woodgrove-bank.example");
    session.click((column, row));
    session.wait_for_text("▶   2 woodgrove-bank.example");
    session.wheel_down((column, row));
    session.wait_for_text("▶   5 northworks.example");
    session.click(session.place_of("[x] Cloud storage links"));
    session.wait_for_text("[ ] Cloud storage links");
    session.send("q");
    assert_eq!(session.wait_for_clean_end("q").status, 0);
}

#[test]
fn leaving_asks_for_what_is_not_saved_and_signals_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let with_unsaved = || {
        let mut session = demo(folder.path());
        session.send("x");
        session.wait_for_text("would hide 436 emails");
        session.send("\r");
        session.wait_for_text("1 not saved");
        session
    };
    let ways: [(&str, Leave, u32); 5] = [
        ("q, then y", |session| session.send("qy"), 0),
        ("Ctrl-C twice", |session| session.send("\x03\x03"), 0),
        ("SIGTERM", |session| session.signal("TERM"), 0),
        ("SIGHUP", |session| session.signal("HUP"), 0),
        (
            "SIGTERM at the question",
            |session| session.signal("TERM"),
            0,
        ),
    ];
    for (what, leave, status) in ways {
        let mut session = with_unsaved();
        if what.ends_with("at the question") {
            session.send("q");
            session.wait_for_text("Quit without saving?");
            session.send("n");
            session.wait_for("no question", |screen| {
                !text(screen).contains("Quit without saving?")
            });
            session.send("\x03");
            session.wait_for_text("1 exclusion is not saved: fabrikam.example.");
        }
        leave(&mut session);
        assert_eq!(session.wait_for_clean_end(what).status, status, "{what}");
    }
}

type Leave = fn(&mut Session);

#[test]
fn every_way_to_leave_gives_the_terminal_back() {
    let folder = tempfile::tempdir().unwrap();
    let ways: [(&str, Leave, u32); 5] = [
        ("q", |session| session.send("q"), 0),
        ("Ctrl-C in a dialog", |session| session.send("e\x03"), 0),
        ("SIGTERM", |session| session.signal("TERM"), 0),
        ("SIGHUP", |session| session.signal("HUP"), 0),
        ("a panic", |session| session.send(":panic\r"), 101),
    ];
    for (what, leave, status) in ways {
        let mut session = demo(folder.path());
        assert!(session.is_raw(), "keys arrive as typed");
        leave(&mut session);
        let ended = session.wait_for_clean_end(what);
        assert_eq!(ended.status, status, "{what}:\n{}", ended.screen);
        let reported = ended.screen.contains("a failure on purpose");
        assert_eq!(reported, what == "a panic", "{what}:\n{}", ended.screen);
    }
}

#[test]
fn it_goes_into_the_background_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    // A shell with job control: only there can a program be stopped.
    let script = "set -m; \"$0\" --demo; echo stopped $?; read line; fg; echo left $?";
    let program = env!("CARGO_BIN_EXE_mailhunt");
    let mut session = Session::run(folder.path(), &["sh", "-c", script, program], 140, 40);
    session.wait_for_text("19,962 events");
    session.send("j");
    let before = session.wait_for_text("▶   2 cloudreports.example");
    session.send("\x1a");
    session.wait_for("the shell", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor() && text(screen).contains("stopped 1")
    });
    assert!(!session.is_raw(), "the shell has its terminal back");
    session.send("\n");
    session.wait_for("the same frame", |screen| {
        screen.alternate_screen() && text(screen) == before
    });
    assert!(session.is_raw());
    session.send("q");
    session.wait_for_text("left 0");
    let ended = session.wait_for_clean_end("q after all that");
    assert_eq!(ended.status, 0);
}

#[test]
fn the_first_frame_needs_no_byte_and_quitting_no_end_of_the_input() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("endless.csv");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );

    // Nobody writes.
    let mut session = Session::mailhunt(folder.path(), &["endless.csv"], 140, 40);
    session.wait_for_text("Reading…");
    session.send("q");
    assert_eq!(
        session.wait_for_clean_end("q before the first byte").status,
        0
    );

    // Somebody writes and does not end.
    let mut session = Session::mailhunt(folder.path(), &["endless.csv"], 140, 40);
    session.wait_for_text("Reading…");
    let writer = thread::spawn(move || {
        let mut pipe = fs::File::options().write(true).open(pipe).unwrap();
        let header = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes\n";
        let rows = "Outbound,us.example,b@them.example,\nInbound,them.example,a@us.example,Phish\n";
        let mut written = pipe.write_all(header.as_bytes());
        while written.is_ok() {
            written = pipe.write_all(rows.repeat(500).as_bytes());
        }
    });
    session.wait_for("a partial ranking", |screen| {
        text(screen).contains("▶   1 them.example") && text(screen).contains("loading")
    });
    session.send("q");
    assert_eq!(session.wait_for_clean_end("q while loading").status, 0);
    writer.join().unwrap();
}

#[test]
fn an_export_is_piped_in_and_keys_come_from_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes\n\
                Outbound,us.example,b@them.example,\nInbound,them.example,a@us.example,Phish\n";
    fs::write(folder.path().join("export.csv"), rows).unwrap();
    let script = "cat export.csv | \"$0\" -";
    let program = env!("CARGO_BIN_EXE_mailhunt");
    let mut session = Session::run(folder.path(), &["sh", "-c", script, program], 140, 40);
    session.wait_for_text("▶   1 them.example");
    session.send("f");
    session.wait_for_text("2 rows read = 2 kept + 0 rejected");
    // The first closes what is open.
    session.send("q");
    session.wait_for_text("▸Domains we write to");
    session.send("q");
    assert_eq!(session.wait_for_clean_end("q").status, 0);

    // Typed lines are no export.
    let ended = Session::mailhunt(folder.path(), &["-"], 140, 40).wait_for_end();
    assert_eq!(ended.status, 1, "{}", ended.screen);
    assert!(
        ended.screen.contains("standard input: it is the terminal"),
        "{}",
        ended.screen
    );
}

#[test]
fn headless_commands_on_a_terminal_give_a_table_and_never_an_escape() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{200b}\u{e0041}x";
    let rows = format!(
        "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,\"Subject{hostile}\"\n\
         Outbound,us.example,\"a@{hostile}\",,\n\
         Inbound,\"{hostile}\",a@us.example,Phish,\"{hostile}\"\n\
         \"{hostile}\"\n"
    );
    fs::write(folder.path().join("hostile.csv"), rows).unwrap();
    let name = format!("{hostile}.csv");
    let commands: [&[&str]; 8] = [
        &["rank", "hostile.csv"],
        &["rank", "hostile.csv", "--format", "csv"],
        &["rank", "hostile.csv", "--format", "csv", "--raw"],
        &["rank", "hostile.csv", "--format", "json"],
        &["rank", "hostile.csv", "--format", "markdown"],
        &["emails", hostile, "hostile.csv", "--raw", "--format", "csv"],
        &["rank", &name],
        &[&name],
    ];
    for command in commands {
        let session = Session::mailhunt(folder.path(), command, 300, 40);
        let ended = session.wait_for_end();
        let missing = command.contains(&&*name);
        assert_eq!(
            ended.status,
            if missing { 1 } else { 3 },
            "{}",
            ended.screen
        );
        let text = String::from_utf8(ended.bytes).unwrap();
        let harmful = |one: &char| {
            (one.is_control() && !matches!(one, '\r' | '\n'))
                || matches!(one, '\u{202e}' | '\u{200b}' | '\u{e0041}')
        };
        assert_eq!(text.chars().find(harmful), None, "{command:?}: {text:?}");
        let visible = match (missing, command.contains(&"json")) {
            (true, _) => "^[[2J^[]0;owned^G\\u{9b}31m⟨U+202E⟩",
            (false, true) => "\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u202e",
            (false, false) => "^[[2J^[",
        };
        assert!(
            text.replace("\\[", "[")
                .replace("\\]", "]")
                .contains(visible),
            "{command:?}: {text}"
        );
    }
    let table = Session::mailhunt(folder.path(), &["rank", "--demo"], 100, 300).wait_for_end();
    let start = "SenderFromDomain              OutboundEmails  IncomingEmailsWithThreats\n----";
    // Before it stands, on standard error, what to know of the recipients.
    assert!(table.screen.contains(start), "{}", table.screen);
    assert_eq!(table.status, 0);
}
