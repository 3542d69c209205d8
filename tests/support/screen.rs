//! The screen without a terminal: the demo loaded, keys played, frames drawn into memory.

use mailhunt::account::Examined;
use mailhunt::events::input::Input;
use mailhunt::events::load::CancelToken;
use mailhunt::hunt::{HuntBuilder, Query, exclusion};
use mailhunt::pipeline::{self, LoadState};
use mailhunt::tui::app::{App, Effect, Msg};
use mailhunt::tui::commands;
use mailhunt::tui::panes;
use mailhunt::tui::theme::Theme;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// An interface with these inputs loaded, on a screen of that size.
pub fn loaded(inputs: Vec<Input>, width: u16, height: u16) -> App {
    let mut app = waiting(&inputs, width, height);
    let exclusions = exclusion::built_in().expect("valid").into();
    let (load, hunt) = pipeline::run(inputs, exclusions, &CancelToken::default(), |_| {});
    app.update(Msg::Loaded(load, hunt));
    app
}

/// The same, with all events looked through for what would mislead, as the program does after loading.
pub fn examined(inputs: Vec<Input>, width: u16, height: u16) -> App {
    let mut app = loaded(inputs, width, height);
    let hunt = Arc::clone(&app.hunt);
    let examined = Examined::of(&hunt);
    app.update(Msg::Examined(hunt, examined));
    app
}

/// An interface before anything is loaded.
pub fn waiting(inputs: &[Input], width: u16, height: u16) -> App {
    let exclusions = exclusion::built_in().expect("valid").into();
    let nothing = HuntBuilder::new(exclusions, inputs.len()).partial();
    let load = LoadState::waiting(inputs);
    let theme = Theme::sixteen_colours();
    let mut app = App::new(nothing, load, Query::default(), theme, true);
    resize(&mut app, width, height);
    app
}

/// An interface before anything is loaded, with nothing to switch.
pub fn without_exclusions(width: u16, height: u16) -> App {
    let nothing = HuntBuilder::new(Arc::new([]), 0).partial();
    let theme = Theme::sixteen_colours();
    let mut app = App::new(nothing, LoadState::default(), Query::default(), theme, true);
    resize(&mut app, width, height);
    app
}

/// The demo, loaded. It is loaded once: the tests of a file share it.
pub fn demo(width: u16, height: u16) -> App {
    static DEMO: OnceLock<Mutex<App>> = OnceLock::new();
    let demo = DEMO.get_or_init(|| Mutex::new(loaded(mailhunt::demo::inputs(), width, height)));
    let mut app = demo.lock().unwrap_or_else(PoisonError::into_inner).clone();
    resize(&mut app, width, height);
    app
}

pub fn resize(app: &mut App, width: u16, height: u16) {
    app.update(Msg::Terminal(Event::Resize(width, height)));
}

/// Plays keys and does at once what they ask a worker to do to the hunt; the other effects are given.
/// Names of the command table stand between angle brackets, all else is as typed.
pub fn play(app: &mut App, script: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for key in keys(script) {
        for effect in app.update(Msg::Terminal(Event::Key(key))) {
            effects.extend(work(app, effect));
        }
    }
    effects
}

/// Plays keys and gives the effects, none of which is done.
pub fn press(app: &mut App, script: &str) -> Vec<Effect> {
    let keys = keys(script).into_iter();
    keys.flat_map(|key| app.update(Msg::Terminal(Event::Key(key))))
        .collect()
}

/// Matches domains as an effect asks for, and tells the interface, until it asks for no more.
pub fn work(app: &mut App, effect: Effect) -> Vec<Effect> {
    let news = match effect {
        Effect::MatchDomains(hunt, domains) => {
            hunt.match_domains(domains);
            Msg::Matched
        }
        Effect::Recount(job) => Msg::Recounted(Box::new(job.run())),
        Effect::Define(job) => Msg::Defined(Box::new(job.run())),
        Effect::Redefine(job) => Msg::Redefined(job.run()),
        Effect::SaveExclusions(job) => Msg::ExclusionsSaved(job.run()),
        other => return vec![other],
    };
    let next = app.update(news);
    next.into_iter()
        .flat_map(|effect| work(app, effect))
        .collect()
}

fn keys(script: &str) -> Vec<KeyEvent> {
    let mut keys = Vec::new();
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let (key, length) = match (first, rest.find('>')) {
            ('<', Some(end)) => (named(&rest[1..end]), end + 1),
            _ => (
                KeyEvent::new(KeyCode::Char(first), KeyModifiers::NONE),
                first.len_utf8(),
            ),
        };
        keys.push(key);
        rest = &rest[length..];
    }
    keys
}

fn named(name: &str) -> KeyEvent {
    let code = match name {
        "bspace" => KeyCode::Backspace,
        name => {
            let key = commands::parse_key(name).unwrap_or_else(|| panic!("no key {name}"));
            return key.event();
        }
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

pub fn click(app: &mut App, column: u16, row: u16) {
    mouse(app, MouseEventKind::Down(MouseButton::Left), column, row);
}

pub fn mouse(app: &mut App, kind: MouseEventKind, column: u16, row: u16) {
    app.update(Msg::Terminal(Event::Mouse(MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    })));
}

/// The frame as text.
pub fn frame(app: &App) -> String {
    draw(app).backend().to_string()
}

/// Whether the frame contains a text in one of its lines.
pub fn on_screen(app: &App, text: &str) -> bool {
    frame(app).contains(text)
}

/// The ids of the exclusions, in the order of the list.
pub fn ids(app: &App) -> Vec<&str> {
    let exclusions = app.hunt.exclusions.iter();
    exclusions.map(|one| one.id.as_str()).collect()
}

/// The titles of the exclusions, in the order of the list.
pub fn titles(app: &App) -> Vec<&str> {
    let exclusions = app.hunt.exclusions.iter();
    exclusions.map(|one| one.title.as_str()).collect()
}

/// Whether mailhunt leaves.
pub fn is_leaving(effects: &[Effect]) -> bool {
    matches!(effects, [Effect::Quit])
}

/// The frame in memory.
pub fn draw(app: &App) -> Terminal<TestBackend> {
    let (width, height) = (app.screen.width, app.screen.height);
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("in memory");
    terminal
        .draw(|frame| panes::draw(app, frame))
        .expect("in memory");
    terminal
}
