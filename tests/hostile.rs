//! Hostile text through the whole program: any string in any column, name of a file or key press is
//! drawn without panic, and no cell and no byte of the terminal's stream carries what harms or deceives.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails by panicking, and its name says what it is about"
)]

#[path = "support/screen.rs"]
#[allow(
    dead_code,
    reason = "each test file uses its part of the shared harness"
)]
mod screen;

use mailhunt::events::input::Input;
use mailhunt::tui::app::{App, Effect, Msg, Overlay, Pane};
use mailhunt::tui::commands::{COMMANDS, Command, parse_key};
use mailhunt::tui::panes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

/// The columns that panes read, and one of the file's own making.
const COLUMNS: [&str; 14] = [
    "Timestamp",
    "NetworkMessageId",
    "SenderFromAddress",
    "SenderFromDomain",
    "SenderDisplayName",
    "SenderMailFromDomain",
    "RecipientEmailAddress",
    "Subject",
    "DeliveryAction",
    "LatestDeliveryLocation",
    "ThreatTypes",
    "AuthenticationDetails",
    "AdditionalFields",
    "EmailDirection",
];

// What may be on screen. Written out by hand: this must not share a mistake with the library.

/// Why a character may not be in any cell, wherever it stands.
fn harm_of(character: char) -> Option<&'static str> {
    match character {
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Some("a control character"),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some("a bidi control")
        }
        '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}' => {
            Some("without width")
        }
        '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' => Some("a blank letter"),
        '\u{2028}' | '\u{2029}' => Some("a line end"),
        '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' => Some("an old format control"),
        '\u{e0000}'..='\u{e0fff}' => Some("a tag or a hidden selector"),
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => Some("of private use"),
        _ => None,
    }
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Fails when what one cell holds could harm or deceive.
fn assert_harmless(symbol: &str) {
    for character in symbol.chars() {
        let harm = harm_of(character);
        assert!(harm.is_none(), "{harm:?} in the cell {symbol:?}");
    }
    let joins = symbol.starts_with(is_joiner) || symbol.contains("\u{200d}\u{200d}");
    assert!(
        !joins,
        "a joiner with nothing before it in the cell {symbol:?}"
    );
    // A joiner is seen only after a letter of a script that has it, or in an emoji.
    let base = symbol.chars().next().unwrap_or(' ');
    assert!(
        !symbol.contains(is_joiner) || base > '\u{5ff}',
        "a joiner that nobody sees in the cell {symbol:?}"
    );
    assert!(symbol.len() <= 32, "a flood in one cell: {symbol:?}");
}

/// Draws in memory and looks at every cell.
fn assert_cells_harmless(app: &App) {
    let terminal = screen::draw(app);
    for cell in terminal.backend().buffer().content() {
        assert_harmless(cell.symbol());
    }
}

/// Draws as for a terminal and looks at every byte: what is no text must be one of the sequences by
/// which the backend places cells and styles them.
fn assert_stream_harmless(app: &App) {
    let mut stream = Vec::new();
    let options = TerminalOptions {
        viewport: Viewport::Fixed(app.screen),
    };
    let backend = CrosstermBackend::new(&mut stream);
    let mut terminal = Terminal::with_options(backend, options).unwrap();
    terminal.draw(|frame| panes::draw(app, frame)).unwrap();
    drop(terminal);

    let stream = String::from_utf8(stream).unwrap();
    let mut rest = stream.as_str();
    while let Some(character) = rest.chars().next() {
        if let Some(sequence) = rest.strip_prefix("\u{1b}[") {
            let parameters = sequence
                .trim_start_matches(|one: char| one.is_ascii_digit() || matches!(one, ';' | '?'));
            let last = parameters.chars().next();
            assert!(
                last.is_some_and(|last| "mHJKhl".contains(last)),
                "not of the backend: {:?}",
                rest.chars().take(40).collect::<String>()
            );
            rest = &parameters[1..];
            continue;
        }
        let harm = harm_of(character);
        let near: String = rest.chars().take(40).collect();
        assert!(harm.is_none(), "{harm:?} in the stream: {near:?}");
        rest = &rest[character.len_utf8()..];
    }
}

/// Draws what there is, both ways.
fn assert_drawn_harmless(app: &App) {
    assert_cells_harmless(app);
    assert_stream_harmless(app);
}

