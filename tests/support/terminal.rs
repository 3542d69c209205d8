//! The real program in a pseudo-terminal, seen through a terminal emulator.
//!
//! Nothing here sleeps to let the program catch up: every wait is for a condition on what is on screen,
//! with a deadline far beyond what is needed, and a wait that fails shows the screen.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};
use vt100::{MouseProtocolMode, Screen};

/// How long a condition may take to come true, on a machine however busy.
const DEADLINE: Duration = Duration::from_secs(20);

/// Stand around every frame that the program draws: what is between them is shown at once.
const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

/// A program in a terminal of its own.
pub struct Session {
    master: Box<dyn MasterPty>,
    keyboard: Box<dyn Write>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    /// What has arrived and is not yet shown.
    waiting: Vec<u8>,
    in_frame: bool,
    emulator: vt100::Parser,
    /// Everything that was shown.
    bytes: Vec<u8>,
    /// The modes of the terminal before the program ran.
    modes: String,
}

/// How a session ended.
pub struct Ended {
    /// The exit status.
    pub status: u32,
    /// What is on screen.
    pub screen: String,
    /// All bytes that the program wrote.
    pub bytes: Vec<u8>,
}

fn size(columns: u16, rows: u16) -> (PtySize, NonZeroU16, NonZeroU16) {
    let size = PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    };
    let at_least_one = |count| NonZeroU16::new(count).expect("a size");
    (size, at_least_one(rows), at_least_one(columns))
}

/// What is on a screen, without the blanks at the ends of lines.
pub fn text(screen: &Screen) -> String {
    let (_, columns) = screen.size();
    let rows = screen.rows(0, columns.get());
    let rows: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
    rows.join("\n")
}

impl Session {
    /// Runs `mailhunt` in a terminal of that size.
    pub fn mailhunt(folder: &Path, arguments: &[&str], columns: u16, rows: u16) -> Self {
        let program = env!("CARGO_BIN_EXE_mailhunt");
        let all: Vec<&str> = [program]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        Self::run(folder, &all, columns, rows)
    }

