//! The terminal interface: state, panes, and the loop that connects them with the terminal.
//!
//! [`app`] is the state and [`update`] the only place where it changes; [`panes`] draw from it. What lies over the panes
//! is in [`overlay`], and each dialog has a file for what it holds and one below [`update`] for what its keys do.
//! [`commands`] is the one table of keys; [`text`] is the only way from data to the screen.

pub mod app;
mod command;
mod command_table;
pub mod commands;
pub mod cursor;
pub mod definition;
pub mod email_list;
mod event_loop;
pub mod exclude_dialog;
pub mod exclusion_list;
pub mod export_dialog;
pub mod export_job;
mod keys;
pub mod layout;
mod matching;
mod message;
mod narrowing;
mod notice;
mod overlay;
pub mod palette;
mod palette_items;
mod pane;
pub mod panes;
pub mod query_overlay;
pub mod question;
pub mod recipients;
pub mod redefinition;
pub mod save_dialog;
pub mod saving;
pub mod terminal;
pub mod text;
mod text_input;
pub mod theme;
pub mod timeline;
mod update;
mod worker;

use crate::events::request::LoadRequest;
use crate::exclusion_files;
use crate::hunt::exclusion::Exclusion;
use crate::hunt::exclusion::library::Source;
use crate::hunt::{Hunt, HuntBuilder, Query};
use crate::pipeline::LoadState;
use app::App;
use jiff::civil::Date;
use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use terminal::TerminalGuard;
use theme::Theme;
use worker::Worker;

/// What the interface is opened on.
#[derive(Debug)]
pub struct Opening {
    /// The files, and how they are read.
    pub request: LoadRequest,
    /// What may be switched.
    pub exclusions: Arc<[Exclusion]>,
    /// The files of exclusions: definitions use their lists.
    pub exclusion_sources: Vec<Source>,
    /// What is asked first.
    pub query: Query,
    /// Whether the mouse is ours.
    pub mouse: bool,
    /// The day it is.
    pub today: Date,
}

/// Opens the interface and runs until the analyst leaves; gives how far loading got.
///
/// # Errors
/// When the terminal cannot be used.
pub fn run(opening: Opening) -> io::Result<LoadState> {
    let Opening {
        request,
        exclusions,
        exclusion_sources,
        query,
        mouse,
        today,
    } = opening;
    let nothing: Hunt = HuntBuilder::new(Arc::clone(&exclusions), request.inputs.len()).partial();
    let load = LoadState::waiting(&request.inputs);
    let domains = query.domains;
    let mut app = App::new(nothing, load, query, Theme::from_environment(), mouse);
    app.inputs = request.files();
    app.exclusion_sources = exclusion_sources;
    app.own_exclusions = exclusion_files::own_file();
    app.today = today;
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