/// What must hold whatever was pressed.
fn assert_consistent(app: &App) {
    let within = |index: usize, length: usize| index < length.max(1);
    assert!(
        within(app.ranking.index(), app.view.rows.len()),
        "the ranking's cursor"
    );
    assert!(
        within(app.emails.cursor.index(), app.emails.length),
        "the emails' cursor"
    );
    assert!(
        within(app.exclusions.index(), app.hunt.exclusions.len()),
        "the exclusions' cursor"
    );
    assert!(
        app.ranking.offset() <= app.ranking.index(),
        "the ranking's cursor is on screen"
    );
    assert!(
        app.emails.cursor.offset() <= app.emails.cursor.index(),
        "the emails' too"
    );
    let pages = app.areas().into_iter().flat_map(|areas| {
        [
            (Pane::Ranking, app.ranking.offset(), app.ranking.index()),
            (
                Pane::Emails,
                app.emails.cursor.offset(),
                app.emails.cursor.index(),
            ),
            (
                Pane::Exclusions,
                app.exclusions.offset(),
                app.exclusions.index(),
            ),
        ]
        .map(|(pane, offset, index)| (areas.rows(pane), pane, offset, index))
    });
    for (rows, pane, offset, index) in pages {
        let shown = rows.is_none_or(|rows| index < offset + usize::from(rows.height.max(1)));
        assert!(shown, "the cursor of {pane:?} is below the screen");
    }
    assert!(
        within(app.email.scroll, app.email.lines.len()),
        "the email's first line"
    );
    assert_eq!(
        app.emails.domain.as_deref(),
        app.selected_domain(),
        "the emails are those of the selected domain"
    );
    assert!(
        app.focus != Pane::Emails || app.emails.counted > 0,
        "an empty list has the keys"
    );
    assert!(
        app.focus != Pane::Email || app.email.email.is_some(),
        "no email is open"
    );
    if let Some(Overlay::Palette(palette)) = &app.overlay {
        assert!(
            within(palette.cursor.index(), palette.items(app).len()),
            "the palette's cursor"
        );
    }
    assert!(
        app.query
            .active
            .iter()
            .all(|index| index < app.hunt.exclusions.len())
    );
}

// Hostile text.

/// Pieces of which hostile text is made.
const PIECES: [&str; 40] = [
    "\u{1b}[2J",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}P$q\u{1b}\\",
    "\u{1b}",
    "\u{9b}31m",
    "\u{90}\u{9d}\u{85}\u{9c}",
    "\u{7f}\u{8}\u{8}",
    "\0",
    "\r",
    "\n",
    "\r\n\r\n",
    "\t\t",
    "\u{202e}gpj.exe",
    "\u{2066}\u{2069}\u{202a}\u{202c}",
    "\u{200e}\u{200f}\u{61c}",
    "\u{200b}\u{2060}\u{feff}\u{ad}",
    "\u{200c}\u{200d}\u{200d}",
    "a\u{200d}b\u{200c}",
    "👩\u{200d}💻",
    "❤\u{fe0f}",
    "🇩🇪🇩",
    "👍🏽",
    "می\u{200c}خواهم",
    "क्\u{200d}ष",
    "שלום عليكم",
    "日本語テスト",
    "ｆｕｌｌ",
    "\u{e0001}\u{e0041}\u{e007f}",
    "\u{fe00}\u{fe01}\u{e0100}",
    "\u{2028}\u{2029}",
    "\u{115f}\u{3164}\u{2800}\u{ffa0}",
    "e\u{301}\u{302}",
    "\u{300}",
    "\u{e000}\u{f8ff}\u{ffff}\u{10ffff}",
    "\u{d4e}\u{11a84}",
    "@evil.example",
    "{\"\u{1b}[31m\":[\"\u{202e}\",{\"k\":null}]}",
    "Phish, Spam",
    "2026-11-01T08:00:00Z",
];

fn hostile_text() -> impl Strategy<Value = String> {
    let flood = (
        select(
            &[
                '\u{300}', '\u{489}', '\u{20dd}', '\u{200d}', '\u{fe0f}', '\u{202e}',
            ][..],
        ),
        0..300_usize,
    )
        .prop_map(|(mark, count)| format!("x{}", mark.to_string().repeat(count)));
    let piece = prop_oneof![
        6 => select(&PIECES[..]).prop_map(str::to_owned),
        1 => flood,
        2 => any::<char>().prop_map(String::from),
        2 => "[ -~]{0,12}",
        1 => (0x1_u32..0x3000).prop_map(|code| char::from_u32(code).map_or_else(String::new, String::from)),
    ];
    vec(piece, 0..7).prop_map(|pieces| pieces.concat())
}

