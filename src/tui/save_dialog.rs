//! Asks for the owner and the reason of an exclusion before it is saved to the analyst's own file.

use crate::hunt::exclusion::Exclusion;
use tui_input::Input;

/// A field of the dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SaveField {
    /// The person or team responsible for the exclusion.
    #[default]
    Owner,
    /// The reason for the exclusion.
    Reason,
}

/// The dialog, for one exclusion after the other.
#[derive(Clone, Debug)]
pub struct SaveDialog {
    /// The owner as typed.
    pub owner: Input,
    /// The reason as typed.
    pub reason: Input,
    /// The field that is typed in.
    pub field: SaveField,
    /// The number of the exclusion among those to be saved.
    pub(super) place: usize,
    request: SaveRequest,
}

/// The exclusions to be saved, described as far as that was asked.
#[derive(Clone, Debug)]
pub(super) struct SaveRequest {
    pub(super) exclusions: Vec<Exclusion>,
    /// Whether to leave when they are saved.
    pub(super) leaves: bool,
}

impl SaveDialog {
    pub(super) fn new(request: SaveRequest, place: usize) -> Self {
        let exclusion = &request.exclusions[place];
        SaveDialog {
            owner: Input::new(exclusion.owner.clone()),
            reason: Input::new(exclusion.reason.clone()),
            field: SaveField::default(),
            place,
            request,
        }
    }

    fn exclusion(&self) -> &Exclusion {
        &self.request.exclusions[self.place]
    }

    /// The title of the exclusion.
    pub fn title(&self) -> &str {
        &self.exclusion().title
    }

    /// Which of how many this is.
    pub fn progress(&self) -> (usize, usize) {
        (self.place + 1, self.request.exclusions.len())
    }

    /// The keys and what they do.
    pub fn hints(&self) -> &'static [(&'static str, &'static str)] {
        match self.field {
            SaveField::Owner => &[("Enter", "next, or skip"), ("Esc", "do not save")],
            SaveField::Reason => &[("Enter", "save"), ("Esc", "do not save"), ("↑", "owner")],
        }
    }

    /// Whether something was typed that is not saved.
    pub fn has_changed_text(&self) -> bool {
        let exclusion = self.exclusion();
        self.owner.value() != exclusion.owner || self.reason.value() != exclusion.reason
    }

    /// The field that is typed in.
    pub(super) fn input(&mut self) -> &mut Input {
        match self.field {
            SaveField::Owner => &mut self.owner,
            SaveField::Reason => &mut self.reason,
        }
    }

    /// Puts what was typed into the exclusion.
    pub(super) fn describe(mut self) -> SaveRequest {
        let [owner, reason] = [&self.owner, &self.reason].map(|it| it.value().trim().to_owned());
        let exclusion = &mut self.request.exclusions[self.place];
        exclusion.owner = owner;
        exclusion.reason = reason;
        self.request
    }
}
