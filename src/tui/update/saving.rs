//! Saves exclusions in the analyst's own file.

use crate::hunt::exclusion::{Exclusion, library};
use crate::quantities::count;
use crate::tui::app::{App, Effect, Overlay, Pane};
use crate::tui::question::Question;
use crate::tui::saving::{Origin, SaveJob, SaveResult};

impl App {
    /// Whether no file defines the exclusion of that number as it is.
    pub fn is_unsaved(&self, index: usize) -> bool {
        let exclusion = self.hunt.exclusions.get(index);
        exclusion.is_some_and(|exclusion| !self.saved.definitions.contains(exclusion))
    }

    /// The exclusions that no file defines as they are.
    pub fn unsaved(&self) -> Vec<&Exclusion> {
        let exclusions = self.hunt.exclusions.iter();
        let unsaved = exclusions.filter(|one| !self.saved.definitions.contains(one));
        unsaved.collect()
    }

    /// Where the exclusion of that id is defined.
    pub(in crate::tui) fn origin(&self, id: &str) -> Origin {
        let own = self.own_exclusions.as_deref();
        let own = own.map(|path| path.display().to_string());
        if self.saved.in_own_file.iter().any(|saved| saved == id) {
            return Origin::OwnFile(own.unwrap_or_default());
        }
        // A later file goes before an earlier one.
        let mut sources = self.exclusion_sources.iter().rev();
        let defines = |text: &str| library::ids_in(text).iter().any(|known| known == id);
        match sources.find(|source| defines(&source.text)) {
            Some(source) if Some(&source.name) == own.as_ref() => {
                Origin::OwnFile(source.name.clone())
            }
            Some(source) => Origin::OtherFile(source.name.clone()),
            None if library::is_built_in(id) => Origin::BuiltIn,
            None => Origin::Nowhere,
        }
    }

    /// Saves the selected exclusion; outside of their pane the one that was written or changed last.
    pub(in crate::tui) fn save_selected(&mut self) -> Vec<Effect> {
        let index = if self.focus == Pane::Exclusions {
            Some(self.exclusions.index())
        } else {
            self.written_last()
        };
        let Some(exclusion) = index.and_then(|index| self.hunt.exclusions.get(index)) else {
            self.notify("No exclusion has unsaved changes");
            return Vec::new();
        };
        let (id, title) = (exclusion.id.clone(), exclusion.title.clone());
        if self.own_exclusions.is_none() {
            self.notify_error(NO_OWN_FILE);
            return Vec::new();
        }
        match self.origin(&id) {
            Origin::OwnFile(name) if !index.is_some_and(|index| self.is_unsaved(index)) => {
                self.notify(format!("“{title}” is already saved in {name}"));
                Vec::new()
            }
            Origin::OwnFile(_) | Origin::Nowhere => self.ask_and_save(&[id], false),
            Origin::BuiltIn | Origin::OtherFile(_) => {
                self.overlay = Some(Overlay::Question(Question::save(self, id)));
                Vec::new()
            }
        }
    }

    /// The exclusion that was written or changed last and is not saved.
    fn written_last(&self) -> Option<usize> {
        let written = self.saved.written.iter().rev();
        let mut numbers = written.filter_map(|id| self.hunt.exclusion_index(id));
        numbers.find(|&index| self.is_unsaved(index))
    }

    /// What saving an exclusion to the analyst's own file means, where that is not plain.
    pub(in crate::tui) fn meaning_of_saving(&self, id: &str, title: &str) -> Option<String> {
        match self.origin(id) {
            Origin::BuiltIn => Some(format!(
                "“{title}” is built in. A copy in your file replaces it, and later versions do not update that copy."
            )),
            Origin::OtherFile(name) => Some(format!(
                "“{title}” is defined in {name}, which overrides your file: a copy there has no effect while you \
                 load {name} too."
            )),
            Origin::OwnFile(_) | Origin::Nowhere => None,
        }
    }

    /// Saves exclusions to the analyst's own file.
    pub(in crate::tui) fn save(&mut self, exclusions: Vec<Exclusion>) -> Vec<Effect> {
        let Some(path) = self.own_exclusions.clone() else {
            self.notify_error(NO_OWN_FILE);
            return Vec::new();
        };
        vec![Effect::SaveExclusions(Box::new(SaveJob {
            exclusions,
            path,
        }))]
    }

    /// Takes what became of saving. Who waited for it to leave leaves.
    pub(in crate::tui) fn exclusions_saved(&mut self, saved: SaveResult) -> Vec<Effect> {
        let titles: Vec<String> = saved
            .exclusions
            .iter()
            .map(|one| one.title.clone())
            .collect();
        for exclusion in saved.exclusions {
            self.saved.note_saved(exclusion);
        }
        if let Some(reason) = saved.failure {
            self.notify_error(reason);
            return Vec::new();
        }
        let path = saved.path.display();
        self.notify(match titles.as_slice() {
            [title] => format!("“{title}” is saved in {path}"),
            several => format!(
                "{} are saved in {path}",
                count(several.len() as u64, "exclusion")
            ),
        });
        self.leave_if_nothing_is_unsaved()
    }
}

const NO_OWN_FILE: &str = "The configuration directory is unknown: set HOME";