/// An event with hostile cells; most of them count in the hunt.
fn event() -> impl Strategy<Value = Vec<String>> {
    let domain = prop_oneof![
        3 => select(&["one.example", "two.example"][..]).prop_map(str::to_owned),
        1 => hostile_text(),
    ];
    (vec(hostile_text(), COLUMNS.len() - 1), domain, 0..6_usize).prop_map(
        |(mut cells, domain, kind)| {
            match kind {
                // The domain of a recipient is what stands between two of these.
                0 | 1 => cells[6] = format!("a@{domain}"),
                2..=4 => cells[3] = domain,
                _ => {}
            }
            if kind >= 2 && cells[10].is_empty() {
                "Phish".clone_into(&mut cells[10]);
            }
            if kind % 2 == 0 {
                cells[0] = format!("2026-11-0{}T08:00:00Z", kind + 1);
            }
            cells.push(if kind < 2 { "Outbound" } else { "Inbound" }.to_owned());
            cells
        },
    )
}

/// Names of columns with one that the attacker chose.
fn columns(own: &str) -> Vec<String> {
    let known = COLUMNS.iter().map(|&name| name.to_owned());
    known.chain([own.to_owned()]).collect()
}

fn as_csv(own: &str, events: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns(own)).unwrap();
    for event in events {
        writer
            .write_record(event.iter().map(String::as_str).chain([own]))
            .unwrap();
    }
    writer.into_inner().unwrap()
}

fn as_json_lines(own: &str, events: &[Vec<String>]) -> Vec<u8> {
    let lines = events.iter().map(|event| {
        let cells = event.iter().map(String::as_str).chain([own]);
        let object: serde_json::Map<String, serde_json::Value> = columns(own)
            .into_iter()
            .zip(cells.map(serde_json::Value::from))
            .collect();
        serde_json::Value::from(object).to_string()
    });
    lines.collect::<Vec<String>>().join("\n").into_bytes()
}

/// The interface with files of that content and of hostile names, read by the real pipeline.
fn loaded(files: &[(&str, Vec<u8>)]) -> App {
    let folder = tempfile::tempdir().unwrap();
    let inputs = files.iter().enumerate().map(|(number, (name, content))| {
        let name: String = name
            .chars()
            .filter(|one| !matches!(one, '/' | '\0'))
            .take(50)
            .collect();
        // Elsewhere the names of files are not that free.
        let name = if cfg!(unix) { name } else { String::new() };
        let path = folder.path().join(format!("{number}{name}"));
        fs::write(&path, content).unwrap();
        Input::File(path)
    });
    let inputs = inputs.collect();
    screen::loaded(inputs, 140, 40)
}

