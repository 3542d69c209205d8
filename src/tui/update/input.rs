//! Keys, mouse, pastes and sizes: what they mean where, as commands or as text for a field.

use crate::tui::app::{App, Effect, Overlay, Pane, SearchState};
use crate::tui::commands::{self, Key};
use crate::tui::cursor::Step;
use crate::tui::export_dialog;
use crate::tui::palette::PaletteState;
use crate::tui::text_input::{edit, insert};
use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::{Position, Rect};

/// Rows a turn of the wheel moves by.
const WHEEL_ROWS: isize = 3;

impl App {
    pub(in crate::tui) fn on_terminal_event(&mut self, event: &Event) -> Vec<Effect> {
        if is_leaving(event) {
            self.forget_waiting_keys();
        } else if self.waits_for_redefinition(event) {
            return Vec::new();
        }
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.on_key(*key),
            Event::Mouse(mouse) => self.on_mouse(*mouse),
            Event::Paste(text) => self.on_paste(text),
            Event::Resize(width, height) => {
                self.screen = Rect::new(0, 0, *width, *height);
                self.settle_and_lay_out();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn on_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        self.notice = None;
        // Whatever is open, these leave: an analyst must never be caught in a dialog.
        let bound = commands::find(Key::from(key), &[]).map(|(command, _)| command);
        if let Some(command @ (commands::Command::Quit | commands::Command::Suspend)) = bound
            && !matches!(key.code, KeyCode::Char('q'))
        {
            return self.run(command, 0);
        }
        if self.areas().is_none() {
            // Too small to see anything else: nothing may change unseen.
            return match (self.overlay.take(), bound) {
                (Some(Overlay::Question(question)), _) if question.is_about_leaving() => {
                    self.on_question_key(question, key)
                }
                (overlay, bound) => {
                    self.overlay = overlay;
                    match bound {
                        Some(commands::Command::Quit) => self.ask_to_leave(),
                        _ => Vec::new(),
                    }
                }
            };
        }
        match self.overlay.take() {
            Some(Overlay::Search(search)) => self.on_search_key(search, key),
            Some(Overlay::Help(scroll)) => self.on_help_key(scroll, key),
            Some(Overlay::Palette(palette)) => self.on_palette_key(palette, key),
            Some(Overlay::Export(dialog)) => self.on_export_key(dialog, key),
            Some(Overlay::Exclude(dialog)) => self.on_exclude_key(*dialog, key),
            Some(Overlay::Query(overlay)) => self.on_query_key(overlay, key),
            Some(Overlay::Rename(dialog)) => self.on_rename_key(dialog, key),
            Some(Overlay::Save(dialog)) => self.on_save_key(*dialog, key),
            Some(Overlay::Question(question)) => self.on_question_key(question, key),
            None => self.on_command_key(key.into()),
        }
    }

    /// Runs the command of a key, or says where the key has one.
    fn on_command_key(&mut self, key: Key) -> Vec<Effect> {
        if let Some((command, number)) = commands::find(key, &self.contexts()) {
            return self.run(command, number);
        }
        if let Some(sentence) = commands::where_it_works(key) {
            self.notify(sentence);
        }
        Vec::new()
    }

    fn on_search_key(&mut self, mut search: SearchState, key: KeyEvent) -> Vec<Effect> {
        match key.code {
            // What was found is chosen: it keeps the cursor when the search is cleared.
            KeyCode::Enter => self.step_pane(search.list, Step::By(0)),
            KeyCode::Esc => self.set_search(search.list, search.before),
            KeyCode::Up | KeyCode::Down => {
                let rows = if key.code == KeyCode::Up { -1 } else { 1 };
                self.step_pane(search.list, Step::By(rows));
                self.overlay = Some(Overlay::Search(search));
            }
            _ => {
                edit(&mut search.input, key);
                self.set_search(search.list, search.input.value().to_owned());
                self.overlay = Some(Overlay::Search(search));
            }
        }
        Vec::new()
    }

    fn on_help_key(&mut self, scroll: usize, key: KeyEvent) -> Vec<Effect> {
        use commands::Command;
        let page = crate::tui::panes::help::page(self.screen);
        let last = crate::tui::panes::help::lines(&self.theme, self.screen)
            .len()
            .saturating_sub(page);
        let scroll = match commands::find(Key::from(key), &[]).map(|(command, _)| command) {
            Some(Command::Down) => scroll + 1,
            Some(Command::Up) => scroll.saturating_sub(1),
            Some(Command::PageDown) => scroll + page,
            Some(Command::PageUp) => scroll.saturating_sub(page),
            Some(Command::First) => 0,
            Some(Command::Last) => last,
            Some(Command::Back | Command::Help | Command::Quit) => return Vec::new(),
            _ => scroll,
        };
        self.overlay = Some(Overlay::Help(scroll.min(last)));
        Vec::new()
    }

    fn on_palette_key(&mut self, mut palette: PaletteState, key: KeyEvent) -> Vec<Effect> {
        match key.code {
            KeyCode::Esc => return Vec::new(),
            KeyCode::Enter => {
                return if let Some((command, number)) = palette.selected(self) {
                    self.run(command, number)
                } else {
                    self.notify(palette.nothing_found(self));
                    Vec::new()
                };
            }
            KeyCode::Up => palette.step(self, Step::By(-1)),
            KeyCode::Down => palette.step(self, Step::By(1)),
            KeyCode::PageUp => palette.step(self, Step::Pages(-1)),
            KeyCode::PageDown => palette.step(self, Step::Pages(1)),
            _ => {
                edit(&mut palette.input, key);
                palette.step(self, Step::First);
            }
        }
        self.overlay = Some(Overlay::Palette(palette));
        Vec::new()
    }

    fn on_paste(&mut self, text: &str) -> Vec<Effect> {
        self.notice = None;
        match self.overlay.take() {
            Some(Overlay::Search(mut search)) => {
                insert(&mut search.input, text);
                self.set_search(search.list, search.input.value().to_owned());
                self.overlay = Some(Overlay::Search(search));
            }
            Some(Overlay::Palette(mut palette)) => {
                insert(&mut palette.input, text);
                palette.step(self, Step::First);
                self.overlay = Some(Overlay::Palette(palette));
            }
            Some(Overlay::Export(mut dialog)) => {
                if dialog.stage == export_dialog::Stage::Editing {
                    insert(dialog.input(), text);
                    dialog.typed();
                }
                self.overlay = Some(Overlay::Export(dialog));
            }
            Some(Overlay::Exclude(dialog)) => return self.paste_into_exclude_dialog(*dialog, text),
            Some(Overlay::Rename(mut dialog)) => {
                insert(&mut dialog.input, text);
                self.overlay = Some(Overlay::Rename(dialog));
            }
            Some(Overlay::Save(mut dialog)) => {
                insert(dialog.input(), text);
                self.overlay = Some(Overlay::Save(dialog));
            }
            other => self.overlay = other,
        }
        Vec::new()
    }

    fn on_mouse(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        let place = Position::new(mouse.column, mouse.row);
        let rows = match mouse.kind {
            MouseEventKind::ScrollDown => WHEEL_ROWS,
            MouseEventKind::ScrollUp => -WHEEL_ROWS,
            MouseEventKind::Down(MouseButton::Left) => return self.on_click(place),
            MouseEventKind::Drag(MouseButton::Left) => {
                self.drag_on_timeline(place.x);
                return Vec::new();
            }
            MouseEventKind::Up(MouseButton::Left) => {
                self.release_mouse();
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        match self.overlay.take() {
            Some(Overlay::Help(scroll)) => {
                let page = crate::tui::panes::help::page(self.screen);
                let lines = crate::tui::panes::help::lines(&self.theme, self.screen).len();
                let scroll = scroll.saturating_add_signed(rows);
                self.overlay = Some(Overlay::Help(scroll.min(lines.saturating_sub(page))));
            }
            Some(Overlay::Query(overlay)) => self.scroll_query(overlay, Step::By(rows)),
            Some(Overlay::Palette(mut palette)) => {
                palette.step(self, Step::By(rows.signum()));
                self.overlay = Some(Overlay::Palette(palette));
            }
            other => {
                self.overlay = other;
                if let Some(pane) = self.pane_at(place) {
                    self.step_pane(pane, Step::By(rows));
                }
            }
        }
        Vec::new()
    }

    fn on_click(&mut self, place: Position) -> Vec<Effect> {
        if self.overlay.as_ref().is_some_and(Overlay::stays_open) {
            return Vec::new();
        }
        self.notice = None;
        if let Some(Overlay::Palette(palette)) = self.overlay.take() {
            return self.on_palette_click(palette, place);
        }
        // A click beside the help, a search or a dialog closes it: the panes are what was meant.
        let Some(pane) = self.pane_at(place) else {
            return Vec::new();
        };
        let had_focus = self.focus == pane;
        self.focus_pane(pane);
        if self.sort_by_column_at(pane, place) {
            return Vec::new();
        }
        let Some((row, column)) = self.row_at(pane, place) else {
            return Vec::new();
        };
        match pane {
            Pane::Ranking | Pane::Emails => {
                let again = had_focus && self.cursor_index(pane) == row;
                self.step_pane(pane, Step::To(row));
                if again {
                    return self.run(commands::Command::Open, 0);
                }
            }
            Pane::Exclusions => {
                self.step_pane(pane, Step::To(row));
                if usize::from(column) < crate::tui::panes::exclusions::switch_width(self) {
                    return self.run(commands::Command::ToggleSelectedExclusion, 0);
                }
            }
            Pane::Timeline => self.press_timeline(usize::from(column)),
            Pane::Email | Pane::Files => {}
        }
        Vec::new()
    }

    /// Sorts a list by the column whose name is at a place of the screen; the other way round where it is sorted
    /// by it already. Says whether there was one.
    fn sort_by_column_at(&mut self, pane: Pane, place: Position) -> bool {
        let rows = self.areas().and_then(|areas| areas.rows(pane));
        let Some(rows) = rows.filter(|rows| place.y + 1 == rows.y && place.x >= rows.x) else {
            return false;
        };
        let column = usize::from(place.x - rows.x);
        let width = usize::from(rows.width);
        match pane {
            Pane::Ranking if !self.view.rows.is_empty() => {
                let column = crate::tui::panes::ranking::column_at(self, rows, column);
                if let Some(column) = column {
                    self.query.sort = self.query.sort.on_click(column);
                    self.refresh();
                }
                true
            }
            Pane::Emails if self.emails.length > 0 => {
                if let Some(column) = crate::tui::panes::emails::column_at(self, width, column) {
                    self.sort_emails_by(column);
                }
                true
            }
            _ => false,
        }
    }

    fn on_palette_click(&mut self, mut palette: PaletteState, place: Position) -> Vec<Effect> {
        let rows = crate::tui::panes::palette::rows(self.screen);
        if !rows.contains(place) {
            return Vec::new();
        }
        let row = usize::from(place.y - rows.y) + palette.cursor.offset();
        palette.step(self, Step::To(row));
        match palette.selected(self) {
            Some((command, number)) => self.run(command, number),
            None => Vec::new(),
        }
    }

    /// The pane at a place of the screen.
    fn pane_at(&self, place: Position) -> Option<Pane> {
        let areas = self.areas()?;
        [
            Pane::Ranking,
            Pane::Emails,
            Pane::Email,
            Pane::Exclusions,
            Pane::Files,
            Pane::Timeline,
        ]
        .into_iter()
        .find(|&pane| areas.area(pane).is_some_and(|area| area.contains(place)))
    }

    /// The row of a pane's list at a place of the screen, and the column inside it.
    fn row_at(&self, pane: Pane, place: Position) -> Option<(usize, u16)> {
        let rows = self.areas()?.rows(pane)?;
        if !rows.contains(place) {
            return None;
        }
        let (offset, length) = match pane {
            Pane::Ranking => (self.ranking.offset(), self.view.rows.len()),
            Pane::Emails => (self.emails.cursor.offset(), self.emails.length),
            Pane::Exclusions => (self.exclusions.offset(), self.hunt.exclusions.len()),
            // Of bars the column is what counts.
            Pane::Timeline => return Some((0, place.x - rows.x)),
            Pane::Email | Pane::Files => return None,
        };
        let row = offset + usize::from(place.y - rows.y);
        (row < length).then_some((row, place.x - rows.x))
    }
}

/// Whether a key asks to leave from wherever it is pressed.
fn is_leaving(event: &Event) -> bool {
    let Event::Key(key) = event else {
        return false;
    };
    let bound = commands::find(Key::from(*key), &[]).map(|(command, _)| command);
    bound == Some(commands::Command::Quit) && !matches!(key.code, KeyCode::Char('q'))
}
