//! What the keys do in the dialog that excludes more like this, and in its editor.

use crate::hunt::exclusion::library;
use crate::hunt::exclusion::{Exclusion, writing};
use crate::hunt::proposal;
use crate::tui::app::{App, Effect, Overlay, Pane};
use crate::tui::cursor::Step;
use crate::tui::definition::Defined;
use crate::tui::exclude_dialog::{ExcludeDialog, Preview};
use crate::tui::text_input::{edit, insert};
use jiff::civil::Date;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a new exclusion begins with when nothing is proposed.
const TEMPLATE: &str = "[[exclude]]\nid = \"new\"\ntitle = \"New\"\nreason = \"\"\nscope = \"inbound\"\n\n\
                        [[exclude.match]]\n\"SenderFromDomain|domain\" = [\"partner.example\"]\n";

impl App {
    /// Proposes exclusions for what the cursor is on.
    pub(in crate::tui) fn exclude_like_this(&mut self) -> Vec<Effect> {
        if !self.load.finished {
            self.notify("Exclusions can be added once loading has finished");
            return Vec::new();
        }
        let proposals = match self.focus {
            Pane::Email => self.email.email.map(|email| email.id),
            Pane::Emails => self.emails.selected().map(|email| email.id),
            _ => None,
        }
        .map_or_else(
            || {
                let domain = self.selected_domain().map(<[u8]>::to_vec);
                domain.map_or_else(Vec::new, |domain| {
                    proposal::of_domain(&self.hunt, &domain, self.query.domains)
                })
            },
            |id| proposal::of_email(&self.hunt, id),
        );
        if proposals.is_empty() {
            self.notify("There is nothing here to build an exclusion from");
            return Vec::new();
        }
        let known = self.hunt.exclusions.to_vec();
        let proposals = proposals.into_iter();
        let proposals = proposals.map(|proposal| Exclusion {
            created: self.known_today(),
            ..proposal::with_own_id(proposal, &known)
        });
        self.look_at(ExcludeDialog::new(proposals.collect()))
    }

    /// Opens an empty definition.
    pub(in crate::tui) fn add_exclusion(&mut self) -> Vec<Effect> {
        let text = match self.known_today() {
            Some(today) => TEMPLATE.replacen("\nscope", &format!("\ncreated = {today}\nscope"), 1),
            None => TEMPLATE.to_owned(),
        };
        self.edit_definition(&text, None, None)
    }

    /// The date that a new exclusion carries.
    pub(in crate::tui) fn known_today(&self) -> Option<Date> {
        (self.today != Date::ZERO).then_some(self.today)
    }

    /// Opens the definition of the selected exclusion.
    pub(in crate::tui) fn edit_exclusion(&mut self) -> Vec<Effect> {
        let index = self.exclusions.index();
        let Some(exclusion) = self.hunt.exclusions.get(index) else {
            return Vec::new();
        };
        let text = writing::definition(exclusion);
        self.edit_definition(&text, Some(index), None)
    }

    fn edit_definition(
        &mut self,
        text: &str,
        replaces: Option<usize>,
        from: Option<Box<ExcludeDialog>>,
    ) -> Vec<Effect> {
        if !self.load.finished {
            self.notify("Exclusions can be changed once loading has finished");
            return Vec::new();
        }
        let mut dialog = ExcludeDialog::of_text(text, replaces);
        dialog.from = from;
        self.read_text(&mut dialog);
        self.look_at(dialog)
    }