/// Goes to every pane and opens every overlay, with hostile text in every field; draws each.
fn visit_everything(app: &App, typed: &str, look: impl Fn(&App)) {
    let scripts = [
        "",
        "G",
        "1234ss",
        "<enter>G",
        "<enter><enter>",
        "<enter><enter>G",
        "<enter><enter>1234",
        "<tab><tab>",
        "f",
        "fG",
        "?",
        "<enter>e",
    ];
    for script in scripts {
        let mut app = app.clone();
        screen::play(&mut app, script);
        assert_consistent(&app);
        look(&app);
    }
    for field in ["/", ":", "e", "<enter>e"] {
        let mut app = app.clone();
        screen::play(&mut app, field);
        app.update(Msg::Terminal(Event::Paste(typed.to_owned())));
        assert_consistent(&app);
        look(&app);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_an_export_reaches_the_screen_unseen(
        events in vec(event(), 1..12),
        own in hostile_text(),
        json in any::<bool>(),
        size in prop_oneof![
            3 => (1..=200_u16, 1..=60_u16),
            1 => select(&[(1, 1), (40, 10), (39, 10), (60, 20), (120, 20), (80, 24), (200, 60)][..]),
        ],
    ) {
        let content = if json { as_json_lines(&own, &events) } else { as_csv(&own, &events) };
        let mut app = loaded(&[(&own, content), (&own, own.clone().into_bytes())]);
        let shown = app.load.reports().map(|(_, report)| report.rows_read()).sum::<u64>();
        prop_assert!(shown >= events.len() as u64, "every row is kept or rejected");
        screen::resize(&mut app, size.0, size.1);
        visit_everything(&app, &own, assert_drawn_harmless);
    }
}

// Keys.

/// Something a person or a terminal does.
#[derive(Clone, Debug)]
enum Act {
    Key(KeyEvent),
    Mouse(MouseEventKind, u16, u16),
    Paste(String),
    Size(u16, u16),
}

fn key_of_the_table() -> impl Strategy<Value = KeyEvent> {
    let keys: Vec<KeyEvent> = COMMANDS
        .iter()
        .flat_map(|entry| entry.keys)
        .map(|key| parse_key(key).unwrap().event())
        .collect();
    select(keys)
}

fn act() -> impl Strategy<Value = Act> {
    let key = |code| KeyEvent::new(code, KeyModifiers::NONE);
    let editing = select(vec![
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
    ]);
    let kinds = select(vec![
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::ScrollDown,
        MouseEventKind::ScrollUp,
        MouseEventKind::Moved,
    ]);
    prop_oneof![
        12 => key_of_the_table().prop_map(Act::Key),
        3 => editing.prop_map(move |code| Act::Key(key(code))),
        3 => any::<char>().prop_map(move |one| Act::Key(key(KeyCode::Char(one)))),
        2 => (b'a'..=b'z').prop_map(|letter| {
            Act::Key(KeyEvent::new(KeyCode::Char(letter.into()), KeyModifiers::CONTROL))
        }),
        5 => (kinds, 0..210_u16, 0..70_u16).prop_map(|(kind, column, row)| Act::Mouse(kind, column, row)),
        1 => hostile_text().prop_map(Act::Paste),
        1 => (0..=200_u16, 0..=60_u16).prop_map(|(width, height)| Act::Size(width, height)),
    ]
}

/// Few domains and emails of which exclusions hide many, the last ones first, so that every switch
/// shortens or lengthens the lists.
fn switchable() -> App {
    static LOADED: OnceLock<Mutex<App>> = OnceLock::new();
    let load = || {
        let mut text = String::from(
            "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,X-Siem-Alert,\
             X-MS-Exchange-Organization-Cloud-Storage,X-MS-Exchange-Organization-Source\n",
        );
        for domain in 0..30 {
            let job = if domain > 24 { "cron" } else { "" };
            writeln!(text, "Outbound,us.example,a@d{domain:02}.example,,,,{job}").unwrap();
            for email in 0..12 {
                let alert = if domain % 3 == 2 || email > 9 {
                    "1"
                } else {
                    ""
                };
                let storage = if domain > 20 || email > 6 { "1" } else { "" };
                writeln!(
                    text,
                    "Inbound,d{domain:02}.example,a@us.example,Spam,{alert},{storage},"
                )
                .unwrap();
            }
        }
        loaded(&[("switchable", text.into_bytes())])
    };
    let app = LOADED.get_or_init(|| Mutex::new(load()));
    app.lock().unwrap().clone()
}

/// Whether this would choose the command that fails on purpose.
fn fails_on_purpose(app: &App, act: &Act) -> bool {
    let Some(Overlay::Palette(palette)) = &app.overlay else {
        return false;
    };
    let offers = || {
        palette
            .items(app)
            .iter()
            .any(|item| item.command == Command::Panic)
    };
    match act {
        Act::Key(key) => {
            let selected = palette.selected(app);
            key.code == KeyCode::Enter
                && selected.is_some_and(|(command, _)| command == Command::Panic)
        }
        Act::Mouse(MouseEventKind::Down(_), ..) => offers(),
        _ => false,
    }
}

fn perform(app: &mut App, act: &Act) -> Vec<Effect> {
    let event = match act {
        Act::Key(key) => Event::Key(*key),
        Act::Mouse(kind, column, row) => Event::Mouse(MouseEvent {
            kind: *kind,
            column: *column,
            row: *row,
            modifiers: KeyModifiers::NONE,
        }),
        Act::Paste(text) => Event::Paste(text.clone()),
        Act::Size(width, height) => Event::Resize(*width, *height),
    };
    app.update(Msg::Terminal(event))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_keys_and_clicks_leads_out_of_the_lists(
        acts in vec(act(), 1..120),
        width in 30..180_u16,
        height in 8..50_u16,
        is_demo in any::<bool>(),
    ) {
        let mut app = if is_demo { screen::demo(width, height) } else { switchable() };
        screen::resize(&mut app, width, height);
        for (number, act) in acts.iter().enumerate() {
            if fails_on_purpose(&app, act) {
                continue;
            }
            for effect in perform(&mut app, act) {
                // Nothing is written here, so no word of its end will come.
                if let Effect::Export(_) = effect {
                    app.exporting = false;
                }
            }
            assert_consistent(&app);
            if number % 8 == 0 {
                assert_cells_harmless(&app);
            }
        }
        assert_drawn_harmless(&app);
    }
}

// Known strings.

#[test]
fn code_points_of_all_planes_are_shown_harmlessly() {
    let all: Vec<char> = (1..=0x0010_ffff).filter_map(char::from_u32).collect();
    let events = all.chunks(64).step_by(37);
    let interesting = all.chunks(64).take(0x3100 / 64);
    let events: Vec<Vec<String>> = interesting
        .chain(events)
        .map(|chunk| {
            let text: String = chunk.iter().collect();
            let mut event = vec![text; COLUMNS.len()];
            event[3] = "one.example".to_owned();
            event[10] = "Phish".to_owned();
            event[13] = "Inbound".to_owned();
            event
        })
        .chain([{
            let mut event = vec![String::new(); COLUMNS.len()];
            event[6] = "a@one.example".to_owned();
            event[13] = "Outbound".to_owned();
            event
        }])
        .collect();
    walk_through_emails(
        &loaded(&[("all.jsonl", as_json_lines("own", &events))]),
        events.len() - 1,
    );
}

/// Opens every email, and pages through the list of them.
fn walk_through_emails(app: &App, emails: usize) {
    let mut app = app.clone();
    screen::resize(&mut app, 200, 60);
    assert_eq!(app.emails.length, emails, "every row is there");
    screen::play(&mut app, "<enter>");
    for _ in 0..=emails / 40 {
        assert_drawn_harmless(&app);
        screen::play(&mut app, "<pagedown>");
    }
    screen::play(&mut app, "g<enter>");
    assert_eq!(app.focus, Pane::Email);
    let area = Rect::new(0, 0, 80, 60);
    screen::resize(&mut app, area.width, area.height);
    for _ in 0..emails {
        assert_cells_harmless(&app);
        screen::play(&mut app, "n");
    }
    assert_consistent(&app);
}

#[test]
fn the_big_list_of_naughty_strings_is_shown_harmlessly() {
    let Some(corpus) = std::env::var_os("MAILHUNT_CORPUS") else {
        println!("skipped: MAILHUNT_CORPUS names no folder of public corpora");
        return;
    };
    let list = PathBuf::from(corpus).join("strings/blns/blns.txt");
    let bytes = fs::read(&list).unwrap();
    let strings: Vec<String> = bytes
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty() && !line.starts_with(b"#"))
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    assert!(strings.len() > 400, "{} strings", strings.len());
    let mut events = Vec::new();
    for string in &strings {
        let mut event = vec![string.clone(); COLUMNS.len()];
        // Some of these strings are words for nothing, which are no threat.
        event[10] = format!("Phish, {string}");
        event[13] = "Inbound".to_owned();
        events.push(event.clone());
        event[3] = "one.example".to_owned();
        events.push(event.clone());
        event[6] = format!("a@{string}");
        event[13] = "Outbound".to_owned();
        events.push(event.clone());
        event[6] = "a@one.example".to_owned();
        events.push(event);
    }
    for content in [as_csv("own", &events), as_json_lines("own", &events)] {
        let mut app = loaded(&[("blns", content)]);
        let rejected = app.load.rows_rejected();
        assert_eq!(rejected, 0, "{:?}", app.load.reports().next());
        visit_everything(&app, "own", assert_drawn_harmless);
        screen::resize(&mut app, 140, 40);
        for _ in 0..=app.view.rows.len() / 20 {
            assert_cells_harmless(&app);
            screen::play(&mut app, "<pagedown>");
        }
        app.update(Msg::Terminal(Event::Paste(String::new())));
        screen::play(&mut app, "/one.example<enter>");
        walk_through_emails(&app, strings.len());
    }
}
