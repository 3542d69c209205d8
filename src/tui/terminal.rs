//! The terminal itself: entering, leaving however it happens, going into the background.
//!
//! Leaving is done once and from wherever it is needed: the guard's drop, the panic hook, a signal.

use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use ratatui::crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute, style};
use std::io::{self, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Whether the terminal is ours now. The panic hook must know, and it has no other way.
static IS_OURS: AtomicBool = AtomicBool::new(false);

/// Takes the terminal, and gives it back as it was when dropped.
#[derive(Debug)]
pub struct TerminalGuard {
    mouse: bool,
}

impl TerminalGuard {
    /// Takes the terminal: raw mode, alternate screen, pastes in one piece, the mouse if wanted.
    ///
    /// # Errors
    /// When the terminal refuses; it is left as it was then.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        // crossterm would answer NO_COLOR by resetting all attributes, the selection bar among
        // them. The theme has no colours then, so there is nothing to suppress.
        style::force_color_output(true);
        let guard = TerminalGuard { mouse };
        guard.take()?;
        Ok(guard)
    }

    fn take(&self) -> io::Result<()> {
        enable_raw_mode()?;
        IS_OURS.store(true, Ordering::SeqCst);
        let taken = execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)
            .and_then(|()| capture_mouse(self.mouse));
        if taken.is_err() {
            leave();
        }
        taken
    }

    /// Captures the mouse, or leaves it to the terminal.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn set_mouse(&mut self, mouse: bool) -> io::Result<()> {
        self.mouse = mouse;
        capture_mouse(mouse)
    }

    /// Gives the terminal back, stops the process until it is told to go on, and takes it again.
    ///
    /// # Errors
    /// When the terminal refuses.
    pub fn suspend(&self) -> io::Result<()> {
        leave();
        #[cfg(unix)]
        signal_hook::low_level::raise(signal_hook::consts::SIGTSTP)?;
        self.take()
    }
}

fn capture_mouse(mouse: bool) -> io::Result<()> {
    if mouse {
        execute!(io::stdout(), EnableMouseCapture)
    } else {
        execute!(io::stdout(), DisableMouseCapture)
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        leave();
    }
}

/// Gives the terminal back if it is ours. What fails here cannot be told anywhere: the terminal
/// is gone then.
pub fn leave() {
    if !IS_OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(
        io::stdout(),
        // A frame may have been under way: the terminal would hold back what follows.
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
    let _ = io::stdout().flush();
}

/// Lets a panic of the thread that calls this give the terminal back before it is reported. Panics of
/// other threads say nothing here: they become messages on the screen that goes on.
pub fn restore_on_panic() {
    let screen_thread = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == screen_thread {
            leave();
            before(info);
        } else if !IS_OURS.load(Ordering::SeqCst) {
            before(info);
        }
    }));
}
