//! What the answers to a question do.

use crate::quantities::count;
use crate::tui::app::{App, Effect, Overlay};
use crate::tui::overlay::Subject;
use crate::tui::question::{LEAVE_KEYS, Question, TITLES_NAMED};
use ratatui::crossterm::event::{KeyCode, KeyEvent};

impl Question {
    /// Whether to save an exclusion for which that means something.
    pub(in crate::tui) fn save(app: &App, id: String) -> Self {
        let exclusion = app.hunt.exclusions.iter().find(|one| one.id == id);
        let title = exclusion.map_or("", |exclusion| exclusion.title.as_str());
        Question {
            title: "Save a copy to your file?",
            sentences: app.meaning_of_saving(&id, title).into_iter().collect(),
            answers: vec![("y", "save the copy"), ("n", "do not")],
            subject: Subject::Save(id),
        }
    }

    /// Whether to leave, where something would be lost.
    pub(in crate::tui) fn leave(app: &App, under: Option<Overlay>) -> Option<Self> {
        let unsaved = app.unsaved();
        let is_text_lost = under.as_ref().is_some_and(Overlay::has_changed_text);
        if unsaved.is_empty() && !is_text_lost {
            return None;
        }
        let mut sentences = Vec::new();
        if is_text_lost {
            sentences.push("The text in the editor has not been applied or saved.".to_owned());
        }
        if !unsaved.is_empty() {
            let titles: Vec<&str> = unsaved.iter().map(|one| one.title.as_str()).collect();
            let are = if unsaved.len() == 1 { "is" } else { "are" };
            let named = titles[..titles.len().min(TITLES_NAMED)].join(", ");
            let others = match titles.len().saturating_sub(TITLES_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            sentences.push(format!(
                "{} {are} not saved: {named}{others}.",
                count(unsaved.len() as u64, "exclusion")
            ));
        }
        let mut answers = vec![("n", "stay"), (LEAVE_KEYS, "quit without saving")];
        if !is_text_lost && app.own_exclusions.is_some() {
            answers.insert(0, ("s", "save and quit"));
            let meanings = unsaved.iter();
            sentences.extend(meanings.filter_map(|one| app.meaning_of_saving(&one.id, &one.title)));
        }
        Some(Question {
            title: "Quit without saving?",
            sentences,
            answers,
            subject: Subject::Leave(under.map(Box::new)),
        })
    }
}

impl Overlay {
    /// Whether text was typed in it that would be lost with it.
    pub(in crate::tui) fn has_changed_text(&self) -> bool {
        match self {
            Overlay::Exclude(dialog) => dialog.has_changed_text(),
            Overlay::Rename(dialog) => dialog.has_changed_title(),
            Overlay::Save(dialog) => dialog.has_changed_text(),
            _ => false,
        }
    }

    /// Whether only its own keys close it, not a click beside it or news that want its place.
    pub(in crate::tui) fn stays_open(&self) -> bool {
        matches!(self, Overlay::Question(_)) || self.has_changed_text()
    }
}

impl App {
    /// Leaves, unless something would be lost that was written: then it is asked first, and being told once
    /// more to leave is an answer.
    pub(in crate::tui) fn ask_to_leave(&mut self) -> Vec<Effect> {
        let under = self.overlay.take();
        if matches!(&under, Some(Overlay::Question(question)) if question.is_about_leaving()) {
            return self.leave();
        }
        let Some(question) = Question::leave(self, under.clone()) else {
            self.overlay = under;
            return self.leave();
        };
        self.overlay = Some(Overlay::Question(question));
        Vec::new()
    }

    pub(in crate::tui) fn on_question_key(
        &mut self,
        question: Question,
        key: KeyEvent,
    ) -> Vec<Effect> {
        let mut keys = question
            .answers
            .iter()
            .flat_map(|(keys, _)| keys.split(" or "));
        let mut is_offered = |answer: &str| keys.any(|key| key == answer);
        let answer = match key.code {
            KeyCode::Esc => "n".to_owned(),
            KeyCode::Char(letter) => letter.to_lowercase().to_string(),
            _ => String::new(),
        };
        if !is_offered(&answer) {
            self.overlay = Some(Overlay::Question(question));
            return Vec::new();
        }
        match (question.subject, answer.as_str()) {
            (Subject::Save(id), "y") => self.ask_and_save(&[id], false),
            (Subject::Leave(_), "y") => self.leave(),
            // Nothing was typed in what lay under the question.
            (Subject::Leave(_), "s") => {
                let ids = self.unsaved().into_iter().map(|one| one.id.clone());
                let ids: Vec<String> = ids.collect();
                self.ask_and_save(&ids, true)
            }
            (Subject::Leave(under), _) => match under.map(|under| *under) {
                // What it looked at may have been counted meanwhile, or not.
                Some(Overlay::Exclude(dialog)) => self.look_at(*dialog),
                under => {
                    self.overlay = under;
                    Vec::new()
                }
            },
            (Subject::Save(_), _) => Vec::new(),
        }
    }

    /// Something was saved: where leaving waits for it, and nothing else is lost, mailhunt leaves.
    pub(in crate::tui) fn leave_if_nothing_is_unsaved(&mut self) -> Vec<Effect> {
        let asks = |overlay: &Overlay| matches!(overlay, Overlay::Question(question) if question.is_about_leaving());
        match self.overlay.take_if(|overlay| asks(overlay)) {
            Some(Overlay::Question(Question {
                subject: Subject::Leave(under),
                ..
            })) => {
                self.overlay = under.map(|under| *under);
                self.ask_to_leave()
            }
            _ => Vec::new(),
        }
    }

    /// Leaves; while an export is being written, after it, unless told again.
    pub(in crate::tui) fn leave(&mut self) -> Vec<Effect> {
        if !self.exporting || self.leaves_after_export {
            return vec![Effect::Quit];
        }
        self.leaves_after_export = true;
        self.notify("Quitting once the export is written; press again to quit without it");
        Vec::new()
    }
}