    pub(in crate::tui) fn on_exclude_key(
        &mut self,
        mut dialog: ExcludeDialog,
        key: KeyEvent,
    ) -> Vec<Effect> {
        if dialog.editor.is_some() {
            return self.on_editor_key(dialog, key);
        }
        let edits = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('e');
        let page = crate::tui::panes::exclude::page(self.screen);
        let length = dialog.left().len();
        let mut step = |step| dialog.cursor.step(step, length, page, Some);
        match key.code {
            KeyCode::Esc => return Vec::new(),
            KeyCode::Enter => return self.take_wanted(dialog),
            KeyCode::Up => step(Step::By(-1)),
            KeyCode::Down => step(Step::By(1)),
            KeyCode::PageUp => step(Step::Pages(-1)),
            KeyCode::PageDown => step(Step::Pages(1)),
            KeyCode::Home => step(Step::First),
            KeyCode::End => step(Step::Last),
            KeyCode::Tab => dialog.show_only = !dialog.show_only,
            _ if edits => {
                let Some(wanted) = dialog.wanted() else {
                    self.overlay = Some(Overlay::Exclude(Box::new(dialog)));
                    return Vec::new();
                };
                let text = writing::definition(&wanted);
                return self.edit_definition(&text, None, Some(Box::new(dialog)));
            }
            _ => {
                edit(&mut dialog.narrowing, key);
                self.narrow(&mut dialog);
            }
        }
        self.look_at(dialog)
    }

    /// Takes in what was typed to narrow the proposals: the first of those that are left is looked at.
    fn narrow(&self, dialog: &mut ExcludeDialog) {
        let page = crate::tui::panes::exclude::page(self.screen);
        let length = dialog.left().len();
        dialog.cursor.step(Step::First, length, page, Some);
    }

    fn on_editor_key(&mut self, mut dialog: ExcludeDialog, key: KeyEvent) -> Vec<Effect> {
        let takes = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('s');
        if key.code == KeyCode::Esc {
            return self.leave_editor(dialog);
        }
        if takes {
            return self.take_wanted(dialog);
        }
        let changed = dialog.editor.as_mut().is_some_and(|editor| {
            let changed = editor.text.input(key);
            editor.is_changed |= changed;
            editor.gives_up &= !changed;
            changed
        });
        if !changed {
            self.overlay = Some(Overlay::Exclude(Box::new(dialog)));
            return Vec::new();
        }
        self.read_text(&mut dialog);
        self.look_at(dialog)
    }

    /// Goes back to the proposals, or closes; changes are only given up when that is said twice.
    fn leave_editor(&mut self, mut dialog: ExcludeDialog) -> Vec<Effect> {
        if let Some(editor) = dialog.editor.as_mut()
            && editor.is_changed
            && !editor.gives_up
        {
            editor.gives_up = true;
            self.overlay = Some(Overlay::Exclude(Box::new(dialog)));
            self.notify("The text was changed: Esc again discards it, Ctrl-S applies it");
            return Vec::new();
        }
        match dialog.from {
            Some(proposals) => self.look_at(*proposals),
            None => Vec::new(),
        }
    }

    pub(in crate::tui) fn paste_into_exclude_dialog(
        &mut self,
        mut dialog: ExcludeDialog,
        text: &str,
    ) -> Vec<Effect> {
        if let Some(editor) = &mut dialog.editor {
            let clean = |letter: &char| !letter.is_control() || *letter == '\n';
            let text: String = text.replace("\r\n", "\n").chars().filter(clean).collect();
            editor.text.insert_str(text);
            editor.is_changed = true;
            self.read_text(&mut dialog);
        } else {
            insert(&mut dialog.narrowing, text);
            self.narrow(&mut dialog);
        }
        self.look_at(dialog)
    }

    /// Reads what is in the editor.
    fn read_text(&self, dialog: &mut ExcludeDialog) {
        let replaces = dialog.replaces;
        if let Some(editor) = &mut dialog.editor {
            let text = editor.text.lines().join("\n");
            editor.read = self.read_definition(&text, replaces);
        }
    }

    fn read_definition(&self, text: &str, replaces: Option<usize>) -> Result<Exclusion, String> {
        let read = library::definitions(&self.exclusion_sources, text);
        let mut exclusions = read.map_err(|error| error.to_string())?;
        let (Some(exclusion), true) = (exclusions.pop(), exclusions.is_empty()) else {
            return Err("only one [[exclude]] is allowed here".to_owned());
        };
        let mut known = self.hunt.exclusions.iter().enumerate();
        let is_taken =
            known.any(|(index, known)| known.id == exclusion.id && Some(index) != replaces);
        if is_taken {
            return Err(format!(
                "another exclusion already has the id \"{}\"",
                exclusion.id
            ));
        }
        Ok(exclusion)
    }

