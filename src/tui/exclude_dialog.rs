//! Exclude like this: choosing among what is proposed, seeing what it would hide, editing it as text, and
//! taking it. An exclusion that is there already is edited in the same way.

use super::cursor::Cursor;
use super::definition::Defined;
use super::narrowing::TypedWords;
use crate::hunt::exclusion::{Exclusion, Hides};
use crate::hunt::proposal;
use crate::hunt::view::ExclusionEffect;
use ratatui_textarea::TextArea;
use tui_input::Input;

/// The dialog.
#[derive(Clone, Debug)]
pub struct ExcludeDialog {
    /// What is proposed; empty where there is only text to edit.
    pub proposals: Vec<Exclusion>,
    /// The field whose words narrow the proposals.
    pub narrowing: Input,
    /// The one that is looked at, counted among those that are left.
    pub cursor: Cursor<usize>,
    /// Whether to show only what matches, instead of hiding it.
    pub show_only: bool,
    /// The text, while it is edited.
    pub editor: Option<Editor>,
    /// What the one that is looked at would hide.
    pub preview: Preview,
    /// The proposals that the text was opened from.
    pub(super) from: Option<Box<ExcludeDialog>>,
    /// The number of the exclusion that is edited, if it is there already.
    pub(super) replaces: Option<usize>,
    /// Whether to take it as soon as it is counted.
    pub(super) takes_when_counted: bool,
}

/// A definition being edited.
#[derive(Clone, Debug)]
pub struct Editor {
    /// The text.
    pub text: TextArea<'static>,
    /// What it says, or what is wrong with it.
    pub read: Result<Exclusion, String>,
    /// Whether it was changed and not taken.
    pub(super) is_changed: bool,
    /// Whether it was asked that the changes be given up.
    pub(super) gives_up: bool,
}

/// What is known of an exclusion before it is taken.
#[derive(Clone, Debug)]
pub enum Preview {
    /// Nothing: there is none.
    Nothing,
    /// It is being counted.
    Counting,
    /// It cannot be taken, and why.
    Refused(String),
    /// The hunt with it, and what it does to what is on screen.
    Counted(Box<Defined>, ExclusionEffect),
}

impl ExcludeDialog {
    pub(super) fn new(proposals: Vec<Exclusion>) -> Self {
        ExcludeDialog {
            proposals,
            narrowing: Input::default(),
            cursor: Cursor::default(),
            show_only: false,
            editor: None,
            preview: Preview::Nothing,
            from: None,
            replaces: None,
            takes_when_counted: false,
        }
    }

    pub(super) fn of_text(text: &str, replaces: Option<usize>) -> Self {
        let lines = text.trim_end().lines().map(str::to_owned).collect();
        let mut editor = TextArea::new(lines);
        editor.set_tab_length(4);
        ExcludeDialog {
            editor: Some(Editor {
                text: editor,
                read: Err(String::new()),
                is_changed: false,
                gives_up: false,
            }),
            replaces,
            ..ExcludeDialog::new(Vec::new())
        }
    }

    /// The exclusion that is looked at, if it can be read.
    pub(super) fn wanted(&self) -> Option<Exclusion> {
        if let Some(editor) = &self.editor {
            return editor.read.as_ref().ok().cloned();
        }
        let proposal = self.left().into_iter().nth(self.cursor.index())?;
        Some(self.turned(proposal))
    }

    /// The proposals that contain every word that is typed.
    pub fn left(&self) -> Vec<&Exclusion> {
        let words = TypedWords::of(self.narrowing.value());
        let proposals = self.proposals.iter();
        proposals
            .filter(|proposal| words.are_in(&proposal.title))
            .collect()
    }

    /// A proposal as it would be taken.
    pub fn turned(&self, proposal: &Exclusion) -> Exclusion {
        if self.show_only {
            return proposal::show_only(proposal);
        }
        proposal.clone()
    }

    /// The keys and what they do, the most useful first.
    pub fn hints(&self) -> &'static [(&'static str, &'static str)] {
        if self.editor.is_some() {
            return &[("Ctrl-S", "apply and switch on"), ("Esc", "discard")];
        }
        &[
            ("Enter", "apply"),
            ("Esc", "close"),
            ("Tab", "hide / show only"),
            ("Ctrl-E", "edit"),
            ("type", "to narrow"),
        ]
    }

    /// Whether text was typed that is not applied.
    pub fn has_changed_text(&self) -> bool {
        self.editor.as_ref().is_some_and(|editor| editor.is_changed)
    }

    /// Whether the exclusion of the preview hides all but what matches.
    pub fn hides_others(&self) -> bool {
        self.wanted()
            .is_some_and(|wanted| wanted.hides == Hides::Others)
    }
}
