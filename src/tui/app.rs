//! The state of the screen, and [`App::update`], the only place where it changes.
//!
//! Panes draw from `&App` and change nothing. What must be done outside (files, the terminal) is
//! returned as [`Effect`]s.

use super::commands::Context;
use super::cursor::Cursor;
use super::definition::Definitions;
use super::exclude_dialog::ExcludeDialog;
use super::exclusion_list::RenameDialog;
use super::export_dialog::ExportDialog;
use super::layout::{self, Areas};
use super::matching::Awaited;
use super::palette::PaletteState;
use super::panes::{email, files};
use super::query_overlay::QueryOverlay;
use super::question::Question;
use super::redefinition::Redefinition;
use super::save_dialog::SaveDialog;
use super::saving::SavedExclusions;
use super::theme::Theme;
use super::timeline::TimelineState;
use crate::account::{Account, Examined};
use crate::events::schema::names;
use crate::hunt::cube::Cube;
use crate::hunt::emails::ThreatEmail;
use crate::hunt::exclusion::ExclusionSet;
use crate::hunt::exclusion::library::Source;
use crate::hunt::history::{Asked, History};
use crate::hunt::{DomainMatching, Hunt, Query, View};
use crate::pipeline::LoadState;
use jiff::civil::Date;
use ratatui::layout::Rect;
use ratatui::text::Line;
use std::path::PathBuf;
use std::sync::Arc;
use tui_input::Input;

pub use super::email_list::EmailList;
pub use super::message::{Effect, Job, Msg};
pub use super::notice::Notice;

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
    /// When the threats came.
    Timeline,
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
    /// Exclude like this, or a definition being edited.
    Exclude(Box<ExcludeDialog>),
    /// The hunt as a query for Sentinel.
    Query(QueryOverlay),
    /// The title of an exclusion being edited.
    Rename(RenameDialog),
    /// Owner and reason of an exclusion, asked for before it is saved.
    Save(Box<SaveDialog>),
    /// A question to be answered first.
    Question(Question),
}

/// A search being typed.
#[derive(Clone, Debug)]
pub struct SearchState {
    /// The list that is searched: the ranking or the emails.
    pub list: Pane,
    /// The text so far.
    pub input: Input,
    /// The search before, to go back to.
    pub before: String,
}

/// The email that is open.
#[derive(Clone, Debug, Default)]
pub struct OpenEmail {
    /// Which one.
    pub email: Option<ThreatEmail>,
    /// Its row in the list; none while the exclusions that are on hide it.
    pub row: Option<usize>,
    /// It as laid out for the present width.
    pub lines: Vec<Line<'static>>,
    /// The first line shown.
    pub scroll: usize,
}

/// The account of the files as text.
#[derive(Clone, Debug, Default)]
pub struct FilesText {
    /// It as laid out for the present width, while the pane is shown.
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
    /// What is asked. The hunt is always ready for its way of matching domains.
    pub query: Query,
    /// What is to be shown as soon as domains are matched for it.
    pub(super) awaited: Option<Awaited>,
    /// The queries before, and those that were taken back.
    pub(super) history: History,
    /// The exclusions that were on when all were last switched off together.
    pub(super) set_aside: ExclusionSet,
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
    /// What a look through all events found, once that is done.
    pub examined: Option<Examined>,
    /// When the threats came, and the time range that is being chosen.
    pub timeline: TimelineState,
    /// The account of the files.
    pub files: FilesText,
    /// What lies over the panes.
    pub overlay: Option<Overlay>,
    /// A word to the analyst.
    pub notice: Option<Notice>,
    /// Whether the mouse is ours.
    pub mouse: bool,
    /// Whether an export is being written.
    pub exporting: bool,
    /// Whether to leave as soon as it is.
    pub leaves_after_export: bool,
    /// The files that are read: no export may replace one of them.
    pub inputs: Vec<PathBuf>,
    /// The files of exclusions: definitions use their lists.
    pub exclusion_sources: Vec<Source>,
    /// Where the analyst's own exclusions are kept, if the system says where.
    pub own_exclusions: Option<PathBuf>,
    /// The day it is: what expired before it is told.
    pub today: Date,
    /// The exclusion that a worker counts with, and the one that is next.
    pub(super) definitions: Definitions,
    /// The exclusions that a worker counts in the place of those there are.
    pub(super) redefinition: Option<Redefinition>,
    /// Which exclusions are saved, and as what.
    pub(super) saved: SavedExclusions,
}

impl App {
    /// The screen before anything is loaded.
    pub fn new(hunt: Hunt, load: LoadState, query: Query, theme: Theme, mouse: bool) -> Self {
        let mut app = App {
            theme,
            screen: Rect::default(),
            saved: SavedExclusions::at_the_start(&hunt.exclusions),
            history: History::new(Asked {
                query: query.clone(),
                exclusions: Arc::clone(&hunt.exclusions),
            }),
            hunt: Arc::new(hunt),
            load,
            query,
            awaited: None,
            set_aside: ExclusionSet::EMPTY,
            view: View::default(),
            focus: Pane::default(),
            came_from: Pane::default(),
            ranking: Cursor::default(),
            emails: EmailList::default(),
            email: OpenEmail::default(),
            exclusions: Cursor::default(),
            examined: None,
            timeline: TimelineState::default(),
            files: FilesText::default(),
            overlay: None,
            notice: None,
            mouse,
            exporting: false,
            leaves_after_export: false,
            inputs: Vec::new(),
            exclusion_sources: Vec::new(),
            own_exclusions: None,
            today: Date::ZERO,
            definitions: Definitions::default(),
            redefinition: None,
        };
        app.refresh();
        app
    }