    /// Runs any command in a terminal of that size.
    pub fn run(folder: &Path, command: &[&str], columns: u16, rows: u16) -> Self {
        let (size, rows, columns) = size(columns, rows);
        let pty = native_pty_system()
            .openpty(size)
            .expect("a pseudo-terminal");
        let modes = modes(&*pty.master);
        let mut builder = CommandBuilder::new(command[0]);
        builder.args(&command[1..]);
        builder.cwd(folder);
        builder.env_clear();
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("PATH", "/usr/bin:/bin"),
            // No exclusions of whoever runs the tests.
            ("XDG_CONFIG_HOME", "/nonexistent"),
        ] {
            builder.env(name, value);
        }
        let child = pty.slave.spawn_command(builder).expect("it starts");
        let mut reader = pty.master.try_clone_reader().expect("a reader");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 1 << 14];
            // An error is how a pseudo-terminal says that nobody is at its other end.
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Session {
            keyboard: pty.master.take_writer().expect("a writer"),
            master: pty.master,
            child,
            output,
            waiting: Vec::new(),
            in_frame: false,
            emulator: vt100::Parser::new(rows, columns, 0),
            bytes: Vec::new(),
            modes,
        }
    }

    /// Types these bytes.
    pub fn send(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("it reads");
        self.keyboard.flush().expect("it reads");
    }

    /// Presses the left button of the mouse, on a place counted from 0.
    pub fn click(&mut self, (column, row): (u16, u16)) {
        let (column, row) = (column + 1, row + 1);
        self.send(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
    }

    /// Turns the wheel down once, over a place counted from 0.
    pub fn wheel_down(&mut self, (column, row): (u16, u16)) {
        let (column, row) = (column + 1, row + 1);
        self.send(&format!("\x1b[<65;{column};{row}M"));
    }

    /// Spoils the screen, as another program that writes to the same terminal would.
    pub fn scribble(&mut self) {
        self.emulator
            .process(b"\x1b[H\x1b[2Jwall: the disk is full");
    }

    /// Changes the size of the terminal.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let (size, rows, columns) = size(columns, rows);
        self.emulator.set_size(rows, columns);
        self.master.resize(size).expect("a new size");
    }

    /// Sends a signal such as `TERM`.
    pub fn signal(&mut self, name: &str) {
        let process = self.child.process_id().expect("it runs");
        let status = Command::new("sh")
            .args(["-c", &format!("kill -{name} {process}")])
            .status();
        assert!(status.is_ok_and(|status| status.success()), "no {name}");
    }

    /// The place of a text on screen, column and row counted from 0.
    pub fn place_of(&self, wanted: &str) -> (u16, u16) {
        let rows = text(self.emulator.screen());
        let found = rows.lines().zip(0..).find_map(|(line, row)| {
            let bytes = line.find(wanted)?;
            let column = u16::try_from(line[..bytes].chars().count()).ok()?;
            Some((column, row))
        });
        found.unwrap_or_else(|| panic!("“{wanted}” is not on screen:\n{rows}"))
    }

    /// What is on screen.
    pub fn text(&self) -> String {
        text(self.emulator.screen())
    }

    /// Waits until a text is on screen.
    pub fn wait_for_text(&mut self, wanted: &str) -> String {
        self.wait_for(&format!("“{wanted}”"), |screen| {
            text(screen).contains(wanted)
        })
    }

    /// Waits until the screen, between two frames, is as told; gives its text.
    pub fn wait_for(&mut self, what: &str, is_so: impl Fn(&Screen) -> bool) -> String {
        let deadline = Instant::now() + DEADLINE;
        loop {
            while self.show_next() {
                if !self.in_frame && is_so(self.emulator.screen()) {
                    return self.text();
                }
            }
            // What was shown before may be so already.
            if !self.in_frame && is_so(self.emulator.screen()) {
                return self.text();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.waiting.extend(bytes),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("waited in vain for {what}:\n{}", self.text())
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("it ended before {what}:\n{}", self.text())
                }
            }
        }
    }

    /// Shows what has arrived up to the next edge of a frame; whether there was anything to show.
    fn show_next(&mut self) -> bool {
        let edge = [FRAME_BEGINS, FRAME_ENDS]
            .into_iter()
            .filter_map(|mark| Some((position(&self.waiting, mark)?, mark)))
            .min();
        let length = if let Some((start, mark)) = edge {
            self.in_frame = mark == FRAME_BEGINS;
            start + mark.len()
        } else {
            // The beginning of a mark may have arrived without its end.
            let escape = self.waiting.iter().rposition(|&byte| byte == 0x1b);
            let of_a_mark = escape.filter(|&escape| {
                let arrived = &self.waiting[escape..];
                FRAME_BEGINS.starts_with(arrived) || FRAME_ENDS.starts_with(arrived)
            });
            of_a_mark.unwrap_or(self.waiting.len())
        };
        let shown: Vec<u8> = self.waiting.drain(..length).collect();
        self.emulator.process(&shown);
        self.bytes.extend_from_slice(&shown);
        length > 0
    }

    /// Whether the terminal gives keys as they are typed, without echo and lines.
    pub fn is_raw(&self) -> bool {
        modes(&*self.master) != self.modes
    }

    /// Waits until the program ends, and for the last of its output.
    pub fn wait_for_end(mut self) -> Ended {
        let deadline = Instant::now() + DEADLINE;
        loop {
            while self.show_next() {}
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.waiting.extend(bytes),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("it should have ended:\n{}", self.text())
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let rest = std::mem::take(&mut self.waiting);
        self.emulator.process(&rest);
        self.bytes.extend_from_slice(&rest);
        let status = self.child.wait().expect("it has ended").exit_code();
        assert!(
            !self.is_raw(),
            "the modes of the terminal are not as before"
        );
        Ended {
            status,
            screen: self.text(),
            bytes: std::mem::take(&mut self.bytes),
        }
    }

    /// Waits until the program ends and sees that it gave the terminal back as it was.
    pub fn wait_for_clean_end(self, what: &str) -> Ended {
        let (rows, columns) = self.emulator.screen().size();
        let ended = self.wait_for_end();
        let mut emulator = vt100::Parser::new(rows, columns, 0);
        emulator.process(&ended.bytes);
        let screen = emulator.screen();
        let left_on: Vec<&str> = [
            (screen.alternate_screen(), "the alternate screen"),
            (screen.hide_cursor(), "a hidden cursor"),
            (screen.bracketed_paste(), "bracketed paste"),
            (
                screen.mouse_protocol_mode() != MouseProtocolMode::None,
                "the mouse",
            ),
        ]
        .into_iter()
        .filter_map(|(is_on, name)| is_on.then_some(name))
        .collect();
        assert!(left_on.is_empty(), "{what} leaves on: {left_on:?}");
        // The emulator knows one mode of the mouse at a time; terminals know each by its number.
        for mode in [
            "1049", "2004", "1000", "1002", "1003", "1006", "1015", "2026",
        ] {
            let on = last(&ended.bytes, &format!("\x1b[?{mode}h"));
            let off = last(&ended.bytes, &format!("\x1b[?{mode}l"));
            assert!(on.is_some(), "mode {mode} was never on: nothing is tested");
            assert!(off > on, "{what} leaves mode {mode} on");
        }
        let shown = last(&ended.bytes, "\x1b[?25h");
        assert!(
            shown > last(&ended.bytes, "\x1b[?25l"),
            "{what} leaves the cursor hidden"
        );
        ended
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A test that failed must not leave the program behind.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
        }
    }
}

/// Where bytes are first found.
fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// Where bytes are last found.
fn last(bytes: &[u8], wanted: &str) -> Option<usize> {
    let wanted = wanted.as_bytes();
    bytes
        .windows(wanted.len())
        .rposition(|window| window == wanted)
}

/// The modes of a terminal, comparable.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("a terminal"))
}
