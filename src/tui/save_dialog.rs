//! Asks for the owner and the reason of an exclusion before it is saved to the analyst's own file.

use super::app::{App, Effect, Overlay};
use super::input::edit;
use super::question::Question;
use crate::hunt::exclusion::Exclusion;
use ratatui::crossterm::event::{KeyCode, KeyEvent};
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
    place: usize,
    request: SaveRequest,
}

/// The exclusions to be saved, described as far as that was asked.
#[derive(Clone, Debug)]
pub(super) struct SaveRequest {
    exclusions: Vec<Exclusion>,
    /// Whether to leave when they are saved.
    leaves: bool,
}

impl SaveDialog {
    fn new(request: SaveRequest, place: usize) -> Self {
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
    fn describe(mut self) -> SaveRequest {
        let [owner, reason] = [&self.owner, &self.reason].map(|it| it.value().trim().to_owned());
        let exclusion = &mut self.request.exclusions[self.place];
        exclusion.owner = owner;
        exclusion.reason = reason;
        self.request
    }
}

impl App {
    /// Saves the exclusions of these ids to the analyst's own file, and leaves then if that is wanted. Those
    /// without an owner or a reason are asked for it first.
    pub(super) fn ask_and_save(&mut self, ids: &[String], leaves: bool) -> Vec<Effect> {
        let exclusions = self.hunt.exclusions.iter();
        let exclusions = exclusions.filter(|one| ids.contains(&one.id)).cloned();
        let request = SaveRequest {
            exclusions: exclusions.collect(),
            leaves,
        };
        if self.own_exclusions.is_none() || self.redefinition.is_some() {
            return self.save_described(request);
        }
        self.ask_from(request, 0)
    }

    /// Asks for what the exclusions lack from a place on, and saves when none lacks anything.
    fn ask_from(&mut self, request: SaveRequest, place: usize) -> Vec<Effect> {
        let lacks = |one: &Exclusion| one.owner.is_empty() || one.reason.is_empty();
        let next = request.exclusions.iter().skip(place).position(lacks);
        let Some(next) = next else {
            return self.save_described(request);
        };
        let dialog = SaveDialog::new(request, place + next);
        self.overlay = Some(Overlay::Save(Box::new(dialog)));
        Vec::new()
    }

    pub(super) fn on_save_key(&mut self, mut dialog: SaveDialog, key: KeyEvent) -> Vec<Effect> {
        match (key.code, dialog.field) {
            (KeyCode::Esc, _) => {
                self.notify("Nothing was saved");
                return Vec::new();
            }
            (KeyCode::Enter, SaveField::Reason) => {
                let place = dialog.place + 1;
                return self.ask_from(dialog.describe(), place);
            }
            (KeyCode::Enter | KeyCode::Down | KeyCode::Tab, SaveField::Owner) => {
                dialog.field = SaveField::Reason;
            }
            (KeyCode::Up | KeyCode::Tab | KeyCode::BackTab, _) => {
                dialog.field = match dialog.field {
                    SaveField::Reason => SaveField::Owner,
                    SaveField::Owner => SaveField::Reason,
                };
            }
            _ => edit(dialog.input(), key),
        }
        self.overlay = Some(Overlay::Save(Box::new(dialog)));
        Vec::new()
    }

    /// Saves exclusions as they are described now. They carry the date on which they were first saved.
    fn save_described(&mut self, mut request: SaveRequest) -> Vec<Effect> {
        // While others are being counted these are saved as they are.
        let mut effects = Vec::new();
        if self.redefinition.is_none() {
            for exclusion in &mut request.exclusions {
                exclusion.created = exclusion.created.or(self.known_today());
            }
            effects = self.describe_exclusions(&request.exclusions);
        }
        if request.leaves {
            self.overlay = Question::leave(self, None).map(Overlay::Question);
            self.notify("Saving, then quitting…");
        }
        effects.extend(self.save(request.exclusions));
        effects
    }
}