    /// Takes news and says what is to be done outside.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = self.take(msg);
        self.remember();
        effects
    }

    fn take(&mut self, msg: Msg) -> Vec<Effect> {
        let mut effects = Vec::new();
        match msg {
            Msg::Terminal(event) => return self.on_terminal_event(&event),
            Msg::Loading(update) => {
                self.load = update.load;
                match update.hunt {
                    Some(hunt) => effects = self.take_hunt(Arc::new(hunt)),
                    None => self.lay_out_files(),
                }
            }
            Msg::Loaded(load, hunt) => {
                self.load = load;
                let hunt = Arc::new(hunt);
                let examine = Effect::Examine(Arc::clone(&hunt));
                effects = self.take_hunt(hunt);
                effects.push(examine);
            }
            Msg::Examined(hunt, examined) => {
                // Of what is no longer shown nobody wants to hear.
                if Arc::ptr_eq(&hunt, self.newest_hunt()) {
                    self.examined = Some(examined);
                    self.lay_out_files();
                }
            }
            Msg::Matched => effects = self.domains_matched(),
            Msg::JobFailed(job) => effects = self.job_failed(job),
            Msg::Exported(result) => self.exported(result),
            Msg::Recounted(recounted) => effects = self.recounted(*recounted),
            Msg::Defined(defined) => effects = self.defined(*defined),
            Msg::Redefined(hunt) => effects = self.redefined(hunt),
            Msg::ExclusionsSaved(result) => effects = self.exclusions_saved(result),
            Msg::Terminate => return self.leave(),
        }
        if self.leaves_now() {
            return vec![Effect::Quit];
        }
        effects
    }

    /// Whether leaving waited only for an export that is written now.
    fn leaves_now(&self) -> bool {
        self.leaves_after_export && !self.exporting
    }

    fn job_failed(&mut self, job: Job) -> Vec<Effect> {
        let mut effects = Vec::new();
        match job {
            Job::Loading => {
                self.load.finished = true;
                self.load.failed = true;
            }
            Job::Examination | Job::Saving | Job::Recounting => {}
            Job::Matching => self.show_exactly(),
            Job::Export => self.exporting = false,
            Job::Definition => effects = self.definition_failed(),
            Job::Redefinition => self.redefinition_failed(),
        }
        self.notify_error(format!("Internal error {}. Please report this", job.name()));
        effects
    }

    /// The account of what is loaded.
    pub fn account(&self) -> Account<'_> {
        Account {
            load: &self.load,
            hunt: &self.hunt,
            examined: self.examined.as_ref(),
        }
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
            Pane::Email => vec![Context::Email, Context::Opened],
            Pane::Exclusions => vec![Context::Exclusions],
            Pane::Files => vec![Context::Files, Context::Opened],
            Pane::Timeline => vec![Context::Timeline],
        };
        if !self.load.finished {
            contexts.push(Context::Loading);
        }
        contexts
    }

    /// The counts that the view is folded from.
    pub fn cube(&self) -> &Cube {
        self.hunt.cube(self.query.domains)
    }

    /// The domain, or the name of the group of domains, that the cursor of the ranking is on.
    pub fn selected_domain(&self) -> Option<&[u8]> {
        let row = self.view.rows.get(self.ranking.index())?;
        Some(self.cube().domain(row.index()))
    }

    /// Answers the query anew and brings everything on screen in line with the answer.
    pub(super) fn refresh(&mut self) {
        self.answer();
        self.settle();
        // It says what hides it.
        self.lay_out_email();
    }

    /// Answers the query of the hunt that is on screen.
    pub(super) fn answer(&mut self) {
        self.view = self.hunt.view(&self.query);
        self.timeline.answer(&self.hunt, &self.query);
    }

    /// Brings cursors, the list of emails and the open email in line with the view and the size.
    pub(super) fn settle(&mut self) {
        let page = self.page(Pane::Ranking);
        let mut ranking = std::mem::take(&mut self.ranking);
        ranking.settle(self.view.rows.len(), page, |wanted| self.row_of(wanted));
        self.ranking = ranking;
        self.settle_exclusions();
        self.settle_emails();
        self.settle_email();
        self.clamp_scrolls();
    }

    /// The events are others, or the terminal has another size.
    pub(super) fn settle_and_lay_out(&mut self) {
        self.settle();
        self.lay_out_email();
        self.lay_out_files();
    }

    /// Lays the files pane out: for a new width, or when loading has got further.
    pub(super) fn lay_out_files(&mut self) {
        if self.focus == Pane::Files {
            self.files.lines = files::lines(self, self.text_width(Pane::Files));
            self.clamp_scrolls();
        }
    }

    /// Lays the open email out, for a new width or with new events.
    pub(super) fn lay_out_email(&mut self) {
        if self.focus != Pane::Email {
            return;
        }
        let width = self.text_width(Pane::Email);
        let email = self.email.email.map(|email| {
            let domain = self.hunt.store.cell(email.id, names::SENDER_FROM_DOMAIN);
            let known = self.hunt.all_emails(domain, DomainMatching::Exact);
            known.find(&email).unwrap_or(email)
        });
        self.email.email = email;
        self.email.lines = email.map_or_else(Vec::new, |email| {
            email::lines(&self.hunt, &self.query, &email, width, &self.theme)
        });
        self.clamp_scrolls();
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
        let page = self.page(Pane::Files);
        let last = self.files.lines.len().saturating_sub(page);
        self.files.scroll = self.files.scroll.min(last);
    }
}
