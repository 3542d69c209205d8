//! What goes to and from the state of the screen: news in, things to be done outside it out.

use super::definition::{Defined, DefinitionJob};
use super::export_job::{ExportJob, ExportResult};
use super::recipients::{RecountJob, Recounted};
use super::redefinition::RedefinitionJob;
use super::saving::{SaveJob, SaveResult};
use crate::account::Examined;
use crate::hunt::{DomainMatching, Hunt};
use crate::pipeline::{LoadState, Update};
use ratatui::crossterm::event::Event;
use std::sync::Arc;

/// News for the screen.
#[derive(Debug)]
pub enum Msg {
    /// A key, the mouse, a paste or a new size.
    Terminal(Event),
    /// Loading goes on.
    Loading(Update),
    /// Loading has ended.
    Loaded(LoadState, Hunt),
    /// Matching domains in another way has ended.
    Matched,
    /// A background job failed in a way it should not.
    JobFailed(Job),
    /// All events were looked through for what would mislead, in the hunt of that place.
    Examined(Arc<Hunt>, Examined),
    /// An export has ended.
    Exported(ExportResult),
    /// The hunt was counted with the domains of recipients from elsewhere.
    Recounted(Box<Recounted>),
    /// The hunt was counted with an exclusion put in.
    Defined(Box<Defined>),
    /// The hunt was counted with other exclusions.
    Redefined(Arc<Hunt>),
    /// Exclusions were saved, or not.
    ExclusionsSaved(SaveResult),
    /// The system asks to leave.
    Terminate,
}

/// What is done in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Reading and counting events.
    Loading,
    /// Looking through the events for what would mislead.
    Examination,
    /// Matching domains in another way.
    Matching,
    /// Writing an export.
    Export,
    /// Counting with the domains of recipients from elsewhere.
    Recounting,
    /// Counting with an exclusion put in.
    Definition,
    /// Counting with other exclusions.
    Redefinition,
    /// Saving exclusions.
    Saving,
}

impl Job {
    /// What did not work when it failed, and what that means.
    pub(super) fn name(self) -> &'static str {
        match self {
            Job::Loading => "while loading: what is shown is incomplete",
            Job::Examination => "while analysing the events: some warnings may be missing",
            Job::Matching => "while grouping domains: they are grouped exactly, as in the query",
            Job::Export => "while exporting: nothing was written",
            Job::Recounting => "while recounting by recipient domain: nothing was changed",
            Job::Definition => "while counting with the new exclusion: it was not added",
            Job::Redefinition => "while recounting exclusions: nothing was changed",
            Job::Saving => "while saving exclusions: some may not be saved",
        }
    }
}

/// Something to be done outside the state.
#[derive(Debug)]
pub enum Effect {
    /// Stop loading.
    StopLoading,
    /// Look through the events for what would mislead.
    Examine(Arc<Hunt>),
    /// Make a hunt ready for a way of matching domains.
    MatchDomains(Arc<Hunt>, DomainMatching),
    /// Write a file.
    Export(Box<ExportJob>),
    /// Count the hunt with the domains of recipients from elsewhere.
    Recount(Box<RecountJob>),
    /// Count the hunt with an exclusion put in.
    Define(Box<DefinitionJob>),
    /// Count the hunt with other exclusions.
    Redefine(Box<RedefinitionJob>),
    /// Save exclusions to the analyst's own file.
    SaveExclusions(Box<SaveJob>),
    /// Capture the mouse, or leave it to the terminal.
    CaptureMouse(bool),
    /// Go into the background.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Leave.
    Quit,
}
