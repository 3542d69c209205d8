//! What lies over the panes: a search, a dialog, a question.

use super::exclude_dialog::ExcludeDialog;
use super::exclusion_list::RenameDialog;
use super::export_dialog::ExportDialog;
use super::palette::PaletteState;
use super::pane::Pane;
use super::query_overlay::QueryOverlay;
use super::save_dialog::SaveDialog;
use tui_input::Input;

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

/// A question to the analyst.
#[derive(Clone, Debug)]
pub struct Question {
    /// What it is about, in a few words.
    pub title: &'static str,
    /// The facts to decide by: one or more sentences each.
    pub sentences: Vec<String>,
    /// The keys that answer it and what they do.
    pub answers: Vec<(&'static str, &'static str)>,
    pub(super) subject: Subject,
}

/// What a question is about.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// Whether to save the exclusion of that id.
    Save(String),
    /// Whether to leave though something would be lost; what lay over the panes comes back otherwise.
    Leave(Option<Box<Overlay>>),
}
