//! The state of the screen, and what it says of itself. It changes in [`App::update`] only: see [`super::update`].
//!
//! Panes draw from `&App` and change nothing.

use super::commands::Context;
use super::cursor::Cursor;
use super::definition::Definitions;
use super::layout::{self, Areas};
use super::matching::Awaited;
use super::redefinition::Redefinition;
use super::saving::SavedExclusions;
use super::theme::Theme;
use super::timeline::TimelineState;
use crate::account::{Account, Examined};
use crate::hunt::cube::Cube;
use crate::hunt::emails::ThreatEmail;
use crate::hunt::exclusion::ExclusionSet;
use crate::hunt::exclusion::library::Source;
use crate::hunt::history::{Asked, History};
use crate::hunt::{Hunt, Query, View};
use crate::pipeline::LoadState;
use jiff::civil::Date;
use ratatui::layout::Rect;
use ratatui::text::Line;
use std::path::PathBuf;
use std::sync::Arc;

pub use super::email_list::EmailList;
pub use super::message::{Effect, Job, Msg};
pub use super::notice::Notice;
pub use super::overlay::{Overlay, SearchState};
pub use super::pane::Pane;

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

    /// The cells of a line inside a pane.
    pub(super) fn text_width(&self, pane: Pane) -> usize {
        self.areas()
            .and_then(|areas| areas.rows(pane))
            .map_or(0, |rows| usize::from(rows.width))
    }
}
