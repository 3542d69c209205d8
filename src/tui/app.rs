//! The state of the screen, and [`App::update`], the only place where it changes.
//!
//! Panes draw from `&App` and change nothing. What must be done outside (files, the terminal) is
//! returned as [`Effect`]s.

use super::commands::Context;
use super::cursor::Cursor;
use super::export_dialog::{ExportDialog, ExportJob, ExportResult};
use super::layout::{self, Areas};
use super::palette::PaletteState;
use super::panes::{email, files};
use super::theme::Theme;
use crate::events::EventId;
use crate::hunt::{Hunt, Query, View};
use crate::pipeline::{LoadState, Update};
use ratatui::crossterm::event::Event;
use ratatui::layout::Rect;
use ratatui::text::Line;
use std::path::PathBuf;
use std::sync::Arc;
use tui_input::Input;

/// A pane that can have the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The ranking of domains.
    #[default]
    Ranking,
    /// The threat emails of the selected domain.
    Emails,
    /// One email.
    Email,
    /// The exclusions.
    Exclusions,
    /// What was loaded.
    Files,
}

/// What lies over the panes and has the keys first.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// A search being typed.
    Search(SearchState),
    /// All keys; the number is the first line shown.
    Help(usize),
    /// The command palette.
    Palette(PaletteState),
    /// Where and how to export.
    Export(ExportDialog),
}

/// A search being typed.
#[derive(Clone, Debug)]
pub struct SearchState {
    /// The text so far.
    pub input: Input,
    /// The search before, to go back to.
    pub before: String,
}

/// A word to the analyst, shown until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence; may contain data.
    pub text: String,
    /// Whether something did not work.
    pub is_error: bool,
}

/// News for the screen.
#[derive(Debug)]
pub enum Msg {
    /// A key, the mouse, a paste or a new size.
    Terminal(Event),
    /// Loading goes on.
    Loading(Update),
    /// Loading has ended.
    Loaded(LoadState, Hunt),
    /// A background job failed in a way it should not.
    JobFailed(String),
    /// An export has ended.
    Exported(ExportResult),
    /// The system asks to leave.
    Terminate,
}

/// Something to be done outside the state.
#[derive(Debug)]
pub enum Effect {
    /// Stop loading.
    StopLoading,
    /// Write a file.
    Export(Box<ExportJob>),
    /// Capture the mouse, or leave it to the terminal.
    CaptureMouse(bool),
    /// Go into the background.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Leave.
    Quit,
}

/// The threat emails of the selected domain.
#[derive(Clone, Debug, Default)]
pub struct EmailList {
    /// The domain they are of.
    pub domain: Option<Vec<u8>>,
    /// The emails that the query counts, newest first.
    pub ids: Vec<EventId>,
    /// Where the cursor is.
    pub cursor: Cursor<EventId>,
}

/// The email that is open.
#[derive(Clone, Debug, Default)]
pub struct OpenEmail {
    /// Which one.
    pub id: Option<EventId>,
    /// It as laid out for the present width.
    pub lines: Vec<Line<'static>>,
    /// The first line shown.
    pub scroll: usize,
}

/// The whole state of the screen.
#[derive(Clone, Debug)]
pub struct App {
    /// The styles.
    pub theme: Theme,
    /// The size of the terminal.
    pub screen: Rect,
    /// What is loaded.
    pub hunt: Arc<Hunt>,
    /// How far loading is.
    pub load: LoadState,
    /// What is asked.
    pub query: Query,
    /// The answer.
    pub view: View,
    /// The pane that has the keys.
    pub focus: Pane,
    /// The pane that had them before the exclusions or the files.
    pub(super) came_from: Pane,
    /// The cursor of the ranking, by domain.
    pub ranking: Cursor<Vec<u8>>,
    /// The emails of the selected domain.
    pub emails: EmailList,
    /// The open email.
    pub email: OpenEmail,
    /// The cursor of the exclusions.
    pub exclusions: Cursor<usize>,
    /// The first line of the files pane that is shown.
    pub files_scroll: usize,
    /// What lies over the panes.
    pub overlay: Option<Overlay>,
    /// A word to the analyst.
    pub notice: Option<Notice>,
    /// Whether the mouse is ours.
    pub mouse: bool,
    /// Whether an export is being written.
    pub exporting: bool,
    /// The files that are read: no export may replace one of them.
    pub inputs: Vec<PathBuf>,
}

impl App {
    /// The screen before anything is loaded.
    pub fn new(hunt: Hunt, load: LoadState, query: Query, theme: Theme, mouse: bool) -> Self {
        let mut app = App {
            theme,
            screen: Rect::default(),
            hunt: Arc::new(hunt),
            load,
            query,
            view: View::default(),
            focus: Pane::default(),
            came_from: Pane::default(),
            ranking: Cursor::default(),
            emails: EmailList::default(),
            email: OpenEmail::default(),
            exclusions: Cursor::default(),
            files_scroll: 0,
            overlay: None,
            notice: None,
            mouse,
            exporting: false,
            inputs: Vec::new(),
        };
        app.refresh();
        app
    }

