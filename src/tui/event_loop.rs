//! The loop: wait for news, bring the state up to date, do what it asks for, draw once.
//!
//! It blocks on one channel, so that an idle mailhunt uses no processor. A key is answered by the
//! state alone; whatever takes time happens in `worker`.

use super::app::{App, Effect, Msg};
use super::panes;
use super::terminal::TerminalGuard;
use super::worker::Worker;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, Event, MouseEventKind};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::layout::{Rect, Size};
use std::io::{self, BufWriter, Stdout};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread;
use std::time::Duration;

/// How long giving the terminal back may take when the process is told twice to end.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(300);

/// Messages taken together before the next frame.
const MESSAGES_A_FRAME: usize = 256;

type Screen = Terminal<CrosstermBackend<BufWriter<Stdout>>>;

/// Draws the first frame, lets work `begin`, and runs until the analyst leaves.
///
/// # Errors
/// When the terminal cannot be read or written.
pub fn run(
    app: &mut App,
    guard: &mut TerminalGuard,
    worker: &Worker,
    messages: &Receiver<Msg>,
    begin: impl FnOnce(&Worker),
) -> io::Result<()> {
    let backend = CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stdout()));
    let mut screen = Terminal::new(backend)?;
    begin_anew(app, &mut screen)?;
    draw(app, &mut screen)?;
    begin(worker);
    while let Ok(first) = messages.recv() {
        let waiting = messages.try_iter().take(MESSAGES_A_FRAME);
        for msg in std::iter::once(first).chain(waiting) {
            if matches!(msg, Msg::Loading(_)) {
                worker.news_taken();
            }
            let shown = Arc::clone(&app.hunt);
            let effects = app.update(msg);
            if !Arc::ptr_eq(&shown, &app.hunt) {
                Worker::let_go(shown);
            }
            for effect in effects {
                match effect {
                    Effect::Quit => return Ok(()),
                    Effect::StopLoading => worker.stop_loading(),
                    Effect::Examine(hunt) => worker.examine(hunt),
                    Effect::MatchDomains(hunt, domains) => worker.match_domains(hunt, domains),
                    Effect::Export(job) => worker.export(*job),
                    Effect::Recount(job) => worker.recount(*job),
                    Effect::Define(job) => worker.define(*job),
                    Effect::Redefine(job) => worker.redefine(*job),
                    Effect::SaveExclusions(job) => worker.save_exclusions(*job),
                    Effect::CaptureMouse(mouse) => guard.set_mouse(mouse)?,
                    Effect::Redraw => begin_anew(app, &mut screen)?,
                    Effect::Suspend => {
                        guard.suspend()?;
                        begin_anew(app, &mut screen)?;
                    }
                }
            }
        }
        take_size(app, screen.size()?);
        draw(app, &mut screen)?;
    }
    Ok(())
}

/// Brings the state in line with the size the terminal has now: it may have changed before its
/// message has come.
fn take_size(app: &mut App, size: Size) {
    let screen = Rect::new(0, 0, size.width, size.height);
    if screen != app.screen {
        app.screen = screen;
        app.settle_and_lay_out();
    }
}

/// Takes the size of the terminal and lets the next frame be drawn in full on an empty screen. Not by
/// `Terminal::clear`: that asks the terminal where its cursor is, and waits in vain, because the answer
/// goes to the thread that reads the keys.
fn begin_anew(app: &mut App, screen: &mut Screen) -> io::Result<()> {
    let size = screen.size()?;
    app.screen = Rect::new(0, 0, size.width, size.height);
    app.settle_and_lay_out();
    screen.resize(app.screen)
}

fn draw(app: &App, screen: &mut Screen) -> io::Result<()> {
    execute!(screen.backend_mut(), BeginSynchronizedUpdate)?;
    screen.draw(|frame| panes::draw(app, frame))?;
    execute!(screen.backend_mut(), EndSynchronizedUpdate)
}

/// Reads the terminal in a thread of its own.
pub fn read_input(messages: Sender<Msg>) {
    thread::spawn(move || {
        loop {
            let msg = match event::read() {
                // Moving the mouse means nothing here, and each message is a frame.
                Ok(Event::Mouse(mouse)) if is_idle(mouse.kind) => continue,
                Ok(event) => Msg::Terminal(event),
                // The terminal is gone: nobody is there any more.
                Err(_) => Msg::Terminate,
            };
            let ends = matches!(msg, Msg::Terminate);
            if messages.send(msg).is_err() || ends {
                return;
            }
        }
    });
}

/// Whether what the mouse does means nothing here.
fn is_idle(kind: MouseEventKind) -> bool {
    kind == MouseEventKind::Moved
}

/// Ends the process. Giving the terminal back may wait for a write that never ends, because nobody
/// reads the terminal any more; that is not waited for long.
#[cfg(unix)]
fn leave_now(status: i32) -> ! {
    let (done, wait) = std::sync::mpsc::channel();
    thread::spawn(move || {
        super::terminal::leave();
        // The process ends either way.
        let _ = done.send(());
    });
    let _ = wait.recv_timeout(PATIENCE);
    std::process::exit(status)
}

/// Turns the signals that ask to leave into messages. A second one ends the process at once.
///
/// # Errors
/// When the system refuses to deliver signals.
#[cfg(unix)]
pub fn read_signals(messages: Sender<Msg>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    thread::spawn(move || {
        let mut asked = false;
        for signal in signals.forever() {
            if asked || messages.send(Msg::Terminate).is_err() {
                leave_now(128 + signal);
            }
            asked = true;
        }
    });
    Ok(())
}