    /// Shows the dialog and lets what it looks at be counted.
    pub(in crate::tui) fn look_at(&mut self, mut dialog: ExcludeDialog) -> Vec<Effect> {
        let wanted = dialog.wanted();
        let is_counted = match (&dialog.preview, &wanted) {
            (Preview::Counted(defined, _), Some(wanted)) => {
                defined.exclusion() == wanted && self.is_of_screen(defined)
            }
            _ => false,
        };
        let mut effects = Vec::new();
        if !is_counted {
            // What was to be taken is no longer what is looked at.
            dialog.takes_when_counted = false;
            dialog.preview = Preview::Nothing;
            if let Some(wanted) = wanted {
                (dialog.preview, effects) = match self.define(wanted, dialog.replaces) {
                    Ok(effects) => (Preview::Counting, effects),
                    Err(reason) => (Preview::Refused(reason), Vec::new()),
                };
            }
        }
        self.overlay = Some(Overlay::Exclude(Box::new(dialog)));
        effects
    }

    /// Takes what is looked at, now or when it is counted.
    fn take_wanted(&mut self, mut dialog: ExcludeDialog) -> Vec<Effect> {
        match &dialog.preview {
            Preview::Counted(defined, _) => {
                let effects = self.take_definition(defined);
                let title = &defined.exclusion().title;
                self.notify(if dialog.replaces.is_some() {
                    format!("Changed and switched on (w: save, u: undo): {title}")
                } else {
                    format!("Added and switched on (w: save): {title}")
                });
                effects
            }
            Preview::Counting => {
                dialog.takes_when_counted = true;
                self.overlay = Some(Overlay::Exclude(Box::new(dialog)));
                Vec::new()
            }
            Preview::Nothing | Preview::Refused(_) => {
                self.overlay = Some(Overlay::Exclude(Box::new(dialog)));
                Vec::new()
            }
        }
    }

    /// The worker has counted: shows it where it is still looked at, or takes it.
    pub(in crate::tui) fn defined(&mut self, defined: Defined) -> Vec<Effect> {
        let mut effects = self.next_definition();
        let Some(Overlay::Exclude(mut dialog)) =
            self.overlay.take_if(|it| matches!(it, Overlay::Exclude(_)))
        else {
            return effects;
        };
        let is_wanted =
            dialog.wanted().as_ref() == Some(defined.exclusion()) && self.is_of_screen(&defined);
        if !is_wanted {
            if effects.is_empty() && matches!(dialog.preview, Preview::Counting) {
                // What is on screen has changed meanwhile.
                return self.look_at(*dialog);
            }
            self.overlay = Some(Overlay::Exclude(dialog));
            return effects;
        }
        if let Some(sentence) = self.unreadable(&defined) {
            dialog.preview = Preview::Refused(sentence);
            dialog.takes_when_counted = false;
            self.overlay = Some(Overlay::Exclude(dialog));
            return effects;
        }
        let effect = defined.effect(&self.query);
        dialog.preview = Preview::Counted(Box::new(defined), effect);
        if dialog.takes_when_counted {
            effects.extend(self.take_wanted(*dialog));
            return effects;
        }
        self.overlay = Some(Overlay::Exclude(dialog));
        effects
    }

    /// Why what was counted cannot be relied on.
    fn unreadable(&self, defined: &Defined) -> Option<String> {
        let (file, why) = defined.unreadable()?;
        let name = self.load.files.get(file).map_or("", |file| &file.name);
        Some(format!(
            "{name} must be read again for this, but {why}: reload it"
        ))
    }

    /// What is asked has changed: what was counted does something else to it.
    pub(in crate::tui) fn weigh_preview(&mut self) {
        if let Some(Overlay::Exclude(dialog)) = &mut self.overlay
            && let Preview::Counted(defined, effect) = &mut dialog.preview
        {
            *effect = defined.effect(&self.query);
        }
    }

    /// The worker has failed: nothing is known of what was looked at.
    pub(in crate::tui) fn definition_failed(&mut self) -> Vec<Effect> {
        if let Some(Overlay::Exclude(dialog)) = &mut self.overlay {
            dialog.preview = Preview::Nothing;
            dialog.takes_when_counted = false;
        }
        self.next_definition()
    }
}
