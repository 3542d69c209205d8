//! What the keys do where owner and reason of an exclusion are asked for.

use crate::hunt::exclusion::Exclusion;
use crate::tui::app::{App, Effect, Overlay};
use crate::tui::question::Question;
use crate::tui::save_dialog::{SaveDialog, SaveField, SaveRequest};
use crate::tui::text_input::edit;
use ratatui::crossterm::event::{KeyCode, KeyEvent};

impl App {
    /// Saves the exclusions of these ids to the analyst's own file, and leaves then if that is wanted. Those
    /// without an owner or a reason are asked for it first.
    pub(in crate::tui) fn ask_and_save(&mut self, ids: &[String], leaves: bool) -> Vec<Effect> {
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

    pub(in crate::tui) fn on_save_key(
        &mut self,
        mut dialog: SaveDialog,
        key: KeyEvent,
    ) -> Vec<Effect> {
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
