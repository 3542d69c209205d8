//! The terminal interface: state, panes, and the loop that connects them with the terminal.
//!
//! [`app::App::update`] is the only place where state changes; [`panes`] draw from it;
//! [`commands`] is the one table of keys; [`text`] is the only way from data to the screen.

mod actions;
pub mod app;
mod command_table;
pub mod commands;
pub mod cursor;
mod event_loop;
pub mod export_dialog;
mod input;
mod keys;
pub mod layout;
mod matching;
mod message;
pub mod palette;
pub mod panes;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod timeline;
mod undo;
mod worker;

use crate::events::request::LoadRequest;
use crate::hunt::exclusion::Exclusion;
use crate::hunt::{Hunt, HuntBuilder, Query};
use crate::pipeline::LoadState;
use app::App;
use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use terminal::TerminalGuard;
use theme::Theme;
use worker::Worker;

/// Opens the interface on what is asked for and runs until the analyst leaves; gives how far loading got.
///
/// # Errors
/// When the terminal cannot be used.
pub fn run(
    request: LoadRequest,
    exclusions: Arc<[Exclusion]>,
    query: Query,
    mouse: bool,
) -> io::Result<LoadState> {
    let nothing: Hunt = HuntBuilder::new(Arc::clone(&exclusions), request.inputs.len()).partial();
    let load = LoadState::waiting(&request.inputs);
    let domains = query.domains;
    let mut app = App::new(nothing, load, query, Theme::from_environment(), mouse);
    app.inputs = request.files();
    let (sender, messages) = mpsc::channel();
    terminal::restore_on_panic();
    #[cfg(unix)]
    event_loop::read_signals(sender.clone())?;
    let mut guard = TerminalGuard::enter(mouse)?;
    event_loop::read_input(sender.clone());
    let worker = Worker::new(sender);
    event_loop::run(&mut app, &mut guard, &worker, &messages, |worker| {
        worker.load(request, exclusions, domains);
    })?;
    worker.stop_loading();
    Ok(app.load)
}