    /// Takes news and says what is to be done outside.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Terminal(event) => return self.on_terminal_event(&event),
            Msg::Loading(update) => {
                self.load = update.load;
                if let Some(hunt) = update.hunt {
                    self.hunt = Arc::new(hunt);
                    self.refresh();
                }
            }
            Msg::Loaded(load, hunt) => {
                self.load = load;
                self.hunt = Arc::new(hunt);
                self.refresh();
            }
            Msg::JobFailed(text) => self.notify_error(text),
            Msg::Exported(result) => self.exported(result),
            Msg::Terminate => return vec![Effect::Quit],
        }
        Vec::new()
    }

    /// The areas of the panes; `None` when the terminal is too small.
    pub fn areas(&self) -> Option<Areas> {
        layout::areas(self.screen, self.focus, self.hunt.exclusions.len())
    }

    /// The rows that fit a pane's list.
    pub(super) fn page(&self, pane: Pane) -> usize {
        self.areas().map_or(1, |areas| areas.page(pane))
    }

    /// The contexts whose commands apply now.
    pub fn contexts(&self) -> Vec<Context> {
        let mut contexts = match self.focus {
            Pane::Ranking => vec![Context::Ranking, Context::Lists],
            Pane::Emails => vec![Context::Lists],
            Pane::Email => vec![Context::Email],
            Pane::Exclusions => vec![Context::Exclusions],
            Pane::Files => Vec::new(),
        };
        if !self.load.finished {
            contexts.push(Context::Loading);
        }
        contexts
    }

    /// The domain the cursor of the ranking is on.
    pub fn selected_domain(&self) -> Option<&[u8]> {
        let row = self.view.rows.get(self.ranking.index())?;
        Some(self.hunt.cube.domain(row.domain))
    }

    /// Answers the query anew and brings everything on screen in line with the answer.
    pub(super) fn refresh(&mut self) {
        self.view = self.hunt.view(&self.query);
        self.settle();
    }

    /// Brings cursors, the list of emails and the open email in line with the view and the size.
    pub(super) fn settle(&mut self) {
        let page = self.page(Pane::Ranking);
        let (view, cube) = (&self.view, &self.hunt.cube);
        self.ranking.settle(view.rows.len(), page, |wanted| {
            let domain = cube.find(wanted)?;
            view.rows.iter().position(|row| row.domain == domain)
        });
        let page = self.page(Pane::Exclusions);
        self.exclusions
            .settle(self.hunt.exclusions.len(), page, |&wanted| Some(wanted));
        self.settle_emails();
        self.settle_email();
        self.clamp_scrolls();
    }

    /// Lists the emails of the selected domain.
    pub(super) fn settle_emails(&mut self) {
        let domain = self.selected_domain().map(<[u8]>::to_vec);
        if domain != self.emails.domain {
            self.emails.cursor.reset();
        }
        self.emails.ids = domain.as_deref().map_or_else(Vec::new, |domain| {
            let visible = self.hunt.emails.visible(domain, &self.query);
            visible.map(|email| email.id).collect()
        });
        self.emails.domain = domain;
        let page = self.page(Pane::Emails);
        let ids = &self.emails.ids;
        self.emails.cursor.settle(ids.len(), page, |wanted| {
            ids.iter().position(|id| id == wanted)
        });
        if self.emails.ids.is_empty() && self.focus == Pane::Emails {
            self.focus = Pane::Ranking;
        }
    }

    /// Lays the open email out. It stays open also when an exclusion hides it from the list: its
    /// title says so then.
    pub(super) fn settle_email(&mut self) {
        if self.focus != Pane::Email {
            return;
        }
        let width = self.text_width(Pane::Email);
        self.email.lines = self.email.id.map_or_else(Vec::new, |id| {
            email::lines(&self.hunt, id, width, &self.theme)
        });
    }

    /// The cells of a line inside a pane.
    pub(super) fn text_width(&self, pane: Pane) -> usize {
        self.areas()
            .and_then(|areas| areas.rows(pane))
            .map_or(0, |rows| usize::from(rows.width))
    }

    pub(super) fn clamp_scrolls(&mut self) {
        let page = self.page(Pane::Email);
        let last = self.email.lines.len().saturating_sub(page);
        self.email.scroll = self.email.scroll.min(last);
        if self.focus == Pane::Files {
            let lines = files::lines(self, self.text_width(Pane::Files)).len();
            let page = self.page(Pane::Files);
            self.files_scroll = self.files_scroll.min(lines.saturating_sub(page));
        }
    }

    pub(super) fn notify(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            is_error: false,
        });
    }

    pub(super) fn notify_error(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            is_error: true,
        });
    }
}
